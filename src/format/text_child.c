/* SPDX-License-Identifier: Apache-2.0 */
#include "format/text_child.h"

#include "base/text.h"
#include "format/message_text.h"
#include "format/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	DEFAULT_CPU = 20,
	DEFAULT_WALL = 60,
	READ_STEP = 64 << 10,
	ARGUMENT_ROOM = 40,
	EXIT_REFUSED = 3, /* what stands on standard output is why */
	EXIT_BROKEN = 4
};

static const int64_t memory = INT64_C(1) << 30;

/* ---- the outside ---- */

static const char *find_pdftotext(void)
{
	static const char *const places[] = { "/usr/bin/pdftotext", "/usr/local/bin/pdftotext",
					      "/opt/homebrew/bin/pdftotext" };
	const char *told = getenv("ENCOURS_PDFTOTEXT");

	if (!str_empty(told))
		return access(told, X_OK) == 0 ? told : NULL;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

static bool spawn(const struct text_child_job *job, const char *pdftotext, int out, pid_t *ret,
		  struct err *e)
{
	const char *told = job->program ? job->program : getenv("ENCOURS_PROGRAM");
	char cpu[ARGUMENT_ROOM], bytes[ARGUMENT_ROOM];
	/* posix_spawn does not write to its arguments, whatever their type says. */
	char *argv[] = { (char *)(uintptr_t) "encours", (char *)(uintptr_t) "text",   cpu, bytes,
			 (char *)(uintptr_t) "--",      (char *)(uintptr_t)pdftotext, NULL };
	char *env[] = { (char *)(uintptr_t) "LC_ALL=C.UTF-8", NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int status;

	snprintf(cpu, sizeof cpu, "--cpu=%" PRId64,
		 job->cpu_seconds ? job->cpu_seconds : DEFAULT_CPU);
	snprintf(bytes, sizeof bytes, "--memory=%" PRId64, memory);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	status = posix_spawn_file_actions_adddup2(&actions, job->fd, STDIN_FILENO);
	status |= posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	status |= posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	if (status == 0)
		status = posix_spawn(ret, told ? told : "/proc/self/exe", &actions, &attr, argv,
				     env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return status == 0 ||
	       err_set(e, ERR_IO, "the parser child could not be started: %s", strerror(status));
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool too_long(struct err *e)
{
	return err_set(e, ERR_LIMIT, "reading the file takes too much time");
}

/* All that the child says, until it ends. */
static bool listen_to(const struct text_child_job *job, int fd, struct buf *out, struct err *e)
{
	int64_t until = now_ms() + 1000 * (job->wall_seconds ? job->wall_seconds : DEFAULT_WALL);
	char block[READ_STEP];

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = until - now_ms();
		ssize_t got;
		if (left <= 0)
			return too_long(e);
		if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "the parser child cannot be heard");
		if (!p.revents)
			continue;
		got = read(fd, block, sizeof block);
		if (got < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "the parser child cannot be heard");
		if (got == 0)
			return true;
		if (got > 0)
			buf_add(out, block, (size_t)got);
		if ((int64_t)out->len > job->max_bytes)
			return err_set(e, ERR_LIMIT, "its text is longer than %" PRId64 " bytes",
				       job->max_bytes);
	}
}

/* What its end says of what it said. */
static bool judge(const struct text_child_job *job, int status, struct buf *out, struct err *e)
{
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
		return too_long(e);
	if (!WIFEXITED(status))
		return err_set(e, ERR_IO, "the parser child ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == EXIT_REFUSED && !job->is_pdf)
		return err_set(e, ERR_FORMAT, "%.300s", buf_str(out));
	if (WEXITSTATUS(status) != 0 && job->is_pdf)
		return err_set(e, ERR_FORMAT,
			       "the PDF cannot be read: it is damaged or protected (pdftotext"
			       " ended with %d)",
			       WEXITSTATUS(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(e, ERR_IO, "the parser child ended with %d", WEXITSTATUS(status));
	return text_is_utf8(buf_str(out), out->len) ||
	       err_set(e, ERR_FORMAT, "what was read is no text");
}

bool text_child_read(const struct text_child_job *job, struct arena *a, const char **ret,
		     size_t *ret_n, struct err *e)
{
	const char *pdftotext = job->is_pdf ? find_pdftotext() : "";
	int ends[2], status = 0;
	struct buf out;
	pid_t pid;
	bool ok;

	if (!pdftotext)
		return err_set(e, ERR_REFUSED,
			       "reading a PDF needs the program pdftotext (package poppler-utils),"
			       " which is not installed here");
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(e, ERR_IO, "no pipe to the parser child: %s", strerror(errno));
	buf_init(&out, a);
	ok = spawn(job, pdftotext, ends[1], &pid, e);
	close(ends[1]);
	if (ok) {
		ok = listen_to(job, ends[0], &out, e);
		if (!ok)
			kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		ok = ok && judge(job, status, &out, e);
	}
	close(ends[0]);
	if (!ok)
		return false;
	*ret = buf_str(&out);
	*ret_n = out.len;
	return true;
}

/* ---- the inside ---- */

static void say(const char *s, size_t n)
{
	while (n > 0) {
		ssize_t put = write(STDOUT_FILENO, s, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			_exit(EXIT_BROKEN);
		s += put;
		n -= (size_t)put;
	}
}

NORETURN static void refuse(const struct err *e)
{
	say(e->msg, strlen(e->msg));
	_exit(EXIT_REFUSED);
}

NORETURN static void read_here(size_t size)
{
	struct err e = { 0 };
	struct arena *a;
	struct buf b;
	void *bytes;

	bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
	if (bytes == MAP_FAILED)
		_exit(EXIT_BROKEN);
	a = arena_new(0);
	if (arena_exhausted(a))
		_exit(EXIT_BROKEN);
	buf_init(&b, a);
	if (!message_text(a, bytes, size, &b, &e))
		refuse(&e);
	say(buf_str(&b), b.len);
	_exit(0);
}

void text_child_run(const char *pdftotext, int64_t memory_bytes, int64_t cpu_seconds)
{
	struct sandbox_limits limits = { memory_bytes, cpu_seconds };
	struct err e = { 0 };
	bool has_landlock;
	struct stat st;

	/* What must be seen before nothing can be; others moved the offset. */
	if (fstat(STDIN_FILENO, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0 ||
	    lseek(STDIN_FILENO, 0, SEEK_SET) != 0)
		_exit(EXIT_BROKEN);
	if (str_empty(pdftotext)) {
		if (!sandbox_enter(&limits, &has_landlock, &e))
			_exit(EXIT_BROKEN);
		read_here((size_t)st.st_size);
	}
	if (!sandbox_enter_program(&limits, &e))
		_exit(EXIT_BROKEN);
	/* Two hundred pages are more than any advice has. */
	execl(pdftotext, "pdftotext", "-layout", "-enc", "UTF-8", "-q", "-l", "200", "-", "-",
	      (char *)NULL);
	_exit(EXIT_BROKEN);
}
