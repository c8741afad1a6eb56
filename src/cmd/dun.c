/* SPDX-License-Identifier: Apache-2.0 */
/* dun.c - who is chased on a day, how, and who is not and why. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "collect/explain.h"
#include "collect/outbox.h"
#include "collect/send.h"

static const struct cmd_option options[] = {
	{ "dry-run", NULL, N_("tell what would be planned, write nothing"), CMD_FLAG },
	{ "send", NULL, N_("plan, then deliver what may leave"), CMD_FLAG },
	{ 0 },
};

static void put_lines(struct json *j, const struct gathered *g, const struct select_action *act)
{
	json_key(j, "documents");
	json_open_array(j);
	for (size_t i = 0; i < act->n_lines; i++)
		json_text(j, g->in.items[act->lines[i].item].document);
	json_end(j);
	json_key(j, "lines");
	json_open_array(j);
	for (size_t i = 0; i < act->n_lines; i++) {
		const struct select_line *l = &act->lines[i];
		const struct select_item *it = &g->in.items[l->item];

		json_open_object(j);
		json_put_text(j, "document", it->document);
		json_put_text(j, "step", l->step->name);
		json_put_day(j, "due", it->due_on);
		json_put_minor(j, "amount", l->minor, it->currency);
		json_end(j);
	}
	json_end(j);
}

static void put_action(struct cmd *c, struct json *j, const struct gathered *g,
		       const struct select_action *act)
{
	const struct gather_customer *who = &g->customers[act->customer];

	json_open_object(j);
	json_put_text(j, "customer", who->row->code);
	json_put_text(j, "step", act->step->name);
	json_put_int(j, "level", act->step->level);
	json_put_text(j, "channel", policy_channel_name(act->step->channel));
	json_put_text(j, "language", who->language);
	json_put_text(j, "recipient", who->to->code);
	put_lines(j, g, act);
	json_put_minor(j, "credit", act->credit_minor, act->currency);
	json_put_minor(j, "amount", act->amount_minor, act->currency);
	json_put_text(j, "currency", act->currency);
	json_put_text(j, "mode", policy_mode_name(act->step->mode));
	json_put_text(j, "reason", explain_action(c->arena, catalogue_find(c->lang), g, act));
	json_end(j);
}

static void put_skip(struct cmd *c, struct json *j, const struct gathered *g,
		     const struct select_skip *s)
{
	json_open_object(j);
	json_put_text(j, "customer", g->customers[s->customer].row->code);
	json_put_text(j, "reason", select_reason_name(s->reason));
	json_put_text(j, "detail", explain_skip(c->arena, catalogue_find(c->lang), g, s));
	json_key(j, "documents");
	json_open_array(j);
	for (size_t i = 0; i < s->n_items; i++)
		json_text(j, g->in.items[s->items[i]].document);
	json_end(j);
	json_put_minor(j, "amount", s->open_minor, s->currency);
	json_put_text(j, "currency", s->currency);
	json_end(j);
}

static void put_report(struct json *j, const struct send_report *r)
{
	json_key(j, "sent");
	json_open_object(j);
	json_put_bool(j, "test_mode", r->is_test_mode);
	json_put_int(j, "accepted", r->n_accepted);
	json_put_int(j, "refused", r->n_refused);
	json_put_int(j, "deferred", r->n_deferred);
	json_put_int(j, "uncertain", r->n_uncertain);
	json_put_int(j, "cancelled", r->n_cancelled);
	json_put_int(j, "held", r->n_held);
	json_end(j);
}

/* Customers with at least one action. */
static int64_t count_customers(const struct select_result *r)
{
	int64_t n = 0;

	for (size_t i = 0; i < r->n_actions; i++)
		n += i == 0 || r->actions[i].customer != r->actions[i - 1].customer;
	return n;
}

