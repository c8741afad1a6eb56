/* SPDX-License-Identifier: Apache-2.0 */
/* books_web.c - exports to the books: made, fetched, acknowledged or refused; the accounts they use. */
#include "books/books_request.h"
#include "books/books_view.h"
#include "books/routes.h"

#include "ledger/customer_edit_view.h"
#include "ledger/scope.h"
#include "ledger/setting_tabs.h"
#include "web/show.h"
#include "web/undo.h"

enum { LIST_MAX = 200, LINES_SHOWN = 400 };

static bool is_refusal(const struct err *e)
{
	return e->code == ERR_INVALID || e->code == ERR_CONFLICT || e->code == ERR_STALE ||
	       e->code == ERR_REFUSED;
}

static const char *badge_of(const char *state)
{
	return str_eq(state, "acknowledged") ? "done"
	       : str_eq(state, "refused")    ? "off"
	       : str_eq(state, "delivered")  ? "promise"
					     : "soon";
}

static const char *words_of(struct page *p, const char *state)
{
	return str_eq(state, "acknowledged") ? tr(p->cat, "acknowledged")
	       : str_eq(state, "refused")    ? tr(p->cat, "refused")
	       : str_eq(state, "delivered")  ? tr(p->cat, "fetched")
					     : tr(p->cat, "to fetch");
}

static void fill_row(struct page *p, const struct books_batch *b, struct export_row *ret)
{
	*ret = (struct export_row){ .number = b->number,
				    .day = show_day(p, b->prepared_on),
				    .entries = show_count(p, b->n_entries),
				    .letterings = show_count(p, b->n_letterings),
				    .amount = show_amount(p, b->debit_minor, b->currency),
				    .state = badge_of(b->state),
				    .words = words_of(p, b->state),
				    .remark = b->remark };
}

/* ---- the list ------------------------------------------------------------------------------------ */

static void fill_pool(struct page *p, const struct books_pool *pool, const char *currency,
		      struct exports_view *v)
{
	if (pool->n_entries || pool->n_letterings)
		v->new_text = arena_printf(
			p->arena, tr(p->cat, "New for the books: %s entries (%s), %s letterings."),
			show_count(p, pool->n_entries), show_amount(p, pool->debit_minor, currency),
			show_count(p, pool->n_letterings));
	v->line = v->new_text ? v->new_text : tr(p->cat, "The books have been told everything.");
	if (pool->n_waiting)
		v->waiting = arena_printf(
			p->arena, tr(p->cat, "%s facts in another currency wait for a rate."),
			show_count(p, pool->n_waiting));
}

static bool exports_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Exports to the books"), "exports");
	struct exports_view v = { .may_export = request_may(r, PERM_CASH_APPLY),
				  .may_set = request_may(r, PERM_SETTING_EDIT) };
	struct books_pool pool;
	struct books_batch *b;
	struct export_row *row;
	struct books_asked a;

	if (!books_begin(r, &a, e) || !books_pool(r->db, r->arena, &a.order, &pool, e) ||
	    !books_list(r->db, r->arena, r->entity.id, LIST_MAX, &b, &v.n_rows, e))
		return false;
	row = ARENA_ARRAY(r->arena, v.n_rows + 1, struct export_row);
	for (size_t i = 0; i < v.n_rows; i++)
		fill_row(p, &b[i], &row[i]);
	v.rows = row;
	fill_pool(p, &pool, a.entity.currency, &v);
	exports_page(p, &v);
	return respond_page(r, p, 200);
}

static const char *export_url(struct request *r, int64_t number)
{
	return arena_printf(r->arena, "/exports/%" PRId64, number);
}

static bool exports_post(struct request *r, struct err *e)
{
	struct books_batch made;
	struct books_asked a;

	if (!books_begin(r, &a, e) || !books_prepare(r->db, r->arena, &a.order, &made, e))
		return false;
	if (!made.id)
		return flash_set(r, tr(r->cat, "The books have been told everything."), NULL, e) &&
		       respond_redirect(r, "/exports");
	return flash_set(r, tr(r->cat, "The export is made: fetch its files."), NULL, e) &&
	       respond_redirect(r, export_url(r, made.number));
}

/* ---- one ----------------------------------------------------------------------------------------- */

