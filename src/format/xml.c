/* SPDX-License-Identifier: Apache-2.0 */
#include "format/xml.h"

#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <stdlib.h>

enum { CHUNK = 256 << 10 };

struct xml {
	const struct xml_handler *handler;
	void *arg;
	xmlParserCtxtPtr parser;
	struct err *e; /* of the call under way */
	bool has_failed;
	int depth;
	/* The element that begins. */
	const xmlChar **attributes;
	int n_attributes;
	const char *ns;
	char value[XML_VALUE_MAX];
	size_t text_len;
	char text[XML_TEXT_MAX + 1];
};

/* The error is set; nothing more is wanted. */
static void stop(struct xml *x)
{
	x->has_failed = true;
	xmlStopParser(x->parser);
}

static void on_start(void *arg, const xmlChar *name, UNUSED const xmlChar *prefix,
		     const xmlChar *uri, UNUSED int n_ns, UNUSED const xmlChar **ns, int n_attr,
		     UNUSED int n_default, const xmlChar **attr)
{
	struct xml *x = arg;

	if (x->has_failed)
		return;
	x->text_len = 0;
	if (++x->depth > XML_DEPTH_MAX) {
		err_set(x->e, ERR_LIMIT, "the XML is nested more than %d deep", XML_DEPTH_MAX);
		stop(x);
		return;
	}
	x->attributes = attr;
	x->n_attributes = n_attr;
	x->ns = uri ? (const char *)uri : "";
	if (!x->handler->start(x->arg, x, (const char *)name, x->e))
		stop(x);
}

static void on_end(void *arg, const xmlChar *name, UNUSED const xmlChar *prefix,
		   UNUSED const xmlChar *uri)
{
	struct xml *x = arg;

	if (x->has_failed)
		return;
	x->text[x->text_len] = 0;
	if (!x->handler->end(x->arg, x, (const char *)name, x->text, x->text_len, x->e)) {
		stop(x);
		return;
	}
	x->text_len = 0;
	x->depth--;
}

static void on_text(void *arg, const xmlChar *s, int n)
{
	struct xml *x = arg;

	if (x->has_failed)
		return;
	if (x->text_len + (size_t)n > XML_TEXT_MAX) {
		err_set(x->e, ERR_LIMIT, "line %" PRId64 ": the text of an element is too long",
			xml_line(x));
		stop(x);
		return;
	}
	memcpy(x->text + x->text_len, s, (size_t)n);
	x->text_len += (size_t)n;
}

/* A document type can define entities that explode or fetch: no file that is read here has one. */
static void on_doctype(void *arg, UNUSED const xmlChar *name, UNUSED const xmlChar *external,
		       UNUSED const xmlChar *system)
{
	struct xml *x = arg;

	if (!x->has_failed)
		err_set(x->e, ERR_FORMAT, "the XML has a DOCTYPE, which is not accepted");
	stop(x);
}

/* amp, lt, gt, quot and apos; nothing else exists without a document type. */
static xmlEntityPtr on_entity(UNUSED void *arg, const xmlChar *name)
{
	return xmlGetPredefinedEntity(name);
}

static void on_complaint(UNUSED void *arg, UNUSED const char *format, ...)
{
}

struct xml *xml_new(const struct xml_handler *h, void *arg, struct err *e)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_doctype,
		.getEntity = on_entity,
		.warning = on_complaint,
		.error = on_complaint,
	};
	struct xml *x = calloc(1, sizeof *x);

	if (x) {
		x->handler = h;
		x->arg = arg;
		x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
	}
	if (!x || !x->parser) {
		free(x);
		err_set(e, ERR_LIMIT, "no memory for the XML parser");
		return NULL;
	}
	/* NOENT decodes &amp; in attributes; entities of a DOCTYPE never get that far. */
	xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
					     XML_PARSE_NOWARNING);
	return x;
}

void xml_free(struct xml *x)
{
	if (!x)
		return;
	xmlFreeParserCtxt(x->parser);
	free(x);
}

static bool complain(struct xml *x, struct err *e)
{
	const xmlError *why = xmlCtxtGetLastError(x->parser);
	char text[160];
	size_t n = 0;

	/* libxml2 ends its messages with a line end and may quote the file. */
	for (const char *s = why && why->message ? why->message : "not well-formed";
	     *s && n + 1 < sizeof text; s++)
		if (*s >= ' ' && *s < 0x7F)
			text[n++] = *s;
	text[n] = 0;
	if (e)
		e->line = why ? why->line : 0;
	return err_set(e, ERR_FORMAT, "the XML is cut off or damaged at line %d: %s",
		       why ? why->line : 0, text);
}

bool xml_feed(struct xml *x, const char *bytes, size_t n, struct err *e)
{
	x->e = e;
	for (size_t at = 0; at < n; at += CHUNK) {
		size_t step = n - at < CHUNK ? n - at : CHUNK;
		int status = xmlParseChunk(x->parser, bytes + at, (int)step, 0);
		if (x->has_failed)
			return false;
		if (status != XML_ERR_OK || !x->parser->wellFormed)
			return complain(x, e);
	}
	return true;
}

bool xml_end(struct xml *x, struct err *e)
{
	int status;

	x->e = e;
	status = xmlParseChunk(x->parser, NULL, 0, 1);
	if (x->has_failed)
		return false;
	return (status == XML_ERR_OK && x->parser->wellFormed) || complain(x, e);
}

const char *xml_attribute(struct xml *x, const char *name)
{
	for (int i = 0; i < x->n_attributes; i++) {
		const xmlChar **a =
			x->attributes + (ptrdiff_t)i * 5; /* name, prefix, URI, value, end */
		size_t n = (size_t)(a[4] - a[3]);
		if (strcmp((const char *)a[0], name) != 0 || n >= XML_VALUE_MAX)
			continue;
		memcpy(x->value, a[3], n);
		x->value[n] = 0;
		return x->value;
	}
	return "";
}

const char *xml_namespace(const struct xml *x)
{
	return x->ns;
}

int xml_depth(const struct xml *x)
{
	return x->depth;
}

int64_t xml_line(const struct xml *x)
{
	return xmlSAX2GetLineNumber(x->parser);
}
