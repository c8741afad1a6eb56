/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search_web.c - search from anywhere: customers by name, code or SIREN, items by document, reference or
 * amount. A page, and the list under the search field as JSON.
 */
#include "insight/search_view.h"

#include "base/json.h"
#include "base/text.h"
#include "i18n/amount.h"
#include "ledger/customer.h"
#include "ledger/item.h"
#include "team/team.h"
#include "web/show.h"
#include "web/web.h"

enum { IN_LIST = 8, IN_PAGE = 50, QUERY_MAX = 200 };

struct search {
	struct request *r;
	struct page *p; /* for the writing of amounts and dates */
	struct search_view *view;
	size_t limit;
	bool sees_all;
};

static bool sees(const struct search *s, int64_t customer_id, bool *ret, struct err *e)
{
	*ret = true;
	return s->sees_all ||
	       team_sees_customer(s->r->db, &s->r->user, s->r->entity.id, customer_id, ret, e);
}

static struct search_hit *add(struct search *s, struct search_group *g)
{
	s->view->n_hits++;
	return LIST_ADD(s->r->arena, &g->hits);
}

/* More are asked for than shown, for those that the user does not see. */
static int asked(const struct search *s)
{
	return (int)(s->sees_all ? s->limit : s->limit * 20);
}

static bool find_customers(struct search *s, struct search_group *g, struct err *e)
{
	struct arena *a = s->r->arena;
	struct customer *list;
	bool visible;
	size_t n;

	g->label = tr(s->r->cat, "Customers");
	if (text_reference_key(a, s->view->q)[0] == '\0')
		return true;
	if (!customer_search(s->r->db, a, s->r->entity.id, s->view->q, asked(s), &list, &n, e))
		return false;
	for (size_t i = 0; i < n && g->hits.n < s->limit; i++) {
		struct search_hit *hit;

		if (!sees(s, list[i].id, &visible, e))
			return false;
		if (!visible)
			continue;
		hit = add(s, g);
		hit->label = list[i].name;
		hit->detail = arena_printf(a, "%s%s%s", list[i].code, list[i].city ? " · " : "",
					   list[i].city ? list[i].city : "");
		hit->url = arena_printf(a, "/customers/%" PRId64, list[i].id);
	}
	return true;
}

static bool add_items(struct search *s, struct search_group *g, const struct item *list, size_t n,
		      struct err *e)
{
	struct arena *a = s->r->arena;
	struct customer c;
	bool visible;

	for (size_t i = 0; i < n && g->hits.n < s->limit; i++) {
		struct search_hit *hit;

		if (!sees(s, list[i].customer_id, &visible, e))
			return false;
		if (!visible)
			continue;
		if (!customer_get_by_id(s->r->db, a, s->r->entity.id, list[i].customer_id, &c, e))
			return false;
		hit = add(s, g);
		hit->label = list[i].document;
		hit->detail =
			arena_printf(a, "%s · %s · %s", c.name,
				     show_amount(s->p, list[i].amount_minor, list[i].currency),
				     list[i].open_minor == 0
					     ? tr(s->r->cat, "settled")
					     : show_late_words(s->p, list[i].due_on, s->r->today));
		hit->url = arena_printf(a, "/items/%" PRId64, list[i].id);
	}
	return true;
}

static bool find_documents(struct search *s, struct search_group *g, struct err *e)
{
	struct item *list = NULL;
	size_t n;

	g->label = tr(s->r->cat, "Documents");
	return item_search(s->r->db, s->r->arena, s->r->entity.id, s->view->q, asked(s), &list, &n,
			   e) &&
	       add_items(s, g, list, n, e);
}

static bool find_amounts(struct search *s, struct search_group *g, struct err *e)
{
	struct request *r = s->r;
	struct item *list = NULL;
	int64_t minor;
	size_t n;

	g->label = tr(r->cat, "Amounts");
	if (!amount_read(s->view->q, r->entity.currency, catalogue_language(r->cat), &minor,
			 NULL) ||
	    minor == 0)
		return true;
	return item_find_amount(r->db, r->arena, r->entity.id, minor, asked(s), &list, &n, e) &&
	       add_items(s, g, list, n, e);
}

static bool answer_json(struct request *r, const struct search_view *v)
{
	struct buf b;
	struct json j;

	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "groups");
	json_open_array(&j);
	for (size_t g = 0; g < SEARCH_GROUPS; g++) {
		if (v->groups[g].hits.n == 0)
			continue;
		json_open_object(&j);
		json_put_text(&j, "label", v->groups[g].label);
		json_key(&j, "results");
		json_open_array(&j);
		for (size_t i = 0; i < v->groups[g].hits.n; i++) {
			const struct search_hit *hit = &v->groups[g].hits.at[i];

			json_open_object(&j);
			json_put_text(&j, "label", hit->label);
			json_put_text(&j, "detail", hit->detail);
			json_put_text(&j, "url", hit->url);
			json_end(&j);
		}
		json_end(&j);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return respond_json(r, &b, 200);
}

static bool search_show(struct request *r, struct err *e)
{
	const char *q = request_query(r, "q");
	struct search_view v = { .q = q ? text_squeeze(r->arena, q) : "" };
	struct search s = { .r = r, .view = &v };

	if (text_length(v.q) > QUERY_MAX)
		return err_field(e, ERR_LIMIT, "q", "a search has at most %d characters",
				 QUERY_MAX);
	s.limit = request_wants_json(r) ? IN_LIST : IN_PAGE;
	s.p = page_begin(r, tr(r->cat, "Search"), "");
	if (!team_sees_all(r->db, &r->user, r->entity.id, &s.sees_all, e))
		return false;
	if (v.q[0] && (!find_customers(&s, &v.groups[0], e) ||
		       !find_documents(&s, &v.groups[1], e) || !find_amounts(&s, &v.groups[2], e)))
		return err_while(e, "searching");
	if (request_wants_json(r))
		return answer_json(r, &v);
	search_page(s.p, &v);
	return respond_page(r, s.p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/search", search_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
extern const struct route_list search_routes;
const struct route_list search_routes = ROUTE_LIST(routes);
