/* SPDX-License-Identifier: Apache-2.0 */
#include "web/body.h"

#include "base/scratch_file.h"
#include "base/text.h"
#include "web/multipart.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum body_kind { BODY_FORM, BODY_PARTS, BODY_RAW, BODY_OTHER };

enum { MEMORY = 16 << 20 };

struct body {
	struct arena *arena;
	enum body_kind kind;
	const char *type;
	int64_t received;
	int64_t max;
	struct buf text; /* form or other body; the field being read of a multipart one */
	size_t kept;     /* bytes of all fields */
	struct multipart multipart;
	struct value_list fields;
	const char *field;     /* name of the part being read */
	struct upload *upload; /* NULL: a field */
	crypto_hash_sha256_state hash;
	struct upload uploads[BODY_UPLOADS];
	size_t n_uploads;
};

/* ---- parts of a multipart form ----------------------------------------------------------------- */

static void close_upload(void *arg)
{
	struct upload *u = arg;

	if (u->fd >= 0)
		close(u->fd);
}

static bool part_begin(void *arg, const char *name, const char *file_name, const char *media_type,
		       struct err *e)
{
	struct body *b = arg;
	struct upload *u;
	const char *slash;

	b->field = arena_strdup(b->arena, name);
	b->upload = NULL;
	buf_init(&b->text, b->arena);
	if (!file_name)
		return true;
	if (b->n_uploads == BODY_UPLOADS)
		return err_set(e, ERR_LIMIT, "more than %d files at once", BODY_UPLOADS);
	slash = strrchr(file_name, '/');
	if (!slash)
		slash = strrchr(file_name, '\\');
	u = &b->uploads[b->n_uploads];
	*u = (struct upload){
		.field = b->field,
		.file_name = arena_strdup(b->arena, slash ? slash + 1 : file_name),
		.media_type = arena_strdup(b->arena, media_type),
		.fd = -1,
	};
	if (!scratch_file(&u->fd, e))
		return false;
	b->n_uploads++;
	arena_defer(b->arena, close_upload, u);
	u->path = arena_printf(b->arena, "/proc/self/fd/%d", u->fd);
	crypto_hash_sha256_init(&b->hash);
	b->upload = u;
	return true;
}

