/* SPDX-License-Identifier: Apache-2.0 */
/* Replays the corpora and the findings of the fuzzers. */
#include "test.h"

#include "../fuzz/fuzz.h"

#include <dirent.h>

/* Calls the target with each file of the folder; returns how many there are. */
static int replay(const char *folder, const char *name, void (*target)(const char *, size_t))
{
	char path[512];
	struct dirent *f;
	int n = 0;
	DIR *d;

	snprintf(path, sizeof path, "fuzz/%s/%s", folder, name);
	d = opendir(path);
	while (d && (f = readdir(d)) != NULL) {
		/* No byte more than the input has, so that reading over its end shows. */
		char *bytes = malloc(1 << 20), *exact;
		size_t len;
		FILE *in;

		snprintf(path, sizeof path, "fuzz/%s/%s/%s", folder, name, f->d_name);
		in = f->d_name[0] == '.' ? NULL : fopen(path, "rb");
		if (in) {
			len = fread(bytes, 1, 1 << 20, in);
			fclose(in);
			exact = malloc(len ? len : 1);
			memcpy(exact, bytes, len);
			target(exact, len);
			free(exact);
			n++;
		}
		free(bytes);
	}
	if (d)
		closedir(d);
	return n;
}

static void replays_what_fuzzing_found(void **state)
{
	static const struct {
		const char *name;
		void (*target)(const char *, size_t);
	} targets[] = {
		{ "form", fuzz_form },
		{ "message", fuzz_message },
		{ "multipart", fuzz_multipart },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		if (replay("corpus", targets[i].name, targets[i].target) == 0)
			fail_msg("fuzz/corpus/%s is empty", targets[i].name);
		replay("found", targets[i].name, targets[i].target);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(replays_what_fuzzing_found) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
