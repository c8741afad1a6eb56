/* SPDX-License-Identifier: Apache-2.0 */
/* table_private.h - what the files of the table share. */
#ifndef WEB_TABLE_PRIVATE_H
#define WEB_TABLE_PRIVATE_H

#include "web/table.h"

struct table_out {
	const struct table *table;
	struct arena *arena; /* of the row, or of the page */
	const struct catalogue *cat;
	const char *language;
	const char *key, *currency;
	bool is_page;
	int64_t n; /* rows so far */
	struct table_cell cell[TABLE_MAX_COLUMNS_SHOWN];
	/* Takes the finished row. */
	bool (*end)(struct table_out *out, struct err *e);
	void *arg;
};

/* A description that breaks its own promises stops the program. */
void table_check(const struct table *t);

/* The file that the view asks for, with what is told about it, written to the audit log. */
bool table_send(struct request *r, const struct table_view *v, const struct table_source *s,
		struct err *e) NODISCARD;

/* The filters in force in words, one a line: for the file, and for an empty list. */
struct table_said {
	const char *name; /* of the filter */
	const char *text; /* "State" */
	const char *value;
};
struct table_said *table_filters_said(struct arena *a, const struct catalogue *cat,
				      const struct table_view *v, size_t *ret_n);

#endif
