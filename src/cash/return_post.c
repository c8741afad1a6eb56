/* SPDX-License-Identifier: Apache-2.0 */
/* return_post.c - what a return does to the ledger, and its taking back. */
#include "base/buf.h"
#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "cash/cash_post.h"
#include "cash/match_policy.h"
#include "cash/hand.h"
#include "match/reason.h"
#include "cash/return_private.h"
#include "db/event.h"
#include "i18n/catalogue.h"
#include "ledger/conversion.h"

#include <string.h>

struct act {
	struct arena *arena;
	int64_t entity_id, return_id, payment_item_id;
	const char *actor;
	int64_t now;
	struct payment_return r;
	int64_t booked_item_id; /* the accounting's line that is the return; 0: none */
	struct item booked;
	struct item payment; /* id 0: not known, the accounting alone has the return */
	struct entity entity;
};

/* ---- words ---- */

static const char *words_of(const struct act *act)
{
	const struct catalogue *cat = catalogue_find(act->entity.language);
	const struct return_reason *reason = return_reason_find(act->r.reason_code);
	const char *kind = tr(cat, return_kind_words(return_kind_of(act->r.kind_name)));

	if (reason)
		return arena_printf(act->arena, "%s, %s: %s. %s", kind, reason->code,
				    tr(cat, reason->words), tr(cat, reason->advice));
	if (!str_empty(act->r.reason_code))
		return arena_printf(act->arena, "%s, %s", kind, act->r.reason_code);
	return kind;
}

static const char *body_of(const struct act *act, const char *documents)
{
	struct json j;
	struct buf b;

	buf_init(&b, act->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "return_id", act->r.id);
	json_put_text(&j, "entry", act->r.reference);
	json_put_minor(&j, "amount", act->r.amount_minor, act->r.currency);
	json_put_text(&j, "currency", act->r.currency);
	json_put_text(&j, "document", documents);
	json_put_text(&j, "reason", words_of(act));
	json_end(&j);
	return b.data;
}

/* ---- the payment ---- */

struct paid {
	int64_t id;
	const char *document;
};

static bool list_paid(struct db *db, struct act *act, struct paid **ret, size_t *ret_n,
		      struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct paid, id),
		DB_COL(struct paid, document),
	};

	return db_list(
		db, act->arena,
		"SELECT l.id, d.document FROM allocation l JOIN item d"
		" ON d.id = l.debit_item_id WHERE l.credit_item_id = $1"
		" AND l.debit_item_id <> $2 AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		" (SELECT 1 FROM allocation v WHERE v.reverses_id = l.id) ORDER BY l.id",
		DB_PARAMS(P_I64(act->payment.id), P_I64(act->booked_item_id)), columns,
		ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

/* What it paid is open again; each line is kept, to be made again should the return be taken back. */
static bool reopen(const struct posting *p, struct act *act, const struct paid *paid, size_t n,
		   struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!post_unallocation(p, paid[i].id, "the payment was returned", e) ||
		    !db_exec(p->db,
			     "INSERT INTO payment_return_line (return_id, allocation_id)"
			     " VALUES ($1, $2)",
			     DB_PARAMS(P_I64(act->r.id), P_I64(paid[i].id)), NULL, e))
			return false;
	return true;
}

static int64_t customer_of(const struct act *act)
{
	return act->payment.id ? act->payment.customer_id : act->booked.customer_id;
}

static day_t later(day_t a, day_t b)
{
	return a > b ? a : b;
}

static bool set_against(const struct posting *p, struct act *act, int64_t return_item, day_t on,
			struct err *e)
{
	return post_allocation(
		p,
		&(struct new_allocation){ .debit_item_id = return_item,
					  .credit_item_id = act->payment.id,
					  .amount_minor = -act->payment.amount_minor,
					  .rule = "returned",
					  .reason = words_of(act),
					  .effective = later(on, act->payment.effective) },
		NULL, e);
}

/* The money that went back settles the payment: both stay, and sum up to nothing. */
static bool settle(const struct posting *p, struct act *act, int64_t *ret_item, struct err *e)
{
	struct new_item it = {
		.customer_id = act->payment.customer_id,
		.kind = ITEM_PAYMENT,
		.document = act->r.reference,
		.issued_on = act->r.returned_on,
		.due_on = DAY_NONE,
		.due_source = DUE_FROM_ITEM_FILE,
		.amount_minor = -act->payment.amount_minor,
		.label = words_of(act),
		.bank_entry_id = act->r.entry_id,
		.effective = act->r.returned_on,
	};

	memcpy(it.currency, act->r.currency, sizeof it.currency);
	return post_item(p, &it, ret_item, e) &&
	       set_against(p, act, *ret_item, act->r.returned_on, e);
}

