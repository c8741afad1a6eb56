/* SPDX-License-Identifier: Apache-2.0 */
/* refund_web.c - the page of refunds: to be paid, files for the bank, paid. */
#include "base/identifier.h"
#include "base/money.h"
#include "cash/bank_load.h"
#include "cash/refund.h"
#include "cash/refund_view.h"
#include "db/blob.h"
#include "web/link.h"
#include "web/show.h"
#include "web/undo.h"

enum { REFUNDS_SHOWN = 200, FILES_SHOWN = 20 };

static const char page_url[] = "/bank/refunds";

static const char *const shown_states[] = { "", "due", "exported", "paid", "cancelled" };

static const char *words_of(struct page *p, const char *state)
{
	return str_eq(state, "due")        ? tr(p->cat, "To be paid")
	       : str_eq(state, "exported") ? tr(p->cat, "Given to the bank")
	       : str_eq(state, "paid")     ? tr(p->cat, "Paid back")
					   : tr(p->cat, "Cancelled");
}

static const char *badge_of(const char *state)
{
	return str_eq(state, "due")        ? "soon"
	       : str_eq(state, "exported") ? "promise"
	       : str_eq(state, "paid")     ? "done"
					   : "off";
}

static const char *detail_of(struct page *p, const struct refund *r)
{
	if (r->paid_on != DAY_NONE)
		return r->paid_entry_id
			       ? arena_printf(p->arena, tr(p->cat, "by the bank on %s"),
					      show_day(p, r->paid_on))
			       : arena_printf(p->arena,
					      tr(p->cat, "noted for %s, not on a statement yet"),
					      show_day(p, r->paid_on));
	return r->file_number ? arena_printf(p->arena, tr(p->cat, "file %s"),
					     arena_printf(p->arena, "%" PRId64, r->file_number))
			      : NULL;
}

static struct refund_row row_of(struct page *p, const struct refund *r, bool may)
{
	bool is_due = str_eq(r->state, "due"), is_exported = str_eq(r->state, "exported");
	bool is_paid = str_eq(r->state, "paid");
	char iban[IBAN_GROUPED_TEXT];
	struct refund_row row = {
		.id = r->id,
		.number = arena_printf(p->arena, "RB-%" PRId64, r->id),
		.customer = r->customer_name,
		.customer_url = arena_printf(p->arena, "/customers/%" PRId64, r->customer_id),
		.payment = r->payment,
		.day = show_day(p, r->ordered_on),
		.iban = arena_strdup(p->arena, iban_group(r->iban, iban)),
		.holder = r->holder,
		.reason = r->reason,
		.amount = show_amount(p, r->amount_minor, r->currency),
		.state = badge_of(r->state),
		.words = words_of(p, r->state),
		.detail = detail_of(p, r),
		.may_cancel = may && is_due,
		.may_pay = may && (is_due || is_exported),
		.may_step_back = may && (is_exported || is_paid),
		.back_words = is_paid ? tr(p->cat, "Not paid") : tr(p->cat, "Take out of the file"),
	};

	if (r->entry_id)
		row.url = arena_printf(p->arena, "/bank/entries/%" PRId64, r->entry_id);
	if (r->paid_entry_id)
		row.debit_url = arena_printf(p->arena, "/bank/entries/%" PRId64, r->paid_entry_id);
	return row;
}

