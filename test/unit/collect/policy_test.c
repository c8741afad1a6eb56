/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "collect/policy.h"

#include <stdarg.h>

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(16 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static bool parse(const char *json, struct policy *p, struct err *e)
{
	return policy_parse(arena, json, strlen(json), p, e);
}

static void the_default_policy_is_a_notice_two_emails_and_a_letter(void **state)
{
	static const struct {
		const char *name;
		int days;
		enum policy_channel channel;
	} steps[] = {
		{ "notice", -5, POLICY_EMAIL },
		{ "reminder1", 7, POLICY_EMAIL },
		{ "reminder2", 20, POLICY_EMAIL },
		{ "letter", 40, POLICY_LETTER },
	};
	struct err e = { 0 };
	struct policy p;

	(void)state;
	if (!parse(policy_default_json(), &p, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(p.n_steps, ARRAY_LEN(steps));
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		assert_string_equal(p.steps[i].name, steps[i].name);
		assert_int_equal(p.steps[i].days, steps[i].days);
		assert_int_equal(p.steps[i].channel, steps[i].channel);
	}
	assert_int_equal(p.minimum_minor, 1500);
	assert_true(p.is_not_chased[POLICY_DIRECT_DEBIT]);
	assert_true(p.is_not_chased[POLICY_DRAFT]);
	assert_false(p.is_not_chased[POLICY_TRANSFER]);
}

static void what_is_written_reads_the_same(void **state)
{
	struct err e = { 0 };
	struct policy p, q;
	struct buf one, two;

	(void)state;
	buf_init(&one, arena);
	buf_init(&two, arena);
	assert_true(
		parse("{\"name\":\"é\\\"\",\"currency\":\"JPY\",\"minimum_amount\":\"500\","
		      "\"segments\":[\"PME\",\"ETI\"],\"not_chased\":[\"card\"],"
		      "\"steps\":[{\"name\":\"a\",\"level\":3,\"days\":0,\"channel\":\"sms\"}]}",
		      &p, &e));
	policy_write(&p, &one);
	assert_true(parse(buf_str(&one), &q, &e));
	policy_write(&q, &two);
	assert_string_equal(buf_str(&one), buf_str(&two));
	assert_true(q.is_not_chased[POLICY_CARD]);
	assert_false(q.is_not_chased[POLICY_DRAFT]);
}

#define STEP(rest) "{\"name\":\"x\",\"steps\":[" rest "]}"
#define ONE        "{\"name\":\"a\",\"level\":1,\"days\":1,\"channel\":\"email\"}"

static void refuses_what_is_no_policy_and_names_the_field(void **state)
{
	static const struct {
		const char *json;
		enum err_code code;
		const char *field;
	} bad[] = {
		{ "", ERR_FORMAT, "" },
		{ "{", ERR_FORMAT, "" },
		{ "[]", ERR_INVALID, "" },
		{ "{\"name\":\"a\",\"name\":\"b\"}", ERR_FORMAT, "" },
		{ "{}", ERR_INVALID, "name" },
		{ "{\"name\":\"x\"}", ERR_INVALID, "steps" },
		{ STEP(""), ERR_INVALID, "steps" },
		{ STEP("7"), ERR_INVALID, "steps" },
		{ "{\"nam\":\"x\",\"steps\":[" ONE "]}", ERR_INVALID, "nam" },
		{ "{\"name\":\"x\",\"currency\":\"eur\",\"steps\":[" ONE "]}", ERR_INVALID,
		  "currency" },
		{ "{\"name\":\"x\",\"minimum_amount\":\"-1\",\"steps\":[" ONE "]}", ERR_INVALID,
		  "minimum_amount" },
		{ "{\"name\":\"x\",\"minimum_amount\":15,\"steps\":[" ONE "]}", ERR_INVALID,
		  "minimum_amount" },
		{ "{\"name\":\"x\",\"stale_days\":1.5,\"steps\":[" ONE "]}", ERR_INVALID,
		  "stale_days" },
		{ "{\"name\":\"x\",\"not_chased\":[\"barter\"],\"steps\":[" ONE "]}", ERR_INVALID,
		  "not_chased" },
		{ STEP("{\"name\":\"a\",\"level\":1,\"days\":1}"), ERR_INVALID,
		  "steps[0].channel" },
		{ STEP("{\"name\":\"a\",\"level\":1,\"days\":1,\"channel\":\"fax\"}"), ERR_INVALID,
		  "steps[0].channel" },
		{ STEP("{\"name\":\"a\",\"level\":-1,\"days\":1,\"channel\":\"sms\"}"), ERR_INVALID,
		  "steps[0].level" },
		{ STEP("{\"name\":\"a\",\"level\":1,\"days\":99999,\"channel\":\"sms\"}"),
		  ERR_INVALID, "steps[0].days" },
		{ STEP(ONE "," ONE), ERR_INVALID, "level" },
		{ STEP(ONE ",{\"name\":\"a\",\"level\":2,\"days\":2,\"channel\":\"sms\"}"),
		  ERR_INVALID, "name" },
		{ STEP(ONE ",{\"name\":\"b\",\"level\":2,\"days\":1,\"channel\":\"sms\"}"),
		  ERR_INVALID, "days" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		struct policy p;

		if (parse(bad[i].json, &p, &e) || e.code != bad[i].code ||
		    !str_eq(e.field, bad[i].field))
			fail_msg("row %zu %s: %d field \"%s\" %s", i, bad[i].json, e.code, e.field,
				 e.msg);
	}
}

static void the_policy_of_the_segment_wins_over_the_general_one(void **state)
{
	const char *pme[] = { "PME" };
	const struct policy p[] = { { .name = "general" },
				    { .name = "pme", .segments = pme, .n_segments = 1 } };

	(void)state;
	assert_ptr_equal(policy_for_segment(p, 2, "PME"), &p[1]);
	assert_ptr_equal(policy_for_segment(p, 2, "ETI"), &p[0]);
	assert_ptr_equal(policy_for_segment(p, 2, NULL), &p[0]);
	assert_null(policy_for_segment(p + 1, 1, "ETI"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_policy_is_a_notice_two_emails_and_a_letter),
		cmocka_unit_test(what_is_written_reads_the_same),
		cmocka_unit_test(refuses_what_is_no_policy_and_names_the_field),
		cmocka_unit_test(the_policy_of_the_segment_wins_over_the_general_one),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
