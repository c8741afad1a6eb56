/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_column.h - what the columns of a company's table are called.
 *
 * Every tool names them its own way; the header line is recognised in French and English, folded (case,
 * accents, spaces and punctuation do not matter). A saved mapping goes before. Private to ledger/import*.
 */
#ifndef LEDGER_IMPORT_COLUMN_H
#define LEDGER_IMPORT_COLUMN_H

#include "base/arena.h"

enum table_field {
	FIELD_NONE,
	FIELD_CUSTOMER, /* account code */
	FIELD_CUSTOMER_NAME,
	FIELD_KIND_OF_CUSTOMER, /* b2b, b2g, b2c */
	FIELD_SIREN,
	FIELD_VAT_NUMBER,
	FIELD_SEGMENT,
	FIELD_TERMS,
	FIELD_TERMS_DAYS,
	FIELD_TERMS_EOM,
	FIELD_PAYMENT_MEANS,
	FIELD_LANGUAGE,
	FIELD_EMAIL,
	FIELD_PHONE,
	FIELD_STREET,
	FIELD_STREET2,
	FIELD_POSTCODE,
	FIELD_CITY,
	FIELD_COUNTRY,
	FIELD_IBAN,
	FIELD_PARENT,
	FIELD_PAYER,
	FIELD_LIMIT,
	FIELD_CONTACT_NAME,
	FIELD_ROLE,
	FIELD_IS_DUNNING,
	FIELD_DOCUMENT,
	FIELD_KIND,
	FIELD_ISSUED_ON,
	FIELD_DUE_ON,
	FIELD_AMOUNT,
	FIELD_AMOUNT_CENTS,
	FIELD_NET,
	FIELD_VAT,
	FIELD_OPEN,
	FIELD_CURRENCY,
	FIELD_PAYMENT_REF,
	FIELD_ORDER_REF,
	FIELD_LABEL,
	FIELD_CLEARED_ON,
	FIELD_DISPUTED,
	/* of a bank's table; their headers mean other things elsewhere */
	FIELD_BOOKED_ON,
	FIELD_VALUE_ON,
	FIELD_BANK_TEXT,
	FIELD_BANK_AMOUNT,
	FIELD_DEBIT,
	FIELD_CREDIT,
	FIELD_SIGN, /* debit or credit, in words */
	FIELD_BALANCE,
	FIELD_BANK_CURRENCY,
	FIELD_COUNTERPARTY,
	FIELD_COUNTERPARTY_IBAN,
	FIELD_OWN_ACCOUNT,
	FIELD_BANK_REF,
	FIELD_COUNT,
	FIELD_BANK_FIRST = FIELD_BOOKED_ON
};

/* The field a header names, FIELD_NONE when it is not recognised. */
enum table_field table_field_of_header(struct arena *a, const char *header);

/* The same in a table of a bank. */
enum table_field bank_field_of_header(struct arena *a, const char *header);

/* "due_on": the name in saved mappings; NULL-safe the other way round. */
const char *table_field_name(enum table_field field);
enum table_field table_field_of_name(const char *name);

/* Words of a company's file in our words; NULL when not understood. */
const char *table_payment_means(struct arena *a, const char *text); /* "PRLV": direct_debit */
const char *table_item_kind(struct arena *a, const char *text);     /* "AVOIR": credit_note */
const char *table_customer_kind(struct arena *a, const char *text); /* "PUB": b2g */
/* "Débit", "Soll", "Af", "-": -1; "Crédit", "Haben", "Bij", "+": 1; else 0. */
int table_sign(struct arena *a, const char *text);
bool table_is_yes(struct arena *a, const char *text);

#endif
