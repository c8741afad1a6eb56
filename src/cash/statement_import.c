/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/statement.h"

#include "base/json.h"
#include "base/list.h"
#include "base/money.h"
#include "base/text.h"
#include "db/event.h"

#include <stdio.h>
#include <stdlib.h>

/* One movement as it will be stored. */
struct staged_entry {
	const char *reference, *bank_code, *payer_name, *payer_iban, *creditor_iban, *end_to_end,
		*structured_ref, *remittance, *other_refs, *return_reason;
	day_t booked_on, value_on;
	int64_t minor;
	char currency[4];
	bool is_reversal;
};

struct staged_statement {
	int64_t line;
	enum format kind;
	const char *account, *name, *bic, *reference, *sequence;
	char currency[4];
	day_t from, to, balance_from, balance_to;
	int64_t n_credits, n_debits, credits_minor, debits_minor;
	bool has_opening, has_closing, is_balanced;
	int64_t opening_minor, closing_minor;
	struct {
		struct staged_entry *at;
		size_t n;
		size_t room;
	} entries;
	/* by apply */
	int64_t account_id;
	bool is_there; /* imported before, from another file */
	const char *remark;
};

struct staging {
	struct arena *arena;
	struct {
		struct staged_statement *at;
		size_t n;
		size_t room;
	} statements;
	struct {
		struct import_error *at;
		size_t n;
		size_t room;
	} errors;
	struct {
		const char **at;
		size_t n;
		size_t room;
	} warnings;
};

/* ---- taking records ---- */

static void copy_currency(char to[4], const char *from)
{
	snprintf(to, 4, "%s", from && currency_is_code(from) ? from : "EUR");
}

static void take_statement(struct staging *s, const struct camt_statement *st)
{
	struct staged_statement *to = LIST_ADD(s->arena, &s->statements);

	to->line = st->line;
	to->kind = st->kind;
	to->account = st->iban ? text_reference_key(s->arena, st->iban)
			       : arena_strdup(s->arena, st->other_account);
	to->name = arena_strdup(s->arena, st->account_name ? st->account_name : st->owner);
	to->bic = arena_strdup(s->arena, st->bank_bic);
	to->reference = arena_strdup(s->arena, st->id);
	to->sequence = arena_strdup(s->arena, st->sequence ? st->sequence : st->legal_sequence);
	copy_currency(to->currency, st->currency);
	to->from = st->from;
	to->to = st->to;
	to->balance_from = to->balance_to = DAY_NONE;
	for (size_t i = 0; i < st->n_balances; i++) {
		if (str_eq(st->balance[i].code, "OPBD") || str_eq(st->balance[i].code, "PRCD"))
			to->balance_from = st->balance[i].on;
		else if (str_eq(st->balance[i].code, "CLBD"))
			to->balance_to = st->balance[i].on;
	}
}

static void take_end(struct staging *s, const struct camt_statement *st)
{
	struct staged_statement *to = &s->statements.at[s->statements.n - 1];

	to->n_credits = st->n_credits;
	to->n_debits = st->n_debits;
	to->credits_minor = st->credits_minor;
	to->debits_minor = st->debits_minor;
	to->has_opening = st->has_opening;
	to->has_closing = st->has_closing;
	to->opening_minor = st->opening_minor;
	to->closing_minor = st->closing_minor;
	to->is_balanced = st->is_balanced;
}

static const char *first_of(const char *a, const char *b, const char *c, const char *d)
{
	return !str_empty(a) ? a : !str_empty(b) ? b : !str_empty(c) ? c : d;
}

/* Every structured reference, joined by "; ": the creditor's, then the documents paid. */
static const char *structured_of(struct arena *a, const struct camt_tx *tx)
{
	struct buf b;

	buf_init(&b, a);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < tx->n_references; i++) {
			const struct camt_reference *r = &tx->reference[i];
			if (str_empty(r->number) || r->is_creditor_reference != (pass == 0))
				continue;
			buf_puts(&b, b.len ? "; " : "");
			buf_puts(&b, r->number);
		}
	return b.len ? b.data : NULL;
}

static void put(struct json *j, const char *key, const char *text, bool *any)
{
	if (str_empty(text))
		return;
	*any = true;
	json_put_text(j, key, text);
}

