/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, forms, cookies: what is read, and what is refused. */
#include "test.h"

#include "web/parse.h"

static void decodes_forms(void **state)
{
	static const struct {
		const char *text, *expected; /* name=value| */
	} cases[] = {
		{ "", "" },
		{ "a=1", "a=1|" },
		{ "a=1&b=2", "a=1|b=2|" },
		{ "a=1&a=2", "a=1|a=2|" },
		{ "a", "a=|" },
		{ "a=", "a=|" },
		{ "=1", "=1|" },
		{ "&&a=1&", "a=1|" },
		{ "a=b=c", "a=b=c|" },
		{ "a+b=c+d%20e%2B", "a b=c d e+|" },
		{ "a=%C3%A9%e2%82%ac", "a=é€|" },
		{ "a=%26%3D", "a=&=|" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(1 << 20);
		struct value_list values = { 0 };
		struct err e = { 0 };
		struct buf b;

		if (!parse_urlencoded(a, cases[i].text, strlen(cases[i].text), &values, &e))
			fail_msg("\"%s\": %s", cases[i].text, e.msg);
		buf_init(&b, a);
		for (size_t v = 0; v < values.list.n; v++)
			buf_printf(&b, "%s=%s|", values.list.at[v].name, values.list.at[v].value);
		assert_string_equal(buf_str(&b), cases[i].expected);
		arena_free(a);
	}
}

static void refuses_forms_that_are_not_well_encoded(void **state)
{
	static const char *const wrong[] = { "a=%",      "a=%1",      "a=%1g",     "%=1",
					     "a=%00",    "a=%ff",     "a=%c3",     "a=%ed%a0%80",
					     "a=%c0%af", "b=1&a=%zz", "a=\xff\xfe" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct arena *a = arena_new(1 << 20);
		struct value_list values = { 0 };
		struct err e = { 0 };

		if (parse_urlencoded(a, wrong[i], strlen(wrong[i]), &values, &e) ||
		    e.code != ERR_USAGE)
			fail_msg("\"%s\": %d %s", wrong[i], e.code, e.msg);
		arena_free(a);
	}
}

static void reads_addresses(void **state)
{
	static const struct {
		const char *target, *path, *query;
		size_t n_parts;
	} cases[] = {
		{ "/", "/", "", 0 },         { "/a", "/a", "", 1 },
		{ "/a/", "/a", "", 1 },      { "/a/b%20c?x=1&y", "/a/b c", "x=1&y", 2 },
		{ "/a%2Fb", "/a/b", "", 1 }, { "/?x=/../", "/", "x=/../", 0 },
		{ "/a#b?c", "/a", "", 1 },   { "/a?b#c", "/a", "b", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(1 << 20);
		struct err e = { 0 };
		struct target t;

		if (!parse_target(a, cases[i].target, &t, &e))
			fail_msg("\"%s\": %s", cases[i].target, e.msg);
		assert_string_equal(t.path, cases[i].path);
		assert_string_equal(t.query, cases[i].query);
		assert_int_equal(t.n_parts, cases[i].n_parts);
		arena_free(a);
	}
}

static void refuses_addresses_with_tricks(void **state)
{
	static const char *const wrong[] = {
		"",         "a",       "*",         "//a",
		"/a//b",    "/./a",    "/a/..",     "/../a",
		"/%2e",     "/%2E%2e", "/%00",      "/%",
		"/%c0%ae/", "/a\xff",  "http://x/", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct arena *a = arena_new(1 << 20);
		struct err e = { 0 };
		struct target t;

		if (parse_target(a, wrong[i], &t, &e))
			fail_msg("\"%s\" gives \"%s\"", wrong[i], t.path);
		arena_free(a);
	}
}

static void finds_cookies_by_their_whole_name(void **state)
{
	static const struct {
		const char *header, *value;
	} cases[] = {
		{ NULL, NULL },      { "", NULL },
		{ "id=1", "1" },     { "a=0; id=1; b=2", "1" },
		{ "xid=1", NULL },   { "id2=1", NULL },
		{ "id", NULL },      { "id=", "" },
		{ ";;  id=1", "1" }, { "id=1; id=2", "1" },
		{ "a=id=1", NULL },  { "id=a=b", "a=b" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(1 << 20);

		if (!str_eq(parse_cookie(a, cases[i].header, "id"), cases[i].value))
			fail_msg("\"%s\"", cases[i].header);
		arena_free(a);
	}
}

static void finds_parameters_of_headers(void **state)
{
	static const struct {
		const char *header, *value;
	} cases[] = {
		{ NULL, NULL },
		{ "multipart/form-data", NULL },
		{ "multipart/form-data; boundary=abc", "abc" },
		{ "multipart/form-data;boundary=\"a b;c\"", "a b;c" },
		{ "multipart/form-data; charset=utf-8; Boundary=abc; x=y", "abc" },
		{ "multipart/form-data; x=\";boundary=no\"; boundary=yes", "yes" },
		{ "multipart/form-data; boundary=", "" },
		{ "multipart/form-data; boundary=\"", "" },
		{ "multipart/form-data; boundary=\"\"", "" },
		{ "multipart/form-data; xboundary=a", NULL },
		{ "boundary=a", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(1 << 20);

		if (!str_eq(parse_parameter(a, cases[i].header, "boundary"), cases[i].value))
			fail_msg("\"%s\": %s", cases[i].header,
				 parse_parameter(a, cases[i].header, "boundary"));
		arena_free(a);
	}
	assert_true(parse_is_type("text/html; charset=utf-8", "text/html"));
	assert_true(parse_is_type("Text/HTML", "text/html"));
	assert_false(parse_is_type("text/htmlx", "text/html"));
	assert_false(parse_is_type(NULL, "text/html"));
}

static void redirects_only_within_the_site(void **state)
{
	static const char *const own[] = { "/", "/a?b=c#d", "/a%20b" };
	static const char *const foreign[] = { NULL,        "",      "a",    "//a",   "/\\a",
					       "https://a", "/a\nb", "/a b", "/a\\b", "javascript:",
					       "/a\tb",     "\t/a" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		assert_true(parse_is_local(own[i]));
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		if (parse_is_local(foreign[i]))
			fail_msg("\"%s\"", foreign[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_forms),
		cmocka_unit_test(refuses_forms_that_are_not_well_encoded),
		cmocka_unit_test(reads_addresses),
		cmocka_unit_test(refuses_addresses_with_tricks),
		cmocka_unit_test(finds_cookies_by_their_whole_name),
		cmocka_unit_test(finds_parameters_of_headers),
		cmocka_unit_test(redirects_only_within_the_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
