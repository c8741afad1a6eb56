/* SPDX-License-Identifier: Apache-2.0 */
/* th.c - compiles a page template: th INPUT.th OUTPUT.c */
#include "template.h"

#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 20 };

static bool read_all(const char *path, struct arena *a, char **ret)
{
	FILE *f = fopen(path, "rb");
	char *text = arena_alloc(a, INPUT_MAX + 1);
	size_t n;

	if (!f)
		return false;
	n = fread(text, 1, INPUT_MAX, f);
	if (ferror(f) || n == INPUT_MAX || memchr(text, '\0', n)) {
		fclose(f);
		return false;
	}
	fclose(f);
	*ret = text;
	return true;
}

static bool write_all(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wb");
	bool ok;

	if (!f)
		return false;
	ok = fwrite(b->data, 1, b->len, f) == b->len;
	return fclose(f) == 0 && ok;
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new(64 << 20);
	struct buf out;
	struct err e = { 0 };
	char *text;
	int status = 1;

	if (argc != 3) {
		fprintf(stderr, "usage: th INPUT.th OUTPUT.c\n");
		arena_free(a);
		return 2;
	}
	buf_init(&out, a);
	if (!read_all(argv[1], a, &text))
		fprintf(stderr, "%s: cannot be read, or is no text of less than 1 MiB\n", argv[1]);
	else if (!template_compile(a, argv[1], text, &out, &e))
		fprintf(stderr, "%s:%d: error: %s\n", argv[1], e.line, e.msg);
	else if (!write_all(argv[2], &out))
		fprintf(stderr, "%s: could not be written\n", argv[2]);
	else
		status = 0;
	arena_free(a);
	return status;
}
