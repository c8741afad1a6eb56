/* SPDX-License-Identifier: Apache-2.0 */
#include "day/demo_world.h"

#include "day/demo_names.h"
#include "ledger/calendar.h"
#include "ledger/terms.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	WORLD_DAYS = 730,
	HARD_DAYS = 9,
	BOOKED_BEFORE = 49, /* days before today on which the accounting file ends */
	MEANS = 4,
	STOPPED_DAYS = 110, /* since when a customer who stopped pays no more */
};

static const struct {
	const char *name;
	int customers, documents;
} sizes[] = {
	[DEMO_SMALL] = { "small", 180, 2500 },
	[DEMO_MEDIUM] = { "medium", 1000, 20000 },
	[DEMO_LARGE] = { "large", 5000, 150000 },
};

bool demo_size_of(const char *name, enum demo_size *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		if (str_eq(sizes[i].name, name)) {
			*ret = (enum demo_size)i;
			return true;
		}
	}
	return false;
}

/* SplitMix64: short, and every seed is a good one. */
uint32_t demo_roll(struct demo_chance *c, uint32_t n)
{
	uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);

	ENSURE(n > 0);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ (z >> 31)) >> 32) % n;
}

/* ---- numbers of companies and accounts --------------------------------------------------------- */

/* 000 and five digits, then the check digit. */
static void make_siren(uint32_t n, char ret[SIREN_TEXT])
{
	snprintf(ret, SIREN_TEXT, "000%05u0", (unsigned)(n % 100000));
	ret[8] = (char)('0' + (10 - luhn_sum(ret, 9)) % 10);
}

void demo_iban(const char *country, uint32_t number, char ret[IBAN_TEXT])
{
	char bban[40], whole[64], account[12];
	unsigned n = number % 100000000;
	int check;

	if (str_eq(country, "FR")) {
		snprintf(account, sizeof account, "%011u", n);
		check = rib_key("99999", "00001", account);
		snprintf(bban, sizeof bban, "9999900001%s%02d", account, check);
	} else if (str_eq(country, "DE")) {
		snprintf(bban, sizeof bban, "99999999%010u", n);
	} else if (str_eq(country, "BE")) {
		uint64_t first = UINT64_C(9990000000) + n;

		check = (int)(first % 97);
		snprintf(bban, sizeof bban, "%010" PRIu64 "%02d", first, check == 0 ? 97 : check);
	} else if (str_eq(country, "ES")) {
		snprintf(bban, sizeof bban, "9999000100%010u", n);
	} else {
		country = "GB";
		snprintf(bban, sizeof bban, "XXXX999999%08u", n);
	}
	snprintf(whole, sizeof whole, "%s%s00", bban, country);
	check = 98 - mod97(whole, strlen(whole));
	snprintf(ret, IBAN_TEXT, "%.2s%c%c%.30s", country, '0' + check / 10, '0' + check % 10,
		 bban);
}

/* ---- customers --------------------------------------------------------------------------------- */

struct kind_of_customer {
	const char *segment, *kind;
	int per_hundred;
	int weight;
	int64_t least, most;
	const char *means[MEANS]; /* one is drawn */
	bool may_be_abroad;
};

static const struct kind_of_customer customer_kinds[] = {
	{ "Grands comptes", "b2b", 7, 60, 250000, 2600000, { "VIR", "VIR", "VIR", "LCR" }, false },
	{ "PME", "b2b", 40, 16, 35000, 650000, { "VIR", "VIR", "PRLV", "LCR" }, true },
	{ "TPE", "b2b", 32, 8, 8000, 120000, { "VIR", "VIR", "CHQ", "PRLV" }, false },
	{ "Public", "b2g", 11, 12, 40000, 900000, { "VIR", "VIR", "VIR", "VIR" }, false },
	{ "Occasionnels", "b2c", 10, 2, 4000, 60000, { "VIR", "CHQ", "VIR", "CHQ" }, false },
};

static const struct {
	const char *text, *code;
} terms_of[] = {
	{ "30 jours net", "NET30" },
	{ "45 jours fin de mois", "FDM_AFTER45" },
	{ "30 jours fin de mois", "FDM_AFTER30" },
	{ "60 jours date de facture", "NET60" },
	{ "30 jours fin de mois le 10", "FDM_AFTER30_LE10" },
	{ "45 jours net", "NET45" },
	{ "comptant", "NET0" },
};

