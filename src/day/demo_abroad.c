/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Customers abroad, invoiced and paying in their own currency; the rates of those currencies. Files of their own: the
 * accounting file of the demo is in euros.
 */
#include "day/demo_load.h"

#include "base/money.h"
#include "day/demo_files.h"
#include "day/demo_names.h"
#include "ledger/calendar.h"
#include "ledger/exchange_difference.h"

enum {
	HISTORY_DAYS = 150, /* before the end of the accounting file */
	BETWEEN_DAYS = 19,  /* from one invoice of a customer to the next */
	TERM_DAYS = 30,
	OUR_ACCOUNT_ABROAD = 43,
	EMAILS_FROM = 9001,
	WAVE_DAYS = 120,
};

static const struct {
	const char *code, *name, *country, *language, *city;
	int currency; /* of the table below */
	int64_t minor;
	int late_days;
} customers[] = {
	{ "X00001", "Specimen Imports 1 Inc.", "US", "en", "New York", 0, 1842000, 12 },
	{ "X00002", "Specimen Retail 2 LLC", "US", "en", "Chicago", 0, 618500, 35 },
	{ "X00003", "Example Crafts 3 Ltd", "GB", "en", "Leeds", 1, 964000, 4 },
	{ "X00004", "Muster Handel 4 AG", "CH", "de", "Basel", 2, 1275000, 52 },
	{ "X00005", "Example Gifts 5 KK", "JP", "en", "Osaka", 3, 2140000, 20 },
};
_Static_assert(ARRAY_LEN(customers) == DEMO_ABROAD, "as many as are told");

static const struct {
	const char *code;
	int64_t per_euro_ppm; /* invented, about what it might be */
} currencies[] = { { "USD", 1090000 }, { "GBP", 850000 }, { "CHF", 940000 }, { "JPY", 161000000 } };

/* A slow wave of two in a hundred around the middle. */
static int64_t rate_on_day(size_t currency, day_t d)
{
	int phase = (int)((d + 37 * (day_t)currency) % WAVE_DAYS);
	int height = phase < WAVE_DAYS / 2 ? phase : WAVE_DAYS - phase; /* 0 .. 60 */

	return currencies[currency].per_euro_ppm / 3000 * (2940 + 2 * height);
}

static bool add_rates(struct demo_load *l, day_t from, day_t to, struct err *e)
{
	size_t room = (size_t)(to - from + 1) * ARRAY_LEN(currencies), n = 0;
	struct exchange_rate *rate = ARENA_ARRAY(l->job->arena, room, struct exchange_rate);
	int64_t added;

	for (day_t d = from; d <= to; d++) {
		for (size_t i = 0;
		     calendar_on_or_after(CALENDAR_TARGET, d) == d && i < ARRAY_LEN(currencies);
		     i++) {
			memcpy(rate[n].currency, currencies[i].code, sizeof rate[n].currency);
			rate[n].on = d;
			rate[n].per_euro_ppm = rate_on_day(i, d);
			rate[n++].source = "Cours inventés pour la démonstration";
		}
	}
	return exchange_add(l->job->db, rate, n, NULL, DEMO_ACTOR, l->now, &added, e);
}

/* ---- invoices and receipts ----------------------------------------------------------------------- */

struct export_invoice {
	int customer, number;
	day_t issued_on, due_on, paid_on; /* DAY_NONE: not by today */
	int64_t minor;
};

static day_t first_day(const struct demo_load *l)
{
	return l->world.booked_until - HISTORY_DAYS;
}

/* The n-th invoice of a customer; false when it would be issued today or later. */
static bool invoice_of(const struct demo_load *l, int customer, int n, struct export_invoice *ret)
{
	day_t on = first_day(l) + 3 * customer + BETWEEN_DAYS * n, paid;

	*ret = (struct export_invoice){ .customer = customer,
					.number = n * (int)ARRAY_LEN(customers) + customer + 1,
					.issued_on = calendar_on_or_after(CALENDAR_TARGET, on) };
	ret->due_on = ret->issued_on + TERM_DAYS;
	ret->minor = customers[customer].minor + INT64_C(12300) * ((n * 7 + customer) % 11);
	paid = calendar_on_or_after(CALENDAR_TARGET, ret->due_on + customers[customer].late_days);
	ret->paid_on = paid < l->world.today ? paid : DAY_NONE;
	return ret->issued_on < l->world.today;
}

static const char *document_of(struct demo_load *l, const struct export_invoice *x)
{
	return arena_printf(l->job->arena, "EX%d-%04d", date_civil(x->issued_on).year, x->number);
}

static const char *amount_of(struct demo_load *l, const struct export_invoice *x)
{
	const char *currency = currencies[customers[x->customer].currency].code;

	return arena_strdup(l->job->arena,
			    minor_format(x->minor, currency, (char[MONEY_TEXT]){ 0 }));
}

