/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - one file through the importer: child process, plan, one transaction. */
#include "ledger/import.h"

#include "base/json.h"
#include "db/blob.h"
#include "db/event.h"
#include "db/seal_rows.h"
#include "format/child.h"
#include "ledger/import_plan.h"

#include <unistd.h>

struct import_run {
	const struct import_job *job;
	const char *file_name;
	struct import_report *report;
	struct import_plan plan;
	struct fec_reader *fec;
	struct table_reader *table;
	bool has_bank;
	int64_t staged_id;   /* 0: the import's row is yet to be made */
	struct arena *arena; /* of the job */
};

enum { MAX_STAGED_BYTES = 1 << 30 };

static bool hash_file(int fd, struct arena *a, const char **ret, struct err *e)
{
	char hash[BLOB_HASH_TEXT];
	int64_t size;

	if (!blob_hash(fd, hash, &size, e))
		return false;
	if (size == 0)
		return err_set(e, ERR_FORMAT, "the file is empty");
	*ret = arena_strdup(a, hash);
	return true;
}

static void take_issue(struct import_run *run, const struct parse_issue *i)
{
	struct import_plan *p = &run->plan;

	if (i->is_error)
		plan_reject(p, i->line, NULL, i->field, i->value, i->message);
	else if (i->line)
		plan_warn(p, "line %" PRId64 ": %s", i->line, i->message);
	else
		plan_warn(p, "%s", i->message);
}

static bool take_total(struct import_run *run, const struct parse_total *t)
{
	run->plan.total = *t;
	run->plan.total.encoding = arena_strdup(run->arena, t->encoding);
	run->plan.total.siren = arena_strdup(run->arena, t->siren);
	run->plan.has_total = true;
	return true;
}

/* Each record to the reader of its format; the readers are made when the first record shows which. */
static bool take(void *arg, const struct record *r, struct err *e)
{
	struct import_run *run = arg;

	switch (r->kind) {
	case RECORD_FEC_LINE:
		if (!run->fec)
			run->fec = fec_reader_new(&run->plan);
		return fec_reader_take(run->fec, r, e);
	case RECORD_CSV_COLUMNS:
	case RECORD_CSV_ROW:
		if (!run->table)
			run->table = table_reader_new(&run->plan);
		return table_reader_take(run->table, r, e);
	case RECORD_CAMT_STATEMENT:
	case RECORD_CAMT_ENTRY:
	case RECORD_CAMT_STATEMENT_END:
		if (!run->job->bank)
			return err_set(e, ERR_USAGE, "bank statements are not taken here");
		run->has_bank = true;
		return run->job->bank->take(run->job->bank->arg, r, e);
	case RECORD_ISSUE:
		take_issue(run, r->issue);
		return true;
	case RECORD_TOTAL:
		return take_total(run, r->total);
	case RECORD_KINDS:
		break;
	}
	return true;
}

static void report_progress(void *arg, int64_t done, int64_t total)
{
	const struct import_run *run = arg;

	if (run->job->progress)
		run->job->progress(run->job->progress_arg, done, total);
}

static bool parse(struct import_run *run, int fd, struct err *e)
{
	const struct import_job *job = run->job;
	struct child_job child = { .fd = fd };
	struct child_summary summary;
	struct sink sink = { .arg = run, .take = take, .progress = report_progress };

	child.options.name = run->file_name;
	memcpy(child.options.currency, job->entity->currency, sizeof child.options.currency);
	if (job->format) {
		child.options.format = format_of_name(job->format);
		if (child.options.format == FORMAT_COUNT)
			return err_set(e, ERR_USAGE, "there is no format \"%.40s\"", job->format);
	}
	if (!child_parse(&child, &sink, &summary, e))
		return false;
	run->plan.format = summary.format;
	run->report->format = format_name(summary.format);
	if (run->table && !table_reader_finish(run->table, e))
		return false;
	run->has_bank |= str_eq(run->plan.content, "bank");
	return true;
}

