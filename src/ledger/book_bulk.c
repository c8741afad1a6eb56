/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_bulk.h"

#include "ledger/item.h"
#include "ledger/paper.h"

#include <stdlib.h>

struct bulk_event {
	int64_t id;
	uint32_t position;
};

struct bulk_item {
	int64_t id;
	int64_t customer_id;
	int64_t amount_minor;
	uint64_t first_entry;
	uint64_t text; /* the document; the reference, when it has one, comes after it */
	uint32_t n_entries;
	uint32_t known, undone;
	day_t issued_on, due_on, effective;
	char currency[4];
	uint8_t kind, due_source;
	bool has_ref;
};

struct bulk_entry {
	int64_t id;
	int64_t reverses_id;
	int64_t item_id;
	int64_t minor;
	uint64_t lettering : 63; /* 0: none */
	uint64_t is_credit : 1;
	day_t effective;
	uint32_t known;
};

/* An array that grows; from malloc, since an arena would keep the shorter ones too. */
#define GROWING(type)        \
	struct {             \
		type *at;    \
		size_t n;    \
		size_t room; \
	}

struct book_bulk {
	uint32_t position;
	GROWING(struct bulk_event) events;     /* by id */
	GROWING(struct bulk_item) items;       /* by customer, then id */
	GROWING(struct bulk_entry) entries;    /* by item, then id */
	GROWING(struct fact_change) changes;   /* by item, newest first */
	GROWING(struct fact_dispute) disputes; /* by item */
	GROWING(struct fact_paper) papers;     /* by customer */
	GROWING(char) text;
};

static void *grown(void *at, size_t n, size_t more, size_t *room, size_t size)
{
	if (n + more <= *room)
		return at;
	*room = *room ? 2 * *room : 1024;
	if (*room < n + more)
		*room = n + more;
	at = realloc(at, *room * size);
	ENSURE(at);
	return at;
}

#define GROW(list)                                                                        \
	((list)->at = grown((list)->at, (list)->n, 1, &(list)->room, sizeof *(list)->at), \
	 &(list)->at[(list)->n++])

static uint64_t put_text(struct book_bulk *b, const char *s)
{
	size_t at = b->text.n, n = strlen(s) + 1;

	b->text.at = grown(b->text.at, at, n, &b->text.room, 1);
	memcpy(b->text.at + at, s, n);
	b->text.n += n;
	return at;
}

/* ---- orders ------------------------------------------------------------------------------------ */

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_events(const void *a, const void *b)
{
	return by_number(((const struct bulk_event *)a)->id, ((const struct bulk_event *)b)->id);
}

static int compare_item_ids(const void *a, const void *b)
{
	return by_number(((const struct bulk_item *)a)->id, ((const struct bulk_item *)b)->id);
}

static int compare_customers(const void *a, const void *b)
{
	const struct bulk_item *x = a, *y = b;
	int d = by_number(x->customer_id, y->customer_id);

	return d ? d : by_number(x->id, y->id);
}

static int compare_entries(const void *a, const void *b)
{
	const struct bulk_entry *x = a, *y = b;
	int d = by_number(x->item_id, y->item_id);

	return d ? d : by_number(x->id, y->id);
}

static int compare_changes(const void *a, const void *b)
{
	const struct fact_change *x = a, *y = b;
	int d = by_number(x->item_id, y->item_id);

	return d ? d : by_number(y->id, x->id);
}

static int compare_disputes(const void *a, const void *b)
{
	const struct fact_dispute *x = a, *y = b;

	return by_number(x->item_id, y->item_id);
}

static int compare_papers(const void *a, const void *b)
{
	const struct fact_paper *x = a, *y = b;

	return by_number(x->customer_id, y->customer_id);
}

/* Most come in order already. */
static void sort(void *at, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	const char *p = at;

	for (size_t i = 1; i < n; i++) {
		if (compare(p + (i - 1) * size, p + i * size) > 0) {
			qsort(at, n, size, compare);
			return;
		}
	}
}

#define SORT(list, compare) sort((list).at, (list).n, sizeof *(list).at, compare)

/* ---- the scans --------------------------------------------------------------------------------- */

/* Where the log has an event; FACTS_ALL: nowhere yet. */
static uint32_t position_of(const struct book_bulk *b, int64_t event_id)
{
	const struct bulk_event key = { .id = event_id };
	const struct bulk_event *ev =
		b->events.n ? bsearch(&key, b->events.at, b->events.n, sizeof key, compare_events)
			    : NULL;

	return ev ? ev->position : FACTS_ALL;
}

typedef bool row_fn(struct book_bulk *b, const struct rows *row, struct err *e);

