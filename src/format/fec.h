/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fec.h - the French accounting file (fichier des écritures comptables, LPF art. A47 A-1).
 *
 * The law fixes 18 columns; what comes out of accounting programs has many spellings: other
 * separators, padded fields, Montant and Sens in place of Debit and Credit, cash-basis columns,
 * thousands separators, a placeholder where a date belongs. They are all read here, and what
 * departs from the law is said in the issues. A line that cannot be understood is left out with an
 * error that names line, field and value; the others are given.
 *
 * Debit and credit are summed over the file and per entry (JournalCode, EcritureNum, EcritureDate).
 * A difference of at most five cents is a warning, more is an error; both are reported, nothing is
 * repaired.
 */
#ifndef FORMAT_FEC_H
#define FORMAT_FEC_H

#include "format/record.h"

enum { FEC_TOLERANCE_MINOR = 5 };

/* Reads UTF-8 text (encoding.h). ERR_FORMAT when the first line does not name the columns, or a
 * needed one is missing. total is completed and given last. */
bool fec_read(const char *text, size_t len, const struct parse_options *o,
	      struct parse_total *total, const struct sink *sink, struct err *e) NODISCARD;

/* Takes SIREN and closing day out of a file name such as "123456789FEC20261231.txt". False when the
 * name is not of that form; siren is then empty. */
bool fec_name(const char *name, char siren[10], day_t *ret_closing_on);

#endif