static void put_invoice(struct demo_load *l, const struct export_invoice *x, struct buf *out)
{
	char issued[DATE_TEXT], due[DATE_TEXT];

	buf_printf(out, "%s,INV,%s,%s,%s,%s,%s\n", document_of(l, x), customers[x->customer].code,
		   date_format(x->issued_on, issued), date_format(x->due_on, due), amount_of(l, x),
		   currencies[customers[x->customer].currency].code);
}

static void put_receipt(struct demo_load *l, const struct export_invoice *x, struct buf *out)
{
	char on[DATE_TEXT], iban[IBAN_TEXT];

	demo_iban("FR", OUR_ACCOUNT_ABROAD, iban);
	buf_printf(out, "%s;%s;%s;INVOICE %s;%s;%s;R%04d\n", iban,
		   currencies[customers[x->customer].currency].code, date_format(x->paid_on, on),
		   document_of(l, x), amount_of(l, x), customers[x->customer].name, x->number);
}

static bool is_within(day_t d, day_t from, day_t to)
{
	return d != DAY_NONE && d >= from && d <= to;
}

/* What the invoicing program and the bank have to tell of those days. */
static void tell_days(struct demo_load *l, day_t from, day_t to, struct buf *invoices,
		      int *n_invoices, struct buf *receipts, int *n_receipts)
{
	struct export_invoice x;

	buf_puts(invoices, "doc_no,kind,customer_id,issue_date,due_date,amount_ttc,currency\n");
	buf_puts(receipts, "Compte;Devise;Date;Libellé;Montant;Contrepartie;Référence\n");
	for (int c = 0; c < (int)ARRAY_LEN(customers); c++) {
		for (int n = 0; invoice_of(l, c, n, &x); n++) {
			if (is_within(x.issued_on, from, to)) {
				put_invoice(l, &x, invoices);
				++*n_invoices;
			}
			if (is_within(x.paid_on, from, to)) {
				put_receipt(l, &x, receipts);
				++*n_receipts;
			}
		}
	}
}

static bool import_days(struct demo_load *l, day_t from, day_t to, const char *name, struct err *e)
{
	struct arena *a = l->job->arena;
	struct buf invoices, receipts;
	int n_invoices = 0, n_receipts = 0;

	buf_init(&invoices, a);
	buf_init(&receipts, a);
	tell_days(l, from, to, &invoices, &n_invoices, &receipts, &n_receipts);
	l->n_abroad += n_invoices;
	return (n_invoices == 0 ||
		demo_import(l, arena_printf(a, "factures-export-%s.csv", name), &invoices, e)) &&
	       (n_receipts == 0 ||
		demo_import(l, arena_printf(a, "releve-devises-%s.csv", name), &receipts, e));
}

/* ---- the chapters -------------------------------------------------------------------------------- */

static void put_customers(struct demo_load *l, struct buf *out)
{
	buf_puts(out, "customer_id;name;customer_kind;segment;terms;language;email;street;city;"
		      "country;payment_mode;credit_limit\n");
	for (size_t i = 0; i < ARRAY_LEN(customers); i++)
		buf_printf(out,
			   "%s;%s;b2b;Export;30 jours net;%s;%s;%zu Example Road;%s;%s;VIR;60000\n",
			   customers[i].code, customers[i].name, customers[i].language,
			   demo_email(l->job->arena, customers[i].language, EMAILS_FROM + (int)i),
			   i + 1, customers[i].city, customers[i].country);
}

static bool accounts_tx(struct db *db, void *arg, struct err *e)
{
	struct demo_load *l = arg;
	char iban[IBAN_TEXT];

	demo_iban("FR", OUR_ACCOUNT_ABROAD, iban);
	for (size_t i = 0; i < ARRAY_LEN(currencies); i++) {
		struct bank_account account = { .iban = iban,
						.bic = DEMO_BIC,
						.name = "Compte en devises de l'Exemple" };

		memcpy(account.currency, currencies[i].code, sizeof account.currency);
		if (!bank_account_save(db, l->entity.id, &account, DEMO_ACTOR, l->now, NULL, e))
			return false;
	}
	return true;
}

bool demo_abroad_begin(struct demo_load *l, struct err *e)
{
	struct buf file;

	buf_init(&file, l->job->arena);
	put_customers(l, &file);
	return db_tx(l->job->db, accounts_tx, l, e) &&
	       demo_import(l, "clients-export.csv", &file, e) &&
	       add_rates(l, first_day(l), l->world.booked_until, e) &&
	       import_days(l, first_day(l), l->world.booked_until, "historique", e);
}

bool demo_abroad_week(struct demo_load *l, day_t from, day_t to, int number, struct err *e)
{
	return add_rates(l, from, to, e) &&
	       import_days(l, from, to, arena_printf(l->job->arena, "semaine-%d", number), e);
}

bool demo_abroad_book(struct demo_load *l, struct err *e)
{
	struct exchange_booked booked;

	return exchange_book(l->job->db, &l->entity, DEMO_ACTOR, l->now, &booked, e);
}
