/* SPDX-License-Identifier: Apache-2.0 */
#include "base/list.h"

void *list_room(struct arena *a, void *at, size_t n, size_t *room, size_t size)
{
	void *bigger;

	if (n < *room)
		return at;
	*room = *room ? *room * 2 : 8;
	bigger = arena_array(a, *room, size);
	if (n)
		memcpy(bigger, at, n * size);
	return bigger;
}
