/* SPDX-License-Identifier: Apache-2.0 */
/*
 * books.h - back to the books: what was decided here and the accounting does not know yet.
 *
 * An export is a numbered batch that never changes: entries (receipts, returns, discounts, charges,
 * differences, bad debts, exchange differences, transfers between accounts) and letterings. What a batch carries
 * is in no other, until that batch is refused; what is undone after it was exported goes back as its reversal.
 * Receipts that the accounting booked itself are never exported.
 *
 *	struct books_order o = { .entity = &entity, .today = today, .actor = "user:12", .now = now };
 *	if (!books_prepare(db, &o, &made, e))		// made.id 0: nothing is new
 *		return false;
 *	books_file(db, arena, entity.id, made.number, BOOKS_FEC, &file, e)
 */
#ifndef BOOKS_BOOKS_H
#define BOOKS_BOOKS_H

#include "books/entry.h"

enum books_format { BOOKS_FEC, BOOKS_CSV, BOOKS_LETTERING };
/* "fec", "csv", "lettering" */
bool books_format_of(const char *name, enum books_format *ret);

struct books_order {
	const struct entity *entity;
	day_t today;
	const char *actor;
	int64_t now;
};

struct books_batch {
	int64_t id;
	int64_t number;
	const char *state; /* prepared, delivered, acknowledged, refused */
	day_t prepared_on;
	int64_t n_entries, n_letterings;
	int64_t debit_minor;
	char currency[4];
	int64_t delivered, decided; /* moments; 0: not yet */
	const char *decided_by, *remark, *actor;
	int64_t version;
	int64_t recorded;
	const char *fec_sha256, *lettering_sha256, *csv_sha256;
};

struct json;

/* Its members in the object that is open. */
void books_batch_json(struct json *j, const struct books_batch *b);

/* What an export would carry now. */
struct books_pool {
	int64_t n_entries, n_reversals, n_letterings;
	int64_t debit_minor;
	int64_t n_waiting; /* facts in another currency without a rate */
};
bool books_pool(struct db *db, struct arena *a, const struct books_order *o, struct books_pool *ret,
		struct err *e) NODISCARD;

/* Makes the next batch of all that is new, in one transaction; ret->id 0 when nothing is. */
bool books_prepare(struct db *db, struct arena *a, const struct books_order *o,
		   struct books_batch *ret, struct err *e) NODISCARD;

/* Newest first, at most limit. */
bool books_list(struct db *db, struct arena *a, int64_t entity_id, int limit,
		struct books_batch **ret, size_t *ret_n, struct err *e) NODISCARD;
bool books_get(struct db *db, struct arena *a, int64_t entity_id, int64_t number,
	       struct books_batch *ret, struct err *e) NODISCARD;

struct books_told_line {
	int seq;
	const char *journal;
	int64_t number;
	day_t entry_on;
	const char *piece_ref, *account, *customer_code;
	int64_t customer_id;
	int64_t debit_minor, credit_minor;
	int sign;
};

/* The lines of a batch, in its order, at most limit. */
bool books_line_list(struct db *db, struct arena *a, int64_t batch_id, int limit,
		     struct books_told_line **ret, size_t *ret_n, struct err *e) NODISCARD;

struct books_file_bytes {
	const void *bytes;
	size_t n;
	const char *name; /* "export-12.txt" */
	const char *media_type;
};

/* The same bytes each time. Fetching it delivers a batch that was only prepared (own transaction). */
bool books_fetch(struct db *db, struct arena *a, const struct books_order *o, int64_t number,
		 enum books_format format, struct books_file_bytes *ret, struct err *e) NODISCARD;

/* The accounting took it, or refused it: then what it carried is new again. ERR_CONFLICT when it is decided
 * already, or rests on another that must be decided first; ERR_INVALID to refuse without a reason. */
bool books_acknowledge(struct db *db, const struct books_order *o, int64_t number,
		       const char *reference, struct err *e) NODISCARD;
bool books_refuse(struct db *db, const struct books_order *o, int64_t number, const char *reason,
		  struct err *e) NODISCARD;

#endif
