/* SPDX-License-Identifier: Apache-2.0 */
/* day.c - the daily cycle as one command. */
#include "day/day.h"

#include "cmd/cmd.h"
#include "i18n/catalogue.h"

static void print_json(struct cmd *c, const struct day_report *r)
{
	struct buf b;
	struct json j;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_day(&j, "date", c->date);
	json_key(&j, "import");
	json_open_object(&j);
	json_put_text(&j, "inbox", r->inbox);
	json_put_int(&j, "files", r->n_files);
	json_put_int(&j, "refused", r->n_refused_files);
	json_end(&j);
	json_key(&j, "match");
	json_open_object(&j);
	json_put_int(&j, "entries", r->n_entries);
	json_put_int(&j, "auto", r->n_applied);
	json_put_int(&j, "proposed", r->n_proposed);
	json_end(&j);
	json_key(&j, "dun");
	json_open_object(&j);
	json_put_int(&j, "planned", r->n_planned);
	json_end(&j);
	json_key(&j, "send");
	json_open_object(&j);
	json_put_bool(&j, "test_mode", r->is_test_mode);
	json_put_int(&j, "accepted", r->n_accepted);
	json_put_int(&j, "refused", r->n_refused);
	json_put_int(&j, "deferred", r->n_deferred);
	json_put_int(&j, "uncertain", r->n_uncertain);
	json_put_text(&j, "remark", r->remark);
	json_end(&j);
	json_end(&j);
	cmd_print_json(&b);
}

static int run(struct cmd *c)
{
	struct day_job job = { .db = c->db,
			       .arena = c->arena,
			       .entity = &c->entity,
			       .actor = c->actor,
			       .date = c->date,
			       .now = c->now };
	struct day_report r;

	if (!day_run(&job, &r, &c->err))
		return cmd_fail(c);
	if (c->json) {
		print_json(c, &r);
	} else {
		printf(cmd_tr(c, N_("Files: %s, refused: %s\n")), cmd_count(c, r.n_files),
		       cmd_count(c, r.n_refused_files));
		printf(cmd_tr(c, N_("Bank entries: %s, applied: %s, to decide: %s\n")),
		       cmd_count(c, r.n_entries), cmd_count(c, r.n_applied),
		       cmd_count(c, r.n_proposed));
		printf(cmd_tr(c, N_("Reminders planned: %s\n")), cmd_count(c, r.n_planned));
		printf(cmd_tr(c, N_("E-mails accepted: %s, refused: %s, to be tried again: %s, "
				    "uncertain: %s\n")),
		       cmd_count(c, r.n_accepted), cmd_count(c, r.n_refused),
		       cmd_count(c, r.n_deferred), cmd_count(c, r.n_uncertain));
		if (r.remark)
			printf("%s\n", cmd_tr(c, r.remark));
	}
	return r.n_refused_files ? CMD_PARTLY : CMD_OK;
}

const struct command command_day = { "day",
				     run,
				     CMD_NEEDS_ENTITY,
				     NULL,
				     N_("the daily cycle: import the inbox, match, plan and send"),
				     NULL };
