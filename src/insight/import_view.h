/* SPDX-License-Identifier: Apache-2.0 */
/* import_view.h - imports as pages show them. They live in this room because an import hands bank
 * statements to cash/, which stands above the ledger. */
#ifndef INSIGHT_IMPORT_VIEW_H
#define INSIGHT_IMPORT_VIEW_H

#include "ledger/import.h"
#include "web/link.h"
#include "web/parts.h"
#include "web/table.h"

struct import_row {
	int64_t id;
	const char *name;
	const char *format;
	const char *when;
	const char *who;
	const char *state; /* of the style sheet */
	const char *state_text;
	const char *created, *updated, *rejected;
	bool is_staged;
	bool has_rejects;
};

struct imports_view {
	struct table_page *list;
	size_t n_staged;
	const char *apply_text; /* "Import the 3 files" */
};

struct import_fact {
	const char *term;
	const char *value;
};

struct import_column_view {
	const char *header;
	const char *sample;
	struct part_field field; /* to choose what it means */
};

struct import_page_view {
	bool offers_forward; /* lines fall in a closed period, and the user may date them forward */
	struct import_row row;
	const char *line;
	const struct import_fact *facts;
	size_t n_facts;
	const char *control; /* the ledger's own balance and ours; NULL: none */
	bool is_control_good;
	const char *const *warnings;
	size_t n_warnings;
	const struct import_error *errors;
	size_t n_errors;
	const char *errors_text;
	const struct import_column_view *columns;
	size_t n_columns;
	const struct part_chip *modes; /* movements or snapshot; none for what has no such choice */
	size_t n_modes;
	const char *mode;
	bool asks_bank; /* a bank's table: its account and the order of days may be told */
	struct part_field account_field, dates_field;
	const char *account, *dates; /* as told; NULL */
	bool is_repeat;
	bool may_run;
	const char *failure; /* why the file as a whole is refused; NULL: it is not */
};

struct import_job_view {
	int64_t id;
	const char *state; /* waiting, running, done, failed */
	const char *text;
	const char *done, *total; /* whole numbers */
	bool is_over;
	const char *error; /* NULL: none */
	const struct import_row *rows;
	size_t n_rows;
};

/* What the report of an import says, for its page. */
bool import_view_fill(struct page *p, const char *report_json, struct import_page_view *v,
		      struct err *e) NODISCARD;
void import_row_fill(struct request *r, struct page *p, const struct import_summary *s,
		     struct import_row *ret);

void imports_page(struct page *p, const struct imports_view *v);
void import_page(struct page *p, const struct import_page_view *v);
void import_job_page(struct page *p, const struct import_job_view *v);

#endif
