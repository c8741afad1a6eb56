/* SPDX-License-Identifier: Apache-2.0 */
#include "books/entry.h"

#include "base/money.h"

static const char *const fact_names[] = { "item", "exchange", "transfer" };

const char *books_fact_name(enum books_fact_kind kind)
{
	return fact_names[kind];
}

void books_add(struct books_entry *e, const struct books_line *line)
{
	struct books_line *to = &e->line[e->n_lines];

	if (line->minor == 0)
		return;
	ENSURE(e->n_lines < BOOKS_LINES_MAX && line->minor != INT64_MIN);
	e->n_lines++;
	*to = *line;
	to->minor = e->sign < 0 ? -line->minor : line->minor;
}

bool books_balances(const struct books_entry *e)
{
	int64_t sum = 0;

	for (int i = 0; i < e->n_lines; i++)
		if (!minor_add(&sum, e->line[i].minor, NULL))
			return false;
	return e->n_lines >= 2 && sum == 0;
}

bool books_split_vat(int64_t minor, int64_t net, int64_t vat, int64_t *ret_net, int64_t *ret_vat,
		     struct err *e)
{
	int64_t base = net < 0 ? -net : net, tax = vat < 0 ? -vat : vat;

	*ret_net = minor;
	*ret_vat = 0;
	if (tax == 0 || base == 0)
		return true;
	if (__builtin_add_overflow(base, tax, &base))
		return err_set(e, ERR_RANGE, "an amount to export does not fit");
	if (!minor_scale_round(minor, tax, base, ret_vat, e))
		return false;
	*ret_net = minor - *ret_vat;
	return true;
}

/* ---- texts --------------------------------------------------------------------------------------- */

enum { LABEL_MAX = 120 };

/* One column of a line: no tab, no line end, no other control character; cut between characters. */
static void put_clean(struct buf *out, const char *s)
{
	size_t n = 0;

	for (; s && *s && n < LABEL_MAX; s++, n++) {
		unsigned char c = (unsigned char)*s;
		buf_putc(out, c < ' ' || c == 0x7f ? ' ' : (char)c);
	}
	/* The rest of a character that the limit cut. */
	for (; s && ((unsigned char)*s & 0xc0) == 0x80; s++)
		buf_putc(out, *s);
}

/* "1234,56" */
static void put_amount(struct buf *out, int64_t minor, const char *currency, char point)
{
	char text[MONEY_TEXT];

	minor_format(minor, currency, text);
	for (char *p = text; *p; p++)
		buf_putc(out, *p == '.' ? point : *p);
}

/* "20261231" */
static void put_compact_day(struct buf *out, day_t d)
{
	char text[DATE_TEXT];

	if (d == DAY_NONE)
		return;
	for (const char *p = date_format(d, text); *p; p++)
		if (*p != '-')
			buf_putc(out, *p);
}

static const char *journal_of(const struct books_file *f, const struct books_entry *e)
{
	return e->is_bank ? f->chart->bank_journal : f->chart->misc_journal;
}

static const char *journal_label_of(const struct books_file *f, const struct books_entry *e)
{
	return e->is_bank ? f->chart->bank_journal_label : f->chart->misc_journal_label;
}

/* ---- FEC ----------------------------------------------------------------------------------------- */

static const char *const fec_columns[] = {
	"JournalCode", "JournalLib",  "EcritureNum", "EcritureDate", "CompteNum",     "CompteLib",
	"CompAuxNum",  "CompAuxLib",  "PieceRef",    "PieceDate",    "EcritureLib",   "Debit",
	"Credit",      "EcritureLet", "DateLet",     "ValidDate",    "Montantdevise", "Idevise"
};

static void put_fec_head(const struct books_file *f, const struct books_entry *e, struct buf *out)
{
	put_clean(out, journal_of(f, e));
	buf_putc(out, '\t');
	put_clean(out, journal_label_of(f, e));
	buf_printf(out, "\t%" PRId64 "\t", e->number);
	put_compact_day(out, e->entry_on);
	buf_putc(out, '\t');
}

static void put_fec_line(const struct books_file *f, const struct books_entry *e,
			 const struct books_line *l, struct buf *out)
{
	const char *const texts[] = { l->account, l->account_label, l->aux,
				      l->aux ? l->aux_label : NULL, e->piece_ref };

	put_fec_head(f, e, out);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		put_clean(out, texts[i]);
		buf_putc(out, '\t');
	}
	put_compact_day(out, e->piece_on);
	buf_putc(out, '\t');
	put_clean(out, e->label);
	buf_putc(out, '\t');
	put_amount(out, l->minor > 0 ? l->minor : 0, f->currency, ',');
	buf_putc(out, '\t');
	put_amount(out, l->minor < 0 ? -l->minor : 0, f->currency, ',');
	buf_printf(out, "\t%s\t", l->lettering ? l->lettering : "");
	put_compact_day(out, l->lettering ? l->lettered_on : DAY_NONE);
	buf_putc(out, '\t');
	put_compact_day(out, f->valid_on);
	buf_putc(out, '\t');
	if (l->foreign)
		put_amount(out, l->foreign_minor, l->foreign, ',');
	buf_printf(out, "\t%s\r\n", l->foreign ? l->foreign : "");
}

void books_write_fec(const struct books_file *f, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(fec_columns); i++)
		buf_printf(out, "%s%s", i ? "\t" : "", fec_columns[i]);
	buf_puts(out, "\r\n");
	for (size_t i = 0; i < f->n_entries; i++) {
		ENSURE(books_balances(&f->entries[i]));
		for (int k = 0; k < f->entries[i].n_lines; k++)
			put_fec_line(f, &f->entries[i], &f->entries[i].line[k], out);
	}
}

