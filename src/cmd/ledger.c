/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.c - who owes what: customers, items, ageing. */
#include "ledger/ageing.h"

#include "base/map.h"
#include "base/money.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/sheet.h"
#include "i18n/catalogue.h"
#include "ledger/book.h"
#include "ledger/book_rates.h"
#include "ledger/customer_table.h"
#include "ledger/group_currency.h"
#include "ledger/item_mark.h"
#include "ledger/item_table.h"

#include <stdlib.h>

static const struct cmd_option customer_options[] = {
	{ "search", "TEXT", N_("only those whose name, code or SIREN contain the text"),
	  CMD_VALUE },
	{ "segment", "NAME", N_("only those of the segment"), CMD_VALUE },
	CMD_WHEN_OPTIONS,
	CMD_SHEET_OPTIONS,
	{ 0 },
};

static const struct cmd_option item_options[] = {
	{ "customer", "CODE", N_("only those of the customer"), CMD_VALUE },
	{ "open", NULL, N_("only what is not settled"), CMD_FLAG },
	CMD_WHEN_OPTIONS,
	CMD_SHEET_OPTIONS,
	{ 0 },
};

static const struct cmd_option ageing_options[] = {
	CMD_WHEN_OPTIONS,
	{ "by", "KEY",
	  N_("one line per customer, segment, collector, salesperson, branch or "
	     "currency"),
	  CMD_VALUE },
	{ "currency", "CODE", N_("in that currency instead of the company's"), CMD_VALUE },
	{ "buckets", "0,30,60,90", N_("bounds of the buckets in days"), CMD_VALUE },
	{ 0 },
};

static bool load(struct cmd *c, bool with_settled, struct book **ret)
{
	struct book_query q = { .entity_id = c->entity.id, .with_settled = with_settled };
	struct when w;

	if (!cmd_when(c, &w))
		return false;
	q.as_of = w.as_of;
	q.known_at = w.known_at;
	return book_load(c->db, c->arena, &q, ret, &c->err);
}

/* ---- customers ---- */

static bool is_wanted(const struct cmd *c, const struct book_customer *customer)
{
	const char *search = cmd_value(c, "search"), *segment = cmd_value(c, "segment");

	if (segment && !str_eq(segment, customer->segment))
		return false;
	return !search || strstr(text_key(c->arena, customer->name), text_key(c->arena, search)) ||
	       strstr(customer->code, search);
}

/* The same rows as the page of customers. */
static int customers_file(struct cmd *c, const struct book *b)
{
	const struct customer_filter f = { .text = cmd_value(c, "search"),
					   .segment = cmd_value(c, "segment") };
	struct customer_list list;
	struct customer_rows rows = { .book = b, .list = &list, .currency = c->entity.currency };
	struct exchange_table rates;
	struct table_source s;

	if (!book_rates_load(c->db, c->arena, b, c->entity.currency, NULL, &rates, &c->err) ||
	    !customer_list_make(b, c->arena, c->entity.currency, &rates, &f, CUSTOMER_ORDER_CODE,
				false, &list, &c->err))
		return cmd_fail(c);
	customer_table_source(c->arena, &rows, NULL, &s);
	return cmd_write_files(c, &customer_table, &s, b);
}

/* What is open in each currency, as it is and converted. */
static void put_parts(struct json *j, const struct book *b, const struct ageing_sum *sum,
		      const char *own)
{
	json_key(j, "currencies");
	json_open_array(j);
	for (size_t i = 0; i < sum->n_parts; i++) {
		const struct ageing_part *part = &sum->part[i];
		const char *currency = b->currency[part->currency];

		if (part->total_minor == 0)
			continue;
		json_open_object(j);
		json_put_text(j, "currency", currency);
		json_put_minor(j, "open", part->total_minor, currency);
		json_key(j, "converted");
		if (part->is_missing)
			json_nothing(j);
		else
			json_minor(j, part->converted_minor, own);
		json_put_day(j, "rate_date", part->rate_on);
		json_end(j);
	}
	json_end(j);
}

