/* SPDX-License-Identifier: Apache-2.0 */
/* backtest_job.h - the background work "back-test": {"months":12}; its result is that of backtest_encode. */
#ifndef CASH_BACKTEST_JOB_H
#define CASH_BACKTEST_JOB_H

#include "job/worker.h"

bool backtest_job_run(struct job_run *run, struct err *e);

#endif
