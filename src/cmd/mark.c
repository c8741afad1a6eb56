/* SPDX-License-Identifier: Apache-2.0 */
/* mark.c - what is said of documents: a status, approved, not to be chased. */
#include "ledger/item_mark.h"

#include "base/list.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "ledger/customer.h"
#include "ledger/item.h"

static const struct cmd_option options[] = {
	{ "customer", "CODE", N_("customer of the documents, where several have their number"),
	  CMD_VALUE },
	{ "status", "TYPE/NAME", N_("a status of the list"), CMD_VALUE },
	{ "approved", NULL, N_("the customer has accepted it for payment"), CMD_FLAG },
	{ "exclude", NULL, N_("not to be chased, with --until and --reason"), CMD_FLAG },
	{ "until", "DATE", N_("last day of the exclusion, or day of the follow-up"), CMD_VALUE },
	{ "reason", "TEXT", N_("why, kept with the act"), CMD_VALUE },
	{ "clear", NULL, N_("take that mark back"), CMD_FLAG },
	{ 0 },
};

static const struct cmd_option status_options[] = {
	{ "follow-up", "DAYS", N_("follow-up delay of the status"), CMD_VALUE },
	{ "stop", NULL, N_("no reminder until the follow-up day"), CMD_FLAG },
	{ 0 },
};

struct ids {
	LIST_OF(int64_t) list;
};

static bool add_documents(struct cmd *c, struct ids *ret)
{
	const char *code = cmd_value(c, "customer");
	struct customer customer = { 0 };

	if (code && !customer_get(c->db, c->arena, c->entity.id, code, &customer, &c->err))
		return false;
	for (int i = 0; i < c->argc; i++) {
		size_t n, n_found = 0;
		struct item *list;
		if (!item_find_document(c->db, c->arena, c->entity.id, c->argv[i], &list, &n,
					&c->err))
			return false;
		for (size_t k = 0; k < n; k++) {
			if (code && list[k].customer_id != customer.id)
				continue;
			if (n_found++ && !code && list[k].customer_id != list[0].customer_id)
				return err_set(&c->err, ERR_USAGE,
					       "several documents are numbered \"%.60s\": name the"
					       " customer with --customer",
					       c->argv[i]);
			*LIST_ADD(c->arena, &ret->list) = list[k].id;
		}
		if (n_found == 0)
			return err_set(&c->err, ERR_NOT_FOUND, "there is no document \"%.60s\"",
				       c->argv[i]);
	}
	return true;
}

static bool find_status(struct cmd *c, const char *text, int64_t *ret)
{
	struct item_status *list;
	size_t n;

	if (!item_status_list(c->db, c->arena, c->entity.id, true, &list, &n, &c->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(text, arena_printf(c->arena, "%s/%s", list[i].type, list[i].name))) {
			*ret = list[i].id;
			return true;
		}
	return err_set(&c->err, ERR_NOT_FOUND, "no status is called \"%.60s\"", text);
}

static int run_mark(struct cmd *c)
{
	bool is_excluded = cmd_flag(c, "exclude"), is_approved = cmd_flag(c, "approved");
	const char *status = cmd_value(c, "status");
	struct item_marking m = { .entity_id = c->entity.id,
				  .is_on = !cmd_flag(c, "clear"),
				  .today = c->date,
				  .reason = cmd_value(c, "reason"),
				  .actor = c->actor,
				  .now = c->now };
	struct ids ids = { 0 };

	if (c->argc < 1 || is_excluded + is_approved + (status != NULL) != 1)
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("expected document numbers and one of --status,"
					      " --approved, --exclude")));
	m.kind = is_excluded ? MARK_EXCLUDED : is_approved ? MARK_APPROVED : MARK_STATUS;
	if (!cmd_day(c, "until", DAY_NONE, &m.until_on) || !add_documents(c, &ids) ||
	    (status && m.is_on && !find_status(c, status, &m.status_id)))
		return cmd_fail(c);
	m.items = ids.list.at;
	m.n_items = ids.list.n;
	if (!item_mark_set(c->db, &m, NULL, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"marked\":%zu}\n", ids.list.n);
	else
		printf(cmd_tr(c, N_("Documents marked: %s\n")), cmd_count(c, (int64_t)ids.list.n));
	return CMD_OK;
}

static int list_statuses(struct cmd *c)
{
	struct cmd_text_table t;
	struct item_status *list;
	struct json j;
	struct buf b;
	size_t n;

	if (!item_status_list(c->db, c->arena, c->entity.id, true, &list, &n, &c->err))
		return cmd_fail(c);
	table_init(&t, c->arena, cmd_tr(c, N_("<Type")), cmd_tr(c, N_("<Status")),
		   cmd_tr(c, N_(">Follow-up days")), NULL);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "statuses"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		json_put_text(&j, "type", list[i].type);
		json_put_text(&j, "name", list[i].name);
		json_put_int(&j, "follow_up_days", list[i].follow_up_days);
		json_put_bool(&j, "stops_reminders", list[i].stops_reminders);
		json_put_bool(&j, "hidden", list[i].is_hidden);
		json_end(&j);
		table_row(&t, list[i].type, list[i].name, cmd_count(c, list[i].follow_up_days));
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

static int run_status(struct cmd *c)
{
	struct item_status s = { .stops_reminders = cmd_flag(c, "stop") };

	if (c->argc == 1 && str_eq(c->argv[0], "list"))
		return list_statuses(c);
	if (c->argc != 3 || !str_eq(c->argv[0], "add"))
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected: list, or add TYPE NAME")));
	s.type = c->argv[1];
	s.name = c->argv[2];
	if (!cmd_number(c, "follow-up", 0, 3650, &s.follow_up_days) ||
	    !item_status_save(c->db, c->entity.id, &s, c->actor, c->now, NULL, &c->err))
		return cmd_fail(c);
	return list_statuses(c);
}

const struct command command_mark = {
	"mark", run_mark, CMD_NEEDS_ENTITY, "DOCUMENT…", N_("say something of documents"), options
};
const struct command command_status = { "status",
					run_status,
					CMD_NEEDS_ENTITY,
					"list|add TYPE NAME",
					N_("the list of statuses of documents"),
					status_options };
