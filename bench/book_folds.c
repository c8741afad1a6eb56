/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_folds.c - how fast the book is made, mapped, brought up to date and folded.
 *
 *	build/bench/book_folds FILE.db [DOCUMENTS]
 *
 * Makes the SQLite database first when it is not there: DOCUMENTS invoices (a million unless told) of a tenth as
 * many customers, of which 35 % are open and the others paid by one payment each. A database made otherwise is
 * measured as it is. Of each part: milliseconds by the clock, and of the processor.
 */
#include "base/clock.h"
#include "db/seal.h"
#include "ledger/book.h"
#include "ledger/book_change.h"
#include "ledger/book_file.h"
#include "ledger/book_fold.h"
#include "ledger/book_shelf.h"
#include "ledger/entity.h"
#include "ledger/post.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct err err;

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "book_folds: %s\n", err.msg);
	exit(1);
}

/* ---- the database ------------------------------------------------------------------------------ */

static uint64_t state = 88172645463325252u;

static size_t dice(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state % n);
}

struct filling {
	struct entity entity;
	size_t n_documents;
	day_t today;
	int64_t now;
};

static bool put_customers(struct db *db, const struct posting *p, int64_t first_id, size_t n)
{
	static const char *const segments[] = { "small", "middle", "large", "public" };
	struct db_copy *copy, *owners;
	char code[32], name[48], day[DATE_TEXT];

	date_format(date_of(2020, 1, 1), day);
	must(db_copy_begin(db, "customer",
			   "id, entity_id, code, name, name_key, segment, payment_means, currency,"
			   " source, event_id, recorded",
			   &copy, &err));
	must(db_copy_begin(db, "customer_owner",
			   "id, entity_id, customer_id, role, name, effective, event_id, recorded",
			   &owners, &err));
	for (size_t i = 0; i < n; i++) {
		int64_t id = first_id + (int64_t)i;
		snprintf(code, sizeof code, "C%07zu", i);
		snprintf(name, sizeof name, "Société Exemple %zu", dice(n));
		must(db_copy_row(copy,
				 DB_PARAMS(P_I64(id), P_I64(p->entity_id), P_TEXT(code),
					   P_TEXT(name), P_TEXT(name), P_TEXT(segments[dice(4)]),
					   P_TEXT("transfer"), P_TEXT("EUR"), P_TEXT("test"),
					   P_I64(p->event_id), P_I64(p->recorded)),
				 &err));
		snprintf(name, sizeof name, "Chargé %zu", dice(12));
		must(db_copy_row(owners,
				 DB_PARAMS(P_I64(id + (int64_t)n), P_I64(p->entity_id), P_I64(id),
					   P_TEXT("collector"), P_TEXT(name), P_TEXT(day),
					   P_I64(p->event_id), P_I64(p->recorded)),
				 &err));
	}
	must(db_copy_end(copy, &err) && db_copy_end(owners, &err));
	return true;
}

static void put_item(struct db_copy *copy, struct db_copy *balances, const struct posting *p,
		     int64_t id, int64_t customer, const char *kind, const char *document, day_t on,
		     int64_t minor, int64_t open)
{
	char issued[DATE_TEXT], due[DATE_TEXT];

	date_format(on, issued);
	date_format(on + 30 + (day_t)dice(31), due);
	must(db_copy_row(copy,
			 DB_PARAMS(P_I64(id), P_I64(p->entity_id), P_I64(customer), P_TEXT(kind),
				   P_TEXT(document), P_TEXT(document), P_I64(date_civil(on).year),
				   P_I64(1), P_TEXT(issued), P_TEXT(due), P_I64(1), P_I64(minor),
				   P_TEXT("EUR"), P_TEXT(issued), P_TEXT("test"), P_TEXT("test"),
				   P_I64(p->event_id), P_I64(p->recorded)),
			 &err));
	must(db_copy_row(balances, DB_PARAMS(P_I64(id), P_I64(customer), P_I64(open)), &err));
}

