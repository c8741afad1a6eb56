/* SPDX-License-Identifier: Apache-2.0 */
/* table_page.c - a list for the page: heads, cells in words, filters, totals, the way on. */
#include "web/table_page.h"

#include "base/money.h"
#include "web/show.h"
#include "web/table_private.h"

#define EN_DASH "\xe2\x80\x93"

struct making {
	struct request *request;
	struct page *page;
	struct table_view *view;
	const struct table_source *source;
	struct table_page *to;
	int column[TABLE_MAX_COLUMNS_SHOWN]; /* of the description, per column shown */
	int picked;                          /* column that the sum adds up; -1: none */
	LIST_OF(struct table_line) lines;
	const char *last_key;
	struct table_out out;
};

static const struct table_column *column_at(const struct making *m, size_t i)
{
	return &m->view->table->columns[m->column[i]];
}

/* ---- heads ------------------------------------------------------------------------------------- */

static bool is_right(enum table_kind kind)
{
	return kind == TABLE_AMOUNT || kind == TABLE_COUNT;
}

/* One currency stands in the head: "Open, €". */
static const char *head_text(const struct making *m, const struct table_column *c)
{
	struct page *p = m->page;
	const char *text = tr(p->cat, c->text);

	if (c->kind != TABLE_AMOUNT || !m->source->currency)
		return text;
	return arena_printf(p->arena, "%s, %s", text, show_currency(p, m->source->currency));
}

static const char *class_of(struct page *p, const struct table_column *c, bool hides, bool is_last)
{
	const char *base = is_right(c->kind)                                 ? "num"
			   : c->kind == TABLE_DAY || c->kind == TABLE_MOMENT ? "date"
									     : "";

	return arena_printf(p->arena, "%s%s%s%s%s", base, c->flags & TABLE_SOFT ? " soft" : "",
			    c->flags & TABLE_WRAP ? " wrap" : "", is_last ? " firm" : "",
			    hides ? " hide-sm" : "");
}

static struct part_sort sort_of(const struct making *m, size_t at, const struct table_column *c)
{
	const struct table_view *v = m->view;
	bool is_this = v->sort == m->column[at];
	bool down = is_this ? !v->descending : (c->flags & TABLE_LARGEST_FIRST) != 0;
	struct part_sort s = { .text = head_text(m, c), .is_number = is_right(c->kind) };

	if (!(c->flags & TABLE_SORTS))
		return s;
	s.url = link_with(m->request, "sort",
			  down ? arena_printf(m->page->arena, "-%s", c->name) : c->name, NULL);
	s.direction = !is_this ? NULL : v->descending ? "descending" : "ascending";
	return s;
}

static void fill_heads(struct making *m)
{
	const struct table *t = m->view->table;
	struct table_head *h = ARENA_ARRAY(m->page->arena, t->n_columns, struct table_head);
	size_t n = 0, first_amount = SIZE_MAX, last_amount = SIZE_MAX;

	m->picked = -1;
	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->columns[i].flags & TABLE_PICKED)
			m->picked = (int)i;
		if (!m->view->shown[i])
			continue;
		if (t->columns[i].kind == TABLE_AMOUNT) {
			first_amount = first_amount == SIZE_MAX ? n : first_amount;
			last_amount = n;
		}
		m->column[n++] = (int)i;
	}
	for (size_t i = 0; i < n; i++) {
		const struct table_column *c = column_at(m, i);
		bool hides = i > 0 && !(c->flags & TABLE_NARROW);

		h[i] = (struct table_head){ .class_name =
						    class_of(m->page, c, hides, i == last_amount),
					    .sort = sort_of(m, i, c),
					    .is_number = is_right(c->kind),
					    .hides = hides,
					    .is_firm = i == first_amount,
					    .is_amount = c->kind == TABLE_AMOUNT };
		h[i].sort.hides = hides;
	}
	m->to->heads = h;
	m->to->n_heads = n;
	m->to->has_currencies = !m->source->currency && first_amount != SIZE_MAX;
}

