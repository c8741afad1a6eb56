/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "base/buf.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

bool text_is_utf8(const char *s, size_t n)
{
	int32_t i = 0;
	int32_t len;
	UChar32 c;
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
	uint64_t w;

	if (n > INT32_MAX)
		return false;
	len = (int32_t)n;
	/* Eight bytes at once as long as all are ASCII and none is NUL. */
	for (; len - i >= 8; i += 8) {
		memcpy(&w, s + i, 8);
		if ((w | (w - ones)) & tops)
			break;
	}
	while (i < len) {
		U8_NEXT((const uint8_t *)s, i, len, c);
		if (c <= 0)
			return false;
	}
	return true;
}

static bool is_space(UChar32 c)
{
	return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0xa0 || c == 0x202f || c == 0x2007 ||
	       c == 0x2009 || c == 0xfeff;
}

char *text_trim(struct arena *a, const char *s)
{
	int32_t len = (int32_t)strlen(s), start = 0, end = len, i = 0;
	bool seen = false;

	while (i < len) {
		int32_t at = i;
		UChar32 c;
		U8_NEXT((const uint8_t *)s, i, len, c);
		if (is_space(c))
			continue;
		if (!seen)
			start = at;
		seen = true;
		end = i;
	}
	return seen ? arena_strndup(a, s + start, (size_t)(end - start)) : arena_strdup(a, "");
}

char *text_squeeze(struct arena *a, const char *s)
{
	int32_t len = (int32_t)strlen(s), i = 0;
	bool gap = false;
	struct buf b;

	buf_init(&b, a);
	while (i < len) {
		int32_t at = i;
		UChar32 c;
		U8_NEXT((const uint8_t *)s, i, len, c);
		if (is_space(c)) {
			gap = b.len > 0;
			continue;
		}
		if (gap)
			buf_putc(&b, ' ');
		gap = false;
		buf_add(&b, s + at, (size_t)(i - at));
	}
	return arena_strdup(a, buf_str(&b));
}

/* Letters that have no decomposition but an obvious spelling in the Latin alphabet. */
static const char *spelling(UChar32 c)
{
	switch (c) {
	case 0xc6:
	case 0xe6:
		return "AE";
	case 0x152:
	case 0x153:
		return "OE";
	case 0xdf:
	case 0x1e9e:
		return "SS";
	case 0xd8:
	case 0xf8:
		return "O";
	case 0x141:
	case 0x142:
		return "L";
	case 0xd0:
	case 0xf0:
	case 0x110:
	case 0x111:
		return "D";
	case 0xde:
	case 0xfe:
		return "TH";
	case 0x131:
		return "I";
	default:
		return NULL;
	}
}

static void add_key_char(struct buf *b, UChar32 c, bool *gap)
{
	const char *latin = spelling(c);
	uint8_t bytes[U8_MAX_LENGTH];
	int32_t n = 0;

	if (u_charType(c) == U_NON_SPACING_MARK)
		return;
	if (!latin && !u_isalnum(c)) {
		*gap = b->len > 0;
		return;
	}
	if (*gap)
		buf_putc(b, ' ');
	*gap = false;
	if (latin) {
		buf_puts(b, latin);
		return;
	}
	U8_APPEND_UNSAFE(bytes, n, (uint32_t)u_toupper(c));
	buf_add(b, bytes, (size_t)n);
}

static bool is_ascii(const char *s)
{
	unsigned char all = 0;

	for (; *s; s++)
		all |= (unsigned char)*s;
	return all < 0x80;
}

/* The key of ASCII text, words put together with the gap: " ", or "" for references. */
static char *ascii_key(struct arena *a, const char *s, const char *gap)
{
	char *key = arena_alloc(a, strlen(s) + 1), *to = key;
	bool is_apart = false;

	for (; *s; s++) {
		char c = *s;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) {
			is_apart = to > key;
			continue;
		}
		if (is_apart && *gap)
			*to++ = *gap;
		is_apart = false;
		*to++ = c;
	}
	*to = '\0';
	return key;
}

