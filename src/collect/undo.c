/* SPDX-License-Identifier: Apache-2.0 */
/* undo.c - what of chasing can be taken back: promises, decisions on reminders, policies and texts. */
#include "collect/outbox.h"
#include "collect/promise.h"
#include "collect/scenario.h"
#include "web/undo.h"

static bool sees_of(struct undo_act *u, const char *sql, struct err *e)
{
	int64_t customer_id;

	return db_get_i64(u->db, sql, DB_PARAMS(P_I64(u->event.subject_id)), 0, &customer_id, e) &&
	       undo_sees(u, customer_id, e);
}

#define PROMISE_CUSTOMER "SELECT customer_id FROM promise WHERE id = $1"
#define MESSAGE_CUSTOMER "SELECT customer_id FROM message WHERE id = $1"

static bool promise_undo(struct undo_act *u, struct err *e)
{
	return sees_of(u, PROMISE_CUSTOMER, e) &&
	       promise_cancel(u->db, u->entity_id, u->event.subject_id, u->today, u->actor, u->now,
			      e);
}

static bool cancelled_undo(struct undo_act *u, struct err *e)
{
	return sees_of(u, PROMISE_CUSTOMER, e) &&
	       promise_restore(u->db, u->entity_id, u->event.subject_id, u->actor, u->now, e);
}

static bool decision_undo(struct undo_act *u, struct err *e)
{
	return sees_of(u, MESSAGE_CUSTOMER, e) &&
	       outbox_undecide(u->db, u->entity_id, u->event.subject_id, u->actor, u->now, e);
}

static bool policy_undo(struct undo_act *u, struct err *e)
{
	return scenario_undo(u->db, u->arena, u->entity_id, u->event.subject_id, u->actor, u->now,
			     e);
}

static bool wording_undo(struct undo_act *u, struct err *e)
{
	return text_undo(u->db, u->arena, u->entity_id, u->event.subject_id, u->actor, u->now, e);
}

static const struct undo undos[] = {
	UNDO("promise.made", promise_undo, PERM_PROMISE_EDIT, N_("The promise is taken back.")),
	UNDO("promise.cancelled", cancelled_undo, PERM_PROMISE_EDIT,
	     N_("The promise stands again.")),
	UNDO("message.confirmed", decision_undo, PERM_REMINDER_SEND,
	     N_("The reminder waits for a decision again.")),
	UNDO("message.skipped", decision_undo, PERM_REMINDER_SEND,
	     N_("The reminder waits for a decision again.")),
	UNDO("scenario.loaded", policy_undo, PERM_POLICY_EDIT,
	     N_("The policy of before is in force again.")),
	UNDO("template.saved", wording_undo, PERM_POLICY_EDIT,
	     N_("The text of before is in force again.")),
};
const struct undo_list collect_undos = UNDO_LIST(undos);
