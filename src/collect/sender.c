/* SPDX-License-Identifier: Apache-2.0 */
/* sender.c - who claims messages, and whether that process still lives. */
#include "collect/send.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LEASE_SECONDS = 15 * 60 };

/* Start time of a process in clock ticks since boot: tells it from a later one of the same number. False
 * when there is no such process. */
static bool start_of(long pid, unsigned long long *ret)
{
	char path[64], text[1024], *after;
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	/* The name in parentheses may hold anything; field 22 counts from after it. */
	after = strrchr(text, ')');
	if (!after)
		return false;
	for (int field = 2; field < 22 && after; field++)
		after = strchr(after + 1, ' ');
	return after && sscanf(after, "%llu", ret) == 1;
}

static void host_of(char host[256])
{
	if (gethostname(host, 256) != 0)
		memcpy(host, "localhost", 10);
	host[255] = '\0';
	for (char *c = host; *c; c++)
		if (*c == ':')
			*c = '-';
}

const char *sender_name(struct arena *a)
{
	unsigned long long start = 0;
	char host[256];

	host_of(host);
	start_of(getpid(), &start);
	return arena_printf(a, "%s:%ld:%llu", host, (long)getpid(), start);
}

bool sender_is_gone(const char *name, int64_t claimed_at, int64_t now)
{
	unsigned long long start, seen;
	char host[256];
	size_t n;
	long pid;

	host_of(host);
	n = strlen(host);
	if (name && strncmp(name, host, n) == 0 && name[n] == ':' &&
	    sscanf(name + n + 1, "%ld:%llu", &pid, &start) == 2)
		return !start_of(pid, &seen) || seen != start;
	return now - claimed_at > (int64_t)LEASE_SECONDS * 1000000;
}
