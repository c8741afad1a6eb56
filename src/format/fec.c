/* SPDX-License-Identifier: Apache-2.0 */
#include "format/fec.h"

#include "base/arena.h"
#include "base/identifier.h"
#include "base/money.h"
#include "format/csv.h"
#include "format/encoding.h"
#include "format/fec_sums.h"
#include "format/fec_value.h"
#include "format/report.h"
#include "format/grid.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum {
	CODE_MAX = 200,
	PROGRESS_EVERY = 4096,
	BYTES_PER_ENTRY = 400,
	HEADER_MAX = 16384,
	NAME_MAX_LEN = 40
};

/* The columns that mean something to us. */
enum column {
	JOURNAL,
	JOURNAL_LABEL,
	ENTRY,
	ENTRY_ON,
	ACCOUNT,
	ACCOUNT_LABEL,
	AUX,
	AUX_LABEL,
	PIECE,
	PIECE_ON,
	LABEL,
	DEBIT,
	CREDIT,
	AMOUNT,
	SENSE,
	LETTERING,
	LETTERED_ON,
	VALID_ON,
	CURRENCY_AMOUNT,
	CURRENCY,
	DUE_ON,
	PAID_ON,
	PAYMENT_MODE,
	CLIENT_ID,
	COLUMNS
};

/* Official name first, then what other programs write; compared without case, accents and signs. */
static const struct {
	const char *name;
	const char *others[4];
} columns[COLUMNS] = {
	[JOURNAL] = { "JournalCode", { "CodeJournal" } },
	[JOURNAL_LABEL] = { "JournalLib", { "LibelleJournal", "JournalLibelle" } },
	[ENTRY] = { "EcritureNum", { "NumEcriture", "EcritureNumero" } },
	[ENTRY_ON] = { "EcritureDate", { "DateEcriture" } },
	[ACCOUNT] = { "CompteNum", { "NumCompte", "CompteNumero" } },
	[ACCOUNT_LABEL] = { "CompteLib", { "LibelleCompte", "CompteLibelle" } },
	[AUX] = { "CompAuxNum", { "CompteAuxNum", "CompteAuxiliaireNum", "CompAuxNumero" } },
	[AUX_LABEL] = { "CompAuxLib", { "CompteAuxLib", "CompteAuxiliaireLib", "CompAuxLibelle" } },
	[PIECE] = { "PieceRef", { "RefPiece", "PieceReference" } },
	[PIECE_ON] = { "PieceDate", { "DatePiece" } },
	[LABEL] = { "EcritureLib", { "LibelleEcriture", "EcritureLibelle" } },
	[DEBIT] = { "Debit", { "MontantDebit", "DebitMontant" } },
	[CREDIT] = { "Credit", { "MontantCredit", "CreditMontant" } },
	[AMOUNT] = { "Montant", { NULL } },
	[SENSE] = { "Sens", { NULL } },
	[LETTERING] = { "EcritureLet", { "EcritureLettrage", "Lettrage", "CodeLettrage" } },
	[LETTERED_ON] = { "DateLet", { "DateLettrage" } },
	[VALID_ON] = { "ValidDate", { "DateValidation", "DateValid" } },
	[CURRENCY_AMOUNT] = { "MontantDevise", { "DeviseMontant" } },
	[CURRENCY] = { "IDevise", { "IdentDevise", "IdDevise", "Devise" } },
	[DUE_ON] = { "DateEcheance", { "Echeance", "EcheanceDate", "DateEch" } },
	[PAID_ON] = { "DateRglt", { "DateReglement" } },
	[PAYMENT_MODE] = { "ModeRglt", { "ModeReglement" } },
	[CLIENT_ID] = { "IdClient", { NULL } },
};

/* One reading of one file. */
struct fec {
	struct csv csv;
	struct report report;
	struct fec_sums sums;
	struct fec_numbers numbers;
	struct arena *arena;
	int at[COLUMNS]; /* position of each column, -1 when absent */
	size_t n_columns;
	char currency[4];
	char siren[10];
	struct parse_total *total;
	/* The line under work (every field is set for each), and its fields with NUL behind them. */
	struct fec_line line;
	struct err why;
	struct csv_field field[COLUMNS];
	struct read_date { /* the last one of each column: the next line mostly has it again */
		char text[8];
		day_t on;
	} date[COLUMNS];
	char *text;
	size_t text_room;
	int64_t n_outside; /* lines dated outside the year of the file's name */
	day_t closing_on;
};

