/* SPDX-License-Identifier: Apache-2.0 */
#include "team/team.h"

#include "base/clock.h"
#include "team/login.h"

static bool as_web_user(const struct user *u, struct web_user *ret, struct err *e)
{
	enum role role;

	if (!role_parse(u->role, &role, e))
		return false;
	*ret = (struct web_user){
		.id = u->id,
		.email = u->email,
		.name = u->name,
		.role = u->role,
		.language = u->language,
		.density = u->density,
		.theme = u->theme,
		.permissions = role_rights(role),
	};
	return true;
}

bool team_login(struct db *db, struct arena *a, const char *email, const char *password,
		const char *address, int64_t now, struct web_user *ret, struct err *e)
{
	struct user u;

	return login_check(db, a, email, password, address, now, &u, e) && as_web_user(&u, ret, e);
}

bool team_user(struct db *db, struct arena *a, int64_t user_id, struct web_user *ret, struct err *e)
{
	struct err own = { 0 };
	struct user u;

	if (!user_get(db, a, user_id, &u, &own)) {
		if (own.code == ERR_NOT_FOUND)
			own.code = ERR_UNAUTHENTICATED;
		if (e)
			*e = own;
		return false;
	}
	if (u.is_disabled)
		return err_set(e, ERR_UNAUTHENTICATED, "the account is disabled");
	return as_web_user(&u, ret, e);
}

bool team_sees_all(struct db *db, const struct web_user *user, int64_t entity_id, bool *ret,
		   struct err *e)
{
	enum role role;

	return role_parse(user->role, &role, e) &&
	       user_sees_all(db, user->id, role, entity_id, ret, e);
}

bool team_sees_customer(struct db *db, const struct web_user *user, int64_t entity_id,
			int64_t customer_id, bool *ret, struct err *e)
{
	bool all;

	if (!team_sees_all(db, user, entity_id, &all, e))
		return false;
	if (all) {
		*ret = true;
		return true;
	}
	return user_owns_customer(db, user->id, entity_id, customer_id,
				  clock_day(clock_now(), "UTC"), ret, e);
}

bool team_set_language(struct db *db, int64_t user_id, const char *language, struct err *e)
{
	return user_set_language(db, user_id, language, e);
}
