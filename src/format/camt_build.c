/* SPDX-License-Identifier: Apache-2.0 */
/* camt_build.c - where the objects of a bank statement begin and are complete. */
#include "format/camt_fields.h"

#include "base/buf.h"

void camt_build_begin(struct camt_build *b, enum camt_level level)
{
	switch (level) {
	case CAMT_STATEMENT:
		b->statement = (struct camt_statement){
			.line = b->line,
			.message = b->message,
			.message_id = b->message_id,
			.kind = b->kind,
			.from = DAY_NONE,
			.to = DAY_NONE,
		};
		b->balances.at = NULL;
		b->balances.n = b->balances.room = 0;
		b->statement_is_given = false;
		return;
	case CAMT_BALANCE:
		b->balance = (struct camt_balance){ .on = DAY_NONE };
		b->balance_side = 0;
		return;
	case CAMT_ENTRY:
		arena_reset(b->passing);
		b->entry = (struct camt_entry){ .line = b->line,
						.booked_on = DAY_NONE,
						.value_on = DAY_NONE };
		memset(b->entry_domain, 0, sizeof b->entry_domain);
		b->entry_charge = b->entry_charges_total = (struct camt_charge){ 0 };
		b->entry_side = 0;
		b->entry_has_amount = b->is_bad = false;
		b->txs.at = NULL;
		b->txs.n = b->txs.room = 0;
		return;
	case CAMT_TX:
		b->tx = (struct camt_tx){ 0 };
		memset(b->tx_domain, 0, sizeof b->tx_domain);
		b->tx_own_code = b->tx_ref_type = NULL;
		b->tx_charge = b->tx_charges_total = (struct camt_charge){ 0 };
		b->tx_side = 0;
		b->tx_has_amount = b->tx_has_details_amount = false;
		b->tx_details_minor = 0;
		b->tx_details_currency = NULL;
		b->references.at = NULL;
		b->references.n = b->references.room = 0;
		return;
	default:
		return;
	}
}

static bool end_balance(struct camt_build *b)
{
	if (!b->balance.currency)
		return true; /* told already, or there was none */
	if (b->balance_side == 'D')
		b->balance.minor = -b->balance.minor;
	if (!b->statement.currency)
		b->statement.currency = b->balance.currency;
	*LIST_ADD(b->kept, &b->balances) = b->balance;
	return true;
}

/* "PMNT/RCDT/ESCT", or what the bank gave of it. */
static const char *code_of(struct camt_build *b, const char *const part[3], const char *own)
{
	struct buf t;

	if (!part[0] && !part[1] && !part[2])
		return own;
	buf_init(&t, b->passing);
	for (int i = 0; i < 3; i++) {
		if (i)
			buf_putc(&t, '/');
		buf_puts(&t, part[i] ? part[i] : "");
	}
	return buf_str(&t);
}

/* Some banks tell what was sent only as the transaction's amount or as a counter-value: it is the one that is in
 * another currency than the account. */
static void note_instructed(struct camt_build *b)
{
	struct camt_tx *t = &b->tx;

	if (t->has_instructed)
		return;
	if (b->tx_has_amount && b->tx_has_details_amount &&
	    !str_eq(b->tx_details_currency, t->currency)) {
		t->has_instructed = true;
		t->instructed_minor = b->tx_details_minor;
		t->instructed_currency = b->tx_details_currency;
	} else if (t->has_counter && !str_eq(t->counter_currency, b->entry.currency)) {
		t->has_instructed = true;
		t->instructed_minor = t->counter_minor;
		t->instructed_currency = t->counter_currency;
		t->has_counter = false;
	}
}

static bool end_tx(struct camt_build *b)
{
	struct camt_tx *t = &b->tx;

	note_instructed(b);
	t->has_amount = b->tx_has_amount || b->tx_has_details_amount;
	if (!b->tx_has_amount && b->tx_has_details_amount) {
		t->minor = b->tx_details_minor;
		t->currency = b->tx_details_currency;
	}
	if (!b->tx_side)
		b->tx_side = b->entry_side;
	if (b->tx_side == 'D')
		t->minor = -t->minor;
	t->bank_code = code_of(b, b->tx_domain, b->tx_own_code);
	t->n_references = b->references.n;
	t->reference = b->references.at;
	t->has_charges = b->tx_charges_total.has;
	t->charges_minor = b->tx_charges_total.minor;
	t->charges_currency = b->tx_charges_total.currency;
	*LIST_ADD(b->passing, &b->txs) = *t;
	return true;
}

static bool details_agree(const struct camt_build *b)
{
	int64_t sum = 0;

	for (size_t i = 0; i < b->txs.n; i++) {
		const struct camt_tx *t = &b->txs.at[i];
		if (!t->has_amount || !str_eq(t->currency, b->entry.currency) ||
		    __builtin_add_overflow(sum, t->minor, &sum))
			return false;
	}
	return b->txs.n > 0 && sum == b->entry.minor;
}

static bool give_statement(struct camt_build *b, enum record_kind kind, struct err *e)
{
	const struct sink *sink = b->report.sink;

	b->statement_is_given = true;
	b->statement.balance = b->balances.at;
	b->statement.n_balances = b->balances.n;
	return sink->take(sink->arg, &(struct record){ kind, { .statement = &b->statement } }, e);
}

