/* SPDX-License-Identifier: Apache-2.0 */
#include "format/cfonb.h"

#include "base/buf.h"
#include "base/identifier.h"
#include "base/list.h"
#include "base/money.h"
#include "format/bank.h"
#include "format/card.h"
#include "format/encoding.h"
#include "format/grid.h"
#include "format/report.h"

#include <ctype.h>
#include <stdio.h>

enum { STATEMENT_MAX = 256 << 20 }; /* bytes that one statement may take */

/* A movement and what its details told. */
struct movement {
	struct camt_entry entry;
	struct camt_tx tx;
	struct camt_reference reference;
	struct buf info, remittance;
};

struct cfonb {
	struct report report;
	struct parse_total *total;
	struct arena *arena; /* of the statement under work */
	bool is_open, is_bad;
	struct camt_statement statement;
	struct camt_balance balance[2];
	char account[48];
	char currency[4];
	int decimals;
	LIST_OF(struct movement *) movements;
};

/* ---- fields ---- */

static const char *text_of(struct cfonb *f, const struct card *c, int from, int last)
{
	struct csv_field p = card_part(c, from, last);

	return p.n ? arena_strndup(f->arena, p.s, p.n) : NULL;
}

static bool is_digits(struct csv_field p)
{
	for (size_t i = 0; i < p.n; i++)
		if (!isdigit((unsigned char)p.s[i]))
			return false;
	return p.n > 0;
}

/* DDMMYY; years to 60 are of this century. */
static bool day_of(const struct card *c, int from, day_t *ret)
{
	struct csv_field p = card_part(c, from, from + 5);
	int d, m, y;

	if (p.n != 6 || !is_digits(p))
		return false;
	d = (p.s[0] - '0') * 10 + p.s[1] - '0';
	m = (p.s[2] - '0') * 10 + p.s[3] - '0';
	y = (p.s[4] - '0') * 10 + p.s[5] - '0';
	y += y <= 60 ? 2000 : 1900;
	if (!date_exists(y, m, d))
		return false;
	*ret = date_of(y, m, d);
	return true;
}

bool cfonb_amount(const char *s, size_t n, int64_t *ret)
{
	static const char credit[] = "{ABCDEFGHI", debit[] = "}JKLMNOPQR";
	const char *last, *row = credit;
	int64_t v = 0;

	if (n == 0 || n > 17)
		return false;
	for (size_t i = 0; i + 1 < n; i++) {
		if (!isdigit((unsigned char)s[i]))
			return false;
		v = v * 10 + (s[i] - '0');
	}
	last = memchr(credit, s[n - 1], 10);
	if (!last) {
		row = debit;
		last = memchr(debit, s[n - 1], 10);
	}
	if (!last)
		return false;
	v = v * 10 + (last - row);
	*ret = row == debit ? -v : v;
	return true;
}

static bool amount_of(const struct card *c, int from, int last, int decimals, const char *currency,
		      int64_t *ret)
{
	struct csv_field p = card_part(c, from, last);

	return cfonb_amount(p.s, p.n, ret) && bank_scale(ret, decimals, currency);
}

/* Currency and decimals of a record; some banks leave them blank. */
static bool unit_of(const struct card *c, int from, char currency[4], int *decimals)
{
	struct csv_field code = card_part(c, from, from + 2),
			 digit = card_part(c, from + 3, from + 3);

	if (code.n) {
		char text[4] = { 0 };
		if (code.n != 3)
			return false;
		memcpy(text, code.s, 3);
		if (!currency_is_code(text))
			return false;
		memcpy(currency, text, 4);
	}
	if (digit.n) {
		if (!is_digits(digit))
			return false;
		*decimals = digit.s[0] - '0';
	}
	return true;
}

/* ---- errors ---- */

/* What is wrong with a record makes its statement unusable. */
static bool wrong(struct cfonb *f, const struct card *c, const char *code, int from, int last,
		  const char *why, struct err *e)
{
	struct csv_field p = card_part(c, from, last);

	f->is_bad = true;
	return report_error(&f->report, c->line, code, NULL, p.s, p.n, e, "%s", why);
}

