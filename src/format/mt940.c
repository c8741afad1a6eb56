/* SPDX-License-Identifier: Apache-2.0 */
/* mt940.c - messages to statements. */
#include "format/mt940.h"

#include "base/buf.h"
#include "base/money.h"
#include "format/grid.h"

#include <ctype.h>
#include <stdio.h>

/* The fields before the first balance or movement of a message. */
struct head {
	bool is_waiting;
	int64_t line;
	struct csv_field account, number;
};

struct mt940 {
	struct bank bank;
	struct head head;
	char bic[12];
	bool is_intraday, is_closed_by_page;
	struct csv_field account, number; /* of the statement under work */
	int64_t page_minor;               /* with which its last page closed */
	struct bank_movement *movement;   /* whose details may follow */
	struct buf details;
};

static bool same(struct csv_field a, struct csv_field b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

/* ---- statements ---- */

static void finish_movement(struct mt940 *f)
{
	if (f->movement && f->details.len)
		mt940_details(f->bank.arena, f->details.data, f->details.len, f->movement);
	f->movement = NULL;
	buf_init(&f->details, f->bank.arena);
}

static const struct camt_balance *last_balance(const struct mt940 *f)
{
	return f->bank.balances.n ? &f->bank.balances.at[f->bank.balances.n - 1] : NULL;
}

/* The statement's name is its number and its day: both repeat, together they seldom do. */
static void name_statement(struct mt940 *f)
{
	struct camt_statement *s = &f->bank.statement;
	const char *number = bank_line(f->bank.arena, f->number.s, f->number.n);
	const struct camt_balance *last = last_balance(f);
	char day[DATE_TEXT];

	s->id = arena_printf(f->bank.arena, "%s%s%s", number ? number : "",
			     number && last ? " " : "",
			     last && last->on != DAY_NONE ? date_format(last->on, day) : "");
	if (s->to == DAY_NONE && last)
		s->to = last->on;
}

static bool give(struct mt940 *f, struct err *e)
{
	bool has_opening = false, has_closing = false;

	if (!f->bank.is_open)
		return true;
	finish_movement(f);
	for (size_t i = 0; i < f->bank.balances.n; i++) {
		has_opening |= str_eq(f->bank.balances.at[i].code, "OPBD");
		has_closing |= str_eq(f->bank.balances.at[i].code, "CLBD");
	}
	name_statement(f);
	if (f->is_intraday && !has_opening) {
		f->bank.statement.kind = FORMAT_MT942;
		f->bank.statement.message = "mt942";
	} else if (!has_opening) {
		bank_fault(&f->bank, "the opening balance is missing, the file is cut off");
	} else if (!has_closing) {
		bank_fault(&f->bank, "the closing balance is missing, the file is cut off");
	}
	return bank_give(&f->bank, e);
}

/* :28C: "00143/1": the number without its page, when there is one. */
static void number_statement(struct mt940 *f)
{
	const struct csv_field n = f->number;
	size_t len = 0;

	while (len < n.n && isdigit((unsigned char)n.s[len]))
		len++;
	for (size_t i = 0; i < len; i++)
		if (n.s[i] != '0') {
			f->bank.statement.sequence = arena_strndup(f->bank.arena, n.s, len);
			return;
		}
}

/* The head's message begins: what went before is given. */
static bool begin(struct mt940 *f, int64_t line, struct err *e)
{
	if (!give(f, e))
		return false;
	bank_begin(&f->bank, FORMAT_MT940, "mt940", f->head.is_waiting ? f->head.line : line);
	buf_init(&f->details, f->bank.arena);
	f->movement = NULL;
	f->is_intraday = f->is_closed_by_page = false;
	f->account = f->head.account;
	f->number = f->head.number;
	f->head = (struct head){ 0 };
	bank_identify(f->bank.arena, f->account.s, f->account.n, &f->bank.statement.iban,
		      &f->bank.statement.other_account);
	if (f->bic[0])
		f->bank.statement.bank_bic = arena_strdup(f->bank.arena, f->bic);
	number_statement(f);
	return true;
}

/* Before a field of the body: the waiting head, or a body without one, begins a statement. */
static bool body(struct mt940 *f, int64_t line, struct err *e)
{
	return f->bank.is_open && !f->head.is_waiting ? true : begin(f, line, e);
}

/* The number without its page: "09198/002" and "09198/001" are one statement. */
static struct csv_field without_page(struct csv_field n)
{
	const char *slash = n.n ? memchr(n.s, '/', n.n) : NULL;

	return slash ? (struct csv_field){ n.s, (size_t)(slash - n.s) } : n;
}

static bool goes_on(const struct mt940 *f, int64_t minor)
{
	return f->bank.is_open && f->head.is_waiting && f->is_closed_by_page &&
	       f->page_minor == minor && same(f->account, f->head.account) &&
	       same(without_page(f->number), without_page(f->head.number));
}

/* ---- fields ---- */

/* What stands behind a balance on lines of its own is none of it. */
static struct csv_field first_line(struct csv_field t)
{
	const char *eol;

	t = field_trim(t);
	eol = t.n ? memchr(t.s, '\n', t.n) : NULL;
	return eol ? field_trim((struct csv_field){ t.s, (size_t)(eol - t.s) }) : t;
}

/* "C110522EUR3236,28" */
static bool parse_balance(struct csv_field t, char currency[4], int64_t *ret, day_t *ret_on)
{
	char d[7] = "";

	t = first_line(t);
	if (t.n < 11 || (t.s[0] != 'C' && t.s[0] != 'D'))
		return false;
	for (int i = 0; i < 6; i++) {
		if (!isdigit((unsigned char)t.s[1 + i]))
			return false;
		d[i] = (char)(t.s[1 + i] - '0');
	}
	if (!bank_day(d[0] * 10 + d[1], d[2] * 10 + d[3], d[4] * 10 + d[5], ret_on))
		return false;
	memcpy(currency, t.s + 7, 3);
	currency[3] = 0;
	if (!currency_is_code(currency) || !memchr(t.s + 10, ',', t.n - 10) ||
	    !bank_amount(t.s + 10, t.n - 10, currency, ret))
		return false;
	*ret = t.s[0] == 'D' ? -*ret : *ret;
	return true;
}

static bool take_balance(struct mt940 *f, const struct mt940_field *x, struct err *e)
{
	bool opens = str_starts(x->tag, "60"), is_page = x->tag[2] == 'M', is_joined;
	struct csv_field t = { x->text, x->n };
	char currency[4];
	int64_t minor;
	day_t on;

	if (!parse_balance(t, currency, &minor, &on)) {
		if (!body(f, x->line, e))
			return false;
		bank_fault(&f->bank, "one of the balances cannot be read");
		return report_error(&f->bank.report, x->line, "mt940.balance", x->tag, x->text,
				    x->n, e,
				    "the balance is not mark, date YYMMDD, currency and amount");
	}
	is_joined = opens && is_page && goes_on(f, minor);
	if (is_joined) {
		finish_movement(f);
		f->head = (struct head){ 0 };
	} else if (!body(f, x->line, e)) {
		return false;
	}
	finish_movement(f);
	f->is_closed_by_page = !opens && is_page;
	f->page_minor = minor;
	/* Pages inside a statement are balances of their own kind. */
	for (size_t i = 0; !opens && i < f->bank.balances.n; i++)
		if (str_eq(f->bank.balances.at[i].code, "CLBD"))
			f->bank.balances.at[i].code = "ITBD";
	bank_balance_add(&f->bank,
			 !opens      ? "CLBD"
			 : is_joined ? "ITBD"
				     : "OPBD",
			 currency, minor, on);
	return true;
}

/* The parts of a line of details that have a place: original amount and charges. */
static void take_amounts(struct bank_movement *m, struct arena *a, const char *s, size_t n)
{
	static const char *const keys[] = { "/OCMT/", "/CHGS/" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const char *at = n ? memmem(s, n, keys[i], 6) : NULL, *stop;
		char currency[4] = "";
		int64_t minor;
		if (!at || s + n - at < 10)
			continue;
		memcpy(currency, at + 6, 3);
		stop = memchr(at + 9, '/', (size_t)(s + n - at - 9));
		if (!stop || !currency_is_code(currency) ||
		    !bank_amount(at + 9, (size_t)(stop - at - 9), currency, &minor))
			continue;
		if (i == 0) {
			m->tx.has_instructed = true;
			m->tx.instructed_minor = minor;
			m->tx.instructed_currency = arena_strdup(a, currency);
		} else {
			m->tx.has_charges = true;
			m->tx.charges_minor = minor;
			m->tx.charges_currency = arena_strdup(a, currency);
		}
	}
}

/* The reference for the account owner ends at a run of blanks; a name may stand behind it. */
static void take_references(struct mt940 *f, struct bank_movement *m,
			    const struct mt940_movement *p)
{
	struct arena *a = f->bank.arena;
	const char *gap = p->reference_n ? memmem(p->reference, p->reference_n, "  ", 2) : NULL;
	size_t n = gap ? (size_t)(gap - p->reference) : p->reference_n;
	const char *behind = gap ? bank_line(a, gap, p->reference_n - n) : NULL;
	const char *more = bank_line(a, p->supplement, p->supplement_n);

	m->tx.end_to_end_id = bank_reference(a, p->reference, n);
	m->entry.acct_svcr_ref = bank_reference(a, p->bank_reference, p->bank_reference_n);
	m->entry.bank_own_code = p->type[0] ? arena_strdup(a, p->type) : NULL;
	if (str_eq(p->type, "NRTI"))
		m->tx.return_code = "NRTI";
	take_amounts(m, a, p->supplement, p->supplement_n);
	if (behind && more)
		m->entry.info = arena_printf(a, "%s\n%s", behind, more);
	else
		m->entry.info = behind ? behind : more;
}

static bool take_movement(struct mt940 *f, const struct mt940_field *x, struct err *e)
{
	struct bank *b = &f->bank;
	struct mt940_movement p;
	struct bank_movement *m;
	int64_t minor;

	if (!body(f, x->line, e))
		return false;
	finish_movement(f);
	if (!mt940_movement_parse(x->text, x->n, &p) ||
	    !bank_amount(p.amount, p.amount_n, b->currency[0] ? b->currency : "EUR", &minor)) {
		b->total->n_rejected++;
		bank_fault(b, "one of the movements cannot be read");
		return report_error(&b->report, x->line, "mt940.movement", "61", x->text, x->n, e,
				    "the movement is not date, mark and amount");
	}
	m = bank_movement_add(b, x->line, e);
	if (!m)
		return false;
	m->entry.minor = p.is_credit ? minor : -minor;
	m->entry.currency = b->currency[0] ? b->currency : NULL;
	m->entry.is_reversal = p.is_reversal;
	m->entry.value_on = p.value_on;
	m->entry.booked_on = p.booked_on != DAY_NONE ? p.booked_on : p.value_on;
	take_references(f, m, &p);
	f->movement = m;
	return true;
}

static void add_info(struct mt940 *f, const char *s, size_t n)
{
	struct camt_statement *st = &f->bank.statement;
	const char *more = bank_line(f->bank.arena, s, n);

	if (more)
		st->info = st->info ? arena_printf(f->bank.arena, "%s\n%s", st->info, more) : more;
}

/* :86: and :NS: belong to the movement before them, else to the statement. */
static bool take_details(struct mt940 *f, const struct mt940_field *x, struct err *e)
{
	if (!f->bank.is_open || f->head.is_waiting)
		return true; /* a :NS: among the head's fields: names of the account */
	if (!f->movement) {
		add_info(f, x->text, x->n);
		return true;
	}
	if (f->details.len + x->n > BANK_FIELD_MAX)
		return err_set(e, ERR_LIMIT,
			       "line %" PRId64 ": the details are longer than %d bytes", x->line,
			       BANK_FIELD_MAX);
	if (f->details.len)
		buf_putc(&f->details, '\n');
	if (str_eq(x->tag, "NS"))
		buf_puts(&f->details, ":NS:\n");
	buf_add(&f->details, x->text, x->n);
	return true;
}

/* :34F: "EURD0,00" tells the currency of an intraday report. */
static bool take_intraday(struct mt940 *f, const struct mt940_field *x, struct err *e)
{
	char currency[4] = "";

	if (!body(f, x->line, e))
		return false;
	f->is_intraday = true;
	if (str_eq(x->tag, "34F") && x->n >= 3) {
		memcpy(currency, x->text, 3);
		if (currency_is_code(currency) && !f->bank.currency[0])
			memcpy(f->bank.currency, currency, 4);
	}
	return true;
}

static void take_head(struct mt940 *f, const struct mt940_field *x)
{
	struct csv_field t = field_trim((struct csv_field){ x->text, x->n });

	if (!f->head.is_waiting)
		f->head = (struct head){ .is_waiting = true, .line = x->line };
	if (str_eq(x->tag, "25"))
		f->head.account = t;
	else if (str_starts(x->tag, "28"))
		f->head.number = t;
}

/* {1:F01KNABNL2HAXXX...}: the bank, without the letter of its terminal. */
static void take_envelope(struct mt940 *f, const struct mt940_field *x)
{
	const char *at = memmem(x->text, x->n, "{1:F01", 6);

	if (!at || x->text + x->n - at < 18)
		return;
	for (int i = 6; i < 18; i++)
		if (!isalnum((unsigned char)at[i]))
			return;
	memcpy(f->bic, at + 6, 8);
	memcpy(f->bic + 8, at + 15, 3);
	f->bic[11] = 0;
}

static bool take_field(struct mt940 *f, const struct mt940_field *x, struct err *e)
{
	if (x->n > BANK_FIELD_MAX)
		return err_set(e, ERR_LIMIT,
			       "line %" PRId64 ": the field %s is longer than %d bytes", x->line,
			       x->tag, BANK_FIELD_MAX);
	switch (x->tag[0]) {
	case '{':
		take_envelope(f, x);
		return true;
	case '-':
		return true;
	case '2':
		take_head(f, x);
		return true;
	case '3':
	case '1':
		return take_intraday(f, x, e);
	default:
		break;
	}
	if (str_eq(x->tag, "61"))
		return take_movement(f, x, e);
	if (str_eq(x->tag, "86") || str_eq(x->tag, "NS"))
		return take_details(f, x, e);
	if (str_starts(x->tag, "60") || str_starts(x->tag, "62"))
		return take_balance(f, x, e);
	finish_movement(f);
	return true; /* available balances, sums of an intraday report */
}

bool mt940_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
		struct err *e)
{
	struct mt940 f = { 0 };
	struct mt940_fields fields;
	struct mt940_field x;
	bool ok = true;

	bank_init(&f.bank, sink, total);
	buf_init(&f.details, f.bank.arena);
	mt940_fields_init(&fields, text, len);
	while (ok && mt940_fields_next(&fields, &x))
		ok = take_field(&f, &x, e);
	if (ok && f.head.is_waiting)
		ok = begin(&f, f.head.line, e);
	ok = ok && give(&f, e) && report_total(&f.bank.report, total, e);
	bank_done(&f.bank);
	return ok;
}
