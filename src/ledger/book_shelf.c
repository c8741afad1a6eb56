/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_shelf.h"

#include "base/list.h"
#include "base/log.h"
#include "db/seal.h"
#include "ledger/book_change.h"
#include "ledger/book_file.h"
#include "ledger/book_folder.h"
#include "ledger/book_totals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	PATIENCE_MS = 200,    /* how long a reader waits before an older book will do */
	LONG_CUSTOMERS = 500, /* to read again: more than that takes longer */
	FILES_MAX = 16
};

struct company {
	struct company *next;
	int64_t entity_id;
	struct book_version *newest;
	bool is_busy; /* somebody brings it up to date */
	uint32_t
		on_disk; /* position of the snapshot that newest grew from, or that was written of it */
	bool is_writing;    /* somebody writes a snapshot */
	bool is_file_tried; /* the folder was looked at */
};

struct book_shelf {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char *url;
	char *folder;
	bool in_background;
	int n_threads;
	struct company *companies;
};

const char *shelf_folder(const struct book_shelf *s)
{
	return s->folder;
}

/* ---- the shelf --------------------------------------------------------------------------------- */

struct book_shelf *shelf_new(const char *url, bool in_background)
{
	struct book_shelf *s = calloc(1, sizeof *s);
	pthread_condattr_t monotonic;

