/* SPDX-License-Identifier: Apache-2.0 */
/* hand_store.c - cheques, bills and cash entered by hand. */
#include "cash/hand.h"

#include "base/json.h"
#include "base/text.h"
#include "db/event.h"
#include "ledger/entity.h"

enum { CASH_LIMIT_MINOR = 100000 };

bool hand_is_above_cash_limit(const char *country, const char *currency, int64_t amount_minor)
{
	return str_eq(country, "FR") && str_eq(currency, "EUR") && amount_minor > CASH_LIMIT_MINOR;
}

/* The account that stands for each until the bank has it, and how its entries are numbered. */
static const struct {
	const char *name, *account, *account_name, *prefix;
} kinds[HAND_KINDS] = {
	[HAND_CHEQUE] = { "cheque", "5112", "Chèques à encaisser", "CHQ" },
	[HAND_CASH] = { "cash", "53", "Caisse", "ESP" },
	[HAND_BILL] = { "bill", "5113", "Effets à encaisser", "EFF" },
};

const char *hand_kind_name(enum hand_kind kind)
{
	return kinds[kind].name;
}

enum hand_kind hand_kind_of(const char *name)
{
	for (int k = 0; k < HAND_KINDS; k++)
		if (str_eq(kinds[k].name, name))
			return (enum hand_kind)k;
	return HAND_KINDS;
}

struct adding {
	const struct hand_new *in;
	struct arena *arena;
	int64_t event_id;
	int64_t entry_id;
};

static bool check(struct db *db, const struct hand_new *in, struct err *e)
{
	int64_t n = 0;

	if (str_empty(in->drawer))
		return err_field(e, ERR_INVALID, "drawer", "say who pays");
	if (in->amount_minor <= 0)
		return err_field(e, ERR_INVALID, "amount", "a receipt is more than nothing");
	if (in->received_on > in->today)
		return err_field(e, ERR_INVALID, "received_on", "it cannot come after today");
	if ((in->kind == HAND_BILL) != (in->due_on != DAY_NONE))
		return err_field(e, ERR_INVALID, "due_on",
				 "a bill has a maturity, nothing else has");
	if (in->kind == HAND_BILL && in->due_on < in->received_on)
		return err_field(e, ERR_INVALID, "due_on",
				 "it cannot be due before it was received");
	if (in->kind == HAND_CASH)
		return true;
	if (str_empty(in->number))
		return err_field(e, ERR_INVALID, "number", "write its number");
	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM hand_receipt h JOIN statement_entry x"
			" ON x.id = h.entry_id WHERE h.entity_id = $1 AND h.kind = $5"
			" AND h.number = $2 AND h.drawer = $3 AND x.amount_minor = $4"
			" AND x.state <> 'ignored'",
			DB_PARAMS(P_I64(in->entity_id), P_TEXT(in->number), P_TEXT(in->drawer),
				  P_I64(in->amount_minor), P_TEXT(hand_kind_name(in->kind))),
			0, &n, e))
		return false;
	return n == 0 ||
	       err_field(e, ERR_DUPLICATE, "number", "number %.40s of %.60s is there already",
			 in->number, in->drawer);
}

/* The account that stands for what is not at the bank yet. */
static bool account_of(struct db *db, const struct hand_new *in, int64_t *ret, struct err *e)
{
	struct bank_account account = {
		.iban = kinds[in->kind].account,
		.name = kinds[in->kind].account_name,
		.is_held = true,
	};

	if (!db_get_i64(db,
			"SELECT id FROM bank_account WHERE entity_id = $1 AND iban = $2"
			" AND currency = $3 AND is_held = 1",
			DB_PARAMS(P_I64(in->entity_id), P_TEXT(account.iban), P_TEXT(in->currency)),
			0, ret, e))
		return false;
	memcpy(account.currency, in->currency, sizeof account.currency);
	return *ret || bank_account_save(db, in->entity_id, &account, in->actor, in->now, ret, e);
}

/* An import and a statement of one entry: where every entry comes from. */
static bool insert_statement(struct db *db, const struct adding *w, int64_t account_id,
			     int64_t *ret, struct err *e)
{
	const struct hand_new *in = w->in;
	int64_t import_id;

	return db_new_id(db, &import_id, e) && db_new_id(db, ret, e) &&
	       db_exec(db,
		       "INSERT INTO import (id, entity_id, file_name, sha256, format, state,"
		       " n_records, n_created, actor, event_id, recorded, applied)"
		       " VALUES ($1, $2, $3, $4, 'hand', 'applied', 1, 1, $5, $6, $7, $7)",
		       DB_PARAMS(P_I64(import_id), P_I64(in->entity_id),
				 P_TEXT(hand_kind_name(in->kind)),
				 P_TEXT(arena_printf(w->arena, "hand-%" PRId64, import_id)),
				 P_TEXT(in->actor), P_I64(w->event_id), P_I64(in->now)),
		       NULL, e) &&
	       db_exec(db,
		       "INSERT INTO statement (id, entity_id, bank_account_id, reference, from_on,"
		       " to_on, currency, is_balanced, import_id, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $5, $5, $6, 1, $7, $8, $9)",
		       DB_PARAMS(P_I64(*ret), P_I64(in->entity_id), P_I64(account_id),
				 P_TEXT(arena_printf(w->arena, "hand-%" PRId64, *ret)),
				 P_DAY(in->received_on), P_TEXT(in->currency), P_I64(import_id),
				 P_I64(w->event_id), P_I64(in->now)),
		       NULL, e);
}

