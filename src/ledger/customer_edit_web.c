/* SPDX-License-Identifier: Apache-2.0 */
/* customer_edit_web.c - changing a customer and its contacts. Rows have a version: an edit made on an old
 * one is refused and shown again. */
#include "ledger/customer_edit_view.h"

#include "i18n/amount.h"
#include "ledger/customer.h"
#include "ledger/routes.h"
#include "ledger/terms.h"
#include "web/show.h"
#include "web/undo.h"

enum { FIELDS_MAX = 24 };

struct editing {
	struct request *request;
	struct form form;
	struct customer customer;
	struct contact contact;
	struct part_field *fields;
	size_t n;
};

static const char *customer_url(const struct editing *ed)
{
	return arena_printf(ed->request->arena, "/customers/%" PRId64, ed->customer.id);
}

/* What was typed when the form comes back, else what the row has. */
static struct part_field *field(struct editing *ed, const char *name, const char *label,
				const char *value)
{
	struct part_field *f = &ed->fields[ed->n++];

	ENSURE(ed->n <= FIELDS_MAX);
	*f = (struct part_field){
		.name = name,
		.label = label,
		.value = ed->request->method == METHOD_POST ? form_value(&ed->form, name) : value,
		.error = form_message(&ed->form, name),
	};
	return f;
}

static void begin(struct request *r, struct editing *ed)
{
	*ed = (struct editing){ .request = r,
				.fields = ARENA_ARRAY(r->arena, FIELDS_MAX, struct part_field) };
	form_init(&ed->form, r);
}

/* ---- choices ----------------------------------------------------------------------------------- */

struct named {
	const char *name, *text;
};

static const struct named means[] = {
	{ "", N_("Not known") },
	{ "transfer", N_("Transfer") },
	{ "direct_debit", N_("Direct debit") },
	{ "draft", N_("Draft") },
	{ "cheque", N_("Cheque") },
	{ "card", N_("Card") },
	{ "cash", N_("Cash") },
};
static const struct named kinds[] = {
	{ "b2b", N_("Company") },
	{ "b2g", N_("Public body") },
	{ "b2c", N_("Private person") },
};
static const struct named statuses[] = {
	{ "active", N_("Active") },
	{ "legal_hold", N_("Legal proceedings") },
	{ "insolvent", N_("Insolvent") },
	{ "closed", N_("Closed") },
};
static const struct named languages[] = {
	{ "", N_("The company's") },
	{ "fr", N_("French") },
	{ "en", N_("English") },
};

static void choose(struct editing *ed, struct part_field *f, const struct named *list, size_t n)
{
	struct part_choice *c = ARENA_ARRAY(ed->request->arena, n, struct part_choice);

	for (size_t i = 0; i < n; i++)
		c[i] = (struct part_choice){ list[i].name, tr(ed->request->cat, list[i].text) };
	f->choice = c;
	f->n_choices = n;
}

static const char *chosen(struct editing *ed, const char *name, const struct named *list, size_t n)
{
	const char *choices[16] = { NULL };
	const char *value;

	ENSURE(n < ARRAY_LEN(choices));
	for (size_t i = 0; i < n; i++)
		choices[i] = list[i].name;
	value = form_choice(&ed->form, name, 0, choices);
	return str_empty(value) ? NULL : value;
}

/* ---- the customer ------------------------------------------------------------------------------ */

static void identity_fields(struct editing *ed)
{
	const struct catalogue *cat = ed->request->cat;
	const struct customer *c = &ed->customer;
	struct part_field *f = field(ed, "name", tr(cat, "Name"), c->name);

	f->is_required = true;
	choose(ed, field(ed, "kind", tr(cat, "Kind of customer"), c->kind), kinds,
	       ARRAY_LEN(kinds));
	field(ed, "siren", tr(cat, "SIREN"), c->siren);
	field(ed, "vat_number", tr(cat, "VAT number"), c->vat_number);
	field(ed, "segment", tr(cat, "Profile"), c->segment);
	choose(ed, field(ed, "status", tr(cat, "State of the account"), c->status), statuses,
	       ARRAY_LEN(statuses));
}

