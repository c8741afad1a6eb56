/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox.h - a watched folder: where a bank's transfer program (EBICS) or a person drops files.
 *
 * A file that is complete is claimed by moving it into work/ (two nodes cannot both), imported once by its content, and
 * ends in done/ or failed/ with a report NAME.report.json beside it, and for people NAME.txt where it failed. A file that is refused is also kept among the
 * imports that wait, where people see why. What a node that died had claimed goes back after some minutes.
 *
 *	struct inbox_options o = { .folder = "/srv/ebics/in", .settle_seconds = 5 };
 *	if (!inbox_run(&job, &o, now, &result, e)) ...
 */
#ifndef INSIGHT_INBOX_H
#define INSIGHT_INBOX_H

#include "ledger/import.h"

struct inbox_options {
	const char *folder;
	int settle_seconds; /* a file that changed since is not complete yet */
};

struct inbox_file {
	const char *name;
	bool is_done; /* else it failed */
	const char *error;
	struct import_report report;
};

struct inbox_result {
	struct inbox_file *file;
	size_t n;
	int64_t n_waiting; /* not complete yet */
	int64_t n_ignored; /* no ordinary files */
};

/* Takes everything complete, in order of name. template has all but the bank importer, which is made for each file. */
bool inbox_run(const struct import_job *template, const struct inbox_options *o,
	       struct inbox_result *ret, struct err *e) NODISCARD;

/* Whether a name is one of a file under way: hidden, or ending as transfer programs end theirs. */
bool inbox_is_unfinished(const char *name);

#endif
