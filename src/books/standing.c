/* SPDX-License-Identifier: Apache-2.0 */
/* standing.c - how every item is lettered now, against what the books were told of it. */
#include "base/money.h"
#include "books/collect.h"
#include "ledger/lettering.h"

#include <stdlib.h>

/* An allocation in force under a code. */
struct link {
	int64_t owner_id, sequence, debit_item_id, credit_item_id, minor;
	day_t lettered_on;
	int64_t debit_open, credit_open;
};

static bool load_links(struct db *db, struct books_new *n, struct link **ret, size_t *ret_n,
		       struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct link, owner_id),      DB_COL(struct link, sequence),
		DB_COL(struct link, debit_item_id), DB_COL(struct link, credit_item_id),
		DB_COL(struct link, minor),         DB_DAY(struct link, lettered_on),
		DB_COL(struct link, debit_open),    DB_COL(struct link, credit_open),
	};

	return db_list(db, n->arena,
		       "SELECT g.customer_id, g.sequence, l.debit_item_id, l.credit_item_id,"
		       " l.amount_minor, g.lettered_on, d.open_minor, k.open_minor"
		       " FROM lettering g JOIN allocation l ON l.lettering_id = g.id"
		       " JOIN item_balance d ON d.item_id = l.debit_item_id"
		       " JOIN item_balance k ON k.item_id = l.credit_item_id"
		       " WHERE g.entity_id = $1 AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		       " (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)"
		       " ORDER BY g.customer_id, l.id",
		       DB_PARAMS(P_I64(n->order->entity->id)), columns, ARRAY_LEN(columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

/* ---- the groups of one owner --------------------------------------------------------------------- */

/* One side of a link, with the group it belongs to. */
struct piece {
	int64_t group, item_id, minor, open;
	day_t lettered_on;
};

static int by_group(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

static struct piece *pieces_of(struct arena *a, const struct link *links, size_t n)
{
	struct letter_link *plain = ARENA_ARRAY(a, n + 1, struct letter_link);
	struct piece *piece = ARENA_ARRAY(a, 2 * n + 1, struct piece);
	int64_t *group = ARENA_ARRAY(a, n + 1, int64_t);

	for (size_t i = 0; i < n; i++)
		plain[i] = (struct letter_link){ links[i].sequence, links[i].debit_item_id,
						 links[i].credit_item_id };
	lettering_group(a, plain, n, group);
	for (size_t i = 0; i < n; i++) {
		const struct link *l = &links[i];
		piece[2 * i] = (struct piece){ group[i], l->debit_item_id, l->minor, l->debit_open,
					       l->lettered_on };
		piece[2 * i + 1] = (struct piece){ group[i], l->credit_item_id, -l->minor,
						   l->credit_open, l->lettered_on };
	}
	qsort(piece, 2 * n, sizeof *piece, by_group);
	return piece;
}

struct standings {
	LIST_OF(struct books_standing) list;
};

/* One code: full when nothing is left of its items, dated by its newest act. */
static bool add_group(struct arena *a, struct standings *to, const struct piece *piece, size_t n,
		      struct err *e)
{
	char code[LETTERING_CODE];
	day_t on = piece[0].lettered_on;
	bool is_full = true;
	const char *kept;

	for (size_t i = 0; i < n; i++) {
		is_full = is_full && piece[i].open == 0;
		if (piece[i].lettered_on > on)
			on = piece[i].lettered_on;
	}
	kept = arena_strdup(a, lettering_code(piece[0].group, is_full, code));
	for (size_t i = 0; i < n; i++) {
		struct books_standing *s = to->list.n ? &to->list.at[to->list.n - 1] : NULL;
		if (i == 0 || s->item_id != piece[i].item_id) {
			s = LIST_ADD(a, &to->list);
			*s = (struct books_standing){ piece[i].item_id, kept, on, 0 };
		}
		if (!minor_add(&s->minor, piece[i].minor, e))
			return false;
	}
	return true;
}

static bool add_owner(struct arena *a, struct standings *to, const struct link *links, size_t n,
		      struct err *e)
{
	struct piece *piece = pieces_of(a, links, n);

	for (size_t from = 0, end; from < 2 * n; from = end) {
		for (end = from + 1; end < 2 * n && piece[end].group == piece[from].group;)
			end++;
		if (!add_group(a, to, piece + from, end - from, e))
			return false;
	}
	return true;
}

static int by_item(const void *a, const void *b)
{
	const struct books_standing *x = a, *y = b;

	if (x->item_id != y->item_id)
		return x->item_id < y->item_id ? -1 : 1;
	return strcmp(x->code, y->code);
}

bool books_collect_standing(struct db *db, struct books_new *n, struct err *e)
{
	struct standings all = { 0 };
	struct link *links;
	size_t count, kept = 0;

	if (!load_links(db, n, &links, &count, e))
		return false;
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && links[to].owner_id == links[from].owner_id;)
			to++;
		if (!add_owner(n->arena, &all, links + from, to - from, e))
			return false;
	}
	if (all.list.n)
		qsort(all.list.at, all.list.n, sizeof *all.list.at, by_item);
	/* An item that two accounts of a group lettered, each under its own code, goes under the first. */
	for (size_t i = 0; i < all.list.n; i++)
		if (kept == 0 || all.list.at[kept - 1].item_id != all.list.at[i].item_id)
			all.list.at[kept++] = all.list.at[i];
	n->standing = all.list.at;
	n->n_standing = kept;
	return true;
}

const struct books_standing *books_standing_of(const struct books_new *n, int64_t item_id)
{
	size_t low = 0, high = n->n_standing;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (n->standing[middle].item_id < item_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n->n_standing && n->standing[low].item_id == item_id ? &n->standing[low]
									  : NULL;
}

/* ---- against what was told ----------------------------------------------------------------------- */

static bool load_told(struct db *db, struct books_new *n, struct books_standing **ret,
		      size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct books_standing, item_id),
		DB_COL(struct books_standing, code),
		DB_DAY(struct books_standing, lettered_on),
		DB_COL(struct books_standing, minor),
	};
	struct books_standing *list;
	size_t count, kept = 0;

	if (!db_list(db, n->arena,
		     "SELECT l.item_id, l.code, l.lettered_on, l.minor FROM export_lettering l"
		     " JOIN export_batch x ON x.id = l.batch_id WHERE x.entity_id = $1"
		     " AND x.state <> 'refused' ORDER BY l.item_id, x.number",
		     DB_PARAMS(P_I64(n->order->entity->id)), columns, ARRAY_LEN(columns),
		     sizeof *list, (void **)&list, &count, e))
		return false;
	/* The last word on each item. */
	for (size_t i = 0; i < count; i++)
		if (i + 1 == count || list[i + 1].item_id != list[i].item_id)
			list[kept++] = list[i];
	*ret = list;
	*ret_n = kept;
	return true;
}

