/* SPDX-License-Identifier: Apache-2.0 */
#include "web/private.h"

#include "base/text.h"
#include "i18n/amount.h"

void form_init(struct form *f, struct request *r)
{
	*f = (struct form){ .request = r };
}

void form_wrong(struct form *f, const char *field, const char *text)
{
	struct arena *a = f->request->arena;
	struct form_message *m = LIST_ADD(a, &f->messages);

	m->field = arena_strdup(a, field);
	m->text = arena_strdup(a, text);
}

bool form_ok(const struct form *f)
{
	return f->messages.n == 0;
}

static const char *text_of(const struct form *f, const char *name)
{
	const char *value = request_form(f->request, name);

	return value ? text_trim(f->request->arena, value) : "";
}

/* What stands in the field; NULL when empty, which is wrong for a field that is needed. */
static const char *needed(struct form *f, const char *name, int flags)
{
	const char *value = text_of(f, name);

	if (value[0])
		return value;
	if (flags & FORM_NEEDED)
		form_wrong(f, name, tr(f->request->cat, "Fill in this field."));
	return NULL;
}

const char *form_text(struct form *f, const char *name, int flags, size_t max)
{
	const char *value = needed(f, name, flags);

	if (!value || text_length(value) <= max)
		return value;
	form_wrong(f, name,
		   arena_printf(f->request->arena,
				tr(f->request->cat, "Use at most %d characters."), (int)max));
	return NULL;
}

day_t form_day(struct form *f, const char *name, int flags, enum day_lean lean)
{
	const char *value = needed(f, name, flags);
	day_t d = DAY_NONE;

	if (value && !day_read(value, f->request->today, lean, &d, NULL))
		form_wrong(
			f, name,
			tr(f->request->cat, "Write a date of the calendar, such as 24/11/2026."));
	return d;
}

int64_t form_int(struct form *f, const char *name, int flags, int64_t min, int64_t max,
		 int64_t absent)
{
	const char *value = needed(f, name, flags);
	bool negative;
	uint64_t magnitude;
	int64_t v;

	if (!value)
		return absent;
	negative = value[0] == '-';
	if (text_to_u64(value + negative, INT64_MAX, &magnitude)) {
		v = negative ? -(int64_t)magnitude : (int64_t)magnitude;
		if (v >= min && v <= max)
			return v;
	}
	form_wrong(f, name,
		   arena_printf(f->request->arena,
				tr(f->request->cat, "Write a whole number from %s to %s."),
				arena_printf(f->request->arena, "%" PRId64, min),
				arena_printf(f->request->arena, "%" PRId64, max)));
	return absent;
}

int64_t form_minor(struct form *f, const char *name, int flags, const char *currency)
{
	const char *value = needed(f, name, flags);
	const char *language = catalogue_language(f->request->cat);
	int64_t minor = 0;

	if (value && !amount_read(value, currency, language, &minor, NULL))
		form_wrong(f, name, tr(f->request->cat, "Write an amount, such as 1234,56."));
	return minor;
}

const char *form_choice(struct form *f, const char *name, int flags, const char *const *choices)
{
	const char *value = needed(f, name, flags);

	if (!value)
		return NULL;
	for (; *choices; choices++) {
		if (str_eq(*choices, value))
			return *choices;
	}
	form_wrong(f, name, tr(f->request->cat, "Choose one of the list."));
	return NULL;
}

bool form_flag(const struct form *f, const char *name)
{
	return !str_empty(request_form(f->request, name));
}

bool form_refused(struct form *f, const struct err *e)
{
	int status = err_http_status(e->code);

	if (status >= 500 || status < 400)
		return false;
	form_wrong(f, e->field, request_message(f->request, e->msg));
	return true;
}

const char *form_value(const struct form *f, const char *name)
{
	return request_form(f->request, name);
}

const char *form_message(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->messages.n; i++) {
		if (str_eq(f->messages.at[i].field, name))
			return f->messages.at[i].text;
	}
	return NULL;
}
