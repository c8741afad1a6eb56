/* SPDX-License-Identifier: Apache-2.0 */
/* dispute.c - disputed amounts: open, close, list. */
#include "dispute/dispute.h"

#include "base/money.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "ledger/customer.h"
#include "ledger/item.h"

enum { LIMIT = 10000 };

static const struct cmd_option options[] = {
	{ "customer", "CODE", N_("customer of the document, where several have its number"),
	  CMD_VALUE },
	{ "amount", "AMOUNT", N_("amount in dispute; else all that is open"), CMD_VALUE },
	{ "reason", "TEXT", N_("what is contested"), CMD_VALUE },
	{ "detail", "TEXT", N_("more about it"), CMD_VALUE },
	{ "owner", "NAME", N_("who must answer"), CMD_VALUE },
	{ "answer-by", "DATE", N_("until when"), CMD_VALUE },
	{ "resolution", "TEXT", N_("close: how it ended"), CMD_VALUE },
	{ 0 },
};

/* The one debit document of that number, of the named customer where one is named. */
static bool find_item(struct cmd *c, const char *document, struct item *ret)
{
	const char *code = cmd_value(c, "customer");
	struct customer customer = { 0 };
	struct item *list;
	size_t n, n_found = 0;

	if ((code && !customer_get(c->db, c->arena, c->entity.id, code, &customer, &c->err)) ||
	    !item_find_document(c->db, c->arena, c->entity.id, document, &list, &n, &c->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (list[i].amount_minor <= 0 || (code && list[i].customer_id != customer.id))
			continue;
		*ret = list[i];
		n_found++;
	}
	if (n_found == 1)
		return true;
	return n_found ? err_set(&c->err, ERR_USAGE,
				 "several documents are numbered \"%.60s\": name the customer with "
				 "--customer",
				 document)
		       : err_set(&c->err, ERR_NOT_FOUND, "there is no document \"%.60s\"",
				 document);
}

static int open_one(struct cmd *c)
{
	struct new_dispute d = { .opened_on = c->date,
				 .reason = cmd_value(c, "reason"),
				 .detail = cmd_value(c, "detail"),
				 .owner = cmd_value(c, "owner") };
	const char *amount = cmd_value(c, "amount");
	struct item it;
	struct money m;
	int64_t id;

	if (c->argc != 2 || !d.reason)
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected a document number and --reason")));
	if (!cmd_day(c, "answer-by", DAY_NONE, &d.answer_by) || !find_item(c, c->argv[1], &it))
		return cmd_fail(c);
	d.item_id = it.id;
	if (amount) {
		if (!money_parse(amount, it.currency, &m, &c->err))
			return cmd_fail(c);
		d.amount_minor = m.minor;
		if (m.minor <= 0)
			return cmd_usage(c, "%s", cmd_tr(c, N_("a disputed amount is above zero")));
	}
	if (!dispute_open(c->db, c->entity.id, &d, c->actor, c->now, &id, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"id\":%" PRId64 "}\n", id);
	else
		printf(cmd_tr(c, N_("Dispute %" PRId64 " opened.\n")), id);
	return CMD_OK;
}

/* The dispute of that id, or the only open one of that document. */
static bool find_dispute(struct cmd *c, const char *which, int64_t *ret)
{
	struct dispute *list;
	size_t n, n_found = 0;
	uint64_t id;

	if (!dispute_list(c->db, c->arena, c->entity.id, 0, true, LIMIT, &list, &n, &c->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].document, which)) {
			*ret = list[i].id;
			n_found++;
		}
	if (n_found == 1)
		return true;
	if (n_found > 1)
		return err_set(&c->err, ERR_USAGE,
			       "document %.60s has several disputes: name one by its id", which);
	if (!text_to_u64(which, INT64_MAX, &id))
		return err_set(&c->err, ERR_NOT_FOUND, "there is no open dispute \"%.60s\"", which);
	*ret = (int64_t)id;
	return true;
}

static int close_one(struct cmd *c)
{
	const char *resolution = cmd_value(c, "resolution");
	int64_t id = 0;

	if (c->argc != 2 || !resolution)
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("expected a dispute or document, and --resolution")));
	if (!find_dispute(c, c->argv[1], &id) ||
	    !dispute_close(c->db, c->entity.id, id, resolution, c->date, c->actor, c->now, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"id\":%" PRId64 "}\n", id);
	else
		printf(cmd_tr(c, N_("Dispute %" PRId64 " closed.\n")), id);
	return CMD_OK;
}

static int list(struct cmd *c)
{
	struct cmd_text_table t;
	struct dispute *d;
	struct buf b;
	struct json j;
	size_t n;

	if (!dispute_list(c->db, c->arena, c->entity.id, 0, false, LIMIT, &d, &n, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "disputes");
	json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_(">Id")), cmd_tr(c, N_("<Customer")),
		   cmd_tr(c, N_("<Document")), cmd_tr(c, N_(">Amount")), cmd_tr(c, N_("<Reason")),
		   cmd_tr(c, N_("<Owner")), cmd_tr(c, N_("<Resolution")), NULL);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		json_put_int(&j, "id", d[i].id);
		json_put_text(&j, "customer", d[i].customer_code);
		json_put_text(&j, "document", d[i].document);
		json_put_minor(&j, "amount", d[i].amount_minor, d[i].currency);
		json_put_minor(&j, "owed", d[i].owed_minor, d[i].currency);
		json_put_text(&j, "currency", d[i].currency);
		json_put_text(&j, "reason", d[i].reason);
		json_put_text(&j, "owner", d[i].owner);
		json_put_day(&j, "opened", d[i].opened_on);
		json_put_day(&j, "answer_by", d[i].answer_by);
		json_put_day(&j, "closed", d[i].closed_on);
		json_put_text(&j, "resolution", d[i].resolution);
		json_end(&j);
		table_row(&t, arena_printf(c->arena, "%" PRId64, d[i].id), d[i].customer_code,
			  d[i].document, cmd_amount(c, d[i].amount_minor, d[i].currency),
			  d[i].reason, d[i].owner, d[i].resolution);
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

static int run(struct cmd *c)
{
	if (c->argc == 0 || str_eq(c->argv[0], "list"))
		return list(c);
	if (str_eq(c->argv[0], "open"))
		return open_one(c);
	if (str_eq(c->argv[0], "close"))
		return close_one(c);
	return cmd_usage(c, "%s", cmd_tr(c, N_("expected open DOC, close ID or list")));
}

const struct command command_dispute = {
	"dispute",
	run,
	CMD_NEEDS_ENTITY,
	"open DOC --reason TEXT | close ID --resolution TEXT | list",
	N_("disputed amounts"),
	options
};
