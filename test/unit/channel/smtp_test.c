/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "channel/smtp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A relay that follows a script: for each command the answer, and where it hangs up. It serves one
 * connection after the other until the test closes it.
 */
struct script {
	const char *greeting; /* NULL: closes at once */
	const char *mail, *rcpt, *data;
	size_t cut_after;     /* closes after so many bytes of the message; 0: reads it all */
	const char *dot;      /* NULL: closes after the final dot, without answer */
	bool hang_up_between; /* closes after each message, unannounced */
};

struct relay {
	struct script script;
	int listener;
	int port;
	pthread_t thread;
	size_t n_connections;
	size_t n_messages;
	char last[4096]; /* the last message as it came, dots stuffed */
	char envelope[1024];
};

static void say(int fd, const char *line)
{
	char text[512];
	int n = snprintf(text, sizeof text, "%s\r\n", line);

	assert_int_equal(write(fd, text, (size_t)n), n);
}

static bool get_line(int fd, char line[1024])
{
	size_t n = 0;
	char c;

	while (n + 1 < 1024 && read(fd, &c, 1) == 1) {
		line[n++] = c;
		if (c == '\n')
			break;
	}
	line[n] = '\0';
	return n > 0;
}

/* Reads the message; false when the script cuts the connection. */
static bool get_message(struct relay *r, int fd)
{
	char line[1024];
	size_t n = 0;

	r->last[0] = '\0';
	if (r->script.cut_after) {
		char c;

		while (n < r->script.cut_after && read(fd, &c, 1) == 1)
			n++;
		return false;
	}
	while (get_line(fd, line) && strcmp(line, ".\r\n") != 0) {
		n += strlen(line);
		if (n < sizeof r->last)
			strcat(r->last, line); /* NOLINT: bounded by the test above */
	}
	r->n_messages++;
	return true;
}

/* One command; false hangs up. */
static bool answer(struct relay *r, int fd, const char *line)
{
	if (strncmp(line, "EHLO", 4) == 0)
		say(fd, "250 script");
	else if (strncmp(line, "MAIL", 4) == 0 || strncmp(line, "RCPT", 4) == 0) {
		snprintf(r->envelope + strlen(r->envelope),
			 sizeof r->envelope - strlen(r->envelope), "%.200s", line);
		if (line[0] == 'M' && !r->script.mail)
			return false;
		say(fd, line[0] == 'M' ? r->script.mail : r->script.rcpt);
	} else if (strncmp(line, "DATA", 4) == 0) {
		say(fd, r->script.data);
		if (r->script.data[0] != '3')
			return true;
		if (!get_message(r, fd) || !r->script.dot)
			return false;
		say(fd, r->script.dot);
		return !r->script.hang_up_between;
	} else if (strncmp(line, "QUIT", 4) == 0) {
		say(fd, "221 bye");
		return false;
	} else {
		say(fd, "250 ok");
	}
	return true;
}

static void *serve(void *arg)
{
	struct relay *r = arg;
	char line[1024];
	int fd;

	while ((fd = accept(r->listener, NULL, NULL)) >= 0) {
		r->n_connections++;
		if (r->script.greeting) {
			say(fd, r->script.greeting);
			while (get_line(fd, line) && answer(r, fd, line))
				;
		}
		close(fd);
	}
	return NULL;
}

static void relay_start(struct relay *r, struct script script)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;

	*r = (struct relay){ .script = script };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(r->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(r->listener, 8), 0);
	assert_int_equal(getsockname(r->listener, (struct sockaddr *)&address, &size), 0);
	r->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&r->thread, NULL, serve, r), 0);
}

static void relay_stop(struct relay *r)
{
	shutdown(r->listener, SHUT_RDWR);
	pthread_join(r->thread, NULL);
	close(r->listener);
}

static struct smtp *connect_to(int port)
{
	struct smtp_settings settings = { .tls = SMTP_TLS_IF_OFFERED,
					  .helo = "test.example",
					  .timeout_seconds = 10 };
	struct err e = { 0 };
	struct smtp *s;
	char url[64];

	snprintf(url, sizeof url, "smtp://127.0.0.1:%d", port);
	settings.url = url;
	if (!smtp_open(&settings, &s, &e))
		fail_msg("%s", e.msg);
	return s;
}

static const char message[] = "Subject: x\r\n\r\nHello\r\n.\r\n..two\r\nend\r\n";

