/* SPDX-License-Identifier: Apache-2.0 */
/* desk_split.c - the documents that a person chooses for an entry, with their amounts. */
#include "cash/convert.h"
#include "cash/desk_web.h"

#include "base/list.h"
#include "base/money.h"
#include "base/text.h"
#include "ledger/item.h"
#include "web/link.h"
#include "web/show.h"

enum { FOUND_MAX = 8, WITH_MAX = 100, LINES_MAX = 500 };

struct choosing {
	struct request *request;
	struct page *page;
	const struct entry *entry;
	const struct bank_typed *typed;
	const char *currency;     /* of the documents */
	struct customer customer; /* whose documents are shown; id 0: nobody's */
	LIST_OF(struct item) items;
	struct buf with;
};

static const char *field_name(struct arena *a, int64_t item_id)
{
	return arena_printf(a, "pay_%" PRId64, item_id);
}

static bool may_be_paid(const struct choosing *c, const struct item *it)
{
	enum item_kind kind;

	return item_kind_of(it->kind_name, &kind) && !item_kind_is_cash(kind) &&
	       it->open_minor != 0 && str_eq(it->currency, c->currency);
}

static void add_item(struct choosing *c, const struct item *it)
{
	for (size_t i = 0; i < c->items.n; i++)
		if (c->items.at[i].id == it->id)
			return;
	*LIST_ADD(c->request->arena, &c->items) = *it;
	if (it->customer_id != c->customer.id)
		buf_printf(&c->with, "%s%" PRId64, c->with.len ? "," : "", it->id);
}

/* ---- finding ---- */

bool bank_customer_of(struct request *r, const char *text, struct customer *ret, struct err *e)
{
	struct customer *found;
	struct err none = { 0 };
	size_t n;

	*ret = (struct customer){ 0 };
	if (str_empty(text) || customer_get(r->db, r->arena, r->entity.id, text, ret, &none))
		return true;
	if (none.code != ERR_NOT_FOUND) {
		*e = none;
		return false;
	}
	if (!customer_search(r->db, r->arena, r->entity.id, text, 2, &found, &n, e))
		return false;
	*ret = n == 1 ? found[0] : (struct customer){ 0 };
	return true;
}

/* A value of the form that was refused, else of the address. */
static const char *asked(const struct choosing *c, const char *name)
{
	return c->typed ? request_form(c->request, name) : request_query(c->request, name);
}

static bool add_documents(struct choosing *c, const char *number, size_t *ret_n, struct err *e)
{
	struct item *found;
	size_t n;

	*ret_n = 0;
	if (!item_find_document(c->request->db, c->request->arena, c->request->entity.id, number,
				&found, &n, e))
		return false;
	for (size_t i = 0; i < n && *ret_n < FOUND_MAX; i++)
		if (may_be_paid(c, &found[i])) {
			add_item(c, &found[i]);
			(*ret_n)++;
		}
	return true;
}

/* Documents chosen before, of whatever customer: "12,13". */
static bool add_with(struct choosing *c, struct err *e)
{
	const char *at = asked(c, "with");

	for (size_t n = 0; at && *at && n < WITH_MAX; n++) {
		size_t len = strcspn(at, ",");
		struct err none = { 0 };
		struct item it;
		uint64_t id;
		if (!text_to_u64(arena_strndup(c->request->arena, at, len), INT64_MAX, &id))
			return true;
		if (item_get(c->request->db, c->request->arena, c->request->entity.id, (int64_t)id,
			     &it, &none)) {
			if (may_be_paid(c, &it))
				add_item(c, &it);
		} else if (none.code != ERR_NOT_FOUND) {
			*e = none;
			return false;
		}
		at += len + (at[len] == ',');
	}
	return true;
}

static bool list_customers(struct choosing *c, const char *text, struct bank_entry *ret,
			   struct err *e)
{
	struct request *r = c->request;
	struct customer *found;
	struct part_chip *chips;
	size_t n;

