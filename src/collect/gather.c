/* SPDX-License-Identifier: Apache-2.0 */
/* gather.c - reads what the selection needs. */
#include "collect/gather.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/map.h"
#include "base/money.h"
#include "channel/email.h"
#include "collect/promise.h"
#include "ledger/item_mark.h"

#include <stdlib.h>

struct work {
	struct db *db;
	struct arena *arena;
	const struct gather_query *q;
	struct book *book;
	struct select_customer *customers;
	struct gather_customer *details;
	struct map by_item; /* id as text to struct select_item */
	LIST_OF(struct select_item) items;
	LIST_OF(size_t) book_items;
	LIST_OF(struct select_credit) credits;
	struct map refused; /* addresses that refused a message */
};

static const char *id_key(int64_t id, char text[24])
{
	size_t at = 23;

	text[at] = '\0';
	do {
		text[--at] = (char)('0' + id % 10);
		id /= 10;
	} while (id > 0);
	return text + at;
}

/* ---- customers and whom to write to -------------------------------------------------------------- */

static enum select_status status_of(const char *status)
{
	if (str_eq(status, "insolvent"))
		return SELECT_INSOLVENT;
	if (str_eq(status, "legal_hold"))
		return SELECT_ON_LEGAL_HOLD;
	return str_eq(status, "closed") ? SELECT_CLOSED : SELECT_ACTIVE;
}

/* An address that refused a message is not tried again until a person changes it. */
static bool load_refused(struct work *w, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	static int yes = 1;
	bool more;

	map_init(&w->refused, w->arena);
	if (!db_query(w->db,
		      "SELECT DISTINCT m.recipient FROM message m WHERE m.entity_id = $1"
		      " AND m.channel = 'email' AND m.state = 'refused' AND m.is_test = 0"
		      " AND NOT EXISTS (SELECT 1 FROM message n WHERE n.entity_id = m.entity_id"
		      " AND n.recipient = m.recipient AND n.state = 'accepted' AND n.id > m.id)",
		      DB_PARAMS(P_I64(w->q->entity->id)), &r, e))
		return false;
	while (rows_next(r, &more, e))
		if (more)
			map_set(&w->refused, row_text(r, 0), &yes);
		else
			return true;
	return false;
}

static bool is_usable(const struct work *w, const char *email)
{
	struct err ignored = { 0 };

	return !str_empty(email) && email_address_check(email, &ignored) &&
	       !map_get(&w->refused, email);
}

/* The contact who receives reminders, else the customer's own address, else any contact. */
static void choose_contact(const struct work *w, struct gather_customer *g,
			   const struct contact *contacts, size_t n)
{
	const struct contact *best = NULL;

	g->phone = g->to->phone;
	for (size_t i = 0; i < n; i++) {
		const struct contact *c = &contacts[i];

		if (!str_empty(c->phone) && (!g->phone || c->is_dunning))
			g->phone = c->phone;
		if (c->is_bounced || !is_usable(w, c->email))
			continue;
		if (!best || (c->is_dunning && !best->is_dunning))
			best = c;
	}
	if (best && !best->is_dunning && is_usable(w, g->to->email))
		best = NULL;
	if (best) {
		g->contact_id = best->id;
		g->contact = best->name;
		g->email = best->email;
		if (!str_empty(best->language))
			g->language = best->language;
	} else if (is_usable(w, g->to->email)) {
		g->email = g->to->email;
	}
}

/* The customers and contacts there are to choose from. */
struct people {
	const struct contact *contacts; /* by customer */
	size_t n_contacts;
	struct map by_code;
};

/* The contacts of one customer in a list sorted by customer. */
static size_t contacts_of(const struct contact *all, size_t n, int64_t customer_id,
			  const struct contact **ret)
{
	size_t low = 0, high = n, count = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all[middle].customer_id < customer_id)
			low = middle + 1;
		else
			high = middle;
	}
	*ret = all ? all + low : NULL;
	while (low + count < n && all[low + count].customer_id == customer_id)
		count++;
	return count;
}

/* Writes to the account: whether that can be done by mail or by post. */
static bool write_to(const struct work *w, const struct people *all, const struct customer *to,
		     struct gather_customer *g)
{
	struct gather_customer found = { .row = g->row, .to = to };
	const struct contact *own;
	size_t n = contacts_of(all->contacts, all->n_contacts, to->id, &own);

	found.language = !str_empty(to->language) ? to->language : w->q->entity->language;
	choose_contact(w, &found, own, n);
	*g = found;
	return found.email || (!str_empty(to->city) && !str_empty(to->postcode));
}

