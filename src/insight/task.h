/* SPDX-License-Identifier: Apache-2.0 */
/*
 * task.h - what waits for a person today, gathered from every room; and which items are promised.
 */
#ifndef INSIGHT_TASK_H
#define INSIGHT_TASK_H

#include "insight/dashboard_view.h"
#include "insight/freshness.h"
#include "insight/limits.h"
#include "web/web.h"
#include "insight/overview.h"

/* Fills v->tasks with what there is to do; nothing that is at 0. */
bool dashboard_tasks_fill(struct request *r, struct page *p, const struct limits *l,
			  const char *currency, const struct freshness *f, struct dashboard_view *v,
			  struct err *e) NODISCARD;

/* The figures of one currency, with what is promised at those times; kept with the book for the next who asks. */
bool overview_get(struct request *r, const struct book *b, int currency, struct when w,
		  struct overview *ret, struct err *e) NODISCARD;

/* Per item of the book, whether a promise covers it that still ran at those times. */
bool promised_items(struct request *r, const struct book *b, int64_t customer_id, struct when w,
		    bool **ret, struct err *e) NODISCARD;

#endif
