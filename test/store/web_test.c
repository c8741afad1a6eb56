/* SPDX-License-Identifier: Apache-2.0 */
/* Requests through dispatch(), on both engines: sessions, tokens, keys, messages said once. */
#include "store.h"

#include "db/event.h"
#include "team/team.h"
#include "team/user.h"
#include "web/private.h"

#include <sodium.h>

#define NOW  INT64_C(1795212247000000)
#define HOUR INT64_C(3600000000)

struct fixture {
	struct db *db;
	struct arena *a;
	int64_t user_id;
	int64_t now;
	const char *cookie; /* of the session */
	const char *csrf;
	struct answer answer; /* of the last request */
};

struct header {
	const char *name, *value;
};

/* ---- an application of one page and one act ---- */

static bool page_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, "A page", "");

	(void)e;
	buf_puts(p->out, "content");
	return respond_page(r, p, 200);
}

static bool note_tx(struct db *db, void *arg, struct err *e)
{
	const struct event ev = {
		.kind = "note", .subject_kind = "test", .actor = arg, .body = "{}", .recorded = NOW
	};

	return event_add(db, &ev, NULL, e);
}

static bool note_post(struct request *r, struct err *e)
{
	const char *text = request_form(r, "text");

	if (str_eq(text, "refused"))
		return err_set(e, ERR_REFUSED, "not today");
	if (str_eq(text, "left open"))
		return db_begin(r->db, e) && note_tx(r->db, (void *)(uintptr_t)r->actor, e) &&
		       respond_redirect(r, "/page");
	return db_tx(r->db, note_tx, (void *)(uintptr_t)r->actor, e) &&
	       flash_set(r, "Noted <b>", "/undo", e) && respond_redirect(r, "/page");
}

static bool nothing_show(struct request *r, struct err *e)
{
	(void)r;
	(void)e;
	return true;
}

static bool login_any(struct request *r, struct err *e)
{
	const char *id = request_form(r, "user");

	return session_begin(r, strtoll(id, NULL, 10), e) && respond_redirect(r, "/page");
}

static bool logout_any(struct request *r, struct err *e)
{
	return session_end(r, e) && respond_redirect(r, "/page");
}

static const struct route routes[] = {
	ROUTE(GET, "/page", page_show, PERM_ITEM_READ, SCOPE_INSTALLATION),
	ROUTE(GET, "/company", page_show, PERM_ITEM_READ, SCOPE_ENTITY),
	ROUTE(GET, "/open", page_show, PERM_PUBLIC, SCOPE_INSTALLATION),
	ROUTE(GET, "/nothing", nothing_show, PERM_USER, SCOPE_INSTALLATION),
	ROUTE(POST, "/note", note_post, PERM_USER, SCOPE_INSTALLATION),
	ROUTE(POST, "/admin", note_post, PERM_USER_ADMIN, SCOPE_INSTALLATION),
	ROUTE(POST, "/in", login_any, PERM_PUBLIC, SCOPE_INSTALLATION),
	ROUTE(POST, "/out", logout_any, PERM_USER, SCOPE_INSTALLATION),
};
static const struct route_list list = ROUTE_LIST(routes);
static const struct route_list *const lists[] = { &list, NULL };

static bool no_entity(struct db *db, struct arena *a, const struct web_user *user, const char *code,
		      struct web_entity *ret, struct err *e)
{
	(void)db;
	(void)a;
	(void)user;
	(void)code;
	(void)ret;
	(void)e;
	return true;
}

static const struct web_app app = { .routes = lists, .user = team_user, .entity = no_entity };

/* ---- requests ---- */

static const char *header_of(void *arg, const char *name)
{
	for (const struct header *h = arg; h->name; h++) {
		if (str_eq(h->name, name))
			return h->value;
	}
	return NULL;
}

static const char *answered(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->answer.n_headers; i++) {
		if (str_eq(f->answer.headers[i].name, name))
			return f->answer.headers[i].value;
	}
	return NULL;
}

