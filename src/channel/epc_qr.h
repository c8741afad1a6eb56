/* SPDX-License-Identifier: Apache-2.0 */
/*
 * epc_qr.h - the QR code that fills a SEPA transfer in the payer's bank application (EPC069-12).
 *
 *	const char *code;
 *	if (!epc_qr_text(arena, &(struct epc_payment){ .name = "DEMO SARL", .iban = iban,
 *			 .minor = 240000, .reference = "RF93FA2600123" }, &code, e))
 *		...	// this letter goes without a QR code
 */
#ifndef CHANNEL_EPC_QR_H
#define CHANNEL_EPC_QR_H

#include "base/arena.h"
#include "base/err.h"

struct epc_payment {
	const char *name;      /* account holder as the bank knows it, at most 70 characters */
	const char *iban;      /* with or without spaces */
	const char *bic;       /* NULL: left out (allowed inside the EEA) */
	int64_t minor;         /* euro cents, 0.01 to 999 999 999.99 */
	const char *reference; /* structured creditor reference "RF…", or NULL */
	const char *text; /* free text, at most 140 characters, or NULL; never with a reference */
};

/* The text of the code, in the arena. ERR_INVALID or ERR_RANGE when the standard cannot carry it.
 */
bool epc_qr_text(struct arena *a, const struct epc_payment *p, const char **ret,
		 struct err *e) NODISCARD;

/* The modules of the code (level M, at most version 13): side * side bytes, 1 is dark, no quiet
 * zone. Works for any text up to 331 bytes. ERR_LIMIT when it does not fit. */
bool epc_qr_modules(struct arena *a, const char *text, const unsigned char **ret_dark,
		    int *ret_side, struct err *e) NODISCARD;

#endif
