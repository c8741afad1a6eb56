/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/clock.h"
#include "channel/acceptance_log.h"

#include <unistd.h>

static int64_t at(const char *text)
{
	struct err e = { 0 };
	int64_t moment;

	if (!clock_parse(text, &moment, &e))
		fail_msg("%s", e.msg);
	return moment;
}

static void write_file(char path[64], const char *text)
{
	int fd;

	snprintf(path, 64, "/tmp/acceptance-log-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* Winter time in Paris: 23:00 local is 22:00 UTC. "lost" was cut before the dot; "begun" has no end
 * of line yet. */
static const char postfix_log[] =
	"Nov 21 22:59:00 host postfix/master[1]: daemon started\n"
	"Nov 21 23:00:01 host postfix/smtpd[2]: connect from localhost[127.0.0.1]\n"
	"Nov 21 23:00:02 host postfix/cleanup[3]: 4A0B1C: message-id=<taken@demo.example>\n"
	"Nov 21 23:00:02 host postfix/qmgr[4]: 4A0B1C: from=<b@demo.example>, size=310, nrcpt=1 "
	"(queue "
	"active)\n"
	"Nov 21 23:00:03 host postfix/cleanup[3]: 4A0B1D: message-id=<lost@demo.example>\n"
	"Nov 21 23:00:03 host postfix/smtpd[2]: lost connection after DATA (9 bytes) from "
	"localhost\n"
	"Nov 21 23:00:04 host postfix/qmgr[4]: 4A0B1C: removed\n"
	"garbage\n"
	"Nov 21 23:00:05 host postfix/cleanup[3]: 4A0B1E: message-id=<begun@demo.example>\n"
	"Nov 21 23:00:05 host postfix/qmgr[4]: 4A0B1E: from=<";

static const char sink_log[] = "2026-11-21T22:00:00.000000Z started\n"
			       "2026-11-21T22:00:02.000000Z accepted <taken@demo.example> "
			       "file=1.eml from=<lost@demo.example> "
			       "to=<never@demo.example>\n";

static void reads_what_the_relay_took(void **state)
{
	static const char *const log[] = { postfix_log, sink_log };
	char path[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(log); i++) {
		struct acceptance_query q[] = {
			{ .message_id = "taken@demo.example" },
			{ .message_id = "lost@demo.example" },
			{ .message_id = "never@demo.example" },
			{ .message_id = "begun@demo.example" },
			{ .message_id = "young@demo.example" },
			{ .message_id = "old@demo.example" },
			{ .message_id = "slow@demo.example" },
		};
		struct err e = { 0 };

		for (size_t n = 0; n < ARRAY_LEN(q); n++)
			q[n].attempted_at = at("2026-11-21T22:00:01Z");
		q[4].attempted_at = at("2026-11-21T22:09:30Z");
		q[5].attempted_at = at("2026-11-21T21:00:00Z");
		q[6].ended_at = at("2026-11-21T22:09:30Z");
		write_file(path, log[i]);
		assert_true(acceptance_log_ask(path, "Europe/Paris", at("2026-11-21T22:10:00Z"), 60,
					       q, ARRAY_LEN(q), &e));
		unlink(path);
		assert_int_equal(q[0].answer, ACCEPTANCE_YES);
		assert_int_equal(q[0].accepted_at, at("2026-11-21T22:00:02Z"));
		assert_int_equal(q[1].answer, ACCEPTANCE_NO);
		assert_int_equal(q[2].answer, ACCEPTANCE_NO);
		assert_int_equal(q[3].answer, ACCEPTANCE_NO);
		assert_int_equal(q[4].answer, ACCEPTANCE_UNKNOWN);
		assert_int_equal(q[5].answer, ACCEPTANCE_UNKNOWN);
		assert_int_equal(q[6].answer, ACCEPTANCE_UNKNOWN);
	}
}

static void a_log_of_last_year_is_before_this_new_year(void **state)
{
	struct acceptance_query q = { .message_id = "x@demo.example",
				      .attempted_at = at("2026-12-31T22:30:00Z") };
	struct err e = { 0 };
	char path[64];

	(void)state;
	write_file(path, "Dec 31 22:00:00 host postfix/master[1]: daemon started\n");
	assert_true(acceptance_log_ask(path, "Europe/Paris", at("2027-01-01T08:00:00Z"), 60, &q, 1,
				       &e));
	unlink(path);
	assert_int_equal(q.answer, ACCEPTANCE_NO);
}

static void cannot_tell_without_a_log(void **state)
{
	struct acceptance_query q = { .message_id = "x@demo.example", .answer = ACCEPTANCE_NO };
	struct err e = { 0 };
	char path[64];

	(void)state;
	assert_false(acceptance_log_ask("/nonexistent/log", "UTC", 0, 60, &q, 1, &e));
	assert_int_equal(e.code, ERR_IO);
	assert_int_equal(q.answer, ACCEPTANCE_UNKNOWN);
	write_file(path, "");
	assert_true(acceptance_log_ask(path, "UTC", at("2027-01-01T08:00:00Z"), 60, &q, 1, &e));
	unlink(path);
	assert_int_equal(q.answer, ACCEPTANCE_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_the_relay_took),
		cmocka_unit_test(a_log_of_last_year_is_before_this_new_year),
		cmocka_unit_test(cannot_tell_without_a_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
