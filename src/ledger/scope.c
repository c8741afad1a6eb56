/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/scope.h"

#include "base/text.h"
#include "team/team.h"
#include "team/user.h"

#include <stdlib.h>

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The columns of item i take the place of item to. */
static void move_item(struct book *b, size_t i, size_t to, uint32_t customer)
{
	b->item_id[to] = b->item_id[i];
	b->customer_of[to] = customer;
	b->kind[to] = b->kind[i];
	b->currency_of[to] = b->currency_of[i];
	b->due_source[to] = b->due_source[i];
	b->issued_on[to] = b->issued_on[i];
	b->due_on[to] = b->due_on[i];
	b->effective[to] = b->effective[i];
	b->amount_minor[to] = b->amount_minor[i];
	b->open_minor[to] = b->open_minor[i];
	b->disputed_minor[to] = b->disputed_minor[i];
	b->document[to] = b->document[i];
	b->payment_ref[to] = b->payment_ref[i];
	b->lettering[to] = b->lettering[i];
}

void book_cut(struct book *b, struct arena *a, const int64_t *keep, size_t n_keep)
{
	size_t n_customers = 0, n_items = 0, n_by_id = 0;
	uint32_t *moved = ARENA_ARRAY(a, b->n_customers, uint32_t);

	for (size_t c = 0; c < b->n_customers; c++) {
		struct book_customer bc = b->customer[c];
		size_t first = n_items;

		moved[c] = UINT32_MAX;
		if (!n_keep || !bsearch(&bc.id, keep, n_keep, sizeof *keep, compare_ids))
			continue;
		for (size_t i = 0; i < bc.n_items; i++)
			move_item(b, bc.first_item + i, n_items++, (uint32_t)n_customers);
		bc.first_item = first;
		moved[c] = (uint32_t)n_customers;
		b->customer[n_customers++] = bc;
	}
	for (size_t k = 0; k < b->n_customers; k++) {
		if (moved[b->by_id[k]] != UINT32_MAX)
			b->by_id[n_by_id++] = moved[b->by_id[k]];
	}
	b->n_customers = n_customers;
	b->n_items = n_items;
}

struct owned {
	int64_t customer_id;
};

static bool cut_to_user(struct request *r, struct book *b, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct owned, customer_id) };
	struct owned *owned;
	int64_t *id;
	size_t n;

	if (!db_list(r->db, r->arena,
		     "SELECT DISTINCT o.customer_id FROM customer_owner o"
		     " WHERE o.entity_id = $1 AND o.user_id = $2 AND o.effective <= $3"
		     " AND NOT EXISTS (SELECT 1 FROM customer_owner l"
		     "  WHERE l.customer_id = o.customer_id AND l.role = o.role AND l.effective <= "
		     "$3"
		     "  AND (l.effective > o.effective OR (l.effective = o.effective AND l.id > "
		     "o.id)))"
		     " ORDER BY o.customer_id",
		     DB_PARAMS(P_I64(r->entity.id), P_I64(r->user.id), P_DAY(r->today)), columns,
		     ARRAY_LEN(columns), sizeof *owned, (void **)&owned, &n, e))
		return false;
	id = ARENA_ARRAY(r->arena, n, int64_t);
	for (size_t i = 0; i < n; i++)
		id[i] = owned[i].customer_id;
	book_cut(b, r->arena, id, n);
	return true;
}

bool book_load_for(struct request *r, const struct book_query *q, struct book **ret, struct err *e)
{
	struct book_query own = *q;
	struct book *b;
	bool sees_all;

	own.entity_id = r->entity.id;
	if (!book_load(r->db, r->arena, &own, &b, e) ||
	    !team_sees_all(r->db, &r->user, r->entity.id, &sees_all, e))
		return false;
	if (!sees_all && !cut_to_user(r, b, e))
		return false;
	*ret = b;
	return true;
}

bool scope_customer(struct request *r, int64_t customer_id, struct err *e)
{
	bool sees;

	if (!team_sees_customer(r->db, &r->user, r->entity.id, customer_id, &sees, e))
		return false;
	return sees || err_set(e, ERR_NOT_FOUND, "there is no customer %" PRId64, customer_id);
}

const char *actor_text(struct request *r, const char *actor)
{
	struct user u;
	uint64_t id;

	if (!actor)
		return "";
	if (str_starts(actor, "user:") && text_to_u64(actor + 5, INT64_MAX, &id) &&
	    user_get(r->db, r->arena, (int64_t)id, &u, NULL))
		return u.name;
	if (str_starts(actor, "cli"))
		return tr(r->cat, "command line");
	if (str_starts(actor, "rule:"))
		return tr(r->cat, "automatic rule");
	return str_eq(actor, "system") ? tr(r->cat, "the program") : actor;
}
