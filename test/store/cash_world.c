/* SPDX-License-Identifier: Apache-2.0 */
#include "cash_world.h"

#include "base/text.h"
#include "db/event.h"

#include <sys/mman.h>
#include <unistd.h>

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", err_name(e->code), e->msg);
}

/* ---- a company ---- */

static bool begin_tx(struct db *db, void *arg, struct err *e)
{
	struct cash_world *w = arg;

	return event_add(db,
			 &(struct event){ .entity_id = w->entity.id,
					  .kind = "test.seeded",
					  .subject_kind = "entity",
					  .subject_id = w->entity.id,
					  .actor = "test",
					  .body = "{}",
					  .recorded = CASH_WORLD_NOW },
			 &w->event_id, e);
}

int cash_world_setup(void **state)
{
	struct cash_world *w = calloc(1, sizeof *w);
	struct err e = { 0 };
	bool created;

	store_open(&w->db);
	w->arena = arena_new(0);
	w->now = CASH_WORLD_NOW;
	must(entity_init(w->db, "Société Exemple", "FR", "EUR", w->now, &created, &e) &&
		     entity_get(w->db, w->arena, NULL, &w->entity, &e) &&
		     db_tx(w->db, begin_tx, w, &e),
	     &e);
	*state = w;
	return 0;
}

int cash_world_teardown(void **state)
{
	struct cash_world *w = *state;

	arena_free(w->arena);
	store_close(w->db);
	free(w);
	return 0;
}

static int64_t new_id(struct cash_world *w)
{
	struct err e = { 0 };
	int64_t id;

	must(db_new_id(w->db, &id, &e), &e);
	return id;
}

int64_t cash_world_entity(struct cash_world *w, const char *code, const char *name)
{
	int64_t id = new_id(w);
	struct err e = { 0 };

	must(db_exec(w->db, "INSERT INTO entity (id, code, name, recorded) VALUES ($1, $2, $3, 1)",
		     DB_PARAMS(P_I64(id), P_TEXT(code), P_TEXT(name)), NULL, &e),
	     &e);
	return id;
}

int64_t cash_world_customer(struct cash_world *w, int64_t entity_id, const char *code,
			    const char *name, const char *iban)
{
	int64_t id = new_id(w);
	struct err e = { 0 };

	must(db_exec(w->db,
		     "INSERT INTO customer (id, entity_id, code, name, name_key, iban, currency,"
		     " source, event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, 'EUR', 'test',"
		     " $7, $8)",
		     DB_PARAMS(P_I64(id), P_I64(entity_id), P_TEXT(code), P_TEXT(name),
			       P_TEXT(text_key(w->arena, name)), P_TEXT(iban), P_I64(w->event_id),
			       P_I64(CASH_WORLD_NOW)),
		     NULL, &e),
	     &e);
	return id;
}

struct seed {
	int64_t entity_id, item_id, now;
	struct new_item item;
};

static bool item_tx(struct db *db, void *arg, struct err *e)
{
	struct seed *s = arg;
	struct posting p;

	return posting_begin(&p, db, s->entity_id, "test.item", "entity", s->entity_id, "test",
			     "csv", s->now, "{}", e) &&
	       post_item(&p, &s->item, &s->item_id, e);
}

int64_t cash_world_item(struct cash_world *w, int64_t customer_id, const char *document,
			int64_t minor, day_t on)
{
	struct seed s = { .now = w->now++,
			  .item = { .customer_id = customer_id,
				    .kind = minor < 0 ? ITEM_CREDIT_NOTE : ITEM_INVOICE,
				    .document = document,
				    .issued_on = on,
				    .due_on = on + 30,
				    .due_source = DUE_FROM_ITEM_FILE,
				    .amount_minor = minor,
				    .currency = "EUR",
				    .effective = on } };
	struct err e = { 0 };

	must(db_get_i64(w->db, "SELECT entity_id FROM customer WHERE id = $1",
			DB_PARAMS(P_I64(customer_id)), 0, &s.entity_id, &e) &&
		     db_tx(w->db, item_tx, &s, &e),
	     &e);
	return s.item_id;
}

/* ---- receipts ---- */

/* One statement per company: it holds what the bank sends, without balances. */
static int64_t statement_of(struct cash_world *w, int64_t entity_id)
{
	int64_t id, account = new_id(w), import = new_id(w);
	struct err e = { 0 };

	must(db_get_i64(w->db, "SELECT id FROM statement WHERE entity_id = $1 AND reference = 'S'",
			DB_PARAMS(P_I64(entity_id)), 0, &id, &e),
	     &e);
	if (id)
		return id;
	id = new_id(w);
	must(db_exec(w->db,
		     "INSERT INTO bank_account (id, entity_id, iban, currency, recorded)"
		     " VALUES ($1, $2, 'FR7630082952718579124314064', 'EUR', 1)",
		     DB_PARAMS(P_I64(account), P_I64(entity_id)), NULL, &e) &&
		     db_exec(w->db,
			     "INSERT INTO import (id, entity_id, file_name, sha256, format, state,"
			     " actor, recorded) VALUES ($1, $2, 'x', $3, 'camt.053', 'applied',"
			     " 'test', 1)",
			     DB_PARAMS(P_I64(import), P_I64(entity_id),
				       P_TEXT(arena_printf(w->arena, "%" PRId64, import))),
			     NULL, &e) &&
		     db_exec(w->db,
			     "INSERT INTO statement (id, entity_id, bank_account_id, reference,"
			     " from_on, to_on, currency, is_balanced, import_id, event_id,"
			     " recorded) VALUES ($1, $2, $3, 'S', '2026-01-01', '2026-12-31',"
			     " 'EUR', 0, $4, $5, 1)",
			     DB_PARAMS(P_I64(id), P_I64(entity_id), P_I64(account), P_I64(import),
				       P_I64(w->event_id)),
			     NULL, &e),
	     &e);
	return id;
}

