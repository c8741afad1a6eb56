/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/advice_store.h"
#include "cash/cash_input.h"
#include "cash/cash_run.h"

#include "base/list.h"
#include "base/map.h"

#include <stdlib.h>

/* Entries that a person took back: the machine does not insist. */
static bool load_undone(struct run *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *rows = NULL;
	bool *undone = ARENA_ARRAY(r->arena, r->n + 1, bool);
	struct map at;
	bool more = false;

	map_init(&at, r->arena);
	for (size_t i = 0; i < r->n; i++)
		map_set(&at, arena_printf(r->arena, "%" PRId64, r->entries[i].id), &undone[i]);
	if (!db_query(
		    r->db,
		    "SELECT v.subject_id FROM event v JOIN statement_entry x ON x.id = v.subject_id"
		    " WHERE x.entity_id = $1 AND x.state IN ('open', 'proposed', 'doubtful')"
		    " AND v.subject_kind = 'statement_entry' AND v.kind = 'entry.unapplied'",
		    DB_PARAMS(P_I64(r->o->entity_id)), &rows, e))
		return false;
	while (rows_next(rows, &more, e) && more) {
		bool *is_undone =
			map_get(&at, arena_printf(r->arena, "%" PRId64, row_i64(rows, 0)));
		if (is_undone)
			*is_undone = true;
	}
	for (size_t i = 0; i < r->n && !more; i++) {
		r->facts[i].is_held = undone[i] && !r->is_held[i];
		r->is_held[i] = r->is_held[i] || undone[i];
	}
	return !more;
}

/* ---- what the ledger's file has booked ---- */

static bool load_settled(struct run *r, struct booked_payment *p, struct err *e)
{
	CLEANUP(rows_closep) struct rows *rows = NULL;
	struct {
		const char **at;
		size_t n;
		size_t room;
	} list = { 0 };
	bool more = false;

	if (!db_query(r->db,
		      "SELECT DISTINCT i.document FROM allocation l JOIN item i"
		      " ON i.id = l.debit_item_id WHERE l.credit_item_id = $1",
		      DB_PARAMS(P_I64(p->item_id)), &rows, e))
		return false;
	while (rows_next(rows, &more, e) && more)
		*LIST_ADD(r->arena, &list) = arena_strdup(r->arena, row_text(rows, 0));
	p->settled = list.at;
	p->n_settled = list.n;
	return !more;
}

/* Payments of the accounting file about the days of the entries and of their amounts. */
static bool load_payments(struct run *r, day_t *ret_last, struct err *e)
{
	CLEANUP(rows_closep) struct rows *rows = NULL;
	struct {
		struct booked_payment *at;
		size_t n;
		size_t room;
	} list = { 0 };
	day_t first = DAY_NONE, last = DAY_NONE;
	bool more = false;
	char *newest;

	for (size_t i = 0; i < r->n; i++) {
		day_t on = r->entries[i].booked_on;
		first = first == DAY_NONE || on < first ? on : first;
		last = last == DAY_NONE || on > last ? on : last;
	}
	*ret_last = DAY_NONE;
	if (first == DAY_NONE)
		return true;
	if (!db_get_text(r->db, r->arena,
			 "SELECT MAX(effective) FROM item WHERE entity_id = $1 AND kind = 'payment'"
			 " AND source = 'fec'",
			 DB_PARAMS(P_I64(r->o->entity_id)), &newest, e) ||
	    (newest && !date_parse(newest, ret_last, e)))
		return false;
	if (!db_query(r->db,
		      "SELECT i.id, i.customer_id, -i.amount_minor, i.currency, i.effective,"
		      " i.document FROM item i JOIN item_balance b ON b.item_id = i.id"
		      " WHERE i.entity_id = $1 AND i.kind IN ('payment', 'deposit')"
		      " AND i.amount_minor < 0 AND i.bank_entry_id IS NULL AND i.source = 'fec'"
		      " AND i.effective >= $2 AND i.effective <= $3 ORDER BY i.id",
		      DB_PARAMS(P_I64(r->o->entity_id), P_DAY(first - BOOKED_DAYS),
				P_DAY(last + BOOKED_DAYS)),
		      &rows, e))
		return false;
	while (rows_next(rows, &more, e) && more) {
		size_t at = book_customer_by_id(r->ledger, row_i64(rows, 1));
		struct booked_payment *p;
		if (at == SIZE_MAX)
			continue;
		p = LIST_ADD(r->arena, &list);
		*p = (struct booked_payment){ .item_id = row_i64(rows, 0),
					      .customer = (uint32_t)at,
					      .minor = row_i64(rows, 2),
					      .on = row_day(rows, 4),
					      .document =
						      arena_strdup(r->arena, row_text(rows, 5)) };
		memcpy(p->currency, row_text(rows, 3), sizeof p->currency);
	}
	r->payments = list.at;
	r->n_payments = list.n;
	return !more;
}

