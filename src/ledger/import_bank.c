/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_bank.c - a bank's table to statements, given as the records of format/record.h to whoever takes statements.
 *
 * One statement per account and currency that the rows name. Rows may stand newest first. A balance column is
 * followed row by row; what does not add up is told by its line. A row that has an amount and cannot be read makes the
 * statement one that cannot be taken: money that is left out would be lost.
 */
#include "ledger/import_table.h"

#include "base/buf.h"
#include "base/list.h"
#include "base/money.h"
#include "base/text.h"

#include <stdio.h>

enum { ROWS_MAX = 200000, TOLD_MAX = 20 };

struct bank_row {
	int64_t line;
	day_t booked_on, value_on;
	int64_t minor, debit_minor, balance_minor;
	bool has_debit, has_balance;
	char currency[4];
	const char *text, *counterparty, *iban, *reference, *account;
};

struct bank_table {
	LIST_OF(struct bank_row) rows;
	bool has_opening, has_closing;
	int64_t opening_minor, closing_minor;
	int64_t n_positive_debits, n_left_out;
};

static bool has(const struct table_reader *r, enum table_field f)
{
	return r->column_of[f] >= 0;
}

bool bank_table_is_one(const struct table_reader *r)
{
	return has(r, FIELD_BOOKED_ON) &&
	       (has(r, FIELD_BANK_AMOUNT) || (has(r, FIELD_DEBIT) && has(r, FIELD_CREDIT))) &&
	       (has(r, FIELD_BANK_TEXT) || has(r, FIELD_COUNTERPARTY));
}

void bank_table_recognise(struct table_reader *r)
{
	for (size_t i = 0; i < r->n_columns; i++)
		if (r->field[i] < FIELD_BANK_FIRST)
			r->field[i] = bank_field_of_header(r->plan->keep, r->header[i]);
}

bool bank_table_is_continental(const struct table_reader *r)
{
	static const char *const words[] = { "LIBELLE", "MONTANT",  "SOLDE",    "VALEUR",
					     "DATEOPE", "DATECOMP", "DEVISE",   "BUCHUNG",
					     "BETRAG",  "WERTSTEL", "WAHRUNG",  "SALDO",
					     "BEDRAG",  "DATUM",    "OMSCHRIJ", "REKENING",
					     "FECHA",   "IMPORTE",  "IMPORTO",  "DESCRIZI" };

	for (size_t i = 0; i < r->n_columns; i++) {
		const char *key =
			r->header[i] ? text_reference_key(r->plan->keep, r->header[i]) : "";
		for (size_t k = 0; k < ARRAY_LEN(words); k++)
			if (str_starts(key, words[k]))
				return true;
	}
	return false;
}

/* ---- rows ---- */

static bool wrong(struct table_reader *r, enum table_field f, const char *value,
		  const char *message)
{
	int column = r->column_of[f];

	plan_reject(r->plan, r->row->line, NULL,
		    column >= 0 && r->header[column] ? r->header[column] : table_field_name(f),
		    value, message);
	return true;
}

static bool number(struct table_reader *r, enum table_field f, const char *currency, bool *ret_has,
		   int64_t *ret)
{
	const char *text = table_cell(r, f);
	struct err e = { 0 };

	*ret = 0;
	*ret_has = text != NULL;
	if (!text || value_amount(text, r->number[f], currency, ret, &e))
		return true;
	*ret_has = false;
	return false;
}

/* Every column of text, one after the other. */
static const char *text_of(const struct table_reader *r)
{
	struct buf b;

	buf_init(&b, r->plan->arena);
	for (size_t i = 0; i < r->n_columns && i < r->row->n; i++) {
		if (r->field[i] != FIELD_BANK_TEXT || !r->row->cell[i])
			continue;
		buf_puts(&b, b.len ? " " : "");
		buf_puts(&b, r->row->cell[i]);
	}
	return b.len ? text_squeeze(r->plan->arena, buf_str(&b)) : NULL;
}

static bool holds_word(const char *key, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(key, words[i]))
			return true;
	return false;
}

