/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_rate DATABASE AS-OF: what the book costs a process that begins, and what its folds cost then. Writes into the
 * database once (a payment of a cent and its undoing), to see how long the book takes to follow. Prints one JSON
 * object: seconds of processor (clock: begin_clock, follow_clock), medians of five.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "ledger/ageing.h"
#include "ledger/book_shelf.h"
#include "ledger/entity.h"
#include "ledger/post.h"

enum { RUNS = 5, WORST = 100 };

struct bench {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	day_t as_of;
	struct ageing_bounds bounds;
	struct err err;
};

static double of(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double worked(void)
{
	return of(CLOCK_PROCESS_CPUTIME_ID);
}

static void need(bool ok, const struct bench *b)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", b->err.msg);
	exit(1);
}

static struct book *load(struct bench *b)
{
	struct book *book = NULL;

	need(book_load(b->db, b->arena,
		       &(struct book_query){ .entity_id = b->entity.id, .as_of = b->as_of }, &book,
		       &b->err),
	     b);
	return book;
}

static int currency_of(const struct book *book, const char *code)
{
	for (size_t i = 0; i < book->n_currencies; i++)
		if (strcmp(book->currency[i], code) == 0)
			return (int)i;
	return 0;
}

static void age(struct bench *b, const struct book *book, struct ageing *ret)
{
	need(ageing_of_customer(book, &b->bounds, SIZE_MAX, currency_of(book, b->entity.currency),
				ret, &b->err),
	     b);
}

static int worst_first(const void *a, const void *b)
{
	const struct ageing *x = a, *y = b;

	return (x->overdue_minor < y->overdue_minor) - (x->overdue_minor > y->overdue_minor);
}

/* The 100 with most overdue: each customer folded, the best kept. */
static int64_t worst(struct bench *b, const struct book *book)
{
	static struct ageing best[2 * WORST];
	int currency = currency_of(book, b->entity.currency);
	size_t n = 0;

	for (size_t c = 0; c < book->n_customers; c++) {
		struct ageing a;
		if (book->customer[c].n_items == 0)
			continue;
		need(ageing_of_customer(book, &b->bounds, c, currency, &a, &b->err), b);
		if (n >= WORST && a.overdue_minor <= best[WORST - 1].overdue_minor)
			continue;
		best[n++] = a;
		if (n == 2 * WORST) {
			qsort(best, n, sizeof *best, worst_first);
			n = WORST;
		} else if (n == WORST) {
			qsort(best, n, sizeof *best, worst_first);
		}
	}
	qsort(best, n, sizeof *best, worst_first);
	return n ? best[0].overdue_minor : 0;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *t)
{
	qsort(t, RUNS, sizeof *t, ascending);
	return t[RUNS / 2];
}

struct change {
	struct bench *bench;
	int64_t customer_id, item_id;
};

static bool add_item(struct db *db, void *arg, struct err *e)
{
	struct change *c = arg;
	struct bench *b = c->bench;
	struct posting p;
	struct new_item it = { .customer_id = c->customer_id,
			       .kind = ITEM_PAYMENT,
			       .document = "BENCH-1",
			       .issued_on = b->as_of,
			       .due_on = b->as_of,
			       .due_source = DUE_FROM_ITEM_FILE,
			       .amount_minor = -1,
			       .effective = b->as_of };

	memcpy(it.currency, b->entity.currency, sizeof it.currency);
	return posting_begin(&p, db, b->entity.id, "item.added", "item", 0, "bench", "user",
			     clock_now(), "{}", e) &&
	       post_item(&p, &it, &c->item_id, e);
}

static bool take_back(struct db *db, void *arg, struct err *e)
{
	struct change *c = arg;
	struct posting p;

	return posting_begin(&p, db, c->bench->entity.id, "item.reversed", "item", c->item_id,
			     "bench", "user", clock_now(), "{}", e) &&
	       post_item_reversal(&p, c->item_id, "measured", e);
}

/* Each commit, then the book that knows it. */
static void follow(struct bench *b, int64_t customer_id, double *ret_cpu, double *ret_clock)
{
	double cpu[RUNS], clock[RUNS];

	for (int i = 0; i < RUNS; i++) {
		struct change c = { .bench = b, .customer_id = customer_id };
		int64_t before = load(b)->position, after;
		need(db_tx(b->db, add_item, &c, &b->err), b);
		cpu[i] = worked();
		clock[i] = of(CLOCK_MONOTONIC);
		after = load(b)->position;
		cpu[i] = worked() - cpu[i];
		clock[i] = of(CLOCK_MONOTONIC) - clock[i];
		ENSURE(after > before);
		need(db_tx(b->db, take_back, &c, &b->err), b);
	}
	*ret_cpu = median(cpu);
	*ret_clock = median(clock);
}

/* Memory of this process alone, and all that it sees, in MiB. */
static void memory(double *ret_own, double *ret_all)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long all = 0, resident = 0, shared = 0;

	if (f && fscanf(f, "%ld %ld %ld", &all, &resident, &shared) != 3)
		resident = shared = 0;
	if (f)
		fclose(f);
	*ret_own = (double)(resident - shared) * 4096 / 1048576;
	*ret_all = (double)resident * 4096 / 1048576;
}

int main(int argc, char **argv)
{
	struct bench b = { .arena = arena_new((size_t)16 << 30),
			   .bounds = ageing_default_bounds() };
	double begin, begin_clock, own, all, t[RUNS], keep[RUNS], w[RUNS], follow_cpu, follow_clock;
	int64_t most = 0;
	struct ageing a = { 0 };
	struct book_shelf *shelf;
	struct book *book;

	if (argc != 3)
		return 2;
	need(date_parse(argv[2], &b.as_of, &b.err) && db_open(argv[1], &b.db, &b.err) &&
		     entity_get(b.db, b.arena, NULL, &b.entity, &b.err),
	     &b);
	shelf = shelf_new(argv[1], false);
	db_set_context(b.db, shelf);
	begin = worked();
	begin_clock = of(CLOCK_MONOTONIC);
	book = load(&b);
	age(&b, book, &a);
	begin = worked() - begin;
	begin_clock = of(CLOCK_MONOTONIC) - begin_clock;
	memory(&own, &all);
	for (int i = 0; i < RUNS; i++) {
		t[i] = worked();
		age(&b, book, &a);
		t[i] = worked() - t[i];
		keep[i] = worked();
		age(&b, load(&b), &a);
		keep[i] = worked() - keep[i];
		w[i] = worked();
		most = worst(&b, book);
		w[i] = worked() - w[i];
	}
	follow(&b, book->customer[0].id, &follow_cpu, &follow_clock);
	printf("{\"items\":%zu,\"begin\":%.4f,\"begin_clock\":%.4f,\"age\":%.5f,\"asked_again\":%."
	       "5f,"
	       "\"worst\":%.5f,\"follow\":%.5f,\"follow_clock\":%.5f,\"mib_own\":%.1f,\"mib\":%.1f,"
	       "\"buckets\":[",
	       book->n_items, begin, begin_clock, median(t), median(keep), median(w), follow_cpu,
	       follow_clock, own, all);
	for (int i = 0; i < a.n_buckets; i++)
		printf("%s%" PRId64, i ? "," : "", a.bucket[i].amount_minor);
	printf("],\"most\":%" PRId64 "}\n", most);
	arena_free(b.arena);
	db_close(b.db);
	shelf_free(shelf);
	return 0;
}
