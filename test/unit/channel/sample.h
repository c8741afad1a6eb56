/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sample.h - a sender, letters and a statement for the tests of PDF files; plainly synthetic.
 *
 * Tests that look inside a PDF run the tools of poppler and zbar as programs and skip with a notice where
 * they are not installed. With ENCOURS_TEST_KEEP=DIR the files stay in DIR, to be looked at.
 */
#ifndef TEST_CHANNEL_SAMPLE_H
#define TEST_CHANNEL_SAMPLE_H

#include "channel/epc_qr.h"
#include "channel/statement_pdf.h"

#include <unistd.h>

#define NB  "\xc2\xa0"     /* no-break space */
#define NNB "\xe2\x80\xaf" /* narrow no-break space */

static const int64_t sample_created_at =
	(int64_t)1795300447 * 1000000; /* 2026-11-21 22:34:07 UTC */

static const char *const sample_sender_lines[] = {
	"12 bis, rue de l'Exemple",
	"44000 Nantes",
	"Service recouvrement" NB ": Claire Modèle",
	"02" NB "00" NB "00" NB "00" NB "00 · compta@demo.example",
};

static const char *const sample_address[] = {
	"ALPHA SARL",
	"SERVICE COMPTABILITE FOURNISSEURS",
	"BATIMENT C ZONE ARTISANALE NORD",
	"12 B RUE DU GENERAL LECLERC",
	"BP 40123",
	"44203 NANTES CEDEX 2",
};

static const struct letter_pair sample_references[] = {
	{ "Votre compte", "C0000351" },
	{ "Notre référence", "R-2026-00117" },
};

static const struct letter_pair sample_totals[] = {
	{ "Total des factures", "18" NNB "930,45" NB "€" },
	{ "Acompte reçu", "−1" NNB "000,00" NB "€" },
	{ "Reste à régler", "17" NNB "930,45" NB "€" },
};

static const struct letter_pair sample_pairs[] = {
	{ "Bénéficiaire", "Demo SARL" },
	{ "IBAN", "FR76 3000 4008 2800 0123 4567 841" },
	{ "BIC", "DEMOFRPPXXX" },
	{ "Référence à rappeler", "RF93 FA26 0012 3" },
	{ "Montant", "17" NNB "930,45" NB "€" },
};

static const struct letter_sender sample_sender = {
	.name = "Demo SARL",
	.lines = sample_sender_lines,
	.n_lines = ARRAY_LEN(sample_sender_lines),
	.legal = "Demo SARL au capital de 50" NNB "000" NB "€ · Siège social" NB
		 ": 12 bis, rue de l'Exemple, 44000 Nantes · SIREN 123" NB "456" NB
		 "782 RCS Nantes · TVA FR" NB "32" NB "123456782",
};

/* n rows in the arena, the third with a long document name. */
static inline const struct letter_row *sample_rows(struct arena *a, size_t n)
{
	struct letter_row *row = ARENA_ARRAY(a, n, struct letter_row);

	for (size_t i = 0; i < n; i++)
		row[i] = (struct letter_row){
			.document = i == 2 ? "AVOIR-PARTIEL/FA2026-0000012/CHANTIER-NORD-LOT-4"
					   : arena_printf(a, "FA2026-%07zu", 1012 + 37 * i),
			.issued = arena_printf(a, "%02zu/09/2026", 1 + i % 28),
			.due = arena_printf(a, "%02zu/10/2026", 1 + i % 28),
			.late = arena_printf(a, "%zu" NB "j", 51 - i % 28),
			.amount = arena_printf(a, "%zu" NNB "%03zu,%02zu" NB "€", 1 + i % 9,
					       i * 7919 % 1000, i * 31 % 100),
			.open = arena_printf(a, "%zu" NNB "%03zu,%02zu" NB "€", 1 + i % 9,
					     i * 7919 % 1000, i * 31 % 100),
		};
	return row;
}

