/* SPDX-License-Identifier: Apache-2.0 */
/* login_web.c - login, logout, language, health. */
#include "web/private.h"

static const char *home(const struct request *r)
{
	return r->own->app->home ? r->own->app->home : "/";
}

/* Where the user wanted to go, if it is within this site. */
static const char *back_of(const struct request *r, const char *back)
{
	return parse_is_local(back) && !str_starts(back, "/login") ? back : home(r);
}

static bool show_login(struct request *r, const char *email, const char *back, const char *message,
		       int status)
{
	const struct login_view v = { .email = email, .back = back, .message = message };
	struct page *p = page_begin(r, tr(r->cat, "Log in"), "");

	login_page(p, &v);
	return respond_page(r, p, status);
}

static bool login_show(struct request *r, struct err *e)
{
	const char *back = back_of(r, request_query(r, "back"));

	(void)e;
	if (r->user.id)
		return respond_redirect(r, back);
	return show_login(r, NULL, back, NULL, 200);
}

static bool login_failed(struct request *r, const char *email, const char *back, struct err *e)
{
	if (e->code == ERR_THROTTLED) {
		respond_header(r, "Retry-After", "900");
		return show_login(r, email, back,
				  tr(r->cat, "Too many attempts. Wait a quarter of an hour."), 429);
	}
	if (e->code != ERR_UNAUTHENTICATED)
		return err_while(e, "logging in");
	return show_login(r, email, back, tr(r->cat, "E-mail address or password are not right."),
			  422);
}

static bool login_post(struct request *r, struct err *e)
{
	const char *email = request_form(r, "email");
	const char *password = request_form(r, "password");
	const char *back = back_of(r, request_form(r, "back"));
	struct web_user user = { 0 };

	if (str_empty(email) || str_empty(password) || strlen(email) > 320 ||
	    strlen(password) > 1024)
		return show_login(r, email, back,
				  tr(r->cat, "Enter your e-mail address and your password."), 422);
	if (!r->own->app->login(r->db, r->arena, email, password, r->own->address, r->now, &user,
				e))
		return login_failed(r, email, back, e);
	return session_begin(r, user.id, e) && respond_redirect(r, back);
}

static bool logout_post(struct request *r, struct err *e)
{
	return session_end(r, e) && respond_redirect(r, "/login");
}

static bool language_post(struct request *r, struct err *e)
{
	const char *language = request_form(r, "language");
	const char *back = request_form(r, "back");
	const struct web_app *app = r->own->app;

	if (!catalogue_has(language))
		return err_field(e, ERR_INVALID, "language", "there is no language \"%s\"",
				 language ? language : "");
	language = catalogue_language(catalogue_find(language));
	if (r->user.id && app->set_language && !app->set_language(r->db, r->user.id, language, e))
		return false;
	respond_cookie(r, "encours_language", language, 365 * 24 * 3600);
	return respond_redirect(r, parse_is_local(back) ? back : home(r));
}

/* For load balancers: the process answers and its database too. */
static bool health_show(struct request *r, struct err *e)
{
	struct buf b;
	int64_t one;

	if (!db_get_i64(r->db, "SELECT 1", DB_NO_PARAMS, 0, &one, e))
		return false;
	buf_init(&b, r->arena);
	buf_puts(&b, "{\"status\":\"ok\"}");
	return respond_json(r, &b, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/login", login_show, PERM_PUBLIC, SCOPE_INSTALLATION),
	ROUTE(POST, "/login", login_post, PERM_PUBLIC, SCOPE_INSTALLATION),
	ROUTE(POST, "/logout", logout_post, PERM_USER, SCOPE_INSTALLATION),
	ROUTE(POST, "/language", language_post, PERM_PUBLIC, SCOPE_INSTALLATION),
	ROUTE(GET, "/healthz", health_show, PERM_PUBLIC, SCOPE_INSTALLATION),
};
const struct route_list web_routes = ROUTE_LIST(routes);