static const char *other_refs_of(struct arena *a, const struct camt_entry *en,
				 const struct camt_tx *tx)
{
	bool any = false;
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	put(&j, "entry", en->ref, &any);
	put(&j, "servicer", en->acct_svcr_ref, &any);
	put(&j, "batch", en->batch_id, &any);
	put(&j, "own_code", en->bank_own_code, &any);
	put(&j, "info", en->info, &any);
	if (tx) {
		put(&j, "tx_servicer", tx->acct_svcr_ref, &any);
		put(&j, "message", tx->message_id, &any);
		put(&j, "payment_info", tx->payment_info_id, &any);
		put(&j, "instruction", tx->instruction_id, &any);
		put(&j, "transaction", tx->tx_id, &any);
		put(&j, "mandate", tx->mandate_id, &any);
		put(&j, "cheque", tx->cheque_number, &any);
		put(&j, "uetr", tx->uetr, &any);
		put(&j, "other", tx->other_refs, &any);
		put(&j, "ultimate_debtor", tx->ultimate_debtor.name, &any);
		put(&j, "purpose", tx->purpose, &any);
		put(&j, "return_info", tx->return_info, &any);
		put(&j, "tx_info", tx->info, &any);
	}
	json_end(&j);
	return any ? b.data : NULL;
}

static void fill_party(struct arena *a, struct staged_entry *to, const struct camt_tx *tx)
{
	bool is_credit = to->minor > 0;
	const struct camt_party *other = is_credit ? &tx->debtor : &tx->creditor;
	const struct camt_party *behind = is_credit ? &tx->ultimate_debtor : &tx->ultimate_creditor;

	to->payer_name = arena_strdup(a, !str_empty(other->name) ? other->name : behind->name);
	to->payer_iban = other->iban ? text_reference_key(a, other->iban)
				     : arena_strdup(a, other->other_account);
	to->creditor_iban = arena_strdup(a, tx->creditor.iban);
	to->end_to_end = arena_strdup(a, tx->end_to_end_id);
	to->structured_ref = structured_of(a, tx);
	to->remittance = arena_strdup(a, !str_empty(tx->remittance) ? tx->remittance : tx->info);
	to->return_reason = arena_strdup(a, tx->return_code);
	if (!str_empty(tx->bank_code))
		to->bank_code = arena_strdup(a, tx->bank_code);
}

/* The entry as one movement; with tx, the movement of that transaction. */
static struct staged_entry *add_entry(struct staging *s, const struct camt_entry *en,
				      const struct camt_tx *tx, bool is_of_batch)
{
	struct staged_statement *st = &s->statements.at[s->statements.n - 1];
	struct staged_entry *to = LIST_ADD(s->arena, &st->entries);
	const char *code = en->bank_code ? en->bank_code : en->bank_own_code;
	const char *reference;

	to->minor = is_of_batch ? tx->minor : en->minor;
	copy_currency(to->currency, en->currency ? en->currency : st->currency);
	to->booked_on = en->booked_on != DAY_NONE ? en->booked_on : en->value_on;
	to->value_on = en->value_on;
	to->is_reversal = en->is_reversal;
	to->bank_code = arena_strdup(s->arena, code);
	if (tx)
		fill_party(s->arena, to, tx);
	if (str_empty(to->remittance))
		to->remittance = arena_strdup(s->arena, en->info);
	to->other_refs = other_refs_of(s->arena, en, tx);
	if (is_of_batch)
		reference = first_of(tx->acct_svcr_ref, tx->end_to_end_id, tx->tx_id, NULL);
	else
		reference = first_of(en->ref, en->acct_svcr_ref, tx ? tx->acct_svcr_ref : NULL,
				     tx ? tx->end_to_end_id : NULL);
	if (reference)
		to->reference = arena_strdup(s->arena, reference);
	else if (is_of_batch)
		to->reference = arena_printf(
			s->arena, "%s-%zu", first_of(en->ref, en->acct_svcr_ref, st->reference, ""),
			(size_t)(tx - en->tx) + 1);
	else
		to->reference = arena_printf(s->arena, "%s/%" PRId64,
					     st->reference ? st->reference : "", en->index);
	return to;
}

