/* SPDX-License-Identifier: Apache-2.0 */
/* import_job.c - applying kept files in the background, one after the other. Begun again after a crash, it
 * goes on with those that do not count yet. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "bank/statement.h"
#include "insight/import_job.h"
#include "job/worker.h"
#include "ledger/import.h"

#include <jansson.h>

struct progress {
	struct job_run *run;
	int64_t n_files, at;
};

/* Each file is a hundredth part of a hundred: how long a file is, is not known before it is read. */
static void tell_progress(void *arg, int64_t done, int64_t total)
{
	const struct progress *p = arg;
	int64_t part = total > 0 ? done * 100 / total : 0;

	job_progress(p->run, p->at * 100 + part, p->n_files * 100);
}

static bool apply_one(struct job_run *run, const struct entity *entity, int64_t import_id,
		      const json_t *argument, struct progress *progress, struct err *e)
{
	int64_t now = clock_now();
	struct bank_importer bank;
	struct import_summary s;
	struct import_report report;
	struct import_job job = {
		.db = run->db,
		.arena = run->arena,
		.entity = entity,
		.actor = run->job->actor,
		.now = now,
		.today = clock_day(now, entity->time_zone),
		.mode = str_eq(json_string_value(json_object_get(argument, "mode")), "snapshot")
				? IMPORT_SNAPSHOT
				: IMPORT_MOVEMENTS,
		.dates_forward = json_is_true(json_object_get(argument, "date_forward")),
		.account = json_string_value(json_object_get(argument, "account")),
		.dates = json_string_value(json_object_get(argument, "dates")),
		.bank = &bank,
		.progress = tell_progress,
		.progress_arg = progress,
	};

	if (!import_get(run->db, run->arena, entity->id, import_id, &s, e))
		return false;
	if (!str_eq(s.state, "staged"))
		return true;
	statement_importer(run->arena, &bank);
	return import_apply_staged(&job, import_id, &report, e) ||
	       err_while(e, "importing %s", s.file_name);
}

/* A file that is refused does not hold back the others; what was refused is told. */
static void put_failure(struct json *j, int64_t id, const struct err *e)
{
	json_open_object(j);
	json_put_int(j, "import", id);
	json_put_text(j, "error", e->msg);
	json_end(j);
}

bool import_job_run(struct job_run *run, struct err *e)
{
	json_t *argument = json_loads(run->job->argument, 0, NULL);
	const json_t *ids = json_object_get(argument, "imports");
	struct progress progress = { .run = run, .n_files = (int64_t)json_array_size(ids) };
	struct entity entity;
	struct buf out;
	struct json j;
	bool ok = entity_get_by_id(run->db, run->arena, run->job->entity_id, &entity, e);

	buf_init(&out, run->arena);
	json_init(&j, &out);
	json_open_object(&j);
	json_key(&j, "failures");
	json_open_array(&j);
	for (size_t i = 0; ok && i < json_array_size(ids); i++) {
		struct err own = { 0 };
		int64_t id = json_integer_value(json_array_get(ids, i));

		progress.at = (int64_t)i;
		if (job_is_stopping(run)) {
			ok = err_set(e, ERR_RETRY, "the server stops");
		} else if (!apply_one(run, &entity, id, argument, &progress, &own)) {
			if (own.code == ERR_RETRY || own.code == ERR_DB) {
				ok = false;
				*e = own;
			} else {
				put_failure(&j, id, &own);
			}
		}
	}
	json_end(&j);
	json_end(&j);
	run->result = buf_str(&out);
	json_decref(argument);
	return ok;
}
