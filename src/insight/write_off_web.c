/* SPDX-License-Identifier: Apache-2.0 */
/* write_off_web.c - bad debts (pertes): asked for on ticked items, decided by a second person, undone. */
#include "insight/write_off_view.h"

#include "base/list.h"
#include "base/text.h"
#include "i18n/amount.h"
#include "insight/routes.h"
#include "ledger/scope.h"
#include "ledger/write_off.h"
#include "web/show.h"
#include "web/table.h"

enum { LIST_MAX = 2000 };

/* ---- asking -------------------------------------------------------------------------------------- */

struct asking {
	struct request *request;
	struct page *page;
	struct form form;
	struct customer customer;
	struct book *book;
	LIST_OF(size_t) at;     /* indexes in the book */
	LIST_OF(int64_t) items; /* their ids */
};

static bool begin(struct request *r, struct asking *a, struct err *e)
{
	const struct web_values *values = r->method == METHOD_POST ? &r->form : &r->query;
	int64_t id = request_id(r, "customer");

	*a = (struct asking){ .request = r };
	form_init(&a->form, r);
	if (!customer_get_by_id(r->db, r->arena, r->entity.id, id, &a->customer, e) ||
	    !book_load(r->db, r->arena,
		       &(struct book_query){
			       .entity_id = r->entity.id, .as_of = r->today, .only_customer = id },
		       &a->book, e))
		return false;
	for (size_t k = 0; k < values->n; k++) {
		uint64_t item;
		if (!str_eq(values->at[k].name, "item") ||
		    !text_to_u64(values->at[k].value, INT64_MAX, &item))
			continue;
		if (a->items.n == WRITE_OFF_ITEMS_MAX)
			return err_set(e, ERR_LIMIT, "at most %d documents at once",
				       WRITE_OFF_ITEMS_MAX);
		*LIST_ADD(r->arena, &a->items) = (int64_t)item;
		for (size_t i = 0; i < a->book->n_items; i++)
			if (a->book->item_id[i] == (int64_t)item)
				*LIST_ADD(r->arena, &a->at) = i;
	}
	return true;
}

static bool show_form(struct asking *a, int status)
{
	struct request *r = a->request;
	struct item_row *row = ARENA_ARRAY(r->arena, a->at.n + 1, struct item_row);
	struct part_field *f = ARENA_ARRAY(r->arena, 1, struct part_field);
	struct customer_act_view v = {
		.customer_id = a->customer.id,
		.customer_name = a->customer.name,
		.customer_url = arena_printf(r->arena, "/customers/%" PRId64, a->customer.id),
		.title = tr(r->cat, "Write off"),
		.line = tr(r->cat,
			   "What is left of them becomes a loss (654). Above your limit another"
			   " person decides."),
		.action =
			arena_printf(r->arena, "/customers/%" PRId64 "/write-off", a->customer.id),
		.button = tr(r->cat, "Write them off"),
		.items = row,
		.n_items = a->at.n,
		.fields = f,
		.n_fields = 1,
		.message = form_message(&a->form, ""),
	};

	a->page = page_begin(r, v.title, "customers");
	for (size_t i = 0; i < a->at.n; i++)
		item_row_fill(r, a->page, a->book, a->at.at[i], &row[i]);
	f[0] = (struct part_field){ .name = "reason",
				    .label = tr(r->cat, "Why the debt is lost"),
				    .value = request_form(r, "reason"),
				    .error = form_message(&a->form, "reason"),
				    .n_lines = 2,
				    .is_required = true };
	customer_act_page(a->page, &v);
	return respond_page(r, a->page, status);
}

static bool write_off_form(struct request *r, struct err *e)
{
	struct asking a;

	if (!begin(r, &a, e))
		return false;
	if (a.at.n > 0)
		return show_form(&a, 200);
	return flash_error(r, tr(r->cat, "Tick one item or more that is still owed."), e) &&
	       respond_redirect(r, arena_printf(r->arena, "/customers/%" PRId64, a.customer.id));
}

