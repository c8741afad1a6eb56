/* SPDX-License-Identifier: Apache-2.0 */
/* act_mail.c - reminders leave by a relay that refuses, puts off, hangs up, or takes a message without a word. */
#include "simulation/simulation.h"

#include "collect/send.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The sender asks for the time without saying who asks. */
static const struct sim *playing;

static int64_t clock_of_play(void)
{
	return playing->now;
}

/* ---- the relay: tools/smtp-sink, anew for each round, with one log of what it took ---- */

struct relay {
	pid_t pid;
	char url[64];
};

static void start_relay(struct sim *s, struct relay *r)
{
	static const char *const faults[][2] = {
		{ "--rcpt", "550 no such user" },
		{ "--rcpt", "451 busy" },
		{ "--mail", "drop" },
		{ "--data", "drop" },
		{ "--dot", "drop" },
		{ "--dot", "drop-after" },
		{ "--dot", "554 not this one" },
		{ "--dot", "452 full" },
	};
	int k = sim_below(s, (int)ARRAY_LEN(faults));
	const char *percent = sim_chance(s, 60) ? "50" : "0";
	char seed[12], program[512], said[80] = "", *port;
	const char *encours = getenv("ENCOURS_PROGRAM");
	posix_spawn_file_actions_t acts;
	int out[2];

	snprintf(seed, sizeof seed, "%d", 1 + sim_below(s, 1000000));
	encours = encours ? encours : "build/encours";
	snprintf(program, sizeof program, "%.*stools/smtp-sink",
		 (int)(strrchr(encours, '/') + 1 - encours), encours);
	const char *argv[] = { "smtp-sink", "--dir", s->mail_folder, "--seed",     seed,
			       "--percent", percent, faults[k][0],   faults[k][1], NULL };
	if (pipe2(out, O_CLOEXEC) != 0 || posix_spawn_file_actions_init(&acts) != 0 ||
	    posix_spawn_file_actions_adddup2(&acts, out[1], 1) != 0 ||
	    posix_spawn(&r->pid, program, &acts, NULL, (char *const *)(uintptr_t)argv, environ) !=
		    0)
		sim_fail(s, "%s does not start", program);
	posix_spawn_file_actions_destroy(&acts);
	close(out[1]);
	if (read(out[0], said, sizeof said - 1) <= 0 || !(port = strrchr(said, ':')))
		sim_fail(s, "%s says nothing", program);
	close(out[0]);
	snprintf(r->url, sizeof r->url, "smtp://127.0.0.1:%d", atoi(port + 1));
}

static void stop_relay(const struct relay *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
}

/* ---- what the relay took ---- */

