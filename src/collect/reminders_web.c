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
#include "web/table_rows.h"
#include "web/undo.h"

enum { MAX_SKIP_LINES = 50, MAX_DECIDED = 500, LATER_DAYS = 3 };

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

/* ---- the list ------------------------------------------------------------------------------------ */

enum column { CUSTOMER, CODE, MESSAGE, CHANNEL, WHY, OLDEST, DAYS_LATE, DOCUMENTS, AMOUNT, LEAVES };

static const struct table_column columns[] = {
	[CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[CODE] = { "customer_code", N_("Customer code"), TABLE_TEXT, TABLE_EXTRA },
	[MESSAGE] = { "message", N_("Message"), TABLE_TEXT, TABLE_SORTS | TABLE_WRAP },
	[CHANNEL] = { "channel", N_("Channel"), TABLE_TEXT, TABLE_SORTS | TABLE_EXTRA },
	[WHY] = { "why", N_("Why"), TABLE_TEXT, TABLE_EXTRA | TABLE_WRAP },
	[OLDEST] = { "oldest", N_("Oldest"), TABLE_STATE, 0 },
	[DAYS_LATE] = { "days_late", N_("Days late"), TABLE_COUNT,
			TABLE_SORTS | TABLE_EXTRA | TABLE_LARGEST_FIRST },
	[DOCUMENTS] = { "documents", N_("Documents"), TABLE_COUNT,
			TABLE_SORTS | TABLE_EXTRA | TABLE_SUMS | TABLE_LARGEST_FIRST },
	[AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT,
		     TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW | TABLE_PICKED },
	[LEAVES] = { "leaves", N_("Leaves"), TABLE_STATE, TABLE_SORTS },
};

static const struct table_choice mode_choices[] = {
	{ "", N_("All") },
	{ "confirm", N_("To confirm") },
	{ "auto", N_("By itself") },
	{ "manual", N_("By hand") },
};

static const struct table_choice channel_choices[] = {
	{ "", N_("All channels") }, { "email", N_("E-mail") }, { "sms", N_("SMS") },
	{ "letter", N_("Letter") }, { "call", N_("Call") },    { "task", N_("Task") },
};

static const struct table_filter filters[] = {
	{ "mode", N_("Show"), TABLE_CHIPS, mode_choices, ARRAY_LEN(mode_choices) },
	{ "q", N_("Customer, document or reason"), TABLE_SEARCH, NULL, 0 },
	{ "channel", N_("Channel"), TABLE_CHOICE, channel_choices, ARRAY_LEN(channel_choices) },
};

static const struct table reminders_table = {
	.name = "reminders",
	.path = "/reminders",
	.section = "reminders",
	.title = N_("Reminders"),
	.none = N_("No reminder fits"),
	.empty = N_("Nothing to send"),
	.how = N_("No step is reached, or everybody is left alone for a reason told below."),
	.icon = "check",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
	.picks = true,
	.times = TABLE_AS_OF,
};

static const char *detail_of(struct request *r, struct page *p, const struct gather_customer *who,
			     const char *channel)
{
	const char *to = "";

	if (who->to != who->row)
		to = arena_printf(r->arena, tr(r->cat, ", to %s who pays for it"), who->to->name);
	return arena_printf(r->arena, "%s, %s%s", explain_channel(r->cat, channel),
			    language_text(p, catalogue_language(catalogue_find(who->language))),
			    to);
}

/* A customer may be chased in several currencies: each has its row, decided with the others. */
static const char *key_of(struct request *r, const struct proposal *pr,
			  const struct select_action *act)
{
	return arena_printf(r->arena, "%" PRId64 "-%s",
			    pr->planned.gathered.customers[act->customer].row->id, act->currency);
}

static void add_row(struct request *r, struct page *p, const struct proposal *pr,
		    const struct select_action *act, struct table_rows *rows)
{
	const struct gathered *g = &pr->planned.gathered;
	const struct gather_customer *who = &g->customers[act->customer];
	const char *channel = policy_channel_name(act->step->channel);
	struct table_cell *cell = table_rows_add(rows, key_of(r, pr, act), act->currency);
	day_t due = g->in.items[act->lines[0].item].due_on;

	cell_link(&cell[CUSTOMER], who->row->name,
		  link_with(r, "see", NULL, "beside", key_of(r, pr, act), "after",
			    request_query(r, "after"), NULL));
	cell[CUSTOMER].sub = explain_action(r->arena, r->cat, g, act);
	cell_text(&cell[CODE], who->row->code);
	cell_text(&cell[MESSAGE], explain_step(r->cat, act->step->name));
	cell[MESSAGE].sub = detail_of(r, p, who, channel);
	cell_text(&cell[CHANNEL], explain_channel(r->cat, channel));
	cell_text(&cell[WHY], cell[CUSTOMER].sub);
	cell_state(&cell[OLDEST], due_state_name(due_state_of(ITEM_INVOICE, due, pr->day)),
		   show_late_words(p, due, pr->day));
	cell_count(&cell[DAYS_LATE], pr->day - due);
	cell_count(&cell[DOCUMENTS], (int64_t)act->n_lines);
	cell_amount(&cell[AMOUNT], act->amount_minor);
	cell[AMOUNT].sub = arena_printf(
		r->arena, trn(r->cat, "%zu document", "%zu documents", act->n_lines), act->n_lines);
	cell_state(&cell[LEAVES], act->step->mode == POLICY_AUTO ? NULL : "soon",
		   mode_text(p, act->step->mode));
}

/* Of the reader's customers: the rows that the filters leave, how many there are by mode, what is read beside. */
static const struct select_action *add_rows(struct request *r, struct page *p,
					    const struct proposal *pr, struct table_view *v,
					    struct table_rows *rows)
{
	const struct select_result *s = &pr->planned.selected;
	const char *mode = table_value(v, "mode"), *channel = table_value(v, "channel");
	const char **count = ARENA_ARRAY(r->arena, ARRAY_LEN(mode_choices), const char *);
	int64_t n_of[ARRAY_LEN(mode_choices)] = { 0 };
	const struct select_action *chosen = NULL;

	for (size_t i = 0; i < s->n_actions; i++) {
		const struct select_action *act = &s->actions[i];
		const char *its_mode = policy_mode_name(act->step->mode);

		if (!is_seen(pr, act->customer))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(mode_choices); k++)
			n_of[k] += k == 0 || str_eq(mode_choices[k].value, its_mode);
		if (str_eq(request_query(r, "beside"), key_of(r, pr, act)))
			chosen = act;
		if ((!mode || str_eq(mode, its_mode)) &&
		    (!channel || str_eq(channel, policy_channel_name(act->step->channel))))
			add_row(r, p, pr, act, rows);
	}
	for (size_t k = 0; k < ARRAY_LEN(mode_choices); k++)
		count[k] = k == 0 || n_of[k] ? show_count(p, n_of[k]) : NULL;
	v->chip_count[table_filter_at(v->table, "mode")] = count;
	v->current = request_query(r, "beside");
	return chosen;
}

