/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_version.h"

#include "ledger/book_bulk.h"
#include "ledger/book_file.h"
#include "ledger/book_fold.h"
#include "ledger/book_view.h"

#include <stdlib.h>

/* ---- parts and versions ------------------------------------------------------------------------ */

struct book_part *part_of_bytes(void *bytes, size_t n)
{
	struct book_part *p = calloc(1, sizeof *p);

	ENSURE(p);
	chunk_view(&p->c, bytes, n);
	p->own = bytes;
	atomic_init(&p->n_uses, 1);
	return p;
}

struct book_part *part_keep(struct book_part *p)
{
	atomic_fetch_add(&p->n_uses, 1);
	return p;
}

void part_release(struct book_part *p)
{
	if (!p || atomic_fetch_sub(&p->n_uses, 1) > 1)
		return;
	book_map_release(p->file);
	free(p->own);
	free(p);
}

struct book_version *version_new(int64_t entity_id, uint32_t position)
{
	struct book_version *v = calloc(1, sizeof *v);

	ENSURE(v);
	v->entity_id = entity_id;
	v->last_effective = DAY_NONE;
	atomic_init(&v->position, position);
	atomic_init(&v->n_uses, 1);
	ENSURE(pthread_mutex_init(&v->lock, NULL) == 0);
	return v;
}

void version_add(struct book_version *v, struct book_part *p)
{
	/* Room doubles: at each power of two. */
	if ((v->n_parts & (v->n_parts - 1)) == 0) {
		size_t room = v->n_parts ? 2 * v->n_parts : 1;
		v->part = realloc(v->part, room * sizeof(struct book_part *));
		ENSURE(v->part);
	}
	v->part[v->n_parts++] = p;
	v->n_customers += p->c.n.n_customers;
	v->n_items += p->c.n.n_items;
	v->n_hot += p->c.n.n_hot;
	v->n_own_bytes += p->own ? p->c.size : 0;
	if (p->c.last_effective > v->last_effective)
		v->last_effective = p->c.last_effective;
	if (p->c.last_position > v->last_position)
		v->last_position = p->c.last_position;
}

struct book_version *version_keep(struct book_version *v)
{
	atomic_fetch_add(&v->n_uses, 1);
	return v;
}

void version_release(struct book_version *v)
{
	if (!v || atomic_fetch_sub(&v->n_uses, 1) > 1)
		return;
	book_view_free(v->views);
	totals_free(v->totals);
	for (size_t i = 0; i < v->n_parts; i++)
		part_release(v->part[i]);
	pthread_mutex_destroy(&v->lock);
	free(v->part);
	free(v);
}

size_t version_part(const struct book_version *v, int64_t customer_id)
{
	size_t low = 0, high = v->n_parts;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (chunk_customer_id(&v->part[mid]->c, 0) <= customer_id)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? low - 1 : 0;
}

/* ---- from facts -------------------------------------------------------------------------------- */

/* Lays the facts out as chunks of about BOOK_CHUNK_ITEMS items, never parting a customer. */
static bool add_facts(struct book_version *v, struct book_facts *f, struct err *e)
{
	size_t from = 0, n_items = 0;

	if (!facts_sort(f, e))
		return false;
	for (size_t c = 0; c < f->customers.n; c++) {
		void *bytes;
		size_t n;

		n_items += f->customers.at[c].n_items;
		if (n_items < BOOK_CHUNK_ITEMS && c + 1 < f->customers.n &&
		    c + 1 - from < BOOK_CHUNK_ITEMS)
			continue;
		facts_build(f, from, c + 1, &bytes, &n);
		version_add(v, part_of_bytes(bytes, n));
		from = c + 1;
		n_items = 0;
	}
	return true;
}

/* The memory of one step: a customer may have a million items. */
enum { STEP_MEMORY_MB = 4096, STEP_CUSTOMERS = 512 };

static struct arena *step_arena(void)
{
	return arena_new((size_t)STEP_MEMORY_MB << 20);
}

struct step {
	struct book_version *v;
	struct db *db;
	struct arena *arena;
	struct book_bulk *bulk; /* NULL: items are read from the rows, step by step */
	int64_t after_id;       /* customers up to it are done */
	int64_t high_id;
	int n_customers; /* at a time */
};

