/* SPDX-License-Identifier: Apache-2.0 */
#include "day/demo_files.h"

#include "base/money.h"
#include "base/text.h"

#include <stdlib.h>

static void put_csv_text(struct buf *out, const char *s)
{
	buf_putc(out, '"');
	for (; s && *s; s++) {
		if (*s == '"')
			buf_putc(out, '"');
		buf_putc(out, *s);
	}
	buf_putc(out, '"');
}

static const char *day_text(struct arena *a, day_t d)
{
	return arena_strdup(a, date_format(d, (char[DATE_TEXT]){ 0 }));
}

static const char *amount_text(struct arena *a, int64_t minor)
{
	return arena_strdup(a, minor_format(minor, "EUR", (char[MONEY_TEXT]){ 0 }));
}

void demo_customers_csv(const struct demo_world *w, struct buf *out)
{
	buf_puts(out,
		 "customer_id;name;customer_kind;siren;vat_id;segment;terms;language;email;phone;"
		 "street;postcode;city;country;parent_id;iban;credit_limit;payment_mode\n");
	for (size_t i = 0; i < w->customers.n; i++) {
		const struct demo_customer *c = &w->customers.at[i];
		const char *const text[] = {
			c->code,
			c->name,
			c->kind,
			c->siren,
			c->vat,
			c->segment,
			c->terms,
			c->language,
			c->email,
			c->phone,
			c->street,
			c->postcode,
			c->city,
			c->country,
			c->parent < 0 ? "" : w->customers.at[c->parent].code,
			i % 5 < 2 ? c->iban : "", /* a CRM knows some accounts only */
			amount_text(w->arena, c->limit_minor),
			c->means,
		};
		for (size_t k = 0; k < ARRAY_LEN(text); k++) {
			if (k > 0)
				buf_putc(out, ';');
			put_csv_text(out, text[k]);
		}
		buf_putc(out, '\n');
	}
}

struct demo_person {
	const char *first_name, *role, *mailbox;
	bool is_dunning;
};

void demo_contacts_csv(const struct demo_world *w, struct buf *out)
{
	static const struct demo_person people[] = {
		{ "Camille", "Comptabilité fournisseurs", "camille", true },
		{ "Dominique", "Achats", "dominique", false },
		{ "Alix", "Direction", "alix", false },
	};

	buf_puts(out, "customer_id;contact_name;role;email;phone;language;is_dunning\n");
	for (size_t i = 0; i < w->customers.n; i++) {
		const struct demo_customer *c = &w->customers.at[i];
		size_t n = str_eq(c->segment, "Grands comptes") ? 3
			   : str_eq(c->segment, "PME")          ? 2
								: 1;

		if (str_eq(c->kind, "b2c") || !c->email || i % 5 == 4)
			continue;
		for (size_t k = 0; k < n; k++)
			buf_printf(
				out,
				"%s;\"%s Exemple %zu\";\"%s\";%s@client-%zu.example;\"%s\";%s;%s\n",
				c->code, people[k].first_name, i + 1, people[k].role,
				people[k].mailbox, i + 1, c->phone, c->language,
				people[k].is_dunning ? "1" : "0");
	}
}

/* ---- accounting -------------------------------------------------------------------------------- */

struct fec_entry {
	const char *journal, *journal_label;
	const char *number;
	day_t on;
	const char *piece, *label;
	day_t piece_on;
};

static const char *compact_day(struct arena *a, day_t d)
{
	struct civil c;

	if (d == DAY_NONE)
		return "";
	c = date_civil(d);
	return arena_printf(a, "%04d%02d%02d", c.year, c.month, c.day);
}

/* French decimals: "1234,56". */
static const char *fec_amount(struct arena *a, int64_t minor)
{
	char *s = arena_strdup(a, amount_text(a, minor < 0 ? 0 : minor));
	char *dot = strchr(s, '.');

	if (dot)
		*dot = ',';
	return s;
}

/* minor: debit positive, credit negative. */
static void put_fec_line(const struct demo_world *w, struct buf *out, const struct fec_entry *e,
			 const char *account, const char *account_label,
			 const struct demo_customer *customer, int64_t minor, const char *lettering,
			 day_t lettered_on)
{
	struct arena *a = w->arena;

	if (minor == 0)
		return;
	buf_printf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\t\n",
		   e->journal, e->journal_label, e->number, compact_day(a, e->on), account,
		   account_label, customer ? customer->code : "", customer ? customer->name : "",
		   e->piece, compact_day(a, e->piece_on), e->label, fec_amount(a, minor),
		   fec_amount(a, -minor), lettering, compact_day(a, lettered_on),
		   compact_day(a, e->on));
}

