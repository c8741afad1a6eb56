/* SPDX-License-Identifier: Apache-2.0 */
/* setting.c - who the company is, how its mail leaves, and its bank accounts. */
#include "cmd/cmd.h"

#include "base/identifier.h"
#include "base/money.h"
#include "base/text.h"
#include "bank/statement.h"
#include "i18n/catalogue.h"
#include "ledger/terms.h"

#include <stdio.h>

/* ---- what can be set --------------------------------------------------------------------------- */

enum setting_form {
	FORM_TEXT,
	FORM_EMAIL,
	FORM_SIREN,
	FORM_VAT,
	FORM_TERMS,
	FORM_NUMBER,
	FORM_CURRENCY,
	FORM_SECRET, /* never shown */
};

/* A field of the company's row where offset says so; else a setting by name. */
struct setting_name {
	const char *name;
	enum setting_form form;
	bool is_company;
	size_t offset;
};

#define COMPANY(field, form)                                       \
	{                                                          \
#field, form, true, offsetof(struct entity, field) \
	}
#define SETTING(name, form)          \
	{                            \
		name, form, false, 0 \
	}

static const struct setting_name names[] = {
	COMPANY(name, FORM_TEXT),
	COMPANY(legal_form, FORM_TEXT),
	COMPANY(capital, FORM_TEXT),
	COMPANY(siren, FORM_SIREN),
	COMPANY(rcs_city, FORM_TEXT),
	COMPANY(vat_number, FORM_VAT),
	COMPANY(default_terms, FORM_TERMS),
	COMPANY(street, FORM_TEXT),
	COMPANY(postcode, FORM_TEXT),
	COMPANY(city, FORM_TEXT),
	COMPANY(phone, FORM_TEXT),
	COMPANY(email, FORM_EMAIL),
	COMPANY(time_zone, FORM_TEXT),
	COMPANY(language, FORM_TEXT),
	SETTING("group_currency", FORM_CURRENCY),
	SETTING("inbox_folder", FORM_TEXT),
	SETTING("paper_bill_days", FORM_NUMBER),
	SETTING("paper_cheque_days", FORM_NUMBER),
	SETTING("provision_rules", FORM_TEXT),
	SETTING("provision_vat", FORM_TEXT),
	SETTING("write_off_limit_accountant", FORM_TEXT),
	SETTING("write_off_limit_credit_manager", FORM_TEXT),
	SETTING("write_off_limit_collector", FORM_TEXT),
	SETTING("return_fee", FORM_TEXT),
	SETTING("books_bad_debt_vat", FORM_TEXT),
	SETTING("books_discount_vat", FORM_TEXT),
	SETTING("sender_name", FORM_TEXT),
	SETTING("from_email", FORM_EMAIL),
	SETTING("reply_to", FORM_EMAIL),
	SETTING("reply_days", FORM_NUMBER),
	SETTING("smtp_url", FORM_TEXT),
	SETTING("smtp_tls", FORM_TEXT),
	SETTING("smtp_user", FORM_TEXT),
	SETTING("smtp_password", FORM_SECRET),
	SETTING("smtp_ca_file", FORM_TEXT),
	SETTING("smtp_helo", FORM_TEXT),
	SETTING("inbox", FORM_TEXT),
	SETTING("smtp_log", FORM_TEXT),
	SETTING("smtp_settle_seconds", FORM_NUMBER),
};

static const struct setting_name *find_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(names[i].name, name))
			return &names[i];
	return NULL;
}

