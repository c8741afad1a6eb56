/* SPDX-License-Identifier: Apache-2.0 */
/* import_table_columns.c - what the columns of a table hold: by a saved mapping or their names, and how they write. */
#include "ledger/import_table.h"

#include "base/buf.h"
#include "base/text.h"

#include <jansson.h>

static enum table_content content_of(const struct table_reader *r)
{
	if (table_has(r, FIELD_DOCUMENT) &&
	    (table_has(r, FIELD_AMOUNT) || table_has(r, FIELD_AMOUNT_CENTS) ||
	     table_has(r, FIELD_OPEN)) &&
	    (table_has(r, FIELD_CUSTOMER) || table_has(r, FIELD_CUSTOMER_NAME)))
		return CONTENT_ITEMS;
	if (table_has(r, FIELD_CUSTOMER) && table_has(r, FIELD_CONTACT_NAME) &&
	    !table_has(r, FIELD_CUSTOMER_NAME))
		return CONTENT_CONTACTS;
	if (table_has(r, FIELD_CUSTOMER) && table_has(r, FIELD_CUSTOMER_NAME))
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

bool table_take_columns(struct table_reader *r, const struct csv_columns *c, struct err *e)
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
