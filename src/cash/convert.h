/* SPDX-License-Identifier: Apache-2.0 */
/*
 * convert.h - a receipt in another currency than the documents it pays: at what rate, and how much of it.
 *
 * The bank's word comes first: what the payer sent, in his currency, and what became of it before charges. Else the
 * company's rates of the day decide. A person may say what the money is worth (a rate agreed with the customer),
 * within a twentieth of that rate. Without any rate nothing is converted.
 *
 *	if (!convert_rate(db, a, &en, "USD", &rate, e) ||
 *	    !convert_plan(&en, &rate, left_minor, &wish, &plan, e))
 *		return false;
 */
#ifndef CASH_CONVERT_H
#define CASH_CONVERT_H

#include "bank/statement.h"
#include "base/json.h"
#include "ledger/conversion.h"

/* What the bank says that the entry was sent as; false when it says nothing, or nothing in another currency. */
bool convert_told(const struct entry *en, struct money *ret);

/* The rate at which the entry's money becomes that currency, by the bank or by the company's rates of the day that
 * it was booked. ERR_NOT_FOUND when there is none. */
bool convert_rate(struct db *db, struct arena *a, const struct entry *en, const char *to,
		  struct conversion_rate *ret, struct err *e) NODISCARD;

/* The same from rates that are loaded already: pure. */
bool convert_rate_of(const struct exchange_table *rates, const struct entry *en, const char *to,
		     struct conversion_rate *ret, struct err *e) NODISCARD;

/* What the entry still has to give: all of it, or what its payment has left. */
bool convert_left(struct db *db, const struct entry *en, int64_t *ret, struct err *e) NODISCARD;

struct convert_wish {
	int64_t paid_minor;  /* what the documents take, in their currency */
	int64_t worth_minor; /* what a person says that all the money is worth; 0: nobody says */
};

struct convert_plan {
	struct conversion_rate rate;
	int64_t from_minor, to_minor;
};

/* How much of what is left becomes what the documents take; the rest stays in the receipt's currency. ERR_INVALID
 * when it is worth less than that, ERR_REFUSED when what a person says is too far from the rate. */
bool convert_plan(const struct entry *en, const struct conversion_rate *rate, int64_t left_minor,
		  const struct convert_wish *wish, struct convert_plan *ret,
		  struct err *e) NODISCARD;

/* Whether the documents take about all that the money is worth: what differs is the rate of somebody's bank. */
bool convert_is_near(int64_t worth_minor, int64_t paid_minor);

/* A proposal's lines in another currency are accepted by converting: the decision is told so, and what all the money
 * is worth when the lines take about that and the bank does not say it. detail may be empty. */
struct cash_decision;
struct cash_detail;
bool convert_decide(struct db *db, struct arena *a, const struct entry *en,
		    const struct cash_detail *detail, size_t n, struct cash_decision *d,
		    struct err *e) NODISCARD;

/* "conversions": those of an entry that are in force, for programs. */
bool convert_put(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
		 struct json *j, struct err *e) NODISCARD;

/* For the event. */
const char *convert_body(struct arena *a, const struct entry *en, const struct convert_plan *p);

#endif
