/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "db/event.h"

static const struct event imported = {
	.entity_id = 0,
	.kind = "import.applied",
	.subject_kind = "import",
	.subject_id = 17,
	.actor = "cli",
	.body = "{\"records\":3}",
	.recorded = 1795212247000000,
};

static void an_event_keeps_what_was_said(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	CLEANUP(rows_closep) struct rows *r = NULL;
	int64_t id = 0;
	bool more;

	store_ok(db_begin(db, &e), e);
	store_ok(event_add(db, &imported, &id, &e), e);
	store_ok(db_commit(db, &e), e);
	store_ok(db_query(db,
			  "SELECT entity_id, kind, subject_kind, subject_id, actor, body, recorded"
			  " FROM event WHERE id = $1",
			  DB_PARAMS(P_I64(id)), &r, &e),
		 e);
	store_ok(rows_next(r, &more, &e), e);
	assert_true(more);
	assert_true(row_is_null(r, 0));
	assert_string_equal(row_text(r, 1), "import.applied");
	assert_string_equal(row_text(r, 2), "import");
	assert_int_equal(row_i64(r, 3), 17);
	assert_string_equal(row_text(r, 4), "cli");
	assert_string_equal(row_text(r, 5), "{\"records\":3}");
	assert_int_equal(row_i64(r, 6), 1795212247000000);
}

static void an_event_goes_with_its_transaction(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };

	store_ok(db_begin(db, &e), e);
	store_ok(event_add(db, &imported, NULL, &e), e);
	db_rollback(db);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM event"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_event_keeps_what_was_said, store_setup,
						store_teardown),
		cmocka_unit_test_setup_teardown(an_event_goes_with_its_transaction, store_setup,
						store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
