/* SPDX-License-Identifier: Apache-2.0 */
/* message_text.c - reads message templates and fills them in. */
#include "collect/message_text.h"

#include "base/list.h"
#include "i18n/catalogue.h"

static const struct message_field fields[] = {
	{ "entity", MESSAGE_ANYWHERE, N_("name of our company") },
	{ "identity", MESSAGE_ANYWHERE, N_("our legal form, capital, registration and address") },
	{ "sender", MESSAGE_ANYWHERE, N_("person or service that writes") },
	{ "phone", MESSAGE_ANYWHERE, N_("telephone to call us back") },
	{ "email", MESSAGE_ANYWHERE, N_("address to write to us") },
	{ "customer", MESSAGE_ANYWHERE, N_("name of the customer") },
	{ "customer_code", MESSAGE_ANYWHERE, N_("customer account") },
	{ "contact", MESSAGE_ANYWHERE, N_("person written to, when known") },
	{ "date", MESSAGE_ANYWHERE, N_("date of the message") },
	{ "amount", MESSAGE_ANYWHERE, N_("amount asked for") },
	{ "total", MESSAGE_ANYWHERE, N_("total of the documents before credit") },
	{ "credit", MESSAGE_ANYWHERE, N_("payments received and not yet allocated") },
	{ "count", MESSAGE_ANYWHERE, N_("number of documents") },
	{ "is_single", MESSAGE_ANYWHERE, N_("whether there is only one document") },
	{ "oldest_due", MESSAGE_ANYWHERE, N_("oldest due date") },
	{ "oldest_days", MESSAGE_ANYWHERE, N_("days late of the oldest document") },
	{ "reply_days", MESSAGE_ANYWHERE, N_("number of days left to answer") },
	{ "reply_by", MESSAGE_ANYWHERE, N_("day until which we expect an answer") },
	{ "last_message_on", MESSAGE_ANYWHERE, N_("date of our last message") },
	{ "iban", MESSAGE_ANYWHERE, N_("account to pay to") },
	{ "bic", MESSAGE_ANYWHERE, N_("bank of that account") },
	{ "reference", MESSAGE_ANYWHERE, N_("reference to give with the payment") },
	{ "penalty_rate", MESSAGE_ANYWHERE, N_("yearly rate of late interest") },
	{ "penalties", MESSAGE_ANYWHERE, N_("late interest to the date of the message") },
	{ "flat_fees", MESSAGE_ANYWHERE, N_("fixed recovery costs, 40 euros per late invoice") },
	{ "n_flat_fees", MESSAGE_ANYWHERE, N_("number of late invoices that carry these costs") },
	{ "is_b2b", MESSAGE_ANYWHERE, N_("whether the customer is a professional") },
	{ "is_b2g", MESSAGE_ANYWHERE, N_("whether the customer is a public buyer") },
	{ "is_b2c", MESSAGE_ANYWHERE, N_("whether the customer is a consumer") },
	{ "document", MESSAGE_IN_ITEMS, N_("document number") },
	{ "issued", MESSAGE_IN_ITEMS, N_("date of the document") },
	{ "due", MESSAGE_IN_ITEMS, N_("due date") },
	{ "days_late", MESSAGE_IN_ITEMS, N_("days late") },
	{ "original", MESSAGE_IN_ITEMS, N_("amount of the document") },
	{ "open", MESSAGE_IN_ITEMS, N_("amount left to pay") },
	{ "disputed", MESSAGE_IN_ITEMS, N_("part under dispute, not asked for") },
	{ "order", MESSAGE_IN_ITEMS, N_("customer's order reference") },
	{ "penalty", MESSAGE_IN_ITEMS, N_("late interest of the document") },
};

/* Heads of the columns in the customer's language: part of the letter, not of the pages. */
static const struct head {
	const char *name, *fr, *en;
	bool is_number;
} heads[] = {
	{ "document", "Pièce", "Document", false },
	{ "issued", "Date", "Date", false },
	{ "due", "Échéance", "Due date", false },
	{ "days_late", "Jours de retard", "Days late", true },
	{ "original", "Montant TTC", "Amount", true },
	{ "open", "Reste dû", "Left to pay", true },
	{ "disputed", "Contesté", "Disputed", true },
	{ "order", "Commande", "Order", false },
	{ "penalty", "Pénalités", "Interest", true },
};