	if (!customer_search(r->db, r->arena, r->entity.id, text, FOUND_MAX, &found, &n, e))
		return false;
	chips = ARENA_ARRAY(r->arena, n + 1, struct part_chip);
	for (size_t i = 0; i < n; i++)
		chips[i] = (struct part_chip){
			.text = arena_printf(r->arena, "%s · %s", found[i].name, found[i].code),
			.url = arena_printf(r->arena, "%s%scustomer=%s",
					    desk_url(r, c->entry->id, ""),
					    *ret->path_query ? "&" : "?", found[i].code),
		};
	ret->found = chips;
	ret->n_found = n;
	if (n == 0)
		ret->find_said = tr(r->cat, "No customer and no open document is called so.");
	return true;
}

/* What was looked for is a customer, a document, or several of them. */
static bool find(struct choosing *c, int64_t best_customer_id, struct bank_entry *ret,
		 struct err *e)
{
	struct request *r = c->request;
	const char *text = asked(c, "find"), *code = asked(c, "customer");
	struct err none = { 0 };
	size_t n_documents = 0;

	ret->find = text;
	if (!bank_customer_of(r, !str_empty(text) ? text : code, &c->customer, e))
		return false;
	if (!str_empty(text) && !c->customer.id) {
		if (!add_documents(c, text, &n_documents, e) ||
		    (n_documents == 0 && !list_customers(c, text, ret, e)))
			return false;
		if (!bank_customer_of(r, code, &c->customer, e))
			return false;
	}
	if (c->customer.id || !best_customer_id ||
	    customer_get_by_id(r->db, r->arena, r->entity.id, best_customer_id, &c->customer,
			       &none))
		return true;
	/* The explanation may name another company's customer: its documents are not chosen here. */
	if (none.code != ERR_NOT_FOUND) {
		*e = none;
		return false;
	}
	c->customer = (struct customer){ 0 };
	return true;
}

/* ---- showing ---- */

/* The customer's documents in other currencies than those shown: a way to each. */
static void fill_currencies(struct choosing *c, const struct item *items, size_t n,
			    struct bank_entry *ret)
{
	struct request *r = c->request;
	LIST_OF(struct part_chip) chips = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct choosing other = *c;
		bool is_known = str_eq(items[i].currency, c->currency);
		other.currency = items[i].currency;
		for (size_t k = 0; k < chips.n && !is_known; k++)
			is_known = str_eq(chips.at[k].text, items[i].currency);
		if (is_known || !may_be_paid(&other, &items[i]))
			continue;
		*LIST_ADD(r->arena, &chips) = (struct part_chip){
			.text = arena_strdup(r->arena, items[i].currency),
			.url = arena_printf(r->arena, "%s%scustomer=%s&convert=%s#split",
					    desk_url(r, c->entry->id, ""),
					    *ret->path_query ? "&" : "?", c->customer.code,
					    items[i].currency),
		};
	}
	ret->currencies = chips.at;
	ret->n_currencies = chips.n;
}

static bool add_own(struct choosing *c, struct bank_entry *ret, struct err *e)
{
	struct request *r = c->request;
	struct item *items;
	size_t n;

	if (!c->customer.id)
		return true;
	if (!item_list_customer(r->db, r->arena, c->customer.id, true, &items, &n, e))
		return false;
	fill_currencies(c, items, n, ret);
	for (size_t i = 0; i < n && c->items.n < LINES_MAX; i++)
		if (may_be_paid(c, &items[i]))
			add_item(c, &items[i]);
	return true;
}

static bool other_customer(struct choosing *c, const struct item *it, const char **ret,
			   struct err *e)
{
	struct customer owner;

	*ret = NULL;
	if (it->customer_id == c->customer.id)
		return true;
	if (!customer_get_by_id(c->request->db, c->request->arena, c->request->entity.id,
				it->customer_id, &owner, e))
		return false;
	*ret = arena_printf(c->request->arena, "%s · %s", owner.name, owner.code);
	return true;
}

