/* SPDX-License-Identifier: Apache-2.0 */
/* routes.h - the pages of exports and what programs ask of them, for cmd/routes.def. */
#ifndef BOOKS_ROUTES_H
#define BOOKS_ROUTES_H

#include "web/web.h"

extern const struct route_list books_routes;
extern const struct route_list books_api_routes;

#endif
