/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank.h - one bank statement being gathered, for the readers whose movements stand one by one (MT940, OFX,
 * CODA, tables): summed and given as the records of camt (record.h) once it is whole.
 *
 *	bank_init(&b, sink, total);
 *	bank_begin(&b, FORMAT_MT940, "mt940", line);
 *	m = bank_movement_add(&b, line, e);
 *	... fill m->entry, m->tx ...
 *	bank_balance_add(&b, "OPBD", "EUR", minor, on);
 *	if (!bank_give(&b, e)) ...
 *	bank_done(&b);
 *
 * Texts of a statement live in b.arena until bank_give.
 */
#ifndef FORMAT_BANK_H
#define FORMAT_BANK_H

#include "base/arena.h"
#include "base/list.h"
#include "format/csv.h"
#include "format/report.h"

enum { BANK_MOVEMENTS_MAX = 200000, BANK_STATEMENT_MAX = 256 << 20, BANK_FIELD_MAX = 64 << 10 };

/* A movement and its one transaction. A reference with a number becomes the transaction's. With details, their
 * transactions stand for it: the movement is their total. */
struct bank_movement {
	struct camt_entry entry;
	struct camt_tx tx;
	struct camt_reference reference;
	LIST_OF(struct bank_movement *) details;
};

struct bank {
	struct report report;
	struct parse_total *total;
	struct arena *arena;
	bool is_open;
	struct camt_statement statement;
	char currency[4]; /* "" until something tells */
	LIST_OF(struct camt_balance) balances;
	LIST_OF(struct bank_movement *) movements;
};

void bank_init(struct bank *b, const struct sink *sink, struct parse_total *total);
void bank_done(struct bank *b);

/* Begins an empty statement; one that is open is forgotten. */
void bank_begin(struct bank *b, enum format kind, const char *message, int64_t line);

/* A detail of the movement: counts nothing beside it. */
struct bank_movement *bank_detail_add(struct bank *b, struct bank_movement *total, int64_t line,
				      struct err *e);

/* A new booked movement. NULL with ERR_LIMIT when the statement is too large. */
struct bank_movement *bank_movement_add(struct bank *b, int64_t line, struct err *e);

/* Adds a balance. OPBD and CLBD are the statement's opening and closing. */
void bank_balance_add(struct bank *b, const char *code, const char *currency, int64_t minor,
		      day_t on);

/* Says why the statement cannot be taken as it is; the first reason stays. */
void bank_fault(struct bank *b, const char *why);

/* Sums up and gives the statement; without opening and closing balance it is not balanced. */
bool bank_give(struct bank *b, struct err *e) NODISCARD;

/* A copy without blanks at its ends, tabs and line ends as blanks; NULL when nothing is left. The second is NULL,
 * too, for the words by which banks say that there is no reference. */
const char *bank_line(struct arena *a, const char *s, size_t n);
const char *bank_reference(struct arena *a, const char *s, size_t n);

/* From decimals after the point to the currency's; false when digits would be lost or it does not fit. */
bool bank_scale(int64_t *minor, int decimals, const char *currency);

/* Digits with at most one decimal sign (comma or point) into minor units; false when it is none. */
bool bank_amount(const char *s, size_t n, const char *currency, int64_t *ret);

/* YYMMDD or DDMMYY as cut by the caller; 30 February becomes the last of the month. Years to 60 are of this
 * century. */
bool bank_day(int yy, int month, int day, day_t *ret);

/* The IBAN when the text is one that checks, else the other account. */
void bank_identify(struct arena *a, const char *s, size_t n, const char **ret_iban,
		   const char **ret_other);

#endif
