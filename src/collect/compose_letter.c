/* SPDX-License-Identifier: Apache-2.0 */
/* compose_letter.c - the letter of an action: address, table, payment slip. */
#include "collect/compose.h"

#include "base/identifier.h"
#include "base/list.h"
#include "channel/address.h"
#include "channel/epc_qr.h"
#include "i18n/amount.h"
#include "i18n/catalogue.h"
#include "i18n/date_text.h"

static void add_line(struct arena *a, const char **lines, size_t *n, const char *text)
{
	if (!str_empty(text) && *n < LETTER_ADDRESS_LINES)
		lines[(*n)++] = arena_strdup(a, text);
}

const char *const *compose_address(const struct composer *c, const struct customer *row,
				   const char *contact, size_t *ret_n)
{
	const struct address to = { .name = row->name,
				    .attention = contact,
				    .street = row->street,
				    .building = row->street2,
				    .postcode = row->postcode,
				    .city = row->city,
				    .country = row->country };
	struct address_block *block = ARENA_NEW(c->arena, struct address_block);

	address_block_make(&to, c->entity->country, c->arena, block);
	*ret_n = block->n_lines;
	return block->line;
}

struct letter_sender compose_sender(const struct composer *c)
{
	const struct entity *ent = c->entity;
	const char **lines = ARENA_ARRAY(c->arena, 4, const char *);
	struct buf legal;
	size_t n = 0;

	add_line(c->arena, lines, &n, ent->street);
	if (!str_empty(ent->city))
		add_line(c->arena, lines, &n,
			 arena_printf(c->arena, "%s %s", ent->postcode ? ent->postcode : "",
				      ent->city));
	add_line(c->arena, lines, &n, ent->phone);
	add_line(c->arena, lines, &n, c->reply_to ? c->reply_to : c->from_email);
	buf_init(&legal, c->arena);
	buf_puts(&legal, ent->name);
	if (!str_empty(ent->legal_form))
		buf_printf(&legal, ", %s", ent->legal_form);
	if (!str_empty(ent->capital))
		buf_printf(&legal, " au capital de %s", ent->capital);
	if (!str_empty(ent->siren))
		buf_printf(&legal, ", SIREN %s", ent->siren);
	if (!str_empty(ent->rcs_city))
		buf_printf(&legal, " RCS %s", ent->rcs_city);
	if (!str_empty(ent->vat_number))
		buf_printf(&legal, ", TVA %s", ent->vat_number);
	return (struct letter_sender){ ent->name, lines, n, buf_str(&legal) };
}

/* The code a bank application reads; NULL when the standard cannot carry the payment. */
static const char *qr_of(const struct composer *c, struct compose_account account, int64_t minor,
			 const char *currency, const char *reference)
{
	const bool is_structured = reference && str_starts(reference, "RF");
	const struct epc_payment pay = { .name = c->entity->name,
					 .iban = account.iban,
					 .bic = account.bic,
					 .minor = minor,
					 .reference = is_structured ? reference : NULL,
					 .text = is_structured ? NULL : reference };
	struct err ignored = { 0 };
	const char *code;

	if (minor <= 0 || !str_eq(currency, "EUR"))
		return NULL;
	return epc_qr_text(c->arena, &pay, &code, &ignored) ? code : NULL;
}

struct letter_payment compose_payment(const struct composer *c, struct compose_account account,
				      int64_t minor, const char *currency, const char *reference,
				      const char *language)
{
	const struct catalogue *cat = catalogue_find(language);
	struct letter_pair *pairs = ARENA_ARRAY(c->arena, 5, struct letter_pair);
	char iban[IBAN_GROUPED_TEXT], text[AMOUNT_TEXT];
	size_t n = 0;

	if (!account.iban)
		return (struct letter_payment){ 0 };
	pairs[n++] = (struct letter_pair){ tr(cat, "Payee"), c->entity->name };
	pairs[n++] = (struct letter_pair){ "IBAN",
					   arena_strdup(c->arena, iban_group(account.iban, iban)) };
	if (!str_empty(account.bic))
		pairs[n++] = (struct letter_pair){ "BIC", account.bic };
	if (!str_empty(reference))
		pairs[n++] = (struct letter_pair){ tr(cat, "Reference to quote"), reference };
	if (minor > 0)
		pairs[n++] = (struct letter_pair){
			tr(cat, "Amount"),
			arena_strdup(c->arena, amount_text(minor, currency, language, text))
		};
	return (struct letter_payment){ .title = tr(cat, "To pay"),
					.pairs = pairs,
					.n_pairs = n,
					.qr = qr_of(c, account, minor, currency, reference),
					.qr_caption =
						tr(cat, "Scan with your bank's application") };
}

