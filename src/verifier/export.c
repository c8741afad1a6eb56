/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/export.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 13 };

struct reading {
	struct chain *chain;
	export_tell *tell;
	void *arg;
	int64_t line; /* of the export, from 1 */
	int64_t format_faults;
	char *text; /* the line, without its line feed */
	size_t len, room;
	bool is_whole;  /* a line feed followed */
	bool has_ended; /* the "end" line came */
};

static void wrong(struct reading *r, const char *text)
{
	r->format_faults++;
	r->tell(r->arg, r->line, "format", 0, 0, text);
}

static void tell_fault(void *arg, enum chain_fault kind, int64_t position, int64_t event_id,
		       const char *text)
{
	struct reading *r = arg;
	/* What the end shows of an earlier position stands in the line after it. */
	bool is_line = kind != CHAIN_CUT && kind != CHAIN_ERASED;

	r->tell(r->arg, is_line ? r->line : 0, chain_fault_name(kind), position, event_id, text);
}

/* ---- lines ---- */

static bool make_room(struct reading *r)
{
	size_t room = r->room ? 2 * r->room : 4096;
	char *text = realloc(r->text, room);

	if (!text)
		return false;
	r->text = text;
	r->room = room;
	return true;
}

/* The next line; false at the end of the file or when it is too long. */
static bool next_line(struct reading *r, FILE *in)
{
	int c;

	r->len = 0;
	r->is_whole = false;
	while ((c = getc_unlocked(in)) != EOF && c != '\n') {
		if (r->len >= EXPORT_MAX_LINE || (r->len == r->room && !make_room(r))) {
			r->line++;
			wrong(r, "the line is too long: the rest of the file was not read");
			return false;
		}
		r->text[r->len++] = (char)c;
	}
	if (c == EOF && r->len == 0)
		return false;
	r->is_whole = c == '\n';
	r->line++;
	return true;
}

/* ---- fields ---- */

static size_t split(const char *text, size_t len, struct chain_text *field, size_t max)
{
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] != '\t')
			continue;
		if (n < max)
			field[n] = (struct chain_text){ text + from, i - from };
		n++;
		from = i + 1;
	}
	return n;
}

