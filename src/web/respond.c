/* SPDX-License-Identifier: Apache-2.0 */
#include "web/private.h"

#include "base/json.h"
#include "base/clock.h"
#include "base/text.h"
#include "i18n/message.h"
#include "web/link.h"
#include "web/parts.h"
#include "web/shell.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void respond_header(struct request *r, const char *name, const char *value)
{
	struct answer *answer = &r->own->answer;

	ENSURE(answer->n_headers < ANSWER_HEADERS);
	/* Nobody may end the header early. */
	ENSURE(!strpbrk(value, "\r\n"));
	answer->headers[answer->n_headers].name = name;
	answer->headers[answer->n_headers].value = arena_strdup(r->arena, value);
	answer->n_headers++;
}

void respond_cookie(struct request *r, const char *name, const char *value, int64_t max_age_seconds)
{
	respond_header(r, "Set-Cookie",
		       arena_printf(r->arena,
				    "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%" PRId64 "%s",
				    name, value, max_age_seconds,
				    r->own->is_secure ? "; Secure" : ""));
}

static void answer_bytes(struct request *r, int status, const char *media_type, const char *bytes,
			 size_t n)
{
	struct answer *answer = &r->own->answer;

	ENSURE(answer->status == 0); /* one answer to one request */
	answer->status = status;
	answer->media_type = media_type;
	answer->bytes = bytes;
	answer->n = n;
}

/* ---- pages ------------------------------------------------------------------------------------- */

/* Names of the user's rights, for templates. */
static const char *const *allowed_names(struct request *r)
{
	const char **names = ARENA_ARRAY(r->arena, PERM_COUNT + 1, const char *);
	size_t n = 0;

	for (int p = 1; p < PERM_COUNT; p++) {
		if (request_may(r, (enum permission)p))
			names[n++] = permission_name((enum permission)p);
	}
	return names;
}

/* What the browser keeps of the reader's choice, if it is one of the choices. */
static const char *chosen(struct request *r, const char *cookie, const char *const *choices)
{
	const char *value = parse_cookie(r->arena, request_header(r, "Cookie"), cookie);

	for (; value && *choices; choices++) {
		if (str_eq(value, *choices))
			return *choices;
	}
	return NULL;
}

/* Times that are none are told by the handler that needs them, not by the frame around its error. */
static void fill_when(struct request *r, struct page *p)
{
	struct page_kept *kept = ARENA_ARRAY(r->arena, r->query.n + 1, struct page_kept);
	size_t n = 0;

	p->when = (struct when){ .as_of = r->today };
	if (r->user.id)
		(void)!request_when(r, &p->when, NULL);
	p->is_past = p->when.as_of != r->today || p->when.known_at != 0;
	for (size_t i = 0; i < r->query.n; i++) {
		const char *name = r->query.at[i].name;

		if (!str_eq(name, "as_of") && !str_eq(name, "known_at") && !str_eq(name, "after"))
			kept[n++] = (struct page_kept){ name, r->query.at[i].value };
	}
	p->kept = kept;
}

struct page *page_begin(struct request *r, const char *title, const char *section)
{
	struct page *p = ARENA_NEW(r->arena, struct page);
	char *key = arena_alloc(r->arena, TOKEN_TEXT);

	p->out = ARENA_NEW(r->arena, struct buf);
	buf_init(p->out, r->arena);
	token_new(key);
	p->arena = r->arena;
	p->cat = r->cat;
	p->language = catalogue_language(r->cat);
	p->title = title;
	p->section = section;
	p->path = r->target;
	p->csrf = r->own->csrf;
	p->idempotency = key;
	p->user_id = r->user.id;
	p->user_name = r->user.name;
	p->user_role = r->user.role;
	/* The cookie bridges the moment until the choice is stored with the user. */
	p->theme = chosen(r, "theme", (const char *const[]){ "auto", "light", "dark", NULL });
	if (!p->theme)
		p->theme = r->user.theme;
	if (str_eq(p->theme, "auto"))
		p->theme = NULL;
	p->density =
		chosen(r, "density", (const char *const[]){ "compact", "normal", "roomy", NULL });
	if (!p->density)
		p->density = r->user.density;
	p->entity_name = r->entity.id ? r->entity.name : NULL;
	p->currency = r->entity.currency;
	p->today = r->today;
	p->allowed = allowed_names(r);
	p->utc_offset = clock_civil(r->now, r->entity.time_zone).offset_minutes * 60;
	p->time_zone = r->entity.time_zone;
	fill_when(r, p);
	p->is_test_mode = r->entity.id && !r->entity.is_live;
	if (r->user.id && r->entity.id && r->own->app->frame)
		r->own->app->frame(r, p, r->own->app->frame_arg);
	return p;
}

bool respond_page(struct request *r, struct page *p, int status)
{
	struct html_safe content = { buf_str(p->out) };
	struct buf whole;

	/* A flash message that cannot be read is no reason to refuse the page. */
	if (!session_take_flash(r, &p->flash, NULL))
		p->flash = (struct page_flash){ 0 };
	buf_init(&whole, r->arena);
	p->out = &whole;
	shell(p, content);
	answer_bytes(r, status, "text/html; charset=utf-8", buf_str(&whole), whole.len);
	return true;
}

bool respond_part(struct request *r, struct page *p, int status)
{
	if (!session_take_flash(r, &p->flash, NULL))
		p->flash = (struct page_flash){ 0 };
	shell_toast(p);
	respond_header(r, "X-Part", "part");
	respond_header(r, "Vary", "X-Part");
	answer_bytes(r, status, "text/html; charset=utf-8", buf_str(p->out), p->out->len);
	return true;
}