/* A row that tells a balance instead of a movement: no day, and words such as "Solde initial". */
static bool take_balance_row(struct table_reader *r)
{
	static const char *const balance[] = { "SOLDE", "BALANCE", "SALDO", "KONTOSTAND" };
	static const char *const opening[] = { "START",     "INITIAL", "OPENING", "ANCIEN",
					       "PRECEDENT", "ANFANG",  "BEGIN",   "DEBUT",
					       "DEPART",    "REPORT" };
	static const enum table_field amounts[] = { FIELD_BALANCE, FIELD_CREDIT, FIELD_BANK_AMOUNT,
						    FIELD_DEBIT };
	struct bank_table *t = r->bank;
	const char *key = NULL;
	bool has_amount = false, opens;
	int64_t minor = 0;

	for (size_t i = 0; i < r->row->n && !key; i++) {
		const char *cell =
			r->row->cell[i] ? text_reference_key(r->plan->arena, r->row->cell[i]) : "";
		if (holds_word(cell, balance, ARRAY_LEN(balance)))
			key = cell;
	}
	for (size_t i = 0; key && i < ARRAY_LEN(amounts) && !has_amount; i++)
		(void)number(r, amounts[i], r->plan->currency, &has_amount, &minor);
	if (!has_amount)
		return false;
	opens = holds_word(key, opening, ARRAY_LEN(opening));
	*(opens ? &t->has_opening : &t->has_closing) = true;
	*(opens ? &t->opening_minor : &t->closing_minor) = minor;
	return true;
}

/* Amount from its column, with the sign of another one where there is one, or from debit and credit. */
static bool read_amount(struct table_reader *r, struct bank_row *row, bool *ret_has)
{
	const char *sign = table_cell(r, FIELD_SIGN);
	int64_t credit;
	bool has_credit;

	if (has(r, FIELD_BANK_AMOUNT)) {
		if (!number(r, FIELD_BANK_AMOUNT, row->currency, ret_has, &row->minor))
			return wrong(r, FIELD_BANK_AMOUNT, table_cell(r, FIELD_BANK_AMOUNT),
				     "the amount cannot be read");
		if (*ret_has && has(r, FIELD_SIGN)) {
			int side = sign ? table_sign(r->plan->arena, sign) : 0;
			if (side == 0)
				return wrong(r, FIELD_SIGN, sign,
					     "expected debit or credit: D or C");
			if ((row->minor < 0) != (side < 0))
				row->minor = -row->minor;
		}
		return true;
	}
	if (!number(r, FIELD_DEBIT, row->currency, &row->has_debit, &row->debit_minor))
		return wrong(r, FIELD_DEBIT, table_cell(r, FIELD_DEBIT),
			     "the amount cannot be read");
	if (!number(r, FIELD_CREDIT, row->currency, &has_credit, &credit))
		return wrong(r, FIELD_CREDIT, table_cell(r, FIELD_CREDIT),
			     "the amount cannot be read");
	row->minor = credit;
	*ret_has = row->has_debit || has_credit;
	return true;
}

static void read_currency(struct table_reader *r, struct bank_row *row)
{
	const char *text = table_cell(r, FIELD_BANK_CURRENCY);

	memcpy(row->currency, r->plan->currency, sizeof row->currency);
	if (text && !currency_is_code(text))
		(void)wrong(r, FIELD_BANK_CURRENCY, text, "expected a currency of three letters");
	else if (text)
		memcpy(row->currency, text, 4);
}

bool bank_table_take(struct table_reader *r, struct err *e)
{
	struct bank_row row = { .line = r->row->line, .booked_on = DAY_NONE, .value_on = DAY_NONE };
	const char *day = table_cell(r, FIELD_BOOKED_ON), *value = table_cell(r, FIELD_VALUE_ON);
	struct err why = { 0 };
	bool has_day, has_amount = false;

	if (!r->bank)
		r->bank = ARENA_NEW(r->plan->keep, struct bank_table);
	if (r->bank->rows.n == ROWS_MAX)
		return err_set(e, ERR_LIMIT, "the table has more than %d movements", ROWS_MAX);
	has_day = day && value_date(day, r->date[FIELD_BOOKED_ON], &row.booked_on, &why);
	if (!has_day && take_balance_row(r))
		return true;
	read_currency(r, &row);
	if (!read_amount(r, &row, &has_amount))
		return true;
	if (!has_day && !has_amount) {
		r->bank->n_left_out++;
		return true;
	}
	if (!has_day)
		return wrong(r, FIELD_BOOKED_ON, day, day ? why.msg : "the cell is empty");
	if (!has_amount)
		return wrong(r, has(r, FIELD_BANK_AMOUNT) ? FIELD_BANK_AMOUNT : FIELD_CREDIT, NULL,
			     "the cell is empty");
	if (value && !value_date(value, r->date[FIELD_VALUE_ON], &row.value_on, &why))
		return wrong(r, FIELD_VALUE_ON, value, why.msg);
	if (!number(r, FIELD_BALANCE, row.currency, &row.has_balance, &row.balance_minor))
		return wrong(r, FIELD_BALANCE, table_cell(r, FIELD_BALANCE),
			     "the balance cannot be read");
	row.text = text_of(r);
	row.counterparty = table_cell(r, FIELD_COUNTERPARTY);
	row.iban = table_cell(r, FIELD_COUNTERPARTY_IBAN);
	row.reference = table_cell(r, FIELD_BANK_REF);
	row.account = table_cell(r, FIELD_OWN_ACCOUNT);
	r->bank->n_positive_debits += row.debit_minor > 0;
	*LIST_ADD(r->plan->keep, &r->bank->rows) = row;
	return true;
}

