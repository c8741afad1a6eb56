/* SPDX-License-Identifier: Apache-2.0 */
/* period.c - closed accounting periods. */
#include "ledger/period.h"

#include "cmd/cmd.h"
#include "i18n/catalogue.h"

static const struct cmd_option options[] = {
	{ "reason", "TEXT", N_("why it should be reopened"), CMD_VALUE },
	{ 0 },
};

static void put_period(struct json *j, const struct period *p)
{
	json_open_object(j);
	json_put_day(j, "from", p->from_on);
	json_put_day(j, "to", p->to_on);
	json_put_text(j, "state", p->state);
	json_put_text(j, "closed_by", p->closed_by);
	json_put_moment(j, "closed", p->recorded);
	json_put_text(j, "reopening", p->reopening_state);
	json_put_text(j, "reason", p->reason);
	json_put_text(j, "asked_by", p->asked_by);
	json_put_moment(j, "asked", p->asked);
	json_put_text(j, "decided_by", p->decided_by);
	json_put_moment(j, "decided", p->decided);
	json_end(j);
}

static int list(struct cmd *c)
{
	char from[DATE_TEXT], to[DATE_TEXT];
	struct cmd_text_table t;
	struct period *p;
	struct buf b;
	struct json j;
	size_t n;

	if (!period_list(c->db, c->arena, c->entity.id, &p, &n, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "periods");
	json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_("<From")), cmd_tr(c, N_("<To")),
		   cmd_tr(c, N_("<State")), cmd_tr(c, N_("<Closed by")),
		   cmd_tr(c, N_("<Reopening")), NULL);
	for (size_t i = 0; i < n; i++) {
		put_period(&j, &p[i]);
		table_row(&t, arena_strdup(c->arena, date_format(p[i].from_on, from)),
			  arena_strdup(c->arena, date_format(p[i].to_on, to)), p[i].state,
			  p[i].closed_by, p[i].reopening_state ? p[i].reopening_state : "");
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

/* The closed period of exactly these days. */
static bool find(struct cmd *c, const char *text, int64_t *ret_id)
{
	struct period *p;
	day_t from, to;
	size_t n;

	if (!period_parse(text, &from, &to, &c->err) ||
	    !period_list(c->db, c->arena, c->entity.id, &p, &n, &c->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i].from_on == from && p[i].to_on == to && str_eq(p[i].state, "closed")) {
			*ret_id = p[i].id;
			return true;
		}
	}
	return err_set(&c->err, ERR_NOT_FOUND, "period %.40s is not closed", text);
}

static int close_period(struct cmd *c, const char *text)
{
	day_t from, to;

	if (!period_parse(text, &from, &to, &c->err) ||
	    !period_close(c->db, c->entity.id, from, to, c->date, c->actor, c->now, NULL, &c->err))
		return cmd_fail(c);
	return list(c);
}

static int reopen(struct cmd *c, const char *act, const char *text)
{
	int64_t id = 0;
	bool ok;

	if (!find(c, text, &id))
		return cmd_fail(c);
	if (str_eq(act, "request"))
		ok = period_ask(c->db, c->entity.id, id, cmd_value(c, "reason"), c->actor, c->now,
				&c->err);
	else
		ok = period_decide(c->db, c->entity.id, id, str_eq(act, "approve"), c->actor,
				   c->now, &c->err);
	return ok ? list(c) : cmd_fail(c);
}

static int run(struct cmd *c)
{
	const char *act = c->argc ? c->argv[0] : "";

	if (str_eq(act, "list") && c->argc == 1)
		return list(c);
	if (str_eq(act, "close") && c->argc == 2)
		return close_period(c, c->argv[1]);
	if (str_eq(act, "reopen") && c->argc == 3 &&
	    (str_eq(c->argv[1], "request") || str_eq(c->argv[1], "approve") ||
	     str_eq(c->argv[1], "refuse")))
		return reopen(c, c->argv[1], c->argv[2]);
	return cmd_usage(c, "%s",
			 cmd_tr(c, N_("expected list, close PERIOD or reopen"
				      " request|approve|refuse PERIOD (2026-10 or 2026)")));
}

const struct command command_period = { "period",
					run,
					CMD_NEEDS_ENTITY,
					"list | close PERIOD | reopen ACT PERIOD",
					N_("closed accounting periods"),
					options };
