/* SPDX-License-Identifier: Apache-2.0 */
/* customer_web.c - the customer's sheet (fiche client): everything about one customer on one page. */
#include "insight/customer_view.h"

#include "bank/virtual_iban.h"
#include "base/identifier.h"
#include "base/list.h"
#include "base/money.h"
#include "collect/promise.h"
#include "collect/statement.h"
#include "dispute/dispute.h"
#include "dispute/reason.h"
#include "insight/customer_story.h"
#include "insight/overview.h"
#include "insight/routes.h"
#include "insight/task.h"
#include "ledger/customer_group.h"
#include "ledger/item_mark_view.h"
#include "ledger/pay_habit.h"
#include "ledger/scope.h"
#include "web/show.h"

enum { PPM = 1000000, GRACE_DAYS = 2, LIST_MAX = 100, HABIT_DAYS = 365 };

struct sheet_of {
	struct request *request;
	struct page *page;
	struct book *book; /* of this customer alone */
	struct overview o;
	const char *currency;
	struct customer_page_view *v;
};

struct fact_list {
	struct arena *arena;
	LIST_OF(struct customer_fact) list;
};

static void fact(struct fact_list *fl, const char *term, const char *value, bool is_sum)
{
	if (!str_empty(value))
		*LIST_ADD(fl->arena, &fl->list) = (struct customer_fact){ term, value, is_sum };
}

static const char *amount(struct sheet_of *s, int64_t minor)
{
	return show_amount(s->page, minor, s->currency);
}

static const char *items_url(struct sheet_of *s, const char *state)
{
	return link_to(s->request, "/items", "customer",
		       arena_printf(s->page->arena, "%" PRId64, s->v->id), "state", state, NULL);
}

static int share_ppm(int64_t part, int64_t whole)
{
	int64_t ppm = 0;

	if (part <= 0 || whole <= 0 || !minor_scale_round(part, PPM, whole, &ppm, NULL))
		return 0;
	return ppm > PPM ? PPM : (int)ppm;
}

/* ---- figures and ageing ------------------------------------------------------------------------ */

static int64_t late_sum(const struct overview *o, bool promised)
{
	int64_t sum = 0;

	for (int c = DUE_LATE_1; c <= DUE_LATE_4; c++)
		sum += promised ? o->of[c].promised_minor : o->of[c].disputed_minor;
	return sum;
}

static void fill_figures(struct sheet_of *s)
{
	struct page *p = s->page;
	const struct overview *o = &s->o;
	struct part_figure *f = ARENA_ARRAY(p->arena, 5, struct part_figure);
	struct part_meaning *m = ARENA_NEW(p->arena, struct part_meaning);
	int64_t promised = late_sum(o, true), disputed = late_sum(o, false);
	int64_t chased = o->late_minor - promised - disputed;

	f[0] = (struct part_figure){ .term = tr(p->cat, "Owes in all"),
				     .value = amount(s, o->total_minor),
				     .url = items_url(s, NULL) };
	f[1] = (struct part_figure){ .term = tr(p->cat, "Late"),
				     .value = amount(s, o->late_minor),
				     .url = items_url(s, "late"),
				     .gloss = show_percent(p, o->late_minor, o->documents_minor) };
	f[2] = (struct part_figure){ .term = tr(p->cat, "Promised"), .value = amount(s, promised) };
	f[3] = (struct part_figure){ .term = tr(p->cat, "Disputed"),
				     .value = amount(s, o->disputed_minor),
				     .url = items_url(s, "dispute") };
	*m = (struct part_meaning){
		.id = "def-chase",
		.term = tr(p->cat, "To chase now"),
		.text = tr(p->cat, "What is late, less what is promised and what is disputed."),
		.formula =
			arena_printf(p->arena, "%s − %s − %s = %s", amount(s, o->late_minor),
				     amount(s, promised), amount(s, disputed), amount(s, chased)),
		.opens_left = true,
	};
	f[4] = (struct part_figure){ .term = m->term, .value = amount(s, chased), .meaning = m };
	s->v->figures = f;
}

