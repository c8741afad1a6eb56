/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_fec.c - from the lines of an accounting file (FEC, LPF art. A47 A-1) to item facts.
 *
 * An entry is classified by its contents, not by the journal's code, since codes are free: money accounts
 * (class 5) make a payment, sales accounts (class 7) an invoice or a credit note, a bills account (413) a
 * draft. The same (journal, number, date) may hold several lines of the customer.
 */
#include "ledger/import_plan.h"

#include "base/money.h"
#include "base/seen.h"
#include "base/text.h"

#include <stdio.h>

/* What the lines of one entry touch; together in one byte. */
enum {
	HAS_MONEY = 1, /* 51, 53 */
	HAS_SALES = 2, /* 70, 71 ... 75 */
	HAS_BILL = 4,  /* 413 */
	IS_OPENING = 8
};

/* Bytes of a journal and of a number that tell entries apart. */
enum { JOURNAL_MAX = 80, NUMBER_MAX = 120 };

struct fec_reader {
	struct import_plan *plan;
	struct seen entries; /* (journal, number, date): number of the entry, from 1 on */
	LIST_OF(unsigned char) touched; /* by number */
	/* lines of one entry mostly follow each other */
	char last_key[JOURNAL_MAX + NUMBER_MAX + 2 + sizeof(day_t)];
	size_t last_length;
	uint32_t last_entry;
};

static void forget_entries(void *arg)
{
	seen_done(arg);
}

static void complete(void *reader, struct item_fact *f, uint32_t entry);

struct fec_reader *fec_reader_new(struct import_plan *p)
{
	struct fec_reader *r = ARENA_NEW(p->keep, struct fec_reader);

	r->plan = p;
	seen_init(&r->entries);
	arena_defer(p->keep, forget_entries, &r->entries);
	*LIST_ADD(p->keep, &r->touched) = 0; /* there is no entry 0 */
	p->complete = complete;
	p->reader = r;
	return r;
}

static bool account_is(const char *account, const char *root)
{
	return str_starts(account, root);
}

/* Accounts that hold what customers owe (fec.md section 3); 4091 and 467 are not among them. */
static bool is_customer_account(const char *account)
{
	static const char *const roots[] = { "411", "413", "416", "417", "418", "419" };

	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (account_is(account, roots[i]))
			return true;
	return false;
}

/* à-nouveaux: by the usual journal codes, or by the journal's label. */
static bool is_opening_journal(struct arena *a, const struct fec_line *l)
{
	static const char *const codes[] = { "AN", "ANO", "ANC", "RAN", "RN", "OUV", "ANV", "AND" };
	static const char *const words[] = { "NOUVEAU", "OUVERTURE", "BALANCE INITIALE" };
	const char *code = text_reference_key(a, l->journal ? l->journal : "");
	const char *label = text_key(a, l->journal_label ? l->journal_label : "");

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(label, words[i]))
			return true;
	return false;
}

/* Adds at most max bytes of the text and what parts it from the next. */
static char *add_part(char *to, const char *text, size_t max)
{
	size_t n = text ? strnlen(text, max) : 0;

	if (n)
		memcpy(to, text, n);
	to[n] = 0;
	return to + n + 1;
}

static uint32_t entry_of(struct fec_reader *r, const struct fec_line *l)
{
	char key[JOURNAL_MAX + NUMBER_MAX + 2 + sizeof l->entry_on], *end;
	uint32_t *number;
	size_t n;

	end = add_part(add_part(key, l->journal, JOURNAL_MAX), l->entry_number, NUMBER_MAX);
	memcpy(end, &l->entry_on, sizeof l->entry_on);
	n = (size_t)(end - key) + sizeof l->entry_on;
	if (r->last_entry && n == r->last_length && memcmp(key, r->last_key, n) == 0)
		return r->last_entry;
	number = seen_at(&r->entries, key, n);
	if (*number == 0) {
		ENSURE(r->touched.n < UINT32_MAX);
		*number = (uint32_t)r->touched.n;
		*LIST_ADD(r->plan->keep, &r->touched) =
			is_opening_journal(r->plan->arena, l) ? IS_OPENING : 0;
		arena_reset(r->plan->arena);
	}
	memcpy(r->last_key, key, n);
	r->last_length = n;
	r->last_entry = *number;
	return r->last_entry;
}

static unsigned touched_by(const char *account)
{
	if (account_is(account, "51") || account_is(account, "53") || account_is(account, "580"))
		return HAS_MONEY;
	if (account[0] == '7')
		return HAS_SALES;
	return account_is(account, "413") ? HAS_BILL : 0;
}

/* The subledger code; else the account itself when it is longer than a collective one. */
static const char *customer_code_of(struct arena *a, const struct fec_line *l)
{
	if (l->aux)
		return arena_strdup(a, l->aux);
	if (strlen(l->account) > 3 && strspn(l->account + 3, "0") < strlen(l->account + 3))
		return arena_strdup(a, l->account);
	return "UNKNOWN";
}

static const char *reference_of(struct import_plan *p, const char *text, const char **ret_key)
{
	const char *key = text ? text_reference_key(p->arena, text) : "";

	*ret_key = key;
	return *key ? arena_strdup(p->arena, text) : NULL;
}

/* "FACTURE 12 ECH 31/12/2026", "échéance : 31.12.26" (fec.md section 6, source 3). Folding has made both
 * "ECH 31 12 2026" and "ECHEANCE 31 12 26". */
