/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - a fresh database for each test that needs one.
 *
 * ENCOURS_TEST_DB names the engine: "sqlite" (also when unset) gives a file of its own, a postgresql:// URL
 * a database of its own on that server, cloned from a template that is made once. Both are migrated, empty,
 * and gone after the test.
 *
 *	static void an_invoice_is_found(void **state)
 *	{
 *		struct db *db = *state;
 *		...
 *	}
 *	cmocka_unit_test_setup_teardown(an_invoice_is_found, store_setup, store_teardown)
 *
 * A test may also call store_open and store_close itself.
 */
#ifndef TEST_STORE_STORE_H
#define TEST_STORE_STORE_H

#include "test.h"

#include "db/db.h"
#include "ledger/entity.h"

/* A fresh migrated database; ends the test when there is none to be had. */
void store_open(struct db **ret);

/* The same without any table, for tests of migration. */
void store_open_empty(struct db **ret);

/* Another connection to it. Close it with db_close before store_close. */
struct db *store_again(struct db *db);

/* Closes the connection and throws its database away. */
void store_close(struct db *db);

/* A fresh database with a company in euros, made at now, and what seed puts there in one transaction. Close it with
 * store_close, and free the arena. */
void store_company(struct db **ret, struct arena **ret_arena, struct entity *ret_entity,
		   db_tx_fn *seed, void *arg, int64_t now);

/* As a fixture of cmocka: *state is the struct db. */
int store_setup(void **state);
int store_teardown(void **state);

/* Fails the test with the error's words when ok is false. */
#define store_ok(ok, e)                                                  \
	do {                                                             \
		if (!(ok))                                               \
			fail_msg("%s: %s", err_name((e).code), (e).msg); \
	} while (0)

/* Runs statements that a test needs but does not test. */
void store_run(struct db *db, const char *sql);

/* The first column of the first row, -1 when there is none. */
int64_t store_i64(struct db *db, const char *sql);

#endif
