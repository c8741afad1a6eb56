/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - reads, checks and writes dunning policies. */
#include "collect/policy.h"

#include "base/json.h"
#include "base/money.h"

#include <jansson.h>
#include <stdlib.h>

static const char *const channel_names[] = { "email", "sms", "letter", "call", "task" };
static const char *const mode_names[] = { "auto", "confirm", "manual" };
static const char *const tone_names[] = { "notice", "friendly", "firm", "formal" };
static const char *const means_names[] = { NULL,     "transfer", "direct_debit", "draft",
					   "cheque", "card",     "cash" };

static const char default_json[] =
	"{\n"
	"  \"name\": \"standard\",\n"
	"  \"currency\": \"EUR\",\n"
	"  \"minimum_amount\": \"15.00\",\n"
	"  \"contact_gap_days\": 5,\n"
	"  \"stale_days\": 7,\n"
	"  \"promise_grace_days\": 2,\n"
	"  \"not_chased\": [\"direct_debit\", \"draft\"],\n"
	"  \"segments\": [],\n"
	"  \"steps\": [\n"
	"    {\"name\": \"notice\", \"level\": 0, \"days\": -5, \"channel\": \"email\",\n"
	"     \"template\": \"notice\", \"mode\": \"auto\", \"tone\": \"notice\"},\n"
	"    {\"name\": \"reminder1\", \"level\": 1, \"days\": 7, \"channel\": \"email\",\n"
	"     \"template\": \"reminder1\", \"mode\": \"auto\", \"tone\": \"friendly\"},\n"
	"    {\"name\": \"reminder2\", \"level\": 2, \"days\": 20, \"channel\": \"email\",\n"
	"     \"template\": \"reminder2\", \"mode\": \"auto\", \"tone\": \"firm\"},\n"
	"    {\"name\": \"letter\", \"level\": 3, \"days\": 40, \"channel\": \"letter\",\n"
	"     \"template\": \"letter\", \"mode\": \"confirm\", \"tone\": \"formal\"}\n"
	"  ]\n"
	"}\n";

const char *policy_default_json(void)
{
	return default_json;
}

/* ---- one member of an object
 * --------------------------------------------------------------------- */

/* Where a member stands, for the message: "steps[2].days". */
struct place {
	const char *prefix; /* "steps[2]." or "" */
	struct arena *arena;
};

static const char *path_of(const struct place *at, const char *key)
{
	return arena_printf(at->arena, "%s%s", at->prefix, key);
}

/* Text as short as a name; absent leaves *ret. */
static bool read_text(const struct place *at, const json_t *o, const char *key, const char **ret,
		      struct err *e)
{
	const json_t *v = json_object_get(o, key);
	const char *path = path_of(at, key);

	if (!v)
		return true;
	if (!json_is_string(v) || json_string_length(v) == 0 || json_string_length(v) > 100)
		return err_field(e, ERR_INVALID, path, "%s must be a text of 1 to 100 bytes", path);
	*ret = arena_strdup(at->arena, json_string_value(v));
	return true;
}

static bool read_int(const struct place *at, const json_t *o, const char *key, int min, int max,
		     int *ret, struct err *e)
{
	const json_t *v = json_object_get(o, key);
	const char *path = path_of(at, key);

	if (!v)
		return true;
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return err_field(e, ERR_INVALID, path, "%s must be a whole number from %d to %d",
				 path, min, max);
	*ret = (int)json_integer_value(v);
	return true;
}

static bool find_word(const char *word, const char *const *words, size_t n, size_t *ret)
{
	for (size_t i = 0; i < n; i++)
		if (words[i] && str_eq(word, words[i])) {
			*ret = i;
			return true;
		}
	return false;
}

/* One of a list of words; must be there when required. */
static bool read_word(const struct place *at, const json_t *o, const char *key,
		      const char *const *words, size_t n, size_t *ret, struct err *e)
{
	const json_t *v = json_object_get(o, key);
	const char *path = path_of(at, key);
	struct buf list;

	if (!v)
		return true;
	if (json_is_string(v) && find_word(json_string_value(v), words, n, ret))
		return true;
	buf_init(&list, at->arena);
	for (size_t i = 0; i < n; i++)
		if (words[i])
			buf_printf(&list, "%s%s", list.len ? ", " : "", words[i]);
	return err_field(e, ERR_INVALID, path, "%s must be one of %s", path, buf_str(&list));
}

