/* SPDX-License-Identifier: Apache-2.0 */
#include "format/fec.h"

#include "base/arena.h"
#include "base/identifier.h"
#include "base/money.h"
#include "format/csv.h"
#include "format/encoding.h"
#include "format/fec_columns.h"
#include "format/fec_sums.h"
#include "format/fec_value.h"
#include "format/report.h"
#include "format/grid.h"

#include <stdio.h>
#include <stdlib.h>

enum { CODE_MAX = 200, PROGRESS_EVERY = 4096, BYTES_PER_ENTRY = 400 };

/* A column of the file that means something to us. */
struct known_column {
	enum fec_column column;
	size_t at;
};

/* One reading of one file. */
struct fec {
	struct csv csv;
	struct report report;
	struct fec_sums sums;
	struct fec_numbers numbers;
	struct arena *arena;
	struct fec_columns columns;
	struct known_column known[FEC_COLUMNS];
	size_t n_known;
	char currency[4];
	char siren[10];
	struct parse_total *total;
	/* The line under work (every field is set for each), its fields with NUL behind them, and how far they lie
	 * from where they stand in the file; columns that the file has not stay empty. */
	struct fec_line line;
	struct err why;
	struct csv_field field[FEC_COLUMNS];
	struct read_date { /* the last one of each column: the next line mostly has it again */
		char text[8];
		day_t on;
	} date[FEC_COLUMNS];
	char *text;
	size_t text_room;
	const char *
		row; /* what text is the copy of; NULL when its fields were put together elsewhere */
	day_t closing_on;
};

/* ---- one line ---- */

/* The fields of a line that lies in the file as it is: copied all at once, then each known one cut off. */
static bool take_row(struct fec *f, struct err *e)
{
	const struct csv *c = &f->csv;
	const char *row = c->field[0].s;
	size_t length = (size_t)(c->field[c->n - 1].s - row) + c->field[c->n - 1].n;

	if (!field_room(&f->text, &f->text_room, length + 1, e))
		return false;
	memcpy(f->text, row, length);
	f->row = row;
	for (const struct known_column *k = f->known; k < f->known + f->n_known; k++) {
		struct csv_field v = { 0 };

		if (k->at < c->n) {
			v = field_trim(c->field[k->at]);
			v.s = f->text + (v.s - row);
			f->text[v.s - f->text + (ptrdiff_t)v.n] = 0;
		}
		f->field[k->column] = v;
	}
	return true;
}

/* Copies the line, and finds its known fields in the copy, trimmed and with a NUL behind each. */
static bool take_fields(struct fec *f, struct err *e)
{
	struct csv *c = &f->csv;

	if (csv_is_in_place(c))
		return take_row(f, e);
	if (!fields_copy(c->field, c->n, false, &f->text, &f->text_room, e))
		return false;
	f->row = NULL;
	for (const struct known_column *k = f->known; k < f->known + f->n_known; k++)
		f->field[k->column] = k->at < c->n ? c->field[k->at] : (struct csv_field){ 0 };
	return true;
}

static const char *text_of(const struct fec *f, enum fec_column c)
{
	return f->field[c].n ? f->field[c].s : NULL;
}

/* What is wrong with a line; expected ends the message. */
struct fault {
	enum fec_column column;
	const char *code, *expected;
};

static bool date_of_field(struct fec *f, enum fec_column c, day_t *ret, struct fault *fault)
{
	struct csv_field v = f->field[c];
	struct read_date *last = &f->date[c];
	enum fec_date_form form;

	if (v.n == sizeof last->text && memcmp(v.s, last->text, sizeof last->text) == 0) {
		*ret = last->on;
		return true;
	}
	form = fec_date(v.s, v.n, ret);
	if (form == FEC_DATE_LAW) {
		memcpy(last->text, v.s, sizeof last->text);
		last->on = *ret;
	}
	if (form == FEC_DATE_OTHER)
		report_warn(&f->report, f->csv.line, "fec.date_form", fec_column_name(c),
			    f->field[c].s, f->field[c].n, "%s is not written as YYYYMMDD",
			    fec_column_name(c));
	if (form != FEC_DATE_NOT)
		return true;
	*fault = (struct fault){ c, "fec.date", "a date as YYYYMMDD" };
	return false;
}

/* A date that may be left out when it cannot be read. */
static day_t optional_date(struct fec *f, enum fec_column c)
{
	struct fault fault;
	day_t d = DAY_NONE;

	if (f->field[c].n && !date_of_field(f, c, &d, &fault)) {
		report_warn(&f->report, f->csv.line, "fec.date_ignored", fec_column_name(c),
			    f->field[c].s, f->field[c].n,
			    "%s is not a date as YYYYMMDD and was taken as blank",
			    fec_column_name(c));
		return DAY_NONE;
	}
	return d;
}

