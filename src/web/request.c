/* SPDX-License-Identifier: Apache-2.0 */
#include "web/private.h"

#include "base/text.h"

static const char *value_of(const struct web_values *values, const char *name)
{
	for (size_t i = 0; i < values->n; i++) {
		if (str_eq(values->at[i].name, name))
			return values->at[i].value;
	}
	return NULL;
}

const char *request_param(const struct request *r, const char *name)
{
	return value_of(&r->params, name);
}

const char *request_query(const struct request *r, const char *name)
{
	return value_of(&r->query, name);
}

const char *request_form(const struct request *r, const char *name)
{
	return value_of(&r->form, name);
}

const char *request_header(const struct request *r, const char *name)
{
	return r->own->header(r->own->header_arg, name);
}

int64_t request_id(const struct request *r, const char *name)
{
	const char *text = request_param(r, name);
	uint64_t id;

	return text && text_to_u64(text, INT64_MAX, &id) ? (int64_t)id : 0;
}

int64_t request_version(const struct request *r)
{
	const char *text = request_form(r, "version");
	uint64_t version;

	return text && text_to_u64(text, INT64_MAX, &version) ? (int64_t)version : -1;
}

bool request_may(const struct request *r, enum permission p)
{
	if (p == PERM_PUBLIC)
		return true;
	if (r->user.id == 0)
		return false;
	return p == PERM_USER || (r->user.permissions & PERM_BIT(p)) != 0;
}

bool request_wants_json(const struct request *r)
{
	const char *accept = request_header(r, "Accept");

	if (r->path && str_starts(r->path, "/api/"))
		return true;
	return accept && strstr(accept, "application/json") && !strstr(accept, "text/html");
}
