/* SPDX-License-Identifier: Apache-2.0 */
/* token_view.h - what the page of API tokens shows (token.th). */
#ifndef LEDGER_TOKEN_VIEW_H
#define LEDGER_TOKEN_VIEW_H

#include "web/parts.h"

struct token_row {
	int64_t id;
	const char *name, *role, *made, *used, *ends;
	const char *state, *words; /* of the badge */
	bool may_revoke;
};

struct tokens_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const char *line;
	const char *message; /* of a form that was refused; NULL: none */
	const char *key;     /* the token just made, shown this once; NULL: none */
	struct part_field name, role, expires;
	const struct token_row *rows;
	size_t n_rows;
};

void tokens_page(struct page *p, const struct tokens_view *v);

#endif
