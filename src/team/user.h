/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user.h - accounts of the people who work with the program (utilisateurs).
 *
 * Every change is a transaction of its own with its event; actor says who did it ("user:12", "cli:name").
 * Events name users by id and never hold an address or a password.
 */
#ifndef TEAM_USER_H
#define TEAM_USER_H

#include "db/db.h"
#include "team/role.h"

struct user {
	int64_t id;
	const char *email; /* lower case; unique */
	const char *name;
	const char *role;     /* role_name() of one */
	const char *language; /* NULL: not chosen */
	const char *density;  /* of tables; NULL: not chosen */
	const char *theme;    /* "light", "dark"; NULL: as the system */
	bool is_disabled;
	bool has_password; /* without one nobody can log in */
	int64_t version;
	int64_t recorded;
};

struct new_user {
	const char *email;
	const char *name; /* NULL or "": the part of the address before @ */
	enum role role;
	const char *password; /* NULL: none yet */
};

/* Adds the account. The first one of an installation becomes administrator, whatever role is asked.
 * ERR_DUPLICATE (field "email") when the address has one, also a disabled one; ERR_INVALID for what is no
 * address, name or password, with the field's name. */
bool user_add(struct db *db, struct arena *a, const struct new_user *u, const char *actor,
	      int64_t now, struct user *ret, struct err *e) NODISCARD;

/* All accounts, by address. */
bool user_list(struct db *db, struct arena *a, struct user **ret, size_t *ret_n,
	       struct err *e) NODISCARD;

/* ERR_NOT_FOUND when there is none; the address in any case and with spaces around it. */
bool user_get(struct db *db, struct arena *a, int64_t id, struct user *ret,
	      struct err *e) NODISCARD;
bool user_get_by_email(struct db *db, struct arena *a, const char *email, struct user *ret,
		       struct err *e) NODISCARD;

/* Each takes the version that was shown: ERR_STALE when the row has changed since. ERR_REFUSED when no
 * administrator would be left. Disabling ends the user's sessions. */
bool user_set_role(struct db *db, int64_t id, int64_t version, enum role role, const char *actor,
		   int64_t now, struct err *e) NODISCARD;
bool user_set_disabled(struct db *db, int64_t id, int64_t version, bool is_disabled,
		       const char *actor, int64_t now, struct err *e) NODISCARD;

/* Ends the user's sessions. */
bool user_set_password(struct db *db, struct arena *a, int64_t id, const char *password,
		       const char *actor, int64_t now, struct err *e) NODISCARD;

/* What the user chose for himself; NULL forgets the choice. No event: it concerns nobody else. */
bool user_set_language(struct db *db, int64_t id, const char *language, struct err *e) NODISCARD;
bool user_set_look(struct db *db, int64_t id, const char *theme, const char *density,
		   struct err *e) NODISCARD;

/* ---- which customers a user sees (périmètre) ---- */

/* All of the entity's customers, or those he answers for (customer_owner). From portfolio, else from the
 * role. */
bool user_sees_all(struct db *db, int64_t user_id, enum role role, int64_t entity_id, bool *ret,
		   struct err *e) NODISCARD;
bool user_set_scope(struct db *db, int64_t user_id, int64_t entity_id, bool sees_all,
		    const char *actor, int64_t now, struct err *e) NODISCARD;
/* What the act of that event set is as before. ERR_STALE when it was set again since. */
bool user_scope_undo(struct db *db, struct arena *a, int64_t event_id, const char *actor,
		     int64_t now, struct err *e) NODISCARD;

/* Whether the user is, on that day, among those who answer for the customer. */
bool user_owns_customer(struct db *db, int64_t user_id, int64_t entity_id, int64_t customer_id,
			day_t on, bool *ret, struct err *e) NODISCARD;

/* The role, or being blocked, is what it was before the act of that event. ERR_STALE when the account was
 * changed since, ERR_REFUSED when no administrator would be left. */
bool user_change_undo(struct db *db, struct arena *a, int64_t event_id, const char *actor,
		      int64_t now, struct err *e) NODISCARD;

#endif
