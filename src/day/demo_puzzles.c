/* SPDX-License-Identifier: Apache-2.0 */
#include "day/demo_puzzles.h"

#include "base/text.h"

enum { PUZZLE_MAX = 14, OLD_ENOUGH = 12 };

struct making {
	const struct demo_world *w;
	day_t from, to;
	struct demo_puzzles *list;
	const struct demo_item
		*former; /* of another customer, for numbers that are somebody else's */
};

static const struct demo_customer *customer_of(const struct making *m, const struct demo_item *it)
{
	return &m->w->customers.at[it->customer];
}

/* Spread over the working days. */
static day_t day_of(const struct making *m)
{
	day_t on = m->from + (day_t)(m->list->n % (size_t)(m->to - m->from + 1));

	while (date_weekday(on) > 5)
		on--;
	return on < m->from ? m->from : on;
}

static struct demo_puzzle *add(struct making *m, const struct demo_item *it, int64_t minor)
{
	struct demo_puzzle *p = LIST_ADD(m->w->arena, m->list);

	*p = (struct demo_puzzle){ .on = day_of(m),
				   .minor = minor,
				   .code = "RCDT/ESCT",
				   .name = customer_of(m, it)->name };
	return p;
}

/* His name, his amount, and the number of somebody else's document. */
static void wrong_number(struct making *m, const struct demo_item *it)
{
	add(m, it, it->gross_minor)->text =
		arena_printf(m->w->arena, "REGLEMENT %s", m->former->document);
}

/* A relative or a manager pays from an account of his own. */
static void paid_by_another(struct making *m, const struct demo_item *it)
{
	struct demo_puzzle *p = add(m, it, it->gross_minor);

	p->name = "Particulier de l'exemple";
	p->text = arena_printf(m->w->arena, "FACT %s",
			       text_key(m->w->arena, customer_of(m, it)->name));
}

/* Less than the document, and not a word of why. */
static void short_paid(struct making *m, const struct demo_item *it)
{
	add(m, it, it->gross_minor * 81 / 100)->text = "VIREMENT";
}

/* Twice the same document. */
static void paid_twice(struct making *m, const struct demo_item *it)
{
	add(m, it, it->gross_minor)->text = arena_printf(m->w->arena, "FACTURE %s", it->document);
	add(m, it, it->gross_minor)->text = arena_printf(m->w->arena, "FACTURE %s", it->document);
}

/* A number that lost a digit, from nobody in particular. */
static void damaged_number(struct making *m, const struct demo_item *it)
{
	struct demo_puzzle *p = add(m, it, it->gross_minor);

	p->name = NULL;
	p->text = arena_printf(m->w->arena, "VIR FACT %s", it->document + 7);
}

/* A round sum towards a larger document, without its number. */
static void round_sum(struct making *m, const struct demo_item *it)
{
	add(m, it, it->gross_minor / 20000 * 10000 + 10000)->text = "ACOMPTE SUR COMPTE";
}

static void make_puzzles(struct making *m)
{
	static void (*const kinds[])(struct making *, const struct demo_item *) = {
		wrong_number, paid_by_another, short_paid, paid_twice, damaged_number, round_sum
	};
	size_t n = 0;
	int last_customer = -1;

	/* From the youngest: what is long overdue is not paid by chance. */
	for (size_t i = m->w->items.n; i-- > 0 && m->list->n < PUZZLE_MAX;) {
		const struct demo_item *it = &m->w->items.at[i];
		if (it->payment >= 0 || it->is_credit_note || it->customer == last_customer ||
		    it->issued_on > m->to - OLD_ENOUGH || it->gross_minor < 30000)
			continue;
		if (m->former)
			kinds[n++ % ARRAY_LEN(kinds)](m, it);
		m->former = it;
		last_customer = it->customer;
	}
}

/* A direct debit that his bank sends back. */
static void make_return(struct making *m)
{
	for (size_t i = m->w->payments.n; i-- > 0;) {
		const struct demo_payment *p = &m->w->payments.at[i];
		const struct demo_customer *c = &m->w->customers.at[p->customer];
		if (p->on >= m->from || p->on < m->from - 21 || !str_eq(c->means, "PRLV"))
			continue;
		*LIST_ADD(m->w->arena, m->list) =
			(struct demo_puzzle){ .on = day_of(m),
					      .minor = -p->minor,
					      .code = "IDDT/UPDD",
					      .name = c->name,
					      .iban = c->iban,
					      .text = "REJET PRELEVEMENT PROVISION INSUFFISANTE",
					      .return_reason = "AM04" };
		return;
	}
}

void demo_puzzles_make(const struct demo_world *w, day_t from, day_t to, struct demo_puzzles *ret)
{
	struct making m = { .w = w, .from = from, .to = to, .list = ret };

	*ret = (struct demo_puzzles){ 0 };
	make_puzzles(&m);
	make_return(&m);
}
