/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.h - views of lists kept under a name (filtres enregistrés), and what each user chose of a list: its
 * columns, and the view that opens first.
 *
 * A view is the query of an address: filters and order, not the place in the list nor a date. It is its
 * maker's, or shared with everybody of the company; only its maker changes it.
 */
#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include "web/web.h"

enum { VIEW_NAME_MAX = 60, VIEW_QUERY_MAX = 1000, VIEWS_MAX = 50 };

struct saved_view {
	int64_t id;
	int64_t user_id;
	const char *list;
	const char *name;
	const char *query; /* "state=late&sort=-open" */
	bool is_shared;
	int64_t version;
};

/* Those of a list that the user sees: his own and the shared ones, by name. */
bool view_list(struct db *db, struct arena *a, int64_t entity_id, int64_t user_id, const char *list,
	       struct saved_view **ret, size_t *ret_n, struct err *e) NODISCARD;

/* One that the user sees; ERR_NOT_FOUND. */
bool view_get(struct db *db, struct arena *a, int64_t entity_id, int64_t user_id, int64_t id,
	      struct saved_view *ret, struct err *e) NODISCARD;

/* Keeps a new one; ERR_DUPLICATE when the user has one of that name for the list, ERR_LIMIT past
 * VIEWS_MAX. v->id is filled. In the caller's transaction, as all that follow; ret_event (may be NULL) gets
 * the event. */
bool view_add(struct db *db, int64_t entity_id, struct saved_view *v, const char *actor,
	      int64_t now, int64_t *ret_event, struct err *e) NODISCARD;

/* Renames it and shares it or not. ERR_FORBIDDEN when it is another's, ERR_STALE when it changed since
 * v->version. */
bool view_change(struct db *db, int64_t entity_id, int64_t user_id, const struct saved_view *v,
		 const char *actor, int64_t now, int64_t *ret_event, struct err *e) NODISCARD;

/* Takes it away, or brings it back. ERR_FORBIDDEN when it is another's. */
bool view_remove(struct db *db, int64_t entity_id, int64_t user_id, int64_t id, bool is_gone,
		 const char *actor, int64_t now, int64_t *ret_event, struct err *e) NODISCARD;

/* The query without place, date, format and the view it came from: what a view keeps. */
const char *view_query_of(struct request *r, struct web_values query);

/* The address of a view: of the request's path. */
const char *view_url(struct request *r, int64_t id, const char *query);

/* ---- settings ------------------------------------------------------------------------------------ */

struct list_setting {
	const char *columns; /* names with commas between; NULL: as made */
	int64_t view_id;     /* the view that opens first; 0: none */
	const char *view_query;
};

bool list_setting_get(struct db *db, struct arena *a, int64_t entity_id, int64_t user_id,
		      const char *list, struct list_setting *ret, struct err *e) NODISCARD;

/* Keep them; no event: they are how one person looks, no fact. */
bool list_setting_columns(struct db *db, int64_t entity_id, int64_t user_id, const char *list,
			  const char *columns, struct err *e) NODISCARD;
bool list_setting_view(struct db *db, int64_t entity_id, int64_t user_id, const char *list,
		       int64_t view_id, struct err *e) NODISCARD;

/* Whether the name stands in "a,b,c". */
bool list_setting_has(const char *columns, const char *name);

#endif
