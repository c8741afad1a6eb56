/* SPDX-License-Identifier: Apache-2.0 */
/* policy_web.c - the policy, the texts with their preview, test mode or live. */
#include "collect/explain.h"
#include "collect/outbox.h"
#include "collect/reminders_view.h"
#include "collect/routes.h"
#include "i18n/amount.h"
#include "i18n/message.h"
#include "web/show.h"
#include "web/undo.h"

static const char *channel_icon(enum policy_channel c)
{
	return c == POLICY_EMAIL ? "mail" : c == POLICY_LETTER ? "letter" : "phone";
}

static const char *language_text(struct page *p, const char *language)
{
	if (str_starts(language, "fr"))
		return tr(p->cat, "French");
	return str_starts(language, "en") ? tr(p->cat, "English") : language;
}

static const char *revision_text(struct page *p, int revision)
{
	return revision == 0 ? tr(p->cat, "built in") : show_count(p, revision);
}

static const char *text_url(struct page *p, const char *name, const char *channel,
			    const char *language)
{
	return arena_printf(p->arena, "/reminders/texts/%s/%s/%s", name, channel, language);
}

/* ---- policy -------------------------------------------------------------------------------------- */

static void fill_steps(struct page *p, const struct policy *policy, struct policy_view *v)
{
	static const char *const modes[] = { N_("by itself"), N_("to confirm"), N_("by hand") };
	struct step_row *rows = ARENA_ARRAY(p->arena, policy->n_steps, struct step_row);
	char when[AMOUNT_TEXT];

	for (size_t i = 0; i < policy->n_steps; i++) {
		const struct policy_step *s = &policy->steps[i];
		const char *channel = policy_channel_name(s->channel);

		rows[i] = (struct step_row){
			.step = explain_step(p->cat, s->name),
			.when = arena_strdup(
				p->arena, day_step_text(s->days, catalogue_language(p->cat), when)),
			.icon = channel_icon(s->channel),
			.channel = explain_channel(p->cat, channel),
			.mode = tr(p->cat, modes[s->mode]),
			.text = explain_step(p->cat, s->template_name),
			.text_url = text_url(p, s->template_name,
					     s->channel == POLICY_LETTER ? "letter" : "email",
					     catalogue_language(p->cat)),
		};
	}
	v->steps = rows;
	v->n_steps = policy->n_steps;
}

static void fill_rules(struct page *p, const struct policy *policy, struct policy_view *v)
{
	v->rules = arena_printf(
		p->arena,
		tr(p->cat, "Nobody is asked for less than %s, nor written to twice within %d days. "
			   "Nothing leaves when the data is more than %d days old. A promise is "
			   "waited for %d days longer."),
		show_amount(p, policy->minimum_minor, policy->currency), policy->contact_gap_days,
		policy->stale_days, policy->promise_grace_days);
	if (policy->ignored_credit_minor)
		v->rules = arena_printf(
			p->arena, tr(p->cat, "%s Credits under %s are not taken off."), v->rules,
			show_amount(p, policy->ignored_credit_minor, policy->currency));
	if (policy->is_not_chased[POLICY_DIRECT_DEBIT] && policy->is_not_chased[POLICY_DRAFT])
		v->not_chased = tr(p->cat, "Payers by direct debit and by bill of exchange are not "
					   "chased.");
}

static void fill_texts(struct page *p, const struct text_revision *t, size_t n,
		       struct policy_view *v)
{
	struct text_row *rows = ARENA_ARRAY(p->arena, n, struct text_row);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct text_row){ .name = explain_step(p->cat, t[i].name),
					     .url = text_url(p, t[i].name, t[i].channel,
							     t[i].language),
					     .channel = explain_channel(p->cat, t[i].channel),
					     .language = language_text(p, t[i].language),
					     .subject = t[i].subject,
					     .revision = revision_text(p, t[i].revision) };
	v->texts = rows;
	v->n_texts = n;
}