static void fill_line(struct request *r, struct page *p, const struct books_told_line *l,
		      const struct books_told_line *before, const char *currency,
		      struct export_line_row *ret)
{
	*ret = (struct export_line_row){
		.journal = l->journal,
		.number = show_count(p, l->number),
		.day = show_day(p, l->entry_on),
		.piece = l->piece_ref,
		.account = l->account,
		.customer = l->customer_code,
		.customer_url = arena_printf(r->arena, "/customers/%" PRId64, l->customer_id),
		.debit = l->debit_minor ? show_amount(p, l->debit_minor, currency) : "",
		.credit = l->credit_minor ? show_amount(p, l->credit_minor, currency) : "",
		.is_first = !before || before->seq != l->seq,
		.is_reversal = l->sign < 0,
	};
}

static bool show_export(struct request *r, const char *message, int status, struct err *e)
{
	struct export_view v = { .message = message, .may_act = request_may(r, PERM_CASH_APPLY) };
	struct export_line_row *row;
	struct books_told_line *l;
	struct books_batch b;
	struct page *p;
	size_t n;

	if (!books_get(r->db, r->arena, r->entity.id, request_id(r, "export"), &b, e) ||
	    !books_line_list(r->db, r->arena, b.id, LINES_SHOWN + 1, &l, &n, e))
		return false;
	p = page_begin(r, arena_printf(r->arena, tr(r->cat, "Export %" PRId64), b.number),
		       "exports");
	fill_row(p, &b, &v.head);
	v.has_more = n > LINES_SHOWN;
	v.n_rows = v.has_more ? LINES_SHOWN : n;
	row = ARENA_ARRAY(r->arena, v.n_rows + 1, struct export_line_row);
	for (size_t i = 0; i < v.n_rows; i++)
		fill_line(r, p, &l[i], i ? &l[i - 1] : NULL, b.currency, &row[i]);
	v.rows = row;
	v.line = arena_printf(r->arena, tr(r->cat, "made by %s on %s"), actor_text(r, b.actor),
			      show_moment(p, b.recorded));
	v.may_decide = v.may_act && !str_eq(b.state, "acknowledged") && !str_eq(b.state, "refused");
	v.reference =
		(struct part_field){ .name = "reference",
				     .label = tr(r->cat, "Its own reference"),
				     .help = tr(r->cat, "kept with the export, may stay empty") };
	v.reason = (struct part_field){ .name = "reason",
					.label = tr(r->cat, "Why it was refused"),
					.is_required = true };
	export_page(p, &v);
	return respond_page(r, p, status);
}

static bool export_show(struct request *r, struct err *e)
{
	return show_export(r, NULL, 200, e);
}

static bool decided(struct request *r, bool ok, const char *said, struct err *e)
{
	if (ok)
		return flash_set(r, said, NULL, e) &&
		       respond_redirect(r, export_url(r, request_id(r, "export")));
	if (!is_refusal(e))
		return false;
	return show_export(r, request_message(r, arena_strdup(r->arena, e->msg)), 422, e);
}

static bool export_acknowledge_post(struct request *r, struct err *e)
{
	struct books_asked a;

	return books_begin(r, &a, e) &&
	       decided(r,
		       books_acknowledge(r->db, &a.order, request_id(r, "export"),
					 request_form(r, "reference"), e),
		       tr(r->cat, "Noted: the accounting took it."), e);
}

static bool export_refuse_post(struct request *r, struct err *e)
{
	struct books_asked a;

	return books_begin(r, &a, e) &&
	       decided(r,
		       books_refuse(r->db, &a.order, request_id(r, "export"),
				    request_form(r, "reason"), e),
		       tr(r->cat, "Noted: what it carried comes with the next export."), e);
}

/* ---- accounts ------------------------------------------------------------------------------------ */

static const char accounts_url[] = "/settings/accounts";

static struct part_field account_field(struct request *r, const struct form *f, const char *name,
				       const char *label, const char *value, bool is_default)
{
	const char *typed = f ? form_value(f, name) : NULL;

	return (struct part_field){
		.name = name,
		.label = label,
		.value = typed        ? typed
			 : is_default ? NULL
				      : value,
		.help = is_default ? arena_printf(r->arena, tr(r->cat, "empty: %s"), value) : NULL,
		.error = f ? form_message(f, name) : NULL,
	};
}

