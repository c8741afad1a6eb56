/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "channel/email.h"
#include "channel/email_encode.h"

static const int64_t sent_at = (int64_t)1795300447 * 1000000; /* 2026-11-21 22:34:07 UTC */

static struct email plain_message(void)
{
	return (struct email){
		.from = { "Demo SARL", "compta@demo.example" },
		.to = { NULL, "achats@client.example" },
		.subject = "Invoice FA-1",
		.message_id = "c1.reminder1@demo.example",
		.sent_at = sent_at,
		.text = "Hello,\nFA-1 is due.\n",
	};
}

static void writes_a_plain_message(void **state)
{
	struct email m = plain_message();
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct buf out;

	(void)state;
	buf_init(&out, a);
	assert_true(email_write(&m, &out, &e));
	assert_string_equal(buf_str(&out), "Date: Sat, 21 Nov 2026 22:34:07 +0000\r\n"
					   "From: Demo SARL\r\n"
					   " <compta@demo.example>\r\n"
					   "To: <achats@client.example>\r\n"
					   "Subject: Invoice FA-1\r\n"
					   "Message-ID: <c1.reminder1@demo.example>\r\n"
					   "Auto-Submitted: auto-generated\r\n"
					   "MIME-Version: 1.0\r\n"
					   "Content-Type: text/plain; charset=utf-8\r\n"
					   "Content-Transfer-Encoding: quoted-printable\r\n"
					   "\r\n"
					   "Hello,\r\n"
					   "FA-1 is due.\r\n");
	arena_free(a);
}

static void writes_text_html_copies_and_a_file(void **state)
{
	static const struct email_mailbox cc[] = {
		{ "Léa Martin", "lea@client.example" },
		{ "Dupont, Jean \"JD\"", "jean@client.example" },
	};
	static const struct email_file file = { "Relevé n°3.pdf", "application/pdf", "%PDF-", 5 };
	struct email m = plain_message();
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct buf out;

	(void)state;
	m.cc = cc;
	m.n_cc = 2;
	m.reply_to = (struct email_mailbox){ NULL, "reponse@demo.example" };
	m.subject = "Facture échue : 2\xc2\xa0"
		    "400,00\xc2\xa0€";
	m.html = "<p>Échue</p>\n";
	m.text = "Échue\n";
	m.language = "fr";
	m.list_unsubscribe = "https://demo.example/u/1";
	m.files = &file;
	m.n_files = 1;
	buf_init(&out, a);
	assert_true(email_write(&m, &out, &e));
	assert_string_equal(
		buf_str(&out),
		"Date: Sat, 21 Nov 2026 22:34:07 +0000\r\n"
		"From: Demo SARL\r\n"
		" <compta@demo.example>\r\n"
		"To: <achats@client.example>\r\n"
		"Cc: =?UTF-8?Q?L=C3=A9a_Martin?=\r\n"
		" <lea@client.example>,\r\n"
		" \"Dupont, Jean \\\"JD\\\"\"\r\n"
		" <jean@client.example>\r\n"
		"Reply-To: <reponse@demo.example>\r\n"
		"Subject: =?UTF-8?Q?Facture_=C3=A9chue_=3A_2=C2=A0400=2C00=C2=A0=E2=82=AC?=\r\n"
		"Message-ID: <c1.reminder1@demo.example>\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"List-Unsubscribe: <https://demo.example/u/1>\r\n"
		"Content-Language: fr\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: multipart/mixed; boundary=\"=_mixed\"\r\n"
		"\r\n"
		"--=_mixed\r\n"
		"Content-Type: multipart/alternative; boundary=\"=_alternative\"\r\n"
		"\r\n"
		"--=_alternative\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"\r\n"
		"=C3=89chue\r\n"
		"\r\n"
		"--=_alternative\r\n"
		"Content-Type: text/html; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"\r\n"
		"<p>=C3=89chue</p>\r\n"
		"\r\n"
		"--=_alternative--\r\n"
		"\r\n"
		"--=_mixed\r\n"
		"Content-Type: application/pdf;\r\n"
		" name*=UTF-8''Relev%C3%A9%20n%C2%B03.pdf\r\n"
		"Content-Disposition: attachment;\r\n"
		" filename*=UTF-8''Relev%C3%A9%20n%C2%B03.pdf\r\n"
		"Content-Transfer-Encoding: base64\r\n"
		"\r\n"
		"JVBERi0=\r\n"
		"\r\n"
		"--=_mixed--\r\n");
	arena_free(a);
}

