/* SPDX-License-Identifier: Apache-2.0 */
/*
 * private.h - what the files of the web room share and no other room sees.
 */
#ifndef WEB_PRIVATE_H
#define WEB_PRIVATE_H

#include "web/body.h"
#include "web/parse.h"
#include "web/web.h"

enum { TOKEN_TEXT = 65, ANSWER_HEADERS = 12 };

/* What will be sent. Bytes live in the request's arena; a descriptor is taken over by the sender. */
struct answer {
	int status; /* 0: nothing was answered yet */
	const char *media_type;
	const char *bytes;
	size_t n;
	int fd; /* -1: bytes */
	int64_t fd_size;
	struct {
		const char *name, *value;
	} headers[ANSWER_HEADERS];
	size_t n_headers;
};

struct session {
	char hash[TOKEN_TEXT]; /* "" when nobody is logged in */
	int64_t user_id;
	const char *csrf;
	int64_t created, seen, expires;
};

struct web_private {
	const struct web_app *app;
	const struct body *body;
	struct answer answer;
	struct session session;
	const char *csrf;        /* of the session, or of the browser before login */
	const char *entity_code; /* of a token; NULL: the cookie's */
	const char *address;     /* of the client */
	bool is_secure;          /* https in front of us */
	bool is_behind_proxy;
	const char *(*header)(void *arg, const char *name);
	void *header_arg;
};

/* ---- dispatch.c -------------------------------------------------------------------------------- */

/* Answers the request (arena, db, now, method, target, own's app, throttle, header and body filled by the
 * caller). Always leaves an answer. */
void dispatch(struct request *r);

/* ---- route.c ----------------------------------------------------------------------------------- */

/* The route of the method for these parts, its :names into *ret_params. NULL when none; *ret_allowed then
 * has a bit per method that the path does answer. */
const struct route *route_find(const struct web_app *app, struct arena *a, enum method method,
			       const struct target *t, struct web_values *ret_params,
			       unsigned *ret_allowed);
const char *method_name(enum method m);

/* ---- respond.c --------------------------------------------------------------------------------- */

/* The page, or JSON, of an error. */
void respond_error(struct request *r, const struct err *e);
void respond_status(struct request *r, int status, const struct err *e);
void respond_cookie(struct request *r, const char *name, const char *value,
		    int64_t max_age_seconds);

/* ---- session.c --------------------------------------------------------------------------------- */

/* Fills own->session, own->csrf and user from the cookie; an unknown or expired cookie is nobody. */
bool session_load(struct request *r, struct err *e) NODISCARD;
/* A new session for the user, in place of the one there is. */
bool session_begin(struct request *r, int64_t user_id, struct err *e) NODISCARD;
bool session_end(struct request *r, struct err *e) NODISCARD;
/* What was left to be said, once. */
bool session_take_flash(struct request *r, struct page_flash *ret, struct err *e) NODISCARD;
/* 256 random bits in hex. */
void token_new(char text[TOKEN_TEXT]);

/* ---- token.c ----------------------------------------------------------------------------------- */

/* Whether the address is one of those that programs call with a token, and people with a cookie never. */
bool token_is_asked(const struct request *r);
/* Fills user and own->entity_code from the header Authorization. ERR_UNAUTHENTICATED, ERR_THROTTLED. */
bool token_load(struct request *r, struct err *e) NODISCARD;

/* ---- guard.c ----------------------------------------------------------------------------------- */

/* Refuses writes that do not come from our own pages: foreign Origin or Sec-Fetch-Site, missing or wrong
 * token. ERR_FORBIDDEN. */
bool guard_origin(const struct request *r, struct err *e) NODISCARD;

/* ---- idempotency.c ----------------------------------------------------------------------------- */

/* Reserves the key of the request. *ret_done: an answer of before was given again. ERR_CONFLICT when the
 * key came with another body, or is at work. */
bool idempotency_begin(struct request *r, const char *key, bool *ret_done, struct err *e) NODISCARD;
/* Keeps the answer, or frees the key when the act was refused. */
bool idempotency_end(struct request *r, const char *key, struct err *e) NODISCARD;
/* The request's key, NULL when it has none. */
const char *idempotency_key(const struct request *r);

/* ---- error.th, login.th ------------------------------------------------------------------------ */

struct error_view {
	int status;
	const char *title;
	const char *advice;
	const char *detail; /* NULL: not for users */
};
struct login_view {
	const char *email;
	const char *back;
	const char *message; /* NULL: none */
};
void error_page(struct page *p, const struct error_view *v);
void login_page(struct page *p, const struct login_view *v);

#endif
