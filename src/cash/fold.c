/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "cash/book.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static void add(struct folded *f, char c, size_t pos, bool *gap)
{
	f->at[f->n] = c;
	f->pos[f->n] = (uint32_t)pos;
	f->is_start[f->n] = *gap;
	f->n++;
	*gap = false;
}

/* Bytes of the UTF-8 character at s. */
static size_t char_len(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

void fold_text(struct arena *a, const char *text, struct folded *ret)
{
	size_t len = text ? strlen(text) : 0;
	bool gap = true;

	/* No character folds to more than eighteen bytes per byte; rare ones alone need more than
	 * one. */
	ret->at = arena_alloc(a, len * 18 + 1);
	ret->pos = ARENA_ARRAY(a, len * 18 + 1, uint32_t);
	ret->is_start = ARENA_ARRAY(a, len * 18 + 1, bool);
	ret->n = 0;
	for (size_t i = 0; i < len;) {
		size_t n = 1;
		char c = text[i];
		if ((unsigned char)c >= 0x80) {
			const char *key;
			n = char_len(text + i);
			key = text_key(a, arena_strndup(a, text + i, n));
			gap = gap || !*key;
			for (; *key; key++)
				add(ret, *key, i, &gap);
		} else if (c >= 'a' && c <= 'z') {
			add(ret, (char)(c - 'a' + 'A'), i, &gap);
		} else if (is_letter(c) || is_digit(c)) {
			add(ret, c, i, &gap);
		} else {
			gap = true;
		}
		i += n;
	}
	ret->pos[ret->n] = (uint32_t)len;
	ret->at[ret->n] = '\0';
}

bool fold_is_edge(const struct folded *f, size_t i)
{
	return i == 0 || i >= f->n || f->is_start[i] ||
	       is_digit(f->at[i]) != is_digit(f->at[i - 1]);
}
