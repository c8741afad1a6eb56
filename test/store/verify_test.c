/* SPDX-License-Identifier: Apache-2.0 */
/* Damage done behind the program's back, with plain SQL, is found and named; nothing else is. */
#include "store.h"

#include "cash/cash.h"
#include "day/demo.h"
#include "ledger/verify.h"
#include "ledger/verify_lettering.h"

#include <string.h>
#include <unistd.h>

static const int64_t noon = INT64_C(1795262400) * 1000000; /* 2026-11-21 12:00 UTC */

struct world {
	struct db *db;
	struct arena *arena;
	int64_t entity_id;
};

/* The demo portfolio has everything: imports, statements, matching, reminders, disputes. */
static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct demo_report r;
	struct err e = { 0 };
	struct demo_job job = {
		.size = DEMO_SMALL, .seed = 3, .today = date_of(2026, 11, 21), .now = noon
	};

	assert_non_null(w);
	store_open(&w->db);
	w->arena = arena_new(0);
	job.db = w->db;
	job.arena = w->arena;
	store_ok(demo_load(&job, &r, &e), e);
	w->entity_id = store_i64(w->db, "SELECT id FROM entity");
	store_run(w->db,
		  "INSERT INTO entity (id, code, name, recorded) VALUES (1, 'OTHER', 'Other', 1)");
	store_run(w->db, "INSERT INTO event (id, kind, subject_kind, actor, body, recorded) VALUES"
			 " (2, 'a', 'b', 'c', '{}', 1)");
	store_run(w->db, "INSERT INTO event_unsealed (turn, seq, event_id) VALUES (0, 0, 2)");
	store_run(w->db, "INSERT INTO customer (id, entity_id, code, name, name_key, currency,"
			 " source, event_id, recorded) VALUES (3, 1, 'ELSEWHERE', 'E', 'e', 'EUR',"
			 " 'csv', 2, 1)");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	arena_free(w->arena);
	store_close(w->db);
	free(w);
	return 0;
}

static void verify(struct world *w, struct arena *a, FILE *heads, struct verify_report *ret)
{
	struct err e = { 0 };

	store_ok(ledger_verify(w->db, a, w->entity_id, date_of(2026, 11, 21), ret, &e) &&
			 verify_lettering(w->db, a, w->entity_id, ret, &e) &&
			 cash_verify(w->db, a, w->entity_id, ret, &e) &&
			 verify_chain(w->db, a, heads, ret, &e),
		 e);
}

/* Constraints that a superuser would switch off too. */
static void begin_damage(struct world *w)
{
	struct err e = { 0 };

	if (db_engine(w->db) == DB_SQLITE)
		store_run(w->db, "PRAGMA foreign_keys = OFF");
	store_ok(db_begin(w->db, &e), e);
	if (db_engine(w->db) == DB_POSTGRESQL)
		store_run(w->db, "SET LOCAL session_replication_role = replica");
}

static void end_damage(struct world *w)
{
	db_rollback(w->db);
	if (db_engine(w->db) == DB_SQLITE)
		store_run(w->db, "PRAGMA foreign_keys = ON");
}

