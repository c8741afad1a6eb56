/* SPDX-License-Identifier: Apache-2.0 */
#include "format/ofx.h"

#include "base/buf.h"
#include "base/identifier.h"
#include "base/money.h"
#include "format/bank.h"
#include "format/grid.h"

#include <ctype.h>
#include <stdio.h>

enum { TAG_MAX = 32 };

/* What the leaves belong to. */
enum within {
	IN_NOTHING,
	IN_ACCOUNT,
	IN_TRANSACTION,
	IN_PAYEE,
	IN_OTHER_ACCOUNT,
	IN_LEDGER,
	IN_AVAILABLE,
	IN_STATUS
};

struct ofx {
	struct bank bank;
	enum within within;
	const char *message; /* of the statement under work: bank, card or securities */
	struct bank_movement *movement;
	struct csv_field amount;
	struct csv_field bank_id, branch, account, key, balance, balance_on, own_currency;
	int64_t line;
	char status[16], words[160];
	int64_t n_statements;
};

/* ---- tags ---- */

struct scanner {
	const char *at, *end;
	int64_t line;
};

struct tag {
	char name[TAG_MAX];
	bool is_end;
	int64_t line;
	struct csv_field value; /* what stands behind it, up to the next tag */
};

static void skip_to(struct scanner *s, const char *to)
{
	for (; s->at < to; s->at++)
		s->line += *s->at == '\n';
}

/* Up to the bracket that closes a comment, an instruction or a declaration. */
static void skip_special(struct scanner *s)
{
	bool is_comment = s->end - s->at >= 4 && memcmp(s->at, "<!--", 4) == 0;
	const char *stop = is_comment ? memmem(s->at, (size_t)(s->end - s->at), "-->", 3)
				      : memchr(s->at, '>', (size_t)(s->end - s->at));

	skip_to(s, stop ? stop + (is_comment ? 3 : 1) : s->end);
}

static void name_of(struct tag *t, const char *s, size_t n)
{
	size_t len = 0;

	while (len < n && len < TAG_MAX - 1 && !isspace((unsigned char)s[len]) && s[len] != '/') {
		t->name[len] = (char)toupper((unsigned char)s[len]);
		len++;
	}
	t->name[len] = 0;
	(void)str_mend_utf8(t->name); /* the last character of a long one may be half */
}

static bool next_tag(struct scanner *s, struct tag *ret)
{
	const char *open, *close, *next;

	for (;;) {
		open = s->at < s->end ? memchr(s->at, '<', (size_t)(s->end - s->at)) : NULL;
		if (!open)
			return false;
		skip_to(s, open);
		if (s->end - s->at >= 2 && (s->at[1] == '!' || s->at[1] == '?')) {
			skip_special(s);
			continue;
		}
		break;
	}
	close = memchr(s->at, '>', (size_t)(s->end - s->at));
	if (!close)
		return false;
	*ret = (struct tag){ .is_end = s->at[1] == '/', .line = s->line };
	name_of(ret, s->at + 1 + ret->is_end, (size_t)(close - s->at - 1 - ret->is_end));
	skip_to(s, close + 1);
	next = s->at < s->end ? memchr(s->at, '<', (size_t)(s->end - s->at)) : NULL;
	ret->value =
		field_trim((struct csv_field){ s->at, (size_t)((next ? next : s->end) - s->at) });
	return true;
}

/* The value with its entities resolved, line ends as blanks; NULL when blank. */
static const char *text_of(struct arena *a, struct csv_field v)
{
	static const struct {
		const char *name, *is;
	} entities[] = { { "&amp;", "&" },   { "&lt;", "<" },   { "&gt;", ">" },
			 { "&quot;", "\"" }, { "&apos;", "'" }, { "&nbsp;", " " } };
	struct buf b;

	if (v.n == 0)
		return NULL;
	buf_init(&b, a);
	for (size_t i = 0; i < v.n;) {
		size_t k = 0, len = 0;
		for (k = 0; v.s[i] == '&' && k < ARRAY_LEN(entities); k++) {
			len = strlen(entities[k].name);
			if (v.n - i >= len && memcmp(v.s + i, entities[k].name, len) == 0)
				break;
		}
		if (v.s[i] == '&' && k < ARRAY_LEN(entities)) {
			buf_puts(&b, entities[k].is);
			i += len;
		} else {
			buf_putc(&b, v.s[i++]);
		}
	}
	return bank_line(a, buf_str(&b), b.len);
}

/* ---- values ---- */

/* "YYYYMMDD", whatever hour and zone follow. */
static bool day_of(struct csv_field v, day_t *ret)
{
	return v.n >= 8 && date_parse_compact(v.s, 8, ret);
}

