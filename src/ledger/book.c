/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book.h"

#include "db/seal.h"
#include "ledger/book_facts.h"
#include "ledger/book_shelf.h"
#include "ledger/book_view.h"

/* ---- finding customers ------------------------------------------------------------------------- */

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
	size_t low = 0, high = b->n_customers;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (strcmp(b->customer[mid].code, code) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < b->n_customers && strcmp(b->customer[low].code, code) == 0 ? low : SIZE_MAX;
}

/* ---- loading ----------------------------------------------------------------------------------- */

static void release(void *arg)
{
	version_release(arg);
}

/* From the rows alone, with what the open transaction wrote. */
static bool build(struct db *db, const struct book_query *q, struct book_version **ret,
		  struct err *e)
{
	bool own = !db_in_tx(db);
	int64_t low = q->only_customer ? q->only_customer : 1;
	int64_t high = q->only_customer ? q->only_customer : INT64_MAX;
	bool ok;

	if (own && !db_begin_read(db, e))
		return false;
	ok = version_build_range(db, q->entity_id, low, high, FACTS_ALL, ret, e);
	if (own)
		db_rollback(db);
	return ok;
}

/* The position up to which facts count. */
static bool position_of(struct db *db, const struct book_query *q, uint32_t *ret, struct err *e)
{
	int64_t position;

	*ret = FACTS_ALL;
	if (q->known_at == 0)
		return true;
	if (!seal_position_at(db, q->known_at, &position, e))
		return false;
	*ret = (uint32_t)position;
	return true;
}

/* A version that is shared keeps what it showed; the columns of the view are never written. */
static bool shared_view(struct book_version *v, struct arena *a, const struct book_view_query *q,
			struct book **ret, struct err *e)
{
	const struct book *shared = NULL;

	if (!q->only_customer && !book_view_get(v, q, &shared, e))
		return false;
	if (!shared)
		return book_view_make(v, a, q, ret, e);
	*ret = arena_memdup(a, shared, sizeof *shared);
	return true;
}

bool book_load(struct db *db, struct arena *a, const struct book_query *q, struct book **ret,
	       struct err *e)
{
	struct book_shelf *shelf = db_is_writing(db) ? NULL : db_context(db);
	struct book_view_query vq = { .as_of = q->as_of,
				      .with_settled = q->with_settled,
				      .only_customer = q->only_customer };
	struct book_version *v = NULL;
	bool is_behind = false;

	if (!position_of(db, q, &vq.position, e))
		return false;
	if (!(shelf ? shelf_hold(shelf, db, q->entity_id, q->actor, &v, &is_behind, e)
		    : build(db, q, &v, e)))
		return err_while(e, "loading the book");
	arena_defer(a, release, v);
	if (!(shelf ? shared_view(v, a, &vq, ret, e) : book_view_make(v, a, &vq, ret, e)))
		return err_while(e, "loading the book");
	(*ret)->known_at = q->known_at;
	(*ret)->position = v->position < vq.position ? v->position : vq.position;
	(*ret)->is_behind = is_behind;
	return true;
}
