/* SPDX-License-Identifier: Apache-2.0 */
/*
 * camt.h - ISO 20022 bank statements: camt.052, camt.053, camt.054 of any version.
 *
 * Read as a stream of SAX events, so that the size of a statement costs no memory; local names
 * decide, the version in the namespace does not. Any DOCTYPE is refused, nothing is fetched, depth
 * and lengths have ceilings. Figures are given as the bank wrote them: a statement whose balances
 * do not agree with its entries is reported, never repaired.
 *
 * An entry whose amount cannot be read is left out with an error, and its statement is not
 * balanced. A batch without the details of its transactions stays one entry.
 */
#ifndef FORMAT_CAMT_H
#define FORMAT_CAMT_H

#include "format/record.h"

enum { CAMT_ENTRY_MAX = 256 << 20 }; /* bytes that one entry or statement may take */

/* Reads the bytes of an XML file in any encoding that it declares. ERR_FORMAT when it is no such
 * message or not well-formed to the end, ERR_LIMIT beyond the ceilings. total is completed and
 * given last. */
bool camt_read(const char *bytes, size_t len, struct parse_total *total, const struct sink *sink,
	       struct err *e) NODISCARD;

#endif
