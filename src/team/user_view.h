/* SPDX-License-Identifier: Apache-2.0 */
/* user_view.h - what the pages of accounts show (user.th). */
#ifndef TEAM_USER_VIEW_H
#define TEAM_USER_VIEW_H

#include "web/parts.h"
#include "web/table.h"

struct user_row {
	int64_t id;
	const char *name, *email, *role;
	const char *state, *words; /* of the badge */
	const char *initials;
	bool is_self;
};

struct users_view {
	const char *summary;
	struct table_page *list;
};

/* The form of a new account, after a refusal with what was typed. */
struct new_user_view {
	const char *message; /* of the whole form; NULL: none */
	struct part_field email, name, role, password;
};

struct user_view {
	struct user_row row;
	const char *message;
	int64_t version;
	bool is_disabled;
	struct part_field role, scope, password;
	const char
		*entity_name; /* whose customers the scope is about; NULL: there is no entity yet */
};

struct account_view {
	struct user_row row;
	const char *message;
	struct part_field old_password, new_password;
};

void users_page(struct page *p, const struct users_view *v);
void new_user_page(struct page *p, const struct new_user_view *v);
void user_page(struct page *p, const struct user_view *v);
void account_page(struct page *p, const struct account_view *v);

/* Parts of user.th. */
void user_forms(struct page *p, const struct user_view *v);
void user_access(struct page *p, const struct user_view *v);

#endif
