/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - back to the books: exports made, fetched again, acknowledged or refused; their accounts. */
#include "cmd/export.h"

#include "base/text.h"
#include "books/books.h"
#include "i18n/catalogue.h"

static const struct cmd_option options[] = {
	{ "format", "fec|csv|lettering", N_("which file of the export; fec when not said"),
	  CMD_VALUE },
	{ "reference", "TEXT", N_("the accounting's own reference"), CMD_VALUE },
	{ "reason", "TEXT", N_("why it was refused"), CMD_VALUE },
	{ 0 },
};

enum { LIST_MAX = 10000 };

static struct books_order order_of(const struct cmd *c)
{
	return (struct books_order){ &c->entity, c->date, c->actor, c->now };
}

/* ---- files --------------------------------------------------------------------------------------- */

static bool save(struct cmd *c, const char *path, const struct books_file_bytes *file)
{
	FILE *f = fopen(path, "wb");
	bool ok;

	if (!f)
		return err_set(&c->err, ERR_IO, "could not write %.200s", path);
	ok = fwrite(file->bytes, 1, file->n, f) == file->n;
	ok = fclose(f) == 0 && ok;
	return ok || err_set(&c->err, ERR_IO, "could not write %.200s", path);
}

static bool fetch(struct cmd *c, int64_t number, enum books_format format, const char *path)
{
	struct books_order o = order_of(c);
	struct books_file_bytes file;

	return books_fetch(c->db, c->arena, &o, number, format, &file, &c->err) &&
	       save(c, path, &file);
}

/* "out.txt" has its letterings in "out-lettering.csv": a FEC has no line for them. */
static const char *beside(struct cmd *c, const char *path)
{
	const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
	size_t n = dot && (!slash || dot > slash) ? (size_t)(dot - path) : strlen(path);

	return arena_printf(c->arena, "%.*s-lettering.csv", (int)n, path);
}

static void say_export(struct cmd *c, const struct books_batch *b, const struct books_pool *pool,
		       const char *file, const char *lettering_file)
{
	struct buf out;
	struct json j;

	if (!c->json) {
		if (!b->id)
			printf("%s\n", cmd_tr(c, N_("Nothing is new for the books.")));
		else
			printf(cmd_tr(c, N_("Export %s: %s entries, %s letterings, %s; written to"
					    " %s\n")),
			       cmd_count(c, b->number), cmd_count(c, b->n_entries),
			       cmd_count(c, b->n_letterings),
			       cmd_amount(c, b->debit_minor, b->currency), file);
		if (lettering_file)
			printf(cmd_tr(c, N_("Letterings: %s\n")), lettering_file);
		if (pool->n_waiting)
			printf(cmd_tr(c, N_("%s facts wait for an exchange rate.\n")),
			       cmd_count(c, pool->n_waiting));
		return;
	}
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_key(&j, "export");
	if (b->id) {
		json_open_object(&j);
		books_batch_json(&j, b);
		json_end(&j);
	} else {
		json_nothing(&j);
	}
	json_put_text(&j, "file", b->id ? file : NULL);
	json_put_text(&j, "lettering_file", lettering_file);
	json_put_int(&j, "waiting", pool->n_waiting);
	json_end(&j);
	cmd_print_json(&out);
}

