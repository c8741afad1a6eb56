/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h - files that people attach to an item, a customer, a dispute, a promise: what is taken, under which
 * name, and the part of a page that lists them.
 *
 *	if (!files_fill(r, p, "item", item.id, request_may(r, PERM_NOTE_EDIT), &v.files, e)) ...
 *	{% call files_part(v->files) %}
 *
 * Who sends a file is not believed: its type is told by its first bytes and its ending, and only what a
 * browser shows without running anything (PDF, pictures) is ever shown; all else is saved.
 */
#ifndef WEB_FILES_H
#define WEB_FILES_H

#include "web/web.h"

enum { FILES_AT_ONCE = 20, FILES_OF_ONE = 200, FILE_NAME_LENGTH = 120 };

#define FILE_MAX_BYTES (INT64_C(20) << 20)

/* A name to show and to save under: no folders, no control or direction characters, no dot in front, at most
 * FILE_NAME_LENGTH characters with its ending kept; "file" when nothing is left. Pure. */
char *file_name_clean(struct arena *a, const char *name);

/* The media type to keep by the ending and the first bytes; ERR_REFUSED for an ending that is not taken, or
 * bytes that are not what the ending says. Pure. */
bool file_type_of(const char *name, const void *head, size_t n, const char **ret,
		  struct err *e) NODISCARD;

/* Whether a browser may show it in a tab of its own. */
bool file_is_shown(const char *media_type);

struct file_row {
	int64_t id;
	const char *name, *size, *when, *who;
	bool is_shown;
};

struct files_view {
	const char *kind;
	int64_t subject_id;
	const struct file_row *rows;
	size_t n;
	bool may_edit;
	const char *help;
};

bool files_fill(struct request *r, struct page *p, const char *kind, int64_t subject_id,
		bool may_edit, struct files_view **ret, struct err *e) NODISCARD;

void files_part(struct page *p, const struct files_view *v);

#endif
