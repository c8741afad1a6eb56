/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - what a reader tells about a file: errors one by one, warnings once per kind with a
 * count.
 *
 * A file with a million blank PieceRef gives one warning that says so. Errors are given as they
 * come, up to a ceiling; beyond it they are only counted.
 */
#ifndef FORMAT_REPORT_H
#define FORMAT_REPORT_H

#include "format/record.h"

enum { REPORT_ERRORS_MAX = 10000, REPORT_KINDS_MAX = 64 };

struct report {
	const struct sink *sink;
	int64_t n_errors, n_warnings;
	size_t n_kinds;
	struct report_kind {
		const char *code, *field;
		int64_t line, n;
		char value[80];
		char message[200];
	} kind[REPORT_KINDS_MAX];
};

/* code and field must be constants or outlive the report; value (n bytes) is copied and cut.
 * Returns what the sink returned. */
bool report_error(struct report *r, int64_t line, const char *code, const char *field,
		  const char *value, size_t n, struct err *e, const char *format, ...) PRINTF(8, 9);

/* Counted under (code, field); told by report_flush. */
void report_warn(struct report *r, int64_t line, const char *code, const char *field,
		 const char *value, size_t n, const char *format, ...) PRINTF(7, 8);

/* Gives the collected warnings to the sink. */
bool report_flush(struct report *r, struct err *e) NODISCARD;

/* Adds the counts to the totals, flushes, and gives the total as the last record. */
bool report_total(struct report *r, struct parse_total *total, struct err *e) NODISCARD;

/* Bytes of s, at most max, cut between characters. */
size_t report_cut(const char *s, size_t n, size_t max);

#endif
