/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compose.h - an action becomes a message: its text, its HTML, or its letter.
 *
 *	struct composer c;
 *	if (!composer_open(db, arena, &entity, today, &c, e))
 *		return false;
 *	if (!compose(&c, &gathered, &action, &m, e))
 *		return false;
 *	send(m.subject, m.text, m.html);
 *
 * Everything is written for the customer: its language, its dates and amounts.
 */
#ifndef COLLECT_COMPOSE_H
#define COLLECT_COMPOSE_H

#include "bank/virtual_iban.h"
#include "channel/letter.h"
#include "collect/gather.h"
#include "ledger/interest.h"

struct composer {
	struct db *db;
	struct arena *arena;
	const struct entity *entity;
	day_t today;
	struct bank_account account;                       /* id 0: none is printed */
	const struct virtual_iban_in_force *virtual_ibans; /* today's */
	size_t n_virtual_ibans;
	const struct text_revision *texts;
	size_t n_texts;
	struct rate_table rates;
	const char *sender;     /* who signs */
	const char *from_email; /* NULL: no e-mail can be sent */
	const char *reply_to;   /* NULL: the same */
	int reply_days;
};

/* Settings read: sender_name, from_email (else the company's), reply_to, reply_days (8). The composer keeps
 * db and arena; a copy with another arena composes into that one. */
bool composer_open(struct db *db, struct arena *a, const struct entity *entity, day_t today,
		   struct composer *ret, struct err *e) NODISCARD;

struct composed {
	const char *subject;
	const char *language;
	const char *text;
	const char *html;
	const char *reference; /* to give with the payment */
	const char *recipient; /* e-mail address, telephone, or the postal address in one line */
	struct message_blocks blocks;
	const struct message_data *data;
};

/* The message of an action of gathered. ERR_NOT_FOUND when no text has the step's name. */
bool compose(struct composer *c, const struct gathered *g, const struct select_action *act,
	     struct composed *ret, struct err *e) NODISCARD;

/* The letter of an action, ready to be laid out. is_specimen marks it as not to be sent. */
bool compose_letter(struct composer *c, const struct gathered *g, const struct select_action *act,
		    bool is_specimen, struct letter *ret, struct err *e) NODISCARD;

/* What our letters and statements share: head, postal address, payment block. */
struct letter_sender compose_sender(const struct composer *c);
const char *const *compose_address(const struct composer *c, const struct customer *row,
				   const char *contact, size_t *ret_n);
/* The account to pay to: the virtual IBAN of that document, else of the customer, else the company's own; iban NULL
 * when there is none. item_id 0: of no document alone. */
struct compose_account {
	const char *iban, *bic; /* bic NULL: not known of that IBAN */
};
struct compose_account compose_account(const struct composer *c, int64_t customer_id,
				       int64_t item_id);

struct compose_account compose_account_of(const struct composer *c, const struct gathered *g,
					  const struct select_action *act);

/* reference may be NULL; minor 0 leaves amount and QR code out. */
struct letter_payment compose_payment(const struct composer *c, struct compose_account account,
				      int64_t minor, const char *currency, const char *reference,
				      const char *language);

#endif
