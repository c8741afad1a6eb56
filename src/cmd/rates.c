/* SPDX-License-Identifier: Apache-2.0 */
/* rates.c - rates of exchange and of the law; what currencies gained or lost. */
#include "cmd/cmd.h"

#include "base/money.h"
#include "format/rates.h"
#include "i18n/catalogue.h"
#include "ledger/exchange_difference.h"
#include "ledger/rate_store.h"

static const struct cmd_option options[] = {
	CMD_WHEN_OPTIONS,
	{ 0 },
};

static bool read_whole(struct cmd *c, const char *path, struct buf *b)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char block[65536];
	size_t n;
	bool ok;

	if (!f)
		return err_set(&c->err, ERR_IO, "could not open %.200s", path);
	while ((n = fread(block, 1, sizeof block, f)) > 0 && b->len <= RATES_MAX_BYTES)
		buf_add(b, block, n);
	ok = !ferror(f);
	if (f != stdin)
		fclose(f);
	return ok || err_set(&c->err, ERR_IO, "could not read %.200s", path);
}

static bool take_exchange(struct cmd *c, const struct rates_file *file, int64_t *ret_added)
{
	struct exchange_rate *rate = ARENA_ARRAY(c->arena, file->n, struct exchange_rate);

	for (size_t i = 0; i < file->n; i++) {
		const struct rates_row *row = &file->row[i];

		memcpy(rate[i].currency, row->name, sizeof rate[i].currency);
		rate[i].on = row->from_on;
		rate[i].source = row->source;
		if (!exchange_parse(row->value, &rate[i].per_euro_ppm, &c->err))
			return false;
	}
	return exchange_add(c->db, rate, file->n, c->actor, c->now, ret_added, &c->err);
}

/* Every value is read before the first is written. */
static bool take_law(struct cmd *c, const struct rates_file *file, int64_t *ret_added)
{
	struct rate *rate = ARENA_ARRAY(c->arena, file->n, struct rate);

	for (size_t i = 0; i < file->n; i++) {
		const struct rates_row *row = &file->row[i];
		bool is_zero = strspn(row->value, "0.,") == strlen(row->value) && row->value[0];

		rate[i] = (struct rate){ .name = row->name,
					 .from_on = row->from_on,
					 .to_on = row->to_on,
					 .source = row->source };
		if (!is_zero && !exchange_parse(row->value, &rate[i].value_ppm, &c->err))
			return false;
	}
	for (size_t i = 0; i < file->n; i++) {
		if (!rate_set(c->db, &rate[i], c->actor, c->now, &c->err))
			return false;
	}
	*ret_added = (int64_t)file->n;
	return true;
}

static int import_file_of_rates(struct cmd *c, const char *path)
{
	struct exchange_booked booked = { 0 };
	struct rates_file file;
	int64_t added = 0;
	struct buf b;

	buf_init(&b, c->arena);
	if (!read_whole(c, path, &b) || !rates_read(buf_str(&b), b.len, c->arena, &file, &c->err) ||
	    !(file.is_exchange ? take_exchange(c, &file, &added) : take_law(c, &file, &added)) ||
	    !exchange_book(c->db, &c->entity, c->actor, c->now, &booked, &c->err))
		return cmd_fail(c);
	if (c->json) {
		struct buf out;
		struct json j;

		buf_init(&out, c->arena);
		json_init(&j, &out);
		json_open_object(&j);
		json_put_text(&j, "kind", file.is_exchange ? "exchange" : "law");
		json_put_int(&j, "rates", (int64_t)file.n);
		json_put_int(&j, "added", added);
		json_put_int(&j, "differences_booked", booked.n_booked);
		json_put_int(&j, "differences_waiting", booked.n_missing);
		json_end(&j);
		cmd_print_json(&out);
		return CMD_OK;
	}
	printf(cmd_tr(c, N_("%s rates read, %s new; %s exchange differences booked, %s wait for a"
			    " rate")),
	       cmd_count(c, (int64_t)file.n), cmd_count(c, added), cmd_count(c, booked.n_booked),
	       cmd_count(c, booked.n_missing));
	printf("\n");
	return CMD_OK;
}

static void put_total(struct json *j, const char *key, int64_t minor, const char *currency)
{
	json_put_minor(j, key, minor, currency);
}

static void put_difference(struct json *j, const struct exchange_difference *x,
			   const char *currency)
{
	json_open_object(j);
	json_put_text(j, "customer", x->customer_code);
	json_put_text(j, "document", x->document);
	json_put_text(j, "currency", x->currency);
	json_put_minor(j, "amount", x->amount_minor, x->currency);
	json_put_minor(j, "at_document", x->at_document_minor, currency);
	json_put_day(j, "document_rate_date", x->document_rate_on);
	json_put_minor(j, "at_settlement", x->at_settlement_minor, currency);
	json_put_day(j, "settlement_rate_date", x->settlement_rate_on);
	json_put_minor(j, "difference", x->difference_minor, currency);
	json_put_day(j, "effective", x->effective);
	json_end(j);
}

