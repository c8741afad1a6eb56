/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/item_view.h"

#include "web/show.h"

const char *item_kind_word(enum item_kind kind)
{
	static const char *const texts[ITEM_KIND_COUNT] = {
		[ITEM_INVOICE] = N_("Invoice"),
		[ITEM_CREDIT_NOTE] = N_("Credit note"),
		[ITEM_PAYMENT] = N_("Payment"),
		[ITEM_DEPOSIT] = N_("Deposit"),
		[ITEM_DRAFT] = N_("Draft"),
		[ITEM_ADJUSTMENT] = N_("Adjustment"),
		[ITEM_OPENING] = N_("Opening balance"),
		[ITEM_SETTLEMENT] = N_("Settlement"),
	};

	return texts[kind];
}

const char *item_kind_text(const struct page *p, enum item_kind kind)
{
	return tr(p->cat, item_kind_word(kind));
}

/* A dispute is told before lateness: it decides what may be done. */
static void fill_state(struct page *p, const struct book *b, size_t i, struct item_row *row)
{
	enum due_state state = book_due_state(b, i);

	row->state = due_state_name(state);
	if (b->open_minor[i] == 0) {
		row->state = "done";
		row->words = tr(p->cat, "Settled");
	} else if (state == DUE_LOOSE) {
		row->words = tr(p->cat, "To allocate");
	} else if (b->disputed_minor[i] > 0) {
		row->state = "dispute";
		row->words = arena_printf(
			p->arena, tr(p->cat, "Disputed %s"),
			show_amount(p, b->disputed_minor[i], b->currency[b->currency_of[i]]));
	} else if (b->open_minor[i] < 0) {
		row->state = "fresh";
		row->words = tr(p->cat, "Credit to use");
	} else {
		row->words = show_late_words(p, b->due_on[i], b->as_of);
	}
}

void item_row_fill(struct request *r, struct page *p, const struct book *b, size_t i,
		   struct item_row *ret)
{
	const struct book_customer *c = &b->customer[b->customer_of[i]];
	const char *currency = b->currency[b->currency_of[i]];

	*ret = (struct item_row){
		.id = b->item_id[i],
		.document = b->document[i],
		.url = link_to(r, arena_printf(p->arena, "/items/%" PRId64, b->item_id[i]), NULL),
		.customer_name = c->name,
		.customer_code = c->code,
		.customer_url =
			link_to(r, arena_printf(p->arena, "/customers/%" PRId64, c->id), NULL),
		.kind = item_kind_text(p, (enum item_kind)b->kind[i]),
		.issued = show_day(p, b->issued_on[i]),
		.due = show_day(p, b->due_on[i]),
		.is_due_guessed = b->due_source[i] >= DUE_FROM_TERMS,
		.amount = show_figure(p, b->amount_minor[i], currency),
		.open = show_figure(p, b->open_minor[i], currency),
		.is_credit = b->open_minor[i] < 0,
		.minor = arena_printf(p->arena, "%" PRId64, b->open_minor[i]),
		.currency = currency,
	};
	fill_state(p, b, i, ret);
}

struct item_total_row *item_total_rows(struct page *p, const struct book *b,
				       const struct item_list *l)
{
	struct item_total_row *row = ARENA_ARRAY(p->arena, l->n_totals, struct item_total_row);

	for (size_t i = 0; i < l->n_totals; i++) {
		const struct item_total *t = &l->total[i];
		row[i] = (struct item_total_row){
			.text = arena_printf(p->arena,
					     trn(p->cat, "Total of %s item",
						 "Total of all %s items",
						 (unsigned long)t->n_items),
					     show_count(p, t->n_items)),
			.currency = b->currency[t->currency],
			.amount = show_figure(p, t->amount_minor, b->currency[t->currency]),
			.open = show_figure(p, t->open_minor, b->currency[t->currency]),
		};
	}
	return row;
}
