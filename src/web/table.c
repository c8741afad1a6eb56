/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - what the address of a list asks, and the cells of its rows. */
#include "web/table_private.h"

#include "web/parts.h"
#include "web/view.h"

/* ---- the description --------------------------------------------------------------------------- */

void table_check(const struct table *t)
{
	ENSURE(t->n_columns > 0 && t->n_columns <= TABLE_MAX_COLUMNS_SHOWN);
	ENSURE(t->n_filters <= TABLE_MAX_FILTERS);
	for (size_t i = 0; i < t->n_columns; i++)
		ENSURE(t->columns[i].name && t->columns[i].text);
}

size_t table_filter_at(const struct table *t, const char *name)
{
	size_t i = 0;

	while (i < t->n_filters && !str_eq(t->filters[i].name, name))
		i++;
	ENSURE(i < t->n_filters);
	return i;
}

const char *table_value(const struct table_view *v, const char *filter)
{
	return v->value[table_filter_at(v->table, filter)];
}

const char *table_value_or_none(const struct table_view *v, const char *filter)
{
	const char *value = table_value(v, filter);

	return str_eq(value, "-") ? "" : value;
}

const char *table_sort_name(const struct table_view *v)
{
	return v->sort < 0 ? NULL : v->table->columns[v->sort].name;
}

bool table_has_filter(const struct table_view *v)
{
	for (size_t i = 0; i < v->table->n_filters; i++) {
		if (v->value[i])
			return true;
	}
	return false;
}

/* ---- the address ------------------------------------------------------------------------------- */

static bool read_filter(const struct table_filter *f, const char *text, const char **ret,
			struct err *e)
{
	if (str_empty(text))
		return true;
	if (f->choices) {
		bool known = false;

		for (size_t i = 0; i < f->n_choices; i++)
			known = known || str_eq(f->choices[i].value, text);
		if (!known)
			return err_field(e, ERR_USAGE, f->name,
					 "the filter %s has no value \"%.40s\"", f->name, text);
	}
	*ret = text;
	return true;
}

static bool read_sort(const char *text, struct table_view *v, struct err *e)
{
	bool descending;

	v->sort = -1;
	text = str_empty(text) ? v->table->order : text;
	descending = text && *text == '-';
	if (str_empty(text))
		return true;
	for (size_t i = 0; i < v->table->n_columns; i++) {
		const struct table_column *c = &v->table->columns[i];

		if ((c->flags & TABLE_SORTS) && str_eq(c->name, text + descending)) {
			v->sort = (int)i;
			v->descending = descending;
			return true;
		}
	}
	return err_field(e, ERR_USAGE, "sort", "no order is called \"%.40s\"", text);
}

static bool read_format(const char *text, enum table_format *ret, struct err *e)
{
	static const char *const names[] = { "page", "csv", "xlsx", "json" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_empty(text) || str_eq(names[i], text)) {
			*ret = (enum table_format)i;
			return true;
		}
	}
	return err_field(e, ERR_USAGE, "format", "a list is not given as \"%.40s\"", text);
}

static void read_only(struct request *r, struct table_view *v)
{
	const char **only = ARENA_ARRAY(r->arena, r->query.n + 1, const char *);

	for (size_t i = 0; i < r->query.n; i++) {
		if (str_eq(r->query.at[i].name, "only"))
			only[v->n_only++] = r->query.at[i].value;
	}
	v->only = only;
}

/* Nothing but the date is asked: the reader came by the side bar. */
static bool is_bare(const struct request *r)
{
	for (size_t i = 0; i < r->query.n; i++) {
		if (!str_eq(r->query.at[i].name, "as_of") &&
		    !str_eq(r->query.at[i].name, "known_at"))
			return false;
	}
	return true;
}

/* The columns shown: as made, or as the reader chose. */
static void show_columns(struct table_view *v, const char *chosen)
{
	const struct table *t = v->table;

	for (size_t i = 0; i < t->n_columns; i++)
		v->shown[i] = !(t->columns[i].flags & TABLE_FILE) &&
			      (chosen ? list_setting_has(chosen, t->columns[i].name)
				      : !(t->columns[i].flags & TABLE_EXTRA));
	v->shown[0] = true;
}

