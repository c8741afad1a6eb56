/* SPDX-License-Identifier: Apache-2.0 */
#include "match/numbers.h"

#include "base/text.h"

/* 0: itself. */
const char number_plain_of[256] = {
	['O'] = '0', ['I'] = '1', ['L'] = '1', ['Z'] = '2', ['S'] = '5', ['B'] = '8',
};

/* ---- keys ---- */

void key_set_init(struct key_set *set, struct arena *a, size_t n, size_t n_added)
{
	index_init_some(&set->by_key, a, n, n_added);
	set->key = n_added ? ARENA_ARRAY(a, n + 1, const char *) : NULL;
	set->starts = ARENA_ARRAY(a, KEY_STARTS, uint64_t);
}

static size_t start_of(const char *at)
{
	unsigned a = (unsigned char)number_plain(at[0]), b = (unsigned char)number_plain(at[1]),
		 c = (unsigned char)number_plain(at[2]);

	return (a * 1021 + b * 61 + c) % KEY_STARTS;
}

static void plain(const char *at, size_t len, char ret[KEY_MAX])
{
	for (size_t i = 0; i < len; i++)
		ret[i] = number_plain(at[i]);
}

static bool reads_as(const char *key, const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!key[i] || (key[i] != at[i] && number_plain(key[i]) != number_plain(at[i])))
			return false;
	return key[len] == '\0';
}

void key_set_add(struct key_set *set, uint32_t row, const char *key, size_t least)
{
	size_t len = strlen(key);
	char text[KEY_MAX];

	if (len < least || len < KEY_LEAST || len > KEY_MAX)
		return;
	plain(key, len, text);
	set->n++;
	set->key[row] = key;
	set->starts[start_of(key)] |= UINT64_C(1) << len;
	index_add(&set->by_key, text, len, row);
}

uint64_t key_set_lengths(const struct key_set *set, const char *at)
{
	return set->n ? set->starts[start_of(at)] : 0;
}

uint32_t key_set_find(const struct key_set *set, const char *at, size_t len)
{
	char text[KEY_MAX];
	uint32_t row;

	if (len > KEY_MAX)
		return INDEX_NONE;
	plain(at, len, text);
	row = index_find(&set->by_key, text, len);
	while (row != INDEX_NONE && !reads_as(set->key[row], at, len))
		row = index_next(&set->by_key, row);
	return row;
}

uint32_t key_set_next(const struct key_set *set, uint32_t row, const char *at, size_t len)
{
	do
		row = index_next(&set->by_key, row);
	while (row != INDEX_NONE && !reads_as(set->key[row], at, len));
	return row;
}

/* ---- parts ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_plain_char(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (unsigned char)c >= 0x80;
}

struct run {
	size_t from, to; /* bytes of the document */
};

/* The document's runs of digits; 0 when it has more than NUMBER_MAX_RUNS. */
static size_t runs_of(const char *document, struct run ret[NUMBER_MAX_RUNS])
{
	size_t n = 0;

	for (size_t i = 0; document[i];) {
		if (!is_digit(document[i])) {
			i++;
			continue;
		}
		if (n == NUMBER_MAX_RUNS)
			return 0;
		ret[n].from = i;
		while (is_digit(document[i]))
			i++;
		ret[n++].to = i;
	}
	return n;
}

static uint32_t hash_of(const char *at, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)at[i]) * 16777619u;
	return h ^ h >> 15;
}

void number_learn_runs(struct number_style *style, const char *document)
{
	struct run run[NUMBER_MAX_RUNS];
	size_t n = runs_of(document, run);

	for (size_t i = 0; i < n && n > 1; i++) {
		uint32_t h = hash_of(document + run[i].from, run[i].to - run[i].from);
		style->seen[n][i][h / 64 % NUMBER_SEEN] |= UINT64_C(1) << h % 64;
	}
}

static int n_seen(const struct number_style *style, size_t n, size_t i)
{
	int sum = 0;

	for (size_t k = 0; k < NUMBER_SEEN; k++)
		sum += __builtin_popcountll(style->seen[n][i][k]);
	return sum;
}

/* Bytes of the document between which the run that counts up stands: the last one, unless another has many
 * more values, or as many and is much longer ("0001682-95" ends with check digits). */
