/* SPDX-License-Identifier: Apache-2.0 */
/* dashboard_web.c - the first page: what is owed, how late, what to do about it. */
#include "insight/dashboard_view.h"
#include "insight/freshness.h"
#include "insight/overview.h"
#include "insight/routes.h"
#include "insight/task.h"
#include "ledger/item_view.h"
#include "ledger/scope.h"
#include "base/money.h"
#include "web/show.h"

enum { DEBTORS_SHOWN = 10, PPM = 1000000, GAP_PPM = 2500 };

struct drawn {
	struct request *request;
	struct page *page;
	const struct book *book;
	const char *currency;
	struct overview o;
	struct dashboard_view *view;
};

static const char *items_url(struct drawn *d, const char *state)
{
	/* With one currency the filter would only be noise in the address. */
	return link_to(d->request, "/items", "state", state, "currency",
		       d->book->n_currencies > 1 ? d->currency : NULL, NULL);
}

static const char *amount(struct drawn *d, int64_t minor)
{
	return show_amount(d->page, minor, d->currency);
}

static const char *figure(struct drawn *d, int64_t minor)
{
	return show_figure(d->page, minor, d->currency);
}

/* part of whole in millionths, within 0..1000000. */
static int share_ppm(int64_t part, int64_t whole)
{
	int64_t ppm = 0;

	if (part <= 0 || whole <= 0 || !minor_scale_round(part, PPM, whole, &ppm, NULL))
		return 0;
	return ppm > PPM ? PPM : (int)ppm;
}

/* ---- figures ----------------------------------------------------------------------------------- */

static const char *n_items(struct page *p, int64_t n)
{
	return arena_printf(p->arena, trn(p->cat, "%s item", "%s items", (unsigned long)n),
			    show_count(p, n));
}

static struct part_meaning *meaning(struct page *p, const char *id, const char *term,
				    const char *text, const char *formula, bool opens_left)
{
	struct part_meaning *m = ARENA_NEW(p->arena, struct part_meaning);

	*m = (struct part_meaning){ id, term, text, formula, opens_left };
	return m;
}

static void fill_gap(struct drawn *d, const struct freshness *f, struct part_figure *ret)
{
	struct page *p = d->page;

	*ret = (struct part_figure){
		.term = tr(p->cat, "Gap with the ledger"),
		.value = "–",
		.gloss = tr(p->cat, "no ledger's file imported"),
	};
	if (f->has_control) {
		ret->value = show_amount(p, f->gap_minor, f->currency);
		ret->url = page_link(
			p, arena_printf(p->arena, "/imports/%" PRId64, f->control_import_id));
		ret->gloss = f->control_on == DAY_NONE
				     ? tr(p->cat, "at the last import")
				     : arena_printf(p->arena, tr(p->cat, "ledger's file to %s"),
						    show_day(p, f->control_on));
	}
	ret->meaning = meaning(p, "def-gap", ret->term,
			       tr(p->cat, "Balance of the customer accounts in the ledger's file,"
					  " less what is open here on the same day."),
			       NULL, true);
}

