/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cash_run.h - the parts of one run of the matching: cash_load.c reads, cash_match.c decides, cash_write.c
 * writes. Not for other rooms: their door is cash.h.
 */
#ifndef CASH_CASH_RUN_H
#define CASH_CASH_RUN_H

#include "match/booked.h"
#include "cash/cash_post.h"
#include "i18n/catalogue.h"
#include "ledger/book.h"

struct run {
	struct db *db;
	struct arena *arena;
	const struct cash_match_options *o;
	struct match_options options; /* by the company's policy */
	const struct match_input *input;
	struct match_book *book;
	const struct book *ledger;
	const struct catalogue *cat; /* of the entity: words of allocations */
	struct entry *entries;
	struct match_entry *facts;
	struct match_result *results;
	bool *is_held; /* undone by a person, returned, or one looked at: never alone */
	struct booked_answer *booked;
	struct booked_payment *payments;
	size_t n_payments;
	struct cash_answer *answers;
	size_t n;
	const char **kept; /* proposals as stored, in one text per entry; NULL for none */
};

/* The book, the entries, what a person took back, what the accounting booked. */
bool run_load(struct run *r, struct err *e) NODISCARD;

/* Below that, what an entry's own currency and company can explain leaves room for other explanations. */
enum { RUN_WEAK_PPM = 500000 };

/* What documents of other currencies explain better: such an answer is only proposed. After the entries are
 * explained. */
bool run_look_abroad(struct run *r, struct err *e) NODISCARD;

/* What the company's own book cannot explain is looked for in those of the others of the database: such an answer
 * is only proposed. After the entries are explained. */
bool run_look_elsewhere(struct run *r, struct err *e) NODISCARD;

/* Posts what is decided, some hundred entries per transaction, each alone when one of them lost a race; then
 * keeps the proposals that changed. */
bool run_write(struct run *r, struct err *e) NODISCARD;

/* The entry is not for the machine alone, for that reason. */
void run_hold(struct match_result *result, enum match_why why, const char *text);

#endif
