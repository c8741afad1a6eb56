/* SPDX-License-Identifier: Apache-2.0 */
#include "match/period.h"

#include "base/base.h"

enum { LONG_TERM = 20, AHEAD = 45, MAX_WORDS = 60 };

/* ---- words ---- */

/* Of French, English, German, Dutch, Spanish and Italian, by month; folded: "MAERZ" and "MARZ" are both written. */
static const struct {
	const char *word;
	int month;
} months[] = {
	{ "JANVIER", 1 },   { "JANV", 1 },       { "JANUARY", 1 },   { "JAN", 1 },
	{ "JANUAR", 1 },    { "JANUARI", 1 },    { "ENERO", 1 },     { "GENNAIO", 1 },
	{ "FEVRIER", 2 },   { "FEVR", 2 },       { "FEV", 2 },       { "FEBRUARY", 2 },
	{ "FEB", 2 },       { "FEBRUAR", 2 },    { "FEBRUARI", 2 },  { "FEBRERO", 2 },
	{ "FEBBRAIO", 2 },  { "MARS", 3 },       { "MARCH", 3 },     { "MAR", 3 },
	{ "MARZ", 3 },      { "MAERZ", 3 },      { "MAART", 3 },     { "MARZO", 3 },
	{ "AVRIL", 4 },     { "AVR", 4 },        { "APRIL", 4 },     { "APR", 4 },
	{ "ABRIL", 4 },     { "APRILE", 4 },     { "MAI", 5 },       { "MAY", 5 },
	{ "MEI", 5 },       { "MAYO", 5 },       { "MAGGIO", 5 },    { "JUIN", 6 },
	{ "JUNE", 6 },      { "JUN", 6 },        { "JUNI", 6 },      { "JUNIO", 6 },
	{ "GIUGNO", 6 },    { "JUILLET", 7 },    { "JUIL", 7 },      { "JULY", 7 },
	{ "JUL", 7 },       { "JULI", 7 },       { "JULIO", 7 },     { "LUGLIO", 7 },
	{ "AOUT", 8 },      { "AUGUST", 8 },     { "AUG", 8 },       { "AUGUSTUS", 8 },
	{ "AGOSTO", 8 },    { "SEPTEMBRE", 9 },  { "SEPT", 9 },      { "SEP", 9 },
	{ "SEPTEMBER", 9 }, { "SEPTIEMBRE", 9 }, { "SETTEMBRE", 9 }, { "OCTOBRE", 10 },
	{ "OCT", 10 },      { "OCTOBER", 10 },   { "OKTOBER", 10 },  { "OKT", 10 },
	{ "OCTUBRE", 10 },  { "OTTOBRE", 10 },   { "NOVEMBRE", 11 }, { "NOV", 11 },
	{ "NOVEMBER", 11 }, { "NOVIEMBRE", 11 }, { "DECEMBRE", 12 }, { "DEC", 12 },
	{ "DECEMBER", 12 }, { "DEZEMBER", 12 },  { "DEZ", 12 },      { "DICIEMBRE", 12 },
	{ "DICEMBRE", 12 },
};

/* What is paid by the month, and the word for it. */
static const char *const cues[] = {
	"LOYER",       "LOYERS",      "RENT",       "MIETE",      "HUUR",         "ALQUILER",
	"RENTA",       "AFFITTO",     "CANONE",     "FACTURE",    "FACTURES",     "FACT",
	"INVOICE",     "INVOICES",    "RECHNUNG",   "RECHNUNGEN", "FACTUUR",      "FACTUREN",
	"FACTURA",     "FACTURAS",    "FATTURA",    "FATTURE",    "RELEVE",       "STATEMENT",
	"KONTOAUSZUG", "LIQUIDACION", "ABONNEMENT", "ABO",        "SUBSCRIPTION", "HONORAIRES",
	"HONORAR",     "MOIS",        "MONTH",      "MONAT",      "MAAND",        "MES",
	"MESE",        "PERIODE",     "PERIOD",     "PERIODO",    "CHARGES",      "REDEVANCE",
	"COTISATION",  "MENSUALITE",  "CUOTA",      "ECHEANCE",   "PRESTATIONS",  "PRESTATION",
	"SERVICES",    "MAINTENANCE", "LEASING",    "BEITRAG",    "NEBENKOSTEN",
};

