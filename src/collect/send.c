/* SPDX-License-Identifier: Apache-2.0 */
/* send.c - the sender's round. */
#include "collect/send.h"

#include "base/text.h"
#include "channel/acceptance_log.h"
#include "channel/email.h"
#include "db/attachment.h"
#include "db/blob.h"

enum {
	PAGE = 200,
	MESSAGE_ARENA = 64 << 20,
	MAX_ATTACHED = 10 << 20, /* bytes of documents with one message */
	MAX_FILES = 50,
	SETTLE_SECONDS =
		60, /* the relay may still be reading what a dead sender left in the pipe */
};

struct round {
	struct db *db;
	struct arena *arena; /* of the whole round */
	const struct send_job *job;
	struct send_report *report;
	struct composer composer;
	const char *sender;
	struct smtp *relay;
	const char *accept_log;
	int settle_seconds;
};

static const char *setting(struct round *r, const char *name, bool *ok, struct err *e)
{
	const char *value = NULL;

	if (*ok && !setting_get(r->db, r->arena, r->job->entity->id, name, NULL, &value, e))
		*ok = false;
	return value;
}

/* ---- what earlier senders left ------------------------------------------------------------------- */

static bool list_state(struct round *r, struct arena *a, const char *state, int64_t before,
		       struct outbox_message **ret, size_t *ret_n, struct err *e)
{
	return outbox_list(
		r->db, a, r->job->entity->id,
		&(struct outbox_filter){
			.state = state, .channel = "email", .before_id = before, .limit = PAGE },
		ret, ret_n, e);
}

/* When the relay's log may be believed about a message that is uncertain since now: until then the relay
 * may still be reading what the sender left in the pipe. Kept in next_try. */
static int64_t believed_from(const struct round *r, int64_t now)
{
	return now + r->settle_seconds * (int64_t)1000000;
}

/* An attempt whose sender is gone: its bytes may have left. */
static bool recover(struct round *r, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct outbox_message *list;
	int64_t before = 0;
	size_t n;

	do {
		if (!list_state(r, a, "attempting", before, &list, &n, e))
			return false;
		for (size_t i = 0; i < n; i++) {
			struct err lost = { 0 };

			before = list[i].id;
			if (list[i].is_test || !sender_is_gone(list[i].claimed_by,
							       list[i].claimed_at, r->job->clock()))
				continue;
			if (outbox_settle(r->db, &list[i], "uncertain",
					  "the sender died while it was sending",
					  believed_from(r, r->job->clock()), r->job->actor,
					  r->job->clock(), &lost))
				r->report->n_recovered++;
			else if (lost.code != ERR_CONFLICT)
				return *e = lost, false;
		}
	} while (n == PAGE);
	return true;
}

/* A formal notice has consequences in law: a person decides whether it is sent again. */
static bool is_formal(const struct scenario *list, size_t n, const struct outbox_message *m)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i].policy.n_steps; k++)
			if (str_eq(list[i].policy.steps[k].name, m->step) &&
			    list[i].policy.steps[k].tone == POLICY_FORMAL)
				return true;
	return false;
}

static bool apply_answer(struct round *r, struct outbox_message *m,
			 const struct acceptance_query *q, bool formal, struct err *e)
{
	struct err lost = { 0 };
	bool ok = true;

	if (q->answer == ACCEPTANCE_YES)
		ok = outbox_settle(r->db, m, "accepted", "the relay's log shows that it took it", 0,
				   r->job->actor, q->accepted_at ? q->accepted_at : r->job->clock(),
				   &lost);
	else if (q->answer == ACCEPTANCE_NO && !formal)
		ok = outbox_settle(r->db, m, "deferred",
				   "the relay's log shows that it never took it", 0, r->job->actor,
				   r->job->clock(), &lost);
	else
		return true;
	if (ok)
		r->report->n_resolved++;
	else if (lost.code != ERR_CONFLICT)
		return *e = lost, false;
	return true;
}

/* Asks the relay's log for the uncertain ones. A log that cannot be read resolves nothing. */
static bool ask_log(struct round *r, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct acceptance_query query[PAGE];
	struct outbox_message *list;
	struct scenario *scenarios;
	int64_t before = 0;
	size_t n, n_scenarios;

	if (str_empty(r->accept_log))
		return true;
	if (!scenario_list(r->db, a, r->job->entity->id, &scenarios, &n_scenarios, e))
		return false;
	do {
		struct err unread = { 0 };

		if (!list_state(r, a, "uncertain", before, &list, &n, e))
			return false;
		for (size_t i = 0; i < n; i++)
			query[i] = (struct acceptance_query){
				.message_id = list[i].message_id,
				.attempted_at = list[i].claimed_at,
				.ended_at = list[i].next_try
						    ? list[i].next_try - believed_from(r, 0)
						    : 0,
			};
		if (n == 0 || !acceptance_log_ask(r->accept_log, NULL, r->job->clock(),
						  r->settle_seconds, query, n, &unread))
			return true;
		for (size_t i = 0; i < n; i++) {
			before = list[i].id;
			if (!apply_answer(r, &list[i], &query[i],
					  is_formal(scenarios, n_scenarios, &list[i]), e))
				return false;
		}
	} while (n == PAGE);
	return true;
}

