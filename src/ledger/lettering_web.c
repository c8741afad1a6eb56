/* SPDX-License-Identifier: Apache-2.0 */
/* lettering_web.c - the lettering page of an account (lettrage): tick, see the sum, letter, undo. */
#include "ledger/lettering_page.h"

#include "base/money.h"
#include "base/text.h"
#include "i18n/amount.h"
#include "ledger/item_view.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "web/link.h"
#include "web/show.h"

enum { ROWS_MAX = 400, PROPOSE_MAX = 2000, CODES_MAX = 100, LINES_MAX = 2000 };

const char *lettering_page_url(const struct lettering_of *l)
{
	return arena_printf(l->request->arena, "/customers/%" PRId64 "/lettering", l->customer.id);
}

/* What the page is of: in the address of a GET, in hidden fields of a POST. */
static const char *asked(const struct lettering_of *l, const char *name)
{
	const char *value = request_form(l->request, name);

	return value ? value : request_query(l->request, name);
}

/* ---- loading ------------------------------------------------------------------------------------- */

static bool load_members(struct lettering_of *l, struct err *e)
{
	struct request *r = l->request;
	struct customer_member *all;
	size_t n;

	if (!customer_group_list(r->db, r->arena, r->entity.id, l->customer.id, &all, &n, e))
		return false;
	l->members = all;
	for (size_t i = 0; i < n; i++) {
		struct err unseen = { 0 };
		if (i == 0 || scope_customer(r, all[i].id, &unseen))
			l->members[l->n_members++] = all[i];
		else if (unseen.code != ERR_NOT_FOUND)
			return err_set(e, unseen.code, "%s", unseen.msg);
	}
	return true;
}

static bool load_items(struct lettering_of *l, struct err *e)
{
	struct request *r = l->request;
	LIST_OF(struct item) list = { 0 };
	size_t n_members = l->is_group ? l->n_members : 1;

	for (size_t m = 0; m < n_members; m++) {
		struct item *own;
		size_t n;
		if (!item_list_customer(r->db, r->arena, l->members[m].id, true, &own, &n, e))
			return false;
		for (size_t i = 0; i < n; i++) {
			if (str_eq(own[i].currency, l->currency))
				*LIST_ADD(r->arena, &list) = own[i];
			else
				l->has_other_currency = true;
		}
	}
	l->items = list.at;
	l->n_items = list.n;
	return true;
}

bool lettering_page_begin(struct request *r, struct lettering_of *l, struct err *e)
{
	*l = (struct lettering_of){ .request = r };
	form_init(&l->form, r);
	if (!customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"),
				&l->customer, e) ||
	    !load_members(l, e))
		return false;
	l->is_group = str_eq(asked(l, "group"), "1") && l->n_members > 1;
	l->currency = asked(l, "currency");
	if (str_empty(l->currency))
		l->currency = l->customer.currency;
	if (!currency_is_code(l->currency))
		return err_field(e, ERR_USAGE, "currency", "\"%.10s\" is no currency", l->currency);
	return load_items(l, e) && lettering_list(r->db, r->arena, r->entity.id, l->customer.id,
						  &l->codes, &l->n_codes, e);
}

/* ---- what is ticked ------------------------------------------------------------------------------ */

static const struct item *find_item(const struct lettering_of *l, int64_t id)
{
	for (size_t i = 0; i < l->n_items; i++)
		if (l->items[i].id == id)
			return &l->items[i];
	return NULL;
}

static const char *field_name(const struct lettering_of *l, int64_t item_id)
{
	return arena_printf(l->request->arena, "amount_%" PRId64, item_id);
}

