/* SPDX-License-Identifier: Apache-2.0 */
/* match.h - the parts of the command match. */
#ifndef CMD_MATCH_H
#define CMD_MATCH_H

#include "cmd/cmd.h"

/* match policy [NAME=VALUE…]: shows the settings, or changes some. */
int match_policy_command(struct cmd *c);

/* match --back-test [--months N]. */
int match_backtest_command(struct cmd *c);

#endif
