/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/cash_run.h"

#include "base/json.h"
#include "base/map.h"
#include "cash/certificate.h"
#include "match/reason.h"

/* ---- what is decided ---- */

static const char *words_of(struct run *r, const struct match_explanation *x, const char *currency)
{
	return reason_say_all(r->arena, r->cat, reason_encode(r->arena, x->reasons, x->n_reasons),
			      currency);
}

static struct application application_of(struct run *r, size_t at)
{
	const struct entry *en = &r->entries[at];
	const struct match_explanation *x = &r->results[at].explanations[0];
	struct cash_line *lines = ARENA_ARRAY(r->arena, x->n_lines + 1, struct cash_line);
	const char *rule = match_rule_name(x->rule);
	struct application ap = {
		.entity_id = r->o->entity_id,
		.entry = en,
		.customer_id = match_customer_at(r->book, x->customer)->id,
		.lines = lines,
		.n_lines = x->n_lines,
		.rule = rule,
		.reason = reason_encode(r->arena, x->reasons, x->n_reasons),
		.words = words_of(r, x, en->currency),
		.actor = arena_printf(r->arena, "rule:%s", rule),
		.event_kind = "entry.matched",
		.now = r->o->now,
	};

	for (size_t i = 0; i < x->n_lines; i++)
		lines[i] = (struct cash_line){ match_item_at(r->book, x->lines[i].item)->id,
					       x->lines[i].amount_minor, x->lines[i].kind };
	ap.body = cash_body(r->arena, en, lines, x->n_lines, rule, x->confidence_ppm);
	ap.certificate = r->results[at].certificate;
	ENSURE(ap.certificate);
	ap.certificate_body =
		certificate_encode(r->arena, r->book, &r->facts[at], ap.certificate, r->o->date);
	return ap;
}

static bool post_booked(struct db *db, struct run *r, size_t at, struct err *e)
{
	const struct entry *en = &r->entries[at];
	const struct booked_payment *p = &r->payments[r->booked[at].payment];
	struct application ap = {
		.entity_id = r->o->entity_id,
		.entry = en,
		.reason = reason_encode(
			r->arena, &(struct match_reason){ WHY_booked_already, p->document, 0 }, 1),
		.actor = "rule:booked",
		.event_kind = "entry.booked",
		.body = cash_body(r->arena, en, NULL, 0, "booked", 0),
		.now = r->o->now,
	};

	return cash_post_booked(db, r->arena, &ap, p->item_id, e);
}

static bool is_lost_race(const struct err *e)
{
	return e->code == ERR_CONFLICT || e->code == ERR_STALE || e->code == ERR_NOT_FOUND;
}

/* Somebody was quicker: what he left is for a person, or for the next run. */
static bool lost_race(struct run *r, size_t i)
{
	run_hold(&r->results[i], WHY_claimed_twice, r->entries[i].reference);
	r->answers[i].state = ENTRY_PROPOSED;
	return true;
}

/* Decided entries that share one transaction: commits and round trips cost more than rows, but others wait for the
 * writer. */
enum { DECIDED_AT_ONCE = 1000 };

struct decided {
	struct run *run;
	const size_t *at;
	size_t n;
};

static bool post_many(struct db *db, void *arg, struct err *e)
{
	const struct decided *d = arg;
	struct run *r = d->run;
	struct application *list = ARENA_ARRAY(r->arena, d->n, struct application);
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		if (r->answers[d->at[i]].state == ENTRY_MATCHED)
			list[n++] = application_of(r, d->at[i]);
	if (!cash_post_all(db, list, n, e))
		return false;
	for (size_t i = 0; i < d->n; i++)
		if (r->answers[d->at[i]].state == ENTRY_BOOKED && !post_booked(db, r, d->at[i], e))
			return false;
	return true;
}

