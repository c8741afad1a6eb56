/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idempotency.c - one effect per key, however often the form is sent.
 *
 * The key is reserved before the handler runs (status 0) and gets its answer after. The same key with the
 * same content gives the same answer again; with another content, or while the first is at work, 409. A
 * refused act frees the key, so that a corrected form may use it. Keys are kept for two days.
 */
#include "web/private.h"

#include <sodium.h>

static const int64_t kept = INT64_C(2) * 24 * 3600 * 1000000;
enum { KEY_MAX = 128, BODY_MAX = 64 * 1024 };

const char *idempotency_key(const struct request *r)
{
	const char *key = request_header(r, "Idempotency-Key");

	if (!key)
		key = request_form(r, "idempotency_key");
	return str_empty(key) ? NULL : key;
}

static void request_digest(const struct request *r, char text[TOKEN_TEXT])
{
	crypto_hash_sha256_state h;
	unsigned char digest[crypto_hash_sha256_BYTES];

	body_digest(r->own->body, digest);
	crypto_hash_sha256_init(&h);
	crypto_hash_sha256_update(&h, (const unsigned char *)method_name(r->method),
				  strlen(method_name(r->method)) + 1);
	crypto_hash_sha256_update(&h, (const unsigned char *)r->target, strlen(r->target) + 1);
	crypto_hash_sha256_update(&h, digest, sizeof digest);
	crypto_hash_sha256_final(&h, digest);
	sodium_bin2hex(text, TOKEN_TEXT, digest, sizeof digest);
}

static void answer_again(struct request *r, int status, const char *location, const char *body)
{
	struct answer *answer = &r->own->answer;

	answer->status = status;
	answer->media_type = location ? "text/plain; charset=utf-8" : "text/html; charset=utf-8";
	answer->bytes = arena_strdup(r->arena, body ? body : "");
	answer->n = strlen(answer->bytes);
	if (location)
		respond_header(r, "Location", location);
	else if (answer->bytes[0] == '{')
		answer->media_type = "application/json";
	respond_header(r, "Idempotent-Replay", "true");
}

static bool replay(struct request *r, const char *key, const char *hash, struct err *e)
{
	CLEANUP(rows_closep) struct rows *rows = NULL;
	bool more;

	if (!db_query(r->db,
		      "SELECT request_hash, status, location, body FROM idempotency"
		      " WHERE user_id = $1 AND key = $2",
		      DB_PARAMS(P_I64(r->user.id), P_TEXT(key)), &rows, e) ||
	    !rows_next(rows, &more, e))
		return false;
	if (!more)
		return err_set(e, ERR_RETRY,
			       "the same request was refused just now; send it again");
	if (!str_eq(row_text(rows, 0), hash))
		return err_set(e, ERR_CONFLICT, "this key was used for another request");
	if (row_i64(rows, 1) == 0)
		return err_set(e, ERR_CONFLICT, "the same request is still at work");
	answer_again(r, (int)row_i64(rows, 1), row_text(rows, 2), row_text(rows, 3));
	return true;
}

bool idempotency_begin(struct request *r, const char *key, bool *ret_done, struct err *e)
{
	char hash[TOKEN_TEXT];
	int64_t changed;

	if (strlen(key) > KEY_MAX)
		return err_set(e, ERR_USAGE, "an idempotency key has at most %d characters",
			       KEY_MAX);
	request_digest(r, hash);
	if (!db_exec(r->db, "DELETE FROM idempotency WHERE recorded < $1",
		     DB_PARAMS(P_I64(r->now - kept)), NULL, e) ||
	    !db_exec(r->db,
		     "INSERT INTO idempotency (key, user_id, request_hash, status, recorded)"
		     " VALUES ($1, $2, $3, 0, $4) ON CONFLICT (user_id, key) DO NOTHING",
		     DB_PARAMS(P_TEXT(key), P_I64(r->user.id), P_TEXT(hash), P_I64(r->now)),
		     &changed, e))
		return false;
	if (changed == 1)
		return true;
	*ret_done = true;
	return replay(r, key, hash, e);
}

bool idempotency_end(struct request *r, const char *key, struct err *e)
{
	const struct answer *answer = &r->own->answer;
	const char *location = NULL, *body = NULL;

	if (answer->status >= 400 || answer->status == 0)
		return db_exec(r->db, "DELETE FROM idempotency WHERE user_id = $1 AND key = $2",
			       DB_PARAMS(P_I64(r->user.id), P_TEXT(key)), NULL, e);
	for (size_t i = 0; i < answer->n_headers; i++) {
		if (str_eq(answer->headers[i].name, "Location"))
			location = answer->headers[i].value;
	}
	if (answer->fd < 0 && answer->n <= BODY_MAX && !location)
		body = arena_strndup(r->arena, answer->bytes, answer->n);
	return db_exec(r->db,
		       "UPDATE idempotency SET status = $3, location = $4, body = $5"
		       " WHERE user_id = $1 AND key = $2",
		       DB_PARAMS(P_I64(r->user.id), P_TEXT(key), P_I64(answer->status),
				 P_TEXT(location), P_TEXT(body)),
		       NULL, e);
}
