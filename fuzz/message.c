/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "collect/message_text.h"
#include "collect/policy.h"

/* Whatever was read fills in, and in HTML nothing of it opens a tag that is not ours. */
static void believe_text(struct arena *a, const char *bytes, size_t n)
{
	const struct message_template *t;
	struct message_blocks blocks;
	struct err e = { 0 };
	const char *html;

	if (!message_parse(a, bytes, n, &t, &e)) {
		ENSURE(e.code == ERR_INVALID || e.code == ERR_LIMIT);
		return;
	}
	if (!message_fill(a, t, message_sample("fr"), &blocks, &e)) {
		ENSURE(e.code == ERR_LIMIT);
		return;
	}
	html = message_to_html(a, &blocks, "title", "fr");
	ENSURE(!strstr(html, "<script") && !strstr(html, "<img") && !strstr(html, "<a "));
	ENSURE(message_to_text(a, &blocks) != NULL);
}

static void believe_policy(struct arena *a, const char *bytes, size_t n)
{
	struct policy p, again;
	struct err e = { 0 };
	struct buf one, two;

	if (!policy_parse(a, bytes, n, &p, &e)) {
		ENSURE(e.code != ERR_NONE);
		return;
	}
	ENSURE(p.n_steps > 0 && p.minimum_minor >= 0);
	buf_init(&one, a);
	buf_init(&two, a);
	policy_write(&p, &one);
	ENSURE(policy_parse(a, buf_str(&one), one.len, &again, &e));
	policy_write(&again, &two);
	ENSURE(str_eq(buf_str(&one), buf_str(&two)));
}

void fuzz_message(const char *bytes, size_t n)
{
	struct arena *a = arena_new(256 << 20);

	believe_text(a, bytes, n);
	believe_policy(a, bytes, n);
	arena_free(a);
}

FUZZ_TARGET(message)