static void take_entry(struct staging *s, const struct camt_entry *en)
{
	struct buf text;

	if (!en->is_booked)
		return;
	if (en->n_tx > 1 && en->details_agree && !en->is_incomplete) {
		for (size_t i = 0; i < en->n_tx; i++)
			add_entry(s, en, &en->tx[i], true);
		return;
	}
	if (en->n_tx <= 1) {
		add_entry(s, en, en->n_tx ? &en->tx[0] : NULL, false);
		return;
	}
	/* Details that do not add up stay one movement, with all their words. */
	buf_init(&text, s->arena);
	for (size_t i = 0; i < en->n_tx && text.len < 2000; i++) {
		if (str_empty(en->tx[i].remittance))
			continue;
		buf_puts(&text, text.len ? " " : "");
		buf_puts(&text, en->tx[i].remittance);
	}
	add_entry(s, en, NULL, false)->remittance =
		text.len ? text.data : arena_strdup(s->arena, en->info);
}

static bool take(void *arg, const struct record *r, struct err *e)
{
	struct staging *s = arg;

	(void)e;
	switch (r->kind) {
	case RECORD_CAMT_STATEMENT:
		take_statement(s, r->statement);
		break;
	case RECORD_CAMT_ENTRY:
		take_entry(s, r->entry);
		break;
	case RECORD_CAMT_STATEMENT_END:
		take_end(s, r->statement);
		break;
	default:
		break;
	}
	return true;
}

/* ---- checks ---- */

static void tell(struct staging *s, int64_t line, const char *field, const char *value,
		 const char *message)
{
	*LIST_ADD(s->arena, &s->errors) = (struct import_error){ line, field, value, message };
}

static void warn(struct staging *s, const char *message)
{
	*LIST_ADD(s->arena, &s->warnings) = message;
}

/* The period of a statement that does not tell it: its balances' days, else its entries'. */
static void find_period(struct staged_statement *st)
{
	day_t first = DAY_NONE, last = DAY_NONE;

	for (size_t i = 0; i < st->entries.n; i++) {
		day_t on = st->entries.at[i].booked_on;
		if (on == DAY_NONE)
			continue;
		first = first == DAY_NONE || on < first ? on : first;
		last = last == DAY_NONE || on > last ? on : last;
	}
	if (st->from == DAY_NONE)
		st->from = first != DAY_NONE ? first : st->balance_from;
	if (st->to == DAY_NONE)
		st->to = st->balance_to != DAY_NONE ? st->balance_to : last;
	if (st->from == DAY_NONE)
		st->from = st->to;
	if (st->to == DAY_NONE || st->to < st->from)
		st->to = st->from;
}

static bool find_account(struct staging *s, const struct import_context *ctx,
			 struct staged_statement *st, struct err *e)
{
	struct bank_account account = { .iban = st->account, .bic = st->bic, .name = st->name };
	struct bank_account *known;
	size_t n;

	if (str_empty(st->account))
		return err_set(e, ERR_FORMAT,
			       "the statement %s does not say of which account it is",
			       st->reference ? st->reference : "");
	if (!bank_account_list(ctx->db, ctx->arena, ctx->entity->id, &known, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(text_reference_key(s->arena, known[i].iban),
			   text_reference_key(s->arena, st->account)) &&
		    str_eq(known[i].currency, st->currency)) {
			st->account_id = known[i].id;
			return true;
		}
	if (n > 0)
		return err_set(e, ERR_REFUSED, "account %s in %s is not one of %s's bank accounts",
			       st->account, st->currency, ctx->entity->name);
	memcpy(account.currency, st->currency, sizeof account.currency);
	warn(s,
	     arena_printf(ctx->arena, "account %s was not known: added as the first bank account",
			  st->account));
	return bank_account_save(ctx->db, ctx->entity->id, &account, ctx->actor, ctx->now,
				 &st->account_id, e);
}

/* A statement of the account that is in the database. */
struct known_statement {
	int64_t id;
	const char *reference;
	const char *sequence;
	day_t from_on, to_on;
	bool has_opening, has_closing;
	int64_t opening_minor, closing_minor;
	int64_t n_entries, sum_minor;
};

static bool list_known(const struct import_context *ctx, const struct staged_statement *st,
		       struct known_statement **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct known_statement, id),
		DB_COL(struct known_statement, reference),
		DB_COL(struct known_statement, sequence),
		DB_DAY(struct known_statement, from_on),
		DB_DAY(struct known_statement, to_on),
		DB_COL(struct known_statement, has_opening),
		DB_COL(struct known_statement, has_closing),
		DB_COL(struct known_statement, opening_minor),
		DB_COL(struct known_statement, closing_minor),
		DB_COL(struct known_statement, n_entries),
		DB_COL(struct known_statement, sum_minor),
	};

	return db_list(ctx->db, ctx->arena,
		       "SELECT s.id, s.reference, s.sequence, s.from_on, s.to_on,"
		       " CASE WHEN s.opening_minor IS NULL THEN 0 ELSE 1 END,"
		       " CASE WHEN s.closing_minor IS NULL THEN 0 ELSE 1 END,"
		       " s.opening_minor, s.closing_minor,"
		       " (SELECT COUNT(*) FROM statement_entry x WHERE x.statement_id = s.id),"
		       " (SELECT CAST(COALESCE(SUM(x.amount_minor), 0) AS BIGINT)"
		       "  FROM statement_entry x WHERE x.statement_id = s.id)"
		       " FROM statement s WHERE s.bank_account_id = $1 ORDER BY s.to_on, s.id",
		       DB_PARAMS(P_I64(st->account_id)), columns, ARRAY_LEN(columns), sizeof **ret,
		       (void **)ret, ret_n, e);
}

