/* SPDX-License-Identifier: Apache-2.0 */
/* undo.c - decisions on receipts, taken back. */
#include "cash/ask.h"
#include "cash/hand.h"
#include "cash/learn.h"
#include "cash/match_policy.h"
#include "cash/refund.h"
#include "cash/settle.h"
#include "cash/since.h"
#include "cash/return_store.h"
#include "bank/virtual_iban.h"
#include "web/undo.h"

static bool entry_undo(struct undo_act *u, struct err *e)
{
	struct cash_decision d = { .entity_id = u->entity_id,
				   .entry_id = u->event.subject_id,
				   .actor = u->actor,
				   .now = u->now };
	struct cash_since since;
	int64_t later;

	/* Taking back an act that another followed would take back that one. */
	if (!db_get_i64(u->db,
			"SELECT COUNT(*) FROM event WHERE subject_kind = 'statement_entry'"
			" AND subject_id = $1 AND id <> $2 AND recorded > $3",
			DB_PARAMS(P_I64(u->event.subject_id), P_I64(u->event.id),
				  P_I64(u->event.recorded)),
			0, &later, e))
		return false;
	if (later > 0)
		return err_set(e, ERR_CONFLICT, "something was done with this receipt since");
	if (!cash_since(u->db, u->arena, u->entity_id, d.entry_id, &since, e) ||
	    !cash_unapply(u->db, &d, e))
		return false;
	u->note = cash_since_say(u->arena, u->request ? u->request->cat : catalogue_find("en"),
				 &since);
	return true;
}

static bool deposit_made_undo(struct undo_act *u, struct err *e)
{
	return deposit_undo(u->db, u->entity_id, u->event.subject_id, u->actor, u->now, e);
}

static bool payer_undo(struct undo_act *u, struct err *e)
{
	return learned_remember(u->db, u->entity_id, u->event.id, e);
}

static bool asked_undo(struct undo_act *u, struct err *e)
{
	return ask_withdraw(u->db, u->entity_id, u->event.subject_id, e);
}

static bool refund_undo(struct undo_act *u, struct err *e)
{
	return refund_cancel(u->db, u->entity_id, u->event.subject_id, u->actor, u->now, e);
}

static bool refund_paid_undo(struct undo_act *u, struct err *e)
{
	return refund_step_back(u->db, u->entity_id, u->event.subject_id, u->actor, u->now, e);
}

static bool refund_file_undo(struct undo_act *u, struct err *e)
{
	int64_t number;

	return db_get_i64(u->db, "SELECT number FROM refund_file WHERE id = $1 AND entity_id = $2",
			  DB_PARAMS(P_I64(u->event.subject_id), P_I64(u->entity_id)), 0, &number,
			  e) &&
	       refund_file_withdraw(u->db, u->entity_id, number, u->actor, u->now, e);
}

static bool policy_undo(struct undo_act *u, struct err *e)
{
	return match_policy_undo(u->db, u->arena, u->entity_id, u->event.id, u->actor, u->now, e);
}

static bool returned_undo(struct undo_act *u, struct err *e)
{
	int64_t id;

	if (!db_get_i64(u->db,
			"SELECT id FROM payment_return WHERE event_id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(u->event.id), P_I64(u->entity_id)), 0, &id, e))
		return false;
	if (id == 0)
		return err_set(e, ERR_CONFLICT, "something was done with this return since");
	return return_undo(u->db, u->entity_id, id, u->actor, u->now, e);
}

static bool virtual_add_undo(struct undo_act *u, struct err *e)
{
	return virtual_iban_undo_add(u->db, u->entity_id, u->event.subject_id, e);
}

static bool virtual_close_undo(struct undo_act *u, struct err *e)
{
	return virtual_iban_undo_close(u->db, u->entity_id, u->event.subject_id, e);
}

static bool virtual_take_undo(struct undo_act *u, struct err *e)
{
	return virtual_iban_undo_take(u->db, u->entity_id, u->event.id, e);
}

static const struct undo undos[] = {
	UNDO("virtual_iban.imported", virtual_take_undo, PERM_CASH_APPLY,
	     N_("The virtual IBANs of the table are no longer given.")),
	UNDO("virtual_iban.added", virtual_add_undo, PERM_CASH_APPLY,
	     N_("The virtual IBAN is no longer given.")),
	UNDO("virtual_iban.closed", virtual_close_undo, PERM_CASH_APPLY,
	     N_("The virtual IBAN is open again.")),
	UNDO("match_policy.changed", policy_undo, PERM_POLICY_EDIT,
	     N_("The settings are as before.")),
	UNDO("deposit.made", deposit_made_undo, PERM_CASH_APPLY,
	     N_("The slip is taken back: its receipts are to be deposited again.")),
	UNDO("payer.forgotten", payer_undo, PERM_CASH_APPLY, N_("The payer is known again.")),
	UNDO("payment.bounced", returned_undo, PERM_CASH_APPLY,
	     N_("The payment stands again, and what it paid.")),
	UNDO("entry.applied", entry_undo, PERM_CASH_APPLY, N_("The receipt is as before.")),
	UNDO("entry.matched", entry_undo, PERM_CASH_APPLY, N_("The receipt is as before.")),
	UNDO("entry.ignored", entry_undo, PERM_CASH_APPLY, N_("The receipt is as before.")),
	UNDO("entry.deposit", entry_undo, PERM_CASH_APPLY, N_("The receipt is as before.")),
	UNDO("entry.transferred", entry_undo, PERM_CASH_APPLY, N_("The receipt is as before.")),
	UNDO("payer.asked", asked_undo, PERM_CASH_APPLY, N_("The question is withdrawn.")),
	UNDO("refund.ordered", refund_undo, PERM_CASH_APPLY, N_("The refund is cancelled.")),
	UNDO("refund.paid", refund_paid_undo, PERM_CASH_APPLY, N_("The refund is not paid.")),
	UNDO("refunds.exported", refund_file_undo, PERM_CASH_APPLY,
	     N_("The file is withdrawn: its refunds are to be paid again.")),
	UNDO("entry.booked", entry_undo, PERM_CASH_APPLY, N_("The receipt is as before.")),
};
const struct undo_list cash_undos = UNDO_LIST(undos);
