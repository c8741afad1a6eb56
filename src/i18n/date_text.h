/* SPDX-License-Identifier: Apache-2.0 */
/*
 * date_text.h - dates, times and spans as each reader writes them, and the dates that people type.
 *
 *	French	19/11/2026 in a table, "19 novembre 2026", "1er mars 2026" in a sentence
 *	English	19 Nov 2026 in a table, "19 November 2026" in a sentence
 *
 * French, English, German, Spanish, Italian, Dutch, Portuguese; other languages are written as English.
 * DAY_NONE gives "". Every function writes into text and returns it.
 */
#ifndef I18N_DATE_TEXT_H
#define I18N_DATE_TEXT_H

#include "base/date.h"

enum { DAY_TEXT = 80 };

/* For a table. */
char *day_short(day_t d, const char *language, char text[DAY_TEXT]);

/* Without the year: under the axis of a chart: "19/11", "19 Nov". */
char *day_axis(day_t d, const char *language, char text[DAY_TEXT]);

/* For a sentence, with and without the year: "19 novembre 2026", "1er mars". */
char *day_long(day_t d, const char *language, char text[DAY_TEXT]);
char *day_of_month_text(day_t d, const char *language, char text[DAY_TEXT]);

/* "jeudi 19 novembre 2026", "Thursday 19 November 2026". */
char *day_full(day_t d, const char *language, char text[DAY_TEXT]);

/* "novembre 2026"; month 1 to 12. */
char *month_text(int year, int month, const char *language, char text[DAY_TEXT]);

/* "nov." is not used: three letters for a chart's axis: "nov", "Nov". */
const char *month_short(int month, const char *language);

/* "16–19 novembre", "28 novembre – 3 décembre 2026": the year only when with_year, or when the ends differ
 * in it. */
char *day_span(day_t from, day_t to, bool with_year, const char *language, char text[DAY_TEXT]);

/* "08:30". */
char *time_text(int hour, int minute, char text[DAY_TEXT]);

/* Where a day without its year, or a weekday, is looked for. */
enum day_lean {
	DAY_NEAREST, /* the one nearest to today */
	DAY_AHEAD,   /* today or later: a promise, a reminder */
	DAY_BEHIND,  /* today or earlier: a payment, a call */
};

/*
 * What a person types, in French or English whatever the page's language: "24/11", "24/11/26",
 * "24.11.2026", "2026-11-24", "24 novembre", "1er mars 2027", "mardi", "tuesday", "+5", "-3", "fin de
 * mois", "end of month", "fin novembre", "aujourd'hui", "demain", "hier" ... A weekday is never today, and
 * lies ahead unless lean is DAY_BEHIND. ERR_INVALID when it is no date.
 */
bool day_read(const char *typed, day_t today, enum day_lean lean, day_t *ret,
	      struct err *e) NODISCARD;

#endif
