/* SPDX-License-Identifier: Apache-2.0 */
#include "bank/statement_stage.h"

#include "base/json.h"
#include "base/list.h"
#include "base/money.h"
#include "base/text.h"

#include <stdio.h>

enum { DOCUMENTS_MAX = 20000 };

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
	to->balance_from = to->balance_to = to->created_on = DAY_NONE;
	if (st->created && strlen(st->created) >= 10 &&
	    !date_parse(arena_strndup(s->arena, st->created, 10), &to->created_on, NULL))
		to->created_on = DAY_NONE;
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

	if (!staged_is_notice(to)) {
		to->n_credits = st->n_credits;
		to->n_debits = st->n_debits;
		to->credits_minor = st->credits_minor;
		to->debits_minor = st->debits_minor;
	}
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

static bool is_credit_note(const struct camt_reference *r)
{
	return str_eq(r->type, "CREN") || (r->has_credit_note && !r->has_remitted);
}

/* Documents with what is paid of each, in the entry's currency: as an advice would say it. */
static void take_documents(struct arena *a, const struct camt_tx *tx, struct staged_entry *to)
{
	struct staged_document *list = ARENA_ARRAY(a, tx->n_references + 1, struct staged_document);
	size_t n = 0;

	for (size_t i = 0; i < tx->n_references && n < DOCUMENTS_MAX; i++) {
		const struct camt_reference *r = &tx->reference[i];
		int64_t minor = r->has_remitted ? r->remitted_minor : r->credit_note_minor;
		if (r->is_creditor_reference || str_empty(r->number) || minor == 0 ||
		    minor == INT64_MIN || !str_eq(r->currency, to->currency))
			continue;
		if (is_credit_note(r) && minor > 0)
			minor = -minor;
		list[n++] = (struct staged_document){ arena_strdup(a, r->number), minor,
						      r->has_discount ? r->discount_minor : 0 };
	}
	to->documents = list;
	to->n_documents = n;
}

static void put(struct json *j, const char *key, const char *text, bool *any)
{
	if (str_empty(text))
		return;
	*any = true;
	json_put_text(j, key, text);
}

static void put_amount(struct json *j, const char *key, bool has, int64_t minor,
		       const char *currency, bool *any)
{
	char text[MONEY_TEXT], both[MONEY_TEXT + 8];

	if (!has || str_empty(currency))
		return;
	snprintf(both, sizeof both, "%s %s", minor_format(minor, currency, text), currency);
	put(j, key, both, any);
}

static void put_tx(struct json *j, const struct camt_tx *tx, bool *any)
{
	put(j, "tx_servicer", tx->acct_svcr_ref, any);
	put(j, "message", tx->message_id, any);
	put(j, "payment_info", tx->payment_info_id, any);
	put(j, "instruction", tx->instruction_id, any);
	put(j, "transaction", tx->tx_id, any);
	put(j, "mandate", tx->mandate_id, any);
	put(j, "cheque", tx->cheque_number, any);
	put(j, "clearing", tx->clearing_ref, any);
	put(j, "uetr", tx->uetr, any);
	put(j, "other", tx->other_refs, any);
	put(j, "debtor_id", tx->debtor.id, any);
	put(j, "debtor_bank", tx->debtor.bic ? tx->debtor.bic : tx->debtor.bank, any);
	put(j, "ultimate_debtor", tx->ultimate_debtor.name, any);
	put(j, "ultimate_debtor_id", tx->ultimate_debtor.id, any);
	put(j, "ultimate_creditor", tx->ultimate_creditor.name, any);
	put(j, "purpose", tx->purpose, any);
	put(j, "return_info", tx->return_info, any);
	put(j, "tx_info", tx->info, any);
	put_amount(j, "instructed", tx->has_instructed, tx->instructed_minor,
		   tx->instructed_currency, any);
	put_amount(j, "counter_value", tx->has_counter, tx->counter_minor, tx->counter_currency,
		   any);
	put(j, "exchange_rate", tx->exchange_rate, any);
	put_amount(j, "charges", tx->has_charges, tx->charges_minor, tx->charges_currency, any);
}

/* Transactions that do not add up to their entry: each with what the bank said of it. */
static void put_details(struct json *j, const struct camt_entry *en, bool *any)
{
	json_key(j, "transactions"), json_open_array(j);
	for (size_t i = 0; i < en->n_tx; i++) {
		const struct camt_tx *tx = &en->tx[i];
		json_open_object(j);
		put(j, "end_to_end", tx->end_to_end_id, any);
		put(j, "payer", tx->debtor.name, any);
		put(j, "payer_iban", tx->debtor.iban, any);
		put(j, "remittance", tx->remittance, any);
		put_amount(j, "amount", tx->has_amount, tx->minor, tx->currency, any);
		put_tx(j, tx, any);
		json_end(j);
	}
	json_end(j);
}

static const char *other_refs_of(struct arena *a, const struct camt_entry *en,
				 const struct camt_tx *tx, bool is_of_batch)
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
	put(&j, "batch_message", en->batch_message_id, &any);
	put_amount(&j, is_of_batch ? "batch_charges" : "entry_charges", en->has_charges,
		   en->charges_minor, en->charges_currency, &any);
	if (tx)
		put_tx(&j, tx, &any);
	else if (en->n_tx > 1)
		put_details(&j, en, &any);
	json_end(&j);
	return any ? b.data : NULL;
}

