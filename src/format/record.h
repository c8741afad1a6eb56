/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - what a file says, record by record: the structs that every reader of this room fills.
 *
 * Readers are pure: bytes in, records out through a sink, no file, no clock, no database. A record
 *and its texts live only until the sink's function returns; copy what you keep. Texts are checked
 *UTF-8 without NUL and control characters other than tab and newline; a blank field is NULL. Lines
 *count from 1 as in an editor. Amounts are signed minor units of the currency beside them.
 *
 * The order of records:
 *	fec	RECORD_FEC_LINE..., issues anywhere, RECORD_TOTAL
 *	csv	RECORD_CSV_COLUMNS, RECORD_CSV_ROW..., issues anywhere, RECORD_TOTAL
 *	camt	(RECORD_CAMT_STATEMENT, RECORD_CAMT_ENTRY..., RECORD_CAMT_STATEMENT_END)...,
 *RECORD_TOTAL
 */
#ifndef FORMAT_RECORD_H
#define FORMAT_RECORD_H

#include "base/date.h"
#include "format/value.h"

/* Formats that are recognised; those with a reader are so marked by format_is_read(). */
enum format {
	FORMAT_AUTO, /* as an order: recognise it from the content */
	FORMAT_FEC,
	FORMAT_CSV,
	FORMAT_XLSX,
	FORMAT_CAMT052,
	FORMAT_CAMT053,
	FORMAT_CAMT054,
	FORMAT_CFONB120,
	FORMAT_CFONB240,
	FORMAT_MT940,
	FORMAT_MT942,
	FORMAT_OFX,
	FORMAT_CODA,
	FORMAT_UBL,
	FORMAT_CII,
	FORMAT_PDF,
	FORMAT_PAIN002,
	FORMAT_CDAR,
	FORMAT_JSON,
	FORMAT_XLS,
	FORMAT_ORDER, /* pain.001, pain.008 */
	FORMAT_RATES, /* only when asked for: rates.h */
	FORMAT_COUNT
};

/* "fec", "camt.053"...: the names of the command line. NULL-safe; FORMAT_COUNT when there is none.
 */
const char *format_name(enum format f);
enum format format_of_name(const char *name);
bool format_is_read(enum format f);

/* A line of an accounting file (une ligne du fichier des écritures comptables). */
struct fec_line {
	int64_t line;
	const char *journal;       /* JournalCode */
	const char *journal_label; /* JournalLib */
	const char *entry_number;  /* EcritureNum */
	day_t entry_on;            /* EcritureDate, always there */
	const char *account;       /* CompteNum, never NULL */
	const char *account_label; /* CompteLib */
	const char *aux;           /* CompAuxNum */
	const char *aux_label;     /* CompAuxLib */
	const char *piece_ref;     /* PieceRef */
	day_t piece_on;            /* PieceDate */
	const char *label;         /* EcritureLib */
	int64_t debit_minor;       /* may be negative, as in the file */
	int64_t credit_minor;
	const char *lettering; /* EcritureLet */
	day_t lettered_on;     /* DateLet */
	day_t valid_on;        /* ValidDate */
	bool has_currency_amount;
	int64_t currency_amount_minor; /* Montantdevise, in minor units of currency */
	const char *currency;          /* Idevise */
	day_t due_on;                  /* extra column DateEcheance */
	/* Cash-basis variants. */
	day_t paid_on;            /* DateRglt */
	const char *payment_mode; /* ModeRglt */
	const char *client_id;    /* IdClient */
};

/* Names and conventions of a table's columns, before its rows. */
struct csv_column {
	const char *name; /* as written in the header, trimmed; NULL when it has none */
	struct value_profile values;
};

struct csv_columns {
	int64_t line;      /* of the header; 0 when the table has none */
	char separator;    /* 0 for a spreadsheet */
	const char *sheet; /* name of the sheet; NULL for text */
	size_t n;
	const struct csv_column *at;
};

/* One row of a table; short rows are filled up with NULL cells to the number of columns. */
struct csv_row {
	int64_t line; /* where it begins, or the row number of a sheet */
	size_t n;
	const char *const *cell; /* trimmed; NULL when blank. Dates of a sheet are "2026-12-31" */
};

