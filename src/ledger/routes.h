/* SPDX-License-Identifier: Apache-2.0 */
/* routes.h - the pages of the ledger, for cmd/routes.def. */
#ifndef LEDGER_ROUTES_H
#define LEDGER_ROUTES_H

#include "web/web.h"

extern const struct route_list ledger_item_list_routes;
extern const struct route_list ledger_item_routes;
extern const struct route_list ledger_customer_new_routes;
extern const struct route_list ledger_item_entry_routes;
extern const struct route_list ledger_item_mark_routes;
extern const struct route_list ledger_item_status_routes;
extern const struct route_list ledger_lettering_routes;
extern const struct route_list ledger_lettering_act_routes;
extern const struct route_list ledger_customer_list_routes;
extern const struct route_list ledger_customer_routes;
extern const struct route_list ledger_import_routes;
extern const struct route_list ledger_setting_routes;
extern const struct route_list ledger_token_routes;
extern const struct route_list ledger_period_routes;
extern const struct route_list ledger_rates_routes;

#endif
