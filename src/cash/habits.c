/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The newest allocations are taken back one after the other, from today's open documents on: so each payment is met
 * with what was open before it.
 */
#include "cash/habits.h"

#include "base/list.h"
#include "base/text.h"
#include "cash/cash_input.h"

#include <stdlib.h>

enum {
	MAX_ROWS = 20000,     /* allocations looked at: enough to know a company by */
	MAX_DOCUMENTS = 2000, /* of one customer */
	LEAST_DIGITS = 3,     /* of a number that is looked for in a text */
};

/* ---- reading ---- */

struct row {
	int64_t id, customer_id, debit_item_id, credit_item_id, amount_minor, recorded;
	day_t effective;
	day_t issued_on, due_on;
	char currency[4];
	const char *document;
	const char *kind, *account; /* of what paid */
	int64_t credit_minor;
	const char *text; /* of the bank; NULL when none is known */
};

struct rows_read {
	struct row *at;
	size_t n;
};

static bool read_rows(struct db *db, struct arena *a, int64_t entity_id, struct rows_read *ret,
		      struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct row, id),
		DB_COL(struct row, customer_id),
		DB_COL(struct row, debit_item_id),
		DB_COL(struct row, credit_item_id),
		DB_COL(struct row, amount_minor),
		DB_COL(struct row, recorded),
		DB_DAY(struct row, effective),
		DB_DAY(struct row, issued_on),
		DB_DAY(struct row, due_on),
		DB_COL(struct row, currency),
		DB_COL(struct row, document),
		DB_COL(struct row, kind),
		DB_COL(struct row, account),
		DB_COL(struct row, credit_minor),
		DB_COL(struct row, text),
	};

	if (!db_list(
		    db, a,
		    "SELECT l.id, l.customer_id, l.debit_item_id, l.credit_item_id, l.amount_minor,"
		    " l.recorded, l.effective, d.issued_on, d.due_on, l.currency, d.document, "
		    "c.kind,"
		    " c.account, c.amount_minor, CASE WHEN x.id IS NULL THEN NULL ELSE"
		    "  COALESCE(x.remittance, '') || ' ' || COALESCE(x.structured_ref, '') || ' ' "
		    "||"
		    "  COALESCE(x.end_to_end, '') END FROM ("
		    " SELECT a.id, a.customer_id, a.debit_item_id, a.credit_item_id, "
		    "a.amount_minor,"
		    "  a.recorded, a.effective, a.currency FROM allocation a WHERE a.entity_id = $1"
		    "  AND a.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM allocation u"
		    "  WHERE u.reverses_id = a.id) ORDER BY a.effective DESC, a.id DESC LIMIT $2) l"
		    " JOIN item d ON d.id = l.debit_item_id JOIN item c ON c.id = l.credit_item_id"
		    " LEFT JOIN statement_entry x ON x.id = c.bank_entry_id",
		    DB_PARAMS(P_I64(entity_id), P_I64(MAX_ROWS)), columns, ARRAY_LEN(columns),
		    sizeof *ret->at, (void **)&ret->at, &ret->n, e))
		return false;
	return true;
}

static bool is_cash(const struct row *r)
{
	enum item_kind kind;

	return item_kind_of(r->kind, &kind) && item_kind_is_cash(kind);
}

/* By customer, the newest day first; in a day what is no money, then payment by payment. */
static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	bool x_cash = is_cash(x), y_cash = is_cash(y);

	if (x->customer_id != y->customer_id)
		return x->customer_id < y->customer_id ? -1 : 1;
	if (x->effective != y->effective)
		return x->effective > y->effective ? -1 : 1;
	if (x_cash != y_cash)
		return x_cash - y_cash;
	if (x->credit_item_id != y->credit_item_id)
		return x->credit_item_id > y->credit_item_id ? -1 : 1;
	return (x->id < y->id) - (x->id > y->id);
}

