/* SPDX-License-Identifier: Apache-2.0 */
#include "format/cfonb240.h"

#include "base/identifier.h"
#include "format/bank.h"
#include "format/card.h"
#include "format/encoding.h"
#include "format/grid.h"

#include <ctype.h>
#include <stdio.h>

struct reader {
	struct bank bank;
	char account[32]; /* as record 31 says it */
	int64_t sequence; /* of the record before */
	bool is_wrong;    /* its figures cannot be trusted */
};

static const char *text_of(struct reader *r, const struct card *c, int from, int last)
{
	struct csv_field p = card_part(c, from, last);

	return bank_line(r->bank.arena, p.s, p.n);
}

static bool number_of(struct csv_field p, int64_t *ret)
{
	int64_t v = 0;

	if (p.n == 0 || p.n > 15)
		return false;
	for (size_t i = 0; i < p.n; i++) {
		if (!isdigit((unsigned char)p.s[i]))
			return false;
		v = v * 10 + (p.s[i] - '0');
	}
	*ret = v;
	return true;
}

/* DDMMYY; blank or zeros say nothing. */
static day_t day_of(struct reader *r, const struct card *c, int from)
{
	struct csv_field p = card_part(c, from, from + 5);
	day_t day = DAY_NONE;
	int64_t v;

	if (p.n == 0)
		return DAY_NONE;
	if (p.n != 6 || !number_of(p, &v)) {
		v = -1;
	} else if (v == 0) {
		return DAY_NONE;
	}
	if (v < 0 || !bank_day((int)(v % 100), (int)(v / 100 % 100), (int)(v / 10000), &day)) {
		report_warn(&r->bank.report, c->line, "cfonb240.date", NULL, p.s, p.n,
			    "the date is not one as DDMMYY and was left out");
		return DAY_NONE;
	}
	return day;
}

static bool wrong(struct reader *r, const struct card *c, const char *code, int from, int last,
		  const char *why, struct err *e)
{
	struct csv_field p = card_part(c, from, last);

	r->is_wrong = true;
	return report_error(&r->bank.report, c->line, code, NULL, p.s, p.n, e, "%s", why);
}

/* An account as bank, branch and number: its IBAN when its key can be made. */
static void account_of(struct reader *r, const struct card *c, int from, const char **ret_iban,
		       const char **ret_other)
{
	struct csv_field bank = card_part(c, from, from + 4),
			 branch = card_part(c, from + 5, from + 9),
			 number = card_part(c, from + 10, from + 20);
	struct arena *a = r->bank.arena;
	char rib[24], iban[IBAN_TEXT];
	int key = 0;

	if (bank.n + branch.n + number.n == 0)
		return;
	if (bank.n == 5 && branch.n == 5 && number.n == 11)
		key = rib_key(arena_strndup(a, bank.s, 5), arena_strndup(a, branch.s, 5),
			      arena_strndup(a, number.s, 11));
	if (key > 0) {
		snprintf(rib, sizeof rib, "%.5s%.5s%.11s%02d", bank.s, branch.s, number.s,
			 key % 100);
		if (rib_check(rib, iban) == ID_VALID) {
			*ret_iban = arena_strdup(a, iban);
			return;
		}
	}
	*ret_other = arena_printf(a, "%.*s %.*s %.*s", (int)bank.n, bank.s, (int)branch.n, branch.s,
				  (int)number.n, number.s);
}

static bool check_sequence(struct reader *r, const struct card *c, struct err *e)
{
	int64_t n;

	if (!number_of(card_part(c, 3, 8), &n) || n != r->sequence + 1)
		return wrong(r, c, "cfonb240.sequence", 3, 8,
			     "the record's number does not follow the one before", e);
	r->sequence = n;
	return true;
}

static bool take_31(struct reader *r, const struct card *c, struct err *e)
{
	struct csv_field account = card_part(c, 22, 42);
	bool ok = true;

	if (r->bank.is_open) {
		ok = wrong(r, c, "cfonb240.order", 1, 2,
			   "a batch begins before the one above has ended", e);
		r->bank.total->n_rejected += (int64_t)r->bank.movements.n;
	}
	bank_begin(&r->bank, FORMAT_CFONB240, "cfonb240", c->line);
	r->is_wrong = false;
	snprintf(r->account, sizeof r->account, "%.*s", (int)(account.n < 31 ? account.n : 31),
		 account.s);
	(void)str_mend_utf8(r->account); /* its last character may be half */
	account_of(r, c, 22, &r->bank.statement.iban, &r->bank.statement.other_account);
	r->bank.statement.owner = text_of(r, c, 43, 66);
	r->bank.statement.from = day_of(r, c, 11);
	r->bank.statement.sequence = text_of(r, c, 9, 10);
	if (!number_of(card_part(c, 3, 8), &r->sequence))
		return wrong(r, c, "cfonb240.sequence", 3, 8, "the record has no number", e);
	return ok;
}

/* References that have no field of their own, by name. */
static const char *other_refs(struct reader *r, const struct card *c)
{
	const struct {
		const char *name;
		int from, last;
	} parts[] = { { "reserved", 18, 21 },
		      { "issuer", 67, 72 },
		      { "presenter", 123, 128 },
		      { "original_settlement", 217, 222 },
		      { "original_presenter", 223, 228 },
		      { "client_name", 99, 122 } };
	const char *all = NULL;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *text = text_of(r, c, parts[i].from, parts[i].last);
		if (text)
			all = arena_printf(r->bank.arena, "%s%s%s=%s", all ? all : "",
					   all ? "; " : "", parts[i].name, text);
	}
	return all;
}

