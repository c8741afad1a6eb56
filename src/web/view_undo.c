/* SPDX-License-Identifier: Apache-2.0 */
/* view_undo.c - kept views, taken back. */
#include "web/undo.h"
#include "web/view.h"

#include <jansson.h>

static bool kept_undo(struct undo_act *u, struct err *e)
{
	return view_remove(u->db, u->entity_id, u->user_id, u->event.subject_id, true, u->actor,
			   u->now, NULL, e);
}

static bool removed_undo(struct undo_act *u, struct err *e)
{
	return view_remove(u->db, u->entity_id, u->user_id, u->event.subject_id, false, u->actor,
			   u->now, NULL, e);
}

/* The event tells the name and the sharing of before. */
static bool changed_undo(struct undo_act *u, struct err *e)
{
	json_t *body = json_loads(u->event.body, 0, NULL);
	struct saved_view v = { .id = u->event.subject_id };
	struct saved_view here;
	bool ok;

	ok = view_get(u->db, u->arena, u->entity_id, u->user_id, v.id, &here, e);
	if (ok) {
		v.name = arena_strdup(u->arena,
				      json_string_value(json_object_get(body, "old_name")));
		v.is_shared = json_is_true(json_object_get(body, "old_shared"));
		v.version = here.version;
		if (!str_eq(here.name, json_string_value(json_object_get(body, "name"))))
			ok = err_set(e, ERR_STALE, "the view \"%.60s\" changed meanwhile",
				     here.name);
	}
	json_decref(body);
	return ok && view_change(u->db, u->entity_id, u->user_id, &v, u->actor, u->now, NULL, e);
}

static const struct undo undos[] = {
	UNDO("view.kept", kept_undo, PERM_USER, N_("The view is taken away.")),
	UNDO("view.removed", removed_undo, PERM_USER, N_("The view is there again.")),
	UNDO("view.changed", changed_undo, PERM_USER, N_("The view is as before.")),
};
extern const struct undo_list web_view_undos;
const struct undo_list web_view_undos = UNDO_LIST(undos);
