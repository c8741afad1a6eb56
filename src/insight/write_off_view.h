/* SPDX-License-Identifier: Apache-2.0 */
/* write_off_view.h - one write-off, written for who decides it. */
#ifndef INSIGHT_WRITE_OFF_VIEW_H
#define INSIGHT_WRITE_OFF_VIEW_H

#include "insight/customer_view.h"

struct write_off_view {
	int64_t id;
	const char *title, *line;
	const char *state, *words; /* badge */
	const char *customer_name, *customer_url;
	const struct customer_fact *facts;
	size_t n_facts;
	const char *message;
	const char *vat_hint; /* NULL: none */
	const char *own_hint; /* why this reader may not decide; NULL: he may */
	const char *typed;
	bool may_decide, may_undo;
};

void write_off_page(struct page *p, const struct write_off_view *v);

#endif
