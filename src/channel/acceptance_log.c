/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/acceptance_log.h"

#include "base/clock.h"
#include "base/map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/*
 * Two kinds of line matter in Postfix's log. cleanup writes "QUEUEID: message-id=<...>" while it
 * still reads the message; only when the whole message is safe in the queue does qmgr write
 * "QUEUEID: from=<...>, size=..., nrcpt=... (queue active)". A connection lost before the dot
 * leaves the first line alone. So a message is taken when both lines are there. The sink writes one
 * line, "MOMENT accepted <id> ...".
 */

enum { LINE_MAX_OCTETS = 64 * 1024, QUEUE_ID = 32, ARENA = 256 << 20 };
static const int64_t second = 1000000;

struct reading {
	struct arena *arena;
	const char *zone;
	int64_t now;
	struct map wanted; /* Message-ID to query */
	struct map queued; /* Postfix's queue id to query */
	int64_t first_at;  /* moment of the first line with one; INT64_MAX: none */
};

/* ---- time stamps
 * --------------------------------------------------------------------------------- */

static int month_of(const char *s)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; m < 12; m++)
		if (memcmp(names + (size_t)m * 3, s, 3) == 0)
			return m + 1;
	return 0;
}

static int64_t moment_of(day_t day, int hour, int minute, int sec, const char *zone)
{
	int64_t local = ((int64_t)day * 86400 + hour * 3600 + minute * 60 + sec) * second;
	struct civil c = date_civil(day);
	struct tm tm = { .tm_year = c.year - 1900,
			 .tm_mon = c.month - 1,
			 .tm_mday = c.day,
			 .tm_hour = hour,
			 .tm_min = minute,
			 .tm_sec = sec,
			 .tm_isdst = -1 };

	if (!zone)
		return (int64_t)mktime(&tm) * second;
	/* One step settles it except in the hour of a clock change, where an hour's error is harmless:
	 * the coverage test below only becomes more careful. */
	return local - clock_civil(local, zone).offset_minutes * 60 * second;
}

/* "Nov 21 22:04:07 ": no year, so the latest that is not after now (a day's grace for odd clocks).
 */
static bool classic_stamp(const struct reading *r, const char *line, int64_t *ret)
{
	int month, day, hour, minute, sec, year = clock_civil(r->now, "UTC").date.year + 1;

	if (strlen(line) < 16 ||
	    sscanf(line + 3, " %2d %2d:%2d:%2d ", &day, &hour, &minute, &sec) != 4)
		return false;
	month = month_of(line);
	for (int y = year; y > year - 5; y--) {
		if (month == 0 || !date_exists(y, month, day))
			continue;
		*ret = moment_of(date_of(y, month, day), hour, minute, sec, r->zone);
		if (*ret <= r->now + 86400 * second)
			return true;
	}
	return false;
}

/* "2026-11-21T22:04:07.123456+01:00 " or with Z. */
static bool iso_stamp(const char *line, int64_t *ret)
{
	char text[CLOCK_TEXT];
	size_t n = strcspn(line, " \t");
	const char *zone;
	int hours, minutes;
	int64_t at;

	if (n < 20 || n > 40 || line[10] != 'T')
		return false;
	zone = line + 19 + strspn(line + 19, ".0123456789");
	if ((size_t)(zone - line) + 2 > sizeof text)
		return false;
	snprintf(text, sizeof text, "%.*sZ", (int)(zone - line), line);
	if (!clock_parse(text, &at, NULL))
		return false;
	if (*zone != 'Z') {
		if (sscanf(zone + 1, "%2d:%2d", &hours, &minutes) != 2 || !strchr("+-", *zone))
			return false;
		at -= (*zone == '-' ? -1 : 1) * (hours * 60 + minutes) * 60 * second;
	}
	*ret = at;
	return true;
}

/* ---- lines
 * --------------------------------------------------------------------------------------- */

/* The query of the first "<id>" in text, or NULL. */
static struct acceptance_query *query_of(const struct reading *r, char *text)
{
	char *open = strchr(text, '<');
	char *close = open ? strchr(open, '>') : NULL;

	if (!close)
		return NULL;
	*close = '\0';
	return map_get(&r->wanted, open + 1);
}

static void accept(struct acceptance_query *q, int64_t at)
{
	if (!q || q->answer == ACCEPTANCE_YES)
		return;
	q->answer = ACCEPTANCE_YES;
	q->accepted_at = at;
}

/* "...]: QUEUEID: rest": the queue id in id, and what follows it; NULL when the line has none. */
static char *after_queue_id(char *text, char id[QUEUE_ID])
{
	char *at = strstr(text, "]: ");
	size_t n;

	if (!at)
		return NULL;
	at += 3;
	n = strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	if (n == 0 || n >= QUEUE_ID || at[n] != ':' || at[n + 1] != ' ')
		return NULL;
	memcpy(id, at, n);
	id[n] = '\0';
	return at + n + 2;
}

static void read_postfix(struct reading *r, char *text, int64_t at)
{
	struct acceptance_query *q;
	char id[QUEUE_ID];
	char *rest = after_queue_id(text, id);

	if (!rest)
		return;
	if (strstr(text, "/cleanup[") && str_starts(rest, "message-id=<")) {
		q = query_of(r, rest);
		if (q)
			map_set(&r->queued, id, q);
	} else if (strstr(text, "/qmgr[") && str_starts(rest, "from=<")) {
		accept(map_get(&r->queued, id), at);
	}
}

static void read_line(struct reading *r, char *line)
{
	int64_t at;
	char *text;

	if (!iso_stamp(line, &at) && !classic_stamp(r, line, &at))
		return;
	if (r->first_at == INT64_MAX)
		r->first_at = at;
	text = strchr(line, ' ');
	if (text && str_starts(text, " accepted <"))
		accept(query_of(r, text), at);
	else
		read_postfix(r, line, at);
}

static bool read_all(struct reading *r, const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool ok;

	if (!f)
		return err_set(e, ERR_IO, "could not read the relay's log \"%s\": %s", path,
			       strerror(errno));
	while ((n = getline(&line, &room, f)) > 0) {
		/* A last line without its end is still being written. */
		if (line[n - 1] != '\n')
			break;
		line[n - 1] = '\0';
		if (n < LINE_MAX_OCTETS)
			read_line(r, line);
	}
	ok = !ferror(f);
	free(line);
	fclose(f);
	return ok || err_set(e, ERR_IO, "could not read the relay's log \"%s\"", path);
}

bool acceptance_log_ask(const char *path, const char *zone, int64_t now, int settle_seconds,
			struct acceptance_query *query, size_t n, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct reading r = { .arena = a, .zone = zone, .now = now, .first_at = INT64_MAX };
	bool ok;

	map_init(&r.wanted, a);
	map_init(&r.queued, a);
	for (size_t i = 0; i < n; i++) {
		query[i].answer = ACCEPTANCE_UNKNOWN;
		query[i].accepted_at = 0;
		map_set(&r.wanted, query[i].message_id, &query[i]);
	}
	ok = read_all(&r, path, e);
	for (size_t i = 0; i < n; i++) {
		struct acceptance_query *q = &query[i];
		int64_t ended_at = q->ended_at ? q->ended_at : q->attempted_at;

		if (!ok)
			q->answer = ACCEPTANCE_UNKNOWN;
		else if (q->answer != ACCEPTANCE_YES && r.first_at <= q->attempted_at &&
			 now - ended_at >= settle_seconds * second)
			q->answer = ACCEPTANCE_NO;
	}
	return ok;
}
