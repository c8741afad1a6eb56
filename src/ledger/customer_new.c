/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/customer_new.h"

#include "base/text.h"
#include "db/event.h"

const char *const customer_owner_roles[] = { "collector",  "salesperson", "branch_manager",
					     "accountant", "buyer",       "credit_manager",
					     NULL };

struct adding {
	const struct customer *c;
	const char *actor;
	int64_t now;
	struct arena *arena;
	int64_t id;
};

/* Two accounts of one SIREN are one legal person. */
static bool find_party(struct db *db, const struct adding *ad, int64_t *ret, struct err *e)
{
	const struct customer *c = ad->c;

	*ret = 0;
	if (str_empty(c->siren))
		return true;
	if (!db_get_i64(db, "SELECT id FROM party WHERE siren = $1", DB_PARAMS(P_TEXT(c->siren)), 0,
			ret, e))
		return false;
	return *ret != 0 || (db_new_id(db, ret, e) &&
			     db_exec(db,
				     "INSERT INTO party (id, siren, vat_number, name, recorded)"
				     " VALUES ($1, $2, $3, $4, $5)",
				     DB_PARAMS(P_I64(*ret), P_TEXT(c->siren), P_TEXT(c->vat_number),
					       P_TEXT(c->name), P_I64(ad->now)),
				     NULL, e));
}

static bool check(struct db *db, const struct adding *ad, struct err *e)
{
	const struct customer *c = ad->c;
	int64_t n;

	if (!db_get_i64(db, "SELECT count(*) FROM customer WHERE entity_id = $1 AND code = $2",
			DB_PARAMS(P_I64(c->entity_id), P_TEXT(c->code)), 0, &n, e))
		return false;
	return n == 0 ||
	       err_field(e, ERR_DUPLICATE, "code", "there is a customer %.60s already", c->code);
}

static bool insert(struct db *db, const struct adding *ad, int64_t party_id, int64_t event_id,
		   struct err *e)
{
	const struct customer *c = ad->c;

	return db_exec(
		db,
		"INSERT INTO customer (id, entity_id, party_id, code, name, name_key, kind,"
		" siren, vat_number, segment, terms, payment_means, language, email, phone,"
		" street, postcode, city, country, parent_code, payer_code, currency, source,"
		" event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
		" $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, 'user', $23, $24)",
		DB_PARAMS(P_I64(ad->id), P_I64(c->entity_id), P_ID(party_id), P_TEXT(c->code),
			  P_TEXT(c->name), P_TEXT(text_key(ad->arena, c->name)), P_TEXT(c->kind),
			  P_TEXT(c->siren), P_TEXT(c->vat_number), P_TEXT(c->segment),
			  P_TEXT(c->terms), P_TEXT(c->payment_means), P_TEXT(c->language),
			  P_TEXT(c->email), P_TEXT(c->phone), P_TEXT(c->street),
			  P_TEXT(c->postcode), P_TEXT(c->city), P_TEXT(c->country),
			  P_TEXT(c->parent_code), P_TEXT(c->payer_code), P_TEXT(c->currency),
			  P_I64(event_id), P_I64(ad->now)),
		NULL, e);
}

static bool add_tx(struct db *db, void *arg, struct err *e)
{
	struct adding *ad = arg;
	int64_t party_id, event_id;

	return check(db, ad, e) && find_party(db, ad, &party_id, e) && db_new_id(db, &ad->id, e) &&
	       event_add(db,
			 &(struct event){ .entity_id = ad->c->entity_id,
					  .kind = "customer.added",
					  .subject_kind = "customer",
					  .subject_id = ad->id,
					  .actor = ad->actor,
					  .body = "{}",
					  .recorded = ad->now },
			 &event_id, e) &&
	       insert(db, ad, party_id, event_id, e);
}

bool customer_add(struct db *db, const struct customer *c, const char *actor, int64_t now,
		  int64_t *ret_id, struct err *e)
{
	struct adding ad = { .c = c, .actor = actor, .now = now };
	bool ok;

	if (str_empty(c->code))
		return err_field(e, ERR_INVALID, "code", "give the customer a code");
	if (str_empty(c->name))
		return err_field(e, ERR_INVALID, "name", "give the customer a name");
	ad.arena = arena_new(1 << 20);
	ok = db_tx(db, add_tx, &ad, e);
	arena_free(ad.arena);
	if (ok && ret_id)
		*ret_id = ad.id;
	return ok;
}
