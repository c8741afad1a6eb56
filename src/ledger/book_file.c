/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_file.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMAT = 3, BYTE_ORDER_MARK = 0x01020304 };

struct file_head {
	char magic[8];
	uint32_t format;
	uint32_t byte_order;
	int64_t entity_id;
	uint64_t position;
	unsigned char hash[BOOK_HASH];
	uint64_t n_parts;
	uint64_t size; /* of the whole file */
	uint64_t directory_sum;
	uint64_t head_sum; /* of what comes before */
};

struct file_part {
	uint64_t at, size, sum;
};

static const char magic[8] = "ENCBOOK";

/* Four lanes, so that it keeps pace with memory. Against damage, not against forgery. */
static uint64_t checksum(const void *bytes, size_t n)
{
	static const uint64_t prime = 0x9e3779b97f4a7c15u;
	const unsigned char *p = bytes;
	uint64_t lane[4] = { 1, 2, 3, 5 }, w[4], sum = n;

	for (; n >= sizeof w; p += sizeof w, n -= sizeof w) {
		memcpy(w, p, sizeof w);
		for (int i = 0; i < 4; i++) {
			lane[i] = (lane[i] ^ w[i]) * prime;
			lane[i] ^= lane[i] >> 29;
		}
	}
	memset(w, 0, sizeof w);
	memcpy(w, p, n);
	for (int i = 0; i < 4; i++) {
		sum = (sum ^ lane[i] ^ w[i]) * prime;
		sum ^= sum >> 32;
	}
	return sum;
}

/* ---- mapped files ------------------------------------------------------------------------------ */

struct book_map {
	void *bytes;
	size_t size;
	atomic_int n_uses;
};

void book_map_release(struct book_map *m)
{
	if (!m || atomic_fetch_sub(&m->n_uses, 1) > 1)
		return;
	munmap(m->bytes, m->size);
	free(m);
}

static bool check_head(const void *bytes, size_t n, int64_t entity_id, struct file_head *ret,
		       struct err *e)
{
	struct file_head h;

	if (n < sizeof h)
		return err_set(e, ERR_FORMAT, "the snapshot of the book is cut off");
	memcpy(&h, bytes, sizeof h);
	if (memcmp(h.magic, magic, sizeof magic) != 0 || h.format != FORMAT ||
	    h.byte_order != BYTE_ORDER_MARK)
		return err_set(e, ERR_FORMAT, "the snapshot of the book is of another format");
	if (h.head_sum != checksum(&h, offsetof(struct file_head, head_sum)))
		return err_set(e, ERR_FORMAT, "the snapshot of the book has a damaged head");
	if (h.entity_id != entity_id || h.position > UINT32_MAX - 2)
		return err_set(e, ERR_FORMAT, "the snapshot of the book is of another company");
	if (h.size != n || h.n_parts > (n - sizeof h) / sizeof(struct file_part))
		return err_set(e, ERR_FORMAT, "the snapshot of the book is cut off");
	if (h.directory_sum !=
	    checksum((const char *)bytes + sizeof h, (size_t)h.n_parts * sizeof(struct file_part)))
		return err_set(e, ERR_FORMAT, "the snapshot of the book has a damaged directory");
	*ret = h;
	return true;
}

static bool check_part(const char *bytes, size_t n, const struct file_part *f, struct chunk *ret,
		       struct err *e)
{
	if (f->at % 8 || f->at > n || f->size > n - f->at)
		return err_set(e, ERR_FORMAT, "the snapshot of the book has a chunk outside of it");
	if (f->sum != checksum(bytes + f->at, (size_t)f->size))
		return err_set(e, ERR_FORMAT, "the snapshot of the book has a damaged chunk");
	return chunk_open(ret, bytes + f->at, (size_t)f->size, e);
}

static bool read_parts(struct book_version *v, const char *bytes, size_t n, uint64_t n_parts,
		       struct book_map *map, struct err *e)
{
	const char *directory = bytes + sizeof(struct file_head);
	int64_t last_id = INT64_MIN;

