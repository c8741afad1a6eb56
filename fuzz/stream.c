/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "format/stream.h"

#include <stdlib.h>

void fuzz_stream(const char *bytes, size_t n)
{
	struct stream_reader r;
	struct stream_writer w;
	size_t at = 0;

	ENSURE(stream_writer_init(&w, -1, INT64_MAX));
	stream_reader_init(&r);
	for (;;) {
		struct stream_item item;
		size_t used;
		enum stream_state s = stream_next(&r, bytes + at, n - at, &used, &item, NULL);
		if (s != STREAM_ITEM)
			break;
		ENSURE(used <= n - at);
		at += used;
		/* What was believed can be said again. */
		ENSURE(stream_put(&w, item.kind, item.value, NULL) || w.n == 0 || used > 1 << 16);
		w.n = 0;
		w.written = 1;
	}
	stream_reader_done(&r);
	stream_writer_done(&w);
}

FUZZ_TARGET(stream)
