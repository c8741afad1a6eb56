/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.h - the small languages of HTTP: addresses, urlencoded forms, cookies, header parameters.
 *
 * Input is hostile. What is not well-formed is refused, never guessed: two readers that guess differently
 * are how requests are smuggled past a check.
 */
#ifndef WEB_PARSE_H
#define WEB_PARSE_H

#include "base/list.h"
#include "web/web.h"

enum { PARSE_MAX_VALUES = 5000, PARSE_MAX_PARTS = 16 };

struct value_list {
	LIST_OF(struct web_value) list;
};

/* Decodes %XX (and + as space when is_form) of n bytes. NULL for a wrong escape, NUL, or bytes that are not
 * UTF-8. */
char *parse_percent(struct arena *a, const char *s, size_t n, bool is_form);

/* "a=1&b=x+y" into list. ERR_USAGE when not well-formed, ERR_LIMIT past PARSE_MAX_VALUES. */
bool parse_urlencoded(struct arena *a, const char *s, size_t n, struct value_list *list,
		      struct err *e) NODISCARD;

/* The target of a request, "/a/b%20c?x=1": decoded parts of the path, and where the query begins. ERR_USAGE
 * for anything that is not an absolute path without "." and ".." and empty parts (one at the end is
 * dropped). */
struct target {
	const char *parts[PARSE_MAX_PARTS];
	size_t n_parts;
	const char *path;  /* decoded, "/a/b c" */
	const char *query; /* still encoded, "" when none */
};
bool parse_target(struct arena *a, const char *target, struct target *ret, struct err *e) NODISCARD;

/* The value of a cookie in a Cookie header; NULL when absent or header is NULL. */
const char *parse_cookie(struct arena *a, const char *header, const char *name);

/* The value of ";name=" or ";name=\"...\"" in a header such as Content-Type; NULL when absent. */
char *parse_parameter(struct arena *a, const char *header, const char *name);

/* Whether the header's value before any ";" is the media type. */
bool parse_is_type(const char *header, const char *media_type);

/* Whether a path may be redirected to: within this site, without control characters. */
bool parse_is_local(const char *path);

#endif
