/* SPDX-License-Identifier: Apache-2.0 */
#include "undo_acts.h"

#include "collect/outbox.h"
#include "collect/promise.h"
#include "collect/scenario.h"
#include "dispute/dispute.h"
#include "ledger/customer.h"
#include "ledger/import.h"
#include "ledger/post.h"
#include "team/token.h"
#include "team/user.h"

int64_t tick(struct fixture *f)
{
	return f->now += 1000;
}

/* ---- acts, each with how to do it ---------------------------------------------------------------- */

bool make_promise(struct fixture *f, struct err *e)
{
	return promise_add(f->db, f->entity.id,
			   &(struct new_promise){ .customer_id = f->customer_id,
						  .item_id = f->invoice_id,
						  .promised_on = october + 5,
						  .made_on = october },
			   ACTOR, tick(f), NULL, e);
}

static bool cancel_promise(struct fixture *f, struct err *e)
{
	return promise_cancel(f->db, f->entity.id, store_i64(f->db, "SELECT MAX(id) FROM promise"),
			      october, ACTOR, tick(f), e);
}

bool open_dispute(struct fixture *f, struct err *e)
{
	return dispute_open(f->db, f->entity.id,
			    &(struct new_dispute){ .item_id = f->invoice_id,
						   .amount_minor = 5000,
						   .reason = "price",
						   .opened_on = october - 2,
						   .answer_by = october - 1 },
			    ACTOR, tick(f), NULL, e);
}

static bool close_dispute(struct fixture *f, struct err *e)
{
	return dispute_close(f->db, f->entity.id, store_i64(f->db, "SELECT MAX(id) FROM dispute"),
			     "agreed", october, ACTOR, tick(f), e);
}

static bool note_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;

	return note_add(db, f->entity.id, f->customer_id, "called", ACTOR, tick(f), e);
}

static bool write_note(struct fixture *f, struct err *e)
{
	return db_tx(f->db, note_tx, f, e);
}

static bool edit_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	struct customer c;

	if (!customer_get_by_id(db, f->arena, f->entity.id, f->customer_id, &c, e))
		return false;
	c.name = "Autre nom";
	c.excluded_until = october + 30;
	c.excluded_reason = "asked";
	c.has_limit = true;
	c.credit_limit_minor = 100;
	return customer_revise(db, &c, ACTOR, tick(f), e);
}

bool edit_customer(struct fixture *f, struct err *e)
{
	return db_tx(f->db, edit_tx, f, e);
}

static bool contact_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	struct contact c = { .customer_id = f->customer_id,
			     .name = "Alix",
			     .email = "a@b.example" };

	return contact_revise(db, f->entity.id, &c, ACTOR, tick(f), e);
}

static bool add_contact(struct fixture *f, struct err *e)
{
	return db_tx(f->db, contact_tx, f, e);
}

static bool put_in_charge(struct fixture *f, const char *name, struct err *e)
{
	struct customer_owner o = { .role = "collector", .name = name, .effective = october - 10 };

	return customer_owner_set(f->db, f->entity.id, f->customer_id, &o, ACTOR, tick(f), e);
}

static bool first_tx(struct db *db, void *arg, struct err *e)
{
	(void)db;
	return put_in_charge(arg, "Alice", e);
}

static bool owner_tx(struct db *db, void *arg, struct err *e)
{
	(void)db;
	return put_in_charge(arg, "Bruno", e);
}

static bool first_owner(struct fixture *f, struct err *e)
{
	return db_tx(f->db, first_tx, f, e);
}

static bool change_owner(struct fixture *f, struct err *e)
{
	return db_tx(f->db, owner_tx, f, e);
}

static bool allocate_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	struct posting p;

	return posting_begin(&p, db, f->entity.id, "allocation.made", "item", f->invoice_id, ACTOR,
			     "user", tick(f), "{}", e) &&
	       post_allocation(&p,
			       &(struct new_allocation){ .debit_item_id = f->invoice_id,
							 .credit_item_id = f->credit_id,
							 .amount_minor = 20000,
							 .rule = "manual",
							 .reason = "by hand",
							 .effective = october - 1 },
			       NULL, e);
}

