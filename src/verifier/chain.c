/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/chain.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mention {
	int64_t event_id, position;
};

struct mentions {
	struct mention *at;
	size_t n, room;
};

struct chain {
	chain_tell *tell;
	void *arg;
	struct chain_head last;
	int64_t n_events, n_faults;
	struct mentions erased, announced; /* events without salt; events said to be erased */
	struct chain_head *heads;
	size_t n_heads, heads_room;
	size_t next_head;
	bool is_sorted;
	int64_t good_head; /* position of the last kept head that fits */
};

const char *chain_fault_name(enum chain_fault kind)
{
	static const char *const names[] = { "position", "sealed",    "body", "content",
					     "erased",   "rewritten", "cut" };

	return names[kind];
}

/* More room for an array that is full; running out of memory ends the program. */
static void *grown(void *at, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return at;
	*room = *room ? 2 * *room : 64;
	at = reallocarray(at, *room, size);
	if (!at) {
		fputs("out of memory\n", stderr);
		abort();
	}
	return at;
}

static void mention(struct mentions *m, int64_t event_id, int64_t position)
{
	m->at = grown(m->at, m->n, &m->room, sizeof *m->at);
	m->at[m->n++] = (struct mention){ event_id, position };
}

struct chain *chain_new(chain_tell *tell, void *arg)
{
	size_t room = 0;
	struct chain *c = grown(NULL, 0, &room, sizeof *c);

	*c = (struct chain){ .tell = tell, .arg = arg };
	return c;
}

void chain_free(struct chain *c)
{
	if (!c)
		return;
	free(c->erased.at);
	free(c->announced.at);
	free(c->heads);
	free(c);
}

static void fault(struct chain *c, enum chain_fault kind, int64_t position, int64_t event_id,
		  const char *text)
{
	c->n_faults++;
	c->tell(c->arg, kind, position, event_id, text);
}

/* ---- hashing, from doc/seal.md ---- */

static unsigned char *put_number(unsigned char *to, int64_t number)
{
	uint64_t rest = (uint64_t)number;

	for (int byte = 7; byte >= 0; byte--, rest >>= 8)
		to[byte] = (unsigned char)(rest & 0xff);
	return to + 8;
}

static void add_text(crypto_hash_sha256_state *state, struct chain_text text)
{
	unsigned char len[8];

	put_number(len, (int64_t)text.len);
	crypto_hash_sha256_update(state, len, sizeof len);
	crypto_hash_sha256_update(state, (const unsigned char *)text.at, text.len);
}

static bool body_fits(const struct chain_event *ev)
{
	static const unsigned char name[] = "encours.body.1"; /* with its NUL */
	unsigned char found[CHAIN_HASH];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, name, sizeof name);
	crypto_hash_sha256_update(&state, ev->salt, sizeof ev->salt);
	add_text(&state, ev->body);
	crypto_hash_sha256_final(&state, found);
	return memcmp(found, ev->commitment, sizeof found) == 0;
}

static bool hash_fits(const struct chain_event *ev, const unsigned char before[CHAIN_HASH])
{
	static const unsigned char name[] = "encours.event.1";
	unsigned char found[CHAIN_HASH], numbers[4 * 8], *at;
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, name, sizeof name);
	crypto_hash_sha256_update(&state, before, CHAIN_HASH);
	at = put_number(numbers, ev->position);
	at = put_number(at, ev->sealed);
	at = put_number(at, ev->event_id);
	put_number(at, ev->entity_id);
	crypto_hash_sha256_update(&state, numbers, sizeof numbers);
	add_text(&state, ev->kind);
	add_text(&state, ev->subject_kind);
	put_number(numbers, ev->subject_id);
	crypto_hash_sha256_update(&state, numbers, 8);
	add_text(&state, ev->actor);
	put_number(numbers, ev->recorded);
	crypto_hash_sha256_update(&state, numbers, 8);
	crypto_hash_sha256_update(&state, ev->commitment, sizeof ev->commitment);
	crypto_hash_sha256_final(&state, found);
	return memcmp(found, ev->hash, sizeof found) == 0;
}

/* ---- heads kept outside ---- */

void chain_head(struct chain *c, const struct chain_head *head)
{
	c->heads = grown(c->heads, c->n_heads, &c->heads_room, sizeof *c->heads);
	c->heads[c->n_heads++] = *head;
}

static int head_order(const void *a, const void *b)
{
	const struct chain_head *x = a, *y = b;

	return (x->position > y->position) - (x->position < y->position);
}

static void check_head(struct chain *c, const struct chain_head *kept, int64_t event_id)
{
	char text[160];

	if (memcmp(kept->hash, c->last.hash, CHAIN_HASH) == 0 && kept->sealed == c->last.sealed) {
		c->good_head = kept->position;
		return;
	}
	snprintf(text, sizeof text,
		 "the head kept outside differs: rewritten after position %" PRId64
		 " and not after this one",
		 c->good_head);
	fault(c, CHAIN_REWRITTEN, kept->position, event_id, text);
}

