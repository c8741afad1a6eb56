/* SPDX-License-Identifier: Apache-2.0 */
#include "format/worker.h"

#include "format/parse.h"
#include "format/sandbox.h"
#include "format/stream.h"

#include <errno.h>
#include <libxml/parser.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 1 << 20 };

/* The file in memory: mapped, or read when it is a pipe. */
struct input {
	const char *bytes;
	size_t n;
};

static bool map_file(int64_t size, struct input *ret, struct err *e)
{
	void *p;

	if (size == 0) {
		*ret = (struct input){ "", 0 };
		return true;
	}
	p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
	if (p == MAP_FAILED)
		return err_set(e, ERR_LIMIT, "the file does not fit in the parser's memory");
	madvise(p, (size_t)size, MADV_SEQUENTIAL);
	*ret = (struct input){ p, (size_t)size };
	return true;
}

static bool read_pipe(int64_t max, struct input *ret, struct err *e)
{
	size_t n = 0, room = 0;
	char *bytes = NULL;

	for (;;) {
		ssize_t got;
		if (n == room) {
			char *more = realloc(bytes, room ? room * 2 : READ_STEP);
			if (!more)
				return err_set(e, ERR_LIMIT,
					       "the file does not fit in the parser's memory");
			bytes = more;
			room = room ? room * 2 : READ_STEP;
		}
		got = read(STDIN_FILENO, bytes + n, room - n);
		if (got < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "the file could not be read");
		if (got == 0)
			break;
		n += got > 0 ? (size_t)got : 0;
		if ((int64_t)n > max)
			return err_set(e, ERR_LIMIT, "the file is larger than %" PRId64 " bytes",
				       max);
	}
	*ret = (struct input){ bytes, n };
	return true;
}

static bool take_input(const struct stat *st, int64_t max, struct input *ret, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return read_pipe(max, ret, e);
	if (st->st_size > max)
		return err_set(e, ERR_LIMIT, "the file is larger than %" PRId64 " bytes", max);
	return map_file(st->st_size, ret, e);
}

static bool take(void *arg, const struct record *r, struct err *e)
{
	return stream_put(arg, (int)r->kind, r->any, e);
}

static void progress(void *arg, int64_t done, int64_t total)
{
	struct stream_progress p = { done, total };

	/* A reader that is gone shows at the next record. */
	if (!stream_put(arg, STREAM_PROGRESS, &p, NULL))
		return;
}

static bool work(const struct worker_orders *o, struct stream_writer *w, struct err *e)
{
	struct sandbox_limits limits = { o->memory_bytes, o->cpu_seconds };
	struct sink sink = { .arg = w, .take = take, .progress = progress };
	struct stream_hello hello = { .has_seccomp = true };
	struct input in = { 0 };
	struct stat st;

	/* What these look at must be seen before nothing can be. */
	if (fstat(STDIN_FILENO, &st) != 0)
		return err_set(e, ERR_IO, "the file could not be read");
	xmlInitParser();
	if (sodium_init() < 0)
		return err_set(e, ERR_INTERNAL, "no random numbers");
	if (!sandbox_enter(&limits, &hello.has_landlock, e) ||
	    !stream_put(w, STREAM_HELLO, &hello, e) || !stream_flush(w, e))
		return false;
	return take_input(&st, o->file_bytes, &in, e) &&
	       parse_bytes(in.bytes, in.n, &o->options, &sink, e);
}

void worker_run(const struct worker_orders *o)
{
	struct stream_writer w;
	struct err e = { 0 };

	if (!stream_writer_init(&w, STDOUT_FILENO, o->output_bytes))
		_exit(1);
	if (!work(o, &w, &e)) {
		struct stream_failure f = {
			.code = e.code, .line = e.line, .field = e.field, .msg = e.msg
		};
		/* The ceiling stopped the records; the reason must still get through. */
		w.ceiling = INT64_MAX;
		if (!stream_put(&w, STREAM_FAILURE, &f, NULL))
			_exit(1);
	}
	/* No cleaning up, no exit handlers: the less runs in here the better. */
	_exit(stream_flush(&w, NULL) ? 0 : 1);
}
