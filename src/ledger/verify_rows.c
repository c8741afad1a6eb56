/* SPDX-License-Identifier: Apache-2.0 */
/* verify_rows.c - the rows of each import against the Merkle roots in its event (doc/seal.md). */
#include "ledger/verify_rows.h"

#include "base/map.h"
#include "base/text.h"
#include "verifier/tree.h"

#include <jansson.h>
#include <stdio.h>

enum { PAGE = 4000, MAX_COLUMNS = 16, HEX = 2 * TREE_HASH + 1 };

/* Columns as doc/seal.md lists them; learned names those that item_change may hold. */
struct sealed {
	const char *table;
	const char
		*sql; /* id, event or import, then the columns; after $2, entity $1, at most $3 */
	int n_columns;
	uint32_t is_text;  /* bit per column */
	bool is_by_import; /* the second column is the import, not its event */
	const char *learned[MAX_COLUMNS];
};

static const struct sealed sealed[] = {
	{ "item",
	  "SELECT id, event_id, id, customer_id, kind, document, issued_on, due_on, amount_minor,"
	  " currency, net_minor, vat_minor, account, order_ref, payment_ref, effective FROM item"
	  " WHERE entity_id = $1 AND id > $2 ORDER BY id LIMIT $3",
	  14,
	  0x3cbc,
	  false,
	  { [5] = "due_on",
	    [8] = "net_minor",
	    [9] = "vat_minor",
	    [10] = "account",
	    [11] = "order_ref",
	    [12] = "payment_ref",
	    [13] = "effective" } },
	{ "allocation",
	  "SELECT id, event_id, id, debit_item_id, credit_item_id, amount_minor, currency,"
	  " lettering, rule, effective FROM allocation WHERE entity_id = $1 AND id > $2"
	  " AND COALESCE(reverses_id, 0) = 0 ORDER BY id LIMIT $3",
	  8,
	  0xf0,
	  false,
	  { NULL } },
	{ "item_change",
	  "SELECT id, event_id, id, item_id, field, old_value, new_value FROM item_change"
	  " WHERE entity_id = $1 AND id > $2 ORDER BY id LIMIT $3",
	  5,
	  0x1c,
	  false,
	  { NULL } },
	/* An entry's event is that of its state: its import is that of its statement. */
	{ "statement_entry",
	  "SELECT x.id, s.import_id, x.id, x.statement_id, x.seq, x.reference, x.booked_on,"
	  " x.value_on, x.amount_minor, x.currency FROM statement_entry x JOIN statement s"
	  " ON s.id = x.statement_id WHERE x.entity_id = $1 AND x.id > $2 ORDER BY x.id LIMIT $3",
	  8,
	  0xb8,
	  true,
	  { NULL } },
};

/* What an import said of one table, and what is there. */
struct promise_of_rows {
	int64_t event_id, import_id;
	const char *file_name;
	int64_t n;
	const char *root; /* NULL: no row of that table */
	struct tree found;
};

struct walk {
	struct db *db;
	struct arena *arena; /* of the report */
	int64_t entity_id;
	struct verify_report *report;
	const struct sealed *table;
	struct map promises; /* by event or import, in decimal */
	struct promise_of_rows *last;
	char last_key[24];
	/* of the page */
	struct arena *page;
	struct map first; /* "item field": first known value of what was learned later */
	int64_t from_id, to_id;
	size_t n_rows;
};

/* ---- what the events promise ---- */

static void read_promise(struct walk *w, const struct rows *r, const char *table)
{
	const char *body = row_text(r, 3), *root = NULL;
	json_t *json = json_loads(body, 0, NULL);
	struct promise_of_rows *p = ARENA_NEW(w->arena, struct promise_of_rows);
	json_int_t n = 0;

	/* A body that is no JSON any more is told by the chain; its rows are then compared with none. */
	if (json)
		json_unpack(json, "{s:{s:I,s:s}}", table, "n", &n, "root", &root);
	p->event_id = row_i64(r, 0);
	p->import_id = row_i64(r, 1);
	p->file_name = arena_strdup(w->arena, row_text(r, 2));
	/* Undoing the import of a statement takes its entries away: they would come again with the file. */
	if (w->table->is_by_import && row_bool(r, 4))
		root = NULL;
	p->n = root ? n : 0;
	p->root = arena_strdup(w->arena, root);
	map_set(&w->promises,
		arena_printf(w->arena, "%" PRId64,
			     w->table->is_by_import ? p->import_id : p->event_id),
		p);
	json_decref(json);
}

static bool load_promises(struct walk *w, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	map_init(&w->promises, w->arena);
	w->last = NULL;
	w->last_key[0] = '\0';
	if (!db_query(w->db,
		      "SELECT e.id, m.id, m.file_name, e.body, CASE WHEN m.state = 'undone'"
		      " THEN 1 ELSE 0 END FROM event e JOIN import m"
		      " ON m.id = e.subject_id WHERE e.entity_id = $1 AND e.kind = 'import.applied'"
		      " AND e.subject_kind = 'import' ORDER BY e.id",
		      DB_PARAMS(P_I64(w->entity_id)), &r, e))
		return false;
	for (;;) {
		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			return true;
		read_promise(w, r, w->table->table);
	}
}

/* NULL when the event is no import. Rows of one import mostly follow each other. */
static struct promise_of_rows *promise_of(struct walk *w, int64_t id)
{
	char key[24];

	snprintf(key, sizeof key, "%" PRId64, id);
	if (strcmp(key, w->last_key) != 0) {
		w->last = map_get(&w->promises, key);
		memcpy(w->last_key, key, sizeof key);
	}
	return w->last;
}

