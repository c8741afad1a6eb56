/* SPDX-License-Identifier: Apache-2.0 */
/* Payment terms as files and people write them. */
#include "ledger/terms.h"

#include "base/text.h"

enum word {
	WORD_NUMBER,
	WORD_DAYS,   /* j, jours, days */
	WORD_NET,    /* net, nets, date de facture */
	WORD_EOM,    /* fin de mois, fdm, eom: kept as one word */
	WORD_LE,     /* le N */
	WORD_DECADE, /* décade, fin de décade */
	WORD_CASH,   /* comptant, à réception */
	WORD_NOISE,  /* words that change nothing: date, facture, paiement ... */
	WORD_END,
	WORD_STRANGE, /* anything else: the text is not understood */
};

static const struct {
	const char *text; /* as text_key writes it */
	enum word word;
} words[] = {
	{ "FIN DE MOIS", WORD_EOM },
	{ "FIN DU MOIS", WORD_EOM },
	{ "FIN MOIS", WORD_EOM },
	{ "END OF MONTH", WORD_EOM },
	{ "END OF THE MONTH", WORD_EOM },
	{ "F D M", WORD_EOM },
	{ "FDM", WORD_EOM },
	{ "EOM", WORD_EOM },
	{ "FM", WORD_EOM },
	{ "FIN DE DECADE", WORD_DECADE },
	{ "DECADE", WORD_DECADE },
	{ "A RECEPTION DE FACTURE", WORD_CASH },
	{ "A RECEPTION", WORD_CASH },
	{ "RECEPTION DE FACTURE", WORD_CASH },
	{ "RECEPTION", WORD_CASH },
	{ "DUE ON RECEIPT", WORD_CASH },
	{ "ON RECEIPT", WORD_CASH },
	{ "COMPTANT", WORD_CASH },
	{ "CPT", WORD_CASH },
	{ "CASH", WORD_CASH },
	{ "IMMEDIAT", WORD_CASH },
	{ "IMMEDIATE", WORD_CASH },
	{ "COD", WORD_CASH },
	{ "DATE DE FACTURATION", WORD_NET },
	{ "DATE DE FACTURE", WORD_NET },
	{ "DATE FACTURE", WORD_NET },
	{ "DATE D EMISSION", WORD_NET },
	{ "DDF", WORD_NET },
	{ "INVOICE DATE", WORD_NET },
	{ "NETS", WORD_NET },
	{ "NET", WORD_NET },
	{ "N", WORD_NET },
	{ "JOURS", WORD_DAYS },
	{ "JOUR", WORD_DAYS },
	{ "JRS", WORD_DAYS },
	{ "JR", WORD_DAYS },
	{ "J", WORD_DAYS },
	{ "DAYS", WORD_DAYS },
	{ "DAY", WORD_DAYS },
	{ "D", WORD_DAYS },
	{ "LE", WORD_LE },
	{ "THE", WORD_LE },
	{ "A COMPTER DE LA", WORD_NOISE },
	{ "A COMPTER DU", WORD_NOISE },
	{ "FROM", WORD_NOISE },
	{ "PAIEMENT", WORD_NOISE },
	{ "REGLEMENT", WORD_NOISE },
	{ "PAYMENT", WORD_NOISE },
	{ "VIREMENT", WORD_NOISE },
	{ "VIR", WORD_NOISE },
	{ "AU", WORD_NOISE },
	{ "A", WORD_NOISE },
	{ "PLUS", WORD_NOISE },
};

/* The next word of a folded text. Digits and letters written together ("N30", "30J") are two words. */
static enum word next_word(const char **s, int *ret_number)
{
	while (**s == ' ')
		(*s)++;
	if (**s == '\0')
		return WORD_END;
	if (**s >= '0' && **s <= '9') {
		int v = 0;

		for (; **s >= '0' && **s <= '9'; (*s)++)
			v = v > TERMS_DAYS_MAX ? v : v * 10 + (**s - '0');
		*ret_number = v;
		return v > TERMS_DAYS_MAX ? WORD_STRANGE : WORD_NUMBER;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i].text);
		char after;

		if (!str_starts(*s, words[i].text))
			continue;
		after = (*s)[n];
		if (after != '\0' && after != ' ' && !(after >= '0' && after <= '9'))
			continue;
		*s += n;
		return words[i].word;
	}
	return WORD_STRANGE;
}

