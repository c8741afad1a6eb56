/* SPDX-License-Identifier: Apache-2.0 */
/* absorb.c - what the program wrote by its own judgement: checked for lawfulness, then part of the model. */
#include "simulation/simulation.h"

#include <stdlib.h>
#include <string.h>

static const struct sim_line *line_of(const struct sim *s, const char *reference)
{
	for (int i = 0; i < s->n_lines; i++)
		if (strcmp(s->line[i].reference, reference) == 0)
			return &s->line[i];
	return NULL;
}

/* A payment that stands for a line of the bank: its amount, and the customer who paid. */
static void absorb_payment(struct sim *s, const struct rows *r, bool by_machine)
{
	const struct sim_line *l = line_of(s, row_text(r, 6));
	struct model_item *it = &s->model.item[s->model.n_items++];

	*it = (struct model_item){ .customer = atoi(row_text(r, 2) + 1),
				   .is_cash = true,
				   .minor = row_i64(r, 3),
				   .issued = row_day(r, 4),
				   .effective = row_day(r, 4),
				   .known = row_i64(r, 5),
				   .import = -1,
				   .n_dues = 1 };
	snprintf(it->document, sizeof it->document, "%s", row_text(r, 1));
	it->due[0] = (struct model_due){ row_day(r, 7), it->known };
	if (!l || it->minor != -l->minor || it->effective != model_open_day(&s->model, l->on))
		sim_fail(s, "payment %s is not its bank line", it->document);
	if (by_machine && l->customer >= 0 && it->customer != l->customer)
		sim_fail(s, "the money of C%03d went to C%03d", l->customer, it->customer);
	if (by_machine && l->customer < 0)
		sim_fail(s, "money of nobody known went to C%03d", it->customer);
	sim_trace(s, "payment %s C%03d %" PRId64, l->reference, it->customer, it->minor);
}

static void absorb_items(struct sim *s, bool by_machine)
{
	struct rows *r = NULL;
	struct err e = { 0 };
	bool more;

	if (!db_query(s->db,
		      "SELECT i.id, i.document, c.code, i.amount_minor, i.effective, i.recorded,"
		      " COALESCE(x.reference, ''), i.due_on FROM item i JOIN customer c"
		      " ON c.id = i.customer_id LEFT JOIN statement_entry x"
		      " ON x.id = i.bank_entry_id WHERE i.id > $1 ORDER BY i.id",
		      DB_PARAMS(P_I64(s->last_item)), &r, &e))
		sim_fail(s, "%s", e.msg);
	while (rows_next(r, &more, &e) && more) {
		s->last_item = row_i64(r, 0);
		if (model_find(&s->model, row_text(r, 1)) >= 0 && row_i64(r, 3) != 0 &&
		    *row_text(r, 6) == '\0')
			continue; /* a document that we sent */
		absorb_payment(s, r, by_machine);
	}
	rows_close(r);
}

static void absorb_allocation(struct sim *s, const struct rows *r)
{
	struct model *m = &s->model;
	struct model_allocation *a;
	int debit = model_find(m, row_text(r, 1)), credit = model_find(m, row_text(r, 2));
	int64_t minor = row_i64(r, 3), debit_open, credit_open;

	if (debit < 0 || credit < 0)
		sim_fail(s, "an allocation joins %s and %s, which are not there", row_text(r, 1),
			 row_text(r, 2));
	debit_open = model_open(m, debit, INT32_MAX, INT64_MAX);
	credit_open = model_open(m, credit, INT32_MAX, INT64_MAX);
	if (minor <= 0 || minor > debit_open || minor > -credit_open)
		sim_fail(s, "%" PRId64 " of %s applied to %s: open are %" PRId64 " and %" PRId64,
			 minor, row_text(r, 2), row_text(r, 1), credit_open, debit_open);
	if (m->item[debit].customer != m->item[credit].customer)
		sim_fail(s, "%s pays a document of another customer", row_text(r, 2));
	if (model_is_closed(m, row_day(r, 4)))
		sim_fail(s, "%s is applied in a closed period", row_text(r, 2));
	a = &m->allocation[m->n_allocations++];
	*a = (struct model_allocation){ debit, credit, minor, row_day(r, 4), row_i64(r, 5), 0, 0 };
	sim_trace(s, "apply %" PRId64 " to %s", minor, row_text(r, 1));
}

/* The newest allocation of the same that stands. */
static void absorb_undo(struct sim *s, const struct rows *r)
{
	struct model *m = &s->model;

	for (int i = m->n_allocations - 1; i >= 0; i--) {
		struct model_allocation *a = &m->allocation[i];

		if (a->minor == -row_i64(r, 3) &&
		    strcmp(m->item[a->debit].document, row_text(r, 1)) == 0 &&
		    strcmp(m->item[a->credit].document, row_text(r, 2)) == 0 &&
		    (!a->undone || a->undone == row_i64(r, 5))) {
			a->undone = row_i64(r, 5);
			a->undone_on = row_day(r, 4);
			if (a->undone_on != model_open_day(m, a->effective))
				sim_fail(s, "what pays %s is undone as of day %d, expected %d",
					 row_text(r, 1), a->undone_on,
					 model_open_day(m, a->effective));
			sim_trace(s, "undo %" PRId64 " on %s", a->minor, row_text(r, 1));
			return;
		}
	}
	sim_fail(s, "something is undone on %s that was never done", row_text(r, 1));
}

static void absorb_allocations(struct sim *s)
{
	struct rows *r = NULL;
	struct err e = { 0 };
	bool more;

	if (!db_query(
		    s->db,
		    "SELECT l.id, d.document, k.document, l.amount_minor, l.effective, l.recorded,"
		    " COALESCE(l.reverses_id, 0) FROM allocation l JOIN item d"
		    " ON d.id = l.debit_item_id JOIN item k ON k.id = l.credit_item_id"
		    " WHERE l.id > $1 ORDER BY l.id",
		    DB_PARAMS(P_I64(s->last_allocation)), &r, &e))
		sim_fail(s, "%s", e.msg);
	while (rows_next(r, &more, &e) && more) {
		s->last_allocation = row_i64(r, 0);
		if (row_i64(r, 6))
			absorb_undo(s, r);
		else
			absorb_allocation(s, r);
	}
	rows_close(r);
}

/* Payments that were taken back with their entry. */
static void absorb_reversals(struct sim *s)
{
	struct rows *r = NULL;
	struct err e = { 0 };
	bool more;

	if (!db_query(s->db,
		      "SELECT i.document, v.recorded FROM item_reversal v JOIN item i"
		      " ON i.id = v.item_id WHERE v.recorded >= $1 ORDER BY i.document",
		      DB_PARAMS(P_I64(s->now)), &r, &e))
		sim_fail(s, "%s", e.msg);
	while (rows_next(r, &more, &e) && more) {
		int i = model_find(&s->model, row_text(r, 0));

		if (i < 0)
			continue; /* undone with its file: known already */
		if (!s->model.item[i].is_cash)
			sim_fail(s, "%s left the ledger without being asked to", row_text(r, 0));
		s->model.item[i].reversed = row_i64(r, 1);
		sim_trace(s, "gone %s", row_text(r, 0));
	}
	rows_close(r);
}

void sim_absorb(struct sim *s, bool by_machine)
{
	sim_calm(s);
	absorb_items(s, by_machine);
	absorb_allocations(s);
	absorb_reversals(s);
}
