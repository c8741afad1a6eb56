/* SPDX-License-Identifier: Apache-2.0 */
#include "format/camt_fields.h"

#include "base/buf.h"
#include "base/money.h"
#include "format/camt.h"
#include "format/csv.h"
#include "format/grid.h"

#include <stdlib.h>
#include <strings.h>

enum what {
	TEXT,      /* the first one wins */
	JOIN,      /* several, joined with a space */
	REFERENCE, /* TEXT, where NOTPROVIDED is nothing */
	DAY,
	NUMBER,
	FLAG,
	AMOUNT, /* minor, currency and a flag */
	SIDE,   /* CdtDbtInd */
	CODE    /* a part of the bank's transaction code */
};

struct rule {
	const char *path;
	enum what what;
	size_t at, currency, has; /* offsets into struct camt_build */
};

#define AT(member) offsetof(struct camt_build, member)

/* Each table is sorted by path (checked by a test through camt_rules_are_sorted). */
static const struct rule statement_rules[] = {
	{ "Acct/Ccy", TEXT, AT(statement.currency), 0, 0 },
	{ "Acct/Id/IBAN", TEXT, AT(statement.iban), 0, 0 },
	{ "Acct/Id/Othr/Id", TEXT, AT(statement.other_account), 0, 0 },
	{ "Acct/Id/PrtryAcct/Id", TEXT, AT(statement.other_account), 0, 0 },
	{ "Acct/Nm", TEXT, AT(statement.account_name), 0, 0 },
	{ "Acct/Ownr/Nm", TEXT, AT(statement.owner), 0, 0 },
	{ "Acct/Svcr/FinInstnId/BIC", TEXT, AT(statement.bank_bic), 0, 0 },
	{ "Acct/Svcr/FinInstnId/BICFI", TEXT, AT(statement.bank_bic), 0, 0 },
	{ "AddtlNtfctnInf", JOIN, AT(statement.info), 0, 0 },
	{ "AddtlRptInf", JOIN, AT(statement.info), 0, 0 },
	{ "AddtlStmtInf", JOIN, AT(statement.info), 0, 0 },
	{ "CreDtTm", TEXT, AT(statement.created), 0, 0 },
	{ "ElctrncSeqNb", TEXT, AT(statement.sequence), 0, 0 },
	{ "FrToDt/FrDtTm", DAY, AT(statement.from), 0, 0 },
	{ "FrToDt/ToDtTm", DAY, AT(statement.to), 0, 0 },
	{ "Id", TEXT, AT(statement.id), 0, 0 },
	{ "LglSeqNb", TEXT, AT(statement.legal_sequence), 0, 0 },
};

static const struct rule balance_rules[] = {
	{ "Amt", AMOUNT, AT(balance.minor), AT(balance.currency), 0 },
	{ "CdtDbtInd", SIDE, AT(balance_side), 0, 0 },
	{ "Dt/Dt", DAY, AT(balance.on), 0, 0 },
	{ "Dt/DtTm", DAY, AT(balance.on), 0, 0 },
	{ "Tp/Cd", TEXT, AT(balance.code), 0, 0 },
	{ "Tp/CdOrPrtry/Cd", TEXT, AT(balance.code), 0, 0 },
	{ "Tp/CdOrPrtry/Prtry", TEXT, AT(balance.code), 0, 0 },
};

