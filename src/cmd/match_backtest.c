/* SPDX-License-Identifier: Apache-2.0 */
/* match_backtest.c - the matching over the company's own past. */
#include "cash/backtest.h"

#include "cmd/match.h"
#include "i18n/amount.h"
#include "i18n/catalogue.h"

static void put_share(struct json *j, const char *key, int64_t part, int64_t whole)
{
	char text[32];

	json_key(j, key);
	if (whole == 0) {
		json_nothing(j);
		return;
	}
	snprintf(text, sizeof text, "%.6f", (double)part / (double)whole);
	json_number(j, text);
}

static void put_count(struct json *j, const struct backtest *t, const struct backtest_count *n)
{
	json_put_int(j, "auto", n->n_alone);
	json_put_int(j, "wrong", n->n_alone - n->n_right);
	put_share(j, "auto_rate", n->n_alone, t->n);
	put_share(j, "precision", n->n_right, n->n_alone);
	put_share(j, "recall", n->n_right, t->n);
}

static void print_json(struct cmd *c, const struct backtest *t)
{
	struct json j;
	struct buf b;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_day(&j, "from", t->from_on);
	json_put_day(&j, "to", t->to_on);
	json_put_int(&j, "payments", t->n);
	json_put_int(&j, "right_first", t->n_first);
	json_put_int(&j, "right_in_three", t->n_in_three);
	put_share(&j, "threshold", t->threshold_ppm, 1000000);
	put_count(&j, t, &t->at_policy);
	json_key(&j, "rules"), json_open_array(&j);
	for (size_t r = 0; r < MATCH_N_RULES; r++) {
		if (t->by_rule[r].n_alone == 0)
			continue;
		json_open_object(&j);
		json_put_text(&j, "rule", match_rule_name((enum match_rule)r));
		put_count(&j, t, &t->by_rule[r]);
		json_end(&j);
	}
	json_end(&j);
	json_key(&j, "thresholds"), json_open_array(&j);
	for (size_t i = 0; i < BACKTEST_THRESHOLDS; i++) {
		json_open_object(&j);
		put_share(&j, "threshold", t->threshold[i], 1000000);
		put_count(&j, t, &t->at[i]);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	cmd_print_json(&b);
}

static const char *percent(struct cmd *c, int64_t part, int64_t whole)
{
	char text[AMOUNT_TEXT];

	return arena_strdup(c->arena, percent_text(part, whole, 2, c->lang, text));
}

/* A bar of at most 40 signs. */
static const char *bar(struct cmd *c, int64_t part, int64_t whole)
{
	int n = whole ? (int)(part * 40 / whole) : 0;

	return arena_printf(c->arena, "%.*s", n, "########################################");
}

static void add_row(struct cmd *c, struct cmd_text_table *t, const struct backtest *b,
		    const char *head, const struct backtest_count *n)
{
	table_row(t, head, cmd_count(c, n->n_alone), percent(c, n->n_alone, b->n),
		  cmd_count(c, n->n_alone - n->n_right), percent(c, n->n_right, n->n_alone),
		  bar(c, n->n_alone, b->n));
}

static void print_table(struct cmd *c, const struct backtest *b)
{
	struct cmd_text_table t;

	printf(cmd_tr(c,
		      N_("%s past receipts played again: the right explanation first for %s, among"
			 " the first three for %s")),
	       cmd_count(c, b->n), percent(c, b->n_first, b->n), percent(c, b->n_in_three, b->n));
	printf("\n\n");
	table_init(&t, c->arena, cmd_tr(c, N_("<Least confidence")), cmd_tr(c, N_(">Alone")),
		   cmd_tr(c, N_(">Share")), cmd_tr(c, N_(">Wrong")),
		   cmd_tr(c, N_(">Right of them")), "<", NULL);
	for (size_t i = 0; i < BACKTEST_THRESHOLDS; i++)
		add_row(c, &t, b, percent(c, b->threshold[i], 1000000), &b->at[i]);
	table_print(&t, stdout);
	printf("\n");
	table_init(&t, c->arena, cmd_tr(c, N_("<Rule")), cmd_tr(c, N_(">Alone")),
		   cmd_tr(c, N_(">Share")), cmd_tr(c, N_(">Wrong")),
		   cmd_tr(c, N_(">Right of them")), "<", NULL);
	for (size_t r = 0; r < MATCH_N_RULES; r++)
		if (b->by_rule[r].n_alone)
			add_row(c, &t, b, match_rule_name((enum match_rule)r), &b->by_rule[r]);
	table_print(&t, stdout);
}

int match_backtest_command(struct cmd *c)
{
	struct backtest t;
	int64_t months;

	if (!cmd_number(c, "months", 12, 240, &months))
		return cmd_fail(c);
	if (!backtest_run(c->db, c->arena, c->entity.id, c->date, (int)months, &t, &c->err))
		return cmd_fail(c);
	if (c->json)
		print_json(c, &t);
	else
		print_table(c, &t);
	return CMD_OK;
}
