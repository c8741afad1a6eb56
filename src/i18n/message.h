/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.h - what the program said in English, in the reader's language.
 *
 * Errors, warnings of an import and the reasons kept beside facts are written once, in English: they go
 * through processes, logs, JSON and the database, and are read later by people of several languages. The
 * page that shows one asks for it here. The formats they were made from are in the catalogues like every
 * other text (po-update takes them from err_set, err_while, report_warn ...), so the sentence is
 * recognised, its arguments are taken out and put into the translation.
 *
 *	tr_message(cat, a, "line 12: invalid amount \"1,2,3\"")
 *		// "ligne 12 : montant \"1,2,3\" invalide"
 *
 * "doing: what went wrong" is taken apart at the colons. What no format explains stays as it is.
 */
#ifndef I18N_MESSAGE_H
#define I18N_MESSAGE_H

#include "base/arena.h"
#include "i18n/catalogue.h"

/* Lives as long as the arena or the English text, whichever ends first. NULL gives NULL. */
const char *tr_message(const struct catalogue *cat, struct arena *a, const char *english);

/* For tests: the same with a compiled catalogue (.mo) of size bytes. */
const char *mo_message(const void *mo, size_t size, struct arena *a, const char *english);

#endif
