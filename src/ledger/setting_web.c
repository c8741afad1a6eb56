/* SPDX-License-Identifier: Apache-2.0 */
/* setting_web.c - who the company is, what account is printed on its letters, how its mail leaves. */
#include "ledger/customer_edit_view.h"

#include "base/identifier.h"
#include "ledger/entity.h"
#include "ledger/routes.h"
#include "ledger/setting_tabs.h"
#include "ledger/terms.h"
#include "web/show.h"
#include "web/undo.h"

enum { FIELDS_MAX = 24 };

struct setting_form {
	struct request *request;
	struct form form;
	struct entity entity;
	struct bank_account account;
	struct part_field *fields;
	size_t n;
};

static bool begin(struct request *r, struct setting_form *s, struct err *e)
{
	*s = (struct setting_form){ .request = r,
				    .fields =
					    ARENA_ARRAY(r->arena, FIELDS_MAX, struct part_field) };
	form_init(&s->form, r);
	return entity_get_by_id(r->db, r->arena, r->entity.id, &s->entity, e);
}

static struct part_field *field(struct setting_form *s, const char *name, const char *label,
				const char *value)
{
	struct part_field *f = &s->fields[s->n++];

	ENSURE(s->n <= FIELDS_MAX);
	*f = (struct part_field){
		.name = name,
		.label = label,
		.value = s->request->method == METHOD_POST ? form_value(&s->form, name) : value,
		.error = form_message(&s->form, name),
	};
	return f;
}

/* The places of the settings; those of other rooms too, when the user may go there. */
size_t setting_tabs(struct request *r, const char *here, struct part_chip tab[SETTING_TABS_MAX])
{
	static const struct {
		const char *url, *text;
		enum permission permission;
	} places[] = {
		{ "/settings", N_("The company"), PERM_SETTING_EDIT },
		{ "/settings/bank", N_("Bank account"), PERM_SETTING_EDIT },
		{ "/settings/mail", N_("Sending"), PERM_SETTING_EDIT },
		{ "/reminders/policy", N_("Dunning policy and texts"), PERM_REMINDER_READ },
		{ "/settings/statuses", N_("Statuses"), PERM_POLICY_EDIT },
		{ "/settings/accounts", N_("Accounts of the books"), PERM_SETTING_EDIT },
		{ "/settings/periods", N_("Closed periods"), PERM_PERIOD_CLOSE },
		{ "/settings/rates", N_("Rates"), PERM_SETTING_EDIT },
		{ "/settings/tokens", N_("API tokens"), PERM_USER_ADMIN },
		{ "/settings/users", N_("Users"), PERM_USER_ADMIN },
	};
	size_t n = 0;

	_Static_assert(ARRAY_LEN(places) <= SETTING_TABS_MAX, "room for every tab");
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (request_may(r, places[i].permission))
			tab[n++] = (struct part_chip){ .text = tr(r->cat, places[i].text),
						       .url = places[i].url,
						       .is_on = str_eq(places[i].url, here) };
	}
	return n;
}

static bool show(struct setting_form *s, const char *here, struct edit_group *groups, size_t n,
		 int status)
{
	struct request *r = s->request;
	struct part_chip tab[SETTING_TABS_MAX];
	struct edit_view v = {
		.title = tr(r->cat, "Settings"),
		.action = here,
		.message = form_message(&s->form, ""),
		.version = s->entity.version,
		.groups = groups,
		.n_groups = n,
		.button = tr(r->cat, "Keep the changes"),
		.tabs = tab,
		.n_tabs = setting_tabs(r, here, tab),
	};
	struct page *p = page_begin(r, v.title, "settings");

	edit_page(p, &v);
	return respond_page(r, p, status);
}

static bool kept(struct request *r, const char *here, struct err *e)
{
	return flash_set(r, tr(r->cat, "The changes are kept."), undo_now(r, NULL), e) &&
	       respond_redirect(r, here);
}

