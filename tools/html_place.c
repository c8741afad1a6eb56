/* SPDX-License-Identifier: Apache-2.0 */
#include "html_place.h"

/* Elements whose content is not markup. In script and the like no value is safe; the content of
 * title and textarea is text in which entities count. */
static const struct raw {
	const char *tag;
	bool values;
} raw_elements[] = {
	{ "script", false },    { "style", false },    { "iframe", false },
	{ "noembed", false },   { "noframes", false }, { "xmp", false },
	{ "plaintext", false }, { "title", true },     { "textarea", true },
};

/* Attributes that the browser follows as addresses. The data-... ones are those our scripts follow.
 */
static const char *const url_attributes[] = {
	"href",           "src",         "action",       "formaction",  "poster",
	"cite",           "data",        "ping",         "manifest",    "background",
	"xlink:href",     "icon",        "data-href",    "data-src",    "data-url",
	"data-action",    "data-hx-get", "data-hx-post", "data-hx-put", "data-hx-patch",
	"data-hx-delete",
};

/* Attributes in which no value is safe, whatever its escape. */
static const char *const refused_attributes[] = { "style", "srcdoc", "srcset", "http-equiv" };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static void append(char *name, size_t size, char c)
{
	size_t n = strlen(name);

	if (n + 1 < size) {
		name[n] = lower(c);
		name[n + 1] = '\0';
	}
}

static bool in_list(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(name, list[i]))
			return true;
	}
	return false;
}

static bool is_url(const struct html_place *h)
{
	return in_list(h->attr, url_attributes, ARRAY_LEN(url_attributes));
}

static const struct raw *raw_of(const char *tag)
{
	for (size_t i = 0; i < ARRAY_LEN(raw_elements); i++) {
		if (str_eq(tag, raw_elements[i].tag))
			return &raw_elements[i];
	}
	return NULL;
}

const char *html_state_name(enum html_state state)
{
	static const char *const names[] = {
		[HTML_TEXT] = "text",
		[HTML_TAG_OPEN] = "a tag's name",
		[HTML_TAG_NAME] = "a tag's name",
		[HTML_END_TAG] = "a closing tag",
		[HTML_BEFORE_ATTR] = "a tag, between attributes",
		[HTML_ATTR_NAME] = "an attribute's name",
		[HTML_AFTER_NAME] = "a tag, between attributes",
		[HTML_BEFORE_VALUE] = "an attribute without quotes",
		[HTML_QUOTED] = "an attribute's value",
		[HTML_BARE] = "an attribute without quotes",
		[HTML_AFTER_VALUE] = "a tag, between attributes",
		[HTML_DECLARATION] = "a declaration",
		[HTML_COMMENT] = "a comment",
		[HTML_RAW] = "the content of script, style or the like",
	};

	return names[state];
}

void html_place_init(struct html_place *h)
{
	*h = (struct html_place){ .state = HTML_TEXT };
}

/* ---- one character at a time -------------------------------------------------------------------
 */

static void close_tag(struct html_place *h)
{
	h->seen = 0;
	h->state = raw_of(h->tag) ? HTML_RAW : HTML_TEXT;
}

static bool begin_attribute(struct html_place *h, char c)
{
	h->attr[0] = '\0';
	append(h->attr, sizeof h->attr, c);
	h->state = HTML_ATTR_NAME;
	return true;
}

/* The attribute's name is complete. */
static bool end_name(struct html_place *h, struct err *e)
{
	if (str_eq(h->attr, "style") || str_starts(h->attr, "on"))
		return err_set(e, ERR_INVALID,
			       "attribute %s is blocked by our content security policy", h->attr);
	return true;
}

static void begin_value(struct html_place *h, char quote)
{
	h->quote = quote;
	h->url[0] = '\0';
	h->url_begun = false;
	h->state = quote ? HTML_QUOTED : HTML_BARE;
}

static bool value_char(struct html_place *h, char c, struct err *e)
{
	if (!is_url(h))
		return true;
	if (!h->url_begun || h->url[0])
		append(h->url, sizeof h->url, c);
	h->url_begun = true;
	if (str_starts(h->url, "javascript:") || str_starts(h->url, "vbscript:"))
		return err_set(e, ERR_INVALID, "a script as the address of %s", h->attr);
	return true;
}

static bool in_tag(struct html_place *h, char c, struct err *e)
{
	if (c == '>') {
		close_tag(h);
		return true;
	}
	if (h->state == HTML_AFTER_VALUE && !is_space(c) && c != '/')
		return err_set(e, ERR_INVALID, "a space is missing before '%c' in tag <%s>", c,
			       h->tag);
	if (is_space(c)) {
		if (h->state != HTML_AFTER_NAME)
			h->state = HTML_BEFORE_ATTR;
		return true;
	}
	if (c == '/')
		return true;
	if (c == '=' && h->state == HTML_AFTER_NAME) {
		h->state = HTML_BEFORE_VALUE;
		return true;
	}
	if (c == '"' || c == '\'' || c == '<' || c == '=')
		return err_set(e, ERR_INVALID, "'%c' out of place in tag <%s>", c, h->tag);
	return begin_attribute(h, c);
}

