/* SPDX-License-Identifier: Apache-2.0 */
/* desk_counts.c - the counters at the head of the bank's pages. */
#include "cash/desk_web.h"

#include "cash/return_store.h"
#include "web/link.h"
#include "web/show.h"

static const char *entries_text(struct page *p, int64_t n)
{
	return arena_printf(p->arena, trn(p->cat, "%s entry", "%s entries", (unsigned long)n),
			    show_count(p, n));
}

static struct part_figure figure(struct page *p, const char *currency, const char *term,
				 int64_t minor, int64_t n, const char *url)
{
	return (struct part_figure){ .term = term,
				     .value = show_amount(p, minor, currency),
				     .gloss = entries_text(p, n),
				     .url = url };
}

/* The queue in that state, of the account, currency and period that the counters show. */
static const char *queue_of(struct request *r, const char *state)
{
	return link_to(r, "/bank", "state", state, "account", request_query(r, "account"),
		       "currency", request_query(r, "currency"), "period",
		       request_query(r, "period"), NULL);
}

static void fill_figures(struct request *r, struct page *p, const char *currency,
			 const struct entry_counts *c, struct bank_head *h)
{
	int64_t n = 0, minor = 0, n_done, done, n_todo, todo;

	for (size_t i = 0; i < ENTRY_N_STATES; i++) {
		/* What is nobody's, or told before its statement, or in its place, is not received (again). */
		if (i == ENTRY_IGNORED || i == ENTRY_ANNOUNCED || i == ENTRY_REPLACED ||
		    i == ENTRY_SPLIT)
			continue;
		n += c->n[i];
		minor += c->minor[i];
	}
	n_done = c->n[ENTRY_MATCHED] + c->n[ENTRY_BOOKED];
	done = c->minor[ENTRY_MATCHED] + c->minor[ENTRY_BOOKED];
	n_todo = c->n[ENTRY_PROPOSED] + c->n[ENTRY_DOUBTFUL] + c->n[ENTRY_OPEN];
	todo = c->minor[ENTRY_PROPOSED] + c->minor[ENTRY_DOUBTFUL] + c->minor[ENTRY_OPEN];
	h->figures[0] =
		figure(p, currency, tr(p->cat, "Received"), minor, n, queue_of(r, DESK_ALL));
	h->figures[1] = figure(p, currency, tr(p->cat, "Applied"), done, n_done,
			       queue_of(r, entry_state_name(ENTRY_MATCHED)));
	h->figures[1].gloss =
		arena_printf(p->arena, "%s · %s", h->figures[1].gloss, show_percent(p, n_done, n));
	h->figures[2] =
		figure(p, currency, tr(p->cat, "To decide"), todo, n_todo, queue_of(r, DESK_TODO));
	h->figures[3] =
		figure(p, currency, tr(p->cat, "Of these not recognised"), c->minor[ENTRY_OPEN],
		       c->n[ENTRY_OPEN], queue_of(r, entry_state_name(ENTRY_OPEN)));
	h->figures[4] =
		figure(p, currency, tr(p->cat, "Announced"), c->minor[ENTRY_ANNOUNCED],
		       c->n[ENTRY_ANNOUNCED], queue_of(r, entry_state_name(ENTRY_ANNOUNCED)));
}

static void fill_unallocated(struct page *p, const char *currency, const struct desk_ages *ages,
			     struct bank_head *h)
{
	int64_t n = 0, minor = 0, n_old = ages->n[DESK_QUARTER] + ages->n[DESK_OLDER];

	for (int i = 0; i < DESK_N_AGES; i++) {
		n += ages->n[i];
		minor += ages->minor[i];
	}
	h->figures[5] = figure(p, currency, tr(p->cat, "On account"), minor, n, "/bank/account");
	if (n_old > 0)
		h->figures[5].gloss =
			arena_printf(p->arena, tr(p->cat, "%s, %s for more than 30 days"),
				     h->figures[5].gloss, show_count(p, n_old));
}

