/* SPDX-License-Identifier: Apache-2.0 */
/* statement_account.c - the IBAN behind a bank's own number of an account. */
#include "bank/statement_stage.h"

#include <ctype.h>

enum { SHORTEST = 6, COUNTRY_AND_CHECK = 4 };

/* Whether the number, without its leading zeros, stands in the account's own part. */
static bool holds_number(const char *own, const char *digits, size_t n)
{
	size_t len = strlen(own);

	while (n && *digits == '0')
		digits++, n--;
	if (n < SHORTEST || n > len)
		return false;
	for (size_t at = 0; at + n <= len; at++)
		if (memcmp(own + at, digits, n) == 0)
			return true;
	return false;
}

bool account_is_named(const char *known_iban, const char *named)
{
	size_t len = strlen(known_iban), n = strlen(named);
	const char *own = known_iban + COUNTRY_AND_CHECK;

	if (len < 15 || !isalpha((unsigned char)known_iban[0]) ||
	    !isalpha((unsigned char)known_iban[1]))
		return false;
	/* A currency may stand behind the number. */
	while (n && isalpha((unsigned char)named[n - 1]))
		n--;
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)named[i]))
			return false;
	if (holds_number(own, named, n))
		return true;
	/* A bank code of four to ten digits before the number. */
	for (size_t k = 4; k <= 10 && k + SHORTEST <= n; k++)
		if (strncmp(own, named, k) == 0 && holds_number(own + k, named + k, n - k))
			return true;
	return false;
}
