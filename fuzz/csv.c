/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/csv.h"

void fuzz_csv(const char *bytes, size_t n)
{
	believe_decoded(csv_read, bytes, n);
}

FUZZ_TARGET(csv)
