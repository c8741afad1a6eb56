/* SPDX-License-Identifier: Apache-2.0 */
/* return_import.c - returns told by status reports (pain.002) and in CFONB 240 wait for the matching. */
#include "cash/return.h"
#include "bank/statement_stage.h"

#include "base/text.h"
#include "i18n/catalogue.h"

/* What of the file comes back: refused collections, each return of CFONB 240. */
static bool is_return(const struct staged_statement *st, const struct staged_entry *en)
{
	if (en->minor >= 0)
		return false;
	return st->kind == FORMAT_CFONB240 || (str_eq(en->status, "RJCT") && en->end_to_end);
}

/* The same return told again, by whatever file. */
static const char *identity_of(struct arena *a, const struct staged_statement *st,
			       const struct staged_entry *en)
{
	if (st->kind == FORMAT_PAIN002)
		return arena_printf(a, "pain.002|%s|%s|%" PRId64,
				    st->reference ? st->reference : "", en->end_to_end, en->minor);
	return arena_printf(a, "%s|%s|%" PRId64 "|%d|%s|%s", st->reference, en->reference,
			    en->minor, (int)en->value_on, en->payer_name ? en->payer_name : "",
			    en->remittance ? en->remittance : "");
}

static bool insert(const struct import_context *ctx, const struct staged_statement *st,
		   const struct staged_entry *en, bool *ret_is_new, struct err *e)
{
	const struct return_reason *reason = return_reason_find(en->return_reason);
	const char *identity = identity_of(ctx->arena, st, en);
	day_t on = st->kind == FORMAT_PAIN002  ? st->created_on
		   : en->booked_on != DAY_NONE ? en->booked_on
					       : st->to;
	int64_t id;

	return db_new_id(ctx->db, &id, e) &&
	       db_exec(ctx->db,
		       "INSERT INTO payment_return (id, entity_id, source, identity, state, kind,"
		       " is_doubtful, reason_code, reason_text, amount_minor, currency, "
		       "returned_on,"
		       " reference, end_to_end, payer_name, payer_iban, remittance, other_refs,"
		       " import_id, event_id, recorded) VALUES ($1, $2, $3, $4, 'waiting', $5, $6,"
		       " $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
		       " ON CONFLICT (entity_id, identity) DO NOTHING",
		       DB_PARAMS(P_I64(id), P_I64(ctx->entity->id),
				 P_TEXT(st->kind == FORMAT_PAIN002 ? "pain.002" : "cfonb240"),
				 P_TEXT(identity),
				 P_TEXT(return_kind_name(st->kind == FORMAT_PAIN002
								 ? RETURN_DIRECT_DEBIT
								 : RETURN_OTHER)),
				 P_BOOL(st->kind == FORMAT_CFONB240 && !st->is_balanced),
				 P_TEXT(en->return_reason), P_TEXT(reason ? reason->words : NULL),
				 P_I64(-en->minor), P_TEXT(en->currency),
				 P_DAY(on != DAY_NONE ? on : ctx->today), P_TEXT(en->reference),
				 P_TEXT(en->end_to_end), P_TEXT(en->payer_name),
				 P_TEXT(en->payer_iban), P_TEXT(en->remittance),
				 P_TEXT(en->other_refs), P_I64(ctx->import_id),
				 P_I64(ctx->event_id), P_I64(ctx->now)),
		       &id, e) &&
	       (*ret_is_new = id > 0, true);
}

bool returns_apply(struct staging *s, const struct import_context *ctx, struct staged_statement *st,
		   struct err *e)
{
	/* CFONB 240 names the account; a status report is ours by the order that it answers. */
	if (st->kind == FORMAT_CFONB240 && !staged_find_account(s, ctx, st, e))
		return false;
	st->n_returns = 0;
	for (size_t i = 0; i < st->entries.n; i++) {
		bool is_new = false;
		if (is_return(st, &st->entries.at[i]) &&
		    !insert(ctx, st, &st->entries.at[i], &is_new, e))
			return false;
		st->n_returns += is_new;
	}
	st->n_known = (int64_t)st->entries.n - st->n_returns;
	if (st->kind == FORMAT_CFONB240 && !st->is_balanced)
		staging_warn(s, arena_printf(ctx->arena,
					     N_("%s: its returns do not make its total: a person"
						" decides each of them"),
					     st->reference));
	return true;
}