	for (uint64_t i = 0; i < n_parts; i++) {
		struct file_part f;
		struct book_part *p;
		struct chunk c;

		memcpy(&f, directory + i * sizeof f, sizeof f);
		if (!check_part(bytes, n, &f, &c, e))
			return false;
		if (c.n.n_customers == 0 || chunk_customer_id(&c, 0) <= last_id)
			return err_set(e, ERR_FORMAT,
				       "the snapshot of the book has chunks out of order");
		last_id = chunk_customer_id(&c, c.n.n_customers - 1);
		p = calloc(1, sizeof *p);
		ENSURE(p);
		p->c = c;
		p->file = map;
		atomic_init(&p->n_uses, 1);
		if (map)
			atomic_fetch_add(&map->n_uses, 1);
		version_add(v, p);
	}
	return true;
}

static bool read_file(const void *bytes, size_t n, int64_t entity_id, struct book_map *map,
		      struct book_version **ret, unsigned char ret_hash[BOOK_HASH], struct err *e)
{
	struct book_version *v;
	struct file_head h = { 0 };

	if (!check_head(bytes, n, entity_id, &h, e))
		return false;
	v = version_new(entity_id, (uint32_t)h.position);
	if (!read_parts(v, bytes, n, h.n_parts, map, e)) {
		version_release(v);
		return false;
	}
	memcpy(ret_hash, h.hash, BOOK_HASH);
	*ret = v;
	return true;
}

bool book_file_read(const void *bytes, size_t n, int64_t entity_id, struct book_version **ret,
		    unsigned char ret_hash[BOOK_HASH], struct err *e)
{
	ENSURE((uintptr_t)bytes % 8 == 0);
	return read_file(bytes, n, entity_id, NULL, ret, ret_hash, e);
}

static bool map_file(int fd, const char *path, struct book_map **ret, struct err *e)
{
	struct book_map *m;
	struct stat st;
	void *bytes;

	if (fstat(fd, &st) != 0)
		return err_set(e, ERR_IO, "could not look at %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(struct file_head))
		return err_set(e, ERR_FORMAT, "the snapshot of the book is cut off");
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return err_set(e, ERR_IO, "could not map %s: %s", path, strerror(errno));
	m = calloc(1, sizeof *m);
	ENSURE(m);
	*m = (struct book_map){ .bytes = bytes, .size = (size_t)st.st_size };
	atomic_init(&m->n_uses, 1);
	*ret = m;
	return true;
}

bool book_file_open(const char *path, int64_t entity_id, struct book_version **ret,
		    unsigned char ret_hash[BOOK_HASH], struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct book_map *m = NULL;
	bool ok;

	if (fd < 0)
		return err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "could not open %s: %s",
			       path, strerror(errno));
	ok = map_file(fd, path, &m, e);
	close(fd);
	if (!ok)
		return false;
	ok = read_file(m->bytes, m->size, entity_id, m, ret, ret_hash, e);
	/* Everything was looked at once; what nobody asks for need not stay in memory. */
	if (ok)
		(void)madvise(m->bytes, m->size, MADV_DONTNEED);
	book_map_release(m);
	return ok;
}

/* ---- names ------------------------------------------------------------------------------------- */

char *book_file_path(const char *folder, int64_t entity_id, uint32_t position, char path[BOOK_PATH])
{
	int n = snprintf(path, BOOK_PATH, "%s/%" PRId64 "-%" PRIu32 ".book", folder, entity_id,
			 position);

	ENSURE(n > 0 && n < BOOK_PATH);
	return path;
}

/* Whether a name in the folder is a file of the company: its position, and whether it is finished. */
static bool is_ours(const char *name, int64_t entity_id, uint32_t *ret_position, bool *ret_finished)
{
	char own[64];
	int64_t entity;
	uint32_t position;
	int n = 0;

	if (sscanf(name, "%" SCNd64 "-%" SCNu32 "%n", &entity, &position, &n) != 2 ||
	    entity != entity_id)
		return false;
	snprintf(own, sizeof own, "%" PRId64 "-%" PRIu32, entity, position);
	if (!str_starts(name, own) || strlen(own) != (size_t)n)
		return false;
	*ret_position = position;
	*ret_finished = strcmp(name + n, ".book") == 0;
	return *ret_finished || strcmp(name + n, ".part") == 0;
}

static int newest_first(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

size_t book_file_list(const char *folder, int64_t entity_id, uint32_t *ret, size_t room)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t n = 0;

	while (dir && (entry = readdir(dir))) {
		uint32_t position;
		bool finished;
		if (n < room && is_ours(entry->d_name, entity_id, &position, &finished) && finished)
			ret[n++] = position;
	}
	if (dir)
		closedir(dir);
	if (n)
		qsort(ret, n, sizeof *ret, newest_first);
	return n;
}

