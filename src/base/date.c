/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years from 0000-03-01. */
day_t date_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	ENSURE(date_exists(year, month, day));
	return era * 146097 + day_of_era - 719468;
}

struct civil date_civil(day_t d)
{
	int z = d + 719468;
	int era = z / 146097;
	int day_of_era = z - era * 146097;
	int year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int m = (5 * day_of_year + 2) / 153;
	struct civil c;

	ENSURE(d != DAY_NONE && z >= 0);
	c.day = day_of_year - (153 * m + 2) / 5 + 1;
	c.month = m < 10 ? m + 3 : m - 9;
	c.year = year_of_era + era * 400 + (c.month <= 2 ? 1 : 0);
	return c;
}

int date_days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	ENSURE(month >= 1 && month <= 12);
	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

bool date_exists(int year, int month, int day)
{
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= date_days_in_month(year, month);
}

int date_weekday(day_t d)
{
	int w = (d + 3) % 7; /* 1970-01-01 was a Thursday */

	return (w < 0 ? w + 7 : w) + 1;
}

day_t date_end_of_month(day_t d)
{
	struct civil c = date_civil(d);

	return date_of(c.year, c.month, date_days_in_month(c.year, c.month));
}

day_t date_add_months(day_t d, int n)
{
	struct civil c = date_civil(d);
	int months = c.year * 12 + c.month - 1 + n;
	int year = months / 12;
	int month = months % 12 + 1;
	int last = date_days_in_month(year, month);

	return date_of(year, month, c.day < last ? c.day : last);
}

static bool digits(const char *s, int n, int *ret)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*ret = v;
	return true;
}

bool date_parse(const char *text, day_t *ret, struct err *e)
{
	int year, month, day;

	if (!text || strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
	    !digits(text, 4, &year) || !digits(text + 5, 2, &month) || !digits(text + 8, 2, &day) ||
	    !date_exists(year, month, day))
		return err_set(e, ERR_INVALID, "invalid date \"%.40s\": expected YYYY-MM-DD",
			       text ? text : "");
	*ret = date_of(year, month, day);
	return true;
}

bool date_parse_compact(const char *text, size_t len, day_t *ret)
{
	int year, month, day;

	if (len != 8 || !digits(text, 4, &year) || !digits(text + 4, 2, &month) ||
	    !digits(text + 6, 2, &day) || !date_exists(year, month, day))
		return false;
	*ret = date_of(year, month, day);
	return true;
}

static void put_digits(char *at, int n, int v)
{
	while (n-- > 0) {
		at[n] = (char)('0' + v % 10);
		v /= 10;
	}
}

char *date_format(day_t d, char text[DATE_TEXT])
{
	struct civil c;

	text[0] = '\0';
	if (d == DAY_NONE)
		return text;
	c = date_civil(d);
	put_digits(text, 4, c.year);
	put_digits(text + 5, 2, c.month);
	put_digits(text + 8, 2, c.day);
	text[4] = text[7] = '-';
	text[10] = '\0';
	return text;
}
