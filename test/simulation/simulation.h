/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simulation.h - inside the simulation: a synthetic company, its days, its failures.
 *
 * One seed decides everything: who buys, what the bank says, what people do by hand, what fails and where. The
 * trace tells it all without any id of the database, so that one seed gives one trace, on both engines.
 */
#ifndef SIMULATION_SIMULATION_H
#define SIMULATION_SIMULATION_H

#include "base/buf.h"
#include "cash/cash.h"
#include "simulation/fault.h"
#include "simulation/model.h"

#include <sodium.h>

enum { SIM_CUSTOMERS = 14, SIM_LINES = 4000, SIM_FILES = 2000 };

/* A line of a bank statement and the truth about it. */
struct sim_line {
	char reference[24];
	int64_t minor;
	int customer; /* -1: nobody we know */
	int on;
};

struct sim_file {
	int64_t import_id;
	bool is_undone;
};

struct sim {
	uint64_t seed, state;
	const char *url;
	struct db *db;
	struct arena *arena; /* of the act */
	struct entity entity;
	struct arena *home; /* of the entity */
	struct model model;
	struct fault_plan fault;
	int today;
	int64_t now, start;
	int stated_on; /* day of the newest bank statement */
	int n_invoices, n_statements, n_lines, n_files;
	int64_t balance_minor;
	bool may_date; /* who imports may date forward what falls in a closed period */
	struct sim_line line[SIM_LINES];
	struct sim_file file[SIM_FILES];
	int64_t customer_id[SIM_CUSTOMERS];
	char mail_folder[500];
	int n_mails;
	int64_t last_item, last_allocation; /* rows of the database already known */
	int64_t n_acts, n_failures, n_comparisons;
	crypto_hash_sha256_state trace;
	bool is_told;        /* print the trace */
	const char *only;    /* the acts to play: "2.1,7.4"; NULL: all */
	const char *stop_at; /* a text of the trace at which to fail; NULL: none */
	int day;             /* from 0 */
};

/* Stops the program: what was expected, what was found, seed and day. */
void sim_fail(struct sim *s, const char *format, ...) __attribute__((noreturn)) PRINTF(2, 3);
void sim_trace(struct sim *s, const char *format, ...) PRINTF(2, 3);

int sim_below(struct sim *s, int n);
bool sim_chance(struct sim *s, int percent);

/* The next moment. */
int64_t sim_tick(struct sim *s);

/* ---- acts (act_*.c): each does one thing through the program's doors and tells the model ---- */

void sim_invoices(struct sim *s);
void sim_late_document(struct sim *s);
void sim_new_due_date(struct sim *s);
void sim_repeat_file(struct sim *s);
void sim_undo_file(struct sim *s);
void sim_bank_statement(struct sim *s);
void sim_match(struct sim *s);
void sim_unapply(struct sim *s);
void sim_letter(struct sim *s);
void sim_unletter(struct sim *s);
void sim_dispute(struct sim *s);
void sim_promise(struct sim *s);
void sim_mail(struct sim *s);
void sim_close_period(struct sim *s);
void sim_reopen_period(struct sim *s);

/* Makes the company live, and a folder for its mail relay; throws the folder away. */
void sim_open_mail(struct sim *s);
void sim_close_mail(struct sim *s);

/* Imports text, again after each failure, until it is in; gives what was reported. */
void sim_import(struct sim *s, const char *name, const struct buf *text, struct import_report *ret);

/* What cash or lettering wrote since: taken into the model when it is lawful. */
void sim_absorb(struct sim *s, bool by_machine);

/* After an act that failed: a new connection, and whether the act was done all the same. */
bool sim_was_done(struct sim *s, int64_t events_before);
int64_t sim_events(struct sim *s);

/* After an act of one transaction: whether it is done, and whether to try again. Refusals that may happen are
 * the caller's. */
bool sim_settle(struct sim *s, bool ok, int64_t events_before, const struct err *e,
		const char *what, bool *ret_again);

/* The end of failures for this act. What went down without a word (the act did not need it) is opened again. */
void sim_calm(struct sim *s);

/* A number of the database, looked up without failures; 0 when there is none. */
int64_t sim_look(struct sim *s, const char *sql, struct db_params params);

/* ---- shrinking (shrink.c) ---- */

/* How many acts the day has; each draws numbers of its own, so that acts can be left out. */
int sim_n_acts(uint64_t seed, int day);

/* Plays the seed in other processes, leaving out more and more, and prints the shortest story that still
 * fails in the same way. The exit status: 0 when nothing failed. */
int sim_shrink(const char *program, uint64_t seed, int days, const char *stop_at);

/* ---- nights ---- */

void sim_night(struct sim *s);

#endif