static const struct rule entry_rules[] = {
	{ "AcctSvcrRef", REFERENCE, AT(entry.acct_svcr_ref), 0, 0 },
	{ "AddtlNtryInf", JOIN, AT(entry.info), 0, 0 },
	{ "Amt", AMOUNT, AT(entry.minor), AT(entry.currency), AT(entry_has_amount) },
	{ "BkTxCd/Domn/Cd", CODE, AT(entry_domain[0]), 0, 0 },
	{ "BkTxCd/Domn/Fmly/Cd", CODE, AT(entry_domain[1]), 0, 0 },
	{ "BkTxCd/Domn/Fmly/SubFmlyCd", CODE, AT(entry_domain[2]), 0, 0 },
	{ "BkTxCd/Prtry/Cd", TEXT, AT(entry.bank_own_code), 0, 0 },
	{ "BookgDt/Dt", DAY, AT(entry.booked_on), 0, 0 },
	{ "BookgDt/DtTm", DAY, AT(entry.booked_on), 0, 0 },
	{ "CdtDbtInd", SIDE, AT(entry_side), 0, 0 },
	{ "NtryDtls/Btch/MsgId", REFERENCE, AT(entry.batch_message_id), 0, 0 },
	{ "NtryDtls/Btch/NbOfTxs", NUMBER, AT(entry.batch_count), 0, 0 },
	{ "NtryDtls/Btch/PmtInfId", REFERENCE, AT(entry.batch_id), 0, 0 },
	{ "NtryRef", REFERENCE, AT(entry.ref), 0, 0 },
	{ "RvslInd", FLAG, AT(entry.is_reversal), 0, 0 },
	{ "Sts", TEXT, AT(entry.status), 0, 0 },
	{ "Sts/Cd", TEXT, AT(entry.status), 0, 0 },
	{ "Sts/Prtry", TEXT, AT(entry.status), 0, 0 },
	{ "ValDt/Dt", DAY, AT(entry.value_on), 0, 0 },
	{ "ValDt/DtTm", DAY, AT(entry.value_on), 0, 0 },
};

#define PARTY(element, member)                                                            \
	{ "RltdPties/" element "/Agt/FinInstnId/Nm", TEXT, AT(member.name), 0, 0 },       \
		{ "RltdPties/" element "/Id/OrgId/AnyBIC", TEXT, AT(member.id), 0, 0 },   \
		{ "RltdPties/" element "/Id/OrgId/BICOrBEI", TEXT, AT(member.id), 0, 0 }, \
		{ "RltdPties/" element "/Id/OrgId/LEI", TEXT, AT(member.id), 0, 0 },      \
		{ "RltdPties/" element "/Id/OrgId/Othr/Id", TEXT, AT(member.id), 0, 0 },  \
		{ "RltdPties/" element "/Id/PrvtId/Othr/Id", TEXT, AT(member.id), 0, 0 }, \
	{                                                                                 \
		"RltdPties/" element "/Nm", TEXT, AT(member.name), 0, 0                   \
	}

#define PARTY_ACCOUNT(element, member)                                                   \
	{ "RltdPties/" element "/Id/IBAN", TEXT, AT(member.iban), 0, 0 },                \
	{                                                                                \
		"RltdPties/" element "/Id/Othr/Id", TEXT, AT(member.other_account), 0, 0 \
	}

