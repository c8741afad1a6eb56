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

/* What a difference is, and since when it counts. */
struct worth {
	struct exchanged document, settlement;
};

/* *ret_known is false while a rate is missing. */
static bool convert_both(struct booking *k, const struct step *s, struct worth *ret,
			 bool *ret_known, struct err *e)
{
	struct err own = { 0 };

	*ret_known = convert_step(k, s, &s->debit, &ret->document, &own) &&
		     convert_step(k, s, &s->credit, &ret->settlement, &own);
	if (*ret_known)
		return true;
	k->done.n_missing++;
	if (own.code == ERR_NOT_FOUND)
		return true;
	*e = own;
	return false;
}

static bool book_step(struct booking *k, const struct posting *p, const struct step *s,
		      struct err *e)
{
	day_t effective, dated_from;
	struct worth w;
	bool is_known;

	if (!convert_both(k, s, &w, &is_known, e))
		return false;
	if (!is_known)
		return true;
	if (!posting_day(p, s->effective, &effective, &dated_from, e) ||
	    !db_exec(p->db,
		     "INSERT INTO exchange_difference (allocation_id, entity_id, currency,"
		     " at_document_minor, document_rate_on, at_settlement_minor,"
		     " settlement_rate_on, difference_minor, effective, event_id, recorded)"
		     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		     DB_PARAMS(P_I64(s->id), P_I64(p->entity_id), P_TEXT(k->entity->currency),
			       P_I64(w.document.minor), P_DAY(w.document.rate_on),
			       P_I64(w.settlement.minor), P_DAY(w.settlement.rate_on),
			       P_I64(w.settlement.minor - w.document.minor), P_DAY(effective),
			       P_I64(p->event_id), P_I64(p->recorded)),
		     NULL, e))
		return false;
	k->done.n_booked++;
	return true;
}

static const struct db_column step_columns[] = {
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

#define STEP_SELECT                                                                               \
	"SELECT l.id, l.amount_minor, l.currency, l.effective,"                                   \
	" (SELECT CAST(COALESCE(SUM(b.amount_minor), 0) AS BIGINT) FROM allocation b"             \
	"  WHERE b.debit_item_id = l.debit_item_id AND b.id < l.id),"                             \
	" COALESCE(vd.base_on, d.issued_on), vd.from_minor, vd.base_minor,"                       \
	" (SELECT CAST(COALESCE(SUM(b.amount_minor), 0) AS BIGINT) FROM allocation b"             \
	"  WHERE b.credit_item_id = l.credit_item_id AND b.id < l.id),"                           \
	" COALESCE(vc.base_on, c.issued_on), vc.to_minor, vc.base_minor"                          \
	" FROM allocation l JOIN item d ON d.id = l.debit_item_id"                                \
	" JOIN item c ON c.id = l.credit_item_id"                                                 \
	" LEFT JOIN conversion vd ON vd.from_item_id = d.id"                                      \
	" LEFT JOIN conversion vc ON vc.to_item_id = c.id WHERE l.entity_id = $1 AND l.currency " \
	"<> $2"

/* Without a difference yet. */
#define NOT_BOOKED \
	" AND NOT EXISTS (SELECT 1 FROM exchange_difference x WHERE x.allocation_id = l.id)"
/* With one, and a rate recorded after it of a day that could have told another value. */
#define RATES_SINCE                                                                              \
	" AND EXISTS (SELECT 1 FROM exchange_difference x JOIN exchange_rate r"                  \
	" ON (r.currency = l.currency OR r.currency = x.currency)"                               \
	" AND (r.from_on >= x.document_rate_on OR r.from_on >= x.settlement_rate_on)"            \
	" AND (r.from_on <= d.issued_on OR r.from_on <= c.issued_on) AND r.recorded > COALESCE(" \
	"  (SELECT max(n.recorded) FROM exchange_rebooked n WHERE n.allocation_id = l.id),"      \
	"  x.recorded) WHERE x.allocation_id = l.id)"

static bool load_steps(struct db *db, const struct booking *k, const char *sql, struct step **ret,
		       size_t *ret_n, struct err *e)
{
	return db_list(db, k->arena, sql,
		       DB_PARAMS(P_I64(k->entity->id), P_TEXT(k->entity->currency)), step_columns,
		       ARRAY_LEN(step_columns), sizeof **ret, (void **)ret, ret_n, e);
}

/* ---- booked anew --------------------------------------------------------------------------------- */

struct rebooking {
	const struct step *step;
	struct exchange_difference was;
	struct worth now;
};

/* What counts of it: the newest row that takes nothing back. */
static bool load_former(struct db *db, struct arena *a, int64_t allocation_id,
			struct exchange_difference *ret, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct exchange_difference, at_document_minor),
		DB_DAY(struct exchange_difference, document_rate_on),
		DB_COL(struct exchange_difference, at_settlement_minor),
		DB_DAY(struct exchange_difference, settlement_rate_on),
		DB_DAY(struct exchange_difference, effective),
	};

	return db_one(db, a,
		      "SELECT at_document_minor, document_rate_on, at_settlement_minor,"
		      " settlement_rate_on, effective FROM (SELECT 0 AS id, at_document_minor,"
		      " document_rate_on, at_settlement_minor, settlement_rate_on, effective"
		      " FROM exchange_difference WHERE allocation_id = $1 UNION ALL"
		      " SELECT id, at_document_minor, document_rate_on, at_settlement_minor,"
		      " settlement_rate_on, effective FROM exchange_rebooked"
		      " WHERE allocation_id = $1 AND is_reversal = 0) f ORDER BY id DESC LIMIT 1",
		      DB_PARAMS(P_I64(allocation_id)), columns, ARRAY_LEN(columns), ret, e);
}

