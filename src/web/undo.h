/* SPDX-License-Identifier: Apache-2.0 */
/* placeholder */
#ifndef WEB_UNDO_H
#define WEB_UNDO_H
#include "web/web.h"
const char *undo_path(struct request *r, int64_t event_id);
#endif
