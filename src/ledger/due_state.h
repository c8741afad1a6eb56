/* SPDX-License-Identifier: Apache-2.0 */
/*
 * due_state.h - how late an open item is, in the seven classes of the screens.
 *
 * The aged balance has "not due" in one bucket; the screens tell what falls due within seven days apart,
 * and money not yet applied to anything from all of them. The day of the due date is not late.
 */
#ifndef LEDGER_DUE_STATE_H
#define LEDGER_DUE_STATE_H

#include "ledger/item.h"

enum due_state {
	DUE_FRESH, /* in more than seven days */
	DUE_SOON,
	DUE_LATE_1, /* 1 to 30 days late */
	DUE_LATE_2, /* 31 to 60 */
	DUE_LATE_3, /* 61 to 90 */
	DUE_LATE_4, /* 91 and more */
	DUE_LOOSE,  /* a receipt to apply (non affecté) */
	DUE_STATE_COUNT
};

enum { DUE_SOON_DAYS = 7 };

enum due_state due_state_of(enum item_kind kind, day_t due_on, day_t as_of);

/* Late by a day or more. */
bool due_state_is_late(enum due_state s);

/* "fresh", "soon", "late-1" ... "loose": the word of addresses and of the style sheet. */
const char *due_state_name(enum due_state s);
bool due_state_parse(const char *name, enum due_state *ret);

/* "1–30 days late": the English text, for gettext. */
const char *due_state_text(enum due_state s);

#endif
