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
	error = LIST_ADD(p->keep, &p->errors);
	*error = (struct import_error){ line, arena_strdup(p->keep, field),
					arena_strdup(p->keep, value),
					arena_strdup(p->keep, message) };
	reject = LIST_ADD(p->keep, &p->rejects);
	*reject = (struct reject){ line, arena_strdup(p->keep, text), error->field, error->value,
				   error->message };
}

void plan_warn(struct import_plan *p, const char *format, ...)
{
	const char **warning;
	va_list args;

	if (p->warnings.n == 1000)
		return;
	warning = LIST_ADD(p->keep, &p->warnings);
	va_start(args, format);
	*warning = arena_vprintf(p->keep, format, args);
	va_end(args);
}

struct plan_customer *plan_customer(struct import_plan *p, const char *code)
{
	struct plan_customer *c = map_get(&p->customer_by_code, code);

	if (c)
		return c;
	c = ARENA_NEW(p->keep, struct plan_customer);
	c->number = (uint32_t)p->customer_by_code.n;
	map_set(&p->customer_by_code, code, c);
	c->code = p->customer_by_code.entries[c->number].key;
	return c;
}

struct plan_customer *plan_announce(struct import_plan *p, const char *code, const char *name,
				    int64_t line)
{
	struct plan_customer *c = plan_customer(p, code);

	if (c->is_announced)
		return c;
	c->is_announced = true;
	c->told_name = arena_strdup(p->keep, name);
	c->told_line = line;
	return c;
}

void plan_keep_fact(struct import_plan *p, const struct item_fact *f, uint32_t entry)
{
	spool_put(p->spool, f, f->customer->number, entry);
	f->customer->n_facts++;
	if (p->last_issue_on == DAY_NONE || f->issued_on > p->last_issue_on)
		p->last_issue_on = f->issued_on;
}

struct plan_customer *plan_customer_by_id(const struct import_plan *p, int64_t id)
{
	size_t low = 0, high = p->n_by_id;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (p->by_id[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n_by_id && p->by_id[low]->id == id ? p->by_id[low] : NULL;
}

void plan_init(struct import_plan *p, const struct import_job *job, struct import_report *report)
{
	*p = (struct import_plan){ .job = job,
				   .keep = job->arena,
				   .arena = arena_inner(job->arena),
				   .report = report,
				   .opening_on = DAY_NONE,
				   .last_issue_on = DAY_NONE };
	memcpy(p->currency, job->entity->currency, sizeof p->currency);
	map_init(&p->customer_by_code, p->keep);
	p->spool = spool_new(p->keep);
}

bool plan_apply(struct import_plan *p, struct err *e)
{
	return plan_find_own(p, e) && plan_load_customers(p, e) && plan_apply_customers(p, e) &&
	       plan_batches(p, e) && plan_end_settled(p, e);
}

struct known_item *plan_new_item(struct import_plan *p, const struct item_fact *f)
{
	struct known_item *it = ARENA_NEW(p->arena, struct known_item);
	int due_source = f->due_source;
	struct identity *identity;

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
	identity =
		f->identity && f->identity->kind == f->kind
			? f->identity
			: plan_identity(p, f->customer, f->kind, it->document_key, it->issue_year);
	it->ordinal = ++identity->last_ordinal;
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
	struct plan_allocation dated = *al;
	int64_t minor = al->minor;

	if (minor > al->debit->open_minor)
		minor = al->debit->open_minor;
	if (minor > -al->credit->open_minor)
		minor = -al->credit->open_minor;
	if (minor <= 0 || strcmp(al->debit->currency, al->credit->currency) != 0 ||
	    !plan_may_apply(p, &dated))
		return 0;
	al->debit->open_minor -= minor;
	al->credit->open_minor += minor;
	*LIST_ADD(p->arena, &p->allocations) = dated;
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
		struct plan_customer *c = plan_customer_by_id(p, row_i64(r, 2));
		struct known_item *other = c ? c->items : NULL;
		while (other && other->id != row_i64(r, 0))
			other = other->next_customer;
		if (!other) /* of a customer that is not in this batch: read when its turn comes */
			continue;
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