static bool in_attribute_name(struct html_place *h, char c, struct err *e)
{
	if (!is_space(c) && c != '=' && c != '>' && c != '/') {
		if (c == '"' || c == '\'' || c == '<')
			return err_set(e, ERR_INVALID, "'%c' in the name of an attribute", c);
		append(h->attr, sizeof h->attr, c);
		return true;
	}
	if (!end_name(h, e))
		return false;
	if (c == '=')
		h->state = HTML_BEFORE_VALUE;
	else if (c == '>')
		close_tag(h);
	else
		h->state = c == '/' ? HTML_BEFORE_ATTR : HTML_AFTER_NAME;
	return true;
}

static bool before_value(struct html_place *h, char c, struct err *e)
{
	if (is_space(c))
		return true;
	if (c == '>')
		return err_set(e, ERR_INVALID, "attribute %s has \"=\" but no value", h->attr);
	if (c == '"' || c == '\'') {
		begin_value(h, c);
		return true;
	}
	begin_value(h, '\0');
	return value_char(h, c, e);
}

static bool in_value(struct html_place *h, char c, struct err *e)
{
	if (h->state == HTML_QUOTED) {
		if (c != h->quote)
			return value_char(h, c, e);
		h->state = HTML_AFTER_VALUE;
		return true;
	}
	if (is_space(c))
		h->state = HTML_BEFORE_ATTR;
	else if (c == '>')
		close_tag(h);
	else if (c == '"' || c == '\'' || c == '<' || c == '=' || c == '`')
		return err_set(e, ERR_INVALID, "'%c' in a value without quotes", c);
	else
		return value_char(h, c, e);
	return true;
}

static bool tag_open(struct html_place *h, char c, struct err *e)
{
	if (is_letter(c)) {
		h->tag[0] = '\0';
		append(h->tag, sizeof h->tag, c);
		h->state = HTML_TAG_NAME;
	} else if (c == '/') {
		h->state = HTML_END_TAG;
	} else if (c == '!') {
		h->state = HTML_DECLARATION;
		h->seen = 0;
	} else {
		return err_set(e, ERR_INVALID, "\"<\" is not followed by a tag; write &lt;");
	}
	return true;
}

static void tag_name(struct html_place *h, char c)
{
	if (c == '>')
		close_tag(h);
	else if (is_space(c) || c == '/')
		h->state = HTML_BEFORE_ATTR;
	else
		append(h->tag, sizeof h->tag, c);
}

/* "<!--" begins a comment, anything else after "<!" is a declaration. */
static void declaration(struct html_place *h, char c)
{
	if (c == '>') {
		h->state = HTML_TEXT;
	} else if (c == '-' && h->seen >= 0) {
		if (++h->seen == 2) {
			h->state = HTML_COMMENT;
			h->seen = 0;
		}
	} else {
		h->seen = -1;
	}
}

static void comment(struct html_place *h, char c)
{
	if (c == '>' && h->seen >= 2)
		h->state = HTML_TEXT;
	h->seen = c == '-' ? h->seen + 1 : 0;
}

/* Waits for "</tag" of the element whose content this is. */
static void raw(struct html_place *h, char c)
{
	size_t seen = (size_t)h->seen;

	if (seen >= 2 && h->tag[seen - 2] == '\0') {
		if (c == '>' || is_space(c) || c == '/') {
			h->state = c == '>' ? HTML_TEXT : HTML_END_TAG;
			return;
		}
		h->seen = 0;
		return;
	}
	if ((seen == 0 && c == '<') || (seen == 1 && c == '/') ||
	    (seen >= 2 && lower(c) == h->tag[seen - 2]))
		h->seen++;
	else
		h->seen = c == '<' ? 1 : 0;
}

static bool step(struct html_place *h, char c, struct err *e)
{
	switch (h->state) {
	case HTML_TEXT:
		if (c == '<')
			h->state = HTML_TAG_OPEN;
		return true;
	case HTML_TAG_OPEN:
		return tag_open(h, c, e);
	case HTML_TAG_NAME:
		tag_name(h, c);
		return true;
	case HTML_END_TAG:
		if (c == '>')
			h->state = HTML_TEXT;
		return true;
	case HTML_BEFORE_ATTR:
	case HTML_AFTER_NAME:
	case HTML_AFTER_VALUE:
		return in_tag(h, c, e);
	case HTML_ATTR_NAME:
		return in_attribute_name(h, c, e);
	case HTML_BEFORE_VALUE:
		return before_value(h, c, e);
	case HTML_QUOTED:
	case HTML_BARE:
		return in_value(h, c, e);
	case HTML_DECLARATION:
		declaration(h, c);
		return true;
	case HTML_COMMENT:
		comment(h, c);
		return true;
	case HTML_RAW:
		raw(h, c);
		return true;
	}
	return true;
}

