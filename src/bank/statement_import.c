/* SPDX-License-Identifier: Apache-2.0 */
#include "bank/statement_stage.h"

#include "base/json.h"
#include "base/list.h"
#include "base/money.h"
#include "base/text.h"
#include "i18n/catalogue.h"

#include <stdlib.h>

/* ---- checks ---- */

static void tell(struct staging *s, int64_t line, const char *field, const char *value,
		 const char *message)
{
	*LIST_ADD(s->arena, &s->errors) = (struct import_error){ line, field, value, message };
}

void staging_warn(struct staging *s, const char *message)
{
	*LIST_ADD(s->arena, &s->warnings) = message;
}

/* The one account that has the number, when the statement does not name it by its IBAN. */
static bool find_named(struct staging *s, const struct import_context *ctx,
		       struct staged_statement *st, const struct bank_account *known, size_t n)
{
	const struct bank_account *found = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(known[i].currency, st->currency) ||
		    !account_is_named(text_reference_key(s->arena, known[i].iban),
				      text_reference_key(s->arena, st->account)))
			continue;
		if (found)
			return false;
		found = &known[i];
	}
	if (!found)
		return false;
	st->account_id = found->id;
	staging_warn(s, arena_printf(ctx->arena, N_("account %s was taken for %s"), st->account,
				     found->iban));
	return true;
}

/* A download that does not name its account is of the only one there is; else somebody must say which. */
static bool find_only(struct staging *s, const struct import_context *ctx,
		      struct staged_statement *st, const struct bank_account *known, size_t n,
		      struct err *e)
{
	const struct bank_account *only = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(known[i].currency, st->currency))
			continue;
		if (only || !staged_is_download(st)) {
			only = NULL;
			break;
		}
		only = &known[i];
	}
	if (!only)
		return err_set(e, ERR_FORMAT,
			       "the statement %s does not say of which account it is",
			       st->reference ? st->reference : "");
	st->account_id = only->id;
	st->account = only->iban;
	staging_warn(s, arena_printf(ctx->arena,
				     N_("the file does not name its account: taken for %s"),
				     only->iban));
	return true;
}

bool staged_find_account(struct staging *s, const struct import_context *ctx,
			 struct staged_statement *st, struct err *e)
{
	struct bank_account account = { .iban = st->account, .bic = st->bic, .name = st->name };
	struct bank_account *known;
	size_t n;

	if (!bank_account_list_real(ctx->db, ctx->arena, ctx->entity->id, &known, &n, e))
		return false;
	if (str_empty(st->account))
		return find_only(s, ctx, st, known, n, e);
	for (size_t i = 0; i < n; i++)
		if (str_eq(text_reference_key(s->arena, known[i].iban),
			   text_reference_key(s->arena, st->account)) &&
		    str_eq(known[i].currency, st->currency)) {
			st->account_id = known[i].id;
			return true;
		}
	if (n > 0 && find_named(s, ctx, st, known, n))
		return true;
	if (n > 0)
		return err_set(e, ERR_REFUSED, "account %s in %s is not one of %s's bank accounts",
			       st->account, st->currency, ctx->entity->name);
	memcpy(account.currency, st->currency, sizeof account.currency);
	staging_warn(s,
		     arena_printf(ctx->arena,
				  N_("account %s was not known: added as the first bank account"),
				  st->account));
	return bank_account_save(ctx->db, ctx->entity->id, &account, ctx->actor, ctx->now,
				 &st->account_id, e);
}

