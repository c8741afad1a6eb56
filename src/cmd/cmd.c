/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/text.h"
#include "i18n/message.h"
#include "ledger/book_shelf.h"

#include <getopt.h>
#include <locale.h>
#include <pwd.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#define CMD(variable) extern const struct command variable;
#include "cmd/commands.def"
#undef CMD

static const struct command *const commands[] = {
#define CMD(variable) &variable,
#include "cmd/commands.def"
#undef CMD
	NULL
};

static const struct cmd_option common_options[] = {
	{ "db", "URL",
	  N_("database: sqlite:PATH or postgresql://… (else ENCOURS_DB, else "
	     "sqlite:encours.db)"),
	  CMD_VALUE },
	{ "entity", "CODE", N_("company to work on; not needed while there is one"), CMD_VALUE },
	{ "date", "YYYY-MM-DD", N_("civil date to act on; else today"), CMD_VALUE },
	{ "json", NULL, N_("print one JSON object"), CMD_FLAG },
	{ "lang", "fr|en", N_("language of what is printed"), CMD_VALUE },
	{ "quiet", NULL, N_("no progress, no remarks"), CMD_FLAG },
	{ "help", NULL, N_("how to use the command"), CMD_FLAG },
	{ 0 },
};

enum { N_COMMON = ARRAY_LEN(common_options) - 1, MAX_OPTIONS = 40 };

const struct command *const *cmd_table(void)
{
	return commands;
}

const struct cmd_option *cmd_common_options(void)
{
	return common_options;
}

static const struct command *find_command(const char *name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static size_t count_options(const struct cmd_option *options)
{
	size_t n = 0;

	while (options && options[n].name)
		n++;
	return n;
}

/* Option i of the command: its own first, then the common ones. */
static const struct cmd_option *option_at(const struct command *command, size_t i)
{
	size_t n_own = count_options(command->options);

	return i < n_own ? &command->options[i] : &common_options[i - n_own];
}

const char *cmd_value(const struct cmd *c, const char *name)
{
	size_t n = count_options(c->command->options) + N_COMMON;

	for (size_t i = 0; i < n; i++)
		if (strcmp(option_at(c->command, i)->name, name) == 0)
			return c->option_values[i];
	ensure_failed("option declared by the command", name, 0);
}

bool cmd_flag(const struct cmd *c, const char *name)
{
	return cmd_value(c, name) != NULL;
}

const char *cmd_tr(const struct cmd *c, const char *msgid)
{
	return tr(catalogue_find(c->lang), msgid);
}

static void print_option(const struct cmd *c, const struct cmd_option *o, FILE *out)
{
	char left[64];

	snprintf(left, sizeof left, "--%s%s%s", o->name, o->value_name ? " " : "",
		 o->value_name ? o->value_name : "");
	fprintf(out, "  %-26s %s\n", left, cmd_tr(c, o->help));
}

static void print_usage(const struct cmd *c, FILE *out)
{
	const struct command *command = c->command;

	fprintf(out, "encours %s %s%s\n", command->name, cmd_tr(c, N_("[OPTIONS]")),
		command->arguments ? " " : "");
	if (command->arguments)
		fprintf(out, "        %s\n", command->arguments);
	fprintf(out, "\n%s\n\n", cmd_tr(c, command->help));
	for (size_t i = 0; i < count_options(command->options) + N_COMMON; i++)
		print_option(c, option_at(command, i), out);
}

int cmd_usage(struct cmd *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "encours %s: %s\n", c->command->name,
		cmd_message(c, arena_vprintf(c->arena, format, args)));
	va_end(args);
	fprintf(stderr, cmd_tr(c, N_("Try \"encours %s --help\".")), c->command->name);
	fprintf(stderr, "\n");
	return CMD_USAGE;
}

const char *cmd_message(const struct cmd *c, const char *english)
{
	return tr_message(catalogue_find(c->lang), c->arena, english);
}

int cmd_fail(struct cmd *c)
{
	fprintf(stderr, "encours %s: %s\n", c->command->name, cmd_message(c, c->err.msg));
	return err_exit_status(c->err.code);
}

