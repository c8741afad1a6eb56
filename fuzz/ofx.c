/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/ofx.h"

void fuzz_ofx(const char *bytes, size_t n)
{
	believe_decoded(ofx_read, bytes, n);
}

FUZZ_TARGET(ofx)