static enum demo_habit roll_habit(struct demo_chance *chance, const char *segment)
{
	uint32_t r = demo_roll(chance, 100);

	if (str_eq(segment, "Grands comptes"))
		return r < 45   ? DEMO_ON_TIME
		       : r < 75 ? DEMO_USUAL
		       : r < 90 ? DEMO_SLOW
				: DEMO_VERY_SLOW;
	if (str_eq(segment, "Public"))
		return r < 30 ? DEMO_ON_TIME : r < 70 ? DEMO_USUAL : DEMO_SLOW;
	if (r < 36)
		return DEMO_ON_TIME;
	if (r < 66)
		return DEMO_USUAL;
	return r < 80 ? DEMO_SLOW : r < 95 ? DEMO_VERY_SLOW : DEMO_STOPPED;
}

static const struct kind_of_customer *roll_kind(struct demo_chance *chance)
{
	int r = (int)demo_roll(chance, 100);

	for (size_t i = 0; i < ARRAY_LEN(customer_kinds); i++) {
		if (r < customer_kinds[i].per_hundred)
			return &customer_kinds[i];
		r -= customer_kinds[i].per_hundred;
	}
	ensure_failed("shares of customers add up to a hundred", __FILE__, __LINE__);
	return NULL;
}

static void give_terms(struct demo_customer *c, struct demo_chance *chance)
{
	size_t i = demo_roll(chance, ARRAY_LEN(terms_of) - 1);

	/* A public buyer has thirty days by law; a consumer pays at once. */
	if (str_eq(c->kind, "b2g"))
		i = 0;
	if (str_eq(c->kind, "b2c"))
		i = ARRAY_LEN(terms_of) - 1;
	c->terms = terms_of[i].text;
	c->terms_code = terms_of[i].code;
}

static void give_place(struct demo_world *w, struct demo_customer *c, struct demo_chance *chance,
		       bool may_be_abroad)
{
	const struct demo_place *p = demo_place(
		may_be_abroad && demo_roll(chance, 100) < 22 ? 1 + demo_roll(chance, 4) : 0,
		chance);

	c->country = p->country;
	c->language = p->language;
	c->postcode = p->postcode;
	c->city = p->city;
	c->street = demo_street(w->arena, p, chance);
	c->phone = arena_printf(w->arena, "%s%06u", p->phone, (unsigned)demo_roll(chance, 1000000));
}

static void add_customer(struct demo_world *w, struct demo_chance *chance)
{
	int index = (int)w->customers.n;
	const struct kind_of_customer *k = roll_kind(chance);
	struct demo_customer *c = LIST_ADD(w->arena, &w->customers);

	snprintf(c->code, sizeof c->code, "C%05u", (unsigned)(index + 1) % 100000);
	c->kind = k->kind;
	c->segment = k->segment;
	c->weight = k->weight;
	c->least = k->least;
	c->most = k->most;
	c->parent = -1;
	c->is_subscriber = index % 8 == 5;
	give_place(w, c, chance, k->may_be_abroad);
	c->name = demo_name(w->arena, c->kind, c->country, c->city, index + 1);
	give_terms(c, chance);
	c->habit = roll_habit(chance, c->segment);
	c->means = k->means[demo_roll(chance, MEANS)];
	if (!str_eq(c->country, "FR"))
		c->means = "VIR";
	if (str_eq(c->country, "FR") && !str_eq(c->kind, "b2c")) {
		make_siren((uint32_t)index + 1, c->siren);
		vat_of_siren(c->siren, c->vat);
	}
	demo_iban(c->country, (uint32_t)index + 1, c->iban);
	if (demo_roll(chance, 100) < 93)
		c->email = demo_email(w->arena, c->language, index + 1);
	c->limit_minor = c->most * (int64_t)(2 + demo_roll(chance, 5)) / 500000 * 500000 + 500000;
}

/* Some large companies have subsidiaries that are customers too. */
static void give_parents(struct demo_world *w, struct demo_chance *chance)
{
	size_t parent = 0;

	for (size_t i = 0; i < w->customers.n; i++) {
		struct demo_customer *c = &w->customers.at[i];

		if (str_eq(c->segment, "Grands comptes"))
			parent = i;
		else if (str_eq(c->segment, "PME") && str_eq(c->country, "FR") && parent > 0 &&
			 demo_roll(chance, 8) == 0)
			c->parent = (int)parent;
	}
}

