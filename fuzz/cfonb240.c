/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/cfonb240.h"
#include "format/encoding.h"

void fuzz_cfonb240(const char *bytes, size_t n)
{
	struct parse_total total = { .from = DAY_NONE, .to = DAY_NONE, .closing_on = DAY_NONE };
	struct belief b;
	struct err e = { 0 };
	struct decoded d;

	if (!encoding_decode(bytes, n, &d, &e))
		return;
	belief_init(&b, -1);
	if (!cfonb240_read(d.text, d.len, &total, &(struct sink){ &b, believe_take, NULL }, &e))
		ENSURE(e.code != ERR_NONE);
	belief_done(&b);
	decoded_done(&d);
}

FUZZ_TARGET(cfonb240)