static void payment_fields(struct editing *ed)
{
	const struct catalogue *cat = ed->request->cat;
	const struct customer *c = &ed->customer;
	struct part_field *f = field(ed, "terms", tr(cat, "Payment terms"), c->terms);

	f->help = tr(cat, "NET30, FDM_AFTER45 or in words: 45 jours fin de mois");
	choose(ed, field(ed, "payment_means", tr(cat, "Means of payment"), c->payment_means), means,
	       ARRAY_LEN(means));
	f = field(ed, "credit_limit", tr(cat, "Credit limit"),
		  c->has_limit ? amount_input(c->credit_limit_minor, c->currency,
					      catalogue_language(cat),
					      arena_alloc(ed->request->arena, AMOUNT_TEXT))
			       : "");
	f->is_number = true;
	f->unit = c->currency;
	f->help = tr(cat, "Empty: no limit");
	field(ed, "iban", tr(cat, "Pays from (IBAN)"), c->iban);
	f = field(ed, "payer_code", tr(cat, "Paid by the account"), c->payer_code);
	f->help = tr(cat, "Code of the customer that pays for it, when another does");
	f = field(ed, "parent_code", tr(cat, "Head of the group"), c->parent_code);
	f->help = tr(cat, "Code of its parent, or the name of the group");
	f = field(ed, "excluded_until", tr(cat, "Not chased until"),
		  c->excluded_until == DAY_NONE
			  ? ""
			  : date_format(c->excluded_until,
					arena_alloc(ed->request->arena, DATE_TEXT)));
	f->type = "date";
	field(ed, "excluded_reason", tr(cat, "Why not"), c->excluded_reason);
}

static void address_fields(struct editing *ed)
{
	const struct catalogue *cat = ed->request->cat;
	const struct customer *c = &ed->customer;

	choose(ed, field(ed, "language", tr(cat, "Language"), c->language ? c->language : ""),
	       languages, ARRAY_LEN(languages));
	field(ed, "email", tr(cat, "E-mail"), c->email)->type = "email";
	field(ed, "phone", tr(cat, "Telephone"), c->phone)->type = "tel";
	field(ed, "street", tr(cat, "Street"), c->street);
	field(ed, "street2", tr(cat, "Street, second line"), c->street2);
	field(ed, "postcode", tr(cat, "Postcode"), c->postcode);
	field(ed, "city", tr(cat, "City"), c->city);
	field(ed, "country", tr(cat, "Country (two letters)"), c->country);
}

static bool show_customer(struct editing *ed, int status)
{
	struct request *r = ed->request;
	struct edit_group *g = ARENA_ARRAY(r->arena, 3, struct edit_group);
	struct edit_view v = {
		.title = tr(r->cat, "Change the customer"),
		.line = tr(r->cat, "Kept as it was typed; the next import may bring other values."),
		.parent_name = ed->customer.name,
		.parent_url = customer_url(ed),
		.action = arena_printf(r->arena, "%s/edit", customer_url(ed)),
		.message = form_message(&ed->form, ""),
		.version = ed->customer.version,
		.groups = g,
		.n_groups = 3,
		.button = tr(r->cat, "Keep the changes"),
	};
	struct page *p = page_begin(r, v.title, "customers");
	size_t second, third;

	identity_fields(ed);
	second = ed->n;
	payment_fields(ed);
	third = ed->n;
	address_fields(ed);
	g[0] = (struct edit_group){ tr(r->cat, "Identity"), ed->fields, second };
	g[1] = (struct edit_group){ tr(r->cat, "Payment"), ed->fields + second, third - second };
	g[2] = (struct edit_group){ tr(r->cat, "Address"), ed->fields + third, ed->n - third };
	edit_page(p, &v);
	return respond_page(r, p, status);
}

static bool customer_edit(struct request *r, struct err *e)
{
	struct editing ed;

	begin(r, &ed);
	return customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"),
				  &ed.customer, e) &&
	       show_customer(&ed, 200);
}