/* ---- rows -------------------------------------------------------------------------------------- */

static const char *cell_words(struct page *p, const struct table_column *c,
			      const struct table_cell *cell, const char *currency)
{
	switch (c->kind) {
	case TABLE_AMOUNT:
		return cell->n ? show_figure(p, cell->n, currency) : EN_DASH;
	case TABLE_COUNT:
		return cell->n ? show_count(p, cell->n) : EN_DASH;
	case TABLE_DAY:
		return show_day(p, (day_t)cell->n);
	case TABLE_MOMENT:
		return show_moment(p, cell->n);
	case TABLE_TEXT:
	case TABLE_LINK:
	case TABLE_STATE:
		break;
	}
	return cell->text;
}

/* One word of a few signs: a document, a code, an account. */
static bool is_whole(enum table_kind kind, const char *text)
{
	enum { WHOLE_MAX = 20 };

	return (kind == TABLE_LINK || kind == TABLE_TEXT) && text && strlen(text) <= WHOLE_MAX &&
	       !strchr(text, ' ');
}

static struct table_box box_of(struct page *p, const struct table_column *c,
			       const struct table_cell *cell, const char *currency)
{
	struct table_box b = { 0 };

	if (!cell->is_known)
		return b;
	b = (struct table_box){ .text = cell_words(p, c, cell, currency),
				.url = cell->url,
				.sub = cell->sub,
				.state = c->kind == TABLE_STATE ? cell->state : NULL,
				.tag = cell->tag,
				.is_credit = c->kind == TABLE_AMOUNT && cell->n < 0,
				.is_whole = is_whole(c->kind, cell->text) };
	if (is_right(c->kind) && cell->n == 0)
		b.spoken = c->kind == TABLE_AMOUNT ? tr(p->cat, "zero") : tr(p->cat, "none");
	return b;
}

/* What a phone has no column for: words as they are, figures with their head. */
static const char *under_of(struct making *m, const struct table_box *box)
{
	struct buf b;

	buf_init(&b, m->page->arena);
	for (size_t i = 1; i < m->to->n_heads; i++) {
		if (!m->to->heads[i].hides || !box[i].text || box[i].spoken)
			continue;
		if (b.len)
			buf_puts(&b, " · ");
		if (is_right(column_at(m, i)->kind))
			buf_printf(&b, "%s ", tr(m->page->cat, column_at(m, i)->text));
		buf_puts(&b, box[i].text);
	}
	return b.len ? buf_str(&b) : NULL;
}

static bool row_end(struct table_out *out, struct err *e)
{
	struct making *m = out->arg;
	struct table_line *l = LIST_ADD(m->page->arena, &m->lines);
	size_t n = m->to->n_heads;
	struct table_box *box = ARENA_ARRAY(m->page->arena, n, struct table_box);

	(void)e;
	for (size_t i = 0; i < n; i++)
		box[i] = box_of(m->page, column_at(m, i), &out->cell[m->column[i]], out->currency);
	*l = (struct table_line){
		.key = out->key, .box = box, .under = under_of(m, box), .currency = out->currency
	};
	l->is_current = m->view->current && str_eq(m->view->current, out->key);
	if (m->picked >= 0)
		l->minor = arena_printf(m->page->arena, "%" PRId64, out->cell[m->picked].n);
	m->last_key = out->key;
	return true;
}

static const char *shown_text(struct making *m, int64_t n)
{
	const struct table_source *s = m->source;
	struct page *p = m->page;

	if (s->n_before < 0)
		return arena_printf(p->arena, tr(p->cat, "%s of %s"), show_count(p, n),
				    show_count(p, s->n_rows));
	return arena_printf(p->arena, tr(p->cat, "%s to %s of %s"),
			    show_count(p, n ? s->n_before + 1 : 0), show_count(p, s->n_before + n),
			    show_count(p, s->n_rows));
}

