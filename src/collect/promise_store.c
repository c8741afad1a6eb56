/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/promise.h"

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "db/event.h"
#include "ledger/item.h"

#include <stdlib.h>

struct applied_day {
	int64_t promise_id;
	day_t effective;
	int64_t amount_minor;
};

static int compare_promises(const void *x, const void *y)
{
	const struct promise *a = *(struct promise *const *)x, *b = *(struct promise *const *)y;

	return (a->id > b->id) - (a->id < b->id);
}

/* What the days add up to, for the promises that are listed: both in order of id. */
static bool add_applied(struct promise *const *by_id, size_t n, const struct applied_day *day,
			size_t n_days, int grace_days, struct err *e)
{
	size_t k = 0;

	for (size_t i = 0; i < n_days; i++) {
		while (k < n && by_id[k]->id < day[i].promise_id)
			k++;
		if (k == n)
			break;
		if (by_id[k]->id == day[i].promise_id &&
		    day[i].effective <= by_id[k]->promised_on + grace_days &&
		    !minor_add(&by_id[k]->applied_minor, day[i].amount_minor, e))
			return err_while(e, "adding up what was paid of a promise");
	}
	return true;
}

/* An instalment of the ledger counts for a promise when it takes effect between the day it was made and
 * the end of the grace. SQL has no common date arithmetic, so it gives sums by day. */
static bool find_applied(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
			 struct when w, int grace_days, struct promise *list, size_t n,
			 struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct applied_day, promise_id),
		DB_DAY(struct applied_day, effective),
		DB_COL(struct applied_day, amount_minor),
	};
	struct promise **by_id = ARENA_ARRAY(a, n, struct promise *);
	struct applied_day *day;
	size_t n_days;

	if (n == 0)
		return true;
	for (size_t i = 0; i < n; i++)
		by_id[i] = &list[i];
	qsort(by_id, n, sizeof *by_id, compare_promises);
	return db_list(db, a,
		       "SELECT p.id, a.effective, CAST(SUM(a.amount_minor) AS BIGINT) FROM promise "
		       "p"
		       " JOIN allocation a ON a.customer_id = p.customer_id"
		       " AND a.currency = p.currency AND a.effective >= p.made_on"
		       " AND (p.item_id IS NULL OR a.debit_item_id = p.item_id)"
		       " WHERE p.entity_id = $1 AND ($2 = 0 OR p.customer_id = $2)"
		       " AND p.made_on <= $3 AND p.recorded <= $4"
		       " AND a.effective <= $3 AND a.recorded <= $4"
		       " GROUP BY p.id, a.effective ORDER BY p.id",
		       DB_PARAMS(P_I64(entity_id), P_I64(customer_id), P_DAY(w.as_of),
				 P_I64(when_known(w))),
		       columns, ARRAY_LEN(columns), sizeof *day, (void **)&day, &n_days, e) &&
	       add_applied(by_id, n, day, n_days, grace_days, e);
}

bool promise_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		  int grace_days, int limit, struct promise **ret, size_t *ret_n, struct err *e)
{
	return promise_list_at(db, a, entity_id, customer_id, when_ever(), grace_days, limit, ret,
			       ret_n, e);
}

