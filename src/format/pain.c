/* SPDX-License-Identifier: Apache-2.0 */
#include "format/pain.h"

#include "base/list.h"
#include "base/money.h"
#include "format/bank.h"
#include "format/grid.h"
#include "format/xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { PATH_LEN = 512, CHUNK = 1 << 20, CURRENCY_ROOM = 16 };

/* Where in the document we stand. */
struct pain {
	struct report report;
	struct parse_total *total;
	struct arena *kept, *passing; /* passing is emptied behind each transaction */
	char path[PATH_LEN];          /* from the message's element on */
	size_t path_len, path_at[XML_DEPTH_MAX + 1];
	char currency[CURRENCY_ROOM];
	bool has_message;
	const char *message;
	int64_t line;             /* of the element under work */
	struct pain_order *order; /* NULL: a status report */

	/* status report */
	struct camt_statement statement;
	bool is_given, is_collection;
	const char *original_name, *group_status, *group_reason, *group_info;
	const char *group_count, *group_sum;
	struct level {
		const char *id, *status, *reason, *info, *count, *sum;
		bool has_transactions;
	} payment;
	struct camt_entry entry;
	struct camt_tx tx;
	bool in_transaction, any_payment;
};

/* ---- path ---- */

static void push(struct pain *p, const char *name, int depth)
{
	size_t n = strlen(name);

	p->path_at[depth] = p->path_len;
	/* Version 8 put a party's name one level deeper; read both alike. */
	if (strcmp(name, "Pty") == 0 || p->path_len + n + 2 > PATH_LEN)
		return;
	p->path[p->path_len++] = '/';
	memcpy(p->path + p->path_len, name, n + 1);
	p->path_len += n;
}

static void pop(struct pain *p, int depth)
{
	p->path_len = p->path_at[depth];
	p->path[p->path_len] = 0;
}

