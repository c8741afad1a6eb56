/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "sample.h"

struct word {
	double x0, y0, x1, y1;
	char text[128];
};

/* Words of `pdftotext -bbox`, one page; y and x in millimetres. Gives their number. */
static size_t words_of(const char *page, struct word *word, size_t room)
{
	const double mm = 25.4 / 72;
	size_t n = 0;

	while ((page = strstr(page, "<word ")) && n < room) {
		struct word *w = &word[n];

		if (sscanf(page,
			   "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\">%127[^<]",
			   &w->x0, &w->y0, &w->x1, &w->y1, w->text) == 5) {
			w->x0 *= mm, w->y0 *= mm, w->x1 *= mm, w->y1 *= mm;
			n++;
		}
		page++;
	}
	return n;
}

static const char *print_letter(struct arena *a, const struct letter *l, const char *name,
				int *ret_pages)
{
	struct err e = { 0 };
	struct buf pdf;

	buf_init(&pdf, a);
	if (!letter_pdf(l, sample_created_at, &pdf, ret_pages, &e))
		fail_msg("%s", e.msg);
	return sample_keep(a, name, &pdf);
}

/* Checks one letter against the envelope: the address, and nothing else, where the window may show. */
static void check_window(struct arena *a, const struct letter *l, const char *path)
{
	const char *page =
		sample_run(a, "pdftotext", arena_printf(a, "-bbox -f 1 -l 1 %s -", path));
	static struct word word[2000];
	size_t n = words_of(page, word, ARRAY_LEN(word)), in_window = 0, in_address = 0;

	assert_true(n > 20);
	for (size_t i = 0; i < n; i++) {
		const struct word *w = &word[i];

		/* The largest zone a window of 35 or 45 x 100 may show. */
		if (w->x1 <= 90 || w->x0 >= 200 || w->y1 <= 34 || w->y0 >= 90)
			continue;
		in_window++;
		if (w->x0 < 109.9 || w->x1 > 190.1 || w->y0 < 56.5 || w->y1 > 80)
			fail_msg("\"%s\" at %.1f-%.1f, %.1f-%.1f is outside the address box",
				 w->text, w->x0, w->x1, w->y0, w->y1);
	}
	for (size_t i = 0; i < l->n_address; i++)
		for (const char *s = l->address[i]; *s; s += strcspn(s, " "), s += strspn(s, " "))
			in_address++;
	assert_int_equal(in_window, in_address);
}

static void the_address_alone_shows_in_the_window(void **state)
{
	static const char *const seven[] = {
		"SOCIETE INDUSTRIELLE DES ETABLISSEMENT",
		"A L ATTENTION DE MADAME LA DIRECTRICE",
		"BATIMENT PRINCIPAL ENTREE DES VISITEUR",
		"1234 B AVENUE DU MARECHAL MONTGOMERYWW",
		"BP 40123 ZONE INDUSTRIELLE DU WESTERWA",
		"44203 NANTES CEDEX 2",
		"ALLEMAGNE",
	};
	struct arena *a = arena_new(0);
	struct letter l = sample_letter(a, 6);
	const char *path = print_letter(a, &l, "letter-fr.pdf", NULL);

	(void)state;
	check_window(a, &l, path);
	sample_remove(path);
	l.address = seven;
	l.n_address = ARRAY_LEN(seven);
	path = print_letter(a, &l, "letter-seven.pdf", NULL);
	check_window(a, &l, path);
	sample_remove(path);
	arena_free(a);
}

