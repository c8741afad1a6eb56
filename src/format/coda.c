/* SPDX-License-Identifier: Apache-2.0 */
#include "format/coda.h"

#include "base/buf.h"
#include "base/identifier.h"
#include "base/money.h"
#include "format/encoding.h"
#include "format/grid.h"

#include <ctype.h>
#include <stdio.h>

enum { GROUPS_MAX = 9 };

struct coda {
	struct bank bank;
	struct bank_movement *total;    /* the last of detail number 0000 */
	struct bank_movement *movement; /* the last of any: what its lines belong to */
	struct buf words;               /* its communication so far */
	bool is_structured;
	char groups[GROUPS_MAX + 1];
	int64_t n_lines, debit_milli, credit_milli;
};

/* ---- errors ---- */

static bool wrong(struct coda *f, const struct coda_line *l, const char *code, int from, int last,
		  const char *why, struct err *e)
{
	struct csv_field p = coda_part(l, from, last);

	if (f->bank.is_open)
		bank_fault(&f->bank, "one of its lines cannot be read");
	return report_error(&f->bank.report, l->number, code, NULL, p.s, p.n, e, "%s", why);
}

/* ---- parts ---- */

static bool day_of(const struct coda_line *l, int from, day_t *ret)
{
	struct csv_field p = coda_part(l, from, from + 5);
	int d[3];

	if (p.n != 6)
		return false;
	for (int i = 0; i < 3; i++) {
		if (!isdigit((unsigned char)p.s[2 * i]) || !isdigit((unsigned char)p.s[2 * i + 1]))
			return false;
		d[i] = (p.s[2 * i] - '0') * 10 + p.s[2 * i + 1] - '0';
	}
	return bank_day(d[2], d[1], d[0], ret);
}

static const char *text_of(struct coda *f, const struct coda_line *l, int from, int last)
{
	struct csv_field p = coda_part(l, from, last);

	return bank_line(f->bank.arena, p.s, p.n);
}

/* Thousandths into the currency's minor units; false when a fraction would be lost. */
static bool to_minor(const struct coda *f, int64_t milli, int64_t *ret)
{
	*ret = milli;
	return bank_scale(ret, 3, f->bank.currency[0] ? f->bank.currency : "EUR");
}

/* ---- statements ---- */

/* What the payer wrote is known when the movement's last line is read. */
static void end_movement(struct coda *f)
{
	if (f->movement && f->words.len)
		coda_communication(f->bank.arena, f->is_structured, buf_str(&f->words),
				   f->movement);
	buf_init(&f->words, f->bank.arena);
	f->movement = NULL;
}

/* A Belgian number of twelve digits is an IBAN without its beginning. */
static void name_belgian(struct coda *f, const char *number)
{
	struct camt_statement *s = &f->bank.statement;
	char iban[IBAN_TEXT], text[40];

	s->other_account = number;
	if (strlen(number) != 12)
		return;
	snprintf(text, sizeof text, "%.12sBE00", number);
	snprintf(text, sizeof text, "BE%02d%.12s", (98 - mod97(text, 16)) % 100, number);
	if (iban_check(text, iban) == ID_VALID) {
		s->iban = arena_strdup(f->bank.arena, iban);
		s->other_account = NULL;
	}
}

static void name_account(struct coda *f, const struct coda_line *l)
{
	struct camt_statement *s = &f->bank.statement;
	struct csv_field kind = coda_part(l, 2, 2), number, currency;
	bool is_belgian = kind.n == 0 || kind.s[0] == '0';

	number = is_belgian         ? coda_part(l, 6, 17)
		 : kind.s[0] == '2' ? coda_part(l, 6, 36)
				    : coda_part(l, 6, 39);
	currency = is_belgian ? coda_part(l, 19, 21) : coda_part(l, 40, 42);
	if (is_belgian && number.n)
		name_belgian(f, bank_line(f->bank.arena, number.s, number.n));
	else
		bank_identify(f->bank.arena, number.s, number.n, &s->iban, &s->other_account);
	if (currency.n == 3) {
		char code[4] = { currency.s[0], currency.s[1], currency.s[2], 0 };
		if (currency_is_code(code))
			memcpy(f->bank.currency, code, 4);
	}
}

