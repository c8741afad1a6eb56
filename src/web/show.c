/* SPDX-License-Identifier: Apache-2.0 */
#include "web/show.h"

#include "i18n/amount.h"
#include "i18n/date_text.h"

#define EN_DASH "\xe2\x80\x93"

enum { DAY_SECONDS = 86400, MICROSECONDS = 1000000 };

static char *amount_room(struct page *p)
{
	return arena_alloc(p->arena, AMOUNT_TEXT);
}

static char *day_room(struct page *p)
{
	return arena_alloc(p->arena, DAY_TEXT);
}

const char *show_amount(struct page *p, int64_t minor, const char *currency)
{
	return amount_text(minor, currency, p->language, amount_room(p));
}

const char *show_figure(struct page *p, int64_t minor, const char *currency)
{
	return amount_bare(minor, currency, p->language, amount_room(p));
}

const char *show_currency(const struct page *p, const char *currency)
{
	return currency_sign(currency, p->language);
}

const char *show_count(struct page *p, int64_t n)
{
	return count_text(n, p->language, amount_room(p));
}

const char *show_percent(struct page *p, int64_t part, int64_t whole)
{
	const char *text = percent_text(part, whole, 1, p->language, amount_room(p));

	return *text ? text : EN_DASH;
}

const char *show_day(struct page *p, day_t d)
{
	return day_short(d, p->language, day_room(p));
}

const char *show_day_long(struct page *p, day_t d)
{
	return day_long(d, p->language, day_room(p));
}

const char *show_day_full(struct page *p, day_t d)
{
	return day_full(d, p->language, day_room(p));
}

const char *show_day_iso(struct page *p, day_t d)
{
	return date_format(d, arena_alloc(p->arena, DATE_TEXT));
}

/* Seconds since 1970 on the entity's clock. */
static int64_t local_seconds(const struct page *p, int64_t moment)
{
	int64_t s = moment / MICROSECONDS - (moment % MICROSECONDS < 0);

	return s + p->utc_offset;
}

day_t show_day_of(const struct page *p, int64_t moment)
{
	int64_t s = local_seconds(p, moment);

	return (day_t)(s / DAY_SECONDS - (s % DAY_SECONDS < 0));
}

const char *show_time(struct page *p, int64_t moment)
{
	int64_t s = local_seconds(p, moment);
	int64_t of_day = ((s % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;

	return time_text((int)(of_day / 3600), (int)(of_day / 60 % 60), day_room(p));
}

const char *show_moment(struct page *p, int64_t moment)
{
	return arena_printf(p->arena, "%s %s", show_day(p, show_day_of(p, moment)),
			    show_time(p, moment));
}

/* Bytes of the character that begins at s. */
static size_t character_size(const char *s)
{
	size_t n = *s != '\0';

	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

const char *show_initials(struct page *p, const char *name)
{
	struct buf b;
	int n = 0;

	buf_init(&b, p->arena);
	for (const char *s = name ? name : ""; *s && n < 2; n++) {
		buf_add(&b, s, character_size(s));
		s = strchr(s, ' ');
		if (!s)
			break;
		while (*s == ' ')
			s++;
	}
	return buf_str(&b);
}

const char *late_words(struct arena *a, const struct catalogue *cat, day_t due_on, day_t as_of)
{
	int days = as_of - due_on;

	if (days <= -8)
		return tr(cat, "Not due");
	if (days == 0)
		return tr(cat, "Due today");
	if (days < 0)
		return arena_printf(
			a, trn(cat, "Due in %d day", "Due in %d days", (unsigned long)-days),
			-days);
	return arena_printf(a, trn(cat, "%d day late", "%d days late", (unsigned long)days), days);
}

const char *show_late_words(struct page *p, day_t due_on, day_t as_of)
{
	return late_words(p->arena, p->cat, due_on, as_of);
}
