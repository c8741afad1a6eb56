/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "collect/message_text.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(64 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct message_blocks fill(const char *text, const struct message_data *data)
{
	const struct message_template *t;
	struct message_blocks b = { 0 };
	struct err e = { 0 };

	if (!message_parse(arena, text, strlen(text), &t, &e) ||
	    !message_fill(arena, t, data, &b, &e))
		fail_msg("%s: %s", text, e.msg);
	return b;
}

static const struct message_value row1[] = { { "document", "F1" }, { "open", "<b>10 & 5</b>" } };
static const struct message_value row2[] = { { "document", "F2" }, { "disputed", "3" } };
static const struct message_row rows[] = { { row1, 2 }, { row2, 2 } };
static const struct message_value values[] = { { "customer", "A <script> \"&' Z" },
					       { "amount", "{{iban}}" },
					       { "iban", NULL } };
static const struct message_data data = { "en", values, 3, rows, 2 };

static void fills_values_loops_and_conditions(void **state)
{
	static const struct {
		const char *text, *result;
	} cases[] = {
		{ "", "" },
		{ "  \n\n ", "" },
		{ "plain", "plain\n" },
		{ "{{ customer }}", "A <script> \"&' Z\n" },
		/* A value is not read as a template again. */
		{ "{{amount}}", "{{iban}}\n" },
		{ "x{{iban}}y", "xy\n" },
		{ "{{#if iban}}yes{{else}}no{{/if}}", "no\n" },
		{ "{{#if customer}}yes{{else}}no{{/if}}", "yes\n" },
		{ "{{#if customer}}{{#if iban}}a{{else}}b{{/if}}{{/if}}", "b\n" },
		{ "a\n \nb\nc", "a\n\nb\nc\n" },
		{ "{{#items}}\n{{document}}: {{open}}{{#if disputed}} ({{disputed}}){{/if}}\n"
		  "{{/items}}",
		  "F1: <b>10 & 5</b>\nF2:  (3)\n" },
		{ "head\n{{#items}}{{document}}\n{{/items}}\nfoot", "head\n\nF1\nF2\n\nfoot\n" },
		{ "single } and { braces", "single } and { braces\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct message_blocks b = fill(cases[i].text, &data);
		const char *text = message_to_text(arena, &b);

		if (!str_eq(text, cases[i].result))
			fail_msg("row %zu: \"%s\" instead of \"%s\"", i, text, cases[i].result);
	}
}

static void values_never_become_markup(void **state)
{
	struct message_blocks b =
		fill("Dear {{customer}}\n{{#items}}{{document}} {{open}}\n{{/items}}", &data);
	const char *html = message_to_html(arena, &b, "\"><script>", "en");

	(void)state;
	assert_null(strstr(html, "<script"));
	assert_null(strstr(html, "<b>"));
	assert_non_null(strstr(html, "A &lt;script&gt; &quot;&amp;&#39; Z"));
	assert_non_null(strstr(html, "<th scope=\"col\""));
	assert_non_null(strstr(html, "Left to pay"));
	assert_non_null(strstr(html, "&lt;b&gt;10 &amp; 5&lt;/b&gt;"));
}

static void a_subject_is_one_line_whatever_the_values_hold(void **state)
{
	static const struct message_value evil[] = { { "customer",
						       "X\r\nBcc: all@x.example\n\nY" } };
	const struct message_data d = { "en", evil, 1, NULL, 0 };
	const char *line;
	struct err e = { 0 };

	(void)state;
	assert_true(message_fill_line(arena, "To {{customer}}", &d, &line, &e));
	assert_null(strpbrk(line, "\r\n"));
	assert_true(str_starts(line, "To X"));
}

static void refuses_what_is_no_template_and_tells_the_line(void **state)
{
	static const struct {
		const char *text;
		enum err_code code;
		int line;
	} bad[] = {
		{ "a\n{{custmer}}", ERR_INVALID, 2 },
		{ "{{customer", ERR_INVALID, 1 },
		{ "{{}}", ERR_INVALID, 1 },
		{ "{{document}}", ERR_INVALID, 1 },
		{ "{{#if document}}{{/if}}", ERR_INVALID, 1 },
		{ "{{#items}}\n{{#items}}{{/items}}{{/items}}", ERR_INVALID, 2 },
		{ "{{#items}}", ERR_INVALID, 1 },
		{ "{{#if amount}}\n\n", ERR_INVALID, 3 },
		{ "{{/if}}", ERR_INVALID, 1 },
		{ "{{else}}", ERR_INVALID, 1 },
		{ "{{#items}}{{else}}{{/items}}", ERR_INVALID, 1 },
		{ "{{#if amount}}{{/items}}", ERR_INVALID, 1 },
		{ "{{#if amount}}{{else}}{{else}}{{/if}}", ERR_INVALID, 1 },
		{ "{{#each amount}}{{/each}}", ERR_INVALID, 1 },
		{ "{{#if a}}{{/if}}", ERR_INVALID, 1 },
		{ "{{#if amount}}{{#if amount}}{{#if amount}}{{#if amount}}{{#if amount}}"
		  "{{#if amount}}{{#if amount}}{{/if}}{{/if}}{{/if}}{{/if}}{{/if}}{{/if}}{{/if}}",
		  ERR_LIMIT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		const struct message_template *t;

		if (message_parse(arena, bad[i].text, strlen(bad[i].text), &t, &e) ||
		    e.code != bad[i].code || e.line != bad[i].line)
			fail_msg("row %zu %s: %d line %d %s", i, bad[i].text, e.code, e.line,
				 e.msg);
	}
}

static void a_message_has_a_ceiling(void **state)
{
	enum { N = 1200 };
	struct message_row *many = ARENA_ARRAY(arena, N, struct message_row);
	struct message_data d = { "en", values, 3, many, N };
	const struct message_template *t;
	struct message_blocks b;
	struct err e = { 0 };
	char text[4000];

	(void)state;
	memset(text, 'x', sizeof text);
	memcpy(text, "{{#items}}", 10);
	memcpy(text + sizeof text - 10, "{{/items}}", 10);
	assert_true(message_parse(arena, text, sizeof text, &t, &e));
	assert_false(message_fill(arena, t, &d, &b, &e));
	assert_int_equal(e.code, ERR_LIMIT);
}

static void every_default_text_reads_and_fills(void **state)
{
	size_t n;
	const struct message_default *d = message_defaults(&n);

	(void)state;
	assert_int_equal(n, 8);
	for (size_t i = 0; i < n; i++) {
		const struct message_data *sample = message_sample(d[i].language);
		struct message_blocks b = fill(d[i].body, sample);
		const char *text = message_to_text(arena, &b), *subject;
		bool is_letter = str_eq(d[i].channel, "letter");
		struct err e = { 0 };

		assert_true(message_fill_line(arena, d[i].subject, sample, &subject, &e));
		if (strlen(subject) < 10 || strstr(text, "{{") || strstr(text, "  ") ||
		    !strstr(text, "FA2026-0002") ||
		    (!is_letter && (!strstr(text, "FR76 3000") || !strstr(text, "RCS") ||
				    !strstr(text, "RF88 C000 0001"))))
			fail_msg("%s %s:\n%s", d[i].name, d[i].language, text);
	}
}

static void the_formal_notice_holds_what_the_law_asks(void **state)
{
	static const char *const must[] = { "mettons en demeure",
					    "1 530,00 €",
					    "8 jours",
					    "1344",
					    "L. 441-10",
					    "D. 441-5",
					    "12,15 %",
					    "14,53 €",
					    "2 × 40 € = 80,00 €",
					    "TVA",
					    "recouvrement judiciaire" };
	struct message_blocks b =
		fill(message_default_of("letter", "fr-BE")->body, message_sample("fr"));
	const char *text = message_to_text(arena, &b);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(must); i++)
		if (!strstr(text, must[i]))
			fail_msg("\"%s\" is missing in:\n%s", must[i], text);
}

static void a_consumer_is_asked_for_no_costs(void **state)
{
	static const struct message_value consumer[] = { { "is_b2c", "1" },
							 { "amount", "10,00 €" } };
	const struct message_data d = { "fr", consumer, 2, rows, 2 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct message_blocks b =
			fill(message_default_of(i ? "letter" : "reminder2", "fr")->body, &d);
		const char *text = message_to_text(arena, &b);

		assert_null(strstr(text, "40 €"));
		assert_null(strstr(text, "441"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_values_loops_and_conditions),
		cmocka_unit_test(values_never_become_markup),
		cmocka_unit_test(a_subject_is_one_line_whatever_the_values_hold),
		cmocka_unit_test(refuses_what_is_no_template_and_tells_the_line),
		cmocka_unit_test(a_message_has_a_ceiling),
		cmocka_unit_test(every_default_text_reads_and_fills),
		cmocka_unit_test(the_formal_notice_holds_what_the_law_asks),
		cmocka_unit_test(a_consumer_is_asked_for_no_costs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
