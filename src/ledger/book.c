/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book.h"

#include "base/list.h"
#include "base/money.h"

#include <stdlib.h>

/* An item as read, before the columns are laid out. */
struct loaded {
	int64_t id;
	int64_t customer_id;
	const char *kind_name;
	const char *document;
	const char *payment_ref;
	int due_source;
	day_t issued_on, due_on, effective;
	int64_t amount_minor;
	int64_t open_minor;
	int64_t disputed_minor;
	const char *lettering;
	char currency[4];
	uint32_t customer;
};

struct loading {
	struct db *db;
	struct arena *arena;
	const struct book_query *q;
	int64_t known_at;
	struct book *book;
	uint32_t *by_id;     /* customers in order of id */
	struct loaded *item; /* in order of id */
	size_t n_items;
};

static bool load_customers(struct loading *l, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct book_customer, id),
		DB_COL(struct book_customer, code),
		DB_COL(struct book_customer, name),
		DB_COL(struct book_customer, kind),
		DB_COL(struct book_customer, segment),
		DB_COL(struct book_customer, payment_means),
		DB_COL(struct book_customer, status),
		DB_COL(struct book_customer, has_limit),
		DB_COL(struct book_customer, credit_limit_minor),
		DB_DAY(struct book_customer, excluded_until),
	};

	return db_list(
		l->db, l->arena,
		"SELECT id, code, name, kind, segment, payment_means, status,"
		" CASE WHEN credit_limit_minor IS NULL THEN 0 ELSE 1 END,"
		" credit_limit_minor, excluded_until FROM customer WHERE entity_id = $1"
		" AND ($2 = 0 OR id = $2) AND recorded <= $3 ORDER BY code",
		DB_PARAMS(P_I64(l->q->entity_id), P_I64(l->q->only_customer), P_I64(l->known_at)),
		columns, ARRAY_LEN(columns), sizeof *l->book->customer, (void **)&l->book->customer,
		&l->book->n_customers, e);
}

struct id_order {
	int64_t id;
	uint32_t at;
};

