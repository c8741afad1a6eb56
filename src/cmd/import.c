/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - the company's files into the ledger. */
#include "ledger/import.h"

#include "base/scratch_file.h"
#include "base/text.h"
#include "bank/statement.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const struct cmd_option options[] = {
	{ "format", "F", N_("the files' format; else recognised from the content"), CMD_VALUE },
	{ "map", "NAME", N_("a saved mapping of the columns"), CMD_VALUE },
	{ "account", "IBAN", N_("the bank account of a table that does not name it"), CMD_VALUE },
	{ "dates", "dmy|mdy", N_("what comes first in the days of a table that do not tell"),
	  CMD_VALUE },
	{ "mode", "movements|snapshot",
	  N_("whether an item file lists what is new or all that is open"), CMD_VALUE },
	{ "dry-run", NULL, N_("say what would be done, change nothing"), CMD_FLAG },
	{ "all-or-nothing", NULL, N_("refuse the file when one line is rejected"), CMD_FLAG },
	{ "date-forward", NULL, N_("documents of a closed period count from the first open day"),
	  CMD_FLAG },
	{ "undo", "IMPORT", N_("reverse an import by its number"), CMD_VALUE },
	{ 0 },
};

/* Standard input is kept in a file that has no name, since it is read twice. */
static int spool_stdin(struct err *e)
{
	char block[65536];
	ssize_t n = 0;
	int fd;

	if (!scratch_file(&fd, e))
		return -1;
	while ((n = read(STDIN_FILENO, block, sizeof block)) > 0)
		if (!scratch_write(fd, block, (size_t)n, e)) {
			close(fd);
			return -1;
		}
	if (n < 0) {
		err_set(e, ERR_IO, "could not keep standard input: %s", strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

static int open_input(const char *path, struct err *e)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return spool_stdin(e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err_set(e, ERR_IO, "could not open %s: %s", path, strerror(errno));
	return fd;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool import_one(struct cmd *c, const char *path, struct import_report *r)
{
	struct bank_importer bank;
	struct import_job job = {
		.db = c->db,
		.arena = c->arena,
		.entity = &c->entity,
		.actor = c->actor,
		.now = c->now,
		.today = c->date,
		.is_dry_run = cmd_flag(c, "dry-run"),
		.all_or_nothing = cmd_flag(c, "all-or-nothing"),
		.dates_forward = cmd_flag(c, "date-forward"),
		.format = cmd_value(c, "format"),
		.mapping = cmd_value(c, "map"),
		.account = cmd_value(c, "account"),
		.dates = cmd_value(c, "dates"),
		.bank = &bank,
		.progress = cmd_progress,
		.progress_arg = c,
	};
	const char *mode = cmd_value(c, "mode");
	int fd = open_input(path, &c->err);
	bool ok;

	statement_importer(c->arena, &bank);
	*r = (struct import_report){ .file = base_name(path),
				     .from_on = DAY_NONE,
				     .to_on = DAY_NONE };
	if (fd < 0)
		return false;
	if (mode && strcmp(mode, "snapshot") == 0)
		job.mode = IMPORT_SNAPSHOT;
	ok = import_file(&job, fd, base_name(path), r, &c->err);
	close(fd);
	return ok;
}

static void print_people(const struct cmd *c, const struct import_report *r)
{
	if (r->is_repeat) {
		printf(cmd_tr(c, N_("%s: imported before, nothing to do")), r->file);
		printf("\n");
		return;
	}
	printf(cmd_tr(c,
		      N_("%s: %s, %s records; %s created, %s updated, %s unchanged, %s rejected")),
	       r->file, r->content ? r->content : r->format, cmd_count(c, r->n_records),
	       cmd_count(c, r->n_created), cmd_count(c, r->n_updated), cmd_count(c, r->n_unchanged),
	       cmd_count(c, r->n_rejected));
	printf("\n");
	if (r->has_control) {
		printf("  ");
		printf(cmd_tr(c, N_("customer accounts: %s in the file, %s in the ledger")),
		       cmd_amount(c, r->control_minor, r->currency),
		       cmd_amount(c, r->ledger_minor, r->currency));
		printf("\n");
	}
	for (size_t i = 0; i < r->n_warnings && !c->quiet; i++)
		printf("  ! %s\n", cmd_message(c, r->warnings[i]));
	for (size_t i = 0; i < r->n_errors; i++) {
		fprintf(stderr, "%s:%" PRId64 ": %s%s%s\n", r->file, r->errors[i].line,
			r->errors[i].field ? r->errors[i].field : "",
			r->errors[i].field ? ": " : "", cmd_message(c, r->errors[i].message));
		if (i == 20) {
			fprintf(stderr, "...\n");
			break;
		}
	}
}

static int undo(struct cmd *c, const char *text)
{
	uint64_t id;

	if (!text_to_u64(text, INT64_MAX, &id))
		return cmd_usage(c, "--undo: expected the number of an import, not \"%.40s\"",
				 text);
	if (!import_undo(c->db, c->entity.id, (int64_t)id, c->actor, c->now, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"undone\":%" PRIu64 "}\n", id);
	return CMD_OK;
}

/* A file that is refused as a whole has one error, of line 0, and does not stop the others. */
static void put_refusal(struct cmd *c, struct import_report *r)
{
	struct import_error *error = ARENA_NEW(c->arena, struct import_error);

	if (!c->json)
		fprintf(stderr, "%s: %s\n", r->file, cmd_message(c, c->err.msg));
	*error = (struct import_error){ c->err.line, NULL, NULL,
					arena_strdup(c->arena, c->err.msg) };
	if (r->n_errors == 0) {
		r->errors = error;
		r->n_errors = 1;
	}
	r->n_created = r->n_updated = 0;
}

static int run(struct cmd *c)
{
	int status = CMD_OK;
	struct buf b;
	struct json j;

	if (cmd_value(c, "undo"))
		return undo(c, cmd_value(c, "undo"));
	if (c->argc == 0)
		return cmd_usage(c, "which file?");
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "files");
	json_open_array(&j);
	for (int i = 0; i < c->argc; i++) {
		struct import_report r;
		if (!import_one(c, c->argv[i], &r)) {
			int bad = err_exit_status(c->err.code);
			status = bad > status ? bad : status;
			put_refusal(c, &r);
		} else {
			if ((r.n_rejected > 0 || r.n_errors > 0) && status == CMD_OK)
				status = CMD_PARTLY;
			if (!c->json)
				print_people(c, &r);
		}
		json_raw(&j, import_report_json(c->arena, &r));
	}
	json_end(&j);
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
	return status;
}

const struct command command_import = { "import",
					run,
					CMD_NEEDS_ENTITY,
					"FILE…",
					N_("import the company's files: FEC, CSV, XLSX, bank "
					   "statements (camt, MT940, OFX, CODA, CFONB)"),
					options };
