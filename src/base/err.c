/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *name;
	int http_status;
	int exit_status;
} codes[ERR_COUNT] = {
	[ERR_NONE] = { "NONE", 200, 0 },
#define ERR(name, http, exit) [ERR_##name] = { #name, http, exit },
#include "base/errors.def"
#undef ERR
};

PRINTF(4, 0)
static bool fill(struct err *e, enum err_code code, const char *field, const char *format,
		 va_list args)
{
	if (!e)
		return false;
	e->code = code;
	snprintf(e->field, sizeof e->field, "%s", field ? field : "");
	vsnprintf(e->msg, sizeof e->msg, format, args);
	str_mend_utf8(e->field);
	str_mend_utf8(e->msg);
	return false;
}

bool err_set(struct err *e, enum err_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(e, code, NULL, format, args);
	va_end(args);
	return false;
}

bool err_field(struct err *e, enum err_code code, const char *field, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(e, code, field, format, args);
	va_end(args);
	return false;
}

bool err_while(struct err *e, const char *format, ...)
{
	char before[sizeof e->msg];
	char after[sizeof e->msg];
	va_list args;

	if (!e)
		return false;
	va_start(args, format);
	vsnprintf(before, sizeof before, format, args);
	va_end(args);
	memcpy(after, e->msg, sizeof after);
	/* The cause is worth more than the circumstance: cut the latter when both do not fit. */
	snprintf(e->msg, sizeof e->msg, "%.200s: %.270s", before, after);
	str_mend_utf8(e->msg);
	return false;
}

const char *err_name(enum err_code code)
{
	ENSURE(code < ERR_COUNT);
	return codes[code].name;
}

int err_http_status(enum err_code code)
{
	ENSURE(code < ERR_COUNT);
	return codes[code].http_status;
}

int err_exit_status(enum err_code code)
{
	ENSURE(code < ERR_COUNT);
	return codes[code].exit_status;
}