static void read_terms(struct editing *ed)
{
	const char *text = form_text(&ed->form, "terms", 0, 60);
	struct terms t;
	bool ambiguous;

	ed->customer.terms = NULL;
	if (!text)
		return;
	if (!terms_read(text, &t, &ambiguous, NULL)) {
		form_wrong(&ed->form, "terms",
			   tr(ed->request->cat,
			      "These terms are not understood. Write NET30, or 45 jours"
			      " fin de mois."));
		return;
	}
	ed->customer.terms = terms_format(&t, arena_alloc(ed->request->arena, TERMS_TEXT));
}

static void read_customer(struct editing *ed)
{
	struct customer *c = &ed->customer;
	struct form *f = &ed->form;

	c->name = form_text(f, "name", FORM_NEEDED, 200);
	c->kind = chosen(ed, "kind", kinds, ARRAY_LEN(kinds));
	c->siren = form_text(f, "siren", 0, 20);
	c->vat_number = form_text(f, "vat_number", 0, 20);
	c->segment = form_text(f, "segment", 0, 60);
	c->status = chosen(ed, "status", statuses, ARRAY_LEN(statuses));
	read_terms(ed);
	c->payment_means = chosen(ed, "payment_means", means, ARRAY_LEN(means));
	c->has_limit = !str_empty(request_form(ed->request, "credit_limit"));
	c->credit_limit_minor = form_minor(f, "credit_limit", 0, c->currency);
	c->iban = form_text(f, "iban", 0, 42);
	c->payer_code = form_text(f, "payer_code", 0, 60);
	c->parent_code = form_text(f, "parent_code", 0, 60);
	if (c->payer_code && str_eq(c->payer_code, c->code))
		form_wrong(f, "payer_code",
			   tr(ed->request->cat, "An account does not pay for itself."));
	c->excluded_until = form_day(f, "excluded_until", 0, DAY_AHEAD);
	c->excluded_reason = form_text(f, "excluded_reason", 0, 200);
	c->language = chosen(ed, "language", languages, ARRAY_LEN(languages));
	c->email = form_text(f, "email", 0, 254);
	c->phone = form_text(f, "phone", 0, 40);
	c->street = form_text(f, "street", 0, 100);
	c->street2 = form_text(f, "street2", 0, 100);
	c->postcode = form_text(f, "postcode", 0, 20);
	c->city = form_text(f, "city", 0, 100);
	c->country = form_text(f, "country", 0, 2);
	if (c->excluded_until != DAY_NONE && !c->excluded_reason)
		form_wrong(f, "excluded_reason", tr(ed->request->cat, "Say why he is not chased."));
	c->version = request_version(ed->request);
}

static bool customer_tx(struct db *db, void *arg, struct err *e)
{
	const struct editing *ed = arg;

	return customer_revise(db, &ed->customer, ed->request->actor, ed->request->now, e);
}

static bool customer_post(struct request *r, struct err *e)
{
	struct editing ed;
	const char *name;
	int64_t newest;

	begin(r, &ed);
	if (!customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"),
				&ed.customer, e))
		return false;
	name = ed.customer.name;
	newest = ed.customer.version;
	read_customer(&ed);
	if (form_ok(&ed.form) && db_tx(r->db, customer_tx, &ed, e))
		return flash_set(r, tr(r->cat, "The changes are kept."),
				 undo_now(r, "customer.updated"), e) &&
		       respond_redirect(r, customer_url(&ed));
	if (form_ok(&ed.form) && !form_refused(&ed.form, e))
		return false;
	if (!ed.customer.name)
		ed.customer.name = name;
	/* Seen once with the message, a second sending is meant. */
	ed.customer.version = newest;
	return show_customer(&ed, 422);
}

/* ---- a contact --------------------------------------------------------------------------------- */