static bool scan(struct book_bulk *b, struct db *db, const char *sql, struct db_params params,
		 row_fn *fn, struct err *e)
{
	CLEANUP(rows_closep) struct rows *row = NULL;
	bool more = false;

	if (!db_query(db, sql, params, &row, e))
		return false;
	while (rows_next(row, &more, e) && more)
		if (!fn(b, row, e))
			return false;
	return !more;
}

static bool add_event(struct book_bulk *b, const struct rows *row, struct err *e)
{
	(void)e;
	*GROW(&b->events) =
		(struct bulk_event){ .id = row_i64(row, 0), .position = (uint32_t)row_i64(row, 1) };
	return true;
}

static bool add_item(struct book_bulk *b, const struct rows *row, struct err *e)
{
	uint32_t known = position_of(b, row_i64(row, 11));
	struct bulk_item *it;
	enum item_kind kind;

	if (known > b->position)
		return true;
	if (!item_kind_of(row_text(row, 2), &kind))
		return err_set(e, ERR_DAMAGED, "item %" PRId64 " is of no known kind",
			       row_i64(row, 0));
	it = GROW(&b->items);
	*it = (struct bulk_item){ .id = row_i64(row, 0),
				  .customer_id = row_i64(row, 1),
				  .kind = (uint8_t)kind,
				  .text = put_text(b, row_text(row, 3)),
				  .has_ref = !row_is_null(row, 4),
				  .due_source = (uint8_t)row_i64(row, 5),
				  .issued_on = row_day(row, 6),
				  .due_on = row_day(row, 7),
				  .effective = row_day(row, 8),
				  .amount_minor = row_i64(row, 9),
				  .known = known };
	if (it->has_ref)
		put_text(b, row_text(row, 4));
	memcpy(it->currency, row_text(row, 10), 3);
	return true;
}

/* Items stand in order of their ids while the tables are read. */
static struct bulk_item *find_item(const struct book_bulk *b, int64_t id)
{
	const struct bulk_item key = { .id = id };

	return b->items.n ? bsearch(&key, b->items.at, b->items.n, sizeof key, compare_item_ids)
			  : NULL;
}

static bool add_reversal(struct book_bulk *b, const struct rows *row, struct err *e)
{
	uint32_t known = position_of(b, row_i64(row, 1));
	struct bulk_item *it = find_item(b, row_i64(row, 0));

	(void)e;
	if (it && known <= b->position)
		it->undone = known;
	return true;
}

/* Both sides of an allocation. */
static bool add_allocation(struct book_bulk *b, const struct rows *row, struct err *e)
{
	struct bulk_entry en = { .id = row_i64(row, 0),
				 .reverses_id = row_i64(row, 1),
				 .item_id = row_i64(row, 2),
				 .minor = row_i64(row, 4),
				 .effective = row_day(row, 6),
				 .known = position_of(b, row_i64(row, 7)) };

	(void)e;
	if (en.known > b->position)
		return true;
	if (!row_is_null(row, 5))
		en.lettering = put_text(b, row_text(row, 5)) & (UINT64_MAX >> 1);
	if (row_i64(row, 8))
		*GROW(&b->entries) = en;
	en.item_id = row_i64(row, 3);
	en.minor = -en.minor;
	en.is_credit = 1;
	*GROW(&b->entries) = en;
	return true;
}

/* One that is not sealed yet stays, to be taken back: the row of the item holds its new value. */
static bool add_change(struct book_bulk *b, const struct rows *row, struct err *e)
{
	bool is_due = strcmp(row_text(row, 2), "due_on") == 0;

	(void)e;
	if (!find_item(b, row_i64(row, 1)))
		return true;
	*GROW(&b->changes) = (struct fact_change){ .id = row_i64(row, 0),
						   .item_id = row_i64(row, 1),
						   .field = is_due ? BOOK_DUE_ON : BOOK_EFFECTIVE,
						   .old = row_day(row, 3),
						   .known = position_of(b, row_i64(row, 4)) };
	return true;
}

static bool add_dispute(struct book_bulk *b, const struct rows *row, struct err *e)
{
	uint32_t known = position_of(b, row_i64(row, 5));
	uint32_t closed_known = row_is_null(row, 6) ? FACTS_ALL : position_of(b, row_i64(row, 6));
	bool is_closed = !row_is_null(row, 4) && closed_known <= b->position;

	(void)e;
	if (known > b->position)
		return true;
	*GROW(&b->disputes) = (struct fact_dispute){
		.id = row_i64(row, 0),
		.item_id = row_i64(row, 1),
		.minor = row_i64(row, 2),
		.opened_on = row_day(row, 3),
		.closed_on = is_closed ? row_day(row, 4) : DAY_NONE,
		.known = known,
		.closed_known = is_closed ? closed_known : 0,
	};
	return true;
}