static struct smtp_answer deliver(struct smtp *s)
{
	static const char *const to[] = { "a@client.example", "b@client.example" };
	struct smtp_answer answer;

	smtp_deliver(s, "bounces@demo.example", to, 2, message, sizeof message - 1, &answer);
	return answer;
}

static const struct script willing = { "220 hi", "250 ok",     "250 ok", "354 go",
				       0,        "250 queued", false };

static void says_what_became_of_a_message(void **state)
{
	static const struct {
		const char *what;
		struct script script;
		enum smtp_outcome outcome;
		enum smtp_stage stage;
		int code;
	} row[] = {
		{ "taken",
		  { "220 hi", "250 ok", "250 ok", "354 go", 0, "250 queued", false },
		  SMTP_ACCEPTED,
		  SMTP_AT_CONTENT,
		  250 },
		{ "closed at once", { 0 }, SMTP_DEFERRED, SMTP_AT_CONNECT, 0 },
		{ "greeting 554",
		  { .greeting = "554 go away" },
		  SMTP_DEFERRED,
		  SMTP_AT_CONNECT,
		  554 },
		{ "greeting 421", { .greeting = "421 busy" }, SMTP_DEFERRED, SMTP_AT_CONNECT, 421 },
		{ "sender refused",
		  { "220 hi", "553 no", "250 ok", "354 go", 0, "250 ok", false },
		  SMTP_REFUSED,
		  SMTP_AT_SENDER,
		  553 },
		{ "closed at MAIL",
		  { "220 hi", NULL, "250 ok", "354 go", 0, "250 ok", false },
		  SMTP_DEFERRED,
		  SMTP_AT_SENDER,
		  0 },
		{ "recipient refused",
		  { "220 hi", "250 ok", "550 nobody", "354 go", 0, "250 ok", false },
		  SMTP_REFUSED,
		  SMTP_AT_RECIPIENT,
		  550 },
		{ "recipient deferred",
		  { "220 hi", "250 ok", "450 later", "354 go", 0, "250 ok", false },
		  SMTP_DEFERRED,
		  SMTP_AT_RECIPIENT,
		  450 },
		{ "DATA refused",
		  { "220 hi", "250 ok", "250 ok", "554 no", 0, "250 ok", false },
		  SMTP_REFUSED,
		  SMTP_AT_CONTENT,
		  554 },
		{ "DATA deferred",
		  { "220 hi", "250 ok", "250 ok", "451 no", 0, "250 ok", false },
		  SMTP_DEFERRED,
		  SMTP_AT_CONTENT,
		  451 },
		{ "content refused",
		  { "220 hi", "250 ok", "250 ok", "354 go", 0, "552 too big", false },
		  SMTP_REFUSED,
		  SMTP_AT_CONTENT,
		  552 },
		{ "content deferred",
		  { "220 hi", "250 ok", "250 ok", "354 go", 0, "452 full", false },
		  SMTP_DEFERRED,
		  SMTP_AT_CONTENT,
		  452 },
		{ "cut after one byte",
		  { "220 hi", "250 ok", "250 ok", "354 go", 1, NULL, false },
		  SMTP_UNCERTAIN,
		  SMTP_AT_CONTENT,
		  0 },
		{ "cut after the dot",
		  { "220 hi", "250 ok", "250 ok", "354 go", 0, NULL, false },
		  SMTP_UNCERTAIN,
		  SMTP_AT_CONTENT,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct smtp_answer answer;
		struct relay relay;
		struct smtp *s;

		relay_start(&relay, row[i].script);
		s = connect_to(relay.port);
		answer = deliver(s);
		smtp_close(s);
		relay_stop(&relay);
		if (answer.outcome != row[i].outcome || answer.stage != row[i].stage ||
		    answer.code != row[i].code || !answer.text[0])
			fail_msg("%s: %s at %d, code %d, \"%s\"", row[i].what,
				 smtp_outcome_name(answer.outcome), answer.stage, answer.code,
				 answer.text);
	}
}

static void nobody_listening_is_deferred(void **state)
{
	struct smtp_answer answer;
	struct relay relay;
	struct smtp *s;

	(void)state;
	relay_start(&relay, willing);
	relay_stop(&relay);
	s = connect_to(relay.port);
	answer = deliver(s);
	smtp_close(s);
	assert_int_equal(answer.outcome, SMTP_DEFERRED);
	assert_int_equal(answer.stage, SMTP_AT_CONNECT);
}

static void sends_the_message_with_its_dots_to_every_recipient(void **state)
{
	struct relay relay;
	struct smtp *s;

	(void)state;
	relay_start(&relay, willing);
	s = connect_to(relay.port);
	assert_int_equal(deliver(s).outcome, SMTP_ACCEPTED);
	smtp_close(s);
	relay_stop(&relay);
	assert_string_equal(relay.last, "Subject: x\r\n\r\nHello\r\n..\r\n...two\r\nend\r\n");
	assert_non_null(strstr(relay.envelope, "MAIL FROM:<bounces@demo.example>"));
	assert_non_null(strstr(relay.envelope, "RCPT TO:<a@client.example>"));
	assert_non_null(strstr(relay.envelope, "RCPT TO:<b@client.example>"));
}

static void keeps_its_connection_and_replaces_a_dead_one(void **state)
{
	struct script script = willing;
	struct relay relay;
	struct smtp *s;

	(void)state;
	relay_start(&relay, script);
	s = connect_to(relay.port);
	for (int i = 0; i < 3; i++)
		assert_int_equal(deliver(s).outcome, SMTP_ACCEPTED);
	smtp_close(s);
	relay_stop(&relay);
	assert_int_equal(relay.n_connections, 1);

	script.hang_up_between = true;
	relay_start(&relay, script);
	s = connect_to(relay.port);
	for (int i = 0; i < 3; i++)
		assert_int_equal(deliver(s).outcome, SMTP_ACCEPTED);
	smtp_close(s);
	relay_stop(&relay);
	assert_int_equal(relay.n_connections, 3);
	assert_int_equal(relay.n_messages, 3);
}

static void refuses_an_envelope_that_is_not_plain_addresses(void **state)
{
	static const char *const bad[] = { "a@b.fr>\r\nDATA", "", "x", "a@b.fr c@d.fr" };
	struct smtp_answer answer;
	struct relay relay;
	struct smtp *s;

	(void)state;
	relay_start(&relay, willing);
	s = connect_to(relay.port);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		smtp_deliver(s, "x@demo.example", &bad[i], 1, message, sizeof message - 1, &answer);
		assert_int_equal(answer.outcome, SMTP_REFUSED);
	}
	smtp_close(s);
	relay_stop(&relay);
	assert_int_equal(relay.n_connections, 0);
}

