/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is done to an export, the verifier says so, and where. The exports are made with the sealer's hash;
 * the verifier has its own. */
#include "test.h"

#include "../../../fuzz/fuzz.h"
#include "db/seal.h"
#include "verifier/export.h"

#include <dirent.h>
#include <sodium.h>

enum { EVENTS = 120, LINE = 1024, HEX = 2 * SEAL_HASH + 1 };

/* ---- a log of our own ---- */

struct entry {
	struct seal_entry en;
	unsigned char salt[SEAL_SALT], hash[SEAL_HASH];
	bool is_erased;
	char kind[24], actor[24], body[120];
};

struct log {
	struct entry at[EVENTS + 8];
	int n;
};

static uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int below(uint64_t *seed, int n)
{
	return (int)(next_random(seed) % (uint64_t)n);
}

/* Positions, moments, commitments and hashes from an entry on, as a forger with the whole program could. */
static void seal_from(struct log *l, int from)
{
	static const unsigned char zero[SEAL_HASH];

	for (int i = from; i < l->n; i++) {
		struct entry *x = &l->at[i];
		int64_t before = i ? l->at[i - 1].en.sealed : 0;

		x->en.kind = x->kind;
		x->en.actor = x->actor;
		x->en.subject_kind = x->is_erased || i % 7 ? "item" : "message";
		if (strcmp(x->kind, "event.erased") == 0)
			x->en.subject_kind = "event";
		x->en.position = i + 1;
		x->en.sealed = x->en.recorded > before ? x->en.recorded : before;
		if (!x->is_erased)
			seal_commitment(x->salt, x->body, x->en.commitment);
		seal_hash(i ? l->at[i - 1].hash : zero, &x->en, x->hash);
	}
}

static struct log *copy_of(const struct log *good)
{
	struct log *l = malloc(sizeof *l);

	assert_non_null(l);
	memcpy(l, good, sizeof *l);
	for (int i = 0; i < l->n; i++) {
		l->at[i].en.kind = l->at[i].kind;
		l->at[i].en.actor = l->at[i].actor;
	}
	return l;
}

static struct log *make_log(uint64_t seed)
{
	struct log *l = calloc(1, sizeof *l);

	assert_non_null(l);
	l->n = EVENTS;
	for (int i = 0; i < EVENTS; i++) {
		struct entry *x = &l->at[i];

		x->en.event_id = 5000 - 7 * (i % 5) + 40 * i;
		x->en.entity_id = 1000 + below(&seed, 2) * 17;
		x->en.subject_id = below(&seed, 500);
		x->en.recorded = 1795212247000000 + i * 1000 - below(&seed, 5000);
		snprintf(x->kind, sizeof x->kind, "kind.%d", below(&seed, 6));
		snprintf(x->actor, sizeof x->actor, "user:%d", below(&seed, 30));
		snprintf(x->body, sizeof x->body, "{\"n\":%d,\"t\":\"a\tb\\\\c\nd\r\"}", i);
		for (size_t k = 0; k < SEAL_SALT; k++)
			x->salt[k] = (unsigned char)next_random(&seed);
	}
	/* One body was erased, as it should be. */
	seal_commitment(l->at[30].salt, "{}", l->at[30].en.commitment);
	l->at[30].is_erased = true;
	snprintf(l->at[30].body, sizeof l->at[30].body, "{}");
	snprintf(l->at[90].kind, sizeof l->at[90].kind, "event.erased");
	l->at[90].en.subject_id = l->at[30].en.event_id;
	seal_from(l, 0);
	return l;
}

/* ---- as text ---- */

struct text {
	char *at;
	size_t n;
};

static void put_escaped(FILE *f, const char *s)
{
	for (; *s; s++) {
		const char *found = strchr("\\\\\tt\nn\rr", *s);
		if (strchr("\\\t\n\r", *s))
			fprintf(f, "\\%c", found[1]);
		else
			fputc(*s, f);
	}
}

static void put_hex(FILE *f, const unsigned char *bytes, size_t n)
{
	char hex[HEX];

	fprintf(f, "%s\t", sodium_bin2hex(hex, sizeof hex, bytes, n));
}

static void put_entry(FILE *f, const struct entry *x)
{
	fprintf(f,
		"%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%s\t%s\t%" PRId64
		"\t%s\t%" PRId64 "\t",
		x->en.position, x->en.sealed, x->en.event_id, x->en.entity_id, x->kind,
		x->en.subject_kind, x->en.subject_id, x->actor, x->en.recorded);
	if (x->is_erased)
		fputs("-\t", f);
	else
		put_hex(f, x->salt, SEAL_SALT);
	put_hex(f, x->en.commitment, SEAL_HASH);
	put_hex(f, x->hash, SEAL_HASH);
	put_escaped(f, x->body);
	fputc('\n', f);
}

static struct text text_of(const struct log *l)
{
	struct text t;
	FILE *f = open_memstream(&t.at, &t.n);
	char hex[HEX];

