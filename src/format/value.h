/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.h - amounts and dates as people and spreadsheets write them.
 *
 * "1.234" is a thousand in Paris and one and a bit in London, "03/04/2026" is April or March: one
 *cell cannot tell, its column can. So a column is looked at first, as a whole, and each cell is
 *then read by the column's convention. When the whole column cannot tell, the answer is a question
 *to the user, never a guess.
 *
 *	struct value_profile p = { 0 };
 *	for each cell: value_profile_add(&p, cell, strlen(cell));
 *	if (!value_number_style(&p, "Amount", &style, e))
 *		return false;		// contradictory or ambiguous; e says which cells
 *	if (!value_amount(cell, style, "EUR", &minor, e)) ...
 *
 * The csv and xlsx readers give each column's profile before its rows (record.h, struct
 *csv_columns).
 */
#ifndef FORMAT_VALUE_H
#define FORMAT_VALUE_H

#include "base/date.h"

enum number_style {
	NUMBER_PLAIN, /* digits without any separator: both readings agree */
	NUMBER_COMMA, /* 1.234,56 or 1 234,56 */
	NUMBER_POINT, /* 1,234.56 or 1 234.56 */
	NUMBER_STYLES
};

enum date_style {
	DATE_YMD,    /* 2026-12-31, 20261231, 31-déc-2026: no doubt possible */
	DATE_DMY,    /* 31/12/2026, 31.12.26, 31-12-2026; and all of DATE_YMD */
	DATE_MDY,    /* 12/31/2026; and all of DATE_YMD */
	DATE_SERIAL, /* 46387: days of a spreadsheet since 1899-12-30 */
	DATE_STYLES
};

enum { VALUE_SAMPLE = 40 };

/* What the cells of one column look like. All zero is an empty column. */
struct value_profile {
	int64_t n_filled; /* cells with something in them */

	int64_t n_number;         /* cells that are a number in some reading */
	int64_t n_comma;          /* of which only the comma can be the decimal sign */
	int64_t n_point;          /* only the point can */
	int64_t n_either;         /* "1.234" or "1,234": both are possible and differ */
	char comma[VALUE_SAMPLE]; /* the first of each kind, for the question to the user */
	char point[VALUE_SAMPLE];
	char either[VALUE_SAMPLE];

	int64_t n_date;         /* cells that are a date in some reading (serials not counted) */
	int64_t n_dmy;          /* of which only day/month is possible */
	int64_t n_mdy;          /* only month/day is possible */
	int64_t n_day_or_month; /* both are possible and differ */
	int64_t n_serial;       /* whole numbers that could be a spreadsheet's day, 1954 to 2119 */
	char dmy[VALUE_SAMPLE];
	char mdy[VALUE_SAMPLE];
	char day_or_month[VALUE_SAMPLE];
};

/* Adds one cell of a column; n bytes of UTF-8, need not be NUL-terminated. Blank cells count for
 * nothing. */
void value_profile_add(struct value_profile *p, const char *text, size_t n);

/* The convention of the column's numbers, or ERR_INVALID with a question naming the column: when
 * some cells need the comma and others the point, or when nothing but "1.234" is there. */
bool value_number_style(const struct value_profile *p, const char *column, enum number_style *ret,
			struct err *e) NODISCARD;

/* The same for dates. A column of serials (from a sheet without date format) is DATE_SERIAL. */
bool value_date_style(const struct value_profile *p, const char *column, enum date_style *ret,
		      struct err *e) NODISCARD;

/* An amount in minor units of the currency. Reads "1 234,56", "1.234,56 €", "1234.56-", "(123,45)",
 * "EUR 12", with ordinary, no-break and narrow no-break spaces. More decimals than the currency has
 * are accepted when they are zeros. ERR_INVALID, or ERR_RANGE when it does not fit. */
bool value_amount(const char *text, enum number_style style, const char *currency,
		  int64_t *ret_minor, struct err *e) NODISCARD;

/* A day. Two-digit years are 2000 to 2069, then 1970 to 1999. ERR_INVALID otherwise. */
bool value_date(const char *text, enum date_style style, day_t *ret, struct err *e) NODISCARD;

#endif
