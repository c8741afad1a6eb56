/* SPDX-License-Identifier: Apache-2.0 */
#include "template.h"

#include "html_place.h"

enum {
	DEPTH_MAX = 32,
	CHUNK = 1000, /* longest string literal written */
};

enum block_kind { BLOCK_PAGE, BLOCK_IF, BLOCK_ELSE, BLOCK_FOR };

/* An open statement: where it began, and where the markup stood. */
struct block {
	enum block_kind kind;
	int line;
	struct html_place start;  /* before the statement */
	struct html_place joined; /* after the branches seen so far */
	bool has_joined;
};

struct compiler {
	struct arena *arena;
	const char *name;
	const char *at;
	int line;
	struct buf *out; /* what goes before the functions: includes, declarations */
	struct buf body;
	struct html_place place;
	struct block blocks[DEPTH_MAX];
	int depth;
};

/* The inside of {{ }} or {% %}, trimmed. */
struct tag {
	char *text;
	int line;
};

/* Adds the line to the error just set. */
static bool at_line(int line, struct err *e)
{
	e->line = line;
	return false;
}

static bool is_space(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

static bool is_word(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '_';
}

static const char *skip_space(const char *s)
{
	while (is_space(*s))
		s++;
	return s;
}

/* ---- writing C ---------------------------------------------------------------------------------
 */

static void put_quoted(struct buf *b, const char *s, size_t n)
{
	buf_putc(b, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char ch = (unsigned char)s[i];

		if (ch == '\n')
			buf_puts(b, "\\n");
		else if (ch == '"' || ch == '\\')
			buf_printf(b, "\\%c", ch);
		else if (ch < ' ' || ch >= 0x7f || ch == '?')
			buf_printf(b, "\\%03o", ch);
		else
			buf_putc(b, (char)ch);
	}
	buf_putc(b, '"');
}

static void put_line(struct compiler *c, struct buf *b, int line)
{
	buf_printf(b, "#line %d ", line);
	put_quoted(b, c->name, strlen(c->name));
	buf_putc(b, '\n');
}

static bool literal(struct compiler *c, const char *s, size_t n, struct err *e)
{
	if (n == 0)
		return true;
	if (c->depth == 0) {
		for (size_t i = 0; i < n; i++) {
			if (!is_space(s[i])) {
				err_set(e, ERR_INVALID, "text outside of a page");
				return at_line(c->line, e);
			}
			c->line += s[i] == '\n';
		}
		return true;
	}
	if (!html_place_text(&c->place, s, n, &c->line, e))
		return at_line(c->line, e);
	for (size_t i = 0; i < n; i += CHUNK) {
		size_t part = n - i < CHUNK ? n - i : CHUNK;

		buf_puts(&c->body, "\tpage_markup(p, ");
		put_quoted(&c->body, s + i, part);
		buf_printf(&c->body, ", %zu);\n", part);
	}
	return true;
}

/* ---- reading tags ------------------------------------------------------------------------------
 */

/* Past a C string or character constant that begins at s; NULL when it does not end. */
static const char *skip_constant(const char *s)
{
	char quote = *s++;

	while (*s && *s != quote) {
		if (*s == '\\' && s[1])
			s++;
		s++;
	}
	return *s ? s + 1 : NULL;
}

/* Reads up to the closing pair; comments may hold anything. */
static bool read_tag(struct compiler *c, const char *open, const char *close, struct tag *ret,
		     struct err *e)
{
	const char *s = c->at + 2;
	const char *begin = s;
	int line = c->line;

	while (*s && (s[0] != close[0] || s[1] != close[1])) {
		if ((*s == '"' || *s == '\'') && open[1] != '#') {
			s = skip_constant(s);
			if (!s)
				break;
		} else {
			s++;
		}
	}
	if (!s || !*s) {
		err_set(e, ERR_INVALID, "\"%s\" without \"%s\"", open, close);
		return at_line(line, e);
	}
	for (const char *t = c->at; t < s; t++)
		c->line += *t == '\n';
	c->at = s + 2;
	begin = skip_space(begin);
	while (s > begin && is_space(s[-1]))
		s--;
	ret->text = arena_strndup(c->arena, begin, (size_t)(s - begin));
	ret->line = line;
	return true;
}

/* If text begins with the word, returns what follows it. */
static const char *after_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(text, word, n) != 0 || is_word(text[n]))
		return NULL;
	return skip_space(text + n);
}

