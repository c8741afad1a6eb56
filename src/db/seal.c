/* SPDX-License-Identifier: Apache-2.0 */
#include "db/seal.h"

#include "base/json.h"
#include "base/log.h"
#include "db/db_engine.h"
#include "db/event.h"

#include <sodium.h>
#include <stdlib.h>

enum { BATCH = 500 };

/* ---- the hash ---- */

static void hash_number(crypto_hash_sha256_state *st, int64_t v)
{
	unsigned char b[8];

	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)((uint64_t)v >> (56 - 8 * i));
	crypto_hash_sha256_update(st, b, sizeof b);
}

static void hash_text(crypto_hash_sha256_state *st, const char *s)
{
	hash_number(st, (int64_t)strlen(s));
	crypto_hash_sha256_update(st, (const unsigned char *)s, strlen(s));
}

/* The names that begin each hash: what is hashed for one purpose never passes for another. */
static void hash_domain(crypto_hash_sha256_state *st, const char *name)
{
	crypto_hash_sha256_init(st);
	crypto_hash_sha256_update(st, (const unsigned char *)name, strlen(name) + 1);
}

void seal_commitment(const unsigned char salt[SEAL_SALT], const char *body,
		     unsigned char ret[SEAL_HASH])
{
	crypto_hash_sha256_state st;

	hash_domain(&st, "encours.body.1");
	crypto_hash_sha256_update(&st, salt, SEAL_SALT);
	hash_text(&st, body);
	crypto_hash_sha256_final(&st, ret);
}

void seal_hash(const unsigned char before[SEAL_HASH], const struct seal_entry *en,
	       unsigned char ret[SEAL_HASH])
{
	crypto_hash_sha256_state st;

	hash_domain(&st, "encours.event.1");
	crypto_hash_sha256_update(&st, before, SEAL_HASH);
	hash_number(&st, en->position);
	hash_number(&st, en->sealed);
	hash_number(&st, en->event_id);
	hash_number(&st, en->entity_id);
	hash_text(&st, en->kind);
	hash_text(&st, en->subject_kind);
	hash_number(&st, en->subject_id);
	hash_text(&st, en->actor);
	hash_number(&st, en->recorded);
	crypto_hash_sha256_update(&st, en->commitment, SEAL_HASH);
	crypto_hash_sha256_final(&st, ret);
}

/* ---- positions ---- */

bool seal_position(struct db *db, int64_t *ret, struct err *e)
{
	return db_get_i64(db, "SELECT position FROM seal ORDER BY position DESC LIMIT 1",
			  DB_NO_PARAMS, 0, ret, e);
}

bool seal_position_at(struct db *db, int64_t moment, int64_t *ret, struct err *e)
{
	return db_get_i64(db,
			  "SELECT position FROM seal WHERE sealed <= $1"
			  " ORDER BY sealed DESC, position DESC LIMIT 1",
			  DB_PARAMS(P_I64(moment)), 0, ret, e);
}

bool seal_position_of(struct db *db, int64_t event_id, int64_t *ret, struct err *e)
{
	return db_get_i64(db, "SELECT position FROM seal WHERE event_id = $1",
			  DB_PARAMS(P_I64(event_id)), 0, ret, e);
}

