/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/event_detail.h"
#include "insight/customer_story.h"

#include "base/list.h"
#include "base/text.h"
#include "collect/explain.h"
#include "collect/outbox.h"
#include "collect/promise.h"
#include "dispute/dispute.h"
#include "dispute/reason.h"
#include "ledger/customer.h"
#include "ledger/item_mark_view.h"
#include "ledger/scope.h"
#include "web/show.h"

#include <jansson.h>
#include <stdlib.h>

enum { SHOWN_MAX = 40, GRACE_DAYS = 2 };

/* A happening with the moment it is ordered by. A civil date counts from its noon, so that it falls on its
 * own day in every time zone. */
struct moment {
	int64_t at;
	bool has_time;
	struct part_happening h;
};

struct story {
	struct request *request;
	struct page *page;
	int64_t customer_id;
	int each_max; /* of each kind, the newest */
	LIST_OF(struct moment) list;
};

static int64_t noon(const struct page *p, day_t d)
{
	return ((int64_t)d * 86400 + 43200 - p->utc_offset) * 1000000;
}

/* What lies beyond the two times of the page is not told. */
static void tell(struct story *s, int64_t at, bool has_time, struct part_happening h)
{
	if (show_day_of(s->page, at) > s->page->when.as_of ||
	    (has_time && at > when_known(s->page->when)))
		return;
	*LIST_ADD(s->page->arena, &s->list) = (struct moment){ at, has_time, h };
}

static bool tell_notes(struct story *s, struct err *e)
{
	struct note *note;
	size_t n;

	if (!note_list(s->request->db, s->page->arena, s->customer_id, &note, &n, e))
		return false;
	for (size_t i = 0; i < n && i < (size_t)s->each_max; i++)
		tell(s, note[i].recorded, true,
		     (struct part_happening){
			     .icon = "note",
			     .state = "",
			     .what = arena_printf(s->page->arena, tr(s->page->cat, "Note by %s"),
						  actor_text(s->request, note[i].actor)),
			     .detail = note[i].text,
		     });
	return true;
}

static const char *message_state_text(struct story *s, const struct outbox_message *m)
{
	const struct catalogue *cat = s->page->cat;

	if (m->is_test)
		return tr(cat, "test mode: it stayed here");
	if (str_eq(m->state, "accepted"))
		return tr(cat, "accepted by the mail server or printed");
	if (str_eq(m->state, "refused"))
		return tr(cat, "refused by the mail server");
	if (str_eq(m->state, "uncertain"))
		return tr(cat, "not known whether it left");
	if (str_eq(m->state, "cancelled"))
		return tr(cat, "cancelled before it left");
	return tr(cat, "waiting to leave");
}