/* Adds the entry to its statement's sums; false on overflow. */
static bool count_entry(struct camt_build *b)
{
	struct camt_statement *s = &b->statement;
	const struct camt_entry *n = &b->entry;
	int64_t *sum = n->minor < 0 ? &s->debits_minor : &s->credits_minor, minor = n->minor;

	s->n_entries++;
	if (!n->is_booked || !str_eq(n->currency, s->currency))
		return true;
	if (minor < 0)
		minor = -minor;
	++*(n->minor < 0 ? &s->n_debits : &s->n_credits);
	return !__builtin_add_overflow(*sum, minor, sum);
}

static void note_days(struct camt_build *b)
{
	struct parse_total *t = b->total;
	day_t d = b->entry.booked_on;

	if (d == DAY_NONE)
		return;
	if (t->from == DAY_NONE || d < t->from)
		t->from = d;
	if (t->to == DAY_NONE || d > t->to)
		t->to = d;
}

static bool reject_entry(struct camt_build *b, const char *code, const char *field, const char *why,
			 struct err *e)
{
	b->total->n_rejected++;
	return report_error(&b->report, b->entry.line, code, field, NULL, 0, e,
			    "the bank entry was left out: %s", why);
}

static bool end_entry(struct camt_build *b, struct err *e)
{
	const struct sink *sink = b->report.sink;
	struct camt_entry *n = &b->entry;

	if (b->is_bad) { /* its amount was reported */
		b->total->n_rejected++;
		return true;
	}
	if (!b->entry_has_amount)
		return reject_entry(b, "camt.entry_amount", "Amt", "it has no amount", e);
	if (!b->entry_side)
		return reject_entry(b, "camt.entry_side", "CdtDbtInd",
				    "it is neither CRDT nor DBIT", e);
	if (b->entry_side == 'D')
		n->minor = -n->minor;
	n->is_booked = str_eq(n->status, "BOOK");
	n->bank_code = code_of(b, b->entry_domain, NULL);
	n->n_tx = b->txs.n;
	n->tx = b->txs.at;
	n->is_incomplete = n->batch_count > (int64_t)n->n_tx;
	n->details_agree = details_agree(b);
	n->has_charges = b->entry_charges_total.has;
	n->charges_minor = b->entry_charges_total.minor;
	n->charges_currency = b->entry_charges_total.currency;
	if (!b->statement.currency)
		b->statement.currency = arena_strdup(b->kept, n->currency);
	if (!b->statement_is_given && !give_statement(b, RECORD_CAMT_STATEMENT, e))
		return false;
	if (!count_entry(b))
		return err_set(e, ERR_RANGE, "the sum of the entries is too large");
	n->index = b->statement.n_entries;
	if (!str_eq(n->currency, b->statement.currency))
		report_warn(&b->report, n->line, "camt.entry_currency", "Amt", n->currency,
			    strlen(n->currency), "the entry is not in the account's currency");
	note_days(b);
	b->total->n_records++;
	return sink->take(sink->arg, &(struct record){ RECORD_CAMT_ENTRY, { .entry = n } }, e);
}

static const struct camt_balance *balance_of(const struct camt_build *b, const char *code)
{
	for (size_t i = 0; i < b->balances.n; i++)
		if (str_eq(b->balances.at[i].code, code) &&
		    str_eq(b->balances.at[i].currency, b->statement.currency))
			return &b->balances.at[i];
	return NULL;
}

static bool end_statement(struct camt_build *b, struct err *e)
{
	const struct camt_balance *opening = balance_of(b, "OPBD"),
				  *closing = balance_of(b, "CLBD");
	struct camt_statement *s = &b->statement;
	int64_t sum;

	if (!b->statement_is_given && !give_statement(b, RECORD_CAMT_STATEMENT, e))
		return false;
	if (!opening)
		opening = balance_of(b, "PRCD");
	if (opening) {
		s->has_opening = true;
		s->opening_minor = opening->minor;
	}
	if (closing) {
		s->has_closing = true;
		s->closing_minor = closing->minor;
	}
	s->is_balanced = opening && closing &&
			 !__builtin_add_overflow(opening->minor, s->credits_minor, &sum) &&
			 !__builtin_sub_overflow(sum, s->debits_minor, &sum) &&
			 sum == closing->minor;
	if (s->kind == FORMAT_CAMT053 && !s->is_balanced)
		report_warn(&b->report, s->line, "camt.unbalanced", "Bal", s->id,
			    s->id ? strlen(s->id) : 0,
			    opening && closing ? "the opening balance and the entries do not make "
						 "the closing balance"
					       : "the opening or the closing balance is missing");
	b->total->n_statements++;
	return give_statement(b, RECORD_CAMT_STATEMENT_END, e);
}

bool camt_build_end(struct camt_build *b, enum camt_level level, struct err *e)
{
	switch (level) {
	case CAMT_BALANCE:
		return end_balance(b);
	case CAMT_TX:
		return end_tx(b);
	case CAMT_ENTRY:
		return end_entry(b, e);
	case CAMT_STATEMENT:
		return end_statement(b, e);
	default:
		return true;
	}
}
