/* SPDX-License-Identifier: Apache-2.0 */
/* notice_import.c - intraday reports and notifications: each movement kept once. */
#include "bank/statement_stage.h"

#include "base/list.h"
#include "base/map.h"
#include "base/text.h"
#include "bank/notice.h"
#include "db/event.h"

/* A movement without any date counts from the day of its report. */
static void fill_days(struct staged_statement *st, day_t today)
{
	day_t on = st->to != DAY_NONE           ? st->to
		   : st->created_on != DAY_NONE ? st->created_on
						: today;

	if (st->from == DAY_NONE)
		st->from = st->to = on;
	for (size_t i = 0; i < st->entries.n; i++)
		if (st->entries.at[i].booked_on == DAY_NONE)
			st->entries.at[i].booked_on = on;
}

/* Movements that are equal in everything are told apart by their number. */
static void number_equal_ones(struct arena *a, struct staged_statement *st)
{
	struct map seen;

	map_init(&seen, a);
	for (size_t i = 0; i < st->entries.n; i++) {
		struct staged_entry *en = &st->entries.at[i];
		int64_t *n = map_get(&seen, en->identity);
		if (!n) {
			n = ARENA_NEW(a, int64_t);
			map_set(&seen, en->identity, n);
		}
		en->numbered = arena_printf(a, "%s#%" PRId64, en->identity, ++*n);
	}
}

