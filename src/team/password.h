/* SPDX-License-Identifier: Apache-2.0 */
/*
 * password.h - passwords, kept as Argon2id hashes (64 MiB, two passes: libsodium's interactive limits).
 */
#ifndef TEAM_PASSWORD_H
#define TEAM_PASSWORD_H

#include "base/err.h"

enum { PASSWORD_MIN = 8, PASSWORD_MAX = 256, PASSWORD_HASH = 128 };

/* Length within the limits, counted in characters below and bytes above; not the e-mail address.
 * ERR_INVALID, field "password". */
bool password_check(const char *password, const char *email, struct err *e) NODISCARD;

/* Some 50 ms of work. ERR_INTERNAL when there is not enough memory. */
bool password_hash(const char *password, char ret[PASSWORD_HASH], struct err *e) NODISCARD;

/* Whether the password made the hash. A NULL hash takes as long and says no, so that the time does not tell
 * who has an account. */
bool password_matches(const char *password, const char *hash);

#endif