static int64_t sum_of(const struct staged_statement *st)
{
	int64_t sum = 0;

	for (size_t i = 0; i < st->entries.n; i++)
		if (__builtin_add_overflow(sum, st->entries.at[i].minor, &sum))
			return INT64_MAX;
	return sum;
}

static bool is_same(const struct staged_statement *st, const struct known_statement *k)
{
	return k->from_on == st->from && k->to_on == st->to &&
	       k->n_entries == (int64_t)st->entries.n && k->sum_minor == sum_of(st) &&
	       k->has_closing == st->has_closing &&
	       (!k->has_closing || k->closing_minor == st->closing_minor);
}

/* Whether a follows b without a day of distance: same end and beginning, and the balance goes on. */
static bool goes_on(day_t to, bool has_closing, int64_t closing, day_t from, bool has_opening,
		    int64_t opening)
{
	return to == from && has_closing && has_opening && closing == opening;
}

static bool overlaps(const struct staged_statement *st, const struct known_statement *k)
{
	if (st->from > k->to_on || st->to < k->from_on)
		return false;
	return !goes_on(k->to_on, k->has_closing, k->closing_minor, st->from, st->has_opening,
			st->opening_minor) &&
	       !goes_on(st->to, st->has_closing, st->closing_minor, k->from_on, k->has_opening,
			k->opening_minor);
}

static void check_sequence(struct staging *s, const struct import_context *ctx,
			   struct staged_statement *st, const struct known_statement *before)
{
	uint64_t mine, theirs;

	if (!before)
		return;
	if (st->has_opening && before->has_closing && st->opening_minor != before->closing_minor) {
		char a[MONEY_TEXT], b[MONEY_TEXT];
		st->remark = arena_printf(
			ctx->arena,
			"opens with %s, but the statement before closed with %s: one is missing",
			minor_format(st->opening_minor, st->currency, a),
			minor_format(before->closing_minor, st->currency, b));
	} else if (st->sequence && before->sequence &&
		   text_to_u64(st->sequence, UINT32_MAX, &mine) &&
		   text_to_u64(before->sequence, UINT32_MAX, &theirs) && mine > theirs + 1 &&
		   before->to_on < st->from) {
		st->remark =
			arena_printf(ctx->arena, "number %s comes after %s: a statement is missing",
				     st->sequence, before->sequence);
	}
	if (st->remark)
		warn(s, arena_printf(ctx->arena, "statement %s: %s", st->reference, st->remark));
}

static bool check_known(struct staging *s, const struct import_context *ctx,
			struct staged_statement *st, struct err *e)
{
	const struct known_statement *before = NULL;
	struct known_statement *known;
	char from[DATE_TEXT], to[DATE_TEXT];
	size_t n;

	if (!list_known(ctx, st, &known, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (is_same(st, &known[i])) {
			st->is_there = true;
			return true;
		}
		if (known[i].to_on <= st->from)
			before = &known[i];
	}
	for (size_t i = 0; i < n; i++)
		if (overlaps(st, &known[i]))
			return err_set(e, ERR_REFUSED,
				       "statement %s from %s to %s overlaps statement %s, which is"
				       " imported already",
				       st->reference ? st->reference : "",
				       date_format(st->from, from), date_format(st->to, to),
				       known[i].reference);
	check_sequence(s, ctx, st, before);
	return true;
}

static void check_balance(struct staging *s, const struct import_context *ctx,
			  struct staged_statement *st)
{
	char a[MONEY_TEXT], b[MONEY_TEXT];
	int64_t computed = st->opening_minor + st->credits_minor - st->debits_minor;

