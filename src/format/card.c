/* SPDX-License-Identifier: Apache-2.0 */
#include "format/card.h"

#include "format/grid.h"

bool card_cut(const char *s, size_t n, int n_characters, struct card *ret)
{
	size_t at = 0;

	ENSURE(n_characters > 0 && n_characters <= CARD_MAX);
	ret->text = s;
	ret->n = n_characters;
	for (int i = 0; i < n_characters; i++) {
		ret->at[i] = at;
		if (at >= n)
			return false;
		at++;
		while (at < n && ((unsigned char)s[at] & 0xC0) == 0x80)
			at++;
	}
	ret->at[n_characters] = at;
	return true;
}

struct csv_field card_part(const struct card *c, int from, int last)
{
	ENSURE(from > 0 && from <= last && last <= c->n);
	return field_trim(
		(struct csv_field){ c->text + c->at[from - 1], c->at[last] - c->at[from - 1] });
}
