/* SPDX-License-Identifier: Apache-2.0 */
/* timeline_web.c - everything that happened with a customer, by kind and page after page. */
#include "base/text.h"
#include "insight/customer_story.h"
#include "insight/group_view.h"
#include "insight/routes.h"
#include "ledger/customer.h"
#include "web/show.h"

enum { PER_PAGE = 60, SKIP_MAX = 20000 };

static const struct {
	const char *name, *text;
	unsigned kinds;
} parts[] = {
	{ NULL, N_("Everything"), STORY_ALL },
	{ "messages", N_("Messages"), STORY_MESSAGES },
	{ "promises", N_("Promises"), STORY_PROMISES },
	{ "disputes", N_("Disputes"), STORY_DISPUTES },
	{ "money", N_("Receipts and imports"), STORY_MONEY },
	{ "accounts", N_("Lettering and acts"), STORY_ACCOUNTS },
	{ "status", N_("Statuses"), STORY_STATUS },
	{ "changes", N_("Changes of the customer"), STORY_CHANGES },
	{ "notes", N_("Notes"), STORY_NOTES },
};

static bool read_query(struct request *r, struct story_query *q, struct err *e)
{
	const char *kind = request_query(r, "kind"), *skip = request_query(r, "skip");
	uint64_t n = 0;

	*q = (struct story_query){ .customer_id = request_id(r, "customer"), .limit = PER_PAGE };
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i].name ? str_eq(kind, parts[i].name) : str_empty(kind))
			q->kinds = parts[i].kinds;
	if (q->kinds == 0)
		return err_field(e, ERR_USAGE, "kind", "no kind is called \"%.40s\"", kind);
	if (!str_empty(skip) && !text_to_u64(skip, SKIP_MAX, &n))
		return err_field(e, ERR_USAGE, "skip", "\"%.40s\" is no place in the list", skip);
	q->skip = n;
	return true;
}

static void fill_chips(struct request *r, const struct story_query *q, struct timeline_view *v)
{
	struct part_chip *chip = ARENA_ARRAY(r->arena, ARRAY_LEN(parts), struct part_chip);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		chip[i] = (struct part_chip){
			.text = tr(r->cat, parts[i].text),
			.url = link_with(r, "kind", parts[i].name, "skip", NULL, NULL),
			.is_on = q->kinds == parts[i].kinds,
		};
	v->chips = chip;
	v->n_chips = ARRAY_LEN(parts);
}

static bool timeline_show(struct request *r, struct err *e)
{
	struct timeline_view v = { 0 };
	struct part_happening *story;
	struct story_query q;
	struct customer c;
	struct page *p;
	struct when w;
	bool has_more;

	if (!request_when(r, &w, e) || !read_query(r, &q, e) ||
	    !customer_get_by_id(r->db, r->arena, r->entity.id, q.customer_id, &c, e))
		return false;
	p = page_begin_when(r, arena_printf(r->arena, tr(r->cat, "Time line of %s"), c.name),
			    "customers", w);
	if (!customer_story_part(r, p, &q, &story, &v.n_story, &has_more, e))
		return false;
	v.name = c.name;
	v.url = arena_printf(r->arena, "/customers/%" PRId64, c.id);
	v.story = story;
	fill_chips(r, &q, &v);
	v.pager.text = arena_printf(r->arena, tr(r->cat, "%s to %s"),
				    show_count(p, (int64_t)(v.n_story ? q.skip + 1 : q.skip)),
				    show_count(p, (int64_t)(q.skip + v.n_story)));
	if (q.skip > 0)
		v.pager.first_url = link_with(r, "skip", NULL, NULL);
	if (has_more)
		v.pager.next_url = link_with(
			r, "skip", arena_printf(r->arena, "%zu", q.skip + v.n_story), NULL);
	timeline_page(p, &v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/:customer/timeline", timeline_show, PERM_ITEM_READ, SCOPE_CUSTOMER),
};
const struct route_list insight_timeline_routes = ROUTE_LIST(routes);
