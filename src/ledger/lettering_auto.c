/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/lettering_auto.h"

#include "base/list.h"
#include "base/map.h"
#include "db/event.h"
#include "ledger/lettering.h"

#include <stdlib.h>

/* An allocation in force without a code. */
struct uncoded {
	int64_t id, debit_item_id, credit_item_id, debit_customer_id, credit_customer_id;
	day_t effective;
	int64_t group; /* its component, known by the lowest position in the list, from 1 on */
};

struct coding {
	struct arena *arena;
	int64_t entity_id, customer_id;
	const char *actor;
	int64_t now;
	int64_t event_id;
	struct uncoded *list;
	size_t n;
	int64_t n_acts;
	struct map next;     /* by customer: the next free sequence, an int64_t */
	struct map standing; /* by item: the lowest code in force that it stands under */
	struct db_copy *acts;
	struct db_param *coded; /* allocation, act: two for each of the list */
	size_t n_coded;
};

/* ---- which code ---------------------------------------------------------------------------------- */

static bool highest_of_books(struct db *db, int64_t customer_id, int64_t *highest, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(db,
		      "SELECT DISTINCT lettering FROM allocation WHERE customer_id = $1"
		      " AND lettering IS NOT NULL",
		      DB_PARAMS(P_I64(customer_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		int64_t sequence;
		/* A code of another form cannot be taken for one of ours. */
		if (lettering_code_parse(row_text(r, 0), &sequence, NULL) && sequence > *highest)
			*highest = sequence;
	}
	return !more;
}

bool lettering_next_sequence(struct db *db, int64_t customer_id, int64_t *ret, struct err *e)
{
	int64_t own, shared;

	if (!db_get_i64(db, "SELECT max(sequence) FROM lettering WHERE customer_id = $1",
			DB_PARAMS(P_I64(customer_id)), 0, &own, e) ||
	    !db_get_i64(db,
			"SELECT max(g.sequence) FROM allocation l JOIN lettering g"
			" ON g.id = l.lettering_id WHERE l.customer_id = $1",
			DB_PARAMS(P_I64(customer_id)), 0, &shared, e))
		return false;
	if (shared > own)
		own = shared;
	if (!highest_of_books(db, customer_id, &own, e))
		return false;
	*ret = own + 1;
	return true;
}

static const char *key_of(struct coding *c, int64_t id)
{
	return arena_printf(c->arena, "%" PRId64, id);
}

/* A code in force that one of the items stands under already. */
struct standing {
	int64_t customer_id, sequence;
};

struct standing_row {
	int64_t item_id;
	struct standing code;
};

/* What the statement gives for the ids: read for all together, since a look for each costs more than its act. */
static bool load_standing(struct db *db, struct coding *c, const char *sql,
			  const struct db_param *ids, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct standing_row, item_id),
						    DB_COL(struct standing_row, code.customer_id),
						    DB_COL(struct standing_row, code.sequence) };
	struct standing_row *list;
	size_t n;

	if (!db_list_many(db, c->arena, sql, DB_MANY(ids, 1, c->n), columns, ARRAY_LEN(columns),
			  sizeof *list, (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!map_get(&c->standing, key_of(c, list[i].item_id)))
			map_set(&c->standing, key_of(c, list[i].item_id), &list[i].code);
	return true;
}

/* An item is a debit wherever it stands, or a credit. The lowest code of each comes first. */
static bool load_all_standing(struct db *db, struct coding *c, struct err *e)
{
	struct db_param *debit = ARENA_ARRAY(c->arena, c->n, struct db_param);
	struct db_param *credit = ARENA_ARRAY(c->arena, c->n, struct db_param);

	for (size_t i = 0; i < c->n; i++) {
		debit[i] = P_I64(c->list[i].debit_item_id);
		credit[i] = P_I64(c->list[i].credit_item_id);
	}
	map_init(&c->standing, c->arena);
	return load_standing(db, c,
			     "SELECT l.debit_item_id, g.customer_id, g.sequence FROM allocation l"
			     " JOIN lettering g ON g.id = l.lettering_id"
			     " WHERE l.debit_item_id IN (VALUES $rows)"
			     " AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
			     " (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)"
			     " ORDER BY g.sequence, g.customer_id",
			     debit, e) &&
	       load_standing(db, c,
			     "SELECT l.credit_item_id, g.customer_id, g.sequence FROM allocation l"
			     " JOIN lettering g ON g.id = l.lettering_id"
			     " WHERE l.credit_item_id IN (VALUES $rows)"
			     " AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
			     " (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)"
			     " ORDER BY g.sequence, g.customer_id",
			     credit, e);
}

/* The lower of the two. */
static void find_standing(struct coding *c, int64_t item_id, struct standing *ret)
{
	const struct standing *found = map_get(&c->standing, key_of(c, item_id));

	if (found && (ret->sequence == 0 || found->sequence < ret->sequence))
		*ret = *found;
}

static int64_t *next_of(struct coding *c, int64_t customer_id)
{
	int64_t *next = map_get(&c->next, key_of(c, customer_id));

	if (!next) {
		next = ARENA_NEW(c->arena, int64_t);
		*next = 1;
		map_set(&c->next, key_of(c, customer_id), next);
	}
	return next;
}

struct used_row {
	int64_t customer_id, sequence;
	const char *code; /* of the accounting; NULL when the sequence is told */
};

static bool load_used(struct db *db, struct coding *c, const char *sql, struct db_many customers,
		      struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct used_row, customer_id),
						    DB_COL(struct used_row, sequence),
						    DB_COL(struct used_row, code) };
	struct used_row *list;
	size_t n;

	if (!db_list_many(db, c->arena, sql, customers, columns, ARRAY_LEN(columns), sizeof *list,
			  (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		int64_t *next = next_of(c, list[i].customer_id), sequence = list[i].sequence;
		/* A code of another form cannot be taken for one of ours. */
		if (list[i].code && !lettering_code_parse(list[i].code, &sequence, NULL))
			continue;
		if (sequence >= *next)
			*next = sequence + 1;
	}
	return true;
}

static bool needs_code(struct coding *c, const struct uncoded *u)
{
	return !map_get(&c->standing, key_of(c, u->debit_item_id)) ||
	       !map_get(&c->standing, key_of(c, u->credit_item_id));
}

/* lettering_next_sequence for all the accounts that may need one. */
static bool load_next(struct db *db, struct coding *c, struct err *e)
{
	struct db_param *ids = ARENA_ARRAY(c->arena, 2 * c->n, struct db_param);
	struct db_many customers = DB_MANY(ids, 1, 0);

	map_init(&c->next, c->arena);
	for (size_t i = 0; i < c->n; i++) {
		const int64_t both[] = { c->list[i].credit_customer_id,
					 c->list[i].debit_customer_id };
		for (size_t k = 0; k < ARRAY_LEN(both) && needs_code(c, &c->list[i]); k++) {
			if (map_get(&c->next, key_of(c, both[k])))
				continue;
			next_of(c, both[k]);
			ids[customers.n++] = P_I64(both[k]);
		}
	}
	return load_used(db, c,
			 "SELECT customer_id, max(sequence), NULL FROM lettering"
			 " WHERE customer_id IN (VALUES $rows) GROUP BY customer_id",
			 customers, e) &&
	       load_used(db, c,
			 "SELECT l.customer_id, max(g.sequence), NULL FROM allocation l"
			 " JOIN lettering g ON g.id = l.lettering_id"
			 " WHERE l.customer_id IN (VALUES $rows) GROUP BY l.customer_id",
			 customers, e) &&
	       load_used(db, c,
			 "SELECT DISTINCT customer_id, 0, lettering FROM allocation"
			 " WHERE customer_id IN (VALUES $rows) AND lettering IS NOT NULL",
			 customers, e);
}

/* The next code of a group must be free on each of its accounts. */
static void next_of_group(struct coding *c, size_t from, size_t to, struct standing *ret)
{
	*ret = (struct standing){ c->list[from].credit_customer_id, 0 };
	for (size_t i = from; i < to; i++) {
		int64_t credit = *next_of(c, c->list[i].credit_customer_id);
		int64_t debit = *next_of(c, c->list[i].debit_customer_id);
		if (credit > ret->sequence)
			ret->sequence = credit;
		if (debit > ret->sequence)
			ret->sequence = debit;
	}
	for (size_t i = from; i < to; i++) {
		*next_of(c, c->list[i].credit_customer_id) = ret->sequence + 1;
		*next_of(c, c->list[i].debit_customer_id) = ret->sequence + 1;
	}
}

/* ---- one act ------------------------------------------------------------------------------------- */

static bool is_standing(struct coding *c, size_t from, size_t to, struct standing *ret)
{
	*ret = (struct standing){ 0 };
	for (size_t i = from; i < to; i++) {
		find_standing(c, c->list[i].debit_item_id, ret);
		find_standing(c, c->list[i].credit_item_id, ret);
	}
	return ret->sequence != 0;
}

/* A code taken for the first time has no act yet; one that stands has some. */
static bool choose_code(struct db *db, struct coding *c, size_t from, size_t to,
			struct standing *ret, int64_t *ret_ordinal, struct err *e)
{
	int64_t last = 0;

	if (!is_standing(c, from, to, ret))
		next_of_group(c, from, to, ret);
	else if (!db_get_i64(db,
			     "SELECT max(ordinal) FROM lettering WHERE customer_id = $1 AND "
			     "sequence = $2",
			     DB_PARAMS(P_I64(ret->customer_id), P_I64(ret->sequence)), 0, &last, e))
		return false;
	*ret_ordinal = last + 1;
	return true;
}

static bool code_group(struct db *db, struct coding *c, size_t from, size_t to, struct err *e)
{
	day_t on = c->list[from].effective;
	struct standing code;
	int64_t id, ordinal;

	for (size_t i = from; i < to; i++)
		if (c->list[i].effective > on)
			on = c->list[i].effective;
	if (!choose_code(db, c, from, to, &code, &ordinal, e) || !db_new_id(db, &id, e) ||
	    !db_copy_row(c->acts,
			 DB_PARAMS(P_I64(id), P_I64(c->entity_id), P_I64(code.customer_id),
				   P_I64(code.sequence), P_I64(ordinal), P_DAY(on),
				   P_TEXT(c->actor), P_I64(c->event_id), P_I64(c->now)),
			 e))
		return false;
	for (size_t i = from; i < to; i++) {
		c->coded[c->n_coded++] = P_I64(c->list[i].id);
		c->coded[c->n_coded++] = P_I64(id);
	}
	c->n_acts++;
	return true;
}

/* ---- all of them --------------------------------------------------------------------------------- */

static int by_group(const void *a, const void *b)
{
	const struct uncoded *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static bool load(struct db *db, struct coding *c, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct uncoded, id),
		DB_COL(struct uncoded, debit_item_id),
		DB_COL(struct uncoded, credit_item_id),
		DB_COL(struct uncoded, debit_customer_id),
		DB_COL(struct uncoded, credit_customer_id),
		DB_DAY(struct uncoded, effective),
	};

	/* What a file says is settled names no payment: nothing there to letter with. */
	return db_list(
		db, c->arena,
		"SELECT l.id, l.debit_item_id, l.credit_item_id, d.customer_id, k.customer_id,"
		" l.effective"
		" FROM allocation l JOIN item d ON d.id = l.debit_item_id"
		" JOIN item k ON k.id = l.credit_item_id"
		" WHERE l.entity_id = $1 AND l.lettering_id IS NULL AND l.import_id IS NULL"
		" AND l.reverses_id IS NULL AND l.lettering IS NULL"
		" AND ($2 = 0 OR l.customer_id = $2 OR k.customer_id = $2)"
		" AND d.kind <> 'settlement' AND k.kind <> 'settlement' AND NOT EXISTS"
		" (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id) ORDER BY l.id",
		DB_PARAMS(P_I64(c->entity_id), P_I64(c->customer_id)), columns, ARRAY_LEN(columns),
		sizeof *c->list, (void **)&c->list, &c->n, e);
}

static void group(struct coding *c)
{
	struct letter_link *links = ARENA_ARRAY(c->arena, c->n + 1, struct letter_link);
	int64_t *ret = ARENA_ARRAY(c->arena, c->n + 1, int64_t);

	for (size_t i = 0; i < c->n; i++)
		links[i] = (struct letter_link){ (int64_t)i + 1, c->list[i].debit_item_id,
						 c->list[i].credit_item_id };
	lettering_group(c->arena, links, c->n, ret);
	for (size_t i = 0; i < c->n; i++)
		c->list[i].group = ret[i];
	qsort(c->list, c->n, sizeof *c->list, by_group);
}

static bool code_all(struct db *db, struct coding *c, struct err *e)
{
	c->coded = ARENA_ARRAY(c->arena, 2 * c->n, struct db_param);
	if (!db_copy_begin(db, "lettering",
			   "id, entity_id, customer_id, sequence, ordinal, lettered_on, actor,"
			   " event_id, recorded",
			   &c->acts, e))
		return false;
	for (size_t from = 0, to; from < c->n; from = to) {
		for (to = from + 1; to < c->n && c->list[to].group == c->list[from].group;)
			to++;
		if (!code_group(db, c, from, to, e))
			return false;
	}
	return db_copy_end(c->acts, e);
}

/* What is undone meanwhile keeps having no code, as its undoing has none. */
static bool mark_coded(struct db *db, const struct coding *c, struct err *e)
{
	return db_exec_many(db,
			    "UPDATE allocation SET lettering_id = v.column2 FROM (VALUES $rows) v"
			    " WHERE id = v.column1 AND lettering_id IS NULL AND NOT EXISTS"
			    " (SELECT 1 FROM allocation r WHERE r.reverses_id = v.column1)",
			    DB_MANY(c->coded, 2, c->n), NULL, e);
}

static bool run_tx(struct db *db, void *arg, struct err *e)
{
	struct coding *c = arg;

	c->n_acts = 0;
	c->n_coded = 0;
	if (!load(db, c, e))
		return false;
	if (c->n == 0)
		return true;
	group(c);
	if (!load_all_standing(db, c, e) || !load_next(db, c, e) ||
	    !event_add(
		    db,
		    &(struct event){ .entity_id = c->entity_id,
				     .kind = "lettering.coded",
				     .subject_kind = "entity",
				     .subject_id = c->entity_id,
				     .actor = c->actor,
				     .body = arena_printf(c->arena, "{\"allocations\":%zu}", c->n),
				     .recorded = c->now },
		    &c->event_id, e))
		return false;
	if (code_all(db, c, e))
		return mark_coded(db, c, e);
	if (e && e->code == ERR_CONFLICT)
		err_set(e, ERR_RETRY, "another lettering took the same code");
	return false;
}

bool lettering_auto(struct db *db, int64_t entity_id, int64_t customer_id, const char *actor,
		    int64_t now, int64_t *ret_n, struct err *e)
{
	struct coding c = { .arena = arena_new((size_t)1 << 30),
			    .entity_id = entity_id,
			    .customer_id = customer_id,
			    .actor = actor,
			    .now = now };
	bool ok = db_tx(db, run_tx, &c, e);

	if (ok && ret_n)
		*ret_n = c.n_acts;
	arena_free(c.arena);
	return ok;
}
