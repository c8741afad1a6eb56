/* SPDX-License-Identifier: Apache-2.0 */
/* undo.c - disputes opened or closed by mistake. */
#include "dispute/dispute.h"
#include "web/undo.h"

static bool find(struct undo_act *u, struct dispute *ret, struct err *e)
{
	return dispute_get(u->db, u->arena, u->entity_id, u->event.subject_id, ret, e) &&
	       undo_sees(u, ret->customer_id, e);
}

/* Ended on the day it began: no day shows it. */
static bool opened_undo(struct undo_act *u, struct err *e)
{
	struct dispute d;

	return find(u, &d, e) && dispute_close(u->db, u->entity_id, d.id, "taken back", d.opened_on,
					       u->actor, u->now, e);
}

static bool closed_undo(struct undo_act *u, struct err *e)
{
	struct dispute d;

	return find(u, &d, e) && dispute_reopen(u->db, u->entity_id, d.id, u->actor, u->now, e);
}

static const struct undo undos[] = {
	UNDO("dispute.opened", opened_undo, PERM_DISPUTE_EDIT, N_("The dispute is taken back.")),
	UNDO("dispute.closed", closed_undo, PERM_DISPUTE_EDIT, N_("The dispute is open again.")),
};
const struct undo_list dispute_undos = UNDO_LIST(undos);
