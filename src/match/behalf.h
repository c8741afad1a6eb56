/* SPDX-License-Identifier: Apache-2.0 */
/*
 * behalf.h - on whose behalf it is paid: "POUR LE COMPTE DE ...", "ON BEHALF OF ...". For payer.c.
 */
#ifndef MATCH_BEHALF_H
#define MATCH_BEHALF_H

#include "match/fold.h"

/* The characters between which a name stands after such words, up to the number or the word for a document that
 * follows it; false when there is none. */
bool behalf_find(const struct folded *text, size_t *ret_from, size_t *ret_to);

#endif
