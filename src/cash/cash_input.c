/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/cash_input.h"

#include "base/list.h"
#include "base/log.h"
#include "base/text.h"
#include "cash/habits.h"
#include "cash/learn.h"
#include "bank/virtual_iban.h"

#include <jansson.h>
#include <stdlib.h>

/* ---- customers ---- */

static struct match_customer customer_fact(const struct customer *c)
{
	return (struct match_customer){ .id = c->id,
					.code = c->code,
					.name = c->name,
					.siren = c->siren,
					.iban = c->iban,
					.parent_code = c->parent_code,
					.payer_code = c->payer_code,
					.vat_number = c->vat_number,
					.entity_id = c->entity_id };
}

static void fill_customers(const struct book *ledger, int64_t entity_id,
			   const struct customer *list, size_t n, struct match_customer *to)
{
	/* Both are in the database's order of code; ids decide, not the order. */
	for (size_t i = 0; i < n; i++) {
		size_t at = book_customer_by_id(ledger, list[i].id);
		if (at != SIZE_MAX)
			to[at] = customer_fact(&list[i]);
	}
	/* A customer that came between the two statements has no details yet. */
	for (size_t c = 0; c < ledger->n_customers; c++)
		if (!to[c].code)
			to[c] = (struct match_customer){ .id = ledger->customer[c].id,
							 .code = ledger->customer[c].code,
							 .name = ledger->customer[c].name,
							 .entity_id = entity_id };
}

/* ---- attributes: fields of files that the program has no column for ---- */

static bool is_one_of(const char *key, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(key, names[i]))
			return true;
	return false;
}

/* "2", "2,5 %", "2 % 10 jours", "2/10": per myriad, and days when there are some. */
static void read_discount(const char *text, int *ret_per_myriad, int *ret_days)
{
	char *end;
	long whole = strtol(text, &end, 10), part = 0;

	if (end == text || whole < 0 || whole > 50)
		return;
	if (*end == ',' || *end == '.') {
		const char *from = end + 1;
		part = strtol(from, &end, 10);
		part = end - from == 1 ? part * 10 : end - from == 2 ? part : -1;
	}
	if (part < 0 || part > 99)
		return;
	*ret_per_myriad = (int)(whole * 100 + part);
	while (*end && !(*end >= '0' && *end <= '9'))
		end++;
	whole = strtol(end, NULL, 10);
	if (whole > 0 && whole <= 365)
		*ret_days = (int)whole;
}

static void read_attribute(struct arena *a, const char *name, const char *value,
			   struct match_customer *to)
{
	static const char *const trade[] = { "TRADE NAME", "ENSEIGNE", "NOM COMMERCIAL",
					     "TRADING NAME", "BRAND" };
	static const char *const discount[] = { "DISCOUNT", "DISCOUNT PERCENT", "DISCOUNT TERMS",
						"ESCOMPTE", "TAUX ESCOMPTE",    "TAUX D ESCOMPTE" };
	static const char *const days[] = { "DISCOUNT DAYS", "JOURS ESCOMPTE", "DELAI ESCOMPTE" };
	const char *key = text_key(a, name);

	if (is_one_of(key, trade, ARRAY_LEN(trade)))
		to->trade_name = arena_strdup(a, value);
	else if (is_one_of(key, discount, ARRAY_LEN(discount)))
		read_discount(value, &to->discount_per_myriad, &to->discount_days);
	else if (is_one_of(key, days, ARRAY_LEN(days)) && strtol(value, NULL, 10) > 0)
		to->discount_days = (int)(strtol(value, NULL, 10) % 366);
}