/* wrong: what is to be mended in typed, which is shown again; both NULL at first. */
static bool show_policy(struct request *r, const char *typed, const char *wrong, struct err *e)
{
	struct policy_view v = { 0 };
	struct text_revision *texts;
	struct scenario *s;
	struct page *p;
	size_t n, n_texts;

	if (!scenario_list(r->db, r->arena, r->entity.id, &s, &n, e) ||
	    !text_list(r->db, r->arena, r->entity.id, &texts, &n_texts, e))
		return false;
	p = page_begin(r, tr(r->cat, "Policy and texts"), "reminders");
	v.line =
		arena_printf(p->arena, trn(p->cat, "%s policy in force", "%s policies in force", n),
			     show_count(p, (int64_t)n));
	v.name = arena_printf(p->arena, "%s, %s", s[0].name, revision_text(p, s[0].revision));
	fill_steps(p, &s[0].policy, &v);
	fill_rules(p, &s[0].policy, &v);
	fill_texts(p, texts, n_texts, &v);
	v.body =
		(struct part_field){ .name = "body",
				     .label = tr(p->cat, "Policy as JSON"),
				     .value = typed ? typed
						    : policy_write_indented(r->arena, &s[0].policy),
				     .error = wrong,
				     .n_lines = 24,
				     .is_required = true };
	v.may_edit = request_may(r, PERM_POLICY_EDIT);
	v.may_switch = request_may(r, PERM_LIVE_SWITCH);
	v.is_live = r->entity.is_live;
	policy_page(p, &v);
	return respond_page(r, p, wrong ? 422 : 200);
}

static bool policy_show(struct request *r, struct err *e)
{
	return show_policy(r, NULL, NULL, e);
}

static bool policy_post(struct request *r, struct err *e)
{
	const char *body = request_form(r, "body");
	struct err wrong = { 0 };

	if (!body)
		body = "";
	if (scenario_load(r->db, r->entity.id, body, strlen(body), r->actor, r->now, NULL, &wrong))
		return flash_set(r, tr(r->cat, "The policy is in force."),
				 undo_now(r, "scenario.loaded"), e) &&
		       respond_redirect(r, "/reminders/policy");
	if (err_http_status(wrong.code) >= 500)
		return *e = wrong, false;
	return show_policy(r, body, request_message(r, wrong.msg), e);
}

static bool live_post(struct request *r, struct err *e)
{
	const bool is_live = str_eq(request_form(r, "live"), "on");
	struct entity entity;

	/* The one act that makes letters and mails leave the house is asked for twice. */
	if (is_live && !str_eq(request_form(r, "sure"), "1"))
		return flash_set(r, tr(r->cat, "Still in test mode: tick the box to go live."),
				 NULL, e) &&
		       respond_redirect(r, "/reminders/policy");
	return entity_get_by_id(r->db, r->arena, r->entity.id, &entity, e) &&
	       outbox_set_live(r->db, &entity, is_live, r->actor, r->now, e) &&
	       flash_set(r,
			 is_live ? tr(r->cat, "Live: messages leave.")
				 : tr(r->cat, "Test mode: nothing leaves."),
			 NULL, e) &&
	       respond_redirect(r, "/reminders/policy");
}

/* ---- one text ------------------------------------------------------------------------------------ */

static void fill_help(struct page *p, struct text_view *v)
{
	const struct message_field *f = message_fields(&v->n_help);
	struct field_help *help = ARENA_ARRAY(p->arena, v->n_help, struct field_help);

	for (size_t i = 0; i < v->n_help; i++)
		help[i] = (struct field_help){ arena_printf(p->arena, "{{%s}}", f[i].name),
					       tr(p->cat, f[i].help) };
	v->help = help;
}

/* The text as it would be written, with invented values; or what is wrong with it. */
static void fill_preview(struct page *p, const struct text_revision *t, struct text_view *v)
{
	const struct message_data *sample = message_sample(t->language);
	struct message_blocks *blocks = ARENA_NEW(p->arena, struct message_blocks);
	const struct message_template *read;
	struct err wrong = { 0 };

	if (message_fill_line(p->arena, t->subject, sample, &v->preview_subject, &wrong) &&
	    message_parse(p->arena, t->body, strlen(t->body), &read, &wrong) &&
	    message_fill(p->arena, read, sample, blocks, &wrong))
		v->blocks = blocks;
	else
		v->wrong = tr_message(p->cat, p->arena, arena_strdup(p->arena, wrong.msg));
}

