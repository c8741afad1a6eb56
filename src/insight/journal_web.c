/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal_web.c - the audit log (piste d'audit): every event, the newest first, by subject, actor and period.
 */
#include "insight/event_detail.h"
#include "insight/routes.h"

#include "base/map.h"
#include "base/text.h"
#include "i18n/catalogue.h"
#include "ledger/scope.h"
#include "web/table.h"

#include <stdlib.h>

enum column { WHEN, WHAT, SUBJECT, ACTOR, DETAIL, KIND, EVENT_ID, BODY };
enum { BATCH = 2000, MICROSECONDS = 1000000, DAY_SECONDS = 86400 };

static const struct table_column columns[] = {
	[WHEN] = { "recorded", N_("When"), TABLE_MOMENT, TABLE_NARROW },
	[WHAT] = { "what", N_("What"), TABLE_LINK, TABLE_NARROW },
	[SUBJECT] = { "subject", N_("On what"), TABLE_LINK, 0 },
	[ACTOR] = { "actor", N_("Who"), TABLE_LINK, 0 },
	[DETAIL] = { "detail", N_("Detail"), TABLE_TEXT, TABLE_SOFT },
	[KIND] = { "kind", N_("Kind"), TABLE_TEXT, TABLE_EXTRA },
	[EVENT_ID] = { "event", N_("Event"), TABLE_TEXT, TABLE_EXTRA },
	[BODY] = { "body", N_("As recorded"), TABLE_TEXT, TABLE_FILE },
};

static const struct table_choice subjects[] = {
	{ "", N_("Everything") },
	{ "customer", N_("Customer") },
	{ "contact", N_("Contact") },
	{ "item", N_("Item") },
	{ "allocation", N_("Allocation") },
	{ "statement_entry", N_("Receipt") },
	{ "match_certificate", N_("Certificate") },
	{ "bank_account", N_("Bank account") },
	{ "virtual_iban", N_("Account of a customer") },
	{ "deposit_slip", N_("Deposit slip") },
	{ "remittance_advice", N_("Remittance advice") },
	{ "payer_question", N_("Question to a payer") },
	{ "promise", N_("Promise") },
	{ "dispute", N_("Dispute") },
	{ "note", N_("Note") },
	{ "message", N_("Message") },
	{ "import", N_("Import") },
	{ "import_mapping", N_("Columns of a file") },
	{ "export_batch", N_("Export to the books") },
	{ "period", N_("Period") },
	{ "exchange_rate", N_("Exchange rate") },
	{ "rate", N_("Rate") },
	{ "item_status", N_("Status") },
	{ "list", N_("List") },
	{ "saved_view", N_("Kept view") },
	{ "user_account", N_("User") },
	{ "api_token", N_("API token") },
	{ "entity", N_("Company") },
	{ "event", N_("Event") },
};

static const struct table_filter filters[] = {
	{ "subject", N_("On what"), TABLE_CHOICE, subjects, ARRAY_LEN(subjects) },
	{ "from", N_("From"), TABLE_DATE, NULL, 0 },
	{ "to", N_("To"), TABLE_DATE, NULL, 0 },
	{ "actor", N_("Who"), TABLE_GIVEN, NULL, 0 },
	{ "kind", N_("What"), TABLE_GIVEN, NULL, 0 },
	{ "id", N_("Number"), TABLE_GIVEN, NULL, 0 },
};

static const struct table journal_table = {
	.name = "journal",
	.path = "/journal",
	.section = "journal",
	.title = N_("Journal"),
	.none = N_("No event fits"),
	.empty = N_("Nothing has happened yet"),
	.icon = "clock",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
};

static const char *subject_word(const char *kind)
{
	for (size_t i = 1; i < ARRAY_LEN(subjects); i++) {
		if (str_eq(subjects[i].value, kind))
			return subjects[i].text;
	}
	return kind;
}

/* Where a subject has a page of its own. */
static const char *subject_url(struct arena *a, const char *kind, int64_t id)
{
	static const struct {
		const char *kind, *path;
	} pages[] = {
		{ "customer", "/customers" },           { "item", "/items" },
		{ "statement_entry", "/bank/entries" }, { "import", "/imports" },
		{ "message", "/reminders/outbox" },
	};

	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		if (str_eq(pages[i].kind, kind))
			return arena_printf(a, "%s/%" PRId64, pages[i].path, id);
	}
	return NULL;
}

