/* SPDX-License-Identifier: Apache-2.0 */
#include "i18n/date_text.h"

#include <stdio.h>

#define DASH "\xe2\x80\x93"

struct writing {
	const char *language;
	const char *months[12];
	const char *weekdays[7];                /* Monday first */
	const char *before_month, *before_year; /* "19. November 2026", "19 de noviembre de 2026" */
	const char *first;                      /* how day 1 is written in a sentence; NULL: "1" */
	const char *short_separator;            /* NULL: "19 Nov 2026" */
};

static const struct writing writings[] = {
	{ "en",
	  { "January", "February", "March", "April", "May", "June", "July", "August", "September",
	    "October", "November", "December" },
	  { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" },
	  " ",
	  " ",
	  NULL,
	  NULL },
	{ "fr",
	  { "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
	    "octobre", "novembre", "décembre" },
	  { "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche" },
	  " ",
	  " ",
	  "1er",
	  "/" },
	{ "de",
	  { "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
	    "Oktober", "November", "Dezember" },
	  { "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag" },
	  ". ",
	  " ",
	  NULL,
	  "." },
	{ "es",
	  { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
	    "octubre", "noviembre", "diciembre" },
	  { "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo" },
	  " de ",
	  " de ",
	  NULL,
	  "/" },
	{ "it",
	  { "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto",
	    "settembre", "ottobre", "novembre", "dicembre" },
	  { "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica" },
	  " ",
	  " ",
	  "1º",
	  "/" },
	{ "nl",
	  { "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
	    "oktober", "november", "december" },
	  { "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag" },
	  " ",
	  " ",
	  NULL,
	  "-" },
	{ "pt",
	  { "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto",
	    "setembro", "outubro", "novembro", "dezembro" },
	  { "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado",
	    "domingo" },
	  " de ",
	  " de ",
	  NULL,
	  "/" },
};

static const char *const short_months[][12] = {
	{ "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" },
	{ "jan", "fév", "mar", "avr", "mai", "jun", "jul", "aoû", "sep", "oct", "nov", "déc" },
	{ "Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez" },
	{ "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic" },
	{ "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic" },
	{ "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec" },
	{ "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez" },
};

static const struct writing *writing_of(const char *language)
{
	for (size_t i = 0; language && i < ARRAY_LEN(writings); i++)
		if (str_starts(language, writings[i].language) &&
		    (language[2] == '\0' || language[2] == '-' || language[2] == '_'))
			return &writings[i];
	return &writings[0];
}

const char *month_short(int month, const char *language)
{
	ENSURE(month >= 1 && month <= 12);
	return short_months[writing_of(language) - writings][month - 1];
}

/* A number of two digits or more. */
static char *put_two(char *to, int n)
{
	if (n >= 100)
		to = put_two(to, n / 100);
	*to++ = (char)('0' + n / 10 % 10);
	*to++ = (char)('0' + n % 10);
	return to;
}

char *day_short(day_t d, const char *language, char text[DAY_TEXT])
{
	const struct writing *w = writing_of(language);
	struct civil c;
	char *to;

	text[0] = '\0';
	if (d == DAY_NONE)
		return text;
	c = date_civil(d);
	if (!w->short_separator) {
		snprintf(text, DAY_TEXT, "%d %s %d", c.day, month_short(c.month, language), c.year);
		return text;
	}
	/* Lists are full of days: written without printf. */
	to = put_two(text, c.day);
	*to++ = *w->short_separator;
	to = put_two(to, c.month);
	*to++ = *w->short_separator;
	*put_two(to, c.year) = '\0';
	return text;
}

char *day_axis(day_t d, const char *language, char text[DAY_TEXT])
{
	const struct writing *w = writing_of(language);
	struct civil c;

	text[0] = '\0';
	if (d == DAY_NONE)
		return text;
	c = date_civil(d);
	if (w->short_separator)
		snprintf(text, DAY_TEXT, "%02d%s%02d", c.day, w->short_separator, c.month);
	else
		snprintf(text, DAY_TEXT, "%d %s", c.day, month_short(c.month, language));
	return text;
}

static size_t put_day_number(char *out, size_t size, struct civil c, const struct writing *w)
{
	int n = c.day == 1 && w->first ? snprintf(out, size, "%s", w->first)
				       : snprintf(out, size, "%d", c.day);
	return (size_t)n;
}

char *day_of_month_text(day_t d, const char *language, char text[DAY_TEXT])
{
	const struct writing *w = writing_of(language);
	struct civil c;
	size_t n;

	text[0] = '\0';
	if (d == DAY_NONE)
		return text;
	c = date_civil(d);
	n = put_day_number(text, DAY_TEXT, c, w);
	snprintf(text + n, DAY_TEXT - n, "%s%s", w->before_month, w->months[c.month - 1]);
	return text;
}

char *day_long(day_t d, const char *language, char text[DAY_TEXT])
{
	size_t n;

	day_of_month_text(d, language, text);
	if (d == DAY_NONE)
		return text;
	n = strlen(text);
	snprintf(text + n, DAY_TEXT - n, "%s%d", writing_of(language)->before_year,
		 date_civil(d).year);
	return text;
}

char *day_full(day_t d, const char *language, char text[DAY_TEXT])
{
	const struct writing *w = writing_of(language);
	const char *comma =
		str_eq(w->language, "de") || str_eq(w->language, "es") || str_eq(w->language, "pt")
			? ","
			: "";
	char rest[DAY_TEXT];

	text[0] = '\0';
	if (d == DAY_NONE)
		return text;
	day_long(d, language, rest);
	snprintf(text, DAY_TEXT, "%s%s %.50s", w->weekdays[date_weekday(d) - 1], comma, rest);
	return text;
}

char *month_text(int year, int month, const char *language, char text[DAY_TEXT])
{
	const struct writing *w = writing_of(language);

	ENSURE(month >= 1 && month <= 12);
	snprintf(text, DAY_TEXT, "%s%s%d", w->months[month - 1], w->before_year, year);
	return text;
}

char *day_span(day_t from, day_t to, bool with_year, const char *language, char text[DAY_TEXT])
{
	const struct writing *w = writing_of(language);
	struct civil a, b;
	char start[DAY_TEXT], end[DAY_TEXT];

	text[0] = '\0';
	if (from == DAY_NONE || to == DAY_NONE)
		return text;
	a = date_civil(from);
	b = date_civil(to);
	if (with_year || a.year != b.year)
		day_long(to, language, end);
	else
		day_of_month_text(to, language, end);
	if (from == to) {
		snprintf(text, DAY_TEXT, "%s", end);
		return text;
	}
	if (a.year == b.year && a.month == b.month) {
		put_day_number(start, sizeof start, a, w);
		snprintf(text, DAY_TEXT, "%.8s" DASH "%.60s", start, end);
		return text;
	}
	if (a.year != b.year)
		day_long(from, language, start);
	else
		day_of_month_text(from, language, start);
	snprintf(text, DAY_TEXT, "%.34s " DASH " %.34s", start, end);
	return text;
}

char *time_text(int hour, int minute, char text[DAY_TEXT])
{
	ENSURE(hour >= 0 && hour <= 24 && minute >= 0 && minute < 60);
	snprintf(text, DAY_TEXT, "%02d:%02d", hour, minute);
	return text;
}
