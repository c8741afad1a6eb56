/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message_text.h - the texts of reminders (modèles de messages): a small language, read and filled
 *in.
 *
 * A template is plain text written by a user:
 *
 *	Dear {{contact}},
 *	{{#items}}
 *	- {{document}}, due {{due}}: {{open}}
 *	{{/items}}
 *	{{#if credit}}We hold {{credit}} that is not yet allocated.{{else}}Thank you.{{/if}}
 *
 * {{name}} is a value, {{#items}} repeats once per document, {{#if name}} asks whether a value is
 *there. There is nothing else: no loop in a loop, no arithmetic, so that filling in always ends.
 *Names are checked when the template is read, against message_fields(). Filling in gives blocks
 *(paragraphs and the table of documents), which become plain text, HTML or a letter; values are
 *never taken for markup.
 */
#ifndef COLLECT_MESSAGE_TEXT_H
#define COLLECT_MESSAGE_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum {
	MESSAGE_MAX_TEMPLATE = 32 << 10, /* bytes */
	MESSAGE_MAX_NODES = 2000,
	MESSAGE_MAX_DEPTH = 6,
	MESSAGE_MAX_OUTPUT = 2 << 20, /* bytes of one filled-in message */
};

/* Where a name may stand. */
enum message_scope { MESSAGE_ANYWHERE, MESSAGE_IN_ITEMS };

struct message_field {
	const char *name;
	enum message_scope scope;
	const char *help; /* English, for gettext: what it holds */
};

/* Every name of the language, for the help beside the editor. */
const struct message_field *message_fields(size_t *ret_n);

struct message_value {
	const char *name;
	const char *text; /* "" or NULL: not there, for {{#if}} */
};

/* One row of {{#items}}: the values of one document. */
struct message_row {
	const struct message_value *values;
	size_t n_values;
};

/* What a template is filled with; values are ready to read (dates and amounts written for the
 * reader). */
struct message_data {
	const char *language; /* of the table's heads and the HTML: "fr", "en" */
	const struct message_value *values;
	size_t n_values;
	const struct message_row *rows;
	size_t n_rows;
};

struct message_template;

/* Reads a template. ERR_LIMIT when it is too large or too deep, ERR_INVALID with the line
 * otherwise. The result lives in the arena. */
bool message_parse(struct arena *a, const char *text, size_t len,
		   const struct message_template **ret, struct err *e) NODISCARD;

/* A column of the table of documents, as the template's {{#items}} names them. */
struct message_column {
	const char *name;
	const char *head; /* in the reader's language */
	bool is_number;
};

struct message_block {
	bool is_table;
	const char *text; /* paragraph with its line breaks; of a table, its rows as the template
			     writes them */
	struct message_column *columns;
	size_t n_columns;
	const char **cells; /* n_rows x n_columns */
	size_t n_rows;
};

struct message_blocks {
	struct message_block *at;
	size_t n;
};

/* Fills a template in. A name without a value gives nothing. ERR_LIMIT when the result is too long.
 */
bool message_fill(struct arena *a, const struct message_template *t,
		  const struct message_data *data, struct message_blocks *ret,
		  struct err *e) NODISCARD;

/* One line of text, for the subject: line breaks become spaces. */
bool message_fill_line(struct arena *a, const char *text, const struct message_data *data,
		       const char **ret, struct err *e) NODISCARD;

/* The blocks as plain text, paragraphs separated by an empty line. */
const char *message_to_text(struct arena *a, const struct message_blocks *blocks);

/* A whole HTML document for an e-mail: no script, no image, no link to anywhere; the table has
 * heads that screen readers announce. */
const char *message_to_html(struct arena *a, const struct message_blocks *blocks, const char *title,
			    const char *language);

/* ---- the texts of a new installation
 * ------------------------------------------------------------- */

struct message_default {
	const char *name;     /* notice, reminder1, reminder2, letter */
	const char *channel;  /* email, letter */
	const char *language; /* fr, en */
	const char *subject;
	const char *body;
};

const struct message_default *message_defaults(size_t *ret_n);

/* The text for a reader of that language ("fr-BE" reads "fr"), else the English one; NULL when
 * there is no template of that name. */
const struct message_default *message_default_of(const char *name, const char *language);

/* Synthetic values to show a template with. */
const struct message_data *message_sample(const char *language);

#endif
