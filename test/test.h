/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test.h - what every test includes: cmocka with the headers it wants before itself.
 *
 * Test names are sentences. Tests that read the shared sample files ask test_data() and skip with a notice
 * where they are absent.
 */
#ifndef TEST_TEST_H
#define TEST_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"

/* Path of a file of the field's samples (ENCOURS_TEST_DATA, else ../shared/data beside the project), or
 * skips the test with a notice when it is not there. The result lives until the next call. */
static inline const char *test_data(const char *path)
{
	static char full[4096];
	const char *root = getenv("ENCOURS_TEST_DATA");
	FILE *f;

	snprintf(full, sizeof full, "%s/%s", root ? root : "../shared/data", path);
	f = fopen(full, "rb");
	if (!f) {
		print_message("skipped: sample %s is not here\n", path);
		skip();
	}
	fclose(f);
	return full;
}

#endif
