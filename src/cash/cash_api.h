/* SPDX-License-Identifier: Apache-2.0 */
/* cash_api.h - what the handlers of /api/v1 share. */
#ifndef CASH_CASH_API_H
#define CASH_CASH_API_H

#include "web/web.h"

#include <jansson.h>

/* The body as a JSON object, NULL when there is none; freed with the request. ERR_USAGE for anything else. */
bool cash_api_body(struct request *r, json_t **ret, struct err *e) NODISCARD;

extern const struct route_list cash_api_routes;

#endif
