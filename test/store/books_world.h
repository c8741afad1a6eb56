/* SPDX-License-Identifier: Apache-2.0 */
/*
 * books_world.h - a company whose decisions go back to its books: what the tests of exports share. Whatever
 * cannot be done ends the test.
 */
#ifndef TEST_STORE_BOOKS_WORLD_H
#define TEST_STORE_BOOKS_WORLD_H

#include "store.h"

#include "books/books.h"
#include "ledger/import.h"
#include "ledger/post.h"

enum { NOW = 1000000, N_CUSTOMERS = 3 };

static const day_t today = 20728; /* 2026-10-02 */

struct fixture {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	int64_t customer[N_CUSTOMERS]; /* the second pays for the third */
	int64_t now;
	int n_payments;
};

struct act {
	struct fixture *f;
	bool (*run)(const struct posting *p, struct act *a, struct err *e);
	int64_t customer_id, minor, debit, credit, id;
	const char *account, *document;
	int64_t net, vat;
	int64_t bank_entry_id;
	enum item_kind kind;
	bool is_booked;
	bool failed;
};

int setup(void **state);
int teardown(void **state);
bool act_tx(struct db *db, void *arg, struct err *e);
void act(struct act *a);
bool run_item(const struct posting *p, struct act *a, struct err *e);
int64_t invoice(struct fixture *f, int customer, const char *document, int64_t minor);
int64_t receipt(struct fixture *f, int customer, int64_t minor);
int64_t allocate(struct fixture *f, int64_t debit, int64_t credit, int64_t minor);
bool run_unallocate(const struct posting *p, struct act *a, struct err *e);
bool run_reverse(const struct posting *p, struct act *a, struct err *e);
void reverse(struct fixture *f, int64_t item_id);
struct books_order order(struct fixture *f);
struct books_batch prepare(struct fixture *f);
const char *file_of(struct fixture *f, int64_t number, enum books_format format);
bool acknowledge(struct fixture *f, int64_t number);
bool refuse(struct fixture *f, int64_t number);
bool has_line(const char *text, const char *part);
void is_good_fec(const char *text, const struct books_batch *b);
struct import_report import(struct fixture *f, const char *text);
const char *picture(struct fixture *f);

#endif
