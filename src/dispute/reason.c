/* SPDX-License-Identifier: Apache-2.0 */
#include "dispute/reason.h"

#include "base/base.h"
#include "base/text.h"

const struct dispute_reason dispute_reasons[] = {
	{ "price", N_("Price") },
	{ "quantity", N_("Quantity") },
	{ "quality", N_("Quality") },
	{ "delivery", N_("Delivery") },
	{ "duplicate", N_("Billed twice") },
	{ "missing_document", N_("Document missing") },
	{ "other", N_("Other") },
};

const size_t dispute_n_reasons = ARRAY_LEN(dispute_reasons);

const char *dispute_reason_text(const struct catalogue *cat, const char *reason)
{
	for (size_t i = 0; i < dispute_n_reasons; i++)
		if (str_eq(reason, dispute_reasons[i].code))
			return tr(cat, dispute_reasons[i].text);
	return reason;
}