static bool is_in(const char *list, const char *law)
{
	const char *at = strstr(list, law);
	size_t n = strlen(law);

	for (; at; at = strstr(at + 1, law))
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

/* Some document that is open and some that is partly applied. */
#define OPEN_ITEM                                                                              \
	"(SELECT min(item_id) FROM item_balance b JOIN item i ON i.id = b.item_id"             \
	" WHERE b.open_minor = i.amount_minor AND i.amount_minor > 1000"                       \
	" AND i.kind = 'invoice' AND i.entity_id > 1 AND NOT EXISTS"                           \
	" (SELECT 1 FROM allocation y WHERE y.debit_item_id = i.id AND y.lettering_id IS NOT " \
	"NULL))"
#define PAID_ITEM                                                                            \
	"(SELECT max(l.debit_item_id) FROM allocation l WHERE l.reverses_id IS NULL AND NOT" \
	" EXISTS (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id))"
/* Of a statement that tells its balances. */
#define ENTRY                                                                                      \
	"(SELECT min(x.id) FROM statement_entry x JOIN statement s ON s.id = x.statement_id WHERE" \
	" s.opening_minor IS NOT NULL AND s.closing_minor IS NOT NULL AND x.state = 'open')"
#define ALLOCATION  "(SELECT min(id) FROM allocation WHERE reverses_id IS NULL)"
#define POSITION(n) "(SELECT event_id FROM seal WHERE position = " #n ")"

static const struct damage {
	const char *first; /* the law that must be among those found */
	const char *also;  /* those that may be found with it */
	const char *sql;
} damages[] = {
	{ "balance", "ageing control",
	  "UPDATE item_balance SET open_minor = open_minor - 1"
	  " WHERE item_id = " OPEN_ITEM },
	{ "over_applied", "balance ageing control",
	  "UPDATE item_balance SET open_minor = open_minor + 1"
	  " WHERE item_id = " OPEN_ITEM },
	{ "over_applied", "balance ageing entry_sum lettering_balance",
	  "UPDATE item_balance SET open_minor = -1"
	  " WHERE item_id = " PAID_ITEM },
	{ "applied", "balance ageing import_rows entry_sum lettering_balance",
	  "UPDATE allocation SET amount_minor = amount_minor * 1000 WHERE id = " ALLOCATION },
	{ "import_rows", "balance control ageing applied over_applied",
	  "UPDATE item SET amount_minor = amount_minor + 100 WHERE id = " OPEN_ITEM },
	{ "import_rows", "ageing", "UPDATE item SET due_on = '2027-01-31' WHERE id = " OPEN_ITEM },
	{ "import_rows", "", "UPDATE item SET document = 'X' WHERE id = " OPEN_ITEM },
	{ "import_rows", "balance ageing sides event lost receipt entry_payment entry_sum applied",
	  "UPDATE allocation SET effective = '2020-01-01' WHERE id = " ALLOCATION },
	{ "import_rows", "balance applied entry_sum ageing lettering_balance",
	  "DELETE FROM allocation WHERE id = " ALLOCATION },
	{ "import_rows", "statement_sum entry_payment entry_sum",
	  "UPDATE statement_entry SET amount_minor = amount_minor + 1 WHERE id = " ENTRY },
	{ "statement_sum", "import_rows entry_payment entry_sum receipt",
	  "DELETE FROM statement_entry WHERE id = " ENTRY },
	{ "lost", "ageing control", "DELETE FROM item_balance WHERE item_id = " OPEN_ITEM },
	{ "reversed", "ageing balance event control",
	  "INSERT INTO item_reversal (item_id, entity_id, reason, actor, event_id, recorded)"
	  " SELECT i.id, i.entity_id, 'x', 'y', i.event_id, i.recorded FROM item i WHERE i.id "
	  "= " OPEN_ITEM },
	{ "balance_customer", "",
	  "UPDATE item_balance SET customer_id = 3 WHERE item_id = " OPEN_ITEM },
	{ "sides",
	  "import_rows balance applied ageing entry_sum lettering_balance event"
	  " over_applied",
	  "UPDATE allocation SET debit_item_id = " OPEN_ITEM " WHERE id = (SELECT min(l.id) FROM"
	  " allocation l JOIN item o ON o.id = " OPEN_ITEM " WHERE l.customer_id <> o.customer_id"
	  " AND l.reverses_id IS NULL)" },
	{ "sign", "undo balance applied ageing import_rows entry_sum",
	  "UPDATE allocation SET amount_minor = -amount_minor WHERE id = " ALLOCATION },
	{ "tenant", "",
	  "UPDATE contact SET customer_id = 3 WHERE id = (SELECT min(id) FROM"
	  " contact)" },
	{ "tenant", "sides ageing",
	  "UPDATE allocation SET customer_id = 3 WHERE id = " ALLOCATION },
	{ "tenant", "sides import_rows balance_customer ageing control",
	  "UPDATE item SET customer_id = 3 WHERE id = " OPEN_ITEM },
	/* An allocation's side that the book cannot place. */
	{ "tenant", "sides import_rows balance_customer ageing control lettering_balance",
	  "UPDATE item SET customer_id = 3 WHERE id = " PAID_ITEM },
	{ "tenant", "",
	  "UPDATE dispute SET customer_id = 3 WHERE id = (SELECT min(id) FROM"
	  " dispute)" },
	{ "tenant", "",
	  "UPDATE promise SET customer_id = 3 WHERE id = (SELECT min(id) FROM"
	  " promise)" },
	{ "tenant", "",
	  "UPDATE message SET customer_id = 3 WHERE id = (SELECT min(id) FROM"
	  " message)" },
	{ "event", "import_rows", "UPDATE item SET event_id = 2 WHERE id = " OPEN_ITEM },
	{ "event", "ageing",
	  "UPDATE allocation SET recorded = recorded - 5 WHERE id = " ALLOCATION },
	{ "event", "import_rows chain_position",
	  "DELETE FROM event WHERE id = (SELECT event_id FROM item WHERE id = " OPEN_ITEM ")" },
	{ "import_twice", "",
	  "UPDATE import SET sha256 = (SELECT sha256 FROM import WHERE id ="
	  " (SELECT min(id) FROM import WHERE state = 'applied')) WHERE id ="
	  " (SELECT max(id) FROM import WHERE state = 'applied')" },
	{ "receipt_twice", "entry_payment",
	  "UPDATE item SET bank_entry_id = (SELECT min("
	  "bank_entry_id) FROM item) WHERE id = (SELECT max(id)"
	  " FROM item WHERE bank_entry_id IS NOT NULL)" },
	{ "receipt", "entry_payment entry_state",
	  "UPDATE statement_entry SET payment_item_id = 3"
	  " WHERE id = (SELECT min(id) FROM"
	  " statement_entry WHERE payment_item_id IS NOT"
	  " NULL)" },
	/* The log. */
	{ "chain_content", "", "UPDATE event SET actor = 'nobody' WHERE id = " POSITION(40) },
	{ "chain_content", "event", "UPDATE event SET entity_id = 1 WHERE id = " POSITION(41) },
	{ "chain_content", "chain_sealed event",
	  "UPDATE event SET recorded = recorded + 1 WHERE"
	  " id = " POSITION(42) },
	{ "chain_body", "",
	  "UPDATE event SET body = '{\"a\":1}' WHERE id = (SELECT min(id) FROM"
	  " event WHERE kind = 'promise.made')" },
	{ "chain_position", "event", "DELETE FROM event WHERE id = " POSITION(44) },
	{ "chain_position", "chain_unsealed", "DELETE FROM seal WHERE position = 45" },
	{ "chain_position", "chain_sealed",
	  "UPDATE seal SET position = position + 100000 WHERE position = 46" },
	{ "chain_erased", "", "UPDATE seal SET salt = NULL WHERE position = 47" },
	{ "chain_body", "chain_content", "UPDATE seal SET salt = commitment WHERE position = 48" },
	{ "chain_content", "", "UPDATE seal SET hash = commitment WHERE position = 49" },
	{ "chain_unsealed", "",
	  "INSERT INTO event (id, kind, subject_kind, actor, body, recorded)"
	  " VALUES (5, 'a', 'b', 'c', '{}', 1)" },
	{ "chain_cut", "event",
	  "DELETE FROM event WHERE id = (SELECT event_id FROM seal ORDER BY"
	  " position DESC LIMIT 1)" },
};

static void the_demo_is_well(void **state)
{
	struct world *w = *state;
	struct verify_report r;

	verify(w, w->arena, NULL, &r);
	for (size_t i = 0; i < r.n_faults; i++)
		print_message("%s: %s\n", r.faults[i].law, r.faults[i].detail);
	assert_int_equal(r.n_faults, 0);
}

/* Whether what was found is what was done, no less and no more. */
static bool judge(const struct damage *d, size_t i, const struct verify_report *r)
{
	bool is_found = false, is_well = true;

	for (size_t k = 0; k < r->n_faults; k++) {
		const struct verify_fault *f = &r->faults[k];

		is_found |= strcmp(f->law, d->first) == 0;
		assert_true(f->detail && *f->detail);
		if (strcmp(f->law, d->first) == 0 || is_in(d->also, f->law))
			continue;
		print_message("damage %zu (%s): also %s: %s\n", i, d->first, f->law, f->detail);
		is_well = false;
	}
	if (!is_found)
		print_message("damage %zu (%s) was not found: %s\n", i, d->first, d->sql);
	return is_found && is_well;
}

static void each_damage_is_found_and_named(void **state)
{
	struct world *w = *state;
	int n_wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct arena *a = arena_new(0);
		struct verify_report r;

		begin_damage(w);
		store_run(w->db, damages[i].sql);
		verify(w, a, NULL, &r);
		end_damage(w);
		n_wrong += !judge(&damages[i], i, &r);
		arena_free(a);
	}
	assert_int_equal(n_wrong, 0);
}

