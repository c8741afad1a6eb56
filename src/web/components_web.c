/* SPDX-License-Identifier: Apache-2.0 */
/* components_web.c - every part in every state, for those who write pages and for the browser tests. */
#include "web/components_view.h"
#include "web/show.h"

static bool components_show(struct request *r, struct err *e)
{
	static const struct part_piece bar[] = {
		{ "fresh", NULL, 0, 300000 },          { "soon", NULL, 302500, 100000 },
		{ "late-1", NULL, 405000, 150000 },    { "late-2", NULL, 557500, 100000 },
		{ "late-3", NULL, 660000, 60000 },     { "late-4", NULL, 722500, 60000 },
		{ "promise", "dots", 785000, 100000 }, { "dispute", "hatch", 887500, 112500 },
	};
	static const struct part_choice choices[] = { { "a", "A" }, { "b", "B" } };
	static const struct part_field fields[] = {
		{ .name = "amount",
		  .label = "Amount",
		  .value = "1 234,56",
		  .unit = "€",
		  .help = "Comma or point, sums too",
		  .is_number = true },
		{ .name = "day",
		  .label = "Day",
		  .type = "date",
		  .value = "2026-01-31",
		  .error = "This day is past. Choose a later one." },
		{ .name = "choice", .label = "Choice", .choice = choices, .n_choices = 2 },
		{ .name = "words", .label = "Words", .n_lines = 3 },
	};
	static const struct part_happening story[] = {
		{ .icon = "calendar",
		  .state = "promise",
		  .what = "Promise",
		  .detail = "for the 24th",
		  .when = "16:42",
		  .day = "Thursday" },
		{ .icon = "warn",
		  .state = "dispute",
		  .what = "Dispute",
		  .quote = "Twelve boxes are missing",
		  .when = "11:05" },
		{ .icon = "euro", .state = "done", .what = "Payment", .url = "#", .when = "09:30" },
		{ .icon = "mail", .state = "late-3", .what = "Refused", .when = "08:31" },
	};
	struct components_view v = {
		.bar = bar,
		.n_bar = ARRAY_LEN(bar),
		.fields = fields,
		.n_fields = ARRAY_LEN(fields),
		.story = story,
		.n_story = ARRAY_LEN(story),
	};
	struct page *p = page_begin(r, tr(r->cat, "Parts of pages"), "");

	(void)e;
	v.plus = show_amount(p, 123456789, "EUR");
	v.minus = show_amount(p, -128430, "EUR");
	v.other = show_amount(p, 141000, "USD");
	components_page(p, &v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/components", components_show, PERM_USER, SCOPE_INSTALLATION),
};
const struct route_list web_components_routes = ROUTE_LIST(routes);
