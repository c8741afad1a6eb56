/* SPDX-License-Identifier: Apache-2.0 */
/* undo_acts.h - every act that can be taken back: how it is done, and what shows that it was. */
#ifndef TEST_STORE_UNDO_ACTS_H
#define TEST_STORE_UNDO_ACTS_H

#include "store.h"

#include "base/date.h"
#include "ledger/entity.h"

#define ACTOR "user:7"

static const day_t october = 20728; /* 2026-10-02 */

struct fixture {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	int64_t customer_id, invoice_id, credit_id;
	int64_t now; /* each act has its moment */
};

/* The next moment. */
int64_t tick(struct fixture *f);

bool make_promise(struct fixture *f, struct err *e);
bool open_dispute(struct fixture *f, struct err *e);
bool edit_customer(struct fixture *f, struct err *e);
bool plan_message(struct fixture *f, struct err *e);
bool confirm(struct fixture *f, struct err *e);

#define PROMISES                                                             \
	"SELECT COUNT(*) || ' ' || COALESCE(MAX(promised_on), '') || ' ' ||" \
	" COALESCE(MAX(amount_minor), 0) FROM promise WHERE cancelled_on IS NULL"

struct undo_case {
	const char *name;
	bool (*prepare)(struct fixture *f, struct err *e); /* NULL: nothing is needed */
	bool (*act)(struct fixture *f, struct err *e);
	const char *kind, *probe; /* of its event; SQL whose answer the act changes */
};
extern const struct undo_case undo_cases[];
extern const size_t undo_n_cases;

#endif
