/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "books/collect.h"
#include "db/blob.h"
#include "db/event.h"
#include "ledger/lettering_auto.h"

bool books_format_of(const char *name, enum books_format *ret)
{
	static const char *const names[] = { "fec", "csv", "lettering" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(name, names[i])) {
			*ret = (enum books_format)i;
			return true;
		}
	return false;
}

/* ---- making one ---------------------------------------------------------------------------------- */

struct making {
	const struct books_order *o;
	struct arena *arena;
	struct books_new new;
	struct books_batch made;
	int64_t event_id;
};

static bool debits_of(const struct books_new *n, int64_t *ret, struct err *e)
{
	*ret = 0;
	for (size_t i = 0; i < n->entries.n; i++)
		for (int k = 0; k < n->entries.at[i].n_lines; k++)
			if (n->entries.at[i].line[k].minor > 0 &&
			    !minor_add(ret, n->entries.at[i].line[k].minor, e))
				return false;
	return true;
}

/* Numbers go on where the last batch that was not refused ended, journal by journal. */
static bool number_entries(struct db *db, struct making *m, struct err *e)
{
	const struct books_chart *c = &m->new.chart;
	int64_t next[2];

	for (int is_bank = 0; is_bank < 2; is_bank++)
		if (!db_get_i64(db,
				"SELECT max(f.number) FROM export_fact f JOIN export_batch x"
				" ON x.id = f.batch_id WHERE x.entity_id = $1 AND f.journal = $2"
				" AND x.state <> 'refused'",
				DB_PARAMS(P_I64(m->o->entity->id),
					  P_TEXT(is_bank ? c->bank_journal : c->misc_journal)),
				0, &next[is_bank], e))
			return false;
	/* Both kinds in one journal: one row of numbers. */
	for (size_t i = 0; i < m->new.entries.n; i++) {
		struct books_entry *en = &m->new.entries.at[i];
		int at = str_eq(c->bank_journal, c->misc_journal) ? 0 : en->is_bank;
		en->number = ++next[at];
	}
	return true;
}

static bool keep_files(struct db *db, struct making *m, struct err *e)
{
	const struct books_file f = { .chart = &m->new.chart,
				      .currency = m->o->entity->currency,
				      .language = m->o->entity->language,
				      .valid_on = m->o->today,
				      .entries = m->new.entries.at,
				      .n_entries = m->new.entries.n,
				      .letterings = m->new.letterings.at,
				      .n_letterings = m->new.letterings.n };
	static void (*const write[])(const struct books_file *,
				     struct buf *) = { books_write_fec, books_write_csv,
						       books_write_letterings };
	const char **const hash[] = { &m->made.fec_sha256, &m->made.csv_sha256,
				      &m->made.lettering_sha256 };

	for (size_t i = 0; i < ARRAY_LEN(write); i++) {
		char sha256[BLOB_HASH_TEXT];
		struct buf b;

		buf_init(&b, m->arena);
		write[i](&f, &b);
		if (!blob_put_bytes(db, buf_str(&b), b.len, sha256, e))
			return false;
		*hash[i] = arena_strdup(m->arena, sha256);
	}
	return true;
}

static bool insert_batch(struct db *db, struct making *m, struct err *e)
{
	struct books_batch *b = &m->made;

	if (db_exec(db,
		    "INSERT INTO export_batch (id, entity_id, number, state, prepared_on, "
		    "n_entries,"
		    " n_letterings, debit_minor, currency, fec_sha256, lettering_sha256, "
		    "csv_sha256,"
		    " actor, event_id, recorded) VALUES ($1, $2, $3, 'prepared', $4, $5, $6, $7, "
		    "$8,"
		    " $9, $10, $11, $12, $13, $14)",
		    DB_PARAMS(P_I64(b->id), P_I64(m->o->entity->id), P_I64(b->number),
			      P_DAY(b->prepared_on), P_I64(b->n_entries), P_I64(b->n_letterings),
			      P_I64(b->debit_minor), P_TEXT(b->currency), P_TEXT(b->fec_sha256),
			      P_TEXT(b->lettering_sha256), P_TEXT(b->csv_sha256),
			      P_TEXT(m->o->actor), P_I64(m->event_id), P_I64(m->o->now)),
		    NULL, e))
		return true;
	if (e && e->code == ERR_CONFLICT)
		err_set(e, ERR_RETRY, "another export took the same number");
	return false;
}