static void check_heads(struct chain *c, int64_t event_id)
{
	if (!c->is_sorted && c->n_heads > 0)
		qsort(c->heads, c->n_heads, sizeof *c->heads, head_order);
	c->is_sorted = true;
	for (; c->next_head < c->n_heads; c->next_head++) {
		const struct chain_head *kept = &c->heads[c->next_head];
		if (kept->position > c->last.position)
			return;
		/* One that was jumped over belongs to a position that is told to be missing. */
		if (kept->position == c->last.position)
			check_head(c, kept, event_id);
	}
}

/* ---- events ---- */

static bool text_is(struct chain_text text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

/* True when it is the next one. */
static bool check_position(struct chain *c, const struct chain_event *ev)
{
	char text[160];
	int64_t expected = c->last.position == INT64_MAX ? INT64_MAX : c->last.position + 1;

	if (ev->position == expected)
		return true;
	if (ev->position > expected)
		snprintf(text, sizeof text,
			 "positions %" PRId64 " to %" PRId64 " are missing before it", expected,
			 ev->position - 1);
	else
		snprintf(text, sizeof text,
			 "it stands where position %" PRId64 " should: inserted or moved",
			 expected);
	fault(c, CHAIN_POSITION, ev->position, ev->event_id, text);
	return false;
}

static void check_sealed(struct chain *c, const struct chain_event *ev)
{
	int64_t expected = ev->recorded > c->last.sealed ? ev->recorded : c->last.sealed;
	char text[160];

	if (ev->sealed == expected)
		return;
	snprintf(text, sizeof text, "sealed %" PRId64 ", expected %" PRId64, ev->sealed, expected);
	fault(c, CHAIN_SEALED, ev->position, ev->event_id, text);
}

void chain_take(struct chain *c, const struct chain_event *ev)
{
	bool is_next = check_position(c, ev);

	check_sealed(c, ev);
	if (ev->is_erased)
		mention(&c->erased, ev->event_id, ev->position);
	else if (!body_fits(ev))
		fault(c, CHAIN_BODY, ev->position, ev->event_id,
		      "the body is not the one that was sealed");
	/* Without the one before it, its hash says nothing. */
	if (is_next && !hash_fits(ev, c->last.hash))
		fault(c, CHAIN_CONTENT, ev->position, ev->event_id,
		      "the hash is not that of the content and of the position before");
	if (text_is(ev->kind, "event.erased") && text_is(ev->subject_kind, "event"))
		mention(&c->announced, ev->subject_id, ev->position);
	/* Go on with what stands there, so that one change is told once. */
	c->last.position = ev->position;
	c->last.sealed = ev->sealed;
	memcpy(c->last.hash, ev->hash, CHAIN_HASH);
	c->n_events++;
	check_heads(c, ev->event_id);
}

/* By event, the last position first among equals. */
static int mention_order(const void *a, const void *b)
{
	const struct mention *x = a, *y = b;

	if (x->event_id != y->event_id)
		return x->event_id > y->event_id ? 1 : -1;
	return (x->position < y->position) - (x->position > y->position);
}

/* Each event without salt must be named by a later "event.erased". */
static void check_erased(struct chain *c)
{
	size_t j = 0;

	if (c->erased.n > 0)
		qsort(c->erased.at, c->erased.n, sizeof *c->erased.at, mention_order);
	if (c->announced.n > 0)
		qsort(c->announced.at, c->announced.n, sizeof *c->announced.at, mention_order);
	for (size_t i = 0; i < c->erased.n; i++) {
		const struct mention *m = &c->erased.at[i];
		while (j < c->announced.n && c->announced.at[j].event_id < m->event_id)
			j++;
		if (j < c->announced.n && c->announced.at[j].event_id == m->event_id &&
		    c->announced.at[j].position > m->position)
			continue;
		fault(c, CHAIN_ERASED, m->position, m->event_id,
		      "the body is erased and no later event says so");
	}
}

void chain_end(struct chain *c)
{
	char text[160];

	check_erased(c);
	check_heads(c, 0);
	for (; c->next_head < c->n_heads; c->next_head++) {
		snprintf(text, sizeof text,
			 "a head kept outside is of this position, the log ends at %" PRId64
			 ": its tail was cut",
			 c->last.position);
		fault(c, CHAIN_CUT, c->heads[c->next_head].position, 0, text);
	}
}

int64_t chain_faults(const struct chain *c)
{
	return c->n_faults;
}

int64_t chain_events(const struct chain *c)
{
	return c->n_events;
}

struct chain_head chain_last(const struct chain *c)
{
	return c->last;
}
