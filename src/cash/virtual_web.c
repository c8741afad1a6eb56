/* SPDX-License-Identifier: Apache-2.0 */
/* virtual_web.c - the pages of accounts that the bank made for one customer: given, closed, imported; what came there. */
#include "bank/virtual_iban.h"
#include "base/identifier.h"
#include "cash/bank_load.h"
#include "cash/virtual_view.h"
#include "ledger/scope.h"
#include "team/team.h"
#include "web/show.h"
#include "web/table_rows.h"
#include "web/undo.h"

#include <errno.h>
#include <unistd.h>

enum { RECEIPTS_MAX = 1000 };

static const char here[] = "/bank/virtual-ibans";

static const char *id_text(struct request *r, int64_t id)
{
	return arena_printf(r->arena, "%" PRId64, id);
}

/* ---- the list ------------------------------------------------------------------------------------ */

enum column { IBAN, CUSTOMER, DOCUMENT, STATE, LAST, FROM, TO, SOURCE, COUNT, RECEIVED };

static const struct table_column columns[] = {
	[IBAN] = { "iban", N_("Virtual IBAN"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, TABLE_SORTS },
	[DOCUMENT] = { "document", N_("Document"), TABLE_TEXT, TABLE_SORTS },
	[STATE] = { "state", N_("State"), TABLE_STATE, TABLE_SORTS },
	[LAST] = { "last_on", N_("Last receipt"), TABLE_DAY, TABLE_SORTS | TABLE_LARGEST_FIRST },
	[FROM] = { "from", N_("From"), TABLE_DAY, TABLE_SORTS | TABLE_EXTRA },
	[TO] = { "to", N_("To"), TABLE_DAY, TABLE_SORTS | TABLE_EXTRA },
	[SOURCE] = { "source", N_("Given by"), TABLE_TEXT, TABLE_EXTRA },
	[COUNT] = { "receipts", N_("Receipts"), TABLE_COUNT,
		    TABLE_SORTS | TABLE_LARGEST_FIRST | TABLE_EXTRA },
	[RECEIVED] = { "received", N_("Received"), TABLE_AMOUNT,
		       TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW },
};

static const struct table_choice shows[] = {
	{ "", N_("All IBANs") },
	{ "open", N_("In use") },
	{ "unused", N_("In use, never used") },
	{ "closed", N_("Closed ones") },
};

static const struct table_filter filters[] = {
	{ "show", N_("Show"), TABLE_CHIPS, shows, ARRAY_LEN(shows) },
	{ "q", N_("IBAN, customer or document"), TABLE_SEARCH, NULL, 0 },
};

static const struct table virtual_table = {
	.name = "virtual-ibans",
	.path = here,
	.section = "bank",
	.title = N_("Virtual IBANs"),
	.none = N_("No virtual IBAN fits"),
	.empty = N_("There is no virtual IBAN yet"),
	.how = N_("Accounts that your bank made for one customer or one invoice: money that comes"
		  " there is his, whatever the payer wrote."),
	.icon = "bank",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
};

static bool is_over(const struct virtual_iban *v, day_t today)
{
	return v->valid_to != DAY_NONE && v->valid_to < today;
}

static void state_of(struct request *r, const struct virtual_iban *v, const char **ret_state,
		     const char **ret_words)
{
	if (is_over(v, r->today)) {
		*ret_state = "off";
		*ret_words = tr(r->cat, "Closed");
	} else if (v->valid_from > r->today) {
		*ret_state = "soon";
		*ret_words = tr(r->cat, "Not yet in use");
	} else {
		*ret_state = "done";
		*ret_words = tr(r->cat, "In use");
	}
}

static const char *given_by(struct request *r, const struct virtual_iban *v)
{
	const char *who = actor_text(r, v->actor);

	return str_eq(v->source, "csv")
		       ? arena_printf(r->arena, tr(r->cat, "%s, from a table"), who)
		       : who;
}

static bool is_shown(const char *show, const struct virtual_iban *v, day_t today)
{
	if (str_eq(show, "closed"))
		return is_over(v, today);
	if (is_over(v, today) && show)
		return false;
	return !str_eq(show, "unused") || v->n_received == 0;
}

static void add_row(struct request *r, struct table_rows *rows, const struct virtual_iban *v)
{
	const char *currency = v->currency ? v->currency : r->entity.currency, *state, *words;
	struct table_cell *cell = table_rows_add(
		rows, arena_printf(r->arena, "%" PRId64 "%s", v->id, currency), currency);

	state_of(r, v, &state, &words);
	cell_link(&cell[IBAN], v->iban, arena_printf(r->arena, "%s/%" PRId64, here, v->id));
	cell_link(&cell[CUSTOMER], v->customer_name,
		  arena_printf(r->arena, "/customers/%" PRId64, v->customer_id));
	cell[CUSTOMER].sub = v->customer_code;
	cell_text(&cell[DOCUMENT], v->document);
	cell_state(&cell[STATE], state, words);
	cell_day(&cell[LAST], v->received_on);
	cell_day(&cell[FROM], v->valid_from);
	cell_day(&cell[TO], v->valid_to);
	cell_text(&cell[SOURCE], given_by(r, v));
	cell_count(&cell[COUNT], v->n_received);
	if (v->n_received)
		cell_amount(&cell[RECEIVED], v->received_minor);
}

/* Those of customers that the reader sees; the list is in their order. */
static bool fill_rows(struct request *r, const struct table_view *v, struct table_rows *rows,
		      size_t *ret_n, struct err *e)
{
	const char *show = table_value(v, "show");
	struct virtual_iban *list;
	int64_t customer_id = 0;
	bool is_seen = false;
	size_t n;

	*ret_n = 0;
	if (!virtual_iban_list(r->db, r->arena, r->entity.id, 0, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (list[i].customer_id != customer_id &&
		    !team_sees_customer(r->db, &r->user, r->entity.id, list[i].customer_id,
					&is_seen, e))
			return false;
		customer_id = list[i].customer_id;
		if (!is_seen)
			continue;
		++*ret_n;
		if (is_shown(show, &list[i], r->today))
			add_row(r, rows, &list[i]);
	}
	return true;
}

static struct part_field field_of(const struct form *f, const char *name, const char *label,
				  const char *help)
{
	return (struct part_field){ .name = name,
				    .label = label,
				    .value = f ? form_value(f, name) : NULL,
				    .error = f ? form_message(f, name) : NULL,
				    .help = help };
}

static void fill_give(struct request *r, struct page *p, const struct form *f,
		      struct virtual_list_view *v)
{
	v->may_give = request_may(r, PERM_CASH_APPLY);
	v->message = f ? form_message(f, "") : NULL;
	v->iban = field_of(f, "iban", tr(r->cat, "Virtual IBAN"), NULL);
	v->customer = field_of(f, "customer", tr(r->cat, "Customer"),
			       tr(r->cat, "code, or a part of the name"));
	v->document = field_of(f, "document", tr(r->cat, "Document"),
			       tr(r->cat, "when it was made for one invoice alone"));
	v->from = field_of(f, "from", tr(r->cat, "From which day on"), NULL);
	v->from.type = "date";
	if (!f)
		v->from.value = show_day_iso(p, r->today);
	v->iban.is_required = v->customer.is_required = v->from.is_required = true;
}

static bool list_show(struct request *r, const struct form *f, int status, struct err *e)
{
	struct virtual_list_view view = { 0 };
	struct table_source source;
	struct table_rows *rows;
	struct table_view v;
	struct page *p;
	size_t n;

	if (!table_read(r, &virtual_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	rows = table_rows_new(r->arena, &v);
	if (!fill_rows(r, &v, rows, &n, e) || !table_rows_source(rows, &source, e))
		return false;
	source.is_bare = n == 0;
	if (v.format != TABLE_PAGE)
		return table_answer(r, &v, &source, e);
	p = table_page_begin(r, &v);
	if (!bank_head_load(r, p, BANK_VIRTUAL, &view.head, e) ||
	    !table_fill(r, p, &v, &source, &view.list, e))
		return false;
	view.head.list = view.list;
	fill_give(r, p, f, &view);
	virtual_list_page(p, &view);
	return respond_page(r, p, status);
}

static bool ibans_show(struct request *r, struct err *e)
{
	return list_show(r, NULL, 200, e);
}

/* ---- one, with what came to it ------------------------------------------------------------------- */

enum receipt_column { WHO, DAY, TEXT, RECEIPT_STATE, AMOUNT };

static const struct table_column receipt_columns[] = {
	[WHO] = { "who", N_("Who"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[DAY] = { "booked_on", N_("Day"), TABLE_DAY, TABLE_SORTS },
	[TEXT] = { "text", N_("Text"), TABLE_TEXT, TABLE_SOFT | TABLE_WRAP },
	[RECEIPT_STATE] = { "state", N_("State"), TABLE_STATE, TABLE_SORTS | TABLE_NARROW },
	[AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT,
		     TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW },
};

static const struct table receipt_table = {
	.name = "virtual-iban",
	.path = here,
	.section = "bank",
	.title = N_("Received on this account"),
	.none = N_("No entry fits"),
	.empty = N_("Nothing came to this account yet"),
	.icon = "bank",
	.columns = receipt_columns,
	.n_columns = ARRAY_LEN(receipt_columns),
};

static void add_receipt(struct request *r, struct table_rows *rows, const struct entry *en)
{
	struct table_cell *cell = table_rows_add(rows, id_text(r, en->id), en->currency);

	cell_link(&cell[WHO], en->payer_name ? en->payer_name : en->reference,
		  arena_printf(r->arena, "/bank/entries/%" PRId64, en->id));
	cell_day(&cell[DAY], en->booked_on);
	cell_text(&cell[TEXT], en->remittance);
	cell_state(&cell[RECEIPT_STATE], bank_state_badge(en->state),
		   tr(r->cat, entry_state_words(en->state)));
	cell_amount(&cell[AMOUNT], en->amount_minor);
}

static bool load_one(struct request *r, struct virtual_iban **ret, size_t *ret_n, struct err *e)
{
	int64_t id = request_id(r, "virtual");
	bool is_seen;

	if (!virtual_iban_get(r->db, r->arena, r->entity.id, id, ret, ret_n, e) ||
	    !team_sees_customer(r->db, &r->user, r->entity.id, (*ret)->customer_id, &is_seen, e))
		return false;
	return is_seen || err_set(e, ERR_NOT_FOUND, "there is no such virtual IBAN");
}

static const char *received_of(struct page *p, const struct virtual_iban *list, size_t n)
{
	const char *text = NULL;

	for (size_t i = 0; i < n && list[i].n_received; i++) {
		const char *one = show_amount(p, list[i].received_minor, list[i].currency);
		text = text ? arena_printf(p->arena, "%s, %s", text, one) : one;
	}
	return text;
}

static void fill_one(struct request *r, struct page *p, const struct form *f,
		     const struct virtual_iban *list, size_t n, struct virtual_view *v)
{
	const struct virtual_iban *one = list;
	char iban[IBAN_GROUPED_TEXT];

	v->id = one->id;
	v->iban = arena_strdup(p->arena, iban_group(one->iban, iban));
	state_of(r, one, &v->state, &v->words);
	v->customer = one->customer_name;
	v->customer_url = arena_printf(p->arena, "/customers/%" PRId64, one->customer_id);
	if (one->item_id) {
		v->document = one->document;
		v->document_url = arena_printf(p->arena, "/items/%" PRId64, one->item_id);
	}
	v->days = one->valid_to == DAY_NONE
			  ? arena_printf(p->arena, tr(p->cat, "since %s"),
					 show_day(p, one->valid_from))
			  : arena_printf(p->arena, "%s – %s", show_day(p, one->valid_from),
					 show_day(p, one->valid_to));
	v->given = given_by(r, one);
	v->received = received_of(p, list, n);
	v->message = f ? form_message(f, "") : NULL;
	v->until = field_of(f, "until", tr(p->cat, "Its last day"), NULL);
	v->until.type = "date";
	v->until.is_required = true;
	if (!f)
		v->until.value = show_day_iso(p, r->today);
	v->may_close = one->valid_to == DAY_NONE && request_may(r, PERM_CASH_APPLY);
}

static bool one_show(struct request *r, const struct form *f, int status, struct err *e)
{
	struct virtual_view view = { 0 };
	struct table_source source;
	struct virtual_iban *list;
	struct table_rows *rows;
	struct entry *receipts;
	struct table_view v;
	size_t n, n_receipts;
	struct page *p;

	if (!table_read(r, &receipt_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!load_one(r, &list, &n, e) ||
	    !entry_list_virtual(r->db, r->arena, r->entity.id, list->id, RECEIPTS_MAX, &receipts,
				&n_receipts, e))
		return false;
	rows = table_rows_new(r->arena, &v);
	for (size_t i = 0; i < n_receipts; i++)
		add_receipt(r, rows, &receipts[i]);
	if (!table_rows_source(rows, &source, e))
		return false;
	source.is_bare = n_receipts == 0;
	if (n_receipts == RECEIPTS_MAX)
		source.note = arena_printf(r->arena, tr(r->cat, "The newest %d are listed."),
					   RECEIPTS_MAX);
	if (v.format != TABLE_PAGE)
		return table_answer(r, &v, &source, e);
	p = table_page_begin(r, &v);
	if (!bank_head_load(r, p, BANK_VIRTUAL, &view.head, e) ||
	    !table_fill(r, p, &v, &source, &view.list, e))
		return false;
	fill_one(r, p, f, list, n, &view);
	virtual_page(p, &view);
	return respond_page(r, p, status);
}

static bool iban_show(struct request *r, struct err *e)
{
	return one_show(r, NULL, 200, e);
}

/* ---- acts ---------------------------------------------------------------------------------------- */

/* Customer and document of the form, which tells what is wrong with them. */
static bool read_whose(struct request *r, struct form *f, struct virtual_iban_new *in,
		       struct err *e)
{
	const char *customer = form_text(f, "customer", FORM_NEEDED, 200),
		   *document = form_text(f, "document", 0, 100);
	struct customer c;
	struct err why = { 0 };
	bool is_seen = false;

	if (!customer)
		return true;
	if (!bank_customer_of(r, customer, &c, e) ||
	    (c.id && !team_sees_customer(r->db, &r->user, r->entity.id, c.id, &is_seen, e)))
		return false;
	if (!is_seen) {
		form_wrong(f, "customer", tr(r->cat, "No customer, or several, of that name."));
		return true;
	}
	in->customer_id = c.id;
	if (!document || virtual_iban_document(r->db, r->arena, r->entity.id, c.id, document,
					       &in->item_id, &why))
		return true;
	if (why.code != ERR_NOT_FOUND && why.code != ERR_REFUSED) {
		*e = why;
		return false;
	}
	form_wrong(f, "document", request_message(r, arena_strdup(r->arena, why.msg)));
	return true;
}

static bool give_post(struct request *r, struct err *e)
{
	struct virtual_iban_new in = { .entity_id = r->entity.id,
				       .valid_to = DAY_NONE,
				       .source = "manual",
				       .actor = r->actor,
				       .now = r->now };
	struct form f;
	bool is_new;

	form_init(&f, r);
	in.iban = form_text(&f, "iban", FORM_NEEDED, 60);
	in.valid_from = form_day(&f, "from", FORM_NEEDED, DAY_AHEAD);
	if (!read_whose(r, &f, &in, e))
		return false;
	if (!form_ok(&f))
		return list_show(r, &f, 422, e);
	if (!virtual_iban_add(r->db, &in, &is_new, e)) {
		if (!form_refused(&f, e))
			return false;
		*e = (struct err){ 0 };
		return list_show(r, &f, 422, e);
	}
	return flash_set(r,
			 is_new ? tr(r->cat, "Given: what comes there is this customer's.")
				: tr(r->cat, "It was given so already."),
			 is_new ? undo_now(r, "virtual_iban.added") : NULL, e) &&
	       respond_redirect(r, here);
}

static bool close_post(struct request *r, struct err *e)
{
	struct virtual_iban_end end = { .entity_id = r->entity.id,
					.actor = r->actor,
					.now = r->now };
	struct virtual_iban *list;
	struct form f;
	size_t n;

	if (!load_one(r, &list, &n, e))
		return false;
	form_init(&f, r);
	end.iban = list->iban;
	end.valid_to = form_day(&f, "until", FORM_NEEDED, DAY_AHEAD);
	if (!form_ok(&f))
		return one_show(r, &f, 422, e);
	if (!virtual_iban_close(r->db, &end, e)) {
		/* Of that number none is open: somebody closed it meanwhile. */
		if (e->code == ERR_NOT_FOUND)
			e->code = ERR_CONFLICT;
		if (!form_refused(&f, e))
			return false;
		*e = (struct err){ 0 };
		return one_show(r, &f, 422, e);
	}
	return flash_set(r, tr(r->cat, "Closed."), undo_now(r, "virtual_iban.closed"), e) &&
	       respond_redirect(r, arena_printf(r->arena, "%s/%" PRId64, here, list->id));
}

static bool read_upload(struct request *r, const struct upload *u, struct virtual_iban_import *in,
			struct err *e)
{
	size_t size = (size_t)u->size, done = 0;
	char *text;

	if (u->size > VIRTUAL_IBAN_FILE_MAX)
		return err_set(e, ERR_LIMIT, "the table is too long");
	text = arena_alloc(r->arena, size + 1);
	while (done < size) {
		ssize_t n = pread(u->fd, text + done, size - done, (off_t)done);
		if (n <= 0)
			return err_set(e, ERR_IO, "could not read %.200s: %s", u->file_name,
				       n < 0 ? strerror(errno) : "it ends too early");
		done += (size_t)n;
	}
	in->text = text;
	in->len = size;
	in->file_name = u->file_name;
	return true;
}

static bool is_told(const struct err *e)
{
	return e->code == ERR_FORMAT || e->code == ERR_INVALID || e->code == ERR_LIMIT ||
	       e->code == ERR_REFUSED || e->code == ERR_DUPLICATE || e->code == ERR_NOT_FOUND;
}

static bool import_post(struct request *r, struct err *e)
{
	struct virtual_iban_import in = {
		.entity_id = r->entity.id, .today = r->today, .actor = r->actor, .now = r->now
	};
	const struct upload *u = NULL;
	int64_t n_read, n_added;

	for (size_t i = 0; i < r->n_uploads && !u; i++)
		u = r->uploads[i].size > 0 ? &r->uploads[i] : NULL;
	if (!u)
		return flash_error(r, tr(r->cat, "Choose a file."), e) && respond_redirect(r, here);
	if (!read_upload(r, u, &in, e) || !virtual_iban_take(r->db, &in, &n_read, &n_added, e)) {
		const char *why;

		if (!is_told(e))
			return false;
		why = request_message(r, arena_strdup(r->arena, e->msg));
		*e = (struct err){ 0 };
		return flash_error(r,
				   arena_printf(r->arena, tr(r->cat, "%s is not taken: %s"),
						u->file_name, why),
				   e) &&
		       respond_redirect(r, here);
	}
	return flash_set(r,
			 arena_printf(r->arena,
				      trn(r->cat, "%s new virtual IBAN.", "%s new virtual IBANs.",
					  (unsigned long)n_added),
				      show_count(page_begin(r, "", ""), n_added)),
			 n_added ? undo_now(r, "virtual_iban.imported") : NULL, e) &&
	       respond_redirect(r, here);
}

static const struct route routes[] = {
	ROUTE(GET, "/bank/virtual-ibans", ibans_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/virtual-ibans", give_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/virtual-ibans/import", import_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/bank/virtual-ibans/:virtual", iban_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/virtual-ibans/:virtual/close", close_post, PERM_CASH_APPLY,
	      SCOPE_ENTITY),
};
const struct route_list virtual_routes = ROUTE_LIST(routes);
