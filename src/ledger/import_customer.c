/* SPDX-License-Identifier: Apache-2.0 */
/* import_customer.c - the customers and contacts of a file, written beside those that are known. */
#include "ledger/import_plan.h"

#include "base/text.h"
#include "db/event.h"
#include "ledger/customer.h"
#include "ledger/terms.h"

/* The text fields of a customer that a file may bring: where in the fact, where in the row. */
static const struct {
	size_t fact;
	size_t row;
} text_fields[] = {
#define FIELD(f)                                                                  \
	{                                                                         \
		offsetof(struct customer_fields, f), offsetof(struct customer, f) \
	}
	FIELD(name),   FIELD(kind),          FIELD(siren),      FIELD(vat_number), FIELD(segment),
	FIELD(terms),  FIELD(payment_means), FIELD(language),   FIELD(email),      FIELD(phone),
	FIELD(street), FIELD(street2),       FIELD(postcode),   FIELD(city),       FIELD(country),
	FIELD(iban),   FIELD(parent_code),   FIELD(payer_code),
#undef FIELD
};

static const char *text_at(const void *base, size_t offset)
{
	const char *text;

	memcpy(&text, (const char *)base + offset, sizeof text);
	return text;
}

/* Brings the fields of the fact into c; returns whether any changed. */
static bool overlay(struct customer *c, const struct customer_fields *f)
{
	bool changed = false;

	for (size_t i = 0; i < ARRAY_LEN(text_fields); i++) {
		const char *told = text_at(f, text_fields[i].fact);
		if (!told || str_eq(told, text_at(c, text_fields[i].row)))
			continue;
		memcpy((char *)c + text_fields[i].row, &told, sizeof told);
		changed = true;
	}
	if (f->has_limit && (!c->has_limit || c->credit_limit_minor != f->credit_limit_minor)) {
		c->has_limit = true;
		c->credit_limit_minor = f->credit_limit_minor;
		changed = true;
	}
	return changed;
}

static bool tells_anything(const struct customer_fields *f)
{
	for (size_t i = 0; i < ARRAY_LEN(text_fields); i++)
		if (text_at(f, text_fields[i].fact))
			return true;
	return f->has_limit;
}

/* The legal person behind a SIREN, made when it is not there yet; 0 without a SIREN. */
static bool find_party(struct import_plan *p, const struct customer_fields *f, int64_t *ret,
		       struct err *e)
{
	const struct posting *post = &p->posting;

	*ret = 0;
	if (str_empty(f->siren))
		return true;
	if (!db_get_i64(post->db, "SELECT id FROM party WHERE siren = $1",
			DB_PARAMS(P_TEXT(f->siren)), 0, ret, e))
		return false;
	if (*ret)
		return true;
	return db_new_id(post->db, ret, e) &&
	       db_exec(post->db,
		       "INSERT INTO party (id, siren, vat_number, name, recorded)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       DB_PARAMS(P_I64(*ret), P_TEXT(f->siren), P_TEXT(f->vat_number),
				 P_TEXT(f->name), P_I64(post->recorded)),
		       NULL, e);
}

static bool insert_customer(struct import_plan *p, const struct customer_fact *fact,
			    struct plan_customer *c, struct err *e)
{
	const struct customer_fields *f = &fact->fields;
	const struct posting *post = &p->posting;
	const char *name = f->name ? f->name : fact->code;
	int64_t party_id;

	if (!find_party(p, f, &party_id, e) || !db_new_id(post->db, &c->id, e))
		return false;
	c->is_new = true;
	c->terms = f->terms;
	return db_exec(
		post->db,
		"INSERT INTO customer (id, entity_id, party_id, code, name, name_key, kind, siren,"
		" vat_number, segment, terms, payment_means, language, email, phone, street,"
		" street2, postcode, city, country, iban, parent_code, payer_code,"
		" credit_limit_minor, currency, source, import_id, event_id, recorded)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
		" $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)",
		DB_PARAMS(P_I64(c->id), P_I64(post->entity_id), P_ID(party_id), P_TEXT(fact->code),
			  P_TEXT(name), P_TEXT(text_key(p->arena, name)),
			  P_TEXT(f->kind ? f->kind : "b2b"), P_TEXT(f->siren),
			  P_TEXT(f->vat_number), P_TEXT(f->segment), P_TEXT(f->terms),
			  P_TEXT(f->payment_means), P_TEXT(f->language), P_TEXT(f->email),
			  P_TEXT(f->phone), P_TEXT(f->street), P_TEXT(f->street2),
			  P_TEXT(f->postcode), P_TEXT(f->city), P_TEXT(f->country), P_TEXT(f->iban),
			  P_TEXT(f->parent_code), P_TEXT(f->payer_code),
			  f->has_limit ? P_I64(f->credit_limit_minor) : P_NULL, P_TEXT(p->currency),
			  P_TEXT(post->source), P_ID(post->import_id), P_I64(post->event_id),
			  P_I64(post->recorded)),
		NULL, e);
}

