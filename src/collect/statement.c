/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - what a customer owes on a day, on screen and on paper. */
#include "collect/statement.h"

#include "base/money.h"
#include "i18n/amount.h"
#include "i18n/catalogue.h"
#include "i18n/date_text.h"

static bool fold(const struct book *b, struct statement *s, int currency, struct err *e)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	const struct book_customer *c = &b->customer[s->customer];
	struct statement_totals t = { 0 };
	bool is_used = false;

	memcpy(t.currency, b->currency[currency], sizeof t.currency);
	for (size_t i = c->first_item; i < c->first_item + c->n_items; i++) {
		if (b->currency_of[i] != currency || b->open_minor[i] == 0)
			continue;
		is_used = true;
		if (b->open_minor[i] > 0 ? !minor_add(&t.owed_minor, b->open_minor[i], e)
					 : !minor_add(&t.credit_minor, -b->open_minor[i], e))
			return false;
	}
	if (!ageing_of_customer(b, &bounds, s->customer, currency, &t.ageing, e))
		return false;
	if (is_used)
		s->totals[s->n_totals++] = t;
	return true;
}

bool statement_load(struct db *db, struct arena *a, const struct entity *entity, const char *code,
		    struct when w, struct statement *ret, struct err *e)
{
	struct customer *row = ARENA_NEW(a, struct customer);
	struct statement s = { .row = row, .as_of = w.as_of };

	if (!customer_get(db, a, entity->id, code, row, e) ||
	    !book_load(db, a,
		       &(struct book_query){ .entity_id = entity->id,
					     .as_of = w.as_of,
					     .known_at = w.known_at,
					     .only_customer = row->id },
		       &s.book, e))
		return false;
	s.customer = book_customer_by_id(s.book, row->id);
	if (s.customer == SIZE_MAX)
		return err_set(e, ERR_NOT_FOUND, "customer %.60s was not known yet", code);
	s.totals = ARENA_ARRAY(a, s.book->n_currencies + 1, struct statement_totals);
	for (size_t i = 0; i < s.book->n_currencies; i++)
		if (!fold(s.book, &s, (int)i, e))
			return false;
	*ret = s;
	return true;
}

/* ---- paper --------------------------------------------------------------------------------------- */

struct layout {
	struct arena *arena;
	const struct statement *s;
	const struct statement_totals *t;
	const struct catalogue *cat;
	const char *language;
};

static const char *amount(const struct layout *w, int64_t minor)
{
	char text[AMOUNT_TEXT];

	return arena_strdup(w->arena, amount_text(minor, w->t->currency, w->language, text));
}

static const char *day(const struct layout *w, day_t d)
{
	char text[DAY_TEXT];

	return arena_strdup(w->arena, day_short(d, w->language, text));
}

/* The open documents (is_credit false) or the credit, in order of due date. */
static void fill_rows(const struct layout *w, bool is_credit, struct letter_table *ret)
{
	const struct book *b = w->s->book;
	const struct book_customer *c = &b->customer[w->s->customer];
	struct letter_row *rows = ARENA_ARRAY(w->arena, c->n_items + 1, struct letter_row);
	char late[AMOUNT_TEXT];
	size_t n = 0;

	for (size_t i = c->first_item; i < c->first_item + c->n_items; i++) {
		day_t days = w->s->as_of - b->due_on[i];

		if (b->open_minor[i] == 0 || (b->open_minor[i] < 0) != is_credit ||
		    !str_eq(b->currency[b->currency_of[i]], w->t->currency))
			continue;
		if (w->s->only_overdue && !is_credit && days <= 0)
			continue;
		rows[n++] = (struct letter_row){
			.document = b->document[i],
			.issued = day(w, b->issued_on[i]),
			.due = is_credit ? NULL : day(w, b->due_on[i]),
			.late = is_credit ? NULL
				: days > 0
					? arena_strdup(w->arena, days_text(days, w->language, late))
					: "",
			.amount = amount(w, b->amount_minor[i]),
			.open = amount(w, b->open_minor[i]),
		};
	}
	ret->heads = (struct letter_row){ .document = tr(w->cat, "Document"),
					  .issued = tr(w->cat, "Date"),
					  .due = is_credit ? NULL : tr(w->cat, "Due date"),
					  .late = is_credit ? NULL : tr(w->cat, "Late"),
					  .amount = tr(w->cat, "Amount"),
					  .open = tr(w->cat, "Left") };
	ret->rows = rows;
	ret->n_rows = n;
}

