/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simulation.c - months of business of a synthetic company from one seed, against a model.
 *
 *	simulation [--days N] [--seed S] [--seeds N] [--trace] [--only DAY.ACT,...] [--shrink] [--stop-at TEXT]
 *
 * ENCOURS_TEST_DB names the engine as for the store tests. Prints, for each seed, the digest of its trace; the
 * same on both engines, each time. A divergence prints seed, day, what was expected and what was found, and
 * ends with 1: the same seed leads there again. --shrink looks for the few acts that lead there too and prints
 * them for --only; with --stop-at, which fails at the first line of the trace with that text, it finds a short
 * way to whatever one is curious about.
 */
#include "store/store.h"

#include "simulation/simulation.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA = 1 << 30, OLD_DOCUMENTS = 10 };

/* ---- chance and time ---- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Where the numbers of an act, a day (act 0) or a night (act -1) begin. */
static uint64_t stream_of(uint64_t seed, int day, int act)
{
	uint64_t state = seed * UINT64_C(0xd6e8feb86659fd93) + (uint64_t)(day * 100 + act + 1);

	return next_random(&state);
}

int sim_n_acts(uint64_t seed, int day)
{
	uint64_t state = stream_of(seed, day, 0);

	return 3 + (int)(next_random(&state) % 8);
}

int sim_below(struct sim *s, int n)
{
	return (int)(next_random(&s->state) % (uint64_t)n);
}

bool sim_chance(struct sim *s, int percent)
{
	return sim_below(s, 100) < percent;
}

int64_t sim_tick(struct sim *s)
{
	s->now += 60 * INT64_C(1000000);
	return s->now;
}

/* ---- telling ---- */

void sim_trace(struct sim *s, const char *format, ...)
{
	char line[400];
	va_list args;
	size_t n;

	va_start(args, format);
	vsnprintf(line, sizeof line - 1, format, args);
	va_end(args);
	n = strlen(line);
	line[n++] = '\n';
	crypto_hash_sha256_update(&s->trace, (const unsigned char *)line, n);
	if (s->is_told)
		fwrite(line, 1, n, stdout);
	if (s->stop_at && memmem(line, n, s->stop_at, strlen(s->stop_at)))
		sim_fail(s, "stopped at \"%s\"", s->stop_at);
}

void sim_fail(struct sim *s, const char *format, ...)
{
	char day[DATE_TEXT];
	va_list args;

	fprintf(stderr, "seed %" PRIu64 ", day %s: ", s->seed, date_format(s->today, day));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr,
		"\n(again: simulation --seed %" PRIu64 " --days %d --trace; shorter: --shrink)\n",
		s->seed, s->day + 1);
	sim_close_mail(s);
	fault_disarm(s->db);
	db_reset(s->db);
	store_close(s->db);
	exit(1);
}

/* ---- failures ---- */

int64_t sim_look(struct sim *s, const char *sql, struct db_params params)
{
	struct err e = { 0 };
	int64_t value;

	fault_disarm(s->db);
	if (!db_get_i64(s->db, sql, params, 0, &value, &e))
		sim_fail(s, "%s", e.msg);
	if (s->fault.kind != FAULT_NONE)
		fault_arm(s->db, &s->fault);
	return value;
}

void sim_calm(struct sim *s)
{
	struct err e = { 0 };

	fault_disarm(s->db);
	if (s->fault.is_dead) {
		db_close(s->db);
		if (!db_open(s->url, &s->db, &e))
			sim_fail(s, "opening again: %s", e.msg);
	}
	s->fault = (struct fault_plan){ 0 };
}

int64_t sim_events(struct sim *s)
{
	return sim_look(s, "SELECT count(*) FROM event", DB_NO_PARAMS);
}

