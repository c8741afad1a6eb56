/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/entity.h"

#include "base/json.h"
#include "base/money.h"
#include "db/event.h"
#include "db/undo.h"

static const struct db_column entity_columns[] = {
	DB_COL(struct entity, id),         DB_COL(struct entity, code),
	DB_COL(struct entity, name),       DB_COL(struct entity, country),
	DB_COL(struct entity, currency),   DB_COL(struct entity, time_zone),
	DB_COL(struct entity, language),   DB_COL(struct entity, siren),
	DB_COL(struct entity, vat_number), DB_COL(struct entity, legal_form),
	DB_COL(struct entity, capital),    DB_COL(struct entity, rcs_city),
	DB_COL(struct entity, street),     DB_COL(struct entity, postcode),
	DB_COL(struct entity, city),       DB_COL(struct entity, phone),
	DB_COL(struct entity, email),      DB_COL(struct entity, default_terms),
	DB_COL(struct entity, is_live),    DB_COL(struct entity, version),
};

#define ENTITY_SELECT                                                                          \
	"SELECT id, code, name, country, currency, time_zone, language, siren, vat_number,"    \
	" legal_form, capital, rcs_city, street, postcode, city, phone, email, default_terms," \
	" is_live, version FROM entity"

bool entity_list(struct db *db, struct arena *a, struct entity **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a, ENTITY_SELECT " ORDER BY code", DB_NO_PARAMS, entity_columns,
		       ARRAY_LEN(entity_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool entity_get(struct db *db, struct arena *a, const char *code, struct entity *ret, struct err *e)
{
	struct entity *all;
	size_t n;

	if (!entity_list(db, a, &all, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND,
			       "no company is set up yet: run \"encours init\" first");
	if (str_empty(code) && n > 1)
		return err_set(e, ERR_USAGE, "there are %zu companies: name one with --entity", n);
	for (size_t i = 0; i < n; i++) {
		if (str_empty(code) || strcmp(all[i].code, code) == 0) {
			*ret = all[i];
			return true;
		}
	}
	return err_set(e, ERR_NOT_FOUND, "there is no company with code \"%.40s\"", code);
}

bool entity_get_by_id(struct db *db, struct arena *a, int64_t id, struct entity *ret, struct err *e)
{
	return db_one(db, a, ENTITY_SELECT " WHERE id = $1", DB_PARAMS(P_I64(id)), entity_columns,
		      ARRAY_LEN(entity_columns), ret, e);
}

struct init {
	const char *name, *country, *currency;
	int64_t now;
	bool created;
};

static bool init_tx(struct db *db, void *arg, struct err *e)
{
	struct init *in = arg;
	int64_t n, id;

	in->created = false;
	if (!db_get_i64(db, "SELECT count(*) FROM entity", DB_NO_PARAMS, 0, &n, e))
		return false;
	if (n > 0)
		return true;
	in->created = true;
	return db_new_id(db, &id, e) &&
	       db_exec(db,
		       "INSERT INTO entity (id, code, name, country, currency, recorded)"
		       " VALUES ($1, 'MAIN', $2, $3, $4, $5)",
		       DB_PARAMS(P_I64(id), P_TEXT(in->name), P_TEXT(in->country),
				 P_TEXT(in->currency), P_I64(in->now)),
		       NULL, e) &&
	       event_add(db,
			 &(struct event){ .entity_id = id,
					  .kind = "entity.created",
					  .subject_kind = "entity",
					  .subject_id = id,
					  .actor = "cli",
					  .body = "{}",
					  .recorded = in->now },
			 NULL, e);
}

bool entity_init(struct db *db, const char *name, const char *country, const char *currency,
		 int64_t now, bool *ret_created, struct err *e)
{
	struct init in = { name, country, currency, now, false };

	if (!currency_is_code(currency))
		return err_field(e, ERR_INVALID, "currency",
				 "invalid currency \"%.20s\": expected three capital letters",
				 currency);
	if (!db_tx(db, init_tx, &in, e))
		return false;
	*ret_created = in.created;
	return true;
}

bool entity_update(struct db *db, const struct entity *ent, const char *actor, int64_t now,
		   struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	int64_t changed, event_id;
	struct entity old;

	if (!entity_get_by_id(db, a, ent->id, &old, e) ||
	    !db_exec(db,
		     "UPDATE entity SET name = $1, country = $2, time_zone = $3, language = $4,"
		     " siren = $5, vat_number = $6, legal_form = $7, capital = $8, rcs_city = $9,"
		     " street = $10, postcode = $11, city = $12, phone = $13, email = $14,"
		     " default_terms = $15, version = version + 1 WHERE id = $16 AND version = $17",
		     DB_PARAMS(P_TEXT(ent->name), P_TEXT(ent->country), P_TEXT(ent->time_zone),
			       P_TEXT(ent->language), P_TEXT(ent->siren), P_TEXT(ent->vat_number),
			       P_TEXT(ent->legal_form), P_TEXT(ent->capital), P_TEXT(ent->rcs_city),
			       P_TEXT(ent->street), P_TEXT(ent->postcode), P_TEXT(ent->city),
			       P_TEXT(ent->phone), P_TEXT(ent->email), P_TEXT(ent->default_terms),
			       P_I64(ent->id), P_I64(ent->version)),
		     &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_STALE, "the company was changed by somebody else meanwhile");
	return event_add(db,
			 &(struct event){ .entity_id = ent->id,
					  .kind = "entity.updated",
					  .subject_kind = "entity",
					  .subject_id = ent->id,
					  .actor = actor,
					  .body = "{}",
					  .recorded = now },
			 &event_id, e) &&
	       undo_keep(db, a, event_id, &old, entity_columns, ARRAY_LEN(entity_columns), e);
}

bool entity_update_undo(struct db *db, struct arena *a, int64_t event_id, const char *actor,
			int64_t now, struct err *e)
{
	struct entity old = { 0 };

	if (!undo_kept(db, a, event_id, entity_columns, ARRAY_LEN(entity_columns), &old, e))
		return false;
	old.version++; /* as the update left it: refused when somebody changed it since */
	return entity_update(db, &old, actor, now, e);
}

bool entity_set_live(struct db *db, int64_t entity_id, bool is_live, const char *actor, int64_t now,
		     struct err *e)
{
	return db_exec(db, "UPDATE entity SET is_live = $1, version = version + 1 WHERE id = $2",
		       DB_PARAMS(P_BOOL(is_live), P_I64(entity_id)), NULL, e) &&
	       event_add(db,
			 &(struct event){ .entity_id = entity_id,
					  .kind = is_live ? "entity.live" : "entity.test_mode",
					  .subject_kind = "entity",
					  .subject_id = entity_id,
					  .actor = actor,
					  .body = "{}",
					  .recorded = now },
			 NULL, e);
}

bool setting_get(struct db *db, struct arena *a, int64_t entity_id, const char *name,
		 const char *absent, const char **ret, struct err *e)
{
	char *value;

	if (!db_get_text(db, a, "SELECT value FROM setting WHERE entity_id = $1 AND name = $2",
			 DB_PARAMS(P_I64(entity_id), P_TEXT(name)), &value, e))
		return false;
	*ret = value ? value : absent;
	return true;
}

struct setting_row {
	const char *name;
	const char *value; /* before; NULL: not set */
	const char *set;   /* what the act set */
};

static const struct db_column setting_columns[] = {
	DB_COL(struct setting_row, name),
	DB_COL(struct setting_row, value),
	DB_COL(struct setting_row, set),
};

static bool is_secret(const char *name)
{
	return strstr(name, "password") || strstr(name, "secret");
}

/* A secret is not kept a second time: it cannot be taken back. */
static bool setting_keep(struct db *db, struct arena *a, int64_t event_id,
			 const struct setting_row *row, struct err *e)
{
	return is_secret(row->name) ||
	       undo_keep(db, a, event_id, row, setting_columns, ARRAY_LEN(setting_columns), e);
}

bool setting_set(struct db *db, int64_t entity_id, const char *name, const char *value,
		 const char *actor, int64_t now, struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	struct setting_row row = { .name = name, .set = value };
	int64_t event_id;
	struct buf body;
	struct json j;
	bool ok;

	buf_init(&body, a);
	json_init(&j, &body);
	json_open_object(&j);
	json_put_text(&j, "name", name);
	/* A password must not reach the log. */
	if (!is_secret(name))
		json_put_text(&j, "value", value);
	json_end(&j);
	ok = setting_get(db, a, entity_id, name, NULL, &row.value, e) &&
	     db_exec(db,
		     "INSERT INTO setting (entity_id, name, value, recorded) VALUES ($1, $2, $3, "
		     "$4)"
		     " ON CONFLICT (entity_id, name) DO UPDATE SET value = excluded.value,"
		     " recorded = excluded.recorded",
		     DB_PARAMS(P_I64(entity_id), P_TEXT(name), P_TEXT(value), P_I64(now)), NULL,
		     e) &&
	     event_add(db,
		       &(struct event){ .entity_id = entity_id,
					.kind = "setting.changed",
					.subject_kind = "entity",
					.subject_id = entity_id,
					.actor = actor,
					.body = buf_str(&body),
					.recorded = now },
		       &event_id, e) &&
	     setting_keep(db, a, event_id, &row, e);
	arena_free(a);
	return ok;
}

bool setting_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
		  const char *actor, int64_t now, struct err *e)
{
	struct setting_row row = { 0 };
	const char *here;

	if (!undo_kept(db, a, event_id, setting_columns, ARRAY_LEN(setting_columns), &row, e) ||
	    !setting_get(db, a, entity_id, row.name, "", &here, e))
		return false;
	if (!str_eq(here, row.set ? row.set : ""))
		return err_set(e, ERR_STALE, "the setting %.60s was changed meanwhile", row.name);
	return setting_set(db, entity_id, row.name, row.value ? row.value : "", actor, now, e);
}

static const struct db_column account_columns[] = {
	DB_COL(struct bank_account, id),       DB_COL(struct bank_account, iban),
	DB_COL(struct bank_account, bic),      DB_COL(struct bank_account, name),
	DB_COL(struct bank_account, currency), DB_COL(struct bank_account, is_printed),
	DB_COL(struct bank_account, is_held),
};

bool bank_account_list(struct db *db, struct arena *a, int64_t entity_id, struct bank_account **ret,
		       size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       "SELECT id, iban, bic, name, currency, is_printed, is_held FROM bank_account"
		       " WHERE entity_id = $1 ORDER BY id",
		       DB_PARAMS(P_I64(entity_id)), account_columns, ARRAY_LEN(account_columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

bool bank_account_list_real(struct db *db, struct arena *a, int64_t entity_id,
			    struct bank_account **ret, size_t *ret_n, struct err *e)
{
	size_t n, kept = 0;

	if (!bank_account_list(db, a, entity_id, ret, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(*ret)[i].is_held)
			(*ret)[kept++] = (*ret)[i];
	*ret_n = kept;
	return true;
}

/* What a save changed, and what it was. */
struct account_change {
	int64_t id;
	bool was_there;
	const char *bic, *name; /* as they were */
	bool is_printed;
	const char *set_bic, *set_name;
	bool set_printed;
	int64_t printed_id; /* of another that was printed until then; 0: none */
};

static const struct db_column change_columns[] = {
	DB_COL(struct account_change, id),         DB_COL(struct account_change, was_there),
	DB_COL(struct account_change, bic),        DB_COL(struct account_change, name),
	DB_COL(struct account_change, is_printed), DB_COL(struct account_change, set_bic),
	DB_COL(struct account_change, set_name),   DB_COL(struct account_change, set_printed),
	DB_COL(struct account_change, printed_id),
};

static bool read_change(struct db *db, struct arena *a, int64_t entity_id,
			const struct bank_account *account, struct account_change *ret,
			struct err *e)
{
	struct bank_account *list;
	size_t n;

	*ret = (struct account_change){ .set_bic = account->bic,
					.set_name = account->name,
					.set_printed = account->is_printed };
	if (!bank_account_list(db, a, entity_id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool is_it = str_eq(list[i].iban, account->iban) &&
			     str_eq(list[i].currency, account->currency);

		if (is_it) {
			ret->was_there = true;
			ret->bic = list[i].bic;
			ret->name = list[i].name;
			ret->is_printed = list[i].is_printed;
		} else if (list[i].is_printed && account->is_printed && ret->printed_id == 0) {
			ret->printed_id = list[i].id;
		}
	}
	return true;
}

static bool print_account(struct db *db, int64_t id, bool is_printed, struct err *e)
{
	return db_exec(db, "UPDATE bank_account SET is_printed = $2 WHERE id = $1",
		       DB_PARAMS(P_I64(id), P_BOOL(is_printed)), NULL, e);
}

static bool write_account(struct db *db, int64_t entity_id, const struct bank_account *account,
			  int64_t now, int64_t *ret_id, struct err *e)
{
	int64_t id;

	if (!db_new_id(db, &id, e) ||
	    !db_exec(db,
		     "INSERT INTO bank_account (id, entity_id, iban, bic, name, currency,"
		     " is_printed, is_held, recorded)"
		     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		     " ON CONFLICT (entity_id, iban, currency) DO UPDATE SET bic = excluded.bic,"
		     " name = excluded.name, is_printed = excluded.is_printed",
		     DB_PARAMS(P_I64(id), P_I64(entity_id), P_TEXT(account->iban),
			       P_TEXT(account->bic), P_TEXT(account->name),
			       P_TEXT(account->currency), P_BOOL(account->is_printed),
			       P_BOOL(account->is_held), P_I64(now)),
		     NULL, e) ||
	    !db_get_i64(db,
			"SELECT id FROM bank_account WHERE entity_id = $1 AND iban = $2"
			" AND currency = $3 AND is_held = $4",
			DB_PARAMS(P_I64(entity_id), P_TEXT(account->iban),
				  P_TEXT(account->currency), P_BOOL(account->is_held)),
			0, ret_id, e))
		return false;
	return *ret_id != 0 || err_set(e, ERR_CONFLICT,
				       "%.40s is the number of a bank's account and of money in"
				       " hand",
				       account->iban);
}

static bool tell_account(struct db *db, struct arena *a, int64_t entity_id, const char *kind,
			 const struct account_change *c, const char *actor, int64_t now,
			 struct err *e)
{
	int64_t event_id;

	return event_add(db,
			 &(struct event){ .entity_id = entity_id,
					  .kind = kind,
					  .subject_kind = "bank_account",
					  .subject_id = c->id,
					  .actor = actor,
					  .body = "{}",
					  .recorded = now },
			 &event_id, e) &&
	       undo_keep(db, a, event_id, c, change_columns, ARRAY_LEN(change_columns), e);
}

bool bank_account_save(struct db *db, int64_t entity_id, const struct bank_account *account,
		       const char *actor, int64_t now, int64_t *ret_id, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct account_change c;

	if (!read_change(db, a, entity_id, account, &c, e) ||
	    !write_account(db, entity_id, account, now, &c.id, e) ||
	    (c.printed_id && !print_account(db, c.printed_id, false, e)) ||
	    !tell_account(db, a, entity_id, "bank_account.saved", &c, actor, now, e))
		return false;
	if (ret_id)
		*ret_id = c.id;
	return true;
}

/* An account that something rests on stays. */
static bool remove_account(struct db *db, int64_t id, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db,
			"SELECT (SELECT COUNT(*) FROM statement WHERE bank_account_id = $1)"
			" + (SELECT COUNT(*) FROM entry_notice WHERE bank_account_id = $1)"
			" + (SELECT COUNT(*) FROM refund_file WHERE bank_account_id = $1)"
			" + (SELECT COUNT(*) FROM deposit_slip WHERE bank_account_id = $1)",
			DB_PARAMS(P_I64(id)), 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_REFUSED,
			       "the account has statements, deposits or refunds by now");
	return db_exec(db, "DELETE FROM bank_account WHERE id = $1", DB_PARAMS(P_I64(id)), NULL, e);
}

static bool is_as_set(const struct account_change *c, const struct bank_account *here)
{
	return str_eq(here->bic ? here->bic : "", c->set_bic ? c->set_bic : "") &&
	       str_eq(here->name ? here->name : "", c->set_name ? c->set_name : "") &&
	       here->is_printed == c->set_printed;
}

bool bank_account_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
		       struct err *e)
{
	struct account_change c = { 0 };
	const struct bank_account *here = NULL;
	struct bank_account *list;
	size_t n;

	if (!undo_kept(db, a, event_id, change_columns, ARRAY_LEN(change_columns), &c, e) ||
	    !bank_account_list(db, a, entity_id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		here = list[i].id == c.id ? &list[i] : here;
	if (!here || !is_as_set(&c, here))
		return err_set(e, ERR_STALE, "the bank account was changed meanwhile");
	if (c.printed_id && !print_account(db, c.printed_id, true, e))
		return false;
	if (!c.was_there)
		return remove_account(db, c.id, e);
	return db_exec(db,
		       "UPDATE bank_account SET bic = $2, name = $3, is_printed = $4 WHERE id = $1",
		       DB_PARAMS(P_I64(c.id), P_TEXT(c.bic), P_TEXT(c.name), P_BOOL(c.is_printed)),
		       NULL, e);
}

bool bank_account_printed(struct db *db, struct arena *a, int64_t entity_id,
			  struct bank_account *ret, struct err *e)
{
	struct bank_account *all;
	size_t n;

	if (!bank_account_list_real(db, a, entity_id, &all, &n, e))
		return false;
	*ret = n == 1 ? all[0] : (struct bank_account){ 0 };
	for (size_t i = 0; i < n; i++) {
		if (all[i].is_printed) {
			*ret = all[i];
			break;
		}
	}
	return true;
}