static const struct rule tx_rules[] = {
	{ "AddtlTxInf", JOIN, AT(tx.info), 0, 0 },
	{ "Amt", AMOUNT, AT(tx.minor), AT(tx.currency), AT(tx_has_amount) },
	{ "AmtDtls/CntrValAmt/Amt", AMOUNT, AT(tx.counter_minor), AT(tx.counter_currency),
	  AT(tx.has_counter) },
	{ "AmtDtls/CntrValAmt/CcyXchg/XchgRate", TEXT, AT(tx.exchange_rate), 0, 0 },
	{ "AmtDtls/InstdAmt/Amt", AMOUNT, AT(tx.instructed_minor), AT(tx.instructed_currency),
	  AT(tx.has_instructed) },
	{ "AmtDtls/InstdAmt/CcyXchg/XchgRate", TEXT, AT(tx.exchange_rate), 0, 0 },
	{ "AmtDtls/TxAmt/Amt", AMOUNT, AT(tx_details_minor), AT(tx_details_currency),
	  AT(tx_has_details_amount) },
	{ "AmtDtls/TxAmt/CcyXchg/XchgRate", TEXT, AT(tx.exchange_rate), 0, 0 },
	{ "BkTxCd/Domn/Cd", CODE, AT(tx_domain[0]), 0, 0 },
	{ "BkTxCd/Domn/Fmly/Cd", CODE, AT(tx_domain[1]), 0, 0 },
	{ "BkTxCd/Domn/Fmly/SubFmlyCd", CODE, AT(tx_domain[2]), 0, 0 },
	{ "BkTxCd/Prtry/Cd", CODE, AT(tx_own_code), 0, 0 },
	{ "CdtDbtInd", SIDE, AT(tx_side), 0, 0 },
	{ "Purp/Cd", TEXT, AT(tx.purpose), 0, 0 },
	{ "Purp/Prtry", TEXT, AT(tx.purpose), 0, 0 },
	{ "Refs/AcctSvcrRef", REFERENCE, AT(tx.acct_svcr_ref), 0, 0 },
	{ "Refs/ChqNb", REFERENCE, AT(tx.cheque_number), 0, 0 },
	{ "Refs/ClrSysRef", REFERENCE, AT(tx.clearing_ref), 0, 0 },
	{ "Refs/EndToEndId", REFERENCE, AT(tx.end_to_end_id), 0, 0 },
	{ "Refs/InstrId", REFERENCE, AT(tx.instruction_id), 0, 0 },
	{ "Refs/MndtId", REFERENCE, AT(tx.mandate_id), 0, 0 },
	{ "Refs/MsgId", REFERENCE, AT(tx.message_id), 0, 0 },
	{ "Refs/PmtInfId", REFERENCE, AT(tx.payment_info_id), 0, 0 },
	{ "Refs/TxId", REFERENCE, AT(tx.tx_id), 0, 0 },
	{ "Refs/UETR", REFERENCE, AT(tx.uetr), 0, 0 },
	{ "RltdAgts/CdtrAgt/FinInstnId/BIC", TEXT, AT(tx.creditor.bic), 0, 0 },
	{ "RltdAgts/CdtrAgt/FinInstnId/BICFI", TEXT, AT(tx.creditor.bic), 0, 0 },
	{ "RltdAgts/CdtrAgt/FinInstnId/Nm", TEXT, AT(tx.creditor.bank), 0, 0 },
	{ "RltdAgts/DbtrAgt/FinInstnId/BIC", TEXT, AT(tx.debtor.bic), 0, 0 },
	{ "RltdAgts/DbtrAgt/FinInstnId/BICFI", TEXT, AT(tx.debtor.bic), 0, 0 },
	{ "RltdAgts/DbtrAgt/FinInstnId/Nm", TEXT, AT(tx.debtor.bank), 0, 0 },
	PARTY("Cdtr", tx.creditor),
	PARTY_ACCOUNT("CdtrAcct", tx.creditor),
	PARTY("Dbtr", tx.debtor),
	PARTY_ACCOUNT("DbtrAcct", tx.debtor),
	PARTY("UltmtCdtr", tx.ultimate_creditor),
	PARTY("UltmtDbtr", tx.ultimate_debtor),
	{ "RmtInf/Ustrd", JOIN, AT(tx.remittance), 0, 0 },
	{ "RtrInf/AddtlInf", JOIN, AT(tx.return_info), 0, 0 },
	{ "RtrInf/Rsn/Cd", TEXT, AT(tx.return_code), 0, 0 },
	{ "RtrInf/Rsn/Prtry", TEXT, AT(tx.return_code), 0, 0 },
	{ "RtrInf/RtrRsn/Cd", TEXT, AT(tx.return_code), 0, 0 },
};

/* ---- values ---- */

static bool is_not_provided(const char *s, size_t n)
{
	return (n == 11 && strncasecmp(s, "NOTPROVIDED", n) == 0) ||
	       (n == 12 && strncasecmp(s, "NOT PROVIDED", n) == 0);
}

/* An ISO 20022 amount: digits and a point. The currency tells how many decimals count. */
static bool amount_of(const char *s, size_t n, const char *currency, int64_t *ret)
{
	int decimals = currency_decimals(currency), seen = -1;
	bool negative = n && *s == '-';
	int64_t v = 0;

	for (size_t i = negative; i < n; i++) {
		if (s[i] == '.' && seen < 0) {
			seen = 0;
			continue;
		}
		if (s[i] < '0' || s[i] > '9')
			return false;
		if (seen >= 0 && seen++ >= decimals) {
			if (s[i] != '0')
				return false;
			continue;
		}
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, s[i] - '0', &v))
			return false;
	}
	for (int i = seen < 0 ? 0 : seen; i < decimals; i++)
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	*ret = negative ? -v : v;
	return n > (size_t)negative + (seen == 0 ? 1 : 0);
}

