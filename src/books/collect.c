/* SPDX-License-Identifier: Apache-2.0 */
/* collect.c - which facts are new, and what entry each makes. */
#include "books/collect.h"

#include "base/clock.h"
#include "base/money.h"
#include "base/text.h"

#include <stdlib.h>

/* How often a fact stands in batches that are not refused: 0 or 1. */
#define TOLD(kind, id)                                                                   \
	"COALESCE((SELECT sum(told.sign) FROM export_fact told JOIN export_batch inn"    \
	" ON inn.id = told.batch_id WHERE told.kind = '" kind "' AND told.fact_id = " id \
	" AND inn.state <> 'refused'), 0)"

/* ---- customers ----------------------------------------------------------------------------------- */

bool books_customer(struct db *db, struct books_new *n, int64_t customer_id,
		    const struct books_account_of_customer **ret, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct books_account_of_customer, code),
		DB_COL(struct books_account_of_customer, name),
		DB_COL(struct books_account_of_customer, account),
	};
	const char *key = arena_printf(n->arena, "%" PRId64, customer_id);
	struct books_account_of_customer *c = map_get(&n->customers, key);

	*ret = c;
	if (c)
		return true;
	c = ARENA_NEW(n->arena, struct books_account_of_customer);
	if (!db_one(db, n->arena,
		    "SELECT c.code, c.name, (SELECT i.account FROM item i WHERE i.customer_id = "
		    "c.id"
		    " AND i.is_booked = 1 AND i.account >= '411' AND i.account < '412'"
		    " ORDER BY i.id DESC LIMIT 1) FROM customer c WHERE c.id = $1",
		    DB_PARAMS(P_I64(customer_id)), columns, ARRAY_LEN(columns), c, e))
		return false;
	c->id = customer_id;
	/* Books without subledger: the account is the customer. */
	if (c->account && str_eq(c->account, c->code))
		c->code = NULL;
	else if (!c->account || !n->chart.is_default[BOOKS_CUSTOMER])
		c->account = n->chart.account[BOOKS_CUSTOMER];
	map_set(&n->customers, key, c);
	*ret = c;
	return true;
}

/* ---- one entry ----------------------------------------------------------------------------------- */

/* A fact as the queries below tell it. */
struct fact {
	int64_t id, customer_id, other_customer_id, item_id;
	const char *kind, *document, *account, *label;
	int64_t amount_minor;
	char currency[4];
	day_t issued_on, effective;
	int64_t net_minor, vat_minor, bank_account_id;
	int64_t gone;        /* moment it was undone; 0: it stands */
	int64_t value_minor; /* in the company's currency, where it is known already */
	bool has_value;
};

static const struct db_column fact_columns[] = {
	DB_COL(struct fact, id),
	DB_COL(struct fact, customer_id),
	DB_COL(struct fact, other_customer_id),
	DB_COL(struct fact, item_id),
	DB_COL(struct fact, kind),
	DB_COL(struct fact, document),
	DB_COL(struct fact, account),
	DB_COL(struct fact, label),
	DB_COL(struct fact, amount_minor),
	DB_COL(struct fact, currency),
	DB_DAY(struct fact, issued_on),
	DB_DAY(struct fact, effective),
	DB_COL(struct fact, net_minor),
	DB_COL(struct fact, vat_minor),
	DB_COL(struct fact, bank_account_id),
	DB_COL(struct fact, gone),
	DB_COL(struct fact, value_minor),
	DB_COL(struct fact, has_value),
};

/* The amount in the company's currency; false in *ret_known while there is no rate. */
static bool value_of(const struct books_new *n, const struct fact *f, int64_t *ret, bool *ret_known,
		     struct err *e)
{
	struct exchanged x;
	struct err own = { 0 };

	*ret_known = true;
	*ret = f->has_value ? f->value_minor : f->amount_minor;
	if (f->has_value || str_eq(f->currency, n->order->entity->currency))
		return true;
	if (exchange_convert(&n->rates, f->amount_minor, f->currency, n->order->entity->currency,
			     f->issued_on, &x, &own)) {
		*ret = x.minor;
		return true;
	}
	*ret_known = false;
	if (own.code == ERR_NOT_FOUND)
		return true;
	*e = own;
	return false;
}

