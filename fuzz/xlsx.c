/* SPDX-License-Identifier: Apache-2.0 */
/* Raw archives get stuck at their checksums, so an input that is none becomes the parts of a workbook:
 * sheet, shared strings and styles, separated by NUL. */
#include "fuzz.h"

#include "believe.h"
#include "format/xlsx.h"

#include <zlib.h>

enum { ROOM = 1 << 20, PARTS_MAX = 5 };

struct archive {
	unsigned char bytes[ROOM];
	size_t n;
	struct {
		const char *name;
		const char *s;
		size_t n, at;
	} part[PARTS_MAX];
	size_t n_parts;
};

static void put(struct archive *a, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		a->bytes[a->n++] = (unsigned char)(v >> (8 * i));
}

static void put_text(struct archive *a, const char *s, size_t n)
{
	if (n)
		memcpy(a->bytes + a->n, s, n);
	a->n += n;
}

/* What local and central header have in common, from the version on. */
static void put_common(struct archive *a, size_t i)
{
	put(a, 20, 2);
	put(a, 0, 2);
	put(a, 0, 2); /* stored */
	put(a, 0, 4);
	put(a, (uint32_t)crc32(0, (const unsigned char *)a->part[i].s, (uInt)a->part[i].n), 4);
	put(a, (uint32_t)a->part[i].n, 4);
	put(a, (uint32_t)a->part[i].n, 4);
	put(a, (uint32_t)strlen(a->part[i].name), 2);
	put(a, 0, 2);
}

static void build(struct archive *a)
{
	size_t directory;

	for (size_t i = 0; i < a->n_parts; i++) {
		a->part[i].at = a->n;
		put_text(a, "PK\3\4", 4);
		put_common(a, i);
		put_text(a, a->part[i].name, strlen(a->part[i].name));
		put_text(a, a->part[i].s, a->part[i].n);
	}
	directory = a->n;
	for (size_t i = 0; i < a->n_parts; i++) {
		put_text(a, "PK\1\2", 4);
		put(a, 20, 2);
		put_common(a, i);
		put(a, 0, 2);
		put(a, 0, 4);
		put(a, 0, 4);
		put(a, (uint32_t)a->part[i].at, 4);
		put_text(a, a->part[i].name, strlen(a->part[i].name));
	}
	put_text(a, "PK\5\6\0\0\0\0", 8);
	put(a, (uint32_t)a->n_parts, 2);
	put(a, (uint32_t)a->n_parts, 2);
	put(a, (uint32_t)(a->n - 12 - directory), 4);
	put(a, (uint32_t)directory, 4);
	put(a, 0, 2);
}

static void add_part(struct archive *a, const char *name, const char *s, size_t n)
{
	a->part[a->n_parts].name = name;
	a->part[a->n_parts].s = s;
	a->part[a->n_parts++].n = n;
}

static void split(struct archive *a, const char *bytes, size_t n)
{
	static const char workbook[] =
		"<workbook xmlns:r='r'><sheets><sheet name='S' r:id='r1'/></sheets></workbook>";
	static const char relations[] = "<Relationships><Relationship Id='r1' "
					"Target='worksheets/sheet1.xml'/></Relationships>";
	static const char *const names[] = { "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
					     "xl/styles.xml" };

	add_part(a, "xl/workbook.xml", workbook, sizeof workbook - 1);
	add_part(a, "xl/_rels/workbook.xml.rels", relations, sizeof relations - 1);
	for (size_t i = 0; i < ARRAY_LEN(names) && n; i++) {
		const char *nul = i < 2 ? memchr(bytes, 0, n) : NULL;
		size_t len = nul ? (size_t)(nul - bytes) : n;
		add_part(a, names[i], bytes, len);
		n -= len + (nul ? 1 : 0);
		bytes += len + (nul ? 1 : 0);
	}
	build(a);
}

void fuzz_xlsx(const char *bytes, size_t n)
{
	struct parse_options o = { .format = FORMAT_XLSX };
	struct parse_total total = { .from = DAY_NONE, .to = DAY_NONE, .closing_on = DAY_NONE };
	struct archive *a = NULL;
	struct belief b;
	struct err e = { 0 };

	if (n > ROOM / 2)
		return;
	if (n < 2 || memcmp(bytes, "PK", 2) != 0) {
		a = calloc(1, sizeof *a);
		ENSURE(a != NULL);
		split(a, bytes, n);
		bytes = (const char *)a->bytes;
		n = a->n;
	}
	belief_init(&b, -1);
	if (!xlsx_read(bytes, n, &o, &total, &(struct sink){ &b, believe_take, NULL }, &e))
		ENSURE(e.code != ERR_NONE);
	belief_done(&b);
	free(a);
}

FUZZ_TARGET(xlsx)