static bool allocate(struct fixture *f, struct err *e)
{
	return db_tx(f->db, allocate_tx, f, e);
}

static bool unallocate_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	int64_t id = store_i64(db, "SELECT MAX(id) FROM allocation");
	struct posting p;

	return posting_begin(&p, db, f->entity.id, "allocation.undone", "allocation", id, ACTOR,
			     "user", tick(f), "{}", e) &&
	       post_unallocation(&p, id, "by hand", e);
}

static bool unallocate(struct fixture *f, struct err *e)
{
	return db_tx(f->db, unallocate_tx, f, e);
}

static bool load_policy(struct fixture *f, struct err *e)
{
	const char *json = policy_default_json();
	struct policy p;
	struct buf b;

	if (!policy_parse(f->arena, json, strlen(json), &p, e))
		return false;
	p.minimum_minor += f->now;
	buf_init(&b, f->arena);
	policy_write(&p, &b);
	return scenario_load(f->db, f->entity.id, buf_str(&b), b.len, ACTOR, tick(f), NULL, e);
}

static bool save_text(struct fixture *f, struct err *e)
{
	struct text_revision *t;
	size_t n;

	if (!text_list(f->db, f->arena, f->entity.id, &t, &n, e))
		return false;
	t[0].subject = arena_printf(f->arena, "Subject %" PRId64, f->now);
	return text_save(f->db, f->entity.id, &t[0], ACTOR, tick(f), e);
}

static bool company_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	struct entity ent;

	if (!entity_get_by_id(db, f->arena, f->entity.id, &ent, e))
		return false;
	ent.city = "Rennes";
	ent.default_terms = "NET45";
	return entity_update(db, &ent, ACTOR, tick(f), e);
}

static bool change_company(struct fixture *f, struct err *e)
{
	return db_tx(f->db, company_tx, f, e);
}

static bool set_host(struct fixture *f, struct db *db, const char *host, struct err *e)
{
	return setting_set(db, f->entity.id, "smtp_host", host, ACTOR, tick(f), e);
}

static bool first_host_tx(struct db *db, void *arg, struct err *e)
{
	return set_host(arg, db, "old.example", e);
}

static bool host_tx(struct db *db, void *arg, struct err *e)
{
	return set_host(arg, db, "new.example", e);
}

static bool first_host(struct fixture *f, struct err *e)
{
	return db_tx(f->db, first_host_tx, f, e);
}

static bool change_host(struct fixture *f, struct err *e)
{
	return db_tx(f->db, host_tx, f, e);
}

static bool add_users(struct fixture *f, struct err *e)
{
	static const char *const names[] = { "a@b.example", "c@d.example" };
	struct user u;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct new_user n = { .email = names[i], .role = ROLE_COLLECTOR };

		if (!user_add(f->db, f->arena, &n, ACTOR, tick(f), &u, e))
			return false;
	}
	return true;
}

static bool change_role(struct fixture *f, struct err *e)
{
	struct user u;

	return user_get_by_email(f->db, f->arena, "c@d.example", &u, e) &&
	       user_set_role(f->db, u.id, u.version, ROLE_ACCOUNTANT, ACTOR, tick(f), e);
}

static bool block_user(struct fixture *f, struct err *e)
{
	struct user u;

	return user_get_by_email(f->db, f->arena, "c@d.example", &u, e) &&
	       user_set_disabled(f->db, u.id, u.version, true, ACTOR, tick(f), e);
}

static bool narrow_scope(struct fixture *f, struct err *e)
{
	struct user u;

	return user_get_by_email(f->db, f->arena, "c@d.example", &u, e) &&
	       user_set_scope(f->db, u.id, f->entity.id, false, ACTOR, tick(f), e);
}

