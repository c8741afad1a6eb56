/* SPDX-License-Identifier: Apache-2.0 */
/* Multipart forms: what is read must not depend on how the bytes arrive. */
#include "fuzz.h"

#include "base/buf.h"
#include "web/multipart.h"

static bool note_begin(void *arg, const char *name, const char *file_name, const char *media_type,
		       struct err *e)
{
	(void)e;
	buf_printf(arg, "[%s|%s|%s|", name, file_name ? file_name : "-", media_type);
	return true;
}

static bool note_data(void *arg, const char *bytes, size_t n, struct err *e)
{
	(void)e;
	ENSURE(n > 0);
	buf_add(arg, bytes, n);
	return true;
}

static bool note_end(void *arg, struct err *e)
{
	(void)e;
	buf_puts(arg, "]");
	return true;
}

static const struct multipart_sink sink = { note_begin, note_data, note_end };

/* Feeds pieces of `step` bytes; the notes, and whether it was a form to its end. */
static bool read_in_steps(const char *bytes, size_t n, size_t step, struct buf *notes)
{
	struct multipart m;
	struct err e = { 0 };

	ENSURE(multipart_init(&m, "b", &sink, notes, &e));
	for (size_t i = 0; i < n; i += step) {
		if (!multipart_feed(&m, bytes + i, n - i < step ? n - i : step, &e)) {
			ENSURE(e.code != ERR_NONE);
			return false;
		}
	}
	return multipart_finish(&m, &e);
}

void fuzz_multipart(const char *bytes, size_t n)
{
	static const size_t steps[] = { 1, 7, 4096 };
	struct arena *a = arena_new(256 << 20);
	struct buf whole;
	bool ok;

	buf_init(&whole, a);
	ok = read_in_steps(bytes, n, n ? n : 1, &whole);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct buf parts;

		buf_init(&parts, a);
		ENSURE(read_in_steps(bytes, n, steps[i], &parts) == ok);
		if (ok)
			ENSURE(parts.len == whole.len &&
			       memcmp(buf_str(&parts), buf_str(&whole), whole.len) == 0);
	}
	arena_free(a);
}

FUZZ_TARGET(multipart)
