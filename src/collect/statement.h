/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement.h - the statement of account (relevé de compte) of a customer, as a view for paper.
 *
 * Everything open on a day, by due date; credit apart; nothing netted in silence. In the customer's
 * language.
 */
#ifndef COLLECT_STATEMENT_H
#define COLLECT_STATEMENT_H

#include "base/clock.h"
#include "channel/statement_pdf.h"
#include "collect/compose.h"
#include "ledger/ageing.h"

/* One currency of the account: a statement never adds currencies up. */
struct statement_totals {
	char currency[4];
	struct ageing ageing;
	int64_t owed_minor;   /* open documents */
	int64_t credit_minor; /* payments and credit notes not allocated; positive */
};

struct statement {
	const struct customer *row;
	struct book *book; /* of that customer alone */
	size_t customer;   /* its index there */
	bool only_overdue; /* set by the caller: the paper lists what is past due alone */
	day_t as_of;
	struct statement_totals *totals;
	size_t n_totals;
};

/* At the two times. ERR_NOT_FOUND when the entity has no such customer, or did not know it then. */
bool statement_load(struct db *db, struct arena *a, const struct entity *entity, const char *code,
		    struct when w, struct statement *ret, struct err *e) NODISCARD;

/* The PDF, added to ret. One currency is laid out: the customer's, else the first. */
bool statement_write(struct db *db, struct arena *a, const struct entity *entity,
		     const struct statement *s, int64_t now, struct buf *ret,
		     struct err *e) NODISCARD;

#endif