/* A misspelt name would silently fall back to the default: refused instead. */
static bool only_keys(const struct place *at, json_t *o, const char *const *keys, size_t n,
		      struct err *e)
{
	const char *key;
	json_t *v;
	size_t found;

	json_object_foreach(o, key, v)
	{
		const char *path = path_of(at, key);

		if (!find_word(key, keys, n, &found))
			return err_field(e, ERR_INVALID, path, "%.100s is not a field of a policy",
					 path);
	}
	return true;
}

/* ---- the parts
 * ----------------------------------------------------------------------------------- */

static bool read_amount(const struct place *at, const json_t *o, const char *key,
			const struct policy *p, int64_t *ret, struct err *e)
{
	const char *amount = NULL;
	struct money m;

	if (!read_text(at, o, key, &amount, e))
		return false;
	if (!amount)
		return true;
	if (!money_parse(amount, p->currency, &m, e))
		return err_while(e, "%s", key);
	if (m.minor < 0)
		return err_field(e, ERR_INVALID, key, "%s must not be negative", key);
	*ret = m.minor;
	return true;
}

static bool read_minimum(const struct place *at, const json_t *o, struct policy *p, struct err *e)
{
	const char *currency = p->currency;

	if (!read_text(at, o, "currency", &currency, e))
		return false;
	if (!currency_is_code(currency))
		return err_field(e, ERR_INVALID, "currency",
				 "currency must be three capital letters, not \"%.20s\"", currency);
	memcpy(p->currency, currency, sizeof p->currency);
	return read_amount(at, o, "minimum_amount", p, &p->minimum_minor, e) &&
	       read_amount(at, o, "ignore_credits_under", p, &p->ignored_credit_minor, e);
}

static bool read_not_chased(const json_t *o, struct policy *p, struct err *e)
{
	json_t *list = json_object_get(o, "not_chased"), *v;
	size_t i, means;

	if (!list)
		return true;
	memset(p->is_not_chased, 0, sizeof p->is_not_chased);
	if (!json_is_array(list))
		return err_field(e, ERR_INVALID, "not_chased",
				 "not_chased must be a list of means of payment");
	json_array_foreach(list, i, v)
	{
		if (!json_is_string(v) ||
		    !find_word(json_string_value(v), means_names, ARRAY_LEN(means_names), &means))
			return err_field(e, ERR_INVALID, "not_chased",
					 "not_chased[%zu] must be a means of payment such as "
					 "direct_debit or draft",
					 i);
		p->is_not_chased[means] = true;
	}
	return true;
}

static bool read_segments(struct arena *a, const json_t *o, struct policy *p, struct err *e)
{
	json_t *list = json_object_get(o, "segments"), *v;
	size_t i;

	if (!list)
		return true;
	if (!json_is_array(list) || json_array_size(list) > POLICY_MAX_SEGMENTS)
		return err_field(e, ERR_INVALID, "segments",
				 "segments must be a list of at most %d names",
				 POLICY_MAX_SEGMENTS);
	p->segments = ARENA_ARRAY(a, json_array_size(list) + 1, const char *);
	json_array_foreach(list, i, v)
	{
		if (!json_is_string(v) || json_string_length(v) == 0 || json_string_length(v) > 100)
			return err_field(e, ERR_INVALID, "segments",
					 "segments[%zu] must be a text of 1 to 100 bytes", i);
		p->segments[p->n_segments++] = arena_strdup(a, json_string_value(v));
	}
	return true;
}

