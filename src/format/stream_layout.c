/* SPDX-License-Identifier: Apache-2.0 */
#include "format/stream_layout.h"

#include "format/stream.h"

/* clang-format off */
#define T(s, member) { TEXT, offsetof(struct s, member), NULL }
#define W(s, member) { WHOLE, offsetof(struct s, member), NULL }
#define D(s, member) { DAY, offsetof(struct s, member), NULL }
#define F(s, member) { FLAG, offsetof(struct s, member), NULL }
#define N(s, member) { COUNT, offsetof(struct s, member), NULL }
#define L(s, member, of) { LIST, offsetof(struct s, member), of }
#define LAYOUT(s, fields) { sizeof(struct s), ARRAY_LEN(fields), fields }

#define FL(kind, member) kind(fec_line, member)
static const struct field fec_fields[] = {
	FL(W, line), FL(T, journal), FL(T, journal_label), FL(T, entry_number), FL(D, entry_on),
	FL(T, account), FL(T, account_label), FL(T, aux), FL(T, aux_label), FL(T, piece_ref),
	FL(D, piece_on), FL(T, label), FL(W, debit_minor), FL(W, credit_minor), FL(T, lettering),
	FL(D, lettered_on), FL(D, valid_on), FL(F, has_currency_amount), FL(W, currency_amount_minor),
	FL(T, currency), FL(D, due_on), FL(D, paid_on), FL(T, payment_mode), FL(T, client_id),
};

#define PW(member) W(csv_column, values.member)
#define PS(member) { SAMPLE, offsetof(struct csv_column, values.member), NULL }
static const struct field column_fields[] = {
	T(csv_column, name), PW(n_filled), PW(n_number), PW(n_comma), PW(n_point), PW(n_either),
	PS(comma), PS(point), PS(either), PW(n_date), PW(n_dmy), PW(n_mdy), PW(n_day_or_month),
	PW(n_serial), PS(dmy), PS(mdy), PS(day_or_month),
};
static const struct layout column_layout = LAYOUT(csv_column, column_fields);

static const struct field columns_fields[] = {
	W(csv_columns, line), { BYTE, offsetof(struct csv_columns, separator), NULL },
	T(csv_columns, sheet), N(csv_columns, n), L(csv_columns, at, &column_layout),
};

static const struct field row_fields[] = {
	W(csv_row, line), N(csv_row, n), { CELLS, offsetof(struct csv_row, cell), NULL },
};

static const struct field balance_fields[] = {
	T(camt_balance, code), T(camt_balance, currency), W(camt_balance, minor), D(camt_balance, on),
};
static const struct layout balance_layout = LAYOUT(camt_balance, balance_fields);

#define CS(kind, member) kind(camt_statement, member)
static const struct field statement_fields[] = {
	CS(W, line), CS(T, message), { FORMAT, offsetof(struct camt_statement, kind), NULL },
	CS(T, message_id), CS(T, id), CS(T, sequence), CS(T, legal_sequence), CS(T, created),
	CS(T, iban), CS(T, other_account), CS(T, account_name), CS(T, owner), CS(T, bank_bic),
	CS(T, currency), CS(D, from), CS(D, to), CS(N, n_balances),
	L(camt_statement, balance, &balance_layout), CS(T, info), CS(W, n_entries),
	CS(W, n_credits), CS(W, n_debits), CS(W, credits_minor), CS(W, debits_minor),
	CS(F, has_opening), CS(F, has_closing), CS(W, opening_minor), CS(W, closing_minor),
	CS(F, is_balanced), CS(T, fault),
};

#define CR(kind, member) kind(camt_reference, member)
static const struct field reference_fields[] = {
	CR(T, type), CR(T, number), CR(F, is_creditor_reference), CR(D, on), CR(F, has_remitted),
	CR(F, has_discount), CR(F, has_credit_note), CR(W, remitted_minor), CR(W, discount_minor),
	CR(W, credit_note_minor), CR(T, currency), CR(T, info),
};
static const struct layout reference_layout = LAYOUT(camt_reference, reference_fields);

#define CT(kind, member) kind(camt_tx, member)
#define PARTY(p) \
	CT(T, p.name), CT(T, p.id), CT(T, p.iban), CT(T, p.other_account), CT(T, p.bic), CT(T, p.bank)
