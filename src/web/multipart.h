/* SPDX-License-Identifier: Apache-2.0 */
/*
 * multipart.h - reads multipart/form-data (RFC 7578) as it arrives, in pieces of any size.
 *
 * The whole body is never held: each part is announced, handed over in pieces and ended. At most
 * MULTIPART_HEAD bytes of a part's head are kept.
 */
#ifndef WEB_MULTIPART_H
#define WEB_MULTIPART_H

#include "base/err.h"

struct multipart_sink {
	/* file_name is NULL for a field. */
	bool (*begin)(void *arg, const char *name, const char *file_name, const char *media_type,
		      struct err *e);
	bool (*data)(void *arg, const char *bytes, size_t n, struct err *e);
	bool (*end)(void *arg, struct err *e);
};

enum { MULTIPART_HEAD = 8192, MULTIPART_BOUNDARY = 70 };

enum multipart_state {
	MULTIPART_PREAMBLE,
	MULTIPART_LINE,
	MULTIPART_HEADERS,
	MULTIPART_BODY,
	MULTIPART_END
};

struct multipart {
	const struct multipart_sink *sink;
	void *arg;
	enum multipart_state state;
	char delimiter[MULTIPART_BOUNDARY + 8]; /* "\r\n--boundary" */
	size_t delimiter_len;
	char hold[MULTIPART_HEAD]; /* bytes not decided yet */
	size_t held;
};

/* ERR_USAGE when the boundary of the Content-Type is absent or longer than 70. */
bool multipart_init(struct multipart *m, const char *boundary, const struct multipart_sink *sink,
		    void *arg, struct err *e) NODISCARD;

/* The next bytes. ERR_FORMAT when they are no form-data, else what the sink says. */
bool multipart_feed(struct multipart *m, const char *bytes, size_t n, struct err *e) NODISCARD;

/* The body is over: ERR_FORMAT when it was cut short. */
bool multipart_finish(struct multipart *m, struct err *e) NODISCARD;

#endif
