/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/parse.h"

void fuzz_parse(const char *bytes, size_t n)
{
	struct parse_options o = { .format = FORMAT_AUTO };
	struct belief b;
	struct err e = { 0 };

	belief_init(&b, -1);
	if (!parse_bytes(bytes, n, &o, &(struct sink){ &b, believe_take, NULL }, &e))
		ENSURE(e.code != ERR_NONE && e.msg[0]);
	belief_done(&b);
}

FUZZ_TARGET(parse)
