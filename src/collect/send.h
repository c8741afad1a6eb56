/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send.h - delivers what is planned by e-mail, and settles what earlier senders left behind.
 *
 *	struct send_job job = { .entity = &entity, .today = today, .actor = "cli:anna", .clock = clock_now };
 *	if (!send_run(db, &job, &report, e))
 *		return false;
 *
 * May be killed at any instruction and run again, also by several senders at once: no message is delivered
 * twice, none is lost, and one whose fate cannot be known is shown as uncertain.
 */
#ifndef COLLECT_SEND_H
#define COLLECT_SEND_H

#include "channel/smtp.h"
#include "collect/outbox.h"

struct send_job {
	const struct entity *entity;
	day_t today; /* the day on which the messages leave */
	const char *actor;
	int64_t (*clock)(void);
	int limit;              /* messages to deliver at most; 0: all */
	const char *smtp_url;   /* NULL: the setting smtp_url */
	const char *accept_log; /* the relay's log; NULL: the setting smtp_log */
	void (*progress)(void *arg, int64_t done, int64_t total); /* may be NULL */
	void *progress_arg;
};

struct send_report {
	bool is_test_mode; /* nothing was even tried */
	int n_accepted, n_refused, n_deferred, n_uncertain;
	int n_cancelled;      /* by the reading of the ledger just before */
	int n_held;           /* stale data */
	int n_waiting;        /* wait for a person's yes, or for a later hour */
	int n_recovered;      /* left behind by a sender that died */
	int n_resolved;       /* uncertain ones that the relay's log has answered for */
	char stopped_by[400]; /* why the round ended early; "" when it did not */
};

/* ERR_REFUSED when live and no relay or sender address is set. */
bool send_run(struct db *db, const struct send_job *job, struct send_report *ret,
	      struct err *e) NODISCARD;

/* "host:pid:start": whoever claims a message; and whether that sender is gone. Of another machine nothing
 * can be seen, so its claims last a quarter of an hour. */
const char *sender_name(struct arena *a);
bool sender_is_gone(const char *name, int64_t claimed_at, int64_t now);

#endif