/* The amount typed for an item, with its sign; 0 stands for all. */
static int64_t typed_minor(struct lettering_of *l, const struct item *it)
{
	struct request *r = l->request;
	const char *name = field_name(l, it->id);
	int64_t minor = form_minor(&l->form, name, 0, it->currency);
	int64_t open = it->open_minor < 0 ? -it->open_minor : it->open_minor;

	if (str_empty(request_form(r, name)))
		return 0;
	if (minor < 0)
		minor = -minor;
	if (minor == 0 || minor > open) {
		char text[AMOUNT_TEXT];
		form_wrong(&l->form, "",
			   arena_printf(r->arena,
					tr(r->cat, "%s: write an amount up to what is open, %s."),
					it->document,
					amount_text(open, it->currency, catalogue_language(r->cat),
						    text)));
	}
	return it->open_minor < 0 ? -minor : minor;
}

bool lettering_page_lines(struct lettering_of *l, struct err *e)
{
	const struct web_values *values =
		l->request->method == METHOD_POST ? &l->request->form : &l->request->query;

	for (size_t k = 0; k < values->n; k++) {
		struct lettering_line *line;
		const struct item *it;
		uint64_t id;
		int64_t minor;
		if (!str_eq(values->at[k].name, "item") ||
		    !text_to_u64(values->at[k].value, INT64_MAX, &id))
			continue;
		it = find_item(l, (int64_t)id);
		if (!it) {
			form_wrong(&l->form, "",
				   tr(l->request->cat, "One of the items is not open any more."));
			continue;
		}
		if (l->lines.n == LINES_MAX)
			return err_set(e, ERR_LIMIT, "more than %d items were ticked", LINES_MAX);
		line = LIST_ADD(l->request->arena, &l->lines);
		*line = (struct lettering_line){ it->id, typed_minor(l, it) };
		minor = line->minor ? line->minor : it->open_minor;
		if (!minor_add(minor > 0 ? &l->debit_minor : &l->credit_minor,
			       minor > 0 ? minor : -minor, e))
			return false;
	}
	return true;
}

static bool is_ticked(const struct lettering_of *l, int64_t item_id)
{
	for (size_t i = 0; i < l->lines.n; i++)
		if (l->lines.at[i].item_id == item_id)
			return true;
	return false;
}

/* ---- the open items ------------------------------------------------------------------------------ */

static const char *account_of(const struct lettering_of *l, int64_t customer_id)
{
	for (size_t m = 1; m < l->n_members; m++)
		if (l->members[m].id == customer_id)
			return l->members[m].code;
	return NULL;
}

/* The partial code an open item stands under. */
static const char *mark_of(const struct lettering_of *l, int64_t item_id)
{
	for (size_t g = 0; g < l->n_codes; g++)
		for (size_t i = 0; i < l->codes[g].n_items; i++)
			if (l->codes[g].items[i].item_id == item_id)
				return l->codes[g].code;
	return NULL;
}

static const char *kind_text(struct lettering_of *l, const struct item *it)
{
	enum item_kind kind;

	return item_kind_of(it->kind_name, &kind) ? item_kind_text(l->page, kind) : it->kind_name;
}

static void fill_item(struct lettering_of *l, const struct item *it, struct letter_item_row *ret)
{
	struct page *p = l->page;
	const char *figure =
		show_figure(p, it->open_minor < 0 ? -it->open_minor : it->open_minor, it->currency);

	*ret = (struct letter_item_row){
		.id = it->id,
		.document = it->document,
		.url = link_to(l->request, arena_printf(p->arena, "/items/%" PRId64, it->id), NULL),
		.kind = kind_text(l, it),
		.account = account_of(l, it->customer_id),
		.due = show_day(p, it->due_on),
		.label = it->label ? it->label : it->payment_ref,
		.debit = it->open_minor > 0 ? figure : NULL,
		.credit = it->open_minor < 0 ? figure : NULL,
		.minor = arena_printf(p->arena, "%" PRId64, it->open_minor),
		.field = field_name(l, it->id),
		.mark = mark_of(l, it->id),
		.is_ticked = is_ticked(l, it->id),
	};
	ret->typed = request_form(l->request, ret->field);
}

