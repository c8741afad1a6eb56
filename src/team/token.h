/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.h - keys of programs that call the API (jetons).
 *
 * A token acts for one company with the rights of a role, and is shown once, when it is made. It has no session
 * and no cookie; it is refused after its day, when it is revoked, and beyond TOKEN_PER_MINUTE calls.
 */
#ifndef TEAM_TOKEN_H
#define TEAM_TOKEN_H

#include "team/role.h"
#include "web/web.h"

enum { TOKEN_PER_MINUTE = 600, TOKEN_KEY = 69, TOKEN_NAME_MAX = 80 };

struct token {
	int64_t id;
	const char *name;
	const char *role;
	int64_t expires, revoked, last_used; /* moments; 0: not */
	const char *actor;
	int64_t recorded;
};

struct new_token {
	int64_t entity_id;
	const char *name;
	const char *role;
	int64_t expires; /* 0: never */
	const char *actor;
	int64_t now;
};

/* ret_key gets the token itself. ERR_INVALID for a name that is empty or too long, a role that is none, sees only
 * its own customers or administers users, and a moment that is past. */
bool token_add(struct db *db, const struct new_token *t, int64_t *ret_id, char ret_key[TOKEN_KEY],
	       struct err *e) NODISCARD;

/* Newest first. */
bool token_list(struct db *db, struct arena *a, int64_t entity_id, struct token **ret,
		size_t *ret_n, struct err *e) NODISCARD;

/* Its name, for showing who did something; "" when there is none. */
const char *token_name(struct db *db, struct arena *a, int64_t id);

/* ERR_NOT_FOUND; ERR_CONFLICT when it is revoked already. */
bool token_revoke(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		  struct err *e) NODISCARD;

/* It is valid again. ERR_CONFLICT when it is not revoked. */
bool token_restore(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		   struct err *e) NODISCARD;

/* For struct web_app: whoever calls with that key. ERR_UNAUTHENTICATED without saying why, ERR_THROTTLED. */
bool team_token(struct db *db, struct arena *a, const char *key, int64_t now, struct web_user *ret,
		const char **ret_entity_code, struct err *e) NODISCARD;

/* Whether a role may be given to a token. */
bool token_may_be(enum role role);

#endif
