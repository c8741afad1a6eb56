/* SPDX-License-Identifier: Apache-2.0 */
/* import_web.c - the company's files: kept, looked at, then imported or left out; undone when they were
 * wrong. */
#include "insight/import_view.h"

#include "base/list.h"
#include "base/json.h"
#include "base/text.h"
#include "bank/statement.h"
#include "insight/routes.h"
#include "job/job.h"
#include "ledger/scope.h"
#include "web/show.h"
#include "web/table_rows.h"
#include "web/undo.h"

#include <jansson.h>
#include <stdlib.h>

enum { IMPORTS_MAX = 5000, FILES_MAX = 50, COLUMNS_MAX = 200 };

/* Everything an import needs of the request. */
struct importing {
	struct entity entity;
	struct bank_importer bank;
	struct import_job job;
};

/* Of the address, or of a form that goes on from it; NULL when it is not said. */
static const char *asked(struct request *r, const char *name)
{
	const char *text = request_query(r, name);

	if (str_empty(text))
		text = request_form(r, name);
	return str_empty(text) ? NULL : text;
}

static const char *asked_dates(struct request *r)
{
	const char *text = asked(r, "dates");

	return str_eq(text, "dmy") || str_eq(text, "mdy") ? text : NULL;
}

static bool importing_begin(struct request *r, struct importing *in, struct err *e)
{
	const char *mode = request_query(r, "mode");

	if (!entity_get_by_id(r->db, r->arena, r->entity.id, &in->entity, e))
		return false;
	statement_importer(r->arena, &in->bank);
	in->job = (struct import_job){
		.db = r->db,
		.arena = r->arena,
		.entity = &in->entity,
		.actor = r->actor,
		.now = r->now,
		.today = r->today,
		.mode = str_eq(mode, "snapshot") ? IMPORT_SNAPSHOT : IMPORT_MOVEMENTS,
		.account = asked(r, "account"),
		.dates = asked_dates(r),
		.bank = &in->bank,
	};
	return true;
}

static const char *import_url(struct request *r, int64_t id)
{
	return arena_printf(r->arena, "/imports/%" PRId64, id);
}

/* ---- the list, and new files ------------------------------------------------------------------- */

enum column {
	FILE_NAME,
	FORMAT,
	STATE,
	WHEN,
	WHO,
	RECEIVED,
	RECORDS,
	CREATED,
	CHANGED,
	UNCHANGED,
	REFUSED
};

