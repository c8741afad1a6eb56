/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_web.c - messages and their states, and what people decide about them. */
#include "collect/explain.h"
#include "collect/letter_print.h"
#include "collect/reminders_view.h"
#include "collect/routes.h"
#include "job/job.h"
#include "ledger/scope.h"
#include "web/show.h"
#include "web/undo.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROWS = 100 };

static const struct {
	const char *state; /* of the message; NULL: all */
	const char *sign;  /* of the style sheet */
} states[] = {
	{ NULL, NULL },           { "planned", "soon" },   { "uncertain", "late-3" },
	{ "deferred", "late-1" }, { "claimed", "soon" },   { "attempting", "soon" },
	{ "accepted", "done" },   { "refused", "late-4" }, { "cancelled", "off" },
};

static const char *sign_of(const char *state)
{
	for (size_t i = 1; i < ARRAY_LEN(states); i++)
		if (str_eq(states[i].state, state))
			return states[i].sign;
	return "off";
}

static const char *icon_of(const char *channel)
{
	return str_eq(channel, "email") ? "mail" : str_eq(channel, "letter") ? "letter" : "phone";
}

/* ---- the list ------------------------------------------------------------------------------------ */

static int64_t count_of(const struct outbox_count *c, size_t n, const char *state,
			const char *channel, bool is_test)
{
	int64_t total = 0;

	for (size_t i = 0; i < n; i++)
		if ((!state || str_eq(c[i].state, state)) &&
		    (!channel || (str_eq(c[i].channel, channel) && c[i].is_test == is_test)))
			total += c[i].n;
	return total;
}

static void fill_chips(struct request *r, struct page *p, const struct outbox_count *c, size_t n,
		       struct outbox_view *v)
{
	const char *asked = request_query(r, "state");
	struct part_chip *chips = ARENA_ARRAY(p->arena, ARRAY_LEN(states), struct part_chip);

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		int64_t count = count_of(c, n, states[i].state, NULL, false);

		if (i > 0 && count == 0)
			continue;
		chips[v->n_chips++] = (struct part_chip){
			.text = states[i].state ? explain_state(p->cat, states[i].state)
						: tr(p->cat, "All"),
			.url = link_with(r, "state", states[i].state, NULL),
			.count = show_count(p, count),
			.is_on = str_eq(str_empty(asked) ? NULL : asked, states[i].state),
		};
	}
	v->chips = chips;
}

/* Counts are of the company; rows only of customers that the user sees. */
static bool fill_rows(struct request *r, struct page *p, struct outbox_view *v, struct err *e)
{
	const char *state = request_query(r, "state"), *after = request_query(r, "after");
	struct outbox_filter f = { .state = str_empty(state) ? NULL : state, .limit = ROWS };
	struct outbox_message *list;
	struct outbox_row *rows;
	struct book *seen;
	size_t n;

	f.before_id = after ? strtoll(after, NULL, 10) : 0;
	if (!outbox_list(r->db, r->arena, r->entity.id, &f, &list, &n, e) ||
	    !book_load_for(r, &(struct book_query){ .as_of = r->today }, &seen, e))
		return false;
	rows = ARENA_ARRAY(p->arena, n + 1, struct outbox_row);
	for (size_t i = 0; i < n; i++) {
		const struct outbox_message *m = &list[i];

		if (book_customer_by_id(seen, m->customer_id) == SIZE_MAX)
			continue;
		rows[v->n_rows++] = (struct outbox_row){
			.id = m->id,
			.customer = m->customer_name,
			.url = arena_printf(p->arena, "/reminders/outbox/%" PRId64, m->id),
			.subject = m->subject,
			.icon = icon_of(m->channel),
			.step = explain_step(p->cat, m->step),
			.state = sign_of(m->state),
			.word = explain_state(p->cat, m->state),
			.remark = m->reason    ? explain_stored(p->cat, m->reason)
				  : m->is_test ? tr(p->cat, "test mode")
					       : NULL,
			.amount = show_figure(p, m->amount_minor, m->currency),
			.when = show_day(p, m->planned_on),
		};
	}
	v->rows = rows;
	v->pager.text = arena_printf(p->arena, trn(p->cat, "%s message", "%s messages", n),
				     show_count(p, (int64_t)n));
	if (f.before_id)
		v->pager.first_url = link_with(r, NULL);
	if (n == ROWS)
		v->pager.next_url = link_with(
			r, "after", arena_printf(p->arena, "%" PRId64, list[n - 1].id), NULL);
	return true;
}

