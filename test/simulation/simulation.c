/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simulation.c - months of business of a synthetic company from one seed, against a model.
 *
 *	simulation [--days N] [--seed S] [--seeds N] [--trace]
 *
 * ENCOURS_TEST_DB names the engine as for the store tests. Prints, for each seed, the digest of its trace; the
 * same on both engines, each time. A divergence prints seed, day, what was expected and what was found, and
 * ends with 1: the same seed leads there again.
 */
#include "store/store.h"

#include "simulation/simulation.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA = 1 << 30 };

/* ---- chance and time ---- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
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
}

void sim_fail(struct sim *s, const char *format, ...)
{
	char day[DATE_TEXT];
	va_list args;

	fprintf(stderr, "seed %" PRIu64 ", day %s: ", s->seed, date_format(s->today, day));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n(again: simulation --seed %" PRIu64 " --trace)\n", s->seed);
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
	if (s->fault.kind != FAULT_STATEMENT)
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
		{ 18, sim_invoices },   { 5, sim_late_document }, { 5, sim_new_due_date },
		{ 4, sim_repeat_file }, { 6, sim_undo_file },     { 18, sim_bank_statement },
		{ 14, sim_match },      { 7, sim_unapply },       { 10, sim_letter },
		{ 6, sim_unletter },    { 4, sim_dispute },       { 3, sim_promise },
	};
	int at = sim_below(s, 100);
	size_t i = 0;

	while (at >= acts[i].weight)
		at -= acts[i++].weight;
	plan_fault(s);
	acts[i].run(s);
	fault_disarm(s->db);
	s->fault = (struct fault_plan){ 0 };
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

static void run_seed(uint64_t seed, int days, bool is_told)
{
	struct sim *s = calloc(1, sizeof *s);
	unsigned char digest[32];
	char hex[65];

	ENSURE(s);
	store_open(&s->db);
	s->url = strdup(db_url(s->db));
	*s = (struct sim){ .seed = seed,
			   .state = seed,
			   .db = s->db,
			   .url = s->url,
			   .today = date_of(2026, 1, 5),
			   .is_told = is_told,
			   .balance_minor = 100000,
			   .home = arena_new(0) };
	s->start = s->now = (int64_t)s->today * 86400000000;
	crypto_hash_sha256_init(&s->trace);
	s->arena = arena_new(ARENA);
	open_company(s);
	for (int d = 0; d < days; d++, s->today++) {
		int n = 3 + sim_below(s, 8);

		s->now = (int64_t)s->today * 86400000000 + INT64_C(28800000000);
		sim_trace(s, "day %d", d);
		for (int i = 0; i < n; i++)
			act(s);
		sim_night(s);
		arena_reset(s->arena);
	}
	crypto_hash_sha256_final(&s->trace, digest);
	printf("seed %" PRIu64 ": %d days, %" PRId64 " acts, %" PRId64 " failures, %d items, %d"
	       " allocations, %" PRId64 " comparisons, trace %.16s\n",
	       seed, days, s->n_acts, s->n_failures, s->model.n_items, s->model.n_allocations,
	       s->n_comparisons, sodium_bin2hex(hex, sizeof hex, digest, sizeof digest));
	arena_free(s->arena);
	arena_free(s->home);
	store_close(s->db);
	free((char *)(uintptr_t)s->url);
	free(s);
}

int main(int argc, char **argv)
{
	uint64_t seed = 1;
	int days = 30, seeds = 1;
	bool is_told = false;

	for (int i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--trace"))
			is_told = true;
		else if (i + 1 < argc && str_eq(argv[i], "--seed"))
			seed = strtoull(argv[++i], NULL, 10);
		else if (i + 1 < argc && str_eq(argv[i], "--seeds"))
			seeds = atoi(argv[++i]);
		else if (i + 1 < argc && str_eq(argv[i], "--days"))
			days = atoi(argv[++i]);
		else
			return fprintf(stderr, "usage: simulation [--days N] [--seed S] [--seeds N]"
					       " [--trace]\n"),
			       2;
	}
	for (int i = 0; i < seeds; i++)
		run_seed(seed + (uint64_t)i, days, is_told);
	return 0;
}
