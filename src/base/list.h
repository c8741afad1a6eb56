/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.h - a growing array of one type, in an arena.
 *
 *	struct items { struct item *at; size_t n, room; } list = { 0 };
 *	struct item *it = LIST_ADD(arena, &list);	// zeroed
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/arena.h"

/* Declares the members of a list of type; put it inside a struct. */
#define LIST_OF(type)        \
	struct {             \
		type *at;    \
		size_t n;    \
		size_t room; \
	}

/* A pointer to a new zeroed element at the end; older pointers into the list become invalid. */
#define LIST_ADD(a, list)                                                                       \
	((list)->at = list_room((a), (list)->at, (list)->n, &(list)->room, sizeof *(list)->at), \
	 &(list)->at[(list)->n++])

/* Makes room for one more element; for LIST_ADD. */
void *list_room(struct arena *a, void *at, size_t n, size_t *room, size_t size);

#endif