static bool read_step(const struct place *at, json_t *o, struct policy_step *ret, struct err *e)
{
	static const char *const keys[] = { "name",     "level", "days", "channel",
					    "template", "mode",  "tone" };
	static const char *const required[] = { "name", "level", "days", "channel" };
	size_t channel = POLICY_EMAIL, mode = POLICY_CONFIRM, tone = POLICY_FRIENDLY;

	if (!json_is_object(o))
		return err_field(e, ERR_INVALID, "steps", "%s must be an object", at->prefix);
	if (!only_keys(at, o, keys, ARRAY_LEN(keys), e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(required); i++)
		if (!json_object_get(o, required[i]))
			return err_field(e, ERR_INVALID, path_of(at, required[i]),
					 "%s%s is missing", at->prefix, required[i]);
	if (!read_text(at, o, "name", &ret->name, e) ||
	    !read_int(at, o, "level", 0, POLICY_MAX_STEPS, &ret->level, e) ||
	    !read_int(at, o, "days", -POLICY_MAX_DAYS, POLICY_MAX_DAYS, &ret->days, e) ||
	    !read_word(at, o, "channel", channel_names, ARRAY_LEN(channel_names), &channel, e) ||
	    !read_word(at, o, "mode", mode_names, ARRAY_LEN(mode_names), &mode, e) ||
	    !read_word(at, o, "tone", tone_names, ARRAY_LEN(tone_names), &tone, e))
		return false;
	ret->template_name = ret->name;
	if (!read_text(at, o, "template", &ret->template_name, e))
		return false;
	ret->channel = (enum policy_channel)channel;
	ret->mode = (enum policy_mode)mode;
	ret->tone = (enum policy_tone)tone;
	return true;
}

/* Levels and days must rise together, or an item could jump over a step or go back. */
static bool check_order(const struct policy *p, struct err *e)
{
	for (size_t i = 1; i < p->n_steps; i++) {
		const struct policy_step *before = &p->steps[i - 1], *s = &p->steps[i];

		if (s->level <= before->level)
			return err_field(e, ERR_INVALID, "level",
					 "steps[%zu].level is %d, but must be above %d of the step "
					 "before",
					 i, s->level, before->level);
		if (s->days <= before->days)
			return err_field(e, ERR_INVALID, "days",
					 "steps[%zu].days is %d, but must be later than %d of the "
					 "step before",
					 i, s->days, before->days);
		for (size_t k = 0; k < i; k++)
			if (str_eq(p->steps[k].name, s->name))
				return err_field(e, ERR_INVALID, "name",
						 "two steps are named \"%s\"", s->name);
	}
	return true;
}

static bool read_steps(struct arena *a, const json_t *o, struct policy *p, struct err *e)
{
	json_t *list = json_object_get(o, "steps"), *v;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) == 0 ||
	    json_array_size(list) > POLICY_MAX_STEPS)
		return err_field(e, ERR_INVALID, "steps", "steps must be a list of 1 to %d steps",
				 POLICY_MAX_STEPS);
	p->steps = ARENA_ARRAY(a, json_array_size(list), struct policy_step);
	json_array_foreach(list, i, v)
	{
		const struct place at = { arena_printf(a, "steps[%zu].", i), a };

		if (!read_step(&at, v, &p->steps[i], e))
			return false;
		p->n_steps++;
	}
	return check_order(p, e);
}

static bool read_policy(struct arena *a, json_t *o, struct policy *p, struct err *e)
{
	static const char *const keys[] = { "name",
					    "currency",
					    "minimum_amount",
					    "stale_days",
					    "not_chased",
					    "contact_gap_days",
					    "segments",
					    "steps",
					    "promise_grace_days",
					    "ignore_credits_under" };
	const struct place top = { "", a };

	if (!json_is_object(o))
		return err_set(e, ERR_INVALID, "a policy is one JSON object");
	if (!only_keys(&top, o, keys, ARRAY_LEN(keys), e) ||
	    !read_text(&top, o, "name", &p->name, e) || !read_minimum(&top, o, p, e) ||
	    !read_int(&top, o, "contact_gap_days", 0, 365, &p->contact_gap_days, e) ||
	    !read_int(&top, o, "stale_days", 0, 365, &p->stale_days, e) ||
	    !read_int(&top, o, "promise_grace_days", 0, 60, &p->promise_grace_days, e) ||
	    !read_not_chased(o, p, e) || !read_segments(a, o, p, e))
		return false;
	if (!p->name)
		return err_field(e, ERR_INVALID, "name", "name is missing");
	return read_steps(a, o, p, e);
}

static void drop_json(json_t **o)
{
	json_decref(*o);
}

