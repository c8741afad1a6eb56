/* SPDX-License-Identifier: Apache-2.0 */
/* apply.c - what the machine left to a person: apply, unapply, unallocated. */
#include "cash/cash.h"
#include "cash/convert.h"

#include "base/list.h"
#include "base/money.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "ledger/customer.h"
#include "ledger/item.h"

static const struct cmd_option apply_options[] = {
	{ "to", "DOC[=AMOUNT]", N_("document and amount; several follow, or --to again"),
	  CMD_VALUES },
	{ "customer", "CODE", N_("whose document it is, when several customers have the number"),
	  CMD_VALUE },
	{ "on-account", "CODE", N_("keep it on the customer's account"), CMD_VALUE },
	{ "convert", "CURRENCY",
	  N_("the documents are in that currency: the money is converted at the rate that the bank"
	     " tells, else at the rate of its day"),
	  CMD_VALUE },
	{ "worth", "AMOUNT", N_("what all the money is worth in that currency, as was agreed"),
	  CMD_VALUE },
	{ "ignore", NULL, N_("no customer's money"), CMD_FLAG },
	{ "booked", "DOC", N_("the ledger has it already: the payment of that number"), CMD_VALUE },
	{ 0 },
};

struct lines {
	struct cash_line *at;
	size_t n;
	size_t room;
};

/* ---- documents ---- */

/* What documents are paid: in one currency, of one customer or of any (0). */
struct target {
	const char *currency;
	int64_t customer_id;
};

static bool may_pay(const struct item *it, const struct target *t)
{
	enum item_kind kind;

	return item_kind_of(it->kind_name, &kind) && !item_kind_is_cash(kind) &&
	       it->open_minor != 0 && strcmp(it->currency, t->currency) == 0 &&
	       (t->customer_id == 0 || it->customer_id == t->customer_id);
}

/* Shares minor (INT64_MAX: all there is) over the items of one number, oldest due first. */
static bool spread(struct cmd *c, const struct item *items, size_t n, const char *document,
		   int64_t minor, struct lines *ret)
{
	bool is_all = minor == INT64_MAX;

	for (size_t i = 0; i < n && minor != 0; i++) {
		int64_t open = items[i].open_minor;
		int64_t take = is_all || (open > 0 ? minor > open : minor < open) ? open : minor;
		if (!is_all && (open > 0) != (minor > 0))
			continue;
		*LIST_ADD(c->arena, ret) =
			(struct cash_line){ items[i].id, take, MATCH_ALLOCATION };
		minor -= is_all ? 0 : take;
	}
	return is_all || minor == 0 ||
	       err_set(&c->err, ERR_CONFLICT, "document %.60s has less than that open", document);
}

static bool add_document(struct cmd *c, const struct target *t, const char *document, int64_t minor,
			 struct lines *ret)
{
	struct item *items, *wanted;
	size_t n, n_wanted = 0;

	if (!item_find_document(c->db, c->arena, c->entity.id, document, &items, &n, &c->err))
		return false;
	wanted = ARENA_ARRAY(c->arena, n + 1, struct item);
	for (size_t i = 0; i < n; i++)
		if (may_pay(&items[i], t))
			wanted[n_wanted++] = items[i];
	if (n_wanted == 0)
		return err_set(&c->err, ERR_NOT_FOUND, "there is no open document \"%.60s\" in %s",
			       document, t->currency);
	for (size_t i = 1; i < n_wanted; i++)
		if (wanted[i].customer_id != wanted[0].customer_id)
			return err_set(&c->err, ERR_CONFLICT,
				       "several customers have a document \"%.60s\": say which"
				       " with --customer",
				       document);
	return spread(c, wanted, n_wanted, document, minor, ret);
}

