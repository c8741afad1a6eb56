/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal_export.h - the sealed log as lines (doc/seal.md), and its heads, to be kept outside of the database.
 */
#ifndef DB_SEAL_EXPORT_H
#define DB_SEAL_EXPORT_H

#include "db/seal.h"

#include <stdio.h>

/* Writes the whole log as of one moment. ret (may be NULL) gets the head it ends with. ERR_IO. */
bool seal_export(struct db *db, FILE *out, struct seal_head *ret, struct err *e) NODISCARD;

enum { SEAL_HEAD_LINE = 160 };

/* One line of a file of heads, with its line feed; returns text. */
char *seal_head_line(const struct seal_head *head, char text[SEAL_HEAD_LINE]);

/* Adds the present head to the file, which is made when it is not there; nothing when its last line tells
 * that head already, or the log is empty. On the disk when it returns. ERR_IO. */
bool seal_head_append(struct db *db, const char *path, struct seal_head *ret,
		      struct err *e) NODISCARD;

#endif
