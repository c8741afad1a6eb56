/* SPDX-License-Identifier: Apache-2.0 */
/* import_plan.c - what is known, beside what a file tells; and the customers of the file. */
#include "ledger/import_plan.h"

#include "base/text.h"
#include "ledger/terms.h"

#include <stdarg.h>

enum { MAX_ERRORS_KEPT = 100000 };

void plan_reject(struct import_plan *p, int64_t line, const char *text, const char *field,
		 const char *value, const char *message)
{
	struct import_error *error;
	struct reject *reject;

	p->report->n_rejected++;
	if (p->errors.n == MAX_ERRORS_KEPT)
		return;
	error = LIST_ADD(p->arena, &p->errors);
	*error = (struct import_error){ line, arena_strdup(p->arena, field),
					arena_strdup(p->arena, value),
					arena_strdup(p->arena, message) };
	reject = LIST_ADD(p->arena, &p->rejects);
	*reject = (struct reject){ line, arena_strdup(p->arena, text), error->field, error->value,
				   error->message };
}

void plan_warn(struct import_plan *p, const char *format, ...)
{
	const char **warning;
	va_list args;

	if (p->warnings.n == 1000)
		return;
	warning = LIST_ADD(p->arena, &p->warnings);
	va_start(args, format);
	*warning = arena_vprintf(p->arena, format, args);
	va_end(args);
}

struct plan_customer *plan_customer(struct import_plan *p, const char *code)
{
	struct plan_customer *c = map_get(&p->customer_by_code, code);

	if (c)
		return c;
	c = ARENA_NEW(p->arena, struct plan_customer);
	c->code = arena_strdup(p->arena, code);
	map_set(&p->customer_by_code, code, c);
	return c;
}

const char *plan_identity(struct import_plan *p, int64_t customer_id, enum item_kind kind,
			  const char *document_key, int issue_year)
{
	return arena_printf(p->arena, "%" PRId64 "\t%d\t%d\t%s", customer_id, (int)kind, issue_year,
			    document_key);
}

