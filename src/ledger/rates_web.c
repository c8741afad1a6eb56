/* SPDX-License-Identifier: Apache-2.0 */
/* rates_web.c - rates of exchange and of the law: entered, imported, listed, taken back; the group's currency. */
#include "ledger/rates_view.h"

#include "base/money.h"
#include "ledger/exchange.h"
#include "ledger/group_currency.h"
#include "ledger/rate_store.h"
#include "ledger/rates_file.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "ledger/setting_tabs.h"
#include "web/show.h"
#include "web/undo.h"

enum column { ON, CURRENCY, RATE, IN_EUROS, SOURCE, ACTOR, RECORDED };
enum { CHANGES_SHOWN = 6, SOURCE_MAX = 200, KEY_CURRENCY = 11 };

static const char here[] = "/settings/rates";

static const struct table_column columns[] = {
	[ON] = { "date", N_("Day"), TABLE_DAY, TABLE_NARROW },
	[CURRENCY] = { "currency", N_("Currency"), TABLE_TEXT, TABLE_NARROW },
	[RATE] = { "rate", N_("For one euro"), TABLE_TEXT, TABLE_NARROW },
	[IN_EUROS] = { "in_euros", N_("One of it in euros"), TABLE_TEXT, TABLE_SOFT },
	[SOURCE] = { "source", N_("Source"), TABLE_TEXT, 0 },
	[ACTOR] = { "actor", N_("Entered by"), TABLE_TEXT, TABLE_EXTRA },
	[RECORDED] = { "recorded", N_("Entered"), TABLE_MOMENT, TABLE_EXTRA },
};

static const struct table_choice shows[] = {
	{ "", N_("The latest of each") },
	{ "all", N_("Every day") },
};

static const struct table_filter filters[] = {
	{ "show", N_("Show"), TABLE_CHIPS, shows, ARRAY_LEN(shows) },
	{ "currency", N_("Currency"), TABLE_CHOICE, NULL, 0 },
};

static const struct table rate_table = {
	.name = "rates",
	.path = here,
	.section = "settings",
	.title = N_("Exchange rates"),
	.none = N_("No rate fits"),
	.empty = N_("There is no exchange rate yet: amounts in other currencies are in no total."),
	.icon = "chart",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
	.times = TABLE_BOTH_TIMES,
};

/* ---- the list ---------------------------------------------------------------------------------- */

struct rate_rows {
	struct request *request;
	struct exchange_query query;
	const struct exchange_row *latest; /* NULL: every day, from the database */
	size_t n_latest;
};

static bool put_row(struct rate_rows *rows, const struct exchange_row *x, struct table_out *out,
		    struct err *e)
{
	struct arena *a = table_arena(out);
	char day[DATE_TEXT];
	struct table_cell *cell = table_begin_row(
		out, arena_printf(a, "%s:%s", date_format(x->on, day), x->currency), NULL);

	cell_day(&cell[ON], x->on);
	cell_text(&cell[CURRENCY], arena_strdup(a, x->currency));
	cell_text(&cell[RATE], exchange_words(a, table_language(out), x->per_euro_ppm));
	/* Rounded half up to the sixth decimal; a rate has no more. */
	cell_text(&cell[IN_EUROS],
		  exchange_words(a, table_language(out),
				 (EXCHANGE_ONE * EXCHANGE_ONE + x->per_euro_ppm / 2) /
					 x->per_euro_ppm));
	cell_text(&cell[SOURCE], x->source);
	cell_text(&cell[ACTOR], actor_text(rows->request, x->actor));
	cell_moment(&cell[RECORDED], x->recorded);
	return table_end_row(out, e);
}

/* "2026-11-20:USD" */
static bool read_key(const char *key, struct exchange_query *q, struct err *e)
{
	char day[DATE_TEXT];

	q->after_on = DAY_NONE;
	if (!key)
		return true;
	if (strlen(key) != KEY_CURRENCY + 3 || key[KEY_CURRENCY - 1] != ':')
		return err_set(e, ERR_USAGE, "\"%.40s\" is no rate", key);
	memcpy(day, key, KEY_CURRENCY - 1);
	day[KEY_CURRENCY - 1] = '\0';
	q->after_currency = key + KEY_CURRENCY;
	return date_parse(day, &q->after_on, e);
}

static bool put_latest(struct rate_rows *rows, const struct exchange_query *q, size_t limit,
		       struct table_out *out, struct err *e)
{
	for (size_t i = 0; i < rows->n_latest && limit > 0; i++) {
		const struct exchange_row *x = &rows->latest[i];

		if (q->after_on != DAY_NONE && strcmp(x->currency, q->after_currency) <= 0)
			continue;
		if (!put_row(rows, x, out, e))
			return false;
		limit--;
	}
	return true;
}