static bool fill_rows(struct making *m, struct err *e)
{
	struct table_page *to = m->to;
	bool has_more;

	m->out = (struct table_out){ .table = m->view->table,
				     .arena = m->page->arena,
				     .is_page = true,
				     .cat = m->page->cat,
				     .language = m->page->language,
				     .end = row_end,
				     .arg = m };
	if (!m->source->rows(m->source->arg, m->view->after, TABLE_ROWS_PER_PAGE, &m->out, e))
		return false;
	to->lines = m->lines.at;
	to->n_lines = m->lines.n;
	has_more = m->source->n_before >= 0 ? m->source->n_before + m->out.n < m->source->n_rows
					    : m->out.n == TABLE_ROWS_PER_PAGE;
	to->pager.text = shown_text(m, m->out.n);
	if (m->view->after)
		to->pager.first_url = link_with(m->request, NULL);
	if (has_more && m->last_key)
		to->pager.next_url = link_with(m->request, "after", m->last_key, NULL);
	return true;
}

/* ---- totals ------------------------------------------------------------------------------------ */

static void fill_foot(struct making *m, const struct table_total *total, struct table_foot *f)
{
	struct page *p = m->page;
	const char **box = ARENA_ARRAY(p->arena, m->to->n_heads, const char *);

	for (size_t i = 0; i < m->to->n_heads; i++) {
		const struct table_column *c = column_at(m, i);
		struct table_cell cell = { .n = total->sum[m->column[i]] };

		if (c->flags & TABLE_SUMS)
			box[i] = cell_words(p, c, &cell, total->currency);
	}
	f->box = box;
	f->currency = total->currency;
	f->text = arena_printf(p->arena,
			       trn(p->cat, "Total of %s row", "Total of all %s rows",
				   (unsigned long)total->n_rows),
			       show_count(p, total->n_rows));
}

static void fill_feet(struct making *m)
{
	size_t n = m->source->n_totals;
	struct table_foot *f = ARENA_ARRAY(m->page->arena, n, struct table_foot);

	for (size_t i = 0; i < n; i++)
		fill_foot(m, &m->source->totals[i], &f[i]);
	m->to->feet = f;
	m->to->n_feet = n;
}

/* ---- filters ----------------------------------------------------------------------------------- */

static void fill_group(struct making *m, size_t at, struct table_group *g)
{
	const struct table_filter *f = &m->view->table->filters[at];
	const char *asked = m->view->value[at];
	struct page *p = m->page;
	const char *const *count = m->view->chip_count[at];
	struct part_chip *chip = ARENA_ARRAY(p->arena, f->n_choices, struct part_chip);
	size_t n = 0;

	for (size_t i = 0; i < f->n_choices; i++) {
		const char *value = f->choices[i].value;

		if (count && !count[i] && !str_eq(value, asked ? asked : ""))
			continue;
		chip[n++] = (struct part_chip){
			.text = tr(p->cat, f->choices[i].text),
			.url = link_with(m->request, f->name, str_empty(value) ? NULL : value,
					 NULL),
			.count = count ? count[i] : NULL,
			.is_on = str_eq(value, asked ? asked : ""),
		};
	}
	*g = (struct table_group){ tr(p->cat, f->text), chip, n };
}

static void fill_field(struct making *m, size_t at, struct part_field *ret)
{
	const struct table_view *v = m->view;
	const struct table_filter *f = &v->table->filters[at];
	struct page *p = m->page;
	struct part_choice *choice;

	*ret = (struct part_field){ .name = f->name,
				    .prefix = "by-",
				    .label = tr(p->cat, f->text),
				    .value = v->value[at],
				    .is_number = f->kind == TABLE_NUMBER };
	if (f->kind == TABLE_SEARCH)
		ret->type = "search";
	if (f->kind == TABLE_DATE)
		ret->type = "date";
	if (f->kind != TABLE_CHOICE)
		return;
	ret->choice = v->choice[at];
	ret->n_choices = v->n_choices[at];
	if (!f->choices)
		return;
	choice = ARENA_ARRAY(p->arena, f->n_choices, struct part_choice);
	for (size_t i = 0; i < f->n_choices; i++)
		choice[i] =
			(struct part_choice){ f->choices[i].value, tr(p->cat, f->choices[i].text) };
	ret->choice = choice;
	ret->n_choices = f->n_choices;
}

