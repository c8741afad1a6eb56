/* SPDX-License-Identifier: Apache-2.0 */
/* outbox.c - messages and their states: outbox, send, letters, live. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/text.h"
#include "collect/explain.h"
#include "collect/letter_print.h"
#include "collect/send.h"

/* ---- outbox -------------------------------------------------------------------------------------- */

static const struct cmd_option outbox_options[] = {
	{ "state", "STATE", N_("only messages of that state"), CMD_VALUE },
	{ "sent", NULL, N_("resolve: the message was sent"), CMD_FLAG },
	{ "resend", NULL, N_("resolve: send the message again"), CMD_FLAG },
	{ 0 },
};

static void put_message(struct json *j, const struct outbox_message *m)
{
	json_open_object(j);
	json_put_int(j, "id", m->id);
	json_put_text(j, "customer", m->customer_code);
	json_put_text(j, "step", m->step);
	json_put_text(j, "channel", m->channel);
	json_put_text(j, "language", m->language);
	json_put_text(j, "recipient", m->recipient);
	json_put_text(j, "subject", m->subject);
	json_put_minor(j, "amount", m->amount_minor, m->currency);
	json_put_text(j, "currency", m->currency);
	json_put_day(j, "planned", m->planned_on);
	json_put_text(j, "message_id", m->message_id);
	json_put_text(j, "state", m->state);
	json_put_bool(j, "test", m->is_test);
	json_put_text(j, "mode", m->mode);
	json_put_text(j, "decision", m->decision);
	json_put_text(j, "reason", m->reason);
	json_put_int(j, "attempts", m->n_attempts);
	json_put_moment(j, "next_try", m->next_try);
	json_put_moment(j, "sent_at", m->sent_at);
	json_end(j);
}

/* Lists are complete: pages are read until the end. */
static bool list_all(struct cmd *c, const char *state, struct json *j, struct cmd_text_table *t)
{
	const struct catalogue *cat = catalogue_find(c->lang);
	struct outbox_filter f = { .state = state, .limit = 1000 };
	struct outbox_message *list;
	size_t n;

	do {
		if (!outbox_list(c->db, c->arena, c->entity.id, &f, &list, &n, &c->err))
			return false;
		for (size_t i = 0; i < n; i++) {
			f.before_id = list[i].id;
			put_message(j, &list[i]);
			table_row(t, arena_printf(c->arena, "%" PRId64, list[i].id),
				  list[i].customer_code, explain_step(cat, list[i].step),
				  explain_channel(cat, list[i].channel),
				  explain_state(cat, list[i].state),
				  cmd_amount(c, list[i].amount_minor, list[i].currency),
				  list[i].reason ? explain_stored(cat, list[i].reason) : "");
		}
	} while (n == (size_t)f.limit);
	return true;
}

static int show_outbox(struct cmd *c)
{
	struct cmd_text_table t;
	struct buf b;
	struct json j;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_bool(&j, "test_mode", !c->entity.is_live);
	json_key(&j, "messages");
	json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_(">Id")), cmd_tr(c, N_("<Customer")),
		   cmd_tr(c, N_("<Step")), cmd_tr(c, N_("<Channel")), cmd_tr(c, N_("<State")),
		   cmd_tr(c, N_(">Amount")), cmd_tr(c, N_("<Remark")), NULL);
	if (!list_all(c, cmd_value(c, "state"), &j, &t))
		return cmd_fail(c);
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

static int print_one_message(struct cmd *c, int64_t id)
{
	struct outbox_message m;
	struct buf b;
	struct json j;

	if (!outbox_get(c->db, c->arena, c->entity.id, id, &m, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	put_message(&j, &m);
	if (c->json)
		cmd_print_json(&b);
	else
		printf("%" PRId64 ": %s\n", m.id, explain_state(catalogue_find(c->lang), m.state));
	return CMD_OK;
}

static int run_outbox(struct cmd *c)
{
	bool was_sent = cmd_flag(c, "sent"), ok;
	uint64_t id;

	if (c->argc == 0)
		return show_outbox(c);
	if (c->argc != 2 || !text_to_u64(c->argv[1], INT64_MAX, &id))
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("expected resolve, confirm or skip, and the id of a "
					      "message")));
	if (str_eq(c->argv[0], "confirm"))
		ok = outbox_confirm(c->db, c->entity.id, (int64_t)id, c->actor, c->now, &c->err);
	else if (str_eq(c->argv[0], "skip"))
		ok = outbox_skip(c->db, c->entity.id, (int64_t)id, c->actor, c->now, &c->err);
	else if (!str_eq(c->argv[0], "resolve") || was_sent == cmd_flag(c, "resend"))
		return cmd_usage(c, "%s", cmd_tr(c, N_("resolve needs --sent or --resend")));
	else
		ok = outbox_resolve(c->db, c->entity.id, (int64_t)id, was_sent, c->actor, c->now,
				    &c->err);
	return ok ? print_one_message(c, (int64_t)id) : cmd_fail(c);
}

const struct command command_outbox = { "outbox",
					run_outbox,
					CMD_NEEDS_ENTITY,
					"[resolve ID --sent|--resend | confirm ID | skip ID]",
					N_("messages and their states"),
					outbox_options };

/* ---- send ---------------------------------------------------------------------------------------- */

static const struct cmd_option send_options[] = {
	{ "smtp", "URL", N_("relay to use instead of the one set: smtp://host:port"), CMD_VALUE },
	{ "smtp-log", "FILE", N_("the relay's log, asked about messages whose fate is uncertain"),
	  CMD_VALUE },
	{ "limit", "N", N_("deliver at most so many messages"), CMD_VALUE },
	{ 0 },
};

