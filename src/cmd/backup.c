/* SPDX-License-Identifier: Apache-2.0 */
/* backup.c - backup, restore and migrate: the database as a whole. */
#include "cmd/cmd.h"
#include "i18n/catalogue.h"

/* What was done to which file, and the version of the schema in it. */
static int print_done(struct cmd *c, const char *text, const char *file, int version)
{
	struct buf b;
	struct json j;

	if (c->json) {
		buf_init(&b, c->arena);
		json_init(&j, &b);
		json_open_object(&j);
		json_put_text(&j, "file", file);
		json_put_int(&j, "schema", version);
		json_end(&j);
		cmd_print_json(&b);
	} else if (!c->quiet) {
		printf("%s: %s\n", file, text);
	}
	return CMD_OK;
}

static int backup(struct cmd *c)
{
	int version;

	if (c->argc != 1)
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected the name of one file")));
	if (!db_schema_version(c->db, &version, &c->err) || !db_backup(c->db, c->argv[0], &c->err))
		return cmd_fail(c);
	return print_done(c, cmd_tr(c, N_("backup written")), c->argv[0], version);
}

const struct command command_backup = {
	"backup",
	backup,
	CMD_NEEDS_DB,
	"FILE",
	N_("copy the database into a new file, also while others work with it"),
	NULL
};

static int restore(struct cmd *c)
{
	int version;

	if (c->argc != 1)
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected the name of one file")));
	if (!db_open(c->db_url, &c->db, &c->err) || !db_restore(c->db, c->argv[0], &c->err) ||
	    !db_migrate(c->db, NULL, &c->err) || !db_schema_version(c->db, &version, &c->err))
		return cmd_fail(c);
	return print_done(c, cmd_tr(c, N_("restored")), c->argv[0], version);
}

const struct command command_restore = {
	"restore", restore, CMD_NEEDS_NOTHING, "FILE", N_("bring a backup into an empty database"),
	NULL
};

static int migrate(struct cmd *c)
{
	int before, after, applied;
	struct buf b;
	struct json j;

	if (c->argc != 0)
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected no argument")));
	if (!db_open(c->db_url, &c->db, &c->err) || !db_schema_version(c->db, &before, &c->err) ||
	    !db_migrate(c->db, &applied, &c->err) || !db_schema_version(c->db, &after, &c->err))
		return cmd_fail(c);
	if (c->json) {
		buf_init(&b, c->arena);
		json_init(&j, &b);
		json_open_object(&j);
		json_put_int(&j, "from", before);
		json_put_int(&j, "to", after);
		json_put_int(&j, "applied", applied);
		json_end(&j);
		cmd_print_json(&b);
	} else if (!c->quiet) {
		printf(cmd_tr(c, N_("schema %d, was %d")), after, before);
		putchar('\n');
	}
	return CMD_OK;
}

const struct command command_migrate = {
	"migrate",
	migrate,
	CMD_NEEDS_NOTHING,
	NULL,
	N_("bring the schema of the database to this program's version"),
	NULL
};
