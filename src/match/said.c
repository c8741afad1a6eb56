/* SPDX-License-Identifier: Apache-2.0 */
#include "match/said.h"

#include "base/text.h"

#include <string.h>

enum sense { MORE, LESS, SEVERAL, BALANCE, PART, DISCOUNT, CHARGES };

static const struct {
	const char *word;
	enum sense sense;
} words[] = {
	{ "ETC", MORE },
	{ "AVOIR", MORE },
	{ "AVOIRS", MORE },
	{ "MOINS", LESS },
	{ "DEDUIT", LESS },
	{ "SUITE", MORE },
	{ "AUTRES", MORE },
	{ "DIVERS", MORE },
	{ "OTHERS", MORE },
	{ "LESS", LESS },
	{ "DEDUCTION", LESS },
	{ "ABZGL", LESS },
	{ "GUTSCHRIFT", MORE },
	{ "USW", MORE },
	{ "MENO", LESS },
	{ "ECC", MORE },
	{ "MENOS", LESS },
	{ "LITIGE", LESS },
	{ "LITIGES", LESS },
	{ "RETENUE", LESS },
	{ "PENALITES", LESS },
	{ "DISPUTE", LESS },
	{ "ABZUEGL", LESS },
	{ "ABZUEGLICH", LESS },
	{ "MINUS", LESS },
	{ "REKLAMATION", LESS },
	{ "FACTURES", SEVERAL },
	{ "INVOICES", SEVERAL },
	{ "RECHNUNGEN", SEVERAL },
	{ "FACTURAS", SEVERAL },
	{ "FATTURE", SEVERAL },
	{ "RELEVE", BALANCE },
	{ "STATEMENT", BALANCE },
	{ "SOLDE", BALANCE },
	{ "KONTOAUSZUG", BALANCE },
	{ "SALDO", BALANCE },
	{ "BALANCE", BALANCE },
	{ "KONTOAUSGLEICH", BALANCE },
	{ "ACOMPTE", PART },
	{ "ACPTE", PART },
	{ "PARTIEL", PART },
	{ "PARTIELLE", PART },
	{ "VERSEMENT", PART },
	{ "ECHEANCE", PART },
	{ "PARTIAL", PART },
	{ "DEPOSIT", PART },
	{ "INSTALMENT", PART },
	{ "INSTALLMENT", PART },
	{ "TEILZAHLUNG", PART },
	{ "ANZAHLUNG", PART },
	{ "ABSCHLAG", PART },
	{ "ABSCHLAGSZAHLUNG", PART },
	{ "RATE", PART },
	{ "ACCONTO", PART },
	{ "PARCIAL", PART },
	{ "ANTICIPO", PART },
	{ "DEELBETALING", PART },
	{ "VOORSCHOT", PART },
	{ "ESCOMPTE", DISCOUNT },
	{ "ESCPTE", DISCOUNT },
	{ "ESC", DISCOUNT },
	{ "DISCOUNT", DISCOUNT },
	{ "SKONTO", DISCOUNT },
	{ "SCONTO", DISCOUNT },
	{ "DESCUENTO", DISCOUNT },
	{ "DTO", DISCOUNT },
	{ "KORTING", DISCOUNT },
	{ "FRAIS", CHARGES },
	{ "COMMISSION", CHARGES },
	{ "CHARGES", CHARGES },
	{ "CHGS", CHARGES },
	{ "SHA", CHARGES },
	{ "ENTGELT", CHARGES },
	{ "FEES", CHARGES },
	{ "SPESEN", CHARGES },
	{ "GEBUEHR", CHARGES },
	{ "GEBUEHREN", CHARGES },
	{ "COMISION", CHARGES },
	{ "GASTOS", CHARGES },
	{ "SPESE", CHARGES },
	{ "KOSTEN", CHARGES },
};

/* Words that open these say the same: "PART PAYMENT", "A CUENTA". */
static const char *const part_phrases[] = { "PART PAYMENT", "A CUENTA", "ON ACCOUNT OF",
					    "A VALOIR" };

/* Characters that a transfer carries, less a separator cut off at the end. */
enum { FULL_TEXT = 139, FULL_REFERENCE = 34 };

static void hear(struct said *s, enum sense sense)
{
	bool *const heard[] = {
		[MORE] = &s->more,       [LESS] = &s->less, [SEVERAL] = &s->several,
		[BALANCE] = &s->balance, [PART] = &s->part, [DISCOUNT] = &s->discount,
		[CHARGES] = &s->charges
	};

	*heard[sense] = true;
	s->more = s->more || sense == LESS;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "1,5 %" up to the sign at s: 150. At most 10 %. */
static int rate_before(const char *text, const char *s)
{
	int whole = 0, cents = 0, unit = 1;
	bool has_point = false;

	while (s > text && s[-1] == ' ')
		s--;
	for (; s > text && (is_digit(s[-1]) || ((s[-1] == ',' || s[-1] == '.') && !has_point));
	     s--) {
		if (!is_digit(s[-1])) {
			has_point = true;
			cents = unit == 10 ? whole * 10 : unit == 100 ? whole : -1;
			whole = 0;
			unit = 1;
			continue;
		}
		if (unit > 1000)
			return 0;
		whole += (s[-1] - '0') * unit;
		unit *= 10;
	}
	if (cents < 0 || whole > 10)
		return 0;
	whole = whole * 100 + cents;
	return whole <= 1000 ? whole : 0;
}

static void read(struct said *s, struct arena *scratch, const char *text)
{
	char *key, *save = NULL;
	const char *percent;

	if (str_empty(text))
		return;
	key = text_key(scratch, text);
	for (size_t i = 0; i < ARRAY_LEN(part_phrases); i++)
		s->part = s->part || strstr(key, part_phrases[i]);
	for (char *word = strtok_r(key, " ", &save); word; word = strtok_r(NULL, " ", &save))
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (word[0] == words[i].word[0] && str_eq(word, words[i].word))
				hear(s, words[i].sense);
	percent = strchr(text, '%');
	if (percent && (s->discount || s->less))
		s->discount_per_myriad = rate_before(text, percent);
}

struct said said_read(struct arena *scratch, const char *remittance)
{
	struct said s = { 0 };

	read(&s, scratch, remittance);
	/* A field that is full may have been cut: what came after is not known. */
	s.more = s.more || (remittance && strlen(remittance) >= FULL_TEXT);
	return s;
}

void said_also(struct said *s, struct arena *scratch, const char *text)
{
	read(s, scratch, text);
	s->cut = text && strlen(text) >= FULL_REFERENCE;
}
