/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/booked.h"
#include "cash/cash_post.h"
#include "cash/reason.h"

#include "base/json.h"
#include "base/list.h"
#include "base/map.h"
#include "db/event.h"
#include "i18n/catalogue.h"
#include "ledger/book.h"

#include <stdlib.h>

struct run {
	struct db *db;
	struct arena *arena;
	const struct cash_match_options *o;
	struct match_book *book;
	const struct book *ledger;
	const struct match_input *input;
	const struct catalogue *cat; /* of the entity: words of allocations */
	struct entry *entries;
	struct match_entry *facts;
	struct match_result *results;
	bool *is_held; /* undone by a person, or perhaps booked: never alone */
	struct booked_answer *booked;
	struct booked_payment *payments;
	size_t n_payments;
	struct cash_answer *answers;
	size_t n;
	const char **kept; /* proposals as stored, in one text per entry; NULL for none */
};

/* ---- loading ---- */

static void fill_customers(const struct book *ledger, const struct customer *list, size_t n,
			   struct match_customer *to)
{
	/* Both are in the database's order of code; ids decide, not the order. */
	for (size_t i = 0; i < n; i++) {
		size_t at = book_customer_by_id(ledger, list[i].id);
		if (at == SIZE_MAX)
			continue;
		to[at] = (struct match_customer){ .id = list[i].id,
						  .code = list[i].code,
						  .name = list[i].name,
						  .siren = list[i].siren,
						  .iban = list[i].iban,
						  .parent_code = list[i].parent_code,
						  .payer_code = list[i].payer_code };
	}
	/* A customer that came between the two statements has no details yet. */
	for (size_t c = 0; c < ledger->n_customers; c++)
		if (!to[c].code)
			to[c] = (struct match_customer){ .id = ledger->customer[c].id,
							 .code = ledger->customer[c].code,
							 .name = ledger->customer[c].name };
}

/* Documents that may be paid: what customers owe, and credit notes that they may deduct. */
static bool may_be_paid(const struct book *b, size_t i)
{
	enum item_kind kind = (enum item_kind)b->kind[i];

	if (b->open_minor[i] == 0 || item_kind_is_cash(kind) || kind == ITEM_SETTLEMENT)
		return false;
	return b->open_minor[i] > 0 || kind == ITEM_CREDIT_NOTE || kind == ITEM_ADJUSTMENT;
}

static size_t fill_items(const struct book *b, struct match_item *to)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_items; i++) {
		if (!may_be_paid(b, i))
			continue;
		to[n] = (struct match_item){ .id = b->item_id[i],
					     .customer = b->customer_of[i],
					     .document = b->document[i],
					     .payment_ref = b->payment_ref[i],
					     .issued_on = b->issued_on[i],
					     .due_on = b->due_on[i],
					     .open_minor = b->open_minor[i] };
		memcpy(to[n].currency, b->currency[b->currency_of[i]], sizeof to[n].currency);
		n++;
	}
	return n;
}

