/* SPDX-License-Identifier: Apache-2.0 */
/*
 * letter_print.h - letters go to paper in two acts: a print file, then a person's word that it was posted.
 *
 * Making the file moves its letters to "attempting" under the name of the print ("print:1234"); each was
 * checked against the ledger as an e-mail is. A person then says that the print was posted (accepted), asks
 * for the same file again, or throws it away (planned again, to be checked anew). Nothing decides that by
 * itself. In test mode the file shows specimens and nothing moves.
 */
#ifndef COLLECT_LETTER_PRINT_H
#define COLLECT_LETTER_PRINT_H

#include "collect/outbox.h"

struct letter_print {
	const struct entity *entity;
	day_t today;
	const char *actor;
	int64_t now;
	const char *path;  /* of the file to write */
	const char *again; /* a print to write again; NULL: a new one with all planned letters */
	bool is_duplex;
};

struct letter_printed {
	const char *print; /* "print:1234"; NULL in test mode, or when there was nothing */
	int n_letters, n_pages;
	int n_cancelled, n_held;
	int n_refused; /* cannot be laid out (address); they stay planned */
	const char *first_refusal;
};

/* The result lives in the arena. ERR_NOT_FOUND when there is no letter to print. */
bool letter_print_run(struct db *db, struct arena *a, const struct letter_print *p,
		      struct letter_printed *ret, struct err *e) NODISCARD;

/* The print was posted (or thrown away): its letters become accepted (planned again). ret_n gets how many.
 * ERR_NOT_FOUND when no letter of that print is open. */
bool letter_print_settle(struct db *db, const struct entity *entity, const char *print,
			 bool was_posted, const char *actor, int64_t now, int *ret_n,
			 struct err *e) NODISCARD;

#endif
