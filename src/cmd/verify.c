/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - checks every law and names what is wrong and where. */
#include "ledger/verify_book.h"
#include "ledger/verify_lettering.h"

#include "cash/cash.h"
#include "cmd/cmd.h"
#include "i18n/catalogue.h"

#include <errno.h>

static const struct cmd_option options[] = {
	{ "heads", "FILE", N_("heads of the log that were kept outside (seal head --append)"),
	  CMD_VALUE },
	{ 0 },
};

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
		const struct verify_fault *f = &r->faults[i];

		json_open_object(&j);
		json_put_text(&j, "law", f->law);
		json_put_text(&j, "detail", f->detail);
		json_put_text(&j, "table", f->subject_kind);
		json_key(&j, "id");
		f->subject_id ? json_int(&j, f->subject_id) : json_nothing(&j);
		json_put_text(&j, "customer", f->customer);
		json_put_text(&j, "document", f->document);
		if (f->currency) {
			json_put_minor(&j, "expected", f->expected_minor, f->currency);
			json_put_minor(&j, "found", f->found_minor, f->currency);
			json_put_text(&j, "currency", f->currency);
		}
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	cmd_print_json(&b);
}

/* The heads that were kept outside of the database, when they were given. */
static bool check_chain(struct cmd *c, struct verify_report *r)
{
	const char *path = cmd_value(c, "heads");
	FILE *heads = path ? fopen(path, "re") : NULL;
	bool ok;

	if (path && !heads)
		return err_set(&c->err, ERR_IO, "cannot read \"%.200s\": %s", path,
			       strerror(errno));
	ok = verify_chain(c->db, c->arena, heads, r, &c->err);
	if (heads)
		fclose(heads);
	return ok;
}

static int run(struct cmd *c)
{
	struct verify_report r;

	if (!ledger_verify(c->db, c->arena, c->entity.id, c->date, &r, &c->err) ||
	    !verify_lettering(c->db, c->arena, c->entity.id, &r, &c->err) ||
	    !verify_book(c->db, c->arena, c->entity.id, &r, &c->err) ||
	    !cash_verify(c->db, c->arena, c->entity.id, &r, &c->err) || !check_chain(c, &r))
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
	"verify", run, CMD_NEEDS_ENTITY, NULL, N_("check every law of the ledger"), options
};
