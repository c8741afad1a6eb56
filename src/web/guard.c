/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard.c - whether a write comes from one of our own pages.
 *
 * Two independent checks: what the browser says of the page that sends (Origin, Sec-Fetch-Site), and a token
 * that only our pages know. Either alone would do in today's browsers.
 */
#include "web/private.h"

#include <sodium.h>
#include <strings.h>

/* "https://host:port" against the Host header: same host and port; the scheme may have been taken off by a
 * proxy in front of us. */
static bool is_own_origin(const struct request *r, const char *origin)
{
	const char *host = request_header(r, "Host");
	const char *s = strstr(origin, "://");

	return host && s && strcasecmp(s + 3, host) == 0;
}

bool guard_origin(const struct request *r, struct err *e)
{
	const char *origin = request_header(r, "Origin");
	const char *site = request_header(r, "Sec-Fetch-Site");
	const char *token = request_header(r, "X-CSRF-Token");

	if (origin && !is_own_origin(r, origin))
		return err_set(e, ERR_FORBIDDEN, "the request comes from another site");
	if (site && !str_eq(site, "same-origin") && !str_eq(site, "none"))
		return err_set(e, ERR_FORBIDDEN, "the request comes from another site");
	if (!token)
		token = request_form(r, "csrf");
	if (!token)
		return err_set(e, ERR_FORBIDDEN, "the form has no token; load the page again");
	if (strlen(token) != strlen(r->own->csrf) ||
	    sodium_memcmp(token, r->own->csrf, strlen(token)) != 0)
		return err_set(e, ERR_FORBIDDEN,
			       "the form is of another session; load the page again");
	return true;
}
