/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/import_spool.h"

#include "base/scratch_file.h"
#include "ledger/import_plan.h"

#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 1 << 20, HEAD = 8, NUMBERS_MAX = 200, LENGTH_MAX = (1 << 24) - 1 };

static const uint64_t place_max = (UINT64_C(1) << 40) - 1;

/* Flags of the struct, in one number. */
enum { HAS_NET = 1, IS_OPENING = 2, IS_LEDGER = 4, HAS_OPEN = 8, IS_DISPUTED = 16 };

/* The texts of a fact, in the order in which they are packed. */
static const size_t texts[] = {
	offsetof(struct item_fact, document),    offsetof(struct item_fact, document_key),
	offsetof(struct item_fact, account),     offsetof(struct item_fact, order_ref),
	offsetof(struct item_fact, payment_ref), offsetof(struct item_fact, label),
	offsetof(struct item_fact, lettering),
};

static void forget(void *arg)
{
	struct spool *s = arg;

	free(s->bytes);
	if (s->fd >= 0)
		close(s->fd);
}

struct spool *spool_new(struct arena *a)
{
	struct spool *s = ARENA_NEW(a, struct spool);

	s->arena = a;
	s->fd = -1;
	arena_defer(a, forget, s);
	return s;
}

static const char *text_of(const struct item_fact *f, size_t i)
{
	const char *text;

	memcpy(&text, (const char *)f + texts[i], sizeof text);
	return text;
}

/* Everything so far goes to the file. */
static bool flush(struct spool *s, struct err *e)
{
	if ((s->fd < 0 && !scratch_file(&s->fd, e)) || !scratch_write(s->fd, s->bytes, s->used, e))
		return false;
	*LIST_ADD(s->arena, &s->pieces) = s->used;
	s->n_written += s->used;
	s->used = 0;
	return true;
}

static unsigned char *room_for(struct spool *s, size_t need)
{
	/* What was not written is lost, and so is the whole import: only memory is to be spared until it is told. */
	if (s->used && s->used + need > PIECE && (s->failure.code || !flush(s, &s->failure)))
		s->used = 0;
	if (s->room < s->used + need) {
		s->room = need > PIECE ? need : PIECE;
		s->bytes = realloc(s->bytes, s->room);
		ENSURE(s->bytes);
	}
	return s->bytes + s->used;
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
	ENSURE(need <= LENGTH_MAX && f->issued_on != DAY_NONE);
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
	s->used += total;
	s->n++;
}

/* The piece that comes next; its facts are put back to back. */
static bool next_piece(struct spool *s, struct spool_walk *w, struct err *e)
{
	w->begin += w->size;
	w->used = 0;
	if (s->fd < 0) {
		w->size = w->piece++ ? 0 : s->used;
		w->bytes = s->bytes;
		return true;
	}
	if (w->piece == 0 && s->used && !flush(s, e))
		return false;
	w->size = w->piece < s->pieces.n ? s->pieces.at[w->piece++] : 0;
	if (w->size > w->room) {
		w->bytes = arena_alloc(s->arena, w->size);
		w->room = w->size;
	}
	return scratch_read(s->fd, w->begin, w->bytes, w->size, e);
}

bool spool_next(struct spool *s, struct spool_walk *w, bool *ret_more, struct spooled *ret,
		uint32_t *ret_customer, struct err *e)
{
	uint32_t total;

	if (s->failure.code) {
		if (e)
			*e = s->failure;
		return false;
	}
	if (w->used == w->size && !next_piece(s, w, e))
		return false;
	*ret_more = w->size > 0;
	if (!*ret_more)
		return true;
	memcpy(&total, w->bytes + w->used, sizeof total);
	memcpy(ret_customer, w->bytes + w->used + sizeof total, sizeof *ret_customer);
	ENSURE(w->begin + w->used <= place_max);
	*ret = (struct spooled){ .at = (w->begin + w->used) & place_max,
				 .length = total & LENGTH_MAX };
	w->used += total;
	return true;
}

static void unpack(const unsigned char *at, struct item_fact *ret, uint32_t *ret_entry)
{
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

bool spool_get(const struct spool *s, struct spooled from, struct arena *a, struct item_fact *ret,
	       uint32_t *ret_customer, uint32_t *ret_entry, struct err *e)
{
	const unsigned char *at = s->bytes + from.at;

	if (s->fd >= 0) {
		unsigned char *copy = arena_alloc(a, from.length);
		if (!scratch_read(s->fd, from.at, copy, from.length, e))
			return false;
		at = copy;
	}
	memcpy(ret_customer, at + sizeof(uint32_t), sizeof *ret_customer);
	unpack(at + HEAD, ret, ret_entry);
	return true;
}