static const char *after(const char *path, const char *start)
{
	return str_starts(path, start) ? path + strlen(start) : NULL;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static bool take_message(struct pain *p, const char *name, const char *uri, struct err *e)
{
	bool is_report = str_starts(name, "CstmrPmtStsRpt");
	const char *found = uri ? strstr(uri, "pain.") : NULL;

	if (!is_report && !str_starts(name, "CstmrCdtTrfInitn") &&
	    !str_starts(name, "CstmrDrctDbtInitn"))
		return true;
	if (p->has_message)
		return err_set(e, ERR_FORMAT, "the file holds more than one message");
	if (is_report != (p->order == NULL))
		return true;
	p->has_message = true;
	p->message = found && strlen(found) < 40 ? arena_strdup(p->kept, found)
		     : is_report                 ? "pain.002"
		     : strstr(name, "Drct")      ? "pain.008"
						 : "pain.001";
	p->path_len = 0;
	p->path[0] = 0;
	return true;
}

/* ---- orders ---- */

static void order_amount(struct pain_order *o, const char *s, size_t n, const char *currency)
{
	int64_t minor;

	if (!currency_is_code(currency))
		return;
	if (!o->currency[0])
		memcpy(o->currency, currency, sizeof o->currency);
	if (strcmp(o->currency, currency) != 0) {
		o->has_several_currencies = true;
		return;
	}
	if (bank_amount(s, n, currency, &minor) &&
	    __builtin_add_overflow(o->sum_minor, minor, &o->sum_minor))
		o->has_several_currencies = true;
}

static void order_field(struct pain *p, const char *path, const char *s, size_t n)
{
	struct pain_order *o = p->order;

	if (str_eq(path, "/GrpHdr/MsgId"))
		o->message_id = arena_strndup(p->kept, s, n);
	else if (str_eq(path, "/GrpHdr/NbOfTxs"))
		o->declared_count = arena_strndup(p->kept, s, n);
	else if (str_eq(path, "/GrpHdr/CtrlSum"))
		o->declared_sum = arena_strndup(p->kept, s, n);
	else if (str_eq(path, "/PmtInf/CdtTrfTxInf/Amt/InstdAmt") ||
		 str_eq(path, "/PmtInf/DrctDbtTxInf/InstdAmt"))
		order_amount(o, s, n, p->currency);
	else if (str_eq(path, "/PmtInf/DrctDbtTxInf/DrctDbtTx/MndtRltdInf/MndtId"))
		o->n_mandates++;
}

static void order_begin(struct pain_order *o, const char *path)
{
	if (str_eq(path, "/PmtInf"))
		o->n_payments++;
	else if (str_eq(path, "/PmtInf/CdtTrfTxInf") || str_eq(path, "/PmtInf/DrctDbtTxInf"))
		o->n_transactions++;
}

/* ---- status report ---- */

static bool give(struct pain *p, enum record_kind kind, const void *what, struct err *e)
{
	const struct sink *sink = p->report.sink;

	return sink->take(sink->arg, &(struct record){ kind, { .any = what } }, e);
}

/* The order that it answers stands before the statuses. */
static bool give_statement(struct pain *p, struct err *e)
{
	if (p->is_given)
		return true;
	p->is_given = true;
	p->statement.kind = FORMAT_PAIN002;
	p->statement.message = p->message;
	p->statement.currency = "EUR";
	p->statement.info =
		arena_printf(p->kept, "%s%s%s", p->original_name ? p->original_name : "",
			     p->group_status ? " " : "", p->group_status ? p->group_status : "");
	p->is_collection = !p->original_name || strcasestr(p->original_name, "pain.008") ||
			   strcasestr(p->original_name, "pain.007");
	return give(p, RECORD_CAMT_STATEMENT, &p->statement, e);
}

static bool give_entry(struct pain *p, struct err *e)
{
	struct camt_entry *en = &p->entry;

	if (!give_statement(p, e))
		return false;
	en->index = ++p->statement.n_entries;
	en->batch_message_id = p->statement.id;
	if (!en->status)
		en->status = p->payment.status ? p->payment.status : p->group_status;
	if (p->is_collection) {
		en->minor = -en->minor;
		p->tx.minor = -p->tx.minor;
	}
	if (!en->currency)
		en->currency = p->statement.currency;
	p->total->n_records++;
	return give(p, RECORD_CAMT_ENTRY, en, e);
}

static void begin_entry(struct pain *p)
{
	arena_reset(p->passing);
	p->entry =
		(struct camt_entry){ .line = p->line, .booked_on = DAY_NONE, .value_on = DAY_NONE };
	p->tx = (struct camt_tx){ 0 };
}

static bool end_transaction(struct pain *p, struct err *e)
{
	struct camt_entry *en = &p->entry;

	p->in_transaction = false;
	p->payment.has_transactions = true;
	en->batch_id = p->payment.id;
	en->n_tx = 1;
	en->tx = &p->tx;
	en->minor = p->tx.minor;
	en->currency = p->tx.currency;
	en->details_agree = p->tx.has_amount;
	/* A reason told of the whole holds for each. */
	if (!p->tx.return_code)
		p->tx.return_code = p->payment.reason ? p->payment.reason : p->group_reason;
	if (!p->tx.return_info)
		p->tx.return_info = p->payment.info ? p->payment.info : p->group_info;
	return give_entry(p, e);
}

/* One status for a whole payment or order. */
static bool give_whole(struct pain *p, const char *id, const char *status, const char *reason,
		       const char *info, const char *count, const char *sum, struct err *e)
{
	char *end;

	begin_entry(p);
	p->entry.batch_id = id;
	p->entry.status = status;
	p->entry.batch_count = count && strlen(count) < 16 ? strtoll(count, &end, 10) : 0;
	p->entry.is_incomplete = true;
	if (sum && !bank_amount(sum, strlen(sum), "EUR", &p->entry.minor))
		p->entry.minor = 0;
	p->entry.info = reason ? arena_printf(p->passing, "%s%s%s", reason, info ? " " : "",
					      info ? info : "")
			       : info;
	return give_entry(p, e);
}

static bool end_payment(struct pain *p, struct err *e)
{
	struct level *l = &p->payment;
	bool ok = true;

	p->any_payment = true;
	if (!l->has_transactions)
		ok = give_whole(p, l->id, l->status ? l->status : p->group_status, l->reason,
				l->info, l->count, l->sum, e);
	*l = (struct level){ 0 };
	return ok;
}

static void text(const char **to, struct arena *a, const char *s, size_t n)
{
	if (!*to)
		*to = arena_strndup(a, s, n);
}

static void join(const char **to, struct arena *a, const char *s, size_t n)
{
	*to = *to ? arena_printf(a, "%s %.*s", *to, (int)n, s) : arena_strndup(a, s, n);
}

static void group_field(struct pain *p, const char *path, const char *s, size_t n)
{
	if (str_eq(path, "OrgnlMsgId"))
		text(&p->statement.id, p->kept, s, n);
	else if (str_eq(path, "OrgnlMsgNmId"))
		text(&p->original_name, p->kept, s, n);
	else if (str_eq(path, "GrpSts"))
		text(&p->group_status, p->kept, s, n);
	else if (str_eq(path, "OrgnlNbOfTxs"))
		text(&p->group_count, p->kept, s, n);
	else if (str_eq(path, "OrgnlCtrlSum"))
		text(&p->group_sum, p->kept, s, n);
	else if (str_eq(path, "StsRsnInf/Rsn/Cd") || str_eq(path, "StsRsnInf/Rsn/Prtry"))
		text(&p->group_reason, p->kept, s, n);
	else if (str_eq(path, "StsRsnInf/AddtlInf"))
		join(&p->group_info, p->kept, s, n);
}

static void payment_field(struct pain *p, const char *path, const char *s, size_t n)
{
	struct level *l = &p->payment;

	if (str_eq(path, "OrgnlPmtInfId"))
		text(&l->id, p->kept, s, n);
	else if (str_eq(path, "PmtInfSts"))
		text(&l->status, p->kept, s, n);
	else if (str_eq(path, "OrgnlNbOfTxs"))
		text(&l->count, p->kept, s, n);
	else if (str_eq(path, "OrgnlCtrlSum"))
		text(&l->sum, p->kept, s, n);
	else if (str_eq(path, "StsRsnInf/Rsn/Cd") || str_eq(path, "StsRsnInf/Rsn/Prtry"))
		text(&l->reason, p->kept, s, n);
	else if (str_eq(path, "StsRsnInf/AddtlInf"))
		join(&l->info, p->kept, s, n);
}

static bool amount_field(struct pain *p, const char *s, size_t n, struct err *e)
{
	const char *currency = currency_is_code(p->currency) ? p->currency : "EUR";

	if (p->tx.has_amount)
		return true;
	if (!bank_amount(s, n, currency, &p->tx.minor))
		return report_error(&p->report, p->line, "pain.amount", "InstdAmt", s, n, e,
				    "the amount cannot be read as %s", currency);
	p->tx.has_amount = true;
	p->tx.currency = arena_strdup(p->passing, currency);
	return true;
}

static bool tx_field(struct pain *p, const char *path, const char *s, size_t n, struct err *e)
{
	struct camt_tx *t = &p->tx;
	const struct {
		const char *path, **to;
	} texts[] = {
		{ "StsId", &p->entry.ref },
		{ "TxSts", &p->entry.status },
		{ "AcctSvcrRef", &t->acct_svcr_ref },
		{ "ClrSysRef", &t->clearing_ref },
		{ "OrgnlInstrId", &t->instruction_id },
		{ "OrgnlEndToEndId", &t->end_to_end_id },
		{ "OrgnlTxId", &t->tx_id },
		{ "OrgnlUETR", &t->uetr },
		{ "StsRsnInf/Rsn/Cd", &t->return_code },
		{ "StsRsnInf/Rsn/Prtry", &t->return_code },
		{ "OrgnlTxRef/MndtRltdInf/MndtId", &t->mandate_id },
		{ "OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId", &t->mandate_id },
		{ "OrgnlTxRef/Dbtr/Nm", &t->debtor.name },
		{ "OrgnlTxRef/DbtrAcct/Id/IBAN", &t->debtor.iban },
		{ "OrgnlTxRef/DbtrAcct/Id/Othr/Id", &t->debtor.other_account },
		{ "OrgnlTxRef/DbtrAgt/FinInstnId/BIC", &t->debtor.bic },
		{ "OrgnlTxRef/DbtrAgt/FinInstnId/BICFI", &t->debtor.bic },
		{ "OrgnlTxRef/UltmtDbtr/Nm", &t->ultimate_debtor.name },
		{ "OrgnlTxRef/Cdtr/Nm", &t->creditor.name },
		{ "OrgnlTxRef/CdtrAcct/Id/IBAN", &t->creditor.iban },
	};

	if (str_eq(path, "OrgnlTxRef/Amt/InstdAmt") || str_eq(path, "OrgnlTxRef/IntrBkSttlmAmt"))
		return amount_field(p, s, n, e);
	if (str_eq(path, "OrgnlTxRef/RmtInf/Ustrd"))
		join(&t->remittance, p->passing, s, n);
	else if (str_eq(path, "StsRsnInf/AddtlInf"))
		join(&t->return_info, p->passing, s, n);
	else if ((str_eq(path, "OrgnlTxRef/ReqdColltnDt") ||
		  ends_with(path, "OrgnlTxRef/ReqdExctnDt") ||
		  ends_with(path, "OrgnlTxRef/ReqdExctnDt/Dt")) &&
		 n >= 10 && !date_parse(arena_strndup(p->passing, s, 10), &p->entry.value_on, NULL))
		p->entry.value_on = DAY_NONE;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_eq(path, texts[i].path) && !(ends_with(path, "EndToEndId") && n == 11 &&
						     strncasecmp(s, "NOTPROVIDED", n) == 0))
			text(texts[i].to, p->passing, s, n);
	return true;
}

