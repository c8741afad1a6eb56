/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "match/behalf.h"
#include "match/book.h"

/* ---- the best few ---- */

static bool is_better(const struct payer_likeness *x, const struct payer_likeness *y)
{
	if (x->is_iban != y->is_iban)
		return x->is_iban;
	if (x->likeness != y->likeness)
		return x->likeness > y->likeness;
	if (x->n_times != y->n_times)
		return x->n_times > y->n_times;
	return x->customer < y->customer;
}

static void keep(struct payer_likeness *at, size_t *n, size_t max, struct payer_likeness new)
{
	size_t i;

	for (i = 0; i < *n; i++) {
		if (at[i].customer != new.customer)
			continue;
		new.is_iban = new.is_iban || at[i].is_iban;
		if (new.likeness < at[i].likeness)
			new.likeness = at[i].likeness;
		new.is_covered = new.is_covered || at[i].is_covered;
		if (new.n_times < at[i].n_times)
			new.n_times = at[i].n_times;
		memmove(&at[i], &at[i + 1], (*n - i - 1) * sizeof *at);
		(*n)--;
		break;
	}
	for (i = *n; i > 0 && is_better(&new, &at[i - 1]); i--)
		;
	if (i >= max)
		return;
	if (*n == max)
		(*n)--;
	memmove(&at[i + 1], &at[i], (*n - i) * sizeof *at);
	at[i] = new;
	(*n)++;
}

/* ---- accounts ---- */

static int64_t times_of_row(const struct match_book *b, uint32_t row)
{
	size_t n = b->in.n_customers;

	return row < n || row - n >= b->in.n_aliases ? 0 : b->in.aliases[row - n].n_times;
}

/* Beyond so many customers of one account the rest is looked up when it is asked for. */
enum { MAX_ON_ACCOUNT = 64, MAX_ACCOUNT_ROWS = 512 };

static void find_account(const struct match_book *b, const struct match_entry *entry,
			 struct payer *ret)
{
	const char *key = text_reference_key(b->scratch, entry->payer_iban);
	size_t len = strlen(key);
	uint32_t row = len ? index_find(&b->by_iban, key, len) : INDEX_NONE;
	uint32_t last = MATCH_NONE;
	int n_rows = 0;

	for (; row != INDEX_NONE && ret->n_account < MAX_ON_ACCOUNT && n_rows++ < MAX_ACCOUNT_ROWS;
	     row = index_next(&b->by_iban, row)) {
		uint32_t c = book_row_customer(b, row);
		if (!book_is_written(book_row_iban(b, row), key, len) ||
		    !book_same_entity(b, entry, c))
			continue;
		ret->n_account += c != last;
		last = c;
		keep(ret->at, &ret->n, PAYER_MAX,
		     (struct payer_likeness){
			     .customer = c, .is_iban = true, .n_times = times_of_row(b, row) });
	}
}

/* Whether the entry's account is known as the customer's. */
static bool is_on_account(const struct match_book *b, const char *iban, uint32_t customer)
{
	const char *key, *own = b->in.customers[customer].iban;
	size_t len;

	if (str_empty(iban))
		return false;
	key = text_reference_key(b->scratch, iban);
	len = strlen(key);
	if (!str_empty(own) && book_is_written(own, key, len))
		return true;
	for (uint32_t i = b->alias_first[customer]; i < b->alias_first[customer + 1]; i++) {
		own = b->in.aliases[b->alias[i]].iban;
		if (!str_empty(own) && book_is_written(own, key, len))
			return true;
	}
	return false;
}

/* Given and not closed when the money came. */
static bool is_valid_on(const struct match_virtual_iban *v, day_t on)
{
	return v->valid_from <= on && (v->valid_to == DAY_NONE || v->valid_to >= on);
}