/* What the next file would pay, and from which account. */
static bool fill_form(struct request *r, struct page *p, struct refunds_view *v, struct err *e)
{
	struct bank_account *accounts;
	struct part_choice *choices;
	struct refund *list;
	int64_t sum = 0, count = 0;
	char iban[IBAN_GROUPED_TEXT];
	size_t n, n_accounts;

	if (!refund_list(r->db, r->arena, r->entity.id, "due", REFUNDS_SHOWN, &list, &n, e) ||
	    !bank_account_list_real(r->db, r->arena, r->entity.id, &accounts, &n_accounts, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(list[i].currency, "EUR"))
			continue;
		count++;
		if (!minor_add(&sum, list[i].amount_minor, e))
			return false;
	}
	if (count == 0 || !v->head.may_apply || n_accounts == 0)
		return true;
	v->due = arena_printf(p->arena,
			      trn(p->cat, "%s refund, %s", "%s refunds, %s", (unsigned long)count),
			      show_count(p, count), show_amount(p, sum, "EUR"));
	choices = ARENA_ARRAY(p->arena, n_accounts, struct part_choice);
	for (size_t i = 0; i < n_accounts; i++)
		choices[i] = (struct part_choice){
			arena_printf(p->arena, "%" PRId64, accounts[i].id),
			arena_printf(p->arena, "%s %s", accounts[i].name ? accounts[i].name : "",
				     iban_group(accounts[i].iban, iban)),
		};
	v->account = (struct part_field){ .name = "account",
					  .label = tr(p->cat, "Paid from"),
					  .choice = choices,
					  .n_choices = n_accounts,
					  .is_required = true };
	v->on = (struct part_field){ .name = "on",
				     .type = "date",
				     .label = tr(p->cat, "To be executed on"),
				     .value = date_format(r->today,
							  arena_alloc(p->arena, DATE_TEXT)),
				     .is_required = true };
	return true;
}

static bool fill_files(struct request *r, struct page *p, struct refunds_view *v, struct err *e)
{
	struct refund_file_row *rows;
	struct refund_file *list;

	if (!refund_file_list(r->db, r->arena, r->entity.id, FILES_SHOWN, &list, &v->n_files, e))
		return false;
	rows = ARENA_ARRAY(p->arena, v->n_files + 1, struct refund_file_row);
	for (size_t i = 0; i < v->n_files; i++) {
		bool is_made = str_eq(list[i].state, "made");
		char iban[IBAN_GROUPED_TEXT];
		rows[i] = (struct refund_file_row){
			.number = list[i].number,
			.name = arena_printf(p->arena, "%" PRId64, list[i].number),
			.execute_on = show_day(p, list[i].execute_on),
			.account = arena_strdup(p->arena, iban_group(list[i].account, iban)),
			.count = show_count(p, list[i].n_refunds),
			.amount = show_amount(p, list[i].amount_minor, list[i].currency),
			.state = is_made ? "promise" : "off",
			.words = is_made ? tr(p->cat, "Made") : tr(p->cat, "Withdrawn"),
			.url = arena_printf(p->arena, "/bank/refunds/files/%" PRId64,
					    list[i].number),
			.may_withdraw = is_made && v->head.may_apply,
		};
	}
	v->files = rows;
	return true;
}

static bool refunds_show(struct request *r, struct err *e)
{
	const char *asked = request_query(r, "state"), *state = NULL;
	struct page *p = page_begin(r, tr(r->cat, "Refunds"), "bank");
	struct refunds_view v = { 0 };
	struct refund_row *rows;
	struct refund *list;

	for (size_t i = 0; i < ARRAY_LEN(shown_states); i++)
		if (str_eq(asked ? asked : "", shown_states[i]))
			state = shown_states[i];
	if (!state)
		return err_set(e, ERR_INVALID, "\"%.40s\" is no state of a refund", asked);
	if (!bank_head_load(r, p, BANK_REFUNDS, &v.head, e) ||
	    !refund_list(r->db, r->arena, r->entity.id, state, REFUNDS_SHOWN, &list, &v.n_rows,
			 e) ||
	    !fill_form(r, p, &v, e) || !fill_files(r, p, &v, e))
		return false;
	rows = ARENA_ARRAY(p->arena, v.n_rows + 1, struct refund_row);
	for (size_t i = 0; i < v.n_rows; i++)
		rows[i] = row_of(p, &list[i], v.head.may_apply);
	v.rows = rows;
	for (size_t i = 0; i < ARRAY_LEN(shown_states); i++)
		v.chips[v.n_chips++] = (struct part_chip){
			.text = *shown_states[i] ? words_of(p, shown_states[i])
						 : tr(p->cat, "In force"),
			.url = link_to(r, page_url, "state",
				       *shown_states[i] ? shown_states[i] : NULL, NULL),
			.is_on = state == shown_states[i],
		};
	refunds_page(p, &v);
	return respond_page(r, p, 200);
}

