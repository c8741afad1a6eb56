/* SPDX-License-Identifier: Apache-2.0 */
#include "dispute/dispute.h"

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "db/event.h"
#include "ledger/book_change.h"
#include "ledger/item.h"

#include <stdlib.h>

static const struct db_column columns[] = {
	DB_COL(struct dispute, id),
	DB_COL(struct dispute, customer_id),
	DB_COL(struct dispute, customer_code),
	DB_COL(struct dispute, customer_name),
	DB_COL(struct dispute, item_id),
	DB_COL(struct dispute, document),
	DB_COL(struct dispute, amount_minor),
	DB_COL(struct dispute, owed_minor),
	DB_COL(struct dispute, currency),
	DB_COL(struct dispute, reason),
	DB_COL(struct dispute, detail),
	DB_COL(struct dispute, owner),
	DB_DAY(struct dispute, opened_on),
	DB_DAY(struct dispute, answer_by),
	DB_DAY(struct dispute, closed_on),
	DB_COL(struct dispute, resolution),
	DB_COL(struct dispute, version),
	DB_COL(struct dispute, actor),
};

/* What of a document was open, as of $5 and known at $6; an allocation taken back is a row below zero. */
#define OPEN_THEN                                                                            \
	"CAST(i.amount_minor - COALESCE((SELECT SUM(l.amount_minor) FROM allocation l WHERE" \
	" l.debit_item_id = i.id AND l.effective <= $5 AND l.recorded <= $6), 0) AS BIGINT)"

#define DISPUTE_SELECT                                                                        \
	"SELECT d.id, d.customer_id, c.code, c.name, d.item_id, i.document, d.amount_minor,"  \
	" CASE WHEN b.open_minor < d.amount_minor THEN b.open_minor ELSE d.amount_minor END," \
	" d.currency, d.reason, d.detail, d.owner, d.opened_on, d.answer_by, d.closed_on,"    \
	" d.resolution, d.version, d.actor FROM dispute d"                                    \
	" JOIN customer c ON c.id = d.customer_id JOIN item i ON i.id = d.item_id"            \
	" JOIN item_balance b ON b.item_id = d.item_id"