/* The accounting's line is the money that went back: nothing is posted beside it. */
static bool link_booked(const struct posting *p, struct act *act, bool is_free, struct err *e)
{
	return (!act->r.entry_id ||
		post_item_change(p, act->booked.id, "bank_entry_id",
				 arena_printf(act->arena, "%" PRId64, act->r.entry_id), e)) &&
	       (!is_free || set_against(p, act, act->booked.id,
					later(act->r.returned_on, act->booked.effective), e));
}

/* The charge asked, unless the accounting has it: in its line of the return, or in one of its own. */
static bool fee_of(struct db *db, struct act *act, int64_t *ret_minor, int64_t *ret_booked,
		   struct err *e)
{
	struct return_fact fact;

	*ret_minor = *ret_booked = 0;
	if (!return_fact_load(db, act->arena, act->entity_id, &act->r, &fact, e))
		return false;
	if (fact.asked_minor == 0 ||
	    (act->booked_item_id && return_line_has_fee(&fact, act->booked.amount_minor)))
		return true;
	if (!return_booked_fee(db, act->arena, customer_of(act), &fact, act->booked_item_id,
			       ret_booked, e))
		return false;
	*ret_minor = *ret_booked ? 0 : fact.asked_minor;
	return true;
}

/* What of it is VAT, where the company says that it bears some: the books split it so. */
static bool split_fee(struct db *db, struct act *act, struct new_item *it, struct err *e)
{
	enum { MYRIAD = 10000 };
	struct match_policy policy;

	if (!match_policy_load(db, act->arena, act->entity_id, &policy, e))
		return false;
	if (policy.return_fee_vat_per_myriad == 0)
		return true;
	if (!minor_scale_round(it->amount_minor, policy.return_fee_vat_per_myriad,
			       MYRIAD + policy.return_fee_vat_per_myriad, &it->vat_minor, e))
		return false;
	it->net_minor = it->amount_minor - it->vat_minor;
	it->has_net = true;
	return true;
}

static bool ask_fee(const struct posting *p, struct act *act, int64_t *ret_item,
		    int64_t *ret_booked, struct err *e)
{
	const struct catalogue *cat = catalogue_find(act->entity.language);
	struct new_item it = {
		.customer_id = customer_of(act),
		.kind = ITEM_ADJUSTMENT,
		.document = arena_printf(act->arena, "%s-%s", tr(cat, "FEE"), act->r.reference),
		.issued_on = act->r.returned_on,
		.due_on = act->r.returned_on,
		.due_source = DUE_FROM_ITEM_FILE,
		.account = "708", /* charged to the customer: exported so (books/) */
		.label = words_of(act),
		.effective = act->r.returned_on,
	};

	*ret_item = 0;
	if (!fee_of(p->db, act, &it.amount_minor, ret_booked, e))
		return false;
	memcpy(it.currency, act->r.currency, sizeof it.currency);
	return it.amount_minor == 0 ||
	       (split_fee(p->db, act, &it, e) && post_item(p, &it, ret_item, e));
}

static bool entry_matched(const struct posting *p, struct act *act, int64_t return_item,
			  const char *documents, struct err *e)
{
	struct match_reason why = { WHY_returned_reopens, documents ? documents : "", 0 };
	struct entry en;

	if (!act->r.entry_id)
		return true;
	if (act->booked_item_id)
		why = (struct match_reason){ WHY_booked_already, act->booked.document, 0 };
	return entry_get(p->db, act->arena, act->entity_id, act->r.entry_id, &en, e) &&
	       entry_set_state(p, &en, act->booked_item_id ? ENTRY_BOOKED : ENTRY_MATCHED,
			       reason_encode(act->arena, &why, 1), return_item, e);
}

static const char *join_documents(struct arena *a, const struct paid *paid, size_t n)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < n && b.len < 400; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", paid[i].document);
	return b.len ? buf_str(&b) : NULL;
}

/* Whether the accounting left it to us to open what the payment paid: its line, perhaps with the charge, settles
 * nothing yet. */