bool respond_redirect(struct request *r, const char *path)
{
	ENSURE(parse_is_local(path));
	respond_header(r, "Location", path);
	answer_bytes(r, 303, "text/plain; charset=utf-8", "", 0);
	return true;
}

bool respond_json(struct request *r, const struct buf *json, int status)
{
	answer_bytes(r, status, "application/json", buf_str(json), json->len);
	return true;
}

/* ---- files ------------------------------------------------------------------------------------- */

/* RFC 6266: an ASCII name for old readers, the true one in % form. */
static void disposition(struct request *r, const char *file_name, bool is_attachment)
{
	struct buf b;

	buf_init(&b, r->arena);
	buf_puts(&b, is_attachment ? "attachment; filename=\"" : "inline; filename=\"");
	for (const char *s = file_name; *s; s++)
		buf_putc(&b, *s >= ' ' && *s < 0x7f && !strchr("\"\\%/", *s) ? *s : '_');
	buf_puts(&b, "\"; filename*=UTF-8''");
	for (const char *s = file_name; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    c == '.' || c == '-' || c == '_')
			buf_putc(&b, *s);
		else
			buf_printf(&b, "%%%02X", c);
	}
	respond_header(r, "Content-Disposition", buf_str(&b));
}

bool respond_bytes(struct request *r, const void *bytes, size_t n, const char *media_type,
		   const char *file_name, bool is_attachment)
{
	disposition(r, file_name, is_attachment);
	answer_bytes(r, 200, media_type, arena_memdup(r->arena, bytes, n), n);
	return true;
}

bool respond_file(struct request *r, int fd, const char *media_type, const char *file_name,
		  bool is_attachment, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
		err_set(e, ERR_IO, "could not read \"%s\": %s", file_name, strerror(errno));
		close(fd);
		return false;
	}
	disposition(r, file_name, is_attachment);
	answer_bytes(r, 200, media_type, NULL, 0);
	r->own->answer.fd = fd;
	r->own->answer.fd_size = st.st_size;
	return true;
}

/* ---- errors ------------------------------------------------------------------------------------ */

const char *request_message(struct request *r, const char *english)
{
	return tr_message(r->cat, r->arena, english);
}

static const char *title_of(const struct catalogue *cat, int status)
{
	switch (status) {
	case 400:
		return tr(cat, "This request cannot be understood");
	case 401:
		return tr(cat, "Log in first");
	case 403:
		return tr(cat, "This is not allowed to you");
	case 404:
		return tr(cat, "There is no such page");
	case 405:
		return tr(cat, "This page cannot be used that way");
	case 409:
		return tr(cat, "This has changed meanwhile");
	case 413:
		return tr(cat, "This is too large");
	case 422:
		return tr(cat, "This cannot be done");
	case 429:
		return tr(cat, "Too many attempts");
	case 503:
		return tr(cat, "Try again in a moment");
	default:
		return tr(cat, "The program could not do this");
	}
}

static const char *advice_of(const struct catalogue *cat, int status)
{
	switch (status) {
	case 403:
		return tr(
			cat,
			"Ask an administrator for the right, or go back and load the page again.");
	case 404:
		return tr(cat, "The address is wrong, or the object is not one of yours.");
	case 409:
		return tr(cat,
			  "Nothing was written. Load the page again to see the current state.");
	case 429:
		return tr(cat, "Wait a quarter of an hour before the next attempt.");
	case 500:
		return tr(cat, "Nothing was written. The operator finds the reason in the log.");
	case 503:
		return tr(cat, "Nothing was written.");
	default:
		return tr(cat, "Go back and check what was entered.");
	}
}

/* RFC 9457, for programs. */
static void problem_json(struct request *r, int status, const struct err *e)
{
	struct buf b;
	struct json j;

	if (status == 401)
		respond_header(r, "WWW-Authenticate", "Bearer");
	if (status == 429)
		respond_header(r, "Retry-After", "60");
	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "type", "about:blank");
	json_put_text(&j, "title", title_of(r->cat, status));
	json_put_int(&j, "status", status);
	json_put_text(&j, "code", text_lower_ascii(r->arena, err_name(e->code)));
	/* Trouble of the program goes to the log. */
	json_put_text(&j, "detail", status == 500 ? NULL : request_message(r, e->msg));
	if (e->field[0])
		json_put_text(&j, "field", e->field);
	json_end(&j);
	answer_bytes(r, status, "application/problem+json", buf_str(&b), b.len);
}

static void error_json(struct request *r, int status, const struct err *e)
{
	struct buf b;
	struct json j;

	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "error");
	json_open_object(&j);
	json_put_text(&j, "code", err_name(e->code));
	json_put_text(&j, "message",
		      status == 500 ? title_of(r->cat, 500) : request_message(r, e->msg));
	if (e->field[0])
		json_put_text(&j, "field", e->field);
	json_end(&j);
	json_end(&j);
	answer_bytes(r, status, "application/json", buf_str(&b), b.len);
}

void respond_status(struct request *r, int status, const struct err *e)
{
	struct error_view v = {
		.status = status,
		.title = title_of(r->cat, status),
		.advice = advice_of(r->cat, status),
		/* Trouble of the program goes to the log, not to the user. */
		.detail = status == 500 ? NULL : request_message(r, e->msg),
	};
	struct page *p;

	/* What the handler had begun to answer does not count; cookies stay. */
	r->own->answer.status = 0;
	if (r->is_api) {
		problem_json(r, status, e);
		return;
	}
	if (request_wants_json(r)) {
		error_json(r, status, e);
		return;
	}
	p = page_begin(r, v.title, "");
	error_page(p, &v);
	if (!respond_page(r, p, status))
		r->own->answer.status = status;
}

void respond_error(struct request *r, const struct err *e)
{
	respond_status(r, err_http_status(e->code), e);
}
