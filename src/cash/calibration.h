/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calibration.h - what the matching's odds are worth in this company, from what became of its answers.
 *
 * Counted are the first explanations that a person accepted or answered otherwise, and what was posted alone:
 * right unless it was taken back. See match/calibrate.h for what is made of them.
 */
#ifndef CASH_CALIBRATION_H
#define CASH_CALIBRATION_H

#include "db/db.h"
#include "match/calibrate.h"

bool calibration_load(struct db *db, struct arena *a, int64_t entity_id,
		      struct match_calibration *ret, struct err *e) NODISCARD;

#endif
