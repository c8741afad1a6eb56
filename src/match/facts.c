/* SPDX-License-Identifier: Apache-2.0 */
#include "match/book.h"

/* The document that a virtual IBAN was made for is named by the account alone. */
static void add_owner_item(const struct match_book *b, const struct facts *f,
			   struct evidences *list)
{
	uint32_t it = f->payer.owner_item;

	if (f->payer.owner == MATCH_NONE || it == MATCH_NONE || !book_is_open_for(b, f->entry, it))
		return;
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].item == it)
			return;
	*LIST_ADD(b->scratch, list) = (struct evidence){ .kind = EVIDENCE_REFERENCE,
							 .item = it,
							 .customer = b->in.items[it].customer,
							 .field = MATCH_STRUCTURED,
							 .chance = 1e-9 };
}

void facts_find(const struct match_book *b, const struct match_entry *entry, struct facts *ret)
{
	*ret = (struct facts){ .book = b, .entry = entry };
	evidence_find(b, entry, &ret->evidences);
	payer_find(b, entry, &ret->payer);
	add_owner_item(b, ret, &ret->evidences);
	candidates_find(ret, &ret->who);
	payer_ask(b, entry, &ret->who, &ret->payer);
	evidence_find_near(b, entry, &ret->who, &ret->evidences);
}
