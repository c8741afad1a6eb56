/* SPDX-License-Identifier: Apache-2.0 */
/* enter.c - an item entered by hand, and taken out again. */
#include "ledger/item_entry.h"

#include "base/money.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "ledger/customer.h"

static const struct cmd_option options[] = {
	{ "kind", "KIND",
	  N_("adjustment_debit, adjustment_credit, deposit, deposit_invoice, on_account, "
	     "credit_note or"
	     " invoice"),
	  CMD_VALUE },
	{ "on", "DATE", N_("issue date; else the day of the command"), CMD_VALUE },
	{ "due", "DATE", N_("due date; else the issue date"), CMD_VALUE },
	{ "currency", "CODE", N_("currency; else the customer's"), CMD_VALUE },
	{ "reason", "TEXT", N_("why, kept with the act"), CMD_VALUE },
	{ "order", "REF", N_("order that joins a deposit with its final invoice"), CMD_VALUE },
	{ "with", "DOCUMENT", N_("document it goes with, proposed when lettering"), CMD_VALUE },
	{ 0 },
};

static const struct cmd_option out_options[] = {
	{ "reason", "TEXT", N_("why, kept with the act"), CMD_VALUE },
	{ 0 },
};

static int run_enter(struct cmd *c)
{
	const char *kind = cmd_value(c, "kind"), *currency = cmd_value(c, "currency");
	struct item_entry in = { .entity_id = c->entity.id,
				 .reason = cmd_value(c, "reason"),
				 .order_ref = cmd_value(c, "order"),
				 .belongs_to = cmd_value(c, "with"),
				 .today = c->date,
				 .actor = c->actor,
				 .now = c->now };
	struct customer customer;
	struct money m;
	int64_t id;

	if (c->argc != 3 || !kind || !entry_kind_of(kind, &in.kind))
		return cmd_usage(
			c, "%s",
			cmd_tr(c, N_("expected a customer, a document number, an amount and"
				     " --kind")));
	if (!cmd_day(c, "on", c->date, &in.issued_on) || !cmd_day(c, "due", DAY_NONE, &in.due_on) ||
	    !customer_get(c->db, c->arena, c->entity.id, c->argv[0], &customer, &c->err))
		return cmd_fail(c);
	currency = currency ? currency : customer.currency;
	if (!currency_is_code(currency))
		return cmd_usage(c, "%s", cmd_tr(c, N_("a currency is three capital letters")));
	memcpy(in.currency, currency, sizeof in.currency);
	if (!money_parse(c->argv[2], currency, &m, &c->err))
		return cmd_fail(c);
	in.customer_id = customer.id;
	in.document = c->argv[1];
	in.minor = m.minor;
	if (!item_enter(c->db, &in, &id, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"id\":%" PRId64 "}\n", id);
	else
		printf(cmd_tr(c, N_("%s entered.\n")), in.document);
	return CMD_OK;
}

static int run_take_out(struct cmd *c)
{
	struct item_taking_out t = { .entity_id = c->entity.id,
				     .reason = cmd_value(c, "reason"),
				     .actor = c->actor,
				     .now = c->now };
	struct customer customer;
	struct item *list;
	size_t n;

	if (c->argc != 2)
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("expected a customer and a document number")));
	if (!customer_get(c->db, c->arena, c->entity.id, c->argv[0], &customer, &c->err) ||
	    !item_find_document(c->db, c->arena, c->entity.id, c->argv[1], &list, &n, &c->err))
		return cmd_fail(c);
	for (size_t i = 0; i < n; i++)
		if (list[i].customer_id == customer.id && str_eq(list[i].source, "user"))
			t.item_id = list[i].id;
	if (t.item_id == 0) {
		err_set(&c->err, ERR_NOT_FOUND, "no document \"%.60s\" was entered by hand",
			c->argv[1]);
		return cmd_fail(c);
	}
	if (!item_take_out(c->db, &t, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"id\":%" PRId64 "}\n", t.item_id);
	else
		printf(cmd_tr(c, N_("%s is out of the ledger.\n")), c->argv[1]);
	return CMD_OK;
}

const struct command command_enter = { "enter",
				       run_enter,
				       CMD_NEEDS_ENTITY,
				       "CUSTOMER DOCUMENT AMOUNT --kind KIND",
				       N_("enter an item by hand"),
				       options };
const struct command command_take_out = { "take-out",
					  run_take_out,
					  CMD_NEEDS_ENTITY,
					  "CUSTOMER DOCUMENT",
					  N_("take an item entered by hand out of the ledger"),
					  out_options };
