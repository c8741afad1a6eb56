/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_PAGE_TEST_H
#define TEST_PAGE_TEST_H

#include "web/page.h"

struct place_view {
	const char *text;
	int n;
	struct html_safe ready;
};

void every_place(struct page *p, const struct place_view *v);
void statements(struct page *p, const struct place_view *v);
void row(struct page *p, const struct place_view *v, int64_t id);
void nothing(struct page *p);
void translated(struct page *p, const struct place_view *v);

#endif
