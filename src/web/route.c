/* SPDX-License-Identifier: Apache-2.0 */
#include "web/private.h"

#include <stdlib.h>

const char *method_name(enum method m)
{
	static const char *const names[] = { "GET", "POST", "PUT", "DELETE" };

	ENSURE(m < METHOD_COUNT);
	return names[m];
}

/* Whether the parts fit the pattern; its :names are added to values. A pattern without names wins over
 * one with, so "/customers/new" may stand beside "/customers/:customer". */
static bool fits(const char *pattern, const struct target *t, struct arena *a,
		 struct value_list *values, int *ret_names)
{
	size_t i = 0;

	*ret_names = 0;
	for (const char *s = pattern; s[0] == '/' && s[1]; i++) {
		size_t n = strcspn(s + 1, "/");

		if (i == t->n_parts)
			return false;
		if (s[1] == ':') {
			struct web_value *v = LIST_ADD(a, &values->list);

			v->name = arena_strndup(a, s + 2, n - 1);
			v->value = t->parts[i];
			++*ret_names;
		} else if (strlen(t->parts[i]) != n || strncmp(s + 1, t->parts[i], n) != 0) {
			return false;
		}
		s += n + 1;
	}
	return i == t->n_parts;
}

const struct route *route_find(const struct web_app *app, struct arena *a, enum method method,
			       const struct target *t, struct web_values *ret_params,
			       unsigned *ret_allowed)
{
	const struct route *best = NULL;
	int best_names = 0;

	*ret_allowed = 0;
	for (size_t l = 0; app->routes[l]; l++) {
		for (size_t i = 0; i < app->routes[l]->n; i++) {
			const struct route *route = &app->routes[l]->at[i];
			struct value_list values = { 0 };
			int names;

			if (!fits(route->pattern, t, a, &values, &names))
				continue;
			*ret_allowed |= 1u << route->method;
			if (route->method != method || (best && best_names <= names))
				continue;
			best = route;
			best_names = names;
			*ret_params = (struct web_values){ values.list.at, values.list.n };
		}
	}
	return best;
}

static int by_path(const void *a, const void *b)
{
	const struct route *const *x = a, *const *y = b;
	int order = strcmp((*x)->pattern, (*y)->pattern);

	return order ? order : (int)(*x)->method - (int)(*y)->method;
}

void web_list_routes(const struct web_app *app, struct buf *out)
{
	LIST_OF(const struct route *) all = { 0 };

	for (size_t l = 0; app->routes[l]; l++) {
		for (size_t i = 0; i < app->routes[l]->n; i++)
			*LIST_ADD(out->arena, &all) = &app->routes[l]->at[i];
	}
	if (all.n > 1)
		qsort(all.at, all.n, sizeof all.at[0], by_path);
	for (size_t i = 0; i < all.n; i++)
		buf_printf(out, "%-6s %-48s %-14s %-12s %s\n", method_name(all.at[i]->method),
			   all.at[i]->pattern, permission_name(all.at[i]->permission),
			   scope_name(all.at[i]->scope), all.at[i]->handler_name);
}
