/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip.h - the few things of a ZIP file that a workbook needs: find an entry, inflate it in pieces.
 *
 * Only the central directory is believed, and only as far as it fits in the file. Encrypted entries,
 * ZIP64, entries that unpack to more than their ceiling or pack suspiciously well are refused; the
 * checksum is compared.
 */
#ifndef FORMAT_ZIP_H
#define FORMAT_ZIP_H

#include "base/err.h"

enum { ZIP_ENTRIES_MAX = 4096, ZIP_RATIO_MAX = 300 };

#define ZIP_UNPACKED_MAX ((size_t)1 << 30)

struct zip {
	const unsigned char *bytes;
	size_t n;
	size_t directory, n_entries;
};

struct zip_entry {
	size_t at; /* of its local header */
	size_t packed, unpacked;
	uint32_t crc;
	int method;
};

/* ERR_FORMAT when there is no readable directory. The bytes must outlive the zip. */
bool zip_open(const char *bytes, size_t n, struct zip *ret, struct err *e) NODISCARD;

/* False when there is no entry of that name (exactly). */
bool zip_find(const struct zip *z, const char *name, struct zip_entry *ret);

/* Gives the entry's content piece by piece; stops with false when fn does. */
bool zip_unpack(const struct zip *z, const struct zip_entry *f,
		bool (*fn)(void *arg, const char *piece, size_t n, struct err *e), void *arg,
		struct err *e) NODISCARD;

#endif
