/* SPDX-License-Identifier: Apache-2.0 */
/* user_web.c - pages of accounts, for administrators; and everybody's own. */
#include "team/user_view.h"

#include "team/login.h"
#include "team/password.h"
#include "team/team.h"
#include "web/show.h"
#include "web/table_rows.h"
#include "web/undo.h"

/* ---- what the pages have in common ---- */

static void fill_row(struct page *p, const struct user *u, struct user_row *row)
{
	enum role role = ROLE_AUDITOR;

	ENSURE(role_parse(u->role, &role, NULL));
	*row = (struct user_row){
		.id = u->id,
		.name = u->name,
		.email = u->email,
		.role = tr(p->cat, role_label(role)),
		.state = u->is_disabled    ? "off"
			 : u->has_password ? "done"
					   : "soon",
		.words = u->is_disabled    ? tr(p->cat, "disabled")
			 : u->has_password ? tr(p->cat, "active")
					   : tr(p->cat, "no password yet"),
		.initials = show_initials(p, u->name),
		.is_self = u->id == p->user_id,
	};
}

/* The refusals of user.h in the reader's words; NULL for trouble, which is not his. */
static const char *refusal(const struct request *r, const struct err *e)
{
	switch (e->code) {
	case ERR_DUPLICATE:
		return tr(r->cat, "This address has an account already.");
	case ERR_STALE:
		return tr(r->cat,
			  "Somebody changed the account meanwhile. It is shown as it is now.");
	case ERR_REFUSED:
		return tr(r->cat, "There must be an administrator left.");
	case ERR_INVALID:
		break;
	default:
		return NULL;
	}
	if (str_eq(e->field, "email"))
		return tr(r->cat, "Write an e-mail address, such as name@example.org.");
	if (str_eq(e->field, "password"))
		return tr(r->cat, "Use 8 to 256 characters, and not the e-mail address.");
	if (str_eq(e->field, "role"))
		return tr(r->cat, "Choose a role of the list.");
	return tr(r->cat, "This name is too long.");
}

static const struct part_choice *role_choices(struct page *p)
{
	struct part_choice *choice = ARENA_ARRAY(p->arena, ROLE_COUNT, struct part_choice);

	for (enum role role = 0; role < ROLE_COUNT; role++)
		choice[role] =
			(struct part_choice){ role_name(role), tr(p->cat, role_label(role)) };
	return choice;
}

static struct part_field role_field(struct page *p, const char *value)
{
	return (struct part_field){
		.name = "role",
		.label = tr(p->cat, "Role"),
		.value = value,
		.help = tr(p->cat, "It decides what the person may do."),
		.choice = role_choices(p),
		.n_choices = ROLE_COUNT,
	};
}

static struct part_field password_field(const char *name, const char *label,
					const char *autocomplete)
{
	return (struct part_field){
		.name = name,
		.label = label,
		.type = "password",
		.autocomplete = autocomplete,
		.is_required = true,
	};
}

static bool back_to(struct request *r, int64_t user_id, const char *done, struct err *e)
{
	return flash_set(r, done, undo_now(r, NULL), e) &&
	       respond_redirect(r, arena_printf(r->arena, "/settings/users/%" PRId64, user_id));
}

/* ---- the list ---- */

enum column { NAME, EMAIL, ROLE, STATE, LANGUAGE, SINCE };

