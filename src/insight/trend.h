/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trend.h - how the receivables went: the aged balance at past ends of months, receipts by week.
 *
 * Each month is the book as of that day, folded by the dashboard's own fold, so that a column of the chart is
 * the dashboard of its day. It costs a book per month: not for a page that is opened all day.
 */
#ifndef INSIGHT_TREND_H
#define INSIGHT_TREND_H

#include "insight/overview.h"
#include "web/web.h"

enum { TREND_MONTHS = 12, TREND_WEEKS = 12 };

struct trend_month {
	day_t as_of; /* the end of a month; the last one is the day asked for */
	int64_t open_minor[DUE_STATE_COUNT];
	int64_t total_minor;
	int64_t late_minor;
};

struct trend_week {
	day_t monday;
	int64_t received_minor; /* positive */
};

/* The end of the month that lies back months before that of as_of; as_of itself for 0. */
day_t trend_day(day_t as_of, int back);

/* The Monday of the week that lies back weeks before that of as_of. */
day_t trend_monday(day_t as_of, int back);

/* TREND_MONTHS, oldest first, of what the request's user sees. */
bool trend_months(struct request *r, struct when w, const char *currency,
		  struct trend_month ret[TREND_MONTHS], struct err *e) NODISCARD;

/* TREND_WEEKS, oldest first; seen tells the customers that count. */
bool trend_weeks(struct request *r, struct when w, const char *currency, const struct book *seen,
		 struct trend_week ret[TREND_WEEKS], struct err *e) NODISCARD;

#endif
