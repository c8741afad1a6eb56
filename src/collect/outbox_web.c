/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_web.c - messages and their states, and what people decide about them. */
#include "base/text.h"
#include "collect/explain.h"
#include "collect/letter_print.h"
#include "collect/outbox_list.h"
#include "collect/reminders_view.h"
#include "collect/routes.h"
#include "job/job.h"
#include "ledger/scope.h"
#include "web/show.h"
#include "web/table.h"
#include "web/undo.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 500 };

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

enum column {
	CUSTOMER,
	CODE,
	SUBJECT,
	STEP,
	CHANNEL,
	RECIPIENT,
	STATE,
	REMARK,
	PLANNED,
	SENT,
	DECIDED,
	AMOUNT
};

static const struct table_column columns[] = {
	[CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, TABLE_NARROW },
	[CODE] = { "customer_code", N_("Customer code"), TABLE_TEXT, TABLE_EXTRA },
	[SUBJECT] = { "subject", N_("Subject"), TABLE_LINK, TABLE_EXTRA | TABLE_WRAP },
	[STEP] = { "step", N_("Message"), TABLE_TEXT, 0 },
	[CHANNEL] = { "channel", N_("Channel"), TABLE_TEXT, TABLE_EXTRA },
	[RECIPIENT] = { "recipient", N_("Recipient"), TABLE_TEXT, TABLE_EXTRA },
	[STATE] = { "state", N_("State"), TABLE_STATE, TABLE_NARROW },
	[REMARK] = { "remark", N_("Remark"), TABLE_TEXT, TABLE_EXTRA | TABLE_WRAP },
	[PLANNED] = { "planned_on", N_("Planned"), TABLE_DAY, TABLE_SOFT },
	[SENT] = { "sent", N_("Sent"), TABLE_MOMENT, TABLE_EXTRA },
	[DECIDED] = { "decided_by", N_("Decided by"), TABLE_TEXT, TABLE_EXTRA },
	[AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT, TABLE_NARROW },
};

static const struct table_choice state_choices[] = {
	{ "", N_("All") },
	{ "planned", N_("Planned") },
	{ "uncertain", N_("Uncertain") },
	{ "deferred", N_("To be tried again") },
	{ "claimed", N_("Taken by a sender") },
	{ "attempting", N_("Leaving") },
	{ "accepted", N_("Sent") },
	{ "refused", N_("Refused") },
	{ "cancelled", N_("Cancelled") },
};

static const struct table_choice channel_choices[] = {
	{ "", N_("All channels") }, { "email", N_("E-mail") }, { "sms", N_("SMS") },
	{ "letter", N_("Letter") }, { "call", N_("Call") },    { "task", N_("Task") },
};

static const struct table_filter filters[] = {
	{ "state", N_("Show"), TABLE_CHIPS, state_choices, ARRAY_LEN(state_choices) },
	{ "q", N_("Customer"), TABLE_SEARCH, NULL, 0 },
	{ "channel", N_("Channel"), TABLE_CHOICE, channel_choices, ARRAY_LEN(channel_choices) },
};

static const struct table_choice customer_states[] = {
	{ "", N_("All") },
	{ "planned", N_("Planned") },
	{ "accepted", N_("Sent") },
	{ "refused", N_("Refused") },
	{ "uncertain", N_("Uncertain") },
	{ "cancelled", N_("Cancelled") },
};

/* Of one customer there is nobody to look for. */
static const struct table_filter customer_filters[] = {
	{ "state", N_("Show"), TABLE_CHIPS, customer_states, ARRAY_LEN(customer_states) },
	{ "channel", N_("Channel"), TABLE_CHOICE, channel_choices, ARRAY_LEN(channel_choices) },
};

static const struct table customer_table = {
	.name = "customer-messages",
	.path = "/customers",
	.section = "customers",
	.title = N_("Messages"),
	.none = N_("No message fits"),
	.empty = N_("No message yet"),
	.how = N_("Reminders to this customer come here."),
	.icon = "send",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = customer_filters,
	.n_filters = ARRAY_LEN(customer_filters),
};

