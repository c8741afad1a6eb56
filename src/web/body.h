/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body.h - the body of a request, as it arrives.
 *
 * Fields are kept in memory up to BODY_FIELDS bytes in all, files go to disk without a name, any other body
 * (JSON) is kept as text. Everything goes with body_free.
 */
#ifndef WEB_BODY_H
#define WEB_BODY_H

#include "web/parse.h"

enum { BODY_FIELDS = 1 << 20, BODY_UPLOADS = 20 };

struct body;

/* max_upload: bytes of the whole body when it carries files. */
bool body_new(const char *content_type, int64_t max_upload, struct body **ret,
	      struct err *e) NODISCARD;
bool body_feed(struct body *b, const char *bytes, size_t n, struct err *e) NODISCARD;

/* All is here: fills the request's form, uploads and body. They live as long as the body. */
bool body_finish(struct body *b, struct request *r, struct err *e) NODISCARD;
void body_free(struct body *b);

/* SHA-256 of what was sent, without the fields that differ when a form is sent again (csrf,
 * idempotency_key). After body_finish; b may be NULL. */
void body_digest(const struct body *b, unsigned char digest[32]);

#endif
