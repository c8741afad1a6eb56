/* SPDX-License-Identifier: Apache-2.0 */
/* item_web.c - one item (pièce): its facts, what was applied to it and why, what changed. */
#include "ledger/item_mark_view.h"

#include "base/list.h"
#include "ledger/customer.h"
#include "ledger/post.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "web/show.h"
#include "web/undo.h"

struct shown {
	struct request *request;
	struct page *page;
	struct when when;
	struct item item;
	struct customer customer;
	struct item_page_view *view;
};

/* ---- facts ------------------------------------------------------------------------------------- */

struct fact_list {
	struct arena *arena;
	LIST_OF(struct item_fact) list;
};

static void fact(struct fact_list *fl, const char *term, const char *value, const char *url)
{
	struct item_fact *f;

	if (str_empty(value))
		return;
	f = LIST_ADD(fl->arena, &fl->list);
	*f = (struct item_fact){ term, value, url };
}

static const char *due_source_text(const struct page *p, int source)
{
	switch ((enum due_source)source) {
	case DUE_FROM_COLUMN:
		return tr(p->cat, "read in the ledger's file");
	case DUE_FROM_ITEM_FILE:
		return tr(p->cat, "read in the invoice file");
	case DUE_FROM_LABEL:
		return tr(p->cat, "found in the entry's label");
	case DUE_FROM_TERMS:
		return tr(p->cat, "worked out from the customer's payment terms");
	case DUE_FROM_DEFAULT:
		break;
	}
	return tr(p->cat, "worked out from the company's default terms");
}

static void fill_facts(struct shown *s)
{
	struct page *p = s->page;
	const struct item *it = &s->item;
	struct fact_list fl = { .arena = p->arena };

	fact(&fl, tr(p->cat, "Customer"),
	     arena_printf(p->arena, "%s · %s", s->customer.code, s->customer.name),
	     link_to(s->request, arena_printf(p->arena, "/customers/%" PRId64, it->customer_id),
		     NULL));
	fact(&fl, tr(p->cat, "Issued on"), show_day_long(p, it->issued_on), NULL);
	fact(&fl, tr(p->cat, "Due on"), show_day_long(p, it->due_on), NULL);
	fact(&fl, tr(p->cat, "Due date"), due_source_text(p, it->due_source), NULL);
	fact(&fl, tr(p->cat, "Counts from"), show_day_long(p, it->effective), NULL);
	if (it->dated_from != DAY_NONE)
		fact(&fl, tr(p->cat, "Accounting date"),
		     arena_printf(p->arena, tr(p->cat, "%s: closed, so it counts later"),
				  show_day_long(p, it->dated_from)),
		     NULL);
	fact(&fl, tr(p->cat, "Label"), it->label, NULL);
	fact(&fl, tr(p->cat, "Order"), it->order_ref, NULL);
	fact(&fl, tr(p->cat, "Payment reference"), it->payment_ref, NULL);
	fact(&fl, tr(p->cat, "Account"), it->account, NULL);
	fact(&fl, tr(p->cat, "In the ledger"),
	     it->is_booked ? tr(p->cat, "seen in the ledger's file") : tr(p->cat, "not seen yet"),
	     NULL);
	fact(&fl, tr(p->cat, "Source"), it->source,
	     it->import_id
		     ? page_link(p, arena_printf(p->arena, "/imports/%" PRId64, it->import_id))
		     : NULL);
	fact(&fl, tr(p->cat, "Recorded"), show_moment(p, it->recorded), NULL);
	s->view->facts = fl.list.at;
	s->view->n_facts = fl.list.n;
}

/* ---- allocations ------------------------------------------------------------------------------- */

/* The ledger keeps its reasons in English; those it gives itself are known here. What a person or a file
 * wrote is shown as it is. */
static const char *reason_text(const struct page *p, const char *reason)
{
	static const char *const known[] = {
		N_("lettered by the accounting"),
		N_("the payment's entry names the document"),
		N_("the ledger tells the payment"),
		N_("settled by the item file"),
		N_("undone by hand on the item's page"),
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_eq(known[i], reason))
			return tr(p->cat, known[i]);
	}
	return reason;
}

/* Whether an undo of it was known by then. */
static bool is_undone_by(const struct allocation *of, const struct allocation *al, size_t n,
			 struct when w)
{
	for (size_t i = 0; i < n; i++) {
		if (al[i].reverses_id == of->id && al[i].recorded <= when_known(w) &&
		    al[i].effective <= w.as_of)
			return true;
	}
	return false;
}

