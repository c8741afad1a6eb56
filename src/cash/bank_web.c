/* SPDX-License-Identifier: Apache-2.0 */
/* bank_web.c - the bank's pages: what to decide, statements, money on account. */
#include "cash/bank_load.h"

#include "base/text.h"
#include "web/show.h"
#include "web/undo.h"

enum { QUEUE_SIZE = 50, PAGE_SIZE = 50 };

/* ---- to decide ---- */

static struct bank_queued queued(struct page *p, const struct entry *en, int64_t current)
{
	return (struct bank_queued){
		.url = arena_printf(p->arena, "/bank/entries/%" PRId64, en->id),
		.who = en->payer_name ? en->payer_name : tr(p->cat, "Payer not named"),
		.amount = show_figure(p, en->amount_minor, en->currency),
		.day = show_day(p, en->booked_on),
		.state = bank_state_badge(en->state),
		.words = bank_state_words(p, en->state),
		.why = bank_why(p, en),
		.is_current = en->id == current,
	};
}

/* Where the queue goes on: "?after=2026-10-12,4711". */
static void read_after(struct request *r, day_t *ret_on, int64_t *ret_id)
{
	const char *after = request_query(r, "after");
	const char *comma = after ? strchr(after, ',') : NULL;
	uint64_t id;

	*ret_on = DAY_NONE;
	*ret_id = 0;
	if (!comma || !text_to_u64(comma + 1, INT64_MAX, &id) ||
	    !date_parse(arena_strndup(r->arena, after, (size_t)(comma - after)), ret_on, NULL))
		return;
	*ret_id = (int64_t)id;
}

static bool load_queue(struct request *r, struct page *p, struct entry **ret, size_t *ret_n,
		       struct bank_view *v, struct err *e)
{
	day_t after_on;
	int64_t after_id;

	read_after(r, &after_on, &after_id);
	if (!entry_list_to_decide(r->db, r->arena, r->entity.id, after_on, after_id, QUEUE_SIZE + 1,
				  ret, ret_n, e))
		return false;
	if (*ret_n > QUEUE_SIZE) {
		const struct entry *last = &(*ret)[QUEUE_SIZE - 1];
		*ret_n = QUEUE_SIZE;
		v->more_url = arena_printf(p->arena, "/bank?after=%s,%" PRId64,
					   date_format(last->booked_on, (char[DATE_TEXT]){ 0 }),
					   last->id);
	}
	return true;
}

static void fill_queue(struct page *p, const struct entry *list, size_t n, int64_t current,
		       struct bank_view *v, struct bank_entry *chosen)
{
	struct bank_queued *queue = ARENA_ARRAY(p->arena, n + 1, struct bank_queued);

	for (size_t i = 0; i < n; i++) {
		queue[i] = queued(p, &list[i], current);
		if (list[i].id == current && i + 1 < n)
			chosen->next_id = list[i + 1].id;
	}
	if (chosen->next_id)
		chosen->next_url =
			arena_printf(p->arena, "/bank/entries/%" PRId64, chosen->next_id);
	v->queue = queue;
	v->n_queue = n;
	v->queue_line = arena_printf(p->arena, "%s, %s", v->head.figures[2].gloss,
				     v->head.figures[2].value);
}

/* The page with that entry chosen; id 0: the first to decide. */
static bool show_entry(struct request *r, int64_t id, const struct bank_typed *typed, int status,
		       struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Receipts"), "bank");
	struct bank_view v = { 0 };
	struct bank_entry chosen;
	struct entry *list, en;
	size_t n;

	if (!bank_head_load(r, p, BANK_TO_DECIDE, &v.head, e) ||
	    !load_queue(r, p, &list, &n, &v, e))
		return false;
	if (id == 0 && n > 0)
		id = list[0].id;
	if (id) {
		if (!entry_get(r->db, r->arena, r->entity.id, id, &en, e) ||
		    !bank_entry_load(r, p, &en, typed, &chosen, e))
			return false;
		v.entry = &chosen;
		fill_queue(p, list, n, id, &v, &chosen);
	}
	bank_page(p, &v);
	return respond_page(r, p, status);
}

