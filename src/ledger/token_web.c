/* SPDX-License-Identifier: Apache-2.0 */
/* token_web.c - keys of programs that call the API. */
#include "ledger/token_view.h"

#include "ledger/routes.h"
#include "ledger/scope.h"
#include "ledger/setting_tabs.h"
#include "team/token.h"
#include "web/show.h"
#include "web/undo.h"

static const char here[] = "/settings/tokens";
static const int64_t day_moment = INT64_C(86400) * 1000000;

static void fill_row(struct request *r, struct page *p, const struct token *t,
		     struct token_row *ret)
{
	bool is_over = t->expires && t->expires <= r->now;
	enum role role;

	*ret = (struct token_row){
		.id = t->id,
		.name = t->name,
		.role = role_parse(t->role, &role, NULL) ? tr(p->cat, role_label(role)) : t->role,
		.made = arena_printf(p->arena, "%s, %s", actor_text(r, t->actor),
				     show_moment(p, t->recorded)),
		.used = t->last_used ? show_moment(p, t->last_used) : tr(p->cat, "never"),
		.ends = t->expires ? show_moment(p, t->expires) : tr(p->cat, "never"),
		.state = t->revoked || is_over ? "off" : "done",
		.words = t->revoked ? tr(p->cat, "revoked")
			 : is_over  ? tr(p->cat, "ended")
				    : tr(p->cat, "good"),
		.may_revoke = !t->revoked && !is_over,
	};
}

static void fill_form(struct request *r, const struct form *f, struct tokens_view *v)
{
	struct part_choice *choice = ARENA_ARRAY(r->arena, ROLE_COUNT, struct part_choice);
	const char *role = f ? form_value(f, "role") : "accountant";
	size_t n = 0;

	for (int i = 0; i < ROLE_COUNT; i++)
		if (token_may_be((enum role)i))
			choice[n++] = (struct part_choice){
				.value = role_name((enum role)i),
				.text = tr(r->cat, role_label((enum role)i)),
			};
	v->name = (struct part_field){ .name = "name",
				       .label = tr(r->cat, "Name"),
				       .value = f ? form_value(f, "name") : NULL,
				       .error = f ? form_message(f, "name") : NULL,
				       .help = tr(r->cat, "which program calls with it"),
				       .is_required = true };
	v->role = (struct part_field){ .name = "role",
				       .label = tr(r->cat, "Role"),
				       .value = role,
				       .error = f ? form_message(f, "role") : NULL,
				       .choice = choice,
				       .n_choices = n };
	v->expires = (struct part_field){ .name = "expires",
					  .label = tr(r->cat, "Last day"),
					  .value = f ? form_value(f, "expires") : NULL,
					  .error = f ? form_message(f, "expires") : NULL,
					  .help = tr(r->cat, "empty: it does not end"),
					  .type = "date" };
}

static bool show(struct request *r, const struct form *f, const char *key, int status,
		 struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "API tokens"), "settings");
	struct part_chip tab[SETTING_TABS_MAX];
	struct tokens_view v = { .tabs = tab,
				 .key = key,
				 .message = f ? form_message(f, "") : NULL,
				 .line = tr(r->cat, "Programs that call the API, each with its own"
						    " token.") };
	struct token_row *row;
	struct token *list;

	if (!token_list(r->db, r->arena, r->entity.id, &list, &v.n_rows, e))
		return false;
	row = ARENA_ARRAY(r->arena, v.n_rows + 1, struct token_row);
	for (size_t i = 0; i < v.n_rows; i++)
		fill_row(r, p, &list[i], &row[i]);
	v.rows = row;
	v.n_tabs = setting_tabs(r, here, tab);
	fill_form(r, f, &v);
	tokens_page(p, &v);
	return respond_page(r, p, status);
}

static bool tokens_show(struct request *r, struct err *e)
{
	return show(r, NULL, NULL, 200, e);
}

static bool token_post(struct request *r, struct err *e)
{
	struct new_token t = { .entity_id = r->entity.id, .actor = r->actor, .now = r->now };
	char key[TOKEN_KEY];
	struct form f;
	int64_t id;
	day_t on;

	form_init(&f, r);
	t.name = form_text(&f, "name", FORM_NEEDED, TOKEN_NAME_MAX);
	t.role = form_text(&f, "role", FORM_NEEDED, 40);
	on = form_day(&f, "expires", 0, DAY_AHEAD);
	if (on != DAY_NONE)
		t.expires = ((int64_t)on + 1) * day_moment;
	if (!form_ok(&f))
		return show(r, &f, NULL, 422, e);
	if (token_add(r->db, &t, &id, key, e))
		return show(r, NULL, arena_strdup(r->arena, key), 200, e);
	return form_refused(&f, e) && show(r, &f, NULL, 422, e);
}

static bool token_revoke_post(struct request *r, struct err *e)
{
	return token_revoke(r->db, r->entity.id, request_id(r, "token"), r->actor, r->now, e) &&
	       flash_set(r, tr(r->cat, "The token is revoked: who calls with it is refused."),
			 undo_now(r, "token.revoked"), e) &&
	       respond_redirect(r, here);
}

static const struct route routes[] = {
	ROUTE(GET, "/settings/tokens", tokens_show, PERM_USER_ADMIN, SCOPE_ENTITY),
	ROUTE(POST, "/settings/tokens", token_post, PERM_USER_ADMIN, SCOPE_ENTITY),
	ROUTE(POST, "/settings/tokens/:token/revoke", token_revoke_post, PERM_USER_ADMIN,
	      SCOPE_ENTITY),
};
const struct route_list ledger_token_routes = ROUTE_LIST(routes);
