/* SPDX-License-Identifier: Apache-2.0 */
/* lettering_act_web.c - lettering, un-lettering and lettering again, from the lettering page. */
#include "ledger/lettering_page.h"

#include "base/text.h"
#include "i18n/amount.h"
#include "ledger/routes.h"

/* ---- acts ---------------------------------------------------------------------------------------- */

static bool back_to_page(struct lettering_of *l)
{
	return respond_redirect(l->request, arena_printf(l->request->arena, "%s?currency=%s%s",
							 lettering_page_url(l), l->currency,
							 l->is_group ? "&group=1" : ""));
}

static bool told_done(struct lettering_of *l, const struct lettering_done *done, struct err *e)
{
	struct request *r = l->request;
	char text[AMOUNT_TEXT];
	const char *amount =
		amount_text(done->minor, done->currency, catalogue_language(r->cat), text);

	return flash_set(r,
			 arena_printf(r->arena,
				      done->is_full
					      ? tr(r->cat, "Lettered %s: %s, nothing is left.")
					      : tr(r->cat, "Lettered %s in part: %s."),
				      done->code, amount),
			 arena_printf(r->arena, "%s/undo?event=%" PRId64, lettering_page_url(l),
				      done->event_id),
			 e);
}

static bool lettering_post_form(struct request *r, struct err *e)
{
	struct lettering_done done;
	struct lettering_of l;
	struct lettering_order o;

	if (!lettering_page_begin(r, &l, e) || !lettering_page_lines(&l, e))
		return false;
	if (str_eq(request_form(r, "action"), "sum"))
		return lettering_page_show(&l, form_ok(&l.form) ? 200 : 422, e);
	o = (struct lettering_order){
		.entity_id = r->entity.id,
		.customer_id = l.customer.id,
		.lettered_on = r->today,
		.today = r->today,
		.reason = form_text(&l.form, "reason", 0, 300),
		.actor = r->actor,
		.now = r->now,
		.lines = l.lines.at,
		.n_lines = l.lines.n,
	};
	if (request_form(r, "lettered_on"))
		o.lettered_on = form_day(&l.form, "lettered_on", FORM_NEEDED, DAY_BEHIND);
	if (!form_ok(&l.form))
		return lettering_page_show(&l, 422, e);
	if (!lettering_make(r->db, &o, &done, e))
		return form_refused(&l.form, e) && lettering_page_show(&l, 422, e);
	return told_done(&l, &done, e) && back_to_page(&l);
}

struct unletter {
	const char *code;
	int64_t allocation_id;
};

/* Which code or amount: of the form, or that which an act of a moment ago made. */
static bool read_undo(struct lettering_of *l, struct unletter *ret, struct err *e)
{
	struct request *r = l->request;
	const char *allocation = request_form(r, "allocation"), *event = request_query(r, "event");
	uint64_t id = 0;

	*ret = (struct unletter){ .code = request_form(r, "code") };
	if (!str_empty(allocation) && text_to_u64(allocation, INT64_MAX, &id)) {
		ret->allocation_id = (int64_t)id;
		ret->code = NULL;
	} else if (!str_empty(event) && text_to_u64(event, INT64_MAX, &id)) {
		ret->code = NULL;
	}
	return ret->code || id ||
	       err_set(e, ERR_USAGE, "say which code or amount is to be un-lettered");
}

static bool undo_what(struct lettering_of *l, const struct lettering_undo *u,
		      const struct unletter *what, int64_t *ret_event, struct err *e)
{
	struct request *r = l->request;
	const char *event = request_query(r, "event");
	uint64_t id;

	if (what->code)
		return lettering_undo(r->db, u, what->code, ret_event, e);
	if (what->allocation_id)
		return lettering_undo_one(r->db, u, what->allocation_id, ret_event, e);
	return text_to_u64(event, INT64_MAX, &id) &&
	       lettering_undo_event(r->db, u, (int64_t)id, ret_event, e);
}

static bool lettering_undo_post(struct request *r, struct err *e)
{
	struct lettering_undo u = { .entity_id = r->entity.id, .actor = r->actor, .now = r->now };
	struct unletter what;
	struct lettering_of l;
	int64_t event;

	if (!lettering_page_begin(r, &l, e) || !read_undo(&l, &what, e))
		return false;
	u.customer_id = l.customer.id;
	u.reason = form_text(&l.form, "reason", 0, 300);
	/* Taken back at once, from the message that told of it. */
	if (!u.reason && !what.code && !what.allocation_id)
		u.reason = "taken back at once";
	if (!u.reason) {
		form_wrong(&l.form, "", tr(r->cat, "Say why it is undone."));
		return lettering_page_show(&l, 422, e);
	}
	if (!undo_what(&l, &u, &what, &event, e))
		return form_refused(&l.form, e) && lettering_page_show(&l, 422, e);
	return flash_set(r, tr(r->cat, "Un-lettered: the items are open again."),
			 arena_printf(r->arena, "%s/redo?event=%" PRId64, lettering_page_url(&l),
				      event),
			 e) &&
	       back_to_page(&l);
}

static bool lettering_redo_post(struct request *r, struct err *e)
{
	const char *event = request_query(r, "event");
	struct lettering_undo u = { .entity_id = r->entity.id, .actor = r->actor, .now = r->now };
	struct lettering_of l;
	uint64_t id;

	if (!lettering_page_begin(r, &l, e))
		return false;
	u.customer_id = l.customer.id;
	if (str_empty(event) || !text_to_u64(event, INT64_MAX, &id))
		return err_set(e, ERR_USAGE, "say what is to be lettered again");
	if (!lettering_redo(r->db, &u, (int64_t)id, e))
		return form_refused(&l.form, e) && lettering_page_show(&l, 422, e);
	return flash_set(r, tr(r->cat, "Lettered again as before."), NULL, e) && back_to_page(&l);
}

static const struct route routes[] = {
	ROUTE(POST, "/customers/:customer/lettering", lettering_post_form, PERM_CASH_APPLY,
	      SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/lettering/undo", lettering_undo_post, PERM_CASH_APPLY,
	      SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/lettering/redo", lettering_redo_post, PERM_CASH_APPLY,
	      SCOPE_CUSTOMER),
};
const struct route_list ledger_lettering_act_routes = ROUTE_LIST(routes);
