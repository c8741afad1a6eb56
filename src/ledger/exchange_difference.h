/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exchange_difference.h - what currencies gained or lost (écarts de change et de conversion).
 *
 * Realised: when an item in a foreign currency is settled, its amount at the rate of the settlement's date
 * less its amount at the rate of the document's date, in the company's currency; positive is a gain (PCG 666,
 * 766, or 656, 756 for commercial ones). Booked as a fact for each allocation. Part payments are converted as
 * steps of a running sum, so that the steps of an item add up to the item converted at once, and an undone
 * one takes back what it brought, to the cent. When a rate is corrected, what was booked at the wrong one is booked
 * anew: the former is taken back and the right one takes its place, each a fact of its own.
 *
 * Unrealised: what is open at the end of a period at that day's rate less at the document's rate (PCG art.
 * 420-5 and following): a latent loss is an asset (476) and calls for a provision, a latent gain a liability
 * (477). Computed, never booked: it is taken back the next day.
 */
#ifndef LEDGER_EXCHANGE_DIFFERENCE_H
#define LEDGER_EXCHANGE_DIFFERENCE_H

#include "base/clock.h"
#include "ledger/book.h"
#include "ledger/entity.h"
#include "ledger/exchange.h"

struct exchange_booked {
	int64_t n_booked;
	int64_t n_rebooked; /* at a rate that was corrected since */
	int64_t n_missing;  /* allocations without a rate: they wait */
};

/* Books the differences of every allocation in a foreign currency that has none yet, and anew those whose rates were
 * corrected since. Own transaction; done twice it does nothing. In a closed period they count from the first open
 * day. */
bool exchange_book(struct db *db, const struct entity *entity, const char *actor, int64_t now,
		   struct exchange_booked *ret, struct err *e) NODISCARD;

struct exchange_difference {
	int64_t allocation_id;
	const char *customer_code;
	const char *document; /* what was settled */
	char currency[4];     /* of it */
	int64_t amount_minor; /* settled; negative where it was undone */
	int64_t at_document_minor, at_settlement_minor, difference_minor;
	day_t document_rate_on, settlement_rate_on;
	day_t effective;
	bool is_reversal; /* takes back what was booked at a wrong rate: its amounts, negative */
};

/* Those effective by as_of and known at known_at, in order of day. */
bool exchange_difference_list(struct db *db, struct arena *a, int64_t entity_id, struct when w,
			      struct exchange_difference **ret, size_t *ret_n,
			      struct err *e) NODISCARD;

struct exchange_latent {
	size_t item;     /* of the book */
	bool is_missing; /* no rate of one of the days: nothing else is filled */
	int64_t at_document_minor, at_day_minor, difference_minor;
	day_t document_rate_on, day_rate_on;
};

/* Of every open item of the book in another currency. Pure. */
bool exchange_latent(const struct book *b, struct arena *a, const struct exchange_table *t,
		     const char *currency, struct exchange_latent **ret, size_t *ret_n,
		     struct err *e) NODISCARD;

#endif
