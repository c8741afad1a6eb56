/* SPDX-License-Identifier: Apache-2.0 */
/* advice_private.h - between advice_store.c and advice_details.c. Not for other files. */
#ifndef CASH_ADVICE_PRIVATE_H
#define CASH_ADVICE_PRIVATE_H

#include "base/map.h"
#include "cash/advice_store.h"

/* The company's open documents by their key. */
struct advice_documents {
	struct arena *a;
	struct map by_key;
};

bool advice_documents_load(const struct advice_job *job, struct advice_documents *ret,
			   struct err *e) NODISCARD;

/* An advice_known_fn; arg is the documents. */
const char *advice_known(void *arg, const char *number);

/* The event of an advice. */
bool advice_tell(const struct advice_job *job, const char *kind, int64_t advice_id, int64_t *ret_id,
		 struct err *e) NODISCARD;

#endif
