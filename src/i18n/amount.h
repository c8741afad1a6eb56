/* SPDX-License-Identifier: Apache-2.0 */
/*
 * amount.h - amounts, percents and counts as each reader writes them, and back.
 *
 *	French	"1 234,56 €" (U+202F in the number, U+00A0 before the sign), "−1 284,30 €" (U+2212), "22,4 %"
 *	English	"€1,234.56", "−€1,284.30", "22.4%"
 *
 * The reader's language decides the writing, never the currency; a language without conventions of its own
 * is written as English. Every function writes into text and returns it.
 */
#ifndef I18N_AMOUNT_H
#define I18N_AMOUNT_H

#include "base/err.h"

enum { AMOUNT_TEXT = 96 };

/* With the currency: for sentences, letters, totals. */
char *amount_text(int64_t minor, const char *currency, const char *language,
		  char text[AMOUNT_TEXT]);

/* Without it: for a column whose head names the currency. */
char *amount_bare(int64_t minor, const char *currency, const char *language,
		  char text[AMOUNT_TEXT]);

/* Rounded half away from zero to whole units ("1 235 €"): a salesperson's phone. */
char *amount_whole(int64_t minor, const char *currency, const char *language,
		   char text[AMOUNT_TEXT]);

/* Rounded to thousands ("235 k€", "€235k"): inside charts only. */
char *amount_thousands(int64_t minor, const char *currency, const char *language,
		       char text[AMOUNT_TEXT]);

/* Rounded to units of ten to the zeros ("235" of 235 k€), without currency: beside the axis of a chart that
 * names it. zeros is 0 to 6. */
char *amount_scaled(int64_t minor, const char *currency, int zeros, const char *language,
		    char text[AMOUNT_TEXT]);

/* For a form field: "1234,56", as amount_read takes it back. */
char *amount_input(int64_t minor, const char *currency, const char *language,
		   char text[AMOUNT_TEXT]);

/* part / whole as a percent, rounded half away from zero to the decimals (0 to 4); "" when whole is 0:
 * there is no such percent. */
char *percent_text(int64_t part, int64_t whole, int decimals, const char *language,
		   char text[AMOUNT_TEXT]);

/* A yearly rate in millionths of a percent point: 12150000 is "12,15 %". At least two decimals, more when
 * there are more. */
char *rate_text(int64_t ppm, const char *language, char text[AMOUNT_TEXT]);

/* "12 345": how many. */
char *count_text(int64_t n, const char *language, char text[AMOUNT_TEXT]);

/* "34 j", "34 d"; and "J+30", "D+30", "J−5" for a step of a schedule. */
char *days_text(int days, const char *language, char text[AMOUNT_TEXT]);
char *day_step_text(int days, const char *language, char text[AMOUNT_TEXT]);

/* The sign or code of the currency as the language writes it: "€", "£" in English, "CHF". */
const char *currency_sign(const char *currency, const char *language);

/*
 * What a person types: "1 234,56", "1234.56", "1,234.56", "1.234,56 €", sums and differences
 * ("7603+9873,60", "100-2,5"). The last of two different separators is the decimal one; a single one before
 * exactly three digits is a thousands separator only where the language writes it so, else it is refused as
 * doubtful. ERR_INVALID on anything else, ERR_RANGE when it does not fit.
 */
bool amount_read(const char *typed, const char *currency, const char *language, int64_t *ret_minor,
		 struct err *e) NODISCARD;

#endif
