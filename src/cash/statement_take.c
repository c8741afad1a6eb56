/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/statement_stage.h"

#include "base/json.h"
#include "base/list.h"
#include "base/money.h"
#include "base/text.h"

#include <stdio.h>

static void copy_currency(char to[4], const char *from)
{
	snprintf(to, 4, "%s", from && currency_is_code(from) ? from : "EUR");
}

static void take_statement(struct staging *s, const struct camt_statement *st)
{
	struct staged_statement *to = LIST_ADD(s->arena, &s->statements);

	to->line = st->line;
	to->kind = st->kind;
	to->account = st->iban ? text_reference_key(s->arena, st->iban)
			       : arena_strdup(s->arena, st->other_account);
	to->name = arena_strdup(s->arena, st->account_name ? st->account_name : st->owner);
	to->bic = arena_strdup(s->arena, st->bank_bic);
	to->reference = arena_strdup(s->arena, st->id);
	to->sequence = arena_strdup(s->arena, st->sequence ? st->sequence : st->legal_sequence);
	copy_currency(to->currency, st->currency);
	to->from = st->from;
	to->to = st->to;
	to->balance_from = to->balance_to = DAY_NONE;
	for (size_t i = 0; i < st->n_balances; i++) {
		if (str_eq(st->balance[i].code, "OPBD") || str_eq(st->balance[i].code, "PRCD"))
			to->balance_from = st->balance[i].on;
		else if (str_eq(st->balance[i].code, "CLBD"))
			to->balance_to = st->balance[i].on;
	}
}

static void take_end(struct staging *s, const struct camt_statement *st)
{
	struct staged_statement *to = &s->statements.at[s->statements.n - 1];

	to->n_credits = st->n_credits;
	to->n_debits = st->n_debits;
	to->credits_minor = st->credits_minor;
	to->debits_minor = st->debits_minor;
	to->has_opening = st->has_opening;
	to->has_closing = st->has_closing;
	to->opening_minor = st->opening_minor;
	to->closing_minor = st->closing_minor;
	to->is_balanced = st->is_balanced;
	to->fault = arena_strdup(s->arena, st->fault);
}

static const char *first_of(const char *a, const char *b, const char *c, const char *d)
{
	return !str_empty(a) ? a : !str_empty(b) ? b : !str_empty(c) ? c : d;
}

/* Every structured reference, joined by "; ": the creditor's, then the documents paid. */
static const char *structured_of(struct arena *a, const struct camt_tx *tx)
{
	struct buf b;

	buf_init(&b, a);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < tx->n_references; i++) {
			const struct camt_reference *r = &tx->reference[i];
			if (str_empty(r->number) || r->is_creditor_reference != (pass == 0))
				continue;
			buf_puts(&b, b.len ? "; " : "");
			buf_puts(&b, r->number);
		}
	return b.len ? b.data : NULL;
}

static void put(struct json *j, const char *key, const char *text, bool *any)
{
	if (str_empty(text))
		return;
	*any = true;
	json_put_text(j, key, text);
}

static const char *other_refs_of(struct arena *a, const struct camt_entry *en,
				 const struct camt_tx *tx)
{
	bool any = false;
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	put(&j, "entry", en->ref, &any);
	put(&j, "servicer", en->acct_svcr_ref, &any);
	put(&j, "batch", en->batch_id, &any);
	put(&j, "own_code", en->bank_own_code, &any);
	put(&j, "info", en->info, &any);
	if (tx) {
		put(&j, "tx_servicer", tx->acct_svcr_ref, &any);
		put(&j, "message", tx->message_id, &any);
		put(&j, "payment_info", tx->payment_info_id, &any);
		put(&j, "instruction", tx->instruction_id, &any);
		put(&j, "transaction", tx->tx_id, &any);
		put(&j, "mandate", tx->mandate_id, &any);
		put(&j, "cheque", tx->cheque_number, &any);
		put(&j, "uetr", tx->uetr, &any);
		put(&j, "other", tx->other_refs, &any);
		put(&j, "ultimate_debtor", tx->ultimate_debtor.name, &any);
		put(&j, "purpose", tx->purpose, &any);
		put(&j, "return_info", tx->return_info, &any);
		put(&j, "tx_info", tx->info, &any);
	}
	json_end(&j);
	return any ? b.data : NULL;
}

