/* SPDX-License-Identifier: Apache-2.0 */
/* returns.c - payments that came back: which, why, what to do; and deciding of those that are not certain. */
#include "cmd/cmd.h"

#include "base/text.h"
#include "cash/return_store.h"
#include "i18n/catalogue.h"

enum { SHOWN = 500 };

static const struct cmd_option options[] = {
	{ "payment", "ITEM", N_("the payment that came back, by the number of its item"),
	  CMD_VALUE },
	{ "booked", "ITEM",
	  N_("the accounting's line that is the return, by the number of its item"), CMD_VALUE },
	{ "state", "STATE", N_("waiting, treated, dismissed or undone only"), CMD_VALUE },
	{ 0 },
};

static void put_reason(struct cmd *c, struct json *j, const struct payment_return *r)
{
	const struct return_reason *reason = return_reason_find(r->reason_code);

	json_put_text(j, "reason_code", r->reason_code);
	json_put_text(j, "reason", reason ? cmd_tr(c, reason->words) : NULL);
	json_put_text(j, "advice", reason ? cmd_tr(c, reason->advice) : NULL);
	json_put_bool(j, "blocks_mandate", reason && reason->blocks_mandate);
	json_put_bool(j, "may_be_dispute", reason && reason->may_be_dispute);
}

static bool put_candidates(struct cmd *c, struct json *j, const struct payment_return *r)
{
	struct return_candidate *list;
	size_t n;

	json_key(j, "candidates"), json_open_array(j);
	if (str_eq(r->state, "waiting")) {
		if (!return_candidates(c->db, c->arena, c->entity.id, r, &list, &n, &c->err))
			return false;
		for (size_t i = 0; i < n; i++) {
			json_open_object(j);
			json_put_int(j, "item", list[i].item_id);
			json_put_text(j, "payment", list[i].document);
			json_put_text(j, "customer", list[i].customer_code);
			json_put_text(j, "documents", list[i].documents);
			json_put_day(j, "received_on", list[i].received_on);
			json_end(j);
		}
	}
	json_end(j);
	return true;
}

/* Lines of the accounting that may be the return. */
static bool put_booked(struct cmd *c, struct json *j, const struct payment_return *r)
{
	struct return_booked *list;
	size_t n;

	json_put_text(j, "booked", r->booked_document);
	json_key(j, "booked_candidates"), json_open_array(j);
	if (str_eq(r->state, "waiting")) {
		if (!return_booked_list(c->db, c->arena, c->entity.id, r, &list, &n, &c->err))
			return false;
		for (size_t i = 0; i < n; i++) {
			json_open_object(j);
			json_put_int(j, "item", list[i].item_id);
			json_put_text(j, "document", list[i].document);
			json_put_text(j, "customer", list[i].customer_code);
			json_put_day(j, "on", list[i].on);
			json_end(j);
		}
	}
	json_end(j);
	return true;
}

static bool put_return(struct cmd *c, struct json *j, const struct payment_return *r)
{
	json_open_object(j);
	json_put_int(j, "id", r->id);
	json_put_text(j, "entry", r->reference);
	json_put_text(j, "source", r->source);
	json_put_text(j, "kind", r->kind_name);
	json_put_text(j, "state", r->state);
	json_put_day(j, "returned_on", r->returned_on);
	json_put_minor(j, "amount", r->amount_minor, r->currency);
	json_put_text(j, "currency", r->currency);
	json_put_text(j, "customer", r->customer_code);
	json_put_text(j, "documents", r->documents);
	put_reason(c, j, r);
	if (!put_candidates(c, j, r) || !put_booked(c, j, r))
		return false;
	json_end(j);
	return true;
}

static int list_returns(struct cmd *c)
{
	const char *state = cmd_value(c, "state");
	struct payment_return *list;
	struct cmd_text_table t;
	struct json j;
	struct buf b;
	size_t n;

	if (!payment_return_list(c->db, c->arena, c->entity.id, state ? state : "", 0, 0, SHOWN,
				 &list, &n, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "returns"), json_open_array(&j);
	table_init(&t, c->arena, ">Id", cmd_tr(c, N_("<Day")), cmd_tr(c, N_("<Customer")),
		   cmd_tr(c, N_(">Amount")), cmd_tr(c, N_("<State")), cmd_tr(c, N_("<Reason")),
		   NULL);
	for (size_t i = 0; i < n; i++) {
		const struct return_reason *reason = return_reason_find(list[i].reason_code);
		char day[DATE_TEXT];
		if (!put_return(c, &j, &list[i]))
			return cmd_fail(c);
		table_row(&t, arena_printf(c->arena, "%" PRId64, list[i].id),
			  arena_strdup(c->arena, date_format(list[i].returned_on, day)),
			  list[i].customer_code ? list[i].customer_code : "",
			  cmd_amount(c, list[i].amount_minor, list[i].currency), list[i].state,
			  reason                ? cmd_tr(c, reason->words)
			  : list[i].reason_code ? list[i].reason_code
						: "");
	}
	json_end(&j), json_end(&j);
	return cmd_answer(c, &b, &t);
}

static int decide(struct cmd *c, const char *act, int64_t id)
{
	const char *payment = cmd_value(c, "payment"), *booked = cmd_value(c, "booked");
	uint64_t item = 0;
	bool ok;

	if (str_eq(act, "undo"))
		ok = return_undo(c->db, c->entity.id, id, c->actor, c->now, &c->err);
	else if (str_eq(act, "seen"))
		ok = return_seen(c->db, c->entity.id, id, c->actor, c->now, &c->err);
	else if (str_eq(act, "dismiss"))
		ok = return_treat(c->db, c->entity.id, id, 0, c->actor, c->now, &c->err);
	else if (str_eq(act, "treat") && payment && text_to_u64(payment, INT64_MAX, &item) && item)
		ok = return_treat(c->db, c->entity.id, id, (int64_t)item, c->actor, c->now,
				  &c->err);
	else if (str_eq(act, "treat") && booked && text_to_u64(booked, INT64_MAX, &item) && item)
		ok = return_treat_booked(c->db, c->entity.id, id, (int64_t)item, c->actor, c->now,
					 &c->err);
	else
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("say which payment: --payment ITEM, or which line of"
					      " the accounting: --booked ITEM")));
	return ok ? CMD_OK : cmd_fail(c);
}

static int run(struct cmd *c)
{
	uint64_t id;

	if (c->argc == 0 || (c->argc == 1 && str_eq(c->argv[0], "list")))
		return list_returns(c);
	if (c->argc == 2 && text_to_u64(c->argv[1], INT64_MAX, &id) &&
	    (str_eq(c->argv[0], "undo") || str_eq(c->argv[0], "seen") ||
	     str_eq(c->argv[0], "dismiss") || str_eq(c->argv[0], "treat")))
		return decide(c, c->argv[0], (int64_t)id);
	return cmd_usage(
		c, "%s",
		cmd_tr(c, N_("expected \"list\", or treat, dismiss, undo or seen and an id")));
}

const struct command command_returns = {
	"returns",
	run,
	CMD_NEEDS_ENTITY,
	"list | treat ID --payment ITEM | treat ID --booked ITEM | dismiss ID | undo ID | seen ID",
	N_("payments that came back: why, and what to do"),
	options
};
