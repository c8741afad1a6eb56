/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain.h - why somebody is chased, or is not, in words.
 */
#ifndef COLLECT_EXPLAIN_H
#define COLLECT_EXPLAIN_H

#include "collect/gather.h"
#include "i18n/catalogue.h"

/* "FA-12 is 12 days late: step reminder1 of the policy standard (7 days after the due date)". */
const char *explain_action(struct arena *a, const struct catalogue *cat, const struct gathered *g,
			   const struct select_action *act);

/* "1 200,00 € promised for 24 November 2026". */
const char *explain_skip(struct arena *a, const struct catalogue *cat, const struct gathered *g,
			 const struct select_skip *s);

/* Short name of a reason: "In dispute". */
const char *explain_reason(const struct catalogue *cat, enum select_reason reason);

/* A reason kept with a cancelled or held message, in the reader's language; other texts as they are. */
const char *explain_stored(const struct catalogue *cat, const char *reason);

/* "First reminder": a step's name for people; the name itself when the policy's author made it up. */
const char *explain_step(const struct catalogue *cat, const char *step);
const char *explain_channel(const struct catalogue *cat, const char *channel);
const char *explain_state(const struct catalogue *cat, const char *state);

#endif
