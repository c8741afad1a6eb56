/* SPDX-License-Identifier: Apache-2.0 */
/* refund_file.c - files of transfers (pain.001) that pay refunds. */
#include "cash/refund.h"

#include "db/blob.h"
#include "format/pain001.h"
#include "ledger/post.h"

#include <stdlib.h>

struct making {
	const struct refund_transfer *o;
	struct arena *arena;
	struct bank_account account;
	struct refund *refunds;
	size_t n;
	struct refund_file made;
};

/* ---- what goes in ---- */

static bool find_account(struct db *db, struct making *m, struct err *e)
{
	struct bank_account *list;
	size_t n;

	if (!bank_account_list_real(db, m->arena, m->o->entity->id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (list[i].id == m->o->account_id || (n == 1 && !m->o->account_id)) {
			m->account = list[i];
			return true;
		}
	return err_field(e, ERR_INVALID, "account", "say which bank account pays");
}

static bool is_wanted(const struct refund_transfer *o, int64_t id)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->refunds[i] == id)
			return true;
	return o->refunds == NULL;
}

static int oldest_first(const void *a, const void *b)
{
	const struct refund *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* All that are due in euro, or those named: each of them must be due. */
static bool choose(struct db *db, struct making *m, struct err *e)
{
	struct refund *list;
	size_t n;

	if (!refund_list(db, m->arena, m->o->entity->id, "due", PAIN_TRANSFERS_MAX, &list, &n, e))
		return false;
	m->refunds = ARENA_ARRAY(m->arena, n + 1, struct refund);
	m->n = 0;
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].currency, "EUR") && is_wanted(m->o, list[i].id))
			m->refunds[m->n++] = list[i];
	if (m->o->refunds && m->n != m->o->n)
		return err_set(e, ERR_CONFLICT, "not all of these refunds are to be paid in euro");
	if (m->n == 0)
		return err_set(e, ERR_REFUSED, "no refund is to be paid in euro");
	qsort(m->refunds, m->n, sizeof *m->refunds, oldest_first);
	return true;
}

static bool write_file(struct making *m, struct buf *out, struct err *e)
{
	struct pain_transfer *list = ARENA_ARRAY(m->arena, m->n, struct pain_transfer);
	struct pain001 f = { .message_id = arena_printf(m->arena, "RB-%s-%" PRId64,
							m->o->entity->code, m->made.number),
			     .created = m->o->now,
			     .execute_on = m->o->execute_on,
			     .debtor_name = m->o->entity->name,
			     .debtor_iban = m->account.iban,
			     .debtor_bic = m->account.bic,
			     .transfers = list,
			     .n = m->n };

	for (size_t i = 0; i < m->n; i++) {
		const struct refund *r = &m->refunds[i];
		const char *id = arena_printf(m->arena, "RB-%" PRId64, r->id);
		list[i] = (struct pain_transfer){
			.end_to_end = id,
			.holder = r->holder,
			.iban = r->iban,
			.minor = r->amount_minor,
			.text = arena_printf(m->arena, "%s %s", id, r->reason),
		};
		m->made.amount_minor += r->amount_minor; /* each is checked as it is written */
	}
	return pain001_write(m->arena, &f, out, e);
}

/* ---- making ---- */

static bool insert(const struct posting *p, struct making *m, const char *sha256, struct err *e)
{
	struct refund_file *f = &m->made;

	f->sha256 = arena_strdup(m->arena, sha256);
	return db_exec(p->db,
		       "INSERT INTO refund_file (id, entity_id, number, bank_account_id, state,"
		       " execute_on, n_refunds, amount_minor, currency, sha256, actor, event_id,"
		       " recorded) VALUES ($1, $2, $3, $4, 'made', $5, $6, $7, 'EUR', $8, $9, $10,"
		       " $11)",
		       DB_PARAMS(P_I64(f->id), P_I64(p->entity_id), P_I64(f->number),
				 P_I64(m->account.id), P_DAY(f->execute_on), P_I64(f->n_refunds),
				 P_I64(f->amount_minor), P_TEXT(f->sha256), P_TEXT(p->actor),
				 P_I64(p->event_id), P_I64(p->recorded)),
		       NULL, e);
}

static bool mark_exported(const struct posting *p, const struct making *m, struct err *e)
{
	for (size_t i = 0; i < m->n; i++) {
		int64_t changed;
		if (!db_exec(p->db,
			     "UPDATE refund SET state = 'exported', file_id = $2,"
			     " version = version + 1, event_id = $3 WHERE id = $1"
			     " AND state = 'due'",
			     DB_PARAMS(P_I64(m->refunds[i].id), P_I64(m->made.id),
				       P_I64(p->event_id)),
			     &changed, e))
			return false;
		if (changed == 0)
			return err_set(e, ERR_CONFLICT,
				       "the refund RB-%" PRId64 " changed meanwhile",
				       m->refunds[i].id);
	}
	return true;
}

