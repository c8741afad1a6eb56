/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - explains the bank's entries, posts what is certain, keeps the rest as proposals. */
#include "cash/cash.h"

#include "base/clock.h"
#include "match/reason.h"
#include "cmd/match.h"
#include "i18n/amount.h"
#include "i18n/catalogue.h"

#include <stdlib.h>

static const struct cmd_option options[] = {
	{ "dry-run", NULL, N_("say what would be done, change nothing"), CMD_FLAG },
	{ "threshold", "P", N_("least confidence to post alone, 0.5 to 1 (else 0.995)"),
	  CMD_VALUE },
	{ "back-test", NULL, N_("play the company's own past again, change nothing"), CMD_FLAG },
	{ "months", "N", N_("of the back-test (else 12)"), CMD_VALUE },
	{ 0 },
};

/* What the output needs of one explanation. */
struct shown {
	struct cmd *c;
	struct json *j;
	const struct catalogue *cat;
	const char *entity; /* code of the company, when there are several; else NULL */
};

/* The report of each company that was asked for. */
struct reports {
	struct cash_match_report *at;
	struct entity *entity;
	size_t n;
};

static const char *words(const struct shown *s, const struct match_reason *list, size_t n,
			 const char *currency)
{
	return reason_say_all(s->c->arena, s->cat, reason_encode(s->c->arena, list, n), currency);
}

/* Of what it pays: another than the entry's when the money would be converted. */
static const char *currency_of(const struct cash_answer *a, const struct match_explanation *x)
{
	return x->n_lines ? match_item_at(a->book, x->lines[0].item)->currency : a->entry->currency;
}

static void put_confidence(struct json *j, int64_t ppm)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRId64 ".%06" PRId64, ppm / 1000000, ppm % 1000000);
	json_key(j, "confidence"), json_number(j, text);
}

static void put_entity(const struct shown *s)
{
	if (s->entity)
		json_put_text(s->j, "entity", s->entity);
}

static void put_line(const struct shown *s, const struct cash_answer *a,
		     const struct match_explanation *x, const char *document, int64_t minor,
		     const char *kind)
{
	const struct match_customer *who = match_customer_at(a->book, x->customer);

	json_open_object(s->j);
	json_put_text(s->j, "entry", a->entry->reference);
	put_entity(s);
	json_put_text(s->j, "customer", who->code);
	json_put_text(s->j, "document", document);
	json_put_minor(s->j, "amount", minor, currency_of(a, x));
	json_put_text(s->j, "currency", currency_of(a, x));
	json_put_text(s->j, "kind", kind);
	json_put_bool(s->j, "auto", a->state == ENTRY_MATCHED);
	put_confidence(s->j, x->confidence_ppm);
	json_put_text(s->j, "rule", match_rule_name(x->rule));
	json_put_text(s->j, "reason", words(s, x->reasons, x->n_reasons, currency_of(a, x)));
	json_end(s->j);
}

static int64_t reduced_by(const struct match_explanation *x, uint32_t item)
{
	int64_t minor = 0;

	for (size_t i = 0; i < x->n_lines; i++)
		minor += x->lines[i].item == item ? x->lines[i].amount_minor : 0;
	return minor;
}

/* One line per document with what it is reduced by, discount and charge included; these again with their
 * own kind; and what stays on account. */
static void put_lines(const struct shown *s, const struct cash_answer *a,
		      const struct match_explanation *x)
{
	for (size_t i = 0; i < x->n_lines; i++) {
		const struct match_line *l = &x->lines[i];
		const char *document = match_item_at(a->book, l->item)->document;
		if (l->kind == MATCH_ALLOCATION)
			put_line(s, a, x, document, reduced_by(x, l->item), "allocation");
		else
			put_line(s, a, x, document, l->amount_minor,
				 l->kind == MATCH_DISCOUNT ? "discount" : "fee");
	}
	if (x->left_minor)
		put_line(s, a, x, NULL, x->left_minor, "on_account");
}

static void put_candidate(const struct shown *s, const struct cash_answer *a,
			  const struct match_explanation *x)
{
	const struct match_customer *who = match_customer_at(a->book, x->customer);

	json_open_object(s->j);
	json_put_text(s->j, "customer", who->code);
	json_put_text(s->j, "name", who->name);
	put_confidence(s->j, x->confidence_ppm);
	json_put_text(s->j, "rule", match_rule_name(x->rule));
	json_put_text(s->j, "reason", words(s, x->reasons, x->n_reasons, currency_of(a, x)));
	json_put_minor(s->j, "difference", x->left_minor, currency_of(a, x));
	json_key(s->j, "lines"), json_open_array(s->j);
	put_lines(s, a, x);
	json_end(s->j);
	json_end(s->j);
}

