/* SPDX-License-Identifier: Apache-2.0 */
/* virtual_iban.c - accounts that the bank made for one customer: given, closed, listed, imported. */
#include "bank/virtual_iban.h"

#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "ledger/customer.h"

#include <errno.h>

static const struct cmd_option options[] = {
	{ "customer", "CODE", N_("add: whose it is; list: of that customer alone"), CMD_VALUE },
	{ "document", "NUMBER", N_("add: for that document alone"), CMD_VALUE },
	{ "from", "DATE", N_("add: its first day (default: today)"), CMD_VALUE },
	{ "until", "DATE", N_("close: its last day (default: today)"), CMD_VALUE },
	{ 0 },
};

/* ---- list ---- */

static int run_list(struct cmd *c, int64_t customer_id)
{
	struct virtual_iban *list;
	struct cmd_list l;
	size_t n;

	if (!virtual_iban_list(c->db, c->arena, c->entity.id, customer_id, &list, &n, &c->err))
		return cmd_fail(c);
	cmd_list_open(c, &l, "virtual_ibans");
	table_init(&l.table, c->arena, cmd_tr(c, N_("<Customer")), cmd_tr(c, N_("<Virtual IBAN")),
		   cmd_tr(c, N_("<Document")), cmd_tr(c, N_("<From")), cmd_tr(c, N_("<To")),
		   cmd_tr(c, N_("<Last receipt")), cmd_tr(c, N_(">Received")), NULL);
	for (size_t i = 0; i < n; i++) {
		char from[DATE_TEXT], to[DATE_TEXT], last[DATE_TEXT];
		json_open_object(&l.json);
		json_put_text(&l.json, "iban", list[i].iban);
		json_put_text(&l.json, "customer", list[i].customer_code);
		json_put_text(&l.json, "document", list[i].document);
		json_put_day(&l.json, "from", list[i].valid_from);
		json_put_day(&l.json, "to", list[i].valid_to);
		json_put_text(&l.json, "source", list[i].source);
		json_put_text(&l.json, "actor", list[i].actor);
		json_put_int(&l.json, "receipts", list[i].n_received);
		json_put_text(&l.json, "currency", list[i].currency);
		json_key(&l.json, "received");
		list[i].currency ? json_minor(&l.json, list[i].received_minor, list[i].currency)
				 : json_nothing(&l.json);
		json_put_day(&l.json, "last_on", list[i].received_on);
		json_end(&l.json);
		table_row(&l.table, list[i].customer_code, list[i].iban,
			  list[i].document ? list[i].document : "",
			  arena_strdup(c->arena, date_format(list[i].valid_from, from)),
			  arena_strdup(c->arena, date_format(list[i].valid_to, to)),
			  arena_strdup(c->arena, date_format(list[i].received_on, last)),
			  list[i].currency ? cmd_amount(c, list[i].received_minor, list[i].currency)
					   : "");
	}
	return cmd_list_print(c, &l);
}

/* ---- acts ---- */

static int run_add(struct cmd *c, const struct customer *customer)
{
	struct virtual_iban_new v = { .entity_id = c->entity.id,
				      .iban = c->argv[1],
				      .customer_id = customer->id,
				      .valid_to = DAY_NONE,
				      .source = "manual",
				      .actor = c->actor,
				      .now = c->now };
	const char *document = cmd_value(c, "document");
	bool is_new;

	if (!cmd_day(c, "from", c->date, &v.valid_from) ||
	    (document && !virtual_iban_document(c->db, c->arena, c->entity.id, customer->id,
						document, &v.item_id, &c->err)) ||
	    !virtual_iban_add(c->db, &v, &is_new, &c->err))
		return cmd_fail(c);
	return c->json ? run_list(c, customer->id) : CMD_OK;
}

static int run_close(struct cmd *c)
{
	struct virtual_iban_end v = {
		.entity_id = c->entity.id, .iban = c->argv[1], .actor = c->actor, .now = c->now
	};

	if (!cmd_day(c, "until", c->date, &v.valid_to) || !virtual_iban_close(c->db, &v, &c->err))
		return cmd_fail(c);
	return c->json ? run_list(c, 0) : CMD_OK;
}

static bool read_whole(struct cmd *c, const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char block[65536];
	size_t n;
	bool ok;

	if (!f)
		return err_set(&c->err, ERR_IO, "could not open %s: %s", path, strerror(errno));
	while (b->len <= VIRTUAL_IBAN_FILE_MAX && (n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(b, block, n);
	ok = !ferror(f);
	fclose(f);
	return ok || err_set(&c->err, ERR_IO, "could not read %.200s", path);
}

static int run_import(struct cmd *c)
{
	struct virtual_iban_import in = {
		.entity_id = c->entity.id, .today = c->date, .actor = c->actor, .now = c->now
	};
	const char *slash = strrchr(c->argv[1], '/');
	int64_t n_read, n_added;
	struct buf b, out;
	struct json j;

	buf_init(&b, c->arena);
	if (!read_whole(c, c->argv[1], &b))
		return cmd_fail(c);
	in.file_name = slash ? slash + 1 : c->argv[1];
	in.text = buf_str(&b);
	in.len = b.len;
	if (!virtual_iban_take(c->db, &in, &n_read, &n_added, &c->err))
		return cmd_fail(c);
	if (c->json) {
		buf_init(&out, c->arena);
		json_init(&j, &out);
		json_open_object(&j);
		json_put_int(&j, "read", n_read);
		json_put_int(&j, "added", n_added);
		json_end(&j);
		cmd_print_json(&out);
	} else if (!c->quiet) {
		printf(cmd_tr(c, N_("%s virtual IBANs read, %s new\n")), cmd_count(c, n_read),
		       cmd_count(c, n_added));
	}
	return CMD_OK;
}

static int run(struct cmd *c)
{
	const char *code = cmd_value(c, "customer"), *act = c->argc ? c->argv[0] : "list";
	bool is_add = str_eq(act, "add"), is_close = str_eq(act, "close");
	bool is_import = str_eq(act, "import"), is_list = str_eq(act, "list") && c->argc <= 1;
	struct customer customer = { 0 };

	if (!is_list && !((is_add || is_close || is_import) && c->argc == 2))
		return cmd_usage(c, "expected add IBAN, close IBAN, list, or import FILE");
	if (is_add != (code != NULL) && !is_list)
		return cmd_usage(c, "--customer is needed by add, and belongs to add and list");
	if (!is_add && (cmd_value(c, "document") || cmd_value(c, "from")))
		return cmd_usage(c, "--document and --from belong to add");
	if (!is_close && cmd_value(c, "until"))
		return cmd_usage(c, "--until belongs to close");
	if (code && !customer_get(c->db, c->arena, c->entity.id, code, &customer, &c->err))
		return cmd_fail(c);
	return is_add      ? run_add(c, &customer)
	       : is_close  ? run_close(c)
	       : is_import ? run_import(c)
			   : run_list(c, customer.id);
}

const struct command command_virtual_iban = {
	"virtual-iban",
	run,
	CMD_NEEDS_ENTITY,
	"add IBAN | close IBAN | list | import FILE",
	N_("accounts that the bank made for one customer (virtual IBANs)"),
	options
};
