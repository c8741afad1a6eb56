/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/certificate_text.h"

#include "base/text.h"

/* Letters that are taken for digits, both ways, become the digit. */
static char *plain(struct arena *a, const char *s)
{
	static const char from[] = "OQDILSBZG", to[] = "000115826";
	char *key = text_reference_key(a, s);

	for (char *p = key; *p; p++) {
		const char *at = strchr(from, *p);
		if (at)
			*p = to[at - from];
	}
	return key;
}

/* Least number of signs to add, drop or replace; len2 at most 63, else nothing is near. */
static size_t distance(const char *s, size_t len, const char *t, size_t len2)
{
	size_t row[64];

	if (len2 >= ARRAY_LEN(row))
		return SIZE_MAX;
	for (size_t j = 0; j <= len2; j++)
		row[j] = j;
	for (size_t i = 1; i <= len; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= len2; j++) {
			size_t best = corner + (s[i - 1] != t[j - 1]);
			corner = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[len2];
}

/* The digits at the end. */
static const char *digits_of(const char *key)
{
	const char *tail = key + strlen(key);

	while (tail > key && tail[-1] >= '0' && tail[-1] <= '9')
		tail--;
	return tail;
}

/* The same without the zeros before them, one digit lost, or, when there are enough, one wrong or two swapped. */
static bool is_number(const char *q, size_t n_q, const char *digits)
{
	const char *number = digits + strspn(digits, "0");
	size_t n = strlen(digits);

	return (strlen(number) >= 2 && strstr(q, number)) ||
	       (n_q >= 3 && n_q < n && distance(q, n_q, digits + n - n_q - 1, n_q + 1) <= 1) ||
	       (n_q >= 4 && n_q <= n && distance(q, n_q, digits + n - n_q, n_q) <= 2);
}

static char *without_zeros(struct arena *a, const char *s)
{
	char *key = text_reference_key(a, s), *to = key;

	for (const char *p = key; *p; p++)
		if (*p != '0')
			*to++ = *p;
	*to = '\0';
	return key;
}

/* Zeros lost or added anywhere: "RE2CQ" for "RE002CQ". */
static bool is_same_but_zeros(struct arena *a, const char *quote, const char *reference)
{
	const char *q = without_zeros(a, quote), *r = without_zeros(a, reference);

	return strlen(q) >= 3 && strcmp(q, r) == 0;
}

/* The quote is digits, and the reference has a run of digits that is the same number. */
static bool is_inner_number(struct arena *a, const char *quote, const char *reference)
{
	const char *q = text_reference_key(a, quote), *r = text_reference_key(a, reference);
	size_t n_q = strlen(q), zeros = strspn(q, "0");

	if (n_q < 2 || strspn(q, "0123456789") != n_q)
		return false;
	while (*r) {
		size_t n = strspn(r, "0123456789"), skip = strspn(r, "0");
		if (n && n - skip == n_q - zeros && strncmp(r + skip, q + zeros, n - skip) == 0)
			return true;
		r += n ? n : 1;
	}
	return false;
}

bool certificate_quotes(struct arena *a, const char *quote, const char *reference)
{
	const char *q, *r;
	size_t n_q, n_r;

	if (str_empty(quote) || str_empty(reference))
		return false;
	q = plain(a, quote);
	r = plain(a, reference);
	n_q = strlen(q);
	n_r = strlen(r);
	if (n_q < 2 || n_r < 2)
		return strcmp(q, r) == 0;
	if (strstr(q, r) || (n_q >= 3 && strstr(r, q)) ||
	    (n_r > n_q && strcmp(r + n_r - n_q, q) == 0))
		return true;
	if (is_number(q, n_q, digits_of(r)) || is_same_but_zeros(a, quote, reference) ||
	    is_inner_number(a, quote, reference))
		return true;
	return distance(q, n_q, r, n_r) <= (n_r < 6 ? 1 : n_r / 6);
}

/* One letter lost, added or wrong, or two neighbours swapped. */
static bool is_nearly(const char *s, size_t n, const char *t, size_t len)
{
	size_t i = 0, most = n > len ? n : len;

	if (most - (n < len ? n : len) > 1)
		return false;
	if (distance(s, n, t, len) <= 1)
		return true;
	while (n == len && i < n && s[i] == t[i])
		i++;
	return n == len && i + 1 < n && s[i] == t[i + 1] && s[i + 1] == t[i] &&
	       memcmp(s + i + 2, t + i + 2, n - i - 2) == 0;
}

static bool has_word(const char *words, const char *word, size_t len)
{
	for (const char *w = words; *w;) {
		size_t n = strcspn(w, " ");
		size_t least = n < len ? n : len;
		/* A word cut short still counts from four letters on. */
		if (least >= 3 && strncmp(w, word, least) == 0 && (n == len || least >= 4))
			return true;
		if (least >= 4 && n + len >= 9 && is_nearly(w, n, word, len))
			return true;
		w += n;
		w += *w == ' ';
	}
	return false;
}

bool certificate_names(struct arena *a, const char *written, const char *name)
{
	const char *x, *y;

	if (str_empty(written) || str_empty(name))
		return false;
	x = text_key(a, written);
	y = text_key(a, name);
	for (const char *w = y; *w;) {
		size_t n = strcspn(w, " ");
		if (has_word(x, w, n))
			return true;
		w += n;
		w += *w == ' ';
	}
	x = text_reference_key(a, written);
	y = text_reference_key(a, name);
	return (strlen(x) >= 3 && strstr(y, x)) || (strlen(y) >= 3 && strstr(x, y));
}