/* A FEC names its company: another company's is refused before anything is read into the ledger. */
static bool check_company(struct import_run *run, struct err *e)
{
	const char *theirs = run->plan.total.siren, *ours = run->job->entity->siren;

	if (run->plan.format != FORMAT_FEC || !theirs || str_empty(ours) ||
	    strcmp(theirs, ours) == 0)
		return true;
	return err_set(e, ERR_REFUSED, "the file is of the company %s, not of %s", theirs, ours);
}

/* What the reader of the file found, and after it what the bank's room told of its statements. */
static void merge_remarks(struct import_run *run)
{
	struct import_report *r = run->report;
	struct import_plan *p = &run->plan;
	struct import_error *errors =
		ARENA_ARRAY(run->arena, p->errors.n + r->n_errors + 1, struct import_error);
	const char **warnings =
		ARENA_ARRAY(run->arena, p->warnings.n + r->n_warnings + 1, const char *);

	for (size_t i = 0; i < p->errors.n + r->n_errors; i++)
		errors[i] = i < p->errors.n ? p->errors.at[i] : r->errors[i - p->errors.n];
	for (size_t i = 0; i < p->warnings.n + r->n_warnings; i++)
		warnings[i] =
			i < p->warnings.n ? p->warnings.at[i] : r->warnings[i - p->warnings.n];
	r->errors = errors;
	r->n_errors += p->errors.n;
	r->warnings = warnings;
	r->n_warnings += p->warnings.n;
}

static void fill_report(struct import_run *run)
{
	struct import_report *r = run->report;
	struct import_plan *p = &run->plan;

	r->content = p->content;
	memcpy(r->currency, p->currency, sizeof r->currency);
	if (p->has_total) {
		r->n_records = p->total.n_records;
		if (p->total.from != DAY_NONE) {
			r->from_on = p->total.from;
			r->to_on = p->total.to;
		}
		r->has_totals = p->format == FORMAT_FEC;
		r->debit_minor = p->total.debit_minor;
		r->credit_minor = p->total.credit_minor;
	}
	if (p->n_dated)
		plan_warn(p,
			  "%" PRId64
			  " documents of a closed period were dated to the first open day",
			  p->n_dated);
	if (p->n_not_applied)
		plan_warn(p, "%" PRId64 " letterings of a closed period were not applied",
			  p->n_not_applied);
	if (p->n_zero_lines)
		plan_warn(p, "%" PRId64 " lines of amount zero were left out", p->n_zero_lines);
	r->columns = p->columns.at;
	r->n_columns = p->columns.n;
	if (run->has_bank) {
		merge_remarks(run);
		return;
	}
	r->errors = p->errors.at;
	r->n_errors = p->errors.n;
	r->warnings = (const char *const *)p->warnings.at;
	r->n_warnings = p->warnings.n;
}

static bool insert_import(struct import_run *run, struct db *db, int64_t id, struct err *e)
{
	const struct import_job *job = run->job;

	return db_exec(db,
		       "INSERT INTO import (id, entity_id, file_name, sha256, format, mode, state,"
		       " actor, recorded) VALUES ($1, $2, $3, $4, $5, $6, 'staged', $7, $8)",
		       DB_PARAMS(P_I64(id), P_I64(job->entity->id), P_TEXT(run->file_name),
				 P_TEXT(run->report->sha256), P_TEXT(run->report->format),
				 P_TEXT(job->mode == IMPORT_SNAPSHOT ? "snapshot" : "movements"),
				 P_TEXT(job->actor), P_I64(job->now)),
		       NULL, e);
}

