/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/exchange_difference.h"

#include "base/list.h"
#include "base/money.h"
#include "ledger/post.h"

/* ---- realised ------------------------------------------------------------------------------------ */

/* One item of an allocation: what was settled of it before, and what its amounts are worth. An item that a
 * conversion made (conversion.h) is worth what was converted, not what its day's rate says. */
struct step_side {
	int64_t before_minor;
	day_t on;                         /* of its rate */
	int64_t whole_minor, worth_minor; /* of a conversion; whole 0: none */
};

struct step {
	int64_t id, amount_minor;
	char currency[4];
	day_t effective;
	struct step_side debit, credit;
};

struct booking {
	const struct entity *entity;
	const char *actor;
	int64_t now;
	struct arena *arena;
	struct exchange_table rates;
	struct exchange_booked done;
};

static bool worth_of(const struct booking *k, const struct step *s, const struct step_side *side,
		     int64_t minor, struct exchanged *ret, struct err *e)
{
	if (side->whole_minor == 0)
		return exchange_convert(&k->rates, minor, s->currency, k->entity->currency,
					side->on, ret, e);
	ret->rate_on = side->on;
	return minor_scale_round(minor, side->worth_minor, side->whole_minor, &ret->minor, e);
}

/* The step of a running sum, converted: what the sum is worth after it less what it was worth before. */
static bool convert_step(const struct booking *k, const struct step *s,
			 const struct step_side *side, struct exchanged *ret, struct err *e)
{
	struct exchanged from, to;
	int64_t after = side->before_minor;

	if (!minor_add(&after, s->amount_minor, e) ||
	    !worth_of(k, s, side, side->before_minor, &from, e) ||
	    !worth_of(k, s, side, after, &to, e))
		return false;
	if (__builtin_sub_overflow(to.minor, from.minor, &to.minor))
		return err_set(e, ERR_RANGE, "an exchange difference does not fit");
	*ret = to;
	return true;
}

static bool book_step(struct booking *k, const struct posting *p, const struct step *s,
		      struct err *e)
{
	struct exchanged document, settlement;
	day_t effective, dated_from;
	struct err own = { 0 };

	if (!convert_step(k, s, &s->debit, &document, &own) ||
	    !convert_step(k, s, &s->credit, &settlement, &own)) {
		k->done.n_missing++;
		if (own.code == ERR_NOT_FOUND)
			return true;
		*e = own;
		return false;
	}
	if (!posting_day(p, s->effective, &effective, &dated_from, e) ||
	    !db_exec(p->db,
		     "INSERT INTO exchange_difference (allocation_id, entity_id, currency,"
		     " at_document_minor, document_rate_on, at_settlement_minor,"
		     " settlement_rate_on, difference_minor, effective, event_id, recorded)"
		     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		     DB_PARAMS(P_I64(s->id), P_I64(p->entity_id), P_TEXT(k->entity->currency),
			       P_I64(document.minor), P_DAY(document.rate_on),
			       P_I64(settlement.minor), P_DAY(settlement.rate_on),
			       P_I64(settlement.minor - document.minor), P_DAY(effective),
			       P_I64(p->event_id), P_I64(p->recorded)),
		     NULL, e))
		return false;
	k->done.n_booked++;
	return true;
}

