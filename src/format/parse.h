/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.h - bytes of any readable format to records: sniffing, decoding and the right reader.
 *
 * This is what the child process runs; tests and fuzzing call it directly.
 */
#ifndef FORMAT_PARSE_H
#define FORMAT_PARSE_H

#include "format/record.h"

/* Gives the file's records to the sink (see record.h for their order). ERR_FORMAT when it is not of
 * a readable format, or not of the one asked for. */
bool parse_bytes(const char *bytes, size_t n, const struct parse_options *o,
		 const struct sink *sink, struct err *e) NODISCARD;

#endif
