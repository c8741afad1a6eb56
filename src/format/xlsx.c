/* SPDX-License-Identifier: Apache-2.0 */
#include "format/xlsx.h"

#include "base/list.h"
#include "base/map.h"
#include "format/grid.h"
#include "format/xlsx_value.h"
#include "format/xml.h"
#include "format/zip.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAME_ROOM = 256, STRINGS_BYTES_MAX = 512 << 20, ROW_START = 4096 };

/* A sheet as the workbook lists it. */
struct sheet {
	const char *name, *relation;
	bool is_hidden;
};

struct xlsx {
	struct zip zip;
	struct arena *arena;
	bool is_1904;
	LIST_OF(struct sheet) sheets;
	struct map targets; /* relation to path */
	LIST_OF(const char *) strings;
	struct map formats;   /* id of a number format to itself, when it shows a day */
	LIST_OF(bool) styles; /* of cells: whether they show a day */
	const char *sheet_path;
	struct zip_entry sheet_entry;
	struct sheet *sheet;

	/* The element under work. */
	char text[XML_TEXT_MAX + 1]; /* of a shared string, over its runs */
	size_t text_len;
	bool in_phonetic, in_styles_cells;

	/* The row under work. */
	grid_row_fn *row;
	void *row_arg;
	struct csv_field *cell;
	char *row_text;
	size_t row_used, row_room, n_cells;
	int64_t row_number, n_fed;
	size_t column;
	char type[16], reference[16];
	bool is_date, has_formula, has_value;
};

/* ---- parts of the archive ---- */

static bool feed_piece(void *x, const char *piece, size_t n, struct err *e)
{
	return xml_feed(x, piece, n, e);
}

/* Reads one XML part of the workbook with a handler. */
static bool read_part(struct xlsx *w, const struct zip_entry *f, const struct xml_handler *h,
		      struct err *e)
{
	struct xml *x = xml_new(h, w, e);
	bool ok = x && zip_unpack(&w->zip, f, feed_piece, x, e) && xml_end(x, e);

	xml_free(x);
	return ok;
}

static bool no_end(UNUSED void *arg, UNUSED struct xml *x, UNUSED const char *name,
		   UNUSED const char *text, UNUSED size_t n, UNUSED struct err *e)
{
	return true;
}

static bool too_large(struct err *e)
{
	return err_set(e, ERR_LIMIT, "the workbook is too large");
}

/* workbook.xml: the sheets in their order, and since when days are counted. */
static bool workbook_start(void *arg, struct xml *x, const char *name, struct err *e)
{
	struct xlsx *w = arg;
	struct sheet *s;

	if (str_eq(name, "workbookPr")) {
		const char *v = xml_attribute(x, "date1904");
		w->is_1904 = str_eq(v, "1") || str_eq(v, "true");
	}
	if (!str_eq(name, "sheet"))
		return true;
	if (w->sheets.n == XLSX_SHEETS_MAX)
		return too_large(e);
	s = LIST_ADD(w->arena, &w->sheets);
	s->name = arena_strdup(w->arena, xml_attribute(x, "name"));
	s->is_hidden = str_starts(xml_attribute(x, "state"), "hidden") ||
		       str_starts(xml_attribute(x, "state"), "veryHidden");
	s->relation = arena_strdup(w->arena, xml_attribute(x, "id"));
	return true;
}

static bool relations_start(void *arg, struct xml *x, const char *name, UNUSED struct err *e)
{
	struct xlsx *w = arg;
	char id[NAME_ROOM], target[NAME_ROOM];
	const char *path = target;

	if (!str_eq(name, "Relationship") || w->targets.n >= ZIP_ENTRIES_MAX)
		return true;
	snprintf(id, sizeof id, "%s", xml_attribute(x, "Id"));
	snprintf(target, sizeof target, "%s", xml_attribute(x, "Target"));
	if (*path == '/')
		map_set(&w->targets, id, arena_strdup(w->arena, path + 1));
	else
		map_set(&w->targets, id, arena_printf(w->arena, "xl/%s", path));
	return true;
}

