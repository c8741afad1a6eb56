/* SPDX-License-Identifier: Apache-2.0 */
/* demo.c - fills an empty database with a synthetic portfolio. */
#include "day/demo.h"

#include "base/text.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"

static const struct cmd_option options[] = {
	{ "size", "small|medium|large", N_("how many customers and documents"), CMD_VALUE },
	{ "seed", "N", N_("another seed, another portfolio"), CMD_VALUE },
	{ 0 },
};

static void print_people(const struct cmd *c, const struct demo_report *r)
{
	struct cmd_text_table t;

	printf(cmd_tr(c, N_("%d customers, %d documents")), (int)r->n_customers, (int)r->n_items);
	printf("\n");
	table_init(&t, c->arena, cmd_tr(c, N_("<Log in as")), cmd_tr(c, N_("<Role")),
		   cmd_tr(c, N_("<Password")), NULL);
	for (size_t i = 0; i < r->n_users; i++)
		table_row(&t, r->users[i].email, r->users[i].role, DEMO_PASSWORD);
	table_print(&t, stdout);
}

static void print_json(const struct cmd *c, const struct demo_report *r)
{
	struct buf b;
	struct json j;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "customers", r->n_customers);
	json_put_int(&j, "items", r->n_items);
	json_key(&j, "users");
	json_open_array(&j);
	for (size_t i = 0; i < r->n_users; i++) {
		json_open_object(&j);
		json_put_text(&j, "email", r->users[i].email);
		json_put_text(&j, "role", r->users[i].role);
		json_put_text(&j, "password", DEMO_PASSWORD);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	cmd_print_json(&b);
}

static int run(struct cmd *c)
{
	const char *size = cmd_value(c, "size");
	struct demo_job job = { .db = c->db,
				.arena = c->arena,
				.today = c->date,
				.now = c->now,
				.progress = cmd_progress,
				.progress_arg = c };
	struct demo_report r;
	int64_t seed;

	if (c->argc > 0)
		return cmd_usage(c, "demo takes no argument");
	if (!demo_size_of(size ? size : "small", &job.size))
		return cmd_usage(c, "--size: expected small, medium or large, not \"%.40s\"", size);
	if (!cmd_number(c, "seed", 3, INT64_MAX, &seed))
		return CMD_USAGE;
	job.seed = (uint64_t)seed;
	if (!demo_load(&job, &r, &c->err))
		return cmd_fail(c);
	if (c->json)
		print_json(c, &r);
	else if (!c->quiet)
		print_people(c, &r);
	return CMD_OK;
}

const struct command command_demo = {
	"demo", run, CMD_NEEDS_DB, NULL, N_("fill an empty database with a synthetic portfolio"),
	options
};