static void fill_totals(const struct layout *w, struct statement_view *v)
{
	struct letter_pair *pairs = ARENA_ARRAY(w->arena, 4, struct letter_pair);
	size_t n = 0;

	pairs[n++] = (struct letter_pair){ tr(w->cat, "Documents left to pay"),
					   amount(w, w->t->owed_minor) };
	pairs[n++] = (struct letter_pair){ tr(w->cat, "of which past due"),
					   amount(w, w->t->ageing.overdue_minor) };
	if (w->t->credit_minor != 0)
		pairs[n++] = (struct letter_pair){ tr(w->cat, "Credit not yet allocated"),
						   amount(w, -w->t->credit_minor) };
	pairs[n++] = (struct letter_pair){ tr(w->cat, "Balance of the account"),
					   amount(w, w->t->owed_minor - w->t->credit_minor) };
	v->totals = pairs;
	v->n_totals = n;
}

static void fill_buckets(const struct layout *w, struct statement_view *v)
{
	static const char *const captions[] = { N_("Not due"), N_("1 to 30 days"),
						N_("31 to 60 days"), N_("61 to 90 days"),
						N_("91 days and more") };
	const struct ageing *g = &w->t->ageing;
	struct statement_bucket *buckets =
		ARENA_ARRAY(w->arena, ARRAY_LEN(captions), struct statement_bucket);
	int64_t sum = 0;

	for (int i = 0; i < g->n_buckets; i++)
		if (g->bucket[i].amount_minor > 0 &&
		    __builtin_add_overflow(sum, g->bucket[i].amount_minor, &sum))
			return;
	for (int i = 0; i < g->n_buckets && i < (int)ARRAY_LEN(captions); i++) {
		int64_t minor = g->bucket[i].amount_minor;
		int64_t share = 0;
		struct err ignored = { 0 };

		if (minor > 0 && !minor_scale_round(minor, 1000, sum, &share, &ignored))
			share = 0;

		buckets[i] = (struct statement_bucket){ tr(w->cat, captions[i]), amount(w, minor),
							(int)share };
	}
	v->ageing_title = tr(w->cat, "By age");
	v->buckets = buckets;
	v->n_buckets = ARRAY_LEN(captions);
}

static const struct statement_totals *totals_to_print(const struct statement *s)
{
	for (size_t i = 0; i < s->n_totals; i++)
		if (str_eq(s->totals[i].currency, s->row->currency))
			return &s->totals[i];
	return s->n_totals > 0 ? &s->totals[0] : NULL;
}

bool statement_write(struct db *db, struct arena *a, const struct entity *entity,
		     const struct statement *s, int64_t now, struct buf *ret, struct err *e)
{
	struct statement_totals nothing = { 0 };
	struct layout w = { .arena = a, .s = s, .t = totals_to_print(s) };
	struct letter_pair *reference = ARENA_NEW(a, struct letter_pair);
	struct statement_view v = { 0 };
	struct composer c;
	char text[DAY_TEXT];

	if (!composer_open(db, a, entity, s->as_of, &c, e))
		return false;
	memcpy(nothing.currency, s->row->currency, sizeof nothing.currency);
	nothing.ageing.n_buckets = 5;
	w.t = w.t ? w.t : &nothing;
	w.cat = catalogue_find(!str_empty(s->row->language) ? s->row->language : entity->language);
	w.language = catalogue_language(w.cat);
	*reference = (struct letter_pair){ tr(w.cat, "Your account"), s->row->code };
	v.language = w.language;
	v.sender = compose_sender(&c);
	v.address = compose_address(&c, s->row, NULL, &v.n_address);
	v.references = reference;
	v.n_references = 1;
	v.title = tr(w.cat, "Statement of account");
	v.as_of = arena_printf(a, tr(w.cat, "as of %s"), day_long(s->as_of, w.language, text));
	v.items_title = s->only_overdue ? tr(w.cat, "Documents past due")
					: tr(w.cat, "Documents left to pay");
	fill_rows(&w, false, &v.items);
	fill_rows(&w, true, &v.credits);
	if (v.credits.n_rows > 0)
		v.credits_title = tr(w.cat, "Payments and credit notes not yet allocated");
	fill_totals(&w, &v);
	fill_buckets(&w, &v);
	v.payment = compose_payment(
		&c, compose_account(&c, s->row->id, 0),
		w.t->owed_minor > w.t->credit_minor ? w.t->owed_minor - w.t->credit_minor : 0,
		w.t->currency, s->row->code, w.language);
	v.page_caption = tr(w.cat, "Page");
	return statement_pdf(&v, now, ret, NULL, e);
}