static bool write_off_post(struct request *r, struct err *e)
{
	struct write_off_order o = { .entity_id = r->entity.id,
				     .entity_currency = r->entity.currency,
				     .today = r->today,
				     .actor = r->actor,
				     .now = r->now };
	struct write_off_done done;
	struct asking a;
	char text[AMOUNT_TEXT];

	if (!begin(r, &a, e) || !write_off_limit(r->db, r->arena, r->entity.id, r->user.role,
						 r->entity.currency, &o.limit_minor, e))
		return false;
	o.customer_id = a.customer.id;
	o.items = a.items.at;
	o.n_items = a.items.n;
	o.reason = form_text(&a.form, "reason", FORM_NEEDED, 500);
	if (!form_ok(&a.form))
		return show_form(&a, 422);
	if (!write_off_request(r->db, &o, &done, e))
		return form_refused(&a.form, e) && show_form(&a, 422);
	amount_text(done.amount_minor, done.currency, catalogue_language(r->cat), text);
	return flash_set(r,
			 arena_printf(r->arena,
				      done.is_waiting ? tr(r->cat, "%s waits for another person.")
						      : tr(r->cat, "%s written off."),
				      text),
			 NULL, e) &&
	       respond_redirect(r, arena_printf(r->arena, "/write-offs/%" PRId64, done.id));
}

/* ---- one write-off ------------------------------------------------------------------------------- */

static const struct {
	const char *name, *badge, *text;
} states[] = {
	{ "requested", "soon", N_("To be decided") },
	{ "done", "done", N_("Written off") },
	{ "refused", "off", N_("Refused") },
	{ "undone", "off", N_("Taken back") },
};

static size_t state_at(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_eq(states[i].name, name))
			return i;
	return 0;
}

static size_t fill_facts(struct request *r, struct page *p, const struct write_off *w,
			 struct customer_fact *f)
{
	size_t n = 0;

	f[n++] = (struct customer_fact){ tr(p->cat, "Amount"),
					 show_amount(p, w->amount_minor, w->currency), false };
	f[n++] =
		(struct customer_fact){ tr(p->cat, "Documents"), show_count(p, w->n_items), false };
	f[n++] = (struct customer_fact){ tr(p->cat, "Why"), w->reason, false };
	f[n++] = (struct customer_fact){ tr(p->cat, "Asked for by"), actor_text(r, w->requested_by),
					 false };
	f[n++] = (struct customer_fact){ tr(p->cat, "Asked for on"),
					 show_day_long(p, w->requested_on), false };
	if (w->decided_by) {
		f[n++] = (struct customer_fact){ tr(p->cat, "Decided by"),
						 actor_text(r, w->decided_by), false };
		f[n++] = (struct customer_fact){ tr(p->cat, "Decided on"),
						 show_day_long(p, w->decided_on), false };
	}
	if (w->remark)
		f[n++] = (struct customer_fact){ tr(p->cat, "Remark"), w->remark, false };
	return n;
}