static bool make_tx(struct db *db, void *arg, struct err *e)
{
	struct making *m = arg;
	const struct refund_transfer *o = m->o;
	char sha256[BLOB_HASH_TEXT];
	struct posting p;
	struct buf out;

	m->made = (struct refund_file){ .state = "made", .execute_on = o->execute_on };
	memcpy(m->made.currency, "EUR", 4);
	if (!find_account(db, m, e) || !choose(db, m, e) ||
	    !db_get_i64(db,
			"SELECT COALESCE(MAX(number), 0) + 1 FROM refund_file"
			" WHERE entity_id = $1",
			DB_PARAMS(P_I64(o->entity->id)), 1, &m->made.number, e) ||
	    !db_new_id(db, &m->made.id, e))
		return false;
	m->made.n_refunds = (int64_t)m->n;
	m->made.account = m->account.iban;
	buf_init(&out, m->arena);
	return write_file(m, &out, e) && blob_put_bytes(db, buf_str(&out), out.len, sha256, e) &&
	       posting_begin(&p, db, o->entity->id, "refunds.exported", "refund_file", m->made.id,
			     o->actor, "user", o->now,
			     arena_printf(m->arena, "{\"number\":%" PRId64 ",\"refunds\":%zu}",
					  m->made.number, m->n),
			     e) &&
	       insert(&p, m, sha256, e) && mark_exported(&p, m, e);
}

bool refund_file_make(struct db *db, struct arena *a, const struct refund_transfer *o,
		      struct refund_file *ret, struct err *e)
{
	struct making m = { .o = o, .arena = a };

	if (o->execute_on == DAY_NONE || o->execute_on < o->today)
		return err_field(e, ERR_INVALID, "on", "the bank cannot pay on a day that is past");
	if (!db_tx(db, make_tx, &m, e))
		return false;
	*ret = m.made;
	return true;
}

/* ---- withdrawing ---- */

struct withdrawing {
	int64_t entity_id, number;
	const char *actor;
	int64_t now;
};

static bool withdraw_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct withdrawing *w = arg;
	const char *body = arena_printf(a, "{\"number\":%" PRId64 "}", w->number);
	struct refund_file f;
	struct posting p;
	int64_t n_paid;

	if (!refund_file_get(db, a, w->entity_id, w->number, &f, e) ||
	    !db_get_i64(db, "SELECT COUNT(*) FROM refund WHERE file_id = $1 AND state = 'paid'",
			DB_PARAMS(P_I64(f.id)), 0, &n_paid, e))
		return false;
	if (str_eq(f.state, "withdrawn"))
		return err_set(e, ERR_CONFLICT, "the file %" PRId64 " is withdrawn already",
			       w->number);
	if (n_paid > 0)
		return err_set(e, ERR_REFUSED, "the bank has paid refunds of that file");
	return posting_begin(&p, db, w->entity_id, "refunds.withdrawn", "refund_file", f.id,
			     w->actor, "user", w->now, body, e) &&
	       db_exec(db,
		       "UPDATE refund_file SET state = 'withdrawn', event_id = $2 WHERE id = $1",
		       DB_PARAMS(P_I64(f.id), P_I64(p.event_id)), NULL, e) &&
	       db_exec(db,
		       "UPDATE refund SET state = 'due', file_id = NULL, version = version + 1,"
		       " event_id = $2 WHERE file_id = $1 AND state = 'exported'",
		       DB_PARAMS(P_I64(f.id), P_I64(p.event_id)), NULL, e);
}

bool refund_file_withdraw(struct db *db, int64_t entity_id, int64_t number, const char *actor,
			  int64_t now, struct err *e)
{
	struct withdrawing w = { entity_id, number, actor, now };

	return db_tx(db, withdraw_tx, &w, e);
}

/* ---- reading ---- */

static const struct db_column columns[] = {
	DB_COL(struct refund_file, id),           DB_COL(struct refund_file, number),
	DB_COL(struct refund_file, account),      DB_COL(struct refund_file, state),
	DB_DAY(struct refund_file, execute_on),   DB_COL(struct refund_file, n_refunds),
	DB_COL(struct refund_file, amount_minor), DB_COL(struct refund_file, currency),
	DB_COL(struct refund_file, sha256),       DB_COL(struct refund_file, actor),
	DB_COL(struct refund_file, recorded),
};

#define FILE_SELECT                                                                          \
	"SELECT g.id, g.number, b.iban, g.state, g.execute_on, g.n_refunds, g.amount_minor," \
	" g.currency, g.sha256, g.actor, g.recorded FROM refund_file g"                      \
	" JOIN bank_account b ON b.id = g.bank_account_id"

bool refund_file_list(struct db *db, struct arena *a, int64_t entity_id, int limit,
		      struct refund_file **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a, FILE_SELECT " WHERE g.entity_id = $1 ORDER BY g.id DESC LIMIT $2",
		       DB_PARAMS(P_I64(entity_id), P_I64(limit)), columns, ARRAY_LEN(columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

bool refund_file_get(struct db *db, struct arena *a, int64_t entity_id, int64_t number,
		     struct refund_file *ret, struct err *e)
{
	struct refund_file *list;
	size_t n;

	if (!db_list(db, a, FILE_SELECT " WHERE g.entity_id = $1 AND g.number = $2",
		     DB_PARAMS(P_I64(entity_id), P_I64(number)), columns, ARRAY_LEN(columns),
		     sizeof *list, (void **)&list, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no file of refunds %" PRId64, number);
	*ret = list[0];
	return true;
}
