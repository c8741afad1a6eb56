/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.h - why an entry was posted without a person, kept beside the posting and checked again.
 *
 * The certificate says which documents were open with how much, what of the bank's text names them and where, by
 * what the payer is known, and how many other choices gave the amount. certificate_verify goes through all of it
 * by the rows alone, with none of the matching's code: whoever alters a certificate, an allocation or an entry is
 * found by name.
 *
 * Not for other rooms: their door is cash.h.
 */
#ifndef CASH_CERTIFICATE_H
#define CASH_CERTIFICATE_H

#include "cash/cash.h"

enum { CERTIFICATE_VERSION = 1 };

/* The JSON of an automatic answer. as_of is the day of the run: facts that count later were not looked at. */
const char *certificate_encode(struct arena *a, const struct match_book *book,
			       const struct match_entry *entry, const struct match_certificate *c,
			       day_t as_of);

/* Stores it with the posting's event, in the caller's transaction: at once, or into a copy of CERTIFICATE_COLUMNS when
 * there is one. */
#define CERTIFICATE_COLUMNS \
	"event_id, entity_id, entry_id, version, rule, raw_milli, confidence_ppm, body, recorded"
bool certificate_store(struct db *db, struct db_copy *copy, int64_t entity_id, int64_t entry_id,
		       int64_t event_id, const struct match_certificate *c, const char *body,
		       int64_t now, struct err *e) NODISCARD;

/* Checks every certificate of the company. Laws: certificate_missing, _unreadable, _entry, _sum, _lines, _item,
 * _open, _quote, _payer, _alternative. */
bool certificate_verify(struct db *db, struct arena *a, int64_t entity_id,
			struct verify_report *ret, struct err *e) NODISCARD;

#endif
