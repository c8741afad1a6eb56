/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - a sentence back into its format and arguments, and forth into another language. */
#include "i18n/message.h"
#include "base/buf.h"
#include "i18n/mo.h"

#include <stdlib.h>

enum {
	ARGUMENTS_MAX = 8,
	STEPS_MAX = 4000, /* a text made to be matched in many ways is left alone */
	DEPTH_MAX = 4,    /* "a: b: c: d" */
	LITERAL_MIN = 4   /* letters a format must have of its own: "%s: %s" explains nothing */
};

static const char joint_of_two[] = N_("%s: %s");

struct span {
	const char *at;
	size_t n;
};

struct match {
	struct span argument[ARGUMENTS_MAX];
	size_t n_arguments;
	size_t n_literal;
	int steps;
};

struct texts {
	const void *mo;
	size_t size;
	struct arena *arena;
};

/* Length of the conversion at s ("%-5.2lld"), 0 when there is none; *ret_kind 'd' for numbers, 's', 'c',
 * or '%'; *ret_place the n of "%n$s", else 0. */
static size_t conversion(const char *s, char *ret_kind, size_t *ret_place)
{
	size_t i = 1, digits;

	*ret_place = 0;
	if (s[0] != '%')
		return 0;
	digits = strspn(s + i, "0123456789");
	if (digits > 0 && digits < 3 && s[i + digits] == '$') {
		*ret_place = (size_t)(s[i] - '0');
		if (digits == 2)
			*ret_place = *ret_place * 10 + (size_t)(s[i + 1] - '0');
		i += digits + 1;
	}
	i += strspn(s + i, "-+ #0'");
	i += strspn(s + i, "0123456789.*");
	i += strspn(s + i, "hlzjt");
	if (!s[i] || !strchr("diuxXscp%", s[i]))
		return 0;
	*ret_kind = strchr("diuxX", s[i]) ? 'd' : s[i];
	return i + 1;
}