/* Realised differences: booked first, so that none is left out that could be there. */
static int differences(struct cmd *c)
{
	int64_t gains = 0, losses = 0;
	struct exchange_booked booked;
	struct exchange_difference *x;
	struct cmd_text_table t;
	struct when w;
	struct buf out;
	struct json j;
	size_t n;

	if (!cmd_when(c, &w) ||
	    !exchange_book(c->db, &c->entity, c->actor, c->now, &booked, &c->err) ||
	    !exchange_difference_list(c->db, c->arena, c->entity.id, w, &x, &n, &c->err))
		return cmd_fail(c);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_put_text(&j, "currency", c->entity.currency);
	json_key(&j, "differences");
	json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_("<Customer")), cmd_tr(c, N_("<Document")),
		   cmd_tr(c, N_(">Settled")), cmd_tr(c, N_(">At the document's rate")),
		   cmd_tr(c, N_(">At the settlement's rate")), cmd_tr(c, N_(">Difference")), NULL);
	for (size_t i = 0; i < n; i++) {
		put_difference(&j, &x[i], c->entity.currency);
		if (!minor_add(x[i].difference_minor > 0 ? &gains : &losses, x[i].difference_minor,
			       &c->err))
			return cmd_fail(c);
		table_row(&t, x[i].customer_code, x[i].document,
			  cmd_amount(c, x[i].amount_minor, x[i].currency),
			  cmd_amount(c, x[i].at_document_minor, c->entity.currency),
			  cmd_amount(c, x[i].at_settlement_minor, c->entity.currency),
			  cmd_amount(c, x[i].difference_minor, c->entity.currency));
	}
	json_end(&j);
	put_total(&j, "gains", gains, c->entity.currency);
	put_total(&j, "losses", losses, c->entity.currency);
	json_put_int(&j, "without_rate", booked.n_missing);
	json_end(&j);
	return cmd_answer(c, &out, &t);
}

static void put_latent(struct json *j, const struct book *b, const struct exchange_latent *x,
		       const char *currency)
{
	const char *of = b->currency[b->currency_of[x->item]];

	json_open_object(j);
	json_put_text(j, "customer", b->customer[b->customer_of[x->item]].code);
	json_put_text(j, "document", b->document[x->item]);
	json_put_text(j, "currency", of);
	json_put_minor(j, "open", b->open_minor[x->item], of);
	if (x->is_missing) {
		json_put_text(j, "difference", NULL);
	} else {
		json_put_minor(j, "at_document", x->at_document_minor, currency);
		json_put_day(j, "document_rate_date", x->document_rate_on);
		json_put_minor(j, "at_day", x->at_day_minor, currency);
		json_put_day(j, "rate_date", x->day_rate_on);
		json_put_minor(j, "difference", x->difference_minor, currency);
	}
	json_end(j);
}

static int unrealised(struct cmd *c)
{
	int64_t assets = 0, liabilities = 0, n_missing = 0;
	struct exchange_table rates;
	struct exchange_latent *x;
	struct cmd_text_table t;
	struct when w;
	struct book *b;
	struct buf out;
	struct json j;
	size_t n;

	if (!cmd_when(c, &w) ||
	    !book_load(c->db, c->arena,
		       &(struct book_query){ .entity_id = c->entity.id,
					     .as_of = w.as_of,
					     .known_at = w.known_at },
		       &b, &c->err) ||
	    !exchange_load(c->db, c->arena, w.known_at, &rates, &c->err) ||
	    !exchange_latent(b, c->arena, &rates, c->entity.currency, &x, &n, &c->err))
		return cmd_fail(c);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_put_day(&j, "as_of", w.as_of);
	json_put_text(&j, "currency", c->entity.currency);
	json_key(&j, "items");
	json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_("<Customer")), cmd_tr(c, N_("<Document")),
		   cmd_tr(c, N_(">Open")), cmd_tr(c, N_(">Difference")), NULL);
	for (size_t i = 0; i < n; i++) {
		put_latent(&j, b, &x[i], c->entity.currency);
		n_missing += x[i].is_missing;
		if (!minor_add(x[i].difference_minor < 0 ? &assets : &liabilities,
			       x[i].difference_minor, &c->err))
			return cmd_fail(c);
		table_row(&t, b->customer[b->customer_of[x[i].item]].code, b->document[x[i].item],
			  cmd_amount(c, b->open_minor[x[i].item],
				     b->currency[b->currency_of[x[i].item]]),
			  x[i].is_missing
				  ? cmd_tr(c, N_("no rate"))
				  : cmd_amount(c, x[i].difference_minor, c->entity.currency));
	}
	json_end(&j);
	put_total(&j, "latent_losses", assets, c->entity.currency);
	put_total(&j, "latent_gains", liabilities, c->entity.currency);
	json_put_int(&j, "without_rate", n_missing);
	json_end(&j);
	return cmd_answer(c, &out, &t);
}

static int run(struct cmd *c)
{
	const char *act = c->argc ? c->argv[0] : "";

	if (str_eq(act, "import") && c->argc == 2)
		return import_file_of_rates(c, c->argv[1]);
	if (str_eq(act, "differences") && c->argc == 1)
		return differences(c);
	if (str_eq(act, "unrealised") && c->argc == 1)
		return unrealised(c);
	return cmd_usage(c, "%s", cmd_tr(c, N_("expected import FILE, differences or unrealised")));
}

const struct command command_rates = {
	"rates",
	run,
	CMD_NEEDS_ENTITY,
	"import FILE | differences | unrealised",
	N_("rates of exchange and of the law; what currencies gained or lost"),
	options
};
