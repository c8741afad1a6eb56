/* SPDX-License-Identifier: Apache-2.0 */
/* match_policy.c - what the machine may do alone with receipts: shown, changed. */
#include "cash/match_policy.h"

#include "cmd/match.h"
#include "i18n/catalogue.h"

static void print(struct cmd *c, const struct match_policy *p)
{
	struct cmd_text_table t;
	struct json j;
	struct buf b;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "revision", p->revision);
	json_put_text(&j, "currency", c->entity.currency);
	table_init(&t, c->arena, cmd_tr(c, N_("<Setting")), cmd_tr(c, N_("<Value")), NULL);
	for (size_t i = 0; match_policy_names[i]; i++) {
		const char *name = match_policy_names[i];
		const char *value = match_policy_get(c->arena, p, name, c->entity.currency);
		json_put_text(&j, name, value);
		table_row(&t, name, value);
	}
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
	else if (!c->quiet)
		table_print(&t, stdout);
}

int match_policy_command(struct cmd *c)
{
	struct match_policy p;

	if (!match_policy_load(c->db, c->arena, c->entity.id, &p, &c->err))
		return cmd_fail(c);
	for (int i = 1; i < c->argc; i++) {
		const char *equals = strchr(c->argv[i], '=');
		if (!equals)
			return cmd_usage(c, "match policy: expected NAME=VALUE, not \"%.40s\"",
					 c->argv[i]);
		if (!match_policy_set(
			    &p,
			    arena_printf(c->arena, "%.*s", (int)(equals - c->argv[i]), c->argv[i]),
			    equals + 1, c->entity.currency, &c->err))
			return cmd_usage(c, "%s", c->err.msg);
	}
	if (c->argc > 1 &&
	    (!match_policy_save(c->db, &p, c->entity.id, c->actor, c->now, &c->err) ||
	     !match_policy_load(c->db, c->arena, c->entity.id, &p, &c->err)))
		return cmd_fail(c);
	print(c, &p);
	return CMD_OK;
}
