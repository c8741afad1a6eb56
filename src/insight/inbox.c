/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/inbox.h"

#include "base/json.h"
#include "base/list.h"
#include "bank/statement.h"
#include "i18n/message.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 10000, STALE_SECONDS = 600, MICROSECONDS = 1000000, NAME_LONGEST = 200 };

struct inbox {
	const struct import_job *job;
	const struct inbox_options *options;
	int folder, work, done, failed;
	LIST_OF(const char *) names;
	LIST_OF(struct inbox_file) files;
	int64_t n_waiting, n_ignored;
};

bool inbox_is_unfinished(const char *name)
{
	static const char *const ends[] = { ".tmp",        ".part", ".partial", ".filepart",
					    ".crdownload", ".lock", ".writing", "~" };
	size_t n = strlen(name);

	if (name[0] == '.')
		return true;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t len = strlen(ends[i]);
		if (n >= len && strcasecmp(name + n - len, ends[i]) == 0)
			return true;
	}
	return false;
}

/* ---- folders ---- */

static void close_inbox(struct inbox *in)
{
	int *const fds[] = { &in->folder, &in->work, &in->done, &in->failed };

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		if (*fds[i] >= 0)
			close(*fds[i]);
}

static bool open_below(const struct inbox *in, const char *name, int *ret, struct err *e)
{
	if (mkdirat(in->folder, name, 0750) != 0 && errno != EEXIST)
		return err_set(e, ERR_IO, "could not make the folder %s: %s", name,
			       strerror(errno));
	*ret = openat(in->folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *ret >= 0 ||
	       err_set(e, ERR_IO, "could not open the folder %s: %s", name, strerror(errno));
}

static bool open_inbox(struct inbox *in, struct err *e)
{
	in->folder = in->work = in->done = in->failed = -1;
	in->folder = open(in->options->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in->folder < 0)
		return err_set(e, ERR_IO, "could not open the folder %s: %s", in->options->folder,
			       strerror(errno));
	return open_below(in, "work", &in->work, e) && open_below(in, "done", &in->done, e) &&
	       open_below(in, "failed", &in->failed, e);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Ordinary files with one name, in order. */
static bool list_files(struct inbox *in, int folder, struct err *e)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	struct stat st;

	in->names.n = 0;
	if (!d) {
		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_IO, "could not read the folder %s: %s", in->options->folder,
			       strerror(errno));
	}
	while ((entry = readdir(d)) != NULL && in->names.n < FILES_MAX) {
		if (inbox_is_unfinished(entry->d_name) ||
		    fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    S_ISDIR(st.st_mode))
			continue;
		if (!S_ISREG(st.st_mode) || st.st_nlink != 1 ||
		    strlen(entry->d_name) > NAME_LONGEST)
			in->n_ignored++;
		else
			*LIST_ADD(in->job->arena, &in->names) =
				arena_strdup(in->job->arena, entry->d_name);
	}
	closedir(d);
	if (in->names.n)
		qsort(in->names.at, in->names.n, sizeof *in->names.at, compare_names);
	return true;
}

/* Moves a file, never over another: then under a numbered name. Gives the name it has now; NULL when it is gone. */
static const char *move(const struct inbox *in, int from, int to, const char *name)
{
	const char *as = name;

	for (int i = 1; i < 1000; i++) {
		if (renameat2(from, name, to, as, RENAME_NOREPLACE) == 0)
			return as;
		if (errno != EEXIST)
			return NULL;
		as = arena_printf(in->job->arena, "%d-%s", i, name);
	}
	return NULL;
}

static int64_t seconds_of(const struct stat *st, bool is_change)
{
	return is_change ? (int64_t)st->st_ctim.tv_sec : (int64_t)st->st_mtim.tv_sec;
}

