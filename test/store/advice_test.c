/* SPDX-License-Identifier: Apache-2.0 */
/* Remittance advices in the database: taken once, joined to their payment, told to the matching. */
#include "cash_world.h"

#include "cash/advice_store.h"
#include "db/attachment.h"

#include <sys/mman.h>
#include <unistd.h>

static struct advice_row take(struct cash_world *w, const char *text)
{
	struct advice_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = ++w->now,
				  .today = CASH_WORLD_DAY };
	int fd = memfd_create("advice", 0);
	struct advice_row row;
	struct err e = { 0 };

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	if (!advice_import(&job, fd, "advice.txt", &row, &e))
		fail_msg("%s", e.msg);
	close(fd);
	return row;
}

static int64_t receipt(struct cash_world *w, const char *reference, int64_t minor)
{
	return cash_world_entry(w, w->entity.id,
				&(struct cash_receipt){ .reference = reference,
							.name = "Menuiserie Dubourg SARL",
							.text = "VIREMENT",
							.minor = minor,
							.on = CASH_WORLD_DAY });
}

#define ADVICE                                                                                  \
	"From: compta@dubourg.example\nMIME-Version: 1.0\n"                                     \
	"Content-Transfer-Encoding: quoted-printable\n\nAvis du 01/10/2026\nFA2026-0000012 =\n" \
	"700,00\nFA2026-0000013 200,00\nAV2026-0000001 -100,00\nTotal 800,00\n"

static void an_advice_joins_its_payment_and_explains_it(void **state)
{
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg SARL", NULL);
	int64_t a = cash_world_item(w, who, "FA2026-0000012", 70000, CASH_WORLD_DAY - 60);
	int64_t b = cash_world_item(w, who, "FA2026-0000013", 20000, CASH_WORLD_DAY - 50);
	int64_t c = cash_world_item(w, who, "AV2026-0000001", -10000, CASH_WORLD_DAY - 40);
	int64_t entry = receipt(w, "B001", 80000);
	struct cash_match_report report;
	struct match_entry facts = { .id = entry };
	struct advice_row row;
	struct err e = { 0 };

	cash_world_item(w, who, "FA2026-0000014", 90000, CASH_WORLD_DAY - 45);
	row = take(w, ADVICE);
	assert_true(row.adds_up);
	assert_int_equal(row.n_lines, 3);
	assert_int_equal(row.n_known, 3);
	assert_int_equal(row.entry_id, entry);
	store_ok(advice_give(w->db, w->arena, w->entity.id, &facts, 1, &e), e);
	assert_int_equal(facts.n_advice, 3);
	assert_string_equal(facts.advice[2].document, "AV2026-0000001");
	assert_int_equal(facts.advice[2].amount_minor, -10000);
	/* The same bytes change nothing. */
	row = take(w, ADVICE);
	assert_true(row.is_repeat);
	assert_int_equal(row.entry_id, entry);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM remittance_advice"), 1);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_open_of(w, a), 0);
	assert_int_equal(cash_world_open_of(w, b), 0);
	assert_int_equal(cash_world_open_of(w, c), 0);
	cash_world_clean(w);
}

static void among_equal_payments_a_person_chooses(void **state)
{
	struct cash_world *w = *state;
	struct advice_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "user:1",
				  .now = 2000,
				  .today = CASH_WORLD_DAY };
	int64_t first = receipt(w, "B001", 80000), second = receipt(w, "B002", 80000);
	struct advice_row row = take(w, ADVICE), other;
	struct err e = { 0 };

	assert_int_equal(row.entry_id, 0);
	assert_int_equal(row.n_candidates, 2);
	store_ok(advice_join(&job, row.id, second, &e), e);
	/* The other one is left for the next advice of that sum, and only that one. */
	other = take(w, "XY4711 800,00\nTotal 800,00\n");
	assert_int_equal(other.entry_id, first);
	assert_false(advice_join(&job, other.id, second, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	e = (struct err){ 0 };
	store_ok(advice_join(&job, other.id, 0, &e), e);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM remittance_advice"
					  " WHERE entry_id IS NULL"),
			 1);
}

static void reads_a_table_between_commas(void **state)
{
	struct cash_world *w = *state;
	struct advice_row row = take(w, "Document,Amount,Remark\nXY4711,\"1,700.00\",a\n"
					"XY4712,99.00,b\nTotal,\"1,799.00\",\n");

	assert_true(row.adds_up);
	assert_int_equal(row.total_minor, 179900);
	assert_int_equal(row.n_lines, 2);
}

static void what_does_not_add_up_joins_nothing_alone(void **state)
{
	struct cash_world *w = *state;
	struct advice_row row;

	receipt(w, "B001", 80000);
	row = take(w, "XY4711 700,00\nXY4712 99,00\nTotal 800,00\n");
	assert_false(row.adds_up);
	assert_int_equal(row.total_minor, 80000);
	assert_int_equal(row.n_candidates, 1);
	assert_int_equal(row.entry_id, 0);
}

static void what_was_taken_is_kept_and_shows_the_nearest_receipts(void **state)
{
	struct cash_world *w = *state;
	int64_t far = receipt(w, "B001", 70000), near = receipt(w, "B002", 79999);
	struct advice_row row = take(w, ADVICE), other;
	struct advice_candidate *list;
	struct advice_line *lines;
	struct attachment *files;
	struct err e = { 0 };
	size_t n;

	store_ok(advice_candidates(w->db, w->arena, w->entity.id, &row, 10, &list, &n, &e), e);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].entry_id, near);
	assert_int_equal(list[1].entry_id, far);
	store_ok(advice_candidates(w->db, w->arena, w->entity.id, &row, 1, &list, &n, &e), e);
	assert_int_equal(n, 1);
	store_ok(advice_lines(w->db, w->arena, row.id, 10, &lines, &n, &e), e);
	assert_int_equal(n, 3);
	assert_int_equal(lines[2].minor, -10000);
	store_ok(attachment_list(w->db, w->arena, ADVICE_SUBJECT, row.id, &files, &n, &e), e);
	assert_int_equal(n, 1);
	assert_string_equal(files[0].media_type, "text/plain");
	assert_int_equal(files[0].size, (int64_t)strlen(ADVICE));
	assert_false(advice_get(w->db, w->arena, w->entity.id + 1, row.id, &other, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

int main(void)
{
#define FACT(test) cmocka_unit_test_setup_teardown(test, cash_world_setup, cash_world_teardown)
	const struct CMUnitTest tests[] = {
		FACT(an_advice_joins_its_payment_and_explains_it),
		FACT(among_equal_payments_a_person_chooses),
		FACT(reads_a_table_between_commas),
		FACT(what_does_not_add_up_joins_nothing_alone),
		FACT(what_was_taken_is_kept_and_shows_the_nearest_receipts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
