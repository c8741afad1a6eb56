/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item.h - open-item facts (pièces) and what is applied to them (lettrage).
 *
 * Amounts are signed: what the customer owes is positive (invoice), what he is owed negative (credit note,
 * payment). An item is the fact (entity, customer, kind, document number, issue year), whatever file brings
 * it; ordinal tells equal facts apart (instalments). Rows are written by post.h only.
 */
#ifndef LEDGER_ITEM_H
#define LEDGER_ITEM_H

#include "db/db.h"

enum item_kind {
	ITEM_INVOICE,     /* facture */
	ITEM_CREDIT_NOTE, /* avoir */
	ITEM_PAYMENT,     /* règlement; a refund is a positive one */
	ITEM_DEPOSIT,     /* acompte */
	ITEM_DRAFT,       /* effet */
	ITEM_ADJUSTMENT,  /* opération diverse */
	ITEM_OPENING,     /* à-nouveau without detail */
	ITEM_SETTLEMENT,  /* settled per accounting: closes what a snapshot says is paid */
	ITEM_KIND_COUNT
};

/* "invoice", "credit_note" ...: the names of the database, of JSON and of CSV. */
const char *item_kind_name(enum item_kind kind);
bool item_kind_of(const char *name, enum item_kind *ret);

/* Whether an open amount of that kind is unallocated cash rather than a document of the ageing. */
bool item_kind_is_cash(enum item_kind kind);

enum due_source {
	DUE_FROM_COLUMN = 1, /* a due-date column of the ledger file */
	DUE_FROM_ITEM_FILE,  /* the invoice or open-item file, or a person */
	DUE_FROM_LABEL,      /* a date found in the entry's label */
	DUE_FROM_TERMS,      /* inferred: the customer's payment terms */
	DUE_FROM_DEFAULT,    /* inferred: the entity's default terms */
};

struct item {
	int64_t id;
	int64_t customer_id;
	const char *kind_name;
	const char *document;
	int issue_year;
	int ordinal;
	day_t issued_on;
	day_t due_on;
	int due_source; /* enum due_source; 4 and 5 are inferred */
	int64_t amount_minor;
	int64_t open_minor; /* now; as of another date ask the book */
	char currency[4];
	const char *account;
	const char *order_ref;
	const char *payment_ref;
	const char *label;
	int64_t bank_entry_id;
	bool is_booked;
	day_t effective;
	day_t dated_from; /* the day it would count from, when that was in a closed period; else DAY_NONE */
	const char *source;
	int64_t import_id;
	int64_t event_id;
	int64_t recorded;
	int64_t net_minor, vat_minor; /* 0 when the source does not tell */
	int64_t entity_id;
};

struct allocation {
	int64_t id;
	int64_t customer_id;
	int64_t debit_item_id;
	int64_t credit_item_id;
	int64_t amount_minor; /* positive; negative on a row that undoes another */
	char currency[4];
	const char *lettering;
	const char *rule;
	const char *reason;
	int64_t reverses_id; /* 0: none */
	int64_t reversed_by; /* 0: still in force */
	day_t effective;
	const char *actor;
	int64_t recorded;
	int64_t lettering_id; /* of the act that lettered it in the program; 0: none */
};

/* ERR_NOT_FOUND when the entity has no such item, or it was reversed. */
bool item_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct item *ret,
	      struct err *e) NODISCARD;

/* Those of the ids that the entity has, in no order; ids may come twice. */
bool item_list_ids(struct db *db, struct arena *a, int64_t entity_id, const int64_t *id, size_t n,
		   struct item **ret, size_t *ret_n, struct err *e) NODISCARD;

/* The items of a customer in force now, by due date; open_only leaves the settled ones out. */
bool item_list_customer(struct db *db, struct arena *a, int64_t customer_id, bool open_only,
			struct item **ret, size_t *ret_n, struct err *e) NODISCARD;

/* The items in force whose folded document number is that of the text, over all customers. */
bool item_find_document(struct db *db, struct arena *a, int64_t entity_id, const char *document,
			struct item **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Up to limit items in force, the newest first, whose document number or payment reference, folded, begins with
 * the text; none for a text without letters and digits. */
bool item_search(struct db *db, struct arena *a, int64_t entity_id, const char *text, int limit,
		 struct item **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Up to limit items in force of that amount, of either sign, whole or still open: open ones first. */
bool item_find_amount(struct db *db, struct arena *a, int64_t entity_id, int64_t minor, int limit,
		      struct item **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Every allocation that touches the item, undone ones included, in order of recording. */
bool allocation_list_item(struct db *db, struct arena *a, int64_t item_id, struct allocation **ret,
			  size_t *ret_n, struct err *e) NODISCARD;

#endif
