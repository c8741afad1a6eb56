/* SPDX-License-Identifier: Apache-2.0 */
/* payers.c - what was learned of payers: listed, forgotten. */
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

/* The rows that have that account, that name, or both. */
static int forget(struct cmd *c, int64_t customer_id)
{
	const char *iban = cmd_value(c, "iban"), *name = cmd_value(c, "name");
	struct learned_payer *list;
	size_t n, n_done = 0;

	iban = iban ? text_reference_key(c->arena, iban) : NULL;
	name = name ? text_key(c->arena, name) : NULL;
	if (!learned_list(c->db, c->arena, c->entity.id, customer_id, &list, &n, &c->err))
		return cmd_fail(c);
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
	struct customer customer = { 0 };

	if (c->argc > 0 && !is_forget)
		return cmd_usage(c, "expected nothing, or forget");
	if (is_forget && !code)
		return cmd_usage(c, "payers forget: say which --customer");
	if (!is_forget && (cmd_value(c, "iban") || cmd_value(c, "name")))
		return cmd_usage(c, "--iban and --name belong to payers forget");
	if (code && !customer_get(c->db, c->arena, c->entity.id, code, &customer, &c->err))
		return cmd_fail(c);
	return is_forget ? forget(c, customer.id) : list_payers(c, customer.id);
}

const struct command command_payers = { "payers",
					run,
					CMD_NEEDS_ENTITY,
					"[forget]",
					N_("what was learned of who pays for whom; forget it"),
					options };
