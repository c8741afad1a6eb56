/* SPDX-License-Identifier: Apache-2.0 */
/* reminders_web.c - the proposal of the day. */
#include "collect/explain.h"
#include "collect/outbox.h"
#include "collect/reminders_view.h"
#include "collect/routes.h"
#include "base/list.h"
#include "base/money.h"
#include "ledger/due_state.h"
#include "ledger/scope.h"
#include "web/show.h"
#include "web/undo.h"

enum { MAX_ROWS = 300, MAX_SKIP_LINES = 50, MAX_DECIDED = 500, LATER_DAYS = 3 };

/* What the pages of one request work with. */
struct proposal {
	struct entity entity;
	struct outbox_planned planned;
	struct book *seen; /* customers that the user sees */
	day_t day;
};

static bool proposal_load(struct request *r, struct proposal *ret, struct err *e)
{
	struct proposal pr = { 0 };
	struct outbox_plan plan;

	if (!request_as_of(r, &pr.day, e) ||
	    !entity_get_by_id(r->db, r->arena, r->entity.id, &pr.entity, e) ||
	    !book_load_for(r, &(struct book_query){ .as_of = r->today }, &pr.seen, e))
		return false;
	plan = (struct outbox_plan){ .entity = &pr.entity,
				     .today = pr.day,
				     .known_on = r->today,
				     .actor = r->actor,
				     .now = r->now,
				     .is_dry_run = true };
	if (!outbox_plan(r->db, r->arena, &plan, &pr.planned, e))
		return false;
	*ret = pr;
	return true;
}

static bool is_seen(const struct proposal *pr, size_t customer)
{
	return book_customer_by_id(pr->seen, pr->planned.gathered.in.customers[customer].id) !=
	       SIZE_MAX;
}

static const char *channel_icon(const char *channel)
{
	if (str_eq(channel, "email"))
		return "mail";
	if (str_eq(channel, "letter"))
		return "letter";
	return str_eq(channel, "task") ? "note" : "phone";
}

static const char *mode_text(struct page *p, enum policy_mode mode)
{
	static const char *const texts[] = { N_("by itself"), N_("to confirm"), N_("by hand") };

	return tr(p->cat, texts[mode]);
}

static const char *language_text(struct page *p, const char *language)
{
	if (str_starts(language, "fr"))
		return tr(p->cat, "French");
	return str_starts(language, "en") ? tr(p->cat, "English") : language;
}

/* ---- rows ---------------------------------------------------------------------------------------- */

/* The filters in the address: channel=letter, mode=confirm. */
static bool is_shown(struct request *r, const struct select_action *act)
{
	const char *channel = request_query(r, "channel"), *mode = request_query(r, "mode");

	return (str_empty(channel) || str_eq(channel, policy_channel_name(act->step->channel))) &&
	       (str_empty(mode) || str_eq(mode, policy_mode_name(act->step->mode)));
}

static void fill_row(struct request *r, struct page *p, const struct proposal *pr,
		     const struct select_action *act, struct reminder_row *row)
{
	const struct gathered *g = &pr->planned.gathered;
	const struct gather_customer *who = &g->customers[act->customer];
	const char *channel = policy_channel_name(act->step->channel);
	const char *id = arena_printf(p->arena, "%" PRId64, who->row->id);
	day_t due = g->in.items[act->lines[0].item].due_on;
	const char *to = "";

	if (who->to != who->row)
		to = arena_printf(p->arena, tr(p->cat, ", to %s who pays for it"), who->to->name);
	*row = (struct reminder_row){
		.customer_id = who->row->id,
		.customer = who->row->name,
		.url = link_with(r, "customer", id, NULL),
		.why = explain_action(p->arena, p->cat, g, act),
		.icon = channel_icon(channel),
		.step = explain_step(p->cat, act->step->name),
		.detail = arena_printf(
			p->arena, "%s, %s%s", explain_channel(p->cat, channel),
			language_text(p, catalogue_language(catalogue_find(who->language))), to),
		.state = due_state_name(due_state_of(ITEM_INVOICE, due, pr->day)),
		.words = show_late_words(p, due, pr->day),
		.amount = show_figure(p, act->amount_minor, act->currency),
		.documents = arena_printf(
			p->arena, trn(p->cat, "%zu document", "%zu documents", act->n_lines),
			act->n_lines),
		.minor = act->amount_minor,
		.tick = arena_printf(p->arena, tr(p->cat, "Tick %s"), who->row->name),
		.mode_icon = act->step->mode == POLICY_AUTO ? "play" : "eye",
		.mode = mode_text(p, act->step->mode),
		.is_shown = str_eq(request_query(r, "customer"), id),
	};
}