const struct message_field *message_fields(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(fields);
	return fields;
}

/* ---- reading
 * ------------------------------------------------------------------------------------- */

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_ITEMS, NODE_IF };

struct node {
	enum node_kind kind;
	const char *text;               /* literal, or the name */
	size_t len;                     /* of the literal */
	struct node *first, *otherwise; /* children; of {{else}} */
	struct node *next;
};

struct message_template {
	struct node *first;
};

struct parser {
	struct arena *arena;
	const char *text;
	size_t at, len;
	int line;
	int n_nodes;
	int depth;
	bool is_in_items;
};

/* How a run of nodes ended. */
enum ending { END_OF_TEXT, END_ELSE, END_IF, END_ITEMS };

static bool bad(const struct parser *p, struct err *e, const char *what, const char *name)
{
	err_set(e, ERR_INVALID, "line %d of the text: %s%s%.60s%s", p->line, what,
		name ? " \"" : "", name ? name : "", name ? "\"" : "");
	if (e)
		e->line = p->line;
	return false;
}

static struct node *new_node(struct parser *p, enum node_kind kind, struct node ***tail)
{
	struct node *n = ARENA_NEW(p->arena, struct node);

	n->kind = kind;
	**tail = n;
	*tail = &n->next;
	p->n_nodes++;
	return n;
}

static const struct message_field *find_field(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (str_eq(fields[i].name, name))
			return &fields[i];
	return NULL;
}

static bool check_name(const struct parser *p, const char *name, struct err *e)
{
	const struct message_field *f = find_field(name);

	if (!f)
		return bad(p, e, "there is no field", name);
	if (f->scope == MESSAGE_IN_ITEMS && !p->is_in_items)
		return bad(p, e, "only {{#items}} holds the field", name);
	return true;
}

static const char *trimmed(struct arena *a, const char *s, size_t n)
{
	while (n > 0 && (*s == ' ' || *s == '\t'))
		s++, n--;
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return arena_strndup(a, s, n);
}

static bool parse_run(struct parser *p, struct node **ret, enum ending *ret_end, struct err *e);

static bool parse_items(struct parser *p, struct node ***tail, struct err *e)
{
	struct node *n = new_node(p, NODE_ITEMS, tail);
	enum ending end;

	if (p->is_in_items)
		return bad(p, e, "{{#items}} cannot stand inside {{#items}}", NULL);
	p->is_in_items = true;
	if (!parse_run(p, &n->first, &end, e))
		return false;
	p->is_in_items = false;
	if (end != END_ITEMS)
		return bad(p, e, "{{#items}} is not closed by {{/items}} here", NULL);
	return true;
}

static bool parse_if(struct parser *p, const char *name, struct node ***tail, struct err *e)
{
	struct node *n = new_node(p, NODE_IF, tail);
	enum ending end;

	n->text = name;
	if (!check_name(p, name, e) || !parse_run(p, &n->first, &end, e))
		return false;
	if (end == END_ELSE && !parse_run(p, &n->otherwise, &end, e))
		return false;
	if (end != END_IF)
		return bad(p, e, "{{#if}} is not closed by {{/if}} here", NULL);
	return true;
}

/* One {{...}}; *ret_done when it ends the run. */
static bool parse_tag(struct parser *p, const char *tag, struct node ***tail, bool *ret_done,
		      enum ending *ret_end, struct err *e)
{
	*ret_done = true;
	if (str_eq(tag, "else"))
		return *ret_end = END_ELSE, true;
	if (str_eq(tag, "/if"))
		return *ret_end = END_IF, true;
	if (str_eq(tag, "/items"))
		return *ret_end = END_ITEMS, true;
	*ret_done = false;
	if (str_eq(tag, "#items"))
		return parse_items(p, tail, e);
	if (str_starts(tag, "#if "))
		return parse_if(p, trimmed(p->arena, tag + 4, strlen(tag + 4)), tail, e);
	if (tag[0] == '#' || tag[0] == '/')
		return bad(p, e, "only {{#items}} and {{#if name}} are known, not", tag);
	if (!check_name(p, tag, e))
		return false;
	new_node(p, NODE_VALUE, tail)->text = tag;
	return true;
}

