/* SPDX-License-Identifier: Apache-2.0 */
/* rates.c - rates of exchange and of the law; what currencies gained or lost. */
#include "cmd/cmd.h"

#include "base/money.h"
#include "i18n/catalogue.h"
#include "ledger/exchange_difference.h"
#include "ledger/rates_file.h"

#include <fcntl.h>
#include <unistd.h>

static const struct cmd_option options[] = {
	CMD_WHEN_OPTIONS,
	{ "currency", "USD", N_("every rate of this currency"), CMD_VALUE },
	{ "source", "TEXT", N_("where the rate was published"), CMD_VALUE },
	{ 0 },
};

static int import_file_of_rates(struct cmd *c, const char *path)
{
	struct exchange_booked booked = { 0 };
	int fd = str_eq(path, "-") ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct rates_taken taken;
	bool ok;

	if (fd < 0)
		return err_set(&c->err, ERR_IO, "could not open %.200s", path), cmd_fail(c);
	ok = rates_file_take(c->db, fd, path, c->actor, c->now, &taken, &c->err) &&
	     exchange_book(c->db, &c->entity, c->actor, c->now, &booked, &c->err);
	if (fd != STDIN_FILENO)
		close(fd);
	if (!ok)
		return cmd_fail(c);
	if (c->json) {
		struct buf out;
		struct json j;

		buf_init(&out, c->arena);
		json_init(&j, &out);
		json_open_object(&j);
		json_put_text(&j, "kind", taken.is_exchange ? "exchange" : "law");
		json_put_int(&j, "rates", taken.n_read);
		json_put_int(&j, "added", taken.n_added);
		json_put_int(&j, "differences_booked", booked.n_booked);
		json_put_int(&j, "differences_rebooked", booked.n_rebooked);
		json_put_int(&j, "differences_waiting", booked.n_missing);
		json_end(&j);
		cmd_print_json(&out);
		return CMD_OK;
	}
	printf(cmd_tr(c, N_("%s rates read, %s new; %s exchange differences booked, %s wait for a"
			    " rate")),
	       cmd_count(c, taken.n_read), cmd_count(c, taken.n_added),
	       cmd_count(c, booked.n_booked), cmd_count(c, booked.n_missing));
	printf("\n");
	return CMD_OK;
}

/* ---- one rate, and those there are ---------------------------------------------------------------- */

static int set_rate(struct cmd *c)
{
	const char *source = cmd_value(c, "source"), *currency = c->argv[1];
	struct exchange_rate rate = { .source = source ? source : "by hand" };
	int64_t added;

	if (strlen(currency) != 3)
		return cmd_usage(c, cmd_tr(c, N_("expected a currency such as USD, not \"%.10s\"")),
				 currency);
	memcpy(rate.currency, currency, sizeof rate.currency);
	if (!date_parse(c->argv[2], &rate.on, &c->err) ||
	    !exchange_parse(c->argv[3], &rate.per_euro_ppm, &c->err) ||
	    !exchange_add(c->db, &rate, 1, NULL, c->actor, c->now, &added, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"added\":%" PRId64 "}\n", added);
	else if (!c->quiet)
		printf("%s\n", added ? cmd_tr(c, N_("the rate counts from its day on"))
				     : cmd_tr(c, N_("this rate was known already")));
	return CMD_OK;
}

static void put_rate(struct json *j, const struct exchange_row *x)
{
	char text[EXCHANGE_TEXT];

	json_open_object(j);
	json_put_text(j, "currency", x->currency);
	json_put_day(j, "date", x->on);
	json_put_text(j, "rate", exchange_format(x->per_euro_ppm, text));
	json_put_text(j, "source", x->source);
	json_put_text(j, "actor", x->actor);
	json_put_int(j, "event", x->event_id);
	json_end(j);
}

/* All rates of one currency, or the latest of each. */
static int list_rates(struct cmd *c)
{
	struct exchange_query q = { .currency = cmd_value(c, "currency"),
				    .after_on = DAY_NONE,
				    .limit = INT64_MAX };
	struct cmd_text_table t;
	struct exchange_row *x;
	struct buf out;
	struct json j;
	size_t n;

	if (!cmd_when(c, &q.when) ||
	    !(q.currency ? exchange_list(c->db, c->arena, &q, &x, &n, &c->err)
			 : exchange_list_latest(c->db, c->arena, q.when, &x, &n, &c->err)))
		return cmd_fail(c);
	buf_init(&out, c->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_put_day(&j, "as_of", q.when.as_of);
	json_key(&j, "rates");
	json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_("<Currency")), cmd_tr(c, N_("<Date")),
		   cmd_tr(c, N_(">For one euro")), cmd_tr(c, N_("<Source")), NULL);
	for (size_t i = 0; i < n; i++) {
		char day[DATE_TEXT], text[EXCHANGE_TEXT];

		put_rate(&j, &x[i]);
		table_row(&t, x[i].currency, arena_strdup(c->arena, date_format(x[i].on, day)),
			  arena_strdup(c->arena, exchange_format(x[i].per_euro_ppm, text)),
			  x[i].source);
	}
	json_end(&j);
	json_end(&j);
	if (c->json)
		cmd_print_json(&out);
	else
		table_print(&t, stdout);
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
	json_put_bool(j, "reversal", x->is_reversal);
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
	if (str_eq(act, "set") && c->argc == 4)
		return set_rate(c);
	if (str_eq(act, "list") && c->argc == 1)
		return list_rates(c);
	if (str_eq(act, "differences") && c->argc == 1)
		return differences(c);
	if (str_eq(act, "unrealised") && c->argc == 1)
		return unrealised(c);
	return cmd_usage(c, "%s",
			 cmd_tr(c, N_("expected list, set CURRENCY DATE RATE, import FILE, "
				      "differences or unrealised")));
}

const struct command command_rates = {
	"rates",
	run,
	CMD_NEEDS_ENTITY,
	"list | set CURRENCY DATE RATE | import FILE | differences | unrealised",
	N_("rates of exchange and of the law; what currencies gained or lost"),
	options
};
