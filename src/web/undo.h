/* SPDX-License-Identifier: Apache-2.0 */
/*
 * undo.h - taking acts back (annuler), instead of asking "are you sure?".
 *
 * A room says which of its events can be taken back, and how:
 *
 *	static bool promise_undo(struct undo_act *u, struct err *e)
 *	{
 *		return undo_sees(u, customer_of(...), e) &&
 *		       promise_cancel(u->db, u->entity_id, u->event.subject_id, u->today, u->actor, u->now, e);
 *	}
 *	static const struct undo undos[] = {
 *		UNDO("promise.made", promise_undo, PERM_PROMISE_EDIT, N_("The promise is taken back.")),
 *	};
 *	const struct undo_list collect_undos = UNDO_LIST(undos);
 *
 * with a line in cmd/undo.def. The function runs in a transaction that has said already that the event is
 * undone: it either restores what was, or refuses in words a person understands (ERR_REFUSED, ERR_CONFLICT)
 * when something later rests on it or it has left the house.
 *
 * After an act: flash_set(r, said, undo_now(r, "promise.made"), e).
 */
#ifndef WEB_UNDO_H
#define WEB_UNDO_H

#include "db/undo.h"
#include "web/web.h"

struct undo_act {
	struct db *db;
	struct arena *arena;
	int64_t entity_id;
	struct undo_event event;
	const char *actor;
	int64_t user_id; /* 0: the command line */
	int64_t now;
	day_t today;
	struct request *request; /* NULL: the command line, which sees everything */
	/* Set by the function, in the reader's language: what left the house and is not brought back. NULL: nothing. */
	const char *note;
};

struct undo {
	const char *kind;
	bool (*fn)(struct undo_act *u, struct err *e);
	enum permission permission;
	const char *said; /* N_(): what is told after it */
};

#define UNDO(kind, fn, permission, said)           \
	{                                          \
		(kind), (fn), (permission), (said) \
	}

struct undo_list {
	const struct undo *at;
	size_t n;
};
#define UNDO_LIST(undos)                  \
	{                                 \
		(undos), ARRAY_LEN(undos) \
	}

/* ERR_NOT_FOUND when the user does not see the customer. */
bool undo_sees(struct undo_act *u, int64_t customer_id, struct err *e) NODISCARD;

/* The undo of a kind of event, NULL when it cannot be taken back; lists ends with NULL. */
const struct undo *undo_find(const struct undo_list *const *lists, const char *kind);

/* Takes the events back, all or none, the newest first. ERR_REFUSED for what cannot be, ERR_CONFLICT when one
 * was already, ERR_FORBIDDEN without its right. ret_undo: of the first. */
bool undo_run(struct undo_act *u, const struct undo_list *const *lists, const int64_t *event_ids,
	      size_t n, const struct undo **ret_undo, struct err *e) NODISCARD;

/* The path that takes back what this request did: its events of that kind; of the last kind that can be taken
 * back when kind is NULL. NULL when there are none. */
const char *undo_now(struct request *r, const char *kind);
const char *undo_path(struct request *r, int64_t event_id);

extern const struct route_list web_undo_routes;

#endif
