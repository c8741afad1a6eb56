/* SPDX-License-Identifier: Apache-2.0 */
/* period.c - which days are closed. */
#include "ledger/period.h"

#include "base/text.h"

#include <stdio.h>

bool closed_days_add(struct closed_days *c, day_t from, day_t to)
{
	struct closed_days sum = { 0 };
	bool is_in = false;

	for (int i = 0; i < c->n || !is_in; i++) {
		bool is_last = i == c->n;

		/* Runs that touch become one. */
		if (!is_last && c->run[i].to >= from - 1 && c->run[i].from <= to + 1) {
			from = c->run[i].from < from ? c->run[i].from : from;
			to = c->run[i].to > to ? c->run[i].to : to;
			continue;
		}
		if (!is_in && (is_last || c->run[i].from > to)) {
			if (sum.n == CLOSED_RUNS)
				return false;
			sum.run[sum.n].from = from;
			sum.run[sum.n++].to = to;
			is_in = true;
		}
		if (is_last)
			break;
		if (sum.n == CLOSED_RUNS)
			return false;
		sum.run[sum.n++] = c->run[i];
	}
	*c = sum;
	return true;
}

static int run_of(const struct closed_days *c, day_t d)
{
	for (int i = 0; i < c->n; i++) {
		if (d >= c->run[i].from && d <= c->run[i].to)
			return i;
	}
	return -1;
}

bool closed_days_has(const struct closed_days *c, day_t d)
{
	return run_of(c, d) >= 0;
}

day_t closed_days_open_on(const struct closed_days *c, day_t d)
{
	int run = run_of(c, d);

	return run < 0 ? d : c->run[run].to + 1;
}

bool period_parse(const char *text, day_t *ret_from, day_t *ret_to, struct err *e)
{
	char day[DATE_TEXT];
	size_t n = strlen(text);
	day_t from;

	if (n != 4 && n != 7)
		return err_set(e, ERR_INVALID, "invalid period \"%.40s\": expected YYYY-MM or YYYY",
			       text);
	snprintf(day, sizeof day, "%s%s-01", text, n == 4 ? "-01" : "");
	if (!date_parse(day, &from, NULL))
		return err_set(e, ERR_INVALID, "invalid period \"%.40s\": expected YYYY-MM or YYYY",
			       text);
	*ret_from = from;
	*ret_to = n == 4 ? date_of(date_civil(from).year, 12, 31) : date_end_of_month(from);
	return true;
}

bool period_refuse(const struct closed_days *c, day_t d, struct err *e)
{
	char day[DATE_TEXT], from[DATE_TEXT], to[DATE_TEXT];
	int run = run_of(c, d);

	ENSURE(run >= 0);
	return err_field(e, ERR_REFUSED, "effective", "%s lies in a closed period (%s to %s)",
			 date_format(d, day), date_format(c->run[run].from, from),
			 date_format(c->run[run].to, to));
}
