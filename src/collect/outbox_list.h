/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_list.h - the messages to one customer as a list, for his sheet. */
#ifndef COLLECT_OUTBOX_LIST_H
#define COLLECT_OUTBOX_LIST_H

#include "web/table.h"

/* Reads the address and gives the rows. The caller has seen that the user sees the customer. */
bool outbox_list_of(struct request *r, int64_t customer_id, struct table_view *v,
		    struct table_source *ret, struct err *e) NODISCARD;

#endif
