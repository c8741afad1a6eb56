/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.c - the I/O thread: reads whole requests, hands them to the workers, sends the answers.
 *
 * Nothing here waits: a request is read into memory or an unnamed file, its connection is suspended while a
 * worker has it, and resumed with the answer.
 */
#include "web/server.h"

#include "base/text.h"
#include "web/asset.h"

#include <errno.h>
#include <netdb.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	BYTES_PER_SECOND = 64 << 10, /* slower than this is too slow */
	IDLE_SECONDS = 75,
	SEND_SECONDS = 60,
	STOP_SECONDS = 30,
	TARGET_MAX = 8192,
	/* What is read and dropped beyond the limit, so that the sender hears why: who hangs up on a
	 * sender leaves him with a broken connection and no answer. */
	SWALLOW = 8 << 20,
};

/* ---- one request ------------------------------------------------------------------------------- */

static void count(struct web_server *s, int by)
{
	pthread_mutex_lock(&s->lock);
	s->n_active += by;
	pthread_cond_signal(&s->quiet);
	pthread_mutex_unlock(&s->lock);
}

/* Called with the first line of a request, before anything is decoded. */
static void *on_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct exchange *x = calloc(1, sizeof *x);

	if (!x)
		return NULL;
	x->server = cls;
	x->connection = connection;
	x->target = strndup(uri, TARGET_MAX + 1);
	x->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	count(x->server, 1);
	return x;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
			 enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *con_cls;

	(void)cls;
	(void)connection;
	(void)why;
	if (!x)
		return;
	reaper_set(x->server->reaper, x->fd, IDLE_SECONDS);
	if (x->response)
		MHD_destroy_response(x->response);
	body_free(x->body);
	count(x->server, -1);
	free(x->target);
	free(x);
	*con_cls = NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct web_server *s = cls;
	int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;

	(void)socket_context;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		reaper_set(s->reaper, fd, s->options.header_seconds);
	else
		reaper_clear(s->reaper, fd);
}

static enum MHD_Result send_answer(struct exchange *x)
{
	enum MHD_Result ok;

	reaper_set(x->server->reaper, x->fd, SEND_SECONDS + x->received / BYTES_PER_SECOND);
	ok = MHD_queue_response(x->connection, (unsigned)x->status, x->response);
	MHD_destroy_response(x->response);
	x->response = NULL;
	return ok;
}

static enum MHD_Result refuse(struct exchange *x, enum err_code code, const char *why)
{
	struct err e = { 0 };

	err_set(&e, code, "%s", why);
	exchange_refuse(x, &e);
	return send_answer(x);
}

static bool accepts_gzip(struct MHD_Connection *connection)
{
	const char *accepted =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding");

	return accepted && strstr(accepted, "gzip") && !strstr(accepted, "gzip;q=0");
}

/* Files built into the program need no worker. */
static enum MHD_Result send_asset(struct exchange *x, const struct asset *asset)
{
	bool packed = asset->packed && accepts_gzip(x->connection);

	x->response = MHD_create_response_from_buffer(
		packed ? asset->packed_size : asset->size,
		(void *)(uintptr_t)(packed ? asset->packed : asset->bytes), MHD_RESPMEM_PERSISTENT);
	if (!x->response)
		return MHD_NO;
	x->status = 200;
	MHD_add_response_header(x->response, "Content-Type", asset->media_type);
	MHD_add_response_header(x->response, "Cache-Control",
				"public, max-age=31536000, immutable");
	MHD_add_response_header(x->response, "Vary", "Accept-Encoding");
	if (packed)
		MHD_add_response_header(x->response, "Content-Encoding", "gzip");
	response_guard(x->response, false);
	return send_answer(x);
}

static bool find_method(const char *name, enum method *ret)
{
	for (int m = 0; m < METHOD_COUNT; m++) {
		if (str_eq(name, method_name((enum method)m))) {
			*ret = (enum method)m;
			return true;
		}
	}
	*ret = METHOD_GET;
	return str_eq(name, "HEAD");
}

/* The head is read. Answers at once what needs no body and no worker. */
static enum MHD_Result begin(struct exchange *x, const char *method)
{
	struct web_server *s = x->server;
	const char *length =
		MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Content-Length");
	const char *coding =
		MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Transfer-Encoding");
	const struct asset *asset;
	uint64_t n = 0;

