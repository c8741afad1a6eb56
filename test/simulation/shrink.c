/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shrink.c - from a story that fails to a short one that fails in the same way.
 *
 * Halves, quarters and so on down to single acts are left out as long as the failure stays the same but for
 * its numbers (delta debugging). Each try is a process of its own with a database of its own.
 */
#include "simulation/simulation.h"

#include <ctype.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ACTS = 4000, TEXT = 600 };

struct shrink {
	const char *program, *stop_at;
	uint64_t seed;
	int days; /* up to the failure */
	int n;
	struct {
		int day, act;
	} act[ACTS];
	bool is_left_out[ACTS];
	char kind[TEXT]; /* what fails, without its numbers */
	int n_tries;
};

/* What follows the day in "seed 7, day 2026-01-09: ...", without digits: another failure is another story. */
static void kind_of(const char *said, char ret[TEXT])
{
	const char *at = strstr(said, ", day ");
	size_t n = 0;

	at = at ? strchr(at, ':') : NULL;
	for (; at && *at && *at != '\n' && n + 1 < TEXT; at++)
		if (!isdigit((unsigned char)*at) && *at != '-')
			ret[n++] = *at;
	ret[n] = '\0';
}

/* Plays what is not left out; false when nothing fails. */
static bool fails(struct shrink *k, const char *only, char ret_said[TEXT])
{
	char seed[24], days[12];
	const char *argv[12] = { "simulation", "--seed", seed, "--days", days };
	int out[2], status, n = 5;
	posix_spawn_file_actions_t acts;
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	snprintf(seed, sizeof seed, "%" PRIu64, k->seed);
	snprintf(days, sizeof days, "%d", k->days);
	if (only) {
		argv[n++] = "--only";
		argv[n++] = only;
	}
	if (k->stop_at) {
		argv[n++] = "--stop-at";
		argv[n++] = k->stop_at;
	}
	ENSURE(pipe(out) == 0 && posix_spawn_file_actions_init(&acts) == 0);
	ENSURE(posix_spawn_file_actions_adddup2(&acts, out[1], 2) == 0 &&
	       posix_spawn_file_actions_addclose(&acts, out[0]) == 0 &&
	       posix_spawn_file_actions_addopen(&acts, 1, "/dev/null", 1, 0) == 0);
	ENSURE(posix_spawn(&pid, k->program, &acts, NULL, (char *const *)(uintptr_t)argv,
			   environ) == 0);
	posix_spawn_file_actions_destroy(&acts);
	close(out[1]);
	while (len + 1 < TEXT && (got = read(out[0], ret_said + len, TEXT - 1 - len)) > 0)
		len += (size_t)got;
	ret_said[len] = '\0';
	close(out[0]);
	waitpid(pid, &status, 0);
	k->n_tries++;
	return status != 0;
}

/* "0.1,0.4,3.2"; the caller frees it. */
static char *chosen(const struct shrink *k)
{
	char *text = calloc((size_t)k->n + 1, 16);
	size_t len = 0;

	ENSURE(text);
	for (int i = 0; i < k->n; i++)
		if (!k->is_left_out[i])
			len += (size_t)sprintf(text + len, "%s%d.%d", len ? "," : "", k->act[i].day,
					       k->act[i].act);
	return text;
}

/* Leaves out those from..to as well, unless the failure goes with them. */
static bool leave_out(struct shrink *k, int from, int to)
{
	bool was[ACTS], ok;
	char said[TEXT], kind[TEXT], *only;
	int n = 0;

	memcpy(was, k->is_left_out, sizeof was);
	for (int i = from; i < to && i < k->n; i++) {
		n += !k->is_left_out[i];
		k->is_left_out[i] = true;
	}
	if (n == 0)
		return false;
	only = chosen(k);
	ok = fails(k, only, said);
	kind_of(said, kind);
	ok = ok && strcmp(kind, k->kind) == 0;
	free(only);
	if (!ok)
		memcpy(k->is_left_out, was, sizeof was);
	return ok;
}

static void list_acts(struct shrink *k)
{
	for (int d = 0; d < k->days; d++)
		for (int i = 1; i <= sim_n_acts(k->seed, d) && k->n < ACTS; i++)
			k->act[k->n].day = d, k->act[k->n++].act = i;
}

/* The days that were played, from "--days N" of what the failure says. */
static int days_of(const char *said, int days)
{
	const char *at = strstr(said, "--days ");

	return at ? atoi(at + 7) : days;
}

int sim_shrink(const char *program, uint64_t seed, int days, const char *stop_at)
{
	struct shrink *k = calloc(1, sizeof *k);
	char said[TEXT], *only;
	int left = 0;

	ENSURE(k);
	*k = (struct shrink){ .program = program, .seed = seed, .days = days, .stop_at = stop_at };
	if (!fails(k, NULL, said)) {
		printf("seed %" PRIu64 ": nothing fails in %d days\n", seed, days);
		free(k);
		return 0;
	}
	kind_of(said, k->kind);
	k->days = days_of(said, days);
	list_acts(k);
	for (int size = k->n; size > 0; size /= 2) {
		bool more = true;

		/* Once more at the end: what one act needed may be gone with another. */
		while (more) {
			more = false;
			for (int from = 0; from < k->n; from += size)
				more |= leave_out(k, from, from + size);
			more = more && size == 1;
		}
	}
	for (int i = 0; i < k->n; i++)
		left += !k->is_left_out[i];
	only = chosen(k);
	(void)fails(k, only, said);
	printf("%s%d of %d acts are left after %d tries:\nsimulation --seed %" PRIu64
	       " --days %d --only %s --trace%s%s%s\n",
	       said, left, k->n, k->n_tries, seed, k->days, only, stop_at ? " --stop-at \"" : "",
	       stop_at ? stop_at : "", stop_at ? "\"" : "");
	free(only);
	free(k);
	return 1;
}
