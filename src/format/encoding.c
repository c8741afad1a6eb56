/* SPDX-License-Identifier: Apache-2.0 */
#include "format/encoding.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <unicode/uchar.h>
#include <unicode/ucnv.h>

/* A single-byte set: what each byte stands for. */
struct charset {
	const char *name;
	UChar32 code[256];
};

enum {
	UNDEFINED = 0xFFFD,
	EVIDENCE_MAX = 200000, /* bytes above 0x7f looked at before deciding */
	CONTROLS_PER_MILLE = 1,
};

/* ---- UTF-8 ---- */

static bool is_ascii8(const char *s)
{
	uint64_t w;

	memcpy(&w, s, 8);
	return (w & UINT64_C(0x8080808080808080)) == 0;
}

size_t encoding_utf8_fault(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t step;
		if (i + 8 <= n && is_ascii8(s + i)) {
			i += 8;
			continue;
		}
		step = str_utf8_length(s + i, n - i);
		if (step == 0)
			return i;
		i += step;
	}
	return n;
}

/* What the bytes are made of; one pass over the file. */
struct census {
	size_t n_high;      /* above 0x7f */
	size_t n_sequences; /* well-formed sequences of several bytes, counted in bytes */
	size_t first_fault; /* offset of the first byte that is no UTF-8 */
	size_t n_controls;  /* other than tab, line ends and form feed */
	size_t n_nul;
};

static bool is_control(unsigned char c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

/* True when the eight bytes are ASCII at or above the space: the common case, done with one word.
 */
static bool is_plain8(const char *s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
	uint64_t w, deleted;

	memcpy(&w, s, 8);
	deleted = w ^ (ones * 0x7F);
	return ((w | (w - ones * 0x20) | ((deleted - ones) & ~deleted)) & tops) == 0;
}

/* How many of the next bytes are ASCII without controls but tabs and line ends; looks at 16 or 8 at once. */
static size_t plain_run(const char *s, size_t n)
{
	size_t at = 0;

#ifdef __SSE2__
	for (; at + 16 <= n; at += 16) {
		__m128i v, low, kept;
		int mask;
		memcpy(&v, s + at, sizeof v);
		low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)); /* bytes from 0x80 on are negative */
		kept = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\t')),
						 _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))),
				    _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
		low = _mm_or_si128(_mm_andnot_si128(kept, low),
				   _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F)));
		mask = _mm_movemask_epi8(low);
		if (mask)
			return at + (size_t)__builtin_ctz((unsigned)mask);
	}
#endif
	return at == 0 && n >= 8 && is_plain8(s) ? 8 : at;
}

static struct census take_census(const char *bytes, size_t n)
{
	struct census c = { .first_fault = n };

	for (size_t i = 0; i < n;) {
		unsigned char b = (unsigned char)bytes[i];
		size_t step = plain_run(bytes + i, n - i);
		if (step) {
			i += step;
			continue;
		}
		step = 1;
		if (b >= 0x80) {
			step = str_utf8_length(bytes + i, n - i);
			c.n_high += step ? step : 1;
			c.n_sequences += step;
			if (step == 0 && c.first_fault == n)
				c.first_fault = i;
			step = step ? step : 1;
		} else if (is_control(b)) {
			c.n_controls++;
			c.n_nul += b == 0;
		}
		i += step;
	}
	return c;
}

/* ---- single-byte sets ---- */

/* Fills the table from ICU's converter. */
static bool charset_load(struct charset *c, const char *name, struct err *e)
{
	UErrorCode status = U_ZERO_ERROR;
	UConverter *conv = ucnv_open(name, &status);

	if (U_FAILURE(status))
		return err_set(e, ERR_INTERNAL, "no converter for %s: %s", name,
			       u_errorName(status));
	c->name = name;
	for (int b = 0; b < 256; b++) {
		char byte = (char)b;
		const char *from = &byte;
		status = U_ZERO_ERROR;
		ucnv_reset(conv);
		c->code[b] = ucnv_getNextUChar(conv, &from, &byte + 1, &status);
		if (U_FAILURE(status) || b < 0x80)
			c->code[b] = b < 0x80 ? b : UNDEFINED;
	}
	ucnv_close(conv);
	return true;
}

static bool is_letter(UChar32 c)
{
	return u_isalpha(c) && c != 0xAA && c != 0xBA && c != 0x192;
}

static bool is_french(UChar32 c)
{
	static const UChar32 letters[] = { 0xE9, 0xE8, 0xEA, 0xEB, 0xE0, 0xE2,  0xE7, 0xEE,
					   0xEF, 0xF4, 0xFB, 0xF9, 0xFC, 0x153, 0xE6, 0xFF };
	UChar32 lower = u_tolower(c);

	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (letters[i] == lower)
			return true;
	return false;
}

