/* SPDX-License-Identifier: Apache-2.0 */
#include "books/account.h"

#include "base/buf.h"

#include <ctype.h>

enum { DIGITS_MIN = 6, DIGITS_MAX = 12 };

static const struct {
	const char *root, *key, *words;
} roles[BOOKS_ROLES] = {
#define ROLE(name, root, key, words) { root, key, words },
#include "books/account.def"
#undef ROLE
};

const char *books_role_key(enum books_role role)
{
	return roles[role].key;
}

const char *books_role_words(enum books_role role)
{
	return roles[role].words;
}

bool books_role_of(const char *key, enum books_role *ret)
{
	for (int i = 0; i < BOOKS_ROLES; i++)
		if (str_eq(roles[i].key, key)) {
			*ret = (enum books_role)i;
			return true;
		}
	return false;
}

/* "665" with eight digits is 66500000. */
static const char *padded(struct arena *a, const char *root, size_t digits)
{
	size_t n = strlen(root);
	struct buf b;

	buf_init(&b, a);
	buf_puts(&b, root);
	for (; n < digits; n++)
		buf_putc(&b, '0');
	return buf_str(&b);
}

const char *books_account_of(const struct books_chart *c, const char *root, const char **ret_label)
{
	size_t longest = 0;
	int found = -1;

	for (int i = 0; i < BOOKS_ROLES; i++) {
		size_t n = strlen(roles[i].root);
		if (str_starts(root, roles[i].root) && n > longest) {
			longest = n;
			found = i;
		}
	}
	if (found < 0) {
		*ret_label = root;
		return padded(c->arena, root, c->digits);
	}
	*ret_label = c->label[found];
	return c->account[found];
}

const char *books_bank(const struct books_chart *c, int64_t bank_account_id)
{
	const char *label;

	for (size_t i = 0; i < c->n_banks; i++) {
		const char *iban = c->banks[i].iban;
		if (c->banks[i].id != bank_account_id)
			continue;
		if (c->banks[i].account)
			return c->banks[i].account;
		/* Cheques and cash received by hand stand on an account of the chart, not of a bank. */
		if (iban[0] == '5' && strlen(iban) <= 4)
			return books_account_of(c, iban, &label);
	}
	return c->account[BOOKS_BANK];
}

/* ---- as the database holds them ------------------------------------------------------------------ */

static const char *setting_name(struct arena *a, const char *key)
{
	return arena_printf(a, "books_%s", key);
}

/* How many digits the company's own accounts have. */
static bool load_digits(struct db *db, const struct entity *entity, struct books_chart *c,
			struct err *e)
{
	char *account;
	size_t n;

	if (!db_get_text(db, c->arena,
			 "SELECT account FROM item WHERE entity_id = $1 AND is_booked = 1"
			 " AND account >= '411' AND account < '412' ORDER BY id DESC LIMIT 1",
			 DB_PARAMS(P_I64(entity->id)), &account, e))
		return false;
	n = account && strspn(account, "0123456789") == strlen(account) ? strlen(account) : 0;
	c->digits = n < DIGITS_MIN ? DIGITS_MIN : n > DIGITS_MAX ? DIGITS_MAX : n;
	return true;
}

static bool load_banks(struct db *db, const struct entity *entity, struct books_chart *c,
		       struct err *e)
{
	struct bank_account *list;
	size_t n;

	if (!bank_account_list(db, c->arena, entity->id, &list, &n, e))
		return false;
	c->banks = arena_alloc(c->arena, (n + 1) * sizeof *c->banks);
	c->n_banks = n;
	for (size_t i = 0; i < n; i++) {
		c->banks[i].id = list[i].id;
		c->banks[i].iban = list[i].iban;
		c->banks[i].name = list[i].name;
		if (!setting_get(
			    db, c->arena, entity->id,
			    setting_name(c->arena, arena_printf(c->arena, "bank:%s", list[i].iban)),
			    NULL, &c->banks[i].account, e))
			return false;
		if (str_empty(c->banks[i].account))
			c->banks[i].account = NULL;
	}
	return true;
}

static bool load_text(struct db *db, const struct entity *entity, struct books_chart *c,
		      const char *key, const char *absent, const char **ret, struct err *e)
{
	if (!setting_get(db, c->arena, entity->id, setting_name(c->arena, key), absent, ret, e))
		return false;
	if (str_empty(*ret))
		*ret = absent;
	return true;
}

bool books_chart_load(struct db *db, struct arena *a, const struct entity *entity,
		      struct books_chart *ret, struct err *e)
{
	const struct catalogue *cat = catalogue_find(entity->language);

	*ret = (struct books_chart){ .arena = a };
	if (!load_digits(db, entity, ret, e) || !load_banks(db, entity, ret, e))
		return false;
	for (int i = 0; i < BOOKS_ROLES; i++) {
		if (!load_text(db, entity, ret, roles[i].key, NULL, &ret->account[i], e))
			return false;
		ret->is_default[i] = !ret->account[i];
		if (ret->is_default[i])
			ret->account[i] = padded(a, roles[i].root, ret->digits);
		ret->label[i] = tr(cat, roles[i].words);
	}
	ret->bank_journal_label = tr(cat, N_("Bank"));
	ret->misc_journal_label = tr(cat, N_("Miscellaneous operations"));
	return load_text(db, entity, ret, "bank_journal", "BQ", &ret->bank_journal, e) &&
	       load_text(db, entity, ret, "misc_journal", "OD", &ret->misc_journal, e);
}

/* ---- setting ------------------------------------------------------------------------------------- */

static bool check_account(const char *value, struct err *e)
{
	size_t n = strlen(value);

	if (n < 3 || n > BOOKS_ACCOUNT_MAX || strspn(value, "0123456789") < 3)
		return err_field(e, ERR_INVALID, "value",
				 "\"%.40s\" is no account: three digits of the chart, then up to 17"
				 " letters or digits",
				 value);
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)value[i]))
			return err_field(e, ERR_INVALID, "value",
					 "\"%.40s\" is no account: only letters and digits", value);
	return true;
}

static bool check_journal(const char *value, struct err *e)
{
	bool is_code = strlen(value) <= BOOKS_JOURNAL_MAX;

	for (const char *s = value; *s; s++)
		is_code = is_code && isalnum((unsigned char)*s);
	return is_code ||
	       err_field(e, ERR_INVALID, "value",
			 "\"%.40s\" is no journal code: up to ten letters or digits", value);
}

static bool is_own_bank(struct db *db, struct arena *a, const struct entity *entity,
			const char *iban, bool *ret, struct err *e)
{
	struct bank_account *list;
	size_t n;

	*ret = false;
	if (!bank_account_list(db, a, entity->id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		*ret = *ret || str_eq(list[i].iban, iban);
	return true;
}

bool books_account_set(struct db *db, const struct entity *entity, const char *key,
		       const char *value, const char *actor, int64_t now, struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	bool is_journal = str_eq(key, "bank_journal") || str_eq(key, "misc_journal");
	enum books_role role;
	bool is_known = is_journal || books_role_of(key, &role);
	bool ok = true;

	if (str_starts(key, "bank:"))
		ok = is_own_bank(db, a, entity, key + 5, &is_known, e);
	if (ok && !is_known)
		ok = err_set(e, ERR_NOT_FOUND, "there is no account \"%.60s\" to set", key);
	if (ok && !str_empty(value))
		ok = is_journal ? check_journal(value, e) : check_account(value, e);
	ok = ok &&
	     setting_set(db, entity->id, setting_name(a, key), value ? value : "", actor, now, e);
	arena_free(a);
	return ok;
}