bool dispute_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct dispute *ret,
		 struct err *e)
{
	if (db_one(db, a, DISPUTE_SELECT " WHERE d.entity_id = $1 AND d.id = $2",
		   DB_PARAMS(P_I64(entity_id), P_I64(id)), columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no dispute %" PRId64, id);
	return false;
}

bool dispute_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		  bool open_only, int limit, struct dispute **ret, size_t *ret_n, struct err *e)
{
	return dispute_list_at(db, a, entity_id, customer_id, when_ever(), open_only, limit, ret,
			       ret_n, e);
}

static int by_item(const void *a, const void *b)
{
	const struct dispute *x = *(struct dispute *const *)a, *y = *(struct dispute *const *)b;

	if (x->item_id != y->item_id)
		return x->item_id < y->item_id ? -1 : 1;
	return (x > y) - (x < y);
}

/* Of what is open of a document its disputes share: each takes at most its amount, in their order. */
static void share_what_is_open(struct arena *a, struct dispute *d, size_t n)
{
	struct dispute **order = ARENA_ARRAY(a, n, struct dispute *);
	int64_t left = 0;

	for (size_t i = 0; i < n; i++)
		order[i] = &d[i];
	if (n)
		qsort(order, n, sizeof *order, by_item);
	for (size_t i = 0; i < n; i++) {
		int64_t most = order[i]->closed_on == DAY_NONE ? order[i]->amount_minor : 0;

		if (i == 0 || order[i]->item_id != order[i - 1]->item_id)
			left = order[i]->owed_minor;
		order[i]->owed_minor = left > most ? most : left > 0 ? left : 0;
		left -= order[i]->owed_minor;
	}
}

#define IS_CLOSED "(d.closed_on <= $5 AND d.closed <= $6)"

bool dispute_list_at(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		     struct when w, bool open_only, int limit, struct dispute **ret, size_t *ret_n,
		     struct err *e)
{
	if (!db_list(db, a,
		     "SELECT d.id, d.customer_id, c.code, c.name, d.item_id, i.document, "
		     "d.amount_minor,"
		     " " OPEN_THEN
		     ", d.currency, d.reason, d.detail, d.owner, d.opened_on, d.answer_by,"
		     " CASE WHEN " IS_CLOSED " THEN d.closed_on END,"
		     " CASE WHEN " IS_CLOSED
		     " THEN d.resolution END, d.version, d.actor FROM dispute d"
		     " JOIN customer c ON c.id = d.customer_id JOIN item i ON i.id = d.item_id"
		     " WHERE d.entity_id = $1 AND ($2 = 0 OR d.customer_id = $2)"
		     " AND d.opened_on <= $5 AND d.recorded <= $6"
		     " AND ($3 = 0 OR d.closed_on IS NULL OR NOT " IS_CLOSED ")"
		     " ORDER BY CASE WHEN " IS_CLOSED " THEN 1 ELSE 0 END,"
		     " d.answer_by NULLS LAST, d.id LIMIT $4",
		     DB_PARAMS(P_I64(entity_id), P_I64(customer_id), P_BOOL(open_only),
			       P_I64(limit), P_DAY(w.as_of), P_I64(when_known(w))),
		     columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e))
		return false;
	share_what_is_open(a, *ret, *ret_n);
	return true;
}

bool dispute_count_open(struct db *db, int64_t entity_id, int64_t *ret, struct err *e)
{
	return db_get_i64(db,
			  "SELECT COUNT(*) FROM dispute WHERE entity_id = $1 AND closed_on IS NULL",
			  DB_PARAMS(P_I64(entity_id)), 0, ret, e);
}

struct opening {
	struct arena *arena;
	int64_t entity_id;
	const struct new_dispute *d;
	const char *actor;
	int64_t now;
	int64_t id;
};

/* What of the item may still be disputed. */
static bool disputable(struct db *db, const struct item *it, int64_t *ret, struct err *e)
{
	int64_t disputed;

	if (!db_get_i64(db,
			"SELECT CAST(SUM(amount_minor) AS BIGINT) FROM dispute"
			" WHERE item_id = $1 AND closed_on IS NULL",
			DB_PARAMS(P_I64(it->id)), 0, &disputed, e))
		return false;
	*ret = it->open_minor - disputed;
	return true;
}

static bool opening_event(struct db *db, const struct opening *o, const struct item *it,
			  int64_t minor, int64_t *ret_id, struct err *e)
{
	struct buf body;
	struct json j;

	buf_init(&body, o->arena);
	json_init(&j, &body);
	json_open_object(&j);
	json_put_text(&j, "document", it->document);
	json_put_minor(&j, "amount", minor, it->currency);
	json_put_text(&j, "currency", it->currency);
	json_put_text(&j, "reason", o->d->reason);
	json_put_day(&j, "answer_by", o->d->answer_by);
	json_end(&j);
	return event_add(db,
			 &(struct event){ .entity_id = o->entity_id,
					  .kind = "dispute.opened",
					  .subject_kind = "dispute",
					  .subject_id = o->id,
					  .actor = o->actor,
					  .body = buf_str(&body),
					  .recorded = o->now },
			 ret_id, e);
}

static bool open_tx(struct db *db, void *arg, struct err *e)
{
	struct opening *o = arg;
	const struct new_dispute *d = o->d;
	char free_text[MONEY_TEXT];
	struct item it;
	int64_t free_minor, minor, event_id;

	if (!item_get(db, o->arena, o->entity_id, d->item_id, &it, e) ||
	    !disputable(db, &it, &free_minor, e))
		return false;
	minor = d->amount_minor > 0 ? d->amount_minor : free_minor;
	if (free_minor <= 0)
		return err_set(e, ERR_REFUSED, "nothing of document %s is open and undisputed",
			       it.document);
	if (minor > free_minor)
		return err_field(e, ERR_REFUSED, "amount",
				 "only %s %s of document %s is open and undisputed",
				 minor_format(free_minor, it.currency, free_text), it.currency,
				 it.document);
	return db_new_id(db, &o->id, e) && opening_event(db, o, &it, minor, &event_id, e) &&
	       db_exec(db,
		       "INSERT INTO dispute (id, entity_id, customer_id, item_id, amount_minor,"
		       " currency, reason, detail, owner, opened_on, answer_by, actor, event_id,"
		       " recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
		       " $14)",
		       DB_PARAMS(P_I64(o->id), P_I64(o->entity_id), P_I64(it.customer_id),
				 P_I64(it.id), P_I64(minor), P_TEXT(it.currency), P_TEXT(d->reason),
				 P_TEXT(d->detail), P_TEXT(d->owner), P_DAY(d->opened_on),
				 P_DAY(d->answer_by), P_TEXT(o->actor), P_I64(event_id),
				 P_I64(o->now)),
		       NULL, e) &&
	       book_touch(db, o->entity_id, event_id, it.customer_id, e);
}

bool dispute_open(struct db *db, int64_t entity_id, const struct new_dispute *d, const char *actor,
		  int64_t now, int64_t *ret_id, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct opening o = { a, entity_id, d, actor, now, 0 };

	if (str_empty(d->reason) || text_length(d->reason) > 200)
		return err_field(e, ERR_INVALID, "reason",
				 "a dispute has a reason of 1 to 200 characters");
	if (d->amount_minor < 0)
		return err_field(e, ERR_INVALID, "amount", "a disputed amount is not negative");
	if (d->answer_by != DAY_NONE && d->answer_by < d->opened_on)
		return err_field(e, ERR_INVALID, "answer_by",
				 "the answer cannot be due before the dispute begins");
	if (!db_tx(db, open_tx, &o, e))
		return false;
	if (ret_id)
		*ret_id = o.id;
	return true;
}

struct closing {
	struct arena *arena;
	int64_t entity_id, id;
	const char *resolution, *actor;
	day_t on;
	int64_t now;
};

static bool close_tx(struct db *db, void *arg, struct err *e)
{
	const struct closing *c = arg;
	struct dispute d;
	int64_t changed, event_id;
	struct buf body;
	struct json j;

	if (!dispute_get(db, c->arena, c->entity_id, c->id, &d, e))
		return false;
	if (c->on < d.opened_on)
		return err_field(e, ERR_INVALID, "closed_on",
				 "a dispute cannot end before it began");
	buf_init(&body, c->arena);
	json_init(&j, &body);
	json_open_object(&j);
	json_put_text(&j, "document", d.document);
	json_put_text(&j, "resolution", c->resolution);
	json_put_day(&j, "closed_on", c->on);
	json_end(&j);
	if (!event_add(db,
		       &(struct event){ .entity_id = c->entity_id,
					.kind = "dispute.closed",
					.subject_kind = "dispute",
					.subject_id = c->id,
					.actor = c->actor,
					.body = buf_str(&body),
					.recorded = c->now },
		       &event_id, e) ||
	    !db_exec(db,
		     "UPDATE dispute SET closed_on = $1, resolution = $2, version = version + 1,"
		     " closed = $4, closed_event_id = $5 WHERE id = $3 AND closed_on IS NULL",
		     DB_PARAMS(P_DAY(c->on), P_TEXT(c->resolution), P_I64(c->id), P_I64(c->now),
			       P_I64(event_id)),
		     &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "dispute %" PRId64 " is closed already", c->id);
	return book_touch(db, c->entity_id, event_id, d.customer_id, e);
}

bool dispute_close(struct db *db, int64_t entity_id, int64_t id, const char *resolution, day_t on,
		   const char *actor, int64_t now, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct closing c = { a, entity_id, id, resolution, actor, on, now };

	if (str_empty(resolution) || text_length(resolution) > 500)
		return err_field(e, ERR_INVALID, "resolution",
				 "a dispute is closed with a resolution of 1 to 500 characters");
	return db_tx(db, close_tx, &c, e);
}

bool dispute_reopen(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		    struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct new_dispute again;
	struct opening o = { a, entity_id, &again, actor, now, 0 };
	struct dispute d;

	if (!dispute_get(db, a, entity_id, id, &d, e))
		return false;
	if (d.closed_on == DAY_NONE)
		return err_set(e, ERR_CONFLICT, "dispute %" PRId64 " is open", id);
	again = (struct new_dispute){ .item_id = d.item_id,
				      .amount_minor = d.amount_minor,
				      .reason = d.reason,
				      .detail = d.detail,
				      .owner = d.owner,
				      .opened_on = d.closed_on,
				      .answer_by = d.answer_by };
	return db_tx(db, open_tx, &o, e);
}
