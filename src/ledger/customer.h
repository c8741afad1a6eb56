/* SPDX-License-Identifier: Apache-2.0 */
/*
 * customer.h - customer accounts (comptes clients) of an entity, their contacts, owners and notes.
 *
 * A customer is the account in one entity; the legal person behind it is a party. Dunning and lettering
 * look at the customer, exposure and insolvency at the party.
 */
#ifndef LEDGER_CUSTOMER_H
#define LEDGER_CUSTOMER_H

#include "db/db.h"

struct customer {
	int64_t id;
	int64_t entity_id;
	int64_t party_id;
	const char *code;
	const char *name;
	const char *kind; /* b2b, b2g, b2c: selects the law */
	const char *siren;
	const char *vat_number;
	const char *segment;
	const char *terms; /* NULL: the entity's default */
	const char *
		payment_means; /* transfer, direct_debit, draft, cheque, card, cash; NULL unknown */
	const char *language;  /* NULL: the entity's */
	const char *email;
	const char *phone;
	const char *street;
	const char *street2;
	const char *postcode;
	const char *city;
	const char *country;
	const char *iban;
	const char *parent_code;
	const char *payer_code;
	bool has_limit;
	int64_t credit_limit_minor; /* when has_limit */
	char currency[4];
	const char *status;   /* active, legal_hold, insolvent, closed */
	day_t excluded_until; /* from reminders; DAY_NONE: not excluded */
	const char *excluded_reason;
	int64_t version;
};

struct contact {
	int64_t id;
	int64_t customer_id;
	const char *name;
	const char *role;
	const char *email;
	const char *phone;
	const char *language;
	bool is_dunning; /* receives the reminders */
	bool is_bounced;
	int64_t version;
};

struct customer_owner {
	const char *
		role; /* collector, salesperson, branch_manager, accountant, buyer, credit_manager */
	int64_t user_id;
	const char *name;
	day_t effective;
};

struct note {
	int64_t id;
	const char *text;
	const char *actor;
	int64_t recorded;
};

/* ERR_NOT_FOUND when the entity has no such account. */
bool customer_get(struct db *db, struct arena *a, int64_t entity_id, const char *code,
		  struct customer *ret, struct err *e) NODISCARD;
bool customer_get_by_id(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
			struct customer *ret, struct err *e) NODISCARD;

/* All customers of the entity in order of code: whole lists for the rules; pages page by key. */
bool customer_list(struct db *db, struct arena *a, int64_t entity_id, struct customer **ret,
		   size_t *ret_n, struct err *e) NODISCARD;

/* Up to limit customers whose name, code or SIREN contain the folded text. */
bool customer_search(struct db *db, struct arena *a, int64_t entity_id, const char *text, int limit,
		     struct customer **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Writes the fields of c that a person may edit (all but id, entity, code, party). ERR_STALE when
 * c->version is not the row's. In the caller's transaction. */
bool customer_update(struct db *db, const struct customer *c, const char *actor, int64_t now,
		     struct err *e) NODISCARD;

/* The same by a person: what was there before is kept, and customer_revise_undo writes it again; ERR_STALE when
 * the row was changed since. */
bool customer_revise(struct db *db, const struct customer *c, const char *actor, int64_t now,
		     struct err *e) NODISCARD;
bool customer_revise_undo(struct db *db, struct arena *a, int64_t event_id, const char *actor,
			  int64_t now, struct err *e) NODISCARD;

bool contact_list(struct db *db, struct arena *a, int64_t customer_id, struct contact **ret,
		  size_t *ret_n, struct err *e) NODISCARD;
/* Every contact of the entity, in order of customer. */
bool contact_list_all(struct db *db, struct arena *a, int64_t entity_id, struct contact **ret,
		      size_t *ret_n, struct err *e) NODISCARD;
/* Adds (id 0) or updates a contact; ERR_STALE on an old version. In the caller's transaction. */
bool contact_save(struct db *db, int64_t entity_id, const struct contact *c, const char *actor,
		  int64_t now, int64_t *ret_id, struct err *e) NODISCARD;

/* By a person, and taken back: contact_add_undo for one that was added. */
bool contact_revise(struct db *db, int64_t entity_id, const struct contact *c, const char *actor,
		    int64_t now, struct err *e) NODISCARD;
bool contact_revise_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
			 const char *actor, int64_t now, struct err *e) NODISCARD;
bool contact_add_undo(struct db *db, int64_t entity_id, int64_t id, struct err *e) NODISCARD;

/* The owner in force per role on a day. */
bool customer_owner_list(struct db *db, struct arena *a, int64_t customer_id, day_t on,
			 struct customer_owner **ret, size_t *ret_n, struct err *e) NODISCARD;
bool customer_owner_set(struct db *db, int64_t entity_id, int64_t customer_id,
			const struct customer_owner *owner, const char *actor, int64_t now,
			struct err *e) NODISCARD;

bool note_list(struct db *db, struct arena *a, int64_t customer_id, struct note **ret,
	       size_t *ret_n, struct err *e) NODISCARD;
bool note_add(struct db *db, int64_t entity_id, int64_t customer_id, const char *text,
	      const char *actor, int64_t now, struct err *e) NODISCARD;

/* Takes a note out of sight; it stays in the log. ERR_CONFLICT when it is gone. */
bool note_remove(struct db *db, int64_t entity_id, int64_t id, int64_t now,
		 struct err *e) NODISCARD;

/* Puts in charge again whom the act of that event replaced, from the same day. ERR_CONFLICT when a later act
 * did, ERR_REFUSED when nobody was. */
bool customer_owner_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
			 const char *actor, int64_t now, struct err *e) NODISCARD;

#endif
