/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identifier.h - numbers that name a company, an account or a person, and their check digits.
 *
 * Each check takes text as people write it (spaces, points, dashes, any case) and gives the
 *canonical form: no separators, upper case. A wrong check digit is told apart from a wrong form,
 *because a file is imported with a warning for the first while a form on screen refuses both:
 *
 *	char siren[SIREN_TEXT];
 *	switch (siren_check("732 829 320", siren)) {
 *	case ID_VALID:	   store(siren); break;		// "732829320"
 *	case ID_BAD_CHECK: warn(siren); break;		// nine digits, one mistyped
 *	case ID_BAD_FORM:  refuse(); break;		// siren is ""
 *	}
 *
 * A valid number says only that it was not mistyped, not that it was ever given to somebody.
 *Sources: INSEE (SIREN, SIRET), CGI art. 286 ter (TVA), ISO 13616 (IBAN), ISO 9362 (BIC), ISO 11649
 *(RF), ISO 17442 (LEI), ITU E.164.
 */
#ifndef BASE_IDENTIFIER_H
#define BASE_IDENTIFIER_H

#include "base/base.h"

enum id_check {
	ID_VALID,
	ID_BAD_CHECK, /* of the form, but the check digits disagree; the canonical form is given */
	ID_BAD_FORM,  /* not of the form; the canonical form is "" */
};

enum {
	SIREN_TEXT = 10,
	SIRET_TEXT = 15,
	VAT_TEXT = 20,
	LEI_TEXT = 21,
	RIB_TEXT = 24,
	IBAN_TEXT = 35,
	IBAN_GROUPED_TEXT = 44,
	BIC_TEXT = 12,
	RF_TEXT = 26,
	RF_GROUPED_TEXT = 34,
	PHONE_TEXT = 17,
	EMAIL_TEXT = 255,
};

/* ---- companies ---------------------------------------------------------------------------------
 */

enum id_check siren_check(const char *text, char ret[SIREN_TEXT]);

/* 14 digits. La Poste's establishments (356000000 ...) follow their own rule. */
enum id_check siret_check(const char *text, char ret[SIRET_TEXT]);

enum id_check lei_check(const char *text, char ret[LEI_TEXT]);

/* VAT number with its country prefix (numéro de TVA intracommunautaire): the EU's, and those of
 * CH, GB, MC (written FR), NO, XI. A prefix of no known country is ID_BAD_FORM. Greece is EL; GR is
 * read as EL. */
enum id_check vat_check(const char *text, char ret[VAT_TEXT]);

/* The same for a number that may lack its prefix: country is the ISO 3166 code of the customer. */
enum id_check vat_check_in(const char *country, const char *text, char ret[VAT_TEXT]);

/* The numeric-key VAT number of a French company: "732829320" gives "FR44732829320". siren must be
 * nine digits (canonical). Returns ret. */
char *vat_of_siren(const char *siren, char ret[VAT_TEXT]);

/* ---- accounts ----------------------------------------------------------------------------------
 */

/* The key (clé RIB) of a French account, 1 to 97, or -1 when a part is not of the form: bank 5
 * digits, branch 5 digits, account 11 letters or digits. */
int rib_key(const char *bank, const char *branch, const char *account);

/* A RIB of 23 characters whose key fits; ret_iban gets the French IBAN. */
enum id_check rib_check(const char *text, char ret_iban[IBAN_TEXT]);

/* Country, length and structure by the registry, and the two check digits. */
enum id_check iban_check(const char *text, char ret[IBAN_TEXT]);

/* Groups of four for print: "FR76 3000 4008 ...". iban must be canonical. Returns ret. */
char *iban_group(const char *iban, char ret[IBAN_GROUPED_TEXT]);

/* Form alone: there is no check digit. "XXX" at the end (head office) is kept. */
enum id_check bic_check(const char *text, char ret[BIC_TEXT]);

/* Creditor reference (référence structurée RF). */
enum id_check rf_check(const char *text, char ret[RF_TEXT]);

/* Makes "RF93FA2600123" of "FA-2600123". False when no letter or digit, or more than 21, are left.
 */
bool rf_make(const char *reference, char ret[RF_TEXT]) NODISCARD;

/* Groups of four for print. rf must be canonical. Returns ret. */
char *rf_group(const char *rf, char ret[RF_GROUPED_TEXT]);

/* ---- people ------------------------------------------------------------------------------------
 */

/* E.164: "01 40 20 50 50" in FR gives "+33140205050"; overseas numbers get their own code. country
 * (ISO 3166, NULL: FR) tells how a number without prefix is read. False when it is no phone number.
 */
bool phone_e164(const char *text, const char *country, char ret[PHONE_TEXT]) NODISCARD;

/* Whether an E.164 number is a French mobile (can get an SMS). */
bool phone_is_french_mobile(const char *e164);

/* One address: one @, a domain with a dot, no spaces or control characters, at most 254 bytes. The
 * domain alone is put in lower case. */
bool email_check(const char *text, char ret[EMAIL_TEXT]) NODISCARD;

/* ---- for the files of this family --------------------------------------------------------------
 */

/* Copies letters and digits in upper case, dropping white space and the characters of skip. False
 * (and ret "") when another character stands there or the result does not fit; size includes the
 * NUL. */
bool identifier_compact(const char *text, const char *skip, char *ret, size_t size) NODISCARD;

/* Luhn's sum of a string of digits, modulo 10: 0 when the last digit checks. */
int luhn_sum(const char *digits, size_t n);

/* The number written by letters (A = 10 ...) and digits, modulo 97. */
int mod97(const char *text, size_t n);

/* Whether s has exactly the form: '#' a digit, '@' a capital letter, '?' either, others themselves.
 */
bool identifier_has_form(const char *s, const char *form);

#endif
