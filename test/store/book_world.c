/* SPDX-License-Identifier: Apache-2.0 */
#include "book_world.h"

size_t dice(struct world *w, size_t n)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return n ? (size_t)(w->random % n) : 0;
}

/* ---- a random business ------------------------------------------------------------------------- */

static bool begin_post(struct world *w, struct db *db, const char *kind, const char *subject,
		       int64_t id, struct posting *p, struct err *e)
{
	return posting_begin(p, db, w->entity.id, kind, subject, id, "user:1", "test", w->now, "{}",
			     e);
}

static bool add_customer(struct world *w, struct db *db, struct err *e)
{
	static const char *const segments[] = { NULL, "", "small", "large" };
	char code[32];
	struct posting p;
	int64_t id;

	/* Codes do not come in order of their ids. */
	snprintf(code, sizeof code, "C%04zu", dice(w, 9000) * 10 + w->n_customers % 10);
	return db_new_id(db, &id, e) && begin_post(w, db, "customer.made", "customer", id, &p, e) &&
	       db_exec(db,
		       "INSERT INTO customer (id, entity_id, code, name, name_key, segment,"
		       " credit_limit_minor, currency, source, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $4, $5, $6, 'EUR', 'test', $7, $8)",
		       DB_PARAMS(P_I64(id), P_I64(w->entity.id), P_TEXT(code),
				 P_TEXT("Société Éàü"), P_TEXT(segments[dice(w, 4)]),
				 dice(w, 2) ? P_I64((int64_t)dice(w, 100000)) : P_NULL,
				 P_I64(p.event_id), P_I64(w->now)),
		       NULL, e) &&
	       ((w->customer[w->n_customers++] = id), true);
}

bool add_item(struct world *w, struct db *db, struct err *e)
{
	static const char *const currencies[] = { "EUR", "EUR", "EUR", "USD" };
	bool is_debit = dice(w, 5) < 3;
	struct new_item it = { .customer_id = w->customer[dice(w, w->n_customers)],
			       .kind = is_debit ? ITEM_INVOICE : ITEM_PAYMENT,
			       .due_source = DUE_FROM_ITEM_FILE };
	struct posting p;
	char document[32];

	snprintf(document, sizeof document, "D%zu", dice(w, 100000));
	it.document = document;
	it.amount_minor = (int64_t)(1 + dice(w, 5000)) * (is_debit ? 1 : -1);
	it.effective = w->today + (day_t)dice(w, 12) - 9; /* some late, some in the future */
	it.issued_on = it.effective;
	it.due_on = it.issued_on + (day_t)dice(w, 60);
	memcpy(it.currency, currencies[dice(w, 4)], 4);
	return begin_post(w, db, "item.posted", "item", 0, &p, e) &&
	       post_item(&p, &it, &w->item[w->n_items], e) && (w->n_items++, true);
}

/* Refusals of the ledger are part of the business: nothing is written then. */
static bool apply(struct world *w, struct db *db, struct err *e)
{
	struct new_allocation al = { .debit_item_id = w->item[dice(w, w->n_items)],
				     .credit_item_id = w->item[dice(w, w->n_items)],
				     .amount_minor = (int64_t)(1 + dice(w, 3000)),
				     .lettering = dice(w, 2) ? "AB" : NULL,
				     .rule = "test",
				     .reason = "test",
				     .effective = w->today + (day_t)dice(w, 8) - 5 };
	struct posting p;

	return begin_post(w, db, "cash.applied", "item", 0, &p, e) &&
	       post_allocation(&p, &al, NULL, e);
}

static bool unapply(struct world *w, struct db *db, struct err *e)
{
	struct posting p;
	int64_t id;

	return db_get_i64(db, "SELECT id FROM allocation ORDER BY id DESC LIMIT 1 OFFSET $1",
			  DB_PARAMS(P_I64((int64_t)dice(w, 6))), 0, &id, e) &&
	       begin_post(w, db, "cash.unapplied", "allocation", id, &p, e) &&
	       post_unallocation(&p, id, "test", e);
}

static bool reverse(struct world *w, struct db *db, struct err *e)
{
	int64_t id = w->item[dice(w, w->n_items)];
	struct posting p;

	return begin_post(w, db, "item.reversed", "item", id, &p, e) &&
	       post_item_reversal(&p, id, "test", e);
}

static bool change(struct world *w, struct db *db, struct err *e)
{
	int64_t id = w->item[dice(w, w->n_items)];
	char day[DATE_TEXT];
	struct posting p;

	date_format(w->today + (day_t)dice(w, 80) - 20, day);
	return begin_post(w, db, "item.changed", "item", id, &p, e) &&
	       post_item_change(&p, id, dice(w, 3) ? "due_on" : "effective", day, e);
}

static bool own(struct world *w, struct db *db, struct err *e)
{
	static const char *const roles[] = { "collector", "salesperson", "branch_manager",
					     "buyer" };
	static const char *const names[] = { "Alice", "Benoît", "Chloé" };
	struct customer_owner o = { .role = roles[dice(w, 4)],
				    .user_id = 1 + (int64_t)dice(w, 3),
				    .name = names[dice(w, 3)],
				    .effective = w->today + (day_t)dice(w, 8) - 4 };

	return customer_owner_set(db, w->entity.id, w->customer[dice(w, w->n_customers)], &o,
				  "user:1", w->now, e);
}

