/* SPDX-License-Identifier: Apache-2.0 */
#include "match/book.h"

#include "base/text.h"

#include <stdlib.h>

const struct match_customer *match_customer_at(const struct match_book *book, uint32_t customer)
{
	ENSURE(customer < book->in.n_customers);
	return &book->in.customers[customer];
}

const struct match_item *match_item_at(const struct match_book *book, uint32_t item)
{
	ENSURE(item < book->in.n_items);
	return &book->in.items[item];
}

uint64_t match_steps(const struct match_book *book)
{
	return *book->steps;
}

uint32_t book_row_customer(const struct match_book *b, uint32_t row)
{
	size_t at = row;

	if (at < b->in.n_customers)
		return row;
	at -= b->in.n_customers;
	return at < b->in.n_aliases ? b->in.aliases[at].customer : b->trade[at - b->in.n_aliases];
}

const char *book_row_iban(const struct match_book *b, uint32_t row)
{
	return row < b->in.n_customers ? b->in.customers[row].iban
				       : b->in.aliases[row - b->in.n_customers].iban;
}

bool book_is_written(const char *text, const char *key, size_t len)
{
	size_t i = 0;

	for (; *text; text++) {
		char c = *text;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c < 'A' || c > 'Z') && (c < '0' || c > '9'))
			continue;
		if (i == len || key[i++] != c)
			return false;
	}
	return i == len;
}

bool book_same_group(const struct match_book *b, uint32_t customer, uint32_t other)
{
	return b->group[customer] == b->group[other];
}

/* ---- building ---- */

struct by_due {
	uint32_t item;
	day_t due_on;
	int64_t id;
};