/* Part of the number, the label or the amount, folded. */
static bool is_wanted(const struct lettering_of *l, const struct item *it, const char *key)
{
	struct arena *a = l->request->arena;
	char amount[MONEY_TEXT];

	if (key[0] == '\0' || is_ticked(l, it->id))
		return true;
	return strstr(text_reference_key(a, it->document), key) ||
	       (it->label && strstr(text_reference_key(a, it->label), key)) ||
	       strstr(text_reference_key(a, minor_format(it->open_minor, it->currency, amount)),
		      key);
}

static bool fill_items(struct lettering_of *l, struct err *e)
{
	struct request *r = l->request;
	struct lettering_view *v = &l->view;
	const char *q = request_query(r, "q");
	const char *key = text_reference_key(r->arena, q ? q : "");
	struct letter_item_row *row = ARENA_ARRAY(r->arena, ROWS_MAX, struct letter_item_row);
	int64_t debits = 0, credits = 0;
	size_t n_wanted = 0;

	for (size_t i = 0; i < l->n_items; i++) {
		const struct item *it = &l->items[i];
		if (!minor_add(it->open_minor > 0 ? &debits : &credits, it->open_minor, e))
			return false;
		if (!is_wanted(l, it, key))
			continue;
		if (n_wanted++ < ROWS_MAX)
			fill_item(l, it, &row[v->n_items++]);
	}
	v->items = row;
	v->query = q;
	v->summary = arena_printf(r->arena, tr(r->cat, "debits %s, credits %s, balance %s"),
				  show_amount(l->page, debits, l->currency),
				  show_amount(l->page, -credits, l->currency),
				  show_amount(l->page, debits + credits, l->currency));
	if (n_wanted > ROWS_MAX)
		v->more = arena_printf(
			r->arena,
			tr(r->cat, "The %d oldest of %s items are shown: filter to see others."),
			ROWS_MAX, show_count(l->page, (int64_t)n_wanted));
	return true;
}

/* ---- proposals ----------------------------------------------------------------------------------- */

static const char *why_text(const struct page *p, enum letter_why why)
{
	switch (why) {
	case LETTER_NAMED:
		return tr(p->cat, "The credit names the document.");
	case LETTER_SAME_AMOUNT:
		return tr(p->cat, "The only two of that amount.");
	case LETTER_ALL:
		return tr(p->cat, "All that is open comes to zero.");
	case LETTER_OLDEST:
		break;
	}
	return tr(p->cat, "The only credit pays the oldest documents exactly.");
}

static const char *words_of(struct arena *a, const struct item *it)
{
	return text_reference_key(a, arena_printf(a, "%s %s %s", it->label ? it->label : "",
						  it->payment_ref ? it->payment_ref : "",
						  it->order_ref ? it->order_ref : ""));
}

static void fill_proposal(struct lettering_of *l, const struct letter_proposal *in,
			  struct letter_proposal_row *ret)
{
	struct arena *a = l->request->arena;
	int64_t *ids = ARENA_ARRAY(a, in->n, int64_t);
	struct buf what, url;

	buf_init(&what, a);
	buf_init(&url, a);
	buf_printf(&url, "%s?currency=%s%s", lettering_page_url(l), l->currency,
		   l->is_group ? "&group=1" : "");
	for (size_t i = 0; i < in->n; i++) {
		const struct item *it = &l->items[in->items[i]];
		ids[i] = it->id;
		buf_printf(&what, "%s%s", i == 0 ? "" : i == 1 ? " → " : ", ", it->document);
		buf_printf(&url, "&item=%" PRId64, it->id);
	}
	*ret = (struct letter_proposal_row){
		.what = buf_str(&what),
		.why = why_text(l->page, in->why),
		.amount = show_amount(l->page, in->minor, l->currency),
		.items = ids,
		.n_items = in->n,
		.tick_url = buf_str(&url),
	};
}

