/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/calendar.h"

/* Anonymous Gregorian algorithm (Meeus, Jones, Butcher). */
day_t calendar_easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4;
	int l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;

	return date_of(year, n / 31, n % 31 + 1);
}

struct fixed_day {
	int month, day;
};

static bool is_among(struct civil c, const struct fixed_day *days, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (days[i].month == c.month && days[i].day == c.day)
			return true;
	return false;
}

bool calendar_is_holiday(enum calendar calendar, day_t d)
{
	static const struct fixed_day french[] = { { 1, 1 },  { 5, 1 },  { 5, 8 },   { 7, 14 },
						   { 8, 15 }, { 11, 1 }, { 11, 11 }, { 12, 25 } };
	static const struct fixed_day target[] = { { 1, 1 }, { 5, 1 }, { 12, 25 }, { 12, 26 } };
	struct civil c = date_civil(d);
	int after_easter = d - calendar_easter(c.year);

	if (calendar == CALENDAR_TARGET)
		return is_among(c, target, ARRAY_LEN(target)) || after_easter == -2 ||
		       after_easter == 1;
	if (calendar == CALENDAR_FR_ALSACE_MOSELLE &&
	    (after_easter == -2 || (c.month == 12 && c.day == 26)))
		return true;
	/* Easter Monday, Ascension, Whit Monday. */
	return is_among(c, french, ARRAY_LEN(french)) || after_easter == 1 || after_easter == 39 ||
	       after_easter == 50;
}

bool calendar_is_business_day(enum calendar c, day_t d)
{
	return date_weekday(d) <= 5 && !calendar_is_holiday(c, d);
}

day_t calendar_on_or_after(enum calendar c, day_t d)
{
	while (!calendar_is_business_day(c, d))
		d++;
	return d;
}

day_t calendar_on_or_before(enum calendar c, day_t d)
{
	while (!calendar_is_business_day(c, d))
		d--;
	return d;
}

day_t calendar_add_business_days(enum calendar c, day_t d, int n)
{
	for (; n > 0; n--)
		d = calendar_on_or_after(c, d + 1);
	for (; n < 0; n++)
		d = calendar_on_or_before(c, d - 1);
	return d;
}

day_t calendar_procedural_end(enum calendar c, day_t from, int months)
{
	return calendar_on_or_after(c, date_add_months(from, months));
}
