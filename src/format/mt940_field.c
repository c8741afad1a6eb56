/* SPDX-License-Identifier: Apache-2.0 */
/* mt940_field.c - the fields of MT940 and the parts of a movement's line. */
#include "format/mt940.h"

#include "format/grid.h"

#include <ctype.h>

/* ---- fields ---- */

void mt940_fields_init(struct mt940_fields *f, const char *text, size_t len)
{
	*f = (struct mt940_fields){ .end = text + len };
	lines_init(&f->lines, text, len);
}

static bool look(struct mt940_fields *f)
{
	if (!f->has_ahead && lines_next(&f->lines, &f->ahead, &f->ahead_n)) {
		f->ahead_line = f->lines.number;
		f->has_ahead = true;
	}
	return f->has_ahead;
}

/* The tag that the line begins with; false when the line is text. */
static bool tag_of(const char *s, size_t n, char tag[4], size_t *ret_skip)
{
	static const char *const tags[] = { "20",  "21",  "25",  "28",  "28C", "60F", "60M",
					    "61",  "62F", "62M", "64",  "65",  "65F", "86",
					    "13D", "34F", "90C", "90D", "NS" };
	const char *colon;
	size_t len;

	if (n < 4 || s[0] != ':')
		return false;
	colon = memchr(s + 1, ':', n - 1 < 4 ? n - 1 : 4);
	if (!colon)
		return false;
	len = (size_t)(colon - s) - 1;
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (strlen(tags[i]) == len && memcmp(tags[i], s + 1, len) == 0) {
			memcpy(tag, tags[i], len + 1);
			*ret_skip = len + 2;
			return true;
		}
	return false;
}

/* Whether the next lines name an account and a number: then the :20: before them begins a message. */
static bool head_follows(const struct mt940_fields *f)
{
	struct lines lines = f->lines;
	bool has_account = false;
	const char *s;
	size_t n;

	for (int i = 0; i < 6 && lines_next(&lines, &s, &n); i++) {
		has_account |= n >= 4 && memcmp(s, ":25:", 4) == 0;
		if (has_account && n >= 4 && memcmp(s, ":28", 3) == 0)
			return true;
	}
	return false;
}

/* A time of day or the like, wrapped to the beginning of a line, looks like a field. */
static bool can_stand(const struct mt940_fields *f, const char *tag)
{
	bool in_details = f->has_movement &&
			  (str_eq(f->last, "86") || str_eq(f->last, "61") || str_eq(f->last, "NS"));

	if (!in_details || tag[0] != '2')
		return true;
	return str_eq(tag, "20") && head_follows(f);
}

static bool is_end(const char *s, size_t n)
{
	return (n == 1 && s[0] == '-') || (n >= 2 && s[0] == '-' && s[1] == '}');
}

/* What the line begins: a field, an envelope, an end; false for text that goes on. */
static bool begins(const struct mt940_fields *f, struct mt940_field *ret, size_t *ret_skip)
{
	struct csv_field t = field_trim((struct csv_field){ f->ahead, f->ahead_n });

	*ret_skip = 0;
	if (t.n && is_end(t.s, t.n)) {
		memcpy(ret->tag, "-", 2);
		return true;
	}
	if (t.n > 2 && t.s[0] == '{' && t.s[2] == ':' && (t.s[1] == '1' || !f->is_inside)) {
		memcpy(ret->tag, "{", 2);
		return true;
	}
	if (!tag_of(f->ahead, f->ahead_n, ret->tag, ret_skip) || !can_stand(f, ret->tag)) {
		*ret_skip = 0;
		return false;
	}
	return true;
}

static void note(struct mt940_fields *f, const char *tag)
{
	memcpy(f->last, tag, sizeof f->last);
	f->is_inside = tag[0] != '-' && tag[0] != '{';
	if (str_eq(tag, "61"))
		f->has_movement = true;
	else if (str_eq(tag, "20") || !f->is_inside)
		f->has_movement = false;
}

/* The end of a message may carry the envelope of the next one behind it. */
static void split_end(struct mt940_fields *f, struct mt940_field *ret)
{
	const char *next = memmem(ret->text, ret->n, "{1:", 3);

	if (!next)
		return;
	f->ahead = next;
	f->ahead_n = ret->n - (size_t)(next - ret->text);
	f->ahead_line = ret->line;
	f->has_ahead = true;
	ret->n = (size_t)(next - ret->text);
}