/* A balance of a bank statement (solde). */
struct camt_balance {
	const char *code;     /* OPBD, PRCD, CLBD, CLAV..., or the bank's own */
	const char *currency; /* as written */
	int64_t minor;        /* DBIT is negative */
	day_t on;
};

/* A statement, report or notification (relevé). */
struct camt_statement {
	int64_t line;
	const char *message;    /* "camt.053.001.02" */
	enum format kind;       /* FORMAT_CAMT052, 053 or 054 */
	const char *message_id; /* GrpHdr/MsgId */
	const char *id;
	const char *sequence;       /* ElctrncSeqNb */
	const char *legal_sequence; /* LglSeqNb */
	const char *created;        /* CreDtTm, as written */
	const char *iban;           /* of the account; NULL when it has another identifier */
	const char *other_account;  /* Acct/Id/Othr/Id */
	const char *account_name;
	const char *owner;
	const char *bank_bic;
	const char *currency; /* Acct/Ccy, else of the first balance or entry; NULL when nothing
				 tells */
	day_t from, to;       /* FrToDt */
	size_t n_balances;
	const struct camt_balance *balance;
	const char *info; /* AddtlStmtInf */

	/* Known at RECORD_CAMT_STATEMENT_END only. */
	int64_t n_entries;
	int64_t n_credits, n_debits;         /* booked entries in the account's currency */
	int64_t credits_minor, debits_minor; /* debits as a positive sum */
	bool has_opening, has_closing;       /* OPBD (else PRCD); CLBD */
	int64_t opening_minor, closing_minor;
	bool is_balanced; /* opening + booked entries = closing; false when one of them is missing
			   */
	const char
		*fault; /* NULL, or why the statement cannot be taken as it is: cut off, movements
			      that could not be read... */
};

/* A reference of structured remittance: one document paid, or the creditor's reference. */
struct camt_reference {
	const char *type;   /* SCOR, CINV, CREN... */
	const char *number; /* CdtrRefInf/Ref or RfrdDocInf/Nb */
	bool is_creditor_reference;
	day_t on; /* RltdDt */
	bool has_remitted, has_discount, has_credit_note;
	int64_t remitted_minor, discount_minor, credit_note_minor;
	const char *currency; /* of those amounts */
	const char *info;     /* AddtlRmtInf */
};

struct camt_party {
	const char *name;
	const char *id; /* organisation or private identifier */
	const char *iban;
	const char *other_account;
	const char *bic;  /* of its bank */
	const char *bank; /* name of its bank */
};

/* One transaction of an entry (TxDtls). */
struct camt_tx {
	bool has_amount; /* the bank gave one: else the entry's amount, if the entry has one
			    transaction */
	int64_t minor;   /* signed for the account */
	const char *currency;
	bool has_instructed; /* AmtDtls/InstdAmt: what the payer sent */
	int64_t instructed_minor;
	const char *instructed_currency;
	bool has_counter; /* AmtDtls/CntrValAmt: what became of it, before charges */
	int64_t counter_minor;
	const char *counter_currency;
	const char *exchange_rate;
	/* References; "NOTPROVIDED" is NULL. */
	const char *message_id, *acct_svcr_ref, *payment_info_id, *instruction_id, *end_to_end_id,
		*tx_id;
	const char *mandate_id, *cheque_number, *clearing_ref, *uetr;
	const char *other_refs; /* Refs/Prtry and any reference not named above, "type=ref; ..." */
	const char *bank_code;  /* BkTxCd of the transaction, as bank_code of the entry */
	struct camt_party debtor, ultimate_debtor, creditor, ultimate_creditor;
	const char *remittance; /* Ustrd lines joined with a space */
	size_t n_references;
	const struct camt_reference *reference;
	const char *purpose;
	const char *return_code; /* RtrInf/Rsn/Cd */
	const char *return_info;
	bool has_charges;
	int64_t charges_minor; /* sum, DBIT positive: what was withheld */
	const char *charges_currency;
	const char *info; /* AddtlTxInf */
};