static void begin_entry(const struct books_new *n, const struct fact *f, enum books_fact_kind kind,
			const char *label, struct books_entry *ret)
{
	const struct catalogue *cat = catalogue_find(n->order->entity->language);
	day_t on = f->effective;

	if (f->gone) {
		day_t undone = clock_day(f->gone, n->order->entity->time_zone);
		if (undone > on)
			on = undone;
		label = arena_printf(n->arena, tr(cat, N_("Undone: %s")), label);
	}
	*ret = (struct books_entry){ .kind = kind,
				     .fact_id = f->id,
				     .sign = f->gone ? -1 : 1,
				     .entry_on = closed_days_open_on(&n->closed, on),
				     .piece_ref = f->document,
				     .piece_on = f->issued_on,
				     .label = text_squeeze(n->arena, label) };
}

/* A line on a customer's account, lettered as the item is. */
static bool add_customer_line(struct db *db, struct books_new *n, struct books_entry *en,
			      int64_t customer_id, int64_t item_id, int64_t minor,
			      const struct fact *foreign, struct err *e)
{
	const struct books_account_of_customer *c;
	const struct books_standing *s = en->sign > 0 ? books_standing_of(n, item_id) : NULL;
	struct books_line l = { .minor = minor, .customer_id = customer_id };

	if (!books_customer(db, n, customer_id, &c, e))
		return false;
	l.account = c->account;
	l.account_label = c->code ? n->chart.label[BOOKS_CUSTOMER] : c->name;
	l.aux = c->code;
	l.aux_label = c->name;
	if (s) {
		l.lettering = s->code;
		l.lettered_on = s->lettered_on;
	}
	if (foreign && !str_eq(foreign->currency, n->order->entity->currency)) {
		l.foreign = arena_strdup(n->arena, foreign->currency);
		l.foreign_minor =
			foreign->amount_minor < 0 ? -foreign->amount_minor : foreign->amount_minor;
	}
	books_add(en, &l);
	return true;
}

static void add_line(struct books_entry *en, const char *account, const char *label, int64_t minor)
{
	books_add(en, &(struct books_line){
			      .account = account, .account_label = label, .minor = minor });
}

/* What stands against the customer's account. */
static bool add_counterpart(const struct books_new *n, const struct fact *f, int64_t minor,
			    struct books_entry *en, struct err *e)
{
	const struct books_chart *c = &n->chart;
	const char *label, *account;
	int64_t net = -minor, vat = 0;

	if (str_empty(f->account)) {
		en->is_bank = true;
		add_line(en, books_bank(c, f->bank_account_id), c->label[BOOKS_BANK], -minor);
		return true;
	}
	account = books_account_of(c, f->account, &label);
	en->is_bank = str_starts(f->account, "5");
	if ((str_starts(f->account, "654")   ? n->splits_bad_debt
	     : str_starts(f->account, "665") ? n->splits_discount
					     : true) &&
	    !books_split_vat(-minor, f->net_minor, f->vat_minor, &net, &vat, e))
		return false;
	add_line(en, account, label, net);
	add_line(en, c->account[BOOKS_VAT], c->label[BOOKS_VAT], vat);
	return true;
}

static bool add_item(struct db *db, struct books_new *n, const struct fact *f, struct err *e)
{
	const struct catalogue *cat = catalogue_find(n->order->entity->language);
	struct books_entry en;
	int64_t minor;
	bool is_known;

	if (!value_of(n, f, &minor, &is_known, e))
		return false;
	if (!is_known) {
		n->n_waiting++;
		return true;
	}
	begin_entry(n, f, BOOKS_ITEM,
		    !str_empty(f->label) ? f->label
		    : str_eq(f->kind, "payment")
			    ? (f->amount_minor < 0 ? tr(cat, N_("Receipt"))
						   : tr(cat, N_("Money given back")))
			    : f->document,
		    &en);
	if (!add_customer_line(db, n, &en, f->customer_id, f->id, minor, f, e) ||
	    !add_counterpart(n, f, minor, &en, e))
		return false;
	if (en.n_lines >= 2) /* an amount may be nothing once converted */
		*LIST_ADD(n->arena, &n->entries) = en;
	return true;
}

