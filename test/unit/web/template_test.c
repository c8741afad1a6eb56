/* SPDX-License-Identifier: Apache-2.0 */
/* The template compiler: what it refuses, and where. */
#include "test.h"

#include "base/buf.h"
#include "template.h"

static bool compile(const char *text, struct buf *out, struct arena *a, struct err *e)
{
	buf_init(out, a);
	return template_compile(a, "x.th", text, out, e);
}

/* Markup around a value, in a page that begins on line 1. */
static bool compile_body(const char *body, struct arena *a, struct err *e)
{
	struct buf out;

	return compile(arena_printf(a, "{%% page x(const char *v) %%}\n%s\n{%% end %%}", body),
		       &out, a, e);
}

static void stops_where_no_escape_is_safe(void **state)
{
	static const char *const unsafe[] = {
		"<script>{{ v }}</script>",
		"<script>var a = \"{{ v }}\";</script>",
		"<SCRIPT src=\"/a.js\">{{ v }}</SCRIPT>",
		"<style>{{ v }}</style>",
		"<iframe>{{ v }}</iframe>",
		"<p class={{ v }}>",
		"<p class=a{{ v }}>",
		"<p class= {{ v }}>",
		"<p {{ v }}>",
		"<p {{ v }}=\"a\">",
		"<p data-{{ v }}=\"a\">",
		"<{{ v }}>",
		"<h{{ v }}>",
		"</{{ v }}>",
		"<!-- {{ v }} -->",
		"<!doctype {{ v }}>",
		"<p title=\"a\"{{ v }}>",
		"<p onclick=\"{{ v }}\">",
		"<p ONCLICK='f({{ v }})'>",
		"<p style=\"color: {{ v }}\">",
		"<iframe srcdoc=\"{{ v }}\"></iframe>",
		"<img srcset=\"{{ v }}\">",
		"<meta http-equiv=\"{{ v }}\">",
		"<a href=\"javascript:{{ v }}\">",
		"<a href=\"data:text/html,{{ v }}\">",
		"<a href={{ v }}>",
		"<p title=\"{{ safe v }}\">",
		"<textarea>{{ safe v }}</textarea>",
		"<script>{% tr \"a\" %}</script>",
		"<p {% tr \"a\" %}>",
		"<p {% call y(v) %}>",
		"<p title=\"{% call y(v) %}\">",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unsafe); i++) {
		struct arena *a = arena_new(1 << 20);
		struct err e = { 0 };

		if (compile_body(unsafe[i], a, &e))
			fail_msg("%s compiles", unsafe[i]);
		if (e.line != 2)
			fail_msg("%s: line %d: %s", unsafe[i], e.line, e.msg);
		arena_free(a);
	}
}

static void stops_at_markup_that_its_branches_leave_open(void **state)
{
	static const char *const unclear[] = {
		"{% if (v) %}<p{% end %}>",
		"{% if (v) %}<p title=\"{% else %}<p>{% end %}a",
		"<p title=\"{% if (v) %}\"{% end %}>",
		"<a href=\"{% if (v) %}/a{% end %}{{ v }}\">",
		"<p{% if (v) %} class=\"a\"{% end %}x>",
		"{% for (;;) %}<script>{% end %}",
		"{% if (v) %}<!--{% end %}",
		"<p title=\"a",
		"<p",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unclear); i++) {
		struct arena *a = arena_new(1 << 20);
		struct err e = { 0 };

		if (compile_body(unclear[i], a, &e))
			fail_msg("%s compiles", unclear[i]);
		if (e.line == 0)
			fail_msg("%s: no line: %s", unclear[i], e.msg);
		arena_free(a);
	}
}

