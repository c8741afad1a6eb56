/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_scale INVOICES.csv YYYY-MM-DD FOLDER: the book of a very large portfolio, without the hour that its rows take.
 *
 * Reads the documents of gen_portfolio.py with the program's own reader, lays them out as the book's chunks (each
 * settled amount by a payment when it was due), writes the snapshot into FOLDER, forgets everything, and measures what a
 * process that starts has to do: mapping and checking the snapshot, ageing, the 100 worst customers. Of each part:
 * milliseconds by the clock and of the processor, medians of five.
 */
#include "base/clock.h"
#include "format/parse.h"
#include "ledger/book_facts.h"
#include "ledger/book_file.h"
#include "ledger/book_fold.h"
#include "ledger/book_totals.h"
#include "ledger/item.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5, DOCUMENT = 16, POSITION = 1, COLUMNS_MIN = 9 };

/* A line of the file; the names of its columns are the generator's. */
struct document {
	uint32_t customer;
	day_t issued_on, due_on, paid_on;
	int64_t amount_minor, open_minor;
	char number[DOCUMENT];
};

struct documents {
	struct document *at;
	size_t n, room;
	uint32_t n_customers;
	int64_t open_minor;
	size_t n_open;
	day_t as_of; /* what is settled was paid when it was due, at the latest on that day */
};

static struct err err;

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "book_scale: %s\n", err.msg);
	exit(1);
}

/* ---- reading ----------------------------------------------------------------------------------- */

static bool take_row(void *arg, const struct record *r, struct err *e)
{
	struct documents *d = arg;
	const struct csv_row *row = r->row;
	struct document *to;

	if (r->kind != RECORD_CSV_ROW)
		return true;
	if (d->n == d->room) {
		d->room = d->room ? d->room * 2 : 1 << 20;
		d->at = realloc(d->at, d->room * sizeof *d->at);
		ENSURE(d->at);
	}
	to = &d->at[d->n];
	*to = (struct document){ 0 };
	if (row->n < COLUMNS_MIN || !row->cell[0] || !row->cell[2] ||
	    strlen(row->cell[0]) >= DOCUMENT || !date_parse(row->cell[3], &to->issued_on, e) ||
	    !date_parse(row->cell[4], &to->due_on, e) ||
	    !value_amount(row->cell[5], NUMBER_POINT, "EUR", &to->amount_minor, e) ||
	    !value_amount(row->cell[8], NUMBER_POINT, "EUR", &to->open_minor, e))
		return err_while(e, "line %" PRId64, row->line);
	memcpy(to->number, row->cell[0], strlen(row->cell[0]) + 1);
	to->paid_on = to->due_on < d->as_of ? to->due_on : d->as_of;
	to->customer = (uint32_t)strtoul(row->cell[2] + 1, NULL, 10);
	if (to->customer >= d->n_customers)
		d->n_customers = to->customer + 1;
	d->open_minor += to->open_minor;
	d->n_open += to->open_minor != 0;
	d->n++;
	return true;
}

static void read_documents(const char *path, struct documents *ret)
{
	struct sink sink = { .arg = ret, .take = take_row };
	struct parse_options o = { .format = FORMAT_CSV, .name = path };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	const char *bytes;

	ENSURE(fd >= 0 && fstat(fd, &st) == 0);
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ENSURE(bytes != MAP_FAILED);
	must(parse_bytes(bytes, (size_t)st.st_size, &o, &sink, &err));
	munmap((void *)(uintptr_t)bytes, (size_t)st.st_size);
	close(fd);
}

/* The numbers of the documents, customer by customer. first[c] is where those of c begin. */
static uint32_t *by_customer(const struct documents *d, size_t **ret_first)
{
	size_t *first = calloc((size_t)d->n_customers + 2, sizeof *first);
	uint32_t *order = malloc(d->n * sizeof *order);

	ENSURE(first && order);
	for (size_t i = 0; i < d->n; i++)
		first[d->at[i].customer + 2]++;
	for (size_t c = 2; c < (size_t)d->n_customers + 2; c++)
		first[c] += first[c - 1];
	for (size_t i = 0; i < d->n; i++)
		order[first[d->at[i].customer + 1]++] = (uint32_t)i;
	*ret_first = first;
	return order;
}

