/* SPDX-License-Identifier: Apache-2.0 */
/* refunds.c - money that goes back: listed, given to the bank in a file, noted as paid. */
#include "cmd/cmd.h"

#include "base/text.h"
#include "cash/refund.h"
#include "db/blob.h"
#include "i18n/catalogue.h"

#include <errno.h>

enum { SHOWN = 1000 };

static const struct cmd_option options[] = {
	{ "state", "STATE", N_("list: due, exported, paid or cancelled only"), CMD_VALUE },
	{ "account", "IBAN", N_("export: the bank account that pays"), CMD_VALUE },
	{ "on", "DATE", N_("export: when the bank pays; pay: when it was paid (default: today)"),
	  CMD_VALUE },
	{ "entry", "REF", N_("pay: the bank's debit"), CMD_VALUE },
	{ 0 },
};

static int list_refunds(struct cmd *c)
{
	const char *state = cmd_value(c, "state");
	struct refund *list;
	struct cmd_list l;
	size_t n;

	if (!refund_list(c->db, c->arena, c->entity.id, state, SHOWN, &list, &n, &c->err))
		return cmd_fail(c);
	cmd_list_open(c, &l, "refunds");
	table_init(&l.table, c->arena, ">Id", cmd_tr(c, N_("<Day")), cmd_tr(c, N_("<Customer")),
		   cmd_tr(c, N_(">Amount")), cmd_tr(c, N_("<State")), cmd_tr(c, N_("<Reason")),
		   NULL);
	for (size_t i = 0; i < n; i++) {
		char day[DATE_TEXT];
		json_open_object(&l.json);
		json_put_int(&l.json, "id", list[i].id);
		json_put_text(&l.json, "customer", list[i].customer_code);
		json_put_text(&l.json, "payment", list[i].payment);
		json_put_minor(&l.json, "amount", list[i].amount_minor, list[i].currency);
		json_put_text(&l.json, "currency", list[i].currency);
		json_put_text(&l.json, "iban", list[i].iban);
		json_put_text(&l.json, "holder", list[i].holder);
		json_put_text(&l.json, "reason", list[i].reason);
		json_put_text(&l.json, "state", list[i].state);
		json_put_day(&l.json, "ordered_on", list[i].ordered_on);
		json_put_day(&l.json, "paid_on", list[i].paid_on);
		json_put_int(&l.json, "file", list[i].file_number);
		json_end(&l.json);
		table_row(&l.table, arena_printf(c->arena, "%" PRId64, list[i].id),
			  arena_strdup(c->arena, date_format(list[i].ordered_on, day)),
			  list[i].customer_code,
			  cmd_amount(c, list[i].amount_minor, list[i].currency), list[i].state,
			  list[i].reason);
	}
	return cmd_list_print(c, &l);
}

static bool account_of(struct cmd *c, int64_t *ret)
{
	const char *iban = cmd_value(c, "account");
	struct bank_account *list;
	size_t n;

	*ret = 0;
	if (!iban)
		return true;
	iban = text_reference_key(c->arena, iban);
	if (!bank_account_list_real(c->db, c->arena, c->entity.id, &list, &n, &c->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].iban, iban)) {
			*ret = list[i].id;
			return true;
		}
	return err_set(&c->err, ERR_NOT_FOUND, "there is no bank account %.40s", iban);
}

static bool keep(struct cmd *c, const char *path, const char *sha256)
{
	const void *bytes;
	size_t n;
	FILE *out;
	bool ok;

	if (!blob_get(c->db, c->arena, sha256, &bytes, &n, &c->err))
		return false;
	out = fopen(path, "wbx");
	if (!out)
		return err_set(&c->err, ERR_IO, "could not make %.200s: %s", path, strerror(errno));
	ok = fwrite(bytes, 1, n, out) == n;
	ok = fclose(out) == 0 && ok;
	return ok || err_set(&c->err, ERR_IO, "could not write %.200s", path);
}

/* The file is made in the database first; what cannot be written can be fetched again ("file"). */
static int export(struct cmd *c, const char *path)
{
	struct refund_transfer o = {
		.entity = &c->entity, .today = c->date, .actor = c->actor, .now = c->now
	};
	struct refund_file f;

	if (!account_of(c, &o.account_id) || !cmd_day(c, "on", c->date, &o.execute_on) ||
	    !refund_file_make(c->db, c->arena, &o, &f, &c->err) || !keep(c, path, f.sha256))
		return cmd_fail(c);
	if (c->json)
		return list_refunds(c);
	if (!c->quiet)
		printf(cmd_tr(c, N_("file %s: %s refunds, %s\n")), cmd_count(c, f.number),
		       cmd_count(c, f.n_refunds), cmd_amount(c, f.amount_minor, f.currency));
	return CMD_OK;
}

static int fetch(struct cmd *c, int64_t number, const char *path)
{
	struct refund_file f;

	return refund_file_get(c->db, c->arena, c->entity.id, number, &f, &c->err) &&
			       keep(c, path, f.sha256)
		       ? CMD_OK
		       : cmd_fail(c);
}

static int decide(struct cmd *c, const char *act, int64_t id)
{
	struct refund_act paid = { .entity_id = c->entity.id,
				   .id = id,
				   .reference = cmd_value(c, "entry"),
				   .actor = c->actor,
				   .now = c->now };
	bool ok = cmd_day(c, "on", c->date, &paid.on);

	if (str_eq(act, "pay"))
		ok = ok && refund_pay(c->db, &paid, &c->err);
	else if (str_eq(act, "back"))
		ok = refund_step_back(c->db, c->entity.id, id, c->actor, c->now, &c->err);
	else if (str_eq(act, "cancel"))
		ok = refund_cancel(c->db, c->entity.id, id, c->actor, c->now, &c->err);
	else
		ok = refund_file_withdraw(c->db, c->entity.id, id, c->actor, c->now, &c->err);
	if (!ok)
		return cmd_fail(c);
	return c->json ? list_refunds(c) : CMD_OK;
}

static int run(struct cmd *c)
{
	const char *act = c->argc ? c->argv[0] : "list";
	uint64_t id;

	if (str_eq(act, "list") && c->argc <= 1)
		return list_refunds(c);
	if (str_eq(act, "export") && c->argc == 2)
		return export(c, c->argv[1]);
	if (c->argc >= 2 && text_to_u64(c->argv[1], INT64_MAX, &id)) {
		if (str_eq(act, "file") && c->argc == 3)
			return fetch(c, (int64_t)id, c->argv[2]);
		if (c->argc == 2 && (str_eq(act, "pay") || str_eq(act, "back") ||
				     str_eq(act, "cancel") || str_eq(act, "withdraw")))
			return decide(c, act, (int64_t)id);
	}
	return cmd_usage(
		c, "%s",
		cmd_tr(c, N_("expected list, export FILE, file NUMBER FILE, withdraw NUMBER,"
			     " or pay, back or cancel and an id")));
}

const struct command command_refunds = {
	"refunds",
	run,
	CMD_NEEDS_ENTITY,
	"list | export FILE | file NUMBER FILE | withdraw NUMBER | pay ID | back ID | cancel ID",
	N_("money that goes back: to be paid, in a file for the bank, paid"),
	options
};
