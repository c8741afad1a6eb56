/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mt940.h - bank statements in SWIFT MT940 and intraday reports in MT942.
 *
 * A message has fields ":NN[a]:", each up to the next one; its text may be in a SWIFT envelope ({1:...}{2:...}{4:
 * ... -}). Lines may be wrapped anywhere, so that ":26:37 h" inside the details is no field: only the fields of
 * these messages are, and only where they can stand.
 *
 * Given as the records of camt (record.h). Pages of one statement (closed by :62M:, gone on with by :60M: of the
 * same account, number and amount) are one statement. A movement that cannot be read is left out with an error and
 * makes the statement one that cannot be taken (fault), and so does a missing balance.
 */
#ifndef FORMAT_MT940_H
#define FORMAT_MT940_H

#include "format/bank.h"
#include "format/encoding.h"

/* Reads decoded text (encoding.h). total is completed and given last. */
bool mt940_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
		struct err *e) NODISCARD;

/* ---- the fields, as the reader walks over them; tests count them ---- */

struct mt940_field {
	char tag[4]; /* "20", "28C", "NS"; "{" a line of the envelope, "-" the end of a message */
	int64_t line;
	const char *text; /* may span lines */
	size_t n;
};

struct mt940_fields {
	struct lines lines;
	const char *end;
	/* the line looked at, not consumed yet */
	const char *ahead;
	size_t ahead_n;
	int64_t ahead_line;
	bool has_ahead, has_movement, is_inside;
	char last[4];
};

void mt940_fields_init(struct mt940_fields *f, const char *text, size_t len);
bool mt940_fields_next(struct mt940_fields *f, struct mt940_field *ret);

/* What the text of a :61: says; false when it is none. */
struct mt940_movement {
	day_t value_on, booked_on; /* booked_on DAY_NONE when not told */
	bool is_credit, is_reversal;
	const char *amount; /* digits and comma or point */
	size_t amount_n;
	char type[5]; /* "NTRF" */
	const char *reference, *bank_reference, *supplement;
	size_t reference_n, bank_reference_n, supplement_n;
};
bool mt940_movement_parse(const char *text, size_t n, struct mt940_movement *ret);

/* The details (:86:) into the movement: German ?20 fields, /KEY/ words, or free text. */
void mt940_details(struct arena *a, const char *text, size_t n, struct bank_movement *m);

#endif