bool seal_head(struct db *db, struct seal_head *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct seal_head head = { 0 };
	const void *hash;
	size_t n;
	bool more;

	if (!db_query(db, "SELECT position, sealed, hash FROM seal ORDER BY position DESC LIMIT 1",
		      DB_NO_PARAMS, &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	if (more) {
		head.position = row_i64(r, 0);
		head.sealed = row_i64(r, 1);
		hash = row_blob(r, 2, &n);
		if (n != SEAL_HASH)
			return err_set(e, ERR_DB, "the seal of position %" PRId64 " is damaged",
				       head.position);
		memcpy(head.hash, hash, SEAL_HASH);
	}
	*ret = head;
	return true;
}

/* ---- sealing ---- */

static bool insert_seal(struct db *db, const struct seal_head *head, int64_t event_id,
			const unsigned char salt[SEAL_SALT],
			const unsigned char commitment[SEAL_HASH], struct err *e)
{
	return db_exec(db,
		       "INSERT INTO seal (position, event_id, sealed, salt, commitment, hash)"
		       " VALUES ($1, $2, $3, $4, $5, $6)",
		       DB_PARAMS(P_I64(head->position), P_I64(event_id), P_I64(head->sealed),
				 P_BLOB(salt, SEAL_SALT), P_BLOB(commitment, SEAL_HASH),
				 P_BLOB(head->hash, SEAL_HASH)),
		       NULL, e);
}

/* Gives the event the position after the head, which becomes the head. */
static bool seal_event(struct db *db, struct seal_head *head, int64_t event_id, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct seal_entry en = { .position = head->position + 1, .event_id = event_id };
	unsigned char salt[SEAL_SALT], hash[SEAL_HASH];
	bool more;

	if (!db_query(db,
		      "SELECT entity_id, kind, subject_kind, subject_id, actor, body, recorded"
		      " FROM event WHERE id = $1",
		      DB_PARAMS(P_I64(event_id)), &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	if (!more)
		return err_set(e, ERR_DB, "event %" PRId64 " to be sealed is not there", event_id);
	en.entity_id = row_i64(r, 0);
	en.kind = row_text(r, 1);
	en.subject_kind = row_text(r, 2);
	en.subject_id = row_i64(r, 3);
	en.actor = row_text(r, 4);
	en.recorded = row_i64(r, 6);
	en.sealed = en.recorded > head->sealed ? en.recorded : head->sealed;
	randombytes_buf(salt, sizeof salt);
	seal_commitment(salt, row_text(r, 5), en.commitment);
	seal_hash(head->hash, &en, hash);
	rows_closep(&r);
	head->position = en.position;
	head->sealed = en.sealed;
	memcpy(head->hash, hash, sizeof hash);
	return insert_seal(db, head, event_id, salt, en.commitment, e);
}

struct queued {
	int64_t turn, seq, event_id;
};

/* The oldest of the queue. Inside a transaction that alone may seal. */
static bool seal_batch(struct db *db, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct queued, turn),
						    DB_COL(struct queued, seq),
						    DB_COL(struct queued, event_id) };
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct queued *list = NULL;
	struct seal_head head;
	size_t n = 0;

	if (!db_list(db, a,
		     "SELECT turn, seq, event_id FROM event_unsealed ORDER BY turn, seq LIMIT $1",
		     DB_PARAMS(P_I64(BATCH)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	if (n > 0 && !seal_head(db, &head, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!seal_event(db, &head, list[i].event_id, e) ||
		    !db_exec(db, "DELETE FROM event_unsealed WHERE turn = $1 AND seq = $2",
			     DB_PARAMS(P_I64(list[i].turn), P_I64(list[i].seq)), NULL, e))
			return false;
	*ret_n = n;
	return true;
}

/* False in *ret_mine when another holds the lock; it will see what is in the queue now. */
static bool take_lock(struct db *db, bool *ret_mine, struct err *e)
{
	int64_t mine = 1;

	if (db->ops->seal_lock && !db_raw_i64(db, db->ops->seal_lock, &mine, e))
		return false;
	*ret_mine = mine != 0;
	return true;
}

static bool run_once(struct db *db, bool *ret_mine, struct err *e)
{
	size_t n = 0;

	*ret_mine = false;
	if (!db_begin(db, e))
		return false;
	if (!take_lock(db, ret_mine, e) || (*ret_mine && !seal_batch(db, &n, e))) {
		db_rollback(db);
		return false;
	}
	if (n > 0)
		return db_commit(db, e);
	db_rollback(db);
	return true;
}

bool seal_run(struct db *db, struct err *e)
{
	bool mine = true;

	/* Who was refused the lock relies on us: so look again once it is given back. */
	while (mine) {
		int64_t turn;

		if (!db_get_i64(db, "SELECT turn FROM event_unsealed LIMIT 1", DB_NO_PARAMS, -1,
				&turn, e))
			return false;
		if (turn < 0)
			return true;
		if (!run_once(db, &mine, e))
			return false;
	}
	return true;
}

/* ---- commits ---- */

void seal_note(struct db *db, int64_t event_id)
{
	if (db->n_events == db->events_room) {
		db->events_room = db->events_room ? 2 * db->events_room : 16;
		db->events = realloc(db->events, db->events_room * sizeof *db->events);
		ENSURE(db->events);
	}
	db->events[db->n_events++] = event_id;
}

/* Draws the turn now, after everything the transaction has read: who saw a committed fact has the later
 * turn. */
static bool queue_events(struct db *db, struct err *e)
{
	int64_t turn;

	if (!db_raw_i64(db, db->ops->seal_turn, &turn, e))
		return false;
	for (size_t i = 0; i < db->n_events; i++)
		if (!db_exec(db,
			     "INSERT INTO event_unsealed (turn, seq, event_id) VALUES ($1, $2, $3)",
			     DB_PARAMS(P_I64(turn), P_I64((int64_t)i), P_I64(db->events[i])), NULL,
			     e))
			return false;
	return true;
}

bool seal_before_commit(struct db *db, struct err *e)
{
	struct seal_head head;

	if (db->n_events == 0)
		return true;
	if (db->ops->seal_turn)
		return queue_events(db, e);
	if (!seal_head(db, &head, e))
		return false;
	for (size_t i = 0; i < db->n_events; i++)
		if (!seal_event(db, &head, db->events[i], e))
			return false;
	return true;
}

void seal_after_commit(struct db *db)
{
	struct err e = { 0 };

	if (db->ops->seal_turn && !seal_run(db, &e))
		log_line(LOG_WARNING, "db", "events wait for the worker to be sealed: %s", e.msg);
}

/* ---- erasing ---- */

static const char *erased_body(struct buf *b, struct arena *a, const char *reason)
{
	struct json j;

	buf_init(b, a);
	json_init(&j, b);
	json_open_object(&j);
	json_put_text(&j, "reason", reason);
	json_end(&j);
	return buf_str(b);
}

bool seal_erase(struct db *db, int64_t event_id, const char *reason, const char *actor, int64_t now,
		struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	int64_t changed, position;
	struct buf b;

	if (!seal_position_of(db, event_id, &position, e))
		return false;
	if (position == 0)
		return err_set(e, ERR_NOT_FOUND, "event %" PRId64 " has no position", event_id);
	if (!db_exec(db, "UPDATE seal SET salt = NULL WHERE event_id = $1 AND salt IS NOT NULL",
		     DB_PARAMS(P_I64(event_id)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "the body of event %" PRId64 " is erased already",
			       event_id);
	return db_exec(db, "UPDATE event SET body = '{}' WHERE id = $1", DB_PARAMS(P_I64(event_id)),
		       NULL, e) &&
	       event_add(db,
			 &(struct event){ .kind = "event.erased",
					  .subject_kind = "event",
					  .subject_id = event_id,
					  .actor = actor,
					  .body = erased_body(&b, a, reason),
					  .recorded = now },
			 NULL, e);
}
