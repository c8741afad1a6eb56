/* SPDX-License-Identifier: Apache-2.0 */
/*
 * instalment_web.c - what a customer pays in several times (échéances récurrentes): documents of several due
 * dates, and the promises that are awaited; and the items that are out of the ledger, shown apart.
 */
#include "base/list.h"
#include "base/text.h"
#include "collect/promise.h"
#include "i18n/amount.h"
#include "insight/routes.h"
#include "ledger/customer.h"
#include "ledger/item_view.h"
#include "ledger/scope.h"
#include "web/show.h"
#include "web/table.h"

enum { PROMISES_MAX = 500, GRACE_DAYS = 2, OUT_MAX = 2000 };

/* ---- instalments --------------------------------------------------------------------------------- */

enum column { WHAT, PART, DUE, STATE, AMOUNT, OPEN };

static const struct table_column columns[] = {
	[WHAT] = { "document", N_("Document"), TABLE_LINK, TABLE_NARROW },
	[PART] = { "instalment", N_("Instalment"), TABLE_TEXT, 0 },
	[DUE] = { "due_on", N_("Due"), TABLE_DAY, TABLE_NARROW },
	[STATE] = { "state", N_("State"), TABLE_STATE, 0 },
	[AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT, TABLE_SOFT },
	[OPEN] = { "open", N_("Open"), TABLE_AMOUNT, TABLE_NARROW },
};

static const struct table instalment_table = {
	.name = "instalments",
	.path = "/customers",
	.section = "customers",
	.title = N_("Instalments"),
	.none = N_("Nothing is paid in instalments"),
	.empty = N_("Nothing is paid in instalments"),
	.icon = "calendar",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.times = TABLE_NOW,
};

struct line {
	const char *key, *what, *part, *url;
	day_t due_on;
	const char *state, *words;
	int64_t amount_minor, open_minor;
	const char *currency;
};

struct listing {
	struct request *request;
	LIST_OF(struct line) lines;
};

static size_t count_parts(const struct item *list, size_t n, const struct item *it)
{
	size_t parts = 0;

	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].document, it->document) &&
		    str_eq(list[i].kind_name, it->kind_name) &&
		    list[i].issue_year == it->issue_year)
			parts++;
	return parts;
}

static void add_item(struct listing *l, const struct item *it, size_t n_parts)
{
	struct request *r = l->request;
	struct line *line = LIST_ADD(r->arena, &l->lines);
	bool is_late = it->open_minor > 0 && it->due_on < r->today;

	*line = (struct line){
		.key = arena_printf(r->arena, "i%" PRId64, it->id),
		.what = it->document,
		.part = arena_printf(r->arena, "%d/%zu", it->ordinal, n_parts),
		.url = link_to(r, arena_printf(r->arena, "/items/%" PRId64, it->id), NULL),
		.due_on = it->due_on,
		.state = it->open_minor == 0 ? "done"
			 : is_late           ? "late-2"
					     : "fresh",
		.words = it->open_minor == 0 ? tr(r->cat, "Paid")
			 : is_late           ? tr(r->cat, "Late")
					     : tr(r->cat, "Planned"),
		.amount_minor = it->amount_minor,
		.open_minor = it->open_minor,
		.currency = arena_strdup(r->arena, it->currency),
	};
}

static bool load_items(struct listing *l, int64_t customer_id, struct err *e)
{
	struct request *r = l->request;
	struct item *list;
	size_t n;

	if (!item_list_customer(r->db, r->arena, customer_id, true, &list, &n, e))
		return false;
	/* A document of which one part is open is told whole. */
	for (size_t i = 0; i < n; i++) {
		struct item *all;
		size_t n_all, n_parts;
		bool is_first = true;
		for (size_t k = 0; k < i; k++)
			is_first = is_first && !str_eq(list[k].document, list[i].document);
		if (list[i].amount_minor < 0 || !is_first ||
		    !item_find_document(r->db, r->arena, r->entity.id, list[i].document, &all,
					&n_all, e)) {
			if (e->code)
				return false;
			continue;
		}
		n_parts = count_parts(all, n_all, &list[i]);
		for (size_t k = 0; n_parts > 1 && k < n_all; k++)
			if (all[k].customer_id == customer_id &&
			    str_eq(all[k].kind_name, list[i].kind_name) &&
			    all[k].issue_year == list[i].issue_year)
				add_item(l, &all[k], n_parts);
	}
	return true;
}

