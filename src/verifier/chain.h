/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain.h - checks the chain of the event log (doc/seal.md), event after event, in bounded memory.
 *
 * It knows nothing of databases or of the program that sealed, and shares no code with it but the hash
 * library: what one of them does wrong the other finds. `encours-verify` gives it the lines of an export,
 * `encours verify` the rows of a live database.
 *
 *	struct chain *c = chain_new(tell, arg);
 *	for (...)
 *		chain_head(c, &kept);		// heads kept outside, before the first event
 *	for (...)
 *		chain_take(c, &event);
 *	chain_end(c);
 *	ok = chain_faults(c) == 0;
 *	chain_free(c);
 */
#ifndef VERIFIER_CHAIN_H
#define VERIFIER_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHAIN_HASH = 32, CHAIN_SALT = 16 };

struct chain_text {
	const char *at;
	size_t len;
};

struct chain_event {
	int64_t position, sealed, event_id, entity_id, subject_id, recorded;
	struct chain_text kind, subject_kind, actor, body;
	bool is_erased; /* there is no salt */
	unsigned char salt[CHAIN_SALT], commitment[CHAIN_HASH], hash[CHAIN_HASH];
};

struct chain_head {
	int64_t position, sealed;
	unsigned char hash[CHAIN_HASH];
};

/* What is wrong at a position. The text is a sentence without the position. */
enum chain_fault {
	CHAIN_POSITION,  /* removed, inserted, reordered */
	CHAIN_SEALED,    /* the moment is not what the rule gives */
	CHAIN_BODY,      /* the body is not the one that was sealed */
	CHAIN_CONTENT,   /* any other field is not, or the hash or its predecessor's was changed */
	CHAIN_ERASED,    /* the salt is gone and no event says why */
	CHAIN_REWRITTEN, /* a head kept outside has another hash */
	CHAIN_CUT,       /* a head kept outside is beyond the end */
	CHAIN_FAULT_KINDS
};

/* Short name of a kind: "position", "body" ... */
const char *chain_fault_name(enum chain_fault kind);

typedef void chain_tell(void *arg, enum chain_fault kind, int64_t position, int64_t event_id,
			const char *text);

struct chain;
struct chain *chain_new(chain_tell *tell, void *arg);
void chain_free(struct chain *c);

void chain_head(struct chain *c, const struct chain_head *head);
void chain_take(struct chain *c, const struct chain_event *ev);
void chain_end(struct chain *c);

int64_t chain_faults(const struct chain *c);
/* Events taken, and the last one as a head. */
int64_t chain_events(const struct chain *c);
struct chain_head chain_last(const struct chain *c);

#endif