	fputs("encours-seal\t1\n", f);
	for (int i = 0; i < l->n; i++)
		put_entry(f, &l->at[i]);
	fprintf(f, "end\t%d\t%s\n", l->n,
		sodium_bin2hex(hex, sizeof hex, l->at[l->n - 1].hash, SEAL_HASH));
	fclose(f);
	return t;
}

/* Heads kept every tenth position. */
static struct text heads_of(const struct log *l)
{
	struct text t;
	FILE *f = open_memstream(&t.at, &t.n);
	char hex[HEX];

	for (int i = 9; i < l->n; i += 10)
		fprintf(f, "encours-head\t1\t%d\t%" PRId64 "\t%s\n", i + 1, l->at[i].en.sealed,
			sodium_bin2hex(hex, sizeof hex, l->at[i].hash, SEAL_HASH));
	fclose(f);
	return t;
}

/* ---- the verdict ---- */

struct verdict {
	struct export_result r;
	int64_t line, position; /* of the first fault told */
	char kind[24];
};

static void remember(void *arg, int64_t line, const char *kind, int64_t position, int64_t event_id,
		     const char *text)
{
	struct verdict *v = arg;

	(void)event_id;
	assert_non_null(text);
	if (v->kind[0])
		return;
	v->line = line;
	v->position = position;
	snprintf(v->kind, sizeof v->kind, "%s", kind);
}

static struct verdict judge(struct text t, struct text heads)
{
	struct verdict v = { 0 };
	FILE *in = fmemopen(t.at, t.n, "rb");
	FILE *h = heads.n ? fmemopen(heads.at, heads.n, "rb") : NULL;

	assert_true(export_check(in, h, remember, &v, &v.r));
	fclose(in);
	if (h)
		fclose(h);
	return v;
}

static struct verdict judge_log(const struct log *l, struct text heads)
{
	struct text t = text_of(l);
	struct verdict v = judge(t, heads);

	free(t.at);
	return v;
}

static const struct text no_heads = { NULL, 0 };

/* ---- tests ---- */

static void what_was_sealed_is_well(void **state)
{
	struct log *l = make_log(1);
	struct text heads = heads_of(l);
	struct verdict v = judge_log(l, heads);

	(void)state;
	if (v.r.n_faults)
		fail_msg("line %" PRId64 ": %s", v.line, v.kind);
	assert_int_equal(v.r.n_events, EVENTS);
	free(heads.at);
	free(l);
}

static void the_golden_file_is_well(void **state)
{
	struct verdict v = { 0 };
	FILE *in = fopen("test/golden/seal.txt", "rb");

	(void)state;
	assert_non_null(in);
	assert_true(export_check(in, NULL, remember, &v, &v.r));
	fclose(in);
	assert_int_equal(v.r.n_faults, 0);
	assert_int_equal(v.r.n_events, 4);
}

/* Any byte changed, taken out or put in. */
static void every_byte_counts(void **state)
{
	struct log *l = make_log(2);
	struct text good = text_of(l);
	uint64_t seed = 77;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		struct text t = { malloc(good.n + 1), good.n };
		size_t at = (size_t)below(&seed, (int)good.n);
		char c = (char)below(&seed, 256);
		int64_t line = 1;
		struct verdict v;

		for (size_t k = 0; k < at; k++)
			line += good.at[k] == '\n';
		memcpy(t.at, good.at, good.n);
		switch (i % 3) {
		case 0:
			if (t.at[at] == c)
				c ^= 1;
			t.at[at] = c;
			break;
		case 1:
			memmove(t.at + at, t.at + at + 1, --t.n - at);
			break;
		default:
			memmove(t.at + at + 1, t.at + at, good.n - at);
			t.at[at] = c;
			t.n++;
			break;
		}
		v = judge(t, no_heads);
		/* A byte equal to its neighbour, put in or taken out, is no change of place. */
		if (v.r.n_faults == 0 || v.line < line - 1 || v.line > line + 1)
			fail_msg("edit %d at byte %zu (line %" PRId64 "): %s at line %" PRId64, i,
				 at, line, v.r.n_faults ? v.kind : "no fault", v.line);
		free(t.at);
	}
	free(good.at);
	free(l);
}

/* A field of one event, its hash left or made to fit: told at the event, or at the one after it. */
static void every_field_counts(void **state)
{
	struct log *good = make_log(3);
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct log *l = copy_of(good);
		int k = below(&seed, EVENTS - 1);
		struct entry *x = &l->at[k];
		struct verdict v;

		switch (i % 8) {
		case 0:
			x->en.entity_id = x->en.entity_id == 1000 ? 1017 : 1000;
			break;
		case 1:
			x->actor[5] = x->actor[5] == '9' ? '8' : '9';
			break;
		case 2:
			x->en.recorded -= 1 + below(&seed, 1000);
			break;
		case 3:
			x->en.subject_id++;
			break;
		case 4:
			if (x->is_erased)
				x++, k++;
			x->body[5] = x->body[5] == '1' ? '2' : '1';
			seal_commitment(x->salt, x->body, x->en.commitment);
			break;
		case 5:
			x->salt[below(&seed, SEAL_SALT)] ^= 1;
			x->is_erased = false;
			break;
		case 6:
			x->hash[below(&seed, SEAL_HASH)] ^= 4;
			break;
		default:
			x->en.sealed++;
			seal_hash(k ? l->at[k - 1].hash : (unsigned char[SEAL_HASH]){ 0 }, &x->en,
				  x->hash);
			break;
		}
		v = judge_log(l, no_heads);
		if (v.r.n_faults == 0 || v.position < k + 1 || v.position > k + 2)
			fail_msg("change %d of position %d: %s at %" PRId64, i % 8, k + 1,
				 v.r.n_faults ? v.kind : "no fault", v.position);
		free(l);
	}
	free(good);
}

