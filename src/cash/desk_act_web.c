/* SPDX-License-Identifier: Apache-2.0 */
/* desk_act_web.c - what a person does with a bank entry; after each act the next one is shown. */
#include "cash/convert.h"
#include "cash/desk_web.h"
#include "cash/since.h"

#include "base/text.h"
#include "web/undo.h"

struct cash_decision desk_decision(struct request *r)
{
	int64_t version = request_version(r);

	/* Without a version (the undo of a message) whatever the entry is now counts. */
	return (struct cash_decision){ .entity_id = r->entity.id,
				       .entry_id = request_id(r, "entry"),
				       .version = version > 0 ? version : 0,
				       .actor = r->actor,
				       .now = r->now };
}

/* The entry that follows in the queue, as the form says. */
static const char *next_path(struct request *r)
{
	const char *next = request_form(r, "next");
	uint64_t id = 0;

	if (next && !text_to_u64(next, INT64_MAX, &id))
		id = 0;
	return desk_url(r, (int64_t)id, "");
}

/* The way back of an act: the entry's own event, with which what came along goes. */
static const char *desk_undo(struct request *r)
{
	static const char *const kinds[] = { "payer.asked", "refund.ordered", "entry.applied",
					     "entry.transferred", "entry.deposit" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *path = undo_now(r, kinds[i]);
		if (path)
			return path;
	}
	return undo_now(r, NULL);
}

/* Done: says so with the way back, and goes to the next entry. A refusal is told on the entry's page. */
bool desk_answer(struct request *r, bool ok, const char *said, bool may_undo, struct err *e)
{
	if (ok)
		return flash_set(r, said, may_undo ? desk_undo(r) : NULL, e) &&
		       respond_redirect(r, may_undo ? next_path(r)
						    : desk_url(r, request_id(r, "entry"), ""));
	if (e->code == ERR_DB || e->code == ERR_IO || e->code == ERR_INTERNAL ||
	    e->code == ERR_RETRY || e->code == ERR_NOT_FOUND)
		return false;
	return flash_error(r, request_message(r, e->msg), e) &&
	       respond_redirect(r, desk_url(r, request_id(r, "entry"), ""));
}

static bool proposal_of(struct request *r, int64_t entry_id, int64_t rank,
			struct cash_proposal *ret, struct err *e)
{
	struct cash_proposal *list;
	size_t n;

