/* SPDX-License-Identifier: Apache-2.0 */
/* value_cell.h - inside value*.c: a cell as a piece of text, and what it reads as. */
#ifndef FORMAT_VALUE_CELL_H
#define FORMAT_VALUE_CELL_H

#include "format/value.h"

/* Bytes of the white space at s: ASCII, no-break, figure, thin and narrow no-break spaces. */
static inline size_t space_at(const char *s, size_t n)
{
	if (n >= 1 && (*s == ' ' || *s == '\t'))
		return 1;
	if (n >= 2 && memcmp(s, "\xC2\xA0", 2) == 0)
		return 2;
	if (n >= 3 && (memcmp(s, "\xE2\x80\xAF", 3) == 0 || memcmp(s, "\xE2\x80\x89", 3) == 0 ||
		       memcmp(s, "\xE2\x80\x87", 3) == 0))
		return 3;
	return 0;
}

/* A piece of text that shrinks from both ends. */
struct piece {
	const char *s;
	size_t n;
};

static inline bool is_plain(char c)
{
	return c > ' ' && c < 0x7F;
}

static inline struct piece without_ends(struct piece p)
{
	size_t step;

	while ((step = space_at(p.s, p.n)) != 0) {
		p.s += step;
		p.n -= step;
	}
	for (;;) {
		size_t k = 0;
		for (size_t len = 1; len <= 3 && len <= p.n; len++)
			if (space_at(p.s + p.n - len, len) == len)
				k = len;
		if (k == 0)
			return p;
		p.n -= k;
	}
}

static inline struct piece trimmed(struct piece p)
{
	return p.n && is_plain(p.s[0]) && is_plain(p.s[p.n - 1]) ? p : without_ends(p);
}

static inline void trim(struct piece *p)
{
	*p = trimmed(*p);
}

/* Three capitals, as of a currency; three bytes are there. */
static inline bool is_code(const char *s)
{
	return s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z' && s[2] >= 'A' &&
	       s[2] <= 'Z';
}

/* ---- numbers (value_number.c) ---- */

enum reading { READS_NOT, READS_SAME, READS_COMMA, READS_POINT, READS_EITHER };

/* How a cell can be read as a number, by whichever decimal sign. */
enum reading number_reading(const char *text, size_t n);

/* ---- dates (value_date.c) ---- */

struct date_parts {
	int a, b, c;     /* in the order written */
	size_t c_digits; /* of the year in a/b/c */
	bool is_sure;    /* year first or named month: a is the year, b the month, c the day */
};

bool date_parts_of(const char *text, size_t n, struct date_parts *ret);

/* A spreadsheet's day: five digits, from 1954 to 2119; 0 when it is not. */
int date_serial_of(const char *text, size_t n);

#endif
