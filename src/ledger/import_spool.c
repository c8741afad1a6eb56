/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/import_spool.h"

#include "ledger/import_plan.h"

enum { CHUNK = 1 << 20, HEAD = 8, NUMBERS_MAX = 200 };

/* Flags of the struct, in one number. */
enum { HAS_NET = 1, IS_OPENING = 2, IS_LEDGER = 4, HAS_OPEN = 8, IS_DISPUTED = 16 };

/* The texts of a fact, in the order in which they are packed. */
static const size_t texts[] = {
	offsetof(struct item_fact, document),    offsetof(struct item_fact, document_key),
	offsetof(struct item_fact, account),     offsetof(struct item_fact, order_ref),
	offsetof(struct item_fact, payment_ref), offsetof(struct item_fact, label),
	offsetof(struct item_fact, lettering),
};

void spool_init(struct spool *s, struct arena *a)
{
	*s = (struct spool){ .arena = a };
}

static const char *text_of(const struct item_fact *f, size_t i)
{
	const char *text;

	memcpy(&text, (const char *)f + texts[i], sizeof text);
	return text;
}

static unsigned char *room_for(struct spool *s, size_t need)
{
	struct spool_chunk *c = s->last;

	if (!c || c->room - c->used < need) {
		size_t room = need > CHUNK ? need : CHUNK;
		c = arena_alloc(s->arena, sizeof *c + room);
		c->room = room;
		if (s->last)
			s->last->next = c;
		else
			s->first = c;
		s->last = c;
	}
	return c->bytes + c->used;
}

static unsigned char *put_number(unsigned char *at, int64_t v)
{
	uint64_t u = ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);

	while (u >= 0x80) {
		*at++ = (unsigned char)(u | 0x80);
		u >>= 7;
	}
	*at++ = (unsigned char)u;
	return at;
}

static int64_t get_number(const unsigned char **at)
{
	uint64_t u = 0;

	for (int shift = 0;; shift += 7) {
		unsigned char b = *(*at)++;
		u |= (uint64_t)(b & 0x7F) << shift;
		if (b < 0x80)
			break;
	}
	return (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
}

/* Days lie near the first of them. */
static unsigned char *put_day(unsigned char *at, day_t d, day_t near)
{
	return put_number(at, d == DAY_NONE ? INT32_MIN : (int64_t)d - near);
}

static day_t get_day(const unsigned char **at, day_t near)
{
	int64_t v = get_number(at);

	return v == INT32_MIN ? DAY_NONE : (day_t)(v + near);
}

static unsigned char *put_numbers(unsigned char *at, const struct item_fact *f, uint32_t entry)
{
	int flags = (f->has_net ? HAS_NET : 0) | (f->is_opening ? IS_OPENING : 0) |
		    (f->is_ledger ? IS_LEDGER : 0) | (f->has_open ? HAS_OPEN : 0) |
		    (f->is_disputed ? IS_DISPUTED : 0);

	at = put_number(at, f->line);
	at = put_number(at, entry);
	at = put_number(at, (int64_t)f->kind);
	at = put_number(at, flags);
	at = put_number(at, f->due_source);
	memcpy(at, f->currency, 3);
	at = put_number(at + 3, f->issued_on);
	at = put_day(at, f->effective, f->issued_on);
	at = put_day(at, f->due_on, f->issued_on);
	at = put_day(at, f->lettered_on, f->issued_on);
	at = put_day(at, f->cleared_on, f->issued_on);
	at = put_number(at, f->amount_minor);
	at = put_number(at, f->net_minor);
	at = put_number(at, f->vat_minor);
	return put_number(at, f->open_minor);
}

void spool_put(struct spool *s, const struct item_fact *f, uint32_t customer, uint32_t entry)
{
	size_t length[ARRAY_LEN(texts)], need = HEAD + NUMBERS_MAX;
	unsigned char *begin, *at, *mask;
	uint32_t total;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *text = text_of(f, i);
		length[i] = text ? strlen(text) + 1 : 0;
		need += length[i];
	}
	ENSURE(need < UINT32_MAX && f->issued_on != DAY_NONE);
	begin = room_for(s, need);
	at = put_numbers(begin + HEAD, f, entry);
	mask = at++;
	*mask = 0;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (length[i] == 0)
			continue;
		*mask = (unsigned char)(*mask | 1u << i);
		memcpy(at, text_of(f, i), length[i]);
		at += length[i];
	}
	total = (uint32_t)(at - begin);
	memcpy(begin, &total, sizeof total);
	memcpy(begin + sizeof total, &customer, sizeof customer);
	s->last->used += total;
	s->last->n++;
	s->n++;
}

bool spool_next(struct spool_walk *w, struct spooled *ret)
{
	uint32_t total;

	while (w->chunk && w->n == w->chunk->n) {
		w->chunk = w->chunk->next;
		w->n = 0;
		w->at = NULL;
	}
	if (!w->chunk)
		return false;
	if (!w->at)
		w->at = w->chunk->bytes;
	memcpy(&total, w->at, sizeof total);
	ret->at = w->at + HEAD;
	w->at += total;
	w->n++;
	return true;
}

uint32_t spool_customer(struct spooled from)
{
	uint32_t customer;

	memcpy(&customer, from.at - sizeof customer, sizeof customer);
	return customer;
}

void spool_get(struct spooled from, struct item_fact *ret, uint32_t *ret_entry)
{
	const unsigned char *at = from.at;
	struct item_fact f = { .line = get_number(&at) };
	unsigned mask;
	int64_t flags;

	*ret_entry = (uint32_t)get_number(&at);
	f.kind = (enum item_kind)get_number(&at);
	flags = get_number(&at);
	f.due_source = (int)get_number(&at);
	memcpy(f.currency, at, 3);
	at += 3;
	f.issued_on = (day_t)get_number(&at);
	f.effective = get_day(&at, f.issued_on);
	f.due_on = get_day(&at, f.issued_on);
	f.lettered_on = get_day(&at, f.issued_on);
	f.cleared_on = get_day(&at, f.issued_on);
	f.amount_minor = get_number(&at);
	f.net_minor = get_number(&at);
	f.vat_minor = get_number(&at);
	f.open_minor = get_number(&at);
	f.has_net = flags & HAS_NET;
	f.is_opening = flags & IS_OPENING;
	f.is_ledger = flags & IS_LEDGER;
	f.has_open = flags & HAS_OPEN;
	f.is_disputed = flags & IS_DISPUTED;
	mask = *at++;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *text = mask >> i & 1 ? (const char *)at : NULL;
		memcpy((char *)&f + texts[i], &text, sizeof text);
		at += text ? strlen(text) + 1 : 0;
	}
	*ret = f;
}
