/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/mt940.h"

void fuzz_mt940(const char *bytes, size_t n)
{
	believe_decoded(mt940_read, bytes, n);
}

FUZZ_TARGET(mt940)
