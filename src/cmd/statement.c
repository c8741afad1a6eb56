/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - the statement of account of a customer. */
#include "collect/statement.h"

#include "cmd/cmd.h"
#include "i18n/catalogue.h"

#include <unistd.h>

static const struct cmd_option options[] = {
	CMD_WHEN_OPTIONS,
	{ "pdf", "FILE", N_("write it as PDF"), CMD_VALUE },
	{ "overdue", NULL, N_("only what is past due"), CMD_FLAG },
	{ 0 },
};

static void put_item(struct json *j, const struct book *b, size_t i, day_t as_of)
{
	const char *currency = b->currency[b->currency_of[i]];

	json_open_object(j);
	json_put_text(j, "document", b->document[i]);
	json_put_text(j, "kind", item_kind_name(b->kind[i]));
	json_put_day(j, "issued", b->issued_on[i]);
	json_put_day(j, "due", b->due_on[i]);
	json_put_minor(j, "amount", b->amount_minor[i], currency);
	json_put_minor(j, "open", b->open_minor[i], currency);
	json_put_minor(j, "disputed", b->disputed_minor[i], currency);
	json_put_text(j, "currency", currency);
	json_put_int(j, "days_late", as_of - b->due_on[i]);
	json_end(j);
}

static void put_items(struct json *j, const char *key, const struct statement *s, bool is_cash)
{
	const struct book *b = s->book;
	const struct book_customer *c = &b->customer[s->customer];

	json_key(j, key);
	json_open_array(j);
	for (size_t i = c->first_item; i < c->first_item + c->n_items; i++)
		if (b->open_minor[i] != 0 && item_kind_is_cash(b->kind[i]) == is_cash &&
		    (!s->only_overdue || b->open_minor[i] < 0 || b->due_on[i] < s->as_of))
			put_item(j, b, i, s->as_of);
	json_end(j);
}

static void print_json(struct cmd *c, const struct statement *s)
{
	struct buf b;
	struct json j;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "customer", s->row->code);
	json_put_text(&j, "name", s->row->name);
	json_put_day(&j, "as_of", s->as_of);
	put_items(&j, "items", s, false);
	put_items(&j, "unallocated", s, true);
	json_key(&j, "totals");
	json_open_array(&j);
	for (size_t i = 0; i < s->n_totals; i++) {
		const struct statement_totals *t = &s->totals[i];

		json_open_object(&j);
		json_put_text(&j, "currency", t->currency);
		json_put_minor(&j, "owed", t->owed_minor, t->currency);
		json_put_minor(&j, "overdue", t->ageing.overdue_minor, t->currency);
		json_put_minor(&j, "credit", t->credit_minor, t->currency);
		json_put_minor(&j, "total", t->owed_minor - t->credit_minor, t->currency);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	cmd_print_json(&b);
}

static void print_table(struct cmd *c, const struct statement *s)
{
	const struct book *b = s->book;
	const struct book_customer *k = &b->customer[s->customer];
	struct cmd_text_table t;
	char due[DATE_TEXT];

	printf("%s  %s\n\n", s->row->code, s->row->name);
	table_init(&t, c->arena, cmd_tr(c, N_("<Document")), cmd_tr(c, N_("<Due")),
		   cmd_tr(c, N_(">Days late")), cmd_tr(c, N_(">Amount")), cmd_tr(c, N_(">Open")),
		   NULL);
	for (size_t i = k->first_item; i < k->first_item + k->n_items; i++) {
		const char *currency = b->currency[b->currency_of[i]];
		day_t late = s->as_of - b->due_on[i];

		if (b->open_minor[i] == 0 || (s->only_overdue && b->open_minor[i] > 0 && late <= 0))
			continue;
		table_row(
			&t, b->document[i], arena_strdup(c->arena, date_format(b->due_on[i], due)),
			late > 0 && b->open_minor[i] > 0 ? arena_printf(c->arena, "%d", late) : "",
			cmd_amount(c, b->amount_minor[i], currency),
			cmd_amount(c, b->open_minor[i], currency));
	}
	table_print(&t, stdout);
	for (size_t i = 0; i < s->n_totals; i++)
		printf("\n%s %s\n", cmd_tr(c, N_("Balance:")),
		       cmd_amount(c, s->totals[i].owed_minor - s->totals[i].credit_minor,
				  s->totals[i].currency));
}

/* Whole or not at all: written beside and renamed into place. */
static bool write_file(struct cmd *c, const char *path, const struct buf *b)
{
	const char *part = arena_printf(c->arena, "%s.part", path);
	FILE *f = fopen(part, "wb");
	bool ok;

	if (!f)
		return err_set(&c->err, ERR_IO, "could not write %s", path);
	ok = fwrite(b->data, 1, b->len, f) == b->len && fflush(f) == 0 && fsync(fileno(f)) == 0;
	ok = fclose(f) == 0 && ok;
	if (ok && rename(part, path) == 0)
		return true;
	remove(part);
	return err_set(&c->err, ERR_IO, "could not write %s", path);
}

static int run(struct cmd *c)
{
	const char *pdf = cmd_value(c, "pdf");
	struct statement s;
	struct buf file;
	struct when w;

	if (c->argc != 1)
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected the code of a customer")));
	if (!cmd_when(c, &w) ||
	    !statement_load(c->db, c->arena, &c->entity, c->argv[0], w, &s, &c->err))
		return cmd_fail(c);
	s.only_overdue = cmd_flag(c, "overdue");
	buf_init(&file, c->arena);
	if (pdf && (!statement_write(c->db, c->arena, &c->entity, &s, c->now, &file, &c->err) ||
		    !write_file(c, pdf, &file)))
		return cmd_fail(c);
	if (c->json)
		print_json(c, &s);
	else if (!pdf)
		print_table(c, &s);
	return CMD_OK;
}

const struct command command_statement = {
	"statement", run, CMD_NEEDS_ENTITY, "CUSTOMER", N_("statement of account"), options
};