struct asked {
	struct request *request;
	struct table_view *view;
	int64_t from, to; /* moments; to is the first after */
	int64_t id;       /* of the subject; 0: any */
	struct map names; /* of actors met */
};

/* Each actor is looked up once. */
static const char *name_of(struct asked *q, const char *actor)
{
	struct request *r = q->request;
	char *name = map_get(&q->names, actor);

	if (!name) {
		name = arena_strdup(r->arena, actor_text(r, actor));
		map_set(&q->names, actor, name);
	}
	return name;
}

/* The first moment of a day on the company's clock. */
static int64_t begin_of(const struct page *p, day_t d)
{
	return ((int64_t)d * DAY_SECONDS - p->utc_offset) * MICROSECONDS;
}

static bool read_asked(struct request *r, struct table_view *v, struct asked *q, struct err *e)
{
	const char *from = table_value(v, "from"), *to = table_value(v, "to");
	const char *id = table_value(v, "id");
	struct page *p = page_begin(r, "", "");
	uint64_t number = 0;
	day_t d;

	*q = (struct asked){ .request = r, .view = v, .to = INT64_MAX };
	map_init(&q->names, r->arena);
	if (id && !text_to_u64(id, INT64_MAX, &number))
		return err_field(e, ERR_USAGE, "id", "\"%.40s\" is no number", id);
	q->id = (int64_t)number;
	if (from) {
		if (!date_parse(from, &d, e))
			return false;
		q->from = begin_of(p, d);
	}
	if (to) {
		if (!date_parse(to, &d, e))
			return false;
		q->to = begin_of(p, d + 1);
	}
	return true;
}

static struct db_params params_of(const struct asked *q, struct db_param at[9], int64_t before,
				  int64_t before_id, int64_t limit)
{
	const struct table_view *v = q->view;

	at[0] = P_I64(q->request->entity.id);
	at[1] = P_TEXT(table_value(v, "subject"));
	at[2] = P_TEXT(table_value(v, "actor"));
	at[3] = P_TEXT(table_value(v, "kind"));
	at[4] = P_I64(q->id);
	at[5] = P_I64(q->from);
	at[6] = P_I64(before);
	at[7] = P_I64(before_id);
	at[8] = P_I64(limit);
	return (struct db_params){ at, 9 };
}

#define WANTED                                                    \
	" FROM event WHERE (entity_id = $1 OR entity_id IS NULL)" \
	" AND (CAST($2 AS TEXT) IS NULL OR subject_kind = $2)"    \
	" AND (CAST($3 AS TEXT) IS NULL OR actor = $3)"           \
	" AND (CAST($4 AS TEXT) IS NULL OR kind = $4)"            \
	" AND ($5 = 0 OR subject_id = $5) AND recorded >= $6"

static bool count(const struct asked *q, int64_t *ret, struct err *e)
{
	const struct table_view *v = q->view;

	return db_get_i64(q->request->db, "SELECT COUNT(*)" WANTED " AND recorded < $7",
			  DB_PARAMS(P_I64(q->request->entity.id), P_TEXT(table_value(v, "subject")),
				    P_TEXT(table_value(v, "actor")), P_TEXT(table_value(v, "kind")),
				    P_I64(q->id), P_I64(q->from), P_I64(q->to)),
			  0, ret, e);
}

