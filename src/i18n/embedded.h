/* SPDX-License-Identifier: Apache-2.0 */
/* embedded.h - the compiled catalogues, made from po/ at build. */
#ifndef I18N_EMBEDDED_H
#define I18N_EMBEDDED_H

#include <stddef.h>

extern const unsigned char i18n_fr_mo[];
extern const size_t i18n_fr_mo_size;

#endif