static void fill_ageing(struct sheet_of *s)
{
	struct page *p = s->page;
	struct part_piece *piece = ARENA_ARRAY(p->arena, DUE_STATE_COUNT, struct part_piece);
	struct customer_legend *legend =
		ARENA_ARRAY(p->arena, DUE_STATE_COUNT, struct customer_legend);
	int64_t drawn = 0;
	int at = 0;

	for (int c = 0; c < DUE_LOOSE; c++)
		drawn += s->o.of[c].open_minor > 0 ? s->o.of[c].open_minor : 0;
	for (int c = 0; c < DUE_STATE_COUNT; c++) {
		const char *state = due_state_name((enum due_state)c);
		int width = c == DUE_LOOSE ? 0 : share_ppm(s->o.of[c].open_minor, drawn);

		if (s->o.of[c].n_items == 0)
			continue;
		legend[s->v->n_legend++] = (struct customer_legend){
			.state = state,
			.text = tr(p->cat, due_state_text((enum due_state)c)),
			.amount = amount(s, s->o.of[c].open_minor),
			.url = items_url(s, state),
		};
		if (width > 0)
			piece[s->v->n_pieces++] = (struct part_piece){
				.state = state,
				.from_ppm = at,
				.width_ppm = width > 5000 ? width - 2500 : width,
			};
		at += width;
	}
	s->v->piece = piece;
	s->v->legend = legend;
	s->v->bar_label = arena_printf(p->arena,
				       tr(p->cat, "Open documents by lateness: not late"
						  " %s, late %s"),
				       amount(s, s->o.documents_minor - s->o.late_minor),
				       amount(s, s->o.late_minor));
}

static bool fill_items(struct sheet_of *s, struct err *e)
{
	struct page *p = s->page;
	struct item_filter all = item_filter_all();
	struct item_list l;
	struct item_row *row;
	struct item_mark *mark;
	size_t n_marks;

	if (!item_list_make(s->book, p->arena, &all, ITEM_ORDER_DUE, false, &l, e) ||
	    !item_mark_list(s->request->db, p->arena, s->request->entity.id, s->v->id,
			    s->book->known_at, &mark, &n_marks, e))
		return false;
	row = ARENA_ARRAY(p->arena, l.n, struct item_row);
	for (size_t i = 0; i < l.n; i++) {
		item_row_fill(s->request, p, s->book, l.at[i], &row[i]);
		row[i].mark = item_marks_words(p, mark, n_marks, row[i].id);
	}
	s->v->items = row;
	s->v->n_items = l.n;
	s->v->n_items_text = arena_printf(
		p->arena, trn(p->cat, "%d item", "%d items", (unsigned long)l.n), (int)l.n);
	s->v->totals = item_total_rows(p, s->book, &l);
	s->v->n_totals = l.n_totals;
	s->v->has_currencies = l.n_totals > 1;
	s->v->sign = l.n_totals > 1 ? "" : show_currency(p, s->currency);
	s->v->currency = s->currency;
	s->v->all_items_url =
		link_to(s->request, "/items", "customer",
			arena_printf(p->arena, "%" PRId64, s->v->id), "open", "all", NULL);
	return true;
}

/* ---- habit, identity --------------------------------------------------------------------------- */

static bool fill_habit(struct sheet_of *s, struct err *e)
{
	struct page *p = s->page;
	struct fact_list fl = { .arena = p->arena };
	struct pay_habit h;

	if (!pay_habit_get(s->request->db, p->arena, s->v->id, s->currency,
			   p->when.as_of - HABIT_DAYS, p->when, &h, e))
		return false;
	if (h.n_payments == 0) {
		fact(&fl, tr(p->cat, "Paid in 12 months"), tr(p->cat, "nothing yet"), false);
	} else {
		/* Two writings of one number: whole days, and the tenth behind the reader's sign. */
		int64_t tenths = h.delay_tenths < 0 ? -h.delay_tenths : h.delay_tenths;

		fact(&fl, tr(p->cat, "Average delay, weighted"),
		     arena_printf(p->arena, tr(p->cat, "%s%d.%d d"), h.delay_tenths < 0 ? "−" : "",
				  (int)(tenths / 10), (int)(tenths % 10)),
		     false);
		fact(&fl, tr(p->cat, "Paid in 12 months"), amount(s, h.paid_minor), false);
		fact(&fl, tr(p->cat, "Of it, late"), show_percent(p, h.late_minor, h.paid_minor),
		     false);
	}
	s->v->habit = fl.list.at;
	s->v->n_habit = fl.list.n;
	return true;
}