/* The id of the last customer of the next step, 0 when none is left. */
static bool next_range(struct step *s, int64_t *ret_low, int64_t *ret_high, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	*ret_low = *ret_high = 0;
	if (!db_query(s->db,
		      "SELECT id FROM customer WHERE COALESCE(entity_id, 0) = $1 AND id > $2 AND "
		      "id <= $3"
		      " ORDER BY id LIMIT $4",
		      DB_PARAMS(P_I64(s->v->entity_id), P_I64(s->after_id), P_I64(s->high_id),
				P_I64(s->n_customers)),
		      &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		*ret_high = row_i64(r, 0);
		if (*ret_low == 0)
			*ret_low = *ret_high;
	}
	return !more;
}

/* Steps of as many customers as make a chunk or a few, by what the former ones had. */
static int aim(const struct step *s)
{
	size_t per_customer = s->v->n_customers ? s->v->n_items / s->v->n_customers + 1 : 8;
	size_t n = 2 * BOOK_CHUNK_ITEMS / per_customer;

	return n < 1 ? 1 : n > STEP_CUSTOMERS ? STEP_CUSTOMERS : (int)n;
}

static bool build_step(struct step *s, int64_t low, int64_t high, struct err *e)
{
	const struct facts_range range = { s->v->entity_id, low, high, s->v->position };
	struct book_facts f;

	facts_init(&f, s->arena);
	if (!s->bulk)
		return facts_read(&f, s->db, &range, e) && add_facts(s->v, &f, e);
	if (!facts_read_customers(&f, s->db, &range, e))
		return false;
	bulk_take(s->bulk, &f, low, high);
	return add_facts(s->v, &f, e);
}

static bool build(struct step *s, struct err *e)
{
	int64_t low, high;

	for (;;) {
		s->n_customers = aim(s);
		if (!next_range(s, &low, &high, e))
			return false;
		if (high == 0)
			return true;
		if (!build_step(s, low, high, e))
			return false;
		s->after_id = high;
		arena_reset(s->arena);
	}
}

/* All customers: by scans of the tables where they are quicker. */
static bool build_all(struct step *s, struct err *e)
{
	bool pays, ok;

	if (!bulk_pays(s->db, s->v->entity_id, &pays, e))
		return false;
	if (pays && !bulk_read(s->db, s->v->entity_id, s->v->position, &s->bulk, e))
		return false;
	ok = build(s, e);
	bulk_free(s->bulk);
	s->bulk = NULL;
	return ok;
}

bool version_build_range(struct db *db, int64_t entity_id, int64_t low_id, int64_t high_id,
			 uint32_t position, struct book_version **ret, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = step_arena();
	struct book_version *v = version_new(entity_id, position);
	struct step s = {
		.v = v, .db = db, .arena = a, .after_id = low_id - 1, .high_id = high_id
	};

	if (!(low_id <= 1 && high_id == INT64_MAX ? build_all(&s, e) : build(&s, e))) {
		version_release(v);
		return err_while(e, "making the book");
	}
	*ret = v;
	return true;
}

bool version_build(struct db *db, int64_t entity_id, uint32_t position, struct book_version **ret,
		   struct err *e)
{
	return version_build_range(db, entity_id, 1, INT64_MAX, position, ret, e);
}

/* ---- following the log ------------------------------------------------------------------------- */

/* The chunk made anew: who is dirty is read from the rows, the others are taken as they are. Dirty ids that no
 * chunk has are new customers; they come with the chunk before them. */
static bool renew(struct book_version *v, struct db *db, struct arena *a, const struct chunk *c,
		  const int64_t *dirty, size_t n_dirty, struct err *e)
{
	struct book_facts f;
	uint32_t k = 0, n = c ? c->n.n_customers : 0;

	facts_init(&f, a);
	for (size_t d = 0; d < n_dirty; d++) {
		for (; k < n && chunk_customer_id(c, k) < dirty[d]; k++)
			facts_take(&f, c, k);
		if (k < n && chunk_customer_id(c, k) == dirty[d])
			k++;
		if (!facts_read(
			    &f, db,
			    &(struct facts_range){ v->entity_id, dirty[d], dirty[d], v->position },
			    e))
			return false;
	}
	for (; k < n; k++)
		facts_take(&f, c, k);
	return add_facts(v, &f, e);
}

/* Many of one chunk are read by their range, in one go. */
static bool renew_range(struct book_version *v, struct db *db, struct arena *a,
			const struct chunk *c, int64_t high, struct err *e)
{
	struct step s = { .v = v,
			  .db = db,
			  .arena = a,
			  .after_id = c ? chunk_customer_id(c, 0) - 1 : 0,
			  .high_id = high };

	return build(&s, e);
}

enum { MANY_DIRTY = 32 };

static bool follow(struct book_version *v, struct db *db, struct arena *a,
		   const struct book_version *before, const struct book_dirty *dirty, struct err *e)
{
	size_t d = 0, n_parts = before->n_parts;

	for (size_t i = 0; i < n_parts || (i == 0 && dirty->n > 0); i++) {
		const struct chunk *c = n_parts ? &before->part[i]->c : NULL;
		bool is_last = i + 1 >= n_parts;
		int64_t next = is_last ? INT64_MAX : chunk_customer_id(&before->part[i + 1]->c, 0);
		size_t from = d;
		bool ok;

		while (d < dirty->n && dirty->id[d] < next)
			d++;
		if (d == from) {
			version_add(v, part_keep(before->part[i]));
			continue;
		}
		ok = d - from > MANY_DIRTY &&
				     (i > 0 || !c || dirty->id[from] >= chunk_customer_id(c, 0))
			     ? renew_range(v, db, a, c, is_last ? next : next - 1, e)
			     : renew(v, db, a, c, dirty->id + from, d - from, e);
		arena_reset(a);
		if (!ok)
			return false;
	}
	return true;
}

bool version_follow(struct db *db, const struct book_version *before, uint32_t position,
		    const struct book_dirty *dirty, struct book_version **ret, struct err *e)
{
	struct arena *a;
	struct book_version *v;
	bool ok;

	if (dirty->is_all)
		return version_build(db, before->entity_id, position, ret, e);
	v = version_new(before->entity_id, position);
	a = step_arena();
	ok = follow(v, db, a, before, dirty, e);
	arena_free(a);
	if (!ok) {
		version_release(v);
		return err_while(e, "following the log");
	}
	v->totals = totals_follow(before, v);
	*ret = v;
	return true;
}
