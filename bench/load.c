/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load PORT COOKIE CONNECTIONS SECONDS RATE < PATHS: asks a server of this machine for pages.
 *
 * PATHS: one a line, taken in turn. RATE 0: each connection asks again as soon as it is answered (what the
 * server can do). Else that many requests a second begin at even moments, whether the former ones are
 * answered or not, and a request's time counts from the moment when it should have begun: a server that
 * stalls is seen by all that wait meanwhile. The first second is not counted. Prints one JSON object,
 * milliseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/list.h"

enum { HEAD_MAX = 16384, READ_STEP = 65536 };

struct connection {
	int fd;
	bool is_busy;
	double since;
	char head[HEAD_MAX];
	size_t n;    /* bytes of the head so far */
	size_t left; /* of the body; known once the head is whole */
	bool has_head;
	bool is_ok;
};

struct load {
	struct arena *arena;
	int epoll, port;
	const char *cookie;
	struct connection *connection;
	int n_connections;
	double begin, end, rate;
	int64_t n_begun, n_bad, bytes;
	LIST_OF(char *) paths;
	LIST_OF(double) times;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void dial(struct load *l, struct connection *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)l->port) };
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	int one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ENSURE(c->fd >= 0);
	if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) {
		perror("connect");
		exit(1);
	}
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	ENSURE(epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) == 0);
}

static void ask(struct load *l, struct connection *c, double since)
{
	char request[2048];
	int n = snprintf(request, sizeof request,
			 "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s\r\n"
			 "Accept-Language: fr\r\nAccept-Encoding: gzip\r\n\r\n",
			 l->paths.at[(size_t)l->n_begun % l->paths.n], l->port, l->cookie);

	ENSURE(n > 0 && (size_t)n < sizeof request);
	if (write(c->fd, request, (size_t)n) != n) {
		perror("write");
		exit(1);
	}
	c->is_busy = true;
	c->since = since;
	c->n = 0;
	c->has_head = false;
	l->n_begun++;
}

/* Takes bytes of the head; returns how many of them were its own. */
static size_t take_head(struct connection *c, const char *bytes, size_t n)
{
	size_t room = sizeof c->head - 1 - c->n, take = n < room ? n : room, before = c->n;
	const char *end, *length;

	memcpy(c->head + c->n, bytes, take);
	c->n += take;
	c->head[c->n] = '\0';
	end = strstr(c->head, "\r\n\r\n");
	if (!end) {
		ENSURE(take == n);
		return n;
	}
	length = strcasestr(c->head, "\r\nContent-Length:");
	ENSURE(length && length < end);
	c->left = (size_t)strtoull(length + strlen("\r\nContent-Length:"), NULL, 10);
	c->is_ok = strncmp(c->head, "HTTP/1.1 200", 12) == 0;
	c->has_head = true;
	return (size_t)(end + 4 - c->head) - before;
}

static void answered(struct load *l, struct connection *c)
{
	double at = now();

	c->is_busy = false;
	if (c->since < l->begin)
		return;
	l->n_bad += !c->is_ok;
	*LIST_ADD(l->arena, &l->times) = at - c->since;
}

static void receive(struct load *l, struct connection *c)
{
	static char bytes[READ_STEP];
	ssize_t n = read(c->fd, bytes, sizeof bytes);
	size_t at = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) { /* hung up: a connection's life may end with an answer */
		l->n_bad += c->is_busy;
		close(c->fd);
		c->is_busy = false;
		dial(l, c);
		return;
	}
	l->bytes += n;
	while (at < (size_t)n) {
		if (!c->has_head) {
			at += take_head(c, bytes + at, (size_t)n - at);
		} else {
			size_t part = (size_t)n - at < c->left ? (size_t)n - at : c->left;
			c->left -= part;
			at += part;
			if (part == 0)
				break;
		}
		if (c->has_head && c->left == 0) {
			answered(l, c);
			break;
		}
	}
}

/* Begins what is due on the connections that are free. */
static void begin_due(struct load *l, double start)
{
	for (int i = 0; i < l->n_connections; i++) {
		struct connection *c = &l->connection[i];
		double at = now();
		if (c->is_busy)
			continue;
		if (l->rate > 0) {
			double due = start + (double)l->n_begun / l->rate;
			if (due > at)
				return;
			at = due;
		}
		ask(l, c, at);
	}
}

static void run(struct load *l, double seconds)
{
	double start = now();

	l->begin = start + 1;
	l->end = l->begin + seconds;
	while (now() < l->end) {
		struct timespec wait = { .tv_nsec = l->rate > 0 ? 200000 : 100000000 };
		struct epoll_event ev[64];
		int n;
		begin_due(l, start);
		n = epoll_pwait2(l->epoll, ev, ARRAY_LEN(ev), &wait, NULL);
		for (int i = 0; i < n; i++)
			receive(l, ev[i].data.ptr);
	}
	/* Who waits still has waited at least that long. */
	for (int i = 0; i < l->n_connections; i++)
		if (l->connection[i].is_busy && l->connection[i].since >= l->begin && l->rate > 0)
			*LIST_ADD(l->arena, &l->times) = l->end - l->connection[i].since;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double share(const struct load *l, double part)
{
	size_t at = (size_t)((double)l->times.n * part);

	return l->times.n ? l->times.at[at < l->times.n ? at : l->times.n - 1] * 1e3 : 0;
}

static void print(struct load *l, double seconds)
{
	if (l->times.n)
		qsort(l->times.at, l->times.n, sizeof *l->times.at, ascending);
	printf("{\"requests\":%zu,\"bad\":%" PRId64
	       ",\"per_second\":%.0f,\"p50\":%.3f,\"p90\":%.3f,"
	       "\"p99\":%.3f,\"max\":%.3f,\"mib\":%.1f}\n",
	       l->times.n, l->n_bad, (double)l->times.n / seconds, share(l, 0.5), share(l, 0.9),
	       share(l, 0.99), share(l, 1), (double)l->bytes / 1048576);
}

static void read_paths(struct load *l)
{
	char line[1024];

	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			*LIST_ADD(l->arena, &l->paths) = arena_strdup(l->arena, line);
	}
}

int main(int argc, char **argv)
{
	struct load l = { .arena = arena_new((size_t)1 << 32),
			  .epoll = epoll_create1(EPOLL_CLOEXEC) };

	if (argc != 6) {
		fprintf(stderr, "usage: load PORT COOKIE CONNECTIONS SECONDS RATE < PATHS\n");
		return 2;
	}
	l.port = atoi(argv[1]);
	l.cookie = argv[2];
	l.n_connections = atoi(argv[3]);
	l.rate = strtod(argv[5], NULL);
	read_paths(&l);
	if (l.paths.n == 0 || l.n_connections < 1)
		return 2;
	l.connection = ARENA_ARRAY(l.arena, (size_t)l.n_connections, struct connection);
	for (int i = 0; i < l.n_connections; i++)
		dial(&l, &l.connection[i]);
	run(&l, strtod(argv[4], NULL));
	print(&l, strtod(argv[4], NULL));
	arena_free(l.arena);
	return 0;
}
