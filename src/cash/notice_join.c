/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notice_join.c - what notices told, joined to the entries that a statement books.
 *
 * One movement of a notice fills what the booked entry leaves blank. Several that make its amount stand for
 * it, when nothing was decided of it. An entry is never counted twice: one of both is out.
 */
#include "bank/statement_stage.h"

#include "base/buf.h"
#include "base/list.h"
#include "base/text.h"
#include "i18n/catalogue.h"
#include "cash/cash_post.h"
#include "bank/notice.h"
#include "match/reason.h"

#include <jansson.h>

struct told {
	int64_t entry_id, statement_id, group_seq, version;
	int64_t amount_minor;
	char currency[4];
	day_t booked_on, value_on;
	bool is_reversal;
	const char *state_name, *other_refs, *reference;
	const char *payer_name, *payer_key, *payer_iban, *creditor_iban, *end_to_end,
		*structured_ref, *remittance, *return_reason, *bank_code;
};

static const struct db_column columns[] = {
	DB_COL(struct told, entry_id),     DB_COL(struct told, statement_id),
	DB_COL(struct told, group_seq),    DB_COL(struct told, version),
	DB_COL(struct told, amount_minor), DB_COL(struct told, currency),
	DB_DAY(struct told, booked_on),    DB_DAY(struct told, value_on),
	DB_COL(struct told, is_reversal),  DB_COL(struct told, state_name),
	DB_COL(struct told, other_refs),   DB_COL(struct told, reference),
	DB_COL(struct told, payer_name),   DB_COL(struct told, payer_key),
	DB_COL(struct told, payer_iban),   DB_COL(struct told, creditor_iban),
	DB_COL(struct told, end_to_end),   DB_COL(struct told, structured_ref),
	DB_COL(struct told, remittance),   DB_COL(struct told, return_reason),
	DB_COL(struct told, bank_code),
};

#define TOLD_FIELDS                                                                                \
	" x.version, x.amount_minor, x.currency, x.booked_on, x.value_on, x.is_reversal, x.state," \
	" x.other_refs, x.reference, x.payer_name, x.payer_key, x.payer_iban, x.creditor_iban,"    \
	" x.end_to_end, x.structured_ref, x.remittance, x.return_reason, x.bank_code"

struct join {
	struct staging *staging;
	const struct import_context *ctx;
	struct arena *arena;
	int64_t account_id;
	const char *kind; /* of the notices: details, intraday */
	bool is_details;
	struct told *told, *booked;
	size_t n_told, n_booked;
	struct notice_side *booked_side;
	bool *is_used; /* of the booked */
	struct posting posting;
};

/* A bank's entry: the movements [first, first + n) of one notice. */
struct group {
	size_t first, n;
	bool is_joined;
};

static bool load(struct join *j, day_t from, day_t to, struct err *e)
{
	return db_list(j->ctx->db, j->arena,
		       "SELECT x.id, n.statement_id, n.group_seq," TOLD_FIELDS
		       " FROM entry_notice n JOIN statement_entry x ON x.id = n.entry_id"
		       " JOIN statement s ON s.id = n.statement_id WHERE n.bank_account_id = $1"
		       " AND s.kind = $2 AND n.joined_id IS NULL AND x.state <> 'replaced'"
		       " AND x.booked_on >= $3 AND x.booked_on <= $4"
		       " ORDER BY n.statement_id, n.group_seq, x.id",
		       DB_PARAMS(P_I64(j->account_id), P_TEXT(j->kind), P_DAY(from), P_DAY(to)),
		       columns, ARRAY_LEN(columns), sizeof *j->told, (void **)&j->told, &j->n_told,
		       e) &&
	       db_list(j->ctx->db, j->arena,
		       "SELECT x.id, x.statement_id, 0," TOLD_FIELDS
		       " FROM statement_entry x JOIN statement s ON s.id = x.statement_id"
		       " WHERE s.bank_account_id = $1 AND s.kind = 'booked' AND x.state <> 'split'"
		       " AND x.booked_on >= $3 AND x.booked_on <= $4 AND NOT EXISTS"
		       "  (SELECT 1 FROM entry_notice m JOIN statement t ON t.id = m.statement_id"
		       "   WHERE m.joined_id = x.id AND t.kind = $2) ORDER BY x.id",
		       DB_PARAMS(P_I64(j->account_id), P_TEXT(j->kind), P_DAY(from - NOTICE_DAYS),
				 P_DAY(to + NOTICE_DAYS)),
		       columns, ARRAY_LEN(columns), sizeof *j->booked, (void **)&j->booked,
		       &j->n_booked, e);
}

