/* SPDX-License-Identifier: Apache-2.0 */
#include "web/files.h"

#include "base/text.h"
#include "db/attachment.h"
#include "web/show.h"

/* ---- names ------------------------------------------------------------------------------------- */

/* Code points that turn the direction of writing or are not seen: "cod\u202Efdp.exe" reads "codexe.pdf". */
static size_t hidden_size(const char *s)
{
	static const char *const hidden[] = {
		"\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x80\x8e", "\xe2\x80\x8f",
		"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
		"\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8",
		"\xe2\x81\xa9", "\xef\xbb\xbf", "\xc2\xad",
	};

	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		if (str_starts(s, hidden[i]))
			return strlen(hidden[i]);
	}
	return 0;
}

static const char *without_folders(const char *name)
{
	const char *last = name;

	for (const char *s = name; *s; s++) {
		if (*s == '/' || *s == '\\')
			last = s + 1;
	}
	return last;
}

/* Cut in the middle, so that the ending stays. */
static char *cut(struct arena *a, char *name)
{
	const char *dot = strrchr(name, '.');
	size_t ending = dot && strlen(dot) <= 10 ? strlen(dot) : 0;
	size_t length = text_length(name), keep = FILE_NAME_LENGTH - ending, at = 0;

	if (length <= FILE_NAME_LENGTH)
		return name;
	for (; name[at]; at++) {
		if (((unsigned char)name[at] & 0xc0) != 0x80 && keep-- == 0)
			break;
	}
	return arena_printf(a, "%.*s%s", (int)at, name, ending ? dot : "");
}

char *file_name_clean(struct arena *a, const char *name)
{
	const char *s = without_folders(name ? name : "");
	struct buf b;

	if (!text_is_utf8(s, strlen(s)))
		return arena_strdup(a, "file");
	buf_init(&b, a);
	while (*s) {
		size_t hidden = hidden_size(s);

		if (hidden) {
			s += hidden;
			continue;
		}
		if ((unsigned char)*s >= ' ' && *s != 127 && !strchr("<>:\"|?*", *s) &&
		    !(b.len == 0 && (*s == '.' || *s == ' ')))
			buf_putc(&b, *s);
		s++;
	}
	return b.len ? cut(a, text_trim(a, buf_str(&b))) : arena_strdup(a, "file");
}

/* ---- types ------------------------------------------------------------------------------------- */

static const struct {
	const char *ending, *type, *head; /* head NULL: not told by its first bytes */
	bool is_shown;
} types[] = {
	{ "pdf", "application/pdf", "%PDF-", true },
	{ "png", "image/png", "\x89PNG\r\n", true },
	{ "jpg", "image/jpeg", "\xff\xd8\xff", true },
	{ "jpeg", "image/jpeg", "\xff\xd8\xff", true },
	{ "gif", "image/gif", "GIF8", true },
	{ "webp", "image/webp", "RIFF", true },
	{ "txt", "text/plain", NULL, false },
	{ "csv", "text/csv", NULL, false },
	{ "xml", "application/xml", NULL, false },
	{ "eml", "message/rfc822", NULL, false },
	{ "msg", "application/vnd.ms-outlook", "\xd0\xcf\x11\xe0", false },
	{ "doc", "application/msword", "\xd0\xcf\x11\xe0", false },
	{ "xls", "application/vnd.ms-excel", "\xd0\xcf\x11\xe0", false },
	{ "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK",
	  false },
	{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK",
	  false },
	{ "odt", "application/vnd.oasis.opendocument.text", "PK", false },
	{ "ods", "application/vnd.oasis.opendocument.spreadsheet", "PK", false },
	{ "zip", "application/zip", "PK", false },
};

bool file_type_of(const char *name, const void *head, size_t n, const char **ret, struct err *e)
{
	const char *dot = strrchr(name, '.');
	char ending[8] = "";

	for (size_t i = 0; dot && dot[1 + i] && i + 1 < sizeof ending; i++)
		ending[i] =
			(char)(dot[1 + i] | (dot[1 + i] >= 'A' && dot[1 + i] <= 'Z' ? 0x20 : 0));
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		size_t wanted = types[i].head ? strlen(types[i].head) : 0;

		if (!str_eq(types[i].ending, ending) || (dot && strlen(dot + 1) != strlen(ending)))
			continue;
		if (wanted > n || memcmp(head, types[i].head ? types[i].head : "", wanted) != 0)
			return err_set(e, ERR_REFUSED,
				       "\"%.80s\" is not what its ending says: open it and save it"
				       " again",
				       name);
		*ret = types[i].type;
		return true;
	}
	return err_set(
		e, ERR_REFUSED,
		"files such as \"%.80s\" are not taken: PDF, pictures, text, CSV, XML, e-mails,"
		" office documents and ZIP are",
		name);
}

bool file_is_shown(const char *media_type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (str_eq(types[i].type, media_type))
			return types[i].is_shown;
	}
	return false;
}

/* ---- the part ---------------------------------------------------------------------------------- */

bool files_fill(struct request *r, struct page *p, const char *kind, int64_t subject_id,
		bool may_edit, struct files_view **ret, struct err *e)
{
	struct files_view *v = ARENA_NEW(r->arena, struct files_view);
	struct attachment *at;
	struct file_row *row;

	v->kind = kind;
	v->subject_id = subject_id;
	v->may_edit = may_edit && !p->is_past;
	if (!attachment_list(r->db, r->arena, kind, subject_id, &at, &v->n, e))
		return false;
	row = ARENA_ARRAY(r->arena, v->n, struct file_row);
	for (size_t i = 0; i < v->n; i++)
		row[i] = (struct file_row){
			.id = at[i].id,
			.name = at[i].file_name,
			.size = arena_printf(r->arena, tr(r->cat, "%s KB"),
					     show_count(p, (at[i].size + 1023) / 1024)),
			.when = show_moment(p, at[i].recorded),
			.is_shown = file_is_shown(at[i].media_type),
		};
	v->rows = row;
	v->help = str_eq(kind, "item")
			  ? tr(r->cat, "The reminders of this item take its files along.")
			  : NULL;
	*ret = v;
	return true;
}
