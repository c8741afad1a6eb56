/* SPDX-License-Identifier: Apache-2.0 */
/* bank_paper.h - a bank statement written down in a test, given to the importer as a reader would give it. */
#ifndef TEST_STORE_BANK_PAPER_H
#define TEST_STORE_BANK_PAPER_H

#include "ledger/import.h"

struct bank_line {
	const char *reference, *name, *iban, *text;
	int64_t minor;
	day_t on;
};

struct bank_paper {
	const char *id, *iban;
	day_t from, to;
	int64_t opening;
	const struct bank_line *lines;
	size_t n;
};

/* All of the paper's records; false when the importer refuses one. */
bool bank_paper_feed(struct bank_importer *bank, const struct bank_paper *paper, struct err *e);

#endif
