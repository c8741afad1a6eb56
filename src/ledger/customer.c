/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/customer.h"

#include "base/buf.h"
#include "base/text.h"
#include "db/event.h"
#include "db/undo.h"

static const struct db_column columns[] = {
	DB_COL(struct customer, id),
	DB_COL(struct customer, entity_id),
	DB_COL(struct customer, party_id),
	DB_COL(struct customer, code),
	DB_COL(struct customer, name),
	DB_COL(struct customer, kind),
	DB_COL(struct customer, siren),
	DB_COL(struct customer, vat_number),
	DB_COL(struct customer, segment),
	DB_COL(struct customer, terms),
	DB_COL(struct customer, payment_means),
	DB_COL(struct customer, language),
	DB_COL(struct customer, email),
	DB_COL(struct customer, phone),
	DB_COL(struct customer, street),
	DB_COL(struct customer, street2),
	DB_COL(struct customer, postcode),
	DB_COL(struct customer, city),
	DB_COL(struct customer, country),
	DB_COL(struct customer, iban),
	DB_COL(struct customer, parent_code),
	DB_COL(struct customer, payer_code),
	DB_COL(struct customer, has_limit),
	DB_COL(struct customer, credit_limit_minor),
	DB_COL(struct customer, currency),
	DB_COL(struct customer, status),
	DB_DAY(struct customer, excluded_until),
	DB_COL(struct customer, excluded_reason),
	DB_COL(struct customer, version),
};

#define CUSTOMER_SELECT                                                                           \
	"SELECT id, entity_id, party_id, code, name, kind, siren, vat_number, segment, terms,"    \
	" payment_means, language, email, phone, street, street2, postcode, city, country, iban," \
	" parent_code, payer_code, CASE WHEN credit_limit_minor IS NULL THEN 0 ELSE 1 END,"       \
	" credit_limit_minor, currency, status, excluded_until, excluded_reason, version"         \
	" FROM customer"

