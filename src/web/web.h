/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web.h - the door of the web room: routes, requests, answers.
 *
 * A room shows pages like this (x_web.c, with its templates in x.th):
 *
 *	static bool customer_show(struct request *r, struct err *e)
 *	{
 *		struct customer_view v = { 0 };
 *		struct page *p;
 *
 *		if (!customer_view_load(r, request_id(r, "customer"), &v, e))
 *			return false;			// becomes the error page of e->code
 *		p = page_begin(r, v.name, "customers");
 *		customer_page(p, &v);			// customer.th
 *		return respond_page(r, p, 200);
 *	}
 *
 *	static const struct route routes[] = {
 *		ROUTE(GET,  "/customers/:customer", customer_show, PERM_ITEM_READ, SCOPE_CUSTOMER),
 *		ROUTE(POST, "/customers/:customer/notes", note_post, PERM_CUSTOMER_EDIT, SCOPE_CUSTOMER),
 *	};
 *	const struct route_list customer_routes = ROUTE_LIST(routes);
 *
 * and adds `ROUTES(customer_routes)` to cmd/routes.def. Before a handler runs, the server has checked the
 * session, the right, the scope, the CSRF token and the origin, and replayed the answer of an
 * idempotency key that came before. A handler runs in a worker thread with its own database connection
 * and arena; it may be slow, and must do its writes in one transaction.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "db/db.h"
#include "i18n/catalogue.h"
#include "i18n/date_text.h"
#include "web/page.h"
#include "web/permission.h"

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_DELETE, METHOD_COUNT };

/* A user as far as pages must know one; team/ fills it. */
struct web_user {
	int64_t id; /* 0: nobody is logged in */
	const char *email;
	const char *name;
	const char *role;
	const char *language; /* NULL: not chosen */
	const char *density;
	const char *theme;    /* "light", "dark"; NULL: as the system */
	uint64_t permissions; /* PERM_BIT of each right */
};

/* The company whose figures are shown; ledger/ fills it. */
struct web_entity {
	int64_t id; /* 0: there is none yet */
	const char *code;
	const char *name;
	const char *time_zone;
	const char *language;
	char currency[4];
	bool is_live; /* false: test mode, no message leaves */
};

struct web_value {
	const char *name;
	const char *value; /* UTF-8 without NUL */
};
struct web_values {
	const struct web_value *at;
	size_t n;
};

/* A file sent with a form. It has no name on disk; reading starts at its beginning. */
struct upload {
	const char *field;
	const char *file_name; /* as the browser told it, without folders; only for show */
	const char *media_type;
	const char
		*path; /* opens the same bytes again: "/proc/self/fd/12", while the request lasts */
	int fd;
	int64_t size;
	char sha256[65];
};

struct request {
	enum method method;
	const char *path;   /* decoded: "/customers/12" */
	const char *target; /* as asked, with the query: where to come back to */
	const struct route *route;
	struct arena *arena;
	struct db *db;
	int64_t now;
	day_t today; /* in the entity's time zone */
	const struct catalogue *cat;
	struct web_user user;
	struct web_entity entity;
	const char *actor;        /* "user:12", "token:34", for facts and events */
	bool is_api;              /* asked by a program with its token, under /api/v1 */
	struct web_values params; /* of the path: ":customer" */
	struct web_values query;
	struct web_values form; /* of an urlencoded or multipart body */
	const struct upload *uploads;
	size_t n_uploads;
	const char *body; /* any other body, NUL after it */
	size_t body_len;
	const char *body_type;
	struct web_private *own; /* of the web room */
};

/* ---- routes ------------------------------------------------------------------------------------ */

struct route {
	enum method method;
	const char *pattern; /* "/customers/:customer/notes"; ":name" is one part of the path */
	bool (*handler)(struct request *r, struct err *e);
	const char *handler_name;
	enum permission permission;
	enum scope scope;
};

struct route_list {
	const struct route *at;
	size_t n;
};

/* Permission and scope must be given: neither has a zero value that compiles. */
#define ROUTE(method_, pattern_, handler_, permission_, scope_)                           \
	{                                                                                 \
		.method = METHOD_##method_, .pattern = (pattern_), .handler = (handler_), \
		.handler_name = #handler_,                                                \
		.permission = (enum permission)((permission_) / !!(int)(permission_)),    \
		.scope = (enum scope)((scope_) / !!(int)(scope_))                         \
	}
