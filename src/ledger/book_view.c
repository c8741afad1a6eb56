/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_view.h"

#include "ledger/book_memo.h"

#include <stdlib.h>

struct placed {
	const char *code;
	uint32_t part, k;
	uint32_t seq; /* in order of id */
};

struct making {
	const struct book_version *v;
	const struct book_view_query *q;
	struct arena *arena;
	struct book *b;
	size_t first_part, n_parts;
	struct chunk_state *state; /* per part, from the first on */
	uint8_t (*currency)[256];  /* per part: its currency to the book's; 255 not met yet */
	struct placed *order;
	size_t n_customers;
	uint32_t *found; /* items of one customer */
	size_t found_room;
};

/* ---- who --------------------------------------------------------------------------------------- */

static int compare_codes(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return strcmp(x->code, y->code);
}

static const struct chunk *chunk_of(const struct making *m, size_t part)
{
	return &m->v->part[m->first_part + part]->c;
}

static void place_customer(struct making *m, uint32_t part, uint32_t k)
{
	const struct chunk *c = chunk_of(m, part);
	struct placed *p = &m->order[m->n_customers];

	if (chunk_customer_known(c, k) > m->q->position ||
	    (m->q->only_customer && chunk_customer_id(c, k) != m->q->only_customer))
		return;
	*p = (struct placed){ .code = chunk_text(c, chunk_code(c, k)),
			      .part = part,
			      .k = k,
			      .seq = (uint32_t)m->n_customers };
	m->n_customers++;
}

static void place_customers(struct making *m)
{
	size_t n = 0;

	for (size_t p = 0; p < m->n_parts; p++)
		n += chunk_of(m, p)->n.n_customers;
	m->order = ARENA_ARRAY(m->arena, n, struct placed);
	for (size_t p = 0; p < m->n_parts; p++)
		for (uint32_t k = 0; k < chunk_of(m, p)->n.n_customers; k++)
			place_customer(m, (uint32_t)p, k);
	if (m->n_customers)
		qsort(m->order, m->n_customers, sizeof *m->order, compare_codes);
}

static void take_customer(struct making *m, const struct placed *p, struct book_customer *ret)
{
	const struct chunk *c = chunk_of(m, p->part);
	uint32_t owner[BOOK_ROLE_COUNT];
	uint32_t k = p->k;

	for (int role = 0; role < BOOK_ROLE_COUNT; role++)
		owner[role] = chunk_owner(c, k, (enum book_role)role, m->q->as_of, m->q->position);
#define OWNER_NAME(role) \
	(owner[role] == UINT32_MAX ? NULL : chunk_text(c, chunk_owner_name(c, owner[role])))
	*ret = (struct book_customer){
		.id = chunk_customer_id(c, k),
		.code = p->code,
		.name = chunk_text(c, chunk_name(c, k)),
		.kind = chunk_text(c, chunk_customer_kind(c, k)),
		.segment = chunk_text(c, chunk_segment(c, k)),
		.payment_means = chunk_text(c, chunk_means(c, k)),
		.status = chunk_text(c, chunk_status(c, k)),
		.has_limit = chunk_limit_minor(c, k) != CHUNK_NO_LIMIT,
		.credit_limit_minor =
			chunk_limit_minor(c, k) != CHUNK_NO_LIMIT ? chunk_limit_minor(c, k) : 0,
		.excluded_until = chunk_excluded_until(c, k),
		.collector_id = owner[BOOK_COLLECTOR] == UINT32_MAX
					? 0
					: chunk_owner_user(c, owner[BOOK_COLLECTOR]),
		.collector = OWNER_NAME(BOOK_COLLECTOR),
		.salesperson = OWNER_NAME(BOOK_SALESPERSON),
		.branch_manager = OWNER_NAME(BOOK_BRANCH_MANAGER),
	};
#undef OWNER_NAME
}

/* ---- what -------------------------------------------------------------------------------------- */

