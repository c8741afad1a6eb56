/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address.h - the postal address block of a letter (norme NF Z 10-011).
 *
 * At most six lines, and a seventh for the country of foreign mail; 38 characters a line; no empty line;
 * from the least to the most general. The last three lines are in capitals without accents, and the lines
 * from the fourth on hold letters, digits and spaces only. Words are shortened by the standard's list when
 * a line is too long, never cut: a line that stays too long is kept whole and reported.
 *
 *	struct address a = { .name = "Alpha SARL", .street = "12 bis rue du Général Leclerc",
 *			     .postcode = "44203", .city = "Nantes Cedex 2", .country = "FR" };
 *	struct address_block b;
 *	address_block_make(&a, "FR", arena, &b);
 *	if (b.n_problems)
 *		ask(b.problem[0].text);
 */
#ifndef CHANNEL_ADDRESS_H
#define CHANNEL_ADDRESS_H

#include "base/arena.h"

enum { ADDRESS_WIDTH = 38, ADDRESS_LINES = 7 };

/* Parts as customer files have them; NULL or "" when unknown. */
struct address {
	const char *name;      /* company, or title and name of a person */
	const char *attention; /* recipient or department (service comptabilité fournisseurs) */
	const char *building;  /* building, entrance, industrial zone */
	const char *street;    /* number and street */
	const char *box;       /* BP, TSA, place name */
	const char *postcode;
	const char *city;    /* with CEDEX and its number where there is one */
	const char *country; /* ISO 3166; NULL: the sender's */
};

enum address_fault {
	ADDRESS_TOO_LONG, /* more than 38 characters even when shortened */
	ADDRESS_NO_NAME,
	ADDRESS_NO_CITY,      /* postcode or town missing: the last line is required */
	ADDRESS_NO_STREET,    /* neither street nor box */
	ADDRESS_BAD_POSTCODE, /* not of the country's form */
};

struct address_problem {
	enum address_fault fault;
	const char *text; /* the line or part it is about, as written */
};

struct address_block {
	const char *line[ADDRESS_LINES];
	size_t n_lines;
	struct address_problem problem[ADDRESS_LINES + 4];
	size_t n_problems;
};

/* Lays the block out in the arena. sender_country: mail to another country gets the country's name, in
 * French capitals. A block with problems is complete but should not be printed before a person looked. */
void address_block_make(const struct address *in, const char *sender_country, struct arena *a,
			struct address_block *ret);

/* Whether a postcode has the form of its country; true for countries whose form is not known. */
bool postcode_has_form(const char *country, const char *postcode);

#endif