static bool load_attributes(struct db *db, struct arena *a, int64_t entity_id,
			    const struct book *ledger, struct match_customer *to, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(db,
		      "SELECT t.customer_id, t.name, t.value FROM customer_attribute t"
		      " JOIN customer c ON c.id = t.customer_id WHERE c.entity_id = $1"
		      " ORDER BY t.customer_id, t.name",
		      DB_PARAMS(P_I64(entity_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		size_t at = book_customer_by_id(ledger, row_i64(r, 0));
		if (at != SIZE_MAX)
			read_attribute(a, row_text(r, 1), row_text(r, 2), &to[at]);
	}
	return !more;
}

/* ---- documents ---- */

bool cash_input_may_be_paid(enum item_kind kind, int64_t open_minor)
{
	if (open_minor == 0 || item_kind_is_cash(kind) || kind == ITEM_SETTLEMENT)
		return false;
	return open_minor > 0 || kind == ITEM_CREDIT_NOTE || kind == ITEM_ADJUSTMENT;
}

static size_t fill_items(const struct book *b, struct match_item *to)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_items; i++) {
		if (!cash_input_may_be_paid((enum item_kind)b->kind[i], b->open_minor[i]))
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

struct row_of_id {
	int64_t id;
	size_t row;
};

static int compare_ids(const void *a, const void *b)
{
	const struct row_of_id *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* The rows of items in order of their ids. */
static struct row_of_id *rows_by_id(struct arena *a, const struct match_item *items, size_t n)
{
	struct row_of_id *by_id = ARENA_ARRAY(a, n + 1, struct row_of_id);

	for (size_t i = 0; i < n; i++)
		by_id[i] = (struct row_of_id){ items[i].id, i };
	qsort(by_id, n, sizeof *by_id, compare_ids);
	return by_id;
}

/* The book has no column for the customer's order: few documents name one. */
static bool load_orders(struct db *db, struct arena *a, int64_t entity_id, struct match_item *to,
			size_t n, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct row_of_id *by_id = NULL;
	bool more = false;

	if (!db_query(db,
		      "SELECT i.id, i.order_ref FROM item i JOIN item_balance b ON b.item_id = i.id"
		      " WHERE i.entity_id = $1 AND i.order_ref IS NOT NULL AND b.open_minor <> 0",
		      DB_PARAMS(P_I64(entity_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		struct row_of_id key = { row_i64(r, 0), 0 }, *found;
		if (!by_id)
			by_id = rows_by_id(a, to, n);
		found = bsearch(&key, by_id, n, sizeof *by_id, compare_ids);
		if (found)
			to[found->row].order_ref = arena_strdup(a, row_text(r, 1));
	}
	return !more;
}

/* ---- what was learned ---- */

static bool load_aliases(struct db *db, struct arena *a, int64_t entity_id,
			 const struct book *ledger, struct match_input *input, struct err *e)
{
	LIST_OF(struct match_alias) list = { 0 };
	struct learned_payer *known;
	size_t n;

	if (!learned_list(db, a, entity_id, 0, &known, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t at = book_customer_by_id(ledger, known[i].customer_id);
		if (at == SIZE_MAX || !known[i].is_alive)
			continue;
		*LIST_ADD(a, &list) =
			(struct match_alias){ .customer = (uint32_t)at,
					      .iban = known[i].iban,
					      .name = known[i].name_key,
					      .n_times = known[i].n_for - known[i].n_against };
	}
	input->aliases = list.at;
	input->n_aliases = list.n;
	return true;
}

/* ---- virtual accounts ---- */

/* Closed ones too: an entry of their time may still be there. */
static bool load_virtual_ibans(struct db *db, struct arena *a, int64_t entity_id,
			       const struct book *ledger, struct match_input *input, struct err *e)
{
	LIST_OF(struct match_virtual_iban) list = { 0 };
	struct row_of_id *by_id = NULL;
	struct virtual_iban *given;
	size_t n;

	if (!virtual_iban_list_given(db, a, entity_id, &given, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t at = book_customer_by_id(ledger, given[i].customer_id);
		struct row_of_id key = { given[i].item_id, 0 }, *item = NULL;
		if (at == SIZE_MAX)
			continue;
		if (key.id && !by_id)
			by_id = rows_by_id(a, input->items, input->n_items);
		if (key.id)
			item = bsearch(&key, by_id, input->n_items, sizeof *by_id, compare_ids);
		*LIST_ADD(a, &list) =
			(struct match_virtual_iban){ .iban = given[i].iban,
						     .customer = (uint32_t)at,
						     .item = item ? (uint32_t)item->row
								  : MATCH_NONE,
						     .valid_from = given[i].valid_from,
						     .valid_to = given[i].valid_to };
	}
	input->virtual_ibans = list.at;
	input->n_virtual_ibans = list.n;
	return true;
}

/* ---- numbers of documents that are paid ---- */

struct known_numbers {
	struct db *db;
	int64_t entity_id;
	const struct match_customer *customers;
};

/* Asked for the few entries that post by a number with a slip in it. When the database fails, that number is taken
 * for a document's: the entry is a person's. */
static bool has_document(void *known, uint32_t customer, const char *key)
{
	const struct known_numbers *k = known;
	struct err e = { 0 };
	int64_t n;

	if (db_get_i64(
		    k->db,
		    "SELECT COUNT(*) FROM item i WHERE i.entity_id = $1 AND i.document_key = $2"
		    " AND i.customer_id = $3 AND i.kind IN ('invoice', 'credit_note', 'opening')"
		    " AND NOT EXISTS (SELECT 1 FROM item_reversal v WHERE v.item_id = i.id)",
		    DB_PARAMS(P_I64(k->entity_id), P_TEXT(key), P_I64(k->customers[customer].id)),
		    0, &n, &e))
		return n > 0;
	log_line(LOG_ERROR, "cash", "a number could not be looked up: %s", e.msg);
	return true;
}

static void know_numbers(struct db *db, struct arena *a, int64_t entity_id,
			 const struct match_customer *customers, struct match_input *input)
{
	struct known_numbers *k = ARENA_NEW(a, struct known_numbers);

	*k = (struct known_numbers){ db, entity_id, customers };
	input->has_document = has_document;
	input->known = k;
}

/* ---- all of it ---- */

bool cash_input_load(struct db *db, struct arena *a, int64_t entity_id, day_t date,
		     struct cash_input *ret, struct err *e)
{
	struct cash_input in = { 0 };
	struct match_customer *customers;
	struct match_item *items;
	struct customer *list;
	struct book *ledger;
	size_t n;

	if (!book_load(db, a, &(struct book_query){ .entity_id = entity_id, .as_of = date },
		       &ledger, e) ||
	    !customer_list(db, a, entity_id, &list, &n, e))
		return false;
	customers = ARENA_ARRAY(a, ledger->n_customers + 1, struct match_customer);
	items = ARENA_ARRAY(a, ledger->n_items + 1, struct match_item);
	fill_customers(ledger, entity_id, list, n, customers);
	in.ledger = ledger;
	in.customers = customers;
	in.match.customers = customers;
	in.match.n_customers = ledger->n_customers;
	in.match.items = items;
	in.match.n_items = fill_items(ledger, items);
	if (!load_attributes(db, a, entity_id, ledger, customers, e) ||
	    !load_orders(db, a, entity_id, items, in.match.n_items, e) ||
	    !load_aliases(db, a, entity_id, ledger, &in.match, e) ||
	    !load_virtual_ibans(db, a, entity_id, ledger, &in.match, e))
		return false;
	know_numbers(db, a, entity_id, customers, &in.match);
	*ret = in;
	return true;
}

bool cash_input_add_habits(struct db *db, struct arena *a, int64_t entity_id, struct cash_input *in,
			   struct err *e)
{
	struct habits *h = ARENA_NEW(a, struct habits);

	if (!habits_load(db, a, entity_id, in->ledger, h, e))
		return false;
	for (size_t i = 0; i < h->n; i++) {
		size_t at = book_customer_by_id(in->ledger, h->at[i].customer_id);
		if (at != SIZE_MAX)
			in->customers[at].habit = &h->at[i].habit;
	}
	in->match.habit = h->n ? &h->all : NULL;
	return true;
}

/* On whose behalf it was paid: one of the bank's other references. */
static const char *ultimate_name(struct arena *a, const struct entry *en)
{
	json_t *refs = str_empty(en->other_refs) ? NULL : json_loads(en->other_refs, 0, NULL);
	const char *name = json_string_value(json_object_get(refs, "ultimate_debtor"));

	name = str_eq(name, en->payer_name) ? NULL : arena_strdup(a, name);
	json_decref(refs);
	return name;
}

void cash_input_entry(struct arena *a, const struct entry *en, int64_t entity_id,
		      struct match_entry *ret)
{
	*ret = (struct match_entry){ .id = en->id,
				     .reference = en->reference,
				     .amount_minor = en->amount_minor,
				     .booked_on = en->booked_on,
				     .payer_name = en->payer_name,
				     .payer_iban = en->payer_iban,
				     .end_to_end = en->end_to_end,
				     .structured_ref = en->structured_ref,
				     .remittance = en->remittance,
				     .entity_id = entity_id,
				     .creditor_iban = en->creditor_iban,
				     .charges_minor = entry_charges(en->other_refs, en->currency),
				     .ultimate_name = ultimate_name(a, en) };
	memcpy(ret->currency, en->currency, sizeof ret->currency);
}
