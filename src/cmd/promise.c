/* SPDX-License-Identifier: Apache-2.0 */
/* promise.c - promises to pay: add, list, cancel. */
#include "collect/promise.h"

#include "base/money.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "collect/scenario.h"
#include "i18n/catalogue.h"
#include "ledger/customer.h"
#include "ledger/item.h"

enum { LIMIT = 10000 };

static const struct cmd_option options[] = {
	{ "on", "DATE", N_("day the money is promised for"), CMD_VALUE },
	{ "amount", "AMOUNT", N_("amount promised; else all that is open"), CMD_VALUE },
	{ "document", "DOC", N_("only that document; else the whole account"), CMD_VALUE },
	{ "detail", "TEXT", N_("what was said"), CMD_VALUE },
	{ 0 },
};

/* Days after the promised one that still count: of the general policy. */
static bool grace_of(struct cmd *c, int *ret)
{
	struct scenario *s;
	size_t n;

	if (!scenario_list(c->db, c->arena, c->entity.id, &s, &n, &c->err))
		return false;
	*ret = s[0].policy.promise_grace_days;
	return true;
}

static bool find_item(struct cmd *c, int64_t customer_id, const char *document, int64_t *ret)
{
	struct item *list;
	size_t n;

	if (!item_find_document(c->db, c->arena, c->entity.id, document, &list, &n, &c->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (list[i].customer_id == customer_id && list[i].amount_minor > 0) {
			*ret = list[i].id;
			return true;
		}
	return err_set(&c->err, ERR_NOT_FOUND, "the customer has no document \"%.60s\"", document);
}

static bool read_amount(struct cmd *c, const char *text, const char *currency, int64_t *ret)
{
	struct money m;

	if (!text)
		return true;
	if (!money_parse(text, currency, &m, &c->err))
		return false;
	*ret = m.minor;
	return m.minor > 0 ? true
			   : err_set(&c->err, ERR_INVALID, "a promised amount is above zero");
}

static int add(struct cmd *c)
{
	struct new_promise p = { .made_on = c->date, .detail = cmd_value(c, "detail") };
	const char *document = cmd_value(c, "document"), *on = cmd_value(c, "on");
	struct customer customer;
	int64_t id;

	if (c->argc != 2)
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected the code of a customer")));
	if (!on)
		return cmd_usage(c, "%s", cmd_tr(c, N_("--on is needed: the day promised")));
	if (!cmd_day(c, "on", DAY_NONE, &p.promised_on) ||
	    !customer_get(c->db, c->arena, c->entity.id, c->argv[1], &customer, &c->err))
		return cmd_fail(c);
	p.customer_id = customer.id;
	memcpy(p.currency, customer.currency, sizeof p.currency);
	if ((document && !find_item(c, customer.id, document, &p.item_id)) ||
	    !read_amount(c, cmd_value(c, "amount"), p.currency, &p.amount_minor) ||
	    !promise_add(c->db, c->entity.id, &p, c->actor, c->now, &id, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"id\":%" PRId64 "}\n", id);
	else
		printf(cmd_tr(c, N_("Promise %" PRId64 " noted.\n")), id);
	return CMD_OK;
}

static int list(struct cmd *c)
{
	struct cmd_text_table t;
	struct promise *p;
	struct buf b;
	struct json j;
	size_t n;
	int grace;

	if (!grace_of(c, &grace) ||
	    !promise_list(c->db, c->arena, c->entity.id, 0, grace, LIMIT, &p, &n, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "promises");
	json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_(">Id")), cmd_tr(c, N_("<Customer")),
		   cmd_tr(c, N_("<Document")), cmd_tr(c, N_(">Amount")), cmd_tr(c, N_("<For")),
		   cmd_tr(c, N_("<Outcome")), NULL);
	for (size_t i = 0; i < n; i++) {
		const char *outcome = promise_outcome_name(promise_outcome(&p[i], grace, c->date));
		char day[DATE_TEXT];

		json_open_object(&j);
		json_put_int(&j, "id", p[i].id);
		json_put_text(&j, "customer", p[i].customer_code);
		json_put_text(&j, "document", p[i].document);
		json_put_minor(&j, "amount", p[i].amount_minor, p[i].currency);
		json_put_minor(&j, "received", p[i].applied_minor, p[i].currency);
		json_put_text(&j, "currency", p[i].currency);
		json_put_day(&j, "promised", p[i].promised_on);
		json_put_day(&j, "made", p[i].made_on);
		json_put_text(&j, "outcome", outcome);
		json_end(&j);
		table_row(&t, arena_printf(c->arena, "%" PRId64, p[i].id), p[i].customer_code,
			  p[i].document, cmd_amount(c, p[i].amount_minor, p[i].currency),
			  arena_strdup(c->arena, date_format(p[i].promised_on, day)), outcome);
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

static int run(struct cmd *c)
{
	uint64_t id;

	if (c->argc == 0 || str_eq(c->argv[0], "list"))
		return list(c);
	if (str_eq(c->argv[0], "add"))
		return add(c);
	if (str_eq(c->argv[0], "cancel") && c->argc == 2 && text_to_u64(c->argv[1], INT64_MAX, &id))
		return promise_cancel(c->db, c->entity.id, (int64_t)id, c->date, c->actor, c->now,
				      &c->err)
			       ? CMD_OK
			       : cmd_fail(c);
	return cmd_usage(c, "%s", cmd_tr(c, N_("expected add CUSTOMER, list or cancel ID")));
}

const struct command command_promise = { "promise",
					 run,
					 CMD_NEEDS_ENTITY,
					 "add CUSTOMER --on DATE | list | cancel ID",
					 N_("promises to pay"),
					 options };
