/* SPDX-License-Identifier: Apache-2.0 */
#include "format/fec_sums.h"

#include "base/arena.h"
#include "base/money.h"
#include "format/fec.h"

#include <sodium.h>
#include <stdlib.h>

enum { LISTED_MAX = 200, ROOM_MIN = 1024, LIKELY_MAX = 1 << 22 };

void fec_sums_init(struct fec_sums *s, struct arena *a, size_t n_likely)
{
	*s = (struct fec_sums){ .arena = a,
				.n_likely = n_likely < LIKELY_MAX ? n_likely : LIKELY_MAX };
	/* A keyed hash: a hostile file must not be able to make all entries collide. */
	randombytes_buf(s->hash_key, sizeof s->hash_key);
}

void fec_sums_done(struct fec_sums *s)
{
	free(s->entry);
	free(s->slot);
	*s = (struct fec_sums){ 0 };
}

static bool is_entry(const struct fec_key *x, const struct fec_key *k)
{
	return x->on == k->on && x->number_n == k->number_n && x->journal_n == k->journal_n &&
	       memcmp(x->number, k->number, k->number_n) == 0 &&
	       memcmp(x->journal, k->journal, k->journal_n) == 0;
}

/* Numbers that differ in their last digit lie side by side: files count up, and a place far from the one before takes
 * longer to reach than all the rest. No more than 256 keys can be brought together by that. */
static uint64_t hash_of(const struct fec_sums *s, const struct fec_key *k)
{
	unsigned char buf[2 * UINT8_MAX + 1 + sizeof k->on], last = 0;
	size_t n = k->journal_n;
	uint64_t h;

	memcpy(buf, k->journal, n);
	buf[n++] = 0;
	if (k->number_n) {
		memcpy(buf + n, k->number, k->number_n);
		n += k->number_n - 1u;
		last = buf[n];
	}
	memcpy(buf + n, &k->on, sizeof k->on);
	n += sizeof k->on;
	crypto_shorthash((unsigned char *)&h, buf, n, s->hash_key);
	return ((h & ~UINT64_C(15)) | (last & 15)) + ((uint64_t)last << 32);
}

static struct fec_slot *slot_of(const struct fec_sums *s, const struct fec_key *key, uint64_t hash)
{
	size_t i = (size_t)hash & (s->n_slots - 1);
	uint32_t tag = (uint32_t)(hash >> 32);

	while (s->slot[i].entry &&
	       (s->slot[i].tag != tag || !is_entry(&s->entry[s->slot[i].entry - 1].key, key)))
		i = (i + 1) & (s->n_slots - 1);
	return &s->slot[i];
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
		uint64_t hash = hash_of(s, &entry[i].key);
		size_t at = (size_t)hash & (n_slots - 1);
		while (slot[at].entry)
			at = (at + 1) & (n_slots - 1);
		slot[at] = (struct fec_slot){ (uint32_t)(i + 1), (uint32_t)(hash >> 32) };
	}
	return true;
}

/* Counts the run in, with its entry, which may be new. */
static bool end_run(struct fec_sums *s, struct err *e)
{
	struct fec_slot *slot;

	if (!s->has_run)
		return true;
	if (s->n == s->room && !grow(s, e))
		return false;
	slot = slot_of(s, &s->run.key, s->run_hash);
	if (slot->entry) {
		s->entry[slot->entry - 1].balance_minor += s->run.balance_minor;
	} else {
		s->entry[s->n++] = s->run;
		*slot = (struct fec_slot){ (uint32_t)s->n, (uint32_t)(s->run_hash >> 32) };
	}
	s->has_run = false;
	return true;
}

/* Looks for its entry's place already, so that it is at hand when the run ends. */
static void begin_run(struct fec_sums *s, const struct fec_key *key, int64_t line)
{
	s->run = (struct fec_entry){ .key = *key, .line = line };
	s->run_hash = hash_of(s, key);
	if (!key->stays) {
		s->run.key.journal = arena_strndup(s->arena, key->journal, key->journal_n);
		s->run.key.number = arena_strndup(s->arena, key->number, key->number_n);
	}
	if (s->n_slots)
		__builtin_prefetch(&s->slot[(size_t)s->run_hash & (s->n_slots - 1)], 1);
	s->has_run = true;
}

static bool add_size(int64_t sum, int64_t minor, int64_t *ret)
{
	return minor != INT64_MIN && !__builtin_add_overflow(sum, minor < 0 ? -minor : minor, ret);
}

bool fec_sums_add(struct fec_sums *s, const struct fec_key *key, const struct fec_line *l,
		  struct err *e)
{
	int64_t turnover;

	if (!add_size(s->turnover_minor, l->debit_minor, &turnover) ||
	    !add_size(turnover, l->credit_minor, &turnover))
		return err_set(e, ERR_RANGE, "the sum of the amounts is too large");
	if (!s->has_run || !is_entry(&s->run.key, key)) {
		if (!end_run(s, e))
			return false;
		begin_run(s, key, l->line);
	}
	s->turnover_minor = turnover;
	s->debit_minor += l->debit_minor;
	s->credit_minor += l->credit_minor;
	s->run.balance_minor += l->debit_minor - l->credit_minor;
	return true;
}

bool fec_sums_close(struct fec_sums *s, struct err *e)
{
	return end_run(s, e);
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

static void str_of(const char *s, size_t n, char out[UINT8_MAX + 1])
{
	memcpy(out, s, n);
	out[n] = 0;
}

static bool report_entry(const struct fec_entry *x, const char *currency, struct report *r,
			 struct err *e)
{
	char amount[MONEY_TEXT], day[DATE_TEXT];
	char journal[UINT8_MAX + 1], number[UINT8_MAX + 1];

	str_of(x->key.journal, x->key.journal_n, journal);
	str_of(x->key.number, x->key.number_n, number);

	minor_format(x->balance_minor, currency, amount);
	if (is_tolerated(x->balance_minor)) {
		report_warn(r, x->line, "fec.entry_rounding", "EcritureNum", number, strlen(number),
			    "entry %.40s %.60s of %s: debit exceeds credit by %s", journal, number,
			    date_format(x->key.on, day), amount);
		return true;
	}
	return report_error(r, x->line, "fec.entry_unbalanced", "EcritureNum", number,
			    strlen(number), e,
			    "entry %.40s %.60s of %s does not balance: debit minus credit is %s",
			    journal, number, date_format(x->key.on, day), amount);
}

bool fec_sums_report(const struct fec_sums *s, const char *currency, struct report *r,
		     struct err *e)
{
	char amount[MONEY_TEXT];
	int64_t net = s->debit_minor - s->credit_minor;
	int listed = 0;

	for (size_t i = 0; i < s->n && listed < LISTED_MAX; i++)
		if (s->entry[i].balance_minor != 0) {
			listed++;
			if (!report_entry(&s->entry[i], currency, r, e))
				return false;
		}
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
