/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox.h - the messages (boîte d'envoi): planned once, sent once, never lost, never silently doubtful.
 *
 *	planned -> claimed -> attempting -> accepted | refused | deferred | uncertain, or cancelled
 *
 * A message is planned under a key made of its customer, its items with their levels and the count of
 * earlier messages of the same that never left, so that running a day again plans nothing again. Before
 * the first byte leaves, "attempting" is committed by a transaction that has just read the ledger again:
 * what was paid, disputed, promised or excluded meanwhile is cancelled, what changed is written anew.
 * Only "claimed" may be taken over from a sender that died; its "attempting" becomes "uncertain", which
 * the relay's log or a person resolves.
 */
#ifndef COLLECT_OUTBOX_H
#define COLLECT_OUTBOX_H

#include "collect/compose.h"

struct outbox_message {
	int64_t id;
	int64_t customer_id;
	const char *customer_code;
	const char *customer_name;
	int64_t contact_id;
	const char *key;
	const char *step;
	int level;
	const char *channel;
	const char *language;
	const char *recipient;
	const char *subject;
	const char *body;
	int64_t amount_minor;
	char currency[4];
	day_t planned_on;
	const char *message_id; /* of the e-mail, without angle brackets */
	const char *state;
	bool is_test;
	const char *mode;     /* auto, confirm, manual */
	const char *decision; /* confirmed, skipped; NULL: nobody decided */
	const char *decided_by;
	const char *reason; /* why it is in that state; NULL: nothing to say */
	const char *claimed_by;
	int64_t claimed_at;
	int n_attempts;
	int64_t next_try; /* not before; 0: at once */
	int64_t sent_at;
	int64_t version;
};

struct outbox_line {
	int64_t item_id;
	const char *document;
	day_t due_on;
	const char *step;
	int level;
	int64_t open_minor; /* as written in the message */
};

/* ---- planning ------------------------------------------------------------------------------------ */

struct outbox_plan {
	const struct entity *entity;
	day_t today;    /* the day of the steps */
	day_t known_on; /* the later of today and the civil date of now */
	const char *actor;
	int64_t now;
	bool is_dry_run;          /* select and tell, write nothing */
	const int64_t *customers; /* only these; NULL: all */
	size_t n_customers;
	const char
		*decision;  /* of the actor for each of them: "confirmed", "skipped"; NULL: none */
	int64_t not_before; /* what the actor decided on leaves not before that moment; 0: at once */
};

struct outbox_planned {
	struct gathered gathered;
	struct select_result selected;
	int n_planned; /* messages written */
};

/* Selects, and writes what was selected, in one transaction. Steps of mode manual are only told, unless the
 * actor decided. The result lives in the arena. */
bool outbox_plan(struct db *db, struct arena *a, const struct outbox_plan *plan,
		 struct outbox_planned *ret, struct err *e) NODISCARD;

/* ---- reading ------------------------------------------------------------------------------------- */

struct outbox_filter {
	const char *state;   /* NULL: all */
	const char *channel; /* NULL: all */
	int64_t customer_id; /* 0: all */
	const char *text;    /* part of the customer's name, or his code; NULL: all */
	int64_t before_id;   /* page: messages older than that; 0: from the newest */
	int limit;
};

/* Newest first. */
bool outbox_list(struct db *db, struct arena *a, int64_t entity_id, const struct outbox_filter *f,
		 struct outbox_message **ret, size_t *ret_n, struct err *e) NODISCARD;
/* How many there are in all; limit and before_id are not looked at. */
bool outbox_count_all(struct db *db, struct arena *a, int64_t entity_id,
		      const struct outbox_filter *f, int64_t *ret, struct err *e) NODISCARD;
bool outbox_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		struct outbox_message *ret, struct err *e) NODISCARD;
bool outbox_lines(struct db *db, struct arena *a, int64_t message_id, struct outbox_line **ret,
		  size_t *ret_n, struct err *e) NODISCARD;

struct outbox_count {
	const char *state;
	const char *channel;
	bool is_test;
	int64_t n;
};
bool outbox_counts(struct db *db, struct arena *a, int64_t entity_id, struct outbox_count **ret,
		   size_t *ret_n, struct err *e) NODISCARD;

/* ---- what people decide; each in a transaction of its own ---------------------------------------- */

/* A planned message may leave (mode confirm). ERR_CONFLICT when it is no longer planned. */
bool outbox_confirm(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		    struct err *e) NODISCARD;
/* It never leaves, and its step counts as done. */
bool outbox_skip(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		 struct err *e) NODISCARD;
/* It waits for a decision again. ERR_CONFLICT when it has left or something else was decided. */
bool outbox_undecide(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		     struct err *e) NODISCARD;
/* An uncertain message: a person knows that it was sent, or wants it sent again (planned anew, through all
 * the checks). ERR_CONFLICT when it is not uncertain. */
bool outbox_resolve(struct db *db, int64_t entity_id, int64_t id, bool was_sent, const char *actor,
		    int64_t now, struct err *e) NODISCARD;

/* Leaves test mode or goes back to it. Messages of the mode that ends and have not left are cancelled. */
bool outbox_set_live(struct db *db, const struct entity *entity, bool is_live, const char *actor,
		     int64_t now, struct err *e) NODISCARD;

/* ---- moving a message on; used by send.c and letter_print.c ------------------------------------- */

/* Takes a planned, deferred or abandoned claimed message for this sender. *ret_won is false when somebody
 * else has it. m gets its new version. */
bool outbox_claim(struct db *db, struct outbox_message *m, const char *sender, int64_t now,
		  bool *ret_won, struct err *e) NODISCARD;

/* Why a claimed message may not leave, or what it must say. */
struct outbox_check {
	bool is_clear;
	bool is_held;       /* not now (stale data), but not cancelled either */
	const char *reason; /* when not clear */
	struct gathered gathered;
	struct select_action action; /* when clear */
};

/* The transaction before the first byte: reads the ledger again; moves the message to attempting with the
 * text of now, or cancels it, or gives it back. today is the day it leaves. */
bool outbox_begin_attempt(struct db *db, struct arena *a, struct composer *c,
			  struct outbox_message *m, day_t today, const char *actor, int64_t now,
			  struct outbox_check *ret, struct composed *ret_text,
			  struct err *e) NODISCARD;

/* The same reading of the ledger, without moving anything: for previews, specimens and prints made again. */
bool outbox_peek(struct db *db, struct arena *a, struct composer *c, struct outbox_message *m,
		 day_t today, struct outbox_check *ret, struct err *e) NODISCARD;

/* From attempting (or uncertain) to what became of it: accepted, refused, deferred (next_try), uncertain,
 * planned (a letter whose print was thrown away). ERR_CONFLICT when the message moved meanwhile. */
bool outbox_settle(struct db *db, struct outbox_message *m, const char *state, const char *reason,
		   int64_t next_try, const char *actor, int64_t now, struct err *e) NODISCARD;

#endif
