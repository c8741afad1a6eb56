/* SPDX-License-Identifier: Apache-2.0 */
/* user.c - accounts: add, list, disable, enable, role, password. */
#include "team/user.h"

#include "base/clock.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "team/password.h"

#include <sodium.h>
#include <termios.h>
#include <unistd.h>

static const struct cmd_option options[] = {
	{ "role", "ROLE",
	  N_("administrator, credit_manager, collector, salesperson, branch_manager, accountant, "
	     "executive or auditor"),
	  CMD_VALUE },
	{ "name", "NAME", N_("name of the person"), CMD_VALUE },
	{ "password-stdin", NULL, N_("read the password from standard input"), CMD_FLAG },
	{ 0 },
};

enum { LINE = PASSWORD_MAX + 2 };

/* One line without its end. False when there is none, or it is longer than any password. */
static bool read_line(struct cmd *c, char line[LINE])
{
	size_t n;

	if (!fgets(line, LINE, stdin))
		return err_set(&c->err, ERR_USAGE, "expected a password on standard input");
	n = strcspn(line, "\r\n");
	if (line[n] == '\0' && n == LINE - 1)
		return err_field(&c->err, ERR_INVALID, "password",
				 "the password has more than %d bytes", PASSWORD_MAX);
	line[n] = '\0';
	return true;
}

/* Asks on the terminal, without showing what is typed. */
static bool ask(struct cmd *c, const char *question, char line[LINE])
{
	struct termios before, silent;
	bool ok;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return err_set(&c->err, ERR_IO, "could not set up the terminal");
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "%s ", question);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	ok = read_line(c, line);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return ok;
}

/* *ret is NULL when nobody can be asked and no password was sent. */
static bool get_password(struct cmd *c, const char **ret)
{
	char first[LINE], second[LINE];

	*ret = NULL;
	if (cmd_flag(c, "password-stdin")) {
		if (!read_line(c, first))
			return false;
	} else if (isatty(STDIN_FILENO)) {
		if (!ask(c, cmd_tr(c, N_("Password:")), first) ||
		    !ask(c, cmd_tr(c, N_("The same again:")), second))
			return false;
		if (strcmp(first, second) != 0)
			return err_field(&c->err, ERR_INVALID, "password",
					 "the two passwords are not the same");
		sodium_memzero(second, sizeof second);
	} else {
		return true;
	}
	*ret = arena_strdup(c->arena, first);
	sodium_memzero(first, sizeof first);
	return true;
}

static void put_user(struct json *j, const struct user *u)
{
	char moment[CLOCK_TEXT];

	json_open_object(j);
	json_put_int(j, "id", u->id);
	json_put_text(j, "email", u->email);
	json_put_text(j, "name", u->name);
	json_put_text(j, "role", u->role);
	json_put_bool(j, "disabled", u->is_disabled);
	json_put_bool(j, "password", u->has_password);
	json_put_text(j, "created", clock_format(u->recorded, moment));
	json_end(j);
}

static int print_user(struct cmd *c, const struct user *u)
{
	struct buf b;
	struct json j;

	if (c->json) {
		buf_init(&b, c->arena);
		json_init(&j, &b);
		json_open_object(&j);
		json_key(&j, "user");
		put_user(&j, u);
		json_end(&j);
		cmd_print_json(&b);
	} else if (!c->quiet) {
		printf("%s: %s%s%s\n", u->email, u->role, u->is_disabled ? ", " : "",
		       u->is_disabled ? cmd_tr(c, N_("disabled")) : "");
	}
	return CMD_OK;
}

static int add(struct cmd *c, const char *email)
{
	const char *role = cmd_value(c, "role");
	struct new_user new = { .email = email, .name = cmd_value(c, "name") };
	struct user u;

	if (!role)
		return cmd_usage(c, "%s", cmd_tr(c, N_("--role is needed")));
	if (!role_parse(role, &new.role, &c->err))
		return cmd_usage(c, "%s", c->err.msg);
	if (!get_password(c, &new.password) ||
	    !user_add(c->db, c->arena, &new, c->actor, c->now, &u, &c->err))
		return cmd_fail(c);
	if (!str_eq(u.role, role) && !c->quiet)
		fprintf(stderr, "%s\n", cmd_tr(c, N_("The first account is the administrator's.")));
	if (!u.has_password && !c->quiet)
		fprintf(stderr, "%s\n",
			cmd_tr(c,
			       N_("The account has no password yet: nobody can log in with it.")));
	return print_user(c, &u);
}

