/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.h - the dunning policies and message texts of a company, as kept in the database.
 *
 * Both are versioned: a change adds a revision, and the newest counts. A company that has loaded none works
 * with the policy and the texts of a new installation.
 */
#ifndef COLLECT_SCENARIO_H
#define COLLECT_SCENARIO_H

#include "collect/message_text.h"
#include "collect/policy.h"
#include "db/db.h"

struct scenario {
	const char *name;
	int revision;     /* 0: built in, never changed here */
	const char *body; /* JSON */
	int64_t recorded;
	struct policy policy;
};

/* The newest revision of every policy, in order of name; the built-in one when there is none. */
bool scenario_list(struct db *db, struct arena *a, int64_t entity_id, struct scenario **ret,
		   size_t *ret_n, struct err *e) NODISCARD;

/* Checks the JSON and adds a revision, in a transaction of its own. A text that is already the newest
 * revision changes nothing. ret_revision may be NULL. */
bool scenario_load(struct db *db, int64_t entity_id, const char *json, size_t len,
		   const char *actor, int64_t now, int *ret_revision, struct err *e) NODISCARD;

/* A message text in force. */
struct text_revision {
	const char *name;
	const char *channel;
	const char *language;
	int revision; /* 0: built in */
	const char *subject;
	const char *body;
};

/* Every text in force: the built-in ones, replaced or completed by what the company wrote. */
bool text_list(struct db *db, struct arena *a, int64_t entity_id, struct text_revision **ret,
	       size_t *ret_n, struct err *e) NODISCARD;

/* Among texts, that of the name for a reader of the language; else in English, else in any language;
 * NULL when no text has that name. */
const struct text_revision *text_find(const struct text_revision *texts, size_t n, const char *name,
				      const char *language);

/* Checks and adds a revision, in a transaction of its own. ERR_INVALID tells the line. */
bool text_save(struct db *db, int64_t entity_id, const struct text_revision *text,
	       const char *actor, int64_t now, struct err *e) NODISCARD;

/* The revision before that of the id is in force again; ERR_CONFLICT when it is not the newest any more,
 * ERR_REFUSED when there was none. */
bool scenario_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t id, const char *actor,
		   int64_t now, struct err *e) NODISCARD;
bool text_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t id, const char *actor,
	       int64_t now, struct err *e) NODISCARD;

#endif