static bool show_text(struct request *r, const struct text_revision *t, const char *wrong,
		      struct err *e)
{
	struct text_view v = { 0 };
	struct page *p = page_begin(r, explain_step(r->cat, t->name), "reminders");

	(void)e;
	v.title = arena_printf(p->arena, "%s, %s", explain_step(p->cat, t->name),
			       language_text(p, t->language));
	v.crumbs[0] = (struct part_crumb){ tr(p->cat, "Reminders"), "/reminders" };
	v.crumbs[1] = (struct part_crumb){ tr(p->cat, "Policy and texts"), "/reminders/policy" };
	v.action = text_url(p, t->name, t->channel, t->language);
	v.subject = (struct part_field){ .name = "subject",
					 .label = tr(p->cat, "Subject"),
					 .value = t->subject,
					 .is_required = true };
	v.body = (struct part_field){ .name = "body",
				      .label = tr(p->cat, "Message text"),
				      .value = t->body,
				      .error = wrong,
				      .n_lines = 22,
				      .is_required = true };
	v.language = t->language;
	v.may_edit = request_may(r, PERM_POLICY_EDIT);
	fill_preview(p, t, &v);
	fill_help(p, &v);
	text_page(p, &v);
	return respond_page(r, p, wrong ? 422 : 200);
}

static bool find_text(struct request *r, struct text_revision *ret, struct err *e)
{
	const char *name = request_param(r, "name"), *channel = request_param(r, "channel");
	const char *language = request_param(r, "language");
	struct text_revision *list;
	size_t n;

	if (!text_list(r->db, r->arena, r->entity.id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].name, name) && str_eq(list[i].channel, channel) &&
		    str_eq(list[i].language, language)) {
			*ret = list[i];
			return true;
		}
	return err_set(e, ERR_NOT_FOUND, "there is no text \"%.40s\" for that channel and language",
		       name);
}

static bool text_show(struct request *r, struct err *e)
{
	struct text_revision t;

	return find_text(r, &t, e) && show_text(r, &t, NULL, e);
}

static bool text_post(struct request *r, struct err *e)
{
	const char *subject = request_form(r, "subject"), *body = request_form(r, "body");
	struct text_revision t;
	struct err wrong = { 0 };

	if (!find_text(r, &t, e))
		return false;
	t.subject = subject ? subject : "";
	t.body = body ? body : "";
	if (!str_eq(request_form(r, "act"), "save"))
		return show_text(r, &t, NULL, e);
	if (!request_may(r, PERM_POLICY_EDIT))
		return err_set(e, ERR_FORBIDDEN, "changing texts needs the right policy.edit");
	if (text_save(r->db, r->entity.id, &t, r->actor, r->now, &wrong))
		return flash_set(r, tr(r->cat, "The text is in force."),
				 undo_now(r, "template.saved"), e) &&
		       respond_redirect(r, "/reminders/policy");
	if (err_http_status(wrong.code) >= 500)
		return *e = wrong, false;
	return show_text(r, &t, request_message(r, wrong.msg), e);
}

static const struct route routes[] = {
	ROUTE(GET, "/reminders/policy", policy_show, PERM_REMINDER_READ, SCOPE_ENTITY),
	ROUTE(POST, "/reminders/policy", policy_post, PERM_POLICY_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/reminders/live", live_post, PERM_LIVE_SWITCH, SCOPE_ENTITY),
	ROUTE(GET, "/reminders/texts/:name/:channel/:language", text_show, PERM_REMINDER_READ,
	      SCOPE_ENTITY),
	ROUTE(POST, "/reminders/texts/:name/:channel/:language", text_post, PERM_REMINDER_READ,
	      SCOPE_ENTITY),
};
const struct route_list collect_text_routes = ROUTE_LIST(routes);