static void fill_party(struct staging *s, struct staged_entry *to, const struct camt_tx *tx)
{
	struct arena *a = s->arena;
	/* Money that comes back goes out to the one who had paid: the parties keep their places. */
	bool is_back = to->minor < 0 &&
		       (to->is_reversal || !str_empty(tx->return_code) ||
			(to->bank_code && str_starts(to->bank_code, "PMNT/IDDT/")) ||
			staged_is_returns(&s->statements.at[s->statements.n - 1])) &&
		       (!str_empty(tx->debtor.name) || !str_empty(tx->debtor.iban));
	bool is_credit = to->minor > 0 || is_back;
	const struct camt_party *other = is_credit ? &tx->debtor : &tx->creditor;
	const struct camt_party *behind = is_credit ? &tx->ultimate_debtor : &tx->ultimate_creditor;

	to->payer_name = arena_strdup(a, !str_empty(other->name) ? other->name : behind->name);
	to->payer_iban = other->iban ? text_reference_key(a, other->iban)
				     : arena_strdup(a, other->other_account);
	to->creditor_iban = tx->creditor.iban ? text_reference_key(a, tx->creditor.iban) : NULL;
	to->end_to_end = arena_strdup(a, tx->end_to_end_id);
	to->structured_ref = structured_of(a, tx);
	if (to->minor > 0 && tx->n_references)
		take_documents(a, tx, to);
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
		fill_party(s, to, tx);
	if (str_empty(to->remittance))
		to->remittance = arena_strdup(s->arena, en->info);
	if (st->kind == FORMAT_CFONB120 && (en->info || en->acct_svcr_ref))
		to->words = arena_printf(s->arena, "%s\n%s", en->info ? en->info : "",
					 en->acct_svcr_ref ? en->acct_svcr_ref : "");
	to->other_refs = other_refs_of(s->arena, en, tx, is_of_batch);
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

/* What a notice's movement is called in whatever notice repeats it: by the references that the bank gave, else
 * by its words; n-th of those that are equal. */
static const char *identity_of(struct staging *s, const struct staged_statement *st,
			       const struct staged_entry *to, const struct camt_entry *en,
			       const struct camt_tx *tx)
{
	const char *refs[] = { en->acct_svcr_ref,
			       en->ref,
			       tx ? tx->acct_svcr_ref : NULL,
			       tx ? tx->end_to_end_id : NULL,
			       tx ? tx->tx_id : NULL,
			       tx ? tx->instruction_id : NULL,
			       tx ? tx->uetr : NULL };
	bool is_known_by_ref = !str_empty(en->acct_svcr_ref) ||
			       (tx && (!str_empty(tx->acct_svcr_ref) || !str_empty(tx->tx_id) ||
				       !str_empty(tx->uetr)));
	day_t on = to->value_on != DAY_NONE ? to->value_on : to->booked_on;
	struct buf b;

	buf_init(&b, s->arena);
	buf_printf(&b, "%s|%" PRId64 "|%s", st->kind == FORMAT_CAMT054 ? "details" : "intraday",
		   to->minor, to->currency);
	for (size_t i = 0; i < ARRAY_LEN(refs); i++)
		buf_printf(&b, "|%s", str_empty(refs[i]) ? "" : refs[i]);
	/* Numbers that begin anew each day name nothing without their day. */
	if (!is_known_by_ref)
		buf_printf(&b, "|%s|%s|%s|%d", to->payer_name ? to->payer_name : "",
			   to->payer_iban ? to->payer_iban : "",
			   to->remittance ? to->remittance : "",
			   (int)(on != DAY_NONE ? on : st->created_on));
	return buf_str(&b);
}

static void take_bare(struct staging *s, const struct camt_entry *en);

/* Reports and notifications are kept as they stand, booked or not. */
static void take_notice(struct staging *s, const struct camt_entry *en)
{
	struct staged_statement *st = &s->statements.at[s->statements.n - 1];
	size_t first = st->entries.n;
	int64_t *sum = en->minor < 0 ? &st->debits_minor : &st->credits_minor;

	take_bare(s, en);
	st->n_bank_entries++;
	if (str_eq(en->currency, st->currency) &&
	    !__builtin_add_overflow(*sum, en->minor < 0 ? -en->minor : en->minor, sum))
		++*(en->minor < 0 ? &st->n_debits : &st->n_credits);
	for (size_t i = first; i < st->entries.n; i++) {
		struct staged_entry *to = &st->entries.at[i];
		const struct camt_tx *tx =
			en->n_tx == st->entries.n - first ? &en->tx[i - first] : NULL;
		to->group = st->n_bank_entries;
		to->is_pending = str_eq(en->status, "PDNG") || str_eq(en->status, "FUTR");
		to->identity = identity_of(s, st, to, en, tx);
	}
}

static void take_entry(struct staging *s, const struct camt_entry *en)
{
	struct staged_statement *st = &s->statements.at[s->statements.n - 1];

	if (staged_is_notice(st)) {
		take_notice(s, en);
	} else if (staged_is_returns(st)) {
		st->n_bank_entries++;
		add_entry(s, en, en->n_tx ? &en->tx[0] : NULL, false)->status =
			arena_strdup(s->arena, en->status);
	} else if (en->is_booked) {
		st->n_bank_entries++;
		take_bare(s, en);
	} else {
		st->n_left_out++;
	}
}

static void take_bare(struct staging *s, const struct camt_entry *en)
{
	struct buf text;

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