struct reading {
	int days, day_of_month;
	bool has_days, has_eom, has_decade, has_cash;
	bool eom_first; /* "fin de mois 45 jours" */
	bool said_days; /* the word "jours" stands after the number: the order of the words counts */
};

static bool take_number_word(struct reading *r, int number, bool is_day_of_month)
{
	if (is_day_of_month || (r->has_days && r->has_eom && r->day_of_month == 0)) {
		if (number < 1 || number > 31 || r->day_of_month != 0)
			return false;
		r->day_of_month = number;
		return true;
	}
	if (r->has_days)
		return false;
	r->has_days = true;
	r->days = number;
	r->eom_first = r->has_eom;
	return true;
}

static bool read_words(const char *s, struct reading *r)
{
	bool after_le = false;

	for (;;) {
		int number = 0;
		enum word w = next_word(&s, &number);

		switch (w) {
		case WORD_END:
			return !after_le;
		case WORD_STRANGE:
			return false;
		case WORD_NUMBER:
			if (!take_number_word(r, number, after_le))
				return false;
			break;
		case WORD_DAYS:
			r->said_days = true;
			break;
		case WORD_EOM:
			r->has_eom = true;
			break;
		case WORD_DECADE:
			r->has_decade = true;
			break;
		case WORD_CASH:
			r->has_cash = true;
			break;
		case WORD_LE:
		case WORD_NET:
		case WORD_NOISE:
			break;
		}
		after_le = w == WORD_LE;
	}
}

/* "45 FDM" leaves open whether the days or the end of the month come first. "fin de mois 45 jours" and "45
 * jours fin de mois" say it by their order; "EOM45" is a code of accounting software for the latter. */
static bool part_of_reading(const struct reading *r, struct terms_part *p, bool *ambiguous)
{
	p->days = r->days;
	p->day_of_month = r->day_of_month;
	*ambiguous = false;
	if (r->has_decade) {
		p->kind = TERMS_DECADE;
		return r->has_days && !r->has_eom && r->day_of_month == 0;
	}
	if (r->has_eom) {
		p->kind = r->eom_first && r->said_days ? TERMS_FDM_BEFORE : TERMS_FDM_AFTER;
		*ambiguous = r->has_days && r->days > 0 && !r->said_days;
		return !r->has_cash;
	}
	p->kind = TERMS_NET;
	return r->day_of_month == 0 && (r->has_days || r->has_cash) &&
	       !(r->has_cash && r->days > 0);
}

bool terms_read(const char *text, struct terms *ret, bool *ret_ambiguous, struct err *e)
{
	struct terms t = { .n_parts = 1, .part = { { .share_percent_2 = 10000 } } };
	struct reading r = { 0 };
	struct arena *a;
	bool is_read, ambiguous = false;

	if (terms_parse(text, ret, NULL)) {
		*ret_ambiguous = false;
		return true;
	}
	if (strlen(text) > 200 || !text_is_utf8(text, strlen(text)))
		return err_set(e, ERR_INVALID, "payment terms are too long or not UTF-8");
	a = arena_new(1 << 20);
	is_read = read_words(text_key(a, text), &r) && part_of_reading(&r, &t.part[0], &ambiguous);
	arena_free(a);
	if (!is_read)
		return err_set(e, ERR_INVALID,
			       "payment terms \"%.60s\" are not understood, expected words such as "
			       "\"30 jours fin de mois\" or a code such as NET30",
			       text);
	*ret = t;
	*ret_ambiguous = ambiguous;
	return true;
}