/* Decimal as the exporter writes it: no plus, no leading zero, within 64 bits. */
static bool read_number(struct chain_text t, int64_t *ret)
{
	bool minus = t.len > 0 && t.at[0] == '-';
	size_t i = minus ? 1 : 0;
	uint64_t v = 0, most = minus ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;

	if (i == t.len || (t.at[i] == '0' && t.len > 1))
		return false;
	for (; i < t.len; i++) {
		uint64_t digit = (uint64_t)(t.at[i] - '0');
		if (t.at[i] < '0' || t.at[i] > '9' || v > (most - digit) / 10)
			return false;
		v = 10 * v + digit;
	}
	*ret = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static bool read_hex(struct chain_text t, unsigned char *ret, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	if (t.len != 2 * n)
		return false;
	for (size_t i = 0; i < t.len; i++) {
		const char *digit = memchr(digits, t.at[i], 16);
		if (!digit)
			return false;
		ret[i / 2] = (unsigned char)((i % 2 ? ret[i / 2] << 4 : 0) | (digit - digits));
	}
	return true;
}

/* Takes the escapes back, in place: the text only gets shorter. */
static bool unescape(char *at, size_t *len)
{
	size_t to = 0;

	for (size_t i = 0; i < *len; i++) {
		/* Each text has one way to be written, or two files could say the same. */
		if (at[i] == '\r')
			return false;
		if (at[i] != '\\') {
			at[to++] = at[i];
			continue;
		}
		if (++i == *len)
			return false;
		switch (at[i]) {
		case '\\':
			at[to++] = '\\';
			break;
		case 't':
			at[to++] = '\t';
			break;
		case 'n':
			at[to++] = '\n';
			break;
		case 'r':
			at[to++] = '\r';
			break;
		default:
			return false;
		}
	}
	*len = to;
	return true;
}

static bool read_text(struct reading *r, struct chain_text field, struct chain_text *ret)
{
	char *at = r->text + (field.at - r->text);
	size_t len = field.len;

	if (!unescape(at, &len))
		return false;
	*ret = (struct chain_text){ at, len };
	return true;
}

/* The name of the first field that is none, NULL when all are well. */
static const char *read_event(struct reading *r, const struct chain_text *f, struct chain_event *ev)
{
	if (!read_number(f[0], &ev->position) || ev->position < 1)
		return "position";
	if (!read_number(f[1], &ev->sealed))
		return "sealed";
	if (!read_number(f[2], &ev->event_id))
		return "event";
	if (!read_number(f[3], &ev->entity_id))
		return "entity";
	if (!read_text(r, f[4], &ev->kind))
		return "kind";
	if (!read_text(r, f[5], &ev->subject_kind))
		return "subject-kind";
	if (!read_number(f[6], &ev->subject_id))
		return "subject";
	if (!read_text(r, f[7], &ev->actor))
		return "actor";
	if (!read_number(f[8], &ev->recorded))
		return "recorded";
	ev->is_erased = f[9].len == 1 && f[9].at[0] == '-';
	if (!ev->is_erased && !read_hex(f[9], ev->salt, CHAIN_SALT))
		return "salt";
	if (!read_hex(f[10], ev->commitment, CHAIN_HASH))
		return "commitment";
	if (!read_hex(f[11], ev->hash, CHAIN_HASH))
		return "hash";
	if (!read_text(r, f[12], &ev->body))
		return "body";
	if (ev->is_erased && (ev->body.len != 2 || memcmp(ev->body.at, "{}", 2) != 0))
		return "body (there is one, but its salt is erased)";
	return NULL;
}

static void take_event(struct reading *r, const struct chain_text *f)
{
	struct chain_event ev = { 0 };
	const char *field = read_event(r, f, &ev);
	char text[120];

	if (!field) {
		chain_take(r->chain, &ev);
		return;
	}
	snprintf(text, sizeof text, "the field %s is not of the format", field);
	wrong(r, text);
}

static bool is_word(struct chain_text t, const char *word)
{
	return t.len == strlen(word) && memcmp(t.at, word, t.len) == 0;
}

static void take_end(struct reading *r, const struct chain_text *f)
{
	struct chain_head last = chain_last(r->chain);
	unsigned char hash[CHAIN_HASH];
	int64_t n;

	r->has_ended = true;
	if (!read_number(f[1], &n) || !read_hex(f[2], hash, CHAIN_HASH))
		wrong(r, "the last line is not of the format");
	else if (n != chain_events(r->chain) || memcmp(hash, last.hash, CHAIN_HASH) != 0)
		wrong(r, "the last line tells of another number of events or another hash");
}

static void take_first(struct reading *r, const struct chain_text *f, size_t n)
{
	if (n != 2 || !is_word(f[0], "encours-seal") || !is_word(f[1], "1"))
		wrong(r, "the file does not begin as an export of version 1");
}

static void take_line(struct reading *r)
{
	struct chain_text f[FIELDS] = { 0 };
	size_t n = split(r->text, r->len, f, FIELDS);

	if (r->has_ended)
		wrong(r, "there is more after the last line");
	else if (r->line == 1)
		take_first(r, f, n);
	else if (n == 3 && is_word(f[0], "end"))
		take_end(r, f);
	else if (n == FIELDS)
		take_event(r, f);
	else
		wrong(r, "the line has not 13 fields");
	if (!r->is_whole)
		wrong(r, "the line does not end: the file is cut");
}

/* ---- heads ---- */

static void read_heads(struct reading *r, FILE *heads)
{
	while (next_line(r, heads)) {
		struct chain_text f[5] = { 0 };
		struct chain_head head;
		if (split(r->text, r->len, f, 5) == 5 && is_word(f[0], "encours-head") &&
		    is_word(f[1], "1") && read_number(f[2], &head.position) && head.position >= 0 &&
		    read_number(f[3], &head.sealed) && read_hex(f[4], head.hash, CHAIN_HASH)) {
			if (head.position > 0)
				chain_head(r->chain, &head);
			continue;
		}
		wrong(r, "the line of the kept heads is not of the format");
	}
}

bool export_check(FILE *in, FILE *heads, export_tell *tell, void *arg, struct export_result *ret)
{
	struct reading r = { .tell = tell, .arg = arg };
	bool ok;

	/* Some room from the start: an empty line is a text too. */
	if (!make_room(&r))
		return false;
	r.chain = chain_new(tell_fault, &r);
	if (heads)
		read_heads(&r, heads);
	r.line = 0;
	while (next_line(&r, in))
		take_line(&r);
	if (!r.has_ended)
		wrong(&r, "the last line is missing: the file is cut");
	chain_end(r.chain);
	ok = !ferror(in) && (!heads || !ferror(heads));
	*ret = (struct export_result){ .n_events = chain_events(r.chain),
				       .n_faults = r.format_faults + chain_faults(r.chain),
				       .last = chain_last(r.chain) };
	chain_free(r.chain);
	free(r.text);
	return ok;
}
