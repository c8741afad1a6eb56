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

static bool seal_copy_begin(struct db *db, struct db_copy **ret, struct err *e)
{
	return db_copy_begin(db, "seal", "position, event_id, sealed, salt, commitment, hash", ret,
			     e);
}

/* What is hashed of an event, as it comes from these columns. */
#define EVENT_COLUMNS \
	"v.entity_id, v.kind, v.subject_kind, v.subject_id, v.actor, v.body, v.recorded"

/* Gives the event of the row the position after the head, which becomes the head. */
static bool seal_row(struct db_copy *to, struct seal_head *head, int64_t event_id,
		     const struct rows *r, struct err *e)
{
	struct seal_entry en = { .position = head->position + 1,
				 .event_id = event_id,
				 .entity_id = row_i64(r, 0),
				 .kind = row_text(r, 1),
				 .subject_kind = row_text(r, 2),
				 .subject_id = row_i64(r, 3),
				 .actor = row_text(r, 4),
				 .recorded = row_i64(r, 6) };
	unsigned char salt[SEAL_SALT], hash[SEAL_HASH];

	en.sealed = en.recorded > head->sealed ? en.recorded : head->sealed;
	randombytes_buf(salt, sizeof salt);
	seal_commitment(salt, row_text(r, 5), en.commitment);
	seal_hash(head->hash, &en, hash);
	head->position = en.position;
	head->sealed = en.sealed;
	memcpy(head->hash, hash, sizeof hash);
	return db_copy_row(to,
			   DB_PARAMS(P_I64(en.position), P_I64(event_id), P_I64(en.sealed),
				     P_BLOB(salt, SEAL_SALT), P_BLOB(en.commitment, SEAL_HASH),
				     P_BLOB(hash, SEAL_HASH)),
			   e);
}

static bool is_missing(int64_t event_id, struct err *e)
{
	return err_set(e, ERR_DB, "event %" PRId64 " to be sealed is not there", event_id);
}

static bool seal_event(struct db *db, struct db_copy *to, struct seal_head *head, int64_t event_id,
		       struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	if (!db_query(db, "SELECT " EVENT_COLUMNS " FROM event v WHERE v.id = $1",
		      DB_PARAMS(P_I64(event_id)), &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	if (!more)
		return is_missing(event_id, e);
	return seal_row(to, head, event_id, r, e);
}

/* Seals the oldest of the queue; key[] gets two values for each, its key there. */
static bool seal_queue(struct db *db, struct seal_head *head, struct db_param *key, size_t *ret_n,
		       struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct db_copy *copy;
	bool more = false;
	size_t n = 0;

	if (!db_query(db,
		      "SELECT " EVENT_COLUMNS ", q.event_id, q.turn, q.seq FROM event_unsealed q"
		      " LEFT JOIN event v ON v.id = q.event_id ORDER BY q.turn, q.seq LIMIT $1",
		      DB_PARAMS(P_I64(BATCH)), &r, e) ||
	    !seal_copy_begin(db, &copy, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		key[2 * n] = P_I64(row_i64(r, 8));
		key[2 * n + 1] = P_I64(row_i64(r, 9));
		n++;
		if (row_is_null(r, 1))
			return is_missing(row_i64(r, 7), e);
		if (!seal_row(copy, head, row_i64(r, 7), r, e))
			return false;
	}
	*ret_n = n;
	return !more && db_copy_end(copy, e);
}

/* The oldest of the queue. Inside a transaction that alone may seal. What others leave in the queue meanwhile may
 * come before them: so those that were sealed are taken out one by one. */
static bool seal_batch(struct db *db, size_t *ret_n, struct err *e)
{
	struct db_param key[2 * BATCH];
	struct seal_head head;

	return seal_head(db, &head, e) && seal_queue(db, &head, key, ret_n, e) &&
	       db_exec_many(db, "DELETE FROM event_unsealed WHERE (turn, seq) IN (VALUES $rows)",
			    DB_MANY(key, 2, *ret_n), NULL, e);
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
	struct db_copy *copy;
	int64_t turn;

	if (!db_raw_i64(db, db->ops->seal_turn, &turn, e) ||
	    !db_copy_begin(db, "event_unsealed", "turn, seq, event_id", &copy, e))
		return false;
	for (size_t i = 0; i < db->n_events; i++)
		if (!db_copy_row(copy,
				 DB_PARAMS(P_I64(turn), P_I64((int64_t)i), P_I64(db->events[i])),
				 e))
			return false;
	return db_copy_end(copy, e);
}

static bool seal_events(struct db *db, struct err *e)
{
	struct db_copy *copy;
	struct seal_head head;

	if (!seal_head(db, &head, e) || !seal_copy_begin(db, &copy, e))
		return false;
	for (size_t i = 0; i < db->n_events; i++)
		if (!seal_event(db, copy, &head, db->events[i], e))
			return false;
	return db_copy_end(copy, e);
}

bool seal_before_commit(struct db *db, struct err *e)
{
	if (db->n_events == 0)
		return true;
	return db->ops->seal_turn ? queue_events(db, e) : seal_events(db, e);
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