static void fill_figures(struct drawn *d, const struct freshness *fresh)
{
	struct page *p = d->page;
	const struct overview *o = &d->o;
	struct part_figure *f = ARENA_ARRAY(p->arena, 6, struct part_figure);
	int64_t loose = o->of[DUE_LOOSE].open_minor;

	f[0] = (struct part_figure){
		.term = tr(p->cat, "Outstanding"),
		.value = amount(d, o->total_minor),
		.url = items_url(d, NULL),
		.gloss = arena_printf(
			p->arena,
			trn(p->cat, "%s customer", "%s customers", (unsigned long)o->n_customers),
			show_count(p, o->n_customers)),
		.meaning = meaning(
			p, "def-total", tr(p->cat, "Outstanding"),
			tr(p->cat, "All that customers owe, taxes included, less the receipts not"
				   " yet allocated."),
			arena_printf(p->arena,
				     tr(p->cat, "%s of open documents %s unallocated = %s"),
				     amount(d, o->documents_minor), amount(d, loose),
				     amount(d, o->total_minor)),
			false),
	};
	f[1] = (struct part_figure){
		.term = tr(p->cat, "Late"),
		.value = amount(d, o->late_minor),
		.url = items_url(d, "late"),
		.gloss = arena_printf(p->arena, tr(p->cat, "%s of open documents"),
				      show_percent(p, o->late_minor, o->documents_minor)),
		.meaning = meaning(p, "def-late", tr(p->cat, "Late"),
				   tr(p->cat, "Open documents whose due date is past, disputes"
					      " included."),
				   arena_printf(p->arena, "%s ÷ %s = %s", amount(d, o->late_minor),
						amount(d, o->documents_minor),
						show_percent(p, o->late_minor, o->documents_minor)),
				   false),
	};
	f[2] = (struct part_figure){
		.term = tr(p->cat, "Due within 7 days"),
		.value = amount(d, o->of[DUE_SOON].open_minor),
		.url = items_url(d, "soon"),
		.gloss = n_items(p, o->of[DUE_SOON].n_items),
	};
	f[3] = (struct part_figure){
		.term = tr(p->cat, "Unallocated"),
		.value = amount(d, loose),
		.url = items_url(d, "loose"),
		.gloss = n_items(p, o->of[DUE_LOOSE].n_items),
		.meaning = meaning(p, "def-loose", tr(p->cat, "Unallocated"),
				   tr(p->cat, "Receipts and deposits not yet applied to a document:"
					      " they lower what is owed, and no document."),
				   NULL, true),
	};
	f[4] = (struct part_figure){
		.term = tr(p->cat, "Disputed"),
		.value = amount(d, o->disputed_minor),
		.url = items_url(d, "dispute"),
		.gloss = n_items(p, o->n_disputed),
	};
	fill_gap(d, fresh, &f[5]);
	d->view->figures = f;
}

/* ---- aged balance ------------------------------------------------------------------------------ */

/* Widths keep a thin gap between the pieces; nothing is drawn for credits. */
static size_t put_piece(struct part_piece *piece, size_t n, int *at, int width, const char *state,
			const char *pattern)
{
	if (width <= 0)
		return n;
	piece[n] = (struct part_piece){
		.state = state,
		.pattern = pattern,
		.from_ppm = *at,
		.width_ppm = width > 2 * GAP_PPM ? width - GAP_PPM : width,
	};
	*at += width;
	return n + 1;
}

static void fill_made_of(struct drawn *d, const struct overview_class *k, const char *state,
			 int64_t largest, struct dashboard_class *ret)
{
	struct page *p = d->page;
	struct part_piece *piece = ARENA_ARRAY(p->arena, 3, struct part_piece);
	int64_t chased = k->open_minor - k->promised_minor - k->disputed_minor;
	int at = 0;
	size_t n = 0;

	n = put_piece(piece, n, &at, share_ppm(chased, largest), state, NULL);
	n = put_piece(piece, n, &at, share_ppm(k->promised_minor, largest), "promise", "dots");
	n = put_piece(piece, n, &at, share_ppm(k->disputed_minor, largest), "dispute", "hatch");
	ret->piece = piece;
	ret->n_pieces = n;
	ret->label = arena_printf(p->arena, tr(p->cat, "to chase %s, promised %s, disputed %s"),
				  amount(d, chased), amount(d, k->promised_minor),
				  amount(d, k->disputed_minor));
}

static void fill_classes(struct drawn *d)
{
	struct page *p = d->page;
	const struct overview *o = &d->o;
	struct dashboard_class *row = ARENA_ARRAY(p->arena, DUE_LOOSE, struct dashboard_class);
	int64_t largest = 0;

	for (int s = DUE_LATE_1; s <= DUE_LATE_4; s++) {
		if (o->of[s].open_minor > largest)
			largest = o->of[s].open_minor;
	}
	for (int s = 0; s < DUE_LOOSE; s++) {
		const char *name = due_state_name((enum due_state)s);

		row[s] = (struct dashboard_class){
			.state = name,
			.text = tr(p->cat, due_state_text((enum due_state)s)),
			.url = items_url(d, name),
			.amount = figure(d, o->of[s].open_minor),
			.share = show_percent(p, o->of[s].open_minor, o->documents_minor),
			.count = show_count(p, o->of[s].n_items),
		};
		if (due_state_is_late((enum due_state)s))
			fill_made_of(d, &o->of[s], name, largest, &row[s]);
	}
	d->view->classes = row;
	d->view->n_classes = DUE_LOOSE;
}

