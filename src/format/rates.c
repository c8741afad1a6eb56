/* SPDX-License-Identifier: Apache-2.0 */
#include "format/rates.h"

#include "base/list.h"
#include "base/money.h"
#include "base/text.h"
#include "format/report.h"

enum { CELLS_MAX = 128, CELL_MAX = 200 };

static const char ecb_source[] = "ECB, euro foreign exchange reference rates";

struct reading {
	struct arena *arena;
	LIST_OF(struct rates_row) rows;
	const char *cell[CELLS_MAX];
	size_t n_cells;
	int64_t line;
};

static bool add(struct reading *r, struct rates_row row, struct err *e)
{
	if (r->rows.n == RATES_MAX_ROWS)
		return err_set(e, ERR_LIMIT, "more than %d rates in one file", RATES_MAX_ROWS);
	*LIST_ADD(r->arena, &r->rows) = row;
	return true;
}

static bool wrong(const struct reading *r, const char *what, const char *value, struct err *e)
{
	return err_set(e, ERR_FORMAT, "line %" PRId64 ": %s \"%.40s\"", r->line, what, value);
}

/* ---- tables -------------------------------------------------------------------------------------- */

/* One line into cells; quotes around a cell are dropped, none of these files has one inside. */
static bool split(struct reading *r, const char *line, size_t n, char separator, struct err *e)
{
	size_t from = 0;

	r->n_cells = 0;
	for (size_t i = 0; i <= n; i++) {
		size_t begin = from, end = i;

		if (i < n && line[i] != separator)
			continue;
		from = i + 1;
		while (begin < end && (line[begin] == ' ' || line[begin] == '"'))
			begin++;
		while (end > begin && (line[end - 1] == ' ' || line[end - 1] == '"'))
			end--;
		if (r->n_cells == CELLS_MAX || end - begin > CELL_MAX)
			return err_set(e, ERR_LIMIT, "line %" PRId64 " is too long", r->line);
		r->cell[r->n_cells++] = arena_strndup(r->arena, line + begin, end - begin);
	}
	return true;
}

enum layout { LAYOUT_NONE, LAYOUT_ECB, LAYOUT_LIST, LAYOUT_LAW };

static bool heads_are(const struct reading *r, const char *const *heads, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i >= r->n_cells ||
		    strcmp(text_lower_ascii(r->arena, r->cell[i]), heads[i]) != 0)
			return false;
	}
	return true;
}

#define HEADS(...) \
	(const char *const[]){ __VA_ARGS__ }, ARRAY_LEN(((const char *const[]){ __VA_ARGS__ }))

static enum layout layout_of(const struct reading *r)
{
	if (heads_are(r, HEADS("currency", "date", "rate")) ||
	    heads_are(r, HEADS("devise", "date", "cours")))
		return LAYOUT_LIST;
	if (heads_are(r, HEADS("name", "from", "to", "value", "source")) ||
	    heads_are(r, HEADS("nom", "du", "au", "valeur", "source")))
		return LAYOUT_LAW;
	if (heads_are(r, HEADS("date")) && r->n_cells > 1 && currency_is_code(r->cell[1]))
		return LAYOUT_ECB;
	return LAYOUT_NONE;
}

static bool take_ecb(struct reading *r, const char *const *currency, size_t n, struct err *e)
{
	day_t day;

	if (!date_parse(r->cell[0], &day, NULL))
		return wrong(r, "no date", r->cell[0], e);
	for (size_t i = 1; i < r->n_cells; i++) {
		if (r->cell[i][0] == '\0' || strcmp(r->cell[i], "N/A") == 0)
			continue;
		if (i >= n || currency[i][0] == '\0')
			return wrong(r, "a rate under no currency", r->cell[i], e);
		if (!add(r,
			 (struct rates_row){ currency[i], day, DAY_NONE, r->cell[i], ecb_source },
			 e))
			return false;
	}
	return true;
}

