/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_eval FOLDER [THRESHOLD_PPM] [-v|-m] [--dump FILE]: how well the matching does on a generated portfolio whose
 * truth is known (customers.csv, invoices.csv, camt053.xml, truth.csv, as written by the portfolio
 * generator).
 *
 * -v shows each entry that was not posted, with its truth and what was thought; -m counts them by class and
 * by what stopped them.
 *
 * Prints per class: entries, posted alone, right, wrong, and whether the truth is among the first
 * three proposals. Right means the very documents and amounts of the truth. Of the classes that begin with
 * "trap" (the money is not what it seems), "open" (the data cannot decide) and "unrelated", nothing may post:
 * what does is wrong, even when luck made it right. Recall and precision are over entries. Reads the layout of the generator
 * and of adversary.mjs, nothing else. --dump writes every answer whole, a line each, such that two engines can be
 * held against each other with cmp.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/map.h"
#include "base/text.h"
#include "match/match.h"

struct truth_row {
	const char *kind, *document;
	int64_t minor;
};

struct truth {
	const char *class, *subclass;
	struct {
		struct truth_row *at;
		size_t n, room;
	} rows;
};

struct portfolio {
	struct arena *arena;
	struct {
		struct match_customer *at;
		size_t n, room;
	} customers;
	struct {
		struct match_item *at;
		size_t n, room;
	} items;
	struct {
		struct match_entry *at;
		size_t n, room;
	} entries;
	struct {
		const char **at;
		size_t n, room;
	} references;
	struct map customer_of, truth_of, documents;
};

struct tally {
	const char *name;
	int n, posted, right, wrong, in_three;
};

static char *slurp(struct arena *a, const char *folder, const char *file)
{
	const char *path = arena_printf(a, "%s/%s", folder, file);
	FILE *f = fopen(path, "rb");
	struct buf b;
	char chunk[65536];
	size_t n;

	if (!f) {
		perror(path);
		exit(3);
	}
	buf_init(&b, a);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, chunk, n);
	fclose(f);
	buf_putc(&b, '\0');
	return b.data;
}

/* Cuts the next comma-separated field off *at; quotes are taken off. */
static char *field(char **at)
{
	char *s = *at, *end;

	if (*s == '"') {
		s++;
		end = strchr(s, '"');
		*end++ = '\0';
	} else {
		end = s + strcspn(s, ",\n");
	}
	if (*end == ',') {
		*end = '\0';
		*at = end + 1;
	} else {
		*at = end;
	}
	return s;
}

