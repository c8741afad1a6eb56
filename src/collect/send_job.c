/* SPDX-License-Identifier: Apache-2.0 */
/* send_job.c - sending asked for by a page, done by the worker. */
#include "base/clock.h"
#include "collect/send.h"
#include "job/worker.h"

bool collect_send_job(struct job_run *r, struct err *e);

bool collect_send_job(struct job_run *r, struct err *e)
{
	struct send_report report;
	struct entity entity;
	struct send_job job;

	if (!entity_get_by_id(r->db, r->arena, r->job->entity_id, &entity, e))
		return false;
	job = (struct send_job){ .entity = &entity,
				 .today = clock_day(clock_now(), entity.time_zone),
				 .actor = r->job->actor,
				 .clock = clock_now };
	if (!send_run(r->db, &job, &report, e))
		return false;
	r->result = arena_printf(r->arena,
				 "{\"accepted\":%d,\"refused\":%d,\"deferred\":%d,"
				 "\"uncertain\":%d,\"cancelled\":%d}",
				 report.n_accepted, report.n_refused, report.n_deferred,
				 report.n_uncertain, report.n_cancelled);
	return true;
}
