/* SPDX-License-Identifier: Apache-2.0 */
#include "format/child.h"

#include "format/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	DEFAULT_CPU = 120,
	DEFAULT_WALL = 120,
	BUFFER_START = 256 << 10,
	PIPE_SIZE = 1 << 20,
	ARGUMENT_ROOM = 40,
	PROGRAM_MAPS = 512 << 20 /* address space of the program itself and its libraries */
};

static const int64_t default_file = INT64_C(2) << 30, default_memory = INT64_C(512) << 20,
		     default_output = INT64_C(16) << 30;

/* A running child and what it has said so far. */
struct child {
	const struct child_job *job;
	const struct sink *sink;
	struct child_limits limits;
	pid_t pid;
	int fd; /* reading end of its pipe */
	struct stream_reader reader;
	char *bytes;
	size_t n, room;
	bool is_locked_in, is_complete, has_failed;
	struct child_summary summary;
};

static int64_t or_default(int64_t v, int64_t otherwise)
{
	return v > 0 ? v : otherwise;
}

static bool take_limits(struct child *c, struct err *e)
{
	const struct child_limits *l = &c->job->limits;
	int64_t size = 0;
	struct stat st;

	c->limits.file_bytes = or_default(l->file_bytes, default_file);
	c->limits.cpu_seconds = or_default(l->cpu_seconds, DEFAULT_CPU);
	c->limits.wall_seconds = or_default(l->wall_seconds, DEFAULT_WALL);
	c->limits.output_bytes = or_default(l->output_bytes, default_output);
	if (fstat(c->job->fd, &st) != 0)
		return err_set(e, ERR_IO, "the file could not be read");
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_IO, "it is a folder, not a file");
	if (S_ISREG(st.st_mode)) {
		size = st.st_size;
		if (size > c->limits.file_bytes)
			return err_set(e, ERR_LIMIT,
				       "the file has %" PRId64 " bytes, more than %" PRId64, size,
				       c->limits.file_bytes);
	} else {
		size = c->limits.file_bytes; /* a pipe: as much as may come */
	}
	c->limits.memory_bytes =
		or_default(l->memory_bytes, default_memory) + 4 * size + PROGRAM_MAPS;
	return true;
}

/* ---- starting ---- */

/* Only the ends of the pipe and the file go along: descriptors of the caller must not. */
static bool spawn(struct child *c, const char *program, char *const *argv, int out, struct err *e)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	char *env[8] = { NULL };
	size_t n_env = 0;
	int status;
	/* Sanitizers and coverage are told by environment what to do. */
	static const char *const kept[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE" };

	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		const char *v = getenv(kept[i]);
		if (v && asprintf(&env[n_env], "%s=%s", kept[i], v) > 0)
			n_env++;
	}
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	status = posix_spawn_file_actions_adddup2(&actions, c->job->fd, STDIN_FILENO);
	status |= posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	status |= posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	if (status == 0)
		status = posix_spawn(&c->pid, program, &actions, &attr, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	for (size_t i = 0; i < n_env; i++)
		free(env[i]);
	if (status != 0) {
		c->pid = 0;
		return err_set(e, ERR_IO, "the parser child could not be started: %s",
			       strerror(status));
	}
	return true;
}

static char *argument(char room[ARGUMENT_ROOM], const char *name, int64_t value)
{
	snprintf(room, ARGUMENT_ROOM, "--%s=%" PRId64, name, value);
	return room;
}

static char *word(const char *s)
{
	/* posix_spawn does not write to its arguments, whatever their type says. */
	return (char *)(uintptr_t)(s ? s : "");
}

static bool start(struct child *c, struct err *e)
{
	const struct parse_options *o = &c->job->options;
	const char *program = c->job->program ? c->job->program : getenv("ENCOURS_PROGRAM");
	char file[ARGUMENT_ROOM], memory[ARGUMENT_ROOM], cpu[ARGUMENT_ROOM], output[ARGUMENT_ROOM];
	char *argv[] = { word("encours"),
			 word("parse"),
			 argument(file, "file", c->limits.file_bytes),
			 argument(memory, "memory", c->limits.memory_bytes),
			 argument(cpu, "cpu", c->limits.cpu_seconds),
			 argument(output, "output", c->limits.output_bytes),
			 word("--"),
			 word(format_name(o->format)),
			 word(o->name),
			 word(o->currency),
			 word(o->sheet),
			 NULL };
	int ends[2];
	bool ok;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(e, ERR_IO, "no pipe to the parser child: %s", strerror(errno));
	fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE); /* faster where allowed */
	ok = spawn(c, program ? program : "/proc/self/exe", argv, ends[1], e);
	close(ends[1]);
	c->fd = ends[0];
	return ok;
}

/* ---- listening ---- */

static bool hear_failure(const struct stream_failure *f, struct err *e)
{
	static const enum err_code possible[] = { ERR_INVALID, ERR_RANGE, ERR_FORMAT, ERR_LIMIT,
						  ERR_IO };
	enum err_code code = ERR_INTERNAL;

	for (size_t i = 0; i < ARRAY_LEN(possible); i++)
		if (f->code == (int64_t)possible[i])
			code = possible[i];
	err_field(e, code, f->field ? f->field : "", "%s",
		  f->msg ? f->msg : "the file cannot be read");
	if (e && f->line > 0 && f->line <= INT32_MAX)
		e->line = (int)f->line;
	return false;
}

