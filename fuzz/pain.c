/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/pain.h"

void fuzz_pain(const char *bytes, size_t n)
{
	struct err e = { 0 };

	believe_text(pain002_read, bytes, n);
	ENSURE(!pain_order_refuse(bytes, n, &e) && e.code != ERR_NONE);
}

FUZZ_TARGET(pain)
