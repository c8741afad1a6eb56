/* SPDX-License-Identifier: Apache-2.0 */
/* matching_web.c - the settings of the matching, and what was learned of payers. */
#include "cash/matching_web.h"

#include "cash/habits.h"
#include "cash/learn.h"
#include "cash/match_policy.h"
#include "cash/matching_view.h"
#include "i18n/amount.h"
#include "web/show.h"
#include "web/undo.h"

#include <stdlib.h>

size_t matching_tabs(struct request *r, const char *here, struct part_chip tab[MATCHING_TABS])
{
	static const struct {
		const char *url, *text;
	} places[] = {
		{ "/bank/learned", N_("Known payers") },
		{ "/settings/matching", N_("What it may do alone") },
		{ "/settings/matching/back-test", N_("Back-test") },
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		tab[n++] = (struct part_chip){ .text = tr(r->cat, places[i].text),
					       .url = places[i].url,
					       .is_on = str_eq(places[i].url, here) };
	return n;
}

const char *matching_rule_words(struct page *p, const char *rule)
{
	static const struct {
		const char *rule, *text;
	} words[] = {
		{ "advice", N_("lines of a remittance advice") },
		{ "structured_reference", N_("creditor reference") },
		{ "reference", N_("document numbers, whole") },
		{ "near_reference", N_("document numbers cut short or mistyped") },
		{ "payer_amount", N_("known payer and amount of one document") },
		{ "balance", N_("known payer and everything due or open") },
		{ "completed", N_("numbers, and other documents that complete the sum") },
		{ "combination", N_("known payer and documents that add up") },
		{ "discount", N_("less an early-payment discount") },
		{ "charges", N_("less what a bank withheld") },
		{ "rounding", N_("cents more or less") },
		{ "partial", N_("part payment") },
		{ "overpaid", N_("documents, the rest on account") },
		{ "amount", N_("the amount alone") },
		{ "on_account", N_("the payer alone, on account") },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(words[i].rule, rule))
			return tr(p->cat, words[i].text);
	return rule;
}

const char *matching_percent(struct page *p, int64_t part, int64_t whole)
{
	char text[AMOUNT_TEXT];

	return whole ? arena_strdup(p->arena, percent_text(part, whole, 2, p->language, text))
		     : "–";
}

/* ---- settings ---- */

static const char here[] = "/settings/matching";

static const char *rule_field(struct arena *a, size_t rule)
{
	return arena_printf(a, "rule_%s", match_rule_name((enum match_rule)rule));
}

static void fill_rules(struct request *r, struct page *p, const struct match_policy *policy,
		       struct matching_policy_view *v)
{
	struct matching_rule *rules = ARENA_ARRAY(r->arena, MATCH_N_RULES, struct matching_rule);

	for (size_t i = 0; i < MATCH_N_RULES; i++)
		rules[i] = (struct matching_rule){
			.name = rule_field(r->arena, i),
			.words = matching_rule_words(p, match_rule_name((enum match_rule)i)),
			.is_on = (policy->alone_rules & MATCH_BIT(i)) != 0,
		};
	v->rules = rules;
	v->n_rules = MATCH_N_RULES;
}

/* As its reader writes numbers: a comma in French; no zero that says nothing behind it. */
static const char *as_written(struct request *r, const char *name, const char *plain)
{
	char *text = arena_strdup(r->arena, plain), *point = strchr(text, '.');
	size_t n = strlen(text);

	if (!point)
		return text;
	if (str_eq(name, "threshold"))
		while (text + n > point + 4 && text[n - 1] == '0')
			text[--n] = '\0';
	*point = str_eq(catalogue_language(r->cat), "fr") ? ',' : '.';
	return text;
}

static struct part_field field(struct request *r, const struct match_policy *policy,
			       const char *name, const char *label, const char *help,
			       const struct err *wrong)
{
	const char *typed = request_form(r, name);

	return (struct part_field){
		.name = name,
		.label = label,
		.help = help,
		.value = typed ? typed
			       : as_written(r, name,
					    match_policy_get(r->arena, policy, name,
							     r->entity.currency)),
		.error = wrong && str_eq(wrong->field, name)
				 ? request_message(r, arena_strdup(r->arena, wrong->msg))
				 : NULL,
		.is_required = true
	};
}

static void fill_fields(struct request *r, struct page *p, const struct match_policy *policy,
			const struct err *wrong, struct matching_policy_view *v)
{
	const struct {
		const char *name, *label, *help;
	} texts[] = {
		{ "rounding", tr(p->cat, "Cents written off"),
		  tr(p->cat, "the most by which a receipt may differ and count as exact") },
		{ "charges", tr(p->cat, "Bank charges accepted"),
		  tr(p->cat, "the most that a bank on the way may keep") },
		{ "discount_grace_days", tr(p->cat, "Days of grace for a discount"),
		  tr(p->cat, "after its term, a discount is still granted") },
		{ "discount_limit", tr(p->cat, "Discount without terms, in percent"),
		  tr(p->cat, "granted at most while no customer's terms are known; 0 for none") },
		{ "write_off_limit", tr(p->cat, "Limit of write-offs"),
		  tr(p->cat, "of a difference, by who applies receipts") },
		{ "write_off_account", tr(p->cat, "Account of write-offs"), NULL },
		{ "return_fee", tr(p->cat, "Fee of a returned debit"),
		  tr(p->cat, "charged to the customer; 0 for none") },
		{ "return_fee_vat", tr(p->cat, "VAT in that fee, in percent"),
		  tr(p->cat, "0 when it only makes good a damage: outside VAT") },
	};

	_Static_assert(ARRAY_LEN(texts) <= ARRAY_LEN(v->fields), "room for each field");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		v->fields[v->n_fields++] =
			field(r, policy, texts[i].name, texts[i].label, texts[i].help, wrong);
	v->threshold = field(r, policy, "threshold", tr(p->cat, "Least confidence"),
			     tr(p->cat, "0.995: wrong once in two hundred at the most; the "
					"back-test tells what each value gives"),
			     wrong);
}

static bool show_policy(struct request *r, const struct match_policy *policy,
			const struct err *wrong, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Matching of receipts"), "bank");
	struct part_chip tab[MATCHING_TABS];
	struct matching_policy_view v = { .tabs = tab,
					  .may_edit = request_may(r, PERM_POLICY_EDIT),
					  .is_automatic = policy->is_automatic,
					  .is_oldest = policy->is_oldest_of_equal,
					  .revision = policy->revision };

	(void)e;
	v.n_tabs = matching_tabs(r, here, tab);
	v.line = policy->revision ? arena_printf(r->arena, tr(r->cat, "revision %s"),
						 show_count(p, policy->revision))
				  : tr(r->cat, "as installed; nobody changed anything yet");
	if (wrong)
		v.wrong = request_message(r, arena_strdup(r->arena, wrong->msg));
	fill_rules(r, p, policy, &v);
	fill_fields(r, p, policy, wrong, &v);
	matching_policy_page(p, &v);
	return respond_page(r, p, wrong ? 422 : 200);
}

static bool matching_show(struct request *r, struct err *e)
{
	struct match_policy policy;

	return match_policy_load(r->db, r->arena, r->entity.id, &policy, e) &&
	       show_policy(r, &policy, NULL, e);
}

/* The form over the policy as it is. */
static bool read_form(struct request *r, struct match_policy *policy, struct err *e)
{
	const char *revision = request_form(r, "revision");

	policy->alone_rules = 0;
	for (size_t i = 0; i < MATCH_N_RULES; i++)
		if (request_form(r, rule_field(r->arena, i)))
			policy->alone_rules |= MATCH_BIT(i);
	policy->revision = revision ? (int)strtol(revision, NULL, 10) : -1;
	for (size_t i = 0; match_policy_names[i]; i++) {
		const char *name = match_policy_names[i], *value = request_form(r, name);
		if (value && !match_policy_set(policy, name, value, r->entity.currency, e))
			return false;
	}
	return true;
}

static bool matching_post(struct request *r, struct err *e)
{
	struct match_policy policy;
	struct err wrong = { 0 };

	if (!match_policy_load(r->db, r->arena, r->entity.id, &policy, e))
		return false;
	if (!read_form(r, &policy, &wrong))
		return show_policy(r, &policy, &wrong, e);
	return match_policy_save(r->db, &policy, r->entity.id, r->actor, r->now, e) &&
	       flash_set(r, tr(r->cat, "The settings are kept."),
			 undo_now(r, "match_policy.changed"), e) &&
	       respond_redirect(r, here);
}

/* ---- payers ---- */

static void fill_payer(struct page *p, const struct learned_payer *l,
		       struct matching_learned_row *to)
{
	*to = (struct matching_learned_row){
		.customer = arena_printf(p->arena, "%s · %s", l->customer_name, l->customer_code),
		.customer_url = arena_printf(p->arena, "/customers/%s", l->customer_code),
		.customer_id = l->customer_id,
		.iban = l->iban ? l->iban : "",
		.name = l->name_key ? l->name_key : "",
		.n_for = show_count(p, l->n_for),
		.n_against = show_count(p, l->n_against),
		.n_booked = l->n_booked ? arena_printf(p->arena, tr(p->cat, "%s by the accounting"),
						       show_count(p, l->n_booked))
					: NULL,
		.last = show_moment(p, l->last),
		.state = l->is_alive ? "done" : "off",
		.words = l->is_alive ? tr(p->cat, "used") : tr(p->cat, "contradicted"),
	};
}

/* ---- habits ---- */

enum { MAX_HABITS = 100 };

static const char *form_words(struct page *p, enum match_form form)
{
	static const char *const words[] = {
		[MATCH_FORM_ONE] = N_("one document"),
		[MATCH_FORM_SEVERAL] = N_("several documents"),
		[MATCH_FORM_DUE] = N_("everything due"),
		[MATCH_FORM_STATEMENT] = N_("a whole month"),
		[MATCH_FORM_OPEN] = N_("everything open"),
		[MATCH_FORM_RUN] = N_("the oldest first"),
		[MATCH_FORM_DISCOUNT] = N_("less a discount"),
		[MATCH_FORM_CHARGES] = N_("less charges"),
		[MATCH_FORM_ROUNDED] = N_("rounded"),
		[MATCH_FORM_PARTIAL] = N_("part of a document"),
		[MATCH_FORM_OVERPAID] = N_("more than the documents"),
		[MATCH_FORM_ACCOUNT] = N_("on account"),
	};

	return tr(p->cat, words[form]);
}

/* The forms, the most frequent first: "one document 12, the oldest first 5". */
static const char *habit_words(struct page *p, const struct match_habit *h)
{
	struct match_habit left = *h;
	const char *text = "";

	for (;;) {
		size_t best = 0;
		for (size_t i = 1; i < MATCH_N_FORMS; i++)
			best = left.n[i] > left.n[best] ? i : best;
		if (left.n[best] == 0)
			break;
		text = arena_printf(p->arena, "%s%s%s %s", text, *text ? ", " : "",
				    form_words(p, (enum match_form)best),
				    show_count(p, left.n[best]));
		left.n[best] = 0;
	}
	if (h->n_oldest_of_equal + h->n_other_of_equal > 0)
		text = arena_printf(p->arena,
				    tr(p->cat, "%s; of equal documents the oldest %s of %s times"),
				    text, show_count(p, h->n_oldest_of_equal),
				    show_count(p, h->n_oldest_of_equal + h->n_other_of_equal));
	return text;
}

static int compare_habits(const void *a, const void *b)
{
	const struct customer_habit *x = a, *y = b;
	int64_t n = match_habit_count(&x->habit), m = match_habit_count(&y->habit);

	if (n != m)
		return n > m ? -1 : 1;
	return (x->customer_id > y->customer_id) - (x->customer_id < y->customer_id);
}

static bool fill_habits(struct request *r, struct page *p, struct matching_learned_view *v,
			struct err *e)
{
	struct matching_habit_row *rows =
		ARENA_ARRAY(r->arena, MAX_HABITS, struct matching_habit_row);
	struct habits h;
	struct book *b;

	if (!book_load(r->db, r->arena,
		       &(struct book_query){ .entity_id = r->entity.id, .as_of = r->today }, &b,
		       e) ||
	    !habits_load(r->db, r->arena, r->entity.id, b, &h, e))
		return false;
	if (h.n)
		qsort(h.at, h.n, sizeof *h.at, compare_habits);
	for (size_t i = 0; i < h.n && v->n_habits < MAX_HABITS; i++) {
		size_t at = book_customer_by_id(b, h.at[i].customer_id);
		if (at == SIZE_MAX)
			continue;
		rows[v->n_habits++] = (struct matching_habit_row){
			.customer = arena_printf(r->arena, "%s · %s", b->customer[at].name,
						 b->customer[at].code),
			.customer_url =
				arena_printf(r->arena, "/customers/%s", b->customer[at].code),
			.customer_id = h.at[i].customer_id,
			.n = show_count(p, match_habit_count(&h.at[i].habit)),
			.forms = habit_words(p, &h.at[i].habit),
		};
	}
	v->habits = rows;
	if (h.n)
		v->all = arena_printf(r->arena,
				      tr(r->cat,
					 "Counted over the newest payments, as they stand now. All "
					 "customers together: %s."),
				      habit_words(p, &h.all));
	return true;
}

static bool learned_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Known payers"), "bank");
	struct part_chip tab[MATCHING_TABS];
	struct matching_learned_view v = { .tabs = tab,
					   .may_edit = request_may(r, PERM_CASH_APPLY) };
	struct matching_learned_row *rows;
	struct learned_payer *list;
	size_t n;

	if (!learned_list(r->db, r->arena, r->entity.id, 0, &list, &n, e))
		return false;
	rows = ARENA_ARRAY(r->arena, n + 1, struct matching_learned_row);
	for (size_t i = 0; i < n; i++)
		fill_payer(p, &list[i], &rows[i]);
	v.n_tabs = matching_tabs(r, "/bank/learned", tab);
	v.line = tr(r->cat, "Who pays for whom, as persons and the accounting said. What was "
			    "applied alone teaches nothing.");
	v.rows = rows;
	v.n_rows = n;
	if (!fill_habits(r, p, &v, e))
		return false;
	matching_learned_page(p, &v);
	return respond_page(r, p, 200);
}

static bool learned_forget_post(struct request *r, struct err *e)
{
	const char *customer = request_form(r, "customer"), *iban = request_form(r, "iban");
	const char *name = request_form(r, "name");
	int64_t id = customer ? strtoll(customer, NULL, 10) : 0;

	return learned_forget(r->db, r->entity.id, id, str_empty(iban) ? NULL : iban,
			      str_empty(name) ? NULL : name, r->actor, r->now, e) &&
	       flash_set(r,
			 str_empty(iban) && str_empty(name)
				 ? tr(r->cat, "What was learned of the customer is forgotten.")
				 : tr(r->cat, "The payer is forgotten."),
			 undo_now(r, "payer.forgotten"), e) &&
	       respond_redirect(r, "/bank/learned");
}

static const struct route routes[] = {
	ROUTE(GET, "/settings/matching", matching_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/settings/matching", matching_post, PERM_POLICY_EDIT, SCOPE_ENTITY),
	ROUTE(GET, "/bank/learned", learned_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/learned/forget", learned_forget_post, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list matching_routes = ROUTE_LIST(routes);
