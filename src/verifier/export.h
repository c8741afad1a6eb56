/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.h - reads an export of the event log, and files of kept heads (doc/seal.md), from any source.
 *
 * Every byte is taken for hostile: what is no line of the format is told with its line, never guessed.
 */
#ifndef VERIFIER_EXPORT_H
#define VERIFIER_EXPORT_H

#include "verifier/chain.h"

#include <stdio.h>

enum { EXPORT_MAX_LINE = 256 << 20 };

/* One wrong line; position and event are 0 where the line does not tell. kind: "format", or a name of
 * chain_fault_name. */
typedef void export_tell(void *arg, int64_t line, const char *kind, int64_t position,
			 int64_t event_id, const char *text);

struct export_result {
	int64_t n_events, n_faults;
	struct chain_head last;
};

/* Checks the export that can be read from in; heads (may be NULL) holds lines of kept heads. False when
 * one of them could not be read (errno tells why). */
bool export_check(FILE *in, FILE *heads, export_tell *tell, void *arg, struct export_result *ret);

#endif
