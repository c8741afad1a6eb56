/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts in another currency than their documents: converted, applied, told, taken back; figures by hand. */
#include "cash_world.h"

#include "books/books.h"
#include "cash/convert.h"
#include "ledger/exchange_difference.h"

enum { ISSUED = CASH_WORLD_DAY - 20 };

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", err_name(e->code), e->msg);
}

static void rate(struct cash_world *w, const char *currency, day_t on, int64_t ppm)
{
	struct exchange_rate r = { .on = on, .per_euro_ppm = ppm, .source = "test" };
	struct err e = { 0 };
	int64_t n;

	memcpy(r.currency, currency, sizeof r.currency);
	must(exchange_add(w->db, &r, 1, NULL, "test", w->now++, &n, &e), &e);
}

/* 1.10 when the documents are made, 1.0912 when they are paid. */
static int64_t customer(struct cash_world *w)
{
	rate(w, "USD", ISSUED, 1100000);
	rate(w, "USD", CASH_WORLD_DAY, 1091200);
	return cash_world_customer(w, w->entity.id, "C0001", "Atlantic Tooling Inc", NULL);
}

static int64_t document(struct cash_world *w, int64_t who, const char *number, int64_t minor,
			const char *currency)
{
	int64_t id = cash_world_item(w, who, number, minor, ISSUED);
	struct err e = { 0 };

	must(db_exec(w->db, "UPDATE item SET currency = $2 WHERE id = $1",
		     DB_PARAMS(P_I64(id), P_TEXT(currency)), NULL, &e),
	     &e);
	return id;
}

/* Of EUR 915.00 or what is said, with the bank's other words. */
static int64_t receipt(struct cash_world *w, int64_t minor, const char *currency, const char *said)
{
	int64_t id = cash_world_entry(w, w->entity.id,
				      &(struct cash_receipt){ .reference = "B001",
							      .name = "Atlantic Tooling Inc",
							      .text = "payment",
							      .minor = minor,
							      .on = CASH_WORLD_DAY });
	struct err e = { 0 };

	must(db_exec(w->db,
		     "UPDATE statement_entry SET other_refs = $2, currency = $3 WHERE id = $1",
		     DB_PARAMS(P_I64(id), P_TEXT(said), P_TEXT(currency)), NULL, &e),
	     &e);
	return id;
}

static bool apply(struct cash_world *w, int64_t entry, const struct cash_line *lines, size_t n,
		  const char *convert, int64_t worth_minor, struct err *e)
{
	const struct cash_decision d = { .entity_id = w->entity.id,
					 .entry_id = entry,
					 .lines = lines,
					 .n_lines = n,
					 .convert = convert,
					 .worth_minor = worth_minor,
					 .actor = "test",
					 .now = w->now++ };

	*e = (struct err){ 0 };
	return cash_apply(w->db, &d, e);
}

static void applied(struct cash_world *w, int64_t entry, int64_t item, int64_t minor,
		    const char *convert, int64_t worth_minor)
{
	struct cash_line line = { item, minor, MATCH_ALLOCATION };
	struct err e;

	must(apply(w, entry, &line, 1, convert, worth_minor, &e), &e);
}

static enum err_code refused(struct cash_world *w, int64_t entry, int64_t item, int64_t minor,
			     const char *convert, int64_t worth_minor)
{
	struct cash_line line = { item, minor, MATCH_ALLOCATION };
	struct err e;

	assert_false(apply(w, entry, &line, 1, convert, worth_minor, &e));
	return e.code;
}

static int64_t number(struct cash_world *w, const char *sql)
{
	struct err e = { 0 };
	int64_t n;

	must(db_get_i64(w->db, sql, DB_NO_PARAMS, 0, &n, &e), &e);
	return n;
}

static int64_t payment_open(struct cash_world *w, int64_t entry)
{
	return cash_world_open_of(w, cash_world_get(w, entry).payment_item_id);
}

