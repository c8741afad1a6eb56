/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/customer_tab.h"

#include "base/buf.h"

#include "collect/outbox_list.h"
#include "insight/agreement.h"
#include "ledger/item_view.h"
#include "ledger/scope.h"
#include "web/show.h"
#include "web/table_rows.h"

#include <stdlib.h>

enum { DOCUMENTS_SHOWN = 6 };

static const struct {
	const char *name, *text;
} tabs[] = {
	[CUSTOMER_ITEMS] = { NULL, N_("Open items") },
	[CUSTOMER_PAYMENTS] = { "payments", N_("Payments") },
	[CUSTOMER_MESSAGES] = { "messages", N_("Messages") },
	[CUSTOMER_PROMISES] = { "promises", N_("Promises") },
	[CUSTOMER_DISPUTES] = { "disputes", N_("Disputes") },
	[CUSTOMER_FILES] = { "files", N_("Files") },
	[CUSTOMER_HISTORY] = { "history", N_("What happened") },
	[CUSTOMER_FACTS] = { "facts", N_("Identity") },
};
_Static_assert(ARRAY_LEN(tabs) == CUSTOMER_N_TABS, "each tab has a name");

bool customer_tab_read(struct request *r, enum customer_tab *ret, struct err *e)
{
	const char *asked = request_query(r, "tab");

	*ret = CUSTOMER_ITEMS;
	if (str_empty(asked))
		return true;
	for (int t = CUSTOMER_ITEMS + 1; t < CUSTOMER_N_TABS; t++) {
		if (str_eq(tabs[t].name, asked)) {
			*ret = (enum customer_tab)t;
			return true;
		}
	}
	return err_field(e, ERR_USAGE, "tab", "no tab is called \"%.40s\"", asked);
}

void customer_tab_chips(struct request *r, int64_t customer_id, enum customer_tab tab,
			struct part_chip chips[CUSTOMER_N_TABS])
{
	const char *path = arena_printf(r->arena, "/customers/%" PRId64, customer_id);

	for (int t = 0; t < CUSTOMER_N_TABS; t++)
		chips[t] = (struct part_chip){ .text = tr(r->cat, tabs[t].text),
					       .url = link_to(r, path, "tab", tabs[t].name, NULL),
					       .is_on = t == (int)tab };
}

bool customer_tab_is_list(enum customer_tab tab)
{
	return tab >= CUSTOMER_PAYMENTS && tab <= CUSTOMER_DISPUTES;
}

/* ---- payments ------------------------------------------------------------------------------------ */

enum column { DOCUMENT, KIND, RECEIVED, PAID, STATE, AMOUNT, LEFT };

