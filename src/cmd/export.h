/* SPDX-License-Identifier: Apache-2.0 */
/* export.h - `lettering export`, which stands beside the other acts of lettering. */
#ifndef CMD_EXPORT_H
#define CMD_EXPORT_H

#include "cmd/cmd.h"

/* Makes the next export and writes it into the file. */
int cmd_lettering_export(struct cmd *c, const char *path);

#endif