static bool show_accounts(struct request *r, struct form *f, int status, struct err *e)
{
	struct part_field *field;
	struct part_chip tab[SETTING_TABS_MAX];
	struct edit_group g[2];
	struct edit_view v = { .title = tr(r->cat, "Settings"),
			       .action = accounts_url,
			       .message = f ? form_message(f, "") : NULL,
			       .groups = g,
			       .n_groups = 2,
			       .button = tr(r->cat, "Keep the changes"),
			       .tabs = tab };
	struct books_chart c;
	struct page *p;
	struct books_asked a;
	size_t n = 0, roles;

	if (!books_begin(r, &a, e) || !books_chart_load(r->db, r->arena, &a.entity, &c, e))
		return false;
	v.n_tabs = setting_tabs(r, accounts_url, tab);
	field = ARENA_ARRAY(r->arena, BOOKS_ROLES + c.n_banks + 2, struct part_field);
	for (int i = 0; i < BOOKS_ROLES; i++)
		field[n++] = account_field(r, f, books_role_key((enum books_role)i),
					   tr(r->cat, books_role_words((enum books_role)i)),
					   c.account[i], c.is_default[i]);
	roles = n;
	field[n++] = account_field(r, f, "bank_journal", tr(r->cat, "Journal of the bank"),
				   c.bank_journal, str_eq(c.bank_journal, "BQ"));
	field[n++] = account_field(r, f, "misc_journal", tr(r->cat, "Journal of the rest"),
				   c.misc_journal, str_eq(c.misc_journal, "OD"));
	for (size_t i = 0; i < c.n_banks; i++)
		field[n++] = account_field(r, f, arena_printf(r->arena, "bank:%s", c.banks[i].iban),
					   c.banks[i].iban, books_bank(&c, c.banks[i].id),
					   !c.banks[i].account);
	g[0] = (struct edit_group){ tr(r->cat, "Accounts of what is exported"), field, roles };
	g[1] = (struct edit_group){ tr(r->cat, "Journals and bank accounts"), field + roles,
				    n - roles };
	p = page_begin(r, v.title, "settings");
	edit_page(p, &v);
	return respond_page(r, p, status);
}

static bool accounts_show(struct request *r, struct err *e)
{
	return show_accounts(r, NULL, 200, e);
}

struct keeping {
	struct request *r;
	const struct books_asked *a;
	const struct books_chart *chart;
	const char *field; /* at fault */
};

static bool keep_one(struct db *db, struct keeping *k, const char *key, const char *now,
		     struct err *e)
{
	const char *value = request_form(k->r, key);

	if (!value || str_eq(value, now) || (str_empty(value) && str_empty(now)))
		return true;
	k->field = key;
	return books_account_set(db, &k->a->entity, key, value, k->r->actor, k->r->now, e);
}

static bool keep_tx(struct db *db, void *arg, struct err *e)
{
	struct keeping *k = arg;
	const struct books_chart *c = k->chart;

	for (int i = 0; i < BOOKS_ROLES; i++)
		if (!keep_one(db, k, books_role_key((enum books_role)i),
			      c->is_default[i] ? "" : c->account[i], e))
			return false;
	for (size_t i = 0; i < c->n_banks; i++)
		if (!keep_one(db, k, arena_printf(k->r->arena, "bank:%s", c->banks[i].iban),
			      c->banks[i].account ? c->banks[i].account : "", e))
			return false;
	return keep_one(db, k, "bank_journal", str_eq(c->bank_journal, "BQ") ? "" : c->bank_journal,
			e) &&
	       keep_one(db, k, "misc_journal", str_eq(c->misc_journal, "OD") ? "" : c->misc_journal,
			e);
}

static bool accounts_post(struct request *r, struct err *e)
{
	struct keeping k = { .r = r };
	struct books_chart chart;
	struct books_asked a;
	struct form f;

	form_init(&f, r);
	if (!books_begin(r, &a, e) || !books_chart_load(r->db, r->arena, &a.entity, &chart, e))
		return false;
	k.a = &a;
	k.chart = &chart;
	if (db_tx(r->db, keep_tx, &k, e))
		return flash_set(r, tr(r->cat, "The changes are kept."),
				 undo_now(r, "setting.changed"), e) &&
		       respond_redirect(r, accounts_url);
	if (!is_refusal(e))
		return false;
	form_wrong(&f, k.field, request_message(r, arena_strdup(r->arena, e->msg)));
	return show_accounts(r, &f, 422, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/exports", exports_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/exports", exports_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/exports/:export", export_show, PERM_CASH_READ, SCOPE_ENTITY),
	/* Fetching it delivers it. */
	ROUTE(GET, "/exports/:export/file", books_file_get, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/exports/:export/acknowledge", export_acknowledge_post, PERM_CASH_APPLY,
	      SCOPE_ENTITY),
	ROUTE(POST, "/exports/:export/refuse", export_refuse_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/settings/accounts", accounts_show, PERM_SETTING_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/settings/accounts", accounts_post, PERM_SETTING_EDIT, SCOPE_ENTITY),
};
const struct route_list books_routes = ROUTE_LIST(routes);