static bool fill_choices(struct choosing *c, struct bank_entry *ret, struct err *e)
{
	struct arena *a = c->page->arena;
	struct bank_choice *choices = ARENA_ARRAY(a, c->items.n + 1, struct bank_choice);
	int64_t total = 0;

	for (size_t i = 0; i < c->items.n; i++) {
		const struct item *it = &c->items.at[i];
		struct cash_detail d = { .item_id = it->id,
					 .document = it->document,
					 .due_on = it->due_on,
					 .open_minor = it->open_minor };
		const char *name = field_name(a, it->id);
		memcpy(d.currency, it->currency, sizeof d.currency);
		choices[i] = (struct bank_choice){
			.name = name,
			.line = bank_line_of(c->page, &d, false),
			.open_minor = arena_printf(a, "%" PRId64, it->open_minor),
			.typed = c->typed ? form_value(c->typed->form, name) : NULL,
			.error = c->typed ? form_message(c->typed->form, name) : NULL,
		};
		if (!other_customer(c, it, &choices[i].customer, e))
			return false;
		if (it->customer_id == c->customer.id)
			total += it->open_minor;
	}
	ret->choices = choices;
	ret->n_choices = c->items.n;
	if (c->customer.id)
		ret->choices_line = arena_printf(a, "%s · %s", c->customer.name,
						 show_amount(c->page, total, c->currency));
	return true;
}

/* What the money is worth in the documents' currency. Without a rate there is nothing to apply: the page says so. */
static bool worth_left(struct choosing *c, int64_t *left, struct bank_entry *ret, struct err *e)
{
	struct request *r = c->request;
	struct conversion_rate rate;
	struct err none = { 0 };
	int64_t worth;

	if (str_eq(c->currency, c->entry->currency))
		return true;
	ret->convert = c->currency;
	ret->worth = c->typed ? request_form(r, "worth") : NULL;
	ret->worth_error = c->typed ? form_message(c->typed->form, "worth") : NULL;
	if (convert_rate(r->db, r->arena, c->entry, c->currency, &rate, &none) &&
	    conversion_there(&rate, *left, &worth, &none)) {
		ret->converted = bank_converted(c->page, *left, worth, &rate);
		*left = worth;
		return true;
	}
	*left = 0;
	ret->converted = arena_strdup(r->arena, request_message(r, none.msg));
	if (none.code == ERR_NOT_FOUND)
		return true;
	*e = none;
	return false;
}

/* The documents' currency: the entry's, unless another is asked for. */
static const char *currency_asked(const struct choosing *c)
{
	const char *text = asked(c, "convert");

	return text && currency_is_code(text) ? text : c->entry->currency;
}

bool desk_split_load(struct request *r, struct page *p, const struct entry *en,
		     int64_t best_customer_id, const struct bank_typed *typed,
		     struct bank_entry *ret, struct err *e)
{
	struct choosing c = { .request = r, .page = p, .entry = en, .typed = typed };
	int64_t left;

	buf_init(&c.with, r->arena);
	c.currency = currency_asked(&c);
	if (!find(&c, best_customer_id, ret, e) || !add_with(&c, e) || !add_own(&c, ret, e) ||
	    !fill_choices(&c, ret, e) || !convert_left(r->db, en, &left, e) ||
	    !worth_left(&c, &left, ret, e))
		return false;
	ret->customer_code = c.customer.code;
	ret->customer_name = c.customer.name;
	ret->with = buf_str(&c.with);
	ret->rest = typed ? request_form(r, "rest") : NULL;
	ret->rest_reason = typed ? request_form(r, "rest_reason") : NULL;
	ret->rest_error = typed ? form_message(typed->form, "rest_reason") : NULL;
	ret->left_minor = arena_printf(p->arena, "%" PRId64, left);
	ret->currency = c.currency;
	ret->decimals = currency_decimals(c.currency);
	ret->hand_error = typed ? typed->error : NULL;
	return true;
}