static uint8_t currency_index(struct book *b, const char *currency)
{
	size_t i = 0;

	while (i < b->n_currencies && strcmp(b->currency[i], currency) != 0)
		i++;
	/* 255 means "not met yet" in the table below. */
	ENSURE(i < ARRAY_LEN(b->currency) - 1);
	if (i == b->n_currencies)
		memcpy(b->currency[b->n_currencies++], currency, 4);
	return (uint8_t)i;
}

static bool is_shown(const struct making *m, const struct chunk_state *s, uint32_t i)
{
	if (s->is_in && !s->is_in[i])
		return false;
	return m->q->with_settled || s->open_minor[i] != 0;
}

static void find_in(struct making *m, const struct chunk_state *s, uint32_t from, uint32_t to,
		    size_t *n)
{
	for (uint32_t i = from; i < to; i++) {
		if (!is_shown(m, s, i))
			continue;
		if (*n == m->found_room) {
			m->found_room = m->found_room ? 2 * m->found_room : 256;
			m->found = realloc(m->found, m->found_room * sizeof *m->found);
			ENSURE(m->found);
		}
		m->found[(*n)++] = i;
	}
}

static bool comes_before(const struct chunk_state *s, uint32_t x, uint32_t y)
{
	const struct chunk *c = s->chunk;
	int d;

	if (s->due_on[x] != s->due_on[y])
		return s->due_on[x] < s->due_on[y];
	d = strcmp(c->text + chunk_document(c, x), c->text + chunk_document(c, y));
	return d ? d < 0 : chunk_item_id(c, x) < chunk_item_id(c, y);
}

/* The two parts of a customer's items are each in order nearly always: they are merged in few steps. */
static void merge(const struct chunk_state *s, uint32_t *at, size_t n, uint32_t *spare)
{
	size_t half = n / 2, x = 0, y = half;

	if (n < 2)
		return;
	merge(s, at, half, spare);
	merge(s, at + half, n - half, spare);
	if (!comes_before(s, at[half], at[half - 1]))
		return;
	memcpy(spare, at, n * sizeof *at);
	for (size_t i = 0; i < n; i++) {
		bool take_y = x == half || (y < n && comes_before(s, spare[y], spare[x]));
		at[i] = take_y ? spare[y++] : spare[x++];
	}
}

static void take_item(struct making *m, const struct chunk_state *s, uint8_t *currency, uint32_t i,
		      uint32_t customer)
{
	const struct chunk *c = s->chunk;
	struct book *b = m->b;
	size_t to = b->n_items++;
	uint8_t *of = &currency[chunk_currency_of(c, i)];

	if (*of == UINT8_MAX)
		*of = currency_index(b, chunk_currency(c, i));
	b->item_id[to] = chunk_item_id(c, i);
	b->customer_of[to] = customer;
	b->kind[to] = chunk_kind(c, i);
	b->currency_of[to] = *of;
	b->due_source[to] = chunk_due_source(c, i);
	b->issued_on[to] = chunk_issued_on(c, i);
	b->due_on[to] = s->due_on[i];
	b->effective[to] = chunk_effective_then(s, i);
	b->amount_minor[to] = chunk_amount_minor(c, i);
	b->open_minor[to] = s->open_minor[i];
	b->disputed_minor[to] = s->disputed_minor ? s->disputed_minor[i] : 0;
	b->document[to] = chunk_text(c, chunk_document(c, i));
	b->payment_ref[to] = chunk_text(c, chunk_payment_ref(c, i));
	b->lettering[to] = chunk_text(c, chunk_lettering(s, i));
}

