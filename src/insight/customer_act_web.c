/* SPDX-License-Identifier: Apache-2.0 */
/* customer_act_web.c - what a person says about a customer or his items: promise, dispute, note. */
#include "insight/customer_view.h"

#include "base/list.h"
#include "base/money.h"
#include "base/text.h"
#include "collect/promise.h"
#include "dispute/dispute.h"
#include "dispute/reason.h"
#include "i18n/amount.h"
#include "insight/routes.h"
#include "ledger/scope.h"
#include "web/show.h"
#include "web/undo.h"

enum { ITEMS_MAX = 200, ANSWER_DAYS = 7 };

/* The items ticked, as the book has them today. */
struct act {
	struct request *request;
	struct page *page;
	struct customer customer;
	struct book *book;
	size_t at[ITEMS_MAX]; /* indexes in the book */
	size_t n;
	int64_t total_minor;
	const char *currency;
	struct form form;
};

static const char *customer_url(const struct act *a)
{
	return arena_printf(a->request->arena, "/customers/%" PRId64, a->customer.id);
}

static bool find_item(const struct book *b, const char *text, size_t *ret)
{
	uint64_t id;

	if (!text_to_u64(text, INT64_MAX, &id))
		return false;
	for (size_t i = 0; i < b->n_items; i++) {
		if (b->item_id[i] == (int64_t)id) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* Only what is owed can be promised or disputed; one currency at a time. */
static bool add_item(struct act *a, size_t i, struct err *e)
{
	const char *currency = a->book->currency[a->book->currency_of[i]];

	if (a->book->open_minor[i] <= 0)
		return true;
	if (a->currency && !str_eq(a->currency, currency))
		return err_set(e, ERR_REFUSED, "the items ticked are of several currencies");
	if (a->n == ITEMS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d items were ticked", ITEMS_MAX);
	a->currency = currency;
	a->at[a->n++] = i;
	return minor_add(&a->total_minor, a->book->open_minor[i], e);
}

static bool act_begin(struct request *r, struct act *a, struct err *e)
{
	const struct web_values *values = r->method == METHOD_POST ? &r->form : &r->query;
	int64_t id = request_id(r, "customer");
	size_t i;

	*a = (struct act){ .request = r };
	form_init(&a->form, r);
	if (!customer_get_by_id(r->db, r->arena, r->entity.id, id, &a->customer, e) ||
	    !book_load(r->db, r->arena,
		       &(struct book_query){
			       .entity_id = r->entity.id, .as_of = r->today, .only_customer = id },
		       &a->book, e))
		return false;
	for (size_t k = 0; k < values->n; k++) {
		if (str_eq(values->at[k].name, "item") &&
		    find_item(a->book, values->at[k].value, &i) && !add_item(a, i, e))
			return false;
	}
	return true;
}

/* Nothing ticked that could be acted on: back, with the reason. */
static bool nothing_ticked(struct act *a, struct err *e)
{
	return flash_error(a->request,
			   tr(a->request->cat, "Tick one item or more that is still owed."), e) &&
	       respond_redirect(a->request, customer_url(a));
}

static bool show_act(struct act *a, struct customer_act_view *v, int status)
{
	struct request *r = a->request;
	struct item_row *row = ARENA_ARRAY(r->arena, a->n, struct item_row);
	const char *whole = form_message(&a->form, "");

	for (size_t k = 0; k < a->n; k++)
		item_row_fill(r, a->page, a->book, a->at[k], &row[k]);
	v->customer_id = a->customer.id;
	v->customer_name = a->customer.name;
	v->customer_url = customer_url(a);
	v->items = row;
	v->n_items = a->n;
	v->message = whole;
	customer_act_page(a->page, v);
	return respond_page(r, a->page, status);
}

static const char *typed(struct act *a, const char *name, const char *first)
{
	const char *value = a->request->method == METHOD_POST ? form_value(&a->form, name) : NULL;

	return value ? value : first;
}

static const char *amount_first(struct act *a)
{
	return amount_input(a->total_minor, a->currency, catalogue_language(a->request->cat),
			    arena_alloc(a->request->arena, AMOUNT_TEXT));
}

static struct part_field field(struct act *a, const char *name, const char *label,
			       const char *first)
{
	return (struct part_field){
		.name = name,
		.label = label,
		.value = typed(a, name, first),
		.error = form_message(&a->form, name),
	};
}

/* ---- promise ----------------------------------------------------------------------------------- */

static bool show_promise(struct act *a, int status)
{
	struct request *r = a->request;
	const struct catalogue *cat = r->cat;
	struct part_field *f = ARENA_ARRAY(r->arena, 3, struct part_field);
	size_t n = 0;
	struct customer_act_view v = {
		.title = tr(cat, "Promise to pay"),
		.line = tr(cat, "What is promised is not chased until the day has passed."),
		.action = arena_printf(r->arena, "/customers/%" PRId64 "/promise", a->customer.id),
		.button = tr(cat, "Note the promise"),
	};

	a->page = page_begin(r, v.title, "customers");
	if (a->n == 1) {
		f[n] = field(a, "amount", tr(cat, "Amount promised"), amount_first(a));
		f[n].unit = show_currency(a->page, a->currency);
		f[n].is_number = true;
		f[n++].is_required = true;
	}
	f[n] = field(a, "promised_on", tr(cat, "Promised for"), "");
	f[n].type = "date";
	f[n].has_focus = true;
	f[n++].is_required = true;
	f[n] = field(a, "detail", tr(cat, "Who said it, and how"), "");
	n++;
	v.fields = f;
	v.n_fields = n;
	return show_act(a, &v, status);
}

static bool promise_form(struct request *r, struct err *e)
{
	struct act a;

	if (!act_begin(r, &a, e))
		return false;
	return a.n == 0 ? nothing_ticked(&a, e) : show_promise(&a, 200);
}

static bool promise_post(struct request *r, struct err *e)
{
	struct act a;
	day_t on;
	int64_t minor = 0;
	const char *detail;

	if (!act_begin(r, &a, e))
		return false;
	if (a.n == 0)
		return nothing_ticked(&a, e);
	on = form_day(&a.form, "promised_on", FORM_NEEDED, DAY_AHEAD);
	detail = form_text(&a.form, "detail", 0, 500);
	if (a.n == 1)
		minor = form_minor(&a.form, "amount", FORM_NEEDED, a.currency);
	if (form_ok(&a.form) && a.n == 1 && minor > a.total_minor)
		form_wrong(&a.form, "amount",
			   arena_printf(r->arena,
					tr(r->cat, "The amount passes what is open: %s or less."),
					amount_first(&a)));
	if (!form_ok(&a.form))
		return show_promise(&a, 422);
	for (size_t k = 0; k < a.n; k++) {
		int64_t id;
		struct new_promise np = { .customer_id = a.customer.id,
					  .item_id = a.book->item_id[a.at[k]],
					  .amount_minor = minor,
					  .promised_on = on,
					  .made_on = r->today,
					  .detail = detail };

		memcpy(np.currency, a.currency, sizeof np.currency);
		if (!promise_add(r->db, r->entity.id, &np, r->actor, r->now, &id, e))
			return form_refused(&a.form, e) && show_promise(&a, 422);
	}
	return flash_set(r,
			 arena_printf(r->arena,
				      trn(r->cat, "Promise noted for %d item.",
					  "Promise noted for %d items.", (unsigned long)a.n),
				      (int)a.n),
			 undo_now(r, "promise.made"), e) &&
	       respond_redirect(r, customer_url(&a));
}

static bool promises_cancel(struct request *r, struct err *e)
{
	int64_t customer_id = request_id(r, "customer");
	struct promise *own;
	size_t n;

	if (!promise_list(r->db, r->arena, r->entity.id, customer_id, 0, 500, &own, &n, e))
		return false;
	for (size_t k = 0; k < r->query.n; k++) {
		uint64_t id;

		if (!str_eq(r->query.at[k].name, "id") ||
		    !text_to_u64(r->query.at[k].value, INT64_MAX, &id))
			continue;
		for (size_t i = 0; i < n; i++) {
			/* Only this customer's: the right was asked for him. */
			if (own[i].id == (int64_t)id && own[i].cancelled_on == DAY_NONE &&
			    !promise_cancel(r->db, r->entity.id, own[i].id, r->today, r->actor,
					    r->now, e))
				return false;
		}
	}
	return flash_set(r, tr(r->cat, "The promise is taken back."),
			 undo_now(r, "promise.cancelled"), e) &&
	       respond_redirect(r, arena_printf(r->arena, "/customers/%" PRId64, customer_id));
}

/* ---- dispute ----------------------------------------------------------------------------------- */

static bool show_dispute(struct act *a, int status)
{
	struct request *r = a->request;
	const struct catalogue *cat = r->cat;
	struct part_field *f = ARENA_ARRAY(r->arena, 5, struct part_field);
	struct part_choice *choice = ARENA_ARRAY(r->arena, dispute_n_reasons, struct part_choice);
	size_t n = 0;
	struct customer_act_view v = {
		.title = tr(cat, "Dispute"),
		.line = tr(cat, "The disputed amount is not chased; it stays in every total."),
		.action = arena_printf(r->arena, "/customers/%" PRId64 "/dispute", a->customer.id),
		.button = tr(cat, "Open the dispute"),
	};

	a->page = page_begin(r, v.title, "customers");
	for (size_t i = 0; i < dispute_n_reasons; i++)
		choice[i] = (struct part_choice){ dispute_reasons[i].code,
						  tr(cat, dispute_reasons[i].text) };
	if (a->n == 1) {
		f[n] = field(a, "amount", tr(cat, "Amount disputed"), amount_first(a));
		f[n].unit = show_currency(a->page, a->currency);
		f[n].is_number = true;
		f[n++].is_required = true;
	}
	f[n] = field(a, "reason", tr(cat, "Reason"), "price");
	f[n].choice = choice;
	f[n++].n_choices = dispute_n_reasons;
	f[n] = field(a, "owner", tr(cat, "Who must answer"), "");
	n++;
	f[n] = field(a, "answer_by", tr(cat, "Answer by"),
		     show_day_iso(a->page, r->today + ANSWER_DAYS));
	f[n++].type = "date";
	f[n] = field(a, "detail", tr(cat, "What is said"), "");
	f[n++].n_lines = 3;
	v.fields = f;
	v.n_fields = n;
	return show_act(a, &v, status);
}

static bool dispute_form(struct request *r, struct err *e)
{
	struct act a;

	if (!act_begin(r, &a, e))
		return false;
	return a.n == 0 ? nothing_ticked(&a, e) : show_dispute(&a, 200);
}

static bool dispute_post(struct request *r, struct err *e)
{
	const char **choices = ARENA_ARRAY(r->arena, dispute_n_reasons + 1, const char *);
	struct new_dispute nd = { .opened_on = r->today };
	struct act a;

	if (!act_begin(r, &a, e))
		return false;
	if (a.n == 0)
		return nothing_ticked(&a, e);
	for (size_t i = 0; i < dispute_n_reasons; i++)
		choices[i] = dispute_reasons[i].code;
	nd.reason = form_choice(&a.form, "reason", FORM_NEEDED, choices);
	nd.owner = form_text(&a.form, "owner", 0, 100);
	nd.detail = form_text(&a.form, "detail", 0, 2000);
	nd.answer_by = form_day(&a.form, "answer_by", 0, DAY_AHEAD);
	if (a.n == 1)
		nd.amount_minor = form_minor(&a.form, "amount", FORM_NEEDED, a.currency);
	if (!form_ok(&a.form))
		return show_dispute(&a, 422);
	for (size_t k = 0; k < a.n; k++) {
		nd.item_id = a.book->item_id[a.at[k]];
		if (!dispute_open(r->db, r->entity.id, &nd, r->actor, r->now, NULL, e))
			return form_refused(&a.form, e) && show_dispute(&a, 422);
	}
	return flash_set(r,
			 arena_printf(r->arena,
				      trn(r->cat, "Dispute opened on %d item.",
					  "Dispute opened on %d items.", (unsigned long)a.n),
				      (int)a.n),
			 undo_now(r, "dispute.opened"), e) &&
	       respond_redirect(r, customer_url(&a));
}

static bool dispute_close_post(struct request *r, struct err *e)
{
	int64_t customer_id = request_id(r, "customer");
	struct dispute d;
	struct form f;
	const char *resolution;

	form_init(&f, r);
	resolution = form_text(&f, "resolution", FORM_NEEDED, 200);
	if (!dispute_get(r->db, r->arena, r->entity.id, request_id(r, "dispute"), &d, e))
		return false;
	if (d.customer_id != customer_id)
		return err_set(e, ERR_NOT_FOUND, "there is no such dispute of this customer");
	if (!resolution)
		return flash_error(r, tr(r->cat, "Say how the dispute ended."), e) &&
		       respond_redirect(r,
					arena_printf(r->arena, "/customers/%" PRId64, customer_id));
	return dispute_close(r->db, r->entity.id, d.id, resolution, r->today, r->actor, r->now,
			     e) &&
	       flash_set(r, tr(r->cat, "The dispute is closed; reminders take the item up again."),
			 undo_now(r, "dispute.closed"), e) &&
	       respond_redirect(r, arena_printf(r->arena, "/customers/%" PRId64, customer_id));
}

/* ---- note -------------------------------------------------------------------------------------- */

struct noting {
	struct request *request;
	int64_t customer_id;
	const char *text;
};

static bool note_tx(struct db *db, void *arg, struct err *e)
{
	const struct noting *n = arg;

	return note_add(db, n->request->entity.id, n->customer_id, n->text, n->request->actor,
			n->request->now, e);
}

static bool note_post(struct request *r, struct err *e)
{
	struct noting n = { .request = r, .customer_id = request_id(r, "customer") };
	struct customer c;
	struct form f;

	form_init(&f, r);
	n.text = form_text(&f, "text", FORM_NEEDED, 4000);
	if (!customer_get_by_id(r->db, r->arena, r->entity.id, n.customer_id, &c, e))
		return false;
	if (n.text && !db_tx(r->db, note_tx, &n, e))
		return false;
	if (!n.text && !flash_error(r, tr(r->cat, "The note is empty."), e))
		return false;
	if (n.text && !flash_set(r, tr(r->cat, "Noted."), undo_now(r, "note.added"), e))
		return false;
	return respond_redirect(r,
				arena_printf(r->arena, "/customers/%" PRId64 "?tab=history", c.id));
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/:customer/promise", promise_form, PERM_PROMISE_EDIT, SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/promise", promise_post, PERM_PROMISE_EDIT,
	      SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/promises/cancel", promises_cancel, PERM_PROMISE_EDIT,
	      SCOPE_CUSTOMER),
	ROUTE(GET, "/customers/:customer/dispute", dispute_form, PERM_DISPUTE_EDIT, SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/dispute", dispute_post, PERM_DISPUTE_EDIT,
	      SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/disputes/:dispute/close", dispute_close_post,
	      PERM_DISPUTE_EDIT, SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/notes", note_post, PERM_CUSTOMER_EDIT, SCOPE_CUSTOMER),
};
const struct route_list insight_customer_act_routes = ROUTE_LIST(routes);