static bool show_contact(struct editing *ed, int status)
{
	struct request *r = ed->request;
	const struct contact *c = &ed->contact;
	struct edit_group *g = ARENA_ARRAY(r->arena, 1, struct edit_group);
	struct edit_view v = {
		.title = c->id ? tr(r->cat, "Change the contact") : tr(r->cat, "Add a contact"),
		.parent_name = ed->customer.name,
		.parent_url = customer_url(ed),
		.action = c->id ? arena_printf(r->arena, "%s/contacts/%" PRId64, customer_url(ed),
					       c->id)
				: arena_printf(r->arena, "%s/contacts/new", customer_url(ed)),
		.message = form_message(&ed->form, ""),
		.version = c->version,
		.groups = g,
		.n_groups = 1,
		.check_name = "is_dunning",
		.check_text = tr(r->cat, "Receives the reminders"),
		.is_checked = c->is_dunning,
		.button = tr(r->cat, "Keep the contact"),
	};
	struct page *p = page_begin(r, v.title, "customers");

	field(ed, "name", tr(r->cat, "Name"), c->name)->is_required = true;
	field(ed, "role", tr(r->cat, "Role"), c->role);
	field(ed, "email", tr(r->cat, "E-mail"), c->email)->type = "email";
	field(ed, "phone", tr(r->cat, "Telephone"), c->phone)->type = "tel";
	choose(ed, field(ed, "language", tr(r->cat, "Language"), c->language ? c->language : ""),
	       languages, ARRAY_LEN(languages));
	g[0] = (struct edit_group){ tr(r->cat, "Contact"), ed->fields, ed->n };
	edit_page(p, &v);
	return respond_page(r, p, status);
}

/* The contact of the path, which must be this customer's; a new one for "new". */
static bool contact_load(struct editing *ed, struct err *e)
{
	struct request *r = ed->request;
	int64_t id = request_id(r, "contact");
	struct contact *list;
	size_t n;

	if (!customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"),
				&ed->customer, e))
		return false;
	ed->contact = (struct contact){ .customer_id = ed->customer.id, .is_dunning = true };
	if (!request_param(r, "contact"))
		return true;
	if (!contact_list(r->db, r->arena, ed->customer.id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (list[i].id == id) {
			ed->contact = list[i];
			return true;
		}
	}
	return err_set(e, ERR_NOT_FOUND, "there is no such contact of this customer");
}

static bool contact_edit(struct request *r, struct err *e)
{
	struct editing ed;

	begin(r, &ed);
	return contact_load(&ed, e) && show_contact(&ed, 200);
}

static bool contact_tx(struct db *db, void *arg, struct err *e)
{
	const struct editing *ed = arg;

	return contact_revise(db, ed->request->entity.id, &ed->contact, ed->request->actor,
			      ed->request->now, e);
}

static bool contact_post(struct request *r, struct err *e)
{
	struct editing ed;
	struct contact *c = &ed.contact;
	int64_t newest;

	begin(r, &ed);
	if (!contact_load(&ed, e))
		return false;
	newest = c->version;
	c->name = form_text(&ed.form, "name", FORM_NEEDED, 100);
	c->role = form_text(&ed.form, "role", 0, 60);
	c->email = form_text(&ed.form, "email", 0, 254);
	c->phone = form_text(&ed.form, "phone", 0, 40);
	c->language = chosen(&ed, "language", languages, ARRAY_LEN(languages));
	c->is_dunning = form_flag(&ed.form, "is_dunning");
	c->version = request_version(r);
	if (form_ok(&ed.form) && db_tx(r->db, contact_tx, &ed, e))
		return flash_set(r, tr(r->cat, "The contact is kept."),
				 undo_now(r, c->id ? "contact.updated" : "contact.added"), e) &&
		       respond_redirect(r, customer_url(&ed));
	if (form_ok(&ed.form) && !form_refused(&ed.form, e))
		return false;
	c->version = newest;
	return show_contact(&ed, 422);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/:customer/edit", customer_edit, PERM_CUSTOMER_EDIT, SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/edit", customer_post, PERM_CUSTOMER_EDIT, SCOPE_CUSTOMER),
	ROUTE(GET, "/customers/:customer/contacts/new", contact_edit, PERM_CUSTOMER_EDIT,
	      SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/contacts/new", contact_post, PERM_CUSTOMER_EDIT,
	      SCOPE_CUSTOMER),
	ROUTE(GET, "/customers/:customer/contacts/:contact", contact_edit, PERM_CUSTOMER_EDIT,
	      SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/contacts/:contact", contact_post, PERM_CUSTOMER_EDIT,
	      SCOPE_CUSTOMER),
};
const struct route_list ledger_customer_routes = ROUTE_LIST(routes);