static bool amount_of_field(struct fec *f, enum fec_column c, int64_t *ret, struct fault *fault)
{
	*ret = 0;
	if (f->field[c].n == 0 || fec_amount(&f->numbers, f->field[c].s, f->field[c].n, ret))
		return true;
	*fault = (struct fault){ c, "fec.amount", "an amount such as 1234,56" };
	return false;
}

static bool amounts(struct fec *f, struct fec_line *l, struct fault *fault)
{
	int64_t minor;
	int side;

	if (f->columns.at[FEC_DEBIT] >= 0)
		return amount_of_field(f, FEC_DEBIT, &l->debit_minor, fault) &&
		       amount_of_field(f, FEC_CREDIT, &l->credit_minor, fault);
	if (!amount_of_field(f, FEC_AMOUNT, &minor, fault))
		return false;
	side = fec_sense(f->field[FEC_SENSE].s, f->field[FEC_SENSE].n);
	if (side == 0 && minor != 0) {
		*fault = (struct fault){ FEC_SENSE, "fec.sense", "D, C, +1 or -1" };
		return false;
	}
	*(side > 0 ? &l->debit_minor : &l->credit_minor) = minor;
	return true;
}

static void currency_amount(struct fec *f, struct fec_line *l)
{
	const char *code = text_of(f, FEC_CURRENCY);
	struct fec_numbers n;

	if (code && !currency_is_code(code)) {
		report_warn(&f->report, l->line, "fec.currency", fec_column_name(FEC_CURRENCY),
			    code, strlen(code),
			    "Idevise is not a currency code and was taken as blank");
		code = NULL;
	}
	l->currency = code;
	l->has_currency_amount = false;
	l->currency_amount_minor = 0;
	if (!code || f->field[FEC_CURRENCY_AMOUNT].n == 0)
		return;
	n = f->numbers;
	n.decimals = currency_decimals(code);
	l->has_currency_amount =
		fec_amount(&n, f->field[FEC_CURRENCY_AMOUNT].s, f->field[FEC_CURRENCY_AMOUNT].n,
			   &l->currency_amount_minor);
	if (!l->has_currency_amount)
		report_warn(&f->report, l->line, "fec.currency_amount",
			    fec_column_name(FEC_CURRENCY_AMOUNT), f->field[FEC_CURRENCY_AMOUNT].s,
			    f->field[FEC_CURRENCY_AMOUNT].n,
			    "Montantdevise is not an amount of %s and was taken as blank", code);
}

static void warn_blank(struct fec *f, enum fec_column c)
{
	if (f->columns.at[c] >= 0 && f->field[c].n == 0)
		report_warn(&f->report, f->csv.line, "fec.blank", fec_column_name(c), NULL, 0,
			    "%s is blank", fec_column_name(c));
}

/* The line's shape before its values. */
static bool shape_is_right(const struct fec *f, size_t last, struct fault *fault, char *detail,
			   size_t room)
{
	const struct csv *c = &f->csv;
	int needed = f->columns.at[FEC_CREDIT] > f->columns.at[FEC_SENSE]
			     ? f->columns.at[FEC_CREDIT]
			     : f->columns.at[FEC_SENSE];

	if (c->fault == CSV_OK && last <= f->columns.n && (size_t)needed < c->n)
		return true;
	*fault = (struct fault){ FEC_COLUMNS, "fec.fields", detail };
	snprintf(detail, room, "%zu fields (%zu found)", f->columns.n, c->n);
	return false;
}