/* When there were more the oldest day is not whole. */
static void drop_oldest_day(struct rows_read *rows)
{
	day_t oldest = DAY_NONE;
	size_t n = 0;

	if (rows->n < MAX_ROWS)
		return;
	for (size_t i = 0; i < rows->n; i++)
		if (i == 0 || rows->at[i].effective < oldest)
			oldest = rows->at[i].effective;
	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i].effective != oldest)
			rows->at[n++] = rows->at[i];
	rows->n = n;
}

/* ---- the moments from which on customers count again ---- */

struct forgotten {
	int64_t customer_id, recorded;
};

struct forgettings {
	struct forgotten *at;
	size_t n;
};

static bool read_forgettings(struct db *db, struct arena *a, int64_t entity_id,
			     struct forgettings *ret, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct forgotten, customer_id),
						    DB_COL(struct forgotten, recorded) };

	return db_list(db, a,
		       "SELECT customer_id, MAX(recorded) FROM payer_alias WHERE entity_id = $1"
		       " AND kind = 'forget' AND iban IS NULL AND name_key IS NULL"
		       " GROUP BY customer_id ORDER BY customer_id",
		       DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof *ret->at,
		       (void **)&ret->at, &ret->n, e);
}

static bool is_forgotten(const struct forgettings *list, const struct row *r)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].customer_id == r->customer_id)
			return r->recorded <= list->at[i].recorded;
	return false;
}

/* ---- one customer ---- */

struct document {
	int64_t id, open_minor; /* as it was after what is looked at */
	int64_t paid_minor, off_minor;
	enum match_form off_form;
	day_t issued_on, due_on;
	const char *number;
	char currency[4];
};

struct teller {
	struct arena *arena;
	struct arena *words; /* of one payment */
	const struct book *ledger;
	const struct forgettings *forgotten;
	struct document *document; /* oldest due first */
	struct document **by_id;
	size_t n;
	struct habit_document *told;
	struct match_habit *habit;
};