static size_t number_length(const char *s, size_t n)
{
	size_t i = n > 0 && s[0] == '-' ? 1 : 0, begin = i;

	while (i < n && ((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f')))
		i++;
	return i > begin ? i : 0;
}

static bool match_rest(const char *format, const char *s, size_t n, struct match *m);

/* The argument takes the least that lets the rest of the format follow. */
static bool match_text(const char *rest, const char *s, size_t n, struct match *m)
{
	size_t k = m->n_arguments;

	if (k == ARGUMENTS_MAX)
		return false;
	m->n_arguments++;
	if (rest[0] == '\0') {
		m->argument[k] = (struct span){ s, n };
		return true;
	}
	for (size_t taken = 0; taken <= n; taken++) {
		m->argument[k] = (struct span){ s, taken };
		if (match_rest(rest, s + taken, n - taken, m))
			return true;
		m->n_arguments = k + 1;
	}
	m->n_arguments = k;
	return false;
}

static bool match_one(char kind, const char *rest, const char *s, size_t n, struct match *m)
{
	size_t taken = kind == 'd' ? number_length(s, n) : 1;

	if (kind == 's' || kind == 'p')
		return match_text(rest, s, n, m);
	if (taken == 0 || taken > n || m->n_arguments == ARGUMENTS_MAX)
		return false;
	m->argument[m->n_arguments++] = (struct span){ s, taken };
	return match_rest(rest, s + taken, n - taken, m);
}

static bool match_rest(const char *format, const char *s, size_t n, struct match *m)
{
	size_t literal = m->n_literal, length, place;
	char kind;

	if (++m->steps > STEPS_MAX)
		return false;
	for (; *format; format++, s++, n--, m->n_literal++) {
		length = conversion(format, &kind, &place);
		if (length > 0 && kind != '%') {
			if (match_one(kind, format + length, s, n, m))
				return true;
			m->n_literal = literal;
			return false;
		}
		if (length > 0)
			format += length - 1;
		if (n == 0 || *s != *format) {
			m->n_literal = literal;
			return false;
		}
	}
	if (n == 0)
		return true;
	m->n_literal = literal;
	return false;
}

/* The translated format with the arguments of the sentence in its places. */
static const char *fill(const struct texts *t, const char *format, const struct match *m)
{
	struct buf b;
	size_t next = 0, length, place;
	char kind;

	buf_init(&b, t->arena);
	for (; *format; format++) {
		length = conversion(format, &kind, &place);
		if (length == 0) {
			buf_putc(&b, *format);
			continue;
		}
		format += length - 1;
		if (kind == '%') {
			buf_putc(&b, '%');
			continue;
		}
		place = place > 0 ? place - 1 : next++;
		if (place < m->n_arguments)
			buf_add(&b, m->argument[place].at, m->argument[place].n);
	}
	return buf_str(&b);
}

static unsigned long first_number(const struct match *m)
{
	for (size_t i = 0; i < m->n_arguments; i++) {
		if (number_length(m->argument[i].at, m->argument[i].n) == m->argument[i].n &&
		    m->argument[i].n > 0 && m->argument[i].n < 18)
			return strtoul(m->argument[i].at, NULL, 10);
	}
	return 2;
}

/* Whether the format explains the sentence better than *best does; fills best. */
static bool is_better(const char *format, const char *s, size_t n, struct match *best)
{
	struct match m = { .n_arguments = 0 };

	if (format[0] != '%' && format[0] != s[0])
		return false;
	if (!match_rest(format, s, n, &m) || m.n_literal < LITERAL_MIN ||
	    m.n_literal <= best->n_literal)
		return false;
	*best = m;
	return true;
}

static const char *message(const struct texts *t, const char *s, int depth);

/* "line %d: %s" was given another sentence: it is translated too. */
static void translate_end(const struct texts *t, const char *format, struct match *m, int depth)
{
	struct span *last = m->n_arguments > 0 ? &m->argument[m->n_arguments - 1] : NULL;
	size_t n = strlen(format);
	const char *found;

	if (!last || depth >= DEPTH_MAX || n < 4 || strcmp(format + n - 4, ": %s") != 0)
		return;
	found = message(t, arena_strndup(t->arena, last->at, last->n), depth + 1);
	if (found)
		*last = (struct span){ found, strlen(found) };
}

/* By the format with the most words of its own; NULL when none matches. */
static const char *by_format(const struct texts *t, const char *s, size_t n, int depth)
{
	struct match best = { .n_literal = 0 };
	const char *found = NULL, *one, *many = NULL;
	uint32_t found_at = 0, len, count = mo_count(t->mo, t->size);

	for (uint32_t i = 0; i < count; i++) {
		one = mo_text(t->mo, t->size, i, &len);
		if (!one || !memchr(one, '%', len))
			continue;
		many = strlen(one) < len ? one + strlen(one) + 1 : NULL;
		if (is_better(one, s, n, &best) || (many && is_better(many, s, n, &best))) {
			found = one;
			found_at = i;
		}
	}
	if (!found)
		return NULL;
	translate_end(t, found, &best, depth);
	one = mo_translation(t->mo, t->size, found_at, &len);
	if (one && strlen(one) < len)
		one = mo_form(t->mo, t->size, one, len, first_number(&best));
	return one && one[0] ? fill(t, one, &best) : NULL;
}

static const char *sentence(const struct texts *t, const char *s, size_t n, int depth)
{
	char *text = arena_strndup(t->arena, s, n);
	const char *found = n > 0 ? mo_find(t->mo, t->size, text, 0) : NULL;

	return found && found[0] ? found : by_format(t, text, n, depth);
}

/* NULL when no part is known. */
static const char *message(const struct texts *t, const char *s, int depth)
{
	const char *whole = sentence(t, s, strlen(s), depth), *colon, *head, *tail;
	const char *joint = mo_find(t->mo, t->size, joint_of_two, 0);

	for (colon = strstr(s, ": "); colon && depth < DEPTH_MAX; colon = strstr(colon + 2, ": ")) {
		head = sentence(t, s, (size_t)(colon - s), depth);
		tail = message(t, colon + 2, depth + 1);
		/* "reading FILE: is a folder" is two sentences; "FILE" of the first must not take both. */
		if (!tail || (!head && whole))
			continue;
		if (!head)
			head = arena_strndup(t->arena, s, (size_t)(colon - s));
		return fill(t, joint && joint[0] ? joint : joint_of_two,
			    &(struct match){
				    .argument = { { head, strlen(head) }, { tail, strlen(tail) } },
				    .n_arguments = 2 });
	}
	return whole;
}

const char *mo_message(const void *mo, size_t size, struct arena *a, const char *english)
{
	struct texts t = { mo, size, a };
	const char *found = english && english[0] ? message(&t, english, 0) : NULL;

	return found ? found : english;
}
