/* SPDX-License-Identifier: Apache-2.0 */
/* batch_json.c - an export as the API and the command line tell it. */
#include "base/json.h"
#include "books/books.h"

void books_batch_json(struct json *j, const struct books_batch *b)
{
	json_put_int(j, "number", b->number);
	json_put_text(j, "state", b->state);
	json_put_day(j, "prepared", b->prepared_on);
	json_put_int(j, "entries", b->n_entries);
	json_put_int(j, "letterings", b->n_letterings);
	json_put_minor(j, "amount", b->debit_minor, b->currency);
	json_put_text(j, "currency", b->currency);
	json_put_moment(j, "delivered", b->delivered);
	json_put_moment(j, "decided", b->decided);
	json_put_text(j, "decided_by", b->decided_by);
	json_put_text(j, "remark", b->remark);
	json_put_text(j, "fec_sha256", b->fec_sha256);
	json_put_text(j, "lettering_sha256", b->lettering_sha256);
	json_put_text(j, "csv_sha256", b->csv_sha256);
}