static void put_customer(struct json *j, const struct book *b, const struct book_customer *k,
			 const struct ageing_sum *sum, const char *currency)
{
	json_open_object(j);
	json_put_text(j, "code", k->code);
	json_put_text(j, "name", k->name);
	json_put_text(j, "segment", k->segment);
	json_put_minor(j, "open", sum->ageing.total_minor, currency);
	json_put_minor(j, "overdue", sum->ageing.overdue_minor, currency);
	json_key(j, "limit");
	if (k->has_limit)
		json_minor(j, k->credit_limit_minor, currency);
	else
		json_nothing(j);
	json_key(j, "score");
	json_nothing(j);
	json_put_text(j, "currency", currency);
	put_parts(j, b, sum, currency);
	json_end(j);
}

/* Of one customer. The sums' parts are only needed until they are written. */
static bool add_customer(struct cmd *c, const struct book *b, size_t customer,
			 const struct exchange_table *rates, struct json *j,
			 struct cmd_text_table *t)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct ageing_bounds bounds = ageing_default_bounds();
	const struct book_customer *k = &b->customer[customer];
	const char *currency = c->entity.currency;
	struct ageing_sum sum;

	if (!ageing_in(b, a, &bounds, customer, rates, currency, &sum, &c->err))
		return false;
	put_customer(j, b, k, &sum, currency);
	table_row(t, k->code, k->name, cmd_amount(c, sum.ageing.total_minor, currency),
		  cmd_amount(c, sum.ageing.overdue_minor, currency),
		  k->has_limit ? cmd_amount(c, k->credit_limit_minor, currency) : "");
	return true;
}

static int run_customers(struct cmd *c)
{
	struct exchange_table rates;
	struct cmd_text_table t;
	struct book *b;
	struct buf out;
	struct json j;

	if (!load(c, false, &b))
		return cmd_fail(c);
	if (cmd_wants_file(c))
		return customers_file(c, b);
	if (!book_rates_load(c->db, c->arena, b, c->entity.currency, NULL, &rates, &c->err))
		return cmd_fail(c);
	table_init(&t, c->arena, cmd_tr(c, N_("<Code")), cmd_tr(c, N_("<Customer")),
		   cmd_tr(c, N_(">Open")), cmd_tr(c, N_(">Overdue")), cmd_tr(c, N_(">Limit")),
		   NULL);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_key(&j, "customers");
	json_open_array(&j);
	for (size_t i = 0; i < b->n_customers; i++) {
		if (is_wanted(c, &b->customer[i]) && !add_customer(c, b, i, &rates, &j, &t))
			return cmd_fail(c);
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &out, &t);
}

/* ---- items ---- */

/* The items the customer has accepted for payment, by rising id. */
struct approvals {
	const struct item_mark *mark;
	size_t n;
};

static int by_item(const void *a, const void *b)
{
	const struct item_mark *x = a, *y = b;

	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

static bool load_approvals(struct cmd *c, const struct book *b, struct approvals *ret)
{
	struct item_mark *list;
	size_t n, kept = 0;

	if (!item_mark_list(c->db, c->arena, c->entity.id, 0, b->known_at, &list, &n, &c->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].kind, "approved"))
			list[kept++] = list[i];
	*ret = (struct approvals){ list, kept };
	return true;
}

static bool is_approved(const struct approvals *a, int64_t item_id)
{
	const struct item_mark key = { .item_id = item_id };

	return a->n && bsearch(&key, a->mark, a->n, sizeof *a->mark, by_item);
}

static const char *status_of(const struct book *b, size_t i, const struct approvals *a)
{
	if (b->open_minor[i] == 0)
		return "paid";
	if (b->disputed_minor[i] > 0)
		return "disputed";
	if (b->open_minor[i] != b->amount_minor[i])
		return "partly_paid";
	return is_approved(a, b->item_id[i]) ? "approved" : "issued";
}