static void remove_entries(struct log *l, int at, int n)
{
	memmove(&l->at[at], &l->at[at + n], (size_t)(l->n - at - n) * sizeof l->at[0]);
	l->n -= n;
}

/* Lines taken out, put in or moved, with positions left or given anew. */
static void every_place_counts(void **state)
{
	struct log *good = make_log(4);
	uint64_t seed = 6;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct log *l = copy_of(good);
		int k = 1 + below(&seed, EVENTS - 10), far = k + 1 + below(&seed, 5);
		struct entry moved = l->at[k];
		struct verdict v;

		switch (i % 4) {
		case 0:
			remove_entries(l, k, 1 + below(&seed, 3));
			break;
		case 1:
			memmove(&l->at[k + 1], &l->at[k], (size_t)(l->n - k) * sizeof l->at[0]);
			l->at[k] = l->at[below(&seed, EVENTS)];
			l->n++;
			break;
		case 2:
			l->at[k] = l->at[far];
			l->at[far] = moved;
			break;
		default: /* the entities of two events */
			l->at[k].en.entity_id = 999;
			break;
		}
		for (int m = k; i % 8 >= 4 && m < l->n; m++)
			l->at[m].en.position = m + 1;
		v = judge_log(l, no_heads);
		if (v.r.n_faults == 0 || v.line < k + 2 || v.line > k + 3)
			fail_msg("move %d at line %d: %s at line %" PRId64, i % 8, k + 2,
				 v.r.n_faults ? v.kind : "no fault", v.line);
		free(l);
	}
	free(good);
}

/* With all of the program in hand a forger makes a chain without fault: only what is kept outside tells. */
static void heads_kept_outside_find_a_rewrite_and_a_cut(void **state)
{
	struct log *good = make_log(5);
	struct text heads = heads_of(good);
	uint64_t seed = 8;

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct log *l = copy_of(good);
		int k = 31 + below(&seed, EVENTS - 32), next = (k / 10 + 1) * 10;
		struct verdict v;

		if (i % 2 && k != 90) {
			l->at[k].en.subject_id += 1000;
			seal_from(l, k);
			v = judge_log(l, no_heads);
			assert_int_equal(v.r.n_faults, 0);
			v = judge_log(l, heads);
			assert_string_equal(v.kind, "rewritten");
			assert_int_equal(v.position, next);
		} else if (k > 90) {
			l->n = k;
			v = judge_log(l, no_heads);
			assert_int_equal(v.r.n_faults, 0);
			v = judge_log(l, heads);
			assert_string_equal(v.kind, "cut");
			assert_int_equal(v.position, k % 10 ? next : k + 10);
		}
		free(l);
	}
	free(heads.at);
	free(good);
}

static void an_erased_body_needs_its_event(void **state)
{
	struct log *l = make_log(9);
	struct verdict v;

	(void)state;
	l->at[50].is_erased = true;
	snprintf(l->at[50].body, sizeof l->at[50].body, "{}");
	v = judge_log(l, no_heads);
	assert_string_equal(v.kind, "erased");
	assert_int_equal(v.position, 51);
	/* Nor does one that came before it count. */
	snprintf(l->at[40].kind, sizeof l->at[40].kind, "event.erased");
	l->at[40].en.subject_id = l->at[50].en.event_id;
	seal_from(l, 0);
	v = judge_log(l, no_heads);
	assert_string_equal(v.kind, "erased");
	assert_int_equal(v.position, 51);
	free(l);
}

static void what_fuzzing_found_stays_mended(void **state)
{
	static const char *const folders[] = { "fuzz/corpus/seal", "fuzz/found/seal" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		DIR *d = opendir(folders[i]);
		struct dirent *f;

		while (d && (f = readdir(d))) {
			char path[512], bytes[20000];
			FILE *in;

			snprintf(path, sizeof path, "%s/%s", folders[i], f->d_name);
			in = f->d_name[0] == '.' ? NULL : fopen(path, "rb");
			if (!in)
				continue;
			fuzz_seal(bytes, fread(bytes, 1, sizeof bytes, in));
			fclose(in);
		}
		if (d)
			closedir(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sealed_is_well),
		cmocka_unit_test(the_golden_file_is_well),
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(every_field_counts),
		cmocka_unit_test(every_place_counts),
		cmocka_unit_test(heads_kept_outside_find_a_rewrite_and_a_cut),
		cmocka_unit_test(an_erased_body_needs_its_event),
		cmocka_unit_test(what_fuzzing_found_stays_mended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