/* The differences booked, all together. */
static int64_t differences(struct cash_world *w)
{
	struct exchange_booked done;
	struct err e = { 0 };

	must(exchange_book(w->db, &w->entity, "test", w->now++, &done, &e), &e);
	assert_int_equal(done.n_missing, 0);
	return number(w, "SELECT CAST(COALESCE(SUM(difference_minor), 0) AS BIGINT)"
			 " FROM exchange_difference");
}

static struct conversion only(struct cash_world *w, int64_t entry)
{
	struct conversion *list;
	struct err e = { 0 };
	size_t n;

	must(conversion_list(w->db, w->arena, w->entity.id, entry, &list, &n, &e), &e);
	assert_int_equal(n, 1);
	return list[0];
}

/* ---- at what rate -------------------------------------------------------------------------------- */

static void what_the_payer_sent_decides(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", "{\"instructed\":\"1000.00 USD\"}");
	struct conversion c;

	applied(w, entry, owed, 100000, "USD", 0);
	assert_int_equal(cash_world_open_of(w, owed), 0);
	assert_int_equal(payment_open(w, entry), 0);
	c = only(w, entry);
	assert_int_equal(c.from_minor, 91500);
	assert_int_equal(c.to_minor, 100000);
	assert_int_equal(c.base_minor, 91500);
	assert_int_equal(c.rate.source, CONVERSION_BANK);
	assert_int_equal(c.rate.on, CASH_WORLD_DAY);
	assert_string_equal(conversion_rate_text(w->arena, "fr", &c.rate), "1 EUR = 1,092896 USD");
	/* 1 000.00 at 1.10 is 909.09: 915.00 came. */
	assert_int_equal(differences(w), 591);
	cash_world_clean(w);
}

static void without_the_bank_s_word_the_rate_of_the_day_decides(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", NULL);

	/* 915.00 at 1.0912 is 998.448. */
	assert_int_equal(refused(w, entry, owed, 100000, "USD", 0), ERR_INVALID);
	applied(w, entry, owed, 99845, "USD", 0);
	assert_int_equal(cash_world_open_of(w, owed), 155);
	assert_int_equal(payment_open(w, entry), 0);
	assert_int_equal(only(w, entry).rate.source, CONVERSION_DATED);
	assert_int_equal(only(w, entry).rate.on, CASH_WORLD_DAY);
	/* 998.45 at 1.10 is 907.68. */
	assert_int_equal(differences(w), 732);
	cash_world_clean(w);
}

static void only_what_the_documents_take_is_converted(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 50000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", NULL);

	applied(w, entry, owed, 50000, "USD", 0);
	/* 500.00 at 1.0912 is 458.211. */
	assert_int_equal(only(w, entry).from_minor, 45821);
	assert_int_equal(payment_open(w, entry), -(91500 - 45821));
	cash_world_clean(w);
	/* What is left of it pays another document, at the same rate. */
	owed = document(w, cash_world_customer(w, w->entity.id, "C2", "Other", NULL), "FA2", 10000,
			"USD");
	applied(w, entry, owed, 10000, "USD", 0);
	assert_int_equal(cash_world_open_of(w, owed), 0);
	assert_int_equal(payment_open(w, entry), -(91500 - 45821 - 9164));
	cash_world_clean(w);
}

static void what_was_agreed_is_taken_near_the_rate(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", NULL);

	assert_int_equal(refused(w, entry, owed, 100000, "USD", 110000), ERR_REFUSED);
	assert_int_equal(refused(w, entry, owed, 100000, "USD", 99900), ERR_INVALID);
	applied(w, entry, owed, 100000, "USD", 100000);
	assert_int_equal(cash_world_open_of(w, owed), 0);
	assert_int_equal(payment_open(w, entry), 0);
	assert_int_equal(only(w, entry).rate.source, CONVERSION_AGREED);
	assert_int_equal(differences(w), 591);
	cash_world_clean(w);
}

