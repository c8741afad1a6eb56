/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of requests, whole and in pieces. */
#include "test.h"

#include "web/body.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

static const char type[] = "multipart/form-data; boundary=\"frontier\"";

/* Feeds the text in two pieces cut at `cut`; true when it is read to its end. */
static bool read_cut(const char *content_type, const char *text, size_t n, size_t cut,
		     struct body **ret, struct request *r, struct err *e)
{
	*r = (struct request){ 0 };
	return body_new(content_type, 1 << 20, ret, e) && body_feed(*ret, text, cut, e) &&
	       body_feed(*ret, text + cut, n - cut, e) && body_finish(*ret, r, e);
}

static const char form[] =
	"a preamble that nobody reads\r\n"
	"--frontier\r\n"
	"Content-Disposition: form-data; name=\"note\"\r\n\r\n"
	"deux\r\nlignes --frontier\r\n-é\r\n"
	"--frontier\r\n"
	"content-disposition: Form-Data; name=\"empty\"\r\n\r\n"
	"\r\n--frontier\r\n"
	"Content-Disposition: form-data; filename=\"C:\\x\\a;b.csv\"; name=\"file\"\r\n"
	"Content-Type: text/csv\r\n\r\n"
	"a;b\r\n1;2\r\n--frontie\r\n"
	"\r\n--frontier\r\n"
	"Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n"
	"\r\n--frontier--\r\nan epilogue --frontier";

static void reads_the_same_wherever_the_bytes_are_cut(void **state)
{
	size_t n = sizeof form - 1;

	(void)state;
	for (size_t cut = 0; cut <= n; cut++) {
		struct body *b = NULL;
		struct request r;
		struct err e = { 0 };
		char bytes[64] = "";

		if (!read_cut(type, form, n, cut, &b, &r, &e))
			fail_msg("cut at %zu: %s", cut, e.msg);
		assert_int_equal(r.form.n, 2);
		assert_string_equal(r.form.at[0].name, "note");
		assert_string_equal(r.form.at[0].value, "deux\r\nlignes --frontier\r\n-é");
		assert_string_equal(r.form.at[1].value, "");
		assert_int_equal(r.n_uploads, 1);
		assert_string_equal(r.uploads[0].field, "file");
		assert_string_equal(r.uploads[0].file_name, "a;b.csv");
		assert_string_equal(r.uploads[0].media_type, "text/csv");
		assert_int_equal(r.uploads[0].size, 21);
		assert_int_equal(read(r.uploads[0].fd, bytes, sizeof bytes), 21);
		assert_memory_equal(bytes, "a;b\r\n1;2\r\n--frontie\r\n", 21);
		body_free(b);
	}
}

static void a_file_can_be_opened_again_while_the_request_lasts(void **state)
{
	struct body *b = NULL;
	struct request r;
	struct err e = { 0 };
	char bytes[4] = "";
	int fd;

	(void)state;
	assert_true(read_cut(type, form, sizeof form - 1, 0, &b, &r, &e));
	fd = open(r.uploads[0].path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, bytes, 3), 3);
	assert_string_equal(bytes, "a;b");
	close(fd);
	body_free(b);
}

static void refuses_what_is_no_form(void **state)
{
	static const struct {
		const char *content_type, *text;
		enum err_code code;
	} wrong[] = {
		{ type, "", ERR_FORMAT },
		{ type, "--frontier--x", ERR_NONE },
		{ type, "--frontier\r\n", ERR_FORMAT },
		{ type, "--frontier\r\n\r\na\r\n--frontier--", ERR_FORMAT },
		{ type, "--frontierx\r\n", ERR_FORMAT },
		{ type, "--frontier\r\nContent-Disposition: form-data\r\n\r\na\r\n--frontier--",
		  ERR_FORMAT },
		{ type,
		  "--frontier\r\nContent-Disposition: attachment; "
		  "name=\"a\"\r\n\r\na\r\n--frontier--",
		  ERR_FORMAT },
		{ type,
		  "--frontier\r\nContent-Disposition: form-data; name=\"a\r\n\r\na\r\n--frontier--",
		  ERR_FORMAT },
		{ type,
		  "--frontier\r\nContent-Disposition: form-data; "
		  "name=\"\xff\"\r\n\r\na\r\n--frontier--",
		  ERR_FORMAT },
		{ type,
		  "--frontier\r\nContent-Disposition: form-data; "
		  "name=\"a\"\r\n\r\n\xff\r\n--frontier--",
		  ERR_USAGE },
		{ type, "--frontier\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\na",
		  ERR_FORMAT },
		{ "multipart/form-data", "", ERR_USAGE },
		{ "multipart/form-data; boundary=", "", ERR_USAGE },
		{ "multipart/form-data; boundary="
		  "12345678901234567890123456789012345678901234567890123456789012345678901",
		  "", ERR_USAGE },
		{ "application/x-www-form-urlencoded", "a=%", ERR_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct body *b = NULL;
		struct request r;
		struct err e = { 0 };

		read_cut(wrong[i].content_type, wrong[i].text, strlen(wrong[i].text), 0, &b, &r,
			 &e);
		if (e.code != wrong[i].code)
			fail_msg("row %zu: %d %s", i, e.code, e.msg);
		body_free(b);
	}
}

static void keeps_other_bodies_as_they_are(void **state)
{
	struct body *b = NULL;
	struct request r;
	struct err e = { 0 };

	(void)state;
	assert_true(read_cut("application/json", "{\"a\":1}", 7, 3, &b, &r, &e));
	assert_string_equal(r.body, "{\"a\":1}");
	assert_int_equal(r.body_len, 7);
	assert_int_equal(r.form.n, 0);
	body_free(b);
}

static void refuses_bodies_over_their_limit(void **state)
{
	static char much[BODY_FIELDS + 1];
	struct body *b = NULL;
	struct request r;
	struct err e = { 0 };

	(void)state;
	memset(much, 'a', sizeof much);
	assert_false(
		read_cut("application/x-www-form-urlencoded", much, sizeof much, 0, &b, &r, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	body_free(b);
	e = (struct err){ 0 };
	assert_false(read_cut(type, much, sizeof much, 0, &b, &r, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	body_free(b);
}

/* The digest tells whether a form is the same one sent again. */
static void the_digest_leaves_out_what_changes_between_sendings(void **state)
{
	static const char *const bodies[] = {
		"a=1&csrf=x&idempotency_key=y",
		"a=1&csrf=z&idempotency_key=w",
		"a=2&csrf=x&idempotency_key=y",
		"a=1&b=&csrf=x",
	};
	unsigned char digest[4][32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct body *b = NULL;
		struct request r;
		struct err e = { 0 };

		assert_true(read_cut("application/x-www-form-urlencoded", bodies[i],
				     strlen(bodies[i]), 0, &b, &r, &e));
		body_digest(b, digest[i]);
		body_free(b);
	}
	assert_memory_equal(digest[0], digest[1], 32);
	assert_memory_not_equal(digest[0], digest[2], 32);
	assert_memory_not_equal(digest[0], digest[3], 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_same_wherever_the_bytes_are_cut),
		cmocka_unit_test(a_file_can_be_opened_again_while_the_request_lasts),
		cmocka_unit_test(refuses_what_is_no_form),
		cmocka_unit_test(keeps_other_bodies_as_they_are),
		cmocka_unit_test(refuses_bodies_over_their_limit),
		cmocka_unit_test(the_digest_leaves_out_what_changes_between_sendings),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
