/* SPDX-License-Identifier: Apache-2.0 */
/* exposure.c - what is at risk with each customer (encours de risque). */
#include "ledger/exposure.h"

#include "base/json.h"
#include "base/money.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "ledger/book_rates.h"

static bool load(struct cmd *c, struct book **ret)
{
	struct book_query q = { .entity_id = c->entity.id };
	struct when w;

	if (!cmd_when(c, &w))
		return false;
	q.as_of = w.as_of;
	q.known_at = w.known_at;
	return book_load(c->db, c->arena, &q, ret, &c->err);
}

static void put_sums(struct json *j, const struct exposure *x, const char *currency)
{
	json_put_minor(j, "documents", x->documents_minor, currency);
	json_put_minor(j, "unallocated", x->unallocated_minor, currency);
	for (int k = 0; k < PAPER_KINDS; k++)
		json_put_minor(j, paper_kind_name((enum paper_kind)k), x->paper_minor[k], currency);
	json_put_minor(j, "exposure", x->total_minor, currency);
	json_put_bool(j, "complete", !x->is_incomplete);
}

static void put_papers(struct json *j, const struct book *b, const struct book_customer *k)
{
	json_key(j, "papers");
	json_open_array(j);
	for (size_t i = k->first_paper; i < k->first_paper + k->n_papers; i++) {
		const struct book_paper *p = &b->paper[i];

		json_open_object(j);
		json_put_text(j, "document", p->document);
		json_put_text(j, "kind", paper_kind_name(p->kind));
		json_put_minor(j, "amount", p->minor, p->currency);
		json_put_text(j, "currency", p->currency);
		json_put_day(j, "from", p->from_on);
		json_put_day(j, "until", p->until_on);
		json_end(j);
	}
	json_end(j);
}

static bool is_over(const struct book_customer *k, const struct exposure *x)
{
	return k->has_limit && x->total_minor > k->credit_limit_minor;
}

static void put_customer(struct json *j, const struct book *b, const struct book_customer *k,
			 const struct exposure *x, const char *currency)
{
	json_open_object(j);
	json_put_text(j, "code", k->code);
	json_put_text(j, "name", k->name);
	put_sums(j, x, currency);
	json_key(j, "limit");
	if (k->has_limit)
		json_minor(j, k->credit_limit_minor, currency);
	else
		json_nothing(j);
	json_put_bool(j, "over_limit", is_over(k, x));
	put_papers(j, b, k);
	json_end(j);
}

static void print_customer(struct cmd *c, struct cmd_text_table *t, const struct book_customer *k,
			   const struct exposure *x, const char *currency)
{
	table_row(t, k->code, k->name, cmd_amount(c, x->documents_minor, currency),
		  cmd_amount(c, x->unallocated_minor, currency),
		  cmd_amount(c, x->paper_minor[PAPER_BILL], currency),
		  cmd_amount(c, x->paper_minor[PAPER_DISCOUNTED], currency),
		  cmd_amount(c, x->paper_minor[PAPER_CHEQUE], currency),
		  cmd_amount(c, x->total_minor, currency),
		  k->has_limit ? cmd_amount(c, k->credit_limit_minor, currency) : "");
}

/* Each customer with something at risk. */
static bool each(struct cmd *c, const struct book *b, const struct exchange_table *rates,
		 struct json *j, struct cmd_text_table *t)
{
	const char *only = cmd_value(c, "customer"), *currency = c->entity.currency;

	for (size_t i = 0; i < b->n_customers; i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
		const struct book_customer *k = &b->customer[i];
		struct exposure x;

		if (only ? !str_eq(only, k->code) : k->n_items == 0 && k->n_papers == 0)
			continue;
		if (!exposure_of(b, a, i, currency, rates, &x, &c->err))
			return false;
		if (cmd_flag(c, "over-limit") && !is_over(k, &x))
			continue;
		put_customer(j, b, k, &x, currency);
		print_customer(c, t, k, &x, currency);
	}
	return true;
}

static int run(struct cmd *c)
{
	const char *only = cmd_value(c, "customer"), *currency = c->entity.currency;
	struct exchange_table rates;
	struct cmd_text_table t;
	struct exposure all;
	struct book *b;
	struct buf out;
	struct json j;

	if (!load(c, &b) || !book_rates_load(c->db, c->arena, b, currency, NULL, &rates, &c->err) ||
	    !exposure_of(b, c->arena, SIZE_MAX, currency, &rates, &all, &c->err))
		return cmd_fail(c);
	if (only && book_customer_by_code(b, only) == SIZE_MAX) {
		err_set(&c->err, ERR_NOT_FOUND, "there is no customer with code \"%.60s\"", only);
		return cmd_fail(c);
	}
	table_init(&t, c->arena, cmd_tr(c, N_("<Code")), cmd_tr(c, N_("<Customer")),
		   cmd_tr(c, N_(">Documents")), cmd_tr(c, N_(">Unallocated")),
		   cmd_tr(c, N_(">Bills")), cmd_tr(c, N_(">Discounted")), cmd_tr(c, N_(">Cheques")),
		   cmd_tr(c, N_(">Exposure")), cmd_tr(c, N_(">Limit")), NULL);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_put_day(&j, "as_of", b->as_of);
	json_put_text(&j, "currency", currency);
	json_key(&j, "total");
	json_open_object(&j);
	put_sums(&j, &all, currency);
	json_end(&j);
	json_key(&j, "customers");
	json_open_array(&j);
	if (!each(c, b, &rates, &j, &t))
		return cmd_fail(c);
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &out, &t);
}

static const struct cmd_option options[] = {
	{ "customer", "CODE", N_("only that customer"), CMD_VALUE },
	{ "over-limit", NULL, N_("only those above their credit limit"), CMD_FLAG },
	CMD_WHEN_OPTIONS,
	{ 0 },
};
const struct command command_exposure = {
	"exposure",
	run,
	CMD_NEEDS_ENTITY,
	NULL,
	N_("what is at risk: documents, and bills and cheques that are not money yet"),
	options,
};