/* ---- the relay ----------------------------------------------------------------------------------- */

static bool is_local(const char *url)
{
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	return str_starts(host, "127.") || str_starts(host, "localhost") ||
	       str_starts(host, "[::1]");
}

static bool open_relay(struct round *r, struct err *e)
{
	bool ok = true;
	struct smtp_settings s = { .url = r->job->smtp_url };
	const char *tls = setting(r, "smtp_tls", &ok, e), *settle;

	if (!s.url)
		s.url = setting(r, "smtp_url", &ok, e);
	s.user = setting(r, "smtp_user", &ok, e);
	s.password = setting(r, "smtp_password", &ok, e);
	s.helo = setting(r, "smtp_helo", &ok, e);
	s.ca_file = setting(r, "smtp_ca_file", &ok, e);
	r->accept_log = r->job->accept_log ? r->job->accept_log : setting(r, "smtp_log", &ok, e);
	settle = setting(r, "smtp_settle_seconds", &ok, e);
	if (!ok)
		return false;
	r->settle_seconds = SETTLE_SECONDS;
	if (settle) {
		uint64_t n;

		if (text_to_u64(settle, 86400, &n))
			r->settle_seconds = (int)n;
	}
	if (str_empty(s.url))
		return err_set(e, ERR_REFUSED,
			       "no mail relay is set: name one with the setting smtp_url");
	if (str_empty(r->composer.from_email))
		return err_set(e, ERR_REFUSED,
			       "no sender address is set: name one with the setting from_email");
	s.tls = tls && str_eq(tls, "offered")                 ? SMTP_TLS_IF_OFFERED
		: tls && str_eq(tls, "none")                  ? SMTP_TLS_NONE
		: (!tls || str_empty(tls)) && is_local(s.url) ? SMTP_TLS_NONE
							      : SMTP_TLS_REQUIRED;
	return smtp_open(&s, &r->relay, e);
}

/* ---- one message --------------------------------------------------------------------------------- */

/* The documents that the company has of the items of the message, as far as a mailbox takes them. */
static bool load_files(struct round *r, struct arena *a, const struct outbox_check *ck,
		       struct email_file **ret, size_t *ret_n, struct err *e)
{
	struct email_file *files = ARENA_ARRAY(a, MAX_FILES, struct email_file);
	int64_t total = 0;
	size_t n_files = 0;

	for (size_t i = 0; i < ck->action.n_lines; i++) {
		struct attachment *list;
		size_t n;

		if (!attachment_list(r->db, a, "item",
				     ck->gathered.in.items[ck->action.lines[i].item].id, &list, &n,
				     e))
			return false;
		for (size_t k = 0; k < n && n_files < MAX_FILES; k++) {
			struct email_file *f = &files[n_files];

			if (list[k].size > MAX_ATTACHED - total)
				continue;
			if (!blob_get(r->db, a, list[k].sha256, &f->bytes, &f->size, e))
				return false;
			f->name = list[k].file_name;
			f->media_type = list[k].media_type;
			total += list[k].size;
			n_files++;
		}
	}
	*ret = files;
	*ret_n = n_files;
	return true;
}

static bool write_email(struct round *r, struct arena *a, const struct outbox_message *m,
			const struct outbox_check *ck, const struct composed *text, struct buf *ret,
			struct err *e)
{
	const struct composer *c = &r->composer;
	const struct gather_customer *who = &ck->gathered.customers[ck->action.customer];
	struct email mail = { .from = { c->sender ? c->sender : c->entity->name, c->from_email },
			      .to = { who->contact ? who->contact : who->to->name,
				      text->recipient },
			      .reply_to = { NULL, c->reply_to },
			      .subject = text->subject,
			      .message_id = m->message_id,
			      .sent_at = r->job->clock(),
			      .text = text->text,
			      .html = text->html,
			      .language = text->language };
	struct email_file *files;

	if (!load_files(r, a, ck, &files, &mail.n_files, e))
		return false;
	mail.files = files;
	buf_init(ret, a);
	return email_write(&mail, ret, e);
}

/* Five minutes, then three times longer each time, up to four hours. */
static int64_t next_try(int64_t now, int n_attempts)
{
	int64_t minutes = 5;

	for (int i = 1; i < n_attempts && minutes < 240; i++)
		minutes *= 3;
	return now + (minutes < 240 ? minutes : 240) * 60 * 1000000;
}

static bool settle(struct round *r, struct outbox_message *m, const struct smtp_answer *answer,
		   struct err *e)
{
	struct send_report *rep = r->report;
	int64_t now = r->job->clock(), later = 0;

