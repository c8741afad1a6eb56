/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - checks every law and names what is wrong and where. */
#include "ledger/verify_lettering.h"

#include "cash/cash.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"

static void print_json(struct cmd *c, const struct verify_report *r)
{
	struct buf b;
	struct json j;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_bool(&j, "ok", r->n_faults == 0);
	json_put_int(&j, "items", r->n_items);
	json_put_int(&j, "allocations", r->n_allocations);
	json_put_int(&j, "events", r->n_events);
	json_key(&j, "faults");
	json_open_array(&j);
	for (size_t i = 0; i < r->n_faults; i++) {
		json_open_object(&j);
		json_put_text(&j, "law", r->faults[i].law);
		json_put_text(&j, "detail", r->faults[i].detail);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	cmd_print_json(&b);
}

static int run(struct cmd *c)
{
	struct verify_report r;

	if (!ledger_verify(c->db, c->arena, c->entity.id, c->date, &r, &c->err) ||
	    !verify_lettering(c->db, c->arena, c->entity.id, &r, &c->err) ||
	    !cash_verify(c->db, c->arena, c->entity.id, &r, &c->err))
		return cmd_fail(c);
	if (c->json) {
		print_json(c, &r);
	} else {
		for (size_t i = 0; i < r.n_faults; i++)
			fprintf(stderr, "%s: %s\n", r.faults[i].law, r.faults[i].detail);
		printf(cmd_tr(c, N_("%s items, %s allocations, %s events: %s faults")),
		       cmd_count(c, r.n_items), cmd_count(c, r.n_allocations),
		       cmd_count(c, r.n_events), cmd_count(c, (int64_t)r.n_faults));
		printf("\n");
	}
	return r.n_faults ? CMD_PARTLY : CMD_OK;
}

const struct command command_verify = {
	"verify", run, CMD_NEEDS_ENTITY, NULL, N_("check every law of the ledger"), NULL
};
