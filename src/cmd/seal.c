/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c - the sealed event log: export for encours-verify, its head to be kept outside, erasing a body. */
#include "base/clock.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "db/seal_export.h"
#include "i18n/catalogue.h"

#include <errno.h>
#include <sodium.h>

static const struct cmd_option options[] = {
	{ "append", "FILE", N_("with head: add it to that file"), CMD_VALUE },
	{ "reason", "TEXT", N_("with erase: why the body of the event is erased"), CMD_VALUE },
	{ 0 },
};

static int print_head(struct cmd *c, const struct seal_head *head)
{
	char hex[2 * SEAL_HASH + 1], moment[CLOCK_TEXT], line[SEAL_HEAD_LINE];
	struct buf b;
	struct json j;

	if (!c->json) {
		fputs(seal_head_line(head, line), stdout);
		return CMD_OK;
	}
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "position", head->position);
	json_put_text(&j, "sealed", head->position ? clock_format(head->sealed, moment) : NULL);
	json_put_text(&j, "hash", sodium_bin2hex(hex, sizeof hex, head->hash, SEAL_HASH));
	json_end(&j);
	cmd_print_json(&b);
	return CMD_OK;
}

static int head(struct cmd *c)
{
	const char *path = cmd_value(c, "append");
	struct seal_head head;

	if (path ? !seal_head_append(c->db, path, &head, &c->err)
		 : !seal_head(c->db, &head, &c->err))
		return cmd_fail(c);
	return path && c->quiet ? CMD_OK : print_head(c, &head);
}

static int export(struct cmd *c, const char *path)
{
	bool is_stdout = str_eq(path, "-"), ok;
	struct seal_head head;
	FILE *out;

	if (is_stdout)
		return seal_export(c->db, stdout, NULL, &c->err) ? CMD_OK : cmd_fail(c);
	/* Never over a file that is there: an older export may be evidence. */
	out = fopen(path, "wbx");
	if (!out) {
		err_set(&c->err, errno == EEXIST ? ERR_CONFLICT : ERR_IO,
			"cannot make the file \"%.200s\": %s", path, strerror(errno));
		return cmd_fail(c);
	}
	ok = seal_export(c->db, out, &head, &c->err);
	if (fclose(out) != 0 && ok)
		ok = err_set(&c->err, ERR_IO, "could not write \"%.200s\": %s", path,
			     strerror(errno));
	if (!ok) {
		remove(path);
		return cmd_fail(c);
	}
	return c->quiet ? CMD_OK : print_head(c, &head);
}

struct erase {
	struct cmd *c;
	int64_t event_id;
	const char *reason;
};

static bool erase_tx(struct db *db, void *arg, struct err *e)
{
	const struct erase *x = arg;

	return seal_erase(db, x->event_id, x->reason, x->c->actor, x->c->now, e);
}

static int erase(struct cmd *c, const char *id)
{
	struct erase x = { .c = c, .reason = cmd_value(c, "reason") };
	uint64_t event_id;

	if (str_empty(x.reason) || !text_to_u64(id, INT64_MAX, &event_id))
		return cmd_usage(c, "%s",
				 cmd_tr(c, N_("expected the number of an event and "
					      "--reason")));
	x.event_id = (int64_t)event_id;
	return db_tx(c->db, erase_tx, &x, &c->err) ? CMD_OK : cmd_fail(c);
}

static int run(struct cmd *c)
{
	if (!seal_run(c->db, &c->err))
		return cmd_fail(c);
	if (c->argc == 1 && str_eq(c->argv[0], "head"))
		return head(c);
	if (c->argc == 2 && str_eq(c->argv[0], "export"))
		return export(c, c->argv[1]);
	if (c->argc == 2 && str_eq(c->argv[0], "erase"))
		return erase(c, c->argv[1]);
	return cmd_usage(c, "%s",
			 cmd_tr(c, N_("expected head, export FILE or erase EVENT --reason TEXT")));
}

const struct command command_seal = {
	"seal",
	run,
	CMD_NEEDS_DB,
	"head | export FILE | erase EVENT",
	N_("the sealed event log: its head, its export, erasing what was said in an event"),
	options
};