static void refuses_settings_that_cannot_work(void **state)
{
	static const struct smtp_settings bad[] = {
		{ .url = NULL },
		{ .url = "http://relay.example" },
		{ .url = "file:///etc/passwd" },
		{ .url = "smtp://me:secret@relay.example" },
		{ .url = "smtp://relay.example", .tls = SMTP_TLS_NONE, .user = "u" },
		{ .url = "smtp://relay.example", .helo = "x\r\nMAIL" },
	};
	struct smtp *s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };

		assert_false(smtp_open(&bad[i], &s, &e));
		assert_int_equal(e.code, ERR_USAGE);
	}
}

/* STARTTLS is asked for, not offered, and so nothing is said in the clear. */
static void does_not_speak_in_the_clear_when_tls_is_required(void **state)
{
	struct smtp_settings settings = { .tls = SMTP_TLS_REQUIRED, .timeout_seconds = 10 };
	struct smtp_answer answer;
	struct err e = { 0 };
	struct relay relay;
	struct smtp *s;
	char url[64];

	(void)state;
	relay_start(&relay, willing);
	snprintf(url, sizeof url, "smtp://127.0.0.1:%d", relay.port);
	settings.url = url;
	assert_true(smtp_open(&settings, &s, &e));
	answer = deliver(s);
	smtp_close(s);
	relay_stop(&relay);
	assert_int_equal(answer.outcome, SMTP_DEFERRED);
	assert_true(answer.stage <= SMTP_AT_LOGIN);
	assert_string_equal(relay.envelope, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_became_of_a_message),
		cmocka_unit_test(nobody_listening_is_deferred),
		cmocka_unit_test(sends_the_message_with_its_dots_to_every_recipient),
		cmocka_unit_test(keeps_its_connection_and_replaces_a_dead_one),
		cmocka_unit_test(refuses_an_envelope_that_is_not_plain_addresses),
		cmocka_unit_test(refuses_settings_that_cannot_work),
		cmocka_unit_test(does_not_speak_in_the_clear_when_tls_is_required),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
