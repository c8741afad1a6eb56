/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rates_file.h - a file of rates (format/rates.h) into the tables: read by the locked child, taken whole or not at all.
 */
#ifndef LEDGER_RATES_FILE_H
#define LEDGER_RATES_FILE_H

#include "db/db.h"

struct rates_taken {
	bool is_exchange; /* else rates of the law */
	int64_t n_read, n_added;
};

/* The open file, from its beginning; name is for the event and messages. Taken twice it adds nothing. Own
 * transaction. ERR_FORMAT with the line, ERR_INVALID for a value out of bounds, ERR_LIMIT. */
bool rates_file_take(struct db *db, int fd, const char *name, const char *actor, int64_t now,
		     struct rates_taken *ret, struct err *e) NODISCARD;

#endif