static const char *means_text(const struct page *p, const char *name)
{
	for (int m = 0; m < OVERVIEW_MEANS - 1; m++) {
		if (str_eq(overview_means_name(m), name))
			return tr(p->cat, overview_means_text(m));
	}
	return NULL;
}

static const char *joined(struct page *p, const char *a, const char *b)
{
	if (str_empty(a) || str_empty(b))
		return str_empty(a) ? b : a;
	return arena_printf(p->arena, "%s %s", a, b);
}

/* Accounts made for him: where he pays, and for which document alone. */
static bool fill_virtual(struct sheet_of *s, struct fact_list *fl, struct err *e)
{
	struct page *p = s->page;
	struct virtual_iban *list;
	size_t n;

	if (!virtual_iban_list(s->request->db, p->arena, s->request->entity.id, s->v->id, &list, &n,
			       e))
		return false;
	for (size_t i = 0; i < n; i++) {
		char iban[IBAN_GROUPED_TEXT];

		if ((i > 0 && list[i].id == list[i - 1].id) || list[i].valid_from > p->today ||
		    (list[i].valid_to != DAY_NONE && list[i].valid_to < p->today))
			continue;
		fact(fl,
		     list[i].item_id ? arena_printf(p->arena, tr(p->cat, "Virtual IBAN, for %s"),
						    list[i].document)
				     : tr(p->cat, "Virtual IBAN"),
		     arena_strdup(p->arena, iban_group(list[i].iban, iban)), false);
	}
	return true;
}

static bool fill_identity(struct sheet_of *s, struct err *e)
{
	struct page *p = s->page;
	const struct customer *c = &s->v->row;
	struct fact_list fl = { .arena = p->arena };

	fact(&fl, tr(p->cat, "Code"), c->code, false);
	fact(&fl, tr(p->cat, "SIREN"), c->siren, false);
	fact(&fl, tr(p->cat, "VAT number"), c->vat_number, false);
	fact(&fl, tr(p->cat, "Profile"), c->segment, false);
	fact(&fl, tr(p->cat, "Payment terms"),
	     c->terms ? c->terms : tr(p->cat, "the company's default"), false);
	fact(&fl, tr(p->cat, "Means of payment"), means_text(p, c->payment_means), false);
	fact(&fl, tr(p->cat, "Language"), c->language, false);
	fact(&fl, tr(p->cat, "E-mail"), c->email, false);
	fact(&fl, tr(p->cat, "Telephone"), c->phone, false);
	fact(&fl, tr(p->cat, "Street"), joined(p, c->street, c->street2), false);
	fact(&fl, tr(p->cat, "City"), joined(p, c->postcode, c->city), false);
	fact(&fl, tr(p->cat, "Country"), c->country, false);
	fact(&fl, tr(p->cat, "Pays from"), c->iban, false);
	if (!fill_virtual(s, &fl, e))
		return false;
	fact(&fl, tr(p->cat, "Group"), c->parent_code, false);
	s->v->identity = fl.list.at;
	s->v->n_identity = fl.list.n;
	s->v->subtitle = arena_printf(p->arena, "%s%s%s%s%s", c->code, c->siren ? " · SIREN " : "",
				      c->siren ? c->siren : "", c->segment ? " · " : "",
				      c->segment ? c->segment : "");
	return true;
}

/* ---- people ------------------------------------------------------------------------------------ */