/* The control total of an accounting file: the balance of its customer accounts on its last day. */
static bool control(struct import_run *run, struct db *db, int64_t import_id, struct err *e)
{
	const struct import_job *job = run->job;
	struct import_plan *p = &run->plan;
	int64_t id;

	if (p->format != FORMAT_FEC || p->is_own_export)
		return true;
	run->report->has_control = true;
	run->report->control_minor = p->ledger_balance_minor;
	/* What this file's lines and those before say: all booked items up to its last day. */
	if (!db_get_i64(
		    db,
		    "SELECT CAST(sum(b.open_minor) AS BIGINT) FROM item_balance b"
		    " JOIN item i ON i.id = b.item_id WHERE i.entity_id = $1 AND i.is_booked = 1"
		    " AND i.effective <= $2 AND i.currency = $3",
		    DB_PARAMS(P_I64(job->entity->id), P_DAY(p->total.to), P_TEXT(p->currency)), 0,
		    &run->report->ledger_minor, e))
		return false;
	return db_new_id(db, &id, e) &&
	       db_exec(db,
		       "INSERT INTO ledger_control (id, entity_id, import_id, from_on, to_on,"
		       " balance_minor, currency, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, "
		       "$8)",
		       DB_PARAMS(P_I64(id), P_I64(job->entity->id), P_I64(import_id),
				 P_DAY(p->total.from), P_DAY(p->total.to),
				 P_I64(p->ledger_balance_minor), P_TEXT(p->currency),
				 P_I64(job->now)),
		       NULL, e);
}

static bool write_rejects(struct import_run *run, struct db *db, int64_t import_id, struct err *e)
{
	struct import_plan *p = &run->plan;
	struct db_copy *copy;

	if (!db_copy_begin(db, "import_row",
			   "import_id, seq, line, kind, payload, is_rejected, field, value, reason",
			   &copy, e))
		return false;
	for (size_t i = 0; i <= p->rejects.n; i++) {
		/* Row 0 is the header line, for the file of rejects. */
		const struct reject *r = i ? &p->rejects.at[i - 1] : NULL;
		const char *text = r ? r->text : p->reject_header;
		if (!db_copy_row(copy,
				 DB_PARAMS(P_I64(import_id), P_I64((int64_t)i),
					   P_I64(r ? r->line : 0), P_TEXT(r ? "row" : "header"),
					   P_TEXT(text ? text : ""), P_BOOL(r != NULL),
					   P_TEXT(r ? r->field : NULL), P_TEXT(r ? r->value : NULL),
					   P_TEXT(r ? r->reason : NULL)),
				 e)) {
			db_copy_abort(copy);
			return false;
		}
	}
	return db_copy_end(copy, e);
}

static bool finish_import(struct import_run *run, struct db *db, int64_t import_id,
			  int64_t event_id, struct err *e)
{
	struct import_report *r = run->report;

	fill_report(run);
	return db_exec(db,
		       "UPDATE import SET state = 'applied', n_records = $2, n_created = $3,"
		       " n_updated = $4, n_unchanged = $5, n_rejected = $6, report = $7,"
		       " event_id = $8, applied = $9 WHERE id = $1",
		       DB_PARAMS(P_I64(import_id), P_I64(r->n_records), P_I64(r->n_created),
				 P_I64(r->n_updated), P_I64(r->n_unchanged), P_I64(r->n_rejected),
				 P_TEXT(import_report_json(run->arena, r)), P_I64(event_id),
				 P_I64(run->job->now)),
		       NULL, e);
}

static const char *source_of(const struct import_run *run)
{
	if (run->has_bank)
		return "bank";
	return run->plan.format == FORMAT_FEC ? "fec" : "csv";
}

/* The import's row: made now, or the staged one, which nobody else may have applied meanwhile. */
static bool own_row(struct import_run *run, struct db *db, int64_t *ret_id, struct err *e)
{
	int64_t changed;

	if (!run->staged_id)
		return db_new_id(db, ret_id, e) && insert_import(run, db, *ret_id, e);
	*ret_id = run->staged_id;
	if (!db_exec(db,
		     "UPDATE import SET format = $2, mode = $3, actor = $4 WHERE id = $1"
		     " AND state = 'staged'",
		     DB_PARAMS(P_I64(run->staged_id), P_TEXT(run->report->format),
			       P_TEXT(run->job->mode == IMPORT_SNAPSHOT ? "snapshot" : "movements"),
			       P_TEXT(run->job->actor)),
		     &changed, e))
		return false;
	return changed == 1 ||
	       err_set(e, ERR_CONFLICT,
		       "this file is not waiting any more: it was imported or dropped");
}

