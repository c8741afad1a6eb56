/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/coda.h"

void fuzz_coda(const char *bytes, size_t n)
{
	believe_decoded(coda_read, bytes, n);
}

FUZZ_TARGET(coda)