static bool put_rows(void *arg, const char *after, size_t limit, struct table_out *out,
		     struct err *e)
{
	struct rate_rows *rows = arg;
	struct exchange_query q = rows->query;
	struct exchange_row *list;
	size_t n;

	q.limit = limit > INT64_MAX ? INT64_MAX : (int64_t)limit;
	if (!read_key(after, &q, e))
		return false;
	if (rows->latest)
		return put_latest(rows, &q, limit, out, e);
	if (!exchange_list(rows->request->db, rows->request->arena, &q, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!put_row(rows, &list[i], out, e))
			return false;
	}
	return true;
}

static void fill_currencies(struct request *r, const struct exchange_row *latest, size_t n,
			    struct table_view *v)
{
	struct part_choice *choice = ARENA_ARRAY(r->arena, n + 1, struct part_choice);
	size_t at = table_filter_at(v->table, "currency");

	choice[0] = (struct part_choice){ "", tr(r->cat, "Every currency") };
	for (size_t i = 0; i < n; i++)
		choice[i + 1] = (struct part_choice){ latest[i].currency, latest[i].currency };
	v->choice[at] = choice;
	v->n_choices[at] = n + 1;
}

/* One currency shows every day of it; else the latest of each, unless every day is asked for. */
static bool fill_source(struct request *r, struct table_view *v, struct rate_rows *rows,
			struct table_source *ret, struct err *e)
{
	struct exchange_row *latest;
	size_t n;

	*rows = (struct rate_rows){
		.request = r, .query = { .currency = table_value(v, "currency"), .when = v->when }
	};
	if (!exchange_list_latest(r->db, r->arena, v->when, &latest, &n, e))
		return false;
	fill_currencies(r, latest, n, v);
	*ret = (struct table_source){ .rows = put_rows,
				      .arg = rows,
				      .n_rows = (int64_t)n,
				      .n_before = v->after ? -1 : 0,
				      .is_bare = n == 0 };
	if (!rows->query.currency && !table_value(v, "show")) {
		rows->latest = latest;
		rows->n_latest = n;
		return true;
	}
	return exchange_count(r->db, &rows->query, &ret->n_rows, e);
}

/* ---- the forms ---------------------------------------------------------------------------------- */

static void fill_entry(struct request *r, const struct form *f, struct rates_view *v)
{
	v->currency = (struct part_field){ .name = "currency",
					   .label = tr(r->cat, "Currency"),
					   .value = f ? form_value(f, "currency") : NULL,
					   .error = f ? form_message(f, "currency") : NULL,
					   .help = tr(r->cat, "its three letters, USD"),
					   .is_required = true };
	v->on = (struct part_field){ .name = "on",
				     .label = tr(r->cat, "From which day on"),
				     .value = f ? form_value(f, "on")
						: show_day_iso(page_begin(r, "", ""), r->today),
				     .error = f ? form_message(f, "on") : NULL,
				     .type = "date",
				     .is_required = true };
	v->rate = (struct part_field){ .name = "rate",
				       .label = tr(r->cat, "How much of it for one euro"),
				       .value = f ? form_value(f, "rate") : NULL,
				       .error = f ? form_message(f, "rate") : NULL,
				       .is_number = true,
				       .is_required = true };
	v->source = (struct part_field){ .name = "source",
					 .label = tr(r->cat, "Source"),
					 .value = f ? form_value(f, "source") : NULL,
					 .error = f ? form_message(f, "source") : NULL,
					 .help = tr(r->cat, "who published it"),
					 .is_required = true };
}

static bool fill_group(struct request *r, const struct exchange_row *latest, size_t n,
		       struct rates_view *v, struct err *e)
{
	struct part_choice *choice = ARENA_ARRAY(r->arena, n + 2, struct part_choice);
	const char *group;
	size_t k = 0;

	if (!group_currency(r->db, r->arena, r->entity.id, r->entity.currency, &group, e))
		return false;
	choice[k++] = (struct part_choice){ "", arena_printf(r->arena, tr(r->cat, "none: %s alone"),
							     r->entity.currency) };
	if (strcmp(r->entity.currency, "EUR") != 0)
		choice[k++] = (struct part_choice){ "EUR", "EUR" };
	for (size_t i = 0; i < n; i++)
		if (strcmp(latest[i].currency, r->entity.currency) != 0)
			choice[k++] =
				(struct part_choice){ latest[i].currency, latest[i].currency };
	v->group = (struct part_field){ .name = "group_currency",
					.label = tr(r->cat, "Totals are told in it too"),
					.value = group ? group : "",
					.choice = choice,
					.n_choices = k };
	v->group_says =
		tr(r->cat, "The dashboard, the customers' list, a customer and the aged balance"
			   " tell their totals in it beside the company's own, at the rates of"
			   " their day.");
	return true;
}

