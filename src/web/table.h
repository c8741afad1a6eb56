/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - the one table of the house: from one description come the page, the CSV, the workbook and the
 * JSON of a list, so that they cannot disagree.
 *
 *	enum { COL_DOCUMENT, COL_DUE, COL_OPEN };
 *	static const struct table_column columns[] = {
 *		[COL_DOCUMENT] = { "document", N_("Document"), TABLE_LINK, TABLE_SORTS },
 *		[COL_DUE] = { "due_on", N_("Due"), TABLE_DAY, TABLE_SORTS | TABLE_NARROW },
 *		[COL_OPEN] = { "open", N_("Open"), TABLE_AMOUNT, TABLE_SORTS | TABLE_SUMS | TABLE_NARROW },
 *	};
 *	static const struct table items_table = { .name = "items", .path = "/items", ... };
 *
 *	if (!table_read(r, &items_table, &v, e))
 *		return false;
 *	if (v.is_answered)
 *		return true;		// led to the user's usual view
 *	...					// by v.sort, v.descending and table_value(&v, "state")
 *	return table_answer(r, &v, &source, e);
 *
 * Rows come from the room's function, as many as are asked for, after a key. A page asks for a hundred, a
 * file for all. Filters, order and place live in the address; what is not understood there is refused, since
 * a list that shows more than was asked would be believed.
 */
#ifndef WEB_TABLE_H
#define WEB_TABLE_H

#include "web/link.h"
#include "web/sheet.h"
#include "web/web.h"

enum { TABLE_MAX_COLUMNS_SHOWN = 32, TABLE_MAX_FILTERS = 16, TABLE_ROWS_PER_PAGE = 100 };

enum table_kind {
	TABLE_TEXT,
	TABLE_LINK,
	TABLE_STATE,
	TABLE_AMOUNT, /* minor units of the row's currency */
	TABLE_COUNT,
	TABLE_DAY,
	TABLE_MOMENT
};

enum table_flag {
	TABLE_SORTS = 1,          /* by ?sort=name */
	TABLE_SUMS = 2,           /* has a total */
	TABLE_NARROW = 4,         /* stays a column on a phone; others go under the first */
	TABLE_EXTRA = 8,          /* not on the page unless its reader chooses it */
	TABLE_LARGEST_FIRST = 16, /* the first press on its head sorts downwards */
	TABLE_PICKED = 32,        /* what the bar of ticked rows adds up */
	TABLE_SOFT = 64,          /* in the second ink */
	TABLE_FILE = 128,         /* in files alone */
	TABLE_WRAP = 256          /* its text may take several lines */
};

struct table_column {
	const char *name; /* of the address and the key in JSON */
	const char *text; /* N_() */
	enum table_kind kind;
	unsigned flags;
};

enum table_filter_kind {
	TABLE_CHIPS,  /* one of the choices, as chips above the list */
	TABLE_SEARCH, /* words */
	TABLE_CHOICE, /* one of the choices, or of those that the view brings */
	TABLE_NUMBER, /* as typed; the room reads it */
	TABLE_DATE,   /* likewise */
	TABLE_GIVEN   /* by links only; shown as a chip that takes it away */
};

struct table_choice {
	const char *value; /* "" of chips: all */
	const char *text;  /* N_() */
};

struct table_filter {
	const char *name;
	const char *text; /* N_() */
	enum table_filter_kind kind;
	const struct table_choice *choices; /* NULL: those of the view */
	size_t n_choices;
};

/* Whether figures follow the two times of a view (web/link.h). */
enum table_times { TABLE_NOW, TABLE_AS_OF, TABLE_BOTH_TIMES };

struct table {
	const char *name;    /* "items": of saved views, settings and files */
	const char *path;    /* of the page, without parameters */
	const char *section; /* of the side bar */
	const char *title;   /* N_() */
	const char *none;    /* N_("No item fits"): filters leave nothing */
	const char *empty;   /* N_("There is no item yet") */
	const char *how;     /* of an empty list: how rows come about; NULL: not said */
	const char *icon;    /* of an empty list */
	const struct table_column *columns;
	size_t n_columns;
	const struct table_filter *filters;
	size_t n_filters;
	const char *
		order; /* name of the column it is sorted by unless asked, "-open" downwards; NULL: none */
	bool picks; /* rows can be ticked */
	enum table_times times;
};

enum table_format { TABLE_PAGE, TABLE_CSV, TABLE_XLSX, TABLE_JSON };

/* An act of the bar of ticked rows: a button "act" of that value. */
struct table_act {
	const char *value;
	const char *text; /* in the reader's language */
	const char *key;  /* of the keyboard; NULL: none */
};

/* Acts stand in place of the files of ticked rows: the rows are posted as "only", with the day as "as_of". */
struct table_acts {
	const char *path;
	const struct table_act *at; /* the first is the primary one */
	size_t n;
	const char *one, *many; /* "1 reminder ticked", "%d reminders ticked" */
};