	x->is_begun = true;
	reaper_set(s->reaper, x->fd, s->options.body_seconds);
	if (!x->target || strlen(x->target) > TARGET_MAX)
		return refuse(x, ERR_LIMIT, "the address is too long");
	if (!find_method(method, &x->method))
		return refuse(x, ERR_USAGE, "this server knows GET, HEAD, POST, PUT and DELETE");
	if (length && !text_to_u64(length, INT64_MAX, &n))
		return refuse(x, ERR_USAGE, "the length of the request is no number");
	if (length && coding)
		return refuse(x, ERR_USAGE, "the request has two lengths");
	if (n > (uint64_t)s->options.max_upload + SWALLOW)
		return refuse(x, ERR_LIMIT, "the request is too large");
	if (n > (uint64_t)s->options.max_upload) {
		err_set(&x->refusal, ERR_LIMIT, "the request is too large");
		return MHD_YES;
	}
	asset = str_starts(x->target, "/static/") ? asset_find(x->target) : NULL;
	if (asset && n == 0 && !coding && x->method == METHOD_GET)
		return send_asset(x, asset);
	if ((n > 0 || coding) &&
	    !body_new(MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Content-Type"),
		      s->options.max_upload, &x->body, &x->refusal)) {
		exchange_refuse(x, &x->refusal);
		return send_answer(x);
	}
	return MHD_YES;
}

/* A sender may take a second more for each 64 KiB it has sent, whatever their rhythm. */
static void extend(struct exchange *x, int64_t n)
{
	int64_t before = x->received / BYTES_PER_SECOND;

	x->received += n;
	if (x->received / BYTES_PER_SECOND > before)
		reaper_extend(x->server->reaper, x->fd, x->received / BYTES_PER_SECOND - before);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *size, void **con_cls)
{
	struct exchange *x = *con_cls;
	struct web_server *s = cls;

	(void)connection;
	(void)url;
	(void)version;
	if (!x)
		return MHD_NO;
	if (x->response)
		return send_answer(x);
	if (!x->is_begun)
		return begin(x, method);
	if (*size > 0) {
		extend(x, (int64_t)*size);
		if (x->received > s->options.max_upload + SWALLOW)
			return MHD_NO;
		if (x->refusal.code == ERR_NONE &&
		    !(x->body && body_feed(x->body, data, *size, &x->refusal)) &&
		    x->refusal.code == ERR_NONE)
			return MHD_NO;
		*size = 0;
		return MHD_YES;
	}
	reaper_clear(s->reaper, x->fd);
	if (!workers_take(s, x))
		return refuse(x, ERR_RETRY, "too many requests are waiting");
	return MHD_YES;
}

/* Addresses are decoded by parse.c, which refuses what is not well-formed. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *s)
{
	(void)cls;
	(void)connection;
	return strlen(s);
}

static void on_trouble(void *cls, const char *format, va_list args)
{
	/* The library tells of clients that hang up; nobody can do anything about it. */
	(void)cls;
	(void)format;
	(void)args;
}

/* ---- start and stop ---------------------------------------------------------------------------- */

/* "127.0.0.1:8080", "[::1]:8080", ":8080" (all addresses). */
static bool split_address(const char *listen, char *host, size_t host_size, char *port,
			  size_t port_size, struct err *e)
{
	const char *colon = strrchr(listen, ':');
	size_t n = colon ? (size_t)(colon - listen) : 0;

	if (!colon || n >= host_size || strlen(colon + 1) >= port_size ||
	    colon[1 + strspn(colon + 1, "0123456789")] || !colon[1])
		return err_set(e, ERR_USAGE, "\"%s\" is not of the form ADDRESS:PORT", listen);
	if (n >= 2 && listen[0] == '[' && listen[n - 1] == ']') {
		listen++;
		n -= 2;
	}
	memcpy(host, listen, n);
	host[n] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return true;
}