static void count_lines(struct parser *p, size_t upto)
{
	for (; p->at < upto; p->at++)
		if (p->text[p->at] == '\n')
			p->line++;
}

/* Where the two braces stand from p->at on; p->len when nowhere. */
static size_t find_braces(const struct parser *p, char brace)
{
	for (size_t i = p->at; i + 1 < p->len; i++)
		if (p->text[i] == brace && p->text[i + 1] == brace)
			return i;
	return p->len;
}

static bool parse_run(struct parser *p, struct node **ret, enum ending *ret_end, struct err *e)
{
	struct node **tail = ret;
	bool done = false;

	if (++p->depth > MESSAGE_MAX_DEPTH)
		return err_set(e, ERR_LIMIT,
			       "line %d of the text: more than %d blocks in each other", p->line,
			       MESSAGE_MAX_DEPTH);
	while (!done) {
		size_t open = find_braces(p, '{'), close;

		if (p->n_nodes > MESSAGE_MAX_NODES)
			return err_set(e, ERR_LIMIT, "the text has more than %d fields",
				       MESSAGE_MAX_NODES);
		if (open > p->at) {
			struct node *n = new_node(p, NODE_TEXT, &tail);

			n->text = p->text + p->at;
			n->len = open - p->at;
			count_lines(p, open);
		}
		if (open == p->len) {
			*ret_end = END_OF_TEXT;
			break;
		}
		p->at = open + 2;
		close = find_braces(p, '}');
		if (close == p->len)
			return bad(p, e, "\"{{\" is not closed by \"}}\"", NULL);
		open = p->at;
		count_lines(p, close);
		p->at = close + 2;
		if (!parse_tag(p, trimmed(p->arena, p->text + open, close - open), &tail, &done,
			       ret_end, e))
			return false;
	}
	p->depth--;
	return true;
}

bool message_parse(struct arena *a, const char *text, size_t len,
		   const struct message_template **ret, struct err *e)
{
	struct message_template *t = ARENA_NEW(a, struct message_template);
	struct parser p = { .arena = a, .len = len, .line = 1 };
	enum ending end;

	if (len > MESSAGE_MAX_TEMPLATE)
		return err_set(e, ERR_LIMIT, "a text has at most %d bytes, this one %zu",
			       MESSAGE_MAX_TEMPLATE, len);
	if (memchr(text, 0, len))
		return err_set(e, ERR_INVALID, "the text holds a zero byte");
	p.text = arena_strndup(a, text, len);
	if (!parse_run(&p, &t->first, &end, e))
		return false;
	if (end == END_ELSE)
		return bad(&p, e, "{{else}} has no {{#if}} before it", NULL);
	if (end != END_OF_TEXT)
		return bad(&p, e, "a block is closed that was not opened", NULL);
	*ret = t;
	return true;
}

/* ---- filling in
 * ---------------------------------------------------------------------------------- */

struct filler {
	struct arena *arena;
	const struct message_data *data;
	const struct message_row *row; /* inside {{#items}} */
	struct buf text;               /* of the paragraph or rows in hand */
	size_t n_out;                  /* bytes written so far */
	LIST_OF(struct message_block) blocks;
};

static const char *find_value(const struct message_value *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].name, name))
			return v[i].text ? v[i].text : "";
	return NULL;
}

static const char *value_of(const struct filler *f, const char *name)
{
	const char *v = NULL;

	if (f->row)
		v = find_value(f->row->values, f->row->n_values, name);
	if (!v)
		v = find_value(f->data->values, f->data->n_values, name);
	return v ? v : "";
}

static bool put(struct filler *f, const char *s, size_t n, struct err *e)
{
	if (n > MESSAGE_MAX_OUTPUT - f->n_out)
		return err_set(e, ERR_LIMIT, "the message would be longer than %d bytes",
			       MESSAGE_MAX_OUTPUT);
	f->n_out += n;
	buf_add(&f->text, s, n);
	return true;
}

