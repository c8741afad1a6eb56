/* SPDX-License-Identifier: Apache-2.0 */
/* manual.c - the man page and the completion of the shell, made from the table of commands. */
#include "cmd/cmd.h"

#include "i18n/catalogue.h"

static const struct cmd_option options[] = {
	{ "bash", NULL, N_("print the completion for bash instead"), CMD_FLAG },
	{ 0 },
};

/* Text inside a roff page: a backslash, a dash or a point and quote at the beginning mean something there. */
static void put_roff(const char *s)
{
	if (*s == '.' || *s == '\'')
		fputs("\\&", stdout);
	for (; s && *s; s++) {
		if (*s == '\\')
			fputs("\\e", stdout);
		else if (*s == '-')
			fputs("\\-", stdout);
		else
			putchar(*s);
	}
}

static void put_option(const struct cmd *c, const struct cmd_option *o)
{
	fputs(".TP\n.B \\-\\-", stdout);
	put_roff(o->name);
	if (o->value_name) {
		fputs(" \\fI", stdout);
		put_roff(o->value_name);
		fputs("\\fR", stdout);
	}
	putchar('\n');
	put_roff(cmd_tr(c, o->help));
	putchar('\n');
}

static void put_command(const struct cmd *c, const struct command *command)
{
	fputs(".SS encours ", stdout);
	put_roff(command->name);
	fputs(" [\\fIOPTIONS\\fR]", stdout);
	if (command->arguments) {
		putchar(' ');
		put_roff(command->arguments);
	}
	putchar('\n');
	put_roff(cmd_tr(c, command->help));
	putchar('\n');
	for (const struct cmd_option *o = command->options; o && o->name; o++)
		put_option(c, o);
}

static void put_man_page(const struct cmd *c)
{
	fputs(".TH ENCOURS 1 \"\" \"encours " ENCOURS_VERSION "\" \"User Commands\"\n"
	      ".SH NAME\nencours \\- trade receivables: credit risk, dunning, cash application\n"
	      ".SH SYNOPSIS\n.B encours\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]\n"
	      ".SH DESCRIPTION\n"
	      "One program over one database: a command line, a web server and a worker. Without\n"
	      ".B \\-\\-json\na command prints tables for people; with it, one JSON object.\n"
	      ".SH COMMON OPTIONS\n",
	      stdout);
	for (const struct cmd_option *o = cmd_common_options(); o->name; o++)
		put_option(c, o);
	fputs(".SH COMMANDS\n", stdout);
	for (const struct command *const *p = cmd_table(); *p; p++)
		put_command(c, *p);
	fputs(".SH ENVIRONMENT\n.TP\n.B ENCOURS_DB\nthe database, where\n.B \\-\\-db\nis not "
	      "given\n"
	      ".SH EXIT STATUS\n.TP\n.B 0\ndone\n.TP\n.B 1\n"
	      "done, but some input was refused or some check failed\n"
	      ".TP\n.B 2\nwrong usage\n.TP\n.B 3\n"
	      "could not be done: database, file, network; nothing was changed\n",
	      stdout);
}

static void put_words(const struct cmd_option *o)
{
	for (; o && o->name; o++)
		printf(" --%s", o->name);
}

static void put_bash(void)
{
	fputs("# Completion of encours for bash.\n_encours()\n{\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} words=\n"
	      "\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\twords=\"help",
	      stdout);
	for (const struct command *const *p = cmd_table(); *p; p++)
		printf(" %s", (*p)->name);
	fputs("\"\n\telif [[ $word == -* ]]; then\n\t\twords=\"", stdout);
	put_words(cmd_common_options());
	fputs("\"\n\t\tcase ${COMP_WORDS[1]} in\n", stdout);
	for (const struct command *const *p = cmd_table(); *p; p++) {
		if (!(*p)->options || !(*p)->options->name)
			continue;
		printf("\t\t%s) words+=\"", (*p)->name);
		put_words((*p)->options);
		fputs("\" ;;\n", stdout);
	}
	fputs("\t\tesac\n\tfi\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
	      "complete -o default -F _encours encours\n",
	      stdout);
}

static int run(struct cmd *c)
{
	if (c->argc > 0)
		return cmd_usage(c, "manual takes no argument");
	if (cmd_flag(c, "bash"))
		put_bash();
	else
		put_man_page(c);
	return CMD_OK;
}

const struct command command_manual = {
	"manual", run, CMD_NEEDS_NOTHING, NULL, N_("print the man page of encours"), options
};
