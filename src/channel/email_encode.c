/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/email_encode.h"

#include <stdio.h>

enum {
	WORD_MAX = 75,        /* RFC 2047: an encoded word, its delimiters included */
	PLAIN_WORD_MAX = 60,  /* a longer word cannot be folded: it is encoded instead */
	PIECE_MAX = 54,       /* characters of one RFC 2231 piece */
	HEADER_NAME_MAX = 12, /* "Reply-To: ", the longest before a name */
};

/* The character at s (well-formed UTF-8) and its length. */
static uint32_t next_char(const char *s, size_t *ret_len)
{
	unsigned char lead = (unsigned char)*s;
	size_t len = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	uint32_t c = len == 1 ? lead : lead & (0x7fu >> len);

	for (size_t i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	*ret_len = len;
	return c;
}

static bool is_unfit_for_a_line(uint32_t c)
{
	return c < 0x21 || (c >= 0x7f && c <= 0xa0) || c == 0x2028 || c == 0x2029 ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

char *encode_one_line(struct arena *a, const char *s)
{
	bool space = false;
	struct buf out;
	size_t len;

	buf_init(&out, a);
	for (; *s; s += len) {
		uint32_t c = next_char(s, &len);

		/* The no-break space stays inside: French typography wants it. */
		if (is_unfit_for_a_line(c) && !(c == 0xa0 && out.len > 0 && !space)) {
			space = true;
			continue;
		}
		if (space && out.len > 0)
			buf_putc(&out, ' ');
		space = false;
		buf_add(&out, s, len);
	}
	buf_add(&out, "", 0);
	return out.data;
}

/* ---- RFC 2047
 * ------------------------------------------------------------------------------------ */

static bool is_plain(const char *s)
{
	size_t word = 0;

	if (strstr(s, "=?") || strstr(s, "  "))
		return false;
	for (; *s; s++) {
		if (*s < 0x20 || *s > 0x7e)
			return false;
		word = *s == ' ' ? 0 : word + 1;
		if (word > PLAIN_WORD_MAX)
			return false;
	}
	return true;
}

static bool is_alnum(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Q encoding with the few characters that are safe in a phrase too (RFC 2047, section 5, rule 3).
 */
static size_t q_encode(const char *s, size_t n, char out[13])
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == ' ')
			out[len++] = '_';
		else if (is_alnum(c) || (c && strchr("!*+-/", c)))
			out[len++] = (char)c;
		else
			len += (size_t)snprintf(out + len, 4, "=%02X", c);
	}
	return len;
}

static void encode_words(struct buf *out, const char *s, size_t column)
{
	static const char open[] = "=?UTF-8?Q?", close[] = "?=";
	size_t line = column + sizeof open - 1;
	size_t size;

	buf_puts(out, open);
	for (; *s; s += size) {
		char coded[13];
		size_t len;

		next_char(s, &size);
		len = q_encode(s, size, coded);
		if (line + len + sizeof close - 1 > WORD_MAX) {
			buf_printf(out, "%s\r\n %s", close, open);
			line = sizeof open;
		}
		buf_add(out, coded, len);
		line += len;
	}
	buf_puts(out, close);
}

static void fold(struct buf *out, const char *s, size_t column)
{
	while (*s) {
		size_t word = strcspn(s + 1, " ") + 1;

		if (*s == ' ' && column + word > ENCODE_LINE) {
			buf_puts(out, "\r\n");
			column = 0;
		}
		buf_add(out, s, word);
		column += word;
		s += word;
	}
}

void encode_unstructured(struct buf *out, const char *s, size_t column)
{
	if (is_plain(s))
		fold(out, s, column);
	else
		encode_words(out, s, column);
}

