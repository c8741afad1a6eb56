/* SPDX-License-Identifier: Apache-2.0 */
#include "format/zip.h"

#include <zlib.h>

enum {
	END_LEN = 22, /* end of central directory */
	COMMENT_MAX = 65535,
	CENTRAL_LEN = 46, /* a file header of the directory, without its texts */
	LOCAL_LEN = 30,
	ENCRYPTED = 1,
	STORED = 0,
	DEFLATED = 8,
	PIECE = 64 << 10,
	SMALL = 1 << 20 /* what unpacks to less than this is no bomb */
};

static uint32_t u16(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
	return u16(p) | u16(p + 2) << 16;
}

bool zip_open(const char *bytes, size_t n, struct zip *ret, struct err *e)
{
	const unsigned char *s = (const unsigned char *)bytes, *end = NULL;
	struct zip z = { .bytes = s, .n = n };
	size_t size;

	if (n >= END_LEN) {
		size_t lowest = n > END_LEN + COMMENT_MAX ? n - END_LEN - COMMENT_MAX : 0;
		for (size_t i = n - END_LEN + 1; i-- > lowest && !end;)
			if (memcmp(s + i, "PK\5\6", 4) == 0)
				end = s + i;
	}
	if (!end)
		return err_set(e, ERR_FORMAT, "the archive is cut off: its end is missing");
	z.n_entries = u16(end + 10);
	size = u32(end + 12);
	z.directory = u32(end + 16);
	if (z.n_entries == 0xFFFF || z.directory == 0xFFFFFFFF)
		return err_set(e, ERR_FORMAT, "the archive is of a kind (ZIP64) that is not read");
	if (z.n_entries > ZIP_ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "the archive has too many entries");
	if (z.directory > n || size > n - z.directory)
		return err_set(e, ERR_FORMAT,
			       "the archive is damaged: its directory is out of place");
	*ret = z;
	return true;
}

bool zip_find(const struct zip *z, const char *name, struct zip_entry *ret)
{
	size_t at = z->directory, name_len = strlen(name);

	for (size_t i = 0; i < z->n_entries; i++) {
		const unsigned char *h = z->bytes + at;
		size_t len, skip;
		if (z->n - at < CENTRAL_LEN || memcmp(h, "PK\1\2", 4) != 0)
			return false;
		len = u16(h + 28);
		skip = CENTRAL_LEN + len + u16(h + 30) + u16(h + 32);
		if (skip > z->n - at)
			return false;
		if (len == name_len && memcmp(h + CENTRAL_LEN, name, len) == 0) {
			*ret = (struct zip_entry){
				.at = u32(h + 42),
				.packed = u32(h + 20),
				.unpacked = u32(h + 24),
				.crc = u32(h + 16),
				.method = (u16(h + 8) & ENCRYPTED) ? -1 : (int)u16(h + 10),
			};
			return true;
		}
		at += skip;
	}
	return false;
}

/* Where the entry's packed bytes begin; NULL when they do not fit in the file. */
static const unsigned char *content(const struct zip *z, const struct zip_entry *f)
{
	const unsigned char *h = z->bytes + f->at;
	size_t skip;

	if (f->at > z->n || z->n - f->at < LOCAL_LEN || memcmp(h, "PK\3\4", 4) != 0)
		return NULL;
	skip = LOCAL_LEN + u16(h + 26) + u16(h + 28);
	if (skip > z->n - f->at || f->packed > z->n - f->at - skip)
		return NULL;
	return h + skip;
}

static bool damaged(struct err *e)
{
	return err_set(e, ERR_FORMAT, "the archive is damaged: an entry cannot be unpacked");
}

/* An entry on its way out. */
struct unpacking {
	const struct zip_entry *entry;
	bool (*fn)(void *arg, const char *piece, size_t n, struct err *e);
	void *arg;
	size_t done;
	uint32_t crc;
};

static bool hand_on(struct unpacking *u, const unsigned char *piece, size_t n, struct err *e)
{
	u->done += n;
	if (u->done > u->entry->unpacked)
		return damaged(e);
	u->crc = (uint32_t)crc32(u->crc, piece, (uInt)n);
	return u->fn(u->arg, (const char *)piece, n, e);
}

static bool inflate_all(struct unpacking *u, const unsigned char *packed, struct err *e)
{
	unsigned char piece[PIECE];
	z_stream s = { .next_in = (unsigned char *)(uintptr_t)packed,
		       .avail_in = (uInt)u->entry->packed };
	int status;
	bool ok = true;

	if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
		return err_set(e, ERR_LIMIT, "no memory to unpack the archive");
	do {
		s.next_out = piece;
		s.avail_out = PIECE;
		status = inflate(&s, Z_NO_FLUSH);
		if (status != Z_OK && status != Z_STREAM_END)
			ok = damaged(e);
		else
			ok = hand_on(u, piece, PIECE - s.avail_out, e);
		if (ok && status == Z_OK && s.avail_out == PIECE)
			ok = damaged(e); /* nothing more comes, but no end either */
	} while (ok && status != Z_STREAM_END);
	inflateEnd(&s);
	return ok;
}

bool zip_unpack(const struct zip *z, const struct zip_entry *f,
		bool (*fn)(void *arg, const char *piece, size_t n, struct err *e), void *arg,
		struct err *e)
{
	struct unpacking u = { .entry = f, .fn = fn, .arg = arg };
	const unsigned char *packed = content(z, f);

	if (f->method == -1)
		return err_set(e, ERR_FORMAT, "the archive is protected by a password");
	if (!packed)
		return damaged(e);
	if (f->unpacked > ZIP_UNPACKED_MAX ||
	    (f->unpacked > SMALL && f->unpacked / ZIP_RATIO_MAX > f->packed))
		return err_set(e, ERR_LIMIT, "the archive unpacks to far more than it holds");
	if (f->method == STORED) {
		if (f->packed != f->unpacked)
			return damaged(e);
		for (size_t at = 0; at < f->packed; at += PIECE)
			if (!hand_on(&u, packed + at,
				     f->packed - at < PIECE ? f->packed - at : PIECE, e))
				return false;
	} else if (f->method == DEFLATED) {
		if (!inflate_all(&u, packed, e))
			return false;
	} else {
		return err_set(e, ERR_FORMAT, "the archive is packed in a way that is not read");
	}
	return (u.done == f->unpacked && u.crc == f->crc) || damaged(e);
}
