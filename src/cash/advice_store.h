/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advice_store.h - remittance advices kept, and joined to the payment that they are of.
 *
 * An advice joins a receipt of its total and currency, of at most two weeks before or after its day, when there is one
 * such receipt; among several a person chooses (advice_join). What does not add up is kept and joined by a person only.
 * The matching is told the lines of joined ones.
 */
#ifndef CASH_ADVICE_STORE_H
#define CASH_ADVICE_STORE_H

#include "match/advice.h"
#include "match/match.h"
#include "ledger/entity.h"

enum { ADVICE_DAYS = 14 };

/* Whose its file is, as an attachment (db/attachment.h). */
#define ADVICE_SUBJECT "remittance_advice"

struct advice_job {
	struct db *db;
	struct arena *arena;
	const struct entity *entity;
	const char *actor;
	int64_t now;
	day_t today;
};

struct advice_row {
	int64_t id;
	const char *file_name;
	day_t dated_on;
	char currency[4];
	int64_t total_minor;
	bool adds_up;
	int64_t n_lines, n_known;
	int64_t entry_id;     /* 0: not joined */
	const char *entry;    /* the bank's reference of it */
	int64_t n_candidates; /* of advice_import: receipts that could be it */
	bool is_repeat;       /* of advice_import: the same bytes were taken before */
};

/* Reads and joins one file: text, a message (.eml), PDF (format/text_child.h), CSV, XLSX; and keeps it as it came. */
bool advice_import(const struct advice_job *job, int fd, const char *file_name,
		   struct advice_row *ret, struct err *e) NODISCARD;

/* Makes an advice of what the bank's structured details say of receipts that wait (camt, RfrdDocInf with amounts),
 * joined to its receipt; own transaction. Once for each: one that a person separated stays so. */
bool advice_take_details(const struct advice_job *job, struct err *e) NODISCARD;

/* Joins by hand, or to nothing with entry_id 0. Own transaction. ERR_CONFLICT when the entry has another one. */
bool advice_join(const struct advice_job *job, int64_t advice_id, int64_t entry_id,
		 struct err *e) NODISCARD;

/* Newest first, at most limit. */
bool advice_list(struct db *db, struct arena *a, int64_t entity_id, int limit,
		 struct advice_row **ret, size_t *ret_n, struct err *e) NODISCARD;

/* ERR_NOT_FOUND when the entity has none of that number. */
bool advice_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		struct advice_row *ret, struct err *e) NODISCARD;

/* In their order, at most limit; line counts from 1. */
bool advice_lines(struct db *db, struct arena *a, int64_t advice_id, int limit,
		  struct advice_line **ret, size_t *ret_n, struct err *e) NODISCARD;

struct advice_candidate {
	int64_t entry_id;
	const char *reference, *payer_name;
	day_t booked_on;
	int64_t amount_minor;
};

/* Receipts that wait and have no advice, those nearest to its total first. */
bool advice_candidates(struct db *db, struct arena *a, int64_t entity_id,
		       const struct advice_row *advice, int limit, struct advice_candidate **ret,
		       size_t *ret_n, struct err *e) NODISCARD;

/* Gives the entries (in order of id) the lines of their advices. */
bool advice_give(struct db *db, struct arena *a, int64_t entity_id, struct match_entry *entries,
		 size_t n, struct err *e) NODISCARD;

/* The text of a file of any of the formats, for advice_read. */
bool advice_text(struct arena *a, int fd, const char *file_name, const char **ret, size_t *ret_n,
		 struct err *e) NODISCARD;

/* The same as a table whose columns stand between commas; NULL when it cannot be one. */
const char *advice_text_between_commas(struct arena *a, const char *text, size_t n, size_t *ret_n);

#endif