static void put_abstained(const struct shown *s, const struct cash_answer *a)
{
	json_open_object(s->j);
	json_put_text(s->j, "entry", a->entry->reference);
	put_entity(s);
	json_put_text(s->j, "state", entry_state_name(a->state));
	json_put_minor(s->j, "amount", a->entry->amount_minor, a->entry->currency);
	json_put_text(s->j, "currency", a->entry->currency);
	json_put_text(s->j, "reason", words(s, &a->result->stop, 1, a->entry->currency));
	json_key(s->j, "candidates"), json_open_array(s->j);
	for (size_t i = 0; i < a->result->n_explanations; i++)
		put_candidate(s, a, &a->result->explanations[i]);
	json_end(s->j);
	json_end(s->j);
}

static void put_allocations(struct shown *s, const struct cash_match_report *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->answers[i].state == ENTRY_MATCHED)
			put_lines(s, &r->answers[i], &r->answers[i].result->explanations[0]);
}

static void put_all_abstained(struct shown *s, const struct cash_match_report *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->answers[i].state != ENTRY_MATCHED && r->answers[i].state != ENTRY_BOOKED)
			put_abstained(s, &r->answers[i]);
}

static struct cash_match_report sum_of(const struct reports *all)
{
	struct cash_match_report sum = { 0 };

	for (size_t i = 0; i < all->n; i++) {
		sum.n += all->at[i].n;
		sum.n_auto += all->at[i].n_auto;
		sum.n_proposed += all->at[i].n_proposed;
		sum.n_unmatched += all->at[i].n_unmatched;
		sum.n_booked += all->at[i].n_booked;
		sum.n_doubtful += all->at[i].n_doubtful;
		sum.n_returned += all->at[i].n_returned;
		sum.n_returns_waiting += all->at[i].n_returns_waiting;
		sum.n_refunds_paid += all->at[i].n_refunds_paid;
	}
	return sum;
}

static void print_json(struct cmd *c, const struct reports *all, int64_t micros)
{
	struct cash_match_report r = sum_of(all);
	char seconds[32];
	struct json j;
	struct buf b;
	struct shown s = { c, &j, catalogue_find(c->lang), NULL };

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "entries", (int64_t)r.n);
	json_put_int(&j, "auto", r.n_auto);
	json_put_int(&j, "proposed", r.n_proposed);
	json_put_int(&j, "unmatched", r.n_unmatched);
	json_put_int(&j, "booked", r.n_booked);
	json_put_int(&j, "doubtful", r.n_doubtful);
	json_put_int(&j, "returned", r.n_returned);
	json_put_int(&j, "returns_waiting", r.n_returns_waiting);
	json_put_int(&j, "refunds_paid", r.n_refunds_paid);
	snprintf(seconds, sizeof seconds, "%" PRId64 ".%03" PRId64, micros / 1000000,
		 micros / 1000 % 1000);
	json_key(&j, "seconds"), json_number(&j, seconds);
	json_key(&j, "allocations"), json_open_array(&j);
	for (size_t i = 0; i < all->n; i++) {
		s.entity = all->n > 1 ? all->entity[i].code : NULL;
		put_allocations(&s, &all->at[i]);
	}
	json_end(&j);
	json_key(&j, "abstained"), json_open_array(&j);
	for (size_t i = 0; i < all->n; i++) {
		s.entity = all->n > 1 ? all->entity[i].code : NULL;
		put_all_abstained(&s, &all->at[i]);
	}
	json_end(&j);
	json_end(&j);
	cmd_print_json(&b);
}

static const char *number(struct cmd *c, int64_t n)
{
	return count_text(n, c->lang, arena_alloc(c->arena, AMOUNT_TEXT));
}

