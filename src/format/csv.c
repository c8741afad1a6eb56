/* SPDX-License-Identifier: Apache-2.0 */
#include "format/csv.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };

void csv_init(struct csv *c, const char *text, size_t len, char separator, bool has_quotes)
{
	*c = (struct csv){
		.text = text,
		.at = text,
		.end = text + len,
		.next_line = 1,
		.separator = separator,
		.stop = '\n',
		.has_quotes = has_quotes,
	};
	c->field = calloc(CSV_FIELDS_MAX, sizeof *c->field);
	ENSURE(c->field != NULL);
	if (len && !memchr(text, '\n', len) && memchr(text, '\r', len))
		c->stop = '\r';
}

void csv_done(struct csv *c)
{
	free(c->field);
	free(c->scratch);
	c->field = NULL;
	c->scratch = NULL;
}

/* One bit for each byte of the block that is a separator or a line end. */
static uint64_t marks_of(const char *block, const char *end, char separator, char stop)
{
	uint64_t marks = 0;

#ifdef __SSE2__
	if (end - block >= BLOCK) {
		const __m128i sep = _mm_set1_epi8(separator), eol = _mm_set1_epi8(stop);
		for (int i = 0; i < BLOCK / 16; i++) {
			__m128i v;
			memcpy(&v, block + i * 16, sizeof v);
			v = _mm_or_si128(_mm_cmpeq_epi8(v, sep), _mm_cmpeq_epi8(v, eol));
			marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(v) << (i * 16);
		}
		return marks;
	}
#endif
	for (int i = 0; i < BLOCK && block + i < end; i++)
		marks |= (uint64_t)(block[i] == separator || block[i] == stop) << i;
	return marks;
}

/* Makes the marks hold for the block that begins at s. */
static void seek(struct csv *c, const char *s)
{
	c->block = s;
	c->marks = marks_of(s, c->end, c->separator, c->stop);
}

/* The next separator or line end at or after where the scanner stands; the text's end when none. */
static inline const char *next_mark(struct csv *c)
{
	const char *found;

	while (c->marks == 0) {
		if (c->end - c->block <= BLOCK) {
			c->block = c->end;
			return c->end;
		}
		seek(c, c->block + BLOCK);
	}
	found = c->block + __builtin_ctzll(c->marks);
	c->marks &= c->marks - 1;
	return found;
}

static bool scratch_add(struct csv *c, const char *s, size_t n)
{
	if (!c->scratch) {
		/* Fields point into the scratch, so it must not move: it gets its full size at once. */
		size_t room = (size_t)(c->end - c->text);
		c->scratch_room = room < CSV_ROW_MAX ? room : CSV_ROW_MAX;
		c->scratch = malloc(c->scratch_room);
		if (!c->scratch)
			return false;
	}
	if (c->scratch_room - c->scratch_used < n)
		return false;
	if (n)
		memcpy(c->scratch + c->scratch_used, s, n);
	c->scratch_used += n;
	return true;
}

static int64_t count_stops(const struct csv *c, const char *from, const char *to)
{
	int64_t n = 0;

	while (from < to && (from = memchr(from, c->stop, (size_t)(to - from))) != NULL) {
		n++;
		from++;
	}
	return n;
}

/* The closing mark of the quotation whose first character is at s; NULL when it never closes. */
static const char *closing_mark(const char *s, const char *end, bool *ret_doubled)
{
	const char *limit = end - s > CSV_FIELD_MAX ? s + CSV_FIELD_MAX : end;

	*ret_doubled = false;
	while (s < limit) {
		s = memchr(s, '"', (size_t)(limit - s));
		if (!s)
			return NULL;
		if (s + 1 == end || s[1] != '"')
			return s;
		*ret_doubled = true;
		s += 2;
	}
	return NULL;
}

/* Copies a quotation with its doubled marks made single, and whatever stands between its closing
 * mark and the separator. */
static bool unquote(struct csv *c, const char *s, const char *close, const char *mark,
		    struct csv_field *ret)
{
	size_t begin = c->scratch_used;

	while (s < close) {
		const char *q = memchr(s, '"', (size_t)(close - s));
		if (!q) {
			if (!scratch_add(c, s, (size_t)(close - s)))
				return false;
			break;
		}
		if (!scratch_add(c, s, (size_t)(q - s) + 1))
			return false;
		s = q + 2;
	}
	if (!scratch_add(c, close + 1, (size_t)(mark - close) - 1))
		return false;
	ret->s = c->scratch + begin;
	ret->n = c->scratch_used - begin;
	return true;
}

/* A field that begins with a quotation mark at s; ret_mark is the separator or line end behind it.
 */
static enum csv_fault quoted(struct csv *c, const char *s, struct csv_field *ret,
			     const char **ret_mark)
{
	bool doubled;
	const char *close = closing_mark(s + 1, c->end, &doubled), *mark, *tail;

	if (!close)
		return CSV_UNCLOSED;
	seek(c, close + 1);
	mark = next_mark(c);
	c->next_line += count_stops(c, s, close);
	*ret_mark = mark;
	tail = close + 1;
	while (tail < mark && (*tail == ' ' || *tail == '\r'))
		tail++;
	if (!doubled && tail == mark) {
		*ret = (struct csv_field){ s + 1, (size_t)(close - s) - 1 };
		return CSV_OK;
	}
	return unquote(c, s + 1, close, tail == mark ? close + 1 : mark, ret) ? CSV_OK
									      : CSV_TOO_LONG;
}

