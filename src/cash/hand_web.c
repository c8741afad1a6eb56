/* SPDX-License-Identifier: Apache-2.0 */
/* hand_web.c - the page of cheques, bills and cash entered by hand, and their slips. */
#include "cash/hand.h"

#include "base/text.h"
#include "cash/desk_web.h"
#include "cash/hand_view.h"
#include "channel/letter.h"
#include "ledger/entity.h"
#include "web/show.h"
#include "web/undo.h"

enum { SLIPS_SHOWN = 50 };

static struct hand_field field_of(const struct form *f, const char *name, const char *absent)
{
	const char *typed = f ? form_value(f, name) : NULL;

	return (struct hand_field){ typed ? typed : absent, f ? form_message(f, name) : NULL };
}

static void fill_form(struct page *p, const struct form *f, struct hand_view *v)
{
	struct part_choice *kinds = ARENA_ARRAY(p->arena, HAND_KINDS, struct part_choice);

	kinds[0] = (struct part_choice){ "cheque", tr(p->cat, "Cheque") };
	kinds[1] = (struct part_choice){ "bill", tr(p->cat, "Bill of exchange") };
	kinds[2] = (struct part_choice){ "cash", tr(p->cat, "Cash") };
	v->kinds = kinds;
	v->n_kinds = HAND_KINDS;
	v->today = show_day_iso(p, p->today);
	v->kind = field_of(f, "kind", "cheque");
	v->number = field_of(f, "number", NULL);
	v->bank = field_of(f, "bank", NULL);
	v->drawer = field_of(f, "drawer", NULL);
	v->amount = field_of(f, "amount", NULL);
	v->received_on = field_of(f, "received_on", v->today);
	v->due_on = field_of(f, "due_on", NULL);
	v->text = field_of(f, "text", NULL);
	v->error = f ? form_message(f, "") : NULL;
}

static const char *what_of(struct page *p, const struct hand_receipt *h)
{
	switch (hand_kind_of(h->kind)) {
	case HAND_CHEQUE:
		return arena_printf(p->arena, tr(p->cat, "Cheque %s"), h->number);
	case HAND_BILL:
		return arena_printf(p->arena, tr(p->cat, "Bill %s"), h->number);
	case HAND_CASH:
	case HAND_KINDS:
		break;
	}
	return tr(p->cat, "Cash");
}

static struct hand_row row_of(struct page *p, const struct hand_receipt *h)
{
	enum entry_state state = entry_state_of(h->state_name);
	struct hand_row row = {
		.key = arena_printf(p->arena, "%" PRId64, h->entry_id),
		.what = what_of(p, h),
		.url = arena_printf(p->arena, "/bank/entries/%" PRId64, h->entry_id),
		.drawer = h->drawer,
		.bank = h->bank,
		.day = show_day(p, h->received_on),
		.due = h->due_on == DAY_NONE ? NULL
					     : arena_printf(p->arena, tr(p->cat, "due on %s"),
							    show_day(p, h->due_on)),
		.amount = show_amount(p, h->amount_minor, h->currency),
		.files_url =
			arena_printf(p->arena, "/files?kind=receipt&subject=%" PRId64, h->entry_id),
		.files = h->n_files ? arena_printf(p->arena,
						   trn(p->cat, "%d file", "%d files",
						       (unsigned long)h->n_files),
						   (int)h->n_files)
				    : tr(p->cat, "Attach its picture"),
		.state = bank_state_badge(state),
		.words = bank_state_words(p, state),
	};

	row.label = arena_printf(p->arena, tr(p->cat, "Tick %s, %s"), row.what, row.amount);
	return row;
}

static struct slip_row slip_of(struct page *p, const struct deposit *d)
{
	bool is_credited = str_eq(d->state, "credited");

	return (struct slip_row){
		.number = d->number,
		.pdf_url = arena_printf(p->arena, "/bank/deposits/%" PRId64 "/pdf", d->id),
		.entry_url = d->entry_id
				     ? arena_printf(p->arena, "/bank/entries/%" PRId64, d->entry_id)
				     : NULL,
		.day = show_day(p, d->deposited_on),
		.account = d->account,
		.receipts = show_count(p, d->n_receipts),
		.amount = show_amount(p, d->amount_minor, d->currency),
		.state = is_credited ? "done" : "soon",
		.words = is_credited ? tr(p->cat, "Credited") : tr(p->cat, "Not credited yet"),
		.is_discount = d->is_discount,
		.files_url =
			arena_printf(p->arena, "/files?kind=deposit_slip&subject=%" PRId64, d->id),
	};
}

/* The accounts of real banks: not those that stand for what is not there yet. */
static bool fill_accounts(struct request *r, struct hand_view *v, struct err *e)
{
	struct bank_account *list;
	struct part_choice *choices;
	size_t n;

	if (!bank_account_list_real(r->db, r->arena, r->entity.id, &list, &n, e))
		return false;
	choices = ARENA_ARRAY(r->arena, n + 1, struct part_choice);
	for (size_t i = 0; i < n; i++)
		choices[v->n_accounts++] =
			(struct part_choice){ arena_printf(r->arena, "%" PRId64, list[i].id),
					      list[i].iban };
	v->accounts = choices;
	return true;
}

