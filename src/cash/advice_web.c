/* SPDX-License-Identifier: Apache-2.0 */
/* advice_web.c - the pages of remittance advices: taken, listed, joined to their receipt by hand. */
#include "cash/advice_store.h"
#include "cash/advice_view.h"
#include "cash/bank_load.h"
#include "db/attachment.h"
#include "db/blob.h"
#include "base/text.h"
#include "web/show.h"

enum { ADVICES_SHOWN = 200, LINES_SHOWN = 500, RECEIPTS_SHOWN = 12 };

static const char here[] = "/bank/advices";

static const char *url_of(struct request *r, int64_t id)
{
	return arena_printf(r->arena, "%s/%" PRId64, here, id);
}

static struct advice_shown shown_of(struct request *r, struct page *p, const struct advice_row *a)
{
	struct advice_shown s = {
		.url = url_of(r, a->id),
		.name = a->file_name,
		.day = show_day(p, a->dated_on),
		.total = show_amount(p, a->total_minor, a->currency),
		.lines = arena_printf(r->arena, tr(r->cat, "%s lines, %s of ours"),
				      show_count(p, a->n_lines), show_count(p, a->n_known)),
		.state = a->entry_id ? "done" : "soon",
		.words = a->entry_id ? tr(r->cat, "Joined") : tr(r->cat, "Waiting"),
	};

	if (a->entry_id) {
		s.entry = a->entry;
		s.entry_url = arena_printf(r->arena, "/bank/entries/%" PRId64, a->entry_id);
	}
	if (!a->adds_up)
		s.remark = tr(r->cat, "It does not add up: a person joins it.");
	return s;
}

static bool advices_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Remittance advices"), "bank");
	struct advices_view v = { 0 };
	struct advice_shown *rows;
	struct advice_row *list;
	size_t n;

	if (!bank_head_load(r, p, BANK_ADVICES, &v.head, e) ||
	    !advice_list(r->db, r->arena, r->entity.id, ADVICES_SHOWN, &list, &n, e))
		return false;
	rows = ARENA_ARRAY(r->arena, n + 1, struct advice_shown);
	for (size_t i = 0; i < n; i++)
		rows[i] = shown_of(r, p, &list[i]);
	v.rows = rows;
	v.n_rows = n;
	advices_page(p, &v);
	return respond_page(r, p, 200);
}

/* ---- one advice ---- */

static bool fill_lines(struct request *r, struct page *p, const struct advice_row *a,
		       struct advice_view *v, struct err *e)
{
	struct advice_line *list;
	struct advice_line_row *rows;
	size_t n;

	if (!advice_lines(r->db, r->arena, a->id, LINES_SHOWN, &list, &n, e))
		return false;
	rows = ARENA_ARRAY(r->arena, n + 1, struct advice_line_row);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct advice_line_row){
			.document = list[i].document,
			.amount = show_amount(p, list[i].minor, a->currency),
			.discount = list[i].discount_minor
					    ? show_amount(p, list[i].discount_minor, a->currency)
					    : "",
			.is_known = list[i].is_known,
		};
	v->lines = rows;
	v->n_lines = n;
	if (a->n_lines > (int64_t)n)
		v->more = arena_printf(r->arena, tr(r->cat, "and %s lines more, in the file"),
				       show_count(p, a->n_lines - (int64_t)n));
	return true;
}

static bool fill_receipts(struct request *r, struct page *p, const struct advice_row *a,
			  struct advice_view *v, struct err *e)
{
	struct advice_candidate *list;
	struct advice_receipt *rows;
	size_t n;

	if (!advice_candidates(r->db, r->arena, r->entity.id, a, RECEIPTS_SHOWN, &list, &n, e))
		return false;
	rows = ARENA_ARRAY(r->arena, n + 1, struct advice_receipt);
	for (size_t i = 0; i < n; i++) {
		int64_t gap = list[i].amount_minor - a->total_minor;
		rows[i] = (struct advice_receipt){
			.id = arena_printf(r->arena, "#%" PRId64, list[i].entry_id),
			.reference = list[i].reference,
			.url = arena_printf(r->arena, "/bank/entries/%" PRId64, list[i].entry_id),
			.who = str_empty(list[i].payer_name) ? list[i].reference
							     : list[i].payer_name,
			.day = show_day(p, list[i].booked_on),
			.amount = show_amount(p, list[i].amount_minor, a->currency),
			.gap = show_amount(p, gap, a->currency),
			.label = arena_printf(r->arena, tr(r->cat, "Join the receipt %s"),
					      list[i].reference),
			.is_exact = gap == 0,
		};
	}
	v->receipts = rows;
	v->n_receipts = n;
	return true;
}

static bool find_file(struct request *r, int64_t advice_id, struct attachment *ret, bool *ret_found,
		      struct err *e)
{
	struct attachment *list;
	size_t n;

	if (!attachment_list(r->db, r->arena, ADVICE_SUBJECT, advice_id, &list, &n, e))
		return false;
	*ret_found = n > 0;
	if (n)
		*ret = list[0];
	return true;
}