static bool due_in_label(struct arena *a, const char *label, day_t *ret)
{
	const char *key = text_key(a, label ? label : "");
	int day, month, year;

	for (const char *p = strstr(key, "ECH"); p; p = strstr(p + 3, "ECH")) {
		const char *after = p + (str_starts(p, "ECHEANCE") ? 8 : 3);
		if ((p > key && p[-1] != ' ') ||
		    sscanf(after, " %2d %2d %4d", &day, &month, &year) != 3)
			continue;
		year += year < 100 ? 2000 : 0;
		if (!date_exists(year, month, day))
			continue;
		*ret = date_of(year, month, day);
		return true;
	}
	return false;
}

static void fill_due(struct arena *a, struct item_fact *f, const struct fec_line *l)
{
	f->due_on = DAY_NONE;
	if (l->due_on != DAY_NONE) {
		f->due_on = l->due_on;
		f->due_source = DUE_FROM_COLUMN;
	} else if (due_in_label(a, l->label, &f->due_on)) {
		f->due_source = DUE_FROM_LABEL;
	}
}

/* A line without a usable reference is named by its entry; an à-nouveau without one has no detail, and its
 * document stays NULL until the customer is known. */
static void name_document(struct import_plan *p, bool is_opening, struct item_fact *f,
			  const struct fec_line *l)
{
	f->document = reference_of(p, l->piece_ref, &f->document_key);
	if (!f->document && !is_opening)
		f->document =
			reference_of(p,
				     arena_printf(p->arena, "%s-%s", l->journal ? l->journal : "OD",
						  l->entry_number ? l->entry_number : "0"),
				     &f->document_key);
}

static struct plan_customer *announce_customer(struct import_plan *p, const struct fec_line *l)
{
	return plan_announce(p, customer_code_of(p->arena, l),
			     l->aux_label ? l->aux_label : l->account_label, l->line);
}

/* A line of a customer account is an item; which kind of item shows when all lines of its entry are read. */
static void take_item(struct fec_reader *r, const struct fec_line *l, uint32_t entry,
		      int64_t amount_minor)
{
	struct import_plan *p = r->plan;
	bool is_opening = r->touched.at[entry] & IS_OPENING;
	struct item_fact f = {
		.line = l->line,
		.customer = announce_customer(p, l),
		.amount_minor = amount_minor,
		.effective = l->entry_on,
		.issued_on = l->piece_on != DAY_NONE ? l->piece_on : l->entry_on,
		.account = l->account,
		.label = l->label,
		.lettering = l->lettering,
		.lettered_on = l->lettered_on,
		.cleared_on = DAY_NONE,
		.is_ledger = true,
		.is_opening = is_opening,
	};

	memcpy(f.currency, p->currency, sizeof f.currency);
	fill_due(p->arena, &f, l);
	name_document(p, is_opening, &f, l);
	if (is_opening && (p->opening_on == DAY_NONE || f.effective < p->opening_on))
		p->opening_on = f.effective;
	plan_keep_fact(p, &f, entry);
}

static bool take_line(struct fec_reader *r, const struct fec_line *l, struct err *e)
{
	struct import_plan *p = r->plan;
	uint32_t entry = entry_of(r, l);
	int64_t amount;

	r->touched.at[entry] = (unsigned char)(r->touched.at[entry] | touched_by(l->account));
	if (!is_customer_account(l->account))
		return true;
	if (__builtin_sub_overflow(l->debit_minor, l->credit_minor, &amount) ||
	    !minor_add(&p->ledger_balance_minor, amount, e))
		return err_set(e, ERR_RANGE, "line %" PRId64 ": the balance does not fit", l->line);
	if (amount == 0)
		p->n_zero_lines++;
	else
		take_item(r, l, entry, amount);
	arena_reset(p->arena);
	return true;
}

bool fec_reader_take(void *reader, const struct record *rec, struct err *e)
{
	struct fec_reader *r = reader;

	if (rec->kind == RECORD_FEC_LINE)
		return take_line(r, rec->fec, e);
	return true;
}

static bool looks_like_credit_note(struct arena *a, const struct item_fact *f)
{
	const char *label = text_key(a, f->label ? f->label : "");

	return strstr(label, "AVOIR") || (f->document_key && str_starts(f->document_key, "AV"));
}

static enum item_kind kind_of(struct arena *a, const struct item_fact *f, unsigned touched)
{
	if (account_is(f->account, "413"))
		return ITEM_DRAFT;
	if (account_is(f->account, "419"))
		return ITEM_DEPOSIT;
	if (f->is_opening) {
		if (!f->document)
			return ITEM_OPENING;
		if (f->amount_minor > 0)
			return ITEM_INVOICE;
		return looks_like_credit_note(a, f) ? ITEM_CREDIT_NOTE : ITEM_PAYMENT;
	}
	if (account_is(f->account, "418"))
		return ITEM_ADJUSTMENT;
	if (touched & HAS_MONEY)
		return ITEM_PAYMENT;
	if (touched & HAS_SALES)
		return f->amount_minor > 0 ? ITEM_INVOICE : ITEM_CREDIT_NOTE;
	return touched & HAS_BILL ? ITEM_DRAFT : ITEM_ADJUSTMENT;
}

static void complete(void *reader, struct item_fact *f, uint32_t entry)
{
	const struct fec_reader *r = reader;
	struct import_plan *p = r->plan;

	f->kind = kind_of(p->arena, f, r->touched.at[entry]);
	if (f->kind == ITEM_OPENING)
		f->document = reference_of(p, arena_printf(p->arena, "AN-%s", f->customer->code),
					   &f->document_key);
	/* A payment is dated by its entry; a piece date there is often the invoice's. */
	if (f->kind == ITEM_PAYMENT || f->kind == ITEM_OPENING)
		f->issued_on = f->effective;
}
