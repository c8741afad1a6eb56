/* SPDX-License-Identifier: Apache-2.0 */
/* backtest_json.c - the outcome of a back-test as JSON. */
#include "cash/backtest.h"

#include "base/json.h"

#include <jansson.h>
#include <stdio.h>

static void put_share(struct json *j, const char *key, int64_t part, int64_t whole)
{
	char text[48];
	int64_t ppm;

	json_key(j, key);
	if (whole == 0) {
		json_nothing(j);
		return;
	}
	ppm = (part * 2000000 + whole) / (2 * whole);
	snprintf(text, sizeof text, "%" PRId64 ".%06" PRId64, ppm / 1000000, ppm % 1000000);
	json_number(j, text);
}

static void put_count(struct json *j, const struct backtest *t, const struct backtest_count *n)
{
	json_put_int(j, "auto", n->n_alone);
	json_put_int(j, "wrong", n->n_alone - n->n_right);
	put_share(j, "auto_rate", n->n_alone, t->n);
	put_share(j, "precision", n->n_right, n->n_alone);
	put_share(j, "recall", n->n_right, t->n);
}

void backtest_encode(const struct backtest *t, struct buf *out)
{
	struct json j;

	json_init(&j, out);
	json_open_object(&j);
	json_put_day(&j, "from", t->from_on);
	json_put_day(&j, "to", t->to_on);
	json_put_int(&j, "payments", t->n);
	json_put_int(&j, "right_first", t->n_first);
	json_put_int(&j, "right_in_three", t->n_in_three);
	put_share(&j, "threshold", t->threshold_ppm, 1000000);
	put_count(&j, t, &t->at_policy);
	json_key(&j, "rules"), json_open_array(&j);
	for (size_t r = 0; r < MATCH_N_RULES; r++) {
		if (t->by_rule[r].n_alone == 0)
			continue;
		json_open_object(&j);
		json_put_text(&j, "rule", match_rule_name((enum match_rule)r));
		put_count(&j, t, &t->by_rule[r]);
		json_end(&j);
	}
	json_end(&j);
	json_key(&j, "odds"), json_open_array(&j);
	for (size_t r = 0; r < MATCH_N_RULES; r++) {
		const struct backtest_odds *o = &t->odds[r];
		if (o->n_confirmed + o->n_refuted == 0)
			continue;
		json_open_object(&j);
		json_put_text(&j, "rule", match_rule_name((enum match_rule)r));
		json_put_int(&j, "right", o->n_confirmed);
		json_put_int(&j, "wrong", o->n_refuted);
		put_share(&j, "worth", o->worth_ppm, 1000000);
		json_end(&j);
	}
	json_end(&j);
	json_key(&j, "thresholds"), json_open_array(&j);
	for (size_t i = 0; i < BACKTEST_THRESHOLDS; i++) {
		json_open_object(&j);
		put_share(&j, "threshold", t->threshold[i], 1000000);
		put_count(&j, t, &t->at[i]);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

/* ---- back ---- */

static struct backtest_count count_of(const json_t *o)
{
	struct backtest_count c = { .n_alone = json_integer_value(json_object_get(o, "auto")) };

	c.n_right = c.n_alone - json_integer_value(json_object_get(o, "wrong"));
	return c;
}

static int64_t share_of(const json_t *o, const char *key)
{
	return (int64_t)(json_number_value(json_object_get(o, key)) * 1e6 + 0.5);
}

static int64_t ppm_of(const json_t *o)
{
	return share_of(o, "threshold");
}

/* A rule of another version of the program is left out: its name means nothing here. */
static void read_rules(const json_t *rules, struct backtest *t)
{
	for (size_t i = 0; i < json_array_size(rules); i++) {
		const json_t *o = json_array_get(rules, i);
		const char *name = json_string_value(json_object_get(o, "rule"));
		enum match_rule rule;
		if (match_rule_of(name, &rule))
			t->by_rule[rule] = count_of(o);
	}
}

static void read_odds(const json_t *odds, struct backtest *t)
{
	for (size_t i = 0; i < json_array_size(odds); i++) {
		const json_t *o = json_array_get(odds, i);
		enum match_rule rule;
		if (match_rule_of(json_string_value(json_object_get(o, "rule")), &rule))
			t->odds[rule] = (struct backtest_odds){
				json_integer_value(json_object_get(o, "right")),
				json_integer_value(json_object_get(o, "wrong")),
				share_of(o, "worth")
			};
	}
}

bool backtest_decode(const char *body, struct backtest *ret, struct err *e)
{
	json_t *o = body ? json_loads(body, 0, NULL) : NULL;
	const json_t *thresholds = json_object_get(o, "thresholds");
	const char *from = json_string_value(json_object_get(o, "from"));
	const char *to = json_string_value(json_object_get(o, "to"));
	struct backtest t = { 0 };
	bool ok = from && to && json_array_size(thresholds) == BACKTEST_THRESHOLDS &&
		  date_parse(from, &t.from_on, NULL) && date_parse(to, &t.to_on, NULL);

	if (ok) {
		t.n = json_integer_value(json_object_get(o, "payments"));
		t.n_first = json_integer_value(json_object_get(o, "right_first"));
		t.n_in_three = json_integer_value(json_object_get(o, "right_in_three"));
		t.threshold_ppm = ppm_of(o);
		t.at_policy = count_of(o);
		read_rules(json_object_get(o, "rules"), &t);
		read_odds(json_object_get(o, "odds"), &t);
		for (size_t i = 0; i < BACKTEST_THRESHOLDS; i++) {
			t.threshold[i] = ppm_of(json_array_get(thresholds, i));
			t.at[i] = count_of(json_array_get(thresholds, i));
		}
		*ret = t;
	}
	json_decref(o);
	return ok || err_set(e, ERR_FORMAT, "this is no outcome of a back-test");
}