/* ---- records ---- */

static void begin(struct cfonb *f)
{
	arena_reset(f->arena);
	f->movements.at = NULL;
	f->movements.n = f->movements.room = 0;
	f->is_open = true;
	f->is_bad = false;
	f->account[0] = 0;
	memcpy(f->currency, "EUR", 4);
	f->decimals = 2;
	f->balance[0] = f->balance[1] = (struct camt_balance){ .on = DAY_NONE };
	f->statement = (struct camt_statement){
		.message = "cfonb120", .kind = FORMAT_CFONB120, .from = DAY_NONE, .to = DAY_NONE
	};
}

static bool take_balance(struct cfonb *f, const struct card *c, struct camt_balance *b,
			 const char *code, struct err *e)
{
	b->code = code;
	if (!unit_of(c, 17, f->currency, &f->decimals))
		return wrong(f, c, "cfonb.currency", 17, 20, "the currency cannot be read", e);
	b->currency = f->currency;
	if (!day_of(c, 35, &b->on))
		return wrong(f, c, "cfonb.date", 35, 40,
			     "the balance's date is not a date as DDMMYY", e);
	if (!amount_of(c, 91, 104, f->decimals, f->currency, &b->minor))
		return wrong(f, c, "cfonb.amount", 91, 104, "the balance cannot be read", e);
	return true;
}

/* The account as its IBAN: bank, branch, account and their key. */
static void name_account(struct cfonb *f, const struct card *c)
{
	struct csv_field bank = card_part(c, 3, 7), branch = card_part(c, 12, 16),
			 account = card_part(c, 22, 32);
	char rib[24], iban[IBAN_TEXT];
	int key;

	snprintf(f->account, sizeof f->account, "%.*s", (int)account.n, account.s);
	(void)str_mend_utf8(f->account); /* its last character may be half */
	f->statement.other_account =
		arena_printf(f->arena, "%.*s %.*s %.*s", (int)bank.n, bank.s, (int)branch.n,
			     branch.s, (int)account.n, account.s);
	if (bank.n != 5 || branch.n != 5 || account.n != 11)
		return;
	key = rib_key(arena_strndup(f->arena, bank.s, 5), arena_strndup(f->arena, branch.s, 5),
		      f->account);
	if (key <= 0)
		return;
	snprintf(rib, sizeof rib, "%.5s%.5s%.11s%02d", bank.s, branch.s, f->account, key % 100);
	if (rib_check(rib, iban) == ID_VALID)
		f->statement.iban = arena_strdup(f->arena, iban);
}

static bool take_01(struct cfonb *f, const struct card *c, struct err *e)
{
	bool ok = true;

	if (f->is_open) {
		ok = wrong(f, c, "cfonb.order", 1, 2,
			   "a statement begins before the one above has ended", e);
		f->total->n_rejected += (int64_t)f->movements.n;
	}
	begin(f);
	f->statement.line = c->line;
	name_account(f, c);
	ok = ok && take_balance(f, c, &f->balance[0], "OPBD", e);
	f->statement.from = f->balance[0].on;
	return ok;
}