/* ---- documents --------------------------------------------------------------------------------- */

static int pick_customer(const struct demo_world *w, int total_weight, struct demo_chance *chance)
{
	int r = (int)demo_roll(chance, (uint32_t)total_weight);

	for (size_t i = 0; i < w->customers.n; i++) {
		r -= w->customers.at[i].weight;
		if (r < 0)
			return (int)i;
	}
	ensure_failed("weights of customers", __FILE__, __LINE__);
	return 0;
}

/* Many small ones, few large ones: the cube of an even chance. */
static int64_t roll_amount(const struct demo_customer *c, struct demo_chance *chance)
{
	int64_t u = demo_roll(chance, 1000), v;

	/* A subscription: the same amount each time, so that the amount alone explains nothing. */
	if (c->is_subscriber)
		return c->least * 3;
	v = c->least + (c->most - c->least) * (u * u * u / 1000000) / 1000;

	return v + (int64_t)demo_roll(chance, 100);
}

static int by_issue(const void *a, const void *b)
{
	const struct demo_item *x = a, *y = b;

	if (x->issued_on != y->issued_on)
		return x->issued_on < y->issued_on ? -1 : 1;
	if (x->customer != y->customer)
		return x->customer < y->customer ? -1 : 1;
	return x->net_minor < y->net_minor ? -1 : x->net_minor > y->net_minor;
}

static void fill_item(struct demo_world *w, struct demo_item *it, struct demo_chance *chance)
{
	const struct demo_customer *c = &w->customers.at[it->customer];
	struct terms t;
	struct err e;

	if (!terms_parse(c->terms_code, &t, &e))
		ensure_failed("terms of the demo", __FILE__, __LINE__);
	it->payment = -1;
	it->is_credit_note = demo_roll(chance, 100) < 3;
	it->net_minor = roll_amount(c, chance);
	if (it->is_credit_note)
		it->net_minor = -(it->net_minor / 4 + 1000);
	/* Deliveries to a company abroad bear no VAT. */
	it->vat_minor = str_eq(c->country, "FR")
				? (it->net_minor * 20 + (it->net_minor < 0 ? -50 : 50)) / 100
				: 0;
	it->gross_minor = it->net_minor + it->vat_minor;
	it->due_on = it->is_credit_note ? it->issued_on : terms_due_on(&t, it->issued_on, DAY_NONE);
}

static void number_items(struct demo_world *w)
{
	int year = 0, n_invoices = 0, n_credits = 0;

	for (size_t i = 0; i < w->items.n; i++) {
		struct demo_item *it = &w->items.at[i];
		int y = date_civil(it->issued_on).year;

		if (y != year) {
			year = y;
			n_invoices = n_credits = 0;
		}
		snprintf(it->document, sizeof it->document, "%s%d-%05d",
			 it->is_credit_note ? "AV" : "FA", y,
			 it->is_credit_note ? ++n_credits : ++n_invoices);
		if (!it->is_credit_note && !rf_make(it->document, it->rf))
			ensure_failed("reference of the demo", __FILE__, __LINE__);
	}
}

static void make_items(struct demo_world *w, int n, struct demo_chance *chance)
{
	int total_weight = 0;

	for (size_t i = 0; i < w->customers.n; i++)
		total_weight += w->customers.at[i].weight;
	for (int i = 0; i < n; i++) {
		struct demo_item *it = LIST_ADD(w->arena, &w->items);
		/* A tenth more business in the second half: the curve should not be flat. */
		int back = (int)demo_roll(chance, WORLD_DAYS) -
			   (int)demo_roll(chance, WORLD_DAYS / 10);

		it->customer = i < (int)w->customers.n ? i : pick_customer(w, total_weight, chance);
		it->issued_on =
			calendar_on_or_before(CALENDAR_FR, w->today - (back < 0 ? -back : back));
		fill_item(w, it, chance);
	}
	qsort(w->items.at, w->items.n, sizeof *w->items.at, by_issue);
	number_items(w);
}

/* ---- payments ---------------------------------------------------------------------------------- */

