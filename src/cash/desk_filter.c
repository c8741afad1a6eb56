/* SPDX-License-Identifier: Apache-2.0 */
/* desk_filter.c - the workbench's filters: read from the address, shown as chips and fields. */
#include "cash/desk_web.h"

#include "base/text.h"
#include "i18n/amount.h"
#include "ledger/entity.h"
#include "web/link.h"
#include "web/show.h"

const char *desk_url(struct request *r, int64_t entry_id, const char *act)
{
	const char *path =
		entry_id ? arena_printf(r->arena, "/bank/entries/%" PRId64 "%s", entry_id, act)
			 : "/bank";

	return link_to(r, path, "q", request_query(r, "q"), "state", request_query(r, "state"),
		       "account", request_query(r, "account"), "currency",
		       request_query(r, "currency"), "payer", request_query(r, "payer"), "min",
		       request_query(r, "min"), "max", request_query(r, "max"), "age",
		       request_query(r, "age"), "period", request_query(r, "period"), NULL);
}

void desk_keep(struct request *r, struct bank_entry *ret)
{
	static const char *const names[] = { "q",   "state", "account", "currency", "payer",
					     "min", "max",   "age",     "period" };
	struct page_kept *kept = ARENA_ARRAY(r->arena, ARRAY_LEN(names), struct page_kept);

	ret->path_query = strchr(desk_url(r, 0, ""), '?');
	if (!ret->path_query)
		ret->path_query = "";
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!str_empty(request_query(r, names[i])))
			kept[ret->n_kept++] =
				(struct page_kept){ names[i], request_query(r, names[i]) };
	ret->kept = kept;
}

/* ---- reading ---- */

static day_t month_begin(day_t today)
{
	char text[DATE_TEXT];
	day_t first;

	date_format(today, text);
	memcpy(text + 8, "01", 2);
	ENSURE(date_parse(text, &first, NULL));
	return first;
}

static bool is_state(const char *name)
{
	for (int s = 0; s < ENTRY_N_STATES; s++)
		if (str_eq(name, entry_state_name((enum entry_state)s)))
			return true;
	return str_eq(name, DESK_TODO) || str_eq(name, DESK_ALL);
}

static bool read_limit(struct request *r, const char *name, int64_t *ret)
{
	const char *typed = request_query(r, name);
	const char *currency = request_query(r, "currency");

	return str_empty(typed) ||
	       amount_read(typed, str_empty(currency) ? r->entity.currency : currency,
			   catalogue_language(r->cat), ret, NULL);
}

static bool read_days(struct request *r, struct desk_filter *f)
{
	const char *age = request_query(r, "age"), *period = request_query(r, "period");
	uint64_t days;

	if (str_eq(period, "today"))
		f->from_on = r->today;
	else if (str_eq(period, "month"))
		f->from_on = month_begin(r->today);
	else if (!str_empty(period))
		return false;
	if (str_empty(age))
		return true;
	if (!text_to_u64(age, 3650, &days))
		return false;
	f->until_on = r->today - (day_t)days;
	return true;
}

static const char *trimmed(struct request *r, const char *name)
{
	const char *typed = request_query(r, name);

	return str_empty(typed) ? NULL : text_trim(r->arena, typed);
}

void desk_filter_read(struct request *r, struct desk_filter *ret, const char **ret_wrong)
{
	const char *state = request_query(r, "state");
	struct desk_filter f = { .account = request_query(r, "account"),
				 .currency = request_query(r, "currency"),
				 .payer = trimmed(r, "payer"),
				 .text = trimmed(r, "q"),
				 .min_minor = 1,
				 .max_minor = INT64_MAX,
				 .from_on = DAY_NONE,
				 .until_on = DAY_NONE };

	*ret_wrong = NULL;
	/* What is looked for by name may be decided already. */
	f.state = !str_empty(state) ? state : str_empty(f.text) ? DESK_TODO : DESK_ALL;
	if (!is_state(f.state))
		*ret_wrong = tr(r->cat, "There is no such state.");
	else if (!read_limit(r, "min", &f.min_minor) || !read_limit(r, "max", &f.max_minor))
		*ret_wrong = tr(r->cat, "Write an amount, for example 1234.56.");
	else if (!read_days(r, &f))
		*ret_wrong = tr(r->cat, "There is no such period.");
	if (f.text)
		f.has_amount =
			amount_read(f.text, str_empty(f.currency) ? r->entity.currency : f.currency,
				    catalogue_language(r->cat), &f.amount_minor, NULL);
	*ret = f;
}

/* ---- showing ---- */

static void add_state(struct request *r, struct desk_filter_view *v, const char *state,
		      const char *now, const char *text)
{
	v->states[v->n_states++] = (struct part_chip){
		.text = text,
		.url = link_to(r, "/bank", "q", request_query(r, "q"), "state", state, "account",
			       request_query(r, "account"), "currency",
			       request_query(r, "currency"), "payer", request_query(r, "payer"),
			       "min", request_query(r, "min"), "max", request_query(r, "max"),
			       "age", request_query(r, "age"), "period", request_query(r, "period"),
			       NULL),
		.is_on = str_eq(state, now),
	};
}

