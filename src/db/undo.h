/* SPDX-License-Identifier: Apache-2.0 */
/*
 * undo.h - taking acts back: which event is undone by whom, and what a row was before it.
 *
 * An undo is a fact of its own: the event "undone" on the event taken back. What an act changed in place is
 * kept beside its event, not in it, since an event is never changed and a person's data may have to be
 * erased:
 *
 *	event_add(db, &ev, &event_id, e) && undo_keep(db, a, event_id, &old, columns, n, e)
 *	...
 *	undo_kept(db, a, event_id, columns, n, &old, e)		// then written again
 */
#ifndef DB_UNDO_H
#define DB_UNDO_H

#include "db/db.h"

struct undo_event {
	int64_t id;
	int64_t entity_id; /* 0: of the whole installation */
	const char *kind;
	const char *subject_kind;
	int64_t subject_id;
	const char *actor;
	const char *body;
	int64_t recorded;
	bool is_undone;
};

/* ERR_NOT_FOUND when the entity has no such event; those of the installation belong to all. */
bool undo_event_get(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
		    struct undo_event *ret, struct err *e) NODISCARD;

/* The events of one actor since a moment, the newest first, that are not undone; at most limit. */
bool undo_event_list(struct db *db, struct arena *a, int64_t entity_id, const char *actor,
		     int64_t since, int limit, struct undo_event **ret, size_t *ret_n,
		     struct err *e) NODISCARD;

/* Says that the event is taken back, with the event "undone". ERR_CONFLICT when it was already, also by
 * another at the same time. In the caller's transaction, before anything else is done. */
bool undo_mark(struct db *db, const struct undo_event *ev, const char *actor, int64_t now,
	       struct err *e) NODISCARD;

/* Keeps what the columns of a struct hold; and gives it back, ERR_REFUSED when nothing was kept. */
bool undo_keep(struct db *db, struct arena *a, int64_t event_id, const void *row,
	       const struct db_column *columns, size_t n, struct err *e) NODISCARD;
bool undo_kept(struct db *db, struct arena *a, int64_t event_id, const struct db_column *columns,
	       size_t n, void *ret, struct err *e) NODISCARD;

#endif