static int compare_minor(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Settled documents of the payments that have the amount of some entry: few. */
static bool load_all_settled(struct run *r, struct err *e)
{
	int64_t *amounts = ARENA_ARRAY(r->arena, r->n + 1, int64_t);

	for (size_t i = 0; i < r->n; i++)
		amounts[i] = r->entries[i].amount_minor;
	if (r->n)
		qsort(amounts, r->n, sizeof *amounts, compare_minor);
	for (size_t i = 0; i < r->n_payments; i++)
		if (r->n &&
		    bsearch(&r->payments[i].minor, amounts, r->n, sizeof *amounts, compare_minor) &&
		    !load_settled(r, &r->payments[i], e))
			return false;
	return true;
}

static bool find_booked(struct run *r, struct err *e)
{
	day_t last_on;

	if (!load_payments(r, &last_on, e) || !load_all_settled(r, e))
		return false;
	if (r->n_payments)
		for (size_t i = 0; i < r->n; i++)
			match_one(r->book, &r->facts[i], NULL, &r->results[i]);
	booked_find(r->book, r->facts, r->results, r->n, r->payments, r->n_payments, last_on,
		    r->booked);
	return true;
}

/* ---- the run ---- */

static void keep_only(struct run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n && r->o->only_entry_id; i++)
		if (r->entries[i].id == r->o->only_entry_id)
			r->entries[n++] = r->entries[i];
	if (r->o->only_entry_id)
		r->n = n;
}

bool run_load(struct run *r, struct err *e)
{
	struct cash_input *input = ARENA_NEW(r->arena, struct cash_input);
	struct entity entity;

	if (!entity_get_by_id(r->db, r->arena, r->o->entity_id, &entity, e) ||
	    !cash_input_load(r->db, r->arena, r->o->entity_id, r->o->date, input, e) ||
	    !cash_input_add_habits(r->db, r->arena, r->o->entity_id, input, e) ||
	    !entry_list_unmatched(r->db, r->arena, r->o->entity_id, r->o->date, &r->entries, &r->n,
				  e))
		return false;
	keep_only(r);
	r->ledger = input->ledger;
	r->input = &input->match;
	r->book = match_book_new(r->arena, &input->match);
	r->cat = catalogue_find(entity.language);
	r->facts = ARENA_ARRAY(r->arena, r->n + 1, struct match_entry);
	r->results = ARENA_ARRAY(r->arena, r->n + 1, struct match_result);
	r->is_held = ARENA_ARRAY(r->arena, r->n + 1, bool);
	r->booked = ARENA_ARRAY(r->arena, r->n + 1, struct booked_answer);
	r->answers = ARENA_ARRAY(r->arena, r->n + 1, struct cash_answer);
	r->kept = ARENA_ARRAY(r->arena, r->n + 1, const char *);
	for (size_t i = 0; i < r->n; i++) {
		cash_input_entry(r->arena, &r->entries[i], r->o->entity_id, &r->facts[i]);
		r->is_held[i] = r->o->only_entry_id != 0 || entry_is_return(&r->entries[i]);
	}
	return advice_give(r->db, r->arena, r->o->entity_id, r->facts, r->n, e) &&
	       load_undone(r, e) && find_booked(r, e);
}