/* "2014-12-31", with or without time and zone behind it: the day as the bank wrote it. */
static bool day_of(const char *s, size_t n, day_t *ret)
{
	char text[11];

	if (n < 10 || (n > 10 && s[10] != 'T' && s[10] != '+' && s[10] != '-' && s[10] != 'Z'))
		return false;
	memcpy(text, s, 10);
	text[10] = 0;
	return date_parse(text, ret, NULL);
}

static bool flag_of(const char *s, size_t n)
{
	return (n == 4 && memcmp(s, "true", 4) == 0) || (n == 1 && *s == '1');
}

static void join(struct arena *a, const char **text, const char *s, size_t n)
{
	struct buf b;

	if (!*text) {
		*text = arena_strndup(a, s, n);
		return;
	}
	buf_init(&b, a);
	buf_puts(&b, *text);
	buf_putc(&b, ' ');
	buf_add(&b, s, n);
	*text = buf_str(&b);
}

static void note_value(struct camt_build *b, const char *code, const char *path, const char *s,
		       size_t n, const char *what)
{
	report_warn(&b->report, b->line, code, path, s, n, "%s cannot be read and was left out",
		    what);
}

/* The paths of the tables are constants; the one at hand is not. */
static const char *amount_code(enum camt_level level)
{
	return level == CAMT_BALANCE ? "camt.balance"
	       : level == CAMT_ENTRY ? "camt.entry_amount"
				     : "camt.amount";
}

static bool set_amount(struct camt_build *b, enum camt_level level, const struct rule *r,
		       const char *s, size_t n, const char *currency, struct err *e)
{
	char *base = (char *)b;
	const char **slot = (const char **)(void *)(base + r->currency);
	struct arena *a = level == CAMT_BALANCE ? b->kept : b->passing;

	if (*currency && !currency_is_code(currency))
		currency = "";
	if (!*currency)
		currency = b->statement.currency ? b->statement.currency
			   : b->entry.currency   ? b->entry.currency
						 : "EUR";
	if (!amount_of(s, n, currency, (int64_t *)(void *)(base + r->at))) {
		b->is_bad |= level == CAMT_ENTRY;
		return report_error(&b->report, b->line, amount_code(level), r->path, s, n, e,
				    "the amount cannot be read as %s", currency);
	}
	*slot = arena_strdup(a, currency);
	if (r->has)
		*(bool *)(base + r->has) = true;
	return true;
}

static bool set_value(struct camt_build *b, enum camt_level level, const struct rule *r,
		      const char *s, size_t n, const char *currency, struct err *e)
{
	char *base = (char *)b;
	const char **text = (const char **)(void *)(base + r->at);
	struct arena *a = level <= CAMT_BALANCE ? b->kept : b->passing;
	int64_t *number = (int64_t *)(void *)(base + r->at);
	char *end;

	switch (r->what) {
	case REFERENCE:
		if (is_not_provided(s, n))
			return true;
		/* fall through */
	case TEXT:
	case CODE:
		if (!*text)
			*text = arena_strndup(a, s, n);
		return true;
	case JOIN:
		join(a, text, s, n);
		return true;
	case DAY:
		if (!day_of(s, n, (day_t *)(void *)(base + r->at)))
			note_value(b, "camt.date", r->path, s, n, "the date");
		return true;
	case NUMBER:
		if (n < 16)
			*number += strtoll(arena_strndup(a, s, n), &end, 10);
		return true;
	case FLAG:
		*(base + r->at) = flag_of(s, n);
		return true;
	case SIDE:
		*(base + r->at) = n == 4 && memcmp(s, "CRDT", 4) == 0   ? 'C'
				  : n == 4 && memcmp(s, "DBIT", 4) == 0 ? 'D'
									: 0;
		return true;
	case AMOUNT:
		return set_amount(b, level, r, s, n, currency, e);
	}
	return true;
}

static int by_path(const void *key, const void *rule)
{
	return strcmp(key, ((const struct rule *)rule)->path);
}

static const struct {
	const struct rule *rules;
	size_t n;
} tables[] = {
	[CAMT_STATEMENT] = { statement_rules, ARRAY_LEN(statement_rules) },
	[CAMT_BALANCE] = { balance_rules, ARRAY_LEN(balance_rules) },
	[CAMT_ENTRY] = { entry_rules, ARRAY_LEN(entry_rules) },
	[CAMT_TX] = { tx_rules, ARRAY_LEN(tx_rules) },
};

