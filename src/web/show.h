/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show.h - amounts, dates and counts as the reader of a page writes them.
 *
 * The writing is that of i18n/amount.h and i18n/date_text.h; the results live in the page's arena.
 */
/*
 * show.h - amounts, dates and counts as the reader of a page writes them.
 *
 * French: 1 234,56 € (U+202F in the number, U+00A0 before the sign), 19/11/2026; English: €1,234.56,
 * 19 Nov 2026. The minus is U+2212. Cents are always shown. The reader's language decides the writing,
 * never the currency. Results live in the page's arena.
 */
#ifndef WEB_SHOW_H
#define WEB_SHOW_H

#include "web/page.h"

/* With the sign of the currency: in sentences and figures. */
const char *show_amount(struct page *p, int64_t minor, const char *currency);

/* Without it: in columns whose head names it. */
const char *show_figure(struct page *p, int64_t minor, const char *currency);

/* The sign of a currency for column heads and fields: "€", "US$", else its code. */
const char *show_currency(const struct page *p, const char *currency);

const char *show_count(struct page *p, int64_t n);

/* part of whole with one decimal: "22,4 %"; an en dash when the whole is 0. */
const char *show_percent(struct page *p, int64_t part, int64_t whole);

/* Days: in tables, in sentences, with the weekday, and for fields. "" for DAY_NONE. */
const char *show_day(struct page *p, day_t d);
const char *show_day_long(struct page *p, day_t d);
const char *show_day_full(struct page *p, day_t d);
const char *show_day_iso(struct page *p, day_t d);

/* A moment (microseconds UTC) in the entity's time zone: day and time, time alone, its day. */
const char *show_moment(struct page *p, int64_t moment);
const char *show_time(struct page *p, int64_t moment);
day_t show_day_of(const struct page *p, int64_t moment);

/* "AD" for "Alice Durand". */
const char *show_initials(struct page *p, const char *name);

/* How late an item is, in words: "Due in 3 days", "12 days late"; "Not due" beyond a week. */
const char *show_late_words(struct page *p, day_t due_on, day_t as_of);
const char *late_words(struct arena *a, const struct catalogue *cat, day_t due_on, day_t as_of);

#endif
