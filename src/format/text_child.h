/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_child.h - the plain text of a file from outside, read in a locked child process.
 *
 * `encours text` is started for the file, as `encours parse` is for others (child.h): it takes limits on memory and time
 * and gives up network and writing before it looks at the first byte. A text or a message it reads itself
 * (message_text.h). A PDF is read by the program pdftotext of poppler-utils, a program of its own that need not be
 * installed: the locked child becomes it, so that the limits and the locks are pdftotext's. It is found as
 * ENCOURS_PDFTOTEXT of the environment, else in the usual folders of programs.
 *
 *	struct text_child_job job = { .fd = fd, .is_pdf = true, .max_bytes = 8 << 20 };
 *	if (!text_child_read(&job, arena, &text, &n, e))
 */
#ifndef FORMAT_TEXT_CHILD_H
#define FORMAT_TEXT_CHILD_H

#include "base/arena.h"
#include "base/err.h"

struct text_child_job {
	int fd; /* a regular file, open for reading; read from its start */
	bool is_pdf;
	int64_t max_bytes;   /* of the text */
	int64_t cpu_seconds; /* 0: 20 */
	int wall_seconds;    /* 0: 60 */
	const char *program; /* as child_job.program */
};

/* UTF-8, in the arena. ERR_REFUSED when pdftotext is not installed, ERR_FORMAT when the file cannot be read, ERR_LIMIT
 * when its text is too long or took too much time, ERR_IO when the child could not be started. */
bool text_child_read(const struct text_child_job *job, struct arena *a, const char **ret,
		     size_t *ret_n, struct err *e) NODISCARD;

/* The inside, for the command: reads standard input, answers on standard output and ends the process. pdftotext: path
 * of that program, "" for a text or a message. */
NORETURN void text_child_run(const char *pdftotext, int64_t memory_bytes, int64_t cpu_seconds);

#endif