static bool take_34(struct reader *r, const struct card *c, struct err *e)
{
	struct bank_movement *m;
	int64_t minor;

	if (!r->bank.is_open) {
		r->bank.total->n_rejected++;
		return wrong(r, c, "cfonb240.order", 1, 2, "a return stands outside a batch", e);
	}
	if (!check_sequence(r, c, e))
		return false;
	if (!number_of(card_part(c, 229, 240), &minor) || minor == 0) {
		r->bank.total->n_rejected++;
		return wrong(r, c, "cfonb240.amount", 229, 240, "the amount cannot be read", e);
	}
	m = bank_movement_add(&r->bank, c->line, e);
	if (!m)
		return false;
	m->entry.is_booked = false;
	m->entry.status = "RTRN";
	m->entry.minor = -minor;
	m->entry.currency = "EUR";
	m->entry.bank_own_code = text_of(r, c, 9, 10);
	m->entry.booked_on = day_of(r, c, 11);
	m->entry.value_on = day_of(r, c, 217);
	m->entry.ref = text_of(r, c, 3, 8);
	m->tx.debtor.name = text_of(r, c, 43, 66);
	account_of(r, c, 22, &m->tx.debtor.iban, &m->tx.debtor.other_account);
	m->tx.remittance = text_of(r, c, 129, 216);
	m->tx.other_refs = other_refs(r, c);
	return true;
}

static bool take_39(struct reader *r, const struct card *c, struct err *e)
{
	struct csv_field account = card_part(c, 22, 42);
	struct bank *b = &r->bank;
	int64_t total, sum = 0;
	char day[DATE_TEXT];
	bool ok = true;

	if (!b->is_open)
		return wrong(r, c, "cfonb240.order", 1, 2, "a batch ends that has not begun", e);
	if (!check_sequence(r, c, e))
		return false;
	if (!number_of(card_part(c, 229, 240), &total)) {
		b->total->n_rejected += (int64_t)b->movements.n;
		b->is_open = false;
		return wrong(r, c, "cfonb240.amount", 229, 240, "the total cannot be read", e);
	}
	for (size_t i = 0; i < b->movements.n; i++)
		sum -= b->movements.at[i]->entry.minor;
	if (account.n != strlen(r->account) || memcmp(account.s, r->account, account.n) != 0)
		ok = wrong(r, c, "cfonb240.account", 22, 42,
			   "the batch ends for another account than it began", e);
	if (ok && sum != total)
		ok = wrong(r, c, "cfonb240.unbalanced", 229, 240,
			   "the returns do not make the total of their batch", e);
	if (!ok)
		return false;
	b->statement.to = day_of(r, c, 11);
	b->statement.id =
		arena_printf(b->arena, "240/%s/%s/%s", r->account,
			     b->statement.to != DAY_NONE ? date_format(b->statement.to, day) : "",
			     b->statement.sequence ? b->statement.sequence : "");
	bank_balance_add(b, "OPBD", "EUR", 0, b->statement.to);
	/* Where something is wrong the figures must not look as if they agreed. */
	if (!r->is_wrong || sum != total)
		bank_balance_add(b, "CLBD", "EUR", -total, b->statement.to);
	return bank_give(b, e);
}

static bool take_record(struct reader *r, const struct card *c, struct err *e)
{
	if (memcmp(c->text, "31", 2) == 0)
		return take_31(r, c, e);
	if (memcmp(c->text, "34", 2) == 0)
		return take_34(r, c, e);
	if (memcmp(c->text, "39", 2) == 0)
		return take_39(r, c, e);
	return wrong(r, c, "cfonb240.record", 1, 2, "the record is none of 31, 34 and 39", e);
}

static bool take_line(struct reader *r, const char *s, size_t n, int64_t line, struct err *e)
{
	struct card c = { .line = line };

	while (field_trim((struct csv_field){ s, n }).n) {
		if (!card_cut(s, n, CFONB240_RECORD, &c)) {
			r->is_wrong = true;
			return report_error(&r->bank.report, line, "cfonb240.length", NULL, s, n, e,
					    "the record has not the length of 240 characters");
		}
		if (!take_record(r, &c, e))
			return false;
		s += card_bytes(&c);
		n -= card_bytes(&c);
	}
	return true;
}

static bool read_file(struct reader *r, const char *text, size_t len, struct err *e)
{
	struct lines lines;
	const char *s;
	size_t n;

	lines_init(&lines, text, len);
	while (lines_next(&lines, &s, &n))
		if (!take_line(r, s, n, lines.number, e))
			return false;
	if (r->bank.is_open) {
		r->bank.total->n_rejected += (int64_t)r->bank.movements.n;
		if (!report_error(&r->bank.report, lines.number, "cfonb240.order", NULL, NULL, 0, e,
				  "the file ends before its last batch does"))
			return false;
	}
	return report_total(&r->bank.report, r->bank.total, e);
}

bool cfonb240_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
		   struct err *e)
{
	struct reader r = { 0 };
	bool ok;

	bank_init(&r.bank, sink, total);
	total->format = FORMAT_CFONB240;
	ok = read_file(&r, text, len, e);
	bank_done(&r.bank);
	return ok;
}