bool html_place_text(struct html_place *h, const char *s, size_t n, int *line, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (!step(h, s[i], e))
			return false;
		if (s[i] == '\n')
			++*line;
	}
	return true;
}

/* ---- values ------------------------------------------------------------------------------------
 */

/* Where a value joins an address that has begun: the literal before it has chosen the scheme. */
static bool url_rest(struct html_place *h, const char **ret, struct err *e)
{
	const char *end = h->url + strcspn(h->url, ":/?#");

	if (*end == ':' && !str_starts(h->url, "http:") && !str_starts(h->url, "https:") &&
	    !str_starts(h->url, "mailto:"))
		return err_set(e, ERR_REFUSED, "no value is safe in a %.*s: address",
			       (int)(end - h->url), h->url);
	*ret = str_starts(h->url, "mailto:") ? "PAGE_URL_MAIL" : "PAGE_URL_PART";
	return true;
}

static bool quoted_value(struct html_place *h, const char **ret, struct err *e)
{
	if (in_list(h->attr, refused_attributes, ARRAY_LEN(refused_attributes)))
		return err_set(e, ERR_REFUSED, "no value is safe in attribute %s", h->attr);
	if (!is_url(h)) {
		*ret = "PAGE_ATTRIBUTE";
		return true;
	}
	if (h->url_begun)
		return url_rest(h, ret, e);
	h->url_begun = true;
	*ret = "PAGE_URL";
	return true;
}

bool html_place_value(struct html_place *h, const char **ret_place, struct err *e)
{
	const struct raw *element;

	switch (h->state) {
	case HTML_TEXT:
		*ret_place = "PAGE_TEXT";
		return true;
	case HTML_RAW:
		element = raw_of(h->tag);
		if (!element->values)
			return err_set(e, ERR_REFUSED, "no value is safe inside <%s>", h->tag);
		h->seen = 0;
		*ret_place = "PAGE_TEXT";
		return true;
	case HTML_QUOTED:
		return quoted_value(h, ret_place, e);
	case HTML_BEFORE_VALUE:
	case HTML_BARE:
		return err_set(e, ERR_REFUSED, "the value of attribute %s stands without quotes",
			       h->attr);
	default:
		return err_set(e, ERR_REFUSED, "no value is safe in %s", html_state_name(h->state));
	}
}

/* ---- branches ----------------------------------------------------------------------------------
 */

static bool between_attributes(enum html_state s)
{
	return s == HTML_TAG_NAME || s == HTML_BEFORE_ATTR || s == HTML_ATTR_NAME ||
	       s == HTML_AFTER_NAME || s == HTML_AFTER_VALUE;
}

static bool after_space(enum html_state s)
{
	return s == HTML_BEFORE_ATTR || s == HTML_AFTER_NAME;
}

static bool same_value(const struct html_place *a, const struct html_place *b)
{
	return a->quote == b->quote && str_eq(a->attr, b->attr) &&
	       (!is_url(a) || (a->url_begun == b->url_begun && str_eq(a->url, b->url)));
}

bool html_place_join(struct html_place *a, const struct html_place *b, struct err *e)
{
	bool in_value = a->state == HTML_QUOTED;

	if (between_attributes(a->state) && between_attributes(b->state) &&
	    str_eq(a->tag, b->tag)) {
		a->state = after_space(a->state) && after_space(b->state) ? HTML_BEFORE_ATTR
									  : HTML_AFTER_VALUE;
		return true;
	}
	if (a->state != b->state)
		return err_set(e, ERR_REFUSED, "one branch ends in %s, the other in %s",
			       html_state_name(a->state), html_state_name(b->state));
	if (in_value && is_url(a) && a->url_begun && b->url_begun && a->quote == b->quote &&
	    str_eq(a->attr, b->attr)) {
		/* Both have begun: what may follow is a part of an address, whichever began it. */
		if (!str_eq(a->url, b->url))
			a->url[0] = '\0';
		return true;
	}
	if ((in_value && !same_value(a, b)) || (a->state != HTML_TEXT && a->seen != b->seen) ||
	    (a->state == HTML_RAW && !str_eq(a->tag, b->tag)))
		return err_set(e, ERR_REFUSED, "the branches end in different places of %s",
			       html_state_name(a->state));
	return true;
}
