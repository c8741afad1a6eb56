/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - the parser child: reads a file on standard input, locked in, and answers in records. Started by
 * imports (format/child.h), of no use by hand. */
#include "cmd/cmd.h"

#include "format/text_child.h"
#include "format/worker.h"
#include "i18n/catalogue.h"

#include <unistd.h>

static const struct cmd_option options[] = {
	{ "file", "BYTES", N_("largest file"), CMD_VALUE },
	{ "memory", "BYTES", N_("largest address space"), CMD_VALUE },
	{ "cpu", "SECONDS", N_("longest time of the processor"), CMD_VALUE },
	{ "output", "BYTES", N_("longest answer"), CMD_VALUE },
	{ 0 },
};

static const char *argument(const struct cmd *c, int i)
{
	return i < c->argc && c->argv[i][0] ? c->argv[i] : NULL;
}

static int run(struct cmd *c)
{
	struct worker_orders o = { .options = { .name = argument(c, 1), .sheet = argument(c, 3) } };
	const char *format = argument(c, 0), *currency = argument(c, 2);

	o.options.format = format_of_name(format ? format : "auto");
	if (o.options.format == FORMAT_COUNT)
		return cmd_usage(c, cmd_tr(c, N_("there is no format \"%s\"")), format);
	if (currency && strlen(currency) == 3)
		memcpy(o.options.currency, currency, 4);
	if (!cmd_number(c, "file", INT64_C(2) << 30, INT64_MAX, &o.file_bytes) ||
	    !cmd_number(c, "memory", 0, INT64_MAX, &o.memory_bytes) ||
	    !cmd_number(c, "cpu", 120, 86400, &o.cpu_seconds) ||
	    !cmd_number(c, "output", INT64_C(16) << 30, INT64_MAX, &o.output_bytes))
		return cmd_fail(c);
	if (isatty(STDOUT_FILENO))
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("the answer is for a program, not a terminal")));
	worker_run(&o);
}

/* ---- encours text ---- */

static const struct cmd_option text_options[] = {
	{ "memory", "BYTES", N_("largest address space"), CMD_VALUE },
	{ "cpu", "SECONDS", N_("longest time of the processor"), CMD_VALUE },
	{ 0 },
};

static int run_text(struct cmd *c)
{
	int64_t memory, cpu;

	if (!cmd_number(c, "memory", 0, INT64_MAX, &memory) ||
	    !cmd_number(c, "cpu", 20, 86400, &cpu))
		return cmd_fail(c);
	text_child_run(c->argc ? c->argv[0] : "", memory, cpu);
}

const struct command command_text = {
	"text",
	run_text,
	CMD_NEEDS_NOTHING,
	"[PDFTOTEXT]",
	N_("the text of one file, locked in (started by the program itself)"),
	text_options
};

const struct command command_parse = {
	"parse",
	run,
	CMD_NEEDS_NOTHING,
	"FORMAT [NAME [CURRENCY [SHEET]]]",
	N_("read one file for an import, locked in (started by the program itself)"),
	options
};