static bool insert_lines(struct db *db, const struct making *m, int64_t seq,
			 const struct books_entry *en, struct err *e)
{
	const char *key = text_reference_key(m->arena, en->piece_ref);

	for (int i = 0; i < en->n_lines; i++) {
		const struct books_line *l = &en->line[i];
		if (!db_exec(db,
			     "INSERT INTO export_line (batch_id, seq, line, account, customer_id,"
			     " piece_key, debit_minor, credit_minor)"
			     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			     DB_PARAMS(P_I64(m->made.id), P_I64(seq), P_I64(i + 1),
				       P_TEXT(l->account), P_ID(l->customer_id),
				       P_TEXT(l->customer_id ? key : NULL),
				       P_I64(l->minor > 0 ? l->minor : 0),
				       P_I64(l->minor < 0 ? -l->minor : 0)),
			     NULL, e))
			return false;
	}
	return true;
}

static bool insert_entries(struct db *db, const struct making *m, struct err *e)
{
	const struct books_chart *c = &m->new.chart;

	for (size_t i = 0; i < m->new.entries.n; i++) {
		const struct books_entry *en = &m->new.entries.at[i];
		int64_t seq = (int64_t)i + 1;
		ENSURE(books_balances(en));
		if (!db_exec(db,
			     "INSERT INTO export_fact (batch_id, seq, kind, fact_id, sign, journal,"
			     " number, entry_on, piece_ref) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
			     " $9)",
			     DB_PARAMS(P_I64(m->made.id), P_I64(seq),
				       P_TEXT(books_fact_name(en->kind)), P_I64(en->fact_id),
				       P_I64(en->sign),
				       P_TEXT(en->is_bank ? c->bank_journal : c->misc_journal),
				       P_I64(en->number), P_DAY(en->entry_on),
				       P_TEXT(en->piece_ref)),
			     NULL, e) ||
		    !insert_lines(db, m, seq, en, e))
			return false;
	}
	return true;
}

static bool insert_letterings(struct db *db, const struct making *m, struct err *e)
{
	for (size_t i = 0; i < m->new.letterings.n; i++) {
		const struct books_lettering *l = &m->new.letterings.at[i];
		if (!db_exec(db,
			     "INSERT INTO export_lettering (batch_id, seq, item_id, code, "
			     "former_code,"
			     " lettered_on, minor) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			     DB_PARAMS(P_I64(m->made.id), P_I64((int64_t)i + 1), P_I64(l->item_id),
				       P_TEXT(l->code), P_TEXT(l->former_code),
				       P_DAY(l->lettered_on), P_I64(l->minor)),
			     NULL, e))
			return false;
	}
	return true;
}

static const char *batch_body(struct arena *a, const struct books_batch *b, const char *remark)
{
	struct json j;
	struct buf out;

	buf_init(&out, a);
	json_init(&j, &out);
	json_open_object(&j);
	json_put_int(&j, "number", b->number);
	json_put_int(&j, "entries", b->n_entries);
	json_put_int(&j, "letterings", b->n_letterings);
	json_put_minor(&j, "amount", b->debit_minor, b->currency);
	json_put_text(&j, "currency", b->currency);
	json_put_text(&j, "fec_sha256", b->fec_sha256);
	json_put_text(&j, "lettering_sha256", b->lettering_sha256);
	json_put_text(&j, "csv_sha256", b->csv_sha256);
	if (remark)
		json_put_text(&j, "remark", remark);
	json_end(&j);
	return buf_str(&out);
}

static bool tell(struct db *db, const struct books_order *o, struct arena *a, const char *kind,
		 const struct books_batch *b, const char *remark, int64_t *ret_id, struct err *e)
{
	return event_add(db,
			 &(struct event){ .entity_id = o->entity->id,
					  .kind = kind,
					  .subject_kind = "export_batch",
					  .subject_id = b->id,
					  .actor = o->actor,
					  .body = batch_body(a, b, remark),
					  .recorded = o->now },
			 ret_id, e);
}

