/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/epc_qr.h"

#include "base/buf.h"
#include "base/text.h"

#include <qrencode.h>

enum {
	TEXT_OCTETS_MAX = 331,
	VERSION_MAX = 13,
	NAME_MAX_CHARS = 70,
	REFERENCE_MAX = 35,
	TEXT_MAX_CHARS = 140,
	IBAN_MAX = 34,
};
static const int64_t minor_max = 99999999999; /* 999 999 999.99 */

/* One line of text without control characters, at most max characters. */
static bool is_line(const char *s, size_t max)
{
	if (!text_is_utf8(s, strlen(s)) || text_length(s) > max)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

static bool is_upper_alnum(const char *s, size_t min, size_t max)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	return !s[n] && n >= min && n <= max;
}

static char *without_spaces(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s), *out = copy;

	for (; *s; s++)
		if (*s != ' ')
			*out++ = *s;
	*out = '\0';
	return copy;
}

bool epc_qr_text(struct arena *a, const struct epc_payment *p, const char **ret, struct err *e)
{
	const char *iban = without_spaces(a, p->iban ? p->iban : "");
	const char *bic = p->bic ? p->bic : "";
	const char *reference = p->reference ? without_spaces(a, p->reference) : "";
	const char *text = p->text ? p->text : "";
	struct buf b;

	if (str_empty(p->name) || !is_line(p->name, NAME_MAX_CHARS))
		return err_field(e, ERR_INVALID, "name", "the payee's name does not fit a QR code");
	if (!is_upper_alnum(iban, 15, IBAN_MAX))
		return err_field(e, ERR_INVALID, "iban", "invalid IBAN \"%.40s\"", iban);
	if (*bic && !is_upper_alnum(bic, 8, 11))
		return err_field(e, ERR_INVALID, "bic", "invalid BIC \"%.20s\"", bic);
	if (p->minor < 1 || p->minor > minor_max)
		return err_field(e, ERR_RANGE, "amount",
				 "a QR code carries 0.01 to 999999999.99 EUR");
	if (*reference && *text)
		return err_field(e, ERR_INVALID, "text",
				 "a QR code carries a reference or a text, not both");
	if (!is_line(reference, REFERENCE_MAX) || !is_line(text, TEXT_MAX_CHARS))
		return err_field(e, ERR_INVALID, *text ? "text" : "reference",
				 "the payment reference does not fit a QR code");
	buf_init(&b, a);
	/* Version 001 demands the BIC; 002 lets it out. */
	buf_printf(&b, "BCD\n%s\n1\nSCT\n%s\n%s\n%s\nEUR%" PRId64 ".%02d\n\n%s",
		   *bic ? "001" : "002", bic, p->name, iban, p->minor / 100, (int)(p->minor % 100),
		   reference);
	if (*text)
		buf_printf(&b, "\n%s", text);
	if (b.len > TEXT_OCTETS_MAX)
		return err_field(e, ERR_LIMIT, "text", "the payment does not fit a QR code");
	*ret = buf_str(&b);
	return true;
}

bool epc_qr_modules(struct arena *a, const char *text, const unsigned char **ret_dark,
		    int *ret_side, struct err *e)
{
	size_t size = strlen(text);
	unsigned char *dark;
	QRcode *code;
	size_t n;

	if (size == 0 || size > TEXT_OCTETS_MAX)
		return err_set(e, ERR_LIMIT, "a QR code of %zu octets cannot be drawn", size);
	code = QRcode_encodeData((int)size, (const unsigned char *)text, 0, QR_ECLEVEL_M);
	if (!code)
		return err_set(e, ERR_LIMIT, "a QR code of %zu octets cannot be drawn", size);
	if (code->version > VERSION_MAX) {
		QRcode_free(code);
		return err_set(e, ERR_LIMIT, "a QR code of %zu octets is too large", size);
	}
	n = (size_t)code->width * (size_t)code->width;
	dark = arena_alloc(a, n);
	for (size_t i = 0; i < n; i++)
		dark[i] = code->data[i] & 1;
	*ret_side = code->width;
	*ret_dark = dark;
	QRcode_free(code);
	return true;
}
