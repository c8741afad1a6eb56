/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/verify_book.h"

#include "base/list.h"
#include "ledger/book_facts.h"
#include "ledger/book_shelf.h"

#include <stdlib.h>

struct checking {
	struct db *db;
	struct arena *arena; /* of the report */
	struct arena *step;
	const struct book_version *book;
	LIST_OF(struct verify_fault) faults;
	int n_found;
};

enum { FAULTS_MAX = 100 };

static void add_fault(struct checking *ck, const struct chunk *c, uint32_t k, const char *what)
{
	if (ck->n_found++ < FAULTS_MAX)
		*LIST_ADD(ck->arena, &ck->faults) = (struct verify_fault){
			.law = "book",
			.subject_kind = "customer",
			.subject_id = chunk_customer_id(c, k),
			.detail = arena_printf(ck->arena, "customer %s (%" PRId64 ") %s",
					       chunk_text(c, chunk_code(c, k)),
					       chunk_customer_id(c, k), what)
		};
}

/* A customer alone in a chunk: equal facts give equal bytes. */
static bool alone(struct checking *ck, const struct chunk *c, uint32_t k, void **ret, size_t *ret_n,
		  struct err *e)
{
	struct book_facts f;

	facts_init(&f, ck->step);
	facts_take(&f, c, k);
	if (!facts_sort(&f, e))
		return false;
	facts_build(&f, 0, 1, ret, ret_n);
	return true;
}

static bool compare_customer(struct checking *ck, const struct chunk *in_book, uint32_t k,
			     const struct chunk *in_rows, uint32_t j, struct err *e)
{
	void *x = NULL, *y = NULL;
	size_t n_x = 0, n_y = 0;
	bool ok = alone(ck, in_book, k, &x, &n_x, e) && alone(ck, in_rows, j, &y, &n_y, e);

	if (ok && (n_x != n_y || memcmp(x, y, n_x) != 0))
		add_fault(ck, in_book, k, "is not in the book as in the rows");
	free(x);
	free(y);
	arena_reset(ck->step);
	return ok;
}

/* The customers of a chunk of the book, and those of its range in the rows: both in order of id. */
static bool compare_part(struct checking *ck, const struct chunk *c,
			 const struct book_version *rows, struct err *e)
{
	uint32_t k = 0;

	for (size_t p = 0; p < rows->n_parts; p++) {
		const struct chunk *r = &rows->part[p]->c;

		for (uint32_t j = 0; j < r->n.n_customers; j++) {
			for (; k < c->n.n_customers &&
			       chunk_customer_id(c, k) < chunk_customer_id(r, j);
			     k++)
				add_fault(ck, c, k, "is in the book and not in the rows");
			if (k == c->n.n_customers ||
			    chunk_customer_id(c, k) > chunk_customer_id(r, j))
				add_fault(ck, r, j, "is in the rows and not in the book");
			else if (!compare_customer(ck, c, k++, r, j, e))
				return false;
		}
	}
	for (; k < c->n.n_customers; k++)
		add_fault(ck, c, k, "is in the book and not in the rows");
	return true;
}

static bool compare_all(struct checking *ck, struct err *e)
{
	const struct book_version *v = ck->book;
	static const struct chunk nobody;

	for (size_t p = 0; p < v->n_parts || p == 0; p++) {
		const struct chunk *c = v->n_parts ? &v->part[p]->c : &nobody;
		int64_t low = p == 0 ? 1 : chunk_customer_id(c, 0);
		int64_t high = p + 1 < v->n_parts ? chunk_customer_id(&v->part[p + 1]->c, 0) - 1
						  : INT64_MAX;
		struct book_version *rows;
		bool ok;

		if (!version_build_range(ck->db, v->entity_id, low, high, v->position, &rows, e))
			return false;
		ok = compare_part(ck, c, rows, e);
		version_release(rows);
		if (!ok)
			return false;
	}
	return true;
}

static bool check(struct checking *ck, int64_t entity_id, struct err *e)
{
	struct book_version *v = NULL;
	bool behind, ok;

	if (!shelf_hold(db_context(ck->db), ck->db, entity_id, NULL, &v, &behind, e))
		return false;
	ck->book = v;
	ck->step = arena_new(0);
	ok = compare_all(ck, e);
	arena_free(ck->step);
	version_release(v);
	return ok;
}

bool verify_book(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *report,
		 struct err *e)
{
	struct checking ck = { .db = db, .arena = a };
	bool ok;

	if (!db_context(db))
		return true;
	for (size_t i = 0; i < report->n_faults; i++)
		*LIST_ADD(a, &ck.faults) = report->faults[i];
	if (!db_begin_read(db, e))
		return false;
	ok = check(&ck, entity_id, e);
	db_rollback(db);
	if (!ok)
		return err_while(e, "comparing the book with the rows");
	report->faults = ck.faults.at;
	report->n_faults = ck.faults.n;
	return true;
}