static const struct select_action *fill_rows(struct request *r, struct page *p,
					     const struct proposal *pr, struct reminders_view *v)
{
	const struct select_result *s = &pr->planned.selected;
	struct reminder_row *rows = ARENA_ARRAY(p->arena, MAX_ROWS, struct reminder_row);
	const struct select_action *chosen = NULL;
	size_t n = 0, n_all = 0;
	int64_t total = 0;

	for (size_t i = 0; i < s->n_actions; i++) {
		const struct select_action *act = &s->actions[i];
		struct err ignored = { 0 };

		if (!is_seen(pr, act->customer) || !is_shown(r, act))
			continue;
		n_all++;
		if (str_eq(act->currency, pr->entity.currency) &&
		    !minor_add(&total, act->amount_minor, &ignored))
			total = 0;
		if (n == MAX_ROWS)
			continue;
		fill_row(r, p, pr, act, &rows[n]);
		chosen = rows[n].is_shown ? act : chosen;
		n++;
	}
	v->rows = rows;
	v->n_rows = n;
	v->summary = arena_printf(p->arena, trn(p->cat, "%s message, %s", "%s messages, %s", n_all),
				  show_count(p, (int64_t)n_all),
				  show_amount(p, total, pr->entity.currency));
	if (n_all > n)
		v->shown = arena_printf(p->arena, tr(p->cat, "%s shown of %s"),
					show_count(p, (int64_t)n), show_count(p, (int64_t)n_all));
	return chosen;
}

static void add_chip(struct request *r, struct page *p, struct reminders_view *v,
		     struct part_chip *chips, const char *text, const char *channel,
		     const char *mode, size_t n)
{
	const char *c = request_query(r, "channel"), *m = request_query(r, "mode");

	chips[v->n_chips++] = (struct part_chip){
		.text = text,
		.url = link_with(r, "channel", channel, "mode", mode, NULL),
		.count = show_count(p, (int64_t)n),
		.is_on = str_eq(str_empty(c) ? NULL : c, channel) &&
			 str_eq(str_empty(m) ? NULL : m, mode),
	};
}

static void fill_chips(struct request *r, struct page *p, const struct proposal *pr,
		       struct reminders_view *v)
{
	const struct select_result *s = &pr->planned.selected;
	struct part_chip *chips = ARENA_ARRAY(p->arena, POLICY_N_CHANNELS + 2, struct part_chip);
	size_t n_channel[POLICY_N_CHANNELS] = { 0 }, n_all = 0, n_confirm = 0;

	for (size_t i = 0; i < s->n_actions; i++) {
		if (!is_seen(pr, s->actions[i].customer))
			continue;
		n_all++;
		n_channel[s->actions[i].step->channel]++;
		n_confirm += s->actions[i].step->mode != POLICY_AUTO;
	}
	add_chip(r, p, v, chips, tr(p->cat, "All"), NULL, NULL, n_all);
	if (n_confirm)
		add_chip(r, p, v, chips, tr(p->cat, "To confirm"), NULL, "confirm", n_confirm);
	for (int i = 0; i < POLICY_N_CHANNELS; i++)
		if (n_channel[i])
			add_chip(r, p, v, chips,
				 explain_channel(p->cat,
						 policy_channel_name((enum policy_channel)i)),
				 policy_channel_name((enum policy_channel)i), NULL, n_channel[i]);
	v->chips = chips;
}