/* Everything that the file changes, inside the transaction. */
static bool apply(struct import_run *run, struct db *db, struct err *e)
{
	const struct import_job *job = run->job;
	struct import_plan *p = &run->plan;
	int64_t import_id;

	if (!own_row(run, db, &import_id, e) ||
	    !posting_begin(&p->posting, db, job->entity->id, "import.applied", "import", import_id,
			   job->actor, source_of(run), job->now, "{}", e))
		return false;
	seal_rows_begin(db);
	p->posting.import_id = import_id;
	p->posting.dates_forward = job->dates_forward;
	run->report->import_id = import_id;
	if (run->has_bank) {
		struct import_context ctx = { .db = db,
					      .arena = run->arena,
					      .entity = job->entity,
					      .import_id = import_id,
					      .event_id = p->posting.event_id,
					      .actor = job->actor,
					      .now = job->now,
					      .today = job->today };
		if (!job->bank->apply(job->bank->arg, &ctx, run->report, e))
			return false;
	} else if (!plan_apply(p, e) || !control(run, db, import_id, e)) {
		return false;
	}
	if (job->all_or_nothing && run->report->n_rejected > 0)
		return err_set(e, ERR_REFUSED,
			       "%" PRId64 " lines are rejected; nothing was imported",
			       run->report->n_rejected);
	return seal_rows_end(db, p->posting.event_id,
			     arena_printf(run->arena, "{\"sha256\":\"%s\"}", run->report->sha256),
			     e) &&
	       write_rejects(run, db, import_id, e) &&
	       finish_import(run, db, import_id, p->posting.event_id, e);
}

static bool find_repeat(struct import_run *run, bool *ret, struct err *e)
{
	const struct import_job *job = run->job;
	char *report;

	if (!db_get_text(job->db, run->arena,
			 "SELECT format FROM import WHERE entity_id = $1 AND sha256 = $2"
			 " AND state = 'applied' LIMIT 1",
			 DB_PARAMS(P_I64(job->entity->id), P_TEXT(run->report->sha256)), &report,
			 e))
		return false;
	*ret = report != NULL;
	if (report)
		run->report->format = report;
	return true;
}

static void start(struct import_run *run, struct err *e)
{
	struct import_plan *p = &run->plan;

	plan_init(p, run->job, run->report);
	p->err = e;
	p->file_name = run->file_name;
}

static bool commit(struct import_run *run, struct err *e)
{
	struct db *db = run->job->db;

	if (!db_begin_bulk(db, "item", e))
		return false;
	if (!apply(run, db, e)) {
		db_rollback(db);
		return false;
	}
	if (!run->job->is_dry_run)
		return db_commit(db, e);
	db_rollback(db);
	run->report->import_id = 0;
	return true;
}

static bool run_import(struct import_run *run, int fd, struct err *e)
{
	struct import_report *r = run->report;
	const struct import_job *job = run->job;

	*r = (struct import_report){ .file = run->file_name,
				     .from_on = DAY_NONE,
				     .to_on = DAY_NONE };
	memcpy(r->currency, job->entity->currency, sizeof r->currency);
	if (!hash_file(fd, run->arena, &r->sha256, e) || !find_repeat(run, &r->is_repeat, e))
		return false;
	if (r->is_repeat)
		return true;
	start(run, e);
	if (parse(run, fd, e) && check_company(run, e) && commit(run, e))
		return true;
	fill_report(run); /* what was refused, for the reader */
	r->import_id = 0;
	return false;
}

bool import_file(const struct import_job *job, int fd, const char *file_name,
		 struct import_report *ret, struct err *e)
{
	struct import_run run = {
		.job = job, .file_name = file_name, .report = ret, .arena = job->arena
	};

	return run_import(&run, fd, e);
}

struct stage {
	const struct import_job *job;
	int fd;
	const char *file_name;
	int64_t id;
};