/* ---- laying out -------------------------------------------------------------------------------- */

static struct fact_item *add_item(struct book_facts *f, const struct document *d, int64_t id,
				  enum item_kind kind, int64_t minor)
{
	struct fact_item *it = LIST_ADD(f->arena, &f->items);

	*it = (struct fact_item){ .id = id,
				  .customer_id = (int64_t)d->customer + 1,
				  .document = d->number,
				  .amount_minor = minor,
				  .issued_on = d->issued_on,
				  .due_on = d->due_on,
				  .effective = d->issued_on,
				  .known = POSITION,
				  .kind = (uint8_t)kind,
				  .due_source = DUE_FROM_ITEM_FILE,
				  .currency = "EUR" };
	return it;
}

static void add_entry(struct book_facts *f, const struct document *d, int64_t item_id,
		      int64_t minor)
{
	*LIST_ADD(f->arena, &f->entries) = (struct fact_entry){ .id = item_id,
								.item_id = item_id,
								.minor = minor,
								.lettering = "AAA",
								.effective = d->paid_on,
								.known = POSITION };
}

static void add_document(struct book_facts *f, const struct document *d, int64_t id)
{
	int64_t settled = d->amount_minor - d->open_minor;
	struct fact_item *payment;

	if (d->amount_minor == 0)
		return;
	add_item(f, d, id, d->amount_minor > 0 ? ITEM_INVOICE : ITEM_CREDIT_NOTE, d->amount_minor);
	if (settled == 0)
		return;
	payment = add_item(f, d, id + 1, settled > 0 ? ITEM_PAYMENT : ITEM_ADJUSTMENT, -settled);
	payment->issued_on = payment->effective = d->paid_on;
	add_entry(f, d, id, settled);
	add_entry(f, d, id + 1, -settled);
}

static void end_chunk(struct book_version *v, struct book_facts *f)
{
	void *bytes;
	size_t n;

	if (f->customers.n == 0)
		return;
	must(facts_sort(f, &err));
	facts_build(f, 0, f->customers.n, &bytes, &n);
	version_add(v, part_of_bytes(bytes, n));
	arena_reset(f->arena);
	facts_init(f, f->arena);
}

static struct book_version *lay_out(const struct documents *d)
{
	static const char *const segments[] = { "small", "middle", "large", "public" };
	size_t *first;
	uint32_t *order = by_customer(d, &first);
	struct book_version *v = version_new(1, POSITION);
	struct arena *a = arena_new(0);
	struct book_facts f;

	facts_init(&f, a);
	for (uint32_t c = 0; c < d->n_customers; c++) {
		char *code = arena_printf(a, "C%07u", c);

		*LIST_ADD(a, &f.customers) = (struct fact_customer){ .id = (int64_t)c + 1,
								     .code = code,
								     .name = code,
								     .kind = "b2b",
								     .segment = segments[c % 4],
								     .status = "active",
								     .limit_minor = CHUNK_NO_LIMIT,
								     .excluded_until = DAY_NONE,
								     .known = POSITION };
		for (size_t i = first[c]; i < first[c + 1]; i++)
			add_document(&f, &d->at[order[i]], 2 * (int64_t)order[i] + 1);
		if (f.items.n >= BOOK_CHUNK_ITEMS)
			end_chunk(v, &f);
	}
	end_chunk(v, &f);
	arena_free(a);
	free(first);
	free(order);
	return v;
}

/* ---- measuring --------------------------------------------------------------------------------- */

static double of(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct question {
	const char *path;
	day_t as_of;
	struct book_version *v;
	struct ageing_row row; /* the last answer */
	int64_t worst_minor;
};

static void open_file(struct question *q)
{
	unsigned char hash[BOOK_HASH];

	version_release(q->v);
	must(book_file_open(q->path, 1, &q->v, hash, &err));
}

static void count(struct question *q)
{
	totals_free(q->v->totals);
	q->v->totals = totals_make(q->v);
}

static void age_by(struct question *q, day_t as_of, enum ageing_key key)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)4 << 30);
	struct ageing_row *row;
	size_t n;

	must(fold_ageing_by(q->v, a, as_of, FACTS_ALL, &bounds, key, &row, &n, &err));
	ENSURE(n > 0);
	q->row = row[0];
}