static void take_items(struct making *m, const struct placed *p, uint32_t customer)
{
	const struct chunk_state *s = &m->state[p->part];
	const struct chunk *c = s->chunk;
	struct book_customer *bc = &m->b->customer[customer];
	size_t n = 0;

	find_in(m, s, chunk_hot_first(c, p->k), chunk_hot_first(c, p->k + 1), &n);
	if (!s->is_now) {
		uint32_t *spare;
		find_in(m, s, chunk_cold_first(c, p->k), chunk_cold_first(c, p->k + 1), &n);
		spare = calloc(n ? n : 1, sizeof *spare);
		ENSURE(spare);
		merge(s, m->found, n, spare);
		free(spare);
	}
	bc->first_item = m->b->n_items;
	bc->n_items = n;
	for (size_t i = 0; i < n; i++)
		take_item(m, s, m->currency[p->part], m->found[i], customer);
}

static void take_papers(struct making *m, const struct placed *p, uint32_t customer)
{
	const struct chunk_state *s = &m->state[p->part];
	const struct chunk *c = s->chunk;
	struct book *b = m->b;

	b->customer[customer].first_paper = b->n_papers;
	for (uint32_t i = chunk_paper_first(c, p->k); i < chunk_paper_first(c, p->k + 1); i++) {
		uint32_t item = chunk_paper_item(c, i);
		struct book_paper *to = &b->paper[b->n_papers];
		int64_t amount = chunk_amount_minor(c, item);

		if (!chunk_paper_stands(s, i))
			continue;
		*to = (struct book_paper){ .item_id = chunk_item_id(c, item),
					   .document = chunk_text(c, chunk_document(c, item)),
					   .minor = amount < 0 ? -amount : amount,
					   .kind = chunk_paper_kind(c, i),
					   .from_on = chunk_paper_from(c, i),
					   .until_on = chunk_paper_until(c, i) };
		memcpy(to->currency, chunk_currency(c, item), sizeof to->currency);
		b->n_papers++;
	}
	b->customer[customer].n_papers = b->n_papers - b->customer[customer].first_paper;
}

/* ---- all of it --------------------------------------------------------------------------------- */

static bool state_parts(struct making *m, size_t *ret_n_items, struct err *e)
{
	size_t n = 0;

	m->state = ARENA_ARRAY(m->arena, m->n_parts, struct chunk_state);
	m->currency = arena_array(m->arena, m->n_parts, sizeof *m->currency);
	for (size_t p = 0; p < m->n_parts; p++) {
		const struct chunk *c = chunk_of(m, p);
		struct chunk_state *s = &m->state[p];

		if (!(m->q->with_settled
			      ? chunk_state_all(c, m->arena, m->q->as_of, m->q->position, s, e)
			      : chunk_state_at(c, m->arena, m->q->as_of, m->q->position, s, e)))
			return false;
		memset(m->currency[p], UINT8_MAX, sizeof m->currency[p]);
		for (uint32_t i = 0; i < s->n; i++)
			n += is_shown(m, s, i);
	}
	*ret_n_items = n;
	return true;
}

static void make_room(struct making *m, size_t n)
{
	struct book *b = m->b;

	b->item_id = ARENA_ARRAY(m->arena, n, int64_t);
	b->customer_of = ARENA_ARRAY(m->arena, n, uint32_t);
	b->kind = ARENA_ARRAY(m->arena, n, uint8_t);
	b->currency_of = ARENA_ARRAY(m->arena, n, uint8_t);
	b->due_source = ARENA_ARRAY(m->arena, n, uint8_t);
	b->issued_on = ARENA_ARRAY(m->arena, n, day_t);
	b->due_on = ARENA_ARRAY(m->arena, n, day_t);
	b->effective = ARENA_ARRAY(m->arena, n, day_t);
	b->amount_minor = ARENA_ARRAY(m->arena, n, int64_t);
	b->open_minor = ARENA_ARRAY(m->arena, n, int64_t);
	b->disputed_minor = ARENA_ARRAY(m->arena, n, int64_t);
	b->document = ARENA_ARRAY(m->arena, n, const char *);
	b->payment_ref = ARENA_ARRAY(m->arena, n, const char *);
	b->lettering = ARENA_ARRAY(m->arena, n, const char *);
	b->customer = ARENA_ARRAY(m->arena, m->n_customers, struct book_customer);
	b->by_id = ARENA_ARRAY(m->arena, m->n_customers, uint32_t);
	b->n_customers = m->n_customers;
	n = 0;
	for (size_t p = 0; p < m->n_parts; p++)
		n += chunk_of(m, p)->n.n_papers;
	b->paper = ARENA_ARRAY(m->arena, n, struct book_paper);
}

