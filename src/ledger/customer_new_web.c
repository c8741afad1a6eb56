/* SPDX-License-Identifier: Apache-2.0 */
/* customer_new_web.c - a customer added by hand; who answers for a customer (chaîne de responsables). */
#include "ledger/customer_new.h"

#include "base/identifier.h"
#include "base/money.h"
#include "ledger/customer_edit_view.h"
#include "ledger/routes.h"
#include "team/user.h"
#include "web/show.h"

enum { FIELDS = 10 };

struct editing {
	struct request *request;
	struct form form;
	struct part_field field[FIELDS];
	size_t n;
};

static void begin(struct request *r, struct editing *ed)
{
	*ed = (struct editing){ .request = r };
	form_init(&ed->form, r);
}

static struct part_field *field(struct editing *ed, const char *name, const char *label,
				const char *first)
{
	const char *typed = request_form(ed->request, name);
	struct part_field *f = &ed->field[ed->n++];

	ENSURE(ed->n <= FIELDS);
	*f = (struct part_field){ .name = name,
				  .label = label,
				  .value = typed ? typed : first,
				  .error = form_message(&ed->form, name) };
	return f;
}

/* ---- a new customer ------------------------------------------------------------------------------ */

static bool show_new(struct editing *ed, int status)
{
	static const char *const kinds[] = { "b2b", N_("Company"),       "b2g", N_("Public body"),
					     "b2c", N_("Private person") };
	struct request *r = ed->request;
	struct part_choice *choice = ARENA_ARRAY(r->arena, 3, struct part_choice);
	struct edit_group g = { tr(r->cat, "Identity"), ed->field, 0 };
	struct edit_view v = {
		.title = tr(r->cat, "Add a customer"),
		.line = tr(r->cat, "Address, terms and the rest are filled in next."),
		.parent_name = tr(r->cat, "Customers"),
		.parent_url = "/customers",
		.action = "/customers/new",
		.message = form_message(&ed->form, ""),
		.groups = &g,
		.n_groups = 1,
		.button = tr(r->cat, "Add the customer"),
	};
	struct page *p = page_begin(r, v.title, "customers");
	struct part_field *f;

	for (size_t i = 0; i < 3; i++)
		choice[i] = (struct part_choice){ kinds[2 * i], tr(r->cat, kinds[2 * i + 1]) };
	field(ed, "code", tr(r->cat, "Customer code"), "")->is_required = true;
	field(ed, "name", tr(r->cat, "Name"), "")->is_required = true;
	f = field(ed, "kind", tr(r->cat, "Kind of customer"), "b2b");
	f->choice = choice;
	f->n_choices = 3;
	field(ed, "siren", tr(r->cat, "SIREN"), "");
	field(ed, "currency", tr(r->cat, "Currency"), r->entity.currency)->is_required = true;
	field(ed, "email", tr(r->cat, "E-mail"), "")->type = "email";
	f = field(ed, "payer_code", tr(r->cat, "Paid by the account"), "");
	f->help = tr(r->cat, "Code of the customer that pays for it, when another does");
	f = field(ed, "parent_code", tr(r->cat, "Head of the group"), "");
	f->help = tr(r->cat, "Code of its parent, or the name of the group");
	g.n_fields = ed->n;
	edit_page(p, &v);
	return respond_page(r, p, status);
}

static bool new_form(struct request *r, struct err *e)
{
	struct editing ed;

	(void)e;
	begin(r, &ed);
	return show_new(&ed, 200);
}

static bool new_post(struct request *r, struct err *e)
{
	static const char *const kinds[] = { "b2b", "b2g", "b2c", NULL };
	struct customer c = { .entity_id = r->entity.id };
	struct editing ed;
	char siren[SIREN_TEXT] = "";
	const char *currency;
	int64_t id;

	begin(r, &ed);
	c.code = form_text(&ed.form, "code", FORM_NEEDED, 60);
	c.name = form_text(&ed.form, "name", FORM_NEEDED, 200);
	c.kind = form_choice(&ed.form, "kind", FORM_NEEDED, kinds);
	c.siren = form_text(&ed.form, "siren", 0, 20);
	c.email = form_text(&ed.form, "email", 0, 254);
	c.payer_code = form_text(&ed.form, "payer_code", 0, 60);
	c.parent_code = form_text(&ed.form, "parent_code", 0, 60);
	currency = form_text(&ed.form, "currency", FORM_NEEDED, 3);
	if (currency && !currency_is_code(currency))
		form_wrong(&ed.form, "currency", tr(r->cat, "Write three capital letters: EUR."));
	else if (currency)
		memcpy(c.currency, currency, sizeof c.currency);
	if (c.siren && siren_check(c.siren, siren) == ID_BAD_FORM)
		form_wrong(&ed.form, "siren",
			   tr(r->cat, "This is no SIREN: check its nine digits."));
	if (c.siren)
		c.siren = siren;
	if (!form_ok(&ed.form))
		return show_new(&ed, 422);
	if (!customer_add(r->db, &c, r->actor, r->now, &id, e))
		return form_refused(&ed.form, e) && show_new(&ed, 422);
	return flash_set(r, arena_printf(r->arena, tr(r->cat, "%s is added."), c.name), NULL, e) &&
	       respond_redirect(r, arena_printf(r->arena, "/customers/%" PRId64 "/edit", id));
}

