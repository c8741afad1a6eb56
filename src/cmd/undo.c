/* SPDX-License-Identifier: Apache-2.0 */
/* undo.c - takes an act back by its event (encours undo EVENT...). */
#include "web/undo.h"

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/undo.h"

#define UNDOS(list) extern const struct undo_list list;
#include "cmd/undo.def"
#undef UNDOS

const struct undo_list *const all_undos[] = {
#define UNDOS(list) &list,
#include "cmd/undo.def"
#undef UNDOS
	NULL
};

static int run_undo(struct cmd *c)
{
	struct undo_act u = { .db = c->db,
			      .arena = c->arena,
			      .entity_id = c->entity.id,
			      .actor = c->actor,
			      .now = c->now,
			      .today = c->date };
	int64_t *ids = ARENA_ARRAY(c->arena, (size_t)c->argc + 1, int64_t);
	const struct undo *undo;
	struct buf b;
	struct json j;

	if (c->argc == 0)
		return cmd_usage(c, "say which event: its number stands in the journal");
	for (int i = 0; i < c->argc; i++) {
		uint64_t id;

		if (!text_to_u64(c->argv[i], INT64_MAX, &id) || id == 0)
			return cmd_usage(c, "\"%.40s\" is no number of an event", c->argv[i]);
		ids[i] = (int64_t)id;
	}
	if (!undo_run(&u, all_undos, ids, (size_t)c->argc, &undo, &c->err))
		return cmd_fail(c);
	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "undone");
	json_open_array(&j);
	for (int i = 0; i < c->argc; i++)
		json_int(&j, ids[i]);
	json_end(&j);
	json_end(&j);
	if (c->json)
		cmd_print_json(&b);
	else if (!c->quiet)
		printf("%s%s%s\n", cmd_tr(c, undo->said), u.note ? " " : "", u.note ? u.note : "");
	return CMD_OK;
}

const struct command command_undo = {
	"undo",
	run_undo,
	CMD_NEEDS_ENTITY,
	"EVENT...",
	N_("take acts back; the numbers of events stand in the journal"),
	NULL
};
