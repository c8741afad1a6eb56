/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask.h - the payer is asked what his money pays: the question, since when it waits, the answer.
 *
 * The message is prepared in the customer's language with the facts of the entry; a person sends it from his own
 * mail, and notes here that he did. Nothing leaves by itself.
 */
#ifndef CASH_ASK_H
#define CASH_ASK_H

#include "cash/cash.h"
#include "i18n/catalogue.h"
#include "ledger/customer.h"

/* The message, in the language of cat. */
const char *ask_subject(struct arena *a, const struct catalogue *cat, const struct entry *en);
const char *ask_body(struct arena *a, const struct catalogue *cat, const struct entry *en,
		     const char *company);

/* The link that opens the message in the reader's own mail program. */
const char *ask_mail_link(struct arena *a, const char *recipient, const char *subject,
			  const char *body);

/* Where the customer is asked: the contact of the reminders, else any, else his own address; NULL: nowhere. */
bool ask_recipient(struct db *db, struct arena *a, const struct customer *c, const char **ret,
		   struct err *e) NODISCARD;

struct ask_new {
	int64_t entity_id;
	int64_t entry_id;
	int64_t customer_id;
	const char *recipient; /* may be NULL: asked by telephone */
	const char *subject;
	const char *body;
	day_t today;
	const char *actor;
	int64_t now;
};

/* ERR_CONFLICT while a question of the entry waits for its answer; ERR_NOT_FOUND for another company's customer or
 * entry; ERR_INVALID without subject or text, and for money that went out. */
bool ask_payer(struct db *db, const struct ask_new *in, struct err *e) NODISCARD;

/* ERR_CONFLICT when no question of the entry waits, ERR_INVALID without an answer. */
bool ask_answered(struct db *db, int64_t entity_id, int64_t entry_id, const char *answer,
		  day_t today, const char *actor, int64_t now, struct err *e) NODISCARD;

/* As if it had not been asked. */
bool ask_withdraw(struct db *db, int64_t entity_id, int64_t id, struct err *e) NODISCARD;

struct question {
	int64_t id;
	int64_t customer_id;
	const char *recipient;
	const char *state; /* asked, answered */
	day_t asked_on;
	const char *answer;
	day_t answered_on;
};

/* The newest of the entry; id 0: it was never asked. */
bool ask_of_entry(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
		  struct question *ret, struct err *e) NODISCARD;

#endif