static void fill_periods(struct request *r, struct page *p, struct bank_head *h)
{
	const struct {
		const char *value, *text;
	} all[] = { { "", tr(p->cat, "Everything") },
		    { "month", tr(p->cat, "This month") },
		    { "today", tr(p->cat, "Today") } };
	const char *now = request_query(r, "period");

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		h->periods[i] = (struct part_chip){
			.text = all[i].text,
			.url = link_to(r, "/bank", "state", request_query(r, "state"), "account",
				       request_query(r, "account"), "currency",
				       request_query(r, "currency"), "period", all[i].value, NULL),
			.is_on = str_eq(all[i].value, now ? now : ""),
		};
	h->counts_url = link_to(r, "/bank/counts", "account", request_query(r, "account"),
				"currency", request_query(r, "currency"), "period", now, NULL);
}

bool bank_head_load(struct request *r, struct page *p, enum bank_tab tab, struct bank_head *ret,
		    struct err *e)
{
	struct entry_counts counts;
	struct desk_ages ages;
	struct desk_filter f;
	const char *currency, *wrong;
	int64_t n_waiting, n_unseen;

	desk_filter_read(r, &f, &wrong);
	/* How old what waits may be cuts the queue, not what was received. */
	f.until_on = DAY_NONE;
	currency = str_empty(f.currency) ? r->entity.currency : f.currency;
	if (!desk_counts(r->db, r->entity.id, &f, currency, &counts, e) ||
	    !desk_unallocated(r->db, r->entity.id, currency, p->today, &ages, e) ||
	    !return_count(r->db, r->entity.id, &n_waiting, &n_unseen, e))
		return false;
	*ret = (struct bank_head){
		.title = tr(p->cat, "Receipts"),
		.line = tr(p->cat, "What the bank received, and what it pays."),
		.may_apply = request_may(r, PERM_CASH_APPLY),
		.may_import = request_may(r, PERM_IMPORT_RUN),
		.tabs = {
			[BANK_TO_DECIDE] = { .text = tr(p->cat, "To decide"), .url = "/bank" },
			[BANK_ENTRIES] = { .text = tr(p->cat, "Entries"), .url = "/bank/entries" },
			[BANK_STATEMENTS] = { .text = tr(p->cat, "Statements"),
					      .url = "/bank/statements" },
			[BANK_ON_ACCOUNT] = { .text = tr(p->cat, "On account"),
					      .url = "/bank/account" },
			[BANK_BY_HAND] = { .text = tr(p->cat, "Cheques, bills, cash"),
					   .url = "/bank/receipts" },
			[BANK_ADVICES] = { .text = tr(p->cat, "Advices"),
					   .url = "/bank/advices" },
			[BANK_REFUNDS] = { .text = tr(p->cat, "Refunds"), .url = "/bank/refunds" },
			[BANK_RETURNS] = { .text = tr(p->cat, "Returned"), .url = "/bank/returns" },
			[BANK_VIRTUAL] = { .text = tr(p->cat, "Virtual IBANs"),
					   .url = "/bank/virtual-ibans" },
			[BANK_COCKPIT] = { .text = tr(p->cat, "Cockpit"), .url = "/bank/cockpit" },
			[BANK_MATCHING] = { .text = tr(p->cat, "Matching"),
					    .url = "/bank/learned" },
		},
	};
	if (n_waiting + n_unseen > 0)
		ret->tabs[BANK_RETURNS].count = show_count(p, n_waiting + n_unseen);
	ret->tabs[tab].is_on = true;
	ret->list_url =
		link_to(r, "/bank/entries", "q", f.text, "state", f.state, "account", f.account,
			"currency", f.currency, "payer", f.payer, "min", request_query(r, "min"),
			"max", request_query(r, "max"), "age", request_query(r, "age"), "period",
			request_query(r, "period"), NULL);
	fill_figures(r, p, currency, &counts, ret);
	fill_unallocated(p, currency, &ages, ret);
	fill_periods(r, p, ret);
	return true;
}