static const struct table_acts *acts_of(struct request *r)
{
	struct table_act *at = ARENA_ARRAY(r->arena, 3, struct table_act);
	struct table_acts *acts = ARENA_NEW(r->arena, struct table_acts);

	at[0] = (struct table_act){ "confirm", tr(r->cat, "Confirm"), "v" };
	at[1] = (struct table_act){ "later", tr(r->cat, "Postpone three days"), NULL };
	at[2] = (struct table_act){ "skip", tr(r->cat, "Set aside"), NULL };
	*acts = (struct table_acts){ "/reminders/decide", at, 3, tr(r->cat, "1 reminder ticked"),
				     tr(r->cat, "%d reminders ticked") };
	return acts;
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

static bool show_page(struct request *r, struct page *p, const struct proposal *pr,
		      const struct select_action *chosen, struct table_view *v,
		      const struct table_source *source, struct err *e)
{
	struct reminders_view view = { .line = source->summary };

	fill_groups(r, p, pr, &view);
	note_stale(p, pr, &view);
	if (request_may(r, PERM_REMINDER_SEND))
		v->acts = acts_of(r);
	if (!table_fill(r, p, v, source, &view.list, e) ||
	    !fill_preview(r, p, pr, chosen, &view.preview, e))
		return false;
	reminders_page(p, &view);
	return respond_page(r, p, 200);
}

static bool reminders_show(struct request *r, struct err *e)
{
	const struct select_action *chosen;
	struct table_source source;
	struct table_rows *rows;
	struct proposal pr;
	struct table_view v;
	struct page *p;

	if (!table_read(r, &reminders_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!proposal_load(r, &pr, e))
		return false;
	p = table_page_begin(r, &v);
	rows = table_rows_new(r->arena, &v);
	chosen = add_rows(r, p, &pr, &v, rows);
	if (!table_rows_source(rows, &source, e))
		return false;
	source.summary = arena_printf(r->arena, tr(r->cat, "Of %s, computed on data of %s."),
				      show_day_long(p, pr.day),
				      show_day_long(p, pr.planned.gathered.in.data_on));
	return v.format == TABLE_PAGE ? show_page(r, p, &pr, chosen, &v, &source, e)
				      : table_answer(r, &v, &source, e);
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

/* "1169-EUR": the customer stands before the currency. */
static bool read_ticked(struct request *r, int64_t **ret, size_t *ret_n, struct err *e)
{
	int64_t *ids = ARENA_ARRAY(r->arena, MAX_DECIDED, int64_t);
	size_t n = 0;

	for (size_t i = 0; i < r->form.n; i++) {
		int64_t id = 0;

		if (!str_eq(r->form.at[i].name, "only"))
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
