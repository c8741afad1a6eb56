/* SPDX-License-Identifier: Apache-2.0 */
/* ask_store.c - questions to payers. */
#include "cash/ask.h"

#include "base/buf.h"
#include "db/event.h"
#include "i18n/amount.h"
#include "i18n/date_text.h"

#include <ctype.h>

const char *ask_subject(struct arena *a, const struct catalogue *cat, const struct entry *en)
{
	return arena_printf(a, tr(cat, "Your payment of %s"),
			    amount_text(en->amount_minor, en->currency, catalogue_language(cat),
					(char[AMOUNT_TEXT]){ 0 }));
}

const char *ask_body(struct arena *a, const struct catalogue *cat, const struct entry *en,
		     const char *company)
{
	const char *language = catalogue_language(cat);

	return arena_printf(
		a,
		tr(cat,
		   "Hello,\n\nWe received %s on %s from %s, with the text:\n%s\n\nWhich"
		   " of our invoices does it pay? Please send us their numbers and amounts.\n\n"
		   "Kind regards,\n%s"),
		amount_text(en->amount_minor, en->currency, language, (char[AMOUNT_TEXT]){ 0 }),
		day_long(en->booked_on, language, (char[DAY_TEXT]){ 0 }),
		en->payer_name ? en->payer_name : "–", en->remittance ? en->remittance : "–",
		company);
}

static void add_encoded(struct buf *b, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '\n')
			buf_puts(b, "%0D%0A");
		else if (isalnum(c) || strchr("-._~@", c))
			buf_putc(b, (char)c);
		else if (c != '\r')
			buf_printf(b, "%%%02X", c);
	}
}

const char *ask_mail_link(struct arena *a, const char *recipient, const char *subject,
			  const char *body)
{
	struct buf b;

	buf_init(&b, a);
	buf_puts(&b, "mailto:");
	add_encoded(&b, recipient);
	buf_puts(&b, "?subject=");
	add_encoded(&b, subject);
	buf_puts(&b, "&body=");
	add_encoded(&b, body);
	return buf_str(&b);
}

bool ask_recipient(struct db *db, struct arena *a, const struct customer *c, const char **ret,
		   struct err *e)
{
	const struct contact *best = NULL;
	struct contact *list;
	size_t n;

	*ret = NULL;
	if (!contact_list(db, a, c->id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!str_empty(list[i].email) && !list[i].is_bounced &&
		    (!best || (list[i].is_dunning && !best->is_dunning)))
			best = &list[i];
	if (best)
		*ret = best->email;
	else if (!str_empty(c->email))
		*ret = c->email;
	return true;
}

/* ---- asking ---- */

static bool ask_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct ask_new *in = arg;
	struct customer c;
	struct question q;
	struct entry en;
	int64_t id, event_id;

	if (!entry_get(db, a, in->entity_id, in->entry_id, &en, e) ||
	    !customer_get_by_id(db, a, in->entity_id, in->customer_id, &c, e) ||
	    !ask_of_entry(db, a, in->entity_id, in->entry_id, &q, e))
		return false;
	if (en.amount_minor <= 0)
		return err_set(e, ERR_INVALID, "only money received has a payer to ask");
	if (q.id && str_eq(q.state, "asked"))
		return err_set(e, ERR_CONFLICT, "the payer was asked already");
	if (str_empty(in->subject) || str_empty(in->body))
		return err_set(e, ERR_INVALID, "a question needs a subject and a text");
	return db_new_id(db, &id, e) &&
	       event_add(db,
			 &(struct event){ .entity_id = in->entity_id,
					  .kind = "payer.asked",
					  .subject_kind = "payer_question",
					  .subject_id = id,
					  .actor = in->actor,
					  .body = "{}",
					  .recorded = in->now },
			 &event_id, e) &&
	       db_exec(db,
		       "INSERT INTO payer_question (id, entity_id, entry_id, customer_id,"
		       " recipient, subject, body, state, asked_on, actor, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, $9, $10, $11)",
		       DB_PARAMS(P_I64(id), P_I64(in->entity_id), P_I64(in->entry_id),
				 P_I64(in->customer_id), P_TEXT(in->recipient), P_TEXT(in->subject),
				 P_TEXT(in->body), P_DAY(in->today), P_TEXT(in->actor),
				 P_I64(event_id), P_I64(in->now)),
		       NULL, e);
}

bool ask_payer(struct db *db, const struct ask_new *in, struct err *e)
{
	struct ask_new copy = *in;

	return db_tx(db, ask_tx, &copy, e);
}

/* ---- answers ---- */

struct answering {
	int64_t entity_id, entry_id;
	const char *answer, *actor;
	day_t today;
	int64_t now;
};

static bool answer_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct answering *w = arg;
	struct question q;
	int64_t changed;

	if (!ask_of_entry(db, a, w->entity_id, w->entry_id, &q, e))
		return false;
	if (q.id == 0 || !str_eq(q.state, "asked"))
		return err_set(e, ERR_CONFLICT, "no question waits for an answer");
	return db_exec(db,
		       "UPDATE payer_question SET state = 'answered', answer = $2,"
		       " answered_on = $3 WHERE id = $1 AND state = 'asked'",
		       DB_PARAMS(P_I64(q.id), P_TEXT(w->answer), P_DAY(w->today)), &changed, e) &&
	       (changed == 1 || err_set(e, ERR_CONFLICT, "no question waits for an answer")) &&
	       event_add(db,
			 &(struct event){ .entity_id = w->entity_id,
					  .kind = "payer.answered",
					  .subject_kind = "payer_question",
					  .subject_id = q.id,
					  .actor = w->actor,
					  .body = "{}",
					  .recorded = w->now },
			 NULL, e);
}

bool ask_answered(struct db *db, int64_t entity_id, int64_t entry_id, const char *answer,
		  day_t today, const char *actor, int64_t now, struct err *e)
{
	struct answering w = { entity_id, entry_id, answer, actor, today, now };

	if (str_empty(answer))
		return err_field(e, ERR_INVALID, "answer", "write what was answered");
	return db_tx(db, answer_tx, &w, e);
}

bool ask_withdraw(struct db *db, int64_t entity_id, int64_t id, struct err *e)
{
	int64_t changed;

	return db_exec(db,
		       "UPDATE payer_question SET state = 'withdrawn' WHERE entity_id = $1"
		       " AND id = $2 AND state = 'asked'",
		       DB_PARAMS(P_I64(entity_id), P_I64(id)), &changed, e) &&
	       (changed == 1 || err_set(e, ERR_CONFLICT, "no question waits for an answer"));
}

bool ask_of_entry(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
		  struct question *ret, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct question, id),          DB_COL(struct question, customer_id),
		DB_COL(struct question, recipient),   DB_COL(struct question, state),
		DB_DAY(struct question, asked_on),    DB_COL(struct question, answer),
		DB_DAY(struct question, answered_on),
	};
	struct question *list;
	size_t n;

	*ret = (struct question){ 0 };
	if (!db_list(db, a,
		     "SELECT id, customer_id, recipient, state, asked_on, answer, answered_on"
		     " FROM payer_question WHERE entity_id = $1 AND entry_id = $2"
		     " AND state <> 'withdrawn' ORDER BY id DESC LIMIT 1",
		     DB_PARAMS(P_I64(entity_id), P_I64(entry_id)), columns, ARRAY_LEN(columns),
		     sizeof *list, (void **)&list, &n, e))
		return false;
	if (n == 1)
		*ret = list[0];
	return true;
}
