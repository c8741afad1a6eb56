/* SPDX-License-Identifier: Apache-2.0 */
/* receipt.c - cheques, bills and cash entered by hand, and their deposit slips. */
#include "cmd/cmd.h"

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "cash/hand.h"
#include "db/attachment.h"
#include "db/blob.h"
#include "i18n/catalogue.h"
#include "web/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int told_entry(struct cmd *c, int64_t entry_id, bool is_above)
{
	struct entry en;
	struct json j;
	struct buf b;

	if (!entry_get(c->db, c->arena, c->entity.id, entry_id, &en, &c->err))
		return cmd_fail(c);
	if (is_above)
		fprintf(stderr, "%s\n",
			cmd_tr(c, "In France a debt of more than 1,000 euros may not be paid in"
				  " cash by who lives there or pays for a trade (C. mon. fin."
				  " L112-6, D112-3)."));
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "entry", en.reference);
	json_put_int(&j, "id", en.id);
	json_put_text(&j, "state", en.state_name);
	json_put_minor(&j, "amount", en.amount_minor, en.currency);
	json_put_text(&j, "currency", en.currency);
	json_put_bool(&j, "above_cash_limit", is_above);
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
	else
		printf("%s: %s\n", en.reference, cmd_tr(c, entry_state_words(en.state)));
	return CMD_OK;
}

static int run_add(struct cmd *c)
{
	const char *cheque = cmd_value(c, "cheque"), *bill = cmd_value(c, "bill");
	const char *amount = cmd_value(c, "amount");
	struct hand_new in = { .entity_id = c->entity.id,
			       .kind = cheque ? HAND_CHEQUE
				       : bill ? HAND_BILL
					      : HAND_CASH,
			       .number = cheque ? cheque : bill,
			       .bank = cmd_value(c, "bank"),
			       .drawer = cmd_value(c, "drawer"),
			       .text = cmd_value(c, "text"),
			       .today = c->date,
			       .actor = c->actor,
			       .now = c->now };
	struct cash_match_options o = {
		.entity_id = c->entity.id, .date = c->date, .actor = c->actor, .now = c->now
	};
	struct cash_match_report report;
	struct money money;
	int64_t entry_id;

	if (!!cheque + !!bill + cmd_flag(c, "cash") != 1)
		return cmd_usage(c, "say --cheque NUMBER, --bill NUMBER or --cash");
	if (!amount || !in.drawer)
		return cmd_usage(c, "say --amount and --drawer");
	if (!cmd_day(c, "on", c->date, &in.received_on) || !cmd_day(c, "due", DAY_NONE, &in.due_on))
		return CMD_USAGE;
	if (!money_parse(amount, c->entity.currency, &money, &c->err))
		return cmd_fail(c);
	in.amount_minor = money.minor;
	memcpy(in.currency, money.currency, sizeof in.currency);
	if (!hand_add(c->db, &in, &entry_id, &c->err))
		return cmd_fail(c);
	/* Explained at once, for a person: never applied alone here. */
	o.only_entry_id = entry_id;
	if (!cash_match(c->db, c->arena, &o, &report, &c->err))
		return cmd_fail(c);
	return told_entry(
		c, entry_id,
		in.kind == HAND_CASH &&
			hand_is_above_cash_limit(c->entity.country, in.currency, in.amount_minor));
}

