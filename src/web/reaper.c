/* SPDX-License-Identifier: Apache-2.0 */
#include "web/reaper.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct reaper {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool stopping;
	int n;
	int64_t deadline[]; /* seconds of the monotonic clock; 0 none */
};

static int64_t now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Under the lock, so that a descriptor is not closed and used again between look and cut. */
static void cut_overdue(struct reaper *r)
{
	int64_t now = now_seconds();

	for (int fd = 0; fd < r->n; fd++) {
		if (r->deadline[fd] == 0 || r->deadline[fd] > now)
			continue;
		r->deadline[fd] = 0;
		shutdown(fd, SHUT_RDWR);
	}
}

static void *reap(void *arg)
{
	struct reaper *r = arg;
	struct timespec until;

	pthread_mutex_lock(&r->lock);
	while (!r->stopping) {
		cut_overdue(r);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec++;
		pthread_cond_timedwait(&r->wake, &r->lock, &until);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

bool reaper_start(int n_sockets, struct reaper **ret, struct err *e)
{
	struct reaper *r = calloc(1, sizeof *r + (size_t)n_sockets * sizeof r->deadline[0]);
	int error;

	if (!r)
		return err_set(e, ERR_INTERNAL, "no memory for %d connections", n_sockets);
	r->n = n_sockets;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->wake, NULL);
	error = pthread_create(&r->thread, NULL, reap, r);
	if (error) {
		free(r);
		return err_set(e, ERR_INTERNAL, "could not start a thread: %s", strerror(error));
	}
	*ret = r;
	return true;
}

void reaper_stop(struct reaper *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->stopping = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static void put(struct reaper *r, int fd, int64_t deadline)
{
	if (fd < 0 || fd >= r->n)
		return;
	pthread_mutex_lock(&r->lock);
	r->deadline[fd] = deadline;
	pthread_mutex_unlock(&r->lock);
}

void reaper_set(struct reaper *r, int fd, int64_t seconds)
{
	put(r, fd, now_seconds() + seconds);
}

void reaper_extend(struct reaper *r, int fd, int64_t seconds)
{
	if (fd < 0 || fd >= r->n)
		return;
	pthread_mutex_lock(&r->lock);
	if (r->deadline[fd])
		r->deadline[fd] += seconds;
	pthread_mutex_unlock(&r->lock);
}

void reaper_clear(struct reaper *r, int fd)
{
	put(r, fd, 0);
}
