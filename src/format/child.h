/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.h - reads a file in a child process that can do nothing else.
 *
 * Files come from outside; a reader's bug must cost one import, not the server. So a file is parsed
 *by `encours parse`, started for that file: it gets the open file, a pipe to answer on, and before
 *it looks at the first byte gives up network, file system and new processes (seccomp, Landlock
 *where the kernel has it) and takes limits on memory, time and output. What it answers is checked
 *here as if it were hostile. A child that is killed, crashes or runs over its limits is an error
 *like any other.
 *
 *	static bool take(void *arg, const struct record *r, struct err *e)
 *	{
 *		if (r->kind == RECORD_FEC_LINE)
 *			return stage_line(arg, r->fec, e);
 *		...
 *		return true;
 *	}
 *
 *	int fd = open(path, O_RDONLY | O_CLOEXEC);
 *	struct child_job job = { .fd = fd, .options = { .name = "123456789FEC20261231.txt" } };
 *	if (!child_parse(&job, &(struct sink){ .take = take, .arg = &import }, &summary, e))
 *		return err_while(e, "reading %s", path);
 *
 * Records arrive in the order of record.h, in the caller's thread. On failure, what was already
 *taken must be forgotten by the caller: nothing of a file counts unless child_parse returns true.
 */
#ifndef FORMAT_CHILD_H
#define FORMAT_CHILD_H

#include "format/record.h"

struct child_limits {
	int64_t file_bytes;   /* 0: 2 GiB */
	int64_t memory_bytes; /* beyond three times the file; 0: 512 MiB */
	int64_t cpu_seconds;  /* 0: 120 */
	int64_t wall_seconds; /* without any answer; 0: 120 */
	int64_t output_bytes; /* 0: 16 GiB */
};

struct child_job {
	int fd; /* open for reading, at any offset of a regular file (read from its start), or a
		   pipe */
	struct parse_options options;
	struct child_limits limits;
	/* The program to start as `PROGRAM parse`; NULL: ENCOURS_PROGRAM of the environment
	 * (tests), else this very program. */
	const char *program;
};

/* What was done, for the import's record. */
struct child_summary {
	enum format format;
	char encoding[32];
	char separator;
	int64_t n_bytes, n_records, n_rejected, n_errors, n_warnings;
	bool has_landlock; /* the kernel could take the file system away as well */
};

/* True when the whole file was read; the sink then saw every record up to RECORD_TOTAL. ERR_FORMAT
 * when the file is not of a readable format (msg says what it is), ERR_LIMIT when it is too large
 * or the child ran out of time or memory, ERR_IO when the child died; or the error of the sink. */
bool child_parse(const struct child_job *job, const struct sink *sink, struct child_summary *ret,
		 struct err *e) NODISCARD;

#endif
