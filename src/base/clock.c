/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

enum { MICRO = 1000000 };
static const int64_t day_micro = (int64_t)86400 * MICRO;

int64_t clock_now(void)
{
	struct timespec t;

	ENSURE(clock_gettime(CLOCK_REALTIME, &t) == 0);
	return (int64_t)t.tv_sec * MICRO + t.tv_nsec / 1000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

/* Minutes east of UTC at a moment; 0 for a zone that ICU does not know. */
static int offset_at(int64_t moment, const char *zone)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar name[64];
	UCalendar *cal;
	int32_t offset;

	if (!zone || strlen(zone) >= ARRAY_LEN(name))
		return 0;
	u_uastrcpy(name, zone);
	cal = ucal_open(name, -1, "en", UCAL_GREGORIAN, &status);
	if (U_FAILURE(status))
		return 0;
	ucal_setMillis(cal, (double)floor_div(moment, 1000), &status);
	offset = ucal_get(cal, UCAL_ZONE_OFFSET, &status) + ucal_get(cal, UCAL_DST_OFFSET, &status);
	ucal_close(cal);
	return U_SUCCESS(status) ? (int)(offset / 60000) : 0;
}

day_t clock_day(int64_t moment, const char *zone)
{
	int64_t local = moment + (int64_t)offset_at(moment, zone) * 60 * MICRO;

	return (day_t)floor_div(local, day_micro);
}

struct clock_civil clock_civil(int64_t moment, const char *zone)
{
	int offset = offset_at(moment, zone);
	int64_t local = moment + (int64_t)offset * 60 * MICRO;
	int64_t day = floor_div(local, day_micro);
	int seconds = (int)((local - day * day_micro) / MICRO);

	return (struct clock_civil){ date_civil((day_t)day), seconds / 3600, seconds / 60 % 60,
				     seconds % 60, offset };
}

char *clock_format(int64_t moment, char text[CLOCK_TEXT])
{
	struct clock_civil c = clock_civil(moment, NULL);
	int64_t fraction = moment - floor_div(moment, MICRO) * MICRO;

	snprintf(text, CLOCK_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
		 (unsigned)c.date.year % 10000u, (unsigned)c.date.month % 100u,
		 (unsigned)c.date.day % 100u, (unsigned)c.hour % 100u, (unsigned)c.minute % 100u,
		 (unsigned)c.second % 100u, (unsigned)fraction % 1000000u);
	return text;
}

bool clock_parse(const char *text, int64_t *ret, struct err *e)
{
	unsigned hour = 23, minute = 59, second = 59, fraction = 999999;
	char day_text[11];
	int used = 0;
	day_t d;

	snprintf(day_text, sizeof day_text, "%s", text);
	if (!date_parse(day_text, &d, e))
		return false;
	if (text[10] == 'T') {
		const char *p = text + 11;
		fraction = 0;
		if (sscanf(p, "%2u:%2u:%2u%n", &hour, &minute, &second, &used) != 3 || hour > 23 ||
		    minute > 59 || second > 60)
			used = 0;
		p += used;
		if (used && *p == '.') {
			unsigned scale = MICRO;
			for (p++; *p >= '0' && *p <= '9'; p++)
				if (scale > 1)
					fraction += (unsigned)(*p - '0') * (scale /= 10);
		}
		if (!used || (*p && strcmp(p, "Z") != 0))
			return err_set(e, ERR_INVALID,
				       "invalid moment \"%.40s\": expected YYYY-MM-DDTHH:MM:SSZ",
				       text);
	} else if (text[10]) {
		return err_set(e, ERR_INVALID, "invalid moment \"%.40s\"", text);
	}
	*ret = (int64_t)d * day_micro +
	       ((int64_t)hour * 3600 + (int64_t)minute * 60 + (int64_t)second) * MICRO + fraction;
	return true;
}

/* A wall clock's reading as a moment: the offset of the day before may be that of the other side of a change
 * of the clocks, so it is looked up again. */
static int64_t moment_of_local(int64_t local, const char *zone)
{
	int64_t guess = local - (int64_t)offset_at(local - day_micro, zone) * 60 * MICRO;

	return local - (int64_t)offset_at(guess, zone) * 60 * MICRO;
}

bool clock_parse_local(const char *text, const char *zone, int64_t *ret, struct err *e)
{
	size_t n = strlen(text);
	char full[CLOCK_TEXT + 8];
	int64_t local;

	if (n > 0 && text[n - 1] == 'Z')
		return clock_parse(text, ret, e);
	if (n >= CLOCK_TEXT)
		return err_set(e, ERR_INVALID, "invalid moment \"%.40s\"", text);
	snprintf(full, sizeof full, "%s%s", text, n == 16 ? ":00" : "");
	if (n > 10 && full[10] == ' ')
		full[10] = 'T';
	if (!clock_parse(full, &local, e))
		return false;
	*ret = moment_of_local(local, zone);
	return true;
}

int64_t when_known(struct when w)
{
	return w.known_at ? w.known_at : INT64_MAX;
}

struct when when_ever(void)
{
	return (struct when){ .as_of = date_of(9999, 12, 31), .known_at = 0 };
}
