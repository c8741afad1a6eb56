/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/clock.h"
#include "base/json.h"

#include <stdio.h>
#include <time.h>

void log_line(enum log_level level, const char *room, const char *format, ...)
{
	static const char *const names[] = { "debug", "info", "warning", "error" };
	struct arena *a = arena_new(1 << 20);
	char at[CLOCK_TEXT];
	struct buf b;
	struct json j;
	va_list args;

	buf_init(&b, a);
	json_init(&j, &b);
	va_start(args, format);
	json_open_object(&j);
	json_put_text(&j, "at", clock_format(clock_now(), at));
	json_put_text(&j, "level", names[level]);
	json_put_text(&j, "room", room);
	json_put_text(&j, "message", arena_vprintf(a, format, args));
	json_end(&j);
	va_end(args);
	fprintf(stderr, "%s\n", buf_str(&b));
	arena_free(a);
}
