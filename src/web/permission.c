/* SPDX-License-Identifier: Apache-2.0 */
#include "web/permission.h"

const char *permission_name(enum permission p)
{
	static const char *const names[] = {
#define X(name, text) [PERM_##name] = text,
		WEB_PERMISSIONS(X)
#undef X
	};

	ENSURE(p > 0 && p < PERM_COUNT);
	return names[p];
}

const char *scope_name(enum scope s)
{
	static const char *const names[] = {
		[SCOPE_INSTALLATION] = "installation",
		[SCOPE_ENTITY] = "entity",
		[SCOPE_CUSTOMER] = "customer",
	};

	ENSURE(s > 0 && s < SCOPE_COUNT);
	return names[s];
}
