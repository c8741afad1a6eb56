/* SPDX-License-Identifier: Apache-2.0 */
/* letter_print.c - the print file of letters. */
#include "collect/letter_print.h"

enum { LETTER_ARENA = 64 << 20, MAX_PRINT = 5000 };

struct printing {
	struct db *db;
	struct arena *arena;
	const struct letter_print *p;
	struct letter_printed *ret;
	struct composer composer;
	const char *print;
	struct letter_batch *batch;
};

/* The letters of a state, at most MAX_PRINT, oldest first. */
static bool list_letters(struct printing *w, const char *state, struct outbox_message **ret,
			 size_t *ret_n, struct err *e)
{
	const struct outbox_filter f = { .state = state, .channel = "letter", .limit = MAX_PRINT };
	struct outbox_message *list;
	size_t n;

	if (!outbox_list(w->db, w->arena, w->p->entity->id, &f, &list, &n, e))
		return false;
	for (size_t i = 0; i < n / 2; i++) {
		struct outbox_message m = list[i];

		list[i] = list[n - 1 - i];
		list[n - 1 - i] = m;
	}
	*ret = list;
	*ret_n = n;
	return true;
}

static bool add_page(struct printing *w, struct composer *c, const struct outbox_check *check,
		     struct err *e)
{
	struct letter l;
	int first, pages;

	if (!compose_letter(c, &check->gathered, &check->action, !w->p->entity->is_live, &l, e) ||
	    !letter_batch_add(w->batch, &l, w->p->is_duplex, &first, &pages, e))
		return false;
	w->ret->n_letters++;
	w->ret->n_pages += pages;
	return true;
}

static void note_refusal(struct printing *w, const struct outbox_message *m, const struct err *why)
{
	w->ret->n_refused++;
	if (!w->ret->first_refusal)
		w->ret->first_refusal =
			arena_printf(w->arena, "%s: %s", m->customer_code, why->msg);
}

/* Tells what the ledger says without moving the message: for specimens and prints made again. */
static bool show_one(struct printing *w, struct composer *c, struct outbox_message *m,
		     struct err *e)
{
	struct outbox_check check;
	struct err why = { 0 };

	if (!outbox_peek(w->db, c->arena, c, m, w->p->today, &check, e))
		return false;
	if (!check.is_clear)
		w->ret->n_cancelled++;
	else if (!add_page(w, c, &check, &why))
		note_refusal(w, m, &why);
	return true;
}

/* A letter that cannot be laid out (an address too long ...) never left: it goes back to planned. */
static bool move_one(struct printing *w, struct composer *c, struct outbox_message *m,
		     struct err *e)
{
	struct outbox_check check;
	struct composed text;
	struct err why = { 0 };
	bool won;

	if (!outbox_claim(w->db, m, w->print, w->p->now, &won, e))
		return false;
	if (!won)
		return true;
	if (!outbox_begin_attempt(w->db, c->arena, c, m, w->p->today, w->p->actor, w->p->now,
				  &check, &text, e))
		return false;
	w->ret->n_held += !check.is_clear && check.is_held;
	w->ret->n_cancelled += !check.is_clear && !check.is_held;
	if (!check.is_clear || add_page(w, c, &check, &why))
		return true;
	note_refusal(w, m, &why);
	return outbox_settle(w->db, m, "planned", why.msg, 0, w->p->actor, w->p->now, e);
}

static bool print_one(struct printing *w, struct outbox_message *m, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(LETTER_ARENA);
	struct composer c = w->composer;

	c.arena = a;
	return w->p->again || !w->p->entity->is_live ? show_one(w, &c, m, e)
						     : move_one(w, &c, m, e);
}

static bool is_mine(const struct printing *w, const struct outbox_message *m)
{
	if (m->is_test == w->p->entity->is_live || m->next_try > w->p->now)
		return false;
	return !w->p->again || str_eq(m->claimed_by, w->p->again);
}

static bool print_all(struct printing *w, struct err *e)
{
	const char *state = w->p->again ? "attempting" : "planned";
	struct outbox_message *list;
	size_t n;

	if (!list_letters(w, state, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (is_mine(w, &list[i]) && !print_one(w, &list[i], e))
			return err_while(e, "printing the letter to %s", list[i].customer_code);
	return true;
}

bool letter_print_run(struct db *db, struct arena *a, const struct letter_print *p,
		      struct letter_printed *ret, struct err *e)
{
	CLEANUP(letter_batch_dropp) struct letter_batch *batch = NULL;
	struct letter_printed result = { 0 };
	struct printing w = { .db = db, .arena = a, .p = p, .ret = &result };
	int64_t id;

	if (!composer_open(db, a, p->entity, p->today, &w.composer, e) || !db_new_id(db, &id, e) ||
	    !letter_batch_open(p->path, p->now, &batch, e))
		return false;
	w.batch = batch;
	w.print = p->again ? p->again : arena_printf(a, "print:%" PRId64, id);
	if (!print_all(&w, e))
		return false;
	if (result.n_letters > 0) {
		struct letter_batch *done = batch;

		batch = NULL;
		if (!letter_batch_finish(done, e))
			return false;
		result.print = p->entity->is_live ? w.print : NULL;
	}
	*ret = result;
	return true;
}

bool letter_print_settle(struct db *db, const struct entity *entity, const char *print,
			 bool was_posted, const char *actor, int64_t now, int *ret_n, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	const struct letter_print p = { .entity = entity };
	struct printing w = { .db = db, .arena = a, .p = &p };
	struct outbox_message *list;
	size_t n;
	int n_settled = 0;

	if (!list_letters(&w, "attempting", &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(list[i].claimed_by, print))
			continue;
		if (!outbox_settle(db, &list[i], was_posted ? "accepted" : "planned",
				   was_posted ? "printed" : "the print was thrown away", 0, actor,
				   now, e))
			return false;
		n_settled++;
	}
	if (n_settled == 0)
		return err_set(e, ERR_NOT_FOUND, "no letter of %.60s waits for that", print);
	*ret_n = n_settled;
	return true;
}
