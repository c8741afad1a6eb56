/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login.h - who is at the door.
 *
 * Every try is counted before it is judged, per account and address, per account, and per address; a right
 * password forgets the tries of its account. Above the limits nothing is compared any more for a while.
 */
#ifndef TEAM_LOGIN_H
#define TEAM_LOGIN_H

#include "team/user.h"

enum {
	LOGIN_WINDOW_MINUTES = 15,
	LOGIN_TRIES_PAIR = 10,     /* one account from one address */
	LOGIN_TRIES_ACCOUNT = 30,  /* one account from anywhere */
	LOGIN_TRIES_ADDRESS = 200, /* one address, any account: an office behind one line */
};

/* The account of that address and password. ERR_UNAUTHENTICATED for any wrong pair, a disabled account and
 * one without a password alike, after the same work; ERR_THROTTLED after too many tries. address is the
 * network address of the asker, NULL when it is not known. */
bool login_check(struct db *db, struct arena *a, const char *email, const char *password,
		 const char *address, int64_t now, struct user *ret, struct err *e) NODISCARD;

#endif
