/* SPDX-License-Identifier: Apache-2.0 */
#include "format/stream.h"

#include "format/csv.h"
#include "format/encoding.h"
#include "format/stream_layout.h"

/* The payload under work. */
struct payload {
	struct arena *arena;
	const char *at, *end;
	const char *why; /* what is wrong with it */
};

static bool broken(struct payload *p, const char *why)
{
	if (!p->why)
		p->why = why;
	return false;
}

static bool get_varint(struct payload *p, uint64_t *ret)
{
	uint64_t v = 0;

	/* Nearly always one byte. */
	if (p->at < p->end && (unsigned char)*p->at < 0x80) {
		*ret = (unsigned char)*p->at++;
		return true;
	}
	for (int shift = 0; shift < 64; shift += 7) {
		uint64_t b;
		if (p->at == p->end)
			return broken(p, "a number is cut off");
		b = (unsigned char)*p->at++;
		if (shift == 63 && b > 1)
			break;
		v |= (b & 0x7F) << shift;
		if (b < 0x80) {
			*ret = v;
			return true;
		}
	}
	return broken(p, "a number is too long");
}

static bool get_whole(struct payload *p, int64_t *ret)
{
	uint64_t v;

	if (!get_varint(p, &v))
		return false;
	*ret = (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
	return true;
}

/* Eight bytes that are ASCII from the space on. */
static bool is_plain8(uint64_t w)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;

	return ((w | (w - ones * 0x20)) & tops) == 0;
}

static bool is_clean_slowly(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 && s[i] != '\t' && s[i] != '\n' && s[i] != '\r')
			return false;
	return encoding_utf8_fault(s, n) == n;
}

/* Most texts are plain ASCII, and eight of their bytes are looked at together; the last ones with those before, or with
 * spaces. */
static bool is_clean(const char *s, size_t n)
{
	uint64_t w = UINT64_C(0x2020202020202020);
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		memcpy(&w, s + i, 8);
		if (!is_plain8(w))
			return is_clean_slowly(s + i, n - i);
	}
	if (n >= 8) {
		memcpy(&w, s + n - 8, 8);
	} else if (n >= 4) {
		memcpy(&w, s, 4);
		memcpy((char *)&w + 4, s + n - 4, 4);
	} else if (n >= 2) {
		memcpy(&w, s, 2);
		memcpy((char *)&w + 2, s + n - 2, 2);
	} else if (n) {
		memcpy(&w, s, 1);
	}
	return is_plain8(w) || is_clean_slowly(s + i, n - i);
}

static bool get_text(struct payload *p, const char **ret)
{
	uint64_t n;

	if (!get_varint(p, &n))
		return false;
	if (n == 0) {
		*ret = NULL;
		return true;
	}
	if (n > STREAM_TEXT_MAX || n > (uint64_t)(p->end - p->at))
		return broken(p, "a text is too long");
	if (p->at[n - 1] != 0 || !is_clean(p->at, n - 1))
		return broken(p, "a text is not clean UTF-8");
	*ret = p->at;
	p->at += n;
	return true;
}

static bool get_day(struct payload *p, day_t *ret)
{
	int64_t v;

	if (!get_whole(p, &v))
		return false;
	if (v != DAY_NONE && (v < -719162 || v > 2932896)) /* years 1 to 9999 */
		return broken(p, "a day is out of range");
	*ret = (day_t)v;
	return true;
}

static bool get_byte(struct payload *p, unsigned char max, unsigned char *ret)
{
	if (p->at == p->end || (unsigned char)*p->at > max)
		return broken(p, "a byte is out of range");
	*ret = (unsigned char)*p->at++;
	return true;
}

static bool get_count(struct payload *p, size_t *ret)
{
	uint64_t n;

	if (!get_varint(p, &n))
		return false;
	/* Each element takes a byte at least. */
	if (n > STREAM_LIST_MAX || n > (uint64_t)(p->end - p->at))
		return broken(p, "a list is too long");
	*ret = (size_t)n;
	return true;
}

