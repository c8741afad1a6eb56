/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml.h - XML as a row of events, with everything dangerous off.
 *
 * No DOCTYPE, no external entity, no network; depth and text have ceilings. Local names only. The bytes are
 * fed in pieces, so that an entry of an archive can be read while it is unpacked.
 *
 *	struct xml *x = xml_new(&handler, arg, e);
 *	while (more)
 *		if (!xml_feed(x, piece, n, e)) ...
 *	ok = xml_end(x, e);
 *	xml_free(x);
 */
#ifndef FORMAT_XML_H
#define FORMAT_XML_H

#include "base/err.h"

enum { XML_DEPTH_MAX = 64, XML_TEXT_MAX = 64 << 10, XML_VALUE_MAX = 256 };

struct xml;

/* What is called; false stops the reading with e. */
struct xml_handler {
	bool (*start)(void *arg, struct xml *x, const char *name, struct err *e);
	/* text is what stood directly before the end, NUL-terminated, n bytes. */
	bool (*end)(void *arg, struct xml *x, const char *name, const char *text, size_t n,
		    struct err *e);
};

/* NULL, with e, without memory. */
struct xml *xml_new(const struct xml_handler *h, void *arg, struct err *e);
void xml_free(struct xml *x);

/* The bytes of an XML file, in order. ERR_FORMAT when they are not well-formed, ERR_LIMIT beyond the
 * ceilings, or the handler's error. */
bool xml_feed(struct xml *x, const char *bytes, size_t n, struct err *e) NODISCARD;

/* Says that the file is over: ERR_FORMAT when it ends too early. */
bool xml_end(struct xml *x, struct err *e) NODISCARD;

/* Inside start: the value of an attribute by its local name, "" when it is missing or longer than
 * XML_VALUE_MAX; valid until the next call. */
const char *xml_attribute(struct xml *x, const char *name);

/* Inside start: the namespace of the element, "" when it has none. */
const char *xml_namespace(const struct xml *x);

/* Number of open elements, the current one included; line of the input. */
int xml_depth(const struct xml *x);
int64_t xml_line(const struct xml *x);

#endif