static void tells_addresses_from_what_is_not_one(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} row[] = {
		{ "a@b.fr", true },
		{ "jean-paul.o'neil+x=1@sous.domaine.example", true },
		{ "root@localhost", true },
		{ NULL, false },
		{ "", false },
		{ "a", false },
		{ "@b.fr", false },
		{ "a@", false },
		{ "a@b", false },
		{ "a@b..fr", false },
		{ "a@-b.fr", false },
		{ "a@b-.fr", false },
		{ "a@b.fr.", false },
		{ ".a@b.fr", false },
		{ "a.@b.fr", false },
		{ "a..b@c.fr", false },
		{ "a@b@c.fr", false },
		{ "a b@c.fr", false },
		{ "a@b.fr ", false },
		{ "a@b.fr\r\nRCPT TO:<x@y.fr>", false },
		{ "a@b.fr\nBcc: x@y.fr", false },
		{ "<a@b.fr>", false },
		{ "a@b.fr,c@d.fr", false },
		{ "\"a b\"@c.fr", false },
		{ "é@b.fr", false },
		{ "a@[127.0.0.1]", false },
		{ "a@b.fr\xe2\x80\xa8", false },
		{ "1234567890123456789012345678901234567890123456789012345678901234x@b.fr", false },
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		e = (struct err){ 0 };
		if (email_address_check(row[i].text, &e) != row[i].good)
			fail_msg("row %zu \"%s\"", i, row[i].text);
		if (!row[i].good)
			assert_int_equal(e.code, ERR_INVALID);
	}
}

/* Header lines (unfolded) of a message, before its first empty line. */
static size_t count_headers(const char *message)
{
	size_t n = 0;

	for (const char *p = message; strncmp(p, "\r\n", 2) != 0; p = strstr(p, "\r\n") + 2)
		n += *p != ' ';
	return n;
}

static void check_lines(const char *message)
{
	size_t column = 0;

	for (const char *p = message; *p; p++) {
		if (*p == '\r')
			assert_int_equal(p[1], '\n');
		if (*p == '\n')
			assert_int_equal(p[-1], '\r');
		assert_true((unsigned char)*p < 0x80);
		column = *p == '\n' ? 0 : column + 1;
		assert_true(column < 998);
		if (column == 1)
			assert_true(*p != '.');
	}
}

static void hostile_texts_add_neither_header_nor_line(void **state)
{
	static const char *const bad[] = {
		"x\r\nBcc: evil@example.org",
		"x\nBcc: evil@example.org",
		"x\rBcc: evil@example.org",
		"x\r\n\r\nbody",
		"x\r\n.\r\nMAIL FROM:<a@b.fr>",
		"x\xe2\x80\xa8"
		"Bcc: evil@example.org",
		"x\xe2\x80\xa9y",
		"x\xc2\x85y",
		"=?UTF-8?Q?x=0D=0ABcc:_evil@example.org?=",
		"=?utf-8?B?DQpCY2M6?=",
		".",
		"..\r\n.\r\n",
		"%0d%0aBcc: evil@example.org",
		"\"><script>\\",
		"From x\nFrom y",
		"\xe2\x80\xae"
		"fdp.exe",
		"a <evil@example.org>, b",
		"   ",
		"",
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct email_file file = { *bad[i] ? bad[i] : "x", "text/plain", "x", 1 };
		struct email m = plain_message();
		struct err e = { 0 };
		struct buf out;

		m.subject = m.text = m.html = m.to.name = m.from.name = bad[i];
		m.files = &file;
		m.n_files = 1;
		buf_init(&out, a);
		assert_true(email_write(&m, &out, &e));
		check_lines(buf_str(&out));
		assert_int_equal(count_headers(buf_str(&out)), 8);
		*strstr(out.data, "\r\n\r\n") = '\0';
		assert_null(strstr(buf_str(&out), "\nBcc"));
		/* Only our own encoded words: a decoder must give back what was written. */
		assert_null(strstr(buf_str(&out), "=?utf-8?B?"));
		assert_null(strstr(buf_str(&out), "=0D=0ABcc"));
	}
	arena_free(a);
}

