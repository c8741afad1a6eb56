/* SPDX-License-Identifier: Apache-2.0 */
#include "web/show.h"

#include "base/money.h"

#define NARROW_SPACE "\xe2\x80\xaf" /* U+202F */
#define HARD_SPACE   "\xc2\xa0"     /* U+00A0 */
#define MINUS        "\xe2\x88\x92" /* U+2212 */
#define EN_DASH      "\xe2\x80\x93"

enum { DAY_SECONDS = 86400, MICROSECONDS = 1000000 };

static bool is_french(const struct page *p)
{
	return str_eq(p->language, "fr");
}

/* Digits in threes. */
static void put_grouped(struct buf *b, const char *digits, size_t n, const char *separator)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			buf_puts(b, separator);
		buf_putc(b, digits[i]);
	}
}

/* The absolute value, without sign or currency. */
static void put_figure(struct page *p, struct buf *b, int64_t minor, const char *currency)
{
	char text[MONEY_TEXT];
	const char *digits = minor_format(minor, currency, text);
	const char *point;

	if (*digits == '-')
		digits++;
	point = strchr(digits, '.');
	put_grouped(b, digits, point ? (size_t)(point - digits) : strlen(digits),
		    is_french(p) ? NARROW_SPACE : ",");
	if (point) {
		buf_putc(b, is_french(p) ? ',' : '.');
		buf_puts(b, point + 1);
	}
}

const char *show_figure(struct page *p, int64_t minor, const char *currency)
{
	struct buf b;

	buf_init(&b, p->arena);
	if (minor < 0)
		buf_puts(&b, MINUS);
	put_figure(p, &b, minor, currency);
	return buf_str(&b);
}

const char *show_currency(const char *currency)
{
	static const struct {
		const char *code, *sign;
	} signs[] = {
		{ "EUR", "€" }, { "GBP", "£" },   { "USD", "US$" },
		{ "JPY", "¥" }, { "CAD", "CA$" }, { "AUD", "AU$" },
	};

	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		if (str_eq(signs[i].code, currency))
			return signs[i].sign;
	}
	return currency;
}

const char *show_amount(struct page *p, int64_t minor, const char *currency)
{
	const char *sign = show_currency(currency);
	bool is_code = str_eq(sign, currency);
	struct buf b;

	buf_init(&b, p->arena);
	if (minor < 0)
		buf_puts(&b, MINUS);
	if (!is_french(p)) {
		buf_puts(&b, sign);
		if (is_code)
			buf_puts(&b, HARD_SPACE);
	}
	put_figure(p, &b, minor, currency);
	if (is_french(p)) {
		buf_puts(&b, HARD_SPACE);
		buf_puts(&b, sign);
	}
	return buf_str(&b);
}

const char *show_count(struct page *p, int64_t n)
{
	return show_figure(p, n, "JPY"); /* a currency without decimals */
}

const char *show_percent(struct page *p, int64_t part, int64_t whole)
{
	int64_t permille;
	struct buf b;

	/* Signs of part and whole agree in every use: both are sums of the same kind. */
	if (whole <= 0 || !minor_scale_round(part, 1000, whole, &permille, NULL))
		return EN_DASH;
	buf_init(&b, p->arena);
	if (permille < 0) {
		buf_puts(&b, MINUS);
		permille = -permille;
	}
	buf_printf(&b, "%" PRId64 "%c%" PRId64 "%s%%", permille / 10, is_french(p) ? ',' : '.',
		   permille % 10, is_french(p) ? NARROW_SPACE : "");
	return buf_str(&b);
}

static const char *month_name(const struct page *p, int month)
{
	static const char *const months[] = {
		N_("January"),   N_("February"), N_("March"),    N_("April"),
		N_("May"),       N_("June"),     N_("July"),     N_("August"),
		N_("September"), N_("October"),  N_("November"), N_("December"),
	};

	return tr(p->cat, months[month - 1]);
}

static const char *month_short(const struct page *p, int month)
{
	static const char *const months[] = {
		N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
		N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
	};

	return tr(p->cat, months[month - 1]);
}

const char *show_day(struct page *p, day_t d)
{
	struct civil c;

	if (d == DAY_NONE)
		return "";
	c = date_civil(d);
	if (is_french(p))
		return arena_printf(p->arena, "%02d/%02d/%04d", c.day, c.month, c.year);
	return show_day_short(p, d);
}

const char *show_day_long(struct page *p, day_t d)
{
	struct civil c;

	if (d == DAY_NONE)
		return "";
	c = date_civil(d);
	return arena_printf(p->arena, "%d%s %s %d", c.day, is_french(p) && c.day == 1 ? "er" : "",
			    month_name(p, c.month), c.year);
}

const char *show_day_short(struct page *p, day_t d)
{
	struct civil c;

	if (d == DAY_NONE)
		return "";
	c = date_civil(d);
	return arena_printf(p->arena, "%d%s %s %d", c.day, is_french(p) && c.day == 1 ? "er" : "",
			    month_short(p, c.month), c.year);
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

	return arena_printf(p->arena, "%02d:%02d", (int)(of_day / 3600), (int)(of_day / 60 % 60));
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

const char *show_late_state(day_t due_on, day_t as_of)
{
	int days = as_of - due_on;

	if (days <= -8)
		return "fresh";
	if (days <= 0)
		return "soon";
	if (days <= 30)
		return "late-1";
	if (days <= 60)
		return "late-2";
	return days <= 90 ? "late-3" : "late-4";
}

const char *show_late_words(struct page *p, day_t due_on, day_t as_of)
{
	int days = as_of - due_on;

	if (days <= -8)
		return tr(p->cat, "Not due");
	if (days == 0)
		return tr(p->cat, "Due today");
	if (days < 0)
		return arena_printf(
			p->arena,
			trn(p->cat, "Due in %d day", "Due in %d days", (unsigned long)-days),
			-days);
	return arena_printf(p->arena,
			    trn(p->cat, "%d day late", "%d days late", (unsigned long)days), days);
}
