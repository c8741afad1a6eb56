/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refund.h - refunds on their way (remboursements): from the order (settle.h) to the bank's debit.
 *
 * due -> exported (in a file of transfers for the bank) -> paid; due -> paid without a file. Paid is said by a person, or
 * recognised in the bank's statement: the debit of that amount which names the refund, or goes to its IBAN. A name
 * alone never decides, nor an amount. Each step can be taken back.
 *
 *	struct refund_transfer o = { .entity = &entity, .account_id = id, .execute_on = day, ... };
 *	if (!refund_file_make(db, arena, &o, &file, e))
 */
#ifndef CASH_REFUND_H
#define CASH_REFUND_H

#include "bank/statement.h"
#include "cash/settle.h"
#include "ledger/entity.h"

/* ---- files of transfers ---- */

struct refund_transfer {
	const struct entity *entity;
	int64_t account_id;     /* that pays; 0: the only one */
	day_t execute_on;       /* not before today */
	const int64_t *refunds; /* NULL: all that are due, in euro */
	size_t n;
	day_t today;
	const char *actor;
	int64_t now;
};

struct refund_file {
	int64_t id, number;
	const char *account; /* its IBAN */
	const char *state;   /* made, withdrawn */
	day_t execute_on;
	int64_t n_refunds;
	int64_t amount_minor;
	char currency[4];
	const char *sha256;
	const char *actor;
	int64_t recorded;
};

/* Makes the file and marks its refunds as exported (own transaction). ERR_INVALID for what a bank would refuse (see
 * format/pain001.h), ERR_CONFLICT when one is not due, ERR_REFUSED when nothing is. */
bool refund_file_make(struct db *db, struct arena *a, const struct refund_transfer *o,
		      struct refund_file *ret, struct err *e) NODISCARD;

/* It was not given to the bank: its refunds are due again. ERR_REFUSED when one of them is paid. */
bool refund_file_withdraw(struct db *db, int64_t entity_id, int64_t number, const char *actor,
			  int64_t now, struct err *e) NODISCARD;

/* Newest first. */
bool refund_file_list(struct db *db, struct arena *a, int64_t entity_id, int limit,
		      struct refund_file **ret, size_t *ret_n, struct err *e) NODISCARD;
bool refund_file_get(struct db *db, struct arena *a, int64_t entity_id, int64_t number,
		     struct refund_file *ret, struct err *e) NODISCARD;

/* ---- paid ---- */

struct refund_act {
	int64_t entity_id, id;
	day_t on;              /* when it was paid */
	const char *reference; /* of the bank's debit, "" or NULL: not on a statement yet */
	const char *actor;
	int64_t now;
};

/* A person says that it is paid, and by which debit. ERR_INVALID for a day before the order or a debit of another
 * amount, ERR_CONFLICT when it is paid already, or the debit is something else. */
bool refund_pay(struct db *db, const struct refund_act *act, struct err *e) NODISCARD;

/* One step back: not paid after all, or taken out of its file. ERR_CONFLICT when it is due. */
bool refund_step_back(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		      struct err *e) NODISCARD;

/* ---- recognised ---- */

/* Which refund a debit of the bank pays, of those of its amount and currency; pure. False: none surely. Of equal ones
 * the oldest. */
bool refund_of_debit(struct arena *a, const struct entry *debit, const struct refund *list,
		     size_t n, size_t *ret);

struct refund_run {
	int64_t entity_id;
	day_t date;
	const char *actor;
	int64_t now;
	int64_t n_paid; /* answered */
};

/* Looks at the bank's debits that nobody decided on. A second run changes nothing. */
bool refund_run(struct db *db, struct refund_run *run, struct err *e) NODISCARD;

#endif
