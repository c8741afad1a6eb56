/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/frame.h"

#include "bank/statement.h"
#include "collect/outbox.h"
#include "db/seal.h"
#include "dispute/dispute.h"
#include "insight/freshness.h"
#include "web/show.h"

#include <pthread.h>
#include <stdlib.h>

enum { COMPANIES_MAX = 64, STALE_DAYS = 7 };

struct frame {
	int64_t entity_id;
	int64_t position; /* of the log, when it was counted; 0: never */
	struct freshness fresh;
	int64_t n_bank;      /* entries that wait for a decision */
	int64_t n_reminders; /* messages planned */
	int64_t n_disputes;  /* open */
};

struct frame_cache {
	pthread_mutex_t lock;
	size_t n;
	struct frame frame[COMPANIES_MAX];
};

struct frame_cache *frame_cache_new(void)
{
	struct frame_cache *c = calloc(1, sizeof *c);

	ENSURE(c);
	ENSURE(pthread_mutex_init(&c->lock, NULL) == 0);
	return c;
}

void frame_cache_free(struct frame_cache *c)
{
	if (!c)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static struct frame *find(struct frame_cache *c, int64_t entity_id)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->frame[i].entity_id == entity_id)
			return &c->frame[i];
	}
	return NULL;
}

static bool take(struct frame_cache *c, int64_t entity_id, int64_t position, struct frame *ret)
{
	const struct frame *f;
	bool is_current;

	pthread_mutex_lock(&c->lock);
	f = find(c, entity_id);
	is_current = f && f->position == position;
	if (is_current)
		*ret = *f;
	pthread_mutex_unlock(&c->lock);
	return is_current;
}

static void keep(struct frame_cache *c, const struct frame *f)
{
	struct frame *place;

	pthread_mutex_lock(&c->lock);
	place = find(c, f->entity_id);
	if (!place && c->n < COMPANIES_MAX)
		place = &c->frame[c->n++];
	if (place && place->position <= f->position)
		*place = *f;
	pthread_mutex_unlock(&c->lock);
}

/* What waits behind the entries of the side bar; what cannot be counted is not shown. */
static void count_waiting(struct request *r, struct frame *f)
{
	struct outbox_count *messages;
	int64_t minor;
	size_t n;

	if (!entry_count_unmatched(r->db, r->entity.id, "", &f->n_bank, &minor, NULL))
		f->n_bank = 0;
	if (!dispute_count_open(r->db, r->entity.id, &f->n_disputes, NULL))
		f->n_disputes = 0;
	if (outbox_counts(r->db, r->arena, r->entity.id, &messages, &n, NULL)) {
		for (size_t i = 0; i < n; i++)
			f->n_reminders += str_eq(messages[i].state, "planned") ? messages[i].n : 0;
	}
}

/* The position is read first: what happens meanwhile is counted again, never missed. */
static bool frame_get(struct request *r, int64_t known_at, struct frame_cache *c, struct frame *ret)
{
	struct frame f = { .entity_id = r->entity.id };

	if (!seal_position(r->db, &f.position, NULL))
		return false;
	if (known_at == 0 && take(c, f.entity_id, f.position, ret))
		return true;
	if (!freshness_get(r->db, r->arena, f.entity_id, known_at, &f.fresh, NULL))
		return false;
	count_waiting(r, &f);
	if (known_at == 0)
		keep(c, &f);
	*ret = f;
	return true;
}

static void say_freshness(struct page *p, const struct freshness *f)
{
	const char *moment = show_moment(p, f->imported);

	p->is_stale = p->today - show_day_of(p, f->imported) > STALE_DAYS ||
		      (f->has_control && f->gap_minor != 0);
	p->freshness =
		f->has_control
			? arena_printf(p->arena, tr(p->cat, "Data of %s · gap with the ledger %s"),
				       moment, show_amount(p, f->gap_minor, f->currency))
			: arena_printf(p->arena, tr(p->cat, "Data of %s"), moment);
}

void frame_fill(struct request *r, struct page *p, void *cache)
{
	struct page_count *count;
	struct frame f;

	if (!frame_get(r, p->when.known_at, cache, &f))
		return;
	count = ARENA_ARRAY(r->arena, 4, struct page_count);
	count[0] = (struct page_count){ .section = "bank", .n = f.n_bank };
	count[1] = (struct page_count){ .section = "reminders", .n = f.n_reminders };
	count[2] = (struct page_count){ .section = "disputes", .n = f.n_disputes };
	p->counts = count;
	if (p->when.known_at && f.fresh.first > p->when.known_at)
		p->first_import = show_moment(p, f.fresh.first);
	if (f.fresh.imported)
		say_freshness(p, &f.fresh);
}