static void find_owner(const struct match_book *b, const char *iban, day_t on, struct payer *ret)
{
	const char *key = text_reference_key(b->scratch, iban);
	size_t len = strlen(key);
	uint32_t at = index_find(&b->by_virtual_iban, key, len);

	for (; at != INDEX_NONE; at = index_next(&b->by_virtual_iban, at)) {
		const struct match_virtual_iban *v = &b->in.virtual_ibans[at];
		if (!is_valid_on(v, on) || !book_is_written(v->iban, key, len))
			continue;
		/* Given twice, it says nothing. */
		if (ret->owner != MATCH_NONE && ret->owner != v->customer) {
			ret->owner = ret->owner_item = MATCH_NONE;
			return;
		}
		ret->owner = v->customer;
		ret->owner_item = v->item;
	}
}

/* ---- names ---- */

/* The text is the beginning of the customer's name as written: cut by the bank. */
static bool is_cut_name(const struct match_book *b, const struct folded *text, uint32_t customer)
{
	struct folded name;

	if (text->n < 14)
		return false;
	fold_text(b->scratch, b->in.customers[customer].name, &name);
	return name.n > text->n && memcmp(name.at, text->at, text->n) == 0;
}

static void find_by_name(const struct match_book *b, const struct match_entry *entry,
			 const char *name, struct payer *ret)
{
	struct folded text;
	struct names_hits hits;

	if (str_empty(name))
		return;
	fold_text(b->scratch, name, &text);
	names_find(b->names, b->scratch, &text, NAMES_WHOLE, &hits);
	book_stepped(b, hits.n_steps);
	ret->is_crowded = ret->is_crowded || hits.is_crowded;
	for (size_t i = 0; i < hits.n; i++) {
		uint32_t row = hits.at[i].row, c = book_row_customer(b, row);
		double likeness = hits.at[i].likeness;
		if (!book_same_entity(b, entry, c))
			continue;
		if (likeness < 0.9 && is_cut_name(b, &text, c))
			likeness = 0.9;
		keep(ret->at, &ret->n, PAYER_MAX,
		     (struct payer_likeness){ .customer = c,
					      .likeness = likeness,
					      .is_covered = hits.at[i].is_covered,
					      .n_times = times_of_row(b, row) });
	}
}

static void find_in_text(const struct match_book *b, const struct match_entry *entry,
			 enum match_field field, struct payer *ret)
{
	struct folded text;
	struct names_hits hits;

	fold_text(b->scratch, entry_text(entry, field), &text);
	names_find(b->names, b->scratch, &text, NAMES_INSIDE, &hits);
	book_stepped(b, hits.n_steps);
	for (size_t i = 0; i < hits.n; i++) {
		uint32_t c = book_row_customer(b, hits.at[i].row);
		if (book_same_entity(b, entry, c))
			keep(ret->in_text, &ret->n_in_text, PAYER_MAX_IN_TEXT,
			     (struct payer_likeness){ .customer = c,
						      .likeness = hits.at[i].likeness });
	}
}

/* The name that the text says it is paid for, as a text of its own. */
static bool read_behalf(const struct match_book *b, const struct match_entry *entry,
			const struct payer *p, struct folded *ret)
{
	if (p->behalf_from == p->behalf_to)
		return false;
	fold_text(b->scratch,
		  arena_strndup(b->scratch, entry_text(entry, p->behalf_field) + p->behalf_from,
				p->behalf_to - p->behalf_from),
		  ret);
	return true;
}

static void find_behalf(const struct match_book *b, const struct match_entry *entry,
			enum match_field field, struct payer *ret)
{
	struct folded text;
	struct names_hits hits;
	size_t from, to;

	fold_text(b->scratch, entry_text(entry, field), &text);
	if (!behalf_find(&text, &from, &to))
		return;
	ret->behalf_field = field;
	ret->behalf_from = text.pos[from];
	ret->behalf_to = fold_end(&text, to - 1);
	read_behalf(b, entry, ret, &text);
	names_find(b->names, b->scratch, &text, NAMES_WHOLE, &hits);
	book_stepped(b, hits.n_steps);
	ret->is_behalf_crowded = hits.is_crowded;
	for (size_t i = 0; i < hits.n; i++) {
		uint32_t c = book_row_customer(b, hits.at[i].row);
		if (book_same_entity(b, entry, c))
			keep(ret->behalf, &ret->n_behalf, PAYER_MAX,
			     (struct payer_likeness){ .customer = c,
						      .likeness = hits.at[i].likeness,
						      .is_covered = hits.at[i].is_covered });
	}
}

