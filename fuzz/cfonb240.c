/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/cfonb240.h"

void fuzz_cfonb240(const char *bytes, size_t n)
{
	believe_decoded(cfonb240_read, bytes, n);
}

FUZZ_TARGET(cfonb240)