static bool take_list(struct reading *r, struct err *e)
{
	day_t day;

	if (r->n_cells < 3 || !currency_is_code(r->cell[0]))
		return wrong(r, "no currency", r->cell[0], e);
	if (!date_parse(r->cell[1], &day, NULL))
		return wrong(r, "no date", r->cell[1], e);
	return add(r, (struct rates_row){ r->cell[0], day, DAY_NONE, r->cell[2], "file" }, e);
}

static bool take_law(struct reading *r, struct err *e)
{
	struct rates_row row = { .name = r->cell[0], .to_on = DAY_NONE };

	if (r->n_cells < 5 || r->cell[0][0] == '\0' || r->cell[4][0] == '\0')
		return wrong(r, "a rate needs a name and a source", r->cell[0], e);
	if (!date_parse(r->cell[1], &row.from_on, NULL))
		return wrong(r, "no date", r->cell[1], e);
	if (r->cell[2][0] && !date_parse(r->cell[2], &row.to_on, NULL))
		return wrong(r, "no date", r->cell[2], e);
	row.value = r->cell[3];
	row.source = r->cell[4];
	return add(r, row, e);
}

static bool take_line(struct reading *r, enum layout layout, const char *const *head, size_t n_head,
		      struct err *e)
{
	switch (layout) {
	case LAYOUT_ECB:
		return take_ecb(r, head, n_head, e);
	case LAYOUT_LIST:
		return take_list(r, e);
	case LAYOUT_LAW:
		return take_law(r, e);
	case LAYOUT_NONE:
		break;
	}
	return err_set(e, ERR_FORMAT, "this is no file of rates that is known here");
}

/* Every currency of the ECB's head is checked before a line is read. */
static bool check_heads(const struct reading *r, enum layout layout, struct err *e)
{
	for (size_t i = 1; layout == LAYOUT_ECB && i < r->n_cells; i++) {
		if (r->cell[i][0] && !currency_is_code(r->cell[i]))
			return wrong(r, "no currency", r->cell[i], e);
	}
	return layout != LAYOUT_NONE ||
	       err_set(e, ERR_FORMAT, "this is no file of rates that is known here");
}

static bool read_table(struct reading *r, const char *text, size_t n, enum layout *ret_layout,
		       struct err *e)
{
	const char *head[CELLS_MAX];
	size_t n_head = 0, first = strcspn(text, "\n");
	char separator = memchr(text, ';', first < n ? first : n) ? ';' : ',';
	enum layout layout = LAYOUT_NONE;

	for (size_t from = 0; from < n;) {
		size_t length = strcspn(text + from, "\n");
		size_t kept = length && text[from + length - 1] == '\r' ? length - 1 : length;

		r->line++;
		if (kept > 0 && !split(r, text + from, kept, separator, e))
			return false;
		from += length + 1;
		if (kept == 0)
			continue;
		if (n_head == 0) {
			layout = layout_of(r);
			if (!check_heads(r, layout, e))
				return false;
			memcpy(head, r->cell, sizeof head);
			n_head = r->n_cells;
		} else if (!take_line(r, layout, head, n_head, e)) {
			return false;
		}
	}
	*ret_layout = layout;
	return true;
}

/* ---- the ECB's XML: only Cube elements and three attributes matter -------------------------------- */

/* The attribute's value within the element [s, end), NULL when absent. */
static const char *attribute(struct reading *r, const char *s, const char *end, const char *name)
{
	size_t n = strlen(name);

	for (; s + n + 3 < end; s++) {
		char quote = s[n + 1];
		const char *close;

		if (s[-1] != ' ' || strncmp(s, name, n) != 0 || s[n] != '=' ||
		    (quote != '"' && quote != '\''))
			continue;
		close = memchr(s + n + 2, quote, (size_t)(end - (s + n + 2)));
		return close && close - (s + n + 2) <= CELL_MAX
			       ? arena_strndup(r->arena, s + n + 2, (size_t)(close - (s + n + 2)))
			       : NULL;
	}
	return NULL;
}

