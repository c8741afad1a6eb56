/* SPDX-License-Identifier: Apache-2.0 */
/* format_test.h - what the tests of this room share: a file in memory, a sink that remembers. */
#ifndef TEST_FORMAT_TEST_H
#define TEST_FORMAT_TEST_H

#include "test.h"

#include "base/arena.h"
#include "format/parse.h"

/* What was read: records counted by kind, issues kept. */
struct seen {
	struct arena *arena;
	int64_t n[RECORD_KINDS];
	struct parse_total total;
	struct {
		int64_t line, n;
		bool is_error;
		const char *code, *field, *value, *message;
	} issue[400];
	size_t n_issues;
	/* Called for each record besides. */
	void (*also)(void *arg, const struct record *r);
	void *arg;
};

static inline bool seen_take(void *arg, const struct record *r, UNUSED struct err *e)
{
	struct seen *s = arg;

	s->n[r->kind]++;
	if (r->kind == RECORD_TOTAL) {
		s->total = *r->total;
		s->total.siren = arena_strdup(s->arena, r->total->siren);
	}
	if (r->kind == RECORD_ISSUE && s->n_issues < ARRAY_LEN(s->issue)) {
		const struct parse_issue *i = r->issue;
		s->issue[s->n_issues].line = i->line;
		s->issue[s->n_issues].n = i->n;
		s->issue[s->n_issues].is_error = i->is_error;
		s->issue[s->n_issues].code = arena_strdup(s->arena, i->code);
		s->issue[s->n_issues].field = arena_strdup(s->arena, i->field);
		s->issue[s->n_issues].value = arena_strdup(s->arena, i->value);
		s->issue[s->n_issues++].message = arena_strdup(s->arena, i->message);
	}
	if (s->also)
		s->also(s->arg, r);
	return true;
}

static inline bool seen_parse(struct seen *s, const char *bytes, size_t n,
			      const struct parse_options *o, struct err *e)
{
	struct parse_options none = { 0 };
	struct sink sink = { .arg = s, .take = seen_take };

	if (!s->arena)
		s->arena = arena_new(0);
	return parse_bytes(bytes, n, o ? o : &none, &sink, e);
}

static inline void seen_done(struct seen *s)
{
	arena_free(s->arena);
	*s = (struct seen){ 0 };
}

/* The first issue of a code, or NULL. */
static inline const char *seen_issue(const struct seen *s, const char *code, int64_t *ret_line,
				     int64_t *ret_n)
{
	for (size_t i = 0; i < s->n_issues; i++)
		if (str_eq(s->issue[i].code, code)) {
			*ret_line = s->issue[i].line;
			*ret_n = s->issue[i].n;
			return s->issue[i].message;
		}
	return NULL;
}

static inline char *slurp(const char *path, size_t *ret_n)
{
	FILE *f = fopen(path, "rb");
	size_t room = 1 << 16, n = 0, got;
	char *bytes = malloc(room);

	assert_non_null(f);
	while ((got = fread(bytes + n, 1, room - n, f)) > 0) {
		n += got;
		if (n == room)
			bytes = realloc(bytes, room *= 2);
	}
	fclose(f);
	*ret_n = n;
	return bytes;
}

#endif
