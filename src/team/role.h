/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role.h - roles (rôles), the rights they have and the customers they see.
 *
 * The table is role.def. Rights come from the role alone; which customers (périmètre) from the user's row in
 * portfolio, else from the role.
 */
#ifndef TEAM_ROLE_H
#define TEAM_ROLE_H

#include "base/err.h"
#include "web/permission.h"

enum role {
#define ROLE(name, text, label, sees_all) ROLE_##name,
#include "team/role.def"
#undef ROLE
	ROLE_COUNT
};

/* "credit_manager": as stored and as written on the command line. */
const char *role_name(enum role r);

/* "Credit manager": an English text to translate where it is shown. */
const char *role_label(enum role r);

/* ERR_INVALID, field "role", with the list of names, for any other text. */
bool role_parse(const char *text, enum role *ret, struct err *e) NODISCARD;

/* The rights of a role, as PERM_BITs. */
uint64_t role_rights(enum role r);

/* Whether the role sees all customers when nothing else is set. */
bool role_sees_all(enum role r);

#endif