/* An accounting file knows the name only as the accountant abbreviates it: it never renames. */
static bool update_customer(struct import_plan *p, const struct customer_fact *fact,
			    struct plan_customer *c, bool *ret_changed, struct err *e)
{
	struct customer row;

	*ret_changed = false;
	if (p->format == FORMAT_FEC || !tells_anything(&fact->fields))
		return true;
	if (!customer_get(p->posting.db, p->arena, p->posting.entity_id, fact->code, &row, e))
		return false;
	if (!overlay(&row, &fact->fields))
		return true;
	*ret_changed = true;
	c->is_changed = !str_eq(c->terms, row.terms);
	c->terms = arena_strdup(p->keep, row.terms);
	return customer_update(p->posting.db, &row, p->posting.actor, p->posting.recorded, e);
}

static bool save_attribute(struct import_plan *p, int64_t customer_id, const char *name,
			   const char *value, struct err *e)
{
	return db_exec(
		p->posting.db,
		"INSERT INTO customer_attribute (customer_id, name, value, event_id, recorded)"
		" VALUES ($1, $2, $3, $4, $5) ON CONFLICT (customer_id, name) DO UPDATE"
		" SET value = excluded.value, event_id = excluded.event_id,"
		" recorded = excluded.recorded",
		DB_PARAMS(P_I64(customer_id), P_TEXT(name), P_TEXT(value),
			  P_I64(p->posting.event_id), P_I64(p->posting.recorded)),
		NULL, e);
}

static bool apply_customer(struct import_plan *p, const struct customer_fact *fact, struct err *e)
{
	struct plan_customer *c = plan_customer(p, fact->code);
	bool changed = false;
	bool is_subject = p->content && strcmp(p->content, "customers") == 0;

	if (c->id == 0) {
		if (!insert_customer(p, fact, c, e))
			return false;
		p->report->n_customers_created++;
		p->report->n_created += is_subject;
	} else {
		if (!update_customer(p, fact, c, &changed, e))
			return false;
		p->report->n_customers_updated += changed;
		p->report->n_updated += is_subject && changed;
		p->report->n_unchanged += is_subject && !changed;
	}
	for (size_t i = 0; i < fact->attributes.n; i++)
		if (!save_attribute(p, c->id, fact->attributes.at[i].name,
				    fact->attributes.at[i].value, e))
			return false;
	return true;
}

static bool apply_contact(struct import_plan *p, const struct contact_fact *fact, struct err *e)
{
	struct plan_customer *c = plan_customer(p, fact->customer_code);
	struct contact *known, row = { 0 };
	size_t n;

	if (c->id == 0) {
		plan_reject(p, fact->line, NULL, "customer", fact->customer_code,
			    "there is no customer with that code");
		return true;
	}
	if (!contact_list(p->posting.db, p->arena, c->id, &known, &n, e))
		return false;
	for (size_t i = 0; i < n && row.id == 0; i++)
		if (fact->email ? str_eq(known[i].email, fact->email)
				: str_eq(known[i].name, fact->name))
			row = known[i];
	if (row.id && str_eq(row.name, fact->name) && str_eq(row.phone, fact->phone) &&
	    str_eq(row.role, fact->role) && row.is_dunning == fact->is_dunning) {
		p->report->n_unchanged++;
		return true;
	}
	p->report->n_created += row.id == 0;
	p->report->n_updated += row.id != 0;
	row.customer_id = c->id;
	row.name = fact->name;
	row.email = fact->email;
	row.phone = fact->phone;
	row.role = fact->role;
	row.language = fact->language;
	row.is_dunning = fact->is_dunning;
	return contact_save(p->posting.db, p->posting.entity_id, &row, p->posting.actor,
			    p->posting.recorded, NULL, e);
}

/* The customers that only items told of. */
static bool apply_announced(struct import_plan *p, struct err *e)
{
	size_t n = p->customer_by_code.n;

	for (size_t i = 0; i < n; i++) {
		const struct plan_customer *c = p->customer_by_code.entries[i].value;
		struct customer_fact fact = { .line = c->told_line, .code = c->code };

		if (!c->is_announced)
			continue;
		fact.fields.name = c->told_name;
		if (!apply_customer(p, &fact, e))
			return err_while(e, "line %" PRId64, fact.line);
		arena_reset(p->arena);
	}
	return true;
}

bool plan_apply_customers(struct import_plan *p, struct err *e)
{
	for (size_t i = 0; i < p->customers.n; i++) {
		if (!apply_customer(p, &p->customers.at[i], e))
			return err_while(e, "line %" PRId64, p->customers.at[i].line);
		arena_reset(p->arena);
	}
	if (!apply_announced(p, e))
		return false;
	for (size_t i = 0; i < p->contacts.n; i++) {
		if (!apply_contact(p, &p->contacts.at[i], e))
			return err_while(e, "line %" PRId64, p->contacts.at[i].line);
		arena_reset(p->arena);
	}
	return true;
}