static void put_documents(struct db *db, const struct posting *p, const struct filling *f,
			  int64_t first_customer, size_t n_customers, int64_t id)
{
	struct db_copy *items, *balances, *allocations;
	char document[32], day[DATE_TEXT];

	must(db_copy_begin(db, "item",
			   "id, entity_id, customer_id, kind, document, document_key, issue_year,"
			   " ordinal, issued_on, due_on, due_source, amount_minor, currency,"
			   " effective, source, actor, event_id, recorded",
			   &items, &err));
	must(db_copy_begin(db, "item_balance", "item_id, customer_id, open_minor", &balances,
			   &err));
	must(db_copy_begin(db, "allocation",
			   "id, entity_id, customer_id, debit_item_id, credit_item_id,"
			   " amount_minor, currency, lettering, rule, reason, effective, source,"
			   " actor, event_id, recorded",
			   &allocations, &err));
	for (size_t i = 0; i < f->n_documents; i++, id += 3) {
		int64_t customer = first_customer + (int64_t)dice(n_customers);
		int64_t minor = 1000 + (int64_t)dice(500000);
		day_t on = f->today - (day_t)dice(700);
		bool is_open = dice(100) < 35;
		snprintf(document, sizeof document, "FA%zu", i);
		put_item(items, balances, p, id, customer, "invoice", document, on, minor,
			 is_open ? minor : 0);
		if (is_open)
			continue;
		on += (day_t)dice(60);
		on = on > f->today ? f->today : on;
		snprintf(document, sizeof document, "VI%zu", i);
		put_item(items, balances, p, id + 1, customer, "payment", document, on, -minor, 0);
		date_format(on, day);
		must(db_copy_row(allocations,
				 DB_PARAMS(P_I64(id + 2), P_I64(p->entity_id), P_I64(customer),
					   P_I64(id), P_I64(id + 1), P_I64(minor), P_TEXT("EUR"),
					   P_TEXT("AA"), P_TEXT("test"), P_TEXT("test"),
					   P_TEXT(day), P_TEXT("test"), P_TEXT("test"),
					   P_I64(p->event_id), P_I64(p->recorded)),
				 &err));
	}
	must(db_copy_end(items, &err) && db_copy_end(balances, &err) &&
	     db_copy_end(allocations, &err));
}

static void fill(struct db *db, struct filling *f)
{
	size_t n_customers = f->n_documents / 10 + 1;
	const int64_t first_customer = 100000000, first_item = 200000000;
	struct posting p;

	must(db_begin_bulk(db, "item", &err));
	must(posting_begin(&p, db, f->entity.id, "import.applied", "import", 0, "test", "test",
			   f->now, "{}", &err));
	must(db_indexes_defer(db, "item", &err) && db_indexes_defer(db, "item_balance", &err) &&
	     db_indexes_defer(db, "allocation", &err));
	put_customers(db, &p, first_customer, n_customers);
	put_documents(db, &p, f, first_customer, n_customers, first_item);
	must(book_touch(db, f->entity.id, p.event_id, 0, &err));
	must(db_indexes_build(db, &err) && db_commit(db, &err));
}

/* ---- measuring --------------------------------------------------------------------------------- */

static int64_t begun;
static double begun_work;

/* Milliseconds of the processor. */
static double worked(void)
{
	struct timespec t;

	ENSURE(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void start(void)
{
	begun = clock_now();
	begun_work = worked();
}

static void tell(const char *what)
{
	double work = worked() - begun_work;

	printf("%-52s %10.2f ms %10.2f ms\n", what, (double)(clock_now() - begun) / 1000, work);
	fflush(stdout);
}

/* Resident memory of this process that is no file's, in MB. */
static double memory_mb(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[200];
	long kb = 0;

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "RssAnon: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return (double)kb / 1024;
}

static struct book_version *hold(struct book_shelf *s, struct db *db, int64_t entity_id)
{
	struct book_version *v;
	bool behind;

	must(shelf_hold(s, db, entity_id, NULL, &v, &behind, &err));
	return v;
}

static void measure_folds(struct book_version *v, day_t today)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)8 << 30);
	struct fold_debtor *worst;
	struct ageing_row *row;
	size_t n;

	start();
	must(fold_ageing_by(v, a, today, UINT32_MAX - 1, &bounds, AGEING_BY_CURRENCY, &row, &n,
			    &err));
	tell("ageing today, computed");
	if (n)
		printf("    total %" PRId64 " %s, overdue %" PRId64 "\n", row[0].ageing.total_minor,
		       row[0].currency, row[0].ageing.overdue_minor);
	start();
	must(fold_ageing(v, a, today, UINT32_MAX - 1, &bounds, &row, &n, &err));
	tell("ageing today, kept");
	start();
	must(fold_ageing_by(v, a, today, UINT32_MAX - 1, &bounds, AGEING_BY_SEGMENT, &row, &n,
			    &err));
	tell("ageing by segment");
	start();
	must(fold_ageing_by(v, a, today, UINT32_MAX - 1, &bounds, AGEING_BY_COLLECTOR, &row, &n,
			    &err));
	tell("ageing by collector");
	start();
	must(fold_worst(v, a, today, UINT32_MAX - 1, "EUR", 100, &worst, &n, &err));
	tell("the 100 worst debtors");
	start();
	must(fold_ageing_by(v, a, today - 90, UINT32_MAX - 1, &bounds, AGEING_BY_CURRENCY, &row, &n,
			    &err));
	tell("ageing as of 90 days ago");
}