/* ---- the company ------------------------------------------------------------------------------- */

static bool show_company(struct setting_form *s, int status)
{
	const struct catalogue *cat = s->request->cat;
	const struct entity *ent = &s->entity;
	struct edit_group g[2];
	size_t first;

	field(s, "name", tr(cat, "Name"), ent->name)->is_required = true;
	field(s, "legal_form", tr(cat, "Legal form"), ent->legal_form);
	field(s, "capital", tr(cat, "Capital, as printed"), ent->capital);
	field(s, "siren", tr(cat, "SIREN"), ent->siren);
	field(s, "rcs_city", tr(cat, "Registered at (RCS)"), ent->rcs_city);
	field(s, "vat_number", tr(cat, "VAT number"), ent->vat_number);
	field(s, "default_terms", tr(cat, "Default payment terms"), ent->default_terms)->help =
		tr(cat, "NET30, FDM_AFTER45 or in words: 45 jours fin de mois");
	first = s->n;
	field(s, "street", tr(cat, "Street"), ent->street);
	field(s, "postcode", tr(cat, "Postcode"), ent->postcode);
	field(s, "city", tr(cat, "City"), ent->city);
	field(s, "country", tr(cat, "Country (two letters)"), ent->country)->is_required = true;
	field(s, "phone", tr(cat, "Telephone"), ent->phone)->type = "tel";
	field(s, "email", tr(cat, "E-mail"), ent->email)->type = "email";
	field(s, "language", tr(cat, "Language"), ent->language);
	field(s, "time_zone", tr(cat, "Time zone"), ent->time_zone);
	g[0] = (struct edit_group){ tr(cat, "Identity, as printed on letters"), s->fields, first };
	g[1] = (struct edit_group){ tr(cat, "Address"), s->fields + first, s->n - first };
	return show(s, "/settings", g, 2, status);
}

static bool company_show(struct request *r, struct err *e)
{
	struct setting_form s;

	return begin(r, &s, e) && show_company(&s, 200);
}

static void read_default_terms(struct setting_form *s)
{
	const char *text = form_text(&s->form, "default_terms", FORM_NEEDED, 60);
	struct terms t;
	bool ambiguous;

	if (!text)
		return;
	if (terms_read(text, &t, &ambiguous, NULL))
		s->entity.default_terms =
			terms_format(&t, arena_alloc(s->request->arena, TERMS_TEXT));
	else
		form_wrong(&s->form, "default_terms",
			   tr(s->request->cat,
			      "These terms are not understood. Write NET30, or 45 jours"
			      " fin de mois."));
}

static bool company_tx(struct db *db, void *arg, struct err *e)
{
	const struct setting_form *s = arg;

	return entity_update(db, &s->entity, s->request->actor, s->request->now, e);
}

static bool company_post(struct request *r, struct err *e)
{
	struct setting_form s;
	struct entity *ent = &s.entity;
	int64_t newest;

	if (!begin(r, &s, e))
		return false;
	newest = ent->version;
	ent->name = form_text(&s.form, "name", FORM_NEEDED, 200);
	ent->legal_form = form_text(&s.form, "legal_form", 0, 60);
	ent->capital = form_text(&s.form, "capital", 0, 60);
	ent->siren = form_text(&s.form, "siren", 0, 20);
	ent->rcs_city = form_text(&s.form, "rcs_city", 0, 60);
	ent->vat_number = form_text(&s.form, "vat_number", 0, 20);
	read_default_terms(&s);
	ent->street = form_text(&s.form, "street", 0, 100);
	ent->postcode = form_text(&s.form, "postcode", 0, 20);
	ent->city = form_text(&s.form, "city", 0, 100);
	ent->country = form_text(&s.form, "country", FORM_NEEDED, 2);
	ent->phone = form_text(&s.form, "phone", 0, 40);
	ent->email = form_text(&s.form, "email", 0, 254);
	ent->language = form_text(&s.form, "language", FORM_NEEDED, 5);
	ent->time_zone = form_text(&s.form, "time_zone", FORM_NEEDED, 60);
	ent->version = request_version(r);
	if (form_ok(&s.form) && db_tx(r->db, company_tx, &s, e))
		return kept(r, "/settings", e);
	if (form_ok(&s.form) && !form_refused(&s.form, e))
		return false;
	ent->version = newest;
	return show_company(&s, 422);
}