/* "name(arguments)": both parts, arguments without the outer parentheses. */
static bool read_call(struct compiler *c, const struct tag *t, const char *s, char **ret_name,
		      char **ret_arguments, struct err *e)
{
	const char *name = s;
	const char *end = s + strlen(s);

	while (is_word(*s))
		s++;
	if (s == name || (*name >= '0' && *name <= '9') || *skip_space(s) != '(' ||
	    end[-1] != ')') {
		err_set(e, ERR_INVALID, "\"%s\" is not of the form name(...)", name);
		return at_line(t->line, e);
	}
	*ret_name = arena_strndup(c->arena, name, (size_t)(s - name));
	s = skip_space(skip_space(s) + 1);
	end--;
	while (end > s && is_space(end[-1]))
		end--;
	*ret_arguments = arena_strndup(c->arena, s, (size_t)(end > s ? end - s : 0));
	return true;
}

/* ---- statements --------------------------------------------------------------------------------
 */

static bool need_page(struct compiler *c, const struct tag *t, struct err *e)
{
	if (c->depth > 0)
		return true;
	err_set(e, ERR_INVALID, "\"%.40s\" outside of a page", t->text);
	return at_line(t->line, e);
}

static bool push(struct compiler *c, enum block_kind kind, const struct tag *t, struct err *e)
{
	if (c->depth == DEPTH_MAX) {
		err_set(e, ERR_LIMIT, "more than %d statements inside each other", DEPTH_MAX);
		return at_line(t->line, e);
	}
	c->blocks[c->depth++] = (struct block){ .kind = kind, .line = t->line, .start = c->place };
	return true;
}

static bool parenthesised(const struct tag *t, const char *s, struct err *e)
{
	size_t n = strlen(s);

	if (n >= 2 && s[0] == '(' && s[n - 1] == ')')
		return true;
	err_set(e, ERR_INVALID, "\"%.60s\" needs parentheses", t->text);
	return at_line(t->line, e);
}

static bool page_statement(struct compiler *c, const struct tag *t, const char *rest, struct err *e)
{
	char *name, *arguments;
	const char *comma;

	if (c->depth > 0) {
		err_set(e, ERR_INVALID, "a page inside a page (the outer began on line %d)",
			c->blocks[0].line);
		return at_line(t->line, e);
	}
	if (!read_call(c, t, rest, &name, &arguments, e))
		return false;
	html_place_init(&c->place);
	if (!push(c, BLOCK_PAGE, t, e))
		return false;
	if (str_eq(arguments, "void"))
		arguments[0] = '\0';
	comma = arguments[0] ? ", " : "";
	put_line(c, c->out, t->line);
	buf_printf(c->out, "void %s(struct page *p%s%s);\n", name, comma, arguments);
	put_line(c, &c->body, t->line);
	buf_printf(&c->body, "void %s(struct page *p%s%s)\n{\n", name, comma, arguments);
	return true;
}

/* A branch ends here: what it leaves must agree with the branches before. */
static bool end_branch(struct compiler *c, struct block *b, const struct tag *t, struct err *e)
{
	if (!b->has_joined)
		b->joined = c->place;
	else if (!html_place_join(&b->joined, &c->place, e))
		return at_line(t->line, e);
	b->has_joined = true;
	return true;
}

static bool else_statement(struct compiler *c, const struct tag *t, const char *condition,
			   struct err *e)
{
	struct block *b = c->depth > 0 ? &c->blocks[c->depth - 1] : NULL;

	if (!b || b->kind != BLOCK_IF) {
		err_set(e, ERR_INVALID, "\"%.20s\" without \"if\"", t->text);
		return at_line(t->line, e);
	}
	if (condition && !parenthesised(t, condition, e))
		return false;
	if (!end_branch(c, b, t, e))
		return false;
	c->place = b->start;
	if (condition) {
		buf_puts(&c->body, "\t}\n");
		put_line(c, &c->body, t->line);
		buf_printf(&c->body, "\telse if %s {\n", condition);
	} else {
		b->kind = BLOCK_ELSE;
		buf_puts(&c->body, "\t} else {\n");
	}
	return true;
}

static bool end_statement(struct compiler *c, const struct tag *t, struct err *e)
{
	struct block *b = c->depth > 0 ? &c->blocks[c->depth - 1] : NULL;

	if (!b) {
		err_set(e, ERR_INVALID, "\"end\" without a statement to end");
		return at_line(t->line, e);
	}
	if (b->kind == BLOCK_PAGE) {
		if (c->place.state != HTML_TEXT) {
			err_set(e, ERR_REFUSED, "the page of line %d ends in %s", b->line,
				html_state_name(c->place.state));
			return at_line(t->line, e);
		}
		buf_puts(&c->body, "\t(void)p;\n}\n\n");
		c->depth--;
		return true;
	}
	if (!end_branch(c, b, t, e))
		return false;
	/* Without "else", and for a loop that does not run, the start is one of the ends. */
	if (b->kind != BLOCK_ELSE && !html_place_join(&b->joined, &b->start, e))
		return at_line(t->line, e);
	c->place = b->joined;
	buf_puts(&c->body, "\t}\n");
	c->depth--;
	return true;
}

