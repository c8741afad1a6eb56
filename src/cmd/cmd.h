/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd.h - the frame of the command line: common options, the table of subcommands, what they share.
 *
 * A subcommand is one file: its function, its table of options, its entry in commands.def. It prints one
 * JSON object with --json, else a table for people; errors go to standard error once, here.
 *
 *	static const struct cmd_option options[] = {
 *		{ "as-of", "DATE", N_("figures as of that day"), CMD_VALUE },
 *		{ 0 },
 *	};
 *	static int run(struct cmd *c)
 *	{
 *		const char *as_of = cmd_value(c, "as-of");
 *		...
 *		if (!book_load(c->db, c->arena, &q, &book, &c->err))
 *			return cmd_fail(c);
 *		return CMD_OK;
 *	}
 *	const struct command command_ageing = {
 *		"ageing", run, CMD_NEEDS_ENTITY, NULL, N_("aged balance"), options
 *	};
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/clock.h"
#include "base/json.h"
#include "ledger/entity.h"

#include <stdio.h>

enum { CMD_OK = 0, CMD_PARTLY = 1, CMD_USAGE = 2, CMD_IMPOSSIBLE = 3 };

/* CMD_VALUES may be given several times: cmd_value() gives them one a line. */
enum cmd_option_kind { CMD_FLAG, CMD_VALUE, CMD_VALUES };

struct cmd_option {
	const char *name; /* without the dashes */
	const char *value_name;
	const char *help;
	enum cmd_option_kind kind;
};

struct cmd {
	struct arena *arena;
	struct db *db;            /* open and migrated for commands that ask for it */
	struct book_shelf *shelf; /* of its books */
	struct entity entity;     /* likewise */
	const char *db_url;
	const char *lang;    /* "fr" or "en" */
	const char *program; /* path of the running program */
	bool json;
	bool quiet;
	day_t date; /* --date, else today in the entity's zone */
	int64_t now;
	const char
		*reporting; /* currency of converted figures; set by the commands that have some */
	char actor[80];     /* "cli:login" */
	struct err err;
	int argc; /* what is left after options */
	char **argv;
	/* private */
	const struct command *command;
	const char **option_values; /* per option of the command; NULL not given, "" a flag given */
};

enum cmd_need {
	CMD_NEEDS_NOTHING,
	CMD_NEEDS_DB,     /* opened and migrated */
	CMD_NEEDS_ENTITY, /* and the entity of --entity found */
};

struct command {
	const char *name;
	int (*run)(struct cmd *c);
	enum cmd_need need;
	const char *arguments; /* "FILE…" for the usage line */
	const char *help;
	const struct cmd_option *options; /* ends with an empty one; NULL: none */
};

/* The table of all subcommands, ending with NULL. */
const struct command *const *cmd_table(void);

/* The options of every command, ending with an empty one. */
const struct cmd_option *cmd_common_options(void);

/* A text in the language of the command. */
const char *cmd_tr(const struct cmd *c, const char *msgid) __attribute__((format_arg(2)));

/* Runs the program's command line; returns the exit status. */
int cmd_main(int argc, char **argv);

/* Value of an option, NULL when not given; whether a flag was given. */
const char *cmd_value(const struct cmd *c, const char *name);
bool cmd_flag(const struct cmd *c, const char *name);

/* A date option, absent when not given; false (usage) when it is no date. */
bool cmd_day(struct cmd *c, const char *name, day_t absent, day_t *ret);

/* The options --as-of (absent: --date) and --known-at, which every figure of the ledger takes; false (usage)
 * when one cannot be read. A bare date of --known-at is its end on the company's clock. */
bool cmd_when(struct cmd *c, struct when *ret);
#define CMD_WHEN_OPTIONS                                                              \
	{ "as-of", "DATE", N_("figures as of that day"), CMD_VALUE },                 \
	{                                                                             \
		"known-at", "MOMENT", N_("as it was known at that moment"), CMD_VALUE \
	}

/* A whole number option within 0..max. */
bool cmd_number(struct cmd *c, const char *name, int64_t absent, int64_t max, int64_t *ret);

/* Prints c->err on standard error and gives the exit status of its code. */
int cmd_fail(struct cmd *c);

/* An error or a warning in the language of --lang; JSON keeps the English. */
const char *cmd_message(const struct cmd *c, const char *english);

/* Prints the usage line and a reason; gives CMD_USAGE. */
int cmd_usage(struct cmd *c, const char *format, ...) PRINTF(2, 3);

/* Writes the JSON text and a line feed on standard output. */
void cmd_print_json(const struct buf *b);

/*
 * Tables for people: columns sized to their content, amounts right.
 *
 *	struct cmd_text_table t;
 *	table_init(&t, c->arena, "<Client", "<Name", ">Open", NULL);
 *	table_row(&t, code, name, amount);
 *	table_print(&t, stdout);
 */
enum { TABLE_MAX_COLUMNS = 12 };

struct cmd_text_table {
	struct arena *arena;
	int n_columns;
	bool is_right[TABLE_MAX_COLUMNS];
	size_t width[TABLE_MAX_COLUMNS];
	const char **cells;
	size_t n_cells, room;
};

void table_init(struct cmd_text_table *t, struct arena *a,
		...);                          /* "<Text" left, ">Text" right; NULL ends */
void table_row(struct cmd_text_table *t, ...); /* as many const char * as columns */
void table_print(const struct cmd_text_table *t, FILE *out);

/* One of the two on standard output, as --json says; gives CMD_OK. */
int cmd_answer(struct cmd *c, const struct buf *json, const struct cmd_text_table *t);

/*
 * A list, for people and for programs: rows of a table, or objects of one JSON array.
 *
 *	struct cmd_list l;
 *	cmd_list_open(c, &l, "payers");
 *	table_init(&l.table, c->arena, ...);
 *	for each: json_open_object(&l.json); ... json_end(&l.json); table_row(&l.table, ...);
 *	return cmd_list_print(c, &l);
 */
struct cmd_list {
	struct buf out;
	struct json json;
	struct cmd_text_table table;
};

void cmd_list_open(struct cmd *c, struct cmd_list *l, const char *key);
int cmd_list_print(struct cmd *c, struct cmd_list *l);

/* An amount for people: "1 234,56 EUR" by the language of the command. */
const char *cmd_amount(const struct cmd *c, int64_t minor, const char *currency);

/* A count for people: "1 234", grouped by the language of the command. */
const char *cmd_count(const struct cmd *c, int64_t n);

/* A progress bar on a terminal, nothing elsewhere; signature of import_job.progress (arg: struct cmd). */
void cmd_progress(void *arg, int64_t done, int64_t total);

#endif