/* ---- sides ---- */

static const char *ref(struct arena *a, const json_t *refs, const char *key)
{
	const char *text = json_string_value(json_object_get(refs, key));

	return text ? arena_strdup(a, text) : NULL;
}

static struct notice_side side_of(struct arena *a, const struct told *t)
{
	json_t *refs = str_empty(t->other_refs) ? NULL : json_loads(t->other_refs, 0, NULL);
	struct notice_side s = {
		.minor = t->amount_minor,
		.booked_on = t->booked_on,
		.value_on = t->value_on,
		.is_reversal = t->is_reversal,
		.is_counted = !str_eq(t->state_name, "announced"),
		.servicer = ref(a, refs, "servicer"),
		.entry_ref = ref(a, refs, "entry"),
		.batch = ref(a, refs, "batch"),
		.tx_servicer = ref(a, refs, "tx_servicer"),
		.transaction = ref(a, refs, "transaction"),
		.uetr = ref(a, refs, "uetr"),
		.end_to_end = t->end_to_end,
		.payer_name = t->payer_name ? text_reference_key(a, t->payer_name) : NULL,
		.payer_iban = t->payer_iban,
		.remittance = t->remittance ? text_reference_key(a, t->remittance) : NULL,
	};

	memcpy(s.currency, t->currency, sizeof s.currency);
	json_decref(refs);
	return s;
}

/* The bank's entry as a whole: its own references, not those of its transactions. */
static struct notice_side group_side(const struct join *j, const struct group *g)
{
	struct notice_side s = side_of(j->arena, &j->told[g->first]);

	if (g->n == 1)
		return s;
	s.tx_servicer = s.transaction = s.uetr = s.end_to_end = NULL;
	s.payer_name = s.payer_iban = s.remittance = NULL;
	for (size_t i = 1; i < g->n; i++) {
		const struct told *t = &j->told[g->first + i];
		s.is_counted |= !str_eq(t->state_name, "announced");
		if (__builtin_add_overflow(s.minor, t->amount_minor, &s.minor))
			s.minor = INT64_MIN;
	}
	return s;
}

static size_t find_groups(const struct join *j, struct group *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n_told; i++) {
		const struct told *t = &j->told[i];
		if (i > 0 && t->statement_id == t[-1].statement_id &&
		    t->group_seq == t[-1].group_seq)
			ret[n - 1].n++;
		else
			ret[n++] = (struct group){ i, 1, false };
	}
	return n;
}

/* ---- what follows ---- */

static bool is_undecided(const struct told *t)
{
	return str_eq(t->state_name, "open") || str_eq(t->state_name, "proposed") ||
	       str_eq(t->state_name, "doubtful");
}

static bool set_state(struct join *j, const struct told *t, enum entry_state state,
		      enum match_why why, const char *text, struct err *e)
{
	struct entry en = { .id = t->entry_id, .version = t->version, .reference = t->reference };
	struct match_reason reason = { why, text ? text : "", 0 };

	return entry_set_state(&j->posting, &en, state, reason_encode(j->arena, &reason, 1), 0, e);
}

