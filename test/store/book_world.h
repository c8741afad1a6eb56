/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_world.h - for book_test.c: a random business (book_world.c), and its book beside a slow fold of the rows
 * (book_compare.c).
 */
#ifndef TEST_STORE_BOOK_WORLD_H
#define TEST_STORE_BOOK_WORLD_H

#include "store.h"

#include "dispute/dispute.h"
#include "ledger/book.h"
#include "ledger/book_file.h"
#include "ledger/book_shelf.h"
#include "ledger/book_totals.h"
#include "ledger/customer.h"
#include "ledger/entity.h"
#include "ledger/exposure.h"
#include "ledger/post.h"
#include "ledger/verify_book.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS_MAX = 4096, STEPS = 160 };

static const day_t first_day = 20000;

struct world {
	struct db *db, *reader; /* one writes, the other reads by its shelf */
	struct book_shelf *shelf;
	struct arena *arena;
	struct entity entity;
	uint64_t random;
	day_t today;
	int64_t now;
	int64_t customer[ROWS_MAX];
	size_t n_customers;
	int64_t item[ROWS_MAX];
	size_t n_items;
	char folder[256]; /* of PostgreSQL's snapshots */
};

struct act {
	struct world *w;
	int kind;
};

size_t dice(struct world *w, size_t n);
bool add_item(struct world *w, struct db *db, struct err *e);
bool act_tx(struct db *db, void *arg, struct err *e);
void live(struct world *w);
void world_open(struct world *w, uint64_t seed);
void world_close(struct world *w);
int64_t newest(struct world *w);
void look(struct world *w, struct db *db, const char *what);
void look_afresh(struct world *w, const char *what);
void write_snapshot(struct world *w);

#endif
