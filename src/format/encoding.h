/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encoding.h - from the bytes of a text file to UTF-8, and to its lines.
 *
 * French accounting files come as UTF-8, UTF-16, ISO 8859-15, Windows-1252 or DOS code page 850,
 *and rarely say which. A byte order mark or well-formed UTF-8 decides; between the single-byte
 *sets, the one that makes plausible French of the bytes above 0x7f wins (an accented letter inside
 *a word is plausible, a box-drawing or control character is not).
 *
 *	struct decoded d;
 *	if (!encoding_decode(bytes, n, &d, e))
 *		return false;
 *	... d.text, d.len, d.encoding ...
 *	decoded_done(&d);
 */
#ifndef FORMAT_ENCODING_H
#define FORMAT_ENCODING_H

#include "base/err.h"

struct decoded {
	const char *
		text; /* UTF-8 without byte order mark, NUL or other controls; not NUL-terminated */
	size_t len;
	const char *encoding; /* "US-ASCII", "UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252",
			       * "ISO-8859-15", "IBM850": a constant */
	char *own;            /* what decoded_done frees; NULL when text points into the input */
};

/* ERR_FORMAT when the bytes are no text (NUL or many control characters), or are broken UTF-8 or
 * UTF-16; ERR_LIMIT when memory does not suffice. A few stray control characters become spaces. The
 * input must outlive the result. */
bool encoding_decode(const char *bytes, size_t n, struct decoded *ret, struct err *e) NODISCARD;
void decoded_done(struct decoded *d);

/* Offset of the first byte that is not well-formed UTF-8; n when all is. */
size_t encoding_utf8_fault(const char *s, size_t n);

/* Walks over the lines of a text: LF, CRLF, CR CR LF, or CR alone when the text has no LF at all.
 */
struct lines {
	const char *at, *end;
	int64_t number; /* of the line last given */
	char stop;
};

void lines_init(struct lines *l, const char *text, size_t len);

/* The next line without its end; false when there is none. */
bool lines_next(struct lines *l, const char **ret, size_t *ret_len);

#endif