/* Gives up the row: goes on behind the end of the line where it began. */
static void skip_line(struct csv *c, const char *row, enum csv_fault fault)
{
	const char *stop = memchr(row, c->stop, (size_t)(c->end - row));

	c->fault = fault;
	c->n = 0;
	c->at = stop ? stop + 1 : c->end;
	c->next_line = c->line + 1;
	seek(c, c->at);
}

/* Whether the row, from its first field to f, keeps the ceilings. */
static enum csv_fault ceilings(const struct csv *c, const struct csv_field *f, const char *row,
			       const char *mark)
{
	if (f == c->field + CSV_FIELDS_MAX - 1)
		return CSV_TOO_MANY;
	if (mark - row <= CSV_FIELD_MAX)
		return CSV_OK;
	for (const struct csv_field *v = c->field; v <= f; v++)
		if (v->n > CSV_FIELD_MAX)
			return CSV_TOO_LONG;
	return mark - row > CSV_ROW_MAX ? CSV_TOO_LONG : CSV_OK;
}

/* A row of a text without quotation, from one mark to the next. What it goes through is kept beside the struct: a field
 * that is written might be any part of it, for all that the compiler knows. */
static enum csv_fault plain_row(struct csv *c, const char *row, struct csv_field **ret_last,
				const char **ret_mark)
{
	struct csv_field *f = c->field, *const last = f + CSV_FIELDS_MAX - 1;
	const char *s = row, *block = c->block, *mark, *const end = c->end;
	const char separator = c->separator, stop = c->stop;
	uint64_t marks = c->marks;

	for (;; s = mark + 1, f++) {
		while (marks == 0 && end - block > BLOCK) {
			block += BLOCK;
			marks = marks_of(block, end, separator, stop);
		}
		mark = marks ? block + __builtin_ctzll(marks) : end;
		marks &= marks - 1;
		*f = (struct csv_field){ s, (size_t)(mark - s) };
		if (mark == end || *mark == stop || f == last)
			break;
	}
	c->block = block;
	c->marks = marks;
	*ret_last = f;
	*ret_mark = mark;
	return ceilings(c, f, row, mark);
}

/* The same where a field may be quoted. */
static enum csv_fault quoted_row(struct csv *c, const char *row, struct csv_field **ret_last,
				 const char **ret_mark)
{
	struct csv_field *f = c->field, *const last = f + CSV_FIELDS_MAX - 1;
	const char *s = row, *block = c->block, *mark, *const end = c->end;
	const char separator = c->separator, stop = c->stop;
	uint64_t marks = c->marks;

	for (;; s = mark + 1, f++) {
		if (s < end && *s == '"') {
			enum csv_fault fault = quoted(c, s, f, &mark);
			if (fault != CSV_OK)
				return fault;
			block = c->block;
			marks = c->marks;
		} else {
			while (marks == 0 && end - block > BLOCK) {
				block += BLOCK;
				marks = marks_of(block, end, separator, stop);
			}
			mark = marks ? block + __builtin_ctzll(marks) : end;
			marks &= marks - 1;
			*f = (struct csv_field){ s, (size_t)(mark - s) };
		}
		if (mark - row > CSV_ROW_MAX)
			return CSV_TOO_LONG;
		if (mark == end || *mark == stop || f == last)
			break;
	}
	c->block = block;
	c->marks = marks;
	*ret_last = f;
	*ret_mark = mark;
	return ceilings(c, f, row, mark);
}

bool csv_next(struct csv *c)
{
	const char *row = c->at, *mark;
	struct csv_field *f;
	enum csv_fault fault;

	if (row >= c->end)
		return false;
	if (!c->block)
		seek(c, row);
	c->line = c->next_line;
	c->fault = CSV_OK;
	c->scratch_used = 0;
	fault = c->has_quotes ? quoted_row(c, row, &f, &mark) : plain_row(c, row, &f, &mark);
	if (fault != CSV_OK) {
		skip_line(c, row, fault);
		return true;
	}
	c->n = (size_t)(f - c->field) + 1;
	c->at = mark == c->end ? mark : mark + 1;
	c->next_line++;
	while (f->n && f->s[f->n - 1] == '\r')
		f->n--;
	return true;
}

/* How evenly a separator splits: rows of the usual width, and that width. */
struct evenness {
	int rows, usual;
	size_t width;
};

static struct evenness evenness_of(const char *text, size_t len, char separator)
{
	enum { ROWS = 100, WIDTHS = 256 };
	int count[WIDTHS] = { 0 };
	struct evenness ev = { 0 };
	struct csv c;

	csv_init(&c, text, len, separator, true);
	while (ev.rows < ROWS && csv_next(&c)) {
		if (c.n == 0 || (c.n == 1 && c.field[0].n == 0))
			continue;
		ev.rows++;
		count[c.n < WIDTHS ? c.n : WIDTHS - 1]++;
	}
	csv_done(&c);
	for (size_t w = 2; w < WIDTHS; w++)
		if (count[w] > ev.usual) {
			ev.usual = count[w];
			ev.width = w;
		}
	return ev;
}

char csv_separator(const char *text, size_t len)
{
	/* The comma last: with decimal commas it splits evenly too. */
	static const char candidates[] = { ';', '\t', '|', ',' };
	struct evenness best = { 0 };
	char found = 0;

	if (len > (256 << 10))
		len = 256 << 10;
	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
		struct evenness ev = evenness_of(text, len, candidates[i]);
		/* Clearly more rows of one width, or as many and wider by half. */
		if (ev.usual * 4 > best.usual * 5 ||
		    (ev.usual * 5 >= best.usual * 4 && ev.width * 2 > best.width * 3)) {
			best = ev;
			found = candidates[i];
		}
	}
	return found;
}
