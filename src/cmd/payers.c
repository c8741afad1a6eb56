/* SPDX-License-Identifier: Apache-2.0 */
/* payers.c - what was learned of payers: listed, forgotten. */
#include "cash/habits.h"
#include "cash/learn.h"

#include "base/text.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "ledger/customer.h"

static const struct cmd_option options[] = {
	{ "customer", "CODE", N_("of that customer alone"), CMD_VALUE },
	{ "iban", "IBAN", N_("forget: the account"), CMD_VALUE },
	{ "name", "NAME", N_("forget: the name"), CMD_VALUE },
	{ 0 },
};

static int list_payers(struct cmd *c, int64_t customer_id)
{
	struct learned_payer *list;
	struct cmd_list l;
	size_t n;

	if (!learned_list(c->db, c->arena, c->entity.id, customer_id, &list, &n, &c->err))
		return cmd_fail(c);
	cmd_list_open(c, &l, "payers");
	table_init(&l.table, c->arena, cmd_tr(c, N_("<Customer")), cmd_tr(c, N_("<Account")),
		   cmd_tr(c, N_("<Name")), cmd_tr(c, N_(">Confirmed")),
		   cmd_tr(c, N_(">Contradicted")), cmd_tr(c, N_("<Used")), NULL);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&l.json);
		json_put_text(&l.json, "customer", list[i].customer_code);
		json_put_text(&l.json, "iban", list[i].iban);
		json_put_text(&l.json, "name", list[i].name_key);
		json_put_int(&l.json, "confirmed", list[i].n_for);
		json_put_int(&l.json, "by_accounting", list[i].n_booked);
		json_put_int(&l.json, "contradicted", list[i].n_against);
		json_put_bool(&l.json, "used", list[i].is_alive);
		json_end(&l.json);
		table_row(&l.table, list[i].customer_code, list[i].iban ? list[i].iban : "",
			  list[i].name_key ? list[i].name_key : "", cmd_count(c, list[i].n_for),
			  cmd_count(c, list[i].n_against),
			  list[i].is_alive ? cmd_tr(c, N_("yes")) : cmd_tr(c, N_("no")));
	}
	return cmd_list_print(c, &l);
}

static void put_habit(struct cmd *c, struct cmd_list *l, const char *code,
		      const struct match_habit *h)
{
	const char *forms = "";

	json_open_object(&l->json);
	json_put_text(&l->json, "customer", code);
	json_put_int(&l->json, "payments", match_habit_count(h));
	json_key(&l->json, "forms"), json_open_object(&l->json);
	for (size_t f = 0; f < MATCH_N_FORMS; f++) {
		const char *name = match_form_name((enum match_form)f);
		if (h->n[f] == 0)
			continue;
		json_put_int(&l->json, name, h->n[f]);
		forms = arena_printf(c->arena, "%s%s%s %s", forms, *forms ? ", " : "", name,
				     cmd_count(c, h->n[f]));
	}
	json_end(&l->json);
	json_put_int(&l->json, "oldest_of_equal", h->n_oldest_of_equal);
	json_put_int(&l->json, "other_of_equal", h->n_other_of_equal);
	json_end(&l->json);
	table_row(&l->table, code, cmd_count(c, match_habit_count(h)), forms);
}

/* How customers paid; the row without customer is all of them together. */
static int list_habits(struct cmd *c, int64_t customer_id)
{
	struct habits habits;
	struct book *ledger;
	struct cmd_list l;

	if (!book_load(c->db, c->arena,
		       &(struct book_query){ .entity_id = c->entity.id, .as_of = c->date }, &ledger,
		       &c->err) ||
	    !habits_load(c->db, c->arena, c->entity.id, ledger, &habits, &c->err))
		return cmd_fail(c);
	cmd_list_open(c, &l, "habits");
	table_init(&l.table, c->arena, cmd_tr(c, N_("<Customer")), cmd_tr(c, N_(">Payments")),
		   cmd_tr(c, N_("<Forms")), NULL);
	if (!customer_id && habits.n)
		put_habit(c, &l, "", &habits.all);
	for (size_t i = 0; i < habits.n; i++) {
		size_t at = book_customer_by_id(ledger, habits.at[i].customer_id);
		if (at != SIZE_MAX && (!customer_id || habits.at[i].customer_id == customer_id))
			put_habit(c, &l, ledger->customer[at].code, &habits.at[i].habit);
	}
	return cmd_list_print(c, &l);
}

/* Everything of the customer. */
static bool forget_customer(struct cmd *c, int64_t customer_id)
{
	return learned_forget(c->db, c->entity.id, customer_id, NULL, NULL, c->actor, c->now,
			      &c->err);
}

/* The rows that have that account, that name, or both; without either everything of the customer. */
static int forget(struct cmd *c, int64_t customer_id)
{
	const char *iban = cmd_value(c, "iban"), *name = cmd_value(c, "name");
	struct learned_payer *list;
	size_t n, n_done = 0;

	iban = iban ? text_reference_key(c->arena, iban) : NULL;
	name = name ? text_key(c->arena, name) : NULL;
	if (!learned_list(c->db, c->arena, c->entity.id, customer_id, &list, &n, &c->err))
		return cmd_fail(c);
	if (!iban && !name) {
		if (!forget_customer(c, customer_id))
			return cmd_fail(c);
		if (!c->quiet && !c->json)
			puts(cmd_tr(c, N_("what was learned of the customer is forgotten")));
		return c->json ? list_payers(c, customer_id) : CMD_OK;
	}
	for (size_t i = 0; i < n; i++) {
		if ((iban && !str_eq(list[i].iban, iban)) ||
		    (name && !str_eq(list[i].name_key, name)))
			continue;
		if (!learned_forget(c->db, c->entity.id, customer_id, list[i].iban,
				    list[i].name_key, c->actor, c->now, &c->err))
			return cmd_fail(c);
		n_done++;
	}
	if (n_done == 0) {
		err_set(&c->err, ERR_NOT_FOUND, "nothing was learned of that payer");
		return cmd_fail(c);
	}
	if (!c->quiet && !c->json)
		printf(cmd_tr(c, N_("%s payers forgotten\n")), cmd_count(c, (int64_t)n_done));
	return c->json ? list_payers(c, customer_id) : CMD_OK;
}

static int run(struct cmd *c)
{
	const char *code = cmd_value(c, "customer");
	bool is_forget = c->argc == 1 && str_eq(c->argv[0], "forget");
	bool is_habits = c->argc == 1 && str_eq(c->argv[0], "habits");
	struct customer customer = { 0 };

	if (c->argc > 0 && !is_forget && !is_habits)
		return cmd_usage(c, "expected nothing, habits or forget");
	if (is_forget && !code)
		return cmd_usage(c, "payers forget: say which --customer");
	if (!is_forget && (cmd_value(c, "iban") || cmd_value(c, "name")))
		return cmd_usage(c, "--iban and --name belong to payers forget");
	if (code && !customer_get(c->db, c->arena, c->entity.id, code, &customer, &c->err))
		return cmd_fail(c);
	return is_forget   ? forget(c, customer.id)
	       : is_habits ? list_habits(c, customer.id)
			   : list_payers(c, customer.id);
}

const struct command command_payers = {
	"payers",
	run,
	CMD_NEEDS_ENTITY,
	"[habits|forget]",
	N_("what was learned of who pays for whom, and how; forget it"),
	options
};