/* Who pays is who is asked; an account that cannot be reached asks for its own. */
static void fill_customer(const struct work *w, const struct people *all, size_t i,
			  const struct customer *row)
{
	struct gather_customer *g = &w->details[i];
	struct select_customer *c = &w->customers[i];
	const struct customer *payer =
		str_empty(row->payer_code) ? NULL : map_get(&all->by_code, row->payer_code);

	g->row = row;
	if (!payer || payer == row || str_eq(payer->status, "closed") ||
	    !write_to(w, all, payer, g))
		(void)write_to(w, all, row, g);
	c->id = row->id;
	c->status = status_of(row->status);
	if (!policy_means_parse(row->payment_means, &c->means))
		c->means = POLICY_MEANS_UNKNOWN;
	c->excluded_until = row->excluded_until;
	c->last_message_on = DAY_NONE;
	c->has_email = g->email != NULL;
	c->has_phone = !str_empty(g->phone);
	c->has_address = !str_empty(g->to->city) && !str_empty(g->to->postcode);
}

/* The account of that code, when there is one: a code may be the source's own. */
static bool find_payer(struct work *w, const char *code, struct customer *ret, size_t *n,
		       struct err *e)
{
	struct err why = { 0 };

	if (str_empty(code))
		return true;
	if (customer_get(w->db, w->arena, w->q->entity->id, code, ret, &why)) {
		++*n;
		return true;
	}
	if (why.code == ERR_NOT_FOUND)
		return true;
	*e = why;
	return false;
}

/* One customer, and who pays for it. */
static bool load_one(struct work *w, struct customer **ret, size_t *ret_n,
		     struct contact **ret_contacts, size_t *ret_n_contacts, struct err *e)
{
	struct customer *rows = ARENA_ARRAY(w->arena, 2, struct customer);
	struct contact *list[2] = { NULL, NULL }, *all;
	size_t n[2] = { 0, 0 };

	*ret = rows;
	*ret_n = 1;
	if (!customer_get_by_id(w->db, w->arena, w->q->entity->id, w->q->only_customer, &rows[0],
				e) ||
	    !find_payer(w, rows[0].payer_code, &rows[1], ret_n, e))
		return false;
	for (size_t i = 0; i < *ret_n; i++)
		if (!contact_list(w->db, w->arena, rows[i].id, &list[i], &n[i], e))
			return false;
	all = ARENA_ARRAY(w->arena, n[0] + n[1], struct contact);
	for (size_t i = 0; i < n[0] + n[1]; i++)
		all[i] = i < n[0] ? list[0][i] : list[1][i - n[0]];
	*ret_contacts = all;
	*ret_n_contacts = n[0] + n[1];
	return true;
}

static bool load_rows(struct work *w, struct customer **ret, size_t *ret_n,
		      struct contact **ret_contacts, size_t *ret_n_contacts, struct err *e)
{
	const struct gather_query *q = w->q;

	if (q->only_customer == 0)
		return customer_list(w->db, w->arena, q->entity->id, ret, ret_n, e) &&
		       contact_list_all(w->db, w->arena, q->entity->id, ret_contacts,
					ret_n_contacts, e);
	return load_one(w, ret, ret_n, ret_contacts, ret_n_contacts, e);
}

