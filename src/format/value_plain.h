/* SPDX-License-Identifier: Apache-2.0 */
/* value_plain.h - inside value.c: what most cells of a file are, told at a glance. */
#ifndef FORMAT_VALUE_PLAIN_H
#define FORMAT_VALUE_PLAIN_H

#include "base/date.h"

#include <string.h>

enum { PLAIN_MAX = 23 }; /* digits and sign of a decimal */

/* "2026-12-31", as most programs write it. */
static inline bool plain_is_date(const char *s, size_t n)
{
	static const int at[] = { 0, 1, 2, 3, 5, 6, 8, 9 };
	int v[ARRAY_LEN(at)], month, day;
	unsigned largest = 0;

	if (n != 10 || s[4] != '-' || s[7] != '-')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		v[i] = s[at[i]] - '0';
		largest = (unsigned)v[i] > largest ? (unsigned)v[i] : largest;
	}
	month = v[4] * 10 + v[5];
	day = v[6] * 10 + v[7];
	return largest <= 9 && date_exists(v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3], month, day);
}

/* Up to eight bytes at once: what is missing counts as a digit. */
static inline bool plain_are_digits(const char *s, size_t n)
{
	const uint64_t high = UINT64_C(0xF0F0F0F0F0F0F0F0), zeros = UINT64_C(0x3030303030303030);
	uint64_t w = zeros;

	if (n > 8)
		return plain_are_digits(s, 8) && plain_are_digits(s + 8, n - 8);
	if (n >= 4) {
		memcpy(&w, s, 4);
		memcpy((char *)&w + 4, s + n - 4, 4);
	} else if (n >= 2) {
		memcpy(&w, s, 2);
		memcpy((char *)&w + 2, s + n - 2, 2);
	} else if (n) {
		memcpy(&w, s, 1);
	}
	return (w & high) == zeros && ((w + UINT64_C(0x0606060606060606)) & high) == zeros;
}

/* "-1234.56" or "1234,56": digits and one decimal sign that cannot part thousands, which is no date either.
 * Returns the sign, or 0 when the cell must be looked at closely. */
static inline char plain_decimal(const char *s, size_t n)
{
	char sign;

	if (n && *s == '-') {
		s++;
		n--;
	}
	if (n < 3 || n > PLAIN_MAX)
		return 0;
	for (size_t decimals = 2; decimals > 0 && n > decimals + 1; decimals--) {
		size_t whole = n - decimals - 1;
		sign = s[whole];
		if (sign == '.' || sign == ',')
			return plain_are_digits(s, whole) &&
					       plain_are_digits(s + whole + 1, decimals)
				       ? sign
				       : 0;
	}
	return 0;
}

#endif
