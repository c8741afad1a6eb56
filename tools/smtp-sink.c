/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp-sink - a mail relay for tests: takes messages on the loopback, keeps them as files, and
 * writes a log of what it accepted BEFORE it says so.
 *
 * A message's file and then its line of the log reach the disk (O_SYNC, fsync) before the answer
 * 250 leaves, so that the log is the truth about acceptance whoever is killed and whenever. Faults
 * are made on purpose: see the usage below. One thread per connection; no state is shared but the
 * log and a counter.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
	"usage: smtp-sink --dir DIR [OPTIONS]\n"
	"  --port N         listen on 127.0.0.1:N; 0 (default) takes a free port. The line\n"
	"                   \"listening on 127.0.0.1:N\" on standard output says when it is ready\n"
	"  --log FILE       acceptance log (default DIR/accepted.log)\n"
	"  --mail ACTION    what happens at MAIL, RCPT, at the first byte of the message, and at "
	"the\n"
	"  --rcpt ACTION    final dot. ACTION is an answer (\"451 busy\", \"550 no such user\"), "
	"or\n"
	"  --data ACTION    \"drop\": close the connection; at the dot this is before the message "
	"is\n"
	"  --dot ACTION     taken, and \"drop-after\" is after it is taken and logged, without "
	"answer\n"
	"  --only TEXT      faults only for recipients that contain TEXT\n"
	"  --percent N      faults for N of 100 messages (default 100), chosen by --seed N\n"
	"  --delay MS       wait before the answer to the dot, a random time up to MS\n";

enum {
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_DOT,
	N_STAGES,
	LINE_ROOM = 4096,
	MESSAGE_MAX = 64 << 20,
	RECIPIENTS_ROOM = 8192
};

struct options {
	const char *dir;
	char log_path[4096];
	int port;
	const char *action[N_STAGES];
	const char *only;
	unsigned percent;
	unsigned seed;
	unsigned delay_ms;
};

struct sink {
	struct options options;
	int log_fd;
	atomic_uint n_messages;
	unsigned run; /* makes file names of this run its own: milliseconds, wrapped */
};

struct session {
	struct sink *sink;
	int fd;
	char input[LINE_ROOM];
	size_t n_input, at;
	char sender[512];
	char recipients[RECIPIENTS_ROOM];
	char message_id[512];
	char *message;
	size_t size, room;
	unsigned random;
	bool faulty; /* this message was chosen for the faults */
};

/* ---- small things
 * -------------------------------------------------------------------------------- */

static void die(const char *what)
{
	fprintf(stderr, "smtp-sink: %s: %s\n", what, strerror(errno));
	exit(3);
}

static unsigned next_random(unsigned *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

__attribute__((format(printf, 2, 3))) static bool say(struct session *s, const char *format, ...)
{
	char line[LINE_ROOM];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof line - 2, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof line - 2)
		return false;
	memcpy(line + n, "\r\n", 2);
	return write_all(s->fd, line, (size_t)n + 2);
}

/* One byte of the client, or -1 when it has gone. */
static int get(struct session *s)
{
	if (s->at == s->n_input) {
		ssize_t n;

		do
			n = read(s->fd, s->input, sizeof s->input);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return -1;
		s->n_input = (size_t)n;
		s->at = 0;
	}
	return (unsigned char)s->input[s->at++];
}

/* A command line without its end; false when the client has gone or the line is too long. */
static bool get_line(struct session *s, char line[LINE_ROOM])
{
	size_t n = 0;
	int c;

	while ((c = get(s)) >= 0 && c != '\n') {
		if (n + 1 >= LINE_ROOM)
			return false;
		line[n++] = (char)c;
	}
	if (n > 0 && line[n - 1] == '\r')
		n--;
	line[n] = '\0';
	return c >= 0;
}

/* ---- faults
 * -------------------------------------------------------------------------------------- */

static void choose_fault(struct session *s)
{
	const struct options *o = &s->sink->options;

	s->faulty = next_random(&s->random) % 100 < o->percent &&
		    (!o->only || strstr(s->recipients, o->only));
}

static const char *action(const struct session *s, int stage)
{
	return s->faulty ? s->sink->options.action[stage] : NULL;
}

/* Plays the fault of a stage: false to close the connection, with *ret_stop set when the command
 * has been answered already. */
static bool play(struct session *s, int stage, bool *ret_stop)
{
	const char *what = action(s, stage);

	*ret_stop = what != NULL;
	if (!what)
		return true;
	if (strcmp(what, "drop") == 0 || strcmp(what, "drop-after") == 0)
		return false;
	return say(s, "%s", what);
}

/* ---- one message
 * --------------------------------------------------------------------------------- */

static void append(struct session *s, char c)
{
	if (s->size == s->room) {
		s->room = s->room ? s->room * 2 : 16384;
		s->message = realloc(s->message, s->room);
		if (!s->message)
			die("memory");
	}
	s->message[s->size++] = c;
}

