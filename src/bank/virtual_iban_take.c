/* SPDX-License-Identifier: Apache-2.0 */
/* virtual_iban_take.c - virtual IBANs from a table that the company wrote. */
#include "bank/virtual_iban.h"

#include "base/text.h"
#include "format/csv.h"
#include "format/encoding.h"
#include "ledger/customer.h"

enum column { COL_IBAN, COL_CUSTOMER, COL_DOCUMENT, COL_FROM, COL_TO, N_COLUMNS };

struct taking {
	const struct virtual_iban_import *in;
	struct arena *arena; /* emptied after each row */
	struct csv csv;
	size_t at[N_COLUMNS]; /* SIZE_MAX: the table has no such column */
	struct decoded text;
	struct virtual_iban_batch batch;
	int64_t n_read, n_added;
};

static const char *cell(struct taking *t, enum column column)
{
	size_t at = t->at[column];

	if (at >= t->csv.n)
		return "";
	return text_trim(t->arena, arena_strndup(t->arena, t->csv.field[at].s, t->csv.field[at].n));
}

static bool read_head(struct taking *t, struct err *e)
{
	static const struct {
		const char *key;
		enum column column;
	} names[] = {
		{ "IBAN", COL_IBAN },
		{ "IBAN VIRTUEL", COL_IBAN },
		{ "CUSTOMER", COL_CUSTOMER },
		{ "CLIENT", COL_CUSTOMER },
		{ "DOCUMENT", COL_DOCUMENT },
		{ "FACTURE", COL_DOCUMENT },
		{ "FROM", COL_FROM },
		{ "DU", COL_FROM },
		{ "TO", COL_TO },
		{ "AU", COL_TO },
	};

	for (size_t i = 0; i < N_COLUMNS; i++)
		t->at[i] = SIZE_MAX;
	if (!csv_next(&t->csv))
		return err_set(e, ERR_FORMAT, "the table is empty");
	for (size_t f = 0; f < t->csv.n; f++) {
		const char *name = arena_strndup(t->arena, t->csv.field[f].s, t->csv.field[f].n);
		const char *key = text_key(t->arena, name);
		size_t i = 0;
		while (i < ARRAY_LEN(names) && !str_eq(names[i].key, key))
			i++;
		if (i == ARRAY_LEN(names) || t->at[names[i].column] != SIZE_MAX)
			return err_set(e, ERR_FORMAT,
				       "column \"%.40s\": expected iban, customer, document, from,"
				       " to, each once",
				       name);
		t->at[names[i].column] = f;
	}
	return (t->at[COL_IBAN] != SIZE_MAX && t->at[COL_CUSTOMER] != SIZE_MAX) ||
	       err_set(e, ERR_FORMAT, "the table needs the columns iban and customer");
}

static bool read_day(struct taking *t, enum column column, day_t absent, day_t *ret, struct err *e)
{
	const char *text = cell(t, column);

	*ret = absent;
	return !*text || date_parse(text, ret, e);
}

static bool take_row(struct db *db, struct taking *t, struct err *e)
{
	struct virtual_iban_new v = { .entity_id = t->in->entity_id,
				      .iban = cell(t, COL_IBAN),
				      .source = "csv",
				      .batch = &t->batch,
				      .actor = t->in->actor,
				      .now = t->in->now };
	const char *document = cell(t, COL_DOCUMENT);
	struct customer customer;
	bool is_new;

	if (t->csv.fault != CSV_OK)
		return err_set(e, ERR_FORMAT, "the row cannot be read");
	if (!customer_get(db, t->arena, t->in->entity_id, cell(t, COL_CUSTOMER), &customer, e) ||
	    !read_day(t, COL_FROM, t->in->today, &v.valid_from, e) ||
	    !read_day(t, COL_TO, DAY_NONE, &v.valid_to, e))
		return false;
	v.customer_id = customer.id;
	if (*document && !virtual_iban_document(db, t->arena, t->in->entity_id, customer.id,
						document, &v.item_id, e))
		return false;
	if (!virtual_iban_add(db, &v, &is_new, e))
		return false;
	t->n_read++;
	t->n_added += is_new;
	return true;
}

static bool is_empty_row(const struct csv *c)
{
	return c->fault == CSV_OK && c->n == 1 && c->field[0].n == 0;
}

static bool take_tx(struct db *db, void *arg, struct err *e)
{
	struct taking *t = arg;
	char separator = csv_separator(t->text.text, t->text.len);
	bool ok;

	/* Begun anew when the transaction is tried again. */
	t->n_read = t->n_added = 0;
	t->batch = (struct virtual_iban_batch){ .file_name = t->in->file_name };
	t->arena = arena_new(64 << 20);
	csv_init(&t->csv, t->text.text, t->text.len, separator ? separator : ';', true);
	ok = read_head(t, e);
	while (ok && csv_next(&t->csv)) {
		arena_reset(t->arena);
		if (is_empty_row(&t->csv))
			continue;
		ok = take_row(db, t, e);
		if (!ok && e)
			err_while(e, "line %" PRId64, t->csv.line);
	}
	csv_done(&t->csv);
	arena_free(t->arena);
	return ok;
}

bool virtual_iban_take(struct db *db, const struct virtual_iban_import *in, int64_t *ret_read,
		       int64_t *ret_added, struct err *e)
{
	struct taking t = { .in = in };
	bool ok;

	if (in->len > VIRTUAL_IBAN_FILE_MAX)
		return err_set(e, ERR_LIMIT, "the table is too long");
	if (!encoding_decode(in->text, in->len, &t.text, e))
		return false;
	ok = db_tx(db, take_tx, &t, e);
	decoded_done(&t.text);
	if (!ok)
		return false;
	*ret_read = t.n_read;
	*ret_added = t.n_added;
	return true;
}
