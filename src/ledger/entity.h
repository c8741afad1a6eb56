/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entity.h - the companies of the group (sociétés) whose receivables are kept, their settings and bank
 * accounts.
 */
#ifndef LEDGER_ENTITY_H
#define LEDGER_ENTITY_H

#include "db/db.h"

struct entity {
	int64_t id;
	const char *code;
	const char *name;
	const char *country;
	char currency[4];
	const char *time_zone;
	const char *language;
	const char *siren;
	const char *vat_number;
	const char *legal_form;
	const char *capital; /* as printed */
	const char *rcs_city;
	const char *street;
	const char *postcode;
	const char *city;
	const char *phone;
	const char *email;
	const char *default_terms; /* payment terms code, "NET30" */
	bool is_live;              /* false: test mode, no message leaves */
	int64_t version;
};

struct bank_account {
	int64_t id;
	const char *iban;
	const char *bic;
	const char *name;
	char currency[4];
	bool is_printed; /* shown on reminders and letters */
	bool is_held; /* no bank's: stands for cheques and cash in hand; never printed, no statement's */
};

/* The entity of that code; NULL or "" asks for the only one. ERR_NOT_FOUND when there is none,
 * ERR_USAGE when there are several and none is named. */
bool entity_get(struct db *db, struct arena *a, const char *code, struct entity *ret,
		struct err *e) NODISCARD;
bool entity_get_by_id(struct db *db, struct arena *a, int64_t id, struct entity *ret,
		      struct err *e) NODISCARD;
bool entity_list(struct db *db, struct arena *a, struct entity **ret, size_t *ret_n,
		 struct err *e) NODISCARD;

/* Creates the entity if there is none yet (own transaction); ret_created tells. */
bool entity_init(struct db *db, const char *name, const char *country, const char *currency,
		 int64_t now, bool *ret_created, struct err *e) NODISCARD;

/* Writes every field of ent but id, code, currency and is_live. ERR_STALE when ent->version is not the
 * row's; in the caller's transaction. */
bool entity_update(struct db *db, const struct entity *ent, const char *actor, int64_t now,
		   struct err *e) NODISCARD;

/* Leaves (true) or re-enters (false) test mode; in the caller's transaction. */
bool entity_set_live(struct db *db, int64_t entity_id, bool is_live, const char *actor, int64_t now,
		     struct err *e) NODISCARD;

/* A setting by name, absent (may be NULL) when never set. Text lives in the arena. */
bool setting_get(struct db *db, struct arena *a, int64_t entity_id, const char *name,
		 const char *absent, const char **ret, struct err *e) NODISCARD;
/* In the caller's transaction; writes the event too. */
bool setting_set(struct db *db, int64_t entity_id, const char *name, const char *value,
		 const char *actor, int64_t now, struct err *e) NODISCARD;

bool bank_account_list(struct db *db, struct arena *a, int64_t entity_id, struct bank_account **ret,
		       size_t *ret_n, struct err *e) NODISCARD;
/* Those of banks only. */
bool bank_account_list_real(struct db *db, struct arena *a, int64_t entity_id,
			    struct bank_account **ret, size_t *ret_n, struct err *e) NODISCARD;
/* Adds the account, or updates bic, name and is_printed of the one with that IBAN and currency; one that is
 * printed takes the place of the other that was. In the caller's transaction. ERR_CONFLICT when the number stands for money in hand and the account does not, or the
 * other way round. */
bool bank_account_save(struct db *db, int64_t entity_id, const struct bank_account *account,
		       const char *actor, int64_t now, int64_t *ret_id, struct err *e) NODISCARD;

/* The account printed on reminders: the first is_printed one, else the only one. ret->id is 0 when there
 * is none. */
bool bank_account_printed(struct db *db, struct arena *a, int64_t entity_id,
			  struct bank_account *ret, struct err *e) NODISCARD;

/* What the update, or the setting, of that event changed is as before. ERR_STALE when it was changed since,
 * ERR_REFUSED when nothing was kept (passwords). */
bool entity_update_undo(struct db *db, struct arena *a, int64_t event_id, const char *actor,
			int64_t now, struct err *e) NODISCARD;
bool setting_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
		  const char *actor, int64_t now, struct err *e) NODISCARD;
/* The bank account is as before, or gone again when nothing rests on it (else ERR_REFUSED). */
bool bank_account_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
		       struct err *e) NODISCARD;

#endif
