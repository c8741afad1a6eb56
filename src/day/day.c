/* SPDX-License-Identifier: Apache-2.0 */
#include "day/day.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "cash/cash.h"
#include "bank/statement.h"
#include "collect/outbox.h"
#include "collect/send.h"
#include "i18n/catalogue.h"
#include "ledger/book_prune.h"
#include "ledger/exchange_difference.h"
#include "ledger/calendar.h"
#include "ledger/import.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct inbox {
	const struct day_job *job;
	struct day_report *report;
	const char *folder;
	LIST_OF(const char *) names;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Regular files, in order of name; those that begin with a point are still being written. */
static bool list_files(struct inbox *in, struct err *e)
{
	DIR *dir = opendir(in->folder);
	struct dirent *d;

	if (!dir)
		return err_set(e, ERR_IO, "could not open the inbox %.200s: %s", in->folder,
			       strerror(errno));
	while ((d = readdir(dir)) != NULL) {
		const char *path = arena_printf(in->job->arena, "%s/%s", in->folder, d->d_name);
		struct stat st;
		if (d->d_name[0] != '.' && lstat(path, &st) == 0 && S_ISREG(st.st_mode))
			*LIST_ADD(in->job->arena, &in->names) =
				arena_strdup(in->job->arena, d->d_name);
	}
	closedir(dir);
	if (in->names.n)
		qsort(in->names.at, in->names.n, sizeof *in->names.at, by_name);
	return true;
}

/* The file leaves the inbox when what it says is committed; killed before, it is found imported already. */
static bool put_away(const struct inbox *in, const char *name, const char *to, const char *reason,
		     struct err *e)
{
	struct arena *a = in->job->arena;
	const char *folder = arena_printf(a, "%s/%s", in->folder, to);
	const char *path = arena_printf(a, "%s/%s", folder, name);

	if (mkdir(folder, 0750) != 0 && errno != EEXIST)
		return err_set(e, ERR_IO, "could not make %.200s: %s", folder, strerror(errno));
	if (reason) {
		FILE *f = fopen(arena_printf(a, "%s.reason.txt", path), "w");
		if (!f || fprintf(f, "%s\n", reason) < 0 || fclose(f) != 0)
			return err_set(e, ERR_IO, "could not write beside %.200s", path);
	}
	if (rename(arena_printf(a, "%s/%s", in->folder, name), path) != 0)
		return err_set(e, ERR_IO, "could not put %.100s away: %s", name, strerror(errno));
	return true;
}

static bool take_file(struct inbox *in, const char *name, struct err *e)
{
	const struct day_job *job = in->job;
	struct bank_importer bank;
	struct import_job import = { .db = job->db,
				     .arena = job->arena,
				     .entity = job->entity,
				     .actor = job->actor,
				     .now = job->now,
				     .today = job->date,
				     .bank = &bank };
	struct import_report report;
	struct err why = { 0 };
	int fd = open(arena_printf(job->arena, "%s/%s", in->folder, name),
		      O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok;

	if (fd < 0)
		return err_set(e, ERR_IO, "could not open %.100s: %s", name, strerror(errno));
	statement_importer(job->arena, &bank);
	ok = import_file(&import, fd, name, &report, &why);
	close(fd);
	in->report->n_files++;
	if (ok)
		return put_away(in, name, "done", NULL, e);
	if (err_exit_status(why.code) == 3) { /* not the file's fault: it stays for the next run */
		*e = why;
		return err_while(e, "importing %s", name);
	}
	in->report->n_refused_files++;
	return put_away(in, name, "refused", why.msg, e);
}

static bool import_inbox(const struct day_job *job, struct day_report *r, struct err *e)
{
	struct inbox in = { .job = job, .report = r };

	if (!setting_get(job->db, job->arena, job->entity->id, "inbox", NULL, &in.folder, e))
		return false;
	r->inbox = in.folder;
	if (str_empty(in.folder))
		return true;
	if (!list_files(&in, e))
		return false;
	for (size_t i = 0; i < in.names.n; i++)
		if (!take_file(&in, in.names.at[i], e))
			return false;
	return true;
}

static bool match(const struct day_job *job, struct day_report *r, struct err *e)
{
	struct cash_match_options o = { .entity_id = job->entity->id,
					.date = job->date,
					.actor = job->actor,
					.now = job->now };
	struct cash_match_report report;
	struct exchange_booked booked;

	if (!cash_match(job->db, job->arena, &o, &report, e))
		return false;
	if (!exchange_book(job->db, job->entity, job->actor, job->now, &booked, e))
		return false;
	r->n_entries = (int64_t)report.n;
	r->n_applied = (int64_t)report.n_auto;
	r->n_proposed = (int64_t)report.n_proposed;
	return true;
}

static bool dun(const struct day_job *job, struct day_report *r, struct err *e)
{
	day_t known_on = clock_day(job->now, job->entity->time_zone);
	struct outbox_plan plan = { .entity = job->entity,
				    .today = job->date,
				    .known_on = known_on > job->date ? known_on : job->date,
				    .actor = job->actor,
				    .now = job->now };
	struct outbox_planned planned;

	if (!outbox_plan(job->db, job->arena, &plan, &planned, e))
		return false;
	r->n_planned = planned.n_planned;
	return true;
}

static bool send_mails(const struct day_job *job, struct day_report *r, struct err *e)
{
	struct send_job send = {
		.entity = job->entity, .today = job->date, .actor = job->actor, .clock = clock_now
	};
	struct send_report report;

	/* Nobody wants a reminder on a Sunday: what is planned leaves on the next business day. */
	if (!calendar_is_business_day(CALENDAR_FR, job->date)) {
		r->is_test_mode = !job->entity->is_live;
		r->remark = N_("not a business day: nothing is sent");
		return true;
	}
	if (!send_run(job->db, &send, &report, e)) {
		if (!e || e->code != ERR_REFUSED)
			return false;
		r->remark = arena_strdup(job->arena, e->msg); /* no relay is set: told, not fatal */
		return true;
	}
	r->is_test_mode = report.is_test_mode;
	r->n_accepted = report.n_accepted;
	r->n_refused = report.n_refused;
	r->n_deferred = report.n_deferred;
	r->n_uncertain = report.n_uncertain;
	if (report.stopped_by[0])
		r->remark = arena_strdup(job->arena, report.stopped_by);
	return true;
}

/* The day's work is done whether or not there was room to tidy up after it. */
static void tidy(const struct day_job *job)
{
	struct err e = { 0 };

	if (!book_prune(job->db, job->now, &e))
		log_line(LOG_WARNING, "day", "%s", e.msg);
}

bool day_run(const struct day_job *job, struct day_report *ret, struct err *e)
{
	*ret = (struct day_report){ 0 };
	if (!import_inbox(job, ret, e))
		return err_while(e, "import");
	if (!match(job, ret, e))
		return err_while(e, "match");
	if (!dun(job, ret, e))
		return err_while(e, "dun");
	if (!send_mails(job, ret, e))
		return err_while(e, "send");
	tidy(job);
	return true;
}