#define ROUTE_LIST(routes)                  \
	{                                   \
		(routes), ARRAY_LEN(routes) \
	}

/* ---- reading the request ----------------------------------------------------------------------- */

/* Values by name: of the path, of the query, of the form. NULL when absent; the first when several. */
const char *request_param(const struct request *r, const char *name);
const char *request_query(const struct request *r, const char *name);
const char *request_form(const struct request *r, const char *name);

/* A header, NULL when absent. */
const char *request_header(const struct request *r, const char *name);

/* The path's :name as an id; 0 when it is no number, which no row has. */
int64_t request_id(const struct request *r, const char *name);

bool request_may(const struct request *r, enum permission p);

/* Whether the asker wants JSON rather than a page: /api/, or the Accept header says so. */
bool request_wants_json(const struct request *r);

/* ---- answering --------------------------------------------------------------------------------- */

/* A page to be filled by templates: language, user, token and flash message are set. Title is shown by the
 * shell; section marks the side bar's entry ("customers", "" for none). */
struct page *page_begin(struct request *r, const char *title, const char *section);

/* Sends the page inside the shell. status is 200; 422 for a form with errors; 409 for a row that changed
 * meanwhile, shown as it is now. */
bool respond_page(struct request *r, struct page *p, int status) NODISCARD;

/* A piece of a page, for a script that puts it in the place of what is there (X-Part tells which): the
 * markup, then what there is to be said once. */
bool respond_part(struct request *r, struct page *p, int status) NODISCARD;

/* After a write: 303 to a path of this site (others are a bug). */
bool respond_redirect(struct request *r, const char *path) NODISCARD;

/* JSON written with base/json.h. */
bool respond_json(struct request *r, const struct buf *json, int status) NODISCARD;

/* Bytes shown (inline) or saved (attachment) under a file name; they are copied. */
bool respond_bytes(struct request *r, const void *bytes, size_t n, const char *media_type,
		   const char *file_name, bool is_attachment) NODISCARD;

/* The open file, from its beginning; the descriptor is closed for you. */
bool respond_file(struct request *r, int fd, const char *media_type, const char *file_name,
		  bool is_attachment, struct err *e) NODISCARD;

/* A header more: call before the respond_... */
void respond_header(struct request *r, const char *name, const char *value);

/* To be said once on the next page: what was done, translated, with the path that undoes it (or NULL).
 * Call before respond_redirect. */
bool flash_set(struct request *r, const char *text, const char *undo_path, struct err *e) NODISCARD;
bool flash_error(struct request *r, const char *text, struct err *e) NODISCARD;

/* What an error or a stored reason says in English, in the reader's language (i18n/message.h). */
const char *request_message(struct request *r, const char *english);

/* ---- forms ------------------------------------------------------------------------------------- */

/*
 * Values are read into a struct; what is wrong is kept beside what was typed, so that the form is shown
 * again with its messages under the fields.
 *
 *	struct form f;
 *	form_init(&f, r);
 *	in.name = form_text(&f, "name", FORM_NEEDED, 100);
 *	in.due_on = form_day(&f, "due_on", 0, DAY_AHEAD);
 *	if (!form_ok(&f) || !customer_save(..., e) && form_refused(&f, e))
 *		return show_form(r, &f, 422, e);
 *
 * and in the template: value="{{ form_value(f, "name") }}" ... {{ form_message(f, "name") }}.
 */
enum { FORM_NEEDED = 1 };

struct form_message {
	const char *field; /* "" for the whole form */
	const char *text;  /* translated */
};

struct form {
	struct request *request;
	LIST_OF(struct form_message) messages;
};

void form_init(struct form *f, struct request *r);

/* Trimmed text of at most max characters; NULL when empty. */
const char *form_text(struct form *f, const char *name, int flags, size_t max);
/* As people write dates (i18n/date_text.h); DAY_NONE when empty. lean: where a day without year is. */
day_t form_day(struct form *f, const char *name, int flags, enum day_lean lean);
/* Whole number within min..max; absent when empty. */
int64_t form_int(struct form *f, const char *name, int flags, int64_t min, int64_t max,
		 int64_t absent);