static bool is_free(const struct act *act)
{
	return !act->booked_item_id ||
	       (act->payment.id && act->booked.open_minor == act->booked.amount_minor &&
		act->booked.amount_minor >= -act->payment.amount_minor);
}

static bool post_return(struct db *db, struct act *act, struct err *e)
{
	struct paid *paid = NULL;
	struct posting p;
	int64_t return_item = act->booked_item_id, fee_item, booked_fee;
	const char *documents;
	size_t n = 0;

	if (is_free(act) && !list_paid(db, act, &paid, &n, e))
		return false;
	documents = join_documents(act->arena, paid, n);
	if (!posting_begin(&p, db, act->entity_id, "payment.bounced", "customer", customer_of(act),
			   act->actor, "bank", act->now, body_of(act, documents), e))
		return false;
	/* Money that went back in a closed period did go: as cash_post. */
	p.dates_forward = true;
	if (!reopen(&p, act, paid, n, e) ||
	    !(act->booked_item_id ? link_booked(&p, act, is_free(act), e)
				  : settle(&p, act, &return_item, e)) ||
	    !ask_fee(&p, act, &fee_item, &booked_fee, e) ||
	    !entry_matched(&p, act, return_item, documents, e))
		return false;
	return db_exec(db,
		       "UPDATE payment_return SET state = 'treated', customer_id = $2,"
		       " payment_item_id = $3, return_item_id = $4, fee_item_id = $5,"
		       " documents = $6, is_seen = 0, event_id = $7, booked_item_id = $8,"
		       " booked_fee_item_id = $9 WHERE id = $1",
		       DB_PARAMS(P_I64(act->r.id), P_I64(customer_of(act)), P_ID(act->payment.id),
				 P_I64(return_item), P_ID(fee_item), P_TEXT(documents),
				 P_I64(p.event_id), P_ID(act->booked_item_id), P_ID(booked_fee)),
		       NULL, e) &&
	       (!act->payment.id ||
		hand_risk_update(db, act->entity_id, act->payment.id, p.event_id, act->now, e));
}

/* ---- who decides ---- */

static bool event_on_return(struct db *db, struct act *act, const char *kind, struct err *e)
{
	return event_add(
		db,
		&(struct event){ .entity_id = act->entity_id,
				 .kind = kind,
				 .subject_kind = act->r.customer_id ? "customer" : "entity",
				 .subject_id =
					 act->r.customer_id ? act->r.customer_id : act->entity_id,
				 .actor = act->actor,
				 .body = body_of(act, act->r.documents),
				 .recorded = act->now },
		NULL, e);
}

static bool load(struct db *db, struct act *act, struct err *e)
{
	return payment_return_get(db, act->arena, act->entity_id, act->return_id, &act->r, e) &&
	       entity_get_by_id(db, act->arena, act->entity_id, &act->entity, e);
}

static bool dismiss(struct db *db, struct act *act, struct err *e)
{
	/* Nobody's: whose it was taken for before is said by its events. */
	return db_exec(db,
		       "UPDATE payment_return SET state = 'dismissed', customer_id = NULL"
		       " WHERE id = $1",
		       DB_PARAMS(P_I64(act->r.id)), NULL, e) &&
	       event_on_return(db, act, "return.dismissed", e);
}

static bool refuse_decided(const struct act *act, struct err *e)
{
	return str_eq(act->r.state, "waiting") || str_eq(act->r.state, "undone") ||
	       str_eq(act->r.state, "dismissed") ||
	       err_set(e, ERR_CONFLICT, "the return %.60s is decided already", act->r.reference);
}

/* Whether money of that amount, positive, is what came back. */
static bool is_amount(const struct act *act, const struct return_fact *fact, int64_t minor,
		      const char *currency)
{
	return strcmp(currency, act->r.currency) == 0 &&
	       (minor == fact->minor || minor == fact->minor - fact->fee_minor);
}

