/* SPDX-License-Identifier: Apache-2.0 */
/* Back to the books after random histories: what was acknowledged is what the ledger holds. */
#include "books_world.h"

#include "format/parse.h"
#include "ledger/lettering_auto.h"
#include "ledger/lettering_store.h"
#include "ledger/verify_lettering.h"
#include "ledger/write_off.h"

#include <sys/mman.h>
#include <unistd.h>

/* ---- property ------------------------------------------------------------------------------------ */

enum { N_STEPS = 180, N_THINGS = 400 };

struct world {
	struct fixture *f;
	uint64_t seed;
	int64_t debit[N_THINGS], credit[N_THINGS], allocation[N_THINGS];
	size_t n_debits, n_credits, n_allocations;
	int64_t n_batches;
};

static uint64_t draw(struct world *w, uint64_t below)
{
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 7;
	w->seed ^= w->seed << 17;
	return w->seed % below;
}

static int64_t open_of(struct fixture *f, int64_t item_id)
{
	struct err e = { 0 };
	int64_t minor;

	store_ok(db_get_i64(f->db, "SELECT open_minor FROM item_balance WHERE item_id = $1",
			    DB_PARAMS(P_I64(item_id)), 0, &minor, &e),
		 e);
	return minor < 0 ? -minor : minor;
}

static void step_allocate(struct world *w)
{
	int64_t debit, credit, a, b;

	if (!w->n_debits || !w->n_credits || w->n_allocations == N_THINGS)
		return;
	debit = w->debit[draw(w, w->n_debits)];
	credit = w->credit[draw(w, w->n_credits)];
	a = open_of(w->f, debit);
	b = open_of(w->f, credit);
	if (a && b)
		w->allocation[w->n_allocations++] = allocate(w->f, debit, credit, a < b ? a : b);
}

static void step_undo(struct world *w)
{
	struct err e = { 0 };
	struct act a = { .f = w->f, .run = run_unallocate };

	if (w->n_allocations == 0)
		return;
	a.id = w->allocation[draw(w, w->n_allocations)];
	if (!db_tx(w->f->db, act_tx, &a, &e))
		assert_int_equal(e.code, ERR_CONFLICT); /* undone already */
}

static void step_reverse(struct world *w)
{
	struct err e = { 0 };
	struct act a = { .f = w->f, .run = run_reverse };

	if (w->n_credits == 0)
		return;
	a.id = w->credit[draw(w, w->n_credits)];
	if (!db_tx(w->f->db, act_tx, &a, &e))
		assert_int_equal(e.code, ERR_CONFLICT);
}

static void step_export(struct world *w)
{
	struct books_batch b = prepare(w->f);

	if (!b.id)
		return;
	w->n_batches = b.number;
	is_good_fec(file_of(w->f, b.number, BOOKS_FEC), &b);
}

static void step(struct world *w)
{
	int customer = (int)draw(w, N_CUSTOMERS);
	int64_t minor = 100 + (int64_t)draw(w, 5000);

	switch (draw(w, 9)) {
	case 0:
		if (w->n_debits < N_THINGS)
			w->debit[w->n_debits] =
				invoice(w->f, customer,
					arena_printf(w->f->arena, "FA%zu", w->n_debits), minor);
		w->n_debits += w->n_debits < N_THINGS;
		break;
	case 1:
		if (w->n_credits < N_THINGS)
			w->credit[w->n_credits] = receipt(w->f, customer, minor);
		w->n_credits += w->n_credits < N_THINGS;
		break;
	case 2:
	case 3:
		step_allocate(w);
		break;
	case 4:
		step_undo(w);
		break;
	case 5:
		step_reverse(w);
		break;
	case 6:
		step_export(w);
		break;
	case 7:
		if (w->n_batches)
			(void)acknowledge(w->f, 1 + (int64_t)draw(w, (uint64_t)w->n_batches));
		break;
	default:
		if (w->n_batches)
			(void)refuse(w->f, 1 + (int64_t)draw(w, (uint64_t)w->n_batches));
	}
}

/* Every fact stands in acknowledged batches once, or was taken back there; never more often, whatever the
 * moment. */
static void never_twice(struct fixture *f, uint64_t seed)
{
	if (store_i64(f->db,
		      "SELECT count(*) FROM (SELECT f.kind, f.fact_id FROM export_fact f"
		      " JOIN export_batch x ON x.id = f.batch_id WHERE x.state = 'acknowledged'"
		      " GROUP BY f.kind, f.fact_id HAVING sum(f.sign) NOT IN (0, 1)) t") ||
	    store_i64(f->db, "SELECT count(*) FROM (SELECT f.kind, f.fact_id FROM export_fact f"
			     " JOIN export_batch x ON x.id = f.batch_id WHERE x.state <> 'refused'"
			     " GROUP BY f.kind, f.fact_id HAVING sum(f.sign) NOT IN (0, 1)) t"))
		fail_msg("a fact is told twice (seed %" PRIu64 ")", seed);
}