static void print_table(struct cmd *c, const struct reports *all)
{
	const struct catalogue *cat = catalogue_find(c->lang);
	struct cash_match_report r = sum_of(all);
	struct cmd_text_table t;

	table_init(&t, c->arena, cmd_tr(c, N_("<Entry")), cmd_tr(c, N_("<Payer")),
		   cmd_tr(c, N_(">Amount")), cmd_tr(c, N_("<State")), cmd_tr(c, N_("<Why")), NULL);
	for (size_t k = 0; k < all->n && !c->quiet; k++) {
		for (size_t i = 0; i < all->at[k].n; i++) {
			const struct cash_answer *a = &all->at[k].answers[i];
			table_row(&t, a->entry->reference,
				  a->entry->payer_name ? a->entry->payer_name : "",
				  cmd_amount(c, a->entry->amount_minor, a->entry->currency),
				  cmd_tr(c, entry_state_words(a->state)),
				  reason_say(c->arena, cat, &a->result->stop, a->entry->currency));
		}
	}
	if (!c->quiet)
		table_print(&t, stdout);
	printf(cmd_tr(c, N_("%s entries: %s applied, %s proposed, %s not recognised, %s in the"
			    " ledger already, %s doubtful")),
	       number(c, (int64_t)r.n), number(c, r.n_auto), number(c, r.n_proposed),
	       number(c, r.n_unmatched), number(c, r.n_booked), number(c, r.n_doubtful));
	printf("\n");
	if (r.n_returned + r.n_returns_waiting > 0) {
		printf(cmd_tr(c, N_("payments that came back: %s treated, %s to decide")),
		       number(c, r.n_returned), number(c, r.n_returns_waiting));
		printf("\n");
	}
	if (r.n_refunds_paid > 0) {
		printf(cmd_tr(c, N_("refunds paid by the bank: %s")), number(c, r.n_refunds_paid));
		printf("\n");
	}
}

static bool threshold_of(struct cmd *c, int64_t *ret)
{
	const char *text = cmd_value(c, "threshold");
	double p;
	char *end;

	*ret = 0;
	if (!text)
		return true;
	p = strtod(text, &end);
	if (*end || end == text || !(p >= 0.5 && p <= 1))
		return err_set(&c->err, ERR_USAGE,
			       "--threshold: expected a number from 0.5 to 1, not \"%.20s\"", text);
	*ret = (int64_t)(p * 1e6 + 0.5);
	return true;
}

/* The company of --entity; without it all of them. */
static bool companies_of(struct cmd *c, struct reports *ret)
{
	const char *code = cmd_value(c, "entity");

	if (code) {
		ret->entity = ARENA_NEW(c->arena, struct entity);
		ret->n = 1;
		if (!entity_get(c->db, c->arena, code, ret->entity, &c->err))
			return false;
	} else if (!entity_list(c->db, c->arena, &ret->entity, &ret->n, &c->err)) {
		return false;
	}
	if (ret->n == 0)
		return entity_get(c->db, c->arena, code, &c->entity, &c->err);
	ret->at = ARENA_ARRAY(c->arena, ret->n, struct cash_match_report);
	return true;
}

static int match_all(struct cmd *c)
{
	struct cash_match_options o = { .date = c->date,
					.is_dry_run = cmd_flag(c, "dry-run"),
					.actor = c->actor,
					.now = c->now,
					.progress = c->quiet || c->json ? NULL : cmd_progress,
					.progress_arg = c };
	struct reports all = { 0 };
	int64_t from = clock_now();

	if (!threshold_of(c, &o.threshold_ppm) || !companies_of(c, &all))
		return cmd_fail(c);
	for (size_t i = 0; i < all.n; i++) {
		o.entity_id = all.entity[i].id;
		if (!cmd_value(c, "date"))
			o.date = clock_day(c->now, all.entity[i].time_zone);
		if (!cash_match(c->db, c->arena, &o, &all.at[i], &c->err))
			return cmd_fail(c);
	}
	if (c->json)
		print_json(c, &all, clock_now() - from);
	else
		print_table(c, &all);
	return CMD_OK;
}

static int run(struct cmd *c)
{
	bool is_test = cmd_flag(c, "back-test");

	if (c->argc == 0 && !is_test)
		return match_all(c);
	if (c->argc > 0 && (is_test || !str_eq(c->argv[0], "policy")))
		return cmd_usage(c, "expected nothing, or policy");
	if (!entity_get(c->db, c->arena, cmd_value(c, "entity"), &c->entity, &c->err))
		return cmd_fail(c);
	return is_test ? match_backtest_command(c) : match_policy_command(c);
}

const struct command command_match = { "match",
				       run,
				       CMD_NEEDS_DB,
				       "[policy [NAME=VALUE…]]",
				       N_("apply the bank's entries to what is owed; what it may"
					  " do alone"),
				       options };
