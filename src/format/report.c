/* SPDX-License-Identifier: Apache-2.0 */
#include "format/report.h"

#include <stdarg.h>
#include <stdio.h>

size_t report_cut(const char *s, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max && ((unsigned char)s[max] & 0xC0) == 0x80)
		max--;
	return max;
}

static void copy_cut(char *out, size_t room, const char *s, size_t n)
{
	n = report_cut(s, s ? n : 0, room - 1);
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)s[i] < ' ' ? ' ' : s[i];
	out[n] = 0;
}

/* A message that is cut never ends in half a character, nor do the values that it quotes. */
static void print_cut(char *out, size_t room, const char *format, va_list args) PRINTF(3, 0);
static void print_cut(char *out, size_t room, const char *format, va_list args)
{
	vsnprintf(out, room, format, args);
	str_mend_utf8(out);
}

static bool give(struct report *r, const struct parse_issue *issue, struct err *e)
{
	return r->sink->take(r->sink->arg, &(struct record){ RECORD_ISSUE, { .issue = issue } }, e);
}

bool report_error(struct report *r, int64_t line, const char *code, const char *field,
		  const char *value, size_t n, struct err *e, const char *format, ...)
{
	char text[208], message[240];
	struct parse_issue issue = {
		.is_error = true,
		.line = line,
		.code = code,
		.field = field,
		.message = message,
		.n = 1,
	};
	va_list args;

	if (++r->n_errors > REPORT_ERRORS_MAX)
		return true;
	va_start(args, format);
	print_cut(message, sizeof message, format, args);
	va_end(args);
	copy_cut(text, sizeof text, value, n);
	issue.value = value ? text : NULL;
	return give(r, &issue, e);
}

void report_warn(struct report *r, int64_t line, const char *code, const char *field,
		 const char *value, size_t n, const char *format, ...)
{
	struct report_kind *k = r->kind;
	va_list args;

	r->n_warnings++;
	for (; k < r->kind + r->n_kinds; k++)
		if (str_eq(k->code, code) && str_eq(k->field, field)) {
			k->n++;
			return;
		}
	if (r->n_kinds == REPORT_KINDS_MAX)
		return;
	r->n_kinds++;
	*k = (struct report_kind){ .code = code, .field = field, .line = line, .n = 1 };
	copy_cut(k->value, sizeof k->value, value, n);
	va_start(args, format);
	print_cut(k->message, sizeof k->message, format, args);
	va_end(args);
}

bool report_flush(struct report *r, struct err *e)
{
	for (size_t i = 0; i < r->n_kinds; i++) {
		const struct report_kind *k = &r->kind[i];
		struct parse_issue issue = {
			.line = k->line,
			.code = k->code,
			.field = k->field,
			.n = k->n,
			.value = k->value[0] ? k->value : NULL,
			.message = k->message,
		};
		if (!give(r, &issue, e))
			return false;
	}
	r->n_kinds = 0;
	if (r->n_errors > REPORT_ERRORS_MAX) {
		struct parse_issue issue = {
			.is_error = true,
			.code = "file.more_errors",
			.n = r->n_errors - REPORT_ERRORS_MAX,
			.message = "more errors than are listed",
		};
		return give(r, &issue, e);
	}
	return true;
}

bool report_total(struct report *r, struct parse_total *total, struct err *e)
{
	if (!report_flush(r, e))
		return false;
	total->n_errors = r->n_errors;
	total->n_warnings = r->n_warnings;
	return r->sink->take(r->sink->arg, &(struct record){ RECORD_TOTAL, { .total = total } }, e);
}