static bool hand_show(struct request *r, const struct form *f, int status, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Cheques, bills, cash"), "bank");
	struct hand_view v = { 0 };
	struct hand_receipt *list;
	struct hand_row *rows;
	struct slip_row *slips;
	struct deposit *made;
	size_t n, n_made;

	if (!bank_head_load(r, p, BANK_BY_HAND, &v.head, e) ||
	    !hand_list(r->db, r->arena, r->entity.id, 0, &list, &n, e) ||
	    !deposit_list(r->db, r->arena, r->entity.id, SLIPS_SHOWN, &made, &n_made, e) ||
	    !fill_accounts(r, &v, e))
		return false;
	fill_form(p, f, &v);
	rows = ARENA_ARRAY(p->arena, n + 1, struct hand_row);
	for (size_t i = 0; i < n; i++)
		rows[i] = row_of(p, &list[i]);
	slips = ARENA_ARRAY(p->arena, n_made + 1, struct slip_row);
	for (size_t i = 0; i < n_made; i++)
		slips[i] = slip_of(p, &made[i]);
	v.rows = rows;
	v.n_rows = n;
	v.slips = slips;
	v.n_slips = n_made;
	hand_page(p, &v);
	return respond_page(r, p, status);
}

static bool receipts_show(struct request *r, struct err *e)
{
	return hand_show(r, NULL, 200, e);
}

static void read_receipt(struct request *r, struct form *f, struct hand_new *in)
{
	static const char *const kinds[] = { "cheque", "cash", "bill", NULL };
	const char *kind = form_choice(f, "kind", FORM_NEEDED, kinds);

	*in = (struct hand_new){ .entity_id = r->entity.id,
				 .kind = kind ? hand_kind_of(kind) : HAND_CHEQUE,
				 .number = form_text(f, "number", 0, 40),
				 .bank = form_text(f, "bank", 0, 140),
				 .drawer = form_text(f, "drawer", FORM_NEEDED, 140),
				 .text = form_text(f, "text", 0, 500),
				 .amount_minor =
					 form_minor(f, "amount", FORM_NEEDED, r->entity.currency),
				 .received_on = form_day(f, "received_on", FORM_NEEDED, DAY_BEHIND),
				 .due_on = form_day(f, "due_on", 0, DAY_AHEAD),
				 .today = r->today,
				 .actor = r->actor,
				 .now = r->now };
	memcpy(in->currency, r->entity.currency, sizeof in->currency);
}

/* Entered, explained, and shown on the workbench to be decided at once. */
static bool receipt_post(struct request *r, struct err *e)
{
	struct cash_match_options o = {
		.entity_id = r->entity.id, .date = r->today, .actor = r->actor, .now = r->now
	};
	struct cash_match_report report;
	struct entity entity;
	struct hand_new in;
	const char *said;
	struct form f;

	form_init(&f, r);
	read_receipt(r, &f, &in);
	if (!form_ok(&f) || !hand_add(r->db, &in, &o.only_entry_id, e)) {
		if (form_ok(&f) && !form_refused(&f, e))
			return false;
		return hand_show(r, &f, 422, e);
	}
	if (!cash_match(r->db, r->arena, &o, &report, e) ||
	    !entity_get_by_id(r->db, r->arena, r->entity.id, &entity, e))
		return false;
	said = in.kind == HAND_CASH && hand_is_above_cash_limit(entity.country, in.currency,
								in.amount_minor)
		       ? tr(r->cat,
			    "Entered. It is above the legal limit of cash payments in France:"
			    " 1,000 euros.")
		       : tr(r->cat, "Entered. What does it pay?");
	return flash_set(r, said, NULL, e) &&
	       respond_redirect(r,
				arena_printf(r->arena, "/bank/entries/%" PRId64, o.only_entry_id));
}

/* ---- slips ---- */

static bool deposit_post(struct request *r, struct err *e)
{
	int64_t *entries = ARENA_ARRAY(r->arena, r->form.n + 1, int64_t), id;
	struct deposit_order o = {
		.entity_id = r->entity.id, .entries = entries, .actor = r->actor, .now = r->now
	};
	struct form f;
	uint64_t entry;

	form_init(&f, r);
	o.bank_account_id = form_int(&f, "account", FORM_NEEDED, 1, INT64_MAX, 0);
	o.deposited_on = form_day(&f, "deposited_on", FORM_NEEDED, DAY_BEHIND);
	o.is_discount = request_form(r, "discount") != NULL;
	for (size_t i = 0; i < r->form.n; i++)
		if (str_eq(r->form.at[i].name, "entry") &&
		    text_to_u64(r->form.at[i].value, INT64_MAX, &entry))
			entries[o.n_entries++] = (int64_t)entry;
	if (form_ok(&f) && deposit_make(r->db, &o, &id, e))
		return flash_set(r, tr(r->cat, "The slip is made."), undo_now(r, "deposit.made"),
				 e) &&
		       respond_redirect(r, "/bank/receipts");
	if (form_ok(&f) && !form_refused(&f, e))
		return false;
	return flash_error(r, f.messages.at[0].text, e) && respond_redirect(r, "/bank/receipts");
}