bool policy_parse(struct arena *a, const char *json, size_t len, struct policy *ret, struct err *e)
{
	CLEANUP(drop_json) json_t *o = NULL;
	json_error_t at;
	struct policy p = { .currency = "EUR",
			    .contact_gap_days = 5,
			    .stale_days = 7,
			    .promise_grace_days = 2,
			    .is_not_chased = {
				    [POLICY_DIRECT_DEBIT] = true, [POLICY_DRAFT] = true } };

	if (len > POLICY_MAX_BYTES)
		return err_set(e, ERR_LIMIT, "a policy has at most %d bytes, this one %zu",
			       POLICY_MAX_BYTES, len);
	o = json_loadb(json, len, JSON_REJECT_DUPLICATES, &at);
	if (!o) {
		err_set(e, ERR_FORMAT, "line %d of the policy: %s", at.line, at.text);
		if (e)
			e->line = at.line;
		return false;
	}
	if (!read_policy(a, o, &p, e))
		return false;
	*ret = p;
	return true;
}

/* ---- writing
 * ------------------------------------------------------------------------------------- */

static void write_step(struct json *j, const struct policy_step *s)
{
	json_open_object(j);
	json_put_text(j, "name", s->name);
	json_put_int(j, "level", s->level);
	json_put_int(j, "days", s->days);
	json_put_text(j, "channel", policy_channel_name(s->channel));
	json_put_text(j, "template", s->template_name);
	json_put_text(j, "mode", policy_mode_name(s->mode));
	json_put_text(j, "tone", policy_tone_name(s->tone));
	json_end(j);
}

void policy_write(const struct policy *p, struct buf *out)
{
	struct json j;

	json_init(&j, out);
	json_open_object(&j);
	json_put_text(&j, "name", p->name);
	json_put_text(&j, "currency", p->currency);
	json_put_minor(&j, "minimum_amount", p->minimum_minor, p->currency);
	if (p->ignored_credit_minor)
		json_put_minor(&j, "ignore_credits_under", p->ignored_credit_minor, p->currency);
	json_put_int(&j, "contact_gap_days", p->contact_gap_days);
	json_put_int(&j, "stale_days", p->stale_days);
	json_put_int(&j, "promise_grace_days", p->promise_grace_days);
	json_key(&j, "not_chased");
	json_open_array(&j);
	for (size_t i = 0; i < POLICY_N_MEANS; i++)
		if (p->is_not_chased[i])
			json_text(&j, means_names[i]);
	json_end(&j);
	json_key(&j, "segments");
	json_open_array(&j);
	for (size_t i = 0; i < p->n_segments; i++)
		json_text(&j, p->segments[i]);
	json_end(&j);
	json_key(&j, "steps");
	json_open_array(&j);
	for (size_t i = 0; i < p->n_steps; i++)
		write_step(&j, &p->steps[i]);
	json_end(&j);
	json_end(&j);
}

const char *policy_write_indented(struct arena *a, const struct policy *p)
{
	CLEANUP(drop_json) json_t *o = NULL;
	json_error_t at;
	struct buf b;
	char *text;
	const char *kept;

	buf_init(&b, a);
	policy_write(p, &b);
	o = json_loadb(buf_str(&b), b.len, 0, &at);
	text = o ? json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
	if (!text)
		return buf_str(&b);
	kept = arena_strdup(a, text);
	free(text);
	return kept;
}

/* ---- words and look-ups
 * -------------------------------------------------------------------------- */

const struct policy *policy_for_segment(const struct policy *policies, size_t n,
					const char *segment)
{
	const struct policy *general = NULL;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < policies[i].n_segments; k++)
			if (segment && str_eq(policies[i].segments[k], segment))
				return &policies[i];
		if (!general && policies[i].n_segments == 0)
			general = &policies[i];
	}
	return general;
}

const struct policy_step *policy_step_of_level(const struct policy *p, int level)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (p->steps[i].level == level)
			return &p->steps[i];
	return NULL;
}

const char *policy_channel_name(enum policy_channel c)
{
	return channel_names[c];
}

const char *policy_mode_name(enum policy_mode m)
{
	return mode_names[m];
}

const char *policy_tone_name(enum policy_tone t)
{
	return tone_names[t];
}

bool policy_channel_parse(const char *word, enum policy_channel *ret)
{
	size_t i;

	if (!find_word(word, channel_names, ARRAY_LEN(channel_names), &i))
		return false;
	*ret = (enum policy_channel)i;
	return true;
}

bool policy_means_parse(const char *word, enum policy_means *ret)
{
	size_t i = POLICY_MEANS_UNKNOWN;

	if (word && !find_word(word, means_names, ARRAY_LEN(means_names), &i))
		return false;
	*ret = (enum policy_means)i;
	return true;
}