/* The value in the form that is kept; false, with a reason, when it is not of the form. */
static bool read_value(struct cmd *c, const struct setting_name *n, const char *text,
		       const char **ret)
{
	char *room = arena_alloc(c->arena, TERMS_TEXT);
	struct terms t;
	bool ambiguous;
	uint64_t number;

	*ret = text;
	if (text[0] == '\0')
		return true;
	switch (n->form) {
	case FORM_EMAIL:
		*ret = room;
		return email_check(text, room) ||
		       err_set(&c->err, ERR_INVALID, "invalid e-mail address \"%.80s\"", text);
	case FORM_SIREN:
		*ret = room;
		return siren_check(text, room) == ID_VALID ||
		       err_set(&c->err, ERR_INVALID, "invalid SIREN \"%.40s\"", text);
	case FORM_VAT:
		*ret = room;
		return vat_check(text, room) == ID_VALID ||
		       err_set(&c->err, ERR_INVALID, "invalid VAT number \"%.40s\"", text);
	case FORM_TERMS:
		*ret = room;
		if (!terms_read(text, &t, &ambiguous, &c->err))
			return false;
		terms_format(&t, room);
		return true;
	case FORM_NUMBER:
		return text_to_u64(text, 100000, &number) ||
		       err_set(&c->err, ERR_INVALID, "%s: expected a number, not \"%.40s\"",
			       n->name, text);
	case FORM_CURRENCY:
		return currency_is_code(text) ||
		       err_set(&c->err, ERR_INVALID, "\"%.10s\" is no currency", text);
	case FORM_TEXT:
	case FORM_SECRET:
		return true;
	}
	return true;
}

static const char **company_field(struct entity *ent, const struct setting_name *n)
{
	return (const char **)((char *)ent + n->offset);
}

/* ---- encours setting --------------------------------------------------------------------------- */

static bool value_of(struct cmd *c, const struct setting_name *n, const char **ret)
{
	if (n->is_company)
		*ret = *company_field(&c->entity, n);
	else if (!setting_get(c->db, c->arena, c->entity.id, n->name, NULL, ret, &c->err))
		return false;
	if (n->form == FORM_SECRET && !str_empty(*ret))
		*ret = "********";
	return true;
}

static int list(struct cmd *c)
{
	struct cmd_text_table t;
	struct buf b;
	struct json j;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	table_init(&t, c->arena, cmd_tr(c, N_("<Setting")), cmd_tr(c, N_("<Value")), NULL);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value;

		if (!value_of(c, &names[i], &value))
			return cmd_fail(c);
		table_row(&t, names[i].name, value ? value : "");
		json_put_text(&j, names[i].name, value);
	}
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

struct change {
	struct cmd *c;
	const struct setting_name *name;
	const char *value;
};

static bool change_tx(struct db *db, void *arg, struct err *e)
{
	const struct change *ch = arg;
	struct cmd *c = ch->c;

	if (!ch->name->is_company)
		return setting_set(db, c->entity.id, ch->name->name, ch->value, c->actor, c->now,
				   e);
	*company_field(&c->entity, ch->name) = ch->value;
	return entity_update(db, &c->entity, c->actor, c->now, e);
}

/* Secrets are read from standard input: a command line is visible to every user of the machine. */
static const char *typed_secret(struct cmd *c)
{
	char line[512];

	if (!fgets(line, sizeof line, stdin))
		return "";
	line[strcspn(line, "\r\n")] = '\0';
	return arena_strdup(c->arena, line);
}

