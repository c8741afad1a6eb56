/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select.h - who is chased today, for what, how; and who is not, and why (sélection des relances).
 *
 * A pure function of values: what the ledger and the history say, the policies and a day give the
 * actions of that day and the customers left alone, each with its reason. It writes nothing.
 *
 * Its laws:
 * - one action per customer, channel and currency; lines may stand at different steps, the
 * strongest step decides channel, text and mode;
 * - an item climbs one step at a time and never goes back; the time between two of its reminders is
 * at least the time the policy puts between them;
 * - what is not due yet never shares a message with what is late: a notice is not a reminder;
 * - an action asks for what is left, less what is disputed, less the customer's unallocated credit;
 * when that credit covers it, nobody is asked;
 * - every customer with something open is in an action, or in a skip, or in both (one invoice
 * disputed, the others chased).
 */
#ifndef COLLECT_SELECT_H
#define COLLECT_SELECT_H

#include "base/arena.h"
#include "base/date.h"
#include "collect/policy.h"

/* Why somebody is not chased. The names are the JSON of the command line. */
enum select_reason {
	SELECT_PAID, /* received and not yet allocated money covers it */
	SELECT_DISPUTED,
	SELECT_PROMISE,
	SELECT_PLAN,
	SELECT_INSOLVENCY,
	SELECT_LEGAL_HOLD,
	SELECT_EXCLUDED,
	SELECT_DIRECT_DEBIT,
	SELECT_DRAFT,
	SELECT_EINVOICE_STATUS,   /* refused, suspended ... on the e-invoicing platform */
	SELECT_PUBLIC_SUSPENSION, /* payment period suspended by a public buyer */
	SELECT_NO_CONTACT,
	SELECT_CONTACT_CAP, /* written to a few days ago */
	SELECT_BELOW_MINIMUM,
	SELECT_STALE_DATA,
	SELECT_TOO_SOON, /* no step is reached yet */
	SELECT_N_REASONS
};

enum select_status { SELECT_ACTIVE, SELECT_ON_LEGAL_HOLD, SELECT_INSOLVENT, SELECT_CLOSED };

enum { SELECT_NEVER = -1 };          /* no step done yet */
enum { SELECT_FOREVER = INT32_MAX }; /* as the last day of what has no end */

struct select_customer {
	int64_t id;
	const struct policy *policy; /* NULL: nobody chases it (excluded) */
	enum select_status status;
	enum policy_means means;
	day_t excluded_until;  /* last day of it; DAY_NONE when it is not excluded */
	day_t last_message_on; /* newest message of any step; DAY_NONE when none */
	bool has_email, has_phone, has_address;
};

/* An open debit item. Sorted by customer. */
struct select_item {
	int64_t id;
	size_t customer; /* index */
	const char *document;
	char currency[4];
	day_t due_on;
	int64_t open_minor;     /* > 0 */
	int64_t disputed_minor; /* 0 .. open_minor */
	day_t promised_on;      /* the latest day promised; DAY_NONE when none */
	day_t excluded_until;   /* last day it is not to be chased; DAY_NONE when it may be */
	bool is_draft;          /* paid by a draft under way (effet) */
	bool has_plan;
	bool is_refused_einvoice, is_suspended;
	int last_level; /* of the steps done; SELECT_NEVER when none */
	day_t last_step_on;
};

/* Credit of a customer not allocated to any item yet: payments, credit notes. Sorted by customer.
 */
struct select_credit {
	size_t customer;
	char currency[4];
	int64_t minor; /* > 0 */
};

struct select_input {
	const struct select_customer *customers;
	size_t n_customers;
	const struct select_item *items;
	size_t n_items;
	const struct select_credit *credits;
	size_t n_credits;
	day_t today;
	day_t data_on; /* the day the ledger was last brought up to date; DAY_NONE: never checked */
};

struct select_line {
	size_t item; /* index */
	const struct policy_step *step;
	int64_t minor; /* asked for: open less disputed */
};

struct select_action {
	size_t customer;
	const struct policy_step *step; /* the strongest of the lines */
	char currency[4];
	struct select_line *lines; /* oldest due date first */
	size_t n_lines;
	int64_t credit_minor; /* unallocated, already taken off */
	int64_t amount_minor; /* > 0: the lines less credit_minor */
	int days_late;        /* of the oldest line; negative before the due date */
};

struct select_skip {
	size_t customer;
	enum select_reason reason;
	char currency[4];
	size_t *items; /* indexes */
	size_t n_items;
	int64_t open_minor; /* of those items */
	day_t on;      /* promised, excluded until, last written to, next step ...; or DAY_NONE */
	int64_t minor; /* disputed or received amount the reason is about; else 0 */
};

struct select_result {
	struct select_action *actions; /* in the order of the customers */
	size_t n_actions;
	struct select_skip *skips;
	size_t n_skips;
};

/* Selects. The input is trusted to be ordered as said above (it stops the program otherwise).
 * ERR_RANGE when a sum overflows. The result lives in the arena and points into the policies. */
bool select_run(struct arena *a, const struct select_input *in, struct select_result *ret,
		struct err *e) NODISCARD;

/* The same gates for a message already planned, at the moment it leaves: lines (item and step) are those of
 * its items that are still open. Steps and the days between messages do not count any more; a notice whose
 * item is due meanwhile falls out. When something is left to ask for, *ret_is_clear is true and *ret is
 * what the message must say now; else *ret_reason says why nothing may leave. */
bool select_recheck(struct arena *a, const struct select_input *in, size_t customer,
		    const struct select_line *lines, size_t n, bool *ret_is_clear,
		    struct select_action *ret, enum select_reason *ret_reason,
		    struct err *e) NODISCARD;

/* "promise", "contact_cap" ...: the words of the command line's JSON. */
const char *select_reason_name(enum select_reason r);

/* The step an item takes today, NULL when none is reached; ret_next_on (may be NULL) then gets the
 * day of its next step, DAY_NONE after the last one. */
const struct policy_step *select_step(const struct policy *p, const struct select_item *item,
				      day_t today, day_t *ret_next_on);

#endif