/* ---- left alone ---------------------------------------------------------------------------------- */

static const char *reason_sign(enum select_reason reason)
{
	switch (reason) {
	case SELECT_DISPUTED:
		return "dispute";
	case SELECT_PROMISE:
	case SELECT_PLAN:
		return "promise";
	case SELECT_PAID:
		return "loose";
	case SELECT_TOO_SOON:
		return "fresh";
	case SELECT_DIRECT_DEBIT:
	case SELECT_DRAFT:
		return "done";
	default:
		return "off";
	}
}

static bool fill_group(struct request *r, struct page *p, const struct proposal *pr,
		       enum select_reason reason, struct skip_group *g, int64_t *total_minor)
{
	const struct gathered *all = &pr->planned.gathered;
	const struct select_result *s = &pr->planned.selected;
	struct skip_line *lines = ARENA_ARRAY(p->arena, MAX_SKIP_LINES, struct skip_line);
	int64_t minor = 0;
	size_t n = 0;

	for (size_t i = 0; i < s->n_skips; i++) {
		const struct select_skip *k = &s->skips[i];
		const struct customer *row = all->customers[k->customer].row;
		struct err ignored = { 0 };

		if (k->reason != reason || !is_seen(pr, k->customer))
			continue;
		if (str_eq(k->currency, pr->entity.currency) &&
		    !minor_add(&minor, k->open_minor, &ignored))
			minor = 0;
		if (n < MAX_SKIP_LINES)
			lines[n] = (struct skip_line){
				row->name,
				link_to(r, arena_printf(p->arena, "/customers/%" PRId64, row->id),
					NULL),
				explain_skip(p->arena, p->cat, all, k),
			};
		n++;
	}
	*g = (struct skip_group){ .state = reason_sign(reason),
				  .reason = explain_reason(p->cat, reason),
				  .count = show_count(p, (int64_t)n),
				  .amount = show_amount(p, minor, pr->entity.currency),
				  .lines = lines,
				  .n_lines = n < MAX_SKIP_LINES ? n : MAX_SKIP_LINES };
	if (n > MAX_SKIP_LINES)
		g->more = arena_printf(p->arena, tr(p->cat, "and %s others"),
				       show_count(p, (int64_t)(n - MAX_SKIP_LINES)));
	*total_minor += minor;
	return n > 0;
}

static void fill_groups(struct request *r, struct page *p, const struct proposal *pr,
			struct reminders_view *v)
{
	struct skip_group *groups = ARENA_ARRAY(p->arena, SELECT_N_REASONS, struct skip_group);
	int64_t total = 0;
	size_t n = 0;

	for (int i = 0; i < SELECT_N_REASONS; i++)
		n += fill_group(r, p, pr, (enum select_reason)i, &groups[n], &total);
	v->groups = groups;
	v->n_groups = n;
	v->skip_summary = show_amount(p, total, pr->entity.currency);
}

/* ---- preview ------------------------------------------------------------------------------------- */

static bool fill_preview(struct request *r, struct page *p, const struct proposal *pr,
			 const struct select_action *act, struct message_preview *m, struct err *e)
{
	const struct gathered *g = &pr->planned.gathered;
	struct part_chip *tabs = ARENA_ARRAY(p->arena, 2, struct part_chip);
	struct composed *text = ARENA_NEW(p->arena, struct composed);
	const char *channel;
	struct composer c;

	if (!act)
		return true;
	channel = policy_channel_name(act->step->channel);
	if (!composer_open(r->db, r->arena, &pr->entity, pr->day, &c, e) ||
	    !compose(&c, g, act, text, e))
		return false;
	m->shows_why = str_eq(request_query(r, "see"), "why");
	m->customer = g->customers[act->customer].row->name;
	m->language = text->language;
	m->subject = text->subject;
	m->to = text->recipient;
	m->blocks = &text->blocks;
	m->why = explain_action(p->arena, p->cat, g, act);
	tabs[0] = (struct part_chip){ .text = arena_printf(p->arena, "%s, %s",
							   explain_channel(p->cat, channel),
							   language_text(p, text->language)),
				      .url = link_with(r, "see", NULL, NULL),
				      .is_on = !m->shows_why };
	tabs[1] = (struct part_chip){ .text = tr(p->cat, "Why"),
				      .url = link_with(r, "see", "why", NULL),
				      .is_on = m->shows_why };
	m->tabs = tabs;
	m->n_tabs = 2;
	if (act->step->channel == POLICY_LETTER)
		m->pdf_url = link_to(r,
				     arena_printf(p->arena, "/reminders/letter/%" PRId64,
						  g->customers[act->customer].row->id),
				     NULL);
	return true;
}

