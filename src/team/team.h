/* SPDX-License-Identifier: Apache-2.0 */
/*
 * team.h - what the team lends to the web room (struct web_app), and its pages.
 *
 *	struct web_app app = { .login = team_login, .user = team_user,
 *			       .sees_customer = team_sees_customer, .set_language = team_set_language };
 */
#ifndef TEAM_TEAM_H
#define TEAM_TEAM_H

#include "web/web.h"

bool team_login(struct db *db, struct arena *a, const char *email, const char *password,
		const char *address, int64_t now, struct web_user *ret, struct err *e) NODISCARD;

/* The user of a session; ERR_UNAUTHENTICATED when he is disabled or gone. */
bool team_user(struct db *db, struct arena *a, int64_t user_id, struct web_user *ret,
	       struct err *e) NODISCARD;

bool team_sees_customer(struct db *db, const struct web_user *user, int64_t entity_id,
			int64_t customer_id, bool *ret, struct err *e) NODISCARD;

/* Whether the user's lists are cut to the customers he answers for. */
bool team_sees_all(struct db *db, const struct web_user *user, int64_t entity_id, bool *ret,
		   struct err *e) NODISCARD;

bool team_set_language(struct db *db, int64_t user_id, const char *language,
		       struct err *e) NODISCARD;

/* The pages of accounts. */
extern const struct route_list team_routes;

#endif
