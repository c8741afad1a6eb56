/* SPDX-License-Identifier: Apache-2.0 */
/*
 * camt_fields.h - from the elements of a bank statement to its structs; camt.c brings the elements.
 */
#ifndef FORMAT_CAMT_FIELDS_H
#define FORMAT_CAMT_FIELDS_H

#include "base/list.h"
#include "format/report.h"

/* What the elements now belong to. */
enum camt_level { CAMT_OUT, CAMT_MESSAGE, CAMT_STATEMENT, CAMT_BALANCE, CAMT_ENTRY, CAMT_TX };

/* Charges add up until the element ends. */
struct camt_charge {
	bool has;
	int64_t minor;
	const char *currency;
	bool is_credit;
};

/* The objects under construction. Texts of statement and balance live in kept, the others in
 * passing, which is emptied behind each entry. */
struct camt_build {
	struct report report;
	struct parse_total *total;
	struct arena *kept, *passing;
	int64_t line; /* of the element under work */
	const char *message, *message_id;
	enum format kind;

	struct camt_statement statement;
	LIST_OF(struct camt_balance) balances;
	bool statement_is_given;

	struct camt_balance balance;
	char balance_side;

	struct camt_entry entry;
	char entry_side; /* 'C', 'D' or 0 */
	bool entry_has_amount;
	const char *entry_domain[3];
	struct camt_charge entry_charge, entry_charges_total;
	LIST_OF(struct camt_tx) txs;

	struct camt_tx tx;
	char tx_side;
	bool tx_has_amount, tx_has_details_amount;
	int64_t tx_details_minor;
	const char *tx_details_currency;
	const char *tx_domain[3], *tx_own_code;
	const char *tx_ref_type;
	struct camt_charge tx_charge, tx_charges_total;
	LIST_OF(struct camt_reference) references;
	size_t strd_first;    /* first reference of the Strd under work */
	size_t strd_document; /* reference that its amounts belong to; SIZE_MAX when none */

	bool is_bad; /* the entry has an amount that cannot be read */
};

void camt_build_begin(struct camt_build *b, enum camt_level level);

/* An element ended inside the level: path is relative to the level's own element. */
bool camt_build_field(struct camt_build *b, enum camt_level level, const char *path,
		      const char *text, size_t n, const char *currency, struct err *e) NODISCARD;

/* An element began inside a transaction. */
void camt_build_open(struct camt_build *b, const char *path);

/* Whether the tables of elements are in the order that their search needs; for the tests. */
bool camt_rules_are_sorted(void);

/* The level's element ended: the object is complete. */
bool camt_build_end(struct camt_build *b, enum camt_level level, struct err *e) NODISCARD;

#endif