/* What a dead node had claimed: its claim is the last change of the file's entry. */
static bool give_back_stale(struct inbox *in, struct err *e)
{
	int64_t now = in->job->now / MICROSECONDS;
	struct stat st;

	if (!list_files(in, in->work, e))
		return false;
	for (size_t i = 0; i < in->names.n; i++)
		if (fstatat(in->work, in->names.at[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    seconds_of(&st, true) + STALE_SECONDS < now)
			(void)move(in, in->work, in->folder, in->names.at[i]);
	in->n_ignored = 0;
	return true;
}

/* ---- one file ---- */

static bool write_report(const struct inbox *in, int folder, const char *name, const char *ending,
			 const char *text, struct err *e)
{
	const char *path = arena_printf(in->job->arena, "%s.%s", name, ending);
	size_t n = strlen(text);
	int fd = openat(folder, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n;

	if (fd >= 0 && close(fd) != 0)
		ok = false;
	return ok || err_set(e, ERR_IO, "could not write %s: %s", path, strerror(errno));
}

/* The file as it was claimed: what its writer adds afterwards is not lost without a word. */
static bool unchanged(int fd, const struct stat *before)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size == before->st_size &&
	       st.st_mtim.tv_sec == before->st_mtim.tv_sec &&
	       st.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

static bool import_one(struct inbox *in, int fd, struct inbox_file *f, struct err *e)
{
	struct import_job job = *in->job;
	struct bank_importer bank;
	struct err again = { 0 };
	int64_t id;

	statement_importer(job.arena, &bank);
	job.bank = &bank;
	f->report =
		(struct import_report){ .file = f->name, .from_on = DAY_NONE, .to_on = DAY_NONE };
	if (import_file(&job, fd, f->name, &f->report, e))
		return true;
	/* People find it among the files that wait, with the reason. */
	if (e->code != ERR_DB && e->code != ERR_RETRY &&
	    !import_stage(&job, fd, f->name, &id, &again))
		f->report.import_id = 0;
	return false;
}

static const char *failure_json(const struct inbox *in, const struct inbox_file *f)
{
	struct json j;
	struct buf b;

	buf_init(&b, in->job->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "file", f->name);
	json_put_text(&j, "error", f->error);
	json_end(&j);
	return buf_str(&b);
}

/* Ends the file where it belongs; one that vanished meanwhile needs no end. What was refused has its reason beside it
 * for people (.txt) as well as for programs. */
static bool put_away(struct inbox *in, const char *claimed, struct inbox_file *f, struct err *e)
{
	const struct catalogue *cat = catalogue_find(in->job->entity->language);
	int to = f->is_done ? in->done : in->failed;
	const char *name = move(in, in->work, to, claimed);

	name = name ? name : f->name;
	if (f->is_done)
		return write_report(in, to, name, "report.json",
				    import_report_json(in->job->arena, &f->report), e);
	return write_report(in, to, name, "report.json", failure_json(in, f), e) &&
	       write_report(in, to, name, "txt",
			    arena_printf(in->job->arena, "%s\n",
					 tr_message(cat, in->job->arena, f->error)),
			    e);
}

static bool take_claimed(struct inbox *in, const char *name, const char *claimed, struct err *e)
{
	int fd = openat(in->work, claimed, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct inbox_file f = { .name = name };
	struct err own = { 0 };
	struct stat st;
	bool ok;

	if (fd < 0)
		return true; /* deleted meanwhile */
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		in->n_ignored++;
		return true;
	}
	f.is_done = import_one(in, fd, &f, &own);
	if (f.is_done && !unchanged(fd, &st)) {
		f.is_done = false;
		err_set(&own, ERR_CONFLICT, "the file changed while it was imported");
	}
	close(fd);
	/* A database that is away says nothing about the file: it waits for the next round. */
	if (!f.is_done && (own.code == ERR_DB || own.code == ERR_RETRY)) {
		(void)move(in, in->work, in->folder, claimed);
		*e = own;
		return false;
	}
	f.error = f.is_done ? NULL : arena_strdup(in->job->arena, own.msg);
	ok = put_away(in, claimed, &f, e);
	*LIST_ADD(in->job->arena, &in->files) = f;
	return ok;
}

static bool is_settled(const struct inbox *in, const char *name)
{
	struct stat st;

	return fstatat(in->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size > 0 &&
	       seconds_of(&st, false) + in->options->settle_seconds <= in->job->now / MICROSECONDS;
}

static bool take_all(struct inbox *in, struct err *e)
{
	const char **names;
	size_t n;

	if (!give_back_stale(in, e) || !list_files(in, in->folder, e))
		return false;
	names = in->names.at;
	n = in->names.n;
	for (size_t i = 0; i < n; i++) {
		const char *claimed;
		if (!is_settled(in, names[i])) {
			in->n_waiting++;
			continue;
		}
		claimed = move(in, in->folder, in->work, names[i]);
		if (claimed && !take_claimed(in, names[i], claimed, e))
			return false;
	}
	return true;
}

bool inbox_run(const struct import_job *template, const struct inbox_options *o,
	       struct inbox_result *ret, struct err *e)
{
	struct inbox in = { .job = template, .options = o };
	bool ok = open_inbox(&in, e) && take_all(&in, e);

	close_inbox(&in);
	*ret = (struct inbox_result){ in.files.at, in.files.n, in.n_waiting, in.n_ignored };
	return ok;
}
