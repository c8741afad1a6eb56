/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/interest.h"

#include "base/list.h"

/* ISO C has no 128-bit integer; both compilers have, and the products here need 100 bits. */
__extension__ typedef __int128 wide;

bool rate_on(const struct rate_table *t, const char *name, day_t on, struct rate_found *ret,
	     struct err *e)
{
	const struct rate *found = NULL;
	char day[DATE_TEXT];

	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->at[i].name, name) && t->at[i].from_on <= on &&
		    (!found || t->at[i].from_on > found->from_on))
			found = &t->at[i];
	if (!found)
		return err_set(e, ERR_NOT_FOUND, "no rate \"%s\" is known for %s", name,
			       date_format(on, day));
	ret->value_ppm = found->value_ppm;
	ret->is_to_verify = found->is_to_verify || (found->to_on != DAY_NONE && on > found->to_on);
	ret->row = found;
	return true;
}

day_t half_year_start(day_t d)
{
	struct civil c = date_civil(d);

	return date_of(c.year, c.month <= 6 ? 1 : 7, 1);
}

day_t half_year_end(day_t d)
{
	struct civil c = date_civil(d);

	return c.month <= 6 ? date_of(c.year, 6, 30) : date_of(c.year, 12, 31);
}

/* ---- the yearly rate of a day ------------------------------------------------------------------ */

static bool sum_of_rates(const struct rate_table *t, const char *base, const char *margin, day_t on,
			 struct rate_found *ret, struct err *e)
{
	struct rate_found m;

	if (!rate_on(t, base, on, ret, e) || !rate_on(t, margin, on, &m, e))
		return false;
	ret->value_ppm += m.value_ppm;
	ret->is_to_verify |= m.is_to_verify;
	return true;
}

static bool floor_of(const struct rate_table *t, day_t on, struct rate_found *ret, struct err *e)
{
	struct rate_found factor;

	if (!rate_on(t, RATE_LEGAL_OTHER, on, ret, e) ||
	    !rate_on(t, RATE_FLOOR_FACTOR, on, &factor, e))
		return false;
	ret->value_ppm = ret->value_ppm * (factor.value_ppm / 1000000);
	return true;
}

static bool contract_rate(const struct interest_case *c, const struct rate_table *t, day_t on,
			  struct rate_found *ret, struct err *e)
{
	struct rate_found floor;
	char day[DATE_TEXT];

	if (!floor_of(t, on, &floor, e))
		return false;
	if (c->contract_rate_ppm < floor.value_ppm)
		return err_set(e, ERR_INVALID,
			       "contract rate under the legal floor of the half-year from %s",
			       date_format(on, day));
	ret->value_ppm = c->contract_rate_ppm;
	ret->is_to_verify = floor.is_to_verify;
	ret->row = NULL;
	return true;
}

static bool default_rate(const struct interest_case *c, const struct rate_table *t, day_t on,
			 struct rate_found *ret, struct err *e)
{
	struct rate_found floor;

	if (!sum_of_rates(t, RATE_ECB_MRO, RATE_MARGIN_B2B, on, ret, e))
		return false;
	if (!c->apply_floor_to_default)
		return true;
	if (!floor_of(t, on, &floor, e))
		return false;
	if (floor.value_ppm > ret->value_ppm)
		*ret = floor;
	return true;
}

/* half: first day of the half-year; began_on: first day of interest. */
static bool rate_of(const struct interest_case *c, const struct rate_table *t, day_t half,
		    day_t began_on, struct rate_found *ret, struct err *e)
{
	switch (c->regime) {
	case INTEREST_B2B:
		return c->contract_rate_ppm > 0 ? contract_rate(c, t, half, ret, e)
						: default_rate(c, t, half, ret, e);
	case INTEREST_B2G:
		return sum_of_rates(t, RATE_ECB_MRO, RATE_MARGIN_B2G, half_year_start(began_on),
				    ret, e);
	case INTEREST_B2C:
		return rate_on(t, RATE_LEGAL_OTHER, half, ret, e);
	case INTEREST_EU_FOREIGN:
		return sum_of_rates(t, RATE_ECB_MRO, RATE_MARGIN_EU, half, ret, e);
	}
	ensure_failed("regime", __FILE__, __LINE__);
	return false;
}

/* ---- exact sums -------------------------------------------------------------------------------- */

/* A year has 365, 360 or its own number of days. One common denominator holds them all:
 * 100 percent x 1e6 x 365 x 366 x 360 / (365, 366 or 360) is whole. */
#define DAYS_COMMON ((wide)365 * 366 * 72) /* multiple of 360, 365 and 366 */
#define DENOMINATOR ((wide)100 * 1000000 * DAYS_COMMON)

static int year_days(const struct interest_case *c, day_t d)
{
	if (c->basis == INTEREST_360)
		return 360;
	if (c->basis == INTEREST_365)
		return 365;
	return date_days_in_month(date_civil(d).year, 2) == 29 ? 366 : 365;
}

static wide round_half_up(wide num, wide den)
{
	return (num + den / 2) / den; /* never negative here */
}

struct run {
	const struct interest_case *c;
	const struct rate_table *rates;
	struct arena *arena;
	day_t began_on;
	int64_t outstanding;
	wide accrued;    /* over DENOMINATOR, since the last settlement of interest */
	int64_t settled; /* interest already rounded and paid */
	LIST_OF(struct interest_segment) segments;
	bool has_rate_to_verify;
};