/* Blank lines separate paragraphs; white space around them goes. */
static void end_paragraphs(struct filler *f)
{
	const char *s = buf_str(&f->text);

	while (*s) {
		const char *end, *next;
		struct message_block *b;

		s += strspn(s, " \t\r\n");
		if (!*s)
			break;
		for (end = s; *end; end++) {
			/* a line break, blanks, a line break */
			if (*end != '\n')
				continue;
			next = end + 1 + strspn(end + 1, " \t\r");
			if (*next == '\n' || *next == '\0')
				break;
		}
		next = end;
		while (end > s && strchr(" \t\r\n", end[-1]))
			end--;
		b = LIST_ADD(f->arena, &f->blocks);
		b->text = arena_strndup(f->arena, s, (size_t)(end - s));
		s = next;
	}
	buf_init(&f->text, f->arena);
}

static void collect_columns(const struct node *n, struct message_block *b, const char *language)
{
	for (; n; n = n->next) {
		bool is_there = n->kind != NODE_VALUE;

		collect_columns(n->first, b, language);
		collect_columns(n->otherwise, b, language);
		for (size_t i = 0; i < b->n_columns && !is_there; i++)
			is_there = str_eq(b->columns[i].name, n->text);
		for (size_t i = 0; i < ARRAY_LEN(heads) && !is_there; i++)
			if (str_eq(heads[i].name, n->text)) {
				b->columns[b->n_columns++] = (struct message_column){
					heads[i].name,
					str_starts(language, "fr") ? heads[i].fr : heads[i].en,
					heads[i].is_number
				};
				break;
			}
	}
}

static bool fill_run(struct filler *f, const struct node *n, struct err *e);

static bool fill_items(struct filler *f, const struct node *n, struct err *e)
{
	struct message_block table = { .is_table = true, .n_rows = f->data->n_rows };

	end_paragraphs(f);
	table.columns = ARENA_ARRAY(f->arena, ARRAY_LEN(heads), struct message_column);
	collect_columns(n->first, &table, f->data->language);
	table.cells = ARENA_ARRAY(f->arena, table.n_rows * table.n_columns + 1, const char *);
	for (size_t i = 0; i < f->data->n_rows; i++) {
		f->row = &f->data->rows[i];
		if (!fill_run(f, n->first, e))
			return false;
		for (size_t k = 0; k < table.n_columns; k++)
			table.cells[i * table.n_columns + k] = value_of(f, table.columns[k].name);
	}
	f->row = NULL;
	table.text = buf_str(&f->text);
	buf_init(&f->text, f->arena);
	*LIST_ADD(f->arena, &f->blocks) = table;
	return true;
}

static bool fill_run(struct filler *f, const struct node *n, struct err *e)
{
	for (; n; n = n->next) {
		const char *v =
			n->kind == NODE_TEXT || n->kind == NODE_ITEMS ? "" : value_of(f, n->text);
		bool ok = true;

		if (n->kind == NODE_TEXT)
			ok = put(f, n->text, n->len, e);
		else if (n->kind == NODE_VALUE)
			ok = put(f, v, strlen(v), e);
		else if (n->kind == NODE_ITEMS)
			ok = fill_items(f, n, e);
		else
			ok = fill_run(f, *v ? n->first : n->otherwise, e);
		if (!ok)
			return false;
	}
	return true;
}

bool message_fill(struct arena *a, const struct message_template *t,
		  const struct message_data *data, struct message_blocks *ret, struct err *e)
{
	struct filler f = { .arena = a, .data = data };

	buf_init(&f.text, a);
	if (!fill_run(&f, t->first, e))
		return false;
	end_paragraphs(&f);
	*ret = (struct message_blocks){ f.blocks.at, f.blocks.n };
	return true;
}

bool message_fill_line(struct arena *a, const char *text, const struct message_data *data,
		       const char **ret, struct err *e)
{
	const struct message_template *t;
	struct message_blocks blocks;
	char *line;

	if (!message_parse(a, text, strlen(text), &t, e) || !message_fill(a, t, data, &blocks, e))
		return false;
	line = arena_strdup(a, message_to_text(a, &blocks));
	/* A value with a line break must not start a header of its own. */
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	for (size_t n = strlen(line); n > 0 && line[n - 1] == ' '; n--)
		line[n - 1] = '\0';
	*ret = line;
	return true;
}