/* Signed, with a point or a comma; when both stand there, the last is the decimal sign. */
static bool amount_of(struct csv_field v, const char *currency, int64_t *ret)
{
	bool is_negative = v.n && v.s[0] == '-';
	char digits[40] = "";
	size_t n = 0, sign = 0;

	if (v.n && (v.s[0] == '-' || v.s[0] == '+'))
		v.s++, v.n--;
	for (size_t i = 0; i < v.n; i++)
		if (v.s[i] == '.' || v.s[i] == ',')
			sign = i;
	for (size_t i = 0; i < v.n; i++) {
		bool is_mark = v.s[i] == '.' || v.s[i] == ',';
		if (is_mark && i < sign && v.s[i] != v.s[sign])
			continue;
		if (n == sizeof digits)
			return false;
		digits[n++] = v.s[i];
	}
	if (!bank_amount(digits, n, currency, ret))
		return false;
	*ret = is_negative ? -*ret : *ret;
	return true;
}

/* The account as its IBAN: one that is one already, or made of bank, branch, account and key. */
static void name_account(struct ofx *f)
{
	struct camt_statement *s = &f->bank.statement;
	struct arena *a = f->bank.arena;
	const char *bank = text_of(a, f->bank_id), *branch = text_of(a, f->branch),
		   *account = text_of(a, f->account), *key = text_of(a, f->key);
	char rib[24], iban[IBAN_TEXT];
	int check;

	if (!account)
		return;
	bank_identify(a, account, strlen(account), &s->iban, &s->other_account);
	if (s->iban)
		return;
	if (bank && branch && strlen(bank) == 5 && strlen(branch) == 5 && strlen(account) == 11) {
		check = rib_key(bank, branch, account);
		snprintf(rib, sizeof rib, "%s%s%s%02d", bank, branch, account, check % 100);
		if (check > 0 && (!key || strcmp(key, rib + 21) == 0) &&
		    rib_check(rib, iban) == ID_VALID) {
			s->iban = arena_strdup(a, iban);
			return;
		}
	}
	if (bank)
		s->other_account = arena_printf(a, "%s %s%s%s", bank, branch ? branch : "",
						branch ? " " : "", account);
}

/* ---- aggregates ---- */

static void begin_statement(struct ofx *f, const struct tag *t)
{
	f->message = str_eq(t->name, "STMTRS")     ? "ofx"
		     : str_eq(t->name, "CCSTMTRS") ? "ofx.card"
						   : "ofx.securities";
	bank_begin(&f->bank, FORMAT_OFX, f->message, t->line);
	f->n_statements++;
	f->within = IN_NOTHING;
	f->movement = NULL;
	f->bank_id = f->branch = f->account = f->key = (struct csv_field){ 0 };
	if (str_eq(f->message, "ofx.card"))
		bank_fault(&f->bank, "it is of a credit card, not of a bank account");
	if (str_eq(f->message, "ofx.securities"))
		bank_fault(&f->bank, "it is of securities, not of a bank account");
}

static bool end_statement(struct ofx *f, struct err *e)
{
	struct camt_statement *s = &f->bank.statement;
	char from[DATE_TEXT], to[DATE_TEXT];

	if (!f->bank.is_open)
		return true;
	name_account(f);
	s->id = arena_printf(f->bank.arena, "%s..%s",
			     s->from != DAY_NONE ? date_format(s->from, from) : "",
			     s->to != DAY_NONE ? date_format(s->to, to) : "");
	return bank_give(&f->bank, e);
}

static bool begin_transaction(struct ofx *f, const struct tag *t, struct err *e)
{
	if (!f->bank.is_open)
		return true;
	f->movement = bank_movement_add(&f->bank, t->line, e);
	f->amount = f->own_currency = (struct csv_field){ 0 };
	f->line = t->line;
	f->within = IN_TRANSACTION;
	return f->movement != NULL;
}

static bool end_transaction(struct ofx *f, struct err *e)
{
	struct bank_movement *m = f->movement;
	struct camt_party *other;
	int64_t minor;
	const char *currency = f->bank.currency[0] ? f->bank.currency : "EUR";

	f->within = IN_NOTHING;
	f->movement = NULL;
	if (!m)
		return true;
	if (!amount_of(f->amount, currency, &minor)) {
		f->bank.movements.n--;
		f->bank.total->n_rejected++;
		bank_fault(&f->bank, "one of the movements cannot be read");
		return report_error(&f->bank.report, f->line, "ofx.amount", "TRNAMT", f->amount.s,
				    f->amount.n, e, "the amount cannot be read");
	}
	if (m->entry.booked_on == DAY_NONE)
		bank_fault(&f->bank, "one of the movements has no date");
	m->entry.minor = minor;
	m->entry.currency = f->bank.currency[0] ? f->bank.currency : NULL;
	/* The party was noted as debtor before the sign was known. */
	other = &m->tx.debtor;
	if (minor < 0) {
		m->tx.creditor = *other;
		*other = (struct camt_party){ 0 };
	}
	return true;
}