	ENSURE(s);
	s->url = strdup(url);
	ENSURE(s->url);
	s->folder = book_folder_of(url);
	s->in_background = in_background;
	ENSURE(pthread_mutex_init(&s->lock, NULL) == 0);
	ENSURE(pthread_condattr_init(&monotonic) == 0);
	ENSURE(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	ENSURE(pthread_cond_init(&s->changed, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	return s;
}

void shelf_free(struct book_shelf *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	while (s->n_threads > 0)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
	while (s->companies) {
		struct company *c = s->companies;

		s->companies = c->next;
		version_release(c->newest);
		free(c);
	}
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s->folder);
	free(s->url);
	free(s);
}

/* Under the lock. */
static struct company *company_of(struct book_shelf *s, int64_t entity_id)
{
	struct company *c = s->companies;

	while (c && c->entity_id != entity_id)
		c = c->next;
	if (!c) {
		c = calloc(1, sizeof *c);
		ENSURE(c);
		c->entity_id = entity_id;
		c->next = s->companies;
		s->companies = c;
	}
	return c;
}

/* Under the lock. Takes over the caller's use of v. */
static void publish(struct book_shelf *s, struct company *c, struct book_version *v)
{
	if (v != c->newest) {
		version_release(c->newest);
		c->newest = v;
	} else {
		version_release(v);
	}
	pthread_cond_broadcast(&s->changed);
}

/* ---- the snapshot ------------------------------------------------------------------------------ */

static bool hash_at(struct db *db, uint32_t position, unsigned char ret[BOOK_HASH], bool *ret_found,
		    struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	const void *hash;
	size_t n = 0;
	bool more;

	*ret_found = false;
	if (!db_query(db, "SELECT hash FROM seal WHERE position = $1", DB_PARAMS(P_I64(position)),
		      &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	if (!more)
		return true;
	hash = row_blob(r, 0, &n);
	if (n == BOOK_HASH)
		memcpy(ret, hash, BOOK_HASH);
	*ret_found = n == BOOK_HASH;
	return true;
}

/* A file that is damaged or of another history of this database is taken away, and told of. */
static bool try_file(struct book_shelf *s, struct db *db, int64_t entity_id, uint32_t position,
		     struct book_version **ret, struct err *e)
{
	unsigned char here[BOOK_HASH], there[BOOK_HASH];
	struct err why = { 0 };
	char path[BOOK_PATH];
	bool found;

	if (!hash_at(db, position, here, &found, e))
		return false;
	/* Newer than what this connection sees, or of a database that was put back: not for us. */
	if (!found)
		return true;
	book_file_path(s->folder, entity_id, position, path);
	if (!book_file_open(path, entity_id, ret, there, &why)) {
		if (why.code == ERR_NOT_FOUND)
			return true;
		log_line(LOG_WARNING, "book", "%s is refused, and made anew: %s", path, why.msg);
		(void)remove(path);
		return true;
	}
	if ((*ret)->position == position && memcmp(here, there, sizeof here) == 0)
		return true;
	log_line(LOG_WARNING, "book", "%s is of another history of the database: made anew", path);
	(void)remove(path);
	version_release(*ret);
	*ret = NULL;
	return true;
}

static bool open_file(struct book_shelf *s, struct db *db, int64_t entity_id, uint32_t newest,
		      struct book_version **ret, struct err *e)
{
	uint32_t position[FILES_MAX];
	size_t n = s->folder ? book_file_list(s->folder, entity_id, position, FILES_MAX) : 0;

	for (size_t i = 0; i < n && !*ret; i++)
		if (position[i] <= newest && !try_file(s, db, entity_id, position[i], ret, e))
			return false;
	return true;
}

/* A snapshot that cannot be written costs time at the next start, nothing else. */
static void write_file(struct book_shelf *s, struct db *db, const struct book_version *v)
{
	uint32_t position = v->position;
	unsigned char hash[BOOK_HASH];
	struct err e = { 0 };
	bool found, written;

	if (!hash_at(db, position, hash, &found, &e) ||
	    (found && !book_file_write(s->folder, v, position, hash, &written, &e)))
		log_line(LOG_WARNING, "book", "%s", e.msg);
}

/* ---- up to date -------------------------------------------------------------------------------- */

struct advance {
	struct book_shelf *shelf;
	struct db *db;
	int64_t entity_id;
	struct book_version *before; /* NULL: nothing yet */
	bool may_be_long;
	bool is_long; /* given up: it needs a thread of its own */
	struct book_version *after;
};

static bool follow(struct advance *ad, uint32_t position, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct book_dirty dirty;

	if (!book_changes(ad->db, a, ad->entity_id, ad->before->position, position, &dirty, e))
		return false;
	if (dirty.n == 0 && !dirty.is_all) {
		/* Nothing of the book: it is the book of the later position too. */
		atomic_store(&ad->before->position, position);
		ad->after = version_keep(ad->before);
		return true;
	}
	if (!ad->may_be_long && (dirty.is_all || dirty.n > LONG_CUSTOMERS)) {
		ad->is_long = true;
		return true;
	}
	return version_follow(ad->db, ad->before, position, &dirty, &ad->after, e);
}

static bool advance_in_tx(struct advance *ad, struct err *e)
{
	int64_t position;

	if (!seal_position(ad->db, &position, e))
		return false;
	ENSURE(position < UINT32_MAX - 1);
	if (!ad->before &&
	    !open_file(ad->shelf, ad->db, ad->entity_id, (uint32_t)position, &ad->before, e))
		return false;
	if (!ad->before)
		return version_build(ad->db, ad->entity_id, (uint32_t)position, &ad->after, e);
	if (ad->before->position >= (uint32_t)position) {
		ad->after = version_keep(ad->before);
		return true;
	}
	return follow(ad, (uint32_t)position, e);
}

/* Takes over before. Sees one state of the database, the caller's if he has a transaction. */
static bool advance(struct advance *ad, struct err *e)
{
	bool own = !db_in_tx(ad->db);
	bool ok;

	if (own && !db_begin_read(ad->db, e)) {
		version_release(ad->before);
		return false;
	}
	ok = advance_in_tx(ad, e);
	/* A server keeps the totals of now from here on; a command that asks once folds what it asks. */
	if (ok && ad->after && ad->shelf->in_background && !ad->after->totals)
		ad->after->totals = totals_make(ad->after);
	if (own)
		db_rollback(ad->db);
	version_release(ad->before);
	return ok;
}

/* Whether so much of it is on the heap that the next start would take long. */
static bool wants_file(const struct book_shelf *s, const struct company *c)
{
	const struct book_version *v = c->newest;
	size_t all = 0;

	if (!s->folder || c->is_writing || v->n_own_bytes == 0 || c->on_disk == v->position)
		return false;
	for (size_t i = 0; i < v->n_parts; i++)
		all += v->part[i]->c.size;
	return v->n_own_bytes >= all / 4 && (c->on_disk == 0 || v->n_own_bytes > 2u << 20);
}

/* The newest version as it was just written is mapped in place of the heap's, when that is much. */
static void take_mapped(struct book_shelf *s, struct company *c, struct book_version *written)
{
	unsigned char hash[BOOK_HASH];
	struct book_version *mapped;
	char path[BOOK_PATH];
	struct err e = { 0 };

	if (written->n_own_bytes < 32u << 20)
		return;
	book_file_path(s->folder, c->entity_id, c->on_disk, path);
	if (!book_file_open(path, c->entity_id, &mapped, hash, &e))
		return;
	pthread_mutex_lock(&s->lock);
	if (c->newest == written) {
		atomic_store(&mapped->position, written->position);
		publish(s, c, mapped);
	} else {
		version_release(mapped);
	}
	pthread_mutex_unlock(&s->lock);
}

static void snapshot(struct book_shelf *s, struct db *db, struct company *c)
{
	struct book_version *v;

	pthread_mutex_lock(&s->lock);
	if (!wants_file(s, c)) {
		pthread_mutex_unlock(&s->lock);
		return;
	}
	c->is_writing = true;
	v = version_keep(c->newest);
	pthread_mutex_unlock(&s->lock);
	write_file(s, db, v);
	pthread_mutex_lock(&s->lock);
	c->is_writing = false;
	c->on_disk = v->position;
	pthread_mutex_unlock(&s->lock);
	take_mapped(s, c, v);
	version_release(v);
}

/* ---- in the background ------------------------------------------------------------------------- */

struct chore {
	struct book_shelf *shelf;
	struct company *company;
	struct book_version *before; /* NULL: only a snapshot */
};

static void finish_advance(struct book_shelf *s, struct company *c, struct book_version *after)
{
	pthread_mutex_lock(&s->lock);
	c->is_busy = false;
	if (after)
		publish(s, c, after);
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

static void *do_chore(void *arg)
{
	struct chore *ch = arg;
	struct book_shelf *s = ch->shelf;
	struct advance ad = { .shelf = s,
			      .entity_id = ch->company->entity_id,
			      .before = ch->before,
			      .may_be_long = true };
	struct err e = { 0 };
	struct db *db = NULL;
	bool ok = db_open(s->url, &db, &e);

	ad.db = db;
	if (ch->before) {
		if (ok)
			ok = advance(&ad, &e);
		else
			version_release(ch->before);
		finish_advance(s, ch->company, ok ? ad.after : NULL);
	}
	if (ok)
		snapshot(s, db, ch->company);
	else
		log_line(LOG_ERROR, "book", "%s", e.msg);
	db_close(db);
	pthread_mutex_lock(&s->lock);
	s->n_threads--;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	free(ch);
	return NULL;
}

/* Takes over before. False when no thread could be had. */
static bool start_chore(struct book_shelf *s, struct company *c, struct book_version *before)
{
	struct chore *ch = calloc(1, sizeof *ch);
	pthread_attr_t detached;
	pthread_t thread;
	bool ok;

	ENSURE(ch);
	*ch = (struct chore){ s, c, before };
	pthread_mutex_lock(&s->lock);
	s->n_threads++;
	pthread_mutex_unlock(&s->lock);
	ENSURE(pthread_attr_init(&detached) == 0);
	ENSURE(pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0);
	ok = pthread_create(&thread, &detached, do_chore, ch) == 0;
	pthread_attr_destroy(&detached);
	if (!ok) {
		pthread_mutex_lock(&s->lock);
		s->n_threads--;
		pthread_mutex_unlock(&s->lock);
		free(ch);
	}
	return ok;
}

static void tidy_up(struct book_shelf *s, struct db *db, struct company *c)
{
	bool wants;

	pthread_mutex_lock(&s->lock);
	wants = wants_file(s, c);
	pthread_mutex_unlock(&s->lock);
	if (!wants)
		return;
	if (!s->in_background)
		snapshot(s, db, c);
	else
		(void)start_chore(s, c, NULL);
}

/* ---- holding ----------------------------------------------------------------------------------- */

/* Called as the one who is busy, without the lock. */
static bool bring_up(struct book_shelf *s, struct db *db, struct company *c,
		     struct book_version *before, struct err *e)
{
	struct book_version *again = before ? version_keep(before) : NULL;
	struct advance ad = { .shelf = s,
			      .db = db,
			      .entity_id = c->entity_id,
			      .before = before,
			      .may_be_long = !s->in_background || !before };
	bool ok = advance(&ad, e);

	if (ok && ad.is_long) {
		if (start_chore(s, c, again))
			return true; /* still busy, in another thread */
		ad.before = again;
		again = NULL;
		ad.may_be_long = true;
		ad.is_long = false;
		ok = advance(&ad, e);
	}
	version_release(again);
	finish_advance(s, c, ok ? ad.after : NULL);
	if (ok)
		tidy_up(s, db, c);
	return ok;
}

static struct timespec in_ms(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += (long)ms * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static bool has_written(struct db *db, const char *actor, uint32_t after, bool *ret, struct err *e)
{
	int64_t one;

	if (!db_get_i64(db,
			"SELECT 1 FROM seal s JOIN event v ON v.id = s.event_id"
			" WHERE s.position > $1 AND v.actor = $2 LIMIT 1",
			DB_PARAMS(P_I64(after), P_TEXT(actor)), 0, &one, e))
		return false;
	*ret = one != 0;
	return true;
}

struct holding {
	struct book_shelf *shelf;
	struct db *db;
	struct company *company;
	const char *actor;
	uint32_t wanted;
	struct timespec patience;
	bool must_wait; /* an older book will not do */
};

/* Under the lock, which it may let go meanwhile. Sets *ret_old when the older book will do. */
static bool wait_for(struct holding *h, bool *ret_old, struct err *e)
{
	struct book_shelf *s = h->shelf;
	struct company *c = h->company;
	uint32_t position;
	bool ok;

	if (!c->newest || !h->actor || h->must_wait) {
		pthread_cond_wait(&s->changed, &s->lock);
		return true;
	}
	if (pthread_cond_timedwait(&s->changed, &s->lock, &h->patience) != ETIMEDOUT)
		return true;
	position = c->newest->position;
	pthread_mutex_unlock(&s->lock);
	ok = has_written(h->db, h->actor, position, &h->must_wait, e);
	pthread_mutex_lock(&s->lock);
	*ret_old = ok && !h->must_wait;
	return ok;
}

static bool hold(struct holding *h, bool *ret_old, struct err *e)
{
	struct book_shelf *s = h->shelf;
	struct company *c = h->company;

	while (!*ret_old && !(c->newest && c->newest->position >= h->wanted)) {
		struct book_version *before;
		bool ok;

		if (c->is_busy) {
			if (!wait_for(h, ret_old, e))
				return false;
			continue;
		}
		c->is_busy = true;
		before = c->newest ? version_keep(c->newest) : NULL;
		pthread_mutex_unlock(&s->lock);
		ok = bring_up(s, h->db, c, before, e);
		pthread_mutex_lock(&s->lock);
		if (!ok)
			return false;
	}
	return true;
}

bool shelf_hold(struct book_shelf *s, struct db *db, int64_t entity_id, const char *actor,
		struct book_version **ret, bool *ret_is_behind, struct err *e)
{
	struct holding h = { .shelf = s, .db = db, .actor = actor, .patience = in_ms(PATIENCE_MS) };
	bool is_old = false, ok;
	int64_t position;

	ENSURE(!db_is_writing(db));
	if (!book_newest_position(db, &position, e))
		return false;
	h.wanted = (uint32_t)position;
	pthread_mutex_lock(&s->lock);
	h.company = company_of(s, entity_id);
	ok = hold(&h, &is_old, e);
	if (ok) {
		*ret = version_keep(h.company->newest);
		*ret_is_behind = is_old;
	}
	pthread_mutex_unlock(&s->lock);
	return ok;
}

bool shelf_write(struct book_shelf *s, struct db *db, int64_t entity_id, struct err *e)
{
	struct book_version *v;
	unsigned char hash[BOOK_HASH];
	bool found, written = false, behind, ok;
	uint32_t position;

	if (!s->folder)
		return err_set(e, ERR_REFUSED, "there is no folder for snapshots of the book");
	if (!shelf_hold(s, db, entity_id, NULL, &v, &behind, e))
		return false;
	position = v->position;
	ok = hash_at(db, position, hash, &found, e) &&
	     (!found || book_file_write(s->folder, v, position, hash, &written, e));
	version_release(v);
	return ok;
}
