/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.c - who is asking.
 *
 * The cookie is 256 random bits; only its SHA-256 is stored, so that who reads the database cannot log in
 * with what is there. A session ends after 8 hours without a request, or 7 days in all.
 */
#include "web/private.h"

#include "base/json.h"
#include "db/event.h"

#include <jansson.h>
#include <sodium.h>

#define SESSION_COOKIE "encours_session"
#define BROWSER_COOKIE "encours_browser" /* before login: ties the login form to the browser */

static const int64_t second = 1000000;
enum { IDLE_SECONDS = 8 * 3600, LIFE_SECONDS = 7 * 24 * 3600, SEEN_SECONDS = 60 };

void token_new(char text[TOKEN_TEXT])
{
	unsigned char random[32];

	randombytes_buf(random, sizeof random);
	sodium_bin2hex(text, TOKEN_TEXT, random, sizeof random);
}

static void hash_of(const char *token, char text[TOKEN_TEXT])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const unsigned char *)token, strlen(token));
	sodium_bin2hex(text, TOKEN_TEXT, digest, sizeof digest);
}

static bool is_token(const char *s)
{
	return s && strlen(s) == TOKEN_TEXT - 1 && strspn(s, "0123456789abcdef") == TOKEN_TEXT - 1;
}

/* Nobody is logged in: forms carry a token made from a cookie of the browser, which another site can
 * neither read nor set. */
static bool load_browser(struct request *r)
{
	const char *cookie = parse_cookie(r->arena, request_header(r, "Cookie"), BROWSER_COOKIE);
	char *fresh = arena_alloc(r->arena, TOKEN_TEXT);
	char *csrf = arena_alloc(r->arena, TOKEN_TEXT);

	if (!is_token(cookie)) {
		token_new(fresh);
		respond_cookie(r, BROWSER_COOKIE, fresh, LIFE_SECONDS);
		cookie = fresh;
	}
	hash_of(arena_printf(r->arena, "form %s", cookie), csrf);
	r->own->csrf = csrf;
	return true;
}

static bool find(struct request *r, const char *hash, struct session *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *rows = NULL;
	bool more;

	if (!db_query(r->db,
		      "SELECT user_id, csrf, created, seen, expires FROM session WHERE token_hash "
		      "= $1"
		      " AND expires > $2 AND seen > $3",
		      DB_PARAMS(P_TEXT(hash), P_I64(r->now), P_I64(r->now - IDLE_SECONDS * second)),
		      &rows, e) ||
	    !rows_next(rows, &more, e))
		return false;
	if (!more)
		return true;
	memcpy(ret->hash, hash, TOKEN_TEXT);
	ret->user_id = row_i64(rows, 0);
	ret->csrf = arena_strdup(r->arena, row_text(rows, 1));
	ret->created = row_i64(rows, 2);
	ret->seen = row_i64(rows, 3);
	ret->expires = row_i64(rows, 4);
	return true;
}

bool session_load(struct request *r, struct err *e)
{
	const char *cookie = parse_cookie(r->arena, request_header(r, "Cookie"), SESSION_COOKIE);
	struct session *s = &r->own->session;
	struct err why = { 0 };
	char hash[TOKEN_TEXT];

	if (!is_token(cookie))
		return load_browser(r);
	hash_of(cookie, hash);
	if (!find(r, hash, s, e))
		return err_while(e, "reading the session");
	if (!s->user_id)
		return load_browser(r);
	if (!r->own->app->user(r->db, r->arena, s->user_id, &r->user, &why)) {
		r->user = (struct web_user){ 0 };
		*s = (struct session){ 0 };
		if (why.code == ERR_UNAUTHENTICATED || why.code == ERR_NOT_FOUND)
			return load_browser(r);
		*e = why;
		return false;
	}
	r->own->csrf = s->csrf;
	/* Once a minute is enough, and a page never waits for an import to end: the next one will say it. */
	if (r->now - s->seen <= SEEN_SECONDS * second)
		return true;
	if (!db_exec_unless_busy(r->db, "UPDATE session SET seen = $2 WHERE token_hash = $1",
				 DB_PARAMS(P_TEXT(hash), P_I64(r->now)), &why) &&
	    why.code != ERR_RETRY) {
		*e = why;
		return false;
	}
	return true;
}

struct change {
	struct request *r;
	int64_t user_id;
	const char *old_hash;
	const char *new_hash;
	const char *csrf;
};