static void fill_whole(struct drawn *d)
{
	struct page *p = d->page;
	struct part_piece *piece = ARENA_ARRAY(p->arena, DUE_LOOSE, struct part_piece);
	int64_t shown = 0;
	int at = 0;
	size_t n = 0;

	for (int s = 0; s < DUE_LOOSE; s++) {
		if (d->o.of[s].open_minor > 0)
			shown += d->o.of[s].open_minor;
	}
	for (int s = 0; s < DUE_LOOSE; s++)
		n = put_piece(piece, n, &at, share_ppm(d->o.of[s].open_minor, shown),
			      due_state_name((enum due_state)s), NULL);
	d->view->whole = piece;
	d->view->n_whole = n;
	d->view->whole_label = arena_printf(
		p->arena, tr(p->cat, "Open documents by lateness: not late %s, late %s"),
		amount(d, d->o.documents_minor - d->o.late_minor), amount(d, d->o.late_minor));
}

static void fill_ageing(struct drawn *d)
{
	const struct overview *o = &d->o;
	struct dashboard_view *v = d->view;
	int64_t not_late = o->documents_minor - o->late_minor;
	int64_t promised = 0, disputed = 0;

	for (int s = DUE_LATE_1; s <= DUE_LATE_4; s++) {
		promised += o->of[s].promised_minor;
		disputed += o->of[s].disputed_minor;
	}
	fill_classes(d);
	fill_whole(d);
	v->not_late = amount(d, not_late);
	v->not_late_share = show_percent(d->page, not_late, o->documents_minor);
	v->late = amount(d, o->late_minor);
	v->late_share = show_percent(d->page, o->late_minor, o->documents_minor);
	v->chased = amount(d, o->late_minor - promised - disputed);
	v->promised = amount(d, promised);
	v->disputed = amount(d, disputed);
	v->documents = figure(d, o->documents_minor);
	v->n_documents = show_count(d->page, o->n_documents);
	v->loose = figure(d, o->of[DUE_LOOSE].open_minor);
	v->n_loose = show_count(d->page, o->of[DUE_LOOSE].n_items);
	v->loose_url = items_url(d, "loose");
	v->total = figure(d, o->total_minor);
}

/* ---- matrix ------------------------------------------------------------------------------------ */

static const char *heat_of(int64_t minor, int64_t largest)
{
	static const char *const heats[] = { "", "heat-1", "heat-2", "heat-3", "heat-4" };
	int ppm = share_ppm(minor, largest);

	return heats[ppm > 600000 ? 4 : ppm > 300000 ? 3 : ppm > 100000 ? 2 : ppm > 10000];
}

static struct dashboard_cell cell_of(struct drawn *d, int64_t minor, int64_t largest,
				     const char *state, const char *segment, int m)
{
	struct dashboard_cell cell = { .amount = "–", .heat = "" };

	if (minor == 0)
		return cell;
	cell.amount = figure(d, minor);
	cell.heat = heat_of(minor, largest);
	cell.url =
		link_to(d->request, "/items", "state", state, "segment", *segment ? segment : "-",
			"means", *overview_means_name(m) ? overview_means_name(m) : "-", "currency",
			d->book->n_currencies > 1 ? d->currency : NULL, NULL);
	return cell;
}

/* Sums of the columns; they were added without overflow in the totals already. */
static void sum_rows(const struct overview *o, struct overview_row *sum, int64_t *ret_largest)
{
	for (size_t r = 0; r < o->n_rows; r++) {
		for (int m = 0; m < OVERVIEW_MEANS; m++) {
			sum->soon_minor[m] += o->row[r].soon_minor[m];
			sum->late_minor[m] += o->row[r].late_minor[m];
			if (o->row[r].soon_minor[m] > *ret_largest)
				*ret_largest = o->row[r].soon_minor[m];
			if (o->row[r].late_minor[m] > *ret_largest)
				*ret_largest = o->row[r].late_minor[m];
		}
		sum->total_minor += o->row[r].total_minor;
	}
}