static void end_balance(struct ofx *f, const char *code)
{
	const char *currency = f->bank.currency[0] ? f->bank.currency : "EUR";
	day_t on = DAY_NONE;
	int64_t minor;

	f->within = IN_NOTHING;
	if (f->bank.is_open && amount_of(f->balance, currency, &minor)) {
		(void)day_of(f->balance_on, &on);
		bank_balance_add(&f->bank, code, currency, minor, on);
	}
	f->balance = f->balance_on = (struct csv_field){ 0 };
}

/* ---- leaves ---- */

static void add_info(struct ofx *f, const char *label, struct csv_field v)
{
	struct bank_movement *m = f->movement;
	const char *text = text_of(f->bank.arena, v);

	if (text)
		m->entry.info = m->entry.info ? arena_printf(f->bank.arena, "%s\n%s %s",
							     m->entry.info, label, text)
					      : arena_printf(f->bank.arena, "%s %s", label, text);
}

static void take_transaction(struct ofx *f, const char *name, struct csv_field v)
{
	struct bank_movement *m = f->movement;
	struct arena *a = f->bank.arena;

	if (str_eq(name, "TRNAMT"))
		f->amount = v;
	else if (str_eq(name, "TRNTYPE"))
		m->entry.bank_own_code = text_of(a, v);
	else if (str_eq(name, "DTPOSTED"))
		(void)day_of(v, &m->entry.booked_on);
	else if (str_eq(name, "DTAVAIL"))
		(void)day_of(v, &m->entry.value_on);
	else if (str_eq(name, "FITID"))
		m->entry.ref = text_of(a, v);
	else if (str_eq(name, "SRVRTID"))
		m->tx.tx_id = text_of(a, v);
	else if (str_eq(name, "CHECKNUM"))
		m->tx.cheque_number = text_of(a, v);
	else if (str_eq(name, "REFNUM"))
		m->tx.instruction_id = text_of(a, v);
	else if (str_eq(name, "NAME"))
		m->tx.debtor.name = text_of(a, v);
	else if (str_eq(name, "MEMO"))
		m->tx.remittance = text_of(a, v);
	else if (!str_eq(name, "DTUSER"))
		add_info(f, name, v);
}

static void take_account(struct ofx *f, const char *name, struct csv_field v)
{
	if (str_eq(name, "BANKID"))
		f->bank_id = v;
	else if (str_eq(name, "BRANCHID"))
		f->branch = v;
	else if (str_eq(name, "ACCTID"))
		f->account = v;
	else if (str_eq(name, "ACCTKEY"))
		f->key = v;
}

/* Leaves that stand in the statement itself, or in nothing. */
static void take_plain(struct ofx *f, const char *name, struct csv_field v)
{
	struct camt_statement *s = &f->bank.statement;
	const char *text = text_of(f->bank.arena, v);

	if (f->bank.is_open && str_eq(name, "CURDEF") && text && currency_is_code(text))
		memcpy(f->bank.currency, text, 4);
	else if (f->bank.is_open && str_eq(name, "DTSTART"))
		(void)day_of(v, &s->from);
	else if (f->bank.is_open && str_eq(name, "DTEND"))
		(void)day_of(v, &s->to);
}

static void take_leaf(struct ofx *f, const struct tag *t)
{
	struct csv_field v = t->value;
	struct camt_party *p = f->movement ? &f->movement->tx.debtor : NULL;

	switch (f->within) {
	case IN_ACCOUNT:
		take_account(f, t->name, v);
		return;
	case IN_TRANSACTION:
		take_transaction(f, t->name, v);
		return;
	case IN_PAYEE:
		if (p && str_eq(t->name, "NAME"))
			p->name = text_of(f->bank.arena, v);
		return;
	case IN_OTHER_ACCOUNT:
		if (p && str_eq(t->name, "ACCTID"))
			bank_identify(f->bank.arena, v.s, v.n, &p->iban, &p->other_account);
		return;
	case IN_LEDGER:
	case IN_AVAILABLE:
		if (str_eq(t->name, "BALAMT"))
			f->balance = v;
		else if (str_eq(t->name, "DTASOF"))
			f->balance_on = v;
		return;
	case IN_STATUS:
		if (str_eq(t->name, "CODE") && v.n != 1)
			snprintf(f->status, sizeof f->status, "%.*s",
				 (int)report_cut(v.s, v.n, sizeof f->status - 1), v.s);
		else if (str_eq(t->name, "MESSAGE"))
			snprintf(f->words, sizeof f->words, "%.*s",
				 (int)report_cut(v.s, v.n, sizeof f->words - 1), v.s);
		return;
	case IN_NOTHING:
		break;
	}
	take_plain(f, t->name, v);
}