static bool write_all(int fd, const char *bytes, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return err_set(e, ERR_IO, "could not keep the file that was sent: %s",
				       strerror(errno));
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

static bool keep_text(struct body *b, const char *bytes, size_t n, struct err *e)
{
	if (n > BODY_FIELDS - b->kept)
		return err_set(e, ERR_LIMIT, "the form is larger than %d bytes without its files",
			       BODY_FIELDS);
	b->kept += n;
	buf_add(&b->text, bytes, n);
	return true;
}

static bool part_data(void *arg, const char *bytes, size_t n, struct err *e)
{
	struct body *b = arg;

	if (!b->upload)
		return keep_text(b, bytes, n, e);
	b->upload->size += (int64_t)n;
	crypto_hash_sha256_update(&b->hash, (const unsigned char *)bytes, n);
	return write_all(b->upload->fd, bytes, n, e);
}

static bool part_end(void *arg, struct err *e)
{
	struct body *b = arg;
	unsigned char digest[crypto_hash_sha256_BYTES];
	struct web_value *v;

	if (b->upload) {
		crypto_hash_sha256_final(&b->hash, digest);
		sodium_bin2hex(b->upload->sha256, sizeof b->upload->sha256, digest, sizeof digest);
		/* A file control left empty sends a file without name and bytes. */
		if (b->upload->size == 0 && b->upload->file_name[0] == '\0') {
			close(b->upload->fd);
			b->upload->fd = -1;
			b->n_uploads--;
		}
		return true;
	}
	if (!text_is_utf8(buf_str(&b->text), b->text.len))
		return err_set(e, ERR_USAGE, "form value \"%s\" is not UTF-8", b->field);
	if (b->fields.list.n == PARSE_MAX_VALUES)
		return err_set(e, ERR_LIMIT, "more than %d form values", PARSE_MAX_VALUES);
	v = LIST_ADD(b->arena, &b->fields.list);
	v->name = b->field;
	v->value = buf_str(&b->text);
	return true;
}

static const struct multipart_sink sink = { part_begin, part_data, part_end };

/* ---- the body ---------------------------------------------------------------------------------- */

/* A file that a program sends as it is: kept as an upload, the field "body". */
static bool is_raw(const char *content_type)
{
	static const char xlsx[] = "application/vnd.openxmlformats-officedocument."
				   "spreadsheetml.sheet";
	static const char *const types[] = { "application/octet-stream",
					     "application/xml",
					     "text/xml",
					     "text/csv",
					     "text/plain",
					     xlsx };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (parse_is_type(content_type, types[i]))
			return true;
	return false;
}

static bool start(struct body *b, const char *content_type, struct err *e)
{
	b->type = arena_strdup(b->arena, content_type ? content_type : "");
	buf_init(&b->text, b->arena);
	if (parse_is_type(content_type, "application/x-www-form-urlencoded")) {
		b->kind = BODY_FORM;
		return true;
	}
	if (is_raw(content_type)) {
		b->kind = BODY_RAW;
		return part_begin(b, "body", "body", content_type, e);
	}
	if (!parse_is_type(content_type, "multipart/form-data")) {
		b->kind = BODY_OTHER;
		return true;
	}
	b->kind = BODY_PARTS;
	return multipart_init(&b->multipart, parse_parameter(b->arena, content_type, "boundary"),
			      &sink, b, e);
}

bool body_new(const char *content_type, int64_t max_upload, struct body **ret, struct err *e)
{
	struct arena *a = arena_new(MEMORY);
	struct body *b;

	if (arena_exhausted(a)) {
		arena_free(a);
		return err_set(e, ERR_LIMIT, "the request is too large");
	}
	b = ARENA_NEW(a, struct body);
	b->arena = a;
	b->max = max_upload;
	if (!start(b, content_type, e)) {
		arena_free(a);
		return false;
	}
	*ret = b;
	return true;
}

void body_free(struct body *b)
{
	if (b)
		arena_free(b->arena);
}

bool body_feed(struct body *b, const char *bytes, size_t n, struct err *e)
{
	int64_t max = b->kind == BODY_PARTS || b->kind == BODY_RAW ? b->max : BODY_FIELDS;

	if (arena_exhausted(b->arena))
		return err_set(e, ERR_LIMIT, "the request is too large");
	if ((int64_t)n > max - b->received)
		return err_set(e, ERR_LIMIT, "the request is larger than %" PRId64 " bytes", max);
	b->received += (int64_t)n;
	if (b->kind == BODY_PARTS)
		return multipart_feed(&b->multipart, bytes, n, e);
	if (b->kind == BODY_RAW)
		return part_data(b, bytes, n, e);
	return keep_text(b, bytes, n, e);
}

bool body_finish(struct body *b, struct request *r, struct err *e)
{
	if (arena_exhausted(b->arena))
		return err_set(e, ERR_LIMIT, "the request is too large");
	if (b->kind == BODY_PARTS || b->kind == BODY_RAW) {
		if (b->kind == BODY_PARTS ? !multipart_finish(&b->multipart, e) : !part_end(b, e))
			return false;
		for (size_t i = 0; i < b->n_uploads; i++) {
			if (lseek(b->uploads[i].fd, 0, SEEK_SET) != 0)
				return err_set(e, ERR_IO, "could not read back the file sent: %s",
					       strerror(errno));
		}
	} else if (b->kind == BODY_FORM) {
		if (!parse_urlencoded(b->arena, buf_str(&b->text), b->text.len, &b->fields, e))
			return false;
	} else {
		r->body = buf_str(&b->text);
		r->body_len = b->text.len;
		r->body_type = b->type;
	}
	r->form = (struct web_values){ b->fields.list.at, b->fields.list.n };
	r->uploads = b->uploads;
	r->n_uploads = b->n_uploads;
	return true;
}

static void hash_text(crypto_hash_sha256_state *h, const char *s)
{
	/* With its NUL, so that "ab" "c" differs from "a" "bc". */
	crypto_hash_sha256_update(h, (const unsigned char *)s, strlen(s) + 1);
}

void body_digest(const struct body *b, unsigned char digest[32])
{
	crypto_hash_sha256_state h;

	crypto_hash_sha256_init(&h);
	for (size_t i = 0; b && i < b->fields.list.n; i++) {
		const struct web_value *v = &b->fields.list.at[i];

		if (str_eq(v->name, "csrf") || str_eq(v->name, "idempotency_key"))
			continue;
		hash_text(&h, v->name);
		hash_text(&h, v->value);
	}
	for (size_t i = 0; b && i < b->n_uploads; i++) {
		hash_text(&h, b->uploads[i].field);
		hash_text(&h, b->uploads[i].sha256);
	}
	if (b && b->kind == BODY_OTHER)
		crypto_hash_sha256_update(&h, (const unsigned char *)buf_str(&b->text),
					  b->text.len);
	crypto_hash_sha256_final(&h, digest);
}