/* ---- the account printed ----------------------------------------------------------------------- */

static bool show_bank(struct setting_form *s, int status)
{
	const struct catalogue *cat = s->request->cat;
	const struct bank_account *a = &s->account;
	struct edit_group g[1];
	char grouped[IBAN_GROUPED_TEXT] = "";
	struct part_field *f;

	f = field(s, "iban", tr(cat, "IBAN"),
		  str_empty(a->iban)
			  ? ""
			  : arena_strdup(s->request->arena, iban_group(a->iban, grouped)));
	f->is_required = true;
	f->help = tr(cat, "Printed on reminders, letters and statements, with a code to pay by");
	field(s, "bic", tr(cat, "BIC"), a->bic);
	field(s, "name", tr(cat, "Name of the account"), a->name);
	g[0] = (struct edit_group){ tr(cat, "Where customers pay"), s->fields, s->n };
	return show(s, "/settings/bank", g, 1, status);
}

static bool bank_show(struct request *r, struct err *e)
{
	struct setting_form s;

	return begin(r, &s, e) &&
	       bank_account_printed(r->db, r->arena, r->entity.id, &s.account, e) &&
	       show_bank(&s, 200);
}

static bool bank_tx(struct db *db, void *arg, struct err *e)
{
	const struct setting_form *s = arg;
	int64_t id;

	return bank_account_save(db, s->request->entity.id, &s->account, s->request->actor,
				 s->request->now, &id, e);
}

static bool bank_post(struct request *r, struct err *e)
{
	struct setting_form s;
	char plain[IBAN_TEXT];
	const char *iban;

	if (!begin(r, &s, e))
		return false;
	iban = form_text(&s.form, "iban", FORM_NEEDED, 42);
	if (iban && iban_check(iban, plain) != ID_VALID)
		form_wrong(&s.form, "iban",
			   tr(r->cat, "This IBAN is not right: a figure was left out or changed."));
	else if (iban)
		s.account.iban = arena_strdup(r->arena, plain);
	s.account.bic = form_text(&s.form, "bic", 0, 11);
	s.account.name = form_text(&s.form, "name", 0, 70);
	s.account.is_printed = true;
	memcpy(s.account.currency, s.entity.currency, sizeof s.account.currency);
	if (form_ok(&s.form) && db_tx(r->db, bank_tx, &s, e))
		return kept(r, "/settings/bank", e);
	if (form_ok(&s.form) && !form_refused(&s.form, e))
		return false;
	return show_bank(&s, 422);
}

/* ---- sending ----------------------------------------------------------------------------------- */

/* A password is written, never shown: an empty field keeps the one there is. */
static const struct mail_setting {
	const char *name, *label, *type, *help;
} mail_settings[] = {
	{ "from_email", N_("Sender's address"), "email", NULL },
	{ "sender_name", N_("Sender's name"), NULL, NULL },
	{ "reply_to", N_("Answers go to"), "email", N_("Empty: to the sender") },
	{ "reply_days", N_("Days left to answer"), NULL, N_("Written in the reminders") },
	{ "smtp_url", N_("Mail relay"), NULL, N_("smtp://host:25 or smtps://host:465") },
	{ "smtp_user", N_("User of the relay"), NULL, NULL },
	{ "smtp_password", N_("Password of the relay"), "password",
	  N_("Empty: the one there is stays") },
	{ "smtp_tls", N_("Encryption"), NULL,
	  N_("Empty: required; offered: when the relay has it; none") },
	{ "smtp_log", N_("The relay's log"), NULL,
	  N_("Read to know whether a doubtful message left") },
};
enum { MAIL_FIRST = 4 }; /* fields of the sender before those of the relay */

