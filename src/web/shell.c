/* SPDX-License-Identifier: Apache-2.0 */
#include "web/shell.h"

#include "i18n/date_text.h"
#include "web/show.h"

#include <ctype.h>

/* The letters after G are those of the French names, which the books of keys print. */
const struct shell_place shell_places[] = {
	{ SHELL_WORK, "dashboard", "/", "home", N_("Dashboard"), N_("Home"), "item.read", "t", "T",
	  true },
	{ SHELL_WORK, "bank", "/bank", "bank", N_("Receipts"), N_("Receipts"), "cash.read", "e",
	  "E", true },
	{ SHELL_WORK, "reminders", "/reminders", "send", N_("Reminders"), N_("Reminders"),
	  "reminder.read", "r", "R", true },
	{ SHELL_WORK, "disputes", "/disputes", "warn", N_("Disputes"), N_("Disputes"), "item.read",
	  "l", "L", false },
	{ SHELL_PORTFOLIO, "customers", "/customers", "people", N_("Customers"), N_("Customers"),
	  "item.read", "c", "C", true },
	{ SHELL_PORTFOLIO, "items", "/items", "sheet", N_("Items"), N_("Items"), "item.read", "p",
	  "P", true },
	{ SHELL_PORTFOLIO, "trends", "/trends", "chart", N_("How it went"), N_("How it went"),
	  "item.read", "v", "V", false },
	{ SHELL_PORTFOLIO, "exports", "/exports", "export", N_("Exports"), N_("Exports"),
	  "cash.read", "x", "X", false },
	{ SHELL_PORTFOLIO, "imports", "/imports", "import", N_("Imports"), N_("Imports"),
	  "import.run", "i", "I", false },
	{ SHELL_FOOT, "journal", "/journal", "clock", N_("Journal"), N_("Journal"), "audit.read",
	  "j", "J", false },
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

const char *shell_path(struct page *p)
{
	const char *path = p->path ? p->path : "/";

	return arena_strndup(p->arena, path, strcspn(path, "?"));
}

static void put_query(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%c%s=", strchr(buf_str(b), '?') ? '&' : '?', name);
	for (const unsigned char *s = (const unsigned char *)value; *s; s++)
		buf_printf(b, isalnum(*s) || strchr("-._~", *s) ? "%c" : "%%%02X", *s);
}

const char *shell_at(struct page *p, day_t as_of, int64_t known_at)
{
	char day[DATE_TEXT], moment[CLOCK_TEXT];
	struct buf b;

	buf_init(&b, p->arena);
	buf_puts(&b, shell_path(p));
	for (const struct page_kept *k = p->kept; k && k->name; k++)
		put_query(&b, k->name, k->value);
	if (as_of != p->today)
		put_query(&b, "as_of", date_format(as_of, day));
	if (known_at)
		put_query(&b, "known_at", clock_format(known_at, moment));
	return buf_str(&b);
}

day_t shell_month_end(const struct page *p, int back)
{
	struct civil c = date_civil(p->today);

	return date_end_of_month(date_add_months(date_of(c.year, c.month, 1), -back));
}

day_t shell_year_end(const struct page *p)
{
	return date_of(date_civil(p->today).year - 1, 12, 31);
}

const char *shell_known_at(struct page *p)
{
	struct clock_civil c = clock_civil(p->when.known_at, p->time_zone);
	char day[DAY_TEXT], time[DAY_TEXT];

	if (!p->when.known_at)
		return tr(p->cat, "known now");
	return arena_printf(
		p->arena, tr(p->cat, "known on %s at %s"),
		day_short(date_of(c.date.year, c.date.month, c.date.day), p->language, day),
		time_text(c.hour, c.minute, time));
}

const char *shell_known_at_iso(struct page *p)
{
	struct clock_civil c = clock_civil(p->when.known_at, p->time_zone);

	if (!p->when.known_at)
		return "";
	return arena_printf(p->arena, "%04d-%02d-%02dT%02d:%02d:%02d", c.date.year, c.date.month,
			    c.date.day, c.hour, c.minute, c.second);
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
	return arena_printf(p->arena, tr(p->cat, "%s · as of %s, %s · printed by %s on %s"),
			    p->entity_name ? p->entity_name : "Encours",
			    show_day(p, p->takes_as_of ? p->when.as_of : p->today),
			    p->takes_known_at ? shell_known_at(p) : tr(p->cat, "known now"),
			    p->user_name ? p->user_name : "", show_day(p, p->today));
}
