/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/camt.h"

void fuzz_camt(const char *bytes, size_t n)
{
	believe_text(camt_read, bytes, n);
}

FUZZ_TARGET(camt)
