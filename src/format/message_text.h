/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message_text.h - the plain text of a message (.eml) or of a text file, as UTF-8. Pure.
 *
 * Of a message the first part of plain text, its transfer encoding undone; of anything else the bytes themselves, in
 * whatever encoding they are. What it reads comes from outside: the program runs it in the locked child
 * (format/text_child.h).
 */
#ifndef FORMAT_MESSAGE_TEXT_H
#define FORMAT_MESSAGE_TEXT_H

#include "base/buf.h"
#include "base/err.h"

/* Adds the text to out. ERR_FORMAT when it is no text. */
bool message_text(struct arena *a, const char *bytes, size_t n, struct buf *out,
		  struct err *e) NODISCARD;

#endif
