/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/event_detail.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/money.h"
#include "i18n/amount.h"
#include "i18n/date_text.h"

#include <jansson.h>

static const struct {
	const char *key, *text;
} keys[] = {
#define EVENT_KEY(key, text) { key, text },
#include "insight/event_key.def"
#undef EVENT_KEY
};

static const struct {
	const char *key, *name, *text;
} values[] = {
#define EVENT_VALUE(key, name, text) { key, name, text },
#include "insight/event_value.def"
#undef EVENT_VALUE
};

struct said {
	struct buf text;
	const struct catalogue *cat;
	const char *language;
	const char *currency; /* of the amounts of the body; "" when it names none */
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static bool is_known(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(keys[i].key, key) == 0)
			return true;
	}
	return false;
}

static void put_label(struct said *s, const char *label)
{
	buf_puts(&s->text, s->text.len ? " · " : "");
	for (; *label; label++)
		buf_putc(&s->text, *label == '_' ? ' ' : *label);
	buf_putc(&s->text, ' ');
}

/* A text may be an amount or a day, which readers write in their own way. */
static void put_text(struct said *s, const char *text)
{
	char shown[AMOUNT_TEXT], day_shown[DAY_TEXT];
	struct money m;
	day_t day;

	if (strchr(text, '.') && s->currency[0] && money_parse(text, s->currency, &m, NULL))
		buf_puts(&s->text, amount_text(m.minor, s->currency, s->language, shown));
	else if (strlen(text) == 10 && date_parse(text, &day, NULL))
		buf_puts(&s->text, day_short(day, s->language, day_shown));
	else
		buf_puts(&s->text, text);
}

/* What stands for a name of the program; NULL: the text is somebody's own. */
static const char *value_word(const char *key, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (strcmp(values[i].key, key) == 0 && strcmp(values[i].name, name) == 0)
			return values[i].text;
	}
	return NULL;
}

static void put_value(struct said *s, const char *key, const json_t *v)
{
	char shown[AMOUNT_TEXT];

	if (json_is_string(v) && value_word(key, json_string_value(v)))
		buf_puts(&s->text, tr(s->cat, value_word(key, json_string_value(v))));
	else if (json_is_string(v))
		put_text(s, json_string_value(v));
	else if (json_is_integer(v) && ends_with(key, "_ppm"))
		buf_puts(&s->text,
			 percent_text(json_integer_value(v), 1000000, 2, s->language, shown));
	else if (json_is_integer(v))
		buf_puts(&s->text, count_text(json_integer_value(v), s->language, shown));
	else if (json_is_boolean(v))
		buf_puts(&s->text, json_is_true(v) ? tr(s->cat, "yes") : tr(s->cat, "no"));
	else if (json_is_array(v))
		buf_puts(&s->text, count_text((int64_t)json_array_size(v), s->language, shown));
}

/* Numbers of rows mean nothing to a reader, and the currency is said with the amounts. */
static bool is_told(const char *key, const json_t *v)
{
	return !json_is_null(v) && !json_is_object(v) && !ends_with(key, "_id") &&
	       !ends_with(key, "_minor") && strcmp(key, "currency") != 0;
}

const char *event_detail(struct arena *a, const struct catalogue *cat, const char *body)
{
	json_t *object = json_loads(body, 0, NULL);
	struct said s = { .cat = cat, .language = catalogue_language(cat), .currency = "" };
	const char *key;
	json_t *v;

	buf_init(&s.text, a);
	if (json_is_string(json_object_get(object, "currency")))
		s.currency = json_string_value(json_object_get(object, "currency"));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		v = json_object_get(object, keys[i].key);
		if (!v || !is_told(keys[i].key, v))
			continue;
		put_label(&s, tr(cat, keys[i].text));
		put_value(&s, keys[i].key, v);
	}
	json_object_foreach(object, key, v)
	{
		if (is_known(key) || !is_told(key, v))
			continue;
		put_label(&s, key);
		put_value(&s, key, v);
	}
	json_decref(object);
	return s.text.len ? buf_str(&s.text) : NULL;
}

const char *event_word(const char *kind)
{
	static const struct {
		const char *kind, *text;
	} words[] = {
#define EVENT(kind, text) { kind, text },
#include "insight/event_word.def"
#undef EVENT
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].kind, kind) == 0)
			return words[i].text;
	}
	return kind;
}
