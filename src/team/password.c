/* SPDX-License-Identifier: Apache-2.0 */
#include "team/password.h"

#include "base/text.h"

#include <sodium.h>
#include <strings.h>

_Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "the hash fits");

bool password_check(const char *password, const char *email, struct err *e)
{
	size_t n = strlen(password);

	if (!text_is_utf8(password, n))
		return err_field(e, ERR_INVALID, "password", "the password is not UTF-8 text");
	if (text_length(password) < PASSWORD_MIN)
		return err_field(e, ERR_INVALID, "password",
				 "the password has fewer than %d characters", PASSWORD_MIN);
	if (n > PASSWORD_MAX)
		return err_field(e, ERR_INVALID, "password", "the password has more than %d bytes",
				 PASSWORD_MAX);
	if (email && strcasecmp(password, email) == 0)
		return err_field(e, ERR_INVALID, "password", "the password is the e-mail address");
	return true;
}

bool password_hash(const char *password, char ret[PASSWORD_HASH], struct err *e)
{
	char hash[crypto_pwhash_STRBYTES];

	ENSURE(sodium_init() >= 0);
	if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
			      crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return err_set(e, ERR_INTERNAL, "could not hash a password: out of memory");
	memset(ret, 0, PASSWORD_HASH);
	memcpy(ret, hash, sizeof hash);
	return true;
}

bool password_matches(const char *password, const char *hash)
{
	/* Of a random text that nobody kept, with the limits above. */
	static const char nobodys[] = "$argon2id$v=19$m=65536,t=2,p=1$ClKQdVX7JzNjUoflfxEzGg$"
				      "unC0x4hRSYXdjh8IUx/zKKCjNyoP+3hnbFMiuU3AShY";
	bool is_known = hash != NULL;
	bool matches;

	ENSURE(sodium_init() >= 0);
	if (strlen(password) > PASSWORD_MAX)
		return false;
	matches = crypto_pwhash_str_verify(is_known ? hash : nobodys, password, strlen(password)) ==
		  0;
	return matches && is_known;
}