static int compare_ids(const void *a, const void *b)
{
	const struct id_order *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void order_customers(struct loading *l)
{
	size_t n = l->book->n_customers;
	struct id_order *order = ARENA_ARRAY(l->arena, n, struct id_order);

	for (size_t i = 0; i < n; i++)
		order[i] = (struct id_order){ l->book->customer[i].id, (uint32_t)i };
	if (n)
		qsort(order, n, sizeof *order, compare_ids);
	l->by_id = ARENA_ARRAY(l->arena, n, uint32_t);
	for (size_t i = 0; i < n; i++)
		l->by_id[i] = order[i].at;
	l->book->by_id = l->by_id;
}

size_t book_customer_by_id(const struct book *b, int64_t id)
{
	size_t low = 0, high = b->n_customers;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (b->customer[b->by_id[mid]].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < b->n_customers && b->customer[b->by_id[low]].id == id ? b->by_id[low]
									   : SIZE_MAX;
}

size_t book_customer_by_code(const struct book *b, const char *code)
{
	/* In order of code by the database, whose collation need not be strcmp's: so no binary search. */
	for (size_t i = 0; i < b->n_customers; i++)
		if (strcmp(b->customer[i].code, code) == 0)
			return i;
	return SIZE_MAX;
}

struct owner_row {
	int64_t customer_id;
	int64_t user_id;
	const char *role;
	const char *name;
};

static bool load_owners(struct loading *l, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct owner_row, customer_id),
		DB_COL(struct owner_row, user_id),
		DB_COL(struct owner_row, role),
		DB_COL(struct owner_row, name),
	};
	struct owner_row *row;
	size_t n;

	/* Oldest first: a later owner of the same role overwrites the former. */
	if (!db_list(l->db, l->arena,
		     "SELECT customer_id, user_id, role, name FROM customer_owner"
		     " WHERE entity_id = $1 AND effective <= $2 AND recorded <= $3"
		     " ORDER BY effective, id",
		     DB_PARAMS(P_I64(l->q->entity_id), P_DAY(l->q->as_of), P_I64(l->known_at)),
		     columns, ARRAY_LEN(columns), sizeof *row, (void **)&row, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t at = book_customer_by_id(l->book, row[i].customer_id);
		struct book_customer *c = at == SIZE_MAX ? NULL : &l->book->customer[at];
		if (!c)
			continue;
		if (strcmp(row[i].role, "collector") == 0) {
			c->collector = row[i].name;
			c->collector_id = row[i].user_id;
		} else if (strcmp(row[i].role, "salesperson") == 0) {
			c->salesperson = row[i].name;
		} else if (strcmp(row[i].role, "branch_manager") == 0) {
			c->branch_manager = row[i].name;
		}
	}
	return true;
}

/* What is open now is in item_balance: a book of open items needs only those, and the settled ones that an
 * allocation of a later day closed. A book with settled items, or of an earlier knowledge, reads them all. */
static bool reads_balances(const struct loading *l)
{
	return l->q->known_at == 0 && !l->q->with_settled;
}

#define LOADED_COLUMNS                                                                       \
	"i.id, i.customer_id, i.kind, i.document, i.payment_ref, i.due_source, i.issued_on," \
	" i.due_on, i.effective, i.amount_minor, i.currency"

static const char all_items[] =
	"SELECT " LOADED_COLUMNS ", i.amount_minor FROM item i"
	" WHERE i.entity_id = $1 AND ($2 = 0 OR i.customer_id = $2)"
	" AND i.recorded <= $3 AND NOT EXISTS (SELECT 1 FROM item_reversal r"
	"  WHERE r.item_id = i.id AND r.recorded <= $3) ORDER BY i.id";

static const char open_items[] =
	"SELECT " LOADED_COLUMNS
	", b.open_minor FROM item i JOIN item_balance b ON b.item_id = i.id"
	" WHERE i.entity_id = $1 AND ($2 = 0 OR i.customer_id = $2) AND i.id IN"
	" (SELECT item_id FROM item_balance WHERE open_minor <> 0"
	"  UNION SELECT debit_item_id FROM allocation WHERE entity_id = $1 AND effective > $3"
	"  UNION SELECT credit_item_id FROM allocation WHERE entity_id = $1 AND effective > $3)"
	" ORDER BY i.id";

static bool load_items(struct loading *l, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct loaded, id),          DB_COL(struct loaded, customer_id),
		DB_COL(struct loaded, kind_name),   DB_COL(struct loaded, document),
		DB_COL(struct loaded, payment_ref), DB_COL(struct loaded, due_source),
		DB_DAY(struct loaded, issued_on),   DB_DAY(struct loaded, due_on),
		DB_DAY(struct loaded, effective),   DB_COL(struct loaded, amount_minor),
		DB_COL(struct loaded, currency),    DB_COL(struct loaded, open_minor),
	};
	const struct db_params all =
		DB_PARAMS(P_I64(l->q->entity_id), P_I64(l->q->only_customer), P_I64(l->known_at));
	const struct db_params open =
		DB_PARAMS(P_I64(l->q->entity_id), P_I64(l->q->only_customer), P_DAY(l->q->as_of));

	return db_list(l->db, l->arena, reads_balances(l) ? open_items : all_items,
		       reads_balances(l) ? open : all, columns, ARRAY_LEN(columns), sizeof *l->item,
		       (void **)&l->item, &l->n_items, e);
}

