/* SPDX-License-Identifier: Apache-2.0 */
/* trend_view.h - how the receivables went (évolution), written for its reader. */
#ifndef INSIGHT_TREND_VIEW_H
#define INSIGHT_TREND_VIEW_H

#include "web/chart.h"

struct trend_figure {
	const char *term;
	const char *value;
	const char *url;
	const char *gloss;
	const int64_t *trend;
	size_t n_trend;
	const char *trend_label;
};

struct trend_view {
	const char *subtitle;
	const struct trend_figure *figures; /* three */
	const struct chart *months;
	const struct chart *late;
	const struct chart *weeks;
	const char *sign;
	bool is_empty;
};

void trend_page(struct page *p, const struct trend_view *v);

#endif
