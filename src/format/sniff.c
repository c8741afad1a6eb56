/* SPDX-License-Identifier: Apache-2.0 */
#include "format/sniff.h"

#include "format/coda.h"
#include "format/csv.h"
#include "format/encoding.h"
#include "format/fec_columns.h"
#include "format/grid.h"

enum { LOOK = 64 << 10 };

static bool begins(const char *s, size_t n, const char *magic, size_t len)
{
	return n >= len && memcmp(s, magic, len) == 0;
}

static bool holds(const char *s, size_t n, const char *word)
{
	return memmem(s, n, word, strlen(word)) != NULL;
}

static bool refuse(struct err *e, const char *why)
{
	return err_set(e, ERR_FORMAT, "%s", why);
}

/* ---- containers and binary files ---- */

#define MAGIC(bytes, why)                     \
	{                                     \
		bytes, sizeof(bytes) - 1, why \
	}

static const struct {
	const char *magic;
	size_t len;
	const char *why;
} refused[] = {
	MAGIC("\x1F\x8B", "the file is compressed (gzip); unpack it first"),
	MAGIC("BZh", "the file is compressed (bzip2); unpack it first"),
	MAGIC("\xFD"
	      "7zXZ",
	      "the file is compressed (xz); unpack it first"),
	MAGIC("\x28\xB5\x2F\xFD", "the file is compressed (zstd); unpack it first"),
	MAGIC("7z\xBC\xAF\x27\x1C", "the file is a 7z archive; unpack it first"),
	MAGIC("Rar!", "the file is a RAR archive; unpack it first"),
	MAGIC("-----BEGIN PGP MESSAGE", "the file is encrypted (PGP); decrypt it first"),
	MAGIC("-----BEGIN PKCS7", "the file is encrypted or signed (PKCS#7); decrypt it first"),
	MAGIC("-----BEGIN CMS", "the file is encrypted or signed (CMS); decrypt it first"),
	MAGIC("\x89PNG", "the file is a picture"),
	MAGIC("\xFF\xD8\xFF", "the file is a picture"),
	MAGIC("GIF8", "the file is a picture"),
	MAGIC("II*\0", "the file is a picture"),
	MAGIC("MM\0*", "the file is a picture"),
	MAGIC("\x7F"
	      "ELF",
	      "the file is a program"),
	MAGIC("MZ\x90", "the file is a program"),
	MAGIC("SQLite format 3", "the file is a database"),
	MAGIC("{\\rtf", "the file is a text document (RTF); save the table as .xlsx or CSV"),
	MAGIC("!Type:", "the file is a QIF export, which is not read; export as CSV or OFX"),
};

/* Binary OpenPGP: a session key packet first, whose version is 3 or 6. */
static bool is_pgp(const unsigned char *s, size_t n)
{
	if (n < 16)
		return false;
	if (s[0] == 0xC1)
		return s[1] < 0xC0 ? s[2] == 3 || s[2] == 6 : s[3] == 3;
	if (s[0] == 0x84)
		return s[2] == 3;
	if (s[0] == 0x85)
		return s[3] == 3;
	return s[0] == 0x8C && s[2] == 4 && s[1] < 64; /* by passphrase */
}

/* CMS in DER: the object identifiers of PKCS#7 enveloped and signed data. */
static bool is_cms(const char *s, size_t n)
{
	return n > 32 && s[0] == 0x30 &&
	       memmem(s, 32, "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07", 10) != NULL;
}

/* A word in UTF-16LE, as the directory of an OLE file writes its entries. */
static bool holds_wide(const char *s, size_t n, const char *word)
{
	char wide[64];
	size_t len = strlen(word);

	ENSURE(len * 2 <= sizeof wide);
	for (size_t i = 0; i < len; i++) {
		wide[2 * i] = word[i];
		wide[2 * i + 1] = 0;
	}
	return memmem(s, n, wide, len * 2) != NULL;
}

static bool sniff_ole(const char *s, size_t n, enum format *ret, struct err *e)
{
	(void)ret;
	if (holds_wide(s, n, "EncryptedPackage") || holds_wide(s, n, "EncryptionInfo"))
		return refuse(e, "the workbook is protected by a password; save it without one");
	if (holds_wide(s, n, "Workbook") || holds_wide(s, n, "Book"))
		return refuse(
			e,
			"the file is an old workbook (.xls); open it and save it as .xlsx or CSV");
	return refuse(e, "the file is an old office document; save its table as .xlsx or CSV");
}