/* ---- who answers for a customer ------------------------------------------------------------------ */

static const struct {
	const char *role, *text;
} roles[] = {
	{ "collector", N_("Collector") },
	{ "salesperson", N_("Salesperson") },
	{ "branch_manager", N_("Branch manager") },
	{ "accountant", N_("Accountant") },
	{ "buyer", N_("Buyer") },
	{ "credit_manager", N_("Credit manager") },
};

struct owning {
	struct editing ed;
	struct customer customer;
	struct customer_owner *owners; /* in force today */
	size_t n_owners;
	struct user *users;
	size_t n_users;
	day_t from;
	const char *wanted[ARRAY_LEN(roles)];
};

static bool begin_owners(struct request *r, struct owning *o, struct err *e)
{
	*o = (struct owning){ .from = r->today };
	begin(r, &o->ed);
	return customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"),
				  &o->customer, e) &&
	       customer_owner_list(r->db, r->arena, o->customer.id, r->today, &o->owners,
				   &o->n_owners, e) &&
	       user_list(r->db, r->arena, &o->users, &o->n_users, e);
}

static const char *owner_of(const struct owning *o, const char *role)
{
	for (size_t i = 0; i < o->n_owners; i++)
		if (str_eq(o->owners[i].role, role))
			return o->owners[i].name;
	return "";
}

static bool show_owners(struct owning *o, int status)
{
	struct request *r = o->ed.request;
	struct edit_group g = { tr(r->cat, "Who answers for the customer"), o->ed.field, 0 };
	struct edit_view v = {
		.title = tr(r->cat, "People in charge"),
		.line = tr(r->cat,
			   "Write the name, or the e-mail address of a user: he then sees the"
			   " customer when his scope is his own."),
		.parent_name = o->customer.name,
		.parent_url = arena_printf(r->arena, "/customers/%" PRId64, o->customer.id),
		.action = arena_printf(r->arena, "/customers/%" PRId64 "/owners", o->customer.id),
		.message = form_message(&o->ed.form, ""),
		.groups = &g,
		.n_groups = 1,
		.button = tr(r->cat, "Keep the people in charge"),
	};
	struct page *p = page_begin(r, v.title, "customers");
	struct part_field *f;

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		field(&o->ed, roles[i].role, tr(r->cat, roles[i].text), owner_of(o, roles[i].role));
	f = field(&o->ed, "from", tr(r->cat, "From"), show_day_iso(p, r->today));
	f->type = "date";
	f->is_required = true;
	g.n_fields = o->ed.n;
	edit_page(p, &v);
	return respond_page(r, p, status);
}

static bool owners_form(struct request *r, struct err *e)
{
	struct owning o;

	return begin_owners(r, &o, e) && show_owners(&o, 200);
}

/* A user by address or by his whole name; somebody else stands there with his name alone. */
static struct customer_owner named(const struct owning *o, const char *role, const char *name)
{
	struct customer_owner w = { .role = role, .name = name, .effective = o->from };

	for (size_t i = 0; i < o->n_users; i++)
		if (str_eq(o->users[i].email, name) || str_eq(o->users[i].name, name)) {
			w.user_id = o->users[i].id;
			w.name = o->users[i].name;
		}
	return w;
}

static bool owners_tx(struct db *db, void *arg, struct err *e)
{
	const struct owning *o = arg;
	struct request *r = o->ed.request;

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		struct customer_owner w;
		if (!o->wanted[i])
			continue;
		w = named(o, roles[i].role, o->wanted[i]);
		if (str_eq(w.name, owner_of(o, roles[i].role)))
			continue;
		if (!customer_owner_set(db, r->entity.id, o->customer.id, &w, r->actor, r->now, e))
			return false;
	}
	return true;
}

static bool owners_post(struct request *r, struct err *e)
{
	struct owning o;

	if (!begin_owners(r, &o, e))
		return false;
	o.from = form_day(&o.ed.form, "from", FORM_NEEDED, DAY_NEAREST);
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		o.wanted[i] = form_text(&o.ed.form, roles[i].role, 0, 100);
		if (!o.wanted[i] && owner_of(&o, roles[i].role)[0])
			form_wrong(&o.ed.form, roles[i].role,
				   tr(r->cat, "Somebody must follow: write who."));
	}
	if (form_ok(&o.ed.form) && db_tx(r->db, owners_tx, &o, e))
		return flash_set(r, tr(r->cat, "The people in charge are kept."), NULL, e) &&
		       respond_redirect(
			       r, arena_printf(r->arena, "/customers/%" PRId64, o.customer.id));
	if (form_ok(&o.ed.form) && !form_refused(&o.ed.form, e))
		return false;
	return show_owners(&o, 422);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/new", new_form, PERM_CUSTOMER_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/customers/new", new_post, PERM_CUSTOMER_EDIT, SCOPE_ENTITY),
	ROUTE(GET, "/customers/:customer/owners", owners_form, PERM_CUSTOMER_EDIT, SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer/owners", owners_post, PERM_CUSTOMER_EDIT, SCOPE_CUSTOMER),
};
const struct route_list ledger_customer_new_routes = ROUTE_LIST(routes);