/* What the address asks. */
struct table_view {
	const struct table *table;
	const char *path; /* of this list: the request's */
	int sort;         /* index of the column; -1: the list's own order, of no column */
	bool descending;
	const char *after; /* key of the last row seen; NULL: from the first */
	enum table_format format;
	const char *value[TABLE_MAX_FILTERS]; /* NULL: not in force */
	const char *said
		[TABLE_MAX_FILTERS]; /* the room may give words for a value: a customer's name */
	const struct part_choice *choice[TABLE_MAX_FILTERS]; /* and choices, translated */
	size_t n_choices[TABLE_MAX_FILTERS];
	/* Of the chips of a filter, as many as it has choices: how many rows; a chip without is left out unless
	 * it is in force. NULL: all are shown, none is counted. */
	const char *const *chip_count[TABLE_MAX_FILTERS];
	bool shown[TABLE_MAX_COLUMNS_SHOWN];
	const char *const *only; /* keys of ticked rows: no others; NULL: all */
	size_t n_only;
	const struct table_acts *acts; /* of ticked rows, when the reader may; NULL: files */
	const char *current;           /* key of the row read beside the list; NULL: none */
	bool is_answered;              /* the request was led elsewhere */
	struct when when;              /* as asked by a table that has times; else now */
};

/* Reads the address, the columns that its reader chose, and leads a bare address to the view he made his
 * usual one. ERR_USAGE for what is not understood. */
bool table_read(struct request *r, const struct table *t, struct table_view *ret,
		struct err *e) NODISCARD;

/* The value of a filter; NULL when it is not in force. */
const char *table_value(const struct table_view *v, const char *filter);
/* "-" asks for those without: "" then. */
const char *table_value_or_none(const struct table_view *v, const char *filter);
/* The name of the column sorted by, NULL for the list's own order. */
const char *table_sort_name(const struct table_view *v);
/* The index of a filter by its name; a name that is none stops the program. */
size_t table_filter_at(const struct table *t, const char *name);
/* As addresses say whether a list's own order, given in words, is turned: NULL when none is asked. */
bool table_has_filter(const struct table_view *v);

/* ---- rows ---------------------------------------------------------------------------------------- */

struct table_cell {
	const char *text;  /* TEXT, LINK, STATE */
	int64_t n;         /* AMOUNT, COUNT, DAY, MOMENT */
	bool is_known;     /* false: an empty cell; set by the functions below */
	const char *url;   /* page: NULL is no link */
	const char *sub;   /* page: a second line */
	const char *state; /* STATE: of the style sheet */
	const char *tag;   /* page: a word more, in a frame */
};

struct table_out;

/* A new row with one empty cell per column. The key is unique in the list; the currency that of its
 * amounts. Texts live in table_arena(), or as long as the request. */
struct table_cell *table_begin_row(struct table_out *out, const char *key, const char *currency);
bool table_end_row(struct table_out *out, struct err *e) NODISCARD;

/* Memory for the texts of the row. */
struct arena *table_arena(struct table_out *out);
const struct catalogue *table_catalogue(const struct table_out *out);
const char *table_language(const struct table_out *out);
/* Whether links and second lines are shown: on a page, not in a file. */
bool table_is_page(const struct table_out *out);

void cell_text(struct table_cell *c, const char *text); /* NULL: stays empty */
void cell_link(struct table_cell *c, const char *text, const char *url);
void cell_state(struct table_cell *c, const char *state, const char *word);
void cell_amount(struct table_cell *c, int64_t minor);
void cell_count(struct table_cell *c, int64_t n);
void cell_day(struct table_cell *c, day_t d);           /* DAY_NONE: stays empty */
void cell_moment(struct table_cell *c, int64_t moment); /* 0: stays empty */

/* Gives the rows after the key (NULL: from the first), at most limit, in the order asked. */
typedef bool table_rows_fn(void *arg, const char *after, size_t limit, struct table_out *out,
			   struct err *e);

struct table_total {
	const char *currency;
	int64_t n_rows;
	int64_t sum[TABLE_MAX_COLUMNS_SHOWN]; /* of the columns with TABLE_SUMS */
};

struct table_source {
	table_rows_fn *rows;
	void *arg;
	int64_t n_rows;       /* of the filter */
	int64_t n_before;     /* rows before the page shown; -1: not known */
	size_t batch;         /* rows a file asks for at once; 0: all */
	const char *currency; /* of all amounts; NULL: several, named beside */
	const struct table_total *totals;
	size_t n_totals;
	bool is_bare;        /* there is nothing even without filters */
	const char *summary; /* one line saying what is true of the list */
	const char *note;    /* NULL: none */
};

/* ---- answers ------------------------------------------------------------------------------------- */

/* The page with title and list, or the file that was asked for. */
bool table_answer(struct request *r, struct table_view *v, const struct table_source *s,
		  struct err *e) NODISCARD;

/* page_begin for the list's page, with its title and times. */
struct page *table_page_begin(struct request *r, const struct table_view *v);

/* The list alone, for a page with more than it: {% call table_part(&view->list) %}. */
struct table_page;
bool table_fill(struct request *r, struct page *p, struct table_view *v,
		const struct table_source *s, struct table_page **ret, struct err *e) NODISCARD;
void table_part(struct page *p, const struct table_page *t);
/* The way to its files, for the acts of the title. */
void table_files(struct page *p, const struct table_page *t);

/* ---- files ---------------------------------------------------------------------------------------- */

/* What is told about a file: on a sheet of its own in a workbook. */
struct table_fact {
	const char *term, *value;
};

struct table_file {
	const struct table *table;
	enum table_format format;
	const struct catalogue *cat;
	const char *language;
	int64_t utc_offset;
	const struct table_fact *facts;
	size_t n_facts;
};

/* All rows, into a file without a name. */
bool table_write(const struct table_file *f, const struct table_source *s, struct arena *a,
		 int *ret_fd, struct err *e) NODISCARD;

#endif