/* sharedStrings.xml: one si per string, its text in one t or in the t of several runs. */
static bool strings_start(void *arg, UNUSED struct xml *x, const char *name, UNUSED struct err *e)
{
	struct xlsx *w = arg;

	if (str_eq(name, "si"))
		w->text_len = 0;
	else if (str_eq(name, "rPh"))
		w->in_phonetic = true;
	return true;
}

/* Adds a run; what is longer than a text may be is an error, not a cut. */
static bool add_run(struct xlsx *w, const char *text, size_t n, struct err *e)
{
	if (w->text_len + n > XML_TEXT_MAX)
		return too_large(e);
	memcpy(w->text + w->text_len, text, n);
	w->text_len += n;
	w->text[w->text_len] = 0;
	return true;
}

static bool strings_end(void *arg, UNUSED struct xml *x, const char *name, const char *text,
			size_t n, struct err *e)
{
	struct xlsx *w = arg;

	if (str_eq(name, "rPh")) {
		w->in_phonetic = false;
	} else if (str_eq(name, "t") && !w->in_phonetic) {
		return add_run(w, text, n, e);
	} else if (str_eq(name, "si")) {
		if (w->strings.n == XLSX_STRINGS_MAX || arena_used(w->arena) > STRINGS_BYTES_MAX)
			return too_large(e);
		*LIST_ADD(w->arena, &w->strings) = arena_strndup(w->arena, w->text, w->text_len);
	}
	return true;
}

/* styles.xml: which of the cells' styles show a day. */
static bool styles_start(void *arg, struct xml *x, const char *name, struct err *e)
{
	struct xlsx *w = arg;

	if (str_eq(name, "numFmt") && w->formats.n < XLSX_STYLES_MAX) {
		char id[NAME_ROOM];
		snprintf(id, sizeof id, "%s", xml_attribute(x, "numFmtId"));
		if (xlsx_format_is_date(xml_attribute(x, "formatCode")))
			map_set(&w->formats, id, w);
	} else if (str_eq(name, "cellXfs")) {
		w->in_styles_cells = true;
	} else if (str_eq(name, "xf") && w->in_styles_cells) {
		const char *id = xml_attribute(x, "numFmtId");
		if (w->styles.n == XLSX_STYLES_MAX)
			return too_large(e);
		*LIST_ADD(w->arena, &w->styles) =
			map_get(&w->formats, id) || xlsx_builtin_is_date(strtoll(id, NULL, 10));
	}
	return true;
}

static bool styles_end(void *arg, UNUSED struct xml *x, const char *name, UNUSED const char *text,
		       UNUSED size_t n, UNUSED struct err *e)
{
	struct xlsx *w = arg;

	if (str_eq(name, "cellXfs"))
		w->in_styles_cells = false;
	return true;
}

/* ---- the sheet ---- */

/* "BC12": column 54 (from 0); SIZE_MAX when there is none. */
static size_t column_of(const char *reference)
{
	size_t column = 0;

	if (*reference < 'A' || *reference > 'Z')
		return SIZE_MAX;
	for (; *reference >= 'A' && *reference <= 'Z' && column < 100000; reference++)
		column = column * 26 + (size_t)(*reference - 'A') + 1;
	return column - 1;
}

static void begin_cell(struct xlsx *w, struct xml *x)
{
	const char *style = xml_attribute(x, "s");
	size_t column, id = (size_t)strtoul(style, NULL, 10);

	w->is_date = *style && id < w->styles.n && w->styles.at[id];
	snprintf(w->type, sizeof w->type, "%s", xml_attribute(x, "t"));
	snprintf(w->reference, sizeof w->reference, "%s", xml_attribute(x, "r"));
	column = column_of(w->reference);
	if (column != SIZE_MAX)
		w->column = column;
	w->has_formula = w->has_value = false;
	w->text_len = 0;
	w->text[0] = 0;
}

static bool sheet_start(void *arg, struct xml *x, const char *name, UNUSED struct err *e)
{
	struct xlsx *w = arg;

	if (str_eq(name, "row")) {
		const char *r = xml_attribute(x, "r");
		w->row_number = *r ? strtoll(r, NULL, 10) : w->row_number + 1;
		w->n_cells = w->row_used = w->column = 0;
	} else if (str_eq(name, "c")) {
		begin_cell(w, x);
	} else if (str_eq(name, "f")) {
		w->has_formula = true;
	} else if (str_eq(name, "v")) {
		w->has_value = true;
	} else if (str_eq(name, "rPh")) {
		w->in_phonetic = true;
	}
	return true;
}

