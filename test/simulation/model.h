/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.h - the small independent model of the ledger: arrays and sums, no database.
 *
 * It keeps what was done with the moment at which it became known, so that it can tell what was open as of
 * any day and as known at any moment. It shares nothing with the program.
 */
#ifndef SIMULATION_MODEL_H
#define SIMULATION_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MODEL_ITEMS = 20000,
	MODEL_ALLOCATIONS = 20000,
	MODEL_PERIODS = 500,
	MODEL_DUES = 6,
	MODEL_TEXT = 40
};

struct model_due {
	int due_on;
	int64_t known;
};

struct model_item {
	char document[MODEL_TEXT];
	int customer;
	bool is_cash; /* a payment: counted as unallocated while it is open */
	int64_t minor;
	int issued, effective;   /* later than issued when that day was closed */
	int64_t known, reversed; /* moments; reversed 0: stands */
	int import;              /* number of the file that brought it; -1: none */
	struct model_due due[MODEL_DUES];
	int n_dues;
	int64_t disputed; /* what was open when it was disputed; 0: it is not */
	uint64_t asked;   /* the levels of reminders that left, a bit each */
};

struct model_allocation {
	int debit, credit;
	int64_t minor;
	int effective;
	int64_t known, undone; /* undone 0: stands */
	int undone_on;         /* the day from which it is undone; its own unless that was closed */
};

struct model_period {
	int from, to;
	bool is_open; /* reopened */
};

struct model {
	struct model_item item[MODEL_ITEMS];
	int n_items;
	struct model_allocation allocation[MODEL_ALLOCATIONS];
	int n_allocations;
	struct model_period period[MODEL_PERIODS];
	int n_periods;
};

/* -1 when there is none that stands. */
int model_find(const struct model *m, const char *document);

/* What is open of an item as of a day, as known at a moment; 0 when it does not count. */
int64_t model_open(const struct model *m, int item, int as_of, int64_t known);

/* Whether the item counts then at all. */
bool model_counts(const struct model *m, int item, int as_of, int64_t known);

int model_due(const struct model *m, int item, int64_t known);

bool model_is_closed(const struct model *m, int day);

/* The first day from there on that is not closed. */
int model_open_day(const struct model *m, int day);

/* Whether the item, or something that is applied to it, counts in a closed period. */
bool model_is_settled(const struct model *m, int item);

#endif
