/* SPDX-License-Identifier: Apache-2.0 */
/* Which handler a path finds; what forms make of what people type. */
#include "test.h"

#include "web/private.h"

static bool a_page(struct request *r, struct err *e)
{
	(void)r;
	(void)e;
	return true;
}

static const struct route first[] = {
	ROUTE(GET, "/", a_page, PERM_USER, SCOPE_ENTITY),
	ROUTE(GET, "/customers/:customer", a_page, PERM_ITEM_READ, SCOPE_CUSTOMER),
	ROUTE(POST, "/customers/:customer", a_page, PERM_CUSTOMER_EDIT, SCOPE_CUSTOMER),
	ROUTE(GET, "/customers/new", a_page, PERM_CUSTOMER_EDIT, SCOPE_ENTITY),
};
static const struct route second[] = {
	ROUTE(DELETE, "/a/:x/b/:y", a_page, PERM_USER, SCOPE_ENTITY),
};
static const struct route_list lists[] = { ROUTE_LIST(first), ROUTE_LIST(second) };
static const struct route_list *const all[] = { &lists[0], &lists[1], NULL };
static const struct web_app app = { .routes = all };

static void finds_the_route_of_a_path(void **state)
{
	static const struct {
		enum method method;
		const char *path, *pattern;
	} cases[] = {
		{ METHOD_GET, "/", "/" },
		{ METHOD_GET, "/customers/12", "/customers/:customer" },
		{ METHOD_GET, "/customers/12/", "/customers/:customer" },
		{ METHOD_GET, "/customers/new", "/customers/new" },
		{ METHOD_POST, "/customers/new", "/customers/:customer" },
		{ METHOD_DELETE, "/a/1/b/2", "/a/:x/b/:y" },
		{ METHOD_GET, "/a/1/b/2", NULL },
		{ METHOD_GET, "/customers", NULL },
		{ METHOD_GET, "/customers/12/x", NULL },
		{ METHOD_GET, "/Customers/12", NULL },
		{ METHOD_GET, "/customer", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(1 << 20);
		struct web_values params;
		const struct route *route;
		struct err e = { 0 };
		struct target t;
		unsigned allowed;

		assert_true(parse_target(a, cases[i].path, &t, &e));
		route = route_find(&app, a, cases[i].method, &t, &params, &allowed);
		if (!str_eq(route ? route->pattern : NULL, cases[i].pattern))
			fail_msg("%s finds %s", cases[i].path, route ? route->pattern : "nothing");
		arena_free(a);
	}
}

static void tells_which_methods_a_path_answers(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct web_values params = { 0 };
	struct err e = { 0 };
	struct target t;
	unsigned allowed;

	(void)state;
	assert_true(parse_target(a, "/a/1/b/%C3%A9%2F", &t, &e));
	assert_null(route_find(&app, a, METHOD_GET, &t, &params, &allowed));
	assert_int_equal(allowed, 1u << METHOD_DELETE);
	assert_non_null(route_find(&app, a, METHOD_DELETE, &t, &params, &allowed));
	assert_int_equal(params.n, 2);
	assert_string_equal(params.at[1].name, "y");
	assert_string_equal(params.at[1].value, "é/");
	arena_free(a);
}

/* ---- forms ------------------------------------------------------------------------------------- */

static const char *no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return NULL;
}

static const struct web_value typed[] = {
	{ "name", "  Dupont & fils " },
	{ "blank", "   " },
	{ "long", "ééééé" },
	{ "due_on", "24/11/2026" },
	{ "iso", "2026-02-28" },
	{ "no_day", "31/02/2026" },
	{ "amount", "1 234,56" },
	{ "no_amount", "12x" },
	{ "n", "12" },
	{ "negative", "-3" },
	{ "large", "99999999999999999999" },
	{ "kind", "b2b" },
	{ "no_kind", "b2x" },
	{ "box", "on" },
	{ "version", "7" },
};

static void reads_values_and_keeps_what_is_wrong(void **state)
{
	static const char *const kinds[] = { "b2b", "b2c", NULL };
	struct arena *a = arena_new(1 << 20);
	struct web_private own = { .header = no_header };
	struct request r = { .arena = a,
			     .cat = catalogue_find("fr"),
			     .form = { typed, ARRAY_LEN(typed) },
			     .today = date_of(2026, 11, 21),
			     .own = &own };
	struct form f;

	(void)state;
	form_init(&f, &r);
	assert_string_equal(form_text(&f, "name", FORM_NEEDED, 100), "Dupont & fils");
	assert_null(form_text(&f, "blank", 0, 100));
	assert_null(form_text(&f, "absent", 0, 100));
	assert_string_equal(form_text(&f, "long", 0, 5), "ééééé");
	assert_int_equal(form_day(&f, "due_on", 0, DAY_AHEAD), date_of(2026, 11, 24));
	assert_int_equal(form_day(&f, "iso", 0, DAY_NEAREST), date_of(2026, 2, 28));
	assert_int_equal(form_minor(&f, "amount", 0, "EUR"), 123456);
	assert_int_equal(form_int(&f, "n", 0, 0, 100, -1), 12);
	assert_int_equal(form_int(&f, "negative", 0, -5, 5, 0), -3);
	assert_int_equal(form_int(&f, "absent", 0, 0, 100, -1), -1);
	assert_ptr_equal(form_choice(&f, "kind", FORM_NEEDED, kinds), kinds[0]);
	assert_true(form_flag(&f, "box"));
	assert_false(form_flag(&f, "absent"));
	assert_int_equal(request_version(&r), 7);
	assert_true(form_ok(&f));

	assert_null(form_text(&f, "blank", FORM_NEEDED, 100));
	assert_null(form_text(&f, "long", 0, 4));
	assert_int_equal(form_day(&f, "no_day", 0, DAY_NEAREST), DAY_NONE);
	form_minor(&f, "no_amount", 0, "EUR");
	form_int(&f, "large", 0, 0, INT64_MAX, 0);
	form_int(&f, "n", 0, 20, 30, 0);
	assert_null(form_choice(&f, "no_kind", 0, kinds));
	assert_false(form_ok(&f));
	assert_int_equal(f.messages.n, 7);
	assert_string_equal(form_message(&f, "blank"), "Remplir ce champ.");
	assert_null(form_message(&f, "name"));
	assert_string_equal(form_value(&f, "name"), "  Dupont & fils ");
	arena_free(a);
}

static void a_refusal_becomes_a_message_and_trouble_does_not(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct request r = { .arena = a, .cat = catalogue_find("en") };
	struct err refusal = { 0 }, trouble = { 0 };
	struct form f;

	(void)state;
	form_init(&f, &r);
	err_field(&refusal, ERR_DUPLICATE, "code", "the code is taken");
	err_set(&trouble, ERR_DB, "no disk");
	assert_true(form_refused(&f, &refusal));
	assert_string_equal(form_message(&f, "code"), "the code is taken");
	assert_false(form_refused(&f, &trouble));
	assert_int_equal(f.messages.n, 1);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_route_of_a_path),
		cmocka_unit_test(tells_which_methods_a_path_answers),
		cmocka_unit_test(reads_values_and_keeps_what_is_wrong),
		cmocka_unit_test(a_refusal_becomes_a_message_and_trouble_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