/* One entry that lost a race takes the whole transaction with it: then each half goes alone. */
static bool post_decided(struct run *r, const size_t *at, size_t n, struct err *e)
{
	struct decided d = { r, at, n };

	if (n == 0 || db_tx(r->db, post_many, &d, e))
		return true;
	if (!is_lost_race(e))
		return err_while(e, "matching bank entry %s", r->entries[at[0]].reference);
	if (n == 1)
		return lost_race(r, at[0]);
	*e = (struct err){ 0 };
	return post_decided(r, at, n / 2, e) && post_decided(r, at + n / 2, n - n / 2, e);
}

static bool write_decided(struct run *r, struct err *e)
{
	size_t *at = ARENA_ARRAY(r->arena, DECIDED_AT_ONCE, size_t);
	size_t n = 0;

	for (size_t i = 0; i <= r->n; i++) {
		if (i < r->n && r->answers[i].state != ENTRY_MATCHED &&
		    r->answers[i].state != ENTRY_BOOKED)
			continue;
		if (i < r->n)
			at[n++] = i;
		if (n == 0 || (i < r->n && n < DECIDED_AT_ONCE))
			continue;
		if (r->o->progress)
			r->o->progress(r->o->progress_arg, (int64_t)i, (int64_t)r->n);
		if (!post_decided(r, at, n, e))
			return false;
		n = 0;
	}
	return true;
}

/* ---- proposals ---- */

static const char *lines_json(struct run *r, const struct match_book *book,
			      const struct match_explanation *x)
{
	struct json j;
	struct buf b;

	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_array(&j);
	for (size_t i = 0; i < x->n_lines; i++) {
		json_open_object(&j);
		json_put_int(&j, "item_id", match_item_at(book, x->lines[i].item)->id);
		json_put_int(&j, "amount_minor", x->lines[i].amount_minor);
		json_put_text(&j, "kind", match_kind_name(x->lines[i].kind));
		json_end(&j);
	}
	json_end(&j);
	return b.data;
}

/* All of an entry's proposals in one text, to see whether anything changed since the last run. */
static void add_kept(struct buf *b, int64_t customer_id, const char *rule, int64_t ppm,
		     const char *lines, const char *reason)
{
	buf_printf(b, "%" PRId64 " %s %" PRId64 " %s %s\n", customer_id, rule, ppm, lines, reason);
}

static bool load_kept(struct run *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *rows = NULL;
	struct buf *all = ARENA_ARRAY(r->arena, r->n + 1, struct buf);
	struct map at;
	bool more = false;

	map_init(&at, r->arena);
	for (size_t i = 0; i < r->n; i++) {
		buf_init(&all[i], r->arena);
		map_set(&at, arena_printf(r->arena, "%" PRId64, r->entries[i].id), &all[i]);
	}
	if (!db_query(r->db,
		      "SELECT entry_id, customer_id, rule, confidence_ppm, lines, reason"
		      " FROM match_proposal WHERE entity_id = $1 ORDER BY entry_id, rank",
		      DB_PARAMS(P_I64(r->o->entity_id)), &rows, e))
		return false;
	while (rows_next(rows, &more, e) && more) {
		struct buf *b = map_get(&at, arena_printf(r->arena, "%" PRId64, row_i64(rows, 0)));
		if (b)
			add_kept(b, row_i64(rows, 1), row_text(rows, 2), row_i64(rows, 3),
				 row_text(rows, 4), row_text(rows, 5));
	}
	for (size_t i = 0; i < r->n; i++)
		r->kept[i] = buf_str(&all[i]);
	return !more;
}

static bool is_unchanged(struct run *r, size_t i)
{
	const struct match_book *book = r->answers[i].book;
	const struct match_result *res = &r->results[i];
	const struct entry *en = &r->entries[i];
	struct buf b;

	if (en->state != r->answers[i].state ||
	    !str_eq(en->reason, reason_encode(r->arena, &res->stop, 1)))
		return false;
	buf_init(&b, r->arena);
	for (size_t x = 0; x < res->n_explanations; x++) {
		const struct match_explanation *ex = &res->explanations[x];
		add_kept(&b, match_customer_at(book, ex->customer)->id, match_rule_name(ex->rule),
			 ex->confidence_ppm, lines_json(r, book, ex),
			 reason_encode(r->arena, ex->reasons, ex->n_reasons));
	}
	return str_eq(buf_str(&b), r->kept[i]);
}

