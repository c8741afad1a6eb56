/* SPDX-License-Identifier: Apache-2.0 */
/*
 * converted.h - what pages say of a book of several currencies: one total in the company's currency, of what
 * it is made, at which rates, and what could not be converted; and the same in the group's currency.
 */
#ifndef LEDGER_CONVERTED_H
#define LEDGER_CONVERTED_H

#include "ledger/ageing.h"
#include "web/parts.h"
#include "web/web.h"

struct converted {
	/* "In all currencies: 1 295 000,00 €, of which late 12,00 €"; NULL: one currency */
	const char *total;
	const char *
		breakdown; /* "1 265 590,66 € + US$1,410.00 (1 295,30 € at the rate of 20/11/2026)" */
	const char *
		missing; /* "No rate of CHF: 100.00 CHF are in no total"; NULL: nothing is missing */
	/* The same in the group's currency; NULL: there is none, or it is the company's. */
	const char *group, *group_breakdown, *group_missing;
};

/* Of one customer of the book, or of all (SIZE_MAX), at the rates of its two times. */
bool converted_fill(struct request *r, struct page *p, const struct book *b, size_t customer,
		    struct converted *ret, struct err *e) NODISCARD;

/* The totals with their breakdown one hover or focus away; nothing for one currency. */
void converted_say(struct page *p, const struct converted *c);

#endif