/* ---- what was changed, and the law --------------------------------------------------------------- */

static const char *what_of(struct request *r, struct page *p, const struct exchange_change *c)
{
	const struct exchange_row *x = &c->first;
	const char *rate = exchange_words(r->arena, catalogue_language(r->cat), x->per_euro_ppm);

	if (c->n_rates == 1)
		return arena_printf(r->arena, tr(r->cat, "%s on %s: %s (%s)"), x->currency,
				    show_day(p, x->on), rate, x->source);
	return arena_printf(r->arena,
			    trn(r->cat, "%s rate up to %s (%s)", "%s rates up to %s (%s)",
				(unsigned long)c->n_rates),
			    show_count(p, c->n_rates), show_day(p, c->last_on), x->source);
}

static bool fill_changes(struct request *r, struct page *p, struct rates_view *v, struct err *e)
{
	struct exchange_change *list;
	struct rates_change *change;
	size_t n;

	if (!exchange_changes(r->db, r->arena, CHANGES_SHOWN, &list, &n, e))
		return false;
	change = ARENA_ARRAY(r->arena, n, struct rates_change);
	for (size_t i = 0; i < n; i++)
		change[i] = (struct rates_change){
			.what = what_of(r, p, &list[i]),
			.who = arena_printf(r->arena, "%s · %s", actor_text(r, list[i].actor),
					    show_moment(p, list[i].recorded)),
			.undo_url = list[i].is_undone ? NULL : undo_path(r, list[i].event_id),
		};
	v->changes = change;
	v->n_changes = n;
	return true;
}

static const struct {
	const char *name, *words;
} laws[] = {
	{ RATE_ECB_MRO, N_("ECB, main refinancing operations (%)") },
	{ RATE_LEGAL_OTHER, N_("Legal interest, professionals (%)") },
	{ RATE_LEGAL_PERSON, N_("Legal interest, private creditors (%)") },
	{ RATE_MARGIN_B2B, N_("Points over the ECB's rate, companies") },
	{ RATE_MARGIN_B2G, N_("Points over the ECB's rate, public buyers") },
	{ RATE_MARGIN_EU, N_("Points over the ECB's rate, European Union") },
	{ RATE_FLOOR_FACTOR, N_("Contract's rate: at least so many times the legal one") },
	{ RATE_FLAT_FEE, N_("Flat fee for recovery costs (€)") },
};

/* The sources that came with the program are said in the reader's language, others as they were written. */
static const char *source_words(const struct request *r, const char *source)
{
	static const char *const own[] = {
		N_("ECB, decisions of the Governing Council"),
		N_("orders under C. mon. fin. L313-2"),
	};

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (str_eq(source, own[i]))
			return tr(r->cat, own[i]);
	return source;
}