static struct loaded *find_item(const struct loading *l, int64_t id)
{
	size_t low = 0, high = l->n_items;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (l->item[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < l->n_items && l->item[low].id == id ? &l->item[low] : NULL;
}

/* What was learned after known_at is taken back: the oldest later change holds the value of then. */
static bool unlearn(struct loading *l, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (l->q->known_at == 0)
		return true;
	if (!db_query(l->db,
		      "SELECT item_id, field, old_value FROM item_change WHERE entity_id = $1"
		      " AND recorded > $2 AND field IN ('due_on', 'effective') ORDER BY id DESC",
		      DB_PARAMS(P_I64(l->q->entity_id), P_I64(l->known_at)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		struct loaded *it = find_item(l, row_i64(r, 0));
		day_t *field;
		if (!it)
			continue;
		field = strcmp(row_text(r, 1), "due_on") == 0 ? &it->due_on : &it->effective;
		*field = row_day(r, 2);
	}
	return !more;
}

static const char allocations_until[] =
	"SELECT l.debit_item_id, l.credit_item_id, l.amount_minor, l.lettering FROM allocation l"
	" WHERE l.entity_id = $1 AND l.effective <= $2 AND l.recorded <= $3 AND ($4 = 0"
	"  OR l.customer_id = $4 OR EXISTS (SELECT 1 FROM item i WHERE i.id = l.credit_item_id"
	"  AND i.customer_id = $4)) ORDER BY l.id";

/* Those of later days, negated: they are given back to the balances of now. */
static const char allocations_after[] =
	"SELECT l.debit_item_id, l.credit_item_id, -l.amount_minor, NULL FROM allocation l"
	" WHERE l.entity_id = $1 AND l.effective > $2 AND l.recorded <= $3 AND ($4 = 0"
	"  OR l.customer_id = $4 OR EXISTS (SELECT 1 FROM item i WHERE i.id = l.credit_item_id"
	"  AND i.customer_id = $4)) ORDER BY l.id";

static bool apply_allocations(struct loading *l, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(l->db, reads_balances(l) ? allocations_after : allocations_until,
		      DB_PARAMS(P_I64(l->q->entity_id), P_DAY(l->q->as_of), P_I64(l->known_at),
				P_I64(l->q->only_customer)),
		      &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		struct loaded *debit = find_item(l, row_i64(r, 0));
		struct loaded *credit = find_item(l, row_i64(r, 1));
		int64_t minor = row_i64(r, 2);
		const char *code = minor > 0 && !row_is_null(r, 3)
					   ? arena_strdup(l->arena, row_text(r, 3))
					   : NULL;
		if (debit) {
			debit->open_minor -= minor;
			debit->lettering = code;
		}
		if (credit) {
			credit->open_minor += minor;
			credit->lettering = code;
		}
	}
	return !more;
}

/* Joined by equality on each side: an OR would make PostgreSQL compare all with all. */
static const char codes_of_open_items[] =
	"SELECT x.item_id, x.lettering FROM ("
	"  SELECT id, debit_item_id AS item_id, lettering, effective, amount_minor FROM allocation"
	"  WHERE entity_id = $1 UNION ALL"
	"  SELECT id, credit_item_id, lettering, effective, amount_minor FROM allocation"
	"  WHERE entity_id = $1) x"
	" JOIN item_balance b ON b.item_id = x.item_id JOIN item i ON i.id = x.item_id"
	" WHERE b.open_minor <> 0 AND b.open_minor <> i.amount_minor AND x.lettering IS NOT NULL"
	" AND x.amount_minor > 0 AND x.effective <= $2 AND ($3 = 0 OR i.customer_id = $3)"
	" ORDER BY x.id";

/* Codes of partial lettering: of what is open in part, when only the open items were read. */
static bool load_codes(struct loading *l, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!reads_balances(l))
		return true;
	if (!db_query(l->db, codes_of_open_items,
		      DB_PARAMS(P_I64(l->q->entity_id), P_DAY(l->q->as_of),
				P_I64(l->q->only_customer)),
		      &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		struct loaded *it = find_item(l, row_i64(r, 0));
		if (it)
			it->lettering = arena_strdup(l->arena, row_text(r, 1));
	}
	return !more;
}

static bool apply_disputes(struct loading *l, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(
		    l->db,
		    "SELECT item_id, amount_minor FROM dispute WHERE entity_id = $1"
		    " AND opened_on <= $2 AND (closed_on IS NULL OR closed_on > $2 OR closed > $3)"
		    " AND recorded <= $3",
		    DB_PARAMS(P_I64(l->q->entity_id), P_DAY(l->q->as_of), P_I64(l->known_at)), &r,
		    e))
		return false;
	while (rows_next(r, &more, e) && more) {
		struct loaded *it = find_item(l, row_i64(r, 0));
		if (!it || it->open_minor <= 0)
			continue;
		it->disputed_minor += row_i64(r, 1);
		if (it->disputed_minor > it->open_minor)
			it->disputed_minor = it->open_minor;
	}
	return !more;
}

static int compare_items(const void *a, const void *b)
{
	const struct loaded *x = a, *y = b;
	int by_document;

	if (x->customer != y->customer)
		return x->customer < y->customer ? -1 : 1;
	if (x->due_on != y->due_on)
		return x->due_on < y->due_on ? -1 : 1;
	by_document = strcmp(x->document, y->document);
	return by_document ? by_document : (x->id > y->id) - (x->id < y->id);
}

static uint8_t currency_index(struct book *b, const char *currency)
{
	size_t i = 0;

	while (i < b->n_currencies && strcmp(b->currency[i], currency) != 0)
		i++;
	ENSURE(i < ARRAY_LEN(b->currency));
	if (i == b->n_currencies)
		memcpy(b->currency[b->n_currencies++], currency, 4);
	return (uint8_t)i;
}

/* Keeps the items that belong to the book, in its order. */
static void choose_items(struct loading *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_items; i++) {
		struct loaded *it = &l->item[i];
		size_t customer = book_customer_by_id(l->book, it->customer_id);
		if (it->effective > l->q->as_of || customer == SIZE_MAX ||
		    (it->open_minor == 0 && !l->q->with_settled))
			continue;
		it->customer = (uint32_t)customer;
		l->item[n++] = *it;
	}
	l->n_items = n;
	if (n)
		qsort(l->item, n, sizeof *l->item, compare_items);
}

static void lay_out(struct loading *l)
{
	struct book *b = l->book;
	size_t n = l->n_items;

	b->n_items = n;
	b->item_id = ARENA_ARRAY(l->arena, n, int64_t);
	b->customer_of = ARENA_ARRAY(l->arena, n, uint32_t);
	b->kind = ARENA_ARRAY(l->arena, n, uint8_t);
	b->currency_of = ARENA_ARRAY(l->arena, n, uint8_t);
	b->due_source = ARENA_ARRAY(l->arena, n, uint8_t);
	b->issued_on = ARENA_ARRAY(l->arena, n, day_t);
	b->due_on = ARENA_ARRAY(l->arena, n, day_t);
	b->effective = ARENA_ARRAY(l->arena, n, day_t);
	b->amount_minor = ARENA_ARRAY(l->arena, n, int64_t);
	b->open_minor = ARENA_ARRAY(l->arena, n, int64_t);
	b->disputed_minor = ARENA_ARRAY(l->arena, n, int64_t);
	b->document = ARENA_ARRAY(l->arena, n, const char *);
	b->payment_ref = ARENA_ARRAY(l->arena, n, const char *);
	b->lettering = ARENA_ARRAY(l->arena, n, const char *);
	for (size_t i = 0; i < n; i++) {
		const struct loaded *it = &l->item[i];
		struct book_customer *c = &b->customer[it->customer];
		enum item_kind kind = ITEM_ADJUSTMENT;
		ENSURE(item_kind_of(it->kind_name, &kind));
		if (c->n_items++ == 0)
			c->first_item = i;
		b->item_id[i] = it->id;
		b->customer_of[i] = it->customer;
		b->kind[i] = (uint8_t)kind;
		b->currency_of[i] = currency_index(b, it->currency);
		b->due_source[i] = (uint8_t)it->due_source;
		b->issued_on[i] = it->issued_on;
		b->due_on[i] = it->due_on;
		b->effective[i] = it->effective;
		b->amount_minor[i] = it->amount_minor;
		b->open_minor[i] = it->open_minor;
		b->disputed_minor[i] = it->disputed_minor;
		b->document[i] = it->document;
		b->payment_ref[i] = it->payment_ref;
		b->lettering[i] = it->lettering;
	}
}

bool book_load(struct db *db, struct arena *a, const struct book_query *q, struct book **ret,
	       struct err *e)
{
	struct loading l = { .db = db, .arena = a, .q = q };

	l.known_at = q->known_at ? q->known_at : INT64_MAX;
	l.book = ARENA_NEW(a, struct book);
	l.book->as_of = q->as_of;
	l.book->known_at = q->known_at;
	if (!load_customers(&l, e))
		return err_while(e, "loading the customers");
	order_customers(&l);
	if (!load_owners(&l, e) || !load_items(&l, e) || !unlearn(&l, e) ||
	    !apply_allocations(&l, e) || !load_codes(&l, e) || !apply_disputes(&l, e))
		return err_while(e, "loading the open items");
	choose_items(&l);
	lay_out(&l);
	*ret = l.book;
	return true;
}