static bool take_balance(struct coda *f, const struct coda_line *l, const char *code, int sign_at,
			 struct err *e)
{
	int64_t milli, minor;
	day_t on;

	if (!coda_amount(l, sign_at, sign_at + 1, &milli))
		return wrong(f, l, "coda.amount", sign_at, sign_at + 15,
			     "the balance cannot be read", e);
	if (!to_minor(f, milli, &minor))
		return wrong(f, l, "coda.amount", sign_at, sign_at + 15,
			     "the balance has a fraction of a cent", e);
	if (!day_of(l, sign_at + 16, &on))
		return wrong(f, l, "coda.date", sign_at + 16, sign_at + 21,
			     "the balance's date is not a date as DDMMYY", e);
	bank_balance_add(&f->bank, code, f->bank.currency, minor, on);
	return true;
}

/* ---- lines ---- */

static bool take_0(struct coda *f, const struct coda_line *l, struct err *e)
{
	struct camt_statement *s = &f->bank.statement;

	if (f->bank.is_open) {
		end_movement(f);
		bank_fault(&f->bank, "the file is cut off");
		if (!bank_give(&f->bank, e))
			return false;
	}
	bank_begin(&f->bank, FORMAT_CODA, "coda", l->number);
	buf_init(&f->words, f->bank.arena);
	f->total = f->movement = NULL;
	f->n_lines = f->debit_milli = f->credit_milli = 0;
	s->owner = text_of(f, l, 35, 60);
	s->bank_bic = text_of(f, l, 61, 71);
	s->message_id = text_of(f, l, 25, 34);
	return true;
}

static bool take_1(struct coda *f, const struct coda_line *l, struct err *e)
{
	struct camt_statement *s = &f->bank.statement;

	name_account(f, l);
	if (!f->bank.currency[0])
		memcpy(f->bank.currency, "EUR", 4);
	s->account_name = text_of(f, l, 65, 90);
	s->sequence = text_of(f, l, 126, 128);
	s->legal_sequence = text_of(f, l, 3, 5);
	return take_balance(f, l, "OPBD", 43, e);
}

static bool is_total(struct coda *f, char group)
{
	char *open = memchr(f->groups, group, strlen(f->groups));
	size_t n = strlen(f->groups);

	if (group == '0' || group == ' ')
		return false;
	if (open) {
		memmove(open, open + 1, strlen(open)); /* the last of its group */
		return false;
	}
	if (n < GROUPS_MAX)
		f->groups[n] = group, f->groups[n + 1] = 0;
	return true;
}

/* A detail number of its own; totals inside of totals count for nothing: their details follow. */
static struct bank_movement *place(struct coda *f, const struct coda_line *l, bool *ret_is_detail,
				   struct err *e)
{
	struct csv_field detail = coda_part(l, 7, 10), group = coda_part(l, 125, 125);
	char code = group.n ? group.s[0] : '0';

	*ret_is_detail = !(detail.n == 4 && memcmp(detail.s, "0000", 4) == 0);
	if (!*ret_is_detail) {
		f->groups[0] = 0;
		(void)is_total(f, code);
		f->total = bank_movement_add(&f->bank, l->number, e);
		return f->total;
	}
	if (!f->total) {
		(void)err_set(e, ERR_FORMAT,
			      "line %" PRId64 ": a detail stands without its movement", l->number);
		return NULL;
	}
	if (is_total(f, code))
		return ARENA_NEW(f->bank.arena, struct bank_movement); /* given to nobody */
	return bank_detail_add(&f->bank, f->total, l->number, e);
}

