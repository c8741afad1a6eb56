/* SPDX-License-Identifier: Apache-2.0 */
/*
 * email_encode.h - the encodings of MIME: what email.h is made of.
 *
 * All texts are well-formed UTF-8 (the caller checked); everything written is ASCII with CRLF line
 * ends.
 */
#ifndef CHANNEL_EMAIL_ENCODE_H
#define CHANNEL_EMAIL_ENCODE_H

#include "base/buf.h"

enum { ENCODE_LINE = 76 };

/* A copy fit for one header line: each run of white space, control characters, line and paragraph
 * separators and direction overrides made one space, and trimmed. */
char *encode_one_line(struct arena *a, const char *s);

/* The value of an unstructured header (Subject) that begins at the given column: as it is and
 * folded at spaces when it is plain, as RFC 2047 encoded words otherwise. */
void encode_unstructured(struct buf *out, const char *s, size_t column);

/* A display name: atoms, a quoted string or encoded words. */
void encode_phrase(struct buf *out, const char *s);

/* "; name=value" on its own line: quoted when plain, by RFC 2231 (in pieces when long) otherwise.
 */
void encode_parameter(struct buf *out, const char *name, const char *value);

/* A text body: any line end becomes CRLF; no line begins with a dot or "From ". */
void encode_quoted_printable(struct buf *out, const char *text);

void encode_base64(struct buf *out, const void *bytes, size_t size);

#endif
