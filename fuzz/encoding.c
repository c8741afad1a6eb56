/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "format/encoding.h"

void fuzz_encoding(const char *bytes, size_t n)
{
	struct decoded d;
	struct lines lines;
	const char *line;
	size_t len, total = 0;

	if (!encoding_decode(bytes, n, &d, NULL))
		return;
	ENSURE(encoding_utf8_fault(d.text, d.len) == d.len);
	ENSURE(d.len == 0 || !memchr(d.text, 0, d.len));
	lines_init(&lines, d.text, d.len);
	while (lines_next(&lines, &line, &len)) {
		ENSURE(line >= d.text && line + len <= d.text + d.len);
		total += len;
	}
	ENSURE(total <= d.len);
	decoded_done(&d);
}

FUZZ_TARGET(encoding)