static void put_item(struct json *j, const struct book *b, size_t i, const struct approvals *a)
{
	const char *currency = b->currency[b->currency_of[i]];

	json_open_object(j);
	json_put_text(j, "customer", b->customer[b->customer_of[i]].code);
	json_put_text(j, "document", b->document[i]);
	json_put_text(j, "kind", item_kind_name(b->kind[i]));
	json_put_day(j, "issued", b->issued_on[i]);
	json_put_day(j, "due", b->due_on[i]);
	if (b->due_source[i] >= DUE_FROM_TERMS)
		json_put_bool(j, "inferred", true);
	json_put_minor(j, "amount", b->amount_minor[i], currency);
	json_put_minor(j, "open", b->open_minor[i], currency);
	json_put_text(j, "currency", currency);
	json_put_int(j, "days_late",
		     b->as_of > b->due_on[i] ? (int64_t)b->as_of - b->due_on[i] : 0);
	json_put_text(j, "status", status_of(b, i, a));
	json_put_minor(j, "disputed", b->disputed_minor[i], currency);
	json_put_text(j, "lettering", b->lettering[i]);
	json_end(j);
}

/* The same rows as the page of items. */
static int items_file(struct cmd *c, const struct book *b, const char *customer)
{
	struct item_filter f = item_filter_all();
	struct item_list list;
	struct item_rows rows = { .book = b, .list = &list };
	struct table_source s;

	if (customer)
		f.customer_id = b->customer[book_customer_by_code(b, customer)].id;
	if (!item_list_make(b, c->arena, &f, ITEM_ORDER_DUE, false, &list, &c->err))
		return cmd_fail(c);
	item_table_source(c->arena, &rows, NULL, &s);
	return cmd_write_files(c, &item_table, &s, b);
}

static int run_items(struct cmd *c)
{
	const char *customer = cmd_value(c, "customer");
	bool open_only = cmd_flag(c, "open");
	struct cmd_text_table t;
	struct book *b;
	struct buf out;
	struct json j;
	char issued[DATE_TEXT], due[DATE_TEXT];
	struct approvals approvals;

	if (!load(c, !open_only, &b) || !load_approvals(c, b, &approvals))
		return cmd_fail(c);
	if (customer && book_customer_by_code(b, customer) == SIZE_MAX) {
		err_set(&c->err, ERR_NOT_FOUND, "there is no customer with code \"%.60s\"",
			customer);
		return cmd_fail(c);
	}
	if (cmd_wants_file(c))
		return items_file(c, b, customer);
	table_init(&t, c->arena, cmd_tr(c, N_("<Customer")), cmd_tr(c, N_("<Document")),
		   cmd_tr(c, N_("<Issued")), cmd_tr(c, N_("<Due")), cmd_tr(c, N_(">Amount")),
		   cmd_tr(c, N_(">Open")), cmd_tr(c, N_("<State")), NULL);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_key(&j, "items");
	json_open_array(&j);
	for (size_t i = 0; i < b->n_items; i++) {
		const char *code = b->customer[b->customer_of[i]].code;
		const char *currency = b->currency[b->currency_of[i]];
		if (customer && strcmp(customer, code) != 0)
			continue;
		if (c->json) {
			put_item(&j, b, i, &approvals);
			continue;
		}
		table_row(&t, code, b->document[i],
			  arena_strdup(c->arena, date_format(b->issued_on[i], issued)),
			  arena_strdup(c->arena, date_format(b->due_on[i], due)),
			  cmd_amount(c, b->amount_minor[i], currency),
			  cmd_amount(c, b->open_minor[i], currency), status_of(b, i, &approvals));
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &out, &t);
}

/* ---- ageing ---- */

static bool key_of(const char *text, enum ageing_key *ret)
{
	static const char *const names[] = { "customer",    "segment", "collector",
					     "salesperson", "branch",  "currency" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], text) == 0) {
			*ret = (enum ageing_key)i;
			return true;
		}
	}
	return false;
}