static bool report_field(struct pain *p, const char *path, const char *s, size_t n, struct err *e)
{
	const char *rest;

	if (str_eq(path, "/GrpHdr/MsgId"))
		text(&p->statement.message_id, p->kept, s, n);
	else if (str_eq(path, "/GrpHdr/CreDtTm"))
		text(&p->statement.created, p->kept, s, n);
	else if ((rest = after(path, "/OrgnlGrpInfAndSts/")))
		group_field(p, rest, s, n);
	else if ((rest = after(path, "/OrgnlPmtInfAndSts/TxInfAndSts/")) ||
		 (rest = after(path, "/TxInfAndSts/")))
		return tx_field(p, rest, s, n, e);
	else if ((rest = after(path, "/OrgnlPmtInfAndSts/")))
		payment_field(p, rest, s, n);
	return true;
}

/* ---- the document ---- */

static bool on_start(void *arg, struct xml *x, const char *name, struct err *e)
{
	struct pain *p = arg;
	bool had = p->has_message;

	p->line = xml_line(x);
	push(p, name, xml_depth(x));
	snprintf(p->currency, sizeof p->currency, "%s", xml_attribute(x, "Ccy"));
	if (!take_message(p, name, xml_namespace(x), e))
		return false;
	if (!had)
		return true;
	if (p->order)
		order_begin(p->order, p->path);
	else if (ends_with(p->path, "/TxInfAndSts") && !p->in_transaction) {
		begin_entry(p);
		p->in_transaction = true;
	}
	return true;
}

