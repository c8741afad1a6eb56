/* SPDX-License-Identifier: Apache-2.0 */
/* bank_web.c - the lists of the bank beside the workbench: statements, entries received, money on account. */
#include "cash/bank_load.h"
#include "cash/desk_web.h"

#include "base/text.h"
#include "i18n/catalogue.h"
#include "web/show.h"
#include "web/table_rows.h"

enum { STATEMENTS_MAX = 5000, BATCH = 1000 };

static const char *id_text(struct request *r, int64_t id)
{
	return arena_printf(r->arena, "%" PRId64, id);
}

/* The list below the room's head. */
static bool answer(struct request *r, struct table_view *v, const struct table_source *source,
		   enum bank_tab tab, struct bank_list_view *view, struct err *e)
{
	struct page *p;

	if (v->format != TABLE_PAGE)
		return table_answer(r, v, source, e);
	p = table_page_begin(r, v);
	if (!bank_head_load(r, p, tab, &view->head, e) ||
	    !table_fill(r, p, v, source, &view->list, e))
		return false;
	view->head.list = view->list;
	bank_list_page(p, view);
	return respond_page(r, p, 200);
}

static bool is_checked(const struct statement *s)
{
	return s->has_opening && s->has_closing;
}

static const char *check_badge(const struct statement *s)
{
	return s->is_balanced ? "done" : is_checked(s) ? "late-2" : "";
}

static const char *check_words(const struct statement *s)
{
	return s->is_balanced  ? N_("Adds up")
	       : is_checked(s) ? N_("Does not add up")
			       : N_("Without balances");
}

/* What the bank calls it: "2026-11-18..2026-11-18" is the period, of a file that names nothing. */
static const char *own_reference(const struct statement *s)
{
	return s->reference && strstr(s->reference, "..") ? NULL : s->reference;
}

static void cell_balanced(struct request *r, struct table_cell *c, const struct statement *s)
{
	cell_state(c, check_badge(s), tr(r->cat, check_words(s)));
	/* That there is nothing to check by is said already. */
	c->sub = is_checked(s) ? request_message(r, s->remark) : NULL;
}

/* ---- statements ---------------------------------------------------------------------------------- */

enum statement_column {
	ST_ACCOUNT,
	ST_REFERENCE,
	ST_FROM,
	ST_TO,
	ST_OPENING,
	ST_CLOSING,
	ST_ENTRIES,
	ST_TO_DECIDE,
	ST_CHECK,
	ST_RECEIVED
};

