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
#include "base/text.h"

#include <stdio.h>

/* What the lines of one entry touch. */
struct entry {
	bool has_money; /* 51, 53 */
	bool has_sales; /* 70, 71 ... 75 */
	bool has_bill;  /* 413 */
	bool is_opening;
};

struct fec_item {
	struct item_fact fact;
	struct entry *entry;
	const char *customer_code;
	const char *customer_name;
};

struct fec_reader {
	struct import_plan *plan;
	struct map entries;     /* struct entry */
	struct map journals;    /* journal code: whether it holds à-nouveaux, as "" */
	struct map known_names; /* customer code to name */
	LIST_OF(struct fec_item) items;
};

struct fec_reader *fec_reader_new(struct import_plan *p)
{
	struct fec_reader *r = ARENA_NEW(p->arena, struct fec_reader);

	r->plan = p;
	map_init(&r->entries, p->arena);
	map_init(&r->known_names, p->arena);
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

static struct entry *entry_of(struct fec_reader *r, const struct fec_line *l)
{
	char date[DATE_TEXT], key[256];
	struct entry *entry;

	snprintf(key, sizeof key, "%.80s\t%.120s\t%s", l->journal ? l->journal : "",
		 l->entry_number ? l->entry_number : "", date_format(l->entry_on, date));
	entry = map_get(&r->entries, key);
	if (entry)
		return entry;
	entry = ARENA_NEW(r->plan->arena, struct entry);
	entry->is_opening = is_opening_journal(r->plan->arena, l);
	map_set(&r->entries, key, entry);
	return entry;
}

static void note_account(struct entry *entry, const char *account)
{
	if (account_is(account, "51") || account_is(account, "53") || account_is(account, "580"))
		entry->has_money = true;
	else if (account[0] == '7')
		entry->has_sales = true;
	else if (account_is(account, "413"))
		entry->has_bill = true;
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
static void name_document(struct import_plan *p, const struct entry *entry, struct item_fact *f,
			  const struct fec_line *l)
{
	f->document = reference_of(p, l->piece_ref, &f->document_key);
	if (!f->document && !entry->is_opening)
		f->document =
			reference_of(p,
				     arena_printf(p->arena, "%s-%s", l->journal ? l->journal : "OD",
						  l->entry_number ? l->entry_number : "0"),
				     &f->document_key);
}

static bool take_line(struct fec_reader *r, const struct fec_line *l, struct err *e)
{
	struct import_plan *p = r->plan;
	struct entry *entry = entry_of(r, l);
	struct fec_item *it;
	struct item_fact *f;
	int64_t amount;

	note_account(entry, l->account);
	if (!is_customer_account(l->account))
		return true;
	if (__builtin_sub_overflow(l->debit_minor, l->credit_minor, &amount) ||
	    !minor_add(&p->ledger_balance_minor, amount, e))
		return err_set(e, ERR_RANGE, "line %" PRId64 ": the balance does not fit", l->line);
	if (amount == 0) {
		p->n_zero_lines++;
		return true;
	}
	it = LIST_ADD(p->arena, &r->items);
	it->entry = entry;
	it->customer_code = customer_code_of(p->arena, l);
	it->customer_name = arena_strdup(p->arena, l->aux_label ? l->aux_label : l->account_label);
	f = &it->fact;
	f->line = l->line;
	f->amount_minor = amount;
	f->effective = l->entry_on;
	f->issued_on = l->piece_on != DAY_NONE ? l->piece_on : l->entry_on;
	f->account = arena_strdup(p->arena, l->account);
	f->label = arena_strdup(p->arena, l->label);
	f->lettering = arena_strdup(p->arena, l->lettering);
	f->lettered_on = l->lettered_on;
	f->cleared_on = DAY_NONE;
	f->is_ledger = true;
	memcpy(f->currency, p->currency, sizeof f->currency);
	fill_due(p->arena, f, l);
	name_document(p, entry, f, l);
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

static enum item_kind kind_of(struct arena *a, const struct fec_item *it)
{
	const struct item_fact *f = &it->fact;

	if (account_is(f->account, "413"))
		return ITEM_DRAFT;
	if (account_is(f->account, "419"))
		return ITEM_DEPOSIT;
	if (it->entry->is_opening) {
		if (!f->document)
			return ITEM_OPENING;
		if (f->amount_minor > 0)
			return ITEM_INVOICE;
		return looks_like_credit_note(a, f) ? ITEM_CREDIT_NOTE : ITEM_PAYMENT;
	}
	if (account_is(f->account, "418"))
		return ITEM_ADJUSTMENT;
	if (it->entry->has_money)
		return ITEM_PAYMENT;
	if (it->entry->has_sales)
		return f->amount_minor > 0 ? ITEM_INVOICE : ITEM_CREDIT_NOTE;
	return it->entry->has_bill ? ITEM_DRAFT : ITEM_ADJUSTMENT;
}

static void announce_customer(struct fec_reader *r, const struct fec_item *it)
{
	struct import_plan *p = r->plan;
	struct customer_fact *c;

	if (map_get(&r->known_names, it->customer_code))
		return;
	map_set(&r->known_names, it->customer_code, r);
	c = LIST_ADD(p->arena, &p->customers);
	c->line = it->fact.line;
	c->code = it->customer_code;
	c->fields.name = it->customer_name ? it->customer_name : it->customer_code;
}

bool fec_reader_finish(struct fec_reader *r, struct err *e)
{
	struct import_plan *p = r->plan;

	(void)e;
	p->opening_on = DAY_NONE;
	for (size_t i = 0; i < r->items.n; i++) {
		struct fec_item *it = &r->items.at[i];
		struct item_fact *f;
		announce_customer(r, it);
		it->fact.kind = kind_of(p->arena, it);
		it->fact.is_opening = it->entry->is_opening;
		if (it->fact.kind == ITEM_OPENING)
			it->fact.document =
				reference_of(p, arena_printf(p->arena, "AN-%s", it->customer_code),
					     &it->fact.document_key);
		/* A payment is dated by its entry; a piece date there is often the invoice's. */
		if (it->fact.kind == ITEM_PAYMENT || it->fact.kind == ITEM_OPENING)
			it->fact.issued_on = it->fact.effective;
		if (it->fact.is_opening &&
		    (p->opening_on == DAY_NONE || it->fact.effective < p->opening_on))
			p->opening_on = it->fact.effective;
		f = LIST_ADD(p->arena, &p->items);
		*f = it->fact;
		f->customer = plan_customer(p, it->customer_code);
	}
	return true;
}
