/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_file FILE [RUNS]: how fast one file is read, checked and given out record by record: by the reader alone,
 * and the whole way of an import (locked child, pipe, checks on both sides). Prints one JSON object; seconds of
 * processor, medians.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/child.h"
#include "format/parse.h"

enum { RUNS_MAX = 15 };

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double worked(void)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	return seconds(self.ru_utime) + seconds(self.ru_stime) + seconds(children.ru_utime) +
	       seconds(children.ru_stime);
}

static bool count(void *arg, const struct record *r, UNUSED struct err *e)
{
	int64_t *n = arg;

	*n += r->kind == RECORD_FEC_LINE || r->kind == RECORD_CSV_ROW ||
	      r->kind == RECORD_CAMT_ENTRY;
	return true;
}

struct file {
	const char *name, *bytes;
	size_t n;
	int fd;
	int64_t records;
};

static bool read_alone(struct file *f, struct err *e)
{
	struct parse_options o = { .name = f->name };
	struct sink sink = { .arg = &f->records, .take = count };

	return parse_bytes(f->bytes, f->n, &o, &sink, e);
}

static bool read_in_child(struct file *f, struct err *e)
{
	struct child_job job = { .fd = f->fd, .options.name = f->name };
	struct sink sink = { .arg = &f->records, .take = count };

	return lseek(f->fd, 0, SEEK_SET) == 0 && child_parse(&job, &sink, NULL, e);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(struct file *f, int runs, bool (*read)(struct file *, struct err *))
{
	double t[RUNS_MAX];

	for (int i = 0; i < runs; i++) {
		struct err e = { 0 };
		f->records = 0;
		t[i] = worked();
		if (!read(f, &e)) {
			fprintf(stderr, "%s: %s\n", f->name, e.msg);
			exit(1);
		}
		t[i] = worked() - t[i];
	}
	qsort(t, (size_t)runs, sizeof *t, ascending);
	return t[runs / 2];
}

int main(int argc, char **argv)
{
	int runs = argc > 2 ? atoi(argv[2]) : 3;
	double alone, child;
	struct file f;
	struct stat st;

	if (argc < 2 || runs < 1 || runs > RUNS_MAX)
		return 2;
	f = (struct file){ .name = argv[1], .fd = open(argv[1], O_RDONLY | O_CLOEXEC) };
	if (f.fd < 0 || fstat(f.fd, &st) != 0) {
		perror(argv[1]);
		return 1;
	}
	f.n = (size_t)st.st_size;
	f.bytes = mmap(NULL, f.n, PROT_READ, MAP_PRIVATE | MAP_POPULATE, f.fd, 0);
	ENSURE(f.bytes != MAP_FAILED);
	alone = median(&f, runs, read_alone);
	child = median(&f, runs, read_in_child);
	printf("{\"records\":%" PRId64 ",\"bytes\":%zu,\"alone\":%.4f,\"child\":%.4f}\n", f.records,
	       f.n, alone, child);
	return 0;
}