/* Folds what is not ASCII: decomposed through scratch memory, so that the arena keeps the key alone. */
static char *wide_key(struct arena *a, const char *s)
{
	struct arena *scratch = arena_new(0);
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
	size_t len = strlen(s);
	int32_t room = (int32_t)len + 1, n = 0, n_wide = 0;
	bool gap = false;
	UChar *wide, *apart;
	UChar32 *points;
	struct buf b;
	char *key;

	ENSURE(len < INT32_MAX / 32);
	wide = ARENA_ARRAY(scratch, (size_t)room, UChar);
	apart = ARENA_ARRAY(scratch, (size_t)room * 18, UChar); /* longest NFKD expansion is 18 */
	points = ARENA_ARRAY(scratch, (size_t)room * 18, UChar32);
	u_strFromUTF8WithSub(wide, room, &n_wide, s, (int32_t)len, 0xfffd, NULL, &status);
	n = unorm2_normalize(nfkd, wide, n_wide, apart, room * 18, &status);
	u_strToUTF32(points, room * 18, &n, apart, n, &status);
	ENSURE(U_SUCCESS(status));
	buf_init(&b, scratch);
	for (int32_t i = 0; i < n; i++)
		add_key_char(&b, points[i], &gap);
	key = arena_strdup(a, buf_str(&b));
	arena_free(scratch);
	return key;
}

char *text_key(struct arena *a, const char *s)
{
	return is_ascii(s) ? ascii_key(a, s, " ") : wide_key(a, s);
}

char *text_reference_key(struct arena *a, const char *s)
{
	char *key, *to;

	if (is_ascii(s))
		return ascii_key(a, s, "");
	key = to = wide_key(a, s);
	for (const char *from = key; *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	return key;
}

/* The letters of one character that is decomposed, after those in to. */
static void add_piece(UChar32 c, char *to, size_t *n, bool *is_gap)
{
	const char *latin = spelling(c);
	int32_t len = 0;
	uint8_t bytes[U8_MAX_LENGTH];

	if (u_charType(c) == U_NON_SPACING_MARK)
		return;
	if (!latin && !u_isalnum(c)) {
		*is_gap = true;
		return;
	}
	if (latin) {
		for (; *latin && *n < TEXT_KEY_CHAR_MAX; latin++)
			to[(*n)++] = *latin;
		return;
	}
	U8_APPEND_UNSAFE(bytes, len, (uint32_t)u_toupper(c));
	if (*n + (size_t)len > TEXT_KEY_CHAR_MAX)
		return;
	memcpy(to + *n, bytes, (size_t)len);
	*n += (size_t)len;
}

size_t text_key_char(const char *s, char ret_key[TEXT_KEY_CHAR_MAX], size_t *ret_n,
		     bool *ret_is_gap)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
	size_t room = strnlen(s, U8_MAX_LENGTH);
	int32_t at = 0, n_apart, n_points = 0;
	UChar apart[32];
	UChar32 c, points[32];

	*ret_n = 0;
	*ret_is_gap = false;
	ENSURE(room > 0 && U_SUCCESS(status));
	U8_NEXT((const uint8_t *)s, at, (int32_t)room, c);
	if (c < 0) {
		*ret_is_gap = true;
		return 1;
	}
	n_apart = unorm2_getDecomposition(nfkd, c, apart, ARRAY_LEN(apart), &status);
	if (n_apart < 0 || U_FAILURE(status)) {
		add_piece(c, ret_key, ret_n, ret_is_gap);
		return (size_t)at;
	}
	u_strToUTF32(points, ARRAY_LEN(points), &n_points, apart, n_apart, &status);
	for (int32_t i = 0; i < n_points && U_SUCCESS(status); i++)
		add_piece(points[i], ret_key, ret_n, ret_is_gap);
	return (size_t)at;
}

size_t text_length(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

char *text_lower_ascii(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);

	for (char *p = copy; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

bool text_to_u64(const char *s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return false;
	}
	if (v > max)
		return false;
	*ret = v;
	return true;
}
