/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fec_sums.h - debit and credit of an accounting file, overall and per entry.
 *
 * An entry is (JournalCode, EcritureNum, EcritureDate): programs that number entries per day or not
 * at all are then still balanced.
 */
#ifndef FORMAT_FEC_SUMS_H
#define FORMAT_FEC_SUMS_H

#include "format/report.h"

struct fec_sums {
	int64_t debit_minor, credit_minor;
	struct fec_entry {
		const char *journal, *number;
		day_t on;
		int64_t line; /* of its first line */
		int64_t balance_minor;
		uint64_t hash;
	} * entry;
	size_t n, room, n_likely;
	struct fec_slot {
		uint32_t entry; /* index + 1; 0: free */
		uint32_t
			tag; /* of its hash: most that meet here differ, and need not be looked at */
	} * slot;
	size_t n_slots;
	size_t last; /* entry of the line before */
	unsigned char key[16];
	struct arena *arena;
};

/* n_likely: entries that there may be; room for them is made at the first one. */
void fec_sums_init(struct fec_sums *s, struct arena *a, size_t n_likely);
void fec_sums_done(struct fec_sums *s);

/* Counts a line in. ERR_RANGE when a sum overflows; nothing is then added. */
bool fec_sums_add(struct fec_sums *s, const struct fec_line *l, struct err *e) NODISCARD;

/* Number of entries that do not balance to the cent. */
int64_t fec_sums_unbalanced(const struct fec_sums *s);

/* Reports the file's imbalance and that of its first entries. */
bool fec_sums_report(const struct fec_sums *s, const char *currency, struct report *r,
		     struct err *e) NODISCARD;

#endif