static bool edit(struct world *w, struct db *db, struct err *e)
{
	struct customer c;

	if (!customer_get_by_id(db, w->arena, w->entity.id, w->customer[dice(w, w->n_customers)],
				&c, e))
		return false;
	c.segment = dice(w, 2) ? "large" : NULL;
	c.excluded_until = dice(w, 2) ? w->today + 5 : DAY_NONE;
	return customer_update(db, &c, "user:1", w->now, e);
}

/* A payment turns out to be paper, or is no more, or otherwise. */
static bool put_at_risk(struct world *w, struct db *db, struct err *e)
{
	int64_t id = w->item[dice(w, w->n_items)];
	day_t from = w->today + (day_t)dice(w, 12) - 9;
	struct paper_span span[2] = {
		{ (enum paper_kind)dice(w, PAPER_KINDS), from, from + (day_t)dice(w, 15) },
		{ (enum paper_kind)dice(w, PAPER_KINDS), 0, DAY_NONE },
	};
	struct posting p;

	span[1].from_on = span[0].until_on + 1;
	if (dice(w, 2))
		span[1].until_on = span[1].from_on + (day_t)dice(w, 20);
	return begin_post(w, db, "deposit.made", "item", id, &p, e) &&
	       paper_set(db, w->entity.id, id, span, dice(w, 3), p.event_id, w->now, e);
}

bool act_tx(struct db *db, void *arg, struct err *e)
{
	const struct act *a = arg;
	struct world *w = a->w;

	switch (a->kind) {
	case 0:
	case 1:
	case 2:
		return add_item(w, db, e);
	case 3:
	case 4:
	case 5:
		return apply(w, db, e);
	case 6:
		return unapply(w, db, e);
	case 7:
		return reverse(w, db, e);
	case 8:
		return change(w, db, e);
	case 9:
		return own(w, db, e);
	case 10:
		return edit(w, db, e);
	case 13:
		return put_at_risk(w, db, e);
	default:
		return add_customer(w, db, e);
	}
}

static void argue(struct world *w)
{
	struct new_dispute d = { .item_id = w->item[dice(w, w->n_items)],
				 .amount_minor = (int64_t)dice(w, 500),
				 .reason = "price",
				 .opened_on = w->today - (day_t)dice(w, 5),
				 .answer_by = DAY_NONE };
	struct err e = { 0 };
	int64_t id;

	if (dice(w, 2)) {
		(void)!dispute_open(w->db, w->entity.id, &d, "user:1", w->now, NULL, &e);
		return;
	}
	if (db_get_i64(w->db, "SELECT max(id) FROM dispute", DB_NO_PARAMS, 0, &id, &e) && id)
		(void)!dispute_close(w->db, w->entity.id, id, "settled",
				     w->today + (day_t)dice(w, 3) - 1, "user:1", w->now, &e);
}

void live(struct world *w)
{
	struct act a = { w, (int)dice(w, 14) };
	size_t n_items = w->n_items, n_customers = w->n_customers;
	struct err e = { 0 };

	if (dice(w, 6) == 0)
		w->today++;
	/* Moments that come twice, and one that goes back: positions decide. */
	w->now += (int64_t)dice(w, 3) - (dice(w, 20) == 0 ? 3 : 0);
	if (a.kind == 12) {
		argue(w);
		return;
	}
	if (!db_tx(w->db, act_tx, &a, &e)) {
		if (e.code != ERR_CONFLICT && e.code != ERR_INVALID && e.code != ERR_NOT_FOUND)
			store_ok(false, e);
		w->n_items = n_items;
		w->n_customers = n_customers;
	}
}

void world_open(struct world *w, uint64_t seed)
{
	struct err e = { 0 };
	bool created;

	*w = (struct world){ .random = seed, .today = first_day, .now = 5000000 };
	store_open(&w->db);
	/* For PostgreSQL; SQLite's are beside its file. */
	snprintf(w->folder, sizeof w->folder, "/tmp/encours-book-%ld", (long)getpid());
	setenv("ENCOURS_BOOK_DIR", w->folder, 1);
	w->reader = store_again(w->db);
	w->shelf = shelf_new(db_url(w->db), false);
	db_set_context(w->reader, w->shelf);
	w->arena = arena_new(0);
	store_ok(entity_init(w->db, "Société Exemple", "FR", "EUR", w->now, &created, &e) &&
			 entity_get(w->db, w->arena, NULL, &w->entity, &e),
		 e);
	for (int i = 0; i < 3; i++)
		store_ok(db_tx(w->db, act_tx, &(struct act){ w, 11 }, &e), e);
}

void world_close(struct world *w)
{
	char command[600];

	db_close(w->reader);
	shelf_free(w->shelf);
	arena_free(w->arena);
	store_close(w->db);
	snprintf(command, sizeof command, "rm -rf '%s'", w->folder);
	assert_int_equal(system(command), 0);
}
