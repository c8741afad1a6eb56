/* SPDX-License-Identifier: Apache-2.0 */
/*
 * date.h - civil dates: day numbers without clock or time zone.
 *
 * A day is the count of days since 1970-01-01 in the Gregorian calendar, from year 1 to 9999. "Today" is
 * never asked here: it is a parameter of whoever needs it.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/err.h"

typedef int32_t day_t; /* the one typedef of the program: a day number reads like a number */

#define DAY_NONE INT32_MIN /* no date known */

struct civil {
	int year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
};

/* The day of a valid civil date. */
day_t date_of(int year, int month, int day);
struct civil date_civil(day_t d);

/* Whether year, month and day name a day of the calendar (years 1 to 9999). */
bool date_exists(int year, int month, int day);

/* 1 Monday .. 7 Sunday (ISO 8601). */
int date_weekday(day_t d);

/* Last day of d's month (fin de mois). */
day_t date_end_of_month(day_t d);

/* Same day number n months later, cut to the month's length. */
day_t date_add_months(day_t d, int n);

int date_days_in_month(int year, int month);

/* "2026-11-21" exactly. ERR_INVALID otherwise. */
bool date_parse(const char *text, day_t *ret, struct err *e) NODISCARD;

/* "20261121", as in accounting and bank files. Fixed 8 characters, need not be NUL-terminated. */
bool date_parse_compact(const char *text, size_t len, day_t *ret);

enum { DATE_TEXT = 12 };

/* Writes "2026-11-21", or "" for DAY_NONE; returns text. */
char *date_format(day_t d, char text[DATE_TEXT]);

#endif