static bool fill_laws(struct request *r, struct page *p, struct rates_view *v, struct err *e)
{
	struct rates_law *law = ARENA_ARRAY(r->arena, ARRAY_LEN(laws), struct rates_law);
	struct rate_table t;

	if (!rate_table_load(r->db, r->arena, &t, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(laws); i++) {
		struct rate_found found;
		struct err none = { 0 };

		if (!rate_on(&t, laws[i].name, r->today, &found, &none))
			continue;
		law[v->n_law++] = (struct rates_law){
			.name = tr(r->cat, laws[i].words),
			.value = exchange_words(r->arena, catalogue_language(r->cat),
						found.value_ppm),
			.since = show_day(p, found.row->from_on),
			.source = source_words(r, found.row->source),
			.is_to_verify = found.is_to_verify,
		};
	}
	v->law = law;
	return true;
}

/* ---- the page ----------------------------------------------------------------------------------- */

static bool show(struct request *r, struct table_view *v, const struct form *f, int status,
		 struct err *e)
{
	struct part_chip tab[SETTING_TABS_MAX];
	struct rates_view view = {
		.line = tr(r->cat,
			   "Each amount in another currency is converted at the latest rate on or"
			   " before its day, which is told beside it."),
		.message = f ? form_message(f, "") : NULL,
		.tabs = tab,
		.n_tabs = setting_tabs(r, here, tab),
	};
	struct table_source source;
	struct rate_rows rows;
	struct exchange_row *latest;
	struct page *p;
	size_t n;

	if (!fill_source(r, v, &rows, &source, e))
		return false;
	if (v->format != TABLE_PAGE)
		return table_answer(r, v, &source, e);
	p = table_page_begin(r, v);
	fill_entry(r, f, &view);
	if (!exchange_list_latest(r->db, r->arena, (struct when){ r->today, 0 }, &latest, &n, e) ||
	    !fill_group(r, latest, n, &view, e) || !fill_changes(r, p, &view, e) ||
	    !fill_laws(r, p, &view, e) || !table_fill(r, p, v, &source, &view.list, e))
		return false;
	rates_page(p, &view);
	return respond_page(r, p, status);
}

static bool rates_show(struct request *r, struct err *e)
{
	struct table_view v;

	return table_read(r, &rate_table, &v, e) && (v.is_answered || show(r, &v, NULL, 200, e));
}

/* What was wrong, over the page as it is. */
static bool again(struct request *r, const struct form *f, struct err *e)
{
	struct table_view v;

	*e = (struct err){ 0 };
	return table_read(r, &rate_table, &v, e) && show(r, &v, f, 422, e);
}

/* Codes are typed in any case. */
static const char *upper(struct arena *a, const char *code)
{
	char *s = arena_strdup(a, code);

	for (char *c = s; *c; c++)
		*c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	return s;
}

static bool rate_post(struct request *r, struct err *e)
{
	struct exchange_rate rate = { 0 };
	struct err why = { 0 };
	const char *currency, *text;
	struct form f;
	int64_t added;

	form_init(&f, r);
	currency = form_text(&f, "currency", FORM_NEEDED, 3);
	if (currency)
		currency = upper(r->arena, currency);
	rate.on = form_day(&f, "on", FORM_NEEDED, DAY_BEHIND);
	text = form_text(&f, "rate", FORM_NEEDED, 30);
	rate.source = form_text(&f, "source", FORM_NEEDED, SOURCE_MAX);
	if (currency && (!currency_is_code(currency) || str_eq(currency, "EUR")))
		form_wrong(&f, "currency",
			   tr(r->cat, "Three letters of a currency other than EUR."));
	if (rate.on != DAY_NONE && rate.on > r->today)
		form_wrong(&f, "on", tr(r->cat, "This day is in the future."));
	if (text && !exchange_parse(text, &rate.per_euro_ppm, &why))
		form_wrong(&f, "rate",
			   tr(r->cat, "A number greater than 0 with at most six decimals."));
	if (!form_ok(&f))
		return again(r, &f, e);
	memcpy(rate.currency, currency, sizeof rate.currency);
	if (!exchange_add(r->db, &rate, 1, NULL, r->actor, r->now, &added, e))
		return form_refused(&f, e) && again(r, &f, e);
	return flash_set(r,
			 added ? tr(r->cat, "The rate counts from its day on.")
			       : tr(r->cat, "This rate was known already."),
			 added ? undo_now(r, "exchange_rate.added") : NULL, e) &&
	       respond_redirect(r, here);
}

static bool is_told(const struct err *e)
{
	return e->code == ERR_FORMAT || e->code == ERR_INVALID || e->code == ERR_LIMIT;
}

static bool file_post(struct request *r, struct err *e)
{
	const struct upload *u = NULL;
	struct rates_taken taken;

	for (size_t i = 0; i < r->n_uploads && !u; i++)
		u = r->uploads[i].size > 0 ? &r->uploads[i] : NULL;
	if (!u)
		return flash_error(r, tr(r->cat, "Choose a file."), e) && respond_redirect(r, here);
	if (!rates_file_take(r->db, u->fd, u->file_name, r->actor, r->now, &taken, e)) {
		const char *why;

		if (!is_told(e))
			return false;
		why = request_message(r, arena_strdup(r->arena, e->msg));
		*e = (struct err){ 0 };
		return flash_error(r,
				   arena_printf(r->arena, tr(r->cat, "%s is not taken: %s"),
						u->file_name, why),
				   e) &&
		       respond_redirect(r, here);
	}
	return flash_set(r,
			 arena_printf(r->arena,
				      trn(r->cat, "%s new rate.", "%s new rates.",
					  (unsigned long)taken.n_added),
				      show_count(page_begin(r, "", ""), taken.n_added)),
			 taken.n_added ? undo_now(r, taken.is_exchange ? "exchange_rate.added"
								       : "rate.set")
				       : NULL,
			 e) &&
	       respond_redirect(r, here);
}

static bool group_post(struct request *r, struct err *e)
{
	const char *code = request_form(r, "group_currency");

	if (!group_currency_set(r->db, r->entity.id, code ? code : "", r->actor, r->now, e)) {
		struct form f;

		form_init(&f, r);
		return form_refused(&f, e) && again(r, &f, e);
	}
	return flash_set(r, tr(r->cat, "The changes are kept."), undo_now(r, NULL), e) &&
	       respond_redirect(r, here);
}

static const struct route routes[] = {
	ROUTE(GET, "/settings/rates", rates_show, PERM_SETTING_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/settings/rates", rate_post, PERM_SETTING_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/settings/rates/import", file_post, PERM_SETTING_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/settings/rates/group", group_post, PERM_SETTING_EDIT, SCOPE_ENTITY),
};
const struct route_list ledger_rates_routes = ROUTE_LIST(routes);