static bool take_04(struct cfonb *f, const struct card *c, struct err *e)
{
	struct csv_field account = card_part(c, 22, 32);
	struct movement *m;
	char currency[4];
	int decimals = f->decimals;

	if (!f->is_open) {
		f->total->n_rejected++;
		return wrong(f, c, "cfonb.order", 1, 2, "a movement stands outside a statement", e);
	}
	if (f->movements.n == CFONB_MOVEMENTS_MAX || arena_used(f->arena) > STATEMENT_MAX)
		return err_set(e, ERR_LIMIT, "line %" PRId64 ": the statement is too large",
			       c->line);
	m = ARENA_NEW(f->arena, struct movement);
	*LIST_ADD(f->arena, &f->movements) = m;
	buf_init(&m->info, f->arena);
	buf_init(&m->remittance, f->arena);
	m->entry.line = c->line;
	m->entry.booked_on = m->entry.value_on = DAY_NONE;
	m->reference.on = DAY_NONE;
	if (account.n != strlen(f->account) || memcmp(account.s, f->account, account.n) != 0)
		return wrong(f, c, "cfonb.account", 22, 32,
			     "the movement is of another account than its statement", e);
	memcpy(currency, f->currency, 4);
	if (!unit_of(c, 17, currency, &decimals))
		return wrong(f, c, "cfonb.currency", 17, 20, "the currency cannot be read", e);
	if (!day_of(c, 35, &m->entry.booked_on))
		return wrong(f, c, "cfonb.date", 35, 40, "the booking date is not a date as DDMMYY",
			     e);
	if (card_part(c, 43, 48).n && !day_of(c, 43, &m->entry.value_on))
		return wrong(f, c, "cfonb.date", 43, 48, "the value date is not a date as DDMMYY",
			     e);
	if (!amount_of(c, 91, 104, decimals, currency, &m->entry.minor))
		return wrong(f, c, "cfonb.amount", 91, 104, "the amount cannot be read", e);
	m->entry.currency = arena_strdup(f->arena, currency);
	m->entry.bank_own_code = text_of(f, c, 33, 34);
	m->entry.is_booked = true;
	m->entry.status = "BOOK";
	m->tx.return_code = text_of(f, c, 41, 42);
	if (card_part(c, 105, 120).n)
		m->tx.other_refs = arena_printf(f->arena, "reference=%s", text_of(f, c, 105, 120));
	if (card_part(c, 49, 79).n)
		buf_puts(&m->info, text_of(f, c, 49, 79));
	return true;
}

/* Texts that a qualifier adds to, each line after the other. */
static void add_line(struct buf *b, const char *qualifier, const char *text)
{
	if (b->len)
		buf_putc(b, '\n');
	if (qualifier) {
		buf_puts(b, qualifier);
		buf_putc(b, ' ');
	}
	buf_puts(b, text);
}

/* An amount of a detail: currency, decimals, fourteen digits without sign. */
static bool detail_amount(struct cfonb *f, const struct card *c, int64_t *ret,
			  const char **currency)
{
	char code[4] = "";
	int decimals = 2;
	struct csv_field p = card_part(c, 53, 66);
	int64_t v = 0;

	if (!unit_of(c, 49, code, &decimals) || !code[0] || p.n > 14 || !is_digits(p))
		return false;
	for (size_t i = 0; i < p.n; i++)
		v = v * 10 + (p.s[i] - '0');
	if (!bank_scale(&v, decimals, code))
		return false;
	*ret = v;
	*currency = arena_strdup(f->arena, code);
	return true;
}

static bool is_qualifier(const char *q, const char *name)
{
	return q && strcmp(q, name) == 0;
}

/* The account credited, where the bank tells it: an IBAN that stands in its detail alone. */
static const char *account_of(struct cfonb *f, const struct card *c)
{
	const char *text = text_of(f, c, 49, 118);
	char iban[IBAN_TEXT];

	if (!text || iban_check(text, iban) != ID_VALID)
		text = text_of(f, c, 49, 83);
	return text && iban_check(text, iban) == ID_VALID ? arena_strdup(f->arena, iban) : NULL;
}

