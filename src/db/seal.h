/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal.h - positions and hash chain over the event log (doc/seal.md has the byte format).
 *
 * Every committed event gets a dense position (1, 2, 3 ...), such that who could see another's facts comes
 * after it, and a SHA-256 over its content and the hash of the position before. What follows the log (the
 * book, webhooks) follows positions, never moments or ids.
 *
 * Nobody has to call for it. On SQLite, where one writes at a time, db_commit seals inside the
 * transaction. On PostgreSQL a writer leaves its events in a queue with the commit, then seals what is
 * there unless another is at it: writers never wait for the head of the chain. The worker does what a
 * dead writer left.
 *
 *	int64_t position;
 *	if (!seal_position(db, &position, e))
 *		return false;
 *	// all that was committed before is within 1..position, but for what another process commits now
 */
#ifndef DB_SEAL_H
#define DB_SEAL_H

#include "db/db.h"

enum { SEAL_HASH = 32, SEAL_SALT = 16 };

/* The newest position, 0 when there is none. */
bool seal_position(struct db *db, int64_t *ret, struct err *e) NODISCARD;

/* The newest position that was known at a moment: its `sealed` is not after it. 0 when there is none. */
bool seal_position_at(struct db *db, int64_t moment, int64_t *ret, struct err *e) NODISCARD;

/* The position of an event, 0 when it has none yet. */
bool seal_position_of(struct db *db, int64_t event_id, int64_t *ret, struct err *e) NODISCARD;

/* Seals what is committed and has no position yet; leaves at once when another is doing it. Outside of a
 * transaction. */
bool seal_run(struct db *db, struct err *e) NODISCARD;

/* Erases the body of a sealed event with its salt (a person's right): the chain stays valid, and a new
 * event "event.erased" says that it was done and why. In the caller's transaction. ERR_NOT_FOUND when the
 * event has no position, ERR_CONFLICT when its body is erased already. */
bool seal_erase(struct db *db, int64_t event_id, const char *reason, const char *actor, int64_t now,
		struct err *e) NODISCARD;

/* The head of the chain, as it is kept outside. position is 0 for an empty chain. */
struct seal_head {
	int64_t position;
	int64_t sealed;
	unsigned char hash[SEAL_HASH];
};

bool seal_head(struct db *db, struct seal_head *ret, struct err *e) NODISCARD;

/* ---- the hash itself, for the sealer and its test ---- */

struct seal_entry {
	int64_t position, sealed;
	int64_t event_id, entity_id, subject_id, recorded; /* 0 for absent */
	const char *kind, *subject_kind, *actor;
	unsigned char commitment[SEAL_HASH];
};

void seal_commitment(const unsigned char salt[SEAL_SALT], const char *body,
		     unsigned char ret[SEAL_HASH]);
void seal_hash(const unsigned char before[SEAL_HASH], const struct seal_entry *en,
	       unsigned char ret[SEAL_HASH]);

/* ---- for db.c ---- */

/* Remembers an event of the open transaction. */
void seal_note(struct db *db, int64_t event_id);

/* The last act of a transaction that added events. */
bool seal_before_commit(struct db *db, struct err *e) NODISCARD;

/* After a commit with events: on PostgreSQL, seals; a failure is told in the log only, because the commit
 * stands and the worker will do it. */
void seal_after_commit(struct db *db);

#endif
