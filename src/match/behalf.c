/* SPDX-License-Identifier: Apache-2.0 */
#include "match/behalf.h"

#include "base/base.h"

enum { MAX_NAME_WORDS = 9 };

static const char *const cues[] = {
	/* the longer before what begins alike */
	"POUR LE COMPTE DE",
	"POUR LE COMPTE",
	"POUR COMPTE",
	"POUR CPTE",
	"PR CPTE",
	"PR COMPTE",
	"P CPTE",
	"ORDRE DE",
	"DE LA PART",
	"AU NOM DE",
	"ON BEHALF OF",
	"ON BEHALF",
	"OBO",
	"O B O",
	"IN THE NAME OF",
	"PAID FOR",
	"IM AUFTRAG VON",
	"IM AUFTRAG",
	"IM NAMEN VON",
	"IM NAMEN",
	"POR CUENTA DE",
	"POR CTA DE",
	"EN NOMBRE DE",
	"PER CONTO DI",
	"PER CONTO",
	"NAMENS",
	"IN OPDRACHT VAN",
	"ORDP",
	"ULTD",
	"FOR",
};

static const char *const document_words[] = {
	"FACT",    "FACTURE",  "FACTURES", "FAC",       "FRA",      "FATTURA",  "FATTURE",
	"FACTURA", "FACTURAS", "INV",      "INVOICE",   "INVOICES", "RECHNUNG", "RECHNUNGEN",
	"REF",     "FACTUUR",  "FACTUREN", "DOC",       "BILL",     "AVOIR",    "REFERENCE",
	"NOTE",    "REMI",     "EREF",     "RE",        "RG",       "RNR",      "NO",
	"NR",      "N",        "PAYMENT",  "REGLEMENT",
};

static size_t word_end(const struct folded *f, size_t i)
{
	for (i++; i < f->n && !f->is_start[i]; i++)
		;
	return i;
}

/* Where the words of the cue that begin at character i end; i when they do not. */
static size_t cue_end(const struct folded *f, size_t i, const char *cue)
{
	size_t at = i;

	while (*cue) {
		size_t len = strcspn(cue, " "), end;
		if (at >= f->n)
			return i;
		end = word_end(f, at);
		if (end - at != len || memcmp(f->at + at, cue, len) != 0)
			return i;
		at = end;
		cue += len;
		cue += *cue == ' ';
	}
	return at;
}

static bool has_digit(const struct folded *f, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (f->at[i] >= '0' && f->at[i] <= '9')
			return true;
	return false;
}

/* Whether the name ends before this word: a number, or the word for what it is the number of. */
static bool is_after_name(const struct folded *f, size_t from, size_t to)
{
	if (has_digit(f, from, to))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(document_words); i++)
		if (strlen(document_words[i]) == to - from &&
		    memcmp(document_words[i], f->at + from, to - from) == 0)
			/* Short ones may be part of a name. */
			return to - from >= 3 || (to < f->n && has_digit(f, to, word_end(f, to)));
	return false;
}

bool behalf_find(const struct folded *f, size_t *ret_from, size_t *ret_to)
{
	for (size_t i = 0; i < f->n; i = word_end(f, i)) {
		size_t from = i, to;
		for (size_t c = 0; c < ARRAY_LEN(cues) && from == i; c++)
			if (cues[c][0] == f->at[i])
				from = cue_end(f, i, cues[c]);
		if (from == i)
			continue;
		to = from;
		for (int n = 0; to < f->n && n < MAX_NAME_WORDS; n++) {
			size_t end = word_end(f, to);
			if (is_after_name(f, to, end))
				break;
			to = end;
		}
		if (to < from + 3)
			continue;
		*ret_from = from;
		*ret_to = to;
		return true;
	}
	return false;
}
