/* SPDX-License-Identifier: Apache-2.0 */
#include "format/camt.h"

#include "format/camt_fields.h"

#include <libxml/parser.h>
#include <stdlib.h>

enum { PATH_MAX_LEN = 512, CHUNK = 256 << 10, CURRENCY_ROOM = 16 };

/* The reading of one file: where in the document we stand. */
struct camt {
	struct camt_build build;
	xmlParserCtxtPtr parser;
	struct err *e;
	bool has_failed;
	bool has_message;
	int depth;
	enum camt_level level;
	int level_depth[CAMT_TX + 1]; /* depth of the element that opened each level */
	enum camt_level level_above[CAMT_TX + 1];
	size_t level_path[CAMT_TX + 1]; /* where the paths inside the level begin */
	char path[PATH_MAX_LEN];
	size_t path_len;
	size_t path_at[CAMT_DEPTH_MAX + 1]; /* length of the path above each open element */
	char currency[CURRENCY_ROOM];       /* Ccy of the innermost element */
	char *text;
	size_t text_len;
};

/* Stops the parser; the error is already set. */
static void stop(struct camt *c)
{
	c->has_failed = true;
	xmlStopParser(c->parser);
}

static const char *inner_path(const struct camt *c, enum camt_level level)
{
	const char *p = c->path + c->level_path[level];

	return *p == '/' ? p + 1 : p;
}