static bool take_21(struct coda *f, const struct coda_line *l, struct err *e)
{
	struct arena *a = f->bank.arena;
	struct csv_field words = coda_part(l, 63, 115), reference = coda_part(l, 11, 31);
	struct bank_movement *m;
	int64_t milli, minor;
	bool is_detail;

	end_movement(f);
	if (!coda_amount(l, 32, 33, &milli))
		return wrong(f, l, "coda.amount", 32, 47, "the amount cannot be read", e);
	m = place(f, l, &is_detail, e);
	if (!m)
		return false;
	if (!is_detail)
		*(milli < 0 ? &f->debit_milli : &f->credit_milli) += milli < 0 ? -milli : milli;
	if (!to_minor(f, milli, &minor))
		return wrong(f, l, "coda.amount", 32, 47, "the amount has a fraction of a cent", e);
	if (!day_of(l, 116, &m->entry.booked_on))
		return wrong(f, l, "coda.date", 116, 121, "the entry date is not a date as DDMMYY",
			     e);
	m->entry.value_on = DAY_NONE;
	if (coda_part(l, 48, 53).n)
		(void)day_of(l, 48, &m->entry.value_on);
	m->entry.minor = minor;
	m->entry.currency = arena_strdup(a, f->bank.currency);
	m->entry.bank_own_code = text_of(f, l, 54, 61);
	m->entry.acct_svcr_ref = bank_reference(a, reference.s, reference.n);
	m->tx.acct_svcr_ref = m->entry.acct_svcr_ref;
	f->movement = m;
	f->is_structured = l->at[62] > l->at[61] && l->text[l->at[61]] == '1';
	/* Inside, the blanks count: a part may go on on the next line. */
	words = (struct csv_field){ l->text + l->at[62], l->at[115] - l->at[62] };
	buf_add(&f->words, words.s, words.n);
	return true;
}

static bool belongs(struct coda *f, const struct coda_line *l, struct err *e)
{
	return f->movement ? true
			   : wrong(f, l, "coda.order", 1, 10,
				   "the line stands without its movement", e);
}

static bool take_22(struct coda *f, const struct coda_line *l, struct err *e)
{
	struct bank_movement *m = f->movement;
	struct csv_field reference = coda_part(l, 64, 98);

	if (!m)
		return belongs(f, l, e);
	buf_add(&f->words, l->text + l->at[10], l->at[63] - l->at[10]);
	m->tx.end_to_end_id = bank_reference(f->bank.arena, reference.s, reference.n);
	(m->entry.minor < 0 ? &m->tx.creditor : &m->tx.debtor)->bic = text_of(f, l, 99, 109);
	m->tx.return_code = text_of(f, l, 114, 117);
	m->tx.purpose = text_of(f, l, 122, 125);
	return true;
}

static bool take_23(struct coda *f, const struct coda_line *l, struct err *e)
{
	struct bank_movement *m = f->movement;
	struct camt_party *p;
	struct csv_field account = coda_part(l, 11, 44);

	if (!m)
		return belongs(f, l, e);
	p = m->entry.minor < 0 ? &m->tx.creditor : &m->tx.debtor;
	if (account.n)
		bank_identify(f->bank.arena, account.s, account.n, &p->iban, &p->other_account);
	p->name = text_of(f, l, 48, 82);
	buf_add(&f->words, l->text + l->at[82], l->at[125] - l->at[82]);
	return true;
}

static void add_info(struct coda *f, const char *text)
{
	struct bank_movement *m = f->movement ? f->movement : f->total;

	if (!text || !m)
		return;
	m->entry.info =
		m->entry.info ? arena_printf(f->bank.arena, "%s\n%s", m->entry.info, text) : text;
	m->tx.info = m->entry.info;
}

/* Information of the movement; its first kind, 001, names the counterparty once more. */
static bool take_3(struct coda *f, const struct coda_line *l, const char *kind, struct err *e)
{
	if (!f->total)
		return belongs(f, l, e);
	if (str_eq(kind, "31"))
		add_info(f, text_of(f, l, 41, 113));
	else if (str_eq(kind, "32"))
		add_info(f, text_of(f, l, 11, 115));
	else
		add_info(f, text_of(f, l, 11, 100));
	return true;
}

