/* SPDX-License-Identifier: Apache-2.0 */
/* table_file.c - a list as a file: CSV, workbook or JSON, all rows of the filter, row by row. */
#include "web/table_private.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "base/scratch_file.h"
#include "db/event.h"
#include "i18n/amount.h"
#include "web/sheet.h"
#include "web/show.h"

#include <stdio.h>
#include <unistd.h>

enum { ROW_MEMORY = 4 << 20, FLUSH_AT = 1 << 16 };

struct writing {
	const struct table_file *file;
	const struct table_source *source;
	struct sheet *sheet; /* NULL: JSON */
	struct json json;
	struct buf *text;
	int fd;
	bool has_currency;
	struct table_out out;
	char last_key[200];
};

static enum sheet_cell sheet_kind_of(enum table_kind kind)
{
	switch (kind) {
	case TABLE_AMOUNT:
		return SHEET_MINOR;
	case TABLE_COUNT:
		return SHEET_INT;
	case TABLE_DAY:
		return SHEET_DAY;
	case TABLE_MOMENT:
		return SHEET_MOMENT;
	case TABLE_TEXT:
	case TABLE_LINK:
	case TABLE_STATE:
		break;
	}
	return SHEET_TEXT;
}

static bool has_amounts(const struct table *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->columns[i].kind == TABLE_AMOUNT)
			return true;
	}
	return false;
}

/* ---- spreadsheets ------------------------------------------------------------------------------ */

static void put_cell(struct sheet *s, const struct table_column *c, const struct table_cell *cell,
		     const char *currency)
{
	if (!cell->is_known) {
		sheet_nothing(s);
		return;
	}
	switch (c->kind) {
	case TABLE_AMOUNT:
		sheet_minor(s, cell->n, currency);
		break;
	case TABLE_COUNT:
		sheet_int(s, cell->n);
		break;
	case TABLE_DAY:
		sheet_day(s, (day_t)cell->n);
		break;
	case TABLE_MOMENT:
		sheet_moment(s, cell->n);
		break;
	case TABLE_TEXT:
	case TABLE_LINK:
	case TABLE_STATE:
		sheet_text(s, cell->text);
		break;
	}
}

/* Keeps the key, which a next batch begins after, and gives the row's memory back. */
static bool end_row(struct writing *w, struct err *e)
{
	if ((size_t)snprintf(w->last_key, sizeof w->last_key, "%s", w->out.key) >=
	    sizeof w->last_key)
		return err_set(e, ERR_LIMIT, "a row's key is too long");
	arena_reset(w->out.arena);
	return true;
}

static bool sheet_row_end(struct table_out *out, struct err *e)
{
	struct writing *w = out->arg;
	const struct table *t = out->table;

	for (size_t i = 0; i < t->n_columns; i++)
		put_cell(w->sheet, &t->columns[i], &out->cell[i], out->currency);
	if (w->has_currency)
		sheet_text(w->sheet, out->currency);
	return sheet_end(w->sheet, e) && end_row(w, e);
}

static bool put_total(struct writing *w, const struct table_total *total, struct err *e)
{
	const struct table *t = w->file->table;
	struct table_cell cell = { .is_known = true };

	for (size_t i = 0; i < t->n_columns; i++) {
		cell.n = total->sum[i];
		if (i == 0)
			sheet_text(w->sheet, tr(w->file->cat, "Total"));
		else if (t->columns[i].flags & TABLE_SUMS)
			put_cell(w->sheet, &t->columns[i], &cell, total->currency);
		else
			sheet_nothing(w->sheet);
	}
	if (w->has_currency)
		sheet_text(w->sheet, total->currency);
	return sheet_end(w->sheet, e);
}

static bool put_facts(struct writing *w, struct err *e)
{
	static const struct sheet_column columns[] = { { NULL, SHEET_TEXT }, { NULL, SHEET_TEXT } };

	sheet_begin(w->sheet, tr(w->file->cat, "About this table"), columns, 2);
	for (size_t i = 0; i < w->file->n_facts; i++) {
		sheet_text(w->sheet, w->file->facts[i].term);
		sheet_text(w->sheet, w->file->facts[i].value);
		if (!sheet_end(w->sheet, e))
			return false;
	}
	return true;
}

static bool begin_sheet(struct writing *w, struct arena *a, struct err *e)
{
	const struct table_file *f = w->file;
	struct sheet_column column[TABLE_MAX_COLUMNS_SHOWN + 1];
	struct sheet_options o = { .kind = f->format == TABLE_CSV ? SHEET_CSV : SHEET_XLSX,
				   .language = f->language,
				   .utc_offset = f->utc_offset };
	size_t n = f->table->n_columns;

	if (!sheet_open(a, &o, &w->sheet, e))
		return false;
	for (size_t i = 0; i < n; i++)
		column[i] = (struct sheet_column){ tr(f->cat, f->table->columns[i].text),
						   sheet_kind_of(f->table->columns[i].kind) };
	column[n] = (struct sheet_column){ tr(f->cat, "Currency"), SHEET_TEXT };
	sheet_begin(w->sheet, tr(f->cat, f->table->title), column, n + w->has_currency);
	w->out.end = sheet_row_end;
	return true;
}