static bool advice_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Remittance advice"), "bank");
	struct advice_view v = { 0 };
	struct attachment file;
	struct advice_row a;
	bool has_file;

	if (!advice_get(r->db, r->arena, r->entity.id, request_id(r, "advice"), &a, e) ||
	    !bank_head_load(r, p, BANK_ADVICES, &v.head, e) || !fill_lines(r, p, &a, &v, e) ||
	    (!a.entry_id && !fill_receipts(r, p, &a, &v, e)) ||
	    !find_file(r, a.id, &file, &has_file, e))
		return false;
	v.advice = shown_of(r, p, &a);
	if (has_file)
		v.advice.file_url = arena_printf(r->arena, "%s/file", v.advice.url);
	advice_page(p, &v);
	return respond_page(r, p, 200);
}

/* Whoever sent it: it is saved, never shown. */
static bool advice_file_show(struct request *r, struct err *e)
{
	struct attachment file;
	struct advice_row a;
	bool has_file;
	int fd;

	if (!advice_get(r->db, r->arena, r->entity.id, request_id(r, "advice"), &a, e) ||
	    !find_file(r, a.id, &file, &has_file, e))
		return false;
	if (!has_file)
		return err_set(e, ERR_NOT_FOUND, "the file of this advice was not kept");
	return blob_open(r->db, file.sha256, &fd, e) &&
	       respond_file(r, fd, file.media_type, file.file_name, true, e);
}

/* ---- acts ---- */

static bool job_of(struct request *r, struct entity *entity, struct advice_job *ret, struct err *e)
{
	*ret = (struct advice_job){ .db = r->db,
				    .arena = r->arena,
				    .entity = entity,
				    .actor = r->actor,
				    .now = r->now,
				    .today = r->today };
	return entity_get_by_id(r->db, r->arena, r->entity.id, entity, e);
}

/* What is wrong with the file or the choice, told on the page; what is wrong with us is not. */
static bool is_told(const struct err *e)
{
	return e->code == ERR_FORMAT || e->code == ERR_LIMIT || e->code == ERR_RANGE ||
	       e->code == ERR_INVALID || e->code == ERR_REFUSED || e->code == ERR_CONFLICT ||
	       e->code == ERR_NOT_FOUND;
}

static const char *said_of(struct request *r, const struct advice_row *a, size_t n, size_t n_joined)
{
	if (n > 1)
		return arena_printf(r->arena, tr(r->cat, "%zu advices taken, %zu joined."), n,
				    n_joined);
	if (a->is_repeat)
		return tr(r->cat, "This advice was taken before.");
	return a->entry_id ? tr(r->cat, "The advice is taken and joined to its receipt.")
			   : tr(r->cat, "The advice is taken and waits for its receipt.");
}

/* Each file by itself: those before a wrong one are taken. */
static bool advices_post(struct request *r, struct err *e)
{
	struct advice_job job;
	struct advice_row a = { 0 };
	struct entity entity;
	size_t n = 0, n_joined = 0;

	if (!job_of(r, &entity, &job, e))
		return false;
	for (size_t i = 0; i < r->n_uploads; i++) {
		const struct upload *u = &r->uploads[i];
		if (u->size == 0 && str_empty(u->file_name))
			continue;
		if (!advice_import(&job, u->fd, u->file_name, &a, e)) {
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
		n++;
		n_joined += a.entry_id != 0;
	}
	if (n == 0)
		return flash_error(r, tr(r->cat, "Choose one file or more."), e) &&
		       respond_redirect(r, here);
	return flash_set(r, said_of(r, &a, n, n_joined), NULL, e) &&
	       respond_redirect(r, n == 1 ? url_of(r, a.id) : here);
}

static bool advice_join_post(struct request *r, struct err *e)
{
	const char *reference = request_form(r, "entry"), *back;
	struct entry entry = { 0 };
	struct advice_job job;
	struct entity entity;
	struct advice_row a;

	if (!advice_get(r->db, r->arena, r->entity.id, request_id(r, "advice"), &a, e) ||
	    !job_of(r, &entity, &job, e))
		return false;
	back = url_of(r, a.id);
	if ((!str_empty(reference) &&
	     !entry_find(r->db, r->arena, r->entity.id, reference, &entry, e)) ||
	    !advice_join(&job, a.id, entry.id, e)) {
		const char *why;
		if (!is_told(e))
			return false;
		why = request_message(r, arena_strdup(r->arena, e->msg));
		*e = (struct err){ 0 };
		return flash_error(r, why, e) && respond_redirect(r, back);
	}
	return flash_set(r,
			 entry.id ? tr(r->cat, "The advice is joined to the receipt.")
				  : tr(r->cat, "The advice and the receipt are separated."),
			 NULL, e) &&
	       respond_redirect(r, back);
}

static const struct route routes[] = {
	ROUTE(GET, "/bank/advices", advices_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/advices", advices_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/bank/advices/:advice", advice_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/advices/:advice/file", advice_file_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/advices/:advice/join", advice_join_post, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list advice_routes = ROUTE_LIST(routes);
