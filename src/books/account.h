/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.h - the accounts and journals under which the books take what is exported (plan comptable).
 *
 * Each role has an account of the French chart (PCG) until the company sets its own. A default has as many
 * digits as the customers' account in the company's own files, so that "665" becomes 66500000 where customers
 * are 41100000.
 *
 *	if (!books_chart_load(db, arena, entity, &chart, e))
 *		return false;
 *	books_account(&chart, BOOKS_DISCOUNT)		// "66500000"
 */
#ifndef BOOKS_ACCOUNT_H
#define BOOKS_ACCOUNT_H

#include "i18n/catalogue.h"
#include "ledger/entity.h"

enum books_role {
#define ROLE(name, root, key, words) BOOKS_##name,
#include "books/account.def"
#undef ROLE
	BOOKS_ROLES
};

enum { BOOKS_ACCOUNT_MAX = 20, BOOKS_JOURNAL_MAX = 10 };

struct books_chart {
	const char *account[BOOKS_ROLES];
	const char *label[BOOKS_ROLES]; /* in the company's language */
	bool is_default[BOOKS_ROLES];
	const char *bank_journal, *bank_journal_label;
	const char *misc_journal, *misc_journal_label;
	size_t digits; /* of a default */
	struct {
		int64_t id; /* of the bank account */
		const char *iban, *name;
		const char *account; /* NULL: that of the role */
	} * banks;
	size_t n_banks;
	struct arena *arena;
};

bool books_chart_load(struct db *db, struct arena *a, const struct entity *entity,
		      struct books_chart *ret, struct err *e) NODISCARD;

/* "discount": the name in settings and on the command line; NULL when no role has it. */
const char *books_role_key(enum books_role role);
bool books_role_of(const char *key, enum books_role *ret);
const char *books_role_words(enum books_role role); /* English, for gettext */

/* The account of a posting that names one by its PCG root ("654", "6588"): that of the role whose root it
 * begins with, else itself with as many digits as the others. ret_label never NULL. */
const char *books_account_of(const struct books_chart *c, const char *root, const char **ret_label);

/* The account of money: of that bank account, or of all. */
const char *books_bank(const struct books_chart *c, int64_t bank_account_id);

/* Keeps an account: key is that of a role, "bank_journal", "misc_journal", or "bank:" and an IBAN. "" goes
 * back to the default. ERR_NOT_FOUND for another key, ERR_INVALID for what is no account (digits and letters,
 * the first three digits) or journal code. In the caller's transaction. */
bool books_account_set(struct db *db, const struct entity *entity, const char *key,
		       const char *value, const char *actor, int64_t now, struct err *e) NODISCARD;

#endif
