/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_place.h - where in an HTML text are we?
 *
 * The template compiler feeds its literal text through this machine and asks, at each value, which
 *escape the place needs. Where no escape is safe (a script, an unquoted attribute, a handler ...)
 *it gets an error that says why, and the build stops.
 *
 *	struct html_place h;
 *	html_place_init(&h);
 *	html_place_text(&h, "<a href=\"/items/", 16, &line, e);
 *	html_place_value(&h, &place, e);	// "PAGE_URL_PART"
 */
#ifndef TOOLS_HTML_PLACE_H
#define TOOLS_HTML_PLACE_H

#include "base/err.h"

enum html_state {
	HTML_TEXT,        /* between tags */
	HTML_TAG_OPEN,    /* after "<" */
	HTML_TAG_NAME,    /* in the name of a start tag */
	HTML_END_TAG,     /* from "</" to ">" */
	HTML_BEFORE_ATTR, /* in a tag, after white space */
	HTML_ATTR_NAME,
	HTML_AFTER_NAME,   /* after an attribute's name and white space */
	HTML_BEFORE_VALUE, /* after "=" */
	HTML_QUOTED,       /* in "..." or '...' */
	HTML_BARE,         /* in an unquoted value */
	HTML_AFTER_VALUE,  /* after the closing quote, or after a branch: space, "/" or ">" must
			      follow */
	HTML_DECLARATION,  /* <!doctype ...> */
	HTML_COMMENT,
	HTML_RAW, /* inside script, style, title, textarea ...: no tags but the closing one */
};

enum { HTML_NAME_MAX = 32, HTML_URL_MAX = 12 };

struct html_place {
	enum html_state state;
	char quote;
	char tag[HTML_NAME_MAX]; /* lower case, cut when longer */
	char attr[HTML_NAME_MAX];
	char url[HTML_URL_MAX]; /* the beginning of a URL value */
	bool url_begun;         /* something stands in the URL value already */
	int seen;               /* progress through "-->", or through "</tag" */
};

void html_place_init(struct html_place *h);

/* Goes over n bytes of literal markup; *line grows with each line end. ERR_INVALID for markup that
 * the content security policy would block anyway (style or on... attributes, javascript: links) and
 * for markup whose reading would depend on the reader. */
bool html_place_text(struct html_place *h, const char *s, size_t n, int *line,
		     struct err *e) NODISCARD;

/* A value stands here: its escape as the name of an enum page_place. ERR_REFUSED where none is
 * safe. */
bool html_place_value(struct html_place *h, const char **ret_place, struct err *e) NODISCARD;

/* Two branches meet: a becomes what holds after either. ERR_REFUSED when they end in different
 * places. */
bool html_place_join(struct html_place *a, const struct html_place *b, struct err *e) NODISCARD;

/* What the state is called in messages. */
const char *html_state_name(enum html_state state);

#endif
