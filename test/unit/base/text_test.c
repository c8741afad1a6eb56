/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/json.h"
#include "base/map.h"
#include "base/text.h"

static void folds_names_to_keys(void **state)
{
	static const struct {
		const char *text, *key, *reference;
	} row[] = {
		{ "Société d'Études & Cie", "SOCIETE D ETUDES CIE", "SOCIETEDETUDESCIE" },
		{ "  Łódź—Œuvre ﬁn Straße ", "LODZ OEUVRE FIN STRASSE", "LODZOEUVREFINSTRASSE" },
		{ "FA 2026-0012/3.b", "FA 2026 0012 3 B", "FA202600123B" },
		{ "", "", "" },
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_string_equal(text_key(a, row[i].text), row[i].key);
		assert_string_equal(text_reference_key(a, row[i].text), row[i].reference);
	}
	arena_free(a);
}

static void trims_every_kind_of_space(void **state)
{
	struct arena *a = arena_new(0);

	(void)state;
	assert_string_equal(text_trim(a, "\xc2\xa0 a b\xe2\x80\xaf\t"), "a b");
	assert_string_equal(text_squeeze(a, " a \xc2\xa0\n b "), "a b");
	assert_string_equal(text_trim(a, " "), "");
	arena_free(a);
}

static void sees_broken_utf8(void **state)
{
	(void)state;
	assert_true(text_is_utf8("é", 2));
	assert_false(text_is_utf8("\xe9", 1));
	assert_false(text_is_utf8("\xed\xa0\x80", 3));
	assert_false(text_is_utf8("\xc0\x80", 2));
	assert_false(text_is_utf8("a\0b", 3));
}

static void a_map_keeps_every_key(void **state)
{
	struct arena *a = arena_new(0);
	struct map m;

	(void)state;
	map_init(&m, a);
	for (int i = 0; i < 5000; i++)
		map_set(&m, arena_printf(a, "key %d", i), arena_printf(a, "%d", i));
	assert_int_equal(m.n, 5000);
	assert_string_equal(map_get(&m, "key 4999"), "4999");
	map_set(&m, "key 7", arena_strdup(a, "other"));
	assert_int_equal(m.n, 5000);
	assert_string_equal(map_get(&m, "key 7"), "other");
	assert_null(map_get(&m, "key 5000"));
	arena_free(a);
}

static void an_arena_stops_at_its_ceiling(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	if (arena_exhausted(a)) {
		arena_free(a);
		return;
	}
	for (int i = 0; i < 100; i++)
		(void)arena_alloc(a, 1 << 16);
	fail_msg("the ceiling was not felt");
}

static void json_escapes_and_nests(void **state)
{
	struct arena *a = arena_new(0);
	struct buf b;
	struct json j;

	(void)state;
	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "a\"b", "x\n\x01é");
	json_put_minor(&j, "m", -5, "EUR");
	json_put_day(&j, "d", DAY_NONE);
	json_key(&j, "l");
	json_open_array(&j);
	json_int(&j, 1);
	json_int(&j, 2);
	json_end(&j);
	json_end(&j);
	assert_string_equal(buf_str(&b), "{\"a\\\"b\":\"x\\n\\u0001é\",\"m\":\"-0.05\",\"d\":null,"
					 "\"l\":[1,2]}");
	arena_free(a);
}

static void cut_messages_end_in_whole_characters(void **state)
{
	char text[] = "a\xC3\xA9\xC3 b\xE2\x82";
	struct err e = { 0 };

	(void)state;
	assert_string_equal(str_mend_utf8(text), "a\xC3\xA9 b");
	err_set(&e, ERR_INVALID, "\"%.3s\" is no name", "\xC3\xA9\xC3\xA9");
	assert_true(text_is_utf8(e.msg, strlen(e.msg)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_names_to_keys),
		cmocka_unit_test(trims_every_kind_of_space),
		cmocka_unit_test(sees_broken_utf8),
		cmocka_unit_test(cut_messages_end_in_whole_characters),
		cmocka_unit_test(a_map_keeps_every_key),
		cmocka_unit_test(an_arena_stops_at_its_ceiling),
		cmocka_unit_test(json_escapes_and_nests),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