static bool read_xml(struct reading *r, const char *text, struct err *e)
{
	day_t day = DAY_NONE;

	for (const char *s = strstr(text, "<Cube"); s; s = strstr(s + 5, "<Cube")) {
		const char *end = strchr(s, '>');
		const char *time, *currency, *rate;

		if (!end)
			return err_set(e, ERR_FORMAT, "the file is cut short");
		r->line++;
		time = attribute(r, s + 5, end, "time");
		currency = attribute(r, s + 5, end, "currency");
		rate = attribute(r, s + 5, end, "rate");
		if (time && !date_parse(time, &day, NULL))
			return wrong(r, "no date", time, e);
		if (!currency && !rate)
			continue;
		if (!currency || !rate || !currency_is_code(currency) || day == DAY_NONE)
			return wrong(r, "no currency", currency ? currency : "", e);
		if (!add(r, (struct rates_row){ currency, day, DAY_NONE, rate, ecb_source }, e))
			return false;
	}
	return true;
}

bool rates_read(const char *text, size_t n, struct arena *a, struct rates_file *ret, struct err *e)
{
	struct reading r = { .arena = a };
	enum layout layout = LAYOUT_ECB;
	char *copy;

	if (n > RATES_MAX_BYTES)
		return err_set(e, ERR_LIMIT, "a file of rates has at most %d MB",
			       RATES_MAX_BYTES >> 20);
	if (!text_is_utf8(text, n))
		return err_set(e, ERR_FORMAT, "the file is not UTF-8 text");
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	copy = arena_strndup(a, text, n);
	if (strncmp(copy, "<?xml", 5) == 0 ? !read_xml(&r, copy, e)
					   : !read_table(&r, copy, n, &layout, e))
		return false;
	if (r.rows.n == 0)
		return err_set(e, ERR_FORMAT, "the file holds no rate");
	*ret = (struct rates_file){ layout != LAYOUT_LAW, r.rows.at, r.rows.n };
	return true;
}

/* ---- as records ---------------------------------------------------------------------------------- */

static const char *day_cell(struct arena *a, day_t d)
{
	return d == DAY_NONE ? NULL : arena_strdup(a, date_format(d, (char[DATE_TEXT]){ 0 }));
}

static bool give_row(const struct rates_row *row, int64_t line, struct arena *a,
		     const struct sink *sink, struct err *e)
{
	const char *cell[RATES_CELLS] = {
		[RATES_NAME] = row->name,
		[RATES_FROM] = day_cell(a, row->from_on),
		[RATES_TO] = day_cell(a, row->to_on),
		[RATES_VALUE] = row->value,
		[RATES_SOURCE] = row->source,
	};
	struct csv_row r = { .line = line, .n = RATES_CELLS, .cell = cell };

	return sink->take(sink->arg, &(struct record){ .kind = RECORD_CSV_ROW, .row = &r }, e);
}

static bool give(const struct rates_file *f, struct arena *a, struct parse_total *total,
		 const struct sink *sink, struct err *e)
{
	static const struct csv_column column[RATES_CELLS] = {
		[RATES_NAME] = { .name = "name" },     [RATES_FROM] = { .name = "from" },
		[RATES_TO] = { .name = "to" },         [RATES_VALUE] = { .name = "value" },
		[RATES_SOURCE] = { .name = "source" },
	};
	struct csv_columns columns = { .line = 1,
				       .sheet = f->is_exchange ? "exchange" : "law",
				       .n = RATES_CELLS,
				       .at = column };
	struct report report = { .sink = sink };

	if (!sink->take(sink->arg,
			&(struct record){ .kind = RECORD_CSV_COLUMNS, .columns = &columns }, e))
		return false;
	for (size_t i = 0; i < f->n; i++) {
		if (!give_row(&f->row[i], (int64_t)i + 2, a, sink, e))
			return false;
	}
	total->format = FORMAT_RATES;
	total->encoding = "UTF-8";
	total->n_records = (int64_t)f->n;
	total->n_columns = RATES_CELLS;
	return report_total(&report, total, e);
}

bool rates_records(const char *text, size_t n, struct parse_total *total, const struct sink *sink,
		   struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)1 << 30);
	struct rates_file f;

	return rates_read(text, n, a, &f, e) && give(&f, a, total, sink, e);
}