/* When the data is too old nobody is chased: that is the first thing to know. */
static void note_stale(struct page *p, const struct proposal *pr, struct reminders_view *v)
{
	const struct select_result *s = &pr->planned.selected;

	for (size_t i = 0; i < s->n_skips && !v->note; i++)
		if (s->skips[i].reason == SELECT_STALE_DATA)
			v->note =
				explain_skip(p->arena, p->cat, &pr->planned.gathered, &s->skips[i]);
}

static void fill_words(struct page *p, const struct proposal *pr, struct reminders_view *v)
{
	const day_t data_on = pr->planned.gathered.in.data_on;

	v->line = arena_printf(p->arena, tr(p->cat, "Of %s, computed on data of %s."),
			       show_day_long(p, pr->day), show_day_long(p, data_on));
	v->as_of = show_day_iso(p, pr->day);
	v->currency = pr->entity.currency;
	v->amount_head = arena_printf(p->arena, tr(p->cat, "Amount, %s"),
				      show_currency(p, pr->entity.currency));
	v->may_send = page_may(p, "reminder.send");
	v->empty =
		(struct part_empty){ .icon = "check",
				     .title = tr(p->cat, "Nothing to send"),
				     .text = tr(p->cat, "No step is reached, or everybody is left "
							"alone for a reason told below.") };
}

static bool reminders_show(struct request *r, struct err *e)
{
	struct reminders_view v = { 0 };
	const struct select_action *chosen;
	struct proposal pr;
	struct page *p;

	if (!proposal_load(r, &pr, e))
		return false;
	p = page_begin_as_of(r, tr(r->cat, "Reminders"), "reminders", pr.day);
	chosen = fill_rows(r, p, &pr, &v);
	fill_chips(r, p, &pr, &v);
	fill_groups(r, p, &pr, &v);
	fill_words(p, &pr, &v);
	note_stale(p, &pr, &v);
	if (!fill_preview(r, p, &pr, chosen, &v.preview, e))
		return false;
	reminders_page(p, &v);
	return respond_page(r, p, 200);
}

/* The letter of a proposed action, as a specimen. */
static bool letter_show(struct request *r, struct err *e)
{
	int64_t id = request_id(r, "customer");
	struct proposal pr;
	struct composer c;
	struct letter l;
	struct buf pdf;

	if (!proposal_load(r, &pr, e) || !composer_open(r->db, r->arena, &pr.entity, pr.day, &c, e))
		return false;
	for (size_t i = 0; i < pr.planned.selected.n_actions; i++) {
		const struct select_action *act = &pr.planned.selected.actions[i];

		if (pr.planned.gathered.customers[act->customer].row->id != id)
			continue;
		buf_init(&pdf, r->arena);
		if (!compose_letter(&c, &pr.planned.gathered, act, true, &l, e) ||
		    !letter_pdf(&l, r->now, &pdf, NULL, e))
			return false;
		return respond_bytes(r, pdf.data, pdf.len, "application/pdf", "letter.pdf", false);
	}
	return err_set(e, ERR_NOT_FOUND, "no letter is proposed for this customer");
}

/* ---- decisions ----------------------------------------------------------------------------------- */