static void charges_are_not_part_of_the_rate(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR",
				"{\"instructed\":\"1000.00 USD\",\"counter_value\":\"920.00 EUR\","
				"\"charges\":\"5.00 EUR\"}");
	/* 915.00 of 920.00 is 994.565 of 1 000.00. */
	const struct cash_line lines[] = { { owed, 99457, MATCH_ALLOCATION },
					   { owed, 543, MATCH_FEE } };
	struct err e;

	must(apply(w, entry, lines, 2, "USD", 0, &e), &e);
	assert_int_equal(cash_world_open_of(w, owed), 0);
	assert_int_equal(payment_open(w, entry), 0);
	assert_int_equal(number(w, "SELECT amount_minor FROM item WHERE account = '627'"), -543);
	cash_world_clean(w);
}

static void nothing_is_converted_without_a_rate(void **state)
{
	struct cash_world *w = *state;
	int64_t who = customer(w), gbp = document(w, who, "FA1", 50000, "GBP");
	int64_t usd = document(w, who, "FA2", 50000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", NULL);

	assert_int_equal(refused(w, entry, gbp, 50000, "GBP", 0), ERR_NOT_FOUND);
	assert_int_equal(refused(w, entry, gbp, 50000, "GBP", 50000), ERR_NOT_FOUND);
	assert_int_equal(refused(w, entry, usd, 50000, NULL, 0), ERR_INVALID);
	assert_int_equal(refused(w, entry, usd, 50000, "EUR", 0), ERR_INVALID);
	assert_int_equal(refused(w, entry, usd, 50000, "usd", 0), ERR_INVALID);
	/* The lines are of the currency that the money becomes. */
	assert_int_equal(refused(w, entry, gbp, 50000, "USD", 0), ERR_INVALID);
	assert_int_equal(cash_world_get(w, entry).state, ENTRY_OPEN);
	assert_int_equal(number(w, "SELECT count(*) FROM conversion"), 0);
	assert_int_equal(number(w, "SELECT count(*) FROM item WHERE kind = 'payment'"), 0);
}

/* ---- the company's currency on the other side, and neither --------------------------------------- */

static void money_of_another_currency_pays_documents_in_ours(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 91500, "EUR");
	int64_t entry = receipt(w, 100000, "USD", "{\"instructed\":\"915.00 EUR\"}");

	applied(w, entry, owed, 91500, "EUR", 0);
	assert_int_equal(cash_world_open_of(w, owed), 0);
	assert_int_equal(only(w, entry).base_minor, 91500);
	/* 1 000.00 at 1.0912 is 916.42. */
	assert_int_equal(differences(w), 142);
	cash_world_clean(w);
}

static void two_currencies_that_are_not_ours(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 2000000, "JPY");
	int64_t entry = receipt(w, 1400000, "USD", NULL);

	assert_int_equal(refused(w, entry, owed, 2000000, "JPY", 0), ERR_NOT_FOUND);
	rate(w, "JPY", ISSUED, 160000000);
	rate(w, "JPY", CASH_WORLD_DAY, 162500000);
	/* 2 000 000 yen at 162.50 to 1.0912: USD 13 430.15, which is EUR 12 307.69. */
	applied(w, entry, owed, 2000000, "JPY", 0);
	assert_int_equal(only(w, entry).from_minor, 1343015);
	assert_int_equal(only(w, entry).base_minor, 1230769);
	assert_int_equal(payment_open(w, entry), -(1400000 - 1343015));
	/* At 160.00 they were worth EUR 12 500.00. */
	assert_int_equal(differences(w), 1230769 - 1250000);
	cash_world_clean(w);
}

/* ---- proposed ------------------------------------------------------------------------------------ */

