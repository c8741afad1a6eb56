/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_rate [MEGABYTES]: how fast the readers of format/ go, on files made in memory (300 MB each).
 *
 * Prints one line per stage: MB/s by the clock and by the processor's time (this process and its
 * children), best of three: on a machine that does other things the second one counts. "child" is the whole way of an import:
 * file, parser child, pipe, checks, sink.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "format/child.h"
#include "format/csv.h"
#include "format/encoding.h"
#include "format/fec.h"
#include "format/parse.h"

struct text {
	char *s;
	size_t n, room;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Processor's time of this process and of the children that ended. */
static double worked(void)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	return seconds(self.ru_utime) + seconds(self.ru_stime) + seconds(children.ru_utime) +
	       seconds(children.ru_stime);
}

/* Lines of one invoice, as an accounting program writes them. */
static size_t write_fec(char *out, size_t room, unsigned i)
{
	unsigned day = 20260101 + i % 28, cents = i * 7919 % 1000000;

	return (size_t)snprintf(
		out, room,
		"VE\tVentes\tVE%08u\t%u\t411000\tClients\tC%07u\tSoci\xC3\xA9t\xC3\xA9 %u "
		"SARL\tFA2026-%07u\t%u"
		"\tFacture Soci\xC3\xA9t\xC3\xA9 %u SARL\t%u,%02u\t0,00\t\t\t%u\t\t\n"
		"VE\tVentes\tVE%08u\t%u\t706000\tPrestations de "
		"services\t\t\tFA2026-%07u\t%u\tFacture "
		"Soci\xC3\xA9t\xC3\xA9 %u SARL\t0,00\t%u,%02u\t\t\t%u\t\t\n",
		i, day, i % 5000, i % 5000, i, day, i % 5000, cents / 100, cents % 100, day, i, day,
		i, day, i % 5000, cents / 100, cents % 100, day);
}

static size_t write_csv(char *out, size_t room, unsigned i)
{
	unsigned cents = i * 7919 % 1000000;

	return (size_t)snprintf(
		out, room,
		"FA2026-%07u;INV;C%07u;\"Soci\xC3\xA9t\xC3\xA9 %u; SARL\";%02u/10/2026;30/11/2026;"
		"%u,%02u;%u,%02u;EUR\r\n",
		i, i % 5000, i % 5000, i % 28 + 1, cents / 100, cents % 100, cents / 120,
		cents % 100);
}

static struct text make(const char *header, size_t (*line)(char *, size_t, unsigned), size_t bytes)
{
	struct text t = { .room = bytes + 4096, .n = strlen(header) };

	t.s = malloc(t.room);
	ENSURE(t.s != NULL);
	memcpy(t.s, header, t.n);
	for (unsigned i = 0; t.n < bytes; i++)
		t.n += line(t.s + t.n, t.room - t.n, i);
	return t;
}

static bool ignore(UNUSED void *arg, UNUSED const struct record *r, UNUSED struct err *e)
{
	return true;
}

static const struct sink nowhere = { .take = ignore };

static void decode(const struct text *t)
{
	struct decoded d;

	ENSURE(encoding_decode(t->s, t->n, &d, NULL));
	decoded_done(&d);
}

static void split(const struct text *t)
{
	struct csv c;
	size_t fields = 0;

	csv_init(&c, t->s, t->n, ';', true);
	while (csv_next(&c))
		fields += c.n;
	csv_done(&c);
	ENSURE(fields > 0);
}

static void parse(const struct text *t)
{
	struct parse_options o = { 0 };

	ENSURE(parse_bytes(t->s, t->n, &o, &nowhere, NULL));
}

static void child(const struct text *t)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);
	struct child_job job = { .fd = fd };
	struct err e = { 0 };

	ENSURE(fd >= 0);
	for (size_t at = 0; at < t->n;) {
		ssize_t n = write(fd, t->s + at, t->n - at);
		ENSURE(n > 0);
		at += (size_t)n;
	}
	if (!child_parse(&job, &nowhere, NULL, &e))
		fprintf(stderr, "%s\n", e.msg);
	close(fd);
}

static void measure(const char *name, void (*stage)(const struct text *), const struct text *t)
{
	double wall = 1e9, cpu = 1e9, mb = (double)t->n / 1e6;

	for (int i = 0; i < 3; i++) {
		double begin = now(), begin_cpu = worked(), took;
		stage(t);
		took = now() - begin;
		wall = took < wall ? took : wall;
		took = worked() - begin_cpu;
		cpu = took < cpu ? took : cpu;
	}
	printf("%-28s %6.0f MB/s by the clock, %6.0f MB/s of processor\n", name, mb / wall,
	       mb / cpu);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	size_t bytes = (size_t)(argc > 1 ? atol(argv[1]) : 300) * 1000000;
	struct text fec =
		make("JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\t"
		     "CompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\t"
		     "EcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n",
		     write_fec, bytes);
	struct text csv = make("doc_no;kind;customer;name;issued;due;amount;net;currency\r\n",
			       write_csv, bytes);

	measure("decode UTF-8", decode, &csv);
	measure("split CSV", split, &csv);
	measure("read CSV (3 passes)", parse, &csv);
	measure("read FEC", parse, &fec);
	measure("CSV through the child", child, &csv);
	measure("FEC through the child", child, &fec);
	free(fec.s);
	free(csv.s);
	return 0;
}