static bool show(struct request *r, const struct write_off *w, const struct form *form, int status)
{
	struct page *p = page_begin(r, tr(r->cat, "Write-off"), "customers");
	struct customer_fact *f = ARENA_ARRAY(r->arena, 10, struct customer_fact);
	size_t state = state_at(w->state);
	bool may = request_may(r, PERM_CASH_APPLY);
	struct write_off_view v = {
		.id = w->id,
		.title = arena_printf(r->arena, tr(r->cat, "Write-off of %s"),
				      show_amount(p, w->amount_minor, w->currency)),
		.line = w->customer_name,
		.state = states[state].badge,
		.words = tr(r->cat, states[state].text),
		.customer_name = w->customer_name,
		.customer_url = arena_printf(r->arena, "/customers/%" PRId64, w->customer_id),
		.facts = f,
		.n_facts = fill_facts(r, p, w, f),
		.message = form ? form_message(form, "") : NULL,
		.typed = request_form(r, "remark"),
		.may_decide = may && str_eq(w->state, "requested"),
		.may_undo = may && str_eq(w->state, "done"),
	};

	if (form && !v.message)
		v.message = form_message(form, "remark");
	if (w->vat_minor > 0)
		v.vat_hint = arena_printf(
			r->arena,
			tr(r->cat,
			   "%s of it is VAT: it can be claimed back once the debt is"
			   " irrecoverable (CGI art. 272), with a copy of the invoice marked so."),
			show_amount(p, w->vat_minor, w->currency));
	if (v.may_decide && str_eq(w->requested_by, r->actor))
		v.own_hint = tr(r->cat, "You asked for it: another person decides.");
	write_off_page(p, &v);
	return respond_page(r, p, status);
}

static bool load(struct request *r, struct write_off *ret, struct err *e)
{
	return write_off_get(r->db, r->arena, r->entity.id, request_id(r, "write_off"), ret, e) &&
	       scope_customer(r, ret->customer_id, e);
}

static bool write_off_show(struct request *r, struct err *e)
{
	struct write_off w;

	return load(r, &w, e) && show(r, &w, NULL, 200);
}

static bool write_off_act(struct request *r, struct err *e)
{
	static const char *const acts[] = { "accept", "refuse", "undo", NULL };
	struct write_off_decision d = { .entity_id = r->entity.id,
					.entity_currency = r->entity.currency,
					.today = r->today,
					.actor = r->actor,
					.now = r->now };
	struct write_off w;
	struct form f;
	const char *act;

	form_init(&f, r);
	if (!load(r, &w, e) || !write_off_limit(r->db, r->arena, r->entity.id, r->user.role,
						r->entity.currency, &d.limit_minor, e))
		return false;
	act = form_choice(&f, "act", FORM_NEEDED, acts);
	d.id = w.id;
	d.accepts = str_eq(act, "accept");
	d.remark = form_text(&f, "remark", 0, 500);
	if (!form_ok(&f))
		return err_set(e, ERR_USAGE, "say what is decided");
	if (!(str_eq(act, "undo") ? write_off_undo(r->db, &d, e) : write_off_decide(r->db, &d, e)))
		return form_refused(&f, e) && show(r, &w, &f, 422);
	return flash_set(r, tr(r->cat, "The decision is kept."), NULL, e) &&
	       respond_redirect(r, arena_printf(r->arena, "/write-offs/%" PRId64, w.id));
}

/* ---- the list ------------------------------------------------------------------------------------ */

enum column { CUSTOMER, STATE, AMOUNT, VAT, REASON, ASKED_BY, ASKED_ON, DECIDED_BY, DECIDED_ON };

static const struct table_column columns[] = {
	[CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, TABLE_NARROW },
	[STATE] = { "state", N_("State"), TABLE_STATE, TABLE_NARROW },
	[AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT, TABLE_NARROW },
	[VAT] = { "vat", N_("of which VAT"), TABLE_AMOUNT, TABLE_SOFT },
	[REASON] = { "reason", N_("Why"), TABLE_TEXT, 0 },
	[ASKED_BY] = { "requested_by", N_("Asked for by"), TABLE_TEXT, 0 },
	[ASKED_ON] = { "requested_on", N_("Asked for on"), TABLE_DAY, 0 },
	[DECIDED_BY] = { "decided_by", N_("Decided by"), TABLE_TEXT, TABLE_EXTRA },
	[DECIDED_ON] = { "decided_on", N_("Decided on"), TABLE_DAY, TABLE_EXTRA },
};
static const struct table_choice choices[] = {
	{ "", N_("All") },
	{ "requested", N_("To be decided") },
	{ "done", N_("Written off") },
	{ "refused", N_("Refused") },
	{ "undone", N_("Taken back") },
};
static const struct table_filter filters[] = {
	{ "state", N_("Show"), TABLE_CHIPS, choices, ARRAY_LEN(choices) },
};
static const struct table write_off_table = {
	.name = "write-offs",
	.path = "/write-offs",
	.section = "customers",
	.title = N_("Write-offs"),
	.none = N_("No write-off fits"),
	.empty = N_("Nothing was written off"),
	.icon = "sheet",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
	.times = TABLE_NOW,
};

