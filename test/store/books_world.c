/* SPDX-License-Identifier: Apache-2.0 */
#include "books_world.h"

#include "format/parse.h"
#include "ledger/lettering_auto.h"
#include "ledger/lettering_store.h"
#include "ledger/verify_lettering.h"
#include "ledger/write_off.h"

#include <sys/mman.h>
#include <unistd.h>

static bool seed_tx(struct db *db, void *arg, struct err *e)
{
	static const struct {
		const char *code, *name, *payer;
	} customers[N_CUSTOMERS] = { { "C1", "Menuiserie Dubourg", NULL },
				     { "C2", "Groupe Lenoir", NULL },
				     { "C3", "Lenoir Brest", "C2" } };
	struct fixture *f = arg;
	struct posting p;

	if (!posting_begin(&p, db, f->entity.id, "test.seeded", "entity", f->entity.id, "test",
			   "csv", NOW, "{}", e))
		return false;
	for (int i = 0; i < N_CUSTOMERS; i++)
		if (!db_new_id(db, &f->customer[i], e) ||
		    !db_exec(
			    db,
			    "INSERT INTO customer (id, entity_id, code, name, name_key, payer_code,"
			    " currency, source, event_id, recorded)"
			    " VALUES ($1, $2, $3, $4, $4, $5, 'EUR', 'test', $6, $7)",
			    DB_PARAMS(P_I64(f->customer[i]), P_I64(f->entity.id),
				      P_TEXT(customers[i].code), P_TEXT(customers[i].name),
				      P_TEXT(customers[i].payer), P_I64(p.event_id), P_I64(NOW)),
			    NULL, e))
			return false;
	return true;
}

int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->now = NOW;
	store_company(&f->db, &f->arena, &f->entity, seed_tx, f, NOW);
	*state = f;
	return 0;
}

int teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(f->arena);
	store_close(f->db);
	free(f);
	return 0;
}

/* ---- acts ---------------------------------------------------------------------------------------- */

bool act_tx(struct db *db, void *arg, struct err *e)
{
	struct act *a = arg;
	struct posting p;

	return posting_begin(&p, db, a->f->entity.id, "test.act", "entity", a->f->entity.id, "test",
			     "bank", ++a->f->now, "{}", e) &&
	       a->run(&p, a, e);
}

void act(struct act *a)
{
	struct err e = { 0 };

	store_ok(db_tx(a->f->db, act_tx, a, &e), e);
}

bool run_item(const struct posting *p, struct act *a, struct err *e)
{
	return post_item(p,
			 &(struct new_item){ .customer_id = a->customer_id,
					     .kind = a->kind,
					     .document = a->document,
					     .issued_on = today - 10,
					     .due_on = DAY_NONE,
					     .due_source = DUE_FROM_ITEM_FILE,
					     .amount_minor = a->minor,
					     .currency = "EUR",
					     .account = a->account,
					     .has_net = a->vat != 0,
					     .net_minor = a->net,
					     .vat_minor = a->vat,
					     .label = "VIR\tFACTURE\n12",
					     .is_booked = a->is_booked,
					     .bank_entry_id = a->bank_entry_id,
					     .effective = today - 10 },
			 &a->id, e);
}

int64_t invoice(struct fixture *f, int customer, const char *document, int64_t minor)
{
	struct act a = { .f = f,
			 .run = run_item,
			 .customer_id = f->customer[customer],
			 .kind = ITEM_INVOICE,
			 .document = document,
			 .minor = minor,
			 .account = "41100000",
			 .is_booked = true };

	act(&a);
	return a.id;
}

/* A receipt of the bank; negative: money that went back. */
int64_t receipt(struct fixture *f, int customer, int64_t minor)
{
	struct act a = { .f = f,
			 .run = run_item,
			 .customer_id = f->customer[customer],
			 .kind = ITEM_PAYMENT,
			 .document = arena_printf(f->arena, "B%04d", ++f->n_payments),
			 .minor = -minor,
			 .bank_entry_id = 5000 + f->n_payments };

	act(&a);
	return a.id;
}

static bool run_allocate(const struct posting *p, struct act *a, struct err *e)
{
	return post_allocation(p,
			       &(struct new_allocation){ .debit_item_id = a->debit,
							 .credit_item_id = a->credit,
							 .amount_minor = a->minor,
							 .rule = "reference",
							 .reason = "test",
							 .effective = today - 5 },
			       &a->id, e);
}

int64_t allocate(struct fixture *f, int64_t debit, int64_t credit, int64_t minor)
{
	struct act a = {
		.f = f, .run = run_allocate, .debit = debit, .credit = credit, .minor = minor
	};

	act(&a);
	return a.id;
}

bool run_unallocate(const struct posting *p, struct act *a, struct err *e)
{
	return post_unallocation(p, a->id, "test", e);
}

bool run_reverse(const struct posting *p, struct act *a, struct err *e)
{
	return post_item_reversal(p, a->id, "test", e);
}