static bool deposit_credit_post(struct request *r, struct err *e)
{
	struct cash_decision d = desk_decision(r);
	struct form f;
	int64_t id;

	form_init(&f, r);
	id = form_int(&f, "slip", FORM_NEEDED, 1, INT64_MAX, 0);
	if (!form_ok(&f))
		return err_set(e, ERR_INVALID, "say which slip");
	return desk_answer(r, deposit_credit(r->db, &d, id, e),
			   tr(r->cat, "Counted once: it is the slip."), true, e);
}

static struct letter_row letter_row_of(struct page *p, const struct hand_receipt *h)
{
	return (struct letter_row){ .document = h->number ? h->number : "–",
				    .issued = h->drawer,
				    .due = h->due_on != DAY_NONE ? show_day(p, h->due_on)
					   : h->bank             ? h->bank
								 : "",
				    .amount = show_amount(p, h->amount_minor, h->currency),
				    .open = "" };
}

static const char *slip_title(struct request *r, const struct deposit *d)
{
	switch (hand_kind_of(d->kind)) {
	case HAND_CHEQUE:
		return arena_printf(r->arena, tr(r->cat, "Deposit slip of cheques %s"), d->number);
	case HAND_BILL:
		return arena_printf(r->arena, tr(r->cat, "Deposit slip of bills of exchange %s"),
				    d->number);
	case HAND_CASH:
	case HAND_KINDS:
		break;
	}
	return arena_printf(r->arena, tr(r->cat, "Deposit slip of cash %s"), d->number);
}

static bool slip_pdf(struct request *r, const struct deposit *d, const struct entity *entity,
		     struct buf *ret, struct err *e)
{
	struct page *p = page_begin(r, "", "");
	const char *address[] = { d->account_name ? d->account_name : d->account, d->account };
	const char *lines[] = { entity->street ? entity->street : "",
				arena_printf(r->arena, "%s %s",
					     entity->postcode ? entity->postcode : "",
					     entity->city ? entity->city : "") };
	struct letter_pair totals[] = { { tr(r->cat, "Total"),
					  show_amount(p, d->amount_minor, d->currency) } };
	struct letter letter = {
		.language = catalogue_language(r->cat),
		.sender = { .name = entity->name, .lines = lines, .n_lines = ARRAY_LEN(lines) },
		.address = address,
		.n_address = ARRAY_LEN(address),
		.place_date = show_day_long(p, d->deposited_on),
		.subject = slip_title(r, d),
		.subject_caption = tr(r->cat, "Subject"),
		.opening = arena_printf(r->arena, tr(r->cat, "To the credit of account %s."),
					d->account),
		.page_caption = tr(r->cat, "Page"),
	};
	struct hand_receipt *list;
	struct letter_row *rows;
	size_t n;

	if (!hand_list(r->db, r->arena, r->entity.id, d->id, &list, &n, e))
		return false;
	rows = ARENA_ARRAY(r->arena, n + 1, struct letter_row);
	for (size_t i = 0; i < n; i++)
		rows[i] = letter_row_of(p, &list[i]);
	letter.table =
		(struct letter_table){ .heads = { .document = tr(r->cat, "Number"),
						  .issued = tr(r->cat, "Who pays"),
						  .due = str_eq(d->kind, "bill")
								 ? tr(r->cat, "Maturity")
								 : tr(r->cat, "Bank of the cheque"),
						  .amount = tr(r->cat, "Amount"),
						  .open = "" },
				       .rows = rows,
				       .n_rows = n,
				       .totals = totals,
				       .n_totals = ARRAY_LEN(totals) };
	return letter_pdf(&letter, r->now, ret, NULL, e);
}

static bool deposit_pdf(struct request *r, struct err *e)
{
	struct entity entity;
	struct deposit d;
	struct buf pdf;

	buf_init(&pdf, r->arena);
	return deposit_get(r->db, r->arena, r->entity.id, request_id(r, "deposit"), &d, e) &&
	       entity_get_by_id(r->db, r->arena, r->entity.id, &entity, e) &&
	       slip_pdf(r, &d, &entity, &pdf, e) &&
	       respond_bytes(r, pdf.data, pdf.len, "application/pdf",
			     arena_printf(r->arena, "%s.pdf", d.number), false);
}

static const struct route routes[] = {
	ROUTE(GET, "/bank/receipts", receipts_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/receipts", receipt_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/deposits", deposit_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/bank/deposits/:deposit/pdf", deposit_pdf, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/entries/:entry/deposit", deposit_credit_post, PERM_CASH_APPLY,
	      SCOPE_ENTITY),
};
const struct route_list hand_routes = ROUTE_LIST(routes);