bool mt940_fields_next(struct mt940_fields *f, struct mt940_field *ret)
{
	struct mt940_field next = { 0 };
	size_t skip;

	while (look(f) && !begins(f, ret, &skip))
		f->has_ahead = false;
	if (!f->has_ahead)
		return false;
	ret->line = f->ahead_line;
	ret->text = f->ahead + skip;
	ret->n = f->ahead_n - skip;
	f->has_ahead = false;
	note(f, ret->tag);
	if (!f->is_inside) {
		if (ret->tag[0] == '-')
			split_end(f, ret);
		return true;
	}
	while (look(f) && !begins(f, &next, &skip)) {
		ret->n = (size_t)(f->ahead + f->ahead_n - ret->text);
		f->has_ahead = false;
	}
	return true;
}

/* ---- :61: ---- */

struct cursor {
	const char *at, *end;
};

static bool digits(struct cursor *c, int n, int ret[])
{
	if (c->end - c->at < n)
		return false;
	for (int i = 0; i < n; i++)
		if (!isdigit((unsigned char)c->at[i]))
			return false;
	for (int i = 0; i < n / 2; i++)
		ret[i] = (c->at[2 * i] - '0') * 10 + c->at[2 * i + 1] - '0';
	c->at += n;
	return true;
}

/* The year of the entry day is that of the value day, unless they are far apart. */
static void book_on(struct mt940_movement *m, int yy, const int entry[2])
{
	day_t on;

	if (!bank_day(yy, entry[0], entry[1], &on))
		return;
	if (on - m->value_on > 330)
		(void)bank_day(yy - 1, entry[0], entry[1], &on);
	else if (m->value_on - on > 330)
		(void)bank_day(yy + 1, entry[0], entry[1], &on);
	m->booked_on = on;
}

static bool dates(struct cursor *c, struct mt940_movement *m)
{
	int value[3], entry[2];

	if (!digits(c, 6, value) || !bank_day(value[0], value[1], value[2], &m->value_on))
		return false;
	if (digits(c, 4, entry))
		book_on(m, value[0], entry);
	return true;
}

/* C, D, RC, RD; EC and ED are expected ones; then the third letter of the currency. */
static bool mark(struct cursor *c, struct mt940_movement *m)
{
	char letter;

	if (c->end - c->at >= 2 && (*c->at == 'R' || *c->at == 'E') &&
	    (c->at[1] == 'C' || c->at[1] == 'D'))
		m->is_reversal = *c->at++ == 'R';
	if (c->at == c->end || (*c->at != 'C' && *c->at != 'D'))
		return false;
	letter = *c->at++;
	m->is_credit = (letter == 'C') != m->is_reversal;
	if (c->at < c->end && isupper((unsigned char)*c->at))
		c->at++;
	while (c->at < c->end && isspace((unsigned char)*c->at))
		c->at++; /* a line wrapped before its amount */
	return true;
}

/* Digits, a comma, digits or none; a point instead needs the digits behind it. */
static bool amount(struct cursor *c, struct mt940_movement *m)
{
	const char *sign = NULL;

	m->amount = c->at;
	while (c->at < c->end &&
	       (isdigit((unsigned char)*c->at) || ((*c->at == ',' || *c->at == '.') && !sign))) {
		if (!isdigit((unsigned char)*c->at))
			sign = c->at;
		c->at++;
	}
	m->amount_n = (size_t)(c->at - m->amount);
	return sign && sign > m->amount && m->amount_n <= 18 && (*sign == ',' || c->at > sign + 1);
}

static void references(struct cursor *c, struct mt940_movement *m)
{
	const char *eol = memchr(c->at, '\n', (size_t)(c->end - c->at));
	const char *line_end = eol ? eol : c->end, *slashes;
	size_t n = 0;

	while (c->at < line_end && *c->at == ' ')
		c->at++;
	while (c->at < line_end && n < 4 && (unsigned char)*c->at < 0x80)
		m->type[n++] = *c->at++;
	for (; n > 0 && m->type[n - 1] == ' '; n--)
		m->type[n - 1] = 0;
	slashes = memmem(c->at, (size_t)(line_end - c->at), "//", 2);
	m->reference = c->at;
	m->reference_n = (size_t)((slashes ? slashes : line_end) - c->at);
	if (slashes) {
		m->bank_reference = slashes + 2;
		m->bank_reference_n = (size_t)(line_end - m->bank_reference);
	}
	if (eol) {
		m->supplement = eol + 1;
		m->supplement_n = (size_t)(c->end - m->supplement);
	}
}

bool mt940_movement_parse(const char *text, size_t n, struct mt940_movement *ret)
{
	struct cursor c = { text, text + n };
	struct mt940_movement m = { .value_on = DAY_NONE, .booked_on = DAY_NONE };

	if (!dates(&c, &m) || !mark(&c, &m) || !amount(&c, &m))
		return false;
	references(&c, &m);
	*ret = m;
	return true;
}
