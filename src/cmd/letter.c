/* SPDX-License-Identifier: Apache-2.0 */
/* letter.c - lettering by hand: letter, unletter, and the codes in force. */
#include "ledger/lettering_store.h"

#include "base/list.h"
#include "base/money.h"
#include "base/text.h"
#include "cmd/export.h"
#include "i18n/catalogue.h"
#include "ledger/customer.h"

static const struct cmd_option letter_options[] = {
	{ "on", "DATE", N_("lettering date; else the day of the command"), CMD_VALUE },
	{ "reason", "TEXT", N_("why, kept with the act"), CMD_VALUE },
	{ 0 },
};

static const struct cmd_option unletter_options[] = {
	{ "reason", "TEXT", N_("why, kept with the act"), CMD_VALUE },
	{ 0 },
};

static const struct cmd_option lettering_options[] = {
	{ "format", "fec|csv", N_("of the export: an accounting file, or one table of all"),
	  CMD_VALUE },
	{ 0 },
};

struct lines {
	LIST_OF(struct lettering_line) list;
};

/* ---- documents and amounts ----------------------------------------------------------------------- */

/* The open item of that number on the account, or on one of its group when it has none. */
static bool find_item(struct cmd *c, int64_t customer_id, const char *document, struct item *ret)
{
	struct item *list;
	size_t n, n_own = 0, n_other = 0;
	struct item other = { 0 };

	if (!item_find_document(c->db, c->arena, c->entity.id, document, &list, &n, &c->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (list[i].open_minor == 0)
			continue;
		if (list[i].customer_id == customer_id) {
			*ret = list[i];
			n_own++;
		} else {
			other = list[i];
			n_other++;
		}
	}
	if (n_own == 1)
		return true;
	if (n_own == 0 && n_other == 1) {
		*ret = other;
		return true;
	}
	return n_own + n_other == 0
		       ? err_set(&c->err, ERR_NOT_FOUND, "nothing is open on a document \"%.60s\"",
				 document)
		       : err_set(&c->err, ERR_CONFLICT,
				 "several open documents are numbered \"%.60s\": letter them on the"
				 " page of the customer",
				 document);
}

/* "FA2026-0012=120.00": as much of it, whatever its sign; without amount all that is open. */
static bool add_line(struct cmd *c, int64_t customer_id, const char *text, struct lines *ret)
{
	const char *equals = strrchr(text, '=');
	const char *document =
		equals ? arena_strndup(c->arena, text, (size_t)(equals - text)) : text;
	struct money m = { 0 };
	struct item it;

	if (!find_item(c, customer_id, document, &it))
		return false;
	if (equals && !money_parse(equals + 1, it.currency, &m, &c->err)) {
		c->err.code = ERR_USAGE;
		return false;
	}
	if (equals && m.minor == 0)
		return err_set(&c->err, ERR_USAGE, "nothing to letter in \"%.60s\"", text);
	if (m.minor > 0 && it.open_minor < 0)
		m.minor = -m.minor;
	*LIST_ADD(c->arena, &ret->list) = (struct lettering_line){ it.id, m.minor };
	return true;
}

/* ---- the codes ----------------------------------------------------------------------------------- */

static void put_lettering(struct json *j, const struct lettering *g)
{
	json_open_object(j);
	json_put_text(j, "code", g->code);
	json_put_bool(j, "full", g->is_full);
	json_put_day(j, "lettered", g->lettered_on);
	json_put_minor(j, "amount", g->minor, g->currency);
	json_put_minor(j, "left", g->rest_minor, g->currency);
	json_put_text(j, "currency", g->currency);
	json_put_text(j, "reason", g->reason);
	json_key(j, "items"), json_open_array(j);
	for (size_t i = 0; i < g->n_items; i++) {
		json_open_object(j);
		json_put_text(j, "customer", g->items[i].customer_code);
		json_put_text(j, "document", g->items[i].document);
		json_put_text(j, "kind", g->items[i].kind_name);
		json_put_minor(j, "amount", g->items[i].minor, g->currency);
		json_put_minor(j, "open", g->items[i].open_minor, g->currency);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static const char *documents_of(struct cmd *c, const struct lettering *g)
{
	struct buf b;

	buf_init(&b, c->arena);
	for (size_t i = 0; i < g->n_items; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", g->items[i].document);
	return buf_str(&b);
}

/* All codes of the account, or the one of a sequence. */
static int tell(struct cmd *c, int64_t customer_id, const char *only)
{
	struct cmd_text_table t;
	struct lettering *list;
	char day[DATE_TEXT];
	struct json j;
	struct buf b;
	size_t n;

	if (!lettering_list(c->db, c->arena, c->entity.id, customer_id, &list, &n, &c->err))
		return cmd_fail(c);
	table_init(&t, c->arena, cmd_tr(c, N_("<Code")), cmd_tr(c, N_("<Lettered")),
		   cmd_tr(c, N_(">Amount")), cmd_tr(c, N_(">Left")), cmd_tr(c, N_("<Documents")),
		   NULL);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "letterings"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		const struct lettering *g = &list[i];
		if (only && !str_eq(only, g->code))
			continue;
		put_lettering(&j, g);
		table_row(&t, g->code, arena_strdup(c->arena, date_format(g->lettered_on, day)),
			  cmd_amount(c, g->minor, g->currency),
			  cmd_amount(c, g->rest_minor, g->currency), documents_of(c, g));
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

/* ---- commands ------------------------------------------------------------------------------------ */

static int run_letter(struct cmd *c)
{
	struct lettering_order o = { .entity_id = c->entity.id,
				     .today = c->date,
				     .reason = cmd_value(c, "reason"),
				     .actor = c->actor,
				     .now = c->now };
	struct lettering_done done;
	struct customer customer;
	struct lines lines = { 0 };

	if (c->argc < 3)
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("expected the code of a customer and two documents or"
					      " more")));
	if (!cmd_day(c, "on", c->date, &o.lettered_on) ||
	    !customer_get(c->db, c->arena, c->entity.id, c->argv[0], &customer, &c->err))
		return cmd_fail(c);
	for (int i = 1; i < c->argc; i++)
		if (!add_line(c, customer.id, c->argv[i], &lines))
			return cmd_fail(c);
	o.customer_id = customer.id;
	o.lines = lines.list.at;
	o.n_lines = lines.list.n;
	if (!lettering_make(c->db, &o, &done, &c->err))
		return cmd_fail(c);
	return tell(c, customer.id, done.code);
}

static int run_unletter(struct cmd *c)
{
	struct lettering_undo u = { .entity_id = c->entity.id,
				    .reason = cmd_value(c, "reason"),
				    .actor = c->actor,
				    .now = c->now };
	struct customer customer;

	if (c->argc != 2)
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("expected the code of a customer and a lettering"
					      " code")));
	if (!u.reason)
		u.reason = "undone on the command line";
	if (!customer_get(c->db, c->arena, c->entity.id, c->argv[0], &customer, &c->err))
		return cmd_fail(c);
	u.customer_id = customer.id;
	if (!lettering_undo(c->db, &u, c->argv[1], NULL, &c->err))
		return cmd_fail(c);
	return tell(c, customer.id, NULL);
}

static int run_lettering(struct cmd *c)
{
	struct customer customer;

	if (c->argc == 2 && str_eq(c->argv[0], "export"))
		return cmd_lettering_export(c, c->argv[1]);
	if (c->argc != 2 || !str_eq(c->argv[0], "list"))
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("expected: list and the code of a customer, or export"
					      " and a file")));
	if (!customer_get(c->db, c->arena, c->entity.id, c->argv[1], &customer, &c->err))
		return cmd_fail(c);
	return tell(c, customer.id, NULL);
}

const struct command command_letter = { "letter",
					run_letter,
					CMD_NEEDS_ENTITY,
					"CUSTOMER DOC=AMOUNT…",
					N_("letter documents of a customer by hand"),
					letter_options };
const struct command command_unletter = { "unletter",
					  run_unletter,
					  CMD_NEEDS_ENTITY,
					  "CUSTOMER CODE",
					  N_("take a lettering back"),
					  unletter_options };
const struct command command_lettering = { "lettering",
					   run_lettering,
					   CMD_NEEDS_ENTITY,
					   "list CUSTOMER | export FILE",
					   N_("the letterings of a customer in force; what the"
					      " accounting must take back"),
					   lettering_options };
