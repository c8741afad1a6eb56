/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_table.c - from the rows of a table (CSV, XLSX) to customers, contacts and items.
 *
 * The columns tell what the table holds: document numbers and amounts make items, a contact's name makes
 * contacts, a code and a name make customers. Each cell is read by its column's convention; a row that
 * cannot be understood is rejected with its line, field and reason, and the others go on.
 */
#include "ledger/import_table.h"

#include "base/buf.h"
#include "base/identifier.h"
#include "base/money.h"
#include "base/text.h"
#include "ledger/terms.h"

static void forget_seen(void *arg)
{
	seen_done(arg);
}

struct table_reader *table_reader_new(struct import_plan *p)
{
	struct table_reader *r = ARENA_NEW(p->keep, struct table_reader);

	r->plan = p;
	seen_init(&r->seen);
	arena_defer(p->keep, forget_seen, &r->seen);
	for (int f = 0; f < FIELD_COUNT; f++)
		r->column_of[f] = -1;
	return r;
}

const char *table_cell(const struct table_reader *r, enum table_field f)
{
	int column = r->column_of[f];

	if (column < 0 || (size_t)column >= r->row->n)
		return NULL;
	return arena_strdup(r->plan->arena, r->row->cell[column]);
}

static void reject(struct table_reader *r, enum table_field f, const char *value,
		   const char *message)
{
	int column = r->column_of[f];

	if (!r->row_ok)
		return; /* one reason a row is enough */
	r->row_ok = false;
	plan_reject(r->plan, r->row->line, r->row_text,
		    column >= 0 && r->header[column] ? r->header[column] : table_field_name(f),
		    value, message);
}

static const char *needed(struct table_reader *r, enum table_field f)
{
	const char *text = table_cell(r, f);

	if (!text)
		reject(r, f, NULL, "the cell is empty");
	return text;
}

static int64_t amount(struct table_reader *r, enum table_field f, const char *currency,
		      bool *ret_told)
{
	const char *text = table_cell(r, f);
	int64_t minor = 0;
	struct err e;

	*ret_told = text != NULL;
	if (text && !value_amount(text, r->number[f], currency, &minor, &e))
		reject(r, f, text, e.msg);
	return minor;
}

static day_t date(struct table_reader *r, enum table_field f)
{
	const char *text = table_cell(r, f);
	day_t d = DAY_NONE;
	struct err e;

	if (text && !value_date(text, r->date[f], &d, &e))
		reject(r, f, text, e.msg);
	return d;
}

/* ---- customers ---- */

static const char *terms_code(struct table_reader *r)
{
	const char *text = table_cell(r, FIELD_TERMS), *days = table_cell(r, FIELD_TERMS_DAYS),
		   *eom = table_cell(r, FIELD_TERMS_EOM);
	struct arena *a = r->plan->arena;
	char code[TERMS_TEXT];
	bool ambiguous = false;
	struct terms t;
	struct err e;

	if (text && terms_read(text, &t, &ambiguous, &e)) {
		r->n_ambiguous_terms += ambiguous;
		return arena_strdup(a, terms_format(&t, code));
	}
	if (days &&
	    terms_read(arena_printf(a, eom && table_is_yes(a, eom) ? "FDM_AFTER%s" : "NET%s", days),
		       &t, &ambiguous, &e))
		return arena_strdup(a, terms_format(&t, code));
	if (text)
		reject(r, FIELD_TERMS, text, e.msg);
	return NULL;
}

static const char *payment_means(struct table_reader *r)
{
	const char *text = table_cell(r, FIELD_PAYMENT_MEANS);
	const char *ours = text ? table_payment_means(r->plan->arena, text) : NULL;

	if (text && !ours)
		reject(r, FIELD_PAYMENT_MEANS, text,
		       "expected a means of payment: VIR, PRLV, LCR, BOR, CHQ, CB or ESP");
	return ours;
}