static bool fill_proposals(struct lettering_of *l, struct err *e)
{
	struct arena *a = l->request->arena;
	struct letter_item *items;
	struct letter_proposal *list;
	struct letter_proposal_row *row;
	size_t n;

	/* Nobody looks for the obvious while he has something ticked, nor among thousands. */
	if (l->lines.n > 0 || l->n_items > PROPOSE_MAX)
		return true;
	items = ARENA_ARRAY(a, l->n_items + 1, struct letter_item);
	for (size_t i = 0; i < l->n_items; i++) {
		const struct item *it = &l->items[i];
		items[i] = (struct letter_item){
			{ it->id, it->open_minor, it->due_on, it->effective },
			text_reference_key(a, it->document),
			words_of(a, it),
		};
	}
	if (!lettering_propose(a, items, l->n_items, &list, &n, e))
		return false;
	row = ARENA_ARRAY(a, n + 1, struct letter_proposal_row);
	for (size_t i = 0; i < n; i++)
		fill_proposal(l, &list[i], &row[i]);
	l->view.proposals = row;
	l->view.n_proposals = n < 20 ? n : 20;
	return true;
}

/* ---- the codes ----------------------------------------------------------------------------------- */

static void fill_code(struct lettering_of *l, const struct lettering *g,
		      struct letter_code_row *ret)
{
	struct page *p = l->page;
	struct letter_amount_row *amount =
		ARENA_ARRAY(p->arena, g->n_allocations, struct letter_amount_row);
	struct buf documents;

	buf_init(&documents, p->arena);
	for (size_t i = 0; i < g->n_items && i < 6; i++)
		buf_printf(&documents, "%s%s", i ? ", " : "", g->items[i].document);
	if (g->n_items > 6)
		buf_puts(&documents, " …");
	for (size_t i = 0; i < g->n_allocations; i++)
		amount[i] = (struct letter_amount_row){
			.id = g->allocations[i].id,
			.what = arena_printf(p->arena, "%s → %s", g->allocations[i].credit_document,
					     g->allocations[i].debit_document),
			.amount = show_amount(p, g->allocations[i].minor, g->currency),
		};
	*ret = (struct letter_code_row){
		.code = arena_strdup(p->arena, g->code),
		.is_full = g->is_full,
		.on = arena_printf(p->arena, tr(p->cat, "lettered on %s"),
				   show_day_long(p, g->lettered_on)),
		.who = g->reason ? arena_printf(p->arena, "%s · %s",
						actor_text(l->request, g->actor), g->reason)
				 : actor_text(l->request, g->actor),
		.amount = show_amount(p, g->minor, g->currency),
		.left = g->is_full ? NULL : show_amount(p, g->rest_minor, g->currency),
		.documents = buf_str(&documents),
		.amounts = amount,
		.n_amounts = g->n_allocations,
	};
}

static void fill_codes(struct lettering_of *l)
{
	size_t n = l->n_codes < CODES_MAX ? l->n_codes : CODES_MAX;
	struct letter_code_row *row = ARENA_ARRAY(l->page->arena, n + 1, struct letter_code_row);

	for (size_t i = 0; i < n; i++)
		fill_code(l, &l->codes[i], &row[i]);
	l->view.codes = row;
	l->view.n_codes = n;
}

struct book_code {
	const char *code;
	day_t newest_on;
	int64_t n;
	int64_t minor;
};