static struct cash_proposal proposal(struct cash_world *w, int64_t entry, int64_t item,
				     int64_t minor)
{
	struct cash_match_report report;
	struct cash_proposal *list;
	struct cash_detail *detail;
	struct err e = { 0 };
	size_t n;

	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 0);
	must(cash_proposal_list(w->db, w->arena, entry, &list, &n, &e), &e);
	assert_true(n > 0);
	must(cash_detail_of_lines(w->db, w->arena, list[0].lines, &detail, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(detail[0].item_id, item);
	assert_int_equal(detail[0].amount_minor, minor);
	assert_int_equal(cash_world_get(w, entry).state, ENTRY_PROPOSED);
	return list[0];
}

static void accepted(struct cash_world *w, int64_t entry, const struct cash_proposal *x)
{
	struct cash_decision d = { .entity_id = w->entity.id,
				   .entry_id = entry,
				   .customer_id = x->customer_id,
				   .rule = x->rule,
				   .actor = "test",
				   .now = w->now++ };
	struct cash_line *lines;
	struct cash_detail *detail;
	struct entry en = cash_world_get(w, entry);
	struct err e = { 0 };

	must(cash_detail_of_lines(w->db, w->arena, x->lines, &detail, &d.n_lines, &e) &&
		     convert_decide(w->db, w->arena, &en, detail, d.n_lines, &d, &e),
	     &e);
	lines = ARENA_ARRAY(w->arena, d.n_lines, struct cash_line);
	for (size_t i = 0; i < d.n_lines; i++)
		lines[i] = (struct cash_line){ detail[i].item_id, detail[i].amount_minor,
					       MATCH_ALLOCATION };
	d.lines = lines;
	must(cash_apply(w->db, &d, &e), &e);
}

static void what_the_payer_sent_is_recognised(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", "{\"instructed\":\"1000.00 USD\"}");
	struct cash_proposal x = proposal(w, entry, owed, 100000);

	assert_non_null(strstr(x.reason, "sent_in"));
	assert_non_null(strstr(cash_world_get(w, entry).reason, "1000.00 USD"));
	accepted(w, entry, &x);
	assert_int_equal(cash_world_open_of(w, owed), 0);
	assert_int_equal(payment_open(w, entry), 0);
	cash_world_clean(w);
}

static void about_the_worth_is_proposed_and_taken_as_agreed(void **state)
{
	struct cash_world *w = *state;
	int64_t who = customer(w), owed;
	int64_t entry = receipt(w, 91500, "EUR", NULL);
	struct cash_proposal x;

	/* 998.45 at the rate of the day: neither far from it, nor all of it. */
	document(w, who, "FA0", 60000, "USD");
	owed = document(w, who, "FA1", 100000, "USD");
	document(w, who, "FA2", 103000, "USD");
	x = proposal(w, entry, owed, 100000);
	assert_non_null(strstr(x.reason, "worth_about"));
	assert_true(x.confidence_ppm <= 800000);
	accepted(w, entry, &x);
	assert_int_equal(cash_world_open_of(w, owed), 0);
	assert_int_equal(payment_open(w, entry), 0);
	assert_int_equal(only(w, entry).rate.source, CONVERSION_AGREED);
	cash_world_clean(w);
}

static void far_from_the_worth_nothing_is_proposed(void **state)
{
	struct cash_world *w = *state;
	int64_t who = customer(w);
	struct cash_match_report report;

	receipt(w, 91500, "EUR", NULL);
	document(w, who, "FA0", 60000, "USD");
	document(w, who, "FA2", 103000, "USD");
	document(w, who, "FA3", 100000, "GBP"); /* no rate */
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(number(w, "SELECT count(*) FROM match_proposal WHERE lines <> '[]'"), 0);
}

static void a_document_of_its_own_currency_comes_first(void **state)
{
	struct cash_world *w = *state;
	int64_t who = customer(w), own = document(w, who, "FA1", 91500, "EUR");
	int64_t entry = receipt(w, 91500, "EUR", NULL);
	struct cash_match_report report;

	document(w, who, "FA2", 99845, "USD");
	cash_world_match(w, w->entity.id, &report);
	if (report.n_auto == 0)
		proposal(w, entry, own, 91500);
	else
		assert_int_equal(cash_world_open_of(w, own), 0);
}

/* ---- taking back --------------------------------------------------------------------------------- */

static void an_undo_leaves_everything_as_before(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", "{\"instructed\":\"1000.00 USD\"}");

	applied(w, entry, owed, 100000, "USD", 0);
	assert_int_equal(differences(w), 591);
	cash_world_unapply(w, entry);
	assert_int_equal(cash_world_open_of(w, owed), 100000);
	assert_int_equal(cash_world_get(w, entry).state, ENTRY_OPEN);
	assert_int_equal(number(w, "SELECT count(*) FROM item_balance"), 1);
	assert_int_equal(number(w, "SELECT CAST(SUM(amount_minor) AS BIGINT) FROM allocation"), 0);
	assert_int_equal(differences(w), 0);
	cash_world_clean(w);
	/* And again. */
	applied(w, entry, owed, 100000, "USD", 0);
	assert_int_equal(differences(w), 591);
	cash_world_clean(w);
}

struct taking {
	struct cash_world *w;
	int64_t allocation_id;
};

static bool take_tx(struct db *db, void *arg, struct err *e)
{
	const struct taking *t = arg;
	struct posting p;

	return posting_begin(&p, db, t->w->entity.id, "test.undone", "entity", t->w->entity.id,
			     "test", "user", t->w->now, "{}", e) &&
	       post_unallocation(&p, t->allocation_id, "test", e);
}

static void a_conversion_goes_back_whole_or_not_at_all(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", "{\"instructed\":\"1000.00 USD\"}");
	struct taking t = { .w = w };
	struct err e = { 0 };

	applied(w, entry, owed, 100000, "USD", 0);
	t.allocation_id = number(w, "SELECT id FROM allocation WHERE rule = 'conversion'");
	assert_false(db_tx(w->db, take_tx, &t, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	e = (struct err){ 0 };
	assert_false(conversion_refuse(w->db, cash_world_get(w, entry).payment_item_id, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	/* What it pays may be taken off: the money waits in the documents' currency. */
	t.allocation_id = number(w, "SELECT id FROM allocation WHERE rule = 'manual'");
	e = (struct err){ 0 };
	must(db_tx(w->db, take_tx, &t, &e), &e);
	assert_int_equal(only(w, entry).left_minor, 100000);
	cash_world_clean(w);
}

/* ---- told --------------------------------------------------------------------------------------- */

static void the_conversion_is_an_event_with_amounts_rate_source_and_day(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", "{\"instructed\":\"1000.00 USD\"}");
	struct err e = { 0 };
	char *body;

	applied(w, entry, owed, 100000, "USD", 0);
	must(db_get_text(w->db, w->arena, "SELECT body FROM event WHERE kind = 'entry.converted'",
			 DB_NO_PARAMS, &body, &e),
	     &e);
	assert_string_equal(body, "{\"entry\":\"B001\",\"amount\":\"915.00\",\"currency\":\"EUR\","
				  "\"converted\":\"1000.00\",\"converted_currency\":\"USD\","
				  "\"rate\":\"1 EUR = 1.092896 USD\",\"rate_source\":\"bank\","
				  "\"rate_on\":\"2026-10-02\"}");
}

/* What the export says of an account: debits less credits; how many lines. */
static int64_t exported(struct cash_world *w, const char *account, int *ret_n)
{
	struct books_told_line *line;
	struct books_batch *batches;
	struct err e = { 0 };
	int64_t sum = 0;
	size_t n, n_batches;

	*ret_n = 0;
	must(books_list(w->db, w->arena, w->entity.id, 10, &batches, &n_batches, &e), &e);
	for (size_t b = 0; b < n_batches; b++) {
		must(books_line_list(w->db, w->arena, batches[b].id, 100, &line, &n, &e), &e);
		for (size_t i = 0; i < n; i++)
			if (str_starts(line[i].account, account)) {
				sum += line[i].debit_minor - line[i].credit_minor;
				++*ret_n;
			}
	}
	return sum;
}

static void prepare(struct cash_world *w)
{
	const struct books_order o = { &w->entity, CASH_WORLD_DAY, "test", w->now++ };
	struct books_batch batch;
	struct err e = { 0 };

	must(books_prepare(w->db, w->arena, &o, &batch, &e), &e);
	assert_int_not_equal(batch.id, 0);
}

static void the_books_get_what_was_received_and_the_difference(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", "{\"instructed\":\"1000.00 USD\"}");
	int n;

	applied(w, entry, owed, 100000, "USD", 0);
	assert_int_equal(differences(w), 591);
	prepare(w);
	assert_int_equal(exported(w, "512", &n), 91500);
	/* What one side of the conversion puts there the other takes. */
	assert_int_equal(exported(w, "478", &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(exported(w, "766", &n), -591);
	/* The document was 909.09: that, and not what the dollar is worth today, leaves the customer's account. */
	assert_int_equal(exported(w, "411", &n), -90909);
	/* Taken back, the export takes back all of it. */
	cash_world_unapply(w, entry);
	assert_int_equal(differences(w), 0);
	prepare(w);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(exported(w, (const char *[]){ "512", "478", "766", "411" }[i], &n),
				 0);
}

static void a_corrected_rate_reaches_the_books(void **state)
{
	struct cash_world *w = *state;
	int64_t owed = document(w, customer(w), "FA1", 100000, "USD");
	int64_t entry = receipt(w, 91500, "EUR", "{\"instructed\":\"1000.00 USD\"}");
	int n;

	applied(w, entry, owed, 100000, "USD", 0);
	assert_int_equal(differences(w), 591);
	prepare(w);
	/* It was 1.00 when the document was made: 1 000.00 were owed, 915.00 came. */
	rate(w, "USD", ISSUED, 1000000);
	differences(w);
	prepare(w);
	assert_int_equal(exported(w, "766", &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(exported(w, "666", &n), 8500);
	assert_int_equal(exported(w, "411", &n), -100000);
}

static void damage_is_found(void **state)
{
	static const struct {
		const char *sql, *law;
	} damage[] = {
		{ "UPDATE conversion SET rate_times = rate_times + 1000", "conversion_rate" },
		{ "UPDATE conversion SET base_minor = base_minor + 1", "conversion_value" },
		{ "UPDATE conversion SET to_minor = to_minor * 2, rate_times = rate_times * 2",
		  "conversion_sides" },
		{ "DELETE FROM item_balance WHERE item_id IN (SELECT to_item_id FROM conversion)",
		  "conversion_sides" },
		{ "UPDATE conversion SET payment_item_id = to_item_id", "conversion_taken" },
	};

	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		struct cash_world *w;
		struct err e = { 0 };
		int64_t owed, entry;
		if (i) {
			cash_world_teardown(state);
			cash_world_setup(state);
		}
		w = *state;
		owed = document(w, customer(w), "FA1", 100000, "USD");
		entry = receipt(w, 91500, "EUR", "{\"instructed\":\"1000.00 USD\"}");
		applied(w, entry, owed, 100000, "USD", 0);
		cash_world_clean(w);
		must(db_exec(w->db, damage[i].sql, DB_NO_PARAMS, NULL, &e), &e);
		if (!cash_world_breaks(w, damage[i].law))
			fail_msg("%s is not found", damage[i].law);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, cash_world_setup, cash_world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_the_payer_sent_decides),
		TEST(without_the_bank_s_word_the_rate_of_the_day_decides),
		TEST(only_what_the_documents_take_is_converted),
		TEST(what_was_agreed_is_taken_near_the_rate),
		TEST(charges_are_not_part_of_the_rate),
		TEST(nothing_is_converted_without_a_rate),
		TEST(money_of_another_currency_pays_documents_in_ours),
		TEST(two_currencies_that_are_not_ours),
		TEST(what_the_payer_sent_is_recognised),
		TEST(about_the_worth_is_proposed_and_taken_as_agreed),
		TEST(far_from_the_worth_nothing_is_proposed),
		TEST(a_document_of_its_own_currency_comes_first),
		TEST(an_undo_leaves_everything_as_before),
		TEST(a_conversion_goes_back_whole_or_not_at_all),
		TEST(the_conversion_is_an_event_with_amounts_rate_source_and_day),
		TEST(the_books_get_what_was_received_and_the_difference),
		TEST(a_corrected_rate_reaches_the_books),
		TEST(damage_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