static void fill_matrix_row(struct drawn *d, const struct overview_row *row, int64_t largest,
			    const int *column, size_t n_columns, struct dashboard_matrix_row *ret)
{
	struct dashboard_cell *cell =
		ARENA_ARRAY(d->page->arena, 2 * n_columns, struct dashboard_cell);

	for (size_t k = 0; k < n_columns; k++) {
		cell[k] = cell_of(d, row->soon_minor[column[k]], largest, "soon", row->segment,
				  column[k]);
		cell[n_columns + k] = cell_of(d, row->late_minor[column[k]], largest, "late",
					      row->segment, column[k]);
	}
	cell[0].is_first = true;
	cell[n_columns].is_first = true;
	*ret = (struct dashboard_matrix_row){
		.text = *row->segment ? row->segment : tr(d->page->cat, "Without profile"),
		.cell = cell,
		.total = figure(d, row->total_minor),
	};
}

static void fill_matrix(struct drawn *d)
{
	const struct overview *o = &d->o;
	struct overview_row sum = { .segment = "" };
	struct dashboard_matrix_row *row =
		ARENA_ARRAY(d->page->arena, o->n_rows + 1, struct dashboard_matrix_row);
	const char **head = ARENA_ARRAY(d->page->arena, OVERVIEW_MEANS, const char *);
	int column[OVERVIEW_MEANS];
	int64_t largest = 0;
	size_t n = 0;

	sum_rows(o, &sum, &largest);
	for (int m = 0; m < OVERVIEW_MEANS; m++) {
		bool occurs = false;

		for (size_t r = 0; r < o->n_rows; r++)
			occurs = occurs || o->row[r].soon_minor[m] || o->row[r].late_minor[m];
		if (occurs) {
			head[n] = tr(d->page->cat, overview_means_text(m));
			column[n++] = m;
		}
	}
	if (n == 0)
		return;
	for (size_t r = 0; r < o->n_rows; r++)
		fill_matrix_row(d, &o->row[r], largest, column, n, &row[r]);
	fill_matrix_row(d, &sum, largest, column, n, &row[o->n_rows]);
	d->view->soon_heads = head;
	d->view->n_means = n;
	d->view->rows = row;
	d->view->n_rows = o->n_rows + 1;
}

/* ---- debtors ------------------ ----------------------------------------------------------------- */

static void fill_debtors(struct drawn *d)
{
	struct page *p = d->page;
	struct dashboard_debtor *row =
		ARENA_ARRAY(p->arena, DEBTORS_SHOWN, struct dashboard_debtor);
	size_t n = 0;

	for (size_t i = 0; i < d->o.n_debtors && n < DEBTORS_SHOWN; i++) {
		const struct overview_debtor *od = &d->o.debtor[i];
		const struct book_customer *c = &d->book->customer[od->customer];

		if (od->late_minor <= 0)
			break;
		row[n++] = (struct dashboard_debtor){
			.name = c->name,
			.code = c->code,
			.url = link_to(d->request,
				       arena_printf(p->arena, "/customers/%" PRId64, c->id), NULL),
			.state = due_state_name(
				due_state_of(ITEM_INVOICE, od->oldest_due, d->book->as_of)),
			.words = show_late_words(p, od->oldest_due, d->book->as_of),
			.late = figure(d, od->late_minor),
			.total = figure(d, od->total_minor),
		};
	}
	d->view->debtors = row;
	d->view->n_debtors = n;
}

/* ---- concentration ----------------------------------------------------------------------------- */

/* The customers that owe most, largest first. */
static size_t largest_debtors(const struct overview *o, const struct overview_debtor *top[],
			      size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_debtors; i++) {
		const struct overview_debtor *od = &o->debtor[i];
		size_t at = n < most ? n++ : most;

		for (; at > 0 && top[at - 1]->total_minor < od->total_minor; at--) {
			if (at < most)
				top[at] = top[at - 1];
		}
		if (at < most)
			top[at] = od;
	}
	return n;
}