/* ---- statements ---- */

/* Debits written as negative numbers are what they look like, unless the column has positive ones too: then they
 * are taken back. */
static void settle_signs(struct bank_table *t)
{
	for (size_t i = 0; i < t->rows.n; i++) {
		struct bank_row *row = &t->rows.at[i];
		if (row->has_debit)
			row->minor += t->n_positive_debits ? -row->debit_minor : row->debit_minor;
	}
}

/* The rows of one account and currency, oldest first. */
struct part {
	struct bank_table *t;
	const struct bank_row **at;
	size_t n;
};

static bool is_of(const struct bank_row *a, const struct bank_row *b)
{
	return str_eq(a->currency, b->currency) &&
	       (a->account == b->account || str_eq(a->account, b->account));
}

/* How many balances do not follow from the one before. */
static size_t count_breaks(const struct part *p, struct import_plan *plan)
{
	int64_t expected = 0;
	bool is_known = false;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct bank_row *row = p->at[i];
		if (is_known)
			expected += row->minor;
		if (!row->has_balance)
			continue;
		if (is_known && row->balance_minor != expected && ++n <= TOLD_MAX && plan) {
			char a[MONEY_TEXT], b[MONEY_TEXT];
			plan_warn(
				plan,
				"line %" PRId64
				": the balance is %s, but the one before and the movements make %s",
				row->line, minor_format(row->balance_minor, row->currency, a),
				minor_format(expected, row->currency, b));
		}
		expected = row->balance_minor;
		is_known = true;
	}
	return n;
}

static void reverse(struct part *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		const struct bank_row *row = p->at[i];
		p->at[i] = p->at[p->n - 1 - i];
		p->at[p->n - 1 - i] = row;
	}
}

/* Newest first when the days say so; on one day, when the balances follow better. */
static void put_in_order(struct part *p)
{
	size_t breaks;

	if (p->n < 2)
		return;
	if (p->at[0]->booked_on != p->at[p->n - 1]->booked_on) {
		if (p->at[0]->booked_on > p->at[p->n - 1]->booked_on)
			reverse(p);
		return;
	}
	breaks = count_breaks(p, NULL);
	reverse(p);
	if (count_breaks(p, NULL) >= breaks)
		reverse(p);
}

static void name_account(struct table_reader *r, const struct bank_row *row,
			 struct camt_statement *s)
{
	const char *told = r->plan->job->account ? r->plan->job->account : row->account;

	s->other_account = told ? text_reference_key(r->plan->keep, told) : NULL;
}

static void find_balances(const struct part *p, struct camt_statement *s)
{
	const struct bank_row *first = p->at[0], *last = p->at[p->n - 1];

	s->has_opening = first->has_balance || p->t->has_opening;
	s->opening_minor =
		first->has_balance ? first->balance_minor - first->minor : p->t->opening_minor;
	s->has_closing = last->has_balance || p->t->has_closing;
	s->closing_minor = last->has_balance ? last->balance_minor : p->t->closing_minor;
}