static void hear_total(struct child *c, const struct parse_total *t)
{
	struct child_summary *s = &c->summary;

	s->format = t->format;
	s->separator = t->separator;
	s->n_bytes = t->n_bytes;
	s->n_records = t->n_records;
	s->n_rejected = t->n_rejected;
	s->n_errors = t->n_errors;
	s->n_warnings = t->n_warnings;
	snprintf(s->encoding, sizeof s->encoding, "%s", t->encoding ? t->encoding : "");
	c->is_complete = true;
}

static bool hear(struct child *c, const struct stream_item *item, struct err *e)
{
	const struct stream_hello *hello = item->value;
	const struct stream_progress *p = item->value;

	switch (item->kind) {
	case STREAM_HELLO:
		if (!hello->has_seccomp)
			return err_set(e, ERR_INTERNAL, "the parser child is not locked in");
		c->is_locked_in = true;
		c->summary.has_landlock = hello->has_landlock;
		return true;
	case STREAM_PROGRESS:
		if (c->sink->progress && p->done >= 0 && p->done <= p->total)
			c->sink->progress(c->sink->arg, p->done, p->total);
		return true;
	case STREAM_FAILURE:
		c->has_failed = true;
		return hear_failure(item->value, e);
	case RECORD_TOTAL:
		hear_total(c, item->value);
		break;
	default:
		break;
	}
	return c->sink->take(
		c->sink->arg,
		&(struct record){ (enum record_kind)item->kind, { .any = item->value } }, e);
}

/* Hands on every whole record of the buffer; *ret_need is what the next one needs at least. */
static bool hear_all(struct child *c, size_t *ret_need, struct err *e)
{
	size_t at = 0;

	for (;;) {
		struct stream_item item;
		size_t used;
		enum stream_state s =
			stream_next(&c->reader, c->bytes + at, c->n - at, &used, &item, e);
		if (s == STREAM_BROKEN)
			return false;
		if (s == STREAM_MORE) {
			*ret_need = used;
			break;
		}
		if (!hear(c, &item, e))
			return false;
		at += used;
	}
	memmove(c->bytes, c->bytes + at, c->n - at);
	c->n -= at;
	return true;
}

static bool make_room(struct child *c, size_t need, struct err *e)
{
	char *more;

	if (need < BUFFER_START)
		need = BUFFER_START;
	if (need <= c->room)
		return true;
	more = realloc(c->bytes, need);
	if (!more)
		return err_set(e, ERR_LIMIT, "no memory for the parser child's answer");
	c->bytes = more;
	c->room = need;
	return true;
}

static bool wait_for_bytes(struct child *c, struct err *e)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	int64_t wait = c->limits.wall_seconds * 1000;
	int n;

	do
		n = poll(&p, 1, wait > INT32_MAX ? INT32_MAX : (int)wait);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return true;
	if (n < 0)
		return err_set(e, ERR_IO, "the parser child's pipe: %s", strerror(errno));
	return err_set(e, ERR_LIMIT, "the file could not be read within %" PRId64 " seconds",
		       c->limits.wall_seconds);
}

/* Until the child closes its end. */
static bool listen_to(struct child *c, struct err *e)
{
	size_t need = BUFFER_START;

	for (;;) {
		ssize_t got;
		if (!make_room(c, need, e) || !wait_for_bytes(c, e))
			return false;
		got = read(c->fd, c->bytes + c->n, c->room - c->n);
		if (got == 0)
			return true;
		if (got < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "the parser child's pipe: %s", strerror(errno));
		c->n += got > 0 ? (size_t)got : 0;
		if (!hear_all(c, &need, e))
			return false;
	}
}

/* ---- ending ---- */

static bool explain_death(const struct child *c, int status, struct err *e)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	switch (sig) {
	case 0:
		break;
	case SIGXCPU:
		return err_set(e, ERR_LIMIT, "the file took more than %" PRId64 " seconds to read",
			       c->limits.cpu_seconds);
	case SIGSYS:
		return err_set(e, ERR_IO,
			       "the parser child was stopped: it tried what it may not do");
	case SIGBUS:
		return err_set(e, ERR_IO, "the file changed while it was being read");
	case SIGKILL:
		return err_set(e, ERR_IO,
			       "the parser child was killed, perhaps for want of memory");
	default:
		return err_set(e, ERR_IO, "the parser child crashed on this file (signal %d)", sig);
	}
	if (!c->is_locked_in)
		return err_set(e, ERR_INTERNAL, "the parser child did not start");
	return err_set(e, ERR_IO, "the parser child stopped before the end of the file");
}

/* Reaps the child, killing it first when it is not wanted any more. */
static int reap(struct child *c, bool kill_first)
{
	int status = 0;

	if (kill_first)
		kill(c->pid, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static bool run(struct child *c, struct err *e)
{
	bool heard;
	int status;

	if (!take_limits(c, e) || !start(c, e))
		return false;
	heard = listen_to(c, e);
	status = reap(c, !heard);
	if (!heard)
		return false;
	if (!c->is_complete || c->n > 0 || status != 0)
		return explain_death(c, status, e);
	return true;
}

bool child_parse(const struct child_job *job, const struct sink *sink, struct child_summary *ret,
		 struct err *e)
{
	struct child c = { .job = job, .sink = sink, .fd = -1 };
	bool ok;

	stream_reader_init(&c.reader);
	ok = run(&c, e);
	if (c.fd >= 0)
		close(c.fd);
	stream_reader_done(&c.reader);
	free(c.bytes);
	if (ok && ret)
		*ret = c.summary;
	return ok;
}