static bool set_joined(struct join *j, const struct told *t, int64_t booked_id, const char *filled,
		       struct err *e)
{
	return db_exec(j->ctx->db,
		       "UPDATE entry_notice SET joined_id = $2, filled = $3 WHERE entry_id = $1",
		       DB_PARAMS(P_I64(t->entry_id), P_I64(booked_id), P_TEXT(filled)), NULL, e);
}

/* What the statement leaves blank and the notice tells; names the fields. */
static bool fill(struct join *j, const struct told *b, const struct told *t, const char **ret,
		 struct err *e)
{
	const struct {
		const char *name, *mine, *theirs;
	} fields[] = {
		{ "payer_name", b->payer_name, t->payer_name },
		{ "payer_key", b->payer_key, t->payer_key },
		{ "payer_iban", b->payer_iban, t->payer_iban },
		{ "creditor_iban", b->creditor_iban, t->creditor_iban },
		{ "end_to_end", b->end_to_end, t->end_to_end },
		{ "structured_ref", b->structured_ref, t->structured_ref },
		{ "remittance", b->remittance, t->remittance },
		{ "return_reason", b->return_reason, t->return_reason },
		{ "bank_code", b->bank_code, t->bank_code },
	};
	struct buf names;

	buf_init(&names, j->arena);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (str_empty(fields[i].mine) && !str_empty(fields[i].theirs))
			buf_printf(&names, "%s%s ", names.len ? "" : " ", fields[i].name);
	*ret = names.len ? buf_str(&names) : NULL;
	if (!*ret)
		return true;
	return db_exec(
		j->ctx->db,
		"UPDATE statement_entry SET"
		" payer_name = COALESCE(payer_name, $2), payer_key = COALESCE(payer_key, $3),"
		" payer_iban = COALESCE(payer_iban, $4),"
		" creditor_iban = COALESCE(creditor_iban, $5),"
		" end_to_end = COALESCE(end_to_end, $6),"
		" structured_ref = COALESCE(structured_ref, $7),"
		" remittance = COALESCE(remittance, $8),"
		" return_reason = COALESCE(return_reason, $9),"
		" bank_code = COALESCE(bank_code, $10), version = version + 1 WHERE id = $1",
		DB_PARAMS(P_I64(b->entry_id), P_TEXT(t->payer_name), P_TEXT(t->payer_key),
			  P_TEXT(t->payer_iban), P_TEXT(t->creditor_iban), P_TEXT(t->end_to_end),
			  P_TEXT(t->structured_ref), P_TEXT(t->remittance),
			  P_TEXT(t->return_reason), P_TEXT(t->bank_code)),
		NULL, e);
}

/* The booked entry stands; the notice has told more of it. */
static bool enrich(struct join *j, const struct told *b, const struct group *g, bool is_only,
		   struct err *e)
{
	const char *filled = NULL;

	if (is_only && j->is_details &&
	    (!fill(j, b, &j->told[g->first], &filled, e) ||
	     !db_exec(j->ctx->db,
		      "INSERT INTO statement_entry_document (entry_id, seq, document, amount_minor,"
		      " discount_minor) SELECT b.id, d.seq, d.document, d.amount_minor,"
		      " d.discount_minor FROM statement_entry_document d JOIN statement_entry b"
		      " ON b.id = $1 WHERE d.entry_id = $2 AND NOT EXISTS"
		      " (SELECT 1 FROM statement_entry_document k WHERE k.entry_id = $1)",
		      DB_PARAMS(P_I64(b->entry_id), P_I64(j->told[g->first].entry_id)), NULL, e)))
		return false;
	for (size_t i = g->first; i < g->first + g->n; i++)
		if (!set_state(j, &j->told[i], ENTRY_REPLACED, WHY_in_statement, b->reference, e) ||
		    !set_joined(j, &j->told[i], b->entry_id, filled, e))
			return false;
	return true;
}