static void enter(struct camt *c, enum camt_level level)
{
	c->level_above[level] = c->level;
	c->level_depth[level] = c->depth;
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

static void push_path(struct camt *c, const char *name)
{
	size_t n = strlen(name);

	c->path_at[c->depth] = c->path_len;
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

static void on_start(void *arg, const xmlChar *name, UNUSED const xmlChar *prefix,
		     const xmlChar *uri, UNUSED int n_ns, UNUSED const xmlChar **ns, int n_attr,
		     UNUSED int n_default, const xmlChar **attr)
{
	struct camt *c = arg;
	enum camt_level opened;

	if (c->has_failed)
		return;
	if (++c->depth > CAMT_DEPTH_MAX) {
		err_set(c->e, ERR_LIMIT, "the XML is nested more than %d deep", CAMT_DEPTH_MAX);
		stop(c);
		return;
	}
	push_path(c, (const char *)name);
	c->text_len = 0;
	c->currency[0] = 0;
	for (int i = 0; i < n_attr; i++) {
		const xmlChar **a = attr + (ptrdiff_t)i * 5; /* name, prefix, URI, value, end */
		size_t n = (size_t)(a[4] - a[3]);
		if (strcmp((const char *)a[0], "Ccy") == 0 && n < CURRENCY_ROOM) {
			memcpy(c->currency, a[3], n);
			c->currency[n] = 0;
		}
	}
	c->build.line = xmlSAX2GetLineNumber(c->parser);
	opened = level_opened(c, (const char *)name);
	if (opened == CAMT_MESSAGE) {
		if (c->has_message) {
			err_set(c->e, ERR_FORMAT, "the file holds more than one message");
			stop(c);
			return;
		}
		take_message(c, (const char *)name, (const char *)uri);
		if (!c->has_message)
			return;
	}
	if (opened != CAMT_OUT)
		enter(c, opened);
	else if (c->level == CAMT_TX)
		camt_build_open(&c->build, inner_path(c, CAMT_TX));
}

static void on_end(void *arg, UNUSED const xmlChar *name, UNUSED const xmlChar *prefix,
		   UNUSED const xmlChar *uri)
{
	struct camt *c = arg;
	bool ok = true;

	if (c->has_failed)
		return;
	if (c->level != CAMT_OUT && c->depth == c->level_depth[c->level]) {
		enum camt_level ended = c->level;
		c->level = c->level_above[ended];
		ok = camt_build_end(&c->build, ended, c->e);
	} else if (c->level != CAMT_OUT) {
		ok = camt_build_field(&c->build, c->level, inner_path(c, c->level), c->text,
				      c->text_len, c->currency, c->e);
	}
	if (!ok) {
		stop(c);
		return;
	}
	c->text_len = 0;
	c->path_len = c->path_at[c->depth--];
	c->path[c->path_len] = 0;
}

static void on_text(void *arg, const xmlChar *s, int n)
{
	struct camt *c = arg;

	if (c->has_failed || c->level == CAMT_OUT)
		return;
	if (c->text_len + (size_t)n > CAMT_TEXT_MAX) {
		err_set(c->e, ERR_LIMIT, "line %d: the text of an element is too long",
			xmlSAX2GetLineNumber(c->parser));
		stop(c);
		return;
	}
	memcpy(c->text + c->text_len, s, (size_t)n);
	c->text_len += (size_t)n;
}

/* A document type can define entities that explode or fetch: no bank sends one. */
static void on_doctype(void *arg, UNUSED const xmlChar *name, UNUSED const xmlChar *external,
		       UNUSED const xmlChar *system)
{
	struct camt *c = arg;

	if (!c->has_failed)
		err_set(c->e, ERR_FORMAT, "the XML has a DOCTYPE, which is not accepted");
	stop(c);
}

/* amp, lt, gt, quot and apos; nothing else exists without a document type. */
static xmlEntityPtr on_entity(UNUSED void *arg, const xmlChar *name)
{
	return xmlGetPredefinedEntity(name);
}

static void on_warning(UNUSED void *arg, UNUSED const char *format, ...)
{
}

static bool xml_error(struct camt *c)
{
	const xmlError *x = xmlCtxtGetLastError(c->parser);
	char why[160];
	size_t n = 0;

	/* libxml2 ends its messages with a line end and may quote the file. */
	for (const char *s = x && x->message ? x->message : "not well-formed";
	     *s && n + 1 < sizeof why; s++)
		if (*s >= ' ' && *s < 0x7F)
			why[n++] = *s;
	why[n] = 0;
	if (c->e)
		c->e->line = x ? x->line : 0;
	return err_set(c->e, ERR_FORMAT, "the XML is cut off or damaged at line %d: %s",
		       x ? x->line : 0, why);
}

static bool feed(struct camt *c, const char *bytes, size_t len)
{
	const struct sink *sink = c->build.report.sink;

	for (size_t at = 0; at < len && !c->has_failed; at += CHUNK) {
		size_t n = len - at < CHUNK ? len - at : CHUNK;
		if (xmlParseChunk(c->parser, bytes + at, (int)n, 0) != XML_ERR_OK)
			break;
		if (sink->progress)
			sink->progress(sink->arg, (int64_t)(at + n), (int64_t)len);
	}
	if (c->has_failed)
		return false;
	if (!c->parser->wellFormed || xmlParseChunk(c->parser, bytes, 0, 1) != XML_ERR_OK ||
	    !c->parser->wellFormed)
		return c->has_failed ? false : xml_error(c);
	return !c->has_failed;
}

static bool parse(struct camt *c, const char *bytes, size_t len)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_doctype,
		.getEntity = on_entity,
		.warning = on_warning,
		.error = on_warning,
	};
	struct camt_build *b = &c->build;

	c->parser = xmlCreatePushParserCtxt(&sax, c, NULL, 0, NULL);
	if (!c->parser)
		return err_set(c->e, ERR_LIMIT, "no memory for the XML parser");
	xmlCtxtUseOptions(c->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (!feed(c, bytes, len))
		return false;
	if (!c->has_message)
		return err_set(c->e, ERR_FORMAT,
			       "the XML is not a bank statement (camt.052, camt.053 or camt.054)");
	if (b->total->n_statements == 0)
		report_warn(&b->report, 0, "camt.empty", NULL, NULL, 0,
			    "the message holds no statement");
	return report_total(&b->report, b->total, c->e);
}

bool camt_read(const char *bytes, size_t len, struct parse_total *total, const struct sink *sink,
	       struct err *e)
{
	struct camt *c = calloc(1, sizeof *c);
	char *text = malloc(CAMT_TEXT_MAX);
	bool ok = false;

	if (!c || !text) {
		free(c);
		free(text);
		return err_set(e, ERR_LIMIT, "no memory for the bank statement");
	}
	c->text = text;
	c->e = e;
	c->build.total = total;
	c->build.report.sink = sink;
	c->build.kept = arena_new(2 * (size_t)CAMT_ENTRY_MAX);
	c->build.passing = arena_new(2 * (size_t)CAMT_ENTRY_MAX);
	ok = parse(c, bytes, len);
	xmlFreeParserCtxt(c->parser);
	arena_free(c->build.kept);
	arena_free(c->build.passing);
	free(text);
	free(c);
	return ok;
}