static bool fill_allocations(struct shown *s, struct err *e)
{
	struct page *p = s->page;
	struct allocation *al;
	struct item_allocation_row *row;
	size_t n;

	if (!allocation_list_item(s->request->db, p->arena, s->item.id, &al, &n, e))
		return false;
	row = ARENA_ARRAY(p->arena, n, struct item_allocation_row);
	for (size_t i = 0; i < n; i++) {
		if (al[i].effective > s->when.as_of || al[i].recorded > when_known(s->when))
			continue;
		int64_t other_id = al[i].debit_item_id == s->item.id ? al[i].credit_item_id
								     : al[i].debit_item_id;
		struct item other;

		/* The other side may have been taken out of the ledger since. */
		bool found = item_get(s->request->db, p->arena, s->request->entity.id, other_id,
				      &other, NULL);
		row[s->view->n_allocations++] = (struct item_allocation_row){
			.id = al[i].id,
			.day = show_day(p, al[i].effective),
			.document = found ? other.document : tr(p->cat, "item taken out since"),
			.url = link_to(s->request,
				       arena_printf(p->arena, "/items/%" PRId64, other_id), NULL),
			.amount = show_amount(p, al[i].amount_minor, al[i].currency),
			.reason = reason_text(p, al[i].reason),
			.who = arena_printf(p->arena, "%s · %s",
					    actor_text(s->request, al[i].actor),
					    show_moment(p, al[i].recorded)),
			.is_undone = is_undone_by(&al[i], al, n, s->when),
			.is_undoing = al[i].reverses_id != 0,
		};
	}
	s->view->allocations = row;
	return true;
}

/* ---- changes and attachments ------------------------------------------------------------------- */

struct change {
	const char *field;
	const char *old_value;
	const char *new_value;
	const char *source;
	int64_t recorded;
};

static const char *field_text(const struct page *p, const char *field)
{
	static const struct {
		const char *field, *text;
	} fields[] = {
		{ "due_on", N_("Due date") },
		{ "due_source", N_("Where the due date is from") },
		{ "payment_ref", N_("Payment reference") },
		{ "order_ref", N_("Order") },
		{ "net_minor", N_("Amount without VAT") },
		{ "vat_minor", N_("VAT") },
		{ "label", N_("Label") },
		{ "is_booked", N_("In the ledger") },
		{ "bank_entry_id", N_("Entry of the bank") },
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (str_eq(fields[i].field, field))
			return tr(p->cat, fields[i].text);
	}
	return field;
}

/* What people said of it comes first, then what files and imports changed. */
static bool fill_changes(struct shown *s, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct change, field),     DB_COL(struct change, old_value),
		DB_COL(struct change, new_value), DB_COL(struct change, source),
		DB_COL(struct change, recorded),
	};
	struct page *p = s->page;
	struct part_happening *h;
	struct item_mark *mark;
	struct change *c;
	size_t n, n_marks;

	if (!db_list(s->request->db, p->arena,
		     "SELECT field, old_value, new_value, source, recorded FROM item_change"
		     " WHERE item_id = $1 AND recorded <= $2 ORDER BY id DESC LIMIT 200",
		     DB_PARAMS(P_I64(s->item.id), P_I64(when_known(s->when))), columns,
		     ARRAY_LEN(columns), sizeof *c, (void **)&c, &n, e) ||
	    !item_mark_history(s->request->db, p->arena, s->request->entity.id, s->item.id,
			       when_known(s->when), &mark, &n_marks, e))
		return false;
	h = ARENA_ARRAY(p->arena, n + n_marks, struct part_happening);
	for (size_t i = 0; i < n_marks; i++)
		h[i] = item_mark_happening(s->request, p, &mark[i]);
	for (size_t i = 0; i < n; i++)
		h[n_marks + i] = (struct part_happening){
			.icon = "edit",
			.state = "",
			.what = field_text(p, c[i].field),
			.detail = arena_printf(p->arena, tr(p->cat, "%s, before: %s (%s)"),
					       c[i].new_value ? c[i].new_value : "–",
					       c[i].old_value ? c[i].old_value : "–", c[i].source),
			.when = show_moment(p, c[i].recorded),
		};
	s->view->changes = h;
	s->view->n_changes = n + n_marks;
	return true;
}

static bool fill_marks(struct shown *s, struct err *e)
{
	struct item_mark *mark;
	size_t n;

	if (!item_mark_list(s->request->db, s->page->arena, s->request->entity.id,
			    s->item.customer_id, when_known(s->when), &mark, &n, e))
		return false;
	s->view->marks = item_marks_words(s->page, mark, n, s->item.id);
	return true;
}

static bool fill_files(struct shown *s, struct err *e)
{
	struct files_view *files;

	if (!files_fill(s->request, s->page, "item", s->item.id,
			request_may(s->request, PERM_NOTE_EDIT), &files, e))
		return false;
	s->view->files = files;
	return true;
}

/* ---- the page ---------------------------------------------------------------------------------- */