/* ---- plain text and HTML
 * ------------------------------------------------------------------------- */

/* The rows without the line breaks that {{#items}} left at both ends, one line per row. */
static void put_table_text(struct buf *b, const char *rows)
{
	bool at_line = true;

	for (const char *c = rows; *c; c++) {
		if (*c == '\r' || (*c == '\n' && at_line))
			continue;
		buf_putc(b, *c);
		at_line = *c == '\n';
	}
	if (!at_line)
		buf_putc(b, '\n');
}

const char *message_to_text(struct arena *a, const struct message_blocks *blocks)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < blocks->n; i++) {
		if (i > 0)
			buf_putc(&b, '\n');
		if (blocks->at[i].is_table)
			put_table_text(&b, blocks->at[i].text);
		else
			buf_printf(&b, "%s\n", blocks->at[i].text);
	}
	return buf_str(&b);
}

static void put_escaped(struct buf *b, const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '&':
			buf_puts(b, "&amp;");
			break;
		case '<':
			buf_puts(b, "&lt;");
			break;
		case '>':
			buf_puts(b, "&gt;");
			break;
		case '"':
			buf_puts(b, "&quot;");
			break;
		case '\'':
			buf_puts(b, "&#39;");
			break;
		case '\r':
			break;
		case '\n':
			buf_puts(b, "<br>\n");
			break;
		default:
			buf_putc(b, *s);
		}
}

#define CELL_STYLE  "padding:4px 12px 4px 0;border-bottom:1px solid #d5dbe1;vertical-align:top;"
#define RIGHT_STYLE "text-align:right;white-space:nowrap"
#define LEFT_STYLE  "text-align:left"

static void put_cell(struct buf *b, const char *tag, const char *scope, bool is_number,
		     const char *text)
{
	buf_printf(b, "<%s%s style=\"" CELL_STYLE "%s\">", tag, scope,
		   is_number ? RIGHT_STYLE : LEFT_STYLE);
	put_escaped(b, text);
	buf_printf(b, "</%s>", tag);
}

static void put_table_html(struct buf *b, const struct message_block *t)
{
	buf_puts(b, "<table style=\"border-collapse:collapse;margin:16px 0\"><thead><tr>");
	for (size_t k = 0; k < t->n_columns; k++)
		put_cell(b, "th", " scope=\"col\"", t->columns[k].is_number, t->columns[k].head);
	buf_puts(b, "</tr></thead>\n<tbody>");
	for (size_t i = 0; i < t->n_rows; i++) {
		buf_puts(b, "<tr>");
		for (size_t k = 0; k < t->n_columns; k++)
			put_cell(b, k ? "td" : "th", k ? "" : " scope=\"row\"",
				 t->columns[k].is_number, t->cells[i * t->n_columns + k]);
		buf_puts(b, "</tr>\n");
	}
	buf_puts(b, "</tbody></table>\n");
}

const char *message_to_html(struct arena *a, const struct message_blocks *blocks, const char *title,
			    const char *language)
{
	struct buf b;

	buf_init(&b, a);
	buf_puts(&b, "<!doctype html>\n<html lang=\"");
	put_escaped(&b, language);
	buf_puts(&b, "\">\n<head><meta charset=\"utf-8\"><title>");
	put_escaped(&b, title);
	buf_puts(&b, "</title></head>\n<body style=\"font-family:Arial,Helvetica,sans-serif;"
		     "font-size:15px;line-height:1.5;color:#1b2733;max-width:640px\">\n");
	for (size_t i = 0; i < blocks->n; i++) {
		if (blocks->at[i].is_table) {
			if (blocks->at[i].n_columns > 0)
				put_table_html(&b, &blocks->at[i]);
			continue;
		}
		buf_puts(&b, "<p>");
		put_escaped(&b, blocks->at[i].text);
		buf_puts(&b, "</p>\n");
	}
	buf_puts(&b, "</body>\n</html>\n");
	return buf_str(&b);
}
