/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed.c - files into C, so that the program is one file.
 *
 *	embed blob SYMBOL OUTPUT.c FILE		SYMBOL[] and SYMBOL_size
 *	embed files SYMBOL OUTPUT.c FILE...	the table SYMBOL[] of base/embed.h and SYMBOL_n
 *	embed assets OUTPUT.c FILE...		the table of web/asset.h: address with the content's hash,
 *						media type, bytes, and bytes compressed once and for all
 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { FILE_MAX = 4 << 20 };

static unsigned char *read_file(struct arena *a, const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "rb");
	unsigned char *bytes;

	if (!f) {
		fprintf(stderr, "embed: %s cannot be read\n", path);
		exit(1);
	}
	bytes = arena_alloc(a, FILE_MAX);
	*ret_size = fread(bytes, 1, FILE_MAX, f);
	if (*ret_size == FILE_MAX || ferror(f)) {
		fprintf(stderr, "embed: %s is larger than 4 MiB\n", path);
		exit(1);
	}
	fclose(f);
	return bytes;
}

static void put_bytes(FILE *out, const char *declaration, const unsigned char *bytes, size_t n)
{
	fprintf(out, "%s[%zu] = {", declaration, n + 1);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%u,", i % 24 ? "" : "\n", bytes[i]);
	fprintf(out, "\n0};\n");
}

static void blob(FILE *out, struct arena *a, const char *symbol, const char *path)
{
	size_t n;
	unsigned char *bytes = read_file(a, path, &n);

	fprintf(out, "#include <stddef.h>\n");
	fprintf(out, "extern const unsigned char %s[];\nextern const size_t %s_size;\n", symbol,
		symbol);
	put_bytes(out, arena_printf(a, "const unsigned char %s", symbol), bytes, n);
	fprintf(out, "const size_t %s_size = %zu;\n", symbol, n);
}

static void files(FILE *out, struct arena *a, const char *symbol, char **paths, int n_paths)
{
	struct buf table;

	buf_init(&table, a);
	fprintf(out, "#include \"base/embed.h\"\n");
	for (int i = 0; i < n_paths; i++) {
		const char *slash = strrchr(paths[i], '/');
		size_t n;
		unsigned char *bytes = read_file(a, paths[i], &n);

		put_bytes(out, arena_printf(a, "static const unsigned char file_%d", i), bytes, n);
		buf_printf(&table, "\t{ \"%s\", file_%d, %zu },\n", slash ? slash + 1 : paths[i], i,
			   n);
	}
	fprintf(out, "extern const struct embedded_file %s[];\nextern const size_t %s_n;\n", symbol,
		symbol);
	fprintf(out, "const struct embedded_file %s[] = {\n%s};\n", symbol, buf_str(&table));
	fprintf(out, "const size_t %s_n = %d;\n", symbol, n_paths);
}

/* FNV-1a: the address must change when the content does; nobody attacks it. */
static uint64_t hash(const unsigned char *bytes, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < n; i++)
		h = (h ^ bytes[i]) * UINT64_C(1099511628211);
	return h;
}

static const char *media_type(const char *extension)
{
	static const struct {
		const char *extension, *type;
	} types[] = {
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
		{ ".woff2", "font/woff2" },
		{ ".png", "image/png" },
		{ ".ico", "image/x-icon" },
		{ ".txt", "text/plain; charset=utf-8" },
		{ ".webmanifest", "application/manifest+json" },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (str_eq(extension, types[i].extension))
			return types[i].type;
	}
	fprintf(stderr, "embed: no media type is known for \"%s\"\n", extension);
	exit(1);
}

static unsigned char *compress_once(struct arena *a, unsigned char *bytes, size_t n, size_t *ret_n)
{
	z_stream z = { 0 };
	unsigned char *packed;
	size_t room;

	ENSURE(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK);
	room = deflateBound(&z, n);
	packed = arena_alloc(a, room);
	z.next_in = bytes;
	z.avail_in = (uInt)n;
	z.next_out = packed;
	z.avail_out = (uInt)room;
	ENSURE(deflate(&z, Z_FINISH) == Z_STREAM_END);
	*ret_n = z.total_out;
	deflateEnd(&z);
	return packed;
}