static void fill_states(struct request *r, struct page *p, const char *now,
			struct desk_filter_view *v)
{
	static const enum entry_state shown[] = { ENTRY_PROPOSED, ENTRY_OPEN };
	bool is_shown = str_eq(now, DESK_TODO) || str_eq(now, DESK_ALL);

	add_state(r, v, DESK_TODO, now, tr(p->cat, "To decide"));
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		add_state(r, v, entry_state_name(shown[i]), now,
			  tr(p->cat, entry_state_words(shown[i])));
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		is_shown |= str_eq(now, entry_state_name(shown[i]));
	/* The others are chosen below; the one in force stands here too. */
	if (!is_shown && is_state(now))
		add_state(r, v, now, now, tr(p->cat, entry_state_words(entry_state_of(now))));
	add_state(r, v, DESK_ALL, now, tr(p->cat, "All"));
}

static void fill_state_choices(struct page *p, struct desk_filter_view *v)
{
	struct part_choice *list = ARENA_ARRAY(p->arena, ENTRY_N_STATES + 3, struct part_choice);
	size_t n = 0;

	list[n++] = (struct part_choice){ "", "–" };
	list[n++] = (struct part_choice){ DESK_TODO, tr(p->cat, "To decide") };
	for (int s = 0; s < ENTRY_N_STATES; s++)
		list[n++] =
			(struct part_choice){ entry_state_name((enum entry_state)s),
					      tr(p->cat, entry_state_words((enum entry_state)s)) };
	list[n++] = (struct part_choice){ DESK_ALL, tr(p->cat, "All") };
	v->state_choices = list;
	v->n_state_choices = n;
}

static bool fill_choices(struct request *r, struct page *p, struct desk_filter_view *v,
			 struct err *e)
{
	struct part_choice *list;
	struct bank_account *accounts;
	const char **currencies;
	size_t n, n_currencies;

	if (!bank_account_list(r->db, r->arena, r->entity.id, &accounts, &n, e) ||
	    !desk_currencies(r->db, r->arena, r->entity.id, &currencies, &n_currencies, e))
		return false;
	list = ARENA_ARRAY(p->arena, n + 1, struct part_choice);
	list[v->n_accounts++] = (struct part_choice){ "", tr(p->cat, "All accounts") };
	for (size_t i = 0; i < n; i++)
		list[v->n_accounts++] = (struct part_choice){
			accounts[i].iban, str_empty(accounts[i].name)
						  ? accounts[i].iban
						  : arena_printf(p->arena, "%s · %s",
								 accounts[i].name, accounts[i].iban)
		};
	v->accounts = list;
	list = ARENA_ARRAY(p->arena, n_currencies + 1, struct part_choice);
	list[v->n_currencies++] = (struct part_choice){ "", tr(p->cat, "All currencies") };
	for (size_t i = 0; i < n_currencies; i++)
		list[v->n_currencies++] = (struct part_choice){ currencies[i], currencies[i] };
	v->currencies = list;
	return true;
}

bool desk_filter_show(struct request *r, struct page *p, const struct desk_filter *f,
		      const char *wrong, struct desk_filter_view *ret, struct err *e)
{
	struct desk_filter_view v = { .q = request_query(r, "q"),
				      .state = request_query(r, "state"),
				      .account = request_query(r, "account"),
				      .currency = request_query(r, "currency"),
				      .payer = request_query(r, "payer"),
				      .min = request_query(r, "min"),
				      .max = request_query(r, "max"),
				      .age = request_query(r, "age"),
				      .period = request_query(r, "period"),
				      .wrong = wrong };
	struct part_choice *ages = ARENA_ARRAY(p->arena, 4, struct part_choice);

	ages[0] = (struct part_choice){ "", tr(p->cat, "Any time") };
	ages[1] = (struct part_choice){ "7", tr(p->cat, "More than 7 days") };
	ages[2] = (struct part_choice){ "30", tr(p->cat, "More than 30 days") };
	ages[3] = (struct part_choice){ "90", tr(p->cat, "More than 90 days") };
	v.ages = ages;
	v.n_ages = 4;
	v.n_more = !str_empty(v.account) + !str_empty(v.currency) + !str_empty(v.payer) +
		   !str_empty(v.min) + !str_empty(v.max) + !str_empty(v.age);
	v.has_any = v.n_more > 0 || !str_empty(v.q) || !str_empty(v.state);
	fill_states(r, p, f->state, &v);
	fill_state_choices(p, &v);
	if (!fill_choices(r, p, &v, e))
		return false;
	*ret = v;
	return true;
}