static void add_attributes(struct table_reader *r, struct customer_fact *c)
{
	for (size_t i = 0; i < r->n_columns && i < r->row->n; i++) {
		struct attribute *attribute;
		if (r->field[i] != FIELD_NONE || !r->header[i] || !r->row->cell[i])
			continue;
		attribute = LIST_ADD(r->plan->arena, &c->attributes);
		attribute->name = r->header[i];
		attribute->value = arena_strdup(r->plan->arena, r->row->cell[i]);
	}
}

static const char *iban_of(struct table_reader *r)
{
	const char *text = table_cell(r, FIELD_IBAN);

	return text ? text_reference_key(r->plan->arena, text) : NULL;
}

static void take_customer(struct table_reader *r)
{
	struct import_plan *p = r->plan;
	const char *segment = table_cell(r, FIELD_SEGMENT),
		   *kind = table_cell(r, FIELD_KIND_OF_CUSTOMER);
	const char *code = needed(r, FIELD_CUSTOMER), *name = needed(r, FIELD_CUSTOMER_NAME);
	const char *siren = table_cell(r, FIELD_SIREN), *language = table_cell(r, FIELD_LANGUAGE);
	struct customer_fact *c, fact = { .line = r->row->line, .code = code };
	struct customer_fields *f = &fact.fields;
	uint32_t *seen;

	f->name = name ? text_squeeze(p->arena, name) : NULL;
	f->segment = segment;
	f->kind = kind ? table_customer_kind(p->arena, kind) : NULL;
	if (!f->kind && segment)
		f->kind = table_customer_kind(p->arena, segment);
	f->siren = siren ? text_reference_key(p->arena, siren) : NULL;
	if (f->siren && siren_check(f->siren, (char[SIREN_TEXT]){ 0 }) != ID_VALID)
		r->n_bad_siren++;
	f->vat_number = table_cell(r, FIELD_VAT_NUMBER);
	f->terms = terms_code(r);
	f->payment_means = payment_means(r);
	f->language = language ? text_lower_ascii(p->arena, language) : NULL;
	f->email = table_cell(r, FIELD_EMAIL);
	f->phone = table_cell(r, FIELD_PHONE);
	f->street = table_cell(r, FIELD_STREET);
	f->street2 = table_cell(r, FIELD_STREET2);
	f->postcode = table_cell(r, FIELD_POSTCODE);
	f->city = table_cell(r, FIELD_CITY);
	f->country = table_cell(r, FIELD_COUNTRY);
	f->iban = iban_of(r);
	f->parent_code = table_cell(r, FIELD_PARENT);
	f->payer_code = table_cell(r, FIELD_PAYER);
	f->credit_limit_minor = amount(r, FIELD_LIMIT, p->currency, &f->has_limit);
	if (!r->row_ok)
		return;
	seen = seen_at(&r->seen, code, strlen(code));
	if (*seen) {
		reject(r, FIELD_CUSTOMER, code, "this customer stands in the file twice");
		return;
	}
	*seen = 1;
	add_attributes(r, &fact);
	c = LIST_ADD(p->keep, &p->customers);
	*c = fact;
}

static void take_contact(struct table_reader *r)
{
	struct contact_fact fact = {
		.line = r->row->line,
		.customer_code = needed(r, FIELD_CUSTOMER),
		.name = needed(r, FIELD_CONTACT_NAME),
		.role = table_cell(r, FIELD_ROLE),
		.email = table_cell(r, FIELD_EMAIL),
		.phone = table_cell(r, FIELD_PHONE),
		.language = table_cell(r, FIELD_LANGUAGE),
	};
	const char *dunning = table_cell(r, FIELD_IS_DUNNING);

	if (fact.email && !email_check(fact.email, (char[EMAIL_TEXT]){ 0 }))
		reject(r, FIELD_EMAIL, fact.email, "expected an e-mail address");
	fact.is_dunning = dunning && table_is_yes(r->plan->arena, dunning);
	if (r->row_ok)
		*LIST_ADD(r->plan->keep, &r->plan->contacts) = fact;
}

/* ---- items ---- */

