/* SPDX-License-Identifier: Apache-2.0 */
/* write_off.c - bad debts and the provision for doubtful ones. */
#include "ledger/write_off.h"

#include "base/list.h"
#include "base/money.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "insight/provision_fold.h"
#include "ledger/customer.h"
#include "ledger/item.h"

static const struct cmd_option options[] = {
	{ "reason", "TEXT", N_("why, kept with the act"), CMD_VALUE },
	{ "limit", "AMOUNT", N_("above it another person must decide; else no limit"), CMD_VALUE },
	{ 0 },
};

static const struct cmd_option provision_options[] = {
	{ "as-of", "DATE", N_("figures as of that day"), CMD_VALUE },
	{ "known-at", "MOMENT", N_("as it was known at that moment"), CMD_VALUE },
	{ 0 },
};

struct ids {
	LIST_OF(int64_t) list;
};

static bool add_document(struct cmd *c, int64_t customer_id, const char *document, struct ids *ret)
{
	size_t n, n_found = 0;
	struct item *list;

	if (!item_find_document(c->db, c->arena, c->entity.id, document, &list, &n, &c->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (list[i].customer_id == customer_id && list[i].open_minor != 0) {
			*LIST_ADD(c->arena, &ret->list) = list[i].id;
			n_found++;
		}
	return n_found > 0 ||
	       err_set(&c->err, ERR_NOT_FOUND, "nothing is open on a document \"%.60s\"", document);
}

static int told(struct cmd *c, int64_t id)
{
	struct write_off w;
	struct json j;
	struct buf b;

	if (!write_off_get(c->db, c->arena, c->entity.id, id, &w, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "id", w.id);
	json_put_text(&j, "customer", w.customer_code);
	json_put_text(&j, "state", w.state);
	json_put_minor(&j, "amount", w.amount_minor, w.currency);
	json_put_minor(&j, "vat", w.vat_minor, w.currency);
	json_put_text(&j, "currency", w.currency);
	json_put_text(&j, "reason", w.reason);
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
	else
		printf("%" PRId64 " %s %s %s\n", w.id, w.customer_code,
		       cmd_amount(c, w.amount_minor, w.currency), w.state);
	return CMD_OK;
}

static int ask(struct cmd *c)
{
	struct write_off_order o = { .entity_id = c->entity.id,
				     .reason = cmd_value(c, "reason"),
				     .limit_minor = INT64_MAX,
				     .entity_currency = c->entity.currency,
				     .today = c->date,
				     .actor = c->actor,
				     .now = c->now };
	const char *limit = cmd_value(c, "limit");
	struct write_off_done done;
	struct customer customer;
	struct ids ids = { 0 };
	struct money m;

	if (limit && !money_parse(limit, c->entity.currency, &m, &c->err))
		return cmd_fail(c);
	if (limit)
		o.limit_minor = m.minor;
	if (!customer_get(c->db, c->arena, c->entity.id, c->argv[0], &customer, &c->err))
		return cmd_fail(c);
	for (int i = 1; i < c->argc; i++)
		if (!add_document(c, customer.id, c->argv[i], &ids))
			return cmd_fail(c);
	o.customer_id = customer.id;
	o.items = ids.list.at;
	o.n_items = ids.list.n;
	if (!write_off_request(c->db, &o, &done, &c->err))
		return cmd_fail(c);
	return told(c, done.id);
}

static int decide(struct cmd *c, const char *act)
{
	struct write_off_decision d = { .entity_id = c->entity.id,
					.accepts = str_eq(act, "accept"),
					.remark = cmd_value(c, "reason"),
					.limit_minor = INT64_MAX,
					.entity_currency = c->entity.currency,
					.today = c->date,
					.actor = c->actor,
					.now = c->now };
	uint64_t id;

	if (!text_to_u64(c->argv[1], INT64_MAX, &id))
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected the number of a write-off")));
	d.id = (int64_t)id;
	if (!(str_eq(act, "undo") ? write_off_undo(c->db, &d, &c->err)
				  : write_off_decide(c->db, &d, &c->err)))
		return cmd_fail(c);
	return told(c, d.id);
}

static int run_write_off(struct cmd *c)
{
	const char *act = c->argc ? c->argv[0] : "";

	if (c->argc == 2 && (str_eq(act, "accept") || str_eq(act, "refuse") || str_eq(act, "undo")))
		return decide(c, act);
	if (c->argc < 2)
		return cmd_usage(
			c, "%s",
			cmd_tr(c, N_("expected a customer and documents, or accept, refuse,"
				     " undo and a number")));
	return ask(c);
}

static int run_provision(struct cmd *c)
{
	struct provision_result result;
	struct cmd_text_table t;
	struct book *b;
	struct buf out;
	struct json j;
	struct when w;

	if (!cmd_when(c, &w) ||
	    !book_load(c->db, c->arena,
		       &(struct book_query){ .entity_id = c->entity.id,
					     .as_of = w.as_of,
					     .known_at = w.known_at },
		       &b, &c->err) ||
	    !provision_fold(c->db, c->arena, c->entity.id, b, &result, &c->err))
		return cmd_fail(c);
	table_init(&t, c->arena, cmd_tr(c, N_("<Code")), cmd_tr(c, N_("<Customer")),
		   cmd_tr(c, N_(">Doubtful (416)")), cmd_tr(c, N_(">Without VAT")),
		   cmd_tr(c, N_(">Provision (491)")), NULL);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_put_day(&j, "as_of", w.as_of);
	json_put_text(&j, "rules", result.rules);
	json_put_int(&j, "vat_guessed", result.n_guessed);
	json_key(&j, "rows"), json_open_array(&j);
	for (size_t i = 0; i < result.n_rows; i++) {
		const struct provision_row *row = &result.rows[i];
		json_open_object(&j);
		json_put_text(&j, "customer", row->code);
		json_put_int(&j, "documents", row->n_items);
		json_put_int(&j, "days_late", row->oldest_days);
		json_put_minor(&j, "doubtful", row->doubtful_minor, row->currency);
		json_put_minor(&j, "base", row->base_minor, row->currency);
		json_put_minor(&j, "provision", row->provision_minor, row->currency);
		json_put_text(&j, "currency", row->currency);
		json_end(&j);
		table_row(&t, row->code, row->name,
			  cmd_amount(c, row->doubtful_minor, row->currency),
			  cmd_amount(c, row->base_minor, row->currency),
			  cmd_amount(c, row->provision_minor, row->currency));
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &out, &t);
}

const struct command command_write_off = { "write-off",
					   run_write_off,
					   CMD_NEEDS_ENTITY,
					   "CUSTOMER DOCUMENT…|accept ID|refuse ID|undo ID",
					   N_("write bad debts off, decide, take back"),
					   options };
const struct command command_provision = { "provision",
					   run_provision,
					   CMD_NEEDS_ENTITY,
					   NULL,
					   N_("provision for doubtful debts by customer"),
					   provision_options };
