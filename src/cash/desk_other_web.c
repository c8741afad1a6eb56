/* SPDX-License-Identifier: Apache-2.0 */
/* desk_other_web.c - money that goes back, or to another company of the group. */
#include "cash/desk_web.h"

#include "team/team.h"
#include "web/show.h"
#include "web/undo.h"

/* ---- to another company ---- */

bool desk_transfer(struct request *r, const struct cash_decision *d, int64_t entity_id,
		   int64_t customer_id, struct err *e)
{
	const struct transfer_order o = { entity_id, customer_id, r->today };
	bool sees_all;

	if (!team_sees_all(r->db, &r->user, entity_id, &sees_all, e))
		return false;
	if (!sees_all)
		return err_set(e, ERR_FORBIDDEN, "you may not decide for that company");
	return transfer_make(r->db, d, &o, e);
}

static bool entry_transfer(struct request *r, struct err *e)
{
	struct cash_decision d = desk_decision(r);
	struct customer c;
	int64_t entity_id;

	if (!transfer_find(r->db, r->arena, r->entity.id, request_form(r, "to"), &c, e))
		return false;
	if (!c.id) {
		err_set(e, ERR_INVALID, "%s",
			tr(r->cat, "No customer of another company, or several, is called so."));
		return desk_answer(r, false, NULL, false, e);
	}
	if (!transfer_entity_of(r->db, c.id, &entity_id, e))
		return false;
	return desk_answer(r, desk_transfer(r, &d, entity_id, c.id, e),
			   tr(r->cat, "Transferred to the company that was meant."), true, e);
}

/* ---- refunds ---- */

struct refunding {
	const struct cash_decision *d;
	struct refund_order *o;
	struct arena *arena;
	int64_t refund_id;
};

/* Money that nobody decided on is put on account first. */
static bool refund_tx(struct db *db, void *arg, struct err *e)
{
	struct refunding *w = arg;
	struct entry en;

	if (!entry_get(db, w->arena, w->d->entity_id, w->d->entry_id, &en, e))
		return false;
	if (!en.payment_item_id &&
	    (!cash_apply(db, w->d, e) ||
	     !entry_get(db, w->arena, w->d->entity_id, w->d->entry_id, &en, e)))
		return false;
	w->o->payment_item_id = en.payment_item_id;
	return refund_make(db, w->o, &w->refund_id, e);
}

static bool entry_refund(struct request *r, struct err *e)
{
	struct cash_decision d = desk_decision(r);
	struct refund_order o = {
		.entity_id = r->entity.id, .today = r->today, .actor = r->actor, .now = r->now
	};
	struct refunding w = { &d, &o, r->arena, 0 };
	struct customer c;
	struct form f;

	form_init(&f, r);
	o.iban = form_text(&f, "iban", FORM_NEEDED, 50);
	o.holder = form_text(&f, "holder", FORM_NEEDED, 140);
	o.reason = form_text(&f, "reason", FORM_NEEDED, 500);
	if (!bank_customer_of(r, request_form(r, "customer"), &c, e))
		return false;
	if (!form_ok(&f)) {
		err_set(e, ERR_INVALID, "%s",
			tr(r->cat, "Write the IBAN, its holder and the reason."));
		return desk_answer(r, false, NULL, false, e);
	}
	d.customer_id = c.id;
	return desk_answer(r, db_tx(r->db, refund_tx, &w, e), tr(r->cat, "Refund ordered."), true,
			   e);
}

static const struct route routes[] = {
	ROUTE(POST, "/bank/entries/:entry/transfer", entry_transfer, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/refund", entry_refund, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list desk_other_routes = ROUTE_LIST(routes);