/* Some payers write what they mean where their own reference belongs: then it has a word. A mark of a machine's
 * has none, though some letters. */
static bool has_word(const char *text)
{
	enum { LEAST = 4 };
	size_t n = 0;

	for (; *text && n < LEAST; text++)
		n = (*text >= 'A' && *text <= 'Z') || (*text >= 'a' && *text <= 'z') ||
				    (unsigned char)*text >= 0x80
			    ? n + 1
			    : 0;
	return n == LEAST;
}

static void find_in_texts(const struct match_book *b, const struct match_entry *entry,
			  struct payer *ret)
{
	static const enum match_field fields[] = { MATCH_REMITTANCE, MATCH_END_TO_END,
						   MATCH_STRUCTURED };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *text = entry_text(entry, fields[i]);
		if (!*text || (fields[i] != MATCH_REMITTANCE &&
			       (evidence_is_filler(text) || !has_word(text))))
			continue;
		find_in_text(b, entry, fields[i], ret);
		if (ret->behalf_from == ret->behalf_to)
			find_behalf(b, entry, fields[i], ret);
	}
}

double payer_behalf(const struct payer *p, uint32_t customer)
{
	for (size_t i = 0; i < p->n_behalf; i++)
		if (p->behalf[i].customer == customer)
			return p->behalf[i].likeness;
	for (size_t i = 0; i < p->n_asked; i++)
		if (p->asked[i].customer == customer)
			return p->asked_behalf[i];
	return 0;
}

/* ---- payers met before ---- */

enum { MAX_MEMORY = 1 << 16 };

struct payer_met {
	const struct match_entry *entry;
	size_t n, n_account;
	bool is_crowded;
	struct payer_likeness at[];
};

/* By account and name; who comes later to a place takes it. */
struct payer_memory {
	struct arena *arena;
	size_t mask;
	const struct payer_met **at;
};

struct payer_memory *payer_memory_new(struct arena *a, size_t n_entries)
{
	struct payer_memory *m = ARENA_NEW(a, struct payer_memory);
	size_t n = 64;

	while (n < n_entries && n < MAX_MEMORY)
		n *= 2;
	m->arena = a;
	m->mask = n - 1;
	m->at = ARENA_ARRAY(a, n, const struct payer_met *);
	return m;
}

static uint64_t hash_more(uint64_t h, const char *text)
{
	for (; text && *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

static const struct payer_met **place_of(const struct payer_memory *m, const struct match_entry *en)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	h = hash_more(hash_more(hash_more(h, en->payer_iban), en->payer_name), en->ultimate_name);
	return &m->at[(h ^ h >> 32) & m->mask];
}

static bool is_same(const char *x, const char *y)
{
	return strcmp(x ? x : "", y ? y : "") == 0;
}

static bool is_same_payer(const struct match_entry *x, const struct match_entry *y)
{
	return x->entity_id == y->entity_id && is_same(x->payer_iban, y->payer_iban) &&
	       is_same(x->payer_name, y->payer_name) && is_same(x->ultimate_name, y->ultimate_name);
}

static void find_account_and_name(const struct match_book *b, const struct match_entry *entry,
				  struct payer *ret)
{
	if (!str_empty(entry->payer_iban))
		find_account(b, entry, ret);
	find_by_name(b, entry, entry->payer_name, ret);
	find_by_name(b, entry, entry->ultimate_name, ret);
}

static void recall(const struct match_book *b, const struct match_entry *entry, struct payer *ret)
{
	const struct payer_met **place = place_of(b->payers, entry), *old = *place;
	struct payer_met *new;

	if (old && is_same_payer(old->entry, entry)) {
		memcpy(ret->at, old->at, old->n * sizeof *ret->at);
		ret->n = old->n;
		ret->n_account = old->n_account;
		ret->is_crowded = old->is_crowded;
		return;
	}
	find_account_and_name(b, entry, ret);
	new = arena_alloc(b->payers->arena, sizeof *new + ret->n * sizeof *ret->at);
	*new = (struct payer_met){ .entry = entry,
				   .n = ret->n,
				   .n_account = ret->n_account,
				   .is_crowded = ret->is_crowded };
	memcpy(new->at, ret->at, ret->n * sizeof *ret->at);
	*place = new;
}

void payer_find(const struct match_book *b, const struct match_entry *entry, struct payer *ret)
{
	*ret = (struct payer){ .owner = MATCH_NONE, .owner_item = MATCH_NONE };
	if (!str_empty(entry->creditor_iban))
		find_owner(b, entry->creditor_iban, entry->booked_on, ret);
	if (b->payers)
		recall(b, entry, ret);
	else
		find_account_and_name(b, entry, ret);
	find_in_texts(b, entry, ret);
}

/* ---- candidates that are not among the best ---- */

enum { MAX_CUSTOMER_ROWS = 8 };

/* The customer's rows of names: its own, its trade name, what was learned. */
static size_t rows_of(const struct match_book *b, uint32_t customer,
		      uint32_t ret[MAX_CUSTOMER_ROWS])
{
	size_t n = 0, from = 0, to = b->n_trade;

	ret[n++] = customer;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (b->trade[middle] < customer)
			from = middle + 1;
		else
			to = middle;
	}
	if (from < b->n_trade && b->trade[from] == customer)
		ret[n++] = (uint32_t)(b->in.n_customers + b->in.n_aliases + from);
	for (uint32_t i = b->alias_first[customer];
	     i < b->alias_first[customer + 1] && n < MAX_CUSTOMER_ROWS; i++)
		ret[n++] = (uint32_t)(b->in.n_customers + b->alias[i]);
	return n;
}