static bool end_sheet(struct writing *w, int *ret_fd, struct err *e)
{
	if (w->file->format == TABLE_XLSX) {
		sheet_total_rows(w->sheet);
		for (size_t i = 0; i < w->source->n_totals; i++) {
			if (!put_total(w, &w->source->totals[i], e))
				return false;
		}
		if (!put_facts(w, e))
			return false;
	}
	return sheet_close(w->sheet, ret_fd, e);
}

/* ---- JSON -------------------------------------------------------------------------------------- */

static bool flush(struct writing *w, struct err *e)
{
	if (!scratch_write(w->fd, buf_str(w->text), w->text->len, e))
		return false;
	buf_clear(w->text);
	return true;
}

static void json_cell(struct json *j, const struct table_column *c, const struct table_cell *cell,
		      const char *currency)
{
	char moment[CLOCK_TEXT];

	json_key(j, c->name);
	if (!cell->is_known)
		json_nothing(j);
	else if (c->kind == TABLE_AMOUNT)
		json_minor(j, cell->n, currency);
	else if (c->kind == TABLE_COUNT)
		json_int(j, cell->n);
	else if (c->kind == TABLE_DAY)
		json_day(j, (day_t)cell->n);
	else if (c->kind == TABLE_MOMENT)
		json_text(j, clock_format(cell->n, moment));
	else
		json_text(j, cell->text);
}

static bool json_row_end(struct table_out *out, struct err *e)
{
	struct writing *w = out->arg;

	json_open_object(&w->json);
	for (size_t i = 0; i < out->table->n_columns; i++)
		json_cell(&w->json, &out->table->columns[i], &out->cell[i], out->currency);
	if (w->has_currency)
		json_put_text(&w->json, "currency", out->currency);
	json_end(&w->json);
	return (w->text->len < FLUSH_AT || flush(w, e)) && end_row(w, e);
}

static bool begin_json(struct writing *w, struct arena *a, struct err *e)
{
	if (!scratch_file(&w->fd, e))
		return false;
	w->text = ARENA_NEW(a, struct buf);
	buf_init(w->text, a);
	json_init(&w->json, w->text);
	json_open_object(&w->json);
	json_key(&w->json, w->file->table->name);
	json_open_array(&w->json);
	w->out.end = json_row_end;
	return true;
}

static bool end_json(struct writing *w, int *ret_fd, struct err *e)
{
	struct json *j = &w->json;

	json_end(j);
	json_key(j, "totals");
	json_open_array(j);
	for (size_t k = 0; k < w->source->n_totals; k++) {
		const struct table_total *total = &w->source->totals[k];
		const struct table *t = w->file->table;

		json_open_object(j);
		json_put_int(j, "rows", total->n_rows);
		json_put_text(j, "currency", total->currency);
		for (size_t i = 0; i < t->n_columns; i++) {
			struct table_cell cell = { .n = total->sum[i], .is_known = true };

			if (t->columns[i].flags & TABLE_SUMS)
				json_cell(j, &t->columns[i], &cell, total->currency);
		}
		json_end(j);
	}
	json_end(j);
	json_end(j);
	buf_putc(w->text, '\n');
	if (!flush(w, e) || lseek(w->fd, 0, SEEK_SET) != 0)
		return false;
	*ret_fd = w->fd;
	w->fd = -1;
	return true;
}

/* ---- all rows ---------------------------------------------------------------------------------- */

static bool all_rows(struct writing *w, struct err *e)
{
	const struct table_source *s = w->source;
	size_t limit = s->batch ? s->batch : SIZE_MAX;
	char after[sizeof w->last_key];

	for (const char *from = NULL;; from = after) {
		int64_t before = w->out.n;

		if (!s->rows(s->arg, from, limit, &w->out, e))
			return false;
		if (s->batch == 0 || w->out.n - before < (int64_t)s->batch)
			return true;
		memcpy(after, w->last_key, sizeof after);
	}
}

static bool write_with(struct writing *w, struct arena *a, int *ret_fd, struct err *e)
{
	if (w->file->format == TABLE_JSON)
		return begin_json(w, a, e) && all_rows(w, e) && end_json(w, ret_fd, e);
	return begin_sheet(w, a, e) && all_rows(w, e) && end_sheet(w, ret_fd, e);
}

static void free_rows(void *arg)
{
	arena_free(arg);
}