static const char *role_text(const struct page *p, const char *role)
{
	static const struct {
		const char *role, *text;
	} roles[] = {
		{ "collector", N_("Collector") },
		{ "salesperson", N_("Salesperson") },
		{ "branch_manager", N_("Branch manager") },
		{ "accountant", N_("Accountant") },
		{ "buyer", N_("Buyer, at the customer's") },
		{ "credit_manager", N_("Credit manager") },
		{ "accounting", N_("Accounting") },
		{ "purchasing", N_("Purchasing") },
		{ "management", N_("Management") },
	};

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		if (str_eq(roles[i].role, role))
			return tr(p->cat, roles[i].text);
	}
	return role;
}

static bool fill_people(struct sheet_of *s, struct err *e)
{
	struct page *p = s->page;
	struct customer_person *owner, *person;
	struct customer_owner *o;
	struct contact *c;
	size_t n_owners, n;

	if (!customer_owner_list(s->request->db, p->arena, s->v->id, p->when.as_of, &o, &n_owners,
				 e) ||
	    !contact_list(s->request->db, p->arena, s->v->id, &c, &n, e))
		return false;
	owner = ARENA_ARRAY(p->arena, n_owners, struct customer_person);
	for (size_t i = 0; i < n_owners; i++)
		owner[i] = (struct customer_person){
			.initials = show_initials(p, o[i].name),
			.name = o[i].name,
			.role = role_text(p, o[i].role),
		};
	person = ARENA_ARRAY(p->arena, n, struct customer_person);
	for (size_t i = 0; i < n; i++)
		person[i] = (struct customer_person){
			.initials = show_initials(p, c[i].name),
			.name = c[i].name,
			.role = role_text(p, c[i].role),
			.email = c[i].email,
			.phone = c[i].phone,
			.url = s->v->may_edit
				       ? arena_printf(p->arena,
						      "/customers/%" PRId64 "/contacts/%" PRId64,
						      s->v->id, c[i].id)
				       : NULL,
			.is_dunning = c[i].is_dunning,
			.is_bounced = c[i].is_bounced,
		};
	s->v->owners = owner;
	s->v->n_owners = n_owners;
	s->v->contacts = person;
	s->v->n_contacts = n;
	return true;
}

/* ---- promises and disputes --------------------------------------------------------------------- */

static bool fill_promises(struct sheet_of *s, struct err *e)
{
	static const struct {
		const char *state, *text;
	} outcomes[PROMISE_N_OUTCOMES] = {
		[PROMISE_PENDING] = { "promise", N_("awaited") },
		[PROMISE_KEPT] = { "done", N_("kept") },
		[PROMISE_PARTLY] = { "late-2", N_("partly kept") },
		[PROMISE_BROKEN] = { "late-3", N_("broken") },
		[PROMISE_CANCELLED] = { "off", N_("cancelled") },
	};
	struct page *p = s->page;
	struct customer_promise_row *row;
	struct promise *pr;
	size_t n;

	if (!promise_list_at(s->request->db, p->arena, s->request->entity.id, s->v->id, p->when,
			     GRACE_DAYS, 10, &pr, &n, e))
		return false;
	row = ARENA_ARRAY(p->arena, n, struct customer_promise_row);
	for (size_t i = 0; i < n; i++) {
		enum promise_outcome o = promise_outcome(&pr[i], GRACE_DAYS, s->book->as_of);

		row[i] = (struct customer_promise_row){
			.id = pr[i].id,
			.what = pr[i].item_id ? pr[i].document : tr(p->cat, "The whole account"),
			.detail = arena_printf(p->arena, tr(p->cat, "for %s"),
					       show_day_long(p, pr[i].promised_on)),
			.amount = show_amount(p, pr[i].amount_minor, pr[i].currency),
			.state = outcomes[o].state,
			.outcome = tr(p->cat, outcomes[o].text),
		};
	}
	s->v->promises = row;
	s->v->n_promises = n;
	return true;
}