bool cmd_day(struct cmd *c, const char *name, day_t absent, day_t *ret)
{
	const char *text = cmd_value(c, name);

	*ret = absent;
	if (!text || date_parse(text, ret, &c->err))
		return true;
	c->err.code = ERR_USAGE;
	return err_while(&c->err, "--%s", name);
}

bool cmd_when(struct cmd *c, struct when *ret)
{
	const char *text = cmd_value(c, "known-at");
	struct when w = { 0 };

	if (!cmd_day(c, "as-of", c->date, &w.as_of))
		return false;
	/* Moments of the contract are UTC; only a day is the company's own. */
	if (text && !clock_parse_local(text, strlen(text) == 10 ? c->entity.time_zone : "UTC",
				       &w.known_at, &c->err)) {
		c->err.code = ERR_USAGE;
		return err_while(&c->err, "--known-at");
	}
	*ret = w;
	return true;
}

bool cmd_number(struct cmd *c, const char *name, int64_t absent, int64_t max, int64_t *ret)
{
	const char *text = cmd_value(c, name);
	uint64_t v;

	*ret = absent;
	if (!text)
		return true;
	if (!text_to_u64(text, (uint64_t)max, &v))
		return err_set(&c->err, ERR_USAGE,
			       "--%s: expected a whole number up to %" PRId64 ", not \"%.40s\"",
			       name, max, text);
	*ret = (int64_t)v;
	return true;
}

void cmd_print_json(const struct buf *b)
{
	fwrite(buf_str(b), 1, b->len, stdout);
	fputc('\n', stdout);
}

void cmd_progress(void *arg, int64_t done, int64_t total)
{
	const struct cmd *c = arg;
	int percent = total > 0 ? (int)(done * 100 / total) : 0;
	char bar[41];

	if (c->quiet || c->json || !isatty(STDERR_FILENO))
		return;
	for (int i = 0; i < 40; i++)
		bar[i] = i * 100 < percent * 40 ? '#' : '.';
	bar[40] = '\0';
	fprintf(stderr, "\r[%s] %3d %%%s", bar, percent, done >= total ? "\n" : "");
}

/* LANG=fr_FR.UTF-8 and the like choose the language where --lang does not. */
static const char *language_of_environment(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = getenv(names[i]);
		if (!str_empty(v))
			return str_starts(v, "fr") ? "fr" : "en";
	}
	return "en";
}

static bool take_value(struct cmd *c, size_t at, const char *value)
{
	const struct cmd_option *o = option_at(c->command, at);
	const char *before = c->option_values[at];

	if (before && o->kind == CMD_VALUE)
		return err_set(&c->err, ERR_USAGE, "--%s is given twice", o->name);
	c->option_values[at] = before && o->kind == CMD_VALUES
				       ? arena_printf(c->arena, "%s\n%s", before, value)
				       : value;
	return true;
}

static bool read_options(struct cmd *c, int argc, char **argv)
{
	size_t n = count_options(c->command->options) + N_COMMON;
	struct option longs[MAX_OPTIONS + 1] = { 0 };
	int at, key;

	ENSURE(n <= MAX_OPTIONS);
	for (size_t i = 0; i < n; i++) {
		const struct cmd_option *o = option_at(c->command, i);
		longs[i] = (struct option){ o->name,
					    o->kind == CMD_FLAG ? no_argument : required_argument,
					    NULL, 1 };
	}
	c->option_values = ARENA_ARRAY(c->arena, n, const char *);
	optind = 0; /* GNU: start afresh */
	opterr = 0;
	while ((key = getopt_long(argc, argv, ":", longs, &at)) != -1) {
		if (key == ':')
			return err_set(&c->err, ERR_USAGE, "%s needs a value", argv[optind - 1]);
		if (key != 1)
			return err_set(&c->err, ERR_USAGE, "there is no option %s",
				       argv[optind - 1]);
		if (!take_value(c, (size_t)at, optarg ? optarg : ""))
			return false;
	}
	c->argc = argc - optind;
	c->argv = argv + optind;
	return true;
}