/* The body is urlencoded; the session's cookie and token are sent along when there are. */
static int ask(struct fixture *f, enum method method, const char *target, const char *body)
{
	struct header headers[4] = { 0 };
	struct web_private own = { .app = &app, .header = header_of, .header_arg = headers };
	struct request r = { .method = method,
			     .target = target,
			     .arena = f->a,
			     .db = f->db,
			     .now = f->now,
			     .cat = catalogue_find("en"),
			     .own = &own };
	struct value_list form = { 0 };
	struct err e = { 0 };
	size_t n = 0;
	const char *set;

	if (f->cookie)
		headers[n++] = (struct header){ "Cookie", f->cookie };
	if (f->csrf)
		headers[n++] = (struct header){ "X-CSRF-Token", f->csrf };
	if (body)
		store_ok(parse_urlencoded(f->a, body, strlen(body), &form, &e), e);
	r.form = (struct web_values){ form.list.at, form.list.n };
	dispatch(&r);
	f->answer = own.answer;
	f->csrf = own.csrf;
	set = answered(f, "Set-Cookie");
	if (set)
		f->cookie = arena_strndup(f->a, set, strcspn(set, ";"));
	return own.answer.status;
}

static void log_in(struct fixture *f)
{
	char *body = arena_printf(f->a, "user=%" PRId64, f->user_id);

	f->cookie = NULL;
	assert_int_equal(ask(f, METHOD_GET, "/open", NULL), 200);
	assert_int_equal(ask(f, METHOD_POST, "/in", body), 303);
	assert_true(str_starts(f->cookie, "encours_session="));
	assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 200);
}

static int64_t notes(struct fixture *f)
{
	return store_i64(f->db, "SELECT COUNT(*) FROM event WHERE kind = 'note'");
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct new_user nu = { .email = "anne@example.org", .role = ROLE_ADMINISTRATOR };
	struct err e = { 0 };
	struct user u;

	store_open(&f->db);
	f->a = arena_new(64 << 20);
	f->now = NOW;
	store_ok(user_add(f->db, f->a, &nu, "cli", NOW, &u, &e), e);
	f->user_id = u.id;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(f->a);
	store_close(f->db);
	free(f);
	return 0;
}

/* ---- sessions ---- */

static void only_the_hash_of_a_cookie_is_stored(void **state)
{
	struct fixture *f = *state;
	const char *token;

	log_in(f);
	token = strchr(f->cookie, '=') + 1;
	assert_int_equal(strlen(token), 64);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM session"), 1);
	assert_int_equal(store_i64(f->db, arena_printf(f->a,
						       "SELECT COUNT(*) FROM session"
						       " WHERE token_hash = '%s' OR csrf = '%s'",
						       token, token)),
			 0);
}

static void a_session_ends_after_eight_idle_hours(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	f->now += 7 * HOUR;
	assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 200);
	f->now += 7 * HOUR;
	assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 200);
	f->now += 8 * HOUR + 1;
	assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 303);
	assert_string_equal(answered(f, "Location"), "/login?back=%2F%70%61%67%65");
}

static void a_session_ends_after_seven_days_however_busy(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	for (int hour = 0; hour < 7 * 24; hour += 6) {
		assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 200);
		f->now += 6 * HOUR;
	}
	assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 303);
}

static void who_is_disabled_is_out_at_once(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	store_run(f->db, "UPDATE user_account SET is_disabled = 1");
	assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 303);
}

static void logging_in_again_ends_the_session_of_before(void **state)
{
	struct fixture *f = *state;
	const char *first, *csrf;
	char *body = arena_printf(f->a, "user=%" PRId64, f->user_id);

	log_in(f);
	first = f->cookie;
	csrf = f->csrf;
	assert_int_equal(ask(f, METHOD_POST, "/in", body), 303);
	assert_string_not_equal(f->cookie, first);
	f->cookie = first;
	f->csrf = csrf;
	assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 303);
}

static void opening_and_closing_a_session_are_events(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	assert_int_equal(ask(f, METHOD_POST, "/out", NULL), 303);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM session"), 0);
	assert_int_equal(
		store_i64(f->db, "SELECT COUNT(*) FROM event WHERE kind = 'session.opened'"), 1);
	assert_int_equal(
		store_i64(f->db, "SELECT COUNT(*) FROM event WHERE kind = 'session.closed'"), 1);
}

/* ---- rights ---- */