/* ---- header ---- */

static char separator_of(const char *line, size_t len)
{
	static const char candidates[] = { '\t', '|', ';', ',' };
	size_t best = 0;
	char found = 0;

	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
		size_t n = 0;
		for (size_t k = 0; k < len; k++)
			n += line[k] == candidates[i];
		if (n > best) {
			best = n;
			found = candidates[i];
		}
	}
	return found;
}

/* Lower case, accents dropped, nothing but letters and digits: "Débit " gives "debit". Names too long for
 * any column give "". */
static void fold_name(const char *s, size_t n, char out[NAME_MAX_LEN])
{
	/* U+00C0..U+00FF without case and accent; '.' for what is no letter. */
	static const char latin[] =
		"aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty";
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c == 0xC3 && i + 1 < n)
			c = (unsigned char)latin[(unsigned char)s[++i] & 0x3F];
		if (!isalnum(c) || c >= 0x80)
			continue;
		if (k == NAME_MAX_LEN - 1) {
			k = 0;
			break;
		}
		out[k++] = (char)tolower(c);
	}
	out[k] = 0;
}

static bool is_name(const char *folded, const char *name)
{
	return name && strcasecmp(folded, name) == 0;
}

/* The column that a header's name means, or COLUMNS. */
static enum column column_of(struct csv_field f)
{
	char name[NAME_MAX_LEN];

	fold_name(f.s, f.n, name);
	for (int c = 0; c < COLUMNS; c++) {
		if (is_name(name, columns[c].name))
			return (enum column)c;
		for (size_t i = 0; i < ARRAY_LEN(columns[c].others); i++)
			if (is_name(name, columns[c].others[i]))
				return (enum column)c;
	}
	return COLUMNS;
}

bool fec_is_header(const char *line, size_t len, char *ret_separator)
{
	CLEANUP(csv_done) struct csv c = { 0 };
	int known = 0;

	*ret_separator = separator_of(line, len);
	if (*ret_separator == 0 || len > HEADER_MAX)
		return false;
	csv_init(&c, line, len, *ret_separator, line[0] == '"');
	if (!csv_next(&c))
		return false;
	for (size_t i = 0; i < c.n; i++) {
		enum column k = column_of(c.field[i]);
		known += k != COLUMNS && k != AMOUNT && k != CURRENCY && k != CLIENT_ID;
	}
	return known >= 6;
}

static bool need(const struct fec *f, enum column c, struct err *e)
{
	if (f->at[c] >= 0)
		return true;
	return err_field(e, ERR_FORMAT, columns[c].name,
			 "the first line of the accounting file does not name the column %s",
			 columns[c].name);
}

static bool read_header(struct fec *f, struct err *e)
{
	static const enum column wanted[] = { JOURNAL, ENTRY, ENTRY_ON, ACCOUNT };
	static const enum column usual[] = { JOURNAL_LABEL, ACCOUNT_LABEL, AUX,   AUX_LABEL,
					     PIECE,         PIECE_ON,      LABEL, LETTERING,
					     LETTERED_ON,   VALID_ON };
	struct csv *c = &f->csv;

	do {
		if (!csv_next(c))
			return err_set(e, ERR_FORMAT, "the accounting file is empty");
	} while (c->n == 1 && field_trim(c->field[0]).n == 0);
	for (size_t i = 0; i < c->n; i++) {
		enum column k = column_of(c->field[i]);
		if (field_trim(c->field[i]).n)
			f->n_columns = i + 1;
		if (k == COLUMNS)
			continue;
		if (f->at[k] >= 0)
			return err_field(e, ERR_FORMAT, columns[k].name,
					 "the first line names the column %s twice",
					 columns[k].name);
		f->at[k] = (int)i;
	}
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (!need(f, wanted[i], e))
			return false;
	if (f->at[DEBIT] < 0 && f->at[AMOUNT] >= 0) {
		if (!need(f, SENSE, e))
			return false;
	} else if (!need(f, DEBIT, e) || !need(f, CREDIT, e)) {
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (f->at[usual[i]] < 0)
			report_warn(&f->report, c->line, "fec.column_missing",
				    columns[usual[i]].name, NULL, 0, "the file has no column %s",
				    columns[usual[i]].name);
	return true;
}

/* ---- one line ---- */

/* Copies the line, and finds its known fields in the copy, trimmed and with a NUL behind each. */
static bool take_fields(struct fec *f, struct err *e)
{
	struct csv *c = &f->csv;

	if (!fields_copy(c->field, c->n, csv_is_in_place(c), &f->text, &f->text_room, e))
		return false;
	for (int k = 0; k < COLUMNS; k++)
		f->field[k] = f->at[k] >= 0 && (size_t)f->at[k] < c->n ? c->field[f->at[k]]
								       : (struct csv_field){ 0 };
	return true;
}

static const char *text_of(const struct fec *f, enum column c)
{
	return f->field[c].n ? f->field[c].s : NULL;
}

/* What is wrong with a line; expected ends the message. */
struct fault {
	enum column column;
	const char *code, *expected;
};

static bool date_of_field(struct fec *f, enum column c, day_t *ret, struct fault *fault)
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
		report_warn(&f->report, f->csv.line, "fec.date_form", columns[c].name,
			    f->field[c].s, f->field[c].n, "%s is not written as YYYYMMDD",
			    columns[c].name);
	if (form != FEC_DATE_NOT)
		return true;
	*fault = (struct fault){ c, "fec.date", "a date as YYYYMMDD" };
	return false;
}

