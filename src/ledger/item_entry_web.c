/* SPDX-License-Identifier: Apache-2.0 */
/* item_entry_web.c - entering an item by hand, and taking it out again. */
#include "ledger/item_entry.h"

#include "base/money.h"
#include "i18n/amount.h"
#include "ledger/customer.h"
#include "ledger/customer_edit_view.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "web/show.h"

enum { FIELDS = 9 };

struct entering {
	struct request *request;
	struct form form;
	struct customer customer;
	struct part_field field[FIELDS];
	size_t n;
};

static const struct {
	enum entry_kind kind;
	const char *text;
} words[] = {
	{ ENTRY_ADJUSTMENT_CREDIT, N_("Adjustment in the customer's favour") },
	{ ENTRY_ADJUSTMENT_DEBIT, N_("Adjustment in our favour") },
	{ ENTRY_ON_ACCOUNT, N_("Payment on account") },
	{ ENTRY_DEPOSIT, N_("Deposit received") },
	{ ENTRY_DEPOSIT_INVOICE, N_("Deposit invoice") },
	{ ENTRY_CREDIT_NOTE, N_("Credit note") },
	{ ENTRY_INVOICE, N_("Invoice or other debit") },
};

static bool begin(struct request *r, struct entering *en, struct err *e)
{
	*en = (struct entering){ .request = r };
	form_init(&en->form, r);
	return customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"),
				  &en->customer, e);
}

static struct part_field *field(struct entering *en, const char *name, const char *label,
				const char *first)
{
	const char *typed = request_form(en->request, name);
	struct part_field *f = &en->field[en->n++];

	ENSURE(en->n <= FIELDS);
	*f = (struct part_field){ .name = name,
				  .label = label,
				  .value = typed ? typed : first,
				  .error = form_message(&en->form, name) };
	return f;
}

static void fill_fields(struct entering *en, struct page *p)
{
	struct request *r = en->request;
	struct part_choice *choice = ARENA_ARRAY(r->arena, ARRAY_LEN(words), struct part_choice);
	struct part_field *f;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		choice[i] = (struct part_choice){ entry_kind_name(words[i].kind),
						  tr(r->cat, words[i].text) };
	f = field(en, "kind", tr(r->cat, "What it is"), request_query(r, "kind"));
	f->choice = choice;
	f->n_choices = ARRAY_LEN(words);
	field(en, "document", tr(r->cat, "Document number"), "")->is_required = true;
	f = field(en, "amount", tr(r->cat, "Amount"), "");
	f->is_number = f->is_required = true;
	f->help = tr(r->cat, "Without sign: what it is tells the side");
	f = field(en, "currency", tr(r->cat, "Currency"), en->customer.currency);
	f->is_required = true;
	f = field(en, "issued_on", tr(r->cat, "Issued on"), show_day_iso(p, r->today));
	f->type = "date";
	f->is_required = true;
	field(en, "due_on", tr(r->cat, "Due on"), "")->type = "date";
	field(en, "reason", tr(r->cat, "Why it is entered by hand"), "")->is_required = true;
	f = field(en, "order_ref", tr(r->cat, "Order"), "");
	f->help = tr(r->cat, "Joins a deposit with the final invoice");
	f = field(en, "belongs_to", tr(r->cat, "Goes with the document"), "");
	f->help = tr(r->cat, "Proposed when lettering");
}

static bool show(struct entering *en, int status)
{
	struct request *r = en->request;
	struct edit_group g = { tr(r->cat, "The item"), en->field, 0 };
	struct edit_view v = {
		.title = tr(r->cat, "Enter an item by hand"),
		.line = tr(r->cat,
			   "It counts like any other; whoever may enter it may take it out again."),
		.parent_name = en->customer.name,
		.parent_url = arena_printf(r->arena, "/customers/%" PRId64, en->customer.id),
		.action =
			arena_printf(r->arena, "/customers/%" PRId64 "/items/new", en->customer.id),
		.message = form_message(&en->form, ""),
		.groups = &g,
		.n_groups = 1,
		.button = tr(r->cat, "Enter it"),
	};
	struct page *p = page_begin(r, v.title, "customers");

	fill_fields(en, p);
	g.n_fields = en->n;
	edit_page(p, &v);
	return respond_page(r, p, status);
}