static bool bank_show(struct request *r, struct err *e)
{
	return show_entry(r, 0, NULL, 200, e);
}

static bool entry_show(struct request *r, struct err *e)
{
	int64_t id = request_id(r, "entry");

	if (id == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no such bank entry");
	return show_entry(r, id, NULL, 200, e);
}

/* ---- acts ---- */

static struct cash_decision decision_of(struct request *r)
{
	int64_t version = request_version(r);

	/* Without a version (the undo of a message) whatever the entry is now counts. */
	return (struct cash_decision){ .entity_id = r->entity.id,
				       .entry_id = request_id(r, "entry"),
				       .version = version > 0 ? version : 0,
				       .actor = r->actor,
				       .now = r->now };
}

static const char *entry_path(struct request *r, const char *act)
{
	return arena_printf(r->arena, "/bank/entries/%" PRId64 "%s", request_id(r, "entry"), act);
}

/* The entry that follows in the queue, as the form says. */
static const char *next_path(struct request *r)
{
	const char *next = request_form(r, "next");
	uint64_t id;

	return next && text_to_u64(next, INT64_MAX, &id) && id
		       ? arena_printf(r->arena, "/bank/entries/%" PRIu64, id)
		       : "/bank";
}

/* Done: says so with the way back, and goes to the next entry. A refusal is told on the entry's page. */
static bool answer(struct request *r, bool ok, const char *said, bool may_undo, struct err *e)
{
	if (ok)
		return flash_set(r, said, may_undo ? undo_now(r, NULL) : NULL, e) &&
		       respond_redirect(r, may_undo ? next_path(r) : entry_path(r, ""));
	if (e->code == ERR_DB || e->code == ERR_IO || e->code == ERR_INTERNAL ||
	    e->code == ERR_RETRY || e->code == ERR_NOT_FOUND)
		return false;
	return flash_error(r, request_message(r, e->msg), e) &&
	       respond_redirect(r, entry_path(r, ""));
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

/* An explanation's lines: money, and what a discount or a charge takes off a document. */
static bool lines_of(struct request *r, const struct cash_proposal *x, struct cash_decision *d,
		     struct err *e)
{
	struct cash_detail *details;
	struct cash_line *lines;
	size_t n;

	if (!cash_detail_of_lines(r->db, r->arena, x->lines, &details, &n, e))
		return false;
	lines = ARENA_ARRAY(r->arena, n + 1, struct cash_line);
	for (size_t i = 0; i < n; i++)
		lines[d->n_lines++] = (struct cash_line){
			details[i].item_id, details[i].amount_minor,
			str_eq(details[i].line_kind, "discount") ? MATCH_DISCOUNT
			: str_eq(details[i].line_kind, "fee")    ? MATCH_FEE
								 : MATCH_ALLOCATION
		};
	d->lines = lines;
	return true;
}

static bool entry_accept(struct request *r, struct err *e)
{
	struct cash_decision d = decision_of(r);
	struct cash_proposal x = { 0 };
	struct form f;
	int64_t rank;

	form_init(&f, r);
	rank = form_int(&f, "rank", FORM_NEEDED, 1, 100, 1);
	if (!form_ok(&f))
		return err_set(e, ERR_INVALID, "say which explanation");
	if (!proposal_of(r, d.entry_id, rank, &x, e) || !lines_of(r, &x, &d, e))
		return answer(r, false, NULL, false, e);
	d.customer_id = x.customer_id;
	d.rule = x.rule;
	return answer(r, cash_apply(r->db, &d, e), tr(r->cat, "Applied."), true, e);
}

static bool typed_lines(struct request *r, struct form *f, const struct entry *en,
			int64_t customer_id, struct cash_decision *d, struct err *e)
{
	struct cash_line *lines;
	struct item *items;
	size_t n;

	if (!bank_choice_items(r, en, customer_id, &items, &n, e))
		return false;
	lines = ARENA_ARRAY(r->arena, n + 1, struct cash_line);
	for (size_t i = 0; i < n; i++) {
		int64_t minor =
			form_minor(f, bank_choice_name(r->arena, items[i].id), 0, en->currency);
		if (minor != 0)
			lines[d->n_lines++] =
				(struct cash_line){ items[i].id, minor, MATCH_ALLOCATION };
	}
	d->lines = lines;
	return true;
}

static bool entry_apply(struct request *r, struct err *e)
{
	struct cash_decision d = decision_of(r);
	struct bank_typed typed = { 0 };
	struct customer c;
	struct entry en;
	struct form f;

	form_init(&f, r);
	if (!entry_get(r->db, r->arena, r->entity.id, d.entry_id, &en, e) ||
	    !bank_customer_of(r, request_form(r, "customer"), &c, e) ||
	    (c.id && !typed_lines(r, &f, &en, c.id, &d, e)))
		return false;
	if (form_ok(&f) && d.n_lines == 0)
		form_wrong(&f, "", tr(r->cat, "Write at least one amount."));
	d.customer_id = c.id;
	if (form_ok(&f) && cash_apply(r->db, &d, e))
		return answer(r, true, tr(r->cat, "Applied."), true, e);
	if (form_ok(&f) && !form_refused(&f, e))
		return false;
	typed = (struct bank_typed){ .form = &f, .error = form_message(&f, "") };
	return show_entry(r, d.entry_id, &typed, 422, e);
}

static bool entry_account(struct request *r, struct err *e)
{
	struct cash_decision d = decision_of(r);
	struct customer c;

	if (!bank_customer_of(r, request_form(r, "customer"), &c, e))
		return false;
	if (!c.id) {
		err_set(e, ERR_INVALID, "%s", tr(r->cat, "say which customer"));
		return answer(r, false, NULL, false, e);
	}
	d.customer_id = c.id;
	return answer(r, cash_apply(r->db, &d, e), tr(r->cat, "Kept on account."), true, e);
}

static bool entry_ignore(struct request *r, struct err *e)
{
	struct cash_decision d = decision_of(r);

	return answer(r, cash_ignore(r->db, &d, e), tr(r->cat, "Put aside."), true, e);
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
	struct cash_decision d = decision_of(r);
	const char *document = request_form(r, "document");
	int64_t item_id = 0;
	struct entry en;
	bool ok;

	ok = entry_get(r->db, r->arena, r->entity.id, d.entry_id, &en, e) &&
	     cash_find_booked(r->db, r->arena, r->entity.id, &en, document ? document : "",
			      &item_id, e) &&
	     cash_mark_booked(r->db, &d, item_id, e);
	return answer(r, ok, tr(r->cat, "Counted once: the ledger has it."), true, e);
}

static bool entry_unapply(struct request *r, struct err *e)
{
	struct cash_decision d = decision_of(r);
	bool ok = cash_unapply(r->db, &d, e) && explain_again(r, d.entry_id, e);

	return answer(r, ok, tr(r->cat, "Taken back: documents and receipt are as before."), false,
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

/* ---- statements ---- */

static struct bank_statement_row statement_row(struct page *p, const struct statement *s)
{
	return (struct bank_statement_row){
		.url = arena_printf(p->arena, "/bank/statements/%" PRId64, s->id),
		.account = s->account,
		.reference = s->reference,
		.period = arena_printf(p->arena, "%s – %s", show_day(p, s->from_on),
				       show_day(p, s->to_on)),
		.opening = s->has_opening ? show_amount(p, s->opening_minor, s->currency) : "–",
		.closing = s->has_closing ? show_amount(p, s->closing_minor, s->currency) : "–",
		.entries = show_count(p, s->n_entries),
		.to_decide = s->n_to_decide ? arena_printf(p->arena, tr(p->cat, "%s to decide"),
							   show_count(p, s->n_to_decide))
					    : NULL,
		.is_balanced = s->is_balanced,
		.remark = s->remark,
	};
}

static bool statements_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Bank statements"), "bank");
	const char *before = request_query(r, "before");
	struct bank_statements_view v = { 0 };
	struct bank_statement_row *rows;
	struct statement *list;
	uint64_t before_id = 0;
	size_t n;

	if (before && !text_to_u64(before, INT64_MAX, &before_id))
		before_id = 0;
	if (!bank_head_load(r, p, BANK_STATEMENTS, &v.head, e) ||
	    !statement_list(r->db, r->arena, r->entity.id, (int64_t)before_id, PAGE_SIZE + 1, &list,
			    &n, e))
		return false;
	rows = ARENA_ARRAY(p->arena, n + 1, struct bank_statement_row);
	for (size_t i = 0; i < n && i < PAGE_SIZE; i++)
		rows[i] = statement_row(p, &list[i]);
	v.rows = rows;
	v.n_rows = n < PAGE_SIZE ? n : PAGE_SIZE;
	if (n > PAGE_SIZE)
		v.next_url = arena_printf(p->arena, "/bank/statements?before=%" PRId64,
					  list[PAGE_SIZE - 1].id);
	bank_statements_page(p, &v);
	return respond_page(r, p, 200);
}

static bool statement_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Bank statement"), "bank");
	int64_t id = request_id(r, "statement");
	struct bank_statement_view v = { 0 };
	struct bank_entry_row *rows;
	struct statement *s;
	struct entry *list;
	size_t n;

	if (!bank_head_load(r, p, BANK_STATEMENTS, &v.head, e) ||
	    !statement_list(r->db, r->arena, r->entity.id, id + 1, 1, &s, &n, e))
		return false;
	if (n == 0 || s->id != id)
		return err_set(e, ERR_NOT_FOUND, "there is no such bank statement");
	if (!entry_list_statement(r->db, r->arena, id, &list, &n, e))
		return false;
	v.statement = statement_row(p, s);
	rows = ARENA_ARRAY(p->arena, n + 1, struct bank_entry_row);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct bank_entry_row){
			.url = arena_printf(p->arena, "/bank/entries/%" PRId64, list[i].id),
			.day = show_day(p, list[i].booked_on),
			.who = list[i].payer_name ? list[i].payer_name : list[i].reference,
			.text = list[i].remittance,
			.amount = show_figure(p, list[i].amount_minor, list[i].currency),
			.state = bank_state_badge(list[i].state),
			.words = list[i].amount_minor > 0 ? bank_state_words(p, list[i].state)
							  : tr(p->cat, "Going out"),
		};
	v.rows = rows;
	v.n_rows = n;
	bank_statement_page(p, &v);
	return respond_page(r, p, 200);
}

/* ---- on account ---- */

static bool account_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Money on account"), "bank");
	struct bank_unallocated_view v = { 0 };
	struct bank_unallocated_row *rows;
	struct cash_unallocated *list;
	int64_t total = 0;
	size_t n;

	if (!bank_head_load(r, p, BANK_ON_ACCOUNT, &v.head, e) ||
	    !cash_unallocated_list(r->db, r->arena, r->entity.id, &list, &n, e))
		return false;
	rows = ARENA_ARRAY(p->arena, n + 1, struct bank_unallocated_row);
	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct bank_unallocated_row){
			.customer = list[i].customer_name,
			.customer_url =
				arena_printf(p->arena, "/customers/%" PRId64, list[i].customer_id),
			.document = list[i].document,
			.url = list[i].entry_id ? arena_printf(p->arena, "/bank/entries/%" PRId64,
							       list[i].entry_id)
						: NULL,
			.day = show_day(p, list[i].received_on),
			.amount = show_amount(p, list[i].amount_minor, list[i].currency),
			.left = show_amount(p, list[i].left_minor, list[i].currency),
		};
		/* Other currencies stand in the rows; the total is of the company's own. */
		if (str_eq(list[i].currency, r->entity.currency))
			total += list[i].left_minor;
	}
	v.rows = rows;
	v.n_rows = n;
	v.total = show_amount(p, total, r->entity.currency);
	bank_unallocated_page(p, &v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/bank", bank_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/match", bank_match, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/bank/statements", statements_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/statements/:statement", statement_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/account", account_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/entries/:entry", entry_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/accept", entry_accept, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/apply", entry_apply, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/account", entry_account, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/ignore", entry_ignore, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/booked", entry_booked, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/unapply", entry_unapply, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list bank_routes = ROUTE_LIST(routes);
