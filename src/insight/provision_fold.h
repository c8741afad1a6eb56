/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provision_fold.h - the provision of each customer of a book, by the company's rules.
 *
 * Settings: provision_rules (see ledger/provision.h) and provision_vat, the usual rate of VAT in percent, for
 * documents whose file does not tell their VAT.
 */
#ifndef INSIGHT_PROVISION_FOLD_H
#define INSIGHT_PROVISION_FOLD_H

#include "ledger/book.h"
#include "ledger/provision.h"

struct provision_row {
	const char *key; /* unique: customer and currency */
	int64_t customer_id;
	const char *code, *name;
	const char *currency;
	int64_t n_items;
	int64_t oldest_days;
	int64_t doubtful_minor;  /* what is left of its doubtful documents, with VAT: account 416 */
	int64_t base_minor;      /* without VAT */
	int64_t provision_minor; /* account 491 */
};

struct provision_result {
	struct provision_row *rows; /* largest provision first */
	size_t n_rows;
	const char *rules;
	int64_t n_guessed; /* documents whose VAT was taken at the usual rate */
};

bool provision_fold(struct db *db, struct arena *a, int64_t entity_id, const struct book *b,
		    struct provision_result *ret, struct err *e) NODISCARD;

#endif
