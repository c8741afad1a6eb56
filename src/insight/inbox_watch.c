/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/inbox_watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "insight/inbox.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { EVERY_SECONDS = 10, SETTLE_SECONDS = 5 };

struct inbox_watch {
	struct inbox_watch_options options;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool is_ending;
	/* of the thread */
	struct db *db;
	char told
		[300]; /* the last trouble: a folder that is missing is told once, not each round */
};

static bool is_ending(struct inbox_watch *w)
{
	bool yes;

	pthread_mutex_lock(&w->lock);
	yes = w->is_ending;
	pthread_mutex_unlock(&w->lock);
	return yes;
}

static void pause_until(struct inbox_watch *w, int seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&w->lock);
	while (!w->is_ending && pthread_cond_timedwait(&w->wake, &w->lock, &until) == 0)
		;
	pthread_mutex_unlock(&w->lock);
}

static void tell(struct inbox_watch *w, const char *folder, const struct err *e)
{
	char text[sizeof w->told];

	snprintf(text, sizeof text, "%.100s: %.190s", folder, e->msg);
	if (str_eq(text, w->told))
		return;
	memcpy(w->told, text, sizeof text);
	log_line(LOG_WARNING, "inbox", "%s", text);
}

/* One company's folder. False when the database is away: the connection is made anew. */
static bool look(struct inbox_watch *w, struct arena *a, const struct entity *entity)
{
	struct inbox_options o = { .settle_seconds = w->options.settle_seconds };
	struct import_job job = {
		.db = w->db, .arena = a, .entity = entity, .actor = "inbox", .now = clock_now()
	};
	struct inbox_result result = { 0 };
	struct err e = { 0 };
	bool ok;

	if (!setting_get(w->db, a, entity->id, "inbox_folder", NULL, &o.folder, &e)) {
		tell(w, "database", &e);
		return false;
	}
	if (str_empty(o.folder))
		return true;
	job.today = clock_day(job.now, entity->time_zone);
	ok = inbox_run(&job, &o, &result, &e);
	for (size_t i = 0; i < result.n; i++)
		log_line(result.file[i].is_done ? LOG_INFO : LOG_WARNING, "inbox", "%.200s: %.300s",
			 result.file[i].name,
			 result.file[i].is_done ? "imported" : result.file[i].error);
	if (ok)
		w->told[0] = 0;
	else
		tell(w, o.folder, &e);
	return ok || (e.code != ERR_DB && e.code != ERR_RETRY);
}

static bool look_at_all(struct inbox_watch *w, struct arena *a)
{
	struct entity *list;
	struct err e = { 0 };
	size_t n;

	if (!w->db) {
		if (!db_open(w->options.db_url, &w->db, &e)) {
			tell(w, "database", &e);
			return false;
		}
		db_set_context(w->db, w->options.db_context);
	}
	if (!entity_list(w->db, a, &list, &n, &e)) {
		tell(w, "database", &e);
		return false;
	}
	for (size_t i = 0; i < n && !is_ending(w); i++)
		if (!look(w, a, &list[i]))
			return false;
	return true;
}

static void *watch(void *arg)
{
	struct inbox_watch *w = arg;

	while (!is_ending(w)) {
		struct arena *round = arena_new((size_t)2 << 30);
		bool ok;
		if (arena_exhausted(round)) {
			log_line(LOG_ERROR, "inbox", "a file needs more memory than it may have");
			ok = false;
		} else {
			ok = look_at_all(w, round);
		}
		if (!ok) {
			db_close(w->db);
			w->db = NULL;
		}
		arena_free(round);
		pause_until(w, w->options.every_seconds);
	}
	db_close(w->db);
	return NULL;
}

void inbox_watch_start(const struct inbox_watch_options *o, struct inbox_watch **ret)
{
	struct inbox_watch *w = calloc(1, sizeof *w);
	pthread_condattr_t monotonic;

	ENSURE(w);
	w->options = *o;
	if (w->options.every_seconds == 0)
		w->options.every_seconds = EVERY_SECONDS;
	if (w->options.settle_seconds == 0)
		w->options.settle_seconds = SETTLE_SECONDS;
	ENSURE(pthread_mutex_init(&w->lock, NULL) == 0);
	ENSURE(pthread_condattr_init(&monotonic) == 0);
	ENSURE(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	ENSURE(pthread_cond_init(&w->wake, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	ENSURE(pthread_create(&w->thread, NULL, watch, w) == 0);
	*ret = w;
}

void inbox_watch_stop(struct inbox_watch *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->is_ending = true;
	pthread_cond_broadcast(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