static bool read_common(struct cmd *c)
{
	const char *lang = cmd_value(c, "lang");
	const char *url = cmd_value(c, "db");
	const char *from_environment = getenv("ENCOURS_DB");

	if (lang && strcmp(lang, "fr") != 0 && strcmp(lang, "en") != 0)
		return err_set(&c->err, ERR_USAGE, "--lang: expected fr or en, not \"%.20s\"",
			       lang);
	c->lang = lang ? lang : language_of_environment();
	if (!url)
		url = !str_empty(from_environment) ? from_environment : "sqlite:encours.db";
	c->db_url = url;
	c->json = cmd_flag(c, "json");
	c->quiet = cmd_flag(c, "quiet");
	return cmd_day(c, "date", DAY_NONE, &c->date);
}

static bool open_needs(struct cmd *c)
{
	if (c->command->need == CMD_NEEDS_NOTHING)
		return true;
	if (!db_open(c->db_url, &c->db, &c->err) || !db_migrate(c->db, NULL, &c->err))
		return false;
	c->shelf = shelf_new(c->db_url, false);
	db_set_context(c->db, c->shelf);
	if (c->command->need == CMD_NEEDS_ENTITY &&
	    !entity_get(c->db, c->arena, cmd_value(c, "entity"), &c->entity, &c->err))
		return false;
	if (c->date == DAY_NONE)
		c->date = clock_day(c->now,
				    c->entity.time_zone ? c->entity.time_zone : "Europe/Paris");
	return true;
}

static void name_actor(struct cmd *c)
{
	const struct passwd *p = getpwuid(getuid());

	snprintf(c->actor, sizeof c->actor, "cli:%.60s", p ? p->pw_name : "unknown");
}

static int run(struct cmd *c, int argc, char **argv)
{
	int status;

	c->lang = language_of_environment();
	if (!read_options(c, argc, argv) || !read_common(c))
		return c->err.code == ERR_USAGE ? cmd_usage(c, "%s", c->err.msg) : cmd_fail(c);
	if (cmd_flag(c, "help")) {
		print_usage(c, stdout);
		return CMD_OK;
	}
	name_actor(c);
	if (!open_needs(c))
		return cmd_fail(c);
	status = c->command->run(c);
	if (fflush(stdout) != 0)
		status = CMD_IMPOSSIBLE;
	return status;
}

static int help(FILE *out, int status)
{
	struct cmd c = { .lang = language_of_environment() };

	fprintf(out, "encours COMMAND [OPTIONS] [ARGUMENTS]\n\n");
	for (const struct command *const *p = commands; *p; p++)
		fprintf(out, "  %-14s %s\n", (*p)->name, cmd_tr(&c, (*p)->help));
	fprintf(out, "\n%s\n",
		cmd_tr(&c, N_("\"encours COMMAND --help\" tells how to use one of them.")));
	return status;
}

int cmd_main(int argc, char **argv)
{
	struct cmd c = { .now = clock_now(), .program = argv[0] };
	int status;

	if (sodium_init() < 0)
		return CMD_IMPOSSIBLE;
	if (argc < 2)
		return help(stderr, CMD_USAGE);
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
		return help(stdout, CMD_OK);
	if (strcmp(argv[1], "--version") == 0) {
		printf("encours %s\n", ENCOURS_VERSION);
		return CMD_OK;
	}
	c.command = find_command(argv[1]);
	if (!c.command) {
		fprintf(stderr, "encours: there is no command \"%s\"\n", argv[1]);
		return help(stderr, CMD_USAGE);
	}
	c.arena = arena_new((size_t)16 << 30);
	if (arena_exhausted(c.arena)) {
		fprintf(stderr, "encours: the work needs more memory than is allowed\n");
		db_close(c.db);
		arena_free(c.arena);
		shelf_free(c.shelf);
		return CMD_IMPOSSIBLE;
	}
	status = run(&c, argc - 1, argv + 1);
	db_close(c.db);
	arena_free(c.arena);
	shelf_free(c.shelf);
	return status;
}