bool camt_rules_are_sorted(void)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 1; i < tables[t].n; i++)
			if (strcmp(tables[t].rules[i - 1].path, tables[t].rules[i].path) >= 0)
				return false;
	return true;
}

static const struct rule *rule_of(enum camt_level level, const char *path)
{
	if (level < CAMT_STATEMENT)
		return NULL;
	return bsearch(path, tables[level].rules, tables[level].n, sizeof(struct rule), by_path);
}

/* ---- charges, references: what no table can say ---- */

static void add_charge(struct camt_charge *sum, const struct camt_charge *one)
{
	int64_t minor = one->is_credit ? -one->minor : one->minor;

	if (!one->has || (sum->has && strcmp(sum->currency, one->currency) != 0))
		return;
	if (__builtin_add_overflow(sum->minor, minor, &sum->minor))
		return;
	sum->has = true;
	sum->currency = one->currency;
}

/* Elements of Chrgs; true when path is one. Version 2 writes each charge as a Chrgs, later ones as
 * a Rcrd. */
static bool charge_field(struct camt_build *b, struct camt_charge *one, struct camt_charge *sum,
			 const char *path, const char *s, size_t n, const char *currency)
{
	const char *rest = path + strlen("Chrgs");

	if (!str_starts(path, "Chrgs"))
		return false;
	if (str_eq(rest, "/Amt") || str_eq(rest, "/Rcrd/Amt")) {
		if (!currency_is_code(currency))
			currency = b->entry.currency ? b->entry.currency : "EUR";
		one->has = amount_of(s, n, currency, &one->minor);
		one->currency = arena_strdup(b->passing, currency);
		if (!one->has)
			note_value(b, "camt.charges", "Chrgs", s, n, "the charge");
	} else if (str_eq(rest, "/CdtDbtInd") || str_eq(rest, "/Rcrd/CdtDbtInd")) {
		one->is_credit = n == 4 && memcmp(s, "CRDT", 4) == 0;
	} else if (str_eq(rest, "/Rcrd") || rest[0] == 0) {
		add_charge(sum, one);
		*one = (struct camt_charge){ 0 };
	}
	return true;
}

/* A reference that has no field of its own is kept by name. */
static void other_reference(struct camt_build *b, const char *name, const char *s, size_t n)
{
	struct buf t;

	if (is_not_provided(s, n))
		return;
	buf_init(&t, b->passing);
	if (b->tx.other_refs) {
		buf_puts(&t, b->tx.other_refs);
		buf_puts(&t, "; ");
	}
	buf_puts(&t, name);
	buf_putc(&t, '=');
	buf_add(&t, s, n);
	b->tx.other_refs = buf_str(&t);
}

static void reference_field(struct camt_build *b, const char *rest, const char *s, size_t n)
{
	if (str_eq(rest, "Prtry/Tp")) {
		b->tx_ref_type = arena_strndup(b->passing, s, n);
	} else if (str_eq(rest, "Prtry/Ref")) {
		other_reference(b, b->tx_ref_type ? b->tx_ref_type : "Prtry", s, n);
		b->tx_ref_type = NULL;
	} else {
		other_reference(b, rest, s, n);
	}
}

static struct camt_reference *add_reference(struct camt_build *b)
{
	struct camt_reference *r = LIST_ADD(b->passing, &b->references);

	r->on = DAY_NONE;
	return r;
}

void camt_build_open(struct camt_build *b, const char *path)
{
	if (!str_starts(path, "RmtInf/Strd"))
		return;
	if (str_eq(path, "RmtInf/Strd")) {
		b->strd_first = b->references.n;
		b->strd_document = SIZE_MAX;
	} else if (str_eq(path, "RmtInf/Strd/RfrdDocInf")) {
		add_reference(b);
		if (b->strd_document == SIZE_MAX)
			b->strd_document = b->references.n - 1;
	} else if (str_eq(path, "RmtInf/Strd/CdtrRefInf")) {
		add_reference(b)->is_creditor_reference = true;
	}
}

/* The reference that a document's amount belongs to. */
static struct camt_reference *document(struct camt_build *b)
{
	if (b->strd_document == SIZE_MAX) {
		add_reference(b);
		b->strd_document = b->references.n - 1;
	}
	return &b->references.at[b->strd_document];
}

