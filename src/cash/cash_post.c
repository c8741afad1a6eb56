/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/cash_post.h"

#include "base/json.h"
#include "base/money.h"
#include "cash/certificate.h"
#include "cash/hand.h"
#include "cash/match_policy.h"
#include "ledger/post_batch.h"

const char *cash_body(struct arena *a, const struct entry *entry, const struct cash_line *lines,
		      size_t n, const char *rule, int64_t confidence_ppm)
{
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "entry", entry->reference);
	json_put_minor(&j, "amount", entry->amount_minor, entry->currency);
	json_put_text(&j, "currency", entry->currency);
	json_put_text(&j, "rule", rule);
	if (confidence_ppm)
		json_put_int(&j, "confidence_ppm", confidence_ppm);
	json_key(&j, "lines"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		json_put_int(&j, "item_id", lines[i].item_id);
		json_put_int(&j, "amount_minor", lines[i].amount_minor);
		if (lines[i].kind != MATCH_ALLOCATION)
			json_put_text(&j, "kind", match_kind_name(lines[i].kind));
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return b.data;
}

bool entry_set_state(const struct posting *p, const struct entry *entry, enum entry_state state,
		     const char *reason, int64_t payment_item_id, struct err *e)
{
	int64_t changed;

	/* The version is the guard: two people cannot both decide. */
	if (!db_exec(p->db,
		     "UPDATE statement_entry SET state = $3, reason = $4, payment_item_id = $5,"
		     " version = version + 1, event_id = $6 WHERE id = $1 AND version = $2",
		     DB_PARAMS(P_I64(entry->id), P_I64(entry->version),
			       P_TEXT(entry_state_name(state)), P_TEXT(reason),
			       P_ID(payment_item_id), P_I64(p->event_id)),
		     &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_STALE, "bank entry %.60s changed meanwhile",
			       entry->reference);
	return db_exec(p->db, "DELETE FROM match_proposal WHERE entry_id = $1",
		       DB_PARAMS(P_I64(entry->id)), NULL, e) &&
	       (!payment_item_id || !hand_is_paper(entry) ||
		hand_risk_update(p->db, p->entity_id, payment_item_id, p->event_id, p->recorded,
				 e));
}

bool entry_set_states(struct db *db, struct arena *a, const struct entry_state_change *list,
		      size_t n, struct err *e)
{
	enum { COLUMNS = 6 };
	struct db_param *rows = ARENA_ARRAY(a, COLUMNS * n + 1, struct db_param);
	struct db_param *ids = ARENA_ARRAY(a, n + 1, struct db_param);
	int64_t changed = 0;

	for (size_t i = 0; i < n; i++) {
		const struct entry_state_change *c = &list[i];
		const struct db_param row[COLUMNS] = { P_I64(c->entry->id),
						       P_I64(c->entry->version),
						       P_TEXT(entry_state_name(c->state)),
						       P_TEXT(c->reason),
						       P_ID(c->payment_item_id),
						       P_I64(c->event_id) };
		memcpy(&rows[COLUMNS * i], row, sizeof row);
		ids[i] = row[0];
	}
	if (!db_exec_many(db,
			  "UPDATE statement_entry SET state = v.column3, reason = v.column4,"
			  " payment_item_id = v.column5, version = version + 1,"
			  " event_id = v.column6 FROM (VALUES $rows) v"
			  " WHERE id = v.column1 AND version = v.column2",
			  DB_MANY(rows, COLUMNS, n), &changed, e))
		return false;
	if (changed != (int64_t)n)
		return err_set(e, ERR_STALE, "some bank entry changed meanwhile");
	return db_exec_many(db, "DELETE FROM match_proposal WHERE entry_id IN (VALUES $rows)",
			    DB_MANY(ids, 1, n), NULL, e);
}

/* ---- sharing the money out ---- */

/* What several applications are written through; NULL when one goes alone. */
struct together {
	struct post_batch post;
	struct db_copy *certificates;
	struct match_policy policy;
	struct entry_state_change *states;
	size_t n_states;
};

struct part {
	int64_t item_id;
	int64_t left; /* positive */
	day_t effective;
};

/* The currency of what is applied. */
static const char *currency_of(const struct application *ap)
{
	return ap->plan ? ap->plan->rate.to : ap->entry->currency;
}

static bool load_part(const struct posting *p, struct arena *a, const struct application *ap,
		      const struct cash_line *line, struct part *ret, struct err *e)
{
	struct item it;

	if (!posting_item(p, a, line->item_id, &it, e))
		return false;
	if (strcmp(it.currency, currency_of(ap)) != 0)
		return err_set(e, ERR_INVALID, "%.60s is in %s, the money in %s: convert it first",
			       it.document, it.currency, currency_of(ap));
	if (line->amount_minor == 0 || (line->amount_minor > 0) != (it.amount_minor > 0))
		return err_set(e, ERR_INVALID,
			       "the amount for %.60s must have the sign of the document",
			       it.document);
	*ret = (struct part){ it.id,
			      line->amount_minor > 0 ? line->amount_minor : -line->amount_minor,
			      it.effective };
	return true;
}

static bool apply_part(const struct posting *p, const struct application *ap, struct part *debit,
		       struct part *credit, struct err *e)
{
	int64_t minor = debit->left < credit->left ? debit->left : credit->left;
	day_t effective = ap->entry->booked_on;

	if (minor == 0)
		return true;
	/* Never before both sides are there. */
	if (debit->effective > effective)
		effective = debit->effective;
	if (credit->effective > effective)
		effective = credit->effective;
	debit->left -= minor;
	credit->left -= minor;
	return post_allocation(p,
			       &(struct new_allocation){ .debit_item_id = debit->item_id,
							 .credit_item_id = credit->item_id,
							 .amount_minor = minor,
							 .rule = ap->rule,
							 .reason = ap->words,
							 .effective = effective },
			       NULL, e);
}

/* Debits take the credit notes first, then the money. */
static bool share_out(const struct posting *p, const struct application *ap, struct part *debit,
		      size_t n_debits, struct part *credit, size_t n_credits, struct err *e)
{
	for (size_t d = 0; d < n_debits; d++) {
		for (size_t c = 0; c < n_credits && debit[d].left > 0; c++)
			if (!apply_part(p, ap, &debit[d], &credit[c], e))
				return false;
		if (debit[d].left > 0)
			return err_set(e, ERR_INVALID, "the entry %.60s has less than that",
				       ap->entry->reference);
	}
	for (size_t c = 0; c + 1 < n_credits; c++)
		if (credit[c].left > 0)
			return err_set(e, ERR_INVALID,
				       "the credit notes come to more than the documents");
	return true;
}

/* By the root of the chart (PCG): the books export it to the company's own account of that root. */
static const char *account_of(const struct cash_line *line, const struct match_policy *policy)
{
	switch (line->kind) {
	case MATCH_DISCOUNT:
		return "665";
	case MATCH_ROUNDING: /* lost on what is owed to us, gained on what we owe */
		return line->amount_minor > 0 ? policy->write_off_account : "758";
	case MATCH_FEE:
	case MATCH_ALLOCATION:
		break;
	}
	return "627";
}

/* What the company allows to be written off as a difference, in its own currency's units. */
static bool check_difference(const struct match_policy *policy, const struct application *ap,
			     const struct cash_line *line, struct err *e)
{
	int64_t minor = line->amount_minor < 0 ? -line->amount_minor : line->amount_minor;
	int64_t limit = policy->write_off_limit_minor > policy->rounding_minor
				? policy->write_off_limit_minor
				: policy->rounding_minor;
	char is[MONEY_TEXT], most[MONEY_TEXT];

	if (line->kind != MATCH_ROUNDING || minor <= limit)
		return line->amount_minor > 0 || line->kind == MATCH_ROUNDING ||
		       err_set(e, ERR_INVALID, "a discount or charge reduces what is owed");
	return err_set(e, ERR_REFUSED,
		       "a difference of %s is above the limit of write-offs (%s): write it off as a"
		       " loss",
		       minor_format(minor, currency_of(ap), is),
		       minor_format(limit, currency_of(ap), most));
}

/* A discount takes its part of the document's VAT with it, where the document tells its VAT. */
static bool share_vat(const struct item *document, const struct cash_line *line,
		      struct new_item *it, struct err *e)
{
	int64_t net = document->net_minor, vat = document->vat_minor, whole, part;

	if (line->kind != MATCH_DISCOUNT || net <= 0 || vat <= 0)
		return true;
	if (__builtin_add_overflow(net, vat, &whole))
		return err_set(e, ERR_RANGE, "the amount of the document does not fit");
	if (!minor_scale_round(line->amount_minor, vat, whole, &part, e))
		return false;
	it->has_net = true;
	it->vat_minor = -part;
	it->net_minor = it->amount_minor + part;
	return true;
}

/* What reduces the document without money: an adjustment of its account, used up at once. */
static struct new_item difference_of(struct arena *a, const struct application *ap,
				     const struct cash_line *line,
				     const struct match_policy *policy, const struct item *document)
{
	day_t booked_on = ap->entry->booked_on;
	struct new_item it = { .customer_id = document->customer_id,
			       .kind = ITEM_ADJUSTMENT,
			       .label = document->document,
			       .due_on = DAY_NONE,
			       .due_source = DUE_FROM_ITEM_FILE,
			       .account = account_of(line, policy),
			       .amount_minor = -line->amount_minor };

	it.document = arena_printf(a, "%s-%" PRId64, it.account, ap->entry->id);
	it.issued_on = document->effective > booked_on ? document->effective : booked_on;
	it.effective = it.issued_on;
	memcpy(it.currency, currency_of(ap), sizeof it.currency);
	return it;
}

static bool make_difference(const struct posting *p, struct arena *a, const struct application *ap,
			    const struct match_policy *policy, const struct cash_line *line,
			    struct err *e)
{
	struct part document = { 0 }, difference = { 0 };
	struct new_item adjustment;
	struct item it;

	if (!check_difference(policy, ap, line, e) || !load_part(p, a, ap, line, &document, e) ||
	    !posting_item(p, a, line->item_id, &it, e))
		return false;
	adjustment = difference_of(a, ap, line, policy, &it);
	difference.left = document.left;
	difference.effective = adjustment.effective;
	if (!share_vat(&it, line, &adjustment, e) ||
	    !post_item(p, &adjustment, &difference.item_id, e))
		return false;
	return line->amount_minor > 0 ? apply_part(p, ap, &document, &difference, e)
				      : apply_part(p, ap, &difference, &document, e);
}

static bool make_differences(const struct posting *p, struct arena *a, const struct application *ap,
			     const struct together *t, struct err *e)
{
	struct match_policy own;
	const struct match_policy *policy = t ? &t->policy : NULL;

	for (size_t i = 0; i < ap->n_lines; i++) {
		if (ap->lines[i].kind == MATCH_ALLOCATION)
			continue;
		if (!policy && !match_policy_load(p->db, a, ap->entity_id, &own, e))
			return false;
		policy = policy ? policy : &own;
		if (!make_difference(p, a, ap, policy, &ap->lines[i], e))
			return false;
	}
	return true;
}

static bool allocate(const struct posting *p, struct arena *a, const struct application *ap,
		     const struct together *t, struct part payment, struct err *e)
{
	struct part *debit = ARENA_ARRAY(a, ap->n_lines + 1, struct part);
	struct part *credit = ARENA_ARRAY(a, ap->n_lines + 1, struct part);
	size_t n_debits = 0, n_credits = 0;

	for (size_t i = 0; i < ap->n_lines; i++) {
		bool is_debit = ap->lines[i].amount_minor > 0;
		struct part *to;
		if (ap->lines[i].kind != MATCH_ALLOCATION)
			continue;
		to = is_debit ? &debit[n_debits++] : &credit[n_credits++];
		if (!load_part(p, a, ap, &ap->lines[i], to, e))
			return false;
	}
	credit[n_credits++] = payment;
	return share_out(p, ap, debit, n_debits, credit, n_credits, e) &&
	       make_differences(p, a, ap, t, e);
}

static struct new_item payment_of(const struct application *ap)
{
	const struct entry *en = ap->entry;
	struct new_item it = {
		.customer_id = ap->customer_id,
		.kind = ITEM_PAYMENT,
		.document = en->reference,
		.issued_on = en->booked_on,
		.due_on = DAY_NONE,
		.due_source = DUE_FROM_ITEM_FILE,
		.amount_minor = -en->amount_minor,
		.label = en->remittance,
		.bank_entry_id = en->id,
		.effective = en->booked_on,
	};

	memcpy(it.currency, en->currency, sizeof it.currency);
	return it;
}

static bool make_payment(const struct posting *p, const struct application *ap, int64_t *ret_id,
			 struct err *e)
{
	struct new_item it = payment_of(ap);

	return post_item(p, &it, ret_id, e);
}

/* What is left of the payment of an entry that was applied before. */
static bool left_of(const struct posting *p, struct arena *a, const struct application *ap,
		    struct part *ret, struct err *e)
{
	struct item it;

	if (!posting_item(p, a, ap->entry->payment_item_id, &it, e))
		return false;
	*ret = (struct part){ it.id, -it.open_minor, ap->entry->booked_on };
	return true;
}

/* The money in the documents' currency: an act of its own, told by an event of its own. */
static bool convert(struct db *db, struct arena *a, const struct application *ap,
		    struct part *payment, struct err *e)
{
	const struct entry *en = ap->entry;
	struct new_conversion c = { .entry_id = en->id,
				    .customer_id = ap->customer_id,
				    .payment_item_id = payment->item_id,
				    .reference = en->reference,
				    .rate = ap->plan->rate,
				    .from_minor = ap->plan->from_minor,
				    .to_minor = ap->plan->to_minor,
				    .on = en->booked_on };
	struct posting p;

	if (!posting_begin(&p, db, ap->entity_id, "entry.converted", "statement_entry", en->id,
			   ap->actor, "bank", ap->now, convert_body(a, en, ap->plan), e))
		return false;
	p.dates_forward = true; /* as the payment */
	payment->left = c.to_minor;
	return conversion_post(&p, a, &c, &payment->item_id, e);
}

static bool begin(struct posting *p, struct db *db, const struct application *ap,
		  struct together *t, struct err *e)
{
	const struct event ev = { ap->entity_id, ap->event_kind, "statement_entry",
				  ap->entry->id, ap->actor,      ap->body,
				  ap->now };

	if (ap->entry->amount_minor <= 0)
		return err_set(e, ERR_INVALID, "bank entry %.60s is money going out",
			       ap->entry->reference);
	if (t ? !posting_begin_in(p, &t->post, &ev, "bank", e)
	      : !posting_begin(p, db, ev.entity_id, ev.kind, ev.subject_kind, ev.subject_id,
			       ev.actor, "bank", ev.recorded, ev.body, e))
		return false;
	/* Money that came in a closed period did come: it counts from the first open day, and the statement
	 * keeps the bank's. */
	p->dates_forward = true;
	return true;
}

static bool post(struct db *db, struct arena *a, const struct application *ap, struct together *t,
		 struct err *e)
{
	struct part payment = { 0, ap->entry->amount_minor, ap->entry->booked_on };
	enum entry_state state = ap->n_lines ? ENTRY_MATCHED : ENTRY_ON_ACCOUNT;
	int64_t payment_item_id;
	struct posting p;

	if (!begin(&p, db, ap, t, e))
		return false;
	if (ap->entry->payment_item_id ? !left_of(&p, a, ap, &payment, e)
				       : !make_payment(&p, ap, &payment.item_id, e))
		return false;
	if (ap->certificate &&
	    !certificate_store(db, t ? t->certificates : NULL, ap->entity_id, ap->entry->id,
			       p.event_id, ap->certificate, ap->certificate_body, ap->now, e))
		return false;
	payment_item_id = payment.item_id;
	ENSURE(!t || !ap->plan); /* money is converted by a person's act */
	if ((ap->plan && !convert(db, a, ap, &payment, e)) || !allocate(&p, a, ap, t, payment, e))
		return false;
	if (!t)
		return entry_set_state(&p, ap->entry, state, ap->reason, payment_item_id, e);
	t->states[t->n_states++] = (struct entry_state_change){ ap->entry, state, ap->reason,
								payment_item_id, p.event_id };
	return true;
}

bool cash_post(struct db *db, struct arena *a, const struct application *ap, struct err *e)
{
	return post(db, a, ap, NULL, e);
}

/* ---- many together ---- */

/* Reads the items that the applications name. */
static bool read_together(struct together *t, struct db *db, struct arena *a,
			  const struct application *list, size_t n, struct err *e)
{
	size_t n_lines = 0, n_items = 0;
	int64_t *id;

	for (size_t i = 0; i < n; i++)
		n_lines += list[i].n_lines;
	id = ARENA_ARRAY(a, n + n_lines, int64_t);
	for (size_t i = 0; i < n; i++) {
		const struct application *ap = &list[i];
		if (ap->entry->payment_item_id)
			id[n_items++] = ap->entry->payment_item_id;
		for (size_t k = 0; k < ap->n_lines; k++)
			id[n_items++] = ap->lines[k].item_id;
	}
	return post_batch_begin(&t->post, db, a, list[0].entity_id, id, n_items, e);
}

/* Tells which items they will add. */
static bool expect_together(struct together *t, struct arena *a, const struct application *list,
			    size_t n, struct err *e)
{
	struct {
		LIST_OF(struct new_item) items;
	} added = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct application *ap = &list[i];
		if (!ap->entry->payment_item_id)
			*LIST_ADD(a, &added.items) = payment_of(ap);
		for (size_t k = 0; k < ap->n_lines; k++) {
			const struct cash_line *line = &ap->lines[k];
			const struct batch_item *it = post_batch_item(&t->post, line->item_id);
			if (it && line->kind != MATCH_ALLOCATION)
				*LIST_ADD(a, &added.items) =
					difference_of(a, ap, line, &t->policy, &it->item);
		}
	}
	return post_batch_expect(&t->post, added.items.at, added.items.n, e);
}