/* ---- acts ---- */

/* Done or refused, the reader is told on the list; trouble is the handler's error. */
static bool answer(struct request *r, bool ok, const char *said, struct err *e)
{
	struct form f;

	form_init(&f, r);
	if (ok)
		return flash_set(r, said, NULL, e) && respond_redirect(r, page_url);
	if (e->code == ERR_NOT_FOUND || !form_refused(&f, e))
		return false;
	return flash_error(r, f.messages.at[0].text, e) && respond_redirect(r, page_url);
}

static bool cancel_post(struct request *r, struct err *e)
{
	return answer(
		r, refund_cancel(r->db, r->entity.id, request_id(r, "refund"), r->actor, r->now, e),
		tr(r->cat, "The refund is cancelled."), e);
}

static bool pay_post(struct request *r, struct err *e)
{
	const struct refund_act act = { .entity_id = r->entity.id,
					.id = request_id(r, "refund"),
					.on = r->today,
					.actor = r->actor,
					.now = r->now };

	return answer(r, refund_pay(r->db, &act, e), tr(r->cat, "Noted as paid."), e);
}

static bool back_post(struct request *r, struct err *e)
{
	return answer(
		r,
		refund_step_back(r->db, r->entity.id, request_id(r, "refund"), r->actor, r->now, e),
		tr(r->cat, "One step back."), e);
}

static bool file_post(struct request *r, struct err *e)
{
	struct refund_transfer o = { .today = r->today, .actor = r->actor, .now = r->now };
	struct entity entity;
	struct refund_file made;
	struct form f;

	form_init(&f, r);
	o.entity = &entity;
	o.account_id = form_int(&f, "account", FORM_NEEDED, 1, INT64_MAX, 0);
	o.execute_on = form_day(&f, "on", FORM_NEEDED, DAY_AHEAD);
	if (!form_ok(&f))
		return flash_error(r, f.messages.at[0].text, e) && respond_redirect(r, page_url);
	return entity_get_by_id(r->db, r->arena, r->entity.id, &entity, e) &&
	       answer(r, refund_file_make(r->db, r->arena, &o, &made, e),
		      tr(r->cat, "The file is made: fetch it below and give it to your bank."), e);
}

static bool file_get(struct request *r, struct err *e)
{
	struct refund_file f;
	const void *bytes;
	size_t n;

	return refund_file_get(r->db, r->arena, r->entity.id, request_id(r, "file"), &f, e) &&
	       blob_get(r->db, r->arena, f.sha256, &bytes, &n, e) &&
	       respond_bytes(r, bytes, n, "application/xml",
			     arena_printf(r->arena, "pain.001-%" PRId64 ".xml", f.number), true);
}

static bool withdraw_post(struct request *r, struct err *e)
{
	return answer(r,
		      refund_file_withdraw(r->db, r->entity.id, request_id(r, "file"), r->actor,
					   r->now, e),
		      tr(r->cat, "The file is withdrawn: its refunds are to be paid again."), e);
}

static const struct route routes[] = {
	ROUTE(GET, "/bank/refunds", refunds_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/refunds/:refund/cancel", cancel_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/refunds/:refund/pay", pay_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/refunds/:refund/back", back_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/refunds/files", file_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/bank/refunds/files/:file", file_get, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/refunds/files/:file/withdraw", withdraw_post, PERM_CASH_APPLY,
	      SCOPE_ENTITY),
};
const struct route_list refund_routes = ROUTE_LIST(routes);
