/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.h - a dunning policy (scénario de relance): which step is due when, by which channel.
 *
 * A policy is a JSON file, the same that `encours scenario load` reads and the editor writes:
 *
 *	{ "name": "standard", "currency": "EUR", "minimum_amount": "15.00", "ignore_credits_under": "1.00",
 *	  "contact_gap_days": 5, "stale_days": 7, "promise_grace_days": 2,
 *	  "not_chased": ["direct_debit", "draft"], "segments": ["PME"],
 *	  "steps": [
 *	    { "name": "notice", "level": 0, "days": -5, "channel": "email",
 *	      "template": "notice", "mode": "auto", "tone": "notice" } ] }
 *
 * "days" counts from the due date of the item: -5 is five days before it. Steps come in rising
 *level and rising days. Only "name" and "steps" must be there; what is not known is refused, never
 *ignored.
 */
#ifndef COLLECT_POLICY_H
#define COLLECT_POLICY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum {
	POLICY_MAX_BYTES = 256 << 10,
	POLICY_MAX_STEPS = 20,
	POLICY_MAX_SEGMENTS = 100,
	POLICY_MAX_DAYS = 3650, /* a step lies at most ten years from the due date */
};

/* The channels of a message, in the order of the table message. */
enum policy_channel {
	POLICY_EMAIL,
	POLICY_SMS,
	POLICY_LETTER,
	POLICY_CALL,
	POLICY_TASK,
	POLICY_N_CHANNELS
};

/* auto leaves by itself, confirm waits for a person's yes, manual is only proposed. */
enum policy_mode { POLICY_AUTO, POLICY_CONFIRM, POLICY_MANUAL, POLICY_N_MODES };

enum policy_tone { POLICY_NOTICE, POLICY_FRIENDLY, POLICY_FIRM, POLICY_FORMAL, POLICY_N_TONES };

/* Means of payment (mode de règlement), as in customer.payment_means. */
enum policy_means {
	POLICY_MEANS_UNKNOWN, /* the source does not tell */
	POLICY_TRANSFER,
	POLICY_DIRECT_DEBIT,
	POLICY_DRAFT,
	POLICY_CHEQUE,
	POLICY_CARD,
	POLICY_CASH,
	POLICY_N_MEANS
};

struct policy_step {
	const char *name;
	int level; /* 0, 1, 2 ...: an item never goes back */
	int days;  /* from the due date; negative is before */
	enum policy_channel channel;
	const char *template_name;
	enum policy_mode mode;
	enum policy_tone tone;
};

struct policy {
	const char *name;
	char currency[4]; /* of minimum_minor */
	int64_t minimum_minor;
	int64_t ignored_credit_minor; /* a credit smaller than that is not taken off */
	int contact_gap_days;   /* at least so many days between two messages to one customer */
	int stale_days;         /* data older than that chases nobody */
	int promise_grace_days; /* after the promised day, before chasing again */
	bool is_not_chased[POLICY_N_MEANS];
	const char **segments; /* customers it is for; none: every customer */
	size_t n_segments;
	struct policy_step *steps;
	size_t n_steps;
};

/* Reads and checks a policy; everything of *ret lives in the arena. ERR_FORMAT when it is not JSON,
 * ERR_LIMIT when it is too large, ERR_INVALID naming the field otherwise. */
bool policy_parse(struct arena *a, const char *json, size_t len, struct policy *ret,
		  struct err *e) NODISCARD;

/* The JSON text of a policy: policy_parse(policy_write(p)) is p. */
void policy_write(const struct policy *p, struct buf *out);

/* The same, indented for people to edit. */
const char *policy_write_indented(struct arena *a, const struct policy *p);

/* The policy of a new installation: a notice before the due date, two e-mails of rising tone, a
 * letter. */
const char *policy_default_json(void);

/* The first policy that names the segment (which may be NULL), else the first that names none, else
 * NULL. */
const struct policy *policy_for_segment(const struct policy *policies, size_t n,
					const char *segment);

/* The step of that level; NULL when there is none. */
const struct policy_step *policy_step_of_level(const struct policy *p, int level);

/* "email", "auto", "firm", "direct_debit" ...: the words of JSON and of the database. */
const char *policy_channel_name(enum policy_channel c);
const char *policy_mode_name(enum policy_mode m);
const char *policy_tone_name(enum policy_tone t);

/* false when the word is none of them; NULL is means unknown. */
bool policy_channel_parse(const char *word, enum policy_channel *ret);
bool policy_means_parse(const char *word, enum policy_means *ret);

#endif