static const char *read_log(struct sim *s)
{
	char path[600], chunk[8192];
	struct buf text;
	ssize_t n;
	int fd;

	buf_init(&text, s->arena);
	snprintf(path, sizeof path, "%s/accepted.log", s->mail_folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return "";
	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		buf_add(&text, chunk, (size_t)n);
	close(fd);
	return buf_str(&text);
}

static int times_in(const char *log, const char *what)
{
	int n = 0;

	for (; (log = strstr(log, what)); log++)
		n++;
	return n;
}

static int times_taken(const char *log, const char *message_id)
{
	char what[400];

	snprintf(what, sizeof what, " accepted <%s>", message_id);
	return times_in(log, what);
}

/* A message has left: it asks for money that is owed and not disputed, and at each level once. */
static void check_left(struct sim *s, const struct outbox_message *m)
{
	struct outbox_line *lines;
	struct err e = { 0 };
	size_t n;

	if (!outbox_lines(s->db, s->arena, m->id, &lines, &n, &e))
		sim_fail(s, "lines: %s", e.msg);
	for (size_t i = 0; i < n; i++) {
		int at = model_find(&s->model, lines[i].document);
		struct model_item *it = &s->model.item[at < 0 ? 0 : at];
		int64_t open = at < 0 ? 0 : model_open(&s->model, at, s->today, INT64_MAX);

		if (at < 0 || it->customer != atoi(m->customer_code + 1))
			sim_fail(s, "%s is asked for %s, which is not theirs", m->customer_code,
				 lines[i].document);
		if (it->is_cash || it->minor < 0)
			sim_fail(s, "%s is asked for %s, which is no debt", m->customer_code,
				 lines[i].document);
		if (lines[i].open_minor <= 0 || lines[i].open_minor > open)
			sim_fail(s, "%" PRId64 " of %s are asked for, open are %" PRId64,
				 lines[i].open_minor, lines[i].document, open);
		if (open <= it->disputed)
			sim_fail(s, "%s is disputed and asked for", lines[i].document);
		if (lines[i].level < 64 && it->asked & UINT64_C(1) << lines[i].level)
			sim_fail(s, "%s is asked for twice at level %d", lines[i].document,
				 lines[i].level);
		if (lines[i].level < 64)
			it->asked |= UINT64_C(1) << lines[i].level;
	}
}

static void check_message(struct sim *s, const char *log, const struct outbox_message *m,
			  int64_t began)
{
	int taken = times_taken(log, m->message_id);
	bool is_accepted = str_eq(m->state, "accepted"), is_unsure = str_eq(m->state, "uncertain");

	if (taken > 1)
		sim_fail(s, "a message to %s left %d times", m->customer_code, taken);
	if (taken == 1 && !is_accepted && !is_unsure)
		sim_fail(s, "a message to %s left and is %s", m->customer_code, m->state);
	if (taken == 0 && is_accepted)
		sim_fail(s, "a message to %s is accepted and never left", m->customer_code);
	if (str_eq(m->state, "attempting") || str_eq(m->state, "claimed"))
		sim_fail(s, "a message to %s is left %s", m->customer_code, m->state);
	if (taken == 1 && m->claimed_at >= began)
		check_left(s, m);
}

/* Every message against the relay's log; those that left in this round against the model. */
static void check_mail(struct sim *s, int64_t began)
{
	struct outbox_filter f = { .channel = "email", .limit = 200 };
	const char *log = read_log(s);
	struct outbox_message *list;
	struct err e = { 0 };
	int n_taken = 0;
	size_t n;

	do {
		if (!outbox_list(s->db, s->arena, s->entity.id, &f, &list, &n, &e))
			sim_fail(s, "outbox: %s", e.msg);
		for (size_t i = 0; i < n; i++) {
			f.before_id = list[i].id;
			n_taken += times_taken(log, list[i].message_id);
			check_message(s, log, &list[i], began);
		}
	} while (n == (size_t)f.limit);
	if (n_taken != times_in(log, " accepted <"))
		sim_fail(s, "the relay took %d messages, known are %d",
			 times_in(log, " accepted <"), n_taken);
}

/* ---- acts ---- */

void sim_open_mail(struct sim *s)
{
	struct err e = { 0 };

	snprintf(s->mail_folder, sizeof s->mail_folder, "%s/encours-simulation-XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(s->mail_folder))
		sim_fail(s, "no folder for mail");
	if (!outbox_set_live(s->db, &s->entity, true, "sim", s->now, &e) || !db_begin(s->db, &e) ||
	    !setting_set(s->db, s->entity.id, "from_email", "compta@simulation.example", "sim",
			 s->now, &e) ||
	    !db_commit(s->db, &e) || !entity_get(s->db, s->home, NULL, &s->entity, &e))
		sim_fail(s, "mail: %s", e.msg);
}

static void plan(struct sim *s)
{
	struct outbox_plan p = { .entity = &s->entity,
				 .today = s->today,
				 .known_on = s->today,
				 .actor = "sim",
				 .customers = s->customer_id,
				 .n_customers = SIM_CUSTOMERS,
				 .decision = "confirmed" };
	struct outbox_planned planned;
	struct err e = { 0 };

	p.now = sim_tick(s);
	if (!outbox_plan(s->db, s->arena, &p, &planned, &e))
		sim_fail(s, "planning reminders: %s", e.msg);
	sim_trace(s, "plan %d reminders", planned.n_planned);
}

/* A person looks into the relay's log and says what became of the uncertain ones. */
static void resolve(struct sim *s)
{
	struct outbox_filter f = { .channel = "email", .state = "uncertain", .limit = 200 };
	const char *log = read_log(s);
	struct outbox_message *list;
	struct err e = { 0 };
	size_t n;

	sim_tick(s);
	if (!outbox_list(s->db, s->arena, s->entity.id, &f, &list, &n, &e))
		sim_fail(s, "outbox: %s", e.msg);
	for (size_t i = 0; i < n; i++) {
		bool was_sent = times_taken(log, list[i].message_id) > 0;

		if (!outbox_resolve(s->db, s->entity.id, list[i].id, was_sent, "sim", s->now, &e))
			sim_fail(s, "resolving: %s", e.msg);
		sim_trace(s, "resolve %s: %s", list[i].customer_code, was_sent ? "left" : "lost");
	}
}

/* The failures are the relay's here; those of the database while sending are the kill campaign's. */
void sim_mail(struct sim *s)
{
	struct send_job job = {
		.entity = &s->entity, .today = s->today, .actor = "sim", .clock = clock_of_play
	};
	struct send_report r;
	struct err e = { 0 };
	struct relay relay;

	sim_calm(s);
	if (sim_chance(s, 40))
		resolve(s);
	plan(s);
	start_relay(s, &relay);
	job.smtp_url = relay.url;
	sim_tick(s);
	playing = s;
	if (!send_run(s->db, &job, &r, &e))
		sim_fail(s, "sending: %s", e.msg);
	stop_relay(&relay);
	s->n_failures += r.n_refused + r.n_deferred + r.n_uncertain;
	sim_trace(s, "mail: %d accepted, %d refused, %d deferred, %d uncertain, %d cancelled",
		  r.n_accepted, r.n_refused, r.n_deferred, r.n_uncertain, r.n_cancelled);
	s->n_mails += r.n_accepted;
	check_mail(s, s->now);
}

void sim_close_mail(struct sim *s)
{
	const char *argv[] = { "rm", "-rf", s->mail_folder, NULL };
	pid_t pid;

	if (posix_spawnp(&pid, "rm", NULL, NULL, (char *const *)(uintptr_t)argv, environ) == 0)
		waitpid(pid, NULL, 0);
}
