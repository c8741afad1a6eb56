/* SPDX-License-Identifier: Apache-2.0 */
/* routes.h - the pages of insight, for cmd/routes.def. */
#ifndef INSIGHT_ROUTES_H
#define INSIGHT_ROUTES_H

#include "web/web.h"

extern const struct route_list insight_dashboard_routes;
extern const struct route_list insight_customer_routes;
extern const struct route_list insight_statement_routes;
extern const struct route_list insight_instalment_routes;
extern const struct route_list insight_group_routes;
extern const struct route_list insight_timeline_routes;
extern const struct route_list insight_write_off_routes;
extern const struct route_list insight_provision_routes;
extern const struct route_list insight_customer_act_routes;
extern const struct route_list insight_import_routes;
extern const struct route_list insight_agreement_routes;
extern const struct route_list insight_file_routes;
extern const struct route_list insight_journal_routes;
extern const struct route_list insight_trend_routes;
extern const struct route_list insight_search_routes;

#endif