/* Makes room for n bytes of the row's text; the cells follow it where it moves. */
static bool grow_row(struct xlsx *w, size_t n)
{
	char *more = n <= CSV_ROW_MAX ? malloc(n * 2) : NULL;

	if (!more)
		return false;
	if (w->row_used)
		memcpy(more, w->row_text, w->row_used);
	for (size_t i = 0; i < w->n_cells; i++)
		w->cell[i].s = more + (w->cell[i].s - w->row_text);
	free(w->row_text);
	w->row_text = more;
	w->row_room = n * 2;
	return true;
}

/* The cell's text into the row. */
static bool put_cell(struct xlsx *w, const char *s, size_t n, struct err *e)
{
	if (w->column >= CSV_FIELDS_MAX)
		return err_set(e, ERR_LIMIT, "cell %s: the sheet has more than %d columns",
			       w->reference, CSV_FIELDS_MAX);
	if (w->row_used + n > w->row_room && !grow_row(w, w->row_used + n))
		return too_large(e);
	while (w->n_cells <= w->column)
		w->cell[w->n_cells++] = (struct csv_field){ w->row_text, 0 };
	memcpy(w->row_text + w->row_used, s, n);
	w->cell[w->column] = (struct csv_field){ w->row_text + w->row_used, n };
	w->row_used += n;
	return true;
}

static bool put_number(struct xlsx *w, struct err *e)
{
	char number[XLSX_NUMBER_MAX], day[DATE_TEXT];
	day_t d;

	if (w->is_date && xlsx_day(w->text, w->text_len, w->is_1904, &d)) {
		date_format(d, day);
		return put_cell(w, day, strlen(day), e);
	}
	if (xlsx_number(w->text, w->text_len, number))
		return put_cell(w, number, strlen(number), e);
	return put_cell(w, w->text, w->text_len, e);
}

static bool end_cell(struct xlsx *w, struct err *e)
{
	const char *t = w->type;

	if (w->has_formula && !w->has_value)
		return err_field(
			e, ERR_FORMAT, w->reference,
			"cell %s has a formula without its value; open the workbook, let it "
			"calculate, save it",
			w->reference);
	if (str_eq(t, "e"))
		return err_field(e, ERR_FORMAT, w->reference, "cell %s shows the error %.20s",
				 w->reference, w->text);
	if (w->text_len == 0)
		return true;
	if (str_eq(t, "s")) {
		size_t i = (size_t)strtoul(w->text, NULL, 10);
		if (i >= w->strings.n)
			return err_set(e, ERR_FORMAT,
				       "the workbook is damaged: cell %s has no text",
				       w->reference);
		return put_cell(w, w->strings.at[i], strlen(w->strings.at[i]), e);
	}
	if (str_eq(t, "b"))
		return put_cell(w, str_eq(w->text, "1") ? "true" : "false",
				str_eq(w->text, "1") ? 4 : 5, e);
	if (str_eq(t, "d"))
		return put_cell(w, w->text, w->text_len < 10 ? w->text_len : 10, e);
	if (str_empty(t) || str_eq(t, "n"))
		return put_number(w, e);
	return put_cell(w, w->text, w->text_len, e); /* str, inlineStr */
}

static bool sheet_end(void *arg, UNUSED struct xml *x, const char *name, const char *text, size_t n,
		      struct err *e)
{
	struct xlsx *w = arg;

	if (str_eq(name, "v") || (str_eq(name, "t") && !w->in_phonetic)) {
		return add_run(w, text, n, e);
	} else if (str_eq(name, "rPh")) {
		w->in_phonetic = false;
	} else if (str_eq(name, "c")) {
		bool ok = end_cell(w, e);
		w->column++;
		return ok;
	} else if (str_eq(name, "row") && w->n_cells) {
		struct grid_row r = {
			.line = w->row_number, .field = w->cell, .n = w->n_cells, .done = w->n_fed
		};
		return w->row(w->row_arg, &r, e);
	}
	return true;
}

static bool feed_sheet(void *arg, const char *piece, size_t n, struct err *e)
{
	void **both = arg;
	struct xlsx *w = both[0];

	w->n_fed += (int64_t)n;
	return xml_feed(both[1], piece, n, e);
}