/* The row of the book, so that the page says of the item what the lists say. */
static bool fill_row(struct shown *s, struct err *e)
{
	struct item_page_view *v = s->view;
	struct book *b;

	if (!book_load(s->request->db, s->request->arena,
		       &(struct book_query){ .entity_id = s->request->entity.id,
					     .as_of = s->when.as_of,
					     .known_at = s->when.known_at,
					     .with_settled = true,
					     .only_customer = s->item.customer_id },
		       &b, e))
		return false;
	for (size_t i = 0; i < b->n_items; i++) {
		if (b->item_id[i] != s->item.id)
			continue;
		item_row_fill(s->request, s->page, b, i, &v->row);
		v->amount = show_amount(s->page, b->amount_minor[i], s->item.currency);
		v->open = show_amount(s->page, b->open_minor[i], s->item.currency);
		v->applied = show_amount(s->page, b->amount_minor[i] - b->open_minor[i],
					 s->item.currency);
		return true;
	}
	return err_set(e, ERR_NOT_FOUND, "the item is not in the accounts of that day");
}

static bool item_show(struct request *r, struct err *e)
{
	struct item_page_view v = { .may_apply = request_may(r, PERM_CASH_APPLY),
				    .may_mark = request_may(r, PERM_CUSTOMER_EDIT) };
	struct shown s = { .request = r, .view = &v };
	enum item_kind kind;

	if (!request_when(r, &s.when, e) ||
	    !item_get(r->db, r->arena, r->entity.id, request_id(r, "item"), &s.item, e) ||
	    !scope_customer(r, s.item.customer_id, e) ||
	    !customer_get_by_id(r->db, r->arena, r->entity.id, s.item.customer_id, &s.customer, e))
		return false;
	s.page = page_begin_when(r, s.item.document, "items", s.when);
	if (!fill_row(&s, e) || !fill_allocations(&s, e) || !fill_changes(&s, e) ||
	    !fill_files(&s, e) || !fill_marks(&s, e))
		return false;
	fill_facts(&s);
	v.may_take_out = v.may_apply && str_eq(s.item.source, "user") && !s.item.bank_entry_id;
	v.subtitle =
		item_kind_of(s.item.kind_name, &kind)
			? arena_printf(r->arena, tr(r->cat, "%s of %s, %s"),
				       item_kind_text(s.page, kind),
				       show_day_long(s.page, s.item.issued_on), s.customer.name)
			: s.customer.name;
	item_page(s.page, &v);
	return respond_page(r, s.page, 200);
}

/* ---- undoing an allocation --------------------------------------------------------------------- */

struct undoing {
	struct request *request;
	int64_t allocation_id;
};

static bool undo_tx(struct db *db, void *arg, struct err *e)
{
	const struct undoing *u = arg;
	struct posting p;

	if (!posting_begin(&p, db, u->request->entity.id, "allocation.undone", "allocation",
			   u->allocation_id, u->request->actor, "user", u->request->now, "{}", e))
		return false;
	p.dates_forward = request_may(u->request, PERM_PERIOD_DATE);
	return post_unallocation(&p, u->allocation_id, "undone by hand on the item's page", e);
}

/* Receipts of the bank are taken back where they were matched, so that the statement's entry opens
 * again; what a person lettered of them is taken back here. */
static bool allocation_undo(struct request *r, struct err *e)
{
	struct undoing u = { r, request_id(r, "allocation") };
	int64_t debit_id, entry_id, customer_id;

	if (!db_get_i64(r->db,
			"SELECT debit_item_id FROM allocation WHERE id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(u.allocation_id), P_I64(r->entity.id)), 0, &debit_id, e) ||
	    !db_get_i64(r->db, "SELECT customer_id FROM allocation WHERE id = $1",
			DB_PARAMS(P_I64(u.allocation_id)), 0, &customer_id, e) ||
	    !db_get_i64(r->db,
			"SELECT i.bank_entry_id FROM allocation a JOIN item i"
			" ON i.id = a.credit_item_id WHERE a.id = $1 AND a.lettering_id IS NULL",
			DB_PARAMS(P_I64(u.allocation_id)), 0, &entry_id, e))
		return false;
	if (debit_id == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no allocation %" PRId64,
			       u.allocation_id);
	if (!scope_customer(r, customer_id, e))
		return false;
	if (entry_id)
		return flash_error(r,
				   tr(r->cat, "This receipt comes from the bank: undo it on the"
					      " page of its entry."),
				   e) &&
		       respond_redirect(r,
					arena_printf(r->arena, "/bank/entries/%" PRId64, entry_id));
	return db_tx(r->db, undo_tx, &u, e) &&
	       flash_set(r, tr(r->cat, "The allocation is undone."),
			 undo_now(r, "allocation.undone"), e) &&
	       respond_redirect(r, arena_printf(r->arena, "/items/%" PRId64, debit_id));
}

static const struct route routes[] = {
	ROUTE(GET, "/items/:item", item_show, PERM_ITEM_READ, SCOPE_ENTITY),
	ROUTE(POST, "/allocations/:allocation/undo", allocation_undo, PERM_CASH_APPLY,
	      SCOPE_ENTITY),
};
const struct route_list ledger_item_routes = ROUTE_LIST(routes);