/* Filters in force but those that chips show already: each with the way to take it away. */
static void fill_in_force(struct making *m)
{
	struct table_said *said;
	struct part_chip *chip;
	size_t n, shown = 0;

	said = table_filters_said(m->page->arena, m->page->cat, m->view, &n);
	chip = ARENA_ARRAY(m->page->arena, n, struct part_chip);
	for (size_t i = 0; i < n; i++) {
		size_t at = table_filter_at(m->view->table, said[i].name);

		if (m->view->table->filters[at].kind == TABLE_CHIPS && m->out.n > 0)
			continue;
		chip[shown++] = (struct part_chip){
			.text = arena_printf(m->page->arena, tr(m->page->cat, "%s: %s"),
					     said[i].text, said[i].value),
			.url = link_with(m->request, said[i].name, NULL, NULL),
			.is_on = true,
			.is_removable = true,
		};
	}
	m->to->in_force = chip;
	m->to->n_in_force = shown;
}

static bool is_field(enum table_filter_kind kind)
{
	return kind == TABLE_SEARCH || kind == TABLE_CHOICE || kind == TABLE_NUMBER ||
	       kind == TABLE_DATE;
}

/* Of the address: what a form does not show, it keeps, but for the place in the list. */
static struct web_values kept_values(struct making *m, bool with_fields)
{
	const struct request *r = m->request;
	struct web_value *value = ARENA_ARRAY(m->page->arena, r->query.n, struct web_value);
	size_t n = 0;

	for (size_t i = 0; i < r->query.n; i++) {
		const char *name = r->query.at[i].name;
		bool keeps = !str_eq(name, "after") && !str_eq(name, "only") &&
			     !str_eq(name, "format") && !str_empty(r->query.at[i].value);

		for (size_t k = 0; k < m->view->table->n_filters; k++) {
			const struct table_filter *f = &m->view->table->filters[k];

			if (str_eq(f->name, name) && !with_fields && is_field(f->kind))
				keeps = false;
		}
		if (keeps)
			value[n++] = r->query.at[i];
	}
	return (struct web_values){ value, n };
}

static void fill_filters(struct making *m)
{
	const struct table *t = m->view->table;
	struct part_field *field = ARENA_ARRAY(m->page->arena, t->n_filters, struct part_field);
	struct table_group *group = ARENA_ARRAY(m->page->arena, t->n_filters, struct table_group);

	for (size_t i = 0; i < t->n_filters; i++) {
		if (t->filters[i].kind == TABLE_CHIPS)
			fill_group(m, i, &group[m->to->n_groups++]);
		else if (is_field(t->filters[i].kind))
			fill_field(m, i, &field[m->to->n_fields++]);
	}
	m->to->groups = group;
	m->to->fields = field;
	m->to->hidden = kept_values(m, false);
	m->to->kept = kept_values(m, true);
	fill_in_force(m);
}

/* ---- kept views, columns ----------------------------------------------------------------------- */

static bool fill_views(struct making *m, struct err *e)
{
	struct request *r = m->request;
	struct saved_view *view;
	struct part_chip *chip;
	size_t n;

	/* A list below another page, of one customer, has no address that a view could keep. */
	if (!str_eq(m->view->path, m->view->table->path))
		return true;
	m->to->query = view_query_of(r, r->query);
	if (!view_list(r->db, r->arena, r->entity.id, r->user.id, m->view->table->name, &view, &n,
		       e))
		return false;
	chip = ARENA_ARRAY(m->page->arena, n, struct part_chip);
	for (size_t i = 0; i < n; i++)
		chip[i] = (struct part_chip){ .text = view[i].name,
					      .url = view_url(r, view[i].id, view[i].query),
					      .is_on = str_eq(view[i].query, m->to->query) };
	m->to->is_keepable = !str_empty(m->to->query);
	for (size_t i = 0; i < n; i++)
		m->to->is_keepable = m->to->is_keepable && !chip[i].is_on;
	m->to->views = chip;
	m->to->n_views = n;
	m->to->views_url = arena_printf(r->arena, "/lists/%s/views", m->view->table->name);
	return true;
}

