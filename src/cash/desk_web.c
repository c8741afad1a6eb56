/* SPDX-License-Identifier: Apache-2.0 */
/* desk_web.c - the workbench: the entries that wait at the left, the one being decided at the right. */
#include "cash/desk_web.h"

#include "base/text.h"
#include "match/reason.h"
#include "web/link.h"
#include "web/show.h"

enum { QUEUE_SIZE = 50 };

/* ---- the queue ---- */

/* "3 days", for what waits since before today. */
static const char *waiting(struct page *p, const struct desk_row *row)
{
	long days = (long)p->today - row->booked_on;

	if (days <= 0)
		return tr(p->cat, "today");
	return arena_printf(p->arena, trn(p->cat, "%s day", "%s days", (unsigned long)days),
			    show_count(p, days));
}

static struct bank_queued queued(struct request *r, struct page *p, const struct desk_row *row,
				 int64_t current)
{
	enum entry_state state = entry_state_of(row->state_name);
	struct bank_queued q = {
		.url = desk_url(r, row->id, ""),
		.who = row->payer_name ? row->payer_name : tr(p->cat, "Payer not named"),
		.amount = show_figure(p, row->amount_minor, row->currency),
		.day = show_day(p, row->booked_on),
		.waiting = waiting(p, row),
		.state = bank_state_badge(state),
		.words = bank_state_words(p, state),
		.why = reason_say_all(p->arena, p->cat, row->reason, row->currency),
		.customer = row->customer,
		.is_current = row->id == current,
	};

	if (!str_eq(row->currency, p->currency))
		q.amount = show_amount(p, row->amount_minor, row->currency);
	if (row->confidence_ppm >= 0)
		q.confidence = show_percent(p, row->confidence_ppm, 1000000);
	if (state == ENTRY_PROPOSED && request_may(r, PERM_CASH_APPLY)) {
		q.tick = arena_printf(p->arena, "%" PRId64 ",%" PRId64, row->id, row->version);
		q.tick_minor = arena_printf(p->arena, "%" PRId64, row->amount_minor);
		q.currency = row->currency;
		q.tick_label = arena_printf(p->arena, tr(p->cat, "Tick %s, %s"), q.who,
					    show_amount(p, row->amount_minor, row->currency));
	}
	return q;
}

/* Where the queue goes on: "?after=2026-10-12,4711". */
static void read_after(struct request *r, day_t *ret_on, int64_t *ret_id)
{
	const char *after = request_query(r, "after");
	const char *comma = after ? strchr(after, ',') : NULL;
	uint64_t id;

	*ret_on = DAY_NONE;
	*ret_id = 0;
	if (!comma || !text_to_u64(comma + 1, INT64_MAX, &id) ||
	    !date_parse(arena_strndup(r->arena, after, (size_t)(comma - after)), ret_on, NULL))
		return;
	*ret_id = (int64_t)id;
}

/* The page of the queue that the entry chosen stands in begins where its link said. */
static bool load_queue(struct request *r, const struct desk_filter *f, struct desk_row **ret,
		       size_t *ret_n, struct bank_view *v, struct err *e)
{
	day_t after_on;
	int64_t after_id;

	read_after(r, &after_on, &after_id);
	if (!desk_list(r->db, r->arena, r->entity.id, f, after_on, after_id, QUEUE_SIZE + 1, ret,
		       ret_n, e))
		return false;
	if (*ret_n > QUEUE_SIZE) {
		const struct desk_row *last = &(*ret)[QUEUE_SIZE - 1];
		*ret_n = QUEUE_SIZE;
		v->more_url =
			link_with(r, "after",
				  arena_printf(r->arena, "%s,%" PRId64,
					       date_format(last->booked_on, (char[DATE_TEXT]){ 0 }),
					       last->id),
				  NULL);
		v->more_url = arena_printf(r->arena, "/bank%s", strchr(v->more_url, '?'));
	}
	if (after_on != DAY_NONE)
		v->first_url = desk_url(r, 0, "");
	return true;
}