void reverse(struct fixture *f, int64_t item_id)
{
	act(&(struct act){ .f = f, .run = run_reverse, .id = item_id });
}

/* ---- exports ------------------------------------------------------------------------------------- */

struct books_order order(struct fixture *f)
{
	return (struct books_order){ &f->entity, today, "test", ++f->now };
}

struct books_batch prepare(struct fixture *f)
{
	struct books_order o = order(f);
	struct books_batch b;
	struct err e = { 0 };

	store_ok(books_prepare(f->db, f->arena, &o, &b, &e), e);
	return b;
}

const char *file_of(struct fixture *f, int64_t number, enum books_format format)
{
	struct books_order o = order(f);
	struct books_file_bytes file;
	struct err e = { 0 };

	store_ok(books_fetch(f->db, f->arena, &o, number, format, &file, &e), e);
	return arena_strndup(f->arena, file.bytes, file.n);
}

bool acknowledge(struct fixture *f, int64_t number)
{
	struct books_order o = order(f);
	struct err e = { 0 };

	if (books_acknowledge(f->db, &o, number, "OD-7", &e))
		return true;
	assert_int_equal(e.code, ERR_CONFLICT);
	return false;
}

bool refuse(struct fixture *f, int64_t number)
{
	struct books_order o = order(f);
	struct err e = { 0 };

	if (books_refuse(f->db, &o, number, "period closed", &e))
		return true;
	assert_int_equal(e.code, ERR_CONFLICT);
	return false;
}

bool has_line(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* Reads the file as every accounting file is read; what the law asks must hold. */
struct reading {
	int64_t next[2]; /* entry number by journal */
	char last[2][24];
	int64_t issues, lines;
	struct parse_total total;
};

static bool read_line(void *arg, const struct record *r, struct err *e)
{
	struct reading *to = arg;

	(void)e;
	if (r->kind == RECORD_TOTAL)
		to->total = *r->total;
	if (r->kind == RECORD_ISSUE)
		to->issues++;
	if (r->kind != RECORD_FEC_LINE)
		return true;
	int at = str_eq(r->fec->journal, "BQ");
	if (!str_eq(to->last[at], r->fec->entry_number)) {
		snprintf(to->last[at], sizeof to->last[at], "%s", r->fec->entry_number);
		if (to->next[at])
			assert_int_equal(strtoll(r->fec->entry_number, NULL, 10), to->next[at] + 1);
		to->next[at] = strtoll(r->fec->entry_number, NULL, 10);
	}
	to->lines++;
	assert_true((r->fec->debit_minor == 0) != (r->fec->credit_minor == 0));
	assert_non_null(r->fec->piece_ref);
	assert_int_not_equal(r->fec->piece_on, DAY_NONE);
	assert_int_not_equal(r->fec->valid_on, DAY_NONE);
	assert_non_null(r->fec->label);
	assert_true(!r->fec->lettering == (r->fec->lettered_on == DAY_NONE));
	return true;
}

void is_good_fec(const char *text, const struct books_batch *b)
{
	struct reading r = { 0 };
	struct sink sink = { .arg = &r, .take = read_line };
	struct parse_options o = { .format = FORMAT_FEC, .name = "123456782FEC20261231.txt" };
	struct err e = { 0 };

	store_ok(parse_bytes(text, strlen(text), &o, &sink, &e), e);
	assert_int_equal(r.issues, 0);
	assert_int_equal(r.total.n_entries, b->n_entries);
	assert_int_equal(r.total.n_unbalanced_entries, 0);
	assert_int_equal(r.total.n_columns, 18);
	assert_int_equal(r.total.debit_minor, b->debit_minor);
	assert_int_equal(r.total.credit_minor, b->debit_minor);
}

struct import_report import(struct fixture *f, const char *text)
{
	struct import_job job = { .db = f->db,
				  .arena = f->arena,
				  .entity = &f->entity,
				  .actor = "test",
				  .now = ++f->now,
				  .today = today };
	struct import_report r;
	struct err e = { 0 };
	int fd = memfd_create("import", 0);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	store_ok(import_file(&job, fd, "123456782FEC20261231.txt", &r, &e), e);
	close(fd);
	return r;
}

/* What every item in force has open, and how it is lettered. */
const char *picture(struct fixture *f)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct err e = { 0 };
	bool more;
	struct buf b;

	buf_init(&b, f->arena);
	store_ok(db_query(f->db,
			  "SELECT i.document, i.kind, i.amount_minor, b.open_minor FROM item i"
			  " JOIN item_balance b ON b.item_id = i.id ORDER BY i.id",
			  DB_NO_PARAMS, &r, &e),
		 e);
	while (rows_next(r, &more, &e) && more)
		buf_printf(&b, "%s %s %" PRId64 " %" PRId64 "\n", row_text(r, 0), row_text(r, 1),
			   row_i64(r, 2), row_i64(r, 3));
	return buf_str(&b);
}