static bool counting_run(const struct number_style *style, const char *document, size_t *from,
			 size_t *to)
{
	struct run run[NUMBER_MAX_RUNS];
	size_t n = runs_of(document, run), best = n - 1;

	if (n == 0)
		return false;
	for (size_t i = n - 1; i-- > 0;) {
		int here = n_seen(style, n, i), there = n_seen(style, n, best);
		size_t len = run[i].to - run[i].from, other = run[best].to - run[best].from;
		if (here > 2 * there || (here >= there && len >= other + 3))
			best = i;
	}
	*from = run[best].from;
	*to = run[best].to;
	return true;
}

static int value(const char *at, size_t len)
{
	int v = 0;

	for (size_t i = 0; i < len; i++)
		v = v * 10 + (at[i] - '0');
	return v;
}

/* Whether the digits are the year of issue or one beside it: years of accounting need not be civil ones. */
static bool is_year(const char *at, size_t len, int year)
{
	int v = value(at, len);

	if (len == 2)
		return v == year % 100;
	return v >= year - 1 && v <= year + 1;
}

void number_learn(struct number_style *style, const char *document, day_t issued_on)
{
	int year = issued_on == DAY_NONE ? 0 : date_civil(issued_on).year;
	size_t from, to, len;

	if (!counting_run(style, document, &from, &to))
		return;
	len = to - from < 31 ? to - from : 31;
	style->n[len]++;
	style->n_year4[len] += len >= 6 && is_year(document + from, 4, year);
	style->n_year2[len] += len >= 5 && is_year(document + from, 2, year);
}

/* Digits of the year that lead the run, as most runs of that length have them. */
static size_t year_in_run(const struct number_style *style, const char *run, size_t len, int year)
{
	size_t at = len < 31 ? len : 31;

	if (len >= 6 && is_year(run, 4, year) &&
	    (len >= 8 || style->n_year4[at] * 10 >= style->n[at] * 8))
		return 4;
	if (len >= 5 && is_year(run, 2, year) && style->n_year2[at] * 10 >= style->n[at] * 8 &&
	    style->n[at] >= 20)
		return 2;
	return 0;
}

/* Letters and digits of the document before byte end: places in its key. */
static size_t key_place(const char *document, size_t end)
{
	size_t n = 0;

	for (size_t i = 0; i < end; i++)
		n += is_plain_char(document[i]);
	return n;
}

/* A run of digits of its own before the count that is the year; its length. */
static size_t year_before(const char *document, size_t from, int year, size_t *ret_from)
{
	size_t end = from, start;

	while (end > 0 && !is_plain_char(document[end - 1]))
		end--;
	start = end;
	while (start > 0 && is_digit(document[start - 1]))
		start--;
	if (end == from || (end - start != 2 && end - start != 4) ||
	    !is_year(document + start, end - start, year))
		return 0;
	*ret_from = start;
	return end - start;
}

bool number_parse(const struct number_style *style, const char *document, day_t issued_on,
		  struct number_parts *ret)
{
	int year = issued_on == DAY_NONE ? 0 : date_civil(issued_on).year;
	size_t from, to, start, n;

	*ret = (struct number_parts){ 0 };
	/* Places are counted in bytes: only letters of one byte fold to one. */
	for (const char *c = document; *c; c++)
		if ((unsigned char)*c >= 0x80)
			return false;
	if (!counting_run(style, document, &from, &to) || to > 200)
		return false;
	start = from;
	n = year_in_run(style, document + from, to - from, year);
	if (n) {
		ret->year_from = (uint8_t)key_place(document, from);
		from += n;
	} else {
		n = year_before(document, from, year, &start);
		if (n)
			ret->year_from = (uint8_t)key_place(document, start);
	}
	ret->year_len = (uint8_t)n;
	for (; from + 1 < to && document[from] == '0'; from++)
		ret->zeros++;
	ret->count_from = (uint8_t)key_place(document, from);
	ret->count_len = (uint8_t)(to - from);
	while (start > 0 && !is_plain_char(document[start - 1]))
		start--;
	ret->prefix_from = (uint8_t)key_place(document, start);
	while (start > 0 && is_plain_char(document[start - 1]) && !is_digit(document[start - 1])) {
		start--;
		ret->prefix_from--;
		ret->prefix_len++;
	}
	return true;
}

bool number_is_mixed(const char *key)
{
	while (*key && !is_digit(*key))
		key++;
	return key[strspn(key, "0123456789")] != '\0';
}