static void print_json(struct cmd *c, const struct outbox_planned *p,
		       const struct send_report *sent)
{
	struct buf b;
	struct json j;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_day(&j, "date", c->date);
	json_put_bool(&j, "test_mode", !c->entity.is_live);
	json_put_day(&j, "data_date", p->gathered.in.data_on);
	json_put_int(&j, "customers", count_customers(&p->selected));
	json_put_int(&j, "planned", p->n_planned);
	json_key(&j, "actions");
	json_open_array(&j);
	for (size_t i = 0; i < p->selected.n_actions; i++)
		put_action(c, &j, &p->gathered, &p->selected.actions[i]);
	json_end(&j);
	json_key(&j, "skipped");
	json_open_array(&j);
	for (size_t i = 0; i < p->selected.n_skips; i++)
		put_skip(c, &j, &p->gathered, &p->selected.skips[i]);
	json_end(&j);
	if (sent)
		put_report(&j, sent);
	json_end(&j);
	cmd_print_json(&b);
}

static void print_tables(struct cmd *c, const struct outbox_planned *p)
{
	const struct catalogue *cat = catalogue_find(c->lang);
	const struct gathered *g = &p->gathered;
	struct cmd_text_table t;

	table_init(&t, c->arena, cmd_tr(c, N_("<Customer")), cmd_tr(c, N_("<Step")),
		   cmd_tr(c, N_("<Channel")), cmd_tr(c, N_(">Amount")), cmd_tr(c, N_("<Why")),
		   NULL);
	for (size_t i = 0; i < p->selected.n_actions; i++) {
		const struct select_action *act = &p->selected.actions[i];

		table_row(&t, g->customers[act->customer].row->code,
			  explain_step(cat, act->step->name),
			  explain_channel(cat, policy_channel_name(act->step->channel)),
			  cmd_amount(c, act->amount_minor, act->currency),
			  explain_action(c->arena, cat, g, act));
	}
	table_print(&t, stdout);
	printf("\n");
	table_init(&t, c->arena, cmd_tr(c, N_("<Left alone")), cmd_tr(c, N_("<Reason")),
		   cmd_tr(c, N_(">Amount")), cmd_tr(c, N_("<In words")), NULL);
	for (size_t i = 0; i < p->selected.n_skips; i++) {
		const struct select_skip *s = &p->selected.skips[i];

		table_row(&t, g->customers[s->customer].row->code, explain_reason(cat, s->reason),
			  cmd_amount(c, s->open_minor, s->currency),
			  explain_skip(c->arena, cat, g, s));
	}
	table_print(&t, stdout);
	if (!c->entity.is_live)
		printf("\n%s\n", cmd_tr(c, N_("Test mode: nothing leaves.")));
}

static int run(struct cmd *c)
{
	const day_t now_on = clock_day(c->now, c->entity.time_zone);
	const bool is_sending = cmd_flag(c, "send");
	const struct outbox_plan plan = { .entity = &c->entity,
					  .today = c->date,
					  .known_on = c->date > now_on ? c->date : now_on,
					  .actor = c->actor,
					  .now = c->now,
					  .is_dry_run = cmd_flag(c, "dry-run") };
	const struct send_job job = { .entity = &c->entity,
				      .today = plan.known_on,
				      .actor = c->actor,
				      .clock = clock_now,
				      .progress = cmd_progress,
				      .progress_arg = c };
	struct send_report sent = { 0 };
	struct outbox_planned planned;

	if (is_sending && plan.is_dry_run)
		return cmd_usage(c, "%s", cmd_tr(c, N_("--dry-run and --send exclude each other")));
	if (!outbox_plan(c->db, c->arena, &plan, &planned, &c->err) ||
	    (is_sending && !send_run(c->db, &job, &sent, &c->err)))
		return cmd_fail(c);
	if (c->json)
		print_json(c, &planned, is_sending ? &sent : NULL);
	else
		print_tables(c, &planned);
	return sent.stopped_by[0] || sent.n_refused || sent.n_uncertain ? CMD_PARTLY : CMD_OK;
}

const struct command command_dun = {
	"dun",  run, CMD_NEEDS_ENTITY, NULL, N_("select the reminders of a day and plan them"),
	options
};