static bool prepare_tx(struct db *db, void *arg, struct err *e)
{
	struct making *m = arg;
	struct books_batch *b = &m->made;

	m->new = (struct books_new){ .arena = m->arena, .order = m->o };
	*b = (struct books_batch){ .prepared_on = m->o->today,
				   .state = "prepared",
				   .actor = m->o->actor,
				   .recorded = m->o->now,
				   .version = 1 };
	memcpy(b->currency, m->o->entity->currency, sizeof b->currency);
	/* One export at a time: both would carry the same facts. */
	if (!db_lock(db, "export", m->o->entity->id, false, e) ||
	    !lettering_auto(db, m->o->entity->id, 0, m->o->actor, m->o->now, NULL, e) ||
	    !books_collect(db, &m->new, e))
		return false;
	b->n_entries = (int64_t)m->new.entries.n;
	b->n_letterings = (int64_t)m->new.letterings.n;
	if (b->n_entries == 0 && b->n_letterings == 0)
		return true;
	return debits_of(&m->new, &b->debit_minor, e) && number_entries(db, m, e) &&
	       db_get_i64(db, "SELECT max(number) + 1 FROM export_batch WHERE entity_id = $1",
			  DB_PARAMS(P_I64(m->o->entity->id)), 1, &b->number, e) &&
	       db_new_id(db, &b->id, e) && keep_files(db, m, e) &&
	       tell(db, m->o, m->arena, "export.prepared", b, NULL, &m->event_id, e) &&
	       insert_batch(db, m, e) && insert_entries(db, m, e) && insert_letterings(db, m, e);
}

bool books_prepare(struct db *db, struct arena *a, const struct books_order *o,
		   struct books_batch *ret, struct err *e)
{
	struct making m = { .o = o, .arena = a };

	if (!db_tx(db, prepare_tx, &m, e))
		return false;
	*ret = m.made;
	return true;
}

bool books_pool(struct db *db, struct arena *a, const struct books_order *o, struct books_pool *ret,
		struct err *e)
{
	struct books_new n = { .arena = a, .order = o };
	bool in_tx = db_in_tx(db);
	bool ok;

	if (!in_tx && !db_begin_read(db, e))
		return false;
	ok = books_collect(db, &n, e);
	if (!in_tx)
		db_rollback(db);
	if (!ok)
		return false;
	*ret = (struct books_pool){ .n_entries = (int64_t)n.entries.n,
				    .n_letterings = (int64_t)n.letterings.n,
				    .n_waiting = n.n_waiting };
	for (size_t i = 0; i < n.entries.n; i++)
		ret->n_reversals += n.entries.at[i].sign < 0;
	return debits_of(&n, &ret->debit_minor, e);
}

/* ---- reading ------------------------------------------------------------------------------------- */

static const struct db_column columns[] = {
	DB_COL(struct books_batch, id),
	DB_COL(struct books_batch, number),
	DB_COL(struct books_batch, state),
	DB_DAY(struct books_batch, prepared_on),
	DB_COL(struct books_batch, n_entries),
	DB_COL(struct books_batch, n_letterings),
	DB_COL(struct books_batch, debit_minor),
	DB_COL(struct books_batch, currency),
	DB_COL(struct books_batch, delivered),
	DB_COL(struct books_batch, decided),
	DB_COL(struct books_batch, decided_by),
	DB_COL(struct books_batch, remark),
	DB_COL(struct books_batch, actor),
	DB_COL(struct books_batch, version),
	DB_COL(struct books_batch, recorded),
	DB_COL(struct books_batch, fec_sha256),
	DB_COL(struct books_batch, lettering_sha256),
	DB_COL(struct books_batch, csv_sha256),
};

#define BATCH_SELECT                                                                   \
	"SELECT id, number, state, prepared_on, n_entries, n_letterings, debit_minor," \
	" currency, delivered, decided, decided_by, remark, actor, version, recorded," \
	" fec_sha256, lettering_sha256, csv_sha256 FROM export_batch WHERE entity_id = $1"

