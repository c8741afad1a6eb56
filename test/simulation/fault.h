/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.h - a database that fails on order: the n-th statement, the commit, or everything from then on.
 */
#ifndef SIMULATION_FAULT_H
#define SIMULATION_FAULT_H

#include "db/db.h"

enum fault_kind {
	FAULT_NONE,
	FAULT_STATEMENT,     /* the n-th statement fails */
	FAULT_BUSY,          /* the n-th beginning of a transaction finds it locked */
	FAULT_COMMIT,        /* the n-th commit with events fails: nothing is done */
	FAULT_COMMIT_ANSWER, /* it is done, but the answer is lost */
	FAULT_CUT,  /* at the n-th statement or row copied the power goes: nothing is rolled back */
	FAULT_KILL, /* after the n-th commit the connection is dead */
	FAULT_KINDS
};

struct fault_plan {
	enum fault_kind kind;
	int after; /* n */
	bool is_dead;
	int n_fired;
};

/* The connection follows the plan from now on. One connection at a time. */
void fault_arm(struct db *db, struct fault_plan *plan);
void fault_disarm(struct db *db);

#endif
