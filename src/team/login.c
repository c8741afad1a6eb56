/* SPDX-License-Identifier: Apache-2.0 */
#include "team/login.h"

#include "base/text.h"
#include "team/password.h"

#include <sodium.h>

enum { KEY_TEXT = crypto_hash_sha256_BYTES * 2 + 1 };

#define WINDOW (INT64_C(60000000) * LOGIN_WINDOW_MINUTES)

struct tries {
	char pair[KEY_TEXT], account[KEY_TEXT], address[KEY_TEXT];
	bool has_address;
	int64_t now;
	bool is_too_many;
};

/* The table holds no address of anybody, only what a guess can be compared with. */
static void make_key(char key[KEY_TEXT], struct arena *a, const char *kind, const char *email,
		     const char *address)
{
	const char *text = arena_printf(a, "%s\n%s\n%s", kind, email, address);
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	sodium_bin2hex(key, KEY_TEXT, hash, sizeof hash);
}

static bool count_try(struct db *db, const char *key, int64_t now, int64_t limit, bool *is_too_many,
		      struct err *e)
{
	int64_t n;

	if (!db_exec(db,
		     "INSERT INTO login_failure (key, n, since) VALUES ($1, 1, $2)"
		     " ON CONFLICT (key) DO UPDATE SET n = login_failure.n + 1",
		     DB_PARAMS(P_TEXT(key), P_I64(now)), NULL, e) ||
	    !db_get_i64(db, "SELECT n FROM login_failure WHERE key = $1", DB_PARAMS(P_TEXT(key)), 0,
			&n, e))
		return false;
	*is_too_many = *is_too_many || n > limit;
	return true;
}

static bool count_tx(struct db *db, void *arg, struct err *e)
{
	struct tries *t = arg;

	t->is_too_many = false;
	return db_exec(db, "DELETE FROM login_failure WHERE since < $1",
		       DB_PARAMS(P_I64(t->now - WINDOW)), NULL, e) &&
	       count_try(db, t->account, t->now, LOGIN_TRIES_ACCOUNT, &t->is_too_many, e) &&
	       (!t->has_address ||
		(count_try(db, t->pair, t->now, LOGIN_TRIES_PAIR, &t->is_too_many, e) &&
		 count_try(db, t->address, t->now, LOGIN_TRIES_ADDRESS, &t->is_too_many, e)));
}

static bool forget_tx(struct db *db, void *arg, struct err *e)
{
	const struct tries *t = arg;

	return db_exec(db, "DELETE FROM login_failure WHERE key IN ($1, $2)",
		       DB_PARAMS(P_TEXT(t->account), P_TEXT(t->pair)), NULL, e) &&
	       db_exec(db, "UPDATE login_failure SET n = n - 1 WHERE key = $1 AND n > 0",
		       DB_PARAMS(P_TEXT(t->address)), NULL, e);
}

bool login_check(struct db *db, struct arena *a, const char *email, const char *password,
		 const char *address, int64_t now, struct user *ret, struct err *e)
{
	const char *wanted = text_lower_ascii(a, text_trim(a, email));
	struct tries t = { .has_address = !str_empty(address), .now = now };
	char *hash;
	struct user u;

	if (!text_is_utf8(wanted, strlen(wanted)))
		return err_set(e, ERR_UNAUTHENTICATED, "wrong e-mail address or password");
	make_key(t.account, a, "account", wanted, "");
	make_key(t.pair, a, "pair", wanted, t.has_address ? address : "");
	make_key(t.address, a, "address", "", t.has_address ? address : "");
	if (!db_tx(db, count_tx, &t, e))
		return false;
	if (t.is_too_many)
		return err_set(e, ERR_THROTTLED, "too many tries: wait %d minutes",
			       LOGIN_WINDOW_MINUTES);
	if (!db_get_text(
		    db, a,
		    "SELECT password_hash FROM user_account WHERE email = $1 AND is_disabled = 0",
		    DB_PARAMS(P_TEXT(wanted)), &hash, e))
		return false;
	if (!password_matches(password, hash))
		return err_set(e, ERR_UNAUTHENTICATED, "wrong e-mail address or password");
	if (!user_get_by_email(db, a, wanted, &u, e) || !db_tx(db, forget_tx, &t, e))
		return false;
	*ret = u;
	return true;
}
