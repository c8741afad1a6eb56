/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo_world.h - a synthetic company, its customers and two years of business.
 *
 * Everything follows from a size, a seed and a day: the same three give the same world. Names, domains and
 * numbers are plainly invented: SIREN numbers begin with 000, domains end in .example, bank 99999 does not
 * exist. The world is only a story; demo.h gives it to the program as files, through the doors that a real
 * company's files take.
 */
#ifndef DAY_DEMO_WORLD_H
#define DAY_DEMO_WORLD_H

#include "base/arena.h"
#include "base/date.h"
#include "base/identifier.h"
#include "base/list.h"

enum demo_size { DEMO_SMALL, DEMO_MEDIUM, DEMO_LARGE };

/* How a customer pays, which decides what there is to see of him. */
enum demo_habit {
	DEMO_ON_TIME,
	DEMO_USUAL,     /* a week late */
	DEMO_SLOW,      /* a month late */
	DEMO_VERY_SLOW, /* two months late, and now and then never */
	DEMO_STOPPED,   /* paid well, then no more */
};

struct demo_customer {
	char code[12];
	const char *name;
	char siren[SIREN_TEXT]; /* "" for consumers and foreigners */
	char vat[VAT_TEXT];
	const char *kind; /* b2b, b2g, b2c */
	const char *segment;
	const char *terms; /* as a file writes them: "30 jours fin de mois" */
	const char *terms_code;
	const char *language;
	const char *country;
	const char *street, *postcode, *city;
	const char *phone;
	const char *email; /* NULL: none known */
	char iban[IBAN_TEXT];
	const char *means; /* VIR, PRLV, LCR, CHQ */
	int parent;        /* index; -1: none */
	int64_t limit_minor;
	enum demo_habit habit;
	int weight;          /* share of the business */
	int64_t least, most; /* of a document, before VAT */
	bool is_subscriber;  /* always the same amount */
};

struct demo_item {
	int customer;
	char document[20];
	char rf[RF_TEXT];
	bool is_credit_note;
	day_t issued_on, due_on;
	int64_t gross_minor, net_minor, vat_minor; /* negative for a credit note */
	int payment;                               /* index; -1: not paid yet */
};

/* How a receipt shows on the bank statement: what there is to find out. */
enum demo_receipt {
	DEMO_RECEIPT_REFERENCES, /* every document quoted */
	DEMO_RECEIPT_RF,         /* structured reference */
	DEMO_RECEIPT_SHORT,      /* a shortened or mistyped number */
	DEMO_RECEIPT_SILENT,     /* no reference at all */
	DEMO_RECEIPT_PARTIAL,    /* a part of one document */
	DEMO_RECEIPT_TOO_MUCH,   /* more than is owed */
	DEMO_RECEIPT_FEE,        /* a bank's charge was withheld */
	DEMO_RECEIPT_PARENT,     /* the group's parent pays */
	DEMO_RECEIPT_ADVANCE,    /* money for no document yet */
};

struct demo_payment {
	int customer;
	day_t on;
	int64_t minor; /* received */
	enum demo_receipt receipt;
	bool is_lettered; /* in the accounting file */
	int first_item;   /* of its documents, chained by demo_world.next_of_item; -1: none */
	int n_items;
};

struct demo_world {
	struct arena *arena;
	day_t today;
	day_t booked_until; /* last day of the accounting file; later days come week by week */
	LIST_OF(struct demo_customer) customers;
	LIST_OF(struct demo_item) items;       /* by issue day */
	LIST_OF(struct demo_payment) payments; /* by day */
	int *next_of_item; /* next document of the same payment; -1 at the end */
};

/* Numbers from a seed; for the world and for whoever tells its story. */
struct demo_chance {
	uint64_t state;
};
uint32_t demo_roll(struct demo_chance *c, uint32_t n); /* 0 .. n-1 */

/* Makes the world; everything lives in the arena. */
void demo_world_make(struct arena *a, enum demo_size size, uint64_t seed, day_t today,
		     struct demo_world *ret);

bool demo_size_of(const char *name, enum demo_size *ret);

/* A synthetic account number of the country (FR, DE, BE, ES, GB), with right check digits. */
void demo_iban(const char *country, uint32_t number, char ret[IBAN_TEXT]);

#endif