static bool widen_scope(struct fixture *f, struct err *e)
{
	struct user u;

	return user_get_by_email(f->db, f->arena, "c@d.example", &u, e) &&
	       user_set_scope(f->db, u.id, f->entity.id, true, ACTOR, tick(f), e);
}

static bool first_scope(struct fixture *f, struct err *e)
{
	return add_users(f, e) && narrow_scope(f, e);
}

static bool add_token(struct fixture *f, struct err *e)
{
	const struct new_token t = { .entity_id = f->entity.id,
				     .name = "till",
				     .role = role_name(ROLE_ACCOUNTANT),
				     .actor = ACTOR,
				     .now = tick(f) };
	char key[TOKEN_KEY];
	int64_t id;

	return token_add(f->db, &t, &id, key, e);
}

static bool revoke_token(struct fixture *f, struct err *e)
{
	int64_t id;

	return db_get_i64(f->db, "SELECT id FROM api_token", DB_NO_PARAMS, 0, &id, e) &&
	       token_revoke(f->db, f->entity.id, id, ACTOR, tick(f), e);
}

static bool save_account_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	const struct bank_account account = { .iban = "FR7630006000011234567890189",
					      .name = "Main",
					      .currency = "EUR",
					      .is_printed = true };

	return bank_account_save(db, f->entity.id, &account, ACTOR, tick(f), NULL, e);
}

static bool save_other_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	const struct bank_account account = { .iban = "DE89370400440532013000",
					      .name = "Other",
					      .currency = "EUR",
					      .is_printed = true };

	return bank_account_save(db, f->entity.id, &account, ACTOR, tick(f), NULL, e);
}

static bool rename_account_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	const struct bank_account account = { .iban = "FR7630006000011234567890189",
					      .bic = "AGRIFRPP",
					      .name = "Renamed",
					      .currency = "EUR" };

	return bank_account_save(db, f->entity.id, &account, ACTOR, tick(f), NULL, e);
}

static bool save_account(struct fixture *f, struct err *e)
{
	return db_tx(f->db, save_account_tx, f, e);
}

static bool save_other(struct fixture *f, struct err *e)
{
	return db_tx(f->db, save_other_tx, f, e);
}

static bool rename_account(struct fixture *f, struct err *e)
{
	return db_tx(f->db, rename_account_tx, f, e);
}

static bool map_as(struct fixture *f, const char *field, struct err *e)
{
	const struct import_column column = { .header = "Pièce", .field = field };

	return import_mapping_save(f->db, f->entity.id, "sales.csv", &column, 1, ACTOR, tick(f), e);
}

static bool map_columns(struct fixture *f, struct err *e)
{
	return map_as(f, "document", e);
}

static bool map_otherwise(struct fixture *f, struct err *e)
{
	return map_as(f, "payment_ref", e);
}

bool plan_message(struct fixture *f, struct err *e)
{
	return db_exec(f->db,
		       "INSERT INTO message (id, entity_id, customer_id, key, step, level, channel,"
		       " language, recipient, subject, body, amount_minor, currency, planned_on,"
		       " message_id, state, is_test, mode, event_id, recorded) SELECT 900001, $1,"
		       " $2, 'k', 's', 1, 'email', 'fr', 'a@b.example', 's', 'b', 1, 'EUR',"
		       " '2026-10-02', 'm', 'planned', 1, 'confirm', MIN(id), $3 FROM event",
		       DB_PARAMS(P_I64(f->entity.id), P_I64(f->customer_id), P_I64(tick(f))), NULL,
		       e);
}

bool confirm(struct fixture *f, struct err *e)
{
	return outbox_confirm(f->db, f->entity.id, 900001, ACTOR, tick(f), e);
}

static bool skip_message(struct fixture *f, struct err *e)
{
	return outbox_skip(f->db, f->entity.id, 900001, ACTOR, tick(f), e);
}

/* ---- what shows them ---- */

