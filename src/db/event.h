/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.h - the append-only log of what happened (piste d'audit).
 *
 * Every transaction that changes a fact writes at least one event; facts carry the id of the event
 * that announced them. Events are never changed or deleted. Positions and hash chain are the business
 * of db/seal.h.
 */
#ifndef DB_EVENT_H
#define DB_EVENT_H

#include "db/db.h"

struct event {
	int64_t entity_id;        /* 0 for what concerns the whole installation */
	const char *kind;         /* "import.applied", "allocation.made", "message.accepted" ... */
	const char *subject_kind; /* table name: "item", "customer", "message" ... */
	int64_t subject_id;
	const char *actor; /* "user:12", "rule:reference", "system", "cli" */
	const char *body;  /* a JSON object with what changed; "{}" when nothing more to say */
	int64_t recorded;  /* moment, microseconds UTC */
};

/* Writes one event inside the current transaction (stops the program outside of one); ret_id may be
 * NULL. */
bool event_add(struct db *db, const struct event *ev, int64_t *ret_id, struct err *e) NODISCARD;

/* The same for many: the rows wait in the copy, which db_copy_end ends. Begin it before the copies of what names the
 * events. */
bool event_copy_begin(struct db *db, struct db_copy **ret, struct err *e) NODISCARD;
bool event_copy_add(struct db *db, struct db_copy *copy, const struct event *ev, int64_t *ret_id,
		    struct err *e) NODISCARD;

#endif