static void free_found(void *arg)
{
	struct making *m = arg;

	free(m->found);
	m->found = NULL;
}

bool book_view_make(const struct book_version *v, struct arena *a, const struct book_view_query *q,
		    struct book **ret, struct err *e)
{
	struct making *m = ARENA_NEW(a, struct making);
	size_t n_items;

	*m = (struct making){
		.v = v, .q = q, .arena = a, .b = ARENA_NEW(a, struct book), .n_parts = v->n_parts
	};
	if (q->only_customer && v->n_parts) {
		m->first_part = version_part(v, q->only_customer);
		m->n_parts = 1;
	}
	/* An arena that is full leaves by the back door. */
	arena_defer(a, free_found, m);
	m->b->as_of = q->as_of;
	place_customers(m);
	if (!state_parts(m, &n_items, e))
		return false;
	make_room(m, n_items);
	for (size_t i = 0; i < m->n_customers; i++) {
		take_customer(m, &m->order[i], &m->b->customer[i]);
		take_items(m, &m->order[i], (uint32_t)i);
		take_papers(m, &m->order[i], (uint32_t)i);
		m->b->by_id[m->order[i].seq] = (uint32_t)i;
	}
	ENSURE(m->b->n_items <= n_items);
	*ret = m->b;
	return true;
}

/* ---- kept with the version --------------------------------------------------------------------- */

struct book_view {
	struct book_view *next;
	struct arena *arena;
	struct book_view_query q;
	const struct book *book;
};

/* The days that pages ask for: today, perhaps yesterday near midnight, with and without settled items. */
enum { VIEWS_MAX = 4 };

static size_t view_memory(const struct book_version *v)
{
	return (64u << 20) + 256 * (v->n_items + v->n_customers);
}

static bool is_same(const struct book_view_query *a, const struct book_view_query *b)
{
	return a->as_of == b->as_of && a->position == b->position &&
	       a->with_settled == b->with_settled && a->only_customer == b->only_customer;
}

static bool add_view(struct book_version *v, const struct book_view_query *q,
		     struct book_view **ret, struct err *e)
{
	struct arena *a = arena_new(view_memory(v));
	struct book_view *view = ARENA_NEW(a, struct book_view);
	struct book *b;

	view->arena = a;
	view->q = *q;
	if (!book_view_make(v, a, &view->q, &b, e)) {
		arena_free(a);
		return false;
	}
	b->memo = book_memo_new();
	view->book = b;
	view->next = v->views;
	v->views = view;
	*ret = view;
	return true;
}

bool book_view_get(struct book_version *v, const struct book_view_query *q, const struct book **ret,
		   struct err *e)
{
	struct book_view *view;
	size_t n = 0;
	bool ok = true;

	/* Whoever comes meanwhile would do the same work: he waits for it instead. */
	pthread_mutex_lock(&v->lock);
	for (view = v->views; view && !is_same(&view->q, q); view = view->next)
		n++;
	if (!view && n < VIEWS_MAX)
		ok = add_view(v, q, &view, e);
	if (ok)
		*ret = view ? view->book : NULL;
	pthread_mutex_unlock(&v->lock);
	return ok;
}

void book_view_free(struct book_view *views)
{
	while (views) {
		struct book_view *next = views->next;

		book_memo_free(views->book->memo);
		arena_free(views->arena);
		views = next;
	}
}