/* ---- rows ---- */

static const char *first_key(struct arena *a, int64_t item_id, const char *field)
{
	return arena_printf(a, "%" PRId64 " %s", item_id, field);
}

struct first_value {
	const char *text;
};

/* The oldest value of each field of these items that was changed since. */
static bool load_first(struct walk *w, int64_t to_id, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	map_init(&w->first, w->page);
	if (strcmp(w->table->table, "item") != 0)
		return true;
	if (!db_query(w->db,
		      "SELECT item_id, field, old_value FROM item_change WHERE item_id > $1"
		      " AND item_id <= $2 ORDER BY item_id, id",
		      DB_PARAMS(P_I64(w->from_id), P_I64(to_id)), &r, e))
		return false;
	for (;;) {
		const char *key;
		struct first_value *v;

		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			return true;
		key = first_key(w->page, row_i64(r, 0), row_text(r, 1));
		if (map_get(&w->first, key))
			continue;
		v = ARENA_NEW(w->page, struct first_value);
		v->text = arena_strdup(w->page, row_text(r, 2));
		map_set(&w->first, key, v);
	}
}

static void add_text(struct tree *t, const char *text, bool is_text)
{
	int64_t number;

	if (!text)
		tree_null(t);
	else if (!is_text && sscanf(text, "%" SCNd64, &number) == 1)
		tree_number(t, number);
	else
		tree_text(t, text, strlen(text));
}

static void add_row(struct walk *w, const struct rows *r, struct tree *t)
{
	tree_begin(t);
	for (int i = 0; i < w->table->n_columns; i++) {
		bool is_text = w->table->is_text >> i & 1;
		const char *learned = w->first.n ? w->table->learned[i] : NULL;
		const struct first_value *was =
			learned ? map_get(&w->first, first_key(w->page, row_i64(r, 0), learned))
				: NULL;
		if (was)
			add_text(t, was->text, is_text);
		else if (row_is_null(r, 2 + i))
			tree_null(t);
		else if (is_text)
			add_text(t, row_text(r, 2 + i), true);
		else
			tree_number(t, row_i64(r, 2 + i));
	}
	tree_end(t);
}

static bool last_id_of_page(struct walk *w, int64_t *ret, struct err *e)
{
	/* Ids are given in order, so the page is a range of them. */
	return strcmp(w->table->table, "item") != 0 ||
	       db_get_i64(w->db,
			  "SELECT max(x.id) FROM (SELECT id FROM item WHERE entity_id = $1"
			  " AND id > $2 ORDER BY id LIMIT $3) x",
			  DB_PARAMS(P_I64(w->entity_id), P_I64(w->from_id), P_I64(PAGE)),
			  w->from_id, ret, e);
}

static bool read_page(struct walk *w, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	w->n_rows = 0;
	w->to_id = w->from_id;
	if (!last_id_of_page(w, &w->to_id, e) || !load_first(w, w->to_id, e) ||
	    !db_query(w->db, w->table->sql,
		      DB_PARAMS(P_I64(w->entity_id), P_I64(w->from_id), P_I64(PAGE)), &r, e))
		return false;
	for (;;) {
		struct promise_of_rows *p;

		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			return true;
		w->n_rows++;
		w->to_id = row_i64(r, 0);
		p = promise_of(w, row_i64(r, 1));
		if (p)
			add_row(w, r, &p->found);
	}
}

/* ---- the verdict ---- */

static void compare(struct walk *w, const struct promise_of_rows *p)
{
	unsigned char root[TREE_HASH];
	char hex[HEX] = "";
	const char *detail;

	if (p->found.n == p->n && p->n == 0)
		return;
	if (p->found.n == p->n) {
		tree_root(&p->found, root);
		sodium_bin2hex(hex, sizeof hex, root, sizeof root);
		if (str_eq(hex, p->root))
			return;
		detail = arena_printf(w->arena,
				      "import %" PRId64 ", %s: its %" PRId64
				      " rows of %s are not those that were sealed",
				      p->import_id, p->file_name, p->n, w->table->table);
	} else {
		detail =
			arena_printf(w->arena,
				     "import %" PRId64 ", %s: %" PRId64
				     " rows of %s were sealed, there are %" PRId64,
				     p->import_id, p->file_name, p->n, w->table->table, p->found.n);
	}
	verify_add(w->arena, w->report,
		   &(struct verify_fault){ .law = "import_rows",
					   .detail = detail,
					   .subject_kind = "import",
					   .subject_id = p->import_id,
					   .document = p->file_name });
}

static bool check_table(struct walk *w, struct err *e)
{
	bool ok;

	if (!load_promises(w, e))
		return false;
	if (w->promises.n == 0)
		return true;
	w->from_id = 0;
	do {
		w->page = arena_new(0);
		ok = read_page(w, e);
		w->from_id = w->to_id;
		arena_free(w->page);
	} while (ok && w->n_rows == PAGE);
	for (size_t i = 0; ok && i < w->promises.n; i++)
		compare(w, w->promises.entries[i].value);
	return ok;
}

bool verify_rows(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *report,
		 struct err *e)
{
	struct walk w = { .db = db, .arena = a, .entity_id = entity_id, .report = report };

	for (size_t i = 0; i < ARRAY_LEN(sealed); i++) {
		w.table = &sealed[i];
		if (!check_table(&w, e))
			return err_while(e, "comparing the rows of %s with their seal",
					 sealed[i].table);
	}
	return true;
}
