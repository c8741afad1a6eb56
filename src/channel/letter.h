/* SPDX-License-Identifier: Apache-2.0 */
/*
 * letter.h - letters on A4 for French window envelopes (DL 110 x 220), as PDF.
 *
 * The caller gives finished texts in the reader's language (amounts and dates already written);
 *this file only lays them out: address in the window's safe box and nothing else where the window
 *may show, fold marks, body, table of documents, payment slip with QR code, legal footer. One
 *letter is one struct; a batch puts many into one print file.
 *
 *	struct letter l = { .language = "fr", .sender = { .name = "Demo SARL" }, ... };
 *	struct buf pdf;
 *	buf_init(&pdf, arena);
 *	if (!letter_pdf(&l, created_at, &pdf, NULL, e))
 *		return false;
 *
 * Every pointer may be NULL and every count 0 unless said otherwise: what is absent is not drawn.
 *Texts are UTF-8 (ERR_INVALID otherwise), plain, never markup. The bytes depend on the arguments
 *alone.
 */
#ifndef CHANNEL_LETTER_H
#define CHANNEL_LETTER_H

#include "base/buf.h"
#include "base/err.h"

enum { LETTER_ADDRESS_LINES = 7 };

/* A caption and its value, e.g. "Votre compte" and "C0001". */
struct letter_pair {
	const char *caption;
	const char *value;
};

/* Who writes. */
struct letter_sender {
	const char *name;         /* required */
	const char *const *lines; /* address, telephone, e-mail... */
	size_t n_lines;
	const char *legal; /* footer: legal form, capital, office, SIREN, RCS city, VAT number */
};

/* One row of the table of documents. */
struct letter_row {
	const char *document;
	const char *issued;
	const char *due;
	const char *late; /* "45 j", or NULL for no such column in the whole table */
	const char *amount;
	const char *open;
};

struct letter_table {
	struct letter_row heads; /* column titles */
	const struct letter_row *rows;
	size_t n_rows;
	const struct letter_pair *totals; /* under the table, the last one strong */
	size_t n_totals;
};

/* How to pay: printed in one block that is never split over two pages. */
struct letter_payment {
	const char *title; /* "Pour régler" */
	const struct letter_pair
		*pairs; /* beneficiary, IBAN (grouped by four), BIC, reference, amount */
	size_t n_pairs;
	const char *qr;         /* text of the QR code, see epc_qr.h; NULL: none */
	const char *qr_caption; /* "Scannez avec l'application de votre banque" */
};

struct letter {
	const char *language; /* "fr", "en": hyphenation and spacing; required */
	struct letter_sender sender;
	const char *const *address; /* 1 to 7 lines, NF Z 10-011; required */
	size_t n_address;
	const char *delivery; /* "Lettre recommandée avec avis de réception n° 1A 234 567 8901 2" */
	const char *place_date; /* "Nantes, le 21 novembre 2026" */
	const struct letter_pair *references;
	size_t n_references; /* at most 5 */
	const char *subject;
	const char *subject_caption; /* "Objet"; the colon is added */
	const char *opening;         /* paragraphs before the table, separated by empty lines */
	struct letter_table table;
	const char *closing;   /* paragraphs after it */
	const char *signature; /* name and function, lines */
	struct letter_payment payment;
	const char *page_caption; /* "Page" */
};

/* One letter as a PDF file, added to ret. created_at is the date written in the file. *ret_pages
 * (may be NULL) is the number of pages. ERR_INVALID (field "address", "sender", ...) when a text is
 * missing, is not UTF-8, or the address does not fit the window; ret is then unchanged. */
bool letter_pdf(const struct letter *l, int64_t created_at, struct buf *ret, int *ret_pages,
		struct err *e) NODISCARD;

/* Many letters in one print file. */
struct letter_batch;

/* Starts the file beside path ("path.part"). ERR_IO when it cannot be written. */
bool letter_batch_open(const char *path, int64_t created_at, struct letter_batch **ret,
		       struct err *e) NODISCARD;

/* Adds a letter. With duplex, each letter begins on a front side (an empty page is added after an
 * odd number). Gives the number of its first page in the file. A refused letter leaves the file as
 * it was. */
bool letter_batch_add(struct letter_batch *b, const struct letter *l, bool duplex,
		      int *ret_first_page, int *ret_pages, struct err *e) NODISCARD;

/* Completes the file, flushes it to the disk and gives it its name; frees the batch in every case.
 * A batch without a letter leaves no file and is ERR_NOT_FOUND. */
bool letter_batch_finish(struct letter_batch *b, struct err *e) NODISCARD;

/* Frees and leaves no file. NULL is fine. */
void letter_batch_drop(struct letter_batch *b);
void letter_batch_dropp(struct letter_batch **b);

#endif
