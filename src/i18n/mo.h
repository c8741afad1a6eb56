/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mo.h - a compiled catalogue (GNU .mo, byte order of this machine) as a sorted table of texts. Inside
 * the room; others use catalogue.h and message.h.
 */
#ifndef I18N_MO_H
#define I18N_MO_H

#include "base/base.h"

/* Number of texts, 0 when the bytes are no catalogue. */
uint32_t mo_count(const void *mo, size_t size);

/* Text i and its translation, each followed by its other forms: "one\0many", with the length of all; NULL
 * when the table leaves the bytes. */
const char *mo_text(const void *mo, size_t size, uint32_t i, uint32_t *ret_len);
const char *mo_translation(const void *mo, size_t size, uint32_t i, uint32_t *ret_len);

/* The form for n of a translation of len bytes, by the catalogue's own rule of plurals; NULL when it has
 * too few. */
const char *mo_form(const void *mo, size_t size, const char *translation, uint32_t len,
		    unsigned long n);

#endif