static bool read_times(struct request *r, const struct table *t, struct when *ret, struct err *e)
{
	if (t->times == TABLE_BOTH_TIMES)
		return request_when(r, ret, e);
	*ret = (struct when){ .as_of = r->today };
	return t->times == TABLE_NOW || request_as_of(r, &ret->as_of, e);
}

bool table_read(struct request *r, const struct table *t, struct table_view *ret, struct err *e)
{
	struct table_view v = { .table = t, .path = r->path, .sort = -1 };
	struct list_setting setting = { 0 };

	table_check(t);
	for (size_t i = 0; i < t->n_filters; i++) {
		if (!read_filter(&t->filters[i], request_query(r, t->filters[i].name), &v.value[i],
				 e))
			return false;
	}
	if (!read_sort(request_query(r, "sort"), &v, e) ||
	    !read_format(request_query(r, "format"), &v.format, e) ||
	    !read_times(r, t, &v.when, e) ||
	    !list_setting_get(r->db, r->arena, r->entity.id, r->user.id, t->name, &setting, e))
		return false;
	if (request_wants_json(r) && v.format == TABLE_PAGE)
		v.format = TABLE_JSON;
	v.after = request_query(r, "after");
	read_only(r, &v);
	show_columns(&v, setting.columns);
	if (setting.view_id && is_bare(r) && v.format == TABLE_PAGE) {
		v.is_answered = true;
		*ret = v;
		return respond_redirect(r, view_url(r, setting.view_id, setting.view_query));
	}
	*ret = v;
	return true;
}

/* ---- cells ------------------------------------------------------------------------------------- */

struct table_cell *table_begin_row(struct table_out *out, const char *key, const char *currency)
{
	memset(out->cell, 0, sizeof out->cell);
	out->key = key;
	out->currency = currency;
	return out->cell;
}

bool table_end_row(struct table_out *out, struct err *e)
{
	out->n++;
	return out->end(out, e);
}

struct arena *table_arena(struct table_out *out)
{
	return out->arena;
}

const struct catalogue *table_catalogue(const struct table_out *out)
{
	return out->cat;
}

const char *table_language(const struct table_out *out)
{
	return out->language;
}

bool table_is_page(const struct table_out *out)
{
	return out->is_page;
}

void cell_text(struct table_cell *c, const char *text)
{
	c->text = text;
	c->is_known = !str_empty(text);
}

void cell_link(struct table_cell *c, const char *text, const char *url)
{
	cell_text(c, text);
	c->url = url;
}

void cell_state(struct table_cell *c, const char *state, const char *word)
{
	cell_text(c, word);
	c->state = state;
}

void cell_amount(struct table_cell *c, int64_t minor)
{
	cell_count(c, minor);
}

void cell_count(struct table_cell *c, int64_t n)
{
	c->n = n;
	c->is_known = true;
}

void cell_day(struct table_cell *c, day_t d)
{
	c->n = d;
	c->is_known = d != DAY_NONE;
}

void cell_moment(struct table_cell *c, int64_t moment)
{
	c->n = moment;
	c->is_known = moment != 0;
}

/* ---- filters in words -------------------------------------------------------------------------- */

static const char *value_said(const struct catalogue *cat, const struct table_view *v, size_t i)
{
	const struct table_filter *f = &v->table->filters[i];

	if (v->said[i])
		return v->said[i];
	for (size_t k = 0; k < v->n_choices[i]; k++) {
		if (str_eq(v->choice[i][k].value, v->value[i]))
			return v->choice[i][k].text;
	}
	for (size_t k = 0; f->choices && k < f->n_choices; k++) {
		if (str_eq(f->choices[k].value, v->value[i]))
			return tr(cat, f->choices[k].text);
	}
	return str_eq(v->value[i], "-") ? tr(cat, "without") : v->value[i];
}

struct table_said *table_filters_said(struct arena *a, const struct catalogue *cat,
				      const struct table_view *v, size_t *ret_n)
{
	struct table_said *said = ARENA_ARRAY(a, v->table->n_filters + 1, struct table_said);
	size_t n = 0;

	for (size_t i = 0; i < v->table->n_filters; i++) {
		const struct table_filter *f = &v->table->filters[i];

		if (v->value[i])
			said[n++] = (struct table_said){ f->name, tr(cat, f->text),
							 value_said(cat, v, i) };
	}
	*ret_n = n;
	return said;
}
