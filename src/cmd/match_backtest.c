/* SPDX-License-Identifier: Apache-2.0 */
/* match_backtest.c - the matching over the company's own past. */
#include "cash/backtest.h"

#include "cmd/match.h"
#include "i18n/amount.h"
#include "i18n/catalogue.h"

static void print_json(const struct backtest *t, struct arena *a)
{
	struct buf b;

	buf_init(&b, a);
	backtest_encode(t, &b);
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
	if (!backtest_run(c->db, c->arena, c->entity.id, c->date, (int)months, NULL, &t, &c->err))
		return cmd_fail(c);
	if (c->json)
		print_json(&t, c->arena);
	else
		print_table(c, &t);
	return CMD_OK;
}
