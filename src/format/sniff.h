/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sniff.h - what a file is, by its content; its name is not asked.
 *
 *	if (!sniff(bytes, n, &format, e))	// encrypted, packed, empty, unreadable: e says what
 *to do return false; if (!format_is_read(format)) return sniff_refuse(format, e);	//
 *"recognised as MT940, which this version does not read"
 */
#ifndef FORMAT_SNIFF_H
#define FORMAT_SNIFF_H

#include "format/record.h"

/* Looks at the bytes (the whole file: the end of a ZIP matters). ERR_FORMAT, with advice, for what
 * no version will ever read as it is: encrypted, compressed, old workbooks, pictures, programs. */
bool sniff(const char *bytes, size_t n, enum format *ret, struct err *e) NODISCARD;

/* Fills e with "recognised as ..., which is not read"; returns false. */
bool sniff_refuse(enum format f, struct err *e);

#endif