/* What a fault says of a row: its document, customer and both amounts. */
static void a_fault_names_document_customer_and_amounts(void **state)
{
	struct world *w = *state;
	struct arena *a = arena_new(0);
	struct verify_report r;
	struct err e = { 0 };
	char *document, *code;

	store_ok(db_get_text(w->db, a, "SELECT document FROM item WHERE id = " OPEN_ITEM,
			     DB_NO_PARAMS, &document, &e) &&
			 db_get_text(w->db, a,
				     "SELECT c.code FROM item i JOIN customer c ON c.id ="
				     " i.customer_id WHERE i.id = " OPEN_ITEM,
				     DB_NO_PARAMS, &code, &e),
		 e);
	begin_damage(w);
	store_run(
		w->db,
		"UPDATE item_balance SET open_minor = open_minor - 250 WHERE item_id = " OPEN_ITEM);
	verify(w, a, NULL, &r);
	end_damage(w);
	assert_true(r.n_faults >= 1);
	assert_string_equal(r.faults[0].law, "balance");
	assert_string_equal(r.faults[0].subject_kind, "item");
	assert_string_equal(r.faults[0].document, document);
	assert_string_equal(r.faults[0].customer, code);
	assert_int_equal(r.faults[0].expected_minor - r.faults[0].found_minor, 250);
	assert_non_null(strstr(r.faults[0].detail, document));
	arena_free(a);
}

static void heads_kept_outside_find_the_cut_tail(void **state)
{
	struct world *w = *state;
	char line[] = "encours-head\t1\t9999999\t5\t"
		      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";
	FILE *heads = fmemopen(line, strlen(line), "r");
	struct verify_report r;
	struct err e = { 0 };

	verify(w, w->arena, heads, &r);
	fclose(heads);
	assert_int_equal(r.n_faults, 1);
	assert_string_equal(r.faults[0].law, "chain_cut");
	heads = fmemopen(line, 30, "r");
	assert_false(verify_chain(w->db, w->arena, heads, &r, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	fclose(heads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_demo_is_well),
		cmocka_unit_test(each_damage_is_found_and_named),
		cmocka_unit_test(a_fault_names_document_customer_and_amounts),
		cmocka_unit_test(heads_kept_outside_find_the_cut_tail),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