/* ---- CSV ----------------------------------------------------------------------------------------- */

static bool is_french(const struct books_file *f)
{
	return str_starts(f->language ? f->language : "", "fr");
}

static char separator_of(const struct books_file *f)
{
	return is_french(f) ? ';' : ',';
}

/* A text as one cell (RFC 4180) that starts no formula, whichever separator a spreadsheet takes. */
static void put_cell(const struct books_file *f, struct buf *out, const char *s)
{
	bool opens = true;

	buf_putc(out, '"');
	for (; s && *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (opens && strchr("=+-@", c))
			buf_putc(out, '\'');
		opens = c == ';' || c == ',' || c == '\t' || c == '\n' || c == '\r';
		if (c == '"')
			buf_putc(out, '"');
		buf_putc(out, c < ' ' || c == 0x7f ? ' ' : (char)c);
	}
	buf_putc(out, '"');
	buf_putc(out, separator_of(f));
}

static void put_day_cell(const struct books_file *f, struct buf *out, day_t d)
{
	char text[DATE_TEXT];

	if (d != DAY_NONE)
		buf_puts(out, date_format(d, text));
	buf_putc(out, separator_of(f));
}

static void put_amount_cell(const struct books_file *f, struct buf *out, int64_t minor,
			    const char *currency)
{
	put_amount(out, minor, currency, is_french(f) ? ',' : '.');
	buf_putc(out, separator_of(f));
}

static void put_csv_line(const struct books_file *f, const struct books_entry *e,
			 const struct books_line *l, struct buf *out)
{
	put_cell(f, out, e->sign > 0 ? "entry" : "reversal");
	put_cell(f, out, journal_of(f, e));
	put_cell(f, out, journal_label_of(f, e));
	buf_printf(out, "%" PRId64 "%c", e->number, separator_of(f));
	put_day_cell(f, out, e->entry_on);
	put_cell(f, out, l->account);
	put_cell(f, out, l->account_label);
	put_cell(f, out, l->aux);
	put_cell(f, out, l->aux ? l->aux_label : NULL);
	put_cell(f, out, e->piece_ref);
	put_day_cell(f, out, e->piece_on);
	put_cell(f, out, e->label);
	put_amount_cell(f, out, l->minor > 0 ? l->minor : 0, f->currency);
	put_amount_cell(f, out, l->minor < 0 ? -l->minor : 0, f->currency);
	put_cell(f, out, l->lettering);
	put_day_cell(f, out, l->lettering ? l->lettered_on : DAY_NONE);
	put_day_cell(f, out, f->valid_on);
	if (l->foreign)
		put_amount(out, l->foreign_minor, l->foreign, is_french(f) ? ',' : '.');
	buf_printf(out, "%c%s%c\r\n", separator_of(f), l->foreign ? l->foreign : "",
		   separator_of(f));
}

static void put_lettering_line(const struct books_file *f, const struct books_lettering *l,
			       struct buf *out)
{
	bool is_foreign = !str_eq(l->currency, f->currency);
	int64_t minor = l->minor < 0 ? -l->minor : l->minor;

	put_cell(f, out, l->code ? "lettering" : "unlettering");
	put_cell(f, out, NULL);
	put_cell(f, out, NULL);
	buf_putc(out, separator_of(f));
	put_day_cell(f, out, DAY_NONE);
	put_cell(f, out, l->account);
	put_cell(f, out, l->account_label);
	put_cell(f, out, l->aux);
	put_cell(f, out, l->aux ? l->aux_label : NULL);
	put_cell(f, out, l->document);
	put_day_cell(f, out, l->issued_on);
	put_cell(f, out, NULL);
	put_amount_cell(f, out, !is_foreign && l->minor > 0 ? minor : 0, f->currency);
	put_amount_cell(f, out, !is_foreign && l->minor < 0 ? minor : 0, f->currency);
	put_cell(f, out, l->code);
	put_day_cell(f, out, l->lettered_on);
	put_day_cell(f, out, f->valid_on);
	if (is_foreign)
		put_amount(out, l->minor, l->currency, is_french(f) ? ',' : '.');
	buf_printf(out, "%c%s%c", separator_of(f), is_foreign ? l->currency : "", separator_of(f));
	buf_printf(out, "%s\r\n", l->former_code ? l->former_code : "");
}

static void put_csv_head(const struct books_file *f, struct buf *out)
{
	char s = separator_of(f);

	buf_printf(out, "Operation");
	for (size_t i = 0; i < ARRAY_LEN(fec_columns); i++)
		buf_printf(out, "%c%s", s, fec_columns[i]);
	buf_printf(out, "%cAncienLet\r\n", s);
}

void books_write_letterings(const struct books_file *f, struct buf *out)
{
	put_csv_head(f, out);
	for (size_t i = 0; i < f->n_letterings; i++)
		put_lettering_line(f, &f->letterings[i], out);
}

void books_write_csv(const struct books_file *f, struct buf *out)
{
	put_csv_head(f, out);
	for (size_t i = 0; i < f->n_entries; i++)
		for (int k = 0; k < f->entries[i].n_lines; k++)
			put_csv_line(f, &f->entries[i], &f->entries[i].line[k], out);
	for (size_t i = 0; i < f->n_letterings; i++)
		put_lettering_line(f, &f->letterings[i], out);
}