/* AAA, AAB ...; in lower case when it does not close (partial lettering). */
static const char *lettering_code(struct arena *a, int n, bool is_partial)
{
	char first = is_partial ? 'a' : 'A';

	return arena_printf(a, "%c%c%c%c", first + n / 17576 % 26, first + n / 676 % 26,
			    first + n / 26 % 26, first + n % 26);
}

/* The payment that the accounting file shows for the item; NULL when there is none by then. */
static const struct demo_payment *booked_payment(const struct demo_world *w,
						 const struct demo_item *it)
{
	const struct demo_payment *p = it->payment < 0 ? NULL : &w->payments.at[it->payment];

	return p && p->on <= w->booked_until && p->is_lettered ? p : NULL;
}

static const char *item_lettering(const struct demo_world *w, const struct demo_item *it,
				  day_t *ret_on)
{
	const struct demo_payment *p = booked_payment(w, it);

	*ret_on = DAY_NONE;
	if (!p)
		return "";
	*ret_on = p->on;
	return lettering_code(w->arena, it->payment, p->receipt == DEMO_RECEIPT_PARTIAL);
}

static void put_sale(const struct demo_world *w, struct buf *out, const struct demo_item *it, int n)
{
	const struct demo_customer *c = &w->customers.at[it->customer];
	struct fec_entry e = {
		.journal = "VE",
		.journal_label = "Ventes",
		.number = arena_printf(w->arena, "VE%07d", n),
		.on = it->issued_on,
		.piece = it->document,
		.piece_on = it->issued_on,
		.label = arena_printf(w->arena, "%s %s", it->is_credit_note ? "Avoir" : "Facture",
				      c->name),
	};
	day_t lettered_on;
	const char *code = item_lettering(w, it, &lettered_on);

	put_fec_line(w, out, &e, "411000", "Clients", c, it->gross_minor, code, lettered_on);
	put_fec_line(w, out, &e, "707000", "Ventes de marchandises", NULL, -it->net_minor, "",
		     DAY_NONE);
	put_fec_line(w, out, &e, "445710", "TVA collectée", NULL, -it->vat_minor, "", DAY_NONE);
}

static void put_receipt(const struct demo_world *w, struct buf *out, int index, int n)
{
	const struct demo_payment *p = &w->payments.at[index];
	const struct demo_customer *c = &w->customers.at[p->customer];
	struct fec_entry e = {
		.journal = "BQ",
		.journal_label = "Banque",
		.number = arena_printf(w->arena, "BQ%07d", n),
		.on = p->on,
		.piece = arena_printf(w->arena, "RG%07d", n),
		.piece_on = p->on,
		.label = arena_printf(w->arena, "Règlement %s %s", c->means, c->name),
	};
	const char *code =
		p->is_lettered ? lettering_code(w->arena, index, p->receipt == DEMO_RECEIPT_PARTIAL)
			       : "";

	put_fec_line(w, out, &e, "512000", "Banque", NULL, p->minor, "", DAY_NONE);
	put_fec_line(w, out, &e, "411000", "Clients", c, -p->minor, code,
		     p->is_lettered ? p->on : DAY_NONE);
}

void demo_fec(const struct demo_world *w, struct buf *out)
{
	int n_sales = 0, n_receipts = 0;
	size_t i = 0;

	buf_puts(out, "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\t"
		      "CompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\t"
		      "EcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n");
	for (size_t k = 0; k <= w->payments.n; k++) {
		day_t until = k < w->payments.n && w->payments.at[k].on <= w->booked_until
				      ? w->payments.at[k].on
				      : w->booked_until;

		for (; i < w->items.n && w->items.at[i].issued_on <= until; i++)
			put_sale(w, out, &w->items.at[i], ++n_sales);
		if (k == w->payments.n || w->payments.at[k].on > w->booked_until)
			break;
		put_receipt(w, out, (int)k, ++n_receipts);
	}
}

/* ---- invoicing --------------------------------------------------------------------------------- */

bool demo_items_csv(const struct demo_world *w, day_t from, day_t to, struct buf *out)
{
	struct arena *a = w->arena;
	bool is_any = false;

	buf_puts(out,
		 "doc_no,kind,customer_id,issue_date,due_date,amount_ttc,amount_ht,vat,rf_ref\n");
	for (size_t i = 0; i < w->items.n; i++) {
		const struct demo_item *it = &w->items.at[i];

		if (it->issued_on < from || it->issued_on > to)
			continue;
		is_any = true;
		buf_printf(out, "%s,%s,%s,%s,%s,%s,%s,%s,%s\n", it->document,
			   it->is_credit_note ? "CN" : "INV", w->customers.at[it->customer].code,
			   day_text(a, it->issued_on), day_text(a, it->due_on),
			   amount_text(a, it->gross_minor), amount_text(a, it->net_minor),
			   amount_text(a, it->vat_minor), it->rf);
	}
	return is_any;
}