static void refuses_values_that_cannot_be_sent(void **state)
{
	static const char bell[] = "a\xff";
	struct email m[8];
	static const char *const field[ARRAY_LEN(m)] = {
		"from", "to", "reply_to", "message_id", "text", "subject", "cc", "list_unsubscribe"
	};
	static const struct email_mailbox cc = { "x", "a@b.fr\r\nx" };
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(m); i++)
		m[i] = plain_message();
	m[0].from.address = "a@b.fr>\r\n";
	m[1].to.address = NULL;
	m[2].reply_to.address = "x";
	m[3].message_id = "a@b.fr>\r\nBcc: <x";
	m[4].text = NULL;
	m[5].subject = bell;
	m[6].cc = &cc;
	m[6].n_cc = 1;
	m[7].list_unsubscribe = "https://x.example/>,<https://y";
	for (size_t i = 0; i < ARRAY_LEN(m); i++) {
		struct err e = { 0 };
		struct buf out;

		buf_init(&out, a);
		assert_false(email_write(&m[i], &out, &e));
		assert_int_equal(e.code, ERR_INVALID);
		assert_string_equal(e.field, field[i]);
		assert_int_equal(out.len, 0);
	}
	arena_free(a);
}

static void cuts_a_long_file_name_into_pieces(void **state)
{
	struct arena *a = arena_new(0);
	struct buf out;

	(void)state;
	buf_init(&out, a);
	encode_parameter(&out, "filename",
			 "Relevé de compte détaillé de la société Éléphant & Fils.pdf");
	assert_string_equal(
		buf_str(&out),
		";\r\n filename*0*=UTF-8''Relev%C3%A9%20de%20compte%20d%C3%A9taill%C3%A9%20de%20"
		";\r\n filename*1*=la%20soci%C3%A9t%C3%A9%20%C3%89l%C3%A9phant%20%26%20Fi"
		";\r\n filename*2*=ls.pdf");
	arena_free(a);
}

static void quotes_lines_of_any_length(void **state)
{
	static const struct {
		const char *text, *quoted;
	} row[] = {
		{ "", "" },
		{ "a", "a\r\n" },
		{ "a\rb\nc\r\nd", "a\r\nb\r\nc\r\nd\r\n" },
		{ "a \nb\t\n", "a=20\r\nb=09\r\n" },
		{ ".\n..x\n", "=2E\r\n=2E.x\r\n" },
		{ "From me\nx From\n", "=46rom me\r\nx From\r\n" },
		{ "1=2\n", "1=3D2\r\n" },
		{ "\n\n", "\r\n\r\n" },
		{ "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
		  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r"
		  "\n" },
		{ "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.y\n",
		  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=\r\n"
		  "=2Ey\r\n" },
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct buf out;

		buf_init(&out, a);
		encode_quoted_printable(&out, row[i].text);
		if (strcmp(buf_str(&out), row[i].quoted) != 0)
			fail_msg("row %zu: \"%s\"", i, buf_str(&out));
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_a_plain_message),
		cmocka_unit_test(writes_text_html_copies_and_a_file),
		cmocka_unit_test(tells_addresses_from_what_is_not_one),
		cmocka_unit_test(hostile_texts_add_neither_header_nor_line),
		cmocka_unit_test(refuses_values_that_cannot_be_sent),
		cmocka_unit_test(cuts_a_long_file_name_into_pieces),
		cmocka_unit_test(quotes_lines_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
