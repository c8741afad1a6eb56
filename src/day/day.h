/* SPDX-License-Identifier: Apache-2.0 */
/*
 * day.h - the daily cycle: inbox → import → match → dun → send.
 *
 * One call for a civil date. Each stage may be killed anywhere and run again: a file counts once by its
 * content, an entry once by its state, a reminder once by its key, a message once by its Message-ID. So
 * running the day twice has the result of running it once.
 */
#ifndef DAY_DAY_H
#define DAY_DAY_H

#include "ledger/entity.h"

struct day_job {
	struct db *db;
	struct arena *arena;
	const struct entity *entity;
	const char *actor;
	day_t date;
	int64_t now;
};

struct day_report {
	const char *inbox; /* folder that was looked into; NULL: none is set */
	int64_t n_files, n_refused_files;
	int64_t n_entries, n_applied, n_proposed;
	int64_t n_planned;                                      /* reminders */
	int64_t n_accepted, n_refused, n_deferred, n_uncertain; /* e-mails */
	bool is_test_mode;
	const char *remark; /* why a stage did nothing (stale data, no relay); NULL */
};

/* Runs the stages in order; the first that cannot be done stops the day (its error says which). A file that
 * is refused goes to the folder "refused" beside the inbox's other files, with the reason, and stops
 * nothing. On weekends and French public holidays nothing is sent. */
bool day_run(const struct day_job *job, struct day_report *ret, struct err *e) NODISCARD;

#endif
