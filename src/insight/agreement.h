/* SPDX-License-Identifier: Apache-2.0 */
/* agreement.h - the lists of promises and of disputes, of all customers or of one. */
#ifndef INSIGHT_AGREEMENT_H
#define INSIGHT_AGREEMENT_H

#include "web/table.h"

/* Reads the address and gives the rows; customer_id 0: of all that the user sees. Of one customer his name is no
 * column. When v->is_answered there is no source. */
bool promises_list(struct request *r, int64_t customer_id, struct table_view *v,
		   struct table_source *ret, struct err *e) NODISCARD;
bool disputes_list(struct request *r, int64_t customer_id, struct table_view *v,
		   struct table_source *ret, struct err *e) NODISCARD;

#endif