static bool stage_tx(struct db *db, void *arg, struct err *e)
{
	struct stage *s = arg;
	const struct import_job *job = s->job;
	char sha256[BLOB_HASH_TEXT];
	int64_t size;

	return blob_put(db, s->fd, MAX_STAGED_BYTES, sha256, &size, e) &&
	       db_new_id(db, &s->id, e) &&
	       db_exec(db,
		       "INSERT INTO import (id, entity_id, file_name, sha256, format, state, actor,"
		       " recorded) VALUES ($1, $2, $3, $4, '', 'staged', $5, $6)",
		       DB_PARAMS(P_I64(s->id), P_I64(job->entity->id), P_TEXT(s->file_name),
				 P_TEXT(sha256), P_TEXT(job->actor), P_I64(job->now)),
		       NULL, e) &&
	       event_add(db,
			 &(struct event){ .entity_id = job->entity->id,
					  .kind = "import.staged",
					  .subject_kind = "import",
					  .subject_id = s->id,
					  .actor = job->actor,
					  .body = "{}",
					  .recorded = job->now },
			 NULL, e);
}

bool import_stage(const struct import_job *job, int fd, const char *file_name, int64_t *ret_id,
		  struct err *e)
{
	struct stage s = { job, fd, file_name, 0 };

	if (!db_tx(job->db, stage_tx, &s, e))
		return false;
	*ret_id = s.id;
	return true;
}

static bool open_staged(const struct import_job *job, int64_t import_id, const char **ret_name,
			int *ret_fd, struct err *e)
{
	char *sha256;
	char *name;

	if (!db_get_text(job->db, job->arena,
			 "SELECT sha256 FROM import WHERE id = $1 AND entity_id = $2"
			 " AND state = 'staged'",
			 DB_PARAMS(P_I64(import_id), P_I64(job->entity->id)), &sha256, e) ||
	    !db_get_text(job->db, job->arena, "SELECT file_name FROM import WHERE id = $1",
			 DB_PARAMS(P_I64(import_id)), &name, e))
		return false;
	if (!sha256)
		return err_set(e, ERR_CONFLICT,
			       "this file is not waiting any more: it was imported or dropped");
	*ret_name = name;
	return blob_open(job->db, sha256, ret_fd, e);
}

bool import_preview(const struct import_job *job, int64_t import_id, struct import_report *ret,
		    struct err *e)
{
	struct import_job dry = *job;
	const char *name = "";
	bool ok;
	int fd;

	dry.is_dry_run = true;
	if (!open_staged(job, import_id, &name, &fd, e))
		return false;
	ok = import_file(&dry, fd, name, ret, e);
	close(fd);
	return ok;
}

bool import_apply_staged(const struct import_job *job, int64_t import_id, struct import_report *ret,
			 struct err *e)
{
	struct import_run run = {
		.job = job, .report = ret, .staged_id = import_id, .arena = job->arena
	};
	bool ok;
	int fd;

	if (!open_staged(job, import_id, &run.file_name, &fd, e))
		return false;
	ok = run_import(&run, fd, e);
	close(fd);
	return ok;
}

struct drop {
	int64_t entity_id, import_id, now;
	const char *actor;
};

static bool drop_tx(struct db *db, void *arg, struct err *e)
{
	const struct drop *d = arg;
	int64_t changed;

	if (!db_exec(db,
		     "UPDATE import SET state = 'dropped' WHERE id = $1 AND entity_id = $2"
		     " AND state = 'staged'",
		     DB_PARAMS(P_I64(d->import_id), P_I64(d->entity_id)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "this file is not waiting any more");
	return event_add(db,
			 &(struct event){ .entity_id = d->entity_id,
					  .kind = "import.dropped",
					  .subject_kind = "import",
					  .subject_id = d->import_id,
					  .actor = d->actor,
					  .body = "{}",
					  .recorded = d->now },
			 NULL, e);
}

bool import_drop(struct db *db, int64_t entity_id, int64_t import_id, const char *actor,
		 int64_t now, struct err *e)
{
	struct drop d = { entity_id, import_id, now, actor };

	return db_tx(db, drop_tx, &d, e);
}
