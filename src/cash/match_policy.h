/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_policy.h - what the machine may do alone with a company's receipts: the user's settings, each change a
 * revision of its own with an event.
 *
 *	struct match_policy policy;
 *	if (!match_policy_load(db, a, entity_id, &policy, e))
 *		return false;
 *	if (!match_policy_set(&policy, "threshold", "0.999", "EUR", e) ||
 *	    !match_policy_save(db, &policy, entity_id, actor, now, e))
 *		return false;
 *
 * Settings by name: mode (automatic, propose), threshold (0.5 to 1), rules (those that may post alone, with
 * commas), equal_documents (ask, oldest: what is paid of equal documents that nothing tells apart), rounding, charges (most that a bank withholds), discount_grace_days, discount_limit (in percent, granted
 * where no customer's terms are known), write_off_limit, write_off_account, return_fee (of a returned direct debit, charged to the customer; 0: none),
 * return_fee_vat (percent that such a fee bears, included in it; 0: it is an indemnity, outside VAT).
 */
#ifndef CASH_MATCH_POLICY_H
#define CASH_MATCH_POLICY_H

#include "match/match.h"
#include "db/db.h"

struct match_policy {
	int revision; /* 0: built in */
	bool is_automatic;
	int64_t threshold_ppm;
	unsigned alone_rules;    /* MATCH_BIT of those that may post alone */
	bool is_oldest_of_equal; /* of equal documents that nothing tells apart the oldest is paid */
	int64_t rounding_minor, charges_minor;
	int discount_grace_days;
	int discount_per_myriad; /* most of a discount granted alone while no customer's terms are known */
	int64_t write_off_limit_minor; /* of a difference that a clerk writes off with a receipt */
	char write_off_account[16];
	int64_t return_fee_minor;
	int return_fee_vat_per_myriad; /* that the fee asked bears, included in it; 0: outside VAT */
};

/* Every setting's name, in the order of the page; NULL ends. */
extern const char *const match_policy_names[];

/* What holds until somebody says otherwise. */
struct match_policy match_policy_default(void);

/* Reads one setting; amounts in that currency. ERR_INVALID, the field named. */
bool match_policy_set(struct match_policy *p, const char *name, const char *value,
		      const char *currency, struct err *e) NODISCARD;
/* As match_policy_set reads it. */
const char *match_policy_get(struct arena *a, const struct match_policy *p, const char *name,
			     const char *currency);

bool match_policy_load(struct db *db, struct arena *a, int64_t entity_id, struct match_policy *ret,
		       struct err *e) NODISCARD;
/* A new revision, with the event "match_policy.changed". ERR_STALE when p is not of the newest. */
bool match_policy_save(struct db *db, const struct match_policy *p, int64_t entity_id,
		       const char *actor, int64_t now, struct err *e) NODISCARD;
/* The revision before the one of that event becomes the newest again. */
bool match_policy_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
		       const char *actor, int64_t now, struct err *e) NODISCARD;

/* For the engine. */
struct match_options match_policy_options(const struct match_policy *p);

#endif