static bool take_8(struct coda *f, const struct coda_line *l, struct err *e)
{
	end_movement(f);
	return take_balance(f, l, "CLBD", 42, e);
}

static bool whole(const struct coda_line *l, int from, int last, int64_t *ret)
{
	struct csv_field p = coda_part(l, from, last);

	*ret = 0;
	for (size_t i = 0; i < p.n; i++) {
		if (!isdigit((unsigned char)p.s[i]))
			return false;
		*ret = *ret * 10 + (p.s[i] - '0');
	}
	return p.n > 0;
}

/* The last line counts the others and sums the movements. */
static bool take_9(struct coda *f, const struct coda_line *l, struct err *e)
{
	struct camt_statement *s = &f->bank.statement;
	int64_t n, debit, credit;
	char day[DATE_TEXT];

	if (!whole(l, 17, 22, &n) || !whole(l, 23, 37, &debit) || !whole(l, 38, 52, &credit)) {
		if (!wrong(f, l, "coda.totals", 17, 52, "the totals cannot be read", e))
			return false;
	} else if (n != f->n_lines || debit != f->debit_milli || credit != f->credit_milli) {
		bank_fault(&f->bank, "the totals of its last line are not those of its lines");
		if (!report_error(&f->bank.report, l->number, "coda.totals", NULL, NULL, 0, e,
				  "the totals of the last line are not those of the lines"))
			return false;
	}
	if (f->bank.balances.n)
		s->to = f->bank.balances.at[f->bank.balances.n - 1].on;
	s->id = arena_printf(f->bank.arena, "%s %s", s->legal_sequence ? s->legal_sequence : "",
			     s->to != DAY_NONE ? date_format(s->to, day) : "");
	return bank_give(&f->bank, e);
}

static bool take_line(struct coda *f, const struct coda_line *l, struct err *e)
{
	char kind[3];

	coda_kind(l, kind);
	if (kind[0] == '0')
		return take_0(f, l, e);
	if (!f->bank.is_open)
		return wrong(f, l, "coda.order", 1, 2, "the line stands outside a statement", e);
	f->n_lines += kind[0] != '9';
	switch (kind[0]) {
	case '1':
		return take_1(f, l, e);
	case '2':
		return str_eq(kind, "21")   ? take_21(f, l, e)
		       : str_eq(kind, "22") ? take_22(f, l, e)
		       : str_eq(kind, "23")
			       ? take_23(f, l, e)
			       : wrong(f, l, "coda.line", 1, 2, "the line is of no known kind", e);
	case '3':
		return take_3(f, l, kind, e);
	case '4':
		f->bank.statement.info = text_of(f, l, 33, 112);
		return true;
	case '8':
		return take_8(f, l, e);
	case '9':
		return take_9(f, l, e);
	default:
		return wrong(f, l, "coda.line", 1, 2, "the line is of no known kind", e);
	}
}

bool coda_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
	       struct err *e)
{
	struct coda f = { 0 };
	struct coda_line l;
	struct lines lines;
	const char *s;
	size_t n;
	bool ok = true;

	bank_init(&f.bank, sink, total);
	buf_init(&f.words, f.bank.arena);
	lines_init(&lines, text, len);
	while (ok && lines_next(&lines, &s, &n)) {
		if (field_trim((struct csv_field){ s, n }).n == 0)
			continue;
		ok = coda_cut(s, n, &l);
		l.number = lines.number;
		ok = ok ? take_line(&f, &l, e)
			: wrong(&f, &l, "coda.length", 1, 10,
				"the line is longer than 128 characters", e);
	}
	if (ok && f.bank.is_open) {
		end_movement(&f);
		bank_fault(&f.bank, "the file is cut off");
		ok = bank_give(&f.bank, e);
	}
	ok = ok && report_total(&f.bank.report, total, e);
	bank_done(&f.bank);
	return ok;
}