/* Account by account, what the books were told is what is here. Money that pays another account's document
 * stands there: the receipts of an account less what they pay elsewhere. */
static void the_books_agree(struct fixture *f, uint64_t seed)
{
	for (int i = 0; i < N_CUSTOMERS; i++) {
		struct err e = { 0 };
		int64_t told = 0, here = 0, moved = 0;

		store_ok(db_get_i64(f->db,
				    "SELECT CAST(sum(l.debit_minor - l.credit_minor) AS BIGINT)"
				    " FROM export_line l JOIN export_batch x ON x.id = l.batch_id"
				    " WHERE x.state = 'acknowledged' AND l.customer_id = $1",
				    DB_PARAMS(P_I64(f->customer[i])), 0, &told, &e) &&
				 db_get_i64(f->db,
					    "SELECT CAST(sum(i.amount_minor) AS BIGINT) FROM item i"
					    " JOIN item_balance b ON b.item_id = i.id"
					    " WHERE i.customer_id = $1 AND i.kind = 'payment'",
					    DB_PARAMS(P_I64(f->customer[i])), 0, &here, &e) &&
				 db_get_i64(
					 f->db,
					 "SELECT CAST(sum(CASE WHEN k.customer_id = $1 THEN"
					 " l.amount_minor ELSE -l.amount_minor END) AS BIGINT)"
					 " FROM allocation l JOIN item d ON d.id = l.debit_item_id"
					 " JOIN item k ON k.id = l.credit_item_id"
					 " WHERE d.customer_id <> k.customer_id"
					 " AND (d.customer_id = $1 OR k.customer_id = $1)",
					 DB_PARAMS(P_I64(f->customer[i])), 0, &moved, &e),
			 e);
		if (told != here + moved)
			fail_msg("customer %d: %" PRId64 " told, %" PRId64 " here (seed %" PRIu64
				 ")",
				 i, told, here + moved, seed);
	}
}

/* The last code told of each item is the one it stands under. */
static void the_codes_agree(struct fixture *f, uint64_t seed)
{
	for (int i = 0; i < N_CUSTOMERS; i++) {
		struct lettering *list;
		struct err e = { 0 };
		size_t n;

		store_ok(lettering_list(f->db, f->arena, f->entity.id, f->customer[i], &list, &n,
					&e),
			 e);
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; j < list[k].n_items; j++) {
				char *code;
				store_ok(
					db_get_text(
						f->db, f->arena,
						"SELECT l.code FROM export_lettering l"
						" JOIN export_batch x ON x.id = l.batch_id"
						" WHERE l.item_id = $1 AND x.state = 'acknowledged'"
						" ORDER BY x.number DESC LIMIT 1",
						DB_PARAMS(P_I64(list[k].items[j].item_id)), &code,
						&e),
					e);
				if (!code)
					fail_msg("%s is lettered and the books were not told"
						 " (seed %" PRIu64 ")",
						 list[k].items[j].document, seed);
			}
	}
}

static void whatever_happens_the_books_end_up_as_the_ledger(void **state)
{
	struct fixture *f = *state;

	for (uint64_t seed = 1; seed <= 2; seed++) {
		struct world w = { .f = f, .seed = seed * UINT64_C(0x9E3779B97F4A7C15) };
		struct verify_report report = { 0 };
		struct err e = { 0 };

		w.n_batches = store_i64(f->db, "SELECT coalesce(max(number), 0) FROM export_batch");
		for (int i = 0; i < N_STEPS; i++) {
			step(&w);
			if (i % 20 == 0)
				never_twice(f, seed);
		}
		step_export(&w);
		for (int64_t number = 1; number <= w.n_batches; number++)
			(void)acknowledge(f, number);
		assert_int_equal(prepare(f).id, 0);
		never_twice(f, seed);
		the_books_agree(f, seed);
		the_codes_agree(f, seed);
		store_ok(verify_lettering(f->db, f->arena, f->entity.id, &report, &e), e);
		assert_int_equal(report.n_faults, 0);
		/* The next seed begins with documents of its own. */
		store_run(f->db, "UPDATE item SET document = document || '-' || id,"
				 " document_key = document_key || id");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whatever_happens_the_books_end_up_as_the_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
