/* SPDX-License-Identifier: Apache-2.0 */
/* inbox.c - the files of a watched folder, once or for as long as the program runs. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "i18n/catalogue.h"
#include "insight/inbox.h"

#include <signal.h>
#include <unistd.h>

static const struct cmd_option options[] = {
	{ "folder", "FOLDER", N_("the folder; else the setting inbox_folder"), CMD_VALUE },
	{ "once", NULL, N_("take what is there and end"), CMD_FLAG },
	{ "settle", "SECONDS", N_("a file that changed since then is not complete (5)"),
	  CMD_VALUE },
	{ "every", "SECONDS", N_("how often the folder is looked at (10)"), CMD_VALUE },
	{ 0 },
};

static void put_file(struct cmd *c, struct json *j, const struct inbox_file *f)
{
	json_open_object(j);
	json_put_text(j, "file", f->name);
	json_put_bool(j, "done", f->is_done);
	json_put_text(j, "error", f->error);
	json_key(j, "import");
	if (f->is_done)
		json_raw(j, import_report_json(c->arena, &f->report));
	else
		json_nothing(j);
	json_end(j);
}

static void print_result(struct cmd *c, const struct inbox_result *r)
{
	struct buf b;
	struct json j;

	for (size_t i = 0; i < r->n && !c->json; i++)
		fprintf(r->file[i].is_done ? stdout : stderr, "%s: %s\n", r->file[i].name,
			r->file[i].is_done ? cmd_tr(c, N_("imported"))
					   : cmd_message(c, r->file[i].error));
	if (!c->json)
		return;
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "files");
	json_open_array(&j);
	for (size_t i = 0; i < r->n; i++)
		put_file(c, &j, &r->file[i]);
	json_end(&j);
	json_put_int(&j, "waiting", r->n_waiting);
	json_put_int(&j, "ignored", r->n_ignored);
	json_end(&j);
	cmd_print_json(&b);
}

static bool take(struct cmd *c, const struct inbox_options *o, struct inbox_result *ret)
{
	struct import_job job = {
		.db = c->db,
		.arena = c->arena,
		.entity = &c->entity,
		.actor = c->actor,
		.now = clock_now(),
		.today = c->date,
	};

	return inbox_run(&job, o, ret, &c->err);
}

static int run_once(struct cmd *c, const struct inbox_options *o)
{
	struct inbox_result result;
	int status = CMD_OK;

	if (!take(c, o, &result))
		return cmd_fail(c);
	print_result(c, &result);
	for (size_t i = 0; i < result.n; i++)
		if (!result.file[i].is_done || result.file[i].report.n_errors > 0)
			status = CMD_PARTLY;
	return status;
}

/* Until a signal ends the program; each round has its own memory. */
static int run_for_ever(struct cmd *c, const struct inbox_options *o, unsigned every)
{
	struct arena *whole = c->arena, *round = arena_inner(whole);
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	for (;;) {
		struct timespec pause = { .tv_sec = every };
		c->arena = round;
		c->date = clock_day(clock_now(), c->entity.time_zone);
		if (run_once(c, o) == CMD_IMPOSSIBLE)
			c->err = (struct err){ 0 };
		fflush(stdout);
		c->arena = whole;
		arena_reset(round);
		if (sigtimedwait(&ends, NULL, &pause) > 0)
			return CMD_OK;
	}
}

static int run(struct cmd *c)
{
	struct inbox_options o = { .folder = cmd_value(c, "folder") };
	int64_t settle, every;
	const char *setting = NULL;

	if (!cmd_number(c, "settle", 5, 86400, &settle) ||
	    !cmd_number(c, "every", 10, 86400, &every))
		return cmd_fail(c);
	if (!o.folder &&
	    !setting_get(c->db, c->arena, c->entity.id, "inbox_folder", NULL, &setting, &c->err))
		return cmd_fail(c);
	o.folder = o.folder ? o.folder : setting;
	o.settle_seconds = (int)settle;
	if (str_empty(o.folder))
		return cmd_usage(c, "which folder?");
	return cmd_flag(c, "once") ? run_once(c, &o)
				   : run_for_ever(c, &o, every > 0 ? (unsigned)every : 1);
}

const struct command command_inbox = {
	"inbox", run, CMD_NEEDS_ENTITY, NULL, N_("import what is dropped into a folder"), options
};
