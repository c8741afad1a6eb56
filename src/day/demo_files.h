/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo_files.h - the demo's world as the files a company would have: what its accounting software, its CRM
 * and its bank would write.
 *
 * Each function adds a whole file to a buffer. The accounting file ends on booked_until; what comes after is
 * told week by week, by a list of invoices and a bank statement.
 */
#ifndef DAY_DEMO_FILES_H
#define DAY_DEMO_FILES_H

#include "base/buf.h"
#include "day/demo_world.h"

#define DEMO_ENTITY_NAME "Fournitures Exemple SAS"
#define DEMO_BIC         "XXXXFRP1XXX"
enum { DEMO_OUR_ACCOUNT = 42 }; /* number of our account for demo_iban("FR", ...) */

/* Customers (comptes clients), CSV as a CRM exports it. */
void demo_customers_csv(const struct demo_world *w, struct buf *out);

/* People (contacts), CSV. */
void demo_contacts_csv(const struct demo_world *w, struct buf *out);

/* Fichier des écritures comptables up to booked_until, 18 columns. */
void demo_fec(const struct demo_world *w, struct buf *out);

/* Documents issued within the days, CSV of an invoicing program. False when there is none. */
bool demo_items_csv(const struct demo_world *w, day_t from, day_t to, struct buf *out);

/* The bank statement (relevé) of the days, camt.053. balance_minor is what was on the account before, and
 * becomes what is there after. */
void demo_camt(const struct demo_world *w, day_t from, day_t to, int sequence,
	       int64_t *balance_minor, struct buf *out);

#endif
