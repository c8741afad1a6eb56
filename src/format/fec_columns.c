/* SPDX-License-Identifier: Apache-2.0 */
#include "format/fec_columns.h"

#include "format/grid.h"

#include <ctype.h>
#include <strings.h>

enum { HEADER_MAX = 16384, NAME_MAX_LEN = 40 };

/* Official name first, then what other programs write; compared without case, accents and signs. */
static const struct {
	const char *name;
	const char *others[4];
} columns[FEC_COLUMNS] = {
	[FEC_JOURNAL] = { "JournalCode", { "CodeJournal" } },
	[FEC_JOURNAL_LABEL] = { "JournalLib", { "LibelleJournal", "JournalLibelle" } },
	[FEC_ENTRY] = { "EcritureNum", { "NumEcriture", "EcritureNumero" } },
	[FEC_ENTRY_ON] = { "EcritureDate", { "DateEcriture" } },
	[FEC_ACCOUNT] = { "CompteNum", { "NumCompte", "CompteNumero" } },
	[FEC_ACCOUNT_LABEL] = { "CompteLib", { "LibelleCompte", "CompteLibelle" } },
	[FEC_AUX] = { "CompAuxNum", { "CompteAuxNum", "CompteAuxiliaireNum", "CompAuxNumero" } },
	[FEC_AUX_LABEL] = { "CompAuxLib",
			    { "CompteAuxLib", "CompteAuxiliaireLib", "CompAuxLibelle" } },
	[FEC_PIECE] = { "PieceRef", { "RefPiece", "PieceReference" } },
	[FEC_PIECE_ON] = { "PieceDate", { "DatePiece" } },
	[FEC_LABEL] = { "EcritureLib", { "LibelleEcriture", "EcritureLibelle" } },
	[FEC_DEBIT] = { "Debit", { "MontantDebit", "DebitMontant" } },
	[FEC_CREDIT] = { "Credit", { "MontantCredit", "CreditMontant" } },
	[FEC_AMOUNT] = { "Montant", { NULL } },
	[FEC_SENSE] = { "Sens", { NULL } },
	[FEC_LETTERING] = { "EcritureLet", { "EcritureLettrage", "Lettrage", "CodeLettrage" } },
	[FEC_LETTERED_ON] = { "DateLet", { "DateLettrage" } },
	[FEC_VALID_ON] = { "ValidDate", { "DateValidation", "DateValid" } },
	[FEC_CURRENCY_AMOUNT] = { "MontantDevise", { "DeviseMontant" } },
	[FEC_CURRENCY] = { "IDevise", { "IdentDevise", "IdDevise", "Devise" } },
	[FEC_DUE_ON] = { "DateEcheance", { "Echeance", "EcheanceDate", "DateEch" } },
	[FEC_PAID_ON] = { "DateRglt", { "DateReglement" } },
	[FEC_PAYMENT_MODE] = { "ModeRglt", { "ModeReglement" } },
	[FEC_CLIENT_ID] = { "IdClient", { NULL } },
};

char fec_separator(const char *line, size_t len)
{
	static const char candidates[] = { '\t', '|', ';', ',' };
	size_t best = 0;
	char found = 0;

	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
		size_t n = 0;
		for (size_t k = 0; k < len; k++)
			n += line[k] == candidates[i];
		if (n > best) {
			best = n;
			found = candidates[i];
		}
	}
	return found;
}

const char *fec_column_name(enum fec_column c)
{
	return columns[c].name;
}

/* Lower case, accents dropped, nothing but letters and digits: "Débit " gives "debit". Names too long for
 * any column give "". */
static void fold_name(const char *s, size_t n, char out[NAME_MAX_LEN])
{
	/* U+00C0..U+00FF without case and accent; '.' for what is no letter. */
	static const char latin[] =
		"aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty";
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c == 0xC3 && i + 1 < n)
			c = (unsigned char)latin[(unsigned char)s[++i] & 0x3F];
		if (!isalnum(c) || c >= 0x80)
			continue;
		if (k == NAME_MAX_LEN - 1) {
			k = 0;
			break;
		}
		out[k++] = (char)tolower(c);
	}
	out[k] = 0;
}

