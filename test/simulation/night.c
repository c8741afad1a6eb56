/* SPDX-License-Identifier: Apache-2.0 */
/* night.c - each night every law is checked, and what the book says is compared with the model. */
#include "simulation/simulation.h"

#include "db/seal.h"
#include "ledger/ageing.h"
#include "ledger/verify_lettering.h"

#include <string.h>

static void check_laws(struct sim *s)
{
	struct verify_report r;
	struct err e = { 0 };

	/* As the worker does for writers that died. */
	if (!seal_run(s->db, &e) ||
	    !ledger_verify(s->db, s->arena, s->entity.id, s->today, &r, &e) ||
	    !verify_lettering(s->db, s->arena, s->entity.id, &r, &e) ||
	    !cash_verify(s->db, s->arena, s->entity.id, &r, &e) ||
	    !verify_chain(s->db, s->arena, NULL, &r, &e))
		sim_fail(s, "verify: %s", e.msg);
	if (r.n_faults)
		sim_fail(s, "%s: %s", r.faults[0].law, r.faults[0].detail);
}

static void compare_item(struct sim *s, const struct book *b, size_t i, int as_of, int64_t known)
{
	const struct model *m = &s->model;
	const char *code = b->customer[b->customer_of[i]].code;
	int at = -1;
	char day[DATE_TEXT];

	/* Of several lives of a document (undone, imported again) the one that counts then. */
	for (int k = 0; k < m->n_items; k++)
		if (strcmp(m->item[k].document, b->document[i]) == 0 &&
		    model_counts(m, k, as_of, known))
			at = k;
	date_format(as_of, day);
	if (at < 0)
		sim_fail(s, "as of %s: %s is in the book and should not be", day, b->document[i]);
	if (b->open_minor[i] != model_open(m, at, as_of, known))
		sim_fail(s,
			 "as of %s, known %" PRId64 " s: %s has %" PRId64
			 " open, expected %" PRId64,
			 day, (known - s->start) / 1000000, b->document[i], b->open_minor[i],
			 model_open(m, at, as_of, known));
	if (b->due_on[i] != model_due(m, at, known))
		sim_fail(s, "as of %s: %s is due on %d, expected %d", day, b->document[i],
			 b->due_on[i], model_due(m, at, known));
	if (m->item[at].customer != (code[1] - '0') * 100 + (code[2] - '0') * 10 + code[3] - '0')
		sim_fail(s, "%s is at %s", b->document[i], code);
}

/* Open items and their sum, buckets and unallocated cash, as the model has them. */
static void compare_totals(struct sim *s, const struct book *b, int as_of, int64_t known)
{
	struct ageing_bounds bounds = ageing_default_bounds();
	struct ageing found = { 0 }, expected = { 0 };
	const struct model *m = &s->model;
	struct err e = { 0 };
	size_t n = 0;
	char day[DATE_TEXT];

	if (b->n_currencies && !ageing_of_customer(b, &bounds, SIZE_MAX, 0, &found, &e))
		sim_fail(s, "ageing: %s", e.msg);
	for (int k = 0; k < m->n_items; k++) {
		int64_t open = model_open(m, k, as_of, known);
		int late = as_of - model_due(m, k, known);
		int bucket = late <= 0 ? 0 : late <= 30 ? 1 : late <= 60 ? 2 : late <= 90 ? 3 : 4;

		if (open == 0)
			continue;
		n++;
		expected.total_minor += open;
		if (m->item[k].is_cash)
			expected.unallocated_minor += open;
		else
			expected.bucket[bucket].amount_minor += open;
	}
	date_format(as_of, day);
	if (b->n_items != n)
		sim_fail(s, "as of %s: %zu open items, expected %zu", day, b->n_items, n);
	for (int k = 0; k < 5; k++)
		if (found.bucket[k].amount_minor != expected.bucket[k].amount_minor)
			sim_fail(s, "as of %s: bucket %d is %" PRId64 ", expected %" PRId64, day, k,
				 found.bucket[k].amount_minor, expected.bucket[k].amount_minor);
	if (found.total_minor != expected.total_minor ||
	    found.unallocated_minor != expected.unallocated_minor)
		sim_fail(s, "as of %s: total %" PRId64 ", expected %" PRId64, day,
			 found.total_minor, expected.total_minor);
	sim_trace(s, "as of %s: %zu items %" PRId64 " unallocated %" PRId64, day, n,
		  found.total_minor, found.unallocated_minor);
}

static void compare(struct sim *s, int as_of, int64_t known)
{
	struct book *b;
	struct err e = { 0 };

	if (!book_load(s->db, s->arena,
		       &(struct book_query){ .entity_id = s->entity.id,
					     .as_of = as_of,
					     .known_at = known == INT64_MAX ? 0 : known },
		       &b, &e))
		sim_fail(s, "the book: %s", e.msg);
	for (size_t i = 0; i < b->n_items; i++)
		compare_item(s, b, i, as_of, known);
	compare_totals(s, b, as_of, known);
	s->n_comparisons++;
}

void sim_night(struct sim *s)
{
	int days = s->today - (int)(s->start / 86400000000) + 1;

	check_laws(s);
	compare(s, s->today, INT64_MAX);
	for (int i = 0; i < 3; i++) {
		int as_of = s->today - sim_below(s, days + 5);
		int64_t known = s->start + (int64_t)sim_below(s, days) * 86400000000 +
				(int64_t)sim_below(s, 86400) * 1000000;
		compare(s, as_of, known);
	}
}
