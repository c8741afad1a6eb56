/* SPDX-License-Identifier: Apache-2.0 */
/* undo.c - what of accounts can be taken back. */
#include "team/token.h"
#include "team/user.h"
#include "web/undo.h"

static bool change_undo(struct undo_act *u, struct err *e)
{
	return user_change_undo(u->db, u->arena, u->event.id, u->actor, u->now, e);
}

static bool scope_undo(struct undo_act *u, struct err *e)
{
	return user_scope_undo(u->db, u->arena, u->event.id, u->actor, u->now, e);
}

static bool token_added_undo(struct undo_act *u, struct err *e)
{
	return token_revoke(u->db, u->entity_id, u->event.subject_id, u->actor, u->now, e);
}

static bool token_revoked_undo(struct undo_act *u, struct err *e)
{
	return token_restore(u->db, u->entity_id, u->event.subject_id, u->actor, u->now, e);
}

static const struct undo undos[] = {
	UNDO("user.role_set", change_undo, PERM_USER_ADMIN, N_("The role is the one of before.")),
	UNDO("user.disabled", change_undo, PERM_USER_ADMIN, N_("The account is as before.")),
	UNDO("user.enabled", change_undo, PERM_USER_ADMIN, N_("The account is as before.")),
	UNDO("user.scope_set", scope_undo, PERM_USER_ADMIN,
	     N_("The person sees the customers of before.")),
	UNDO("token.added", token_added_undo, PERM_USER_ADMIN,
	     N_("The token is revoked: who calls with it is refused.")),
	UNDO("token.revoked", token_revoked_undo, PERM_USER_ADMIN, N_("The token is valid again.")),
};
const struct undo_list team_undos = UNDO_LIST(undos);
