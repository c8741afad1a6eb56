/* SPDX-License-Identifier: Apache-2.0 */
#include "web/undo.h"

const char *undo_path(struct request *r, int64_t event_id)
{
	return event_id ? arena_printf(r->arena, "/undo/%" PRId64, event_id) : NULL;
}
