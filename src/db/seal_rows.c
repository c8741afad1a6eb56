/* SPDX-License-Identifier: Apache-2.0 */
#include "db/seal_rows.h"

#include "base/json.h"
#include "db/db_engine.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>

enum { HASH = 32, LEVELS = 64, MAX_COLUMNS = 24 };

/* What of a row is sealed: what never changes, or leaves a row of item_change when it does. No words of
 * people (labels, names, reasons). */
static const struct sealed_table {
	const char *name;
	const char *columns[MAX_COLUMNS];
} tables[] = {
	{ "item",
	  { "id", "customer_id", "kind", "document", "issued_on", "due_on", "amount_minor",
	    "currency", "net_minor", "vat_minor", "account", "order_ref", "payment_ref",
	    "effective" } },
	{ "allocation",
	  { "id", "debit_item_id", "credit_item_id", "amount_minor", "currency", "lettering",
	    "rule", "effective" } },
	{ "item_change", { "id", "item_id", "field", "old_value", "new_value" } },
	{ "statement_entry",
	  { "id", "statement_id", "seq", "reference", "booked_on", "value_on", "amount_minor",
	    "currency" } },
};

/* The roots of the full subtrees so far, by height: those of the bits that n has. */
struct tree {
	int64_t n;
	unsigned char root[LEVELS][HASH];
};

struct seal_rows {
	/* OpenSSL's, because an import hashes millions of rows: it uses the processor's instructions for
	 * SHA-256, which libsodium does not. */
	EVP_MD *algorithm;
	EVP_MD_CTX *hash;
	struct tree tree[ARRAY_LEN(tables)];
};

/* The bytes of a leaf, kept from row to row. */
struct feed {
	unsigned char *bytes;
	size_t n, room;
};

struct seal_leaf {
	struct feed feed;
	struct seal_rows *rows;
	struct tree *tree;
	int n;
	int column[MAX_COLUMNS]; /* of the copy; -1: the copy has it not, so it is NULL */
};

/* ---- the tree ---- */

static void hash_bytes(struct seal_rows *rows, const void *bytes, size_t n, unsigned char ret[HASH])
{
	ENSURE(EVP_DigestInit_ex2(rows->hash, rows->algorithm, NULL) &&
	       EVP_DigestUpdate(rows->hash, bytes, n) && EVP_DigestFinal_ex(rows->hash, ret, NULL));
}

static void join(struct seal_rows *rows, const unsigned char left[HASH],
		 const unsigned char right[HASH], unsigned char ret[HASH])
{
	unsigned char both[1 + 2 * HASH] = { 1 };

	memcpy(both + 1, left, HASH);
	memcpy(both + 1 + HASH, right, HASH);
	hash_bytes(rows, both, sizeof both, ret);
}

/* A full subtree meets one of its height: they become one of the next. */
static void tree_add(struct seal_rows *rows, struct tree *t, unsigned char hash[HASH])
{
	int level = 0;

	for (; t->n >> level & 1; level++)
		join(rows, t->root[level], hash, hash);
	memcpy(t->root[level], hash, HASH);
	t->n++;
}

static void tree_root(struct seal_rows *rows, const struct tree *t, unsigned char ret[HASH])
{
	bool is_begun = false;

	for (int level = 0; level < LEVELS - 1; level++) {
		if (!(t->n >> level & 1))
			continue;
		if (is_begun)
			join(rows, t->root[level], ret, ret);
		else
			memcpy(ret, t->root[level], HASH);
		is_begun = true;
	}
}

/* ---- rows ---- */

void seal_rows_begin(struct db *db)
{
	ENSURE(db->in_tx && !db->rows);
	db->rows = calloc(1, sizeof *db->rows);
	ENSURE(db->rows);
	db->rows->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	db->rows->hash = EVP_MD_CTX_new();
	ENSURE(db->rows->algorithm && db->rows->hash);
}

void seal_rows_drop(struct db *db)
{
	if (!db->rows)
		return;
	EVP_MD_free(db->rows->algorithm);
	EVP_MD_CTX_free(db->rows->hash);
	free(db->rows);
	db->rows = NULL;
}