int cmd_lettering_export(struct cmd *c, const char *path)
{
	const char *name = cmd_value(c, "format");
	struct books_order o = order_of(c);
	const char *letterings = NULL;
	enum books_format format;
	struct books_batch made;
	struct books_pool pool;

	if (!books_format_of(name ? name : "fec", &format) || format == BOOKS_LETTERING)
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected --format fec or csv")));
	if (!books_prepare(c->db, c->arena, &o, &made, &c->err))
		return cmd_fail(c);
	if (made.id) {
		if (!fetch(c, made.number, format, path))
			return cmd_fail(c);
		if (format == BOOKS_FEC && made.n_letterings) {
			letterings = beside(c, path);
			if (!fetch(c, made.number, BOOKS_LETTERING, letterings))
				return cmd_fail(c);
		}
		if (!books_get(c->db, c->arena, c->entity.id, made.number, &made, &c->err))
			return cmd_fail(c);
	}
	if (!books_pool(c->db, c->arena, &o, &pool, &c->err))
		return cmd_fail(c);
	say_export(c, &made, &pool, path, letterings);
	return CMD_OK;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static int list(struct cmd *c)
{
	struct cmd_text_table t;
	struct books_batch *b;
	char day[DATE_TEXT];
	struct buf out;
	struct json j;
	size_t n;

	if (!books_list(c->db, c->arena, c->entity.id, LIST_MAX, &b, &n, &c->err))
		return cmd_fail(c);
	table_init(&t, c->arena, cmd_tr(c, N_(">Number")), cmd_tr(c, N_("<Prepared")),
		   cmd_tr(c, N_("<State")), cmd_tr(c, N_(">Entries")), cmd_tr(c, N_(">Letterings")),
		   cmd_tr(c, N_(">Amount")), cmd_tr(c, N_("<Remark")), NULL);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_key(&j, "exports"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		books_batch_json(&j, &b[i]);
		json_end(&j);
		table_row(&t, cmd_count(c, b[i].number),
			  arena_strdup(c->arena, date_format(b[i].prepared_on, day)), b[i].state,
			  cmd_count(c, b[i].n_entries), cmd_count(c, b[i].n_letterings),
			  cmd_amount(c, b[i].debit_minor, b[i].currency),
			  b[i].remark ? b[i].remark : "");
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &out, &t);
}

static void put_line(struct json *j, const struct books_told_line *l, const char *currency)
{
	json_open_object(j);
	json_put_text(j, "journal", l->journal);
	json_put_int(j, "entry", l->number);
	json_put_day(j, "date", l->entry_on);
	json_put_text(j, "piece", l->piece_ref);
	json_put_text(j, "account", l->account);
	json_put_text(j, "customer", l->customer_code);
	json_put_minor(j, "debit", l->debit_minor, currency);
	json_put_minor(j, "credit", l->credit_minor, currency);
	json_put_bool(j, "reversal", l->sign < 0);
	json_end(j);
}

static int show(struct cmd *c, int64_t number)
{
	struct books_told_line *l;
	struct cmd_text_table t;
	struct books_batch b;
	char day[DATE_TEXT];
	struct buf out;
	struct json j;
	size_t n;

	if (!books_get(c->db, c->arena, c->entity.id, number, &b, &c->err) ||
	    !books_line_list(c->db, c->arena, b.id, INT32_MAX, &l, &n, &c->err))
		return cmd_fail(c);
	table_init(&t, c->arena, cmd_tr(c, N_("<Journal")), cmd_tr(c, N_(">Entry")),
		   cmd_tr(c, N_("<Date")), cmd_tr(c, N_("<Piece")), cmd_tr(c, N_("<Account")),
		   cmd_tr(c, N_("<Customer")), cmd_tr(c, N_(">Debit")), cmd_tr(c, N_(">Credit")),
		   NULL);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	books_batch_json(&j, &b);
	json_key(&j, "lines"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		put_line(&j, &l[i], b.currency);
		table_row(&t, l[i].journal, cmd_count(c, l[i].number),
			  arena_strdup(c->arena, date_format(l[i].entry_on, day)), l[i].piece_ref,
			  l[i].account, l[i].customer_code ? l[i].customer_code : "",
			  cmd_amount(c, l[i].debit_minor, b.currency),
			  cmd_amount(c, l[i].credit_minor, b.currency));
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &out, &t);
}

/* ---- accounts ------------------------------------------------------------------------------------ */

struct account_call {
	struct cmd *c;
	const char *key, *value;
};

static bool account_tx(struct db *db, void *arg, struct err *e)
{
	const struct account_call *call = arg;

	return books_account_set(db, &call->c->entity, call->key, call->value, call->c->actor,
				 call->c->now, e);
}

static void add_account(struct cmd *c, struct json *j, struct cmd_text_table *t, const char *key,
			const char *words, const char *account, bool is_default)
{
	json_open_object(j);
	json_put_text(j, "key", key);
	json_put_text(j, "account", account);
	json_put_bool(j, "default", is_default);
	json_end(j);
	table_row(t, key, cmd_tr(c, words), account, is_default ? cmd_tr(c, N_("default")) : "");
}

static int accounts(struct cmd *c)
{
	struct cmd_text_table t;
	struct books_chart chart;
	struct buf out;
	struct json j;

	if (!books_chart_load(c->db, c->arena, &c->entity, &chart, &c->err))
		return cmd_fail(c);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_key(&j, "accounts"), json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_("<Key")), cmd_tr(c, N_("<For")),
		   cmd_tr(c, N_("<Account")), "<", NULL);
	for (int i = 0; i < BOOKS_ROLES; i++)
		add_account(c, &j, &t, books_role_key((enum books_role)i),
			    books_role_words((enum books_role)i), chart.account[i],
			    chart.is_default[i]);
	for (size_t i = 0; i < chart.n_banks; i++)
		add_account(c, &j, &t, arena_printf(c->arena, "bank:%s", chart.banks[i].iban),
			    N_("Bank"), books_bank(&chart, chart.banks[i].id),
			    !chart.banks[i].account);
	add_account(c, &j, &t, "bank_journal", N_("Journal of the bank"), chart.bank_journal,
		    str_eq(chart.bank_journal, "BQ"));
	add_account(c, &j, &t, "misc_journal", N_("Journal of the rest"), chart.misc_journal,
		    str_eq(chart.misc_journal, "OD"));
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &out, &t);
}