/* The transactions stand for the booked entry. */
static bool split(struct join *j, const struct told *b, const struct group *g, struct err *e)
{
	if (!set_state(j, b, ENTRY_SPLIT, WHY_told_by_details, "", e))
		return false;
	for (size_t i = g->first; i < g->first + g->n; i++) {
		const struct told *t = &j->told[i];
		if (str_eq(t->state_name, "announced") &&
		    !set_state(j, t, ENTRY_OPEN, WHY_booked_by_statement, b->reference, e))
			return false;
		if (!set_joined(j, t, b->entry_id, NULL, e))
			return false;
	}
	return true;
}

static bool join_group(struct join *j, size_t at, struct group *g, struct err *e)
{
	const struct told *b = &j->booked[at];
	bool is_counted = false, is_decided = false;

	g->is_joined = j->is_used[at] = true;
	for (size_t i = g->first; i < g->first + g->n; i++) {
		is_counted |= !str_eq(j->told[i].state_name, "announced");
		is_decided |=
			!str_eq(j->told[i].state_name, "announced") && !is_undecided(&j->told[i]);
	}
	/* Both were decided before anybody saw that they are one: a person takes one of them back. */
	if (is_decided && !is_undecided(b)) {
		staging_warn(j->staging,
			     arena_printf(j->arena,
					  N_("%s and %s are one movement and both are applied:"
					     " undo one of them"),
					  j->told[g->first].reference, b->reference));
		return true;
	}
	/* An account whose notices are booked: they keep what was done with them. */
	if (is_counted && is_undecided(b))
		return split(j, b, g, e);
	return g->n > 1 && j->is_details && is_undecided(b) ? split(j, b, g, e)
							    : enrich(j, b, g, g->n == 1, e);
}

/* What may be several booked entries: a person has to look. Intraday reports are replaced all the same. */
static void tell_rivals(struct join *j, const struct group *g, size_t n, bool is_taken)
{
	const char *reference = j->told[g->first].reference;

	if (n == 0 || !j->is_details)
		return;
	staging_warn(j->staging,
		     is_taken
			     ? arena_printf(j->arena,
					    "%s of a notification may be one of %zu booked entries:"
					    " it counts once, as the first of them",
					    reference, n)
			     : arena_printf(j->arena,
					    "%s of a notification may be one of %zu booked entries:"
					    " it stays announced and does not count",
					    reference, n));
}

/* Pairs groups that are left with booked entries that are left. */
static bool pair(struct join *j, struct group *groups, size_t n, struct err *e)
{
	struct notice_side *side = ARENA_ARRAY(j->arena, n + 1, struct notice_side);
	struct notice_side *booked = ARENA_ARRAY(j->arena, j->n_booked + 1, struct notice_side);
	size_t *at = ARENA_ARRAY(j->arena, n + 1, size_t);
	size_t *booked_at = ARENA_ARRAY(j->arena, j->n_booked + 1, size_t);
	size_t *found = ARENA_ARRAY(j->arena, n + 1, size_t);
	size_t *n_rivals = ARENA_ARRAY(j->arena, n + 1, size_t);
	size_t n_sides = 0, n_booked = 0;

	for (size_t i = 0; i < n; i++)
		if (!groups[i].is_joined) {
			at[n_sides] = i;
			side[n_sides++] = group_side(j, &groups[i]);
		}
	for (size_t i = 0; i < j->n_booked; i++)
		if (!j->is_used[i]) {
			booked_at[n_booked] = i;
			booked[n_booked++] = j->booked_side[i];
		}
	notice_pair(j->arena, side, n_sides, booked, n_booked, found, n_rivals);
	for (size_t i = 0; i < n_sides; i++) {
		tell_rivals(j, &groups[at[i]], n_rivals[i], found[i] != NOTICE_NONE);
		if (found[i] != NOTICE_NONE &&
		    !join_group(j, booked_at[found[i]], &groups[at[i]], e))
			return false;
	}
	return true;
}

