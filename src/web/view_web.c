/* SPDX-License-Identifier: Apache-2.0 */
/* view_web.c - keeping views of lists: keep, rename, share, take away, open first; columns shown. */
#include "web/parts.h"
#include "web/view_page.h"

#include "base/buf.h"
#include "web/link.h"
#include "web/parse.h"
#include "web/undo.h"

/* ---- addresses --------------------------------------------------------------------------------- */

static bool is_kept(const char *name)
{
	static const char *const dropped[] = { "after",    "only", "format", "view", "as_of",
					       "known_at", "back", "beside", "see" };

	for (size_t i = 0; i < ARRAY_LEN(dropped); i++) {
		if (str_eq(dropped[i], name))
			return false;
	}
	return true;
}

const char *view_query_of(struct request *r, struct web_values query)
{
	struct buf b;

	buf_init(&b, r->arena);
	for (size_t i = 0; i < query.n; i++) {
		if (!is_kept(query.at[i].name) || str_empty(query.at[i].value))
			continue;
		if (b.len)
			buf_putc(&b, '&');
		link_escape(&b, query.at[i].name);
		buf_putc(&b, '=');
		link_escape(&b, query.at[i].value);
	}
	return buf_str(&b);
}

const char *view_url(struct request *r, int64_t id, const char *query)
{
	return arena_printf(r->arena, "%s?view=%" PRId64 "%s%s", r->path, id,
			    str_empty(query) ? "" : "&", query);
}

/* ---- acts -------------------------------------------------------------------------------------- */

enum act { ACT_ADD, ACT_CHANGE, ACT_REMOVE };

struct keeping {
	const struct request *request;
	enum act act;
	struct saved_view view;
	bool opens_first;
	int64_t event_id;
};

static bool keep_tx(struct db *db, void *arg, struct err *e)
{
	struct keeping *k = arg;
	const struct request *r = k->request;
	int64_t entity = r->entity.id;

	switch (k->act) {
	case ACT_ADD:
		if (!view_add(db, entity, &k->view, r->actor, r->now, &k->event_id, e))
			return false;
		break;
	case ACT_CHANGE:
		if (!view_change(db, entity, r->user.id, &k->view, r->actor, r->now, &k->event_id,
				 e))
			return false;
		break;
	case ACT_REMOVE:
		return view_remove(db, entity, r->user.id, k->view.id, true, r->actor, r->now,
				   &k->event_id, e);
	}
	return !k->opens_first ||
	       list_setting_view(db, entity, r->user.id, k->view.list, k->view.id, e);
}

/* A query that reads as one: it becomes part of addresses. */
static bool check_query(struct request *r, const char *query, struct err *e)
{
	struct value_list list = { 0 };

	return parse_urlencoded(r->arena, query, strlen(query), &list, e);
}

static bool view_add_post(struct request *r, struct err *e)
{
	struct keeping k = { .request = r, .act = ACT_ADD, .opens_first = false };
	const char *path = request_form(r, "path"), *query = request_form(r, "query");
	struct form f;

	form_init(&f, r);
	k.view = (struct saved_view){ .user_id = r->user.id,
				      .list = request_param(r, "list"),
				      .name = form_text(&f, "name", FORM_NEEDED, VIEW_NAME_MAX),
				      .query = query ? query : "",
				      .is_shared = form_flag(&f, "shared") };
	k.opens_first = form_flag(&f, "first");
	if (!path || !parse_is_local(path))
		path = "/";
	if (!check_query(r, k.view.query, e))
		return false;
	if (!form_ok(&f))
		return flash_error(r, f.messages.at[0].text, e) &&
		       respond_redirect(r, arena_printf(r->arena, "%s?%s", path, k.view.query));
	if (!db_tx(r->db, keep_tx, &k, e)) {
		if (e->code != ERR_DUPLICATE && e->code != ERR_LIMIT)
			return false;
		return flash_error(r, tr(r->cat, "You have a view of that name, or too many."),
				   e) &&
		       respond_redirect(r, arena_printf(r->arena, "%s?%s", path, k.view.query));
	}
	return flash_set(r, tr(r->cat, "The view is kept."), undo_path(r, k.event_id), e) &&
	       respond_redirect(r, arena_printf(r->arena, "%s?view=%" PRId64 "&%s", path, k.view.id,
						k.view.query));
}

static const char *manage_path(struct request *r)
{
	return arena_printf(r->arena, "/lists/%s/views", request_param(r, "list"));
}