static const struct table outbox_table = {
	.name = "outbox",
	.path = "/reminders/outbox",
	.section = "reminders",
	.title = N_("Outbox"),
	.none = N_("No message fits"),
	.empty = N_("No message here"),
	.how = N_("Confirmed reminders come here."),
	.icon = "send",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
};

static void fill_chips(struct request *r, const struct outbox_count *c, size_t n,
		       struct table_view *v)
{
	struct page *p = page_begin(r, "", "");
	const char **count = ARENA_ARRAY(r->arena, ARRAY_LEN(state_choices), const char *);

	for (size_t i = 0; i < ARRAY_LEN(state_choices); i++) {
		const char *state = state_choices[i].value;
		int64_t of_state = count_of(c, n, *state ? state : NULL, NULL, false);

		if (of_state > 0 || !*state)
			count[i] = show_count(p, of_state);
	}
	v->chip_count[table_filter_at(v->table, "state")] = count;
}

struct messages {
	struct request *request;
	const struct book *seen; /* customers that the user sees; NULL: of one that he sees */
	struct outbox_filter filter;
};

static const char *keep(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : NULL;
}

static bool put_message(struct request *r, const struct outbox_message *m, struct table_out *out,
			struct err *e)
{
	struct arena *a = table_arena(out);
	const struct catalogue *cat = table_catalogue(out);
	const char *remark = m->reason    ? explain_stored(cat, keep(a, m->reason))
			     : m->is_test ? tr(cat, "test mode")
					  : NULL;
	struct table_cell *cell = table_begin_row(out, arena_printf(a, "%" PRId64, m->id),
						  arena_strdup(a, m->currency));

	cell_link(&cell[CUSTOMER], keep(a, m->customer_name),
		  arena_printf(a, "/reminders/outbox/%" PRId64, m->id));
	cell[CUSTOMER].sub = keep(a, m->subject);
	cell_text(&cell[CODE], keep(a, m->customer_code));
	cell_link(&cell[SUBJECT], keep(a, m->subject), cell[CUSTOMER].url);
	cell_text(&cell[STEP], explain_step(cat, keep(a, m->step)));
	cell[STEP].sub = explain_channel(cat, keep(a, m->channel));
	cell_text(&cell[CHANNEL], explain_channel(cat, keep(a, m->channel)));
	cell_text(&cell[RECIPIENT], keep(a, m->recipient));
	cell_state(&cell[STATE], sign_of(m->state), explain_state(cat, keep(a, m->state)));
	cell[STATE].sub = remark;
	cell_text(&cell[REMARK], remark);
	cell_day(&cell[PLANNED], m->planned_on);
	cell_moment(&cell[SENT], m->sent_at);
	cell_text(&cell[DECIDED], m->decided_by ? actor_text(r, m->decided_by) : NULL);
	cell_amount(&cell[AMOUNT], m->amount_minor);
	return table_end_row(out, e);
}

/* Messages of customers that the user does not see are passed over. */
static bool put_rows(void *arg, const char *after, size_t limit, struct table_out *out,
		     struct err *e)
{
	const struct messages *all = arg;
	struct outbox_filter f = all->filter;
	size_t n, n_put = 0;
	uint64_t before = 0;

	if (after && !text_to_u64(after, INT64_MAX, &before))
		return err_field(e, ERR_USAGE, "after", "\"%.40s\" is no message", after);
	f.before_id = (int64_t)before;
	f.limit = (int)limit;
	do {
		CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
		struct outbox_message *list;

		if (!outbox_list(all->request->db, a, all->request->entity.id, &f, &list, &n, e))
			return false;
		for (size_t i = 0; i < n && n_put < limit; i++) {
			f.before_id = list[i].id;
			if (all->seen &&
			    book_customer_by_id(all->seen, list[i].customer_id) == SIZE_MAX)
				continue;
			if (!put_message(all->request, &list[i], out, e))
				return false;
			n_put++;
		}
	} while (n == limit && n_put < limit);
	return true;
}

