/* SPDX-License-Identifier: Apache-2.0 */
/* setting_tabs.h - the places of the settings, above each of their pages. */
#ifndef LEDGER_SETTING_TABS_H
#define LEDGER_SETTING_TABS_H

#include "web/parts.h"
#include "web/web.h"

enum { SETTING_TABS_MAX = 12 };

/* The tabs the user may open, the one of that address marked; returns how many. */
size_t setting_tabs(struct request *r, const char *here, struct part_chip tab[SETTING_TABS_MAX]);

#endif