static bool fill_disputes(struct sheet_of *s, struct err *e)
{
	struct page *p = s->page;
	struct customer_dispute_row *row;
	struct dispute *d;
	size_t n;

	if (!dispute_list_at(s->request->db, p->arena, s->request->entity.id, s->v->id, p->when,
			     true, LIST_MAX, &d, &n, e))
		return false;
	row = ARENA_ARRAY(p->arena, n, struct customer_dispute_row);
	for (size_t i = 0; i < n; i++)
		row[i] = (struct customer_dispute_row){
			.id = d[i].id,
			.is_paid = d[i].owed_minor == 0,
			.what = arena_printf(p->arena, "%s · %s", d[i].document,
					     dispute_reason_text(p->cat, d[i].reason)),
			.detail = d[i].answer_by == DAY_NONE
					  ? d[i].owner
					  : arena_printf(p->arena, tr(p->cat, "answer by %s%s%s"),
							 show_day_long(p, d[i].answer_by),
							 d[i].owner ? " · " : "",
							 d[i].owner ? d[i].owner : ""),
			.amount = show_amount(p, d[i].amount_minor, d[i].currency),
			.is_late = d[i].owed_minor > 0 && d[i].answer_by != DAY_NONE &&
				   d[i].answer_by < p->when.as_of,
		};
	s->v->disputes = row;
	s->v->n_disputes = n;
	return true;
}

static void fill_warning(struct sheet_of *s)
{
	struct page *p = s->page;
	const struct customer *c = &s->v->row;

	if (str_eq(c->status, "insolvent"))
		s->v->warning = tr(p->cat, "Insolvent: reminders are stopped by law.");
	else if (str_eq(c->status, "legal_hold"))
		s->v->warning = tr(p->cat, "In the hands of the law: reminders are stopped.");
	else if (str_eq(c->status, "closed"))
		s->v->warning = tr(p->cat, "This account is closed.");
	else if (c->excluded_until != DAY_NONE && c->excluded_until >= s->request->today)
		s->v->warning = arena_printf(p->arena, tr(p->cat, "Not chased until %s: %s"),
					     show_day_long(p, c->excluded_until),
					     c->excluded_reason ? c->excluded_reason : "–");
}

/* ---- the page ---------------------------------------------------------------------------------- */

/* The customer's currency when something is in it, else the first of the book. */
static int main_currency(const struct sheet_of *s)
{
	for (size_t c = 0; c < s->book->n_currencies; c++) {
		if (str_eq(s->book->currency[c], s->v->row.currency))
			return (int)c;
	}
	return 0;
}

/* What the tab alone shows. */
static bool fill_tab(struct sheet_of *s, struct table_view *v, const struct table_source *source,
		     struct err *e)
{
	struct request *r = s->request;
	struct part_happening *story;
	struct files_view *files;

	switch (s->v->tab) {
	case CUSTOMER_ITEMS:
		fill_ageing(s);
		return fill_items(s, e) && fill_habit(s, e) && fill_promises(s, e) &&
		       fill_disputes(s, e);
	case CUSTOMER_FACTS:
		return fill_habit(s, e);
	case CUSTOMER_HISTORY:
		if (!customer_story_load(r, s->page, s->v->id, &story, &s->v->n_story, e))
			return false;
		s->v->story = story;
		return true;
	case CUSTOMER_FILES:
		if (!files_fill(r, s->page, "customer", s->v->id, request_may(r, PERM_NOTE_EDIT),
				&files, e))
			return false;
		s->v->files = files;
		return true;
	default:
		return table_fill(r, s->page, v, source, &s->v->list, e);
	}
}

static void fill_links(struct sheet_of *s)
{
	struct request *r = s->request;
	const char *id = arena_printf(r->arena, "%" PRId64, s->v->id);

	customer_tab_chips(r, s->v->id, s->v->tab, s->v->tabs);
	s->v->statement_url =
		link_to(r, arena_printf(r->arena, "/customers/%s/statement", id), NULL);
	if (request_may(r, PERM_AUDIT_READ))
		s->v->journal_url = link_to(r, "/journal", "subject", "customer", "id", id, NULL);
}

