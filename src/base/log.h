/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - one line of JSON per thing worth telling the operator, on standard error.
 *
 * No names, addresses, amounts of a person or secrets: ids and counts only. Only the request loop, the
 * job loop and the commands log; library code returns errors.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* room is the folder that speaks ("web", "collect"). */
void log_line(enum log_level level, const char *room, const char *format, ...) PRINTF(3, 4);

#endif