/* The details that have a field of their own; false for the others. */
static bool known_detail(struct cfonb *f, const struct card *c, struct movement *m, const char *q)
{
	const struct {
		const char *name, **slot;
		int from, last;
	} texts[] = {
		{ "NPY", &m->tx.debtor.name, 49, 118 },
		{ "NBE", &m->tx.creditor.name, 49, 118 },
		{ "NPO", &m->tx.ultimate_debtor.name, 49, 118 },
		{ "NBU", &m->tx.ultimate_creditor.name, 49, 118 },
		{ "IPY", &m->tx.debtor.id, 49, 83 },
		{ "IBE", &m->tx.creditor.id, 49, 83 },
		{ "REF", &m->entry.acct_svcr_ref, 49, 118 },
		{ "RUM", &m->tx.mandate_id, 49, 83 },
		{ "RCN", &m->tx.end_to_end_id, 49, 83 },
		{ "LCS", &m->reference.number, 49, 83 },
	};

	if ((is_qualifier(q, "IBE") || is_qualifier(q, "CBE")) && !m->tx.creditor.iban)
		m->tx.creditor.iban = account_of(f, c);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (is_qualifier(q, texts[i].name) && !*texts[i].slot) {
			*texts[i].slot = text_of(f, c, texts[i].from, texts[i].last);
			if (is_qualifier(q, "RCN"))
				m->tx.purpose = text_of(f, c, 84, 118);
			return true;
		}
	if (is_qualifier(q, "LCC") || is_qualifier(q, "LC2")) {
		/* The two halves of 140 characters: a blank between them only where one stood. */
		if (m->remittance.len && card_part(c, 49, 118).n)
			buf_putc(&m->remittance, ' ');
		if (card_part(c, 49, 118).n)
			buf_puts(&m->remittance, text_of(f, c, 49, 118));
		return true;
	}
	if (is_qualifier(q, "MMO") && !m->tx.has_instructed)
		return m->tx.has_instructed = detail_amount(f, c, &m->tx.instructed_minor,
							    &m->tx.instructed_currency);
	if (is_qualifier(q, "FEE") && !m->tx.has_charges)
		return m->tx.has_charges =
			       detail_amount(f, c, &m->tx.charges_minor, &m->tx.charges_currency);
	return false;
}

static bool take_05(struct cfonb *f, const struct card *c, struct err *e)
{
	const char *q, *text;
	struct movement *m;

	if (!f->is_open || f->movements.n == 0)
		return wrong(f, c, "cfonb.order", 1, 2, "a detail stands without its movement", e);
	if (arena_used(f->arena) > STATEMENT_MAX)
		return err_set(e, ERR_LIMIT, "line %" PRId64 ": the statement is too large",
			       c->line);
	m = f->movements.at[f->movements.n - 1];
	q = text_of(f, c, 46, 48);
	text = text_of(f, c, 49, 118);
	if (!text || known_detail(f, c, m, q))
		return true;
	/* LIB and what nobody defined is kept as it stands; an unknown one with its name. */
	add_line(&m->info, is_qualifier(q, "LIB") ? NULL : q, text);
	return true;
}

/* ---- a whole statement ---- */

static bool add_up(struct cfonb *f)
{
	struct camt_statement *s = &f->statement;
	int64_t sum;

	for (size_t i = 0; i < f->movements.n; i++) {
		int64_t minor = f->movements.at[i]->entry.minor;
		if (!str_eq(f->movements.at[i]->entry.currency, f->currency))
			return false;
		if (__builtin_add_overflow(minor < 0 ? s->debits_minor : s->credits_minor,
					   minor < 0 ? -minor : minor,
					   minor < 0 ? &s->debits_minor : &s->credits_minor))
			return false;
		++*(minor < 0 ? &s->n_debits : &s->n_credits);
	}
	s->n_entries = (int64_t)f->movements.n;
	s->opening_minor = f->balance[0].minor;
	s->closing_minor = f->balance[1].minor;
	return !__builtin_add_overflow(s->opening_minor, s->credits_minor, &sum) &&
	       !__builtin_sub_overflow(sum, s->debits_minor, &sum) && sum == s->closing_minor;
}

static bool give_movement(struct cfonb *f, struct movement *m, int64_t index, struct err *e)
{
	const struct sink *sink = f->report.sink;

	m->entry.index = index;
	m->entry.info = m->info.len ? buf_str(&m->info) : NULL;
	m->entry.details_agree = true;
	m->entry.n_tx = 1;
	m->entry.tx = &m->tx;
	m->tx.has_amount = true;
	m->tx.minor = m->entry.minor;
	m->tx.currency = m->entry.currency;
	m->tx.remittance = m->remittance.len ? buf_str(&m->remittance) : NULL;
	if (m->reference.number) {
		m->reference.is_creditor_reference = true;
		m->tx.reference = &m->reference;
		m->tx.n_references = 1;
	}
	f->total->n_records++;
	if (f->total->from == DAY_NONE || m->entry.booked_on < f->total->from)
		f->total->from = m->entry.booked_on;
	if (f->total->to == DAY_NONE || m->entry.booked_on > f->total->to)
		f->total->to = m->entry.booked_on;
	return sink->take(sink->arg, &(struct record){ RECORD_CAMT_ENTRY, { .entry = &m->entry } },
			  e);
}