static void age(struct question *q)
{
	age_by(q, q->as_of, AGEING_BY_CURRENCY);
}

static void age_segments(struct question *q)
{
	age_by(q, q->as_of, AGEING_BY_SEGMENT);
}

static void age_before(struct question *q)
{
	age_by(q, q->as_of - 90, AGEING_BY_CURRENCY);
}

static void age_kept(struct question *q)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)4 << 30);
	struct ageing_row *row;
	size_t n;

	must(fold_ageing(q->v, a, q->as_of, FACTS_ALL, &bounds, &row, &n, &err));
	ENSURE(n > 0);
	q->row = row[0];
}

static void worst(struct question *q)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)4 << 30);
	struct fold_debtor *debtor;
	size_t n;

	must(fold_worst(q->v, a, q->as_of, FACTS_ALL, "EUR", 100, &debtor, &n, &err));
	q->worst_minor = n ? debtor[0].late_minor : 0;
}

static void ask(const char *what, void (*question)(struct question *), struct question *q)
{
	double clock[RUNS], work[RUNS];

	for (int i = 0; i < RUNS; i++) {
		double begin = of(CLOCK_MONOTONIC), begin_work = of(CLOCK_PROCESS_CPUTIME_ID);
		question(q);
		clock[i] = of(CLOCK_MONOTONIC) - begin;
		work[i] = of(CLOCK_PROCESS_CPUTIME_ID) - begin_work;
	}
	qsort(clock, RUNS, sizeof *clock, ascending);
	qsort(work, RUNS, sizeof *work, ascending);
	printf("%-48s %10.2f ms %10.2f ms of processor\n", what, clock[RUNS / 2], work[RUNS / 2]);
	fflush(stdout);
}

static void tell_size(const struct question *q, const struct documents *d)
{
	const double million = (double)d->n / 1e6;
	size_t n_bytes = 0;

	for (size_t i = 0; i < q->v->n_parts; i++)
		n_bytes += q->v->part[i]->c.size;
	printf("%zu documents, %zu open; %zu customers, %zu items, %zu chunks, %.0f MB of columns:"
	       " %.1f MB per million documents\n",
	       d->n, d->n_open, q->v->n_customers, q->v->n_items, q->v->n_parts,
	       (double)n_bytes / 1e6, (double)n_bytes / 1e6 / million);
}

int main(int argc, char **argv)
{
	static const unsigned char hash[BOOK_HASH] = { 0 };
	struct question q = { 0 };
	struct documents d = { 0 };
	char path[BOOK_PATH];
	bool written = false;

	if (argc != 4 || !date_parse(argv[2], &q.as_of, NULL)) {
		fprintf(stderr, "usage: book_scale INVOICES.csv YYYY-MM-DD FOLDER\n");
		return 2;
	}
	d.as_of = q.as_of;
	read_documents(argv[1], &d);
	q.v = lay_out(&d);
	free(d.at);
	must(book_file_write(argv[3], q.v, POSITION, hash, &written, &err));
	ENSURE(written);
	tell_size(&q, &d);
	q.path = book_file_path(argv[3], 1, POSITION, path);
	ask("from the snapshot, every checksum and range checked", open_file, &q);
	ask("ageing by bucket, computed", age, &q);
	ENSURE(q.row.ageing.total_minor == d.open_minor);
	ask("totals of all days, made anew", count, &q);
	ask("ageing by bucket, of the totals kept", age_kept, &q);
	ENSURE(q.row.ageing.total_minor == d.open_minor);
	ask("ageing by segment", age_segments, &q);
	ask("ageing as of 90 days before", age_before, &q);
	ask("the 100 worst customers", worst, &q);
	printf("total %" PRId64 ", the worst owes %" PRId64 " late\n", d.open_minor, q.worst_minor);
	version_release(q.v);
	return 0;
}
