/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_fold.h - figures straight from the chunks of a version, for books too large to lay out for one question.
 *
 * Pure. The figures are those of ageing.h over the same facts; the totals of "now" are kept with each version and
 * follow it from commit to commit, so that asking for them costs what the days of the calendar cost, not what
 * the items do.
 *
 *	struct ageing_row *row;
 *	if (!fold_ageing(v, arena, today, FACTS_ALL, &bounds, &row, &n, e))
 *		return false;
 */
#ifndef LEDGER_BOOK_FOLD_H
#define LEDGER_BOOK_FOLD_H

#include "ledger/ageing.h"
#include "ledger/book_version.h"

/* The aged balance, one row per currency that occurs, in order of code; position FACTS_ALL: everything known.
 * ERR_RANGE when a total does not fit. */
bool fold_ageing(const struct book_version *v, struct arena *a, day_t as_of, uint32_t position,
		 const struct ageing_bounds *bounds, struct ageing_row **ret, size_t *ret_n,
		 struct err *e) NODISCARD;

/* As ageing_by. */
bool fold_ageing_by(const struct book_version *v, struct arena *a, day_t as_of, uint32_t position,
		    const struct ageing_bounds *bounds, enum ageing_key key,
		    struct ageing_row **ret, size_t *ret_n, struct err *e) NODISCARD;

struct fold_debtor {
	int64_t customer_id;
	const char *code, *name; /* of the version */
	int64_t total_minor;     /* everything open in the currency */
	int64_t late_minor;
	int64_t n_late;
	day_t oldest_due; /* of the late items */
};

/* Those who owe most that is late, largest first, at most n; of equal ones those with the larger total, then in
 * order of code. */
bool fold_worst(const struct book_version *v, struct arena *a, day_t as_of, uint32_t position,
		const char *currency, size_t n, struct fold_debtor **ret, size_t *ret_n,
		struct err *e) NODISCARD;

/* ---- for the version ---- */

/* The totals of a new version from those of the one before: chunks that went are taken off, chunks that came are
 * added. NULL when there were none, or a day lies so far off that keeping them does not pay. */
struct book_totals;
struct book_totals *totals_follow(const struct book_version *before, const struct book_version *v);
void totals_free(struct book_totals *t); /* NULL is fine */

#endif
