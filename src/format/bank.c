/* SPDX-License-Identifier: Apache-2.0 */
#include "format/bank.h"

#include "base/buf.h"
#include "base/identifier.h"
#include "base/money.h"
#include "format/grid.h"

#include <ctype.h>
#include <stdio.h>

void bank_init(struct bank *b, const struct sink *sink, struct parse_total *total)
{
	*b = (struct bank){ .report.sink = sink, .total = total };
	b->arena = arena_new((size_t)BANK_STATEMENT_MAX * 2);
}

void bank_done(struct bank *b)
{
	arena_free(b->arena);
}

void bank_begin(struct bank *b, enum format kind, const char *message, int64_t line)
{
	arena_reset(b->arena);
	b->movements.at = NULL;
	b->movements.n = b->movements.room = 0;
	b->balances.at = NULL;
	b->balances.n = b->balances.room = 0;
	b->is_open = true;
	b->currency[0] = 0;
	b->statement = (struct camt_statement){
		.line = line, .message = message, .kind = kind, .from = DAY_NONE, .to = DAY_NONE
	};
}

static struct bank_movement *movement_new(struct bank *b, int64_t line, size_t n, struct err *e)
{
	struct bank_movement *m;

	if (n == BANK_MOVEMENTS_MAX || arena_used(b->arena) > BANK_STATEMENT_MAX) {
		err_set(e, ERR_LIMIT, "line %" PRId64 ": the statement is too large", line);
		return NULL;
	}
	m = ARENA_NEW(b->arena, struct bank_movement);
	m->entry.line = line;
	m->entry.booked_on = m->entry.value_on = DAY_NONE;
	m->entry.is_booked = true;
	m->entry.status = "BOOK";
	m->reference.on = DAY_NONE;
	return m;
}

struct bank_movement *bank_movement_add(struct bank *b, int64_t line, struct err *e)
{
	struct bank_movement *m = movement_new(b, line, b->movements.n, e);

	if (m)
		*LIST_ADD(b->arena, &b->movements) = m;
	return m;
}

struct bank_movement *bank_detail_add(struct bank *b, struct bank_movement *total, int64_t line,
				      struct err *e)
{
	struct bank_movement *m = movement_new(b, line, total->details.n, e);

	if (m)
		*LIST_ADD(b->arena, &total->details) = m;
	return m;
}

void bank_balance_add(struct bank *b, const char *code, const char *currency, int64_t minor,
		      day_t on)
{
	struct camt_balance *to = LIST_ADD(b->arena, &b->balances);

	*to = (struct camt_balance){ code, arena_strdup(b->arena, currency), minor, on };
	if (!b->currency[0])
		snprintf(b->currency, sizeof b->currency, "%s", currency);
}

void bank_fault(struct bank *b, const char *why)
{
	if (!b->statement.fault)
		b->statement.fault = why;
}

static const struct camt_balance *balance_of(const struct bank *b, const char *code)
{
	for (size_t i = 0; i < b->balances.n; i++)
		if (str_eq(b->balances.at[i].code, code))
			return &b->balances.at[i];
	return NULL;
}

static bool sum_up(struct bank *b)
{
	struct camt_statement *s = &b->statement;

	for (size_t i = 0; i < b->movements.n; i++) {
		const struct camt_entry *en = &b->movements.at[i]->entry;
		if (!str_eq(en->currency, b->currency) || en->minor == INT64_MIN)
			return false;
		if (__builtin_add_overflow(en->minor < 0 ? s->debits_minor : s->credits_minor,
					   en->minor < 0 ? -en->minor : en->minor,
					   en->minor < 0 ? &s->debits_minor : &s->credits_minor))
			return false;
		++*(en->minor < 0 ? &s->n_debits : &s->n_credits);
	}
	return true;
}

static bool is_balanced(const struct camt_statement *s)
{
	int64_t sum;

	return s->has_opening && s->has_closing &&
	       !__builtin_add_overflow(s->opening_minor, s->credits_minor, &sum) &&
	       !__builtin_sub_overflow(sum, s->debits_minor, &sum) && sum == s->closing_minor;
}

static void complete(struct bank *b)
{
	const struct camt_balance *opening = balance_of(b, "OPBD"),
				  *closing = balance_of(b, "CLBD");
	struct camt_statement *s = &b->statement;
	bool adds_up = sum_up(b);

	s->n_entries = (int64_t)b->movements.n;
	s->currency = b->currency[0] ? b->currency : NULL;
	s->n_balances = b->balances.n;
	s->balance = b->balances.at;
	if (opening) {
		s->has_opening = true;
		s->opening_minor = opening->minor;
	}
	if (closing) {
		s->has_closing = true;
		s->closing_minor = closing->minor;
	}
	s->is_balanced = adds_up && is_balanced(s);
}

