/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "match/fold.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void add(struct folded *f, char c, size_t pos, bool *gap)
{
	f->at[f->n] = c;
	f->pos[f->n] = (uint32_t)pos;
	f->is_start[f->n] = *gap;
	f->n++;
	*gap = false;
}

/* Most that len bytes fold to: rare characters alone need more than they are. */
static size_t room_for(const char *text, size_t len)
{
	size_t n_wide = 0;

	for (size_t i = 0; i < len; i++)
		n_wide += (unsigned char)text[i] >= 0xc0;
	return len + n_wide * TEXT_KEY_CHAR_MAX + 1;
}

void fold_text(struct arena *a, const char *text, struct folded *ret)
{
	size_t len = text ? strlen(text) : 0;
	size_t room = room_for(text, len);
	bool gap = true;

	ret->at = arena_alloc(a, room);
	ret->pos = ARENA_ARRAY(a, room, uint32_t);
	ret->is_start = ARENA_ARRAY(a, room, bool);
	ret->n = 0;
	ret->source = text ? text : "";
	for (size_t i = 0; i < len;) {
		char c = text[i], key[TEXT_KEY_CHAR_MAX];
		size_t n = 1, n_key;
		bool is_gap;
		if ((unsigned char)c >= 0x80) {
			n = text_key_char(text + i, key, &n_key, &is_gap);
			for (size_t k = 0; k < n_key; k++)
				add(ret, key[k], i, &gap);
			gap = gap || (is_gap && n_key == 0);
		} else if (c >= 'a' && c <= 'z') {
			add(ret, (char)(c - 'a' + 'A'), i, &gap);
		} else if ((c >= 'A' && c <= 'Z') || is_digit(c)) {
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

uint32_t fold_end(const struct folded *f, size_t i)
{
	uint32_t end = f->pos[i] + 1;

	while (((unsigned char)f->source[end] & 0xc0) == 0x80)
		end++;
	return end;
}
