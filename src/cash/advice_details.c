/* SPDX-License-Identifier: Apache-2.0 */
/* advice_details.c - advices that the bank sends with the receipt itself: structured remittance of camt. */
#include "cash/advice_private.h"

#include "base/money.h"
#include "base/text.h"

struct detail {
	int64_t entry_id, entry_minor;
	const char *reference, *document;
	char currency[4];
	day_t booked_on;
	int64_t minor, discount_minor;
};

/* Of receipts that wait and have no advice; what a person separated keeps its name. */
static bool list_details(const struct advice_job *job, struct detail **ret, size_t *ret_n,
			 struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct detail, entry_id),  DB_COL(struct detail, entry_minor),
		DB_COL(struct detail, reference), DB_COL(struct detail, currency),
		DB_DAY(struct detail, booked_on), DB_COL(struct detail, document),
		DB_COL(struct detail, minor),     DB_COL(struct detail, discount_minor),
	};

	return db_list(job->db, job->arena,
		       "SELECT x.id, x.amount_minor, x.reference, x.currency, x.booked_on,"
		       " d.document, d.amount_minor, d.discount_minor FROM statement_entry x"
		       " JOIN statement_entry_document d ON d.entry_id = x.id"
		       " WHERE x.entity_id = $1 AND x.amount_minor > 0"
		       " AND x.state IN ('open', 'proposed', 'doubtful') AND NOT EXISTS"
		       "  (SELECT 1 FROM remittance_advice a WHERE a.entry_id = x.id)"
		       " AND NOT EXISTS (SELECT 1 FROM remittance_advice a"
		       "  WHERE a.entity_id = x.entity_id AND a.sha256 = 'entry:' || x.id)"
		       " ORDER BY x.id, d.seq",
		       DB_PARAMS(P_I64(job->entity->id)), columns, ARRAY_LEN(columns), sizeof **ret,
		       (void **)ret, ret_n, e);
}

struct making {
	const struct advice_job *job;
	struct advice_documents documents;
	const struct detail *list;
	size_t n;
};

static bool insert_line(const struct making *m, int64_t advice_id, size_t seq,
			const struct detail *d, bool *ret_known, struct err *e)
{
	struct arena *a = m->job->arena;
	const char *ours = map_get(&m->documents.by_key, text_reference_key(a, d->document));

	*ret_known = ours != NULL;
	return db_exec(m->job->db,
		       "INSERT INTO remittance_advice_line (advice_id, seq, document, is_known,"
		       " amount_minor, discount_minor) VALUES ($1, $2, $3, $4, $5, $6)",
		       DB_PARAMS(P_I64(advice_id), P_I64((int64_t)seq),
				 P_TEXT(ours ? ours : d->document), P_BOOL(ours != NULL),
				 P_I64(d->minor), P_I64(d->discount_minor)),
		       NULL, e);
}

/* The n details of one receipt, as its advice. */
static bool make_one(const struct making *m, const struct detail *d, size_t n, struct err *e)
{
	const struct advice_job *job = m->job;
	int64_t id, event_id, sum = 0, n_known = 0;

	for (size_t i = 0; i < n; i++)
		if (!minor_add(&sum, d[i].minor, e))
			return false;
	if (!db_new_id(job->db, &id, e) || !advice_tell(job, "advice.taken", id, &event_id, e) ||
	    !db_exec(job->db,
		     "INSERT INTO remittance_advice (id, entity_id, file_name, sha256, dated_on,"
		     " currency, total_minor, adds_up, n_lines, n_known, entry_id, joined_by,"
		     " actor, event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0,"
		     " $10, 'rule', $11, $12, $13)",
		     DB_PARAMS(P_I64(id), P_I64(job->entity->id), P_TEXT(d->reference),
			       P_TEXT(arena_printf(job->arena, "entry:%" PRId64, d->entry_id)),
			       P_DAY(d->booked_on), P_TEXT(d->currency), P_I64(sum),
			       P_BOOL(sum == d->entry_minor), P_I64((int64_t)n), P_I64(d->entry_id),
			       P_TEXT(job->actor), P_I64(event_id), P_I64(job->now)),
		     NULL, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool is_known;
		if (!insert_line(m, id, i + 1, &d[i], &is_known, e))
			return false;
		n_known += is_known;
	}
	return db_exec(job->db, "UPDATE remittance_advice SET n_known = $2 WHERE id = $1",
		       DB_PARAMS(P_I64(id), P_I64(n_known)), NULL, e);
}

static bool make_tx(struct db *db, void *arg, struct err *e)
{
	const struct making *m = arg;

	(void)db;
	for (size_t i = 0, n; i < m->n; i += n) {
		for (n = 1; i + n < m->n && m->list[i + n].entry_id == m->list[i].entry_id;)
			n++;
		if (!make_one(m, &m->list[i], n, e))
			return false;
	}
	return true;
}

bool advice_take_details(const struct advice_job *job, struct err *e)
{
	struct making m = { .job = job };
	struct detail *list;

	if (!list_details(job, &list, &m.n, e))
		return false;
	m.list = list;
	return m.n == 0 ||
	       (advice_documents_load(job, &m.documents, e) && db_tx(job->db, make_tx, &m, e));
}

/* ---- our documents ---- */

const char *advice_known(void *arg, const char *number)
{
	struct advice_documents *d = arg;

	return map_get(&d->by_key, text_reference_key(d->a, number));
}

bool advice_documents_load(const struct advice_job *job, struct advice_documents *ret,
			   struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	ret->a = job->arena;
	map_init(&ret->by_key, ret->a);
	if (!db_query(job->db,
		      "SELECT i.document FROM item i JOIN item_balance b ON b.item_id = i.id"
		      " WHERE i.entity_id = $1 AND b.open_minor <> 0 AND i.document IS NOT NULL",
		      DB_PARAMS(P_I64(job->entity->id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		char *document = arena_strdup(ret->a, row_text(r, 0));
		map_set(&ret->by_key, text_reference_key(ret->a, document), document);
	}
	return !more;
}
