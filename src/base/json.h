/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - writes JSON, one value after the other, into a buffer. Reading is done with jansson.
 *
 *	struct json j;
 *	json_init(&j, &buf);
 *	json_open_object(&j);
 *	json_key(&j, "total"), json_minor(&j, 123456, "EUR");	// "1234.56"
 *	json_key(&j, "rows"), json_open_array(&j);
 *	json_end(&j);
 *	json_end(&j);
 *
 * Commas and escapes are its business. Amounts are decimal strings, unknown facts null. No name here is
 * one of jansson's: the same name in both would be called by jansson itself at run time.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/date.h"

enum { JSON_DEPTH = 32 };

struct json {
	struct buf *out;
	int depth;
	bool need_comma;
	char closing[JSON_DEPTH];
};

void json_init(struct json *j, struct buf *out);
void json_open_object(struct json *j);
void json_open_array(struct json *j);
void json_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_text(struct json *j, const char *s); /* NULL gives null */
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_nothing(struct json *j);
void json_day(struct json *j, day_t d); /* DAY_NONE gives null */
void json_minor(struct json *j, int64_t minor, const char *currency);

/* A decimal number already formatted by the caller, e.g. "0.9991". */
void json_number(struct json *j, const char *digits);

/* A value that is JSON already. */
void json_raw(struct json *j, const char *json);

/* key and value in one call. */
void json_put_text(struct json *j, const char *key, const char *s);
void json_put_int(struct json *j, const char *key, int64_t v);
void json_put_bool(struct json *j, const char *key, bool v);
void json_put_day(struct json *j, const char *key, day_t d);
void json_put_minor(struct json *j, const char *key, int64_t minor, const char *currency);

/* A moment as RFC 3339 (clock.h); null for 0: not yet. */
void json_put_moment(struct json *j, const char *key, int64_t moment);

#endif