/* What stands above the tabs. */
static bool fill(struct sheet_of *s, struct err *e)
{
	struct request *r = s->request;
	struct customer_member *members;
	size_t n_members;
	bool *is_promised;
	int currency = main_currency(s);

	s->currency = s->book->n_currencies ? s->book->currency[currency] : s->v->row.currency;
	if (!promised_items(r, s->book, s->v->id, s->page->when, &is_promised, e) ||
	    !overview_fold(s->book, r->arena, currency, is_promised, &s->o, e) ||
	    !converted_fill(r, s->page, s->book, SIZE_MAX, &s->v->converted, e) ||
	    !fill_people(s, e) || !customer_exposure_fill(s->page, s->book, s->currency, s->v, e) ||
	    !customer_group_list(r->db, r->arena, r->entity.id, s->v->id, &members, &n_members, e))
		return false;
	s->v->has_group = n_members > 1;
	fill_figures(s);
	fill_warning(s);
	fill_links(s);
	return fill_identity(s, e);
}

static bool show_sheet(struct sheet_of *s, struct when w, struct table_view *v,
		       const struct table_source *source, struct err *e)
{
	struct request *r = s->request;

	if (!book_load(r->db, r->arena,
		       &(struct book_query){ .entity_id = r->entity.id,
					     .as_of = w.as_of,
					     .known_at = w.known_at,
					     .only_customer = s->v->id },
		       &s->book, e))
		return false;
	s->page = page_begin_when(r, s->v->row.name, "customers", w);
	if (!fill(s, e) || !fill_tab(s, v, source, e))
		return false;
	customer_page(s->page, s->v);
	return respond_page(r, s->page, 200);
}

static bool customer_show(struct request *r, struct err *e)
{
	struct customer_page_view v = {
		.id = request_id(r, "customer"),
		.may_edit = request_may(r, PERM_CUSTOMER_EDIT),
		.may_promise = request_may(r, PERM_PROMISE_EDIT),
		.may_dispute = request_may(r, PERM_DISPUTE_EDIT),
	};
	struct sheet_of s = { .request = r, .v = &v };
	struct table_source source;
	struct table_view list;
	struct when w;

	if (!request_when(r, &w, e) || !customer_tab_read(r, &v.tab, e) ||
	    !customer_get_by_id(r->db, r->arena, r->entity.id, v.id, &v.row, e))
		return false;
	if (customer_tab_is_list(v.tab)) {
		if (!customer_tab_list(r, v.tab, v.id, &list, &source, e))
			return false;
		if (list.format != TABLE_PAGE)
			return table_answer(r, &list, &source, e);
	}
	return show_sheet(&s, w, &list, &source, e);
}

/* As the page of the statement shows it. */
static bool only_overdue(struct request *r, struct statement *st)
{
	st->only_overdue = str_eq(request_query(r, "scope"), "overdue");
	return true;
}

static bool statement_show(struct request *r, struct err *e)
{
	struct statement st;
	struct customer c;
	struct entity entity;
	struct buf pdf;
	struct when w;

	buf_init(&pdf, r->arena);
	return request_when(r, &w, e) &&
	       customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"), &c,
				  e) &&
	       entity_get_by_id(r->db, r->arena, r->entity.id, &entity, e) &&
	       statement_load(r->db, r->arena, &entity, c.code, w, &st, e) &&
	       only_overdue(r, &st) &&
	       statement_write(r->db, r->arena, &entity, &st, r->now, &pdf, e) &&
	       respond_bytes(r, pdf.data, pdf.len, "application/pdf",
			     arena_printf(r->arena, "releve-%s.pdf", c.code), false);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/:customer", customer_show, PERM_ITEM_READ, SCOPE_CUSTOMER),
	ROUTE(GET, "/customers/:customer/statement.pdf", statement_show, PERM_ITEM_READ,
	      SCOPE_CUSTOMER),
};
const struct route_list insight_customer_routes = ROUTE_LIST(routes);