static bool put_row(struct asked *q, struct rows *rows, struct table_out *out, struct err *e)
{
	struct request *r = q->request;
	struct arena *a = table_arena(out);
	bool is_page = table_is_page(out);
	int64_t id = row_i64(rows, 0), subject_id = row_i64(rows, 3), recorded = row_i64(rows, 6);
	const char *kind = arena_strdup(a, row_text(rows, 1));
	const char *subject = arena_strdup(a, row_text(rows, 2));
	const char *actor = arena_strdup(a, row_text(rows, 4));
	const char *body = row_text(rows, 5);
	struct table_cell *cell =
		table_begin_row(out, arena_printf(a, "%" PRId64 "-%" PRId64, recorded, id), "");

	cell_moment(&cell[WHEN], recorded);
	cell_link(&cell[WHAT], tr(table_catalogue(out), event_word(kind)),
		  is_page ? link_with(r, "kind", kind, NULL) : NULL);
	cell_link(&cell[SUBJECT],
		  subject_id ? arena_printf(a, "%s %" PRId64,
					    tr(table_catalogue(out), subject_word(subject)),
					    subject_id)
			     : tr(table_catalogue(out), subject_word(subject)),
		  subject_url(a, subject, subject_id));
	cell_link(&cell[ACTOR], name_of(q, actor),
		  is_page ? link_with(r, "actor", actor, NULL) : NULL);
	cell_text(&cell[DETAIL], event_detail(a, table_catalogue(out), body));
	cell_text(&cell[BODY], arena_strdup(a, body));
	cell_text(&cell[KIND], kind);
	cell_text(&cell[EVENT_ID], arena_printf(a, "%" PRId64, id));
	return table_end_row(out, e);
}

/* "MOMENT-ID" of the last row seen; a wrong one begins anew. */
static void read_place(const char *after, int64_t *before, int64_t *before_id)
{
	char *end = NULL;
	long long moment = after ? strtoll(after, &end, 10) : 0;
	uint64_t id;

	if (!after || *end != '-' || !text_to_u64(end + 1, INT64_MAX, &id) || moment >= *before)
		return;
	*before = moment;
	*before_id = (int64_t)id;
}

static bool put_rows(void *arg, const char *after, size_t limit, struct table_out *out,
		     struct err *e)
{
	struct asked *q = arg;
	CLEANUP(rows_closep) struct rows *rows = NULL;
	int64_t before = q->to, before_id = 0;
	struct db_param at[9];
	bool more = true;

	read_place(after, &before, &before_id);
	if (!db_query(q->request->db,
		      "SELECT id, kind, subject_kind, COALESCE(subject_id, 0), actor, body,"
		      " recorded" WANTED " AND (recorded < $7 OR (recorded = $7 AND id < $8))"
		      " ORDER BY recorded DESC, id DESC LIMIT $9",
		      params_of(q, at, before, before_id, (int64_t)limit), &rows, e))
		return false;
	for (;;) {
		if (!rows_next(rows, &more, e))
			return false;
		if (!more)
			return true;
		if (!put_row(q, rows, out, e))
			return false;
	}
}

static bool journal_show(struct request *r, struct err *e)
{
	struct table_source source = { .rows = put_rows, .n_before = -1, .batch = BATCH };
	struct table_view v;
	struct asked q;

	if (!table_read(r, &journal_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!read_asked(r, &v, &q, e) || !count(&q, &source.n_rows, e))
		return false;
	if (table_value(&v, "actor"))
		v.said[table_filter_at(v.table, "actor")] = actor_text(r, table_value(&v, "actor"));
	if (table_value(&v, "kind"))
		v.said[table_filter_at(v.table, "kind")] =
			tr(r->cat, event_word(table_value(&v, "kind")));
	source.arg = &q;
	source.summary = tr(r->cat, "Everything that was done, by whom and when. Nothing here is"
				    " ever changed.");
	return table_answer(r, &v, &source, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/journal", journal_show, PERM_AUDIT_READ, SCOPE_ENTITY),
};
const struct route_list insight_journal_routes = ROUTE_LIST(routes);