static void a_right_that_is_missing_refuses(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	store_run(f->db, "UPDATE user_account SET role = 'auditor'");
	assert_int_equal(ask(f, METHOD_POST, "/admin", "text=a"), 403);
	assert_int_equal(notes(f), 0);
	store_run(f->db, "UPDATE user_account SET role = 'administrator'");
	assert_int_equal(ask(f, METHOD_POST, "/admin", "text=a"), 303);
	assert_int_equal(notes(f), 1);
}

static void a_page_of_a_company_needs_a_company(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	assert_int_equal(ask(f, METHOD_GET, "/company", NULL), 404);
}

static void a_wrong_token_writes_nothing(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	f->csrf = "0000000000000000000000000000000000000000000000000000000000000000";
	assert_int_equal(ask(f, METHOD_POST, "/note", "text=a"), 403);
	assert_int_equal(notes(f), 0);
}

/* ---- handlers ---- */

static void a_message_is_said_once_and_escaped(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	assert_int_equal(ask(f, METHOD_POST, "/note", "text=a"), 303);
	assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 200);
	assert_non_null(strstr(f->answer.bytes, "Noted &lt;b&gt;"));
	assert_non_null(strstr(f->answer.bytes, "action=\"/undo\""));
	assert_int_equal(ask(f, METHOD_GET, "/page", NULL), 200);
	assert_null(strstr(f->answer.bytes, "Noted"));
}

static void a_transaction_left_open_is_undone_and_told(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	assert_int_equal(ask(f, METHOD_POST, "/note", "text=left+open"), 500);
	assert_false(db_in_tx(f->db));
	assert_int_equal(notes(f), 0);
}

static void a_handler_that_answers_nothing_is_told(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	assert_int_equal(ask(f, METHOD_GET, "/nothing", NULL), 500);
	assert_null(strstr(f->answer.bytes, "nothing_show"));
}

/* ---- keys ---- */

static void a_key_has_one_effect(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(f, METHOD_POST, "/note", "text=a&idempotency_key=k"), 303);
		assert_string_equal(answered(f, "Location"), "/page");
	}
	assert_int_equal(notes(f), 1);
}

static void a_refused_act_gives_its_key_back(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	assert_int_equal(ask(f, METHOD_POST, "/note", "text=refused&idempotency_key=k"), 422);
	assert_int_equal(ask(f, METHOD_POST, "/note", "text=a&idempotency_key=k"), 303);
	assert_int_equal(notes(f), 1);
}

static void a_key_at_work_is_refused_to_another(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	assert_int_equal(ask(f, METHOD_POST, "/note", "text=a&idempotency_key=k"), 303);
	/* As if the first were still at work. */
	store_run(f->db, "UPDATE idempotency SET status = 0");
	assert_int_equal(ask(f, METHOD_POST, "/note", "text=a&idempotency_key=k"), 409);
	assert_int_equal(notes(f), 1);
}

static void keys_are_forgotten_after_two_days(void **state)
{
	struct fixture *f = *state;

	log_in(f);
	assert_int_equal(ask(f, METHOD_POST, "/note", "text=a&idempotency_key=k"), 303);
	f->now += 49 * HOUR;
	log_in(f);
	assert_int_equal(ask(f, METHOD_POST, "/note", "text=a&idempotency_key=k"), 303);
	assert_int_equal(notes(f), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_the_hash_of_a_cookie_is_stored),
		TEST(a_session_ends_after_eight_idle_hours),
		TEST(a_session_ends_after_seven_days_however_busy),
		TEST(who_is_disabled_is_out_at_once),
		TEST(logging_in_again_ends_the_session_of_before),
		TEST(opening_and_closing_a_session_are_events),
		TEST(a_right_that_is_missing_refuses),
		TEST(a_page_of_a_company_needs_a_company),
		TEST(a_wrong_token_writes_nothing),
		TEST(a_message_is_said_once_and_escaped),
		TEST(a_transaction_left_open_is_undone_and_told),
		TEST(a_handler_that_answers_nothing_is_told),
		TEST(a_key_has_one_effect),
		TEST(a_refused_act_gives_its_key_back),
		TEST(a_key_at_work_is_refused_to_another),
		TEST(keys_are_forgotten_after_two_days),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