static int roll_delay(const struct demo_customer *c, struct demo_chance *chance)
{
	int noise = (int)demo_roll(chance, 11) - 5;

	switch (c->habit) {
	case DEMO_ON_TIME:
		return noise / 3;
	case DEMO_USUAL:
	case DEMO_STOPPED:
		return 7 + noise;
	case DEMO_SLOW:
		return 28 + 3 * noise;
	case DEMO_VERY_SLOW:
		return demo_roll(chance, 9) == 0 ? 2000 : 40 + (int)demo_roll(chance, 60);
	}
	return 0;
}

/* Large companies pay on Fridays, public ones on the tenth, others on any business day. */
static day_t pay_day(const struct demo_customer *c, day_t d)
{
	if (str_eq(c->segment, "Grands comptes"))
		d += (5 - date_weekday(d) + 7) % 7;
	return calendar_on_or_after(CALENDAR_TARGET, d);
}

/* When a document is paid; DAY_NONE: not yet. */
static day_t paid_on(const struct demo_world *w, const struct demo_item *it,
		     struct demo_chance *chance)
{
	const struct demo_customer *c = &w->customers.at[it->customer];
	int delay = roll_delay(c, chance);
	day_t d;

	if (str_eq(c->means, "PRLV") || str_eq(c->means, "LCR"))
		delay = 0; /* we collect it ourselves on the due date */
	d = pay_day(c, it->due_on + (delay > -10 ? delay : 0));
	if (d <= it->issued_on)
		d = calendar_on_or_after(CALENDAR_TARGET, it->issued_on + 1);
	if (c->habit == DEMO_STOPPED && d > w->today - STOPPED_DAYS)
		return DAY_NONE;
	return d < w->today ? d : DAY_NONE;
}

struct due_payment {
	int customer, item;
	day_t on;
};