static bool fill_line(struct fec *f, struct fec_line *l, struct fault *fault)
{
	static const enum fec_column codes[] = { FEC_JOURNAL, FEC_ENTRY, FEC_ACCOUNT, FEC_AUX,
						 FEC_LETTERING };

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (f->field[codes[i]].n > CODE_MAX) {
			*fault = (struct fault){ codes[i], "fec.code", "at most 200 characters" };
			return false;
		}
	if (f->field[FEC_ACCOUNT].n == 0) {
		*fault = (struct fault){ FEC_ACCOUNT, "fec.account", "an account number" };
		return false;
	}
	l->piece_on = DAY_NONE;
	l->debit_minor = l->credit_minor = 0;
	if (!date_of_field(f, FEC_ENTRY_ON, &l->entry_on, fault) ||
	    (f->field[FEC_PIECE_ON].n && !date_of_field(f, FEC_PIECE_ON, &l->piece_on, fault)) ||
	    !amounts(f, l, fault))
		return false;
	l->line = f->csv.line;
	l->journal = text_of(f, FEC_JOURNAL);
	l->journal_label = text_of(f, FEC_JOURNAL_LABEL);
	l->entry_number = text_of(f, FEC_ENTRY);
	l->account = text_of(f, FEC_ACCOUNT);
	l->account_label = text_of(f, FEC_ACCOUNT_LABEL);
	l->aux = text_of(f, FEC_AUX);
	l->aux_label = text_of(f, FEC_AUX_LABEL);
	l->piece_ref = text_of(f, FEC_PIECE);
	l->label = text_of(f, FEC_LABEL);
	l->lettering = text_of(f, FEC_LETTERING);
	l->lettered_on = optional_date(f, FEC_LETTERED_ON);
	l->valid_on = optional_date(f, FEC_VALID_ON);
	l->due_on = optional_date(f, FEC_DUE_ON);
	l->paid_on = optional_date(f, FEC_PAID_ON);
	l->payment_mode = text_of(f, FEC_PAYMENT_MODE);
	l->client_id = text_of(f, FEC_CLIENT_ID);
	currency_amount(f, l);
	return true;
}

static void note_line(struct fec *f, const struct fec_line *l)
{
	struct parse_total *t = f->total;

	t->n_records++;
	if (t->from == DAY_NONE || l->entry_on < t->from)
		t->from = l->entry_on;
	if (t->to == DAY_NONE || l->entry_on > t->to)
		t->to = l->entry_on;
	warn_blank(f, FEC_JOURNAL);
	warn_blank(f, FEC_ENTRY);
	warn_blank(f, FEC_PIECE);
	warn_blank(f, FEC_PIECE_ON);
}

static bool reject(struct fec *f, const struct fault *fault, struct err *e)
{
	bool whole = fault->column == FEC_COLUMNS;
	const struct csv_field v = whole ? (struct csv_field){ NULL, 0 } : f->field[fault->column];

	f->total->n_rejected++;
	return report_error(
		&f->report, f->csv.line, fault->code, whole ? NULL : fec_column_name(fault->column),
		v.n ? v.s : "", v.n, e, "the line was left out: %s%sexpected %s",
		whole ? "" : fec_column_name(fault->column), whole ? "" : ": ", fault->expected);
}

/* Where a field of the copy stands in the file; the copy, when it stands there in pieces. */
static const char *place_of(const struct fec *f, struct csv_field v)
{
	if (!v.s)
		return "";
	return f->row ? f->row + (v.s - f->text) : v.s;
}

static struct fec_key key_of(const struct fec *f)
{
	struct csv_field journal = f->field[FEC_JOURNAL], number = f->field[FEC_ENTRY];

	return (struct fec_key){ .journal = place_of(f, journal),
				 .number = place_of(f, number),
				 .journal_n = (unsigned char)journal.n,
				 .number_n = (unsigned char)number.n,
				 .stays = f->row != NULL,
				 .on = f->line.entry_on };
}

static bool read_line(struct fec *f, struct err *e)
{
	struct fec_line *l = &f->line;
	struct fec_key key;
	struct fault fault;
	char detail[64];
	size_t last = grid_width(f->csv.field, f->csv.n);

	if (f->csv.fault == CSV_OK && last == 0)
		return true;
	if (!shape_is_right(f, last, &fault, detail, sizeof detail))
		return reject(f, &fault, e);
	if (!take_fields(f, e))
		return false;
	if (!fill_line(f, l, &fault))
		return reject(f, &fault, e);
	key = key_of(f);
	if (!fec_sums_add(&f->sums, &key, l, &f->why)) {
		if (f->why.code == ERR_LIMIT) {
			if (e)
				*e = f->why;
			return false;
		}
		return reject(
			f,
			&(struct fault){ f->columns.at[FEC_DEBIT] >= 0 ? FEC_DEBIT : FEC_AMOUNT,
					 "fec.sum", "a sum that can be held" },
			e);
	}
	note_line(f, l);
	return f->report.sink->take(f->report.sink->arg,
				    &(struct record){ RECORD_FEC_LINE, { .fec = l } }, e);
}

/* ---- the file ---- */