#define DISPUTES "SELECT COALESCE(SUM(amount_minor), 0) || '' FROM dispute WHERE closed_on IS NULL"
#define CUSTOMER                                                                          \
	"SELECT name || ' ' || name_key || ' ' || COALESCE(excluded_until, '') || ' ' ||" \
	" COALESCE(excluded_reason, '') || ' ' || COALESCE(credit_limit_minor, 0) FROM customer"
#define MESSAGE                                                                              \
	"SELECT state || ' ' || COALESCE(decision, '') || ' ' || COALESCE(reason, '') FROM " \
	"message"
#define USERS "SELECT role || ' ' || is_disabled FROM user_account WHERE email = 'c@d.example'"

#define SCOPE  "SELECT COALESCE(MAX(scope), '') FROM portfolio"
#define TOKENS "SELECT COUNT(*) || '' FROM api_token WHERE revoked IS NULL"
#define ACCOUNTS                                                                                \
	"SELECT COUNT(*) || ' ' || COALESCE(MAX(name), '') || ' ' || COALESCE(MAX(bic), '') ||" \
	" ' ' || COALESCE(MAX(CASE WHEN is_printed = 1 THEN iban END), '') FROM bank_account"
#define MAPPINGS "SELECT COALESCE(MAX(columns), '') FROM import_mapping"

const struct undo_case undo_cases[] = {
	{ "promise made", NULL, make_promise, "promise.made", PROMISES },
	{ "promise cancelled", make_promise, cancel_promise, "promise.cancelled", PROMISES },
	{ "dispute opened", NULL, open_dispute, "dispute.opened", DISPUTES },
	{ "dispute closed", open_dispute, close_dispute, "dispute.closed", DISPUTES },
	{ "note", NULL, write_note, "note.added",
	  "SELECT COUNT(*) || '' FROM note WHERE removed IS NULL" },
	{ "customer", NULL, edit_customer, "customer.updated", CUSTOMER },
	{ "contact", NULL, add_contact, "contact.added",
	  "SELECT COUNT(*) || '' FROM contact WHERE is_gone = 0" },
	{ "owner", first_owner, change_owner, "customer.owner",
	  "SELECT name FROM customer_owner ORDER BY effective DESC, id DESC LIMIT 1" },
	{ "un-allocation", allocate, unallocate, "allocation.undone",
	  "SELECT SUM(open_minor) || ' ' || MIN(open_minor) FROM item_balance" },
	{ "policy", load_policy, load_policy, "scenario.loaded",
	  "SELECT body FROM scenario ORDER BY revision DESC LIMIT 1" },
	{ "text", save_text, save_text, "template.saved",
	  "SELECT subject FROM template ORDER BY revision DESC LIMIT 1" },
	{ "company", NULL, change_company, "entity.updated",
	  "SELECT COALESCE(city, '') || ' ' || COALESCE(default_terms, '') FROM entity" },
	{ "setting", first_host, change_host, "setting.changed",
	  "SELECT value FROM setting WHERE name = 'smtp_host'" },
	{ "role", add_users, change_role, "user.role_set", USERS },
	{ "blocked", add_users, block_user, "user.disabled", USERS },
	{ "scope, first", add_users, narrow_scope, "user.scope_set", SCOPE },
	{ "scope, again", first_scope, widen_scope, "user.scope_set", SCOPE },
	{ "token", NULL, add_token, "token.added", TOKENS },
	{ "token revoked", add_token, revoke_token, "token.revoked", TOKENS },
	{ "bank account", NULL, save_account, "bank_account.saved", ACCOUNTS },
	{ "bank account changed", save_account, rename_account, "bank_account.saved", ACCOUNTS },
	{ "another is printed", save_account, save_other, "bank_account.saved", ACCOUNTS },
	{ "columns", NULL, map_columns, "import_mapping.saved", MAPPINGS },
	{ "columns changed", map_columns, map_otherwise, "import_mapping.saved", MAPPINGS },
	{ "confirmed", plan_message, confirm, "message.confirmed", MESSAGE },
	{ "skipped", plan_message, skip_message, "message.skipped", MESSAGE },
};

const size_t undo_n_cases = ARRAY_LEN(undo_cases);