/* A print whose letters wait for somebody's word. */
static bool open_print(struct request *r, const char **ret, struct err *e)
{
	struct outbox_message *list;
	size_t n;

	*ret = NULL;
	if (!outbox_list(r->db, r->arena, r->entity.id,
			 &(struct outbox_filter){
				 .state = "attempting", .channel = "letter", .limit = 1 },
			 &list, &n, e))
		return false;
	if (n > 0)
		*ret = list[0].claimed_by;
	return true;
}

static bool outbox_show(struct request *r, struct err *e)
{
	struct outbox_view v = { 0 };
	struct outbox_count *c;
	struct page *p = page_begin(r, tr(r->cat, "Outbox"), "reminders");
	int64_t n_letters, n_uncertain;
	size_t n;

	if (!outbox_counts(r->db, r->arena, r->entity.id, &c, &n, e) || !fill_rows(r, p, &v, e) ||
	    !open_print(r, &v.print, e))
		return false;
	fill_chips(r, p, c, n, &v);
	v.may_send = request_may(r, PERM_REMINDER_SEND);
	v.amount_head = arena_printf(p->arena, tr(p->cat, "Amount, %s"),
				     show_currency(p, r->entity.currency));
	n_letters = count_of(c, n, "planned", "letter", !r->entity.is_live);
	if (n_letters > 0)
		v.n_letters = arena_printf(p->arena,
					   trn(p->cat, "Print %s letter", "Print %s letters",
					       (unsigned long)n_letters),
					   show_count(p, n_letters));
	n_uncertain = count_of(c, n, "uncertain", NULL, false);
	if (n_uncertain > 0)
		v.n_uncertain = arena_printf(p->arena,
					     trn(p->cat,
						 "%s message may or may not have been sent. Look "
						 "in your relay's log, then "
						 "say which.",
						 "%s messages may or may not have been sent. Look "
						 "in your relay's log, then "
						 "say which.",
						 (unsigned long)n_uncertain),
					     show_count(p, n_uncertain));
	v.line = r->entity.is_live ? tr(p->cat, "Each message leaves once; what cannot be known is "
						"shown as uncertain.")
				   : tr(p->cat, "Test mode: nothing leaves.");
	v.empty = (struct part_empty){ .icon = "send",
				       .title = tr(p->cat, "No message here"),
				       .text = tr(p->cat, "Confirmed reminders come here.") };
	outbox_page(p, &v);
	return respond_page(r, p, 200);
}

/* ---- one message --------------------------------------------------------------------------------- */

static bool get_message(struct request *r, struct outbox_message *m, struct err *e)
{
	return outbox_get(r->db, r->arena, r->entity.id, request_id(r, "message"), m, e) &&
	       scope_customer(r, m->customer_id, e);
}

static bool fill_lines(struct request *r, struct page *p, const struct outbox_message *m,
		       struct outbox_message_view *v, struct err *e)
{
	struct outbox_line *lines;
	struct outbox_line_row *rows;

	if (!outbox_lines(r->db, r->arena, m->id, &lines, &v->n_lines, e))
		return false;
	rows = ARENA_ARRAY(p->arena, v->n_lines + 1, struct outbox_line_row);
	for (size_t i = 0; i < v->n_lines; i++)
		rows[i] = (struct outbox_line_row){
			.document = lines[i].document,
			.url = arena_printf(p->arena, "/items/%" PRId64, lines[i].item_id),
			.due = show_day(p, lines[i].due_on),
			.step = explain_step(p->cat, lines[i].step),
			.open = show_figure(p, lines[i].open_minor, m->currency),
		};
	v->lines = rows;
	return true;
}

