/* SPDX-License-Identifier: Apache-2.0 */
#include "format/fec_sums.h"

#include "base/arena.h"
#include "base/money.h"
#include "format/fec.h"

#include <sodium.h>
#include <stdlib.h>

enum { LISTED_MAX = 200, KEY_MAX = 256, ROOM_MIN = 1024, LIKELY_MAX = 1 << 22 };

void fec_sums_init(struct fec_sums *s, struct arena *a, size_t n_likely)
{
	*s = (struct fec_sums){ .arena = a,
				.last = SIZE_MAX,
				.n_likely = n_likely < LIKELY_MAX ? n_likely : LIKELY_MAX };
	/* A keyed hash: a hostile file must not be able to make all entries collide. */
	randombytes_buf(s->key, sizeof s->key);
}

void fec_sums_done(struct fec_sums *s)
{
	free(s->entry);
	free(s->slot);
	*s = (struct fec_sums){ 0 };
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_entry(const struct fec_entry *x, const struct fec_line *l)
{
	return x->on == l->entry_on && same(x->number, l->entry_number) &&
	       same(x->journal, l->journal);
}

static uint64_t hash_of(const struct fec_sums *s, const struct fec_line *l)
{
	const char *parts[2] = { l->journal ? l->journal : "",
				 l->entry_number ? l->entry_number : "" };
	unsigned char buf[2 * KEY_MAX + sizeof l->entry_on];
	size_t n = 0;
	uint64_t h;

	for (int i = 0; i < 2; i++) {
		size_t len = strnlen(parts[i], KEY_MAX - 1);
		memcpy(buf + n, parts[i], len);
		n += len;
		buf[n++] = 0;
	}
	memcpy(buf + n, &l->entry_on, sizeof l->entry_on);
	n += sizeof l->entry_on;
	crypto_shorthash((unsigned char *)&h, buf, n, s->key);
	return h;
}

static struct fec_slot *slot_of(const struct fec_sums *s, const struct fec_line *l, uint64_t hash)
{
	size_t i = (size_t)hash & (s->n_slots - 1);

	for (;; i = (i + 1) & (s->n_slots - 1)) {
		struct fec_slot *slot = &s->slot[i];

		if (slot->entry == 0)
			return slot;
		if (slot->tag != (uint32_t)(hash >> 32))
			continue;
		if (s->entry[slot->entry - 1].hash == hash &&
		    is_entry(&s->entry[slot->entry - 1], l))
			return slot;
	}
}

static size_t next_room(const struct fec_sums *s)
{
	size_t room = s->room ? s->room * 2 : ROOM_MIN;

	while (room < s->n_likely)
		room *= 2;
	return room;
}

static bool grow(struct fec_sums *s, struct err *e)
{
	size_t room = next_room(s), n_slots = room * 2;
	struct fec_entry *entry = NULL;
	struct fec_slot *slot;

	if (room < UINT32_MAX / 4)
		entry = realloc(s->entry, room * sizeof *entry);
	if (!entry)
		return err_set(e, ERR_LIMIT, "too many accounting entries");
	s->entry = entry;
	slot = calloc(n_slots, sizeof *slot);
	if (!slot)
		return err_set(e, ERR_LIMIT, "too many accounting entries");
	free(s->slot);
	s->slot = slot;
	s->n_slots = n_slots;
	s->room = room;
	for (size_t i = 0; i < s->n; i++) {
		size_t at = (size_t)entry[i].hash & (n_slots - 1);
		while (slot[at].entry)
			at = (at + 1) & (n_slots - 1);
		slot[at] = (struct fec_slot){ (uint32_t)(i + 1), (uint32_t)(entry[i].hash >> 32) };
	}
	return true;
}

/* Few journals, many entries one after the other in each: the text of the one before will do. */
static const char *journal_of(const struct fec_sums *s, const struct fec_line *l)
{
	if (s->n && same(s->entry[s->n - 1].journal, l->journal))
		return s->entry[s->n - 1].journal;
	return arena_strdup(s->arena, l->journal);
}

/* The line's entry, made when it is new. */
static bool entry_of(struct fec_sums *s, const struct fec_line *l, struct fec_entry **ret,
		     struct err *e)
{
	struct fec_slot *slot;
	uint64_t hash;

	if (s->last < s->n && is_entry(&s->entry[s->last], l)) {
		*ret = &s->entry[s->last];
		return true;
	}
	if (s->n == s->room && !grow(s, e))
		return false;
	hash = hash_of(s, l);
	slot = slot_of(s, l, hash);
	if (slot->entry == 0) {
		s->entry[s->n] =
			(struct fec_entry){ .journal = journal_of(s, l),
					    .number = arena_strdup(s->arena, l->entry_number),
					    .on = l->entry_on,
					    .line = l->line,
					    .hash = hash };
		s->n++;
		*slot = (struct fec_slot){ (uint32_t)s->n, (uint32_t)(hash >> 32) };
	}
	s->last = slot->entry - 1;
	*ret = &s->entry[s->last];
	return true;
}

bool fec_sums_add(struct fec_sums *s, const struct fec_line *l, struct err *e)
{
	struct fec_entry *x;
	int64_t debit, credit, net, balance;

	if (!entry_of(s, l, &x, e))
		return false;
	if (__builtin_add_overflow(s->debit_minor, l->debit_minor, &debit) ||
	    __builtin_add_overflow(s->credit_minor, l->credit_minor, &credit) ||
	    __builtin_sub_overflow(l->debit_minor, l->credit_minor, &net) ||
	    __builtin_add_overflow(x->balance_minor, net, &balance))
		return err_set(e, ERR_RANGE, "the sum of the amounts is too large");
	s->debit_minor = debit;
	s->credit_minor = credit;
	x->balance_minor = balance;
	return true;
}

int64_t fec_sums_unbalanced(const struct fec_sums *s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->entry[i].balance_minor != 0;
	return n;
}

static bool is_tolerated(int64_t minor)
{
	return minor >= -FEC_TOLERANCE_MINOR && minor <= FEC_TOLERANCE_MINOR;
}

static bool report_entry(const struct fec_entry *x, const char *currency, struct report *r,
			 struct err *e)
{
	char amount[MONEY_TEXT], day[DATE_TEXT];
	const char *journal = x->journal ? x->journal : "", *number = x->number ? x->number : "";

	minor_format(x->balance_minor, currency, amount);
	if (is_tolerated(x->balance_minor)) {
		report_warn(r, x->line, "fec.entry_rounding", "EcritureNum", number, strlen(number),
			    "entry %.40s %.60s of %s: debit exceeds credit by %s", journal, number,
			    date_format(x->on, day), amount);
		return true;
	}
	return report_error(r, x->line, "fec.entry_unbalanced", "EcritureNum", number,
			    strlen(number), e,
			    "entry %.40s %.60s of %s does not balance: debit minus credit is %s",
			    journal, number, date_format(x->on, day), amount);
}

bool fec_sums_report(const struct fec_sums *s, const char *currency, struct report *r,
		     struct err *e)
{
	char amount[MONEY_TEXT];
	int64_t net;
	int listed = 0;

	for (size_t i = 0; i < s->n && listed < LISTED_MAX; i++)
		if (s->entry[i].balance_minor != 0) {
			listed++;
			if (!report_entry(&s->entry[i], currency, r, e))
				return false;
		}
	if (__builtin_sub_overflow(s->debit_minor, s->credit_minor, &net))
		return err_set(e, ERR_RANGE, "the difference of debit and credit is too large");
	if (net == 0)
		return true;
	minor_format(net, currency, amount);
	if (!is_tolerated(net))
		return report_error(r, 0, "fec.unbalanced", NULL, NULL, 0, e,
				    "the file does not balance: debit minus credit is %s", amount);
	report_warn(r, 0, "fec.rounding", NULL, NULL, 0,
		    "the file does not balance to the cent: debit minus credit is %s", amount);
	return true;
}