static void ask_by_name(const struct match_book *b, const struct folded *text,
			struct payer_likeness *ret)
{
	uint32_t rows[MAX_CUSTOMER_ROWS];
	size_t n = rows_of(b, ret->customer, rows);
	struct names_hits hits;

	names_compare(b->names, b->scratch, text, rows, n, &hits);
	for (size_t i = 0; i < hits.n; i++) {
		ret->is_covered = ret->is_covered || hits.at[i].is_covered;
		if (hits.at[i].likeness <= ret->likeness)
			continue;
		ret->likeness = hits.at[i].likeness;
		ret->n_times = times_of_row(b, rows[i]);
	}
}

const struct payer_likeness *payer_like(const struct payer *p, uint32_t customer)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].customer == customer)
			return &p->at[i];
	for (size_t i = 0; i < p->n_asked; i++)
		if (p->asked[i].customer == customer && p->asked[i].likeness > 0)
			return &p->asked[i];
	return NULL;
}

/* The texts that say a name, and whether more are like one than were kept. */
struct asking {
	struct folded text[2];
	size_t n;
	struct folded behalf;
	bool is_payer, is_behalf;
};

static void read_asking(const struct match_book *b, const struct match_entry *entry,
			const struct payer *p, struct asking *ret)
{
	const char *const names[] = { entry->payer_name, entry->ultimate_name };

	*ret = (struct asking){ .is_payer = p->n == PAYER_MAX || p->is_crowded };
	for (size_t i = 0; i < ARRAY_LEN(names) && ret->is_payer; i++)
		if (!str_empty(names[i]))
			fold_text(b->scratch, names[i], &ret->text[ret->n++]);
	ret->is_behalf = (p->n_behalf == PAYER_MAX || p->is_behalf_crowded) &&
			 read_behalf(b, entry, p, &ret->behalf);
}

void payer_ask(const struct match_book *b, const struct match_entry *entry,
	       const struct candidates *who, struct payer *p)
{
	struct asking ask;

	read_asking(b, entry, p, &ask);
	for (size_t i = 0; i < who->n && (ask.n || ask.is_behalf) && p->n_asked < CANDIDATES_MAX;
	     i++) {
		struct payer_likeness like = { .customer = who->at[i] }, behalf = like;
		for (size_t t = 0; t < ask.n && !payer_like(p, who->at[i]); t++)
			ask_by_name(b, &ask.text[t], &like);
		if (ask.is_behalf && payer_behalf(p, who->at[i]) == 0)
			ask_by_name(b, &ask.behalf, &behalf);
		if (like.likeness == 0 && behalf.likeness == 0)
			continue;
		p->asked_behalf[p->n_asked] = behalf.likeness;
		p->asked[p->n_asked++] = like;
	}
}