/* What the account's notices of those days told already: identity to entry. */
static bool load_identities(const struct import_context *ctx, const struct staged_statement *st,
			    struct map *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	map_init(ret, ctx->arena);
	if (!db_query(ctx->db,
		      "SELECT n.identity, n.entry_id FROM entry_notice n JOIN statement_entry x"
		      " ON x.id = n.entry_id WHERE n.bank_account_id = $1 AND x.booked_on >= $2",
		      DB_PARAMS(P_I64(st->account_id), P_DAY(st->from - 90)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		int64_t *id = ARENA_NEW(ctx->arena, int64_t);
		*id = row_i64(r, 1);
		map_set(ret, row_text(r, 0), id);
	}
	return !more;
}

/* The bank booked what it had told as pending. */
static bool note_booked(const struct import_context *ctx, int64_t entry_id, struct err *e)
{
	return db_exec(ctx->db,
		       "UPDATE entry_notice SET is_pending = 0 WHERE entry_id = $1"
		       " AND is_pending = 1",
		       DB_PARAMS(P_I64(entry_id)), NULL, e);
}

/* The movements that are new. */
static bool pick_new(const struct import_context *ctx, struct staged_statement *st, bool books,
		     struct staged_statement *ret, struct err *e)
{
	struct map known;

	*ret = *st;
	memset(&ret->entries, 0, sizeof ret->entries);
	st->n_known = 0;
	if (!load_identities(ctx, st, &known, e))
		return false;
	for (size_t i = 0; i < st->entries.n; i++) {
		struct staged_entry *en = &st->entries.at[i];
		int64_t *id = map_get(&known, en->numbered);
		if (id) {
			st->n_known++;
			if (!en->is_pending && !note_booked(ctx, *id, e))
				return false;
			continue;
		}
		en->state = books && !en->is_pending ? ENTRY_OPEN : ENTRY_ANNOUNCED;
		*LIST_ADD(ctx->arena, &ret->entries) = *en;
	}
	return true;
}

static bool insert_notices(const struct import_context *ctx, const struct staged_statement *st,
			   int64_t statement_id, const int64_t *ids, struct err *e)
{
	struct db_copy *copy;

	if (!db_copy_begin(
		    ctx->db, "entry_notice",
		    "entry_id, statement_id, bank_account_id, group_seq, identity, is_pending",
		    &copy, e))
		return false;
	for (size_t i = 0; i < st->entries.n; i++) {
		const struct staged_entry *en = &st->entries.at[i];
		if (!db_copy_row(copy,
				 DB_PARAMS(P_I64(ids[i]), P_I64(statement_id),
					   P_I64(st->account_id), P_I64(en->group),
					   P_TEXT(en->numbered), P_BOOL(en->is_pending)),
				 e)) {
			db_copy_abort(copy);
			return false;
		}
	}
	return db_copy_end(copy, e);
}

static bool count_waiting(const struct import_context *ctx, int64_t statement_id,
			  struct staged_statement *st, struct err *e)
{
	return db_get_i64(ctx->db,
			  "SELECT COUNT(*) FROM entry_notice n JOIN statement_entry x"
			  " ON x.id = n.entry_id WHERE n.statement_id = $1 AND n.joined_id IS NULL"
			  " AND x.state = 'announced'",
			  DB_PARAMS(P_I64(statement_id)), 0, &st->n_waiting, e) &&
	       db_get_i64(ctx->db,
			  "SELECT COUNT(*) FROM entry_notice WHERE statement_id = $1"
			  " AND joined_id IS NOT NULL",
			  DB_PARAMS(P_I64(statement_id)), 0, &st->n_joined, e);
}

bool notice_apply(struct staging *s, const struct import_context *ctx, struct staged_statement *st,
		  struct err *e)
{
	struct staged_statement fresh;
	int64_t id, *ids, books;

	staged_find_period(st);
	fill_days(st, ctx->today);
	if (!staged_find_account(s, ctx, st, e) || !staged_is_known(ctx, st, e))
		return false;
	if (st->is_there)
		return true;
	number_equal_ones(ctx->arena, st);
	if (!db_get_i64(ctx->db, "SELECT books_notices FROM bank_account WHERE id = $1",
			DB_PARAMS(P_I64(st->account_id)), 0, &books, e) ||
	    !pick_new(ctx, st, books && st->kind == FORMAT_CAMT054, &fresh, e))
		return false;
	/* A report that repeats what was told is none. */
	if (fresh.entries.n == 0 && st->entries.n > 0) {
		st->is_there = true;
		return true;
	}
	return staged_insert(ctx, &fresh, &id, e) &&
	       staged_insert_entries(ctx, &fresh, id, &ids, e) &&
	       insert_notices(ctx, &fresh, id, ids, e) && notice_join(s, ctx, st, e) &&
	       count_waiting(ctx, id, st, e);
}

/* ---- the account's policy ---- */

struct policy {
	int64_t entity_id;
	const char *iban;
	bool is_on;
	const char *actor;
	int64_t now;
};

static bool policy_tx(struct db *db, void *arg, struct err *e)
{
	const struct policy *p = arg;
	int64_t id, event_id;

	if (!db_get_i64(db, "SELECT id FROM bank_account WHERE entity_id = $1 AND iban = $2",
			DB_PARAMS(P_I64(p->entity_id), P_TEXT(p->iban)), 0, &id, e))
		return false;
	if (id == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no bank account \"%.40s\"", p->iban);
	if (!db_exec(db, "UPDATE bank_account SET books_notices = $2 WHERE id = $1",
		     DB_PARAMS(P_I64(id), P_BOOL(p->is_on)), NULL, e) ||
	    !event_add(db,
		       &(struct event){ .entity_id = p->entity_id,
					.kind = "bank_account.saved",
					.subject_kind = "bank_account",
					.subject_id = id,
					.actor = p->actor,
					.body = p->is_on ? "{\"books_notices\":true}"
							 : "{\"books_notices\":false}",
					.recorded = p->now },
		       &event_id, e))
		return false;
	return !p->is_on ||
	       db_exec(db,
		       "UPDATE statement_entry SET state = 'open', version = version + 1,"
		       " event_id = $2 WHERE state = 'announced' AND id IN (SELECT n.entry_id"
		       "  FROM entry_notice n JOIN statement s ON s.id = n.statement_id"
		       "  WHERE n.bank_account_id = $1 AND s.kind = 'details' AND n.is_pending = "
		       "0)",
		       DB_PARAMS(P_I64(id), P_I64(event_id)), NULL, e);
}

bool account_set_books_notices(struct db *db, int64_t entity_id, const char *iban, bool is_on,
			       const char *actor, int64_t now, struct err *e)
{
	struct policy p = { entity_id, iban, is_on, actor, now };

	return db_tx(db, policy_tx, &p, e);
}