static const struct table_column statement_columns[] = {
	[ST_ACCOUNT] = { "account", N_("Account"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[ST_REFERENCE] = { "reference", N_("Reference"), TABLE_TEXT, TABLE_SORTS | TABLE_EXTRA },
	[ST_FROM] = { "from_on", N_("From"), TABLE_DAY, TABLE_SORTS | TABLE_SOFT },
	[ST_TO] = { "to_on", N_("To"), TABLE_DAY, TABLE_SORTS | TABLE_LARGEST_FIRST },
	[ST_OPENING] = { "opening", N_("Opening"), TABLE_AMOUNT, TABLE_SOFT },
	[ST_CLOSING] = { "closing", N_("Closing"), TABLE_AMOUNT, 0 },
	[ST_ENTRIES] = { "entries", N_("Entries"), TABLE_COUNT,
			 TABLE_SORTS | TABLE_LARGEST_FIRST | TABLE_SUMS },
	[ST_TO_DECIDE] = { "to_decide", N_("To decide"), TABLE_COUNT,
			   TABLE_SORTS | TABLE_LARGEST_FIRST | TABLE_SUMS },
	[ST_CHECK] = { "check", N_("Check"), TABLE_STATE, TABLE_SORTS | TABLE_NARROW },
	[ST_RECEIVED] = { "received", N_("Received"), TABLE_MOMENT,
			  TABLE_SORTS | TABLE_EXTRA | TABLE_LARGEST_FIRST },
};

static const struct table_choice statement_shows[] = {
	{ "", N_("All") },
	{ "to-decide", N_("With entries to decide") },
	{ "unbalanced", N_("Does not add up") },
};

static const struct table_filter statement_filters[] = {
	{ "show", N_("Show"), TABLE_CHIPS, statement_shows, ARRAY_LEN(statement_shows) },
	{ "q", N_("Account or reference"), TABLE_SEARCH, NULL, 0 },
};

static const struct table statement_table = {
	.name = "statements",
	.path = "/bank/statements",
	.section = "bank",
	.title = N_("Bank statements"),
	.none = N_("No statement fits"),
	.empty = N_("No statement yet"),
	.how = N_("The bank's statements tell what was received."),
	.icon = "bank",
	.columns = statement_columns,
	.n_columns = ARRAY_LEN(statement_columns),
	.filters = statement_filters,
	.n_filters = ARRAY_LEN(statement_filters),
	.times = TABLE_BOTH_TIMES,
};

/* How many entries waited at a moment of the past is not known. */
static void add_statement(struct request *r, struct table_rows *rows, const struct statement *s,
			  bool is_past)
{
	struct table_cell *cell = table_rows_add(rows, id_text(r, s->id), s->currency);

	cell_link(&cell[ST_ACCOUNT], s->account,
		  arena_printf(r->arena, "/bank/statements/%" PRId64, s->id));
	cell[ST_ACCOUNT].sub = own_reference(s);
	cell_text(&cell[ST_REFERENCE], s->reference);
	cell_day(&cell[ST_FROM], s->from_on);
	cell_day(&cell[ST_TO], s->to_on);
	if (s->has_opening)
		cell_amount(&cell[ST_OPENING], s->opening_minor);
	if (s->has_closing)
		cell_amount(&cell[ST_CLOSING], s->closing_minor);
	cell_count(&cell[ST_ENTRIES], s->n_entries);
	if (!is_past)
		cell_count(&cell[ST_TO_DECIDE], s->n_to_decide);
	cell_moment(&cell[ST_RECEIVED], s->recorded);
	cell_balanced(r, &cell[ST_CHECK], s);
}

static bool statements_show(struct request *r, struct err *e)
{
	struct bank_list_view view = { 0 };
	struct table_source source;
	struct table_rows *rows;
	struct statement *list;
	struct table_view v;
	struct page *p;
	const char *show;
	size_t n;

	if (!table_read(r, &statement_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	p = table_page_begin(r, &v);
	if (!(p->is_past ? statement_list_then(r->db, r->arena, r->entity.id, v.when.as_of,
					       when_moment(p, v.when), STATEMENTS_MAX, &list, &n, e)
			 : statement_list(r->db, r->arena, r->entity.id, 0, STATEMENTS_MAX, &list,
					  &n, e)))
		return false;
	rows = table_rows_new(r->arena, &v);
	show = table_value(&v, "show");
	for (size_t i = 0; i < n; i++) {
		if ((str_eq(show, "to-decide") && list[i].n_to_decide == 0) ||
		    (str_eq(show, "unbalanced") && (list[i].is_balanced || !is_checked(&list[i]))))
			continue;
		add_statement(r, rows, &list[i], p->is_past);
	}
	if (!table_rows_source(rows, &source, e))
		return false;
	if (n == STATEMENTS_MAX)
		source.note = arena_printf(r->arena, tr(r->cat, "The newest %d are listed."),
					   STATEMENTS_MAX);
	return answer(r, &v, &source, BANK_STATEMENTS, &view, e);
}

/* ---- one statement ------------------------------------------------------------------------------- */

enum line_column { LN_WHO, LN_DAY, LN_VALUE, LN_REFERENCE, LN_IBAN, LN_TEXT, LN_STATE, LN_AMOUNT };

static const struct table_column line_columns[] = {
	[LN_WHO] = { "who", N_("Who"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[LN_DAY] = { "booked_on", N_("Day"), TABLE_DAY, TABLE_SORTS },
	[LN_VALUE] = { "value_on", N_("Value date"), TABLE_DAY, TABLE_SORTS | TABLE_EXTRA },
	[LN_REFERENCE] = { "reference", N_("The bank's reference"), TABLE_TEXT,
			   TABLE_SORTS | TABLE_EXTRA },
	[LN_IBAN] = { "payer_iban", N_("Payer's IBAN"), TABLE_TEXT, TABLE_EXTRA },
	[LN_TEXT] = { "text", N_("Text"), TABLE_TEXT, TABLE_SOFT | TABLE_WRAP },
	[LN_STATE] = { "state", N_("State"), TABLE_STATE, TABLE_SORTS | TABLE_NARROW },
	[LN_AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT,
			TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW |
				TABLE_PICKED },
};

static const struct table_filter line_filters[] = {
	{ "q", N_("Name, reference or text"), TABLE_SEARCH, NULL, 0 },
};

static const struct table line_table = {
	.name = "statement",
	.path = "/bank/statements",
	.section = "bank",
	.title = N_("Bank statement"),
	.none = N_("No entry fits"),
	.empty = N_("This statement has no entry"),
	.icon = "bank",
	.columns = line_columns,
	.n_columns = ARRAY_LEN(line_columns),
	.filters = line_filters,
	.n_filters = ARRAY_LEN(line_filters),
	.picks = true,
};

static void add_line(struct request *r, struct table_rows *rows, const struct entry *en)
{
	struct table_cell *cell = table_rows_add(rows, id_text(r, en->id), en->currency);
	bool is_in = en->amount_minor > 0;

	cell_link(&cell[LN_WHO], en->payer_name ? en->payer_name : en->reference,
		  arena_printf(r->arena, "/bank/entries/%" PRId64, en->id));
	cell_day(&cell[LN_DAY], en->booked_on);
	cell_day(&cell[LN_VALUE], en->value_on);
	cell_text(&cell[LN_REFERENCE], en->reference);
	cell_text(&cell[LN_IBAN], en->payer_iban);
	cell_text(&cell[LN_TEXT], en->remittance);
	cell_state(&cell[LN_STATE], is_in ? bank_state_badge(en->state) : "off",
		   is_in ? tr(r->cat, entry_state_words(en->state)) : tr(r->cat, "Going out"));
	cell_amount(&cell[LN_AMOUNT], en->amount_minor);
}

static const char *period_of(struct page *p, const struct statement *s)
{
	return arena_printf(p->arena, "%s – %s", show_day(p, s->from_on), show_day(p, s->to_on));
}

static void fill_statement(struct request *r, const struct statement *s,
			   struct bank_list_view *view)
{
	struct page *p = page_begin(r, "", "");

	view->title = own_reference(s) ? s->reference
				       : arena_printf(r->arena, tr(r->cat, "Statement up to %s"),
						      show_day(p, s->to_on));
	view->check = check_badge(s);
	view->check_words = tr(r->cat, check_words(s));
	view->remark = request_message(r, s->remark);
	view->line = arena_printf(
		r->arena, tr(r->cat, "%s · %s · from %s to %s"), s->account, period_of(p, s),
		s->has_opening ? show_amount(p, s->opening_minor, s->currency) : "–",
		s->has_closing ? show_amount(p, s->closing_minor, s->currency) : "–");
}

static bool statement_show(struct request *r, struct err *e)
{
	int64_t id = request_id(r, "statement");
	struct bank_list_view view = { 0 };
	struct table_source source;
	struct table_rows *rows;
	struct table_view v;
	struct statement *s;
	struct entry *list;
	size_t n;

	if (!table_read(r, &line_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!statement_list(r->db, r->arena, r->entity.id, id + 1, 1, &s, &n, e))
		return false;
	if (n == 0 || s->id != id)
		return err_set(e, ERR_NOT_FOUND, "there is no such bank statement");
	if (!entry_list_statement(r->db, r->arena, id, &list, &n, e))
		return false;
	rows = table_rows_new(r->arena, &v);
	for (size_t i = 0; i < n; i++)
		add_line(r, rows, &list[i]);
	if (!table_rows_source(rows, &source, e))
		return false;
	fill_statement(r, s, &view);
	source.summary = view.line;
	return answer(r, &v, &source, BANK_STATEMENTS, &view, e);
}

/* ---- all that was received ----------------------------------------------------------------------- */

enum entry_column {
	EN_WHO,
	EN_DAY,
	EN_VALUE,
	EN_ACCOUNT,
	EN_IBAN,
	EN_REFERENCE,
	EN_END_TO_END,
	EN_STRUCTURED,
	EN_TEXT,
	EN_CUSTOMER,
	EN_STATE,
	EN_AMOUNT
};

static const struct table_column entry_columns[] = {
	[EN_WHO] = { "who", N_("Who"), TABLE_LINK, TABLE_NARROW },
	[EN_DAY] = { "booked_on", N_("Day"), TABLE_DAY, 0 },
	[EN_VALUE] = { "value_on", N_("Value date"), TABLE_DAY, TABLE_EXTRA },
	[EN_ACCOUNT] = { "account", N_("Account"), TABLE_TEXT, TABLE_EXTRA },
	[EN_IBAN] = { "payer_iban", N_("Payer's IBAN"), TABLE_TEXT, TABLE_EXTRA },
	[EN_REFERENCE] = { "reference", N_("The bank's reference"), TABLE_TEXT, TABLE_EXTRA },
	[EN_END_TO_END] = { "end_to_end", N_("Payer's reference"), TABLE_TEXT, TABLE_EXTRA },
	[EN_STRUCTURED] = { "structured_ref", N_("Structured reference"), TABLE_TEXT, TABLE_EXTRA },
	[EN_TEXT] = { "text", N_("Text"), TABLE_TEXT, TABLE_SOFT | TABLE_WRAP },
	[EN_CUSTOMER] = { "customer", N_("Best explanation"), TABLE_TEXT, TABLE_EXTRA },
	[EN_STATE] = { "state", N_("State"), TABLE_STATE, TABLE_NARROW },
	[EN_AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT,
			TABLE_SUMS | TABLE_NARROW | TABLE_PICKED },
};

static const struct table_choice entry_periods[] = {
	{ "", N_("Any time") },
	{ "today", N_("Today") },
	{ "month", N_("This month") },
};

static const struct table_choice entry_ages[] = {
	{ "", N_("Any time") },
	{ "7", N_("More than 7 days") },
	{ "30", N_("More than 30 days") },
	{ "90", N_("More than 90 days") },
};

/* Named as those of the workbench: what is looked for there can be taken out here. */
static const struct table_filter entry_filters[] = {
	{ "q", N_("Amount, reference, name"), TABLE_SEARCH, NULL, 0 },
	{ "state", N_("State"), TABLE_CHOICE, NULL, 0 },
	{ "period", N_("Received"), TABLE_CHOICE, entry_periods, ARRAY_LEN(entry_periods) },
	{ "account", N_("Account"), TABLE_CHOICE, NULL, 0 },
	{ "min", N_("Amount from"), TABLE_NUMBER, NULL, 0 },
	{ "max", N_("to"), TABLE_NUMBER, NULL, 0 },
	{ "age", N_("Waiting"), TABLE_GIVEN, entry_ages, ARRAY_LEN(entry_ages) },
	{ "currency", N_("Currency"), TABLE_GIVEN, NULL, 0 },
	{ "payer", N_("Payer's name"), TABLE_GIVEN, NULL, 0 },
};

static const struct table entry_table = {
	.name = "entries",
	.path = "/bank/entries",
	.section = "bank",
	.title = N_("Entries received"),
	.none = N_("No entry fits"),
	.empty = N_("Nothing was received yet"),
	.how = N_("The bank's statements tell what was received."),
	.icon = "bank",
	.columns = entry_columns,
	.n_columns = ARRAY_LEN(entry_columns),
	.filters = entry_filters,
	.n_filters = ARRAY_LEN(entry_filters),
};

struct entries {
	struct request *request;
	struct desk_filter filter;
};

/* "2026-11-05.1234" of the last row seen. */
static bool read_place(const char *after, day_t *ret_on, int64_t *ret_id, struct err *e)
{
	char day[DATE_TEXT] = "";
	uint64_t id;

	*ret_on = DAY_NONE;
	*ret_id = 0;
	if (str_empty(after))
		return true;
	if (strlen(after) > 11 && after[10] == '.') {
		memcpy(day, after, 10);
		if (date_parse(day, ret_on, NULL) && text_to_u64(after + 11, INT64_MAX, &id)) {
			*ret_id = (int64_t)id;
			return true;
		}
	}
	return err_field(e, ERR_USAGE, "after", "\"%.40s\" is no place in the list", after);
}

/* A copy: the row's own memory is given back before the page is drawn. */
static const char *keep(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : NULL;
}

static bool put_entry(const struct desk_row *row, struct table_out *out, struct err *e)
{
	struct arena *a = table_arena(out);
	enum entry_state state = entry_state_of(row->state_name);
	char day[DATE_TEXT];
	struct table_cell *cell = table_begin_row(
		out, arena_printf(a, "%s.%" PRId64, date_format(row->booked_on, day), row->id),
		arena_strdup(a, row->currency));

	cell_link(&cell[EN_WHO], keep(a, row->payer_name ? row->payer_name : row->reference),
		  arena_printf(a, "/bank/entries/%" PRId64, row->id));
	cell_day(&cell[EN_DAY], row->booked_on);
	cell_day(&cell[EN_VALUE], row->value_on);
	cell_text(&cell[EN_ACCOUNT], keep(a, row->account));
	cell_text(&cell[EN_IBAN], keep(a, row->payer_iban));
	cell_text(&cell[EN_REFERENCE], keep(a, row->reference));
	cell_text(&cell[EN_END_TO_END], keep(a, row->end_to_end));
	cell_text(&cell[EN_STRUCTURED], keep(a, row->structured_ref));
	cell_text(&cell[EN_TEXT], keep(a, row->remittance));
	cell_text(&cell[EN_CUSTOMER], keep(a, row->customer));
	cell_state(&cell[EN_STATE], bank_state_badge(state),
		   tr(table_catalogue(out), entry_state_words(state)));
	cell_amount(&cell[EN_AMOUNT], row->amount_minor);
	return table_end_row(out, e);
}

/* Rows are read into memory of their own: a file of all entries takes no more than a batch. */
static bool put_entries(void *arg, const char *after, size_t limit, struct table_out *out,
			struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	const struct entries *all = arg;
	struct desk_row *list;
	int64_t after_id;
	day_t after_on;
	size_t n;

	if (!read_place(after, &after_on, &after_id, e) ||
	    !desk_list(all->request->db, a, all->request->entity.id, &all->filter, after_on,
		       after_id, (int)limit, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!put_entry(&list[i], out, e))
			return false;
	}
	return true;
}

static bool fill_entry_choices(struct request *r, struct table_view *v, struct err *e)
{
	struct page *p = page_begin(r, "", "");
	struct desk_filter_view shown;
	size_t state = table_filter_at(v->table, "state"),
	       account = table_filter_at(v->table, "account");
	struct desk_filter f;
	const char *wrong;

	desk_filter_read(r, &f, &wrong);
	if (!desk_filter_show(r, p, &f, NULL, &shown, e))
		return false;
	v->choice[state] = shown.state_choices;
	v->n_choices[state] = shown.n_state_choices;
	v->choice[account] = shown.accounts;
	v->n_choices[account] = shown.n_accounts;
	return true;
}

static bool fill_sums(struct request *r, const struct desk_filter *f, struct table_source *s,
		      struct err *e)
{
	const char **currency;
	struct table_total *total;
	size_t n;

	if (!desk_currencies(r->db, r->arena, r->entity.id, &currency, &n, e))
		return false;
	total = ARENA_ARRAY(r->arena, n, struct table_total);
	for (size_t i = 0; i < n; i++) {
		struct table_total *t = &total[s->n_totals];

		if (!str_empty(f->currency) && !str_eq(f->currency, currency[i]))
			continue;
		if (!desk_sum(r->db, r->entity.id, f, currency[i], &t->n_rows, &t->sum[EN_AMOUNT],
			      e))
			return false;
		t->currency = currency[i];
		s->n_rows += t->n_rows;
		s->n_totals += t->n_rows > 0;
	}
	s->totals = total;
	s->currency = s->n_totals == 1 ? total[0].currency : NULL;
	return true;
}

static bool entries_show(struct request *r, struct err *e)
{
	struct table_source source = { .rows = put_entries, .n_before = -1, .batch = BATCH };
	struct entries all = { .request = r };
	struct bank_list_view view = { 0 };
	const char *wrong;
	struct table_view v;

	if (!table_read(r, &entry_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	desk_filter_read(r, &all.filter, &wrong);
	if (wrong)
		return err_set(e, ERR_USAGE, "the entries are not cut like that: %s", wrong);
	if (!table_value(&v, "state"))
		all.filter.state = DESK_ALL;
	if (!fill_sums(r, &all.filter, &source, e) || !fill_entry_choices(r, &v, e))
		return false;
	source.arg = &all;
	source.is_bare = source.n_rows == 0 && !table_has_filter(&v);
	return answer(r, &v, &source, BANK_ENTRIES, &view, e);
}

/* ---- on account ---------------------------------------------------------------------------------- */

enum account_column { AC_CUSTOMER, AC_CODE, AC_DOCUMENT, AC_DAY, AC_DAYS, AC_AMOUNT, AC_LEFT };

static const struct table_column account_columns[] = {
	[AC_CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[AC_CODE] = { "customer_code", N_("Customer code"), TABLE_TEXT, TABLE_SORTS | TABLE_EXTRA },
	[AC_DOCUMENT] = { "document", N_("Receipt"), TABLE_LINK, TABLE_SORTS },
	[AC_DAY] = { "received_on", N_("Day"), TABLE_DAY, TABLE_SORTS },
	[AC_DAYS] = { "days", N_("Days waiting"), TABLE_COUNT, TABLE_SORTS | TABLE_EXTRA },
	[AC_AMOUNT] = { "amount", N_("Received"), TABLE_AMOUNT,
			TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_SOFT },
	[AC_LEFT] = { "left", N_("Left"), TABLE_AMOUNT,
		      TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW |
			      TABLE_PICKED },
};

static const struct table_filter account_filters[] = {
	{ "q", N_("Customer or receipt"), TABLE_SEARCH, NULL, 0 },
};

static const struct table account_table = {
	.name = "on-account",
	.path = "/bank/account",
	.section = "bank",
	.title = N_("Money on account"),
	.none = N_("No receipt fits"),
	.empty = N_("Nothing on account"),
	.how = N_("All money received pays a document."),
	.icon = "check",
	.columns = account_columns,
	.n_columns = ARRAY_LEN(account_columns),
	.filters = account_filters,
	.n_filters = ARRAY_LEN(account_filters),
	.order = "received_on",
	.picks = true,
};

static void add_unallocated(struct request *r, struct table_rows *rows,
			    const struct cash_unallocated *u)
{
	struct table_cell *cell = table_rows_add(rows, id_text(r, u->item_id), u->currency);

	cell_link(&cell[AC_CUSTOMER], u->customer_name,
		  arena_printf(r->arena, "/customers/%" PRId64, u->customer_id));
	cell_text(&cell[AC_CODE], u->customer_code);
	cell_link(&cell[AC_DOCUMENT], u->document,
		  u->entry_id ? arena_printf(r->arena, "/bank/entries/%" PRId64, u->entry_id)
			      : arena_printf(r->arena, "/items/%" PRId64, u->item_id));
	cell_day(&cell[AC_DAY], u->received_on);
	cell_count(&cell[AC_DAYS], r->today > u->received_on ? r->today - u->received_on : 0);
	cell_amount(&cell[AC_AMOUNT], u->amount_minor);
	cell_amount(&cell[AC_LEFT], u->left_minor);
}

static bool account_show(struct request *r, struct err *e)
{
	struct bank_list_view view = { 0 };
	struct cash_unallocated *list;
	struct table_source source;
	struct table_rows *rows;
	struct table_view v;
	size_t n;

	if (!table_read(r, &account_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!cash_unallocated_list(r->db, r->arena, r->entity.id, &list, &n, e))
		return false;
	rows = table_rows_new(r->arena, &v);
	for (size_t i = 0; i < n; i++)
		add_unallocated(r, rows, &list[i]);
	return table_rows_source(rows, &source, e) &&
	       answer(r, &v, &source, BANK_ON_ACCOUNT, &view, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/bank/statements", statements_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/statements/:statement", statement_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/entries", entries_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/account", account_show, PERM_CASH_READ, SCOPE_ENTITY),
};
const struct route_list bank_routes = ROUTE_LIST(routes);