static bool is_statement(const char *name)
{
	return str_eq(name, "STMTRS") || str_eq(name, "CCSTMTRS") || str_eq(name, "INVSTMTRS");
}

static enum within opens(const struct ofx *f, const char *name)
{
	if (str_eq(name, "BANKACCTFROM") || str_eq(name, "CCACCTFROM") ||
	    str_eq(name, "INVACCTFROM"))
		return f->movement ? IN_NOTHING : IN_ACCOUNT;
	if (f->movement && str_eq(name, "PAYEE"))
		return IN_PAYEE;
	if (f->movement && (str_eq(name, "BANKACCTTO") || str_eq(name, "CCACCTTO")))
		return IN_OTHER_ACCOUNT;
	if (str_eq(name, "LEDGERBAL"))
		return IN_LEDGER;
	if (str_eq(name, "AVAILBAL"))
		return IN_AVAILABLE;
	return str_eq(name, "STATUS") ? IN_STATUS : IN_NOTHING;
}

static bool take_start(struct ofx *f, const struct tag *t, struct err *e)
{
	enum within within;

	if (t->value.n > BANK_FIELD_MAX)
		return err_set(e, ERR_LIMIT,
			       "line %" PRId64 ": the field %s is longer than %d bytes", t->line,
			       t->name, BANK_FIELD_MAX);
	if (is_statement(t->name)) {
		if (f->bank.is_open) {
			bank_fault(&f->bank, "the file is cut off");
			if (!end_statement(f, e))
				return false;
		}
		begin_statement(f, t);
		return true;
	}
	if (str_eq(t->name, "STMTTRN"))
		return begin_transaction(f, t, e);
	within = opens(f, t->name);
	if (within != IN_NOTHING)
		f->within = within;
	else if (t->value.n)
		take_leaf(f, t);
	return true;
}

static bool take_end(struct ofx *f, const struct tag *t, struct err *e)
{
	if (is_statement(t->name))
		return end_statement(f, e);
	if (str_eq(t->name, "STMTTRN"))
		return end_transaction(f, e);
	if (str_eq(t->name, "LEDGERBAL"))
		end_balance(f, "CLBD");
	else if (str_eq(t->name, "AVAILBAL"))
		end_balance(f, "CLAV");
	else if (opens(f, t->name) != IN_NOTHING)
		f->within = f->movement ? IN_TRANSACTION : IN_NOTHING;
	return true;
}

/* ---- the file ---- */

void ofx_header(const char *text, size_t len, bool *ret_is_xml, char ret_version[8])
{
	static const char *const words[] = { "VERSION:", " VERSION=\"" };
	size_t look = len < 2048 ? len : 2048, n = 0;
	const char *at;

	*ret_is_xml = !memmem(text, look, "OFXHEADER:", 10);
	ret_version[0] = 0;
	at = memmem(text, look, words[*ret_is_xml], strlen(words[*ret_is_xml]));
	if (*ret_is_xml) {
		const char *ofx = memmem(text, look, "<?OFX", 5);
		at = ofx ? memmem(ofx, look - (size_t)(ofx - text), words[1], strlen(words[1]))
			 : NULL;
	}
	if (!at)
		return;
	for (at += strlen(words[*ret_is_xml]);
	     at < text + look && n < 7 && isdigit((unsigned char)*at); at++)
		ret_version[n++] = *at;
	ret_version[n] = 0;
}

static bool finish(struct ofx *f, struct err *e)
{
	if (f->bank.is_open) {
		bank_fault(&f->bank, "the file is cut off");
		if (!end_statement(f, e))
			return false;
	}
	if (f->n_statements == 0 && f->status[0])
		return err_set(e, ERR_FORMAT,
			       "the file has no statement but the bank's error %s: %s", f->status,
			       f->words);
	if (f->n_statements == 0)
		return err_set(e, ERR_FORMAT, "the file has no statement");
	return report_total(&f->bank.report, f->bank.total, e);
}

bool ofx_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
	      struct err *e)
{
	struct scanner s = { text, text + len, 1 };
	struct ofx f = { 0 };
	struct tag t;
	bool ok = true;

	if (memmem(text, len, "<!DOCTYPE", 9) || memmem(text, len, "<!ENTITY", 8))
		return err_set(e, ERR_FORMAT,
			       "the file has a document type of its own, which is refused");
	bank_init(&f.bank, sink, total);
	while (ok && next_tag(&s, &t))
		ok = t.is_end ? take_end(&f, &t, e) : take_start(&f, &t, e);
	ok = ok && finish(&f, e);
	bank_done(&f.bank);
	return ok;
}
