/* SPDX-License-Identifier: Apache-2.0 */
/*
 * email.h - makes one e-mail: bytes ready to hand to a relay.
 *
 * multipart/alternative (text, and HTML when there is one), with attachments around it. Everything
 *the caller gives may come from a customer file: an address that is not plainly an address is
 *refused, and no value can add a header or a recipient. Control characters and line separators in a
 *subject or a name become one space; text outside ASCII is encoded by RFC 2047 and RFC 2231. Lines
 *end in CRLF and stay under 80 characters, except an address or link that cannot be folded (under
 *998).
 *
 *	struct email m = {
 *		.from = { "Demo SARL", "compta@demo.example" },
 *		.to = { "Client", "achats@client.example" },
 *		.subject = "Facture échue", .text = body,
 *		.message_id = "c1.reminder1@demo.example", .sent_at = now,
 *	};
 *	struct buf bytes;
 *	buf_init(&bytes, arena);
 *	if (!email_write(&m, &bytes, e))
 *		return false;
 *
 * The bytes depend on the arguments alone: the same message written twice is the same.
 */
#ifndef CHANNEL_EMAIL_H
#define CHANNEL_EMAIL_H

#include "base/buf.h"
#include "base/clock.h"

struct email_mailbox {
	const char *name;    /* NULL or "": the address alone */
	const char *address; /* NULL: nobody (allowed for reply_to only) */
};

struct email_file {
	const char *name;       /* "Relevé 2026-11.pdf" */
	const char *media_type; /* "application/pdf" */
	const void *bytes;
	size_t size;
};

struct email {
	struct email_mailbox from;
	struct email_mailbox to; /* one: a message has one recipient, so that its fate is one */
	const struct email_mailbox *cc;
	size_t n_cc;
	struct email_mailbox reply_to;
	const char *subject;
	const char *message_id; /* "key@host", without angle brackets; the caller makes it unique */
	int64_t sent_at;        /* moment written as Date */
	const char *text;
	const char *html;             /* whole document, or NULL */
	const char *language;         /* "fr" (Content-Language), or NULL */
	const char *list_unsubscribe; /* https: or mailto: address, or NULL */
	const struct email_file *files;
	size_t n_files;
};

/* Adds the message to ret. ERR_INVALID with the field's name ("from", "to", "cc", "reply_to",
 * "subject", "message_id", "text", "html", "list_unsubscribe", "file") when a value cannot be sent;
 * ret is then unchanged. */
bool email_write(const struct email *m, struct buf *ret, struct err *e) NODISCARD;

/* Whether text is an address that a relay can be given: one @, a dot-atom before it, a domain name
 * with a dot after it (or "localhost"), ASCII, at most 254 characters. ERR_INVALID otherwise. */
bool email_address_check(const char *text, struct err *e) NODISCARD;

#endif
