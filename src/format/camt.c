/* SPDX-License-Identifier: Apache-2.0 */
#include "format/camt.h"

#include "format/camt_fields.h"
#include "format/xml.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATH_MAX_LEN = 512, CHUNK = 1 << 20, CURRENCY_ROOM = 16 };

/* The reading of one file: where in the document we stand. */
struct camt {
	struct camt_build build;
	bool has_message;
	enum camt_level level;
	int level_depth[CAMT_TX + 1]; /* depth of the element that opened each level */
	enum camt_level level_above[CAMT_TX + 1];
	size_t level_path[CAMT_TX + 1]; /* where the paths inside the level begin */
	char path[PATH_MAX_LEN];
	size_t path_len;
	size_t path_at[XML_DEPTH_MAX + 1]; /* length of the path above each open element */
	char currency[CURRENCY_ROOM];      /* Ccy of the innermost element */
};

static const char *inner_path(const struct camt *c, enum camt_level level)
{
	const char *p = c->path + c->level_path[level];

	return *p == '/' ? p + 1 : p;
}

static void enter(struct camt *c, enum camt_level level, int depth)
{
	c->level_above[level] = c->level;
	c->level_depth[level] = depth;
	c->level_path[level] = c->path_len;
	c->level = level;
	camt_build_begin(&c->build, level);
}

/* The level that an element opens where it stands; CAMT_OUT when it opens none. */
static enum camt_level level_opened(const struct camt *c, const char *name)
{
	const char *path = inner_path(c, c->level);

	switch (c->level) {
	case CAMT_OUT:
		return str_starts(name, "BkToCstmr") ? CAMT_MESSAGE : CAMT_OUT;
	case CAMT_MESSAGE:
		return str_eq(path, "Stmt") || str_eq(path, "Rpt") || str_eq(path, "Ntfctn")
			       ? CAMT_STATEMENT
			       : CAMT_OUT;
	case CAMT_STATEMENT:
		return str_eq(path, "Ntry")  ? CAMT_ENTRY
		       : str_eq(path, "Bal") ? CAMT_BALANCE
					     : CAMT_OUT;
	case CAMT_ENTRY:
		return str_eq(path, "NtryDtls/TxDtls") || str_eq(path, "TxDtls") ? CAMT_TX
										 : CAMT_OUT;
	default:
		return CAMT_OUT;
	}
}

static void push_path(struct camt *c, const char *name, int depth)
{
	size_t n = strlen(name);

	c->path_at[depth] = c->path_len;
	/* Version 8 put a party's name one level deeper; read both alike. */
	if (strcmp(name, "Pty") == 0 || c->path_len + n + 2 > PATH_MAX_LEN)
		return;
	c->path[c->path_len++] = '/';
	memcpy(c->path + c->path_len, name, n + 1);
	c->path_len += n;
}

/* "camt.053.001.02" out of the namespace. */
static void take_message(struct camt *c, const char *name, const char *uri)
{
	static const struct {
		const char *root, *message;
		enum format kind;
	} roots[] = { { "BkToCstmrStmt", "camt.053", FORMAT_CAMT053 },
		      { "BkToCstmrDbtCdtNtfctn", "camt.054", FORMAT_CAMT054 },
		      { "BkToCstmrAcctRpt", "camt.052", FORMAT_CAMT052 } };
	const char *found = uri ? strstr(uri, "camt.") : NULL;
	struct camt_build *b = &c->build;

	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (str_starts(name, roots[i].root)) {
			b->kind = roots[i].kind;
			b->message = found && strlen(found) < 40 ? arena_strdup(b->kept, found)
								 : roots[i].message;
			b->total->format = b->kind;
			c->has_message = true;
		}
}

static bool on_start(void *arg, struct xml *x, const char *name, struct err *e)
{
	struct camt *c = arg;
	int depth = xml_depth(x);
	enum camt_level opened;

	push_path(c, name, depth);
	snprintf(c->currency, sizeof c->currency, "%s",
		 c->level >= CAMT_STATEMENT ? xml_attribute(x, "Ccy") : "");
	c->build.line = xml_line(x);
	opened = level_opened(c, name);
	if (opened == CAMT_MESSAGE) {
		if (c->has_message)
			return err_set(e, ERR_FORMAT, "the file holds more than one message");
		take_message(c, name, xml_namespace(x));
		if (!c->has_message)
			return true;
	}
	if (opened != CAMT_OUT)
		enter(c, opened, depth);
	else if (c->level == CAMT_TX)
		camt_build_open(&c->build, inner_path(c, CAMT_TX));
	return true;
}

static bool on_end(void *arg, struct xml *x, UNUSED const char *name, const char *text, size_t n,
		   struct err *e)
{
	struct camt *c = arg;
	int depth = xml_depth(x);
	bool ok = true;

	if (c->level != CAMT_OUT && depth == c->level_depth[c->level]) {
		enum camt_level ended = c->level;
		c->level = c->level_above[ended];
		ok = camt_build_end(&c->build, ended, e);
	} else if (c->level != CAMT_OUT) {
		ok = camt_build_field(&c->build, c->level, inner_path(c, c->level), text, n,
				      c->currency, e);
	}
	c->currency[0] = 0;
	c->path_len = c->path_at[depth];
	c->path[c->path_len] = 0;
	return ok;
}

static bool parse(struct camt *c, const char *bytes, size_t len, struct err *e)
{
	static const struct xml_handler handler = { on_start, on_end };
	const struct sink *sink = c->build.report.sink;
	struct xml *x = xml_new(&handler, c, e);
	bool ok = x != NULL;

	for (size_t at = 0; ok && at < len; at += CHUNK) {
		size_t n = len - at < CHUNK ? len - at : CHUNK;
		ok = xml_feed(x, bytes + at, n, e);
		if (sink->progress)
			sink->progress(sink->arg, (int64_t)(at + n), (int64_t)len);
	}
	ok = ok && xml_end(x, e);
	xml_free(x);
	return ok;
}

static bool finish(struct camt *c, struct err *e)
{
	struct camt_build *b = &c->build;

	if (!c->has_message)
		return err_set(e, ERR_FORMAT,
			       "the XML is not a bank statement (camt.052, camt.053 or camt.054)");
	if (b->total->n_statements == 0)
		report_warn(&b->report, 0, "camt.empty", NULL, NULL, 0,
			    "the message holds no statement");
	return report_total(&b->report, b->total, e);
}

bool camt_read(const char *bytes, size_t len, struct parse_total *total, const struct sink *sink,
	       struct err *e)
{
	struct camt *c = calloc(1, sizeof *c);
	bool ok;

	if (!c)
		return err_set(e, ERR_LIMIT, "no memory for the bank statement");
	c->build.total = total;
	c->build.report.sink = sink;
	c->build.kept = arena_new(2 * (size_t)CAMT_ENTRY_MAX);
	c->build.passing = arena_new(2 * (size_t)CAMT_ENTRY_MAX);
	ok = parse(c, bytes, len, e) && finish(c, e);
	arena_free(c->build.kept);
	arena_free(c->build.passing);
	free(c);
	return ok;
}
