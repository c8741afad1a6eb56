/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "verifier/export.h"

#include <stdio.h>

static void look(void *arg, int64_t line, const char *kind, int64_t position, int64_t event_id,
		 const char *text)
{
	int64_t *n = arg;

	ENSURE(line >= 0 && *kind && *text && position >= 0);
	(void)event_id;
	++*n;
}

/* The same bytes as export and as heads: the faults told are those counted. */
void fuzz_seal(const char *bytes, size_t n)
{
	FILE *in = tmpfile(), *heads = tmpfile();
	struct export_result r;
	int64_t told = 0;

	ENSURE(in && heads);
	ENSURE(fwrite(bytes, 1, n, in) == n && fwrite(bytes, 1, n, heads) == n);
	rewind(in);
	rewind(heads);
	ENSURE(export_check(in, heads, look, &told, &r));
	ENSURE(told == r.n_faults && r.n_events >= 0);
	fclose(in);
	fclose(heads);
}

FUZZ_TARGET(seal)