/* A date that may be left out when it cannot be read. */
static day_t optional_date(struct fec *f, enum column c)
{
	struct fault fault;
	day_t d = DAY_NONE;

	if (f->field[c].n && !date_of_field(f, c, &d, &fault)) {
		report_warn(&f->report, f->csv.line, "fec.date_ignored", columns[c].name,
			    f->field[c].s, f->field[c].n,
			    "%s is not a date as YYYYMMDD and was taken as blank", columns[c].name);
		return DAY_NONE;
	}
	return d;
}

static bool amount_of_field(struct fec *f, enum column c, int64_t *ret, struct fault *fault)
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

	if (f->at[DEBIT] >= 0)
		return amount_of_field(f, DEBIT, &l->debit_minor, fault) &&
		       amount_of_field(f, CREDIT, &l->credit_minor, fault);
	if (!amount_of_field(f, AMOUNT, &minor, fault))
		return false;
	side = fec_sense(f->field[SENSE].s, f->field[SENSE].n);
	if (side == 0 && minor != 0) {
		*fault = (struct fault){ SENSE, "fec.sense", "D, C, +1 or -1" };
		return false;
	}
	*(side > 0 ? &l->debit_minor : &l->credit_minor) = minor;
	return true;
}

static void currency_amount(struct fec *f, struct fec_line *l)
{
	const char *code = text_of(f, CURRENCY);
	struct fec_numbers n;

	if (code && !currency_is_code(code)) {
		report_warn(&f->report, l->line, "fec.currency", columns[CURRENCY].name, code,
			    strlen(code), "Idevise is not a currency code and was taken as blank");
		code = NULL;
	}
	l->currency = code;
	l->has_currency_amount = false;
	l->currency_amount_minor = 0;
	if (!code || f->field[CURRENCY_AMOUNT].n == 0)
		return;
	n = f->numbers;
	n.decimals = currency_decimals(code);
	l->has_currency_amount = fec_amount(&n, f->field[CURRENCY_AMOUNT].s,
					    f->field[CURRENCY_AMOUNT].n, &l->currency_amount_minor);
	if (!l->has_currency_amount)
		report_warn(&f->report, l->line, "fec.currency_amount",
			    columns[CURRENCY_AMOUNT].name, f->field[CURRENCY_AMOUNT].s,
			    f->field[CURRENCY_AMOUNT].n,
			    "Montantdevise is not an amount of %s and was taken as blank", code);
}

static void warn_blank(struct fec *f, enum column c)
{
	if (f->at[c] >= 0 && f->field[c].n == 0)
		report_warn(&f->report, f->csv.line, "fec.blank", columns[c].name, NULL, 0,
			    "%s is blank", columns[c].name);
}

/* The line's shape before its values. */
static bool shape_is_right(const struct fec *f, size_t last, struct fault *fault, char *detail,
			   size_t room)
{
	const struct csv *c = &f->csv;
	int needed = f->at[CREDIT] > f->at[SENSE] ? f->at[CREDIT] : f->at[SENSE];

	if (c->fault == CSV_OK && last <= f->n_columns && (size_t)needed < c->n)
		return true;
	*fault = (struct fault){ COLUMNS, "fec.fields", detail };
	snprintf(detail, room, "%zu fields (%zu found)", f->n_columns, c->n);
	return false;
}

