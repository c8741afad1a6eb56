/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/convert.h"

#include "cash/cash.h"

/* A rate agreed upon is at most a twentieth away from the known one; what a person did not say, a fiftieth. */
enum { AGREED_PART = 20, NEAR_PART = 50 };

bool convert_told(const struct entry *en, struct money *ret)
{
	return en->amount_minor > 0 && entry_told_amount(en->other_refs, "instructed", ret) &&
	       strcmp(ret->currency, en->currency) != 0;
}

/* Before charges: what the bank says, else the entry and the charges that it says. */
static int64_t gross_of(const struct entry *en)
{
	struct money counter;

	if (entry_told_amount(en->other_refs, "counter_value", &counter) &&
	    str_eq(counter.currency, en->currency))
		return counter.minor;
	return en->amount_minor + entry_charges(en->other_refs, en->currency);
}

bool convert_rate_of(const struct exchange_table *rates, const struct entry *en, const char *to,
		     struct conversion_rate *ret, struct err *e)
{
	struct money told;

	if (!convert_told(en, &told) || !str_eq(told.currency, to))
		return conversion_dated(rates, en->currency, to, en->booked_on, ret, e);
	*ret = (struct conversion_rate){ .times = told.minor,
					 .by = gross_of(en),
					 .source = CONVERSION_BANK,
					 .on = en->booked_on };
	memcpy(ret->from, en->currency, sizeof ret->from);
	memcpy(ret->to, to, strlen(to) + 1);
	return true;
}

bool convert_rate(struct db *db, struct arena *a, const struct entry *en, const char *to,
		  struct conversion_rate *ret, struct err *e)
{
	const char *codes[] = { en->currency, to };
	struct exchange_table rates;

	if (!currency_is_code(to))
		return err_field(e, ERR_INVALID, "convert", "\"%.10s\" is no currency", to);
	if (str_eq(to, en->currency))
		return err_field(e, ERR_INVALID, "convert", "the receipt is in %s already", to);
	return exchange_load_day(db, a, codes, ARRAY_LEN(codes), en->booked_on, 0, &rates, e) &&
	       convert_rate_of(&rates, en, to, ret, e);
}

static int64_t distance(int64_t x, int64_t y)
{
	return x > y ? x - y : y - x;
}

bool convert_is_near(int64_t worth_minor, int64_t paid_minor)
{
	return distance(worth_minor, paid_minor) <= worth_minor / NEAR_PART;
}

static bool plan_agreed(const struct entry *en, int64_t left_minor, int64_t known_minor,
			const struct convert_wish *wish, struct convert_plan *ret, struct err *e)
{
	char says[MONEY_TEXT], known[MONEY_TEXT];

	if (distance(wish->worth_minor, known_minor) > known_minor / AGREED_PART)
		return err_field(e, ERR_REFUSED, "worth",
				 "%s %s is too far from what %.60s is worth: %s %s",
				 minor_format(wish->worth_minor, ret->rate.to, says), ret->rate.to,
				 en->reference, minor_format(known_minor, ret->rate.to, known),
				 ret->rate.to);
	if (wish->paid_minor > wish->worth_minor)
		return err_field(e, ERR_INVALID, "worth", "the documents take more than %s %s",
				 minor_format(wish->worth_minor, ret->rate.to, says), ret->rate.to);
	/* All of it, as was agreed: what the documents do not take stays in their currency. */
	ret->from_minor = left_minor;
	ret->to_minor = wish->worth_minor;
	if (wish->worth_minor == known_minor)
		return true;
	ret->rate.times = wish->worth_minor;
	ret->rate.by = left_minor;
	ret->rate.source = CONVERSION_AGREED;
	ret->rate.on = en->booked_on;
	return true;
}

