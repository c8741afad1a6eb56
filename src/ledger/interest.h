/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interest.h - late-payment interest (pénalités de retard) and the flat recovery fee (indemnité
 * forfaitaire de recouvrement).
 *
 * Pure: rates come in as a table (rate_store.h reads it), dates as parameters. Amounts are exact: the sum
 * of outstanding x rate x days is kept as a fraction and rounded once, half up, to the cent. Sources:
 * C. com. L441-10 II and D441-5 (professionals), CCP R2192-31 to 36 (public buyers), C. civ. 1231-6 and
 * 1344-1 (consumers).
 *
 *	struct interest_case c = { .regime = INTEREST_B2B, .amount_minor = 1200000, .due_on = due,
 *				   .until_on = paid, .basis = INTEREST_365 };
 *	if (!interest_compute(&c, &rates, arena, &r, e))
 *		return false;
 *	show(r.interest_minor, r.flat_fee_minor, r.has_rate_to_verify);
 *
 * A half-year whose rate is not known yet takes the last known one, and the result says so: whoever shows
 * the figure must show that too.
 */
#ifndef LEDGER_INTEREST_H
#define LEDGER_INTEREST_H

#include "base/arena.h"
#include "base/date.h"

/* One dated value. value_ppm: millionths of a percent point (12.15 % is 12150000), or millionths of the
 * unit for what is no percentage (the 40 EUR fee is 40000000). */
struct rate {
	const char *name;
	day_t from_on;
	day_t to_on; /* last day it is known to hold; DAY_NONE: until the next row */
	int64_t value_ppm;
	const char *source;
	bool is_to_verify; /* entered with a doubt */
};

/* By name, then by from_on. */
struct rate_table {
	const struct rate *at;
	size_t n;
};

/* Names of the rates. */
#define RATE_ECB_MRO      "ecb_mro"      /* main refinancing rate (taux de refinancement) */
#define RATE_LEGAL_OTHER  "legal_other"  /* taux d'intérêt légal, autres cas */
#define RATE_LEGAL_PERSON "legal_person" /* the same, creditor a private person */
#define RATE_MARGIN_B2B   "margin_b2b"   /* points over the ECB rate: 10 */
#define RATE_MARGIN_B2G   "margin_b2g"   /* 8 */
#define RATE_MARGIN_EU    "margin_eu"    /* 8, directive 2011/7/EU */
#define RATE_FLOOR_FACTOR "floor_factor" /* a contract's rate is at least 3 times the legal rate */
#define RATE_FLAT_FEE     "flat_fee_eur" /* 40 EUR */

struct rate_found {
	int64_t value_ppm;
	bool is_to_verify; /* carried forward past what is known, or entered with a doubt */
	const struct rate *row;
};

/* The value of a rate on a day: the last row beginning on or before it. ERR_NOT_FOUND before the first. */
bool rate_on(const struct rate_table *t, const char *name, day_t on, struct rate_found *ret,
	     struct err *e) NODISCARD;

/* 1 January or 1 July: the first day of d's half-year, whose ECB rate holds for the six months. */
day_t half_year_start(day_t d);
/* 30 June or 31 December. */
day_t half_year_end(day_t d);

enum interest_regime {
	INTEREST_B2B,        /* ECB + 10 points, or the contract's rate, by half-year */
	INTEREST_B2G,        /* ECB + 8 of the half-year in which it began to run, fixed */
	INTEREST_B2C,        /* legal rate, from the formal notice only */
	INTEREST_EU_FOREIGN, /* ECB + 8, the directive's minimum */
};

enum interest_basis { INTEREST_365, INTEREST_360, INTEREST_ACT };

/* What a part payment settles first. C. civ. 1343-1: interest; creditors often accept the principal. */
enum interest_order { PRINCIPAL_FIRST, INTEREST_FIRST };

/* Why no interest and no fee are due at all. */
enum interest_bar {
	INTEREST_ALLOWED,
	INTEREST_BARRED_INSOLVENCY, /* a judgment forbids payment (L441-10 II, L622-28) */
	INTEREST_BARRED_DISPUTE,    /* wholly disputed, not yet settled in the creditor's favour */
};

struct interest_payment {
	day_t on;
	int64_t amount_minor; /* positive: what the payment or credit note took off */
};

struct interest_case {
	enum interest_regime regime;
	enum interest_bar bar;
	int64_t amount_minor; /* including VAT; a credit note (<= 0) bears nothing */
	day_t due_on;
	day_t notice_on; /* B2C: receipt of the formal notice (mise en demeure); DAY_NONE: none */
	day_t until_on;  /* payment or calculation day, included */
	const struct interest_payment *payment; /* ascending by day */
	size_t n_payments;
	int64_t contract_rate_ppm; /* yearly percent x 1e6; 0: none, the law's default applies */
	enum interest_basis basis;
	enum interest_order order;
	bool apply_floor_to_default; /* raise the default rate to the floor; off unless asked */
};

/* One run of days with one rate and one outstanding amount. */
struct interest_segment {
	day_t from_on, to_on; /* both included */
	int days;
	int64_t outstanding_minor;
	int64_t rate_ppm;
	bool is_to_verify;
	int64_t interest_millionths; /* of a minor unit, for display; the total is not their sum */
};

struct interest_result {
	int64_t interest_minor;
	int64_t flat_fee_minor; /* cents of EUR */
	int days;               /* late, as of until_on or the payment that settled all */
	bool has_rate_to_verify;
	int64_t left_minor; /* principal still owed on until_on (with INTEREST_FIRST, interest took a part) */
	int64_t to_pay_minor; /* principal and interest still owed on until_on, before a payment that day */
	const struct interest_segment *segment;
	size_t n_segments;
};

/*
 * Interest from the day after the due date (B2C: after the notice) to until_on. The flat fee is due once
 * per document of a professional or public buyer that was not wholly paid on its due date. ERR_INVALID
 * when a contract's rate is under the legal floor of a half-year, payments are not in order or not
 * positive; ERR_NOT_FOUND when the table has no rate so old; ERR_RANGE when the amount does not fit.
 */
bool interest_compute(const struct interest_case *c, const struct rate_table *rates,
		      struct arena *a, struct interest_result *ret, struct err *e) NODISCARD;

#endif