static const struct table_column columns[] = {
	[FILE_NAME] = { "file", N_("File"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW | TABLE_WRAP },
	[FORMAT] = { "format", N_("Format"), TABLE_TEXT, TABLE_SORTS | TABLE_EXTRA },
	[STATE] = { "state", N_("State"), TABLE_STATE, TABLE_SORTS | TABLE_NARROW },
	[WHEN] = { "when", N_("When, by whom"), TABLE_MOMENT, TABLE_SORTS | TABLE_LARGEST_FIRST },
	[WHO] = { "actor", N_("By whom"), TABLE_TEXT, TABLE_SORTS | TABLE_EXTRA },
	[RECEIVED] = { "received", N_("Received"), TABLE_MOMENT, TABLE_SORTS | TABLE_EXTRA },
	[RECORDS] = { "records", N_("Lines read"), TABLE_COUNT, TABLE_SORTS | TABLE_EXTRA },
	[CREATED] = { "created", N_("Created"), TABLE_COUNT, TABLE_SORTS | TABLE_LARGEST_FIRST },
	[CHANGED] = { "changed", N_("Changed"), TABLE_COUNT, TABLE_SORTS | TABLE_LARGEST_FIRST },
	[UNCHANGED] = { "unchanged", N_("Unchanged"), TABLE_COUNT, TABLE_SORTS | TABLE_EXTRA },
	[REFUSED] = { "refused", N_("Refused lines"), TABLE_COUNT,
		      TABLE_SORTS | TABLE_LARGEST_FIRST | TABLE_NARROW },
};

static const struct table_choice shows[] = {
	{ "", N_("All") },
	{ "staged", N_("To look at") },
	{ "applied", N_("Imported") },
	{ "refused", N_("With refused lines") },
	{ "undone", N_("Undone") },
	{ "dropped", N_("Left out") },
};

static const struct table_filter filters[] = {
	{ "show", N_("Show"), TABLE_CHIPS, shows, ARRAY_LEN(shows) },
	{ "q", N_("File, format or person"), TABLE_SEARCH, NULL, 0 },
};

static const struct table import_list_table = {
	.name = "imports",
	.path = "/imports",
	.section = "imports",
	.title = N_("Imports"),
	.none = N_("No file fits"),
	.empty = N_("No file yet"),
	.how = N_("Nothing counts before you have looked at it."),
	.icon = "import",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
	.times = TABLE_BOTH_TIMES,
};

static void add_row(struct request *r, struct page *p, struct table_rows *rows,
		    const struct import_summary *s)
{
	struct table_cell *cell =
		table_rows_add(rows, arena_printf(r->arena, "%" PRId64, s->id), "");
	struct import_row row;

	import_row_fill(r, p, s, &row);
	cell_link(&cell[FILE_NAME], row.name, import_url(r, s->id));
	cell[FILE_NAME].sub = row.format;
	cell_text(&cell[FORMAT], row.format);
	cell_state(&cell[STATE], row.state, row.state_text);
	cell_moment(&cell[WHEN], s->applied ? s->applied : s->recorded);
	cell[WHEN].sub = row.who;
	cell_text(&cell[WHO], row.who);
	cell_moment(&cell[RECEIVED], s->recorded);
	cell_count(&cell[RECORDS], s->n_records);
	cell_count(&cell[CREATED], s->n_created);
	cell_count(&cell[CHANGED], s->n_updated);
	cell_count(&cell[UNCHANGED], s->n_unchanged);
	cell_count(&cell[REFUSED], s->n_rejected);
}

/* Of all imports, those that the list shows; counts those that wait. */
static bool make_list(struct request *r, struct table_view *v, struct page *p,
		      struct table_source *ret, size_t *ret_staged, struct err *e)
{
	struct table_rows *rows = table_rows_new(r->arena, v);
	const char *show = table_value(v, "show");
	struct import_summary *s;
	size_t n;

	*ret_staged = 0;
	if (!(p->is_past
		      ? import_list_then(r->db, r->arena, r->entity.id, when_moment(p, v->when),
					 IMPORTS_MAX, &s, &n, e)
		      : import_list_brief(r->db, r->arena, r->entity.id, IMPORTS_MAX, &s, &n, e)))
		return false;
	for (size_t i = 0; i < n; i++) {
		*ret_staged += str_eq(s[i].state, "staged");
		if (!show || str_eq(show, s[i].state) ||
		    (str_eq(show, "refused") && s[i].n_rejected > 0))
			add_row(r, p, rows, &s[i]);
	}
	if (!table_rows_source(rows, ret, e))
		return false;
	if (n == IMPORTS_MAX)
		ret->note = arena_printf(r->arena, tr(r->cat, "The newest %d are listed."),
					 IMPORTS_MAX);
	return true;
}

static bool imports_show(struct request *r, struct err *e)
{
	struct imports_view view = { 0 };
	struct table_source source;
	struct table_view v;
	struct page *p;

	if (!table_read(r, &import_list_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	p = table_page_begin(r, &v);
	if (!make_list(r, &v, p, &source, &view.n_staged, e))
		return false;
	if (v.format != TABLE_PAGE)
		return table_answer(r, &v, &source, e);
	view.apply_text = arena_printf(
		r->arena,
		trn(r->cat, "Import %d file", "Import the %d files", (unsigned long)view.n_staged),
		(int)view.n_staged);
	if (!table_fill(r, p, &v, &source, &view.list, e))
		return false;
	imports_page(p, &view);
	return respond_page(r, p, 200);
}

static bool imports_post(struct request *r, struct err *e)
{
	struct importing in;
	int64_t id = 0;
	int n = 0;

	if (!importing_begin(r, &in, e))
		return false;
	for (size_t i = 0; i < r->n_uploads; i++) {
		const struct upload *u = &r->uploads[i];

		if (u->size == 0)
			continue;
		if (!import_stage(&in.job, u->fd, u->file_name, &id, e))
			return err_while(e, "keeping %s", u->file_name);
		n++;
	}
	if (n == 0)
		return flash_error(r, tr(r->cat, "Choose one file or more."), e) &&
		       respond_redirect(r, "/imports");
	if (n == 1)
		return respond_redirect(r, import_url(r, id));
	return flash_set(r,
			 arena_printf(r->arena,
				      tr(r->cat, "%d files are kept, nothing is imported yet."), n),
			 NULL, e) &&
	       respond_redirect(r, "/imports");
}

/* ---- one import -------------------------------------------------------------------------------- */

static void fill_modes(struct request *r, struct page *p, const struct import_report *report,
		       struct import_page_view *v)
{
	struct part_chip *chip = ARENA_ARRAY(p->arena, 2, struct part_chip);
	bool is_snapshot = str_eq(request_query(r, "mode"), "snapshot");

	v->mode = is_snapshot ? "snapshot" : "movements";
	if (!str_eq(report->content, "items"))
		return;
	chip[0] = (struct part_chip){ .text = tr(p->cat, "It lists what is new"),
				      .url = link_with(r, "mode", NULL, NULL),
				      .is_on = !is_snapshot };
	chip[1] = (struct part_chip){ .text = tr(p->cat, "It lists all that is open"),
				      .url = link_with(r, "mode", "snapshot", NULL),
				      .is_on = is_snapshot };
	v->modes = chip;
	v->n_modes = 2;
}

static void fill_columns(struct page *p, const struct import_report *report,
			 struct import_page_view *v)
{
	const char *const *names = import_field_names();
	size_t n_names = 0;
	struct part_choice *choice;
	struct import_column_view *c;

	while (names[n_names])
		n_names++;
	choice = ARENA_ARRAY(p->arena, n_names + 1, struct part_choice);
	choice[0] = (struct part_choice){ "", tr(p->cat, "not read") };
	for (size_t i = 0; i < n_names; i++)
		choice[i + 1] = (struct part_choice){ names[i], names[i] };
	v->n_columns = report->n_columns < COLUMNS_MAX ? report->n_columns : COLUMNS_MAX;
	c = ARENA_ARRAY(p->arena, v->n_columns, struct import_column_view);
	for (size_t i = 0; i < v->n_columns; i++)
		c[i] = (struct import_column_view){
			.header = report->columns[i].header,
			.sample = report->columns[i].sample,
			.field = { .name = arena_printf(p->arena, "column-%zu", i),
				   .label = report->columns[i].header,
				   .value = report->columns[i].field,
				   .choice = choice,
				   .n_choices = n_names + 1 },
		};
	v->columns = c;
}

/* Whether the name is one of a table: what a table does not tell, a person does. */
static bool is_table(const char *name)
{
	static const char *const ends[] = { ".csv", ".tsv", ".txt", ".xlsx" };
	size_t n = strlen(name);

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t len = strlen(ends[i]);
		if (n > len && strcasecmp(name + n - len, ends[i]) == 0)
			return true;
	}
	return false;
}

/* The account and the order of days of a bank's table: offered when it is one, or is refused. */
static bool fill_bank(struct request *r, struct page *p, const struct import_summary *s,
		      bool is_bank, struct import_page_view *v, struct err *e)
{
	struct bank_account *accounts;
	struct part_choice *choice, *order;
	size_t n;

	v->account = asked(r, "account");
	v->dates = asked_dates(r);
	if (!v->may_run || !is_table(s->file_name) || (!is_bank && !v->failure))
		return true;
	if (!bank_account_list_real(r->db, r->arena, r->entity.id, &accounts, &n, e))
		return false;
	choice = ARENA_ARRAY(p->arena, n + 1, struct part_choice);
	choice[0] = (struct part_choice){ "", tr(p->cat, "the one that the file names") };
	for (size_t i = 0; i < n; i++)
		choice[i + 1] = (struct part_choice){
			accounts[i].iban, arena_printf(p->arena, "%s %s", accounts[i].iban,
						       accounts[i].name ? accounts[i].name : "")
		};
	order = ARENA_ARRAY(p->arena, 3, struct part_choice);
	order[0] = (struct part_choice){ "", tr(p->cat, "as its columns tell") };
	order[1] = (struct part_choice){ "dmy", tr(p->cat, "day first: 03/09 is 3 September") };
	order[2] = (struct part_choice){ "mdy", tr(p->cat, "month first: 03/09 is 9 March") };
	v->asks_bank = true;
	v->account_field = (struct part_field){ .name = "account",
						.label = tr(p->cat, "Bank account"),
						.value = v->account,
						.choice = choice,
						.n_choices = n + 1 };
	v->dates_field = (struct part_field){ .name = "dates",
					      .label = tr(p->cat, "Order of days"),
					      .value = v->dates,
					      .choice = order,
					      .n_choices = 3 };
	return true;
}

/* What importing would do; a file that is refused as a whole says why on its own page. */
static bool fill_preview(struct request *r, struct page *p, const struct import_summary *s,
			 struct import_page_view *v, struct err *e)
{
	struct importing in;
	struct import_report report = { .from_on = DAY_NONE, .to_on = DAY_NONE };
	struct err own = { 0 };

	if (!importing_begin(r, &in, e))
		return false;
	if (!import_preview(&in.job, s->id, &report, &own)) {
		if (own.code == ERR_DB || own.code == ERR_RETRY) {
			*e = own;
			return false;
		}
		v->failure = request_message(r, arena_strdup(p->arena, own.msg));
		return fill_bank(r, p, s, false, v, e);
	}
	fill_modes(r, p, &report, v);
	fill_columns(p, &report, v);
	for (size_t i = 0; i < report.n_errors; i++) {
		if (str_eq(report.errors[i].field, "effective"))
			v->offers_forward = request_may(r, PERM_PERIOD_DATE);
	}
	return fill_bank(r, p, s, report.statements_json != NULL, v, e) &&
	       import_view_fill(p, import_report_json(r->arena, &report), v, e);
}

static bool import_show(struct request *r, struct err *e)
{
	struct import_page_view v = { .may_run = request_may(r, PERM_IMPORT_RUN) };
	struct import_summary s;
	struct page *p;

	if (!import_get(r->db, r->arena, r->entity.id, request_id(r, "import"), &s, e))
		return false;
	p = page_begin(r, s.file_name, "imports");
	import_row_fill(r, p, &s, &v.row);
	v.line = arena_printf(r->arena, "%s%s%s · %s", v.row.format,
			      str_empty(v.row.format) ? "" : " · ", v.row.when, v.row.who);
	if (v.row.is_staged ? !fill_preview(r, p, &s, &v, e)
			    : !import_view_fill(p, s.report, &v, e))
		return false;
	import_page(p, &v);
	return respond_page(r, p, 200);
}

static bool rejects_show(struct request *r, struct err *e)
{
	struct import_summary s;
	const char *text;
	size_t n;

	return import_get(r->db, r->arena, r->entity.id, request_id(r, "import"), &s, e) &&
	       import_rejects_csv(r->db, r->arena, s.id, &text, &n, e) &&
	       respond_bytes(r, text, n, "text/csv; charset=utf-8",
			     arena_printf(r->arena, "rejects-%" PRId64 ".csv", s.id), true);
}

static bool mapping_post(struct request *r, struct err *e)
{
	struct import_column column[COLUMNS_MAX];
	struct import_report report = { .from_on = DAY_NONE, .to_on = DAY_NONE };
	struct importing in;
	struct import_summary s;
	size_t n = 0;

	if (!importing_begin(r, &in, e) ||
	    !import_get(r->db, r->arena, r->entity.id, request_id(r, "import"), &s, e) ||
	    !import_preview(&in.job, s.id, &report, e))
		return false;
	for (; n < report.n_columns && n < COLUMNS_MAX; n++) {
		const char *field = request_form(r, arena_printf(r->arena, "column-%zu", n));

		column[n] = report.columns[n];
		column[n].field = field ? field : "";
	}
	return import_mapping_save(r->db, r->entity.id, s.file_name, column, n, r->actor, r->now,
				   e) &&
	       flash_set(r, tr(r->cat, "The columns are kept for the files with these headers."),
			 undo_now(r, "import_mapping.saved"), e) &&
	       respond_redirect(r, import_url(r, s.id));
}

/* ---- import, leave out, undo ------------------------------------------------------------------- */

struct applying {
	struct request *request;
	const char *argument;
	int64_t job_id;
};

static bool apply_tx(struct db *db, void *arg, struct err *e)
{
	struct applying *a = arg;

	return job_add(db,
		       &(struct new_job){ .entity_id = a->request->entity.id,
					  .kind = "import",
					  .argument = a->argument,
					  .actor = a->request->actor },
		       a->request->now, &a->job_id, e);
}

/* The files of the form, or all that wait, in the order they came: customers before their invoices. */
static bool imports_apply(struct request *r, struct err *e)
{
	struct applying a = { .request = r };
	struct import_summary *s;
	json_t *ids = json_array();
	json_t *argument =
		json_pack("{s:o,s:s,s:b}", "imports", ids, "mode",
			  str_eq(request_form(r, "mode"), "snapshot") ? "snapshot" : "movements",
			  "date_forward",
			  request_form(r, "date_forward") && request_may(r, PERM_PERIOD_DATE));
	const char *wanted = request_form(r, "import");
	uint64_t id = 0;
	bool ok;
	size_t n;
	char *text;

	if (!str_empty(wanted) && !text_to_u64(wanted, INT64_MAX, &id)) {
		json_decref(argument);
		return err_field(e, ERR_USAGE, "import", "\"%.40s\" is no import", wanted);
	}
	ok = import_list(r->db, r->arena, r->entity.id, 0, FILES_MAX, &s, &n, e);
	for (size_t k = ok ? n : 0; k > 0; k--) {
		if (str_eq(s[k - 1].state, "staged") && (id == 0 || s[k - 1].id == (int64_t)id))
			json_array_append_new(ids, json_integer(s[k - 1].id));
	}
	if (asked(r, "account"))
		json_object_set_new(argument, "account", json_string(asked(r, "account")));
	if (asked_dates(r))
		json_object_set_new(argument, "dates", json_string(asked_dates(r)));
	text = json_dumps(argument, JSON_COMPACT);
	a.argument = arena_strdup(r->arena, text ? text : "{}");
	free(text);
	json_decref(argument);
	return ok && db_tx(r->db, apply_tx, &a, e) &&
	       respond_redirect(r, arena_printf(r->arena, "/imports/jobs/%" PRId64, a.job_id));
}

static bool import_drop_post(struct request *r, struct err *e)
{
	return import_drop(r->db, r->entity.id, request_id(r, "import"), r->actor, r->now, e) &&
	       flash_set(r, tr(r->cat, "The file is left out."), NULL, e) &&
	       respond_redirect(r, "/imports");
}

static bool import_undo_post(struct request *r, struct err *e)
{
	int64_t id = request_id(r, "import");

	if (!import_undo(r->db, r->entity.id, id, r->actor, r->now, e)) {
		if (e->code != ERR_CONFLICT && e->code != ERR_REFUSED)
			return false;
		return flash_error(r, arena_strdup(r->arena, request_message(r, e->msg)), e) &&
		       respond_redirect(r, import_url(r, id));
	}
	return flash_set(r, tr(r->cat, "The import is undone: its facts do not count any more."),
			 NULL, e) &&
	       respond_redirect(r, import_url(r, id));
}

/* ---- progress ---------------------------------------------------------------------------------- */

static bool is_over(const struct job *j)
{
	return str_eq(j->state, "done") || str_eq(j->state, "failed");
}

static const char *job_text(struct request *r, const struct job *j)
{
	if (str_eq(j->state, "waiting"))
		return tr(r->cat, "Waiting for its turn");
	if (str_eq(j->state, "failed"))
		return tr(r->cat, "The import failed");
	if (str_eq(j->state, "done"))
		return tr(r->cat, "Imported");
	return j->n_total > 0 ? arena_printf(r->arena, tr(r->cat, "Importing: %d %% done"),
					     (int)(j->n_done * 100 / j->n_total))
			      : tr(r->cat, "Importing");
}

static bool job_find(struct request *r, struct job *ret, struct err *e)
{
	int64_t id = request_id(r, "job");

	if (!job_get(r->db, r->arena, id, ret, e))
		return false;
	if (ret->entity_id != r->entity.id || !str_eq(ret->kind, "import"))
		return err_set(e, ERR_NOT_FOUND, "there is no import under way of that number");
	return true;
}

static bool job_rows(struct request *r, struct page *p, const struct job *j,
		     struct import_job_view *v, struct err *e)
{
	json_t *argument = json_loads(j->argument, 0, NULL);
	const json_t *ids = json_object_get(argument, "imports");
	struct import_row *row = ARENA_ARRAY(r->arena, json_array_size(ids), struct import_row);
	bool ok = true;

	for (size_t i = 0; ok && i < json_array_size(ids); i++) {
		struct import_summary s;

		ok = import_get(r->db, r->arena, r->entity.id,
				json_integer_value(json_array_get(ids, i)), &s, e);
		if (ok)
			import_row_fill(r, p, &s, &row[v->n_rows++]);
	}
	v->rows = row;
	json_decref(argument);
	return ok;
}

/* What went wrong: of the whole work, or of single files. */
static const char *job_error(struct request *r, const struct job *j)
{
	json_t *result = json_loads(j->result ? j->result : "{}", 0, NULL);
	const char *whole = json_string_value(json_object_get(result, "error"));
	const json_t *failures = json_object_get(result, "failures");
	struct buf b;

	buf_init(&b, r->arena);
	if (whole)
		buf_puts(&b, request_message(r, whole));
	for (size_t i = 0; i < json_array_size(failures); i++) {
		const char *one =
			json_string_value(json_object_get(json_array_get(failures, i), "error"));

		buf_printf(&b, "%s%s", b.len ? "; " : "", one ? request_message(r, one) : "");
	}
	json_decref(result);
	return b.len ? buf_str(&b) : NULL;
}

static bool job_show(struct request *r, struct err *e)
{
	struct import_job_view v = { 0 };
	struct job j;
	struct page *p;

	if (!job_find(r, &j, e))
		return false;
	p = page_begin(r, tr(r->cat, "Import"), "imports");
	v.id = j.id;
	v.state = j.state;
	v.text = job_text(r, &j);
	v.is_over = is_over(&j);
	v.done = arena_printf(r->arena, "%" PRId64, j.n_done);
	v.total = arena_printf(r->arena, "%" PRId64, j.n_total > 0 ? j.n_total : 100);
	if (v.is_over)
		v.error = job_error(r, &j);
	if (!job_rows(r, p, &j, &v, e))
		return false;
	import_job_page(p, &v);
	return respond_page(r, p, 200);
}

static bool job_progress_show(struct request *r, struct err *e)
{
	struct buf out;
	struct json w;
	struct job j;

	if (!job_find(r, &j, e))
		return false;
	buf_init(&out, r->arena);
	json_init(&w, &out);
	json_open_object(&w);
	json_put_text(&w, "state", j.state);
	json_put_int(&w, "done", j.n_done);
	json_put_int(&w, "total", j.n_total);
	json_put_text(&w, "text", job_text(r, &j));
	json_end(&w);
	return respond_json(r, &out, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/imports", imports_show, PERM_IMPORT_RUN, SCOPE_ENTITY),
	ROUTE(POST, "/imports", imports_post, PERM_IMPORT_RUN, SCOPE_ENTITY),
	ROUTE(POST, "/imports/apply", imports_apply, PERM_IMPORT_RUN, SCOPE_ENTITY),
	ROUTE(GET, "/imports/jobs/:job", job_show, PERM_IMPORT_RUN, SCOPE_ENTITY),
	ROUTE(GET, "/imports/jobs/:job/progress", job_progress_show, PERM_IMPORT_RUN, SCOPE_ENTITY),
	ROUTE(GET, "/imports/:import", import_show, PERM_IMPORT_RUN, SCOPE_ENTITY),
	ROUTE(GET, "/imports/:import/rejects.csv", rejects_show, PERM_IMPORT_RUN, SCOPE_ENTITY),
	ROUTE(POST, "/imports/:import/mapping", mapping_post, PERM_IMPORT_RUN, SCOPE_ENTITY),
	ROUTE(POST, "/imports/:import/drop", import_drop_post, PERM_IMPORT_RUN, SCOPE_ENTITY),
	ROUTE(POST, "/imports/:import/undo", import_undo_post, PERM_IMPORT_RUN, SCOPE_ENTITY),
};
const struct route_list insight_import_routes = ROUTE_LIST(routes);
