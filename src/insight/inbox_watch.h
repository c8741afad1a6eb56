/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox_watch.h - a thread of the server that watches the companies' folders (setting inbox_folder).
 *
 * The settings are read anew at each round, so that a folder set on the page is watched from then on. It does what the
 * command `encours inbox` does (inbox.h), and both may run at once: a file is claimed by one of them. What cannot be
 * read, folder or database, is told in the log and tried again at the next round.
 *
 *	struct inbox_watch *watch;
 *	inbox_watch_start(&(struct inbox_watch_options){ .db_url = url }, &watch);
 *	...
 *	inbox_watch_stop(watch);
 */
#ifndef INSIGHT_INBOX_WATCH_H
#define INSIGHT_INBOX_WATCH_H

#include "base/base.h"

struct inbox_watch_options {
	const char *db_url; /* outlives the thread */
	void *db_context;   /* goes with the connection (db_set_context) */
	int every_seconds;  /* 0: 10 */
	int settle_seconds; /* 0: 5; as inbox_options */
};

struct inbox_watch;
void inbox_watch_start(const struct inbox_watch_options *o, struct inbox_watch **ret);

/* Waits for the file at hand. NULL: nothing. */
void inbox_watch_stop(struct inbox_watch *w);

#endif