static bool cents(struct table_reader *r, int64_t *ret)
{
	const char *text = table_cell(r, FIELD_AMOUNT_CENTS);
	uint64_t magnitude;

	if (!text)
		return false;
	if (!text_to_u64(text + (*text == '-'), INT64_MAX, &magnitude)) {
		reject(r, FIELD_AMOUNT_CENTS, text, "expected a whole number of cents");
		return false;
	}
	*ret = *text == '-' ? -(int64_t)magnitude : (int64_t)magnitude;
	return true;
}

static void read_amounts(struct table_reader *r, struct item_fact *f)
{
	bool has_amount, has_net, has_vat;

	f->amount_minor = amount(r, FIELD_AMOUNT, f->currency, &has_amount);
	if (!has_amount)
		has_amount = cents(r, &f->amount_minor);
	f->open_minor = amount(r, FIELD_OPEN, f->currency, &f->has_open);
	if (!has_amount && f->has_open) { /* an open-item list: what is left is all that is known */
		f->amount_minor = f->open_minor;
		has_amount = true;
	}
	if (!has_amount)
		reject(r, FIELD_AMOUNT, NULL, "the cell is empty");
	f->net_minor = amount(r, FIELD_NET, f->currency, &has_net);
	f->vat_minor = amount(r, FIELD_VAT, f->currency, &has_vat);
	f->has_net = has_net && has_vat;
}

static void read_kind(struct table_reader *r, struct item_fact *f)
{
	const char *text = table_cell(r, FIELD_KIND);
	const char *ours = text ? table_item_kind(r->plan->arena, text) : NULL;

	f->kind = f->amount_minor >= 0 ? ITEM_INVOICE : ITEM_CREDIT_NOTE;
	if (text && !ours)
		reject(r, FIELD_KIND, text,
		       "expected the kind of document: invoice, credit note ...");
	if (!ours)
		return;
	ENSURE(item_kind_of(ours, &f->kind));
	/* Some tools write credit notes and payments without a sign. */
	if ((f->kind == ITEM_CREDIT_NOTE || f->kind == ITEM_PAYMENT || f->kind == ITEM_DEPOSIT) &&
	    f->amount_minor > 0) {
		f->amount_minor = -f->amount_minor;
		f->open_minor = -f->open_minor;
	}
}

static void read_dates(struct table_reader *r, struct item_fact *f)
{
	f->issued_on = date(r, FIELD_ISSUED_ON);
	f->due_on = date(r, FIELD_DUE_ON);
	f->due_source = DUE_FROM_ITEM_FILE;
	f->cleared_on = date(r, FIELD_CLEARED_ON);
	f->lettered_on = DAY_NONE;
	if (f->issued_on == DAY_NONE)
		f->issued_on = f->due_on;
	if (f->issued_on == DAY_NONE)
		reject(r, FIELD_ISSUED_ON, NULL, "the document has no date");
	f->effective = f->issued_on;
}

static bool read_currency(struct table_reader *r, struct item_fact *f)
{
	const char *text = table_cell(r, FIELD_CURRENCY);

	if (text && !currency_is_code(text)) {
		reject(r, FIELD_CURRENCY, text, "expected a currency code of three letters");
		return false;
	}
	memcpy(f->currency, text ? text : r->plan->currency, sizeof f->currency);
	return true;
}

static bool is_told_twice(struct table_reader *r, const struct item_fact *f, const char *code)
{
	char due[DATE_TEXT];
	const char *key =
		arena_printf(r->plan->arena, "%s\t%d\t%s\t%" PRId64 "\t%s", code, (int)f->kind,
			     f->document_key, f->amount_minor, date_format(f->due_on, due));
	uint32_t *line = seen_at(&r->seen, key, strlen(key));

	if (*line) {
		reject(r, FIELD_DOCUMENT, f->document,
		       arena_printf(r->plan->arena,
				    "the document stands in the file already, on line %" PRIu32,
				    *line));
		return true;
	}
	*line = (uint32_t)r->row->line; /* a file of so many lines is larger than may be read */
	return false;
}

