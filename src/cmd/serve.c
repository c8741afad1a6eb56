/* SPDX-License-Identifier: Apache-2.0 */
/* serve.c - the web server, with a worker inside; the worker alone. */
#include "cmd/cmd.h"
#include "cmd/undo.h"

#include "base/log.h"
#include "i18n/catalogue.h"
#include "insight/frame.h"
#include "insight/inbox_watch.h"
#include "job/worker.h"
#include "ledger/book_prune.h"
#include "ledger/book_shelf.h"
#include "team/team.h"
#include "team/token.h"
#include "web/web.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define ROUTES(list) extern const struct route_list list;
#include "cmd/routes.def"
#undef ROUTES

static const struct route_list *const all_routes[] = {
#define ROUTES(list) &list,
#include "cmd/routes.def"
#undef ROUTES
	NULL
};

#define JOB(kind, handler) bool handler(struct job_run *r, struct err *e);
#include "cmd/jobs.def"
#undef JOB

static const struct job_handler job_handlers[] = {
#define JOB(kind, handler) { kind, handler },
#include "cmd/jobs.def"
#undef JOB
	{ 0 }
};

/* The company of that code when there is one, else the first. */
static bool choose_entity(struct db *db, struct arena *a, const struct web_user *user,
			  const char *code, struct web_entity *ret, struct err *e)
{
	const struct entity *chosen = NULL;
	struct entity *list;
	size_t n;

	(void)user;
	if (!entity_list(db, a, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!chosen || str_eq(list[i].code, code))
			chosen = &list[i];
	}
	if (!chosen)
		return true;
	*ret = (struct web_entity){
		.id = chosen->id,
		.code = chosen->code,
		.name = chosen->name,
		.time_zone = chosen->time_zone,
		.language = chosen->language,
		.is_live = chosen->is_live,
	};
	memcpy(ret->currency, chosen->currency, sizeof ret->currency);
	return true;
}

static const struct web_app app = {
	.routes = all_routes,
	.login = team_login,
	.user = team_user,
	.token = team_token,
	.entity = choose_entity,
	.sees_customer = team_sees_customer,
	.set_language = team_set_language,
	.frame = frame_fill,
	.undos = all_undos,
};

/* ---- encours routes ---------------------------------------------------------------------------- */

static int run_routes(struct cmd *c)
{
	struct buf b;

	buf_init(&b, c->arena);
	web_list_routes(&app, &b);
	fputs(buf_str(&b), stdout);
	return CMD_OK;
}

const struct command command_routes = { "routes",
					run_routes,
					CMD_NEEDS_NOTHING,
					NULL,
					N_("addresses of the web server with their rights"),
					NULL };

/* ---- encours serve ----------------------------------------------------------------------------- */

static const struct cmd_option options[] = {
	{ "listen", "ADDRESS:PORT", N_("where to listen; 127.0.0.1:8080 unless told"), CMD_VALUE },
	{ "workers", "N", N_("requests answered at the same time; 4 unless told"), CMD_VALUE },
	{ "max-upload", "MIB", N_("largest request; 100 unless told"), CMD_VALUE },
	{ "behind-proxy", NULL, N_("believe X-Forwarded-Proto and X-Forwarded-For"), CMD_FLAG },
	{ "no-worker", NULL, N_("no background work in this process"), CMD_FLAG },
	{ 0 },
};

/* Blocks SIGTERM and SIGINT before the first thread is made, so that all of them inherit it. */
static void hold_signals(sigset_t *ends)
{
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(ends);
	sigaddset(ends, SIGTERM);
	sigaddset(ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, ends, NULL);
}

static void wait_for_end(const sigset_t *ends)
{
	int signal_number;

	while (sigwait(ends, &signal_number) != 0)
		;
	log_line(LOG_INFO, "cmd", "stopping");
}

static bool read_serve_options(struct cmd *c, struct web_options *o)
{
	int64_t n_workers, max_upload;

	if (!cmd_number(c, "workers", 4, 64, &n_workers) ||
	    !cmd_number(c, "max-upload", 100, 4096, &max_upload))
		return false;
	*o = (struct web_options){
		.listen = cmd_value(c, "listen") ? cmd_value(c, "listen") : "127.0.0.1:8080",
		.db_url = c->db_url,
		.n_workers = (int)n_workers,
		.max_upload = max_upload << 20,
		.is_behind_proxy = cmd_flag(c, "behind-proxy"),
	};
	return true;
}

static int serve(struct cmd *c, const struct web_options *o, struct frame_cache *frame,
		 const sigset_t *ends)
{
	const struct job_worker_options jobs = { .db_url = c->db_url,
						 .db_context = o->db_context,
						 .handlers = job_handlers,
						 .tidy = book_prune };
	const struct inbox_watch_options folders = { .db_url = c->db_url,
						     .db_context = o->db_context };
	struct job_worker *worker = NULL;
	struct inbox_watch *watch = NULL;
	struct web_app serving = app;
	struct web_server *server;

	serving.frame_arg = frame;
	if (!web_start(o, &serving, &server, &c->err))
		return cmd_fail(c);
	if (!cmd_flag(c, "no-worker") && !job_worker_start(&jobs, &worker, &c->err)) {
		web_stop(server);
		return cmd_fail(c);
	}
	if (worker)
		inbox_watch_start(&folders, &watch);
	/* Scripts and tests wait for this line, and read the port from it. */
	fprintf(stderr, "listening on port %d\n", web_port(server));
	wait_for_end(ends);
	web_stop(server);
	inbox_watch_stop(watch);
	job_worker_stop(worker);
	return CMD_OK;
}

static int run_serve(struct cmd *c)
{
	struct web_options o;
	struct frame_cache *frame;
	struct book_shelf *shelf;
	sigset_t ends;
	int status;

	if (!read_serve_options(c, &o))
		return cmd_fail(c);
	hold_signals(&ends);
	shelf = shelf_new(c->db_url, true);
	o.db_context = shelf;
	frame = frame_cache_new();
	status = serve(c, &o, frame, &ends);
	frame_cache_free(frame);
	shelf_free(shelf);
	return status;
}

const struct command command_serve = { "serve", run_serve, CMD_NEEDS_DB, NULL, N_("the web server"),
				       options };

/* ---- encours worker ---------------------------------------------------------------------------- */

static const struct cmd_option worker_options[] = {
	{ "once", NULL, N_("do what is waiting, then end"), CMD_FLAG },
	{ 0 },
};

static int work_once(struct cmd *c, const struct job_worker_options *jobs)
{
	bool did = true;

	while (did) {
		if (!job_work_once(jobs, &did, &c->err))
			return cmd_fail(c);
	}
	return CMD_OK;
}

static int run_worker(struct cmd *c)
{
	const struct job_worker_options jobs = { .db_url = c->db_url,
						 .db_context = c->shelf,
						 .handlers = job_handlers,
						 .tidy = book_prune };
	struct job_worker *worker;
	sigset_t ends;

	if (cmd_flag(c, "once"))
		return work_once(c, &jobs);
	hold_signals(&ends);
	if (!job_worker_start(&jobs, &worker, &c->err))
		return cmd_fail(c);
	wait_for_end(&ends);
	job_worker_stop(worker);
	return CMD_OK;
}

const struct command command_worker = {
	"worker", run_worker, CMD_NEEDS_DB, NULL, N_("background work alone"), worker_options
};
