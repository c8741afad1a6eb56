/* SPDX-License-Identifier: Apache-2.0 */
/* Delivers to a real Postfix and asks its log. test/store/postfix.sh starts one and names it in
 * ENCOURS_TEST_POSTFIX and ENCOURS_TEST_POSTFIX_LOG; without them the tests are skipped. */
#include "test.h"

#include "base/clock.h"
#include "channel/acceptance_log.h"
#include "channel/email.h"
#include "channel/smtp.h"

#include <time.h>
#include <unistd.h>

static const char *need(const char *name)
{
	const char *value = getenv(name);

	if (!value) {
		print_message("skipped: %s is not set\n", name);
		skip();
	}
	return value;
}

static struct smtp_answer send_to(struct smtp *relay, const char *to, const char *message_id)
{
	struct email m = { .from = { "Demo SARL", "compta@demo.example" },
			   .to = { "Été", to },
			   .subject = "Facture échue",
			   .message_id = message_id,
			   .sent_at = clock_now(),
			   .text = "Bonjour,\n.\nFrom nous\n" };
	struct arena *a = arena_new(0);
	struct smtp_answer answer;
	struct err e = { 0 };
	struct buf bytes;

	buf_init(&bytes, a);
	assert_true(email_write(&m, &bytes, &e));
	smtp_deliver(relay, "bounces@demo.example", &to, 1, bytes.data, bytes.len, &answer);
	arena_free(a);
	return answer;
}

static void postfix_logs_what_it_accepted(void **state)
{
	struct smtp_settings settings = { .tls = SMTP_TLS_NONE, .timeout_seconds = 30 };
	const char *log = need("ENCOURS_TEST_POSTFIX_LOG");
	int64_t now = clock_now();
	struct acceptance_query q[4];
	char id[ARRAY_LEN(q)][80];
	struct err e = { 0 };
	struct smtp *relay;

	(void)state;
	settings.url = need("ENCOURS_TEST_POSTFIX");
	for (size_t i = 0; i < ARRAY_LEN(q); i++) {
		snprintf(id[i], sizeof id[i], "t%d.%" PRId64 ".%zu@demo.example", (int)getpid(),
			 now, i);
		q[i] = (struct acceptance_query){ .message_id = id[i], .attempted_at = now };
	}
	assert_true(smtp_open(&settings, &relay, &e));
	assert_int_equal(send_to(relay, "achats@client.example", id[0]).outcome, SMTP_ACCEPTED);
	assert_int_equal(send_to(relay, "refuse@client.example", id[1]).outcome, SMTP_REFUSED);
	assert_int_equal(send_to(relay, "later@client.example", id[2]).outcome, SMTP_DEFERRED);
	assert_int_equal(send_to(relay, "achats@client.example", id[3]).outcome, SMTP_ACCEPTED);
	smtp_close(relay);
	/* The queue manager writes its line a moment after the relay's answer. */
	for (int i = 0; i < 50; i++) {
		assert_true(acceptance_log_ask(log, "UTC", clock_now(), 0, q, ARRAY_LEN(q), &e));
		if (q[0].answer == ACCEPTANCE_YES && q[3].answer == ACCEPTANCE_YES)
			break;
		nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	}
	assert_int_equal(q[0].answer, ACCEPTANCE_YES);
	assert_int_equal(q[1].answer, ACCEPTANCE_NO);
	assert_int_equal(q[2].answer, ACCEPTANCE_NO);
	assert_int_equal(q[3].answer, ACCEPTANCE_YES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(postfix_logs_what_it_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
