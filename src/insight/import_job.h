/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_job.h - the background work "import": {"imports":[12,13],"mode":"movements"}; its result names the
 * files that were refused: {"failures":[{"import":12,"error":"…"}]}.
 */
#ifndef INSIGHT_IMPORT_JOB_H
#define INSIGHT_IMPORT_JOB_H

#include "job/worker.h"

bool import_job_run(struct job_run *run, struct err *e);

#endif