static bool add_paper(struct book_bulk *b, const struct rows *row, struct err *e)
{
	uint32_t known = position_of(b, row_i64(row, 6));
	uint32_t undone = row_is_null(row, 7) ? 0 : position_of(b, row_i64(row, 7));
	enum paper_kind kind = paper_kind_of(row_text(row, 3));

	if (kind == PAPER_KINDS)
		return err_set(e, ERR_DAMAGED, "paper %" PRId64 " is of no known kind",
			       row_i64(row, 0));
	if (known > b->position || !find_item(b, row_i64(row, 2)))
		return true;
	*GROW(&b->papers) = (struct fact_paper){ .id = row_i64(row, 0),
						 .customer_id = row_i64(row, 1),
						 .item_id = row_i64(row, 2),
						 .kind = (uint8_t)kind,
						 .from_on = row_day(row, 4),
						 .until_on = row_day(row, 5),
						 .known = known,
						 .undone = undone <= b->position ? undone : 0 };
	return true;
}

/* No index is of use to any of them: each is the table from its first row to its last. */
static const char items_sql[] =
	"SELECT id, customer_id, kind, document, payment_ref, due_source, issued_on, due_on,"
	" effective, amount_minor, currency, event_id"
	" FROM item WHERE COALESCE(entity_id, 0) = $1";

static const char reversals_sql[] = "SELECT item_id, event_id FROM item_reversal";

/* The credit counts by the company of its item, the debit by that of the allocation; see give_entries. */
static const char allocations_sql[] =
	"SELECT id, reverses_id, debit_item_id, credit_item_id, amount_minor, lettering,"
	" effective, event_id, CASE WHEN entity_id = $1 THEN 1 ELSE 0 END FROM allocation";

static const char changes_sql[] = "SELECT id, item_id, field, old_value, event_id"
				  " FROM item_change WHERE field IN ('due_on', 'effective')";

static const char disputes_sql[] =
	"SELECT id, item_id, amount_minor, opened_on, closed_on, event_id, closed_event_id"
	" FROM dispute WHERE COALESCE(entity_id, 0) = $1";

static const char papers_sql[] =
	"SELECT id, customer_id, item_id, kind, from_on, until_on, event_id, ended_event_id"
	" FROM paper_risk WHERE COALESCE(entity_id, 0) = $1";

/* Items and entries in order of items: each item gets its range. Credits of no item here are of another company;
 * only negative items are credits. */
static bool give_entries(struct book_bulk *b, struct err *e)
{
	size_t k = 0, kept = 0;

	for (size_t i = 0; i <= b->items.n; i++) {
		struct bulk_item *it = i < b->items.n ? &b->items.at[i] : NULL;

		for (; k < b->entries.n && (!it || b->entries.at[k].item_id < it->id); k++)
			if (!b->entries.at[k].is_credit)
				return err_set(e, ERR_DAMAGED,
					       "an allocation names item %" PRId64
					       " of another customer",
					       b->entries.at[k].item_id);
		if (!it)
			break;
		it->first_entry = kept;
		for (; k < b->entries.n && b->entries.at[k].item_id == it->id; k++)
			if (!b->entries.at[k].is_credit || it->amount_minor < 0)
				b->entries.at[kept++] = b->entries.at[k];
		it->n_entries = (uint32_t)(kept - it->first_entry);
	}
	b->entries.n = kept;
	return true;
}

static bool read_all(struct book_bulk *b, struct db *db, int64_t entity_id, struct err *e)
{
	const struct db_params company = DB_PARAMS(P_I64(entity_id));

	put_text(b, ""); /* place 0 is "none" */
	if (!scan(b, db, "SELECT event_id, position FROM seal", DB_NO_PARAMS, add_event, e))
		return false;
	SORT(b->events, compare_events);
	if (!scan(b, db, items_sql, company, add_item, e))
		return false;
	SORT(b->items, compare_item_ids);
	if (!scan(b, db, reversals_sql, DB_NO_PARAMS, add_reversal, e) ||
	    !scan(b, db, allocations_sql, company, add_allocation, e) ||
	    !scan(b, db, changes_sql, DB_NO_PARAMS, add_change, e) ||
	    !scan(b, db, disputes_sql, company, add_dispute, e) ||
	    !scan(b, db, papers_sql, company, add_paper, e))
		return false;
	SORT(b->entries, compare_entries);
	if (!give_entries(b, e))
		return false;
	SORT(b->items, compare_customers);
	SORT(b->changes, compare_changes);
	SORT(b->disputes, compare_disputes);
	SORT(b->papers, compare_papers);
	return true;
}

bool bulk_read(struct db *db, int64_t entity_id, uint32_t position, struct book_bulk **ret,
	       struct err *e)
{
	struct book_bulk *b = calloc(1, sizeof *b);