static bool end_old(struct db *db, const struct change *c, struct err *e)
{
	int64_t now = c->r->now;

	/* Sessions that ended by themselves go with it. */
	return db_exec(
		db, "DELETE FROM session WHERE token_hash = $1 OR expires < $2 OR seen < $3",
		DB_PARAMS(P_TEXT(c->old_hash), P_I64(now), P_I64(now - IDLE_SECONDS * second)),
		NULL, e);
}

static bool tell(struct db *db, const struct change *c, const char *kind, struct err *e)
{
	const struct event ev = {
		.kind = kind,
		.subject_kind = "user_account",
		.subject_id = c->user_id,
		.actor = arena_printf(c->r->arena, "user:%" PRId64, c->user_id),
		.body = "{}",
		.recorded = c->r->now,
	};

	return event_add(db, &ev, NULL, e);
}

static bool begin_tx(struct db *db, void *arg, struct err *e)
{
	const struct change *c = arg;
	int64_t now = c->r->now;

	return end_old(db, c, e) &&
	       db_exec(db,
		       "INSERT INTO session (token_hash, user_id, csrf, created, seen, expires)"
		       " VALUES ($1, $2, $3, $4, $4, $5)",
		       DB_PARAMS(P_TEXT(c->new_hash), P_I64(c->user_id), P_TEXT(c->csrf),
				 P_I64(now), P_I64(now + LIFE_SECONDS * second)),
		       NULL, e) &&
	       tell(db, c, "session.opened", e);
}

bool session_begin(struct request *r, int64_t user_id, struct err *e)
{
	char token[TOKEN_TEXT], hash[TOKEN_TEXT], csrf[TOKEN_TEXT];
	struct change c = { r, user_id, r->own->session.hash, hash, csrf };

	token_new(token);
	token_new(csrf);
	hash_of(token, hash);
	if (!db_tx(r->db, begin_tx, &c, e))
		return err_while(e, "opening the session");
	respond_cookie(r, SESSION_COOKIE, token, LIFE_SECONDS);
	respond_cookie(r, BROWSER_COOKIE, "", 0);
	memcpy(r->own->session.hash, hash, TOKEN_TEXT);
	r->own->session.user_id = user_id;
	return true;
}

static bool end_tx(struct db *db, void *arg, struct err *e)
{
	const struct change *c = arg;

	return end_old(db, c, e) && tell(db, c, "session.closed", e);
}

bool session_end(struct request *r, struct err *e)
{
	struct change c = { r, r->user.id, r->own->session.hash, NULL, NULL };

	if (r->user.id && !db_tx(r->db, end_tx, &c, e))
		return err_while(e, "closing the session");
	respond_cookie(r, SESSION_COOKIE, "", 0);
	r->own->session = (struct session){ 0 };
	return true;
}

/* ---- flash messages: kept with the session, said once ------------------------------------------ */

static bool flash_keep(struct request *r, const char *text, const char *undo_path, bool is_error,
		       struct err *e)
{
	struct buf b;
	struct json j;

	ENSURE(!undo_path || parse_is_local(undo_path));
	if (!r->own->session.user_id)
		return true;
	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "text", text);
	json_put_text(&j, "undo", undo_path);
	json_put_bool(&j, "error", is_error);
	json_end(&j);
	return db_exec(r->db, "UPDATE session SET flash = $2 WHERE token_hash = $1",
		       DB_PARAMS(P_TEXT(r->own->session.hash), P_TEXT(buf_str(&b))), NULL, e);
}

bool flash_set(struct request *r, const char *text, const char *undo_path, struct err *e)
{
	return flash_keep(r, text, undo_path, false, e);
}

bool flash_error(struct request *r, const char *text, struct err *e)
{
	return flash_keep(r, text, NULL, true, e);
}

bool session_take_flash(struct request *r, struct page_flash *ret, struct err *e)
{
	char *text;
	json_t *json;

	*ret = (struct page_flash){ 0 };
	if (!r->own->session.user_id)
		return true;
	if (!db_get_text(r->db, r->arena, "SELECT flash FROM session WHERE token_hash = $1",
			 DB_PARAMS(P_TEXT(r->own->session.hash)), &text, e))
		return false;
	if (!text)
		return true;
	json = json_loads(text, 0, NULL);
	if (json) {
		ret->text =
			arena_strdup(r->arena, json_string_value(json_object_get(json, "text")));
		ret->undo_url =
			arena_strdup(r->arena, json_string_value(json_object_get(json, "undo")));
		ret->is_error = json_is_true(json_object_get(json, "error"));
		json_decref(json);
	}
	return db_exec(r->db, "UPDATE session SET flash = NULL WHERE token_hash = $1",
		       DB_PARAMS(P_TEXT(r->own->session.hash)), NULL, e);
}