/* An entry of a statement (écriture bancaire). */
struct camt_entry {
	int64_t line;
	int64_t index;             /* 1.. within its statement */
	const char *ref;           /* NtryRef */
	const char *acct_svcr_ref; /* AcctSvcrRef */
	int64_t minor;             /* signed for the account: CRDT positive */
	const char *currency;
	bool is_booked; /* Sts BOOK */
	const char *status;
	bool is_reversal; /* RvslInd */
	day_t booked_on, value_on;
	const char *bank_code;     /* "PMNT/RCDT/ESCT" */
	const char *bank_own_code; /* BkTxCd/Prtry/Cd, e.g. the CFONB code */
	const char *batch_id;      /* Btch/PmtInfId */
	const char *batch_message_id;
	int64_t batch_count; /* Btch/NbOfTxs; 0 when not told */
	bool is_incomplete;  /* the batch has more transactions than the file details */
	bool details_agree; /* all details carry amounts in the entry's currency and add up to it */
	bool has_charges;
	int64_t charges_minor;
	const char *charges_currency;
	const char *info; /* AddtlNtryInf */
	size_t n_tx;
	const struct camt_tx *tx;
};

/* Something to tell the user about the file. An error means that a record was left out (it is
 * counted in n_rejected) or that a control total is wrong; a warning that something was doubtful.
 */
struct parse_issue {
	bool is_error;
	int64_t line;        /* 0: the file as a whole */
	const char *code;    /* stable: "fec.date", for translation and tests */
	const char *field;   /* column or element; NULL when none */
	const char *value;   /* what stands there; cut after 200 bytes */
	const char *message; /* English, lower case, says what was expected */
	int64_t n;           /* how many times; line is then the first */
};

/* Totals of the whole file, the last record. */
struct parse_total {
	enum format format;
	const char *encoding; /* "UTF-8", "US-ASCII", "UTF-16LE", "windows-1252", "ISO-8859-15",
				 "IBM850" */
	char separator;       /* 0 where there is none */
	int64_t n_bytes;
	int64_t n_records;  /* given out: FEC lines, rows, bank entries */
	int64_t n_rejected; /* left out, each with an error */
	int64_t n_errors, n_warnings;
	/* FEC. */
	int64_t debit_minor, credit_minor;
	day_t from, to; /* first and last EcritureDate; booking date of a statement */
	int64_t n_columns;
	int64_t n_entries; /* distinct (JournalCode, EcritureNum, EcritureDate) */
	int64_t n_unbalanced_entries;
	const char *siren; /* from the file's name; NULL when it has none */
	day_t closing_on;
	/* camt. */
	int64_t n_statements;
};

enum record_kind {
	RECORD_FEC_LINE,
	RECORD_CSV_COLUMNS,
	RECORD_CSV_ROW,
	RECORD_CAMT_STATEMENT,
	RECORD_CAMT_ENTRY,
	RECORD_CAMT_STATEMENT_END,
	RECORD_ISSUE,
	RECORD_TOTAL,
	RECORD_KINDS
};

struct record {
	enum record_kind kind;
	union {
		const struct fec_line *fec;
		const struct csv_columns *columns;
		const struct csv_row *row;
		const struct camt_statement *statement; /* both of its records */
		const struct camt_entry *entry;
		const struct parse_issue *issue;
		const struct parse_total *total;
		const void *any;
	};
};

/* Where a reader puts its records. take returns false, with e filled, to stop the reading. progress
 * may be NULL. */
struct sink {
	void *arg;
	bool (*take)(void *arg, const struct record *r, struct err *e);
	void (*progress)(void *arg, int64_t done, int64_t total);
};

/* What the reader must know besides the bytes. All zero is fine. */
struct parse_options {
	enum format format; /* FORMAT_AUTO: recognise it */
	const char *name;   /* the file's name, for checks and messages */
	char currency[4];   /* of FEC amounts; "" is EUR */
	const char *sheet;  /* of a workbook; NULL: the first that is visible */
};

#endif
