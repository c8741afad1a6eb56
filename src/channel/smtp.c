/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/smtp.h"

#include "channel/email.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { CONNECT_TIMEOUT = 20, MESSAGE_TIMEOUT = 300 };

/* What libcurl tells while it works. Its result code alone cannot separate "refused" from
 * "uncertain", so the conversation itself is followed: commands and replies by the debug callback,
 * the message by the read callback, which runs only after the relay's 354. */
struct conversation {
	enum smtp_stage stage;
	int code; /* of the relay's last reply, 0: none since the last command */
	char reply[400];
	const char *bytes;
	size_t size;
	size_t taken;    /* bytes handed to libcurl: they may have left */
	bool body_asked; /* the relay said 354 */
	bool leaving;    /* QUIT was said: what follows decides nothing */
};

struct smtp {
	CURL *curl;
	struct conversation talk;
	char error[CURL_ERROR_SIZE];
};

static void global_init(void)
{
	ENSURE(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

/* ---- following the conversation
 * ------------------------------------------------------------------ */

static bool starts(const char *data, size_t size, const char *word)
{
	size_t n = strlen(word);

	return size >= n && memcmp(data, word, n) == 0;
}

static void saw_command(struct conversation *t, const char *data, size_t size)
{
	t->leaving = starts(data, size, "QUIT");
	if (t->leaving)
		return;
	if (starts(data, size, "MAIL "))
		t->stage = SMTP_AT_SENDER;
	else if (starts(data, size, "RCPT "))
		t->stage = SMTP_AT_RECIPIENT;
	else if (starts(data, size, "DATA"))
		t->stage = SMTP_AT_CONTENT;
	else if (t->stage == SMTP_AT_CONNECT &&
		 (starts(data, size, "AUTH ") || starts(data, size, "EHLO ")))
		t->stage = SMTP_AT_LOGIN;
	t->code = 0;
	t->reply[0] = '\0';
}

/* Three digits that may begin an SMTP reply, or 0. */
static int reply_code(const char *data, size_t size)
{
	if (size < 3 || data[0] < '2' || data[0] > '5')
		return 0;
	if (data[1] < '0' || data[1] > '9' || data[2] < '0' || data[2] > '9')
		return 0;
	return (data[0] - '0') * 100 + (data[1] - '0') * 10 + (data[2] - '0');
}

static void saw_reply(struct conversation *t, const char *data, size_t size)
{
	int code = reply_code(data, size);
	size_t used = strlen(t->reply);

	if (code == 0 || t->leaving)
		return;
	if (code != t->code)
		used = 0;
	else if (used > 0 && used + 1 < sizeof t->reply)
		t->reply[used++] = ' ';
	t->code = code;
	for (size_t i = used ? 4 : 0; i < size && used + 1 < sizeof t->reply; i++) {
		char c = data[i];

		if (c == '\r' || c == '\n')
			continue;
		t->reply[used++] = c >= 0x20 && c < 0x7f ? c : '?';
	}
	t->reply[used] = '\0';
}

static int on_debug(CURL *curl, curl_infotype type, char *data, size_t size, void *arg)
{
	struct conversation *t = arg;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		saw_command(t, data, size);
	else if (type == CURLINFO_HEADER_IN)
		saw_reply(t, data, size);
	return 0;
}

static size_t on_read(char *out, size_t size, size_t n, void *arg)
{
	struct conversation *t = arg;
	size_t room = size * n;
	size_t left = t->size - t->taken;

	if (!t->body_asked) {
		/* The 354 is not the answer that decides. */
		t->body_asked = true;
		t->code = 0;
		t->reply[0] = '\0';
	}
	if (left > room)
		left = room;
	memcpy(out, t->bytes + t->taken, left);
	t->taken += left;
	return left;
}

static size_t ignore(char *data, size_t size, size_t n, void *arg)
{
	(void)data;
	(void)arg;
	return size * n;
}

/* ---- settings
 * ------------------------------------------------------------------------------------ */

static bool is_this_machine(const char *url)
{
	const char *host = strstr(url, "://");

	if (!host)
		return false;
	host += 3;
	return str_starts(host, "127.") || str_starts(host, "localhost") ||
	       str_starts(host, "[::1]");
}

static bool check(const struct smtp_settings *s, struct err *e)
{
	bool smtps = s->url && str_starts(s->url, "smtps://");

	if (!s->url || (!smtps && !str_starts(s->url, "smtp://")))
		return err_set(e, ERR_USAGE,
			       "invalid relay \"%.80s\": expected smtp:// or smtps://",
			       s->url ? s->url : "");
	if (strchr(s->url + strlen("smtps://"), '@') || strlen(s->url) > 300)
		return err_set(e, ERR_USAGE,
			       "the relay's address cannot hold a user or password; they have "
			       "their own settings");
	if (s->user && !smtps && s->tls == SMTP_TLS_NONE && !is_this_machine(s->url))
		return err_set(e, ERR_USAGE, "a password cannot be sent to \"%.80s\" in plain text",
			       s->url);
	if (s->helo && s->helo[strspn(s->helo, "abcdefghijklmnopqrstuvwxyz"
					       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-[]:")])
		return err_set(e, ERR_USAGE, "invalid EHLO name \"%.80s\"", s->helo);
	return true;
}

static long ssl_level(const struct smtp_settings *s)
{
	if (s->tls == SMTP_TLS_NONE)
		return CURLUSESSL_NONE;
	/* A password is never at the mercy of someone who hides STARTTLS. */
	if (s->tls == SMTP_TLS_REQUIRED || (s->user && !is_this_machine(s->url)))
		return CURLUSESSL_ALL;
	return CURLUSESSL_TRY;
}

static void set_up(struct smtp *s, const struct smtp_settings *settings)
{
	long connect = settings->connect_timeout_seconds;
	long whole = settings->timeout_seconds;
	size_t n = strlen(settings->url);
	char url[600];

	/* libcurl takes the EHLO name from the path. */
	while (n > 0 && settings->url[n - 1] == '/')
		n--;
	snprintf(url, sizeof url, "%.*s/%.250s", (int)n, settings->url,
		 settings->helo ? settings->helo : "");
	curl_easy_setopt(s->curl, CURLOPT_URL, url);
	curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->curl, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT, connect > 0 ? connect : CONNECT_TIMEOUT);
	curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, whole > 0 ? whole : MESSAGE_TIMEOUT);
	curl_easy_setopt(s->curl, CURLOPT_USE_SSL, ssl_level(settings));
	curl_easy_setopt(s->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (settings->ca_file)
		curl_easy_setopt(s->curl, CURLOPT_CAINFO, settings->ca_file);
	if (settings->user) {
		curl_easy_setopt(s->curl, CURLOPT_USERNAME, settings->user);
		curl_easy_setopt(s->curl, CURLOPT_PASSWORD,
				 settings->password ? settings->password : "");
	}
	curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->error);
	curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(s->curl, CURLOPT_READDATA, &s->talk);
	curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(s->curl, CURLOPT_VERBOSE, 1L); /* what makes the debug callback run */
	curl_easy_setopt(s->curl, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(s->curl, CURLOPT_DEBUGDATA, &s->talk);
}

bool smtp_open(const struct smtp_settings *settings, struct smtp **ret, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct smtp *s;

	if (!check(settings, e))
		return false;
	pthread_once(&once, global_init);
	s = calloc(1, sizeof *s);
	ENSURE(s != NULL);
	s->curl = curl_easy_init();
	ENSURE(s->curl != NULL);
	set_up(s, settings);
	*ret = s;
	return true;
}

void smtp_close(struct smtp *s)
{
	if (!s)
		return;
	curl_easy_cleanup(s->curl);
	free(s);
}

/* ---- one message
 * --------------------------------------------------------------------------------- */

static bool check_envelope(const char *sender, const char *const *recipient, size_t n,
			   struct smtp_answer *ret)
{
	struct err e = { 0 };
	bool ok = n > 0 && (!*sender || email_address_check(sender, &e));

	if (n == 0)
		err_set(&e, ERR_INVALID, "no recipient");
	for (size_t i = 0; ok && i < n; i++)
		ok = email_address_check(recipient[i], &e);
	if (!ok) {
		*ret = (struct smtp_answer){ .outcome = SMTP_REFUSED, .stage = SMTP_AT_RECIPIENT };
		snprintf(ret->text, sizeof ret->text, "%.390s", e.msg);
	}
	return ok;
}

static enum smtp_outcome classify(const struct conversation *t, CURLcode result)
{
	if (result == CURLE_OK)
		return SMTP_ACCEPTED;
	/* The relay's own words decide when it spoke after the last thing we said. */
	if (t->stage >= SMTP_AT_SENDER && t->code >= 500)
		return SMTP_REFUSED;
	if (t->code >= 400)
		return SMTP_DEFERRED;
	return t->taken > 0 ? SMTP_UNCERTAIN : SMTP_DEFERRED;
}

static CURLcode attempt(struct smtp *s, const void *bytes, size_t size)
{
	s->talk = (struct conversation){ .bytes = bytes, .size = size };
	s->error[0] = '\0';
	return curl_easy_perform(s->curl);
}

/* A kept connection that the relay had closed meanwhile: nothing was said to us and nothing left.
 */
static bool was_stale(struct smtp *s, CURLcode result)
{
	long n_new = 1;

	curl_easy_getinfo(s->curl, CURLINFO_NUM_CONNECTS, &n_new);
	return result != CURLE_OK && n_new == 0 && s->talk.taken == 0 &&
	       (s->talk.code == 0 || s->talk.code == 421);
}

void smtp_deliver(struct smtp *s, const char *sender, const char *const *recipient,
		  size_t n_recipients, const void *bytes, size_t size, struct smtp_answer *ret)
{
	struct curl_slist *to = NULL;
	char from[300];
	CURLcode result;

	if (!check_envelope(sender, recipient, n_recipients, ret))
		return;
	for (size_t i = 0; i < n_recipients; i++) {
		struct curl_slist *more = curl_slist_append(to, recipient[i]);

		ENSURE(more != NULL);
		to = more;
	}
	snprintf(from, sizeof from, "<%s>", sender);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(s->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
	curl_easy_setopt(s->curl, CURLOPT_FRESH_CONNECT, 0L);
	result = attempt(s, bytes, size);
	if (was_stale(s, result)) {
		curl_easy_setopt(s->curl, CURLOPT_FRESH_CONNECT, 1L);
		result = attempt(s, bytes, size);
	}
	*ret = (struct smtp_answer){ .outcome = classify(&s->talk, result),
				     .stage = s->talk.stage,
				     .code = s->talk.code };
	snprintf(ret->text, sizeof ret->text, "%s",
		 s->talk.reply[0] ? s->talk.reply
		 : s->error[0]    ? s->error
				  : curl_easy_strerror(result));
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(to);
}

const char *smtp_outcome_name(enum smtp_outcome outcome)
{
	static const char *const name[] = { "accepted", "refused", "deferred", "uncertain" };

	ENSURE((size_t)outcome < ARRAY_LEN(name));
	return name[outcome];
}
