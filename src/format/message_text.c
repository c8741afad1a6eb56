/* SPDX-License-Identifier: Apache-2.0 */
#include "format/message_text.h"

#include "format/encoding.h"

#include <ctype.h>

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void quoted_printable(struct buf *b, const char *s, const char *end)
{
	while (s < end) {
		if (*s != '=') {
			buf_putc(b, *s++);
		} else if (end - s >= 3 && hex(s[1]) >= 0 && hex(s[2]) >= 0) {
			buf_putc(b, (char)(hex(s[1]) * 16 + hex(s[2])));
			s += 3;
		} else { /* a line that goes on */
			s++;
			s += s < end && *s == '\r';
			s += s < end && *s == '\n';
		}
	}
}

static void base64(struct buf *b, const char *s, const char *end)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	int n = 0;

	for (; s < end && *s != '='; s++) {
		const char *d = *s ? strchr(digits, *s) : NULL;
		if (!d)
			continue;
		bits = (bits << 6 | (uint32_t)(d - digits)) & 0xFFFFFF;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_putc(b, (char)(bits >> n & 0xFF));
		}
	}
}

/* A header's value begins with these words, in the headers before body. */
static bool header_says(const char *s, const char *body, const char *header, const char *value)
{
	size_t n = strlen(header);

	for (; s < body; s = memchr(s, '\n', (size_t)(body - s))
				     ? (const char *)memchr(s, '\n', (size_t)(body - s)) + 1
				     : body)
		if ((size_t)(body - s) > n && strncasecmp(s, header, n) == 0) {
			s += n;
			while (s < body && *s == ' ')
				s++;
			return (size_t)(body - s) >= strlen(value) &&
			       strncasecmp(s, value, strlen(value)) == 0;
		}
	return false;
}

static const char *body_of(const char *s, const char *end)
{
	const char *gap = memmem(s, (size_t)(end - s), "\n\n", 2),
		   *gap2 = memmem(s, (size_t)(end - s), "\r\n\r\n", 4);

	if (gap2 && (!gap || gap2 < gap))
		return gap2 + 4;
	return gap ? gap + 2 : NULL;
}

/* The first part of plain text of a message; the text itself when it is no message. */
static void put_text(struct buf *b, const char *s, const char *end)
{
	const char *body = body_of(s, end), *part, *stop = end;
	bool is_message = body && (header_says(s, body, "From:", "") ||
				   header_says(s, body, "MIME-Version:", ""));

	if (!is_message) {
		buf_add(b, s, (size_t)(end - s));
		return;
	}
	if (header_says(s, body, "Content-Type:", "multipart")) {
		part = memmem(body, (size_t)(end - body), "Content-Type: text/plain", 24);
		if (part) {
			while (part > body && part[-1] != '-')
				part--; /* back to the boundary: other headers may stand before */
			s = part;
			body = body_of(s, end) ? body_of(s, end) : end;
			stop = memmem(body, (size_t)(end - body), "\n--", 3);
			stop = stop ? stop : end;
		}
	}
	if (header_says(s, body, "Content-Transfer-Encoding:", "quoted-printable"))
		quoted_printable(b, body, stop);
	else if (header_says(s, body, "Content-Transfer-Encoding:", "base64"))
		base64(b, body, stop);
	else
		buf_add(b, body, (size_t)(stop - body));
}

bool message_text(struct arena *a, const char *bytes, size_t n, struct buf *out, struct err *e)
{
	struct decoded d;
	struct buf b;

	buf_init(&b, a);
	put_text(&b, bytes, bytes + n);
	if (!encoding_decode(buf_str(&b), b.len, &d, e))
		return false;
	buf_add(out, d.text, d.len);
	decoded_done(&d);
	return true;
}
