/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as people type them in forms. */
#include "i18n/date_text.h"

#include "base/text.h"

/* Words as text_key writes them. The list is searched for a beginning of at least three letters, so that
 * "nov" and "sept" are months too. */
static const char *const month_words[][2] = {
	{ "JANVIER", "JANUARY" }, { "FEVRIER", "FEBRUARY" },  { "MARS", "MARCH" },
	{ "AVRIL", "APRIL" },     { "MAI", "MAY" },           { "JUIN", "JUNE" },
	{ "JUILLET", "JULY" },    { "AOUT", "AUGUST" },       { "SEPTEMBRE", "SEPTEMBER" },
	{ "OCTOBRE", "OCTOBER" }, { "NOVEMBRE", "NOVEMBER" }, { "DECEMBRE", "DECEMBER" },
};

static const char *const weekday_words[][2] = {
	{ "LUNDI", "MONDAY" },    { "MARDI", "TUESDAY" },   { "MERCREDI", "WEDNESDAY" },
	{ "JEUDI", "THURSDAY" },  { "VENDREDI", "FRIDAY" }, { "SAMEDI", "SATURDAY" },
	{ "DIMANCHE", "SUNDAY" },
};

static const struct {
	const char *word;
	int days;
} near_words[] = {
	{ "AUJOURD HUI", 0 }, { "TODAY", 0 },      { "DEMAIN", 1 },       { "TOMORROW", 1 },
	{ "HIER", -1 },       { "YESTERDAY", -1 }, { "APRES DEMAIN", 2 }, { "AVANT HIER", -2 },
};

/* Whether text begins with w as a whole word; moves past it and one space. */
static bool take_word(const char **text, const char *w)
{
	size_t n = strlen(w);

	if (strncmp(*text, w, n) != 0 || ((*text)[n] != '\0' && (*text)[n] != ' '))
		return false;
	*text += n;
	if (**text == ' ')
		(*text)++;
	return true;
}

/* Index of the word that the next word of text begins, or -1. "MAR" could be mars or mardi, but the lists
 * are never searched together; "JUI" could be two months, so it is none. */
static int take_from(const char **text, const char *const words[][2], size_t n)
{
	size_t len = strcspn(*text, " ");
	int found = -1;

	if (len < 3)
		return -1;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < 2; k++) {
			if (strncmp(words[i][k], *text, len) != 0 || strlen(words[i][k]) < len)
				continue;
			if (found >= 0 && found != (int)i)
				return -1;
			found = (int)i;
		}
	}
	if (found >= 0) {
		*text += len;
		if (**text == ' ')
			(*text)++;
	}
	return found;
}

static bool take_number(const char **text, int max_digits, int *ret)
{
	int n = 0, v = 0;

	while (**text >= '0' && **text <= '9' && n < max_digits) {
		v = v * 10 + (**text - '0');
		(*text)++;
		n++;
	}
	*ret = v;
	return n > 0 && !(**text >= '0' && **text <= '9');
}

/* The year that puts day and month on the side wanted. 29 February waits for a leap year. */
static bool nearest_year(int day, int month, day_t today, enum day_lean lean, day_t *ret)
{
	int year = date_civil(today).year;
	bool found = false;

	for (int y = year - 4; y <= year + 4; y++) {
		day_t d;

		if (!date_exists(y, month, day))
			continue;
		d = date_of(y, month, day);
		if ((lean == DAY_AHEAD && d < today) || (lean == DAY_BEHIND && d > today))
			continue;
		if (!found || (d > today ? d - today : today - d) <
				      (*ret > today ? *ret - today : today - *ret))
			*ret = d;
		found = true;
	}
	return found;
}

static int full_year(int y)
{
	return y < 100 ? 2000 + y : y;
}

/* Day and month, then perhaps the year, or nothing more. */
static bool finish(const char *rest, int day, int month, day_t today, enum day_lean lean,
		   day_t *ret)
{
	int year;

	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	if (*rest == '\0')
		return nearest_year(day, month, today, lean, ret);
	if (!take_number(&rest, 4, &year) || *rest != '\0' ||
	    !date_exists(full_year(year), month, day))
		return false;
	*ret = date_of(full_year(year), month, day);
	return true;
}