static void names_the_line_of_a_mistake(void **state)
{
	static const struct {
		const char *text;
		int line;
	} wrong[] = {
		{ "\n\ntext outside", 3 },
		{ "{% page x() %}\n{% if v %}{% end %}{% end %}", 2 },
		{ "{% page x() %}\n\n{% if (v) %}\n", 3 },
		{ "{% page x() %}\n", 1 },
		{ "{% end %}", 1 },
		{ "{% else %}", 1 },
		{ "{% page x() %}\n{% for (;;) %}\n{% else %}{% end %}{% end %}", 3 },
		{ "{% page x() %}\n{% unless (v) %}{% end %}", 2 },
		{ "{% page x() %}\n{{ v", 2 },
		{ "{% page x() %}\n{{ \"}} \n", 2 },
		{ "{% page x() %}\n{{  }}{% end %}", 2 },
		{ "{% page x() %}\n{% page y() %}{% end %}{% end %}", 2 },
		{ "{% page x %}{% end %}", 1 },
		{ "{% page x() %}{# a\nb #}\n{% call y %}{% end %}", 3 },
		{ "{% page x() %}\n{% tr v %}{% end %}", 2 },
		{ "{% page x() %}\n{% tr \"a\" v %}{% end %}", 2 },
		{ "{% page x() %}\n{% trn \"a\" \"b\" %}{% end %}", 2 },
		{ "{% page x() %}\n{% trn \"a\" n %}{% end %}", 2 },
		{ "{% page x() %}\n{% c #include <stdio.h> %}{% end %}", 2 },
		{ "{{ v }}", 1 },
		{ "{% page x() %}\na < b{% end %}", 2 },
		{ "{% page x() %}\n<p title=>{% end %}", 2 },
		{ "{% page x() %}\n<p title=\"a\"class=\"b\">{% end %}", 2 },
		{ "{% page x() %}\n<p onclick=\"a()\">{% end %}", 2 },
		{ "{% page x() %}\n<p style='x'>{% end %}", 2 },
		{ "{% page x() %}\n<a href=\"javascript:a()\">{% end %}", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct arena *a = arena_new(1 << 20);
		struct err e = { 0 };
		struct buf out;

		if (compile(wrong[i].text, &out, a, &e))
			fail_msg("%s compiles", wrong[i].text);
		if (e.line != wrong[i].line)
			fail_msg("%s: line %d: %s", wrong[i].text, e.line, e.msg);
		arena_free(a);
	}
}

static void writes_c_that_points_back_to_the_template(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct err e = { 0 };
	struct buf out;

	(void)state;
	assert_true(compile("{% c #include \"a.h\" %}\n"
			    "{% page x(int n) %}\n<b>\n{{ \"}}\" }}</b>{% end %}\n",
			    &out, a, &e));
	assert_non_null(strstr(buf_str(&out), "#line 1 \"x.th\"\n#include \"a.h\"\n"));
	assert_non_null(
		strstr(buf_str(&out), "#line 2 \"x.th\"\nvoid x(struct page *p, int n);\n"));
	assert_non_null(
		strstr(buf_str(&out), "#line 4 \"x.th\"\n\tPAGE_PUT(p, PAGE_TEXT, \"}}\");\n"));
	arena_free(a);
}

static void accepts_the_markup_of_real_pages(void **state)
{
	static const char *const fine[] = {
		"<!doctype html><html lang=\"{{ v }}\"><head><title>{{ v }} - x</title></head>",
		"<script src=\"/a.js\" defer></script><!-- note --><body>{{ v }}",
		"<input type='checkbox'{% if (v) %} checked{% end %} name='a'/>",
		"<input {% if (v) %}checked {% end %}name=\"a\">",
		"<option value=\"{{ v }}\"{% if (v) %} selected{% end %}>{{ v }}</option>",
		"<a href=\"{% if (v) %}/a{% else %}{{ v }}{% end %}?x={{ v }}\">",
		"<svg viewBox=\"0 0 1 1\"><path d=\"M0 0{{ v }}\"/></svg>",
		"<script>if (a < b) { c(\"</p>\"); }</script>{{ v }}",
		"<p>1 &lt; 2 {not a tag} { { } }</p>",
		"<textarea><p></textarea>{{ v }}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
		struct arena *a = arena_new(1 << 20);
		struct err e = { 0 };

		if (!compile_body(fine[i], a, &e))
			fail_msg("%s: line %d: %s", fine[i], e.line, e.msg);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stops_where_no_escape_is_safe),
		cmocka_unit_test(stops_at_markup_that_its_branches_leave_open),
		cmocka_unit_test(names_the_line_of_a_mistake),
		cmocka_unit_test(writes_c_that_points_back_to_the_template),
		cmocka_unit_test(accepts_the_markup_of_real_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
