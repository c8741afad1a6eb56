/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/cash.h"

#include "base/list.h"
#include "ledger/customer.h"
#include "ledger/item.h"

/* A small book of the customers in question, so that a page need not load them all. */
struct small {
	struct {
		struct match_customer *at;
		size_t n;
		size_t room;
	} customers;
	struct {
		struct match_item *at;
		size_t n;
		size_t room;
	} items;
};

static bool add_customer(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
			 struct small *s, struct err *e)
{
	struct customer c;
	struct item *items;
	enum item_kind kind;
	size_t n;

	for (size_t i = 0; i < s->customers.n; i++)
		if (s->customers.at[i].id == customer_id)
			return true;
	if (!customer_get_by_id(db, a, entity_id, customer_id, &c, e)) {
		/* Another company's: the words are not looked for there. */
		return e->code == ERR_NOT_FOUND;
	}
	if (!item_list_customer(db, a, customer_id, false, &items, &n, e))
		return false;
	*LIST_ADD(a, &s->customers) = (struct match_customer){
		.id = c.id, .code = c.code, .name = c.name, .siren = c.siren, .iban = c.iban
	};
	for (size_t i = 0; i < n; i++) {
		struct match_item *it;
		if (!item_kind_of(items[i].kind_name, &kind) || item_kind_is_cash(kind))
			continue;
		it = LIST_ADD(a, &s->items);
		/* What is paid meanwhile is quoted all the same. */
		*it = (struct match_item){ .id = items[i].id,
					   .customer = (uint32_t)(s->customers.n - 1),
					   .document = items[i].document,
					   .payment_ref = items[i].payment_ref,
					   .issued_on = items[i].issued_on,
					   .due_on = items[i].due_on,
					   .open_minor = items[i].open_minor
								 ? items[i].open_minor
								 : items[i].amount_minor };
		memcpy(it->currency, items[i].currency, sizeof it->currency);
	}
	return true;
}

bool cash_mark_list(struct db *db, struct arena *a, int64_t entity_id, const struct entry *entry,
		    const int64_t *customer_ids, size_t n_customers, struct cash_mark **ret,
		    size_t *ret_n, struct err *e)
{
	struct match_input *input = ARENA_NEW(a, struct match_input);
	struct match_entry fact = { .id = entry->id,
				    .amount_minor = entry->amount_minor,
				    .booked_on = entry->booked_on,
				    .payer_name = entry->payer_name,
				    .payer_iban = entry->payer_iban,
				    .end_to_end = entry->end_to_end,
				    .structured_ref = entry->structured_ref,
				    .remittance = entry->remittance };
	struct match_result result;
	struct small s = { 0 };

	for (size_t i = 0; i < n_customers; i++)
		if (!add_customer(db, a, entity_id, customer_ids[i], &s, e))
			return false;
	memcpy(fact.currency, entry->currency, sizeof fact.currency);
	*input = (struct match_input){ .customers = s.customers.at,
				       .n_customers = s.customers.n,
				       .items = s.items.at,
				       .n_items = s.items.n };
	match_one(match_book_new(a, input), &fact, NULL, &result);
	*ret = ARENA_ARRAY(a, result.n_marks + 1, struct cash_mark);
	*ret_n = result.n_marks;
	for (size_t i = 0; i < result.n_marks; i++) {
		const struct match_mark *m = &result.marks[i];
		(*ret)[i] =
			(struct cash_mark){ m->field, m->from, m->to, m->why,
					    m->item != MATCH_NONE ? input->items[m->item].document
					    : m->customer != MATCH_NONE
						    ? input->customers[m->customer].name
						    : "" };
	}
	return true;
}
