/* SPDX-License-Identifier: Apache-2.0 */
#include "match/name_words.h"

#include <stdlib.h>

/* Legal forms and small words say nothing about who it is. In order of strcmp. */
static const char *const noise[] = {
	"AB",         "AE",      "AG",      "AKTIENGESELLSCHAFT",
	"AND",        "APS",     "AS",      "ASBL",
	"AU",         "AUX",     "BV",      "BVBA",
	"CO",         "CORP",    "CV",      "D",
	"DE",         "DEL",     "DELLA",   "DER",
	"DES",        "DI",      "DIE",     "DO",
	"DU",         "E",       "EI",      "EIRL",
	"EK",         "ET",      "EURL",    "GBR",
	"GESMBH",     "GIE",     "GMBH",    "HF",
	"INC",        "KFT",     "KG",      "KGAA",
	"L",          "LA",      "LDA",     "LE",
	"LES",        "LIMITED", "LLC",     "LLP",
	"LP",         "LTD",     "LTDA",    "M",
	"MADAME",     "MBH",     "MM",      "MME",
	"MONSIEUR",   "MR",      "MRS",     "NV",
	"OF",         "OG",      "OHG",     "OU",
	"OY",         "OYJ",     "PLC",     "PTY",
	"ROC",        "SA",      "SAM",     "SARL",
	"SARLU",      "SAS",     "SASU",    "SC",
	"SCA",        "SCI",     "SCM",     "SCOP",
	"SCP",        "SCRL",    "SCS",     "SDN",
	"SE",         "SELARL",  "SELAS",   "SL",
	"SLU",        "SNC",     "SOCIETA", "SOCIETE",
	"SP",         "SPA",     "SPOL",    "SPRL",
	"SPZOO",      "SRL",     "SRO",     "STE",
	"STES",       "THE",     "UG",      "UND",
	"UNIPESSOAL", "VOF",     "VON",     "VZW",
	"Y",          "ZOO",
};

/* What banks and payers shorten; in order of strcmp. */
static const char *const short_forms[][2] = {
	{ "ASS", "ASSOCIES" },
	{ "ASSOC", "ASSOCIES" },
	{ "BAT", "BATIMENT" },
	{ "BOUL", "BOULANGERIE" },
	{ "CAB", "CABINET" },
	{ "CIE", "COMPAGNIE" },
	{ "CNE", "COMMUNE" },
	{ "COM", "COMMUNE" },
	{ "CONSTR", "CONSTRUCTION" },
	{ "CTRE", "CENTRE" },
	{ "DIST", "DISTRIBUTION" },
	{ "DISTRIB", "DISTRIBUTION" },
	{ "ELEC", "ELECTRICITE" },
	{ "ENT", "ENTREPRISE" },
	{ "ENTR", "ENTREPRISE" },
	{ "EQUIP", "EQUIPEMENT" },
	{ "ETABL", "ETABLISSEMENTS" },
	{ "ETABLISSEMENT", "ETABLISSEMENTS" },
	{ "ETABT", "ETABLISSEMENTS" },
	{ "ETB", "ETABLISSEMENTS" },
	{ "ETS", "ETABLISSEMENTS" },
	{ "FAB", "FABRIQUE" },
	{ "FRE", "FRERES" },
	{ "GEN", "GENERALE" },
	{ "GPE", "GROUPE" },
	{ "GROUP", "GROUPE" },
	{ "GRP", "GROUPE" },
	{ "HDG", "HOLDING" },
	{ "IMMO", "IMMOBILIER" },
	{ "IMP", "IMPRIMERIE" },
	{ "IND", "INDUSTRIE" },
	{ "INDS", "INDUSTRIES" },
	{ "INT", "INTERNATIONAL" },
	{ "INTERNAT", "INTERNATIONAL" },
	{ "INTL", "INTERNATIONAL" },
	{ "LAB", "LABORATOIRE" },
	{ "LABO", "LABORATOIRE" },
	{ "MAN", "MANUFACTURE" },
	{ "MFG", "MANUFACTURING" },
	{ "MGT", "MANAGEMENT" },
	{ "NAT", "NATIONAL" },
	{ "PHARM", "PHARMACIE" },
	{ "PHIE", "PHARMACIE" },
	{ "REST", "RESTAURANT" },
	{ "SERV", "SERVICES" },
	{ "SERVICE", "SERVICES" },
	{ "ST", "SAINT" },
	{ "SVC", "SERVICES" },
	{ "SVCS", "SERVICES" },
	{ "SYND", "SYNDICAT" },
	{ "SYS", "SYSTEMES" },
	{ "TECH", "TECHNOLOGIES" },
	{ "TPTS", "TRANSPORTS" },
	{ "TRANSP", "TRANSPORTS" },
	{ "TRANSPORT", "TRANSPORTS" },
	{ "TRPTS", "TRANSPORTS" },
	{ "TRSP", "TRANSPORTS" },
};

