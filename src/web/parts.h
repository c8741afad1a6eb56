/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parts.h - what pages are built of: the templates of shell.th and parts.th.
 *
 *	{% page customers_page(const struct customers_view *v) %}
 *	{% call part_title(&(struct part_title){ .text = "…", .line = v->summary }) %}
 *	{% call part_title_end() %}
 *	…
 *	{% end %}
 *
 * Texts arrive translated, amounts and dates written (web/show.h). States are names of the style sheet:
 * fresh, soon, late-1 … late-4, dispute, promise, loose, done, off. /components shows every part in every
 * state; src/web/README.md lists the classes of app.css.
 */
#ifndef WEB_PARTS_H
#define WEB_PARTS_H

#include "web/page.h"

/* ---- the frame (shell.th) ------------------------------------------------------------------------ */

/* The whole page around its own markup; respond_page() calls it, handlers do not. Whoever is not logged in
 * sees one panel in the middle. */
void shell(struct page *p, struct html_safe body);

/* ---- small things -------------------------------------------------------------------------------- */

void part_icon(struct page *p, const char *name);  /* a symbol of icons.svg */
void part_sign(struct page *p, const char *state); /* the glyph of a state */
void part_badge(struct page *p, const char *state, const char *word);
void part_tag(struct page *p, const char *icon, const char *word); /* icon NULL: none */

/* A note in the flow: kind is "good", "care", "stop" or "" (plain). */
void part_say(struct page *p, const char *kind, const char *text);

/* Hidden fields that every form with method post needs: csrf token and idempotency key. */
void part_form_keys(struct page *p);

/* A button that opens the browser's print dialog; nothing without script. */
void part_print_button(struct page *p);

/* ---- titles and figures -------------------------------------------------------------------------- */

struct part_crumb {
	const char *text;
	const char *url;
};

struct part_title {
	const char *text;
	const char *line; /* one line saying what is true of the page; NULL: none */
	const struct part_crumb *crumbs;
	size_t n_crumbs;
};

/* The acts of the page go between the two. */
void part_title(struct page *p, const struct part_title *t);
void part_title_end(struct page *p);

/* A term with its definition one hover or focus away. id is unique in the page. */
struct part_meaning {
	const char *id;
	const char *term;
	const char *text;
	const char *formula; /* with the figures of today; NULL: none */
	bool opens_left;     /* near the right edge */
};

void part_means(struct page *p, const struct part_meaning *m);

/* One figure of the row at the head of a page. */
struct part_figure {
	const char *term;
	const char *value;
	const char *url; /* what it is made of; NULL: no link */
	const char *gloss;
	const struct part_meaning *meaning; /* NULL: none */
};

/* n is 3, 4, 5 or 6. */
void part_figures(struct page *p, const struct part_figure *f, size_t n);

/* ---- charts -------------------------------------------------------------------------------------- */

/* A piece of a bar, in millionths of its width. */
struct part_piece {
	const char *state;
	const char *pattern; /* "hatch", "dots" or NULL */
	int from_ppm;
	int width_ppm;
};

/* label says in words what the bar shows. */
void part_bar(struct page *p, const struct part_piece *piece, size_t n, bool is_tall,
	      const char *label);
void part_swatch(struct page *p, const char *state, const char *pattern);

/* ---- tables -------------------------------------------------------------------------------------- */

/* The content of a head cell that sorts: stands in <th> with part_sort_of(). */
struct part_sort {
	const char *text;
	const char *url; /* the same view, sorted by this */
	const char
		*direction; /* "ascending", "descending", or NULL when sorted by something else */
	bool is_number;
	bool hides; /* left out on narrow screens */
};

void part_head_sort(struct page *p, const struct part_sort *s);
void part_head(struct page *p, const char *text, bool is_number, bool hides);

struct part_chip {
	const char *text;
	const char *url;
	const char *count; /* NULL: none */
	bool is_on;
	bool is_removable; /* a filter in force: its URL is the view without it */
};

void part_chips(struct page *p, const char *label, const struct part_chip *chip, size_t n);

/* Under a table: what is shown of how many, and the way to the others. URLs NULL when there is none. */
struct part_pager {
	const char *text;
	const char *first_url;
	const char *next_url;
};

void part_pager(struct page *p, const struct part_pager *g);

/* Nothing to show: why, and what to do about it. link and url may be NULL. */
struct part_empty {
	const char *icon;
	const char *title;
	const char *text;
	const char *link;
	const char *url;
};

void part_empty(struct page *p, const struct part_empty *v);

/* The bar over a table with boxes (section data-pick); acts stand between the two. */
void part_picked_open(struct page *p, const char *one, const char *many);
void part_picked_close(struct page *p);

void part_tabs(struct page *p, const char *label, const struct part_chip *tab, size_t n);

/* ---- forms --------------------------------------------------------------------------------------- */

struct part_choice {
	const char *value;
	const char *text;
};

struct part_field {
	const char *name;   /* also the id, after prefix */
	const char *prefix; /* tells apart two forms of one page; NULL: "" */
	const char *label;
	const char *value; /* NULL: empty */
	const char *type;  /* "text" when NULL; date, email, tel, number, password ... */
	const char *help;  /* NULL: none */
	const char *error; /* NULL: none; stands under the field */
	const char *unit;  /* after the field: "€"; NULL: none */
	const char *autocomplete;
	const struct part_choice *choice; /* a list to choose from, instead of a line to write */
	size_t n_choices;
	int n_lines; /* more than 1: a larger text */
	bool is_required;
	bool is_number; /* figures at the right, decimal keyboard */
	bool has_focus;
};

void part_field(struct page *p, const struct part_field *f);
/* One of several: same name, other values. */
void part_radio(struct page *p, const char *name, const char *value, const char *text, bool is_on);
void part_check(struct page *p, const char *name, const char *value, const char *text, bool is_on);

/* What is wrong in a form, over it: each text leads to its field, and the focus comes here. */
struct part_wrong {
	const char *field_id;
	const char *text;
};

void part_wrong_list(struct page *p, const struct part_wrong *w, size_t n);

/* The steps of a longer act, with the one it is at. */
struct part_step {
	const char *text;
	const char *url; /* back to it; NULL: none */
};

void part_steps(struct page *p, const char *label, const struct part_step *step, size_t n,
		size_t current);

/* Files that belong to something. */
struct part_file {
	const char *name;
	const char *url;
	const char *detail; /* size, who, when */
};

void part_files(struct page *p, const struct part_file *file, size_t n);

/* A dialog of that id holding a form; fields stand between the two. */
void part_dialog_open(struct page *p, const char *id, const char *title, const char *action);
void part_dialog_close(struct page *p, const char *button);

/* ---- people and time ----------------------------------------------------------------------------- */

void part_face(struct page *p, const char *initials);

/* One thing that happened. */
struct part_happening {
	const char *icon;
	const char *state; /* colours the mark; "" for plain */
	const char *what;
	const char *url;    /* on what; NULL: no link */
	const char *detail; /* NULL: none */
	const char *quote;  /* the words of someone; NULL: none */
	const char *when;   /* as written */
	const char *day;    /* set on the first of a day: its heading; else NULL */
};

void part_story(struct page *p, const struct part_happening *h, size_t n);

/* Text of a ppm as a percentage of SVG: "12.34%". */
const char *part_percent(struct page *p, int ppm);

/* The id of a field: prefix and name. */
const char *part_field_id(struct page *p, const struct part_field *f);

/* The ids of what describes a field; NULL when nothing does. */
const char *part_field_about(struct page *p, const struct part_field *f);

#endif