static void complete_tx(struct bank_movement *m)
{
	m->tx.has_amount = true;
	m->tx.minor = m->entry.minor;
	m->tx.currency = m->entry.currency;
	if (m->reference.number) {
		m->tx.reference = &m->reference;
		m->tx.n_references = 1;
	}
}

/* The details as the transactions of their total. */
static void complete_details(struct bank *b, struct bank_movement *m)
{
	struct camt_tx *tx = ARENA_ARRAY(b->arena, m->details.n, struct camt_tx);
	int64_t sum = 0;
	bool agree = true;

	for (size_t i = 0; i < m->details.n; i++) {
		complete_tx(m->details.at[i]);
		tx[i] = m->details.at[i]->tx;
		agree = agree && str_eq(tx[i].currency, m->entry.currency) &&
			!__builtin_add_overflow(sum, tx[i].minor, &sum);
	}
	m->entry.n_tx = m->details.n;
	m->entry.tx = tx;
	m->entry.batch_count = (int64_t)m->details.n;
	m->entry.details_agree = agree && sum == m->entry.minor;
}

static bool give_movement(struct bank *b, struct bank_movement *m, int64_t index, struct err *e)
{
	const struct sink *sink = b->report.sink;

	m->entry.index = index;
	if (m->details.n) {
		complete_details(b, m);
	} else {
		complete_tx(m);
		m->entry.details_agree = true;
		m->entry.n_tx = 1;
		m->entry.tx = &m->tx;
	}
	b->total->n_records++;
	if (m->entry.booked_on != DAY_NONE) {
		if (b->total->from == DAY_NONE || m->entry.booked_on < b->total->from)
			b->total->from = m->entry.booked_on;
		if (b->total->to == DAY_NONE || m->entry.booked_on > b->total->to)
			b->total->to = m->entry.booked_on;
	}
	return sink->take(sink->arg, &(struct record){ RECORD_CAMT_ENTRY, { .entry = &m->entry } },
			  e);
}

bool bank_give(struct bank *b, struct err *e)
{
	const struct sink *sink = b->report.sink;
	struct record r = { RECORD_CAMT_STATEMENT, { .statement = &b->statement } };

	complete(b);
	b->is_open = false;
	if (!sink->take(sink->arg, &r, e))
		return false;
	for (size_t i = 0; i < b->movements.n; i++)
		if (!give_movement(b, b->movements.at[i], (int64_t)i + 1, e))
			return false;
	b->total->n_statements++;
	r.kind = RECORD_CAMT_STATEMENT_END;
	return sink->take(sink->arg, &r, e);
}

/* ---- texts and amounts ---- */

const char *bank_line(struct arena *a, const char *s, size_t n)
{
	struct csv_field f = field_trim((struct csv_field){ s, n });
	char *text;

	if (!f.n)
		return NULL;
	text = arena_strndup(a, f.s, f.n);
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	return text;
}

const char *bank_reference(struct arena *a, const char *s, size_t n)
{
	static const char *const none[] = { "NONREF", "NOTPROVIDED", "NOT PROVIDED", "NOREF",
					    "EREF",   "EREF+",       "KREF",         "KREF+",
					    "PREF",   "MARF",        "UNKNOWN" };
	const char *text = bank_line(a, s, n);

	for (size_t i = 0; text && i < ARRAY_LEN(none); i++)
		if (str_eq(text, none[i]))
			return NULL;
	return text;
}

bool bank_scale(int64_t *minor, int decimals, const char *currency)
{
	int wanted = currency_decimals(currency);

	for (; decimals > wanted; decimals--) {
		if (*minor % 10 != 0)
			return false;
		*minor /= 10;
	}
	for (; decimals < wanted; decimals++)
		if (__builtin_mul_overflow(*minor, 10, minor))
			return false;
	return true;
}

bool bank_amount(const char *s, size_t n, const char *currency, int64_t *ret)
{
	int decimals = -1, digits = 0;
	int64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if ((s[i] == ',' || s[i] == '.') && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (!isdigit((unsigned char)s[i]) || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, s[i] - '0', &v))
			return false;
		digits++;
		decimals += decimals >= 0;
	}
	if (digits == 0 || !bank_scale(&v, decimals < 0 ? 0 : decimals, currency))
		return false;
	*ret = v;
	return true;
}

bool bank_day(int yy, int month, int day, day_t *ret)
{
	int year = yy + (yy <= 60 ? 2000 : 1900);

	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	if (day > date_days_in_month(year, month)) {
		if (month != 2 || day > 30)
			return false;
		day = date_days_in_month(year, month);
	}
	*ret = date_of(year, month, day);
	return true;
}

void bank_identify(struct arena *a, const char *s, size_t n, const char **ret_iban,
		   const char **ret_other)
{
	const char *text = bank_line(a, s, n);
	char iban[IBAN_TEXT];

	if (!text)
		return;
	if (iban_check(text, iban) == ID_VALID)
		*ret_iban = arena_strdup(a, iban);
	else
		*ret_other = text;
}