	switch (answer->outcome) {
	case SMTP_ACCEPTED:
		rep->n_accepted++;
		break;
	case SMTP_REFUSED:
		rep->n_refused++;
		break;
	case SMTP_DEFERRED:
		rep->n_deferred++;
		later = next_try(now, m->n_attempts);
		break;
	case SMTP_UNCERTAIN:
		rep->n_uncertain++;
		later = believed_from(r, now);
		break;
	}
	return outbox_settle(r->db, m, smtp_outcome_name(answer->outcome), answer->text, later,
			     r->job->actor, now, e);
}

/* A message that cannot even be written as an e-mail: nothing left, so it is refused with the reason. */
static bool refuse(struct round *r, struct outbox_message *m, const struct err *why, struct err *e)
{
	r->report->n_refused++;
	return outbox_settle(r->db, m, "refused", why->msg, 0, r->job->actor, r->job->clock(), e);
}

static bool deliver(struct round *r, struct arena *a, struct outbox_message *m,
		    const struct outbox_check *ck, const struct composed *text, struct err *e)
{
	const char *to[] = { text->recipient };
	struct smtp_answer answer;
	struct err why = { 0 };
	struct buf bytes;

	if (!write_email(r, a, m, ck, text, &bytes, &why))
		return refuse(r, m, &why, e);
	smtp_deliver(r->relay, r->composer.from_email, to, 1, bytes.data, bytes.len, &answer);
	if (!settle(r, m, &answer, e))
		return false;
	/* The fault is the relay's, not the message's: the others would meet the same. */
	if (answer.outcome == SMTP_DEFERRED && answer.stage <= SMTP_AT_LOGIN)
		memcpy(r->report->stopped_by, answer.text, sizeof answer.text);
	return true;
}

static bool send_one(struct round *r, struct outbox_message *m, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MESSAGE_ARENA);
	struct outbox_check check;
	struct composed text;
	bool won;

	if (arena_exhausted(a))
		return err_set(e, ERR_LIMIT, "message %" PRId64 " needs too much memory", m->id);
	if (!outbox_claim(r->db, m, r->sender, r->job->clock(), &won, e))
		return false;
	if (!won)
		return true;
	if (!outbox_begin_attempt(r->db, a, &r->composer, m, r->job->today, r->job->actor,
				  r->job->clock(), &check, &text, e))
		return false;
	if (!check.is_clear) {
		r->report->n_held += check.is_held;
		r->report->n_cancelled += !check.is_held;
		return true;
	}
	return deliver(r, a, m, &check, &text, e);
}

/* ---- the round ----------------------------------------------------------------------------------- */

static bool may_leave(const struct round *r, const struct outbox_message *m)
{
	if (m->next_try > r->job->clock())
		return false;
	if (!str_eq(m->mode, "auto") && !str_eq(m->decision, "confirmed"))
		return false;
	return !str_eq(m->state, "claimed") ||
	       sender_is_gone(m->claimed_by, m->claimed_at, r->job->clock());
}

static int n_tried(const struct send_report *rep)
{
	return rep->n_accepted + rep->n_refused + rep->n_deferred + rep->n_uncertain;
}

/* The oldest first would need another order of the list; within a round the order does not matter. */
static bool send_state(struct round *r, const char *state, struct err *e)
{
	int64_t before = 0;
	size_t n;

	do {
		CLEANUP(arena_freep) struct arena *a = arena_new(0);
		struct outbox_message *list;

		if (!list_state(r, a, state, before, &list, &n, e))
			return false;
		for (size_t i = 0; i < n; i++) {
			before = list[i].id;
			if (r->report->stopped_by[0] || r->report->n_held > 0 ||
			    (r->job->limit > 0 && n_tried(r->report) >= r->job->limit))
				return true;
			if (list[i].is_test)
				continue;
			if (!may_leave(r, &list[i])) {
				r->report->n_waiting++;
				continue;
			}
			if (!send_one(r, &list[i], e))
				return false;
			if (r->job->progress)
				r->job->progress(r->job->progress_arg, n_tried(r->report), 0);
		}
	} while (n == PAGE);
	return true;
}

static bool run(struct round *r, struct err *e)
{
	return recover(r, e) && ask_log(r, e) && send_state(r, "claimed", e) &&
	       send_state(r, "deferred", e) && send_state(r, "planned", e);
}

bool send_run(struct db *db, const struct send_job *job, struct send_report *ret, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct send_report report = { .is_test_mode = !job->entity->is_live };
	struct round r = { .db = db, .arena = a, .job = job, .report = &report };
	bool ok = true;

	if (!report.is_test_mode) {
		r.sender = sender_name(a);
		ok = composer_open(db, a, job->entity, job->today, &r.composer, e) &&
		     open_relay(&r, e) && run(&r, e);
		smtp_close(r.relay);
	}
	if (ok)
		*ret = report;
	return ok;
}
