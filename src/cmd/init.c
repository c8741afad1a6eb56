/* SPDX-License-Identifier: Apache-2.0 */
/* init.c - creates the schema and the first company. */
#include "cmd/cmd.h"

#include "i18n/catalogue.h"

static const struct cmd_option options[] = {
	{ "name", "NAME", N_("name of the company"), CMD_VALUE },
	{ "country", "FR", N_("its country"), CMD_VALUE },
	{ "currency", "EUR", N_("the currency it keeps its books in"), CMD_VALUE },
	{ 0 },
};

static int run(struct cmd *c)
{
	const char *name = cmd_value(c, "name"), *country = cmd_value(c, "country"),
		   *currency = cmd_value(c, "currency");
	bool created;
	struct buf b;
	struct json j;

	if (!entity_init(c->db, name ? name : "Encours", country ? country : "FR",
			 currency ? currency : "EUR", c->now, &created, &c->err) ||
	    !entity_get(c->db, c->arena, cmd_value(c, "entity"), &c->entity, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "entity", c->entity.code);
	json_put_text(&j, "name", c->entity.name);
	json_put_text(&j, "currency", c->entity.currency);
	json_put_bool(&j, "created", created);
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
	else if (!c->quiet)
		printf("%s: %s\n", c->entity.code, c->entity.name);
	return CMD_OK;
}

const struct command command_init = {
	"init", run, CMD_NEEDS_DB, NULL, N_("create the schema and the first company"), options
};
