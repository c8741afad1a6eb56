/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/task.h"

#include "base/list.h"
#include "base/money.h"
#include "cash/return_store.h"
#include "bank/statement.h"
#include "collect/outbox.h"
#include "collect/promise.h"
#include "dispute/dispute.h"
#include "ledger/book_memo.h"
#include "team/team.h"
#include "web/link.h"
#include "web/show.h"

#include <sodium.h>

enum { LOOKED_AT = 500, GRACE_DAYS = 2 };

struct tasks {
	struct request *request;
	struct page *page;
	LIST_OF(struct dashboard_task) list;
};

static void task(struct tasks *t, int64_t n, const struct dashboard_task *what)
{
	struct dashboard_task *added;

	if (n == 0)
		return;
	added = LIST_ADD(t->page->arena, &t->list);
	*added = *what;
	added->count = show_count(t->page, n);
}

static bool promises(struct tasks *t, const char *currency, struct err *e)
{
	struct page *p = t->page;
	struct promise *pr;
	int64_t broken = 0, minor = 0;
	size_t n;

	if (!promise_list_at(t->request->db, p->arena, t->request->entity.id, 0, p->when,
			     GRACE_DAYS, LOOKED_AT, &pr, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		enum promise_outcome o = promise_outcome(&pr[i], GRACE_DAYS, p->when.as_of);

		/* Those of the last quarter: an older one has been dealt with, or is in the ageing. */
		if ((o != PROMISE_BROKEN && o != PROMISE_PARTLY) ||
		    p->when.as_of - pr[i].promised_on > 90)
			continue;
		broken++;
		if (str_eq(pr[i].currency, currency) &&
		    !minor_add(&minor, pr[i].amount_minor - pr[i].applied_minor, e))
			return false;
	}
	task(t, broken,
	     &(struct dashboard_task){
		     .icon = "calendar",
		     .state = "late-3",
		     .text = tr(p->cat, "Broken promises"),
		     .why = tr(p->cat, "The day is past and the money has not come"),
		     .url = "/promises?show=broken",
		     .amount = show_amount(p, minor, currency),
	     });
	return true;
}

static bool entries(struct tasks *t, const char *currency, struct err *e)
{
	struct page *p = t->page;
	int64_t waiting, minor;

	if (!entry_count_unmatched(t->request->db, t->request->entity.id, currency, &waiting,
				   &minor, e))
		return false;
	task(t, waiting,
	     &(struct dashboard_task){
		     .icon = "bank",
		     .state = "",
		     .text = tr(p->cat, "Receipts to decide"),
		     .why = tr(p->cat, "The machine hesitates: you choose"),
		     .url = "/bank",
		     .amount = show_amount(p, minor, currency),
	     });
	return true;
}

/* Payments that came back: of the customers that the reader sees; undecided ones are nobody's yet. */
static bool returns(struct tasks *t, struct err *e)
{
	struct page *p = t->page;
	int64_t waiting, n_unseen = 0;
	struct payment_return *list;
	bool sees;
	size_t n;

	if (!return_count(t->request->db, t->request->entity.id, &waiting, &(int64_t){ 0 }, e) ||
	    !payment_return_list(t->request->db, p->arena, t->request->entity.id, "unseen", 0, 0,
				 LOOKED_AT, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!team_sees_customer(t->request->db, &t->request->user, t->request->entity.id,
					list[i].customer_id, &sees, e))
			return false;
		n_unseen += sees;
	}
	task(t, n_unseen,
	     &(struct dashboard_task){ .icon = "warn",
				       .state = "late-3",
				       .text = tr(p->cat, "Payments that came back"),
				       .why = tr(p->cat, "Their documents are open again"),
				       .url = "/bank/returns?state=unseen" });
	task(t, waiting,
	     &(struct dashboard_task){ .icon = "bank",
				       .state = "care",
				       .text = tr(p->cat, "Returns to decide"),
				       .why = tr(p->cat, "Say which payment came back"),
				       .url = "/bank/returns?state=waiting" });
	return true;
}

static bool messages(struct tasks *t, struct err *e)
{
	struct page *p = t->page;
	int64_t planned = 0, refused = 0, uncertain = 0;
	struct outbox_count *c;
	size_t n;

	if (!outbox_counts(t->request->db, p->arena, t->request->entity.id, &c, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (str_eq(c[i].state, "planned"))
			planned += c[i].n;
		else if (str_eq(c[i].state, "refused"))
			refused += c[i].n;
		else if (str_eq(c[i].state, "uncertain"))
			uncertain += c[i].n;
	}
	task(t, planned,
	     &(struct dashboard_task){ .icon = "send",
				       .state = "",
				       .text = tr(p->cat, "Reminders waiting"),
				       .why = tr(p->cat, "Planned and not yet sent"),
				       .url = "/reminders" });
	task(t, refused,
	     &(struct dashboard_task){ .icon = "mail",
				       .state = "late-3",
				       .text = tr(p->cat, "Messages refused"),
				       .why = tr(p->cat, "Find another address"),
				       .url = "/reminders/outbox?state=refused" });
	task(t, uncertain,
	     &(struct dashboard_task){ .icon = "warn",
				       .state = "care",
				       .text = tr(p->cat, "Messages of unknown fate"),
				       .why = tr(p->cat, "Say whether they left"),
				       .url = "/reminders/outbox?state=uncertain" });
	return true;
}

static bool disputes(struct tasks *t, const char *currency, struct err *e)
{
	struct page *p = t->page;
	int64_t late = 0, minor = 0;
	struct dispute *d;
	size_t n;

	if (!dispute_list_at(t->request->db, p->arena, t->request->entity.id, 0, p->when, true,
			     LOOKED_AT, &d, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (d[i].owed_minor == 0 || d[i].answer_by == DAY_NONE ||
		    d[i].answer_by >= p->when.as_of)
			continue;
		late++;
		if (str_eq(d[i].currency, currency) && !minor_add(&minor, d[i].owed_minor, e))
			return false;
	}
	task(t, late,
	     &(struct dashboard_task){ .icon = "warn",
				       .state = "dispute",
				       .text = tr(p->cat, "Disputes past their deadline"),
				       .why = tr(p->cat, "An answer was due"),
				       .url = "/disputes",
				       .amount = show_amount(p, minor, currency) });
	return true;
}

/* In all currencies; what has no rate is told apart. */
static void limits(struct tasks *t, const struct limits *l)
{
	struct page *p = t->page;
	const char *why = tr(p->cat, "What is open is above the credit limit");

	if (l->rate_on != DAY_NONE)
		why = arena_printf(p->arena,
				   tr(p->cat,
				      "What is open in all currencies, at the rate of %s, is"
				      " above the credit limit"),
				   show_day(p, l->rate_on));
	task(t, l->n_over,
	     &(struct dashboard_task){
		     .icon = "gauge",
		     .state = "late-3",
		     .text = tr(p->cat, "Limits exceeded"),
		     .why = why,
		     .url = link_to(t->request, "/customers", "show", "over-limit", NULL),
		     .amount = show_amount(p, l->over_minor, t->request->entity.currency),
	     });
	task(t, l->n_untold,
	     &(struct dashboard_task){
		     .icon = "gauge",
		     .state = "care",
		     .text = tr(p->cat, "Limits that cannot be told"),
		     .why = tr(p->cat, "Documents in a currency without a rate"),
		     .url = "/settings/rates",
	     });
}

bool dashboard_tasks_fill(struct request *r, struct page *p, const struct limits *l,
			  const char *currency, const struct freshness *f, struct dashboard_view *v,
			  struct err *e)
{
	struct tasks t = { .request = r, .page = p };

	if (!promises(&t, currency, e) || !disputes(&t, currency, e))
		return false;
	/* What waits at the bank, in the outbox and in the imports waits now: of another day nobody asks. */
	if (!p->is_past && (!entries(&t, currency, e) || !returns(&t, e) || !messages(&t, e)))
		return false;
	task(&t, p->is_past ? 0 : f->n_rejected,
	     &(struct dashboard_task){
		     .icon = "import",
		     .state = "care",
		     .text = tr(p->cat, "Lines refused at import"),
		     .why = tr(p->cat, "Mend them and import them again"),
		     .url = arena_printf(p->arena, "/imports/%" PRId64, f->rejected_import_id),
	     });
	limits(&t, l);
	v->tasks = t.list.at;
	v->n_tasks = t.list.n;
	return true;
}

/* A promise for the whole account (item 0) covers each of its items. */
static bool *mark_promised(const struct book *b, struct arena *a, const struct promise_day *day,
			   size_t n)
{
	bool *is_promised = ARENA_ARRAY(a, b->n_items, bool);

	for (size_t k = 0; k < n; k++) {
		size_t c = book_customer_by_id(b, day[k].customer_id);
		const struct book_customer *bc = c == SIZE_MAX ? NULL : &b->customer[c];

		if (!bc || day[k].promised_on + GRACE_DAYS < b->as_of)
			continue;
		for (size_t i = bc->first_item; i < bc->first_item + bc->n_items; i++) {
			if (day[k].item_id == 0 || day[k].item_id == b->item_id[i])
				is_promised[i] = true;
		}
	}
	return is_promised;
}

bool promised_items(struct request *r, const struct book *b, int64_t customer_id, struct when w,
		    bool **ret, struct err *e)
{
	struct promise_day *day;
	size_t n;

	if (!promise_days_of(r->db, r->arena, customer_id, w, &day, &n, e))
		return false;
	*ret = mark_promised(b, r->arena, day, n);
	return true;
}

struct overview_query {
	int currency;
	const struct promise_day *day;
	size_t n;
};

static bool make_overview(const struct book *b, struct arena *a, void *arg, const void **ret,
			  struct err *e)
{
	const struct overview_query *q = arg;
	struct overview *o = ARENA_NEW(a, struct overview);
	bool *is_promised = q->n ? mark_promised(b, a, q->day, q->n) : NULL;

	*ret = o;
	return overview_fold(b, a, q->currency, is_promised, o, e);
}

/* The promises may change while the book does not: they are part of what was asked. */
static const char *overview_key(struct arena *a, const struct overview_query *q)
{
	unsigned char hash[crypto_generichash_BYTES];
	char text[2 * sizeof hash + 1];
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	for (size_t i = 0; i < q->n; i++) {
		int64_t fields[] = { q->day[i].customer_id, q->day[i].item_id,
				     q->day[i].promised_on };
		crypto_generichash_update(&state, (const unsigned char *)fields, sizeof fields);
	}
	crypto_generichash_final(&state, hash, sizeof hash);
	sodium_bin2hex(text, sizeof text, hash, sizeof hash);
	return arena_printf(a, "overview\t%d\t%s", q->currency, text);
}

bool overview_get(struct request *r, const struct book *b, int currency, struct when w,
		  struct overview *ret, struct err *e)
{
	struct overview_query q = { .currency = currency };
	const struct overview *kept;
	struct promise_day *day;
	const void *value;

	if (!promise_days_at(r->db, r->arena, r->entity.id, w, &day, &q.n, e))
		return false;
	q.day = day;
	if (!book_memo(b, r->arena, overview_key(r->arena, &q), make_overview, &q, &value, e))
		return false;
	kept = value;
	*ret = *kept;
	return true;
}