static bool is_name(const char *folded, const char *name)
{
	return name && strcasecmp(folded, name) == 0;
}

/* The column that a header's name means, or FEC_COLUMNS. */
static enum fec_column column_of(struct csv_field f)
{
	char name[NAME_MAX_LEN];

	fold_name(f.s, f.n, name);
	for (int c = 0; c < FEC_COLUMNS; c++) {
		if (is_name(name, columns[c].name))
			return (enum fec_column)c;
		for (size_t i = 0; i < ARRAY_LEN(columns[c].others); i++)
			if (is_name(name, columns[c].others[i]))
				return (enum fec_column)c;
	}
	return FEC_COLUMNS;
}

bool fec_is_header(const char *line, size_t len, char *ret_separator)
{
	CLEANUP(csv_done) struct csv c = { 0 };
	int known = 0;

	*ret_separator = fec_separator(line, len);
	if (*ret_separator == 0 || len > HEADER_MAX)
		return false;
	csv_init(&c, line, len, *ret_separator, line[0] == '"');
	if (!csv_next(&c))
		return false;
	for (size_t i = 0; i < c.n; i++) {
		enum fec_column k = column_of(c.field[i]);
		known += k != FEC_COLUMNS && k != FEC_AMOUNT && k != FEC_CURRENCY &&
			 k != FEC_CLIENT_ID;
	}
	return known >= 6;
}

static bool need(const struct fec_columns *f, enum fec_column c, struct err *e)
{
	if (f->at[c] >= 0)
		return true;
	return err_field(e, ERR_FORMAT, columns[c].name,
			 "the first line of the accounting file does not name the column %s",
			 columns[c].name);
}

bool fec_columns_read(struct fec_columns *f, struct csv *c, struct report *r, struct err *e)
{
	static const enum fec_column wanted[] = { FEC_JOURNAL, FEC_ENTRY, FEC_ENTRY_ON,
						  FEC_ACCOUNT };
	static const enum fec_column usual[] = {
		FEC_JOURNAL_LABEL, FEC_ACCOUNT_LABEL, FEC_AUX,       FEC_AUX_LABEL,   FEC_PIECE,
		FEC_PIECE_ON,      FEC_LABEL,         FEC_LETTERING, FEC_LETTERED_ON, FEC_VALID_ON
	};

	*f = (struct fec_columns){ .n = 0 };
	for (size_t k = 0; k < FEC_COLUMNS; k++)
		f->at[k] = -1;
	do {
		if (!csv_next(c))
			return err_set(e, ERR_FORMAT, "the accounting file is empty");
	} while (c->n == 1 && field_trim(c->field[0]).n == 0);
	for (size_t i = 0; i < c->n; i++) {
		enum fec_column k = column_of(c->field[i]);
		if (field_trim(c->field[i]).n)
			f->n = i + 1;
		if (k == FEC_COLUMNS)
			continue;
		if (f->at[k] >= 0)
			return err_field(e, ERR_FORMAT, columns[k].name,
					 "the first line names the column %s twice",
					 columns[k].name);
		f->at[k] = (int)i;
	}
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (!need(f, wanted[i], e))
			return false;
	if (f->at[FEC_DEBIT] < 0 && f->at[FEC_AMOUNT] >= 0) {
		if (!need(f, FEC_SENSE, e))
			return false;
	} else if (!need(f, FEC_DEBIT, e) || !need(f, FEC_CREDIT, e)) {
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (f->at[usual[i]] < 0)
			report_warn(r, c->line, "fec.column_missing", columns[usual[i]].name, NULL,
				    0, "the file has no column %s", columns[usual[i]].name);
	return true;
}