static int by_customer_and_day(const void *a, const void *b)
{
	const struct due_payment *x = a, *y = b;

	if (x->customer != y->customer)
		return x->customer < y->customer ? -1 : 1;
	if (x->on != y->on)
		return x->on < y->on ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

static enum demo_receipt roll_receipt(const struct demo_world *w, const struct demo_payment *p,
				      struct demo_chance *chance)
{
	const struct demo_customer *c = &w->customers.at[p->customer];
	/* The last days are harder, so that somebody has something left to decide. */
	uint32_t r = demo_roll(chance, 100) / (p->on > w->today - HARD_DAYS ? 2 : 1) +
		     (p->on > w->today - HARD_DAYS ? 50 : 0);

	if (c->parent >= 0 && r % 50 < 15)
		return DEMO_RECEIPT_PARENT;
	if (!str_eq(c->country, "FR") && r % 50 < 15)
		return DEMO_RECEIPT_FEE;
	if (r < 52)
		return DEMO_RECEIPT_REFERENCES;
	if (r < 66)
		return p->n_items == 1 ? DEMO_RECEIPT_RF : DEMO_RECEIPT_REFERENCES;
	if (r < 76)
		return DEMO_RECEIPT_SHORT;
	if (r < 88)
		return DEMO_RECEIPT_SILENT;
	if (r < 94)
		return p->n_items == 1 ? DEMO_RECEIPT_PARTIAL : DEMO_RECEIPT_REFERENCES;
	if (r < 97)
		return DEMO_RECEIPT_TOO_MUCH;
	return p->n_items == 1 ? DEMO_RECEIPT_SHORT : DEMO_RECEIPT_SILENT;
}

static void set_received(const struct demo_world *w, struct demo_payment *p,
			 struct demo_chance *chance)
{
	/* What is booked was sorted out by the accountant: paid in full, but now and then a part. */
	p->is_lettered = true;
	if (p->on <= w->booked_until) {
		if (p->n_items == 1 && p->minor > 100000 && demo_roll(chance, 100) < 2) {
			p->receipt = DEMO_RECEIPT_PARTIAL;
			p->minor = p->minor / 200 * 100;
		} else if (p->minor < 300000 && demo_roll(chance, 100) < 1) {
			p->is_lettered = false;
		}
		return;
	}
	p->receipt = roll_receipt(w, p, chance);
	if (p->receipt == DEMO_RECEIPT_PARTIAL)
		p->minor = p->minor / 200 * 100 + 100;
	if (p->receipt == DEMO_RECEIPT_TOO_MUCH)
		p->minor += 1000 + (int64_t)demo_roll(chance, 20) * 500;
	if (p->receipt == DEMO_RECEIPT_FEE && p->minor > 5000)
		p->minor -= 1200;
}

/* One receipt per customer and day; credit notes are taken off the next one that is large enough. */
static void group_payments(struct demo_world *w, const struct due_payment *due, size_t n,
			   struct demo_chance *chance)
{
	for (size_t i = 0; i < n;) {
		struct demo_payment *p;
		int64_t sum = 0;
		size_t end = i;
		int last = -1;

		for (; end < n && due[end].customer == due[i].customer && due[end].on == due[i].on;
		     end++)
			sum += w->items.at[due[end].item].gross_minor;
		if (sum <= 0) {
			i = end;
			continue;
		}
		p = LIST_ADD(w->arena, &w->payments);
		p->customer = due[i].customer;
		p->on = due[i].on;
		p->minor = sum;
		p->first_item = due[i].item;
		for (; i < end; i++) {
			w->items.at[due[i].item].payment = (int)w->payments.n - 1;
			if (last >= 0)
				w->next_of_item[last] = due[i].item;
			last = due[i].item;
			p->n_items++;
		}
		set_received(w, p, chance);
	}
}

/* A credit note waits for the payment of an invoice issued no later than it would be used. */
static day_t credit_used_on(const struct demo_world *w, const struct due_payment *due, size_t n,
			    size_t credit)
{
	const struct demo_item *c = &w->items.at[due[credit].item];

	for (size_t i = 0; i < n; i++) {
		const struct demo_item *it = &w->items.at[due[i].item];

		if (due[i].customer == c->customer && due[i].on != DAY_NONE &&
		    !it->is_credit_note && due[i].on > c->issued_on &&
		    it->gross_minor + c->gross_minor > 0)
			return due[i].on;
	}
	return DAY_NONE;
}

static void make_payments(struct demo_world *w, struct demo_chance *chance)
{
	struct due_payment *due = ARENA_ARRAY(w->arena, w->items.n, struct due_payment);
	size_t n = 0;

	w->next_of_item = ARENA_ARRAY(w->arena, w->items.n, int);
	for (size_t i = 0; i < w->items.n; i++) {
		struct demo_item *it = &w->items.at[i];

		w->next_of_item[i] = -1;
		due[i].customer = it->customer;
		due[i].item = (int)i;
		due[i].on = it->is_credit_note ? DAY_NONE : paid_on(w, it, chance);
	}
	for (size_t i = 0; i < w->items.n; i++)
		if (w->items.at[i].is_credit_note)
			due[i].on = credit_used_on(w, due, w->items.n, i);
	for (size_t i = 0; i < w->items.n; i++)
		if (due[i].on != DAY_NONE)
			due[n++] = due[i];
	qsort(due, n, sizeof *due, by_customer_and_day);
	group_payments(w, due, n, chance);
}

/* Payments were made customer by customer; the story goes day by day. */
struct payment_place {
	struct demo_payment payment;
	int was;
};

static int by_pay_day(const void *a, const void *b)
{
	const struct payment_place *x = a, *y = b;

	if (x->payment.on != y->payment.on)
		return x->payment.on < y->payment.on ? -1 : 1;
	return x->was < y->was ? -1 : x->was > y->was;
}

static void sort_payments(struct demo_world *w)
{
	size_t n = w->payments.n;
	struct payment_place *places = ARENA_ARRAY(w->arena, n, struct payment_place);
	int *now = ARENA_ARRAY(w->arena, n, int);

	for (size_t i = 0; i < n; i++)
		places[i] = (struct payment_place){ w->payments.at[i], (int)i };
	if (n > 0)
		qsort(places, n, sizeof *places, by_pay_day);
	for (size_t i = 0; i < n; i++) {
		w->payments.at[i] = places[i].payment;
		now[places[i].was] = (int)i;
	}
	for (size_t i = 0; i < w->items.n; i++)
		if (w->items.at[i].payment >= 0)
			w->items.at[i].payment = now[w->items.at[i].payment];
}

void demo_world_make(struct arena *a, enum demo_size size, uint64_t seed, day_t today,
		     struct demo_world *ret)
{
	struct demo_chance chance = { seed };
	struct demo_world w = { .arena = a, .today = today, .booked_until = today - BOOKED_BEFORE };

	for (int i = 0; i < sizes[size].customers; i++)
		add_customer(&w, &chance);
	give_parents(&w, &chance);
	make_items(&w, sizes[size].documents, &chance);
	make_payments(&w, &chance);
	sort_payments(&w);
	*ret = w;
}