static void fill_party(struct arena *a, struct staged_entry *to, const struct camt_tx *tx)
{
	bool is_credit = to->minor > 0;
	const struct camt_party *other = is_credit ? &tx->debtor : &tx->creditor;
	const struct camt_party *behind = is_credit ? &tx->ultimate_debtor : &tx->ultimate_creditor;

	to->payer_name = arena_strdup(a, !str_empty(other->name) ? other->name : behind->name);
	to->payer_iban = other->iban ? text_reference_key(a, other->iban)
				     : arena_strdup(a, other->other_account);
	to->creditor_iban = arena_strdup(a, tx->creditor.iban);
	to->end_to_end = arena_strdup(a, tx->end_to_end_id);
	to->structured_ref = structured_of(a, tx);
	to->remittance = arena_strdup(a, !str_empty(tx->remittance) ? tx->remittance : tx->info);
	to->return_reason = arena_strdup(a, tx->return_code);
	if (!str_empty(tx->bank_code))
		to->bank_code = arena_strdup(a, tx->bank_code);
}

/* The entry as one movement; with tx, the movement of that transaction. */
static struct staged_entry *add_entry(struct staging *s, const struct camt_entry *en,
				      const struct camt_tx *tx, bool is_of_batch)
{
	struct staged_statement *st = &s->statements.at[s->statements.n - 1];
	struct staged_entry *to = LIST_ADD(s->arena, &st->entries);
	const char *code = en->bank_code ? en->bank_code : en->bank_own_code;
	const char *reference;

	to->minor = is_of_batch ? tx->minor : en->minor;
	copy_currency(to->currency, en->currency ? en->currency : st->currency);
	to->booked_on = en->booked_on != DAY_NONE ? en->booked_on : en->value_on;
	to->value_on = en->value_on;
	to->is_reversal = en->is_reversal;
	to->bank_code = arena_strdup(s->arena, code);
	if (tx)
		fill_party(s->arena, to, tx);
	if (str_empty(to->remittance))
		to->remittance = arena_strdup(s->arena, en->info);
	to->other_refs = other_refs_of(s->arena, en, tx);
	if (is_of_batch)
		reference = first_of(tx->acct_svcr_ref, tx->end_to_end_id, tx->tx_id, NULL);
	else
		reference = first_of(en->ref, en->acct_svcr_ref, tx ? tx->acct_svcr_ref : NULL,
				     tx ? tx->end_to_end_id : NULL);
	if (reference)
		to->reference = arena_strdup(s->arena, reference);
	else if (is_of_batch)
		to->reference = arena_printf(
			s->arena, "%s-%zu", first_of(en->ref, en->acct_svcr_ref, st->reference, ""),
			(size_t)(tx - en->tx) + 1);
	else
		to->reference = arena_printf(s->arena, "%s/%" PRId64,
					     st->reference ? st->reference : "", en->index);
	return to;
}

static void take_entry(struct staging *s, const struct camt_entry *en)
{
	struct buf text;

	if (!en->is_booked)
		return;
	if (en->n_tx > 1 && en->details_agree && !en->is_incomplete) {
		for (size_t i = 0; i < en->n_tx; i++)
			add_entry(s, en, &en->tx[i], true);
		return;
	}
	if (en->n_tx <= 1) {
		add_entry(s, en, en->n_tx ? &en->tx[0] : NULL, false);
		return;
	}
	/* Details that do not add up stay one movement, with all their words. */
	buf_init(&text, s->arena);
	for (size_t i = 0; i < en->n_tx && text.len < 2000; i++) {
		if (str_empty(en->tx[i].remittance))
			continue;
		buf_puts(&text, text.len ? " " : "");
		buf_puts(&text, en->tx[i].remittance);
	}
	add_entry(s, en, NULL, false)->remittance =
		text.len ? text.data : arena_strdup(s->arena, en->info);
}

bool statement_take(void *arg, const struct record *r, struct err *e)
{
	struct staging *s = arg;

	(void)e;
	switch (r->kind) {
	case RECORD_CAMT_STATEMENT:
		take_statement(s, r->statement);
		break;
	case RECORD_CAMT_ENTRY:
		take_entry(s, r->entry);
		break;
	case RECORD_CAMT_STATEMENT_END:
		take_end(s, r->statement);
		break;
	default:
		break;
	}
	return true;
}
