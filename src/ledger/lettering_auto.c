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
	struct map next; /* by customer: the next free sequence, once asked for */
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

/* A code in force that one of the items stands under already. */
struct standing {
	int64_t customer_id, sequence;
};

static bool find_standing(struct db *db, struct arena *a, int64_t item_id, struct standing *ret,
			  struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct standing, customer_id),
						    DB_COL(struct standing, sequence) };
	struct standing *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT g.customer_id, g.sequence FROM allocation l JOIN lettering g"
		     " ON g.id = l.lettering_id WHERE (l.debit_item_id = $1 OR"
		     " l.credit_item_id = $1) AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		     " (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)"
		     " ORDER BY g.sequence, g.customer_id LIMIT 1",
		     DB_PARAMS(P_I64(item_id)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	if (n && (ret->sequence == 0 || list[0].sequence < ret->sequence))
		*ret = list[0];
	return true;
}

static bool next_of(struct db *db, struct coding *c, int64_t customer_id, int64_t **ret,
		    struct err *e)
{
	const char *key = arena_printf(c->arena, "%" PRId64, customer_id);

	*ret = map_get(&c->next, key);
	if (*ret)
		return true;
	*ret = ARENA_NEW(c->arena, int64_t);
	map_set(&c->next, key, *ret);
	return lettering_next_sequence(db, customer_id, *ret, e);
}

/* The accounts of a group, whose next code must be free on each. */
static bool next_of_group(struct db *db, struct coding *c, size_t from, size_t to,
			  struct standing *ret, struct err *e)
{
	int64_t *next;

	*ret = (struct standing){ c->list[from].credit_customer_id, 0 };
	for (size_t i = from; i < to; i++) {
		const int64_t customers[] = { c->list[i].credit_customer_id,
					      c->list[i].debit_customer_id };
		for (size_t k = 0; k < ARRAY_LEN(customers); k++) {
			if (!next_of(db, c, customers[k], &next, e))
				return false;
			if (*next > ret->sequence)
				ret->sequence = *next;
		}
	}
	for (size_t i = from; i < to; i++) {
		if (!next_of(db, c, c->list[i].credit_customer_id, &next, e))
			return false;
		*next = ret->sequence + 1;
		if (!next_of(db, c, c->list[i].debit_customer_id, &next, e))
			return false;
		*next = ret->sequence + 1;
	}
	return true;
}

/* ---- one act ------------------------------------------------------------------------------------- */

static bool choose_code(struct db *db, struct coding *c, size_t from, size_t to,
			struct standing *ret, struct err *e)
{
	int64_t last_debit = 0, last_credit = 0;

	*ret = (struct standing){ 0 };
	for (size_t i = from; i < to; i++) {
		const struct uncoded *u = &c->list[i];
		if ((u->debit_item_id != last_debit &&
		     !find_standing(db, c->arena, u->debit_item_id, ret, e)) ||
		    (u->credit_item_id != last_credit &&
		     !find_standing(db, c->arena, u->credit_item_id, ret, e)))
			return false;
		last_debit = u->debit_item_id;
		last_credit = u->credit_item_id;
	}
	return ret->sequence != 0 || next_of_group(db, c, from, to, ret, e);
}

static bool insert_act(struct db *db, struct coding *c, const struct standing *code, day_t on,
		       int64_t *ret_id, struct err *e)
{
	int64_t ordinal;

	if (!db_new_id(db, ret_id, e) ||
	    !db_get_i64(
		    db,
		    "SELECT max(ordinal) FROM lettering WHERE customer_id = $1 AND sequence = $2",
		    DB_PARAMS(P_I64(code->customer_id), P_I64(code->sequence)), 0, &ordinal, e))
		return false;
	if (db_exec(db,
		    "INSERT INTO lettering (id, entity_id, customer_id, sequence, ordinal,"
		    " lettered_on, reason, actor, event_id, recorded)"
		    " VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8, $9)",
		    DB_PARAMS(P_I64(*ret_id), P_I64(c->entity_id), P_I64(code->customer_id),
			      P_I64(code->sequence), P_I64(ordinal + 1), P_DAY(on),
			      P_TEXT(c->actor), P_I64(c->event_id), P_I64(c->now)),
		    NULL, e))
		return true;
	if (e && e->code == ERR_CONFLICT)
		err_set(e, ERR_RETRY, "another lettering took the same code");
	return false;
}

static bool code_group(struct db *db, struct coding *c, size_t from, size_t to, struct err *e)
{
	day_t on = c->list[from].effective;
	struct standing code;
	int64_t id;

	for (size_t i = from; i < to; i++)
		if (c->list[i].effective > on)
			on = c->list[i].effective;
	if (!choose_code(db, c, from, to, &code, e) || !insert_act(db, c, &code, on, &id, e))
		return false;
	for (size_t i = from; i < to; i++)
		/* What is undone meanwhile keeps having no code, as its undoing has none. */
		if (!db_exec(db,
			     "UPDATE allocation SET lettering_id = $2 WHERE id = $1"
			     " AND lettering_id IS NULL AND NOT EXISTS"
			     " (SELECT 1 FROM allocation r WHERE r.reverses_id = $1)",
			     DB_PARAMS(P_I64(c->list[i].id), P_I64(id)), NULL, e))
			return false;
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

static bool run_tx(struct db *db, void *arg, struct err *e)
{
	struct coding *c = arg;

	c->n_acts = 0;
	map_init(&c->next, c->arena);
	if (!load(db, c, e))
		return false;
	if (c->n == 0)
		return true;
	group(c);
	if (!event_add(
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
	for (size_t from = 0, to; from < c->n; from = to) {
		for (to = from + 1; to < c->n && c->list[to].group == c->list[from].group;)
			to++;
		if (!code_group(db, c, from, to, e))
			return false;
	}
	return true;
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