static bool message_show(struct request *r, struct err *e)
{
	struct outbox_message_view v = { 0 };
	struct outbox_message m;
	struct page *p;
	bool may, is_waiting;

	if (!get_message(r, &m, e))
		return false;
	p = page_begin(r, m.customer_name, "reminders");
	may = request_may(r, PERM_REMINDER_SEND);
	is_waiting = str_eq(m.state, "planned") || str_eq(m.state, "deferred");
	v.id = m.id;
	v.crumbs[0] = (struct part_crumb){ tr(p->cat, "Reminders"), "/reminders" };
	v.crumbs[1] = (struct part_crumb){ tr(p->cat, "Outbox"), "/reminders/outbox" };
	v.title = m.customer_name;
	v.line = arena_printf(p->arena, tr(p->cat, "%s, planned on %s"),
			      explain_step(p->cat, m.step), show_day_long(p, m.planned_on));
	v.state = sign_of(m.state);
	v.word = explain_state(p->cat, m.state);
	v.remark = m.reason ? explain_stored(p->cat, m.reason) : NULL;
	v.language = m.language;
	v.subject = m.subject;
	v.to = m.recipient;
	v.body = m.body;
	v.customer = m.customer_code;
	v.customer_url = arena_printf(p->arena, "/customers/%" PRId64, m.customer_id);
	v.amount_head =
		arena_printf(p->arena, tr(p->cat, "Amount, %s"), show_currency(p, m.currency));
	v.amount = show_figure(p, m.amount_minor, m.currency);
	v.sent = m.sent_at ? show_moment(p, m.sent_at) : NULL;
	v.decided = m.decided_by ? actor_text(r, m.decided_by) : NULL;
	v.may_confirm = may && str_eq(m.state, "planned") && !m.decision && !str_eq(m.mode, "auto");
	v.may_skip = may && is_waiting;
	v.may_resolve = may && str_eq(m.state, "uncertain");
	if (!fill_lines(r, p, &m, &v, e))
		return false;
	outbox_message_page(p, &v);
	return respond_page(r, p, 200);
}

static bool back_to_message(struct request *r, const char *text, struct err *e)
{
	return flash_set(r, text, undo_now(r, NULL), e) &&
	       respond_redirect(r, arena_printf(r->arena, "/reminders/outbox/%" PRId64,
						request_id(r, "message")));
}

static bool confirm_post(struct request *r, struct err *e)
{
	struct outbox_message m;

	return get_message(r, &m, e) &&
	       outbox_confirm(r->db, r->entity.id, m.id, r->actor, r->now, e) &&
	       back_to_message(r, tr(r->cat, "Reminder confirmed."), e);
}

static bool skip_post(struct request *r, struct err *e)
{
	struct outbox_message m;

	return get_message(r, &m, e) &&
	       outbox_skip(r->db, r->entity.id, m.id, r->actor, r->now, e) &&
	       back_to_message(r, tr(r->cat, "Reminder set aside."), e);
}

static bool resolve(struct request *r, bool was_sent, struct err *e)
{
	struct outbox_message m;

	return get_message(r, &m, e) &&
	       outbox_resolve(r->db, r->entity.id, m.id, was_sent, r->actor, r->now, e) &&
	       back_to_message(
		       r, was_sent ? tr(r->cat, "Noted as sent.") : tr(r->cat, "Planned again."),
		       e);
}

static bool sent_post(struct request *r, struct err *e)
{
	return resolve(r, true, e);
}

static bool resend_post(struct request *r, struct err *e)
{
	return resolve(r, false, e);
}

/* ---- sending and printing ------------------------------------------------------------------------ */

