/* SPDX-License-Identifier: Apache-2.0 */
#include "web/undo.h"

#include "base/text.h"
#include "web/parse.h"
#include "web/private.h"

#include <stdlib.h>

enum { EVENTS_MAX = 200, LOOK_BACK = 50, LAST_SECONDS = 3600 };

const struct undo *undo_find(const struct undo_list *const *lists, const char *kind)
{
	for (; lists && *lists; lists++) {
		for (size_t i = 0; i < (*lists)->n; i++) {
			if (str_eq((*lists)->at[i].kind, kind))
				return &(*lists)->at[i];
		}
	}
	return NULL;
}

bool undo_sees(struct undo_act *u, int64_t customer_id, struct err *e)
{
	const struct request *r = u->request;
	bool sees = true;

	if (r && r->own->app->sees_customer &&
	    !r->own->app->sees_customer(u->db, &r->user, u->entity_id, customer_id, &sees, e))
		return false;
	return sees || err_set(e, ERR_NOT_FOUND, "there is no such customer");
}

/* ---- taking back ------------------------------------------------------------------------------- */

struct taking {
	struct undo_act *act;
	const struct undo_list *const *lists;
	const int64_t *ids;
	size_t n;
	const struct undo *first;
};

static bool take_one(struct db *db, struct taking *t, int64_t id, struct err *e)
{
	struct undo_act *u = t->act;
	const struct undo *undo;

	if (!undo_event_get(db, u->arena, u->entity_id, id, &u->event, e))
		return false;
	undo = undo_find(t->lists, u->event.kind);
	if (!undo)
		return err_set(e, ERR_REFUSED, "this cannot be taken back");
	if (u->request && !request_may(u->request, undo->permission))
		return err_set(e, ERR_FORBIDDEN, "the right %s is needed to take this back",
			       permission_name(undo->permission));
	if (!t->first)
		t->first = undo;
	return undo_mark(db, &u->event, u->actor, u->now, e) && undo->fn(u, e);
}

static bool take_tx(struct db *db, void *arg, struct err *e)
{
	struct taking *t = arg;

	t->first = NULL;
	for (size_t i = t->n; i > 0; i--) {
		if (!take_one(db, t, t->ids[i - 1], e))
			return false;
	}
	return true;
}

bool undo_run(struct undo_act *u, const struct undo_list *const *lists, const int64_t *event_ids,
	      size_t n, const struct undo **ret_undo, struct err *e)
{
	struct taking t = { .act = u, .lists = lists, .ids = event_ids, .n = n };

	ENSURE(n > 0);
	if (!db_tx(u->db, take_tx, &t, e))
		return false;
	*ret_undo = t.first;
	return true;
}

/* ---- paths ------------------------------------------------------------------------------------- */

const char *undo_path(struct request *r, int64_t event_id)
{
	return event_id ? arena_printf(r->arena, "/undo/%" PRId64, event_id) : NULL;
}

const char *undo_now(struct request *r, const char *kind)
{
	struct undo_event *ev;
	struct buf b;
	size_t n;

	/* A way back that cannot be found is no reason to say that the act failed. */
	if (!undo_event_list(r->db, r->arena, r->entity.id, r->actor, r->now, EVENTS_MAX, &ev, &n,
			     NULL))
		return NULL;
	for (size_t i = 0; i < n && !kind; i++) {
		if (undo_find(r->own->app->undos, ev[i].kind))
			kind = ev[i].kind;
	}
	buf_init(&b, r->arena);
	for (size_t i = n; kind && i > 0; i--) {
		if (ev[i - 1].recorded == r->now && str_eq(ev[i - 1].kind, kind))
			buf_printf(&b, "%s%" PRId64, b.len ? "," : "/undo/", ev[i - 1].id);
	}
	return b.len ? buf_str(&b) : NULL;
}

/* "12,13" */
static bool read_ids(const char *text, int64_t *ids, size_t *ret_n, struct err *e)
{
	size_t n = 0;

	for (const char *s = text;; s++) {
		char *end = NULL;
		long long id = *s >= '0' && *s <= '9' ? strtoll(s, &end, 10) : 0;

		if (id <= 0 || n == EVENTS_MAX || (*end && *end != ','))
			return err_set(e, ERR_NOT_FOUND, "there is no event \"%.40s\"", text);
		ids[n++] = id;
		if (!*end)
			break;
		s = end;
	}
	*ret_n = n;
	return true;
}

/* ---- pages ------------------------------------------------------------------------------------- */

static bool go_back(struct request *r)
{
	const char *back = request_form(r, "back");

	return respond_redirect(r, back && parse_is_local(back) ? back : "/");
}

static bool take_back(struct request *r, const int64_t *ids, size_t n, struct err *e)
{
	struct undo_act u = { .db = r->db,
			      .arena = r->arena,
			      .entity_id = r->entity.id,
			      .actor = r->actor,
			      .user_id = r->user.id,
			      .now = r->now,
			      .today = r->today,
			      .request = r };
	const struct undo *undo;
	struct form f;

	form_init(&f, r);
	if (undo_run(&u, r->own->app->undos, ids, n, &undo, e))
		return flash_set(r,
				 u.note ? arena_printf(r->arena, "%s %s", tr(r->cat, undo->said),
						       u.note)
					: tr(r->cat, undo->said),
				 NULL, e) &&
		       go_back(r);
	/* A refusal of the business is told on the page one was on. */
	if (e->code == ERR_FORBIDDEN || !form_refused(&f, e))
		return false;
	return flash_error(r,
			   arena_printf(r->arena, tr(r->cat, "Not taken back: %s."),
					f.messages.at[0].text),
			   e) &&
	       go_back(r);
}

static bool undo_post(struct request *r, struct err *e)
{
	int64_t *ids = ARENA_ARRAY(r->arena, EVENTS_MAX, int64_t);
	size_t n = 0;

	return read_ids(request_param(r, "event"), ids, &n, e) && take_back(r, ids, n, e);
}

/* One's own last act of the hour that can be taken back, with what was done in the same breath. */
static bool undo_last_post(struct request *r, struct err *e)
{
	int64_t *ids = ARENA_ARRAY(r->arena, LOOK_BACK, int64_t);
	struct undo_event *ev;
	size_t n, n_ids = 0, last;

	if (!undo_event_list(r->db, r->arena, r->entity.id, r->actor,
			     r->now - LAST_SECONDS * INT64_C(1000000), LOOK_BACK, &ev, &n, e))
		return false;
	for (last = 0; last < n && !undo_find(r->own->app->undos, ev[last].kind); last++)
		;
	if (last == n)
		return flash_error(r, tr(r->cat, "Nothing of the last hour can be taken back."),
				   e) &&
		       go_back(r);
	for (size_t i = n; i > last; i--) {
		if (ev[i - 1].recorded == ev[last].recorded &&
		    str_eq(ev[i - 1].kind, ev[last].kind))
			ids[n_ids++] = ev[i - 1].id;
	}
	return take_back(r, ids, n_ids, e);
}

static const struct route routes[] = {
	ROUTE(POST, "/undo", undo_last_post, PERM_USER, SCOPE_ENTITY),
	ROUTE(POST, "/undo/:event", undo_post, PERM_USER, SCOPE_ENTITY),
};
const struct route_list web_undo_routes = ROUTE_LIST(routes);