static int compare_due(const void *a, const void *b)
{
	const struct by_due *x = a, *y = b;

	if (x->due_on != y->due_on)
		return x->due_on < y->due_on ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void group_items(struct match_book *b, struct arena *a)
{
	const struct match_input *in = &b->in;
	struct by_due *sorted = ARENA_ARRAY(b->scratch, in->n_items + 1, struct by_due);
	uint32_t *fill;

	b->first = ARENA_ARRAY(a, in->n_customers + 2, uint32_t);
	b->order = ARENA_ARRAY(a, in->n_items + 1, uint32_t);
	b->open = ARENA_ARRAY(a, in->n_items + 1, int64_t);
	fill = ARENA_ARRAY(b->scratch, in->n_customers + 1, uint32_t);
	for (size_t i = 0; i < in->n_items; i++) {
		ENSURE(in->items[i].customer < in->n_customers);
		b->first[in->items[i].customer + 1]++;
		b->open[i] = in->items[i].open_minor;
	}
	for (size_t c = 0; c < in->n_customers; c++) {
		b->first[c + 1] += b->first[c];
		fill[c] = b->first[c];
	}
	for (size_t i = 0; i < in->n_items; i++)
		sorted[fill[in->items[i].customer]++] =
			(struct by_due){ (uint32_t)i, in->items[i].due_on, in->items[i].id };
	for (size_t c = 0; c < in->n_customers; c++)
		qsort(sorted + b->first[c], b->first[c + 1] - b->first[c], sizeof *sorted,
		      compare_due);
	for (size_t i = 0; i < in->n_items; i++)
		b->order[i] = sorted[i].item;
	arena_reset(b->scratch);
}

/* Most books have one company's customers and one currency: then no row has to be asked. */
static void find_in_common(struct match_book *b)
{
	const struct match_input *in = &b->in;

	if (in->n_items)
		memcpy(b->currency, in->items[0].currency, sizeof b->currency);
	if (in->n_customers)
		b->entity = in->customers[0].entity_id;
	for (size_t i = 0; i < in->n_items && !b->has_currencies; i++)
		b->has_currencies = strncmp(in->items[i].currency, b->currency, 3) != 0;
	for (size_t c = 0; c < in->n_customers && !b->has_entities; c++)
		b->has_entities = in->customers[c].entity_id != b->entity;
}

/* Numbers of digits alone, by length: what share of all such numbers are documents. */
static void count_digits_alone(struct match_book *b)
{
	double all = 9;

	for (size_t i = 0; i < b->in.n_items; i++) {
		size_t len = strlen(b->document_key[i]);
		if (len < ARRAY_LEN(b->digit_share) &&
		    strspn(b->document_key[i], "0123456789") == len)
			b->digit_share[len]++;
	}
	for (size_t len = 1; len < ARRAY_LEN(b->digit_share); len++, all *= 10)
		b->digit_share[len] /= all;
}

/* The letters and digits of a text: the text itself when it has nothing else. */
static const char *fold_key(struct arena *a, const char *text)
{
	if (str_empty(text))
		return "";
	return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")]
		       ? text_reference_key(a, text)
		       : text;
}

static void index_numbers(struct match_book *b, struct arena *a)
{
	const struct match_input *in = &b->in;
	struct number_style *style = ARENA_NEW(b->scratch, struct number_style);

	b->document_key = ARENA_ARRAY(a, in->n_items + 1, const char *);
	b->parts = ARENA_ARRAY(a, in->n_items + 1, struct number_parts);
	key_set_init(&b->documents, a, in->n_items, in->n_items);
	index_init(&b->by_count, a, in->n_items);
	for (size_t i = 0; i < in->n_items; i++)
		number_learn_runs(style, in->items[i].document);
	for (size_t i = 0; i < in->n_items; i++)
		number_learn(style, in->items[i].document, in->items[i].issued_on);
	for (size_t i = in->n_items; i-- > 0;) {
		const struct match_item *it = &in->items[i];
		struct number_parts *p = &b->parts[i];
		const char *key = fold_key(a, it->document);
		b->document_key[i] = key;
		/* Shorter numbers are found too often by chance to be looked for everywhere. */
		key_set_add(&b->documents, (uint32_t)i, key, KEY_LEAST);
		b->has_mixed = b->has_mixed || number_is_mixed(key);
		if (number_parse(style, it->document, it->issued_on, p) && p->count_len >= 2)
			index_add(&b->by_count, key + p->count_from, p->count_len, (uint32_t)i);
	}
	count_digits_alone(b);
}

static void index_items(struct match_book *b, struct arena *a)
{
	const struct match_input *in = &b->in;
	size_t n_references = 0, n_orders = 0;

	for (size_t i = 0; i < in->n_items; i++) {
		n_references += !str_empty(in->items[i].payment_ref);
		n_orders += !str_empty(in->items[i].order_ref);
	}
	key_set_init(&b->references, a, in->n_items, n_references);
	key_set_init(&b->orders, a, in->n_items, n_orders);
	index_init(&b->by_amount, a, in->n_items);
	for (size_t i = in->n_items; i-- > 0;) {
		const struct match_item *it = &in->items[i];
		if (!str_empty(it->payment_ref))
			key_set_add(&b->references, (uint32_t)i, fold_key(a, it->payment_ref),
				    KEY_LEAST + 1);
		if (!str_empty(it->order_ref))
			key_set_add(&b->orders, (uint32_t)i, fold_key(a, it->order_ref),
				    KEY_LEAST + 1);
		index_add(&b->by_amount, (const char *)&it->open_minor, sizeof it->open_minor,
			  (uint32_t)i);
	}
}

static void index_accounts(struct match_book *b, struct arena *a)
{
	const struct match_input *in = &b->in;
	size_t n_rows = in->n_customers + in->n_aliases, n_sirens = 0, n_vat_numbers = 0;

	for (size_t c = 0; c < in->n_customers; c++) {
		n_sirens += !str_empty(in->customers[c].siren);
		n_vat_numbers += !str_empty(in->customers[c].vat_number);
	}
	key_set_init(&b->codes, a, in->n_customers, in->n_customers);
	key_set_init(&b->sirens, a, in->n_customers, n_sirens);
	key_set_init(&b->vat_numbers, a, in->n_customers, n_vat_numbers);
	index_init(&b->by_iban, a, n_rows);
	for (size_t c = in->n_customers; c-- > 0;) {
		const struct match_customer *at = &in->customers[c];
		key_set_add(&b->codes, (uint32_t)c, fold_key(a, at->code), 4);
		if (!str_empty(at->siren))
			key_set_add(&b->sirens, (uint32_t)c, fold_key(a, at->siren), 9);
		if (!str_empty(at->vat_number))
			key_set_add(&b->vat_numbers, (uint32_t)c, fold_key(a, at->vat_number), 8);
	}
	for (size_t r = n_rows; r-- > 0;) {
		const char *iban = book_row_iban(b, (uint32_t)r);
		if (str_empty(iban))
			continue;
		iban = fold_key(b->scratch, iban);
		index_add(&b->by_iban, iban, strlen(iban), (uint32_t)r);
	}
	arena_reset(b->scratch);
}

/* ---- groups ---- */

/* Customers by their exact code, for the groups alone. */
static void index_codes(const struct match_book *b, struct arena *scratch, struct index *ret)
{
	index_init(ret, scratch, b->in.n_customers);
	for (size_t c = b->in.n_customers; c-- > 0;)
		index_add(ret, b->in.customers[c].code, strlen(b->in.customers[c].code),
			  (uint32_t)c);
}

static uint32_t customer_of_code(const struct match_book *b, const struct index *codes,
				 const char *code)
{
	uint32_t c;

	if (str_empty(code))
		return INDEX_NONE;
	c = index_find(codes, code, strlen(code));
	while (c != INDEX_NONE && !str_eq(b->in.customers[c].code, code))
		c = index_next(codes, c);
	return c;
}

static uint32_t group_head(uint32_t *group, uint32_t c)
{
	while (group[c] != c) {
		group[c] = group[group[c]];
		c = group[c];
	}
	return c;
}

static void join(struct match_book *b, const struct index *codes, uint32_t c, const char *code)
{
	uint32_t other = customer_of_code(b, codes, code);
	uint32_t x, y;

	if (other == INDEX_NONE)
		return;
	x = group_head(b->group, c);
	y = group_head(b->group, other);
	if (x < y)
		b->group[y] = x;
	else
		b->group[x] = y;
}

static void build_groups(struct match_book *b, struct arena *a)
{
	size_t n = b->in.n_customers;
	struct index codes;

	index_codes(b, b->scratch, &codes);
	b->group = ARENA_ARRAY(a, n + 1, uint32_t);
	for (size_t c = 0; c < n; c++)
		b->group[c] = (uint32_t)c;
	for (size_t c = 0; c < n; c++) {
		join(b, &codes, (uint32_t)c, b->in.customers[c].parent_code);
		join(b, &codes, (uint32_t)c, b->in.customers[c].payer_code);
	}
	for (size_t c = 0; c < n; c++)
		b->group[c] = group_head(b->group, (uint32_t)c);
}

/* ---- names and accounts ---- */

static void build_names(struct match_book *b, struct arena *a)
{
	const struct match_input *in = &b->in;

	b->trade = ARENA_ARRAY(a, in->n_customers + 1, uint32_t);
	for (size_t c = 0; c < in->n_customers; c++)
		if (!str_empty(in->customers[c].trade_name))
			b->trade[b->n_trade++] = (uint32_t)c;
	b->names = names_new(a, in->n_customers + in->n_aliases + b->n_trade);
	for (size_t c = 0; c < in->n_customers; c++)
		names_add(b->names, in->customers[c].name);
	for (size_t i = 0; i < in->n_aliases; i++)
		names_add(b->names, in->aliases[i].name);
	for (size_t t = 0; t < b->n_trade; t++)
		names_add(b->names, in->customers[b->trade[t]].trade_name);
	names_finish(b->names);
}

static void group_aliases(struct match_book *b, struct arena *a)
{
	const struct match_input *in = &b->in;
	uint32_t *fill = ARENA_ARRAY(a, in->n_customers + 1, uint32_t);

	b->alias = ARENA_ARRAY(a, in->n_aliases + 1, uint32_t);
	b->alias_first = ARENA_ARRAY(a, in->n_customers + 2, uint32_t);
	for (size_t i = 0; i < in->n_aliases; i++) {
		ENSURE(in->aliases[i].customer < in->n_customers);
		b->alias_first[in->aliases[i].customer + 1]++;
	}
	for (size_t c = 0; c < in->n_customers; c++) {
		b->alias_first[c + 1] += b->alias_first[c];
		fill[c] = b->alias_first[c];
	}
	for (size_t i = 0; i < in->n_aliases; i++)
		b->alias[fill[in->aliases[i].customer]++] = (uint32_t)i;
}

static void index_virtual_ibans(struct match_book *b, struct arena *a)
{
	const struct match_input *in = &b->in;

	index_init(&b->by_virtual_iban, a, in->n_virtual_ibans);
	for (size_t i = in->n_virtual_ibans; i-- > 0;) {
		const char *key;
		ENSURE(in->virtual_ibans[i].customer < in->n_customers);
		if (str_empty(in->virtual_ibans[i].iban))
			continue;
		key = text_reference_key(a, in->virtual_ibans[i].iban);
		index_add(&b->by_virtual_iban, key, strlen(key), (uint32_t)i);
	}
}

static void free_scratch(void *scratch)
{
	arena_free(scratch);
}

struct match_book *match_book_new(struct arena *a, const struct match_input *input)
{
	struct match_book *b = ARENA_NEW(a, struct match_book);

	b->arena = a;
	b->scratch = arena_new((size_t)4 << 30);
	arena_defer(a, free_scratch, b->scratch);
	b->in = *input;
	find_in_common(b);
	group_items(b, a);
	index_numbers(b, a);
	index_items(b, a);
	index_accounts(b, a);
	build_groups(b, a);
	build_names(b, a);
	group_aliases(b, a);
	index_virtual_ibans(b, a);
	book_count_amounts(b);
	for (size_t i = 0; i < input->n_customers; i++)
		b->has_terms = b->has_terms || input->customers[i].discount_per_myriad > 0;
	b->subset_room = ARENA_NEW(a, struct subset_room *);
	b->steps = ARENA_NEW(a, uint64_t);
	return b;
}
