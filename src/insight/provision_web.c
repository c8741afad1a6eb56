/* SPDX-License-Identifier: Apache-2.0 */
/* provision_web.c - the provision for doubtful debts by customer (416, 491), for a closing of any day. */
#include "base/money.h"
#include "i18n/amount.h"
#include "i18n/date_text.h"
#include "insight/provision_fold.h"
#include "insight/routes.h"
#include "ledger/provision.h"
#include "ledger/scope.h"
#include "web/table.h"

enum column { CUSTOMER, CODE, ITEMS, OLDEST, DOUBTFUL, BASE, PROVISION };

static const struct table_column columns[] = {
	[CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, TABLE_NARROW },
	[CODE] = { "customer_code", N_("Customer code"), TABLE_TEXT, TABLE_EXTRA },
	[ITEMS] = { "documents", N_("Documents"), TABLE_COUNT, TABLE_SOFT },
	[OLDEST] = { "days_late", N_("Oldest, days late"), TABLE_COUNT, 0 },
	[DOUBTFUL] = { "doubtful", N_("Doubtful (416)"), TABLE_AMOUNT, TABLE_SUMS },
	[BASE] = { "base", N_("Without VAT"), TABLE_AMOUNT, TABLE_SUMS | TABLE_SOFT },
	[PROVISION] = { "provision", N_("Provision (491)"), TABLE_AMOUNT,
			TABLE_SUMS | TABLE_NARROW },
};

static const struct table provision_table = {
	.name = "provision",
	.path = "/provision",
	.section = "customers",
	.title = N_("Provision for doubtful debts"),
	.none = N_("No document is doubtful by the rules"),
	.empty = N_("No document is doubtful by the rules"),
	.icon = "sheet",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.times = TABLE_BOTH_TIMES,
};

struct listing {
	struct request *request;
	const struct provision_row *at;
	size_t n;
};

static size_t place_after(const struct listing *l, const char *after)
{
	for (size_t i = 0; after && i < l->n; i++)
		if (str_eq(l->at[i].key, after))
			return i + 1;
	return 0;
}

static bool put_rows(void *arg, const char *after, size_t limit, struct table_out *out,
		     struct err *e)
{
	const struct listing *l = arg;
	size_t from = place_after(l, after);

	for (size_t i = from; i < l->n && i - from < limit; i++) {
		const struct provision_row *row = &l->at[i];
		struct table_cell *cell = table_begin_row(out, row->key, row->currency);
		const char *url =
			table_is_page(out)
				? link_to(l->request,
					  arena_printf(table_arena(out), "/customers/%" PRId64,
						       row->customer_id),
					  NULL)
				: NULL;

		cell_link(&cell[CUSTOMER], row->name, url);
		cell[CUSTOMER].sub = row->code;
		cell_text(&cell[CODE], row->code);
		cell_count(&cell[ITEMS], row->n_items);
		cell_count(&cell[OLDEST], row->oldest_days);
		cell_amount(&cell[DOUBTFUL], row->doubtful_minor);
		cell_amount(&cell[BASE], row->base_minor);
		cell_amount(&cell[PROVISION], row->provision_minor);
		if (!table_end_row(out, e))
			return false;
	}
	return true;
}

static struct table_total *total_of(struct table_total *totals, size_t *n, const char *currency)
{
	for (size_t i = 0; i < *n; i++)
		if (str_eq(totals[i].currency, currency))
			return &totals[i];
	totals[*n].currency = currency;
	return &totals[(*n)++];
}

static bool add_up(const struct listing *l, struct table_total *totals, size_t *ret_n,
		   struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct table_total *t = total_of(totals, ret_n, l->at[i].currency);

		t->n_rows++;
		if (!minor_add(&t->sum[DOUBTFUL], l->at[i].doubtful_minor, e) ||
		    !minor_add(&t->sum[BASE], l->at[i].base_minor, e) ||
		    !minor_add(&t->sum[PROVISION], l->at[i].provision_minor, e))
			return false;
	}
	return true;
}

/* "25 % from 91 days late, 100 % from 361, 100 % under insolvency proceedings". */
static const char *rules_words(struct request *r, const char *text)
{
	const char *language = catalogue_language(r->cat);
	struct provision_rules rules;
	char percent[AMOUNT_TEXT];
	struct buf b;

	if (!provision_parse(text, &rules, NULL))
		return text;
	buf_init(&b, r->arena);
	for (int i = 0; i < rules.n; i++)
		buf_printf(&b, tr(r->cat, "%s from %d days late, "),
			   percent_text(rules.step[i].percent_hundredths, 10000,
					rules.step[i].percent_hundredths % 100 ? 2 : 0, language,
					percent),
			   rules.step[i].from_days);
	buf_printf(&b, tr(r->cat, "%s under insolvency proceedings"),
		   percent_text(rules.insolvent_hundredths, 10000,
				rules.insolvent_hundredths % 100 ? 2 : 0, language, percent));
	return buf_str(&b);
}

static bool provision_show(struct request *r, struct err *e)
{
	struct listing l = { .request = r };
	struct provision_result result;
	struct table_total *totals;
	struct table_view v;
	struct book *b;
	size_t n_totals = 0;
	char day[DAY_TEXT];

	if (!table_read(r, &provision_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!book_load_for(
		    r, &(struct book_query){ .as_of = v.when.as_of, .known_at = v.when.known_at },
		    &b, e) ||
	    !provision_fold(r->db, r->arena, r->entity.id, b, &result, e))
		return false;
	l.at = result.rows;
	l.n = result.n_rows;
	totals = ARENA_ARRAY(r->arena, l.n + 1, struct table_total);
	if (!add_up(&l, totals, &n_totals, e))
		return false;
	return table_answer(
		r, &v,
		&(struct table_source){
			.rows = put_rows,
			.arg = &l,
			.n_rows = (int64_t)l.n,
			.n_before = (int64_t)place_after(&l, v.after),
			.currency = n_totals == 1 ? totals[0].currency : NULL,
			.totals = totals,
			.n_totals = n_totals,
			.is_bare = l.n == 0,
			.summary = arena_printf(
				r->arena, tr(r->cat, "At the closing of %s: %s"),
				day_long(v.when.as_of, catalogue_language(r->cat), day),
				rules_words(r, result.rules)),
			.note = result.n_guessed
					? arena_printf(r->arena,
						       trn(r->cat,
							   "VAT of %d document is taken at the "
							   "usual rate: its"
							   " file does not tell it.",
							   "VAT of %d documents is taken at the "
							   "usual rate:"
							   " their files do not tell it.",
							   (unsigned long)result.n_guessed),
						       (int)result.n_guessed)
					: NULL,
		},
		e);
}

static const struct route routes[] = {
	ROUTE(GET, "/provision", provision_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list insight_provision_routes = ROUTE_LIST(routes);