static bool add_segment(struct run *r, day_t from_on, day_t to_on, struct err *e)
{
	struct interest_segment *s;
	struct rate_found rate;
	wide part;

	if (!rate_of(r->c, r->rates, half_year_start(from_on), r->began_on, &rate, e))
		return false;
	part = (wide)r->outstanding * rate.value_ppm * (to_on - from_on + 1) *
	       (DAYS_COMMON / year_days(r->c, from_on));
	r->accrued += part;
	r->has_rate_to_verify |= rate.is_to_verify;
	s = LIST_ADD(r->arena, &r->segments);
	s->from_on = from_on;
	s->to_on = to_on;
	s->days = to_on - from_on + 1;
	s->outstanding_minor = r->outstanding;
	s->rate_ppm = rate.value_ppm;
	s->is_to_verify = rate.is_to_verify;
	s->interest_millionths = (int64_t)round_half_up(part, DENOMINATOR / 1000000);
	return true;
}

/* Interest on the outstanding amount over whole days, cut at each half-year (and so at each year). */
static bool accrue(struct run *r, day_t from_on, day_t to_on, struct err *e)
{
	while (from_on <= to_on && r->outstanding > 0) {
		day_t end = half_year_end(from_on);

		if (end > to_on)
			end = to_on;
		if (!add_segment(r, from_on, end, e))
			return false;
		from_on = end + 1;
	}
	return true;
}

/* A payment settles the interest first only when asked, and then in whole cents. */
static void settle(struct run *r, int64_t amount)
{
	if (r->c->order == INTEREST_FIRST) {
		int64_t due = (int64_t)round_half_up(r->accrued, DENOMINATOR);
		int64_t part = amount < due ? amount : due;

		r->settled += part;
		r->accrued = due == part ? 0 : r->accrued - part * DENOMINATOR;
		amount -= part;
	}
	r->outstanding = amount < r->outstanding ? r->outstanding - amount : 0;
}

static bool check_case(const struct interest_case *c, struct err *e)
{
	/* So that no product of an amount, a rate and days can leave 127 bits. */
	if (c->amount_minor > INT64_MAX / 1000)
		return err_set(e, ERR_RANGE, "amount too large for interest");
	if (c->contract_rate_ppm < 0 || c->contract_rate_ppm > INT64_C(1000) * 1000000)
		return err_set(e, ERR_INVALID, "contract rate is not between 0 and 1000 %%");
	for (size_t i = 0; i < c->n_payments; i++) {
		if (c->payment[i].amount_minor <= 0)
			return err_set(e, ERR_INVALID, "a payment that reduces a debt is positive");
		if (i > 0 && c->payment[i].on < c->payment[i - 1].on)
			return err_set(e, ERR_INVALID,
				       "payments are not in the order of their days");
	}
	return true;
}

static bool run_case(struct run *r, day_t *ret_last, struct err *e)
{
	const struct interest_case *c = r->c;
	day_t at = r->began_on;

	*ret_last = c->until_on;
	for (size_t i = 0; i < c->n_payments && c->payment[i].on < c->until_on; i++) {
		if (!accrue(r, at, c->payment[i].on, e))
			return false;
		settle(r, c->payment[i].amount_minor);
		if (r->outstanding == 0) {
			*ret_last = c->payment[i].on;
			return true;
		}
		if (c->payment[i].on >= at)
			at = c->payment[i].on + 1;
	}
	return accrue(r, at, c->until_on, e);
}

/* Paid in full on or before the due date: no fee. */
static bool was_late(const struct interest_case *c)
{
	int64_t left = c->amount_minor;

	for (size_t i = 0; i < c->n_payments && c->payment[i].on <= c->due_on; i++)
		left -= c->payment[i].amount_minor < left ? c->payment[i].amount_minor : left;
	return left > 0 && c->until_on > c->due_on;
}

static bool flat_fee(const struct interest_case *c, const struct rate_table *rates, int64_t *ret,
		     struct err *e)
{
	struct rate_found fee = { 0 };

	if (c->regime != INTEREST_B2C && was_late(c) &&
	    !rate_on(rates, RATE_FLAT_FEE, c->due_on + 1, &fee, e))
		return false;
	*ret = fee.value_ppm / 10000; /* millionths of a euro to cents */
	return true;
}

bool interest_compute(const struct interest_case *c, const struct rate_table *rates,
		      struct arena *a, struct interest_result *ret, struct err *e)
{
	struct run r = { .c = c, .rates = rates, .arena = a, .outstanding = c->amount_minor };
	struct interest_result out = { .left_minor = c->amount_minor,
				       .to_pay_minor = c->amount_minor };
	day_t base = c->regime == INTEREST_B2C ? c->notice_on : c->due_on, last;

	ENSURE(c->due_on != DAY_NONE && c->until_on != DAY_NONE);
	if (!check_case(c, e))
		return false;
	if (c->amount_minor <= 0 || c->bar != INTEREST_ALLOWED || base == DAY_NONE) {
		*ret = out;
		return true;
	}
	if (base < c->due_on)
		base = c->due_on; /* a notice before the due date bears nothing until then */
	r.began_on = base + 1;
	if (!run_case(&r, &last, e) || !flat_fee(c, rates, &out.flat_fee_minor, e))
		return false;
	out.interest_minor = r.settled + (int64_t)round_half_up(r.accrued, DENOMINATOR);
	out.days = last > base && r.segments.n > 0 ? last - base : 0;
	out.left_minor = r.outstanding;
	out.to_pay_minor = r.outstanding + out.interest_minor - r.settled;
	out.has_rate_to_verify = r.has_rate_to_verify;
	out.segment = r.segments.at;
	out.n_segments = r.segments.n;
	*ret = out;
	return true;
}