static bool load_promises(struct listing *l, int64_t customer_id, struct err *e)
{
	struct request *r = l->request;
	struct promise *list;
	size_t n;

	if (!promise_list(r->db, r->arena, r->entity.id, customer_id, GRACE_DAYS, PROMISES_MAX,
			  &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (promise_outcome(&list[i], GRACE_DAYS, r->today) != PROMISE_PENDING)
			continue;
		*LIST_ADD(r->arena, &l->lines) = (struct line){
			.key = arena_printf(r->arena, "p%" PRId64, list[i].id),
			.what = list[i].item_id ? list[i].document
						: tr(r->cat, "The whole account"),
			.part = tr(r->cat, "Promise"),
			.due_on = list[i].promised_on,
			.state = "promise",
			.words = tr(r->cat, "Promised"),
			.amount_minor = list[i].amount_minor,
			.open_minor = list[i].amount_minor,
			.currency = arena_strdup(r->arena, list[i].currency),
		};
	}
	return true;
}

static void sort_by_due(struct listing *l)
{
	for (size_t i = 1; i < l->lines.n; i++)
		for (size_t k = i; k > 0 && l->lines.at[k].due_on < l->lines.at[k - 1].due_on;
		     k--) {
			struct line swap = l->lines.at[k];
			l->lines.at[k] = l->lines.at[k - 1];
			l->lines.at[k - 1] = swap;
		}
}

static bool put_lines(void *arg, const char *after, size_t limit, struct table_out *out,
		      struct err *e)
{
	const struct listing *l = arg;
	size_t from = 0;

	for (size_t i = 0; after && i < l->lines.n; i++)
		if (str_eq(l->lines.at[i].key, after))
			from = i + 1;
	for (size_t i = from; i < l->lines.n && i - from < limit; i++) {
		const struct line *line = &l->lines.at[i];
		struct table_cell *cell = table_begin_row(out, line->key, line->currency);

		cell_link(&cell[WHAT], line->what, table_is_page(out) ? line->url : NULL);
		cell_text(&cell[PART], line->part);
		cell_day(&cell[DUE], line->due_on);
		cell_state(&cell[STATE], line->state, line->words);
		cell_amount(&cell[AMOUNT], line->amount_minor);
		cell_amount(&cell[OPEN], line->open_minor);
		if (!table_end_row(out, e))
			return false;
	}
	return true;
}

static bool instalments_show(struct request *r, struct err *e)
{
	struct listing l = { .request = r };
	struct table_view v;
	struct customer c;

	if (!table_read(r, &instalment_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"), &c, e) ||
	    !load_items(&l, c.id, e) || !load_promises(&l, c.id, e))
		return false;
	sort_by_due(&l);
	return table_answer(r, &v,
			    &(struct table_source){ .rows = put_lines,
						    .arg = &l,
						    .n_rows = (int64_t)l.lines.n,
						    .n_before = -1,
						    .is_bare = l.lines.n == 0,
						    .summary = c.name },
			    e);
}

/* ---- out of the ledger --------------------------------------------------------------------------- */

enum out_column { OUT_DOCUMENT, OUT_KIND, OUT_CUSTOMER, OUT_AMOUNT, OUT_REASON, OUT_WHO, OUT_WHEN };

static const struct table_column out_columns[] = {
	[OUT_DOCUMENT] = { "document", N_("Document"), TABLE_TEXT, TABLE_NARROW },
	[OUT_KIND] = { "kind", N_("Kind"), TABLE_TEXT, 0 },
	[OUT_CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, 0 },
	[OUT_AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT, TABLE_NARROW },
	[OUT_REASON] = { "reason", N_("Why"), TABLE_TEXT, 0 },
	[OUT_WHO] = { "actor", N_("Who"), TABLE_TEXT, 0 },
	[OUT_WHEN] = { "recorded", N_("When"), TABLE_MOMENT, 0 },
};

static const struct table out_table = {
	.name = "items-out",
	.path = "/items/out",
	.section = "items",
	.title = N_("Items out of the ledger"),
	.none = N_("No item was taken out"),
	.empty = N_("No item was taken out"),
	.icon = "undo",
	.columns = out_columns,
	.n_columns = ARRAY_LEN(out_columns),
	.times = TABLE_NOW,
};

struct out_row {
	int64_t id, customer_id, amount_minor, recorded;
	const char *document, *kind, *customer, *reason, *actor;
	char currency[4];
};

struct out_listing {
	struct request *request;
	struct out_row *at;
	size_t n;
};

static bool put_out(void *arg, const char *after, size_t limit, struct table_out *out,
		    struct err *e)
{
	const struct out_listing *l = arg;
	size_t from = 0;
	uint64_t id;

	for (size_t i = 0; after && text_to_u64(after, INT64_MAX, &id) && i < l->n; i++)
		if (l->at[i].id == (int64_t)id)
			from = i + 1;
	for (size_t i = from; i < l->n && i - from < limit; i++) {
		const struct out_row *row = &l->at[i];
		struct arena *a = table_arena(out);
		enum item_kind kind;
		struct table_cell *cell =
			table_begin_row(out, arena_printf(a, "%" PRId64, row->id), row->currency);

		cell_text(&cell[OUT_DOCUMENT], row->document);
		cell_text(&cell[OUT_KIND], item_kind_of(row->kind, &kind)
						   ? tr(table_catalogue(out), item_kind_word(kind))
						   : row->kind);
		cell_link(&cell[OUT_CUSTOMER], row->customer,
			  table_is_page(out)
				  ? arena_printf(a, "/customers/%" PRId64, row->customer_id)
				  : NULL);
		cell_amount(&cell[OUT_AMOUNT], row->amount_minor);
		cell_text(&cell[OUT_REASON], row->reason);
		cell_text(&cell[OUT_WHO], actor_text(l->request, row->actor));
		cell_moment(&cell[OUT_WHEN], row->recorded);
		if (!table_end_row(out, e))
			return false;
	}
	return true;
}

static bool out_show(struct request *r, struct err *e)
{
	static const struct db_column row_columns[] = {
		DB_COL(struct out_row, id),           DB_COL(struct out_row, customer_id),
		DB_COL(struct out_row, amount_minor), DB_COL(struct out_row, recorded),
		DB_COL(struct out_row, document),     DB_COL(struct out_row, kind),
		DB_COL(struct out_row, customer),     DB_COL(struct out_row, reason),
		DB_COL(struct out_row, actor),        DB_COL(struct out_row, currency),
	};
	struct out_listing l = { .request = r };
	struct table_view v;
	size_t kept = 0;

	if (!table_read(r, &out_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!db_list(r->db, r->arena,
		     "SELECT i.id, i.customer_id, i.amount_minor, x.recorded, i.document, i.kind,"
		     " c.name, x.reason, x.actor, i.currency FROM item_reversal x JOIN item i"
		     " ON i.id = x.item_id JOIN customer c ON c.id = i.customer_id"
		     " WHERE x.entity_id = $1 ORDER BY x.recorded DESC, i.id DESC LIMIT $2",
		     DB_PARAMS(P_I64(r->entity.id), P_I64(OUT_MAX)), row_columns,
		     ARRAY_LEN(row_columns), sizeof *l.at, (void **)&l.at, &l.n, e))
		return false;
	for (size_t i = 0; i < l.n; i++) {
		struct err unseen = { 0 };
		if (scope_customer(r, l.at[i].customer_id, &unseen))
			l.at[kept++] = l.at[i];
		else if (unseen.code != ERR_NOT_FOUND)
			return err_set(e, unseen.code, "%s", unseen.msg);
	}
	l.n = kept;
	return table_answer(
		r, &v,
		&(struct table_source){
			.rows = put_out,
			.arg = &l,
			.n_rows = (int64_t)l.n,
			.n_before = -1,
			.is_bare = l.n == 0,
			.summary = tr(r->cat, "They count in no figure; what was known"
					      " before is still shown as it was known."),
		},
		e);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/:customer/instalments", instalments_show, PERM_ITEM_READ,
	      SCOPE_CUSTOMER),
	ROUTE(GET, "/items/out", out_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list insight_instalment_routes = ROUTE_LIST(routes);
