/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - the parts of the running server, for server.c (I/O) and worker.c alone. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "web/private.h"
#include "web/reaper.h"

#include <microhttpd.h>
#include <pthread.h>

enum { WORKERS_MAX = 64 };

/* One request on its way: made when its first line is read, freed when its answer is sent. */
struct exchange {
	struct web_server *server;
	struct MHD_Connection *connection;
	struct exchange *next; /* in the queue */
	char *target;
	enum method method;
	bool is_begun;
	int fd;
	int64_t received;
	struct body *body;
	struct err refusal; /* of the body; code 0: none */
	struct MHD_Response *response;
	int status;
};

struct web_server {
	struct web_options options;
	char *db_url;
	const struct web_app *app;
	struct MHD_Daemon *daemon;
	struct reaper *reaper;
	int port;
	pthread_mutex_t lock;
	pthread_cond_t work;  /* something is queued, or the end */
	pthread_cond_t quiet; /* an exchange ended */
	struct exchange *first, *last;
	int n_queued;
	int n_active; /* exchanges */
	bool stopping;
	pthread_t workers[WORKERS_MAX];
	int n_workers; /* running */
};

/* ---- worker.c: requests into answers, off the I/O thread --------------------------------------- */

bool workers_start(struct web_server *s, struct err *e) NODISCARD;
void workers_stop(struct web_server *s);

/* False when too many are waiting already. The connection is suspended until the answer is there. */
bool workers_take(struct web_server *s, struct exchange *x);

/* A short answer made without a worker. */
void exchange_refuse(struct exchange *x, const struct err *e);

/* The headers that every answer carries. */
void response_guard(struct MHD_Response *response, bool is_secure);

#endif