static inline const char *sample_qr(struct arena *a)
{
	const struct epc_payment pay = { .name = "DEMO SARL",
					 .iban = "FR76 3000 4008 2800 0123 4567 841",
					 .minor = 240000,
					 .reference = "RF93FA2600123" };
	struct err e = { 0 };
	const char *text = NULL;

	if (!epc_qr_text(a, &pay, &text, &e))
		fail_msg("%s", e.msg);
	return text;
}

static inline struct letter sample_letter(struct arena *a, size_t n_rows)
{
	return (struct letter){
		.language = "fr",
		.sender = sample_sender,
		.address = sample_address,
		.n_address = ARRAY_LEN(sample_address),
		.delivery = "Lettre recommandée avec avis de réception n°" NB "1A" NB "000" NB
			    "000" NB "0000" NB "0",
		.place_date = "Nantes, le 21 novembre 2026",
		.references = sample_references,
		.n_references = ARRAY_LEN(sample_references),
		.subject_caption = "Objet",
		.subject = "Mise en demeure de payer",
		.opening =
			"Madame, Monsieur,\n\nMalgré nos rappels des 12 octobre et 3 novembre, les "
			"factures ci-dessous restent impayées à ce jour. Leur échéance est "
			"dépassée, et "
			"aucun litige ne nous a été signalé.\n\nNous vous mettons en demeure de "
			"nous en "
			"régler le montant sous huit jours à compter de la réception de cette "
			"lettre.",
		.table = { .heads = { "Document", "Date", "Échéance", "Retard", "Montant",
				      "Reste dû" },
			   .rows = n_rows ? sample_rows(a, n_rows) : NULL,
			   .n_rows = n_rows,
			   .totals = sample_totals,
			   .n_totals = n_rows ? ARRAY_LEN(sample_totals) : 0 },
		.closing =
			"Conformément aux articles L441-10 et D441-5 du code de commerce, tout "
			"retard "
			"entraîne des pénalités au taux de la Banque centrale européenne majoré de "
			"dix "
			"points, et une indemnité forfaitaire de 40" NB
			"€ par facture pour frais de recouvrement.\n\nSi votre paiement a croisé "
			"cette "
			"lettre, nous vous prions de ne pas en tenir compte.\n\nVeuillez agréer, "
			"Madame, Monsieur, nos salutations distinguées.",
		.signature = "Claire Modèle\nResponsable du crédit client",
		.payment = { .title = "Pour régler par virement",
			     .pairs = sample_pairs,
			     .n_pairs = ARRAY_LEN(sample_pairs),
			     .qr = sample_qr(a),
			     .qr_caption = "À lire avec l'application de votre banque" },
		.page_caption = "Page",
	};
}

/* ---- looking inside ------------------------------------------------------------------------------ */

/* Writes the bytes to a file of the given name and gives its path. */
static inline const char *sample_keep(struct arena *a, const char *name, const struct buf *bytes)
{
	const char *keep = getenv("ENCOURS_TEST_KEEP");
	const char *path = keep ? arena_printf(a, "%s/%s", keep, name)
				: arena_printf(a, "/tmp/encours-test-%d-%s", (int)getpid(), name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes->data, 1, bytes->len, f), bytes->len);
	assert_int_equal(fclose(f), 0);
	return path;
}

static inline void sample_remove(const char *path)
{
	if (!getenv("ENCOURS_TEST_KEEP"))
		unlink(path);
}

/* What a program prints, or skips the test when it is not installed. */
static inline const char *sample_run(struct arena *a, const char *program, const char *arguments)
{
	const char *command = arena_printf(a, "command -v %s >/dev/null && %s %s 2>/dev/null",
					   program, program, arguments);
	FILE *f = popen(command, "r");
	char piece[4096];
	struct buf out;
	size_t n;

	assert_non_null(f);
	buf_init(&out, a);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(&out, piece, n);
	pclose(f);
	if (str_starts(buf_str(&out), "absent\n")) {
		print_message("skipped: %s is not here\n", program);
		skip();
	}
	return buf_str(&out);
}

#endif
