/* SPDX-License-Identifier: Apache-2.0 */
/* reason.h - what is contested (motif du litige): the usual reasons, in the reader's words. */
#ifndef DISPUTE_REASON_H
#define DISPUTE_REASON_H

#include "i18n/catalogue.h"

#include <stddef.h>

struct dispute_reason {
	const char *code; /* as stored */
	const char *text; /* English; tr() it */
};

/* In the order of the form. */
extern const struct dispute_reason dispute_reasons[];
extern const size_t dispute_n_reasons;

/* In the reader's language; a reason of the user's own as he wrote it. */
const char *dispute_reason_text(const struct catalogue *cat, const char *reason);

#endif
