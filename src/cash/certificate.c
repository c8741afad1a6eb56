/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/certificate.h"

#include "base/json.h"
#include "match/reason.h"

static const char *field_text(const struct match_entry *en, enum match_field field)
{
	switch (field) {
	case MATCH_PAYER_NAME:
		return en->payer_name;
	case MATCH_PAYER_IBAN:
		return en->payer_iban;
	case MATCH_END_TO_END:
		return en->end_to_end;
	case MATCH_STRUCTURED:
		return en->structured_ref;
	case MATCH_REMITTANCE:
		return en->remittance;
	default:
		return NULL;
	}
}

/* The columns of statement_entry, so that whoever checks reads them by name. */
static const char *field_column(enum match_field field)
{
	static const char *const names[] = {
		[MATCH_PAYER_NAME] = "payer_name", [MATCH_PAYER_IBAN] = "payer_iban",
		[MATCH_END_TO_END] = "end_to_end", [MATCH_STRUCTURED] = "structured_ref",
		[MATCH_REMITTANCE] = "remittance",
	};

	return (size_t)field < ARRAY_LEN(names) ? names[field] : NULL;
}

static void put_marks(struct json *j, struct arena *a, const struct match_book *book,
		      const struct match_entry *en, const struct match_certificate *c)
{
	json_key(j, "marks"), json_open_array(j);
	for (size_t i = 0; i < c->n_marks; i++) {
		const struct match_mark *m = &c->marks[i];
		const char *text = field_text(en, m->field), *column = field_column(m->field);
		/* Texts that the entry's row does not hold cannot be checked there. */
		if (!text || !column || m->to > strlen(text) || m->from > m->to)
			continue;
		json_open_object(j);
		json_put_text(j, "field", column);
		json_put_int(j, "from", m->from);
		json_put_text(j, "text",
			      arena_printf(a, "%.*s", (int)(m->to - m->from), text + m->from));
		json_put_text(j, "why", reason_name(m->why));
		if (m->item != MATCH_NONE)
			json_put_int(j, "item_id", match_item_at(book, m->item)->id);
		else if (m->customer != MATCH_NONE)
			json_put_int(j, "customer_id", match_customer_at(book, m->customer)->id);
		json_end(j);
	}
	json_end(j);
}

static void put_lines(struct json *j, const struct match_book *book,
		      const struct match_certificate *c)
{
	json_key(j, "lines"), json_open_array(j);
	for (size_t i = 0; i < c->n_lines; i++) {
		json_open_object(j);
		json_put_int(j, "item_id", match_item_at(book, c->lines[i].item)->id);
		json_put_int(j, "open_minor", c->lines[i].open_minor);
		json_put_int(j, "amount_minor", c->lines[i].amount_minor);
		json_put_bool(j, "is_money", c->lines[i].kind == MATCH_ALLOCATION);
		json_end(j);
	}
	json_end(j);
}

const char *certificate_encode(struct arena *a, const struct match_book *book,
			       const struct match_entry *entry, const struct match_certificate *c,
			       day_t as_of)
{
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "version", CERTIFICATE_VERSION);
	json_put_int(&j, "customer_id", match_customer_at(book, c->customer)->id);
	json_put_text(&j, "rule", match_rule_name(c->rule));
	json_put_int(&j, "entry_minor", c->entry_minor);
	json_put_text(&j, "currency", c->currency);
	json_put_int(&j, "left_minor", c->left_minor);
	json_put_day(&j, "as_of", as_of);
	put_lines(&j, book, c);
	put_marks(&j, a, book, entry, c);
	json_key(&j, "payer"), json_open_object(&j);
	json_put_text(&j, "why", reason_name(c->payer.why));
	json_put_text(&j, "name", c->payer.text);
	json_end(&j);
	json_put_int(&j, "raw_milli", c->raw_milli);
	json_put_int(&j, "confidence_ppm", c->confidence_ppm);
	json_put_int(&j, "threshold_ppm", c->threshold_ppm);
	json_put_int(&j, "second_ppm", c->second_ppm);
	json_put_int(&j, "other_choices", c->n_other_choices);
	json_put_bool(&j, "all_counted", c->is_count_complete);
	json_put_int(&j, "open_documents", c->n_open);
	json_end(&j);
	return b.data;
}

bool certificate_store(struct db *db, struct db_copy *copy, int64_t entity_id, int64_t entry_id,
		       int64_t event_id, const struct match_certificate *c, const char *body,
		       int64_t now, struct err *e)
{
	const struct db_params row =
		DB_PARAMS(P_I64(event_id), P_I64(entity_id), P_I64(entry_id),
			  P_I64(CERTIFICATE_VERSION), P_TEXT(match_rule_name(c->rule)),
			  P_I64(c->raw_milli), P_I64(c->confidence_ppm), P_TEXT(body), P_I64(now));

	return copy ? db_copy_row(copy, row, e)
		    : db_exec(db,
			      "INSERT INTO match_certificate (" CERTIFICATE_COLUMNS ")"
			      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			      row, NULL, e);
}