static bool view_change_post(struct request *r, struct err *e)
{
	struct keeping k = { .request = r, .act = ACT_CHANGE };
	struct form f;

	form_init(&f, r);
	k.view = (struct saved_view){ .id = request_id(r, "view"),
				      .list = request_param(r, "list"),
				      .name = form_text(&f, "name", FORM_NEEDED, VIEW_NAME_MAX),
				      .is_shared = form_flag(&f, "shared"),
				      .version = request_version(r) };
	if (!form_ok(&f))
		return flash_error(r, f.messages.at[0].text, e) &&
		       respond_redirect(r, manage_path(r));
	return db_tx(r->db, keep_tx, &k, e) &&
	       flash_set(r, tr(r->cat, "The view is changed."), undo_path(r, k.event_id), e) &&
	       respond_redirect(r, manage_path(r));
}

static bool view_remove_post(struct request *r, struct err *e)
{
	struct keeping k = { .request = r, .act = ACT_REMOVE };

	k.view.id = request_id(r, "view");
	return db_tx(r->db, keep_tx, &k, e) &&
	       flash_set(r, tr(r->cat, "The view is taken away."), undo_path(r, k.event_id), e) &&
	       respond_redirect(r, manage_path(r));
}

static bool view_first_post(struct request *r, struct err *e)
{
	int64_t id = request_form(r, "none") ? 0 : request_id(r, "view");
	struct saved_view v;

	if (id && !view_get(r->db, r->arena, r->entity.id, r->user.id, id, &v, e))
		return false;
	return list_setting_view(r->db, r->entity.id, r->user.id, request_param(r, "list"), id,
				 e) &&
	       flash_set(r,
			 id ? tr(r->cat, "The list opens with this view.")
			    : tr(r->cat, "The list opens with everything."),
			 NULL, e) &&
	       respond_redirect(r, manage_path(r));
}

static bool columns_post(struct request *r, struct err *e)
{
	const char *back = request_form(r, "back");
	struct buf b;

	buf_init(&b, r->arena);
	for (size_t i = 0; i < r->form.n; i++) {
		if (str_eq(r->form.at[i].name, "column") && !strchr(r->form.at[i].value, ','))
			buf_printf(&b, "%s%s", b.len ? "," : "", r->form.at[i].value);
	}
	if (b.len > VIEW_QUERY_MAX)
		return err_set(e, ERR_LIMIT, "too many columns");
	return list_setting_columns(r->db, r->entity.id, r->user.id, request_param(r, "list"),
				    request_form(r, "reset") ? NULL : buf_str(&b), e) &&
	       respond_redirect(r, back && parse_is_local(back) ? back : "/");
}

/* ---- the page of views ------------------------------------------------------------------------- */

static bool views_show(struct request *r, struct err *e)
{
	const char *list = request_param(r, "list");
	struct page *p = page_begin(r, tr(r->cat, "Kept views"), "");
	struct list_setting setting;
	struct views_page v = { .list = list };
	struct saved_view *view;
	struct view_row *row;

	if (!view_list(r->db, r->arena, r->entity.id, r->user.id, list, &view, &v.n, e) ||
	    !list_setting_get(r->db, r->arena, r->entity.id, r->user.id, list, &setting, e))
		return false;
	row = ARENA_ARRAY(r->arena, v.n, struct view_row);
	for (size_t i = 0; i < v.n; i++)
		row[i] = (struct view_row){ .view = &view[i],
					    .is_own = view[i].user_id == r->user.id,
					    .is_first = view[i].id == setting.view_id };
	v.rows = row;
	v.has_first = setting.view_id != 0;
	views_page(p, &v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(POST, "/lists/:list/columns", columns_post, PERM_USER, SCOPE_ENTITY),
	ROUTE(GET, "/lists/:list/views", views_show, PERM_USER, SCOPE_ENTITY),
	ROUTE(POST, "/lists/:list/views", view_add_post, PERM_USER, SCOPE_ENTITY),
	ROUTE(POST, "/lists/:list/views/:view", view_change_post, PERM_USER, SCOPE_ENTITY),
	ROUTE(POST, "/lists/:list/views/:view/first", view_first_post, PERM_USER, SCOPE_ENTITY),
	ROUTE(POST, "/lists/:list/views/:view/remove", view_remove_post, PERM_USER, SCOPE_ENTITY),
};
const struct route_list web_view_routes = ROUTE_LIST(routes);