static bool on_end(void *arg, struct xml *x, UNUSED const char *name, const char *s, size_t n,
		   struct err *e)
{
	struct pain *p = arg;
	struct csv_field t = field_trim((struct csv_field){ s, n });
	bool ok = true;

	if (arena_used(p->passing) > PAIN_TRANSACTION_MAX ||
	    arena_used(p->kept) > PAIN_TRANSACTION_MAX)
		return err_set(e, ERR_LIMIT, "line %" PRId64 ": the transaction is too large",
			       p->line);
	if (p->has_message && p->order && t.n)
		order_field(p, p->path, t.s, t.n);
	else if (p->has_message && !p->order && str_eq(p->path, "/OrgnlPmtInfAndSts"))
		ok = end_payment(p, e);
	else if (p->has_message && !p->order && p->in_transaction &&
		 (str_eq(p->path, "/TxInfAndSts") ||
		  str_eq(p->path, "/OrgnlPmtInfAndSts/TxInfAndSts")))
		ok = end_transaction(p, e);
	else if (p->has_message && !p->order && t.n)
		ok = report_field(p, p->path, t.s, t.n, e);
	p->currency[0] = 0;
	pop(p, xml_depth(x));
	return ok;
}

static bool parse(struct pain *p, const char *bytes, size_t len, struct err *e)
{
	static const struct xml_handler handler = { on_start, on_end };
	struct xml *x = xml_new(&handler, p, e);
	bool ok = x != NULL;

	for (size_t at = 0; ok && at < len; at += CHUNK)
		ok = xml_feed(x, bytes + at, len - at < CHUNK ? len - at : CHUNK, e);
	ok = ok && xml_end(x, e);
	xml_free(x);
	return ok;
}