static bool add_exchange(struct db *db, struct books_new *n, const struct fact *f, struct err *e)
{
	const struct catalogue *cat = catalogue_find(n->order->entity->language);
	/* What is taken back leaves the account that it stood on. */
	bool is_gain = (f->amount_minor > 0) != str_eq(f->kind, "exchange_undone");
	enum books_role role = is_gain ? BOOKS_EXCHANGE_GAIN : BOOKS_EXCHANGE_LOSS;
	struct books_entry en;

	begin_entry(n, f, BOOKS_EXCHANGE,
		    arena_printf(n->arena, tr(cat, N_("Exchange difference on %s")), f->label),
		    &en);
	if (!add_customer_line(db, n, &en, f->customer_id, f->item_id, f->amount_minor, NULL, e))
		return false;
	add_line(&en, n->chart.account[role], n->chart.label[role], -f->amount_minor);
	*LIST_ADD(n->arena, &n->entries) = en;
	return true;
}

/* One account pays for another: what its money paid moves to the account of the document. */
static bool add_transfer(struct db *db, struct books_new *n, const struct fact *f, struct err *e)
{
	const struct catalogue *cat = catalogue_find(n->order->entity->language);
	const struct books_account_of_customer *payer, *debtor;
	struct books_entry en;
	int64_t minor;
	bool is_known;

	if (!value_of(n, f, &minor, &is_known, e))
		return false;
	if (!is_known) {
		n->n_waiting++;
		return true;
	}
	if (!books_customer(db, n, f->customer_id, &payer, e) ||
	    !books_customer(db, n, f->other_customer_id, &debtor, e))
		return false;
	begin_entry(n, f, BOOKS_TRANSFER,
		    arena_printf(n->arena, tr(cat, N_("%s paid for %s: %s")), payer->name,
				 debtor->name, f->label),
		    &en);
	if (!add_customer_line(db, n, &en, f->customer_id, f->item_id, minor, f, e) ||
	    !add_customer_line(db, n, &en, f->other_customer_id, f->item_id, -minor, f, e))
		return false;
	if (en.n_lines >= 2)
		*LIST_ADD(n->arena, &n->entries) = en;
	return true;
}

/* ---- reading ------------------------------------------------------------------------------------- */

typedef bool add_fn(struct db *db, struct books_new *n, const struct fact *f, struct err *e);

static bool each(struct db *db, struct books_new *n, const char *sql, struct db_params params,
		 add_fn *add, struct err *e)
{
	struct fact *list;
	size_t count;

	if (!db_list(db, n->arena, sql, params, fact_columns, ARRAY_LEN(fact_columns), sizeof *list,
		     (void **)&list, &count, e))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add(db, n, &list[i], e))
			return false;
	return true;
}

#define ITEM_COLUMNS                                                                         \
	"SELECT i.id, i.customer_id, NULL, i.id, i.kind, i.document,"                        \
	" CASE WHEN i.account < '41' OR i.account >= '42' THEN i.account END,"               \
	" i.label, i.amount_minor, i.currency, i.issued_on,"                                 \
	" COALESCE((SELECT f.paid_on FROM refund f WHERE f.item_id = i.id), i.effective),"   \
	" COALESCE(i.net_minor, (SELECT w.amount_minor - w.vat_minor FROM write_off w"       \
	"  WHERE w.item_id = i.id AND i.account >= '654' AND i.account < '655')),"           \
	" COALESCE(i.vat_minor, (SELECT w.vat_minor FROM write_off w WHERE w.item_id = i.id" \
	"  AND i.account >= '654' AND i.account < '655')),"                                  \
	" COALESCE((SELECT s.bank_account_id FROM statement_entry n JOIN statement s"        \
	"  ON s.id = n.statement_id WHERE n.id = i.bank_entry_id),"                          \
	" (SELECT g.bank_account_id FROM refund f JOIN refund_file g ON g.id = f.file_id"    \
	"  WHERE f.item_id = i.id)), "

