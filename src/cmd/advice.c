/* SPDX-License-Identifier: Apache-2.0 */
/* advice.c - remittance advices: taken, joined to their payment, listed. */
#include "cash/advice_store.h"

#include "base/text.h"
#include "bank/statement.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { LISTED_MAX = 1000 };

static struct advice_job job_of(struct cmd *c)
{
	return (struct advice_job){ .db = c->db,
				    .arena = c->arena,
				    .entity = &c->entity,
				    .actor = c->actor,
				    .now = c->now,
				    .today = c->date };
}

static void put(struct json *j, const struct advice_row *r)
{
	json_open_object(j);
	json_put_int(j, "advice", r->id);
	json_put_text(j, "file", r->file_name);
	json_put_day(j, "date", r->dated_on);
	json_put_minor(j, "total", r->total_minor, r->currency);
	json_put_text(j, "currency", r->currency);
	json_put_bool(j, "adds_up", r->adds_up);
	json_put_int(j, "lines", r->n_lines);
	json_put_int(j, "known", r->n_known);
	json_put_text(j, "entry", r->entry);
	json_put_int(j, "entry_id", r->entry_id);
	json_put_int(j, "candidates", r->n_candidates);
	json_put_bool(j, "repeat", r->is_repeat);
	json_end(j);
}

static void print_row(struct cmd *c, const struct advice_row *r)
{
	printf(cmd_tr(c, N_("%s: advice %lld, %s lines, %s of ours, total %s%s")), r->file_name,
	       (long long)r->id, cmd_count(c, r->n_lines), cmd_count(c, r->n_known),
	       cmd_amount(c, r->total_minor, r->currency),
	       r->adds_up ? "" : cmd_tr(c, N_(", which does not add up")));
	printf("\n  ");
	if (r->entry_id)
		printf(cmd_tr(c, N_("joined to the receipt #%lld")), (long long)r->entry_id);
	else
		printf(cmd_tr(c, N_("not joined: %s receipts could be it")),
		       cmd_count(c, r->n_candidates));
	printf("\n");
}

static void give(struct cmd *c, const struct advice_row *rows, size_t n)
{
	struct buf b;
	struct json j;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "advices");
	json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		put(&j, &rows[i]);
		if (!c->json)
			print_row(c, &rows[i]);
	}
	json_end(&j);
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
}

static int run_import(struct cmd *c)
{
	struct advice_job job = job_of(c);
	struct advice_row *rows = ARENA_ARRAY(c->arena, (size_t)c->argc, struct advice_row);
	int status = CMD_OK;
	size_t n = 0;

	for (int i = 1; i < c->argc; i++) {
		const char *slash = strrchr(c->argv[i], '/');
		int fd = open(c->argv[i], O_RDONLY | O_CLOEXEC);
		bool ok = fd >= 0 ? advice_import(&job, fd, slash ? slash + 1 : c->argv[i],
						  &rows[n], &c->err)
				  : err_set(&c->err, ERR_IO, "could not open %s: %s", c->argv[i],
					    strerror(errno));
		if (fd >= 0)
			close(fd);
		if (ok) {
			n++;
			continue;
		}
		status = cmd_fail(c);
		c->err = (struct err){ 0 };
	}
	give(c, rows, n);
	return status;
}

static int run_join(struct cmd *c)
{
	struct advice_job job = job_of(c);
	struct entry entry = { 0 };
	uint64_t id;

	if (c->argc < 2 || !text_to_u64(c->argv[1], INT64_MAX, &id))
		return cmd_usage(c, "which advice?");
	if ((c->argc > 2 &&
	     !entry_find(c->db, c->arena, c->entity.id, c->argv[2], &entry, &c->err)) ||
	    !advice_join(&job, (int64_t)id, entry.id, &c->err))
		return cmd_fail(c);
	return CMD_OK;
}

static int run(struct cmd *c)
{
	struct advice_row *rows;
	size_t n;

	if (c->argc > 1 && str_eq(c->argv[0], "import"))
		return run_import(c);
	if (c->argc > 0 && str_eq(c->argv[0], "join"))
		return run_join(c);
	if (c->argc > 0 && !str_eq(c->argv[0], "list"))
		return cmd_usage(c, "expected import, join or list");
	if (!advice_list(c->db, c->arena, c->entity.id, LISTED_MAX, &rows, &n, &c->err))
		return cmd_fail(c);
	give(c, rows, n);
	return CMD_OK;
}

const struct command command_advice = {
	"advice",
	run,
	CMD_NEEDS_ENTITY,
	"import FILE… | join ADVICE [ENTRY] | list",
	N_("remittance advices: what payers say that their transfers pay"),
	NULL
};
