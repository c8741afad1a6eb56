/* SPDX-License-Identifier: Apache-2.0 */
/* penalties.c - late interest and fixed recovery costs. */
#include "collect/penalty.h"

#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "ledger/rate_store.h"

static const struct cmd_option options[] = {
	{ "customer", "CODE", N_("only those of the customer"), CMD_VALUE },
	CMD_WHEN_OPTIONS,
	{ 0 },
};

/* 12150000 millionths of a point are "12.15": at least two decimals, no needless zeros. */
static const char *rate_digits(struct arena *a, int64_t ppm)
{
	char *text = arena_printf(a, "%" PRId64 ".%06" PRId64, ppm / 1000000, ppm % 1000000);

	for (size_t n = strlen(text); text[n - 1] == '0' && text[n - 3] != '.'; n--)
		text[n - 1] = '\0';
	return text;
}

static void put_penalty(struct cmd *c, struct json *j, const struct book *b,
			const struct penalty *p)
{
	size_t i = p->item;

	json_open_object(j);
	json_put_text(j, "customer", b->customer[b->customer_of[i]].code);
	json_put_text(j, "document", b->document[i]);
	json_put_day(j, "due", b->due_on[i]);
	json_put_minor(j, "open", b->open_minor[i], "EUR");
	json_put_int(j, "days", p->result.days);
	json_put_text(j, "rate", rate_digits(c->arena, p->rate_ppm));
	json_put_bool(j, "rate_to_verify", p->result.has_rate_to_verify);
	json_put_minor(j, "interest", p->result.interest_minor, "EUR");
	json_put_minor(j, "flat_fee", p->result.flat_fee_minor, "EUR");
	json_end(j);
}

static bool load(struct cmd *c, struct when w, struct book **ret)
{
	const char *code = cmd_value(c, "customer");
	struct customer row = { 0 };

	if (code && !customer_get(c->db, c->arena, c->entity.id, code, &row, &c->err))
		return false;
	return book_load(c->db, c->arena,
			 &(struct book_query){ .entity_id = c->entity.id,
					       .as_of = w.as_of,
					       .known_at = w.known_at,
					       .with_settled = true,
					       .only_customer = row.id },
			 ret, &c->err);
}

static int print(struct cmd *c, const struct book *b, const struct penalty *p, size_t n)
{
	int64_t interest = 0, fees = 0;
	struct cmd_text_table t;
	struct buf out;
	struct json j;

	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_key(&j, "items");
	json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_("<Customer")), cmd_tr(c, N_("<Document")),
		   cmd_tr(c, N_(">Days late")), cmd_tr(c, N_(">Rate, %")),
		   cmd_tr(c, N_(">Interest")), cmd_tr(c, N_(">Fixed costs")), NULL);
	for (size_t i = 0; i < n; i++) {
		const struct interest_result *r = &p[i].result;

		if (__builtin_add_overflow(interest, r->interest_minor, &interest) ||
		    __builtin_add_overflow(fees, r->flat_fee_minor, &fees)) {
			err_set(&c->err, ERR_RANGE, "the total does not fit");
			return cmd_fail(c);
		}
		put_penalty(c, &j, b, &p[i]);
		table_row(&t, b->customer[b->customer_of[p[i].item]].code, b->document[p[i].item],
			  arena_printf(c->arena, "%d", r->days),
			  rate_digits(c->arena, p[i].rate_ppm),
			  cmd_amount(c, r->interest_minor, "EUR"),
			  cmd_amount(c, r->flat_fee_minor, "EUR"));
	}
	json_end(&j);
	json_put_minor(&j, "interest", interest, "EUR");
	json_put_minor(&j, "flat_fees", fees, "EUR");
	json_put_text(&j, "currency", "EUR");
	json_end(&j);
	if (c->json) {
		cmd_print_json(&out);
		return CMD_OK;
	}
	table_print(&t, stdout);
	printf(cmd_tr(c, N_("\nInterest %s, fixed costs %s\n")), cmd_amount(c, interest, "EUR"),
	       cmd_amount(c, fees, "EUR"));
	return CMD_OK;
}

static int run(struct cmd *c)
{
	struct rate_table rates;
	struct penalty *list;
	struct book *b;
	struct when w;
	size_t n;

	if (!cmd_when(c, &w) || !load(c, w, &b) ||
	    !rate_table_load(c->db, c->arena, &rates, &c->err) ||
	    !penalty_list(c->db, c->arena, b, &rates, w.as_of, &list, &n, &c->err))
		return cmd_fail(c);
	return print(c, b, list, n);
}

const struct command command_penalties = {
	"penalties", run, CMD_NEEDS_ENTITY, NULL, N_("late interest and fixed recovery costs"),
	options
};