static bool change_tx(struct db *db, void *arg, struct err *e)
{
	const struct filling *f = arg;
	struct posting p;
	struct new_item it = { .document = "BENCH",
			       .kind = ITEM_INVOICE,
			       .issued_on = f->today,
			       .due_on = f->today + 30,
			       .amount_minor = 12345,
			       .currency = "EUR",
			       .effective = f->today };

	return db_get_i64(db, "SELECT id FROM customer ORDER BY id DESC LIMIT 1 OFFSET $1",
			  DB_PARAMS(P_I64((int64_t)dice(1000))), 0, &it.customer_id, e) &&
	       posting_begin(&p, db, f->entity.id, "item.posted", "item", 0, "test", "test", f->now,
			     "{}", e) &&
	       post_item(&p, &it, NULL, e);
}

static void measure(struct db *db, struct filling *f, const char *path)
{
	struct db *reader;
	struct book_shelf *s = shelf_new(db_url(db), true);
	struct book_version *v;
	double before = memory_mb();
	size_t n_bytes = 0;

	must(db_open(db_url(db), &reader, &err));
	(void)path;
	start();
	v = hold(s, reader, f->entity.id);
	tell("the book, from the snapshot or else from the rows");
	for (size_t i = 0; i < v->n_parts; i++)
		n_bytes += v->part[i]->c.size;
	printf("    %zu customers, %zu items (%zu open), %zu chunks, %.0f MB of columns, %.0f MB"
	       " of own memory\n",
	       v->n_customers, v->n_items, v->n_hot, v->n_parts, (double)n_bytes / 1e6,
	       memory_mb() - before);
	measure_folds(v, f->today);
	printf("    once more, when the pages are there\n");
	measure_folds(v, f->today);
	version_release(v);
	for (int i = 0; i < 5; i++) {
		must(db_tx(db, change_tx, f, &err));
		start();
		v = hold(s, reader, f->entity.id);
		tell("following one commit");
		version_release(v);
	}
	start();
	version_release(hold(s, reader, f->entity.id));
	tell("nothing new");
	start();
	must(shelf_write(s, reader, f->entity.id, &err));
	tell("writing the snapshot");
	db_close(reader);
	shelf_free(s);
}

static void measure_view(struct db *db, struct filling *f)
{
	struct book_shelf *s = shelf_new(db_url(db), false);
	struct arena *a = arena_new((size_t)8 << 30);
	struct book *b;

	db_set_context(db, s);
	start();
	must(book_load(db, a, &(struct book_query){ .entity_id = f->entity.id, .as_of = f->today },
		       &b, &err));
	tell("mapped anew, and laid out as of today (book_load)");
	start();
	must(book_load(db, a, &(struct book_query){ .entity_id = f->entity.id, .as_of = f->today },
		       &b, &err));
	tell("the same again");
	printf("    %zu items, %.0f MB of own memory in all\n", b->n_items, memory_mb());
	start();
	must(book_load(db, a,
		       &(struct book_query){ .entity_id = f->entity.id,
					     .as_of = f->today,
					     .with_settled = true,
					     .only_customer = b->customer[b->n_customers / 2].id },
		       &b, &err));
	tell("one customer with what is settled");
	arena_free(a);
	db_set_context(db, NULL);
	shelf_free(s);
}

int main(int argc, char **argv)
{
	struct filling f = { .n_documents = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000,
			     .today = date_of(2026, 11, 22),
			     .now = clock_now() };
	struct arena *a = arena_new(1 << 20);
	struct db *db;
	char url[4096];
	bool created;

	if (argc < 2 || sodium_init() < 0) {
		fprintf(stderr, "book_folds FILE.db [DOCUMENTS]\n");
		return 2;
	}
	snprintf(url, sizeof url, "sqlite:%s", argv[1]);
	created = access(argv[1], F_OK) != 0;
	must(db_open(url, &db, &err) && db_migrate(db, NULL, &err));
	if (created) {
		bool first;
		must(entity_init(db, "Société Exemple", "FR", "EUR", f.now, &first, &err) &&
		     entity_get(db, a, NULL, &f.entity, &err));
		start();
		fill(db, &f);
		tell("filling the database");
	}
	must(entity_get(db, a, NULL, &f.entity, &err));
	measure(db, &f, argv[1]);
	measure_view(db, &f);
	db_close(db);
	arena_free(a);
	return 0;
}