static bool document_amount(struct camt_build *b, const char *rest, const char *s, size_t n,
			    const char *currency, struct err *e)
{
	struct camt_reference *r = document(b);
	int64_t minor;

	if (!currency_is_code(currency))
		currency = b->entry.currency ? b->entry.currency : "EUR";
	if (!amount_of(s, n, currency, &minor))
		return report_error(&b->report, b->line, "camt.amount", "RfrdDocAmt", s, n, e,
				    "the amount cannot be read as %s", currency);
	if (!r->currency)
		r->currency = arena_strdup(b->passing, currency);
	if (str_starts(rest, "RmtdAmt")) {
		r->has_remitted = true;
		r->remitted_minor = minor;
	} else if (str_starts(rest, "DscntApldAmt")) {
		r->has_discount = true;
		r->discount_minor = minor;
	} else if (str_starts(rest, "CdtNoteAmt")) {
		r->has_credit_note = true;
		r->credit_note_minor = minor;
	}
	return true;
}

static bool structured_field(struct camt_build *b, const char *rest, const char *s, size_t n,
			     const char *currency, struct err *e)
{
	struct camt_reference *last;

	if (str_starts(rest, "RfrdDocAmt/") && (str_eq(strrchr(rest, '/'), "/Amt") || *currency))
		return document_amount(b, rest + strlen("RfrdDocAmt/"), s, n, currency, e);
	if (!str_starts(rest, "RfrdDocInf") && !str_starts(rest, "CdtrRefInf") &&
	    !str_eq(rest, "AddtlRmtInf"))
		return true;
	last = b->references.n > b->strd_first ? &b->references.at[b->references.n - 1]
					       : add_reference(b);
	if (str_eq(rest, "AddtlRmtInf"))
		join(b->passing, &last->info, s, n);
	else if (str_eq(rest, "RfrdDocInf/Nb") || str_eq(rest, "CdtrRefInf/Ref") ||
		 str_eq(rest, "CdtrRefInf/CdtrRef"))
		last->number = last->number ? last->number : arena_strndup(b->passing, s, n);
	else if (str_eq(strrchr(rest, '/'), "/Cd") || str_eq(strrchr(rest, '/'), "/Prtry"))
		last->type = last->type ? last->type : arena_strndup(b->passing, s, n);
	else if (str_starts(rest, "RfrdDocInf/RltdDt"))
		(void)day_of(s, n, &last->on);
	return true;
}

static bool tx_field(struct camt_build *b, const char *path, const char *s, size_t n,
		     const char *currency, struct err *e)
{
	if (str_starts(path, "RmtInf/Strd/"))
		return structured_field(b, path + strlen("RmtInf/Strd/"), s, n, currency, e);
	if (str_starts(path, "Refs/") && n)
		reference_field(b, path + strlen("Refs/"), s, n);
	return true;
}

bool camt_build_field(struct camt_build *b, enum camt_level level, const char *path,
		      const char *text, size_t n, const char *currency, struct err *e)
{
	struct csv_field t = field_trim((struct csv_field){ text, n });
	const struct rule *r;

	if (arena_used(b->passing) > CAMT_ENTRY_MAX || arena_used(b->kept) > CAMT_ENTRY_MAX)
		return err_set(e, ERR_LIMIT, "line %" PRId64 ": the bank entry is too large",
			       b->line);
	if (level == CAMT_ENTRY &&
	    charge_field(b, &b->entry_charge, &b->entry_charges_total, path, t.s, t.n, currency))
		return true;
	if (level == CAMT_TX &&
	    charge_field(b, &b->tx_charge, &b->tx_charges_total, path, t.s, t.n, currency))
		return true;
	if (t.n == 0)
		return true;
	if (level == CAMT_MESSAGE) {
		if (str_eq(path, "GrpHdr/MsgId") && !b->message_id)
			b->message_id = arena_strndup(b->kept, t.s, t.n);
		return true;
	}
	r = rule_of(level, path);
	if (r)
		return set_value(b, level, r, t.s, t.n, currency, e);
	return level == CAMT_TX ? tx_field(b, path, t.s, t.n, currency, e) : true;
}