static bool sniff_zip(const char *s, size_t n, enum format *ret, struct err *e)
{
	/* The central directory at the end names all entries. */
	const char *tail = n > (1 << 20) ? s + n - (1 << 20) : s;
	size_t tail_n = n > (1 << 20) ? 1 << 20 : n;

	if (n >= 8 && (s[6] & 1) != 0)
		return refuse(e, "the archive is protected by a password; unpack it first");
	if (holds(tail, tail_n, "xl/workbook.xml")) {
		*ret = FORMAT_XLSX;
		return true;
	}
	if (holds(tail, tail_n, "xl/workbook.bin"))
		return refuse(e, "the file is a binary workbook (.xlsb); save it as .xlsx or CSV");
	if (holds(s, n < LOOK ? n : LOOK, "opendocument.spreadsheet"))
		return refuse(e,
			      "the file is an OpenDocument sheet (.ods); save it as .xlsx or CSV");
	if (holds(tail, tail_n, "word/document.xml"))
		return refuse(
			e, "the file is a text document (.docx); save its table as .xlsx or CSV");
	if (holds(tail, tail_n, "[Content_Types].xml") || !holds(tail, tail_n, "PK\5\6"))
		return refuse(e, holds(s, n < LOOK ? n : LOOK, "xl/")
					 ? "the workbook is cut off: its end is missing"
				 : holds(tail, tail_n, "PK\5\6")
					 ? "the file is an office document without a sheet"
					 : "the archive is cut off: its end is missing");
	return refuse(e, "the file is a ZIP archive; unpack it and import what is in it");
}

static bool sniff_pdf(const char *s, size_t n, enum format *ret, struct err *e)
{
	const char *tail = n > LOOK ? s + n - LOOK : s;
	size_t tail_n = n > LOOK ? LOOK : n;

	if (holds(tail, tail_n, "/Encrypt"))
		return refuse(e, "the PDF is protected by a password; save it without one");
	if (!holds(tail, tail_n, "%%EOF"))
		return refuse(e, "the PDF is cut off: its end is missing");
	*ret = FORMAT_PDF;
	return true;
}

/* ---- XML ---- */