/* ---- the letter ---------------------------------------------------------------------------------- */

static const char *value(const struct message_data *d, const char *name)
{
	for (size_t i = 0; i < d->n_values; i++)
		if (str_eq(d->values[i].name, name))
			return d->values[i].text ? d->values[i].text : "";
	return "";
}

static const char *row_value(const struct message_row *r, const char *name)
{
	for (size_t i = 0; i < r->n_values; i++)
		if (str_eq(r->values[i].name, name))
			return r->values[i].text;
	return "";
}

static void fill_table(const struct composer *c, const struct composed *m,
		       const struct catalogue *cat, struct letter_table *ret)
{
	const struct message_data *d = m->data;
	struct letter_row *rows = ARENA_ARRAY(c->arena, d->n_rows, struct letter_row);
	struct letter_pair *totals = ARENA_ARRAY(c->arena, 3, struct letter_pair);
	size_t n = 0;

	for (size_t i = 0; i < d->n_rows; i++) {
		const struct message_row *r = &d->rows[i];

		rows[i] = (struct letter_row){ row_value(r, "document"), row_value(r, "issued"),
					       row_value(r, "due"),      row_value(r, "days_late"),
					       row_value(r, "original"), row_value(r, "open") };
	}
	if (*value(d, "credit")) {
		totals[n++] = (struct letter_pair){ tr(cat, "Total"), value(d, "total") };
		totals[n++] = (struct letter_pair){ tr(cat, "Received, not yet allocated"),
						    arena_printf(c->arena, "\xe2\x88\x92%s",
								 value(d, "credit")) };
	}
	totals[n++] = (struct letter_pair){ tr(cat, "Left to pay"), value(d, "amount") };
	*ret = (struct letter_table){ .heads = { tr(cat, "Document"), tr(cat, "Date"),
						 tr(cat, "Due date"), tr(cat, "Days late"),
						 tr(cat, "Amount"), tr(cat, "Left to pay") },
				      .rows = rows,
				      .n_rows = d->n_rows,
				      .totals = totals,
				      .n_totals = n };
}

/* Paragraphs before and after the table of the template; without a table all of them are the opening. */
static void split_text(struct arena *a, const struct message_blocks *blocks, struct letter *l)
{
	struct buf before, after;
	struct buf *to = &before;

	buf_init(&before, a);
	buf_init(&after, a);
	for (size_t i = 0; i < blocks->n; i++) {
		if (blocks->at[i].is_table) {
			to = &after;
			continue;
		}
		buf_printf(to, "%s%s", to->len ? "\n\n" : "", blocks->at[i].text);
	}
	l->opening = buf_str(&before);
	l->closing = buf_str(&after);
}

bool compose_letter(struct composer *c, const struct gathered *g, const struct select_action *act,
		    bool is_specimen, struct letter *ret, struct err *e)
{
	const struct gather_customer *who = &g->customers[act->customer];
	struct composed m;
	struct letter l;
	const struct catalogue *cat;
	struct letter_pair *references;
	size_t n = 0;

	if (!compose(c, g, act, &m, e))
		return false;
	cat = catalogue_find(m.language);
	references = ARENA_ARRAY(c->arena, 2, struct letter_pair);
	references[n++] = (struct letter_pair){ tr(cat, "Your account"), who->row->code };
	references[n++] = (struct letter_pair){ tr(cat, "Reference to quote"), m.reference };
	l = (struct letter){ .language = m.language,
			     .sender = compose_sender(c),
			     .references = references,
			     .n_references = n,
			     .subject = m.subject,
			     .subject_caption = tr(cat, "Subject"),
			     .signature = arena_printf(c->arena, "%s\n%s", value(m.data, "sender"),
						       c->entity->name),
			     .page_caption = tr(cat, "Page") };
	l.address = compose_address(c, who->to, who->contact, &l.n_address);
	if (is_specimen)
		l.delivery = tr(cat, "SPECIMEN, test mode: not to be sent");
	l.place_date = str_empty(c->entity->city)
			       ? value(m.data, "date")
			       : arena_printf(c->arena, tr(cat, "%s, %s"), c->entity->city,
					      value(m.data, "date"));
	fill_table(c, &m, cat, &l.table);
	split_text(c->arena, &m.blocks, &l);
	l.payment = compose_payment(c, compose_account_of(c, g, act), act->amount_minor,
				    act->currency, m.reference, m.language);
	*ret = l;
	return true;
}
