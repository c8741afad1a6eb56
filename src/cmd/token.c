/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - keys of programs that call the API. */
#include "team/token.h"

#include "base/clock.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"

#include <sodium.h>

static const struct cmd_option options[] = {
	{ "role", "ROLE", N_("credit_manager, collector, accountant, executive or auditor"),
	  CMD_VALUE },
	{ "expires", "DATE", N_("last day on which it is good; never ends when not said"),
	  CMD_VALUE },
	{ 0 },
};

static const int64_t day_moment = INT64_C(86400) * 1000000;

static const char *moment_text(struct cmd *c, int64_t moment)
{
	char text[CLOCK_TEXT];

	return moment ? arena_strdup(c->arena, clock_format(moment, text)) : "";
}

static int list(struct cmd *c)
{
	struct cmd_text_table t;
	struct token *tokens;
	struct json j;
	struct buf b;
	size_t n;

	if (!token_list(c->db, c->arena, c->entity.id, &tokens, &n, &c->err))
		return cmd_fail(c);
	table_init(&t, c->arena, cmd_tr(c, N_(">Number")), cmd_tr(c, N_("<Name")),
		   cmd_tr(c, N_("<Role")), cmd_tr(c, N_("<Ends")), cmd_tr(c, N_("<Last used")),
		   cmd_tr(c, N_("<Revoked")), NULL);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "tokens"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		const struct token *k = &tokens[i];
		json_open_object(&j);
		json_put_int(&j, "id", k->id);
		json_put_text(&j, "name", k->name);
		json_put_text(&j, "role", k->role);
		json_put_moment(&j, "expires", k->expires);
		json_put_moment(&j, "last_used", k->last_used);
		json_put_moment(&j, "revoked", k->revoked);
		json_put_moment(&j, "created", k->recorded);
		json_end(&j);
		table_row(&t, arena_printf(c->arena, "%" PRId64, k->id), k->name, k->role,
			  moment_text(c, k->expires), moment_text(c, k->last_used),
			  moment_text(c, k->revoked));
	}
	json_end(&j);
	json_end(&j);
	return cmd_answer(c, &b, &t);
}

static int add(struct cmd *c, const char *name)
{
	struct new_token t = { .entity_id = c->entity.id,
			       .name = name,
			       .role = cmd_value(c, "role"),
			       .actor = c->actor,
			       .now = c->now };
	char key[TOKEN_KEY];
	struct json j;
	struct buf b;
	day_t on;
	int64_t id;

	if (!t.role)
		return cmd_usage(c, "%s", cmd_tr(c, N_("say with --role what it may do")));
	if (!cmd_day(c, "expires", DAY_NONE, &on))
		return CMD_USAGE;
	if (on != DAY_NONE)
		t.expires = ((int64_t)on + 1) * day_moment;
	if (!token_add(c->db, &t, &id, key, &c->err))
		return cmd_fail(c);
	if (c->json) {
		buf_init(&b, c->arena);
		json_init(&j, &b);
		json_open_object(&j);
		json_put_int(&j, "id", id);
		json_put_text(&j, "name", name);
		json_put_text(&j, "token", key);
		json_end(&j);
		cmd_print_json(&b);
	} else {
		printf("%s\n", key);
		if (!c->quiet)
			fprintf(stderr, "%s\n", cmd_tr(c, N_("Keep it: it is not shown again.")));
	}
	sodium_memzero(key, sizeof key);
	return CMD_OK;
}

static int revoke(struct cmd *c, const char *text)
{
	uint64_t id;

	if (!text_to_u64(text, INT64_MAX, &id))
		return cmd_usage(c, cmd_tr(c, N_("\"%.40s\" is no number of a token")), text);
	return token_revoke(c->db, c->entity.id, (int64_t)id, c->actor, c->now, &c->err)
		       ? list(c)
		       : cmd_fail(c);
}

static int run(struct cmd *c)
{
	const char *act = c->argc ? c->argv[0] : "list";

	if (str_eq(act, "list") && c->argc <= 1)
		return list(c);
	if (str_eq(act, "add") && c->argc == 2)
		return add(c, c->argv[1]);
	if (str_eq(act, "revoke") && c->argc == 2)
		return revoke(c, c->argv[1]);
	return cmd_usage(c, "%s", cmd_tr(c, N_("expected list, add NAME or revoke NUMBER")));
}

const struct command command_token = { "token",
				       run,
				       CMD_NEEDS_ENTITY,
				       "[list | add NAME | revoke NUMBER]",
				       N_("keys of programs that call the API"),
				       options };