/* Reads to the final dot, taking the stuffed dots away. False when the client has gone or sent too
 * much. */
static bool read_message(struct session *s)
{
	bool line_start = true;
	int c;

	s->size = 0;
	while ((c = get(s)) >= 0 && s->size < MESSAGE_MAX) {
		if (line_start && c == '.') {
			c = get(s);
			if (c == '\r') {
				c = get(s);
				if (c == '\n')
					return true;
			}
			if (c < 0)
				return false;
		}
		append(s, (char)c);
		line_start = c == '\n';
	}
	return false;
}

/* The value of Message-ID without brackets, from the header lines. */
static void find_message_id(struct session *s)
{
	static const char name[] = "\nMessage-ID:";
	size_t end = s->size;

	s->message_id[0] = '\0';
	append(s, '\0');
	s->size = end;
	for (char *p = s->message; p && *p; p = strchr(p + 1, '\n')) {
		char *value = p + sizeof name - 1, *close;

		if (strncmp(p, "\n\r\n", 3) == 0)
			return;
		if (strncasecmp(p, name, sizeof name - 1) != 0)
			continue;
		value += strspn(value, " \t\r\n");
		if (*value == '<')
			value++;
		close = strpbrk(value, "> \r\n");
		if (close)
			snprintf(s->message_id, sizeof s->message_id, "%.*s", (int)(close - value),
				 value);
		return;
	}
}

static void stamp(char text[40])
{
	struct timespec t;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	n = strftime(text, 40, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, 40 - n, ".%06ldZ", t.tv_nsec / 1000);
}

/* One line in one write: threads and a kill cannot mix or halve lines. */
__attribute__((format(printf, 2, 3))) static void write_log(struct sink *k, const char *format, ...)
{
	char line[LINE_ROOM + RECIPIENTS_ROOM], when[40];
	va_list args;
	int n, m;

	stamp(when);
	n = snprintf(line, sizeof line, "%s ", when);
	va_start(args, format);
	m = vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
	va_end(args);
	if (m < 0 || (size_t)(n + m) >= sizeof line - 1)
		die("log line");
	line[n + m] = '\n';
	if (!write_all(k->log_fd, line, (size_t)(n + m) + 1))
		die("log");
}

/* The file and then the log, both on the disk before anybody is told. */
static void take(struct session *s)
{
	struct sink *k = s->sink;
	unsigned number = atomic_fetch_add(&k->n_messages, 1) + 1;
	char path[4200];
	int fd;

	snprintf(path, sizeof path, "%s/%u-%06u.eml", k->options.dir, k->run, number);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || !write_all(fd, s->message, s->size) || fsync(fd) != 0)
		die(path);
	close(fd);
	write_log(k, "accepted <%s> file=%u-%06u.eml size=%zu from=<%s> to=%s", s->message_id,
		  k->run, number, s->size, s->sender, s->recipients);
}

static void wait_a_little(struct session *s)
{
	unsigned ms = s->sink->options.delay_ms;
	struct timespec t = { 0 };

	if (ms == 0)
		return;
	ms = next_random(&s->random) % (ms + 1);
	t.tv_sec = ms / 1000;
	t.tv_nsec = (long)(ms % 1000) * 1000000;
	nanosleep(&t, NULL);
}

/* DATA, from its answer to the final one. False closes the connection. */
static bool data(struct session *s)
{
	const char *at_dot = action(s, STAGE_DOT);
	bool stop;

	if (!say(s, "354 go ahead"))
		return false;
	/* A fault "at the first byte": whatever has come is thrown away. */
	if (action(s, STAGE_DATA)) {
		if (get(s) < 0)
			return false;
		play(s, STAGE_DATA, &stop);
		return false;
	}
	if (!read_message(s))
		return false;
	find_message_id(s);
	wait_a_little(s);
	if (at_dot && strcmp(at_dot, "drop-after") != 0)
		return play(s, STAGE_DOT, &stop);
	take(s);
	if (at_dot)
		return false;
	return say(s, "250 2.0.0 taken as %u", atomic_load(&s->sink->n_messages));
}

/* ---- the conversation
 * ---------------------------------------------------------------------------- */

static bool has_verb(const char *line, const char *verb)
{
	return strncasecmp(line, verb, strlen(verb)) == 0;
}

/* What stands between < and > of a command. */
static void path_of(const char *line, char *ret, size_t room)
{
	const char *open = strchr(line, '<');
	const char *close = open ? strchr(open, '>') : NULL;

	snprintf(ret, room, "%.*s", close ? (int)(close - open - 1) : 0, close ? open + 1 : "");
}

static bool mail(struct session *s, const char *line)
{
	bool stop;

	path_of(line, s->sender, sizeof s->sender);
	s->recipients[0] = '\0';
	/* At MAIL no recipient is known, so --only cannot choose. */
	s->faulty = s->sink->options.action[STAGE_MAIL] && !s->sink->options.only &&
		    next_random(&s->random) % 100 < s->sink->options.percent;
	if (!play(s, STAGE_MAIL, &stop))
		return false;
	return stop || say(s, "250 2.1.0 sender ok");
}