/* ---- the command --------------------------------------------------------------------------------- */

static bool number_of(struct cmd *c, const char *text, int64_t *ret)
{
	uint64_t n = 0;
	bool ok = text_to_u64(text, INT32_MAX, &n) && n > 0;

	*ret = (int64_t)n;
	return ok || err_set(&c->err, ERR_USAGE, "\"%.40s\" is no number of an export", text);
}

static int decide(struct cmd *c, bool accepts, int64_t number)
{
	struct books_order o = order_of(c);
	bool ok = accepts ? books_acknowledge(c->db, &o, number, cmd_value(c, "reference"), &c->err)
			  : books_refuse(c->db, &o, number, cmd_value(c, "reason"), &c->err);

	return ok ? show(c, number) : cmd_fail(c);
}

static int write_file(struct cmd *c, int64_t number, const char *path)
{
	const char *name = cmd_value(c, "format");
	enum books_format format;

	if (!books_format_of(name ? name : "fec", &format))
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected --format fec, csv or lettering")));
	return fetch(c, number, format, path) ? show(c, number) : cmd_fail(c);
}

static int run(struct cmd *c)
{
	const char *act = c->argc ? c->argv[0] : "list";
	int64_t number = 0;

	if (str_eq(act, "list") && c->argc <= 1)
		return list(c);
	if (str_eq(act, "accounts") && c->argc == 1)
		return accounts(c);
	if (str_eq(act, "account") && c->argc == 3) {
		struct account_call call = { c, c->argv[1], c->argv[2] };
		return db_tx(c->db, account_tx, &call, &c->err) ? accounts(c) : cmd_fail(c);
	}
	if (c->argc < 2 || !number_of(c, c->argv[1], &number))
		return c->argc < 2 ? cmd_usage(c, "%s",
					       cmd_tr(c, N_("expected list, show N, file N FILE,"
							    " acknowledge N, refuse N, accounts or"
							    " account KEY ACCOUNT")))
				   : cmd_fail(c);
	if (str_eq(act, "show") && c->argc == 2)
		return show(c, number);
	if (str_eq(act, "file") && c->argc == 3)
		return write_file(c, number, c->argv[2]);
	if ((str_eq(act, "acknowledge") || str_eq(act, "refuse")) && c->argc == 2)
		return decide(c, str_eq(act, "acknowledge"), number);
	return cmd_usage(c, "%s",
			 cmd_tr(c, N_("expected list, show N, file N FILE, acknowledge N, refuse N,"
				      " accounts or account KEY ACCOUNT")));
}

const struct command command_exports = { "exports",
					 run,
					 CMD_NEEDS_ENTITY,
					 "[list | ACT …]",
					 N_("exports to the books: list, show, fetch, acknowledge,"
					    " refuse, accounts"),
					 options };