bool customer_get(struct db *db, struct arena *a, int64_t entity_id, const char *code,
		  struct customer *ret, struct err *e)
{
	if (db_one(db, a, CUSTOMER_SELECT " WHERE entity_id = $1 AND code = $2",
		   DB_PARAMS(P_I64(entity_id), P_TEXT(code)), columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no customer with code \"%.60s\"", code);
	return false;
}

bool customer_get_by_id(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
			struct customer *ret, struct err *e)
{
	if (db_one(db, a, CUSTOMER_SELECT " WHERE entity_id = $1 AND id = $2",
		   DB_PARAMS(P_I64(entity_id), P_I64(id)), columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no customer %" PRId64, id);
	return false;
}

bool customer_list(struct db *db, struct arena *a, int64_t entity_id, struct customer **ret,
		   size_t *ret_n, struct err *e)
{
	return db_list(db, a, CUSTOMER_SELECT " WHERE entity_id = $1 ORDER BY code",
		       DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof **ret,
		       (void **)ret, ret_n, e);
}

/* The text as the inside of a LIKE pattern: its own % and _ are literal. */
static const char *pattern_of(struct arena *a, const char *key)
{
	struct buf b;

	buf_init(&b, a);
	buf_putc(&b, '%');
	for (; *key; key++) {
		if (*key == '%' || *key == '_' || *key == '\\')
			buf_putc(&b, '\\');
		buf_putc(&b, *key);
	}
	buf_putc(&b, '%');
	return buf_str(&b);
}

bool customer_search(struct db *db, struct arena *a, int64_t entity_id, const char *text, int limit,
		     struct customer **ret, size_t *ret_n, struct err *e)
{
	const char *name = pattern_of(a, text_key(a, text));
	const char *code = pattern_of(a, text_reference_key(a, text));

	/* Keys and codes are upper case on both sides, so LIKE means the same on both engines. */
	return db_list(db, a,
		       CUSTOMER_SELECT " WHERE entity_id = $1 AND (name_key LIKE $2 ESCAPE '\\'"
				       " OR code LIKE $3 ESCAPE '\\' OR siren LIKE $3 ESCAPE '\\')"
				       " ORDER BY code LIMIT $4",
		       DB_PARAMS(P_I64(entity_id), P_TEXT(name), P_TEXT(code), P_I64(limit)),
		       columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

static bool tell(struct db *db, int64_t entity_id, const char *kind, const char *subject_kind,
		 int64_t id, const char *actor, int64_t now, int64_t *ret_event, struct err *e)
{
	return event_add(db,
			 &(struct event){ .entity_id = entity_id,
					  .kind = kind,
					  .subject_kind = subject_kind,
					  .subject_id = id,
					  .actor = actor,
					  .body = "{}",
					  .recorded = now },
			 ret_event, e);
}

static bool customer_write(struct db *db, const struct customer *c, const char *actor, int64_t now,
			   int64_t *ret_event, struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	int64_t changed;
	bool ok;

	ok = db_exec(db,
		     "UPDATE customer SET name = $1, name_key = $2, kind = $3, siren = $4,"
		     " vat_number = $5, segment = $6, terms = $7, payment_means = $8,"
		     " language = $9, email = $10, phone = $11, street = $12, street2 = $13,"
		     " postcode = $14, city = $15, country = $16, iban = $17, parent_code = $18,"
		     " payer_code = $19, credit_limit_minor = $20, status = $21,"
		     " excluded_until = $22, excluded_reason = $23, version = version + 1"
		     " WHERE id = $24 AND version = $25",
		     DB_PARAMS(P_TEXT(c->name), P_TEXT(text_key(a, c->name)), P_TEXT(c->kind),
			       P_TEXT(c->siren), P_TEXT(c->vat_number), P_TEXT(c->segment),
			       P_TEXT(c->terms), P_TEXT(c->payment_means), P_TEXT(c->language),
			       P_TEXT(c->email), P_TEXT(c->phone), P_TEXT(c->street),
			       P_TEXT(c->street2), P_TEXT(c->postcode), P_TEXT(c->city),
			       P_TEXT(c->country), P_TEXT(c->iban), P_TEXT(c->parent_code),
			       P_TEXT(c->payer_code),
			       c->has_limit ? P_I64(c->credit_limit_minor) : P_NULL,
			       P_TEXT(c->status), P_DAY(c->excluded_until),
			       P_TEXT(c->excluded_reason), P_I64(c->id), P_I64(c->version)),
		     &changed, e);
	arena_free(a);
	if (ok && changed == 0)
		return err_set(e, ERR_STALE, "customer %s was changed by somebody else meanwhile",
			       c->code);
	return ok && tell(db, c->entity_id, "customer.updated", "customer", c->id, actor, now,
			  ret_event, e);
}

bool customer_update(struct db *db, const struct customer *c, const char *actor, int64_t now,
		     struct err *e)
{
	return customer_write(db, c, actor, now, NULL, e);
}

bool customer_revise(struct db *db, const struct customer *c, const char *actor, int64_t now,
		     struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct customer old;
	int64_t event_id;

	return customer_get_by_id(db, a, c->entity_id, c->id, &old, e) &&
	       customer_write(db, c, actor, now, &event_id, e) &&
	       undo_keep(db, a, event_id, &old, columns, ARRAY_LEN(columns), e);
}

bool customer_revise_undo(struct db *db, struct arena *a, int64_t event_id, const char *actor,
			  int64_t now, struct err *e)
{
	struct customer old = { 0 };

	if (!undo_kept(db, a, event_id, columns, ARRAY_LEN(columns), &old, e))
		return false;
	old.version++; /* as the edit left it: refused when somebody changed it since */
	return customer_write(db, &old, actor, now, NULL, e);
}

static const struct db_column contact_columns[] = {
	DB_COL(struct contact, id),         DB_COL(struct contact, customer_id),
	DB_COL(struct contact, name),       DB_COL(struct contact, role),
	DB_COL(struct contact, email),      DB_COL(struct contact, phone),
	DB_COL(struct contact, language),   DB_COL(struct contact, is_dunning),
	DB_COL(struct contact, is_bounced), DB_COL(struct contact, version),
};

#define CONTACT_SELECT                                                                        \
	"SELECT id, customer_id, name, role, email, phone, language, is_dunning, is_bounced," \
	" version FROM contact"

bool contact_list(struct db *db, struct arena *a, int64_t customer_id, struct contact **ret,
		  size_t *ret_n, struct err *e)
{
	return db_list(db, a, CONTACT_SELECT " WHERE customer_id = $1 AND is_gone = 0 ORDER BY id",
		       DB_PARAMS(P_I64(customer_id)), contact_columns, ARRAY_LEN(contact_columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

bool contact_list_all(struct db *db, struct arena *a, int64_t entity_id, struct contact **ret,
		      size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       CONTACT_SELECT
		       " WHERE entity_id = $1 AND is_gone = 0 ORDER BY customer_id, id",
		       DB_PARAMS(P_I64(entity_id)), contact_columns, ARRAY_LEN(contact_columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

static bool contact_add(struct db *db, int64_t entity_id, const struct contact *c,
			const char *actor, int64_t now, int64_t *ret_id, struct err *e)
{
	int64_t id, event_id;

	if (!db_new_id(db, &id, e) ||
	    !tell(db, entity_id, "contact.added", "contact", id, actor, now, &event_id, e) ||
	    !db_exec(db,
		     "INSERT INTO contact (id, entity_id, customer_id, name, role, email, phone,"
		     " language, is_dunning, is_bounced, source, event_id, recorded)"
		     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'user', $11, $12)",
		     DB_PARAMS(P_I64(id), P_I64(entity_id), P_I64(c->customer_id), P_TEXT(c->name),
			       P_TEXT(c->role), P_TEXT(c->email), P_TEXT(c->phone),
			       P_TEXT(c->language), P_BOOL(c->is_dunning), P_BOOL(c->is_bounced),
			       P_I64(event_id), P_I64(now)),
		     NULL, e))
		return false;
	if (ret_id)
		*ret_id = id;
	return true;
}

static bool contact_write(struct db *db, int64_t entity_id, const struct contact *c,
			  const char *actor, int64_t now, int64_t *ret_event, struct err *e)
{
	int64_t changed;

	if (!db_exec(db,
		     "UPDATE contact SET name = $1, role = $2, email = $3, phone = $4,"
		     " language = $5, is_dunning = $6, is_bounced = $7, version = version + 1"
		     " WHERE id = $8 AND version = $9 AND entity_id = $10",
		     DB_PARAMS(P_TEXT(c->name), P_TEXT(c->role), P_TEXT(c->email), P_TEXT(c->phone),
			       P_TEXT(c->language), P_BOOL(c->is_dunning), P_BOOL(c->is_bounced),
			       P_I64(c->id), P_I64(c->version), P_I64(entity_id)),
		     &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_STALE, "contact %s was changed by somebody else meanwhile",
			       c->name);
	return tell(db, entity_id, "contact.updated", "contact", c->id, actor, now, ret_event, e);
}

bool contact_save(struct db *db, int64_t entity_id, const struct contact *c, const char *actor,
		  int64_t now, int64_t *ret_id, struct err *e)
{
	if (c->id == 0)
		return contact_add(db, entity_id, c, actor, now, ret_id, e);
	if (ret_id)
		*ret_id = c->id;
	return contact_write(db, entity_id, c, actor, now, NULL, e);
}

static bool contact_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
			struct contact *ret, struct err *e)
{
	return db_one(db, a, CONTACT_SELECT " WHERE id = $2 AND entity_id = $1",
		      DB_PARAMS(P_I64(entity_id), P_I64(id)), contact_columns,
		      ARRAY_LEN(contact_columns), ret, e);
}

bool contact_revise(struct db *db, int64_t entity_id, const struct contact *c, const char *actor,
		    int64_t now, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct contact old;
	int64_t event_id;

	if (c->id == 0)
		return contact_add(db, entity_id, c, actor, now, NULL, e);
	return contact_get(db, a, entity_id, c->id, &old, e) &&
	       contact_write(db, entity_id, c, actor, now, &event_id, e) &&
	       undo_keep(db, a, event_id, &old, contact_columns, ARRAY_LEN(contact_columns), e);
}

bool contact_revise_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
			 const char *actor, int64_t now, struct err *e)
{
	struct contact old = { 0 };

	if (!undo_kept(db, a, event_id, contact_columns, ARRAY_LEN(contact_columns), &old, e))
		return false;
	old.version++;
	return contact_write(db, entity_id, &old, actor, now, NULL, e);
}

bool contact_add_undo(struct db *db, int64_t entity_id, int64_t id, struct err *e)
{
	int64_t changed;

	if (!db_exec(db,
		     "UPDATE contact SET is_gone = 1, version = version + 1"
		     " WHERE id = $1 AND entity_id = $2 AND is_gone = 0 AND version = 1",
		     DB_PARAMS(P_I64(id), P_I64(entity_id)), &changed, e))
		return false;
	return changed == 1 || err_set(e, ERR_CONFLICT, "the contact was changed meanwhile");
}

bool customer_owner_list(struct db *db, struct arena *a, int64_t customer_id, day_t on,
			 struct customer_owner **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column owner_columns[] = {
		DB_COL(struct customer_owner, role),
		DB_COL(struct customer_owner, user_id),
		DB_COL(struct customer_owner, name),
		DB_DAY(struct customer_owner, effective),
	};

	return db_list(db, a,
		       "SELECT o.role, o.user_id, o.name, o.effective FROM customer_owner o"
		       " WHERE o.customer_id = $1 AND o.effective <= $2 AND NOT EXISTS"
		       " (SELECT 1 FROM customer_owner n WHERE n.customer_id = o.customer_id"
		       "  AND n.role = o.role AND n.effective <= $2 AND (n.effective > o.effective"
		       "  OR (n.effective = o.effective AND n.id > o.id))) ORDER BY o.role",
		       DB_PARAMS(P_I64(customer_id), P_DAY(on)), owner_columns,
		       ARRAY_LEN(owner_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool customer_owner_set(struct db *db, int64_t entity_id, int64_t customer_id,
			const struct customer_owner *owner, const char *actor, int64_t now,
			struct err *e)
{
	int64_t id, event_id;

	return db_new_id(db, &id, e) &&
	       tell(db, entity_id, "customer.owner", "customer", customer_id, actor, now, &event_id,
		    e) &&
	       db_exec(db,
		       "INSERT INTO customer_owner (id, entity_id, customer_id, role, user_id, "
		       "name,"
		       " effective, event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
		       "$9)",
		       DB_PARAMS(P_I64(id), P_I64(entity_id), P_I64(customer_id),
				 P_TEXT(owner->role), P_ID(owner->user_id), P_TEXT(owner->name),
				 P_DAY(owner->effective), P_I64(event_id), P_I64(now)),
		       NULL, e);
}

bool note_list(struct db *db, struct arena *a, int64_t customer_id, struct note **ret,
	       size_t *ret_n, struct err *e)
{
	static const struct db_column note_columns[] = {
		DB_COL(struct note, id),
		DB_COL(struct note, text),
		DB_COL(struct note, actor),
		DB_COL(struct note, recorded),
	};

	return db_list(db, a,
		       "SELECT id, text, actor, recorded FROM note WHERE customer_id = $1"
		       " AND removed IS NULL ORDER BY id DESC",
		       DB_PARAMS(P_I64(customer_id)), note_columns, ARRAY_LEN(note_columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

bool note_add(struct db *db, int64_t entity_id, int64_t customer_id, const char *text,
	      const char *actor, int64_t now, struct err *e)
{
	int64_t id, event_id;

	if (str_empty(text))
		return err_field(e, ERR_INVALID, "text", "the note is empty");
	return db_new_id(db, &id, e) &&
	       tell(db, entity_id, "note.added", "note", id, actor, now, &event_id, e) &&
	       db_exec(db,
		       "INSERT INTO note (id, entity_id, customer_id, text, actor, event_id,"
		       " recorded) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       DB_PARAMS(P_I64(id), P_I64(entity_id), P_I64(customer_id), P_TEXT(text),
				 P_TEXT(actor), P_I64(event_id), P_I64(now)),
		       NULL, e);
}

bool note_remove(struct db *db, int64_t entity_id, int64_t id, int64_t now, struct err *e)
{
	int64_t changed;

	if (!db_exec(db,
		     "UPDATE note SET removed = $3 WHERE id = $1 AND entity_id = $2"
		     " AND removed IS NULL",
		     DB_PARAMS(P_I64(id), P_I64(entity_id), P_I64(now)), &changed, e))
		return false;
	return changed == 1 || err_set(e, ERR_CONFLICT, "the note is gone already");
}

/* The row that the act wrote, and the one of the same role that it took the place of. */
bool customer_owner_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
			 const char *actor, int64_t now, struct err *e)
{
	static const struct db_column owner_columns[] = {
		DB_COL(struct customer_owner, role),
		DB_COL(struct customer_owner, user_id),
		DB_COL(struct customer_owner, name),
		DB_DAY(struct customer_owner, effective),
	};
	struct customer_owner set, before;
	int64_t customer_id, later;

	if (!db_one(db, a,
		    "SELECT role, COALESCE(user_id, 0), name, effective FROM customer_owner"
		    " WHERE event_id = $1",
		    DB_PARAMS(P_I64(event_id)), owner_columns, ARRAY_LEN(owner_columns), &set, e) ||
	    !db_get_i64(db, "SELECT customer_id FROM customer_owner WHERE event_id = $1",
			DB_PARAMS(P_I64(event_id)), 0, &customer_id, e) ||
	    !db_get_i64(db,
			"SELECT COUNT(*) FROM customer_owner n JOIN customer_owner o"
			" ON o.event_id = $1 AND n.customer_id = o.customer_id AND n.role = o.role"
			" AND n.id > o.id",
			DB_PARAMS(P_I64(event_id)), 0, &later, e))
		return false;
	if (later > 0)
		return err_set(e, ERR_CONFLICT, "somebody else was put in charge since");
	if (!db_one(db, a,
		    "SELECT n.role, COALESCE(n.user_id, 0), n.name, n.effective"
		    " FROM customer_owner n JOIN customer_owner o ON o.event_id = $1"
		    " AND n.customer_id = o.customer_id AND n.role = o.role AND n.id <> o.id"
		    " AND n.effective <= o.effective ORDER BY n.effective DESC, n.id DESC LIMIT 1",
		    DB_PARAMS(P_I64(event_id)), owner_columns, ARRAY_LEN(owner_columns), &before,
		    e))
		return e->code == ERR_NOT_FOUND
			       ? err_set(e, ERR_REFUSED,
					 "nobody was in charge before: choose who is")
			       : false;
	before.effective = set.effective;
	return customer_owner_set(db, entity_id, customer_id, &before, actor, now, e);
}