static bool open_socket(const char *listen_on, int *ret_fd, int *ret_port, struct err *e)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct sockaddr_storage bound = { 0 };
	socklen_t len = sizeof bound;
	struct addrinfo *info;
	char host[256], port[8];
	int fd, error;

	if (!split_address(listen_on, host, sizeof host, port, sizeof port, e))
		return false;
	error = getaddrinfo(host[0] ? host : NULL, port, &hints, &info);
	if (error)
		return err_set(e, ERR_USAGE, "cannot listen on \"%s\": %s", listen_on,
			       gai_strerror(error));
	fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (fd < 0 || bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, 1024) != 0 ||
	    getsockname(fd, (struct sockaddr *)&bound, &len) != 0) {
		err_set(e, ERR_IO, "could not listen on \"%s\": %s", listen_on, strerror(errno));
		if (fd >= 0)
			close(fd);
		freeaddrinfo(info);
		return false;
	}
	freeaddrinfo(info);
	getnameinfo((struct sockaddr *)&bound, len, NULL, 0, port, sizeof port, NI_NUMERICSERV);
	*ret_port = (int)strtol(port, NULL, 10);
	*ret_fd = fd;
	return true;
}

/* As many descriptors as connections and uploads may need; returns how many there are. */
static int raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1024;
	if (limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur > 65536 ? 65536 : (int)limit.rlim_cur;
}

static void set_defaults(struct web_options *o)
{
	o->n_workers = o->n_workers > 0 ? o->n_workers : 4;
	if (o->n_workers > WORKERS_MAX)
		o->n_workers = WORKERS_MAX;
	o->max_upload = o->max_upload > 0 ? o->max_upload : 100 << 20;
	o->header_seconds = o->header_seconds > 0 ? o->header_seconds : 10;
	o->body_seconds = o->body_seconds > 0 ? o->body_seconds : 60;
	o->n_connections = o->n_connections > 0 ? o->n_connections : 2000;
}

static bool start_daemon(struct web_server *s, int listen_fd, struct err *e)
{
	const struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_trouble, NULL },
		{ MHD_OPTION_LISTEN_SOCKET, listen_fd, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, s->options.n_connections, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, s },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s },
		{ MHD_OPTION_END, 0, NULL },
	};

	s->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
		NULL, NULL, on_request, s, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
	if (!s->daemon) {
		close(listen_fd);
		return err_set(e, ERR_IO, "could not start the HTTP server");
	}
	return true;
}

static void free_server(struct web_server *s)
{
	reaper_stop(s->reaper);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->work);
	pthread_cond_destroy(&s->quiet);
	free(s->db_url);
	free(s);
}

bool web_start(const struct web_options *options, const struct web_app *app,
	       struct web_server **ret, struct err *e)
{
	struct web_server *s;
	int listen_fd;

	if (sodium_init() < 0)
		return err_set(e, ERR_INTERNAL, "no random numbers on this machine");
	s = calloc(1, sizeof *s);
	ENSURE(s);
	s->options = *options;
	set_defaults(&s->options);
	s->db_url = strdup(options->db_url);
	s->app = app;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->work, NULL);
	pthread_cond_init(&s->quiet, NULL);
	if (!open_socket(options->listen, &listen_fd, &s->port, e)) {
		free_server(s);
		return false;
	}
	if (!reaper_start(raise_descriptors(), &s->reaper, e) || !workers_start(s, e)) {
		close(listen_fd);
		free_server(s);
		return false;
	}
	if (!start_daemon(s, listen_fd, e)) {
		workers_stop(s);
		free_server(s);
		return false;
	}
	*ret = s;
	return true;
}

int web_port(const struct web_server *s)
{
	return s->port;
}

static void wait_until_quiet(struct web_server *s)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STOP_SECONDS;
	pthread_mutex_lock(&s->lock);
	while (s->n_active > 0 && pthread_cond_timedwait(&s->quiet, &s->lock, &until) == 0)
		;
	pthread_mutex_unlock(&s->lock);
}

void web_stop(struct web_server *s)
{
	int listen_fd = MHD_quiesce_daemon(s->daemon);

	if (listen_fd >= 0)
		close(listen_fd);
	wait_until_quiet(s);
	/* Workers finish what is queued, so that no connection is suspended when the daemon ends. */
	workers_stop(s);
	MHD_stop_daemon(s->daemon);
	free_server(s);
}