static const struct field tx_fields[] = {
	CT(F, has_amount), CT(W, minor), CT(T, currency), CT(F, has_instructed),
	CT(W, instructed_minor), CT(T, instructed_currency), CT(F, has_counter),
	CT(W, counter_minor), CT(T, counter_currency), CT(T, exchange_rate),
	CT(T, message_id), CT(T, acct_svcr_ref), CT(T, payment_info_id), CT(T, instruction_id),
	CT(T, end_to_end_id), CT(T, tx_id), CT(T, mandate_id), CT(T, cheque_number),
	CT(T, clearing_ref), CT(T, uetr), CT(T, other_refs), CT(T, bank_code), PARTY(debtor),
	PARTY(ultimate_debtor), PARTY(creditor), PARTY(ultimate_creditor), CT(T, remittance),
	CT(N, n_references), L(camt_tx, reference, &reference_layout), CT(T, purpose),
	CT(T, return_code), CT(T, return_info), CT(F, has_charges), CT(W, charges_minor),
	CT(T, charges_currency), CT(T, info),
};
static const struct layout tx_layout = LAYOUT(camt_tx, tx_fields);

#define CE(kind, member) kind(camt_entry, member)
static const struct field entry_fields[] = {
	CE(W, line), CE(W, index), CE(T, ref), CE(T, acct_svcr_ref), CE(W, minor), CE(T, currency),
	CE(F, is_booked), CE(T, status), CE(F, is_reversal), CE(D, booked_on), CE(D, value_on),
	CE(T, bank_code), CE(T, bank_own_code), CE(T, batch_id), CE(T, batch_message_id),
	CE(W, batch_count), CE(F, is_incomplete), CE(F, details_agree), CE(F, has_charges),
	CE(W, charges_minor), CE(T, charges_currency), CE(T, info), CE(N, n_tx),
	L(camt_entry, tx, &tx_layout),
};

#define PI(kind, member) kind(parse_issue, member)
static const struct field issue_fields[] = {
	PI(F, is_error), PI(W, line), PI(T, code), PI(T, field), PI(T, value), PI(T, message), PI(W, n),
};

#define PT(kind, member) kind(parse_total, member)
static const struct field total_fields[] = {
	{ FORMAT, offsetof(struct parse_total, format), NULL }, PT(T, encoding),
	{ BYTE, offsetof(struct parse_total, separator), NULL }, PT(W, n_bytes), PT(W, n_records),
	PT(W, n_rejected), PT(W, n_errors), PT(W, n_warnings), PT(W, debit_minor),
	PT(W, credit_minor), PT(D, from), PT(D, to), PT(W, n_columns), PT(W, n_entries),
	PT(W, n_unbalanced_entries), PT(T, siren), PT(D, closing_on), PT(W, n_statements),
};

static const struct field hello_fields[] = {
	F(stream_hello, has_seccomp), F(stream_hello, has_landlock),
};

static const struct field progress_fields[] = {
	W(stream_progress, done), W(stream_progress, total),
};

static const struct field failure_fields[] = {
	W(stream_failure, code), W(stream_failure, line), T(stream_failure, field),
	T(stream_failure, msg),
};
/* clang-format on */

static const struct layout layouts[STREAM_KINDS] = {
	[RECORD_FEC_LINE] = LAYOUT(fec_line, fec_fields),
	[RECORD_CSV_COLUMNS] = LAYOUT(csv_columns, columns_fields),
	[RECORD_CSV_ROW] = LAYOUT(csv_row, row_fields),
	[RECORD_CAMT_STATEMENT] = LAYOUT(camt_statement, statement_fields),
	[RECORD_CAMT_ENTRY] = LAYOUT(camt_entry, entry_fields),
	[RECORD_CAMT_STATEMENT_END] = LAYOUT(camt_statement, statement_fields),
	[RECORD_ISSUE] = LAYOUT(parse_issue, issue_fields),
	[RECORD_TOTAL] = LAYOUT(parse_total, total_fields),
	[STREAM_HELLO] = LAYOUT(stream_hello, hello_fields),
	[STREAM_PROGRESS] = LAYOUT(stream_progress, progress_fields),
	[STREAM_FAILURE] = LAYOUT(stream_failure, failure_fields),
};

const struct layout *stream_layout(int kind)
{
	return kind >= 0 && kind < STREAM_KINDS && layouts[kind].n ? &layouts[kind] : NULL;
}
