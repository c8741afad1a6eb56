/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item_mark.h - what people say of items: a status of the company's own list, "approved", "not to be chased".
 *
 * A mark is a fact of its own: setting, changing and taking back are rows, the newest of an item and kind
 * counts, and an act can be undone by its event. Amounts and totals never change by it: an excluded item stays
 * in every figure.
 *
 *	struct item_marking m = { .entity_id = id, .items = ids, .n_items = 3, .kind = MARK_EXCLUDED,
 *				  .is_on = true, .until_on = day, .reason = "waiting for the legal department",
 *				  .actor = "user:12", .now = now };
 *	if (!item_mark_set(db, &m, &event_id, e))
 *		return false;
 */
#ifndef LEDGER_ITEM_MARK_H
#define LEDGER_ITEM_MARK_H

#include "db/db.h"

enum item_mark_kind { MARK_STATUS, MARK_EXCLUDED, MARK_APPROVED, MARK_KIND_COUNT };

/* "status", "excluded", "approved". */
const char *item_mark_name(enum item_mark_kind kind);
bool item_mark_kind_of(const char *name, enum item_mark_kind *ret);

/* ---- the list of statuses ---- */

struct item_status {
	int64_t id; /* 0: a new one */
	const char *type;
	const char *name;
	int64_t follow_up_days; /* 0: none */
	bool stops_reminders;   /* until the follow-up day */
	bool is_hidden;         /* kept for what has it, not offered any more */
	int64_t version;
};

/* In order of type and name; hidden ones too when asked for. */
bool item_status_list(struct db *db, struct arena *a, int64_t entity_id, bool with_hidden,
		      struct item_status **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Adds or changes one, in a transaction of its own. ERR_INVALID without type or name, ERR_DUPLICATE when the
 * list has it, ERR_STALE, ERR_NOT_FOUND. */
bool item_status_save(struct db *db, int64_t entity_id, const struct item_status *s,
		      const char *actor, int64_t now, int64_t *ret_id, struct err *e) NODISCARD;

/* ---- marks ---- */

enum { ITEM_MARK_MAX = 5000 };

struct item_marking {
	int64_t entity_id;
	const int64_t *items;
	size_t n_items;
	enum item_mark_kind kind;
	bool is_on;        /* false takes the mark back */
	int64_t status_id; /* of a status */
	day_t until_on;    /* DAY_NONE: the status's own delay, or none; needed for an exclusion */
	day_t today;
	const char *reason; /* needed for an exclusion */
	const char *actor;
	int64_t now;
};

/* One transaction for all of them. ERR_INVALID without items, without reason or last day of an exclusion, for a
 * day before today; ERR_NOT_FOUND for an item or status that is not there; ERR_LIMIT beyond ITEM_MARK_MAX. */
bool item_mark_set(struct db *db, const struct item_marking *m, int64_t *ret_event,
		   struct err *e) NODISCARD;

/* Makes the marks of that act what they were before it. ERR_NOT_FOUND when the event marked nothing,
 * ERR_CONFLICT when one was changed since. */
bool item_mark_undo(struct db *db, int64_t entity_id, int64_t event_id, const char *actor,
		    int64_t now, struct err *e) NODISCARD;

struct item_mark {
	int64_t item_id;
	const char *kind;
	bool is_on;
	int64_t status_id;
	const char *type, *name; /* of the status; NULL else */
	bool stops_reminders;
	day_t until_on;
	const char *reason;
	const char *actor;
	int64_t recorded;
};

/* Whether the mark keeps its item from being chased on the day. Pure. */
bool item_mark_stops(const struct item_mark *m, day_t today);

/* The marks in force of the items of one customer, or of the whole company (0), in order of item and kind, as
 * known at that moment (0: now). */
bool item_mark_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		    int64_t known_at, struct item_mark **ret, size_t *ret_n,
		    struct err *e) NODISCARD;

/* What was said of the items of a customer by that moment, taken back or not, newest first. */
bool item_mark_of_customer(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
			   int64_t known_at, int limit, struct item_mark **ret, size_t *ret_n,
			   struct err *e) NODISCARD;

/* Everything said of one item by that moment (0: now), newest first. */
bool item_mark_history(struct db *db, struct arena *a, int64_t entity_id, int64_t item_id,
		       int64_t known_at, struct item_mark **ret, size_t *ret_n,
		       struct err *e) NODISCARD;

#endif