static bool send_post(struct request *r, struct err *e)
{
	const struct new_job j = { .entity_id = r->entity.id, .kind = "send", .actor = r->actor };

	return job_add(r->db, &j, r->now, NULL, e) &&
	       flash_set(r, tr(r->cat, "Sending has begun; this page shows how it goes."), NULL,
			 e) &&
	       respond_redirect(r, "/reminders/outbox");
}

/* The print file lives only as long as the answer. */
static bool print_letters(struct request *r, const char *again, struct err *e)
{
	char path[] = "/tmp/encours-letters-XXXXXX";
	struct letter_printed printed;
	struct letter_print print;
	struct entity entity;
	int fd;

	if (!entity_get_by_id(r->db, r->arena, r->entity.id, &entity, e))
		return false;
	fd = mkstemp(path);
	if (fd < 0)
		return err_set(e, ERR_IO, "could not make a file for the letters");
	close(fd);
	print = (struct letter_print){ .entity = &entity,
				       .today = r->today,
				       .actor = r->actor,
				       .now = r->now,
				       .path = path,
				       .again = again };
	if (!letter_print_run(r->db, r->arena, &print, &printed, e)) {
		unlink(path);
		return false;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	unlink(path);
	if (printed.n_letters == 0 || fd < 0) {
		if (fd >= 0)
			close(fd);
		return flash_error(r,
				   printed.first_refusal
					   ? printed.first_refusal
					   : tr(r->cat, "No letter is to be printed."),
				   e) &&
		       respond_redirect(r, "/reminders/outbox");
	}
	return respond_file(r, fd, "application/pdf", "letters.pdf", true, e);
}

static bool letters_post(struct request *r, struct err *e)
{
	return print_letters(r, NULL, e);
}

static bool settle_post(struct request *r, struct err *e)
{
	const char *print = request_form(r, "print"), *act = request_form(r, "act");
	struct entity entity;
	int n;

	if (str_empty(print))
		return err_set(e, ERR_USAGE, "no print is named");
	if (str_eq(act, "again"))
		return print_letters(r, print, e);
	return entity_get_by_id(r->db, r->arena, r->entity.id, &entity, e) &&
	       letter_print_settle(r->db, &entity, print, str_eq(act, "posted"), r->actor, r->now,
				   &n, e) &&
	       flash_set(r,
			 str_eq(act, "posted") ? tr(r->cat, "Letters noted as posted.")
					       : tr(r->cat, "Letters are planned again."),
			 NULL, e) &&
	       respond_redirect(r, "/reminders/outbox");
}

static const struct route routes[] = {
	ROUTE(GET, "/reminders/outbox", outbox_show, PERM_REMINDER_READ, SCOPE_ENTITY),
	ROUTE(GET, "/reminders/outbox/:message", message_show, PERM_REMINDER_READ, SCOPE_ENTITY),
	ROUTE(POST, "/reminders/outbox/:message/confirm", confirm_post, PERM_REMINDER_SEND,
	      SCOPE_ENTITY),
	ROUTE(POST, "/reminders/outbox/:message/skip", skip_post, PERM_REMINDER_SEND, SCOPE_ENTITY),
	ROUTE(POST, "/reminders/outbox/:message/sent", sent_post, PERM_REMINDER_SEND, SCOPE_ENTITY),
	ROUTE(POST, "/reminders/outbox/:message/resend", resend_post, PERM_REMINDER_SEND,
	      SCOPE_ENTITY),
	ROUTE(POST, "/reminders/send", send_post, PERM_REMINDER_SEND, SCOPE_ENTITY),
	ROUTE(POST, "/reminders/letters", letters_post, PERM_REMINDER_SEND, SCOPE_ENTITY),
	ROUTE(POST, "/reminders/letters/settle", settle_post, PERM_REMINDER_SEND, SCOPE_ENTITY),
};
const struct route_list collect_outbox_routes = ROUTE_LIST(routes);
