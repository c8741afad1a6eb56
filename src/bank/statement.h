/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement.h - bank statements (relevés) and their entries.
 *
 * A statement is taken from a parsed file by the importer of ledger/import.h, to which this room hands
 * itself in:
 *
 *	struct bank_importer bank;
 *	statement_importer(arena, &bank);
 *	job.bank = &bank;
 *	import_file(&job, fd, name, &report, e);
 *
 * Only booked entries count. A batch becomes one entry per transaction when its details are complete. The
 * account must be one of the entity's, unless it has none yet: then the first statement makes it, and says
 * so. A statement that is there already changes nothing; one that overlaps another is refused; a gap in the
 * sequence and balances that do not add up are told.
 */
#ifndef BANK_STATEMENT_H
#define BANK_STATEMENT_H

#include "base/money.h"
#include "ledger/import.h"

/* Fills the door; its state lives in the arena. One use. */
void statement_importer(struct arena *a, struct bank_importer *ret);

struct statement {
	int64_t id;
	const char *account; /* IBAN or the bank's own number */
	const char *account_name;
	const char *reference;
	const char *sequence;
	day_t from_on, to_on;
	bool has_opening, has_closing;
	int64_t opening_minor, closing_minor;
	char currency[4];
	bool is_balanced;
	const char *remark;
	int64_t recorded; /* when it came */
	int64_t n_entries;
	int64_t n_to_decide; /* open, proposed or doubtful */
};

/* Newest first, at most limit, before id (0: from the newest). */
bool statement_list(struct db *db, struct arena *a, int64_t entity_id, int64_t before_id, int limit,
		    struct statement **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Of those whose last day is not after as_of, what had come at that moment; how many entries waited then is not
 * told (n_to_decide is 0). */
bool statement_list_then(struct db *db, struct arena *a, int64_t entity_id, day_t as_of,
			 int64_t known_at, int limit, struct statement **ret, size_t *ret_n,
			 struct err *e) NODISCARD;

enum entry_state {
	ENTRY_OPEN,       /* nothing known yet, or nothing recognised */
	ENTRY_PROPOSED,   /* explanations wait for a person */
	ENTRY_MATCHED,    /* applied */
	ENTRY_ON_ACCOUNT, /* a customer's money that pays no document yet */
	ENTRY_IGNORED,    /* no customer's money */
	ENTRY_BOOKED,     /* the ledger's file has it already */
	ENTRY_DOUBTFUL,   /* the ledger's file may have it already */
	ENTRY_ANNOUNCED,  /* a notice tells it, its statement has not come */
	ENTRY_REPLACED,   /* told by a notice; the entry of the statement stands for it */
	ENTRY_SPLIT,      /* the transactions of a notice stand for it */
	ENTRY_N_STATES
};
const char *entry_state_name(enum entry_state state);
/* Of a name that the database allows. */
enum entry_state entry_state_of(const char *name);
/* "To confirm": the English text, for gettext. */
const char *entry_state_words(enum entry_state state);

struct entry {
	int64_t id;
	int64_t statement_id;
	int seq;
	const char *reference; /* the bank's own */
	day_t booked_on;
	day_t value_on;
	int64_t amount_minor; /* credits of the account are positive */
	char currency[4];
	bool is_reversal;
	const char *bank_code;
	const char *payer_name;
	const char *payer_iban;
	const char *creditor_iban;
	const char *end_to_end;
	const char *structured_ref;
	const char *remittance;
	const char *other_refs;    /* JSON */
	const char *return_reason; /* code of the bank */
	const char *state_name;
	enum entry_state state;
	int64_t payment_item_id; /* 0: none */
	const char *reason;      /* encoded: see reason.h */
	int64_t version;
	const char *account; /* of the statement */
};

/* Money that comes back (a payment of ours returned, a debit reversed): no customer pays with it. */
bool entry_is_return(const struct entry *en);

/* What the bank says was withheld of the entry, of its other references: positive; 0 when it says nothing, or
 * in another currency. */
int64_t entry_charges(const char *other_refs, const char *currency);

/* An amount that the bank tells in the entry's other references, positive: "instructed", what the payer sent;
 * "counter_value", what became of it before charges. False when it tells none. */
bool entry_told_amount(const char *other_refs, const char *key, struct money *ret);

bool entry_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct entry *ret,
	       struct err *e) NODISCARD;

/* The entry of that bank reference, or of "#ID". ERR_NOT_FOUND; ERR_CONFLICT when several statements use
 * the reference, naming their ids. */
bool entry_find(struct db *db, struct arena *a, int64_t entity_id, const char *reference,
		struct entry *ret, struct err *e) NODISCARD;

/* Entries in order of id after that one, of one state or of any (NULL): for who reads them as they come. */
bool entry_list_page(struct db *db, struct arena *a, int64_t entity_id, const char *state,
		     int64_t after_id, int limit, struct entry **ret, size_t *ret_n,
		     struct err *e) NODISCARD;

/* All entries of a statement, in its order. */
bool entry_list_statement(struct db *db, struct arena *a, int64_t statement_id, struct entry **ret,
			  size_t *ret_n, struct err *e) NODISCARD;

/* What came to a virtual IBAN in its days, the newest first. */
bool entry_list_virtual(struct db *db, struct arena *a, int64_t entity_id, int64_t virtual_iban_id,
			int limit, struct entry **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Credits up to that day whose state is open or proposed or doubtful, in order of id: what the matching
 * looks at. */
bool entry_list_unmatched(struct db *db, struct arena *a, int64_t entity_id, day_t until,
			  struct entry **ret, size_t *ret_n, struct err *e) NODISCARD;

/* How many of those there are, of any day, and what they bring in that currency. */
bool entry_count_unmatched(struct db *db, int64_t entity_id, const char *currency, int64_t *ret_n,
			   int64_t *ret_minor, struct err *e) NODISCARD;

/* Whether notifications (camt.054) of the account are booked themselves, because its bank sends no statement.
 * Switched on, those that wait are booked. Own transaction. ERR_NOT_FOUND when there is no such account. */
bool account_set_books_notices(struct db *db, int64_t entity_id, const char *iban, bool is_on,
			       const char *actor, int64_t now, struct err *e) NODISCARD;

/* Debits up to that day that are open and not told as returns yet, in order of id. */
bool entry_list_debits(struct db *db, struct arena *a, int64_t entity_id, day_t until,
		       struct entry **ret, size_t *ret_n, struct err *e) NODISCARD;

/* How entries stand: number and sum by state. */
struct entry_counts {
	int64_t n[ENTRY_N_STATES];
	int64_t minor[ENTRY_N_STATES];
};

#endif
