/* SPDX-License-Identifier: Apache-2.0 */
#include "i18n/mo.h"
#include "i18n/catalogue.h"

enum { MO_HEADER = 28 };
static const uint32_t mo_magic = UINT32_C(0x950412de);

static uint32_t number_at(const unsigned char *mo, size_t offset)
{
	uint32_t v;

	memcpy(&v, mo + offset, sizeof v);
	return v;
}

/* Entry i of the table whose place the header has at offset. */
static const char *entry_at(const unsigned char *mo, size_t size, size_t header, uint32_t i,
			    uint32_t *ret_len)
{
	size_t entry;
	uint32_t offset;

	if (i >= mo_count(mo, size))
		return NULL;
	entry = (size_t)number_at(mo, header) + (size_t)i * 8;
	if (entry + 8 > size)
		return NULL;
	*ret_len = number_at(mo, entry);
	offset = number_at(mo, entry + 4);
	if ((size_t)offset + *ret_len >= size || mo[(size_t)offset + *ret_len] != '\0')
		return NULL;
	return (const char *)mo + offset;
}

uint32_t mo_count(const void *mo, size_t size)
{
	return size < MO_HEADER || number_at(mo, 0) != mo_magic ? 0 : number_at(mo, 8);
}

const char *mo_text(const void *mo, size_t size, uint32_t i, uint32_t *ret_len)
{
	return entry_at(mo, size, 12, i, ret_len);
}

const char *mo_translation(const void *mo, size_t size, uint32_t i, uint32_t *ret_len)
{
	return entry_at(mo, size, 16, i, ret_len);
}

/* Form number form of the len bytes at text; NULL when there are fewer. */
static const char *nth_form(const char *text, uint32_t len, unsigned long form)
{
	const char *end = text + len;

	for (; form > 0; form--) {
		text += strlen(text) + 1;
		if (text > end)
			return NULL;
	}
	return text;
}

const char *mo_form(const void *mo, size_t size, const char *translation, uint32_t len,
		    unsigned long n)
{
	const char *header = mo_find(mo, size, "", 0);

	return nth_form(translation, len, header ? plural_form(header, n) : 0);
}

/* The string hash of the format (P. J. Weinberger's), as msgfmt uses it. */
static uint32_t hash_text(const char *text)
{
	uint32_t h = 0;

	for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
		uint32_t high;

		h = (h << 4) + *s;
		high = h & UINT32_C(0xf0000000);
		h ^= high >> 24 ^ high;
	}
	return h;
}

/* By the file's own hash table; false when it has none that holds together. */
static bool find_hashed(const unsigned char *mo, size_t size, const char *text, uint32_t *ret)
{
	uint32_t n = number_at(mo, 20), table = number_at(mo, 24), h, at, step, len;

	*ret = UINT32_MAX;
	if (n <= 2 || table > size || (size - table) / 4 < n)
		return false;
	h = hash_text(text);
	at = h % n;
	step = 1 + h % (n - 2);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t entry = number_at(mo, (size_t)table + (size_t)at * 4);
		const char *key = entry ? mo_text(mo, size, entry - 1, &len) : NULL;

		if (entry == 0)
			return true;
		if (!key)
			return false;
		if (strcmp(text, key) == 0) {
			*ret = entry - 1;
			return true;
		}
		at = at >= n - step ? at - (n - step) : at + step;
	}
	return true;
}

/* By halving: the keys are sorted. */
static uint32_t find_sorted(const void *mo, size_t size, const char *text)
{
	uint32_t low = 0, high = mo_count(mo, size), len;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const char *key = mo_text(mo, size, middle, &len);
		int order = key ? strcmp(text, key) : 0;

		if (!key)
			return UINT32_MAX;
		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return UINT32_MAX;
}

const char *mo_find(const void *mo, size_t size, const char *text, unsigned long form)
{
	const char *found;
	uint32_t i, len;

	if (mo_count(mo, size) == 0)
		return NULL;
	if (!find_hashed(mo, size, text, &i))
		i = find_sorted(mo, size, text);
	found = i == UINT32_MAX ? NULL : mo_translation(mo, size, i, &len);
	return found ? nth_form(found, len, form) : NULL;
}