static void put_buckets(const struct cmd *c, struct json *j, const struct ageing_bounds *bounds,
			const struct ageing *g, const char *currency)
{
	json_key(j, "buckets");
	json_open_array(j);
	for (int i = 0; i < g->n_buckets; i++) {
		json_open_object(j);
		json_put_text(j, "name", ageing_bucket_name(c->arena, bounds, i));
		json_put_minor(j, "amount", g->bucket[i].amount_minor, currency);
		json_put_int(j, "items", g->bucket[i].n_items);
		json_end(j);
	}
	json_end(j);
	json_put_minor(j, "unallocated", g->unallocated_minor, currency);
	json_put_minor(j, "total", g->total_minor, currency);
}

static void put_currencies(struct cmd *c, struct json *j, const struct book *b,
			   const struct ageing_sum *sum)
{
	json_key(j, "by_currency");
	json_open_array(j);
	for (size_t i = 0; i < sum->n_parts; i++) {
		const struct ageing_part *part = &sum->part[i];
		const char *currency = b->currency[part->currency];

		json_open_object(j);
		json_put_text(j, "currency", currency);
		json_put_minor(j, "total", part->total_minor, currency);
		json_key(j, "converted");
		if (part->is_missing)
			json_nothing(j);
		else
			json_minor(j, part->converted_minor, c->reporting);
		json_put_day(j, "rate_date", part->rate_on);
		json_end(j);
	}
	json_end(j);
}

/* What has no rate is told, never counted as if it had one. */
static void warn_missing(const struct cmd *c, const struct book *b, const struct ageing_sum *sum)
{
	for (size_t i = 0; i < sum->n_parts; i++) {
		const char *currency = b->currency[sum->part[i].currency];

		if (!sum->part[i].is_missing)
			continue;
		fprintf(stderr, cmd_tr(c, N_("no rate of %s: %s are not in the totals")), currency,
			cmd_amount(c, sum->part[i].total_minor, currency));
		fputc('\n', stderr);
	}
}

static void print_ageing(const struct cmd *c, const struct ageing_bounds *bounds,
			 const struct ageing *g)
{
	struct cmd_text_table t;

	table_init(&t, c->arena, cmd_tr(c, N_("<Days late")), cmd_tr(c, N_(">Amount")),
		   cmd_tr(c, N_(">Items")), NULL);
	for (int i = 0; i < g->n_buckets; i++)
		table_row(&t, ageing_bucket_name(c->arena, bounds, i),
			  cmd_amount(c, g->bucket[i].amount_minor, c->reporting),
			  arena_printf(c->arena, "%" PRId64, g->bucket[i].n_items));
	table_row(&t, cmd_tr(c, N_("unallocated")),
		  cmd_amount(c, g->unallocated_minor, c->reporting),
		  arena_printf(c->arena, "%" PRId64, g->n_unallocated));
	table_row(&t, cmd_tr(c, N_("total")), cmd_amount(c, g->total_minor, c->reporting), "");
	table_print(&t, stdout);
}

/* --currency, else the company's. */
static bool read_reporting(struct cmd *c)
{
	const char *currency = cmd_value(c, "currency");

	c->reporting = currency ? currency : c->entity.currency;
	return currency_is_code(c->reporting) ||
	       err_set(&c->err, ERR_USAGE, "--currency: \"%.10s\" is no currency", c->reporting);
}

/* What the whole is in the group's currency. */
struct group_sum {
	const char *currency; /* NULL: there is none */
	struct ageing_sum sum;
};

static bool sum_of_group(struct cmd *c, const struct book *b, const struct ageing_bounds *bounds,
			 const struct exchange_table *rates, struct group_sum *ret)
{
	return group_currency(c->db, c->arena, c->entity.id, c->entity.currency, &ret->currency,
			      &c->err) &&
	       (!ret->currency ||
		ageing_in(b, c->arena, bounds, SIZE_MAX, rates, ret->currency, &ret->sum, &c->err));
}

static void put_group(struct json *j, const struct group_sum *g)
{
	json_key(j, "group");
	json_open_object(j);
	json_put_text(j, "currency", g->currency);
	json_put_minor(j, "total", g->sum.ageing.total_minor, g->currency);
	json_put_minor(j, "overdue", g->sum.ageing.overdue_minor, g->currency);
	json_put_day(j, "rate_date", g->sum.rate_on);
	json_put_int(j, "without_rate", g->sum.n_missing);
	json_end(j);
}