static int list(struct cmd *c, const char *unused)
{
	struct cmd_text_table t;
	struct user *users;
	struct buf b;
	struct json j;
	size_t n;

	(void)unused;
	if (!user_list(c->db, c->arena, &users, &n, &c->err))
		return cmd_fail(c);
	if (!c->json) {
		table_init(&t, c->arena, cmd_tr(c, N_("<E-mail")), cmd_tr(c, N_("<Name")),
			   cmd_tr(c, N_("<Role")), cmd_tr(c, N_("<State")), NULL);
		for (size_t i = 0; i < n; i++)
			table_row(&t, users[i].email, users[i].name, users[i].role,
				  users[i].is_disabled     ? cmd_tr(c, N_("disabled"))
				  : !users[i].has_password ? cmd_tr(c, N_("no password"))
							   : "");
		table_print(&t, stdout);
		return CMD_OK;
	}
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "users");
	json_open_array(&j);
	for (size_t i = 0; i < n; i++)
		put_user(&j, &users[i]);
	json_end(&j);
	json_end(&j);
	cmd_print_json(&b);
	return CMD_OK;
}

/* Shows the account as it is after a change that went well. */
static int shown(struct cmd *c, bool ok, int64_t id)
{
	struct user u;

	if (!ok || !user_get(c->db, c->arena, id, &u, &c->err))
		return cmd_fail(c);
	return print_user(c, &u);
}

static int set_disabled(struct cmd *c, const char *email, bool is_disabled)
{
	struct user u;

	if (!user_get_by_email(c->db, c->arena, email, &u, &c->err))
		return cmd_fail(c);
	if (u.is_disabled == is_disabled)
		return print_user(c, &u);
	return shown(
		c,
		user_set_disabled(c->db, u.id, u.version, is_disabled, c->actor, c->now, &c->err),
		u.id);
}

static int disable(struct cmd *c, const char *email)
{
	return set_disabled(c, email, true);
}

static int enable(struct cmd *c, const char *email)
{
	return set_disabled(c, email, false);
}

static int set_role(struct cmd *c, const char *email)
{
	const char *text = cmd_value(c, "role");
	enum role role;
	struct user u;

	if (!text)
		return cmd_usage(c, "%s", cmd_tr(c, N_("--role is needed")));
	if (!role_parse(text, &role, &c->err))
		return cmd_usage(c, "%s", c->err.msg);
	if (!user_get_by_email(c->db, c->arena, email, &u, &c->err))
		return cmd_fail(c);
	return shown(c, user_set_role(c->db, u.id, u.version, role, c->actor, c->now, &c->err),
		     u.id);
}

static int set_password(struct cmd *c, const char *email)
{
	const char *password;
	struct user u;

	if (!user_get_by_email(c->db, c->arena, email, &u, &c->err) || !get_password(c, &password))
		return cmd_fail(c);
	if (!password)
		return cmd_usage(c, "%s", cmd_tr(c, N_("--password-stdin is needed")));
	return shown(c,
		     user_set_password(c->db, c->arena, u.id, password, c->actor, c->now, &c->err),
		     u.id);
}

static int run(struct cmd *c)
{
	static const struct {
		const char *name;
		int n_arguments;
		int (*run)(struct cmd *c, const char *email);
	} acts[] = {
		{ "add", 2, add },       { "list", 1, list },     { "disable", 2, disable },
		{ "enable", 2, enable }, { "role", 2, set_role }, { "password", 2, set_password },
	};

	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		if (c->argc == acts[i].n_arguments && strcmp(c->argv[0], acts[i].name) == 0)
			return acts[i].run(c, c->argc == 2 ? c->argv[1] : NULL);
	return cmd_usage(c, "%s",
			 cmd_tr(c, N_("expected \"add EMAIL\", \"list\", \"disable EMAIL\","
				      " \"enable EMAIL\", \"role EMAIL\" or \"password EMAIL\"")));
}

const struct command command_user = {
	"user",
	run,
	CMD_NEEDS_DB,
	"add EMAIL --role ROLE | list | disable EMAIL | enable EMAIL | role "
	"EMAIL --role ROLE | password EMAIL",
	N_("accounts of the people who work with the program"),
	options
};
