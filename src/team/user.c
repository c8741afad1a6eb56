/* SPDX-License-Identifier: Apache-2.0 */
#include "team/user.h"

#include "base/text.h"
#include "db/event.h"
#include "db/undo.h"
#include "team/password.h"

#include <stdio.h>

enum { EMAIL_MAX = 254, NAME_MAX_LENGTH = 100 };

#define COLUMNS                                                         \
	"id, email, name, role, language, density, theme, is_disabled," \
	" CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END, version, recorded"

static const struct db_column columns[] = {
	DB_COL(struct user, id),           DB_COL(struct user, email),
	DB_COL(struct user, name),         DB_COL(struct user, role),
	DB_COL(struct user, language),     DB_COL(struct user, density),
	DB_COL(struct user, theme),        DB_COL(struct user, is_disabled),
	DB_COL(struct user, has_password), DB_COL(struct user, version),
	DB_COL(struct user, recorded),
};

/* ---- checks ---- */

/* One @ with something on both sides, no white space or control characters: the rest is the mail
 * server's business. */
static bool check_email(struct arena *a, const char *text, const char **ret, struct err *e)
{
	const char *email = text_lower_ascii(a, text_trim(a, text ? text : ""));
	const char *at = strchr(email, '@');
	bool ok = at && at != email && at[1] != '\0' && !strchr(at + 1, '@') &&
		  strlen(email) <= EMAIL_MAX && text_is_utf8(email, strlen(email));

	for (const char *c = email; ok && *c; c++)
		ok = (unsigned char)*c > ' ' && *c != 127 && !strchr("<>,;\"()", *c);
	if (!ok)
		return err_field(e, ERR_INVALID, "email", "\"%.60s\" is no e-mail address", email);
	*ret = email;
	return true;
}

static bool check_name(struct arena *a, const char *text, const char *email, const char **ret,
		       struct err *e)
{
	const char *name = text_squeeze(a, text ? text : "");

	if (*name == '\0')
		name = arena_strndup(a, email, (size_t)(strchr(email, '@') - email));
	if (!text_is_utf8(name, strlen(name)) || text_length(name) > NAME_MAX_LENGTH)
		return err_field(e, ERR_INVALID, "name", "the name has more than %d characters",
				 NAME_MAX_LENGTH);
	*ret = name;
	return true;
}

static bool tell(struct db *db, const char *kind, int64_t user_id, const char *actor, int64_t now,
		 const char *body, struct err *e)
{
	return event_add(db,
			 &(struct event){ .kind = kind,
					  .subject_kind = "user_account",
					  .subject_id = user_id,
					  .actor = actor,
					  .body = body,
					  .recorded = now },
			 NULL, e);
}

/* The same, keeping what the account was, so that it can be taken back. */
static bool tell_change(struct db *db, const char *kind, const struct user *old, const char *actor,
			int64_t now, const char *body, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	int64_t event_id;

	return event_add(db,
			 &(struct event){ .kind = kind,
					  .subject_kind = "user_account",
					  .subject_id = old->id,
					  .actor = actor,
					  .body = body,
					  .recorded = now },
			 &event_id, e) &&
	       undo_keep(db, a, event_id, old, columns, ARRAY_LEN(columns), e);
}

/* ---- adding ---- */

struct adding {
	struct arena *arena;
	const char *email, *name, *hash, *actor;
	enum role role;
	int64_t now;
	int64_t id;
};

static bool add_tx(struct db *db, void *arg, struct err *e)
{
	struct adding *add = arg;
	enum role role = add->role;
	int64_t n, same;

	if (!db_get_i64(db, "SELECT COUNT(*) FROM user_account", DB_NO_PARAMS, 0, &n, e) ||
	    !db_get_i64(db, "SELECT COUNT(*) FROM user_account WHERE email = $1",
			DB_PARAMS(P_TEXT(add->email)), 0, &same, e))
		return false;
	if (same > 0)
		return err_field(e, ERR_DUPLICATE, "email", "%s has an account already",
				 add->email);
	if (n == 0)
		role = ROLE_ADMINISTRATOR;
	if (!db_new_id(db, &add->id, e) ||
	    !db_exec(db,
		     "INSERT INTO user_account (id, email, name, role, password_hash, recorded)"
		     " VALUES ($1, $2, $3, $4, $5, $6)",
		     DB_PARAMS(P_I64(add->id), P_TEXT(add->email), P_TEXT(add->name),
			       P_TEXT(role_name(role)), P_TEXT(add->hash), P_I64(add->now)),
		     NULL, e))
		return false;
	return tell(db, "user.added", add->id, add->actor, add->now,
		    arena_printf(add->arena, "{\"role\":\"%s\"}", role_name(role)), e);
}

