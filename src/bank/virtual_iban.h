/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtual_iban.h - accounts that the bank made for one customer (IBAN virtuels): given, closed, listed.
 *
 * Money paid to one is that customer's, whatever the payer wrote. So an IBAN belongs to one customer at a time
 * over all companies, and to another only VIRTUAL_IBAN_REST_MONTHS after it was closed: payers keep old accounts.
 *
 *	virtual_iban_add(db, &(struct virtual_iban_new){ .entity_id = 1, .iban = "FR76 ...", .customer_id = c,
 *			.valid_from = today, .valid_to = DAY_NONE, .source = "manual", ... }, &is_new, e)
 *	virtual_iban_close(db, &(struct virtual_iban_end){ ... }, e)
 */
#ifndef BANK_VIRTUAL_IBAN_H
#define BANK_VIRTUAL_IBAN_H

#include "db/db.h"

enum { VIRTUAL_IBAN_REST_MONTHS = 13, VIRTUAL_IBAN_FILE_MAX = 16 << 20 };

struct virtual_iban {
	int64_t id;
	const char *iban; /* canonical */
	int64_t customer_id;
	const char *customer_code, *customer_name;
	int64_t item_id; /* 0: whatever the customer owes */
	const char *document;
	day_t valid_from, valid_to; /* both included; valid_to DAY_NONE: not closed */
	const char *source, *actor;
	/* What came to it in its days, of one currency; n_received 0: nothing. */
	int64_t n_received, received_minor;
	const char *currency; /* NULL: nothing came */
	day_t received_on;    /* the last of it; DAY_NONE */
};

/* Several given at once, by one event "virtual_iban.imported". */
struct virtual_iban_batch {
	const char *file_name; /* NULL: not known */
	int64_t event_id;      /* 0 until one of them is new */
};

struct virtual_iban_new {
	int64_t entity_id;
	const char *iban; /* as people write it */
	int64_t customer_id, item_id;
	day_t valid_from, valid_to;       /* valid_to DAY_NONE: not closed */
	const char *source;               /* "manual", "csv" */
	struct virtual_iban_batch *batch; /* it comes with others; NULL: alone */
	const char *actor;
	int64_t now;
};

/* Gives the IBAN to the customer, in one transaction with the event "virtual_iban.added"; one that was given to him
 * in the same way from the same day is left as it is (*ret_is_new false). ERR_INVALID: no IBAN, or days
 * in the wrong order; ERR_DUPLICATE: it is his in that time; ERR_REFUSED: another's then or within 13 months
 * before, an account of a company itself, or a document of another customer. */
bool virtual_iban_add(struct db *db, const struct virtual_iban_new *v, bool *ret_is_new,
		      struct err *e) NODISCARD;

/* The customer's document of that number, which an IBAN may be made for. ERR_NOT_FOUND when there is none, ERR_REFUSED
 * when there are several. */
bool virtual_iban_document(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
			   const char *document, int64_t *ret_item, struct err *e) NODISCARD;

struct virtual_iban_end {
	int64_t entity_id;
	const char *iban;
	day_t valid_to; /* its last day */
	const char *actor;
	int64_t now;
};

/* Closes it, with the event "virtual_iban.closed". ERR_NOT_FOUND when the company has none open of that number,
 * ERR_INVALID when it was given later than that day. */
bool virtual_iban_close(struct db *db, const struct virtual_iban_end *v, struct err *e) NODISCARD;

/* All of the company, or of one customer (0: all), closed ones too, by customer, IBAN and day. One that received
 * several currencies is there once for each. */
bool virtual_iban_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		       struct virtual_iban **ret, size_t *ret_n, struct err *e) NODISCARD;

/* The same without what came, each once: for the matching. */
bool virtual_iban_list_given(struct db *db, struct arena *a, int64_t entity_id,
			     struct virtual_iban **ret, size_t *ret_n, struct err *e) NODISCARD;

/* One of them, once for each currency that it received. ERR_NOT_FOUND when the company has none of that id. */
bool virtual_iban_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		      struct virtual_iban **ret, size_t *ret_n, struct err *e) NODISCARD;

/* To which account a customer is to pay on a day. */
struct virtual_iban_in_force {
	int64_t customer_id, item_id; /* item_id 0: whatever he owes */
	const char *iban;
};

/* Those of the company in force that day, by customer and document, those for all he owes first; of several for
 * the same, the newest alone. */
bool virtual_iban_list_in_force(struct db *db, struct arena *a, int64_t entity_id, day_t on,
				struct virtual_iban_in_force **ret, size_t *ret_n,
				struct err *e) NODISCARD;

/* The one for that document of the customer, else for all he owes; item_id 0: for all he owes. NULL: none. */
const char *virtual_iban_find(const struct virtual_iban_in_force *list, size_t n,
			      int64_t customer_id, int64_t item_id);

/* Takes the events back. Giving, one or a table: ERR_CONFLICT when one was closed since, or money came to it.
 * Closing: ERR_CONFLICT when it was given again since. In the caller's transaction. */
bool virtual_iban_undo_add(struct db *db, int64_t entity_id, int64_t id, struct err *e) NODISCARD;
bool virtual_iban_undo_take(struct db *db, int64_t entity_id, int64_t event_id,
			    struct err *e) NODISCARD;
bool virtual_iban_undo_close(struct db *db, int64_t entity_id, int64_t id, struct err *e) NODISCARD;

struct virtual_iban_import {
	int64_t entity_id;
	const char *text; /* in whatever encoding (format/encoding.h) */
	size_t len;
	const char *file_name; /* NULL: not known */
	day_t today;           /* of rows without a first day */
	const char *actor;
	int64_t now;
};

/* A table under a line of names: iban and customer; document, from, to when there are some (client, facture, du, au). All
 * rows or none, in one transaction with the event "virtual_iban.imported"; those that are there already are passed
 * over, and a table that brings nothing new writes nothing. ERR_FORMAT for what is no such
 * table; every refusal names its line. */
bool virtual_iban_take(struct db *db, const struct virtual_iban_import *in, int64_t *ret_read,
		       int64_t *ret_added, struct err *e) NODISCARD;

#endif