/* "FA2026-0012=120.00", or without amount for all that is open. */
static bool add_target(struct cmd *c, const struct target *t, const char *text, struct lines *ret)
{
	const char *equals = strrchr(text, '=');
	struct money amount = { .minor = INT64_MAX };

	if (equals && !money_parse(equals + 1, t->currency, &amount, &c->err)) {
		c->err.code = ERR_USAGE;
		return false;
	}
	if (amount.minor == 0)
		return err_set(&c->err, ERR_USAGE, "nothing to apply in \"%.60s\"", text);
	return add_document(c, t,
			    equals ? arena_strndup(c->arena, text, (size_t)(equals - text)) : text,
			    amount.minor, ret);
}

static bool customer_named(struct cmd *c, const char *option, int64_t *ret)
{
	const char *code = cmd_value(c, option);
	struct customer customer;

	*ret = 0;
	if (!code)
		return true;
	if (!customer_get(c->db, c->arena, c->entity.id, code, &customer, &c->err))
		return false;
	*ret = customer.id;
	return true;
}

static bool read_targets(struct cmd *c, const char *currency, struct lines *ret)
{
	const char *to = cmd_value(c, "to");
	struct target t = { .currency = currency };

	if (!customer_named(c, "customer", &t.customer_id))
		return false;
	while (to && *to) {
		size_t len = strcspn(to, "\n");
		if (!add_target(c, &t, arena_strndup(c->arena, to, len), ret))
			return false;
		to += len + (to[len] == '\n');
	}
	for (int i = 1; i < c->argc; i++)
		if (!add_target(c, &t, c->argv[i], ret))
			return false;
	return true;
}

/* ---- commands ---- */