static bool insert_rebooked(const struct booking *k, const struct posting *p,
			    const struct rebooking *b, bool is_reversal, struct err *e)
{
	int64_t document = is_reversal ? -b->was.at_document_minor : b->now.document.minor;
	int64_t settlement = is_reversal ? -b->was.at_settlement_minor : b->now.settlement.minor;
	day_t effective, dated_from;
	int64_t id;

	return posting_day(p, b->was.effective, &effective, &dated_from, e) &&
	       db_new_id(p->db, &id, e) &&
	       db_exec(p->db,
		       "INSERT INTO exchange_rebooked (id, allocation_id, entity_id, is_reversal,"
		       " currency, at_document_minor, document_rate_on, at_settlement_minor,"
		       " settlement_rate_on, difference_minor, effective, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		       DB_PARAMS(P_I64(id), P_I64(b->step->id), P_I64(p->entity_id),
				 P_BOOL(is_reversal), P_TEXT(k->entity->currency), P_I64(document),
				 P_DAY(is_reversal ? b->was.document_rate_on
						   : b->now.document.rate_on),
				 P_I64(settlement),
				 P_DAY(is_reversal ? b->was.settlement_rate_on
						   : b->now.settlement.rate_on),
				 P_I64(settlement - document), P_DAY(effective), P_I64(p->event_id),
				 P_I64(p->recorded)),
		       NULL, e);
}

/* Those whose rates were corrected: the former taken back, the right one in its place. One event, none when nothing
 * changed. */
static bool rebook(struct booking *k, struct db *db, struct err *e)
{
	struct posting p = { 0 };
	struct step *s;
	size_t n;

	if (!load_steps(db, k, STEP_SELECT RATES_SINCE " ORDER BY l.id", &s, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct rebooking b = { .step = &s[i] };
		bool is_known;
		if (!load_former(db, k->arena, s[i].id, &b.was, e) ||
		    !convert_both(k, &s[i], &b.now, &is_known, e))
			return false;
		if (!is_known || (b.now.document.minor == b.was.at_document_minor &&
				  b.now.settlement.minor == b.was.at_settlement_minor))
			continue;
		if (!p.event_id &&
		    !posting_begin(&p, db, k->entity->id, "exchange.rebooked", "entity",
				   k->entity->id, k->actor, "rule", k->now, "{}", e))
			return false;
		p.dates_forward = true;
		if (!insert_rebooked(k, &p, &b, true, e) || !insert_rebooked(k, &p, &b, false, e))
			return err_while(e, "the exchange difference of allocation %" PRId64,
					 s[i].id);
		k->done.n_rebooked++;
	}
	return true;
}

static bool book_new(struct booking *k, struct db *db, struct err *e)
{
	struct posting p;
	struct step *s;
	size_t n;

	if (!load_steps(db, k, STEP_SELECT NOT_BOOKED " ORDER BY l.id", &s, &n, e))
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

static bool book_tx(struct db *db, void *arg, struct err *e)
{
	struct booking *k = arg;

	k->done = (struct exchange_booked){ 0 };
	return exchange_load(db, k->arena, 0, &k->rates, e) && rebook(k, db, e) &&
	       book_new(k, db, e);
}

bool exchange_book(struct db *db, const struct entity *entity, const char *actor, int64_t now,
		   struct exchange_booked *ret, struct err *e)
{
	struct booking k = { .entity = entity, .actor = actor, .now = now };
	int64_t n;
	bool ok;

	/* Nothing in another currency is the rule. */
	if (!db_get_i64(db,
			"SELECT count(*) FROM allocation l WHERE l.entity_id = $1"
			" AND l.currency <> $2",
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
		DB_COL(struct exchange_difference, is_reversal),
	};

	return db_list(db, a,
		       "SELECT x.allocation_id, c.code, d.document, l.currency, l.amount_minor,"
		       " x.at_document_minor, x.at_settlement_minor, x.difference_minor,"
		       " x.document_rate_on, x.settlement_rate_on, x.effective, x.is_reversal"
		       " FROM (SELECT 0 AS id, allocation_id, entity_id, at_document_minor,"
		       "  document_rate_on, at_settlement_minor, settlement_rate_on,"
		       "  difference_minor, effective, recorded, 0 AS is_reversal"
		       "  FROM exchange_difference UNION ALL SELECT id, allocation_id, entity_id,"
		       "  at_document_minor, document_rate_on, at_settlement_minor,"
		       "  settlement_rate_on, difference_minor, effective, recorded, is_reversal"
		       "  FROM exchange_rebooked) x JOIN allocation l ON l.id = x.allocation_id"
		       " JOIN item d ON d.id = l.debit_item_id"
		       " JOIN customer c ON c.id = d.customer_id"
		       " WHERE x.entity_id = $1 AND x.effective <= $2 AND x.recorded <= $3"
		       " ORDER BY x.effective, x.allocation_id, x.id",
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