	if (st->is_balanced)
		return;
	if (!st->has_opening || !st->has_closing) {
		st->remark = "opening or closing balance missing: not checked";
		warn(s, arena_printf(ctx->arena, "statement %s: %s", st->reference, st->remark));
		return;
	}
	st->remark = arena_printf(ctx->arena,
				  "opening balance and entries make %s, closing balance is %s",
				  minor_format(computed, st->currency, a),
				  minor_format(st->closing_minor, st->currency, b));
	tell(s, st->line, "closing", arena_strdup(ctx->arena, b), st->remark);
}

/* ---- writing ---- */

static bool insert_statement(const struct import_context *ctx, const struct staged_statement *st,
			     int64_t *ret_id, struct err *e)
{
	struct db_param none = P_NULL;

	return db_new_id(ctx->db, ret_id, e) &&
	       db_exec(ctx->db,
		       "INSERT INTO statement (id, entity_id, bank_account_id, reference, sequence,"
		       " from_on, to_on, opening_minor, closing_minor, currency, is_balanced, "
		       "remark,"
		       " import_id, event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
		       " $10, $11, $12, $13, $14, $15)",
		       DB_PARAMS(P_I64(*ret_id), P_I64(ctx->entity->id), P_I64(st->account_id),
				 P_TEXT(st->reference ? st->reference : ""), P_TEXT(st->sequence),
				 P_DAY(st->from), P_DAY(st->to),
				 st->has_opening ? P_I64(st->opening_minor) : none,
				 st->has_closing ? P_I64(st->closing_minor) : none,
				 P_TEXT(st->currency), P_BOOL(st->is_balanced), P_TEXT(st->remark),
				 P_I64(ctx->import_id), P_I64(ctx->event_id), P_I64(ctx->now)),
		       NULL, e);
}

static bool copy_entry(struct db_copy *copy, const struct import_context *ctx, int64_t statement_id,
		       size_t seq, int64_t id, const struct staged_entry *en, struct err *e)
{
	const char *key = en->payer_name ? text_key(ctx->arena, en->payer_name) : NULL;

	return db_copy_row(
		copy,
		DB_PARAMS(P_I64(id), P_I64(ctx->entity->id), P_I64(statement_id),
			  P_I64((int64_t)seq), P_TEXT(en->reference), P_DAY(en->booked_on),
			  P_DAY(en->value_on), P_I64(en->minor), P_TEXT(en->currency),
			  P_BOOL(en->is_reversal), P_TEXT(en->bank_code), P_TEXT(en->payer_name),
			  P_TEXT(key), P_TEXT(en->payer_iban), P_TEXT(en->creditor_iban),
			  P_TEXT(en->end_to_end), P_TEXT(en->structured_ref),
			  P_TEXT(en->remittance), P_TEXT(en->other_refs), P_TEXT(en->return_reason),
			  P_TEXT("open"), P_I64(1), P_I64(ctx->event_id), P_I64(ctx->now)),
		e);
}

static bool insert_entries(const struct import_context *ctx, const struct staged_statement *st,
			   int64_t statement_id, struct err *e)
{
	struct db_copy *copy;
	int64_t *ids = ARENA_ARRAY(ctx->arena, st->entries.n + 1, int64_t);

	/* Ids first: nothing else may use the connection while rows are copied. */
	for (size_t i = 0; i < st->entries.n; i++)
		if (!db_new_id(ctx->db, &ids[i], e))
			return false;
	if (!db_copy_begin(ctx->db, "statement_entry",
			   "id, entity_id, statement_id, seq, reference, booked_on, value_on,"
			   " amount_minor, currency, is_reversal, bank_code, payer_name, payer_key,"
			   " payer_iban, creditor_iban, end_to_end, structured_ref, remittance,"
			   " other_refs, return_reason, state, version, event_id, recorded",
			   &copy, e))
		return false;
	for (size_t i = 0; i < st->entries.n; i++)
		if (!copy_entry(copy, ctx, statement_id, i + 1, ids[i], &st->entries.at[i], e)) {
			db_copy_abort(copy);
			return false;
		}
	return db_copy_end(copy, e);
}

static void write_json(struct json *j, const struct staged_statement *st)
{
	json_open_object(j);
	json_put_text(j, "account", st->account);
	json_put_text(j, "reference", st->reference);
	json_put_text(j, "currency", st->currency);
	json_put_day(j, "from", st->from);
	json_put_day(j, "to", st->to);
	json_key(j, "opening");
	st->has_opening ? json_minor(j, st->opening_minor, st->currency) : json_nothing(j);
	json_key(j, "closing");
	st->has_closing ? json_minor(j, st->closing_minor, st->currency) : json_nothing(j);
	json_put_int(j, "entries", (int64_t)st->entries.n);
	json_key(j, "credits"), json_open_object(j);
	json_put_int(j, "count", st->n_credits);
	json_put_minor(j, "amount", st->credits_minor, st->currency);
	json_end(j);
	json_key(j, "debits"), json_open_object(j);
	json_put_int(j, "count", st->n_debits);
	json_put_minor(j, "amount", st->debits_minor, st->currency);
	json_end(j);
	json_put_bool(j, "balanced", st->is_balanced);
	json_put_bool(j, "unchanged", st->is_there);
	json_put_text(j, "remark", st->remark);
	json_end(j);
}

/* What the import's page and the command line say. Counts are of entries of the bank. */
static void fill_report(struct staging *s, const struct import_context *ctx,
			struct import_report *report)
{
	struct json j;
	struct buf b;

