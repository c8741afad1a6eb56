/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp.h - hands one message to a mail relay and says what became of it.
 *
 * Exactly once over SMTP cannot be had: between the final dot and the relay's answer the sender
 *cannot know. So the caller commits "attempting" before it calls, and the outcome never flatters:
 *what may have been taken is "uncertain", and only the relay's own log (acceptance_log.h) or a
 *person resolves it.
 *
 *	CLEANUP(smtp_closep) struct smtp *relay = NULL;
 *	struct smtp_answer answer;
 *
 *	if (!smtp_open(&settings, &relay, e))
 *		return false;
 *	smtp_deliver(relay, "bounces@demo.example", recipients, 1, bytes.data, bytes.len, &answer);
 *	if (answer.outcome == SMTP_ACCEPTED) ...
 *
 * The connection is kept for the next message. One handle serves one thread. Call curl_global_init
 *(or let the first handle do it) before starting threads.
 */
#ifndef CHANNEL_SMTP_H
#define CHANNEL_SMTP_H

#include "base/err.h"

enum smtp_tls {
	SMTP_TLS_REQUIRED,   /* smtp:// must offer STARTTLS (nothing asked of smtps://) */
	SMTP_TLS_IF_OFFERED, /* STARTTLS when offered; refused by policy when there is a password */
	SMTP_TLS_NONE,       /* plain text: a relay on the same machine */
};

struct smtp_settings {
	const char *url; /* "smtp://127.0.0.1:25", "smtps://mail.example:465" */
	enum smtp_tls tls;
	const char *user; /* NULL: no login */
	const char *password;
	const char *ca_file;         /* NULL: the system's certificates */
	const char *helo;            /* name given in EHLO; NULL: this machine's */
	int connect_timeout_seconds; /* 0: 20 */
	int timeout_seconds;         /* for one message, answer included; 0: 300 */
};

enum smtp_outcome {
	SMTP_ACCEPTED,  /* the relay answered 2xx to the whole message: it is its business now */
	SMTP_REFUSED,   /* 5xx to this sender, recipient or content: another try is useless */
	SMTP_DEFERRED,  /* not taken, may be tried again: 4xx, or no answer before the first byte */
	SMTP_UNCERTAIN, /* bytes of the message left, and no answer came */
};

/* How far the conversation went. Up to SMTP_AT_LOGIN the fault is the relay's or the settings', not
 * the message's: stop the whole round. */
enum smtp_stage {
	SMTP_AT_CONNECT,
	SMTP_AT_LOGIN,
	SMTP_AT_SENDER,
	SMTP_AT_RECIPIENT,
	SMTP_AT_CONTENT
};

struct smtp_answer {
	enum smtp_outcome outcome;
	enum smtp_stage stage;
	int code;       /* the relay's last reply that decided, 0 when there was none */
	char text[400]; /* that reply, or what the network said; printable UTF-8 */
};

struct smtp;

/* ERR_USAGE when the settings cannot work (scheme, password without TLS to another machine). Does
 * not connect yet. The settings are copied. */
bool smtp_open(const struct smtp_settings *settings, struct smtp **ret, struct err *e) NODISCARD;
void smtp_close(struct smtp *s); /* NULL is fine */

/* Delivers bytes (a whole message with CRLF lines, see email.h) to all recipients or to none.
 * sender is the envelope's: where bounces go; "" for none. An address that is not one gives
 * SMTP_REFUSED without a connection. */
void smtp_deliver(struct smtp *s, const char *sender, const char *const *recipient,
		  size_t n_recipients, const void *bytes, size_t size, struct smtp_answer *ret);

/* "accepted", "refused", "deferred", "uncertain": the message states of the same name. */
const char *smtp_outcome_name(enum smtp_outcome outcome);

#endif
