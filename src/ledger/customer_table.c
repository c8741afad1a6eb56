/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/customer_table.h"

#include "i18n/amount.h"
#include "web/show.h"

enum column {
	NAME,
	CODE,
	SEGMENT,
	OWNER,
	OLDEST,
	DISPUTED,
	LOOSE,
	PAPER,
	EXPOSURE,
	LIMIT,
	FOREIGN,
	LATE,
	OPEN
};

static const struct table_column columns[] = {
	[NAME] = { "name", N_("Customer"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[CODE] = { "code", N_("Customer code"), TABLE_TEXT, TABLE_SORTS | TABLE_EXTRA },
	[SEGMENT] = { "segment", N_("Profile"), TABLE_TEXT, TABLE_EXTRA },
	[OWNER] = { "owner", N_("Followed by"), TABLE_TEXT, TABLE_EXTRA },
	[OLDEST] = { "oldest", N_("Oldest"), TABLE_STATE, TABLE_SORTS | TABLE_LARGEST_FIRST },
	[DISPUTED] = { "disputed", N_("Disputed"), TABLE_AMOUNT,
		       TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_SOFT },
	[LOOSE] = { "unallocated", N_("Unallocated"), TABLE_AMOUNT, TABLE_SUMS | TABLE_EXTRA },
	[PAPER] = { "paper", N_("Bills and cheques not cleared"), TABLE_AMOUNT,
		    TABLE_SUMS | TABLE_EXTRA },
	[EXPOSURE] = { "exposure", N_("Exposure"), TABLE_AMOUNT, TABLE_SUMS | TABLE_EXTRA },
	[LIMIT] = { "limit", N_("Credit limit"), TABLE_AMOUNT, TABLE_EXTRA },
	[FOREIGN] = { "in_currencies", N_("In their currencies"), TABLE_TEXT, TABLE_EXTRA },
	[LATE] = { "late", N_("Late"), TABLE_AMOUNT,
		   TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW },
	[OPEN] = { "open", N_("Owes"), TABLE_AMOUNT,
		   TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW | TABLE_PICKED },
};

static const struct table_choice shows[] = {
	{ "", N_("All") },
	{ "open", N_("With open items") },
	{ "late", N_("Late") },
	{ "dispute", N_("Disputed") },
	{ "over-limit", N_("Over the limit") },
	{ "loose", N_("With unallocated money") },
	{ "excluded", N_("Not chased") },
};

static const struct table_filter filters[] = {
	{ "show", N_("Show"), TABLE_CHIPS, shows, ARRAY_LEN(shows) },
	{ "q", N_("Name or code"), TABLE_SEARCH, NULL, 0 },
	{ "segment", N_("Profile"), TABLE_CHOICE, NULL, 0 },
	{ "owner", N_("Followed by"), TABLE_CHOICE, NULL, 0 },
};

const struct table customer_table = {
	.name = "customers",
	.path = "/customers",
	.section = "customers",
	.title = N_("Customers"),
	.none = N_("No customer fits"),
	.empty = N_("There is no customer yet"),
	.icon = "people",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
	.order = "name",
	.picks = true,
	.times = TABLE_BOTH_TIMES,
};

/* "C0012 · grands comptes · Alice Durand" */
static const char *sub_of(struct arena *a, const struct book_customer *c)
{
	return arena_printf(a, "%s%s%s%s%s", c->code, c->segment ? " · " : "",
			    c->segment ? c->segment : "", c->collector ? " · " : "",
			    c->collector ? c->collector : "");
}

/* "US$65,762.00 + CHF 12,000.00": what is open in each currency but that of the list, as it is. */
static const char *foreign_of(const struct customer_rows *rows, const struct customer_line *l,
			      struct table_out *out)
{
	const struct book *b = rows->book;
	const struct book_customer *c = &b->customer[l->customer];
	char text[AMOUNT_TEXT];
	struct buf words;

	buf_init(&words, table_arena(out));
	for (size_t k = 0; k < b->n_currencies; k++) {
		int64_t sum = 0;

		if (str_eq(b->currency[k], rows->currency))
			continue;
		/* It was added up when the list was made: it fits. */
		for (size_t i = c->first_item; i < c->first_item + c->n_items; i++)
			sum += b->currency_of[i] == k ? b->open_minor[i] : 0;
		if (sum)
			buf_printf(&words, "%s%s", words.len ? " + " : "",
				   amount_text(sum, b->currency[k], table_language(out), text));
	}
	return words.len ? buf_str(&words) : NULL;
}

static bool put_row(struct customer_rows *rows, const struct customer_line *l,
		    struct table_out *out, struct err *e)
{
	const struct book *b = rows->book;
	const struct book_customer *c = &b->customer[l->customer];
	struct arena *a = table_arena(out);
	const struct catalogue *cat = table_catalogue(out);
	struct table_cell *cell = table_begin_row(out, c->code, rows->currency);
	const char *url = rows->request && table_is_page(out)
				  ? link_to(rows->request,
					    arena_printf(a, "/customers/%" PRId64, c->id), NULL)
				  : NULL;

	cell_link(&cell[NAME], c->name, url);
	cell[NAME].sub = sub_of(a, c);
	cell_text(&cell[CODE], c->code);
	cell_text(&cell[SEGMENT], c->segment);
	cell_text(&cell[OWNER], c->collector);
	if (l->oldest_due != DAY_NONE)
		cell_state(&cell[OLDEST],
			   due_state_name(due_state_of(ITEM_INVOICE, l->oldest_due, b->as_of)),
			   late_words(a, cat, l->oldest_due, b->as_of));
	if (l->is_over_limit)
		cell[NAME].tag = tr(cat, "over the limit");
	cell_amount(&cell[DISPUTED], l->disputed_minor);
	cell_amount(&cell[LOOSE], l->loose_minor);
	cell_amount(&cell[PAPER], l->paper_minor);
	/* Their sum was added up when the list was made: it fits. */
	cell_amount(&cell[EXPOSURE], l->total_minor + l->paper_minor);
	if (c->has_limit)
		cell_amount(&cell[LIMIT], c->credit_limit_minor);
	cell_amount(&cell[LATE], l->late_minor);
	cell_amount(&cell[OPEN], l->total_minor);
	if (l->is_converted || l->is_incomplete) {
		const char *foreign = foreign_of(rows, l, out);

		cell_text(&cell[FOREIGN], foreign);
		cell[OPEN].sub = foreign;
	}
	if (l->is_incomplete)
		cell[NAME].tag = tr(cat, "without a rate");
	return table_end_row(out, e);
}

static bool put_rows(void *arg, const char *after, size_t limit, struct table_out *out,
		     struct err *e)
{
	struct customer_rows *rows = arg;
	const struct customer_list *l = rows->list;
	size_t from = customer_list_after(rows->book, l, after);

	for (size_t i = from; i < l->n && i - from < limit; i++) {
		if (!put_row(rows, &l->at[i], out, e))
			return false;
	}
	return true;
}

void customer_table_source(struct arena *a, struct customer_rows *rows, const char *after,
			   struct table_source *ret)
{
	const struct customer_list *l = rows->list;
	struct table_total *total = ARENA_NEW(a, struct table_total);

	total->currency = rows->currency;
	total->n_rows = (int64_t)l->n;
	total->sum[OPEN] = l->total_minor;
	total->sum[LATE] = l->late_minor;
	total->sum[DISPUTED] = l->disputed_minor;
	total->sum[LOOSE] = l->loose_minor;
	total->sum[PAPER] = l->paper_minor;
	total->sum[EXPOSURE] = l->total_minor + l->paper_minor;
	*ret = (struct table_source){
		.rows = put_rows,
		.arg = rows,
		.n_rows = (int64_t)l->n,
		.n_before = (int64_t)customer_list_after(rows->book, l, after),
		.currency = rows->currency,
		.totals = total,
		.n_totals = 1,
		.is_bare = rows->book->n_customers == 0,
	};
}