static void fill_choices(struct making *m)
{
	const struct table *t = m->view->table;
	struct table_column_choice *c =
		ARENA_ARRAY(m->page->arena, t->n_columns, struct table_column_choice);
	size_t n = 0;

	/* The first column names the row: it stays. */
	for (size_t i = 1; i < t->n_columns; i++) {
		if (!(t->columns[i].flags & TABLE_FILE))
			c[n++] = (struct table_column_choice){ t->columns[i].name,
							       tr(m->page->cat, t->columns[i].text),
							       m->view->shown[i] };
	}
	m->to->choices = c;
	m->to->n_choices = n;
}

static void fill_words(struct making *m)
{
	const struct table *t = m->view->table;
	struct page *p = m->page;
	struct table_page *to = m->to;

	to->name = t->name;
	to->title = tr(p->cat, t->title);
	to->path = m->view->path;
	to->self = link_with(m->request, "only", NULL, NULL);
	to->icon = t->icon;
	to->picks = t->picks;
	to->acts = m->view->acts;
	to->as_of = show_day_iso(p, m->view->when.as_of);
	to->pick_one = to->acts ? to->acts->one : tr(p->cat, "1 row");
	to->pick_many = to->acts ? to->acts->many : tr(p->cat, "%d rows");
	to->currency = m->source->currency ? m->source->currency : p->currency;
	to->decimals = currency_decimals(to->currency);
	to->is_empty_of_filters = table_has_filter(m->view) && !m->source->is_bare;
	to->empty_title = tr(p->cat, to->is_empty_of_filters ? t->none : t->empty);
	to->empty_text = to->is_empty_of_filters || !t->how ? NULL : tr(p->cat, t->how);
	to->summary = m->source->summary;
	to->note = m->source->note;
	to->csv_url = link_with(m->request, "format", "csv", NULL);
	to->xlsx_url = link_with(m->request, "format", "xlsx", NULL);
}

bool table_fill(struct request *r, struct page *p, struct table_view *v,
		const struct table_source *s, struct table_page **ret, struct err *e)
{
	struct making *m = ARENA_NEW(r->arena, struct making);

	m->request = r;
	m->page = p;
	m->view = v;
	m->source = s;
	m->to = ARENA_NEW(r->arena, struct table_page);
	fill_heads(m);
	if (!fill_rows(m, e) || !fill_views(m, e))
		return false;
	fill_feet(m);
	fill_filters(m);
	fill_choices(m);
	fill_words(m);
	*ret = m->to;
	return true;
}

struct page *table_page_begin(struct request *r, const struct table_view *v)
{
	const struct table *t = v->table;
	const char *title = tr(r->cat, t->title);

	if (t->times == TABLE_BOTH_TIMES)
		return page_begin_when(r, title, t->section, v->when);
	return t->times == TABLE_AS_OF ? page_begin_as_of(r, title, t->section, v->when.as_of)
				       : page_begin(r, title, t->section);
}

bool table_answer(struct request *r, struct table_view *v, const struct table_source *s,
		  struct err *e)
{
	struct table_page *page;
	struct page *p;

	if (v->format != TABLE_PAGE)
		return table_send(r, v, s, e);
	p = table_page_begin(r, v);
	if (!table_fill(r, p, v, s, &page, e))
		return false;
	table_whole(p, page);
	return respond_page(r, p, 200);
}
