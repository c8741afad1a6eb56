/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acceptance_log.h - asks the relay's log whether it took a message.
 *
 * Reads Postfix's mail log (classic or ISO time stamps) and the log of the test relay
 *tools/smtp-sink. Many messages are asked for in one reading.
 *
 *	struct acceptance_query q[] = { { .message_id = "c1.r1@demo.example", .attempted_at = t } };
 *	if (!acceptance_log_ask(path, NULL, now, 60, q, 1, e))
 *		return false;
 *	if (q[0].answer == ACCEPTANCE_YES) ...
 */
#ifndef CHANNEL_ACCEPTANCE_LOG_H
#define CHANNEL_ACCEPTANCE_LOG_H

#include "base/err.h"

enum acceptance {
	ACCEPTANCE_UNKNOWN, /* the log does not cover the attempt, or the attempt is too young */
	ACCEPTANCE_YES,     /* the relay wrote that it took the message */
	ACCEPTANCE_NO,      /* the log covers the attempt and the relay never took it */
};

struct acceptance_query {
	const char *message_id; /* without angle brackets */
	int64_t attempted_at;   /* moment when "attempting" was committed, or before */
	int64_t ended_at; /* when the sender was seen dead or its connection lost; 0: attempted_at */
	enum acceptance answer; /* filled */
	int64_t accepted_at;    /* moment of the log's line, when YES; 0 otherwise */
};

/* Fills the answers. zone is the IANA zone of classic time stamps ("Nov 21 23:04:07"); NULL: this machine's.
 * NO is answered only when the log's first line is not younger than the attempt and settle_seconds have passed since its end
 * (the relay may still be reading what a dead sender left in the pipe). ERR_IO when the log cannot be
 * read: the answers are then all UNKNOWN. */
bool acceptance_log_ask(const char *path, const char *zone, int64_t now, int settle_seconds,
			struct acceptance_query *query, size_t n, struct err *e) NODISCARD;

#endif