	if (!cash_proposal_list(r->db, r->arena, entry_id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (list[i].rank == rank) {
			*ret = list[i];
			return true;
		}
	return err_set(e, ERR_CONFLICT, "that explanation is no longer there");
}

enum match_kind desk_line_kind(const struct cash_detail *d)
{
	enum match_kind kind = MATCH_ALLOCATION;

	ENSURE(match_kind_of(d->line_kind, &kind));
	return kind;
}

/* An explanation's lines: money, and what a discount or a charge takes off a document. */
static bool lines_of(struct request *r, const struct cash_proposal *x, struct cash_decision *d,
		     struct err *e)
{
	struct cash_detail *details;
	struct cash_line *lines;
	struct entry en;
	size_t n;

	if (!cash_detail_of_lines(r->db, r->arena, x->lines, &details, &n, e))
		return false;
	lines = ARENA_ARRAY(r->arena, n + 1, struct cash_line);
	for (size_t i = 0; i < n; i++)
		lines[d->n_lines++] =
			(struct cash_line){ details[i].item_id, details[i].amount_minor,
					    desk_line_kind(&details[i]) };
	d->lines = lines;
	return entry_get(r->db, r->arena, r->entity.id, d->entry_id, &en, e) &&
	       convert_decide(r->db, r->arena, &en, details, n, d, e);
}

static bool entry_accept(struct request *r, struct err *e)
{
	struct cash_decision d = desk_decision(r);
	struct cash_proposal x = { 0 };
	struct form f;
	int64_t rank, entity_id;

	form_init(&f, r);
	rank = form_int(&f, "rank", FORM_NEEDED, 1, 100, 1);
	if (!form_ok(&f))
		return err_set(e, ERR_INVALID, "say which explanation");
	if (!proposal_of(r, d.entry_id, rank, &x, e) || !lines_of(r, &x, &d, e))
		return desk_answer(r, false, NULL, false, e);
	d.customer_id = x.customer_id;
	d.rule = x.rule;
	if (!transfer_entity_of(r->db, x.customer_id, &entity_id, e))
		return false;
	if (entity_id != r->entity.id)
		return desk_answer(r, desk_transfer(r, &d, entity_id, x.customer_id, e),
				   tr(r->cat, "Transferred to the company that was meant."), true,
				   e);
	return desk_answer(r, cash_apply(r->db, &d, e), tr(r->cat, "Applied."), true, e);
}

/* Above the limit of who decides the documents stay open until a second person has decided. */
static bool apply_with_loss(struct request *r, const struct cash_decision *d,
			    const struct desk_rest *rest, const char **ret_said, struct err *e)
{
	struct settle_loss loss = { .items = rest->items,
				    .n_items = rest->n_items,
				    .reason = rest->reason,
				    .entity_currency = r->entity.currency,
				    .today = r->today };
	struct write_off_done done;

	if (!write_off_limit(r->db, r->arena, r->entity.id, r->user.role, r->entity.currency,
			     &loss.limit_minor, e) ||
	    !settle_with_loss(r->db, d, &loss, &done, e))
		return false;
	*ret_said = done.is_waiting
			    ? tr(r->cat,
				 "Applied. The loss is above your limit: a second person decides.")
			    : tr(r->cat, "Applied, and the rest written off.");
	return true;
}

static bool entry_apply(struct request *r, struct err *e)
{
	struct cash_decision d = desk_decision(r);
	const char *said = tr(r->cat, "Applied.");
	struct bank_typed typed = { 0 };
	struct desk_rest rest = { 0 };
	struct customer c;
	struct entry en;
	struct form f;

	form_init(&f, r);
	if (!entry_get(r->db, r->arena, r->entity.id, d.entry_id, &en, e) ||
	    !bank_customer_of(r, request_form(r, "customer"), &c, e) ||
	    !desk_split_read(r, &f, &en, &d, &rest, e))
		return false;
	d.customer_id = c.id;
	if (form_ok(&f) &&
	    (rest.is_loss ? apply_with_loss(r, &d, &rest, &said, e) : cash_apply(r->db, &d, e)))
		return desk_answer(r, true, said, true, e);
	if (form_ok(&f) && !form_refused(&f, e))
		return false;
	typed = (struct bank_typed){ .form = &f, .error = form_message(&f, "") };
	return desk_show(r, d.entry_id, &typed, 422, e);
}

static bool entry_account(struct request *r, struct err *e)
{
	struct cash_decision d = desk_decision(r);
	struct customer c;

	if (!bank_customer_of(r, request_form(r, "customer"), &c, e))
		return false;
	if (!c.id) {
		err_set(e, ERR_INVALID, "%s", tr(r->cat, "say which customer"));
		return desk_answer(r, false, NULL, false, e);
	}
	d.customer_id = c.id;
	return desk_answer(r, cash_apply(r->db, &d, e), tr(r->cat, "Kept on account."), true, e);
}

static bool entry_ignore(struct request *r, struct err *e)
{
	struct cash_decision d = desk_decision(r);

	return desk_answer(r, cash_ignore(r->db, &d, e), tr(r->cat, "Put aside."), true, e);
}

/* The person needs the explanations again. */
static bool explain_again(struct request *r, int64_t entry_id, struct err *e)
{
	struct cash_match_options o = { .entity_id = r->entity.id,
					.date = r->today,
					.only_entry_id = entry_id,
					.actor = r->actor,
					.now = r->now };
	struct cash_match_report report;

	return cash_match(r->db, r->arena, &o, &report, e);
}

static bool entry_booked(struct request *r, struct err *e)
{
	struct cash_decision d = desk_decision(r);
	const char *document = request_form(r, "document");
	int64_t item_id = 0;
	struct entry en;
	bool ok;

	ok = entry_get(r->db, r->arena, r->entity.id, d.entry_id, &en, e) &&
	     cash_find_booked(r->db, r->arena, r->entity.id, &en, document ? document : "",
			      &item_id, e) &&
	     cash_mark_booked(r->db, &d, item_id, e);
	return desk_answer(r, ok, tr(r->cat, "Counted once: the ledger has it."), true, e);
}

static bool entry_unapply(struct request *r, struct err *e)
{
	const char *said = tr(r->cat, "Taken back: documents and receipt are as before.");
	struct cash_decision d = desk_decision(r);
	struct cash_since since;
	const char *left;
	bool ok;

	if (!cash_since(r->db, r->arena, r->entity.id, d.entry_id, &since, e))
		return false;
	left = cash_since_say(r->arena, r->cat, &since);
	ok = cash_unapply(r->db, &d, e) && explain_again(r, d.entry_id, e);
	return desk_answer(r, ok, left ? arena_printf(r->arena, "%s %s", said, left) : said, false,
			   e);
}

static bool bank_match(struct request *r, struct err *e)
{
	struct cash_match_options o = {
		.entity_id = r->entity.id, .date = r->today, .actor = r->actor, .now = r->now
	};
	struct cash_match_report report;

	if (!cash_match(r->db, r->arena, &o, &report, e))
		return false;
	return flash_set(r,
			 arena_printf(r->arena, tr(r->cat, "%s applied, %s to decide."),
				      arena_printf(r->arena, "%" PRId64, report.n_auto),
				      arena_printf(r->arena, "%" PRId64,
						   report.n_proposed + report.n_unmatched +
							   report.n_doubtful)),
			 NULL, e) &&
	       respond_redirect(r, "/bank");
}

static const struct route routes[] = {
	ROUTE(POST, "/bank/match", bank_match, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/accept", entry_accept, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/apply", entry_apply, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/account", entry_account, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/ignore", entry_ignore, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/booked", entry_booked, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/unapply", entry_unapply, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list desk_act_routes = ROUTE_LIST(routes);