static void prints_every_text_it_is_given(void **state)
{
	static const char *const part[] = {
		"Objet : Mise en demeure de payer",
		"Nantes, le 21 novembre 2026",
		"Madame, Monsieur",
		"C0000351",
		"FA2026-0001012",
		"Échéance",
		"Reste à régler",
		"FR76 3000 4008 2800",
		"RF93 FA26 0012 3",
		"SIREN 123",
		"Responsable du crédit",
		"Page 1/1",
	};
	struct arena *a = arena_new(0);
	struct letter l = sample_letter(a, 2);
	const char *path = print_letter(a, &l, "letter-short.pdf", NULL), *text;
	struct buf plain;

	(void)state;
	text = sample_run(a, "pdftotext", arena_printf(a, "-layout %s -", path));
	sample_remove(path);
	/* No-break spaces read as spaces. */
	buf_init(&plain, a);
	for (const char *s = text; *s; s++) {
		if (str_starts(s, NB) || str_starts(s, NNB)) {
			buf_putc(&plain, ' ');
			s += (unsigned char)*s == 0xc2 ? 1 : 2;
		} else {
			buf_putc(&plain, *s);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		if (!strstr(buf_str(&plain), part[i]))
			fail_msg("\"%s\" is not in the letter:\n%s", part[i], buf_str(&plain));
	arena_free(a);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void a_long_table_repeats_its_heads_and_numbers_its_pages(void **state)
{
	struct arena *a = arena_new(0);
	struct letter l = sample_letter(a, 120);
	int n_pages = 0;
	const char *path = print_letter(a, &l, "letter-long.pdf", &n_pages);
	const char *text;

	(void)state;
	text = sample_run(a, "pdftotext", arena_printf(a, "-layout %s -", path));
	sample_remove(path);
	assert_true(n_pages >= 4);
	assert_true(count(text, "Échéance") >= 3);
	for (int i = 1; i <= n_pages; i++)
		assert_non_null(strstr(text, arena_printf(a, "Page %d/%d", i, n_pages)));
	for (size_t i = 0; i < 120; i++)
		if (i != 2 && !strstr(text, l.table.rows[i].document))
			fail_msg("%s is missing", l.table.rows[i].document);
	arena_free(a);
}

static void the_same_letter_gives_the_same_bytes(void **state)
{
	struct arena *a = arena_new(0);
	struct letter l = sample_letter(a, 6);
	struct err e = { 0 };
	struct buf one, two;

	(void)state;
	buf_init(&one, a);
	buf_init(&two, a);
	assert_true(letter_pdf(&l, sample_created_at, &one, NULL, &e));
	assert_true(letter_pdf(&l, sample_created_at, &two, NULL, &e));
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	assert_memory_equal(one.data, "%PDF-", 5);
	arena_free(a);
}

static void the_printed_code_reads_back(void **state)
{
	struct arena *a = arena_new(0);
	struct letter l = sample_letter(a, 2);
	const char *path = print_letter(a, &l, "letter-qr.pdf", NULL);
	const char *picture = arena_printf(a, "%s-page", path);
	const char *text;

	(void)state;
	sample_run(
		a, "pdftoppm",
		arena_printf(a, "-r 200 -gray -f 1 -singlefile %s %s && echo done", path, picture));
	text = sample_run(a, "zbarimg", arena_printf(a, "-q --raw %s.pgm", picture));
	sample_remove(path);
	unlink(arena_printf(a, "%s.pgm", picture));
	assert_true(str_starts(text, sample_qr(a)));
	arena_free(a);
}

static void refuses_what_cannot_be_printed(void **state)
{
	static const char *const wide[] = {
		"WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
	};
	static const char *const broken[] = { "ALPHA\xff" };
	static const char *const blank[] = { "ALPHA", "" };
	struct arena *a = arena_new(0);
	struct letter bad[7];
	static const char *const field[ARRAY_LEN(bad)] = { "address", "address", "address",
							   "address", "sender",  "opening",
							   "language" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = sample_letter(a, 1);
	bad[0].n_address = 0;
	bad[1].address = wide, bad[1].n_address = 1;
	bad[2].address = broken, bad[2].n_address = 1;
	bad[3].address = blank, bad[3].n_address = 2;
	bad[4].sender.name = "";
	bad[5].opening = "\xc3";
	bad[6].language = NULL;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		struct buf pdf;

		buf_init(&pdf, a);
		assert_false(letter_pdf(&bad[i], sample_created_at, &pdf, NULL, &e));
		assert_int_equal(e.code, ERR_INVALID);
		assert_string_equal(e.field, field[i]);
		assert_int_equal(pdf.len, 0);
	}
	arena_free(a);
}

/* Names of customers come from files: whatever they hold, the letter is made and nothing crashes. */
static void prints_hostile_texts(void **state)
{
	static const char *const bad[] = {
		"a\r\nb\tc",
		"<b>x</b> & </span>",
		"\xe2\x80\xae"
		"desrever",
		"\xe2\x80\xa8",
		"%s%n%d",
		"日本語 العربية 😀",
		"\x01\x02",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"a",
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct letter_row row = { bad[i], bad[i], bad[i], bad[i], bad[i], bad[i] };
		struct letter l = sample_letter(a, 0);
		struct err e = { 0 };
		struct buf pdf;

		l.table.rows = &row;
		l.table.n_rows = 1;
		l.subject = l.opening = l.signature = l.sender.legal = l.delivery = bad[i];
		buf_init(&pdf, a);
		if (!letter_pdf(&l, sample_created_at, &pdf, NULL, &e))
			fail_msg("row %zu: %s", i, e.msg);
	}
	arena_free(a);
}

static void a_batch_is_one_file_or_none(void **state)
{
	struct arena *a = arena_new(0);
	const char *path = arena_printf(a, "/tmp/encours-test-%d-batch.pdf", (int)getpid());
	struct letter one = sample_letter(a, 2), three = sample_letter(a, 60), bad = one;
	int first = 0, n_pages = 0, total;
	struct letter_batch *b;
	struct err e = { 0 };

	(void)state;
	bad.n_address = 0;
	assert_true(letter_batch_open(path, sample_created_at, &b, &e));
	assert_true(letter_batch_add(b, &one, true, &first, &n_pages, &e));
	assert_int_equal(first, 1);
	assert_int_equal(n_pages, 1);
	assert_false(letter_batch_add(b, &bad, true, &first, &n_pages, &e));
	assert_int_equal(first, 1);
	assert_true(letter_batch_add(b, &three, true, &first, &n_pages, &e));
	assert_int_equal(first, 3);
	total = first + n_pages - 1;
	assert_int_equal(access(path, F_OK), -1);
	assert_true(letter_batch_finish(b, &e));
	assert_non_null(strstr(sample_run(a, "pdfinfo", path), arena_printf(a, "%d\n", total)));
	unlink(path);

	assert_true(letter_batch_open(path, sample_created_at, &b, &e));
	assert_false(letter_batch_finish(b, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(arena_printf(a, "%s.part", path), F_OK), -1);
	assert_false(letter_batch_open("/nonexistent/x.pdf", 0, &b, &e));
	assert_int_equal(e.code, ERR_IO);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_address_alone_shows_in_the_window),
		cmocka_unit_test(prints_every_text_it_is_given),
		cmocka_unit_test(a_long_table_repeats_its_heads_and_numbers_its_pages),
		cmocka_unit_test(the_same_letter_gives_the_same_bytes),
		cmocka_unit_test(the_printed_code_reads_back),
		cmocka_unit_test(refuses_what_cannot_be_printed),
		cmocka_unit_test(prints_hostile_texts),
		cmocka_unit_test(a_batch_is_one_file_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