static bool sniff_xml(const char *s, size_t n, enum format *ret, struct err *e)
{
	static const struct {
		const char *word;
		enum format format;
	} words[] = {
		{ "BkToCstmrStmt", FORMAT_CAMT053 },
		{ "BkToCstmrDbtCdtNtfctn", FORMAT_CAMT054 },
		{ "BkToCstmrAcctRpt", FORMAT_CAMT052 },
		{ "CstmrPmtStsRpt", FORMAT_PAIN002 },
		{ "CstmrCdtTrfInitn", FORMAT_ORDER },
		{ "CstmrDrctDbtInitn", FORMAT_ORDER },
		{ "ubl:schema:xsd:Invoice-2", FORMAT_UBL },
		{ "ubl:schema:xsd:CreditNote-2", FORMAT_UBL },
		{ "CrossDomainAcknowledgementAndResponse", FORMAT_CDAR },
		{ "CrossIndustryInvoice", FORMAT_CII },
		{ "CrossIndustryDocument", FORMAT_CII },
		{ "<OFX>", FORMAT_OFX },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (holds(s, n, words[i].word)) {
			*ret = words[i].format;
			return true;
		}
	if (holds(s, n, "<comptabilite") || holds(s, n, "<Comptabilite") ||
	    holds(s, n, "EcritureNum"))
		return refuse(
			e, "the file is an accounting file in XML; export it as a flat text file");
	if (holds(s, n, "schemas-microsoft-com:office"))
		return refuse(e, "the file is a workbook in XML (2003); save it as .xlsx or CSV");
	if (holds(s, n, "pain.001") || holds(s, n, "pain.008"))
		return refuse(e, "the file is a payment order, not a bank statement");
	if (holds(s, n, "<html") || holds(s, n, "<HTML") || holds(s, n, "<table"))
		return refuse(e, "the file is a web page; save its table as .xlsx or CSV");
	return refuse(e, "the file is XML of an unknown kind");
}

/* ---- text ---- */

/* Records of a fixed length whose first two digits are of the set; line ends are optional. */
static bool has_records(const char *s, size_t n, size_t length, const char *const *codes,
			size_t n_codes)
{
	size_t records = 0;

	for (size_t at = 0; at + 2 <= n && records < 50; records++) {
		const char *eol = memchr(s + at, '\n', n - at);
		size_t line = eol ? (size_t)(eol - s) - at : n - at;
		bool known = false;
		while (line && s[at + line - 1] == '\r')
			line--;
		if (line == 0) {
			at++;
			records--;
			continue;
		}
		for (size_t i = 0; i < n_codes; i++)
			known |= memcmp(s + at, codes[i], 2) == 0;
		if (!known)
			return false;
		if (line >= length && line % length == 0)
			at += length;
		else if (eol && line + 8 >= length &&
			 line <= length + 2) /* a damaged or padded one */
			at = (size_t)(eol - s) + 1;
		else
			return false;
	}
	return records > 0;
}

static bool sniff_cfonb(const char *s, size_t n, enum format *ret, struct err *e)
{
	static const char *const statement[] = { "01", "04", "05", "07" };
	static const char *const returns[] = { "31", "34", "39" };
	static const char *const orders[] = { "03", "06", "08" };

	if (has_records(s, n, 120, statement, ARRAY_LEN(statement)))
		*ret = FORMAT_CFONB120;
	else if (has_records(s, n, 240, returns, ARRAY_LEN(returns)))
		*ret = FORMAT_CFONB240;
	else if (has_records(s, n, 160, orders, ARRAY_LEN(orders)))
		return refuse(e, "the file is a payment order (CFONB 160), not a bank statement");
	else
		*ret = FORMAT_COUNT;
	return true;
}

static bool is_mt940(const char *s, size_t n)
{
	if (n > 4096)
		n = 4096;
	return begins(s, n, "{1:F", 4) || begins(s, n, ":940:", 5) || begins(s, n, ":61:", 4) ||
	       ((begins(s, n, ":20:", 4) || holds(s, n, "\n:20:") || holds(s, n, "\r:20:")) &&
		(holds(s, n, ":25:") || holds(s, n, ":60F:") || holds(s, n, ":61:")));
}

static bool sniff_text(const char *s, size_t n, enum format *ret, struct err *e)
{
	struct csv_field t = field_trim((struct csv_field){ s, n });
	size_t line = 0;
	char separator;

	if (t.n == 0)
		return refuse(e, "the file is blank");
	if (t.s[0] == '<')
		return sniff_xml(t.s, t.n, ret, e);
	if (begins(t.s, t.n, "OFXHEADER:", 10)) {
		*ret = FORMAT_OFX;
		return true;
	}
	if (is_mt940(t.s, t.n)) {
		bool has_opening = holds(t.s, t.n, ":60F:") || holds(t.s, t.n, ":60M:");
		*ret = !has_opening && (holds(t.s, t.n, ":34F:") || holds(t.s, t.n, ":13D:"))
			       ? FORMAT_MT942
			       : FORMAT_MT940;
		return true;
	}
	if (coda_is_header(s, n)) {
		*ret = FORMAT_CODA;
		return true;
	}
	if (!sniff_cfonb(s, n, ret, e))
		return false;
	if (*ret != FORMAT_COUNT)
		return true;
	while (line < t.n && t.s[line] != '\n' && t.s[line] != '\r')
		line++;
	if (fec_is_header(t.s, line, &separator))
		*ret = FORMAT_FEC;
	else if ((t.s[0] == '{' || t.s[0] == '[') && holds(t.s, t.n, "\":"))
		*ret = FORMAT_JSON;
	else
		*ret = FORMAT_CSV;
	return true;
}

bool sniff(const char *bytes, size_t n, enum format *ret, struct err *e)
{
	struct decoded d;
	size_t look = n < LOOK ? n : LOOK;
	bool ok;

	if (n == 0)
		return refuse(e, "the file is empty");
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (begins(bytes, n, refused[i].magic, refused[i].len))
			return refuse(e, refused[i].why);
	if (begins(bytes, n, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8))
		return sniff_ole(bytes, n, ret, e);
	if (begins(bytes, n, "PK\3\4", 4) || begins(bytes, n, "PK\5\6", 4))
		return sniff_zip(bytes, n, ret, e);
	if (begins(bytes, n, "%PDF-", 5))
		return sniff_pdf(bytes, n, ret, e);
	if (is_pgp((const unsigned char *)bytes, n))
		return refuse(e, "the file is encrypted (PGP); decrypt it first");
	if (is_cms(bytes, n))
		return refuse(e, "the file is encrypted or signed (CMS); decrypt it first");
	/* Cut the sample at a line, so that no character is halved; UTF-16 at a pair of bytes. */
	if (look < n) {
		const char *eol = memrchr(bytes, '\n', look);
		if (eol && eol > bytes + look / 2 && !memchr(bytes, 0, look))
			look = (size_t)(eol - bytes) + 1;
		else
			while (look % 4 || (look > 4 && (bytes[look] & 0xC0) == 0x80))
				look -= look % 4 ? look % 4 : 4;
	}
	if (!encoding_decode(bytes, look, &d, e))
		return false;
	ok = sniff_text(d.text, d.len, ret, e);
	decoded_done(&d);
	return ok;
}
