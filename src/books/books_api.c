/* SPDX-License-Identifier: Apache-2.0 */
/* books_api.c - exports to the books, for the accounting system (doc/api.md). */
#include "base/json.h"
#include "base/text.h"
#include "books/books_request.h"
#include "books/routes.h"
#include "cash/cash_api.h"

enum { LIST_MAX = 1000 };

static bool answer(struct request *r, int64_t number, int status, struct err *e)
{
	struct books_batch b;
	struct json j;
	struct buf out;

	if (!books_get(r->db, r->arena, r->entity.id, number, &b, e))
		return false;
	buf_init(&out, r->arena);
	json_init(&j, &out);
	json_open_object(&j);
	books_batch_json(&j, &b);
	json_end(&j);
	return respond_json(r, &out, status);
}

static bool exports_get(struct request *r, struct err *e)
{
	struct books_batch *b;
	struct json j;
	struct buf out;
	size_t n;

	if (!books_list(r->db, r->arena, r->entity.id, LIST_MAX, &b, &n, e))
		return false;
	buf_init(&out, r->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_key(&j, "exports"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		books_batch_json(&j, &b[i]);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return respond_json(r, &out, 200);
}

/* 201 with the new export; 200 with null when nothing is new. */
static bool exports_post(struct request *r, struct err *e)
{
	struct books_batch made;
	struct books_asked a;
	struct json j;
	struct buf out;

	if (!books_begin(r, &a, e) || !books_prepare(r->db, r->arena, &a.order, &made, e))
		return false;
	if (made.id)
		return answer(r, made.number, 201, e);
	buf_init(&out, r->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_put_text(&j, "number", NULL);
	json_end(&j);
	return respond_json(r, &out, 200);
}

static bool export_get(struct request *r, struct err *e)
{
	return answer(r, request_id(r, "export"), 200, e);
}

static bool export_acknowledge(struct request *r, struct err *e)
{
	int64_t number = request_id(r, "export");
	struct books_asked a;
	json_t *body;

	return cash_api_body(r, &body, e) && books_begin(r, &a, e) &&
	       books_acknowledge(r->db, &a.order, number,
				 json_string_value(json_object_get(body, "reference")), e) &&
	       answer(r, number, 200, e);
}

static bool export_refuse(struct request *r, struct err *e)
{
	int64_t number = request_id(r, "export");
	struct books_asked a;
	json_t *body;

	return cash_api_body(r, &body, e) && books_begin(r, &a, e) &&
	       books_refuse(r->db, &a.order, number,
			    json_string_value(json_object_get(body, "reason")), e) &&
	       answer(r, number, 200, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/api/v1/exports", exports_get, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/api/v1/exports", exports_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/api/v1/exports/:export", export_get, PERM_CASH_READ, SCOPE_ENTITY),
	/* Fetching it delivers it. */
	ROUTE(GET, "/api/v1/exports/:export/file", books_file_get, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/api/v1/exports/:export/acknowledge", export_acknowledge, PERM_CASH_APPLY,
	      SCOPE_ENTITY),
	ROUTE(POST, "/api/v1/exports/:export/refuse", export_refuse, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list books_api_routes = ROUTE_LIST(routes);