static int told(struct cmd *c, int64_t entry_id)
{
	struct cash_detail *details;
	struct entry en;
	struct json j;
	struct buf b;
	size_t n;

	if (!entry_get(c->db, c->arena, c->entity.id, entry_id, &en, &c->err) ||
	    !cash_detail_of_entry(c->db, c->arena, c->entity.id, entry_id, &details, &n, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "entry", en.reference);
	json_put_text(&j, "state", en.state_name);
	json_put_minor(&j, "amount", en.amount_minor, en.currency);
	json_put_text(&j, "currency", en.currency);
	json_key(&j, "allocations"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		json_put_text(&j, "customer", details[i].customer_code);
		json_put_text(&j, "document", details[i].document);
		json_put_minor(&j, "amount", details[i].amount_minor, details[i].currency);
		json_put_minor(&j, "open", details[i].open_minor, details[i].currency);
		json_put_text(&j, "currency", details[i].currency);
		json_end(&j);
	}
	json_end(&j);
	if (!convert_put(c->db, c->arena, c->entity.id, entry_id, &j, &c->err))
		return cmd_fail(c);
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
	else
		printf("%s: %s\n", en.reference, cmd_tr(c, entry_state_words(en.state)));
	return CMD_OK;
}

/* The currency of the documents, and what the money is worth in it. */
static bool read_convert(struct cmd *c, const struct entry *en, struct cash_decision *d)
{
	const char *worth = cmd_value(c, "worth");
	struct money m = { 0 };

	d->convert = cmd_value(c, "convert");
	if (d->convert && !currency_is_code(d->convert))
		return err_set(&c->err, ERR_USAGE, "\"%.10s\" is no currency", d->convert);
	if (d->convert && str_eq(d->convert, en->currency))
		d->convert = NULL;
	if (!worth)
		return true;
	if (!d->convert)
		return err_set(&c->err, ERR_USAGE, "--worth goes with --convert");
	if (!money_parse(worth, d->convert, &m, &c->err) || m.minor <= 0) {
		c->err.code = ERR_USAGE;
		return false;
	}
	d->worth_minor = m.minor;
	return true;
}

static int run_apply(struct cmd *c)
{
	struct cash_decision d = { .entity_id = c->entity.id, .actor = c->actor, .now = c->now };
	int n_ways = (cmd_value(c, "to") != NULL) + (cmd_value(c, "on-account") != NULL) +
		     (cmd_value(c, "booked") != NULL) + cmd_flag(c, "ignore");
	struct lines lines = { 0 };
	int64_t booked_id = 0;
	struct entry en;
	bool ok;

	if (c->argc < 1)
		return cmd_usage(c, "say which bank entry");
	if (n_ways == 0 || (cmd_flag(c, "ignore") && n_ways > 1) ||
	    (cmd_value(c, "booked") && n_ways > 1) || (c->argc > 1 && !cmd_value(c, "to")))
		return cmd_usage(c, "say what to do with it: --to, --on-account, --booked or"
				    " --ignore");
	if (!entry_find(c->db, c->arena, c->entity.id, c->argv[0], &en, &c->err) ||
	    !read_convert(c, &en, &d) ||
	    !read_targets(c, d.convert ? d.convert : en.currency, &lines) ||
	    !customer_named(c, "on-account", &d.customer_id) ||
	    (cmd_value(c, "booked") &&
	     !cash_find_booked(c->db, c->arena, c->entity.id, &en, cmd_value(c, "booked"),
			       &booked_id, &c->err)))
		return cmd_fail(c);
	d.entry_id = en.id;
	d.version = en.version;
	d.lines = lines.at;
	d.n_lines = lines.n;
	if (cmd_flag(c, "ignore"))
		ok = cash_ignore(c->db, &d, &c->err);
	else if (booked_id)
		ok = cash_mark_booked(c->db, &d, booked_id, &c->err);
	else
		ok = cash_apply(c->db, &d, &c->err);
	return ok ? told(c, en.id) : cmd_fail(c);
}

static int run_unapply(struct cmd *c)
{
	struct cash_decision d = { .entity_id = c->entity.id, .actor = c->actor, .now = c->now };
	struct entry en;

	if (c->argc != 1)
		return cmd_usage(c, "say which bank entry");
	if (!entry_find(c->db, c->arena, c->entity.id, c->argv[0], &en, &c->err))
		return cmd_fail(c);
	d.entry_id = en.id;
	d.version = en.version;
	return cash_unapply(c->db, &d, &c->err) ? told(c, en.id) : cmd_fail(c);
}

static int run_unallocated(struct cmd *c)
{
	struct cash_unallocated *list;
	struct cmd_text_table t;
	struct json j;
	struct buf b;
	size_t n;

	if (!cash_unallocated_list(c->db, c->arena, c->entity.id, &list, &n, &c->err))
		return cmd_fail(c);
	table_init(&t, c->arena, cmd_tr(c, N_("<Received")), cmd_tr(c, N_("<Code")),
		   cmd_tr(c, N_("<Customer")), cmd_tr(c, N_("<Document")), cmd_tr(c, N_(">Amount")),
		   cmd_tr(c, N_(">Left")), NULL);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "unallocated"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		const struct cash_unallocated *u = &list[i];
		char day[DATE_TEXT];
		json_open_object(&j);
		json_put_text(&j, "customer", u->customer_code);
		json_put_text(&j, "name", u->customer_name);
		json_put_text(&j, "document", u->document);
		json_put_text(&j, "entry", u->entry_reference);
		json_put_text(&j, "kind", u->kind);
		json_put_day(&j, "received", u->received_on);
		json_put_minor(&j, "amount", u->amount_minor, u->currency);
		json_put_minor(&j, "left", u->left_minor, u->currency);
		json_put_text(&j, "currency", u->currency);
		json_end(&j);
		table_row(&t, arena_strdup(c->arena, date_format(u->received_on, day)),
			  u->customer_code, u->customer_name, u->document,
			  cmd_amount(c, u->amount_minor, u->currency),
			  cmd_amount(c, u->left_minor, u->currency));
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

const struct command command_apply = { "apply",
				       run_apply,
				       CMD_NEEDS_ENTITY,
				       "ENTRY --to DOC=AMOUNT…",
				       N_("apply a bank entry by hand"),
				       apply_options };
const struct command command_unapply = { "unapply",
					 run_unapply,
					 CMD_NEEDS_ENTITY,
					 "ENTRY",
					 N_("take back what was done with a bank entry"),
					 NULL };
const struct command command_unallocated = { "unallocated",
					     run_unallocated,
					     CMD_NEEDS_ENTITY,
					     NULL,
					     N_("money received that pays nothing yet"),
					     NULL };