/* Between the cue and the name. */
static const char *const small[] = { "DE",   "DU",  "D",  "OF",   "FOR",   "VOM", "FUR",
				     "FUER", "VAN", "DI", "DEL",  "DELLA", "IM",  "EN",
				     "POUR", "LE",  "LA", "MOIS", "MONAT" };

struct word {
	const char *at;
	size_t len, from, to;
};

static bool is_word(const struct word *w, const char *text)
{
	return strlen(text) == w->len && memcmp(text, w->at, w->len) == 0;
}

static bool is_one_of(const struct word *w, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_word(w, list[i]))
			return true;
	return false;
}

static size_t split(const struct folded *f, struct word ret[MAX_WORDS])
{
	size_t n = 0;

	for (size_t i = 0, to; i < f->n && n < MAX_WORDS; i = to) {
		for (to = i + 1; to < f->n && !f->is_start[to]; to++)
			;
		ret[n++] = (struct word){ f->at + i, to - i, i, to };
	}
	return n;
}

/* The word's number; -1 when it is none of so many digits. */
static int number(const struct word *w, size_t least, size_t most)
{
	int v = 0;

	if (w->len < least || w->len > most)
		return -1;
	for (size_t i = 0; i < w->len; i++) {
		if (w->at[i] < '0' || w->at[i] > '9')
			return -1;
		v = v * 10 + (w->at[i] - '0');
	}
	return v;
}

static int year_of(const struct word *w, int year)
{
	int v = number(w, 4, 4);

	if (v < 0 && (v = number(w, 2, 2)) >= 0)
		v += year / 100 * 100;
	return v >= year - 5 && v <= year + 1 ? v : 0;
}

/* ---- what is named ---- */

struct span {
	int year, month, n_months; /* year 0: not said */
	size_t n_words;
};

static int month_of(const struct word *w)
{
	for (size_t i = 0; i < ARRAY_LEN(months); i++)
		if (is_word(w, months[i].word))
			return months[i].month;
	return 0;
}

/* Quarters: "T1", "Q3", "1ER TRIMESTRE", "2 QUARTAL". */
static int quarter_of(const struct word *w, size_t n, size_t *ret_words)
{
	static const char *const names[] = { "TRIMESTRE", "TRIM", "QUARTAL", "QUARTER",
					     "KWARTAAL" };
	char first = w->at[0];

	*ret_words = 1;
	if (w->len == 2 && (first == 'T' || first == 'Q') && w->at[1] >= '1' && w->at[1] <= '4')
		return w->at[1] - '0';
	if (n < 2 || first < '1' || first > '4' || !is_one_of(&w[1], names, ARRAY_LEN(names)))
		return 0;
	*ret_words = 2;
	return w->len == 1 || is_word(w, "1ER") || is_word(w, "1ST") || is_word(w, "2ND") ||
			       is_word(w, "3RD") || (w->len <= 4 && w->at[1] >= 'A')
		       ? first - '0'
		       : 0;
}

/* "03/2026", not in the middle of a date. */
static bool is_numeric(const struct folded *f, const struct word *w, size_t i, size_t n, int year,
		       struct span *ret)
{
	int month = number(&w[i], 2, 2), of = i + 1 < n ? number(&w[i + 1], 4, 4) : -1;
	char sep;

	if (month < 1 || month > 12 || of < year - 5 || of > year + 1)
		return false;
	sep = f->source[fold_end(f, w[i].to - 1)];
	if ((sep != '/' && sep != '-' && sep != '.') ||
	    f->pos[w[i + 1].from] != fold_end(f, w[i].to - 1) + 1)
		return false;
	if (w[i].from > 0 && f->pos[w[i].from] > 0 &&
	    strchr("/-.", f->source[f->pos[w[i].from] - 1]))
		return false;
	/* "03/2026-0012" is a document. */
	if (w[i + 1].to < f->n && strchr("/-.", f->source[fold_end(f, w[i + 1].to - 1)]))
		return false;
	*ret = (struct span){ of, month, 1, 2 };
	return true;
}