static void fill_queue(struct request *r, struct page *p, const struct desk_row *list, size_t n,
		       int64_t current, struct bank_view *v)
{
	struct bank_queued *queue = ARENA_ARRAY(p->arena, n + 1, struct bank_queued);

	for (size_t i = 0; i < n; i++) {
		queue[i] = queued(r, p, &list[i], current);
		v->has_ticks |= queue[i].tick != NULL;
	}
	v->queue = queue;
	v->n_queue = n;
}

/* The entry after the one chosen; where it is the last, the first of the others. */
static int64_t entry_after(const struct desk_row *list, size_t n, int64_t id)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (list[i].id == id)
			return list[i + 1].id;
	return n > 0 && list[0].id != id ? list[0].id : 0;
}

static bool queue_line(struct request *r, struct page *p, const struct desk_filter *f,
		       struct bank_view *v, struct err *e)
{
	const char *currency = str_empty(f->currency) ? r->entity.currency : f->currency;
	int64_t n, minor;

	if (!desk_sum(r->db, r->entity.id, f, currency, &n, &minor, e))
		return false;
	v->queue_line = arena_printf(
		p->arena, "%s, %s",
		arena_printf(p->arena, trn(p->cat, "%s entry", "%s entries", (unsigned long)n),
			     show_count(p, n)),
		show_amount(p, minor, currency));
	return true;
}

/* ---- the page ---- */

static bool load_entry(struct request *r, struct page *p, int64_t id,
		       const struct bank_typed *typed, const struct desk_row *list, size_t n,
		       struct bank_view *v, struct err *e)
{
	struct bank_entry *chosen = ARENA_NEW(p->arena, struct bank_entry);
	struct entry en;

	if (!entry_get(r->db, r->arena, r->entity.id, id, &en, e) ||
	    !bank_entry_load(r, p, &en, typed, chosen, e))
		return false;
	chosen->next_id = entry_after(list, n, id);
	if (chosen->next_id)
		chosen->next_url = desk_url(r, chosen->next_id, "");
	chosen->back_url = desk_url(r, 0, "");
	v->entry = chosen;
	return true;
}

bool desk_show(struct request *r, int64_t id, const struct bank_typed *typed, int status,
	       struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Receipts"), "bank");
	struct bank_view v = { .is_chosen = id != 0, .part = request_header(r, "X-Part") };
	struct desk_row *list = NULL;
	struct desk_filter f;
	const char *wrong;
	size_t n = 0;

	desk_filter_read(r, &f, &wrong);
	if (!bank_head_load(r, p, BANK_TO_DECIDE, &v.head, e) ||
	    !desk_filter_show(r, p, &f, wrong, &v.filter, e))
		return false;
	v.may_apply = request_may(r, PERM_CASH_APPLY);
	v.queue_line = "";
	/* A filter that cannot be read finds nothing: more than was asked would be believed. */
	if (!wrong && (!load_queue(r, &f, &list, &n, &v, e) || !queue_line(r, p, &f, &v, e)))
		return false;
	if (id == 0 && n > 0)
		id = list[0].id;
	if (id && !load_entry(r, p, id, typed, list, n, &v, e))
		return false;
	fill_queue(r, p, list, n, id, &v);
	if (str_eq(v.part, "desk")) {
		bank_desk(p, &v);
		return respond_part(r, p, status);
	}
	bank_page(p, &v);
	return respond_page(r, p, status);
}

static bool bank_show(struct request *r, struct err *e)
{
	return desk_show(r, 0, NULL, 200, e);
}

static bool entry_show(struct request *r, struct err *e)
{
	int64_t id = request_id(r, "entry");

	if (id == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no such bank entry");
	return desk_show(r, id, NULL, 200, e);
}

/* The counters alone, for a page that stays open. */
static bool counts_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Receipts"), "bank");
	struct bank_head head;

	if (!bank_head_load(r, p, BANK_TO_DECIDE, &head, e))
		return false;
	bank_counts(p, &head);
	return respond_part(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/bank", bank_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/counts", counts_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/entries/:entry", entry_show, PERM_CASH_READ, SCOPE_ENTITY),
};
const struct route_list desk_routes = ROUTE_LIST(routes);