static bool open_statement(struct compiler *c, enum block_kind kind, const struct tag *t,
			   const char *rest, struct err *e)
{
	if (!need_page(c, t, e) || !parenthesised(t, rest, e) || !push(c, kind, t, e))
		return false;
	put_line(c, &c->body, t->line);
	buf_printf(&c->body, "\t%s %s {\n", kind == BLOCK_IF ? "if" : "for", rest);
	return true;
}

static bool call_statement(struct compiler *c, const struct tag *t, const char *rest, struct err *e)
{
	char *name, *arguments;

	if (!need_page(c, t, e) || !read_call(c, t, rest, &name, &arguments, e))
		return false;
	if (c->place.state != HTML_TEXT) {
		err_set(e, ERR_REFUSED, "a page cannot be called in %s",
			html_state_name(c->place.state));
		return at_line(t->line, e);
	}
	put_line(c, &c->body, t->line);
	buf_printf(&c->body, "\t%s(p%s%s);\n", name, arguments[0] ? ", " : "", arguments);
	return true;
}

/* ---- translated text ---------------------------------------------------------------------------
 */

/* A string constant at *s (several side by side count as one); moves *s past it. */
static bool read_string(struct compiler *c, const struct tag *t, const char **s, bool one,
			char **ret, struct err *e)
{
	const char *begin = *s;
	const char *end = begin;

	while (*skip_space(end) == '"' && (end == begin || !one)) {
		end = skip_constant(skip_space(end));
		ENSURE(end); /* read_tag saw it end */
	}
	if (end == begin) {
		err_set(e, ERR_INVALID, "\"%.40s\" is not followed by a text in quotes", t->text);
		return at_line(t->line, e);
	}
	*ret = arena_strndup(c->arena, begin, (size_t)(end - begin));
	*s = skip_space(end);
	return true;
}

static bool place_of(struct compiler *c, const struct tag *t, const char **ret, struct err *e)
{
	if (!need_page(c, t, e))
		return false;
	if (!html_place_value(&c->place, ret, e)) {
		err_while(e, "\"%.60s\"", t->text);
		return at_line(t->line, e);
	}
	return true;
}

static bool tr_statement(struct compiler *c, const struct tag *t, const char *rest, struct err *e)
{
	const char *place;
	char *text;

	if (!read_string(c, t, &rest, false, &text, e) || !place_of(c, t, &place, e))
		return false;
	put_line(c, &c->body, t->line);
	if (*rest == '\0') {
		buf_printf(&c->body, "\tpage_tr(p, %s, %s);\n", place, text);
		return true;
	}
	if (*rest != ',') {
		err_set(e, ERR_INVALID, "a comma is missing before \"%.40s\"", rest);
		return at_line(t->line, e);
	}
	buf_printf(&c->body, "\tpage_trf(p, %s, %s%s);\n", place, text, rest);
	return true;
}

/* Where the first argument ends: at a comma outside of parentheses and strings, or at the end. */
static const char *argument_end(const char *s)
{
	int depth = 0;

	while (*s && (*s != ',' || depth > 0)) {
		if (*s == '"' || *s == '\'') {
			s = skip_constant(s);
			ENSURE(s); /* read_tag saw it end */
			continue;
		}
		depth += (*s == '(' || *s == '[') - (*s == ')' || *s == ']');
		s++;
	}
	return s;
}