/* What entry_set_state does for a cheque or bill taken in by hand. */
static bool note_risks(struct db *db, const struct together *t, const struct application *list,
		       struct err *e)
{
	for (size_t i = 0; i < t->n_states; i++) {
		const struct entry_state_change *c = &t->states[i];
		if (hand_is_paper(c->entry) &&
		    !hand_risk_update(db, list[i].entity_id, c->payment_item_id, c->event_id,
				      list[i].now, e))
			return false;
	}
	return true;
}

static bool post_together(struct db *db, struct arena *a, const struct application *list, size_t n,
			  struct err *e)
{
	struct together t = { 0 };

	t.states = ARENA_ARRAY(a, n, struct entry_state_change);
	if (!match_policy_load(db, a, list[0].entity_id, &t.policy, e) ||
	    !read_together(&t, db, a, list, n, e) || !expect_together(&t, a, list, n, e) ||
	    !db_copy_begin(db, "match_certificate", CERTIFICATE_COLUMNS, &t.certificates, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!post(db, a, &list[i], &t, e))
			return false;
	return post_batch_end(&t.post, e) && db_copy_end(t.certificates, e) &&
	       entry_set_states(db, a, t.states, t.n_states, e) && note_risks(db, &t, list, e);
}

bool cash_post_all(struct db *db, const struct application *list, size_t n, struct err *e)
{
	struct arena *a = arena_new((size_t)256 << 20);
	bool ok = n == 0 || post_together(db, a, list, n, e);

	arena_free(a);
	return ok;
}

bool cash_post_booked(struct db *db, struct arena *a, const struct application *ap,
		      int64_t payment_item_id, struct err *e)
{
	struct posting p;
	struct item it;

	if (!item_get(db, a, ap->entity_id, payment_item_id, &it, e))
		return false;
	if (it.bank_entry_id)
		return err_set(e, ERR_CONFLICT, "%.60s is another bank entry already", it.document);
	if (it.amount_minor != -ap->entry->amount_minor ||
	    strcmp(it.currency, ap->entry->currency) != 0)
		return err_set(e, ERR_INVALID, "%.60s has another amount than the bank entry",
			       it.document);
	return posting_begin(&p, db, ap->entity_id, ap->event_kind, "statement_entry",
			     ap->entry->id, ap->actor, "bank", ap->now, ap->body, e) &&
	       post_item_change(&p, payment_item_id, "bank_entry_id",
				arena_printf(a, "%" PRId64, ap->entry->id), e) &&
	       entry_set_state(&p, ap->entry, ENTRY_BOOKED, ap->reason, payment_item_id, e);
}
