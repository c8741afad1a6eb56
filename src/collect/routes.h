/* SPDX-License-Identifier: Apache-2.0 */
/* routes.h - the pages of reminders, for cmd/routes.def. */
#ifndef COLLECT_ROUTES_H
#define COLLECT_ROUTES_H

#include "web/web.h"

extern const struct route_list collect_reminder_routes;
extern const struct route_list collect_outbox_routes;
extern const struct route_list collect_text_routes;

#endif
