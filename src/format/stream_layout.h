/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream_layout.h - how each record's struct lies on the wire: one table, read by both ends.
 */
#ifndef FORMAT_STREAM_LAYOUT_H
#define FORMAT_STREAM_LAYOUT_H

#include "base/base.h"

enum type {
	TEXT,   /* const char *, NULL or clean UTF-8 */
	WHOLE,  /* int64_t */
	DAY,    /* day_t */
	FLAG,   /* bool */
	FORMAT, /* enum format */
	BYTE,   /* char, ASCII or 0 */
	COUNT,  /* size_t: length of the list that follows */
	LIST,   /* pointer to that many structs */
	CELLS,  /* pointer to that many texts */
	SAMPLE  /* char[VALUE_SAMPLE] */
};

struct field {
	enum type type;
	size_t at;
	const struct layout *of; /* of a LIST's elements */
};

struct layout {
	size_t size;
	size_t n;
	const struct field *field;
};

/* The layout of a record of enum record_kind or stream_kind; NULL when there is no such kind. */
const struct layout *stream_layout(int kind);

/* First bytes of every stream; the digit changes with the tables. */
#define STREAM_MARK "ENCOURS2"

#endif