/* ---- verdict ---- */

/* Customers of one account, where other customers pay from it as well. */
static enum payer_verdict shared_account(const struct payer_likeness *own)
{
	return own->likeness >= 0.8 ? PAYER_NAMED : PAYER_LIKE;
}

static enum payer_verdict by_owner(const struct match_book *b, const struct payer *p,
				   uint32_t customer)
{
	if (p->owner == customer)
		return PAYER_KNOWN;
	return book_same_group(b, p->owner, customer) ? PAYER_GROUP : PAYER_CONTRADICTS;
}

struct views {
	const struct payer_likeness *own, *other; /* other: the best outside the group */
	bool has_group;
};

static void look(const struct match_book *b, const struct payer *p, uint32_t customer,
		 struct views *v)
{
	v->own = payer_like(p, customer);
	for (size_t i = 0; i < p->n; i++) {
		if (p->at[i].customer == customer)
			continue;
		if (book_same_group(b, p->at[i].customer, customer))
			v->has_group =
				v->has_group || p->at[i].is_iban || p->at[i].likeness >= 0.85;
		else if (!v->other)
			v->other = &p->at[i];
	}
}

/* The best name of somebody outside the group. */
static double best_other_name(const struct match_book *b, const struct payer *p, uint32_t customer)
{
	double best = 0;

	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].customer != customer &&
		    !book_same_group(b, p->at[i].customer, customer) && p->at[i].likeness > best)
			best = p->at[i].likeness;
	return best;
}

bool payer_is_rather_another(const struct match_book *b, const struct payer *p, uint32_t customer)
{
	const struct payer_likeness *own = payer_like(p, customer);

	return best_other_name(b, p, customer) > (own ? own->likeness : 0) + 0.05;
}

enum payer_verdict payer_says(const struct match_book *b, const struct match_entry *entry,
			      const struct payer *p, uint32_t customer, uint32_t *ret_other)
{
	struct payer_likeness late = { .customer = customer, .is_iban = true };
	struct views v = { 0 };
	double rival;

	if (ret_other)
		*ret_other = p->owner;
	if (p->owner != MATCH_NONE)
		return by_owner(b, p, customer);
	look(b, p, customer, &v);
	if (ret_other)
		*ret_other = v.other ? v.other->customer : MATCH_NONE;
	/* Not all customers of a crowded account are at hand. */
	if (p->n_account > PAYER_MAX && !(v.own && v.own->is_iban) &&
	    is_on_account(b, entry->payer_iban, customer)) {
		late.likeness = v.own ? v.own->likeness : 0;
		v.own = &late;
	}
	rival = best_other_name(b, p, customer);
	if (v.own && v.own->is_iban) {
		if (!v.other || !v.other->is_iban)
			return PAYER_KNOWN;
		return rival <= v.own->likeness - 0.12 ? shared_account(v.own) : PAYER_LIKE;
	}
	/* His very name, which is not at all that of whose account is known. */
	if (v.other && v.other->is_iban && v.own && v.own->likeness >= 0.95 &&
	    v.other->likeness < NAMES_LEAST && rival <= v.own->likeness + 0.05)
		return PAYER_LIKE;
	if (v.other && v.other->is_iban)
		return v.has_group || (v.own && v.own->likeness >= 0.85) ? PAYER_SILENT
									 : PAYER_CONTRADICTS;
	if (v.own && v.own->likeness >= 0.8 && !p->is_crowded && rival <= v.own->likeness - 0.12)
		return PAYER_NAMED;
	/* Payers shorten names: who is called so and more may be meant. */
	if (v.own && v.own->likeness >= 0.6 &&
	    (rival <= v.own->likeness + 0.05 || v.own->is_covered))
		return PAYER_LIKE;
	if (v.has_group)
		return PAYER_GROUP;
	if (rival >= 0.85)
		return PAYER_CONTRADICTS;
	return str_empty(entry->payer_name) ? PAYER_SILENT : PAYER_UNLIKE;
}