static void take_item(struct table_reader *r)
{
	struct import_plan *p = r->plan;
	struct item_fact f = { .line = r->row->line };
	const char *name = table_cell(r, FIELD_CUSTOMER_NAME);
	const char *code = table_has(r, FIELD_CUSTOMER) ? needed(r, FIELD_CUSTOMER)
							: needed(r, FIELD_CUSTOMER_NAME);
	const char *disputed = table_cell(r, FIELD_DISPUTED);

	f.document = needed(r, FIELD_DOCUMENT);
	if (!code || !f.document || !read_currency(r, &f))
		return;
	f.document_key = text_reference_key(p->arena, f.document);
	if (!*f.document_key)
		reject(r, FIELD_DOCUMENT, f.document, "the number has no letter and no digit");
	read_amounts(r, &f);
	read_kind(r, &f);
	read_dates(r, &f);
	f.payment_ref = table_cell(r, FIELD_PAYMENT_REF);
	f.order_ref = table_cell(r, FIELD_ORDER_REF);
	f.label = table_cell(r, FIELD_LABEL);
	f.is_disputed = disputed && table_is_yes(p->arena, disputed);
	if (!r->row_ok || is_told_twice(r, &f, code))
		return;
	f.customer = plan_announce(p, code, name, r->row->line);
	if (f.amount_minor == 0)
		p->n_zero_lines++;
	else
		plan_keep_fact(p, &f, 0);
}

static const char *text_of_row(struct table_reader *r)
{
	struct buf b;

	buf_init(&b, r->plan->arena);
	for (size_t i = 0; i < r->row->n; i++) {
		const char *s = r->row->cell[i] ? r->row->cell[i] : "";
		bool quote = strpbrk(s, ";\"\r\n") != NULL;
		if (i)
			buf_putc(&b, ';');
		if (quote)
			buf_putc(&b, '"');
		for (; *s; s++) {
			if (*s == '"')
				buf_putc(&b, '"');
			buf_putc(&b, *s);
		}
		if (quote)
			buf_putc(&b, '"');
	}
	return buf_str(&b);
}

bool table_reader_take(void *reader, const struct record *rec, struct err *e)
{
	struct table_reader *r = reader;
	struct import_plan *p = r->plan;
	struct arena *scratch = p->arena;
	size_t n_rejects = p->rejects.n;
	bool ok = true;

	if (rec->kind == RECORD_CSV_COLUMNS)
		return table_take_columns(r, rec->columns, e);
	if (rec->kind != RECORD_CSV_ROW)
		return true;
	/* An item is kept packed; of customers and contacts, which are fewer, all texts stay. */
	if (r->content != CONTENT_ITEMS)
		p->arena = p->keep;
	r->row = rec->row;
	r->row_ok = true;
	r->row_text = NULL;
	for (size_t i = 0; i < r->row->n && i < r->n_columns; i++)
		if (!p->columns.at[i].sample)
			p->columns.at[i].sample = arena_strdup(p->keep, r->row->cell[i]);
	/* The text of the row is needed only when it is rejected: count first, then complete. */
	if (r->content == CONTENT_CUSTOMERS)
		take_customer(r);
	else if (r->content == CONTENT_CONTACTS)
		take_contact(r);
	else if (r->content == CONTENT_BANK)
		ok = bank_table_take(r, e);
	else
		take_item(r);
	if (p->rejects.n > n_rejects)
		p->rejects.at[n_rejects].text = arena_strdup(p->keep, text_of_row(r));
	p->arena = scratch;
	arena_reset(scratch);
	return ok;
}

bool table_reader_finish(struct table_reader *r, struct err *e)
{
	struct import_plan *p = r->plan;

	if (r->content == CONTENT_NONE)
		return err_set(e, ERR_FORMAT, "the table is empty");
	if (r->content == CONTENT_BANK)
		return bank_table_finish(r, e);
	if (r->n_bad_siren)
		plan_warn(p,
			  "%" PRId64 " SIREN numbers do not pass their check digit; please verify",
			  r->n_bad_siren);
	if (r->n_ambiguous_terms)
		plan_warn(p,
			  "%" PRId64
			  " payment terms have two readings; \"add the days, then the end"
			  " of the month\" was taken",
			  r->n_ambiguous_terms);
	return true;
}