static bool load_customers(struct import_plan *p, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(p->posting.db, "SELECT id, code, terms FROM customer WHERE entity_id = $1",
		      DB_PARAMS(P_I64(p->posting.entity_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		struct plan_customer *c = plan_customer(p, row_text(r, 1));
		c->id = row_i64(r, 0);
		c->terms = arena_strdup(p->arena, row_text(r, 2));
		map_set(&p->customer_by_id, arena_printf(p->arena, "%" PRId64, c->id), c);
	}
	return !more;
}

static void index_item(struct import_plan *p, struct known_item *it)
{
	struct plan_customer *c =
		map_get(&p->customer_by_id, arena_printf(p->arena, "%" PRId64, it->customer_id));
	const char *key;

	ENSURE(c && item_kind_of(it->kind_name, &it->kind));
	key = plan_identity(p, it->customer_id, it->kind, it->document_key, it->issue_year);
	it->open_before_minor = it->open_minor;
	it->next_same = map_get(&p->item_by_identity, key);
	map_set(&p->item_by_identity, key, it);
	it->next_customer = c->items;
	c->items = it;
}

static bool load_items(struct import_plan *p, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct known_item, id),
		DB_COL(struct known_item, customer_id),
		DB_COL(struct known_item, kind_name),
		DB_COL(struct known_item, document_key),
		DB_COL(struct known_item, issue_year),
		DB_COL(struct known_item, ordinal),
		DB_COL(struct known_item, amount_minor),
		DB_COL(struct known_item, open_minor),
		DB_DAY(struct known_item, issued_on),
		DB_DAY(struct known_item, due_on),
		DB_DAY(struct known_item, effective),
		DB_COL(struct known_item, due_source),
		DB_COL(struct known_item, bank_entry_id),
		DB_COL(struct known_item, is_booked),
		DB_COL(struct known_item, payment_ref),
		DB_COL(struct known_item, order_ref),
		DB_COL(struct known_item, has_net),
		DB_COL(struct known_item, net_minor),
		DB_COL(struct known_item, vat_minor),
		DB_COL(struct known_item, source),
		DB_COL(struct known_item, currency),
	};
	struct known_item *all;
	size_t n;

	if (!db_list(p->posting.db, p->arena,
		     "SELECT i.id, i.customer_id, i.kind, i.document_key, i.issue_year, i.ordinal,"
		     " i.amount_minor, b.open_minor, i.issued_on, i.due_on, i.effective,"
		     " i.due_source, i.bank_entry_id, i.is_booked, i.payment_ref, i.order_ref,"
		     " CASE WHEN i.net_minor IS NULL THEN 0 ELSE 1 END, i.net_minor,"
		     " i.vat_minor, i.source, i.currency FROM item i JOIN item_balance b ON "
		     "b.item_id = i.id"
		     " WHERE i.entity_id = $1 ORDER BY i.id DESC",
		     DB_PARAMS(P_I64(p->posting.entity_id)), columns, ARRAY_LEN(columns),
		     sizeof *all, (void **)&all, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) /* newest first, so that each chain begins with the oldest */
		index_item(p, &all[i]);
	return true;
}

/* Reversed items keep their ordinals: new ones count on from there. */
static bool load_ordinals(struct import_plan *p, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(p->posting.db,
		      "SELECT i.customer_id, i.kind, i.document_key, i.issue_year, max(i.ordinal)"
		      " FROM item i JOIN item_reversal v ON v.item_id = i.id WHERE i.entity_id = $1"
		      " GROUP BY i.customer_id, i.kind, i.document_key, i.issue_year",
		      DB_PARAMS(P_I64(p->posting.entity_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		enum item_kind kind = ITEM_ADJUSTMENT;
		int *ordinal = ARENA_NEW(p->arena, int);
		ENSURE(item_kind_of(row_text(r, 1), &kind));
		*ordinal = (int)row_i64(r, 4);
		map_set(&p->next_ordinal,
			plan_identity(p, row_i64(r, 0), kind, row_text(r, 2), (int)row_i64(r, 3)),
			ordinal);
	}
	return !more;
}

/* Whether the books of the days before the file's à-nouveaux are in the ledger, line by line. */
static bool load_former_year(struct import_plan *p, struct err *e)
{
	int64_t n = 0;

	if (p->opening_on == DAY_NONE || p->format != FORMAT_FEC)
		return true;
	if (!db_get_i64(p->posting.db,
			"SELECT count(*) FROM ledger_control WHERE entity_id = $1"
			" AND from_on < $2 AND to_on >= $3",
			DB_PARAMS(P_I64(p->posting.entity_id), P_DAY(p->opening_on),
				  P_DAY(p->opening_on - 31)),
			0, &n, e))
		return false;
	p->has_former_year = n > 0;
	return true;
}

bool plan_load(struct import_plan *p, struct err *e)
{
	return load_customers(p, e) && load_items(p, e) && load_ordinals(p, e) &&
	       load_former_year(p, e);
}

bool plan_apply(struct import_plan *p, struct err *e)
{
	if (!plan_apply_customers(p, e) || !plan_apply_items(p, e) || !plan_unsettle(p, e) ||
	    !plan_apply_openings(p, e) || !plan_apply_lettering(p, e))
		return false;
	plan_apply_carried(p);
	return plan_apply_settled(p, e) && plan_write(p, e);
}

struct known_item *plan_new_item(struct import_plan *p, const struct item_fact *f)
{
	struct known_item *it = ARENA_NEW(p->arena, struct known_item);
	const char *key;
	int *ordinal, due_source = f->due_source;

	it->customer_id = f->customer->id;
	it->kind = f->kind;
	it->kind_name = item_kind_name(f->kind);
	it->document_key = f->document_key;
	it->issue_year = date_civil(f->issued_on).year;
	it->amount_minor = it->open_minor = f->amount_minor;
	it->issued_on = f->issued_on;
	it->effective = f->effective;
	it->is_booked = f->is_ledger;
	it->is_new = it->is_taken = true;
	it->fact = f;
	it->due_on = f->due_on != DAY_NONE
			     ? f->due_on
			     : plan_due(p, f->customer, f->kind, f->issued_on, &due_source);
	it->due_source = due_source;
	memcpy(it->currency, f->currency, sizeof it->currency);
	key = plan_identity(p, it->customer_id, it->kind, it->document_key, it->issue_year);
	ordinal = map_get(&p->next_ordinal, key);
	if (!ordinal) {
		ordinal = ARENA_NEW(p->arena, int);
		map_set(&p->next_ordinal, key, ordinal);
	}
	for (const struct known_item *k = map_get(&p->item_by_identity, key); k; k = k->next_same)
		if (k->ordinal > *ordinal)
			*ordinal = k->ordinal;
	it->ordinal = ++*ordinal;
	it->next_customer = f->customer->items;
	f->customer->items = it;
	*LIST_ADD(p->arena, &p->new_items) = it;
	return it;
}

void plan_target(struct import_plan *p, struct item_fact *f, struct known_item *item, int64_t minor)
{
	struct target *t = ARENA_NEW(p->arena, struct target);

	*t = (struct target){ item, minor, f->targets };
	f->targets = t;
	f->is_matched = true;
}

int64_t plan_allocate(struct import_plan *p, const struct plan_allocation *al)
{
	int64_t minor = al->minor;

	if (minor > al->debit->open_minor)
		minor = al->debit->open_minor;
	if (minor > -al->credit->open_minor)
		minor = -al->credit->open_minor;
	if (minor <= 0 || strcmp(al->debit->currency, al->credit->currency) != 0)
		return 0;
	al->debit->open_minor -= minor;
	al->credit->open_minor += minor;
	*LIST_ADD(p->arena, &p->allocations) = *al;
	p->allocations.at[p->allocations.n - 1].minor = minor;
	return minor;
}

bool plan_reverse(struct import_plan *p, struct known_item *item, const char *reason, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	ENSURE(!item->is_new && !item->is_reversed);
	if (!post_item_reversal(&p->posting, item->id, reason, e))
		return false;
	item->is_reversed = true;
	item->open_minor = 0;
	/* The other sides got their amounts back: read them again. */
	if (!db_query(p->posting.db,
		      "SELECT b.item_id, b.open_minor, i.customer_id FROM item_balance b"
		      " JOIN item i ON i.id = b.item_id WHERE b.item_id IN (SELECT debit_item_id"
		      " FROM allocation WHERE credit_item_id = $1 UNION SELECT credit_item_id"
		      " FROM allocation WHERE debit_item_id = $1)",
		      DB_PARAMS(P_I64(item->id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		struct plan_customer *c = map_get(
			&p->customer_by_id, arena_printf(p->arena, "%" PRId64, row_i64(r, 2)));
		struct known_item *other = c ? c->items : NULL;
		while (other && other->id != row_i64(r, 0))
			other = other->next_customer;
		ENSURE(other != NULL);
		/* Nothing is allocated in the plan before the reversals are done. */
		ENSURE(other->open_minor == other->open_before_minor);
		other->open_minor = other->open_before_minor = row_i64(r, 1);
	}
	return !more;
}

day_t plan_due(struct import_plan *p, const struct plan_customer *c, enum item_kind kind,
	       day_t issued_on, int *ret_source)
{
	const char *code = c->terms ? c->terms : p->job->entity->default_terms;
	struct terms t;

	*ret_source = c->terms ? DUE_FROM_TERMS : DUE_FROM_DEFAULT;
	if (kind != ITEM_INVOICE || !terms_parse(code, &t, NULL)) {
		*ret_source = kind == ITEM_INVOICE ? DUE_FROM_DEFAULT : DUE_FROM_ITEM_FILE;
		return issued_on;
	}
	return terms_part_due(&t.part[t.n_parts - 1], issued_on, DAY_NONE);
}