static bool fill_books(struct lettering_of *l, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct book_code, code),
		DB_DAY(struct book_code, newest_on),
		DB_COL(struct book_code, n),
		DB_COL(struct book_code, minor),
	};
	struct page *p = l->page;
	struct letter_book_row *row;
	struct book_code *list;
	size_t n;

	if (!db_list(l->request->db, p->arena,
		     "SELECT l.lettering, max(l.effective), count(*),"
		     " CAST(sum(l.amount_minor) AS BIGINT) FROM allocation l"
		     " WHERE l.customer_id = $1 AND l.currency = $2 AND l.lettering IS NOT NULL"
		     " AND l.lettering_id IS NULL AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		     " (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)"
		     " GROUP BY l.lettering ORDER BY max(l.effective) DESC, l.lettering LIMIT 100",
		     DB_PARAMS(P_I64(l->customer.id), P_TEXT(l->currency)), columns,
		     ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
		return false;
	row = ARENA_ARRAY(p->arena, n + 1, struct letter_book_row);
	for (size_t i = 0; i < n; i++)
		row[i] = (struct letter_book_row){
			.code = list[i].code,
			.on = show_day(p, list[i].newest_on),
			.count = show_count(p, list[i].n),
			.amount = show_amount(p, list[i].minor, l->currency),
		};
	l->view.books = row;
	l->view.n_books = n;
	return true;
}

/* ---- the page ------------------------------------------------------------------------------------ */

static const char *typed(struct lettering_of *l, const char *name, const char *first)
{
	const char *value = request_form(l->request, name);

	return value ? value : first;
}

static void fill_fields(struct lettering_of *l)
{
	const struct catalogue *cat = l->request->cat;
	struct part_field *f = ARENA_ARRAY(l->page->arena, 2, struct part_field);

	f[0] = (struct part_field){
		.name = "lettered_on",
		.label = tr(cat, "Lettering date"),
		.value = typed(l, "lettered_on", show_day_iso(l->page, l->request->today)),
		.type = "date",
		.error = form_message(&l->form, "lettered_on"),
		.is_required = true,
	};
	f[1] = (struct part_field){
		.name = "reason",
		.label = tr(cat, "Remark"),
		.value = typed(l, "reason", ""),
		.error = form_message(&l->form, "reason"),
	};
	l->view.fields = f;
	l->view.n_fields = 2;
}

static void fill_chips(struct lettering_of *l)
{
	struct lettering_view *v = &l->view;
	struct part_chip *chip = ARENA_ARRAY(l->page->arena, 2, struct part_chip);
	const char *url = lettering_page_url(l);

	v->chips = chip;
	if (l->n_members < 2)
		return;
	chip[v->n_chips++] = (struct part_chip){
		.text = tr(l->request->cat, "This account"),
		.url = link_to(l->request, url, "currency", l->currency, NULL),
		.is_on = !l->is_group,
	};
	chip[v->n_chips++] = (struct part_chip){
		.text = tr(l->request->cat, "Its whole group"),
		.url = link_to(l->request, url, "currency", l->currency, "group", "1", NULL),
		.count = show_count(l->page, (int64_t)l->n_members),
		.is_on = l->is_group,
	};
}

bool lettering_page_show(struct lettering_of *l, int status, struct err *e)
{
	struct request *r = l->request;
	struct lettering_view *v = &l->view;

	l->page = page_begin(
		r, arena_printf(r->arena, tr(r->cat, "Lettering of %s"), l->customer.name),
		"customers");
	v->id = l->customer.id;
	v->name = l->customer.name;
	v->code = l->customer.code;
	v->url = arena_printf(r->arena, "/customers/%" PRId64, l->customer.id);
	v->action = lettering_page_url(l);
	v->message = form_message(&l->form, "");
	v->currency = l->currency;
	v->sign = show_currency(l->page, l->currency);
	v->decimals = arena_printf(r->arena, "%d", currency_decimals(l->currency));
	v->is_group = l->is_group ? "1" : NULL;
	v->may_letter = request_may(r, PERM_CASH_APPLY);
	v->debits = show_amount(l->page, l->debit_minor, l->currency);
	v->credits = show_amount(l->page, l->credit_minor, l->currency);
	v->rest = show_amount(l->page, l->debit_minor - l->credit_minor, l->currency);
	if (!fill_items(l, e) || !fill_proposals(l, e) || !fill_books(l, e))
		return false;
	fill_codes(l);
	fill_fields(l);
	fill_chips(l);
	lettering_page(l->page, v);
	return respond_page(r, l->page, status);
}

static bool lettering_show(struct request *r, struct err *e)
{
	struct lettering_of l;

	return lettering_page_begin(r, &l, e) && lettering_page_lines(&l, e) &&
	       lettering_page_show(&l, 200, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/:customer/lettering", lettering_show, PERM_ITEM_READ,
	      SCOPE_CUSTOMER),
};
const struct route_list ledger_lettering_routes = ROUTE_LIST(routes);