/* As after a crash: the connection is given up with whatever it held. */
bool sim_was_done(struct sim *s, int64_t events_before)
{
	struct err e = { 0 };

	s->n_failures++;
	fault_disarm(s->db);
	s->fault = (struct fault_plan){ .n_fired = 1 };
	db_close(s->db);
	if (!db_open(s->url, &s->db, &e))
		sim_fail(s, "opening again: %s", e.msg);
	return sim_events(s) > events_before;
}

bool sim_settle(struct sim *s, bool ok, int64_t before, const struct err *e, const char *what,
		bool *ret_again)
{
	*ret_again = false;
	if (!ok && s->fault.n_fired > 0 && (e->code == ERR_DB || e->code == ERR_RETRY)) {
		ok = sim_was_done(s, before);
		*ret_again = !ok;
		return ok;
	}
	if (!ok && e->code != ERR_CONFLICT && e->code != ERR_REFUSED && e->code != ERR_STALE)
		sim_fail(s, "%s: %s", what, e->msg);
	return ok;
}

/* Some acts meet a failure: which one and where is the seed's. */
static void plan_fault(struct sim *s)
{
	s->fault = (struct fault_plan){ 0 };
	if (!sim_chance(s, 25)) {
		/* As many numbers are drawn, so that the story is the same without failures. */
		(void)sim_below(s, FAULT_KINDS - 1);
		(void)sim_below(s, 40);
		return;
	}
	s->fault.kind = (enum fault_kind)(1 + sim_below(s, FAULT_KINDS - 1));
	s->fault.after = 1 + sim_below(s, 40);
	if (s->fault.kind != FAULT_STATEMENT && s->fault.kind != FAULT_CUT)
		s->fault.after = 1 + s->fault.after / 30;
	fault_arm(s->db, &s->fault);
}

/* ---- days ---- */

static void act(struct sim *s)
{
	static const struct {
		int weight;
		void (*run)(struct sim *s);
	} acts[] = {
		{ 14, sim_invoices },   { 4, sim_late_document }, { 5, sim_new_due_date },
		{ 3, sim_repeat_file }, { 6, sim_undo_file },     { 16, sim_bank_statement },
		{ 13, sim_match },      { 7, sim_unapply },       { 9, sim_letter },
		{ 5, sim_unletter },    { 3, sim_dispute },       { 3, sim_promise },
		{ 6, sim_mail },        { 4, sim_close_period },  { 2, sim_reopen_period },
	};
	int at = sim_below(s, 100);
	size_t i = 0;

	while (at >= acts[i].weight)
		at -= acts[i++].weight;
	plan_fault(s);
	acts[i].run(s);
	sim_calm(s);
	s->n_acts++;
}

static void open_company(struct sim *s)
{
	struct import_report r;
	struct err e = { 0 };
	struct buf text;
	bool created;

	if (!entity_init(s->db, "Simulation SA", "FR", "EUR", s->now, &created, &e) ||
	    !entity_get(s->db, s->home, NULL, &s->entity, &e))
		sim_fail(s, "%s", e.msg);
	buf_init(&text, s->arena);
	buf_puts(&text, "customer_id;name;customer_kind;terms;language;email\n");
	for (int c = 0; c < SIM_CUSTOMERS; c++)
		buf_printf(&text, "C%03d;Maison Numero %03d;b2b;NET30;fr;c%d@client.example\n", c,
			   c, c);
	sim_import(s, "customers.csv", &text, &r);
	for (int c = 0; c < SIM_CUSTOMERS; c++) {
		char code[8];
		snprintf(code, sizeof code, "C%03d", c);
		if (!db_get_i64(s->db, "SELECT id FROM customer WHERE code = $1",
				DB_PARAMS(P_TEXT(code)), 0, &s->customer_id[c], &e))
			sim_fail(s, "%s", e.msg);
	}
}

/* Whether the act is to be played: all are, or those that are listed. */
static bool is_chosen(const struct sim *s, int act)
{
	const char *at = s->only;
	char name[24];
	size_t n;

	if (!at)
		return true;
	n = (size_t)snprintf(name, sizeof name, "%d.%d", s->day, act);
	while ((at = strstr(at, name))) {
		if ((at == s->only || at[-1] == ',') && (at[n] == ',' || at[n] == '\0'))
			return true;
		at += n;
	}
	return false;
}