static bool insert_entry(struct db *db, struct adding *w, int64_t statement_id, struct err *e)
{
	const struct hand_new *in = w->in;
	const char *prefix = kinds[in->kind].prefix;
	const char *reference = in->kind == HAND_CASH
					? arena_printf(w->arena, "%s-%" PRId64, prefix, w->entry_id)
					: arena_printf(w->arena, "%s-%s", prefix, in->number);

	return db_exec(db,
		       "INSERT INTO statement_entry (id, entity_id, statement_id, seq, reference,"
		       " booked_on, value_on, amount_minor, currency, bank_code, payer_name,"
		       " payer_key, remittance, event_id, recorded)"
		       " VALUES ($1, $2, $3, 1, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		       DB_PARAMS(P_I64(w->entry_id), P_I64(in->entity_id), P_I64(statement_id),
				 P_TEXT(reference), P_DAY(in->received_on), P_I64(in->amount_minor),
				 P_TEXT(in->currency), P_TEXT(hand_kind_name(in->kind)),
				 P_TEXT(in->drawer), P_TEXT(text_key(w->arena, in->drawer)),
				 P_TEXT(in->text), P_I64(w->event_id), P_I64(in->now)),
		       NULL, e) &&
	       db_exec(db,
		       "INSERT INTO hand_receipt (entry_id, entity_id, kind, number, bank, drawer,"
		       " due_on, actor, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		       DB_PARAMS(P_I64(w->entry_id), P_I64(in->entity_id),
				 P_TEXT(hand_kind_name(in->kind)), P_TEXT(in->number),
				 P_TEXT(in->bank), P_TEXT(in->drawer), P_DAY(in->due_on),
				 P_TEXT(in->actor), P_I64(w->event_id), P_I64(in->now)),
		       NULL, e);
}

static const char *body_of(const struct adding *w)
{
	struct json j;
	struct buf b;

	buf_init(&b, w->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "kind", hand_kind_name(w->in->kind));
	json_put_minor(&j, "amount", w->in->amount_minor, w->in->currency);
	json_put_text(&j, "currency", w->in->currency);
	json_end(&j);
	return buf_str(&b);
}

static bool add_tx(struct db *db, void *arg, struct err *e)
{
	struct adding *w = arg;
	int64_t account_id, statement_id;

	return check(db, w->in, e) && db_new_id(db, &w->entry_id, e) &&
	       event_add(db,
			 &(struct event){ .entity_id = w->in->entity_id,
					  .kind = "receipt.added",
					  .subject_kind = "statement_entry",
					  .subject_id = w->entry_id,
					  .actor = w->in->actor,
					  .body = body_of(w),
					  .recorded = w->in->now },
			 &w->event_id, e) &&
	       account_of(db, w->in, &account_id, e) &&
	       insert_statement(db, w, account_id, &statement_id, e) &&
	       insert_entry(db, w, statement_id, e);
}

bool hand_add(struct db *db, const struct hand_new *in, int64_t *ret_entry, struct err *e)
{
	struct adding w = { .in = in, .arena = arena_new(1 << 20) };
	bool ok = db_tx(db, add_tx, &w, e);

	arena_free(w.arena);
	if (ok)
		*ret_entry = w.entry_id;
	return ok;
}

bool hand_list(struct db *db, struct arena *a, int64_t entity_id, int64_t slip_id,
	       struct hand_receipt **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct hand_receipt, entry_id),     DB_COL(struct hand_receipt, kind),
		DB_COL(struct hand_receipt, number),       DB_COL(struct hand_receipt, bank),
		DB_COL(struct hand_receipt, drawer),       DB_DAY(struct hand_receipt, received_on),
		DB_COL(struct hand_receipt, amount_minor), DB_COL(struct hand_receipt, currency),
		DB_COL(struct hand_receipt, state_name),   DB_COL(struct hand_receipt, slip_id),
		DB_DAY(struct hand_receipt, due_on),       DB_COL(struct hand_receipt, n_files),
	};

	return db_list(
		db, a,
		"SELECT h.entry_id, h.kind, h.number, h.bank, h.drawer, x.booked_on,"
		" x.amount_minor, x.currency, x.state, h.slip_id, h.due_on, (SELECT COUNT(*)"
		" FROM attachment t WHERE t.subject_kind = 'receipt' AND t.subject_id = h.entry_id"
		" AND t.removed IS NULL) FROM hand_receipt h"
		" JOIN statement_entry x ON x.id = h.entry_id WHERE h.entity_id = $1"
		" AND COALESCE(h.slip_id, 0) = $2 AND x.state <> 'ignored'"
		" ORDER BY x.booked_on, h.entry_id LIMIT 1000",
		DB_PARAMS(P_I64(entity_id), P_I64(slip_id)), columns, ARRAY_LEN(columns),
		sizeof **ret, (void **)ret, ret_n, e);
}

bool hand_is_there(struct db *db, int64_t entity_id, int64_t entry_id, bool *ret, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM hand_receipt WHERE entry_id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(entry_id), P_I64(entity_id)), 0, &n, e))
		return false;
	*ret = n == 1;
	return true;
}
