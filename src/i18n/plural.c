/* SPDX-License-Identifier: Apache-2.0 */
/* plural.c - the C-like expression of a Plural-Forms header, evaluated as it is read. */
#include "i18n/catalogue.h"

#include <stdlib.h>

enum { DEPTH_MAX = 20 };

struct reader {
	const char *at;
	unsigned long n;
	int depth;
	bool wrong;
};

static unsigned long ternary(struct reader *r);

static bool accept(struct reader *r, const char *token)
{
	size_t len = strlen(token);

	while (*r->at == ' ' || *r->at == '\t')
		r->at++;
	if (strncmp(r->at, token, len) != 0)
		return false;
	r->at += len;
	return true;
}

static unsigned long primary(struct reader *r)
{
	unsigned long v = 0;
	char *end;

	if (accept(r, "(")) {
		v = ternary(r);
		r->wrong |= !accept(r, ")");
		return v;
	}
	if (accept(r, "n"))
		return r->n;
	if (accept(r, "!"))
		return !primary(r);
	if (*r->at < '0' || *r->at > '9') {
		r->wrong = true;
		return 0;
	}
	v = strtoul(r->at, &end, 10);
	r->at = end;
	return v;
}

static unsigned long product(struct reader *r)
{
	unsigned long v = primary(r);

	for (;;) {
		bool modulo = accept(r, "%");
		unsigned long by;

		if (!modulo && !accept(r, "/") && !accept(r, "*"))
			return v;
		if (!modulo && r->at[-1] == '*') {
			v *= primary(r);
			continue;
		}
		by = primary(r);
		if (by == 0) {
			r->wrong = true;
			return 0;
		}
		v = modulo ? v % by : v / by;
	}
}

static unsigned long sum(struct reader *r)
{
	unsigned long v = product(r);

	for (;;) {
		if (accept(r, "+"))
			v += product(r);
		else if (accept(r, "-"))
			v -= product(r);
		else
			return v;
	}
}

static unsigned long comparison(struct reader *r)
{
	unsigned long v = sum(r);

	for (;;) {
		if (accept(r, "<="))
			v = v <= sum(r);
		else if (accept(r, ">="))
			v = v >= sum(r);
		else if (accept(r, "<"))
			v = v < sum(r);
		else if (accept(r, ">"))
			v = v > sum(r);
		else
			return v;
	}
}

static unsigned long equality(struct reader *r)
{
	unsigned long v = comparison(r);

	for (;;) {
		if (accept(r, "=="))
			v = v == comparison(r);
		else if (accept(r, "!="))
			v = v != comparison(r);
		else
			return v;
	}
}

static unsigned long conjunction(struct reader *r)
{
	unsigned long v = equality(r);

	while (accept(r, "&&")) {
		unsigned long w = equality(r);

		v = v && w;
	}
	return v;
}

static unsigned long disjunction(struct reader *r)
{
	unsigned long v = conjunction(r);

	while (accept(r, "||")) {
		unsigned long w = conjunction(r);

		v = v || w;
	}
	return v;
}

static unsigned long ternary(struct reader *r)
{
	unsigned long v, yes, no;

	if (++r->depth > DEPTH_MAX) {
		r->wrong = true;
		return 0;
	}
	v = disjunction(r);
	if (accept(r, "?")) {
		yes = ternary(r);
		r->wrong |= !accept(r, ":");
		no = ternary(r);
		v = v ? yes : no;
	}
	r->depth--;
	return v;
}

unsigned long plural_form(const char *header, unsigned long n)
{
	const char *count = strstr(header, "nplurals=");
	const char *rule = strstr(header, "plural=");
	struct reader r = { .n = n };
	unsigned long form;

	if (!count || !rule)
		return 0;
	r.at = rule + strlen("plural=");
	form = ternary(&r);
	return r.wrong || form >= strtoul(count + strlen("nplurals="), NULL, 10) ? 0 : form;
}