static void put_ageing(struct cmd *c, const struct book *b, const struct ageing_bounds *bounds,
		       const struct ageing_sum *sum, const struct group_sum *group,
		       const struct ageing_row *row, size_t n_rows)
{
	struct buf out;
	struct json j;

	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_put_day(&j, "as_of", b->as_of);
	json_put_text(&j, "currency", c->reporting);
	json_put_day(&j, "rate_date", sum->rate_on);
	put_currencies(c, &j, b, sum);
	put_buckets(c, &j, bounds, &sum->ageing, c->reporting);
	if (group->currency)
		put_group(&j, group);
	json_key(&j, "rows");
	json_open_array(&j);
	for (size_t i = 0; i < n_rows; i++) {
		json_open_object(&j);
		json_put_text(&j, "key", row[i].key);
		json_put_text(&j, "name", row[i].name);
		json_put_text(&j, "currency", row[i].currency);
		put_buckets(c, &j, bounds, &row[i].ageing, row[i].currency);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	cmd_print_json(&out);
}

/* Rows by currency stay as they are; others are in the reporting currency. */
static bool rows_by(struct cmd *c, const struct book *b, const struct ageing_bounds *bounds,
		    enum ageing_key key, const struct exchange_table *rates,
		    struct ageing_row **ret, size_t *ret_n)
{
	if (key == AGEING_BY_CURRENCY)
		return ageing_by(b, c->arena, bounds, key, ret, ret_n, &c->err);
	return ageing_by_in(b, c->arena, bounds, key, rates, c->reporting, ret, ret_n, &c->err);
}

static int run_ageing(struct cmd *c)
{
	struct ageing_bounds bounds = ageing_default_bounds();
	const char *buckets = cmd_value(c, "buckets"), *by = cmd_value(c, "by");
	enum ageing_key key = AGEING_BY_CUSTOMER;
	struct exchange_table rates;
	struct ageing_row *row = NULL;
	struct group_sum group;
	struct ageing_sum sum;
	size_t n_rows = 0;
	struct book *b;

	if (buckets && !ageing_parse_bounds(buckets, &bounds, &c->err))
		return cmd_usage(c, "%s", c->err.msg);
	if (by && !key_of(by, &key))
		return cmd_usage(c, "--by: there is no key \"%.40s\"", by);
	if (!load(c, false, &b))
		return cmd_fail(c);
	if (!read_reporting(c) || !exchange_load(c->db, c->arena, b->known_at, &rates, &c->err) ||
	    !ageing_in(b, c->arena, &bounds, SIZE_MAX, &rates, c->reporting, &sum, &c->err) ||
	    !sum_of_group(c, b, &bounds, &rates, &group) ||
	    (by && !rows_by(c, b, &bounds, key, &rates, &row, &n_rows)))
		return cmd_fail(c);
	warn_missing(c, b, &sum);
	if (c->json)
		put_ageing(c, b, &bounds, &sum, &group, row, n_rows);
	else
		print_ageing(c, &bounds, &sum.ageing);
	if (!c->json && group.currency)
		printf("%s\n",
		       arena_printf(c->arena, cmd_tr(c, N_("in the group's currency: %s")),
				    cmd_amount(c, group.sum.ageing.total_minor, group.currency)));
	return CMD_OK;
}

const struct command command_customers = {
	"customers",     run_customers, CMD_NEEDS_ENTITY, NULL, N_("customers with what they owe"),
	customer_options
};
const struct command command_items = { "items",
				       run_items,
				       CMD_NEEDS_ENTITY,
				       NULL,
				       N_("documents and payments with what is left of them"),
				       item_options };
const struct command command_ageing = {
	"ageing",      run_ageing, CMD_NEEDS_ENTITY, NULL, N_("aged balance (balance âgée)"),
	ageing_options
};
