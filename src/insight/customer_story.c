/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/customer_story.h"

#include "base/list.h"
#include "collect/outbox.h"
#include "collect/promise.h"
#include "dispute/dispute.h"
#include "ledger/customer.h"
#include "ledger/item_view.h"
#include "ledger/scope.h"
#include "web/show.h"

#include <stdlib.h>

enum { EACH_MAX = 100, SHOWN_MAX = 120, GRACE_DAYS = 2 };

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
	for (size_t i = 0; i < n && i < EACH_MAX; i++)
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
		    &(struct outbox_filter){ .customer_id = s->customer_id, .limit = EACH_MAX }, &m,
		    &n, e))
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
				     m[i].reason ? ". " : "", m[i].reason ? m[i].reason : ""),
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
			     p->when, GRACE_DAYS, EACH_MAX, &pr, &n, e))
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
			     p->when, false, EACH_MAX, &d, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *amount = show_amount(p, d[i].amount_minor, d[i].currency);

		tell(s, noon(p, d[i].opened_on), false,
		     (struct part_happening){
			     .icon = "warn",
			     .state = "dispute",
			     .what = arena_printf(p->arena, tr(p->cat, "Dispute on %s, %s"),
						  d[i].document, amount),
			     .detail = arena_printf(p->arena, "%s%s%s", d[i].reason,
						    d[i].detail ? " · " : "",
						    d[i].detail ? d[i].detail : ""),
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
		if (item_kind_is_cash(kind) && n_payments < EACH_MAX) {
			n_payments++;
			tell(s, noon(p, i->effective), false,
			     (struct part_happening){
				     .icon = "euro",
				     .state = "done",
				     .what = arena_printf(
					     p->arena, tr(p->cat, "Received %s"),
					     show_amount(p, -i->amount_minor, i->currency)),
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

bool customer_story_load(struct request *r, struct page *p, int64_t customer_id,
			 struct part_happening **ret, size_t *ret_n, struct err *e)
{
	struct story s = { .request = r, .page = p, .customer_id = customer_id };
	struct part_happening *h;
	day_t last = DAY_NONE;
	size_t n = 0;

	if (!tell_notes(&s, e) || !tell_messages(&s, e) || !tell_promises(&s, e) ||
	    !tell_disputes(&s, e) || !tell_items(&s, e))
		return false;
	if (s.list.n)
		qsort(s.list.at, s.list.n, sizeof *s.list.at, newest_first);
	h = ARENA_ARRAY(p->arena, SHOWN_MAX, struct part_happening);
	for (size_t i = 0; i < s.list.n && n < SHOWN_MAX; i++) {
		const struct moment *m = &s.list.at[i];
		day_t day = show_day_of(p, m->at);

		if (is_told(h, n, &m->h))
			continue;
		h[n] = m->h;
		h[n].when = m->has_time ? show_time(p, m->at) : "";
		if (day != last)
			h[n].day = show_day_full(p, day);
		last = day;
		n++;
	}
	*ret = h;
	*ret_n = n;
	return true;
}
