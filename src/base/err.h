/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err.h - errors are values.
 *
 * A function that can fail returns bool and takes a struct err last. On failure it fills the error and
 * returns false, with its results untouched; on the way up each caller may add what it was doing:
 *
 *	if (!statement_store(db, st, e))
 *		return err_while(e, "importing %s", path);
 *
 * Messages are lower case, without a full stop, name the object, quote the value and say what was
 * expected. The code decides the HTTP status and the exit status; tests compare codes, never words.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/base.h"

enum err_code {
	ERR_NONE = 0,
#define ERR(name, http_status, exit_status) ERR_##name,
#include "base/errors.def"
#undef ERR
	ERR_COUNT
};

struct err {
	enum err_code code;
	int line;       /* line of the input file the message is about; 0 when none */
	char field[48]; /* field or form control the message is about; "" when none */
	char msg[480];
};

/* Fills e (which may be NULL) and returns false, so that it can be returned at once. */
bool err_set(struct err *e, enum err_code code, const char *format, ...) PRINTF(3, 4);

/* Puts what was being done before the message; returns false. */
bool err_while(struct err *e, const char *format, ...) PRINTF(2, 3);

/* As err_set, naming the field of a form or file that must be mended. */
bool err_field(struct err *e, enum err_code code, const char *field, const char *format, ...)
	PRINTF(4, 5);

/* "conflict", "invalid"...: the stable name of a code, used in JSON and tests. */
const char *err_name(enum err_code code);

/* The HTTP status, and the exit status of the command line, that a code stands for. */
int err_http_status(enum err_code code);
int err_exit_status(enum err_code code);

#endif