struct listing {
	struct request *request;
	struct write_off *at;
	size_t n;
};

static size_t place_after(const struct listing *l, const char *after)
{
	uint64_t id;

	if (!after || !text_to_u64(after, INT64_MAX, &id))
		return 0;
	for (size_t i = 0; i < l->n; i++)
		if (l->at[i].id == (int64_t)id)
			return i + 1;
	return 0;
}

static bool put_rows(void *arg, const char *after, size_t limit, struct table_out *out,
		     struct err *e)
{
	const struct listing *l = arg;
	size_t from = place_after(l, after);

	for (size_t i = from; i < l->n && i - from < limit; i++) {
		const struct write_off *w = &l->at[i];
		struct arena *a = table_arena(out);
		struct table_cell *cell =
			table_begin_row(out, arena_printf(a, "%" PRId64, w->id), w->currency);

		cell_link(&cell[CUSTOMER], w->customer_name,
			  arena_printf(a, "/write-offs/%" PRId64, w->id));
		cell[CUSTOMER].sub = w->customer_code;
		cell_state(&cell[STATE], states[state_at(w->state)].badge,
			   tr(table_catalogue(out), states[state_at(w->state)].text));
		cell_amount(&cell[AMOUNT], w->amount_minor);
		cell_amount(&cell[VAT], w->vat_minor);
		cell_text(&cell[REASON], w->reason);
		cell_text(&cell[ASKED_BY], actor_text(l->request, w->requested_by));
		cell_day(&cell[ASKED_ON], w->requested_on);
		cell_text(&cell[DECIDED_BY],
			  w->decided_by ? actor_text(l->request, w->decided_by) : NULL);
		cell_day(&cell[DECIDED_ON], w->decided_on);
		if (!table_end_row(out, e))
			return false;
	}
	return true;
}

static bool write_offs_show(struct request *r, struct err *e)
{
	struct listing l = { .request = r };
	struct table_view v;
	size_t kept = 0;

	if (!table_read(r, &write_off_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!write_off_list(r->db, r->arena, r->entity.id, 0, table_value(&v, "state"), LIST_MAX,
			    &l.at, &l.n, e))
		return false;
	for (size_t i = 0; i < l.n; i++) {
		struct err unseen = { 0 };
		if (scope_customer(r, l.at[i].customer_id, &unseen))
			l.at[kept++] = l.at[i];
		else if (unseen.code != ERR_NOT_FOUND)
			return err_set(e, unseen.code, "%s", unseen.msg);
	}
	l.n = kept;
	return table_answer(
		r, &v,
		&(struct table_source){ .rows = put_rows,
					.arg = &l,
					.n_rows = (int64_t)l.n,
					.n_before = (int64_t)place_after(&l, v.after),
					.is_bare = l.n == 0 && !table_value(&v, "state") },
		e);
}

static const struct route routes[] = {
	ROUTE(GET, "/write-offs", write_offs_show, PERM_ITEM_READ, SCOPE_ENTITY),
	ROUTE(GET, "/write-offs/:write_off", write_off_show, PERM_ITEM_READ, SCOPE_ENTITY),
	ROUTE(POST, "/write-offs/:write_off", write_off_act, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/customers/:customer/write-off", write_off_form, PERM_CUSTOMER_EDIT,
	      SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/write-off", write_off_post, PERM_CUSTOMER_EDIT,
	      SCOPE_CUSTOMER),
};
const struct route_list insight_write_off_routes = ROUTE_LIST(routes);