static bool fill_line(struct fec *f, struct fec_line *l, struct fault *fault)
{
	static const enum column codes[] = { JOURNAL, ENTRY, ACCOUNT, AUX, LETTERING };

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (f->field[codes[i]].n > CODE_MAX) {
			*fault = (struct fault){ codes[i], "fec.code", "at most 200 characters" };
			return false;
		}
	if (f->field[ACCOUNT].n == 0) {
		*fault = (struct fault){ ACCOUNT, "fec.account", "an account number" };
		return false;
	}
	l->piece_on = DAY_NONE;
	l->debit_minor = l->credit_minor = 0;
	if (!date_of_field(f, ENTRY_ON, &l->entry_on, fault) ||
	    (f->field[PIECE_ON].n && !date_of_field(f, PIECE_ON, &l->piece_on, fault)) ||
	    !amounts(f, l, fault))
		return false;
	l->line = f->csv.line;
	l->journal = text_of(f, JOURNAL);
	l->journal_label = text_of(f, JOURNAL_LABEL);
	l->entry_number = text_of(f, ENTRY);
	l->account = text_of(f, ACCOUNT);
	l->account_label = text_of(f, ACCOUNT_LABEL);
	l->aux = text_of(f, AUX);
	l->aux_label = text_of(f, AUX_LABEL);
	l->piece_ref = text_of(f, PIECE);
	l->label = text_of(f, LABEL);
	l->lettering = text_of(f, LETTERING);
	l->lettered_on = optional_date(f, LETTERED_ON);
	l->valid_on = optional_date(f, VALID_ON);
	l->due_on = optional_date(f, DUE_ON);
	l->paid_on = optional_date(f, PAID_ON);
	l->payment_mode = text_of(f, PAYMENT_MODE);
	l->client_id = text_of(f, CLIENT_ID);
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
	warn_blank(f, JOURNAL);
	warn_blank(f, ENTRY);
	warn_blank(f, PIECE);
	warn_blank(f, PIECE_ON);
}

static bool reject(struct fec *f, const struct fault *fault, struct err *e)
{
	bool whole = fault->column == COLUMNS;
	const struct csv_field v = whole ? (struct csv_field){ NULL, 0 } : f->field[fault->column];

	f->total->n_rejected++;
	return report_error(
		&f->report, f->csv.line, fault->code, whole ? NULL : columns[fault->column].name,
		v.n ? v.s : "", v.n, e, "the line was left out: %s%sexpected %s",
		whole ? "" : columns[fault->column].name, whole ? "" : ": ", fault->expected);
}

static bool read_line(struct fec *f, struct err *e)
{
	struct fec_line *l = &f->line;
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
	if (!fec_sums_add(&f->sums, l, &f->why)) {
		if (f->why.code == ERR_LIMIT) {
			if (e)
				*e = f->why;
			return false;
		}
		return reject(f,
			      &(struct fault){ f->at[DEBIT] >= 0 ? DEBIT : AMOUNT, "fec.sum",
					       "a sum that can be held" },
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
	report_warn(&f->report, 0, "fec.period", columns[ENTRY_ON].name, NULL, 0,
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
	if (!fec_sums_report(&f->sums, f->currency, &f->report, e))
		return false;
	t->n_columns = (int64_t)f->n_columns;
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
	separator = separator_of(first, first_len);
	if (!separator)
		return err_set(e, ERR_FORMAT,
			       "the first line of the accounting file must name its "
			       "columns, separated by tabs or vertical bars");
	csv_init(&f->csv, text, len, separator, first[0] == '"');
	f->total->separator = separator;
	if (separator != '\t' && separator != '|')
		report_warn(&f->report, 1, "fec.separator", NULL, &separator, 1,
			    "the law allows only tabs and vertical bars between fields");
	if (!read_header(f, e))
		return false;
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
	for (int c = 0; c < COLUMNS; c++)
		f->at[c] = -1;
	fec_sums_init(&f->sums, f->arena, len / BYTES_PER_ENTRY);
	ok = read_file(f, text, len, o, e);
	done(f);
	free(f);
	return ok;
}