static void close_text(void *arg)
{
	struct writing *w = arg;

	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

bool table_write(const struct table_file *f, const struct table_source *s, struct arena *a,
		 int *ret_fd, struct err *e)
{
	struct writing *w = ARENA_NEW(a, struct writing);

	table_check(f->table);
	ENSURE(f->format != TABLE_PAGE);
	w->file = f;
	w->source = s;
	w->fd = -1;
	w->has_currency = has_amounts(f->table);
	w->out = (struct table_out){ .table = f->table,
				     .arena = arena_new(ROW_MEMORY),
				     .cat = f->cat,
				     .language = f->language,
				     .arg = w };
	arena_defer(a, free_rows, w->out.arena);
	arena_defer(a, close_text, w);
	if (arena_exhausted(w->out.arena))
		return err_set(e, ERR_LIMIT, "a row of the table is too large");
	return write_with(w, a, ret_fd, e);
}

/* ---- asked by a browser ------------------------------------------------------------------------ */

static struct table_fact fact(const char *term, const char *value)
{
	return (struct table_fact){ term, value };
}

/* Which filter, as of when, known when, by whom, made when. */
static struct table_fact *facts_of(struct request *r, struct page *p, const struct table_view *v,
				   const struct table_source *s, size_t *ret_n)
{
	struct table_said *said;
	struct table_fact *f;
	int64_t known = v->when.known_at ? v->when.known_at : r->now;
	size_t n_said, n = 0;

	said = table_filters_said(r->arena, r->cat, v, &n_said);
	f = ARENA_ARRAY(r->arena, n_said + 10, struct table_fact);
	f[n++] = fact(tr(r->cat, "Table"), tr(r->cat, v->table->title));
	f[n++] = fact(tr(r->cat, "Company"), r->entity.name);
	if (v->table->times != TABLE_NOW)
		f[n++] = fact(tr(r->cat, "As of"), show_day(p, v->when.as_of));
	f[n++] = fact(tr(r->cat, "Known at"), show_moment(p, known));
	for (size_t i = 0; i < n_said; i++)
		f[n++] = fact(said[i].text, said[i].value);
	if (n_said == 0)
		f[n++] = fact(tr(r->cat, "Filters"), tr(r->cat, "none"));
	if (v->n_only > 0)
		f[n++] = fact(tr(r->cat, "Rows ticked"), show_count(p, (int64_t)v->n_only));
	if (v->sort >= 0)
		f[n++] = fact(tr(r->cat, "Sorted by"), tr(r->cat, v->table->columns[v->sort].text));
	f[n++] =
		fact(tr(r->cat, "Rows"), show_count(p, v->n_only ? (int64_t)v->n_only : s->n_rows));
	f[n++] = fact(tr(r->cat, "Made by"), r->user.name);
	f[n++] = fact(tr(r->cat, "Made at"), show_moment(p, r->now));
	*ret_n = n;
	return f;
}

struct telling {
	const struct request *request;
	const struct event *event;
};

static bool tell_tx(struct db *db, void *arg, struct err *e)
{
	const struct telling *t = arg;

	return event_add(db, t->event, NULL, e);
}

/* Data leaves the house: the log says which, and by whom. */
static bool tell(struct request *r, const struct table_view *v, const struct table_source *s,
		 const char *suffix, struct err *e)
{
	struct buf b;
	struct json j;
	struct event ev = { .entity_id = r->entity.id,
			    .kind = "list.exported",
			    .subject_kind = "list",
			    .actor = r->actor,
			    .recorded = r->now };

	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "list", v->table->name);
	json_put_text(&j, "format", suffix);
	json_put_text(&j, "address", r->target);
	json_put_int(&j, "rows", v->n_only ? (int64_t)v->n_only : s->n_rows);
	json_end(&j);
	ev.body = buf_str(&b);
	return db_tx(r->db, tell_tx, &(struct telling){ r, &ev }, e);
}

bool table_send(struct request *r, const struct table_view *v, const struct table_source *s,
		struct err *e)
{
	static const char *const suffixes[] = { "", "csv", "xlsx", "json" };
	const char *suffix = suffixes[v->format];
	struct page *p = page_begin(r, "", "");
	struct table_file f = { .table = v->table,
				.format = v->format,
				.cat = r->cat,
				.language = catalogue_language(r->cat),
				.utc_offset = p->utc_offset };
	char day[DATE_TEXT];
	const char *name = arena_printf(r->arena, "encours-%s-%s.%s", v->table->name,
					date_format(v->when.as_of, day), suffix);
	int fd;

	f.facts = facts_of(r, p, v, s, &f.n_facts);
	if (!table_write(&f, s, r->arena, &fd, e))
		return false;
	if (!tell(r, v, s, suffix, e)) {
		close(fd);
		return false;
	}
	return respond_file(
		r, fd,
		v->format == TABLE_JSON
			? "application/json"
			: sheet_media_type(v->format == TABLE_CSV ? SHEET_CSV : SHEET_XLSX),
		name, v->format != TABLE_JSON, e);
}
