/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template.h - page templates (*.th) into C.
 *
 *	{% c #include "ledger/customer_view.h" %}
 *	{% page customer_row(const struct customer_view *v) %}
 *	<tr{% if (v->is_late) %} class="late"{% end %}>
 *	  <td><a href="/customers/{{ v->id }}">{{ v->name }}</a></td>
 *	  <td>{% trn "%d item" "%d items" v->n_items %}</td>
 *	</tr>
 *	{% end %}
 *
 * becomes `void customer_row(struct page *p, const struct customer_view *v)`, which writes to the
 *page (web/page.h). Statements: page, if, elif, else, for, end, call, tr, trn, c; {# comments #}.
 *Values are C expressions, escaped for their place in the markup; {{ safe x }} takes a struct
 *html_safe. src/web/README.md tells it to those who write pages.
 */
#ifndef TOOLS_TEMPLATE_H
#define TOOLS_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"

/* Compiles text into out. name is the path written in #line directives and messages. On failure
 * e->line is the line of the template that must be mended. */
bool template_compile(struct arena *a, const char *name, const char *text, struct buf *out,
		      struct err *e) NODISCARD;

#endif
