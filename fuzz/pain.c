/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/pain.h"

void fuzz_pain(const char *bytes, size_t n)
{
	struct parse_total total = { .from = DAY_NONE, .to = DAY_NONE, .closing_on = DAY_NONE };
	struct belief b;
	struct err e = { 0 };

	belief_init(&b, -1);
	if (!pain002_read(bytes, n, &total, &(struct sink){ &b, believe_take, NULL }, &e))
		ENSURE(e.code != ERR_NONE);
	belief_done(&b);
	e = (struct err){ 0 };
	ENSURE(!pain_order_refuse(bytes, n, &e) && e.code != ERR_NONE);
}

FUZZ_TARGET(pain)