static bool give_statement(struct cfonb *f, struct err *e)
{
	const struct sink *sink = f->report.sink;
	struct camt_statement *s = &f->statement;
	struct record r = { RECORD_CAMT_STATEMENT, { .statement = s } };
	char day[DATE_TEXT];

	/* The format has no number of the statement: account and day are its name. */
	s->id = arena_printf(f->arena, "%s/%s", f->account, date_format(f->balance[1].on, day));
	s->currency = f->currency;
	s->to = f->balance[1].on;
	s->n_balances = 2;
	s->balance = f->balance;
	s->has_opening = s->has_closing = s->is_balanced = true;
	if (!sink->take(sink->arg, &r, e))
		return false;
	for (size_t i = 0; i < f->movements.n; i++)
		if (!give_movement(f, f->movements.at[i], (int64_t)i + 1, e))
			return false;
	f->total->n_statements++;
	r.kind = RECORD_CAMT_STATEMENT_END;
	return sink->take(sink->arg, &r, e);
}

static bool take_07(struct cfonb *f, const struct card *c, struct err *e)
{
	bool ok;

	if (!f->is_open)
		return wrong(f, c, "cfonb.order", 1, 2, "a statement ends that has not begun", e);
	ok = take_balance(f, c, &f->balance[1], "CLBD", e);
	f->is_open = false;
	if (ok && !f->is_bad && !add_up(f))
		ok = wrong(f, c, "cfonb.unbalanced", 91, 104,
			   "the opening balance and the movements do not make the closing balance; "
			   "the "
			   "statement was left out",
			   e);
	if (!ok)
		return false;
	if (f->is_bad) {
		f->total->n_rejected += (int64_t)f->movements.n;
		return true;
	}
	return give_statement(f, e);
}

/* ---- the file ---- */

static bool take_record(struct cfonb *f, const struct card *c, struct err *e)
{
	const char *kind = c->text;

	if (memcmp(kind, "01", 2) == 0)
		return take_01(f, c, e);
	if (memcmp(kind, "04", 2) == 0)
		return take_04(f, c, e);
	if (memcmp(kind, "05", 2) == 0)
		return take_05(f, c, e);
	if (memcmp(kind, "07", 2) == 0)
		return take_07(f, c, e);
	return wrong(f, c, "cfonb.record", 1, 2, "the record is none of 01, 04, 05 and 07", e);
}

static bool take_line(struct cfonb *f, const char *s, size_t n, int64_t line, struct err *e)
{
	struct card c = { .line = line };

	while (field_trim((struct csv_field){ s, n }).n) {
		if (!card_cut(s, n, CFONB_RECORD, &c)) {
			f->is_bad = true;
			return report_error(&f->report, line, "cfonb.length", NULL, s, n, e,
					    "the record has not the length of 120 characters");
		}
		if (!take_record(f, &c, e))
			return false;
		s += card_bytes(&c);
		n -= card_bytes(&c);
	}
	return true;
}

static bool read_file(struct cfonb *f, const char *text, size_t len, struct err *e)
{
	struct lines lines;
	const char *s;
	size_t n;

	lines_init(&lines, text, len);
	while (lines_next(&lines, &s, &n))
		if (!take_line(f, s, n, lines.number, e))
			return false;
	if (f->is_open) {
		f->total->n_rejected += (int64_t)f->movements.n;
		if (!report_error(&f->report, lines.number, "cfonb.order", NULL, NULL, 0, e,
				  "the file ends before its last statement does"))
			return false;
	}
	return report_total(&f->report, f->total, e);
}

bool cfonb_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
		struct err *e)
{
	struct cfonb f = { .report.sink = sink, .total = total };
	bool ok;

	f.arena = arena_new((size_t)STATEMENT_MAX * 2);
	total->format = FORMAT_CFONB120;
	ok = read_file(&f, text, len, e);
	arena_free(f.arena);
	return ok;
}
