/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/cfonb.h"

void fuzz_cfonb(const char *bytes, size_t n)
{
	believe_decoded(cfonb_read, bytes, n);
}

FUZZ_TARGET(cfonb)