int64_t cash_world_entry(struct cash_world *w, int64_t entity_id, const struct cash_receipt *r)
{
	int64_t statement = statement_of(w, entity_id), id = new_id(w);
	struct err e = { 0 };

	must(db_exec(w->db,
		     "INSERT INTO statement_entry (id, entity_id, statement_id, seq, reference,"
		     " booked_on, value_on, amount_minor, currency, payer_name, payer_key,"
		     " payer_iban, remittance, event_id, recorded) SELECT $1, $2, $3,"
		     " COALESCE(MAX(seq), 0) + 1, $4, $5, $5, $6, 'EUR', $7, $8, $9, $10, $11, $12"
		     " FROM statement_entry WHERE statement_id = $3",
		     DB_PARAMS(P_I64(id), P_I64(entity_id), P_I64(statement), P_TEXT(r->reference),
			       P_DAY(r->on), P_I64(r->minor), P_TEXT(r->name),
			       P_TEXT(r->name ? text_key(w->arena, r->name) : NULL),
			       P_TEXT(r->iban), P_TEXT(r->text), P_I64(w->event_id), P_I64(w->now)),
		     NULL, &e),
	     &e);
	return id;
}

/* ---- acts ---- */

struct import_report cash_world_take(struct cash_world *w, const char *name, const char *bytes)
{
	struct bank_importer bank;
	struct import_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = w->now++,
				  .today = CASH_WORLD_DAY,
				  .bank = &bank };
	struct import_report report = { 0 };
	struct err e = { 0 };
	int fd = memfd_create(name, MFD_CLOEXEC);

	assert_true(fd >= 0 && write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes));
	statement_importer(w->arena, &bank);
	store_ok(import_file(&job, fd, name, &report, &e), e);
	close(fd);
	return report;
}

void cash_world_match(struct cash_world *w, int64_t entity_id, struct cash_match_report *ret)
{
	struct cash_match_options o = { .entity_id = entity_id,
					.date = CASH_WORLD_DAY + 90,
					.actor = "test",
					.now = w->now++ };
	struct err e = { 0 };

	must(cash_match(w->db, w->arena, &o, ret, &e), &e);
}

struct entry cash_world_get(struct cash_world *w, int64_t entry_id)
{
	struct entry ret = { 0 };
	struct err e = { 0 };
	int64_t entity_id;

	must(db_get_i64(w->db, "SELECT entity_id FROM statement_entry WHERE id = $1",
			DB_PARAMS(P_I64(entry_id)), 0, &entity_id, &e) &&
		     entry_get(w->db, w->arena, entity_id, entry_id, &ret, &e),
	     &e);
	return ret;
}

int64_t cash_world_open_of(struct cash_world *w, int64_t item_id)
{
	struct err e = { 0 };
	int64_t open = 0;

	must(db_get_i64(w->db, "SELECT open_minor FROM item_balance WHERE item_id = $1",
			DB_PARAMS(P_I64(item_id)), INT64_MIN, &open, &e),
	     &e);
	return open;
}

void cash_world_apply(struct cash_world *w, int64_t entry_id, const struct cash_line *lines,
		      size_t n)
{
	struct cash_decision d = { .entity_id = w->entity.id,
				   .entry_id = entry_id,
				   .lines = lines,
				   .n_lines = n,
				   .actor = "user:1",
				   .now = w->now++ };
	struct err e = { 0 };

	must(cash_apply(w->db, &d, &e), &e);
}

void cash_world_unapply(struct cash_world *w, int64_t entry_id)
{
	struct cash_decision d = {
		.entity_id = w->entity.id, .entry_id = entry_id, .actor = "user:1", .now = w->now++
	};
	struct err e = { 0 };

	must(cash_unapply(w->db, &d, &e), &e);
}

/* ---- laws ---- */

static struct verify_report verified(struct cash_world *w)
{
	struct verify_report report = { 0 };
	struct err e = { 0 };

	must(cash_verify(w->db, w->arena, w->entity.id, &report, &e), &e);
	return report;
}

void cash_world_clean(struct cash_world *w)
{
	struct verify_report r = verified(w);

	if (r.n_faults)
		fail_msg("%s: %s", r.faults[0].law, r.faults[0].detail);
}

bool cash_world_breaks(struct cash_world *w, const char *law)
{
	struct verify_report r = verified(w);

	for (size_t i = 0; i < r.n_faults; i++)
		if (strcmp(r.faults[i].law, law) == 0)
			return true;
	return false;
}
