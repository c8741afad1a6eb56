/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement_download.c - downloads of a bank's website overlap: each movement of them counts once.
 *
 * OFX names a movement by its FITID; a table names none, so equal movements (day, amount, words) are counted: what the
 * account's downloads of those days have n times is left out n times. Nothing is made up and nothing is lost: a third
 * equal payment of a day is a third one.
 */
#include "bank/statement_stage.h"

#include "base/map.h"
#include "base/text.h"

bool staged_is_alike(const struct staged_statement *st, const char *format)
{
	if (st->kind == FORMAT_OFX)
		return str_eq(format, "ofx");
	return str_eq(format, "csv") || str_eq(format, "xlsx");
}

static const char *identity(struct arena *a, const struct staged_statement *st, const char *day,
			    int64_t minor, const char *reference, const char *remittance,
			    const char *payer)
{
	if (st->kind == FORMAT_OFX)
		return arena_printf(a, "%s|%" PRId64 "|%s", day, minor, reference);
	return arena_printf(a, "%s|%" PRId64 "|%s|%s", day, minor,
			    remittance ? text_key(a, remittance) : "",
			    payer ? text_key(a, payer) : "");
}

static int64_t *counter(struct map *m, struct arena *a, const char *key)
{
	int64_t *n = map_get(m, key);

	if (!n) {
		n = ARENA_NEW(a, int64_t);
		map_set(m, key, n);
	}
	return n;
}

/* How often each movement of those days is known from downloads of the family. */
static bool count_known(const struct import_context *ctx, const struct staged_statement *st,
			struct map *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	map_init(ret, ctx->arena);
	if (!db_query(ctx->db,
		      "SELECT i.format, x.booked_on, x.amount_minor, x.reference, x.remittance,"
		      " x.payer_name FROM statement s JOIN import i ON i.id = s.import_id"
		      " JOIN statement_entry x ON x.statement_id = s.id"
		      " WHERE s.bank_account_id = $1 AND s.kind = 'booked'"
		      " AND x.booked_on >= $2 AND x.booked_on <= $3",
		      DB_PARAMS(P_I64(st->account_id), P_DAY(st->from), P_DAY(st->to)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more)
		if (staged_is_alike(st, row_text(r, 0)))
			++*counter(ret, ctx->arena,
				   identity(ctx->arena, st, row_text(r, 1), row_i64(r, 2),
					    row_text(r, 3), row_text(r, 4), row_text(r, 5)));
	return !more;
}

static void sum_up(struct staged_statement *st)
{
	st->n_credits = st->n_debits = st->credits_minor = st->debits_minor = 0;
	for (size_t i = 0; i < st->entries.n; i++) {
		int64_t minor = st->entries.at[i].minor;
		++*(minor < 0 ? &st->n_debits : &st->n_credits);
		*(minor < 0 ? &st->debits_minor : &st->credits_minor) += minor < 0 ? -minor : minor;
	}
}

/* What is left goes on from the balance behind what was left out, where that stands before it. */
static void take_up(struct staged_statement *st, size_t n_first, int64_t first_minor)
{
	if (n_first == (size_t)st->n_repeated) {
		st->opening_minor += first_minor;
		st->from = st->entries.at[0].booked_on;
		return;
	}
	st->has_opening = st->is_balanced = false;
}

bool staged_skip_repeated(const struct import_context *ctx, struct staged_statement *st,
			  struct err *e)
{
	struct staged_entry *rest = ARENA_ARRAY(ctx->arena, st->entries.n + 1, struct staged_entry);
	size_t n = 0, n_first = 0;
	int64_t first_minor = 0;
	struct map known;

	if (!count_known(ctx, st, &known, e))
		return false;
	st->n_repeated = 0;
	for (size_t i = 0; i < st->entries.n; i++) {
		const struct staged_entry en = st->entries.at[i];
		char day[DATE_TEXT];
		int64_t *left = map_get(
			&known, identity(ctx->arena, st, date_format(en.booked_on, day), en.minor,
					 en.reference, en.remittance, en.payer_name));
		if (!left || *left == 0) {
			rest[n++] = en;
			continue;
		}
		--*left;
		st->n_repeated++;
		if (n == 0) {
			n_first++;
			first_minor += en.minor;
		}
	}
	if (st->n_repeated == 0)
		return true;
	st->is_there = n == 0;
	if (st->is_there)
		return true;
	st->entries.at = rest;
	st->entries.n = st->entries.room = n;
	sum_up(st);
	take_up(st, n_first, first_minor);
	return true;
}

/* The period of a statement that does not tell it: its balances' days, else its entries'. */
void staged_find_period(struct staged_statement *st)
{
	day_t first = DAY_NONE, last = DAY_NONE;

	for (size_t i = 0; i < st->entries.n; i++) {
		day_t on = st->entries.at[i].booked_on;
		if (on == DAY_NONE)
			continue;
		first = first == DAY_NONE || on < first ? on : first;
		last = last == DAY_NONE || on > last ? on : last;
	}
	if (st->from == DAY_NONE)
		st->from = first != DAY_NONE ? first : st->balance_from;
	if (st->to == DAY_NONE)
		st->to = st->balance_to != DAY_NONE ? st->balance_to : last;
	if (st->to == DAY_NONE && staged_is_notice(st))
		st->to = st->created_on;
	if (st->from == DAY_NONE)
		st->from = st->to;
	if (st->to == DAY_NONE || st->to < st->from)
		st->to = st->from;
}