static bool load_steps(struct db *db, const struct booking *k, struct step **ret, size_t *ret_n,
		       struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct step, id),
		DB_COL(struct step, amount_minor),
		DB_COL(struct step, currency),
		DB_DAY(struct step, effective),
		DB_COL(struct step, debit.before_minor),
		DB_DAY(struct step, debit.on),
		DB_COL(struct step, debit.whole_minor),
		DB_COL(struct step, debit.worth_minor),
		DB_COL(struct step, credit.before_minor),
		DB_DAY(struct step, credit.on),
		DB_COL(struct step, credit.whole_minor),
		DB_COL(struct step, credit.worth_minor),
	};

	return db_list(
		db, k->arena,
		"SELECT l.id, l.amount_minor, l.currency, l.effective,"
		" (SELECT CAST(COALESCE(SUM(b.amount_minor), 0) AS BIGINT) FROM allocation b"
		"  WHERE b.debit_item_id = l.debit_item_id AND b.id < l.id),"
		" COALESCE(vd.base_on, d.issued_on), vd.from_minor, vd.base_minor,"
		" (SELECT CAST(COALESCE(SUM(b.amount_minor), 0) AS BIGINT) FROM allocation b"
		"  WHERE b.credit_item_id = l.credit_item_id AND b.id < l.id),"
		" COALESCE(vc.base_on, c.issued_on), vc.to_minor, vc.base_minor"
		" FROM allocation l JOIN item d ON d.id = l.debit_item_id"
		" JOIN item c ON c.id = l.credit_item_id"
		" LEFT JOIN conversion vd ON vd.from_item_id = d.id"
		" LEFT JOIN conversion vc ON vc.to_item_id = c.id"
		" WHERE l.entity_id = $1 AND l.currency <> $2 AND NOT EXISTS"
		" (SELECT 1 FROM exchange_difference x WHERE x.allocation_id = l.id) ORDER BY l.id",
		DB_PARAMS(P_I64(k->entity->id), P_TEXT(k->entity->currency)), columns,
		ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

static bool book_tx(struct db *db, void *arg, struct err *e)
{
	struct booking *k = arg;
	struct posting p;
	struct step *s;
	size_t n;

	k->done = (struct exchange_booked){ 0 };
	if (!load_steps(db, k, &s, &n, e) || !exchange_load(db, k->arena, 0, &k->rates, e))
		return false;
	if (n == 0)
		return true;
	if (!posting_begin(&p, db, k->entity->id, "exchange.booked", "entity", k->entity->id,
			   k->actor, "rule", k->now, "{}", e))
		return false;
	p.dates_forward = true;
	for (size_t i = 0; i < n; i++) {
		if (!book_step(k, &p, &s[i], e))
			return err_while(e, "the exchange difference of allocation %" PRId64,
					 s[i].id);
	}
	return true;
}

bool exchange_book(struct db *db, const struct entity *entity, const char *actor, int64_t now,
		   struct exchange_booked *ret, struct err *e)
{
	struct booking k = { .entity = entity, .actor = actor, .now = now };
	int64_t n;
	bool ok;

	/* Nothing to do is the rule: no event then. */
	if (!db_get_i64(db,
			"SELECT count(*) FROM allocation l WHERE l.entity_id = $1"
			" AND l.currency <> $2 AND NOT EXISTS (SELECT 1 FROM exchange_difference x"
			"  WHERE x.allocation_id = l.id)",
			DB_PARAMS(P_I64(entity->id), P_TEXT(entity->currency)), 0, &n, e))
		return false;
	*ret = (struct exchange_booked){ 0 };
	if (n == 0)
		return true;
	k.arena = arena_new((size_t)1 << 30);
	ok = db_tx(db, book_tx, &k, e);
	arena_free(k.arena);
	*ret = k.done;
	return ok;
}

bool exchange_difference_list(struct db *db, struct arena *a, int64_t entity_id, struct when w,
			      struct exchange_difference **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct exchange_difference, allocation_id),
		DB_COL(struct exchange_difference, customer_code),
		DB_COL(struct exchange_difference, document),
		DB_COL(struct exchange_difference, currency),
		DB_COL(struct exchange_difference, amount_minor),
		DB_COL(struct exchange_difference, at_document_minor),
		DB_COL(struct exchange_difference, at_settlement_minor),
		DB_COL(struct exchange_difference, difference_minor),
		DB_DAY(struct exchange_difference, document_rate_on),
		DB_DAY(struct exchange_difference, settlement_rate_on),
		DB_DAY(struct exchange_difference, effective),
	};

	return db_list(db, a,
		       "SELECT x.allocation_id, c.code, d.document, l.currency, l.amount_minor,"
		       " x.at_document_minor, x.at_settlement_minor, x.difference_minor,"
		       " x.document_rate_on, x.settlement_rate_on, x.effective"
		       " FROM exchange_difference x JOIN allocation l ON l.id = x.allocation_id"
		       " JOIN item d ON d.id = l.debit_item_id"
		       " JOIN customer c ON c.id = d.customer_id"
		       " WHERE x.entity_id = $1 AND x.effective <= $2 AND x.recorded <= $3"
		       " ORDER BY x.effective, x.allocation_id",
		       DB_PARAMS(P_I64(entity_id), P_DAY(w.as_of), P_I64(when_known(w))), columns,
		       ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

/* ---- unrealised ---------------------------------------------------------------------------------- */

/* What is open of an item, at the rate of its document: the whole converted less what was settled. */
static bool open_at_document(const struct book *b, size_t i, const struct exchange_table *t,
			     const char *currency, struct exchanged *ret, struct err *e)
{
	const char *from = b->currency[b->currency_of[i]];
	struct exchanged whole, settled;

	if (!exchange_convert(t, b->amount_minor[i], from, currency, b->issued_on[i], &whole, e) ||
	    !exchange_convert(t, b->amount_minor[i] - b->open_minor[i], from, currency,
			      b->issued_on[i], &settled, e))
		return false;
	*ret = (struct exchanged){ whole.minor - settled.minor, whole.rate_on };
	return true;
}

static bool latent_of(const struct book *b, size_t i, const struct exchange_table *t,
		      const char *currency, struct exchange_latent *ret, struct err *e)
{
	struct exchanged document, day;

	if (!open_at_document(b, i, t, currency, &document, e) ||
	    !exchange_convert(t, b->open_minor[i], b->currency[b->currency_of[i]], currency,
			      b->as_of, &day, e))
		return false;
	*ret = (struct exchange_latent){ .item = i,
					 .at_document_minor = document.minor,
					 .at_day_minor = day.minor,
					 .difference_minor = day.minor - document.minor,
					 .document_rate_on = document.rate_on,
					 .day_rate_on = day.rate_on };
	return true;
}

bool exchange_latent(const struct book *b, struct arena *a, const struct exchange_table *t,
		     const char *currency, struct exchange_latent **ret, size_t *ret_n,
		     struct err *e)
{
	LIST_OF(struct exchange_latent) list = { 0 };

	for (size_t i = 0; i < b->n_items; i++) {
		struct exchange_latent x = { .item = i, .is_missing = true };
		struct err own = { 0 };

		if (b->open_minor[i] == 0 || strcmp(b->currency[b->currency_of[i]], currency) == 0)
			continue;
		if (!latent_of(b, i, t, currency, &x, &own) && own.code != ERR_NOT_FOUND) {
			*e = own;
			return false;
		}
		*LIST_ADD(a, &list) = x;
	}
	*ret = list.at;
	*ret_n = list.n;
	return true;
}