static void check_name(struct fec *f, const char *name)
{
	struct report *r = &f->report;
	char checked[SIREN_TEXT];

	if (!name)
		return;
	if (!fec_name(name, f->siren, &f->closing_on)) {
		report_warn(r, 0, "fec.name", NULL, name, strlen(name),
			    "the file is not named as the law wants: SIREN, FEC, closing date");
		return;
	}
	f->total->siren = f->siren;
	f->total->closing_on = f->closing_on;
	if (siren_check(f->siren, checked) != ID_VALID)
		report_warn(r, 0, "fec.siren", NULL, f->siren, 9,
			    "the SIREN in the file's name is not valid");
	if (f->closing_on == DAY_NONE)
		report_warn(r, 0, "fec.closing", NULL, name, strlen(name),
			    "the closing date in the file's name is not a date");
}

static void check_period(struct fec *f)
{
	char day[DATE_TEXT];

	/* A year lasts 24 months at most. */
	if (f->closing_on == DAY_NONE || f->total->n_records == 0 ||
	    (f->total->to <= f->closing_on && f->total->from > date_add_months(f->closing_on, -24)))
		return;
	report_warn(&f->report, 0, "fec.period", fec_column_name(FEC_ENTRY_ON), NULL, 0,
		    "entries are dated outside the year that closes on %s",
		    date_format(f->closing_on, day));
}

static bool read_lines(struct fec *f, size_t len, struct err *e)
{
	const struct sink *sink = f->report.sink;
	int64_t n = 0;

	while (csv_next(&f->csv)) {
		if (!read_line(f, e))
			return false;
		if (sink->progress && ++n % PROGRESS_EVERY == 0)
			sink->progress(sink->arg, f->csv.at - f->csv.text, (int64_t)len);
	}
	return true;
}

static bool finish(struct fec *f, struct err *e)
{
	struct parse_total *t = f->total;

	check_period(f);
	if (!fec_sums_close(&f->sums, e) || !fec_sums_report(&f->sums, f->currency, &f->report, e))
		return false;
	t->n_columns = (int64_t)f->columns.n;
	t->debit_minor = f->sums.debit_minor;
	t->credit_minor = f->sums.credit_minor;
	t->n_entries = (int64_t)f->sums.n;
	t->n_unbalanced_entries = fec_sums_unbalanced(&f->sums);
	return report_total(&f->report, t, e);
}

static void done(struct fec *f)
{
	csv_done(&f->csv);
	fec_sums_done(&f->sums);
	free(f->text);
	arena_free(f->arena);
}

static void know_columns(struct fec *f)
{
	for (size_t k = 0; k < FEC_COLUMNS; k++)
		if (f->columns.at[k] >= 0)
			f->known[f->n_known++] = (struct known_column){ (enum fec_column)k,
									(size_t)f->columns.at[k] };
}

/* Behind arena_exhausted, so apart from the function that comes back there. */
static bool read_file(struct fec *f, const char *text, size_t len, const struct parse_options *o,
		      struct err *e)
{
	struct lines lines;
	const char *first = text;
	size_t first_len = 0;
	char separator;

	lines_init(&lines, text, len);
	while (lines_next(&lines, &first, &first_len) &&
	       field_trim((struct csv_field){ first, first_len }).n == 0)
		;
	separator = fec_separator(first, first_len);
	if (!separator)
		return err_set(e, ERR_FORMAT,
			       "the first line of the accounting file must name its "
			       "columns, separated by tabs or vertical bars");
	csv_init(&f->csv, text, len, separator, first[0] == '"');
	f->total->separator = separator;
	if (separator != '\t' && separator != '|')
		report_warn(&f->report, 1, "fec.separator", NULL, &separator, 1,
			    "the law allows only tabs and vertical bars between fields");
	if (!fec_columns_read(&f->columns, &f->csv, &f->report, e))
		return false;
	know_columns(f);
	check_name(f, o->name);
	return read_lines(f, len, e) && finish(f, e);
}

bool fec_read(const char *text, size_t len, const struct parse_options *o,
	      struct parse_total *total, const struct sink *sink, struct err *e)
{
	struct fec *f = calloc(1, sizeof *f);
	bool ok;

	if (!f)
		return err_set(e, ERR_LIMIT, "no memory for the accounting file");
	f->arena = arena_new((size_t)4 << 30);
	if (arena_exhausted(f->arena)) {
		done(f);
		free(f);
		return err_set(e, ERR_LIMIT, "the accounting file has too many entries");
	}
	total->format = FORMAT_FEC;
	f->total = total;
	f->report.sink = sink;
	f->closing_on = DAY_NONE;
	memcpy(f->currency, o->currency[0] ? o->currency : "EUR", 4);
	f->numbers = (struct fec_numbers){ .decimals = currency_decimals(f->currency) };
	fec_sums_init(&f->sums, f->arena, len / BYTES_PER_ENTRY);
	ok = read_file(f, text, len, o, e);
	done(f);
	free(f);
	return ok;
}
