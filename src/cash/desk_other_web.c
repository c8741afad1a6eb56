/* SPDX-License-Identifier: Apache-2.0 */
/* desk_other_web.c - money that goes back, or to another company of the group; the list of refunds. */
#include "cash/desk_web.h"

#include "team/team.h"
#include "web/show.h"
#include "web/undo.h"

enum { REFUNDS_SHOWN = 200 };

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

static bool refunds_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Refunds"), "bank");
	struct refunds_view v = { 0 };
	struct refund_row *rows;
	struct refund *list;
	size_t n;

	if (!bank_head_load(r, p, BANK_REFUNDS, &v.head, e) ||
	    !refund_list(r->db, r->arena, r->entity.id, NULL, REFUNDS_SHOWN, &list, &n, e))
		return false;
	rows = ARENA_ARRAY(p->arena, n + 1, struct refund_row);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct refund_row){
			.id = list[i].id,
			.customer = list[i].customer_name,
			.customer_url =
				arena_printf(p->arena, "/customers/%" PRId64, list[i].customer_id),
			.payment = list[i].payment,
			.url = list[i].entry_id ? arena_printf(p->arena, "/bank/entries/%" PRId64,
							       list[i].entry_id)
						: NULL,
			.day = show_day(p, list[i].ordered_on),
			.iban = list[i].iban,
			.holder = list[i].holder,
			.reason = list[i].reason,
			.amount = show_amount(p, list[i].amount_minor, list[i].currency),
			.state = str_eq(list[i].state, "due") ? "soon" : "done",
			.words = str_eq(list[i].state, "due") ? tr(p->cat, "To be paid")
							      : tr(p->cat, "Exported"),
			.may_cancel = str_eq(list[i].state, "due") && v.head.may_apply,
		};
	v.rows = rows;
	v.n_rows = n;
	refunds_page(p, &v);
	return respond_page(r, p, 200);
}

static bool refund_cancel_post(struct request *r, struct err *e)
{
	struct form f;

	form_init(&f, r);
	if (refund_cancel(r->db, r->entity.id, request_id(r, "refund"), r->actor, r->now, e))
		return flash_set(r, tr(r->cat, "The refund is cancelled."), NULL, e) &&
		       respond_redirect(r, "/bank/refunds");
	if (e->code == ERR_NOT_FOUND || !form_refused(&f, e))
		return false;
	return flash_error(r, f.messages.at[0].text, e) && respond_redirect(r, "/bank/refunds");
}

static const struct route routes[] = {
	ROUTE(POST, "/bank/entries/:entry/transfer", entry_transfer, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/refund", entry_refund, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/bank/refunds", refunds_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/refunds/:refund/cancel", refund_cancel_post, PERM_CASH_APPLY,
	      SCOPE_ENTITY),
};
const struct route_list desk_other_routes = ROUTE_LIST(routes);
