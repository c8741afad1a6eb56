/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/task.h"

#include "base/list.h"
#include "web/link.h"
#include "web/show.h"

struct tasks {
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

bool dashboard_tasks_fill(struct request *r, struct page *p, const struct overview *o,
			  const char *currency, const struct freshness *f, struct dashboard_view *v,
			  struct err *e)
{
	struct tasks t = { .page = p };

	(void)e;
	task(&t, f->n_rejected,
	     &(struct dashboard_task){
		     .icon = "import",
		     .state = "care",
		     .text = tr(p->cat, "Lines refused at import"),
		     .why = tr(p->cat, "Mend them and import them again"),
		     .url = arena_printf(p->arena, "/imports/%" PRId64, f->rejected_import_id),
	     });
	task(&t, o->n_over_limit,
	     &(struct dashboard_task){
		     .icon = "gauge",
		     .state = "late-3",
		     .text = tr(p->cat, "Limits exceeded"),
		     .why = tr(p->cat, "What is open is above the credit limit"),
		     .url = link_to(r, "/customers", "show", "over-limit", NULL),
		     .amount = show_amount(p, o->over_limit_minor, currency),
	     });
	v->tasks = t.list.at;
	v->n_tasks = t.list.n;
	return true;
}

bool promised_items(struct request *r, const struct book *b, bool **ret, struct err *e)
{
	(void)e;
	*ret = ARENA_ARRAY(r->arena, b->n_items, bool);
	return true;
}
