/* SPDX-License-Identifier: Apache-2.0 */
/* undo.c - what of accounts can be taken back. */
#include "team/user.h"
#include "web/undo.h"

static bool change_undo(struct undo_act *u, struct err *e)
{
	return user_change_undo(u->db, u->arena, u->event.id, u->actor, u->now, e);
}

static const struct undo undos[] = {
	UNDO("user.role_set", change_undo, PERM_USER_ADMIN, N_("The role is the one of before.")),
	UNDO("user.disabled", change_undo, PERM_USER_ADMIN, N_("The account is as before.")),
	UNDO("user.enabled", change_undo, PERM_USER_ADMIN, N_("The account is as before.")),
};
const struct undo_list team_undos = UNDO_LIST(undos);