static int run_list(struct cmd *c)
{
	struct hand_receipt *list;
	struct json j;
	struct buf b;
	size_t n;

	if (!hand_list(c->db, c->arena, c->entity.id, 0, &list, &n, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "receipts"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		json_put_int(&j, "id", list[i].entry_id);
		json_put_text(&j, "kind", list[i].kind);
		json_put_text(&j, "number", list[i].number);
		json_put_text(&j, "drawer", list[i].drawer);
		json_put_day(&j, "received_on", list[i].received_on);
		json_put_day(&j, "due_on", list[i].due_on);
		json_put_minor(&j, "amount", list[i].amount_minor, list[i].currency);
		json_put_text(&j, "currency", list[i].currency);
		json_put_text(&j, "state", list[i].state_name);
		json_end(&j);
		if (!c->json)
			printf("#%" PRId64 " %s %s %s\n", list[i].entry_id, list[i].kind,
			       list[i].number ? list[i].number : "", list[i].drawer);
	}
	json_end(&j);
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
	return CMD_OK;
}

/* ---- pictures of cheques, coupons, bills ---- */

struct attaching {
	struct cmd *cmd;
	int64_t entry_id;
	int fd;
	struct attachment at;
};

static bool attach_tx(struct db *db, void *arg, struct err *e)
{
	struct attaching *w = arg;
	char head[16], sha256[BLOB_HASH_TEXT];
	ssize_t n = pread(w->fd, head, sizeof head, 0);

	if (n < 0)
		return err_set(e, ERR_IO, "could not read \"%.80s\"", w->at.file_name);
	w->at.sha256 = sha256;
	return file_type_of(w->at.file_name, head, (size_t)n, &w->at.media_type, e) &&
	       blob_put(db, w->fd, FILE_MAX_BYTES, sha256, &w->at.size, e) &&
	       attachment_add(db, &w->at, w->cmd->actor, e);
}

static int run_attach(struct cmd *c)
{
	const char *path = c->argv[2], *slash = strrchr(path, '/');
	struct attaching w = { .cmd = c };
	uint64_t id;
	bool found, ok;

	if (!text_to_u64(c->argv[1], INT64_MAX, &id))
		return cmd_usage(c, "\"%.40s\" is no number of a receipt", c->argv[1]);
	if (!hand_is_there(c->db, c->entity.id, (int64_t)id, &found, &c->err))
		return cmd_fail(c);
	if (!found) {
		err_set(&c->err, ERR_NOT_FOUND, "there is no receipt %" PRIu64, id);
		return cmd_fail(c);
	}
	w.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (w.fd < 0) {
		err_set(&c->err, ERR_IO, "could not read \"%.80s\"", path);
		return cmd_fail(c);
	}
	w.at = (struct attachment){ .entity_id = c->entity.id,
				    .subject_kind = "receipt",
				    .subject_id = (int64_t)id,
				    .file_name =
					    file_name_clean(c->arena, slash ? slash + 1 : path),
				    .recorded = c->now };
	ok = db_tx(c->db, attach_tx, &w, &c->err);
	close(w.fd);
	return ok ? CMD_OK : cmd_fail(c);
}

static int run(struct cmd *c)
{
	const char *what = c->argc == 1 ? c->argv[0] : "";

	if (c->argc == 3 && str_eq(c->argv[0], "attach"))
		return run_attach(c);
	return str_eq(what, "add")    ? run_add(c)
	       : str_eq(what, "list") ? run_list(c)
				      : cmd_usage(c, "say add, list, or attach ID FILE");
}

static const struct cmd_option options[] = {
	{ "cheque", "NUMBER", N_("a cheque of that number"), CMD_VALUE },
	{ "bill", "NUMBER", N_("a bill of exchange of that number"), CMD_VALUE },
	{ "due", "DATE", N_("maturity of the bill"), CMD_VALUE },
	{ "cash", NULL, N_("cash"), CMD_FLAG },
	{ "drawer", "NAME", N_("who pays"), CMD_VALUE },
	{ "bank", "NAME", N_("the bank of the cheque"), CMD_VALUE },
	{ "amount", "AMOUNT", N_("how much"), CMD_VALUE },
	{ "on", "DATE", N_("when it was received"), CMD_VALUE },
	{ "text", "TEXT", N_("what it says that it pays"), CMD_VALUE },
	{ 0 },
};
const struct command command_receipt = {
	"receipt",
	run,
	CMD_NEEDS_ENTITY,
	"add|list|attach ID FILE",
	N_("cheques, bills and cash received by hand"),
	options,
};
