/* SPDX-License-Identifier: Apache-2.0 */
#include "books/books_request.h"

bool books_begin(struct request *r, struct books_asked *ret, struct err *e)
{
	if (!entity_get_by_id(r->db, r->arena, r->entity.id, &ret->entity, e))
		return false;
	ret->order = (struct books_order){ &ret->entity, r->today, r->actor, r->now };
	return true;
}

bool books_file_get(struct request *r, struct err *e)
{
	const char *name = request_query(r, "format");
	struct books_file_bytes file;
	enum books_format format;
	struct books_asked a;

	if (!books_format_of(name ? name : "fec", &format))
		return err_field(e, ERR_USAGE, "format", "\"%.40s\" is none of fec, csv, lettering",
				 name);
	return books_begin(r, &a, e) &&
	       books_fetch(r->db, r->arena, &a.order, request_id(r, "export"), format, &file, e) &&
	       respond_bytes(r, file.bytes, file.n, file.media_type, file.name, true);
}
