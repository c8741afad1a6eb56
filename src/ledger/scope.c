/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/scope.h"

#include "base/text.h"
#include "team/team.h"
#include "team/token.h"
#include "team/user.h"

#include <stdlib.h>

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Columns of their own for the items that stay: those of the book are shared with other readers. */
static void make_room(struct book *b, struct arena *a, const struct book *from, size_t n)
{
	*b = *from;
	b->memo = NULL; /* what was made of the whole book is not of this one */
	b->n_items = 0;
	b->item_id = ARENA_ARRAY(a, n, int64_t);
	b->customer_of = ARENA_ARRAY(a, n, uint32_t);
	b->kind = ARENA_ARRAY(a, n, uint8_t);
	b->currency_of = ARENA_ARRAY(a, n, uint8_t);
	b->due_source = ARENA_ARRAY(a, n, uint8_t);
	b->issued_on = ARENA_ARRAY(a, n, day_t);
	b->due_on = ARENA_ARRAY(a, n, day_t);
	b->effective = ARENA_ARRAY(a, n, day_t);
	b->amount_minor = ARENA_ARRAY(a, n, int64_t);
	b->open_minor = ARENA_ARRAY(a, n, int64_t);
	b->disputed_minor = ARENA_ARRAY(a, n, int64_t);
	b->document = ARENA_ARRAY(a, n, const char *);
	b->payment_ref = ARENA_ARRAY(a, n, const char *);
	b->lettering = ARENA_ARRAY(a, n, const char *);
}

static void copy_items(struct book *b, const struct book *from, size_t first, size_t n,
		       uint32_t customer)
{
	size_t to = b->n_items;

#define COPY(column) memcpy(b->column + to, from->column + first, n * sizeof *b->column)
	COPY(item_id);
	COPY(kind);
	COPY(currency_of);
	COPY(due_source);
	COPY(issued_on);
	COPY(due_on);
	COPY(effective);
	COPY(amount_minor);
	COPY(open_minor);
	COPY(disputed_minor);
	COPY(document);
	COPY(payment_ref);
	COPY(lettering);
#undef COPY
	for (size_t i = 0; i < n; i++)
		b->customer_of[to + i] = customer;
	b->n_items += n;
}

static bool is_kept(const struct book_customer *c, const int64_t *keep, size_t n_keep)
{
	return n_keep && bsearch(&c->id, keep, n_keep, sizeof *keep, compare_ids);
}

void book_cut(struct book *b, struct arena *a, const int64_t *keep, size_t n_keep)
{
	uint32_t *moved = ARENA_ARRAY(a, b->n_customers, uint32_t);
	size_t n_customers = 0, n_items = 0, n_by_id = 0;
	struct book cut;

	for (size_t c = 0; c < b->n_customers; c++) {
		bool stays = is_kept(&b->customer[c], keep, n_keep);
		moved[c] = stays ? (uint32_t)n_customers++ : UINT32_MAX;
		n_items += stays ? b->customer[c].n_items : 0;
	}
	make_room(&cut, a, b, n_items);
	cut.n_customers = n_customers;
	cut.customer = ARENA_ARRAY(a, n_customers, struct book_customer);
	cut.by_id = ARENA_ARRAY(a, n_customers, uint32_t);
	for (size_t c = 0; c < b->n_customers; c++) {
		const struct book_customer *bc = &b->customer[c];
		if (moved[c] == UINT32_MAX)
			continue;
		cut.customer[moved[c]] = *bc;
		cut.customer[moved[c]].first_item = cut.n_items;
		if (bc->n_items)
			copy_items(&cut, b, bc->first_item, bc->n_items, moved[c]);
	}
	for (size_t k = 0; k < b->n_customers; k++)
		if (moved[b->by_id[k]] != UINT32_MAX)
			cut.by_id[n_by_id++] = moved[b->by_id[k]];
	*b = cut;
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
	own.actor = r->actor;
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
	if (str_starts(actor, "token:") && text_to_u64(actor + 6, INT64_MAX, &id))
		return token_name(r->db, r->arena, (int64_t)id);
	if (str_starts(actor, "cli"))
		return tr(r->cat, "command line");
	if (str_starts(actor, "rule:"))
		return tr(r->cat, "automatic rule");
	return str_eq(actor, "system") ? tr(r->cat, "the program") : actor;
}
