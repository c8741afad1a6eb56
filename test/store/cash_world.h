/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cash_world.h - companies with customers, documents and receipts, for tests of what surrounds the matching.
 *
 *	struct cash_world *w = *state;
 *	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg SARL", NULL);
 *	cash_world_item(w, who, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
 *	cash_world_entry(w, w->entity.id, &(struct cash_receipt){ .reference = "B001", ... });
 *	cash_world_match(w, w->entity.id, &report);
 */
#ifndef TEST_STORE_CASH_WORLD_H
#define TEST_STORE_CASH_WORLD_H

#include "store.h"

#include "cash/cash.h"
#include "ledger/import.h"
#include "ledger/post.h"

enum { CASH_WORLD_DAY = 20728, CASH_WORLD_NOW = 1000 }; /* 2026-10-02 */

struct cash_world {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	int64_t event_id; /* of the setting up */
	int64_t now;      /* of the next act */
};

struct cash_receipt {
	const char *reference, *name, *iban, *text;
	int64_t minor;
	day_t on;
};

int cash_world_setup(void **state);
int cash_world_teardown(void **state);

int64_t cash_world_entity(struct cash_world *w, const char *code, const char *name);
int64_t cash_world_customer(struct cash_world *w, int64_t entity_id, const char *code,
			    const char *name, const char *iban);
/* An invoice due after 30 days, or a credit note when minor is negative. */
int64_t cash_world_item(struct cash_world *w, int64_t customer_id, const char *document,
			int64_t minor, day_t on);
int64_t cash_world_entry(struct cash_world *w, int64_t entity_id, const struct cash_receipt *r);

/* Imports the bytes of a file, as of CASH_WORLD_DAY; ends the test when that fails. */
struct import_report cash_world_take(struct cash_world *w, const char *name, const char *bytes);

/* As of the end of 2026; the clock goes on. */
void cash_world_match(struct cash_world *w, int64_t entity_id, struct cash_match_report *ret);

struct entry cash_world_get(struct cash_world *w, int64_t entry_id);
int64_t cash_world_open_of(struct cash_world *w, int64_t item_id);

/* Applies the entry to whole documents, by a person. */
void cash_world_apply(struct cash_world *w, int64_t entry_id, const struct cash_line *lines,
		      size_t n);
void cash_world_unapply(struct cash_world *w, int64_t entry_id);

/* The laws of the room, all clean; or the names of the laws that are broken, for damage on purpose. */
void cash_world_clean(struct cash_world *w);
bool cash_world_breaks(struct cash_world *w, const char *law);

#endif
