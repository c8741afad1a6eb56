/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fec_sums.h - debit and credit of an accounting file, overall and per entry.
 *
 * An entry is (JournalCode, EcritureNum, EcritureDate): programs that number entries per day or not
 * at all are then still balanced. Its lines mostly follow one another, so only the first of such a run
 * looks for the entry among all others, and counts when the run ends.
 */
#ifndef FORMAT_FEC_SUMS_H
#define FORMAT_FEC_SUMS_H

#include "format/report.h"

/* What names an entry; a blank text is "". */
struct fec_key {
	const char *journal, *number; /* need not be NUL-terminated */
	day_t on;
	unsigned char journal_n, number_n;
	bool stays; /* the texts stay where they are as long as the sums: they need not be copied */
};

struct fec_entry {
	struct fec_key key;
	int64_t line; /* of its first line */
	int64_t balance_minor;
};

struct fec_sums {
	int64_t debit_minor, credit_minor;
	int64_t turnover_minor; /* of both sides, without signs: no sum of the file is larger */
	struct fec_entry *entry;
	size_t n, room, n_likely;
	struct fec_slot {
		uint32_t entry; /* index + 1; 0: free */
		uint32_t
			tag; /* of its hash: most that meet here differ, and need not be looked at */
	} * slot;
	size_t n_slots;
	struct fec_entry run; /* the lines since another entry, not yet counted in */
	uint64_t run_hash;
	bool has_run;
	unsigned char hash_key[16];
	struct arena *arena;
};

/* n_likely: entries that there may be; room for them is made at the first one. */
void fec_sums_init(struct fec_sums *s, struct arena *a, size_t n_likely);
void fec_sums_done(struct fec_sums *s);

/* Counts a line of the entry in. ERR_RANGE when a sum overflows: nothing is then added. */
bool fec_sums_add(struct fec_sums *s, const struct fec_key *key, const struct fec_line *l,
		  struct err *e) NODISCARD;

/* Behind the last line; what follows is asked only then. */
bool fec_sums_close(struct fec_sums *s, struct err *e) NODISCARD;

/* Number of entries that do not balance to the cent. */
int64_t fec_sums_unbalanced(const struct fec_sums *s);

/* Reports the file's imbalance and that of its first entries. */
bool fec_sums_report(const struct fec_sums *s, const char *currency, struct report *r,
		     struct err *e) NODISCARD;

#endif
