/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo_load.h - what the files that tell the demo's story share. For demo*.c alone.
 */
#ifndef DAY_DEMO_LOAD_H
#define DAY_DEMO_LOAD_H

#include "base/buf.h"
#include "day/demo.h"
#include "ledger/customer.h"
#include "ledger/entity.h"

#define DEMO_ACTOR "demo"

struct demo_load {
	const struct demo_job *job;
	struct demo_world world;
	struct entity entity;
	struct demo_chance chance; /* for the story; the world has its own */
	int64_t now;               /* moment of the step being told */
	day_t day;
	int64_t n_entries;    /* of bank statements, looked at */
	int64_t *customer_id; /* beside world.customers */
	int64_t n_abroad;     /* invoices in other currencies */
	int64_t closed_id;    /* the newest closed period */
};

/* demo.c: a file that exists in memory only, through the importer's front door. */
bool demo_import(struct demo_load *l, const char *name, const struct buf *file,
		 struct err *e) NODISCARD;

/* demo_abroad.c: customers, invoices and receipts in other currencies, up to the end of the accounting file and week by
 * week; what the rates gained and lost. */
enum { DEMO_ABROAD = 5 };
bool demo_abroad_begin(struct demo_load *l, struct err *e) NODISCARD;
bool demo_abroad_week(struct demo_load *l, day_t from, day_t to, int number,
		      struct err *e) NODISCARD;
bool demo_abroad_book(struct demo_load *l, struct err *e) NODISCARD;

/* demo_books.c: months closed, one asked to be opened again; letterings by hand, one of them undone. */
bool demo_close_periods(struct demo_load *l, struct err *e) NODISCARD;
bool demo_ask_reopening(struct demo_load *l, struct err *e) NODISCARD;
bool demo_letter_by_hand(struct demo_load *l, struct err *e) NODISCARD;

/* demo_people.c: company, accounts, users; who answers for whom. */
bool demo_make_company(struct demo_load *l, struct err *e) NODISCARD;
bool demo_make_owners(struct demo_load *l, struct err *e) NODISCARD;

/* demo_chase.c: plans a third of the reminders of the day and leaves the others proposed; plans them all and plays the relay that takes them; what
 * customers say on the telephone that day. */
bool demo_plan_some(struct demo_load *l, struct err *e) NODISCARD;
bool demo_chase(struct demo_load *l, struct err *e) NODISCARD;
bool demo_listen(struct demo_load *l, struct err *e) NODISCARD;

/* demo_events.c: what people write and decide: notes, exclusions, insolvency. */
bool demo_change_statuses(struct demo_load *l, struct err *e) NODISCARD;
bool demo_write_notes(struct demo_load *l, struct err *e) NODISCARD;

#endif