/* Converted money is worth what was converted, whatever the rate of its day says. */
#define ITEM_VALUE                                                                      \
	"(SELECT CASE WHEN i.amount_minor > 0 THEN v.base_minor ELSE -v.base_minor END" \
	" FROM conversion v WHERE v.from_item_id = i.id OR v.to_item_id = i.id),"       \
	" CASE WHEN EXISTS (SELECT 1 FROM conversion v WHERE v.from_item_id = i.id"     \
	"  OR v.to_item_id = i.id) THEN 1 ELSE 0 END"

/* Made here: receipts of the bank, refunds that were paid, and what has an account of its own against the
 * customer's. */
#define MADE_HERE                                                                   \
	" WHERE i.entity_id = $1 AND i.import_id IS NULL"                           \
	" AND ((i.kind = 'payment' AND i.bank_entry_id IS NOT NULL)"                \
	"  OR (i.kind = 'payment' AND i.amount_minor > 0 AND EXISTS (SELECT 1 FROM" \
	"   refund f WHERE f.item_id = i.id AND f.state = 'paid'))"                 \
	"  OR (i.account IS NOT NULL AND (i.account < '41' OR i.account >= '42')))"

static bool collect_items(struct db *db, struct books_new *n, struct err *e)
{
	struct db_params params = DB_PARAMS(P_I64(n->order->entity->id));

	return each(db, n,
		    ITEM_COLUMNS
		    "0, " ITEM_VALUE
		    " FROM item i JOIN item_balance b ON b.item_id = i.id" MADE_HERE
		    " AND i.is_booked = 0 AND " TOLD("item", "i.id") " = 0 ORDER BY i.id",
		    params, add_item, e) &&
	       each(db, n,
		    ITEM_COLUMNS
		    "r.recorded, " ITEM_VALUE " FROM item_reversal r JOIN item i"
		    " ON i.id = r.item_id WHERE i.entity_id = $1"
		    " AND i.import_id IS NULL AND " TOLD("item", "i.id") " = 1 ORDER BY i.id",
		    params, add_item, e) &&
	       each(db, n,
		    ITEM_COLUMNS
		    "k.recorded, NULL, 0 FROM refund u JOIN event k ON k.id = u.event_id"
		    " JOIN item i ON i.id = u.item_id JOIN item_balance b"
		    " ON b.item_id = i.id WHERE u.entity_id = $1 AND u.state <> 'paid'"
		    " AND i.bank_entry_id IS NULL AND i.is_booked = 0"
		    " AND " TOLD("item", "i.id") " = 1 ORDER BY i.id",
		    params, add_item, e);
}

/* The difference of an undone allocation is a fact of the row that undoes it: none is ever taken back. */
static bool collect_exchange(struct db *db, struct books_new *n, struct err *e)
{
	struct db_params params = DB_PARAMS(P_I64(n->order->entity->id));

	return each(db, n,
		    "SELECT x.allocation_id, d.customer_id, NULL, d.id,"
		    " CASE WHEN l.reverses_id IS NULL THEN 'exchange' ELSE 'exchange_undone' END,"
		    " 'EC-' || x.allocation_id, NULL, d.document, x.difference_minor, x.currency,"
		    " x.effective, x.effective, NULL, NULL, NULL, 0, NULL, 0"
		    " FROM exchange_difference x JOIN allocation l ON l.id = x.allocation_id"
		    " JOIN item d ON d.id = l.debit_item_id"
		    " WHERE x.entity_id = $1 AND x.difference_minor <> 0 AND l.import_id IS NULL"
		    " AND NOT EXISTS (SELECT 1 FROM allocation o WHERE o.id = l.reverses_id"
		    "  AND o.import_id IS NOT NULL)"
		    " AND " TOLD("exchange", "x.allocation_id") " = 0 ORDER BY x.allocation_id",
		    params, add_exchange, e) &&
	       each(db, n,
		    "SELECT x.id, d.customer_id, NULL, d.id,"
		    " CASE WHEN (l.reverses_id IS NULL) = (x.is_reversal = 0) THEN 'exchange'"
		    "  ELSE 'exchange_undone' END,"
		    " 'EC-' || x.allocation_id, NULL, d.document, x.difference_minor, x.currency,"
		    " x.effective, x.effective, NULL, NULL, NULL, 0, NULL, 0"
		    " FROM exchange_rebooked x JOIN allocation l ON l.id = x.allocation_id"
		    " JOIN item d ON d.id = l.debit_item_id"
		    " WHERE x.entity_id = $1 AND x.difference_minor <> 0 AND l.import_id IS NULL"
		    " AND NOT EXISTS (SELECT 1 FROM allocation o WHERE o.id = l.reverses_id"
		    "  AND o.import_id IS NOT NULL)"
		    " AND " TOLD("exchange", "x.id") " = 0 ORDER BY x.id",
		    params, add_exchange, e);
}

