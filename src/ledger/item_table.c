/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/item_table.h"

#include "base/text.h"
#include "i18n/amount.h"
#include "ledger/item_view.h"
#include "web/show.h"

enum column {
	DOCUMENT,
	KIND,
	CUSTOMER,
	CUSTOMER_CODE,
	ISSUED,
	DUE,
	STATE,
	DAYS_LATE,
	AMOUNT,
	DISPUTED,
	OPEN,
	LETTERING
};

static const struct table_column columns[] = {
	[DOCUMENT] = { "document", N_("Document"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[KIND] = { "kind", N_("Kind"), TABLE_TEXT, TABLE_EXTRA },
	[CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, TABLE_SORTS },
	[CUSTOMER_CODE] = { "customer_code", N_("Customer code"), TABLE_TEXT, TABLE_EXTRA },
	[ISSUED] = { "issued_on", N_("Issued"), TABLE_DAY, TABLE_SORTS | TABLE_SOFT },
	[DUE] = { "due_on", N_("Due"), TABLE_DAY, TABLE_SORTS | TABLE_NARROW },
	[STATE] = { "state", N_("State"), TABLE_STATE, 0 },
	[DAYS_LATE] = { "days_late", N_("Days late"), TABLE_COUNT, TABLE_EXTRA },
	[AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT, TABLE_SUMS | TABLE_SOFT },
	[DISPUTED] = { "disputed", N_("Disputed"), TABLE_AMOUNT, TABLE_SUMS | TABLE_EXTRA },
	[OPEN] = { "open", N_("Open"), TABLE_AMOUNT,
		   TABLE_SORTS | TABLE_SUMS | TABLE_NARROW | TABLE_PICKED },
	[LETTERING] = { "lettering", N_("Lettering"), TABLE_TEXT, TABLE_EXTRA },
};

static const struct table_choice states[] = {
	{ "", N_("All") },
	{ "not-late", N_("Not late") },
	{ "soon", N_("Due within 7 days") },
	{ "late", N_("Late") },
	{ "late-1", N_("1–30 days") },
	{ "late-2", N_("31–60 days") },
	{ "late-3", N_("61–90 days") },
	{ "late-4", N_("91 days +") },
	{ "dispute", N_("Disputed") },
	{ "loose", N_("Unallocated") },
};

static const struct table_choice kinds[] = {
	{ "", N_("All kinds") },
	{ "invoice", N_("Invoice") },
	{ "credit_note", N_("Credit note") },
	{ "payment", N_("Payment") },
	{ "deposit", N_("Deposit") },
	{ "draft", N_("Draft") },
	{ "adjustment", N_("Adjustment") },
	{ "opening", N_("Opening balance") },
	{ "settlement", N_("Settlement") },
};

static const struct table_choice openness[] = {
	{ "", N_("Open items") },
	{ "all", N_("Settled ones too") },
};

static const struct table_filter filters[] = {
	{ "state", N_("Show"), TABLE_CHIPS, states, ARRAY_LEN(states) },
	{ "q", N_("Document or customer"), TABLE_SEARCH, NULL, 0 },
	{ "kind", N_("Kind"), TABLE_CHOICE, kinds, ARRAY_LEN(kinds) },
	{ "open", N_("Items shown"), TABLE_CHOICE, openness, ARRAY_LEN(openness) },
	{ "mark", N_("Status"), TABLE_CHOICE, NULL, 0 },
	{ "min", N_("Open from"), TABLE_NUMBER, NULL, 0 },
	{ "max", N_("to"), TABLE_NUMBER, NULL, 0 },
	{ "customer", N_("Customer"), TABLE_GIVEN, NULL, 0 },
	{ "segment", N_("Profile"), TABLE_GIVEN, NULL, 0 },
	{ "means", N_("Means of payment"), TABLE_GIVEN, NULL, 0 },
	{ "currency", N_("Currency"), TABLE_GIVEN, NULL, 0 },
};

const struct table item_table = {
	.name = "items",
	.path = "/items",
	.section = "items",
	.title = N_("Items"),
	.none = N_("No item fits"),
	.empty = N_("Nothing is open"),
	.icon = "sheet",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
	.order = "due_on",
	.picks = true,
	.times = TABLE_BOTH_TIMES,
};

/* A dispute is told before lateness: it decides what may be done. */
static void fill_state(struct table_out *out, const struct book *b, size_t i, struct table_cell *c)
{
	const struct catalogue *cat = table_catalogue(out);
	struct arena *a = table_arena(out);
	enum due_state state = book_due_state(b, i);
	char amount[AMOUNT_TEXT];

	if (b->open_minor[i] == 0)
		cell_state(c, "done", tr(cat, "Settled"));
	else if (state == DUE_LOOSE)
		cell_state(c, due_state_name(state), tr(cat, "To allocate"));
	else if (b->disputed_minor[i] > 0)
		cell_state(c, "dispute",
			   arena_printf(a, tr(cat, "Disputed %s"),
					amount_text(b->disputed_minor[i],
						    b->currency[b->currency_of[i]],
						    table_language(out), amount)));
	else if (b->open_minor[i] < 0)
		cell_state(c, "fresh", tr(cat, "Credit to use"));
	else
		cell_state(c, due_state_name(state), late_words(a, cat, b->due_on[i], b->as_of));
}

static const char *url_of(const struct item_rows *rows, bool is_page, struct arena *a,
			  const char *path, int64_t id)
{
	if (!rows->request || !is_page)
		return NULL;
	return link_to(rows->request, arena_printf(a, "%s/%" PRId64, path, id), NULL);
}

static bool put_row(struct item_rows *rows, size_t i, struct table_out *out, struct err *e)
{
	const struct book *b = rows->book;
	const struct book_customer *c = &b->customer[b->customer_of[i]];
	struct arena *a = table_arena(out);
	struct table_cell *cell = table_begin_row(out, arena_printf(a, "%" PRId64, b->item_id[i]),
						  b->currency[b->currency_of[i]]);
	const char *kind = tr(table_catalogue(out), item_kind_word((enum item_kind)b->kind[i]));

	cell_link(&cell[DOCUMENT], b->document[i],
		  url_of(rows, table_is_page(out), a, "/items", b->item_id[i]));
	cell[DOCUMENT].sub = kind;
	cell_text(&cell[KIND], kind);
	cell_link(&cell[CUSTOMER], c->name,
		  url_of(rows, table_is_page(out), a, "/customers", c->id));
	cell[CUSTOMER].sub = c->code;
	cell_text(&cell[CUSTOMER_CODE], c->code);
	cell_day(&cell[ISSUED], b->issued_on[i]);
	cell_day(&cell[DUE], b->due_on[i]);
	if (b->due_source[i] >= DUE_FROM_TERMS)
		cell[DUE].sub = tr(table_catalogue(out), "by the payment terms");
	fill_state(out, b, i, &cell[STATE]);
	cell_count(&cell[DAYS_LATE], b->as_of > b->due_on[i] ? b->as_of - b->due_on[i] : 0);
	cell_amount(&cell[AMOUNT], b->amount_minor[i]);
	cell_amount(&cell[DISPUTED], b->disputed_minor[i]);
	cell_amount(&cell[OPEN], b->open_minor[i]);
	cell_text(&cell[LETTERING], b->lettering[i]);
	return table_end_row(out, e);
}

static size_t place_after(const struct item_rows *rows, const char *after)
{
	uint64_t id;

	return after && text_to_u64(after, INT64_MAX, &id)
		       ? item_list_after(rows->book, rows->list, (int64_t)id)
		       : 0;
}

static bool put_rows(void *arg, const char *after, size_t limit, struct table_out *out,
		     struct err *e)
{
	struct item_rows *rows = arg;
	size_t from = place_after(rows, after);

	for (size_t k = from; k < rows->list->n && k - from < limit; k++) {
		if (!put_row(rows, rows->list->at[k], out, e))
			return false;
	}
	return true;
}

void item_table_source(struct arena *a, struct item_rows *rows, const char *after,
		       struct table_source *ret)
{
	const struct book *b = rows->book;
	const struct item_list *l = rows->list;
	struct table_total *total = ARENA_ARRAY(a, l->n_totals, struct table_total);

	for (size_t i = 0; i < l->n_totals; i++) {
		total[i].currency = b->currency[l->total[i].currency];
		total[i].n_rows = l->total[i].n_items;
		total[i].sum[AMOUNT] = l->total[i].amount_minor;
		total[i].sum[DISPUTED] = l->total[i].disputed_minor;
		total[i].sum[OPEN] = l->total[i].open_minor;
	}
	*ret = (struct table_source){
		.rows = put_rows,
		.arg = rows,
		.n_rows = (int64_t)l->n,
		.n_before = (int64_t)place_after(rows, after),
		.currency = l->n_totals == 1 ? total[0].currency : NULL,
		.totals = total,
		.n_totals = l->n_totals,
		.is_bare = b->n_items == 0,
	};
}
