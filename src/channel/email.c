/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/email.h"

#include "base/text.h"
#include "channel/email_encode.h"

#include <stdio.h>

enum { ADDRESS_MAX = 254, LOCAL_MAX = 64, LABEL_MAX = 63, NAME_MAX_OCTETS = 400, LINK_MAX = 900 };

/* ---- addresses
 * ----------------------------------------------------------------------------------- */

static bool is_atext(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_dot_atom(const char *s, size_t n)
{
	if (n == 0 || n > LOCAL_MAX || s[0] == '.' || s[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] == '.' ? s[i - 1] == '.' : !is_atext(s[i]))
			return false;
	return true;
}

static bool is_label(const char *s, size_t n)
{
	if (n == 0 || n > LABEL_MAX || s[0] == '-' || s[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(s[i] == '-' || (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'z') ||
		      (s[i] >= 'A' && s[i] <= 'Z')))
			return false;
	return true;
}

static bool is_domain(const char *s)
{
	size_t n_labels = 0;

	if (str_eq(s, "localhost"))
		return true;
	for (;;) {
		size_t n = strcspn(s, ".");

		if (!is_label(s, n))
			return false;
		n_labels++;
		if (!s[n])
			return n_labels >= 2;
		s += n + 1;
	}
}

bool email_address_check(const char *text, struct err *e)
{
	const char *at = text ? strchr(text, '@') : NULL;

	if (!at || strlen(text) > ADDRESS_MAX || !is_dot_atom(text, (size_t)(at - text)) ||
	    !is_domain(at + 1))
		return err_set(e, ERR_INVALID, "invalid e-mail address \"%.80s\"",
			       text ? text : "");
	return true;
}

/* ---- headers
 * ------------------------------------------------------------------------------------- */

static bool need_address(const struct email_mailbox *m, const char *field, struct err *e)
{
	if (email_address_check(m->address, e))
		return true;
	if (e)
		snprintf(e->field, sizeof e->field, "%s", field);
	return false;
}

static bool need_utf8(const char *s, const char *field, struct err *e)
{
	if (!s || text_is_utf8(s, strlen(s)))
		return true;
	return err_field(e, ERR_INVALID, field, "the %s is not UTF-8", field);
}

static bool check_mailbox(const struct email_mailbox *m, const char *field, struct err *e)
{
	if (!need_address(m, field, e) || !need_utf8(m->name, field, e))
		return false;
	if (m->name && strlen(m->name) > NAME_MAX_OCTETS)
		return err_field(e, ERR_INVALID, field, "the name beside <%.80s> is too long",
				 m->address);
	return true;
}

static bool check_link(const char *s, struct err *e)
{
	if (!s)
		return true;
	if (!(str_starts(s, "https://") || str_starts(s, "mailto:")) || strlen(s) > LINK_MAX)
		goto invalid;
	for (const char *p = s; *p; p++)
		if (*p <= 0x20 || *p >= 0x7f || strchr("<>\"\\,", *p))
			goto invalid;
	return true;
invalid:
	return err_field(e, ERR_INVALID, "list_unsubscribe", "invalid unsubscribe link \"%.80s\"",
			 s);
}

/* "type/subtype" of RFC 2045 tokens. */
static bool is_media_type(const char *s)
{
	size_t n_slashes = 0;

	for (const char *p = s; *p; p++) {
		if (*p == '/')
			n_slashes++;
		else if (!is_label(p, 1) && !strchr("+.-_", *p))
			return false;
	}
	return n_slashes == 1 && s[0] != '/' && s[strlen(s) - 1] != '/' && strlen(s) < 100;
}

static bool check_file(const struct email_file *f, struct err *e)
{
	if (str_empty(f->name) || !text_is_utf8(f->name, strlen(f->name)) ||
	    strlen(f->name) > NAME_MAX_OCTETS)
		return err_field(e, ERR_INVALID, "file", "an attachment has no usable name");
	if (!f->media_type || !is_media_type(f->media_type))
		return err_field(e, ERR_INVALID, "file", "attachment \"%.80s\" has no media type",
				 f->name);
	return true;
}

static bool check(const struct email *m, struct err *e)
{
	if (!check_mailbox(&m->from, "from", e) || !check_mailbox(&m->to, "to", e))
		return false;
	for (size_t i = 0; i < m->n_cc; i++)
		if (!check_mailbox(&m->cc[i], "cc", e))
			return false;
	if (m->reply_to.address && !check_mailbox(&m->reply_to, "reply_to", e))
		return false;
	/* A Message-ID has the form of an address (RFC 5322, 3.6.4). */
	if (!email_address_check(m->message_id, NULL))
		return err_field(e, ERR_INVALID, "message_id", "invalid message id \"%.80s\"",
				 m->message_id ? m->message_id : "");
	if (!m->text)
		return err_field(e, ERR_INVALID, "text", "the message has no text");
	for (size_t i = 0; i < m->n_files; i++)
		if (!check_file(&m->files[i], e))
			return false;
	return need_utf8(m->subject, "subject", e) && need_utf8(m->text, "text", e) &&
	       need_utf8(m->html, "html", e) && check_link(m->list_unsubscribe, e);
}

static void mailbox(struct buf *out, const struct email_mailbox *m)
{
	const char *name = m->name ? encode_one_line(out->arena, m->name) : "";

	if (*name) {
		encode_phrase(out, name);
		buf_puts(out, "\r\n ");
	}
	buf_printf(out, "<%s>", m->address);
}

static void mailbox_header(struct buf *out, const char *header, const struct email_mailbox *m,
			   size_t n)
{
	if (n == 0)
		return;
	buf_printf(out, "%s: ", header);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(out, ",\r\n ");
		mailbox(out, &m[i]);
	}
	buf_puts(out, "\r\n");
}

static void date_header(struct buf *out, int64_t moment)
{
	static const char *const weekday[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const month[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct clock_civil c = clock_civil(moment, "UTC");
	day_t day = clock_day(moment, "UTC");

	buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n",
		   weekday[date_weekday(day) - 1], c.date.day, month[c.date.month - 1], c.date.year,
		   c.hour, c.minute, c.second);
}

static void headers(struct buf *out, const struct email *m)
{
	const char *subject = encode_one_line(out->arena, m->subject ? m->subject : "");

	date_header(out, m->sent_at);
	mailbox_header(out, "From", &m->from, 1);
	mailbox_header(out, "To", &m->to, 1);
	mailbox_header(out, "Cc", m->cc, m->n_cc);
	mailbox_header(out, "Reply-To", &m->reply_to, m->reply_to.address ? 1 : 0);
	buf_puts(out, "Subject: ");
	encode_unstructured(out, subject, strlen("Subject: "));
	buf_printf(out, "\r\nMessage-ID: <%s>\r\n", m->message_id);
	buf_puts(out, "Auto-Submitted: auto-generated\r\n");
	if (m->list_unsubscribe)
		buf_printf(out, "List-Unsubscribe: <%s>\r\n", m->list_unsubscribe);
	if (m->language && is_label(m->language, strlen(m->language)))
		buf_printf(out, "Content-Language: %s\r\n", m->language);
	buf_puts(out, "MIME-Version: 1.0\r\n");
}

/* ---- parts
 * --------------------------------------------------------------------------------------- */

/* "=_" occurs neither in quoted-printable nor in base64, so no content can imitate a boundary. */
static const char mixed[] = "=_mixed", alternative[] = "=_alternative";

static void multipart(struct buf *out, const char *kind, const char *boundary)
{
	buf_printf(out, "Content-Type: multipart/%s; boundary=\"%s\"\r\n\r\n", kind, boundary);
}

static void text_part(struct buf *out, const char *subtype, const char *text)
{
	buf_printf(out,
		   "Content-Type: text/%s; charset=utf-8\r\n"
		   "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		   subtype);
	encode_quoted_printable(out, text);
}

static void words_part(struct buf *out, const struct email *m)
{
	if (!m->html) {
		text_part(out, "plain", m->text);
		return;
	}
	multipart(out, "alternative", alternative);
	buf_printf(out, "--%s\r\n", alternative);
	text_part(out, "plain", m->text);
	buf_printf(out, "\r\n--%s\r\n", alternative);
	text_part(out, "html", m->html);
	buf_printf(out, "\r\n--%s--\r\n", alternative);
}

/* A name without folders: what a mail program would otherwise have to distrust. */
static const char *file_name(struct arena *a, const char *name)
{
	char *clean = encode_one_line(a, name);

	for (char *p = clean; *p; p++)
		if (strchr("/\\:", *p))
			*p = '_';
	return *clean ? clean : "file";
}

static void file_part(struct buf *out, const struct email_file *f)
{
	const char *name = file_name(out->arena, f->name);

	buf_printf(out, "Content-Type: %s", f->media_type);
	encode_parameter(out, "name", name);
	buf_puts(out, "\r\nContent-Disposition: attachment");
	encode_parameter(out, "filename", name);
	buf_puts(out, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	encode_base64(out, f->bytes, f->size);
}

bool email_write(const struct email *m, struct buf *ret, struct err *e)
{
	if (!check(m, e))
		return false;
	headers(ret, m);
	if (m->n_files == 0) {
		words_part(ret, m);
		return true;
	}
	multipart(ret, "mixed", mixed);
	buf_printf(ret, "--%s\r\n", mixed);
	words_part(ret, m);
	for (size_t i = 0; i < m->n_files; i++) {
		buf_printf(ret, "\r\n--%s\r\n", mixed);
		file_part(ret, &m->files[i]);
	}
	buf_printf(ret, "\r\n--%s--\r\n", mixed);
	return true;
}