/* How well a letter stands between its neighbours (0: no letter). */
static int letter_score(UChar32 before, UChar32 c, UChar32 after)
{
	bool joined = is_letter(before) || is_letter(after);
	int score = is_french(c) ? 6 : 2;

	if (!joined)
		return c == 0xE0 || c == 0xC0 || c == 0xF4 ? 3 : -2; /* "à" is a word */
	if (u_isupper(c) && (u_islower(before) || u_islower(after)) && is_letter(before))
		return -4; /* a capital inside a word of small letters */
	if (u_islower(c) && u_isupper(before) && !is_letter(after))
		return 1; /* "Nø" */
	if (u_isdigit(before) || u_isdigit(after))
		return -1;
	return score;
}

static int symbol_score(UChar32 before, UChar32 c, UChar32 after)
{
	switch (c) {
	case 0xB0: /* degree sign: "N° 12", "12°" */
		return before == 'N' || before == 'n' || u_isdigit(before) ? 6 : 0;
	case 0x20AC: /* euro */
		return u_isdigit(before) || before == ' ' || u_isdigit(after) ? 4 : 1;
	case 0xA0: /* no-break space */
		return u_isdigit(before) || u_isdigit(after) || is_letter(before) ? 3 : 0;
	case 0x2019: /* apostrophe */
		return is_letter(before) && is_letter(after) ? 5 : 0;
	case 0xAB:
	case 0xBB:
	case 0xA7:
	case 0xB2:
	case 0xB3:
	case 0x2013:
	case 0x2014:
	case 0x2026:
	case 0x201C:
	case 0x201D:
	case 0xB7:
	case 0xA3:
		return 1;
	default:
		return -2;
	}
}

static int score_at(const struct charset *cs, UChar32 before, unsigned char b, UChar32 after)
{
	UChar32 c = cs->code[b];

	if (c == UNDEFINED || (c >= 0x80 && c < 0xA0))
		return -30;
	if (c >= 0x2500 && c < 0x25A0)
		return -8; /* frames and shades */
	return is_letter(c) ? letter_score(before, c, after) : symbol_score(before, c, after);
}

static int64_t charset_score(const struct charset *cs, const char *bytes, size_t n)
{
	const unsigned char *s = (const unsigned char *)bytes;
	int64_t score = 0;
	size_t seen = 0;

	for (size_t i = 0; i < n && seen < EVIDENCE_MAX; i++) {
		if (s[i] < 0x80) {
			while (i + 9 <= n && is_ascii8(bytes + i + 1))
				i += 8;
			continue;
		}
		seen++;
		score += score_at(cs, i ? cs->code[s[i - 1]] : ' ', s[i],
				  i + 1 < n ? cs->code[s[i + 1]] : ' ');
	}
	return score;
}