static bool show_mail(struct setting_form *s, int status, struct err *e)
{
	struct request *r = s->request;
	struct edit_group g[2];

	for (size_t i = 0; i < ARRAY_LEN(mail_settings); i++) {
		const struct mail_setting *m = &mail_settings[i];
		const char *value = NULL;
		struct part_field *f;

		if (!str_eq(m->type, "password") &&
		    !setting_get(r->db, r->arena, r->entity.id, m->name, NULL, &value, e))
			return false;
		f = field(s, m->name, tr(r->cat, m->label), value);
		f->type = m->type;
		f->help = m->help ? tr(r->cat, m->help) : NULL;
		if (str_eq(m->type, "password")) {
			f->value = NULL;
			f->autocomplete = "new-password";
		}
	}
	g[0] = (struct edit_group){ tr(r->cat, "Who writes"), s->fields, MAIL_FIRST };
	g[1] = (struct edit_group){ tr(r->cat, "How the mail leaves"), s->fields + MAIL_FIRST,
				    s->n - MAIL_FIRST };
	return show(s, "/settings/mail", g, 2, status);
}

static bool mail_show(struct request *r, struct err *e)
{
	struct setting_form s;

	return begin(r, &s, e) && show_mail(&s, 200, e);
}

static bool mail_tx(struct db *db, void *arg, struct err *e)
{
	const struct setting_form *s = arg;
	struct request *r = s->request;

	for (size_t i = 0; i < ARRAY_LEN(mail_settings); i++) {
		const struct mail_setting *m = &mail_settings[i];
		const char *value = request_form(r, m->name);
		const char *before;

		if (str_eq(m->type, "password") && str_empty(value))
			continue;
		/* What was never set stays so: its default goes on counting. */
		if (!setting_get(db, r->arena, r->entity.id, m->name, NULL, &before, e))
			return false;
		if (str_eq(before ? before : "", value ? value : ""))
			continue;
		if (!setting_set(db, r->entity.id, m->name, value ? value : "", r->actor, r->now,
				 e))
			return false;
	}
	return true;
}

static bool mail_post(struct request *r, struct err *e)
{
	static const char *const tls[] = { "required", "offered", "none", NULL };
	struct setting_form s;
	const char *url;

	if (!begin(r, &s, e))
		return false;
	form_text(&s.form, "from_email", 0, 254);
	form_int(&s.form, "reply_days", 0, 1, 90, 0);
	form_choice(&s.form, "smtp_tls", 0, tls);
	url = form_text(&s.form, "smtp_url", 0, 300);
	if (url && !str_starts(url, "smtp://") && !str_starts(url, "smtps://"))
		form_wrong(&s.form, "smtp_url",
			   tr(r->cat, "Write smtp:// or smtps://, the host and the port."));
	if (form_ok(&s.form) && db_tx(r->db, mail_tx, &s, e))
		return kept(r, "/settings/mail", e);
	if (form_ok(&s.form) && !form_refused(&s.form, e))
		return false;
	return show_mail(&s, 422, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/settings", company_show, PERM_SETTING_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/settings", company_post, PERM_SETTING_EDIT, SCOPE_ENTITY),
	ROUTE(GET, "/settings/bank", bank_show, PERM_SETTING_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/settings/bank", bank_post, PERM_SETTING_EDIT, SCOPE_ENTITY),
	ROUTE(GET, "/settings/mail", mail_show, PERM_SETTING_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/settings/mail", mail_post, PERM_SETTING_EDIT, SCOPE_ENTITY),
};
const struct route_list ledger_setting_routes = ROUTE_LIST(routes);