static const struct table_column columns[] = {
	[NAME] = { "name", N_("Person"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[EMAIL] = { "email", N_("E-mail address"), TABLE_TEXT, TABLE_SORTS | TABLE_EXTRA },
	[ROLE] = { "role", N_("Role"), TABLE_TEXT, TABLE_SORTS },
	[STATE] = { "state", N_("State"), TABLE_STATE, TABLE_SORTS | TABLE_NARROW },
	[LANGUAGE] = { "language", N_("Language"), TABLE_TEXT, TABLE_SORTS | TABLE_EXTRA },
	[SINCE] = { "since", N_("Since"), TABLE_DAY, TABLE_SORTS | TABLE_SOFT },
};

static const struct table_choice shows[] = {
	{ "", N_("All accounts") },
	{ "active", N_("Active accounts") },
	{ "disabled", N_("Disabled accounts") },
};

static const struct table_filter filters[] = {
	{ "show", N_("Show"), TABLE_CHIPS, shows, ARRAY_LEN(shows) },
	{ "q", N_("Name or address"), TABLE_SEARCH, NULL, 0 },
};

static const struct table user_list_table = {
	.name = "users",
	.path = "/settings/users",
	.section = "settings",
	.title = N_("Accounts"),
	.none = N_("No account fits"),
	.empty = N_("There is no account yet"),
	.icon = "people",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
	.order = "email",
};

static void add_row(struct request *r, struct page *p, struct table_rows *rows,
		    const struct user *u)
{
	struct table_cell *cell =
		table_rows_add(rows, arena_printf(r->arena, "%" PRId64, u->id), "");
	struct user_row row;

	fill_row(p, u, &row);
	cell_link(&cell[NAME], row.name, arena_printf(r->arena, "/settings/users/%" PRId64, u->id));
	cell[NAME].sub = row.email;
	cell[NAME].tag = row.is_self ? tr(r->cat, "you") : NULL;
	cell_text(&cell[EMAIL], row.email);
	cell_text(&cell[ROLE], row.role);
	cell_state(&cell[STATE], row.state, row.words);
	cell_text(&cell[LANGUAGE], u->language);
	cell_day(&cell[SINCE], show_day_of(p, u->recorded));
}

static bool users_show(struct request *r, struct err *e)
{
	struct users_view view = { 0 };
	struct table_source source;
	size_t n, n_active = 0;
	struct table_rows *rows;
	struct table_view v;
	struct user *users;
	const char *show;
	struct page *p;

	if (!table_read(r, &user_list_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!user_list(r->db, r->arena, &users, &n, e))
		return false;
	p = table_page_begin(r, &v);
	rows = table_rows_new(r->arena, &v);
	show = table_value(&v, "show");
	for (size_t i = 0; i < n; i++) {
		n_active += !users[i].is_disabled;
		if (!show || str_eq(show, "disabled") == users[i].is_disabled)
			add_row(r, p, rows, &users[i]);
	}
	if (!table_rows_source(rows, &source, e))
		return false;
	source.summary = arena_printf(
		r->arena, trn(r->cat, "%d active account", "%d active accounts", n_active),
		(int)n_active);
	if (v.format != TABLE_PAGE)
		return table_answer(r, &v, &source, e);
	view.summary = source.summary;
	if (!table_fill(r, p, &v, &source, &view.list, e))
		return false;
	users_page(p, &view);
	return respond_page(r, p, 200);
}

/* ---- a new one ---- */

static bool new_user_form(struct request *r, const struct err *refused)
{
	const char *text = refused ? refusal(r, refused) : NULL;
	struct page *p = page_begin(r, tr(r->cat, "Add an account"), "settings");
	struct new_user_view v = {
		.email = { .name = "email",
			   .label = tr(r->cat, "E-mail address"),
			   .value = request_form(r, "email"),
			   .type = "email",
			   .is_required = true,
			   .has_focus = true },
		.name = { .name = "name",
			  .label = tr(r->cat, "Name"),
			  .value = request_form(r, "name") },
		.role = role_field(p,
				   request_form(r, "role") ? request_form(r, "role") : "collector"),
		.password = password_field("password", tr(r->cat, "Password"), "new-password"),
	};
	struct part_field *const fields[] = { &v.email, &v.name, &v.role, &v.password };

	v.password.help = tr(r->cat, "The person can change it under his own name.");
	for (size_t i = 0; refused && i < ARRAY_LEN(fields); i++) {
		if (!str_eq(fields[i]->name, refused->field))
			continue;
		fields[i]->error = text;
		text = NULL;
	}
	v.message = text;
	new_user_page(p, &v);
	return respond_page(r, p, refused ? 422 : 200);
}

static bool new_user_show(struct request *r, struct err *e)
{
	(void)e;
	return new_user_form(r, NULL);
}

static bool user_post(struct request *r, struct err *e)
{
	const char *password = request_form(r, "password");
	struct new_user new = { .email = request_form(r, "email"),
				.name = request_form(r, "name"),
				.password = password ? password : "" };
	struct user u;

	if (role_parse(request_form(r, "role"), &new.role, e) &&
	    user_add(r->db, r->arena, &new, r->actor, r->now, &u, e))
		return back_to(r, u.id, tr(r->cat, "The account is added."), e);
	return refusal(r, e) && new_user_form(r, e);
}

/* ---- one of them ---- */

static bool user_form(struct request *r, const struct err *refused, struct err *e)
{
	struct user_view v = { 0 };
	struct part_choice *scopes;
	enum role role;
	struct user u;
	struct page *p;
	bool all;

	if (!user_get(r->db, r->arena, request_id(r, "user"), &u, e) ||
	    !role_parse(u.role, &role, e) ||
	    !user_sees_all(r->db, u.id, role, r->entity.id, &all, e))
		return false;
	p = page_begin(r, u.name, "settings");
	fill_row(p, &u, &v.row);
	v.version = u.version;
	v.is_disabled = u.is_disabled;
	v.entity_name = r->entity.id ? r->entity.name : NULL;
	v.message = refused ? refusal(r, refused) : NULL;
	v.role = role_field(p, u.role);
	v.password = password_field("password", tr(r->cat, "New password"), "new-password");
	scopes = ARENA_ARRAY(r->arena, 2, struct part_choice);
	scopes[0] = (struct part_choice){ "all", tr(r->cat, "All customers") };
	scopes[1] = (struct part_choice){ "owned", tr(r->cat, "Those the person answers for") };
	v.scope = (struct part_field){ .name = "scope",
				       .label = v.entity_name ? v.entity_name : "",
				       .value = all ? "all" : "owned",
				       .choice = scopes,
				       .n_choices = 2 };
	user_page(p, &v);
	return respond_page(r, p, !refused ? 200 : refused->code == ERR_STALE ? 409 : 422);
}

static bool user_show(struct request *r, struct err *e)
{
	return user_form(r, NULL, e);
}

/* After an act: back to the account, or the account with the reason of the refusal. */
static bool acted(struct request *r, bool ok, const char *done, struct err *e)
{
	struct err refused;

	if (ok)
		return back_to(r, request_id(r, "user"), done, e);
	refused = *e;
	return refusal(r, e) && user_form(r, &refused, e);
}

static bool role_post(struct request *r, struct err *e)
{
	enum role role;
	bool ok = role_parse(request_form(r, "role"), &role, e) &&
		  user_set_role(r->db, request_id(r, "user"), request_version(r), role, r->actor,
				r->now, e);

	return acted(r, ok, tr(r->cat, "The role is changed."), e);
}

static bool scope_post(struct request *r, struct err *e)
{
	const char *scope = request_form(r, "scope");
	struct user u;

	if (!r->entity.id || (!str_eq(scope, "all") && !str_eq(scope, "owned")))
		return err_field(e, ERR_USAGE, "scope", "expected all or owned");
	if (!user_get(r->db, r->arena, request_id(r, "user"), &u, e))
		return false;
	return acted(r,
		     user_set_scope(r->db, u.id, r->entity.id, str_eq(scope, "all"), r->actor,
				    r->now, e),
		     tr(r->cat, "What the person sees is changed."), e);
}

static bool password_post(struct request *r, struct err *e)
{
	const char *password = request_form(r, "password");

	return acted(r,
		     user_set_password(r->db, r->arena, request_id(r, "user"),
				       password ? password : "", r->actor, r->now, e),
		     tr(r->cat, "The password is set and the sessions are ended."), e);
}

static bool disable_post(struct request *r, struct err *e)
{
	return acted(r,
		     user_set_disabled(r->db, request_id(r, "user"), request_version(r), true,
				       r->actor, r->now, e),
		     tr(r->cat, "The account is disabled."), e);
}

static bool enable_post(struct request *r, struct err *e)
{
	return acted(r,
		     user_set_disabled(r->db, request_id(r, "user"), request_version(r), false,
				       r->actor, r->now, e),
		     tr(r->cat, "The account is enabled."), e);
}

/* ---- one's own ---- */

static bool account_form(struct request *r, const char *field, const char *text, struct err *e)
{
	struct account_view v = { 0 };
	struct user u;
	struct page *p;

	if (!user_get(r->db, r->arena, r->user.id, &u, e))
		return false;
	p = page_begin(r, u.name, "");
	fill_row(p, &u, &v.row);
	v.old_password =
		password_field("old_password", tr(r->cat, "Password of today"), "current-password");
	v.new_password = password_field("new_password", tr(r->cat, "New password"), "new-password");
	v.new_password.help = tr(r->cat, "You will log in again with it, on every device.");
	if (str_eq(field, "old_password"))
		v.old_password.error = text;
	else if (str_eq(field, "new_password"))
		v.new_password.error = text;
	else
		v.message = text;
	account_page(p, &v);
	return respond_page(r, p, text ? 422 : 200);
}

static bool account_show(struct request *r, struct err *e)
{
	return account_form(r, NULL, NULL, e);
}

static bool own_password_post(struct request *r, struct err *e)
{
	const char *old = request_form(r, "old_password");
	const char *new = request_form(r, "new_password");
	const char *text;
	struct user u;

	/* As at the door: whoever found an open session must not guess here either. */
	if (!login_check(r->db, r->arena, r->user.email, old ? old : "", NULL, r->now, &u, e)) {
		if (e->code != ERR_UNAUTHENTICATED)
			return false;
		return account_form(r, "old_password", tr(r->cat, "This is not your password."), e);
	}
	if (!user_set_password(r->db, r->arena, u.id, new ? new : "", r->actor, r->now, e)) {
		text = refusal(r, e);
		return text && account_form(r, "new_password", text, e);
	}
	return respond_redirect(r, "/login");
}

/* How pages look to their reader: kept with the user, so that it follows him to another machine. */
static bool look_post(struct request *r, struct err *e)
{
	static const char *const themes[] = { "auto", "light", "dark" };
	static const char *const densities[] = { "compact", "normal", "roomy" };
	const char *theme = request_form(r, "theme"), *density = request_form(r, "density");
	bool has_theme = false, has_density = false;

	for (size_t i = 0; i < ARRAY_LEN(themes); i++) {
		has_theme = has_theme || str_eq(theme, themes[i]);
		has_density = has_density || str_eq(density, densities[i]);
	}
	if (!has_theme)
		return err_field(e, ERR_INVALID, "theme", "theme is auto, light or dark");
	if (!has_density)
		return err_field(e, ERR_INVALID, "density", "density is compact, normal or roomy");
	return user_set_look(r->db, r->user.id, str_eq(theme, "auto") ? NULL : theme, density, e) &&
	       respond_redirect(r, "/account");
}

static const struct route routes[] = {
	ROUTE(GET, "/settings/users", users_show, PERM_USER_ADMIN, SCOPE_INSTALLATION),
	ROUTE(GET, "/settings/users/new", new_user_show, PERM_USER_ADMIN, SCOPE_INSTALLATION),
	ROUTE(POST, "/settings/users", user_post, PERM_USER_ADMIN, SCOPE_INSTALLATION),
	ROUTE(GET, "/settings/users/:user", user_show, PERM_USER_ADMIN, SCOPE_INSTALLATION),
	ROUTE(POST, "/settings/users/:user/role", role_post, PERM_USER_ADMIN, SCOPE_INSTALLATION),
	ROUTE(POST, "/settings/users/:user/scope", scope_post, PERM_USER_ADMIN, SCOPE_ENTITY),
	ROUTE(POST, "/settings/users/:user/password", password_post, PERM_USER_ADMIN,
	      SCOPE_INSTALLATION),
	ROUTE(POST, "/settings/users/:user/disable", disable_post, PERM_USER_ADMIN,
	      SCOPE_INSTALLATION),
	ROUTE(POST, "/settings/users/:user/enable", enable_post, PERM_USER_ADMIN,
	      SCOPE_INSTALLATION),
	ROUTE(GET, "/account", account_show, PERM_USER, SCOPE_INSTALLATION),
	ROUTE(POST, "/account/look", look_post, PERM_USER, SCOPE_INSTALLATION),
	ROUTE(POST, "/account/password", own_password_post, PERM_USER, SCOPE_INSTALLATION),
};
const struct route_list team_routes = ROUTE_LIST(routes);
