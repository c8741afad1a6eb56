/* SPDX-License-Identifier: Apache-2.0 */
#include "team/token.h"

#include "base/json.h"
#include "base/text.h"
#include "db/event.h"

#include <sodium.h>

#define MINUTE INT64_C(60000000)

static const char prefix[] = "enc_";
enum { HASH_TEXT = crypto_hash_sha256_BYTES * 2 + 1 };

static void hash_of(const char *key, char text[HASH_TEXT])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const unsigned char *)key, strlen(key));
	sodium_bin2hex(text, HASH_TEXT, digest, sizeof digest);
}

bool token_may_be(enum role role)
{
	/* Who only sees his own customers answers for none as a program; users are administered by people. */
	return role_sees_all(role) && !(role_rights(role) & PERM_BIT(PERM_USER_ADMIN));
}

/* ---- making and ending --------------------------------------------------------------------------- */

struct adding {
	const struct new_token *t;
	const char *hash;
	int64_t id;
};

static bool tell(struct db *db, const char *kind, int64_t entity_id, int64_t id, const char *actor,
		 int64_t now, const char *role, int64_t *ret_event, struct err *e)
{
	struct arena *a = arena_new(1 << 16);
	struct json j;
	struct buf b;
	bool ok;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	if (role)
		json_put_text(&j, "role", role);
	json_end(&j);
	ok = event_add(db,
		       &(struct event){ .entity_id = entity_id,
					.kind = kind,
					.subject_kind = "api_token",
					.subject_id = id,
					.actor = actor,
					.body = buf_str(&b),
					.recorded = now },
		       ret_event, e);
	arena_free(a);
	return ok;
}

static bool add_tx(struct db *db, void *arg, struct err *e)
{
	struct adding *x = arg;
	const struct new_token *t = x->t;
	int64_t event_id;

	return db_new_id(db, &x->id, e) &&
	       tell(db, "token.added", t->entity_id, x->id, t->actor, t->now, t->role, &event_id,
		    e) &&
	       db_exec(db,
		       "INSERT INTO api_token (id, entity_id, name, token_hash, role, expires, "
		       "actor,"
		       " event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		       DB_PARAMS(P_I64(x->id), P_I64(t->entity_id), P_TEXT(t->name),
				 P_TEXT(x->hash), P_TEXT(t->role), P_ID(t->expires),
				 P_TEXT(t->actor), P_I64(event_id), P_I64(t->now)),
		       NULL, e);
}

bool token_add(struct db *db, const struct new_token *t, int64_t *ret_id, char ret_key[TOKEN_KEY],
	       struct err *e)
{
	unsigned char random[32];
	char hash[HASH_TEXT], key[TOKEN_KEY];
	struct adding x = { .t = t, .hash = hash };
	enum role role;

	if (str_empty(t->name) || text_length(t->name) > TOKEN_NAME_MAX)
		return err_field(e, ERR_INVALID, "name",
				 "a token needs a name of at most %d letters", TOKEN_NAME_MAX);
	if (!role_parse(t->role, &role, e))
		return false;
	if (!token_may_be(role))
		return err_field(e, ERR_INVALID, "role", "a token cannot have the role %s",
				 t->role);
	if (t->expires && t->expires <= t->now)
		return err_field(e, ERR_INVALID, "expires", "the day on which it ends is past");
	randombytes_buf(random, sizeof random);
	memcpy(key, prefix, sizeof prefix);
	sodium_bin2hex(key + sizeof prefix - 1, sizeof key - sizeof prefix + 1, random,
		       sizeof random);
	hash_of(key, hash);
	if (!db_tx(db, add_tx, &x, e))
		return false;
	*ret_id = x.id;
	memcpy(ret_key, key, TOKEN_KEY);
	return true;
}

struct revoking {
	int64_t entity_id, id;
	const char *actor;
	int64_t now;
};