/* The payment that came back; one comes back once. */
static bool take_payment(struct db *db, struct act *act, struct err *e)
{
	struct return_fact fact;
	int64_t n;

	return_fact_of(act->arena, &act->r, &fact);
	if (!item_get(db, act->arena, act->entity_id, act->payment_item_id, &act->payment, e) ||
	    !db_get_i64(db,
			"SELECT COUNT(*) FROM payment_return WHERE payment_item_id = $1"
			" AND state = 'treated'",
			DB_PARAMS(P_I64(act->payment.id)), 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_CONFLICT, "the payment %.60s is returned already",
			       act->payment.document);
	/* Which money would go back, at which rate? A person takes the conversion back first. */
	if (!conversion_refuse(db, act->payment.id, e))
		return false;
	return is_amount(act, &fact, -act->payment.amount_minor, act->payment.currency) ||
	       err_set(e, ERR_INVALID, "%.60s is no payment of the amount that came back",
		       act->payment.document);
}

/* The accounting's line, and the payment that it is lettered with where nobody said which one came back. */
static bool take_booked(struct db *db, struct act *act, struct err *e)
{
	struct return_fact fact;
	struct return_booked *lines;
	size_t n;

	if (!return_fact_load(db, act->arena, act->entity_id, &act->r, &fact, e) ||
	    !item_get(db, act->arena, act->entity_id, act->booked_item_id, &act->booked, e) ||
	    !return_booked_lines(db, act->arena, act->entity_id, &fact, &lines, &n, e))
		return false;
	if (!is_amount(act, &fact, act->booked.amount_minor, act->booked.currency) &&
	    !return_line_has_fee(&fact, act->booked.amount_minor))
		return err_set(e, ERR_INVALID, "%.60s is no line of the amount that came back",
			       act->booked.document);
	for (size_t i = 0; i < n; i++)
		if (lines[i].item_id == act->booked_item_id) {
			if (!act->payment_item_id)
				act->payment_item_id = lines[i].settles_item_id;
			return true;
		}
	return err_set(e, ERR_CONFLICT,
		       "%.60s is another bank entry already, or no line of the accounting",
		       act->booked.document);
}

static bool treat_tx(struct db *db, void *arg, struct err *e)
{
	struct act *act = arg;

	if (!load(db, act, e) || !refuse_decided(act, e))
		return false;
	if (act->payment_item_id == 0 && act->booked_item_id == 0)
		return dismiss(db, act, e);
	return (!act->booked_item_id || take_booked(db, act, e)) &&
	       (!act->payment_item_id || take_payment(db, act, e)) && post_return(db, act, e);
}

static bool run_act(struct db *db, db_tx_fn *run, struct act *act, struct err *e)
{
	bool ok;

	act->arena = arena_new(64 << 20);
	ok = db_tx(db, run, act, e);
	arena_free(act->arena);
	return ok;
}

bool return_treat(struct db *db, int64_t entity_id, int64_t return_id, int64_t payment_item_id,
		  const char *actor, int64_t now, struct err *e)
{
	return return_treat_as(db, entity_id, return_id, payment_item_id, 0, actor, now, e);
}

bool return_treat_booked(struct db *db, int64_t entity_id, int64_t return_id,
			 int64_t booked_item_id, const char *actor, int64_t now, struct err *e)
{
	ENSURE(booked_item_id > 0);
	return return_treat_as(db, entity_id, return_id, 0, booked_item_id, actor, now, e);
}

bool return_treat_as(struct db *db, int64_t entity_id, int64_t return_id, int64_t payment_item_id,
		     int64_t booked_item_id, const char *actor, int64_t now, struct err *e)
{
	return run_act(db, treat_tx,
		       &(struct act){ .entity_id = entity_id,
				      .return_id = return_id,
				      .payment_item_id = payment_item_id,
				      .booked_item_id = booked_item_id,
				      .actor = actor,
				      .now = now },
		       e);
}

/* ---- taking it back ---- */

static bool pay_again(const struct posting *p, struct act *act, struct err *e)
{
	struct new_allocation *lines;
	static const struct db_column columns[] = {
		DB_COL(struct new_allocation, debit_item_id),
		DB_COL(struct new_allocation, credit_item_id),
		DB_COL(struct new_allocation, amount_minor),
		DB_COL(struct new_allocation, lettering),
		DB_COL(struct new_allocation, rule),
		DB_COL(struct new_allocation, reason),
		DB_DAY(struct new_allocation, effective),
		DB_COL(struct new_allocation, lettering_id),
	};
	size_t n;

	if (!db_list(
		    p->db, act->arena,
		    "SELECT l.debit_item_id, l.credit_item_id, l.amount_minor, l.lettering, l.rule,"
		    " l.reason, l.effective, COALESCE(l.lettering_id, 0)"
		    " FROM payment_return_line r JOIN allocation l ON l.id = r.allocation_id"
		    " WHERE r.return_id = $1 ORDER BY l.id",
		    DB_PARAMS(P_I64(act->r.id)), columns, ARRAY_LEN(columns), sizeof *lines,
		    (void **)&lines, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!post_allocation(p, &lines[i], NULL, e))
			return false;
	return db_exec(p->db, "DELETE FROM payment_return_line WHERE return_id = $1",
		       DB_PARAMS(P_I64(act->r.id)), NULL, e);
}

/* The accounting's line stays: only what was done with it here goes. */
static bool unlink_booked(const struct posting *p, struct act *act, struct err *e)
{
	int64_t allocation;

	return db_get_i64(p->db,
			  "SELECT l.id FROM allocation l WHERE l.debit_item_id = $1"
			  " AND l.credit_item_id = $2 AND l.rule = 'returned'"
			  " AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
			  " (SELECT 1 FROM allocation v WHERE v.reverses_id = l.id)",
			  DB_PARAMS(P_I64(act->r.booked_item_id), P_I64(act->r.payment_item_id)), 0,
			  &allocation, e) &&
	       (!allocation || post_unallocation(p, allocation, "the return was taken back", e)) &&
	       post_item_change(p, act->r.booked_item_id, "bank_entry_id", NULL, e);
}

static bool entry_open(const struct posting *p, struct act *act, struct err *e)
{
	struct match_reason why = { WHY_undone_by_hand, act->actor, 0 };
	struct entry en;

	if (!act->r.entry_id)
		return true;
	return entry_get(p->db, act->arena, act->entity_id, act->r.entry_id, &en, e) &&
	       entry_set_state(p, &en, ENTRY_OPEN, reason_encode(act->arena, &why, 1), 0, e);
}

static bool undo_tx(struct db *db, void *arg, struct err *e)
{
	struct act *act = arg;
	struct posting p;

	if (!load(db, act, e))
		return false;
	if (!str_eq(act->r.state, "treated"))
		return err_set(e, ERR_CONFLICT, "the return %.60s is not treated",
			       act->r.reference);
	if (!posting_begin(&p, db, act->entity_id, "return.undone", "customer", act->r.customer_id,
			   act->actor, "user", act->now, body_of(act, act->r.documents), e))
		return false;
	p.dates_forward = true;
	return (act->r.booked_item_id ? unlink_booked(&p, act, e)
				      : post_item_reversal(&p, act->r.return_item_id,
							   "the return was taken back", e)) &&
	       (!act->r.fee_item_id ||
		post_item_reversal(&p, act->r.fee_item_id, "the return was taken back", e)) &&
	       pay_again(&p, act, e) && entry_open(&p, act, e) &&
	       db_exec(db,
		       "UPDATE payment_return SET state = 'undone', return_item_id = NULL,"
		       " fee_item_id = NULL, payment_item_id = NULL, booked_item_id = NULL,"
		       " booked_fee_item_id = NULL, event_id = $2 WHERE id = $1",
		       DB_PARAMS(P_I64(act->r.id), P_I64(p.event_id)), NULL, e) &&
	       (!act->r.payment_item_id ||
		hand_risk_update(db, act->entity_id, act->r.payment_item_id, p.event_id, act->now,
				 e));
}

bool return_undo(struct db *db, int64_t entity_id, int64_t return_id, const char *actor,
		 int64_t now, struct err *e)
{
	return run_act(db, undo_tx,
		       &(struct act){ .entity_id = entity_id,
				      .return_id = return_id,
				      .actor = actor,
				      .now = now },
		       e);
}

static bool seen_tx(struct db *db, void *arg, struct err *e)
{
	struct act *act = arg;

	return load(db, act, e) &&
	       db_exec(db, "UPDATE payment_return SET is_seen = 1 WHERE id = $1",
		       DB_PARAMS(P_I64(act->r.id)), NULL, e) &&
	       event_on_return(db, act, "return.seen", e);
}

bool return_seen(struct db *db, int64_t entity_id, int64_t return_id, const char *actor,
		 int64_t now, struct err *e)
{
	return run_act(db, seen_tx,
		       &(struct act){ .entity_id = entity_id,
				      .return_id = return_id,
				      .actor = actor,
				      .now = now },
		       e);
}
