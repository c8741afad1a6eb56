/* SPDX-License-Identifier: Apache-2.0 */
/* What compiled templates (page_test.th) write. */
#include "test.h"

#include "page_test.h"

static struct page new_page(struct arena *a, const char *language)
{
	struct buf *out = ARENA_NEW(a, struct buf);

	buf_init(out, a);
	return (struct page){ .out = out, .arena = a, .cat = catalogue_find(language) };
}

static const char *every_place_with(struct arena *a, const char *text)
{
	struct page p = new_page(a, "en");
	const struct place_view v = { .text = text };

	every_place(&p, &v);
	return buf_str(p.out);
}

static void each_place_has_its_own_escape(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	assert_string_equal(every_place_with(a, "a&b <i>\"'é@/?"),
			    "<p>a&amp;b &lt;i&gt;&#34;&#39;é@/?</p>\n"
			    "<p title=\"a&amp;b &lt;i&gt;&#34;&#39;é@/?\""
			    " data-x='a&amp;b &lt;i&gt;&#34;&#39;é@/?'>\n"
			    "<a href=\"#\">a</a>\n"
			    "<a href=\"/x/a%26b%20%3Ci%3E%22%27%C3%A9%40%2F%3F"
			    "?q=a%26b%20%3Ci%3E%22%27%C3%A9%40%2F%3F"
			    "#a%26b%20%3Ci%3E%22%27%C3%A9%40%2F%3F\">b</a>\n"
			    "<a href=\"mailto:a%26b%20%3Ci%3E%22%27%C3%A9@%2F%3F\">c</a>\n"
			    "<textarea name=\"t\">a&amp;b &lt;i&gt;&#34;&#39;é@/?</textarea>\n"
			    "<title>a&amp;b &lt;i&gt;&#34;&#39;é@/?</title>\n");
	arena_free(a);
}

/* Strings that broke out of other template languages, in every place: nothing but our own tags,
 * quotes and schemes may be in the result. */
static void no_hostile_text_leaves_its_place(void **state)
{
	static const char *const hostile[] = {
		"<script>alert(1)</script>",
		"\"><img src=x onerror=alert(1)>",
		"' onmouseover='alert(1)",
		"javascript:alert(1)",
		"JaVaScRiPt:alert(1)",
		" javascript:alert(1)",
		"java\tscript:alert(1)",
		"\x01javascript:alert(1)",
		"data:text/html,<script>alert(1)</script>",
		"vbscript:msgbox(1)",
		"//evil.example/",
		"/\\evil.example/",
		"</textarea><script>alert(1)</script>",
		"</title><script>alert(1)</script>",
		"--><script>alert(1)</script>",
		"{{ v->text }}{% c %}",
		"&lt;script&gt;",
		"`onload=alert(1)",
	};
	struct arena *a = arena_new(1 << 20);
	const char *harmless;
	size_t n_tags = 0;

	(void)state;
	harmless = every_place_with(a, "x");
	for (const char *s = harmless; *s; s++)
		n_tags += strchr("<>\"'", *s) != NULL;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		const char *out = every_place_with(a, hostile[i]);
		size_t n = 0;

		for (const char *s = out; *s; s++)
			n += strchr("<>\"'", *s) != NULL;
		if (n != n_tags)
			fail_msg("%s broke out: %s", hostile[i], out);
		if (strstr(out, "href=\"javascript") || strstr(out, "href=\"data") ||
		    strstr(out, "href=\"//") || strstr(out, "href=\"/\\"))
			fail_msg("%s is followed: %s", hostile[i], out);
	}
	arena_free(a);
}

static void addresses_within_the_site_and_harmless_schemes_stay(void **state)
{
	static const char *const kept[] = { "/customers/1?a=b", "#top",
					    "?page=2",          "https://a.example/b",
					    "http://a.example", "mailto:a@b.example" };
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		const char *expected = arena_printf(a, "<a href=\"%s\">a</a>", kept[i]);

		if (!strstr(every_place_with(a, kept[i]), expected))
			fail_msg("%s does not stay", kept[i]);
	}
	assert_non_null(strstr(every_place_with(a, "/a?b=1&c='\"é"),
			       "<a href=\"/a?b=1&amp;c=%27%22%C3%A9\">a</a>"));
	arena_free(a);
}

static void statements_leave_no_empty_lines(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct page p = new_page(a, "en");
	const struct place_view v = { .n = 3, .ready = { "<i>ready</i>" } };

	(void)state;
	statements(&p, &v);
	nothing(&p);
	assert_string_equal(buf_str(p.out), "  <tr class=\"first\"><td>0</td></tr>\n"
					    "  <tr class=\"second\"><td>1</td></tr>\n"
					    "  <tr hidden><td>2</td></tr>\n"
					    "<b class=\"many row\">7</b>\n"
					    "<i>ready</i>\n");
	arena_free(a);
}

static void translations_are_escaped_after_formatting(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct page p = new_page(a, "fr");
	const struct place_view v = { .n = 2, .text = "<i>" };

	(void)state;
	translated(&p, &v);
	assert_string_equal(
		buf_str(p.out),
		"<p>Se connecter|Hello &lt;i&gt;, &#34;you&#34; &lt;b&gt;|2 pièces</p>\n"
		"<p title=\"Se connecter\">2 of &lt;i&gt;</p>\n");
	arena_free(a);
}

static void absent_text_is_written_as_nothing(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	assert_non_null(strstr(every_place_with(a, NULL), "<p></p>\n<p title=\"\" data-x=''>"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_has_its_own_escape),
		cmocka_unit_test(no_hostile_text_leaves_its_place),
		cmocka_unit_test(addresses_within_the_site_and_harmless_schemes_stay),
		cmocka_unit_test(statements_leave_no_empty_lines),
		cmocka_unit_test(translations_are_escaped_after_formatting),
		cmocka_unit_test(absent_text_is_written_as_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
