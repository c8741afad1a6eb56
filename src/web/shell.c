/* SPDX-License-Identifier: Apache-2.0 */
#include "web/shell.h"

#include "web/show.h"

/* The letters after G are those of the French names, which the books of keys print. */
const struct shell_place shell_places[] = {
	{ SHELL_WORK, "dashboard", "/", "home", N_("Dashboard"), N_("Home"), "item.read", "t", "T",
	  true },
	{ SHELL_WORK, "bank", "/bank", "bank", N_("Receipts"), N_("Receipts"), "cash.read", "e",
	  "E", true },
	{ SHELL_WORK, "reminders", "/reminders", "send", N_("Reminders"), N_("Reminders"),
	  "reminder.read", "r", "R", true },
	{ SHELL_PORTFOLIO, "customers", "/customers", "people", N_("Customers"), N_("Customers"),
	  "item.read", "c", "C", true },
	{ SHELL_PORTFOLIO, "items", "/items", "sheet", N_("Items"), N_("Items"), "item.read", "p",
	  "P", true },
	{ SHELL_PORTFOLIO, "imports", "/imports", "import", N_("Imports"), N_("Imports"),
	  "import.run", "i", "I", false },
	{ SHELL_FOOT, "settings", "/settings", "settings", N_("Settings"), N_("Settings"),
	  "setting.edit", "s", "S", false },
};
const size_t shell_n_places = ARRAY_LEN(shell_places);

int64_t shell_count(const struct page *p, const struct shell_place *place)
{
	for (const struct page_count *c = p->counts; c && c->section; c++) {
		if (str_eq(c->section, place->section))
			return c->n;
	}
	return 0;
}

day_t shell_as_of(const struct page *p)
{
	return p->takes_as_of ? p->as_of : p->today;
}

bool shell_is_past(const struct page *p)
{
	return shell_as_of(p) != p->today;
}

const char *shell_as_of_action(struct page *p)
{
	const char *path = p->path ? p->path : "/";
	const char *query = strchr(path, '?');

	if (!p->takes_as_of)
		return "/";
	return arena_strndup(p->arena, path, query ? (size_t)(query - path) : strlen(path));
}

const char *shell_role(struct page *p)
{
	static const struct {
		const char *role, *text;
	} roles[] = {
		{ "administrator", N_("Administrator") },
		{ "credit_manager", N_("Credit manager") },
		{ "collector", N_("Collector") },
		{ "salesperson", N_("Salesperson") },
		{ "branch_manager", N_("Branch manager") },
		{ "accountant", N_("Accountant") },
		{ "executive", N_("Executive") },
		{ "auditor", N_("Auditor") },
	};

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		if (str_eq(roles[i].role, p->user_role))
			return tr(p->cat, roles[i].text);
	}
	return p->user_role;
}

const char *shell_print_line(struct page *p)
{
	return arena_printf(p->arena, tr(p->cat, "%s · as of %s · printed by %s on %s"),
			    p->entity_name ? p->entity_name : "Encours",
			    show_day(p, shell_as_of(p)), p->user_name ? p->user_name : "",
			    show_day(p, p->today));
}
