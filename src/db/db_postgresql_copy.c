/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db_postgresql_copy.c - many rows at once (COPY).
 *
 * Rows wait in memory in COPY's text form and go together, so that the connection is never left in
 * the middle of a COPY: ids and other statements can be had between two rows.
 */
#include "db/db_postgresql.h"

#include <stdio.h>
#include <stdlib.h>

enum { COPY_FLUSH_BYTES = 1 << 20 };

static void put(struct db_copy *c, const char *bytes, size_t n)
{
	if (c->room - c->len < n) {
		c->room = (c->len + n) * 2;
		c->data = realloc(c->data, c->room);
		ENSURE(c->data);
	}
	memcpy(c->data + c->len, bytes, n);
	c->len += n;
}

/* Bytes that COPY's text form writes with a backslash. */
static bool is_special(char c)
{
	return c == '\\' || c == '\t' || c == '\n' || c == '\r';
}

static void put_text(struct db_copy *c, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t plain = i;

		while (plain < n && !is_special(s[plain]))
			plain++;
		put(c, s + i, plain - i);
		i = plain;
		if (i == n)
			break;
		switch (s[i]) {
		case '\t':
			put(c, "\\t", 2);
			break;
		case '\n':
			put(c, "\\n", 2);
			break;
		case '\r':
			put(c, "\\r", 2);
			break;
		default:
			put(c, "\\\\", 2);
		}
	}
}

static void put_bytes(struct db_copy *c, const unsigned char *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	put(c, "\\\\x", 3);
	for (size_t i = 0; i < n; i++)
		put(c, (char[]){ digits[bytes[i] >> 4], digits[bytes[i] & 15] }, 2);
}

static void put_number(struct db_copy *c, int64_t v)
{
	char digits[24], *at = digits + sizeof digits;
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		*--at = (char)('0' + left % 10);
	while (left /= 10);
	if (v < 0)
		*--at = '-';
	put(c, at, (size_t)(digits + sizeof digits - at));
}

static void put_value(struct db_copy *c, const struct db_param *p)
{
	if (p->is_null || p->type == DB_NULL) {
		put(c, "\\N", 2);
		return;
	}
	if (p->type == DB_I64) {
		put_number(c, p->i64);
	} else if (p->type == DB_BLOB) {
		put_bytes(c, p->bytes, p->len);
	} else {
		put_text(c, p->bytes, p->len);
	}
}

bool postgresql_copy_begin(struct db_copy *c, struct err *e)
{
	(void)c;
	(void)e;
	return true;
}

bool postgresql_copy_row(struct db_copy *c, struct db_params params, struct err *e)
{
	for (size_t i = 0; i < params.n; i++) {
		if (i > 0)
			put(c, "\t", 1);
		put_value(c, &params.at[i]);
	}
	put(c, "\n", 1);
	return c->len < COPY_FLUSH_BYTES || db_copies_flush(c->db, e);
}

static bool start_copy(struct db_copy *c, struct err *e)
{
	size_t room = strlen(c->table) + strlen(c->columns) + 32;
	char *sql = malloc(room);
	PGresult *res;
	bool ok;

	ENSURE(sql);
	snprintf(sql, room, "COPY %s (%s) FROM STDIN", c->table, c->columns);
	res = PQexec(postgresql_conn(c->db), sql);
	free(sql);
	ok = PQresultStatus(res) == PGRES_COPY_IN || postgresql_fail(c->db, res, e);
	PQclear(res);
	return ok;
}

bool postgresql_copy_flush(struct db_copy *c, struct err *e)
{
	PGconn *conn = postgresql_conn(c->db);
	PGresult *res;
	bool ok;

	if (c->len == 0)
		return true;
	if (!start_copy(c, e))
		return false;
	if (PQputCopyData(conn, c->data, (int)c->len) != 1 || PQputCopyEnd(conn, NULL) != 1)
		return postgresql_fail(c->db, NULL, e);
	c->len = 0;
	res = PQgetResult(conn);
	ok = PQresultStatus(res) == PGRES_COMMAND_OK || postgresql_fail(c->db, res, e);
	PQclear(res);
	while ((res = PQgetResult(conn)))
		PQclear(res);
	return ok;
}

void postgresql_copy_done(struct db_copy *c)
{
	(void)c;
}