/* The word of the database. */
static const char *staged_kind(const struct staged_statement *st)
{
	return staged_is_returns(st)                                    ? "returns"
	       : st->kind == FORMAT_CAMT052 || st->kind == FORMAT_MT942 ? "intraday"
	       : st->kind == FORMAT_CAMT054                             ? "details"
									: "booked";
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
	const char *format; /* of the file that brought it */
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
		DB_COL(struct known_statement, format),
	};

	return db_list(ctx->db, ctx->arena,
		       "SELECT s.id, s.reference, s.sequence, s.from_on, s.to_on,"
		       " CASE WHEN s.opening_minor IS NULL THEN 0 ELSE 1 END,"
		       " CASE WHEN s.closing_minor IS NULL THEN 0 ELSE 1 END,"
		       " s.opening_minor, s.closing_minor,"
		       " (SELECT COUNT(*) FROM statement_entry x WHERE x.statement_id = s.id),"
		       " (SELECT CAST(COALESCE(SUM(x.amount_minor), 0) AS BIGINT)"
		       "  FROM statement_entry x WHERE x.statement_id = s.id),"
		       " (SELECT i.format FROM import i WHERE i.id = s.import_id)"
		       " FROM statement s WHERE s.bank_account_id = $1 AND s.kind = $2"
		       " ORDER BY s.to_on, s.id",
		       DB_PARAMS(P_I64(st->account_id), P_TEXT(staged_kind(st))), columns,
		       ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
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

static bool is_neighbour(const struct staged_statement *st, const struct known_statement *k)
{
	return goes_on(k->to_on, k->has_closing, k->closing_minor, st->from, st->has_opening,
		       st->opening_minor) ||
	       goes_on(st->to, st->has_closing, st->closing_minor, k->from_on, k->has_opening,
		       k->opening_minor);
}

static bool differ(const char *a, const char *b)
{
	return !str_empty(a) && !str_empty(b) && !str_eq(a, b);
}

/* Several statements of one day: another number or name, and balances that go on from one of the others. */
static bool is_of_chain(const struct staged_statement *st, const struct known_statement *k,
			const struct known_statement *known, size_t n)
{
	bool shares_a_day = st->from == k->to_on || st->to == k->from_on;

	if (!shares_a_day ||
	    !(differ(st->sequence, k->sequence) || differ(st->reference, k->reference)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (is_neighbour(st, &known[i]))
			return true;
	return false;
}

static bool overlaps(const struct staged_statement *st, const struct known_statement *k,
		     const struct known_statement *known, size_t n)
{
	return st->from <= k->to_on && st->to >= k->from_on && !is_neighbour(st, k) &&
	       !is_of_chain(st, k, known, n);
}

static void check_sequence(struct staging *s, const struct import_context *ctx,
			   struct staged_statement *st, const struct known_statement *before)
{
	uint64_t mine, theirs;

	if (!before)
		return;
	if (st->has_opening && before->has_closing && st->opening_minor != before->closing_minor) {
		char a[MONEY_TEXT], b[MONEY_TEXT];
		st->remark = arena_printf(ctx->arena,
					  N_("opens with %s, but the statement before closed with "
					     "%s: one is missing"),
					  minor_format(st->opening_minor, st->currency, a),
					  minor_format(before->closing_minor, st->currency, b));
	} else if (st->sequence && before->sequence &&
		   text_to_u64(st->sequence, UINT32_MAX, &mine) &&
		   text_to_u64(before->sequence, UINT32_MAX, &theirs) && mine > theirs + 1 &&
		   before->to_on < st->from) {
		st->remark = arena_printf(ctx->arena,
					  N_("number %s comes after %s: a statement is missing"),
					  st->sequence, before->sequence);
	}
	if (st->remark)
		staging_warn(s, arena_printf(ctx->arena, N_("statement %s: %s"), st->reference,
					     st->remark));
}

bool staged_is_known(const struct import_context *ctx, struct staged_statement *st, struct err *e)
{
	struct known_statement *known;
	size_t n;

	if (!list_known(ctx, st, &known, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		st->is_there |= is_same(st, &known[i]) && str_eq(known[i].reference, st->reference);
	return true;
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
	/* Of several of one day the one whose balance it goes on from, whichever came last. */
	for (size_t i = 0; i < n; i++)
		if (goes_on(known[i].to_on, known[i].has_closing, known[i].closing_minor, st->from,
			    st->has_opening, st->opening_minor))
			before = &known[i];
	for (size_t i = 0; i < n; i++)
		if (overlaps(st, &known[i], known, n) &&
		    !(staged_is_download(st) && staged_is_alike(st, known[i].format)))
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
		st->remark = N_("opening or closing balance missing: not checked");
		staging_warn(s, arena_printf(ctx->arena, N_("statement %s: %s"), st->reference,
					     st->remark));
		return;
	}
	st->remark = arena_printf(ctx->arena,
				  N_("opening balance and entries make %s, closing balance is %s"),
				  minor_format(computed, st->currency, a),
				  minor_format(st->closing_minor, st->currency, b));
	tell(s, st->line, "closing", arena_strdup(ctx->arena, b), st->remark);
}

/* ---- writing ---- */

bool staged_insert(const struct import_context *ctx, const struct staged_statement *st,
		   int64_t *ret_id, struct err *e)
{
	struct db_param none = P_NULL;

	return db_new_id(ctx->db, ret_id, e) &&
	       db_exec(ctx->db,
		       "INSERT INTO statement (id, entity_id, bank_account_id, reference, sequence,"
		       " from_on, to_on, opening_minor, closing_minor, currency, is_balanced, "
		       "remark,"
		       " import_id, event_id, recorded, kind) VALUES ($1, $2, $3, $4, $5, $6, $7, "
		       "$8,"
		       " $9, $10, $11, $12, $13, $14, $15, $16)",
		       DB_PARAMS(P_I64(*ret_id), P_I64(ctx->entity->id), P_I64(st->account_id),
				 P_TEXT(st->reference ? st->reference : ""), P_TEXT(st->sequence),
				 P_DAY(st->from), P_DAY(st->to),
				 st->has_opening ? P_I64(st->opening_minor) : none,
				 st->has_closing ? P_I64(st->closing_minor) : none,
				 P_TEXT(st->currency),
				 P_BOOL(st->is_balanced && !staged_is_notice(st)),
				 P_TEXT(st->remark), P_I64(ctx->import_id), P_I64(ctx->event_id),
				 P_I64(ctx->now), P_TEXT(staged_kind(st))),
		       NULL, e);
}

static bool copy_entry(struct db_copy *copy, const struct import_context *ctx, int64_t statement_id,
		       size_t seq, int64_t id, const struct staged_entry *en, struct err *e)
{
	const char *key = en->payer_name ? text_key(ctx->arena, en->payer_name) : NULL;

	return db_copy_row(copy,
			   DB_PARAMS(P_I64(id), P_I64(ctx->entity->id), P_I64(statement_id),
				     P_I64((int64_t)seq), P_TEXT(en->reference),
				     P_DAY(en->booked_on), P_DAY(en->value_on), P_I64(en->minor),
				     P_TEXT(en->currency), P_BOOL(en->is_reversal),
				     P_TEXT(en->bank_code), P_TEXT(en->payer_name), P_TEXT(key),
				     P_TEXT(en->payer_iban), P_TEXT(en->creditor_iban),
				     P_TEXT(en->end_to_end), P_TEXT(en->structured_ref),
				     P_TEXT(en->remittance), P_TEXT(en->other_refs),
				     P_TEXT(en->return_reason), P_TEXT(entry_state_name(en->state)),
				     P_I64(1), P_I64(ctx->event_id), P_I64(ctx->now)),
			   e);
}

static bool copy_documents(struct db_copy *copy, int64_t id, const struct staged_entry *en,
			   struct err *e)
{
	for (size_t i = 0; i < en->n_documents; i++)
		if (!db_copy_row(copy,
				 DB_PARAMS(P_I64(id), P_I64((int64_t)i + 1),
					   P_TEXT(en->documents[i].document),
					   P_I64(en->documents[i].minor),
					   P_I64(en->documents[i].discount_minor)),
				 e))
			return false;
	return true;
}

/* What the bank's details say that each entry pays. */
static bool insert_documents(const struct import_context *ctx, const struct staged_statement *st,
			     const int64_t *ids, struct err *e)
{
	struct db_copy *copy;
	size_t n = 0;

	for (size_t i = 0; i < st->entries.n; i++)
		n += st->entries.at[i].n_documents;
	if (n == 0)
		return true;
	if (!db_copy_begin(ctx->db, "statement_entry_document",
			   "entry_id, seq, document, amount_minor, discount_minor", &copy, e))
		return false;
	for (size_t i = 0; i < st->entries.n; i++)
		if (!copy_documents(copy, ids[i], &st->entries.at[i], e)) {
			db_copy_abort(copy);
			return false;
		}
	return db_copy_end(copy, e);
}

bool staged_insert_entries(const struct import_context *ctx, const struct staged_statement *st,
			   int64_t statement_id, int64_t **ret_ids, struct err *e)
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
	*ret_ids = ids;
	return db_copy_end(copy, e) && insert_documents(ctx, st, ids, e);
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
	json_put_text(j, "kind", staged_kind(st));
	json_put_int(j, "entries", (int64_t)st->entries.n);
	json_put_int(j, "bank_entries", st->n_bank_entries);
	if (staged_is_returns(st))
		json_put_int(j, "returns", st->n_returns);
	if (staged_is_notice(st)) {
		json_put_int(j, "known", st->n_known);
		json_put_int(j, "joined", st->n_joined);
		json_put_int(j, "waiting", st->n_waiting);
	}
	json_key(j, "credits"), json_open_object(j);
	json_put_int(j, "count", st->n_credits);
	json_put_minor(j, "amount", st->credits_minor, st->currency);
	json_end(j);
	json_key(j, "debits"), json_open_object(j);
	json_put_int(j, "count", st->n_debits);
	json_put_minor(j, "amount", st->debits_minor, st->currency);
	json_end(j);
	json_key(j, "balanced");
	if (staged_is_notice(st) && !(st->has_opening && st->has_closing))
		json_nothing(j);
	else
		json_bool(j, st->is_balanced);
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
			(int64_t)st->entries.n - (st->is_there ? 0 : st->n_known);
		report->n_unchanged += st->is_there ? 0 : st->n_known + st->n_repeated;
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
	int64_t id, *ids;

	if (st->fault) {
		err_set(e, ERR_FORMAT, "%s", st->fault);
		return err_while(e, "statement %s", st->reference ? st->reference : "");
	}
	if (staged_is_returns(st))
		return returns_apply(s, ctx, st, e);
	if (staged_is_notice(st))
		return notice_apply(s, ctx, st, e);
	staged_find_period(st);
	if (!check_entries(st, e) || !staged_find_account(s, ctx, st, e) ||
	    !check_known(s, ctx, st, e))
		return false;
	if (!st->is_there && staged_is_download(st) && !staged_skip_repeated(ctx, st, e))
		return false;
	if (st->is_there)
		return true;
	check_balance(s, ctx, st);
	if (st->n_left_out)
		staging_warn(
			s, arena_printf(ctx->arena,
					N_("statement %s: %" PRId64
					   " entries are not booked by the bank and were left out"),
					st->reference ? st->reference : "", st->n_left_out));
	return staged_see_virtual(ctx, st, e) && staged_insert(ctx, st, &id, e) &&
	       staged_insert_entries(ctx, st, id, &ids, e) && notice_join(s, ctx, st, e);
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
	if (s->as_read)
		memcpy(s->statements.at, s->as_read, s->statements.n * sizeof *s->statements.at);
	else if (s->statements.n) {
		qsort(s->statements.at, s->statements.n, sizeof *s->statements.at, compare_period);
		s->as_read = arena_memdup(s->arena, s->statements.at,
					  s->statements.n * sizeof *s->statements.at);
	}
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
	*ret = (struct bank_importer){ .arg = s, .take = statement_take, .apply = apply };
}