static void play_day(struct sim *s)
{
	int n = sim_n_acts(s->seed, s->day);

	s->now = (int64_t)s->today * 86400000000 + INT64_C(28800000000);
	sim_trace(s, "day %d", s->day);
	for (int i = 1; i <= n; i++) {
		s->state = stream_of(s->seed, s->day, i);
		if (is_chosen(s, i))
			act(s);
	}
	s->state = stream_of(s->seed, s->day, -1);
	sim_night(s);
	arena_reset(s->arena);
}

static void tell_end(struct sim *s, int days)
{
	unsigned char digest[32];
	char hex[65];

	crypto_hash_sha256_final(&s->trace, digest);
	printf("seed %" PRIu64 ": %d days, %" PRId64 " acts, %" PRId64 " failures, %d items, %d"
	       " allocations, %d mails, %" PRId64 " comparisons, trace %.16s\n",
	       s->seed, days, s->n_acts, s->n_failures, s->model.n_items, s->model.n_allocations,
	       s->n_mails, s->n_comparisons,
	       sodium_bin2hex(hex, sizeof hex, digest, sizeof digest));
}

struct options {
	uint64_t seed;
	int days, seeds;
	bool is_told, is_shrinking;
	const char *only, *stop_at;
};

static void run_seed(uint64_t seed, const struct options *o)
{
	struct sim *s = calloc(1, sizeof *s);

	ENSURE(s);
	store_open(&s->db);
	s->url = strdup(db_url(s->db));
	*s = (struct sim){ .seed = seed,
			   .state = stream_of(seed, 0, 0),
			   .db = s->db,
			   .url = s->url,
			   .today = date_of(2026, 1, 5),
			   .is_told = o->is_told,
			   .only = o->only,
			   .stop_at = o->stop_at,
			   .balance_minor = 100000,
			   .home = arena_new(0) };
	s->start = s->now = (int64_t)s->today * 86400000000;
	crypto_hash_sha256_init(&s->trace);
	s->arena = arena_new(ARENA);
	open_company(s);
	sim_open_mail(s);
	for (int i = 0; i < OLD_DOCUMENTS; i++)
		sim_late_document(s);
	for (; s->day < o->days; s->day++, s->today++)
		play_day(s);
	tell_end(s, o->days);
	sim_close_mail(s);
	arena_free(s->arena);
	arena_free(s->home);
	store_close(s->db);
	free((char *)(uintptr_t)s->url);
	free(s);
}

static bool read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--trace"))
			o->is_told = true;
		else if (str_eq(argv[i], "--shrink"))
			o->is_shrinking = true;
		else if (i + 1 >= argc)
			return false;
		else if (str_eq(argv[i], "--seed"))
			o->seed = strtoull(argv[++i], NULL, 10);
		else if (str_eq(argv[i], "--seeds"))
			o->seeds = atoi(argv[++i]);
		else if (str_eq(argv[i], "--days"))
			o->days = atoi(argv[++i]);
		else if (str_eq(argv[i], "--only"))
			o->only = argv[++i];
		else if (str_eq(argv[i], "--stop-at"))
			o->stop_at = argv[++i];
		else
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct options o = { .seed = 1, .days = 30, .seeds = 1 };

	if (!read_options(argc, argv, &o))
		return fprintf(stderr,
			       "usage: simulation [--days N] [--seed S] [--seeds N] [--trace]"
			       " [--only DAY.ACT,...] [--shrink] [--stop-at TEXT]\n"),
		       2;
	if (o.is_shrinking)
		return sim_shrink("/proc/self/exe", o.seed, o.days, o.stop_at);
	for (int i = 0; i < o.seeds; i++)
		run_seed(o.seed + (uint64_t)i, &o);
	return 0;
}
