/* SPDX-License-Identifier: Apache-2.0 */
#include "team/role.h"

#include "i18n/catalogue.h"

#include <stdio.h>

static const struct {
	const char *name, *label;
	bool sees_all;
} roles[ROLE_COUNT] = {
#define ROLE(name, text, label, sees_all) [ROLE_##name] = { text, label, sees_all },
#include "team/role.def"
#undef ROLE
};

static const bool rights[PERM_COUNT][ROLE_COUNT] = {
#define RIGHT(name, ...) [PERM_##name] = { __VA_ARGS__ },
#include "team/role.def"
#undef RIGHT
};

const char *role_name(enum role r)
{
	ENSURE(r < ROLE_COUNT);
	return roles[r].name;
}

const char *role_label(enum role r)
{
	ENSURE(r < ROLE_COUNT);
	return roles[r].label;
}

bool role_parse(const char *text, enum role *ret, struct err *e)
{
	char known[200] = "";
	size_t at = 0;

	for (enum role r = 0; r < ROLE_COUNT; r++) {
		if (str_eq(text, roles[r].name)) {
			*ret = r;
			return true;
		}
		at += (size_t)snprintf(known + at, sizeof known - at, "%s%s", r ? ", " : "",
				       roles[r].name);
		ENSURE(at < sizeof known);
	}
	return err_field(e, ERR_INVALID, "role", "\"%.40s\" is no role: %s", text ? text : "",
			 known);
}

uint64_t role_rights(enum role r)
{
	uint64_t set = PERM_BIT(PERM_PUBLIC) | PERM_BIT(PERM_USER);

	ENSURE(r < ROLE_COUNT);
	for (enum permission p = PERM_PUBLIC; p < PERM_COUNT; p++)
		if (rights[p][r])
			set |= PERM_BIT(p);
	return set;
}

bool role_sees_all(enum role r)
{
	ENSURE(r < ROLE_COUNT);
	return roles[r].sees_all;
}