/* ---- writing ----------------------------------------------------------------------------------- */

static bool put(int fd, const void *bytes, size_t n, struct err *e)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t done = write(fd, p, n < (1u << 30) ? n : (1u << 30));
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_set(e, ERR_IO, "could not write the snapshot of the book: %s",
				       strerror(errno));
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static bool put_all(int fd, const struct book_version *v, uint32_t position,
		    const unsigned char hash[BOOK_HASH], struct err *e)
{
	struct file_part *directory = calloc(v->n_parts ? v->n_parts : 1, sizeof *directory);
	struct file_head h = { .format = FORMAT,
			       .byte_order = BYTE_ORDER_MARK,
			       .entity_id = v->entity_id,
			       .position = position,
			       .n_parts = v->n_parts };
	uint64_t at = sizeof h + v->n_parts * sizeof *directory;
	bool ok;

	ENSURE(directory);
	for (size_t i = 0; i < v->n_parts; i++) {
		const struct chunk *c = &v->part[i]->c;
		directory[i] = (struct file_part){ at, c->size, checksum(c->bytes, c->size) };
		at += c->size;
	}
	memcpy(h.magic, magic, sizeof magic);
	memcpy(h.hash, hash, BOOK_HASH);
	h.size = at;
	h.directory_sum = checksum(directory, v->n_parts * sizeof *directory);
	h.head_sum = checksum(&h, offsetof(struct file_head, head_sum));
	ok = put(fd, &h, sizeof h, e) && put(fd, directory, v->n_parts * sizeof *directory, e);
	for (size_t i = 0; ok && i < v->n_parts; i++)
		ok = put(fd, v->part[i]->c.bytes, v->part[i]->c.size, e);
	free(directory);
	return ok;
}

/* Makes a rename last. */
static bool sync_folder(const char *folder, struct err *e)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok || err_set(e, ERR_IO, "could not write %s: %s", folder, strerror(errno));
}

static bool write_beside(const char *folder, const char *path, const struct book_version *v,
			 uint32_t position, const unsigned char hash[BOOK_HASH], struct err *e)
{
	char beside[BOOK_PATH];
	int fd, n;
	bool ok;

	n = snprintf(beside, sizeof beside, "%s/%" PRId64 "-%" PRIu32 ".part", folder, v->entity_id,
		     position);
	ENSURE(n > 0 && n < BOOK_PATH);
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(e, ERR_IO, "could not create %s: %s", beside, strerror(errno));
	ok = put_all(fd, v, position, hash, e);
	if (ok && fsync(fd) != 0)
		ok = err_set(e, ERR_IO, "could not write %s: %s", beside, strerror(errno));
	close(fd);
	if (ok && rename(beside, path) != 0)
		ok = err_set(e, ERR_IO, "could not rename %s: %s", beside, strerror(errno));
	if (!ok)
		unlink(beside);
	return ok && sync_folder(folder, e);
}

/* Only under the lease: nobody else is writing. */
static void remove_others(const char *folder, int64_t entity_id, uint32_t keep)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		uint32_t position;
		bool finished;
		if (is_ours(entry->d_name, entity_id, &position, &finished) &&
		    !(finished && position == keep))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
}

/* The lease ends with its process, however that ends. */
static bool take_lease(const char *folder, int *ret_fd, struct err *e)
{
	char path[BOOK_PATH];
	int fd, n;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return err_set(e, ERR_IO, "could not create %s: %s", folder, strerror(errno));
	n = snprintf(path, sizeof path, "%s/lease", folder);
	ENSURE(n > 0 && n < BOOK_PATH);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(e, ERR_IO, "could not open %s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		fd = -1;
	}
	*ret_fd = fd;
	return true;
}

bool book_file_write(const char *folder, const struct book_version *v, uint32_t position,
		     const unsigned char hash[BOOK_HASH], bool *ret_written, struct err *e)
{
	char path[BOOK_PATH];
	int lease;
	bool ok;

	*ret_written = false;
	if (!take_lease(folder, &lease, e))
		return false;
	if (lease < 0)
		return true;
	book_file_path(folder, v->entity_id, position, path);
	ok = write_beside(folder, path, v, position, hash, e);
	if (ok)
		remove_others(folder, v->entity_id, position);
	close(lease);
	*ret_written = ok;
	return ok;
}