static int compare_due(const void *a, const void *b)
{
	const struct document *x = a, *y = b;

	if (x->due_on != y->due_on)
		return x->due_on < y->due_on ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int compare_ids(const void *a, const void *b)
{
	const struct document *x = *(const struct document *const *)a;
	const struct document *y = *(const struct document *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static struct document *find(const struct teller *t, int64_t id)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->by_id[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->n && t->by_id[low]->id == id ? t->by_id[low] : NULL;
}

static void sort_ids(struct teller *t)
{
	for (size_t i = 0; i < t->n; i++)
		t->by_id[i] = &t->document[i];
	if (t->n)
		qsort(t->by_id, t->n, sizeof *t->by_id, compare_ids);
}

/* What the book says is open, and what the rows paid. False when there is more than is looked at. */
static bool gather(struct teller *t, const struct row *row, size_t n_rows)
{
	const struct book *b = t->ledger;
	size_t c = book_customer_by_id(b, row->customer_id), n_open;

	t->n = 0;
	if (c == SIZE_MAX || b->customer[c].n_items + n_rows > MAX_DOCUMENTS)
		return false;
	for (size_t i = b->customer[c].first_item;
	     i < b->customer[c].first_item + b->customer[c].n_items; i++) {
		struct document *d = &t->document[t->n];
		if (!cash_input_may_be_paid((enum item_kind)b->kind[i], b->open_minor[i]))
			continue;
		*d = (struct document){ .id = b->item_id[i],
					.open_minor = b->open_minor[i],
					.issued_on = b->issued_on[i],
					.due_on = b->due_on[i],
					.number = b->document[i] };
		memcpy(d->currency, b->currency[b->currency_of[i]], sizeof d->currency);
		t->n++;
	}
	n_open = t->n;
	sort_ids(t);
	for (size_t i = 0; i < n_rows; i++) {
		struct document *d;
		size_t n = t->n, k = n_open;
		t->n = n_open;
		d = find(t, row[i].debit_item_id);
		t->n = n;
		for (; k < n && !d; k++)
			d = t->document[k].id == row[i].debit_item_id ? &t->document[k] : NULL;
		if (d)
			continue;
		d = &t->document[t->n++];
		*d = (struct document){ .id = row[i].debit_item_id,
					.issued_on = row[i].issued_on,
					.due_on = row[i].due_on,
					.number = row[i].document };
		memcpy(d->currency, row[i].currency, sizeof d->currency);
	}
	qsort(t->document, t->n, sizeof *t->document, compare_due);
	sort_ids(t);
	return true;
}

/* What reduced a document without money: by its account. */
static enum match_form off_form(const struct row *r)
{
	return !r->account                     ? MATCH_FORM_ONE
	       : str_starts(r->account, "665") ? MATCH_FORM_DISCOUNT
	       : str_starts(r->account, "627") ? MATCH_FORM_CHARGES
	       : str_starts(r->account, "658") || str_starts(r->account, "758") ? MATCH_FORM_ROUNDED
										: MATCH_FORM_ONE;
}

/* The digits at the end of the number, zeros apart, stand in the text; so short ones are not looked for. */
static bool is_named(struct arena *a, const char *number, const char *text)
{
	const char *key = text_reference_key(a, number), *end = key + strlen(key), *from;

	while (end > key && !(end[-1] >= '0' && end[-1] <= '9'))
		end--;
	from = end;
	while (from > key && from[-1] >= '0' && from[-1] <= '9')
		from--;
	while (from < end && *from == '0')
		from++;
	return end - from >= LEAST_DIGITS &&
	       strstr(text_reference_key(a, text), arena_strndup(a, from, (size_t)(end - from)));
}

/* The payment of that row, told with what was open before it. left: what paid no document at all. */
static void tell(struct teller *t, const struct row *row, int64_t left)
{
	struct habit_payment p = { .on = row->effective,
				   .left_minor = left,
				   .off_form = MATCH_FORM_ONE,
				   .has_text = row->text != NULL };
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct document *d = &t->document[i];
		int64_t open = d->open_minor + d->paid_minor + d->off_minor;
		if (open == 0 || d->issued_on > p.on || !str_eq(d->currency, row->currency))
			continue;
		t->told[n] = (struct habit_document){ .open_minor = open,
						      .paid_minor = d->paid_minor,
						      .issued_on = d->issued_on,
						      .due_on = d->due_on };
		if (d->paid_minor) {
			t->told[n].off_minor = d->off_minor;
			t->told[n].is_named = row->text && is_named(t->words, d->number, row->text);
			if (d->off_minor && d->off_form != MATCH_FORM_ONE)
				p.off_form = d->off_form;
		}
		n++;
	}
	match_habit_add(t->habit, &p, t->told, n);
	arena_reset(t->words);
}

/* One payment, taken back: how many rows it has. */
static size_t take_back(struct teller *t, const struct row *row, size_t n_rows)
{
	size_t n = 0;
	int64_t paid = 0;

	for (; n < n_rows && row[n].credit_item_id == row->credit_item_id &&
	       row[n].effective == row->effective;
	     n++) {
		struct document *d = find(t, row[n].debit_item_id);
		d->paid_minor += row[n].amount_minor;
		paid += row[n].amount_minor;
	}
	if (!is_forgotten(t->forgotten, row))
		tell(t, row, llabs(row->credit_minor) - paid);
	for (size_t i = 0; i < n; i++) {
		struct document *d = find(t, row[i].debit_item_id);
		d->open_minor += d->paid_minor;
		if (d->paid_minor)
			d->open_minor += d->off_minor;
		if (d->paid_minor)
			d->off_minor = 0;
		d->paid_minor = 0;
	}
	return n;
}

static void tell_customer(struct teller *t, const struct row *row, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t first = i, to = i;
		while (to < n && row[to].effective == row[i].effective)
			to++;
		for (; i < to && !is_cash(&row[i]); i++) {
			struct document *d = find(t, row[i].debit_item_id);
			d->off_minor += row[i].amount_minor;
			if (off_form(&row[i]) != MATCH_FORM_ONE)
				d->off_form = off_form(&row[i]);
		}
		while (i < to)
			i += take_back(t, &row[i], to - i);
		/* What was taken off on a day without a payment. */
		for (size_t k = first; k < to; k++) {
			struct document *d = find(t, row[k].debit_item_id);
			d->open_minor += d->off_minor;
			d->off_minor = 0;
			d->off_form = MATCH_FORM_ONE;
		}
	}
}

/* ---- all ---- */

static void add_to_all(struct match_habit *all, const struct match_habit *h)
{
	for (size_t i = 0; i < MATCH_N_FORMS; i++)
		all->n[i] += h->n[i];
	all->n_oldest_of_equal += h->n_oldest_of_equal;
	all->n_other_of_equal += h->n_other_of_equal;
}

static void tell_all(struct teller *t, struct rows_read rows, struct habits *ret)
{
	LIST_OF(struct customer_habit) list = { 0 };

	for (size_t i = 0, to; i < rows.n; i = to) {
		struct customer_habit c = { .customer_id = rows.at[i].customer_id };
		for (to = i; to < rows.n && rows.at[to].customer_id == c.customer_id; to++)
			;
		t->habit = &c.habit;
		if (!gather(t, &rows.at[i], to - i))
			continue;
		tell_customer(t, &rows.at[i], to - i);
		if (match_habit_count(&c.habit) == 0)
			continue;
		add_to_all(&ret->all, &c.habit);
		*LIST_ADD(t->arena, &list) = c;
	}
	ret->at = list.at;
	ret->n = list.n;
}

bool habits_load(struct db *db, struct arena *a, int64_t entity_id, const struct book *ledger,
		 struct habits *ret, struct err *e)
{
	struct arena *scratch = arena_new((size_t)1 << 30);
	struct forgettings forgotten = { 0 };
	struct rows_read rows = { 0 };
	struct teller t = { .arena = a,
			    .words = arena_new(16 << 20),
			    .ledger = ledger,
			    .forgotten = &forgotten,
			    .document = ARENA_ARRAY(scratch, MAX_DOCUMENTS + 1, struct document),
			    .by_id = ARENA_ARRAY(scratch, MAX_DOCUMENTS + 1, struct document *),
			    .told = ARENA_ARRAY(scratch, MAX_DOCUMENTS + 1,
						struct habit_document) };
	bool ok;

	*ret = (struct habits){ 0 };
	ok = read_rows(db, scratch, entity_id, &rows, e) &&
	     read_forgettings(db, scratch, entity_id, &forgotten, e);
	if (ok && rows.n) {
		drop_oldest_day(&rows);
		qsort(rows.at, rows.n, sizeof *rows.at, compare_rows);
		tell_all(&t, rows, ret);
	}
	arena_free(t.words);
	arena_free(scratch);
	return ok;
}

const struct match_habit *habits_of(const struct habits *h, int64_t customer_id)
{
	size_t low = 0, high = h->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (h->at[middle].customer_id < customer_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < h->n && h->at[low].customer_id == customer_id ? &h->at[low].habit : NULL;
}

bool habits_is_known(struct db *db, int64_t entity_id, int64_t customer_id, bool *ret,
		     struct err *e)
{
	int64_t n;

	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM allocation l WHERE l.entity_id = $1"
			" AND l.customer_id = $2 AND l.reverses_id IS NULL AND NOT EXISTS"
			" (SELECT 1 FROM allocation u WHERE u.reverses_id = l.id)"
			" AND l.recorded > COALESCE((SELECT MAX(f.recorded) FROM payer_alias f"
			"  WHERE f.customer_id = $2 AND f.kind = 'forget' AND f.iban IS NULL"
			"  AND f.name_key IS NULL), 0)",
			DB_PARAMS(P_I64(entity_id), P_I64(customer_id)), 0, &n, e))
		return false;
	*ret = n > 0;
	return true;
}