/* "24 11 2026", "24 NOVEMBRE", "1ER MARS 2027": day, month, maybe year. */
static bool read_calendar_day(const char *s, day_t today, enum day_lean lean, day_t *ret)
{
	int day, month;

	if (!take_number(&s, 2, &day))
		return false;
	if (str_starts(s, "ER"))
		s += 2;
	if (*s != ' ')
		return false;
	s++;
	month = take_from(&s, month_words, ARRAY_LEN(month_words)) + 1;
	if (month == 0) {
		if (!take_number(&s, 2, &month))
			return false;
		if (*s == ' ')
			s++;
	}
	return finish(s, day, month, today, lean, ret);
}

static bool read_end_of(const char *s, day_t today, enum day_lean lean, day_t *ret)
{
	int month;
	struct civil c;

	if (take_word(&s, "FDM") || take_word(&s, "FIN DE MOIS") || take_word(&s, "FIN DU MOIS") ||
	    take_word(&s, "END OF MONTH") || take_word(&s, "EOM")) {
		*ret = date_end_of_month(today);
		return *s == '\0';
	}
	if (!take_word(&s, "FIN") && !take_word(&s, "END OF") && !take_word(&s, "END"))
		return false;
	month = take_from(&s, month_words, ARRAY_LEN(month_words)) + 1;
	if (month == 0 || !nearest_year(1, month, today, DAY_NEAREST, ret))
		return false;
	if (*s != '\0')
		return finish(s, 1, month, today, lean, ret) &&
		       (*ret = date_end_of_month(*ret), true);
	*ret = date_end_of_month(*ret);
	c = date_civil(*ret);
	if (lean == DAY_AHEAD && *ret < today)
		*ret = date_end_of_month(date_of(c.year + 1, c.month, 1));
	if (lean == DAY_BEHIND && *ret > today)
		*ret = date_end_of_month(date_of(c.year - 1, c.month, 1));
	return true;
}

static bool read_word(const char *key, day_t today, enum day_lean lean, day_t *ret)
{
	const char *s = key;
	int weekday, step;

	for (size_t i = 0; i < ARRAY_LEN(near_words); i++) {
		if (str_eq(key, near_words[i].word)) {
			*ret = today + near_words[i].days;
			return true;
		}
	}
	weekday = take_from(&s, weekday_words, ARRAY_LEN(weekday_words)) + 1;
	if (weekday == 0 || *s != '\0')
		return read_end_of(key, today, lean, ret);
	step = (weekday - date_weekday(today) + 7) % 7;
	if (step == 0)
		step = 7;
	*ret = lean == DAY_BEHIND ? today + step - (step == 7 ? 14 : 7) : today + step;
	return true;
}

/* "+5", "-3": days from today, up to ten years. */
static bool read_step(const char *s, day_t today, day_t *ret)
{
	int days;
	bool back = *s == '-';

	if (*s != '+' && *s != '-')
		return false;
	s++;
	if (!take_number(&s, 4, &days) || days > 3660)
		return false;
	while (*s == ' ' || *s == 'j' || *s == 'd')
		s++;
	*ret = back ? today - days : today + days;
	return *s == '\0';
}

bool day_read(const char *typed, day_t today, enum day_lean lean, day_t *ret, struct err *e)
{
	struct arena *a;
	char *plain, *key;
	day_t d = DAY_NONE;
	bool ok;

	if (strlen(typed) > 60 || !text_is_utf8(typed, strlen(typed)))
		return err_set(e, ERR_INVALID, "a date is too long or not UTF-8");
	a = arena_new(1 << 16);
	plain = text_trim(a, typed);
	key = text_key(a, typed);
	ok = date_parse(plain, &d, NULL) || read_step(plain, today, &d) ||
	     (*plain != '-' && *plain != '+' &&
	      (read_calendar_day(key, today, lean, &d) || read_word(key, today, lean, &d)));
	arena_free(a);
	if (!ok)
		return err_set(
			e, ERR_INVALID,
			"invalid date \"%.60s\", expected for example 24/11/2026, 24/11, +5 or "
			"fin de mois",
			typed);
	*ret = d;
	return true;
}