/* As people write amounts and sums of them (i18n/amount.h), in minor units; 0 when empty. */
int64_t form_minor(struct form *f, const char *name, int flags, const char *currency);
/* One of the choices (ends with NULL), the choice's own pointer; NULL when empty. */
const char *form_choice(struct form *f, const char *name, int flags, const char *const *choices);
/* A ticked box. */
bool form_flag(const struct form *f, const char *name);

void form_wrong(struct form *f, const char *field, const char *text);
bool form_ok(const struct form *f);

/* A refusal of the business (ERR_INVALID, RANGE, CONFLICT, DUPLICATE, REFUSED, STALE ...) becomes a message
 * of the form; false for trouble (database, memory ...), which is the handler's error. */
bool form_refused(struct form *f, const struct err *e);

/* For templates: what was typed (NULL before the first sending), the message of a field or NULL. */
const char *form_value(const struct form *f, const char *name);
const char *form_message(const struct form *f, const char *name);

/* The row version that the form was made from (hidden field "version"); -1 when absent, which no row
 * has. */
int64_t request_version(const struct request *r);

/* ---- the program around ------------------------------------------------------------------------ */

struct undo_list;

/* What the floors above lend to the web room. Functions run in worker threads. */
struct web_app {
	const struct route_list *const *routes; /* ends with NULL */

	/* Checks e-mail and password, sent from a network address: ERR_UNAUTHENTICATED, without telling which
	 * was wrong; ERR_THROTTLED after too many tries. */
	bool (*login)(struct db *db, struct arena *a, const char *email, const char *password,
		      const char *address, int64_t now, struct web_user *ret, struct err *e);
	/* The user of a session, anew for each request: ERR_UNAUTHENTICATED when disabled. */
	bool (*user)(struct db *db, struct arena *a, int64_t user_id, struct web_user *ret,
		     struct err *e);
	/* Whoever calls the API with that token, and the code of the company it acts for: ERR_UNAUTHENTICATED,
	 * ERR_THROTTLED. NULL: there are no tokens. */
	bool (*token)(struct db *db, struct arena *a, const char *key, int64_t now,
		      struct web_user *ret, const char **ret_entity_code, struct err *e);
	/* The company to show: the one of that code, or the first the user may see. id 0 when none. */
	bool (*entity)(struct db *db, struct arena *a, const struct web_user *user,
		       const char *code, struct web_entity *ret, struct err *e);
	/* Whether the user sees the customer. NULL: every user sees all. */
	bool (*sees_customer)(struct db *db, const struct web_user *user, int64_t entity_id,
			      int64_t customer_id, bool *ret, struct err *e);
	/* Keeps the language that the user chose. NULL: a cookie keeps it. */
	bool (*set_language)(struct db *db, int64_t user_id, const char *language, struct err *e);
	/* What can be taken back (web/undo.h); ends with NULL. */
	const struct undo_list *const *undos;
	/* Path shown after login, "/" when NULL. */
	const char *home;
	/* Fills what the frame of every page tells of the data: p->freshness, p->is_stale, p->counts.
	 * page_begin calls it for a user with a company, with frame_arg; NULL: nothing is told. */
	void (*frame)(struct request *r, struct page *p, void *arg);
	void *frame_arg;
};

struct web_options {
	const char *listen; /* "127.0.0.1:8080", "[::1]:8080" */
	const char *db_url;
	void *db_context;     /* goes with each connection (db_set_context) */
	int n_workers;        /* 0: 4 */
	bool is_behind_proxy; /* believe X-Forwarded-Proto and -For */
	int64_t max_upload;   /* bytes of one request; 0: 100 MiB */
	int header_seconds;   /* 0: 10; time for the head of a request */
	int body_seconds;     /* 0: 60; time for its body, plus a second per 64 KiB received */
	int n_connections;    /* 0: 2000 */
};

/* Serves until stop_fd becomes readable (a signalfd, a pipe), then finishes what has begun. */
struct web_server;
bool web_start(const struct web_options *options, const struct web_app *app,
	       struct web_server **ret, struct err *e) NODISCARD;
/* The port listened on, for "…:0". */
int web_port(const struct web_server *s);
/* No new connections; waits for the requests that have begun, at most 30 s. */
void web_stop(struct web_server *s);

/* One line per route, sorted by path: method, pattern, right, scope, handler. For doc/routes.txt. */
void web_list_routes(const struct web_app *app, struct buf *out);

/* Login, logout, language, health: of this room. */
extern const struct route_list web_routes;

#endif
