/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.c - programs that call /api/v1.
 *
 * A token stands in the header Authorization, which no browser adds by itself: so no page elsewhere can make one
 * act, and no form token is asked for. Cookies count for nothing there, and tokens count for nothing elsewhere.
 */
#include "web/private.h"

#include <strings.h>

bool token_is_asked(const struct request *r)
{
	return str_starts(r->path, "/api/v1/") || str_eq(r->path, "/api/v1");
}

bool token_load(struct request *r, struct err *e)
{
	static const char scheme[] = "Bearer ";
	const char *header = request_header(r, "Authorization");

	r->is_api = true;
	if (!header || strncasecmp(header, scheme, sizeof scheme - 1) != 0 || !r->own->app->token)
		return err_set(e, ERR_UNAUTHENTICATED,
			       "a token is asked for: Authorization: Bearer TOKEN");
	header += sizeof scheme - 1;
	return r->own->app->token(r->db, r->arena, header + strspn(header, " "), r->now, &r->user,
				  &r->own->entity_code, e);
}
