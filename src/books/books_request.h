/* SPDX-License-Identifier: Apache-2.0 */
/* books_request.h - what pages and API of the exports share. */
#ifndef BOOKS_BOOKS_REQUEST_H
#define BOOKS_BOOKS_REQUEST_H

#include "books/books.h"
#include "web/web.h"

struct books_asked {
	struct entity entity;
	struct books_order order; /* of that entity: do not copy one without the other */
};

/* Who asks, for which company, today. */
bool books_begin(struct request *r, struct books_asked *ret, struct err *e) NODISCARD;

/* A handler: the file of :export in the format that the query names, fec unless told. Fetching it delivers it. */
bool books_file_get(struct request *r, struct err *e) NODISCARD;

#endif