	ENSURE(b);
	ENSURE(db_in_tx(db));
	b->position = position;
	if (!read_all(b, db, entity_id, e)) {
		bulk_free(b);
		return err_while(e, "reading the facts of a company");
	}
	*ret = b;
	return true;
}

bool bulk_pays(struct db *db, int64_t entity_id, bool *ret, struct err *e)
{
	int64_t ours, all;

	*ret = false;
	if (db_engine(db) != DB_SQLITE)
		return true;
	if (!db_get_i64(db, "SELECT COUNT(*) FROM customer WHERE entity_id = $1",
			DB_PARAMS(P_I64(entity_id)), 0, &ours, e) ||
	    !db_get_i64(db, "SELECT COUNT(*) FROM customer", DB_NO_PARAMS, 0, &all, e))
		return false;
	*ret = ours >= all / 16;
	return true;
}

void bulk_free(struct book_bulk *b)
{
	if (!b)
		return;
	free(b->events.at);
	free(b->items.at);
	free(b->entries.at);
	free(b->changes.at);
	free(b->disputes.at);
	free(b->papers.at);
	free(b->text.at);
	free(b);
}

/* ---- out of it --------------------------------------------------------------------------------- */

static void take_entries(const struct book_bulk *b, struct book_facts *f,
			 const struct bulk_item *from)
{
	for (size_t i = 0; i < from->n_entries; i++) {
		const struct bulk_entry *en = &b->entries.at[from->first_entry + i];

		*LIST_ADD(f->arena, &f->entries) = (struct fact_entry){
			.id = en->id,
			.reverses_id = en->reverses_id,
			.item_id = en->item_id,
			.minor = en->minor,
			.lettering = en->lettering ? b->text.at + en->lettering : NULL,
			.effective = en->effective,
			.known = en->known,
		};
	}
}

/* The first of those of an item, or where they would be. */
#define LOWER_BOUND(list, member, wanted, ret)                   \
	do {                                                     \
		size_t low_ = 0, high_ = (list).n;               \
		while (low_ < high_) {                           \
			size_t mid_ = low_ + (high_ - low_) / 2; \
			if ((list).at[mid_].member < (wanted))   \
				low_ = mid_ + 1;                 \
			else                                     \
				high_ = mid_;                    \
		}                                                \
		(ret) = low_;                                    \
	} while (0)

static void take_changes(const struct book_bulk *b, struct book_facts *f, struct fact_item *it)
{
	size_t i;

	LOWER_BOUND(b->changes, item_id, it->id, i);
	for (; i < b->changes.n && b->changes.at[i].item_id == it->id; i++) {
		const struct fact_change *c = &b->changes.at[i];

		if (c->known <= b->position)
			*LIST_ADD(f->arena, &f->changes) = *c;
		else
			*(c->field == BOOK_DUE_ON ? &it->due_on : &it->effective) = c->old;
	}
}

static void take_disputes(const struct book_bulk *b, struct book_facts *f, int64_t item_id)
{
	size_t i;

	LOWER_BOUND(b->disputes, item_id, item_id, i);
	for (; i < b->disputes.n && b->disputes.at[i].item_id == item_id; i++)
		*LIST_ADD(f->arena, &f->disputes) = b->disputes.at[i];
}

static void take_item(const struct book_bulk *b, struct book_facts *f, const struct bulk_item *from)
{
	struct fact_item *it = LIST_ADD(f->arena, &f->items);
	const char *document = b->text.at + from->text;

	*it = (struct fact_item){ .id = from->id,
				  .customer_id = from->customer_id,
				  .document = document,
				  .payment_ref =
					  from->has_ref ? document + strlen(document) + 1 : NULL,
				  .amount_minor = from->amount_minor,
				  .issued_on = from->issued_on,
				  .due_on = from->due_on,
				  .effective = from->effective,
				  .known = from->known,
				  .undone = from->undone,
				  .kind = from->kind,
				  .due_source = from->due_source };
	memcpy(it->currency, from->currency, sizeof it->currency);
	take_entries(b, f, from);
	take_changes(b, f, it);
	take_disputes(b, f, it->id);
}

void bulk_take(const struct book_bulk *b, struct book_facts *f, int64_t low_id, int64_t high_id)
{
	size_t i;

	LOWER_BOUND(b->items, customer_id, low_id, i);
	for (; i < b->items.n && b->items.at[i].customer_id <= high_id; i++)
		take_item(b, f, &b->items.at[i]);
	LOWER_BOUND(b->papers, customer_id, low_id, i);
	for (; i < b->papers.n && b->papers.at[i].customer_id <= high_id; i++)
		*LIST_ADD(f->arena, &f->papers) = b->papers.at[i];
}