static char *next_line(char **at)
{
	char *line = *at, *end;

	if (!*line)
		return NULL;
	end = line + strcspn(line, "\n");
	*at = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

static int64_t cents(const char *s)
{
	bool is_negative = *s == '-';
	int64_t v = 0;

	for (; *s; s++)
		if (*s >= '0' && *s <= '9')
			v = v * 10 + (*s - '0');
	return is_negative ? -v : v;
}

static day_t day(const char *s)
{
	day_t d = DAY_NONE;
	struct err e;

	if (!date_parse(s, &d, &e))
		fprintf(stderr, "%s\n", e.msg);
	return d;
}

static void read_customers(struct portfolio *p, const char *folder)
{
	char *text = slurp(p->arena, folder, "customers.csv"), *line;

	next_line(&text);
	while ((line = next_line(&text))) {
		struct match_customer *c = LIST_ADD(p->arena, &p->customers);
		char *col[17];
		for (size_t i = 0; i < ARRAY_LEN(col); i++)
			col[i] = field(&line);
		*c = (struct match_customer){ .id = (int64_t)p->customers.n,
					      .code = col[0],
					      .name = col[1],
					      .siren = col[2],
					      .parent_code = col[13],
					      .iban = col[14] };
		map_set(&p->customer_of, c->code, (void *)(p->customers.n));
	}
}

static int compare_customer(const void *a, const void *b)
{
	const struct match_item *x = a, *y = b;

	if (x->customer != y->customer)
		return x->customer < y->customer ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static const char *number_of(const struct portfolio *p, const char *customer, const char *key)
{
	return arena_printf(p->arena, "%s %s", customer, key);
}

/* For the engine: whether the customer has a document of that number, open or not. */
static bool has_document(void *known, uint32_t customer, const char *key)
{
	const struct portfolio *p = known;

	return map_get(&p->documents, number_of(p, p->customers.at[customer].code, key)) != NULL;
}

static void read_items(struct portfolio *p, const char *folder)
{
	char *text = slurp(p->arena, folder, "invoices.csv"), *line;

	next_line(&text);
	while ((line = next_line(&text))) {
		struct match_item *it;
		char *col[10];
		for (size_t i = 0; i < ARRAY_LEN(col); i++)
			col[i] = field(&line);
		map_set(&p->documents, number_of(p, col[2], text_reference_key(p->arena, col[0])),
			p);
		if (cents(col[8]) == 0)
			continue;
		it = LIST_ADD(p->arena, &p->items);
		*it = (struct match_item){ .id = (int64_t)p->items.n,
					   .document = col[0],
					   .issued_on = day(col[3]),
					   .due_on = day(col[4]),
					   .open_minor = cents(col[8]),
					   .payment_ref = col[9],
					   .currency = "EUR" };
		it->customer = (uint32_t)((size_t)map_get(&p->customer_of, col[2]) - 1);
	}
	/* As the ledger's book gives them. */
	qsort(p->items.at, p->items.n, sizeof *p->items.at, compare_customer);
}

/* What stands between open and close in line, "" when it is not there; & and < unescaped. */
static char *between(struct arena *a, const char *line, const char *open, const char *close)
{
	const char *s = strstr(line, open), *end;
	struct buf b;

	buf_init(&b, a);
	if (!s)
		return arena_strdup(a, "");
	s += strlen(open);
	end = strstr(s, close);
	while (s < end) {
		if (str_starts(s, "&amp;")) {
			buf_putc(&b, '&');
			s += 5;
		} else {
			buf_putc(&b, *s++);
		}
	}
	return arena_strdup(a, buf_str(&b));
}

static void read_entries(struct portfolio *p, const char *folder)
{
	char *text = slurp(p->arena, folder, "camt053.xml"), *line;
	struct arena *a = p->arena;

	while ((line = next_line(&text))) {
		struct match_entry *en;
		if (!strstr(line, "<Ntry>"))
			continue;
		en = LIST_ADD(a, &p->entries);
		*LIST_ADD(a, &p->references) = between(a, line, "<NtryRef>", "</");
		*en = (struct match_entry){
			.id = (int64_t)p->entries.n,
			.amount_minor = cents(between(a, line, "<Amt Ccy=\"EUR\">", "</")),
			.currency = "EUR",
			.booked_on = day(between(a, line, "<BookgDt><Dt>", "</")),
			.payer_name = between(a, line, "<Nm>", "</"),
			.payer_iban = between(a, line, "<IBAN>", "</"),
			.end_to_end = between(a, line, "<EndToEndId>", "</"),
			.structured_ref = between(a, line, "<Ref>", "</"),
			.remittance = between(a, line, "<Ustrd>", "</"),
		};
	}
}

static void read_truth(struct portfolio *p, const char *folder)
{
	char *text = slurp(p->arena, folder, "truth.csv"), *line;

	next_line(&text);
	while ((line = next_line(&text))) {
		struct truth *t;
		char *col[7];
		for (size_t i = 0; i < ARRAY_LEN(col); i++)
			col[i] = field(&line);
		t = map_get(&p->truth_of, col[0]);
		if (!t) {
			t = ARENA_NEW(p->arena, struct truth);
			map_set(&p->truth_of, col[0], t);
		}
		t->class = col[1];
		t->subclass = col[2];
		*LIST_ADD(p->arena, &t->rows) = (struct truth_row){ col[3], col[5], cents(col[6]) };
	}
}

static const char *const why_names[] = {
#define WHY(name) #name,
#include "match/reason.def"
#undef WHY
};

static const char *kind_name(enum match_kind kind)
{
	return kind == MATCH_DISCOUNT ? "DISCOUNT" : kind == MATCH_ALLOCATION ? "ALLOC" : "FEE";
}

/* What the explanation takes off a document, all kinds together; and of one kind. */
static int64_t taken(const struct match_book *b, const struct match_explanation *x,
		     const char *document, const char *kind)
{
	int64_t sum = 0;

	for (size_t i = 0; i < x->n_lines; i++)
		if (str_eq(match_item_at(b, x->lines[i].item)->document, document) &&
		    (!kind || str_eq(kind_name(x->lines[i].kind), kind)))
			sum += x->lines[i].amount_minor;
	return sum;
}

static bool is_right(const struct match_book *b, const struct match_explanation *x,
		     const struct truth *t)
{
	size_t n_documents = 0, n_mine = 0;

	for (size_t i = 0; i < t->rows.n; i++) {
		const struct truth_row *r = &t->rows.at[i];
		if (str_eq(r->kind, "UNRELATED"))
			return false;
		if (str_eq(r->kind, "ALLOC")) {
			n_documents++;
			if (taken(b, x, r->document, NULL) != r->minor)
				return false;
		} else if (str_eq(r->kind, "UNAPPLIED")) {
			if (x->left_minor != r->minor)
				return false;
		} else if (taken(b, x, r->document, r->kind) != r->minor) {
			return false;
		}
	}
	for (size_t i = 0; i < x->n_lines; i++)
		n_mine += x->lines[i].kind == MATCH_ALLOCATION;
	return n_documents == n_mine;
}

/* Whether a person must decide, whatever the machine thinks. */
static bool is_for_a_person(const struct truth *t)
{
	return str_starts(t->class, "trap") || str_starts(t->class, "open") ||
	       str_starts(t->class, "unrelated");
}

static struct tally *tally_of(struct tally *all, size_t max, const char *name)
{
	size_t i = 0;

	while (i + 1 < max && all[i].name && !str_eq(all[i].name, name))
		i++;
	all[i].name = name;
	return &all[i];
}

static int by_most(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	return x->n != y->n ? y->n - x->n : x->name && y->name ? strcmp(x->name, y->name) : 0;
}

static void show(const struct portfolio *p, const struct match_book *b, size_t i,
		 const struct match_result *r, const struct truth *t, const char *word)
{
	const struct match_entry *en = &p->entries.at[i];

	printf("%s %s %s/%s %" PRId64 " \"%s\" %s \"%s\" e2e %s stop=%s\n", word,
	       p->references.at[i], t->class, t->subclass, en->amount_minor, en->payer_name,
	       en->payer_iban, en->remittance, en->end_to_end, why_names[r->stop.why]);
	for (size_t k = 0; k < t->rows.n; k++)
		printf("    truth %s %s %" PRId64 "\n", t->rows.at[k].kind, t->rows.at[k].document,
		       t->rows.at[k].minor);
	for (size_t x = 0; x < r->n_explanations && x < 3; x++) {
		printf("    %zu %s %" PRId64 " %s:", x + 1,
		       match_rule_name(r->explanations[x].rule), r->explanations[x].confidence_ppm,
		       match_customer_at(b, r->explanations[x].customer)->name);
		for (size_t l = 0; l < r->explanations[x].n_lines && l < 6; l++)
			printf(" %s=%" PRId64 "/%d",
			       match_item_at(b, r->explanations[x].lines[l].item)->document,
			       r->explanations[x].lines[l].amount_minor,
			       (int)r->explanations[x].lines[l].kind);
		printf("\n");
	}
}

/* What stopped the entries that were not posted and may be, by class, the most first; whether the truth was
 * among the first three. */
static void report_misses(const struct portfolio *p, const struct match_book *b,
			  const struct match_result *results)
{
	struct tally all[256] = { { 0 } };

	for (size_t i = 0; i < p->entries.n; i++) {
		const struct truth *t = map_get(&p->truth_of, p->references.at[i]);
		const struct match_result *r = &results[i];
		struct tally *one;
		bool in_three = false;
		if (is_for_a_person(t) || r->state == MATCH_AUTO)
			continue;
		one = tally_of(all, 255,
			       arena_printf(p->arena, "%s %s: %s", t->class, t->subclass,
					    why_names[r->stop.why]));
		for (size_t x = 0; x < r->n_explanations && x < 3; x++)
			in_three = in_three || is_right(b, &r->explanations[x], t);
		one->n++;
		one->in_three += in_three;
	}
	qsort(all, 255, sizeof *all, by_most);
	printf("%6s %8s  not posted because\n", "n", "in three");
	for (size_t i = 0; i < 255 && all[i].name; i++)
		printf("%6d %8d  %s\n", all[i].n, all[i].in_three, all[i].name);
}

static void report(const struct portfolio *p, const struct match_book *b,
		   const struct match_result *results, bool is_verbose)
{
	struct tally all[256] = { { 0 } }, rules[MATCH_N_RULES] = { { 0 } };
	int n_auto = 0, n_wrong = 0, n_proposed = 0, n_due = 0, n_right = 0, n_in_three = 0;

	for (size_t i = 0; i < p->entries.n; i++) {
		const struct truth *t = map_get(&p->truth_of, p->references.at[i]);
		const struct match_result *r = &results[i];
		struct tally *one =
			tally_of(all, 255, arena_printf(p->arena, "%s %s", t->class, t->subclass));
		bool right = r->n_explanations && is_right(b, &r->explanations[0], t);
		bool in_three = false;
		for (size_t x = 0; x < r->n_explanations && x < 3; x++)
			in_three = in_three || is_right(b, &r->explanations[x], t);
		one->n++;
		n_due += !is_for_a_person(t);
		n_in_three += !is_for_a_person(t) && in_three;
		one->in_three += in_three;
		n_proposed += r->state == MATCH_PROPOSED;
		if (r->state == MATCH_AUTO) {
			struct tally *rule = &rules[r->explanations[0].rule];
			right = right && !is_for_a_person(t);
			n_right += right;
			rule->posted++;
			n_auto++;
			one->posted++;
			*(right ? &one->right : &one->wrong) += 1;
			*(right ? &rule->right : &rule->wrong) += 1;
			n_wrong += !right;
			if (!right)
				show(p, b, i, r, t, "WRONG");
		}
		if (is_verbose && r->state != MATCH_AUTO)
			show(p, b, i, r, t, in_three ? "HELD" : "MISSED");
	}
	printf("%-24s %6s %6s %6s %6s %8s\n", "class", "n", "auto", "right", "wrong", "in three");
	for (size_t i = 0; all[i].name; i++)
		printf("%-24s %6d %6d %6d %6d %8d\n", all[i].name, all[i].n, all[i].posted,
		       all[i].right, all[i].wrong, all[i].in_three);
	for (size_t i = 0; i < MATCH_N_RULES; i++)
		if (rules[i].posted)
			printf("rule %-20s %6d auto %6d wrong\n",
			       match_rule_name((enum match_rule)i), rules[i].posted,
			       rules[i].wrong);
	printf("entries %zu auto %d (%.1f %%) wrong %d proposed %d\n", p->entries.n, n_auto,
	       100.0 * n_auto / (double)p->entries.n, n_wrong, n_proposed);
	printf("recall %.1f %% of %d, precision %.3f %%, in three %.1f %%\n",
	       n_due ? 100.0 * n_right / n_due : 0.0, n_due,
	       n_auto ? 100.0 * (n_auto - n_wrong) / n_auto : 100.0,
	       n_due ? 100.0 * n_in_three / n_due : 0.0);
}

/* ---- every answer whole ---- */

static void dump_reason(FILE *f, const struct match_reason *r)
{
	fprintf(f, " [%d \"%s\" %" PRId64 "]", (int)r->why, r->text ? r->text : "", r->minor);
}

static void dump_explanation(FILE *f, const struct match_explanation *x)
{
	fprintf(f, " | %u r%d f%d %" PRId64 " %" PRId64 " %" PRId64 ":", x->customer, (int)x->rule,
		(int)x->form, x->left_minor, x->raw_milli, x->confidence_ppm);
	for (size_t l = 0; l < x->n_lines; l++)
		fprintf(f, " %u=%" PRId64 "/%d", x->lines[l].item, x->lines[l].amount_minor,
			(int)x->lines[l].kind);
	for (size_t i = 0; i < x->n_reasons; i++)
		dump_reason(f, &x->reasons[i]);
}

static void dump_certificate(FILE *f, const struct match_certificate *c)
{
	fprintf(f,
		" | certificate %u r%d f%d left %" PRId64 " second %" PRId64 " others %" PRId64
		"/%d of %" PRId64 ":",
		c->customer, (int)c->rule, (int)c->form, c->left_minor, c->second_ppm,
		c->n_other_choices, c->is_count_complete, c->n_open);
	for (size_t l = 0; l < c->n_lines; l++)
		fprintf(f, " %u=%" PRId64 "/%" PRId64 "/%d", c->lines[l].item,
			c->lines[l].open_minor, c->lines[l].amount_minor, (int)c->lines[l].kind);
	for (size_t m = 0; m < c->n_marks; m++)
		fprintf(f, " m%d:%u-%u", (int)c->marks[m].field, c->marks[m].from, c->marks[m].to);
	dump_reason(f, &c->payer);
}

static void dump(const struct portfolio *p, const struct match_result *results, const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f) {
		perror(path);
		exit(3);
	}
	for (size_t i = 0; i < p->entries.n; i++) {
		const struct match_result *r = &results[i];
		fprintf(f, "%s %d", p->references.at[i], (int)r->state);
		dump_reason(f, &r->stop);
		for (size_t x = 0; x < r->n_explanations; x++)
			dump_explanation(f, &r->explanations[x]);
		for (size_t m = 0; m < r->n_marks; m++)
			fprintf(f, " m%d:%u-%u %u/%u w%d", (int)r->marks[m].field, r->marks[m].from,
				r->marks[m].to, r->marks[m].item, r->marks[m].customer,
				(int)r->marks[m].why);
		if (r->certificate)
			dump_certificate(f, r->certificate);
		fprintf(f, "\n");
	}
	fclose(f);
}

/* What the command line asks for; the folder when it is well made. */
static const char *read_arguments(int argc, char **argv, struct match_options *options,
				  char *ret_mode, const char **ret_dump)
{
	const char *folder = NULL;

	for (int i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--dump") && i + 1 < argc)
			*ret_dump = argv[++i];
		else if (str_eq(argv[i], "-v") || str_eq(argv[i], "-m"))
			*ret_mode = argv[i][1];
		else if (!folder)
			folder = argv[i];
		else
			options->threshold_ppm = atoll(argv[i]);
	}
	return folder;
}

static double seconds(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

int main(int argc, char **argv)
{
	struct portfolio p = { .arena = arena_new((size_t)8 << 30) };
	struct match_options options = { 0 };
	char mode = 0;
	const char *dump_to = NULL;
	const char *folder = read_arguments(argc, argv, &options, &mode, &dump_to);
	struct match_result *results;
	struct match_book *book;
	struct timespec from, built, to;
	double matching;

	if (!folder)
		return 2;
	map_init(&p.customer_of, p.arena);
	map_init(&p.truth_of, p.arena);
	map_init(&p.documents, p.arena);
	read_customers(&p, folder);
	read_items(&p, folder);
	read_entries(&p, folder);
	read_truth(&p, folder);
	results = ARENA_ARRAY(p.arena, p.entries.n + 1, struct match_result);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	book = match_book_new(p.arena, &(struct match_input){ .customers = p.customers.at,
							      .n_customers = p.customers.n,
							      .items = p.items.at,
							      .n_items = p.items.n,
							      .has_document = has_document,
							      .known = &p });
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &built);
	match_run(book, p.entries.at, p.entries.n, &options, results);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	report(&p, book, results, mode == 'v');
	if (mode == 'm')
		report_misses(&p, book, results);
	if (dump_to)
		dump(&p, results, dump_to);
	matching = seconds(&built, &to);
	printf("%zu MB, book %.3f s, matching %.3f s cpu, %.0f entries/s\n",
	       arena_used(p.arena) >> 20, seconds(&from, &built), matching,
	       (double)p.entries.n / matching);
	arena_free(p.arena);
	return 0;
}
