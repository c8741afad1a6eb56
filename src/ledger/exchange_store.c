/* SPDX-License-Identifier: Apache-2.0 */
/* exchange_store.c - the table of exchange rates. */
#include "ledger/exchange.h"

#include "base/money.h"
#include "db/event.h"

bool exchange_load(struct db *db, struct arena *a, int64_t known_at, struct exchange_table *ret,
		   struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct exchange_rate, currency),
		DB_DAY(struct exchange_rate, on),
		DB_COL(struct exchange_rate, per_euro_ppm),
		DB_COL(struct exchange_rate, source),
	};
	struct exchange_rate *list;
	size_t n, kept = 0;

	if (!db_list(db, a,
		     "SELECT currency, from_on, per_euro_ppm, source FROM exchange_rate"
		     " WHERE recorded <= $1 ORDER BY currency, from_on, id",
		     DB_PARAMS(P_I64(known_at ? known_at : INT64_MAX)), columns, ARRAY_LEN(columns),
		     sizeof *list, (void **)&list, &n, e))
		return err_while(e, "reading the exchange rates");
	/* Of those of one day the last recorded. The engine's order of text need not be strcmp's, but codes
	 * are three capital letters, which every order keeps. */
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && strcmp(list[kept - 1].currency, list[i].currency) == 0 &&
		    list[kept - 1].on == list[i].on)
			kept--;
		list[kept++] = list[i];
	}
	ret->at = list;
	ret->n = kept;
	return true;
}

struct adding {
	const struct exchange_rate *rate;
	size_t n;
	const char *actor;
	int64_t now, n_added;
	struct arena *arena;
};

static bool is_known(const struct exchange_table *t, const struct exchange_rate *r)
{
	const struct exchange_rate *found = exchange_find(t, r->currency, r->on);

	return found && found->on == r->on && found->per_euro_ppm == r->per_euro_ppm;
}

static bool insert(struct db *db, struct adding *x, int64_t event_id, struct err *e)
{
	struct exchange_table known;
	struct db_copy *copy;

	if (!exchange_load(db, x->arena, 0, &known, e) ||
	    !db_copy_begin(db, "exchange_rate",
			   "id, currency, from_on, per_euro_ppm, source, event_id, recorded", &copy,
			   e))
		return false;
	for (size_t i = 0; i < x->n; i++) {
		const struct exchange_rate *r = &x->rate[i];
		int64_t id;

		if (is_known(&known, r))
			continue;
		if (!db_new_id(db, &id, e) ||
		    !db_copy_row(copy,
				 DB_PARAMS(P_I64(id), P_TEXT(r->currency), P_DAY(r->on),
					   P_I64(r->per_euro_ppm), P_TEXT(r->source),
					   P_I64(event_id), P_I64(x->now)),
				 e)) {
			db_copy_abort(copy);
			return false;
		}
		x->n_added++;
	}
	return db_copy_end(copy, e);
}

static bool add_tx(struct db *db, void *arg, struct err *e)
{
	struct adding *x = arg;
	int64_t event_id;

	x->n_added = 0;
	return event_add(db,
			 &(struct event){ .kind = "exchange_rate.added",
					  .subject_kind = "exchange_rate",
					  .actor = x->actor,
					  .body = arena_printf(x->arena, "{\"read\":%zu}", x->n),
					  .recorded = x->now },
			 &event_id, e) &&
	       insert(db, x, event_id, e);
}

bool exchange_add(struct db *db, const struct exchange_rate *rate, size_t n, const char *actor,
		  int64_t now, int64_t *ret_added, struct err *e)
{
	struct adding x = { .rate = rate, .n = n, .actor = actor, .now = now };
	bool ok;

	for (size_t i = 0; i < n; i++) {
		if (!currency_is_code(rate[i].currency) || strcmp(rate[i].currency, "EUR") == 0 ||
		    rate[i].on == DAY_NONE || rate[i].per_euro_ppm <= 0 ||
		    rate[i].per_euro_ppm > EXCHANGE_MAX)
			return err_set(e, ERR_INVALID, "invalid exchange rate of \"%.3s\"",
				       rate[i].currency);
	}
	x.arena = arena_new((size_t)1 << 30);
	ok = db_tx(db, add_tx, &x, e);
	arena_free(x.arena);
	if (ok)
		*ret_added = x.n_added;
	return ok;
}
