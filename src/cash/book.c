/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/book.h"

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

bool book_same_entity(const struct match_book *b, const struct match_entry *entry,
		      uint32_t customer)
{
	int64_t entity = b->in.customers[customer].entity_id;

	return entity == 0 || entry->entity_id == 0 || entity == entry->entity_id;
}

bool book_same_group(const struct match_book *b, uint32_t customer, uint32_t other)
{
	return b->group[customer] == b->group[other];
}

const char *book_tail_number(struct arena *a, const char *document, day_t issued_on)
{
	uint64_t year;
	size_t end = strlen(document), start, len;

	while (end > 0 && (document[end - 1] < '0' || document[end - 1] > '9'))
		end--;
	start = end;
	while (start > 0 && document[start - 1] >= '0' && document[start - 1] <= '9')
		start--;
	len = end - start;
	/* "20260000012": the year is not part of the number that people write. */
	if (len >= 8 && text_to_u64(arena_strndup(a, document + start, 4), 9999, &year) &&
	    (int)year == date_civil(issued_on).year)
		start += 4;
	while (start < end && document[start] == '0')
		start++;
	return end - start < 2 ? "" : arena_strndup(a, document + start, end - start);
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
	struct by_due *sorted = ARENA_ARRAY(a, in->n_items + 1, struct by_due);
	uint32_t *fill;

	b->first = ARENA_ARRAY(a, in->n_customers + 2, uint32_t);
	b->order = ARENA_ARRAY(a, in->n_items + 1, uint32_t);
	b->open = ARENA_ARRAY(a, in->n_items + 1, int64_t);
	fill = ARENA_ARRAY(a, in->n_customers + 1, uint32_t);
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
}

static void index_items(struct match_book *b, struct arena *a)
{
	const struct match_input *in = &b->in;

	index_init(&b->by_document, a, in->n_items);
	index_init(&b->by_reference, a, in->n_items);
	index_init(&b->by_number, a, in->n_items);
	index_init(&b->by_amount, a, in->n_items);
	b->document_key = ARENA_ARRAY(a, in->n_items + 1, const char *);
	b->key_len = ARENA_ARRAY(a, in->n_items + 1, uint32_t);
	b->number = ARENA_ARRAY(a, in->n_items + 1, const char *);
	for (size_t i = in->n_items; i-- > 0;) {
		const struct match_item *it = &in->items[i];
		const char *number = book_tail_number(a, it->document, it->issued_on);
		const char *key = text_reference_key(a, it->document);
		size_t len = strlen(key);
		b->document_key[i] = key;
		b->key_len[i] = (uint32_t)len;
		b->number[i] = number;
		/* Shorter numbers are found too often by chance to be evidence. */
		if (len >= 3 && len < ARRAY_LEN(b->has_length)) {
			b->has_length[len] = true;
			b->max_length = len > b->max_length ? len : b->max_length;
			index_add(&b->by_document, key, len, (uint32_t)i);
		}
		if (!str_empty(it->payment_ref)) {
			const char *ref = text_reference_key(a, it->payment_ref);
			index_add(&b->by_reference, ref, strlen(ref), (uint32_t)i);
		}
		if (*number)
			index_add(&b->by_number, number, strlen(number), (uint32_t)i);
		index_add(&b->by_amount, (const char *)&it->open_minor, sizeof it->open_minor,
			  (uint32_t)i);
	}
}

static void index_accounts(struct match_book *b, struct arena *a)
{
	const struct match_input *in = &b->in;
	size_t n_rows = in->n_customers + in->n_aliases;

	index_init(&b->by_code, a, in->n_customers);
	index_init(&b->by_siren, a, in->n_customers);
	index_init(&b->by_iban, a, n_rows);
	for (size_t c = in->n_customers; c-- > 0;) {
		const struct match_customer *at = &in->customers[c];
		const char *code = text_reference_key(a, at->code);
		index_add(&b->by_code, code, strlen(code), (uint32_t)c);
		if (!str_empty(at->siren))
			index_add(&b->by_siren, at->siren, strlen(at->siren), (uint32_t)c);
	}
	for (size_t r = n_rows; r-- > 0;) {
		const char *iban = book_row_iban(b, (uint32_t)r);
		if (str_empty(iban))
			continue;
		iban = text_reference_key(a, iban);
		index_add(&b->by_iban, iban, strlen(iban), (uint32_t)r);
	}
}

/* ---- groups ---- */

static uint32_t customer_of_code(const struct match_book *b, struct arena *a, const char *code)
{
	const char *key;
	uint32_t c;

	if (str_empty(code))
		return INDEX_NONE;
	key = text_reference_key(a, code);
	c = index_find(&b->by_code, key, strlen(key));
	while (c != INDEX_NONE && !str_eq(b->in.customers[c].code, code))
		c = index_next(&b->by_code, c);
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

static void join(struct match_book *b, struct arena *a, uint32_t c, const char *code)
{
	uint32_t other = customer_of_code(b, a, code);
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

	b->group = ARENA_ARRAY(a, n + 1, uint32_t);
	for (size_t c = 0; c < n; c++)
		b->group[c] = (uint32_t)c;
	for (size_t c = 0; c < n; c++) {
		join(b, a, (uint32_t)c, b->in.customers[c].parent_code);
		join(b, a, (uint32_t)c, b->in.customers[c].payer_code);
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
	group_items(b, a);
	index_items(b, a);
	index_accounts(b, a);
	build_groups(b, a);
	build_names(b, a);
	group_aliases(b, a);
	index_virtual_ibans(b, a);
	return b;
}