bool promise_list_at(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		     struct when w, int grace_days, int limit, struct promise **ret, size_t *ret_n,
		     struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct promise, id),
		DB_COL(struct promise, customer_id),
		DB_COL(struct promise, customer_code),
		DB_COL(struct promise, customer_name),
		DB_COL(struct promise, item_id),
		DB_COL(struct promise, document),
		DB_COL(struct promise, amount_minor),
		DB_COL(struct promise, currency),
		DB_DAY(struct promise, promised_on),
		DB_DAY(struct promise, made_on),
		DB_DAY(struct promise, cancelled_on),
		DB_COL(struct promise, detail),
		DB_COL(struct promise, actor),
	};
	struct promise *list;
	size_t n;

	if (!db_list(
		    db, a,
		    "SELECT p.id, p.customer_id, c.code, c.name, p.item_id, i.document,"
		    " p.amount_minor, p.currency, p.promised_on, p.made_on,"
		    " CASE WHEN p.cancelled_on <= $4 AND p.cancelled <= $5 THEN p.cancelled_on END,"
		    " p.detail, p.actor FROM promise p JOIN customer c ON c.id = p.customer_id"
		    " LEFT JOIN item i ON i.id = p.item_id"
		    " WHERE p.entity_id = $1 AND ($2 = 0 OR p.customer_id = $2)"
		    " AND p.made_on <= $4 AND p.recorded <= $5"
		    " ORDER BY p.promised_on DESC, p.id DESC LIMIT $3",
		    DB_PARAMS(P_I64(entity_id), P_I64(customer_id), P_I64(limit), P_DAY(w.as_of),
			      P_I64(when_known(w))),
		    columns, ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
		return false;
	if (!find_applied(db, a, entity_id, customer_id, w, grace_days, list, n, e))
		return false;
	*ret = list;
	*ret_n = n;
	return true;
}

static const struct db_column day_columns[] = {
	DB_COL(struct promise_day, customer_id),
	DB_COL(struct promise_day, item_id),
	DB_DAY(struct promise_day, promised_on),
};

bool promise_days(struct db *db, struct arena *a, int64_t entity_id, struct promise_day **ret,
		  size_t *ret_n, struct err *e)
{
	return promise_days_at(db, a, entity_id, when_ever(), ret, ret_n, e);
}

bool promise_days_at(struct db *db, struct arena *a, int64_t entity_id, struct when w,
		     struct promise_day **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       "SELECT customer_id, item_id, MAX(promised_on) FROM promise"
		       " WHERE entity_id = $1 AND made_on <= $2 AND recorded <= $3"
		       " AND (cancelled_on IS NULL OR cancelled_on > $2 OR cancelled > $3)"
		       " GROUP BY customer_id, item_id ORDER BY customer_id",
		       DB_PARAMS(P_I64(entity_id), P_DAY(w.as_of), P_I64(when_known(w))),
		       day_columns, ARRAY_LEN(day_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool promise_days_of(struct db *db, struct arena *a, int64_t customer_id, struct when w,
		     struct promise_day **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       "SELECT customer_id, item_id, MAX(promised_on) FROM promise"
		       " WHERE customer_id = $1 AND made_on <= $2 AND recorded <= $3"
		       " AND (cancelled_on IS NULL OR cancelled_on > $2 OR cancelled > $3)"
		       " GROUP BY customer_id, item_id ORDER BY customer_id",
		       DB_PARAMS(P_I64(customer_id), P_DAY(w.as_of), P_I64(when_known(w))),
		       day_columns, ARRAY_LEN(day_columns), sizeof **ret, (void **)ret, ret_n, e);
}

struct adding {
	struct arena *arena;
	int64_t entity_id;
	const struct new_promise *p;
	const char *actor;
	int64_t now, id;
	int64_t amount_minor;
	char currency[4];
};

/* What is promised when no amount is given: all of the item, or all that is open on the account. */
static bool find_amount(struct db *db, struct adding *ad, struct err *e)
{
	const struct new_promise *p = ad->p;
	struct item it;

	memcpy(ad->currency, p->currency, sizeof ad->currency);
	ad->amount_minor = p->amount_minor;
	if (p->item_id != 0) {
		if (!item_get(db, ad->arena, ad->entity_id, p->item_id, &it, e))
			return false;
		if (it.customer_id != p->customer_id)
			return err_set(e, ERR_REFUSED,
				       "document %s is not of the customer who promises",
				       it.document);
		memcpy(ad->currency, it.currency, sizeof ad->currency);
		if (ad->amount_minor == 0)
			ad->amount_minor = it.open_minor;
	} else if (ad->amount_minor == 0) {
		if (!db_get_i64(db,
				"SELECT CAST(SUM(b.open_minor) AS BIGINT) FROM item_balance b"
				" JOIN item i ON i.id = b.item_id"
				" WHERE b.customer_id = $1 AND i.currency = $2",
				DB_PARAMS(P_I64(p->customer_id), P_TEXT(p->currency)), 0,
				&ad->amount_minor, e))
			return false;
	}
	if (ad->amount_minor <= 0)
		return err_set(e, ERR_REFUSED, "nothing is open that could be promised");
	return true;
}

static bool add_event(struct db *db, const struct adding *ad, int64_t *ret_id, struct err *e)
{
	struct buf body;
	struct json j;

	buf_init(&body, ad->arena);
	json_init(&j, &body);
	json_open_object(&j);
	json_put_int(&j, "customer_id", ad->p->customer_id);
	json_put_minor(&j, "amount", ad->amount_minor, ad->currency);
	json_put_text(&j, "currency", ad->currency);
	json_put_day(&j, "promised_on", ad->p->promised_on);
	json_end(&j);
	return event_add(db,
			 &(struct event){ .entity_id = ad->entity_id,
					  .kind = "promise.made",
					  .subject_kind = "promise",
					  .subject_id = ad->id,
					  .actor = ad->actor,
					  .body = buf_str(&body),
					  .recorded = ad->now },
			 ret_id, e);
}

static bool add_tx(struct db *db, void *arg, struct err *e)
{
	struct adding *ad = arg;
	const struct new_promise *p = ad->p;
	int64_t event_id;

	return find_amount(db, ad, e) && db_new_id(db, &ad->id, e) &&
	       add_event(db, ad, &event_id, e) &&
	       db_exec(db,
		       "INSERT INTO promise (id, entity_id, customer_id, item_id, amount_minor,"
		       " currency, promised_on, made_on, detail, actor, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		       DB_PARAMS(P_I64(ad->id), P_I64(ad->entity_id), P_I64(p->customer_id),
				 P_ID(p->item_id), P_I64(ad->amount_minor), P_TEXT(ad->currency),
				 P_DAY(p->promised_on), P_DAY(p->made_on), P_TEXT(p->detail),
				 P_TEXT(ad->actor), P_I64(event_id), P_I64(ad->now)),
		       NULL, e);
}

bool promise_add(struct db *db, int64_t entity_id, const struct new_promise *p, const char *actor,
		 int64_t now, int64_t *ret_id, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct adding ad = {
		.arena = a, .entity_id = entity_id, .p = p, .actor = actor, .now = now
	};

	if (p->promised_on < p->made_on)
		return err_field(e, ERR_INVALID, "promised_on",
				 "a promise is for the day it is made or later");
	if (p->amount_minor < 0)
		return err_field(e, ERR_INVALID, "amount", "a promised amount is not negative");
	if (!db_tx(db, add_tx, &ad, e))
		return false;
	if (ret_id)
		*ret_id = ad.id;
	return true;
}

struct cancelling {
	int64_t entity_id, id;
	day_t on;
	const char *actor;
	int64_t now;
};

static bool cancel_tx(struct db *db, void *arg, struct err *e)
{
	const struct cancelling *c = arg;
	int64_t changed;

	if (!db_exec(db,
		     "UPDATE promise SET cancelled_on = $1, cancelled = $4 WHERE id = $2"
		     " AND entity_id = $3 AND cancelled_on IS NULL",
		     DB_PARAMS(P_DAY(c->on), P_I64(c->id), P_I64(c->entity_id), P_I64(c->now)),
		     &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT,
			       "promise %" PRId64 " is cancelled already or does not exist", c->id);
	return event_add(db,
			 &(struct event){ .entity_id = c->entity_id,
					  .kind = "promise.cancelled",
					  .subject_kind = "promise",
					  .subject_id = c->id,
					  .actor = c->actor,
					  .body = "{}",
					  .recorded = c->now },
			 NULL, e);
}

bool promise_cancel(struct db *db, int64_t entity_id, int64_t id, day_t on, const char *actor,
		    int64_t now, struct err *e)
{
	struct cancelling c = { entity_id, id, on, actor, now };

	return db_tx(db, cancel_tx, &c, e);
}

bool promise_customer(struct db *db, int64_t entity_id, int64_t id, int64_t *ret_customer_id,
		      struct err *e)
{
	int64_t customer_id;

	if (!db_get_i64(db, "SELECT customer_id FROM promise WHERE id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(id), P_I64(entity_id)), 0, &customer_id, e))
		return false;
	if (customer_id == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no promise %" PRId64, id);
	*ret_customer_id = customer_id;
	return true;
}

bool promise_restore(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		     struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct new_promise, customer_id),  DB_COL(struct new_promise, item_id),
		DB_COL(struct new_promise, amount_minor), DB_COL(struct new_promise, currency),
		DB_DAY(struct new_promise, promised_on),  DB_DAY(struct new_promise, made_on),
		DB_COL(struct new_promise, detail),
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct new_promise p;
	struct adding ad = {
		.arena = a, .entity_id = entity_id, .p = &p, .actor = actor, .now = now
	};

	if (!db_one(db, a,
		    "SELECT customer_id, COALESCE(item_id, 0), amount_minor, currency, promised_on,"
		    " made_on, detail FROM promise WHERE id = $1 AND entity_id = $2"
		    " AND cancelled_on IS NOT NULL",
		    DB_PARAMS(P_I64(id), P_I64(entity_id)), columns, ARRAY_LEN(columns), &p, e))
		return e->code != ERR_NOT_FOUND
			       ? false
			       : err_set(e, ERR_CONFLICT, "promise %" PRId64 " stands", id);
	return db_tx(db, add_tx, &ad, e);
}