static size_t put_utf8(char *out, UChar32 c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | (c >> 6));
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | (c >> 12));
		out[1] = (char)(0x80 | ((c >> 6) & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | (c >> 18));
	out[1] = (char)(0x80 | ((c >> 12) & 0x3F));
	out[2] = (char)(0x80 | ((c >> 6) & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

static bool own_room(struct decoded *d, size_t size, struct err *e)
{
	d->own = malloc(size ? size : 1);
	d->text = d->own;
	return d->own ||
	       err_set(e, ERR_LIMIT, "the text is too large to convert (%zu bytes)", size);
}

static bool convert_single(const struct charset *cs, const char *bytes, size_t n,
			   struct decoded *ret, struct err *e)
{
	char table[256][4];
	size_t len[256], total = 0, o = 0;

	for (int b = 0; b < 256; b++)
		len[b] = put_utf8(table[b], cs->code[b]);
	for (size_t i = 0; i < n; i++)
		total += len[(unsigned char)bytes[i]];
	/* Room for a whole table entry behind the last one, so that four bytes can be copied at
	 * once. */
	if (!own_room(ret, total + 4, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char b = (unsigned char)bytes[i];
		memcpy(ret->own + o, table[b], 4);
		o += len[b];
	}
	ret->len = o;
	ret->encoding = cs->name;
	return true;
}

static bool decode_single(const char *bytes, size_t n, struct decoded *ret, struct err *e)
{
	/* Official set first: where all agree, the first one wins. */
	static const char *const names[] = { "ISO-8859-15", "windows-1252", "IBM850" };
	struct charset cs, best = { 0 };
	int64_t best_score = INT64_MIN;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		int64_t score;
		if (!charset_load(&cs, names[i], e))
			return false;
		score = charset_score(&cs, bytes, n);
		if (score > best_score) {
			best = cs;
			best_score = score;
		}
	}
	return convert_single(&best, bytes, n, ret, e);
}

/* ---- UTF-16 ---- */

static uint32_t unit_at(const unsigned char *s, bool big)
{
	return big ? (uint32_t)(s[0] << 8 | s[1]) : (uint32_t)(s[1] << 8 | s[0]);
}

static bool decode_utf16(const char *bytes, size_t n, bool big, struct decoded *ret, struct err *e)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t o = 0;

	if (n % 2)
		return err_set(e, ERR_FORMAT,
			       "the UTF-16 text is cut in the middle of a character");
	/* Two bytes become three at most, four become four. */
	if (!own_room(ret, n / 2 * 3 + 4, e))
		return false;
	for (size_t i = 0; i < n; i += 2) {
		uint32_t c = unit_at(s + i, big), low;
		if (c >= 0xD800 && c < 0xDC00 && i + 2 < n &&
		    (low = unit_at(s + i + 2, big)) >= 0xDC00 && low < 0xE000) {
			c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
			i += 2;
		} else if (c == 0 || (c >= 0xD800 && c < 0xE000)) {
			decoded_done(ret);
			return err_set(e, ERR_FORMAT, "broken UTF-16 text at byte %zu", i);
		}
		o += put_utf8(ret->own + o, (UChar32)c);
	}
	ret->len = o;
	ret->encoding = big ? "UTF-16BE" : "UTF-16LE";
	return true;
}

/* UTF-16 without mark shows as a zero byte beside nearly each letter. 'l', 'b' or 0. */
static char guess_utf16(const char *bytes, size_t n)
{
	size_t even = 0, odd = 0, look = n < 4096 ? n & ~(size_t)1 : 4096;

	for (size_t i = 0; i + 1 < look; i += 2) {
		even += bytes[i] == 0;
		odd += bytes[i + 1] == 0;
	}
	if (odd * 10 > look * 4 && even == 0)
		return 'l';
	return even * 10 > look * 4 && odd == 0 ? 'b' : 0;
}

/* ---- all together ---- */

static bool blank_controls(struct decoded *d, struct err *e)
{
	if (!d->own) {
		const char *text = d->text;
		if (!own_room(d, d->len, e))
			return false;
		memcpy(d->own, text, d->len);
	}
	for (size_t i = 0; i < d->len; i++)
		if (is_control((unsigned char)d->own[i]))
			d->own[i] = ' ';
	return true;
}

static int64_t line_at(const char *bytes, size_t offset)
{
	int64_t line = 1;

	for (size_t i = 0; i < offset; i++)
		line += bytes[i] == '\n';
	return line;
}

/* Well-formed for the most part: taking it for a single-byte set would turn every "é" into "Ã©". */
static bool is_broken_utf8(const struct census *c)
{
	return c->n_sequences > 8 && c->n_sequences >= c->n_high - c->n_high / 10;
}

static bool decode_bytes(const char *bytes, size_t n, bool marked, struct decoded *ret,
			 struct err *e)
{
	struct census c = take_census(bytes, n);
	struct decoded d = { .text = bytes, .len = n, .encoding = "US-ASCII" };

	if (c.n_nul || c.n_controls > 8 + n / 1000 * CONTROLS_PER_MILLE)
		return err_set(e, ERR_FORMAT,
			       "the file is not text: it contains control characters");
	if (c.first_fault < n && (marked || is_broken_utf8(&c))) {
		if (e)
			e->line = (int)line_at(bytes, c.first_fault);
		return err_set(e, ERR_FORMAT,
			       "line %" PRId64 ": the text is UTF-8 but for a broken character",
			       line_at(bytes, c.first_fault));
	}
	if (c.first_fault < n) {
		if (!decode_single(bytes, n, &d, e))
			return false;
	} else if (c.n_high || marked) {
		d.encoding = "UTF-8";
	}
	if (c.n_controls && !blank_controls(&d, e)) {
		decoded_done(&d);
		return false;
	}
	*ret = d;
	return true;
}

bool encoding_decode(const char *bytes, size_t n, struct decoded *ret, struct err *e)
{
	struct decoded d = { 0 };
	char guess;

	if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		return decode_bytes(bytes + 3, n - 3, true, ret, e);
	if (n >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
		if (!decode_utf16(bytes + 2, n - 2, bytes[0] == '\xFE', &d, e))
			return false;
	} else if ((guess = guess_utf16(bytes, n)) != 0) {
		if (!decode_utf16(bytes, n, guess == 'b', &d, e))
			return false;
	} else {
		/* DOS ended a file with 0x1a. */
		while (n && bytes[n - 1] == 0x1A)
			n--;
		return decode_bytes(bytes, n, false, ret, e);
	}
	if (!blank_controls(&d, e)) {
		decoded_done(&d);
		return false;
	}
	*ret = d;
	return true;
}

void decoded_done(struct decoded *d)
{
	free(d->own);
	*d = (struct decoded){ 0 };
}

/* ---- lines ---- */

void lines_init(struct lines *l, const char *text, size_t len)
{
	*l = (struct lines){ .at = text, .end = text + len, .stop = '\n' };
	if (len && !memchr(text, '\n', len) && memchr(text, '\r', len))
		l->stop = '\r';
}

bool lines_next(struct lines *l, const char **ret, size_t *ret_len)
{
	const char *stop;
	size_t len;

	if (l->at == l->end)
		return false;
	stop = memchr(l->at, l->stop, (size_t)(l->end - l->at));
	len = (size_t)((stop ? stop : l->end) - l->at);
	*ret = l->at;
	l->at = stop ? stop + 1 : l->end;
	while (len && (*ret)[len - 1] == '\r')
		len--;
	*ret_len = len;
	l->number++;
	return true;
}
