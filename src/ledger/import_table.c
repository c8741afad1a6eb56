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

#include <jansson.h>

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

static bool has(const struct table_reader *r, enum table_field f)
{
	return r->column_of[f] >= 0;
}

static enum table_content content_of(const struct table_reader *r)
{
	if (has(r, FIELD_DOCUMENT) &&
	    (has(r, FIELD_AMOUNT) || has(r, FIELD_AMOUNT_CENTS) || has(r, FIELD_OPEN)) &&
	    (has(r, FIELD_CUSTOMER) || has(r, FIELD_CUSTOMER_NAME)))
		return CONTENT_ITEMS;
	if (has(r, FIELD_CUSTOMER) && has(r, FIELD_CONTACT_NAME) && !has(r, FIELD_CUSTOMER_NAME))
		return CONTENT_CONTACTS;
	if (has(r, FIELD_CUSTOMER) && has(r, FIELD_CUSTOMER_NAME))
		return CONTENT_CUSTOMERS;
	return bank_table_is_one(r) ? CONTENT_BANK : CONTENT_NONE;
}

/* Headers joined in folded form: the key of saved mappings. */
static const char *header_key(struct table_reader *r)
{
	struct arena *a = r->plan->keep;
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < r->n_columns; i++)
		buf_printf(&b, "%s|", r->header[i] ? text_reference_key(a, r->header[i]) : "");
	return buf_str(&b);
}

/* A saved mapping for this header, or the one that was named, goes before recognition. */
static bool apply_saved_mapping(struct table_reader *r, struct err *e)
{
	const struct import_job *job = r->plan->job;
	json_error_t where;
	json_t *columns;
	char *text;

	if (!db_get_text(job->db, r->plan->keep,
			 "SELECT columns FROM import_mapping WHERE entity_id = $1"
			 " AND (name = $2 OR ($2 = '' AND header = $3)) ORDER BY id DESC LIMIT 1",
			 DB_PARAMS(P_I64(job->entity->id), P_TEXT(job->mapping ? job->mapping : ""),
				   P_TEXT(header_key(r))),
			 &text, e))
		return false;
	if (!text) {
		if (job->mapping)
			return err_set(e, ERR_NOT_FOUND, "there is no saved mapping \"%.60s\"",
				       job->mapping);
		return true;
	}
	columns = json_loads(text, JSON_REJECT_DUPLICATES, &where);
	if (!columns)
		return err_set(e, ERR_FORMAT, "the saved mapping cannot be read: %s", where.text);
	for (size_t i = 0; i < r->n_columns; i++) {
		const char *name =
			r->header[i] ? json_string_value(json_object_get(columns, r->header[i]))
				     : NULL;
		if (name)
			r->field[i] = table_field_of_name(name);
	}
	json_decref(columns);
	return true;
}

static bool is_date_field(enum table_field f)
{
	return f == FIELD_ISSUED_ON || f == FIELD_DUE_ON || f == FIELD_CLEARED_ON ||
	       f == FIELD_BOOKED_ON || f == FIELD_VALUE_ON;
}

static bool is_number_field(enum table_field f)
{
	return f == FIELD_AMOUNT || f == FIELD_NET || f == FIELD_VAT || f == FIELD_OPEN ||
	       f == FIELD_LIMIT || f == FIELD_BANK_AMOUNT || f == FIELD_DEBIT ||
	       f == FIELD_CREDIT || f == FIELD_BALANCE;
}

/* What decides where the days themselves cannot: the one who imports, points between them, or the language of a
 * bank's columns, of which only English has the month first. */
static bool day_comes_first(const struct table_reader *r, const struct value_profile *v,
			    enum date_style *ret)
{
	const char *asked = r->plan->job->dates;

	if (v->n_dmy && v->n_mdy)
		return false; /* contradictory, whatever anybody says */
	if (!asked && r->content != CONTENT_BANK)
		return false;
	if (!asked && !strchr(v->day_or_month, '.') && !bank_table_is_continental(r))
		return false;
	*ret = str_eq(asked, "mdy") ? DATE_MDY : DATE_DMY;
	return true;
}

/* Decides the convention of each column that holds numbers or dates; a column that cannot tell takes that
 * of another of the same table, and only then is the user asked. */