	buf_init(&b, ctx->arena);
	json_init(&j, &b);
	json_open_array(&j);
	for (size_t i = 0; i < s->statements.n; i++) {
		const struct staged_statement *st = &s->statements.at[i];
		write_json(&j, st);
		*(st->is_there ? &report->n_unchanged : &report->n_created) +=
			(int64_t)st->entries.n;
		if (i == 0 || st->from < report->from_on)
			report->from_on = st->from;
		if (i == 0 || st->to > report->to_on)
			report->to_on = st->to;
		memcpy(report->currency, st->currency, sizeof report->currency);
	}
	json_end(&j);
	report->statements_json = b.data;
	report->errors = s->errors.at;
	report->n_errors = s->errors.n;
	report->warnings = s->warnings.at;
	report->n_warnings = s->warnings.n;
}

static bool check_entries(const struct staged_statement *st, struct err *e)
{
	for (size_t i = 0; i < st->entries.n; i++)
		if (st->entries.at[i].booked_on == DAY_NONE)
			return err_set(
				e, ERR_FORMAT, "entry %s of statement %s has no booking date",
				st->entries.at[i].reference, st->reference ? st->reference : "");
	return st->from != DAY_NONE ||
	       err_set(e, ERR_FORMAT, "statement %s says neither its period nor any date",
		       st->reference ? st->reference : "");
}

static bool apply_statement(struct staging *s, const struct import_context *ctx,
			    struct staged_statement *st, struct err *e)
{
	int64_t id;

	if (st->kind == FORMAT_CAMT052 || st->kind == FORMAT_CAMT054)
		return err_set(e, ERR_REFUSED,
			       st->kind == FORMAT_CAMT052
				       ? "an intraday report (camt.052) is not booked: import the"
					 " statement of the day (camt.053)"
				       : "a notification (camt.054) is not booked: import the"
					 " statement of the day (camt.053)");
	find_period(st);
	if (!check_entries(st, e) || !find_account(s, ctx, st, e) || !check_known(s, ctx, st, e))
		return false;
	if (st->is_there)
		return true;
	check_balance(s, ctx, st);
	return insert_statement(ctx, st, &id, e) && insert_entries(ctx, st, id, e);
}

static int compare_period(const void *a, const void *b)
{
	const struct staged_statement *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static bool apply(void *arg, const struct import_context *ctx, struct import_report *report,
		  struct err *e)
{
	struct staging *s = arg;

	s->errors.n = s->warnings.n = 0; /* the transaction may be tried again */
	if (s->statements.n)
		qsort(s->statements.at, s->statements.n, sizeof *s->statements.at, compare_period);
	for (size_t i = 0; i < s->statements.n; i++) {
		s->statements.at[i].is_there = false;
		s->statements.at[i].remark = NULL;
		if (!apply_statement(s, ctx, &s->statements.at[i], e))
			return false;
	}
	fill_report(s, ctx, report);
	return true;
}

void statement_importer(struct arena *a, struct bank_importer *ret)
{
	struct staging *s = ARENA_NEW(a, struct staging);

	s->arena = a;
	*ret = (struct bank_importer){ .arg = s, .take = take, .apply = apply };
}
