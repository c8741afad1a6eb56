/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "believe.h"
#include "format/fec.h"

/* Its name says whose it is and of which year. */
static bool read_named(const char *text, size_t len, struct parse_total *total,
		       const struct sink *sink, struct err *e)
{
	static const struct parse_options o = { .name = "123456782FEC20261231.txt" };

	return fec_read(text, len, &o, total, sink, e);
}

void fuzz_fec(const char *bytes, size_t n)
{
	believe_decoded(read_named, bytes, n);
}

FUZZ_TARGET(fec)
