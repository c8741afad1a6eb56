/* SPDX-License-Identifier: Apache-2.0 */
/* live.c - leaves test mode, or goes back to it. */
#include "cmd/cmd.h"

#include "collect/outbox.h"
#include "i18n/catalogue.h"

static int run(struct cmd *c)
{
	bool is_live = c->entity.is_live;

	if (c->argc > 1 ||
	    (c->argc == 1 && !str_eq(c->argv[0], "on") && !str_eq(c->argv[0], "off")))
		return cmd_usage(c, "%s", cmd_tr(c, N_("expected on or off")));
	if (c->argc == 1) {
		is_live = str_eq(c->argv[0], "on");
		if (!outbox_set_live(c->db, &c->entity, is_live, c->actor, c->now, &c->err))
			return cmd_fail(c);
	}
	if (c->json)
		printf("{\"live\":%s}\n", is_live ? "true" : "false");
	else
		printf("%s\n", is_live ? cmd_tr(c, N_("Live: messages leave."))
				       : cmd_tr(c, N_("Test mode: nothing leaves.")));
	return CMD_OK;
}

const struct command command_live = {
	"live", run, CMD_NEEDS_ENTITY, "[on|off]", N_("leave test mode, or go back to it"), NULL
};
