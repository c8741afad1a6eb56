/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ofx.h - bank statements in OFX 1.x (SGML, leaves without end tags) and 2.x (XML).
 *
 * Both are read by one scanner that knows tags, not documents; a DOCTYPE is refused. Given as the records of camt
 * (record.h): a STMTRS is a statement, a STMTTRN an entry whose FITID is its reference. The format has no opening
 * balance, so that nothing adds up to the closing one. Statements of credit cards and securities are read and say
 * that they cannot be taken (fault), as do those that are cut off or have a transaction that cannot be read.
 */
#ifndef FORMAT_OFX_H
#define FORMAT_OFX_H

#include "format/record.h"

/* Reads decoded text (encoding.h). total is completed and given last. ERR_FORMAT when there is no statement. */
bool ofx_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
	      struct err *e) NODISCARD;

/* Which of the two it is, and the version of its header ("102", "211"); "" when it has none. */
void ofx_header(const char *text, size_t len, bool *ret_is_xml, char ret_version[8]);

#endif