bool books_list(struct db *db, struct arena *a, int64_t entity_id, int limit,
		struct books_batch **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a, BATCH_SELECT " ORDER BY number DESC LIMIT $2",
		       DB_PARAMS(P_I64(entity_id), P_I64(limit)), columns, ARRAY_LEN(columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

bool books_get(struct db *db, struct arena *a, int64_t entity_id, int64_t number,
	       struct books_batch *ret, struct err *e)
{
	if (db_one(db, a, BATCH_SELECT " AND number = $2",
		   DB_PARAMS(P_I64(entity_id), P_I64(number)), columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no export %" PRId64, number);
	return false;
}

bool books_line_list(struct db *db, struct arena *a, int64_t batch_id, int limit,
		     struct books_told_line **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column of_line[] = {
		DB_COL(struct books_told_line, seq),
		DB_COL(struct books_told_line, journal),
		DB_COL(struct books_told_line, number),
		DB_DAY(struct books_told_line, entry_on),
		DB_COL(struct books_told_line, piece_ref),
		DB_COL(struct books_told_line, account),
		DB_COL(struct books_told_line, customer_code),
		DB_COL(struct books_told_line, customer_id),
		DB_COL(struct books_told_line, debit_minor),
		DB_COL(struct books_told_line, credit_minor),
		DB_COL(struct books_told_line, sign),
	};

	return db_list(
		db, a,
		"SELECT f.seq, f.journal, f.number, f.entry_on, f.piece_ref, l.account, c.code,"
		" l.customer_id, l.debit_minor, l.credit_minor, f.sign FROM export_fact f"
		" JOIN export_line l ON l.batch_id = f.batch_id AND l.seq = f.seq"
		" LEFT JOIN customer c ON c.id = l.customer_id WHERE f.batch_id = $1"
		" ORDER BY f.seq, l.line LIMIT $2",
		DB_PARAMS(P_I64(batch_id), P_I64(limit)), of_line, ARRAY_LEN(of_line), sizeof **ret,
		(void **)ret, ret_n, e);
}

/* ---- moving on ----------------------------------------------------------------------------------- */

enum move { MOVE_DELIVER, MOVE_ACKNOWLEDGE, MOVE_REFUSE };

struct moving {
	const struct books_order *o;
	struct arena *arena;
	int64_t number;
	enum move move;
	const char *remark;
};

/* The number of the first batch that carried something of this one before and is not acknowledged; or of one
 * that carries something of it since and is not refused. 0: none. */
static bool find_rest(struct db *db, const struct moving *m, const struct books_batch *b,
		      int64_t *ret, struct err *e)
{
	static const char before[] =
		"SELECT min(y.number) FROM export_batch y WHERE y.entity_id = $2 AND y.number < $3"
		" AND y.state IN ('prepared', 'delivered') AND (EXISTS (SELECT 1 FROM export_fact f"
		"  JOIN export_fact g ON g.kind = f.kind AND g.fact_id = f.fact_id"
		"  WHERE f.batch_id = $1 AND g.batch_id = y.id) OR EXISTS"
		" (SELECT 1 FROM export_lettering f JOIN export_lettering g ON g.item_id = "
		"f.item_id"
		"  WHERE f.batch_id = $1 AND g.batch_id = y.id))";
	static const char since[] =
		"SELECT max(y.number) FROM export_batch y WHERE y.entity_id = $2 AND y.number > $3"
		" AND y.state <> 'refused' AND (EXISTS (SELECT 1 FROM export_fact f"
		"  JOIN export_fact g ON g.kind = f.kind AND g.fact_id = f.fact_id"
		"  WHERE f.batch_id = $1 AND g.batch_id = y.id) OR EXISTS"
		" (SELECT 1 FROM export_lettering f JOIN export_lettering g ON g.item_id = "
		"f.item_id"
		"  WHERE f.batch_id = $1 AND g.batch_id = y.id))";

	return db_get_i64(db, m->move == MOVE_ACKNOWLEDGE ? before : since,
			  DB_PARAMS(P_I64(b->id), P_I64(m->o->entity->id), P_I64(b->number)), 0,
			  ret, e);
}

static bool check_move(struct db *db, const struct moving *m, const struct books_batch *b,
		       struct err *e)
{
	int64_t other = 0;

	if (str_eq(b->state, "acknowledged") || str_eq(b->state, "refused"))
		return err_set(e, ERR_CONFLICT, "export %" PRId64 " is %s already", b->number,
			       b->state);
	if (m->move == MOVE_DELIVER)
		return true;
	if (!find_rest(db, m, b, &other, e))
		return false;
	if (other == 0)
		return true;
	return m->move == MOVE_ACKNOWLEDGE
		       ? err_set(e, ERR_CONFLICT,
				 "export %" PRId64 " goes on from export %" PRId64
				 ", which must be acknowledged first",
				 b->number, other)
		       : err_set(e, ERR_CONFLICT,
				 "export %" PRId64 " goes on from export %" PRId64
				 ", and must be refused first",
				 other, b->number);
}

static bool update(struct db *db, const struct moving *m, const struct books_batch *b,
		   struct err *e)
{
	int64_t changed;

	if (!db_exec(db,
		     m->move == MOVE_DELIVER
			     ? "UPDATE export_batch SET state = 'delivered', delivered = $3,"
			       " version = version + 1 WHERE id = $1 AND version = $2"
		     : m->move == MOVE_ACKNOWLEDGE
			     ? "UPDATE export_batch SET state = 'acknowledged', decided = $3,"
			       " decided_by = $4, remark = $5, version = version + 1"
			       " WHERE id = $1 AND version = $2"
			     : "UPDATE export_batch SET state = 'refused', decided = $3,"
			       " decided_by = $4, remark = $5, version = version + 1"
			       " WHERE id = $1 AND version = $2",
		     m->move == MOVE_DELIVER
			     ? DB_PARAMS(P_I64(b->id), P_I64(b->version), P_I64(m->o->now))
			     : DB_PARAMS(P_I64(b->id), P_I64(b->version), P_I64(m->o->now),
					 P_TEXT(m->o->actor), P_TEXT(m->remark)),
		     &changed, e))
		return false;
	return changed == 1 ||
	       err_set(e, ERR_STALE, "export %" PRId64 " changed meanwhile", b->number);
}

static bool move_tx(struct db *db, void *arg, struct err *e)
{
	static const char *const kinds[] = { "export.delivered", "export.acknowledged",
					     "export.refused" };
	const struct moving *m = arg;
	struct books_batch b;

	return db_lock(db, "export", m->o->entity->id, false, e) &&
	       books_get(db, m->arena, m->o->entity->id, m->number, &b, e) &&
	       check_move(db, m, &b, e) && update(db, m, &b, e) &&
	       tell(db, m->o, m->arena, kinds[m->move], &b, m->remark, NULL, e);
}

static bool move(struct db *db, struct moving *m, struct err *e)
{
	bool ok;

	m->arena = arena_new(16 << 20);
	ok = db_tx(db, move_tx, m, e);
	arena_free(m->arena);
	return ok;
}

bool books_acknowledge(struct db *db, const struct books_order *o, int64_t number,
		       const char *reference, struct err *e)
{
	return move(
		db,
		&(struct moving){
			.o = o, .number = number, .move = MOVE_ACKNOWLEDGE, .remark = reference },
		e);
}

bool books_refuse(struct db *db, const struct books_order *o, int64_t number, const char *reason,
		  struct err *e)
{
	if (str_empty(reason))
		return err_field(e, ERR_INVALID, "reason", "say why the accounting refused it");
	return move(
		db,
		&(struct moving){ .o = o, .number = number, .move = MOVE_REFUSE, .remark = reason },
		e);
}

bool books_fetch(struct db *db, struct arena *a, const struct books_order *o, int64_t number,
		 enum books_format format, struct books_file_bytes *ret, struct err *e)
{
	struct moving m = { .o = o, .number = number, .move = MOVE_DELIVER };
	struct books_batch b;
	const char *hash;

	if (!books_get(db, a, o->entity->id, number, &b, e))
		return false;
	hash = format == BOOKS_FEC   ? b.fec_sha256
	       : format == BOOKS_CSV ? b.csv_sha256
				     : b.lettering_sha256;
	if (!blob_get(db, a, hash, &ret->bytes, &ret->n, e))
		return false;
	ret->name = arena_printf(a, "export-%" PRId64 "%s", number,
				 format == BOOKS_FEC   ? ".txt"
				 : format == BOOKS_CSV ? ".csv"
						       : "-lettering.csv");
	ret->media_type =
		format == BOOKS_FEC ? "text/plain; charset=utf-8" : "text/csv; charset=utf-8";
	return !str_eq(b.state, "prepared") || move(db, &m, e);
}