/* {% trn "one" "many" n %}: the %d of the texts is n, unless other arguments follow it. */
static bool trn_statement(struct compiler *c, const struct tag *t, const char *rest, struct err *e)
{
	const char *place, *more;
	char *one, *many;

	if (!read_string(c, t, &rest, true, &one, e))
		return false;
	rest = skip_space(*rest == ',' ? rest + 1 : rest);
	if (!read_string(c, t, &rest, true, &many, e) || !place_of(c, t, &place, e))
		return false;
	rest = skip_space(*rest == ',' ? rest + 1 : rest);
	if (*rest == '\0') {
		err_set(e, ERR_INVALID, "trn needs a number after its two texts");
		return at_line(t->line, e);
	}
	more = argument_end(rest);
	put_line(c, &c->body, t->line);
	buf_printf(&c->body, "\tpage_trn(p, %s, %s, %s, (unsigned long)(%.*s)", place, one, many,
		   (int)(more - rest), rest);
	if (*more == ',')
		buf_puts(&c->body, more);
	else if (strchr(many, '%'))
		buf_printf(&c->body, ", (int)(%s)", rest);
	buf_puts(&c->body, ");\n");
	return true;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static bool value(struct compiler *c, const struct tag *t, struct err *e)
{
	const char *safe = after_word(t->text, "safe");
	const char *place;

	if (t->text[0] == '\0') {
		err_set(e, ERR_INVALID, "an empty value");
		return at_line(t->line, e);
	}
	if (!place_of(c, t, &place, e))
		return false;
	put_line(c, &c->body, t->line);
	if (!safe || *safe == '\0') {
		buf_printf(&c->body, "\tPAGE_PUT(p, %s, %s);\n", place, t->text);
		return true;
	}
	if (c->place.state != HTML_TEXT) {
		err_set(e, ERR_REFUSED, "ready markup cannot stand in %s",
			html_state_name(c->place.state));
		return at_line(t->line, e);
	}
	buf_printf(&c->body, "\tpage_safe(p, %s);\n", safe);
	return true;
}

static bool statement(struct compiler *c, const struct tag *t, struct err *e)
{
	const char *rest;

	if ((rest = after_word(t->text, "page")))
		return page_statement(c, t, rest, e);
	if ((rest = after_word(t->text, "if")))
		return open_statement(c, BLOCK_IF, t, rest, e);
	if ((rest = after_word(t->text, "for")))
		return open_statement(c, BLOCK_FOR, t, rest, e);
	if ((rest = after_word(t->text, "elif")))
		return else_statement(c, t, rest, e);
	if (str_eq(t->text, "else"))
		return else_statement(c, t, NULL, e);
	if (str_eq(t->text, "end"))
		return end_statement(c, t, e);
	if ((rest = after_word(t->text, "call")))
		return call_statement(c, t, rest, e);
	if ((rest = after_word(t->text, "tr")))
		return tr_statement(c, t, rest, e);
	if ((rest = after_word(t->text, "trn")))
		return trn_statement(c, t, rest, e);
	if ((rest = after_word(t->text, "c")) && c->depth == 0) {
		put_line(c, c->out, t->line);
		buf_printf(c->out, "%s\n", rest);
		return true;
	}
	err_set(e, ERR_INVALID, "\"%.40s\" is no statement here", t->text);
	return at_line(t->line, e);
}

/* The literal text from begin to c->at, without the indentation and the line end of a statement
 * that has its line for itself. */
static bool literal_before(struct compiler *c, const char *begin, bool alone, struct err *e)
{
	const char *end = c->at;

	if (alone) {
		while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
	}
	return literal(c, begin, (size_t)(end - begin), e);
}

/* Whether the {% %} or {# #} at s is the only thing on its lines. */
static bool stands_alone(const struct compiler *c, const char *text, const char *s)
{
	const char *end;
	char close[3] = { s[1], '}', '\0' };

	if (s[1] == '{' || c->place.state != HTML_TEXT)
		return false;
	if (s[1] == '%' && strncmp(skip_space(s + 2), "tr", 2) == 0)
		return false;
	for (const char *t = s; t > text && t[-1] != '\n'; t--) {
		if (t[-1] != ' ' && t[-1] != '\t')
			return false;
	}
	end = strstr(s, close);
	return end && end[2] == '\n';
}

static bool compile_text(struct compiler *c, const char *text, struct err *e)
{
	const char *begin = text;

	for (c->at = text; *c->at;) {
		char kind = c->at[0] == '{' ? c->at[1] : '\0';
		struct tag t;
		bool alone, ok;

		if (kind != '{' && kind != '%' && kind != '#') {
			c->at++;
			continue;
		}
		alone = stands_alone(c, text, c->at);
		if (!literal_before(c, begin, alone, e))
			return false;
		if (kind == '{')
			ok = read_tag(c, "{{", "}}", &t, e) && value(c, &t, e);
		else if (kind == '%')
			ok = read_tag(c, "{%", "%}", &t, e) && statement(c, &t, e);
		else
			ok = read_tag(c, "{#", "#}", &t, e);
		if (!ok)
			return false;
		if (alone && *c->at == '\n') {
			c->at++;
			c->line++;
		}
		begin = c->at;
	}
	return literal_before(c, begin, false, e);
}

bool template_compile(struct arena *a, const char *name, const char *text, struct buf *out,
		      struct err *e)
{
	struct compiler c = { .arena = a, .name = name, .line = 1, .out = out };

	buf_init(&c.body, a);
	buf_puts(out, "/* Made by tools/th; the template is the source. */\n"
		      "#include \"web/page.h\"\n"
		      "#pragma GCC diagnostic ignored \"-Wunused-parameter\"\n"
		      /* "One item" may leave out the number that "%d items" writes. */
		      "#pragma GCC diagnostic ignored \"-Wformat-extra-args\"\n");
	if (!compile_text(&c, text, e))
		return false;
	if (c.depth > 0) {
		err_set(e, ERR_INVALID, "a statement is not ended");
		return at_line(c.blocks[c.depth - 1].line, e);
	}
	buf_puts(out, buf_str(&c.body));
	return true;
}