static bool has_cue(const struct word *w, size_t i)
{
	while (i > 0 && is_one_of(&w[i - 1], small, ARRAY_LEN(small)) &&
	       !is_one_of(&w[i - 1], cues, ARRAY_LEN(cues)))
		i--;
	return i > 0 && is_one_of(&w[i - 1], cues, ARRAY_LEN(cues));
}

/* "March invoices" */
static bool has_cue_after(const struct word *w, size_t i, size_t n)
{
	static const char *const after[] = { "INVOICE",  "INVOICES",   "RENT",    "STATEMENT",
					     "RECHNUNG", "RECHNUNGEN", "FACTUUR", "FACTUREN" };

	return i < n && is_one_of(&w[i], after, ARRAY_LEN(after));
}

/* What the words from i on name; after: right after another period. */
static bool read_span(const struct folded *f, const struct word *w, size_t i, size_t n, int year,
		      bool after, struct span *ret)
{
	struct span s = { .n_words = 1, .n_months = 1 };
	bool is_told = after || has_cue(w, i);
	size_t n_words;
	int quarter;

	if (is_told && is_numeric(f, w, i, n, year, ret))
		return true;
	s.month = month_of(&w[i]);
	quarter = s.month ? 0 : quarter_of(&w[i], n - i, &n_words);
	if (quarter)
		s = (struct span){ 0, 3 * quarter - 2, 3, n_words };
	if (s.month == 0)
		return false;
	if (i + s.n_words < n)
		s.year = year_of(&w[i + s.n_words], year);
	s.n_words += s.year != 0;
	*ret = s;
	return is_told || s.year != 0 || has_cue_after(w, i + s.n_words, n);
}

/* ---- the period ---- */

/* Months counted from year 0. */
static int place(const struct span *s, day_t booked_on)
{
	int year = s->year;

	if (year == 0) {
		year = date_civil(booked_on).year;
		if (date_of(year, s->month, 1) > booked_on + AHEAD)
			year--;
	}
	return year * 12 + s->month - 1;
}

bool period_find(const struct folded *f, day_t booked_on, struct period *ret)
{
	struct word w[MAX_WORDS];
	size_t n = split(f, w), end = 0;
	int first = 0, last = -1, year = date_civil(booked_on).year;

	if (booked_on == DAY_NONE)
		return false;
	for (size_t i = 0; i < n;) {
		struct span s;
		int at;
		if (!read_span(f, w, i, n, year, end > 0 && i <= end + 1, &s)) {
			i++;
			continue;
		}
		at = place(&s, booked_on);
		if (last >= first) {
			if (at != last + 1)
				return false;
		} else {
			first = at;
			ret->from = f->pos[w[i].from];
		}
		last = at + s.n_months - 1;
		i += s.n_words;
		end = i;
		ret->to = fold_end(f, w[i - 1].to - 1);
	}
	if (last < first)
		return false;
	ret->first = date_of(first / 12, first % 12 + 1, 1);
	ret->last = date_end_of_month(date_of(last / 12, last % 12 + 1, 1));
	return true;
}

enum period_says period_of_document(const struct period *p, day_t issued_on, day_t due_on)
{
	bool is_issued = issued_on >= p->first && issued_on <= p->last;
	bool is_due = due_on >= p->first && due_on <= p->last;

	if (issued_on == DAY_NONE || due_on == DAY_NONE)
		return PERIOD_OUT;
	if (is_issued)
		return is_due || due_on - issued_on >= LONG_TERM ? PERIOD_IN : PERIOD_MAYBE;
	return is_due && due_on - issued_on < LONG_TERM ? PERIOD_MAYBE : PERIOD_OUT;
}