struct item_row {
	int64_t customer_id;
	const char *document;
	day_t issued_on;
	int64_t amount_minor;
	char currency[4];
};

static bool add_lettering(struct db *db, struct books_new *n, int64_t item_id,
			  const struct books_standing *now, const struct books_standing *told,
			  struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct item_row, customer_id), DB_COL(struct item_row, document),
		DB_DAY(struct item_row, issued_on),   DB_COL(struct item_row, amount_minor),
		DB_COL(struct item_row, currency),
	};
	const struct books_account_of_customer *c;
	struct item_row it;

	if (!db_one(db, n->arena,
		    "SELECT customer_id, document, issued_on, amount_minor, currency FROM item"
		    " WHERE id = $1",
		    DB_PARAMS(P_I64(item_id)), columns, ARRAY_LEN(columns), &it, e) ||
	    !books_customer(db, n, it.customer_id, &c, e))
		return false;
	*LIST_ADD(n->arena, &n->letterings) = (struct books_lettering){
		.item_id = item_id,
		.account = c->account,
		.account_label = c->code ? n->chart.label[BOOKS_CUSTOMER] : c->name,
		.aux = c->code,
		.aux_label = c->name,
		.document = it.document,
		.issued_on = it.issued_on,
		.code = now ? now->code : NULL,
		.former_code = told && told->code && (!now || !str_eq(now->code, told->code))
				       ? told->code
				       : NULL,
		.lettered_on = now ? now->lettered_on : n->order->today,
		.minor = now ? now->minor : told->minor,
		.amount_minor = it.amount_minor,
		.currency = arena_strdup(n->arena, it.currency),
	};
	return true;
}

static bool is_same(const struct books_standing *now, const struct books_standing *told)
{
	if (!now || !told || !told->code)
		return !now && (!told || !told->code);
	return str_eq(now->code, told->code) && now->lettered_on == told->lettered_on &&
	       now->minor == told->minor;
}

bool books_collect_letterings(struct db *db, struct books_new *n, struct err *e)
{
	struct books_standing *told;
	size_t n_told, i = 0, k = 0;

	if (!load_told(db, n, &told, &n_told, e))
		return false;
	while (i < n->n_standing || k < n_told) {
		const struct books_standing *now = NULL, *was = NULL;
		int64_t id = i < n->n_standing ? n->standing[i].item_id : INT64_MAX;

		if (k < n_told && told[k].item_id < id)
			id = told[k].item_id;
		if (i < n->n_standing && n->standing[i].item_id == id)
			now = &n->standing[i++];
		if (k < n_told && told[k].item_id == id)
			was = &told[k++];
		if (!is_same(now, was) && !add_lettering(db, n, id, now, was, e))
			return false;
	}
	return true;
}