static bool make_source(struct request *r, const struct table_view *v,
			const struct outbox_filter *f, struct table_source *ret, struct err *e)
{
	struct messages *all = ARENA_NEW(r->arena, struct messages);

	*all = (struct messages){ .request = r, .filter = *f };
	*ret = (struct table_source){
		.rows = put_rows, .arg = all, .n_before = -1, .batch = BATCH
	};
	if (!outbox_count_all(r->db, r->arena, r->entity.id, f, &ret->n_rows, e))
		return false;
	ret->is_bare = ret->n_rows == 0 && !table_has_filter(v);
	return true;
}

static bool make_list(struct request *r, struct table_view *v, struct table_source *ret,
		      struct err *e)
{
	struct messages *all;
	struct book *seen;

	if (!make_source(r, v,
			 &(struct outbox_filter){ .state = table_value(v, "state"),
						  .channel = table_value(v, "channel"),
						  .text = table_value(v, "q") },
			 ret, e) ||
	    !book_load_for(r, &(struct book_query){ .as_of = r->today }, &seen, e))
		return false;
	all = ret->arg;
	all->seen = seen;
	return true;
}

bool outbox_list_of(struct request *r, int64_t customer_id, struct table_view *v,
		    struct table_source *ret, struct err *e)
{
	if (!table_read(r, &customer_table, v, e))
		return false;
	/* The page is the customer's: his name would stand in every row. The subject is what is asked for. */
	v->shown[CUSTOMER] = false;
	v->shown[SUBJECT] = true;
	return make_source(r, v,
			   &(struct outbox_filter){ .customer_id = customer_id,
						    .state = table_value(v, "state"),
						    .channel = table_value(v, "channel") },
			   ret, e);
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

static void fill_words(struct request *r, const struct outbox_count *c, size_t n,
		       struct outbox_view *v)
{
	struct page *p = page_begin(r, "", "");
	int64_t n_letters = count_of(c, n, "planned", "letter", !r->entity.is_live);
	int64_t n_uncertain = count_of(c, n, "uncertain", NULL, false);

	v->may_send = request_may(r, PERM_REMINDER_SEND);
	if (n_letters > 0)
		v->n_letters = arena_printf(p->arena,
					    trn(p->cat, "Print %s letter", "Print %s letters",
						(unsigned long)n_letters),
					    show_count(p, n_letters));
	if (n_uncertain > 0)
		v->n_uncertain = arena_printf(p->arena,
					      trn(p->cat,
						  "%s message may or may not have been sent. Look "
						  "in your relay's log, then "
						  "say which.",
						  "%s messages may or may not have been sent. Look "
						  "in your relay's log, then "
						  "say which.",
						  (unsigned long)n_uncertain),
					      show_count(p, n_uncertain));
	v->line = r->entity.is_live
			  ? tr(p->cat, "Each message leaves once; what cannot be known is "
				       "shown as uncertain.")
			  : tr(p->cat, "Test mode: nothing leaves.");
}

static bool outbox_show(struct request *r, struct err *e)
{
	struct outbox_view view = { 0 };
	struct table_source source;
	struct outbox_count *c;
	struct table_view v;
	struct page *p;
	size_t n;

	if (!table_read(r, &outbox_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!make_list(r, &v, &source, e))
		return false;
	if (v.format != TABLE_PAGE)
		return table_answer(r, &v, &source, e);
	if (!outbox_counts(r->db, r->arena, r->entity.id, &c, &n, e) ||
	    !open_print(r, &view.print, e))
		return false;
	fill_chips(r, c, n, &v);
	fill_words(r, c, n, &view);
	p = table_page_begin(r, &v);
	if (!table_fill(r, p, &v, &source, &view.list, e))
		return false;
	outbox_page(p, &view);
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