static bool load_aliases(struct db *db, struct arena *a, int64_t entity_id,
			 const struct book *ledger, struct match_input *input, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct {
		struct match_alias *at;
		size_t n;
		size_t room;
	} list = { 0 };
	bool more = false;

	if (!db_query(db,
		      "SELECT customer_id, iban, name_key FROM payer_alias WHERE entity_id = $1"
		      " ORDER BY id",
		      DB_PARAMS(P_I64(entity_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		size_t at = book_customer_by_id(ledger, row_i64(r, 0));
		if (at == SIZE_MAX)
			continue;
		*LIST_ADD(a, &list) =
			(struct match_alias){ (uint32_t)at, arena_strdup(a, row_text(r, 1)),
					      arena_strdup(a, row_text(r, 2)) };
	}
	input->aliases = list.at;
	input->n_aliases = list.n;
	return !more;
}

static bool load_book(struct db *db, struct arena *a, int64_t entity_id, day_t date,
		      const struct book **ret_ledger, struct match_input *input,
		      struct match_book **ret, struct err *e)
{
	struct match_customer *customers;
	struct customer *list;
	struct match_item *items;
	struct book *ledger;
	size_t n;

	if (!book_load(db, a, &(struct book_query){ .entity_id = entity_id, .as_of = date },
		       &ledger, e) ||
	    !customer_list(db, a, entity_id, &list, &n, e))
		return false;
	customers = ARENA_ARRAY(a, ledger->n_customers + 1, struct match_customer);
	items = ARENA_ARRAY(a, ledger->n_items + 1, struct match_item);
	fill_customers(ledger, list, n, customers);
	input->customers = customers;
	input->n_customers = ledger->n_customers;
	input->items = items;
	input->n_items = fill_items(ledger, items);
	if (!load_aliases(db, a, entity_id, ledger, input, e))
		return false;
	*ret = match_book_new(a, input);
	if (ret_ledger)
		*ret_ledger = ledger;
	return true;
}

bool cash_book(struct db *db, struct arena *a, int64_t entity_id, day_t date,
	       struct match_book **ret, struct err *e)
{
	struct match_input *input = ARENA_NEW(a, struct match_input);

	return load_book(db, a, entity_id, date, NULL, input, ret, e);
}

static void fill_fact(const struct entry *en, struct match_entry *to)
{
	*to = (struct match_entry){ .id = en->id,
				    .reference = en->reference,
				    .amount_minor = en->amount_minor,
				    .booked_on = en->booked_on,
				    .payer_name = en->payer_name,
				    .payer_iban = en->payer_iban,
				    .end_to_end = en->end_to_end,
				    .structured_ref = en->structured_ref,
				    .remittance = en->remittance };
	memcpy(to->currency, en->currency, sizeof to->currency);
}

/* Entries that a person took back: the machine does not insist. */
static bool load_undone(struct run *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *rows = NULL;
	struct map at;
	bool more = false;

	map_init(&at, r->arena);
	for (size_t i = 0; i < r->n; i++)
		map_set(&at, arena_printf(r->arena, "%" PRId64, r->entries[i].id), &r->is_held[i]);
	if (!db_query(
		    r->db,
		    "SELECT v.subject_id FROM event v JOIN statement_entry x ON x.id = v.subject_id"
		    " WHERE x.entity_id = $1 AND x.state IN ('open', 'proposed', 'doubtful')"
		    " AND v.subject_kind = 'statement_entry' AND v.kind = 'entry.unapplied'",
		    DB_PARAMS(P_I64(r->o->entity_id)), &rows, e))
		return false;
	while (rows_next(rows, &more, e) && more) {
		bool *held = map_get(&at, arena_printf(r->arena, "%" PRId64, row_i64(rows, 0)));
		if (held)
			*held = true;
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

/* ---- explaining ---- */

static void hold(struct match_result *result, enum match_why why, const char *text)
{
	if (result->state == MATCH_AUTO)
		result->state = MATCH_PROPOSED;
	result->stop = (struct match_reason){ why, text, 0 };
}

/* Entries that may post go through the engine together; the others are explained one by one after. */
static void explain_all(struct run *r)
{
	struct match_options options = { .threshold_ppm = r->o->threshold_ppm };
	struct match_entry *free_facts = ARENA_ARRAY(r->arena, r->n + 1, struct match_entry);
	struct match_result *found = ARENA_ARRAY(r->arena, r->n + 1, struct match_result);
	size_t *at = ARENA_ARRAY(r->arena, r->n + 1, size_t);
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (r->is_held[i] || r->booked[i].verdict != BOOKED_NO)
			continue;
		at[n] = i;
		free_facts[n++] = r->facts[i];
	}
	match_run(r->book, free_facts, n, &options, found);
	for (size_t i = 0; i < n; i++)
		r->results[at[i]] = found[i];
	for (size_t i = 0; i < r->n; i++) {
		const struct booked_answer *b = &r->booked[i];
		if (!r->is_held[i] && b->verdict == BOOKED_NO)
			continue;
		match_one(r->book, &r->facts[i], &options, &r->results[i]);
		if (b->verdict != BOOKED_NO)
			hold(&r->results[i],
			     b->verdict == BOOKED_YES ? WHY_booked_already : WHY_perhaps_booked,
			     r->payments[b->payment].document);
		else
			hold(&r->results[i], WHY_undone_by_hand, "");
	}
}

static void answer(struct run *r, size_t i)
{
	struct cash_answer *to = &r->answers[i];

	to->entry = &r->entries[i];
	to->result = &r->results[i];
	to->state = r->results[i].state == MATCH_AUTO       ? ENTRY_MATCHED
		    : r->results[i].state == MATCH_PROPOSED ? ENTRY_PROPOSED
							    : ENTRY_OPEN;
	if (r->booked[i].verdict == BOOKED_NO)
		return;
	to->booked_document = r->payments[r->booked[i].payment].document;
	to->state = r->booked[i].verdict == BOOKED_YES && !r->is_held[i] ? ENTRY_BOOKED
									 : ENTRY_DOUBTFUL;
}

/* ---- writing ---- */

struct one {
	struct run *run;
	size_t at;
};

static const char *words_of(struct run *r, const struct match_explanation *x, const char *currency)
{
	return reason_say_all(r->arena, r->cat, reason_encode(r->arena, x->reasons, x->n_reasons),
			      currency);
}

static bool post_one(struct db *db, void *arg, struct err *e)
{
	const struct one *one = arg;
	struct run *r = one->run;
	const struct entry *en = &r->entries[one->at];
	const struct match_explanation *x = &r->results[one->at].explanations[0];
	struct cash_line *lines = ARENA_ARRAY(r->arena, x->n_lines + 1, struct cash_line);
	const char *rule = match_rule_name(x->rule);
	struct application ap = {
		.entity_id = r->o->entity_id,
		.entry = en,
		.customer_id = match_customer_at(r->book, x->customer)->id,
		.lines = lines,
		.n_lines = x->n_lines,
		.rule = rule,
		.reason = reason_encode(r->arena, x->reasons, x->n_reasons),
		.words = words_of(r, x, en->currency),
		.actor = arena_printf(r->arena, "rule:%s", rule),
		.event_kind = "entry.matched",
		.now = r->o->now,
	};

	for (size_t i = 0; i < x->n_lines; i++)
		lines[i] = (struct cash_line){ match_item_at(r->book, x->lines[i].item)->id,
					       x->lines[i].amount_minor };
	ap.body = cash_body(r->arena, en, lines, x->n_lines, rule, x->confidence_ppm);
	return cash_post(db, r->arena, &ap, e);
}

static bool post_one_booked(struct db *db, void *arg, struct err *e)
{
	const struct one *one = arg;
	struct run *r = one->run;
	const struct entry *en = &r->entries[one->at];
	const struct booked_payment *p = &r->payments[r->booked[one->at].payment];
	struct application ap = {
		.entity_id = r->o->entity_id,
		.entry = en,
		.reason = reason_encode(
			r->arena, &(struct match_reason){ WHY_booked_already, p->document, 0 }, 1),
		.actor = "rule:booked",
		.event_kind = "entry.booked",
		.body = cash_body(r->arena, en, NULL, 0, "booked", 0),
		.now = r->o->now,
	};

	return cash_post_booked(db, r->arena, &ap, p->item_id, e);
}

/* Somebody was quicker: what he left is for a person, or for the next run. */
static bool lost_race(struct run *r, size_t i, const struct err *e)
{
	if (e->code != ERR_CONFLICT && e->code != ERR_STALE && e->code != ERR_NOT_FOUND)
		return false;
	hold(&r->results[i], WHY_claimed_twice, r->entries[i].reference);
	r->answers[i].state = ENTRY_PROPOSED;
	return true;
}

static bool write_decided(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		struct one one = { r, i };
		enum entry_state state = r->answers[i].state;
		if (r->o->progress)
			r->o->progress(r->o->progress_arg, (int64_t)i, (int64_t)r->n);
		if (state != ENTRY_MATCHED && state != ENTRY_BOOKED)
			continue;
		if (!db_tx(r->db, state == ENTRY_MATCHED ? post_one : post_one_booked, &one, e) &&
		    !lost_race(r, i, e))
			return err_while(e, "matching bank entry %s", r->entries[i].reference);
	}
	return true;
}

/* ---- proposals ---- */

static const char *lines_json(struct run *r, const struct match_explanation *x)
{
	struct json j;
	struct buf b;

	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_array(&j);
	for (size_t i = 0; i < x->n_lines; i++) {
		json_open_object(&j);
		json_put_int(&j, "item_id", match_item_at(r->book, x->lines[i].item)->id);
		json_put_int(&j, "amount_minor", x->lines[i].amount_minor);
		json_put_text(&j, "kind",
			      x->lines[i].kind == MATCH_DISCOUNT ? "discount"
			      : x->lines[i].kind == MATCH_FEE    ? "fee"
								 : "allocation");
		json_end(&j);
	}
	json_end(&j);
	return b.data;
}

/* All of an entry's proposals in one text, to see whether anything changed since the last run. */
static void add_kept(struct buf *b, int64_t customer_id, const char *rule, int64_t ppm,
		     const char *lines, const char *reason)
{
	buf_printf(b, "%" PRId64 " %s %" PRId64 " %s %s\n", customer_id, rule, ppm, lines, reason);
}

static bool load_kept(struct run *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *rows = NULL;
	struct buf *all = ARENA_ARRAY(r->arena, r->n + 1, struct buf);
	struct map at;
	bool more = false;

	map_init(&at, r->arena);
	for (size_t i = 0; i < r->n; i++) {
		buf_init(&all[i], r->arena);
		map_set(&at, arena_printf(r->arena, "%" PRId64, r->entries[i].id), &all[i]);
	}
	if (!db_query(r->db,
		      "SELECT entry_id, customer_id, rule, confidence_ppm, lines, reason"
		      " FROM match_proposal WHERE entity_id = $1 ORDER BY entry_id, rank",
		      DB_PARAMS(P_I64(r->o->entity_id)), &rows, e))
		return false;
	while (rows_next(rows, &more, e) && more) {
		struct buf *b = map_get(&at, arena_printf(r->arena, "%" PRId64, row_i64(rows, 0)));
		if (b)
			add_kept(b, row_i64(rows, 1), row_text(rows, 2), row_i64(rows, 3),
				 row_text(rows, 4), row_text(rows, 5));
	}
	for (size_t i = 0; i < r->n; i++)
		r->kept[i] = buf_str(&all[i]);
	return !more;
}

static bool is_unchanged(struct run *r, size_t i)
{
	const struct match_result *res = &r->results[i];
	const struct entry *en = &r->entries[i];
	struct buf b;

	if (en->state != r->answers[i].state ||
	    !str_eq(en->reason, reason_encode(r->arena, &res->stop, 1)))
		return false;
	buf_init(&b, r->arena);
	for (size_t x = 0; x < res->n_explanations; x++) {
		const struct match_explanation *ex = &res->explanations[x];
		add_kept(&b, match_customer_at(r->book, ex->customer)->id,
			 match_rule_name(ex->rule), ex->confidence_ppm, lines_json(r, ex),
			 reason_encode(r->arena, ex->reasons, ex->n_reasons));
	}
	return str_eq(buf_str(&b), r->kept[i]);
}

static bool insert_proposals(struct run *r, size_t i, const struct posting *p, struct err *e)
{
	const struct match_result *res = &r->results[i];

	for (size_t x = 0; x < res->n_explanations; x++) {
		const struct match_explanation *ex = &res->explanations[x];
		int64_t id;
		if (!db_new_id(p->db, &id, e) ||
		    !db_exec(
			    p->db,
			    "INSERT INTO match_proposal (id, entity_id, entry_id, rank,"
			    " customer_id, rule, reason, confidence_ppm, lines, event_id, recorded)"
			    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
			    DB_PARAMS(P_I64(id), P_I64(p->entity_id), P_I64(r->entries[i].id),
				      P_I64((int64_t)x + 1),
				      P_I64(match_customer_at(r->book, ex->customer)->id),
				      P_TEXT(match_rule_name(ex->rule)),
				      P_TEXT(reason_encode(r->arena, ex->reasons, ex->n_reasons)),
				      P_I64(ex->confidence_ppm), P_TEXT(lines_json(r, ex)),
				      P_I64(p->event_id), P_I64(p->recorded)),
			    NULL, e))
			return false;
	}
	return true;
}

enum { PROPOSALS_AT_ONCE = 200 };

struct batch {
	struct run *run;
	size_t at[PROPOSALS_AT_ONCE];
	size_t n;
};

static bool write_batch(struct db *db, void *arg, struct err *e)
{
	struct batch *b = arg;
	struct run *r = b->run;
	struct posting p;

	if (!posting_begin(&p, db, r->o->entity_id, "entry.proposed", "entity", r->o->entity_id,
			   r->o->actor, "bank", r->o->now,
			   arena_printf(r->arena, "{\"entries\":%zu}", b->n), e))
		return false;
	for (size_t i = 0; i < b->n; i++) {
		size_t at = b->at[i];
		if (!entry_set_state(&p, &r->entries[at], r->answers[at].state,
				     reason_encode(r->arena, &r->results[at].stop, 1), 0, e) ||
		    !insert_proposals(r, at, &p, e))
			return false;
	}
	return true;
}

static bool flush(struct batch *b, struct err *e)
{
	bool ok = b->n == 0 || db_tx(b->run->db, write_batch, b, e);

	/* A person decided one of them meanwhile: the next run writes the rest. */
	if (!ok && e->code == ERR_STALE)
		ok = true;
	b->n = 0;
	return ok;
}

static bool write_proposals(struct run *r, struct err *e)
{
	struct batch b = { .run = r };

	if (!load_kept(r, e))
		return false;
	for (size_t i = 0; i < r->n; i++) {
		enum entry_state state = r->answers[i].state;
		if (state == ENTRY_MATCHED || state == ENTRY_BOOKED || is_unchanged(r, i))
			continue;
		b.at[b.n++] = i;
		if (b.n == PROPOSALS_AT_ONCE && !flush(&b, e))
			return false;
	}
	return flush(&b, e);
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

static bool prepare(struct run *r, struct err *e)
{
	struct match_input *input = ARENA_NEW(r->arena, struct match_input);
	struct entity entity;

	if (!entity_get_by_id(r->db, r->arena, r->o->entity_id, &entity, e) ||
	    !load_book(r->db, r->arena, r->o->entity_id, r->o->date, &r->ledger, input, &r->book,
		       e) ||
	    !entry_list_unmatched(r->db, r->arena, r->o->entity_id, r->o->date, &r->entries, &r->n,
				  e))
		return false;
	keep_only(r);
	r->input = input;
	r->cat = catalogue_find(entity.language);
	r->facts = ARENA_ARRAY(r->arena, r->n + 1, struct match_entry);
	r->results = ARENA_ARRAY(r->arena, r->n + 1, struct match_result);
	r->is_held = ARENA_ARRAY(r->arena, r->n + 1, bool);
	r->booked = ARENA_ARRAY(r->arena, r->n + 1, struct booked_answer);
	r->answers = ARENA_ARRAY(r->arena, r->n + 1, struct cash_answer);
	r->kept = ARENA_ARRAY(r->arena, r->n + 1, const char *);
	for (size_t i = 0; i < r->n; i++) {
		fill_fact(&r->entries[i], &r->facts[i]);
		r->is_held[i] = r->o->only_entry_id != 0;
	}
	return load_undone(r, e) && find_booked(r, e);
}

static void count(const struct run *r, struct cash_match_report *ret)
{
	*ret = (struct cash_match_report){ .book = r->book, .answers = r->answers, .n = r->n };
	for (size_t i = 0; i < r->n; i++) {
		enum entry_state state = r->answers[i].state;
		ret->n_auto += state == ENTRY_MATCHED;
		ret->n_proposed += state == ENTRY_PROPOSED;
		ret->n_unmatched += state == ENTRY_OPEN;
		ret->n_booked += state == ENTRY_BOOKED;
		ret->n_doubtful += state == ENTRY_DOUBTFUL;
	}
}

bool cash_match(struct db *db, struct arena *a, const struct cash_match_options *o,
		struct cash_match_report *ret, struct err *e)
{
	struct run r = { .db = db, .arena = a, .o = o };

	if (!prepare(&r, e))
		return false;
	explain_all(&r);
	for (size_t i = 0; i < r.n; i++)
		answer(&r, i);
	if (!o->is_dry_run && (!write_decided(&r, e) || !write_proposals(&r, e)))
		return false;
	count(&r, ret);
	return true;
}