static bool walk_sheet(void *arg, grid_row_fn *row, void *row_arg, struct err *e)
{
	static const struct xml_handler handler = { sheet_start, sheet_end };
	struct xlsx *w = arg;
	struct xml *x = xml_new(&handler, w, e);
	void *both[2] = { w, x };
	bool ok;

	w->row = row;
	w->row_arg = row_arg;
	w->row_number = w->n_fed = 0;
	w->in_phonetic = false;
	ok = x && zip_unpack(&w->zip, &w->sheet_entry, feed_sheet, both, e) && xml_end(x, e);
	xml_free(x);
	return ok;
}

/* ---- the workbook ---- */

static bool choose_sheet(struct xlsx *w, const char *wanted, struct err *e)
{
	const char *path;

	for (size_t i = 0; i < w->sheets.n && !w->sheet; i++) {
		struct sheet *s = &w->sheets.at[i];
		if (wanted ? str_eq(s->name, wanted) : !s->is_hidden)
			w->sheet = s;
	}
	if (!w->sheet)
		return wanted ? err_set(e, ERR_FORMAT, "the workbook has no sheet \"%.80s\"",
					wanted)
			      : err_set(e, ERR_FORMAT, "the workbook has no visible sheet");
	path = map_get(&w->targets, w->sheet->relation);
	if (!path || !zip_find(&w->zip, path, &w->sheet_entry))
		return err_set(e, ERR_FORMAT,
			       "the workbook is damaged: its sheet \"%.80s\" is missing",
			       w->sheet->name);
	return true;
}

/* A part that may be missing. */
static bool read_optional(struct xlsx *w, const char *path, const struct xml_handler *h,
			  struct err *e)
{
	struct zip_entry f;

	return !zip_find(&w->zip, path, &f) || read_part(w, &f, h, e);
}

static bool open_workbook(struct xlsx *w, const char *wanted, struct err *e)
{
	static const struct xml_handler workbook = { workbook_start, no_end },
					relations = { relations_start, no_end },
					strings = { strings_start, strings_end },
					styles = { styles_start, styles_end };
	struct zip_entry f;

	if (!zip_find(&w->zip, "xl/workbook.xml", &f))
		return err_set(e, ERR_FORMAT, "the workbook is damaged: it has no list of sheets");
	return read_part(w, &f, &workbook, e) &&
	       read_optional(w, "xl/_rels/workbook.xml.rels", &relations, e) &&
	       choose_sheet(w, wanted, e) &&
	       read_optional(w, "xl/sharedStrings.xml", &strings, e) &&
	       read_optional(w, "xl/styles.xml", &styles, e);
}

static bool read_workbook(struct xlsx *w, const char *wanted, struct parse_total *total,
			  const struct sink *sink, struct err *e)
{
	CLEANUP(grid_done) struct grid g = { 0 };
	struct grid_source source = { .arg = w, .walk = walk_sheet };

	if (!open_workbook(w, wanted, e))
		return false;
	source.sheet = w->sheet->name;
	source.total = (int64_t)w->sheet_entry.unpacked;
	total->format = FORMAT_XLSX;
	if (!grid_init(&g, sink, total))
		return err_set(e, ERR_LIMIT, "no memory for the table");
	return grid_read(&g, &source, e) && report_total(&g.report, total, e);
}

bool xlsx_read(const char *bytes, size_t n, const struct parse_options *o,
	       struct parse_total *total, const struct sink *sink, struct err *e)
{
	struct xlsx *w = calloc(1, sizeof *w);
	bool ok = false;

	if (!w)
		return too_large(e);
	w->arena = arena_new((size_t)STRINGS_BYTES_MAX * 2);
	map_init(&w->targets, w->arena);
	map_init(&w->formats, w->arena);
	w->cell = calloc(CSV_FIELDS_MAX, sizeof *w->cell);
	if (!w->cell || !grow_row(w, ROW_START))
		too_large(e);
	else
		ok = zip_open(bytes, n, &w->zip, e) && read_workbook(w, o->sheet, total, sink, e);
	free(w->cell);
	free(w->row_text);
	arena_free(w->arena);
	free(w);
	return ok;
}