struct part {
	const char *at;
	size_t len;
};

static int compare_part(const struct part *p, const char *word)
{
	int c = strncmp(p->at, word, p->len);

	return c ? c : word[p->len] ? -1 : 0;
}

static int compare_noise(const void *key, const void *row)
{
	return compare_part(key, *(const char *const *)row);
}

bool name_is_noise(const char *at, size_t len)
{
	struct part p = { at, len };

	return bsearch(&p, noise, ARRAY_LEN(noise), sizeof noise[0], compare_noise) != NULL;
}

/* Two neighbours swapped, or, of longer words, one letter lost. */
static bool is_slip_of(const char *at, size_t len, const char *form)
{
	size_t n = strlen(form), i = 0;

	while (i < len && at[i] == form[i])
		i++;
	if (n == len)
		return i + 1 < len && at[i] == form[i + 1] && at[i + 1] == form[i] &&
		       memcmp(at + i + 2, form + i + 2, len - i - 2) == 0;
	return n == len + 1 && n >= 6 && memcmp(at + i, form + i + 1, len - i) == 0;
}

bool name_is_form_slip(const char *at, size_t len)
{
	static const char *const forms[] = { "SARL", "SASU", "EURL",    "GMBH", "LIMITED", "SELARL",
					     "SCOP", "SPRL", "SOCIETE", "BVBA", "SNC",     "SPA" };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (is_slip_of(at, len, forms[i]))
			return true;
	return false;
}

/* The rows are pairs; the first of a pair is compared. */
static void open_short_form(struct name_word *w)
{
	struct part p = { w->at, w->len };
	const char *const *row = bsearch(&p, short_forms, ARRAY_LEN(short_forms),
					 sizeof short_forms[0], compare_noise);

	if (row) {
		w->at = row[1];
		w->len = (uint32_t)strlen(row[1]);
	}
}

static size_t word_end(const struct folded *f, size_t i)
{
	for (i++; i < f->n && !f->is_start[i]; i++)
		;
	return i;
}

/* Where the letters that stand alone from i on end; i when fewer than two do. */
static size_t initials_end(const struct folded *f, size_t i)
{
	size_t end = i;

	while (end < f->n && f->at[end] >= 'A' && f->at[end] <= 'Z' && word_end(f, end) == end + 1)
		end++;
	return end - i >= 2 ? end : i;
}

static size_t split(const struct folded *f, struct name_word *ret, size_t max, bool keep_noise)
{
	size_t n = 0;

	for (size_t i = 0, end; i < f->n && n < max; i = end) {
		end = initials_end(f, i);
		if (end == i)
			end = word_end(f, i);
		if (!keep_noise && name_is_noise(f->at + i, end - i))
			continue;
		ret[n] = (struct name_word){ f->at + i, (uint32_t)(end - i), (uint32_t)i,
					     (uint32_t)end };
		open_short_form(&ret[n++]);
	}
	return n;
}

size_t name_words(const struct folded *f, struct name_word *ret, size_t max)
{
	size_t n = split(f, ret, max, false);

	return n ? n : split(f, ret, max, true);
}
