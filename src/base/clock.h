/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h - moments: microseconds since 1970-01-01 UTC.
 *
 * Business code gets moments and days as parameters; only the commands and the server's loops ask the
 * clock.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/date.h"

/* The system's clock. */
int64_t clock_now(void);

/* The civil date at a moment in an IANA time zone ("Europe/Paris"); UTC when the zone is not known. */
day_t clock_day(int64_t moment, const char *zone);

enum { CLOCK_TEXT = 32 };

/* "2026-11-21T22:04:07.123456Z"; returns text. */
char *clock_format(int64_t moment, char text[CLOCK_TEXT]);

/* The form above, with or without fraction; a bare date means the end of that day, UTC. */
bool clock_parse(const char *text, int64_t *ret, struct err *e) NODISCARD;

/* Wall clock at a moment in a zone, e.g. for the hour of a message. */
struct clock_civil {
	struct civil date;
	int hour, minute, second;
	int offset_minutes; /* east of UTC */
};
struct clock_civil clock_civil(int64_t moment, const char *zone);

#endif