static int by_customer(const void *a, const void *b)
{
	const struct contact *x = a, *y = b;

	if (x->customer_id != y->customer_id)
		return x->customer_id < y->customer_id ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static bool load_customers(struct work *w, struct err *e)
{
	struct people all = { 0 };
	struct customer *rows;
	struct contact *contacts;
	size_t n, n_contacts;

	if (!load_rows(w, &rows, &n, &contacts, &n_contacts, e) || !load_refused(w, e))
		return false;
	if (n_contacts > 1)
		qsort(contacts, n_contacts, sizeof *contacts, by_customer);
	all = (struct people){ .contacts = contacts, .n_contacts = n_contacts };
	map_init(&all.by_code, w->arena);
	for (size_t i = 0; i < n; i++)
		map_set(&all.by_code, rows[i].code, &rows[i]);
	w->customers = ARENA_ARRAY(w->arena, w->book->n_customers + 1, struct select_customer);
	w->details = ARENA_ARRAY(w->arena, w->book->n_customers + 1, struct gather_customer);
	for (size_t i = 0; i < n; i++) {
		size_t at = book_customer_by_id(w->book, rows[i].id);

		/* Came in after the book was read; or pays for the one that is. */
		if (at != SIZE_MAX)
			fill_customer(w, &all, at, &rows[i]);
	}
	return true;
}

static bool assign_policies(struct work *w, struct gathered *g, struct err *e)
{
	struct scenario *list;
	struct policy *policies;
	size_t n;

	if (!scenario_list(w->db, w->arena, w->q->entity->id, &list, &n, e))
		return false;
	policies = ARENA_ARRAY(w->arena, n, struct policy);
	for (size_t i = 0; i < n; i++)
		policies[i] = list[i].policy;
	for (size_t i = 0; i < w->book->n_customers; i++)
		if (w->details[i].row)
			w->customers[i].policy =
				policy_for_segment(policies, n, w->details[i].row->segment);
	g->scenarios = list;
	g->n_scenarios = n;
	return true;
}

/* ---- items and credits --------------------------------------------------------------------------- */

/* Cash and its reversals, and what closes a snapshot, are no documents one asks money for. */
static bool is_claim(const struct book *b, size_t i)
{
	return b->open_minor[i] > 0 && !item_kind_is_cash(b->kind[i]) &&
	       b->kind[i] != ITEM_SETTLEMENT;
}

static bool add_credit(struct work *w, size_t customer, const char *currency, int64_t minor,
		       struct err *e)
{
	struct select_credit *c;

	for (size_t i = w->credits.n; i > 0 && w->credits.at[i - 1].customer == customer; i--)
		if (str_eq(w->credits.at[i - 1].currency, currency))
			return minor_add(&w->credits.at[i - 1].minor, minor, e);
	c = LIST_ADD(w->arena, &w->credits);
	c->customer = customer;
	memcpy(c->currency, currency, sizeof c->currency);
	c->minor = minor;
	return true;
}

/* A credit too small to be taken off what is asked for, by the customer's policy. */
static bool is_ignored(const struct work *w, size_t customer, const char *currency, int64_t minor)
{
	const struct policy *p = w->customers[customer].policy;

	return p && str_eq(currency, p->currency) && minor < p->ignored_credit_minor;
}

static bool load_items(struct work *w, struct err *e)
{
	const struct book *b = w->book;

	for (size_t i = 0; i < b->n_items; i++) {
		size_t customer = b->customer_of[i];
		const char *currency = b->currency[b->currency_of[i]];
		struct select_item *it;

		/* A customer that came in after its rows were read is seen tomorrow. */
		if (!w->details[customer].row)
			continue;
		if (b->open_minor[i] < 0 && !is_ignored(w, customer, currency, -b->open_minor[i]) &&
		    !add_credit(w, customer, currency, -b->open_minor[i], e))
			return false;
		if (!is_claim(b, i))
			continue;
		*LIST_ADD(w->arena, &w->book_items) = i;
		it = LIST_ADD(w->arena, &w->items);
		*it = (struct select_item){ .id = b->item_id[i],
					    .customer = customer,
					    .document = b->document[i],
					    .due_on = b->due_on[i],
					    .open_minor = b->open_minor[i],
					    .disputed_minor = b->disputed_minor[i],
					    .promised_on = DAY_NONE,
					    .excluded_until = DAY_NONE,
					    .is_draft = b->kind[i] == ITEM_DRAFT,
					    .last_level = SELECT_NEVER,
					    .last_step_on = DAY_NONE };
		memcpy(it->currency, currency, sizeof it->currency);
	}
	return true;
}

static void index_items(struct work *w)
{
	char key[24];

	map_init(&w->by_item, w->arena);
	for (size_t i = 0; i < w->items.n; i++)
		map_set(&w->by_item, id_key(w->items.at[i].id, key), &w->items.at[i]);
}

/* ---- history ------------------------------------------------------------------------------------- */

/* What counts as done: everything that left or is on its way, and what a person chose to skip. A message
 * made in test mode counts among test messages only. */
#define COUNTS_AS_DONE                                        \
	" m.entity_id = $1 AND m.is_test = $2 AND m.id <> $3" \
	" AND ($4 = 0 OR m.customer_id = $4)"                 \
	" AND (m.state NOT IN ('cancelled', 'refused') OR m.decision = 'skipped')"

static struct db_params history_params(const struct work *w, struct db_param at[4])
{
	at[0] = P_I64(w->q->entity->id);
	at[1] = P_BOOL(!w->q->entity->is_live);
	at[2] = P_I64(w->q->not_message);
	at[3] = P_I64(w->q->only_customer);
	return (struct db_params){ at, 4 };
}

static bool load_steps(struct work *w, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct db_param params[4];
	char key[24];
	bool more;

	if (!db_query(w->db,
		      "SELECT l.item_id, MAX(l.level), MAX(m.planned_on) FROM message_line l"
		      " JOIN message m ON m.id = l.message_id WHERE" COUNTS_AS_DONE
		      " GROUP BY l.item_id",
		      history_params(w, params), &r, e))
		return false;
	while (rows_next(r, &more, e)) {
		struct select_item *it;

		if (!more)
			return true;
		it = map_get(&w->by_item, id_key(row_i64(r, 0), key));
		if (it) {
			it->last_level = (int)row_i64(r, 1);
			it->last_step_on = row_day(r, 2);
		}
	}
	return false;
}

static bool load_last_messages(struct work *w, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct db_param params[4];
	bool more;

	if (!db_query(w->db,
		      "SELECT m.customer_id, MAX(m.planned_on) FROM message m WHERE" COUNTS_AS_DONE
		      " AND (m.decision IS NULL OR m.decision <> 'skipped')"
		      " AND m.channel <> 'task' GROUP BY m.customer_id",
		      history_params(w, params), &r, e))
		return false;
	while (rows_next(r, &more, e)) {
		size_t at;

		if (!more)
			return true;
		at = book_customer_by_id(w->book, row_i64(r, 0));
		if (at != SIZE_MAX)
			w->customers[at].last_message_on = row_day(r, 1);
	}
	return false;
}

static bool load_promises(struct work *w, struct err *e)
{
	struct promise_day *days;
	size_t n;
	char key[24];

	if (!promise_days(w->db, w->arena, w->q->entity->id, &days, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct select_item *it;
		size_t at;

		if (days[i].item_id != 0) {
			it = map_get(&w->by_item, id_key(days[i].item_id, key));
			if (it &&
			    (it->promised_on == DAY_NONE || it->promised_on < days[i].promised_on))
				it->promised_on = days[i].promised_on;
			continue;
		}
		at = book_customer_by_id(w->book, days[i].customer_id);
		for (size_t k = 0; at != SIZE_MAX && k < w->book->customer[at].n_items; k++) {
			size_t item = w->book->customer[at].first_item + k;

			it = map_get(&w->by_item, id_key(w->book->item_id[item], key));
			if (it &&
			    (it->promised_on == DAY_NONE || it->promised_on < days[i].promised_on))
				it->promised_on = days[i].promised_on;
		}
	}
	return true;
}

/* What people said of items: excluded for a while, or under a status that stops reminders. */
static bool load_marks(struct work *w, struct err *e)
{
	struct item_mark *marks;
	size_t n;
	char key[24];

	if (!item_mark_list(w->db, w->arena, w->q->entity->id, w->q->only_customer, 0, &marks, &n,
			    e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct select_item *it = map_get(&w->by_item, id_key(marks[i].item_id, key));
		day_t until = marks[i].until_on == DAY_NONE ? SELECT_FOREVER : marks[i].until_on;

		if (!it || !item_mark_stops(&marks[i], w->q->today))
			continue;
		if (it->excluded_until == DAY_NONE || it->excluded_until < until)
			it->excluded_until = until;
	}
	return true;
}

/* The ledger is as fresh as the last file that went into it; without any file, as its newest entry. */
static bool data_day(struct work *w, day_t *ret, struct err *e)
{
	const struct entity *ent = w->q->entity;
	int64_t moment;

	if (!db_get_i64(
		    w->db,
		    "SELECT MAX(applied) FROM import WHERE entity_id = $1 AND state = 'applied'",
		    DB_PARAMS(P_I64(ent->id)), 0, &moment, e))
		return false;
	if (moment == 0 && !db_get_i64(w->db, "SELECT MAX(recorded) FROM item WHERE entity_id = $1",
				       DB_PARAMS(P_I64(ent->id)), 0, &moment, e))
		return false;
	*ret = moment ? clock_day(moment, ent->time_zone) : DAY_NONE;
	return true;
}

bool gather(struct db *db, struct arena *a, const struct gather_query *q, struct gathered *ret,
	    struct err *e)
{
	struct work w = { .db = db, .arena = a, .q = q };
	const struct book_query bq = { .entity_id = q->entity->id,
				       .as_of = q->known_on,
				       .only_customer = q->only_customer };
	struct gathered g = { 0 };

	if (!book_load(db, a, &bq, &w.book, e) || !load_customers(&w, e) ||
	    !assign_policies(&w, &g, e) || !load_items(&w, e))
		return false;
	index_items(&w);
	if (!load_steps(&w, e) || !load_last_messages(&w, e) || !load_promises(&w, e) ||
	    !load_marks(&w, e) || !data_day(&w, &g.in.data_on, e))
		return false;
	g.book = w.book;
	g.customers = w.details;
	g.book_item = w.book_items.at;
	g.in.customers = w.customers;
	g.in.n_customers = w.book->n_customers;
	g.in.items = w.items.at;
	g.in.n_items = w.items.n;
	g.in.credits = w.credits.at;
	g.in.n_credits = w.credits.n;
	g.in.today = q->today;
	*ret = g;
	return true;
}