static bool revoke_tx(struct db *db, void *arg, struct err *e)
{
	const struct revoking *x = arg;
	int64_t changed, n;

	if (!db_get_i64(db, "SELECT count(*) FROM api_token WHERE id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(x->id), P_I64(x->entity_id)), 0, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no token %" PRId64, x->id);
	if (!db_exec(db, "UPDATE api_token SET revoked = $2 WHERE id = $1 AND revoked IS NULL",
		     DB_PARAMS(P_I64(x->id), P_I64(x->now)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "token %" PRId64 " is revoked already", x->id);
	return tell(db, "token.revoked", x->entity_id, x->id, x->actor, x->now, NULL, NULL, e);
}

bool token_revoke(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		  struct err *e)
{
	return db_tx(db, revoke_tx, &(struct revoking){ entity_id, id, actor, now }, e);
}

static bool restore_tx(struct db *db, void *arg, struct err *e)
{
	const struct revoking *x = arg;
	int64_t changed;

	if (!db_exec(db,
		     "UPDATE api_token SET revoked = NULL WHERE id = $1 AND entity_id = $2"
		     " AND revoked IS NOT NULL",
		     DB_PARAMS(P_I64(x->id), P_I64(x->entity_id)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "token %" PRId64 " is not revoked", x->id);
	return tell(db, "token.restored", x->entity_id, x->id, x->actor, x->now, NULL, NULL, e);
}

bool token_restore(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		   struct err *e)
{
	return db_tx(db, restore_tx, &(struct revoking){ entity_id, id, actor, now }, e);
}

/* ---- reading ------------------------------------------------------------------------------------- */

bool token_list(struct db *db, struct arena *a, int64_t entity_id, struct token **ret,
		size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct token, id),      DB_COL(struct token, name),
		DB_COL(struct token, role),    DB_COL(struct token, expires),
		DB_COL(struct token, revoked), DB_COL(struct token, last_used),
		DB_COL(struct token, actor),   DB_COL(struct token, recorded),
	};

	return db_list(db, a,
		       "SELECT id, name, role, expires, revoked, last_used, actor, recorded"
		       " FROM api_token WHERE entity_id = $1 ORDER BY recorded DESC, id DESC",
		       DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof **ret,
		       (void **)ret, ret_n, e);
}

const char *token_name(struct db *db, struct arena *a, int64_t id)
{
	char *name;

	return db_get_text(db, a, "SELECT name FROM api_token WHERE id = $1", DB_PARAMS(P_I64(id)),
			   &name, NULL) &&
			       name
		       ? name
		       : "";
}

/* ---- calling ------------------------------------------------------------------------------------- */

struct caller {
	int64_t id, used_minute, n_used;
	const char *name, *role, *entity_code;
};

/* Counts the call. While another connection writes for long, calls are not counted, rather than refused. */
static bool count_call(struct db *db, const struct caller *c, int64_t now, struct err *e)
{
	int64_t minute = now / MINUTE;
	struct err own = { 0 };

	if (c->used_minute == minute && c->n_used >= TOKEN_PER_MINUTE)
		return err_set(e, ERR_THROTTLED, "more than %d calls within a minute",
			       TOKEN_PER_MINUTE);
	if (db_exec_unless_busy(
		    db,
		    "UPDATE api_token SET last_used = $2, n_used = CASE WHEN used_minute ="
		    " $3 THEN n_used + 1 ELSE 1 END, used_minute = $3 WHERE id = $1",
		    DB_PARAMS(P_I64(c->id), P_I64(now), P_I64(minute)), &own) ||
	    own.code == ERR_RETRY)
		return true;
	if (e)
		*e = own;
	return false;
}

bool team_token(struct db *db, struct arena *a, const char *key, int64_t now, struct web_user *ret,
		const char **ret_entity_code, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct caller, id),     DB_COL(struct caller, used_minute),
		DB_COL(struct caller, n_used), DB_COL(struct caller, name),
		DB_COL(struct caller, role),   DB_COL(struct caller, entity_code),
	};
	char hash[HASH_TEXT];
	struct caller *list;
	enum role role;
	size_t n;

	if (!str_starts(key, prefix) || strlen(key) != TOKEN_KEY - 1)
		return err_set(e, ERR_UNAUTHENTICATED, "this token is not valid");
	hash_of(key, hash);
	if (!db_list(db, a,
		     "SELECT t.id, t.used_minute, t.n_used, t.name, t.role, n.code FROM api_token t"
		     " JOIN entity n ON n.id = t.entity_id WHERE t.token_hash = $1"
		     " AND t.revoked IS NULL AND (t.expires IS NULL OR t.expires > $2)",
		     DB_PARAMS(P_TEXT(hash), P_I64(now)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_UNAUTHENTICATED, "this token is not valid");
	if (!role_parse(list[0].role, &role, e) || !count_call(db, &list[0], now, e))
		return false;
	*ret = (struct web_user){ .id = list[0].id,
				  .name = list[0].name,
				  .role = list[0].role,
				  .permissions = role_rights(role) };
	*ret_entity_code = list[0].entity_code;
	return true;
}