void encode_phrase(struct buf *out, const char *s)
{
	bool atoms = true;

	if (!is_plain(s) || strlen(s) > PLAIN_WORD_MAX) {
		encode_words(out, s, HEADER_NAME_MAX);
		return;
	}
	for (const char *p = s; *p; p++)
		atoms = atoms &&
			(is_alnum((unsigned char)*p) || strchr(" !#$%&'*+-/=?^_`{|}~", *p));
	if (atoms) {
		buf_puts(out, s);
		return;
	}
	buf_putc(out, '"');
	for (const char *p = s; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	buf_putc(out, '"');
}

/* ---- RFC 2231
 * ------------------------------------------------------------------------------------ */

static void percent_encode(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (is_alnum(c) || (c && strchr("-._", c)))
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

void encode_parameter(struct buf *out, const char *name, const char *value)
{
	struct buf coded;

	if (is_plain(value) && strlen(value) <= PLAIN_WORD_MAX && !strpbrk(value, "\"\\")) {
		buf_printf(out, ";\r\n %s=\"%s\"", name, value);
		return;
	}
	buf_init(&coded, out->arena);
	percent_encode(&coded, value, strlen(value));
	if (coded.len <= PIECE_MAX) {
		buf_printf(out, ";\r\n %s*=UTF-8''%s", name, buf_str(&coded));
		return;
	}
	for (size_t at = 0, piece = 0; at < coded.len; piece++) {
		size_t n = coded.len - at < PIECE_MAX ? coded.len - at : PIECE_MAX;

		/* Never between the characters of one "%XX". */
		while (at + n < coded.len &&
		       (coded.data[at + n - 1] == '%' || coded.data[at + n - 2] == '%'))
			n--;
		buf_printf(out, ";\r\n %s*%zu*=%s", name, piece, piece == 0 ? "UTF-8''" : "");
		buf_add(out, coded.data + at, n);
		at += n;
	}
}

/* ---- bodies
 * -------------------------------------------------------------------------------------- */

/* One line of text (without its end) as quoted-printable lines. */
static void quoted_line(struct buf *out, const char *s, size_t n)
{
	size_t column = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		bool last = i + 1 == n;
		/* A dot or "From " that begins a line would be changed by some relays. */
		bool begins =
			column == 0 && (c == '.' || (n - i >= 5 && !memcmp(s + i, "From ", 5)));
		bool is_space = c == ' ' || c == '\t';
		bool plain = (c > 0x20 && c < 0x7f && c != '=' && !begins) || (is_space && !last);
		size_t need = plain ? 1 : 3;

		if (column + need > ENCODE_LINE - (last ? 0u : 1u)) {
			buf_puts(out, "=\r\n");
			column = 0;
			i--; /* again: it begins a line now */
			continue;
		}
		if (plain)
			buf_putc(out, (char)c);
		else
			buf_printf(out, "=%02X", c);
		column += need;
	}
}

void encode_quoted_printable(struct buf *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\r\n");

		quoted_line(out, text, n);
		buf_puts(out, "\r\n");
		text += n;
		if (text[0] == '\r' && text[1] == '\n')
			text++;
		if (*text)
			text++;
	}
}

void encode_base64(struct buf *out, const void *bytes, size_t size)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = bytes;
	char line[ENCODE_LINE + 2];
	size_t len = 0;

	for (size_t i = 0; i < size; i += 3) {
		unsigned b0 = p[i], b1 = i + 1 < size ? p[i + 1] : 0,
			 b2 = i + 2 < size ? p[i + 2] : 0;

		line[len++] = digit[b0 >> 2];
		line[len++] = digit[(b0 & 3) << 4 | b1 >> 4];
		line[len++] = i + 1 < size ? digit[(b1 & 15) << 2 | b2 >> 6] : '=';
		line[len++] = i + 2 < size ? digit[b2 & 63] : '=';
		if (len == ENCODE_LINE || i + 3 >= size) {
			line[len++] = '\r';
			line[len++] = '\n';
			buf_add(out, line, len);
			len = 0;
		}
	}
}
