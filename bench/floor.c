/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor INVOICES.csv YYYY-MM-DD: what a bare C loop over three columns needs, as the least that anybody could.
 *
 * Reads customer, due date and open amount of each line without any check, then ages them: totals by bucket, and
 * the 100 worst customers. Prints one JSON object, seconds of processor, medians of five.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5, BUCKETS = 5, WORST = 100 };

struct columns {
	uint32_t *customer;
	int32_t *due;
	int64_t *open;
	size_t n, room;
	uint32_t n_customers;
};

static double worked(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static int two(const char *s)
{
	return (s[0] - '0') * 10 + s[1] - '0';
}

/* Days of a calendar of equal months would do for an order; bounds in days need the real ones. */
static int32_t day_of(const char *s)
{
	int year = two(s) * 100 + two(s + 2), month = two(s + 5), day = two(s + 8);
	int y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day;
}

static int64_t cents(const char *s)
{
	int64_t v = 0;
	int sign = 1;

	if (*s == '-') {
		sign = -1;
		s++;
	}
	for (; *s != ','; s++)
		if (*s != '.')
			v = v * 10 + *s - '0';
	return sign * v;
}

static void grow(struct columns *c)
{
	c->room = c->room ? c->room * 2 : 1 << 20;
	c->customer = must(realloc(c->customer, c->room * sizeof *c->customer));
	c->due = must(realloc(c->due, c->room * sizeof *c->due));
	c->open = must(realloc(c->open, c->room * sizeof *c->open));
}

static void parse(struct columns *c, const char *at, const char *end)
{
	c->n = 0;
	at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
	while (at < end) {
		const char *field[10];
		field[0] = at;
		for (int i = 1; i < 10; i++)
			field[i] = at = (const char *)memchr(at, ',', (size_t)(end - at)) + 1;
		if (c->n == c->room)
			grow(c);
		c->customer[c->n] = (uint32_t)strtoul(field[2] + 1, NULL, 10);
		if (c->customer[c->n] >= c->n_customers)
			c->n_customers = c->customer[c->n] + 1;
		c->due[c->n] = day_of(field[4]);
		c->open[c->n++] = cents(field[8]);
		at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
	}
}

static int bucket_of(int32_t late)
{
	return late <= 0 ? 0 : late <= 30 ? 1 : late <= 60 ? 2 : late <= 90 ? 3 : 4;
}

static void age(const struct columns *c, int32_t today, int64_t sum[BUCKETS])
{
	memset(sum, 0, BUCKETS * sizeof *sum);
	for (size_t i = 0; i < c->n; i++)
		sum[bucket_of(today - c->due[i])] += c->open[i];
}

struct debtor {
	int64_t late, bucket[BUCKETS];
};

static int worst_first(const void *a, const void *b)
{
	const struct debtor *x = a, *y = b;

	return (x->late < y->late) - (x->late > y->late);
}

/* The 100 that owe most late: those above the bound that 100 of the first found, sorted at the end. */
static int64_t worst(const struct columns *c, int32_t today, struct debtor *all,
		     struct debtor *best)
{
	size_t n = 0;

	memset(all, 0, c->n_customers * sizeof *all);
	for (size_t i = 0; i < c->n; i++)
		all[c->customer[i]].bucket[bucket_of(today - c->due[i])] += c->open[i];
	for (size_t i = 0; i < c->n_customers; i++) {
		for (int b = 1; b < BUCKETS; b++)
			all[i].late += all[i].bucket[b];
		if (n >= WORST && all[i].late <= best[WORST - 1].late)
			continue;
		best[n++] = all[i];
		if (n == 2 * WORST || i + 1 == c->n_customers) {
			qsort(best, n, sizeof *best, worst_first);
			n = n < WORST ? n : WORST;
		}
	}
	qsort(best, n, sizeof *best, worst_first);
	return best[0].late;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *t)
{
	qsort(t, RUNS, sizeof *t, ascending);
	return t[RUNS / 2];
}

int main(int argc, char **argv)
{
	double t_parse[RUNS], t_age[RUNS], t_worst[RUNS];
	struct debtor *all, best[2 * WORST] = { 0 };
	int64_t sum[BUCKETS], most = 0;
	struct columns c = { 0 };
	const char *text;
	int32_t today;
	struct stat st;
	int fd;

	if (argc != 3)
		return 2;
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return 1;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (text == MAP_FAILED)
		return 1;
	today = day_of(argv[2]);
	for (int i = 0; i < RUNS; i++) {
		t_parse[i] = worked();
		parse(&c, text, text + st.st_size);
		t_parse[i] = worked() - t_parse[i];
	}
	all = must(calloc(c.n_customers, sizeof *all));
	for (int i = 0; i < RUNS; i++) {
		t_age[i] = worked();
		age(&c, today, sum);
		t_age[i] = worked() - t_age[i];
		t_worst[i] = worked();
		most = worst(&c, today, all, best);
		t_worst[i] = worked() - t_worst[i];
	}
	printf("{\"lines\":%zu,\"parse\":%.4f,\"age\":%.5f,\"worst\":%.5f,\"buckets\":[%lld,%lld,%"
	       "lld,"
	       "%lld,%lld],\"most\":%lld}\n",
	       c.n, median(t_parse), median(t_age), median(t_worst), (long long)sum[0],
	       (long long)sum[1], (long long)sum[2], (long long)sum[3], (long long)sum[4],
	       (long long)most);
	free(all);
	free(c.customer);
	free(c.due);
	free(c.open);
	return 0;
}
