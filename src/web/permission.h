/* SPDX-License-Identifier: Apache-2.0 */
/*
 * permission.h - the rights a route can ask for, and the scope in which it asks.
 *
 * Which role has which right, and which customers a user sees, is the business of team/; here are only
 * their names, so that every route can carry one.
 */
#ifndef WEB_PERMISSION_H
#define WEB_PERMISSION_H

#include "base/base.h"

/* PUBLIC: nobody need be logged in. USER: anyone who is. */
#define WEB_PERMISSIONS(X)                                                            \
	X(PUBLIC, "public")                                                           \
	X(USER, "user")                                                               \
	X(ITEM_READ, "item.read")         /* customers, items, balances, reports */   \
	X(CUSTOMER_EDIT, "customer.edit") /* customer, contacts, owners */            \
	X(NOTE_EDIT, "note.edit")         /* write a note */                          \
	X(IMPORT_RUN, "import.run")       /* import files, undo an import */          \
	X(CASH_READ, "cash.read")         /* bank statements and their entries */     \
	X(CASH_APPLY, "cash.apply")       /* match, apply, unapply */                 \
	X(REMINDER_READ, "reminder.read") /* actions, outbox */                       \
	X(REMINDER_SEND, "reminder.send") /* confirm, send, resolve */                \
	X(POLICY_EDIT, "policy.edit")     /* dunning policies and texts */            \
	X(LIVE_SWITCH, "live.switch")     /* leave and re-enter test mode */          \
	X(DISPUTE_EDIT, "dispute.edit")                                               \
	X(PROMISE_EDIT, "promise.edit")                                               \
	X(CREDIT_DECIDE, "credit.decide") /* limits, holds */                         \
	X(SETTING_EDIT, "setting.edit")   /* the company, its accounts, its relay */  \
	X(USER_ADMIN, "user.admin")                                                   \
	X(PERIOD_CLOSE, "period.close") /* close periods; ask and decide to reopen */ \
	X(PERIOD_DATE, "period.date")   /* date facts of a closed period forward */   \
	X(AUDIT_READ, "audit.read")

enum permission {
	PERM_NONE_NAMED = 0, /* a route without one does not compile */
#define X(name, text) PERM_##name,
	WEB_PERMISSIONS(X)
#undef X
		PERM_COUNT
};

/* What the right is asked on. CUSTOMER: the path's :customer (an id) must be one the user sees. */
enum scope {
	SCOPE_NONE_NAMED = 0,
	SCOPE_INSTALLATION, /* no company's data: login, users, static pages */
	SCOPE_ENTITY, /* the company shown; lists are cut to the user's customers by the handler */
	SCOPE_CUSTOMER,
	SCOPE_COUNT
};

/* A set of rights. */
#define PERM_BIT(permission) (UINT64_C(1) << (permission))

/* "item.read"; "entity". */
const char *permission_name(enum permission p);
const char *scope_name(enum scope s);

#endif
