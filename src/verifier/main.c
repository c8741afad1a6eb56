/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - encours-verify: is an export of the event log what was sealed? */
#include "verifier/export.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TOLD = 100 };

static const char usage[] =
	"usage: encours-verify [--heads FILE] EXPORT\n"
	"\n"
	"Checks an export of the event log (encours seal export) against its chain of hashes, and\n"
	"against heads kept outside of the database (encours seal head). EXPORT may be - for the\n"
	"standard input. The format is described in doc/seal.md.\n"
	"\n"
	"Exit status: 0 every event is as it was sealed, 1 something is wrong (told line by "
	"line),\n"
	"2 wrong usage, 3 a file could not be read.\n";

/* Faults go to standard output; the first hundred are told. */
static void tell(void *arg, int64_t line, const char *kind, int64_t position, int64_t event_id,
		 const char *text)
{
	int64_t *told = arg;

	if (++*told > MOST_TOLD)
		return;
	if (line > 0)
		printf("line %" PRId64 ": ", line);
	if (position > 0)
		printf("position %" PRId64 ": ", position);
	if (event_id > 0)
		printf("event %" PRId64 ": ", event_id);
	printf("%s: %s\n", kind, text);
}

static int cannot_read(const char *name)
{
	fprintf(stderr, "encours-verify: %s: %s\n", name, strerror(errno));
	return 3;
}

static int check(const char *export_name, const char *heads_name)
{
	bool is_stdin = strcmp(export_name, "-") == 0, ok;
	FILE *in = is_stdin ? stdin : fopen(export_name, "rb");
	FILE *heads = heads_name ? fopen(heads_name, "rb") : NULL;
	struct export_result result;
	int64_t told = 0;
	int status = 3;

	if (!in) {
		cannot_read(export_name);
	} else if (heads_name && !heads) {
		cannot_read(heads_name);
	} else {
		ok = export_check(in, heads, tell, &told, &result);
		if (!ok)
			cannot_read(export_name);
		else
			status = result.n_faults > 0;
		if (told > MOST_TOLD)
			printf("and %" PRId64 " more\n", told - MOST_TOLD);
		if (ok)
			printf("%s: %" PRId64 " events, %" PRId64 " faults\n",
			       status ? "WRONG" : "OK", result.n_events, result.n_faults);
	}
	if (in && !is_stdin)
		fclose(in);
	if (heads)
		fclose(heads);
	return status;
}

/* False when they are not as the usage says. */
static bool read_arguments(int argc, char **argv, const char **ret_export, const char **ret_heads)
{
	for (int i = 1; i < argc; i++) {
		bool is_option = argv[i][0] == '-' && argv[i][1] != '\0';

		if (strcmp(argv[i], "--heads") == 0 && i + 1 < argc && !*ret_heads)
			*ret_heads = argv[++i];
		else if (!is_option && !*ret_export)
			*ret_export = argv[i];
		else
			return false;
	}
	return *ret_export != NULL;
}

int main(int argc, char **argv)
{
	const char *export_name = NULL, *heads_name = NULL;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (!read_arguments(argc, argv, &export_name, &heads_name)) {
		fputs(usage, stderr);
		return 2;
	}
	return check(export_name, heads_name);
}