static bool entry_form(struct request *r, struct err *e)
{
	struct entering en;

	return begin(r, &en, e) && show(&en, 200);
}

static void read_form(struct entering *en, struct item_entry *in)
{
	const char *choices[ARRAY_LEN(words) + 1] = { NULL };
	struct form *f = &en->form;
	const char *kind, *currency;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		choices[i] = entry_kind_name(words[i].kind);
	kind = form_choice(f, "kind", FORM_NEEDED, choices);
	if (kind)
		ENSURE(entry_kind_of(kind, &in->kind));
	currency = form_text(f, "currency", FORM_NEEDED, 3);
	if (currency && !currency_is_code(currency))
		form_wrong(f, "currency",
			   tr(en->request->cat, "Write three capital letters: EUR."));
	else if (currency)
		memcpy(in->currency, currency, sizeof in->currency);
	in->document = form_text(f, "document", FORM_NEEDED, 60);
	in->minor = form_minor(f, "amount", FORM_NEEDED, in->currency[0] ? in->currency : "EUR");
	if (form_ok(f) && in->minor <= 0)
		form_wrong(f, "amount", tr(en->request->cat, "Write an amount above zero."));
	in->issued_on = form_day(f, "issued_on", FORM_NEEDED, DAY_BEHIND);
	in->due_on = form_day(f, "due_on", 0, DAY_AHEAD);
	in->reason = form_text(f, "reason", FORM_NEEDED, 300);
	in->order_ref = form_text(f, "order_ref", 0, 60);
	in->belongs_to = form_text(f, "belongs_to", 0, 60);
}

static bool entry_post(struct request *r, struct err *e)
{
	struct item_entry in = {
		.entity_id = r->entity.id, .today = r->today, .actor = r->actor, .now = r->now
	};
	struct entering en;
	char text[AMOUNT_TEXT];
	int64_t item_id;

	if (!begin(r, &en, e))
		return false;
	in.customer_id = en.customer.id;
	read_form(&en, &in);
	if (!form_ok(&en.form))
		return show(&en, 422);
	if (!item_enter(r->db, &in, &item_id, e))
		return form_refused(&en.form, e) && show(&en, 422);
	amount_text(in.minor, in.currency, catalogue_language(r->cat), text);
	return flash_set(
		       r, arena_printf(r->arena, tr(r->cat, "%s entered: %s."), in.document, text),
		       arena_printf(r->arena, "/items/%" PRId64 "/take-out?at=once", item_id), e) &&
	       respond_redirect(r, arena_printf(r->arena, "/items/%" PRId64, item_id));
}

static bool take_out_post(struct request *r, struct err *e)
{
	struct item_taking_out t = { .entity_id = r->entity.id,
				     .item_id = request_id(r, "item"),
				     .actor = r->actor,
				     .now = r->now };
	struct form f;
	struct item it;

	form_init(&f, r);
	if (!item_get(r->db, r->arena, r->entity.id, t.item_id, &it, e) ||
	    !scope_customer(r, it.customer_id, e))
		return false;
	t.reason = form_text(&f, "reason", 0, 300);
	if (!t.reason && str_eq(request_query(r, "at"), "once"))
		t.reason = "taken back at once";
	if (!item_take_out(r->db, &t, e))
		return form_refused(&f, e) && flash_error(r, f.messages.at[0].text, e) &&
		       respond_redirect(r, arena_printf(r->arena, "/items/%" PRId64, it.id));
	return flash_set(
		       r,
		       arena_printf(r->arena, tr(r->cat, "%s is out of the ledger."), it.document),
		       NULL, e) &&
	       respond_redirect(r, arena_printf(r->arena, "/customers/%" PRId64, it.customer_id));
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/:customer/items/new", entry_form, PERM_CASH_APPLY, SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/items/new", entry_post, PERM_CASH_APPLY, SCOPE_CUSTOMER),
	ROUTE(POST, "/items/:item/take-out", take_out_post, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list ledger_item_entry_routes = ROUTE_LIST(routes);
