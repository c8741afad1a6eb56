/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.h - the inside of the parser child: `encours parse`.
 *
 * Reads the file on standard input, answers on standard output (stream.h), touches nothing else. Started
 * by child.c only; its arguments are:
 *
 *	parse --memory=BYTES --cpu=SECONDS --output=BYTES --file=BYTES -- FORMAT NAME CURRENCY SHEET
 *
 * where an empty argument means nothing.
 */
#ifndef FORMAT_WORKER_H
#define FORMAT_WORKER_H

#include "format/record.h"

struct worker_orders {
	int64_t file_bytes, memory_bytes, cpu_seconds, output_bytes;
	struct parse_options options;
};

/* Enters the sandbox, parses, answers, and ends the process: with 0 when the whole answer, good or bad,
 * was written. */
NORETURN void worker_run(const struct worker_orders *o);

#endif