static bool read_ticked(struct request *r, int64_t **ret, size_t *ret_n, struct err *e)
{
	int64_t *ids = ARENA_ARRAY(r->arena, MAX_DECIDED, int64_t);
	size_t n = 0;

	for (size_t i = 0; i < r->form.n; i++) {
		int64_t id = 0;

		if (!str_eq(r->form.at[i].name, "customer"))
			continue;
		for (const char *c = r->form.at[i].value;
		     *c >= '0' && *c <= '9' && id < INT64_MAX / 10 - 9; c++)
			id = id * 10 + (*c - '0');
		if (n == MAX_DECIDED)
			return err_set(e, ERR_LIMIT, "at most %d reminders at once", MAX_DECIDED);
		if (!scope_customer(r, id, e))
			return false;
		ids[n++] = id;
	}
	*ret = ids;
	*ret_n = n;
	return true;
}

static bool read_day(struct request *r, day_t *ret, struct err *e)
{
	const char *text = request_form(r, "as_of");

	*ret = r->today;
	if (!str_empty(text) && !date_parse(text, ret, e))
		return false;
	return *ret <= r->today ? true : err_set(e, ERR_INVALID, "%s lies in the future", text);
}

static bool say_done(struct request *r, const char *act, int n, struct err *e)
{
	unsigned long many = (unsigned long)n;
	const char *text;

	if (str_eq(act, "skip"))
		text = arena_printf(
			r->arena,
			trn(r->cat, "%d reminder set aside.", "%d reminders set aside.", many), n);
	else if (str_eq(act, "later"))
		text = arena_printf(
			r->arena,
			trn(r->cat, "%d reminder postponed.", "%d reminders postponed.", many), n);
	else
		text = arena_printf(
			r->arena,
			trn(r->cat, "%d reminder confirmed.", "%d reminders confirmed.", many), n);
	return flash_set(r, text, undo_now(r, NULL), e);
}

static bool decide_post(struct request *r, struct err *e)
{
	const char *act = request_form(r, "act");
	const bool is_skip = str_eq(act, "skip"), is_later = str_eq(act, "later");
	struct outbox_planned planned;
	struct outbox_plan plan;
	struct entity entity;
	int64_t *ids = NULL;
	size_t n = 0;
	day_t day;

	if (!is_skip && !is_later && !str_eq(act, "confirm"))
		return err_set(e, ERR_USAGE, "there is no act \"%.20s\"", act ? act : "");
	if (!entity_get_by_id(r->db, r->arena, r->entity.id, &entity, e) || !read_day(r, &day, e) ||
	    !read_ticked(r, &ids, &n, e))
		return false;
	if (n == 0)
		return flash_error(r, tr(r->cat, "Tick at least one reminder."), e) &&
		       respond_redirect(r, "/reminders");
	plan = (struct outbox_plan){
		.entity = &entity,
		.today = day,
		.known_on = r->today,
		.actor = r->actor,
		.now = r->now,
		.customers = ids,
		.n_customers = n,
		.decision = is_skip ? "skipped" : "confirmed",
		.not_before = is_later ? r->now + (int64_t)LATER_DAYS * 86400 * 1000000 : 0,
	};
	return outbox_plan(r->db, r->arena, &plan, &planned, e) &&
	       say_done(r, act, planned.n_planned, e) &&
	       respond_redirect(r, day == r->today ? "/reminders"
						   : link_to(r, "/reminders", "as_of",
							     request_form(r, "as_of"), NULL));
}

static const struct route routes[] = {
	ROUTE(GET, "/reminders", reminders_show, PERM_REMINDER_READ, SCOPE_ENTITY),
	ROUTE(GET, "/reminders/letter/:customer", letter_show, PERM_REMINDER_READ, SCOPE_CUSTOMER),
	ROUTE(POST, "/reminders/decide", decide_post, PERM_REMINDER_SEND, SCOPE_ENTITY),
};
const struct route_list collect_reminder_routes = ROUTE_LIST(routes);