/* The addresses of files embedded so far. */
struct address {
	const char *name, *url;
};

/* A style sheet names its fonts by url("NAME"): written as their addresses, which carry the hash. A file
 * named must stand earlier in the list. */
static unsigned char *with_addresses(struct arena *a, unsigned char *text, size_t *n,
				     const struct address *known, int n_known)
{
	static const char opening[] = "url(\"";
	struct buf b;
	const char *s = (const char *)text;
	const char *end = s + *n;

	text[*n] = '\0'; /* read_file leaves room */
	buf_init(&b, a);
	while (s < end) {
		if ((size_t)(end - s) > strlen(opening) && str_starts(s, opening)) {
			for (int i = 0; i < n_known; i++) {
				size_t size = strlen(known[i].name);

				if (str_starts(s + strlen(opening), known[i].name) &&
				    s[strlen(opening) + size] == '"') {
					buf_puts(&b, opening);
					buf_puts(&b, known[i].url);
					s += strlen(opening) + size;
					break;
				}
			}
		}
		buf_putc(&b, *s++);
	}
	*n = b.len;
	return (unsigned char *)b.data;
}

static void assets(FILE *out, struct arena *a, char **paths, int n_paths)
{
	struct address *known = ARENA_ARRAY(a, (size_t)n_paths, struct address);
	struct buf table;

	buf_init(&table, a);
	fprintf(out, "#include \"web/asset.h\"\n");
	for (int i = 0; i < n_paths; i++) {
		const char *slash = strrchr(paths[i], '/');
		const char *name = slash ? slash + 1 : paths[i];
		const char *extension = strrchr(name, '.');
		size_t n, n_packed;
		unsigned char *bytes = read_file(a, paths[i], &n);
		unsigned char *packed;
		bool smaller;

		if (str_eq(extension, ".css"))
			bytes = with_addresses(a, bytes, &n, known, i);
		packed = compress_once(a, bytes, n, &n_packed);
		smaller = n_packed + n / 20 < n;
		known[i].name = name;
		known[i].url =
			arena_printf(a, "/static/%.*s.%016" PRIx64 "%s", (int)(extension - name),
				     name, hash(bytes, n), extension);
		put_bytes(out, arena_printf(a, "static const unsigned char plain_%d", i), bytes, n);
		if (smaller)
			put_bytes(out, arena_printf(a, "static const unsigned char packed_%d", i),
				  packed, n_packed);
		buf_printf(&table, "\t{ \"%s\", \"%s\", \"%s\", plain_%d, %zu, ", name,
			   known[i].url, media_type(extension), i, n);
		if (smaller)
			buf_printf(&table, "packed_%d, %zu },\n", i, n_packed);
		else
			buf_puts(&table, "NULL, 0 },\n");
	}
	fprintf(out, "const struct asset web_assets[] = {\n%s\t{ 0 }\n};\n", buf_str(&table));
	fprintf(out, "const size_t web_n_assets = %d;\n", n_paths);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new(0);
	bool is_blob = argc == 5 && str_eq(argv[1], "blob");
	bool is_files = argc >= 5 && str_eq(argv[1], "files");
	bool is_assets = argc >= 3 && str_eq(argv[1], "assets");
	FILE *out = NULL;

	if (is_blob || is_files || is_assets)
		out = fopen(argv[is_assets ? 2 : 3], "wb");
	if (!out) {
		fprintf(stderr,
			"usage: embed blob SYMBOL OUTPUT.c FILE | files SYMBOL OUTPUT.c FILE..."
			" | assets OUTPUT.c FILE...\n");
		return 2;
	}
	if (is_blob)
		blob(out, a, argv[2], argv[4]);
	else if (is_files)
		files(out, a, argv[2], argv + 4, argc - 4);
	else
		assets(out, a, argv + 3, argc - 3);
	arena_free(a);
	return fclose(out) == 0 ? 0 : 1;
}