static bool get_sample(struct payload *p, char *out)
{
	const char *s = NULL;

	if (!get_text(p, &s))
		return false;
	if (!s || strlen(s) >= VALUE_SAMPLE)
		return broken(p, "a sample is too long");
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool get_struct(struct payload *p, const struct layout *l, char *base);

static bool get_list(struct payload *p, const struct layout *of, size_t n, const void **ret)
{
	char *at;

	/* Elements are far larger in memory than on the wire: the arena must hold what the ceilings let
	 * through. */
	if (n > (size_t)(p->end - p->at) / of->n + 1 || arena_used(p->arena) > (size_t)1 << 30)
		return broken(p, "a list is too long");
	at = n ? arena_array(p->arena, n, of->size) : NULL;
	for (size_t i = 0; i < n; i++)
		if (!get_struct(p, of, at + i * of->size))
			return false;
	*ret = at;
	return true;
}

static bool get_cells(struct payload *p, size_t n, const void **ret)
{
	const char **cell;

	if (n > CSV_FIELDS_MAX)
		return broken(p, "a row has too many cells");
	cell = ARENA_ARRAY(p->arena, n ? n : 1, const char *);
	for (size_t i = 0; i < n; i++)
		if (!get_text(p, &cell[i]))
			return false;
	*ret = cell;
	return true;
}

static bool get_field(struct payload *p, const struct field *f, char *base, size_t *count)
{
	void *v = base + f->at;
	unsigned char b;
	uint64_t n;
	bool ok = true;

	switch (f->type) {
	case TEXT:
		return get_text(p, v);
	case SAMPLE:
		return get_sample(p, v);
	case WHOLE:
		return get_whole(p, v);
	case DAY:
		return get_day(p, v);
	case FORMAT:
		ok = get_varint(p, &n) && (n < FORMAT_COUNT || broken(p, "no such format"));
		if (ok)
			*(enum format *)v = (enum format)n;
		return ok;
	case FLAG:
		ok = get_byte(p, 1, &b);
		if (ok)
			*(bool *)v = b != 0;
		return ok;
	case BYTE:
		ok = get_byte(p, 0x7E, &b);
		if (ok)
			*(char *)v = (char)b;
		return ok;
	case COUNT:
		ok = get_count(p, count);
		*(size_t *)v = ok ? *count : 0;
		return ok;
	case LIST:
		return get_list(p, f->of, *count, v);
	case CELLS:
		return get_cells(p, *count, v);
	}
	return false;
}

static bool get_struct(struct payload *p, const struct layout *l, char *base)
{
	size_t count = 0;

	for (const struct field *f = l->field; f < l->field + l->n; f++)
		if (!get_field(p, f, base, &count))
			return false;
	return true;
}

void stream_reader_init(struct stream_reader *r)
{
	*r = (struct stream_reader){ .arena = arena_new((size_t)4 << 30) };
}

void stream_reader_done(struct stream_reader *r)
{
	arena_free(r->arena);
	r->arena = NULL;
}

/* NULL, or what is wrong with the record's place among the others. */
static const char *order_fault(struct stream_reader *r, int kind)
{
	if (r->has_total)
		return "something follows the total";
	if (!r->has_hello && kind != STREAM_HELLO)
		return "the child did not introduce itself";
	switch (kind) {
	case STREAM_HELLO:
		if (r->has_hello)
			return "the child introduced itself twice";
		r->has_hello = true;
		return NULL;
	case RECORD_CSV_COLUMNS:
		if (r->has_columns)
			return "columns came twice";
		r->has_columns = true;
		r->n_columns = r->value.columns.n;
		return r->n_columns <= CSV_FIELDS_MAX ? NULL : "there are too many columns";
	case RECORD_CSV_ROW:
		return r->has_columns && r->value.row.n == r->n_columns
			       ? NULL
			       : "a row does not fit its columns";
	case RECORD_CAMT_STATEMENT:
	case RECORD_CAMT_STATEMENT_END:
		if (r->in_statement != (kind == RECORD_CAMT_STATEMENT_END))
			return "statements are not one after the other";
		r->in_statement = !r->in_statement;
		return NULL;
	case RECORD_CAMT_ENTRY:
		return r->in_statement ? NULL : "an entry stands outside a statement";
	case RECORD_FEC_LINE:
		return r->value.fec.account && r->value.fec.entry_on != DAY_NONE
			       ? NULL
			       : "an accounting line has no account or date";
	case RECORD_TOTAL:
		r->has_total = true;
		return r->in_statement ? "the last statement has no end" : NULL;
	case RECORD_ISSUE:
		return r->value.issue.code && r->value.issue.message ? NULL
								     : "an issue says nothing";
	default:
		return NULL;
	}
}

static enum stream_state fail(struct err *e, const char *why)
{
	err_set(e, ERR_INTERNAL, "the parser child answered nonsense: %s", why);
	return STREAM_BROKEN;
}

static enum stream_state read_mark(struct stream_reader *r, const char *bytes, size_t n,
				   struct err *e)
{
	if (memcmp(bytes, STREAM_MARK, n < STREAM_MARK_LEN ? n : STREAM_MARK_LEN) != 0)
		return fail(e, "it is another program or another version");
	r->has_mark = n >= STREAM_MARK_LEN;
	return r->has_mark ? STREAM_ITEM : STREAM_MORE;
}

enum stream_state stream_next(struct stream_reader *r, const char *bytes, size_t n,
			      size_t *ret_used, struct stream_item *ret, struct err *e)
{
	size_t skip = 0, length = 0;
	struct payload p = { .arena = r->arena };
	const struct layout *layout;
	const char *fault;
	int kind;

	if (!r->has_mark) {
		enum stream_state s = read_mark(r, bytes, n, e);
		*ret_used = STREAM_MARK_LEN;
		if (s != STREAM_ITEM)
			return s;
		skip = STREAM_MARK_LEN;
	}
	*ret_used = skip + STREAM_HEAD_LEN;
	if (n - skip < STREAM_HEAD_LEN) {
		r->has_mark = skip == 0;
		return STREAM_MORE;
	}
	kind = (unsigned char)bytes[skip];
	for (int i = 0; i < 4; i++)
		length |= (size_t)(unsigned char)bytes[skip + 1 + (size_t)i] << (8 * i);
	layout = stream_layout(kind);
	if (!layout)
		return fail(e, "there is no such record");
	if (length > STREAM_RECORD_MAX)
		return fail(e, "a record is too long");
	*ret_used += length;
	if (n < *ret_used) {
		r->has_mark = skip == 0;
		return STREAM_MORE;
	}
	if (arena_used(r->arena) > 0)
		arena_reset(r->arena);
	memset(&r->value, 0, layout->size);
	p.at = bytes + skip + STREAM_HEAD_LEN;
	p.end = p.at + length;
	if (!get_struct(&p, layout, (char *)&r->value))
		return fail(e, p.why);
	if (p.at != p.end)
		return fail(e, "a record is longer than what it holds");
	fault = order_fault(r, kind);
	if (fault)
		return fail(e, fault);
	ret->kind = kind;
	ret->value = &r->value;
	return STREAM_ITEM;
}