bool user_add(struct db *db, struct arena *a, const struct new_user *u, const char *actor,
	      int64_t now, struct user *ret, struct err *e)
{
	struct adding add = { .arena = a, .actor = actor, .role = u->role, .now = now };
	char hash[PASSWORD_HASH];

	if (!check_email(a, u->email, &add.email, e) ||
	    !check_name(a, u->name, add.email, &add.name, e))
		return false;
	if (u->password) {
		if (!password_check(u->password, add.email, e) ||
		    !password_hash(u->password, hash, e))
			return false;
		add.hash = hash;
	}
	if (!db_tx(db, add_tx, &add, e)) {
		/* Two at once: the second finds the first by the key. */
		if (e && e->code == ERR_CONFLICT)
			err_field(e, ERR_DUPLICATE, "email", "%s has an account already",
				  add.email);
		return false;
	}
	return user_get(db, a, add.id, ret, e);
}

/* ---- reading ---- */

bool user_list(struct db *db, struct arena *a, struct user **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a, "SELECT " COLUMNS " FROM user_account ORDER BY email", DB_NO_PARAMS,
		       columns, ARRAY_LEN(columns), sizeof(struct user), (void **)ret, ret_n, e);
}

bool user_get(struct db *db, struct arena *a, int64_t id, struct user *ret, struct err *e)
{
	if (db_one(db, a, "SELECT " COLUMNS " FROM user_account WHERE id = $1",
		   DB_PARAMS(P_I64(id)), columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no user %" PRId64, id);
	return false;
}

bool user_get_by_email(struct db *db, struct arena *a, const char *email, struct user *ret,
		       struct err *e)
{
	const char *wanted = text_lower_ascii(a, text_trim(a, email));

	if (db_one(db, a, "SELECT " COLUMNS " FROM user_account WHERE email = $1",
		   DB_PARAMS(P_TEXT(wanted)), columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no user %.80s", wanted);
	return false;
}

/* ---- changing ---- */

struct change {
	int64_t id, version, now;
	const char *actor;
	enum role role;
	bool is_disabled;
	const char *hash;
};

/* Nobody can become the last administrator while we look: those rows are held. */
static bool hold_administrators(struct db *db, struct err *e)
{
	return db_exec(db, "UPDATE user_account SET version = version WHERE role = 'administrator'",
		       DB_NO_PARAMS, NULL, e);
}

static bool administrator_left(struct db *db, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM user_account"
			" WHERE role = 'administrator' AND is_disabled = 0",
			DB_NO_PARAMS, 0, &n, e))
		return false;
	return n > 0 || err_set(e, ERR_REFUSED, "there must be an administrator left");
}

/* After an UPDATE guarded by id and version: which of both was wrong? */
static bool changed_one(struct db *db, int64_t id, int64_t changed, struct err *e)
{
	int64_t n;

	if (changed == 1)
		return true;
	if (!db_get_i64(db, "SELECT COUNT(*) FROM user_account WHERE id = $1", DB_PARAMS(P_I64(id)),
			0, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no user %" PRId64, id);
	return err_set(e, ERR_STALE, "user %" PRId64 " was changed meanwhile", id);
}

static bool end_sessions(struct db *db, int64_t id, struct err *e)
{
	return db_exec(db, "DELETE FROM session WHERE user_id = $1", DB_PARAMS(P_I64(id)), NULL, e);
}

static bool role_tx(struct db *db, void *arg, struct err *e)
{
	const struct change *c = arg;
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct user old;
	char body[64];
	int64_t changed;

	if (!hold_administrators(db, e) || !user_get(db, a, c->id, &old, e) ||
	    !db_exec(db,
		     "UPDATE user_account SET role = $3, version = version + 1"
		     " WHERE id = $1 AND version = $2",
		     DB_PARAMS(P_I64(c->id), P_I64(c->version), P_TEXT(role_name(c->role))),
		     &changed, e) ||
	    !changed_one(db, c->id, changed, e) || !administrator_left(db, e))
		return false;
	snprintf(body, sizeof body, "{\"role\":\"%s\"}", role_name(c->role));
	return tell_change(db, "user.role_set", &old, c->actor, c->now, body, e);
}

bool user_set_role(struct db *db, int64_t id, int64_t version, enum role role, const char *actor,
		   int64_t now, struct err *e)
{
	struct change c = {
		.id = id, .version = version, .role = role, .actor = actor, .now = now
	};

	return db_tx(db, role_tx, &c, e);
}

static bool disabled_tx(struct db *db, void *arg, struct err *e)
{
	const struct change *c = arg;
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct user old;
	int64_t changed;

	if (!hold_administrators(db, e) || !user_get(db, a, c->id, &old, e) ||
	    !db_exec(db,
		     "UPDATE user_account SET is_disabled = $3, version = version + 1"
		     " WHERE id = $1 AND version = $2",
		     DB_PARAMS(P_I64(c->id), P_I64(c->version), P_BOOL(c->is_disabled)), &changed,
		     e) ||
	    !changed_one(db, c->id, changed, e) || !administrator_left(db, e))
		return false;
	if (c->is_disabled && !end_sessions(db, c->id, e))
		return false;
	return tell_change(db, c->is_disabled ? "user.disabled" : "user.enabled", &old, c->actor,
			   c->now, "{}", e);
}

bool user_set_disabled(struct db *db, int64_t id, int64_t version, bool is_disabled,
		       const char *actor, int64_t now, struct err *e)
{
	struct change c = {
		.id = id, .version = version, .is_disabled = is_disabled, .actor = actor, .now = now
	};

	return db_tx(db, disabled_tx, &c, e);
}

bool user_change_undo(struct db *db, struct arena *a, int64_t event_id, const char *actor,
		      int64_t now, struct err *e)
{
	struct user old = { 0 }, here;
	enum role role;

	if (!undo_kept(db, a, event_id, columns, ARRAY_LEN(columns), &old, e) ||
	    !user_get(db, a, old.id, &here, e) || !role_parse(old.role, &role, e))
		return false;
	if (here.version != old.version + 1)
		return err_set(e, ERR_STALE, "user %" PRId64 " was changed meanwhile", old.id);
	if (!str_eq(here.role, old.role))
		return user_set_role(db, old.id, here.version, role, actor, now, e);
	return user_set_disabled(db, old.id, here.version, old.is_disabled, actor, now, e);
}

static bool password_tx(struct db *db, void *arg, struct err *e)
{
	const struct change *c = arg;
	int64_t changed;

	return db_exec(db,
		       "UPDATE user_account SET password_hash = $2, version = version + 1"
		       " WHERE id = $1",
		       DB_PARAMS(P_I64(c->id), P_TEXT(c->hash)), &changed, e) &&
	       changed_one(db, c->id, changed, e) && end_sessions(db, c->id, e) &&
	       tell(db, "user.password_set", c->id, c->actor, c->now, "{}", e);
}

bool user_set_password(struct db *db, struct arena *a, int64_t id, const char *password,
		       const char *actor, int64_t now, struct err *e)
{
	char hash[PASSWORD_HASH];
	struct change c = { .id = id, .actor = actor, .now = now, .hash = hash };
	struct user u;

	return user_get(db, a, id, &u, e) && password_check(password, u.email, e) &&
	       password_hash(password, hash, e) && db_tx(db, password_tx, &c, e);
}

bool user_set_language(struct db *db, int64_t id, const char *language, struct err *e)
{
	return db_exec(db, "UPDATE user_account SET language = $2 WHERE id = $1",
		       DB_PARAMS(P_I64(id), P_TEXT(language)), NULL, e);
}

bool user_set_look(struct db *db, int64_t id, const char *theme, const char *density, struct err *e)
{
	return db_exec(db, "UPDATE user_account SET theme = $2, density = $3 WHERE id = $1",
		       DB_PARAMS(P_I64(id), P_TEXT(theme), P_TEXT(density)), NULL, e);
}

/* ---- scope ---- */

bool user_sees_all(struct db *db, int64_t user_id, enum role role, int64_t entity_id, bool *ret,
		   struct err *e)
{
	int64_t all;

	if (!db_get_i64(db,
			"SELECT CASE WHEN scope = 'all' THEN 1 ELSE 0 END FROM portfolio"
			" WHERE user_id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(user_id), P_I64(entity_id)), role_sees_all(role), &all, e))
		return false;
	*ret = all != 0;
	return true;
}

struct scoping {
	int64_t user_id, entity_id;
	const char *former; /* NULL: that of the role */
	const char *scope;  /* likewise */
	const char *actor;
	int64_t now;
};

static const struct db_column scope_columns[] = {
	DB_COL(struct scoping, user_id),
	DB_COL(struct scoping, entity_id),
	DB_COL(struct scoping, former),
	DB_COL(struct scoping, scope),
};

static bool scope_get(struct db *db, struct arena *a, const struct scoping *s, const char **ret,
		      struct err *e)
{
	char *scope;

	if (!db_get_text(db, a, "SELECT scope FROM portfolio WHERE user_id = $1 AND entity_id = $2",
			 DB_PARAMS(P_I64(s->user_id), P_I64(s->entity_id)), &scope, e))
		return false;
	*ret = scope;
	return true;
}

static bool scope_write(struct db *db, const struct scoping *s, struct err *e)
{
	struct db_params at = DB_PARAMS(P_I64(s->user_id), P_I64(s->entity_id), P_TEXT(s->scope));

	if (!s->scope)
		return db_exec(db, "DELETE FROM portfolio WHERE user_id = $1 AND entity_id = $2",
			       DB_PARAMS(P_I64(s->user_id), P_I64(s->entity_id)), NULL, e);
	return db_exec(db,
		       "INSERT INTO portfolio (user_id, entity_id, scope) VALUES ($1, $2, $3)"
		       " ON CONFLICT (user_id, entity_id) DO UPDATE SET scope = excluded.scope",
		       at, NULL, e);
}

static bool scope_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct scoping *s = arg;
	int64_t event_id;
	char body[64];

	snprintf(body, sizeof body, "{\"scope\":\"%s\"}", s->scope ? s->scope : "of the role");
	return scope_get(db, a, s, &s->former, e) && scope_write(db, s, e) &&
	       event_add(db,
			 &(struct event){ .entity_id = s->entity_id,
					  .kind = "user.scope_set",
					  .subject_kind = "user_account",
					  .subject_id = s->user_id,
					  .actor = s->actor,
					  .body = body,
					  .recorded = s->now },
			 &event_id, e) &&
	       undo_keep(db, a, event_id, s, scope_columns, ARRAY_LEN(scope_columns), e);
}

bool user_set_scope(struct db *db, int64_t user_id, int64_t entity_id, bool sees_all,
		    const char *actor, int64_t now, struct err *e)
{
	struct scoping s = { .user_id = user_id,
			     .entity_id = entity_id,
			     .scope = sees_all ? "all" : "owned",
			     .actor = actor,
			     .now = now };

	return db_tx(db, scope_tx, &s, e);
}

bool user_scope_undo(struct db *db, struct arena *a, int64_t event_id, const char *actor,
		     int64_t now, struct err *e)
{
	struct scoping old = { 0 };
	const char *here;

	if (!undo_kept(db, a, event_id, scope_columns, ARRAY_LEN(scope_columns), &old, e) ||
	    !scope_get(db, a, &old, &here, e))
		return false;
	if (!str_eq(here ? here : "", old.scope ? old.scope : ""))
		return err_set(e, ERR_STALE, "what user %" PRId64 " sees was changed meanwhile",
			       old.user_id);
	return db_tx(db, scope_tx,
		     &(struct scoping){ .user_id = old.user_id,
					.entity_id = old.entity_id,
					.scope = old.former,
					.actor = actor,
					.now = now },
		     e);
}

bool user_owns_customer(struct db *db, int64_t user_id, int64_t entity_id, int64_t customer_id,
			day_t on, bool *ret, struct err *e)
{
	int64_t n;

	/* The newest row per role counts. */
	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM customer_owner o"
			" WHERE o.customer_id = $1 AND o.entity_id = $2 AND o.user_id = $3"
			" AND o.effective <= $4 AND NOT EXISTS (SELECT 1 FROM customer_owner n"
			"  WHERE n.customer_id = o.customer_id AND n.role = o.role"
			"  AND n.effective <= $4 AND (n.effective > o.effective"
			"   OR (n.effective = o.effective AND n.id > o.id)))",
			DB_PARAMS(P_I64(customer_id), P_I64(entity_id), P_I64(user_id), P_DAY(on)),
			0, &n, e))
		return false;
	*ret = n > 0;
	return true;
}