bool convert_plan(const struct entry *en, const struct conversion_rate *rate, int64_t left_minor,
		  const struct convert_wish *wish, struct convert_plan *ret, struct err *e)
{
	struct convert_plan p = { .rate = *rate };
	char is[MONEY_TEXT];
	int64_t known;

	if (left_minor <= 0 || wish->paid_minor < 0 ||
	    !conversion_there(rate, left_minor, &known, e))
		return left_minor > 0 && wish->paid_minor >= 0
			       ? false
			       : err_set(e, ERR_INVALID, "there is nothing to convert of %.60s",
					 en->reference);
	if (wish->worth_minor) {
		if (!plan_agreed(en, left_minor, known, wish, &p, e))
			return false;
	} else if (wish->paid_minor > known) {
		return err_field(e, ERR_INVALID, "worth",
				 "%.60s is worth %s %s, which is less than the documents take",
				 en->reference, minor_format(known, rate->to, is), rate->to);
	} else {
		p.to_minor = wish->paid_minor ? wish->paid_minor : known;
		if (!conversion_back(rate, p.to_minor, &p.from_minor, e))
			return false;
		if (p.to_minor == known || p.from_minor > left_minor)
			p.from_minor = left_minor;
	}
	if (p.from_minor <= 0 || p.to_minor <= 0)
		return err_set(e, ERR_INVALID, "there is too little to convert of %.60s",
			       en->reference);
	*ret = p;
	return true;
}

/* ---- acts and programs --------------------------------------------------------------------------- */

bool convert_left(struct db *db, const struct entry *en, int64_t *ret, struct err *e)
{
	*ret = en->amount_minor;
	return !en->payment_item_id ||
	       db_get_i64(db, "SELECT -open_minor FROM item_balance WHERE item_id = $1",
			  DB_PARAMS(P_I64(en->payment_item_id)), 0, ret, e);
}

bool convert_decide(struct db *db, struct arena *a, const struct entry *en,
		    const struct cash_detail *detail, size_t n, struct cash_decision *d,
		    struct err *e)
{
	struct conversion_rate rate;
	int64_t left, worth, paid = 0;

	if (n == 0 || str_eq(detail[0].currency, en->currency))
		return true;
	d->convert = arena_strdup(a, detail[0].currency);
	for (size_t i = 0; i < n; i++)
		if (str_eq(detail[i].line_kind, match_kind_name(MATCH_ALLOCATION)) &&
		    !minor_add(&paid, detail[i].amount_minor, e))
			return false;
	if (!convert_rate(db, a, en, d->convert, &rate, e) || !convert_left(db, en, &left, e) ||
	    !conversion_there(&rate, left, &worth, e))
		return false;
	if (rate.source == CONVERSION_DATED && convert_is_near(worth, paid))
		d->worth_minor = paid;
	return true;
}

bool convert_put(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
		 struct json *j, struct err *e)
{
	struct conversion *list;
	size_t n;

	if (!conversion_list(db, a, entity_id, entry_id, &list, &n, e))
		return false;
	json_key(j, "conversions"), json_open_array(j);
	for (size_t i = 0; i < n; i++) {
		const struct conversion_rate *r = &list[i].rate;
		json_open_object(j);
		json_put_minor(j, "amount", list[i].from_minor, r->from);
		json_put_text(j, "currency", r->from);
		json_put_minor(j, "converted", list[i].to_minor, r->to);
		json_put_text(j, "converted_currency", r->to);
		json_put_minor(j, "left", list[i].left_minor, r->to);
		json_put_text(j, "rate", conversion_rate_text(a, "en", r));
		json_put_text(j, "rate_source", list[i].source_name);
		json_put_day(j, "rate_on", r->on);
		json_end(j);
	}
	json_end(j);
	return true;
}

const char *convert_body(struct arena *a, const struct entry *en, const struct convert_plan *p)
{
	char day[DATE_TEXT];
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "entry", en->reference);
	json_put_minor(&j, "amount", p->from_minor, p->rate.from);
	json_put_text(&j, "currency", p->rate.from);
	json_put_minor(&j, "converted", p->to_minor, p->rate.to);
	json_put_text(&j, "converted_currency", p->rate.to);
	json_put_text(&j, "rate", conversion_rate_text(a, "en", &p->rate));
	json_put_text(&j, "rate_source", conversion_source_name(p->rate.source));
	json_put_text(&j, "rate_on", date_format(p->rate.on, day));
	json_end(&j);
	return buf_str(&b);
}
