/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/typography.h"

#include "base/buf.h"

static const char no_break[] = "\xc2\xa0", narrow[] = "\xe2\x80\xaf", apostrophe[] = "\xe2\x80\x99";

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters of ASCII, and any part of a character outside it. */
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool ends_with(const struct buf *b, const char *what)
{
	size_t n = strlen(what);

	return b->len >= n && memcmp(b->data + b->len - n, what, n) == 0;
}

/* Whether what was written ends with one capital letter and its point. */
static bool is_initial(const struct buf *b)
{
	return b->len >= 2 && b->data[b->len - 2] >= 'A' && b->data[b->len - 2] <= 'Z' &&
	       (b->len == 2 || !is_letter(b->data[b->len - 3]));
}

/* The space to print between what was written and what follows. */
static const char *space_for(const struct buf *before, const char *after, bool is_french)
{
	char last = before->len ? before->data[before->len - 1] : '\n';

	if (is_digit(last) && is_digit(*after))
		return narrow;
	/* A number and what it counts; "L. 441-10". */
	if ((is_digit(last) && *after >= 'a' && *after <= 'z') ||
	    (last == '.' && is_initial(before) && is_digit(*after)))
		return no_break;
	if (str_starts(after, "€") || str_starts(after, "%"))
		return no_break;
	if (!is_french)
		return " ";
	if ((*after && strchr(";!?", *after)) || str_starts(after, "»") || ends_with(before, "«"))
		return narrow;
	if (*after == ':' || ends_with(before, "n°"))
		return no_break;
	return " ";
}

char *typography(struct arena *a, const char *text, const char *language)
{
	bool is_french = str_starts(language, "fr");
	struct buf b;

	buf_init(&b, a);
	for (const char *s = text; *s; s++) {
		if (*s == ' ')
			buf_puts(&b, space_for(&b, s + 1, is_french));
		else if (*s == '\'' && s > text && is_letter(s[-1]) && is_letter(s[1]))
			buf_puts(&b, apostrophe);
		else
			buf_putc(&b, *s);
	}
	buf_add(&b, "", 0);
	return b.data;
}
