/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.c - threads that turn requests into answers.
 *
 * Each has its own database connection and one arena per request. When the arena's ceiling is hit, control
 * comes back here: the connection, whose statements may be open, is replaced, and the client gets 503.
 */
#include "web/server.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

enum { REQUEST_MEMORY = 128 << 20, QUEUE_MAX = 512 };

static const char content_policy[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
	" font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
	" frame-ancestors 'none'";

void response_guard(struct MHD_Response *response, bool is_secure)
{
	static const struct {
		const char *name, *value;
	} headers[] = {
		{ "Content-Security-Policy", content_policy },
		{ "X-Content-Type-Options", "nosniff" },
		{ "X-Frame-Options", "DENY" },
		/* Not no-referrer: browsers would then send "Origin: null" with our own forms. */
		{ "Referrer-Policy", "same-origin" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()" },
	};

	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		MHD_add_response_header(response, headers[i].name, headers[i].value);
	if (is_secure)
		MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
}

void exchange_refuse(struct exchange *x, const struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	struct buf b;
	struct json j;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "error");
	json_open_object(&j);
	json_put_text(&j, "code", err_name(e->code));
	json_put_text(&j, "message", e->msg);
	json_end(&j);
	json_end(&j);
	x->response = MHD_create_response_from_buffer(b.len, b.data, MHD_RESPMEM_MUST_COPY);
	x->status = err_http_status(e->code);
	ENSURE(x->response);
	MHD_add_response_header(x->response, "Content-Type", "application/json");
	MHD_add_response_header(x->response, "Cache-Control", "no-store");
	response_guard(x->response, false);
	arena_free(a);
}

static const char *header_of(void *arg, const char *name)
{
	return MHD_lookup_connection_value(arg, MHD_HEADER_KIND, name);
}

/* The address of the client: the connection's, or what our proxy says of it. */
static const char *address_of(struct request *r, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *forwarded =
		r->own->is_behind_proxy ? request_header(r, "X-Forwarded-For") : NULL;
	char host[64] = "";

	if (forwarded) {
		/* The last one was added by our proxy; those before it are the client's word. */
		const char *last = strrchr(forwarded, ',');

		last = last ? last + 1 : forwarded;
		return arena_strdup(r->arena, last + strspn(last, " "));
	}
	if (info)
		getnameinfo(info->client_addr,
			    info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
								     : sizeof(struct sockaddr_in),
			    host, sizeof host, NULL, 0, NI_NUMERICHOST);
	return arena_strdup(r->arena, host);
}

static void make_response(struct exchange *x, const struct answer *answer, bool is_secure)
{
	bool has_cache = false;

	if (answer->fd >= 0)
		x->response = MHD_create_response_from_fd64((uint64_t)answer->fd_size, answer->fd);
	else
		x->response = MHD_create_response_from_buffer(
			answer->n, (void *)(uintptr_t)answer->bytes, MHD_RESPMEM_MUST_COPY);
	ENSURE(x->response);
	x->status = answer->status;
	MHD_add_response_header(x->response, "Content-Type", answer->media_type);
	for (size_t i = 0; i < answer->n_headers; i++) {
		MHD_add_response_header(x->response, answer->headers[i].name,
					answer->headers[i].value);
		has_cache |= str_eq(answer->headers[i].name, "Cache-Control");
	}
	/* Figures of a company must not stay in a shared cache or on a shared computer. */
	if (!has_cache)
		MHD_add_response_header(x->response, "Cache-Control", "no-store");
	response_guard(x->response, is_secure);
}

static void answer_in(struct exchange *x, struct arena *a, struct db *db)
{
	const struct web_server *s = x->server;
	struct web_private own = {
		.app = s->app,
		.body = x->body,
		.is_behind_proxy = s->options.is_behind_proxy,
		.header = header_of,
		.header_arg = x->connection,
	};
	struct request r = {
		.method = x->method,
		.target = x->target,
		.arena = a,
		.db = db,
		.now = clock_now(),
		.cat = catalogue_find(NULL),
		.own = &own,
	};
	int64_t begun = r.now;

	own.is_secure =
		own.is_behind_proxy && str_eq(request_header(&r, "X-Forwarded-Proto"), "https");
	own.address = address_of(&r, x->connection);
	if (x->refusal.code == ERR_NONE && x->body)
		(void)!body_finish(x->body, &r, &x->refusal);
	if (x->refusal.code) {
		own.csrf = "";
		own.answer.fd = -1;
		respond_error(&r, &x->refusal);
	} else {
		dispatch(&r);
	}
	make_response(x, &own.answer, own.is_secure);
	log_line(LOG_INFO, "web", "%s %s %d user %" PRId64 " %" PRId64 " ms", method_name(r.method),
		 r.route ? r.route->pattern : "-", x->status, r.user.id,
		 (clock_now() - begun) / 1000);
}

/* Returns false when the connection is not to be used again. */
static bool answer(struct exchange *x, struct db *db)
{
	static const struct err memory = {
		.code = ERR_RETRY, .msg = "the request needs more memory than it may have"
	};
	struct arena *a = arena_new(REQUEST_MEMORY);

	if (arena_exhausted(a)) {
		log_line(LOG_ERROR, "web", "a request needed more than %d bytes", REQUEST_MEMORY);
		exchange_refuse(x, &memory);
		arena_free(a);
		return false;
	}
	answer_in(x, a, db);
	arena_free(a);
	return true;
}

static struct exchange *next_exchange(struct web_server *s)
{
	struct exchange *x;

	pthread_mutex_lock(&s->lock);
	while (!s->first && !s->stopping)
		pthread_cond_wait(&s->work, &s->lock);
	x = s->first;
	if (x) {
		s->first = x->next;
		if (!s->first)
			s->last = NULL;
		s->n_queued--;
	}
	pthread_mutex_unlock(&s->lock);
	return x;
}

/* After trouble the connection may be gone: a new one for the next request. */
static bool is_alive(struct db *db)
{
	int64_t one;

	return db_get_i64(db, "SELECT 1", DB_NO_PARAMS, 0, &one, NULL);
}

static bool open_db(const struct web_server *s, struct db **ret, struct err *e)
{
	if (!db_open(s->db_url, ret, e))
		return false;
	db_set_context(*ret, s->options.db_context);
	return true;
}

static void *work(void *arg)
{
	struct web_server *s = arg;
	struct exchange *x;
	struct db *db = NULL;

	while ((x = next_exchange(s))) {
		struct err e = { 0 };

		if (!db && !open_db(s, &db, &e)) {
			log_line(LOG_ERROR, "web", "%s", e.msg);
			e = (struct err){ .code = ERR_RETRY,
					  .msg = "the database cannot be reached" };
			exchange_refuse(x, &e);
		} else if (!answer(x, db) || (x->status >= 500 && !is_alive(db))) {
			db_close(db);
			db = NULL;
		}
		MHD_resume_connection(x->connection);
	}
	db_close(db);
	return NULL;
}

bool workers_take(struct web_server *s, struct exchange *x)
{
	bool taken;

	pthread_mutex_lock(&s->lock);
	taken = s->n_queued < QUEUE_MAX && !s->stopping;
	if (taken) {
		/* Before a worker can see it: it is the worker that resumes. */
		MHD_suspend_connection(x->connection);
		x->next = NULL;
		if (s->last)
			s->last->next = x;
		else
			s->first = x;
		s->last = x;
		s->n_queued++;
		pthread_cond_signal(&s->work);
	}
	pthread_mutex_unlock(&s->lock);
	return taken;
}

bool workers_start(struct web_server *s, struct err *e)
{
	int wanted = s->options.n_workers;

	for (s->n_workers = 0; s->n_workers < wanted; s->n_workers++) {
		int error = pthread_create(&s->workers[s->n_workers], NULL, work, s);

		if (error) {
			workers_stop(s);
			return err_set(e, ERR_INTERNAL, "could not start a thread: %s",
				       strerror(error));
		}
	}
	return true;
}

void workers_stop(struct web_server *s)
{
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->work);
	pthread_mutex_unlock(&s->lock);
	for (int i = 0; i < s->n_workers; i++)
		pthread_join(s->workers[i], NULL);
	s->n_workers = 0;
}
