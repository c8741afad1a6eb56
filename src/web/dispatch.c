/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch.c - from a request to its answer: what is checked before a handler runs, and in what order. */
#include "web/private.h"

#include "base/clock.h"
#include "base/log.h"

#include <unistd.h>

static bool read_target(struct request *r, struct target *t, struct err *e)
{
	struct value_list query = { 0 };

	if (!parse_target(r->arena, r->target, t, e) ||
	    !parse_urlencoded(r->arena, t->query, strlen(t->query), &query, e))
		return false;
	r->path = t->path;
	r->query = (struct web_values){ query.list.at, query.list.n };
	return true;
}

/* The user's setting, else the cookie, else what the browser asks for. */
static void choose_language(struct request *r)
{
	const char *cookie =
		parse_cookie(r->arena, request_header(r, "Cookie"), "encours_language");
	const char *language = r->user.language;

	if (!catalogue_has(language))
		language = catalogue_has(cookie)
				   ? cookie
				   : catalogue_negotiate(request_header(r, "Accept-Language"));
	r->cat = catalogue_find(language);
}

static bool find_route(struct request *r, const struct target *t, struct err *e)
{
	unsigned allowed;
	struct buf methods;

	r->route = route_find(r->own->app, r->arena, r->method, t, &r->params, &allowed);
	if (r->route)
		return true;
	if (!allowed)
		return err_set(e, ERR_NOT_FOUND, "there is nothing at %s", r->path);
	buf_init(&methods, r->arena);
	for (int m = 0; m < METHOD_COUNT; m++) {
		if (allowed & (1u << m))
			buf_printf(&methods, "%s%s", methods.len ? ", " : "",
				   method_name((enum method)m));
	}
	respond_header(r, "Allow", buf_str(&methods));
	err_set(e, ERR_USAGE, "%s does not answer %s", r->path, method_name(r->method));
	respond_status(r, 405, e);
	return false;
}

/* The company is known to every page of a user, for the frame around it. */
static bool find_entity(struct request *r, struct err *e)
{
	const char *code =
		r->is_api ? r->own->entity_code
			  : parse_cookie(r->arena, request_header(r, "Cookie"), "encours_entity");

	r->today = clock_day(r->now, "UTC");
	if (r->user.id == 0)
		return true;
	if (!r->own->app->entity(r->db, r->arena, &r->user, code, &r->entity, e))
		return false;
	if (r->entity.id)
		r->today = clock_day(r->now, r->entity.time_zone);
	return true;
}

/* Not logged in: a reader is led to the login page and back, anything else is refused. */
static bool check_right(struct request *r, struct err *e)
{
	struct buf login;

	if (request_may(r, r->route->permission))
		return true;
	if (r->user.id)
		return err_set(e, ERR_FORBIDDEN, "this needs the right \"%s\"",
			       permission_name(r->route->permission));
	if (r->method != METHOD_GET || request_wants_json(r))
		return err_set(e, ERR_UNAUTHENTICATED, "nobody is logged in");
	buf_init(&login, r->arena);
	buf_puts(&login, "/login");
	if (!str_eq(r->target, "/")) {
		buf_puts(&login, "?back=");
		for (const char *s = r->target; *s; s++)
			buf_printf(&login, "%%%02X", (unsigned char)*s);
	}
	return !respond_redirect(r, buf_str(&login));
}

static bool check_scope(struct request *r, struct err *e)
{
	const struct web_app *app = r->own->app;
	bool sees = false;

	if (r->route->scope == SCOPE_INSTALLATION)
		return true;
	if (r->entity.id == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no company yet");
	if (r->route->scope != SCOPE_CUSTOMER || !app->sees_customer)
		return true;
	if (!app->sees_customer(r->db, &r->user, r->entity.id, request_id(r, "customer"), &sees, e))
		return false;
	/* Not "forbidden": who may not see a customer must not learn that there is one. */
	return sees || err_set(e, ERR_NOT_FOUND, "there is no such customer");
}

/* Nobody acts on what he sees of the past: the figures beside the button are not those it would change. The
 * forms of such a page name it, and whoever sends one is led back there. What concerns the reader alone
 * (logout, language) is no act on the accounts. */
static bool check_now(struct request *r, struct err *e)
{
	const char *seen_from = request_form(r, "seen_from");

	if (r->method == METHOD_GET || !seen_from || r->route->permission == PERM_USER ||
	    r->route->permission == PERM_PUBLIC)
		return true;
	if (request_wants_json(r) || !parse_is_local(seen_from))
		return err_set(e, ERR_CONFLICT,
			       "the page shows the past: come back to now, then act");
	if (!flash_error(r,
			 tr(r->cat, "Nothing was done: the page shows the past. Come back to now,"
				    " then act."),
			 e))
		return false;
	return !respond_redirect(r, seen_from);
}

/* False with an error, or false with an answer. */
static bool prepare(struct request *r, struct err *e)
{
	struct target t;

	choose_language(r);
	r->own->csrf = "";
	if (!read_target(r, &t, e) || !(token_is_asked(r) ? token_load(r, e) : session_load(r, e)))
		return false;
	r->actor = arena_printf(r->arena, "%s:%" PRId64, r->is_api ? "token" : "user", r->user.id);
	choose_language(r);
	if (!find_entity(r, e) || !find_route(r, &t, e) || !check_right(r, e))
		return false;
	if (r->method != METHOD_GET && !r->is_api && !guard_origin(r, e))
		return false;
	return check_scope(r, e) && check_now(r, e);
}

static bool run(struct request *r, struct err *e)
{
	bool ok = r->route->handler(r, e);

	/* A transaction left open is a bug of the handler; its writes must not reach the next request. */
	if (db_in_tx(r->db)) {
		db_rollback(r->db);
		return err_set(e, ERR_INTERNAL, "%s left a transaction open",
			       r->route->handler_name);
	}
	if (ok && r->own->answer.status == 0)
		return err_set(e, ERR_INTERNAL, "%s answered nothing", r->route->handler_name);
	return ok;
}

static bool run_once(struct request *r, struct err *e)
{
	const char *key = r->method != METHOD_GET && r->user.id ? idempotency_key(r) : NULL;
	struct err later = { 0 };
	bool done = false;

	if (!key)
		return run(r, e);
	if (!idempotency_begin(r, key, &done, e))
		return false;
	if (done)
		return true;
	if (!run(r, e)) {
		r->own->answer.status = 0;
		if (!idempotency_end(r, key, &later))
			log_line(LOG_ERROR, "web", "could not free an idempotency key: %s",
				 later.msg);
		return false;
	}
	/* The act is done: an answer that cannot be kept is told to the operator, not undone. */
	if (!idempotency_end(r, key, &later))
		log_line(LOG_ERROR, "web", "could not keep an answer: %s", later.msg);
	return true;
}

void dispatch(struct request *r)
{
	struct err e = { 0 };

	r->own->answer = (struct answer){ .fd = -1 };
	if (prepare(r, &e) && run_once(r, &e))
		return;
	if (e.code == ERR_NONE || (e.code == ERR_USAGE && r->own->answer.status == 405))
		return; /* answered already */
	if (r->own->answer.fd >= 0) {
		close(r->own->answer.fd);
		r->own->answer.fd = -1;
	}
	if (err_http_status(e.code) >= 500)
		log_line(LOG_ERROR, "web", "%s %s: %s", method_name(r->method),
			 r->route ? r->route->pattern : "-", e.msg);
	respond_error(r, &e);
}