static bool rcpt(struct session *s, const char *line)
{
	size_t used = strlen(s->recipients);
	char address[512];
	bool stop;

	path_of(line, address, sizeof address);
	snprintf(s->recipients + used, sizeof s->recipients - used, "%s<%s>", used ? "," : "",
		 address);
	choose_fault(s);
	if (!play(s, STAGE_RCPT, &stop))
		return false;
	return stop || say(s, "250 2.1.5 recipient ok");
}

static bool answer(struct session *s, const char *line)
{
	if (has_verb(line, "EHLO"))
		return say(s, "250-smtp-sink") && say(s, "250-8BITMIME") &&
		       say(s, "250 SIZE %d", MESSAGE_MAX);
	if (has_verb(line, "HELO"))
		return say(s, "250 smtp-sink");
	if (has_verb(line, "MAIL FROM:"))
		return mail(s, line);
	if (has_verb(line, "RCPT TO:"))
		return rcpt(s, line);
	if (has_verb(line, "DATA"))
		return s->recipients[0] ? data(s) : say(s, "503 5.5.1 no recipient");
	if (has_verb(line, "RSET") || has_verb(line, "NOOP"))
		return say(s, "250 2.0.0 ok");
	if (has_verb(line, "QUIT")) {
		say(s, "221 2.0.0 bye");
		return false;
	}
	return say(s, "502 5.5.2 not here");
}

static void *converse(void *arg)
{
	struct session *s = arg;
	char line[LINE_ROOM];

	if (say(s, "220 smtp-sink ESMTP"))
		while (get_line(s, line) && answer(s, line))
			;
	close(s->fd);
	free(s->message);
	free(s);
	return NULL;
}

/* ---- start
 * --------------------------------------------------------------------------------------- */

static int listen_on(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
	    bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 128) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		die("listen");
	printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

static void serve(struct sink *k, int listener)
{
	unsigned random = k->options.seed * 2654435761u + 1;
	pthread_attr_t detached;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int fd = accept(listener, NULL, NULL), one = 1;
		struct session *s;
		pthread_t thread;

		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		s = calloc(1, sizeof *s);
		if (!s)
			die("memory");
		s->sink = k;
		s->fd = fd;
		s->random = next_random(&random) | 1;
		if (pthread_create(&thread, &detached, converse, s) != 0) {
			close(fd);
			free(s);
		}
	}
}

static unsigned number(const char *text, unsigned max)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (!*text || *end || v > max) {
		fprintf(stderr, "smtp-sink: \"%s\" is not a number up to %u\n", text, max);
		exit(2);
	}
	return (unsigned)v;
}

static void parse(int argc, char **argv, struct options *o)
{
	static const char *const stage[N_STAGES] = { "--mail", "--rcpt", "--data", "--dot" };

	for (int i = 1; i + 1 < argc; i += 2) {
		const char *name = argv[i], *value = argv[i + 1];
		int known = 0;

		for (int n = 0; n < N_STAGES; n++)
			if (strcmp(name, stage[n]) == 0)
				o->action[n] = value, known = 1;
		if (strcmp(name, "--dir") == 0)
			o->dir = value;
		else if (strcmp(name, "--log") == 0)
			snprintf(o->log_path, sizeof o->log_path, "%s", value);
		else if (strcmp(name, "--port") == 0)
			o->port = (int)number(value, 65535);
		else if (strcmp(name, "--only") == 0)
			o->only = value;
		else if (strcmp(name, "--percent") == 0)
			o->percent = number(value, 100);
		else if (strcmp(name, "--seed") == 0)
			o->seed = number(value, 1u << 30);
		else if (strcmp(name, "--delay") == 0)
			o->delay_ms = number(value, 600000);
		else if (!known)
			o->dir = NULL, i = argc;
	}
	if (!o->dir || argc % 2 == 0) {
		fputs(usage, stderr);
		exit(2);
	}
	if (!o->log_path[0])
		snprintf(o->log_path, sizeof o->log_path, "%s/accepted.log", o->dir);
}

int main(int argc, char **argv)
{
	struct sink k = { .options = { .percent = 100, .seed = 1 } };
	struct timespec now;

	parse(argc, argv, &k.options);
	signal(SIGPIPE, SIG_IGN);
	clock_gettime(CLOCK_REALTIME, &now);
	k.run = (unsigned)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
	k.log_fd =
		open(k.options.log_path, O_WRONLY | O_CREAT | O_APPEND | O_SYNC | O_CLOEXEC, 0644);
	if (k.log_fd < 0)
		die(k.options.log_path);
	write_log(&k, "started");
	serve(&k, listen_on(k.options.port));
}