static const struct table_column columns[] = {
	[DOCUMENT] = { "document", N_("Receipt"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[KIND] = { "kind", N_("Kind"), TABLE_TEXT, TABLE_SORTS | TABLE_EXTRA },
	[RECEIVED] = { "received_on", N_("Day"), TABLE_DAY, TABLE_SORTS | TABLE_LARGEST_FIRST },
	[PAID] = { "paid", N_("What it paid"), TABLE_TEXT, TABLE_SOFT | TABLE_WRAP },
	[STATE] = { "state", N_("State"), TABLE_STATE, TABLE_SORTS },
	[AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT,
		     TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW },
	[LEFT] = { "left", N_("Left"), TABLE_AMOUNT,
		   TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST },
};

static const struct table_filter filters[] = {
	{ "q", N_("Receipt or document"), TABLE_SEARCH, NULL, 0 },
};

static const struct table payment_table = {
	.name = "customer-payments",
	.path = "/customers",
	.section = "customers",
	.title = N_("Payments"),
	.none = N_("No payment fits"),
	.empty = N_("No payment yet"),
	.icon = "euro",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
	.order = "-received_on",
	.times = TABLE_BOTH_TIMES,
};

/* What a receipt paid: one document of it. */
struct paid {
	int64_t credit_item_id;
	const char *document;
};

static bool load_paid(struct request *r, int64_t customer_id, struct when w, struct paid **ret,
		      size_t *ret_n, struct err *e)
{
	static const struct db_column paid_columns[] = {
		DB_COL(struct paid, credit_item_id),
		DB_COL(struct paid, document),
	};

	return db_list(r->db, r->arena,
		       "SELECT a.credit_item_id, d.document FROM item p"
		       " JOIN allocation a ON a.credit_item_id = p.id"
		       " JOIN item d ON d.id = a.debit_item_id"
		       " WHERE p.customer_id = $1 AND p.kind IN ('payment', 'deposit')"
		       " AND a.effective <= $2 AND a.recorded <= $3"
		       " GROUP BY a.credit_item_id, d.id, d.document"
		       " HAVING SUM(a.amount_minor) <> 0 ORDER BY a.credit_item_id, d.document",
		       DB_PARAMS(P_I64(customer_id), P_DAY(w.as_of), P_I64(when_known(w))),
		       paid_columns, ARRAY_LEN(paid_columns), sizeof **ret, (void **)ret, ret_n, e);
}

static int compare_paid(const void *key, const void *x)
{
	int64_t id = *(const int64_t *)key, other = ((const struct paid *)x)->credit_item_id;

	return (id > other) - (id < other);
}

/* "FA1, FA2 and 3 others"; NULL: nothing. Rows are in order of the receipt's id. */
static const char *paid_text(struct request *r, const struct paid *paid, size_t n, int64_t id,
			     bool is_page)
{
	const struct paid *at = n ? bsearch(&id, paid, n, sizeof *paid, compare_paid) : NULL;
	size_t n_of = 0, shown;
	struct buf b;

	if (!at)
		return NULL;
	while (at > paid && at[-1].credit_item_id == id)
		at--;
	while (at + n_of < paid + n && at[n_of].credit_item_id == id)
		n_of++;
	shown = is_page && n_of > DOCUMENTS_SHOWN ? DOCUMENTS_SHOWN : n_of;
	buf_init(&b, r->arena);
	for (size_t i = 0; i < shown; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", at[i].document);
	if (shown == n_of)
		return buf_str(&b);
	return arena_printf(
		r->arena,
		trn(r->cat, "%s and %d other", "%s and %d others", (unsigned long)(n_of - shown)),
		buf_str(&b), (int)(n_of - shown));
}

static void add_payment(struct request *r, struct table_rows *rows, const struct book *b, size_t i,
			const char *paid)
{
	struct table_cell *cell =
		table_rows_add(rows, arena_printf(r->arena, "%" PRId64, b->item_id[i]),
			       b->currency[b->currency_of[i]]);
	const char *kind = tr(r->cat, item_kind_word((enum item_kind)b->kind[i]));
	bool is_back = b->amount_minor[i] > 0;

	cell_link(&cell[DOCUMENT], b->document[i],
		  link_to(r, arena_printf(r->arena, "/items/%" PRId64, b->item_id[i]), NULL));
	cell[DOCUMENT].sub = kind;
	cell_text(&cell[KIND], kind);
	cell_day(&cell[RECEIVED], b->effective[i]);
	cell_text(&cell[PAID], paid);
	cell_state(&cell[STATE],
		   is_back            ? "late-3"
		   : b->open_minor[i] ? "loose"
				      : "done",
		   is_back            ? tr(r->cat, "Returned")
		   : b->open_minor[i] ? tr(r->cat, "To allocate")
				      : tr(r->cat, "Applied"));
	/* Money received is told without the sign that it has in the ledger. */
	cell_amount(&cell[AMOUNT], -b->amount_minor[i]);
	cell_amount(&cell[LEFT], -b->open_minor[i]);
}

static bool payments_list(struct request *r, int64_t customer_id, struct table_view *v,
			  struct table_source *ret, struct err *e)
{
	struct table_rows *rows;
	struct paid *paid;
	struct book *b;
	size_t n;

	if (!table_read(r, &payment_table, v, e))
		return false;
	if (!book_load(r->db, r->arena,
		       &(struct book_query){ .entity_id = r->entity.id,
					     .as_of = v->when.as_of,
					     .known_at = v->when.known_at,
					     .only_customer = customer_id,
					     .with_settled = true },
		       &b, e) ||
	    !load_paid(r, customer_id, v->when, &paid, &n, e))
		return false;
	rows = table_rows_new(r->arena, v);
	for (size_t i = 0; i < b->n_items; i++) {
		if (item_kind_is_cash((enum item_kind)b->kind[i]))
			add_payment(r, rows, b, i,
				    paid_text(r, paid, n, b->item_id[i], v->format == TABLE_PAGE));
	}
	return table_rows_source(rows, ret, e);
}

bool customer_tab_list(struct request *r, enum customer_tab tab, int64_t customer_id,
		       struct table_view *v, struct table_source *ret, struct err *e)
{
	switch (tab) {
	case CUSTOMER_PAYMENTS:
		return payments_list(r, customer_id, v, ret, e);
	case CUSTOMER_MESSAGES:
		return outbox_list_of(r, customer_id, v, ret, e);
	case CUSTOMER_PROMISES:
		return promises_list(r, customer_id, v, ret, e);
	default:
		ENSURE(tab == CUSTOMER_DISPUTES);
		return disputes_list(r, customer_id, v, ret, e);
	}
}