/* Where the statement tells a batch's transactions itself, each has its own booked entry. */
static bool pair_transactions(struct join *j, const struct group *groups, size_t n, struct err *e)
{
	struct group *single = ARENA_ARRAY(j->arena, j->n_told + 1, struct group);
	size_t n_single = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; !groups[i].is_joined && groups[i].n > 1 && k < groups[i].n; k++)
			single[n_single++] = (struct group){ groups[i].first + k, 1, false };
	return n_single == 0 || pair(j, single, n_single, e);
}

static bool join_kind(struct staging *s, const struct import_context *ctx,
		      const struct staged_statement *st, const char *kind, struct err *e)
{
	struct join j = { .staging = s,
			  .ctx = ctx,
			  .arena = ctx->arena,
			  .account_id = st->account_id,
			  .kind = kind,
			  .is_details = str_eq(kind, "details"),
			  .posting = { .db = ctx->db,
				       .entity_id = ctx->entity->id,
				       .event_id = ctx->event_id,
				       .recorded = ctx->now,
				       .actor = ctx->actor } };
	struct group *groups;
	size_t n;

	if (!load(&j, st->from - NOTICE_DAYS, st->to + NOTICE_DAYS, e))
		return false;
	if (j.n_told == 0 || j.n_booked == 0)
		return true;
	j.booked_side = ARENA_ARRAY(j.arena, j.n_booked, struct notice_side);
	j.is_used = ARENA_ARRAY(j.arena, j.n_booked, bool);
	for (size_t i = 0; i < j.n_booked; i++)
		j.booked_side[i] = side_of(j.arena, &j.booked[i]);
	groups = ARENA_ARRAY(j.arena, j.n_told, struct group);
	n = find_groups(&j, groups);
	return pair(&j, groups, n, e) && pair_transactions(&j, groups, n, e);
}

/* The statement of the day replaces what was told as the day went on, found in it or not. */
static bool replace_intraday(struct staging *s, const struct import_context *ctx,
			     const struct staged_statement *st, struct err *e)
{
	const char *reason =
		reason_encode(ctx->arena, &(struct match_reason){ WHY_not_in_statement, "", 0 }, 1);
	int64_t n_missing;

#define OVER                                                                                     \
	" state = 'announced' AND id IN (SELECT n.entry_id FROM entry_notice n JOIN statement t" \
	" ON t.id = n.statement_id WHERE n.bank_account_id = $1 AND t.kind = 'intraday'"         \
	" AND n.joined_id IS NULL"
#define TOLD_DAYS                                                                               \
	") AND booked_on <= (SELECT MAX(b.to_on) FROM statement b WHERE b.bank_account_id = $1" \
	" AND b.kind = 'booked')"
	if (!db_get_i64(ctx->db,
			"SELECT COUNT(*) FROM statement_entry WHERE" OVER
			" AND n.is_pending = 0" TOLD_DAYS,
			DB_PARAMS(P_I64(st->account_id)), 0, &n_missing, e))
		return false;
	if (n_missing)
		staging_warn(
			s,
			arena_printf(ctx->arena,
				     N_("account %s: %" PRId64
					" movements of intraday reports are not in the statement"),
				     st->account, n_missing));
	return db_exec(ctx->db,
		       "UPDATE statement_entry SET state = 'replaced', reason = $2, event_id = $3,"
		       " version = version + 1 WHERE" OVER TOLD_DAYS,
		       DB_PARAMS(P_I64(st->account_id), P_TEXT(reason), P_I64(ctx->event_id)), NULL,
		       e);
#undef OVER
#undef TOLD_DAYS
}

bool notice_join(struct staging *s, const struct import_context *ctx, struct staged_statement *st,
		 struct err *e)
{
	return join_kind(s, ctx, st, "details", e) && join_kind(s, ctx, st, "intraday", e) &&
	       replace_intraday(s, ctx, st, e);
}