static void fill_share(struct drawn *d, const struct overview_debtor *od, int64_t so_far,
		       int64_t largest, struct dashboard_share *ret)
{
	struct page *p = d->page;
	struct part_piece *piece = ARENA_ARRAY(p->arena, 2, struct part_piece);
	const struct book_customer *c = &d->book->customer[od->customer];

	piece[0] = (struct part_piece){ .state = "well", .width_ppm = PPM };
	piece[1] = (struct part_piece){ .state = "act",
					.width_ppm = share_ppm(od->total_minor, largest) };
	*ret = (struct dashboard_share){
		.name = c->name,
		.url = link_to(d->request, arena_printf(p->arena, "/customers/%" PRId64, c->id),
			       NULL),
		.amount = figure(d, od->total_minor),
		.share = show_percent(p, od->total_minor, d->o.total_minor),
		.so_far = show_percent(p, so_far, d->o.total_minor),
		.piece = piece,
	};
	ret->label = arena_printf(p->arena, tr(p->cat, "%s of the outstanding amount"), ret->share);
}

/* Shares of a sum that is nothing, or a credit, would say nothing. */
static void fill_concentration(struct drawn *d)
{
	const struct overview_debtor *top[DEBTORS_SHOWN];
	struct dashboard_share *row =
		ARENA_ARRAY(d->page->arena, DEBTORS_SHOWN, struct dashboard_share);
	size_t n = largest_debtors(&d->o, top, DEBTORS_SHOWN);
	int64_t so_far = 0;

	if (d->o.total_minor <= 0)
		return;
	for (size_t i = 0; i < n && top[i]->total_minor > 0; i++) {
		if (__builtin_add_overflow(so_far, top[i]->total_minor, &so_far))
			break;
		fill_share(d, top[i], so_far, top[0]->total_minor, &row[d->view->n_shares++]);
	}
	d->view->shares = row;
}

/* ---- the page ---------------------------------------------------------------------------------- */

/* The company's currency, when anything is in it; else the book's first. */
static int main_currency(const struct request *r, const struct book *b)
{
	for (size_t c = 0; c < b->n_currencies; c++) {
		if (str_eq(b->currency[c], r->entity.currency))
			return (int)c;
	}
	return 0;
}

static bool fill(struct drawn *d, struct err *e)
{
	struct request *r = d->request;
	int currency = main_currency(r, d->book);
	struct freshness fresh;
	struct limits over;

	d->currency = d->book->n_currencies ? d->book->currency[currency] : r->entity.currency;
	if (!freshness_get(r->db, r->arena, r->entity.id, d->page->when.known_at, &fresh, e) ||
	    !overview_get(r, d->book, currency, d->page->when, &d->o, e) ||
	    !converted_fill(r, d->page, d->book, SIZE_MAX, &d->view->converted, e) ||
	    !limits_get(r, d->book, d->page->when, &over, e) ||
	    !dashboard_tasks_fill(r, d->page, &over, d->currency, &fresh, d->view, e))
		return false;
	d->view->sign = show_currency(d->page, d->currency);
	d->view->is_empty = d->book->n_items == 0 && fresh.imported == 0 && fresh.first == 0;
	d->view->subtitle =
		arena_printf(d->page->arena, tr(d->page->cat, "%s, as of %s"), r->entity.name,
			     show_day_full(d->page, d->page->when.as_of));
	d->view->today = show_day_full(d->page, d->page->when.as_of);
	fill_figures(d, &fresh);
	fill_ageing(d);
	fill_matrix(d);
	fill_debtors(d);
	fill_concentration(d);
	return true;
}

static bool dashboard_show(struct request *r, struct err *e)
{
	struct dashboard_view v = { 0 };
	struct drawn d = { .request = r, .view = &v };
	struct book *b;
	struct when w;

	if (!request_when(r, &w, e) ||
	    !book_load_for(r, &(struct book_query){ .as_of = w.as_of, .known_at = w.known_at }, &b,
			   e))
		return false;
	d.book = b;
	d.page = page_begin_when(r, tr(r->cat, "Dashboard"), "dashboard", w);
	if (!fill(&d, e))
		return false;
	dashboard_page(d.page, &v);
	return respond_page(r, d.page, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/", dashboard_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list insight_dashboard_routes = ROUTE_LIST(routes);