/* ---- reading ---- */

/* What is to become of what remains of the documents. */
struct rest {
	enum match_kind kind; /* MATCH_ALLOCATION: it stays open */
	bool is_loss;
	int64_t *lost;
	size_t n_lost;
};

static void read_rest(struct request *r, struct form *f, struct rest *ret)
{
	static const char *const rests[] = { "open", "discount", "fee", "write_off", NULL };
	const char *rest = form_choice(f, "rest", 0, rests);

	*ret = (struct rest){ .kind = str_eq(rest, "discount") ? MATCH_DISCOUNT
				      : str_eq(rest, "fee")    ? MATCH_FEE
							       : MATCH_ALLOCATION,
			      .is_loss = str_eq(rest, "write_off"),
			      .lost = ARENA_ARRAY(r->arena, LINES_MAX + 1, int64_t) };
}

static bool add_rest(struct request *r, const struct cash_line *paid, struct rest *rest,
		     struct cash_line *line, size_t *n, struct err *e)
{
	int64_t left;
	struct item it;

	if (paid->amount_minor < 0 || (rest->kind == MATCH_ALLOCATION && !rest->is_loss))
		return true;
	if (!item_get(r->db, r->arena, r->entity.id, paid->item_id, &it, e))
		return false;
	left = it.open_minor - paid->amount_minor;
	if (left <= 0)
		return true;
	if (rest->is_loss)
		rest->lost[rest->n_lost++] = it.id;
	else
		line[(*n)++] = (struct cash_line){ it.id, left, rest->kind };
	return true;
}

/* A field "pay_12" with something in it. */
static bool is_paid_field(const struct web_value *v, int64_t *ret_item)
{
	uint64_t id;

	if (!str_starts(v->name, "pay_") || str_empty(v->value) ||
	    !text_to_u64(v->name + strlen("pay_"), INT64_MAX, &id))
		return false;
	*ret_item = (int64_t)id;
	return true;
}

bool desk_split_read(struct request *r, struct form *f, const struct entry *en,
		     struct cash_decision *d, struct desk_rest *ret_rest, struct err *e)
{
	struct cash_line *lines = ARENA_ARRAY(r->arena, 2 * LINES_MAX + 2, struct cash_line);
	const char *convert = request_form(r, "convert"), *currency = en->currency;
	struct rest rest;
	size_t n = 0;

	if (convert && currency_is_code(convert) && !str_eq(convert, en->currency)) {
		d->convert = currency = convert;
		d->worth_minor = form_minor(f, "worth", 0, convert);
	}
	read_rest(r, f, &rest);
	for (size_t i = 0; i < r->form.n; i++) {
		struct cash_line line = { 0, 0, MATCH_ALLOCATION };
		if (!is_paid_field(&r->form.at[i], &line.item_id))
			continue;
		if (++n > LINES_MAX)
			return err_set(e, ERR_LIMIT, "at most %d documents at once", LINES_MAX);
		line.amount_minor = form_minor(f, r->form.at[i].name, 0, currency);
		if (line.amount_minor == 0)
			continue;
		lines[d->n_lines++] = line;
		if (!add_rest(r, &line, &rest, lines, &d->n_lines, e))
			return false;
	}
	d->lines = lines;
	*ret_rest = (struct desk_rest){ .is_loss = rest.is_loss && rest.n_lost > 0,
					.items = rest.lost,
					.n_items = rest.n_lost,
					.reason = form_text(f, "rest_reason", 0, 500) };
	if (form_ok(f) && d->n_lines == 0)
		form_wrong(f, "", tr(r->cat, "Write at least one amount."));
	if (ret_rest->is_loss && str_empty(ret_rest->reason))
		form_wrong(f, "rest_reason", tr(r->cat, "Say why the rest is lost."));
	return true;
}