/* Place of a name in "id, entity_id, ...", -1 when it is not there. */
static int place_of(const char *columns, const char *name)
{
	size_t len = strlen(name);

	for (int place = 0; *columns; place++) {
		size_t n;
		columns += strspn(columns, " ");
		n = strcspn(columns, ", ");
		if (n == len && memcmp(columns, name, n) == 0)
			return place;
		columns += n;
		columns += strspn(columns, " ");
		columns += *columns == ',';
	}
	return -1;
}

struct seal_leaf *seal_leaf_of(struct db *db, const char *table, const char *columns)
{
	struct seal_leaf *leaf;
	size_t t = 0;

	if (!db->rows)
		return NULL;
	while (t < ARRAY_LEN(tables) && strcmp(tables[t].name, table) != 0)
		t++;
	if (t == ARRAY_LEN(tables))
		return NULL;
	leaf = calloc(1, sizeof *leaf);
	ENSURE(leaf);
	leaf->rows = db->rows;
	leaf->tree = &db->rows->tree[t];
	while (leaf->n < MAX_COLUMNS && tables[t].columns[leaf->n]) {
		leaf->column[leaf->n] = place_of(columns, tables[t].columns[leaf->n]);
		leaf->n++;
	}
	return leaf;
}

static void feed_bytes(struct feed *f, const void *bytes, size_t n)
{
	if (f->n + n > f->room) {
		f->room = 2 * (f->n + n);
		f->bytes = realloc(f->bytes, f->room);
		ENSURE(f->bytes);
	}
	memcpy(f->bytes + f->n, bytes, n);
	f->n += n;
}

static void feed_value(struct feed *f, const struct db_param *p)
{
	uint64_t number = p->type == DB_I64 ? (uint64_t)p->i64 : p->len;
	unsigned char head[9] = { p->is_null ? 'n' : p->type == DB_I64 ? 'i' : 't' };

	for (int i = 0; i < 8; i++)
		head[1 + i] = (unsigned char)(number >> (56 - 8 * i));
	feed_bytes(f, head, p->is_null ? 1 : sizeof head);
	if (!p->is_null && p->type != DB_I64)
		feed_bytes(f, p->bytes, p->len);
}

void seal_leaf_add(struct seal_leaf *leaf, struct db_params row)
{
	static const struct db_param absent = { .type = DB_NULL, .is_null = true };
	struct feed *f = &leaf->feed;
	unsigned char hash[HASH];

	f->n = 0;
	feed_bytes(f, "", 1);
	for (int i = 0; i < leaf->n; i++)
		feed_value(f, leaf->column[i] < 0 ? &absent : &row.at[leaf->column[i]]);
	hash_bytes(leaf->rows, f->bytes, f->n, hash);
	tree_add(leaf->rows, leaf->tree, hash);
}

void seal_leaf_free(struct seal_leaf *leaf)
{
	if (leaf)
		free(leaf->feed.bytes);
	free(leaf);
}

/* The object without its closing brace, then the trees. */
static const char *with_trees(struct seal_rows *rows, struct buf *b, const char *body)
{
	size_t n = strlen(body);

	ENSURE(n >= 2 && body[0] == '{' && body[n - 1] == '}');
	buf_add(b, body, n - 1);
	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		unsigned char root[HASH];
		char hex[2 * HASH + 1];

		if (rows->tree[t].n == 0)
			continue;
		tree_root(rows, &rows->tree[t], root);
		buf_printf(b, "%s\"%s\":{\"n\":%" PRId64 ",\"root\":\"%s\"}", b->len > 1 ? "," : "",
			   tables[t].name, rows->tree[t].n,
			   sodium_bin2hex(hex, sizeof hex, root, sizeof root));
	}
	buf_putc(b, '}');
	return buf_str(b);
}

static bool is_ours(const struct db *db, int64_t event_id)
{
	for (size_t i = 0; i < db->n_events; i++)
		if (db->events[i] == event_id)
			return true;
	return false;
}

bool seal_rows_end(struct db *db, int64_t event_id, const char *body, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct buf b;
	bool ok;

	/* Not sealed yet, so its body may still be said. */
	ENSURE(db->rows && is_ours(db, event_id));
	buf_init(&b, a);
	ok = db_exec(db, "UPDATE event SET body = $2 WHERE id = $1",
		     DB_PARAMS(P_I64(event_id), P_TEXT(with_trees(db->rows, &b, body))), NULL, e);
	seal_rows_drop(db);
	return ok;
}