static void sum_up(const struct part *p, struct camt_statement *s)
{
	int64_t sum;

	s->n_entries = (int64_t)p->n;
	for (size_t i = 0; i < p->n; i++) {
		int64_t minor = p->at[i]->minor;
		++*(minor < 0 ? &s->n_debits : &s->n_credits);
		if (__builtin_add_overflow(minor < 0 ? s->debits_minor : s->credits_minor,
					   minor < 0 ? -minor : minor,
					   minor < 0 ? &s->debits_minor : &s->credits_minor))
			s->fault = "the sum of the movements is too large";
	}
	s->is_balanced = s->has_opening && s->has_closing &&
			 !__builtin_add_overflow(s->opening_minor, s->credits_minor, &sum) &&
			 !__builtin_sub_overflow(sum, s->debits_minor, &sum) &&
			 sum == s->closing_minor;
}

static bool give_row(struct table_reader *r, const struct bank_row *row, int64_t index,
		     struct err *e)
{
	const struct bank_importer *bank = r->plan->job->bank;
	struct camt_tx tx = { .has_amount = true,
			      .minor = row->minor,
			      .currency = row->currency,
			      .remittance = row->text };
	struct camt_entry en = { .line = row->line,
				 .index = index,
				 .ref = row->reference,
				 .minor = row->minor,
				 .currency = row->currency,
				 .is_booked = true,
				 .status = "BOOK",
				 .booked_on = row->booked_on,
				 .value_on = row->value_on,
				 .details_agree = true,
				 .n_tx = 1,
				 .tx = &tx };
	struct camt_party *other = row->minor < 0 ? &tx.creditor : &tx.debtor;

	other->name = row->counterparty;
	other->iban = row->iban;
	return bank->take(bank->arg, &(struct record){ RECORD_CAMT_ENTRY, { .entry = &en } }, e);
}

static bool give_part(struct table_reader *r, struct part *p, struct err *e)
{
	const struct bank_importer *bank = r->plan->job->bank;
	struct camt_statement s = {
		.line = p->at[0]->line,
		.message = "table",
		.kind = FORMAT_CSV,
		.currency = p->at[0]->currency,
	};
	char from[DATE_TEXT], to[DATE_TEXT];

	put_in_order(p);
	(void)count_breaks(p, r->plan);
	name_account(r, p->at[0], &s);
	s.from = s.to = p->at[0]->booked_on;
	for (size_t i = 0; i < p->n; i++) {
		s.from = p->at[i]->booked_on < s.from ? p->at[i]->booked_on : s.from;
		s.to = p->at[i]->booked_on > s.to ? p->at[i]->booked_on : s.to;
	}
	s.id = arena_printf(r->plan->keep, "%s..%s", date_format(s.from, from),
			    date_format(s.to, to));
	find_balances(p, &s);
	sum_up(p, &s);
	if (!bank->take(bank->arg, &(struct record){ RECORD_CAMT_STATEMENT, { .statement = &s } },
			e))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (!give_row(r, p->at[i], (int64_t)i + 1, e))
			return false;
	return bank->take(bank->arg,
			  &(struct record){ RECORD_CAMT_STATEMENT_END, { .statement = &s } }, e);
}

/* A movement that is left out would be lost: the file is refused as a whole, by its first error. */
static bool refuse(const struct import_plan *plan, struct err *e)
{
	const struct import_error *first = &plan->errors.at[0];

	err_set(e, ERR_FORMAT, "%s", first->message);
	return err_while(e, "line %" PRId64 ", %s", first->line, first->field ? first->field : "");
}

bool bank_table_finish(struct table_reader *r, struct err *e)
{
	struct bank_table *t = r->bank;
	struct import_plan *plan = r->plan;
	bool *is_given;

	if (!plan->job->bank)
		return err_set(e, ERR_USAGE, "bank statements are not taken here");
	if (plan->errors.n)
		return refuse(plan, e);
	if (!t || t->rows.n == 0)
		return err_set(e, ERR_FORMAT, "the table has no movement");
	settle_signs(t);
	is_given = ARENA_ARRAY(plan->keep, t->rows.n, bool);
	for (size_t i = 0; i < t->rows.n; i++) {
		struct part p = { .t = t };
		if (is_given[i])
			continue;
		p.at = ARENA_ARRAY(plan->keep, t->rows.n - i, const struct bank_row *);
		for (size_t k = i; k < t->rows.n; k++)
			if (!is_given[k] && is_of(&t->rows.at[i], &t->rows.at[k])) {
				is_given[k] = true;
				p.at[p.n++] = &t->rows.at[k];
			}
		if (!give_part(r, &p, e))
			return false;
	}
	if (t->n_left_out)
		plan_warn(plan, "%" PRId64 " rows without day and amount were left out",
			  t->n_left_out);
	return true;
}
