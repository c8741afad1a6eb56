/* SPDX-License-Identifier: Apache-2.0 */
#include "bank_paper.h"

bool bank_paper_feed(struct bank_importer *bank, const struct bank_paper *paper, struct err *e)
{
	struct camt_statement st = { .kind = FORMAT_CAMT053,
				     .id = paper->id,
				     .iban = paper->iban,
				     .currency = "EUR",
				     .from = paper->from,
				     .to = paper->to,
				     .has_opening = true,
				     .opening_minor = paper->opening,
				     .has_closing = true,
				     .closing_minor = paper->opening,
				     .is_balanced = true };

	if (!bank->take(bank->arg,
			&(struct record){ .kind = RECORD_CAMT_STATEMENT, .statement = &st }, e))
		return false;
	for (size_t i = 0; i < paper->n; i++) {
		const struct bank_line *l = &paper->lines[i];
		struct camt_tx tx = { .debtor = { .name = l->name, .iban = l->iban },
				      .remittance = l->text };
		struct camt_entry en = { .index = (int64_t)i + 1,
					 .ref = l->reference,
					 .minor = l->minor,
					 .currency = "EUR",
					 .is_booked = true,
					 .booked_on = l->on,
					 .value_on = l->on,
					 .n_tx = 1,
					 .tx = &tx };
		st.closing_minor += l->minor;
		if (!bank->take(bank->arg,
				&(struct record){ .kind = RECORD_CAMT_ENTRY, .entry = &en }, e))
			return false;
	}
	return bank->take(bank->arg,
			  &(struct record){ .kind = RECORD_CAMT_STATEMENT_END, .statement = &st },
			  e);
}
