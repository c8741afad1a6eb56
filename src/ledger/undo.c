/* SPDX-License-Identifier: Apache-2.0 */
/* undo.c - what of the ledger can be taken back. */
#include "ledger/customer.h"
#include "ledger/entity.h"
#include "ledger/exchange.h"
#include "ledger/import.h"
#include "ledger/period.h"
#include "ledger/post.h"
#include "ledger/rate_store.h"
#include "web/undo.h"

/* The customer that a row belongs to must be one that the user sees. */
static bool sees_of(struct undo_act *u, const char *sql, struct err *e)
{
	int64_t customer_id;

	return db_get_i64(u->db, sql, DB_PARAMS(P_I64(u->event.subject_id)), 0, &customer_id, e) &&
	       undo_sees(u, customer_id, e);
}

static bool customer_undo(struct undo_act *u, struct err *e)
{
	return undo_sees(u, u->event.subject_id, e) &&
	       customer_revise_undo(u->db, u->arena, u->event.id, u->actor, u->now, e);
}

static bool owner_undo(struct undo_act *u, struct err *e)
{
	return undo_sees(u, u->event.subject_id, e) &&
	       customer_owner_undo(u->db, u->arena, u->entity_id, u->event.id, u->actor, u->now, e);
}

#define CONTACT_CUSTOMER "SELECT customer_id FROM contact WHERE id = $1"

static bool contact_undo(struct undo_act *u, struct err *e)
{
	return sees_of(u, CONTACT_CUSTOMER, e) &&
	       contact_revise_undo(u->db, u->arena, u->entity_id, u->event.id, u->actor, u->now, e);
}

static bool contact_added_undo(struct undo_act *u, struct err *e)
{
	return sees_of(u, CONTACT_CUSTOMER, e) &&
	       contact_add_undo(u->db, u->entity_id, u->event.subject_id, e);
}

static bool note_undo(struct undo_act *u, struct err *e)
{
	return sees_of(u, "SELECT customer_id FROM note WHERE id = $1", e) &&
	       note_remove(u->db, u->entity_id, u->event.subject_id, u->now, e);
}

static bool imported_undo(struct undo_act *u, struct err *e)
{
	return import_undo(u->db, u->entity_id, u->event.subject_id, u->actor, u->now, e);
}

static bool company_undo(struct undo_act *u, struct err *e)
{
	return entity_update_undo(u->db, u->arena, u->event.id, u->actor, u->now, e);
}

static bool settings_undo(struct undo_act *u, struct err *e)
{
	return setting_undo(u->db, u->arena, u->entity_id, u->event.id, u->actor, u->now, e);
}

static bool account_undo(struct undo_act *u, struct err *e)
{
	return bank_account_undo(u->db, u->arena, u->entity_id, u->event.id, e);
}

static bool mapping_undo(struct undo_act *u, struct err *e)
{
	return import_mapping_undo(u->db, u->arena, u->entity_id, u->event.id, e);
}

static bool exchange_rates_undo(struct undo_act *u, struct err *e)
{
	return exchange_add_undo(u->db, u->event.id, e);
}

static bool law_rate_undo(struct undo_act *u, struct err *e)
{
	return rate_set_undo(u->db, u->arena, u->event.id, e);
}

/* An allocation that was undone is made again, of the same amount from the same day. */
static bool unallocation_undo(struct undo_act *u, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct new_allocation, debit_item_id),
		DB_COL(struct new_allocation, credit_item_id),
		DB_COL(struct new_allocation, amount_minor),
		DB_COL(struct new_allocation, lettering),
		DB_COL(struct new_allocation, rule),
		DB_COL(struct new_allocation, reason),
		DB_DAY(struct new_allocation, effective),
		DB_COL(struct new_allocation, lettering_id),
	};
	struct new_allocation al;
	struct posting p;

	return db_one(u->db, u->arena,
		      "SELECT debit_item_id, credit_item_id, amount_minor, lettering, rule, reason,"
		      " effective, COALESCE(lettering_id, 0) FROM allocation WHERE id = $1",
		      DB_PARAMS(P_I64(u->event.subject_id)), columns, ARRAY_LEN(columns), &al, e) &&
	       sees_of(u,
		       "SELECT i.customer_id FROM allocation a JOIN item i"
		       " ON i.id = a.debit_item_id WHERE a.id = $1",
		       e) &&
	       posting_begin(&p, u->db, u->entity_id, "allocation.redone", "allocation",
			     u->event.subject_id, u->actor, "user", u->now, "{}", e) &&
	       post_allocation(&p, &al, NULL, e);
}

static bool closing_undo(struct undo_act *u, struct err *e)
{
	return period_close_undo(u->db, u->arena, u->entity_id, u->event.subject_id, u->actor,
				 u->now, e);
}

/* Who asked withdraws. */
static bool asking_undo(struct undo_act *u, struct err *e)
{
	return period_decide(u->db, u->entity_id, u->event.subject_id, false, u->actor, u->now, e);
}

static bool reopening_undo(struct undo_act *u, struct err *e)
{
	return period_reopen_undo(u->db, u->arena, u->entity_id, u->event.subject_id, e);
}

static bool refusal_undo(struct undo_act *u, struct err *e)
{
	return period_refuse_undo(u->db, u->arena, u->entity_id, u->event.subject_id, e);
}

static const struct undo undos[] = {
	UNDO("period.closed", closing_undo, PERM_PERIOD_CLOSE, N_("The period is open again.")),
	UNDO("period.reopening_asked", asking_undo, PERM_PERIOD_CLOSE,
	     N_("The reopening is no longer asked for.")),
	UNDO("period.reopened", reopening_undo, PERM_PERIOD_CLOSE,
	     N_("The period is closed again; its reopening waits for a decision.")),
	UNDO("period.reopening_refused", refusal_undo, PERM_PERIOD_CLOSE,
	     N_("The reopening is asked for again.")),
	UNDO("customer.updated", customer_undo, PERM_CUSTOMER_EDIT,
	     N_("The customer is as before.")),
	UNDO("customer.owner", owner_undo, PERM_CUSTOMER_EDIT,
	     N_("The person in charge is the one of before.")),
	UNDO("contact.updated", contact_undo, PERM_CUSTOMER_EDIT, N_("The contact is as before.")),
	UNDO("contact.added", contact_added_undo, PERM_CUSTOMER_EDIT,
	     N_("The contact is taken back.")),
	UNDO("note.added", note_undo, PERM_NOTE_EDIT, N_("The note is taken back.")),
	UNDO("entity.updated", company_undo, PERM_SETTING_EDIT, N_("The settings are as before.")),
	UNDO("setting.changed", settings_undo, PERM_SETTING_EDIT,
	     N_("The settings are as before.")),
	UNDO("bank_account.saved", account_undo, PERM_SETTING_EDIT,
	     N_("The bank account is as before.")),
	UNDO("import_mapping.saved", mapping_undo, PERM_IMPORT_RUN,
	     N_("The columns are those of before.")),
	UNDO("import.applied", imported_undo, PERM_IMPORT_RUN,
	     N_("The import is undone: its facts do not count any more.")),
	UNDO("exchange_rate.added", exchange_rates_undo, PERM_SETTING_EDIT,
	     N_("The rates are taken back: the former ones count again.")),
	UNDO("rate.set", law_rate_undo, PERM_SETTING_EDIT, N_("The rate is as before.")),
	UNDO("allocation.undone", unallocation_undo, PERM_CASH_APPLY,
	     N_("The allocation is made again.")),
};
const struct undo_list ledger_undos = UNDO_LIST(undos);