static bool finish(struct pain *p, struct err *e)
{
	if (!p->has_message)
		return err_set(e, ERR_FORMAT, "the XML is not a payment status report (pain.002)");
	if (!p->any_payment && p->statement.n_entries == 0 &&
	    !give_whole(p, NULL, p->group_status, p->group_reason, p->group_info, p->group_count,
			p->group_sum, e))
		return false;
	if (!give_statement(p, e))
		return false;
	p->total->n_statements = 1;
	return give(p, RECORD_CAMT_STATEMENT_END, &p->statement, e) &&
	       report_total(&p->report, p->total, e);
}

bool pain002_read(const char *bytes, size_t len, struct parse_total *total, const struct sink *sink,
		  struct err *e)
{
	struct pain *p = calloc(1, sizeof *p);
	bool ok;

	if (!p)
		return err_set(e, ERR_LIMIT, "no memory for the status report");
	p->report.sink = sink;
	p->total = total;
	total->format = FORMAT_PAIN002;
	p->statement.from = p->statement.to = DAY_NONE;
	p->kept = arena_new(2 * (size_t)PAIN_TRANSACTION_MAX);
	p->passing = arena_new(2 * (size_t)PAIN_TRANSACTION_MAX);
	ok = parse(p, bytes, len, e) && finish(p, e);
	arena_free(p->kept);
	arena_free(p->passing);
	free(p);
	return ok;
}

bool pain_order_read(struct arena *a, const char *bytes, size_t len, struct pain_order *ret,
		     struct err *e)
{
	struct pain *p = calloc(1, sizeof *p);
	struct pain_order order = { 0 };
	bool ok;

	if (!p)
		return err_set(e, ERR_LIMIT, "no memory for the order");
	p->order = &order;
	p->kept = a;
	p->passing = arena_new(1 << 20);
	ok = parse(p, bytes, len, e) &&
	     (p->has_message || err_set(e, ERR_FORMAT, "the XML is not a payment order"));
	order.message = p->message;
	arena_free(p->passing);
	free(p);
	if (ok)
		*ret = order;
	return ok;
}

bool pain_order_refuse(const char *bytes, size_t len, struct err *e)
{
	struct arena *a = arena_new(2 * (size_t)PAIN_TRANSACTION_MAX);
	char sum[MONEY_TEXT];
	struct pain_order o = { 0 };

	if (pain_order_read(a, bytes, len, &o, e) && o.currency[0] && !o.has_several_currencies)
		err_set(e, ERR_FORMAT,
			"the file is a payment order (%s: %" PRId64
			" transactions, %s %s), not a bank statement",
			o.message, o.n_transactions, minor_format(o.sum_minor, o.currency, sum),
			o.currency);
	else if (o.message)
		err_set(e, ERR_FORMAT,
			"the file is a payment order (%s: %" PRId64
			" transactions), not a bank statement",
			o.message, o.n_transactions);
	arena_free(a);
	return false;
}
