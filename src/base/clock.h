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

/* The same as people write it on their own clock: without Z a moment is of the zone, seconds may be left out,
 * and a bare date means the end of that day there. In the hour that a clock repeats, the first. */
bool clock_parse_local(const char *text, const char *zone, int64_t *ret, struct err *e) NODISCARD;

/* Wall clock at a moment in a zone, e.g. for the hour of a message. */
struct clock_civil {
	struct civil date;
	int hour, minute, second;
	int offset_minutes; /* east of UTC */
};
struct clock_civil clock_civil(int64_t moment, const char *zone);

/* The two times of a figure: the civil date up to which facts count, and the moment up to which they were
 * known; 0: all that is known now. */
struct when {
	day_t as_of;
	int64_t known_at;
};

/* The last moment that counts: known_at, or the end of time. */
int64_t when_known(struct when w);

/* Everything there is. */
struct when when_ever(void);

#endif
