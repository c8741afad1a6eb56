/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_folder.h"

#include "base/log.h"
#include "base/text.h"
#include "ledger/book_file.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char *text(const char *format, const char *a, const char *b)
{
	char s[BOOK_PATH];
	int n = snprintf(s, sizeof s, "%s%s%s", a, format, b);
	char *copy = n > 0 && (size_t)n < sizeof s - 64 ? strdup(s) : NULL;

	return copy;
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		log_line(LOG_WARNING, "book", "could not create %s: %s", path, strerror(errno));
}

/* Each database has its own, named by what its address hashes to: an address may hold a password. */
static char *cache_folder(const char *url)
{
	const char *set = getenv("ENCOURS_BOOK_DIR"), *home = getenv("HOME");
	unsigned char digest[crypto_hash_sha256_BYTES];
	char name[2 * 16 + 1], *base, *folder;

	if (!str_empty(set))
		base = strdup(set);
	else if (!str_empty(getenv("XDG_CACHE_HOME")))
		base = text("/encours", getenv("XDG_CACHE_HOME"), "");
	else if (!str_empty(home))
		base = text("/.cache", home, "");
	else
		return NULL;
	if (!base)
		return NULL;
	make_folder(base);
	crypto_hash_sha256(digest, (const unsigned char *)url, strlen(url));
	sodium_bin2hex(name, sizeof name, digest, 16);
	folder = text("/encours-", base, name);
	free(base);
	return folder;
}

char *book_folder_of(const char *url)
{
	if (str_starts(url, "sqlite:"))
		return text(".book", url + strlen("sqlite:"), "");
	return cache_folder(url);
}
