/* SPDX-License-Identifier: Apache-2.0 */
/* verify_chain.c - the chain of the log against the rows of the live database, page by page. */
#include "ledger/verify.h"

#include "base/text.h"
#include "verifier/chain.h"

#include <sodium.h>

enum { PAGE = 2000 };

struct walk {
	struct db *db;
	struct arena *arena; /* of the report */
	struct verify_report *report;
	struct chain *chain;
	int64_t position;
	size_t n_rows;
};

static void add(struct walk *w, const char *kind, int64_t event_id, const char *detail)
{
	verify_add(w->arena, w->report,
		   &(struct verify_fault){ .law = arena_printf(w->arena, "chain_%s", kind),
					   .detail = detail,
					   .subject_kind = event_id ? "event" : NULL,
					   .subject_id = event_id });
}

static void tell(void *arg, enum chain_fault kind, int64_t position, int64_t event_id,
		 const char *text)
{
	struct walk *w = arg;

	add(w, chain_fault_name(kind), event_id,
	    event_id ? arena_printf(w->arena, "position %" PRId64 ", event %" PRId64 ": %s",
				    position, event_id, text)
		     : arena_printf(w->arena, "position %" PRId64 ": %s", position, text));
}

static struct chain_text text_of(const struct rows *r, int col)
{
	const char *text = row_text(r, col);

	return (struct chain_text){ text ? text : "", text ? strlen(text) : 0 };
}

/* Bytes of another length are not those that were sealed: as zeros they will not fit. */
static void bytes_of(const struct rows *r, int col, unsigned char *ret, size_t n)
{
	size_t len;
	const void *bytes = row_blob(r, col, &len);

	memset(ret, 0, n);
	if (len == n)
		memcpy(ret, bytes, n);
}

static void take(struct walk *w, const struct rows *r)
{
	struct chain_event ev = {
		.position = row_i64(r, 0),
		.sealed = row_i64(r, 1),
		.event_id = row_i64(r, 2),
		.entity_id = row_i64(r, 3),
		.kind = text_of(r, 4),
		.subject_kind = text_of(r, 5),
		.subject_id = row_i64(r, 6),
		.actor = text_of(r, 7),
		.recorded = row_i64(r, 8),
		.is_erased = row_is_null(r, 9),
		.body = text_of(r, 12),
	};

	bytes_of(r, 9, ev.salt, sizeof ev.salt);
	bytes_of(r, 10, ev.commitment, sizeof ev.commitment);
	bytes_of(r, 11, ev.hash, sizeof ev.hash);
	chain_take(w->chain, &ev);
	w->position = ev.position;
}

static bool take_page(struct walk *w, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	w->n_rows = 0;
	if (!db_query(
		    w->db,
		    "SELECT s.position, s.sealed, s.event_id, e.entity_id, e.kind, e.subject_kind,"
		    " e.subject_id, e.actor, e.recorded, s.salt, s.commitment, s.hash, e.body"
		    " FROM seal s JOIN event e ON e.id = s.event_id WHERE s.position > $1"
		    " ORDER BY s.position LIMIT $2",
		    DB_PARAMS(P_I64(w->position), P_I64(PAGE)), &r, e))
		return false;
	for (;;) {
		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			return true;
		take(w, r);
		w->n_rows++;
	}
}

static bool take_heads(struct walk *w, FILE *heads, struct err *e)
{
	char line[256], hex[80];

	while (heads && fgets(line, sizeof line, heads)) {
		struct chain_head head;
		size_t n = 0;
		int end = 0;

		if (sscanf(line, "encours-head 1 %" SCNd64 " %" SCNd64 " %79s%n", &head.position,
			   &head.sealed, hex, &end) != 3 ||
		    str_eq(hex, "") || line[end] != '\n' ||
		    sodium_hex2bin(head.hash, sizeof head.hash, hex, strlen(hex), NULL, &n, NULL) ||
		    n != sizeof head.hash)
			return err_set(e, ERR_FORMAT, "the file of heads has a line that is none");
		if (head.position > 0)
			chain_head(w->chain, &head);
	}
	return true;
}

/* Events that no position has and that do not wait for one; and positions whose event is gone. */
static bool find_unsealed(struct walk *w, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	int64_t last;
	bool more;

	if (!db_query(w->db,
		      "SELECT e.id FROM event e LEFT JOIN seal s ON s.event_id = e.id"
		      " WHERE s.event_id IS NULL AND NOT EXISTS (SELECT 1 FROM event_unsealed u"
		      " WHERE u.event_id = e.id) ORDER BY e.id LIMIT 100",
		      DB_NO_PARAMS, &r, e))
		return false;
	for (;;) {
		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			break;
		add(w, "unsealed", row_i64(r, 0),
		    arena_printf(w->arena, "event %" PRId64 ": it was never sealed",
				 row_i64(r, 0)));
	}
	if (!db_get_i64(w->db, "SELECT max(position) FROM seal", DB_NO_PARAMS, 0, &last, e))
		return false;
	if (last > w->position)
		add(w, "cut", 0,
		    arena_printf(w->arena,
				 "positions %" PRId64 " to %" PRId64 ": their events are gone",
				 w->position + 1, last));
	return true;
}

static bool walk(struct walk *w, FILE *heads, struct err *e)
{
	if (!take_heads(w, heads, e))
		return false;
	do {
		if (!take_page(w, e))
			return false;
	} while (w->n_rows == PAGE);
	chain_end(w->chain);
	return find_unsealed(w, e);
}

bool verify_chain(struct db *db, struct arena *a, FILE *heads, struct verify_report *report,
		  struct err *e)
{
	struct walk w = { .db = db, .arena = a, .report = report };
	bool is_own = !db_in_tx(db), ok;

	if (is_own && !db_begin_read(db, e))
		return false;
	w.chain = chain_new(tell, &w);
	ok = walk(&w, heads, e);
	chain_free(w.chain);
	if (is_own)
		db_rollback(db);
	return ok || err_while(e, "checking the chain of the log");
}