static void print_sent(struct cmd *c, const struct send_report *r)
{
	struct buf b;
	struct json j;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_bool(&j, "test_mode", r->is_test_mode);
	json_put_int(&j, "accepted", r->n_accepted);
	json_put_int(&j, "refused", r->n_refused);
	json_put_int(&j, "deferred", r->n_deferred);
	json_put_int(&j, "uncertain", r->n_uncertain);
	json_put_int(&j, "cancelled", r->n_cancelled);
	json_put_int(&j, "held", r->n_held);
	json_put_int(&j, "waiting", r->n_waiting);
	json_put_int(&j, "recovered", r->n_recovered);
	json_put_int(&j, "resolved", r->n_resolved);
	json_put_text(&j, "stopped_by", r->stopped_by[0] ? r->stopped_by : NULL);
	json_end(&j);
	if (c->json) {
		cmd_print_json(&b);
		return;
	}
	if (r->is_test_mode) {
		printf("%s\n", cmd_tr(c, N_("Test mode: nothing leaves.")));
		return;
	}
	printf(cmd_tr(c, N_("Sent: %d. Refused: %d. To be tried again: %d. Uncertain: %d. "
			    "Cancelled: %d. Waiting: %d.")),
	       r->n_accepted, r->n_refused, r->n_deferred, r->n_uncertain, r->n_cancelled,
	       r->n_waiting + r->n_held);
	printf("\n");
	if (r->stopped_by[0])
		fprintf(stderr, "%s\n", r->stopped_by);
}

static int run_send(struct cmd *c)
{
	struct send_job job = { .entity = &c->entity,
				.today = c->date,
				.actor = c->actor,
				.clock = clock_now,
				.smtp_url = cmd_value(c, "smtp"),
				.accept_log = cmd_value(c, "smtp-log"),
				.progress = cmd_progress,
				.progress_arg = c };
	struct send_report r;
	int64_t limit;

	if (!cmd_number(c, "limit", 0, 1000000, &limit))
		return cmd_fail(c);
	job.limit = (int)limit;
	if (!send_run(c->db, &job, &r, &c->err))
		return cmd_fail(c);
	print_sent(c, &r);
	return r.stopped_by[0] || r.n_refused || r.n_uncertain ? CMD_PARTLY : CMD_OK;
}

const struct command command_send = {
	"send", run_send, CMD_NEEDS_ENTITY, NULL, N_("deliver the planned e-mails"), send_options
};

/* ---- letters ------------------------------------------------------------------------------------- */

static const struct cmd_option letter_options[] = {
	{ "pdf", "FILE", N_("write the planned letters into one print file"), CMD_VALUE },
	{ "again", "PRINT", N_("with --pdf: write the letters of that print again"), CMD_VALUE },
	{ "posted", "PRINT", N_("the letters of that print were posted"), CMD_VALUE },
	{ "discard", "PRINT", N_("the print was thrown away: its letters are planned again"),
	  CMD_VALUE },
	{ "duplex", NULL, N_("each letter begins on a new sheet"), CMD_FLAG },
	{ 0 },
};

static int settle_print(struct cmd *c, const char *print, bool was_posted)
{
	int n;

	if (!letter_print_settle(c->db, &c->entity, print, was_posted, c->actor, c->now, &n,
				 &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"letters\":%d}\n", n);
	else
		printf("%d\n", n);
	return CMD_OK;
}

static int make_print(struct cmd *c, const char *path)
{
	const struct letter_print p = { .entity = &c->entity,
					.today = c->date,
					.actor = c->actor,
					.now = c->now,
					.path = path,
					.again = cmd_value(c, "again"),
					.is_duplex = cmd_flag(c, "duplex") };
	struct letter_printed r;
	struct buf b;
	struct json j;

	if (!letter_print_run(c->db, c->arena, &p, &r, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_bool(&j, "test_mode", !c->entity.is_live);
	json_put_text(&j, "print", r.print);
	json_put_int(&j, "letters", r.n_letters);
	json_put_int(&j, "pages", r.n_pages);
	json_put_int(&j, "cancelled", r.n_cancelled);
	json_put_int(&j, "refused", r.n_refused);
	json_put_text(&j, "first_refusal", r.first_refusal);
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
	else
		printf(cmd_tr(c,
			      N_("%d letters, %d pages in %s; cancelled: %d, refused: %d%s%s\n")),
		       r.n_letters, r.n_pages, path, r.n_cancelled, r.n_refused,
		       r.first_refusal ? ", " : "", r.first_refusal ? r.first_refusal : "");
	if (r.print && !c->json && !c->quiet)
		printf(cmd_tr(c, N_("Once posted: encours letters --posted %s\n")), r.print);
	return r.n_refused ? CMD_PARTLY : CMD_OK;
}

static int run_letters(struct cmd *c)
{
	const char *pdf = cmd_value(c, "pdf"), *posted = cmd_value(c, "posted");
	const char *discard = cmd_value(c, "discard");

	if ((pdf != NULL) + (posted != NULL) + (discard != NULL) != 1)
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("one of --pdf, --posted and --discard is needed")));
	if (pdf)
		return make_print(c, pdf);
	return settle_print(c, posted ? posted : discard, posted != NULL);
}

const struct command command_letters = {
	"letters",     run_letters, CMD_NEEDS_ENTITY, NULL, N_("print the planned letters"),
	letter_options
};
