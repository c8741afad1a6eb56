/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo.h - fills an empty database with a synthetic portfolio that shows every part of the program.
 *
 * The story of demo_world.h is told through the doors a company would use: files are imported, receipts
 * matched, reminders selected and delivered week by week, with the clock of that week. So every fact has
 * its history, and `verify` finds nothing.
 */
#ifndef DAY_DEMO_H
#define DAY_DEMO_H

#include "day/demo_world.h"
#include "db/db.h"

#define DEMO_PASSWORD "essai-encours-2026"

struct demo_job {
	struct db *db; /* migrated */
	struct arena *arena;
	enum demo_size size;
	uint64_t seed;
	day_t today;
	int64_t now;
	void (*progress)(void *arg, int64_t done, int64_t total); /* may be NULL */
	void *progress_arg;
};

struct demo_user {
	const char *email, *name, *role;
};

struct demo_report {
	int64_t n_customers, n_items, n_entries;
	const struct demo_user *users;
	size_t n_users;
};

/* ERR_REFUSED when the database has customers already. What was loaded before a failure stays: the demo
 * has a database of its own. */
bool demo_load(const struct demo_job *job, struct demo_report *ret, struct err *e) NODISCARD;

/* The demo's users, whether loaded or not. */
const struct demo_user *demo_users(size_t *ret_n);

#endif