static bool tell_messages(struct story *s, struct err *e)
{
	struct page *p = s->page;
	struct outbox_message *m;
	size_t n;

	if (!outbox_list(
		    s->request->db, p->arena, s->request->entity.id,
		    &(struct outbox_filter){ .customer_id = s->customer_id, .limit = s->each_max },
		    &m, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool is_letter = str_eq(m[i].channel, "letter");

		tell(s, m[i].sent_at ? m[i].sent_at : noon(p, m[i].planned_on), m[i].sent_at != 0,
		     (struct part_happening){
			     .icon = is_letter ? "letter" : "mail",
			     .state = str_eq(m[i].state, "refused") ? "late-3" : "",
			     .what = m[i].subject,
			     .url = page_link(
				     p,
				     arena_printf(p->arena, "/reminders/outbox/%" PRId64, m[i].id)),
			     .detail = arena_printf(
				     p->arena, tr(p->cat, "%s to %s: %s%s%s"),
				     show_amount(p, m[i].amount_minor, m[i].currency),
				     m[i].recipient, message_state_text(s, &m[i]),
				     m[i].reason ? ". " : "",
				     m[i].reason ? explain_stored(p->cat, m[i].reason) : ""),
		     });
	}
	return true;
}

static bool tell_promises(struct story *s, struct err *e)
{
	struct page *p = s->page;
	struct promise *pr;
	size_t n;

	if (!promise_list_at(s->request->db, p->arena, s->request->entity.id, s->customer_id,
			     p->when, GRACE_DAYS, s->each_max, &pr, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		tell(s, noon(p, pr[i].made_on), false,
		     (struct part_happening){
			     .icon = "calendar",
			     .state = "promise",
			     .what = arena_printf(
				     p->arena, tr(p->cat, "Promise of %s for %s"),
				     show_amount(p, pr[i].amount_minor, pr[i].currency),
				     show_day_long(p, pr[i].promised_on)),
			     .detail = arena_printf(p->arena, "%s%s%s",
						    pr[i].item_id ? pr[i].document
								  : tr(p->cat, "the whole account"),
						    pr[i].detail ? " · " : "",
						    pr[i].detail ? pr[i].detail : ""),
		     });
	return true;
}

static bool tell_disputes(struct story *s, struct err *e)
{
	struct page *p = s->page;
	struct dispute *d;
	size_t n;

	if (!dispute_list_at(s->request->db, p->arena, s->request->entity.id, s->customer_id,
			     p->when, false, s->each_max, &d, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *amount = show_amount(p, d[i].amount_minor, d[i].currency);

		tell(s, noon(p, d[i].opened_on), false,
		     (struct part_happening){
			     .icon = "warn",
			     .state = "dispute",
			     .what = arena_printf(p->arena, tr(p->cat, "Dispute on %s, %s"),
						  d[i].document, amount),
			     .detail = arena_printf(
				     p->arena, "%s%s%s", dispute_reason_text(p->cat, d[i].reason),
				     d[i].detail ? " · " : "", d[i].detail ? d[i].detail : ""),
		     });
		if (d[i].closed_on != DAY_NONE)
			tell(s, noon(p, d[i].closed_on), false,
			     (struct part_happening){
				     .icon = "check",
				     .state = "done",
				     .what = arena_printf(p->arena,
							  tr(p->cat, "Dispute on %s closed"),
							  d[i].document),
				     .detail = d[i].resolution,
			     });
	}
	return true;
}

/* Payments one by one; documents as the imports that brought them. */
static bool tell_items(struct story *s, struct err *e)
{
	struct page *p = s->page;
	int64_t last_import = 0;
	struct item *it;
	int n_payments = 0;
	size_t n;

	if (!item_list_customer(s->request->db, p->arena, s->customer_id, false, &it, &n, e))
		return false;
	for (size_t k = n; k > 0; k--) {
		const struct item *i = &it[k - 1];
		enum item_kind kind;

		if (!item_kind_of(i->kind_name, &kind) || i->recorded > when_known(p->when))
			continue;
		if (item_kind_is_cash(kind) && n_payments < s->each_max) {
			n_payments++;
			tell(s, noon(p, i->effective), false,
			     (struct part_happening){
				     .icon = "euro",
				     .state = i->amount_minor > 0 ? "late-3" : "done",
				     .what = i->amount_minor > 0
						     ? arena_printf(p->arena,
								    tr(p->cat, "Returned %s"),
								    show_amount(p, i->amount_minor,
										i->currency))
						     : arena_printf(p->arena,
								    tr(p->cat, "Received %s"),
								    show_amount(p, -i->amount_minor,
										i->currency)),
				     .url = link_to(
					     s->request,
					     arena_printf(p->arena, "/items/%" PRId64, i->id),
					     NULL),
				     .detail = i->label ? i->label : i->document,
			     });
		} else if (i->import_id && i->import_id != last_import) {
			last_import = i->import_id;
			tell(s, i->recorded, true,
			     (struct part_happening){
				     .icon = "import",
				     .state = "",
				     .what = tr(p->cat, "Documents imported"),
				     .url = page_link(p, arena_printf(p->arena, "/imports/%" PRId64,
								      i->import_id)),
			     });
		}
	}
	return true;
}

static int newest_first(const void *x, const void *y)
{
	const struct moment *a = x, *b = y;

	return (a->at < b->at) - (a->at > b->at);
}

/* One import is told once, however its documents were spread among the others. */
static bool is_told(const struct part_happening *h, size_t n, const struct part_happening *new)
{
	if (!str_eq(new->icon, "import"))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (str_eq(h[i].icon, "import") && str_eq(h[i].url, new->url))
			return true;
	}
	return false;
}

/* ---- acts on the account ------------------------------------------------------------------------- */

struct act_row {
	const char *kind, *actor, *body;
	int64_t recorded;
};

/* Which part of the story an event on the customer belongs to; 0: it is told otherwise. */
static unsigned kind_of_event(const char *kind)
{
	static const struct {
		const char *start;
		unsigned kind;
	} starts[] = {
		{ "lettering.", STORY_ACCOUNTS },      { "write_off.", STORY_ACCOUNTS },
		{ "item.entered", STORY_ACCOUNTS },    { "item.taken_out", STORY_ACCOUNTS },
		{ "payment.bounced", STORY_ACCOUNTS }, { "return.", STORY_ACCOUNTS },
		{ "customer.", STORY_CHANGES },
	};

	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (str_starts(kind, starts[i].start))
			return starts[i].kind;
	return 0;
}

/* What a person gave as reason, where the act has one. */
static const char *reason_of(struct arena *a, const char *body)
{
	json_t *object = json_loads(body, 0, NULL);
	const char *reason = json_string_value(json_object_get(object, "reason"));
	const char *own = reason ? arena_strdup(a, reason) : NULL;

	json_decref(object);
	return own;
}

static bool tell_acts(struct story *s, unsigned kinds, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct act_row, kind),
		DB_COL(struct act_row, actor),
		DB_COL(struct act_row, body),
		DB_COL(struct act_row, recorded),
	};
	struct page *p = s->page;
	struct act_row *row;
	size_t n;

	if (!db_list(s->request->db, p->arena,
		     "SELECT kind, actor, body, recorded FROM event WHERE subject_kind = 'customer'"
		     " AND subject_id = $1 AND entity_id = $2 AND recorded <= $3"
		     " ORDER BY recorded DESC LIMIT $4",
		     DB_PARAMS(P_I64(s->customer_id), P_I64(s->request->entity.id),
			       P_I64(when_known(p->when)), P_I64(s->each_max)),
		     columns, ARRAY_LEN(columns), sizeof *row, (void **)&row, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned kind = kind_of_event(row[i].kind);
		const char *who = actor_text(s->request, row[i].actor);
		const char *reason = reason_of(p->arena, row[i].body);

		if ((kind & kinds) == 0)
			continue;
		tell(s, row[i].recorded, true,
		     (struct part_happening){
			     .icon = kind == STORY_ACCOUNTS ? "check" : "edit",
			     .state = "",
			     .what = tr(p->cat, event_word(row[i].kind)),
			     .detail =
				     reason ? arena_printf(p->arena, "%s · %s", who, reason) : who,
		     });
	}
	return true;
}

static bool tell_marks(struct story *s, struct err *e)
{
	struct page *p = s->page;
	struct item_mark *mark;
	size_t n;

	if (!item_mark_of_customer(s->request->db, p->arena, s->request->entity.id, s->customer_id,
				   when_known(p->when), s->each_max, &mark, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct part_happening h = item_mark_happening(s->request, p, &mark[i]);

		h.url = link_to(s->request,
				arena_printf(p->arena, "/items/%" PRId64, mark[i].item_id), NULL);
		tell(s, mark[i].recorded, true, h);
	}
	return true;
}

/* ---- together ------------------------------------------------------------------------------------ */

static bool tell_all(struct story *s, unsigned kinds, struct err *e)
{
	return (!(kinds & STORY_NOTES) || tell_notes(s, e)) &&
	       (!(kinds & STORY_MESSAGES) || tell_messages(s, e)) &&
	       (!(kinds & STORY_PROMISES) || tell_promises(s, e)) &&
	       (!(kinds & STORY_DISPUTES) || tell_disputes(s, e)) &&
	       (!(kinds & STORY_MONEY) || tell_items(s, e)) &&
	       (!(kinds & (STORY_ACCOUNTS | STORY_CHANGES)) || tell_acts(s, kinds, e)) &&
	       (!(kinds & STORY_STATUS) || tell_marks(s, e));
}

static size_t lay_out(struct story *s, size_t skip, size_t limit, struct part_happening *h,
		      bool *ret_has_more)
{
	struct page *p = s->page;
	day_t last = DAY_NONE;
	size_t n = 0, n_seen = 0;

	*ret_has_more = false;
	for (size_t i = 0; i < s->list.n; i++) {
		const struct moment *m = &s->list.at[i];
		day_t day = show_day_of(p, m->at);

		if (is_told(h, n, &m->h) || n_seen++ < skip)
			continue;
		if (n == limit) {
			*ret_has_more = true;
			break;
		}
		h[n] = m->h;
		h[n].when = m->has_time ? show_time(p, m->at) : "";
		if (day != last)
			h[n].day = show_day_full(p, day);
		last = day;
		n++;
	}
	return n;
}

bool customer_story_part(struct request *r, struct page *p, const struct story_query *q,
			 struct part_happening **ret, size_t *ret_n, bool *ret_has_more,
			 struct err *e)
{
	struct story s = { .request = r,
			   .page = p,
			   .customer_id = q->customer_id,
			   .each_max = (int)(q->skip + q->limit + 1) };

	if (!tell_all(&s, q->kinds, e))
		return false;
	if (s.list.n)
		qsort(s.list.at, s.list.n, sizeof *s.list.at, newest_first);
	*ret = ARENA_ARRAY(p->arena, q->limit, struct part_happening);
	*ret_n = lay_out(&s, q->skip, q->limit, *ret, ret_has_more);
	return true;
}

bool customer_story_load(struct request *r, struct page *p, int64_t customer_id,
			 struct part_happening **ret, size_t *ret_n, struct err *e)
{
	bool has_more;

	return customer_story_part(r, p,
				   &(struct story_query){ .customer_id = customer_id,
							  .kinds = STORY_ALL,
							  .limit = SHOWN_MAX },
				   ret, ret_n, &has_more, e);
}