static int set(struct cmd *c)
{
	struct change ch = { .c = c, .name = find_name(c->argv[1]) };
	const char *text = c->argc == 3 ? c->argv[2] : NULL;

	if (!ch.name)
		return cmd_usage(c, cmd_tr(c, N_("there is no setting \"%.60s\"")), c->argv[1]);
	if (ch.name->form == FORM_SECRET) {
		if (text)
			return cmd_usage(c, "%s",
					 cmd_tr(c, N_("a secret is read from standard input")));
		text = typed_secret(c);
	}
	if (!text)
		return cmd_usage(c, "%s", cmd_tr(c, N_("which value?")));
	if (!read_value(c, ch.name, text, &ch.value) || !db_tx(c->db, change_tx, &ch, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"changed\":\"%s\"}\n", ch.name->name);
	return CMD_OK;
}

static int run_setting(struct cmd *c)
{
	if (c->argc == 0 || (c->argc == 1 && str_eq(c->argv[0], "list")))
		return list(c);
	if ((c->argc == 2 || c->argc == 3) && str_eq(c->argv[0], "set"))
		return set(c);
	return cmd_usage(c, "%s", cmd_tr(c, N_("expected \"list\" or \"set NAME VALUE\"")));
}

const struct command command_setting = { "setting",
					 run_setting,
					 CMD_NEEDS_ENTITY,
					 "list | set NAME VALUE",
					 N_("who the company is and how its mail leaves"),
					 NULL };

/* ---- encours account --------------------------------------------------------------------------- */

static const struct cmd_option account_options[] = {
	{ "bic", "BIC", N_("the bank's code"), CMD_VALUE },
	{ "name", "NAME", N_("how people call the account"), CMD_VALUE },
	{ "currency", "EUR", N_("currency of the account"), CMD_VALUE },
	{ "printed", NULL, N_("print it on reminders and letters"), CMD_FLAG },
	{ 0 },
};

static int list_accounts(struct cmd *c)
{
	struct bank_account *at;
	struct cmd_text_table t;
	struct buf b;
	struct json j;
	size_t n;

	if (!bank_account_list(c->db, c->arena, c->entity.id, &at, &n, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "accounts");
	json_open_array(&j);
	table_init(&t, c->arena, "<IBAN", "<BIC", cmd_tr(c, N_("<Name")), cmd_tr(c, N_("<Printed")),
		   NULL);
	for (size_t i = 0; i < n; i++) {
		table_row(&t, at[i].iban, at[i].bic ? at[i].bic : "", at[i].name ? at[i].name : "",
			  at[i].is_printed ? "*" : "");
		json_open_object(&j);
		json_put_text(&j, "iban", at[i].iban);
		json_put_text(&j, "bic", at[i].bic);
		json_put_text(&j, "name", at[i].name);
		json_put_text(&j, "currency", at[i].currency);
		json_put_bool(&j, "printed", at[i].is_printed);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

struct new_account {
	struct cmd *c;
	struct bank_account account;
};

static bool save_tx(struct db *db, void *arg, struct err *e)
{
	const struct new_account *n = arg;

	return bank_account_save(db, n->c->entity.id, &n->account, n->c->actor, n->c->now, NULL, e);
}

static int add_account(struct cmd *c)
{
	const char *bic = cmd_value(c, "bic"), *currency = cmd_value(c, "currency");
	char iban[IBAN_TEXT], code[BIC_TEXT];
	struct new_account n = { .c = c,
				 .account = { .iban = iban,
					      .bic = bic ? code : NULL,
					      .name = cmd_value(c, "name"),
					      .is_printed = cmd_flag(c, "printed") } };

	if (!currency)
		currency = c->entity.currency;
	if (!currency_is_code(currency))
		return cmd_usage(c, "--currency: expected a code such as EUR, not \"%.10s\"",
				 currency);
	memcpy(n.account.currency, currency, sizeof n.account.currency);
	if (iban_check(c->argv[1], iban) != ID_VALID)
		return err_set(&c->err, ERR_INVALID, "invalid IBAN \"%.40s\"", c->argv[1]),
		       cmd_fail(c);
	if (bic && bic_check(bic, code) != ID_VALID)
		return err_set(&c->err, ERR_INVALID, "invalid BIC \"%.20s\"", bic), cmd_fail(c);
	if (!db_tx(c->db, save_tx, &n, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"iban\":\"%s\"}\n", iban);
	return CMD_OK;
}

static int set_notices(struct cmd *c)
{
	if (!str_eq(c->argv[2], "on") && !str_eq(c->argv[2], "off"))
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected \"on\" or \"off\"")));
	if (!account_set_books_notices(c->db, c->entity.id,
				       text_reference_key(c->arena, c->argv[1]),
				       str_eq(c->argv[2], "on"), c->actor, c->now, &c->err))
		return cmd_fail(c);
	return CMD_OK;
}

static int run_account(struct cmd *c)
{
	if (c->argc == 3 && str_eq(c->argv[0], "notices"))
		return set_notices(c);
	if (c->argc == 0 || (c->argc == 1 && str_eq(c->argv[0], "list")))
		return list_accounts(c);
	if (c->argc == 2 && str_eq(c->argv[0], "add"))
		return add_account(c);
	return cmd_usage(c, "%s", cmd_tr(c, N_("expected \"list\" or \"add IBAN\"")));
}

const struct command command_account = { "account",
					 run_account,
					 CMD_NEEDS_ENTITY,
					 "list | add IBAN | notices IBAN on|off",
					 N_("the company's bank accounts"),
					 account_options };
