/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cash.h - what the bank received, applied to what is owed (encaissements, lettrage).
 *
 * cash_match looks at every credit entry that is not settled yet, posts alone what is certain, keeps ranked
 * proposals for the rest, and recognises what the ledger's file has booked already. Some hundred entries make a
 * transaction, so the run may be killed anywhere and started again; a second run changes nothing. Whatever
 * was applied can be undone; the machine then never applies that entry alone again.
 *
 * What seems to pay a customer of another company of the database is proposed with WHY_other_entity, and never
 * posted: somebody transfers the money first.
 *
 *	struct cash_match_options o = { .entity_id = id, .date = today, .actor = "cli", .now = now };
 *	if (!cash_match(db, arena, &o, &report, e))
 *		return false;
 */
#ifndef CASH_CASH_H
#define CASH_CASH_H

#include "match/match.h"
#include "bank/statement.h"
#include "ledger/verify.h"

struct cash_match_options {
	int64_t entity_id;
	day_t date;            /* entries booked later wait */
	int64_t threshold_ppm; /* 0: the usual one */
	int64_t only_entry_id; /* 0: all; else that one is explained anew, never posted alone */
	bool is_dry_run;
	const char *actor;
	int64_t now;
	void (*progress)(void *arg, int64_t done, int64_t total); /* may be NULL */
	void *progress_arg;
};

/* One entry's outcome. */
struct cash_answer {
	const struct entry *entry; /* as it was before */
	enum entry_state state;    /* as it is now */
	const struct match_result *result;
	/* Of the indexes in the result; the open amounts are spent. Another company's when the entry
	 * seems to pay that one's customer. */
	const struct match_book *book;
	const char *booked_document; /* of the payment it is or may be; NULL */
};

struct cash_match_report {
	const struct cash_answer *answers;
	size_t n;
	int64_t n_returned, n_returns_waiting; /* payments that came back: treated, for a person */
	int64_t n_refunds_paid;                /* refunds recognised in the bank's debits */
	int64_t n_auto, n_proposed, n_unmatched, n_booked, n_doubtful;
};

bool cash_match(struct db *db, struct arena *a, const struct cash_match_options *o,
		struct cash_match_report *ret, struct err *e) NODISCARD;

/* ---- by hand ---- */

/* An allocation takes of the entry's money. A discount or a fee reduces a document without money: an adjustment
 * of account 665 or 627 is posted against it, and goes with the entry's undo. */
struct cash_line {
	int64_t item_id;
	int64_t amount_minor; /* with the sign of the item */
	enum match_kind kind;
};

struct cash_decision {
	int64_t entity_id;
	int64_t entry_id;
	int64_t version; /* of the entry as the person saw it; 0: whatever it is */
	const struct cash_line *lines;
	size_t n_lines;
	int64_t customer_id; /* whose money it is; 0: the first line's customer */
	/* The currency of the documents when it is not the entry's (convert.h): so much of the money as they take
	 * becomes money in it, all of it when there are no lines. NULL: nothing is converted. */
	const char *convert;
	int64_t worth_minor; /* what all the money is worth in it, as was agreed; 0: by the rate */
	const char *rule;    /* "manual", or the rule of the explanation that was accepted */
	const char *actor;
	int64_t now;
};

/* Applies the entry: its money becomes a payment of the customer, the lines are paid, what is left stays on
 * account. An entry that was applied before gives what it has left. ERR_CONFLICT when a document has less
 * open, ERR_INVALID when the lines take more than the entry has or another currency without converting,
 * ERR_NOT_FOUND when there is no rate, ERR_STALE. */
bool cash_apply(struct db *db, const struct cash_decision *d, struct err *e) NODISCARD;

/* No customer's money. */
bool cash_ignore(struct db *db, const struct cash_decision *d, struct err *e) NODISCARD;

/* The ledger has it already: payment is that item. */
bool cash_mark_booked(struct db *db, const struct cash_decision *d, int64_t payment_item_id,
		      struct err *e) NODISCARD;

/* The ledger's payment of that number that may be the entry: its amount, no other entry's.
 * ERR_NOT_FOUND. */
bool cash_find_booked(struct db *db, struct arena *a, int64_t entity_id, const struct entry *entry,
		      const char *document, int64_t *ret_item_id, struct err *e) NODISCARD;

/* Takes back whatever was done with the entry; documents and entry are as before. ERR_REFUSED while its money is
 * ordered to be paid back (settle.h). */
bool cash_unapply(struct db *db, const struct cash_decision *d, struct err *e) NODISCARD;

/* ---- reading ---- */

struct cash_proposal {
	int64_t id;
	int rank;
	int64_t customer_id;
	const char *customer_code, *customer_name;
	const char *rule;
	const char *reason; /* encoded */
	int64_t confidence_ppm;
	const char *lines; /* JSON */
};

bool cash_proposal_list(struct db *db, struct arena *a, int64_t entry_id,
			struct cash_proposal **ret, size_t *ret_n, struct err *e) NODISCARD;

/* A line of a proposal or of what was applied, with its document. */
struct cash_detail {
	int64_t item_id;
	const char *document;
	const char *kind; /* of the item */
	const char *customer_code;
	day_t due_on;
	int64_t open_minor; /* now */
	int64_t amount_minor;
	const char *line_kind; /* see match_kind_name */
	char currency[4];      /* of the document */
};

/* The lines of a proposal's JSON with their documents as they stand. */
bool cash_detail_of_lines(struct db *db, struct arena *a, const char *lines,
			  struct cash_detail **ret, size_t *ret_n, struct err *e) NODISCARD;

/* What the entry paid and still pays. */
bool cash_detail_of_entry(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
			  struct cash_detail **ret, size_t *ret_n, struct err *e) NODISCARD;

/* What was recognised in the entry's words, where, and of whom or what. */
struct cash_mark {
	enum match_field field;
	uint32_t from, to; /* bytes of that field */
	enum match_why why;
	const char *name; /* the document's number, else the customer's name */
};

/* Where the entry's words name those customers and their documents; sorted by nothing in particular. */
bool cash_mark_list(struct db *db, struct arena *a, int64_t entity_id, const struct entry *entry,
		    const int64_t *customer_ids, size_t n_customers, struct cash_mark **ret,
		    size_t *ret_n, struct err *e) NODISCARD;

struct cash_unallocated {
	int64_t item_id;
	int64_t customer_id;
	const char *customer_code, *customer_name;
	const char *document;
	const char *kind;
	day_t received_on;
	int64_t amount_minor; /* positive */
	int64_t left_minor;   /* positive */
	char currency[4];
	int64_t entry_id; /* 0: not from a bank statement */
	const char *entry_reference;
};

/* Money received that pays nothing yet, oldest first. */
bool cash_unallocated_list(struct db *db, struct arena *a, int64_t entity_id,
			   struct cash_unallocated **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Laws of this room: what an entry's payment paid and has left is its amount; an entry applied has a
 * payment, one that is not has none; statements add up as they say. Faults are added to ret. */
bool cash_verify(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *ret,
		 struct err *e) NODISCARD;

#endif