static bool copy_proposals(struct run *r, size_t i, const struct posting *p, struct db_copy *to,
			   struct err *e)
{
	const struct match_book *book = r->answers[i].book;
	const struct match_result *res = &r->results[i];

	for (size_t x = 0; x < res->n_explanations; x++) {
		const struct match_explanation *ex = &res->explanations[x];
		int64_t id;
		if (!db_new_id(p->db, &id, e) ||
		    !db_copy_row(
			    to,
			    DB_PARAMS(P_I64(id), P_I64(p->entity_id), P_I64(r->entries[i].id),
				      P_I64((int64_t)x + 1),
				      P_I64(match_customer_at(book, ex->customer)->id),
				      P_TEXT(match_rule_name(ex->rule)),
				      P_TEXT(reason_encode(r->arena, ex->reasons, ex->n_reasons)),
				      P_I64(ex->confidence_ppm), P_TEXT(lines_json(r, book, ex)),
				      P_I64(p->event_id), P_I64(p->recorded), P_I64(ex->raw_milli)),
			    e))
			return false;
	}
	return true;
}

enum { PROPOSALS_AT_ONCE = 200 };

struct batch {
	struct run *run;
	size_t at[PROPOSALS_AT_ONCE];
	size_t n;
};

static bool set_states(const struct posting *p, const struct batch *b, struct err *e)
{
	struct run *r = b->run;
	struct entry_state_change list[PROPOSALS_AT_ONCE];

	for (size_t i = 0; i < b->n; i++) {
		size_t at = b->at[i];
		list[i] = (struct entry_state_change){
			.entry = &r->entries[at],
			.state = r->answers[at].state,
			.reason = reason_encode(r->arena, &r->results[at].stop, 1),
			.event_id = p->event_id,
		};
	}
	return entry_set_states(p->db, r->arena, list, b->n, e);
}

static bool write_batch(struct db *db, void *arg, struct err *e)
{
	struct batch *b = arg;
	struct run *r = b->run;
	struct db_copy *copy;
	struct posting p;

	if (!posting_begin(&p, db, r->o->entity_id, "entry.proposed", "entity", r->o->entity_id,
			   r->o->actor, "bank", r->o->now,
			   arena_printf(r->arena, "{\"entries\":%zu}", b->n), e) ||
	    !set_states(&p, b, e) ||
	    !db_copy_begin(db, "match_proposal",
			   "id, entity_id, entry_id, rank, customer_id, rule, reason,"
			   " confidence_ppm, lines, event_id, recorded, raw_milli",
			   &copy, e))
		return false;
	for (size_t i = 0; i < b->n; i++)
		if (!copy_proposals(r, b->at[i], &p, copy, e))
			return false;
	return db_copy_end(copy, e);
}

static bool flush(struct batch *b, struct err *e)
{
	bool ok = b->n == 0 || db_tx(b->run->db, write_batch, b, e);

	/* A person decided one of them meanwhile: the next run writes the rest. */
	if (!ok && e->code == ERR_STALE)
		ok = true;
	b->n = 0;
	return ok;
}

static bool write_proposals(struct run *r, struct err *e)
{
	struct batch b = { .run = r };

	if (!load_kept(r, e))
		return false;
	for (size_t i = 0; i < r->n; i++) {
		enum entry_state state = r->answers[i].state;
		if (state == ENTRY_MATCHED || state == ENTRY_BOOKED || is_unchanged(r, i))
			continue;
		b.at[b.n++] = i;
		if (b.n == PROPOSALS_AT_ONCE && !flush(&b, e))
			return false;
	}
	return flush(&b, e);
}

bool run_write(struct run *r, struct err *e)
{
	return write_decided(r, e) && write_proposals(r, e);
}