static bool decide_styles(struct table_reader *r, struct err *e)
{
	struct value_profile all_dates = { 0 }, all_numbers = { 0 };

	for (size_t i = 0; i < r->n_columns; i++) {
		const struct value_profile *v = &r->profile[i];
		if (is_date_field(r->field[i])) {
			all_dates.n_filled += v->n_filled;
			all_dates.n_date += v->n_date;
			all_dates.n_dmy += v->n_dmy;
			all_dates.n_mdy += v->n_mdy;
			all_dates.n_day_or_month += v->n_day_or_month;
			all_dates.n_serial += v->n_serial;
			memcpy(all_dates.day_or_month, v->day_or_month, sizeof v->day_or_month);
		} else if (is_number_field(r->field[i])) {
			all_numbers.n_filled += v->n_filled;
			all_numbers.n_number += v->n_number;
			all_numbers.n_comma += v->n_comma;
			all_numbers.n_point += v->n_point;
			all_numbers.n_either += v->n_either;
			memcpy(all_numbers.either, v->either, sizeof v->either);
		}
	}
	for (size_t i = 0; i < r->n_columns; i++) {
		enum table_field f = r->field[i];
		if (is_date_field(f) &&
		    !value_date_style(&r->profile[i], r->header[i], &r->date[f], NULL) &&
		    !value_date_style(&all_dates, r->header[i], &r->date[f], NULL) &&
		    !day_comes_first(r, &all_dates, &r->date[f]) &&
		    !value_date_style(&all_dates, r->header[i], &r->date[f], e))
			return false;
		if (is_number_field(f) &&
		    !value_number_style(&r->profile[i], r->header[i], &r->number[f], NULL) &&
		    !value_number_style(&all_numbers, r->header[i], &r->number[f], e))
			return false;
	}
	return true;
}

/* The first column of a meaning wins. */
static void place_columns(struct table_reader *r)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		r->column_of[f] = -1;
	for (size_t i = 0; i < r->n_columns; i++) {
		if (r->column_of[r->field[i]] >= 0 && r->field[i] != FIELD_BANK_TEXT)
			r->field[i] = FIELD_NONE;
		if (r->column_of[r->field[i]] < 0)
			r->column_of[r->field[i]] = (int)i;
	}
}

/* Whether a bank's words make a bank's table of the columns. */
static bool looks_like_bank(const struct table_reader *r)
{
	bool has_field[FIELD_COUNT] = { false };

	for (size_t i = 0; i < r->n_columns; i++)
		has_field[bank_field_of_header(r->plan->keep, r->header[i])] = true;
	return has_field[FIELD_BOOKED_ON] && has_field[FIELD_BANK_TEXT] &&
	       (has_field[FIELD_BANK_AMOUNT] ||
		(has_field[FIELD_DEBIT] && has_field[FIELD_CREDIT]));
}

static bool take_columns(struct table_reader *r, const struct csv_columns *c, struct err *e)
{
	struct import_plan *p = r->plan;
	static const char *const contents[] = { NULL, "customers", "contacts", "items", "bank" };
	struct buf header;

	if (c->line == 0 || c->n == 0)
		return err_set(
			e, ERR_FORMAT,
			"the table has no header line: its first line must name the columns");
	if (c->n > TABLE_COLUMNS_MAX)
		return err_set(e, ERR_LIMIT, "the table has %zu columns; at most %d are read", c->n,
			       TABLE_COLUMNS_MAX);
	r->n_columns = c->n;
	buf_init(&header, p->keep);
	for (size_t i = 0; i < c->n; i++) {
		r->header[i] = arena_strdup(p->keep, c->at[i].name);
		r->field[i] = table_field_of_header(p->keep, r->header[i]);
		r->profile[i] = c->at[i].values;
		buf_printf(&header, "%s%s", i ? ";" : "", r->header[i] ? r->header[i] : "");
	}
	p->reject_header = buf_str(&header);
	if (!apply_saved_mapping(r, e))
		return false;
	place_columns(r);
	r->content = content_of(r);
	/* Banks call their columns as others do other things: an account, a name, a date. */
	if (r->content == CONTENT_NONE || (r->content == CONTENT_CUSTOMERS && looks_like_bank(r))) {
		bank_table_recognise(r);
		place_columns(r);
		r->content = content_of(r);
	}
	for (size_t i = 0; i < c->n; i++)
		*LIST_ADD(p->keep, &p->columns) =
			(struct import_column){ r->header[i] ? r->header[i] : "",
						table_field_name(r->field[i]), NULL };
	if (r->content == CONTENT_NONE)
		return err_set(
			e, ERR_FORMAT,
			"the columns are not recognised (%.200s): a table of customers needs a"
			" code and a name, one of items a customer, a document and an amount,"
			" one of a bank a date, a text and an amount; save a mapping for this"
			" file",
			buf_str(&header));
	p->content = contents[r->content];
	return decide_styles(r, e);
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
	const char *code =
		has(r, FIELD_CUSTOMER) ? needed(r, FIELD_CUSTOMER) : needed(r, FIELD_CUSTOMER_NAME);
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
		return take_columns(r, rec->columns, e);
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