#define TRANSFER_COLUMNS                                                                    \
	"SELECT l.id, k.customer_id, d.customer_id, d.id, 'transfer', 'VC-' || l.id, NULL," \
	" d.document, l.amount_minor, l.currency, k.issued_on, l.effective, NULL, NULL, NULL, "

#define TRANSFER_FROM                                               \
	" (SELECT x.at_settlement_minor FROM exchange_difference x" \
	"  WHERE x.allocation_id = l.id),"                          \
	" CASE WHEN EXISTS (SELECT 1 FROM exchange_difference x"    \
	"  WHERE x.allocation_id = l.id) THEN 1 ELSE 0 END"         \
	" FROM allocation l JOIN item d ON d.id = l.debit_item_id"  \
	" JOIN item k ON k.id = l.credit_item_id"

#define TRANSFER_WHERE                                                              \
	" WHERE l.entity_id = $1 AND l.import_id IS NULL AND l.reverses_id IS NULL" \
	" AND l.lettering IS NULL AND d.customer_id <> k.customer_id"

static bool collect_transfers(struct db *db, struct books_new *n, struct err *e)
{
	struct db_params params = DB_PARAMS(P_I64(n->order->entity->id));

	return each(db, n,
		    TRANSFER_COLUMNS
		    "0," TRANSFER_FROM TRANSFER_WHERE " AND NOT EXISTS (SELECT 1 FROM allocation r"
		    "  WHERE r.reverses_id = l.id) AND " TOLD("transfer", "l.id") " = 0"
										  " ORDER BY l.id",
		    params, add_transfer, e) &&
	       each(db, n,
		    TRANSFER_COLUMNS "u.recorded," TRANSFER_FROM
				     " JOIN allocation u ON u.reverses_id = l.id" TRANSFER_WHERE
				     " AND " TOLD("transfer", "l.id") " = 1 ORDER BY l.id",
		    params, add_transfer, e);
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static int by_day(const void *a, const void *b)
{
	const struct books_entry *x = a, *y = b;

	if (x->entry_on != y->entry_on)
		return x->entry_on < y->entry_on ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->fact_id != y->fact_id)
		return x->fact_id < y->fact_id ? -1 : 1;
	return 0;
}

bool books_collect(struct db *db, struct books_new *n, struct err *e)
{
	const struct entity *entity = n->order->entity;
	const char *splits, *discount;

	map_init(&n->customers, n->arena);
	if (!books_chart_load(db, n->arena, entity, &n->chart, e) ||
	    !period_hold(db, entity->id, &n->closed, e) ||
	    !exchange_load(db, n->arena, 0, &n->rates, e) ||
	    !setting_get(db, n->arena, entity->id, "books_bad_debt_vat", "no", &splits, e) ||
	    !setting_get(db, n->arena, entity->id, "books_discount_vat", "yes", &discount, e))
		return false;
	n->splits_discount = str_eq(discount, "yes");
	n->splits_bad_debt = str_eq(splits, "yes");
	if (!books_collect_standing(db, n, e) || !collect_items(db, n, e) ||
	    !collect_exchange(db, n, e) || !collect_transfers(db, n, e) ||
	    !books_collect_letterings(db, n, e))
		return false;
	if (n->entries.n)
		qsort(n->entries.at, n->entries.n, sizeof *n->entries.at, by_day);
	return true;
}
