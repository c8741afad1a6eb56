/* SPDX-License-Identifier: Apache-2.0 */
/* scenario.c - dunning policies as JSON files. */
#include "cmd/cmd.h"

#include "collect/scenario.h"
#include "i18n/catalogue.h"

static int list(struct cmd *c)
{
	struct cmd_text_table t;
	struct scenario *s;
	struct buf b;
	struct json j;
	size_t n;

	if (!scenario_list(c->db, c->arena, c->entity.id, &s, &n, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "scenarios");
	json_open_array(&j);
	table_init(&t, c->arena, cmd_tr(c, N_("<Policy")), cmd_tr(c, N_(">Revision")),
		   cmd_tr(c, N_(">Steps")), NULL);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		json_put_text(&j, "name", s[i].name);
		json_put_int(&j, "revision", s[i].revision);
		json_put_int(&j, "steps", (int64_t)s[i].policy.n_steps);
		json_key(&j, "segments");
		json_open_array(&j);
		for (size_t k = 0; k < s[i].policy.n_segments; k++)
			json_text(&j, s[i].policy.segments[k]);
		json_end(&j);
		json_end(&j);
		table_row(&t, s[i].name, arena_printf(c->arena, "%d", s[i].revision),
			  arena_printf(c->arena, "%zu", s[i].policy.n_steps));
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

/* The JSON of one policy, as load takes it back. */
static int show(struct cmd *c, const char *name)
{
	struct scenario *s;
	struct buf b;
	size_t n;

	if (!scenario_list(c->db, c->arena, c->entity.id, &s, &n, &c->err))
		return cmd_fail(c);
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(s[i].name, name))
			continue;
		buf_init(&b, c->arena);
		policy_write(&s[i].policy, &b);
		cmd_print_json(&b);
		return CMD_OK;
	}
	err_set(&c->err, ERR_NOT_FOUND, "there is no policy \"%.60s\"", name);
	return cmd_fail(c);
}

static bool read_file(struct cmd *c, const char *path, struct buf *ret)
{
	FILE *f = str_eq(path, "-") ? stdin : fopen(path, "rb");
	char chunk[8192];
	size_t n;

	if (!f)
		return err_set(&c->err, ERR_IO, "could not open %s", path);
	buf_init(ret, c->arena);
	while (ret->len <= POLICY_MAX_BYTES && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(ret, chunk, n);
	n = (size_t)ferror(f);
	if (f != stdin)
		fclose(f);
	return n ? err_set(&c->err, ERR_IO, "could not read %s", path) : true;
}

static int load(struct cmd *c, const char *path)
{
	struct buf file;
	int revision;

	if (!read_file(c, path, &file) ||
	    !scenario_load(c->db, c->entity.id, buf_str(&file), file.len, c->actor, c->now,
			   &revision, &c->err))
		return cmd_fail(c);
	if (c->json)
		printf("{\"revision\":%d}\n", revision);
	else
		printf(cmd_tr(c, N_("Revision %d is in force.\n")), revision);
	return CMD_OK;
}

static int run(struct cmd *c)
{
	if (c->argc == 1 && str_eq(c->argv[0], "list"))
		return list(c);
	if (c->argc == 2 && str_eq(c->argv[0], "show"))
		return show(c, c->argv[1]);
	if (c->argc == 2 && str_eq(c->argv[0], "load"))
		return load(c, c->argv[1]);
	return cmd_usage(c, "%s", cmd_tr(c, N_("expected list, show NAME or load FILE")));
}

const struct command command_scenario = {
	"scenario", run, CMD_NEEDS_ENTITY, "list | show NAME | load FILE", N_("dunning policies"),
	NULL
};
