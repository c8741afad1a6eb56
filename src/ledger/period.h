/* SPDX-License-Identifier: Apache-2.0 */
/*
 * period.h - closed accounting periods (clôture).
 *
 * A fact that would take effect in a closed period is refused by post.h, or, for someone with the right,
 * dated to the first open day with its own day kept (dated_from). Reopening takes two people: one asks,
 * another approves; each step is an event. Who posts holds the entity's periods shared and who closes holds
 * them alone, until their transactions end: no fact slips in while a period is being closed.
 */
#ifndef LEDGER_PERIOD_H
#define LEDGER_PERIOD_H

#include "db/db.h"

/* ---- which days are closed: pure ----------------------------------------------------------------- */

enum { CLOSED_RUNS = 24 };

/* Closed days as runs that neither touch nor overlap, in order. */
struct closed_days {
	int n;
	struct {
		day_t from, to;
	} run[CLOSED_RUNS];
};

/* Adds the days from..to; false when they would make too many separate runs. */
bool closed_days_add(struct closed_days *c, day_t from, day_t to);
bool closed_days_has(const struct closed_days *c, day_t d);

/* The first day on or after d that is open. */
day_t closed_days_open_on(const struct closed_days *c, day_t d);

/* "2026-10" or "2026": its first and last day. ERR_INVALID otherwise. */
bool period_parse(const char *text, day_t *ret_from, day_t *ret_to, struct err *e) NODISCARD;

/* ERR_REFUSED, naming the day and its closed run: what every refusal of a late fact says. */
bool period_refuse(const struct closed_days *c, day_t d, struct err *e);

/* ---- as the database holds them ------------------------------------------------------------------ */

struct period {
	int64_t id;
	day_t from_on, to_on;
	const char *state; /* "closed", "reopened" */
	const char *closed_by;
	int64_t recorded;
	/* the newest request to reopen it; reopening_id 0: none */
	int64_t reopening_id;
	const char *reopening_state; /* "asked", "approved", "refused" */
	const char *reason, *asked_by, *decided_by;
	int64_t asked, decided; /* moments */
};

/* Newest days first. */
bool period_list(struct db *db, struct arena *a, int64_t entity_id, struct period **ret,
		 size_t *ret_n, struct err *e) NODISCARD;

/* The closed days of the entity, held shared until the transaction ends. For post.c and the importer. */
bool period_hold(struct db *db, int64_t entity_id, struct closed_days *ret,
		 struct err *e) NODISCARD;

/* Closes the days, in a transaction of its own. ERR_REFUSED when the last is not over, ERR_DUPLICATE when
 * they are closed already. ret_id may be NULL. */
bool period_close(struct db *db, int64_t entity_id, day_t from, day_t to, day_t today,
		  const char *actor, int64_t now, int64_t *ret_id, struct err *e) NODISCARD;

/* Asks for a closed period to be reopened. ERR_CONFLICT when it is not closed or was asked for already,
 * ERR_REFUSED when another closed period covers it, ERR_INVALID without a reason. */
bool period_ask(struct db *db, int64_t entity_id, int64_t period_id, const char *reason,
		const char *actor, int64_t now, struct err *e) NODISCARD;

/* Approves, which reopens it, or refuses. ERR_FORBIDDEN when the one who asked approves; ERR_CONFLICT when
 * nothing is asked for. */
bool period_decide(struct db *db, int64_t entity_id, int64_t period_id, bool is_approved,
		   const char *actor, int64_t now, struct err *e) NODISCARD;

/* ---- taken back, in the caller's transaction (undo.h) -------------------------------------------- */

/* The closing: only by who closed it, within a quarter of an hour, while nothing rests on it; else ERR_REFUSED, for a
 * period is reopened by two people. */
bool period_close_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t period_id,
		       const char *actor, int64_t now, struct err *e) NODISCARD;

/* The reopening: it is closed again, and asked for again. ERR_CONFLICT when it was closed since. */
bool period_reopen_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t period_id,
			struct err *e) NODISCARD;

/* The refusal or withdrawal: it is asked for again. ERR_CONFLICT when something was done since. */
bool period_refuse_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t period_id,
			struct err *e) NODISCARD;

#endif
