/* SPDX-License-Identifier: Apache-2.0 */
#include "db/seal_export.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

enum { PAGE = 1000, HEX = 2 * SEAL_HASH + 1 };

static void put_text(FILE *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '\\':
			fputs("\\\\", out);
			break;
		case '\t':
			fputs("\\t", out);
			break;
		case '\n':
			fputs("\\n", out);
			break;
		case '\r':
			fputs("\\r", out);
			break;
		default:
			putc(*s, out);
		}
	}
}

static void put_column(FILE *out, const struct rows *r, int col)
{
	put_text(out, row_text(r, col));
	putc('\t', out);
}

/* A NULL is written "-"; true when the bytes were as many as they should be. */
static bool put_bytes(FILE *out, const struct rows *r, int col, size_t expected)
{
	char hex[HEX];
	const void *bytes;
	size_t n;

	if (row_is_null(r, col)) {
		fputs("-\t", out);
		return true;
	}
	bytes = row_blob(r, col, &n);
	if (n != expected)
		return false;
	fprintf(out, "%s\t", sodium_bin2hex(hex, sizeof hex, bytes, n));
	return true;
}

static bool put_event(FILE *out, const struct rows *r, struct seal_head *head, struct err *e)
{
	const void *hash;
	size_t n;

	head->position = row_i64(r, 0);
	head->sealed = row_i64(r, 1);
	fprintf(out, "%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t", head->position,
		head->sealed, row_i64(r, 2), row_i64(r, 3));
	put_column(out, r, 4);
	put_column(out, r, 5);
	fprintf(out, "%" PRId64 "\t", row_i64(r, 6));
	put_column(out, r, 7);
	fprintf(out, "%" PRId64 "\t", row_i64(r, 8));
	if (!put_bytes(out, r, 9, SEAL_SALT) || !put_bytes(out, r, 10, SEAL_HASH) ||
	    !put_bytes(out, r, 11, SEAL_HASH))
		return err_set(e, ERR_DB, "the seal of position %" PRId64 " is damaged",
			       head->position);
	hash = row_blob(r, 11, &n);
	memcpy(head->hash, hash, SEAL_HASH);
	put_text(out, row_text(r, 12));
	putc('\n', out);
	return true;
}

static bool put_page(struct db *db, FILE *out, struct seal_head *head, size_t *ret_n, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;
	size_t n = 0;

	if (!db_query(
		    db,
		    "SELECT s.position, s.sealed, s.event_id, e.entity_id, e.kind, e.subject_kind,"
		    " e.subject_id, e.actor, e.recorded, s.salt, s.commitment, s.hash, e.body"
		    " FROM seal s JOIN event e ON e.id = s.event_id WHERE s.position > $1"
		    " ORDER BY s.position LIMIT $2",
		    DB_PARAMS(P_I64(head->position), P_I64(PAGE)), &r, e))
		return false;
	for (;;) {
		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			break;
		if (!put_event(out, r, head, e))
			return false;
		n++;
	}
	*ret_n = n;
	return true;
}

static bool put_all(struct db *db, FILE *out, struct seal_head *head, struct err *e)
{
	int64_t total = 0;
	char hex[HEX];
	size_t n;

	fputs("encours-seal\t1\n", out);
	do {
		if (!put_page(db, out, head, &n, e))
			return false;
		total += (int64_t)n;
	} while (n == PAGE);
	fprintf(out, "end\t%" PRId64 "\t%s\n", total,
		sodium_bin2hex(hex, sizeof hex, head->hash, SEAL_HASH));
	if (fflush(out) != 0 || ferror(out))
		return err_set(e, ERR_IO, "could not write the export: %s", strerror(errno));
	return true;
}

bool seal_export(struct db *db, FILE *out, struct seal_head *ret, struct err *e)
{
	struct seal_head head = { 0 };
	bool ok;

	if (!db_begin_read(db, e))
		return false;
	ok = put_all(db, out, &head, e);
	db_rollback(db);
	if (ok && ret)
		*ret = head;
	return ok;
}

/* ---- heads ---- */

char *seal_head_line(const struct seal_head *head, char text[SEAL_HEAD_LINE])
{
	char hex[HEX];

	snprintf(text, SEAL_HEAD_LINE, "encours-head\t1\t%" PRId64 "\t%" PRId64 "\t%s\n",
		 head->position, head->sealed,
		 sodium_bin2hex(hex, sizeof hex, head->hash, SEAL_HASH));
	return text;
}

/* Whether the file ends with these bytes. */
static bool ends_with(int fd, const char *line)
{
	char end[SEAL_HEAD_LINE];
	size_t n = strlen(line);
	off_t size = lseek(fd, 0, SEEK_END);

	return size >= (off_t)n && pread(fd, end, n, size - (off_t)n) == (ssize_t)n &&
	       memcmp(end, line, n) == 0;
}

static bool append(int fd, const char *line)
{
	size_t n = strlen(line);

	return ends_with(fd, line) || (write(fd, line, n) == (ssize_t)n && fsync(fd) == 0);
}

bool seal_head_append(struct db *db, const char *path, struct seal_head *ret, struct err *e)
{
	char line[SEAL_HEAD_LINE];
	struct seal_head head;
	bool ok;
	int fd;

	if (!seal_head(db, &head, e))
		return false;
	if (head.position > 0) {
		fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		ok = fd >= 0 && append(fd, seal_head_line(&head, line));
		if (!ok)
			err_set(e, ERR_IO, "could not write the head of the log to \"%.200s\": %s",
				path, strerror(errno));
		if (fd >= 0)
			close(fd);
		if (!ok)
			return false;
	}
	if (ret)
		*ret = head;
	return true;
}
