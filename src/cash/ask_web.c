/* SPDX-License-Identifier: Apache-2.0 */
/* ask_web.c - asking the payer, and noting what he answers. */
#include "cash/ask.h"

#include "cash/desk_web.h"
#include "web/show.h"

bool ask_load(struct request *r, struct page *p, const struct entry *en, struct bank_entry *ret,
	      struct err *e)
{
	struct bank_ask *ask = ARENA_NEW(p->arena, struct bank_ask);
	const struct catalogue *cat;
	struct question q;
	struct customer c;

	if (!ask_of_entry(r->db, r->arena, r->entity.id, en->id, &q, e))
		return false;
	if (q.id) {
		ask->is_waiting = str_eq(q.state, "asked");
		ask->said =
			ask->is_waiting
				? arena_printf(p->arena, tr(p->cat, "The payer was asked on %s."),
					       show_day_long(p, q.asked_on))
				: arena_printf(p->arena, tr(p->cat, "The payer answered on %s: %s"),
					       show_day_long(p, q.answered_on), q.answer);
		ret->ask = ask;
	}
	if (!ret->may_decide || ask->is_waiting || !ret->customer_code)
		return true;
	if (!customer_get(r->db, r->arena, r->entity.id, ret->customer_code, &c, e) ||
	    !ask_recipient(r->db, r->arena, &c, &ask->recipient, e))
		return false;
	cat = catalogue_find(c.language ? c.language : r->entity.language);
	ask->may_ask = true;
	ask->language = catalogue_language(cat);
	ask->subject = ask_subject(r->arena, cat, en);
	ask->body = ask_body(r->arena, cat, en, r->entity.name);
	if (ask->recipient)
		ask->mail_link = ask_mail_link(r->arena, ask->recipient, ask->subject, ask->body);
	ret->ask = ask;
	return true;
}

static bool entry_ask(struct request *r, struct err *e)
{
	struct ask_new in = { .entity_id = r->entity.id,
			      .entry_id = request_id(r, "entry"),
			      .today = r->today,
			      .actor = r->actor,
			      .now = r->now };
	struct customer c;
	struct form f;

	form_init(&f, r);
	in.recipient = form_text(&f, "recipient", 0, 200);
	in.subject = form_text(&f, "subject", FORM_NEEDED, 200);
	in.body = form_text(&f, "body", FORM_NEEDED, 16000);
	if (!bank_customer_of(r, request_form(r, "customer"), &c, e))
		return false;
	in.customer_id = c.id;
	if (!form_ok(&f) || !c.id) {
		err_set(e, ERR_INVALID, "%s", tr(r->cat, "Write a subject and a text."));
		return desk_answer(r, false, NULL, false, e);
	}
	return desk_answer(r, ask_payer(r->db, &in, e), tr(r->cat, "Noted: the payer was asked."),
			   true, e);
}

static bool entry_answered(struct request *r, struct err *e)
{
	const char *answer;
	struct form f;
	bool ok;

	form_init(&f, r);
	answer = form_text(&f, "answer", 0, 2000);
	ok = ask_answered(r->db, r->entity.id, request_id(r, "entry"), answer, r->today, r->actor,
			  r->now, e);
	return desk_answer(r, ok, tr(r->cat, "The answer is noted."), false, e);
}

static const struct route routes[] = {
	ROUTE(POST, "/bank/entries/:entry/ask", entry_ask, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/answered", entry_answered, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list ask_routes = ROUTE_LIST(routes);
